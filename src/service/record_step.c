/* Steps from state to state: who may take one, what it asks for. */
#include "service/records.h"

#include "service/approval_int.h"
#include "service/record_int.h"

struct act_call {
    const struct actor *a;
    const struct kind *k;
    const struct act *act;
    struct arena *to;
    struct rec *out;
    vec_fault *faults;
};

static enum rc find_step_of(struct act_call *c, const struct viewed *v, const struct step **out,
                            struct err *e)
{
    if (v->face != FACE_FULL && !v->partner)
        return record_denied(e);
    if (v->full.state != NO_STATE)
        *out = step_find(c->k, v->full.state, c->act->action);
    if (c->act->version && c->act->version != v->full.version)
        return err_user(e, "store.stale", "%lld", (long long)v->full.version);
    if (!*out)
        return err_user(e, "service.no_step", "%.60s", c->act->action.n ? c->act->action.p : "");
    return actor_may_step_as(c->a, &v->full, *out, v->partner) ? RC_OK : record_denied(e);
}

static bool asks_for(const struct action *action, uint32_t field)
{
    for (uint32_t i = 0; i < action->n_require; i++)
        if (action->require[i] == field)
            return true;
    return false;
}

/* Who may take the step may give what it asks for; anything else needs the right to write. */
static enum rc check_typed(struct act_call *c, const struct rec *before, const struct rec *r,
                           const struct action *action, bool partner, struct err *e)
{
    vec_change change = {0};
    bool may = actor_may_write_as(c->a, before, partner);
    bool asked = before->org == r->org && before->secrecy == r->secrecy;
    enum rc rc = rec_diff(before, r, &change, e);
    for (size_t i = 0; i < change.n; i++)
        asked &= !change.p[i].masked && asks_for(action, change.p[i].field);
    vec_free(&change);
    if (rc != RC_OK)
        return rc;
    return may || asked ? RC_OK : record_denied(e);
}

static enum rc check_words(struct act_call *c, const struct action *action, struct err *e)
{
    const struct act *act = c->act;
    if (action->comment && !str_trim(act->comment).n)
        TRY(fault_add(c->faults, NO_FIELD, UINT32_MAX, UINT32_MAX, "field.comment", STR(""), e));
    if (action->reason ? !code_find(action->reason, act->reason) : act->reason.n != 0)
        TRY(fault_add(c->faults, NO_FIELD, UINT32_MAX, UINT32_MAX, "field.reason", STR(""), e));
    return RC_OK;
}

static enum rc act(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct act_call *c = ctx;
    const struct step *step = NULL;
    struct viewed v;
    bool barred;
    TRY(view_get(tx, c->a, c->k, c->act->id, c->to, &v, e));
    if (!v.found)
        return view_missing(e);
    TRY(find_step_of(c, &v, &step, e));
    TRY(view_other(tx, c->a, step->action, c->act->id, c->to, &barred, e));
    if (barred)
        return err_user(e, "service.same_person", "%.*s", (int)step->action->other.n,
                        step->action->other.p);
    struct rec *r = record_copy(&v.full, c->to);
    if (!r)
        return err_nomem(e);
    struct saving x = {s, tx, c->a, c->to, &v.full, r, step, c->faults, false};
    if (c->act->n_typed) {
        TRY(fill_in(s, tx, c->a, r, c->act->typed, c->act->n_typed, c->to, c->faults, e));
        TRY(check_typed(c, &v.full, r, step->action, v.partner, e));
        TRY(saving_check(&x, e));
    }
    TRY(check_words(c, step->action, e));
    r->state = step->to;
    TRY(saving_prepare(&x, e));
    TRY(rec_check_action(r, step->action, c->faults, e));
    struct by by = actor_by(s, c->a, step->action->name, c->act->comment, c->act->reason);
    TRY(saving_put(&x, &by, e));
    TRY(approval_begin(&x, e));
    rec_compute(r, site_today(s));
    *c->out = *r;
    return RC_OK;
}

enum rc record_step_in(struct site *s, struct tx *tx, const struct actor *a, const struct rec *full,
                       struct str action, struct str comment, struct arena *to, vec_fault *faults,
                       struct err *e)
{
    const struct step *step =
        full->state == NO_STATE ? NULL : step_find(full->kind, full->state, action);
    const struct act what = {.comment = comment};
    struct act_call c = {.act = &what, .faults = faults};
    if (!step)
        return err_user(e, "service.no_step", "%.*s", (int)action.n, action.p);
    struct rec *r = record_copy(full, to);
    if (!r)
        return err_nomem(e);
    struct saving x = {s, tx, a, to, full, r, step, faults, true};
    TRY(check_words(&c, step->action, e));
    r->state = step->to;
    TRY(saving_prepare(&x, e));
    TRY(rec_check_action(r, step->action, faults, e));
    struct by by = actor_by(s, a, step->action->name, comment, STR(""));
    return saving_put(&x, &by, e);
}

/* What the actor is given of it now: a partner acts on more than it sees. */
static enum rc act_face(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct act_call *c = ctx;
    struct viewed v;
    TRY(view_get(tx, c->a, c->k, c->act->id, c->to, &v, e));
    if (!v.found)
        *c->out = (struct rec){.kind = c->k, .id = c->act->id, .state = NO_STATE};
    else
        *c->out = v.rec;
    if (v.found)
        rec_compute(c->out, site_today(s));
    return RC_OK;
}

enum rc record_act(struct site *s, const struct actor *a, const struct kind *k,
                   const struct act *what, struct arena *to, struct rec *out, vec_fault *faults,
                   struct err *e)
{
    struct act_call c = {a, k, what, to, out, faults};
    *out = (struct rec){0};
    TRY(site_write(s, act, &c, e));
    return actor_sees_all(a, out) ? RC_OK : site_read(s, act_face, &c, e);
}
