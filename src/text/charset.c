#include "text/charset.h"

#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>

static const char UTF8[] = "UTF-8", UTF16LE[] = "UTF-16LE", UTF16BE[] = "UTF-16BE";
static const char GB18030[] = "GB18030", BIG5[] = "Big5", LATIN[] = "windows-1252";

static const struct {
    const char *name;
    struct str mark;
} marks[] = {
    {UTF8, {"\xEF\xBB\xBF", 3}},
    {UTF16LE, {"\xFF\xFE", 2}},
    {UTF16BE, {"\xFE\xFF", 2}},
    {GB18030, {"\x84\x31\x95\x33", 4}},
};

static unsigned byte_at(struct str s, size_t i)
{
    return i < s.n ? (unsigned char)s.p[i] : 0;
}

static bool in(unsigned c, unsigned low, unsigned high)
{
    return c >= low && c <= high;
}

/* What one reading of the bytes yields. */
struct share {
    size_t common, rare, other, bad;
};

/* -2 … 1; a bad sequence weighs double, a rare character half of a common one. */
static double share_score(struct share s)
{
    double all = (double)(s.common + s.rare + s.other + s.bad);
    double good = (double)s.common + 0.5 * (double)s.rare - 2.0 * (double)s.bad;
    return all > 0 ? good / all : -2;
}

/* Eight bytes; what is first in memory is lowest. */
static uint64_t bytes_at(struct str s, size_t i)
{
    uint64_t w;
    memcpy(&w, s.p + i, sizeof w);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return w;
}

/* Do those bytes of `w` that are C0 or F0 in `mask` have the forms 10xxxxxx and 1110xxxx, and are
 * the latter, at `lead` (01 each), neither E0 nor ED, behind which not all is valid? */
static bool is_run(uint64_t w, uint64_t mask, uint64_t lead)
{
    const uint64_t low = lead * 0x0F, high = lead << 4;
    uint64_t not0 = (w & low) + low, notd = ((w ^ lead * 0x0D) & low) + low;
    return (w & mask) == ((mask & UINT64_MAX / 255 << 7) | lead * 0x60) &&
           (not0 & notd & high) == high;
}

/* Behind the characters of three bytes from i on, eight and then two at a step; stops where the
 * rest is to be looked at closer. */
static size_t skip_han(struct str s, size_t i)
{
    const uint64_t all = UINT64_MAX / 255 * 0xC0, two = 0x0000000001000001u;
    const uint64_t a = 0x0001000001000001u, b = a << 8, c = a << 16; /* of 24 bytes */
    while (s.n - i >= 24 && is_run(bytes_at(s, i), all | a * 0xF0, a) &&
           is_run(bytes_at(s, i + 8), all | b * 0xF0, b) &&
           is_run(bytes_at(s, i + 16), all | c * 0xF0, c))
        i += 24;
    while (s.n - i >= 8 && is_run(bytes_at(s, i), (all >> 16) | two * 0xF0, two))
        i += 6;
    return i;
}

/* UTF-8 throughout and no NUL: the usual case, told in one pass, eight bytes of ASCII or two
 * characters of three at a step. */
static bool is_clean(struct str s)
{
    const uint64_t ones = UINT64_MAX / 255, high = ones << 7;
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n;) {
        uint64_t w = high;
        if (p[i] < 0x80 && s.n - i >= sizeof w)
            memcpy(&w, p + i, sizeof w);
        if (!((w | (w - ones)) & high)) { /* no byte is 0 or above 7F */
            i += sizeof w;
            continue;
        }
        i = skip_han(s, i);
        while (s.n - i >= 3) {
            unsigned a = p[i] ^ 0xE0u, b = p[i + 1] ^ 0x80u, c = p[i + 2] ^ 0x80u;
            if (a - 1 >= 15 || a == 0xD || (b | c) >= 0x40)
                break;
            i += 3;
        }
        size_t from = i;
        uint32_t c = i < s.n ? utf8_next(s, &i) : ' ';
        if (c == 0 || (c == 0xFFFD && i - from == 1))
            return false;
    }
    return true;
}

/* Neighbouring malformed bytes are one damage: a cut character has up to three. */
static struct share read_utf8(struct str s)
{
    struct share r = {0};
    bool damaged = false;
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        if ((unsigned char)s.p[i] < 0x80) {
            i++;
            damaged = false;
            continue;
        }
        uint32_t c = utf8_next(s, &i);
        bool bad = c == 0xFFFD && i - from == 1;
        r.bad += bad && !damaged;
        r.common += !bad;
        damaged = bad;
    }
    return r;
}

/* Bytes of the sequence at i, or 0 where none begins. */
static size_t gb_length(struct str s, size_t i)
{
    unsigned b = byte_at(s, i + 1);
    if (!in(byte_at(s, i), 0x81, 0xFE))
        return 0;
    if (in(b, '0', '9'))
        return in(byte_at(s, i + 2), 0x81, 0xFE) && in(byte_at(s, i + 3), '0', '9') ? 4 : 0;
    return in(b, 0x40, 0xFE) && b != 0x7F ? 2 : 0;
}

static struct share read_gb(struct str s)
{
    struct share r = {0};
    for (size_t i = 0; i < s.n;) {
        unsigned a = byte_at(s, i), b = byte_at(s, i + 1);
        if (a < 0x80 || i + 1 == s.n) { /* a character cut off at the end is no evidence */
            i++;
            continue;
        }
        size_t n = gb_length(s, i);
        if (n == 0)
            r.bad++;
        else if (n == 2 && b >= 0xA1 && (in(a, 0xB0, 0xD7) || in(a, 0xA1, 0xA3)))
            r.common++;
        else if (n == 2 && b >= 0xA1 && in(a, 0xD8, 0xF7))
            r.rare++;
        else
            r.other++;
        i += n ? n : 1;
    }
    return r;
}

static struct share read_big5(struct str s)
{
    struct share r = {0};
    for (size_t i = 0; i < s.n;) {
        unsigned a = byte_at(s, i), b = byte_at(s, i + 1);
        if (a < 0x80 || i + 1 == s.n) {
            i++;
            continue;
        }
        bool valid = in(a, 0xA1, 0xF9) && (in(b, 0x40, 0x7E) || in(b, 0xA1, 0xFE));
        unsigned c = a << 8 | b;
        if (!valid)
            r.bad++;
        else if (in(c, 0xA140, 0xA3BF) || in(c, 0xA440, 0xC67E))
            r.common++;
        else /* level 2 is no evidence: Latin letters pair up to it */
            r.other++;
        i += valid ? 2 : 1;
    }
    return r;
}

static bool is_text_unit(unsigned u)
{
    return u == '\t' || u == '\r' || u == '\n' || in(u, 0x20, 0x7E) || in(u, 0xA0, 0xFF) ||
           in(u, 0x2010, 0x2030) || in(u, 0x2100, 0x22FF) || in(u, 0x3000, 0x303F) ||
           in(u, 0x4E00, 0x9FFF) || in(u, 0xFF01, 0xFF5E);
}

/* Units that can be text; NULs are dropped anyway and count as nothing. Two printable ASCII bytes
 * make a Han character by accident: they say nothing (`other`). */
static struct share read_utf16(struct str s, int high)
{
    struct share r = {0};
    for (size_t i = 0; i + 1 < s.n; i += 2) {
        unsigned a = byte_at(s, i), b = byte_at(s, i + 1);
        unsigned u = high == 0 ? a << 8 | b : b << 8 | a;
        if (u == 0)
            continue;
        if (in(a, 0x20, 0x7E) && in(b, 0x20, 0x7E))
            r.other++;
        else if (is_text_unit(u))
            r.common += 1 + (u < 0x80); /* ASCII speaks for one byte order only */
        else
            r.bad++;
    }
    return r;
}

static bool utf16_fits(struct share s)
{
    return s.common >= 9 * s.bad && s.common + s.bad > s.other;
}

static const char *find_utf16(struct str s)
{
    struct share le = read_utf16(s, 1), be = read_utf16(s, 0);
    bool le_fits = utf16_fits(le), be_fits = utf16_fits(be);
    if (le_fits && (!be_fits || share_score(le) >= share_score(be)))
        return UTF16LE;
    return be_fits ? UTF16BE : NULL;
}

static bool names_one(struct str said, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (said.n >= strlen(names[i]) && strncasecmp(said.p, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* By the share of common characters, and by what is said where that is no proof. */
static const char *find_wide(struct str s, struct str said)
{
    enum { NEARLY = 4 }; /* within a quarter */
    static const char *const gbs[] = {"gb", "hz-gb", "x-gbk"}, *const big5s[] = {"big5", "x-big5"};
    struct share g = read_gb(s), b = read_big5(s);
    double gb = share_score(g), big5 = share_score(b), near = 1.0 / NEARLY;
    bool says_gb = names_one(said, gbs, ARRAY_LEN(gbs)),
         says_big5 = names_one(said, big5s, ARRAY_LEN(big5s));
    if (MAX(gb, big5) < 0.3)
        return says_gb && g.bad == 0 ? GB18030 : says_big5 && b.bad == 0 ? BIG5 : LATIN;
    if (says_gb && gb + near >= big5 && gb >= 0.3)
        return GB18030;
    if (says_big5 && big5 + near >= gb && big5 >= 0.3)
        return BIG5;
    return gb >= big5 ? GB18030 : BIG5;
}

/* *clean: it is UTF-8 throughout, without NULs. */
static const char *find(struct str s, struct str said, size_t *skip, bool *clean)
{
    *skip = 0;
    *clean = false;
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_starts(s, marks[i].mark)) {
            *skip = marks[i].mark.n;
            return marks[i].name;
        }
    *clean = is_clean(s);
    if (*clean)
        return UTF8;
    struct share utf8 = read_utf8(s);
    const char *wide = find_utf16(s);
    if (wide)
        return wide;
    if (utf8.bad == 0 || share_score(utf8) >= 0.5)
        return UTF8;
    return find_wide(s, said);
}

/* Appends UTF-8 bytes without their NULs. */
static enum rc put_text(struct buf *out, struct str s, struct err *e)
{
    while (s.n) {
        const char *nul = memchr(s.p, 0, s.n);
        size_t n = nul ? (size_t)(nul - s.p) : s.n;
        TRY(buf_put(out, s.p, n, e));
        n += nul != NULL;
        s = str_sub(s, n, s.n);
    }
    return RC_OK;
}

static enum rc put_utf8(struct buf *out, struct str s, struct err *e)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n;) {
        size_t at = i;
        if (byte_at(s, i) < 0x80) {
            i++;
            continue;
        }
        utf8_next(s, &i);
        if (i - at > 1)
            continue;
        TRY(put_text(out, str_sub(s, from, at), e));
        TRY(buf_str(out, STR("\xEF\xBF\xBD"), e));
        from = i;
    }
    return put_text(out, str_sub(s, from, s.n), e);
}

static enum rc fail(UErrorCode u, const char *name, struct err *e)
{
    return u == U_MEMORY_ALLOCATION_ERROR ? err_nomem(e) : err_sys(e, "text.converter", "%s", name);
}

/* Through ICU, whose default answer to a malformed sequence is U+FFFD. */
static enum rc put_icu(struct buf *out, struct str s, const char *name, struct err *e)
{
    UErrorCode u = U_ZERO_ERROR;
    UConverter *from = ucnv_open(name, &u), *to = ucnv_open(UTF8, &u);
    UChar pivot[1024], *source = pivot, *target = pivot;
    const char *p = s.p, *end = s.p + s.n;
    enum rc rc = U_FAILURE(u) ? fail(u, name, e) : RC_OK;
    for (bool first = true, more = s.n > 0; rc == RC_OK && more; first = false) {
        char part[4096], *q = part;
        u = U_ZERO_ERROR;
        ucnv_convertEx(to, from, &q, part + sizeof part, &p, end, pivot, &source, &target,
                       pivot + ARRAY_LEN(pivot), first, true, &u);
        more = u == U_BUFFER_OVERFLOW_ERROR;
        if (U_FAILURE(u) && !more)
            rc = fail(u, name, e);
        else
            rc = put_text(out, (struct str){part, (size_t)(q - part)}, e);
    }
    ucnv_close(from);
    ucnv_close(to);
    return rc;
}

enum rc charset_to_utf8(struct buf *out, struct str in, const char **name, struct err *e)
{
    return charset_to_utf8_as(out, in, STR(""), name, e);
}

enum rc charset_to_utf8_as(struct buf *out, struct str in, struct str said, const char **name,
                           struct err *e)
{
    size_t skip;
    bool clean;
    const char *found = find(in, said, &skip, &clean);
    if (name)
        *name = found;
    if (clean)
        return buf_str(out, in, e);
    in = str_sub(in, skip, in.n);
    return found == UTF8 ? put_utf8(out, in, e) : put_icu(out, in, found, e);
}
