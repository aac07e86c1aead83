/* A company's place on the ladder, on any day: on its page and in the API. */
#include "web/api_int.h"
#include "web/work_int.h"

#include <inttypes.h>

#define TIERS_MOST 200u

/* All that the company was ever given, as far as the reader sees it, the latest first. */
static enum rc tiers_of(struct request *rq, int64_t company, vec_rec *out, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("rank"));
    struct list_answer a = {0};
    if (!k || !actor_may(rq->actor, k, RIGHT_READ, NULL))
        return RC_OK;
    struct list_request q = {.kind = k,
                             .filter = textf(rq, "company = %" PRId64, company),
                             .sort = STR("-start"),
                             .limit = TIERS_MOST};
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    *out = a.rec;
    return rc;
}

/* Both days are included; without an end it holds on. */
static bool held_on(const struct rec *r, int64_t day)
{
    const struct val *start = work_val(r, "start", TYPE_DATE), *end = work_val(r, "end", TYPE_DATE);
    return start && start->num <= day && (!end || end->num >= day);
}

static struct str tier_code(const struct rec *r)
{
    const struct val *v = work_val(r, "tier", TYPE_CODE);
    return v ? v->text : STR("");
}

static struct str tier_label(const struct request *rq, const struct rec *r)
{
    uint32_t f = field_find(r->kind, STR("tier"));
    struct str code = tier_code(r);
    const struct code *c =
        f != NO_FIELD && r->kind->field[f].codes ? code_find(r->kind->field[f].codes, code) : NULL;
    return c ? label_text(&c->label, rq->zh) : code;
}

static struct str day_text(const struct request *rq, const struct rec *r, const char *field)
{
    const struct val *v = work_val(r, field, TYPE_DATE);
    return v ? show_day(rq, v->num) : STR("");
}

static struct str certificate_of(const struct rec *r)
{
    const struct val *v = work_val(r, "certificate", TYPE_TEXT);
    return v ? v->text : STR("");
}

/* ---- on the page ---- */

static void view_tier(const struct request *rq, struct view *list, const struct rec *r, bool held)
{
    struct view *v = view_item(list);
    view_str(v, "label", tier_label(rq, r));
    view_str(v, "href", record_path(rq, r));
    view_str(v, "start", day_text(rq, r, "start"));
    view_str(v, "until", day_text(rq, r, "end"));
    view_str(v, "certificate", certificate_of(r));
    view_flag(v, "valid", held);
    view_flag(v, "unsure", work_val(r, "unsure", TYPE_BOOL) != NULL);
}

static bool is_company(const struct rec *org)
{
    const struct val *type = work_val(org, "type", TYPE_CODE);
    return type && str_eq(type->text, STR("company"));
}

enum rc view_tiers_of(struct request *rq, struct view *v, const struct rec *org, struct err *e)
{
    vec_rec all = {0};
    const struct kind *k = kind_find(site_kinds(rq->site), STR("rank"));
    bool may = k && is_company(org) && actor_may(rq->actor, k, RIGHT_CREATE, NULL);
    int64_t today = work_today(rq), day = param_day(rq, "on", today);
    enum rc rc = tiers_of(rq, org->id, &all, e);
    if (rc == RC_OK && (all.n || may)) {
        struct view *one = view_map(v, "tiers");
        struct view *held = view_list(one, "held"), *rows = view_list(one, "rows");
        view_str(one, "on", show_day(rq, day));
        view_flag(one, "past", day != today);
        if (may)
            view_str(
                one, "new_path",
                textf(rq, "/rank/new?company=%" PRId64 "&owner=%%23%" PRId64, org->id, org->id));
        for (size_t i = 0; i < all.n; i++) {
            bool holds = held_on(&all.p[i], day);
            if (holds)
                view_tier(rq, held, &all.p[i], true);
            view_tier(rq, rows, &all.p[i], holds);
        }
    }
    vec_free(&all);
    return rc;
}

/* ---- in the API ---- */

static enum rc print_tier(const struct request *rq, struct buf *out, const struct rec *r, bool held,
                          struct err *e)
{
    static const char *const days[] = {"start", "end"};
    TRY(buf_printf(out, e, "{\"id\":%" PRId64, r->id));
    TRY(api_pair(out, "tier", tier_code(r), false, e));
    TRY(api_pair(out, "label", tier_label(rq, r), false, e));
    for (size_t i = 0; i < ARRAY_LEN(days); i++) {
        struct str day = day_text(rq, r, days[i]);
        if (day.n)
            TRY(api_pair(out, days[i], day, false, e));
    }
    if (certificate_of(r).n)
        TRY(api_pair(out, "certificate", certificate_of(r), false, e));
    return buf_printf(out, e, ",\"held\":%s}", held ? "true" : "false");
}

enum rc api_tiers(struct request *rq, struct reply *re, struct err *e)
{
    struct shown s;
    vec_rec all = {0};
    struct str on = str_trim(param_text(rq, "on"));
    int64_t day = work_today(rq);
    char text[12];
    if (!rq->kind->is_self)
        return err_user(e, "web.no_page", "%s", "");
    if (on.n && !date_read(on, &day))
        return err_user(e, "web.parameter", "%s", "on");
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &s, e));
    TRY(tiers_of(rq, rq->id, &all, e));
    struct buf *out = &re->body;
    re->type = "application/json";
    enum rc rc = buf_printf(out, e, "{\"company\":%" PRId64, rq->id);
    if (rc == RC_OK)
        rc = api_pair(out, "on", date_put(text, day), false, e);
    if (rc == RC_OK)
        rc = buf_str(out, STR(",\"items\":["), e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        if (i)
            rc = buf_char(out, ',', e);
        if (rc == RC_OK)
            rc = print_tier(rq, out, &all.p[i], held_on(&all.p[i], day), e);
    }
    vec_free(&all);
    return rc == RC_OK ? buf_str(out, STR("]}"), e) : rc;
}
