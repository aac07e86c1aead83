#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

void buf_init(struct buf *b, size_t ceiling)
{
    *b = (struct buf){.ceiling = ceiling};
}

void buf_free(struct buf *b)
{
    mem_free(b->p);
    b->p = NULL;
    b->n = b->cap = 0;
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    if (b->p)
        b->p[0] = 0;
}

static enum rc room(struct buf *b, size_t more, struct err *e)
{
    if (more > b->ceiling || b->n > b->ceiling - more)
        return err_too_big(e, "base.too_big", "%zu", b->ceiling);
    return vec_reserve_((void **)&b->p, &b->cap, b->n + more + 1, 1, e);
}

enum rc buf_put(struct buf *b, const void *bytes, size_t n, struct err *e)
{
    TRY(room(b, n, e));
    if (n)
        memcpy(b->p + b->n, bytes, n);
    b->n += n;
    b->p[b->n] = 0;
    return RC_OK;
}

enum rc buf_str(struct buf *b, struct str s, struct err *e)
{
    return buf_put(b, s.p, s.n, e);
}

enum rc buf_char(struct buf *b, char c, struct err *e)
{
    return buf_put(b, &c, 1, e);
}

enum rc buf_printf(struct buf *b, struct err *e, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        BUG("bad format %s", fmt);
    TRY(room(b, (size_t)n, e));
    va_start(ap, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
    return RC_OK;
}

struct str buf_view(const struct buf *b)
{
    return (struct str){b->p ? b->p : "", b->n};
}

char *buf_take(struct buf *b)
{
    char *p = b->p;
    b->p = NULL;
    b->n = b->cap = 0;
    return p;
}

enum rc buf_json(struct buf *to, struct str text, struct err *e)
{
    TRY(buf_char(to, '"', e));
    size_t run = 0;
    for (size_t i = 0; i < text.n;) {
        size_t at = i;
        uint32_t c = utf8_next(text, &i);
        bool bad = c == 0xFFFD && i - at == 1;
        if (!bad && c >= ' ' && c != '"' && c != '\\')
            continue;
        TRY(buf_str(to, str_sub(text, run, at), e));
        run = i;
        if (bad)
            TRY(buf_str(to, STR("\xEF\xBF\xBD"), e));
        else if (c == '\n')
            TRY(buf_str(to, STR("\\n"), e));
        else if (c < ' ')
            TRY(buf_printf(to, e, "\\u%04x", c));
        else
            TRY(buf_printf(to, e, "\\%c", (char)c));
    }
    TRY(buf_str(to, str_sub(text, run, text.n), e));
    return buf_char(to, '"', e);
}
