/* One document by itself: its score for a query, its vector. */
#include "index/index_int.h"

#include <stdlib.h>
#include <string.h>

struct place {
    uint32_t id, pos;
};

static int by_id(const void *x, const void *y)
{
    uint32_t a = ((const struct place *)x)->id, b = ((const struct place *)y)->id;
    return (a > b) - (a < b);
}

/* Contributions are added as search.c adds them: by place in the query, in four sums. */
static double sum_parts(const double *part, uint32_t n)
{
    double sum[4] = {0};
    for (uint32_t i = 0; i < n; i++)
        sum[i % 4] += part[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static double score_in(const struct index *ix, const struct segment *g, struct index_query q,
                       uint32_t doc)
{
    struct place place[q.n];
    double part[q.n];
    uint32_t n = 0;
    for (uint32_t i = 0; i < q.n; i++) {
        uint32_t id = forward_find(&g->fwd, q.term[i].key);
        part[i] = 0;
        if (id != UINT32_MAX && q.term[i].x > 0)
            place[n++] = (struct place){id, i};
    }
    qsort(place, n, sizeof *place, by_id);
    struct saturation sat = saturation_of(&ix->scheme, g->inv.avg, g->fwd.len[doc]);
    struct fwd_iter it = fwd_start(&g->fwd, doc);
    for (uint32_t i = 0; i < n && fwd_next(&it);) {
        while (i < n && place[i].id < it.id)
            i++;
        if (i < n && place[i].id == it.id) {
            double y = saturated(&sat, it.tf) * g->inv.weight[it.id] / g->inv.norm[doc];
            part[place[i].pos] = q.term[place[i].pos].x * y;
        }
    }
    return sum_parts(part, q.n);
}

double index_score(const struct index *ix, struct index_query q, uint32_t doc)
{
    const struct segment *g = segment_of(ix, &doc);
    if (!q.n || g->inv.norm[doc] <= 0 || is_dead(g->dead, doc))
        return 0;
    return score_in(ix, g, q, doc);
}
