/* Inside match/ only: the inner loops of views, by what the processor has (AVX-512 BW, AVX2, any).
 * Without sums of floating point across lanes, the numbers are the same everywhere. */
#ifndef QIAO_VIEW_LOOPS_H
#define QIAO_VIEW_LOOPS_H

#include <stddef.h>
#include <stdint.h>

/* y += a x */
void view_axpy(float *y, const float *x, float a, uint32_t k);
/* y[d] = sum over i of times[i] * vector[i][d], d < k, in that order. */
void view_sum(float *y, const float *const *vector, const float *times, size_t n, uint32_t k);
/* n <= 256, a multiple of 16. */
int32_t view_dot(const int16_t *a, const int8_t *b, uint32_t n);
/* to[i] += factor * inverse[i] * (need . point[i * stride ...)), i < n. */
void view_dots(const int16_t *need, const int8_t *point, const float *inverse, float factor,
               uint32_t stride, uint32_t n, float *to);

#endif
