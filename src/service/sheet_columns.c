/* Which columns a kind's files have, what their headers say, and which column a header means. */
#include "service/paths.h"
#include "service/sheets_int.h"
#include "sheet/header.h"

static const struct label masked_word = {{"（脱敏）", 12}, {" (masked)", 9}};

const struct field_def *col_def(const struct kind *k, struct col c)
{
    return c.what == COL_FIELD || c.what == COL_MASKED ? &k->field[c.field] : NULL;
}

const struct val *col_val(const struct rec *r, struct col c)
{
    return c.what == COL_MASKED ? &r->masked[c.field] : &r->val[c.field];
}

bool col_read_only(const struct kind *k, struct col c)
{
    if (c.what == COL_ATTR)
        return c.attr == ATTR_CREATED || c.attr == ATTR_UPDATED || c.attr == ATTR_SINCE;
    return k->field[c.field].computed ||
           k->field[c.field].type == TYPE_FILE; /* uploaded, never typed */
}

static bool has_owner(const struct kind *k)
{
    return k->owned && !k->is_self;
}

enum rc cols_all(vec_col *out, const struct kind *k, bool form, struct err *e)
{
    TRY(vec_push(out, COL_ATTR_OF(ATTR_ID), e));
    for (uint32_t f = 0; f < k->n_fields; f++) {
        struct col c = {.what = COL_FIELD, .field = f};
        if (form && col_read_only(k, c))
            continue;
        TRY(vec_push(out, c, e));
        c.what = COL_MASKED;
        if (k->secrecy && k->field[f].secret == SECRET_MASKED)
            TRY(vec_push(out, c, e));
    }
    if (has_owner(k))
        TRY(vec_push(out, COL_ATTR_OF(ATTR_OWNER), e));
    if (k->n_states && !form)
        TRY(vec_push(out, COL_ATTR_OF(ATTR_STATE), e));
    return k->secrecy ? vec_push(out, COL_ATTR_OF(ATTR_SECRECY), e) : RC_OK;
}

static bool kind_has(const struct kind *k, enum attr a)
{
    switch (a) {
    case ATTR_FIELD:
    case ATTR_KIND:
        return false;
    case ATTR_OWNER:
        return has_owner(k);
    case ATTR_STATE:
    case ATTR_SINCE:
        return k->n_states != 0;
    case ATTR_SECRECY:
        return k->secrecy;
    default:
        return true;
    }
}

struct col col_named(const struct kind *k, struct str name)
{
    static const struct str head = {"masked.", 7};
    bool masked = str_starts(name, head);
    uint32_t f = field_find(k, masked ? str_sub(name, head.n, name.n) : name);
    if (f != NO_FIELD && masked)
        return (struct col){.what = k->field[f].secret == SECRET_MASKED ? COL_MASKED : COL_NONE,
                            .field = f};
    if (f != NO_FIELD)
        return (struct col){.what = COL_FIELD, .field = f};
    enum attr a = attr_find(name);
    return kind_has(k, a) ? COL_ATTR_OF(a) : (struct col){0};
}

enum rc cols_named(vec_col *out, const struct site *s, const struct kind *k, struct str names,
                   struct err *e)
{
    for (size_t at = 0; at <= names.n;) {
        size_t end = str_find(names, STR(","), at);
        struct str name = str_trim(str_sub(names, at, end));
        at = end == SIZE_MAX ? names.n + 1 : end + 1;
        if (!name.n)
            continue;
        struct col c = col_named(k, name);
        if (c.what == COL_NONE && path_is_column(s, k, name))
            c = (struct col){COL_PATH, NO_FIELD, ATTR_FIELD, name};
        if (c.what == COL_NONE)
            return err_user(e, "export.column", "%.*s", (int)MIN(name.n, 100u), name.p);
        TRY(vec_push(out, c, e));
    }
    return RC_OK;
}

enum rc col_label(struct buf *to, const struct kind *k, struct col c, bool zh, struct err *e)
{
    if (c.what == COL_ATTR) {
        struct label l = attr_label(c.attr);
        return buf_str(to, label_text(&l, zh), e);
    }
    TRY(buf_str(to, label_text(&k->field[c.field].label, zh), e));
    return c.what == COL_MASKED ? buf_str(to, label_text(&masked_word, zh), e) : RC_OK;
}

enum rc col_name(struct buf *to, const struct kind *k, struct col c, struct err *e)
{
    if (c.what == COL_ATTR)
        return buf_str(to, str_of(attr_name(c.attr)), e);
    if (c.what == COL_PATH)
        return buf_str(to, c.path, e);
    if (c.what == COL_MASKED)
        TRY(buf_str(to, STR("masked."), e));
    return buf_str(to, k->field[c.field].name, e);
}

/* ---- headers ---- */

struct heads {
    VEC(struct head {
        struct str normal;
        struct col col;
    })
    all;
    struct arena names;
};

static enum rc add_word(struct heads *h, struct str word, struct col c, struct err *e)
{
    char bytes[NORMAL_MAX];
    struct str normal = header_whole(bytes, word);
    for (size_t i = 0; i < h->all.n; i++)
        if (!normal.n || str_eq(h->all.p[i].normal, normal))
            return RC_OK; /* the first has it */
    struct str kept = arena_str(&h->names, normal);
    if (!kept.p)
        return err_nomem(e);
    return vec_push(&h->all, ((struct head){kept, c}), e);
}

static enum rc add_col(struct heads *h, const struct kind *k, struct col c, struct buf *text,
                       struct err *e)
{
    for (int way = 0; way < 3; way++) {
        buf_clear(text);
        TRY(way == 2 ? col_name(text, k, c, e) : col_label(text, k, c, way == 0, e));
        TRY(add_word(h, buf_view(text), c, e));
    }
    return RC_OK;
}

/* Labels of fields come before the words of attributes: a field may be called 编号. */
static enum rc add_all(struct heads *h, const struct kind *k, struct buf *text, struct err *e)
{
    static const enum attr attrs[] = {ATTR_ID,      ATTR_OWNER,   ATTR_STATE, ATTR_SECRECY,
                                      ATTR_CREATED, ATTR_UPDATED, ATTR_SINCE};
    for (uint32_t f = 0; f < k->n_fields; f++)
        TRY(add_col(h, k, (struct col){.what = COL_FIELD, .field = f}, text, e));
    for (uint32_t f = 0; f < k->n_fields; f++)
        if (k->field[f].secret == SECRET_MASKED)
            TRY(add_col(h, k, (struct col){.what = COL_MASKED, .field = f}, text, e));
    for (size_t i = 0; i < ARRAY_LEN(attrs); i++)
        if (kind_has(k, attrs[i]))
            TRY(add_col(h, k, COL_ATTR_OF(attrs[i]), text, e));
    return RC_OK;
}

enum rc heads_make(struct heads **out, const struct kind *k, struct err *e)
{
    struct heads *h = mem_calloc(1, sizeof *h);
    struct buf text;
    if (!h)
        return err_nomem(e);
    buf_init(&text, 1u << 16);
    enum rc rc = add_all(h, k, &text, e);
    buf_free(&text);
    if (rc == RC_OK)
        *out = h;
    else
        heads_free(h);
    return rc;
}

void heads_free(struct heads *h)
{
    if (!h)
        return;
    vec_free(&h->all);
    arena_free(&h->names);
    mem_free(h);
}

static struct col find(const struct heads *h, struct str normal)
{
    for (size_t i = 0; normal.n && i < h->all.n; i++)
        if (str_eq(h->all.p[i].normal, normal))
            return h->all.p[i].col;
    return (struct col){0};
}

static double unit_of(struct str text)
{
    static const struct {
        struct str word;
        double yuan;
    } units[] = {{{"亿元", 6}, 1e8},
                 {{"千万元", 9}, 1e7},
                 {{"百万元", 9}, 1e6},
                 {{"万元", 6}, 1e4},
                 {{"千元", 6}, 1e3}};
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (str_find(text, units[i].word, 0) != SIZE_MAX)
            return units[i].yuan;
    return 0;
}

struct col heads_find(const struct heads *h, struct str text, double *unit)
{
    char bytes[NORMAL_MAX];
    *unit = 0;
    struct col c = find(h, header_whole(bytes, text));
    if (c.what != COL_NONE)
        return c; /* as we wrote it, in yuan */
    c = find(h, header_normal(bytes, text));
    bool masked =
        str_find(text, STR("脱敏"), 0) != SIZE_MAX || str_find(text, STR("masked"), 0) != SIZE_MAX;
    if (c.what == COL_FIELD && masked)
        c = (struct col){0};
    for (size_t i = 0; masked && i < h->all.n; i++) { /* 内容（脱敏）（选填） */
        struct head *m = &h->all.p[i];
        if (m->col.what == COL_MASKED && str_starts(header_whole(bytes, text), m->normal))
            c = m->col;
    }
    *unit = unit_of(text);
    return c;
}
