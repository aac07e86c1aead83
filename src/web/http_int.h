/* Inside the server: the site's web, one exchange, what http.c (the only file that knows
 * libmicrohttpd), serve.c (the way of a request) and cache.c share. */
#ifndef QIAO_WEB_HTTP_INT_H
#define QIAO_WEB_HTTP_INT_H

#include "base/map.h"
#include "base/pool.h"
#include "web/form_int.h"
#include "web/web_int.h"

#include <stdatomic.h>

#define BODY_MAX   (1u << 20)
#define UPLOAD_MAX (32u << 20)

/* Counters of /metrics. */
#define BUCKETS 10
struct counters {
    atomic_ullong answered[6]; /* by hundreds of the status */
    atomic_ullong bucket[BUCKETS], micros;
    atomic_ullong cached;
    atomic_int running;
};
extern const double bucket_seconds[BUCKETS];

struct asset {
    const char *name;         /* "app.css" */
    const char *at;           /* "/static/app-0123456789abcdef.css" */
    const char *type;         /* Content-Type */
    struct str etag;          /* quoted */
    struct str bytes, packed; /* packed: gzip, "" none */
};
struct assets {
    struct asset *asset;
    uint32_t n;
    struct arena arena;
};
enum rc assets_open(struct assets *out, struct err *e) MUST_CHECK;
void assets_close(struct assets *a);
const struct asset *asset_find(const struct assets *a, const char *name); /* NULL if none */
const struct asset *asset_at(const struct assets *a, struct str file);    /* by the served name */

struct page_cache;
struct web {
    struct site *site;
    struct web_options o;
    struct templates *templates;
    struct assets assets;
    struct page_cache *cache, *own; /* of visitors; of who is signed in, each for itself */
    struct sso *sso;                /* service/sso.h */
    struct counters counters;
    struct arena arena; /* of options' texts */
    bool secure;        /* cookies over https only */
    bool strict;        /* QIAO_WEB_STRICT: a view with an undeclared name is an error */
    uint16_t port;
    void *daemon;
    struct crew *crew; /* who makes the pages that are not kept */
};

/* One request and its answer. */
struct exchange {
    struct piece piece;
    struct web *web;
    void *connection; /* libmicrohttpd's, suspended while the crew is at it */
    struct arena arena;
    enum method method;
    bool head, known_method;
    struct str target; /* path and query as they came */
    struct buf body;
    uint64_t received;
    size_t limit;
    bool started, counted, served;
    double began;
    struct request rq;
    struct reply re;
};
/* Split the target, find the route: before the body is read. */
void serve_begin(struct exchange *x);
/* Answer what stands in memory, kept pages and assets, in microseconds: true when x->re is filled.
 */
bool serve_kept(struct exchange *x);
/* Answer: fills x->re in every case. */
void serve(struct exchange *x);

/* RC_SYS "web.listen", RC_USER "web.address". */
enum rc http_start(struct web *w, struct err *e) MUST_CHECK;
void http_stop(struct web *w);

/* ---- kept pages ---- */

/* What the site was when a page was made. */
struct page_stamp {
    int64_t seq; /* of site_seq and the day */
    uint64_t generation;
};
/* most: bytes of all. */
enum rc cache_open(struct page_cache **out, size_t most, struct err *e) MUST_CHECK;
void cache_close(struct page_cache *c);
/* A page kept under this key, in this language and of this moment: a copy of its bytes in *re with
 * its ETag. */
bool cache_get(struct page_cache *c, struct str key, bool zh, struct page_stamp now,
               struct reply *re, struct arena *a);
void cache_put(struct page_cache *c, struct str key, bool zh, struct page_stamp now,
               const struct reply *re);

/* ---- routes ---- */

/* The route of a method and path, with kind, id and name filled in. NULL: none; *other says that
 * another method has one. O(routes). */
const struct route *route_find(const struct site *s, enum method m, struct str path,
                               struct request *rq, bool *other);
/* Every row has a pattern that can be read, and no kind hides behind a literal: RC_USER
 * "web.route". */
enum rc routes_check(const struct site *s, struct err *e) MUST_CHECK;

/* ---- sessions ---- */

/* Who asks, in which language. */
enum rc session_read(struct request *rq, struct err *e) MUST_CHECK;
/* The same from memory, for a route without ROUTE_API and ROUTE_BARE; false: session_read must. */
bool session_seen(struct request *rq);
/* Sets the cookie of rq->who. */
enum rc session_cookie(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
enum rc session_clear(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
/* A form for somebody who has no session yet gets one (with its token). */
enum rc session_need(struct request *rq, struct reply *re, struct err *e) MUST_CHECK;
/* RC_USER "web.csrf". */
enum rc csrf_check(const struct request *rq, struct err *e) MUST_CHECK;
struct str cookie_get(const struct request *rq, struct str name);

#endif
