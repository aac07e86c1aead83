/* A low-dimensional space of terms: the leading right singular vectors of a sparse matrix whose
 * rows are texts (latent semantic analysis, Deerwester et al. 1990). Found by subspace iteration
 * (Halko, Martinsson and Tropp 2011, algorithm 4.4) from a fixed start, so the same matrix gives
 * the same bytes. */
#ifndef QIAO_SPACE_H
#define QIAO_SPACE_H

#include "base/err.h"
#include "base/mem.h"

/* Compressed rows. */
struct sparse {
    uint32_t rows, cols;
    const uint64_t *off; /* [rows + 1] */
    const uint32_t *col;
    const float *val;
};

/* The first `dims` right singular vectors, unscaled: out[col * dims + d]; fewer than `dims`
 * independent ones leave zeros. `out` (owned by the caller, mem_free) has cols * dims floats.
 * Cost: iterations * (2 nnz + rows (dims + 16)) * (dims + 16). */
enum rc space_fit(float **out, const struct sparse *x, uint32_t dims, uint32_t iterations,
                  struct err *e) MUST_CHECK;

#endif
