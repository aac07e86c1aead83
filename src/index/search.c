/* The exact top-k of one or many queries.
 *
 * A segment is walked block by block (65,536 documents). In a block the query's terms are summed
 * into 16-bit accumulators, in units chosen so that no sum can pass 65535; every impact and
 * product is rounded up (rows: down, their number is added as slack), so an accumulator plus what
 * was left out bounds the true score from above. Documents whose bound reaches the k-th best
 * exact score so far are scored exactly; nothing else can enter the answer.
 *
 * MaxScore (Turtle and Flood 1995) over the dense rows: those whose joint bound cannot lift a
 * document to the threshold by themselves are not summed, but looked up for the few documents
 * that still could pass. The threshold exists before the first block: the documents of the
 * query's rarest terms are scored first (the seeds).
 *
 * Where a score is more than the cosine (struct index_more), what comes beside it is one more
 * term of every document: its bound is added to the accumulator, raised by `span` so that it is
 * never below 0, and the threshold is raised likewise. */
#include "index/index_int.h"

#include "base/pool.h"
#include "index/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TERMS_MAX     49152u  /* distinct terms of a query; a text of 64 KB has fewer */
#define SEED_POSTINGS 512u    /* postings of rare terms read for the first threshold */
#define SEEDS_MORE    22u     /* seeds beyond k */
#define SLOTS         131072u /* hash places of a query's ids, at most; power of two > TERMS_MAX */
#define SLOTS_LEAST   4096u
#define SKIP_SHARE    0.35 /* of the threshold: what skipped rows may add up to */
#define BATCH         32u  /* queries that walk the blocks together */
#define BATCH_LEAST   8u

/* One term of the query in one segment. */
struct use {
    uint32_t id;
    uint32_t pos;    /* in the query */
    uint32_t cursor; /* light terms: next posting */
    double x;
};

struct known {
    uint32_t doc; /* of the segment */
    double score;
};

/* One query on its way through a segment. */
struct ask {
    struct index_query q;
    const struct index_more *more; /* NULL: the cosine alone */
    uint32_t number;               /* of the query, for `more` */
    struct topk top;
    double units;    /* of this query: score 1 = so many accumulator units */
    struct use *use; /* [n]: rows first, then lists, then light; by id */
    uint32_t n, nrows, ncommon, cap;
    uint16_t slot[SLOTS]; /* id hash -> place in use + 1; the first 2^(32 - slot_shift) */
    unsigned slot_shift;
    struct known *known; /* exact already, by document */
    uint32_t nknown, known_at, known_cap;
};

struct seed {
    uint32_t doc, sum;
};

struct index_scratch {
    uint16_t *acc;
    uint16_t *cand;
    struct seed *seed; /* [SEED_POSTINGS * 2] a hash by document */
    struct ask *ask;   /* [BATCH] */
    uint32_t nask;
    uint16_t *more; /* [nask][BLOCK_DOCS] bounds of what comes beside the cosine, or NULL */
    double *part;   /* [TERMS_MAX] contributions of one document */
    const uint8_t **row;
    uint16_t *weight;
    uint32_t *skipped; /* places in use of rows not summed */
};

/* ---- scratch ---- */

void index_scratch_close(struct index_scratch *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; s->ask && i < s->nask; i++) {
        mem_free(s->ask[i].use);
        mem_free(s->ask[i].known);
    }
    mem_free(s->ask);
    mem_free(s->acc);
    mem_free(s->more);
    mem_free(s->cand);
    mem_free(s->seed);
    mem_free(s->part);
    mem_free(s->row);
    mem_free(s->weight);
    mem_free(s->skipped);
    mem_free(s);
}

static enum rc scratch_open(struct index_scratch **out, uint32_t asks, bool more, struct err *e)
{
    struct index_scratch *s = mem_calloc(1, sizeof *s);
    if (!s)
        return err_nomem(e);
    s->acc = mem_aligned(BLOCK_DOCS * sizeof *s->acc);
    s->cand = mem_alloc(BLOCK_DOCS * sizeof *s->cand);
    s->seed = mem_alloc(SEED_POSTINGS * 2 * sizeof *s->seed);
    s->ask = mem_calloc(asks, sizeof *s->ask);
    s->part = mem_alloc(TERMS_MAX * sizeof *s->part);
    s->row = mem_alloc(TERMS_MAX * sizeof *s->row);
    s->weight = mem_alloc(TERMS_MAX * sizeof *s->weight);
    s->skipped = mem_alloc(TERMS_MAX * sizeof *s->skipped);
    s->nask = asks;
    if (more)
        s->more = mem_alloc((size_t)asks * BLOCK_DOCS * sizeof *s->more);
    if (!s->acc || (more && !s->more) || !s->cand || !s->seed || !s->ask || !s->part || !s->row ||
        !s->weight || !s->skipped) {
        index_scratch_close(s);
        return err_nomem(e);
    }
    *out = s;
    return RC_OK;
}

enum rc index_scratch_open(struct index_scratch **out, const struct index *ix, struct err *e)
{
    (void)ix;
    return scratch_open(out, 1, false, e);
}

/* ---- the exact score ---- */

static inline uint32_t slot_of(uint32_t id, unsigned shift)
{
    return (id * 0x9E3779B1u) >> shift;
}

/* The document's terms are looked up among the query's; contributions are added in query order in
 * four interleaved sums, so the result does not depend on how segments are cut. */
static double exact(const struct index *ix, const struct segment *g, const struct ask *a,
                    double *part, uint32_t doc)
{
    const struct inverted *v = &g->inv;
    double norm = v->norm[doc];
    if (norm <= 0)
        return 0;
    memset(part, 0, (a->q.n + 3) / 4 * 4 * sizeof *part);
    struct saturation sat = saturation_of(&ix->scheme, v->avg, g->fwd.len[doc]);
    struct fwd_iter it = fwd_start(&g->fwd, doc);
    uint32_t mask = UINT32_MAX >> a->slot_shift;
    while (fwd_next(&it)) {
        uint32_t s = slot_of(it.id, a->slot_shift), u;
        while ((u = a->slot[s]) != 0) {
            const struct use *t = &a->use[u - 1];
            if (t->id == it.id) {
                part[t->pos] = t->x * (saturated(&sat, it.tf) * v->weight[it.id] / norm);
                break;
            }
            s = (s + 1) & mask;
        }
    }
    double sum[4] = {0};
    for (uint32_t i = 0; i < a->q.n; i += 4)
        for (unsigned j = 0; j < 4; j++)
            sum[j] += part[i + j];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* ---- a query meets a segment ---- */

static int by_id(const void *x, const void *y)
{
    uint32_t a = ((const struct use *)x)->id, b = ((const struct use *)y)->id;
    return (a > b) - (a < b);
}

static int by_doc(const void *x, const void *y)
{
    uint32_t a = ((const struct known *)x)->doc, b = ((const struct known *)y)->doc;
    return (a > b) - (a < b);
}

static void fill_slots(struct ask *a)
{
    uint32_t slots = SLOTS_LEAST;
    while (slots < 2 * a->n && slots < SLOTS)
        slots *= 2;
    memset(a->slot, 0, slots * sizeof *a->slot);
    a->slot_shift = 32 - (unsigned)__builtin_ctz(slots);
    for (uint32_t i = 0; i < a->n; i++) {
        uint32_t s = slot_of(a->use[i].id, a->slot_shift);
        while (a->slot[s])
            s = (s + 1) & (slots - 1);
        a->slot[s] = (uint16_t)(i + 1);
    }
}

/* So that the accumulators cannot pass 65535: the true sum is at most the query's length; an
 * impact is at most 1/255 of the term's largest too high, which is at most 1; a product at most
 * one unit; what comes beside, raised, at most 2 span and three units. */
static double units_of(struct index_query q, const struct index_more *more)
{
    double beside = more ? 2 * more->span / more->weight : 0;
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < q.n; i++) {
        double x = MAX(q.term[i].x, 0.0);
        sum += x;
        squares += x * x;
    }
    double units = (65535.0 - 3 - q.n) / (1.001 * (MAX(sqrt(squares), 1.0) + beside) + sum / 255);
    return MIN(units, (double)SCORE_UNITS);
}

static enum rc ask_start(struct ask *a, const struct segment *g, struct err *e)
{
    if (a->cap < a->q.n) {
        struct use *use = mem_realloc(a->use, a->q.n * sizeof *use);
        if (!use)
            return err_nomem(e);
        a->use = use;
        a->cap = a->q.n;
    }
    a->n = 0;
    for (uint32_t i = 0; i < a->q.n; i++) {
        uint32_t id = forward_find(&g->fwd, a->q.term[i].key);
        if (id != UINT32_MAX && a->q.term[i].x > 0)
            a->use[a->n++] = (struct use){.id = id, .pos = i, .x = a->q.term[i].x};
    }
    if (a->n)
        qsort(a->use, a->n, sizeof *a->use, by_id);
    a->nrows = a->ncommon = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        a->nrows += a->use[i].id < g->inv.nrows;
        a->ncommon += a->use[i].id < g->inv.ncommon;
        if (a->use[i].id >= g->inv.ncommon)
            a->use[i].cursor = g->inv.light_off[a->use[i].id - g->inv.ncommon];
    }
    fill_slots(a);
    a->nknown = a->known_at = 0;
    return RC_OK;
}

/* What a cosine, raised by what comes beside it, must reach to enter. */
static double threshold(const struct ask *a)
{
    bool full = a->top.n == a->top.k && a->top.k;
    if (a->more)
        return full ? (a->top.hit[0].score + a->more->span) / a->more->weight : 0;
    return full ? a->top.hit[0].score : 0;
}

static void offer(struct ask *a, const struct segment *g, uint32_t doc, double cosine)
{
    if (is_dead(g->dead, doc))
        return;
    if (a->more)
        cosine = a->more->whole(a->more->ctx, a->number, g->base + doc, cosine);
    if (a->more || cosine > 0)
        topk_push(&a->top, (struct hit){cosine, g->base + doc});
}

/* The weight of a term whose impacts have this unit: ceil, in 1/256 of an accumulator unit. */
static inline uint16_t weight_of(const struct ask *a, const struct use *t, float step)
{
    return (uint16_t)MIN(ceil(t->x * (double)step * a->units * 256), 65535.0);
}

static inline uint32_t light_weight(const struct ask *a, const struct use *t)
{
    return (uint32_t)ceil(t->x * a->units * (1u << LIGHT_BITS) / LIGHT_MAX);
}

static inline uint32_t light_sum(uint32_t packed, uint32_t weight)
{
    return ((packed & LIGHT_MAX) * weight >> LIGHT_BITS) + 1;
}

/* ---- seeds ---- */

static void seed_add(struct seed *table, uint32_t doc, uint32_t sum)
{
    uint32_t i = (doc * 0x9E3779B1u) >> 20 & (SEED_POSTINGS * 2 - 1);
    while (table[i].sum && table[i].doc != doc)
        i = (i + 1) & (SEED_POSTINGS * 2 - 1);
    table[i].doc = doc;
    table[i].sum += sum;
}

static void seed_light(struct index_scratch *s, const struct ask *a, const struct segment *g,
                       const struct use *t)
{
    const struct inverted *v = &g->inv;
    uint32_t w = light_weight(a, t), i = t->id - v->ncommon;
    for (uint32_t p = v->light_off[i]; p < v->light_off[i + 1]; p++)
        seed_add(s->seed, v->light[p] >> LIGHT_BITS, light_sum(v->light[p], w));
}

static void seed_list(struct index_scratch *s, const struct ask *a, const struct segment *g,
                      const struct use *t)
{
    uint32_t i = t->id - g->inv.nrows;
    for (uint32_t k = 0; k < g->inv.nblocks; k++) {
        const struct block *b = &g->inv.block[k];
        uint32_t w = weight_of(a, t, b->step[t->id]);
        for (uint32_t p = b->off[i]; p < b->off[i + 1]; p++)
            seed_add(s->seed, b->first + b->doc[p], (b->imp[p] * w >> 8) + 1);
    }
}

/* Score the documents that the query's rarest terms speak for. */
static enum rc seed(struct index_scratch *s, struct ask *a, const struct index *ix,
                    const struct segment *g, struct err *e)
{
    uint32_t want = a->top.k + SEEDS_MORE, read = 0;
    if (want > SEED_POSTINGS / 4 || g->fwd.ndocs < 4 * want)
        return RC_OK;
    if (a->known_cap < want) {
        struct known *known = mem_realloc(a->known, want * sizeof *known);
        if (!known)
            return err_nomem(e);
        a->known = known;
        a->known_cap = want;
    }
    memset(s->seed, 0, SEED_POSTINGS * 2 * sizeof *s->seed);
    for (uint32_t i = a->n; i-- > a->nrows;) {
        uint32_t df = g->fwd.df[a->use[i].id];
        if (read + df > SEED_POSTINGS)
            break;
        read += df;
        if (i < a->ncommon)
            seed_list(s, a, g, &a->use[i]);
        else
            seed_light(s, a, g, &a->use[i]);
    }
    struct hit *hit = (struct hit *)(void *)a->known; /* same size: sums first, scores after */
    _Static_assert(sizeof(struct hit) == sizeof(struct known), "a seed becomes a known document");
    struct topk best = {hit, want, 0};
    for (uint32_t i = 0; i < SEED_POSTINGS * 2; i++)
        if (s->seed[i].sum)
            topk_push(&best, (struct hit){s->seed[i].sum, s->seed[i].doc});
    a->nknown = best.n;
    for (uint32_t i = 0; i < a->nknown; i++) {
        uint32_t doc = hit[i].id;
        a->known[i] = (struct known){doc, exact(ix, g, a, s->part, doc)};
        offer(a, g, doc, a->known[i].score);
    }
    if (a->nknown)
        qsort(a->known, a->nknown, sizeof *a->known, by_doc);
    return RC_OK;
}

/* ---- a query meets a block ---- */

struct skip {
    double rest;    /* units that the skipped rows can add at most */
    uint32_t nskip; /* of s->skipped, largest bound first */
};

struct bound {
    double ub;
    uint32_t place;
};

static int by_bound(const void *x, const void *y)
{
    double a = ((const struct bound *)x)->ub, b = ((const struct bound *)y)->ub;
    return (a > b) - (a < b);
}

/* Sum the rows that can matter; note the others. */
static struct skip sum_rows(struct index_scratch *s, const struct ask *a, const struct block *b,
                            const struct kernels *kern)
{
    struct bound bound[a->nrows ? a->nrows : 1];
    for (uint32_t i = 0; i < a->nrows; i++)
        bound[i] = (struct bound){a->use[i].x * (double)b->step[a->use[i].id] * 255 * a->units, i};
    qsort(bound, a->nrows, sizeof *bound, by_bound);
    double beside = a->more ? a->more->span / a->more->weight : 0;
    double budget = (threshold(a) - beside) * a->units * SKIP_SHARE;
    struct skip k = {0};
    while (k.nskip < a->nrows && k.rest + bound[k.nskip].ub + 1 <= budget)
        k.rest += bound[k.nskip++].ub + 1;
    for (uint32_t i = 0; i < k.nskip; i++)
        s->skipped[i] = bound[k.nskip - 1 - i].place;
    size_t stride = ROW_STRIDE(b->n), n = 0;
    for (uint32_t i = k.nskip; i < a->nrows; i++, n++) {
        const struct use *t = &a->use[bound[i].place];
        s->row[n] = b->row + t->id * stride;
        s->weight[n] = weight_of(a, t, b->step[t->id]);
    }
    kern->sum_rows(s->acc, stride, s->row, s->weight, n);
    return k;
}

static void add_lists(struct index_scratch *s, struct ask *a, const struct segment *g,
                      const struct block *b, const struct kernels *kern)
{
    for (uint32_t i = a->nrows; i < a->ncommon; i++) {
        const struct use *t = &a->use[i];
        uint32_t from = b->off[t->id - g->inv.nrows], to = b->off[t->id - g->inv.nrows + 1];
        if (from < to)
            kern->add_list(s->acc, b->doc + from, b->imp + from, to - from,
                           weight_of(a, t, b->step[t->id]));
    }
    for (uint32_t i = a->ncommon; i < a->n; i++) {
        struct use *t = &a->use[i];
        uint32_t w = light_weight(a, t), end = g->inv.light_off[t->id - g->inv.ncommon + 1];
        for (; t->cursor < end; t->cursor++) {
            uint32_t packed = g->inv.light[t->cursor], local = (packed >> LIGHT_BITS) - b->first;
            if (local >= b->n)
                break;
            s->acc[local] = (uint16_t)(s->acc[local] + light_sum(packed, w));
        }
    }
}

/* Could this document still pass, once the skipped rows are looked up? */
static bool survives(const struct index_scratch *s, const struct ask *a, const struct block *b,
                     struct skip k, uint32_t local, double need)
{
    double sum = s->acc[local], rest = k.rest;
    size_t stride = ROW_STRIDE(b->n);
    for (uint32_t i = 0; i < k.nskip; i++) {
        if (sum + rest < need)
            return false;
        const struct use *t = &a->use[s->skipped[i]];
        double unit = t->x * (double)b->step[t->id] * a->units;
        rest -= unit * 255 + 1;
        sum += unit * b->row[t->id * stride + local] + 1;
    }
    return sum >= need;
}

/* The units that a document must be able to reach; a hair below the threshold for rounding. */
static double needed(const struct ask *a, uint32_t summed)
{
    return threshold(a) * a->units * (1 - 1e-9) - summed - 1;
}

/* Scored before? Known documents come in rising order, as the scan does. */
static bool is_known(struct ask *a, uint32_t doc)
{
    while (a->known_at < a->nknown && a->known[a->known_at].doc < doc)
        a->known_at++;
    return a->known_at < a->nknown && a->known[a->known_at].doc == doc;
}

/* Score the candidates whose accumulators lie in [from, to]. */
static void score_between(struct index_scratch *s, struct ask *a, const struct index *ix,
                          const struct segment *g, const struct block *b, struct skip k, size_t n,
                          uint32_t from, uint32_t to)
{
    uint32_t summed = a->nrows - k.nskip, at = a->known_at;
    for (size_t i = 0; i < n; i++) {
        uint32_t local = s->cand[i];
        if (local >= b->n)
            break;
        if (s->acc[local] < from || s->acc[local] > to)
            continue;
        double need = needed(a, summed);
        if (s->acc[local] + k.rest < need || !survives(s, a, b, k, local, need))
            continue;
        uint32_t doc = b->first + local;
        if (!is_known(a, doc))
            offer(a, g, doc, exact(ix, g, a, s->part, doc));
    }
    a->known_at = at;
}

/* An accumulator value that at least `want` of the n candidates reach; 0 where fewer are. */
static uint32_t pivot_of(const struct index_scratch *s, size_t n, uint32_t want)
{
    uint32_t count[1u << 10] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++)
        count[s->acc[s->cand[i]] >> 6]++;
    for (uint32_t bin = 1u << 10; bin-- > 0;)
        if ((sum += count[bin]) >= want)
            return bin << 6;
    return 0;
}

/* While fewer than k are known there is no threshold: the block's highest sums go first, so that
 * there is one for the others. */
static void rescore(struct index_scratch *s, struct ask *a, const struct index *ix,
                    const struct segment *g, const struct block *b, struct skip k,
                    const struct kernels *kern)
{
    double least = ceil(needed(a, a->nrows - k.nskip) - k.rest);
    size_t n = kern->scan(s->acc, ROW_STRIDE(b->n), least > 0 ? (uint16_t)MIN(least, 65535.0) : 0,
                          s->cand);
    uint32_t missing = a->top.k - a->top.n;
    uint32_t pivot = missing && n > missing ? pivot_of(s, n, missing) : 0;
    score_between(s, a, ix, g, b, k, n, pivot, UINT16_MAX);
    if (pivot)
        score_between(s, a, ix, g, b, k, n, 0, pivot - 1);
}

/* The bounds of what comes beside the cosines, for all queries of the batch. */
static void bound_more(struct index_scratch *s, uint32_t nask, const struct segment *g,
                       const struct block *b)
{
    const struct ask *a = s->ask;
    double units[BATCH];
    if (!a->more)
        return;
    for (uint32_t j = 0; j < nask; j++)
        units[j] = a[j].units / a->more->weight;
    a->more->bound(a->more->ctx, a->number, nask, g->base + b->first, b->n, units, s->more);
}

static void add_more(uint16_t *restrict acc, const uint16_t *restrict more, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        acc[i] = (uint16_t)(acc[i] + more[i]);
}

static void ask_block(struct index_scratch *s, struct ask *a, const struct index *ix,
                      const struct segment *g, const struct block *b, const struct kernels *kern)
{
    if ((!a->n && !a->more) || !a->top.k)
        return;
    struct skip k = sum_rows(s, a, b, kern);
    add_lists(s, a, g, b, kern);
    if (a->more)
        add_more(s->acc, s->more + (size_t)(a - s->ask) * b->n, b->n);
    rescore(s, a, ix, g, b, k, kern);
}

/* ---- the walk ---- */

static enum rc walk(const struct index *ix, struct index_scratch *s, uint32_t nask, struct err *e)
{
    const struct kernels *kern = kernels_best();
    for (uint32_t i = 0; i < ix->nseg; i++) {
        const struct segment *g = &ix->seg[i];
        for (uint32_t j = 0; j < nask; j++) {
            TRY(ask_start(&s->ask[j], g, e));
            TRY(seed(s, &s->ask[j], ix, g, e));
        }
        for (uint32_t k = 0; k < g->inv.nblocks; k++) {
            bound_more(s, nask, g, &g->inv.block[k]);
            for (uint32_t j = 0; j < nask; j++)
                ask_block(s, &s->ask[j], ix, g, &g->inv.block[k], kern);
        }
    }
    return RC_OK;
}

static enum rc ask_init(struct ask *a, struct index_query q, uint32_t k, struct hit *hit,
                        struct err *e)
{
    if (q.n > TERMS_MAX)
        return err_too_big(e, "index.query_long", "%u", TERMS_MAX);
    a->q = q;
    a->more = NULL;
    a->top = (struct topk){hit, k, 0};
    a->units = units_of(q, NULL);
    return RC_OK;
}

enum rc index_search(const struct index *ix, struct index_scratch *s, struct index_query q,
                     uint32_t k, struct hit *hit, uint32_t *n, struct err *e)
{
    *n = 0;
    TRY(ask_init(&s->ask[0], q, k, hit, e));
    TRY(walk(ix, s, 1, e));
    topk_sort(&s->ask[0].top);
    *n = s->ask[0].top.n;
    return RC_OK;
}

enum rc index_score_docs(const struct index *ix, struct index_scratch *s, struct index_query q,
                         const uint32_t *doc, uint32_t n, double *score, struct err *e)
{
    struct ask *a = &s->ask[0];
    TRY(ask_init(a, q, 0, NULL, e));
    const struct segment *g = NULL;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t local = doc[i];
        const struct segment *of = segment_of(ix, &local);
        if (of != g)
            TRY(ask_start(a, of, e));
        g = of;
        score[i] = exact(ix, g, a, s->part, local);
    }
    return RC_OK;
}

/* ---- batch ---- */

struct batch {
    const struct index *ix;
    const struct index_more *more;
    const struct index_query *q;
    uint32_t nq, k;
    struct hit *hit;
    uint32_t *n;
    struct index_scratch **scratch; /* one a thread */
    VEC(uint32_t) first;            /* of each step, and the end */
};

/* Steps of BATCH queries at first, smaller ones towards the end, so that no thread waits long for
 * the last (guided self-scheduling, Polychronopoulos and Kuck 1987). */
static enum rc plan_steps(struct batch *b, unsigned threads, struct err *e)
{
    uint32_t at = 0;
    while (at < b->nq) {
        uint32_t left = b->nq - at, share = threads > 1 ? left / (2 * threads) : left;
        TRY(vec_push(&b->first, at, e));
        at += MIN(left, MIN(MAX(share, BATCH_LEAST), BATCH));
    }
    return vec_push(&b->first, b->nq, e);
}

static enum rc batch_step(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct batch *b = ctx;
    struct index_scratch *s = b->scratch[worker];
    uint32_t first = b->first.p[i], n = b->first.p[i + 1] - first;
    for (uint32_t j = 0; j < n; j++) {
        struct ask *a = &s->ask[j];
        TRY(ask_init(a, b->q[first + j], b->k, b->hit ? b->hit + (size_t)(first + j) * b->k : NULL,
                     e));
        a->more = b->more;
        a->number = first + j;
        a->units = units_of(a->q, a->more);
    }
    TRY(walk(b->ix, s, n, e));
    for (uint32_t j = 0; j < n; j++) {
        topk_sort(&s->ask[j].top);
        b->n[first + j] = s->ask[j].top.n;
    }
    return RC_OK;
}

enum rc index_search_more(const struct index *ix, const struct index_more *more,
                          const struct index_query *q, uint32_t nq, uint32_t k, struct hit *hit,
                          uint32_t *n, unsigned threads, struct err *e)
{
    struct batch b = {ix,          more, q, nq, k, hit, n, mem_calloc(threads, sizeof *b.scratch),
                      {NULL, 0, 0}};
    if (!b.scratch)
        return err_nomem(e);
    enum rc rc = plan_steps(&b, threads, e);
    for (unsigned i = 0; rc == RC_OK && i < threads; i++)
        rc = scratch_open(&b.scratch[i], MIN(BATCH, nq), more != NULL, e);
    if (rc == RC_OK)
        rc = pool_run(threads, b.first.n - 1, batch_step, &b, e);
    for (unsigned i = 0; i < threads; i++)
        index_scratch_close(b.scratch[i]);
    vec_free(&b.first);
    mem_free(b.scratch);
    return rc;
}

enum rc index_search_batch(const struct index *ix, const struct index_query *q, uint32_t nq,
                           uint32_t k, struct hit *hit, uint32_t *n, unsigned threads,
                           struct err *e)
{
    return index_search_more(ix, NULL, q, nq, k, hit, n, threads, e);
}
