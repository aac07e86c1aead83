#include "match/matcher_int.h"
#include "text/english.h"

#include <math.h>
#include <stdlib.h>

/* Settings measured best in docs/match.md: the first for Chinese, the second for English. The
 * concept table is Chinese in the main, so English goes without. */
const struct match_params match_chinese = {.single = 1.5,
                                           .title = 3,
                                           .k1 = 2,
                                           .b = .75,
                                           .idf_power = .5,
                                           .damp = .5,
                                           .english = false,
                                           .mix = {1, .4, .2}};
const struct match_params match_english = {.single = 0,
                                           .title = 1,
                                           .k1 = 2,
                                           .b = .75,
                                           .idf_power = 1,
                                           .damp = 0,
                                           .english = true,
                                           .mix = {.5, 0, .5}};

#define SAMPLE     1000u /* texts that decide the language of a collection */
#define DAMP_NEEDS 100.0 /* needs from which on their statistics are trusted whole */

/* Among Chinese texts English function words are rare, and would count as telling. */
static enum rc note_function_words(struct matcher *m, struct err *e)
{
    for (size_t i = 0; !m->params.english && i < function_words_n; i++) {
        struct str word = str_of(function_words[i]);
        if (!map_put(&m->silent, term_word(word, TERM_PAIR), 1) ||
            !map_put(&m->silent, term_word(word, TERM_SINGLE), 1))
            return err_nomem(e);
    }
    return RC_OK;
}

unsigned match_flags(const struct match_params *p)
{
    return p->english ? TERMS_ENGLISH : 0;
}

unsigned matcher_flags(const struct matcher *m)
{
    return match_flags(&m->params);
}

enum rc match_params_of(const struct match_params **out, struct match_source texts, struct err *e)
{
    vec_term_at t = {0};
    uint64_t han = 0, all = 0;
    uint32_t step = texts.n / SAMPLE + 1;
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < texts.n; i += step) {
        t.n = 0;
        rc = terms_read(&t, texts.text(texts.ctx, i).text, 0, e);
        for (size_t k = 0; rc == RC_OK && k < t.n; k++) {
            all += term_class(t.p[k].key) == TERM_SINGLE;
            han += term_class(t.p[k].key) == TERM_SINGLE && term_is_han(t.p[k].key);
        }
    }
    vec_free(&t);
    *out = all && han * 5 < all ? &match_english : &match_chinese;
    return rc;
}

/* ---- weights ---- */

static double idf(double n, double df)
{
    return log(1 + (n - df + .5) / (df + .5));
}

double match_term_weight(const struct match_params *p, uint64_t key, double df, double ndocs)
{
    double w = pow(idf(ndocs, df), p->idf_power);
    return term_class(key) == TERM_SINGLE ? w * p->single : w;
}

double term_rarity(const struct matcher *m, uint64_t key)
{
    double n = m->needs.n;
    return fmin(1, fmax(idf(n, demand_df(m->demand, key)) / idf(n, 0), 1e-6));
}

static double weight(void *ctx, uint64_t key, uint32_t df, uint32_t ndocs)
{
    const struct matcher *m = ctx;
    const struct match_params *p = &m->params;
    if (map_get(&m->silent, key))
        return 0;
    double w = match_term_weight(p, key, df, ndocs);
    return m->damp > 0 ? w * pow(term_rarity(m, key), m->damp) : w;
}

double term_weight(const struct matcher *m, uint64_t key, uint32_t df)
{
    return weight((void *)(uintptr_t)m, key, df, MAX(m->results.n, df));
}

static enum rc count_needs(struct matcher *m, const struct matcher_setup *o, struct err *e)
{
    m->damp = m->params.damp * fmin(1, m->needs.n / DAMP_NEEDS);
    m->demand = o->demand && o->demand->flags == matcher_flags(m) ? o->demand : NULL;
    if (m->demand || m->damp <= 0)
        return RC_OK;
    TRY(demand_open(&m->own, m->needs, m->params.english, o->threads, e));
    m->demand = m->own;
    return RC_OK;
}

/* ---- results ---- */

struct reading {
    const struct matcher *m;
    vec_term_at *tokens; /* one a worker */
};

enum rc result_keys(struct str text, unsigned flags, vec_term_at *t, vec_key *out, struct err *e)
{
    t->n = 0;
    TRY(terms_read(t, text, flags, e));
    TRY(vec_reserve(out, t->n, e));
    for (size_t i = 0; i < t->n; i++)
        out->p[out->n++] = t->p[i].key;
    return RC_OK;
}

static enum rc read_result(void *ctx, uint32_t doc, unsigned worker, vec_key *out, struct err *e)
{
    struct reading *r = ctx;
    struct str text = r->m->results.text(r->m->results.ctx, doc).text;
    return result_keys(text, matcher_flags(r->m), &r->tokens[worker], out, e);
}

static enum rc build_index(struct matcher *m, struct index_early *early, unsigned threads,
                           struct err *e)
{
    struct reading r = {m, mem_calloc(threads, sizeof *r.tokens)};
    if (!r.tokens)
        return err_nomem(e);
    struct index_scheme scheme = {m->params.k1, m->params.b, weight, m};
    enum rc rc =
        index_build_early(&m->ix, early, m->results.n, read_result, &r, &scheme, threads, e);
    for (unsigned i = 0; i < threads; i++)
        vec_free(&r.tokens[i]);
    mem_free(r.tokens);
    return rc;
}

enum rc matcher_open_with(struct matcher **out, struct match_source results,
                          const struct matcher_setup *o, struct err *e)
{
    struct matcher *m = mem_calloc(1, sizeof *m);
    if (!m)
        return err_nomem(e);
    m->results = results;
    m->needs = o->needs;
    m->know = o->know;
    m->light = o->light;
    const struct match_params *params = &match_chinese;
    enum rc rc = match_params_of(&params, results, e);
    m->params = *params;
    if (rc == RC_OK)
        rc = note_function_words(m, e);
    if (rc == RC_OK)
        rc = count_needs(m, o, e);
    if (rc == RC_OK)
        rc = build_index(m, early_index(o->early, m), o->threads, e);
    if (rc == RC_OK)
        rc = views_open(m, o->threads, e);
    if (rc != RC_OK) {
        matcher_close(m);
        return rc;
    }
    *out = m;
    return RC_OK;
}

enum rc matcher_open(struct matcher **out, struct match_source results, struct match_source needs,
                     const struct knowledge *know, unsigned threads, struct err *e)
{
    struct matcher_setup o = {.needs = needs, .know = know, .threads = threads};
    return matcher_open_with(out, results, &o, e);
}

void matcher_close(struct matcher *m)
{
    if (!m)
        return;
    demand_close(m->own);
    map_free(&m->silent);
    view_release(&m->knowledge);
    view_release(&m->latent);
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
static enum rc add_part(vec_need_term *out, struct str text, double times, unsigned flags,
                        struct err *e)
{
    vec_term_at t = {0};
    vec_term_count c = {0};
    vec_need_term merged = {0};
    enum rc rc;
    GOTO_OUT(terms_read(&t, text, flags, e));
    GOTO_OUT(terms_count(&c, &t, e));
    GOTO_OUT(vec_reserve(&merged, out->n + c.n, e));
    for (size_t i = 0, j = 0; i < out->n || j < c.n;) {
        uint64_t a = i < out->n ? out->p[i].key : UINT64_MAX;
        uint64_t b = j < c.n ? c.p[j].key : UINT64_MAX;
        struct need_term w = {MIN(a, b), 0, 0};
        if (i < out->n && a == w.key)
            w.tf += out->p[i++].tf;
        if (j < c.n && b == w.key)
            w.tf += times * (1 + log(c.p[j++].tf));
        merged.p[merged.n++] = w;
    }
    vec_free(out);
    *out = merged;
    merged = (vec_need_term){0};
out:
    vec_free(&t);
    vec_free(&c);
    vec_free(&merged);
    return rc;
}

enum rc need_terms(const struct matcher *m, struct match_text need, vec_need_term *out,
                   struct err *e)
{
    out->n = 0;
    unsigned flags = matcher_flags(m);
    TRY(add_part(out, str_sub(need.text, 0, need.title), m->params.title, flags, e));
    TRY(add_part(out, str_sub(need.text, need.title, need.text.n), 1, flags, e));
    for (size_t i = 0; i < out->n; i++) {
        uint64_t key = out->p[i].key;
        out->p[i].w = term_weight(m, key, index_df(m->ix, key));
    }
    return RC_OK;
}

enum rc need_vector(const vec_need_term *terms, vec_weight *out, struct err *e)
{
    double sum = 0;
    out->n = 0;
    for (size_t i = 0; i < terms->n; i++) {
        struct index_weight w = {terms->p[i].key, terms->p[i].tf * terms->p[i].w};
        sum += w.x * w.x;
        if (w.x > 0)
            TRY(vec_push(out, w, e));
    }
    for (size_t i = 0; i < out->n; i++)
        out->p[i].x /= sqrt(sum);
    return RC_OK;
}

enum rc matcher_profile(const struct matcher *m, struct match_text need, vec_weight *out,
                        struct err *e)
{
    vec_need_term terms = {0};
    enum rc rc = need_terms(m, need, &terms, e);
    if (rc == RC_OK)
        rc = need_vector(&terms, out, e);
    vec_free(&terms);
    return rc;
}

struct match_text matcher_need(const struct matcher *m, uint32_t need)
{
    return m->needs.text(m->needs.ctx, need);
}

struct match_text matcher_result(const struct matcher *m, uint32_t result)
{
    return m->results.text(m->results.ctx, result);
}
