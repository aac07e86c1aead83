/* Private to measures: a declared computation, and where its records come from. */
#ifndef QIAO_MEASURES_INT_H
#define QIAO_MEASURES_INT_H

#include "base/map.h"
#include "service/measures.h"
#include "service/site_int.h"

enum measure { MEASURE_COUNT, MEASURE_SUM, MEASURE_DISTINCT, MEASURE_SHARE, MEASURE_COVERAGE };

/* measures_spec.c: an indicator as it is declared, for one day. */
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
/* The fields of a record; "", NAN and 0 where they are unset. */
struct str spec_text(const struct rec *r, const char *field);
double spec_number(const struct rec *r, const char *field);
int64_t spec_day(const struct rec *r, const char *field);

/* What it comes to. */
struct result {
    double value, numerator, denominator;
    const int64_t *missing; /* coverage: the first MISSING_KEPT, rising; of whoever made it */
    uint32_t n_missing;
};
#define MISSING_KEPT 1000u
void result_share(struct result *r);
/* The first second that no longer belongs to the day. */
int64_t day_end(int64_t day);

/* measures_tally.c: n of them by questions to the database, of the records as they are or, before a
 * moment (else 0), as they were. */
enum rc measures_tally(struct tx *tx, const struct spec *spec, uint32_t n, int64_t before,
                       struct arena *to, struct result *out, struct err *e) MUST_CHECK;

/* measures_replay.c: on many days, from one reading of the trail of each kind. Of a record, all its
 * entries are in memory at once, of others only what is followed to. */
struct course {
    const struct spec *spec; /* one a day */
    double *value;           /* the same */
};
#define REPLAY_DAYS 64u
/* Days rise; n_days <= REPLAY_DAYS. */
enum rc courses_replay(struct tx *tx, const struct kinds *kinds, struct course *course, uint32_t n,
                       const int64_t *day, uint32_t n_days, struct err *e) MUST_CHECK;

/* measures_kept.c: values remembered. The day of `rec` (id and version) at `seq`; seq 0: for good.
 * A result without numerator may be kept where only its value was made: `whole` tells. */
struct measures_kept;
enum rc measures_kept_open(struct measures_kept **out, struct err *e) MUST_CHECK;
void measures_kept_close(struct measures_kept *k);
bool measures_kept_get(struct measures_kept *k, const struct rec *indicator, int64_t day,
                       int64_t seq, bool whole, struct arena *to, struct result *out);
/* No memory: then it is not kept. */
void measures_kept_put(struct measures_kept *k, const struct rec *indicator, int64_t day,
                       int64_t seq, bool whole, const struct result *r);

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
