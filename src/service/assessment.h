/* Score sheets: several people assess one subject, the median of their scores counts. */
#ifndef QIAO_ASSESSMENT_H
#define QIAO_ASSESSMENT_H

#include "service/records.h"

/* The median of the weighted scores of those sheets about a subject that were handed in and that
 * the actor may see; of an even number the mean of the middle two. period "": of all periods. NAN
 * and n 0 where there are none. */
enum rc assessment_median(struct site *s, const struct actor *a, int64_t subject, struct str period,
                          double *median, uint32_t *n, struct err *e) MUST_CHECK;

#endif
