/* From token streams to the enduring half of a segment, in three passes:
 *   collect   chunk by chunk, in parallel: keys become chunk-local numbers (a table that fits the
 *             cache), one (number, tf) for each distinct term of a document;
 *   number    the chunks' vocabularies are merged and ids given by falling df (vocab.c);
 *   encode    chunk by chunk, in parallel: every document's terms are put in rising id and
 *             written as gaps. */
#include "index/collect.h"

#include "base/pool.h"
#include "base/sort.h"

#include <string.h>

struct build {
    struct forward *f;
    struct chunk *chunk;
    uint32_t nchunks, first;
    struct vocab vocab;
    uint32_t *id_of; /* by place in the vocabulary */
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
    uint32_t taken = 0, segment = b->first / INDEX_DOCS_MAX;
    for (uint32_t i = 0; x && b->first % CHUNK_DOCS == 0 && i < b->nchunks; i++) {
        size_t at = b->first / CHUNK_DOCS + i;
        if (at >= x->chunk.n || b->chunk[i].n != CHUNK_DOCS)
            continue;
        uint32_t first = b->chunk[i].first;
        b->chunk[i] = x->chunk.p[at];
        b->chunk[i].first = first;
        x->chunk.p[at] = (struct chunk){0};
        taken++;
    }
    if (taken && x->vocab.p[segment].chunks == taken) {
        b->vocab = x->vocab.p[segment];
        x->vocab.p[segment] = (struct vocab){0};
    }
}

/* ---- number ---- */

static enum rc number(struct build *b, struct err *e)
{
    for (uint32_t i = b->vocab.chunks; i < b->nchunks; i++) {
        mem_free(b->chunk[i].id);
        TRY(vocab_add(&b->vocab, &b->chunk[i], e));
    }
    enum rc rc = vocab_number(&b->vocab, b->f, &b->id_of, e);
    vocab_free(&b->vocab);
    return rc;
}

/* ---- encode ---- */

#define FEW 24u /* terms that are put in order by insertion */

/* Put id << 16 | tf of one document in order: radix sort by the digits of the id. `spare` has room
 * for n more; the result is where it returns. */
static uint64_t *sort_terms(uint64_t *a, uint64_t *spare, uint32_t n, unsigned bits)
{
    enum { MOST = 8 };
    if (n <= FEW) {
        for (uint32_t i = 1; i < n; i++) {
            uint64_t x = a[i];
            uint32_t k = i;
            for (; k && a[k - 1] > x; k--)
                a[k] = a[k - 1];
            a[k] = x;
        }
        return a;
    }
    unsigned passes = (bits + MOST - 1) / MOST, digit = (bits + passes - 1) / passes;
    uint32_t mask = (1u << digit) - 1;
    for (unsigned p = 0; p < passes; p++) {
        unsigned shift = 16 + p * digit;
        uint32_t at[1u << MOST] = {0}, sum = 0;
        for (uint32_t i = 0; i < n; i++)
            at[a[i] >> shift & mask]++;
        for (uint32_t k = 0; k <= mask; k++) {
            uint32_t count = at[k];
            at[k] = sum;
            sum += count;
        }
        for (uint32_t i = 0; i < n; i++)
            spare[at[a[i] >> shift & mask]++] = a[i];
        uint64_t *t = a;
        a = spare;
        spare = t;
    }
    return a;
}

static uint8_t *leb_put(uint8_t *p, uint32_t v)
{
    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

static uint8_t *write_doc(uint8_t *p, const uint64_t *term, uint32_t n)
{
    uint32_t last = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t id = (uint32_t)(term[i] >> 16), tf = term[i] & UINT16_MAX;
        p = leb_put(p, (id - last) << 1 | (tf > 1));
        if (tf > 1)
            p = leb_put(p, tf);
        last = id;
    }
    return p;
}

static uint32_t longest(const struct chunk *c)
{
    uint32_t most = 0;
    for (uint32_t d = 0; d < c->n; d++)
        most = MAX(most, c->start[d + 1] - c->start[d]);
    return most;
}

/* `bytes` has room for all documents, `room` for the terms of two. */
static void write_docs(const struct build *b, struct chunk *c, uint64_t *room, uint32_t most,
                       uint8_t *bytes)
{
    unsigned bits = bits_of(b->f->nterms);
    uint8_t *p = bytes;
    for (uint32_t d = 0; d < c->n; d++) {
        uint32_t n = c->start[d + 1] - c->start[d];
        const uint32_t *term = c->term.p + c->start[d];
        const uint16_t *tf = c->tf.p + c->start[d];
        for (uint32_t i = 0; i < n; i++)
            room[i] = (uint64_t)c->id[term[i]] << 16 | tf[i];
        p = write_doc(p, sort_terms(room, room + most, n, bits), n);
        b->f->off[c->first + d + 1] = (uint64_t)(p - bytes);
    }
    c->nbytes = (size_t)(p - bytes);
}

static enum rc encode(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    struct build *b = ctx;
    struct chunk *c = &b->chunk[i];
    uint32_t most = longest(c);
    uint64_t *room = mem_alloc(2 * (size_t)most * sizeof *room);
    uint8_t *bytes = mem_alloc((size_t)c->start[c->n] * 8 + 1); /* 5 + 3 bytes a term at most */
    if (room && bytes) {
        for (size_t t = 0; t < c->key.n; t++)
            c->id[t] = b->id_of[c->id[t]];
        write_docs(b, c, room, most, bytes);
        c->bytes = mem_realloc(bytes, c->nbytes);
    }
    mem_free(room);
    vec_free(&c->term);
    vec_free(&c->tf);
    if (c->bytes)
        return RC_OK;
    mem_free(bytes);
    return err_nomem(e);
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
    vocab_free(&b.vocab);
    mem_free(b.id_of);
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
