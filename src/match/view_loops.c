#include "match/view_loops.h"

#include <stdbool.h>
#include <string.h>

/* Once for every processor and once more for those with AVX2. */
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
#include <immintrin.h>
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

static inline __attribute__((always_inline)) void
dots_loop(const int16_t *need, const int8_t *point, uint32_t stride, uint32_t n, int32_t *to)
{
    for (uint32_t i = 0; i < n; i++)
        to[i] = dot_loop(need, point + (size_t)i * stride, stride);
}

AVX2 static void dots_avx2(const int16_t *need, const int8_t *point, uint32_t stride, uint32_t n,
                           int32_t *to)
{
    dots_loop(need, point, stride, n, to);
}

AVX2 static void sum_avx2(float *y, const float *const *vector, const float *times, size_t n,
                          uint32_t k)
{
    sum_loop(y, vector, times, n, k);
}

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512bw")))

/* 32 of a need's numbers by those of a point; of the last 16, half. */
AVX512 static inline __m512i products(__m512i a, const int8_t *b, bool half)
{
    __m256i bytes = half ? _mm256_zextsi128_si256(_mm_loadu_si128((const void *)b))
                         : _mm256_loadu_si256((const void *)b);
    return _mm512_madd_epi16(a, _mm512_cvtepi8_epi16(bytes));
}

/* The sums of the lanes of each of four. */
AVX512 static inline __m128i lanes(const __m512i v[4])
{
    __m256i h[4];
    for (int i = 0; i < 4; i++)
        h[i] = _mm256_add_epi32(_mm512_castsi512_si256(v[i]), _mm512_extracti64x4_epi64(v[i], 1));
    __m256i ab = _mm256_hadd_epi32(h[0], h[1]), cd = _mm256_hadd_epi32(h[2], h[3]);
    __m256i all = _mm256_hadd_epi32(ab, cd);
    return _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

/* Four points at once: their sums across lanes are what it costs otherwise. */
AVX512 static void dots_avx512(const int16_t *need, const int8_t *point, uint32_t stride,
                               uint32_t n, int32_t *to)
{
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4, point += 4 * (size_t)stride) {
        __m512i sum[4] = {0};
        for (uint32_t d = 0; d < stride; d += 32) {
            bool half = d + 32 > stride;
            __m512i a = half ? _mm512_zextsi256_si512(_mm256_loadu_si256((const void *)(need + d)))
                             : _mm512_loadu_si512(need + d);
            for (int k = 0; k < 4; k++)
                sum[k] =
                    _mm512_add_epi32(sum[k], products(a, point + k * (size_t)stride + d, half));
        }
        _mm_storeu_si128((void *)(to + i), lanes(sum));
    }
    for (; i < n; i++, point += stride)
        to[i] = dot_loop(need, point, stride);
}
#endif

void view_sum(float *y, const float *const *vector, const float *times, size_t n, uint32_t k)
{
    if (HAS_AVX2)
        sum_avx2(y, vector, times, n, k);
    else
        sum_loop(y, vector, times, n, k);
}

void view_axpy(float *y, const float *x, float a, uint32_t k)
{
    if (HAS_AVX2)
        axpy_avx2(y, x, a, k);
    else
        axpy_loop(y, x, a, k);
}

int32_t view_dot(const int16_t *a, const int8_t *b, uint32_t n)
{
    return HAS_AVX2 ? dot_avx2(a, b, n) : dot_loop(a, b, n);
}

typedef void (*dots_fn)(const int16_t *need, const int8_t *point, uint32_t stride, uint32_t n,
                        int32_t *to);

static dots_fn best_dots(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw"))
        return dots_avx512;
    if (HAS_AVX2)
        return dots_avx2;
#endif
    return dots_loop;
}

/* Factors are put on here, where no processor has one instruction to multiply and add. */
void view_dots(const int16_t *need, const int8_t *point, const float *inverse, float factor,
               uint32_t stride, uint32_t n, float *to)
{
    enum { TILE = 128 };
    int32_t dot[TILE];
    dots_fn dots = best_dots();
    for (uint32_t first = 0; first < n; first += TILE) {
        uint32_t count = n - first < TILE ? n - first : TILE;
        dots(need, point + (size_t)first * stride, stride, count, dot);
        for (uint32_t i = 0; i < count; i++)
            to[first + i] += factor * inverse[first + i] * (float)dot[i];
    }
}
