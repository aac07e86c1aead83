/* NEON (AArch64): widening multiply, then the high byte. */
#include "index/kernel.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#define GROUP 16u

/* (b * w) >> 8 of eight bytes: the product has 24 bits. */
static inline uint16x8_t product(uint8x8_t b, uint16x4_t w)
{
    uint16x8_t x = vmovl_u8(b);
    uint32x4_t lo = vmull_u16(vget_low_u16(x), w), hi = vmull_u16(vget_high_u16(x), w);
    return vcombine_u16(vshrn_n_u32(lo, 8), vshrn_n_u32(hi, 8));
}

static void sum_rows(uint16_t *acc, size_t n, const uint8_t *const *row, const uint16_t *weight,
                     size_t nrows)
{
    for (size_t i = 0; i < n; i += GROUP) {
        uint16x8_t lo = vdupq_n_u16(0), hi = lo;
        for (size_t r = 0; r < nrows; r++) {
            uint8x16_t b = vld1q_u8(row[r] + i);
            uint16x4_t w = vdup_n_u16(weight[r]);
            lo = vaddq_u16(lo, product(vget_low_u8(b), w));
            hi = vaddq_u16(hi, product(vget_high_u8(b), w));
        }
        vst1q_u16(acc + i, lo);
        vst1q_u16(acc + i + 8, hi);
    }
}

static void add_list(uint16_t *acc, const uint16_t *doc, const uint8_t *imp, size_t n,
                     uint16_t weight)
{
    for (size_t i = 0; i < n; i++)
        acc[doc[i]] = (uint16_t)(acc[doc[i]] + ((uint32_t)imp[i] * weight >> 8) + 1);
}

static size_t scan(const uint16_t *acc, size_t n, uint16_t least, uint16_t *out)
{
    const uint16x8_t t = vdupq_n_u16(least);
    size_t found = 0;
    for (size_t i = 0; i < n; i += 8) {
        if (!vmaxvq_u16(vcgeq_u16(vld1q_u16(acc + i), t)))
            continue;
        for (size_t j = i; j < i + 8; j++)
            if (acc[j] >= least)
                out[found++] = (uint16_t)j;
    }
    return found;
}

const struct kernels kernels_neon = {"neon", sum_rows, add_list, scan};

#endif
