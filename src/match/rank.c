/* Ranking: candidates from the index and from the knowledge view, scored by the sum of parts. */
#include "base/pool.h"
#include "match/matcher_int.h"

#include <stdlib.h>
#include <string.h>

/* What one thread needs. */
struct desk {
    struct index_scratch *scratch;
    vec_need_term terms;
    struct asked asked;
    uint32_t *cand; /* [pool], or [results] */
    double *cosine;
    struct hit *best; /* [pool] by knowledge */
};

struct ranking {
    const struct matcher *m;
    uint32_t first, k, pool;
    bool all;              /* every result is a candidate */
    struct hit *by_cosine; /* [n * pool] */
    const uint32_t *n_cosine;
    struct hit *hit;
    uint32_t *count;
    struct desk *desk; /* one a worker */
};

double match_sum(const struct match_params *p, struct match_parts x)
{
    return p->mix.cosine * x.cosine + p->mix.knowledge * x.knowledge + p->mix.latent * x.latent;
}

static int rising(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* The best of all results by knowledge alone. */
static enum rc best_by_knowledge(const struct matcher *m, struct desk *d,
                                 const struct need_points *need, uint32_t pool, uint32_t *n,
                                 struct err *e)
{
    struct topk top = {d->best, pool, 0};
    for (uint32_t doc = 0; doc < m->results.n; doc++) {
        double x;
        TRY(view_likeness(&m->knowledge, need->knowledge, need->knowledge_inverse, doc, &x, e));
        topk_push(&top, (struct hit){x, doc});
    }
    *n = top.n;
    return RC_OK;
}

static int hit_by_id(const void *x, const void *y)
{
    return rising(&((const struct hit *)x)->id, &((const struct hit *)y)->id);
}

/* The best by knowledge that are not among the n best by cosine, rising; `by_cosine` becomes
 * ordered by document. */
static enum rc extra_candidates(const struct ranking *r, struct desk *d,
                                const struct need_points *need, struct hit *by_cosine, uint32_t n,
                                uint32_t *extra, struct err *e)
{
    uint32_t found = 0;
    *extra = 0;
    if (!r->m->knowledge.point)
        return RC_OK;
    TRY(best_by_knowledge(r->m, d, need, r->pool, &found, e));
    if (n)
        qsort(by_cosine, n, sizeof *by_cosine, hit_by_id);
    for (uint32_t j = 0; j < found; j++)
        if (!n || !bsearch(&d->best[j], by_cosine, n, sizeof *by_cosine, hit_by_id))
            d->cand[(*extra)++] = d->best[j].id;
    if (*extra)
        qsort(d->cand, *extra, sizeof *d->cand, rising);
    return RC_OK;
}

/* The whole score of a document whose cosine is known. */
static enum rc offer(const struct matcher *m, const struct asked *a, struct topk *top, uint32_t doc,
                     double cosine, struct err *e)
{
    struct match_parts x = {.cosine = cosine};
    TRY(views_likeness(m, &a->points, doc, &x, e));
    topk_push(top, (struct hit){match_sum(&m->params, x), doc});
    return RC_OK;
}

/* Rank what stands in by_cosine[0..n) and what the views add; where every result is scored,
 * by_cosine is NULL. */
static enum rc rank_asked(const struct ranking *r, struct desk *d, const struct asked *a,
                          struct hit *by_cosine, uint32_t n, struct topk *top, struct err *e)
{
    const struct matcher *m = r->m;
    uint32_t extra = m->results.n;
    for (uint32_t j = 0; j < n; j++)
        TRY(offer(m, a, top, by_cosine[j].id, by_cosine[j].score, e));
    for (uint32_t doc = 0; r->all && doc < extra; doc++)
        d->cand[doc] = doc;
    if (!r->all)
        TRY(extra_candidates(r, d, &a->points, by_cosine, n, &extra, e));
    struct index_query q = {a->x.p, (uint32_t)a->x.n};
    TRY(index_score_docs(m->ix, d->scratch, q, d->cand, extra, d->cosine, e));
    for (uint32_t j = 0; j < extra; j++)
        TRY(offer(m, a, top, d->cand[j], d->cosine[j], e));
    topk_sort(top);
    return RC_OK;
}

enum rc asked_make(struct asked *a, vec_need_term *scratch, const struct matcher *m,
                   struct match_text need, struct err *e)
{
    TRY(need_terms(m, need, scratch, e));
    TRY(need_vector(scratch, &a->x, e));
    views_need(m, scratch, &a->points);
    return RC_OK;
}

static enum rc rank_need(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct ranking *r = ctx;
    struct desk *d = &r->desk[worker];
    struct topk top = {r->hit + i * r->k, r->k, 0};
    struct hit *by_cosine = r->all ? NULL : r->by_cosine + i * r->pool;
    TRY(asked_make(&d->asked, &d->terms, r->m, matcher_need(r->m, r->first + (uint32_t)i), e));
    TRY(rank_asked(r, d, &d->asked, by_cosine, r->n_cosine[i], &top, e));
    r->count[i] = top.n;
    return RC_OK;
}

static void desk_release(struct desk *d)
{
    index_scratch_close(d->scratch);
    vec_free(&d->terms);
    vec_free(&d->asked.x);
    mem_free(d->cand);
    mem_free(d->cosine);
    mem_free(d->best);
}

static enum rc desk_init(struct desk *d, const struct ranking *r, struct err *e)
{
    size_t room = r->all ? r->m->results.n : r->pool;
    TRY(index_scratch_open(&d->scratch, r->m->ix, e));
    d->cand = mem_alloc(room * sizeof *d->cand);
    d->cosine = mem_alloc(room * sizeof *d->cosine);
    d->best = mem_alloc(r->pool * sizeof *d->best);
    return d->cand && d->cosine && d->best ? RC_OK : err_nomem(e);
}

/* ---- the best by cosine, in batch ---- */

struct profiling {
    const struct matcher *m;
    uint32_t first;
    vec_weight *profile;
};

static enum rc profile_step(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    struct profiling *p = ctx;
    return matcher_profile(p->m, matcher_need(p->m, p->first + (uint32_t)i), &p->profile[i], e);
}

static enum rc top_by_cosine(const struct matcher *m, uint32_t first, uint32_t n, uint32_t k,
                             struct hit *hit, uint32_t *count, unsigned threads, struct err *e)
{
    struct profiling p = {m, first, mem_calloc(n, sizeof *p.profile)};
    struct index_query *q = mem_calloc(n, sizeof *q);
    enum rc rc = p.profile && q ? RC_OK : err_nomem(e);
    if (rc == RC_OK)
        rc = pool_run(threads, n, profile_step, &p, e);
    for (uint32_t i = 0; rc == RC_OK && i < n; i++)
        q[i] = (struct index_query){p.profile[i].p, (uint32_t)p.profile[i].n};
    if (rc == RC_OK)
        rc = index_search_batch(m->ix, q, n, k, hit, count, threads, e);
    for (uint32_t i = 0; p.profile && i < n; i++)
        vec_free(&p.profile[i]);
    mem_free(p.profile);
    mem_free(q);
    return rc;
}

static enum rc rank_all(struct ranking *r, uint32_t n, unsigned threads, struct err *e)
{
    for (unsigned i = 0; i < threads; i++)
        TRY(desk_init(&r->desk[i], r, e));
    return pool_run(threads, n, rank_need, r, e);
}

static struct ranking ranking_of(const struct matcher *m, uint32_t k)
{
    struct ranking r = {.m = m, .k = k};
    r.all = m->results.n <= MATCH_ALL || k >= m->results.n;
    r.pool = MIN(MAX(k, MATCH_POOL), m->results.n);
    return r;
}

enum rc matcher_rank(const struct matcher *m, uint32_t first, uint32_t n, uint32_t k,
                     struct hit *hit, uint32_t *count, unsigned threads, struct err *e)
{
    struct ranking r = ranking_of(m, k);
    r.first = first;
    r.hit = hit;
    r.count = count;
    r.desk = mem_calloc(threads, sizeof *r.desk);
    struct hit *by_cosine = r.all ? NULL : mem_alloc((size_t)n * r.pool * sizeof *by_cosine);
    uint32_t *n_cosine = mem_calloc(n, sizeof *n_cosine);
    enum rc rc = r.desk && n_cosine && (r.all || by_cosine) ? RC_OK : err_nomem(e);
    if (rc == RC_OK && !r.all)
        rc = top_by_cosine(m, first, n, r.pool, by_cosine, n_cosine, threads, e);
    r.by_cosine = by_cosine;
    r.n_cosine = n_cosine;
    if (rc == RC_OK)
        rc = rank_all(&r, n, threads, e);
    for (unsigned i = 0; r.desk && i < threads; i++)
        desk_release(&r.desk[i]);
    mem_free(r.desk);
    mem_free(by_cosine);
    mem_free(n_cosine);
    return rc;
}

/* The parts of hits whose order must stay. */
static enum rc parts_of_hits(const struct matcher *m, const struct asked *a, struct desk *d,
                             const struct hit *hit, uint32_t n, struct match_parts *part,
                             struct err *e)
{
    struct index_query q = {a->x.p, (uint32_t)a->x.n};
    for (uint32_t i = 0; i < n; i++) {
        TRY(index_score_docs(m->ix, d->scratch, q, &hit[i].id, 1, &part[i].cosine, e));
        TRY(views_likeness(m, &a->points, hit[i].id, &part[i], e));
    }
    return RC_OK;
}

enum rc asked_rank(const struct matcher *m, const struct asked *a, uint32_t k, struct hit *hit,
                   uint32_t *n, struct match_parts *part, struct err *e)
{
    struct ranking r = ranking_of(m, k);
    struct desk d = {0};
    struct hit *by_cosine = r.all ? NULL : mem_alloc(r.pool * sizeof *by_cosine);
    uint32_t found = 0;
    struct topk top = {hit, k, 0};
    struct index_query q = {a->x.p, (uint32_t)a->x.n};
    enum rc rc = r.all || by_cosine ? desk_init(&d, &r, e) : err_nomem(e);
    if (rc == RC_OK && !r.all)
        rc = index_search(m->ix, d.scratch, q, r.pool, by_cosine, &found, e);
    if (rc == RC_OK)
        rc = rank_asked(&r, &d, a, by_cosine, found, &top, e);
    if (rc == RC_OK && part)
        rc = parts_of_hits(m, a, &d, hit, top.n, part, e);
    *n = top.n;
    desk_release(&d);
    mem_free(by_cosine);
    return rc;
}

enum rc matcher_parts(const struct matcher *m, uint32_t need, uint32_t result,
                      struct match_parts *out, struct err *e)
{
    vec_need_term terms = {0};
    struct asked a = {0};
    struct index_scratch *s = NULL;
    enum rc rc;
    GOTO_OUT(index_scratch_open(&s, m->ix, e));
    GOTO_OUT(asked_make(&a, &terms, m, matcher_need(m, need), e));
    GOTO_OUT(views_likeness(m, &a.points, result, out, e));
    struct index_query q = {a.x.p, (uint32_t)a.x.n};
    rc = index_score_docs(m->ix, s, q, &result, 1, &out->cosine, e);
out:
    index_scratch_close(s);
    vec_free(&terms);
    vec_free(&a.x);
    return rc;
}
