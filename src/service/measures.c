#include "service/measures.h"

#include "service/measures_int.h"
#include "service/special_int.h"

#include <math.h>

#define MISSING_MOST 200u
#define SETTLED      3600 /* seconds after its end a day has no more entries */

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

/* ---- what is asked ---- */

struct asking {
    const struct actor *a;
    const struct rec *indicator;
    uint32_t n;
    int64_t day, today, seq;
    bool ahead;
    struct arena *to;
    struct measured *out;
    struct spec *spec;
    struct result *result;
};

/* A declaration that is wrong has no value, and the others have theirs. */
static enum rc read_specs(struct asking *x, struct site *s, struct err *e)
{
    x->spec = arena_calloc(x->to, x->n + 1, sizeof *x->spec);
    x->result = arena_calloc(x->to, x->n + 1, sizeof *x->result);
    if (!x->spec || !x->result)
        return err_nomem(e);
    for (uint32_t i = 0; i < x->n; i++) {
        struct err *wrong = &x->out[i].wrong;
        enum rc rc = spec_read(&x->spec[i], s, &x->indicator[i], x->day, x->to, wrong);
        if (rc == RC_USER)
            wrong->rc = rc;
        else if (rc != RC_OK && e)
            *e = *wrong;
        if (rc != RC_OK && rc != RC_USER)
            return rc;
    }
    return RC_OK;
}

/* 0: it holds for good. */
static int64_t seq_of(const struct asking *x, const struct site *s, int64_t day)
{
    return day_end(day) + SETTLED < site_now(s) ? 0 : x->seq;
}

/* Those that nobody asked for since the site changed, all at once. */
static enum rc take_values(struct asking *x, struct site *s, struct tx *tx, struct err *e)
{
    struct spec *spec = arena_calloc(x->to, x->n + 1, sizeof *spec);
    struct result *result = arena_calloc(x->to, x->n + 1, sizeof *result);
    uint32_t *at = arena_calloc(x->to, x->n + 1, sizeof *at), n = 0;
    if (!spec || !result || !at)
        return err_nomem(e);
    for (uint32_t i = 0; i < x->n; i++) {
        if (x->out[i].wrong.rc != RC_OK || measures_kept_get(s->measures, &x->indicator[i], x->day,
                                                             x->seq, true, x->to, &x->result[i]))
            continue;
        spec[n] = x->spec[i];
        at[n++] = i;
    }
    TRY(measures_tally(tx, spec, n, x->day < x->today ? day_end(x->day) : 0, x->to, result, e));
    for (uint32_t i = 0; i < n; i++) {
        x->result[at[i]] = result[i];
        measures_kept_put(s->measures, &x->indicator[at[i]], x->day, seq_of(x, s, x->day), true,
                          &result[i]);
    }
    return RC_OK;
}

/* ---- what is missing ---- */

/* Names of the missing are only told to who may see them. */
static enum rc name_missing(struct asking *x, struct tx *tx, uint32_t i, struct err *e)
{
    const struct result *r = &x->result[i];
    struct measured *out = &x->out[i];
    struct scope scope = actor_scope_of(x->a, x->spec[i].population);
    for (uint32_t j = 0; j < r->n_missing && out->missing.n < MISSING_MOST; j++) {
        struct viewed v = {.found = true};
        /* at a past day it may be one that is no more */
        if (scope.reach != SCOPE_ALL || x->day < x->today)
            TRY(view_get(tx, x->a, NULL, r->missing[j], x->to, &v, e));
        if (v.found)
            TRY(vec_push(&out->missing, r->missing[j], e));
    }
    return RC_OK;
}

static enum rc missing_address(struct asking *x, uint32_t at, struct err *e)
{
    const vec_id *missing = &x->out[at].missing;
    struct buf b;
    buf_init(&b, 1 << 16);
    enum rc rc = RC_OK;
    if (!missing->n || !actor_reads_kind(x->a, x->spec[at].population))
        return RC_OK;
    for (size_t i = 0; rc == RC_OK && i < missing->n; i++)
        rc = buf_printf(&b, e, "%s%lld", i ? ", " : "id in (", (long long)missing->p[i]);
    if (rc == RC_OK)
        rc = buf_char(&b, ')', e);
    if (rc == RC_OK)
        rc = address(&x->out[at].missing_list, x->spec[at].population, buf_view(&b), x->to, e);
    buf_free(&b);
    return rc;
}

/* ---- what is ahead ---- */

/* The last days of months from `from` on, before `until`; at most COURSE_MOST - 1, the latest. */
static uint32_t month_ends(int64_t from, int64_t until, int64_t *day)
{
    int64_t back[COURSE_MOST];
    uint32_t n = 0;
    int y, m, d;
    days_to(until, &y, &m, &d);
    for (int64_t at = days_of(y, m, 1) - 1; at >= from && n < COURSE_MOST - 1;
         at = days_of(y, m, 1) - 1) {
        back[n++] = at;
        days_to(at, &y, &m, &d);
    }
    for (uint32_t i = 0; i < n; i++)
        day[i] = back[n - 1 - i];
    return n;
}

/* When its programme began; else when it was made. */
static enum rc find_start(struct asking *x, struct tx *tx, uint32_t i, struct err *e)
{
    const struct rec *r = &x->indicator[i];
    const struct val *programme = saving_val(r, "programme");
    struct viewed v;
    x->out[i].start = day_of_time(r->created);
    if (!programme)
        return RC_OK;
    for (uint32_t j = 0; j < i; j++) {
        const struct val *same = saving_val(&x->indicator[j], "programme");
        if (same && same->num == programme->num) {
            x->out[i].start = x->out[j].start;
            return RC_OK;
        }
    }
    TRY(view_get(tx, &actor_system, NULL, programme->num, x->to, &v, e));
    if (v.found && saving_val(&v.full, "start"))
        x->out[i].start = saving_val(&v.full, "start")->num;
    return RC_OK;
}

/* Points of the course; what is remembered of them. */
static enum rc begin_course(struct asking *x, struct site *s, uint32_t i, bool *known,
                            struct err *e)
{
    struct measured *out = &x->out[i];
    int64_t day[COURSE_MOST];
    uint32_t n = month_ends(out->start, x->day, day);
    out->course = arena_calloc(x->to, n + 1, sizeof *out->course);
    if (!out->course)
        return err_nomem(e);
    *known = true;
    for (uint32_t j = 0; j < n; j++) {
        struct result r = {.value = NAN};
        if (!measures_kept_get(s->measures, &x->indicator[i], day[j], x->seq, false, x->to, &r))
            *known = false;
        out->course[j] = (struct measure_point){day[j], r.value};
    }
    out->course[n] = (struct measure_point){x->day, out->value};
    out->n_course = n + 1;
    return RC_OK;
}

/* One reading of the trail for those of `x` whose course begins as that of `first` does. */
static enum rc replay_same(struct asking *x, struct site *s, struct tx *tx, uint32_t first,
                           bool *known, struct err *e)
{
    const struct measured *like = &x->out[first];
    uint32_t days = like->n_course - 1, n = 0, at[64];
    int64_t day[COURSE_MOST];
    struct course course[64];
    for (uint32_t d = 0; d < days; d++)
        day[d] = like->course[d].day;
    for (uint32_t i = first; i < x->n && n < ARRAY_LEN(at); i++) {
        if (known[i] || x->out[i].start != like->start)
            continue;
        struct spec *spec = arena_calloc(x->to, days + 1, sizeof *spec);
        double *value = arena_calloc(x->to, days + 1, sizeof *value);
        if (!spec || !value)
            return err_nomem(e);
        for (uint32_t d = 0; d < days; d++)
            TRY(spec_read(&spec[d], s, &x->indicator[i], day[d], x->to, e));
        course[n] = (struct course){spec, value};
        at[n++] = i;
    }
    TRY(courses_replay(tx, s->kinds, course, n, day, days, e));
    for (uint32_t i = 0; i < n; i++) {
        known[at[i]] = true;
        for (uint32_t d = 0; d < days; d++) {
            struct result r = {.value = course[i].value[d]};
            x->out[at[i]].course[d].value = r.value;
            measures_kept_put(s->measures, &x->indicator[at[i]], day[d], seq_of(x, s, day[d]),
                              false, &r);
        }
    }
    return RC_OK;
}

/* No share beyond its range, no count below nothing. */
static double in_range(double x, enum measure m)
{
    bool share = m == MEASURE_SHARE || m == MEASURE_COVERAGE;
    if (share && x > 100)
        return 100;
    return m != MEASURE_SUM && x < 0 ? 0 : x;
}

static void forecast(struct asking *x, uint32_t i)
{
    struct measured *m = &x->out[i];
    double at[COURSE_MOST], value[COURSE_MOST];
    enum measure how = x->spec[i].measure;
    struct forecast f = {NAN, NAN, NAN};
    for (uint32_t j = 0; j < m->n_course; j++) {
        at[j] = (double)(m->course[j].day - m->course[0].day);
        value[j] = m->course[j].value;
    }
    if (m->deadline > x->day && m->n_course > 3)
        f = forecast_line(at, value, m->n_course, (double)(m->deadline - m->course[0].day));
    m->forecast = in_range(f.at, how);
    m->low = in_range(f.low, how);
    m->high = in_range(f.high, how);
    f = (struct forecast){m->forecast, m->low, m->high};
    m->light = forecast_light(&f, m->value, isnan(m->baseline) ? 0 : m->baseline, m->target,
                              m->start, x->day, m->deadline);
}

static enum rc look_ahead(struct asking *x, struct site *s, struct tx *tx, struct err *e)
{
    bool *known = arena_calloc(x->to, x->n + 1, sizeof *known);
    if (!known)
        return err_nomem(e);
    for (uint32_t i = 0; i < x->n; i++)
        known[i] = true;
    for (uint32_t i = 0; x->ahead && i < x->n; i++)
        if (x->out[i].wrong.rc == RC_OK)
            TRY(begin_course(x, s, i, &known[i], e));
    for (uint32_t i = 0; i < x->n; i++)
        while (!known[i])
            TRY(replay_same(x, s, tx, i, known, e));
    for (uint32_t i = 0; i < x->n; i++)
        if (x->out[i].wrong.rc == RC_OK)
            forecast(x, i);
    return RC_OK;
}

/* ---- all of it ---- */

static enum rc fill_in_one(struct asking *x, struct tx *tx, uint32_t i, struct err *e)
{
    struct measured *out = &x->out[i];
    const struct rec *r = &x->indicator[i];
    out->value = x->result[i].value;
    out->numerator = x->result[i].numerator;
    out->denominator = x->result[i].denominator;
    out->baseline = spec_number(r, "baseline");
    out->target = spec_number(r, "target");
    out->deadline = spec_day(r, "deadline");
    if (actor_reads_kind(x->a, x->spec[i].over)) /* no link that only refuses */
        TRY(address(&out->list, x->spec[i].over, spec_text(r, "filter"), x->to, e));
    if (x->spec[i].population) {
        TRY(name_missing(x, tx, i, e));
        TRY(missing_address(x, i, e));
    }
    return find_start(x, tx, i, e);
}

static enum rc measure(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct asking *x = ctx;
    TRY(read_specs(x, s, e));
    TRY(take_values(x, s, tx, e));
    for (uint32_t i = 0; i < x->n; i++)
        if (x->out[i].wrong.rc == RC_OK)
            TRY(fill_in_one(x, tx, i, e));
    return look_ahead(x, s, tx, e);
}

enum rc measures_at(struct site *s, const struct actor *a, const struct rec *indicator, uint32_t n,
                    int64_t day, bool ahead, struct arena *to, struct measured *out, struct err *e)
{
    struct asking x = {
        .a = a, .indicator = indicator, .n = n, .ahead = ahead, .to = to, .out = out};
    x.today = site_today(s);
    x.day = day && day < x.today ? day : x.today;
    x.seq = site_seq(s); /* what is read is at least as new */
    for (uint32_t i = 0; i < n; i++) {
        out[i] = (struct measured){.forecast = NAN, .low = NAN, .high = NAN};
        out[i].list = out[i].missing_list = STR("");
    }
    return n ? site_read(s, measure, &x, e) : RC_OK;
}

enum rc measure_at(struct site *s, const struct actor *a, const struct rec *indicator, int64_t day,
                   struct arena *to, struct measured *out, struct err *e)
{
    enum rc rc = measures_at(s, a, indicator, 1, day, true, to, out, e);
    if (rc == RC_OK && out->wrong.rc != RC_OK) {
        rc = out->wrong.rc;
        if (e)
            *e = out->wrong;
    }
    if (rc != RC_OK)
        vec_free(&out->missing);
    return rc;
}

/* ---- the trail alone ---- */

struct replaying {
    const struct rec *indicator;
    const int64_t *day;
    double *value;
    uint32_t n;
    struct arena *to;
};

static enum rc replay(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct replaying *x = ctx;
    for (uint32_t at = 0; at < x->n; at += REPLAY_DAYS) {
        uint32_t n = MIN(x->n - at, REPLAY_DAYS);
        struct spec *spec = arena_calloc(x->to, n, sizeof *spec);
        struct course course = {spec, x->value + at};
        if (!spec)
            return err_nomem(e);
        for (uint32_t d = 0; d < n; d++)
            TRY(spec_read(&spec[d], s, x->indicator, x->day[at + d], x->to, e));
        TRY(courses_replay(tx, s->kinds, &course, 1, x->day + at, n, e));
    }
    return RC_OK;
}

enum rc measure_replay(struct site *s, const struct rec *indicator, const int64_t *day, uint32_t n,
                       double *value, struct err *e)
{
    struct arena to = {0};
    struct replaying x = {indicator, day, value, n, &to};
    enum rc rc = site_read(s, replay, &x, e);
    arena_free(&to);
    return rc;
}
