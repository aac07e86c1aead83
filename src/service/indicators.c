#include "service/indicators.h"

#include "text/quantity.h"

#include <math.h>
#include <stdio.h>

#define MOST      50u
#define NAME_MOST 60u /* characters, as the kinds' own fields have */

static const struct field_def *sub_named(const struct field_def *f, const char *name)
{
    uint32_t i = sub_find(f, str_of(name));
    return i == NO_FIELD ? NULL : &f->sub[i];
}

bool indicators_are(const struct field_def *f)
{
    if (f->type != TYPE_GROUP || !f->list || f->computed)
        return false;
    const struct field_def *name = sub_named(f, "name"), *op = sub_named(f, "op"),
                           *value = sub_named(f, "value"), *unit = sub_named(f, "unit");
    return name && op && value && unit && name->type == TYPE_TEXT && op->type == TYPE_CODE &&
           op->codes && str_eq(op->codes->name, STR("compare")) && value->type == TYPE_DECIMAL &&
           unit->type == TYPE_TEXT;
}

bool indicators_can_be_drawn(const struct kind *k, const struct field_def *f)
{
    bool prose = false;
    for (uint32_t i = 0; i < k->n_match_text; i++)
        prose |= k->field[k->match_text[i]].type == TYPE_LONG;
    return prose && indicators_are(f);
}

/* ---- one quantity as a row ---- */

/* In the unit that was written; base units are for comparing. */
static double as_written(const struct quantity *q, double base)
{
    double v = base;
    if (q->unit)
        v = (base - (q->change || q->per ? 0 : q->unit->offset)) / q->unit->factor;
    return q->per ? v * q->per->factor : v;
}

static enum rc number_text(const struct quantity *q, double base, struct arena *to, struct str *out,
                           struct err *e)
{
    char text[40];
    int n = snprintf(text, sizeof text, "%.10g", as_written(q, base));
    *out = arena_str(to, (struct str){text, (size_t)n});
    return out->p ? RC_OK : err_nomem(e);
}

static enum rc join(struct arena *to, struct str *out, struct err *e, struct str a, struct str b,
                    struct str c)
{
    char *p = arena_alloc(to, a.n + b.n + c.n + 1);
    if (!p)
        return err_nomem(e);
    struct str all[] = {a, b, c};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i].n)
            memcpy(p + n, all[i].p, all[i].n);
        n += all[i].n;
    }
    p[n] = 0;
    *out = (struct str){p, n};
    return RC_OK;
}

/* 成本 + 降低20% is the indicator 成本降幅. */
static struct str of_change(const struct quantity *q)
{
    return q->change > 0 ? STR("升幅") : q->change < 0 ? STR("降幅") : STR("");
}

static const char *op_of(const struct quantity *q)
{
    switch (q->compare) {
    case COMPARE_GE:
    case COMPARE_GT:
        return "ge";
    case COMPARE_LE:
    case COMPARE_LT:
        return "le";
    case COMPARE_RANGE:
    case COMPARE_PLUSMINUS:
        return "range";
    default:
        return q->change ? "ge" : "eq";
    }
}

static enum rc values(const struct quantity *q, struct drawn *d, struct arena *to, struct err *e)
{
    bool range = str_eq(d->op, STR("range"));
    double one = isfinite(q->low) ? q->low : q->high;
    if (q->compare == COMPARE_ABOUT)
        one = (q->low + q->high) / 2;
    TRY(number_text(q, range ? q->low : one, to, &d->value, e));
    return range ? number_text(q, q->high, to, &d->value2, e) : RC_OK;
}

static size_t characters(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; n++)
        utf8_next(s, &i);
    return n;
}

/* "1 米处噪声", "200 ℃ 下强度": what ends the condition in front is no part of the name. */
static struct str name_of(const struct quantity *q, struct str text)
{
    static const char *const ends[] = {"处",   "下",   "时",   "内",    "后",
                                       "以下", "以上", "以内", "条件下"};
    struct str name = str_trim(span_str(text, q->name));
    size_t at = (size_t)(name.p - text.p), back = at;
    bool number = false;
    for (int n = 0; n < 4 && back && !number; n++) { /* a number and its unit */
        do
            back--;
        while (back && ((unsigned char)text.p[back] & 0xC0) == 0x80);
        number = text.p[back] >= '0' && text.p[back] <= '9';
    }
    for (size_t i = ARRAY_LEN(ends); number && i--;) {
        struct str end = str_of(ends[i]);
        if (str_starts(name, end) && name.n >= end.n + 6)
            return str_trim(str_sub(name, end.n, name.n));
    }
    return name;
}

static enum rc row_of(const struct quantity *q, struct str text, struct arena *to, struct drawn *d,
                      struct err *e)
{
    struct span all = {q->name.from, MAX(q->whole.to, q->name.to)};
    *d = (struct drawn){.op = str_of(op_of(q)), .value2 = STR(""), .unit = STR("")};
    TRY(join(to, &d->name, e, name_of(q, text), of_change(q), STR("")));
    if (q->whole.from < all.from)
        all.from = q->whole.from;
    TRY(join(to, &d->quote, e, span_str(text, all), STR(""), STR("")));
    if (q->unit)
        TRY(join(to, &d->unit, e, q->unit->symbol, q->per ? STR("/") : STR(""),
                 q->per ? q->per->symbol : STR("")));
    return values(q, d, to, e);
}

static bool is_told(const struct quantity *q, struct str text)
{
    struct str name = str_trim(span_str(text, q->name));
    return q->stated == ASKED && name.n && characters(name) <= NAME_MOST - 2 &&
           (isfinite(q->low) || isfinite(q->high));
}

static bool is_there(const vec_drawn *all, size_t from, const struct drawn *d)
{
    for (size_t i = from; i < all->n; i++)
        if (str_eq(all->p[i].name, d->name) && str_eq(all->p[i].op, d->op))
            return true;
    return false;
}

enum rc indicators_draw(const struct site *s, struct str text, struct arena *to, vec_drawn *out,
                        struct err *e)
{
    struct vec_quantity found = {0};
    size_t from = out->n;
    enum rc rc = quantities_read(&found, text, model_units(site_model(s)), e);
    for (size_t i = 0; rc == RC_OK && i < found.n && out->n - from < MOST; i++) {
        struct drawn d;
        if (!is_told(&found.p[i], text))
            continue;
        rc = row_of(&found.p[i], text, to, &d, e);
        if (rc == RC_OK && !is_there(out, from, &d))
            rc = vec_push(out, d, e);
    }
    vec_free(&found);
    return rc;
}
