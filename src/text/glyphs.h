/* Private to the quantity reader: a text as folded characters that remember where they stood.
 *
 * Folding: NFKC for signs and symbols (㎡ → m2, ℃ → °C, full width → ASCII), superscripts as ^ and
 * digits (10⁵ → 10^5), all dashes to '-', all tildes to '~', all middle dots to '·', µ to 'u'. A
 * run of blanks becomes one ' ', of two or more '\t' (a gap between columns or items); line ends
 * become '\n'. Invisible characters vanish. Letters keep their case in `ch`; `low` is in lower
 * case. */
#ifndef QIAO_GLYPHS_H
#define QIAO_GLYPHS_H

#include "base/mem.h"
#include "base/str.h"

struct glyphs {
    uint32_t *ch, *low; /* n characters, then a 0 */
    uint32_t *at;       /* n + 1 byte offsets into the source */
    size_t n;
};

enum { GLYPH_FOLD_MAX = 6 };

/* Fold the character at s.p[*i] and advance *i; `prev` is the glyph before it or 0. Returns how
 * many glyphs were written: 0 … GLYPH_FOLD_MAX. */
size_t glyph_fold(uint32_t *out, struct str s, size_t *i, uint32_t prev);
/* The first glyphs of s in lower case, at most cap. */
size_t glyphs_low(uint32_t *out, size_t cap, struct str s);
uint32_t glyph_lower(uint32_t c);
/* O(n); RC_NOMEM. */
enum rc glyphs_init(struct glyphs *g, struct str text, struct err *e) MUST_CHECK;
void glyphs_free(struct glyphs *g);

static inline bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

/* A letter of a script that is written in words: Latin, Greek, Cyrillic. */
static inline bool is_letter(uint32_t c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z' ? c < 128
                                              : c >= 0xC0 && c < 0x530 && c != 0xD7 && c != 0xF7;
}

#endif
