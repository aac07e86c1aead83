/* Strings: a slice of bytes, usually UTF-8, that it does not own. */
#ifndef QIAO_STR_H
#define QIAO_STR_H

#include "base/base.h"

#include <string.h>

struct str {
    const char *p; /* not NUL-terminated; may be NULL when n == 0 */
    size_t n;      /* bytes */
};

#define STR(literal) ((struct str){literal, sizeof(literal) - 1})

/* The same in the initialiser of a table. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static inline struct str str_of(const char *s)
{
    return (struct str){s, s ? strlen(s) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* <0, 0, >0 by bytes, then by length. */
int str_cmp(struct str a, struct str b);
static inline bool str_starts(struct str s, struct str head)
{
    return s.n >= head.n && (head.n == 0 || (s.p[0] == head.p[0] && /* mostly it differs */
                                             memcmp(s.p, head.p, head.n) == 0));
}
static inline bool str_ends(struct str s, struct str tail)
{
    return s.n >= tail.n && (tail.n == 0 || (s.p[s.n - 1] == tail.p[tail.n - 1] &&
                                             memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0));
}
/* The part [from, to) with both ends cut to the string's length. */
static inline struct str str_sub(struct str s, size_t from, size_t to)
{
    to = to < s.n ? to : s.n;
    from = from < to ? from : to;
    return (struct str){s.p ? s.p + from : NULL, to - from};
}
/* Without ASCII blanks and U+3000 at both ends. */
struct str str_trim(struct str s);
/* Byte offset of the first occurrence at or after `from`, or SIZE_MAX. O(n). */
size_t str_find(struct str s, struct str what, size_t from);

/* Decode one UTF-8 character at s.p[*i] and advance *i past it. A malformed byte gives U+FFFD
 * and advances by one. Precondition: *i < s.n. */
uint32_t utf8_next_rare(struct str s, size_t *i);
static inline uint32_t utf8_next(struct str s, size_t *i)
{
    const unsigned char *p = (const unsigned char *)s.p + *i;
    if (p[0] < 0x80) {
        ++*i;
        return p[0];
    }
    if (s.n - *i >= 3) { /* most are E1 … EF but ED with two of 80 … BF behind it */
        uint32_t a = p[0] ^ 0xE0u, b = p[1] ^ 0x80u, c = p[2] ^ 0x80u;
        if (a - 1 < 15 && a != 0xD && (b | c) < 0x40) {
            *i += 3;
            return a << 12 | b << 6 | c;
        }
    }
    return utf8_next_rare(s, i);
}
/* The same in text that is valid throughout, ours or made by charset.h: nothing is asked twice. */
static inline uint32_t utf8_sure(struct str s, size_t *i)
{
    const unsigned char *p = (const unsigned char *)s.p + *i;
    if (p[0] >> 4 == 0xE) { /* most */
        *i += 3;
        return ((uint32_t)p[0] << 12 ^ (uint32_t)p[1] << 6 ^ p[2]) ^ 0xE2080u;
    }
    if (p[0] >= 0x80)
        return utf8_next_rare(s, i);
    ++*i;
    return p[0];
}
/* The character before byte *at > 0 of valid text; *at becomes where it begins. */
static inline uint32_t utf8_prev(struct str s, size_t *at)
{
    while (--*at > 0 && ((unsigned char)s.p[*at] & 0xC0) == 0x80) {
    }
    size_t i = *at;
    return utf8_next(s, &i);
}
/* Most of a Chinese text is characters of three bytes; in text that is valid throughout two of them
 * are told and read at a step. */
static inline bool utf8_two_wide(struct str s, size_t i)
{
    uint32_t w;
    if (s.n - i < 6)
        return false;
    memcpy(&w, s.p + i, sizeof w); /* the same in either order of bytes */
    return (w & 0xF00000F0u) == 0xE00000E0u;
}
static inline uint32_t utf8_wide(struct str s, size_t i)
{
    const unsigned char *p = (const unsigned char *)s.p + i;
    return ((uint32_t)p[0] << 12) + ((uint32_t)p[1] << 6) + p[2] - 0xE2080u;
}
/* Write `c` as UTF-8 to `to` (room for 4), return the number of bytes; U+FFFD for what is no
 * scalar value. */
size_t utf8_put(char *to, uint32_t c);
/* Characters in s (malformed bytes count one each). */
size_t utf8_len(struct str s);
/* Han character of the blocks that terms are made of: U+3400–4DBF and U+4E00–9FFF. */
static inline bool is_han(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF);
}

#endif
