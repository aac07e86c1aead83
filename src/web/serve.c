/* The way of a request: route, session, right, form, token, handler, answer. Handlers test none of
 * these. */
#include "web/http_int.h"

#include "base/log.h"
#include "service/pairing.h"

void serve_begin(struct exchange *x)
{
    struct request *rq = &x->rq;
    struct str t = x->target;
    struct err e = {0};
    bool other = false;
    size_t mark = MIN(str_find(t, STR("?"), 0), t.n);
    rq->web = x->web;
    rq->site = x->web->site;
    rq->arena = &x->arena;
    rq->actor = &rq->who.actor;
    rq->who.actor = actor_visitor;
    rq->zh = true;
    rq->target = t;
    rq->query = str_sub(t, mark + 1, t.n);
    rq->part = str_eq(request_header(rq, "HX-Request"), STR("true"));
    x->limit = BODY_MAX;
    if (url_decode(&rq->path, str_sub(t, 0, mark), false, &x->arena, &e) != RC_OK)
        rq->path = STR("");
    if (x->known_method)
        rq->route = route_find(x->web->site, x->method, rq->path, rq, &other);
    unsigned flags = rq->route ? rq->route->flags : 0;
    if (flags & ROUTE_UPLOAD ||
        (flags & ROUTE_FILES && form_boundary(request_header(rq, "Content-Type")).n))
        x->limit = x->web->o.upload_max;
}

/* ---- before the handler ---- */

static bool is_unsafe(const struct exchange *x)
{
    return x->method != METHOD_GET;
}

static enum rc read_params(struct exchange *x, struct err *e)
{
    struct request *rq = &x->rq;
    vec_param all = {0};
    struct str type = request_header(rq, "Content-Type"), body = buf_view(&x->body);
    struct str boundary = form_boundary(type);
    enum rc rc = form_pairs(&all, rq->query, rq->arena, e);
    rq->type = type;
    rq->body = body;
    if (rc == RC_OK && is_unsafe(x) && str_starts(type, STR("application/x-www-form-urlencoded")))
        rc = form_pairs(&all, body, rq->arena, e);
    else if (rc == RC_OK && is_unsafe(x) && boundary.n)
        rc = form_multipart(&all, body, boundary, rq->arena, e);
    struct param *kept = rc == RC_OK ? arena_alloc(rq->arena, (all.n + 1) * sizeof *kept) : NULL;
    if (rc == RC_OK && !kept)
        rc = err_nomem(e);
    if (rc == RC_OK && all.n)
        memcpy(kept, all.p, all.n * sizeof *kept);
    rq->param = kept;
    rq->n_params = rc == RC_OK ? (uint32_t)all.n : 0;
    vec_free(&all);
    return rc;
}

static enum rc find_wrong(struct exchange *x, struct err *e)
{
    struct request got = {0};
    bool other = false;
    if (x->target.n > 8192)
        return err_user(e, "web.address_long", "%s", "");
    if (x->known_method)
        route_find(x->web->site, x->method, x->rq.path, &got, &other);
    if (!x->known_method || other)
        return err_user(e, "web.method", "%s", "");
    return err_user(e, "web.no_page", "%s", "");
}

/* Somebody who has not signed in is shown where to; everybody else is told. */
static enum rc check_right(struct exchange *x, bool *answered, struct err *e)
{
    struct request *rq = &x->rq;
    *answered = false;
    if (rq->route->by & R(rq->actor->role))
        return RC_OK;
    if (rq->actor->role != ROLE_VISITOR || is_unsafe(x) || rq->part ||
        (rq->route->flags & ROUTE_API))
        return err_user(e, rq->actor->role == ROLE_VISITOR ? "web.sign_in_first" : "service.denied",
                        "%s", "");
    struct buf to;
    buf_init(&to, 32u << 10);
    enum rc rc = buf_str(&to, STR("/sign-in?back="), e);
    if (rc == RC_OK)
        rc = url_escape(&to, rq->target, e);
    if (rc == RC_OK)
        rc = reply_see(rq, &x->re, buf_view(&to), NULL, e);
    buf_free(&to);
    *answered = rc == RC_OK;
    return rc;
}

/* Where a page may be kept, and as what; NULL: nowhere. Of who is signed in, for this session: the
 * token of its forms stands in it, and the number of its notices. */
static struct page_cache *keeper(const struct exchange *x, struct str *key)
{
    const struct request *rq = &x->rq;
    const struct actor *a = rq->actor;
    *key = rq->target;
    if (is_unsafe(x) || rq->part)
        return NULL;
    if (a->role == ROLE_VISITOR)
        return rq->route->flags & ROUTE_CACHE ? x->web->cache : NULL;
    *key = textf(rq, "%lld %d %lld %lld %u %.*s %.*s", (long long)a->account, (int)a->role,
                 (long long)a->org, (long long)a->person, rq->who.unread, (int)rq->who.csrf.n,
                 rq->who.csrf.p, (int)rq->target.n, rq->target.p);
    return rq->route->flags & ROUTE_KEEP && !rq->by_token && rq->who.csrf.n && key->n ? x->web->own
                                                                                      : NULL;
}

/* A page stays true until the next change, until the engine ranks otherwise, or until midnight:
 * terms run out. */
static struct page_stamp stamp_of(const struct site *s)
{
    return (struct page_stamp){site_seq(s) + (day_of_time(site_now(s)) << 40),
                               engine_generation(s)};
}

static void not_modified(struct exchange *x)
{
    struct str have = request_header(&x->rq, "If-None-Match");
    for (uint32_t i = 0; have.n && i < x->re.n_headers; i++)
        if (strcmp(x->re.header[i].name, "ETag") == 0 && str_eq(x->re.header[i].value, have)) {
            buf_clear(&x->re.body);
            x->re.bytes = STR("");
            x->re.status = 304;
        }
}

/* The page kept for who asks, in *re. */
static bool take_kept(struct exchange *x, struct page_cache *kept, struct str key,
                      struct page_stamp now)
{
    if (!kept || !cache_get(kept, key, x->rq.zh, now, &x->re, x->rq.arena))
        return false;
    atomic_fetch_add(&x->web->counters.cached, 1);
    return true;
}

static enum rc handle(struct exchange *x, struct err *e)
{
    struct request *rq = &x->rq;
    bool done = false;
    if (!rq->route)
        return find_wrong(x, e);
    if (x->received > x->limit)
        return err_too_big(e, "web.too_large", "%zu", x->limit / 1024);
    TRY(session_read(rq, e));
    struct str key;
    struct page_cache *kept = keeper(x, &key);
    struct page_stamp now = {0};
    if (kept)
        now = stamp_of(x->web->site);
    if (take_kept(x, kept, key, now))
        return RC_OK;
    TRY(check_right(x, &done, e));
    if (done)
        return RC_OK;
    TRY(read_params(x, e));
    if (is_unsafe(x) && !rq->by_token && !(rq->route->flags & ROUTE_FORM_OPEN))
        TRY(csrf_check(rq, e));
    TRY(rq->route->handler(rq, &x->re, e));
    if (kept && !x->re.status && x->re.fd < 0 && !x->re.bytes.p && !x->re.n_headers)
        cache_put(kept, key, rq->zh, now, &x->re);
    return RC_OK;
}

/* ---- after it ---- */

#define POLICY                                                                                     \
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "               \
    "form-action 'self'; frame-ancestors 'none'"

static bool has_header(const struct reply *re, const char *name)
{
    for (uint32_t i = 0; i < re->n_headers; i++)
        if (strcmp(re->header[i].name, name) == 0)
            return true;
    return false;
}

static void guard_headers(struct exchange *x)
{
    struct reply *re = &x->re;
    reply_header(re, "Content-Security-Policy", STR(POLICY));
    reply_header(re, "X-Content-Type-Options", STR("nosniff"));
    reply_header(re, "Referrer-Policy", STR("same-origin"));
    if (!has_header(re, "Cache-Control"))
        reply_header(re, "Cache-Control", STR("private, no-cache"));
    if (x->web->secure)
        reply_header(re, "Strict-Transport-Security", STR("max-age=31536000"));
}

static void clear(struct reply *re)
{
    buf_clear(&re->body);
    re->bytes = (struct str){0};
    re->type = NULL;
    re->status = 0;
    re->n_headers = 0;
}

/* The plainest answer, where even the page of an error cannot be made. */
static void give_up(struct exchange *x)
{
    clear(&x->re);
    x->re.status = 503;
    x->re.type = "text/plain; charset=utf-8";
    x->re.bytes = STR("暂时无法服务，请稍后再试。\nPlease try again later.\n");
}

void serve(struct exchange *x)
{
    struct err e = {0}, why = {0};
    if (handle(x, &e) != RC_OK) {
        unsigned status = error_status(&e);
        if (status >= 500)
            log_line(LOG_ERROR, "failed", "rc=%d key=%s detail=%s path=%.*s", (int)e.rc, e.key,
                     e.detail, (int)MIN(x->rq.path.n, (size_t)200),
                     x->rq.path.p ? x->rq.path.p : "");
        clear(&x->re);
        if (reply_error(&x->rq, &x->re, &e, &why) != RC_OK)
            give_up(x);
    }
    not_modified(x);
    guard_headers(x);
}

bool serve_kept(struct exchange *x)
{
    struct request *rq = &x->rq;
    const unsigned flags = rq->route ? rq->route->flags : 0;
    struct str key;
    if (flags & ROUTE_QUICK) {
        serve(x);
        return true;
    }
    if (!(flags & (ROUTE_CACHE | ROUTE_KEEP)) || is_unsafe(x) || x->received || !session_seen(rq))
        return false;
    struct page_cache *kept = keeper(x, &key);
    if (!kept || !take_kept(x, kept, key, stamp_of(x->web->site)))
        return false;
    not_modified(x);
    guard_headers(x);
    return true;
}
