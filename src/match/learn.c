#include "match/learn.h"

#include "match/scale.h"

#include <linear.h>
#include <math.h>
#include <string.h>

#define BIAS FEATURE__COUNT /* the column of ones */

static void silent(const char *s)
{
    (void)s;
}

/* ---- one fit ---- */

struct scaling {
    double mean[FEATURE__COUNT], deviation[FEATURE__COUNT];
};

static struct scaling scaling_of(const vec_example *v, uint32_t left_out)
{
    struct scaling s = {{0}, {0}};
    double n = 0;
    for (size_t i = 0; i < v->n; i++) {
        if (v->p[i].need % LEARN_FOLDS == left_out)
            continue;
        n++;
        for (int f = 0; f < FEATURE__COUNT; f++) {
            s.mean[f] += v->p[i].x[f];
            s.deviation[f] += v->p[i].x[f] * v->p[i].x[f];
        }
    }
    for (int f = 0; f < FEATURE__COUNT; f++) {
        s.mean[f] /= fmax(n, 1);
        s.deviation[f] = sqrt(fmax(s.deviation[f] / fmax(n, 1) - s.mean[f] * s.mean[f], 0));
    }
    return s;
}

/* liblinear's rows: (1-based column, value)..., -1. */
static void fill_row(struct feature_node *row, const struct example *x, const struct scaling *s)
{
    int n = 0;
    for (int f = 0; f < FEATURE__COUNT; f++)
        if (s->deviation[f] > 0)
            row[n++] = (struct feature_node){f + 1, (x->x[f] - s->mean[f]) / s->deviation[f]};
    row[n++] = (struct feature_node){BIAS + 1, 1};
    row[n] = (struct feature_node){-1, 0};
}

/* Weights of the raw features; the logit is scaled so that match_scale gives its probability. */
static struct weights unscale(const struct model *m, const struct scaling *s)
{
    struct weights w = {{0}, 0};
    double sign = m->label[0] == 1 ? 1 : -1, logit = m->w[BIAS] * sign;
    for (int f = 0; f < FEATURE__COUNT; f++) {
        if (s->deviation[f] <= 0)
            continue;
        double x = m->w[f] * sign / s->deviation[f];
        w.w[f] = x / SCALE_SLOPE;
        logit -= x * s->mean[f];
    }
    w.bias = logit / SCALE_SLOPE + SCALE_MIDDLE;
    return w;
}

/* Fit without the needs of one fold (LEARN_FOLDS: with all). */
static enum rc fit(struct weights *out, const vec_example *v, uint32_t left_out, struct err *e)
{
    enum { ROW = FEATURE__COUNT + 2 };
    struct feature_node *node = mem_alloc(v->n * ROW * sizeof *node), **row = NULL;
    double *y = mem_alloc(v->n * sizeof *y);
    row = mem_alloc(v->n * sizeof *row);
    if (!node || !row || !y) {
        mem_free(node);
        mem_free(row);
        mem_free(y);
        return err_nomem(e);
    }
    struct scaling s = scaling_of(v, left_out);
    int n = 0;
    for (size_t i = 0; i < v->n; i++) {
        if (v->p[i].need % LEARN_FOLDS == left_out)
            continue;
        row[n] = node + (size_t)n * ROW;
        fill_row(row[n], &v->p[i], &s);
        y[n++] = v->p[i].accepted ? 1 : -1;
    }
    if (!n) { /* every decision is about needs of this fold */
        *out = (struct weights){{0}, 0};
        mem_free(node);
        mem_free(row);
        mem_free(y);
        return RC_OK;
    }
    struct problem p = {.l = n, .n = BIAS + 1, .y = y, .x = row, .bias = -1};
    struct parameter how = {.solver_type = L2R_LR, .C = 1, .eps = 1e-4};
    set_print_string_function(silent);
    struct model *m = train(&p, &how);
    *out = unscale(m, &s);
    free_and_destroy_model(&m);
    mem_free(node);
    mem_free(row);
    mem_free(y);
    return RC_OK;
}

/* ---- judging ---- */

static double order(double accepted, double refused)
{
    return accepted > refused ? 1 : accepted == refused ? .5 : 0;
}

/* Right order of one need's pairs under two weightings. */
static uint32_t judge_need(const vec_example *v, uint32_t need, const struct weights *a,
                           const struct weights *b, double *right_a, double *right_b)
{
    uint32_t pairs = 0;
    for (size_t i = 0; i < v->n; i++) {
        if (v->p[i].need != need || !v->p[i].accepted)
            continue;
        for (size_t j = 0; j < v->n; j++) {
            if (v->p[j].need != need || v->p[j].accepted)
                continue;
            *right_a += order(weights_sum(a, v->p[i].x), weights_sum(a, v->p[j].x));
            *right_b += order(weights_sum(b, v->p[i].x), weights_sum(b, v->p[j].x));
            pairs++;
        }
    }
    return pairs;
}

static enum rc judge(struct learn_report *r, const vec_example *v, const struct weights *in_use,
                     struct err *e)
{
    struct weights fold[LEARN_FOLDS];
    double square = 0, gain = 0;
    for (uint32_t k = 0; k < LEARN_FOLDS; k++)
        TRY(fit(&fold[k], v, k, e));
    for (uint32_t need = 0; need < r->needs; need++) {
        double before = 0, after = 0;
        r->pairs += judge_need(v, need, in_use, &fold[need % LEARN_FOLDS], &before, &after);
        r->before += before;
        r->after += after;
        gain += after - before;
        square += (after - before) * (after - before);
    }
    if (r->pairs < LEARN_PAIRS)
        return err_user(e, "match.learn_few", "%u/%u", r->pairs, LEARN_PAIRS);
    double n = r->needs, variance = square / n - (gain / n) * (gain / n);
    r->before /= r->pairs;
    r->after /= r->pairs;
    r->error = sqrt(fmax(variance, 0) * n) / r->pairs;
    r->gains = r->after > r->before && r->after - r->before > 2 * r->error;
    return RC_OK;
}

enum rc learn_fit(struct learn_report *out, const vec_example *v, const struct weights *in_use,
                  struct err *e)
{
    *out = (struct learn_report){.examples = (uint32_t)v->n};
    for (size_t i = 0; i < v->n; i++) {
        out->accepted += v->p[i].accepted;
        out->needs = MAX(out->needs, v->p[i].need + 1);
    }
    uint32_t fewer = MIN(out->accepted, out->examples - out->accepted);
    if (fewer < LEARN_LEAST)
        return err_user(e, "match.learn_few", "%u/%u", fewer, LEARN_LEAST);
    TRY(judge(out, v, in_use, e));
    return fit(&out->weights, v, LEARN_FOLDS, e);
}
