#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bug_(const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "qiao: bug at %s:%d: ", file, line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    abort();
}

/* Cut a string that was truncated inside a UTF-8 character back to the character before it. */
static void trim_utf8(char *s, size_t cap)
{
    size_t n = strlen(s);
    if (n + 1 < cap)
        return;
    while (n && ((unsigned char)s[n - 1] & 0xC0) == 0x80)
        n--;
    if (n && (unsigned char)s[n - 1] >= 0xC0)
        n--;
    s[n] = 0;
}

static enum rc fill(struct err *e, enum rc rc, const char *key, const char *fmt, va_list ap)
{
    if (!e)
        return rc;
    memset(e, 0, sizeof *e);
    e->rc = rc;
    snprintf(e->key, sizeof e->key, "%s", key);
    vsnprintf(e->detail, sizeof e->detail, fmt, ap);
    trim_utf8(e->detail, sizeof e->detail);
    return rc;
}

#define FILL(code)                                                                                 \
    va_list ap;                                                                                    \
    va_start(ap, fmt);                                                                             \
    enum rc rc = fill(e, code, key, fmt, ap);                                                      \
    va_end(ap);                                                                                    \
    return rc

enum rc err_user(struct err *e, const char *key, const char *fmt, ...)
{
    FILL(RC_USER);
}

enum rc err_sys(struct err *e, const char *key, const char *fmt, ...)
{
    FILL(RC_SYS);
}

enum rc err_corrupt(struct err *e, const char *key, const char *fmt, ...)
{
    FILL(RC_CORRUPT);
}

enum rc err_too_big(struct err *e, const char *key, const char *fmt, ...)
{
    FILL(RC_TOO_BIG);
}

static enum rc fill_plain(struct err *e, enum rc rc, const char *key)
{
    if (e) {
        memset(e, 0, sizeof *e);
        e->rc = rc;
        snprintf(e->key, sizeof e->key, "%s", key);
    }
    return rc;
}

enum rc err_nomem(struct err *e)
{
    return fill_plain(e, RC_NOMEM, "base.no_memory");
}

enum rc err_cancelled(struct err *e)
{
    return fill_plain(e, RC_CANCELLED, "base.cancelled");
}

static void set_once(char *to, size_t cap, const char *from)
{
    if (from && !to[0]) {
        snprintf(to, cap, "%s", from);
        trim_utf8(to, cap);
    }
}

enum rc err_at(struct err *e, enum rc rc, const char *file, const char *sheet, uint32_t row,
               uint32_t col)
{
    if (!e || rc == RC_OK)
        return rc;
    set_once(e->file, sizeof e->file, file);
    set_once(e->sheet, sizeof e->sheet, sheet);
    if (!e->row)
        e->row = row;
    if (!e->col)
        e->col = col;
    return rc;
}
