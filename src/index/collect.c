#include "index/collect.h"

#include <string.h>

void chunk_release(struct chunk *c)
{
    vec_free(&c->key);
    vec_free(&c->df);
    vec_free(&c->term);
    vec_free(&c->tf);
    mem_free(c->len);
    mem_free(c->start);
    mem_free(c->id);
    mem_free(c->bytes);
    c->len = NULL;
    c->start = NULL;
    c->id = NULL;
    c->bytes = NULL;
}

static struct slot *table_find(const struct table *t, uint64_t key)
{
    size_t i = key & (t->cap - 1);
    while (t->slot[i].number && t->slot[i].key != key)
        i = (i + 1) & (t->cap - 1);
    return &t->slot[i];
}

static enum rc table_grow(struct table *t, struct err *e)
{
    struct table big = {.n = t->n, .cap = t->cap ? t->cap * 2 : 1u << 12};
    big.slot = mem_calloc(big.cap, sizeof *big.slot);
    if (!big.slot)
        return err_nomem(e);
    for (size_t i = 0; i < t->cap; i++)
        if (t->slot[i].number)
            *table_find(&big, t->slot[i].key) = t->slot[i];
    mem_free(t->slot);
    *t = big;
    return RC_OK;
}

/* Room stays: it is about what the next chunk needs. */
static void table_clear(struct table *t)
{
    if (t->n)
        memset(t->slot, 0, t->cap * sizeof *t->slot);
    t->n = 0;
}

static enum rc new_term(struct chunk *c, struct table *t, struct slot *s, uint64_t key,
                        struct err *e)
{
    TRY(vec_push(&c->key, key, e));
    TRY(vec_push(&c->df, 0u, e));
    *s = (struct slot){key, (uint32_t)++t->n, 0};
    return RC_OK;
}

/* `start` is the document's first posting: a term whose last one is not before it occurs again. */
static enum rc collect_token(struct chunk *c, struct table *t, uint64_t key, uint32_t start,
                             struct err *e)
{
    if (t->n * 2 >= t->cap)
        TRY(table_grow(t, e));
    struct slot *s = table_find(t, key);
    if (!s->number)
        TRY(new_term(c, t, s, key, e));
    if (s->at > start) {
        uint16_t *tf = &c->tf.p[s->at - 1];
        *tf = (uint16_t)(*tf + (*tf < UINT16_MAX));
        return RC_OK;
    }
    c->df.p[s->number - 1]++;
    c->term.p[c->term.n++] = s->number - 1; /* collect_docs made room */
    c->tf.p[c->tf.n++] = 1;
    s->at = (uint32_t)c->term.n;
    return RC_OK;
}

static enum rc collect_docs(struct chunk *c, const struct source *from, struct err *e)
{
    vec_key *tokens = from->tokens;
    struct table *t = from->table;
    for (uint32_t d = 0; d < c->n; d++) {
        c->start[d] = (uint32_t)c->term.n;
        tokens->n = 0;
        TRY(from->doc(from->ctx, from->first + d, from->worker, tokens, e));
        c->len[d] = (uint32_t)tokens->n;
        TRY(vec_reserve(&c->term, tokens->n, e));
        TRY(vec_reserve(&c->tf, tokens->n, e));
        for (size_t i = 0; i < tokens->n; i++) {
            if (t->cap && i + AHEAD < tokens->n)
                __builtin_prefetch(&t->slot[tokens->p[i + AHEAD] & (t->cap - 1)]);
            TRY(collect_token(c, t, tokens->p[i], c->start[d], e));
        }
    }
    c->start[c->n] = (uint32_t)c->term.n;
    return RC_OK;
}

/* Give back what the postings grew too large; all chunks are kept until they are numbered. */
static enum rc trim(struct chunk *c, struct err *e)
{
    uint32_t *term = mem_realloc(c->term.p, c->term.n * sizeof *term);
    if (!term)
        return err_nomem(e);
    c->term.p = term;
    c->term.cap = c->term.n;
    uint16_t *tf = mem_realloc(c->tf.p, c->tf.n * sizeof *tf);
    if (!tf)
        return err_nomem(e);
    c->tf.p = tf;
    c->tf.cap = c->tf.n;
    return RC_OK;
}

enum rc chunk_collect(struct chunk *c, const struct source *from, struct err *e)
{
    c->start = mem_calloc((size_t)c->n + 1, sizeof *c->start);
    c->len = mem_alloc(c->n * sizeof *c->len);
    if (!c->start || !c->len)
        return err_nomem(e);
    table_clear(from->table);
    TRY(collect_docs(c, from, e));
    return trim(c, e);
}

/* ---- early ---- */

enum rc index_early_open(struct index_early **out, struct err *e)
{
    *out = mem_calloc(1, sizeof **out);
    return *out ? RC_OK : err_nomem(e);
}

/* Its vocabulary joins that of its segment at once. */
static enum rc merge_early(struct index_early *x, struct chunk *c, struct err *e)
{
    size_t segment = x->chunk.n * CHUNK_DOCS / INDEX_DOCS_MAX;
    while (x->vocab.n <= segment)
        TRY(vec_push(&x->vocab, (struct vocab){0}, e));
    return vocab_add(&x->vocab.p[segment], c, e);
}

enum rc index_early_chunk(struct index_early *x, index_doc_fn doc, void *ctx, struct err *e)
{
    struct chunk c = {.n = CHUNK_DOCS};
    struct source from = {doc, ctx, (uint32_t)x->chunk.n * CHUNK_DOCS, 0, &x->tokens, &x->table};
    enum rc rc = chunk_collect(&c, &from, e);
    if (rc == RC_OK)
        rc = merge_early(x, &c, e);
    if (rc == RC_OK)
        rc = vec_push(&x->chunk, c, e);
    if (rc != RC_OK)
        chunk_release(&c);
    return rc;
}

void index_early_close(struct index_early *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->chunk.n; i++)
        chunk_release(&x->chunk.p[i]);
    for (size_t i = 0; i < x->vocab.n; i++)
        vocab_free(&x->vocab.p[i]);
    vec_free(&x->chunk);
    vec_free(&x->vocab);
    vec_free(&x->tokens);
    mem_free(x->table.slot);
    mem_free(x);
}
