#include "web/work_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int64_t work_today(const struct request *rq)
{
    return day_of_time(site_now(rq->site));
}

int64_t param_day(const struct request *rq, const char *name, int64_t otherwise)
{
    int64_t day;
    return date_read(str_trim(param_text(rq, name)), &day) ? day : otherwise;
}

const struct val *work_val(const struct rec *r, const char *field, enum type type)
{
    uint32_t f = field_find(r->kind, str_of(field));
    bool good = f != NO_FIELD && r->kind->field[f].type == type && r->val[f].set;
    return good ? &r->val[f] : NULL;
}

struct str work_list(const struct request *rq, const char *kind, struct str filter)
{
    struct buf b;
    struct err e;
    buf_init(&b, 32u << 10);
    enum rc rc = url_escape(&b, filter, &e);
    struct str s = rc == RC_OK ? buf_view(&b) : STR("");
    s = textf(rq, "/%s?filter=%.*s", kind, (int)s.n, s.n ? s.p : "");
    buf_free(&b);
    return s;
}

struct str work_escape(const struct request *rq, struct str text)
{
    struct buf b;
    struct err e;
    buf_init(&b, 32u << 10);
    enum rc rc = url_escape(&b, text, &e);
    struct str s = textf(rq, "%.*s", rc == RC_OK ? (int)b.n : 0, b.n ? b.p : "");
    buf_free(&b);
    return s;
}

struct str show_real(const struct request *rq, double x)
{
    char digits[64];
    if (!isfinite(x) || fabs(x) >= 1e15)
        return isfinite(x) ? textf(rq, "%.6g", x) : STR("");
    int n = snprintf(digits, sizeof digits, "%.2f", fabs(x));
    while (n > 0 && digits[n - 1] == '0')
        n--;
    if (n > 0 && digits[n - 1] == '.')
        n--;
    digits[n] = 0;
    const char *point = strchr(digits, '.');
    struct str whole = show_count(rq, strtoull(digits, NULL, 10));
    bool minus = x < 0 && strcmp(digits, "0") != 0;
    return textf(rq, "%s%.*s%s", minus ? "-" : "", (int)whole.n, whole.p, point ? point : "");
}

void view_light(const struct request *rq, struct view *v, struct str code)
{
    static const char *const tones[][2] = {{"red", "bad"},     {"made_up", "warn"},
                                           {"due", "warn"},    {"green", "good"},
                                           {"open", "active"}, {"dropped", "neutral"}};
    const struct codes *table = codes_find(site_kinds(rq->site), STR("light"));
    const struct code *c = table && code.n ? code_find(table, code) : NULL;
    if (!c)
        return;
    view_str(v, "text", label_text(&c->label, rq->zh));
    for (size_t i = 0; i < ARRAY_LEN(tones); i++)
        if (str_eq(code, str_of(tones[i][0])))
            view_text(v, "tone", tones[i][1]);
}

bool work_reads(const struct request *rq, const char *kind)
{
    const struct kind *k = kind_find(site_kinds(rq->site), str_of(kind));
    return k && actor_may(rq->actor, k, RIGHT_READ, NULL);
}

enum rc work_tally(struct request *rq, const char *kind, const char *filter, const char *by,
                   const char *by2, const char *sum, vec_grouped *out, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(rq->site), str_of(kind));
    if (!work_reads(rq, kind))
        return RC_OK;
    return record_group(rq->site, rq->actor, k, str_of(filter), str_of(by), str_of(by2),
                        str_of(sum), rq->arena, out, e);
}
