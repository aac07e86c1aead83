/* What somebody has been told, as a page and by the API. */
#include "web/api_int.h"
#include "web/notice_int.h"
#include "web/page_int.h"

#define SHOWN 50u

const struct page inbox_def = {
    "inbox", "unread_only unread newest older rows[id text href kind at unread]", false};

static void view_row(struct request *rq, struct view *list, const struct notice_shown *n)
{
    struct view *v = view_item(list);
    view_int(v, "id", n->id);
    view_str(v, "text", n->sentence);
    view_str(v, "at", show_time(rq, n->at));
    view_flag(v, "unread", !n->seen);
    if (n->kind)
        view_str(v, "kind", label_text(&n->kind->label, rq->zh));
    if (n->link.n)
        view_str(v, "href", textf(rq, "/inbox/%lld", (long long)n->id));
}

enum rc inbox_page(struct request *rq, struct reply *re, struct err *e)
{
    vec_notice_shown all = {0};
    struct view *v = view_new(rq->arena), *list = view_list(v, "rows");
    bool only = str_eq(param_text(rq, "show"), STR("unread"));
    int64_t before = param_int(rq, "before", 0);
    uint32_t unread = 0;
    TRY(inbox_unread(rq->site, rq->actor, &unread, e));
    enum rc rc =
        inbox_list(rq->site, rq->actor, only, MAX(before, 0), SHOWN + 1, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n && i < SHOWN; i++)
        view_row(rq, list, &all.p[i]);
    if (rc == RC_OK && all.n)
        view_int(v, "newest", all.p[0].id);
    if (rc == RC_OK && all.n > SHOWN)
        view_str(v, "older",
                 textf(rq, "/inbox?before=%lld%s", (long long)all.p[SHOWN - 1].id,
                       only ? "&show=unread" : ""));
    vec_free(&all);
    view_flag(v, "unread_only", only);
    view_int(v, "unread", unread);
    return rc == RC_OK ? reply_page(rq, re, &inbox_def, msg(rq, "web.inbox"), v, e) : rc;
}

/* Where a notice leads; it is read by that. */
enum rc inbox_open(struct request *rq, struct reply *re, struct err *e)
{
    struct str link;
    TRY(inbox_read(rq->site, rq->actor, rq->id, rq->arena, &link, e));
    return reply_see(rq, re, link.n ? link : STR("/inbox"), NULL, e);
}

static struct str back(const struct request *rq)
{
    return str_eq(param_text(rq, "show"), STR("unread")) ? STR("/inbox?show=unread")
                                                         : STR("/inbox");
}

enum rc inbox_read_do(struct request *rq, struct reply *re, struct err *e)
{
    TRY(inbox_read(rq->site, rq->actor, rq->id, rq->arena, NULL, e));
    return reply_see(rq, re, back(rq), NULL, e);
}

/* Up to the newest that the page showed: what came since stays unread. */
enum rc inbox_read_all_do(struct request *rq, struct reply *re, struct err *e)
{
    TRY(inbox_read_all(rq->site, rq->actor, MAX(param_int(rq, "up_to", 0), 0), e));
    return reply_see(rq, re, back(rq), NULL, e);
}

/* ---- the API ---- */

static enum rc print_notice(struct buf *out, const struct notice_shown *n, struct err *e)
{
    TRY(buf_printf(out, e, "{\"id\":%lld", (long long)n->id));
    TRY(api_pair(out, "event", n->event, false, e));
    TRY(api_pair(out, "text", n->sentence, false, e));
    TRY(api_time(out, "at", n->at, e));
    TRY(buf_printf(out, e, ",\"read\":%s", n->seen ? "true" : "false"));
    if (n->about)
        TRY(buf_printf(out, e, ",\"about\":%lld", (long long)n->about));
    if (n->kind)
        TRY(api_pair(out, "kind", n->kind->name, false, e));
    if (n->link.n)
        TRY(api_pair(out, "path", n->link, false, e));
    return buf_char(out, '}', e);
}

enum rc api_inbox(struct request *rq, struct reply *re, struct err *e)
{
    vec_notice_shown all = {0};
    struct buf *out = &re->body;
    uint32_t unread = 0, limit = (uint32_t)MAX(1, MIN(param_int(rq, "limit", 50), 100));
    enum rc rc;
    re->type = "application/json";
    GOTO_OUT(inbox_unread(rq->site, rq->actor, &unread, e));
    GOTO_OUT(inbox_list(rq->site, rq->actor, param_has(rq, "unread"),
                        MAX(param_int(rq, "before", 0), 0), limit + 1, rq->arena, &all, e));
    GOTO_OUT(buf_printf(out, e, "{\"unread\":%u,\"items\":[", unread));
    for (size_t i = 0; i < all.n && i < limit; i++) {
        if (i)
            GOTO_OUT(buf_char(out, ',', e));
        GOTO_OUT(print_notice(out, &all.p[i], e));
    }
    GOTO_OUT(buf_char(out, ']', e));
    if (all.n > limit)
        GOTO_OUT(buf_printf(out, e, ",\"before\":%lld", (long long)all.p[limit - 1].id));
    rc = buf_char(out, '}', e);
out:
    vec_free(&all);
    return rc;
}

enum rc api_inbox_read(struct request *rq, struct reply *re, struct err *e)
{
    re->status = 204;
    return inbox_read(rq->site, rq->actor, rq->id, rq->arena, NULL, e);
}

enum rc api_inbox_read_all(struct request *rq, struct reply *re, struct err *e)
{
    re->status = 204;
    return inbox_read_all(rq->site, rq->actor, MAX(param_int(rq, "up_to", 0), 0), e);
}
