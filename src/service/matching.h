/* The use case of `qiao match`: two spreadsheets in, for every need the results (or experts) that
 * fit, best first, with reasons. */
#ifndef QIAO_MATCHING_H
#define QIAO_MATCHING_H

#include "match/match.h"
#include "match/reason.h"
#include "service/collection.h"
#include "service/model.h"

struct matching_options {
    const char *needs, *results; /* paths; one of them may be "-" */
    const struct column_map *needs_map, *results_map;
    size_t n_needs_map, n_results_map;
    uint32_t k;           /* most results a need; UINT32_MAX: all */
    bool experts;         /* also group results by person */
    unsigned threads;     /* 0: all processors */
    double min_score;     /* 0..100; matches below are left out; < 0: none is left out */
    const char *weights;  /* file of learnt weights, or NULL for the built-in ones */
    progress_fn progress; /* stages "needs", "results", "index", "match"; may be NULL */
    void *progress_ctx;
};

struct matching;

/* Read both files and match. Deterministic on any number of threads. */
enum rc matching_open(struct matching **out, const struct matching_options *o,
                      const struct model *m, struct err *e) MUST_CHECK;
void matching_close(struct matching *m);

struct collection *matching_needs(struct matching *m);
struct collection *matching_results(struct matching *m);

/* A result for a need. */
struct match {
    uint32_t result; /* in matching_results */
    double score;    /* 0..100 */
    bool credible;   /* at least the score below which hardly any match was judged to fit */
};

/* The matches of a need, best first (ties: the earlier result). Borrowed. */
uint32_t matching_of(const struct matching *m, uint32_t need, const struct match **out);

/* Why result `result` fits need `need`. Appends, most telling first: indicators that were asked
 * for (in the need's order) after the terms, then the columns. Spans are bytes of item.text.
 * About 50 us, half of it once a need where a desk is given (match/reason.h). Thread-safe. */
enum rc matching_reasons(const struct matching *m, struct reason_desk *desk, uint32_t need,
                         uint32_t result, vec_reason *out, struct err *e) MUST_CHECK;

/* The whole arithmetic of one pair. */
struct explain_term {
    struct span need, result; /* one place in each text */
    uint32_t need_tf, result_tf;
    double x, y; /* the two sides' weights; their product is added */
};
struct explain_feature {
    const char *name; /* as declared in match/feature.h */
    double value, weight;
};
struct explanation {
    VEC(struct explain_term) term; /* by falling x * y */
    VEC(struct explain_feature) feature;
    double bias;
    double score; /* match_scale(bias + sum of value * weight), match/scale.h */
};
enum rc matching_explain(const struct matching *m, uint32_t need, uint32_t result,
                         struct explanation *out, struct err *e) MUST_CHECK;
void explanation_free(struct explanation *x);

/* ---- experts (with options.experts) ---- */

struct expert {
    struct str name, unit; /* unit may be "" */
    const uint32_t *item;  /* results of this person, in file order */
    uint32_t n;
};
uint32_t matching_experts(const struct matching *m);
struct expert matching_expert(const struct matching *m, uint32_t expert);

#define EXPERT_ITEMS 5 /* items named as reasons */
struct expert_match {
    uint32_t expert;
    double score; /* 0..100 */
    bool credible;
    uint32_t n;                      /* of item */
    struct match item[EXPERT_ITEMS]; /* the expert's items that speak for it, best first */
};
uint32_t matching_experts_of(const struct matching *m, uint32_t need,
                             const struct expert_match **out);

#endif
