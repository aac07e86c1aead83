/* What comes after a record: every kind with a `thread` reference to its kind can be made from it,
 * with that reference and all they have in common filled in. */
#include "web/page_int.h"

/* The reference of `k` that says what it comes after; NO_FIELD: none to records of kind `to`. */
static uint32_t thread_field(const struct kind *k, const struct kind *to)
{
    for (uint32_t i = 0; i < k->n_fields; i++) {
        const struct field_def *f = &k->field[i];
        if (f->type == TYPE_REF && f->thread && !f->list && !f->computed && f->of_kind == to)
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
        if (thread_field(k, r->kind) == NO_FIELD || !actor_may(rq->actor, k, RIGHT_CREATE, NULL))
            continue;
        struct view *one = view_item(list);
        view_str(one, "label", label_text(&k->label, rq->zh));
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
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        uint32_t j = field_find(k, r->kind->field[i].name);
        if (j != NO_FIELD && s.rec.val[j].set && in_common(&r->kind->field[i], &k->field[j]))
            r->val[i] = s.rec.val[j];
    }
    r->val[thread] = (struct val){.set = true, .num = from};
    if (!rq->actor->org && !r->org)
        r->org = s.rec.org;
    return RC_OK;
}
