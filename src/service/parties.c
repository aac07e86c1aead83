/* Who takes part in a record beside its own organisation (`parties` of its kind): kept as grants,
 * so that lists, counts and single records ask one table. */
#include "base/map.h"
#include "service/site_int.h"
#include "service/special.h"

#include <stdlib.h>

#define REFS_MOST  1000000u /* records that take their parties from one */
#define DEPTH_MOST 8        /* kinds are at most 4 apart (kind_party.c) */
#define BATCH      500u

/* ---- what the declaration says of one record ---- */

static const struct field_def *party_def(const struct kind *k, const struct party *p)
{
    const struct field_def *f = &k->field[p->field];
    return p->sub == UINT32_MAX ? f : &f->sub[p->sub];
}

static bool is_org(const struct field_def *f)
{
    return f->of_kind && f->of_kind->is_self;
}

/* A ref to any kind may lead anywhere, also in a circle: nothing takes its parties from there. */
static bool is_open_ended(const struct kind *k)
{
    for (uint32_t i = 0; i < k->n_parties; i++)
        if (!party_def(k, &k->party[i])->of_kind)
            return true;
    return false;
}

/* Every id that a party field holds. */
static enum rc party_ids(const struct rec *r, const struct party *p, vec_id *out, struct err *e)
{
    const struct field_def *f = &r->kind->field[p->field];
    const struct val *v = &r->val[p->field];
    if (!v->set)
        return RC_OK;
    for (uint32_t i = 0; i < (f->list ? v->list.n : 1); i++) {
        const struct val *one = f->list ? &v->list.item[i] : v;
        if (p->sub != UINT32_MAX)
            one = one->set && p->sub < one->list.n ? &one->list.item[p->sub] : NULL;
        if (one && one->set && one->num)
            TRY(vec_push(out, one->num, e));
    }
    return RC_OK;
}

/* The organisation of a record, and who takes part in it. */
static enum rc add_those_of(struct tx *tx, int64_t id, struct arena *to, vec_id *out, struct err *e)
{
    struct rec r;
    bool found;
    TRY(store_get(tx, NULL, id, to, &r, &found, e));
    if (!found)
        return RC_OK;
    int64_t org = r.kind->is_self ? r.id : r.org;
    if (org)
        TRY(vec_push(out, org, e));
    return r.kind->n_parties && !is_open_ended(r.kind) ? store_grants(tx, id, out, e) : RC_OK;
}

static int rising(const void *p, const void *q)
{
    int64_t a = *(const int64_t *)p, b = *(const int64_t *)q;
    return (a > b) - (a < b);
}

/* Rising, none twice, without its own. */
static enum rc parties_of(struct tx *tx, const struct rec *r, struct arena *to, vec_id *out,
                          struct err *e)
{
    vec_id id = {0};
    size_t n = 0;
    enum rc rc = RC_OK;
    if (r->state != NO_STATE && !(r->kind->party_states >> r->state & 1))
        return RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < r->kind->n_parties; i++) {
        const struct party *p = &r->kind->party[i];
        bool direct = is_org(party_def(r->kind, p));
        id.n = 0;
        rc = party_ids(r, p, &id, e);
        for (size_t j = 0; rc == RC_OK && j < id.n; j++)
            rc = direct ? vec_push(out, id.p[j], e) : add_those_of(tx, id.p[j], to, out, e);
    }
    vec_free(&id);
    if (rc != RC_OK || !out->n)
        return rc;
    qsort(out->p, out->n, sizeof *out->p, rising);
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] != r->org && (!n || out->p[n - 1] != out->p[i]))
            out->p[n++] = out->p[i];
    out->n = n;
    return RC_OK;
}

static enum rc settle(struct tx *tx, const struct rec *r, struct arena *to, bool *changed,
                      struct err *e)
{
    vec_id org = {0};
    enum rc rc = parties_of(tx, r, to, &org, e);
    if (rc == RC_OK)
        rc = store_grant_only(tx, r->id, org.p, (uint32_t)org.n, changed, e);
    vec_free(&org);
    return rc;
}

/* ---- what hangs on it ---- */

static bool inherits(const struct kind *k, struct str relation)
{
    for (uint32_t i = 0; i < k->n_parties; i++)
        if (str_eq(k->field[k->party[i].field].name, relation) &&
            !is_org(party_def(k, &k->party[i])))
            return true;
    return false;
}

static enum rc settle_below(struct tx *tx, int64_t id, unsigned depth, struct err *e)
{
    struct arena to = {0};
    vec_ref refs = {0};
    enum rc rc = depth < DEPTH_MOST ? store_refs(tx, id, REFS_MOST, &to, &refs, e) : RC_OK;
    for (size_t i = 0; rc == RC_OK && i < refs.n; i++) {
        struct arena one = {0};
        struct rec r;
        bool found, changed = false;
        if (!inherits(refs.p[i].kind, refs.p[i].relation))
            continue;
        rc = store_get(tx, NULL, refs.p[i].id, &one, &r, &found, e);
        if (rc == RC_OK && found)
            rc = settle(tx, &r, &one, &changed, e);
        if (rc == RC_OK && changed)
            rc = settle_below(tx, refs.p[i].id, depth + 1, e);
        arena_free(&one);
    }
    vec_free(&refs);
    arena_free(&to);
    return rc;
}

enum rc parties_after(struct saving *x, struct err *e)
{
    bool changed = x->before && x->before->org != x->r->org;
    if (x->r->kind->n_parties) {
        bool others;
        TRY(settle(x->tx, x->r, x->to, &others, e));
        changed |= others;
    }
    /* a new record has nothing hanging on it */
    return changed && x->before ? settle_below(x->tx, x->r->id, 0, e) : RC_OK;
}

/* ---- all records, where the declarations changed ---- */

static enum rc print_declared(struct buf *out, const struct kinds *kinds, struct err *e)
{
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (!k->n_parties)
            continue;
        TRY(buf_printf(out, e, "%.*s %llx", (int)k->name.n, k->name.p,
                       (unsigned long long)k->party_states));
        for (uint32_t p = 0; p < k->n_parties; p++)
            TRY(buf_printf(out, e, " %.*s.%u", (int)k->field[k->party[p].field].name.n,
                           k->field[k->party[p].field].name.p, k->party[p].sub));
        TRY(buf_char(out, '\n', e));
    }
    return RC_OK;
}

static enum rc settle_kind(struct tx *tx, const struct kind *k, bool *any, struct err *e)
{
    struct query q = {.kind = k, .scope = {.reach = SCOPE_ALL}, .limit = BATCH};
    struct arena to = {0};
    vec_rec recs = {0};
    char cursor[32];
    enum rc rc = RC_OK;
    do {
        struct str next = STR("");
        bool changed;
        recs.n = 0;
        arena_reset(&to);
        rc = store_list(tx, &q, &to, &recs, &next, e);
        for (size_t i = 0; rc == RC_OK && i < recs.n; i++) {
            rc = settle(tx, &recs.p[i], &to, &changed, e);
            *any |= rc == RC_OK && changed;
        }
        if (rc == RC_OK && next.n >= sizeof cursor)
            BUG("a cursor by id of %zu bytes", next.n);
        if (rc == RC_OK && next.n)
            memcpy(cursor, next.p, next.n);
        q.after = (struct str){cursor, rc == RC_OK ? next.n : 0};
    } while (q.after.n);
    vec_free(&recs);
    arena_free(&to);
    return rc;
}

/* Each round brings parties one record further: until none has moved, and at most as often as
 * kinds can be apart. */
static enum rc settle_all(struct site *s, struct tx *tx, struct err *e)
{
    bool any = true;
    for (unsigned round = 0; any && round < DEPTH_MOST / 2 + 1; round++) {
        any = false;
        for (uint32_t i = 0; i < kinds_count(s->kinds); i++)
            if (kinds_at(s->kinds, i)->n_parties)
                TRY(settle_kind(tx, kinds_at(s->kinds, i), &any, e));
    }
    return RC_OK;
}

struct rebuilding {
    struct str declared;
    bool same;
};

static enum rc is_same(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct rebuilding *x = ctx;
    struct arena to = {0};
    struct str was;
    bool found;
    (void)s;
    enum rc rc = meta_get(tx, STR("parties"), &to, &was, &found, e);
    x->same = rc == RC_OK && found && str_eq(was, x->declared);
    arena_free(&to);
    return rc;
}

static enum rc rebuild(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    const struct rebuilding *x = ctx;
    TRY(settle_all(s, tx, e));
    return meta_put(tx, STR("parties"), x->declared, e);
}

enum rc parties_rebuild(struct site *s, struct err *e)
{
    struct buf b;
    struct rebuilding x = {.same = false};
    buf_init(&b, 1u << 20);
    enum rc rc = print_declared(&b, s->kinds, e);
    x.declared = buf_view(&b);
    if (rc == RC_OK)
        rc = site_read(s, is_same, &x, e);
    if (rc == RC_OK && !x.same)
        rc = site_write(s, rebuild, &x, e);
    buf_free(&b);
    return rc;
}
