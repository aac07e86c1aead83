#include "match/refine.h"

#include "base/map.h"
#include "base/pool.h"
#include "match/view_loops.h"

#include <math.h>

#define SLICES_MAX 4u
#define DIMS_MAX   256u

struct refining {
    struct view *v;
    const struct refine_sample *s;
    uint32_t *slot; /* [index terms] place of a term's sum, the same in all segments */
    uint32_t known; /* terms that have a vector */
    float *sum;     /* [known * dims] */
    uint32_t slices;
    vec_index_entry *entry; /* one a worker */
};

/* Every worker walks all documents for some of the dimensions: each number is summed in the order
 * of the documents, however many workers there are. */
static enum rc sum_slice(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct refining *r = ctx;
    const struct view *v = r->v;
    vec_index_entry *entry = &r->entry[worker];
    uint32_t from = v->dims * (uint32_t)i / r->slices,
             n = v->dims * ((uint32_t)i + 1) / r->slices - from;
    for (uint32_t k = 0; k < r->s->count; k++) {
        float p[DIMS_MAX];
        const float *point = r->s->point + (size_t)k * v->stride + from;
        for (uint32_t d = 0; d < n; d++)
            p[d] = point[d] - r->s->mean[from + d];
        entry->n = 0;
        TRY(index_doc_vector(v->ix, k * r->s->every, entry, e));
        for (size_t j = 0; j < entry->n; j++) {
            uint32_t number = entry->p[j].number;
            if (v->term[number].vector)
                view_axpy(r->sum + (size_t)r->slot[number] * v->dims + from, p,
                          (float)entry->p[j].y, n);
        }
    }
    return RC_OK;
}

static double length(const float *x, uint32_t n)
{
    double sum = 0;
    for (uint32_t d = 0; d < n; d++)
        sum += (double)x[d] * x[d];
    return sqrt(sum);
}

/* The sums become the vectors, one for all numbers of a term. */
static enum rc take(struct refining *r, const double *pull, struct err *e)
{
    struct view *v = r->v;
    bool *done = mem_calloc(r->known, sizeof *done);
    if (!done)
        return err_nomem(e);
    for (uint32_t t = 0; t < index_terms(v->ix); t++) {
        const float *from = v->term[t].vector;
        if (!from)
            continue;
        float *to = r->sum + (size_t)r->slot[t] * v->dims;
        v->term[t].vector = to;
        if (done[r->slot[t]])
            continue;
        done[r->slot[t]] = true;
        double sum = length(to, v->dims);
        float times = sum > 0 ? (float)(pull[t] * length(from, v->dims) / sum) : 0;
        for (uint32_t d = 0; d < v->dims; d++)
            to[d] = from[d] + times * to[d];
    }
    mem_free(done);
    mem_free(v->own);
    v->own = r->sum;
    r->sum = NULL;
    return RC_OK;
}

/* Numbers that share a vector are one term. */
static enum rc find_slots(struct refining *r, struct err *e)
{
    struct map place = {0};
    enum rc rc = RC_OK;
    for (uint32_t t = 0; rc == RC_OK && t < index_terms(r->v->ix); t++) {
        const float *from = r->v->term[t].vector;
        if (!from)
            continue;
        uint32_t *slot = map_put(&place, (uintptr_t)from, r->known);
        if (!slot) {
            rc = err_nomem(e);
            break;
        }
        r->known += *slot == r->known;
        r->slot[t] = *slot;
    }
    map_free(&place);
    return rc;
}

enum rc view_refine(struct view *v, const struct refine_sample *s, const double *pull,
                    unsigned threads, struct err *e)
{
    threads = MAX(threads, 1u);
    struct refining r = {.v = v, .s = s, .slices = MIN(threads, SLICES_MAX)};
    r.slot = mem_calloc(index_terms(v->ix), sizeof *r.slot);
    r.entry = mem_calloc(threads, sizeof *r.entry);
    enum rc rc = r.slot && r.entry ? find_slots(&r, e) : err_nomem(e);
    if (rc == RC_OK) {
        r.sum = mem_calloc((size_t)r.known * v->dims, sizeof *r.sum);
        rc = r.sum ? pool_run(threads, r.slices, sum_slice, &r, e) : err_nomem(e);
    }
    if (rc == RC_OK)
        rc = take(&r, pull, e);
    for (unsigned i = 0; r.entry && i < threads; i++)
        vec_free(&r.entry[i]);
    mem_free(r.entry);
    mem_free(r.slot);
    mem_free(r.sum);
    return rc;
}
