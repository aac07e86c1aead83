#include "service/matching.h"

#include "base/pool.h"
#include "service/matching_int.h"

#include <stdlib.h>

#define LEARNT_POOL 50u  /* candidates a need that learnt weights order anew */
#define ROUND       256u /* needs matched between two looks at the progress */

static struct match_text need_text(void *ctx, uint32_t i)
{
    const struct matching *m = ctx;
    struct match_text t;
    t.text = collection_text(m->needs, i, &t.title);
    return t;
}

static struct match_text result_text(void *ctx, uint32_t i)
{
    const struct matching *m = ctx;
    struct match_text t;
    t.text = collection_text(m->results, i, &t.title);
    return t;
}

static enum rc read_side(struct collection **out, const char *path, enum table_side side,
                         const struct column_map *map, size_t n, const struct matching *m,
                         const struct collection_watch *watch, struct err *e)
{
    struct table_options t = {.side = side, .map = map, .n_map = n};
    return collection_open_watched(out, path, model_columns(m->model), &t, m->options.progress,
                                   m->options.progress_ctx, watch, e);
}

/* Read the results, those that are there counted on another thread meanwhile. */
static enum rc read_results(struct matching *m, struct match_early **early, struct err *e)
{
    const struct matching_options *o = &m->options;
    struct counting *c = NULL;
    if (m->threads > 1)
        TRY(counting_open(&c, e));
    enum rc rc = read_side(&m->results, o->results, SIDE_RESULT, o->results_map, o->n_results_map,
                           m, c ? counting_watch(c) : NULL, e);
    return c ? counting_close(c, rc, early, e) : rc;
}

static enum rc report(const struct matching *m, const char *stage, double done, struct err *e)
{
    return m->options.progress ? m->options.progress(m->options.progress_ctx, stage, done, e)
                               : RC_OK;
}

/* ---- results for needs ---- */

/* Order the first candidates of a need anew by learnt weights. */
struct reorder {
    const struct matching *m;
    uint32_t first, k;
    struct hit *hit;
    const uint32_t *count;
};

static int better_first(const void *x, const void *y)
{
    const struct hit *a = x, *b = y;
    return hit_better(*a, *b) ? -1 : hit_better(*b, *a);
}

static enum rc reorder_need(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    struct reorder *r = ctx;
    struct hit *hit = r->hit + i * r->m->pool;
    uint32_t n = MIN(r->count[i], MAX(2 * r->k, LEARNT_POOL));
    for (uint32_t j = 0; j < n; j++) {
        double x[FEATURE__COUNT];
        TRY(matching_features(r->m, r->first + (uint32_t)i, hit[j].id, x, e));
        hit[j].score = weights_sum(&r->m->weights, x);
    }
    if (n)
        qsort(hit, n, sizeof *hit, better_first);
    return RC_OK;
}

/* Keep what reaches the least score; `list` has room. */
static uint32_t keep(const struct matching *m, const struct hit *hit, uint32_t n, struct match *to)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        double score = match_scale(hit[i].score);
        if (score >= m->options.min_score)
            to[kept++] = (struct match){hit[i].id, score, score >= MATCH_CREDIBLE};
    }
    return kept;
}

static enum rc match_round(struct matching *m, uint32_t first, uint32_t n, struct hit *hit,
                           uint32_t *count, struct err *e)
{
    uint32_t k = m->pool;
    TRY(matcher_rank(m->matcher, first, n, k, hit, count, m->threads, e));
    if (m->learnt) {
        struct reorder r = {m, first, m->options.k, hit, count};
        TRY(pool_run(m->threads, n, reorder_need, &r, e));
    }
    if (m->options.experts)
        TRY(experts_round(m, first, n, hit, count, e));
    for (uint32_t i = 0; i < n; i++) {
        struct match_list *l = &m->list[first + i];
        uint32_t most = MIN(count[i], m->options.k);
        l->p = mem_alloc(most * sizeof *l->p);
        if (!l->p)
            return err_nomem(e);
        l->n = keep(m, hit + (size_t)i * k, most, l->p);
    }
    return RC_OK;
}

static enum rc match_all(struct matching *m, struct err *e)
{
    uint32_t n = collection_count(m->needs), round = MIN(ROUND, MAX(1u, 20000000u / m->pool));
    struct hit *hit = mem_alloc((size_t)round * m->pool * sizeof *hit);
    uint32_t *count = mem_alloc(round * sizeof *count);
    m->list = mem_calloc(n, sizeof *m->list);
    enum rc rc = hit && count && m->list ? RC_OK : err_nomem(e);
    for (uint32_t i = 0; rc == RC_OK && i < n; i += round) {
        rc = report(m, "match", (double)i / n, e);
        if (rc == RC_OK)
            rc = match_round(m, i, MIN(round, n - i), hit, count, e);
    }
    mem_free(hit);
    mem_free(count);
    return rc == RC_OK ? report(m, "match", 1, e) : rc;
}

/* How many candidates a need keeps while it is matched: an expert is scored by all his items. */
static uint32_t pool_size(const struct matching *m)
{
    uint32_t all = collection_count(m->results), k = m->options.k;
    if (m->options.experts)
        k = MAX(k, EXPERT_POOL);
    if (m->learnt)
        k = MAX(k, MAX(LEARNT_POOL, m->options.k <= all ? 2 * m->options.k : all));
    return MAX(1u, MIN(k, all));
}

/* The built-in weights are the matcher's own mix. */
static enum rc take_weights(struct matching *m, struct err *e)
{
    const struct match_parts mix = matcher_params(m->matcher)->mix;
    m->weights.w[FEATURE_COSINE] = mix.cosine;
    m->weights.w[FEATURE_KNOWLEDGE] = mix.knowledge;
    m->weights.w[FEATURE_LATENT] = mix.latent;
    m->learnt = m->options.weights != NULL;
    return m->learnt ? weights_load(&m->weights, m->options.weights, e) : RC_OK;
}

static enum rc open_matcher(struct matching *m, struct match_early *early, struct err *e)
{
    struct match_source results = {collection_count(m->results), result_text, m};
    struct matcher_setup setup = {.needs = {collection_count(m->needs), need_text, m},
                                  .know = model_knowledge(m->model),
                                  .threads = m->threads,
                                  .early = early};
    TRY(report(m, "index", 0, e));
    TRY(matcher_open_with(&m->matcher, results, &setup, e));
    return report(m, "index", 1, e);
}

static enum rc open_all(struct matching *m, struct err *e)
{
    const struct matching_options *o = &m->options;
    TRY(read_side(&m->needs, o->needs, SIDE_NEED, o->needs_map, o->n_needs_map, m, NULL, e));
    struct match_early *early = NULL;
    TRY(read_results(m, &early, e));
    enum rc rc = open_matcher(m, early, e);
    match_early_close(early);
    TRY(rc);
    TRY(take_weights(m, e));
    if (o->experts)
        TRY(experts_open(m, e));
    m->pool = pool_size(m);
    return match_all(m, e);
}
enum rc matching_open(struct matching **out, const struct matching_options *o,
                      const struct model *model, struct err *e)
{
    struct matching *m = mem_calloc(1, sizeof *m);
    if (!m)
        return err_nomem(e);
    m->options = *o;
    m->model = model;
    m->threads = o->threads ? o->threads : pool_cpus();
    enum rc rc = open_all(m, e);
    if (rc != RC_OK) {
        matching_close(m);
        return rc;
    }
    *out = m;
    return RC_OK;
}

void matching_close(struct matching *m)
{
    if (!m)
        return;
    uint32_t n = m->needs ? collection_count(m->needs) : 0;
    for (uint32_t i = 0; m->list && i < n; i++)
        mem_free(m->list[i].p);
    mem_free(m->list);
    experts_close(m, n);
    matcher_close(m->matcher);
    collection_close(m->needs);
    collection_close(m->results);
    mem_free(m);
}

struct collection *matching_needs(struct matching *m)
{
    return m->needs;
}

struct collection *matching_results(struct matching *m)
{
    return m->results;
}

uint32_t matching_of(const struct matching *m, uint32_t need, const struct match **out)
{
    *out = m->list[need].p;
    return m->list[need].n;
}
