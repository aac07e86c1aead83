/* Code tables: in tree order, found by code and by label. */
#include "record/kind_int.h"

struct str fold(char *to, size_t cap, struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n + 4 <= cap;) {
        uint32_t c = utf8_next(s, &i);
        c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
        if (c <= ' ' || c == 0x3000 || c == 0xA0)
            continue;
        n += utf8_put(to + n, c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return (struct str){to, n};
}

bool slots_make(struct slots *s, uint32_t **room, uint32_t n, struct arena *a)
{
    uint32_t cap = 4;
    while (cap < n * 2)
        cap *= 2;
    *room = arena_calloc(a, cap, sizeof **room);
    *s = (struct slots){*room, cap - 1};
    return *room != NULL;
}

/* A code as it stands in the file. */
struct raw {
    const struct node *node;
    uint32_t up, first, last, next; /* places + 1 in file order; 0: none */
};

struct codes_reader {
    const struct source *src;
    struct arena *arena;
    struct raw *raw;
    struct code *code;
    uint32_t n;
};

static enum rc read_widers(struct codes_reader *r, struct err *e)
{
    struct strmap place = {0};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; i < r->n; i++)
        if (!strmap_put(&place, r->raw[i].node->key, i)) {
            rc = err_nomem(e);
            goto out;
        }
    for (uint32_t i = 0; i < r->n; i++) {
        struct raw *c = &r->raw[i];
        struct str under;
        GOTO_OUT(kind_keys(r->src, c->node, "zh en hint under tone", e));
        GOTO_OUT(kind_text(r->src, c->node, "under", &under, e));
        if (!under.n)
            continue;
        const uint32_t *up = strmap_get(&place, under);
        if (!up || *up == i) {
            rc = kind_refuse(r->src, c->node, "kind.under", under, e);
            goto out;
        }
        c->up = *up + 1;
        struct raw *wide = &r->raw[*up];
        if (wide->last)
            r->raw[wide->last - 1].next = i + 1;
        else
            wide->first = i + 1;
        wide->last = i + 1;
    }
out:
    strmap_free(&place);
    return rc;
}

static enum rc read_code(struct codes_reader *r, const struct node *n, struct code *c,
                         struct err *e)
{
    c->code = n->key;
    if (!n->key.n || n->key.n > NAME_MAX_BYTES)
        return kind_refuse(r->src, n, "kind.name", n->key, e);
    TRY(kind_label_pair(r->src, n, &c->label, e));
    if (!c->label.zh.n && !c->label.en.n)
        return kind_refuse(r->src, n, "kind.no_label", n->key, e);
    TRY(kind_text(r->src, n, "tone", &c->tone, e));
    return kind_label(r->src, n, "hint", &c->hint, e);
}

/* Preorder without recursion; what stands in a circle is reached from no top and so is left over.
 */
static enum rc order_codes(struct codes_reader *r, struct err *e)
{
    uint32_t n = 0;
    for (uint32_t top = 0; top < r->n; top++) {
        if (r->raw[top].up)
            continue;
        int32_t under = -1;
        for (uint32_t at = top + 1; at;) {
            struct code *c = &r->code[n];
            TRY(read_code(r, r->raw[at - 1].node, c, e));
            c->under = under;
            c->end = ++n;
            if (r->raw[at - 1].first) {
                under = (int32_t)n - 1;
                at = r->raw[at - 1].first;
                continue;
            }
            while (at && !r->raw[at - 1].next && under >= 0) {
                r->code[under].end = n;
                under = r->code[under].under;
                at = r->raw[at - 1].up;
            }
            at = r->raw[at - 1].up ? r->raw[at - 1].next : 0;
        }
    }
    return n == r->n ? RC_OK : kind_refuse(r->src, r->raw[0].node, "kind.circle", STR("under"), e);
}

static void put_label(const struct codes *c, uint32_t *room, struct str label, uint32_t place)
{
    char to[FOLD_MAX];
    struct str f = fold(to, sizeof to, label);
    if (f.n)
        slots_put(&c->by_label, room, hash_bytes(f), place);
}

static bool index_codes(struct codes *c, struct arena *a)
{
    uint32_t *by_code, *by_label;
    if (!slots_make(&c->by_code, &by_code, c->n, a) ||
        !slots_make(&c->by_label, &by_label, c->n * 2, a))
        return false;
    for (uint32_t i = 0; i < c->n; i++) {
        slots_put(&c->by_code, by_code, hash_bytes(c->code[i].code), i);
        put_label(c, by_label, c->code[i].label.zh, i);
        put_label(c, by_label, c->code[i].label.en, i);
    }
    return true;
}

static enum rc read_endings(struct codes *out, const struct source *s, struct arena *a,
                            struct err *e)
{
    const struct node *list = node_get(s->node, "endings");
    size_t n = list ? node_count(list) : 0, i = 0;
    if (list && list->type != NODE_LIST)
        return kind_refuse(s, list, "kind.shape", STR("endings"), e);
    struct str *ending = arena_calloc(a, n + 1, sizeof *ending);
    if (!ending)
        return err_nomem(e);
    for (const struct node *c = list ? list->child : NULL; c; c = c->next)
        ending[i++] = c->text;
    out->ending = ending;
    out->n_endings = (uint32_t)n;
    return RC_OK;
}

enum rc codes_read(struct codes *out, const struct source *s, struct arena *a, struct err *e)
{
    TRY(kind_keys(s, s->node, "table label codes endings", e));
    out->name = node_text(s->node, "table", STR(""));
    TRY(kind_name(s, node_get(s->node, "table"), out->name, e));
    TRY(kind_label_needed(s, s->node, out->name, &out->label, e));
    TRY(read_endings(out, s, a, e));
    const struct node *list = node_get(s->node, "codes");
    size_t n = node_count(list);
    if (!list || list->type != NODE_MAP || !n)
        return kind_refuse(s, list ? list : s->node, "kind.missing", STR("codes"), e);
    if (n > CODES_MAX)
        return kind_refuse(s, list, "kind.too_many", STR("codes"), e);
    struct codes_reader r = {.src = s, .arena = a, .n = (uint32_t)n};
    r.raw = mem_calloc(n, sizeof *r.raw);
    r.code = arena_calloc(a, n, sizeof *r.code);
    enum rc rc = RC_OK;
    if (!r.raw || !r.code) {
        rc = err_nomem(e);
        goto out;
    }
    size_t i = 0;
    for (const struct node *c = list->child; c; c = c->next)
        r.raw[i++].node = c;
    GOTO_OUT(read_widers(&r, e));
    GOTO_OUT(order_codes(&r, e));
    out->code = r.code;
    out->n = r.n;
    if (!index_codes(out, a))
        rc = err_nomem(e);
out:
    mem_free(r.raw);
    return rc;
}

const struct code *code_find(const struct codes *c, struct str code)
{
    for (uint32_t i = (uint32_t)hash_bytes(code) & c->by_code.mask; c->by_code.slot[i];
         i = (i + 1) & c->by_code.mask) {
        const struct code *at = &c->code[c->by_code.slot[i] - 1];
        if (str_eq(at->code, code))
            return at;
    }
    return NULL;
}

static bool has_label(const struct code *c, struct str folded)
{
    char to[FOLD_MAX];
    return str_eq(fold(to, sizeof to, c->label.zh), folded) ||
           str_eq(fold(to, sizeof to, c->label.en), folded);
}

const struct code *code_by_label(const struct codes *c, struct str label, uint32_t *n)
{
    char to[FOLD_MAX];
    struct str f = fold(to, sizeof to, label);
    uint32_t first = UINT32_MAX, last = UINT32_MAX;
    *n = 0;
    if (!f.n)
        return NULL;
    for (uint32_t i = (uint32_t)hash_bytes(f) & c->by_label.mask; c->by_label.slot[i];
         i = (i + 1) & c->by_label.mask) {
        uint32_t at = c->by_label.slot[i] - 1;
        /* a code whose labels are the same in both languages stands there twice, in a row */
        if (at == last || !has_label(&c->code[at], f))
            continue;
        last = at;
        first = MIN(first, at);
        ++*n;
    }
    return first == UINT32_MAX ? NULL : &c->code[first];
}

/* Bytes at the end of `text` that name the code, 0: none. The longest counts. */
static size_t names_code(const struct codes *c, const struct code *code, struct str text)
{
    struct str l = code->label.zh;
    if (l.n && str_ends(text, l))
        return l.n;
    for (uint32_t i = 0; i < c->n_endings; i++) {
        struct str end = c->ending[i];
        if (!str_ends(l, end) || l.n < end.n + 6) /* two characters are left */
            continue;
        struct str name = str_sub(l, 0, l.n - end.n);
        if (str_ends(text, name))
            return name.n;
    }
    return 0;
}

/* Do wider codes make the whole of what stands in front? */
static bool leads(const struct codes *c, const struct code *code, struct str front)
{
    while (front.n && code->under >= 0) {
        code = &c->code[code->under];
        front = str_sub(front, 0, front.n - names_code(c, code, front));
    }
    return front.n == 0;
}

const struct code *code_by_path(const struct codes *c, struct str text, uint32_t *n)
{
    char to[FOLD_MAX];
    const struct code *found = NULL;
    uint32_t best = UINT32_MAX;
    text = fold(to, sizeof to, text);
    *n = 0;
    for (uint32_t i = 0; text.n && i < c->n; i++) {
        const struct code *at = &c->code[i];
        size_t own = names_code(c, at, text);
        if (!own || !leads(c, at, str_sub(text, 0, text.n - own)))
            continue;
        uint32_t depth = 0;
        for (int32_t up = at->under; up >= 0; up = c->code[up].under)
            depth++;
        if (depth > best)
            continue;
        *n = depth < best ? 1 : *n + 1;
        found = depth < best ? at : found;
        best = depth;
    }
    return found;
}

bool code_under(const struct codes *c, struct str code, struct str wide)
{
    const struct code *in = code_find(c, code), *top = code_find(c, wide);
    return in && top && in >= top && in < c->code + top->end;
}
