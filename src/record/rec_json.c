/* Records as JSON: printing, and reading what was printed or what a client sends. */
#include "record/json_int.h"
#include "record/val_int.h"

#include <math.h>

#define INPUT_MAX (4u << 20)

/* ---- printing ---- */

static enum rc put_string(struct buf *out, struct str s, struct err *e)
{
    static const char hex[] = "0123456789abcdef";
    const char *p = s.p, *end = s.p + s.n, *from = p;
    TRY(buf_char(out, '"', e));
    while (p < end) {
        unsigned char c = (unsigned char)*p;
        unsigned n = c < 0x80 ? 1 : utf8_whole(p, end);
        if (n && c >= ' ' && c != '"' && c != '\\') {
            p += n;
            continue;
        }
        TRY(buf_put(out, from, (size_t)(p - from), e));
        from = ++p;
        if (!n)
            TRY(buf_str(out, STR("\xEF\xBF\xBD"), e));
        else if (c == '\n')
            TRY(buf_str(out, STR("\\n"), e));
        else if (c < ' ')
            TRY(buf_printf(out, e, "\\u00%c%c", hex[c >> 4], hex[c & 15]));
        else
            TRY(buf_printf(out, e, "\\%c", c));
    }
    TRY(buf_put(out, from, (size_t)(p - from), e));
    return buf_char(out, '"', e);
}

static enum rc put_key(struct buf *out, struct str name, bool *first, struct err *e)
{
    if (!*first)
        TRY(buf_char(out, ',', e));
    *first = false;
    TRY(buf_char(out, '"', e));
    TRY(buf_str(out, name, e));
    return buf_str(out, STR("\":"), e);
}

static enum rc put_one(struct buf *out, const struct field_def *f, const struct val *v,
                       struct err *e)
{
    bool first = true;
    char day[12];
    switch (f->type) {
    case TYPE_GROUP:
        TRY(buf_char(out, '{', e));
        for (uint32_t i = 0; i < f->n_sub; i++)
            if (v->list.item[i].set) {
                TRY(put_key(out, f->sub[i].name, &first, e));
                TRY(put_one(out, &f->sub[i], &v->list.item[i], e));
            }
        return buf_char(out, '}', e);
    case TYPE_DATE:
        return put_string(out, date_put(day, v->num), e);
    case TYPE_BOOL:
        return buf_str(out, v->num ? STR("true") : STR("false"), e);
    case TYPE_DECIMAL:
        if (!isfinite(v->real))
            return buf_str(out, STR("null"), e);
        return val_text_one(out, f, v, false, true, e);
    case TYPE_INT:
    case TYPE_MONEY:
    case TYPE_TIME:
    case TYPE_REF: {
        const struct field_def number = {.type = TYPE_INT};
        return val_text_one(out, &number, v, false, true, e);
    }
    default:
        return put_string(out, v->text, e);
    }
}

static enum rc put_val(struct buf *out, const struct field_def *f, const struct val *v,
                       struct err *e)
{
    if (!f->list)
        return put_one(out, f, v, e);
    TRY(buf_char(out, '[', e));
    for (uint32_t i = 0; i < v->list.n; i++) {
        if (i)
            TRY(buf_char(out, ',', e));
        TRY(put_one(out, f, &v->list.item[i], e));
    }
    return buf_char(out, ']', e);
}

static enum rc put_vals(struct buf *out, const struct kind *k, const struct val *v, bool cases,
                        bool *first, struct err *e)
{
    for (uint32_t i = 0; i < k->n_fields; i++) {
        if (!v[i].set || (k->field[i].n_cases && !cases))
            continue;
        TRY(put_key(out, k->field[i].name, first, e));
        TRY(put_val(out, &k->field[i], &v[i], e));
    }
    return RC_OK;
}

static enum rc put_rec(struct buf *out, const struct rec *r, bool cases, struct err *e)
{
    bool first = true, any = false, first_masked = true;
    TRY(buf_char(out, '{', e));
    TRY(put_vals(out, r->kind, r->val, cases, &first, e));
    for (uint32_t i = 0; i < r->kind->n_fields && !any; i++)
        any = r->masked[i].set;
    if (any) {
        TRY(put_key(out, STR("masked"), &first, e));
        TRY(buf_char(out, '{', e));
        TRY(put_vals(out, r->kind, r->masked, false, &first_masked, e));
        TRY(buf_char(out, '}', e));
    }
    return buf_char(out, '}', e);
}

enum rc rec_print(struct buf *out, const struct rec *r, struct err *e)
{
    return put_rec(out, r, false, e);
}

enum rc rec_print_shown(struct buf *out, const struct rec *r, struct err *e)
{
    return put_rec(out, r, true, e);
}

/* ---- reading ---- */

struct reader {
    struct json j;
    struct rec *rec;
    struct fault_place place;
    bool input; /* from a client: faults instead of RC_CORRUPT */
};

/* The value is no such thing: said, and passed over. */
static enum rc refuse(struct reader *r, const char *key, struct str what, struct err *e)
{
    if (!r->input)
        return err_corrupt(e, "record.body", "%.*s", (int)MIN(r->place.f->name.n, 64u),
                           r->place.f->name.p);
    return fault_put(&r->place, e, key, "%.*s", (int)MIN(what.n, 120u), what.p ? what.p : "");
}

static enum rc wrong_type(struct reader *r, struct err *e)
{
    TRY(refuse(r, "field.type", str_of(type_name(r->place.f->type)), e));
    json_skip(&r->j);
    return RC_OK;
}

static enum rc read_number(struct reader *r, struct val *v, struct err *e)
{
    bool whole;
    double real;
    int64_t num;
    if (!json_number(&r->j, &whole, &num, &real))
        return RC_OK;
    if (r->place.f->type == TYPE_DECIMAL) {
        *v = (struct val){.set = true, .real = real};
        return RC_OK;
    }
    if (!whole)
        return refuse(r, "field.type", str_of(type_name(r->place.f->type)), e);
    *v = (struct val){.set = true, .num = num};
    return RC_OK;
}

static enum rc read_text(struct reader *r, struct val *v, struct err *e)
{
    struct str s;
    const struct field_def *f = r->place.f;
    if (!json_read_string(&r->j, &s))
        return RC_OK;
    if (f->type == TYPE_DATE) {
        v->set = date_read(s, &v->num);
        return v->set ? RC_OK : refuse(r, "field.date", s, e);
    }
    if (r->input && f->type == TYPE_CODE) {
        const struct code *c = code_find(f->codes, s);
        if (!c)
            return s.n ? refuse(r, "field.code_exact", s, e) : RC_OK;
        s = c->code;
    } else if (r->input && f->type != TYPE_TEXT && f->type != TYPE_LONG) {
        return val_parse_one(v, s, &r->place, e);
    } else if (r->input) {
        s.n = text_clean((char *)s.p, s.n, f->type == TYPE_LONG);
    }
    *v = (struct val){.set = s.n > 0, .text = s};
    return RC_OK;
}

static enum rc read_one(struct reader *r, struct val *v, struct err *e);

static uint32_t sub_after(const struct field_def *f, struct str name, uint32_t expected)
{
    if (expected < f->n_sub && str_eq(f->sub[expected].name, name))
        return expected;
    return sub_find(f, name);
}

static enum rc read_group(struct reader *r, struct val *v, struct err *e)
{
    const struct fault_place group = r->place;
    const struct field_def *f = group.f;
    struct val *sub = arena_calloc(group.arena, f->n_sub, sizeof *sub);
    bool first = true;
    uint32_t at = UINT32_MAX;
    if (!sub)
        return err_nomem(e);
    *v = (struct val){.list = {sub, f->n_sub}};
    if (!json_enter(&r->j))
        return RC_OK;
    while (json_more(&r->j, '}', &first)) {
        struct str key;
        if (!json_key(&r->j, &key))
            return RC_OK;
        at = sub_after(f, key, at + 1);
        if (at == UINT32_MAX) {
            if (r->input)
                TRY(refuse(r, "field.unknown", key, e));
            json_skip(&r->j);
            continue;
        }
        r->place.f = &f->sub[at];
        r->place.sub = at;
        sub[at] = (struct val){0};
        if (json_peek(&r->j) == JSON_NULL)
            json_skip(&r->j);
        else
            TRY(read_one(r, &sub[at], e));
        r->place = group;
    }
    for (uint32_t i = 0; i < f->n_sub; i++)
        v->set |= sub[i].set;
    return RC_OK;
}

static enum rc read_one(struct reader *r, struct val *v, struct err *e)
{
    enum type type = r->place.f->type;
    *v = (struct val){0};
    switch (json_peek(&r->j)) {
    case JSON_OBJECT:
        return type == TYPE_GROUP ? read_group(r, v, e) : wrong_type(r, e);
    case JSON_STRING:
        return type_is_text(type) || type == TYPE_DATE ? read_text(r, v, e) : wrong_type(r, e);
    case JSON_NUMBER:
        return type == TYPE_INT || type == TYPE_DECIMAL || type == TYPE_MONEY ||
                       type == TYPE_TIME || type == TYPE_REF
                   ? read_number(r, v, e)
                   : wrong_type(r, e);
    case JSON_TRUE:
    case JSON_FALSE:
        if (type != TYPE_BOOL)
            return wrong_type(r, e);
        *v = (struct val){.set = true, .num = *r->j.at == 't'};
        json_skip(&r->j);
        return RC_OK;
    case JSON_BAD:
        return RC_OK;
    default:
        return wrong_type(r, e);
    }
}

static enum rc read_list(struct reader *r, struct val *v, struct err *e)
{
    uint32_t cap = 0, n = 0, item = 0;
    bool first = true, full = false;
    struct val *list = NULL;
    if (json_peek(&r->j) != JSON_ARRAY)
        return wrong_type(r, e);
    if (!json_enter(&r->j))
        return RC_OK;
    while (json_more(&r->j, ']', &first)) {
        if (item >= LIST_MAX) {
            full = true;
            json_skip(&r->j);
            continue;
        }
        if (n == cap) {
            cap = cap ? cap * 2 : 4;
            struct val *more = arena_alloc(r->place.arena, cap * sizeof *more);
            if (!more)
                return err_nomem(e);
            if (n)
                memcpy(more, list, n * sizeof *more);
            list = more;
        }
        r->place.item = item++;
        TRY(read_one(r, &list[n], e));
        n += !r->j.bad && list[n].set;
    }
    r->place.item = UINT32_MAX;
    if (full)
        TRY(refuse(r, "field.too_many", STR("1000"), e));
    *v = (struct val){.set = n > 0, .list = {list, n}};
    return RC_OK;
}

static enum rc read_vals(struct reader *r, struct val *vals, struct err *e);

static enum rc read_key(struct reader *r, struct str key, struct val *vals, uint32_t *at,
                        struct err *e)
{
    const struct kind *k = r->rec->kind;
    bool masked = vals == r->rec->masked;
    uint32_t next = *at + 1; /* keys come in the order of the fields */
    if (next >= k->n_fields || !str_eq(k->field[next].name, key))
        next = field_find(k, key);
    if (next == NO_FIELD) {
        if (!masked && str_eq(key, STR("masked")) && json_peek(&r->j) == JSON_OBJECT)
            return read_vals(r, r->rec->masked, e);
        r->place = (struct fault_place){NULL,   NO_FIELD,       UINT32_MAX,     UINT32_MAX,
                                        masked, r->place.arena, r->place.faults};
        if (r->input)
            TRY(fault_put(&r->place, e, "field.unknown", "%.*s", (int)MIN(key.n, 120u), key.p));
        json_skip(&r->j);
        return RC_OK;
    }
    *at = next;
    const struct field_def *f = &k->field[next];
    r->place.f = f;
    r->place.field = next;
    r->place.item = r->place.sub = UINT32_MAX;
    r->place.masked = masked;
    const char *no = !r->input                              ? NULL
                     : f->computed                          ? "field.computed"
                     : masked && f->secret != SECRET_MASKED ? "field.not_masked"
                                                            : NULL;
    if (no || f->n_cases) {
        if (no)
            TRY(refuse(r, no, f->name, e));
        json_skip(&r->j);
        return RC_OK;
    }
    struct val v = {0};
    if (json_peek(&r->j) == JSON_NULL)
        json_skip(&r->j);
    else
        TRY(f->list ? read_list(r, &v, e) : read_one(r, &v, e));
    vals[next] = v;
    return RC_OK;
}

static enum rc read_vals(struct reader *r, struct val *vals, struct err *e)
{
    bool first = true;
    uint32_t at = UINT32_MAX;
    if (!json_enter(&r->j))
        return RC_OK;
    while (json_more(&r->j, '}', &first)) {
        struct str key;
        if (!json_key(&r->j, &key))
            return RC_OK;
        TRY(read_key(r, key, vals, &at, e));
    }
    return RC_OK;
}

static enum rc read_body(struct reader *r, struct str bytes, struct arena *a, struct err *e)
{
    struct str copy = arena_str(a, bytes);
    if (!copy.p)
        return err_nomem(e);
    json_start(&r->j, (char *)copy.p, copy.n);
    r->place.arena = a;
    if (json_peek(&r->j) == JSON_OBJECT)
        TRY(read_vals(r, r->rec->val, e));
    else if (!r->j.bad)
        r->j.bad = "an object is expected";
    if (!r->j.bad)
        json_end(&r->j);
    return RC_OK;
}

enum rc rec_parse(struct rec *out, struct str bytes, struct arena *a, struct err *e)
{
    struct reader r = {.rec = out};
    TRY(read_body(&r, bytes, a, e));
    return r.j.bad ? err_corrupt(e, "record.body", "%s", r.j.bad) : RC_OK;
}

enum rc rec_parse_input(struct rec *out, struct str bytes, struct arena *a, vec_fault *faults,
                        struct err *e)
{
    struct reader r = {.rec = out, .input = true, .place.faults = faults};
    if (bytes.n > INPUT_MAX)
        return err_too_big(e, "base.too_big", "%u", INPUT_MAX);
    TRY(read_body(&r, bytes, a, e));
    if (!r.j.bad)
        return RC_OK;
    uint32_t line, col;
    json_place(bytes, (size_t)(r.j.at - r.j.start), &line, &col);
    return err_at(e, err_user(e, "json.syntax", "%s\t%u\t%u", r.j.bad, line, col), NULL, NULL, line,
                  col);
}
