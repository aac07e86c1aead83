/* Needs prepared for being asked by results: their vectors turned round, term by term, so that a
 * result touches only the needs that share a term with it. */
#include "base/pool.h"
#include "match/matcher_int.h"
#include "match/pair.h"

#include <string.h>

struct share {
    uint32_t need;
    float x;
};

struct askers {
    const struct matcher *m;
    uint32_t n;
    struct map term;             /* key -> place in from */
    uint32_t *from;              /* [terms + 1] into share */
    struct share *share;         /* by term, then need */
    int16_t *knowledge, *latent; /* [n * stride] of the two views */
    float *knowledge_inverse, *latent_inverse;
};

struct preparing {
    struct askers *a;
    struct match_source needs;
    vec_need_term *scratch; /* one a worker */
    vec_weight *x;          /* [needs] */
};

static enum rc prepare(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct preparing *p = ctx;
    struct asked one = {0};
    TRY(asked_make(&one, &p->scratch[worker], p->a->m, p->needs.text(p->needs.ctx, (uint32_t)i),
                   e));
    const struct askers *a = p->a;
    size_t k = a->m->knowledge.stride, l = a->m->latent.stride;
    memcpy(a->knowledge + i * k, one.points.knowledge, k * sizeof *a->knowledge);
    memcpy(a->latent + i * l, one.points.latent, l * sizeof *a->latent);
    a->knowledge_inverse[i] = one.points.knowledge_inverse;
    a->latent_inverse[i] = one.points.latent_inverse;
    p->x[i] = one.x;
    return RC_OK;
}

/* Count, then lay out: two passes over all vectors. */
static enum rc turn(struct askers *a, const vec_weight *x, struct err *e)
{
    VEC(uint32_t) df = {0};
    uint32_t all = 0;
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < a->n; i++)
        for (size_t k = 0; rc == RC_OK && k < x[i].n; k++, all++) {
            uint32_t *at = map_put(&a->term, x[i].p[k].key, (uint32_t)df.n);
            if (!at)
                rc = err_nomem(e);
            else if (*at == df.n)
                rc = vec_push(&df, 1u, e);
            else
                df.p[*at]++;
        }
    a->from = rc == RC_OK ? mem_calloc(df.n + 2, sizeof *a->from) : NULL;
    a->share = a->from ? mem_alloc(all * sizeof *a->share) : NULL;
    if (rc == RC_OK && !a->share)
        rc = err_nomem(e);
    if (rc == RC_OK) { /* from[t + 1] is where term t is being filled, and ends as its end */
        for (size_t t = 0; t + 1 < df.n; t++)
            a->from[t + 2] = a->from[t + 1] + df.p[t];
        for (uint32_t i = 0; i < a->n; i++)
            for (size_t k = 0; k < x[i].n; k++) {
                uint32_t t = *map_get(&a->term, x[i].p[k].key);
                a->share[a->from[t + 1]++] = (struct share){i, (float)x[i].p[k].x};
            }
    }
    vec_free(&df);
    return rc;
}

enum rc askers_open(struct askers **out, const struct matcher *m, struct match_source needs,
                    unsigned threads, struct err *e)
{
    struct askers *a = mem_calloc(1, sizeof *a);
    if (!a)
        return err_nomem(e);
    a->m = m;
    a->n = needs.n;
    a->knowledge = mem_alloc((size_t)needs.n * m->knowledge.stride * sizeof *a->knowledge);
    a->latent = mem_alloc((size_t)needs.n * m->latent.stride * sizeof *a->latent);
    a->knowledge_inverse = mem_alloc(needs.n * sizeof *a->knowledge_inverse);
    a->latent_inverse = mem_alloc(needs.n * sizeof *a->latent_inverse);
    bool room = a->knowledge && a->latent && a->knowledge_inverse && a->latent_inverse;
    struct preparing p = {a, needs, mem_calloc(threads, sizeof *p.scratch),
                          mem_calloc(needs.n, sizeof *p.x)};
    enum rc rc = room && p.scratch && p.x ? RC_OK : err_nomem(e);
    if (rc == RC_OK)
        rc = pool_run(threads, needs.n, prepare, &p, e);
    if (rc == RC_OK)
        rc = turn(a, p.x, e);
    for (unsigned i = 0; p.scratch && i < threads; i++)
        vec_free(&p.scratch[i]);
    for (uint32_t i = 0; p.x && i < needs.n; i++)
        vec_free(&p.x[i]);
    mem_free(p.scratch);
    mem_free(p.x);
    if (rc == RC_OK)
        *out = a;
    else
        askers_close(a);
    return rc;
}

void askers_close(struct askers *a)
{
    if (!a)
        return;
    map_free(&a->term);
    mem_free(a->from);
    mem_free(a->share);
    mem_free(a->knowledge);
    mem_free(a->latent);
    mem_free(a->knowledge_inverse);
    mem_free(a->latent_inverse);
    mem_free(a);
}

void askers_parts(const struct askers *a, const struct offered *o, struct match_parts *part)
{
    memset(part, 0, a->n * sizeof *part);
    for (size_t k = 0; k < o->y.n; k++) {
        const uint32_t *t = map_get(&a->term, o->y.p[k].key);
        for (uint32_t j = t ? a->from[*t] : 0; t && j < a->from[*t + 1]; j++)
            part[a->share[j].need].cosine += a->share[j].x * o->y.p[k].x;
    }
    const struct view *k = &a->m->knowledge, *l = &a->m->latent;
    const struct result_points *p = &o->points;
    for (uint32_t i = 0; k->dims && i < a->n; i++)
        part[i].knowledge = view_alike(k, a->knowledge + (size_t)i * k->stride,
                                       a->knowledge_inverse[i], p->knowledge, p->knowledge_inverse);
    for (uint32_t i = 0; l->dims && i < a->n; i++)
        part[i].latent = view_alike(l, a->latent + (size_t)i * l->stride, a->latent_inverse[i],
                                    p->latent, p->latent_inverse);
}
