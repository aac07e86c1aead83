#include "match/view.h"

#include "base/pool.h"

#include <math.h>
#include <string.h>

#define STRIDE_MAX 256u
#define SAMPLE     20000u
#define STEP       1024u /* documents of one step of view_keep */

/* The inner loops, once for every processor and once more for those with AVX2; without sums
 * across lanes of floating point, the numbers are the same. */
static inline __attribute__((always_inline)) void
axpy_loop(float *restrict y, const float *restrict x, float a, uint32_t k)
{
    for (uint32_t i = 0; i < k; i++)
        y[i] += a * x[i];
}

/* 32767 * 127 * 256 fits. */
static inline __attribute__((always_inline)) int32_t dot_loop(const int16_t *a, const int8_t *b,
                                                              uint32_t n)
{
    int32_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += (int32_t)a[i] * b[i];
    return sum;
}

/* y[d] = sum over i of times[i] * vector[i][d], in that order, WIDE * 8 numbers at a time, whose
 * sums stay in registers. */
typedef float eight __attribute__((vector_size(32), aligned(4), may_alias));
#define WIDE 12u
static inline __attribute__((always_inline)) void sum_loop(float *y, const float *const *vector,
                                                           const float *times, size_t n, uint32_t k)
{
    uint32_t d = 0;
    for (; d + WIDE * 8 <= k; d += WIDE * 8) {
        eight sum[WIDE] = {{0}};
        for (size_t i = 0; i < n; i++) {
            const float *x = vector[i] + d;
#pragma GCC unroll 12
            for (unsigned j = 0; j < WIDE; j++)
                sum[j] += times[i] * *(const eight *)(x + 8 * j);
        }
        memcpy(y + d, sum, sizeof sum);
    }
    memset(y + d, 0, (k - d) * sizeof *y);
    for (size_t i = 0; i < n; i++)
        axpy_loop(y + d, vector[i] + d, times[i], k - d);
}

#if defined(__x86_64__)
#define HAS_AVX2 __builtin_cpu_supports("avx2")
#define AVX2     __attribute__((target("avx2")))
#else
#define HAS_AVX2 false
#define AVX2
#endif

AVX2 static void axpy_avx2(float *y, const float *x, float a, uint32_t k)
{
    axpy_loop(y, x, a, k);
}

AVX2 static int32_t dot_avx2(const int16_t *a, const int8_t *b, uint32_t n)
{
    return dot_loop(a, b, n);
}

static inline __attribute__((always_inline)) void add_loop(const int16_t *need, const int8_t *point,
                                                           const float *inverse, float factor,
                                                           uint32_t stride, uint32_t n, float *to)
{
    for (uint32_t i = 0; i < n; i++)
        to[i] += factor * inverse[i] * (float)dot_loop(need, point + (size_t)i * stride, stride);
}

AVX2 static void add_avx2(const int16_t *need, const int8_t *point, const float *inverse,
                          float factor, uint32_t stride, uint32_t n, float *to)
{
    add_loop(need, point, inverse, factor, stride, n, to);
}

AVX2 static void sum_avx2(float *y, const float *const *vector, const float *times, size_t n,
                          uint32_t k)
{
    sum_loop(y, vector, times, n, k);
}

static void sum_up(float *y, const float *const *vector, const float *times, size_t n, uint32_t k)
{
    if (HAS_AVX2)
        sum_avx2(y, vector, times, n, k);
    else
        sum_loop(y, vector, times, n, k);
}

static void axpy(float *y, const float *x, float a, uint32_t k)
{
    if (HAS_AVX2)
        axpy_avx2(y, x, a, k);
    else
        axpy_loop(y, x, a, k);
}

static int32_t dot(const int16_t *a, const int8_t *b, uint32_t n)
{
    return HAS_AVX2 ? dot_avx2(a, b, n) : dot_loop(a, b, n);
}

/* What one thread needs: a document's terms that have a vector, with what each counts. */
struct desk {
    vec_index_entry entry;
    VEC(const float *) vector;
    VEC(float) times;
};

static void desk_free(struct desk *d)
{
    vec_free(&d->entry);
    vec_free(&d->vector);
    vec_free(&d->times);
}

/* The document's point before centring; zeros for a text without known terms. */
static enum rc project(const struct view *v, uint32_t doc, struct desk *d, float *to, struct err *e)
{
    double length = 0;
    d->entry.n = d->vector.n = d->times.n = 0;
    TRY(index_doc_vector(v->ix, doc, &d->entry, e));
    TRY(vec_reserve(&d->vector, d->entry.n, e));
    TRY(vec_reserve(&d->times, d->entry.n, e));
    for (size_t i = 0; i < d->entry.n; i++) {
        const struct index_entry *x = &d->entry.p[i];
        double u = v->share ? x->sat * v->share[x->number] : x->y;
        length += u * u;
        if (v->vector[x->number]) {
            d->vector.p[d->vector.n++] = v->vector[x->number];
            d->times.p[d->times.n++] = (float)u;
        }
    }
    memset(to + v->dims, 0, (v->stride - v->dims) * sizeof *to);
    sum_up(to, d->vector.p, d->times.p, d->vector.n, v->dims);
    float scale = length > 0 ? (float)(1 / sqrt(length)) : 0;
    for (uint32_t i = 0; i < v->dims; i++)
        to[i] *= scale;
    return RC_OK;
}

/* Centre and scale to 8 bits; returns 1 / length of the result, 0 for no point. */
static float quantise(const struct view *v, const float *p, int8_t *to)
{
    float top = 0;
    for (uint32_t d = 0; d < v->stride; d++)
        top = fmaxf(top, fabsf(p[d] - v->mean[d]));
    int32_t sum = 0;
    for (uint32_t d = 0; d < v->stride; d++) {
        int32_t q = top > 0 ? (int32_t)lrintf((p[d] - v->mean[d]) * (127 / top)) : 0;
        to[d] = (int8_t)q;
        sum += q * q;
    }
    return sum ? 1 / sqrtf((float)sum) : 0;
}

/* ---- all documents, STEP a step ---- */

struct walk {
    struct view *v;
    uint32_t every;    /* documents of the mean: 0, every, 2 every … */
    double *sum;       /* [steps * STRIDE_MAX] of each step's points */
    struct desk *desk; /* one a worker */
};

static uint32_t steps_of(uint32_t n)
{
    return (n + STEP - 1) / STEP;
}

static enum rc mean_step(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct walk *w = ctx;
    float p[STRIDE_MAX];
    double *sum = w->sum + i * STRIDE_MAX;
    uint32_t n = index_docs(w->v->ix), count = (n - 1) / w->every + 1;
    uint32_t first = (uint32_t)i * STEP, end = MIN(first + STEP, count);
    for (uint32_t k = first; k < end; k++) {
        TRY(project(w->v, k * w->every, &w->desk[worker], p, e));
        for (uint32_t d = 0; d < w->v->dims; d++)
            sum[d] += p[d];
    }
    return RC_OK;
}

static enum rc keep_step(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct walk *w = ctx;
    struct view *v = w->v;
    float p[STRIDE_MAX];
    uint32_t first = (uint32_t)i * STEP, end = MIN(first + STEP, index_docs(v->ix));
    for (uint32_t doc = first; doc < end; doc++) {
        TRY(project(v, doc, &w->desk[worker], p, e));
        v->inverse[doc] = quantise(v, p, v->point + (size_t)doc * v->stride);
    }
    return RC_OK;
}

static enum rc walk_run(struct walk *w, uint32_t n, pool_fn step, unsigned threads, struct err *e)
{
    w->desk = mem_calloc(threads, sizeof *w->desk);
    enum rc rc = w->desk ? pool_run(threads, steps_of(n), step, w, e) : err_nomem(e);
    for (unsigned i = 0; w->desk && i < threads; i++)
        desk_free(&w->desk[i]);
    mem_free(w->desk);
    return rc;
}

static enum rc find_mean(struct view *v, unsigned threads, struct err *e)
{
    uint32_t n = index_docs(v->ix), every = n / SAMPLE + 1, count = n ? (n - 1) / every + 1 : 0;
    struct walk w = {.v = v, .every = every};
    w.sum = mem_calloc((size_t)steps_of(count) * STRIDE_MAX, sizeof *w.sum);
    enum rc rc = w.sum ? walk_run(&w, count, mean_step, threads, e) : err_nomem(e);
    for (uint32_t d = 0; rc == RC_OK && d < v->dims && count; d++) {
        double sum = 0;
        for (uint32_t i = 0; i < steps_of(count); i++)
            sum += w.sum[(size_t)i * STRIDE_MAX + d];
        v->mean[d] = (float)(sum / count);
    }
    mem_free(w.sum);
    return rc;
}

static enum rc find_share(struct view *v, struct err *e)
{
    uint32_t n = index_terms(v->ix);
    v->share = mem_alloc(n * sizeof *v->share);
    if (!v->share)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        v->share[i] = sqrt(index_term_weight(v->ix, i));
    return RC_OK;
}

enum rc view_open(struct view *v, bool centred, unsigned threads, struct err *e)
{
    v->stride = (v->dims + 15) / 16 * 16;
    if (v->stride > STRIDE_MAX)
        BUG("%u dimensions", v->dims);
    v->mean = mem_calloc(v->stride, sizeof *v->mean);
    if (!v->mean)
        return err_nomem(e);
    if (v->root)
        TRY(find_share(v, e));
    return centred ? find_mean(v, threads, e) : RC_OK;
}

enum rc view_keep(struct view *v, unsigned threads, struct err *e)
{
    uint32_t n = index_docs(v->ix);
    struct walk w = {.v = v};
    v->point = mem_alloc((size_t)n * v->stride);
    v->inverse = mem_alloc(n * sizeof *v->inverse);
    if (!v->point || !v->inverse)
        return err_nomem(e);
    return walk_run(&w, n, keep_step, threads, e);
}

void view_release(struct view *v)
{
    mem_free((void *)v->vector);
    mem_free(v->own);
    mem_free(v->share);
    mem_free(v->mean);
    mem_free(v->point);
    mem_free(v->inverse);
    *v = (struct view){0};
}

float view_need(const struct view *v, const vec_need_term *need, vector_fn vector_of,
                const void *ctx, int16_t *to)
{
    float p[STRIDE_MAX] = {0}, top = 0;
    double length = 0;
    for (size_t i = 0; i < need->n; i++) {
        double u = need->p[i].tf * (v->root ? sqrt(need->p[i].w) : need->p[i].w);
        length += u * u;
        const float *x = vector_of(ctx, need->p[i].key);
        if (x)
            axpy(p, x, (float)u, v->dims);
    }
    for (uint32_t d = 0; d < v->stride; d++) {
        p[d] = (length > 0 ? p[d] * (float)(1 / sqrt(length)) : 0) - v->mean[d];
        top = fmaxf(top, fabsf(p[d]));
    }
    double sum = 0;
    for (uint32_t d = 0; d < v->stride; d++) {
        to[d] = (int16_t)(top > 0 ? lrintf(p[d] * (32767 / top)) : 0);
        sum += (double)to[d] * to[d];
    }
    return sum > 0 ? (float)(1 / sqrt(sum)) : 0;
}

float view_result(const struct view *v, const vec_result_term *result, vector_fn vector_of,
                  const void *ctx, int8_t *to)
{
    float p[STRIDE_MAX] = {0};
    double norm = 0, length = 0;
    for (size_t i = 0; i < result->n; i++) {
        double y = result->p[i].sat * result->p[i].w;
        norm += y * y;
    }
    for (size_t i = 0; norm > 0 && i < result->n; i++) {
        const struct result_term *t = &result->p[i];
        double u = v->root ? t->sat * sqrt(t->w) : t->sat * t->w / sqrt(norm);
        length += u * u;
        const float *x = vector_of(ctx, t->key);
        if (x)
            axpy(p, x, (float)u, v->dims);
    }
    float scale = length > 0 ? (float)(1 / sqrt(length)) : 0;
    for (uint32_t d = 0; d < v->dims; d++)
        p[d] *= scale;
    return quantise(v, p, to);
}

double view_alike(const struct view *v, const int16_t *need, float need_inverse,
                  const int8_t *result, float result_inverse)
{
    return (double)dot(need, result, v->stride) * need_inverse * result_inverse;
}

void view_add(const struct view *v, const int16_t *need, float inverse, float factor,
              uint32_t first, uint32_t n, float *to)
{
    const int8_t *point = v->point + (size_t)first * v->stride;
    if (HAS_AVX2)
        add_avx2(need, point, v->inverse + first, factor * inverse, v->stride, n, to);
    else
        add_loop(need, point, v->inverse + first, factor * inverse, v->stride, n, to);
}

enum rc view_likeness(const struct view *v, const int16_t *need, float inverse, uint32_t doc,
                      double *out, struct err *e)
{
    if (v->point) {
        *out = view_alike(v, need, inverse, v->point + (size_t)doc * v->stride, v->inverse[doc]);
        return RC_OK;
    }
    struct desk scratch = {0};
    float p[STRIDE_MAX];
    int8_t q[STRIDE_MAX];
    enum rc rc = project(v, doc, &scratch, p, e);
    if (rc == RC_OK) {
        float length = quantise(v, p, q);
        *out = (double)dot(need, q, v->stride) * inverse * length;
    }
    desk_free(&scratch);
    return rc;
}
