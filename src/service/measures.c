#include "service/measures.h"

#include "service/measures_int.h"
#include "service/special_int.h"

#include <math.h>
#include <stdlib.h>

#define MISSING_MOST 200u
#define MONTHS_MOST  36u

/* ---- the declaration ---- */

static struct str text_of(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? str_trim(v->text) : STR("");
}

static double number_of(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? v->real : NAN;
}

static int64_t day_of(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? v->num : 0;
}

static enum rc refuse(struct err *e, const char *key, struct str what)
{
    return err_user(e, key, "%.*s", (int)MIN(what.n, 120u), what.p ? what.p : "");
}

static enum rc read_filter(const struct filter **out, struct site *s, const struct kind *k,
                           struct str text, const char *key, int64_t today, struct arena *to,
                           struct err *e)
{
    struct filter_context c = {.kinds = s->kinds, .kind = k, .today = today};
    struct err why = {0};
    struct filter *f = NULL;
    *out = NULL;
    if (!text.n)
        return RC_OK;
    enum rc rc = filter_parse(&f, text, &c, to, &why);
    if (rc == RC_USER)
        return refuse(e, key, str_of(why.detail));
    if (rc != RC_OK && e)
        *e = why;
    *out = f;
    return rc;
}

static bool is_number(enum type t)
{
    return t == TYPE_INT || t == TYPE_DECIMAL || t == TYPE_MONEY;
}

/* A list may only stand at the record itself: what the database counts and what the trail gives
 * are then the same. */
static bool is_plain(const struct path *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (p->n > 1 && p->step[i].attr == ATTR_FIELD &&
            p->step[i].kind->field[p->step[i].field].list)
            return false;
    return true;
}

static enum rc read_path(struct spec *x, struct site *s, struct str text, struct err *e)
{
    struct filter_context c = {.kinds = s->kinds, .kind = x->over, .today = x->today};
    bool needed = x->measure == MEASURE_SUM || x->measure == MEASURE_DISTINCT ||
                  x->measure == MEASURE_COVERAGE;
    x->path = (struct path){.n = 0};
    if (!needed)
        return RC_OK;
    if (!text.n && x->measure == MEASURE_COVERAGE && x->over == x->population)
        text = STR("id");
    if (!text.n || path_find(&x->path, text, &c, NULL) != RC_OK || !is_plain(&x->path))
        return refuse(e, "measure.path", text);
    enum type t = path_type(&x->path);
    bool good = x->measure == MEASURE_SUM        ? is_number(t)
                : x->measure == MEASURE_COVERAGE ? t == TYPE_REF
                                                 : t != TYPE_GROUP;
    return good ? RC_OK : refuse(e, "measure.path", text);
}

enum rc spec_read(struct spec *x, struct site *s, const struct rec *r, int64_t today,
                  struct arena *to, struct err *e)
{
    static const char *const names[] = {
        [MEASURE_COUNT] = "count", [MEASURE_SUM] = "sum",           [MEASURE_DISTINCT] = "distinct",
        [MEASURE_SHARE] = "share", [MEASURE_COVERAGE] = "coverage",
    };
    struct str measure = text_of(r, "measure"), over = text_of(r, "over");
    *x = (struct spec){.today = today};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(measure, str_of(names[i])))
            x->measure = (enum measure)i;
    x->over = kind_find(s->kinds, over);
    if (!x->over)
        return refuse(e, "measure.over", over);
    TRY(read_filter(&x->filter, s, x->over, text_of(r, "filter"), "measure.filter", today, to, e));
    const struct kind *of = x->over;
    if (x->measure == MEASURE_COVERAGE) {
        of = x->population = kind_find(s->kinds, text_of(r, "population"));
        if (!of)
            return refuse(e, "measure.population", text_of(r, "population"));
    }
    TRY(read_filter(&x->among, s, of, text_of(r, "among"), "measure.among", today, to, e));
    return read_path(x, s, text_of(r, "path"), e);
}

/* ---- addresses ---- */

static enum rc put_query(struct buf *b, struct str s, struct err *e)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            TRY(buf_char(b, (char)c, e));
        else
            TRY(buf_printf(b, e, "%%%02X", c));
    }
    return RC_OK;
}

static enum rc address(struct str *out, const struct kind *k, struct str filter, struct arena *to,
                       struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    enum rc rc = buf_printf(&b, e, "/%.*s", (int)k->name.n, k->name.p);
    if (rc == RC_OK && filter.n)
        rc = buf_str(&b, STR("?filter="), e);
    if (rc == RC_OK)
        rc = put_query(&b, filter, e);
    if (rc == RC_OK) {
        *out = arena_str(to, buf_view(&b));
        rc = out->p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

/* ---- the value ---- */

struct asking {
    const struct actor *a;
    const struct rec *indicator;
    int64_t day, today, start;
    struct arena *to;
    struct measured *out;
};

/* Names of the missing are only told to who may see them. */
static enum rc name_missing(struct asking *x, struct tx *tx, const vec_id *all, struct err *e)
{
    struct viewed v;
    for (size_t i = 0; i < all->n && x->out->missing.n < MISSING_MOST; i++) {
        TRY(view_get(tx, x->a, NULL, all->p[i], x->to, &v, e));
        if (v.found)
            TRY(vec_push(&x->out->missing, all->p[i], e));
    }
    return RC_OK;
}

static enum rc missing_address(struct asking *x, const struct spec *spec, struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    enum rc rc = RC_OK;
    if (!x->out->missing.n)
        return RC_OK;
    for (size_t i = 0; rc == RC_OK && i < x->out->missing.n; i++)
        rc = buf_printf(&b, e, "%s%lld", i ? ", " : "id in (", (long long)x->out->missing.p[i]);
    if (rc == RC_OK)
        rc = buf_char(&b, ')', e);
    if (rc == RC_OK)
        rc = address(&x->out->missing_list, spec->population, buf_view(&b), x->to, e);
    buf_free(&b);
    return rc;
}

/* The last days of months from `from` on, and `until`; at most MONTHS_MOST, the latest. */
static uint32_t month_ends(int64_t from, int64_t until, int64_t *day)
{
    int64_t back[MONTHS_MOST];
    uint32_t n = 0;
    int y, m, d;
    for (int64_t at = until; at >= from && n < MONTHS_MOST; at = days_of(y, m, 1) - 1) {
        back[n++] = at;
        days_to(at, &y, &m, &d);
    }
    for (uint32_t i = 0; i < n; i++)
        day[i] = back[n - 1 - i];
    return n;
}

/* Values on the days given, rising, from one reading of the trail. */
static enum rc values_on(struct asking *x, struct site *s, struct tx *tx, const int64_t *day,
                         uint32_t n, double *value, struct err *e)
{
    struct trail trail;
    struct spec spec;
    TRY(spec_read(&spec, s, x->indicator, day[n - 1], x->to, e));
    TRY(trail_open(&trail, tx, s->kinds, &spec, (day[n - 1] + 1) * 86400 - CHINA_SECONDS, e));
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < n; i++) {
        struct result r = {0};
        rc = spec_read(&spec, s, x->indicator, day[i], x->to, e);
        if (rc == RC_OK)
            rc = measure_past(&trail, &spec, &r, e);
        value[i] = r.value;
        vec_free(&r.missing);
    }
    trail_close(&trail);
    return rc;
}

/* No share beyond its range, no count below nothing. */
static double in_range(double x, enum measure m)
{
    bool share = m == MEASURE_SHARE || m == MEASURE_COVERAGE;
    if (share && x > 100)
        return 100;
    return m != MEASURE_SUM && x < 0 ? 0 : x;
}

static enum rc look_ahead(struct asking *x, struct site *s, struct tx *tx, enum measure m,
                          struct err *e)
{
    int64_t deadline = day_of(x->indicator, "deadline"), day[MONTHS_MOST];
    double at[MONTHS_MOST], value[MONTHS_MOST];
    struct forecast f = {NAN, NAN, NAN};
    uint32_t n = deadline > x->day ? month_ends(x->start, x->day, day) : 0;
    if (n > 3) {
        TRY(values_on(x, s, tx, day, n, value, e));
        for (uint32_t i = 0; i < n; i++)
            at[i] = (double)(day[i] - day[0]);
        f = forecast_line(at, value, n, (double)(deadline - day[0]));
        f = (struct forecast){in_range(f.at, m), in_range(f.low, m), in_range(f.high, m)};
    }
    double baseline = number_of(x->indicator, "baseline");
    x->out->forecast = f.at;
    x->out->low = f.low;
    x->out->high = f.high;
    x->out->light = forecast_light(&f, x->out->value, isnan(baseline) ? 0 : baseline,
                                   number_of(x->indicator, "target"), x->start, x->day, deadline);
    return RC_OK;
}

/* When its programme began; else when it was made. */
static enum rc find_start(struct asking *x, struct tx *tx, struct err *e)
{
    const struct val *programme = saving_val(x->indicator, "programme");
    struct viewed v;
    x->start = day_of_time(x->indicator->created);
    if (!programme)
        return RC_OK;
    TRY(view_get(tx, &actor_system, NULL, programme->num, x->to, &v, e));
    if (v.found && saving_val(&v.full, "start"))
        x->start = saving_val(&v.full, "start")->num;
    return RC_OK;
}

static enum rc take(struct asking *x, struct site *s, struct tx *tx, const struct spec *spec,
                    struct result *r, struct err *e)
{
    struct trail trail;
    if (x->day >= x->today)
        return measure_live(tx, spec, r, e);
    TRY(trail_open(&trail, tx, s->kinds, spec, (x->day + 1) * 86400 - CHINA_SECONDS, e));
    enum rc rc = measure_past(&trail, spec, r, e);
    trail_close(&trail);
    return rc;
}

static enum rc measure(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct asking *x = ctx;
    struct result r = {0};
    struct spec spec;
    TRY(spec_read(&spec, s, x->indicator, x->day, x->to, e));
    enum rc rc = take(x, s, tx, &spec, &r, e);
    x->out->value = r.value;
    x->out->numerator = r.numerator;
    x->out->denominator = r.denominator;
    if (rc == RC_OK)
        rc = name_missing(x, tx, &r.missing, e);
    vec_free(&r.missing);
    if (rc == RC_OK)
        rc = address(&x->out->list, spec.over, text_of(x->indicator, "filter"), x->to, e);
    if (rc == RC_OK && spec.population)
        rc = missing_address(x, &spec, e);
    if (rc == RC_OK)
        rc = find_start(x, tx, e);
    return rc == RC_OK ? look_ahead(x, s, tx, spec.measure, e) : rc;
}

enum rc measure_at(struct site *s, const struct actor *a, const struct rec *indicator, int64_t day,
                   struct arena *to, struct measured *out, struct err *e)
{
    struct asking x = {.a = a, .indicator = indicator, .to = to, .out = out};
    x.today = site_today(s);
    x.day = day && day < x.today ? day : x.today;
    *out = (struct measured){.forecast = NAN, .low = NAN, .high = NAN};
    out->list = out->missing_list = STR("");
    enum rc rc = site_read(s, measure, &x, e);
    if (rc != RC_OK)
        vec_free(&out->missing);
    return rc;
}

/* ---- many days ---- */

struct remembering {
    struct asking asking;
    const int64_t *day;
    double *value;
    uint32_t n;
};

static enum rc remember(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct remembering *x = ctx;
    return values_on(&x->asking, s, tx, x->day, x->n, x->value, e);
}

enum rc measure_history(struct site *s, const struct actor *a, const struct rec *indicator,
                        int64_t from, int64_t to_day, uint32_t n, struct measure_point *point,
                        struct err *e)
{
    struct arena to = {0};
    int64_t *day = arena_calloc(&to, n + 1, sizeof *day);
    double *value = arena_calloc(&to, n + 1, sizeof *value);
    struct remembering x = {{.a = a, .indicator = indicator, .to = &to}, day, value, n};
    enum rc rc = day && value ? RC_OK : err_nomem(e);
    for (uint32_t i = 0; rc == RC_OK && i < n; i++)
        day[i] = n == 1 ? to_day : from + (to_day - from) * (int64_t)i / (int64_t)(n - 1);
    if (rc == RC_OK && n)
        rc = site_read(s, remember, &x, e);
    for (uint32_t i = 0; rc == RC_OK && i < n; i++)
        point[i] = (struct measure_point){day[i], value[i]};
    arena_free(&to);
    return rc;
}
