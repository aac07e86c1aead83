/* Values as text. */
#include "record/val_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static enum rc put_decimal(struct buf *out, double x, struct err *e)
{
    char text[40];
    /* the shortest that is read back as the same number */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    return buf_str(out, str_of(text), e);
}

static enum rc put_int(struct buf *out, int64_t x, struct err *e)
{
    char to[24];
    size_t n = sizeof to;
    uint64_t u = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
    do
        to[--n] = (char)('0' + u % 10);
    while (u /= 10);
    if (x < 0)
        to[--n] = '-';
    return buf_put(out, to + n, sizeof to - n, e);
}

/* Yuan: "500,000.00", raw "500000.00". */
static enum rc put_money(struct buf *out, int64_t fen, bool raw, struct err *e)
{
    char to[40];
    size_t n = sizeof to;
    uint64_t u = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
    for (int i = 0; i < 2; i++, u /= 10)
        to[--n] = (char)('0' + u % 10);
    to[--n] = '.';
    int i = 0;
    do {
        if (!raw && i && i % 3 == 0)
            to[--n] = ',';
        to[--n] = (char)('0' + u % 10);
        i++;
    } while (u /= 10);
    if (fen < 0)
        to[--n] = '-';
    return buf_put(out, to + n, sizeof to - n, e);
}

/* "2026-03-01 14:30"; raw with seconds and zone. */
static enum rc put_time(struct buf *out, int64_t seconds, bool raw, struct err *e)
{
    char date[12], clock[24];
    int64_t day = day_of_time(seconds);
    int64_t rest =
        MIN(MAX(seconds, DAYS_MIN * 86400LL), DAYS_MAX * 86400LL) + CHINA_SECONDS - day * 86400;
    int h = (int)(rest / 3600), m = (int)(rest / 60 % 60), s = (int)(rest % 60);
    if (raw)
        snprintf(clock, sizeof clock, "T%02d:%02d:%02d+08:00", h, m, s);
    else
        snprintf(clock, sizeof clock, " %02d:%02d", h, m);
    TRY(buf_str(out, date_put(date, day), e));
    return buf_str(out, str_of(clock), e);
}

static enum rc put_code(struct buf *out, const struct field_def *f, struct str code, bool zh,
                        bool raw, struct err *e)
{
    const struct code *c = raw ? NULL : code_find(f->codes, code);
    return buf_str(out, c ? label_text(&c->label, zh) : code, e);
}

/* A sub-value between bars: what parts values is escaped. */
static enum rc put_part(struct buf *out, struct str s, struct err *e)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool wide = s.n - i >= 3 && memcmp(s.p + i, "\xEF\xBD\x9C", 3) == 0;
        if (s.p[i] != '|' && s.p[i] != '\\' && !wide)
            continue;
        TRY(buf_put(out, s.p + from, i - from, e));
        TRY(buf_char(out, '\\', e));
        from = i;
    }
    return buf_put(out, s.p + from, s.n - from, e);
}

static enum rc put_group(struct buf *out, const struct field_def *f, const struct val *v, bool zh,
                         bool raw, struct err *e)
{
    size_t start = out->n;
    uint32_t last = 0;
    for (uint32_t i = 0; i < v->list.n; i++)
        if (v->list.item[i].set)
            last = i;
    for (uint32_t i = 0; i <= last && i < v->list.n && i < f->n_sub; i++) {
        const struct val *sub = &v->list.item[i];
        bool escape = raw && sub->set && type_is_text(f->sub[i].type);
        if (raw && i)
            TRY(buf_char(out, '|', e));
        else if (!raw && sub->set && out->n > start)
            TRY(buf_char(out, ' ', e));
        TRY(escape ? put_part(out, sub->text, e) : val_text_one(out, &f->sub[i], sub, zh, raw, e));
    }
    return RC_OK;
}

enum rc val_text_one(struct buf *out, const struct field_def *f, const struct val *v, bool zh,
                     bool raw, struct err *e)
{
    if (!v->set)
        return RC_OK;
    switch (f->type) {
    case TYPE_INT:
        return put_int(out, v->num, e);
    case TYPE_DECIMAL:
        return put_decimal(out, v->real, e);
    case TYPE_MONEY:
        return put_money(out, v->num, raw, e);
    case TYPE_DATE: {
        char to[12];
        return buf_str(out, date_put(to, v->num), e);
    }
    case TYPE_TIME:
        return put_time(out, v->num, raw, e);
    case TYPE_BOOL:
        if (raw)
            return buf_str(out, v->num ? STR("true") : STR("false"), e);
        return buf_str(out,
                       zh       ? (v->num ? STR("是") : STR("否"))
                       : v->num ? STR("yes")
                                : STR("no"),
                       e);
    case TYPE_CODE:
        return put_code(out, f, v->text, zh, raw, e);
    case TYPE_REF:
        if (!raw)
            TRY(buf_char(out, '#', e));
        return put_int(out, v->num, e);
    case TYPE_GROUP:
        return put_group(out, f, v, zh, raw, e);
    default:
        return buf_str(out, v->text, e);
    }
}

/* A list of one whose text would be parted again ends with a line break. */
static bool needs_break(const char *p, size_t n)
{
    struct str s = {p, n};
    return str_find(s, STR(";"), 0) != SIZE_MAX || str_find(s, STR("；"), 0) != SIZE_MAX;
}

enum rc val_text(struct buf *out, const struct field_def *f, const struct val *v, bool zh, bool raw,
                 struct err *e)
{
    if (!v->set || !f->list)
        return val_text_one(out, f, v, zh, raw, e);
    size_t start = out->n;
    for (uint32_t i = 0; i < v->list.n; i++) {
        if (i)
            TRY(buf_str(out, raw ? STR("\n") : zh ? STR("；") : STR("; "), e));
        TRY(val_text_one(out, f, &v->list.item[i], zh, raw, e));
    }
    if (raw && v->list.n == 1 && needs_break(out->p + start, out->n - start))
        return buf_char(out, '\n', e);
    return RC_OK;
}

bool val_eq_one(const struct field_def *f, const struct val *a, const struct val *b)
{
    if (!a->set || !b->set)
        return a->set == b->set;
    if (f->type == TYPE_GROUP) {
        for (uint32_t i = 0; i < f->n_sub; i++)
            if (!val_eq_one(&f->sub[i], &a->list.item[i], &b->list.item[i]))
                return false;
        return true;
    }
    if (f->type == TYPE_DECIMAL)
        return a->real == b->real;
    return type_is_text(f->type) ? str_eq(a->text, b->text) : a->num == b->num;
}

const struct val *val_sub(const struct field_def *f, const struct val *group, const char *name)
{
    uint32_t i = sub_find(f, str_of(name));
    return i < group->list.n && group->list.item[i].set ? &group->list.item[i] : NULL;
}

struct val *val_sub_at(const struct field_def *f, struct val *group, const char *name)
{
    uint32_t i = sub_find(f, str_of(name));
    return i < group->list.n ? &group->list.item[i] : NULL;
}

bool val_eq(const struct field_def *f, const struct val *a, const struct val *b)
{
    if (!f->list || !a->set || !b->set)
        return val_eq_one(f, a, b);
    if (a->list.n != b->list.n)
        return false;
    for (uint32_t i = 0; i < a->list.n; i++)
        if (!val_eq_one(f, &a->list.item[i], &b->list.item[i]))
            return false;
    return true;
}
