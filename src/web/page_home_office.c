/* The first page of those who look after the site: auditors and administrators. And addresses that
 * the first page and the dashboard share. */
#include "service/jobs.h"
#include "web/home_int.h"
#include "web/http_int.h"

#include <limits.h>

#define ENTRIES 12u
#define JOBS    6u

struct str list_address(const struct request *rq, const struct kind *k, struct str filter,
                        struct str sort)
{
    struct buf b;
    struct str out = {0};
    buf_init(&b, 32u << 10);
    enum rc rc = buf_printf(&b, NULL, "/%.*s", (int)k->name.n, k->name.p);
    if (rc == RC_OK && filter.n)
        rc = buf_str(&b, STR("?filter="), NULL);
    if (rc == RC_OK && filter.n)
        rc = url_escape(&b, filter, NULL);
    if (rc == RC_OK && sort.n)
        rc = buf_printf(&b, NULL, "%csort=%.*s", filter.n ? '&' : '?', (int)sort.n, sort.p);
    if (rc == RC_OK)
        out = arena_str(rq->arena, buf_view(&b));
    buf_free(&b);
    return out.p ? out : STR("");
}

bool is_main_kind(const struct kind *k)
{
    return k->order != INT_MAX && (k->side != MATCH_NONE || str_eq(k->name, STR("introduction")));
}

struct str kind_path(const struct request *rq, const struct kind *k, int64_t id)
{
    return textf(rq, "/%.*s/%lld", (int)k->name.n, k->name.p, (long long)id);
}

struct str why_path(const struct request *rq, const struct kind *need, int64_t id, int64_t offer)
{
    struct request other = {0};
    bool method;
    struct str path = textf(rq, "/%.*s/%lld/matches/%lld", (int)need->name.n, need->name.p,
                            (long long)id, (long long)offer);
    return route_find(rq->site, METHOD_GET, path, &other, &method) ? path : STR("");
}

void tile(struct view *tiles, struct str label, struct str total, struct str href, const char *icon,
          const char *tone)
{
    struct view *t = view_item(tiles);
    view_str(t, "label", label);
    view_str(t, "total", total);
    view_str(t, "href", href);
    view_text(t, "icon", icon);
    view_text(t, "tone", tone);
}

/* ---- administrators ---- */

static enum rc view_accounts(struct request *rq, struct view *tiles, struct err *e)
{
    vec_account all = {0};
    uint64_t active = 0, locked = 0, second = 0;
    enum rc rc = auth_accounts(rq->site, rq->actor, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        active += all.p[i].active;
        locked += all.p[i].locked_until > site_now(rq->site);
        second += all.p[i].active && all.p[i].totp.n;
    }
    vec_free(&all);
    tile(tiles, msg(rq, "web.admin_active"), show_count(rq, active), STR("/admin/accounts"),
         "users", "neutral");
    tile(tiles, msg(rq, "web.admin_locked"), show_count(rq, locked), STR("/admin/accounts"), "lock",
         locked ? "bad" : "neutral");
    tile(tiles, msg(rq, "web.admin_second"), show_count(rq, second), STR("/admin/accounts"),
         "shield-check", "neutral");
    return rc;
}

static enum rc view_jobs(struct request *rq, struct view *v, struct view *tiles, struct err *e)
{
    vec_job all = {0};
    uint64_t running = 0, failed = 0;
    struct view *list = view_list(v, "jobs");
    enum rc rc = jobs_list(rq->site, rq->actor, 100, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        running += all.p[i].state == JOB_RUNNING || all.p[i].state == JOB_WAITING;
        failed += all.p[i].state == JOB_FAILED;
        if (i < JOBS)
            view_job_line(rq, view_item(list), &all.p[i]);
    }
    vec_free(&all);
    view_flag(v, "jobs_shown", true);
    tile(tiles, msg(rq, "web.admin_running"), show_count(rq, running), STR("/jobs"), "progress",
         running ? "active" : "neutral");
    tile(tiles, msg(rq, "web.admin_failed"), show_count(rq, failed), STR("/jobs"), "alert-triangle",
         failed ? "bad" : "neutral");
    return rc;
}

enum rc home_admin(struct request *rq, struct view *v, struct err *e)
{
    view_flag(v, "backup", true);
    struct view *tiles = view_list(v, "tiles");
    TRY(view_accounts(rq, tiles, e));
    return view_jobs(rq, v, tiles, e);
}

/* ---- auditors ---- */

enum rc home_auditor(struct request *rq, struct view *v, struct err *e)
{
    vec_entry all = {0};
    struct trail_query q = {.limit = ENTRIES};
    struct view *list = view_list(v, "trail");
    view_flag(v, "trail_shown", true);
    enum rc rc = auth_trail(rq->site, rq->actor, &q, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        const struct entry *n = &all.p[i];
        const struct kind *k = kind_find(site_kinds(rq->site), n->kind);
        struct view *row = view_item(list);
        view_str(row, "at", show_time(rq, n->at));
        view_str(row, "who", n->login.n ? n->login : msg(rq, "web.the_system"));
        view_str(row, "action", action_label(rq, k, n->action));
        if (k) {
            view_str(row, "kind", label_text(&k->label, rq->zh));
            view_str(row, "href", kind_path(rq, k, n->id));
            view_int(row, "id", n->id);
        }
    }
    vec_free(&all);
    return rc;
}
