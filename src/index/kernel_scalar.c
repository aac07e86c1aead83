#include "index/kernel.h"

static void sum_rows(uint16_t *acc, size_t n, const uint8_t *const *row, const uint16_t *weight,
                     size_t nrows)
{
    for (size_t i = 0; i < n; i++)
        acc[i] = 0;
    for (size_t r = 0; r < nrows; r++) {
        uint32_t w = weight[r];
        const uint8_t *imp = row[r];
        for (size_t i = 0; i < n; i++)
            acc[i] = (uint16_t)(acc[i] + (imp[i] * w >> 8));
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
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (acc[i] >= least)
            out[found++] = (uint16_t)i;
    return found;
}

const struct kernels kernels_scalar = {"scalar", sum_rows, add_list, scan};
