/* One kernel against the scalar one, on random input of all sizes: the first difference, or NULL.
 * Needs no library, so that it also runs under an emulator. */
#ifndef QIAO_KERNEL_CHECK_H
#define QIAO_KERNEL_CHECK_H

#include "index/kernel.h"

#include <stdlib.h>
#include <string.h>

#define CHECK_DOCS 4096u
#define CHECK_ROWS 40u

static uint64_t check_state;

static inline uint32_t check_rnd(uint32_t below)
{
    check_state = check_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(check_state >> 33) % below;
}

static _Alignas(64) uint8_t check_row[CHECK_ROWS][CHECK_DOCS];
static uint16_t check_a[CHECK_DOCS + 64], check_b[CHECK_DOCS + 64];
static uint16_t check_doc[CHECK_DOCS], check_x[CHECK_DOCS], check_y[CHECK_DOCS];
static uint8_t check_imp[CHECK_DOCS];

/* n documents in whole cache lines; what lies beyond must stay untouched. */
static inline const char *check_sum_rows(const struct kernels *k, size_t n, size_t nrows)
{
    const uint8_t *row[CHECK_ROWS];
    uint16_t weight[CHECK_ROWS];
    for (size_t r = 0; r < nrows; r++) {
        row[r] = check_row[r];
        weight[r] = (uint16_t)(check_rnd(8) ? check_rnd(1600) : check_rnd(65536));
        for (size_t i = 0; i < n; i++)
            check_row[r][i] = (uint8_t)(check_rnd(3) ? check_rnd(256) : 0);
    }
    memset(check_a, 0x5A, sizeof check_a);
    memset(check_b, 0x5A, sizeof check_b);
    kernels_scalar.sum_rows(check_a, n, row, weight, nrows);
    k->sum_rows(check_b, n, row, weight, nrows);
    return memcmp(check_a, check_b, sizeof check_a) ? "sum_rows" : NULL;
}

/* n postings, documents rising. */
static inline const char *check_add_list(const struct kernels *k, size_t n)
{
    uint32_t doc = check_rnd(3);
    size_t m = 0;
    for (; m < n && doc < CHECK_DOCS; m++, doc += 1 + check_rnd(2)) {
        check_doc[m] = (uint16_t)doc;
        check_imp[m] = (uint8_t)(1 + check_rnd(255));
    }
    for (size_t i = 0; i < CHECK_DOCS + 64; i++)
        check_a[i] = check_b[i] = (uint16_t)check_rnd(65536);
    uint16_t weight = (uint16_t)check_rnd(65536);
    kernels_scalar.add_list(check_a, check_doc, check_imp, m, weight);
    k->add_list(check_b, check_doc, check_imp, m, weight);
    return memcmp(check_a, check_b, sizeof check_a) ? "add_list" : NULL;
}

static inline const char *check_scan(const struct kernels *k, size_t n)
{
    static const uint16_t edges[] = {0, 1, 0x7FFF, 0x8000, 0xFFFF};
    for (size_t i = 0; i < n; i++)
        check_a[i] = (uint16_t)(check_rnd(4) ? check_rnd(65536) : edges[check_rnd(5)]);
    uint16_t least = (uint16_t)(check_rnd(2) ? check_rnd(65536) : edges[check_rnd(5)]);
    size_t x = kernels_scalar.scan(check_a, n, least, check_x);
    size_t y = k->scan(check_a, n, least, check_y);
    return x != y || memcmp(check_x, check_y, x * sizeof *check_x) ? "scan" : NULL;
}

static inline const char *check_kernel(const struct kernels *k, unsigned rounds)
{
    const char *bad = NULL;
    check_state = 42;
    for (unsigned i = 0; !bad && i < rounds; i++) {
        size_t n = 64 * (size_t)(1 + check_rnd(CHECK_DOCS / 64));
        bad = check_sum_rows(k, n, i % 5 ? check_rnd(CHECK_ROWS + 1) : i % 3);
        if (!bad)
            bad = check_add_list(k, i < 80 ? i : check_rnd(CHECK_DOCS));
        if (!bad)
            bad = check_scan(k, n);
    }
    return bad;
}

#endif
