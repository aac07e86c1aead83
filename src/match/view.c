#include "match/view.h"

#include "base/pool.h"
#include "match/refine.h"
#include "match/view_loops.h"

#include <math.h>
#include <string.h>

#define STRIDE_MAX 256u
#define SAMPLE     20000u
#define STEP       1024u /* documents of one step of view_keep */

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

/* The document's terms with what they count, and the square of their length. */
static enum rc read_doc(const struct view *v, uint32_t doc, struct desk *d, double *square,
                        struct err *e)
{
    double length = 0;
    size_t n = 0;
    d->entry.n = d->vector.n = d->times.n = 0;
    TRY(v->root ? index_doc_counts(v->ix, doc, &d->entry, e)
                : index_doc_vector(v->ix, doc, &d->entry, e));
    TRY(vec_reserve(&d->vector, d->entry.n, e));
    TRY(vec_reserve(&d->times, d->entry.n, e));
    for (size_t i = 0; i < d->entry.n; i++) {
        const struct index_entry *x = &d->entry.p[i];
        const struct view_term *t = &v->term[x->number];
        double u = v->root ? x->sat * t->share : x->y;
        length += u * u;
        d->vector.p[n] = t->vector;
        d->times.p[n] = (float)u;
        n += t->vector != NULL;
    }
    d->vector.n = d->times.n = n;
    *square = length;
    return RC_OK;
}

/* The document's point before centring; zeros for a text without known terms. */
static enum rc project(const struct view *v, uint32_t doc, struct desk *d, float *to, struct err *e)
{
    double length = 0;
    TRY(read_doc(v, doc, d, &length, e));
    memset(to + v->dims, 0, (v->stride - v->dims) * sizeof *to);
    view_sum(to, d->vector.p, d->times.p, d->vector.n, v->dims);
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
    float *sample;     /* [of the mean * stride] their points before centring; NULL: not kept */
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
        if (w->sample)
            memcpy(w->sample + (size_t)k * w->v->stride, p, w->v->stride * sizeof *p);
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
        const float *known = w->sample && doc % w->every == 0
                                 ? w->sample + (size_t)(doc / w->every) * v->stride
                                 : NULL;
        if (!known)
            TRY(project(v, doc, &w->desk[worker], p, e));
        v->inverse[doc] = quantise(v, known ? known : p, v->point + (size_t)doc * v->stride);
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

static uint32_t sample_of(uint32_t ndocs, uint32_t every)
{
    return ndocs ? (ndocs - 1) / every + 1 : 0;
}

static enum rc find_mean(struct walk *w, unsigned threads, struct err *e)
{
    struct view *v = w->v;
    uint32_t count = sample_of(index_docs(v->ix), w->every);
    w->sum = mem_calloc((size_t)steps_of(count) * STRIDE_MAX, sizeof *w->sum);
    if (!w->sum)
        return err_nomem(e);
    TRY(walk_run(w, count, mean_step, threads, e));
    for (uint32_t d = 0; d < v->dims && count; d++) {
        double sum = 0;
        for (uint32_t i = 0; i < steps_of(count); i++)
            sum += w->sum[(size_t)i * STRIDE_MAX + d];
        v->mean[d] = (float)(sum / count);
    }
    return RC_OK;
}

static enum rc keep_points(struct walk *w, unsigned threads, struct err *e)
{
    struct view *v = w->v;
    uint32_t n = index_docs(v->ix);
    v->point = mem_alloc((size_t)n * v->stride);
    v->inverse = mem_alloc(n * sizeof *v->inverse);
    return v->point && v->inverse ? walk_run(w, n, keep_step, threads, e) : err_nomem(e);
}

/* Vectors refined by the sample, and its points and mean by the refined vectors. */
static enum rc refine(struct walk *w, const double *pull, unsigned threads, struct err *e)
{
    struct refine_sample s = {w->sample, w->v->mean, w->every,
                              sample_of(index_docs(w->v->ix), w->every)};
    TRY(view_refine(w->v, &s, pull, threads, e));
    mem_free(w->sum);
    w->sum = NULL;
    return find_mean(w, threads, e);
}

/* What the mean was taken of need not be projected again. */
static enum rc walk_all(struct view *v, bool centred, const double *pull, bool keep,
                        unsigned threads, struct err *e)
{
    uint32_t n = index_docs(v->ix);
    struct walk w = {.v = v, .every = n / SAMPLE + 1};
    enum rc rc = RC_OK;
    if (centred && (keep || pull) &&
        !(w.sample = mem_alloc((size_t)sample_of(n, w.every) * v->stride * sizeof *w.sample)))
        rc = err_nomem(e);
    if (rc == RC_OK && centred)
        rc = find_mean(&w, threads, e);
    if (rc == RC_OK && centred && pull)
        rc = refine(&w, pull, threads, e);
    if (rc == RC_OK && keep)
        rc = keep_points(&w, threads, e);
    mem_free(w.sum);
    mem_free(w.sample);
    return rc;
}

enum rc view_open(struct view *v, bool centred, const double *pull, bool keep, unsigned threads,
                  struct err *e)
{
    v->stride = (v->dims + 15) / 16 * 16;
    if (v->stride > STRIDE_MAX)
        BUG("%u dimensions", v->dims);
    v->mean = mem_calloc(v->stride, sizeof *v->mean);
    if (!v->mean)
        return err_nomem(e);
    uint32_t n = v->root ? index_terms(v->ix) : 0;
    for (uint32_t i = 0; i < n; i++)
        v->term[i].share = sqrt(index_term_weight(v->ix, i));
    return walk_all(v, centred, pull, keep, threads, e);
}

void view_release(struct view *v)
{
    mem_free(v->term);
    mem_free(v->own);
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
            view_axpy(p, x, (float)u, v->dims);
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
            view_axpy(p, x, (float)u, v->dims);
    }
    float scale = length > 0 ? (float)(1 / sqrt(length)) : 0;
    for (uint32_t d = 0; d < v->dims; d++)
        p[d] *= scale;
    return quantise(v, p, to);
}

double view_alike(const struct view *v, const int16_t *need, float need_inverse,
                  const int8_t *result, float result_inverse)
{
    return (double)view_dot(need, result, v->stride) * need_inverse * result_inverse;
}

void view_add(const struct view *v, const int16_t *need, float inverse, float factor,
              uint32_t first, uint32_t n, float *to)
{
    const int8_t *point = v->point + (size_t)first * v->stride;
    view_dots(need, point, v->inverse + first, factor * inverse, v->stride, n, to);
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
        *out = (double)view_dot(need, q, v->stride) * inverse * length;
    }
    desk_free(&scratch);
    return rc;
}
