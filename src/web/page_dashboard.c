/* The dashboard: figures of service/overview.h as tables; static/charts.js draws each table, and
 * every figure leads to the list behind it. */
#include "service/overview.h"
#include "web/home_int.h"
#include "web/http_int.h"

#include <inttypes.h>

#define UNMET_ROWS 8u
#define CODE_ROWS  12u /* a chart of more bars is a list */

#define CHART_SHAPE                                                                                \
    "id type title hint wide series[label color] switch[label href here] first"                    \
    " rows[label cells[text value href]] rest"
const struct page dashboard_def = {
    "dashboard",
    "own whole totals[label total href icon] agreed{total href} amount{total href}"
    " charts[" CHART_SHAPE "] last[" CHART_SHAPE "]"
    " unmet{wide total href cut matched rows[href title org days]}",
    false};

static const struct {
    int table;
    const char *type, *title, *hint, *first; /* first: heading of the first column */
} charts[] = {
    {TABLE_FUNNEL, "funnel", "web.chart_funnel", "web.chart_funnel_hint", "web.chart_stage"},
    {TABLE_MONEY, "column", "web.chart_money", "web.chart_money_hint", "web.chart_year"},
    {TABLE_DIVISION, "bars", "web.chart_industry", "web.chart_industry_hint", "web.chart_code"},
    {TABLE_REGION, "bars", "web.chart_region", "web.chart_region_hint", "web.chart_place"},
    {TABLE_TALKS, "pie", "web.chart_talks", "web.chart_talks_hint", "web.state"},
    {TABLE_REFUSAL, "bars", "web.chart_refusal", "web.chart_refusal_hint", "web.chart_reason"},
    {TABLE_ORG, "stack", "web.chart_org", "web.chart_org_hint", "web.organisation"},
    {TABLE_MONTH, "line", "web.chart_month", "web.chart_month_hint", "web.chart_month_of"},
};

static const struct {
    const char *name, *label, *color;
} series_words[] = {
    {"need", "web.series_need", "need"},
    {"result", "web.series_result", "result"},
    {"introduction", "web.series_introduction", "talk"},
    {"agreed", "web.series_agreed", "agreed"},
    {"amount", "web.series_amount", "amount"},
};

static const struct {
    const char *value, *label;
} stage_words[] = {
    {"collected", "web.stage_collected"}, {"diagnosed", "web.stage_diagnosed"},
    {"published", "web.stage_published"}, {"introduced", "web.stage_introduced"},
    {"talking", "web.stage_talking"},     {"agreed", "web.stage_agreed"},
};

/* ---- one table ---- */

static struct str row_label(const struct request *rq, int table, const struct figure_row *r)
{
    if (!r->value.n)
        return msg(rq, table == TABLE_MONEY ? "web.no_date" : "web.not_stated");
    for (size_t i = 0; table == TABLE_FUNNEL && i < ARRAY_LEN(stage_words); i++)
        if (str_eq(r->value, str_of(stage_words[i].value)))
            return msg(rq, stage_words[i].label);
    struct str label = label_text(&r->label, rq->zh);
    return label.n ? label : r->value;
}

static void view_cell(const struct request *rq, struct view *list, const struct figure *f,
                      bool money)
{
    struct view *c = view_item(list);
    view_str(c, "text", money ? show_money(rq, (int64_t)f->n) : show_count(rq, f->n));
    if (money)
        view_str(c, "value", textf(rq, "%" PRIu64 ".%02u", f->n / 100, (unsigned)(f->n % 100)));
    else
        view_str(c, "value", textf(rq, "%" PRIu64, f->n));
    if (f->n && f->kind)
        view_str(c, "href", list_address(rq, f->kind, f->filter, STR("")));
}

static void view_series(const struct request *rq, struct view *v, const struct figure_table *t)
{
    struct view *list = view_list(v, "series");
    for (uint32_t i = 0; i < t->n_series; i++)
        for (size_t j = 0; j < ARRAY_LEN(series_words); j++)
            if (strcmp(series_words[j].name, t->series[i]) == 0) {
                struct view *s = view_item(list);
                view_str(s, "label", msg(rq, series_words[j].label));
                view_text(s, "color", series_words[j].color);
            }
}

/* By section or by division. */
static void view_switch(const struct request *rq, struct view *v, bool sections)
{
    struct view *list = view_list(v, "switch");
    struct view *one = view_item(list);
    view_str(one, "label", msg(rq, "web.by_division"));
    view_text(one, "href", "/dashboard#industry");
    view_flag(one, "here", !sections);
    one = view_item(list);
    view_str(one, "label", msg(rq, "web.by_section"));
    view_text(one, "href", "/dashboard?by=section#industry");
    view_flag(one, "here", sections);
}

static void view_chart(const struct request *rq, struct view *list, size_t at,
                       const struct overview *o, bool sections, bool wide)
{
    int table = charts[at].table == TABLE_DIVISION && sections ? TABLE_SECTION : charts[at].table;
    const struct figure_table *t = &o->table[table];
    struct view *v = view_item(list), *rows = view_list(v, "rows");
    uint32_t n = table == TABLE_MONTH ? t->n : MIN(t->n, CODE_ROWS);
    view_text(v, "id", charts[at].table == TABLE_DIVISION ? "industry" : t->name);
    view_text(v, "type", charts[at].type);
    view_str(v, "title", msg(rq, charts[at].title));
    view_str(v, "hint", msg(rq, charts[at].hint));
    view_str(v, "first", msg(rq, charts[at].first));
    view_flag(v, "wide", wide);
    view_series(rq, v, t);
    if (charts[at].table == TABLE_DIVISION)
        view_switch(rq, v, sections);
    for (uint32_t i = 0; i < n; i++) {
        struct view *row = view_item(rows), *cells = view_list(row, "cells");
        view_str(row, "label", row_label(rq, table, &t->row[i]));
        for (uint32_t j = 0; j < t->n_series; j++)
            view_cell(rq, cells, &t->row[i].figure[j], strcmp(t->series[j], "amount") == 0);
    }
    if (t->n > n)
        view_int(v, "rest", t->n - n);
}

static bool is_shown(const struct overview *o, size_t at)
{
    return o->table[charts[at].table].n && o->table[charts[at].table].most;
}

/* Two beside each other, then unmet needs, then the months; who is left alone is wide. */
static void view_charts(const struct request *rq, struct view *v, const struct overview *o,
                        bool *alone)
{
    struct view *list = view_list(v, "charts"), *last = view_list(v, "last");
    bool sections = str_eq(param_text(rq, "by"), STR("section"));
    size_t n = 0, at = 0, end = 0;
    for (size_t i = 0; i < ARRAY_LEN(charts); i++)
        if (is_shown(o, i) && charts[i].table != TABLE_MONTH) {
            n++;
            end = i;
        }
    for (; at < ARRAY_LEN(charts); at++)
        if (is_shown(o, at) && charts[at].table == TABLE_MONTH)
            view_chart(rq, last, at, o, sections, true);
        else if (is_shown(o, at))
            view_chart(rq, list, at, o, sections, at == end && n % 2 && !o->unmet.kind);
    *alone = n % 2 == 0;
}

/* ---- totals, unmet needs ---- */

static void view_totals(const struct request *rq, struct view *v, const struct overview *o)
{
    struct view *list = view_list(v, "totals");
    for (uint32_t i = 0; i < o->n_totals; i++) {
        const struct figure_row *r = &o->total[i];
        if (!is_main_kind(r->figure[0].kind))
            continue;
        struct view *t = view_item(list);
        view_str(t, "label", label_text(&r->label, rq->zh));
        view_str(t, "total", show_count(rq, r->figure[0].n));
        view_str(t, "href", list_address(rq, r->figure[0].kind, r->figure[0].filter, STR("")));
        view_str(t, "icon", kind_icon(r->figure[0].kind));
    }
    if (!o->agreed.kind)
        return;
    struct view *a = view_map(v, "agreed"), *m = view_map(v, "amount");
    view_str(a, "total", show_count(rq, o->agreed.n));
    view_str(a, "href", list_address(rq, o->agreed.kind, o->agreed.filter, STR("")));
    view_str(m, "total", show_money(rq, (int64_t)o->amount.n));
    view_str(m, "href", list_address(rq, o->amount.kind, o->amount.filter, STR("-amount")));
}

static enum rc unmet_row(struct request *rq, struct view *list, const struct kind *k, int64_t id,
                         struct err *e)
{
    struct shown s = {0};
    struct str org = STR("");
    const struct kind *org_kind = NULL;
    struct err why;
    enum rc rc = record_show(rq->site, rq->actor, k, id, rq->arena, &s, &why);
    if (rc == RC_USER)
        return RC_OK; /* gone since */
    if (rc != RC_OK) {
        *e = why;
        return rc;
    }
    if (s.rec.org)
        TRY(record_titles(rq->site, rq->actor, &s.rec.org, 1, rq->arena, &org, &org_kind, e));
    struct view *row = view_item(list);
    int64_t days = day_of_time(site_now(rq->site)) - day_of_time(s.rec.since);
    view_str(row, "href", record_path(rq, &s.rec));
    view_str(row, "title", title_of(rq, &s.rec));
    view_str(row, "org", org);
    view_str(row, "days", textf(rq, "%" PRId64, days));
    return RC_OK;
}

static enum rc view_unmet(struct request *rq, struct view *v, const struct overview *o, bool wide,
                          struct err *e)
{
    if (!o->unmet.kind)
        return RC_OK;
    struct view *u = view_map(v, "unmet"), *rows = view_list(u, "rows");
    view_str(u, "total", show_count(rq, o->unmet.n));
    view_flag(u, "wide", wide);
    view_flag(u, "cut", o->unmet_cut);
    view_flag(u, "matched", o->unmet_matched);
    if (o->n_unmet)
        view_str(u, "href", list_address(rq, o->unmet.kind, o->unmet.filter, STR("since")));
    for (uint32_t i = 0; i < MIN(o->n_unmet, UNMET_ROWS); i++)
        TRY(unmet_row(rq, rows, o->unmet.kind, o->unmet_id[i], e));
    return RC_OK;
}

enum rc dashboard_page(struct request *rq, struct reply *re, struct err *e)
{
    const struct overview *o = NULL;
    struct view *v = view_new(rq->arena);
    bool alone;
    TRY(overview_get(rq->site, rq->actor, &o, e));
    view_flag(v, "own", rq->actor->org != 0 && !o->whole);
    view_flag(v, "whole", o->whole);
    view_totals(rq, v, o);
    view_charts(rq, v, o, &alone);
    enum rc rc = view_unmet(rq, v, o, alone, e);
    if (rc == RC_OK) /* labels belong to the figures: printed before they are given back */
        rc = reply_page(rq, re, &dashboard_def, msg(rq, "web.dashboard"), v, e);
    overview_done(o);
    return rc;
}
