/* Writing records: saving, steps, deleting, expiry. All checks and the write are one transaction.
 */
#include "service/records.h"

#include "base/log.h"
#include "record/formula.h"
#include "service/approval_int.h"
#include "service/notify.h"
#include "service/site_int.h"
#include "service/special.h"

#include <stdio.h>

#define EXPIRE_BATCH 200u
#define DAY          86400

static enum rc denied(struct err *e)
{
    return err_user(e, "service.denied", "%s", "");
}

static bool is_locked(const struct rec *r)
{
    return r->state != NO_STATE && r->kind->state[r->state].locked;
}

struct rec *record_copy(const struct rec *r, struct arena *to)
{
    uint32_t n = r->kind->n_fields;
    struct rec *c = arena_alloc(to, sizeof *c);
    struct val *val = arena_calloc(to, n, sizeof *val), *masked = arena_calloc(to, n, sizeof *val);
    if (!c || !val || !masked)
        return NULL;
    *c = *r;
    if (n) {
        memcpy(val, r->val, n * sizeof *val);
        memcpy(masked, r->masked, n * sizeof *val);
    }
    c->val = val;
    c->masked = masked;
    return c;
}

/* ---- checks ---- */

/* "双聘、项目、专家"; without memory nothing. */
static struct str kinds_named(struct saving *x, const struct field_def *f)
{
    char text[400];
    size_t n = 0;
    for (uint32_t i = 0; i < f->n_among && n < sizeof text; i++) {
        struct str one = label_text(&f->among[i]->label, x->a->zh);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s",
                              !i         ? ""
                              : x->a->zh ? "、"
                                         : ", ",
                              (int)one.n, one.p);
    }
    return arena_str(x->to, (struct str){text, MIN(n, sizeof text - 1)});
}

/* A reference that was not there before must lead to a record that the actor may see: else the
 * answer would tell that there is one. */
static enum rc check_ref(struct saving *x, const struct field_def *f, const struct val *v,
                         const struct val *before, const struct field_def *whole,
                         struct fault_at *at, struct err *e)
{
    struct viewed seen;
    struct field_def one = *f;
    if (!v->set || (f->type != TYPE_REF && f->type != TYPE_GROUP))
        return RC_OK;
    if (f->type == TYPE_REF && !f->list) {
        if (v->num >= REF_PENDING || (before && val_holds_ref(whole, before, v->num)))
            return RC_OK;
        TRY(view_get(x->tx, x->a, f->of_kind, v->num, x->to, &seen, e));
        char text[24];
        snprintf(text, sizeof text, "#%lld", (long long)v->num);
        bool other = seen.found && f->n_among && !ref_names(f, seen.rec.kind);
        at->key = other ? "field.ref_kind" : "field.ref_unknown";
        at->detail = other ? kinds_named(x, f) : arena_str(x->to, str_of(text));
        if (!at->detail.p)
            return err_nomem(e);
        return seen.found && !other ? RC_OK : vec_push(x->faults, *at, e);
    }
    one.list = false;
    for (uint32_t i = 0; i < v->list.n; i++) {
        struct fault_at in = *at;
        if (f->list)
            in.item = i;
        else
            in.sub = i;
        TRY(check_ref(x, f->list ? &one : &f->sub[i], &v->list.item[i], before, whole, &in, e));
    }
    return RC_OK;
}

static enum rc check_refs(struct saving *x, struct err *e)
{
    const struct kind *k = x->r->kind;
    struct viewed owner;
    for (uint32_t i = 0; i < k->n_fields; i++) {
        struct fault_at at = {.field = i, .item = UINT32_MAX, .sub = UINT32_MAX};
        if (!k->field[i].computed)
            TRY(check_ref(x, &k->field[i], &x->r->val[i], x->before ? &x->before->val[i] : NULL,
                          &k->field[i], &at, e));
    }
    if (!x->r->org || k->is_self || (x->before && x->before->org == x->r->org))
        return RC_OK;
    TRY(view_get(x->tx, x->a, NULL, x->r->org, x->to, &owner, e));
    if (owner.found && owner.rec.kind->is_self)
        return RC_OK;
    return fault_add(x->faults, NO_FIELD, UINT32_MAX, UINT32_MAX, "field.owner", STR(""), e);
}

/* ---- rules ---- */

/* The records that a rule asks about, whole: the actor sees that they are there (check_refs went
 * before), and learns no more than that the rule is broken. */
struct asking {
    struct saving *x;
    bool pending; /* a row of an import that is not written yet */
};

static enum rc follow_ref(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    struct asking *q = ctx;
    struct rec *r;
    bool found;
    *out = NULL;
    if (id >= REF_PENDING) {
        q->pending = true;
        return RC_OK;
    }
    r = arena_alloc(q->x->to, sizeof *r);
    if (!r)
        return err_nomem(e);
    TRY(store_get(q->x->tx, NULL, id, q->x->to, r, &found, e));
    *out = found ? r : NULL;
    return RC_OK;
}

static enum rc check_rules(struct saving *x, struct err *e)
{
    struct asking q = {.x = x};
    size_t before = x->faults->n;
    TRY(rec_check_rules(x->r, site_today(x->s), follow_ref, &q, x->faults, x->to, e));
    if (q.pending) /* record_put_in asks again */
        x->faults->n = before;
    return RC_OK;
}

/* Fields, references, rules; these only where every reference is one that the actor may make. */
static enum rc check_all(struct saving *x, struct err *e)
{
    TRY(rec_check(x->r, x->to, x->faults, e));
    size_t before = x->faults->n;
    TRY(check_refs(x, e));
    TRY(attach_check(x, e));
    return x->faults->n == before ? check_rules(x, e) : RC_OK;
}

/* What other records hold must not be told to who may not see them. */
static enum rc hide_other(struct saving *x, enum rc rc, struct err *e)
{
    struct viewed other;
    struct err why = *e;
    if (rc != RC_USER || strcmp(e->key, "store.unique") != 0)
        return rc;
    char *tab = strchr(why.detail, '\t');
    int64_t id = 0;
    for (const char *p = tab ? tab + 1 : ""; *p >= '0' && *p <= '9'; p++)
        id = id * 10 + (*p - '0');
    enum rc seen = view_get(x->tx, x->a, NULL, id, x->to, &other, NULL);
    *e = why;
    tab = strchr(e->detail, '\t');
    if (tab && (seen != RC_OK || !other.found))
        tab[1] = 0;
    return rc;
}

/* ---- the write ---- */

static enum rc put(struct saving *x, const struct by *by, struct err *e)
{
    const struct special *special = special_of(x->r->kind);
    struct err own;
    if (x->before && !x->by_chain)
        TRY(approval_unlocked(x->s, x->tx, x->before, x->to, e));
    if (x->faults->n)
        return err_user(e, "service.invalid", "%zu", x->faults->n);
    x->r->updated = by->at;
    if (!x->before)
        x->r->created = x->r->since = by->at;
    else if (x->step || x->before->state != x->r->state)
        x->r->since = by->at;
    enum rc rc = store_put(x->tx, x->r, by, &own);
    if (rc != RC_OK) {
        rc = hide_other(x, rc, &own);
        if (e)
            *e = own;
        return rc;
    }
    if (special && special->after_save)
        TRY(special->after_save(x, e));
    TRY(parties_after(x, e));
    return notice_step(x->s, x->tx, x->a, x->before, x->r, x->to, e);
}

/* Derived fields: those of the kind's own code first, then what formulas make of them. */
static enum rc prepare(struct saving *x, struct err *e)
{
    const struct special *special = special_of(x->r->kind);
    struct asking q = {.x = x};
    size_t before = x->faults->n;
    TRY(confirms_before(x, e));
    if (special && special->before_save)
        TRY(special->before_save(x, e));
    TRY(rec_formulas(x->r, site_today(x->s), follow_ref, &q, x->faults, x->to, e));
    if (q.pending) /* record_put_in asks again */
        x->faults->n = before;
    return RC_OK;
}

enum rc record_check_in(struct saving *x, struct err *e)
{
    bool locked = false;
    TRY(prepare(x, e));
    if (x->before)
        TRY(approval_locked(x->s, x->tx, x->before, x->to, &locked, e));
    if (locked)
        TRY(fault_add(x->faults, NO_FIELD, UINT32_MAX, UINT32_MAX, "field.in_approval", STR(""),
                      e));
    return check_all(x, e);
}

enum rc record_put_in(struct saving *x, const struct by *by, struct err *e)
{
    struct asking q = {.x = x};
    TRY(rec_formulas(x->r, site_today(x->s), follow_ref, &q, x->faults, x->to, e));
    TRY(check_rules(x, e));
    return put(x, by, e);
}

static enum rc same(const struct rec *a, const struct rec *b, bool *out, struct err *e)
{
    vec_change change = {0};
    enum rc rc = rec_diff(a, b, &change, e);
    *out = !change.n && a->org == b->org && a->secrecy == b->secrecy && a->state == b->state;
    vec_free(&change);
    return rc;
}

/* ---- saving ---- */

struct save_call {
    const struct actor *a;
    struct rec *r;
    struct str comment;
    struct arena *to;
    vec_fault *faults;
    bool computed; /* keep computed fields as they are given */
};

/* The record as it is stored, if the actor may write it. */
static enum rc load_before(struct save_call *c, struct tx *tx, struct viewed *v, struct err *e)
{
    TRY(view_get(tx, c->a, c->r->kind, c->r->id, c->to, v, e));
    if (!v->found)
        return view_missing(e);
    if (v->partner ? !actor_may_write_as(c->a, &v->full, true) && !is_locked(&v->full)
                   : v->face != FACE_FULL || !actor_may(c->a, c->r->kind, RIGHT_WRITE, &v->full))
        return denied(e);
    if (v->full.version != c->r->version)
        return err_user(e, "store.stale", "%lld", (long long)v->full.version);
    if (is_locked(&v->full) && !actor_writes_all(c->a))
        return err_user(e, "service.locked", "%s", "");
    return RC_OK;
}

/* Where it belongs and begins: only who writes everybody's records chooses the owner. */
static enum rc begin_new(struct save_call *c, struct err *e)
{
    struct rec *r = c->r;
    const struct special *special = special_of(r->kind);
    if (!actor_may(c->a, r->kind, RIGHT_CREATE, NULL))
        return denied(e);
    if (!r->kind->owned || r->kind->is_self)
        r->org = 0;
    else if (!actor_writes_all(c->a))
        r->org = c->a->org;
    if (!actor_writes_all(c->a) && (!r->org || r->kind->is_self) &&
        !(special && special->partners_act && c->a->org))
        return denied(e);
    r->state = r->kind->n_states ? 0 : NO_STATE;
    return RC_OK;
}

static bool holds_private(const struct field_def *f)
{
    bool is = f->secret == SECRET_PRIVATE;
    for (uint32_t i = 0; i < f->n_sub; i++)
        is |= f->sub[i].secret == SECRET_PRIVATE;
    return is;
}

/* What a client does not set; `partner`: nor what it was not shown. */
static void keep_fixed(struct save_call *c, const struct rec *before, bool partner)
{
    static const struct val unset;
    struct rec *r = c->r;
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        const struct field_def *f = &r->kind->field[i];
        if ((f->computed && !c->computed) || (partner && holds_private(f)))
            r->val[i] = before ? before->val[i] : unset;
    }
    if (!r->kind->secrecy)
        r->secrecy = SECRECY_OPEN;
    if (!before)
        return;
    r->state = before->state;
    r->created = before->created;
    r->updated = before->updated;
    r->since = before->since;
    if (!actor_writes_all(c->a) || !r->kind->owned || r->kind->is_self)
        r->org = before->org;
}

static enum rc save(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct save_call *c = ctx;
    struct viewed v = {0};
    bool unchanged = false;
    if (c->r->id)
        TRY(load_before(c, tx, &v, e));
    else
        TRY(begin_new(c, e));
    const struct rec *before = v.found ? &v.full : NULL;
    struct saving x = {s, tx, c->a, c->to, before, c->r, NULL, c->faults, false};
    keep_fixed(c, before, v.partner && v.face != FACE_FULL);
    TRY(prepare(&x, e));
    TRY(check_all(&x, e));
    if (before)
        TRY(same(before, c->r, &unchanged, e));
    if (unchanged && !c->faults->n)
        return RC_OK;
    struct by by = actor_by(s, c->a, before ? STR("update") : STR("create"), c->comment, STR(""));
    TRY(put(&x, &by, e));
    rec_compute(c->r, site_today(s));
    return RC_OK;
}

static enum rc run_save(struct site *s, struct save_call *c, struct err *e)
{
    struct rec was = *c->r;
    enum rc rc = site_write(s, save, c, e);
    if (rc != RC_OK)
        *c->r = was;
    return rc;
}

enum rc record_save_in(struct site *s, struct tx *tx, const struct actor *a, struct rec *r,
                       struct str comment, struct arena *to, vec_fault *faults, struct err *e)
{
    struct save_call c = {a, r, comment, to, faults, actor_is_system(a)};
    return save(s, tx, &c, e);
}

enum rc record_save_computed_in(struct site *s, struct tx *tx, const struct actor *a, struct rec *r,
                                struct str comment, struct arena *to, vec_fault *faults,
                                struct err *e)
{
    struct save_call c = {a, r, comment, to, faults, true};
    return save(s, tx, &c, e);
}

enum rc record_save(struct site *s, const struct actor *a, struct rec *r, struct str comment,
                    struct arena *to, vec_fault *faults, struct err *e)
{
    struct save_call c = {a, r, comment, to, faults, actor_is_system(a)};
    return run_save(s, &c, e);
}

enum rc record_save_computed(struct site *s, const struct actor *a, struct rec *r,
                             struct str comment, struct arena *to, vec_fault *faults, struct err *e)
{
    struct save_call c = {a, r, comment, to, faults, true};
    return run_save(s, &c, e);
}

/* ---- steps ---- */

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
        return denied(e);
    if (v->full.state != NO_STATE)
        *out = step_find(c->k, v->full.state, c->act->action);
    if (c->act->version && c->act->version != v->full.version)
        return err_user(e, "store.stale", "%lld", (long long)v->full.version);
    if (!*out)
        return err_user(e, "service.no_step", "%.60s", c->act->action.n ? c->act->action.p : "");
    return actor_may_step_as(c->a, &v->full, *out, v->partner) ? RC_OK : denied(e);
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
    return may || asked ? RC_OK : denied(e);
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
        TRY(check_all(&x, e));
    }
    TRY(check_words(c, step->action, e));
    r->state = step->to;
    TRY(prepare(&x, e));
    TRY(rec_check_action(r, step->action, c->faults, e));
    struct by by = actor_by(s, c->a, step->action->name, c->act->comment, c->act->reason);
    TRY(put(&x, &by, e));
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
    TRY(prepare(&x, e));
    TRY(rec_check_action(r, step->action, faults, e));
    struct by by = actor_by(s, a, step->action->name, comment, STR(""));
    return put(&x, &by, e);
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

/* ---- deleting ---- */

struct delete_call {
    const struct actor *a;
    const struct kind *k;
    int64_t id, version;
    struct str comment;
};

static enum rc delete_in(struct site *s, struct tx *tx, struct delete_call *c, struct arena *to,
                         struct err *e)
{
    struct viewed v;
    TRY(view_get(tx, c->a, c->k, c->id, to, &v, e));
    if (!v.found)
        return view_missing(e);
    if (v.face != FACE_FULL || !actor_may(c->a, c->k, RIGHT_DELETE, &v.full))
        return denied(e);
    if (is_locked(&v.full) && !actor_writes_all(c->a))
        return err_user(e, "service.locked", "%s", "");
    TRY(approval_unlocked(s, tx, &v.full, to, e));
    if (c->version)
        v.full.version = c->version;
    struct by by = actor_by(s, c->a, STR("delete"), c->comment, STR(""));
    struct err own;
    enum rc rc = store_delete(tx, &v.full, &by, &own);
    if (rc == RC_OK)
        return rc;
    if (strcmp(own.key, "store.held") == 0 && actor_scope(c->a).reach != SCOPE_ALL)
        return err_user(e, "service.held", "%s", ""); /* not by how many */
    if (e)
        *e = own;
    return rc;
}

static enum rc delete_tx(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct arena to = {0};
    enum rc rc = delete_in(s, tx, ctx, &to, e);
    arena_free(&to);
    return rc;
}

enum rc record_delete(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                      int64_t version, struct str comment, struct err *e)
{
    struct delete_call c = {a, k, id, version, comment};
    return site_write(s, delete_tx, &c, e);
}

/* ---- expiry ---- */

struct due {
    const struct kind *k;
    uint32_t state;
    int64_t before; /* entered the state at or before it */
    struct arena *to;
    vec_rec list;
    int64_t id; /* the one that expires now */
    bool done;
};

static enum rc list_due(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct due *d = ctx;
    struct val state = {.set = true, .num = d->state}, since = {.set = true, .num = d->before};
    struct filter f[3] = {{.op = FILTER_AND, .left = &f[1], .right = &f[2]},
                          {.op = FILTER_EQ, .value = &state, .n_values = 1},
                          {.op = FILTER_LE, .value = &since, .n_values = 1}};
    (void)s;
    f[1].path = (struct path){.step[0] = {d->k, ATTR_STATE, NO_FIELD, UINT32_MAX}, .n = 1};
    f[2].path = (struct path){.step[0] = {d->k, ATTR_SINCE, NO_FIELD, UINT32_MAX}, .n = 1};
    struct query q = {
        .kind = d->k, .filter = f, .scope = {.reach = SCOPE_ALL}, .limit = EXPIRE_BATCH};
    return store_list(tx, &q, d->to, &d->list, NULL, e);
}

static enum rc expire_one(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct due *d = ctx;
    struct viewed v;
    vec_fault faults = {0};
    d->done = false;
    TRY(view_get(tx, &actor_system, d->k, d->id, d->to, &v, e));
    if (!v.found || v.full.state != d->state || v.full.since > d->before)
        return RC_OK; /* somebody was quicker */
    const struct step *step = step_find(d->k, d->state, STR("expire"));
    struct rec *r = record_copy(&v.full, d->to);
    if (!r)
        return err_nomem(e);
    struct saving x = {s, tx, &actor_system, d->to, &v.full, r, step, &faults, false};
    r->state = step->to;
    struct by by = actor_by(s, &actor_system, STR("expire"), STR(""), STR(""));
    enum rc rc = prepare(&x, e);
    if (rc == RC_OK)
        rc = put(&x, &by, e);
    vec_free(&faults);
    d->done = rc == RC_OK;
    return rc;
}

/* One that cannot expire must not hold up the others: it is reported and passed over. */
static enum rc expire_batch(struct site *s, struct due *d, uint32_t *n, struct err *e)
{
    uint32_t did = 0;
    TRY(site_read(s, list_due, d, e));
    for (size_t i = 0; i < d->list.n; i++) {
        struct err why;
        d->id = d->list.p[i].id;
        enum rc rc = site_write(s, expire_one, d, &why);
        if (rc == RC_OK)
            did += d->done;
        else
            log_line(LOG_ERROR, "expire", "%lld: %s %s", (long long)d->id, why.key, why.detail);
    }
    *n += did;
    if (d->list.n < EXPIRE_BATCH || !did)
        d->k = NULL; /* that was all */
    return RC_OK;
}

static enum rc expire_state(struct site *s, const struct kind *k, uint32_t state, uint32_t *n,
                            struct err *e)
{
    struct arena to = {0};
    struct due d = {.k = k, .state = state, .to = &to};
    enum rc rc = RC_OK;
    d.before = site_now(s) - (int64_t)k->state[state].expires * DAY;
    while (rc == RC_OK && d.k) {
        rc = expire_batch(s, &d, n, e);
        vec_free(&d.list);
        arena_reset(&to);
    }
    arena_free(&to);
    return rc;
}

enum rc records_expire(struct site *s, uint32_t *n, struct err *e)
{
    *n = 0;
    for (uint32_t i = 0; i < kinds_count(s->kinds); i++) {
        const struct kind *k = kinds_at(s->kinds, i);
        for (uint32_t t = 0; t < k->n_states; t++)
            if (k->state[t].expires && step_find(k, t, STR("expire")))
                TRY(expire_state(s, k, t, n, e));
    }
    return RC_OK;
}
