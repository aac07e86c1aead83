/* The inner loops, one file an instruction set (kernel_scalar.c is always there and defines what
 * the others must equal, bit for bit). Accumulators are 16-bit; callers see to it that no sum
 * passes 65535 (search.c: units). */
#ifndef QIAO_KERNEL_H
#define QIAO_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define KERNEL_STRIP 512u /* documents whose sums stay in registers in add_rows */
/* A query reads some sixty rows side by side, more streams than a processor's own prefetcher
 * follows: the bytes this far ahead are asked for (past the end of a row it is the next row's,
 * which is harmless). A third faster where the rows come from memory (bench/speed --large). */
#define KERNEL_AHEAD 1024u

struct kernels {
    const char *name;
    /* acc[i] = sum over r of (row[r][i] * weight[r]) >> 8, for i in [0, n); n a multiple of 64,
     * rows 64-byte aligned. nrows may be 0: acc is cleared. */
    void (*sum_rows)(uint16_t *acc, size_t n, const uint8_t *const *row, const uint16_t *weight,
                     size_t nrows);
    /* acc[doc[i]] += ((imp[i] * weight) >> 8) + 1 for i in [0, n). */
    void (*add_list)(uint16_t *acc, const uint16_t *doc, const uint8_t *imp, size_t n,
                     uint16_t weight);
    /* The i in [0, n) with acc[i] >= least, rising, into out (room for n); returns how many.
     * n a multiple of 64. */
    size_t (*scan)(const uint16_t *acc, size_t n, uint16_t least, uint16_t *out);
};

extern const struct kernels kernels_scalar, kernels_avx2, kernels_avx512, kernels_neon;

/* The fastest that this processor runs; the same for the whole life of the process. */
const struct kernels *kernels_best(void);
/* Every kernel that can run here, for the tests; NULL ends the list. */
const struct kernels *const *kernels_all(void);

#endif
