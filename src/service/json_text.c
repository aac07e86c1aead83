#include "service/json_text.h"

/* Bytes from i on that stand in a string as they are: ASCII without controls, quote, backslash. */
static size_t plain_to(struct str s, size_t i)
{
    while (i < s.n && (unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] < 0x7F &&
           s.p[i] != '"' && s.p[i] != '\\')
        i++;
    return i;
}

static enum rc put_char(struct buf *to, uint32_t c, struct err *e)
{
    char bytes[4];
    switch (c) {
    case '"':
    case '\\':
        TRY(buf_char(to, '\\', e));
        return buf_char(to, (char)c, e);
    case '\n':
        return buf_str(to, STR("\\n"), e);
    default:
        if (c < 0x20 || c == 0x7F)
            return buf_printf(to, e, "\\u%04x", (unsigned)c);
        return buf_put(to, bytes, utf8_put(bytes, c), e);
    }
}

enum rc json_put(struct buf *to, struct str s, struct err *e)
{
    TRY(buf_char(to, '"', e));
    for (size_t i = 0; i < s.n;) {
        size_t end = plain_to(s, i);
        if (end > i)
            TRY(buf_put(to, s.p + i, end - i, e));
        i = end;
        if (i < s.n)
            TRY(put_char(to, utf8_next(s, &i), e));
    }
    return buf_char(to, '"', e);
}

enum rc json_put_member(struct buf *to, const char *key, struct str s, struct err *e)
{
    TRY(buf_printf(to, e, ",\"%s\":", key));
    return s.n ? json_put(to, s, e) : buf_str(to, STR("null"), e);
}
