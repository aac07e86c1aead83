/* One document by itself: its score for a query, its vector. */
#include "index/index_int.h"

#include <stdlib.h>
#include <string.h>

static const struct segment *segment_of(const struct index *ix, uint32_t *doc)
{
    uint32_t i = 0;
    while (i + 1 < ix->nseg && *doc >= ix->seg[i + 1].base)
        i++;
    if (i >= ix->nseg || *doc - ix->seg[i].base >= ix->seg[i].fwd.ndocs)
        BUG("document %u of %u", *doc, ix->ndocs);
    *doc -= ix->seg[i].base;
    return &ix->seg[i];
}

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

static int by_key(const void *x, const void *y)
{
    uint64_t a = ((const struct index_entry *)x)->key, b = ((const struct index_entry *)y)->key;
    return (a > b) - (a < b);
}

/* Entries whose `key` is an id yet, rising: put the keys, by one walk over the dictionary. */
static void put_keys(const struct forward *f, struct index_entry *entry, size_t n,
                     const uint32_t *ids)
{
    for (uint32_t i = 0; i < f->nterms; i++) {
        uint32_t id = f->key_id[i];
        size_t lo = 0, hi = n;
        while (lo < hi) {
            size_t mid = (lo + hi) / 2;
            if (ids[mid] < id)
                lo = mid + 1;
            else
                hi = mid;
        }
        if (lo < n && ids[lo] == id)
            entry[lo].key = f->key[i];
    }
}

enum rc index_doc_vector(const struct index *ix, uint32_t doc, vec_entry *out, struct err *e)
{
    const struct segment *g = segment_of(ix, &doc);
    double norm = g->inv.norm[doc];
    struct saturation sat = saturation_of(&ix->scheme, g->inv.avg, g->fwd.len[doc]);
    struct fwd_iter it = fwd_start(&g->fwd, doc);
    VEC(uint32_t) ids = {0};
    enum rc rc = RC_OK;
    size_t first = out->n;
    while (rc == RC_OK && fwd_next(&it)) {
        double y = norm > 0 ? saturated(&sat, it.tf) * g->inv.weight[it.id] / norm : 0;
        rc = vec_push(&ids, it.id, e);
        if (rc == RC_OK)
            rc = vec_push(out, ((struct index_entry){0, it.tf, y}), e);
    }
    if (rc == RC_OK && ids.n) {
        put_keys(&g->fwd, out->p + first, ids.n, ids.p);
        qsort(out->p + first, ids.n, sizeof *out->p, by_key);
    } else if (rc != RC_OK)
        out->n = first;
    vec_free(&ids);
    return rc;
}
