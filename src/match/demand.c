#include "base/pool.h"
#include "base/sort.h"
#include "match/matcher_int.h"

#include <string.h>

struct reading {
    struct match_source needs;
    unsigned flags;
    vec_key *key; /* [needs] distinct, rising */
    struct {
        vec_term_at t;
        vec_term_count c;
    } * scratch; /* one a worker */
};

static enum rc read_need(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct reading *r = ctx;
    vec_term_at *t = &r->scratch[worker].t;
    vec_term_count *c = &r->scratch[worker].c;
    t->n = 0;
    TRY(terms_read(t, r->needs.text(r->needs.ctx, (uint32_t)i).text, r->flags, e));
    TRY(terms_count(c, t, e));
    TRY(vec_reserve(&r->key[i], c->n, e));
    for (size_t k = 0; k < c->n; k++)
        r->key[i].p[r->key[i].n++] = c->p[k].key;
    return RC_OK;
}

/* Distinct keys of sorted (key, need), and the needs of each. */
static enum rc lay_out(struct demand *d, const struct keyed *v, uint32_t n, struct err *e)
{
    for (uint32_t i = 0; i < n; i++)
        d->n += i == 0 || v[i].key != v[i - 1].key;
    d->key = mem_alloc(d->n * sizeof *d->key);
    d->from = mem_alloc(((size_t)d->n + 1) * sizeof *d->from);
    d->need = mem_alloc(n * sizeof *d->need);
    unsigned bits = d->n > 16 ? bits_of(d->n) - 2 : 1;
    d->shift = 64 - bits;
    d->bucket = mem_alloc(((1u << bits) + 1) * sizeof *d->bucket);
    if (!d->key || !d->from || !d->need || !d->bucket)
        return err_nomem(e);
    uint32_t t = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || v[i].key != v[i - 1].key) {
            d->key[t] = v[i].key;
            d->from[t++] = i;
        }
        d->need[i] = v[i].val;
    }
    d->from[d->n] = n;
    for (uint32_t b = 0, i = 0; b < 1u << bits; b++) {
        while (i < d->n && d->key[i] >> d->shift < b)
            i++;
        d->bucket[b] = i;
    }
    d->bucket[1u << bits] = d->n;
    return RC_OK;
}

static enum rc sort_all(struct demand *d, const vec_key *key, struct err *e)
{
    size_t n = 0;
    for (uint32_t i = 0; i < d->needs; i++)
        n += key[i].n;
    if (n > UINT32_MAX)
        return err_too_big(e, "match.needs", "%zu", n);
    struct keyed *v = mem_alloc(n * sizeof *v), *spare = mem_alloc(n * sizeof *spare);
    enum rc rc = v && spare ? RC_OK : err_nomem(e);
    n = 0;
    for (uint32_t i = 0; rc == RC_OK && i < d->needs; i++)
        for (size_t k = 0; k < key[i].n; k++)
            v[n++] = (struct keyed){key[i].p[k], i};
    if (rc == RC_OK) {
        sort_keyed(v, spare, n, 0, 64);
        rc = lay_out(d, v, (uint32_t)n, e);
    }
    mem_free(v);
    mem_free(spare);
    return rc;
}

enum rc demand_open(struct demand **out, struct match_source needs, bool english, unsigned threads,
                    struct err *e)
{
    struct demand *d = mem_calloc(1, sizeof *d);
    if (!d)
        return err_nomem(e);
    d->needs = needs.n;
    d->flags = english ? TERMS_ENGLISH : 0;
    struct reading r = {.needs = needs, .flags = d->flags};
    r.key = mem_calloc(needs.n, sizeof *r.key);
    r.scratch = mem_calloc(threads, sizeof *r.scratch);
    enum rc rc = r.key && r.scratch ? RC_OK : err_nomem(e);
    if (rc == RC_OK)
        rc = pool_run(threads, needs.n, read_need, &r, e);
    if (rc == RC_OK)
        rc = sort_all(d, r.key, e);
    for (uint32_t i = 0; r.key && i < needs.n; i++)
        vec_free(&r.key[i]);
    for (unsigned i = 0; r.scratch && i < threads; i++) {
        vec_free(&r.scratch[i].t);
        vec_free(&r.scratch[i].c);
    }
    mem_free(r.key);
    mem_free(r.scratch);
    if (rc == RC_OK)
        *out = d;
    else
        demand_close(d);
    return rc;
}

void demand_close(struct demand *d)
{
    if (!d)
        return;
    mem_free(d->key);
    mem_free(d->bucket);
    mem_free(d->from);
    mem_free(d->need);
    mem_free(d);
}

uint32_t demand_find(const struct demand *d, uint64_t key)
{
    const uint32_t *b = &d->bucket[key >> d->shift];
    for (uint32_t i = b[0]; i < b[1]; i++)
        if (d->key[i] == key)
            return i;
    return UINT32_MAX;
}

uint32_t demand_df(const struct demand *d, uint64_t key)
{
    uint32_t t = demand_find(d, key);
    return t == UINT32_MAX ? 0 : d->from[t + 1] - d->from[t];
}
