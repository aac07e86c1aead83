#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static enum log_level limit = LOG_WARN;

void log_set_level(enum log_level level)
{
    limit = level;
}

void log_line(enum log_level level, const char *event, const char *fmt, ...)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    if (level > limit)
        return;
    char text[1024], line[2200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t n = (size_t)snprintf(line, 128, "level=%s event=%.60s text=\"", names[level], event);
    for (const char *s = text; *s && n < sizeof line - 4; s++) {
        if (*s == '"' || *s == '\\')
            line[n++] = '\\';
        line[n++] = (unsigned char)*s < ' ' || *s == 0x7F ? ' ' : *s;
    }
    line[n++] = '"';
    line[n++] = '\n';
    fwrite(line, 1, n, stderr);
}
