#include "base/pool.h"
#include "service/engine_int.h"

#include <math.h>
#include <stdlib.h>

#define LOOKUP_K1   1.2
#define TITLE_TIMES 3    /* how often a title's terms count in searching */
#define NEAREST_ONE 1e-3 /* least weight of a term, so that none is lost */

static struct match_text text_whole(void *ctx, uint32_t i)
{
    struct doc *const *doc = ctx;
    return doc[i]->match[0];
}

/* ---- what is searched ---- */

/* Pairs and words only; single characters are looked for in the texts (engine_search.c). The
 * title's count several times. */
static enum rc search_keys(vec_key *out, vec_term_at *scratch, struct match_text t, struct err *e)
{
    scratch->n = 0;
    TRY(terms_read(scratch, t.text, 0, e));
    for (size_t i = 0; i < scratch->n; i++) {
        struct term_at x = scratch->p[i];
        if (term_class(x.key) != TERM_PAIR)
            continue;
        for (int k = x.at.from < t.title ? TITLE_TIMES : 1; k > 0; k--)
            TRY(vec_push(out, x.key, e));
    }
    return RC_OK;
}

/* idf by the public texts alone: what is hidden moves no number that a visitor sees. */
static double search_weight(void *ctx, uint64_t key, uint32_t df, uint32_t ndocs)
{
    const struct lookup *l = ctx;
    if (l->stats) {
        df = index_df(l->stats, key);
        ndocs = index_docs(l->stats);
    }
    double n = MAX(ndocs, df);
    return fmax(log(1 + (n - df + .5) / (df + .5)), NEAREST_ONE);
}

struct reading {
    const struct lookup *l;
    vec_term_at *scratch; /* one a worker */
};

static enum rc read_doc(void *ctx, uint32_t i, unsigned worker, vec_key *out, struct err *e)
{
    struct reading *r = ctx;
    return search_keys(out, &r->scratch[worker], r->l->doc[i]->search[r->l->face], e);
}

static enum rc lookup_index(struct lookup *l, unsigned threads, struct err *e)
{
    struct reading r = {l, mem_calloc(threads, sizeof *r.scratch)};
    /* b = 0: a vector does not depend on the mean length, so that a changed text is weighed alike
     */
    struct index_scheme scheme = {LOOKUP_K1, 0, search_weight, l};
    enum rc rc =
        r.scratch ? index_build(&l->ix, l->n, read_doc, &r, &scheme, threads, e) : err_nomem(e);
    for (unsigned i = 0; r.scratch && i < threads; i++)
        vec_free(&r.scratch[i]);
    mem_free(r.scratch);
    return rc;
}

static bool in_lookup(const struct doc *d, unsigned face)
{
    return face ? d->visible : d->search_masked;
}

static enum rc lookup_make(struct lookup *l, unsigned face, struct doc **doc, uint32_t n,
                           unsigned threads, struct err *e)
{
    l->face = (uint8_t)face;
    l->doc = mem_alloc(n * sizeof(struct doc *));
    if (!l->doc)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        if (in_lookup(doc[i], face))
            l->doc[l->n++] = doc_keep(doc[i]);
    return lookup_index(l, threads, e);
}

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

/* Distinct keys, rising, with how often each stands there. */
static enum rc counts_of_keys(vec_key *keys, vec_weight *out, struct err *e)
{
    TRY(vec_reserve(out, keys->n, e));
    if (keys->n)
        qsort(keys->p, keys->n, sizeof *keys->p, by_value);
    for (size_t i = 0; i < keys->n; i++) {
        if (out->n && out->p[out->n - 1].key == keys->p[i])
            out->p[out->n - 1].x++;
        else
            out->p[out->n++] = (struct index_weight){keys->p[i], 1};
    }
    return RC_OK;
}

enum rc base_search_vector(const struct base *b, struct match_text t, vec_weight *out,
                           struct err *e)
{
    vec_key keys = {0};
    vec_term_at scratch = {0};
    double sum = 0;
    out->n = 0;
    enum rc rc = search_keys(&keys, &scratch, t, e);
    struct lookup l = {.stats = b->lookup[1].ix};
    if (rc == RC_OK)
        rc = counts_of_keys(&keys, out, e);
    for (size_t i = 0; rc == RC_OK && i < out->n; i++) {
        double tf = out->p[i].x;
        out->p[i].x =
            tf * (LOOKUP_K1 + 1) / (tf + LOOKUP_K1) * search_weight(&l, out->p[i].key, 0, 0);
        sum += out->p[i].x * out->p[i].x;
    }
    for (size_t i = 0; i < out->n; i++)
        out->p[i].x /= sqrt(sum);
    vec_free(&keys);
    vec_free(&scratch);
    return rc;
}

/* ---- what is matched ---- */

static enum rc take_docs(struct base *b, struct doc **doc, uint32_t n, struct err *e)
{
    for (uint32_t i = 0; i < n; i++) {
        b->n_needs += doc[i]->kind->side == MATCH_NEED;
        if (doc[i]->kind->side == MATCH_OFFER)
            b->offers[doc[i]->kind->index].n++;
    }
    b->need = mem_alloc(b->n_needs * sizeof *b->need);
    bool room = b->need != NULL;
    for (uint32_t k = 0; k < b->n_kinds; k++) {
        b->offers[k].doc = mem_alloc(b->offers[k].n * sizeof(struct doc *));
        room = room && b->offers[k].doc;
        b->offers[k].n = 0;
    }
    b->n_needs = 0;
    if (!room)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        struct offers *o = &b->offers[doc[i]->kind->index];
        if (doc[i]->kind->side == MATCH_NEED)
            b->need[b->n_needs++] = doc_keep(doc[i]);
        if (doc[i]->kind->side != MATCH_OFFER)
            continue;
        o->doc[o->n++] = doc_keep(doc[i]);
    }
    return RC_OK;
}

static enum rc make_matchers(struct base *b, unsigned threads, struct err *e)
{
    struct match_source needs = {b->n_needs, text_whole, b->need};
    TRY(demand_open(&b->demand, needs, false, threads, e));
    struct matcher_setup setup = {
        .needs = needs, .demand = b->demand, .know = b->know, .threads = threads, .light = true};
    for (uint32_t k = 0; k < b->n_kinds; k++) {
        struct offers *o = &b->offers[k];
        if (o->kind->side != MATCH_OFFER)
            continue;
        struct match_source offers = {o->n, text_whole, o->doc};
        TRY(matcher_open_with(&o->matcher, offers, &setup, e));
        TRY(askers_open(&o->askers, o->matcher, threads, e));
    }
    return RC_OK;
}

static enum rc make_all(struct base *b, struct doc **doc, uint32_t n, unsigned threads,
                        struct err *e)
{
    TRY(take_docs(b, doc, n, e));
    TRY(make_matchers(b, threads, e));
    TRY(lookup_make(&b->lookup[1], 1, doc, n, threads, e));
    b->lookup[0].stats = b->lookup[1].ix;
    return lookup_make(&b->lookup[0], 0, doc, n, threads, e);
}

enum rc base_make(struct base **out, struct doc **doc, uint32_t n, const struct kind *const *kind,
                  uint32_t n_kinds, const struct knowledge *know, unsigned threads, struct err *e)
{
    struct base *b = mem_calloc(1, sizeof *b);
    if (!b)
        return err_nomem(e);
    b->know = know;
    b->offers = mem_calloc(n_kinds, sizeof *b->offers);
    b->n_kinds = b->offers ? n_kinds : 0;
    for (uint32_t k = 0; k < b->n_kinds; k++)
        b->offers[k].kind = kind[k];
    enum rc rc = b->offers ? make_all(b, doc, n, threads, e) : err_nomem(e);
    if (rc == RC_OK)
        *out = b;
    else
        base_close(b);
    return rc;
}

static void drop_docs(struct doc **doc, uint32_t n)
{
    for (uint32_t i = 0; doc && i < n; i++)
        doc_drop(doc[i]);
    mem_free(doc);
}

void base_close(struct base *b)
{
    if (!b)
        return;
    for (uint32_t k = 0; k < b->n_kinds; k++) {
        askers_close(b->offers[k].askers);
        matcher_close(b->offers[k].matcher);
        drop_docs(b->offers[k].doc, b->offers[k].n);
    }
    mem_free(b->offers);
    demand_close(b->demand);
    drop_docs(b->need, b->n_needs);
    for (int i = 0; i < 2; i++) {
        index_close(b->lookup[i].ix);
        drop_docs(b->lookup[i].doc, b->lookup[i].n);
    }
    mem_free(b);
}
