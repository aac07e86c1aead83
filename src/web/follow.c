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
    TRY(fill_thread(rq, r, thread, from, e));
    if (!rq->actor->org && !r->org)
        r->org = s.rec.org;
    return RC_OK;
}
