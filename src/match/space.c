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

/* The two loops that grow with rows times k^2. ROWS of them share one pass over the k x k numbers;
 * each number is summed in the order of the rows, and of the columns, so neither that nor the width
 * of the processor's registers shows in the result. */
#define ROWS 4u

/* g += a^T a (lower half) of n <= ROWS rows. */
static inline __attribute__((always_inline)) void add_gram(const float *restrict a, uint32_t n,
                                                           double *restrict g, uint32_t k)
{
    for (uint32_t i = 0; i < k; i++) {
        double *restrict gi = g + (size_t)i * k;
        if (n == ROWS) {
            const float *y0 = a, *y1 = a + k, *y2 = a + 2 * (size_t)k, *y3 = a + 3 * (size_t)k;
            double x0 = y0[i], x1 = y1[i], x2 = y2[i], x3 = y3[i];
            for (uint32_t j = 0; j <= i; j++)
                gi[j] = (((gi[j] + x0 * (double)y0[j]) + x1 * (double)y1[j]) + x2 * (double)y2[j]) +
                        x3 * (double)y3[j];
            continue;
        }
        for (uint32_t r = 0; r < n; r++)
            for (uint32_t j = 0; j <= i; j++)
                gi[j] += (double)a[r * (size_t)k + i] * (double)a[r * (size_t)k + j];
    }
}

/* n <= ROWS rows times L^-T; u is L^T, 0 on its diagonal for a direction without length. `left`
 * has ROWS * k numbers. */
static inline __attribute__((always_inline)) void
solve(float *restrict a, uint32_t n, const double *restrict u, double *restrict left, uint32_t k)
{
    for (size_t i = 0; i < n * (size_t)k; i++)
        left[i] = a[i];
    for (uint32_t i = 0; i < k; i++) {
        const double *restrict ui = u + (size_t)i * k;
        for (uint32_t r = 0; r < n; r++) {
            double *restrict s = left + r * (size_t)k;
            float y = ui[i] > 0 ? (float)(s[i] / ui[i]) : 0;
            a[r * (size_t)k + i] = y;
            for (uint32_t j = i + 1; j < k; j++)
                s[j] -= ui[j] * (double)y;
        }
    }
}

#if defined(__x86_64__)
#define HAS_AVX2 __builtin_cpu_supports("avx2")
#define AVX2     __attribute__((target("avx2"))) /* without fused multiply and add */
#else
#define HAS_AVX2 false
#define AVX2
#endif

AVX2 static void add_gram_avx2(const float *a, uint32_t n, double *g, uint32_t k)
{
    add_gram(a, n, g, k);
}

AVX2 static void solve_avx2(float *a, uint32_t n, const double *u, double *left, uint32_t k)
{
    solve(a, n, u, left, k);
}

/* g = a^T a (k x k, lower half). */
static void gram(const float *a, size_t rows, double *g, uint32_t k)
{
    bool wide = HAS_AVX2;
    memset(g, 0, (size_t)k * k * sizeof *g);
    for (size_t r = 0; r < rows; r += ROWS) {
        uint32_t n = (uint32_t)MIN(rows - r, (size_t)ROWS);
        if (wide)
            add_gram_avx2(a + r * k, n, g, k);
        else
            add_gram(a + r * k, n, g, k);
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

/* Orthonormal columns: a = a L^-T (Cholesky QR, Golub and Van Loan 5.2). `u` has k * k numbers and
 * `left` ROWS * k, for itself. */
static void orthonormalise(float *a, size_t rows, double *g, double *u, double *left, uint32_t k)
{
    bool wide = HAS_AVX2;
    gram(a, rows, g, k);
    cholesky(g, k);
    for (uint32_t i = 0; i < k; i++)
        for (uint32_t j = i; j < k; j++)
            u[(size_t)i * k + j] = g[(size_t)j * k + i];
    for (size_t r = 0; r < rows; r += ROWS) {
        uint32_t n = (uint32_t)MIN(rows - r, (size_t)ROWS);
        if (wide)
            solve_avx2(a + r * k, n, u, left, k);
        else
            solve(a + r * k, n, u, left, k);
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
    double *left = mem_alloc(ROWS * (size_t)k * sizeof *left);
    uint32_t *order = mem_calloc(dims, sizeof *order);
    *out = mem_calloc((size_t)x->cols * dims, sizeof **out);
    enum rc rc = y && z && g && v && left && order && *out ? RC_OK : err_nomem(e);
    if (rc == RC_OK && k) {
        start(y, (size_t)x->rows * k);
        for (uint32_t i = 0; i < iterations; i++) {
            multiply_t(x, y, z, k);
            multiply(x, z, y, k);
            orthonormalise(y, x->rows, g, v, left, k);
        }
        orthonormalise(y, x->rows, g, v, left, k); /* once more: single precision loses a little */
        multiply_t(x, y, z, k);
        leading(z, x->cols, k, g, v, *out, dims, order);
    }
    mem_free(y);
    mem_free(z);
    mem_free(g);
    mem_free(v);
    mem_free(left);
    mem_free(order);
    if (rc != RC_OK) {
        mem_free(*out);
        *out = NULL;
    }
    return rc;
}
