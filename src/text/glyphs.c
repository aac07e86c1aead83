#include "text/glyphs.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* Characters that only look different in a quantity. */
static const struct {
    uint32_t from, to;
} alike[] = {
    {0xA0, ' '},      {0x3000, ' '},    {0x2010, '-'},    {0x2011, '-'},    {0x2012, '-'},
    {0x2013, '-'},    {0x2014, '-'},    {0x2015, '-'},    {0x2212, '-'},    {0x2500, '-'},
    {0x2501, '-'},    {0xFF0D, '-'},    {0xFE63, '-'},    {0x223C, '~'},    {0x301C, '~'},
    {0xFF5E, '~'},    {0x2DC, '~'},     {0x2022, 0xB7},   {0x2219, 0xB7},   {0x22C5, 0xB7},
    {0x30FB, 0xB7},   {0xFF65, 0xB7},   {0x2027, 0xB7},   {0x2715, 0xD7},   {0x2573, 0xD7},
    {0xBA, 0xB0},     {0x2DA, 0xB0},    {0x2218, 0xB0},   {0xB5, 'u'},      {0x3BC, 'u'},
    {0x2267, 0x2265}, {0x2A7E, 0x2265}, {0x2266, 0x2264}, {0x2A7D, 0x2264}, {0x2236, ':'},
    {0xFE30, ':'},
};

static uint32_t look_alike(uint32_t c)
{
    for (size_t i = 0; i < ARRAY_LEN(alike); i++)
        if (alike[i].from == c)
            return alike[i].to;
    return c;
}

/* Digit or sign of a superscript, else 0. */
static uint32_t superscript(uint32_t c)
{
    static const uint32_t low[] = {0, 0xB9, 0xB2, 0xB3};
    if (c >= 0x2074 && c <= 0x2079)
        return '0' + (c - 0x2070);
    if (c == 0x2070)
        return '0';
    if (c == 0x207A || c == 0x207B)
        return c == 0x207A ? '+' : '-';
    for (uint32_t d = 1; d < ARRAY_LEN(low); d++)
        if (low[d] == c)
            return '0' + d;
    return 0;
}

static bool is_invisible(uint32_t c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF ||
           (c >= 0xFE00 && c <= 0xFE0F);
}

/* The blocks whose members have a compatibility decomposition worth having. */
static size_t decompose(uint32_t *out, uint32_t c)
{
    UErrorCode u = U_ZERO_ERROR;
    UChar part[GLYPH_FOLD_MAX];
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&u);
    int32_t n =
        U_SUCCESS(u) ? unorm2_getDecomposition(nfkc, (UChar32)c, part, ARRAY_LEN(part), &u) : -1;
    if (U_FAILURE(u) || n <= 0) {
        out[0] = c;
        return 1;
    }
    size_t k = 0;
    for (int32_t i = 0; i < n; i++) {
        uint32_t d = look_alike(part[i]);
        out[k++] = d == 0x2044 ? '/' : d; /* fraction slash */
    }
    return k;
}

static bool has_compatibility(uint32_t c)
{
    return (c >= 0x2000 && c < 0x2190) || (c >= 0x3300 && c < 0x3400) ||
           (c >= 0xF900 && c < 0xFB00) || (c >= 0xFE50 && c < 0xFFF0);
}

static size_t fold_blank(uint32_t *out, uint32_t c, uint32_t prev)
{
    if (prev == '\n')
        return 0;
    if (c == '\n' || c == '\r') {
        out[0] = '\n';
        return 1;
    }
    if (prev == '\t')
        return 0;
    out[0] = c == '\t' || prev == ' ' ? '\t' : ' ';
    return 1;
}

size_t glyph_fold(uint32_t *out, struct str s, size_t *i, uint32_t prev)
{
    uint32_t c = utf8_next(s, i);
    if (c < 0x80 || is_han(c)) {
        if (c <= ' ')
            return fold_blank(out, c, prev);
        out[0] = c;
        return 1;
    }
    if (is_invisible(c))
        return 0;
    uint32_t up = superscript(c);
    if (up) { /* one ^ for a run of superscripts */
        out[0] = '^';
        out[1] = up;
        return 2;
    }
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    c = look_alike(c);
    if (c == ' ')
        return fold_blank(out, c, prev);
    if (has_compatibility(c))
        return decompose(out, c);
    out[0] = c;
    return 1;
}

uint32_t glyph_lower(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return is_letter(c) && c != 0x3A9 ? (uint32_t)u_tolower((UChar32)c) : c; /* Ω stays */
}

size_t glyphs_low(uint32_t *out, size_t cap, struct str s)
{
    size_t n = 0;
    uint32_t part[GLYPH_FOLD_MAX];
    for (size_t i = 0; i < s.n && n < cap;) {
        size_t k = glyph_fold(part, s, &i, n ? out[n - 1] : 0);
        for (size_t j = 0; j < k && n < cap; j++)
            out[n++] = glyph_lower(part[j]);
    }
    return n;
}

static void fold_all(struct glyphs *g, struct str text)
{
    uint32_t prev = 0, part[GLYPH_FOLD_MAX];
    bool raised = false;
    for (size_t i = 0; i < text.n;) {
        size_t at = i, k = glyph_fold(part, text, &i, prev), from = 0;
        bool up = k == 2 && part[0] == '^';
        if (up && raised)
            from = 1;
        raised = up;
        if (k == 1 && part[0] == '\t' && prev == ' ')
            at = g->at[--g->n]; /* the second blank makes a gap of the first */
        for (size_t j = from; j < k; j++) {
            g->ch[g->n] = part[j];
            g->low[g->n] = glyph_lower(part[j]);
            g->at[g->n++] = (uint32_t)at;
        }
        prev = g->n ? g->ch[g->n - 1] : 0;
    }
    for (size_t k = 0; k < GLYPH_FOLD_MAX; k++) { /* what lookahead may read */
        g->ch[g->n + k] = g->low[g->n + k] = 0;
        g->at[g->n + k] = (uint32_t)text.n;
    }
}

enum rc glyphs_init(struct glyphs *g, struct str text, struct err *e)
{
    *g = (struct glyphs){0};
    /* At most GLYPH_FOLD_MAX glyphs from the three bytes that the blocks in question take. */
    size_t room = 2 * text.n + GLYPH_FOLD_MAX;
    g->ch = mem_alloc(3 * room * sizeof *g->ch);
    if (!g->ch)
        return err_nomem(e);
    g->low = g->ch + room;
    g->at = g->low + room;
    fold_all(g, text);
    return RC_OK;
}

void glyphs_free(struct glyphs *g)
{
    mem_free(g->ch);
    *g = (struct glyphs){0};
}
