/* What tests type into forms: days and references as texts, 32 at a time. */
#ifndef TYPED_HELP_H
#define TYPED_HELP_H

#include "site_help.h"

/* "#12" */
static inline const char *ref(int64_t id)
{
    static char text[32][24];
    static unsigned at;
    char *to = text[at++ % 32];
    snprintf(to, 24, "#%lld", (long long)id);
    return to;
}

static inline const char *day_text(int64_t days)
{
    static char text[32][12];
    static unsigned at;
    char *to = text[at++ % 32];
    struct str s = date_put(to, days);
    memmove(to, s.p, s.n);
    to[s.n] = 0;
    return to;
}

#endif
