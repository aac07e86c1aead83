/* What a character is, and may begin. */
#include "news/news_int.h"

bool is_one_of(uint32_t c, const char *set)
{
    uint32_t one;
    for (const unsigned char *b = (const unsigned char *)set; *b; b += *b < 0x80 ? 1 : 3) {
        one = *b < 0x80 ? b[0] : (b[0] & 15u) << 12 | (b[1] & 63u) << 6 | (b[2] & 63u);
        if (one == c)
            return true;
    }
    return c == 0;
}

bool is_zh_digit(uint32_t c)
{
    if (c < 0x4E00 || c > 0x767E) /* most */
        return false;
    switch (c) {
    case 0x4E00: /* 一二两三四五六七八九十百千万数几 */
    case 0x4E8C:
    case 0x4E24:
    case 0x4E09:
    case 0x56DB:
    case 0x4E94:
    case 0x516D:
    case 0x4E03:
    case 0x516B:
    case 0x4E5D:
    case 0x5341:
    case 0x767E:
    case 0x5343:
    case 0x4E07:
    case 0x6570:
    case 0x51E0:
        return true;
    default:
        return false;
    }
}

bool is_break_mark(uint32_t c)
{
    switch (c) {
    case 0:
    case ' ':
    case '\n':
    case ',':
    case ';':
    case ':':
    case '!':
    case '?':
    case '(':
    case ')':
    case 0x3014: /* 〔〕 */
    case 0x3015:
    case '"':
    case '[':
    case ']':
    case '<':
    case '>':
    case '|':
    case '/':
    case 0x3001: /* 、 */
    case 0x3002: /* 。 */
    case 0x201C:
    case 0x201D:
    case 0x2018:
    case 0x2019:
    case 0x300A: /* 《》「」『』【】 */
    case 0x300B:
    case 0x300C:
    case 0x300D:
    case 0x300E:
    case 0x300F:
    case 0x3010:
    case 0x3011:
    case 0x2014:
    case 0x2026:
        return true;
    default:
        return false;
    }
}

/* Spares the patterns for most characters: digits, numerals, “ 截 未 今 明 建 合 协 聘 年 本 */
static bool may_begin_moment(uint32_t c)
{
    switch (c) {
    case '"':
    case 0x201C:
    case 0x622A:
    case 0x672A:
    case 0x4ECA:
    case 0x660E:
    case 0x5EFA:
    case 0x5408:
    case 0x534F:
    case 0x8058:
    case 0x5E74:
    case 0x672C:
        return true;
    default:
        return is_digit(c) || is_zh_digit(c);
    }
}

uint16_t char_flags(uint32_t c)
{
    if (c == 0)
        return CHAR_BREAK;
    return (uint16_t)((is_digit(c) || is_zh_digit(c) ? CHAR_NUMBER : 0) |
                      (may_begin_moment(c) ? CHAR_MOMENT : 0) |
                      (is_digit(c) || is_one_of(c, "\n近日不连昨今本上") ? CHAR_DAY : 0) |
                      (is_one_of(c, "我该本校学公集企省市县区州镇乡") ? CHAR_NAME : 0) |
                      (is_one_of(c, "。!?\n,;: 】") ? CHAR_CUT : 0) |
                      (is_digit(c) || is_one_of(c, "等") ? CHAR_LIST : 0) |
                      (is_one_of(c, "与和同") ? CHAR_JOIN : 0) |
                      (is_one_of(c, "在于到赴与和同为对向跟及、给从自托助持力务进往访察")
                           ? CHAR_TOWARDS
                           : 0) |
                      (is_break(c) ? CHAR_BREAK : 0));
}
