/* The second pass of building: one vocabulary of a segment's chunks, and the ids of its terms. */
#include "base/sort.h"
#include "index/collect.h"

void vocab_free(struct vocab *v)
{
    map_free(&v->place);
    vec_free(&v->key);
    vec_free(&v->df);
}

static enum rc add_term(struct vocab *v, uint64_t key, uint32_t df, uint32_t *place, struct err *e)
{
    uint32_t *at = map_put(&v->place, key, (uint32_t)v->key.n);
    if (!at)
        return err_nomem(e);
    *place = *at;
    if (*at < v->key.n) {
        v->df.p[*at] += df;
        return RC_OK;
    }
    TRY(vec_push(&v->key, key, e));
    return vec_push(&v->df, df, e);
}

enum rc vocab_add(struct vocab *v, struct chunk *c, struct err *e)
{
    c->id = mem_alloc(c->key.n * sizeof *c->id);
    if (!c->id)
        return err_nomem(e);
    for (size_t t = 0; t < c->key.n; t++) {
        if (t + AHEAD < c->key.n)
            map_prefetch(&v->place, c->key.p[t + AHEAD]);
        TRY(add_term(v, c->key.p[t], c->df.p[t], &c->id[t], e));
    }
    v->chunks++;
    return RC_OK;
}

/* Few keys agree in their top bits: most of the order is found by these, the rest by insertion. */
#define TOP_BITS 33u

static void sort_by_key(struct keyed *v, struct keyed *spare, uint32_t n)
{
    sort_keyed(v, spare, n, 64 - TOP_BITS, 64);
    for (uint32_t i = 1; i < n; i++) {
        struct keyed x = v[i];
        uint32_t k = i;
        for (; k && v[k - 1].key > x.key; k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

/* Sort by key, then, stably, by df. */
static void give_ids(const struct vocab *from, struct forward *f, struct keyed *v,
                     struct keyed *spare, uint32_t *id_of)
{
    uint32_t n = f->nterms, most = 0;
    for (uint32_t i = 0; i < n; i++) {
        v[i] = (struct keyed){from->key.p[i], i};
        most = MAX(most, from->df.p[i]);
    }
    sort_by_key(v, spare, n);
    for (uint32_t i = 0; i < n; i++) {
        f->key[i] = v[i].key;
        f->key_id[i] = v[i].val;
        v[i].key = most - from->df.p[v[i].val];
    }
    sort_keyed(v, spare, n, 0, bits_of(most));
    for (uint32_t i = 0; i < n; i++) {
        id_of[v[i].val] = i;
        f->df[i] = from->df.p[v[i].val];
    }
    for (uint32_t i = 0; i < n; i++)
        f->key_id[i] = id_of[f->key_id[i]];
}

enum rc vocab_number(struct vocab *v, struct forward *f, uint32_t **id_of, struct err *e)
{
    uint32_t n = (uint32_t)v->key.n;
    map_free(&v->place);
    struct keyed *order = mem_alloc(n * sizeof *order), *spare = mem_alloc(n * sizeof *spare);
    *id_of = mem_alloc(n * sizeof **id_of);
    f->nterms = n;
    f->key = mem_alloc(n * sizeof *f->key);
    f->key_id = mem_alloc(n * sizeof *f->key_id);
    f->df = mem_alloc(n * sizeof *f->df);
    bool room = order && spare && *id_of && f->key && f->key_id && f->df;
    if (room)
        give_ids(v, f, order, spare, *id_of);
    mem_free(order);
    mem_free(spare);
    return room ? RC_OK : err_nomem(e);
}
