/* From token streams to the enduring half of a segment, in three passes:
 *   collect   chunk by chunk, in parallel: keys become chunk-local numbers (a table that fits the
 *             cache), one (number, tf) for each distinct term of a document;
 *   number    the chunks' vocabularies are merged and ids given by falling df;
 *   encode    chunk by chunk, in parallel: two counting passes (by term, then by document) leave
 *             every document's terms in rising id, which are written as gaps. */
#include "index/collect.h"

#include "base/map.h"
#include "base/pool.h"
#include "base/sort.h"

#include <string.h>

struct build {
    struct forward *f;
    struct chunk *chunk;
    uint32_t nchunks, first;
    index_doc_fn doc;
    void *ctx;
    vec_key *tokens;     /* one a worker */
    struct table *table; /* one a worker, while collecting */
};

/* ---- collect ---- */

static enum rc collect(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct build *b = ctx;
    struct chunk *c = &b->chunk[i];
    struct source from = {b->doc,           b->ctx, b->first + c->first, worker, &b->tokens[worker],
                          &b->table[worker]};
    if (!c->len) /* not counted early */
        TRY(chunk_collect(c, &from, e));
    memcpy(b->f->len + c->first, c->len, c->n * sizeof *c->len);
    return RC_OK;
}

static enum rc collect_all(struct build *b, unsigned threads, struct err *e)
{
    b->table = mem_calloc(threads, sizeof *b->table);
    if (!b->table)
        return err_nomem(e);
    enum rc rc = pool_run(threads, b->nchunks, collect, b, e);
    for (unsigned i = 0; i < threads; i++)
        mem_free(b->table[i].slot);
    mem_free(b->table);
    return rc;
}

/* Use what was counted early, where the segment is cut into the same chunks. */
static void take_early(struct build *b, struct index_early *x)
{
    for (uint32_t i = 0; x && b->first % CHUNK_DOCS == 0 && i < b->nchunks; i++) {
        size_t at = b->first / CHUNK_DOCS + i;
        if (at >= x->chunk.n || b->chunk[i].n != CHUNK_DOCS)
            continue;
        uint32_t first = b->chunk[i].first;
        b->chunk[i] = x->chunk.p[at];
        b->chunk[i].first = first;
        x->chunk.p[at] = (struct chunk){0};
    }
}

/* ---- number ---- */

/* The union of the chunks' vocabularies; chunk->id holds the place in `v` for now. */
static enum rc merge_vocab(struct build *b, struct map *all, struct err *e)
{
    for (uint32_t i = 0; i < b->nchunks; i++) {
        struct chunk *c = &b->chunk[i];
        c->id = mem_alloc(c->key.n * sizeof *c->id);
        if (!c->id)
            return err_nomem(e);
        for (size_t t = 0; t < c->key.n; t++) {
            if (t + AHEAD < c->key.n)
                map_prefetch(all, c->key.p[t + AHEAD]);
            uint32_t *place = map_put(all, c->key.p[t], (uint32_t)all->n);
            if (!place)
                return err_nomem(e);
            c->id[t] = *place;
        }
    }
    return RC_OK;
}

/* key and df of every place of the merged vocabulary. */
static void sum_df(const struct build *b, struct keyed *v, uint32_t *df)
{
    for (uint32_t i = 0; i < b->nchunks; i++) {
        const struct chunk *c = &b->chunk[i];
        for (size_t t = 0; t < c->key.n; t++) {
            v[c->id[t]].key = c->key.p[t];
            df[c->id[t]] += c->df.p[t];
        }
    }
}

/* Give ids by falling df, then rising key: sort by key, then, stably, by df. `df` is by place
 * in the merged vocabulary; `id_of` gets the id of each place. */
static void give_ids(struct forward *f, struct keyed *v, struct keyed *spare, const uint32_t *df,
                     uint32_t *id_of)
{
    uint32_t n = f->nterms;
    for (uint32_t i = 0; i < n; i++)
        v[i].val = i;
    sort_keyed(v, spare, n, 0, 64);
    for (uint32_t i = 0; i < n; i++) {
        f->key[i] = v[i].key;
        f->key_id[i] = v[i].val;
        v[i].key = UINT32_MAX - df[v[i].val];
    }
    sort_keyed(v, spare, n, 0, 32);
    for (uint32_t i = 0; i < n; i++) {
        id_of[v[i].val] = i;
        f->df[i] = df[v[i].val];
    }
    for (uint32_t i = 0; i < n; i++)
        f->key_id[i] = id_of[f->key_id[i]];
}

static enum rc number_terms(struct build *b, uint32_t n, struct err *e)
{
    struct forward *f = b->f;
    struct keyed *v = mem_alloc(n * sizeof *v), *spare = mem_alloc(n * sizeof *spare);
    uint32_t *df = mem_calloc(n, sizeof *df), *id_of = mem_alloc(n * sizeof *id_of);
    f->nterms = n;
    f->key = mem_alloc(n * sizeof *f->key);
    f->key_id = mem_alloc(n * sizeof *f->key_id);
    f->df = mem_alloc(n * sizeof *f->df);
    enum rc rc = v && spare && df && id_of && f->key && f->key_id && f->df ? RC_OK : err_nomem(e);
    if (rc == RC_OK) {
        sum_df(b, v, df);
        give_ids(f, v, spare, df, id_of);
        for (uint32_t i = 0; i < b->nchunks; i++)
            for (size_t t = 0; t < b->chunk[i].key.n; t++)
                b->chunk[i].id[t] = id_of[b->chunk[i].id[t]];
    }
    mem_free(v);
    mem_free(spare);
    mem_free(df);
    mem_free(id_of);
    return rc;
}

static enum rc number(struct build *b, struct err *e)
{
    struct map all = {0};
    enum rc rc = merge_vocab(b, &all, e);
    uint32_t n = (uint32_t)all.n;
    map_free(&all);
    return rc == RC_OK ? number_terms(b, n, e) : rc;
}

/* ---- encode ---- */

struct pair {
    uint32_t id;
    uint16_t tf;
};

struct transpose {
    struct keyed *order; /* [terms] (id, local number) by rising id */
    struct keyed *spare;
    uint32_t *at;     /* [terms] first place of a term's postings, then the next free one */
    uint32_t *post;   /* [postings] doc << 16 | tf, term by term */
    struct pair *out; /* [postings] document by document, rising id */
    uint32_t *fill;   /* [docs] next free place of a document */
};

static void transpose_release(struct transpose *x)
{
    mem_free(x->order);
    mem_free(x->spare);
    mem_free(x->at);
    mem_free(x->post);
    mem_free(x->out);
    mem_free(x->fill);
}

static enum rc transpose_init(struct transpose *x, const struct chunk *c, struct err *e)
{
    *x = (struct transpose){
        .order = mem_alloc(c->key.n * sizeof *x->order),
        .spare = mem_alloc(c->key.n * sizeof *x->spare),
        .at = mem_alloc((c->key.n + 1) * sizeof *x->at),
        .post = mem_alloc(c->term.n * sizeof *x->post),
        .out = mem_alloc(c->term.n * sizeof *x->out),
        .fill = mem_alloc(c->n * sizeof *x->fill),
    };
    if (x->order && x->spare && x->at && x->post && x->out && x->fill)
        return RC_OK;
    transpose_release(x);
    return err_nomem(e);
}

static void by_term(struct transpose *x, const struct chunk *c, uint32_t nterms)
{
    for (size_t t = 0; t < c->key.n; t++)
        x->order[t] = (struct keyed){c->id[t], (uint32_t)t};
    sort_keyed(x->order, x->spare, c->key.n, 0, bits_of(nterms));
    uint32_t sum = 0;
    for (size_t i = 0; i < c->key.n; i++) {
        x->at[x->order[i].val] = sum;
        sum += c->df.p[x->order[i].val];
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
        uint32_t end = p + c->df.p[x->order[i].val];
        for (; p < end; p++)
            x->out[x->fill[x->post[p] >> 16]++] =
                (struct pair){(uint32_t)x->order[i].key, (uint16_t)x->post[p]};
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
    by_term(&x, c, b->f->nterms);
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
    TRY(collect_all(b, threads, e));
    TRY(number(b, e));
    TRY(pool_run(threads, b->nchunks, encode, b, e));
    TRY(join(b, e));
    totals(b->f);
    return forward_derive(b->f, e);
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

enum rc forward_build(struct forward *out, uint32_t first, uint32_t n, struct index_early *early,
                      index_doc_fn doc, void *ctx, unsigned threads, struct err *e)
{
    *out = (struct forward){0};
    struct build b = {.f = out, .first = first, .doc = doc, .ctx = ctx};
    enum rc rc = build_init(&b, out, n, threads, e);
    if (rc == RC_OK)
        take_early(&b, early);
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
    mem_free(f->dir.bucket);
    mem_free(f->place);
    mem_free(f->key);
    mem_free(f->key_id);
    mem_free(f->df);
    mem_free(f->len);
    mem_free(f->off);
    mem_free(f->bytes);
    *f = (struct forward){0};
}

/* Buckets by the top bits, about four keys each: keys are uniform. */
enum rc key_directory_make(struct key_directory *d, const uint64_t *key, uint32_t n, struct err *e)
{
    unsigned bits = n > 16 ? bits_of(n) - 3 : 1;
    d->shift = 64 - bits;
    d->bucket = mem_alloc(((1u << bits) + 1) * sizeof *d->bucket);
    if (!d->bucket)
        return err_nomem(e);
    uint32_t i = 0;
    for (uint32_t k = 0; k < 1u << bits; k++) {
        while (i < n && key[i] >> d->shift < k)
            i++;
        d->bucket[k] = i;
    }
    d->bucket[1u << bits] = n;
    return RC_OK;
}

enum rc forward_derive(struct forward *f, struct err *e)
{
    f->place = mem_alloc(f->nterms * sizeof *f->place);
    if (!f->place)
        return err_nomem(e);
    for (uint32_t i = 0; i < f->nterms; i++)
        f->place[f->key_id[i]] = i;
    return key_directory_make(&f->dir, f->key, f->nterms, e);
}

uint32_t key_find(const struct key_directory *d, const uint64_t *key, uint64_t wanted)
{
    const uint32_t *b = &d->bucket[wanted >> d->shift];
    for (uint32_t i = b[0]; i < b[1]; i++)
        if (key[i] == wanted)
            return i;
    return UINT32_MAX;
}

uint32_t forward_find(const struct forward *f, uint64_t key)
{
    uint32_t i = key_find(&f->dir, f->key, key);
    return i == UINT32_MAX ? i : f->key_id[i];
}
