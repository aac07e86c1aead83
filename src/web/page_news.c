/* Pages of news: the list of those that were read, and reading further ones. One page is read at
 * once; several, a list of addresses or an archive become a job. */
#include "service/fetch.h"
#include "service/jobs.h"
#include "service/pages.h"
#include "web/http_int.h"
#include "web/review_int.h"

#include <jansson.h>
#include <string.h>

#define PAGE_BYTES (16u << 20)
#define FETCH_TIME 20.0
#define ROWS       30u
#define FILES_MOST 5000u
#define LINKS_MOST 5000u

const struct page news_def = {
    "news",
    "tabs[label href here count] rows[title href site event day reason state{text tone} facts left"
    " same updated] reasons[label href here count] text may " PAGER_SHAPE,
    false};
const struct page news_new_def = {"news_new", "error url text upload_max", false};

/* ---- the list ---- */

static const struct {
    const char *name, *label, *filter;
} tabs[] = {
    {"review", "web.news_to_review", "state = review"},
    {"refused", "web.news_refused_tab", "state in (refused, dismissed)"},
    {"done", "web.news_done", "state = done"},
    {"all", "web.all", ""},
};

static size_t tab_of(const struct request *rq)
{
    struct str name = param_text(rq, "tab");
    for (size_t i = 0; i < ARRAY_LEN(tabs); i++)
        if (str_eq(name, str_of(tabs[i].name)))
            return i;
    return 0;
}

static enum rc view_tabs(struct request *rq, struct view *v, const struct kind *k, size_t here,
                         struct err *e)
{
    struct view *list = view_list(v, "tabs");
    for (size_t i = 0; i < ARRAY_LEN(tabs); i++) {
        struct list_answer a = {0};
        struct list_request q = {
            .kind = k, .filter = str_of(tabs[i].filter), .limit = 1, .count = true};
        TRY(record_list(rq->site, rq->actor, &q, rq->arena, &a, e));
        vec_free(&a.rec);
        struct view *t = view_item(list);
        view_str(t, "label", msg(rq, tabs[i].label));
        view_str(t, "href", textf(rq, "/news?tab=%s", tabs[i].name));
        view_flag(t, "here", i == here);
        view_str(t, "count", show_count(rq, a.total));
    }
    return RC_OK;
}

/* How many facts each of the pages has, and how many wait. */
static enum rc view_counts(struct request *rq, const vec_rec *pages, struct view *const *row,
                           struct err *e)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("fact"));
    struct str ids = STR("");
    vec_grouped groups = {0};
    if (!k || !pages->n || !actor_may(rq->actor, k, RIGHT_READ, NULL))
        return RC_OK;
    for (size_t i = 0; i < pages->n; i++)
        ids = textf(rq, "%.*s%s%lld", (int)ids.n, ids.p, i ? ", " : "", (long long)pages->p[i].id);
    TRY(record_group(rq->site, rq->actor, k, textf(rq, "page in (%.*s)", (int)ids.n, ids.p),
                     STR("page"), STR("state"), STR(""), rq->arena, &groups, e));
    for (size_t i = 0; i < pages->n; i++) {
        uint64_t all = 0, left = 0;
        struct str id = textf(rq, "%lld", (long long)pages->p[i].id);
        for (size_t j = 0; j < groups.n; j++) {
            if (!str_eq(groups.p[j].value[0], id))
                continue;
            all += groups.p[j].count;
            left += str_eq(groups.p[j].value[1], STR("proposed")) ? groups.p[j].count : 0;
        }
        view_int(row[i], "facts", (int64_t)all);
        view_int(row[i], "left", (int64_t)left);
    }
    vec_free(&groups);
    return RC_OK;
}

/* "news.example.cn" of an address. */
static struct str host_of(struct str url)
{
    size_t at = str_find(url, STR("://"), 0);
    if (at == SIZE_MAX)
        return STR("");
    struct str rest = str_sub(url, at + 3, url.n);
    return str_sub(rest, 0, MIN(str_find(rest, STR("/"), 0), rest.n));
}

static enum rc view_pages(struct request *rq, struct view *v, const vec_rec *pages, struct err *e)
{
    struct view *list = view_list(v, "rows"), *row[ROWS];
    for (size_t i = 0; i < pages->n && i < ROWS; i++) {
        const struct rec *r = &pages->p[i];
        struct str day = fact_text(r, "event_day");
        row[i] = view_item(list);
        view_str(row[i], "title", title_of(rq, r));
        view_str(row[i], "href", record_path(rq, r));
        view_str(row[i], "site", host_of(fact_text(r, "address")));
        view_str(row[i], "event", code_label(rq, r, "event_type"));
        view_str(row[i], "day",
                 str_starts(day, STR("--"))
                     ? msg_with(rq, "web.news_no_year", str_sub(day, 2, day.n))
                     : day);
        view_str(row[i], "reason", code_label(rq, r, "reason"));
        view_state(rq, view_map(row[i], "state"), r);
        view_flag(row[i], "same", fact_num(r, "same", 0) != 0);
        view_str(row[i], "updated", show_time(rq, r->updated));
    }
    return view_counts(rq, pages, row, e);
}

static const struct kind *page_kind(const struct request *rq)
{
    return kind_find(site_kinds(rq->site), STR("page"));
}

/* Refused pages by reason, each a filter. */
static enum rc view_reasons(struct request *rq, struct view *v, const struct kind *k, size_t here,
                            struct err *e)
{
    uint32_t f = field_find(k, STR("reason"));
    vec_grouped groups = {0};
    struct view *list = view_list(v, "reasons");
    if (f == NO_FIELD || !k->field[f].codes || strcmp(tabs[here].name, "refused") != 0)
        return RC_OK;
    TRY(record_group(rq->site, rq->actor, k, str_of(tabs[here].filter), STR("reason"), STR(""),
                     STR(""), rq->arena, &groups, e));
    for (size_t i = 0; i < groups.n; i++) {
        const struct code *c = code_find(k->field[f].codes, groups.p[i].value[0]);
        bool on = c && str_eq(c->code, param_text(rq, "reason"));
        if (!c)
            continue;
        struct view *r = view_item(list);
        view_str(r, "label", label_text(&c->label, rq->zh));
        view_flag(r, "here", on);
        view_str(r, "count", show_count(rq, groups.p[i].count));
        view_str(r, "href",
                 on ? STR("/news?tab=refused")
                    : textf(rq, "/news?tab=refused&reason=%.*s", (int)c->code.n, c->code.p));
    }
    vec_free(&groups);
    return RC_OK;
}

/* The tab's filter, and the reason's. */
static struct str filter_of(struct request *rq, const struct kind *k, size_t here)
{
    uint32_t f = field_find(k, STR("reason"));
    struct str reason = param_text(rq, "reason");
    const struct code *c = f == NO_FIELD || !k->field[f].codes || !reason.n
                               ? NULL
                               : code_find(k->field[f].codes, reason);
    if (!c || strcmp(tabs[here].name, "refused") != 0)
        return str_of(tabs[here].filter);
    return textf(rq, "%s and reason = %.*s", tabs[here].filter, (int)c->code.n, c->code.p);
}

enum rc news_page(struct request *rq, struct reply *re, struct err *e)
{
    const struct kind *k = page_kind(rq);
    size_t here = tab_of(rq);
    int64_t from = param_int(rq, "from", 0);
    struct list_answer a = {0};
    struct view *v = view_new(rq->arena);
    if (!k)
        return err_user(e, "web.no_page", "%s", "");
    struct list_request q = {.kind = k,
                             .filter = filter_of(rq, k, here),
                             .limit = ROWS,
                             .offset = from > 0 ? (uint64_t)from / ROWS * ROWS : 0,
                             .count = true};
    TRY(view_tabs(rq, v, k, here, e));
    TRY(view_reasons(rq, v, k, here, e));
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    if (rc == RC_OK)
        rc = view_pages(rq, v, &a.rec, e);
    view_pager(rq, v, q.offset, q.limit, a.total);
    view_flag(v, "may", actor_may(rq->actor, k, RIGHT_CREATE, NULL));
    vec_free(&a.rec);
    return rc == RC_OK ? reply_page(rq, re, &news_def, msg(rq, "web.news"), v, e) : rc;
}

/* ---- reading ---- */

static enum rc ask_reply(struct request *rq, struct reply *re, const struct err *why, struct err *e)
{
    struct view *v = view_new(rq->arena);
    view_str(v, "url", param_text(rq, "url"));
    view_str(v, "text", param_text(rq, "text"));
    view_int(v, "upload_max", (int64_t)(rq->web->o.upload_max >> 20));
    if (why) {
        view_str(v, "error", msg_error(rq, why));
        re->status = 422;
    }
    return reply_page(rq, re, &news_new_def, msg(rq, "web.news_read_more"), v, e);
}

enum rc news_new_page(struct request *rq, struct reply *re, struct err *e)
{
    return ask_reply(rq, re, NULL, e);
}

/* What came with the form. */
struct given {
    const struct param *file; /* the first */
    uint32_t files, links;
    struct str link; /* the first */
    struct str text;
};

/* The next line of a list of addresses; empty ones and remarks are passed over. */
static bool next_line(struct str *rest, struct str *line)
{
    while (rest->n) {
        size_t end = MIN(str_find(*rest, STR("\n"), 0), rest->n);
        *line = str_trim(str_sub(*rest, 0, end));
        *rest = str_sub(*rest, end + 1, rest->n);
        if (line->n && line->p[0] != '#')
            return true;
    }
    return false;
}

static struct given take_given(struct request *rq)
{
    struct given g = {.text = str_trim(param_text(rq, "text"))};
    struct str rest = param_text(rq, "url"), line;
    for (uint32_t i = 0; i < rq->n_params; i++) {
        const struct param *p = &rq->param[i];
        if (!p->is_file || !p->value.n)
            continue;
        g.file = g.files++ ? g.file : p;
    }
    while (next_line(&rest, &line))
        g.link = g.links++ ? g.link : line;
    return g;
}

static bool is_archive(const struct param *p)
{
    return p->value.n > 4 && memcmp(p->value.p, "PK\003\004", 4) == 0;
}

static enum rc fetch(struct request *rq, struct str link, struct page_given *out, struct buf *page,
                     struct buf *address, struct err *e)
{
    struct fetch_options o = site_fetch_options(rq->site, FETCH_TIME, 0);
    struct fetcher *f = NULL;
    struct str kept = arena_str(rq->arena, link), charset = STR("");
    if (!kept.p)
        return err_nomem(e);
    enum rc rc = fetcher_open(&f, &o, 1, e);
    if (rc == RC_OK)
        rc = fetch_page(f, 0, kept.p, page, address, e);
    if (rc == RC_OK) {
        charset = arena_str(rq->arena, fetch_charset(f, 0));
        rc = charset.p ? RC_OK : err_nomem(e);
    }
    fetcher_close(f);
    *out = (struct page_given){
        .name = kept, .address = buf_view(address), .charset = charset, .bytes = buf_view(page)};
    return rc;
}

/* One page, at once. */
static enum rc read_one(struct request *rq, const struct given *g, struct page_kept *kept,
                        struct err *e)
{
    struct page_given from = {.name = msg(rq, "web.news_pasted"), .bytes = g->text};
    struct buf page, address;
    buf_init(&page, PAGE_BYTES);
    buf_init(&address, 8192);
    enum rc rc = RC_OK;
    if (g->file)
        from = (struct page_given){.name = g->file->file, .bytes = g->file->value};
    else if (g->links)
        rc = fetch(rq, g->link, &from, &page, &address, e);
    if (rc == RC_OK)
        rc = page_keep(rq->site, rq->actor, &from, rq->arena, kept, e);
    buf_free(&page);
    buf_free(&address);
    return rc;
}

static json_t *text_json(struct str s)
{
    return json_stringn(s.p ? s.p : "", s.n);
}

static enum rc put_sources(struct request *rq, json_t *list, struct err *e)
{
    struct str rest = param_text(rq, "url"), line;
    uint32_t n = 0;
    for (uint32_t i = 0; i < rq->n_params; i++) {
        const struct param *p = &rq->param[i];
        char key[65];
        if (!p->is_file || !p->value.n)
            continue;
        if (n++ >= FILES_MOST)
            return err_user(e, "read.too_many", "%u", FILES_MOST);
        TRY(file_keep(rq->site, rq->actor, p->file.n ? p->file : STR("page"), p->value, key, e));
        if (json_array_append_new(
                list, json_pack("{s:o,s:s}", "name", text_json(p->file), "file", key)) != 0)
            return err_nomem(e);
    }
    while (next_line(&rest, &line)) {
        if (n++ >= LINKS_MOST)
            return err_user(e, "read.too_many", "%u", LINKS_MOST);
        if (json_array_append_new(list, json_pack("{s:o}", "url", text_json(line))) != 0)
            return err_nomem(e);
    }
    return RC_OK;
}

/* Many: a job. */
static enum rc read_many(struct request *rq, struct reply *re, struct err *why, struct err *e)
{
    json_t *list = json_array(), *args = json_pack("{s:o}", "sources", list);
    int64_t id = 0;
    enum rc rc = args ? put_sources(rq, list, why) : err_nomem(why);
    char *text = rc == RC_OK ? json_dumps(args, JSON_COMPACT) : NULL;
    json_decref(args);
    if (rc == RC_OK && !text)
        rc = err_nomem(why);
    if (rc == RC_OK)
        rc = jobs_start(rq->site, rq->actor, "read", str_of(text), &id, why);
    mem_free(text);
    return rc == RC_OK ? reply_seef(rq, re, NULL, e, "/news/runs/%lld", (long long)id) : rc;
}

enum rc news_read_do(struct request *rq, struct reply *re, struct err *e)
{
    struct given g = take_given(rq);
    struct page_kept kept = {0};
    struct err why = {0};
    uint32_t all = g.files + g.links + (g.text.n > 0);
    bool many = all > 1 || (g.file && is_archive(g.file));
    enum rc rc;
    if (many && g.text.n)
        rc = err_user(&why, "web.news_either", "%s", "");
    else if (!all)
        rc = err_user(&why, "web.news_nothing", "%s", "");
    else if (many)
        rc = read_many(rq, re, &why, e);
    else
        rc = read_one(rq, &g, &kept, &why);
    if (rc == RC_OK && many)
        return rc;
    if (rc == RC_OK)
        return reply_seef(rq, re, kept.already ? "news_already" : NULL, e, "/page/%lld",
                          (long long)kept.id);
    bool denied = strcmp(why.key, "service.denied") == 0;
    if ((rc == RC_USER && !denied) || rc == RC_TOO_BIG)
        return ask_reply(rq, re, &why, e);
    *e = why;
    return rc;
}
