/* What comes after a record: every kind with a `thread` reference to its kind can be made from it,
 * with that reference and all they have in common filled in. */
#include "web/page_int.h"
#include "web/work_int.h"

/* What is found in production opens a research topic or a need (N, 1, 0). It has a name of its own,
 * and another beginning than what goes on from a project: its words are written for it, nothing but
 * the link is taken over. */
static const struct feedback {
    const char *kind, *field, *label;
} feedbacks[] = {{"project", "back", "web.feedback_topic"},
                 {"need", "origin", "web.feedback_need"}};

static const struct feedback *feedback_of(const struct kind *k, uint32_t thread)
{
    for (size_t i = 0; i < ARRAY_LEN(feedbacks); i++)
        if (str_eq(k->name, str_of(feedbacks[i].kind)) &&
            str_eq(k->field[thread].name, str_of(feedbacks[i].field)))
            return &feedbacks[i];
    return NULL;
}

/* The reference of `k` that says what it comes after; NO_FIELD: none to records of kind `to`. */
static uint32_t thread_field(const struct kind *k, const struct kind *to)
{
    for (uint32_t i = 0; i < k->n_fields; i++) {
        const struct field_def *f = &k->field[i];
        if (f->type == TYPE_REF && f->thread && !f->computed && ref_names(f, to))
            return i;
    }
    return NO_FIELD;
}

void view_follow(struct request *rq, struct view *v, const struct rec *r)
{
    const struct kinds *kinds = site_kinds(rq->site);
    struct view *list = view_list(v, "follow");
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        uint32_t thread = thread_field(k, r->kind);
        if (thread == NO_FIELD || !actor_may(rq->actor, k, RIGHT_CREATE, NULL))
            continue;
        const struct feedback *back = feedback_of(k, thread);
        struct view *one = view_item(list);
        view_str(one, "label", back ? msg(rq, back->label) : label_text(&k->label, rq->zh));
        view_str(one, "href",
                 textf(rq, "/%.*s/new?from=%lld", (int)k->name.n, k->name.p, (long long)r->id));
    }
}

/* Words, amounts and groups are said anew; who, what kind and when stay. What is secret there would
 * not be here: it is not taken along. */
static bool in_common(const struct field_def *to, const struct field_def *from)
{
    bool kept = to->type == TYPE_REF || to->type == TYPE_CODE || to->type == TYPE_DATE;
    return kept && !to->computed && from->secret == SECRET_NONE && to->type == from->type &&
           to->list == from->list && to->of_kind == from->of_kind && to->codes == from->codes;
}

static void fill_common(struct rec *r, const struct rec *from)
{
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        uint32_t j = field_find(from->kind, r->kind->field[i].name);
        if (j != NO_FIELD && from->val[j].set &&
            in_common(&r->kind->field[i], &from->kind->field[j]))
            r->val[i] = from->val[j];
    }
}

/* One stage back, and the words that ask for what is to be written. */
static void fill_feedback(struct request *rq, struct rec *r, const struct rec *from)
{
    const struct val *stage = work_val(from, "stage", TYPE_CODE);
    struct str back = stage && str_eq(stage->text, STR("s1")) ? STR("s0") : STR("s1");
    const struct {
        const char *field;
        enum type type;
        struct str text;
    } words[] = {{"title", TYPE_TEXT, msg_with(rq, "web.feedback_title", title_of(rq, from))},
                 {"body", TYPE_LONG, msg_with(rq, "web.feedback_body", title_of(rq, from))},
                 {"stage", TYPE_CODE, back}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        uint32_t f = field_find(r->kind, str_of(words[i].field));
        if (f != NO_FIELD && r->kind->field[f].type == words[i].type)
            r->val[f] = (struct val){.set = true, .text = words[i].text};
    }
}

/* The reference that it comes by; in a list the first of it. */
static enum rc fill_thread(struct request *rq, struct rec *r, uint32_t thread, int64_t from,
                           struct err *e)
{
    const struct val one = {.set = true, .num = from};
    r->val[thread] = one;
    if (!r->kind->field[thread].list)
        return RC_OK;
    struct val *item = arena_alloc(rq->arena, sizeof *item);
    if (!item)
        return err_nomem(e);
    *item = one;
    r->val[thread] = (struct val){.set = true, .list = {item, 1}};
    return RC_OK;
}

/* ---- an assessment, by the score sheet that is in use for its subject ---- */

static void copy_cell(const struct field_def *to, struct val *row, const struct field_def *from,
                      const struct val *given, const char *name)
{
    for (uint32_t i = 0; i < to->n_sub; i++)
        for (uint32_t j = 0; j < from->n_sub && j < given->list.n; j++)
            if (str_eq(to->sub[i].name, str_of(name)) && str_eq(from->sub[j].name, str_of(name)) &&
                to->sub[i].type == from->sub[j].type)
                row[i] = given->list.item[j];
}

/* Its items with their weights; the scores are left to be filled in. */
static enum rc fill_items(struct request *rq, struct rec *r, const struct rec *sheet, struct err *e)
{
    uint32_t at = field_find(r->kind, STR("items")), by = field_find(sheet->kind, STR("items"));
    if (at == NO_FIELD || by == NO_FIELD || !sheet->val[by].set)
        return RC_OK;
    const struct field_def *f = &r->kind->field[at], *g = &sheet->kind->field[by];
    uint32_t n = sheet->val[by].list.n;
    struct val *row = arena_calloc(rq->arena, n + 1, sizeof *row);
    if (!row)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        struct val *sub = arena_calloc(rq->arena, f->n_sub, sizeof *sub);
        if (!sub)
            return err_nomem(e);
        copy_cell(f, sub, g, &sheet->val[by].list.item[i], "name");
        copy_cell(f, sub, g, &sheet->val[by].list.item[i], "weight");
        row[i] = (struct val){.set = true, .list = {sub, f->n_sub}};
    }
    r->val[at] = (struct val){.set = n > 0, .list = {row, n}};
    return RC_OK;
}

static void fill_text(struct rec *r, const char *field, struct str text)
{
    uint32_t f = field_find(r->kind, str_of(field));
    if (f != NO_FIELD && r->kind->field[f].type == TYPE_TEXT && text.n)
        r->val[f] = (struct val){.set = true, .text = text};
}

/* Is the sheet's `subjects` a table that has this kind? */
static bool sheets_for(const struct kind *sheet, const struct kind *subject)
{
    uint32_t f = field_find(sheet, STR("subjects"));
    return f != NO_FIELD && sheet->field[f].codes &&
           code_find(sheet->field[f].codes, subject->name);
}

static enum rc fill_assessment(struct request *rq, struct rec *r, const struct rec *subject,
                               struct err *e)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("scoresheet"));
    uint32_t at = field_find(r->kind, STR("sheet"));
    struct list_answer a = {0};
    int year, month, day;
    if (!str_eq(r->kind->name, STR("assessment")))
        return RC_OK;
    days_to(work_today(rq), &year, &month, &day);
    fill_text(r, "title", msg_with(rq, "web.assessment_title", title_of(rq, subject)));
    fill_text(r, "assessor", rq->actor->name);
    fill_text(r, "period", textf(rq, "%d", year));
    if (!k || at == NO_FIELD || r->kind->field[at].of_kind != k || !sheets_for(k, subject->kind))
        return RC_OK;
    struct list_request q = {.kind = k,
                             .filter = textf(rq, "state = active and subjects = %.*s",
                                             (int)subject->kind->name.n, subject->kind->name.p),
                             .sort = STR("-id"),
                             .limit = 1};
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    if (rc == RC_OK && a.rec.n) {
        r->val[at] = (struct val){.set = true, .num = a.rec.p[0].id};
        rc = fill_items(rq, r, &a.rec.p[0], e);
    }
    vec_free(&a.rec);
    return rc;
}

enum rc follow_fill(struct request *rq, struct rec *r, struct err *e)
{
    int64_t from = param_int(rq, "from", 0);
    struct shown s = {0};
    struct str title;
    const struct kind *k = NULL;
    if (from <= 0)
        return RC_OK;
    TRY(record_titles(rq->site, rq->actor, &from, 1, rq->arena, &title, &k, e));
    uint32_t thread = k ? thread_field(r->kind, k) : NO_FIELD;
    if (thread == NO_FIELD)
        return RC_OK; /* not to be seen, or nothing of it follows */
    TRY(record_show(rq->site, rq->actor, k, from, rq->arena, &s, e));
    if (feedback_of(r->kind, thread))
        fill_feedback(rq, r, &s.rec);
    else
        fill_common(r, &s.rec);
    TRY(fill_assessment(rq, r, &s.rec, e));
    TRY(fill_thread(rq, r, thread, from, e));
    if (!rq->actor->org && !r->org)
        r->org = s.rec.org;
    return RC_OK;
}
