/* From token streams to the enduring half of a segment, in three passes:
 *   collect   chunk by chunk, in parallel: keys become chunk-local numbers (a table that fits the
 *             cache), one (number, tf) for each distinct term of a document;
 *   number    the chunks' vocabularies are merged and ids given by falling df;
 *   encode    chunk by chunk, in parallel: two counting passes (by term, then by document) leave
 *             every document's terms in rising id, which are written as gaps. */
#include "index/index_int.h"

#include "base/map.h"
#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

struct chunk {
    uint32_t first, n;   /* its documents within the segment */
    vec_key key;         /* by local number */
    VEC(uint32_t) df;    /* by local number */
    VEC(uint32_t) term;  /* the postings, document by document: local number … */
    VEC(uint16_t) tf;    /* … and occurrences, at most 65535 */
    uint32_t *start;     /* [n + 1] first posting of a document */
    uint32_t *id;        /* by local number: the segment's id */
    uint8_t *bytes;      /* the encoded documents */
    size_t nbytes;
};

struct build {
    struct forward *f;
    struct chunk *chunk;
    uint32_t nchunks, first;
    index_doc_fn doc;
    void *ctx;
    vec_key *tokens; /* one a worker */
};

static void chunk_release(struct chunk *c)
{
    vec_free(&c->key);
    vec_free(&c->df);
    vec_free(&c->term);
    vec_free(&c->tf);
    mem_free(c->start);
    mem_free(c->id);
    mem_free(c->bytes);
    c->start = NULL;
    c->id = NULL;
    c->bytes = NULL;
}

/* ---- collect ---- */

/* Where a term last occurred, so that a repeated token is found without searching. */
struct seen {
    uint32_t doc;
    uint32_t at;
};
typedef VEC(struct seen) vec_seen;

static enum rc collect_token(struct chunk *c, struct map *local, vec_seen *seen, uint64_t key,
                             uint32_t doc, struct err *e)
{
    uint32_t *number = map_put(local, key, (uint32_t)c->key.n);
    if (!number)
        return err_nomem(e);
    uint32_t t = *number;
    if (t == c->key.n) {
        TRY(vec_push(&c->key, key, e));
        TRY(vec_push(&c->df, 0u, e));
        TRY(vec_push(seen, ((struct seen){UINT32_MAX, 0}), e));
    }
    if (seen->p[t].doc == doc) {
        uint16_t *tf = &c->tf.p[seen->p[t].at];
        *tf += *tf < UINT16_MAX;
        return RC_OK;
    }
    seen->p[t] = (struct seen){doc, (uint32_t)c->term.n};
    c->df.p[t]++;
    TRY(vec_push(&c->term, t, e));
    return vec_push(&c->tf, (uint16_t)1, e);
}

static enum rc collect_docs(struct build *b, struct chunk *c, unsigned worker, struct map *local,
                            vec_seen *seen, struct err *e)
{
    vec_key *tokens = &b->tokens[worker];
    for (uint32_t d = 0; d < c->n; d++) {
        c->start[d] = (uint32_t)c->term.n;
        tokens->n = 0;
        TRY(b->doc(b->ctx, b->first + c->first + d, worker, tokens, e));
        b->f->len[c->first + d] = (uint32_t)tokens->n;
        for (size_t i = 0; i < tokens->n; i++)
            TRY(collect_token(c, local, seen, tokens->p[i], d, e));
    }
    c->start[c->n] = (uint32_t)c->term.n;
    return RC_OK;
}

static enum rc collect(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct build *b = ctx;
    struct chunk *c = &b->chunk[i];
    struct map local = {0};
    vec_seen seen = {0};
    enum rc rc = RC_OK;
    c->start = mem_calloc(c->n + 1, sizeof *c->start);
    if (!c->start)
        rc = err_nomem(e);
    if (rc == RC_OK)
        rc = collect_docs(b, c, worker, &local, &seen, e);
    map_free(&local);
    vec_free(&seen);
    return rc;
}

/* ---- number ---- */

struct vocab {
    uint64_t key;
    uint32_t df, id;
};

static int by_df(const void *x, const void *y)
{
    const struct vocab *a = x, *b = y;
    if (a->df != b->df)
        return a->df < b->df ? 1 : -1;
    return (a->key > b->key) - (a->key < b->key);
}

static int by_key(const void *x, const void *y)
{
    const struct vocab *a = x, *b = y;
    return (a->key > b->key) - (a->key < b->key);
}

/* The union of the chunks' vocabularies; chunk->id holds the place in `v` for now. */
static enum rc merge_vocab(struct build *b, struct map *all, struct err *e)
{
    for (uint32_t i = 0; i < b->nchunks; i++) {
        struct chunk *c = &b->chunk[i];
        c->id = mem_alloc(c->key.n * sizeof *c->id);
        if (!c->id)
            return err_nomem(e);
        for (size_t t = 0; t < c->key.n; t++) {
            uint32_t *place = map_put(all, c->key.p[t], (uint32_t)all->n);
            if (!place)
                return err_nomem(e);
            c->id[t] = *place;
        }
    }
    return RC_OK;
}

static void sum_df(const struct build *b, struct vocab *v)
{
    for (uint32_t i = 0; i < b->nchunks; i++) {
        const struct chunk *c = &b->chunk[i];
        for (size_t t = 0; t < c->key.n; t++) {
            v[c->id[t]].key = c->key.p[t];
            v[c->id[t]].df += c->df.p[t];
        }
    }
}

static enum rc give_ids(struct build *b, struct vocab *v, uint32_t n, struct err *e)
{
    struct forward *f = b->f;
    uint32_t *id_of = mem_alloc((size_t)n * sizeof *id_of);
    f->nterms = n;
    f->key = mem_alloc((size_t)n * sizeof *f->key);
    f->key_id = mem_alloc((size_t)n * sizeof *f->key_id);
    f->df = mem_alloc((size_t)n * sizeof *f->df);
    if (!id_of || !f->key || !f->key_id || !f->df) {
        mem_free(id_of);
        return err_nomem(e);
    }
    for (uint32_t i = 0; i < n; i++)
        v[i].id = i; /* the place in the map's order */
    qsort(v, n, sizeof *v, by_df);
    for (uint32_t i = 0; i < n; i++) {
        id_of[v[i].id] = i;
        f->df[i] = v[i].df;
        v[i].id = i;
    }
    for (uint32_t i = 0; i < b->nchunks; i++)
        for (size_t t = 0; t < b->chunk[i].key.n; t++)
            b->chunk[i].id[t] = id_of[b->chunk[i].id[t]];
    qsort(v, n, sizeof *v, by_key);
    for (uint32_t i = 0; i < n; i++) {
        f->key[i] = v[i].key;
        f->key_id[i] = v[i].id;
    }
    mem_free(id_of);
    return RC_OK;
}

static enum rc number(struct build *b, struct err *e)
{
    struct map all = {0};
    struct vocab *v = NULL;
    enum rc rc = merge_vocab(b, &all, e);
    uint32_t n = (uint32_t)all.n;
    map_free(&all);
    if (rc == RC_OK && !(v = mem_calloc(n, sizeof *v)))
        rc = err_nomem(e);
    if (rc == RC_OK) {
        sum_df(b, v);
        rc = give_ids(b, v, n, e);
    }
    mem_free(v);
    return rc;
}

/* ---- encode ---- */

struct pair {
    uint32_t id;
    uint16_t tf;
};

struct by_id {
    uint32_t id, local;
};

static int by_id_cmp(const void *x, const void *y)
{
    uint32_t a = ((const struct by_id *)x)->id, b = ((const struct by_id *)y)->id;
    return (a > b) - (a < b);
}

struct transpose {
    struct by_id *order; /* [terms] local numbers by rising id */
    uint32_t *at;        /* [terms] first place of a term's postings, then the next free one */
    uint32_t *post;      /* [postings] doc << 16 | tf, term by term */
    struct pair *out;    /* [postings] document by document, rising id */
    uint32_t *fill;      /* [docs] next free place of a document */
};

static void transpose_release(struct transpose *x)
{
    mem_free(x->order);
    mem_free(x->at);
    mem_free(x->post);
    mem_free(x->out);
    mem_free(x->fill);
}

static enum rc transpose_init(struct transpose *x, const struct chunk *c, struct err *e)
{
    *x = (struct transpose){
        .order = mem_alloc(c->key.n * sizeof *x->order),
        .at = mem_alloc((c->key.n + 1) * sizeof *x->at),
        .post = mem_alloc(c->term.n * sizeof *x->post),
        .out = mem_alloc(c->term.n * sizeof *x->out),
        .fill = mem_alloc(c->n * sizeof *x->fill),
    };
    if (x->order && x->at && x->post && x->out && x->fill)
        return RC_OK;
    transpose_release(x);
    return err_nomem(e);
}

static void by_term(struct transpose *x, const struct chunk *c)
{
    for (size_t t = 0; t < c->key.n; t++)
        x->order[t] = (struct by_id){c->id[t], (uint32_t)t};
    qsort(x->order, c->key.n, sizeof *x->order, by_id_cmp);
    uint32_t sum = 0;
    for (size_t i = 0; i < c->key.n; i++) {
        x->at[x->order[i].local] = sum;
        sum += c->df.p[x->order[i].local];
    }
    for (uint32_t d = 0; d < c->n; d++)
        for (uint32_t i = c->start[d]; i < c->start[d + 1]; i++)
            x->post[x->at[c->term.p[i]]++] = d << 16 | c->tf.p[i];
}

static void by_doc(struct transpose *x, const struct chunk *c)
{
    memcpy(x->fill, c->start, c->n * sizeof *x->fill);
    uint32_t p = 0;
    for (size_t i = 0; i < c->key.n; i++) {
        uint32_t end = p + c->df.p[x->order[i].local];
        for (; p < end; p++)
            x->out[x->fill[x->post[p] >> 16]++] =
                (struct pair){x->order[i].id, (uint16_t)x->post[p]};
    }
}

static uint8_t *leb_put(uint8_t *p, uint32_t v)
{
    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

static enum rc write_docs(struct build *b, struct chunk *c, const struct pair *out, struct err *e)
{
    uint8_t *bytes = mem_alloc((size_t)c->start[c->n] * 8 + 1); /* 5 + 3 bytes at most */
    if (!bytes)
        return err_nomem(e);
    uint8_t *p = bytes;
    for (uint32_t d = 0; d < c->n; d++) {
        uint32_t last = UINT32_MAX;
        for (uint32_t i = c->start[d]; i < c->start[d + 1]; i++) {
            p = leb_put(p, (out[i].id - last) << 1 | (out[i].tf > 1));
            if (out[i].tf > 1)
                p = leb_put(p, out[i].tf);
            last = out[i].id;
        }
        b->f->off[c->first + d + 1] = (uint64_t)(p - bytes);
    }
    c->nbytes = (size_t)(p - bytes);
    c->bytes = mem_realloc(bytes, c->nbytes);
    if (!c->bytes) {
        mem_free(bytes);
        return err_nomem(e);
    }
    return RC_OK;
}

static enum rc encode(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    struct build *b = ctx;
    struct chunk *c = &b->chunk[i];
    struct transpose x;
    TRY(transpose_init(&x, c, e));
    by_term(&x, c);
    by_doc(&x, c);
    vec_free(&c->term);
    vec_free(&c->tf);
    enum rc rc = write_docs(b, c, x.out, e);
    transpose_release(&x);
    return rc;
}

/* Lay the chunks' bytes end to end and make their offsets the segment's. */
static enum rc join(struct build *b, struct err *e)
{
    struct forward *f = b->f;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < b->nchunks; i++)
        sum += b->chunk[i].nbytes;
    f->bytes = mem_alloc(sum);
    if (!f->bytes)
        return err_nomem(e);
    sum = 0;
    f->off[0] = 0;
    for (uint32_t i = 0; i < b->nchunks; i++) {
        struct chunk *c = &b->chunk[i];
        if (c->nbytes)
            memcpy(f->bytes + sum, c->bytes, c->nbytes);
        for (uint32_t d = 0; d < c->n; d++)
            f->off[c->first + d + 1] += sum;
        sum += c->nbytes;
        chunk_release(c);
    }
    return RC_OK;
}

static void totals(struct forward *f)
{
    for (uint32_t d = 0; d < f->ndocs; d++) {
        f->ntokens += f->len[d];
        f->nonempty += f->len[d] > 0;
    }
    for (uint32_t t = 0; t < f->nterms; t++)
        f->npostings += f->df[t];
}

static enum rc build_passes(struct build *b, unsigned threads, struct err *e)
{
    TRY(pool_run(threads, b->nchunks, collect, b, e));
    TRY(number(b, e));
    TRY(pool_run(threads, b->nchunks, encode, b, e));
    TRY(join(b, e));
    totals(b->f);
    return RC_OK;
}

static enum rc build_init(struct build *b, struct forward *out, uint32_t n, unsigned threads,
                          struct err *e)
{
    out->ndocs = n;
    out->len = mem_calloc(n, sizeof *out->len);
    out->off = mem_calloc((size_t)n + 1, sizeof *out->off);
    b->nchunks = (n + CHUNK_DOCS - 1) / CHUNK_DOCS;
    b->chunk = mem_calloc(b->nchunks, sizeof *b->chunk);
    b->tokens = mem_calloc(threads, sizeof *b->tokens);
    if (!out->len || !out->off || !b->chunk || !b->tokens)
        return err_nomem(e);
    for (uint32_t i = 0; i < b->nchunks; i++) {
        b->chunk[i].first = i * CHUNK_DOCS;
        b->chunk[i].n = MIN(CHUNK_DOCS, n - i * CHUNK_DOCS);
    }
    return RC_OK;
}

enum rc forward_build(struct forward *out, uint32_t first, uint32_t n, index_doc_fn doc, void *ctx,
                      unsigned threads, struct err *e)
{
    *out = (struct forward){0};
    struct build b = {.f = out, .first = first, .doc = doc, .ctx = ctx};
    enum rc rc = build_init(&b, out, n, threads, e);
    if (rc == RC_OK)
        rc = build_passes(&b, threads, e);
    for (uint32_t i = 0; b.chunk && i < b.nchunks; i++)
        chunk_release(&b.chunk[i]);
    for (unsigned w = 0; b.tokens && w < threads; w++)
        vec_free(&b.tokens[w]);
    mem_free(b.chunk);
    mem_free(b.tokens);
    if (rc != RC_OK)
        forward_release(out);
    return rc;
}

void forward_release(struct forward *f)
{
    mem_free(f->key);
    mem_free(f->key_id);
    mem_free(f->df);
    mem_free(f->len);
    mem_free(f->off);
    mem_free(f->bytes);
    *f = (struct forward){0};
}

uint32_t forward_find(const struct forward *f, uint64_t key)
{
    if (!f->nterms)
        return UINT32_MAX;
    /* Uniform keys: the i-th of n lies near i/n of the range, within about sqrt(n). */
    uint32_t lo = 0, hi = f->nterms;
    uint32_t guess = (uint32_t)(((unsigned __int128)key * f->nterms) >> 64);
    uint32_t step = 16;
    if (f->key[guess] <= key) {
        lo = guess;
        while (lo + step < hi && f->key[lo + step] <= key) {
            lo += step;
            step *= 2;
        }
        hi = MIN(hi, lo + step);
    } else {
        hi = guess;
        while (hi > step && f->key[hi - step] > key) {
            hi -= step;
            step *= 2;
        }
        lo = hi > step ? hi - step : 0;
    }
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (f->key[mid] <= key)
            lo = mid;
        else
            hi = mid;
    }
    return f->key[lo] == key ? f->key_id[lo] : UINT32_MAX;
}
