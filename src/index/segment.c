/* The halves of a segment as files (region.h has the container).
 *
 * seg-NNNNNN.fwd   count: documents, terms, postings, tokens, documents with any term
 *   key        u64[terms]       rising
 *   key_id     u32[terms]       id of each key
 *   df         (u32, u32)[...]  by id: df, how many ids in a row have it; df falls
 *   length     u32[documents]   tokens
 *   size       u32[documents]   bytes in `terms`
 *   terms      documents end to end, as struct forward says
 *   id_at, payload_at           u64[documents + 1]: where id and payload begin
 *   id, payload                 end to end
 *   id_hash    u64[documents]   rising hash_bytes of the ids
 *   id_doc     u32[documents]   whose they are
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
 * df, starts of documents and of light lists, weights and directories are kept in memory: they
 * cost 16 bytes a term there, 2 on disk, and a few milliseconds to unfold for a million
 * documents. */
#include "index/segment.h"

#include "base/map.h"
#include "base/sort.h"

#include <string.h>

#define BLOCK_REGIONS 5u

static const void *borrowed(const void *p)
{
    return p;
}

/* Arrays of the map stand where owned ones do in memory; nobody writes to them. */
static void *mapped(const void *p)
{
    return (void *)(uintptr_t)borrowed(p);
}

/* ---- the enduring half ---- */

enum {
    F_KEY,
    F_KEY_ID,
    F_DF,
    F_LEN,
    F_SIZE,
    F_TERMS,
    F_ID_AT,
    F_ID,
    F_PAY_AT,
    F_PAY,
    F_HASH,
    F_DOC,
    F_N
};

typedef VEC(uint32_t) vec_u32;

static enum rc df_runs(vec_u32 *out, const struct forward *f, struct err *e)
{
    for (uint32_t i = 0; i < f->nterms;) {
        uint32_t from = i;
        while (i < f->nterms && f->df[i] == f->df[from])
            i++;
        TRY(vec_push(out, f->df[from], e));
        TRY(vec_push(out, i - from, e));
    }
    return RC_OK;
}

/* What a .fwd holds beyond struct forward itself. */
struct fwd_extra {
    vec_u32 runs;
    uint32_t *size, *id_doc;
    uint64_t *id_at, *payload_at, *id_hash;
    struct keyed *sorted;
};

static void extra_release(struct fwd_extra *x)
{
    vec_free(&x->runs);
    mem_free(x->size);
    mem_free(x->id_doc);
    mem_free(x->id_at);
    mem_free(x->payload_at);
    mem_free(x->id_hash);
    mem_free(x->sorted);
}

static enum rc extra_make(struct fwd_extra *x, const struct forward *f, const struct str *id,
                          const struct str *payload, struct err *e)
{
    uint32_t n = f->ndocs;
    x->size = mem_alloc(n * sizeof *x->size);
    x->id_doc = mem_alloc(n * sizeof *x->id_doc);
    x->id_at = mem_calloc((size_t)n + 1, sizeof *x->id_at);
    x->payload_at = mem_calloc((size_t)n + 1, sizeof *x->payload_at);
    x->id_hash = mem_alloc(n * sizeof *x->id_hash);
    x->sorted = mem_alloc(2 * (size_t)n * sizeof *x->sorted);
    if (!x->size || !x->id_doc || !x->id_at || !x->payload_at || !x->id_hash || !x->sorted)
        return err_nomem(e);
    for (uint32_t d = 0; d < n; d++) {
        x->size[d] = (uint32_t)(f->off[d + 1] - f->off[d]);
        x->id_at[d + 1] = x->id_at[d] + id[d].n;
        x->payload_at[d + 1] = x->payload_at[d] + payload[d].n;
        x->sorted[d] = (struct keyed){hash_bytes(id[d]), d};
    }
    sort_keyed(x->sorted, x->sorted + n, n, 0, 64);
    for (uint32_t d = 0; d < n; d++) {
        x->id_hash[d] = x->sorted[d].key;
        x->id_doc[d] = x->sorted[d].val;
    }
    return df_runs(&x->runs, f, e);
}

enum rc forward_save(const char *path, const struct forward *f, const struct str *id,
                     const struct str *payload, struct err *e)
{
    struct fwd_extra x = {0};
    uint64_t n = f->ndocs;
    enum rc rc = extra_make(&x, f, id, payload, e);
    if (rc == RC_OK) {
        const struct region r[F_N] = {
            [F_KEY] = {f->key, f->nterms * sizeof *f->key, NULL},
            [F_KEY_ID] = {f->key_id, f->nterms * sizeof *f->key_id, NULL},
            [F_DF] = {x.runs.p, x.runs.n * sizeof *x.runs.p, NULL},
            [F_LEN] = {f->len, n * sizeof *f->len, NULL},
            [F_SIZE] = {x.size, n * sizeof *x.size, NULL},
            [F_TERMS] = {f->bytes, f->off[n], NULL},
            [F_ID_AT] = {x.id_at, (n + 1) * sizeof *x.id_at, NULL},
            [F_ID] = {NULL, n, id},
            [F_PAY_AT] = {x.payload_at, (n + 1) * sizeof *x.payload_at, NULL},
            [F_PAY] = {NULL, n, payload},
            [F_HASH] = {x.id_hash, n * sizeof *x.id_hash, NULL},
            [F_DOC] = {x.id_doc, n * sizeof *x.id_doc, NULL},
        };
        uint64_t count[REGION_COUNTS] = {f->ndocs, f->nterms, f->npostings, f->ntokens,
                                         f->nonempty};
        rc = region_write(path, REGION_FWD, count, r, F_N, e);
    }
    extra_release(&x);
    return rc;
}

static enum rc bad_fwd(uint32_t i, struct err *e)
{
    return region_bad(REGION_FWD, i, e);
}

static enum rc unfold_df(struct held_forward *h, struct err *e)
{
    struct forward *f = &h->f;
    const uint32_t *run;
    uint64_t bytes = region_size(&h->file, F_DF);
    TRY(region_get(&h->file, REGION_FWD, F_DF, bytes / 8 * 8, (const void **)&run, e));
    f->df = mem_alloc(f->nterms * sizeof *f->df);
    if (!f->df)
        return err_nomem(e);
    uint64_t at = 0, postings = 0;
    uint32_t last = UINT32_MAX;
    for (uint64_t i = 0; i < bytes / 8; i++) {
        uint32_t df = run[2 * i], n = run[2 * i + 1];
        if (!df || df >= last || df > f->ndocs || n > f->nterms - at)
            return bad_fwd(F_DF, e);
        for (uint32_t k = 0; k < n; k++)
            f->df[at++] = df;
        postings += (uint64_t)df * n;
        last = df;
    }
    return at == f->nterms && postings == f->npostings ? RC_OK : bad_fwd(F_DF, e);
}

static enum rc unfold_sizes(struct held_forward *h, struct err *e)
{
    struct forward *f = &h->f;
    const uint32_t *size;
    TRY(region_get(&h->file, REGION_FWD, F_SIZE, f->ndocs * 4ull, (const void **)&size, e));
    f->off = mem_alloc(((size_t)f->ndocs + 1) * sizeof *f->off);
    if (!f->off)
        return err_nomem(e);
    f->off[0] = 0;
    for (uint32_t d = 0; d < f->ndocs; d++)
        f->off[d + 1] = f->off[d] + size[d];
    const void *terms;
    TRY(region_get(&h->file, REGION_FWD, F_TERMS, f->off[f->ndocs], &terms, e));
    f->bytes = mapped(terms);
    return RC_OK;
}

/* The strings of region i + 1, whose starts are region i. */
static enum rc get_strings(struct held_forward *h, uint32_t i, const uint64_t **at,
                           const char **bytes, struct err *e)
{
    uint32_t n = h->f.ndocs;
    TRY(region_get(&h->file, REGION_FWD, i, (n + 1ull) * 8, (const void **)at, e));
    TRY(region_get(&h->file, REGION_FWD, i + 1, (*at)[n], (const void **)bytes, e));
    bool rising = (*at)[0] == 0;
    for (uint32_t d = 0; d < n; d++)
        rising &= (*at)[d] <= (*at)[d + 1];
    return rising ? RC_OK : bad_fwd(i, e);
}

static enum rc check_numbers(const struct held_forward *h, struct err *e)
{
    const struct forward *f = &h->f;
    uint32_t worst = 0;
    for (uint32_t i = 0; i < f->nterms; i++)
        worst = MAX(worst, f->key_id[i]);
    if (f->nterms && worst >= f->nterms)
        return bad_fwd(F_KEY_ID, e);
    worst = 0;
    for (uint32_t d = 0; d < f->ndocs; d++)
        worst = MAX(worst, h->id_doc[d]);
    return f->ndocs && worst >= f->ndocs ? bad_fwd(F_DOC, e) : RC_OK;
}

static enum rc forward_map(struct held_forward *h, struct err *e)
{
    struct forward *f = &h->f;
    const uint64_t *count = h->file.count;
    if (h->file.n != F_N || count[0] > INDEX_DOCS_MAX || count[1] > UINT32_MAX)
        return err_corrupt(e, "index.corrupt", "%s", "header");
    f->ndocs = (uint32_t)count[0];
    f->nterms = (uint32_t)count[1];
    f->npostings = count[2];
    f->ntokens = count[3];
    f->nonempty = (uint32_t)count[4];
    const void *p;
    TRY(region_get(&h->file, REGION_FWD, F_KEY, f->nterms * 8ull, &p, e));
    f->key = mapped(p);
    TRY(region_get(&h->file, REGION_FWD, F_KEY_ID, f->nterms * 4ull, &p, e));
    f->key_id = mapped(p);
    TRY(region_get(&h->file, REGION_FWD, F_LEN, f->ndocs * 4ull, &p, e));
    f->len = mapped(p);
    TRY(region_get(&h->file, REGION_FWD, F_HASH, f->ndocs * 8ull, &p, e));
    h->id_hash = p;
    TRY(region_get(&h->file, REGION_FWD, F_DOC, f->ndocs * 4ull, &p, e));
    h->id_doc = p;
    TRY(get_strings(h, F_ID_AT, &h->id_at, &h->id, e));
    TRY(get_strings(h, F_PAY_AT, &h->payload_at, &h->payload, e));
    TRY(check_numbers(h, e));
    TRY(unfold_df(h, e));
    TRY(unfold_sizes(h, e));
    return key_directory_make(&f->dir, f->key, f->nterms, e);
}

enum rc forward_load(struct held_forward **out, const char *path, struct err *e)
{
    struct held_forward *h = mem_calloc(1, sizeof *h);
    if (!h)
        return err_nomem(e);
    atomic_init(&h->refs, 1);
    enum rc rc = region_open(&h->file, path, REGION_FWD, e);
    if (rc == RC_OK)
        rc = err_at(e, forward_map(h, e), path, NULL, 0, 0);
    if (rc != RC_OK)
        forward_drop(h);
    else
        *out = h;
    return rc;
}

static bool last_one(atomic_uint *refs)
{
    return atomic_fetch_sub(refs, 1) == 1;
}

void forward_drop(struct held_forward *h)
{
    if (!h || !last_one(&h->refs))
        return;
    mem_free(h->f.df);
    mem_free(h->f.off);
    mem_free(h->f.dir.bucket);
    region_close(&h->file);
    mem_free(h);
}

uint32_t held_find(const struct held_forward *h, struct str id)
{
    uint64_t wanted = hash_bytes(id);
    uint32_t lo = 0, hi = h->f.ndocs;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (h->id_hash[mid] < wanted)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < h->f.ndocs && h->id_hash[lo] == wanted; lo++)
        if (str_eq(held_id(h, h->id_doc[lo]), id))
            return h->id_doc[lo];
    return UINT32_MAX;
}

uint64_t forward_item_bytes(const struct held_forward *h)
{
    uint64_t n = 0;
    for (uint32_t i = F_ID_AT; i < F_N; i++)
        n += region_size(&h->file, i);
    return n;
}

/* ---- the derived half ---- */

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
    v->light = mapped(p);
    return RC_OK;
}

static enum rc block_map(struct held_inverted *h, uint32_t i, uint32_t ndocs, struct err *e)
{
    const struct inverted *v = &h->v;
    struct block *b = &h->v.block[i];
    uint32_t at = V_BLOCKS + BLOCK_REGIONS * i, lists = v->ncommon - v->nrows;
    b->first = i * BLOCK_DOCS;
    b->n = MIN(BLOCK_DOCS, ndocs - b->first);
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
    uint32_t nblocks = (f->ndocs + BLOCK_DOCS - 1) / BLOCK_DOCS;
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
    v->norm = mapped(norm);
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
    if (!h || !last_one(&h->refs))
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
    if (!h || !last_one(&h->refs))
        return;
    region_close(&h->file);
    mem_free(h);
}
