#include "service/pages_int.h"
#include "service/special_int.h"

#include "service/site_int.h"

#include <stdio.h>

/* ---- introduction: a need meets an offer ----
 * Whoever has not agreed to talk stays behind its public face: the computed organisations are only
 * written while they are no secret, the title is made of public faces. */

struct side {
    const char *field, *org_field;
    struct viewed seen; /* by the system */
    struct rec face;    /* its public face */
    bool visible;       /* has one */
};

static bool state_is(const struct rec *r, const char *name)
{
    return r->state != NO_STATE && str_eq(r->kind->state[r->state].name, str_of(name));
}

/* Both have agreed to talk, and so know each other. */
static bool is_disclosed(const struct rec *r)
{
    return state_is(r, "talking") || state_is(r, "agreed") || state_is(r, "failed");
}

static enum rc load_side(struct saving *x, struct side *side, struct err *e)
{
    uint32_t f = field_find(x->r->kind, str_of(side->field));
    if (f == NO_FIELD || !x->r->val[f].set)
        return RC_OK;
    TRY(view_get(x->tx, &actor_system, x->r->kind->field[f].of_kind, x->r->val[f].num, x->to,
                 &side->seen, e));
    return side->seen.found ? rec_public(&side->face, &side->visible, &side->seen.full, x->to, e)
                            : RC_OK;
}

static int64_t org_of(const struct rec *r)
{
    return r->kind->is_self ? r->id : r->org;
}

static void set_org(struct saving *x, const struct side *side)
{
    uint32_t f = field_find(x->r->kind, str_of(side->org_field));
    if (f == NO_FIELD)
        return;
    int64_t org = 0;
    if (side->seen.found && (is_disclosed(x->r) || (side->visible && org_of(&side->face))))
        org = org_of(&side->seen.full);
    x->r->val[f] = (struct val){.set = org != 0, .num = org};
}

static enum rc set_title(struct saving *x, const struct side *need, const struct side *offer,
                         struct err *e)
{
    uint32_t f = field_find(x->r->kind, STR("title"));
    const struct side *side[2] = {need, offer};
    struct buf b;
    if (f == NO_FIELD)
        return RC_OK;
    buf_init(&b, 1 << 16);
    enum rc rc = RC_OK;
    for (int i = 0; rc == RC_OK && i < 2; i++) {
        struct str title = side[i]->visible ? rec_title(&side[i]->face) : STR("");
        if (i)
            rc = buf_str(&b, STR(" × "), e);
        if (rc == RC_OK && title.n)
            rc = buf_str(&b, title, e);
        else if (rc == RC_OK)
            rc = buf_printf(&b, e, "#%lld",
                            (long long)(side[i]->seen.found ? side[i]->seen.full.id : 0));
    }
    struct str kept = rc == RC_OK ? arena_str(x->to, buf_view(&b)) : (struct str){0};
    buf_free(&b);
    if (rc == RC_OK && !kept.p)
        rc = err_nomem(e);
    x->r->val[f] = (struct val){.set = true, .text = kept};
    return rc;
}

static enum rc fault_field(struct saving *x, const char *field, const char *key, struct err *e)
{
    return fault_add(x->faults, field_find(x->r->kind, str_of(field)), UINT32_MAX, UINT32_MAX, key,
                     STR(""), e);
}

/* Who is neither a broker nor one of the two may not bring them together. */
static enum rc check_party(struct saving *x, const struct side *need, const struct side *offer,
                           struct err *e)
{
    if (x->before || actor_writes_all(x->a))
        return RC_OK;
    if ((need->seen.found && org_of(&need->seen.full) == x->a->org) ||
        (offer->seen.found && org_of(&offer->seen.full) == x->a->org))
        return RC_OK;
    return fault_field(x, "need", "field.not_yours", e);
}

/* One introduction for a pair, as far as the actor may know of the other. */
static enum rc check_twice(struct saving *x, const struct side *need, const struct side *offer,
                           struct err *e)
{
    const struct kind *k = x->r->kind;
    struct filter f[3] = {{.op = FILTER_AND, .left = &f[1], .right = &f[2]},
                          {.op = FILTER_EQ, .n_values = 1},
                          {.op = FILTER_EQ, .n_values = 1}};
    const struct side *side[2] = {need, offer};
    struct val value[2];
    vec_rec there = {0};
    if (x->before || !need->seen.found || !offer->seen.found)
        return RC_OK;
    for (int i = 0; i < 2; i++) {
        uint32_t field = field_find(k, str_of(side[i]->field));
        value[i] = (struct val){.set = true, .num = side[i]->seen.full.id};
        f[i + 1].value = &value[i];
        f[i + 1].path = (struct path){.step[0] = {k, ATTR_FIELD, field, UINT32_MAX}, .n = 1};
    }
    struct query q = {.kind = k, .filter = f, .scope = actor_scope_of(x->a, k), .limit = 1};
    enum rc rc = store_list(x->tx, &q, x->to, &there, NULL, e);
    if (rc == RC_OK && there.n)
        rc = fault_field(x, "offer", "field.pair_twice", e);
    vec_free(&there);
    return rc;
}

static enum rc load_sides(struct saving *x, struct side *need, struct side *offer, struct err *e)
{
    *need = (struct side){.field = "need", .org_field = "need_org"};
    *offer = (struct side){.field = "offer", .org_field = "offer_org"};
    TRY(load_side(x, need, e));
    return load_side(x, offer, e);
}

/* The broker who moves it first follows it up. */
static enum rc set_broker(struct saving *x, struct err *e)
{
    uint32_t f = field_find(x->r->kind, STR("broker"));
    if (f == NO_FIELD || x->r->val[f].set || !x->step || x->a->role != ROLE_BROKER)
        return RC_OK;
    struct str name = arena_str(x->to, x->a->name.n ? x->a->name : x->a->login);
    x->r->val[f] = (struct val){.set = name.n > 0, .text = name};
    return name.p ? RC_OK : err_nomem(e);
}

static enum rc introduction_before(struct saving *x, struct err *e)
{
    struct side need, offer;
    x->r->org = 0; /* the owner would tell who is behind a masked need */
    TRY(load_sides(x, &need, &offer, e));
    TRY(check_party(x, &need, &offer, e));
    TRY(check_twice(x, &need, &offer, e));
    set_org(x, &need);
    set_org(x, &offer);
    TRY(set_broker(x, e));
    return set_title(x, &need, &offer, e);
}

/* Who began it takes part; the other side learns of it when the broker contacts it; each other's
 * records are shown when it has agreed to talk. */
static enum rc introduction_after(struct saving *x, struct err *e)
{
    struct side need, offer;
    if (!x->before && x->a->org)
        TRY(store_grant(x->tx, x->r->id, x->a->org, e));
    if (!state_is(x->r, "contacted") && !is_disclosed(x->r))
        return RC_OK;
    TRY(load_sides(x, &need, &offer, e));
    if (!need.seen.found || !offer.seen.found)
        return RC_OK;
    int64_t a = org_of(&need.seen.full), b = org_of(&offer.seen.full);
    if (a)
        TRY(store_grant(x->tx, x->r->id, a, e));
    if (b)
        TRY(store_grant(x->tx, x->r->id, b, e));
    if (!is_disclosed(x->r))
        return RC_OK;
    if (b)
        TRY(store_grant(x->tx, need.seen.full.id, b, e));
    if (a)
        TRY(store_grant(x->tx, offer.seen.full.id, a, e));
    return RC_OK;
}

static const struct special table[] = {
    {.kind = "introduction",
     .partners_act = true,
     .before_save = introduction_before,
     .after_save = introduction_after},
    {.kind = "appointment",
     .before_save = appointment_before,
     .after_save = appointment_after,
     .shares = appointment_shares},
    {.kind = "application", .before_save = application_before},
    {.kind = "agreement", .before_save = agreement_before},
    {.kind = "assessment", .before_save = assessment_before},
    {.kind = "project", .before_save = project_before},
    {.kind = "org", .before_save = org_before, .after_save = org_after},
    {.kind = "rank", .before_save = rank_before, .after_save = rank_after, .after_delete = true},
    {.kind = "finding", .before_save = finding_before},
    {.kind = "page", .before_save = page_before},
    {.kind = "fact", .before_save = fact_before, .after_save = fact_after},
};

/* ---- what they share ---- */

const struct val *saving_val(const struct rec *r, const char *field)
{
    uint32_t f = field_find(r->kind, str_of(field));
    return f == NO_FIELD || !r->val[f].set ? NULL : &r->val[f];
}

void saving_set(struct rec *r, const char *field, struct val v)
{
    uint32_t f = field_find(r->kind, str_of(field));
    if (f != NO_FIELD)
        r->val[f] = v;
}

enum rc saving_title(struct saving *x, const char *field, struct str *out, struct err *e)
{
    const struct val *v = saving_val(x->r, field);
    struct viewed seen;
    *out = STR("");
    if (!v)
        return RC_OK;
    TRY(view_get(x->tx, &actor_system, NULL, v->num, x->to, &seen, e));
    if (seen.found)
        *out = rec_title(&seen.full);
    return RC_OK;
}

const struct special *special_of(const struct kind *k)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (str_eq(k->name, str_of(table[i].kind)))
            return &table[i];
    return NULL;
}
