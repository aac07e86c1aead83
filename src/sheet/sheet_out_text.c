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
    size_t fits = 0; /* bytes of the result that leave room for the ellipsis */
    size_t run = 0;  /* text from here on is copied as it stands */
    buf_clear(to);
    for (size_t i = 0; i < text.n;) {
        size_t at = i;
        bool escape = text.p[at] == '_' && looks_escaped(str_sub(text, at, text.n));
        uint32_t c = utf8_next(text, &i);
        bool drop = !is_xml(c), bad = c == 0xFFFD && i - at == 1;
        uint32_t more = drop ? 0 : (c >= 0x10000 ? 2 : 1) + (escape ? 6 : 0);
        if (escape || drop || bad || used + more > units) {
            TRY(buf_str(to, str_sub(text, run, at), e));
            run = drop || bad ? i : at;
        }
        if (used + more > units) {
            to->n = fits;
            return buf_str(to, STR("…"), e);
        }
        if (escape || bad)
            TRY(buf_str(to, escape ? STR("_x005F") : STR("\xEF\xBF\xBD"), e));
        used += more;
        if (used < units)
            fits = to->n + (i - run);
    }
    return buf_str(to, str_sub(text, run, text.n), e);
}
