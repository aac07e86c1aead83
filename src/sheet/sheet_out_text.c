#include "sheet/sheet_out_int.h"

static bool is_xml(uint32_t c)
{
    return c == '\t' || c == '\n' || (c >= ' ' && c != 0x7F && c != 0xFFFE && c != 0xFFFF);
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool looks_escaped(struct str s)
{
    return s.n >= 7 && s.p[0] == '_' && s.p[1] == 'x' && is_hex(s.p[2]) && is_hex(s.p[3]) &&
           is_hex(s.p[4]) && is_hex(s.p[5]) && s.p[6] == '_';
}

enum rc out_clean(struct buf *to, struct str text, uint32_t units, struct err *e)
{
    uint32_t used = 0;
    size_t fits = 0; /* bytes that leave room for the ellipsis */
    buf_clear(to);
    for (size_t i = 0; i < text.n;) {
        char bytes[16] = "_x005F";
        size_t n = looks_escaped(str_sub(text, i, text.n)) ? 6 : 0;
        uint32_t c = utf8_next(text, &i);
        uint32_t more = (uint32_t)n + (c >= 0x10000 ? 2 : 1);
        if (!is_xml(c))
            continue;
        if (used + more > units) {
            to->n = fits;
            return buf_str(to, STR("…"), e);
        }
        n += utf8_put(bytes + n, c);
        TRY(buf_put(to, bytes, n, e));
        used += more;
        if (used < units)
            fits = to->n;
    }
    return RC_OK;
}
