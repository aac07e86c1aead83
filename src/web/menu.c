#include "web/menu_int.h"

#include "web/http_int.h"
#include "web/page_int.h"

#include <limits.h>

const char layout_shape[] =
    "site{lang zh title heading notice csrf signed name role target home"
    " search menu[path icon text here count] more[path icon text here count] more_here "
    "work[path icon text here count] other_lang unread}";

/* A picture for a kind: its own, else by its side. */
struct str kind_icon(const struct kind *k)
{
    if (k->icon.n)
        return k->icon;
    return k->side == MATCH_NEED ? STR("bulb") : STR("folder");
}

static bool is_here(const struct request *rq, struct str path)
{
    if (path.n == 1)
        return rq->path.n == 1;
    return str_starts(rq->path, path) && (rq->path.n == path.n || rq->path.p[path.n] == '/');
}

static struct view *item(struct request *rq, struct view *list, struct str path, struct str icon,
                         struct str text)
{
    struct view *v = view_item(list);
    view_str(v, "path", path);
    view_str(v, "icon", icon);
    view_str(v, "text", text);
    view_flag(v, "here", is_here(rq, path));
    return v;
}

/* Its route knows for whom it is. */
static bool is_open(const struct request *rq, const char *path)
{
    struct request got = {0};
    bool other;
    const struct route *r = route_find(rq->site, METHOD_GET, str_of(path), &got, &other);
    return r && (r->by & R(rq->actor->role));
}

/* A number that cannot be had is no reason not to show the page. */
static void rows(struct request *rq, struct view *list, bool above)
{
    for (const struct menu_row *m = menu_rows; m->path; m++) {
        uint32_t n = 0;
        struct err why;
        if (m->above != above || !is_open(rq, m->path))
            continue;
        struct view *v = item(rq, list, str_of(m->path), str_of(m->icon), msg(rq, m->key));
        if (m->count && m->count(rq, &n, &why) == RC_OK && n)
            view_str(v, "count", show_count(rq, n));
    }
}

static void menu(struct request *rq, struct view *site)
{
    const struct kinds *kinds = site_kinds(rq->site);
    struct view *list = view_list(site, "menu"), *more = view_list(site, "more");
    bool here = false;
    rows(rq, list, true);
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        struct str path = textf(rq, "/%.*s", (int)k->name.n, k->name.p);
        if (k->order == INT_MAX || !actor_may(rq->actor, k, RIGHT_READ, NULL))
            continue;
        item(rq, k->folded ? more : list, path, kind_icon(k), label_text(&k->label, rq->zh));
        here |= k->folded && is_here(rq, path);
    }
    view_flag(site, "more_here", here);
    rows(rq, view_list(site, "work"), false);
}

/* The sentence of what has just been done, where the address names one that we know. */
static struct str notice(const struct request *rq)
{
    static const char *const words[][2] = {
        {"saved", "web.done_saved"},
        {"reviewed", "web.done_reviewed"},
        {"chat_added", "web.done_chat_added"},
        {"chat_nothing", "web.done_chat_nothing"},
        {"news_already", "web.done_news_already"},
        {"deleted", "web.done_deleted"},
        {"moved", "web.done_moved"},
        {"signed_out", "web.done_signed_out"},
        {"password", "web.done_password"},
        {"token", "web.done_token"},
        {"second", "web.done_second"},
        {"second_off", "web.done_second_off"},
        {"query", "web.done_query"},
        {"cancelled", "web.done_cancelled"},
        {"import_cancelled", "web.done_import_cancelled"},
        {"promised", "web.done_promised"},
        {"shortlisted", "web.done_shortlisted"},
        {"proposed", "web.done_proposed"},
        {"seen", "web.done_seen"},
        {"refused", "web.done_refused"},
        {"confirmed", "web.done_confirmed"},
        {"unconfirmed", "web.done_unconfirmed"},
        {"code", "web.done_code"},
        {"tested", "web.done_tested"},
        {"again", "web.done_again"},
        {"approval_agree", "web.done_approval_agree"},
        {"approval_return", "web.done_approval_return"},
        {"approval_reject", "web.done_approval_reject"},
        {"approval_withdraw", "web.done_approval_withdraw"},
        {"approval_delegate", "web.done_approval_delegate"},
        {"approval_add", "web.done_approval_add"},
        {"approval_remind", "web.done_approval_remind"},
    };
    struct str word = param_text(rq, "done");
    for (size_t i = 0; word.n && i < ARRAY_LEN(words); i++)
        if (str_eq(word, str_of(words[i][0])))
            return msg(rq, words[i][1]);
    return STR("");
}

enum rc layout_view(struct request *rq, struct view *v, struct str title, bool bare, struct err *e)
{
    if (!v)
        return err_nomem(e);
    struct view *site = view_map(v, "site");
    view_text(site, "lang", rq->zh ? "zh-CN" : "en");
    view_flag(site, "zh", rq->zh);
    view_str(site, "heading", title);
    view_str(site, "title", msg(rq, "web.site"));
    view_str(site, "target", rq->target);
    /* a page that other visitors get as well holds nobody's token */
    if (!(rq->route && (rq->route->flags & ROUTE_CACHE)) || rq->actor->account)
        view_str(site, "csrf", rq->who.csrf);
    view_flag(site, "signed", rq->actor->account != 0);
    view_str(site, "name", rq->actor->name.n ? rq->actor->name : rq->actor->login);
    view_str(site, "role", role_label(rq, rq->actor->role));
    if (bare)
        return RC_OK;
    view_str(site, "notice", notice(rq));
    view_text(site, "other_lang", rq->zh ? "en" : "zh");
    if (rq->who.unread)
        view_str(site, "unread",
                 rq->who.unread > 99 ? STR("99+") : textf(rq, "%u", rq->who.unread));
    view_str(site, "search", param_text(rq, "q"));
    menu(rq, site);
    return RC_OK;
}
