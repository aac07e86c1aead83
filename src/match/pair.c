#include "match/pair.h"

#include "match/matcher_int.h"

#include <math.h>
#include <stdlib.h>

enum rc asked_open(struct asked **out, const struct matcher *m, struct match_text need,
                   struct err *e)
{
    vec_need_term scratch = {0};
    struct asked *a = mem_calloc(1, sizeof *a);
    enum rc rc = a ? asked_make(a, &scratch, m, need, e) : err_nomem(e);
    vec_free(&scratch);
    if (rc == RC_OK)
        *out = a;
    else
        asked_close(a);
    return rc;
}

void asked_close(struct asked *a)
{
    if (!a)
        return;
    vec_free(&a->x);
    mem_free(a);
}

void offered_close(struct offered *o)
{
    if (!o)
        return;
    vec_free(&o->y);
    mem_free(o);
}

/* The vector of length 1, and the points, from terms whose keys rise. */
static enum rc offered_make(struct offered **out, const struct matcher *m,
                            const vec_result_term *terms, struct err *e)
{
    double sum = 0;
    for (size_t i = 0; i < terms->n; i++) {
        double y = terms->p[i].sat * terms->p[i].w;
        sum += y * y;
    }
    struct offered *o = mem_calloc(1, sizeof *o);
    enum rc rc = o ? vec_reserve(&o->y, terms->n, e) : err_nomem(e);
    for (size_t i = 0; rc == RC_OK && i < terms->n; i++) {
        double y = terms->p[i].sat * terms->p[i].w;
        if (y > 0)
            o->y.p[o->y.n++] = (struct index_weight){terms->p[i].key, y / sqrt(sum)};
    }
    if (rc != RC_OK) {
        offered_close(o);
        return rc;
    }
    views_result(m, terms, &o->points);
    *out = o;
    return RC_OK;
}

static enum rc read_terms(const struct matcher *m, struct str text, vec_result_term *out,
                          struct err *e)
{
    vec_term_at t = {0};
    vec_term_count c = {0};
    enum rc rc;
    GOTO_OUT(terms_read(&t, text, matcher_flags(m), e));
    GOTO_OUT(terms_count(&c, &t, e));
    GOTO_OUT(vec_reserve(out, c.n, e));
    for (size_t i = 0; i < c.n; i++) {
        uint32_t df = index_df(m->ix, c.p[i].key), tf = MIN(c.p[i].tf, (uint32_t)UINT16_MAX);
        out->p[out->n++] =
            (struct result_term){c.p[i].key, index_saturated(m->ix, tf, (uint32_t)t.n),
                                 term_weight(m, c.p[i].key, MAX(df, 1u))};
    }
out:
    vec_free(&t);
    vec_free(&c);
    return rc;
}

enum rc offered_open(struct offered **out, const struct matcher *m, struct match_text result,
                     struct err *e)
{
    vec_result_term terms = {0};
    enum rc rc = read_terms(m, result.text, &terms, e);
    if (rc == RC_OK)
        rc = offered_make(out, m, &terms, e);
    vec_free(&terms);
    return rc;
}

static int by_key(const void *x, const void *y)
{
    uint64_t a = ((const struct result_term *)x)->key, b = ((const struct result_term *)y)->key;
    return (a > b) - (a < b);
}

enum rc offered_held(struct offered **out, const struct matcher *m, uint32_t result, struct err *e)
{
    vec_index_entry v = {0};
    vec_result_term terms = {0};
    enum rc rc = index_doc_vector(m->ix, result, &v, e);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        uint32_t number = v.p[i].number;
        struct result_term t = {index_term_key(m->ix, number), v.p[i].sat,
                                index_term_weight(m->ix, number)};
        rc = vec_push(&terms, t, e);
    }
    if (terms.n)
        qsort(terms.p, terms.n, sizeof *terms.p, by_key);
    if (rc == RC_OK)
        rc = offered_make(out, m, &terms, e);
    vec_free(&v);
    vec_free(&terms);
    return rc;
}

struct match_parts pair_parts(const struct matcher *m, const struct asked *a,
                              const struct offered *o)
{
    struct match_parts p = {0};
    for (size_t i = 0, j = 0; i < a->x.n && j < o->y.n;) {
        uint64_t x = a->x.p[i].key, y = o->y.p[j].key;
        if (x == y)
            p.cosine += a->x.p[i].x * o->y.p[j].x;
        i += x <= y;
        j += y <= x;
    }
    views_alike(m, &a->points, &o->points, &p);
    return p;
}

static enum rc join(const struct asked *a, const struct offered *o, vec_product *out, double *sum,
                    struct err *e)
{
    for (size_t i = 0, j = 0; i < a->x.n && j < o->y.n;) {
        uint64_t x = a->x.p[i].key, y = o->y.p[j].key;
        if (x == y) {
            struct product p = {x, 0, 0, a->x.p[i].x, o->y.p[j].x};
            TRY(vec_push(out, p, e));
            *sum += p.x * p.y;
        }
        i += x <= y;
        j += y <= x;
    }
    return RC_OK;
}

enum rc pair_products(const struct matcher *m, struct match_text need, struct match_text result,
                      vec_product *out, double *sum, struct err *e)
{
    struct asked *a = NULL;
    struct offered *o = NULL;
    enum rc rc;
    out->n = 0;
    *sum = 0;
    GOTO_OUT(asked_open(&a, m, need, e));
    GOTO_OUT(offered_open(&o, m, result, e));
    rc = join(a, o, out, sum, e);
out:
    asked_close(a);
    offered_close(o);
    return rc;
}
