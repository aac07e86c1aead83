/* Records that two sides confirm: each for itself, and both anew when the terms change. */
#include "service/records.h"

#include "service/site_int.h"
#include "service/special.h"

static const struct val unset;

static bool is_term(const struct field_def *f)
{
    return f->confirms == NO_FIELD && !f->computed;
}

static bool has_confirms(const struct kind *k)
{
    for (uint32_t i = 0; i < k->n_fields; i++)
        if (k->field[i].confirms != NO_FIELD)
            return true;
    return false;
}

static int64_t side_of(const struct rec *r, uint32_t field)
{
    const struct val *v = &r->val[r->kind->field[field].confirms];
    return v->set ? v->num : 0;
}

/* ---- while it is written ---- */

static bool terms_changed(const struct rec *before, const struct rec *r)
{
    for (uint32_t i = 0; i < r->kind->n_fields; i++)
        if (is_term(&r->kind->field[i]) && !val_eq(&r->kind->field[i], &before->val[i], &r->val[i]))
            return true;
    return false;
}

static enum rc check_side(struct saving *x, uint32_t i, struct err *e)
{
    const struct field_def *f = &x->r->kind->field[i];
    const struct val *was = x->before ? &x->before->val[i] : &unset;
    if (val_eq(f, was, &x->r->val[i]) || actor_writes_all(x->a) ||
        (x->a->org && side_of(x->r, i) == x->a->org))
        return RC_OK;
    const struct label *l = &x->r->kind->field[f->confirms].label;
    struct buf b;
    buf_init(&b, 1u << 12);
    enum rc rc = buf_str(&b, label_text(l, true), e);
    if (rc == RC_OK)
        rc = buf_char(&b, '\t', e);
    if (rc == RC_OK)
        rc = buf_str(&b, label_text(l, false), e);
    struct str detail = rc == RC_OK ? arena_str(x->to, buf_view(&b)) : (struct str){0};
    buf_free(&b);
    if (rc == RC_OK && !detail.p)
        rc = err_nomem(e);
    return rc == RC_OK
               ? fault_add(x->faults, i, UINT32_MAX, UINT32_MAX, "field.other_side", detail, e)
               : rc;
}

static bool asks_confirms(const struct kind *k, const struct action *a)
{
    for (uint32_t i = 0; i < a->n_require; i++)
        if (k->field[a->require[i]].confirms != NO_FIELD)
            return true;
    return false;
}

/* Is the state entered by steps only that ask for confirmations? */
static bool is_confirmed_state(const struct kind *k, uint32_t state)
{
    bool any = false;
    for (uint32_t i = 0; i < k->n_states; i++)
        for (uint32_t j = 0; j < k->state[i].n_steps; j++) {
            if (k->state[i].step[j].to != state)
                continue;
            if (!asks_confirms(k, k->state[i].step[j].action))
                return false;
            any = true;
        }
    return any;
}

enum rc confirms_before(struct saving *x, struct err *e)
{
    const struct kind *k = x->r->kind;
    if (!has_confirms(k))
        return RC_OK;
    for (uint32_t i = 0; i < k->n_fields; i++)
        if (k->field[i].confirms != NO_FIELD)
            TRY(check_side(x, i, e));
    if (!x->before || !terms_changed(x->before, x->r))
        return RC_OK;
    /* who changes the terms may confirm the new ones in the same write */
    for (uint32_t i = 0; i < k->n_fields; i++)
        if (k->field[i].confirms != NO_FIELD && x->before->val[i].set &&
            val_eq(&k->field[i], &x->before->val[i], &x->r->val[i]))
            x->r->val[i] = unset;
    if (!x->step && x->r->state != NO_STATE && is_confirmed_state(k, x->r->state))
        x->r->state = 0;
    return RC_OK;
}

/* ---- by one press ---- */

uint32_t confirm_field(const struct actor *a, const struct rec *r)
{
    for (uint32_t i = 0; i < r->kind->n_fields; i++)
        if (r->kind->field[i].confirms != NO_FIELD && !r->val[i].set && a->org &&
            side_of(r, i) == a->org)
            return i;
    return NO_FIELD;
}

/* The step that waited for this confirmation, the others being there; NULL: none. */
static const struct step *step_behind(const struct shown *s, uint32_t field)
{
    for (uint32_t i = 0; i < s->n_steps; i++) {
        const struct action *a = s->step[i]->action;
        bool asks = false, whole = true;
        for (uint32_t j = 0; j < a->n_require; j++) {
            asks |= a->require[j] == field;
            whole &= a->require[j] == field || s->rec.val[a->require[j]].set;
        }
        if (asks && whole && !a->comment && !a->reason)
            return s->step[i];
    }
    return NULL;
}

enum rc record_confirm(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                       int64_t version, struct arena *to, struct err *e)
{
    char day[12];
    struct shown shown = {0};
    vec_fault faults = {0};
    struct rec done;
    TRY(record_show(s, a, k, id, to, &shown, e));
    uint32_t field = confirm_field(a, &shown.rec);
    if (field == NO_FIELD)
        return err_user(e, "service.no_side", "%s", "");
    struct typed t = {k->field[field].name, date_put(day, site_today(s))};
    const struct step *step = step_behind(&shown, field);
    enum rc rc;
    if (step) {
        struct act act = {.id = id,
                          .version = version ? version : shown.rec.version,
                          .action = step->action->name,
                          .typed = &t,
                          .n_typed = 1};
        rc = record_act(s, a, k, &act, to, &done, &faults, e);
    } else {
        if (version)
            shown.rec.version = version;
        rc = record_fill(s, a, &shown.rec, &t, 1, to, &faults, e);
        if (rc == RC_OK)
            rc = record_save(s, a, &shown.rec, STR(""), to, &faults, e);
    }
    vec_free(&faults);
    return rc;
}
