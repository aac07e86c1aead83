/* What a page of the site is written with: requests, replies, routes.
 *
 * To add a page: a handler in src/web/page_<subject>.c, a template, a `const struct page` with its
 * shape, a row in the route table and one in the page table (both routes.c), sentences in
 * model/messages/web.yaml. docs/web.md has an example. */
#ifndef QIAO_WEB_INT_H
#define QIAO_WEB_INT_H

#include "service/auth.h"
#include "service/records.h"
#include "web/view_int.h"
#include "web/web.h"

/* ---- requests ---- */

struct param {
    struct str name, value;
    struct str file; /* name of an uploaded file; value is its bytes */
    bool is_file;
};

struct route;
struct request {
    struct web *web;
    struct site *site;
    struct arena *arena; /* ends with the request */
    const struct route *route;
    struct signed_in who;
    const struct actor *actor; /* &who.actor; for a token its owner */
    bool zh;
    bool part;                 /* htmx asked: answer with a bare page */
    bool by_token;             /* not by a cookie: no form to forge */
    struct str path;           /* decoded once, UTF-8 */
    struct str query;          /* as it came, without "?" */
    struct str target;         /* path?query as it came, for coming back */
    const struct kind *kind;   /* {kind} of the pattern: a declared kind */
    int64_t id;                /* {id} */
    struct str name;           /* {name}: one segment [A-Za-z0-9_.-]{1,64} */
    const struct param *param; /* query, then form */
    uint32_t n_params;
    struct str body, type; /* as it came (not for forms: type and params) */
    struct str from;       /* the client's address */
    struct http_headers *headers;
};

/* The first parameter called so, trimmed of nothing; "" where there is none. */
struct str param_text(const struct request *rq, const char *name);
bool param_has(const struct request *rq, const char *name);
/* A whole number; `otherwise` where there is none or none that can be read. */
int64_t param_int(const struct request *rq, const char *name, int64_t otherwise);
const struct param *param_file(const struct request *rq, const char *name); /* NULL: none given */
/* A header of the request, "" where there is none. name in any case. */
struct str request_header(const struct request *rq, const char *name);

/* ---- replies ---- */

#define PAGE_MAX (16u << 20)
struct reply {
    unsigned status;  /* 0: 200 */
    const char *type; /* NULL: text/html; charset=utf-8 */
    struct buf body;  /* ceiling PAGE_MAX */
    struct str bytes; /* what stays until it is sent (the program's, the arena's), instead of body;
                         .p NULL: none */
    int fd;           /* a file instead of body; -1: none. Closed by the server */
    struct {
        const char *name;
        struct str value; /* literal or in the request's arena; control characters are refused */
    } header[12];
    uint32_t n_headers;
};
void reply_header(struct reply *re, const char *name, struct str value);
/* Print a page; `title` is the window's. The layout (menu, user, notice) is added here. */
enum rc reply_page(struct request *rq, struct reply *re, const struct page *page, struct str title,
                   struct view *v, struct err *e) MUST_CHECK;
/* 303 to a path of this site ("/need/12"; anything else goes to "/"); `done` is NULL or a word
 * whose sentence web.done.WORD the next page shows. */
enum rc reply_see(struct request *rq, struct reply *re, struct str path, const char *done,
                  struct err *e) MUST_CHECK;
/* The same to printf's path. */
enum rc reply_seef(struct request *rq, struct reply *re, const char *done, struct err *e,
                   const char *fmt, ...) PRINTF_LIKE(5, 6) MUST_CHECK;
/* A path of this site, without control characters: what reply_see goes to. */
bool path_is_local(struct str path);
/* A file to keep: opened and unlinked where `unlink_it`. `name` is what the browser calls it. */
enum rc reply_file(struct request *rq, struct reply *re, const char *path, bool unlink_it,
                   struct str name, const char *type, struct err *e) MUST_CHECK;
/* The body is a file to keep, called `name`. */
enum rc reply_attach(struct request *rq, struct reply *re, struct str name,
                     struct err *e) MUST_CHECK;
/* The status that an error deserves, and its page (JSON for API routes); what a handler returns as
 * an error comes here. */
unsigned error_status(const struct err *e);
enum rc reply_error(struct request *rq, struct reply *re, const struct err *why,
                    struct err *e) MUST_CHECK;

/* ---- routes ---- */

typedef enum rc (*handler_fn)(struct request *rq, struct reply *re, struct err *e);

enum route_flag {
    ROUTE_CACHE = 1,      /* a visitor's answer depends on address, language and site_seq only */
    ROUTE_UPLOAD = 2,     /* the body may have web_options.upload_max bytes (else 1 MiB) */
    ROUTE_API = 4,        /* tokens are taken; errors are JSON */
    ROUTE_BARE = 8,       /* no session is looked up: the visitor's page for everybody */
    ROUTE_FORM_OPEN = 16, /* unsafe without CSRF: callbacks of single sign-on only */
    ROUTE_FILES = 64,     /* the same for a multipart form only */
    ROUTE_KEEP = 32,      /* a signed-in answer depends on no more than address, language, who asks,
                             site_seq, the day and the engine's generation either */
    ROUTE_QUICK = 128,    /* answered from memory, by the thread that reads the requests */
};

#define R(role)      ((roles)(1u << (role)))
#define ROLES_ALL    ((roles)((1u << ROLE__COUNT) - 1))
#define ROLES_SIGNED ((roles)(ROLES_ALL & ~R(ROLE_VISITOR)))
#define ROLES_WRITE  ((roles)(R(ROLE_EDITOR) | R(ROLE_BROKER) | R(ROLE_ADMIN)))
#define ROLES_BROKER R(ROLE_BROKER)
#define ROLES_AUDIT  R(ROLE_AUDITOR)
#define ROLES_ADMIN  R(ROLE_ADMIN)

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD__COUNT };
/* Patterns: "/jobs/{id}", "/{kind}/{id}/edit", "/x/{name}"; a literal segment goes before {kind}.
 * HEAD is GET without the body. The roles are checked before the handler runs; what the kind's own
 * table says is checked by service. */
struct route {
    enum method method;
    const char *pattern;
    handler_fn handler;
    roles by;
    unsigned flags;
    const char *zh, *en; /* what it is for */
};
/* A row without a right does not build. */
#define ROUTE(method, pattern, handler, by, flags, zh, en)                                         \
    {                                                                                              \
        METHOD_##method, pattern, handler, (roles)((by) * sizeof(char[(by) ? 1 : -1])), flags, zh, \
            en                                                                                     \
    }
extern const struct route routes[]; /* ends with pattern NULL */
extern const struct page *const pages[];

/* ---- what pages share ---- */

/* The sentence of a key; with {detail} replaced. */
struct str msg(const struct request *rq, const char *key);
struct str msg_with(const struct request *rq, const char *key, struct str detail);
/* The sentence of an error as a person reads it. */
struct str msg_error(const struct request *rq, const struct err *e);
struct str msg_fault(const struct request *rq, const struct fault_at *f);
/* In the arena; an arena that is full gives "". */
struct str textf(const struct request *rq, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct str show_time(const struct request *rq, int64_t seconds); /* 2026-03-01 14:05, UTC+8 */
struct str show_day(const struct request *rq, int64_t days);     /* 2026-03-01 */
struct str show_count(const struct request *rq, uint64_t n);     /* 12,345 */
struct str show_money(const struct request *rq, int64_t fen);    /* 180.5 万元; ¥1,805,000 */

/* Titles and kinds of the records that a page refers to, fetched at once. */
struct titles {
    VEC(int64_t) id;
    struct str *title;
    const struct kind **kind;
};
enum rc titles_want(struct titles *t, int64_t id, struct err *e) MUST_CHECK;
/* The refs among the values of a record. */
enum rc titles_want_rec(struct titles *t, const struct rec *r, struct err *e) MUST_CHECK;
/* The refs of one value, as view_value shows it. */
enum rc titles_want_value(struct titles *t, const struct rec *r, struct str column,
                          struct err *e) MUST_CHECK;
enum rc titles_load(struct titles *t, struct request *rq, struct err *e) MUST_CHECK;
struct str titles_of(const struct titles *t, int64_t id, const struct kind **kind);
void titles_free(struct titles *t);

/* A value as the partial "value.html" prints it: `v` gets text, and where it fits href, tone,
 * long, num, items[text href]. A shape that shows values holds VALUE_SHAPE. */
#define VALUE_SHAPE                                                                                \
    "text href long num day tone more items[text href] table{heads[text num] "                     \
    "rows[cells[text href num]]}"
enum rc view_value(struct request *rq, struct view *v, const struct rec *r, struct str column,
                   const struct titles *t, struct err *e) MUST_CHECK;
/* `r` is the record whose files the links lead to. */
enum rc view_field(struct request *rq, struct view *v, const struct rec *r,
                   const struct field_def *f, const struct val *val, const struct titles *t,
                   struct err *e) MUST_CHECK;
/* A row of a list of groups as one line: "强度 · 不低于 · 500 · MPa". */
enum rc row_line(struct request *rq, struct str *out, const struct field_def *f,
                 const struct val *row, const struct titles *t, struct err *e) MUST_CHECK;
/* The state's badge: text, tone. */
void view_state(struct request *rq, struct view *v, const struct rec *r);
/* A deletion was refused because other records refer to the record. */
bool is_held(enum rc rc, const struct err *why);
/* Page numbers: from, to, total, prev, next, numbers[text href here]. */
#define PAGER_SHAPE "pager{from to total prev next numbers[text href here]}"
void view_pager(struct request *rq, struct view *v, uint64_t offset, uint32_t limit,
                uint64_t total);
/* The request's address with parameters set or (NULL text) left out: pairs of name and text. */
struct str address_with(const struct request *rq, const char *const *name, const struct str *text,
                        uint32_t n);

#endif
