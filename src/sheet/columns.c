/* Synonyms of column names and their comparison. */
#include "base/arena.h"
#include "sheet/table_int.h"

static const char *const field_names[FIELD__COUNT] = {
    "id",  "title",      "body",   "org",      "person",   "contact", "industry", "region",
    "trl", "indicators", "budget", "deadline", "keywords", "type",    "date",
};

const char *field_name(enum field f)
{
    return f < FIELD__COUNT ? field_names[f] : "other";
}

static enum field field_of(struct str name)
{
    for (int f = 0; f < FIELD__COUNT; f++)
        if (str_eq(name, str_of(field_names[f])))
            return (enum field)f;
    return FIELD__COUNT;
}

struct synonym {
    struct str text; /* normal form */
    enum field field;
    uint8_t sides; /* bit 1 << enum table_side */
    uint32_t rank;
};

struct columns {
    VEC(struct synonym) all;
    struct arena names;
    const char *join[FIELD__COUNT];
    bool narrow[FIELD__COUNT];
    enum field surplus[FIELD__COUNT];
};

const char *columns_join(const struct columns *c, enum field f)
{
    return c->join[f];
}

enum field columns_surplus(const struct columns *c, enum field f)
{
    return c->surplus[f];
}

bool columns_narrow(const struct columns *c, enum field f)
{
    return c->narrow[f];
}

/* Half-width form of full-width ASCII and the ideographic blank. */
static uint32_t narrow(uint32_t c)
{
    return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c == 0x3000 || c == 0xA0 ? ' ' : c;
}

enum rc put_narrow(struct buf *to, struct str s, struct err *e)
{
    size_t ascii = 0;
    while (ascii < s.n && !(s.p[ascii] & 0x80))
        ascii++;
    TRY(buf_str(to, str_sub(s, 0, ascii), e));
    for (size_t i = ascii; i < s.n;) {
        char bytes[4];
        TRY(buf_put(to, bytes, utf8_put(bytes, narrow(utf8_next(s, &i))), e));
    }
    return RC_OK;
}

static bool is_word(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_mark(uint32_t c)
{
    return c == '*' || (c < 0x80 && !is_word(c)) || (c >= 0x80 && c <= 0xBF) ||
           (c >= 0x2000 && c <= 0x206F) || (c >= 0x2190 && c <= 0x27BF) ||
           (c >= 0x3000 && c <= 0x303F) || (c >= 0xFE30 && c <= 0xFE6F) || c == 0xFEFF ||
           (c >= 0xFF5F && c <= 0xFF65);
}

static bool is_open(uint32_t c)
{
    return c == '(' || c == '[' || c == '{' || c == '<' || c == 0x3010 || c == 0x3014 ||
           c == 0x300A || c == 0x3008 || c == 0x3016;
}

static bool is_close(uint32_t c)
{
    return c == ')' || c == ']' || c == '}' || c == '>' || c == 0x3011 || c == 0x3015 ||
           c == 0x300B || c == 0x3009 || c == 0x3017;
}

/* One blank stays between Latin words ("contact_person", "contactPerson"), none elsewhere. */
static struct str normal_pass(char to[NORMAL_MAX], struct str text, bool keep_brackets)
{
    size_t n = 0;
    uint32_t depth = 0, before = 0;
    bool gap = false;
    for (size_t i = 0; i < text.n;) {
        uint32_t c = narrow(utf8_next(text, &i));
        bool open = is_open(c), close = is_close(c);
        if (!keep_brackets && open)
            depth++;
        bool inside = depth > 0;
        if (!keep_brackets && close && depth)
            depth--;
        if (inside || is_mark(c)) {
            gap = true;
            continue;
        }
        if (n + 5 >= NORMAL_MAX)
            return (struct str){to, 0};
        gap |= before >= 'a' && before <= 'z' && c >= 'A' && c <= 'Z';
        if (gap && n && is_word(before) && is_word(c))
            to[n++] = ' ';
        n += utf8_put(to + n, c >= 'A' && c <= 'Z' ? c + 32 : c);
        before = c;
        gap = false;
    }
    return (struct str){to, n};
}

struct str header_normal(char to[NORMAL_MAX], struct str text)
{
    struct str s = normal_pass(to, text, false);
    return s.n ? s : normal_pass(to, text, true); /* 【名称】: nothing but a bracket */
}

struct str header_whole(char to[NORMAL_MAX], struct str text)
{
    return normal_pass(to, text, true);
}

static bool is_blank(uint32_t c)
{
    return c <= ' ' || c == 0xA0 || c == 0x3000 || c == 0xFEFF || (c >= 0x2000 && c <= 0x200F);
}

struct str text_trim(struct str s)
{
    size_t from = 0, to = s.n;
    while (from < s.n) {
        size_t i = from;
        if (!is_blank(utf8_next(s, &i)))
            break;
        from = i;
    }
    while (to > from) {
        size_t last = to - 1;
        while (last > from && to - last < 4 && (s.p[last] & 0xC0) == 0x80)
            last--;
        size_t i = last;
        if (!is_blank(utf8_next(s, &i)) || i != to)
            break;
        to = last;
    }
    return str_sub(s, from, to);
}

static enum rc table_error(const char *name, const struct node *n, struct str what, struct err *e)
{
    return err_at(e, err_user(e, "sheet.columns_table", "%.*s", (int)MIN(what.n, 80u), what.p),
                  name, NULL, n->line, 0);
}

static enum rc add_list(struct columns *c, enum field f, uint8_t sides, const struct node *list,
                        uint32_t *rank, const char *name, struct err *e)
{
    if (list->type != NODE_LIST)
        return table_error(name, list, list->key, e);
    for (const struct node *n = list->child; n; n = n->next) {
        char bytes[NORMAL_MAX];
        struct str s = n->type == NODE_TEXT ? header_normal(bytes, n->text) : STR("");
        if (s.n == 0)
            return table_error(name, n, list->key, e);
        struct str kept = arena_str(&c->names, s);
        if (!kept.p)
            return err_nomem(e);
        TRY(vec_push(&c->all, ((struct synonym){kept, f, sides, (*rank)++}), e));
    }
    return RC_OK;
}

static enum rc add_setting(struct columns *c, enum field f, const struct node *n, const char *name,
                           struct err *e)
{
    if (str_eq(n->key, STR("narrow")) && n->type == NODE_TEXT) {
        c->narrow[f] = str_eq(n->text, STR("yes"));
        return RC_OK;
    }
    if (str_eq(n->key, STR("surplus")) && n->type == NODE_TEXT) {
        c->surplus[f] = field_of(n->text);
        return c->surplus[f] != FIELD__COUNT ? RC_OK : table_error(name, n, n->text, e);
    }
    if (!str_eq(n->key, STR("join")) || n->type != NODE_TEXT)
        return table_error(name, n, n->key, e);
    struct str s = arena_str(&c->names, n->text);
    c->join[f] = s.p;
    return s.p ? RC_OK : err_nomem(e);
}

/* The side's own words come before those of both, so their ranks are smaller. */
static enum rc add_field(struct columns *c, const struct node *field, const char *name,
                         struct err *e)
{
    static const struct {
        const char *key;
        uint8_t sides;
    } lists[] = {{"need", 1 << SIDE_NEED},
                 {"result", 1 << SIDE_RESULT},
                 {"zh", 1 << SIDE_NEED | 1 << SIDE_RESULT},
                 {"en", 1 << SIDE_NEED | 1 << SIDE_RESULT}};
    enum field f = field_of(field->key);
    if (field->type != NODE_MAP || (f == FIELD__COUNT && !str_eq(field->key, STR("other"))))
        return table_error(name, field, field->key, e);
    uint32_t rank = 0;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        const struct node *list = node_get(field, lists[i].key);
        if (list)
            TRY(add_list(c, f, lists[i].sides, list, &rank, name, e));
    }
    for (const struct node *n = field->child; n; n = n->next) {
        bool list = false;
        for (size_t i = 0; i < ARRAY_LEN(lists); i++)
            list |= str_eq(n->key, str_of(lists[i].key));
        if (!list && f == FIELD__COUNT)
            return table_error(name, n, n->key, e);
        if (!list)
            TRY(add_setting(c, f, n, name, e));
    }
    return RC_OK;
}

enum rc columns_init(struct columns **out, const struct node *table, const char *name,
                     struct err *e)
{
    struct columns *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    for (int f = 0; f < FIELD__COUNT; f++)
        c->surplus[f] = FIELD_OTHER;
    enum rc rc = table->type == NODE_MAP ? RC_OK : table_error(name, table, STR(""), e);
    for (const struct node *n = table->child; rc == RC_OK && n; n = n->next)
        rc = add_field(c, n, name, e);
    if (rc != RC_OK) {
        columns_free(c);
        return rc;
    }
    *out = c;
    return RC_OK;
}

void columns_free(struct columns *c)
{
    if (!c)
        return;
    vec_free(&c->all);
    arena_free(&c->names);
    mem_free(c);
}

/* Byte after the last occurrence of `what` at word boundaries, 0 for none. */
static size_t last_end(struct str s, struct str what)
{
    size_t end = 0;
    for (size_t i = str_find(s, what, 0); i != SIZE_MAX; i = str_find(s, what, i + 1)) {
        size_t to = i + what.n;
        bool head = i == 0 || !is_word((uint8_t)s.p[i - 1]) || !is_word((uint8_t)what.p[0]);
        bool tail =
            to == s.n || !is_word((uint8_t)s.p[to]) || !is_word((uint8_t)what.p[what.n - 1]);
        if (head && tail)
            end = to;
    }
    return end;
}

#define CONTAINED_MAX 30 /* characters: longer texts are data, not headers */

static struct match find_on(const struct columns *c, enum table_side side, struct str normal)
{
    struct match m = {FIELD_OTHER, false, UINT32_MAX};
    size_t longest = 0, latest = 0;
    bool contained = normal.n && utf8_len(normal) <= CONTAINED_MAX;
    for (size_t i = 0; i < c->all.n; i++) {
        const struct synonym *s = &c->all.p[i];
        if (!(s->sides & 1u << side))
            continue;
        if (str_eq(s->text, normal))
            return (struct match){s->field, true, s->rank};
        size_t end = contained && s->text.n >= longest ? last_end(normal, s->text) : 0;
        if (end && (s->text.n > longest || end > latest)) {
            longest = s->text.n;
            latest = end;
            m = (struct match){s->field, false, s->rank};
        }
    }
    return m;
}

struct match columns_find(const struct columns *c, enum table_side side, struct str normal)
{
    struct match m = find_on(c, side, normal);
    if (m.rank != UINT32_MAX)
        return m;
    m = find_on(c, side == SIDE_NEED ? SIDE_RESULT : SIDE_NEED, normal);
    if (m.rank != UINT32_MAX)
        m.rank += 1u << 16; /* after every word of its own side */
    m.exact = false;
    return m;
}

enum field columns_match(const struct columns *c, enum table_side side, struct str header,
                         bool *exact)
{
    char bytes[NORMAL_MAX];
    struct match m = columns_find(c, side, header_normal(bytes, header));
    if (exact)
        *exact = m.exact;
    return m.field;
}

enum rc column_map_parse(struct column_map *out, struct str spec, struct err *e)
{
    size_t eq = str_find(spec, STR("="), 0);
    enum field f = FIELD__COUNT;
    if (eq != SIZE_MAX) {
        f = field_of(str_trim(str_sub(spec, 0, eq)));
        *out = (struct column_map){f, str_trim(str_sub(spec, eq + 1, spec.n))};
    }
    if (f == FIELD__COUNT || out->column.n == 0)
        return err_user(e, "sheet.map", "%.*s", (int)MIN(spec.n, 200u), spec.p);
    return RC_OK;
}
