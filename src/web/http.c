/* The only file that knows libmicrohttpd: bytes in, an exchange served, bytes out. Few threads read
 * and write, each with its epoll, and answer themselves what is kept; a page that has to be made is
 * made by a crew while its connection is suspended, so that nobody's kept page waits for another's
 * export. */
#define _POSIX_C_SOURCE 200809L
#include "web/http_int.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TARGET_MAX      8192u
#define CONNECTIONS_MAX 2000u
#define IDLE_SECONDS    30u
#define HEADER_BYTES    (32u << 10)
#define STOP_SECONDS    10
#define CPUS_A_READER   4u /* a thread reads and writes what so many processors make */
/* How much of a body that is too large is read and thrown away, so that the browser gets to see the
 * answer: this many times its limit. */
#define DRAIN_TIMES     8

const double bucket_seconds[BUCKETS] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5};

struct str request_header(const struct request *rq, const char *name)
{
    struct MHD_Connection *c = (struct MHD_Connection *)rq->headers;
    return c ? str_of(MHD_lookup_connection_value(c, MHD_HEADER_KIND, name)) : STR("");
}

static struct str client_address(struct web *w, struct MHD_Connection *c, struct arena *a)
{
    char text[INET6_ADDRSTRLEN] = "";
    const char *forwarded = w->o.behind_proxy
                                ? MHD_lookup_connection_value(c, MHD_HEADER_KIND, "X-Forwarded-For")
                                : NULL;
    if (forwarded) { /* the last one was written by the nearest proxy */
        const char *comma = strrchr(forwarded, ',');
        struct str last = str_trim(str_of(comma ? comma + 1 : forwarded));
        return arena_str(a, str_sub(last, 0, sizeof text));
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)info->client_addr)->sin_addr, text,
                  sizeof text);
    else if (info && info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)info->client_addr)->sin6_addr, text,
                  sizeof text);
    return arena_str(a, str_of(text));
}

/* ---- one exchange ---- */

static void *begin(void *cls, const char *uri, struct MHD_Connection *c)
{
    (void)c;
    struct exchange *x = mem_calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->web = cls;
    x->began = clock_seconds();
    x->re.fd = -1;
    buf_init(&x->re.body, PAGE_MAX);
    x->target = arena_str(&x->arena, str_sub(str_of(uri), 0, TARGET_MAX + 1));
    return x;
}

static void count(struct exchange *x, unsigned status)
{
    struct counters *n = &x->web->counters;
    double seconds = clock_seconds() - x->began;
    atomic_fetch_add(&n->answered[MIN(status / 100, 5u)], 1);
    atomic_fetch_add(&n->micros, (unsigned long long)(seconds * 1e6));
    for (unsigned i = 0; i < BUCKETS; i++)
        if (seconds <= bucket_seconds[i])
            atomic_fetch_add(&n->bucket[i], 1);
    const struct str path = str_sub(x->target, 0, str_find(x->target, STR("?"), 0));
    log_line(status >= 500 ? LOG_WARN : LOG_INFO, "request",
             "method=%d status=%u ms=%.1f account=%lld from=%.*s path=%.*s", (int)x->method, status,
             seconds * 1e3, (long long)x->rq.who.actor.account, (int)x->rq.from.n,
             x->rq.from.n ? x->rq.from.p : "", (int)MIN(path.n, (size_t)300), path.n ? path.p : "");
}

static void finish(void *cls, struct MHD_Connection *c, void **con_cls,
                   enum MHD_RequestTerminationCode why)
{
    (void)c, (void)why;
    struct exchange *x = *con_cls;
    struct web *w = cls;
    if (!x)
        return;
    if (x->counted)
        atomic_fetch_sub(&w->counters.running, 1);
    if (x->re.fd >= 0)
        close(x->re.fd);
    buf_free(&x->re.body);
    buf_free(&x->body);
    arena_free(&x->arena);
    mem_free(x);
    *con_cls = NULL;
}

static struct MHD_Response *make_response(struct reply *re)
{
    struct MHD_Response *r;
    struct stat st;
    if (re->fd >= 0 && fstat(re->fd, &st) == 0) {
        r = MHD_create_response_from_fd64((uint64_t)st.st_size, re->fd);
        if (r)
            re->fd = -1;
    } else if (re->bytes.p) {
        r = MHD_create_response_from_buffer(re->bytes.n, (void *)(uintptr_t)re->bytes.p,
                                            MHD_RESPMEM_PERSISTENT);
    } else {
        size_t n = re->body.n;
        r = MHD_create_response_from_buffer_with_free_callback(n, buf_take(&re->body), mem_free);
    }
    return r;
}

static enum MHD_Result answer(struct exchange *x, struct MHD_Connection *c)
{
    struct reply *re = &x->re;
    unsigned status = re->status ? re->status : 200;
    struct MHD_Response *r = make_response(re);
    if (!r)
        return MHD_NO;
    if (status != 304 && status != 204)
        MHD_add_response_header(r, "Content-Type",
                                re->type ? re->type : "text/html; charset=utf-8");
    for (uint32_t i = 0; i < re->n_headers; i++)
        MHD_add_response_header(r, re->header[i].name, re->header[i].value.p);
    enum MHD_Result done = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    count(x, status);
    return done;
}

static void know_method(struct exchange *x, const char *method)
{
    static const char *const names[METHOD__COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    x->head = strcmp(method, "HEAD") == 0;
    x->known_method = x->head;
    for (int m = 0; !x->known_method && m < METHOD__COUNT; m++)
        if (strcmp(method, names[m]) == 0) {
            x->method = (enum method)m;
            x->known_method = true;
        }
}

static enum MHD_Result first_call(struct exchange *x, struct MHD_Connection *c, const char *method)
{
    const char *length = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Length");
    x->started = x->counted = true;
    atomic_fetch_add(&x->web->counters.running, 1);
    know_method(x, method);
    x->rq.headers = (struct http_headers *)c;
    x->rq.from = client_address(x->web, c, &x->arena);
    if (!x->target.p || !x->rq.from.p)
        return MHD_NO;
    serve_begin(x);
    buf_init(&x->body, x->limit);
    if (length && strtoull(length, NULL, 10) > (unsigned long long)x->limit * DRAIN_TIMES) {
        x->received = (uint64_t)x->limit + 1;
        serve(x);
        return answer(x, c);
    }
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_n, void **con_cls)
{
    (void)cls, (void)url, (void)version;
    struct exchange *x = *con_cls;
    if (!x)
        return MHD_NO;
    if (!x->started)
        return first_call(x, c, method);
    if (*upload_n) {
        x->received += *upload_n;
        /* past its limit a body is counted and not kept; serve answers 413 */
        if (x->received > (uint64_t)x->limit * DRAIN_TIMES ||
            (x->received <= x->limit && buf_put(&x->body, upload, *upload_n, NULL) != RC_OK))
            return MHD_NO;
        *upload_n = 0;
        return MHD_YES;
    }
    if (x->served || serve_kept(x))
        return answer(x, c);
    x->connection = c;
    MHD_suspend_connection(c);
    crew_give(x->web->crew, &x->piece);
    return MHD_YES;
}

/* By one of the crew; libmicrohttpd then asks on_request again. */
static void make(void *ctx, struct piece *p)
{
    struct exchange *x = (struct exchange *)p;
    (void)ctx;
    serve(x);
    x->served = true;
    MHD_resume_connection(x->connection);
}

/* ---- the server ---- */

static size_t keep_as_is(void *cls, struct MHD_Connection *c, char *s)
{
    (void)cls, (void)c;
    return strlen(s);
}

static void log_mhd(void *cls, const char *fmt, va_list ap)
{
    char text[300];
    (void)cls;
    vsnprintf(text, sizeof text, fmt, ap);
    log_line(LOG_INFO, "http", "%s", text);
}

static enum rc address_of(struct sockaddr_storage *out, const struct web_options *o, struct err *e)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    const char *text = o->address ? o->address : "127.0.0.1";
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(o->port);
        return RC_OK;
    }
    if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(o->port);
        return RC_OK;
    }
    return err_user(e, "web.address", "%s", text);
}

enum rc http_start(struct web *w, struct err *e)
{
    struct sockaddr_storage at;
    TRY(address_of(&at, &w->o, e));
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME |
                     (at.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0u);
    const unsigned cpus = pool_cpus();
    TRY(crew_open(&w->crew, w->o.threads ? w->o.threads : 2 * cpus, make, w, e));
    errno = 0;
    w->daemon = MHD_start_daemon(
        flags, w->o.port, NULL, NULL, on_request, w, MHD_OPTION_EXTERNAL_LOGGER, log_mhd, NULL,
        MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_THREAD_POOL_SIZE, MAX(1u, cpus / CPUS_A_READER),
        MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES, MHD_OPTION_URI_LOG_CALLBACK,
        begin, w, MHD_OPTION_UNESCAPE_CALLBACK, keep_as_is, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        finish, w, MHD_OPTION_END);
    if (!w->daemon)
        return err_sys(e, "web.listen", "%s:%u: %s", w->o.address ? w->o.address : "127.0.0.1",
                       (unsigned)w->o.port, strerror(errno));
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_BIND_PORT);
    w->port = info ? info->port : w->o.port;
    return RC_OK;
}

static void wait_answered(struct web *w, int seconds)
{
    for (int i = 0; i < seconds * 100 && atomic_load(&w->counters.running) > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
}

void http_stop(struct web *w)
{
    MHD_socket listening = w->daemon ? MHD_quiesce_daemon(w->daemon) : MHD_INVALID_SOCKET;
    if (w->daemon)
        wait_answered(w, STOP_SECONDS);
    crew_close(w->crew);
    w->crew = NULL;
    if (!w->daemon)
        return;
    wait_answered(w, 1); /* what the crew made last */
    MHD_stop_daemon(w->daemon);
    if (listening != MHD_INVALID_SOCKET)
        close(listening);
    w->daemon = NULL;
}
