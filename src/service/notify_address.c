/* What is an address: a host, a mailbox. */
#include "service/notify_int.h"

static bool is_atom(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

bool notify_is_host(struct str s)
{
    bool any = s.n > 0 && s.n <= 253;
    for (size_t i = 0; i < s.n; i++)
        any = any && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
                      (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] && strchr(".-:", s.p[i])));
    return any;
}

bool notify_is_mailbox(struct str s)
{
    size_t at = str_find(s, STR("@"), 0);
    if (at == 0 || at == SIZE_MAX || at > 64 || s.n > 254)
        return false;
    for (size_t i = 0; i < at; i++)
        if (!is_atom(s.p[i]))
            return false;
    struct str host = str_sub(s, at + 1, s.n);
    return notify_is_host(host) && str_find(host, STR(":"), 0) == SIZE_MAX && host.p[0] != '.' &&
           host.p[0] != '-' && host.p[host.n - 1] != '.';
}
