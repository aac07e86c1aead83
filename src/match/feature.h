/* What a match is scored by: declared features, one number each, and their weights. */
#ifndef QIAO_FEATURE_H
#define QIAO_FEATURE_H

#include "base/base.h"

enum feature {
    FEATURE_COSINE, /* the parts of match/match.h … */
    FEATURE_KNOWLEDGE,
    FEATURE_LATENT,
    FEATURE_MET,      /* indicators met, as a share of those asked for */
    FEATURE_MISSED,   /* indicators missed, likewise */
    FEATURE_INDUSTRY, /* columns: 1 fits, -1 does not, 0 not known */
    FEATURE_REGION,
    FEATURE_TRL,
    FEATURE_PRICE,
    FEATURE_DEADLINE,
    FEATURE__COUNT
};

/* "cosine"; the name in a weights file. */
const char *feature_name(enum feature f);

struct weights {
    double w[FEATURE__COUNT];
    double bias;
};

/* sum = bias + w . x */
double weights_sum(const struct weights *w, const double x[FEATURE__COUNT]);

#endif
