#include "match/space.h"

#include <math.h>
#include <string.h>

#define OVERSAMPLE 16u
#define SWEEPS     30 /* of Jacobi rotations at most */
#define TINY       1e-12

/* y += a x, over k numbers; the loop that the time goes into. */
static void axpy(float *restrict y, const float *restrict x, float a, uint32_t k)
{
    for (uint32_t i = 0; i < k; i++)
        y[i] += a * x[i];
}

/* z = X^T y */
static void multiply_t(const struct sparse *x, const float *y, float *z, uint32_t k)
{
    memset(z, 0, (size_t)x->cols * k * sizeof *z);
    for (uint32_t r = 0; r < x->rows; r++)
        for (uint64_t i = x->off[r]; i < x->off[r + 1]; i++)
            axpy(z + (size_t)x->col[i] * k, y + (size_t)r * k, x->val[i], k);
}

/* y = X z */
static void multiply(const struct sparse *x, const float *z, float *y, uint32_t k)
{
    memset(y, 0, (size_t)x->rows * k * sizeof *y);
    for (uint32_t r = 0; r < x->rows; r++)
        for (uint64_t i = x->off[r]; i < x->off[r + 1]; i++)
            axpy(y + (size_t)r * k, z + (size_t)x->col[i] * k, x->val[i], k);
}

/* g = a^T a (k x k, lower half). */
static void gram(const float *a, size_t rows, double *g, uint32_t k)
{
    memset(g, 0, (size_t)k * k * sizeof *g);
    for (size_t r = 0; r < rows; r++) {
        const float *y = a + r * k;
        for (uint32_t i = 0; i < k; i++) {
            double yi = y[i];
            double *gi = g + (size_t)i * k;
            for (uint32_t j = 0; j <= i; j++)
                gi[j] += yi * (double)y[j];
        }
    }
}

/* Lower Cholesky factor in place; a direction without length becomes zero. */
static void cholesky(double *g, uint32_t k)
{
    double largest = 0;
    for (uint32_t i = 0; i < k; i++)
        largest = fmax(largest, g[(size_t)i * k + i]);
    for (uint32_t i = 0; i < k; i++) {
        double *gi = g + (size_t)i * k;
        for (uint32_t j = 0; j <= i; j++) {
            const double *gj = g + (size_t)j * k;
            double s = gi[j];
            for (uint32_t t = 0; t < j; t++)
                s -= gi[t] * gj[t];
            if (j < i)
                gi[j] = gj[j] > 0 ? s / gj[j] : 0;
            else
                gi[i] = s > largest * TINY ? sqrt(s) : 0;
        }
    }
}

/* Orthonormal columns: a = a L^-T (Cholesky QR, Golub and Van Loan 5.2). */
static void orthonormalise(float *a, size_t rows, double *g, uint32_t k)
{
    gram(a, rows, g, k);
    cholesky(g, k);
    for (size_t r = 0; r < rows; r++) {
        float *y = a + r * k;
        for (uint32_t i = 0; i < k; i++) {
            const double *gi = g + (size_t)i * k;
            double s = y[i];
            for (uint32_t j = 0; j < i; j++)
                s -= gi[j] * (double)y[j];
            y[i] = gi[i] > 0 ? (float)(s / gi[i]) : 0;
        }
    }
}

/* Rotate columns p and q of the symmetric g and of the vectors v. */
static void rotate(double *g, double *v, uint32_t k, uint32_t p, uint32_t q)
{
    double apq = g[(size_t)p * k + q], app = g[(size_t)p * k + p], aqq = g[(size_t)q * k + q];
    double theta = (aqq - app) / (2 * apq);
    double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (uint32_t i = 0; i < k; i++) {
        double *gp = g + (size_t)i * k + p, *gq = g + (size_t)i * k + q, x = *gp, y = *gq;
        *gp = c * x - s * y;
        *gq = s * x + c * y;
    }
    for (uint32_t i = 0; i < k; i++) {
        double *gp = g + (size_t)p * k + i, *gq = g + (size_t)q * k + i, x = *gp, y = *gq;
        *gp = c * x - s * y;
        *gq = s * x + c * y;
        double *vp = v + (size_t)p * k + i, *vq = v + (size_t)q * k + i;
        x = *vp;
        y = *vq;
        *vp = c * x - s * y;
        *vq = s * x + c * y;
    }
}

/* Eigenvectors of the symmetric g by cyclic Jacobi (Golub and Van Loan 8.5): row i of v belongs
 * to g[i][i] on return. */
static void eigen(double *g, double *v, uint32_t k)
{
    memset(v, 0, (size_t)k * k * sizeof *v);
    for (uint32_t i = 0; i < k; i++) {
        v[(size_t)i * k + i] = 1;
        for (uint32_t j = i + 1; j < k; j++)
            g[(size_t)i * k + j] = g[(size_t)j * k + i];
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double off = 0, all = 0;
        for (uint32_t p = 0; p < k; p++)
            for (uint32_t q = 0; q < k; q++) {
                double x = g[(size_t)p * k + q];
                all += x * x;
                off += p != q ? x * x : 0;
            }
        if (off <= all * 1e-16)
            break;
        for (uint32_t p = 0; p < k; p++)
            for (uint32_t q = p + 1; q < k; q++)
                if (g[(size_t)p * k + q] * g[(size_t)p * k + q] > all * 1e-30)
                    rotate(g, v, k, p, q);
    }
}

/* The `dims` largest of the k eigenvalues, largest first; ties by place. */
static void largest_first(const double *g, uint32_t k, uint32_t *order, uint32_t dims)
{
    for (uint32_t d = 0; d < dims; d++) {
        uint32_t best = UINT32_MAX;
        for (uint32_t i = 0; i < k; i++) {
            bool taken = false;
            for (uint32_t t = 0; t < d; t++)
                taken = taken || order[t] == i;
            if (!taken && (best == UINT32_MAX || g[(size_t)i * k + i] > g[(size_t)best * k + best]))
                best = i;
        }
        order[d] = best;
    }
}

/* out = z times the leading eigenvectors of z^T z, each divided by its singular value. */
static void leading(const float *z, uint32_t cols, uint32_t k, double *g, double *v, float *out,
                    uint32_t dims, uint32_t *order)
{
    uint32_t have = MIN(dims, k);
    gram(z, cols, g, k);
    eigen(g, v, k);
    largest_first(g, k, order, have);
    double top = have ? g[(size_t)order[0] * k + order[0]] : 0;
    for (uint32_t c = 0; c < cols; c++) {
        const float *zc = z + (size_t)c * k;
        for (uint32_t d = 0; d < have; d++) {
            double lambda = g[(size_t)order[d] * k + order[d]], s = 0;
            const double *vd = v + (size_t)order[d] * k;
            for (uint32_t i = 0; i < k; i++)
                s += (double)zc[i] * vd[i];
            out[(size_t)c * dims + d] = lambda > top * TINY ? (float)(s / sqrt(lambda)) : 0;
        }
    }
}

/* A fixed start: the linear congruential generator of Knuth's MMIX, uniform in [-1, 1). */
static void start(float *y, size_t n)
{
    uint64_t s = 1;
    for (size_t i = 0; i < n; i++) {
        s = s * 6364136223846793005u + 1442695040888963407u;
        y[i] = (float)((double)(s >> 11) * 0x1p-52 - 1);
    }
}

enum rc space_fit(float **out, const struct sparse *x, uint32_t dims, uint32_t iterations,
                  struct err *e)
{
    uint32_t k = MIN(dims + OVERSAMPLE, MIN(x->rows, x->cols));
    float *y = mem_alloc((size_t)x->rows * k * sizeof *y);
    float *z = mem_alloc((size_t)x->cols * k * sizeof *z);
    double *g = mem_alloc((size_t)k * k * sizeof *g), *v = mem_alloc((size_t)k * k * sizeof *v);
    uint32_t *order = mem_calloc(dims, sizeof *order);
    *out = mem_calloc((size_t)x->cols * dims, sizeof **out);
    enum rc rc = y && z && g && v && order && *out ? RC_OK : err_nomem(e);
    if (rc == RC_OK && k) {
        start(y, (size_t)x->rows * k);
        for (uint32_t i = 0; i < iterations; i++) {
            multiply_t(x, y, z, k);
            multiply(x, z, y, k);
            orthonormalise(y, x->rows, g, k);
        }
        orthonormalise(y, x->rows, g, k); /* once more: single precision loses a little */
        multiply_t(x, y, z, k);
        leading(z, x->cols, k, g, v, *out, dims, order);
    }
    mem_free(y);
    mem_free(z);
    mem_free(g);
    mem_free(v);
    mem_free(order);
    if (rc != RC_OK) {
        mem_free(*out);
        *out = NULL;
    }
    return rc;
}
