#include "text/norm.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

void norm_start(struct norm *n, struct str text)
{
    n->text = text;
    n->at = 0;
    n->out_at = n->out_n = 0;
}

/* Characters that NFKC leaves alone and that never combine with what follows them: ASCII is
 * alone unless a combining mark follows, which is_inert(next) rules out. */
static bool is_inert(uint32_t c)
{
    return c < 0x80 || is_han(c) || c == 0x3001 || c == 0x3002 || (c >= 0x3008 && c <= 0x3011) ||
           (c >= 0x2018 && c <= 0x201F);
}

/* U_ICU_NAMESPACE-free access to the one normaliser; ICU caches it and it is thread-safe. */
static const UNormalizer2 *nfkc(void)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *n = unorm2_getNFKCInstance(&status);
    if (U_FAILURE(status))
        BUG("ICU has no NFKC data: %s", u_errorName(status));
    return n;
}

/* Read one segment, up to the next normalisation boundary, and normalise it. */
static void fill(struct norm *n)
{
    const UNormalizer2 *form = nfkc();
    uint16_t in[NORM_SEGMENT + 2];
    int32_t len = 0;
    size_t from = n->at;
    while (n->at < n->text.n && len < NORM_SEGMENT) {
        size_t next = n->at;
        uint32_t c = utf8_next(n->text, &next);
        if (len && unorm2_hasBoundaryBefore(form, (UChar32)c))
            break;
        U16_APPEND_UNSAFE(in, len, c);
        n->at = next;
    }
    UErrorCode status = U_ZERO_ERROR;
    n->out_n = unorm2_normalize(form, in, len, n->out, (int32_t)ARRAY_LEN(n->out), &status);
    if (U_FAILURE(status))
        n->out_n = 0; /* longer than 20-fold: not text */
    n->out_at = 0;
    n->out_span = (struct span){(uint32_t)from, (uint32_t)n->at};
}

/* ASCII or Han followed by more of the same needs no tables. */
static int32_t fast(struct norm *n, struct span *at)
{
    size_t next = n->at;
    uint32_t c = utf8_next(n->text, &next);
    if (!is_inert(c))
        return -1;
    if (next < n->text.n && (unsigned char)n->text.p[next] >= 0x80) {
        size_t peek = next;
        if (!is_inert(utf8_next(n->text, &peek)))
            return -1;
    }
    *at = (struct span){(uint32_t)n->at, (uint32_t)next};
    n->at = next;
    return c >= 'A' && c <= 'Z' ? (int32_t)(c + 32) : (int32_t)c;
}

int32_t norm_next(struct norm *n, struct span *at)
{
    for (;;) {
        if (n->out_at < n->out_n) {
            UChar32 c;
            U16_NEXT_UNSAFE(n->out, n->out_at, c);
            *at = n->out_span;
            return u_tolower(c);
        }
        if (n->at >= n->text.n)
            return -1;
        int32_t c = fast(n, at);
        if (c >= 0)
            return c;
        fill(n);
    }
}
