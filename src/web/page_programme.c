/* A programme's indicators, live on any day. */
#include "web/work_int.h"

#include <inttypes.h>
#include <math.h>

#define INDICATORS_MOST 200u
#define MISSING_SHOWN   12u

/* ---- one indicator ---- */

static double number_of(const struct rec *r, const char *field)
{
    const struct val *v = work_val(r, field, TYPE_DECIMAL);
    return v ? v->real : NAN;
}

static void view_course(const struct request *rq, struct view *v, enum light light)
{
    static const char *const said[][2] = {{"", ""},
                                          {"web.light_behind", "bad"},
                                          {"web.light_at_risk", "warn"},
                                          {"web.light_on_course", "active"},
                                          {"web.light_reached", "good"}};
    if (light == LIGHT_NONE)
        return;
    view_str(v, "text", msg(rq, said[light][0]));
    view_text(v, "tone", said[light][1]);
}

/* Yuan by the ten thousand, as such sums are spoken of; else as it is. */
static double scale_of(const struct request *rq, const struct val *unit, const struct measured *m)
{
    double most = fmax(fabs(m->value), isnan(m->target) ? 0 : fabs(m->target));
    return rq->zh && unit && str_eq(unit->text, STR("元")) && most >= 1e5 ? 1e4 : 1;
}

/* A forecast is no more exact than its interval: one place, none from a hundred on. */
static struct str show_rough(const struct request *rq, double x)
{
    return show_real(rq, fabs(x) >= 100 ? round(x) : round(x * 10) / 10);
}

/* What the chart of its course is drawn from. */
static void view_line(const struct request *rq, struct view *v, const struct measured *m,
                      double scale, bool steps)
{
    static const char *const tones[] = {"", "bad", "warn", "active", "good"};
    struct view *line = view_map(v, "line"), *list = view_list(v, "steps");
    struct buf b;
    struct err e;
    buf_init(&b, 1 << 16);
    if (m->n_course < 2)
        return;
    for (uint32_t i = 0; i < m->n_course; i++)
        if (buf_printf(&b, &e, "%s%" PRId64 ":%.10g", i ? " " : "", m->course[i].day,
                       m->course[i].value / scale) != RC_OK)
            break;
    view_str(line, "course", textf(rq, "%.*s", (int)b.n, b.n ? b.p : ""));
    buf_free(&b);
    view_int(line, "start", m->course[0].day);
    view_int(line, "end", MAX(m->deadline, m->course[m->n_course - 1].day));
    view_text(line, "tone", tones[m->light]);
    if (!isnan(m->target))
        view_printf(line, "target", "%.10g", m->target / scale);
    if (!isnan(m->forecast)) {
        view_printf(line, "forecast", "%.10g", m->forecast / scale);
        view_printf(line, "low", "%.10g", m->low / scale);
        view_printf(line, "high", "%.10g", m->high / scale);
    }
    for (uint32_t i = m->n_course; steps && i-- > 0;) {
        struct view *step = view_item(list);
        view_str(step, "day", show_day(rq, m->course[i].day));
        view_str(step, "value", show_real(rq, m->course[i].value / scale));
    }
}

/* How much of the way from the baseline to the target is made, 0 to 100. */
static void view_part(struct view *v, double value, double baseline, double target)
{
    double from = isnan(baseline) ? 0 : baseline;
    if (isnan(target) || target == from || !isfinite(value))
        return;
    double part = (value - from) / (target - from) * 100;
    view_printf(v, "part", "%.0f", fmin(fmax(part, 0), 100));
}

static enum rc view_missing(struct request *rq, struct view *v, const vec_id *missing,
                            uint32_t most, struct err *e)
{
    struct titles t = {0};
    struct view *list = view_list(v, "missing");
    enum rc rc = RC_OK;
    uint32_t n = MIN((uint32_t)missing->n, most);
    for (uint32_t i = 0; rc == RC_OK && i < n; i++)
        rc = titles_want(&t, missing->p[i], e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (uint32_t i = 0; rc == RC_OK && i < n; i++) {
        const struct kind *k = NULL;
        struct str title = titles_of(&t, missing->p[i], &k);
        if (!k)
            continue;
        struct view *one = view_item(list);
        view_str(one, "title", title.n ? title : msg(rq, "web.masked_title"));
        view_str(one, "href",
                 textf(rq, "/%.*s/%lld", (int)k->name.n, k->name.p, (long long)missing->p[i]));
    }
    view_flag(v, "missing_more", missing->n > most);
    titles_free(&t);
    return rc;
}

static enum rc view_measured(struct request *rq, struct view *v, const struct rec *r,
                             const struct measured *m, double scale, uint32_t most, struct err *e)
{
    const struct val *measure = work_val(r, "measure", TYPE_CODE);
    bool coverage = measure && str_eq(measure->text, STR("coverage"));
    bool part = coverage || (measure && str_eq(measure->text, STR("share")));
    view_str(v, "value", show_real(rq, m->value / scale));
    view_part(v, m->value, m->baseline, m->target);
    view_course(rq, view_map(v, "light"), m->light);
    if (!isnan(m->forecast)) {
        view_str(v, "forecast", show_rough(rq, m->forecast / scale));
        view_str(v, "low", show_rough(rq, m->low / scale));
        view_str(v, "high", show_rough(rq, m->high / scale));
    }
    if (part) {
        view_str(v, "numerator", show_real(rq, m->numerator));
        view_str(v, "denominator", show_real(rq, m->denominator));
    }
    view_str(v, "list", m->list);
    if (!coverage)
        return RC_OK;
    view_str(v, "missing_list", m->missing_list);
    if (m->denominator > m->numerator)
        view_str(v, "missing_total", show_real(rq, m->denominator - m->numerator));
    return view_missing(rq, v, &m->missing, most, e);
}

enum rc view_indicator(struct request *rq, struct view *v, const struct rec *r,
                       const struct measured *m, uint32_t missing_shown, bool steps, struct err *e)
{
    const struct val *unit = work_val(r, "unit", TYPE_TEXT);
    const struct val *measure = work_val(r, "measure", TYPE_CODE);
    const struct val *deadline = work_val(r, "deadline", TYPE_DATE);
    uint32_t f = field_find(r->kind, STR("measure"));
    const struct code *c = measure && r->kind->field[f].codes
                               ? code_find(r->kind->field[f].codes, measure->text)
                               : NULL;
    view_str(v, "title", title_of(rq, r));
    view_str(v, "href", record_path(rq, r));
    view_str(v, "measure", c ? label_text(&c->label, rq->zh) : STR(""));
    double scale = scale_of(rq, unit, m);
    view_str(v, "unit", scale > 1 ? msg(rq, "web.ten_thousand_yuan") : unit ? unit->text : STR(""));
    view_str(v, "target", show_real(rq, number_of(r, "target") / scale));
    view_str(v, "deadline", deadline ? show_day(rq, deadline->num) : STR(""));
    if (m->wrong.rc != RC_OK) { /* it is declared wrongly: said where its value would stand */
        view_str(v, "error", msg_error(rq, &m->wrong));
        return RC_OK;
    }
    view_line(rq, v, m, scale, steps);
    return view_measured(rq, v, r, m, scale, missing_shown, e);
}

/* "programme in (3, 5)" */
static struct str programmes_filter(const struct request *rq, const int64_t *programme, size_t n)
{
    struct buf b;
    struct err e;
    buf_init(&b, 1 << 16);
    enum rc rc = buf_str(&b, STR("programme in ("), &e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = buf_printf(&b, &e, "%s%" PRId64, i ? ", " : "", programme[i]);
    struct str s = textf(rq, "%.*s)", (int)b.n, b.n ? b.p : "");
    buf_free(&b);
    return s;
}

void indicators_free(struct indicators *x)
{
    for (size_t i = 0; x->measured && i < x->rec.n; i++)
        vec_free(&x->measured[i].missing);
    vec_free(&x->rec);
}

/* Of n programmes at most `most` in their order, after what is there. */
static enum rc list_indicators(struct request *rq, const int64_t *programme, size_t n,
                               uint32_t most, struct indicators *out, struct err *e)
{
    struct list_answer a = {0};
    struct list_request q = {.kind = kind_find(site_kinds(rq->site), STR("indicator")),
                             .filter = programmes_filter(rq, programme, n),
                             .sort = STR("programme"),
                             .limit = most};
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    for (size_t i = 0; rc == RC_OK && i < a.rec.n; i++)
        rc = vec_push(&out->rec, a.rec.p[i], e);
    out->cut |= a.next.n > 0;
    vec_free(&a.rec);
    return rc;
}

enum rc indicators_of(struct request *rq, const int64_t *programme, size_t n, int64_t day,
                      uint32_t most, bool fair, struct indicators *out, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("indicator"));
    *out = (struct indicators){.measured = NULL};
    if (!k || !n || !actor_may(rq->actor, k, RIGHT_READ, NULL))
        return RC_OK;
    if (!fair)
        TRY(list_indicators(rq, programme, n, most, out, e));
    for (size_t i = 0; fair && i < n; i++)
        TRY(list_indicators(rq, &programme[i], 1, MAX(most / (uint32_t)n, 1u), out, e));
    out->measured = arena_calloc(rq->arena, out->rec.n + 1, sizeof *out->measured);
    if (!out->measured)
        return err_nomem(e);
    return measures_at(rq->site, rq->actor, out->rec.p, (uint32_t)out->rec.n, day, true, rq->arena,
                       out->measured, e);
}

/* ---- a programme: its actions with their indicators, as declared, then the rest ---- */

struct programme_view {
    struct request *rq;
    const struct rec *programme;
    struct view *groups;
    const struct indicators *all;
    bool *done;
};

/* For who declares indicators: where to add one to an action that has none. */
static void view_new_indicator(struct request *rq, struct view *v, const struct rec *programme,
                               struct str action)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("indicator"));
    struct buf b;
    struct err e;
    if (!k || !actor_may(rq->actor, k, RIGHT_CREATE, NULL))
        return;
    buf_init(&b, 1 << 16);
    enum rc rc = buf_printf(&b, &e, "/indicator/new?programme=%" PRId64, programme->id);
    if (rc == RC_OK && action.n) {
        rc = buf_str(&b, STR("&action="), &e);
        rc = rc == RC_OK ? url_escape(&b, action, &e) : rc;
    }
    if (rc == RC_OK)
        view_str(v, "new_indicator", textf(rq, "%.*s", (int)b.n, b.p));
    buf_free(&b);
}

static enum rc view_group(struct programme_view *p, struct str action, bool rest, struct str lead,
                          struct err *e)
{
    struct view *group = NULL, *list = NULL;
    for (size_t i = 0; i < p->all->rec.n; i++) {
        const struct val *a = work_val(&p->all->rec.p[i], "action", TYPE_TEXT);
        bool here = rest || (a && str_eq(a->text, action));
        if (p->done[i] || !here)
            continue;
        if (!group) {
            group = view_item(p->groups);
            list = view_list(group, "indicators");
        }
        p->done[i] = true;
        TRY(view_indicator(p->rq, view_item(list), &p->all->rec.p[i], &p->all->measured[i],
                           MISSING_SHOWN, true, e));
    }
    if (!group && rest)
        return RC_OK;
    if (!group) { /* an action without indicators is named all the same */
        group = view_item(p->groups);
        view_new_indicator(p->rq, group, p->programme, action);
    }
    view_str(group, "label", action);
    view_str(group, "lead", lead);
    return RC_OK;
}

static struct str sub_text(const struct field_def *f, const struct val *g, const char *name)
{
    for (uint32_t j = 0; j < f->n_sub && j < g->list.n; j++)
        if (str_eq(f->sub[j].name, str_of(name)) && f->sub[j].type == TYPE_TEXT &&
            g->list.item[j].set)
            return g->list.item[j].text;
    return STR("");
}

static enum rc view_groups(struct programme_view *p, const struct rec *r, struct err *e)
{
    uint32_t f = field_find(r->kind, STR("actions"));
    const struct val *actions = work_val(r, "actions", TYPE_GROUP);
    for (uint32_t i = 0; actions && r->kind->field[f].list && i < actions->list.n; i++) {
        const struct val *g = &actions->list.item[i];
        if (g->set)
            TRY(view_group(p, sub_text(&r->kind->field[f], g, "name"), false,
                           sub_text(&r->kind->field[f], g, "lead"), e));
    }
    return view_group(p, msg(p->rq, actions ? "web.other_indicators" : "web.live_indicators"), true,
                      STR(""), e);
}

/* The day that is asked about, and what says so on the page. */
static int64_t view_day(struct request *rq, struct view *one)
{
    int64_t today = work_today(rq), day = MIN(param_day(rq, "on", today), today);
    view_str(one, "on", show_day(rq, day));
    view_str(one, "today", show_day(rq, today));
    view_flag(one, "past", day < today);
    return day;
}

/* On its own page an indicator stands as it does on its programme's. */
enum rc view_measure(struct request *rq, struct view *v, const struct rec *r, struct err *e)
{
    struct view *one = view_map(v, "programme"), *group = view_item(view_list(one, "groups"));
    const struct val *action = work_val(r, "action", TYPE_TEXT);
    struct measured *m = arena_calloc(rq->arena, 1, sizeof *m);
    if (!m)
        return err_nomem(e);
    enum rc rc = measures_at(rq->site, rq->actor, r, 1, view_day(rq, one), true, rq->arena, m, e);
    view_flag(one, "alone", true);
    view_str(group, "label", action ? action->text : STR(""));
    if (rc == RC_OK)
        rc = view_indicator(rq, view_item(view_list(group, "indicators")), r, m, MISSING_SHOWN,
                            true, e);
    vec_free(&m->missing);
    return rc;
}

enum rc view_programme(struct request *rq, struct view *v, const struct rec *r, struct err *e)
{
    struct indicators all;
    struct view *one = view_map(v, "programme");
    int64_t day = view_day(rq, one);
    enum rc rc = indicators_of(rq, &r->id, 1, day, INDICATORS_MOST, false, &all, e);
    struct programme_view p = {.rq = rq,
                               .programme = r,
                               .groups = view_list(one, "groups"),
                               .all = &all,
                               .done = arena_calloc(rq->arena, all.rec.n + 1, sizeof(bool))};
    view_new_indicator(rq, one, r, STR(""));
    if (rc == RC_OK)
        rc = p.done ? view_groups(&p, r, e) : err_nomem(e);
    indicators_free(&all);
    return rc;
}
