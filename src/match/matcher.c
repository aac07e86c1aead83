#include "match/match.h"

#include "base/map.h"
#include "base/pool.h"

#include <math.h>
#include <stdlib.h>

/* Settings measured best in docs/matching.md: the first for Chinese, the second for English. */
static const struct match_params chinese = {
    .single = 1.5, .title = 3, .k1 = 2, .b = .75, .idf_power = .5, .damp = .5, .word_pairs = false};
static const struct match_params english = {
    .single = 0, .title = 1, .k1 = 2, .b = .75, .idf_power = 1, .damp = 0, .word_pairs = true};

#define SAMPLE     1000u /* texts that decide the language of a collection */
#define DAMP_NEEDS 100.0 /* needs from which on their statistics are trusted whole */

struct matcher {
    struct match_source results, needs;
    struct match_params params;
    struct map need_df; /* in how many needs a term stands */
    double damp;        /* params.damp, less where there are few needs */
    struct index *ix;
};

static unsigned flags_of(const struct matcher *m)
{
    return m->params.word_pairs ? TERMS_WORDPAIRS : 0;
}

/* A collection is English when, over evenly spaced texts, fewer than a fifth of the term
 * occurrences are Chinese. */
static enum rc choose_params(struct matcher *m, struct err *e)
{
    vec_token t = {0};
    uint64_t han = 0, all = 0;
    uint32_t step = m->results.n / SAMPLE + 1;
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < m->results.n; i += step) {
        t.n = 0;
        rc = terms_read(&t, m->results.text(m->results.ctx, i).text, 0, e);
        for (size_t k = 0; rc == RC_OK && k < t.n; k++) {
            all += term_class(t.p[k].key) == TERM_SINGLE;
            han += term_class(t.p[k].key) == TERM_SINGLE && term_is_han(t.p[k].key);
        }
    }
    vec_free(&t);
    m->params = all && han * 5 < all ? english : chinese;
    return rc;
}

/* ---- weights ---- */

static double idf(double n, double df)
{
    return log(1 + (n - df + .5) / (df + .5));
}

static double weight(void *ctx, uint64_t key, uint32_t df, uint32_t ndocs)
{
    const struct matcher *m = ctx;
    const struct match_params *p = &m->params;
    double w = pow(idf(ndocs, df), p->idf_power);
    if (term_class(key) == TERM_SINGLE)
        w *= p->single;
    if (m->damp > 0) {
        const uint32_t *in = map_get(&m->need_df, key);
        double n = m->needs.n;
        double d = idf(n, in ? *in : 0) / idf(n, 0);
        w *= pow(fmin(1, fmax(d, 1e-6)), m->damp);
    }
    return w;
}

static enum rc count_need(struct matcher *m, struct str text, vec_token *t, vec_term_count *c,
                          struct err *e)
{
    t->n = 0;
    TRY(terms_read(t, text, flags_of(m), e));
    TRY(terms_count(c, t, e));
    for (size_t i = 0; i < c->n; i++) {
        uint32_t *df = map_put(&m->need_df, c->p[i].key, 0);
        if (!df)
            return err_nomem(e);
        ++*df;
    }
    return RC_OK;
}

static enum rc count_needs(struct matcher *m, struct err *e)
{
    m->damp = m->params.damp * fmin(1, m->needs.n / DAMP_NEEDS);
    vec_token t = {0};
    vec_term_count c = {0};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && m->damp > 0 && i < m->needs.n; i++)
        rc = count_need(m, m->needs.text(m->needs.ctx, i).text, &t, &c, e);
    vec_free(&t);
    vec_free(&c);
    return rc;
}

/* ---- results ---- */

struct reading {
    const struct matcher *m;
    vec_token *tokens; /* one a worker */
};

static enum rc read_result(void *ctx, uint32_t doc, unsigned worker, vec_key *out, struct err *e)
{
    struct reading *r = ctx;
    vec_token *t = &r->tokens[worker];
    t->n = 0;
    TRY(terms_read(t, r->m->results.text(r->m->results.ctx, doc).text, flags_of(r->m), e));
    TRY(vec_reserve(out, t->n, e));
    for (size_t i = 0; i < t->n; i++)
        out->p[out->n++] = t->p[i].key;
    return RC_OK;
}

static enum rc build_index(struct matcher *m, unsigned threads, struct err *e)
{
    struct reading r = {m, mem_calloc(threads, sizeof *r.tokens)};
    if (!r.tokens)
        return err_nomem(e);
    struct index_scheme scheme = {m->params.k1, m->params.b, weight, m};
    enum rc rc = index_build(&m->ix, m->results.n, read_result, &r, &scheme, threads, e);
    for (unsigned i = 0; i < threads; i++)
        vec_free(&r.tokens[i]);
    mem_free(r.tokens);
    return rc;
}

enum rc matcher_open(struct matcher **out, struct match_source results, struct match_source needs,
                     unsigned threads, struct err *e)
{
    struct matcher *m = mem_calloc(1, sizeof *m);
    if (!m)
        return err_nomem(e);
    m->results = results;
    m->needs = needs;
    enum rc rc = choose_params(m, e);
    if (rc == RC_OK)
        rc = count_needs(m, e);
    if (rc == RC_OK)
        rc = build_index(m, threads, e);
    if (rc != RC_OK) {
        matcher_close(m);
        return rc;
    }
    *out = m;
    return RC_OK;
}

void matcher_close(struct matcher *m)
{
    if (!m)
        return;
    map_free(&m->need_df);
    index_close(m->ix);
    mem_free(m);
}

const struct match_params *matcher_params(const struct matcher *m)
{
    return &m->params;
}

const struct index *matcher_index(const struct matcher *m)
{
    return m->ix;
}

/* ---- needs ---- */

/* Add a part's terms, tf logarithmic, to `out`; its keys rise and merge. */
static enum rc add_part(vec_weight *out, struct str text, double times, unsigned flags,
                        struct err *e)
{
    vec_token t = {0};
    vec_term_count c = {0};
    vec_weight merged = {0};
    enum rc rc;
    GOTO_OUT(terms_read(&t, text, flags, e));
    GOTO_OUT(terms_count(&c, &t, e));
    GOTO_OUT(vec_reserve(&merged, out->n + c.n, e));
    for (size_t i = 0, j = 0; i < out->n || j < c.n;) {
        uint64_t a = i < out->n ? out->p[i].key : UINT64_MAX;
        uint64_t b = j < c.n ? c.p[j].key : UINT64_MAX;
        struct index_weight w = {MIN(a, b), 0};
        if (i < out->n && a == w.key)
            w.x += out->p[i++].x;
        if (j < c.n && b == w.key)
            w.x += times * (1 + log(c.p[j++].tf));
        merged.p[merged.n++] = w;
    }
    vec_free(out);
    *out = merged;
    merged = (vec_weight){0};
out:
    vec_free(&t);
    vec_free(&c);
    vec_free(&merged);
    return rc;
}

enum rc matcher_profile(const struct matcher *m, struct match_text need, vec_weight *out,
                        struct err *e)
{
    out->n = 0;
    unsigned flags = flags_of(m);
    TRY(add_part(out, str_sub(need.text, 0, need.title), m->params.title, flags, e));
    TRY(add_part(out, str_sub(need.text, need.title, need.text.n), 1, flags, e));
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++) {
        struct index_weight w = out->p[i];
        w.x *= weight((void *)(uintptr_t)m, w.key, index_df(m->ix, w.key), m->results.n);
        sum += w.x * w.x;
        if (w.x > 0)
            out->p[n++] = w;
    }
    out->n = n;
    for (size_t i = 0; i < n; i++)
        out->p[i].x /= sqrt(sum);
    return RC_OK;
}

struct match_text matcher_need(const struct matcher *m, uint32_t need)
{
    return m->needs.text(m->needs.ctx, need);
}

struct match_text matcher_result(const struct matcher *m, uint32_t result)
{
    return m->results.text(m->results.ctx, result);
}

static int entry_by_key(const void *x, const void *y)
{
    uint64_t a = ((const struct index_entry *)x)->key, b = ((const struct index_entry *)y)->key;
    return (a > b) - (a < b);
}

/* How often each term of the whole need stands in it, keys rising. */
static enum rc need_counts(const struct matcher *m, struct match_text need, vec_term_count *out,
                           struct err *e)
{
    vec_token t = {0};
    enum rc rc = terms_read(&t, need.text, flags_of(m), e);
    if (rc == RC_OK)
        rc = terms_count(out, &t, e);
    vec_free(&t);
    return rc;
}

static enum rc join_products(const vec_weight *x, const vec_term_count *tf, const vec_entry *y,
                             vec_product *out, double *sum, struct err *e)
{
    size_t t = 0;
    for (size_t i = 0, j = 0; i < x->n && j < y->n;) {
        uint64_t a = x->p[i].key, b = y->p[j].key;
        if (a == b) {
            while (t < tf->n && tf->p[t].key < a)
                t++;
            uint32_t n = t < tf->n && tf->p[t].key == a ? tf->p[t].tf : 1;
            struct product p = {a, n, y->p[j].tf, x->p[i].x, y->p[j].y};
            TRY(vec_push(out, p, e));
            *sum += p.x * p.y;
        }
        i += a <= b;
        j += b <= a;
    }
    return RC_OK;
}

enum rc matcher_products(const struct matcher *m, uint32_t need, uint32_t result, vec_product *out,
                         double *sum, struct err *e)
{
    vec_weight x = {0};
    vec_entry y = {0};
    vec_term_count tf = {0};
    struct match_text text = matcher_need(m, need);
    enum rc rc;
    out->n = 0;
    *sum = 0;
    GOTO_OUT(matcher_profile(m, text, &x, e));
    GOTO_OUT(need_counts(m, text, &tf, e));
    GOTO_OUT(index_doc_vector(m->ix, result, &y, e));
    if (y.n)
        qsort(y.p, y.n, sizeof *y.p, entry_by_key);
    rc = join_products(&x, &tf, &y, out, sum, e);
out:
    vec_free(&x);
    vec_free(&y);
    vec_free(&tf);
    return rc;
}

struct profiling {
    const struct matcher *m;
    uint32_t first;
    vec_weight *profile;
};

static enum rc profile_step(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    struct profiling *p = ctx;
    struct match_text need = p->m->needs.text(p->m->needs.ctx, p->first + (uint32_t)i);
    return matcher_profile(p->m, need, &p->profile[i], e);
}

enum rc matcher_top(const struct matcher *m, uint32_t first, uint32_t n, uint32_t k,
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
