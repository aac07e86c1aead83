#define _GNU_SOURCE
#include "service/fetch.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/map.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define CONNECT_SECONDS 10L
#define AGENT           "qiao/" QIAO_VERSION " (reads news of cooperation; asked by a person)"

/* One page on its way; what the callbacks tell. */
struct transfer {
    const struct fetcher *f;
    CURL *curl;
    struct buf *page;
    enum rc rc; /* of the first callback that refused */
    bool private, typed;
    struct err *e;
};

struct charset_name {
    char p[24];
};

struct fetcher {
    struct fetch_options o;
    VEC(CURL *) handle; /* by worker */
    VEC(struct charset_name) charset;
    VEC(struct in6_addr) allow;
    pthread_mutex_t lock; /* guards the hosts */
    struct arena names;
    struct strmap hosts; /* to next */
    VEC(double) next;    /* when the host may be asked again */
};

/* IPv4 addresses as ::ffff:a.b.c.d, to be compared in one form. */
static struct in6_addr mapped(struct in_addr a)
{
    struct in6_addr m = {.s6_addr = {[10] = 0xFF, [11] = 0xFF}};
    memcpy(m.s6_addr + 12, &a, sizeof a);
    return m;
}

static enum rc allow(struct fetcher *f, const char *text, struct err *e)
{
    struct in_addr a4;
    struct in6_addr a6;
    if (inet_pton(AF_INET, text, &a4) == 1)
        a6 = mapped(a4);
    else if (inet_pton(AF_INET6, text, &a6) != 1)
        return err_user(e, "read.address", "%.60s", text);
    return vec_push(&f->allow, a6, e);
}

static bool is_allowed(const struct fetcher *f, const struct sockaddr *a)
{
    struct in6_addr x;
    if (a->sa_family == AF_INET)
        x = mapped(((const struct sockaddr_in *)(const void *)a)->sin_addr);
    else if (a->sa_family == AF_INET6)
        x = ((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
    else
        return false;
    for (size_t i = 0; i < f->allow.n; i++)
        if (memcmp(&f->allow.p[i], &x, sizeof x) == 0)
            return true;
    return false;
}

/* ---- what curl asks ---- */

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct transfer *t = ctx;
    if (purpose != CURLSOCKTYPE_IPCXN ||
        (!address_is_public(&a->addr) && !is_allowed(t->f, &a->addr))) {
        t->private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* What has no type is looked at; the page reader knows text from pictures itself. */
static bool is_text(const char *type)
{
    static const char *const known[] = {"text/html", "application/xhtml+xml", "text/plain",
                                        "application/xml", "text/xml"};
    if (!type)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strncasecmp(type, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

static size_t take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    const char *type = NULL;
    if (!t->typed && curl_easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type) == CURLE_OK &&
        !is_text(type))
        t->rc = err_user(t->e, "read.type", "%.60s", type);
    t->typed = true;
    if (t->rc == RC_OK && t->page->n + size * n > FETCH_MAX)
        t->rc = err_too_big(t->e, "read.too_big", "%d", FETCH_MAX >> 20);
    if (t->rc == RC_OK)
        t->rc = buf_put(t->page, bytes, size * n, t->e);
    return t->rc == RC_OK ? size * n : 0;
}

/* ---- handles ---- */

static CURL *new_handle(const struct fetcher *f)
{
    CURL *c = curl_easy_init();
    bool ok = c && curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS) == CURLE_OK &&
              /* a proxy would be asked in the place of the host that was checked */
              curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_USERAGENT, AGENT) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(1000 * f->o.timeout)) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)FETCH_MAX) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK;
    if (c && !ok) {
        curl_easy_cleanup(c);
        c = NULL;
    }
    return c;
}

enum rc fetcher_open(struct fetcher **out, const struct fetch_options *o, unsigned workers,
                     struct err *e)
{
    struct fetcher *f = mem_calloc(1, sizeof *f);
    if (!f)
        return err_nomem(e);
    f->o = *o;
    pthread_mutex_init(&f->lock, NULL);
    enum rc rc = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? RC_OK : err_nomem(e);
    for (size_t i = 0; i < o->n_allow && rc == RC_OK; i++)
        rc = allow(f, o->allow[i], e);
    for (unsigned i = 0; i < workers && rc == RC_OK; i++)
        rc = vec_push(&f->charset, (struct charset_name){0}, e);
    for (unsigned i = 0; i < workers && rc == RC_OK; i++) {
        CURL *c = new_handle(f);
        rc = c ? vec_push(&f->handle, c, e) : err_nomem(e);
        if (rc != RC_OK && c)
            curl_easy_cleanup(c);
    }
    if (rc == RC_OK)
        *out = f;
    else
        fetcher_close(f);
    return rc;
}

void fetcher_close(struct fetcher *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->handle.n; i++)
        curl_easy_cleanup(f->handle.p[i]);
    vec_free(&f->handle);
    vec_free(&f->charset);
    vec_free(&f->allow);
    vec_free(&f->next);
    strmap_free(&f->hosts);
    arena_free(&f->names);
    pthread_mutex_destroy(&f->lock);
    mem_free(f);
}

/* ---- one page ---- */

/* text/html; charset="gbk" */
static void keep_charset(struct charset_name *to, const char *type)
{
    const char *at = type ? strcasestr(type, "charset=") : NULL;
    size_t n = 0;
    for (at = at ? at + strlen("charset=") : ""; *at && n + 1 < sizeof to->p; at++)
        if (*at == ';' || *at == ' ')
            break;
        else if (*at != '"' && *at != '\'')
            to->p[n++] = *at;
    to->p[n] = 0;
}

struct str fetch_charset(const struct fetcher *f, unsigned worker)
{
    return str_of(f->charset.p[worker].p);
}

/* When this host may be asked; the turn is taken. */
static enum rc take_turn(struct fetcher *f, struct str host, double *when, struct err *e)
{
    double now = clock_seconds();
    uint32_t *at = strmap_get(&f->hosts, host);
    if (!at) {
        struct str kept = arena_str(&f->names, host);
        at = kept.p ? strmap_put(&f->hosts, kept, (uint32_t)f->next.n) : NULL;
        if (!at)
            return err_nomem(e);
        TRY(vec_push(&f->next, now, e));
    }
    double *next = &f->next.p[*at];
    *when = MAX(now, *next);
    *next = *when + f->o.delay;
    return RC_OK;
}

static enum rc wait_for(struct fetcher *f, const char *url, struct err *e)
{
    CURLU *parts = curl_url();
    char *host = NULL;
    double when = 0;
    if (!parts)
        return err_nomem(e);
    enum rc rc = RC_OK;
    if (curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        rc = err_user(e, "read.bad_url", "%s", "");
    if (rc == RC_OK) {
        pthread_mutex_lock(&f->lock);
        rc = take_turn(f, str_of(host), &when, e);
        pthread_mutex_unlock(&f->lock);
    }
    curl_free(host);
    curl_url_cleanup(parts);
    for (double left; rc == RC_OK && (left = when - clock_seconds()) > 0;) {
        struct timespec t = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
        nanosleep(&t, NULL);
    }
    return rc;
}

static enum rc explain(const struct transfer *t, CURLcode code, struct err *e)
{
    if (t->rc != RC_OK)
        return t->rc;
    if (t->private && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK))
        return err_user(e, "read.private", "%s", "");
    switch (code) {
    case CURLE_OUT_OF_MEMORY:
        return err_nomem(e);
    case CURLE_UNSUPPORTED_PROTOCOL:
        return err_user(e, "read.scheme", "%s", "");
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
        return err_user(e, "read.bad_url", "%s", "");
    case CURLE_COULDNT_RESOLVE_HOST:
        return err_user(e, "read.no_host", "%s", "");
    case CURLE_COULDNT_CONNECT:
        return err_user(e, "read.no_answer", "%s", "");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
        return err_user(e, "read.certificate", "%s", "");
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
        return err_user(e, "read.cut_off", "%s", "");
    case CURLE_OPERATION_TIMEDOUT:
        return err_user(e, "read.timeout", "%g", t->f->o.timeout);
    case CURLE_TOO_MANY_REDIRECTS:
        return err_user(e, "read.redirects", "%d", FETCH_REDIRECTS);
    case CURLE_FILESIZE_EXCEEDED:
        return err_too_big(e, "read.too_big", "%d", FETCH_MAX >> 20);
    default:
        return err_user(e, "read.failed", "%s", curl_easy_strerror(code));
    }
}

enum rc fetch_page(struct fetcher *f, unsigned worker, const char *url, struct buf *page,
                   struct buf *address, struct err *e)
{
    struct transfer t = {.f = f, .curl = f->handle.p[worker], .page = page, .e = e};
    const char *end = NULL, *type = NULL;
    long status = 0;
    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return err_user(e, strstr(url, "://") ? "read.scheme" : "read.bad_url", "%s", "");
    TRY(wait_for(f, url, e));
    if (curl_easy_setopt(t.curl, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(t.curl, CURLOPT_OPENSOCKETDATA, &t) != CURLE_OK ||
        curl_easy_setopt(t.curl, CURLOPT_WRITEDATA, &t) != CURLE_OK)
        return err_nomem(e);
    CURLcode code = curl_easy_perform(t.curl);
    if (code != CURLE_OK)
        return explain(&t, code, e);
    if (curl_easy_getinfo(t.curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status >= 400)
        return err_user(e, "read.status", "%ld", status);
    if (curl_easy_getinfo(t.curl, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK)
        type = NULL;
    keep_charset(&f->charset.p[worker], type);
    if (curl_easy_getinfo(t.curl, CURLINFO_EFFECTIVE_URL, &end) != CURLE_OK || !end)
        end = url;
    return buf_str(address, str_of(end), e);
}
