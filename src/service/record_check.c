/* What every write of a record goes through: checks of fields, references and rules, derived
 * values, the write itself and what follows from it. */
#include "service/record_int.h"

#include "record/formula.h"
#include "service/approval_int.h"
#include "service/notify.h"

#include <stdio.h>

enum rc record_denied(struct err *e)
{
    return err_user(e, "service.denied", "%s", "");
}

bool record_locked(const struct rec *r)
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
enum rc saving_check(struct saving *x, struct err *e)
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

enum rc saving_put(struct saving *x, const struct by *by, struct err *e)
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
enum rc saving_prepare(struct saving *x, struct err *e)
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
    TRY(saving_prepare(x, e));
    if (x->before)
        TRY(approval_locked(x->s, x->tx, x->before, x->to, &locked, e));
    if (locked)
        TRY(fault_add(x->faults, NO_FIELD, UINT32_MAX, UINT32_MAX, "field.in_approval", STR(""),
                      e));
    return saving_check(x, e);
}

enum rc record_put_in(struct saving *x, const struct by *by, struct err *e)
{
    struct asking q = {.x = x};
    TRY(rec_formulas(x->r, site_today(x->s), follow_ref, &q, x->faults, x->to, e));
    TRY(check_rules(x, e));
    return saving_put(x, by, e);
}
