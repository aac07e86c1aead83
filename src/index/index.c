#include "index/index_int.h"

#include "base/pool.h"

#include <string.h>

static uint32_t segments_of(uint32_t ndocs)
{
    return ndocs ? (ndocs - 1) / INDEX_DOCS_MAX + 1 : 0;
}

uint32_t index_df(const struct index *ix, uint64_t key)
{
    if (ix->stats)
        return stats_df(ix->stats, key);
    uint32_t df = 0;
    for (uint32_t i = 0; i < ix->nseg; i++) {
        uint32_t id = forward_find(&ix->seg[i].fwd, key);
        if (id != UINT32_MAX)
            df += ix->seg[i].fwd.df[id];
    }
    return df;
}

/* Mean length of the documents that have any term; 1 for a collection of empty ones. */
static double mean_length(const struct index *ix)
{
    uint64_t tokens = 0, docs = 0;
    for (uint32_t i = 0; i < ix->nseg; i++) {
        tokens += ix->seg[i].fwd.ntokens;
        docs += ix->seg[i].fwd.nonempty;
    }
    return docs ? (double)tokens / (double)docs : 1;
}

/* ---- weights of a segment's terms, TERMS a step ---- */

#define TERMS 16384u

struct weighing {
    const struct index *ix;
    const struct forward *f;
    double *to;
};

static enum rc weigh_terms(void *ctx, size_t step, unsigned worker, struct err *e)
{
    (void)worker;
    (void)e;
    const struct weighing *w = ctx;
    const struct index_scheme *s = &w->ix->scheme;
    const struct forward *f = w->f;
    uint32_t first = (uint32_t)step * TERMS, end = MIN(first + TERMS, f->nterms);
    for (uint32_t i = first; i < end; i++) {
        uint32_t df = w->ix->nseg == 1 ? f->df[f->key_id[i]] : index_df(w->ix, f->key[i]);
        w->to[f->key_id[i]] = s->weight(s->ctx, f->key[i], df, w->ix->ndocs);
    }
    return RC_OK;
}

static enum rc weigh(const struct index *ix, const struct forward *f, unsigned threads,
                     double **out, struct err *e)
{
    struct weighing w = {ix, f, mem_alloc(f->nterms * sizeof *w.to)};
    if (!w.to)
        return err_nomem(e);
    enum rc rc = pool_run(threads, (f->nterms + TERMS - 1) / TERMS, weigh_terms, &w, e);
    if (rc == RC_OK)
        *out = w.to;
    else
        mem_free(w.to);
    return rc;
}

static enum rc build_all(struct index *ix, struct index_early *early, index_doc_fn doc, void *ctx,
                         unsigned threads, struct err *e)
{
    for (uint32_t i = 0; i < ix->nseg; i++) {
        struct segment *g = &ix->seg[i];
        g->base = i * INDEX_DOCS_MAX;
        TRY(forward_build(&g->fwd, g->base, MIN(INDEX_DOCS_MAX, ix->ndocs - g->base), early, doc,
                          ctx, threads, e));
        g->term_base = i ? g[-1].term_base + g[-1].fwd.nterms : 0;
    }
    double avg = mean_length(ix);
    for (uint32_t i = 0; i < ix->nseg; i++) {
        double *weight = NULL;
        TRY(weigh(ix, &ix->seg[i].fwd, threads, &weight, e));
        TRY(inverted_build(&ix->seg[i].inv, &ix->seg[i].fwd, weight, avg, &ix->scheme, threads, e));
    }
    return RC_OK;
}

enum rc index_build(struct index **out, uint32_t ndocs, index_doc_fn doc, void *ctx,
                    const struct index_scheme *scheme, unsigned threads, struct err *e)
{
    return index_build_early(out, NULL, ndocs, doc, ctx, scheme, threads, e);
}

enum rc index_build_early(struct index **out, struct index_early *early, uint32_t ndocs,
                          index_doc_fn doc, void *ctx, const struct index_scheme *scheme,
                          unsigned threads, struct err *e)
{
    struct index *ix = mem_calloc(1, sizeof *ix);
    if (!ix)
        return err_nomem(e);
    ix->scheme = *scheme;
    ix->ndocs = ndocs;
    ix->nseg = segments_of(ndocs);
    ix->seg = mem_calloc(ix->nseg, sizeof *ix->seg);
    enum rc rc = ix->seg ? build_all(ix, early, doc, ctx, threads, e) : err_nomem(e);
    if (rc != RC_OK) {
        index_close(ix);
        return rc;
    }
    *out = ix;
    return RC_OK;
}

void index_close(struct index *ix)
{
    if (!ix)
        return;
    for (uint32_t i = 0; ix->seg && i < ix->nseg; i++) {
        forward_release(&ix->seg[i].fwd);
        inverted_release(&ix->seg[i].inv);
    }
    mem_free(ix->seg);
    mem_free(ix);
}

uint32_t index_stats_docs(const struct index *ix)
{
    return ix->stats ? ix->stats->ndocs : ix->ndocs;
}

uint32_t index_docs(const struct index *ix)
{
    return ix->ndocs;
}

uint64_t index_postings(const struct index *ix)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < ix->nseg; i++)
        n += ix->seg[i].fwd.npostings;
    return n;
}

enum rc index_doc_counts(const struct index *ix, uint32_t doc, vec_index_entry *out, struct err *e)
{
    const struct segment *g = segment_of(ix, &doc);
    if (g->inv.norm[doc] <= 0)
        return RC_OK;
    struct saturation s = saturation_of(&ix->scheme, g->inv.avg, g->fwd.len[doc]);
    struct fwd_iter it = fwd_start(&g->fwd, doc);
    TRY(vec_reserve(out, (size_t)(it.end - it.p), e)); /* a term has a byte at least */
    struct index_entry *to = out->p + out->n;
    for (; fwd_next(&it); to++)
        *to = (struct index_entry){g->term_base + it.id, it.tf, saturated(&s, it.tf), 0};
    out->n = (size_t)(to - out->p);
    return RC_OK;
}

enum rc index_doc_vector(const struct index *ix, uint32_t doc, vec_index_entry *out, struct err *e)
{
    size_t first = out->n;
    TRY(index_doc_counts(ix, doc, out, e));
    const struct segment *g = segment_of(ix, &doc);
    const double *weight = g->inv.weight;
    double norm = g->inv.norm[doc];
    for (size_t i = first; i < out->n; i++)
        out->p[i].y = out->p[i].sat * weight[out->p[i].number - g->term_base] / norm;
    return RC_OK;
}

double index_saturated(const struct index *ix, uint32_t tf, uint32_t len)
{
    double avg = ix->nseg ? ix->seg[0].inv.avg : 1;
    struct saturation s = saturation_of(&ix->scheme, avg, len);
    return saturated(&s, tf);
}

uint32_t index_terms(const struct index *ix)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < ix->nseg; i++)
        n += ix->seg[i].fwd.nterms;
    return n;
}

static const struct segment *segment_of_term(const struct index *ix, uint32_t number)
{
    uint32_t i = 0;
    while (i + 1 < ix->nseg && ix->seg[i + 1].term_base <= number)
        i++;
    return &ix->seg[i];
}

uint64_t index_term_key(const struct index *ix, uint32_t number)
{
    const struct segment *g = segment_of_term(ix, number);
    return g->fwd.key[g->fwd.place[number - g->term_base]];
}

uint32_t index_term_number(const struct index *ix, uint64_t key)
{
    for (uint32_t i = 0; i < ix->nseg; i++) {
        uint32_t id = forward_find(&ix->seg[i].fwd, key);
        if (id != UINT32_MAX)
            return ix->seg[i].term_base + id;
    }
    return UINT32_MAX;
}

enum rc index_term_numbers(const struct index *ix, uint64_t key, vec_term_number *out,
                           struct err *e)
{
    for (uint32_t i = 0; i < ix->nseg; i++) {
        uint32_t id = forward_find(&ix->seg[i].fwd, key);
        if (id != UINT32_MAX)
            TRY(vec_push(out, ix->seg[i].term_base + id, e));
    }
    return RC_OK;
}

double index_term_weight(const struct index *ix, uint32_t number)
{
    const struct segment *g = segment_of_term(ix, number);
    return g->inv.weight[number - g->term_base];
}
