/* Cookies: who asks, in which language, and the token that every form carries. */
#include "web/http_int.h"

#define COOKIE  "qiao"
#define HOURS12 43200

struct str cookie_get(const struct request *rq, struct str name)
{
    struct str all = request_header(rq, "Cookie");
    for (size_t at = 0; at < all.n;) {
        size_t end = MIN(str_find(all, STR(";"), at), all.n);
        struct str one = str_trim(str_sub(all, at, end));
        at = end + 1;
        if (str_starts(one, name) && one.n > name.n && one.p[name.n] == '=')
            return str_sub(one, name.n + 1, one.n);
    }
    return STR("");
}

static enum rc read_token(struct request *rq, struct err *e)
{
    struct str h = request_header(rq, "Authorization");
    rq->by_token = (rq->route->flags & ROUTE_API) && str_starts(h, STR("Bearer "));
    if (!rq->by_token)
        return RC_OK;
    return auth_token(rq->site, str_trim(str_sub(h, strlen("Bearer "), h.n)), rq->arena,
                      &rq->who.actor, e);
}

/* A program may ask for a language with each request. */
static void read_wish(struct request *rq)
{
    struct str wish = request_header(rq, "Accept-Language");
    if (!(rq->route->flags & ROUTE_API))
        return;
    if (str_starts(wish, STR("en")))
        rq->zh = false;
    else if (str_starts(wish, STR("zh")))
        rq->zh = true;
}

/* The value of the session's cookie, "" where there is none that one could be. */
static struct str begin_as_visitor(struct request *rq)
{
    struct str id = cookie_get(rq, STR(COOKIE));
    rq->who = (struct signed_in){.actor = actor_visitor};
    rq->zh = !str_eq(cookie_get(rq, STR("lang")), STR("en"));
    return id.n < SESSION_ID ? id : STR("");
}

enum rc session_read(struct request *rq, struct err *e)
{
    struct str id = begin_as_visitor(rq);
    if (!rq->route || (rq->route->flags & ROUTE_BARE))
        return RC_OK;
    TRY(read_token(rq, e));
    if (!rq->by_token && id.n)
        TRY(auth_session(rq->site, id, rq->arena, &rq->who, e));
    if (rq->actor->account)
        rq->zh = rq->actor->zh;
    read_wish(rq);
    return RC_OK;
}

bool session_seen(struct request *rq)
{
    struct str id = begin_as_visitor(rq);
    if (id.n && !auth_session_seen(rq->site, id, rq->arena, &rq->who))
        return false;
    if (rq->actor->account)
        rq->zh = rq->actor->zh;
    return true;
}

enum rc session_cookie(struct request *rq, struct reply *re, struct err *e)
{
    struct str s = textf(rq, COOKIE "=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s", rq->who.id,
                         HOURS12, rq->web->secure ? "; Secure" : "");
    if (!s.n)
        return err_nomem(e);
    reply_header(re, "Set-Cookie", s);
    return RC_OK;
}

enum rc session_clear(struct request *rq, struct reply *re, struct err *e)
{
    rq->who.id[0] = 0;
    struct str s = textf(rq, COOKIE "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax%s",
                         rq->web->secure ? "; Secure" : "");
    if (!s.n)
        return err_nomem(e);
    reply_header(re, "Set-Cookie", s);
    return RC_OK;
}

enum rc session_need(struct request *rq, struct reply *re, struct err *e)
{
    if (rq->who.id[0])
        return RC_OK;
    TRY(auth_visit(rq->site, rq->arena, &rq->who, e));
    return session_cookie(rq, re, e);
}

/* Takes the same time wherever they differ. */
static bool same(struct str a, struct str b)
{
    unsigned char differ = a.n != b.n || a.n == 0;
    for (size_t i = 0; i < MIN(a.n, b.n); i++)
        differ |= (unsigned char)(a.p[i] ^ b.p[i]);
    return !differ;
}

enum rc csrf_check(const struct request *rq, struct err *e)
{
    struct str given = request_header(rq, "X-CSRF-Token");
    if (!given.n)
        given = param_text(rq, "csrf");
    return same(given, rq->who.csrf) ? RC_OK : err_user(e, "web.csrf", "%s", "");
}
