/* The leaders' page: one screen, one sheet of A4, or a wall. Every number leads to its list. */
#include "web/work_int.h"

#include <stdio.h>
#include <stdlib.h>

#define PROGRAMMES_SHOWN 4u
#define INDICATORS_SHOWN 18u
#define ORGS_SHOWN       8u

#define LEADERS_SHAPE                                                                              \
    "at day partial wall_path"                                                                     \
    " programmes[title href indicators[" INDICATOR_SHAPE "]] more_indicators"                      \
    " light_heads[.] orgs[name href lights[n href tone x w]] circular"                             \
    " money[label text href]"                                                                      \
    " types[label n href w] types_label tiers[label n href w] " MAP_SHAPE
const struct page leaders_def = {"leaders", LEADERS_SHAPE, false};
const struct page wall_def = {"wall", LEADERS_SHAPE, true};

/* ---- programmes ---- */

/* The indicators of a programme, in the order of all of them. */
static enum rc view_one_programme(struct request *rq, struct view *list, const struct rec *r,
                                  const struct indicators *all, struct err *e)
{
    struct view *indicators = NULL;
    for (size_t i = 0; i < all->rec.n; i++) {
        const struct val *of = work_val(&all->rec.p[i], "programme", TYPE_REF);
        if (!of || of->num != r->id)
            continue;
        if (!indicators) { /* where none of its is shown, it is not either */
            struct view *v = view_item(list);
            view_str(v, "title", title_of(rq, r));
            view_str(v, "href", record_path(rq, r));
            indicators = view_list(v, "indicators");
        }
        TRY(view_indicator(rq, view_item(indicators), &all->rec.p[i], &all->measured[i], 0, false,
                           e));
    }
    return RC_OK;
}

static enum rc view_programmes(struct request *rq, struct view *v, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("programme"));
    struct list_answer a = {0};
    struct indicators all = {.measured = NULL};
    int64_t id[PROGRAMMES_SHOWN];
    if (!k || !actor_may(rq->actor, k, RIGHT_READ, NULL))
        return RC_OK;
    struct list_request q = {
        .kind = k, .filter = STR("state = active"), .sort = STR("id"), .limit = PROGRAMMES_SHOWN};
    struct view *list = view_list(v, "programmes");
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    for (size_t i = 0; rc == RC_OK && i < a.rec.n; i++)
        id[i] = a.rec.p[i].id;
    if (rc == RC_OK)
        rc = indicators_of(rq, id, a.rec.n, 0, INDICATORS_SHOWN, true, &all, e);
    for (size_t i = 0; rc == RC_OK && i < a.rec.n; i++)
        rc = view_one_programme(rq, list, &a.rec.p[i], &all, e);
    view_flag(v, "more_indicators", all.cut);
    indicators_free(&all);
    vec_free(&a.rec);
    return rc;
}

/* ---- lights of organisations ---- */

enum { RED, MADE_UP, GREEN, OPEN, LIGHTS };
static const char *const light_filter[LIGHTS] = {"light = red", "light = made_up", "light = green",
                                                 "light in (open, due)"};
static const char *const light_tone[LIGHTS] = {"bad", "warn", "good", "active"};

struct org_lights {
    int64_t org;
    uint64_t n[LIGHTS], all;
};
typedef VEC(struct org_lights) vec_org_lights;

static int light_place(struct str code)
{
    return str_eq(code, STR("red"))       ? RED
           : str_eq(code, STR("made_up")) ? MADE_UP
           : str_eq(code, STR("green"))   ? GREEN
                                          : OPEN;
}

static int by_red(const void *p, const void *q)
{
    const struct org_lights *a = p, *b = q;
    for (int i = 0; i < LIGHTS; i++)
        if (a->n[i] != b->n[i])
            return a->n[i] > b->n[i] ? -1 : 1;
    return (a->org > b->org) - (a->org < b->org);
}

/* The groups come ordered by organisation. */
static enum rc gather_lights(const vec_grouped *groups, vec_org_lights *out, struct err *e)
{
    for (size_t i = 0; i < groups->n; i++) {
        const struct grouped *g = &groups->p[i];
        char id[24];
        snprintf(id, sizeof id, "%.*s", (int)MIN(g->value[0].n, 20u),
                 g->value[0].n ? g->value[0].p : "");
        struct org_lights fresh = {.org = strtoll(id, NULL, 10)};
        if (!out->n || out->p[out->n - 1].org != fresh.org)
            TRY(vec_push(out, fresh, e));
        out->p[out->n - 1].n[light_place(g->value[1])] += g->count;
        out->p[out->n - 1].all += g->count;
    }
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, by_red);
    return RC_OK;
}

static void view_org(struct request *rq, struct view *v, const struct org_lights *o,
                     const struct titles *t)
{
    const struct kind *k;
    struct str title = titles_of(t, o->org, &k);
    struct view *lights = view_list(v, "lights");
    double x = 0;
    view_str(v, "name", title.n ? title : msg(rq, "web.hidden"));
    view_str(v, "href", textf(rq, "/org/%lld", (long long)o->org));
    for (int i = 0; i < LIGHTS; i++) {
        struct view *one = view_item(lights);
        double w = (double)o->n[i] / (double)o->all * 100;
        view_printf(one, "n", "%llu", (unsigned long long)o->n[i]);
        view_text(one, "tone", light_tone[i]);
        view_printf(one, "x", "%.2f", x);
        view_printf(one, "w", "%.2f", w);
        x += w;
        if (o->n[i])
            view_str(
                one, "href",
                work_list(rq, "commitment",
                          textf(rq, "debtor = %lld and %s", (long long)o->org, light_filter[i])));
    }
}

static enum rc view_lights(struct request *rq, struct view *v, struct err *e)
{
    static const char *const heads[LIGHTS] = {"web.light_red", "web.light_made_up",
                                              "web.light_green", "web.light_open"};
    vec_grouped groups = {0};
    vec_org_lights all = {0};
    struct titles t = {0};
    struct view *list = view_list(v, "orgs"), *names = view_list(v, "light_heads");
    enum rc rc =
        work_tally(rq, "commitment", "not state = dropped", "debtor", "light", "", &groups, e);
    rc = rc == RC_OK ? gather_lights(&groups, &all, e) : rc;
    size_t n = MIN(all.n, (size_t)ORGS_SHOWN);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = titles_want(&t, all.p[i].org, e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (int i = 0; i < LIGHTS; i++)
        view_item_str(names, msg(rq, heads[i]));
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        view_org(rq, view_item(list), &all.p[i], &t);
    titles_free(&t);
    vec_free(&all);
    vec_free(&groups);
    return rc;
}

/* ---- money ---- */

#define AGREED "state in (active, finished)"

/* Sums of all, and of what began with the year or later, from one reading. */
static enum rc sums_of(struct request *rq, const char *kind, const char *filter, const char *by,
                       const char *month, int year, double sum[2], struct err *e)
{
    vec_grouped g = {0};
    char first[8];
    snprintf(first, sizeof first, "%04d", year);
    sum[0] = sum[1] = 0;
    enum rc rc = work_tally(rq, kind, filter, by, month, "amount", &g, e);
    for (size_t i = 0; i < g.n; i++) {
        sum[0] += g.p[i].sum;
        sum[1] += str_cmp(g.p[i].value[1], str_of(first)) >= 0 ? g.p[i].sum : 0;
    }
    vec_free(&g);
    return rc;
}

static void view_sum(struct request *rq, struct view *list, const char *kind, const char *key,
                     struct str filter, double sum)
{
    struct view *v = view_item(list);
    view_str(v, "label", msg(rq, key));
    view_str(v, "text", show_money(rq, (int64_t)sum));
    view_str(v, "href", work_list(rq, kind, filter));
}

static enum rc view_money_sums(struct request *rq, struct view *v, int year, struct err *e)
{
    struct view *list = view_list(v, "money");
    double sum[2];
    if (work_reads(rq, "agreement")) {
        TRY(sums_of(rq, "agreement", AGREED, "type", "signed:month", year, sum, e));
        view_sum(rq, list, "agreement", "web.money_agreed", STR(AGREED), sum[0]);
        view_sum(rq, list, "agreement", "web.money_agreed_year",
                 textf(rq, AGREED " and signed >= %d-01-01", year), sum[1]);
    }
    if (!work_reads(rq, "payment"))
        return RC_OK;
    TRY(sums_of(rq, "payment", "", "", "day:month", year, sum, e));
    view_sum(rq, list, "payment", "web.money_received", STR("amount is set"), sum[0]);
    view_sum(rq, list, "payment", "web.money_received_year", textf(rq, "day >= %d-01-01", year),
             sum[1]);
    return RC_OK;
}

/* ---- bars ---- */

/* One bar a code, in the order of its table; `and` is the condition of all of them. */
static void view_bars(struct request *rq, struct view *list, const char *kind, const char *field,
                      struct str and, const vec_grouped *groups)
{
    const struct kind *k = kind_find(site_kinds(rq->site), str_of(kind));
    uint32_t f = k ? field_find(k, str_of(field)) : NO_FIELD;
    const struct codes *codes = f != NO_FIELD ? k->field[f].codes : NULL;
    uint64_t most = 1;
    for (size_t i = 0; i < groups->n; i++)
        if (groups->p[i].value[0].n)
            most = MAX(most, groups->p[i].count);
    for (uint32_t c = 0; codes && c < codes->n; c++)
        for (size_t i = 0; i < groups->n; i++) {
            struct str code = codes->code[c].code;
            if (!str_eq(groups->p[i].value[0], code))
                continue;
            struct view *v = view_item(list);
            view_str(v, "label", label_text(&codes->code[c].label, rq->zh));
            view_str(v, "n", show_count(rq, groups->p[i].count));
            view_printf(v, "w", "%.1f", (double)groups->p[i].count / (double)most * 100);
            view_str(v, "href",
                     work_list(rq, kind,
                               textf(rq, "%s = %.*s%s%.*s", field, (int)code.n, code.p,
                                     and.n ? " and " : "", (int)and.n, and.n ? and.p : "")));
        }
}

/* Of the groups of the sums, those of the year: one a type. */
static enum rc types_of_year(const vec_grouped *all, int year, vec_grouped *out, struct err *e)
{
    char first[8];
    snprintf(first, sizeof first, "%04d", year);
    for (size_t i = 0; i < all->n; i++) {
        const struct grouped *g = &all->p[i];
        if (str_cmp(g->value[1], str_of(first)) < 0)
            continue;
        if (out->n && str_eq(out->p[out->n - 1].value[0], g->value[0]))
            out->p[out->n - 1].count += g->count;
        else
            TRY(vec_push(out, *g, e));
    }
    return RC_OK;
}

static enum rc view_types(struct request *rq, struct view *v, int year, struct err *e)
{
    vec_grouped all = {0}, g = {0};
    struct str filter = textf(rq, AGREED " and signed >= %d-01-01", year);
    enum rc rc = work_tally(rq, "agreement", AGREED, "type", "signed:month", "amount", &all, e);
    if (rc == RC_OK)
        rc = types_of_year(&all, year, &g, e);
    view_str(v, "types_label", msg_with(rq, "web.new_agreements", textf(rq, "%d", year)));
    view_bars(rq, view_list(v, "types"), "agreement", "type", filter, &g);
    vec_free(&all);
    vec_free(&g);
    return rc;
}

/* Companies by the certificates that hold today. */
static enum rc view_tiers(struct request *rq, struct view *v, struct err *e)
{
    vec_grouped g = {0};
    struct str valid = STR("start <= today and (end is empty or end >= today)");
    TRY(work_tally(rq, "rank", valid.p, "tier", "", "", &g, e));
    view_bars(rq, view_list(v, "tiers"), "rank", "tier", valid, &g);
    vec_free(&g);
    return RC_OK;
}

/* ---- the page ---- */

enum rc leaders_page(struct request *rq, struct reply *re, struct err *e)
{
    struct view *v = view_new(rq->arena);
    bool wall = param_int(rq, "wall", 0) == 1;
    bool all = rq->actor->role == ROLE_BROKER || rq->actor->role == ROLE_AUDITOR;
    int64_t today = work_today(rq);
    int year, month, day;
    if (!v)
        return err_nomem(e);
    days_to(today, &year, &month, &day);
    view_str(v, "at", show_time(rq, site_now(rq->site)));
    view_str(v, "day", show_day(rq, today));
    view_flag(v, "partial", !all);
    view_text(v, "wall_path", "/leaders?wall=1");
    view_text(v, "circular", all ? "/circular" : NULL);
    TRY(view_programmes(rq, v, e));
    TRY(view_lights(rq, v, e));
    TRY(view_money_sums(rq, v, year, e));
    TRY(view_types(rq, v, year, e));
    TRY(view_tiers(rq, v, e));
    TRY(view_map_of_orgs(rq, v, e));
    return reply_page(rq, re, wall ? &wall_def : &leaders_def, msg(rq, "web.leaders"), v, e);
}
