/* Indicators: declared computations over records, live on any date. */
#ifndef QIAO_MEASURES_H
#define QIAO_MEASURES_H

#include "service/records.h"

enum light { LIGHT_NONE, LIGHT_BEHIND, LIGHT_AT_RISK, LIGHT_ON_COURSE, LIGHT_REACHED };

struct measure_point {
    int64_t day;
    double value;
};
#define COURSE_MOST 36u

struct measured {
    double value;                  /* of share and coverage: 0..100 */
    double numerator, denominator; /* of share and coverage */
    struct str list; /* address of the list behind the number: "/agreement?filter=…"; "" for
                      * who may not list the kind */
    struct str missing_list;      /* coverage: of the missing ones */
    vec_id missing;               /* coverage: at most 200; vec_free by the caller */
    struct measure_point *course; /* at the ends of the months since the programme began, and on
                                   * the day asked about; at most COURSE_MOST, the latest */
    uint32_t n_course;
    double forecast, low, high; /* at the deadline, 95 % prediction interval; NAN where there is
                                 * too little history */
    double baseline, target;    /* NAN: none */
    int64_t start, deadline;    /* deadline 0: none */
    enum light light;           /* against target and deadline */
    struct err wrong; /* RC_USER "measure.…": how it is declared wrongly; rc RC_OK: well */
};
/* The values of n indicator records on a day (0: today). What a past day shows is what the audit
 * trail holds at its end: of every record, what its last entry by then says. It is a statement of
 * the site: all records count, whoever asks (only brokers declare indicators); what is missing is
 * named as far as the actor may see it, and the lists behind the addresses show what it may. Money
 * is in yuan. share: of the records of `over` that are `among`, those that pass the filter;
 * coverage: of the records of `population` that are `among`, those that a record of `over` which
 * passes the filter leads to by `path`.
 *
 * ahead: with course and forecast, the straight line through the course (service/measures_int.h has
 * its source), cut to what can be: 0 to 100 for share and coverage, 0 for counts.
 *
 * Cost: one reading of each kind concerned by the database (store_tally), whatever n is; the course
 * one more of their trail. Values are kept until the site changes, those of past days for good.
 * vec_free each out[i].missing also where it fails. */
enum rc measures_at(struct site *s, const struct actor *a, const struct rec *indicator, uint32_t n,
                    int64_t day, bool ahead, struct arena *to, struct measured *out,
                    struct err *e) MUST_CHECK;
/* One, with what is ahead. RC_USER "measure.…" names the field of the indicator that is wrong
 * (unknown kind, filter, path). */
enum rc measure_at(struct site *s, const struct actor *a, const struct rec *indicator, int64_t day,
                   struct arena *to, struct measured *out, struct err *e) MUST_CHECK;
/* Its values at the ends of n days, rising, from one reading of the trail and nothing else. */
enum rc measure_replay(struct site *s, const struct rec *indicator, const int64_t *day, uint32_t n,
                       double *value, struct err *e) MUST_CHECK;

#endif
