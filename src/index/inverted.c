/* From the documents of a segment and the weights of a generation to its impacts. Blocks are
 * independent and built in parallel; light terms, whose lists run across blocks, are laid
 * together afterwards. */
#include "index/index_int.h"

#include "base/pool.h"

#include <math.h>
#include <string.h>

struct light {
    uint32_t id, packed;
};
typedef VEC(struct light) vec_light;

#define RANGES 4u /* of light terms, laid by different threads */

struct build {
    struct inverted *v;
    const struct forward *f;
    const struct index_scheme *scheme;
    vec_light *light; /* one a block */
    uint32_t range[RANGES + 1], *at;
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

/* Squares are summed as integers of 2^-60, whose sum does not depend on the order of terms: ids,
 * and with them the order, differ from segment to segment, and scores must not. */
typedef unsigned __int128 square_sum;

static inline square_sum square_units(double y)
{
    double s = y * y * 0x1p60;
    return LIKELY(s < 0x1p63) ? (square_sum)(int64_t)s : (square_sum)MIN(s, 0x1p110);
}

/* A document while it is weighed: its terms, ids rising. */
struct weighed {
    uint32_t n, rows, common; /* the first `rows` are rows, those up to `common` rows and lists */
    VEC(uint32_t) id;
    VEC(uint32_t) tf;
    VEC(double) y;
};

static void weighed_free(struct weighed *w)
{
    vec_free(&w->id);
    vec_free(&w->tf);
    vec_free(&w->y);
}

static enum rc weighed_room(struct weighed *w, uint32_t terms, struct err *e)
{
    w->id.n = w->tf.n = w->y.n = 0;
    TRY(vec_reserve(&w->id, terms, e));
    TRY(vec_reserve(&w->tf, terms, e));
    return vec_reserve(&w->y, terms, e);
}

/* Decoding waits for every number's length and weighing for the weights to come from memory: one
 * after the other, the waits of many terms overlap. y is s w, not yet divided by the length. Terms
 * from `end` on are left out. */
static enum rc weigh_doc(const struct build *b, uint32_t doc, uint32_t end, struct weighed *w,
                         struct err *e)
{
    const struct inverted *v = b->v;
    TRY(weighed_room(w, (uint32_t)(b->f->off[doc + 1] - b->f->off[doc]), e)); /* bytes >= terms */
    uint32_t *id = w->id.p, *tf = w->tf.p, n = 0;
    struct fwd_iter it = fwd_start(b->f, doc);
    for (; fwd_next(&it) && it.id < end; n++) {
        id[n] = it.id;
        tf[n] = it.tf;
    }
    struct saturation sat = saturation_of(b->scheme, v->avg, b->f->len[doc]);
    for (uint32_t i = 0; i < n; i++)
        w->y.p[i] = saturate_tf(&sat, tf[i]) * v->weight[id[i]];
    for (w->rows = 0; w->rows < n && id[w->rows] < v->nrows;)
        w->rows++;
    for (w->common = w->rows; w->common < n && id[w->common] < v->ncommon;)
        w->common++;
    w->n = n;
    return RC_OK;
}

/* Length of the document's vector. */
static double norm_of(const struct weighed *w)
{
    square_sum sum = 0;
    for (uint32_t i = 0; i < w->n; i++)
        sum += square_units(w->y.p[i]);
    return sqrt((double)sum * 0x1p-60);
}

static float share(const struct weighed *w, uint32_t i, double norm)
{
    return round_up(w->y.p[i] / norm);
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

/* First walk: the largest y of each common term, and how long its list is; light terms whole. */
static enum rc measure(struct fill *x, uint32_t local, const struct weighed *w, double norm,
                       struct err *e)
{
    for (uint32_t i = 0; i < w->common; i++) {
        uint32_t id = w->id.p[i];
        x->step[id] = fmaxf(x->step[id], share(w, i, norm));
        if (i >= w->rows)
            x->off[id - x->v->nrows + 1]++;
    }
    TRY(vec_reserve(x->light, w->n - w->common, e));
    for (uint32_t i = w->common; i < w->n; i++) {
        uint32_t packed = (x->base + local) << LIGHT_BITS | light_impact(share(w, i, norm));
        x->light->p[x->light->n++] = (struct light){w->id.p[i], packed};
    }
    return RC_OK;
}

/* Second walk: the impacts. off[i] is the next free place of list i. */
static void place(struct fill *x, uint32_t local, const struct weighed *w, double norm)
{
    for (uint32_t i = 0; i < w->rows; i++) {
        uint32_t id = w->id.p[i];
        x->row[id * x->stride + local] = impact(share(w, i, norm), x->step[id]);
    }
    for (uint32_t i = w->rows; i < w->common; i++) {
        uint32_t id = w->id.p[i], at = x->off[id - x->v->nrows]++;
        x->doc[at] = (uint16_t)local;
        x->imp[at] = impact(share(w, i, norm), x->step[id]);
    }
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

static enum rc measure_all(const struct build *b, const struct block *k, struct fill *x,
                           struct weighed *w, struct err *e)
{
    for (uint32_t d = 0; d < k->n; d++) {
        TRY(weigh_doc(b, k->first + d, UINT32_MAX, w, e));
        double norm = b->v->norm[k->first + d] = norm_of(w);
        if (norm > 0)
            TRY(measure(x, d, w, norm, e));
    }
    return RC_OK;
}

static enum rc place_all(const struct build *b, const struct block *k, struct fill *x,
                         struct weighed *w, struct err *e)
{
    for (uint32_t d = 0; d < k->n; d++) {
        double norm = b->v->norm[k->first + d];
        if (norm <= 0)
            continue;
        TRY(weigh_doc(b, k->first + d, b->v->ncommon, w, e));
        place(x, d, w, norm);
    }
    return RC_OK;
}

static enum rc fill_block(struct build *b, struct block *k, struct fill *x, struct weighed *w,
                          struct err *e)
{
    const struct inverted *v = b->v;
    uint32_t lists = v->ncommon - v->nrows;
    k->step = x->step = mem_calloc(v->ncommon, sizeof *x->step);
    k->off = x->off = mem_calloc((size_t)lists + 1, sizeof *x->off);
    k->row = x->row = mem_aligned(v->nrows * x->stride);
    if (!x->step || !x->off || !x->row)
        return err_nomem(e);
    memset(x->row, 0, v->nrows * x->stride);
    TRY(measure_all(b, k, x, w, e));
    lay_out(x);
    k->doc = x->doc = mem_alloc(x->off[lists] * sizeof *x->doc);
    k->imp = x->imp = mem_alloc(x->off[lists]);
    if (!x->doc || !x->imp)
        return err_nomem(e);
    TRY(place_all(b, k, x, w, e));
    /* place() has moved every start to its end: shift back */
    memmove(x->off + 1, x->off, lists * sizeof *x->off);
    x->off[0] = 0;
    return RC_OK;
}

static enum rc build_block(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    struct build *b = ctx;
    struct block *k = &b->v->block[i];
    struct fill x = {
        .v = b->v, .base = k->first, .stride = ROW_STRIDE(k->n), .light = &b->light[i]};
    struct weighed w = {0};
    enum rc rc = fill_block(b, k, &x, &w, e);
    weighed_free(&w);
    return rc;
}

/* ---- light terms ---- */

/* The first light term of a range: ranges have about equally many postings. */
static uint32_t range_start(const struct inverted *v, uint32_t n, uint32_t i)
{
    uint64_t wanted = (uint64_t)v->light_off[n] * i / RANGES;
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (v->light_off[mid] < wanted)
            low = mid + 1;
        else
            high = mid;
    }
    return i < RANGES ? low : n;
}

/* at[t] is the next free place of term t; a document's terms rise, so that those of the range
 * stand together. */
static enum rc lay_range(void *ctx, size_t i, unsigned worker, struct err *e)
{
    (void)worker;
    (void)e;
    struct build *b = ctx;
    struct inverted *v = b->v;
    uint32_t from = b->range[i], n = b->range[i + 1] - from;
    for (uint32_t k = 0; k < v->nblocks; k++)
        for (size_t j = 0; j < b->light[k].n; j++) {
            struct light l = b->light[k].p[j];
            uint32_t t = l.id - v->ncommon;
            if (t - from < n)
                v->light[b->at[t]++] = l.packed;
        }
    return RC_OK;
}

/* Lay the blocks' light postings term by term, documents rising. */
static enum rc join_light(struct build *b, unsigned threads, struct err *e)
{
    struct inverted *v = b->v;
    uint32_t n = b->f->nterms - v->ncommon;
    v->light_off = mem_calloc((size_t)n + 1, sizeof *v->light_off);
    b->at = mem_alloc(n * sizeof *b->at);
    if (!v->light_off || !b->at)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        b->at[i] = v->light_off[i];
        v->light_off[i + 1] = v->light_off[i] + b->f->df[v->ncommon + i];
    }
    v->light = mem_alloc(v->light_off[n] * sizeof *v->light);
    if (!v->light)
        return err_nomem(e);
    for (uint32_t i = 0; i <= RANGES; i++)
        b->range[i] = range_start(v, n, i);
    return pool_run(threads, RANGES, lay_range, b, e);
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
    struct build b = {.v = out, .f = f, .scheme = scheme};
    b.light = mem_calloc(out->nblocks, sizeof *b.light);
    enum rc rc = out->norm && out->block && b.light ? RC_OK : err_nomem(e);
    for (uint32_t i = 0; rc == RC_OK && i < out->nblocks; i++)
        block_place(&out->block[i], i, f->ndocs);
    if (rc == RC_OK)
        rc = pool_run(threads, out->nblocks, build_block, &b, e);
    if (rc == RC_OK)
        rc = join_light(&b, threads, e);
    for (uint32_t i = 0; b.light && i < out->nblocks; i++)
        vec_free(&b.light[i]);
    mem_free(b.light);
    mem_free(b.at);
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
