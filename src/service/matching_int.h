/* Inside the match use case only. */
#ifndef QIAO_MATCHING_INT_H
#define QIAO_MATCHING_INT_H

#include "match/feature.h"
#include "match/scale.h"
#include "service/learning.h"
#include "service/matching.h"

#define MATCH_CREDIBLE 45.0  /* docs/match.md: below, few judged pairs were fits */
#define EXPERT_POOL    2000u /* results a need that speak for experts */

struct match_list {
    struct match *p;
    uint32_t n;
};

struct experts; /* experts.c */

struct matching {
    struct matching_options options;
    const struct model *model;
    unsigned threads;
    uint32_t pool; /* candidates a need */
    struct collection *needs, *results;
    struct matcher *matcher;
    struct weights weights;  /* in use */
    bool learnt;             /* they are the user's */
    struct match_list *list; /* [needs] */
    struct experts *experts;
};

/* Results are counted on a thread of its own while later ones are being read. */
struct counting;
enum rc counting_open(struct counting **out, struct err *e) MUST_CHECK;
const struct collection_watch *counting_watch(const struct counting *c);
/* Wait for the chunk under way; what was counted is the caller's. `read`: how the reading ended;
 * where that failed, or counting did, nothing is given. */
enum rc counting_close(struct counting *c, enum rc read, struct match_early **out,
                       struct err *e) MUST_CHECK;

/* The features of one pair. About 100 us. */
enum rc matching_features(const struct matching *m, uint32_t need, uint32_t result,
                          double x[FEATURE__COUNT], struct err *e) MUST_CHECK;

/* Group the results by person; a no-op set of three when options.experts is false. */
enum rc experts_open(struct matching *m, struct err *e) MUST_CHECK;
/* Score the experts of needs [first, first + n) from their candidates, hit[i * m->pool ...). */
enum rc experts_round(struct matching *m, uint32_t first, uint32_t n, const struct hit *hit,
                      const uint32_t *count, struct err *e) MUST_CHECK;
void experts_close(struct matching *m, uint32_t needs);

#endif
