/* Private to measures: a declared computation, and where its records come from. */
#ifndef QIAO_MEASURES_INT_H
#define QIAO_MEASURES_INT_H

#include "base/map.h"
#include "service/measures.h"
#include "service/site_int.h"

enum measure { MEASURE_COUNT, MEASURE_SUM, MEASURE_DISTINCT, MEASURE_SHARE, MEASURE_COVERAGE };

/* An indicator as it is declared, for one day. */
struct spec {
    enum measure measure;
    const struct kind *over, *population; /* population: of coverage */
    const struct filter *filter;          /* of over */
    const struct filter *among;           /* share: of over; coverage: of population */
    struct path path;                     /* n 0: none */
    int64_t today;
};
enum rc spec_read(struct spec *out, struct site *s, const struct rec *indicator, int64_t today,
                  struct arena *to, struct err *e) MUST_CHECK;

/* What it comes to. */
struct result {
    double value, numerator, denominator;
    vec_id missing; /* coverage: all of them, rising */
};

/* measures_live.c: from the records as they are. */
enum rc measure_live(struct tx *tx, const struct spec *spec, struct result *out,
                     struct err *e) MUST_CHECK;

/* measures_past.c: from the trail. It is read once, for as many days as are asked about. */
struct trail {
    struct arena arena;
    struct map by_id; /* -> place in chain */
    VEC(struct chain) chain;
};
/* What a record was, one version after the other. */
struct version {
    int64_t at;
    const struct rec *rec; /* NULL: it was deleted */
};
struct chain {
    int64_t id, created;
    const struct kind *kind;
    VEC(struct version) version;
};
/* All that `spec` looks at, before a moment. */
enum rc trail_open(struct trail *out, struct tx *tx, const struct kinds *kinds,
                   const struct spec *spec, int64_t before, struct err *e) MUST_CHECK;
void trail_close(struct trail *t);
/* As it stood at the end of spec->today. */
enum rc measure_past(const struct trail *t, const struct spec *spec, struct result *out,
                     struct err *e) MUST_CHECK;

/* Sets of values, as text. */
struct value_set {
    struct arena arena;
    struct strmap map;
};
enum rc value_set_add(struct value_set *v, const struct path *p, const struct val *val,
                      struct err *e) MUST_CHECK;
void value_set_free(struct value_set *v);
void result_share(struct result *r);

/* forecast.c */
struct forecast {
    double at, low, high; /* NAN where there is too little */
};
/* The straight line through n points by least squares, at x, with its 95 % prediction interval
 * (Draper and Smith, Applied Regression Analysis, 3rd ed., 1998, section 3.1: the line's variance
 * plus that of one new observation). NAN below four points or where they are all of one x. */
struct forecast forecast_line(const double *x, const double *y, uint32_t n, double at);
/* Behind: the deadline is past, or the line comes out below the target; at risk: it reaches it, but
 * its interval does not; on course: the whole interval does. Without a forecast the way made so far
 * is compared with the time gone by: on course from all of it, at risk from 80 %. */
enum light forecast_light(const struct forecast *f, double value, double baseline, double target,
                          int64_t start, int64_t today, int64_t deadline);

#endif
