/* Normalisation: NFKC (Unicode Annex 15) and lower case, one character at a time, each with the
 * span of source bytes it came from, so that whatever is found in the normal form can be shown
 * in the original. */
#ifndef QIAO_NORM_H
#define QIAO_NORM_H

#include "base/err.h"
#include "base/str.h"
#include "text/span.h"

#define NORM_SEGMENT 64 /* UTF-16 units; longer combining sequences are cut there */

struct norm {
    struct str text;
    size_t at;                       /* next source byte */
    uint16_t out[NORM_SEGMENT * 20]; /* the normal form of one segment, waiting */
    int32_t out_at, out_n;
    struct span out_span;
};

/* Start reading `text` (UTF-8; malformed bytes become U+FFFD). Never fails. */
void norm_start(struct norm *n, struct str text);
/* The next normalised character, or -1 at the end. `*at` gets its source span. Amortised O(1). */
int32_t norm_next(struct norm *n, struct span *at);

#endif
