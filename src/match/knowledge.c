#include "match/knowledge.h"

#include "base/crc32c.h"
#include "base/map.h"
#include "match/space.h"
#include "text/terms.h"

#include <math.h>
#include <string.h>

#define ITERATIONS 12u
#define NAME_TIMES 2 /* a concept's names against what is near them */

/* The bytes: "QIAOKNOW", u32 version, u32 dims, u32 terms, u32 crc32c of what follows; keys u64,
 * scales f32, vectors i8; all little-endian. */
static const char magic[8] = {'Q', 'I', 'A', 'O', 'K', 'N', 'O', 'W'};
#define VERSION 1u
#define HEAD    24u

struct knowledge {
    struct map place;
    VEC(uint64_t) key;
    float *v; /* [terms * KNOWLEDGE_DIMS] */
};

void knowledge_close(struct knowledge *k)
{
    if (!k)
        return;
    map_free(&k->place);
    vec_free(&k->key);
    mem_free(k->v);
    mem_free(k);
}

const float *knowledge_vector(const struct knowledge *k, uint64_t key)
{
    const uint32_t *at = map_get(&k->place, key);
    return at ? k->v + (size_t)*at * KNOWLEDGE_DIMS : NULL;
}

uint32_t knowledge_terms(const struct knowledge *k)
{
    return (uint32_t)k->key.n;
}

uint64_t knowledge_key(const struct knowledge *k, uint32_t i)
{
    return k->key.p[i];
}

/* ---- learning ---- */

struct cells {
    VEC(uint64_t) off;
    VEC(uint32_t) col;
    VEC(float) val;
    VEC(uint32_t) df; /* by column */
};

static void cells_free(struct cells *x)
{
    vec_free(&x->off);
    vec_free(&x->col);
    vec_free(&x->val);
    vec_free(&x->df);
}

/* Close a row: the counted keys of one concept become cells 1 + ln tf. */
static enum rc end_row(struct knowledge *k, struct cells *x, const vec_term_at *tokens,
                       vec_term_count *counts, struct err *e)
{
    TRY(terms_count(counts, tokens, e));
    for (size_t i = 0; i < counts->n; i++) {
        uint32_t *col = map_put(&k->place, counts->p[i].key, (uint32_t)k->key.n);
        if (!col)
            return err_nomem(e);
        if (*col == k->key.n) {
            TRY(vec_push(&k->key, counts->p[i].key, e));
            TRY(vec_push(&x->df, 0u, e));
        }
        x->df.p[*col]++;
        TRY(vec_push(&x->col, *col, e));
        TRY(vec_push(&x->val, (float)(1 + log(counts->p[i].tf)), e));
    }
    return vec_push(&x->off, (uint64_t)x->col.n, e);
}

/* The tokens of one term of a concept. */
static enum rc read_term(const struct concept_term *t, vec_term_at *out, struct err *e)
{
    for (int i = 0; i < (t->relation == CONCEPT_NAME ? NAME_TIMES : 1); i++)
        TRY(terms_read(out, t->text, 0, e));
    return RC_OK;
}

/* The terms' numbers entry by entry: an entry of two files has its terms in two places.
 * order[first[i] .. first[i + 1]) are those of entry i. */
static void by_entry(const struct concept_term *term, uint32_t n, uint32_t entries, uint32_t *order,
                     uint32_t *first)
{
    for (uint32_t i = 0; i < n; i++)
        first[term[i].entry + 2]++;
    for (uint32_t i = 0; i < entries; i++)
        first[i + 2] += first[i + 1];
    for (uint32_t i = 0; i < n; i++)
        order[first[term[i].entry + 1]++] = i;
}

static enum rc read_rows(struct knowledge *k, const struct concepts *c, struct cells *x,
                         struct err *e)
{
    vec_term_at tokens = {0};
    vec_term_count counts = {0};
    const struct concept_term *term;
    uint32_t n = concepts_terms(c, &term), entries = concepts_count(c);
    uint32_t *order = mem_alloc(n * sizeof *order);
    uint32_t *first = mem_calloc((size_t)entries + 2, sizeof *first);
    enum rc rc = order && first ? vec_push(&x->off, (uint64_t)0, e) : err_nomem(e);
    if (rc == RC_OK)
        by_entry(term, n, entries, order, first);
    for (uint32_t row = 0; rc == RC_OK && row < entries; row++) {
        tokens.n = 0;
        for (uint32_t i = first[row]; rc == RC_OK && i < first[row + 1]; i++)
            rc = read_term(&term[order[i]], &tokens, e);
        if (rc == RC_OK)
            rc = end_row(k, x, &tokens, &counts, e);
    }
    vec_free(&tokens);
    vec_free(&counts);
    mem_free(order);
    mem_free(first);
    return rc;
}

/* Weigh by idf^2 and bring rows to length 1. */
static void weigh_rows(struct cells *x)
{
    double n = (double)x->off.n - 1;
    for (size_t r = 0; r + 1 < x->off.n; r++) {
        double sum = 0;
        for (uint64_t i = x->off.p[r]; i < x->off.p[r + 1]; i++) {
            double df = x->df.p[x->col.p[i]], idf = log(1 + (n - df + .5) / (df + .5));
            x->val.p[i] *= (float)(idf * idf);
            sum += (double)x->val.p[i] * x->val.p[i];
        }
        for (uint64_t i = x->off.p[r]; i < x->off.p[r + 1] && sum > 0; i++)
            x->val.p[i] /= (float)sqrt(sum);
    }
}

enum rc knowledge_fit(struct knowledge **out, const struct concepts *c, struct err *e)
{
    struct cells x = {0};
    struct knowledge *k = mem_calloc(1, sizeof *k);
    enum rc rc = k ? read_rows(k, c, &x, e) : err_nomem(e);
    if (rc == RC_OK) {
        weigh_rows(&x);
        struct sparse m = {(uint32_t)x.off.n - 1, (uint32_t)k->key.n, x.off.p, x.col.p, x.val.p};
        rc = space_fit(&k->v, &m, KNOWLEDGE_DIMS, ITERATIONS, e);
    }
    cells_free(&x);
    if (rc != RC_OK) {
        knowledge_close(k);
        return rc;
    }
    *out = k;
    return RC_OK;
}

/* ---- bytes ---- */

static void put_u32(uint8_t *p, uint32_t x)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(x >> 8 * i);
}

static uint32_t get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static float scale_of(const float *v)
{
    float top = 0;
    for (uint32_t d = 0; d < KNOWLEDGE_DIMS; d++)
        top = fmaxf(top, fabsf(v[d]));
    return top / 127;
}

static enum rc put_term(const struct knowledge *k, size_t i, struct buf *keys, struct buf *scales,
                        struct buf *vectors, struct err *e)
{
    uint8_t b[8];
    const float *v = k->v + i * KNOWLEDGE_DIMS;
    float scale = scale_of(v);
    uint32_t bits;
    int8_t q[KNOWLEDGE_DIMS];
    put_u32(b, (uint32_t)k->key.p[i]);
    put_u32(b + 4, (uint32_t)(k->key.p[i] >> 32));
    TRY(buf_put(keys, b, 8, e));
    memcpy(&bits, &scale, 4);
    put_u32(b, bits);
    TRY(buf_put(scales, b, 4, e));
    for (uint32_t d = 0; d < KNOWLEDGE_DIMS; d++)
        q[d] = (int8_t)(scale > 0 ? lrintf(v[d] / scale) : 0);
    return buf_put(vectors, q, sizeof q, e);
}

enum rc knowledge_save(const struct knowledge *k, struct buf *out, struct err *e)
{
    struct buf part[3];
    enum rc rc = RC_OK;
    for (int i = 0; i < 3; i++)
        buf_init(&part[i], out->ceiling);
    for (size_t i = 0; rc == RC_OK && i < k->key.n; i++)
        rc = put_term(k, i, &part[0], &part[1], &part[2], e);
    uint32_t crc = 0;
    for (int i = 0; i < 3; i++)
        crc = crc32c(crc, buf_view(&part[i]).p, part[i].n);
    uint8_t head[HEAD];
    memcpy(head, magic, sizeof magic);
    put_u32(head + 8, VERSION);
    put_u32(head + 12, KNOWLEDGE_DIMS);
    put_u32(head + 16, (uint32_t)k->key.n);
    put_u32(head + 20, crc);
    if (rc == RC_OK)
        rc = buf_put(out, head, sizeof head, e);
    for (int i = 0; i < 3; i++) {
        if (rc == RC_OK)
            rc = buf_str(out, buf_view(&part[i]), e);
        buf_free(&part[i]);
    }
    return rc;
}

static enum rc fill(struct knowledge *k, const uint8_t *p, uint32_t n, struct err *e)
{
    const uint8_t *scales = p + (size_t)n * 8;
    const int8_t *q = (const int8_t *)(scales + (size_t)n * 4);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t key = get_u32(p + (size_t)i * 8) | (uint64_t)get_u32(p + (size_t)i * 8 + 4) << 32;
        uint32_t bits = get_u32(scales + (size_t)i * 4);
        float scale;
        memcpy(&scale, &bits, 4);
        if (!map_put(&k->place, key, i))
            return err_nomem(e);
        TRY(vec_push(&k->key, key, e));
        for (uint32_t d = 0; d < KNOWLEDGE_DIMS; d++)
            k->v[(size_t)i * KNOWLEDGE_DIMS + d] = scale * (float)q[(size_t)i * KNOWLEDGE_DIMS + d];
    }
    return RC_OK;
}

enum rc knowledge_load(struct knowledge **out, struct str bytes, struct err *e)
{
    const uint8_t *p = (const uint8_t *)bytes.p;
    if (bytes.n < HEAD || memcmp(p, magic, sizeof magic) != 0 || get_u32(p + 8) != VERSION ||
        get_u32(p + 12) != KNOWLEDGE_DIMS)
        return err_corrupt(e, "match.knowledge", "header");
    uint32_t n = get_u32(p + 16);
    if (bytes.n - HEAD != (size_t)n * (8 + 4 + KNOWLEDGE_DIMS) ||
        crc32c(0, p + HEAD, bytes.n - HEAD) != get_u32(p + 20))
        return err_corrupt(e, "match.knowledge", "checksum");
    struct knowledge *k = mem_calloc(1, sizeof *k);
    if (!k)
        return err_nomem(e);
    k->v = mem_alloc((size_t)n * KNOWLEDGE_DIMS * sizeof *k->v);
    enum rc rc = k->v ? fill(k, p + HEAD, n, e) : err_nomem(e);
    if (rc != RC_OK) {
        knowledge_close(k);
        return rc;
    }
    *out = k;
    return RC_OK;
}
