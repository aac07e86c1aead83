/* The terms that a need and a result share, and what each brings. */
#include "match/matcher_int.h"

#include <stdlib.h>

/* How often each term of the vector stands in the whole need. */
static enum rc count_terms(struct ready *r, const struct matcher *m, struct str text, struct err *e)
{
    vec_term_at t = {0};
    vec_term_count c = {0};
    enum rc rc;
    GOTO_OUT(terms_read(&t, text, matcher_flags(m), e));
    GOTO_OUT(terms_count(&c, &t, e));
    GOTO_OUT(vec_reserve(&r->tf, r->x.n, e));
    for (size_t i = 0, k = 0; i < r->x.n; i++) {
        while (k < c.n && c.p[k].key < r->x.p[i].key)
            k++;
        r->tf.p[r->tf.n++] = k < c.n && c.p[k].key == r->x.p[i].key ? c.p[k].tf : 1;
    }
out:
    vec_free(&t);
    vec_free(&c);
    return rc;
}

static int by_number(const void *x, const void *y)
{
    uint32_t a = ((const struct ready_term *)x)->number, b = ((const struct ready_term *)y)->number;
    return (a > b) - (a < b);
}

static enum rc find_numbers(struct ready *r, const struct matcher *m, struct err *e)
{
    vec_term_number v = {0};
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < r->x.n; i++) {
        v.n = 0;
        rc = index_term_numbers(m->ix, r->x.p[i].key, &v, e);
        for (size_t k = 0; rc == RC_OK && k < v.n; k++)
            rc = vec_push(&r->term, ((struct ready_term){v.p[k], (uint32_t)i}), e);
    }
    vec_free(&v);
    if (r->term.n)
        qsort(r->term.p, r->term.n, sizeof *r->term.p, by_number);
    return rc;
}

enum rc ready_make(struct ready *r, const struct matcher *m, uint32_t need, struct err *e)
{
    struct match_text text = matcher_need(m, need);
    r->tf.n = r->term.n = 0;
    TRY(matcher_profile(m, text, &r->x, e));
    TRY(count_terms(r, m, text.text, e));
    return find_numbers(r, m, e);
}

void ready_free(struct ready *r)
{
    vec_free(&r->x);
    vec_free(&r->tf);
    vec_free(&r->term);
}

static int by_key(const void *x, const void *y)
{
    uint64_t a = ((const struct product *)x)->key, b = ((const struct product *)y)->key;
    return (a > b) - (a < b);
}

/* The result's terms and the need's, both by rising number. */
static enum rc join(const struct ready *r, const vec_index_entry *y, vec_product *out,
                    struct err *e)
{
    TRY(vec_reserve(out, MIN(r->term.n, y->n), e));
    for (size_t i = 0, j = 0; i < r->term.n && j < y->n;) {
        uint32_t a = r->term.p[i].number, b = y->p[j].number;
        if (a == b) {
            const struct index_weight *x = &r->x.p[r->term.p[i].place];
            out->p[out->n++] =
                (struct product){x->key, r->tf.p[r->term.p[i].place], y->p[j].tf, x->x, y->p[j].y};
        }
        i += a <= b;
        j += b <= a;
    }
    return RC_OK;
}

enum rc ready_products(const struct ready *r, const struct matcher *m, uint32_t result,
                       vec_product *out, double *sum, struct err *e)
{
    vec_index_entry y = {0};
    out->n = 0;
    *sum = 0;
    enum rc rc = index_doc_vector(m->ix, result, &y, e);
    if (rc == RC_OK)
        rc = join(r, &y, out, e);
    vec_free(&y);
    TRY(rc);
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, by_key);
    for (size_t i = 0; i < out->n; i++)
        *sum += out->p[i].x * out->p[i].y;
    return RC_OK;
}

enum rc matcher_products(const struct matcher *m, uint32_t need, uint32_t result, vec_product *out,
                         double *sum, struct err *e)
{
    struct ready r = {0};
    enum rc rc = ready_make(&r, m, need, e);
    if (rc == RC_OK)
        rc = ready_products(&r, m, result, out, sum, e);
    ready_free(&r);
    return rc;
}
