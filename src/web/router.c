#include "web/http_int.h"

#include <pthread.h>
#include <stdlib.h>

#define NAME_MAX_BYTES 64u
#define SEGMENTS       8u

static bool is_number(struct str s, int64_t *out)
{
    *out = 0;
    if (!s.n || s.n > 18)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        *out = *out * 10 + (s.p[i] - '0');
    }
    return true;
}

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              strchr("_.-", c)) ||
            !c)
            return false;
    }
    return s.n > 0 && s.n <= NAME_MAX_BYTES;
}

/* "/a/b" -> a, b; "/" -> none. SEGMENTS + 1: too many. */
static unsigned split(struct str path, struct str *to)
{
    unsigned n = 0;
    for (size_t at = 1; at < path.n; n++) {
        size_t end = MIN(str_find(path, STR("/"), at), path.n);
        if (n == SEGMENTS)
            return SEGMENTS + 1;
        to[n] = str_sub(path, at, end);
        at = end + 1;
    }
    return n;
}

/* What the placeholders stand for. */
struct taken {
    const struct kind *kind;
    int64_t id;
    struct str name;
};

static bool fits(const struct site *s, struct str pattern, struct str segment, struct taken *rq)
{
    if (pattern.p[0] != '{')
        return str_eq(pattern, segment);
    if (str_eq(pattern, STR("{kind}"))) {
        rq->kind = kind_find(site_kinds(s), segment);
        return rq->kind != NULL;
    }
    if (str_eq(pattern, STR("{id}")))
        return is_number(segment, &rq->id);
    if (str_eq(pattern, STR("{name}"))) {
        rq->name = segment;
        return is_name(segment);
    }
    return str_eq(pattern, segment);
}

/* How exact a pattern is: its first literal segments count most. */
static unsigned exactness(const struct str *pattern, unsigned n)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < n; i++)
        sum = sum * 2 + (pattern[i].p[0] != '{');
    return sum;
}

/* The table's patterns in parts, made once. */
#define ROUTES_MAX 256u
static struct pattern {
    struct str part[SEGMENTS];
    unsigned n, exact;
} patterns[ROUTES_MAX];
static pthread_once_t patterns_made = PTHREAD_ONCE_INIT;

static void make_patterns(void)
{
    for (unsigned i = 0; routes[i].pattern; i++) {
        struct pattern *p = &patterns[i];
        if (i == ROUTES_MAX)
            BUG("more than %u routes", ROUTES_MAX);
        p->n = split(str_of(routes[i].pattern), p->part);
        p->exact = p->n <= SEGMENTS ? exactness(p->part, p->n) : 0;
    }
}

const struct route *route_find(const struct site *s, enum method m, struct str path,
                               struct request *rq, bool *other)
{
    struct str have[SEGMENTS];
    unsigned n = split(path, have), best = 0;
    const struct route *found = NULL;
    *other = false;
    if (!path.n || path.p[0] != '/' || n > SEGMENTS)
        return NULL;
    pthread_once(&patterns_made, make_patterns);
    for (const struct route *r = routes; r->pattern; r++) {
        const struct pattern *want = &patterns[r - routes];
        struct taken got = {0};
        unsigned i = 0;
        if (want->n != n)
            continue;
        while (i < n && fits(s, want->part[i], have[i], &got))
            i++;
        if (i < n)
            continue;
        if (r->method != m) {
            *other = true;
            continue;
        }
        if (found && want->exact <= best)
            continue;
        found = r;
        best = want->exact;
        rq->kind = got.kind;
        rq->id = got.id;
        rq->name = got.name;
    }
    return found;
}

enum rc routes_check(const struct site *s, struct err *e)
{
    struct str part[SEGMENTS];
    for (const struct route *r = routes; r->pattern; r++) {
        unsigned n = split(str_of(r->pattern), part);
        if (r->pattern[0] != '/' || n > SEGMENTS || !r->by || !r->handler)
            return err_user(e, "web.route", "%s", r->pattern);
        for (unsigned i = 0; i < n; i++)
            if (part[i].p[0] == '{' && !str_eq(part[i], STR("{kind}")) &&
                !str_eq(part[i], STR("{id}")) && !str_eq(part[i], STR("{name}")))
                return err_user(e, "web.route", "%s", r->pattern);
        /* a kind called as a page of ours would never be seen */
        if (n && kind_find(site_kinds(s), part[0]))
            return err_user(e, "web.route", "%.*s", (int)part[0].n, part[0].p);
    }
    return RC_OK;
}

enum rc web_routes(struct buf *out, struct err *e)
{
    static const char *const methods[METHOD__COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    static const char *const flags[] = {"cache", "upload", "api", "bare", "open"};
    for (const struct route *r = routes; r->pattern; r++) {
        TRY(buf_printf(out, e, "%s\t%s\t", methods[r->method], r->pattern));
        const char *comma = "";
        for (int role = 0; role < ROLE__COUNT; role++)
            if (r->by & R(role)) {
                TRY(buf_printf(out, e, "%s%s", comma, role_name((enum role)role)));
                comma = ",";
            }
        TRY(buf_char(out, '\t', e));
        comma = "";
        for (unsigned f = 0; f < ARRAY_LEN(flags); f++)
            if (r->flags & 1u << f) {
                TRY(buf_printf(out, e, "%s%s", comma, flags[f]));
                comma = ",";
            }
        TRY(buf_printf(out, e, "\t%s\t%s\n", r->zh, r->en));
    }
    return RC_OK;
}
