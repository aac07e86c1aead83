/* Exact fractions of 128-bit whole numbers: what amounts and rates are reckoned in, so that nothing
 * is rounded but where a rule says so. Private to record. */
#ifndef QIAO_RATIO_H
#define QIAO_RATIO_H

#include "base/base.h"
#include "base/buf.h"

struct ratio {
    __int128 n, d; /* in lowest terms, d > 0 */
};

/* How a number is brought to a multiple of another. */
enum rounding { ROUND_HALF, ROUND_DOWN, ROUND_UP }; /* half: away from zero; down, up: of amounts */

static inline struct ratio ratio_of(int64_t n)
{
    return (struct ratio){n, 1};
}
/* Each false where the result does not fit (or divides by zero). */
bool ratio_make(struct ratio *out, __int128 n, __int128 d) MUST_CHECK;
bool ratio_add(struct ratio *out, struct ratio a, struct ratio b) MUST_CHECK;
bool ratio_sub(struct ratio *out, struct ratio a, struct ratio b) MUST_CHECK;
bool ratio_mul(struct ratio *out, struct ratio a, struct ratio b) MUST_CHECK;
bool ratio_div(struct ratio *out, struct ratio a, struct ratio b) MUST_CHECK;
/* *order as memcmp. */
bool ratio_cmp(int *order, struct ratio a, struct ratio b) MUST_CHECK;
/* The multiple of `unit` (> 0) that it becomes. */
bool ratio_round(struct ratio *out, struct ratio a, struct ratio unit,
                 enum rounding way) MUST_CHECK;
/* Whole and within ±(2^53 - 1). */
bool ratio_int(int64_t *out, struct ratio a) MUST_CHECK;
double ratio_real(struct ratio a);
/* "12,345.6": at least `least` and at most `most` (<= 9) decimals; "≈" before what is cut. */
enum rc ratio_print(struct buf *out, struct ratio a, unsigned least, unsigned most,
                    struct err *e) MUST_CHECK;

#endif
