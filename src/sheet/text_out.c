#include "sheet/text_out.h"

static bool is_trigger(struct str s)
{
    size_t i = 0;
    uint32_t c = s.n ? utf8_next(s, &i) : 0;
    c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

/* Apostrophes and behind them what a spreadsheet program would calculate. */
static bool is_guarded(struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] == '\'')
        n++;
    return is_trigger(str_sub(s, n, s.n));
}

struct str csv_unguard(struct str text)
{
    return text.n && text.p[0] == '\'' && is_guarded(text) ? str_sub(text, 1, text.n) : text;
}

static bool must_quote(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (strchr("\",;\t\r\n", s.p[i]))
            return true; /* a NUL too */
    return s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
}

enum rc csv_put(struct buf *to, struct str text, bool guard, struct err *e)
{
    guard = guard && is_guarded(text);
    bool quote = must_quote(text);
    if (quote)
        TRY(buf_char(to, '"', e));
    if (guard)
        TRY(buf_char(to, '\'', e));
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool drop = text.p[i] == 0; /* would make the file look like UTF-16 */
        if (!drop && text.p[i] != '"')
            continue;
        TRY(buf_str(to, str_sub(text, from, drop ? i : i + 1), e));
        from = drop ? i + 1 : i; /* a quote is written once more */
    }
    TRY(buf_str(to, str_sub(text, from, text.n), e));
    return quote ? buf_char(to, '"', e) : RC_OK;
}
