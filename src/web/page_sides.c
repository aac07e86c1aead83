/* Records that two sides confirm, and what assessors say of a record: from here it goes on with one
 * press. */
#include "service/assessment.h"
#include "web/work_int.h"

#include <math.h>

/* ---- confirmations ---- */

enum rc view_sides(struct request *rq, struct view *v, const struct shown *shown, struct err *e)
{
    const struct rec *r = &shown->rec;
    struct view *list = view_list(v, "sides");
    (void)e;
    if (shown->face != FACE_FULL)
        return RC_OK;
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        const struct field_def *f = &r->kind->field[i];
        char day[12];
        if (f->confirms == NO_FIELD)
            continue;
        struct view *one = view_item(list);
        view_str(one, "label", label_text(&r->kind->field[f->confirms].label, rq->zh));
        struct str date = r->val[i].set ? date_put(day, r->val[i].num) : STR("");
        view_str(one, "date", date.n ? textf(rq, "%.*s", (int)date.n, date.p) : date);
    }
    if (shown->may_write && confirm_field(rq->actor, r) != NO_FIELD)
        view_str(v, "confirm_path", textf(rq, "%s/confirm", record_path(rq, r).p));
    return RC_OK;
}

enum rc confirm_do(struct request *rq, struct reply *re, struct err *e)
{
    TRY(record_confirm(rq->site, rq->actor, rq->kind, rq->id, param_int(rq, "version", 0),
                       rq->arena, e));
    struct str path =
        textf(rq, "/%.*s/%lld", (int)rq->kind->name.n, rq->kind->name.p, (long long)rq->id);
    return reply_see(rq, re, path, "confirmed", e);
}

/* ---- assessments ---- */

static struct str code_label(const struct request *rq, const struct rec *r, const char *field)
{
    uint32_t f = field_find(r->kind, str_of(field));
    if (f == NO_FIELD || !r->kind->field[f].codes || !r->val[f].set)
        return STR("");
    const struct code *c = code_find(r->kind->field[f].codes, r->val[f].text);
    return c ? label_text(&c->label, rq->zh) : r->val[f].text;
}

/* "任务 50% × 90" of every item */
static enum rc items_text(struct request *rq, const struct rec *r, struct str *out, struct err *e)
{
    uint32_t at = field_find(r->kind, STR("items"));
    struct buf b;
    enum rc rc = RC_OK;
    *out = STR("");
    if (at == NO_FIELD || r->kind->field[at].type != TYPE_GROUP || !r->val[at].set)
        return RC_OK;
    const struct field_def *f = &r->kind->field[at];
    buf_init(&b, 1u << 16);
    for (uint32_t i = 0; rc == RC_OK && i < r->val[at].list.n; i++) {
        const struct val *item = &r->val[at].list.item[i];
        if (i)
            rc = buf_str(&b, rq->zh ? STR("；") : STR("; "), e);
        for (uint32_t j = 0; rc == RC_OK && j < f->n_sub && j < item->list.n; j++) {
            const struct val *v = &item->list.item[j];
            if (!v->set)
                continue;
            if (str_eq(f->sub[j].name, STR("name")))
                rc = buf_str(&b, v->text, e);
            else if (str_eq(f->sub[j].name, STR("weight")))
                rc = buf_printf(&b, e, " %g%%", v->real);
            else if (str_eq(f->sub[j].name, STR("score")))
                rc = buf_printf(&b, e, " × %g", v->real);
        }
    }
    if (rc == RC_OK)
        *out = textf(rq, "%.*s", (int)b.n, b.n ? b.p : "");
    buf_free(&b);
    return rc;
}

static enum rc view_sheet(struct request *rq, struct view *list, const struct rec *r, int64_t here,
                          struct err *e)
{
    struct view *v = view_item(list);
    const struct val *score = work_val(r, "score", TYPE_DECIMAL);
    const struct val *assessor = work_val(r, "assessor", TYPE_TEXT);
    const struct val *appeal = work_val(r, "appeal", TYPE_LONG);
    struct str items;
    view_str(v, "title", title_of(rq, r));
    view_str(v, "href", record_path(rq, r));
    view_str(v, "assessor", assessor ? assessor->text : title_of(rq, r));
    view_str(v, "score", score ? show_real(rq, score->real) : STR(""));
    view_str(v, "proposal", code_label(rq, r, "proposal"));
    view_str(v, "appeal", appeal ? appeal->text : STR(""));
    view_flag(v, "here", r->id == here);
    view_state(rq, view_map(v, "state"), r);
    TRY(items_text(rq, r, &items, e));
    view_str(v, "items", items);
    return RC_OK;
}

/* The step of the subject that follows the proposal, its comment already written. */
static void view_proposed_step(struct request *rq, struct view *v, const struct shown *subject,
                               const struct assessed *one, struct str median, struct str proposal)
{
    struct str name = proposal_action(one->proposal);
    for (uint32_t i = 0; one->proposal.n && i < subject->n_steps; i++) {
        const struct action *a = subject->step[i]->action;
        if (!str_eq(a->name, name))
            continue;
        struct str comment =
            msg_with(rq, "web.proposal_comment",
                     textf(rq, "%.*s\t%.*s\t%.*s", (int)one->period.n, one->period.p, (int)median.n,
                           median.p, (int)proposal.n, proposal.p));
        view_str(v, "action", label_text(&a->label, rq->zh));
        view_str(v, "action_path",
                 textf(rq, "%s/step/%.*s?comment=%s", record_path(rq, &subject->rec).p,
                       (int)a->name.n, a->name.p, work_escape(rq, comment).p));
    }
}

static enum rc view_period(struct request *rq, struct view *list, const struct assessed *one,
                           const struct shown *subject, int64_t here, struct err *e)
{
    struct view *v = view_item(list);
    struct str median = isfinite(one->median) ? show_real(rq, one->median) : STR("");
    struct str proposal = STR("");
    view_str(v, "period", one->period);
    if (median.n)
        view_str(
            v, "median",
            msg_with(rq, "web.median_of", textf(rq, "%.*s\t%u", (int)median.n, median.p, one->n)));
    struct view *sheets = view_list(v, "sheets");
    for (size_t i = 0; i < one->sheet.n; i++) {
        const struct rec *r = &one->sheet.p[i];
        const struct val *p = work_val(r, "proposal", TYPE_CODE);
        if (p && str_eq(p->text, one->proposal))
            proposal = code_label(rq, r, "proposal");
        TRY(view_sheet(rq, sheets, r, here, e));
    }
    view_str(v, "proposal", proposal);
    view_proposed_step(rq, v, subject, one, median, proposal);
    return RC_OK;
}

/* Of a subject: every period. Of a sheet: its own. */
enum rc view_assessed(struct request *rq, struct view *v, const struct shown *shown, struct err *e)
{
    const struct rec *r = &shown->rec;
    struct shown other = {0};
    const struct shown *subject = shown;
    vec_assessed all = {0};
    bool sheet = str_eq(r->kind->name, STR("assessment"));
    const struct val *of = sheet ? work_val(r, "subject", TYPE_REF) : NULL;
    const struct val *period = sheet ? work_val(r, "period", TYPE_TEXT) : NULL;
    struct view *list = view_list(v, "assessed");
    if (sheet && !of)
        return RC_OK;
    if (sheet) {
        struct str title;
        const struct kind *k = NULL;
        TRY(record_titles(rq->site, rq->actor, &of->num, 1, rq->arena, &title, &k, e));
        if (!k) /* not for the reader */
            return RC_OK;
        TRY(record_show(rq->site, rq->actor, k, of->num, rq->arena, &other, e));
        subject = &other;
    }
    enum rc rc = assessment_periods(rq->site, rq->actor, subject->rec.id, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        if (!sheet || (period && str_eq(period->text, all.p[i].period)))
            rc = view_period(rq, list, &all.p[i], subject, sheet ? r->id : 0, e);
    assessed_free(&all);
    return rc;
}
