/* Saving and deleting records: who may, what a client does not set. All checks and the write are
 * one transaction. */
#include "service/records.h"

#include "service/approval_int.h"
#include "service/record_int.h"

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
    if (v->partner ? !actor_may_write_as(c->a, &v->full, true) && !record_locked(&v->full)
                   : v->face != FACE_FULL || !actor_may(c->a, c->r->kind, RIGHT_WRITE, &v->full))
        return record_denied(e);
    if (v->full.version != c->r->version)
        return err_user(e, "store.stale", "%lld", (long long)v->full.version);
    if (record_locked(&v->full) && !actor_writes_all(c->a))
        return err_user(e, "service.locked", "%s", "");
    return RC_OK;
}

/* Where it belongs and begins: only who writes everybody's records chooses the owner. */
static enum rc begin_new(struct save_call *c, struct err *e)
{
    struct rec *r = c->r;
    const struct special *special = special_of(r->kind);
    if (!actor_may(c->a, r->kind, RIGHT_CREATE, NULL))
        return record_denied(e);
    if (!r->kind->owned || r->kind->is_self)
        r->org = 0;
    else if (!actor_writes_all(c->a))
        r->org = c->a->org;
    if (!actor_writes_all(c->a) && (!r->org || r->kind->is_self) &&
        !(special && special->partners_act && c->a->org))
        return record_denied(e);
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
    TRY(saving_prepare(&x, e));
    TRY(saving_check(&x, e));
    if (before)
        TRY(same(before, c->r, &unchanged, e));
    if (unchanged && !c->faults->n)
        return RC_OK;
    struct by by = actor_by(s, c->a, before ? STR("update") : STR("create"), c->comment, STR(""));
    TRY(saving_put(&x, &by, e));
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
        return record_denied(e);
    if (record_locked(&v.full) && !actor_writes_all(c->a))
        return err_user(e, "service.locked", "%s", "");
    TRY(approval_unlocked(s, tx, &v.full, to, e));
    if (c->version)
        v.full.version = c->version;
    struct by by = actor_by(s, c->a, STR("delete"), c->comment, STR(""));
    struct err own;
    const struct special *special = special_of(c->k);
    enum rc rc = store_delete(tx, &v.full, &by, &own);
    if (rc == RC_OK && special && special->after_delete) {
        struct saving x = {.s = s, .tx = tx, .a = c->a, .to = to, .before = &v.full};
        return special->after_save(&x, e);
    }
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
