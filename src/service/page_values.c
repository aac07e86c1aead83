/* Values of pages and facts by the names of their fields; a site's own model may lack some. */
#include "service/pages_int.h"

#include <stdarg.h>
#include <stdio.h>

struct str rec_text(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? v->text : STR("");
}

int64_t rec_num(const struct rec *r, const char *field, int64_t otherwise)
{
    const struct val *v = saving_val(r, field);
    return v ? v->num : otherwise;
}

bool rec_is(const struct rec *r, const char *state)
{
    return r->state != NO_STATE && str_eq(r->kind->state[r->state].name, str_of(state));
}

struct str text_cut(struct str s, size_t chars)
{
    size_t i = 0;
    while (i < s.n && chars--)
        utf8_next(s, &i);
    return str_sub(s, 0, i);
}

size_t field_chars(const struct field_def *f)
{
    return f->max >= 0 && f->max < 1e9 ? (size_t)f->max : SIZE_MAX;
}

void rec_put_text(struct rec *r, const char *field, struct str s)
{
    uint32_t f = field_find(r->kind, str_of(field));
    if (f == NO_FIELD)
        return;
    s = str_trim(text_cut(s, field_chars(&r->kind->field[f])));
    r->val[f] = (struct val){.set = s.n > 0, .text = s};
}

void rec_put_num(struct rec *r, const char *field, int64_t n)
{
    saving_set(r, field, (struct val){.set = true, .num = n});
}

uint32_t rows_of(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? v->list.n : 0;
}

const struct val *row_val(const struct rec *r, const char *field, uint32_t row, const char *sub)
{
    uint32_t f = field_find(r->kind, str_of(field));
    if (f == NO_FIELD || !r->val[f].set || row >= r->val[f].list.n)
        return NULL;
    const struct field_def *d = &r->kind->field[f];
    const struct val *group = &r->val[f].list.item[row];
    return val_sub(d, group, sub);
}

struct str row_text(const struct rec *r, const char *field, uint32_t row, const char *sub)
{
    const struct val *v = row_val(r, field, row, sub);
    return v ? v->text : STR("");
}

int64_t row_num(const struct rec *r, const char *field, uint32_t row, const char *sub,
                int64_t otherwise)
{
    const struct val *v = row_val(r, field, row, sub);
    return v ? v->num : otherwise;
}

enum rc records_by(struct site *s, struct tx *tx, const struct actor *a, const char *kind,
                   struct str filter, const char *sort, struct arena *to, vec_rec *out,
                   struct err *e)
{
    struct filter *f = NULL;
    struct query q = {.kind = kind_find(s->kinds, str_of(kind)), .limit = FACTS_MOST};
    if (!q.kind)
        return view_missing(e);
    if (!filter.p)
        return err_nomem(e);
    q.scope = actor_scope_of(a, q.kind);
    TRY(view_filter(s, a, q.kind, filter, NULL, to, &f, e));
    q.filter = f;
    if (sort)
        TRY(view_path(s, a, q.kind, str_of(sort), to, &q.sort.path, e));
    return store_list(tx, &q, to, out, NULL, e);
}

struct str text_made(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    char *text = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(args);
    return (struct str){text, text ? (size_t)n : 0};
}
