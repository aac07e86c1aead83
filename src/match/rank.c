/* Ranking, in one of three ways that give the same order:
 *   all       few results, or all are asked for: every one is scored by itself;
 *   bounded   the index walks its blocks, and what the views add is a term of every document;
 *   pooled    so many results that points are not kept: the best by cosine are scored whole. */
#include "base/pool.h"
#include "match/matcher_int.h"

/* What one thread needs. */
struct desk {
    struct index_scratch *scratch;
    vec_need_term terms;
    uint32_t *doc; /* [results] every result, where all are scored */
    double *cosine;
};

struct ranking {
    const struct matcher *m;
    uint32_t first, n, k, pool;
    const struct asked *asked; /* [n] */
    struct asked *own;         /* the same, where they are made here */
    struct hit *by_cosine;     /* [n * pool], where pooled */
    uint32_t *n_cosine;
    struct hit *hit; /* [n * k] */
    uint32_t *count;
    unsigned threads;
    struct desk *desk; /* [threads] */
};

double match_sum(const struct match_params *p, struct match_parts x)
{
    return p->mix.cosine * x.cosine + p->mix.knowledge * x.knowledge + p->mix.latent * x.latent;
}

enum rc asked_make(struct asked *a, vec_need_term *scratch, const struct matcher *m,
                   struct match_text need, struct err *e)
{
    TRY(need_terms(m, need, scratch, e));
    TRY(need_vector(scratch, &a->x, e));
    views_need(m, scratch, &a->points);
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

/* Where the hits of asked text i go; with k = 0 there is no room. */
static struct hit *room_for(const struct ranking *r, size_t i)
{
    return r->hit ? r->hit + i * r->k : NULL;
}

static struct index_query query_of(const struct asked *a)
{
    return (struct index_query){a->x.p, (uint32_t)a->x.n};
}

/* ---- all ---- */

static enum rc rank_all(void *ctx, size_t i, unsigned worker, struct err *e)
{
    const struct ranking *r = ctx;
    const struct matcher *m = r->m;
    struct desk *d = &r->desk[worker];
    struct topk top = {room_for(r, i), r->k, 0};
    TRY(index_score_docs(m->ix, d->scratch, query_of(&r->asked[i]), d->doc, m->results.n, d->cosine,
                         e));
    for (uint32_t doc = 0; doc < m->results.n; doc++)
        TRY(offer(m, &r->asked[i], &top, doc, d->cosine[doc], e));
    topk_sort(&top);
    r->count[i] = top.n;
    return RC_OK;
}

static enum rc desk_for_all(struct desk *d, const struct matcher *m, struct err *e)
{
    uint32_t n = m->results.n;
    TRY(index_scratch_open(&d->scratch, m->ix, e));
    d->doc = mem_alloc(n * sizeof *d->doc);
    d->cosine = mem_alloc(n * sizeof *d->cosine);
    if (!d->doc || !d->cosine)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        d->doc[i] = i;
    return RC_OK;
}

static enum rc by_all(struct ranking *r, struct err *e)
{
    for (unsigned i = 0; i < r->threads; i++)
        TRY(desk_for_all(&r->desk[i], r->m, e));
    return pool_run(r->threads, r->n, rank_all, r, e);
}

/* ---- through the index ---- */

static double span_of(const struct matcher *m)
{
    return 1.001 * (m->params.mix.knowledge + m->params.mix.latent);
}

static void bound(void *ctx, uint32_t query, uint32_t nq, uint32_t first, uint32_t n,
                  const double *units, uint16_t *to)
{
    const struct ranking *r = ctx;
    for (uint32_t at = 0; at < n; at += VIEWS_TILE)
        for (uint32_t i = 0; i < nq; i++)
            views_bound(r->m, &r->asked[query + i].points, first + at, MIN(VIEWS_TILE, n - at),
                        span_of(r->m), units[i], to + (size_t)i * n + at);
}

static double whole(void *ctx, uint32_t query, uint32_t doc, double cosine)
{
    const struct ranking *r = ctx;
    struct match_parts x = {.cosine = cosine};
    if (views_likeness(r->m, &r->asked[query].points, doc, &x, NULL) != RC_OK)
        BUG("a kept point of document %u cannot be had", doc);
    return match_sum(&r->m->params, x);
}

static enum rc search(struct ranking *r, const struct index_more *more, uint32_t k, struct hit *hit,
                      uint32_t *count, struct err *e)
{
    struct index_query *q = mem_calloc(r->n, sizeof *q);
    if (!q)
        return err_nomem(e);
    for (uint32_t i = 0; i < r->n; i++)
        q[i] = query_of(&r->asked[i]);
    enum rc rc = index_search_more(r->m->ix, more, q, r->n, k, hit, count, r->threads, e);
    mem_free(q);
    return rc;
}

static enum rc rank_pool(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    const struct ranking *r = ctx;
    struct topk top = {room_for(r, i), r->k, 0};
    const struct hit *h = r->by_cosine + i * r->pool;
    for (uint32_t j = 0; j < r->n_cosine[i]; j++)
        TRY(offer(r->m, &r->asked[i], &top, h[j].id, h[j].score, e));
    topk_sort(&top);
    r->count[i] = top.n;
    return RC_OK;
}

static enum rc by_pool(struct ranking *r, struct err *e)
{
    r->pool = MIN(MAX(r->k, MATCH_POOL), r->m->results.n);
    r->by_cosine = mem_alloc((size_t)r->n * r->pool * sizeof *r->by_cosine);
    r->n_cosine = mem_calloc(r->n, sizeof *r->n_cosine);
    if (!r->by_cosine || !r->n_cosine)
        return err_nomem(e);
    TRY(search(r, NULL, r->pool, r->by_cosine, r->n_cosine, e));
    return pool_run(r->threads, r->n, rank_pool, r, e);
}

/* ---- which ---- */

static enum rc rank_asked(struct ranking *r, struct err *e)
{
    const struct matcher *m = r->m;
    struct index_more more = {m->params.mix.cosine, span_of(m), bound, whole, r};
    if (m->results.n <= MATCH_ALL || r->k >= m->results.n)
        return by_all(r, e);
    return views_kept(m) ? search(r, &more, r->k, r->hit, r->count, e) : by_pool(r, e);
}

static enum rc make_step(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct ranking *r = ctx;
    return asked_make(&r->own[i], &r->desk[worker].terms, r->m,
                      matcher_need(r->m, r->first + (uint32_t)i), e);
}

static enum rc ranking_open(struct ranking *r, struct err *e)
{
    r->desk = mem_calloc(r->threads, sizeof *r->desk);
    return r->desk ? RC_OK : err_nomem(e);
}

static void ranking_release(struct ranking *r)
{
    for (unsigned i = 0; r->desk && i < r->threads; i++) {
        index_scratch_close(r->desk[i].scratch);
        vec_free(&r->desk[i].terms);
        mem_free(r->desk[i].doc);
        mem_free(r->desk[i].cosine);
    }
    for (uint32_t i = 0; r->own && i < r->n; i++)
        vec_free(&r->own[i].x);
    mem_free(r->desk);
    mem_free(r->own);
    mem_free(r->by_cosine);
    mem_free(r->n_cosine);
}

enum rc matcher_rank(const struct matcher *m, uint32_t first, uint32_t n, uint32_t k,
                     struct hit *hit, uint32_t *count, unsigned threads, struct err *e)
{
    struct ranking r = {
        .m = m, .first = first, .n = n, .k = k, .hit = hit, .count = count, .threads = threads};
    r.asked = r.own = mem_calloc(n, sizeof *r.own);
    enum rc rc = r.own ? ranking_open(&r, e) : err_nomem(e);
    if (rc == RC_OK)
        rc = pool_run(threads, n, make_step, &r, e);
    if (rc == RC_OK)
        rc = rank_asked(&r, e);
    ranking_release(&r);
    return rc;
}

/* The parts of hits whose order must stay. */
static enum rc parts_of_hits(const struct matcher *m, const struct asked *a, const struct hit *hit,
                             uint32_t n, struct match_parts *part, struct err *e)
{
    struct index_scratch *s = NULL;
    enum rc rc = index_scratch_open(&s, m->ix, e);
    for (uint32_t i = 0; rc == RC_OK && i < n; i++) {
        rc = index_score_docs(m->ix, s, query_of(a), &hit[i].id, 1, &part[i].cosine, e);
        if (rc == RC_OK)
            rc = views_likeness(m, &a->points, hit[i].id, &part[i], e);
    }
    index_scratch_close(s);
    return rc;
}

enum rc asked_rank(const struct matcher *m, const struct asked *a, uint32_t k, struct hit *hit,
                   uint32_t *n, struct match_parts *part, struct err *e)
{
    struct ranking r = {.m = m, .n = 1, .k = k, .asked = a, .hit = hit, .count = n, .threads = 1};
    *n = 0;
    enum rc rc = ranking_open(&r, e);
    if (rc == RC_OK)
        rc = rank_asked(&r, e);
    if (rc == RC_OK && part)
        rc = parts_of_hits(m, a, hit, *n, part, e);
    ranking_release(&r);
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
    rc = index_score_docs(m->ix, s, query_of(&a), &result, 1, &out->cosine, e);
out:
    index_scratch_close(s);
    vec_free(&terms);
    vec_free(&a.x);
    return rc;
}
