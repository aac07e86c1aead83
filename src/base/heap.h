/* Top-k: the k best of a stream of (score, id). Better = higher score; equal scores: smaller id.
 * A binary heap with the worst kept on top (Knuth, TAOCP 3, 5.2.3). */
#ifndef QIAO_HEAP_H
#define QIAO_HEAP_H

#include "base/base.h"

struct hit {
    double score;
    uint32_t id;
};

struct topk {
    struct hit *hit; /* borrowed, room for k */
    uint32_t k, n;
};

static inline bool hit_better(struct hit a, struct hit b)
{
    return a.score > b.score || (a.score == b.score && a.id < b.id);
}

/* Would `h` enter? */
static inline bool topk_wants(const struct topk *t, struct hit h)
{
    return t->n < t->k || (t->k && hit_better(h, t->hit[0]));
}

/* Offer one; O(log k) when it enters, O(1) otherwise. */
void topk_push(struct topk *t, struct hit h);
/* Order the n hits best first. The heap is spent afterwards. O(k log k). */
void topk_sort(struct topk *t);

#endif
