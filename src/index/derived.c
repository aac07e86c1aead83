/* The derived half of a segment as a file, and its dead (region.h has the container).
 *
 * seg-NNNNNN-GGGGGG.inv   count: documents, terms, generation, mean length, rows, common terms,
 *                         blocks, distinct weights, BLOCK_BITS
 *   weight     f64[distinct]    the different weights
 *   weight_of  u16[terms] by id, into them; u32 where there are more than 65536
 *   norm       f64[documents]
 *   light      u32[...]         as struct inverted says; starts follow from df
 *   and of every block, as struct block says: step, row, list (its `off`), doc, impact
 * seg-NNNNNN-SSSSSS.del   count: documents, dead ones
 *   dead       u64[documents / 64, up]: bit i % 64 of word i / 64 is document i
 *
 * Weights and starts of light lists are kept in memory, unfolded. */
#include "index/segment.h"

#include "base/map.h"

#include <string.h>

#define BLOCK_REGIONS 5u

enum { V_WEIGHT, V_WEIGHT_OF, V_NORM, V_LIGHT, V_BLOCKS };
enum { C_DOCS, C_TERMS, C_GENERATION, C_AVG, C_ROWS, C_COMMON, C_NBLOCKS, C_WEIGHTS, C_BITS };

/* Weights are few: they follow from kind and df. */
struct palette {
    VEC(double) value;
    void *of; /* u16 or u32 [nterms] */
    uint64_t of_bytes;
};

static enum rc palette_make(struct palette *p, struct map *seen, const double *weight, uint32_t n,
                            struct err *e)
{
    uint32_t *of = mem_alloc(n * sizeof *of);
    p->of = of;
    if (!of)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *place = map_put(seen, bits_from(weight[i]), (uint32_t)p->value.n);
        if (!place)
            return err_nomem(e);
        of[i] = *place;
        if (of[i] == p->value.n)
            TRY(vec_push(&p->value, weight[i], e));
    }
    p->of_bytes = n * sizeof *of;
    if (p->value.n > UINT16_MAX + 1u)
        return RC_OK;
    p->of_bytes = n * sizeof(uint16_t);
    uint16_t *narrow = mem_alloc(p->of_bytes);
    if (!narrow)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        narrow[i] = (uint16_t)of[i];
    mem_free(of);
    p->of = narrow;
    return RC_OK;
}

static uint32_t *list_bounds(const struct block *b)
{
    return (uint32_t *)(uintptr_t)b->off;
}

static void block_regions(struct region *r, const struct inverted *v, const struct block *b)
{
    uint32_t lists = v->ncommon - v->nrows, n = list_bounds(b)[lists];
    r[0] = (struct region){b->step, v->ncommon * sizeof *b->step, NULL};
    r[1] = (struct region){b->row, v->nrows * ROW_STRIDE(b->n), NULL};
    r[2] = (struct region){b->off, (lists + 1ull) * sizeof *b->off, NULL};
    r[3] = (struct region){b->doc, n * sizeof *b->doc, NULL};
    r[4] = (struct region){b->imp, n, NULL};
}

static uint32_t light_postings(const struct inverted *v, const struct forward *f)
{
    return v->light_off[f->nterms - v->ncommon];
}

static enum rc save_regions(const char *path, const struct inverted *v, const struct forward *f,
                            uint32_t generation, const struct palette *p, struct err *e)
{
    uint32_t n = V_BLOCKS + BLOCK_REGIONS * v->nblocks;
    struct region *r = mem_calloc(n, sizeof *r);
    if (!r)
        return err_nomem(e);
    r[V_WEIGHT] = (struct region){p->value.p, p->value.n * sizeof *p->value.p, NULL};
    r[V_WEIGHT_OF] = (struct region){p->of, p->of_bytes, NULL};
    r[V_NORM] = (struct region){v->norm, f->ndocs * sizeof *v->norm, NULL};
    r[V_LIGHT] = (struct region){v->light, light_postings(v, f) * sizeof *v->light, NULL};
    for (uint32_t i = 0; i < v->nblocks; i++)
        block_regions(r + V_BLOCKS + BLOCK_REGIONS * i, v, &v->block[i]);
    uint64_t count[REGION_COUNTS] = {
        [C_DOCS] = f->ndocs,         [C_TERMS] = f->nterms,    [C_GENERATION] = generation,
        [C_AVG] = bits_from(v->avg), [C_ROWS] = v->nrows,      [C_COMMON] = v->ncommon,
        [C_NBLOCKS] = v->nblocks,    [C_WEIGHTS] = p->value.n, [C_BITS] = BLOCK_BITS,
    };
    enum rc rc = region_write(path, REGION_INV, count, r, n, e);
    mem_free(r);
    return rc;
}

enum rc inverted_save(const char *path, const struct inverted *v, const struct forward *f,
                      uint32_t generation, struct err *e)
{
    struct palette p = {0};
    struct map seen = {0};
    enum rc rc = palette_make(&p, &seen, v->weight, f->nterms, e);
    map_free(&seen);
    if (rc == RC_OK)
        rc = save_regions(path, v, f, generation, &p, e);
    vec_free(&p.value);
    mem_free(p.of);
    return rc;
}

static enum rc bad_inv(uint32_t i, struct err *e)
{
    return region_bad(REGION_INV, i, e);
}

static enum rc get_inv(const struct held_inverted *h, uint32_t i, uint64_t bytes, const void **out,
                       struct err *e)
{
    return region_get(&h->file, REGION_INV, i, bytes, out, e);
}

static enum rc unfold_weights(struct held_inverted *h, uint32_t nterms, struct err *e)
{
    uint64_t n = h->file.count[C_WEIGHTS];
    const double *value;
    const void *of;
    if (n > nterms)
        return bad_inv(V_WEIGHT, e);
    TRY(get_inv(h, V_WEIGHT, n * sizeof *value, (const void **)&value, e));
    bool narrow = n <= UINT16_MAX + 1u;
    TRY(get_inv(h, V_WEIGHT_OF, nterms * (narrow ? 2ull : 4ull), &of, e));
    h->v.weight = mem_alloc(nterms * sizeof *h->v.weight);
    if (!h->v.weight)
        return err_nomem(e);
    for (uint32_t i = 0; i < nterms; i++) {
        uint32_t k = narrow ? ((const uint16_t *)of)[i] : ((const uint32_t *)of)[i];
        if (k >= n)
            return bad_inv(V_WEIGHT_OF, e);
        h->v.weight[i] = value[k];
    }
    return RC_OK;
}

static enum rc unfold_light(struct held_inverted *h, const struct forward *f, struct err *e)
{
    struct inverted *v = &h->v;
    uint32_t n = f->nterms - v->ncommon;
    v->light_off = mem_alloc((n + 1ull) * sizeof *v->light_off);
    if (!v->light_off)
        return err_nomem(e);
    uint64_t at = v->light_off[0] = 0;
    for (uint32_t i = 0; i < n; i++) {
        at += f->df[v->ncommon + i];
        v->light_off[i + 1] = (uint32_t)at;
    }
    const void *p;
    if (at > UINT32_MAX)
        return bad_inv(V_LIGHT, e);
    TRY(get_inv(h, V_LIGHT, at * sizeof *v->light, &p, e));
    v->light = region_mapped(p);
    return RC_OK;
}

static enum rc block_map(struct held_inverted *h, uint32_t i, uint32_t ndocs, struct err *e)
{
    const struct inverted *v = &h->v;
    struct block *b = &h->v.block[i];
    uint32_t at = V_BLOCKS + BLOCK_REGIONS * i, lists = v->ncommon - v->nrows;
    block_place(b, i, ndocs);
    TRY(get_inv(h, at, v->ncommon * sizeof *b->step, (const void **)&b->step, e));
    TRY(get_inv(h, at + 1, v->nrows * ROW_STRIDE(b->n), (const void **)&b->row, e));
    TRY(get_inv(h, at + 2, (lists + 1ull) * sizeof *b->off, (const void **)&b->off, e));
    bool rising = b->off[0] == 0;
    for (uint32_t k = 0; k < lists; k++)
        rising &= b->off[k] <= b->off[k + 1];
    if (!rising)
        return bad_inv(at + 2, e);
    TRY(get_inv(h, at + 3, b->off[lists] * sizeof *b->doc, (const void **)&b->doc, e));
    return get_inv(h, at + 4, b->off[lists], (const void **)&b->imp, e);
}

static enum rc inverted_map(struct held_inverted *h, const struct forward *f, uint32_t generation,
                            struct err *e)
{
    const uint64_t *c = h->file.count;
    struct inverted *v = &h->v;
    uint32_t nblocks = blocks_of(f->ndocs);
    if (c[C_DOCS] != f->ndocs || c[C_TERMS] != f->nterms || c[C_GENERATION] != generation ||
        c[C_ROWS] > c[C_COMMON] || c[C_COMMON] > f->nterms || c[C_NBLOCKS] != nblocks ||
        c[C_BITS] != BLOCK_BITS || h->file.n != V_BLOCKS + BLOCK_REGIONS * nblocks)
        return err_corrupt(e, "index.corrupt", "%s", "header");
    v->avg = bits_to(c[C_AVG]);
    v->nrows = (uint32_t)c[C_ROWS];
    v->ncommon = (uint32_t)c[C_COMMON];
    v->nblocks = nblocks;
    v->block = mem_calloc(nblocks, sizeof *v->block);
    if (!v->block)
        return err_nomem(e);
    const void *norm;
    TRY(get_inv(h, V_NORM, f->ndocs * sizeof *v->norm, &norm, e));
    v->norm = region_mapped(norm);
    TRY(unfold_weights(h, f->nterms, e));
    TRY(unfold_light(h, f, e));
    for (uint32_t i = 0; i < nblocks; i++)
        TRY(block_map(h, i, f->ndocs, e));
    return RC_OK;
}

enum rc inverted_load(struct held_inverted **out, const char *path, const struct forward *f,
                      uint32_t generation, struct err *e)
{
    struct held_inverted *h = mem_calloc(1, sizeof *h);
    if (!h)
        return err_nomem(e);
    atomic_init(&h->refs, 1);
    enum rc rc = region_open(&h->file, path, REGION_INV, e);
    if (rc == RC_OK)
        rc = err_at(e, inverted_map(h, f, generation, e), path, NULL, 0, 0);
    if (rc != RC_OK)
        inverted_drop(h);
    else
        *out = h;
    return rc;
}

void inverted_drop(struct held_inverted *h)
{
    if (!h || !held_last(&h->refs))
        return;
    mem_free(h->v.weight);
    mem_free(h->v.light_off);
    mem_free(h->v.block);
    region_close(&h->file);
    mem_free(h);
}

/* ---- the dead ---- */

uint32_t bits_set(const uint64_t *bits, uint32_t n)
{
    uint32_t set = 0;
    for (uint32_t i = 0; i < (n + 63) / 64; i++)
        set += (uint32_t)__builtin_popcountll(bits[i]);
    return set;
}

enum rc dead_save(const char *path, const uint64_t *bits, uint32_t ndocs, struct err *e)
{
    struct region r = {bits, (ndocs + 63ull) / 64 * 8, NULL};
    uint64_t count[REGION_COUNTS] = {ndocs, bits_set(bits, ndocs)};
    return region_write(path, REGION_DEL, count, &r, 1, e);
}

static enum rc dead_map(struct held_dead *h, uint32_t ndocs, struct err *e)
{
    TRY(region_get(&h->file, REGION_DEL, 0, (ndocs + 63ull) / 64 * 8, (const void **)&h->bits, e));
    h->ndead = bits_set(h->bits, ndocs);
    bool beyond = ndocs % 64 && h->bits[ndocs / 64] >> ndocs % 64;
    if (h->file.count[0] != ndocs || h->file.count[1] != h->ndead || beyond)
        return region_bad(REGION_DEL, 0, e);
    return RC_OK;
}

enum rc dead_load(struct held_dead **out, const char *path, uint32_t ndocs, struct err *e)
{
    struct held_dead *h = mem_calloc(1, sizeof *h);
    if (!h)
        return err_nomem(e);
    atomic_init(&h->refs, 1);
    enum rc rc = region_open(&h->file, path, REGION_DEL, e);
    if (rc == RC_OK)
        rc = err_at(e, dead_map(h, ndocs, e), path, NULL, 0, 0);
    if (rc != RC_OK)
        dead_drop(h);
    else
        *out = h;
    return rc;
}

void dead_drop(struct held_dead *h)
{
    if (!h || !held_last(&h->refs))
        return;
    region_close(&h->file);
    mem_free(h);
}
