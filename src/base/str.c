#include "base/str.h"

int str_cmp(struct str a, struct str b)
{
    size_t n = MIN(a.n, b.n);
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static size_t blank_head(struct str s)
{
    if (s.n && ((unsigned char)s.p[0] <= ' '))
        return 1;
    if (s.n >= 3 && memcmp(s.p, "\xE3\x80\x80", 3) == 0)
        return 3;
    return 0;
}

static size_t blank_tail(struct str s)
{
    if (s.n && ((unsigned char)s.p[s.n - 1] <= ' '))
        return 1;
    if (s.n >= 3 && memcmp(s.p + s.n - 3, "\xE3\x80\x80", 3) == 0)
        return 3;
    return 0;
}

struct str str_trim(struct str s)
{
    size_t k;
    while ((k = blank_head(s)) > 0) {
        s.p += k;
        s.n -= k;
    }
    while ((k = blank_tail(s)) > 0)
        s.n -= k;
    return s;
}

size_t str_find(struct str s, struct str what, size_t from)
{
    if (what.n == 0)
        return from <= s.n ? from : SIZE_MAX;
    while (from <= s.n && what.n <= s.n - from) {
        const char *hit = memchr(s.p + from, what.p[0], s.n - from - what.n + 1);
        if (!hit)
            return SIZE_MAX;
        if (memcmp(hit, what.p, what.n) == 0)
            return (size_t)(hit - s.p);
        from = (size_t)(hit - s.p) + 1;
    }
    return SIZE_MAX;
}

uint32_t utf8_next_rare(struct str s, size_t *i)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)s.p + *i;
    size_t left = s.n - *i;
    *i += 1;
    if (p[0] < 0x80)
        return p[0];
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || n > left)
        return 0xFFFD;
    uint32_t c = p[0] & (0x7Fu >> n);
    for (size_t k = 1; k < n; k++) {
        if ((p[k] & 0xC0) != 0x80)
            return 0xFFFD;
        c = c << 6 | (p[k] & 0x3Fu);
    }
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0xFFFD;
    *i += n - 1;
    return c;
}

size_t utf8_put(char *to, uint32_t c)
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t utf8_len(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; n++)
        utf8_next(s, &i);
    return n;
}
