/* How computed fields come about, for who looks at a record. */
#include "service/records.h"

#include "service/site_int.h"

struct reckoning {
    const struct actor *a;
    const struct kind *k;
    int64_t id;
    struct arena *to;
    vec_reckoned *out;
    struct tx *tx;
};

/* The records on the way as the actor sees them: what is hidden is unset. */
static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    struct reckoning *x = ctx;
    struct viewed v;
    struct rec *r = arena_alloc(x->to, sizeof *r);
    *out = NULL;
    if (!r)
        return err_nomem(e);
    TRY(view_get(x->tx, x->a, NULL, id, x->to, &v, e));
    *r = v.rec;
    *out = v.found ? r : NULL;
    return RC_OK;
}

static enum rc reckon_one(struct site *s, struct reckoning *x, const struct rec *r, uint32_t field,
                          struct err *e)
{
    const struct formula *f = x->k->field[field].formula;
    struct reckoned one = {.field = field, .label = formula_label(f), .basis = formula_basis(f)};
    struct err why = {0};
    enum rc rc = formula_value(f, r, site_today(s), follow, x, &one.now, &why);
    if (rc != RC_OK && rc != RC_USER) {
        if (e)
            *e = why;
        return rc;
    }
    one.differs = !val_eq(&x->k->field[field], &one.now, &r->val[field]);
    rc = formula_explain(f, r, site_today(s), x->a->zh, follow, x, x->to, &one.line, e);
    if (rc == RC_OK)
        rc = vec_push(x->out, one, e);
    if (rc != RC_OK)
        vec_free(&one.line);
    return rc;
}

static enum rc reckon(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct reckoning *x = ctx;
    struct viewed v;
    x->tx = tx;
    TRY(view_get(tx, x->a, x->k, x->id, x->to, &v, e));
    if (!v.found)
        return view_missing(e);
    for (uint32_t i = 0; v.face == FACE_FULL && i < x->k->n_fields; i++)
        if (x->k->field[i].formula)
            TRY(reckon_one(s, x, &v.rec, i, e));
    return RC_OK;
}

enum rc record_reckoned(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                        struct arena *to, vec_reckoned *out, struct err *e)
{
    struct reckoning x = {a, k, id, to, out, NULL};
    bool any = false;
    for (uint32_t i = 0; i < k->n_fields; i++)
        any |= k->field[i].formula != NULL;
    return any ? site_read(s, reckon, &x, e) : RC_OK;
}

void reckoned_free(vec_reckoned *v)
{
    for (size_t i = 0; i < v->n; i++)
        vec_free(&v->p[i].line);
    vec_free(v);
}
