/* Learning from decisions: logistic regression (liblinear, L2-regularised) over the declared
 * features, judged by cross-validation over needs against the weights in use. */
#ifndef QIAO_LEARN_H
#define QIAO_LEARN_H

#include "base/err.h"
#include "base/mem.h"
#include "match/feature.h"

/* A decided pair. */
struct example {
    double x[FEATURE__COUNT];
    uint32_t need; /* pairs of one need stay in one fold */
    bool accepted;
};
typedef VEC(struct example) vec_example;

struct learn_report {
    struct weights weights; /* fitted on everything; on the scale of the built-in ones */
    uint32_t examples, accepted, needs;
    uint32_t pairs;       /* (accepted, refused) of one need: what is counted */
    double before, after; /* share of these pairs in the right order, held out; ties 1/2 */
    double error;         /* standard error of after - before, over needs */
    bool gains;           /* after - before is more than twice its standard error */
};

/* Fit and judge: LEARN_FOLDS folds by need number. RC_USER "match.learn_few" where there are fewer
 * than LEARN_LEAST accepted or refused examples or fewer than LEARN_PAIRS pairs (detail says
 * what is missing). Deterministic. */
#define LEARN_FOLDS 10u
#define LEARN_LEAST 10u
#define LEARN_PAIRS 20u
enum rc learn_fit(struct learn_report *out, const vec_example *examples,
                  const struct weights *in_use, struct err *e) MUST_CHECK;

#endif
