/* Score sheets: several people assess one subject, the median of their scores counts. */
#ifndef QIAO_ASSESSMENT_H
#define QIAO_ASSESSMENT_H

#include "service/records.h"

/* The median of the weighted scores of those sheets about a subject that were handed in and that
 * the actor may see; of an even number the mean of the middle two. period "": of all periods. NAN
 * and n 0 where there are none. */
enum rc assessment_median(struct site *s, const struct actor *a, int64_t subject, struct str period,
                          double *median, uint32_t *n, struct err *e) MUST_CHECK;

/* A period of a subject: the sheets handed in, in the order of their ids, and what they come to. */
struct assessed {
    struct str period;
    vec_rec sheet;
    uint32_t n;          /* of them have a score */
    double median;       /* NAN where none has */
    struct str proposal; /* the code that most of them propose; "" none, or two as many */
};
typedef VEC(struct assessed) vec_assessed;
/* Newest period first (as texts); of the newest 1000 sheets that the actor may see. */
enum rc assessment_periods(struct site *s, const struct actor *a, int64_t subject, struct arena *to,
                           vec_assessed *out, struct err *e) MUST_CHECK;
void assessed_free(vec_assessed *v);
/* The action by which a record of that kind follows a proposal; "" none. */
struct str proposal_action(struct str proposal);

#endif
