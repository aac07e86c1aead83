#include "text/width.h"

#include <unicode/uchar.h>

int char_width(uint32_t c)
{
    if (c >= 0x20 && c < 0x7F)
        return 1;
    switch (u_charType((UChar32)c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
    case U_CONTROL_CHAR:
        return 0;
    default:
        break;
    }
    int wide = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
    return wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
}

size_t str_width(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n;)
        n += (size_t)char_width(utf8_next(s, &i));
    return n;
}

size_t width_head(struct str s, size_t columns)
{
    size_t used = 0, end = 0;
    for (size_t i = 0; i < s.n; end = i) {
        used += (size_t)char_width(utf8_next(s, &i));
        if (used > columns)
            break;
    }
    return end;
}

static bool closes(uint32_t c)
{
    switch (u_charType((UChar32)c)) {
    case U_END_PUNCTUATION:
    case U_FINAL_PUNCTUATION:
        return true;
    default:
        return c < 0x80 ? c && strchr(",.;:!?%", (int)c) != NULL
                        : u_charType((UChar32)c) == U_OTHER_PUNCTUATION;
    }
}

static bool opens(uint32_t c)
{
    int type = u_charType((UChar32)c);
    return type == U_START_PUNCTUATION || type == U_INITIAL_PUNCTUATION;
}

/* May a line end between these two characters? */
static bool breaks(uint32_t before, uint32_t after)
{
    if (after == ' ')
        return true;
    if (opens(before) || closes(after))
        return false;
    return before == ' ' || char_width(before) == 2 || char_width(after) == 2 ||
           (before >= 0x80 && closes(before));
}

size_t width_line(struct str s, size_t columns)
{
    size_t used = 0, end = 0, good = 0;
    uint32_t before = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        if (end && breaks(before, c))
            good = end;
        used += (size_t)char_width(c);
        if (used > columns && c != ' ')
            return good ? good : end ? end : i;
        before = c;
        end = i;
    }
    return s.n;
}
