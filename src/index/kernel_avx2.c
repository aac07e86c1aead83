/* AVX2: as kernel_avx512.c, 32 documents a load, a strip of 128. */
#include "index/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define GROUP  32u
#define GROUPS 4u
#define STRIP  (GROUP * GROUPS)

static inline void store_group(uint16_t *acc, __m256i lo, __m256i hi)
{
    _mm256_storeu_si256((void *)acc, _mm256_permute2x128_si256(lo, hi, 0x20));
    _mm256_storeu_si256((void *)(acc + 16), _mm256_permute2x128_si256(lo, hi, 0x31));
}

static inline void add_group(__m256i *lo, __m256i *hi, const uint8_t *row, __m256i w)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i b = _mm256_load_si256((const void *)row);
    *lo = _mm256_add_epi16(*lo, _mm256_mulhi_epu16(_mm256_unpacklo_epi8(zero, b), w));
    *hi = _mm256_add_epi16(*hi, _mm256_mulhi_epu16(_mm256_unpackhi_epi8(zero, b), w));
}

static void sum_rows(uint16_t *acc, size_t n, const uint8_t *const *row, const uint16_t *weight,
                     size_t nrows)
{
    size_t i = 0;
    for (; i + STRIP <= n; i += STRIP) {
        __m256i lo[GROUPS], hi[GROUPS];
        for (unsigned g = 0; g < GROUPS; g++)
            lo[g] = hi[g] = _mm256_setzero_si256();
        for (size_t r = 0; r < nrows; r++) {
            __m256i w = _mm256_set1_epi16((short)weight[r]);
            __builtin_prefetch(row[r] + i + KERNEL_AHEAD, 0, 2);
            __builtin_prefetch(row[r] + i + KERNEL_AHEAD + 64, 0, 2);
#pragma GCC unroll 4
            for (unsigned g = 0; g < GROUPS; g++)
                add_group(&lo[g], &hi[g], row[r] + i + g * GROUP, w);
        }
#pragma GCC unroll 4
        for (unsigned g = 0; g < GROUPS; g++)
            store_group(acc + i + g * GROUP, lo[g], hi[g]);
    }
    for (; i < n; i += GROUP) {
        __m256i lo = _mm256_setzero_si256(), hi = lo;
        for (size_t r = 0; r < nrows; r++)
            add_group(&lo, &hi, row[r] + i, _mm256_set1_epi16((short)weight[r]));
        store_group(acc + i, lo, hi);
    }
}

static void add_list(uint16_t *acc, const uint16_t *doc, const uint8_t *imp, size_t n,
                     uint16_t weight)
{
    const __m256i w = _mm256_set1_epi16((short)weight), one = _mm256_set1_epi16(1);
    uint16_t product[16];
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        __m256i x = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)(imp + i)));
        x = _mm256_mulhi_epu16(_mm256_slli_epi16(x, 8), w);
        _mm256_storeu_si256((void *)product, _mm256_add_epi16(x, one));
#pragma GCC unroll 16
        for (unsigned j = 0; j < 16; j++)
            acc[doc[i + j]] = (uint16_t)(acc[doc[i + j]] + product[j]);
    }
    for (; i < n; i++)
        acc[doc[i]] = (uint16_t)(acc[doc[i]] + ((uint32_t)imp[i] * weight >> 8) + 1);
}

static size_t scan(const uint16_t *acc, size_t n, uint16_t least, uint16_t *out)
{
    const __m256i t = _mm256_set1_epi16((short)least);
    size_t found = 0;
    for (size_t i = 0; i < n; i += 16) {
        __m256i v = _mm256_loadu_si256((const void *)(acc + i));
        /* unsigned v >= t: the larger of the two is v */
        uint32_t hits =
            (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi16(_mm256_max_epu16(v, t), v));
        for (hits &= 0x55555555u; hits; hits &= hits - 1)
            out[found++] = (uint16_t)(i + (size_t)__builtin_ctz(hits) / 2);
    }
    return found;
}

const struct kernels kernels_avx2 = {"avx2", sum_rows, add_list, scan};

#endif
