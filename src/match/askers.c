/* Needs prepared for being asked by results: their vectors turned round, term by term, so that a
 * result touches only the needs that share a term with it. */
#include "base/pool.h"
#include "match/matcher_int.h"
#include "match/pair.h"

#include <string.h>

struct askers {
    const struct matcher *m;
    const struct demand *demand;
    struct demand *own;          /* the same, where it is not the matcher's */
    float *x;                    /* weight of demand->need[i]'s term */
    int16_t *knowledge, *latent; /* [needs * stride] of the two views */
    float *knowledge_inverse, *latent_inverse;
};

struct preparing {
    struct askers *a;
    vec_need_term *scratch; /* one a worker */
    vec_weight *x;          /* [needs] */
};

static enum rc prepare(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct preparing *p = ctx;
    struct asked one = {0};
    const struct askers *a = p->a;
    enum rc rc = asked_make(&one, &p->scratch[worker], a->m, matcher_need(a->m, (uint32_t)i), e);
    p->x[i] = one.x; /* whose end frees it, whatever became of it */
    TRY(rc);
    size_t k = a->m->knowledge.stride, l = a->m->latent.stride;
    memcpy(a->knowledge + i * k, one.points.knowledge, k * sizeof *a->knowledge);
    memcpy(a->latent + i * l, one.points.latent, l * sizeof *a->latent);
    a->knowledge_inverse[i] = one.points.knowledge_inverse;
    a->latent_inverse[i] = one.points.latent_inverse;
    return RC_OK;
}

/* Put the vectors where the demand has their terms: needs rise within a term, so each term's next
 * place is behind the last. */
static enum rc turn(struct askers *a, const vec_weight *x, struct err *e)
{
    const struct demand *d = a->demand;
    uint32_t *next = mem_alloc(((size_t)d->n + 1) * sizeof *next);
    a->x = mem_calloc(d->from[d->n], sizeof *a->x);
    if (!next || !a->x) {
        mem_free(next);
        return err_nomem(e);
    }
    memcpy(next, d->from, ((size_t)d->n + 1) * sizeof *next);
    for (uint32_t i = 0; i < d->needs; i++)
        for (size_t k = 0; k < x[i].n; k++) {
            uint32_t t = demand_find(d, x[i].p[k].key);
            while (t != UINT32_MAX && next[t] < d->from[t + 1] && d->need[next[t]] < i)
                next[t]++; /* a need in which the term counts nothing */
            if (t != UINT32_MAX && next[t] < d->from[t + 1] && d->need[next[t]] == i)
                a->x[next[t]++] = (float)x[i].p[k].x;
        }
    mem_free(next);
    return RC_OK;
}

static enum rc points_alloc(struct askers *a, struct err *e)
{
    const struct matcher *m = a->m;
    size_t n = m->needs.n;
    a->knowledge = mem_alloc(n * m->knowledge.stride * sizeof *a->knowledge);
    a->latent = mem_alloc(n * m->latent.stride * sizeof *a->latent);
    a->knowledge_inverse = mem_alloc(n * sizeof *a->knowledge_inverse);
    a->latent_inverse = mem_alloc(n * sizeof *a->latent_inverse);
    bool room = a->knowledge && a->latent && a->knowledge_inverse && a->latent_inverse;
    return room ? RC_OK : err_nomem(e);
}

static enum rc prepare_all(struct askers *a, unsigned threads, struct err *e)
{
    uint32_t n = a->m->needs.n;
    struct preparing p = {a, mem_calloc(threads, sizeof *p.scratch), mem_calloc(n, sizeof *p.x)};
    enum rc rc = p.scratch && p.x ? points_alloc(a, e) : err_nomem(e);
    if (rc == RC_OK)
        rc = pool_run(threads, n, prepare, &p, e);
    if (rc == RC_OK)
        rc = turn(a, p.x, e);
    for (unsigned i = 0; p.scratch && i < threads; i++)
        vec_free(&p.scratch[i]);
    for (uint32_t i = 0; p.x && i < n; i++)
        vec_free(&p.x[i]);
    mem_free(p.scratch);
    mem_free(p.x);
    return rc;
}

enum rc askers_open(struct askers **out, const struct matcher *m, unsigned threads, struct err *e)
{
    struct askers *a = mem_calloc(1, sizeof *a);
    if (!a)
        return err_nomem(e);
    a->m = m;
    a->demand = m->demand;
    enum rc rc = RC_OK;
    if (!a->demand) {
        rc = demand_open(&a->own, m->needs, m->params.english, threads, e);
        a->demand = a->own;
    }
    if (rc == RC_OK)
        rc = prepare_all(a, threads, e);
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
    demand_close(a->own);
    mem_free(a->x);
    mem_free(a->knowledge);
    mem_free(a->latent);
    mem_free(a->knowledge_inverse);
    mem_free(a->latent_inverse);
    mem_free(a);
}

void askers_parts(const struct askers *a, const struct offered *o, struct match_parts *part)
{
    const struct demand *d = a->demand;
    uint32_t n = d->needs;
    memset(part, 0, n * sizeof *part);
    for (size_t k = 0; k < o->y.n; k++) {
        uint32_t t = demand_find(d, o->y.p[k].key);
        for (uint32_t j = t == UINT32_MAX ? 0 : d->from[t]; t != UINT32_MAX && j < d->from[t + 1];
             j++)
            part[d->need[j]].cosine += a->x[j] * o->y.p[k].x;
    }
    const struct view *v = &a->m->knowledge, *l = &a->m->latent;
    const struct result_points *p = &o->points;
    for (uint32_t i = 0; v->dims && i < n; i++)
        part[i].knowledge = view_alike(v, a->knowledge + (size_t)i * v->stride,
                                       a->knowledge_inverse[i], p->knowledge, p->knowledge_inverse);
    for (uint32_t i = 0; l->dims && i < n; i++)
        part[i].latent = view_alike(l, a->latent + (size_t)i * l->stride, a->latent_inverse[i],
                                    p->latent, p->latent_inverse);
}
