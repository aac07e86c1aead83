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
 * trail holds at its end: of every record, what its last entry by then says. It is a statement of
 * the site: all records count, whoever asks (only brokers declare indicators); what is missing is
 * named as far as the actor may see it, and the lists behind the addresses show what it may. Money
 * is in yuan. share: of the records of `over` that are `among`, those that pass the filter;
 * coverage: of the records of `population` that are `among`, those that a record of `over` which
 * passes the filter leads to by `path`. The forecast is the straight line through the values at the
 * ends of the months since the programme began, at most 36 (service/measures_int.h has its source),
 * cut to what can be: 0 to 100 for share and coverage, 0 for counts. Cost: today by counts of the
 * database, a past day and the forecast by one reading of the trail of the kinds concerned. RC_USER
 * "measure.…" names the field of the indicator that is wrong (unknown kind, filter, path). */
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
