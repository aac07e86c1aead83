#define _POSIX_C_SOURCE 200809L
#include "web/api_int.h"
#include "web/http_int.h"
#include "web/menu_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- parameters ---- */

struct str param_text(const struct request *rq, const char *name)
{
    struct str want = str_of(name);
    for (uint32_t i = 0; i < rq->n_params; i++)
        if (str_eq(rq->param[i].name, want))
            return rq->param[i].value;
    return STR("");
}

bool param_has(const struct request *rq, const char *name)
{
    struct str want = str_of(name);
    for (uint32_t i = 0; i < rq->n_params; i++)
        if (str_eq(rq->param[i].name, want))
            return true;
    return false;
}

int64_t param_int(const struct request *rq, const char *name, int64_t otherwise)
{
    struct str s = str_trim(param_text(rq, name));
    bool minus = s.n && s.p[0] == '-';
    int64_t n = 0;
    s = str_sub(s, minus, s.n);
    if (!s.n || s.n > 18)
        return otherwise;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return otherwise;
        n = n * 10 + (s.p[i] - '0');
    }
    return minus ? -n : n;
}

const struct param *param_file(const struct request *rq, const char *name)
{
    struct str want = str_of(name);
    for (uint32_t i = 0; i < rq->n_params; i++)
        if (rq->param[i].is_file && str_eq(rq->param[i].name, want) &&
            (rq->param[i].value.n || rq->param[i].file.n))
            return &rq->param[i];
    return NULL;
}

/* ---- replies ---- */

/* No header of ours is split in two by what a client sent. */
static bool is_header_text(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
            return false;
    return s.p != NULL;
}

void reply_header(struct reply *re, const char *name, struct str value)
{
    if (re->n_headers == ARRAY_LEN(re->header))
        BUG("too many headers: %s", name);
    if (!is_header_text(value))
        return;
    re->header[re->n_headers].name = name;
    re->header[re->n_headers++].value = value;
}

/* The arena ends with the request, and value.p must be NUL-terminated for the server's library. */
bool path_is_local(struct str path)
{
    if (!path.n || path.p[0] != '/' || !is_header_text(path))
        return false;
    return path.n == 1 || (path.p[1] != '/' && path.p[1] != '\\');
}

enum rc reply_see(struct request *rq, struct reply *re, struct str path, const char *done,
                  struct err *e)
{
    if (!path_is_local(path))
        path = STR("/");
    char mark = str_find(path, STR("?"), 0) == SIZE_MAX ? '?' : '&';
    size_t spot = MIN(str_find(path, STR("#"), 0), path.n); /* a place on the page stands last */
    struct str to = done ? textf(rq, "%.*s%cdone=%s%.*s", (int)spot, path.p, mark, done,
                                 (int)(path.n - spot), path.p + spot)
                         : arena_str(rq->arena, path);
    if (!to.p || !to.n)
        return err_nomem(e);
    re->status = 303;
    reply_header(re, rq->part ? "HX-Redirect" : "Location", to);
    if (rq->part)
        re->status = 200;
    return RC_OK;
}

enum rc reply_seef(struct request *rq, struct reply *re, const char *done, struct err *e,
                   const char *fmt, ...)
{
    char path[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(path, sizeof path, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof path)
        BUG("a path of ours is too long: %s", fmt);
    return reply_see(rq, re, (struct str){path, (size_t)n}, done, e);
}

enum rc reply_file(struct request *rq, struct reply *re, const char *path, bool unlink_it,
                   struct str name, const char *type, struct err *e)
{
    struct buf coded;
    buf_init(&coded, 4096);
    re->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (re->fd < 0)
        return err_sys(e, "file.open", "%s", strerror(errno));
    if (unlink_it)
        unlink(path);
    re->type = type;
    return reply_attach(rq, re, name, e);
}

enum rc reply_attach(struct request *rq, struct reply *re, struct str name, struct err *e)
{
    struct buf coded;
    buf_init(&coded, 4096);
    enum rc rc = url_escape(&coded, name, e); /* RFC 6266, RFC 8187 */
    struct str value = rc == RC_OK
                           ? textf(rq, "attachment; filename*=UTF-8''%s", coded.p ? coded.p : "")
                           : STR("");
    buf_free(&coded);
    if (rc == RC_OK)
        reply_header(re, "Content-Disposition", value);
    return rc;
}

enum rc reply_page(struct request *rq, struct reply *re, const struct page *page, struct str title,
                   struct view *v, struct err *e)
{
    TRY(layout_view(rq, v, title, page->bare, e));
    if (rq->web->strict)
        TRY(template_strict(rq->web->templates, page, v, e));
    return template_print(&re->body, rq->web->templates, page, rq->zh, v, e);
}

/* ---- errors ---- */

static bool in(const char *key, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

static unsigned user_status(const char *key)
{
    static const char *const denied[] = {"service.denied", "web.csrf", "web.sign_in_first"};
    static const char *const missing[] = {"service.missing", "web.no_page", "store.gone",
                                          "papers.none", "tables.none"};
    static const char *const clash[] = {"store.stale",      "store.unique",     "store.ref",
                                        "store.held",       "service.held",     "thread.promised",
                                        "import.changed",   "approval.changed", "approval.taken",
                                        "approval.running", "approval.signed",  "approval.none",
                                        "news.held",        "news.changed"};
    static const char *const malformed[] = {"web.form", "web.address_long", "json.syntax",
                                            "json.object", "web.parameter"};
    /* the database of a site that runs is away, or another's */
    static const char *const lost[] = {"store.none", "store.older", "store.newer"};
    if (in(key, denied, ARRAY_LEN(denied)))
        return 403;
    if (in(key, missing, ARRAY_LEN(missing)))
        return 404;
    if (in(key, clash, ARRAY_LEN(clash)))
        return 409;
    if (in(key, malformed, ARRAY_LEN(malformed)))
        return 400;
    if (strcmp(key, "web.method") == 0)
        return 405;
    if (strncmp(key, "filter.", strlen("filter.")) == 0)
        return 400;
    if (strcmp(key, "auth.token") == 0)
        return 401;
    if (in(key, lost, ARRAY_LEN(lost)))
        return 503;
    return strcmp(key, "web.template") == 0 ? 500 : 422;
}

/* By class. What the system, the store or memory refused is not the client's doing and may pass:
 * 503. 500 is left for what we did wrong: no error was given, or a template is. */
unsigned error_status(const struct err *e)
{
    switch (e->rc) {
    case RC_USER:
        return user_status(e->key);
    case RC_TOO_BIG:
        return strcmp(e->key, "web.too_large") == 0 ? 413 : 422;
    case RC_NOMEM:
    case RC_CANCELLED:
    case RC_SYS:
    case RC_CORRUPT:
        return 503;
    default:
        return 500;
    }
}

/* What the system says (a path, a statement) is for the log, not for the client. */
static struct str sentence_of(const struct request *rq, const struct err *why, unsigned status)
{
    static const char *const inner[] = {"store.",  "file.", "record.", "service.",
                                        "sealed.", "site.", "text.",   "sheet.",
                                        "papers.", "web.",  "auth."};
    if (status < 500)
        return msg_error(rq, why);
    if (status == 500)
        return msg(rq, "web.internal");
    for (size_t i = 0; i < ARRAY_LEN(inner); i++)
        if (strncmp(why->key, inner[i], strlen(inner[i])) == 0)
            return msg(rq,
                       strcmp(why->key, "store.full") == 0 ? "web.disk_full" : "web.unavailable");
    return msg_error(rq, why);
}

static bool is_sign_on(const struct err *why)
{
    return str_starts(str_of(why->key), STR("sso.")) || strcmp(why->key, "auth.closed") == 0;
}

static const char *advice(const struct err *why, unsigned status)
{
    if (is_sign_on(why))
        return "web.advice_sso";
    if (why->rc == RC_CORRUPT)
        return "web.advice_500"; /* it will not pass by itself */
    switch (status) {
    case 403:
        return "web.advice_403";
    case 404:
        return "web.advice_404";
    case 409:
        return "web.advice_409";
    case 413:
        return "web.advice_413";
    case 500:
        return "web.advice_500";
    case 503:
        return "web.advice_503";
    default:
        return "web.advice_other";
    }
}

/* Problem details (RFC 9457). */
static enum rc error_json(struct reply *re, const struct err *why, struct str sentence,
                          struct err *e)
{
    struct buf *b = &re->body;
    re->type = "application/problem+json";
    TRY(buf_printf(b, e, "{\"type\":\"about:blank\",\"status\":%u", re->status));
    TRY(api_pair(b, "key", str_of(why->key), false, e));
    TRY(api_pair(b, "title", sentence, false, e));
    if (re->status < 500 && why->detail[0])
        TRY(api_pair(b, "detail", str_of(why->detail), false, e));
    return buf_char(b, '}', e);
}

const struct page error_page = {"error", "status sentence advice sign_in back", false};
const struct page error_part = {"error_part", "status sentence advice sign_in back", true};

enum rc reply_error(struct request *rq, struct reply *re, const struct err *why, struct err *e)
{
    unsigned status = error_status(why);
    struct str sentence = sentence_of(rq, why, status);
    re->status = status;
    if (status == 503)
        reply_header(re, "Retry-After", STR("5"));
    if (rq->route ? rq->route->flags & ROUTE_API : str_starts(rq->path, STR("/api/")))
        return error_json(re, why, sentence, e);
    struct view *v = view_new(rq->arena);
    view_int(v, "status", status);
    view_str(v, "sentence", sentence);
    view_str(v, "advice", msg(rq, advice(why, status)));
    view_flag(v, "sign_in", (status == 403 || is_sign_on(why)) && rq->actor->role == ROLE_VISITOR);
    /* not back into the middle of a sign-on */
    view_str(v, "back", is_sign_on(why) ? STR("/") : rq->target);
    /* a form that htmx sends in the browser's place takes the page's main part */
    bool whole = !rq->part || str_eq(request_header(rq, "HX-Boosted"), STR("true"));
    return reply_page(rq, re, whole ? &error_page : &error_part, sentence, v, e);
}
