/* How far a project has come: its stages (0, 1, N and back) and readiness, since when, and who said
 * so; from its history. */
#include "web/work_int.h"

static bool same_field(const struct rec *a, const struct rec *b, const char *field)
{
    uint32_t f = field_find(a->kind, str_of(field));
    return f == NO_FIELD || val_eq(&a->kind->field[f], &a->val[f], &b->val[f]);
}

static struct str stage_label(const struct request *rq, const struct rec *r)
{
    const struct val *v = work_val(r, "stage", TYPE_CODE);
    uint32_t f = field_find(r->kind, STR("stage"));
    const struct code *c = v ? code_find(r->kind->field[f].codes, v->text) : NULL;
    return c ? label_text(&c->label, rq->zh) : STR("");
}

static void view_stop(struct request *rq, struct view *v, const struct event_shown *ev)
{
    const struct val *trl = work_val(&ev->after, "trl", TYPE_INT);
    view_str(v, "day", show_time(rq, ev->entry.at));
    view_str(v, "who", ev->who.n ? ev->who : msg(rq, "web.the_system"));
    view_str(v, "stage", stage_label(rq, &ev->after));
    if (trl)
        view_printf(v, "trl", "TRL %lld", (long long)trl->num);
    view_str(v, "comment", ev->entry.comment);
}

/* Where it began is worth saying once it has moved. */
enum rc view_stops(struct request *rq, struct view *v, const struct shown *shown, struct err *e)
{
    const struct rec *r = &shown->rec;
    vec_event events = {0};
    uint32_t stops = 0;
    if (shown->face != FACE_FULL || !str_eq(r->kind->name, STR("project")))
        return RC_OK;
    enum rc rc = record_history(rq->site, rq->actor, r->kind, r->id, rq->arena, &events, e);
    for (int pass = 0; rc == RC_OK && pass < 2; pass++) {
        struct view *list = pass && stops > 1 ? view_list(v, "course") : NULL;
        for (size_t i = 0; i < events.n; i++) {
            const struct event_shown *ev = &events.p[i];
            if (!ev->after.kind ||
                (ev->before.kind && same_field(&ev->before, &ev->after, "stage") &&
                 same_field(&ev->before, &ev->after, "trl")))
                continue;
            stops += !pass;
            if (list)
                view_stop(rq, view_item(list), ev);
        }
    }
    events_free(&events);
    return rc;
}
