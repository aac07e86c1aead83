/* What one leader has taken on (领办): projects with lights and next milestones, what falls due,
 * the money. Reached from the person and from every project of hers; printed for the meeting that
 * goes through it. */
#include "web/work_int.h"

#include <stdio.h>
#include <stdlib.h>

#define PROJECTS_MOST   200u
#define MILESTONES_MOST 1000u
#define NEXT_SHOWN      12u

#define LED_STONE "title href due light{text tone}"
const struct page led_def = {
    "led",
    "name href orgs[.] title day tiles[label text href tone]"
    " projects[title href org stage trl light{text tone} state{text tone} until next{" LED_STONE "}"
    " done all budget received]"
    " ahead[" LED_STONE " project project_href] list more money",
    false};

struct stones {
    int64_t project;
    uint32_t done, all;
    const struct rec *next; /* the first that is not accepted */
};
struct led {
    struct request *rq;
    struct view *v, *tiles;
    const struct rec *person;
    vec_rec project, milestone;
    struct stones *stones; /* of each project */
    vec_grouped paid;      /* by project */
    bool more, reads_paid;
    struct titles titles;
};

/* What is this leader's; `path` leads from the records that are listed to their project. */
static struct str led_filter(const struct request *rq, const char *path, const char *more)
{
    return textf(rq, "%sleader = %lld%s", path, (long long)rq->id, more);
}

static enum rc list_all(struct led *l, const char *kind, struct str filter, const char *sort,
                        uint32_t most, vec_rec *out, bool *more, struct err *e)
{
    struct list_answer a = {0};
    const struct kind *k = kind_find(site_kinds(l->rq->site), str_of(kind));
    if (!work_reads(l->rq, kind))
        return RC_OK;
    struct list_request q = {.kind = k, .filter = filter, .sort = str_of(sort), .limit = most + 1};
    enum rc rc = record_list(l->rq->site, l->rq->actor, &q, l->rq->arena, &a, e);
    *out = a.rec;
    if (out->n > most) {
        out->n = most;
        *more = true;
    }
    return rc;
}

/* ---- milestones of projects ---- */

static bool is_in(const struct rec *r, const char *state)
{
    return r->state != NO_STATE && str_eq(r->kind->state[r->state].name, str_of(state));
}

static struct stones *stones_of(struct led *l, const struct rec *milestone)
{
    const struct val *of = work_val(milestone, "project", TYPE_REF);
    for (size_t i = 0; of && i < l->project.n; i++)
        if (l->project.p[i].id == of->num)
            return &l->stones[i];
    return NULL;
}

/* They come by their dates. */
static enum rc count_stones(struct led *l, struct err *e)
{
    l->stones = arena_calloc(l->rq->arena, l->project.n + 1, sizeof *l->stones);
    if (!l->stones)
        return err_nomem(e);
    for (size_t i = 0; i < l->milestone.n; i++) {
        const struct rec *r = &l->milestone.p[i];
        struct stones *s = stones_of(l, r);
        if (!s)
            continue;
        s->all++;
        s->done += is_in(r, "accepted");
        if (!s->next && !is_in(r, "accepted"))
            s->next = r;
    }
    return RC_OK;
}

static void view_light_of(const struct request *rq, struct view *v, const struct rec *r)
{
    const struct val *light = work_val(r, "light", TYPE_CODE);
    if (light)
        view_light(rq, view_map(v, "light"), light->text);
}

static void view_stone(struct led *l, struct view *v, const struct rec *r)
{
    const struct val *due = work_val(r, "due", TYPE_DATE);
    view_str(v, "title", title_of(l->rq, r));
    view_str(v, "href", record_path(l->rq, r));
    view_str(v, "due", due ? show_day(l->rq, due->num) : STR(""));
    view_light_of(l->rq, v, r);
}

/* What is missed and what comes next, over all of the projects that still run. */
static void view_ahead(struct led *l)
{
    struct view *list = view_list(l->v, "ahead");
    uint32_t n = 0;
    for (size_t i = 0; i < l->milestone.n && n < NEXT_SHOWN; i++) {
        const struct rec *r = &l->milestone.p[i];
        const struct val *of = work_val(r, "project", TYPE_REF);
        const struct kind *k;
        if (is_in(r, "accepted") || !of || !stones_of(l, r))
            continue;
        struct view *one = view_item(list);
        view_stone(l, one, r);
        view_str(one, "project", titles_of(&l->titles, of->num, &k));
        view_str(one, "project_href", textf(l->rq, "/project/%lld", (long long)of->num));
        n++;
    }
}

/* ---- projects ---- */

static double paid_of(const struct led *l, int64_t project)
{
    for (size_t i = 0; i < l->paid.n; i++) {
        char id[24];
        snprintf(id, sizeof id, "%.*s", (int)MIN(l->paid.p[i].value[0].n, 20u),
                 l->paid.p[i].value[0].n ? l->paid.p[i].value[0].p : "");
        if (strtoll(id, NULL, 10) == project)
            return l->paid.p[i].sum;
    }
    return 0;
}

static struct str code_of(const struct request *rq, const struct rec *r, const char *field)
{
    const struct val *v = work_val(r, field, TYPE_CODE);
    uint32_t f = field_find(r->kind, str_of(field));
    const struct code *c = v ? code_find(r->kind->field[f].codes, v->text) : NULL;
    return c ? label_text(&c->label, rq->zh) : STR("");
}

static void view_project(struct led *l, struct view *v, size_t i)
{
    struct request *rq = l->rq;
    const struct rec *r = &l->project.p[i];
    const struct val *trl = work_val(r, "trl", TYPE_INT), *end = work_val(r, "end", TYPE_DATE);
    const struct val *budget = work_val(r, "budget_total", TYPE_MONEY);
    const struct kind *k;
    view_str(v, "title", title_of(rq, r));
    view_str(v, "href", record_path(rq, r));
    view_str(v, "org", r->org ? titles_of(&l->titles, r->org, &k) : STR(""));
    view_str(v, "stage", code_of(rq, r, "stage"));
    if (trl)
        view_printf(v, "trl", "TRL %lld", (long long)trl->num);
    view_str(v, "until", end ? show_day(rq, end->num) : STR(""));
    view_light_of(rq, v, r);
    view_state(rq, view_map(v, "state"), r);
    if (l->stones[i].next)
        view_stone(l, view_map(v, "next"), l->stones[i].next);
    view_printf(v, "done", "%u", l->stones[i].done);
    view_printf(v, "all", "%u", l->stones[i].all);
    view_str(v, "budget", budget ? show_money(rq, budget->num) : STR(""));
    double paid = paid_of(l, r->id);
    view_str(v, "received", paid > 0 ? show_money(rq, (int64_t)paid) : STR(""));
}

/* ---- figures ---- */

static void view_tile(struct led *l, const char *key, struct str text, struct str href,
                      const char *tone)
{
    struct view *one = view_item(l->tiles);
    view_str(one, "label", msg(l->rq, key));
    view_str(one, "text", text);
    view_str(one, "href", href);
    view_text(one, "tone", tone);
}

static void view_count(struct led *l, const char *key, const char *kind, const char *more,
                       uint32_t n, const char *tone)
{
    const char *path = str_eq(str_of(kind), STR("project")) ? "" : "project.";
    struct str href = n ? work_list(l->rq, kind, led_filter(l->rq, path, more)) : STR("");
    view_tile(l, key, textf(l->rq, "%u", n), href, n ? tone : NULL);
}

static bool has_light(const struct rec *r, const char *light)
{
    const struct val *v = work_val(r, "light", TYPE_CODE);
    return v && str_eq(v->text, str_of(light));
}

static uint32_t count_light(const vec_rec *all, const char *light)
{
    uint32_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        n += has_light(&all->p[i], light);
    return n;
}

static void view_tiles(struct led *l)
{
    struct request *rq = l->rq;
    int64_t budget = 0;
    double paid = 0;
    uint32_t running = 0;
    l->tiles = view_list(l->v, "tiles");
    for (size_t i = 0; i < l->project.n; i++) {
        const struct rec *r = &l->project.p[i];
        const struct val *v = work_val(r, "budget_total", TYPE_MONEY);
        budget += v ? v->num : 0;
        running += is_in(r, "running");
    }
    for (size_t i = 0; i < l->paid.n; i++)
        paid += l->paid.p[i].sum;
    view_count(l, "web.led_running", "project", " and state = running", running, "active");
    view_count(l, "web.led_late", "milestone", " and light = red",
               count_light(&l->milestone, "red"), "bad");
    view_count(l, "web.led_due", "milestone", " and light = due", count_light(&l->milestone, "due"),
               "warn");
    view_tile(l, "web.led_budget", show_money(rq, budget), STR(""), NULL);
    if (l->reads_paid)
        view_tile(l, "web.led_received", show_money(rq, (int64_t)paid),
                  paid > 0 ? work_list(rq, "payment", led_filter(rq, "project.", "")) : STR(""),
                  NULL);
}

/* ---- the page ---- */

static enum rc load_led(struct led *l, struct err *e)
{
    struct request *rq = l->rq;
    struct str of = led_filter(rq, "project.", "");
    TRY(list_all(l, "project", led_filter(rq, "", " and not state = declined"), "end",
                 PROJECTS_MOST, &l->project, &l->more, e));
    TRY(list_all(l, "milestone", of, "due", MILESTONES_MOST, &l->milestone, &l->more, e));
    l->reads_paid = work_reads(rq, "payment");
    TRY(work_tally(rq, "payment", of.p, "project", "", "amount", &l->paid, e));
    for (size_t i = 0; i < l->project.n; i++) {
        TRY(titles_want(&l->titles, l->project.p[i].id, e));
        if (l->project.p[i].org)
            TRY(titles_want(&l->titles, l->project.p[i].org, e));
    }
    TRY(titles_want_rec(&l->titles, l->person, e));
    TRY(titles_load(&l->titles, rq, e));
    return count_stones(l, e);
}

static void view_head(struct led *l)
{
    struct request *rq = l->rq;
    const struct val *units = work_val(l->person, "units", TYPE_REF);
    struct view *orgs = view_list(l->v, "orgs");
    view_str(l->v, "name", title_of(rq, l->person));
    view_str(l->v, "href", record_path(rq, l->person));
    view_str(l->v, "title", code_of(rq, l->person, "jobtitle"));
    for (uint32_t i = 0; units && i < units->list.n; i++) {
        const struct kind *k;
        view_item_str(orgs, titles_of(&l->titles, units->list.item[i].num, &k));
    }
    view_str(l->v, "day", show_day(rq, work_today(rq)));
    view_str(l->v, "list", work_list(rq, "project", led_filter(rq, "", "")));
    view_flag(l->v, "more", l->more);
    view_flag(l->v, "money", l->reads_paid);
}

static enum rc led_view(struct led *l, struct reply *re, struct err *e)
{
    TRY(load_led(l, e));
    view_head(l);
    view_tiles(l);
    struct view *list = view_list(l->v, "projects");
    for (size_t i = 0; i < l->project.n; i++)
        view_project(l, view_item(list), i);
    view_ahead(l);
    return reply_page(l->rq, re, &led_def,
                      msg_with(l->rq, "web.led_of", title_of(l->rq, l->person)), l->v, e);
}

enum rc led_page(struct request *rq, struct reply *re, struct err *e)
{
    struct shown shown = {0};
    if (!str_eq(rq->kind->name, STR("person")) || !work_reads(rq, "project"))
        return err_user(e, "web.no_page", "%s", "");
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &shown, e));
    struct led l = {.rq = rq, .v = view_new(rq->arena), .person = &shown.rec};
    enum rc rc = led_view(&l, re, e);
    titles_free(&l.titles);
    vec_free(&l.project);
    vec_free(&l.milestone);
    vec_free(&l.paid);
    return rc;
}

/* ---- the way there ---- */

enum rc view_led(struct request *rq, struct view *v, const struct rec *r, struct err *e)
{
    bool project = str_eq(r->kind->name, STR("project"));
    const struct val *leader = project ? work_val(r, "leader", TYPE_REF) : NULL;
    const struct kind *k = kind_find(site_kinds(rq->site), STR("project"));
    struct list_answer a = {0};
    if (leader)
        view_str(v, "led_path", textf(rq, "/person/%lld/led", (long long)leader->num));
    if (project || !k || field_find(k, STR("leader")) == NO_FIELD || !work_reads(rq, "project"))
        return RC_OK;
    struct list_request q = {.kind = k,
                             .filter = textf(rq, "leader = %lld", (long long)r->id),
                             .limit = 1,
                             .count = true};
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    if (rc == RC_OK && a.total) {
        view_str(v, "led_path", textf(rq, "%s/led", record_path(rq, r).p));
        view_printf(v, "led_count", "%llu", (unsigned long long)a.total);
    }
    vec_free(&a.rec);
    return rc;
}
