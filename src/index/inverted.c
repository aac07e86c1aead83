/* From the documents of a segment and the weights of a generation to its impacts. Blocks are
 * independent and built in parallel; light terms, whose lists run across blocks, are laid
 * together afterwards. */
#include "index/index_int.h"

#include "base/pool.h"

#include <math.h>
#include <string.h>

struct posting {
    uint32_t id;
    float y;
};

struct light {
    uint32_t id, packed;
};
typedef VEC(struct light) vec_light;

struct build {
    struct inverted *v;
    const struct forward *f;
    const struct index_scheme *scheme;
    vec_light *light; /* one a block */
};

/* The impact byte of y: rounded up, so that imp * step >= y. */
static uint8_t impact(float y, float step)
{
    float q = ceilf(y / step);
    if (q * step < y) /* the division rounded down */
        q += 1;
    return (uint8_t)(q < 1 ? 1 : q > 255 ? 255 : q);
}

/* y rounded up to 1/LIGHT_MAX. */
static uint32_t light_impact(float y)
{
    return (uint32_t)MIN(ceilf(y * (float)LIGHT_MAX), (float)LIGHT_MAX);
}

/* A float not below y: bounds must hold for the double. */
static float round_up(double y)
{
    return (float)(y * (1 + 0x1p-22));
}

/* Calls `use` for every posting of the block, documents rising, ids rising. */
typedef enum rc (*use_fn)(void *ctx, uint32_t local, struct posting p, struct err *e);

static inline enum rc walk_doc(const struct build *b, uint32_t doc, uint32_t local, use_fn use,
                               void *ctx, struct err *e)
{
    double norm = b->v->norm[doc];
    struct saturation sat = saturation_of(b->scheme, b->v->avg, b->f->len[doc]);
    struct fwd_iter it = fwd_start(b->f, doc);
    while (fwd_next(&it)) {
        double y = saturated(&sat, it.tf) * b->v->weight[it.id] / norm;
        TRY(use(ctx, local, (struct posting){it.id, round_up(y)}, e));
    }
    return RC_OK;
}

/* Squares are summed as integers of 2^-60, whose sum does not depend on the order of terms: ids,
 * and with them the order, differ from segment to segment, and scores must not. */
typedef unsigned __int128 square_sum;

static inline square_sum square_units(double y)
{
    double s = y * y * 0x1p60;
    return LIKELY(s < 0x1p63) ? (square_sum)(int64_t)s : (square_sum)MIN(s, 0x1p110);
}

/* Length of the document's unnormalised vector. */
static double norm_of(const struct build *b, uint32_t doc)
{
    struct saturation sat = saturation_of(b->scheme, b->v->avg, b->f->len[doc]);
    struct fwd_iter it = fwd_start(b->f, doc);
    square_sum sum = 0;
    while (fwd_next(&it))
        sum += square_units(saturated(&sat, it.tf) * b->v->weight[it.id]);
    return sqrt((double)sum * 0x1p-60);
}

struct fill {
    const struct inverted *v;
    uint32_t base;
    float *step;
    uint8_t *row;
    size_t stride;
    uint32_t *off;
    uint16_t *doc;
    uint8_t *imp;
    vec_light *light;
};

/* First walk: the largest y of each common term, and how long its list is. */
static inline enum rc measure(void *ctx, uint32_t local, struct posting p, struct err *e)
{
    (void)local;
    struct fill *x = ctx;
    if (p.id >= x->v->ncommon) {
        struct light l = {p.id, (x->base + local) << LIGHT_BITS | light_impact(p.y)};
        return vec_push(x->light, l, e);
    }
    if (p.y > x->step[p.id])
        x->step[p.id] = p.y;
    if (p.id >= x->v->nrows)
        x->off[p.id - x->v->nrows + 1]++;
    return RC_OK;
}

/* Second walk: the impacts. off[i] is the next free place of list i. */
static inline enum rc place(void *ctx, uint32_t local, struct posting p, struct err *e)
{
    (void)e;
    struct fill *x = ctx;
    if (p.id >= x->v->ncommon)
        return RC_OK;
    uint8_t imp = impact(p.y, x->step[p.id]);
    if (p.id < x->v->nrows) {
        x->row[p.id * x->stride + local] = imp;
        return RC_OK;
    }
    uint32_t at = x->off[p.id - x->v->nrows]++;
    x->doc[at] = (uint16_t)local;
    x->imp[at] = imp;
    return RC_OK;
}

/* Turn counts into starts, and the largest y into the unit. */
static void lay_out(struct fill *x)
{
    uint32_t lists = x->v->ncommon - x->v->nrows;
    for (uint32_t i = 0; i < lists; i++)
        x->off[i + 1] += x->off[i];
    for (uint32_t t = 0; t < x->v->ncommon; t++)
        x->step[t] = x->step[t] > 0 ? round_up(x->step[t] / 255) : 1;
}

static enum rc build_block(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    struct build *b = ctx;
    struct inverted *v = b->v;
    struct block *k = &v->block[i];
    uint32_t lists = v->ncommon - v->nrows;
    struct fill x = {.v = v, .base = k->first, .stride = ROW_STRIDE(k->n), .light = &b->light[i]};
    k->step = x.step = mem_calloc(v->ncommon, sizeof *x.step);
    k->off = x.off = mem_calloc((size_t)lists + 1, sizeof *x.off);
    k->row = x.row = mem_aligned(v->nrows * x.stride);
    if (!x.step || !x.off || !x.row)
        return err_nomem(e);
    memset(x.row, 0, v->nrows * x.stride);
    for (uint32_t d = 0; d < k->n; d++) {
        v->norm[k->first + d] = norm_of(b, k->first + d);
        if (v->norm[k->first + d] > 0)
            TRY(walk_doc(b, k->first + d, d, measure, &x, e));
    }
    lay_out(&x);
    k->doc = x.doc = mem_alloc(x.off[lists] * sizeof *x.doc);
    k->imp = x.imp = mem_alloc(x.off[lists]);
    if (!x.doc || !x.imp)
        return err_nomem(e);
    for (uint32_t d = 0; d < k->n; d++)
        if (v->norm[k->first + d] > 0)
            TRY(walk_doc(b, k->first + d, d, place, &x, e));
    /* place() has moved every start to its end: shift back */
    memmove(x.off + 1, x.off, lists * sizeof *x.off);
    x.off[0] = 0;
    return RC_OK;
}

/* Lay the blocks' light postings term by term, documents rising. */
static enum rc join_light(struct build *b, struct err *e)
{
    struct inverted *v = b->v;
    uint32_t n = b->f->nterms - v->ncommon;
    v->light_off = mem_calloc((size_t)n + 1, sizeof *v->light_off);
    if (!v->light_off)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        v->light_off[i + 1] = v->light_off[i] + b->f->df[v->ncommon + i];
    v->light = mem_alloc(v->light_off[n] * sizeof *v->light);
    if (!v->light)
        return err_nomem(e);
    for (uint32_t k = 0; k < v->nblocks; k++) {
        for (size_t i = 0; i < b->light[k].n; i++) {
            struct light l = b->light[k].p[i];
            v->light[v->light_off[l.id - v->ncommon]++] = l.packed;
        }
        vec_free(&b->light[k]);
    }
    memmove(v->light_off + 1, v->light_off, n * sizeof *v->light_off);
    v->light_off[0] = 0;
    return RC_OK;
}

static void classify(struct inverted *v, const struct forward *f)
{
    while (v->nrows < f->nterms && (uint64_t)f->df[v->nrows] * ROW_SHARE > f->ndocs)
        v->nrows++;
    v->ncommon = v->nrows;
    while (v->ncommon < f->nterms && f->df[v->ncommon] >= COMMON_DF)
        v->ncommon++;
}

enum rc inverted_build(struct inverted *out, const struct forward *f, double *weight, double avg,
                       const struct index_scheme *scheme, unsigned threads, struct err *e)
{
    *out = (struct inverted){.avg = avg, .weight = weight};
    classify(out, f);
    out->nblocks = blocks_of(f->ndocs);
    out->norm = mem_calloc(f->ndocs, sizeof *out->norm);
    out->block = mem_calloc(out->nblocks, sizeof *out->block);
    struct build b = {out, f, scheme, mem_calloc(out->nblocks, sizeof *b.light)};
    enum rc rc = out->norm && out->block && b.light ? RC_OK : err_nomem(e);
    for (uint32_t i = 0; rc == RC_OK && i < out->nblocks; i++)
        block_place(&out->block[i], i, f->ndocs);
    if (rc == RC_OK)
        rc = pool_run(threads, out->nblocks, build_block, &b, e);
    if (rc == RC_OK)
        rc = join_light(&b, e);
    for (uint32_t i = 0; b.light && i < out->nblocks; i++)
        vec_free(&b.light[i]);
    mem_free(b.light);
    if (rc != RC_OK)
        inverted_release(out);
    return rc;
}

void inverted_release(struct inverted *v)
{
    for (uint32_t i = 0; v->block && i < v->nblocks; i++) {
        mem_free((void *)(uintptr_t)v->block[i].step);
        mem_free((void *)(uintptr_t)v->block[i].row);
        mem_free((void *)(uintptr_t)v->block[i].off);
        mem_free((void *)(uintptr_t)v->block[i].doc);
        mem_free((void *)(uintptr_t)v->block[i].imp);
    }
    mem_free(v->block);
    mem_free(v->weight);
    mem_free(v->norm);
    mem_free(v->light_off);
    mem_free(v->light);
    *v = (struct inverted){0};
}
