/* What the tests of notices say in forms: days and references as texts, eight at a time. */
#ifndef NOTIFY_HELP_H
#define NOTIFY_HELP_H

#include "site_help.h"

static inline const char *day_text(int64_t day)
{
    static char text[8][12];
    static int at;
    char *to = text[at++ % 8];
    struct str s = date_put(to, day);
    to[s.n] = 0;
    return to;
}

static inline const char *ref(int64_t id)
{
    static char text[8][24];
    static int at;
    char *to = text[at++ % 8];
    snprintf(to, 24, "#%lld", (long long)id);
    return to;
}

#endif
