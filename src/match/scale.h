/* From the weighted sum of features to the score that people see. Measured on judged pairs
 * (docs/match.md): at the middle a pair is about as likely worth a talk as not. */
#ifndef QIAO_SCALE_H
#define QIAO_SCALE_H

#include <math.h>

#define SCALE_SLOPE  6.0
#define SCALE_MIDDLE 0.5

/* 0..100, strictly rising. */
static inline double match_scale(double sum)
{
    return 100 / (1 + exp(-SCALE_SLOPE * (sum - SCALE_MIDDLE)));
}

#endif
