/* Random collections and queries for the tests of the index, and the answer by definition: every
 * document scored in double, straight from its tokens. */
#ifndef QIAO_INDEX_HELP_H
#define QIAO_INDEX_HELP_H

#include "base/map.h"
#include "index/index.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t help_state = 1;

static inline uint64_t rnd(void)
{
    help_state += 0x9e3779b97f4a7c15u;
    return mix64(help_state);
}

static inline uint32_t rnd_below(uint32_t n)
{
    return (uint32_t)(rnd() % n);
}

static inline double rnd_unit(void)
{
    return (double)(rnd() >> 11) * 0x1p-53;
}

static inline void *must(void *p)
{
    assert(p);
    return p;
}

struct coll {
    uint32_t n;
    uint32_t *start; /* [n + 1] */
    uint64_t *tok;
};

static inline uint64_t term_key(uint32_t term)
{
    return mix64(term + 1);
}

/* Heads are in most documents, tails in one; a seventh of the documents is a copy of the one
 * before (ties), one in twenty is empty. */
static inline struct coll coll_make(uint32_t n, uint32_t vocabulary, uint32_t longest)
{
    struct coll c = {n, must(calloc((size_t)n + 1, sizeof(uint32_t))),
                     must(calloc((size_t)n * longest + 1, sizeof(uint64_t)))};
    uint32_t at = 0;
    for (uint32_t d = 0; d < n; d++) {
        c.start[d] = at;
        if (d && rnd_below(7) == 0) {
            uint32_t from = c.start[d - 1], len = at - from;
            memcpy(c.tok + at, c.tok + from, len * sizeof *c.tok);
            at += len;
        } else if (rnd_below(20)) {
            for (uint32_t i = 1 + rnd_below(longest); i > 0; i--) {
                double u = rnd_unit();
                c.tok[at++] = term_key((uint32_t)(vocabulary * u * u * u * u));
            }
        }
    }
    c.start[n] = at;
    return c;
}

static inline void coll_free(struct coll *c)
{
    free(c->start);
    free(c->tok);
}

static inline enum rc coll_keys(void *ctx, uint32_t doc, unsigned worker, vec_key *out,
                                struct err *e)
{
    (void)worker;
    const struct coll *c = ctx;
    TRY(vec_reserve(out, c->start[doc + 1] - c->start[doc], e));
    for (uint32_t i = c->start[doc]; i < c->start[doc + 1]; i++)
        out->p[out->n++] = c->tok[i];
    return RC_OK;
}

static inline double help_weight(void *ctx, uint64_t key, uint32_t df, uint32_t ndocs)
{
    (void)ctx;
    return (key & 3 ? 1 : 0.25) * log(1 + (double)ndocs / df);
}

static const struct index_scheme help_scheme = {1.2, 0.75, help_weight, NULL};

/* ---- queries ---- */

static inline struct index_query query_make(struct index_weight *w, uint32_t n, uint32_t vocabulary)
{
    struct map seen = {0};
    uint32_t m = 0;
    double sum = 0;
    while (m < n) {
        double u = rnd_unit();
        uint64_t key = term_key((uint32_t)((vocabulary + 2 * n) * u * u)); /* some unknown */
        uint32_t *times = must(map_put(&seen, key, 0));
        if ((*times)++)
            continue;
        w[m] = (struct index_weight){key, 0.05 + rnd_unit()};
        sum += w[m].x * w[m].x;
        m++;
    }
    for (uint32_t i = 0; i < n; i++)
        w[i].x /= sqrt(sum);
    map_free(&seen);
    return (struct index_query){w, n};
}

/* ---- by definition ---- */

struct naive {
    const struct coll *c;
    struct index_scheme scheme;
    uint32_t ndocs; /* of the statistics */
    double avg;
    struct map df;
};

/* Statistics of the documents [0, upto). */
static inline struct naive naive_make(const struct coll *c, uint32_t upto)
{
    struct naive v = {.c = c, .scheme = help_scheme, .ndocs = upto};
    uint64_t nonempty = 0;
    for (uint32_t d = 0; d < upto; d++) {
        struct map once = {0};
        nonempty += c->start[d + 1] > c->start[d];
        for (uint32_t i = c->start[d]; i < c->start[d + 1]; i++) {
            uint32_t *times = must(map_put(&once, c->tok[i], 0));
            if (!(*times)++)
                ++*(uint32_t *)must(map_put(&v.df, c->tok[i], 0));
        }
        map_free(&once);
    }
    v.avg = nonempty ? (double)c->start[upto] / (double)nonempty : 1;
    return v;
}

static inline double naive_weight(const struct naive *v, uint64_t key)
{
    uint32_t *df = map_get(&v->df, key);
    return v->scheme.weight(v->scheme.ctx, key, df ? *df : 1, v->ndocs ? v->ndocs : 1);
}

static inline double naive_y(const struct naive *v, uint64_t key, uint32_t tf, uint32_t len)
{
    double k1 = v->scheme.k1, b = v->scheme.b, f = tf;
    return f * (k1 + 1) / (f + k1 * (1 - b + b * len / v->avg)) * naive_weight(v, key);
}

/* tf of the document's distinct terms; the caller frees. */
static inline struct map naive_tf(const struct coll *c, uint32_t doc)
{
    struct map tf = {0};
    for (uint32_t i = c->start[doc]; i < c->start[doc + 1]; i++) {
        uint32_t *n = must(map_put(&tf, c->tok[i], 0));
        *n += *n < UINT16_MAX;
    }
    return tf;
}

static inline double naive_score(const struct naive *v, struct index_query q, uint32_t doc)
{
    struct map tf = naive_tf(v->c, doc);
    uint32_t len = v->c->start[doc + 1] - v->c->start[doc];
    unsigned __int128 squares = 0;
    for (size_t i = 0; i < tf.cap; i++) {
        double y = tf.entry[i].used ? naive_y(v, tf.entry[i].key, tf.entry[i].val, len) : 0;
        squares += (unsigned __int128)(y * y * 0x1p60);
    }
    double norm = sqrt((double)squares * 0x1p-60), sum[4] = {0};
    for (uint32_t i = 0; i < q.n; i++) {
        uint32_t *n = map_get(&tf, q.term[i].key);
        if (n && norm > 0)
            sum[i % 4] += q.term[i].x * (naive_y(v, q.term[i].key, *n, len) / norm);
    }
    map_free(&tf);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* The k best of the documents that `dead` (may be NULL) does not mark. */
static inline uint32_t naive_search(const struct naive *v, struct index_query q, uint32_t k,
                                    const bool *dead, struct hit *hit)
{
    struct topk top = {hit, k, 0};
    for (uint32_t d = 0; d < v->c->n; d++) {
        double s = dead && dead[d] ? 0 : naive_score(v, q, d);
        if (s > 0)
            topk_push(&top, (struct hit){s, d});
    }
    topk_sort(&top);
    return top.n;
}

#endif
