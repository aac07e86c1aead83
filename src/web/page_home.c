/* The first page: for visitors what the site holds, for others what waits for them. */
#include "service/desk.h"
#include "web/approval_int.h"
#include "web/home_int.h"
#include "web/http_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NEWEST  6u /* of each kind, for visitors */
#define WAITING 6u /* rows of a box */
#define FRESH   8u /* new matches */

const struct page home_page_def = {
    "home",
    "who{name org role} boxes[path label total may_create new_path rows[href title "
    "facts[label " VALUE_SHAPE "] state{text tone}]]"
    " tiles[label total href icon tone hint]"
    " desk[label hint none total href rows[href title state{text tone} facts[label " VALUE_SHAPE
    "] age due follow when late step step_label version]]"
    " fresh_shown fresh_none fresh[need need_href offer offer_href offer_kind score why]"
    " make[href label icon primary] idle trail[at who action kind href id] trail_shown"
    " jobs[name state tone created path] jobs_shown backup",
    false};

/* ---- rows of records ---- */

/* Is it shown beside the facts, or known to whoever reads it? */
static bool is_said(const struct request *rq, const struct rec *r, struct str column)
{
    static const char *const names[] = {"state", "score", "since", "updated", "created"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(column, str_of(names[i])))
            return true;
    if (str_eq(column, STR("owner")))
        return rq->actor->org && r->org == rq->actor->org;
    return str_eq(column, r->kind->field[r->kind->title].name);
}

/* The first columns of the list besides those. */
static enum rc view_facts(struct request *rq, struct view *row, const struct rec *r,
                          const struct titles *t, struct err *e)
{
    struct view *facts = view_list(row, "facts");
    const struct kind *k = r->kind;
    uint32_t n = 0;
    for (uint32_t i = 0; i < k->n_list && n < 3; i++) {
        struct str c = k->list[i];
        if (is_said(rq, r, c))
            continue;
        struct view *fact = view_item(facts);
        uint32_t f = field_find(k, c);
        if (f != NO_FIELD && (k->field[f].type == TYPE_INT || k->field[f].type == TYPE_DECIMAL))
            view_str(fact, "label", column_label(rq, k, c)); /* a bare number says nothing */
        TRY(view_value(rq, fact, r, c, t, e));
        n++;
    }
    return RC_OK;
}

static enum rc view_row(struct request *rq, struct view *row, const struct rec *r,
                        const struct titles *t, struct err *e)
{
    view_str(row, "href", record_path(rq, r));
    view_str(row, "title", title_of(rq, r));
    view_state(rq, view_map(row, "state"), r);
    return view_facts(rq, row, r, t, e);
}

/* ---- visitors: the newest of each kind ---- */

static enum rc view_newest(struct request *rq, struct view *box, const vec_rec *all, struct err *e)
{
    struct titles t = {0};
    struct view *rows = view_list(box, "rows");
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < all->n; i++)
        rc = titles_want_rec(&t, &all->p[i], e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (size_t i = 0; rc == RC_OK && i < all->n; i++)
        rc = view_row(rq, view_item(rows), &all->p[i], &t, e);
    titles_free(&t);
    return rc;
}

static enum rc view_box(struct request *rq, struct view *boxes, const struct kind *k, uint32_t rows,
                        struct err *e)
{
    struct list_answer a = {0};
    struct list_request q = {.kind = k, .limit = rows, .count = true};
    struct view *box = view_item(boxes);
    view_str(box, "path", textf(rq, "/%.*s", (int)k->name.n, k->name.p));
    view_str(box, "label", label_text(&k->label, rq->zh));
    view_flag(box, "may_create", actor_may(rq->actor, k, RIGHT_CREATE, NULL));
    view_str(box, "new_path", textf(rq, "/%.*s/new", (int)k->name.n, k->name.p));
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    if (rc == RC_OK && rows > 1)
        rc = view_newest(rq, box, &a.rec, e);
    view_str(box, "total", show_count(rq, a.total));
    vec_free(&a.rec);
    return rc;
}

static enum rc view_boxes(struct request *rq, struct view *v, uint32_t rows, struct err *e)
{
    const struct kinds *kinds = site_kinds(rq->site);
    struct view *boxes = view_list(v, "boxes");
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (is_main_kind(k) && actor_may(rq->actor, k, RIGHT_READ, NULL))
            TRY(view_box(rq, boxes, k, rows, e));
    }
    return RC_OK;
}

/* ---- what waits ---- */

static const struct {
    const char *name, *label, *hint, *icon, *tone;
} desk_words[] = {
    {"answer", "web.desk_answer", "web.desk_answer_hint", "message-question", "warn"},
    {"returned", "web.desk_returned", "web.desk_returned_hint", "arrow-back-up", "warn"},
    {"expiring", "web.desk_expiring", "web.desk_expiring_hint", "hourglass", "warn"},
    {"expired", "web.desk_expired", "web.desk_expired_hint", "clock-off", "neutral"},
    {"talks", "web.desk_talks", "web.desk_talks_hint", "arrows-join", "active"},
    {"my_needs", "web.desk_my_needs", "web.desk_my_needs_hint", "bulb", "neutral"},
    {"my_results", "web.desk_my_results", "web.desk_my_results_hint", "flask", "neutral"},
    {"collected", "web.desk_collected", "web.desk_collected_hint", "stethoscope", "warn"},
    {"diagnosed", "web.desk_diagnosed", "web.desk_diagnosed_hint", "send", "warn"},
    {"news", "web.desk_news", "web.desk_news_hint", "news", "warn"},
    {"follow", "web.desk_follow", "web.desk_follow_hint", "calendar-due", "active"},
    {"unfiled", "web.desk_unfiled", "web.desk_unfiled_hint", "file-import", "warn"},
    {"stale", "web.desk_stale", "web.desk_stale_hint", "zzz", "bad"},
};

static int words_of(const char *name)
{
    for (int i = 0; i < (int)ARRAY_LEN(desk_words); i++)
        if (strcmp(desk_words[i].name, name) == 0)
            return i;
    return -1;
}

static int64_t today_of(const struct request *rq)
{
    return day_of_time(site_now(rq->site));
}

static void view_due(struct request *rq, struct view *row, const struct desk_box *b, uint32_t i)
{
    int64_t days = today_of(rq) - day_of_time(b->rec[i].since);
    if (b->due[i]) {
        view_str(row, b->step ? "due" : "follow", show_day(rq, b->due[i]));
        view_flag(row, "late", b->due[i] < today_of(rq));
    } else if (str_eq(b->sort, STR("-updated"))) {
        view_str(row, "when", show_day(rq, day_of_time(b->rec[i].updated)));
    } else if (days > 0) {
        view_str(row, "age", textf(rq, "%" PRId64, days));
    }
    if (b->may_step[i]) {
        struct str path = record_path(rq, &b->rec[i]);
        const struct step *s = step_find(b->kind, b->rec[i].state, str_of(b->step));
        view_str(row, "step", textf(rq, "%.*s/step/%s", (int)path.n, path.p, b->step));
        view_str(row, "step_label", label_text(&s->action->label, rq->zh));
        view_int(row, "version", b->rec[i].version);
    }
}

static enum rc view_desk_rows(struct request *rq, struct view *box, const struct desk_box *b,
                              struct err *e)
{
    struct titles t = {0};
    struct view *rows = view_list(box, "rows");
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < b->n; i++)
        rc = titles_want_rec(&t, &b->rec[i], e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (uint32_t i = 0; rc == RC_OK && i < b->n; i++) {
        struct view *row = view_item(rows);
        view_due(rq, row, b, i);
        rc = view_row(rq, row, &b->rec[i], &t, e);
    }
    titles_free(&t);
    return rc;
}

/* *offers: the organisation has more to offer than it asks for. */
static enum rc view_desk(struct request *rq, struct view *list, struct view *tiles, uint32_t *n,
                         bool *offers, struct err *e)
{
    struct desk d;
    uint64_t needs = 0, results = 0;
    TRY(desk_read(rq->site, rq->actor, WAITING, rq->arena, &d, e));
    *n = d.n;
    for (uint32_t i = 0; i < d.n; i++) {
        const struct desk_box *b = &d.box[i];
        int w = words_of(b->name);
        needs += strcmp(b->name, "my_needs") == 0 ? b->total : 0;
        results += strcmp(b->name, "my_results") == 0 ? b->total : 0;
        if (w < 0)
            continue;
        struct str href = list_address(rq, b->kind, b->filter, b->sort);
        struct view *box = view_item(list);
        view_str(box, "label", msg(rq, desk_words[w].label));
        view_str(box, "hint", msg(rq, desk_words[w].hint));
        view_str(box, "total", show_count(rq, b->total));
        view_str(box, "href", href);
        tile(tiles, msg(rq, desk_words[w].label), show_count(rq, b->total), href,
             desk_words[w].icon, b->total ? desk_words[w].tone : "neutral");
        TRY(view_desk_rows(rq, box, b, e));
    }
    *offers = results > needs;
    return RC_OK;
}

/* ---- new matches ---- */

static enum rc fresh_rows(struct request *rq, struct view *v, const vec_fresh *all, struct err *e)
{
    struct titles t = {0};
    struct view *list = view_list(v, "fresh");
    const struct kind *need = kind_find(site_kinds(rq->site), STR("need"));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < all->n; i++) {
        rc = titles_want(&t, all->p[i].need, e);
        rc = rc == RC_OK ? titles_want(&t, all->p[i].offer, e) : rc;
    }
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (size_t i = 0; rc == RC_OK && i < all->n; i++) {
        const struct fresh *f = &all->p[i];
        const struct kind *nk = need, *ok = f->offer_kind;
        struct str a = titles_of(&t, f->need, &nk), b = titles_of(&t, f->offer, &ok);
        struct view *row = view_item(list);
        if (!nk || !ok)
            continue; /* gone since */
        view_str(row, "need", a.n ? a : msg(rq, "web.masked_title"));
        view_str(row, "need_href", kind_path(rq, nk, f->need));
        view_str(row, "offer", b.n ? b : msg(rq, "web.masked_title"));
        view_str(row, "offer_href", kind_path(rq, ok, f->offer));
        view_str(row, "offer_kind", label_text(&ok->label, rq->zh));
        view_str(row, "score", textf(rq, "%.0f", f->score));
        view_str(row, "why", why_path(rq, nk, f->need, f->offer));
    }
    titles_free(&t);
    return rc;
}

static enum rc view_fresh(struct request *rq, struct view *v, struct err *e)
{
    vec_fresh all = {0};
    int64_t seen;
    enum rc rc = desk_fresh(rq->site, rq->actor, FRESH, rq->arena, &all, &seen, e);
    view_flag(v, "fresh_shown", true);
    view_flag(v, "fresh_none", !all.n);
    if (rc == RC_OK)
        rc = fresh_rows(rq, v, &all, e);
    vec_free(&all);
    return rc;
}

enum rc seen_do(struct request *rq, struct reply *re, struct err *e)
{
    TRY(pairing_seen(rq->site, rq->actor, e));
    return reply_see(rq, re, STR("/"), "seen", e);
}

/* ---- pages ---- */

static void view_make(struct request *rq, struct view *v, bool offers)
{
    static const char *const names[][2] = {{"need", "bulb"}, {"result", "flask"}};
    struct view *list = view_list(v, "make");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *const *name = names[offers ? ARRAY_LEN(names) - 1 - i : i];
        const struct kind *k = kind_find(site_kinds(rq->site), str_of(name[0]));
        if (!k || !actor_may(rq->actor, k, RIGHT_CREATE, NULL))
            continue;
        struct view *m = view_item(list);
        view_str(m, "href", textf(rq, "/%s/new", name[0]));
        view_str(m, "label", msg_with(rq, "web.new_of", label_text(&k->label, rq->zh)));
        view_text(m, "icon", name[1]);
        view_flag(m, "primary", i == 0);
    }
}

static enum rc view_who(struct request *rq, struct view *v, struct err *e)
{
    struct view *who = view_map(v, "who");
    struct str org = STR("");
    const struct kind *k = NULL;
    if (rq->actor->org)
        TRY(record_titles(rq->site, rq->actor, &rq->actor->org, 1, rq->arena, &org, &k, e));
    view_str(who, "name", rq->actor->name.n ? rq->actor->name : rq->actor->login);
    view_str(who, "org", org);
    view_str(who, "role", role_label(rq, rq->actor->role));
    return RC_OK;
}

static enum rc view_work(struct request *rq, struct view *v, struct err *e)
{
    uint32_t n = 0, approvals = 0;
    bool offers = false;
    struct view *desk = view_list(v, "desk"), *tiles = view_list(v, "tiles");
    TRY(home_approvals(rq, desk, tiles, WAITING, &approvals, e));
    TRY(view_desk(rq, desk, tiles, &n, &offers, e));
    view_make(rq, v, offers);
    view_flag(v, "idle", !n && !approvals);
    return view_fresh(rq, v, e);
}

static enum rc totals(struct request *rq, struct view *v, struct err *e)
{
    const struct kinds *kinds = site_kinds(rq->site);
    struct view *tiles = view_list(v, "tiles");
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        struct list_request q = {.kind = k, .limit = 1, .count = true};
        struct list_answer a = {0};
        if (!is_main_kind(k) || !actor_may(rq->actor, k, RIGHT_READ, NULL))
            continue;
        TRY(record_list(rq->site, rq->actor, &q, rq->arena, &a, e));
        vec_free(&a.rec);
        tile(tiles, label_text(&k->label, rq->zh), show_count(rq, a.total),
             textf(rq, "/%.*s", (int)k->name.n, k->name.p), kind_icon(k).p, "neutral");
    }
    return RC_OK;
}

enum rc home_page(struct request *rq, struct reply *re, struct err *e)
{
    struct view *v = view_new(rq->arena);
    enum role role = rq->actor->role;
    if (rq->actor->account)
        TRY(view_who(rq, v, e));
    if (!rq->actor->account)
        TRY(view_boxes(rq, v, NEWEST, e));
    else if (role == ROLE_AUDITOR || role == ROLE_ADMIN)
        TRY(role == ROLE_ADMIN ? home_admin(rq, v, e) : home_auditor(rq, v, e));
    else
        TRY(view_work(rq, v, e));
    if (role == ROLE_AUDITOR)
        TRY(totals(rq, v, e));
    return reply_page(rq, re, &home_page_def, msg(rq, "web.home"), v, e);
}
