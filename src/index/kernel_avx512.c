/* AVX-512 BW + VBMI2. A row byte is put into the high half of a 16-bit lane (unpack with zero),
 * so that one high multiply gives (imp * weight) >> 8. Unpacking works within 128-bit lanes; the
 * sums keep that order in registers and are put right once a strip. */
#include "index/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define GROUP  64u                    /* documents of one load */
#define GROUPS (KERNEL_STRIP / GROUP) /* loads of a strip */

/* Undo the unpack: sums of documents 0..31 and 32..63 in order. */
static inline void store_group(uint16_t *acc, __m512i lo, __m512i hi)
{
    const __m512i first = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
    const __m512i second = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    _mm512_storeu_si512(acc, _mm512_permutex2var_epi64(lo, first, hi));
    _mm512_storeu_si512(acc + 32, _mm512_permutex2var_epi64(lo, second, hi));
}

static inline void add_group(__m512i *lo, __m512i *hi, const uint8_t *row, __m512i w)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i b = _mm512_load_si512(row);
    *lo = _mm512_add_epi16(*lo, _mm512_mulhi_epu16(_mm512_unpacklo_epi8(zero, b), w));
    *hi = _mm512_add_epi16(*hi, _mm512_mulhi_epu16(_mm512_unpackhi_epi8(zero, b), w));
}

static void sum_rows(uint16_t *acc, size_t n, const uint8_t *const *row, const uint16_t *weight,
                     size_t nrows)
{
    size_t i = 0;
    for (; i + KERNEL_STRIP <= n; i += KERNEL_STRIP) {
        __m512i lo[GROUPS], hi[GROUPS];
        for (unsigned g = 0; g < GROUPS; g++)
            lo[g] = hi[g] = _mm512_setzero_si512();
        for (size_t r = 0; r < nrows; r++) {
            __m512i w = _mm512_set1_epi16((short)weight[r]);
#pragma GCC unroll 8
            for (unsigned g = 0; g < GROUPS; g++) {
                __builtin_prefetch(row[r] + i + g * GROUP + KERNEL_AHEAD, 0, 2);
                add_group(&lo[g], &hi[g], row[r] + i + g * GROUP, w);
            }
        }
#pragma GCC unroll 8
        for (unsigned g = 0; g < GROUPS; g++)
            store_group(acc + i + g * GROUP, lo[g], hi[g]);
    }
    for (; i < n; i += GROUP) {
        __m512i lo = _mm512_setzero_si512(), hi = lo;
        for (size_t r = 0; r < nrows; r++)
            add_group(&lo, &hi, row[r] + i, _mm512_set1_epi16((short)weight[r]));
        store_group(acc + i, lo, hi);
    }
}

/* The products of 32 postings at once; the scattered adds stay scalar. */
static void add_list(uint16_t *acc, const uint16_t *doc, const uint8_t *imp, size_t n,
                     uint16_t weight)
{
    const __m512i w = _mm512_set1_epi16((short)weight), one = _mm512_set1_epi16(1);
    uint16_t product[32];
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        __m512i x = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const void *)(imp + i)));
        x = _mm512_mulhi_epu16(_mm512_slli_epi16(x, 8), w);
        _mm512_storeu_si512(product, _mm512_add_epi16(x, one));
#pragma GCC unroll 32
        for (unsigned j = 0; j < 32; j++)
            acc[doc[i + j]] = (uint16_t)(acc[doc[i + j]] + product[j]);
    }
    for (; i < n; i++)
        acc[doc[i]] = (uint16_t)(acc[doc[i]] + ((uint32_t)imp[i] * weight >> 8) + 1);
}

static size_t scan(const uint16_t *acc, size_t n, uint16_t least, uint16_t *out)
{
    const __m512i t = _mm512_set1_epi16((short)least);
    size_t found = 0;
    for (size_t i = 0; i < n; i += 64) {
        uint64_t hits = (uint64_t)_mm512_cmpge_epu16_mask(_mm512_loadu_si512(acc + i), t) |
                        (uint64_t)_mm512_cmpge_epu16_mask(_mm512_loadu_si512(acc + i + 32), t)
                            << 32;
        for (; hits; hits &= hits - 1)
            out[found++] = (uint16_t)(i + (size_t)__builtin_ctzll(hits));
    }
    return found;
}

const struct kernels kernels_avx512 = {"avx512", sum_rows, add_list, scan};

#endif
