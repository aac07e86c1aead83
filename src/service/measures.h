/* Indicators: declared computations over records, live on any date. */
#ifndef QIAO_MEASURES_H
#define QIAO_MEASURES_H

#include "service/records.h"

enum light { LIGHT_NONE, LIGHT_BEHIND, LIGHT_AT_RISK, LIGHT_ON_COURSE, LIGHT_REACHED };

struct measured {
    double value;                  /* of share and coverage: 0..100 */
    double numerator, denominator; /* of share and coverage */
    struct str list;            /* address of the list behind the number: "/agreement?filter=…" */
    struct str missing_list;    /* coverage: of the missing ones */
    vec_id missing;             /* coverage: at most 200; vec_free by the caller */
    double forecast, low, high; /* at the deadline, 95 % prediction interval; NAN where there is
                                 * too little history */
    enum light light;           /* against target and deadline */
};
/* The value of an indicator record on a day (0: today). What a past day shows is what the audit
 * trail holds at its end. RC_USER "measure.…" names the field of the indicator that is wrong
 * (unknown kind, filter, path). */
enum rc measure_at(struct site *s, const struct actor *a, const struct rec *indicator, int64_t day,
                   struct arena *to, struct measured *out, struct err *e) MUST_CHECK;
/* Values on `n` days evenly from the programme's start to the day given, for a line chart. */
struct measure_point {
    int64_t day;
    double value;
};
enum rc measure_history(struct site *s, const struct actor *a, const struct rec *indicator,
                        int64_t from, int64_t to_day, uint32_t n, struct measure_point *point,
                        struct err *e) MUST_CHECK;

#endif
