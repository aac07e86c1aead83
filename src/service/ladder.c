/* A company's place on the ladder. The dated ranks are what is true; the tier of the company itself
 * is the highest of those that hold today, kept in its record so that lists, filters and indicators
 * may ask for it. */
#include "service/records.h"
#include "service/special_int.h"

#include "base/log.h"
#include "service/record_int.h"

#include <stdlib.h>

#define RANKS_MOST 500u /* of one company */

static const struct field_def *tier_field(const struct kind *k, uint32_t *at)
{
    *at = k ? field_find(k, STR("tier")) : NO_FIELD;
    const struct field_def *f = *at == NO_FIELD ? NULL : &k->field[*at];
    return f && f->type == TYPE_CODE && !f->list ? f : NULL;
}

static enum rc ranks_of(struct site *s, struct tx *tx, int64_t company, struct arena *to,
                        vec_rec *out, struct err *e)
{
    const struct kind *k = kind_find(s->kinds, STR("rank"));
    uint32_t of = k ? field_find(k, STR("company")) : NO_FIELD;
    if (of == NO_FIELD || !company)
        return RC_OK;
    struct val id = {.set = true, .num = company};
    struct filter f = {.op = FILTER_EQ, .value = &id, .n_values = 1};
    f.path = (struct path){.step[0] = {k, ATTR_FIELD, of, UINT32_MAX}, .n = 1};
    struct query q = {.kind = k, .filter = &f, .scope = {.reach = SCOPE_ALL}, .limit = RANKS_MOST};
    return store_list(tx, &q, to, out, NULL, e);
}

static bool holds(const struct rec *r, int64_t day)
{
    const struct val *start = saving_val(r, "start"), *end = saving_val(r, "end");
    return start && start->num <= day && (!end || end->num >= day);
}

static bool is_of(const struct rec *r, struct str tier)
{
    const struct val *v = saving_val(r, "tier");
    return v && str_eq(v->text, tier);
}

static bool stands(const vec_rec *all, struct str tier)
{
    for (size_t i = 0; i < all->n; i++)
        if (is_of(&all->p[i], tier))
            return true;
    return false;
}

/* The highest that holds on the day: the table runs from broad to selective. */
static struct val highest(const vec_rec *all, const struct codes *table, int64_t day)
{
    const struct code *best = NULL;
    for (size_t i = 0; i < all->n; i++) {
        const struct val *v = saving_val(&all->p[i], "tier");
        const struct code *c = v && holds(&all->p[i], day) ? code_find(table, v->text) : NULL;
        best = c && (!best || c > best) ? c : best;
    }
    return best ? (struct val){.set = true, .text = best->code} : (struct val){0};
}

/* ---- a company is written ---- */

static bool same(const struct val *a, const struct val *b)
{
    return a->set == b->set && (!a->set || str_eq(a->text, b->text));
}

static enum rc refuse(struct saving *x, uint32_t at, const struct field_def *f, struct val best,
                      struct err *e)
{
    const struct code *c = best.set ? code_find(f->codes, best.text) : NULL;
    struct str said = c ? label_text(&c->label, x->a->zh) : x->a->zh ? STR("无") : STR("none");
    return fault_add(x->faults, at, UINT32_MAX, UINT32_MAX, "org.tier_dated", said, e);
}

enum rc org_before(struct saving *x, struct err *e)
{
    static const struct val unset;
    uint32_t at;
    const struct field_def *f = tier_field(x->r->kind, &at);
    vec_rec all = {0};
    if (!f || !kind_find(x->s->kinds, STR("rank")))
        return RC_OK;
    enum rc rc = ranks_of(x->s, x->tx, x->r->id, x->to, &all, e);
    struct val *v = &x->r->val[at], best = highest(&all, f->codes, site_today(x->s));
    const struct val *was = x->before ? &x->before->val[at] : &unset;
    bool brought = v->set && !stands(&all, v->text), held = false;
    for (size_t i = 0; v->set && i < all.n; i++)
        held |= is_of(&all.p[i], v->text) && holds(&all.p[i], site_today(x->s));
    if (rc == RC_OK && !brought) {
        if (!held && !same(v, was) && !same(v, &best))
            rc = refuse(x, at, f, best, e);
        *v = best;
    }
    vec_free(&all);
    return rc;
}

/* Its day is not known: the day on which the company was said to hold it. */
static enum rc add_rank(struct saving *x, const struct rec *org, struct str tier, int64_t day,
                        struct err *e)
{
    struct rec r;
    vec_fault faults = {0};
    TRY(rec_new(&r, kind_find(x->s->kinds, STR("rank")), x->to, e));
    r.org = org->id;
    saving_set(&r, "company", (struct val){.set = true, .num = org->id});
    saving_set(&r, "tier", (struct val){.set = true, .text = tier});
    saving_set(&r, "start", (struct val){.set = true, .num = day});
    saving_set(&r, "unsure", (struct val){.set = true, .num = 1});
    enum rc rc = record_save_in(x->s, x->tx, x->a, &r, STR(""), x->to, &faults, e);
    vec_free(&faults);
    return rc;
}

/* What the company's record says of its tier follows from its ranks. A record that did not change
 * is not written. */
static enum rc settle(struct saving *x, int64_t company, struct err *e)
{
    struct rec org;
    vec_rec all = {0};
    vec_fault faults = {0};
    bool found = false;
    uint32_t at;
    TRY(store_get(x->tx, NULL, company, x->to, &org, &found, e));
    const struct field_def *f = found && org.kind->is_self ? tier_field(org.kind, &at) : NULL;
    if (!f)
        return RC_OK;
    enum rc rc = ranks_of(x->s, x->tx, company, x->to, &all, e);
    struct val best = highest(&all, f->codes, site_today(x->s));
    vec_free(&all);
    if (rc != RC_OK || same(&org.val[at], &best))
        return rc;
    struct rec *r = record_copy(&org, x->to);
    if (!r)
        return err_nomem(e);
    r->val[at] = best;
    struct saving y = {x->s, x->tx, x->a, x->to, &org, r, NULL, &faults, true};
    struct by by = actor_by(x->s, x->a, STR("update"), STR(""), STR(""));
    rc = saving_put(&y, &by, e);
    vec_free(&faults);
    return rc;
}

enum rc org_after(struct saving *x, struct err *e)
{
    uint32_t at;
    vec_rec all = {0};
    bool found;
    const struct field_def *f = tier_field(x->r->kind, &at);
    if (!f || !x->r->val[at].set || !kind_find(x->s->kinds, STR("rank")))
        return RC_OK;
    enum rc rc = ranks_of(x->s, x->tx, x->r->id, x->to, &all, e);
    bool there = stands(&all, x->r->val[at].text);
    vec_free(&all);
    if (rc != RC_OK || there)
        return rc;
    TRY(add_rank(x, x->r, x->r->val[at].text, site_today(x->s), e));
    /* where a higher one holds, the company was written again */
    return store_get(x->tx, x->r->kind, x->r->id, x->to, x->r, &found, e);
}

/* ---- a rank is written ---- */

static enum rc rank_title(struct saving *x, struct err *e)
{
    const struct val *tier = saving_val(x->r, "tier"), *start = saving_val(x->r, "start");
    uint32_t f = field_find(x->r->kind, STR("tier"));
    const struct code *code =
        tier && f != NO_FIELD ? code_find(x->r->kind->field[f].codes, tier->text) : NULL;
    struct str company;
    struct buf b;
    char day[12];
    TRY(saving_title(x, "company", &company, e));
    buf_init(&b, 1 << 12);
    enum rc rc = buf_printf(&b, e, "%.*s · ", (int)MIN(company.n, 400u), company.p);
    if (rc == RC_OK && code)
        rc = buf_str(&b, label_text(&code->label, true), e);
    if (rc == RC_OK && start && !saving_val(x->r, "unsure"))
        rc = buf_printf(&b, e, "（%.4s）", date_put(day, start->num).p);
    struct str kept = rc == RC_OK ? arena_str(x->to, buf_view(&b)) : (struct str){0};
    buf_free(&b);
    if (rc == RC_OK && !kept.p)
        return err_nomem(e);
    saving_set(x->r, "title", (struct val){.set = kept.n > 0, .text = kept});
    return rc;
}

enum rc rank_before(struct saving *x, struct err *e)
{
    const struct val *was = x->before ? saving_val(x->before, "start") : NULL;
    const struct val *start = saving_val(x->r, "start"), *unsure = saving_val(x->r, "unsure");
    /* somebody says the day, or says that it is right */
    if (unsure && (!unsure->num || (was && start && start->num != was->num)))
        saving_set(x->r, "unsure", (struct val){0});
    return rank_title(x, e);
}

static int64_t company_of(const struct rec *r)
{
    const struct val *v = r ? saving_val(r, "company") : NULL;
    return v ? v->num : 0;
}

enum rc rank_after(struct saving *x, struct err *e)
{
    int64_t now = company_of(x->r), was = company_of(x->before);
    if (now)
        TRY(settle(x, now, e));
    return was && was != now ? settle(x, was, e) : RC_OK;
}

/* ---- a day goes by ---- */

/* What is said of a company: its own tier, or that of one of its ranks that holds. */
struct said {
    int64_t company;
    int32_t tier; /* place in the table */
    bool own;
};
struct settling {
    struct site *s;
    const struct codes *table; /* of the company's tier */
    VEC(struct said) said;
    struct arena arena;
    int64_t company;
};

static enum rc keep_said(void *ctx, const struct rec *r, struct err *e)
{
    struct settling *x = ctx;
    bool own = r->kind->is_self;
    const struct val *tier = saving_val(r, "tier");
    const struct code *c = tier ? code_find(x->table, tier->text) : NULL;
    if (!tier || (!own && (!c || !holds(r, site_today(x->s)))))
        return RC_OK;
    struct said one = {own ? r->id : company_of(r), c ? (int32_t)(c - x->table->code) : -2, own};
    return one.company ? vec_push(&x->said, one, e) : RC_OK;
}

static enum rc list_said(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct settling *x = ctx;
    uint32_t at;
    for (uint32_t i = 0; i < kinds_count(s->kinds); i++)
        if (kinds_at(s->kinds, i)->is_self && tier_field(kinds_at(s->kinds, i), &at))
            x->table = kinds_at(s->kinds, i)->field[at].codes;
    for (uint32_t i = 0; x->table && i < kinds_count(s->kinds); i++) {
        const struct kind *k = kinds_at(s->kinds, i);
        struct query q = {.kind = k, .scope = {.reach = SCOPE_ALL}};
        if (k->is_self || str_eq(k->name, STR("rank")))
            TRY(store_each(tx, &q, keep_said, ctx, e));
    }
    return RC_OK;
}

/* One that a record of before says, and no rank: it was held when that was written last. */
static enum rc keep_typed(struct saving *x, struct err *e)
{
    struct rec org;
    vec_rec all = {0};
    bool found = false;
    uint32_t at;
    TRY(store_get(x->tx, NULL, x->r->id, x->to, &org, &found, e));
    const struct field_def *f = found ? tier_field(org.kind, &at) : NULL;
    if (!f || !org.val[at].set)
        return RC_OK;
    enum rc rc = ranks_of(x->s, x->tx, org.id, x->to, &all, e);
    bool there = stands(&all, org.val[at].text);
    vec_free(&all);
    return rc != RC_OK || there ? rc
                                : add_rank(x, &org, org.val[at].text, day_of_time(org.updated), e);
}

static enum rc settle_one(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct settling *c = ctx;
    struct rec r = {.id = c->company};
    struct saving x = {.s = s, .tx = tx, .a = &actor_system, .to = &c->arena, .r = &r};
    TRY(keep_typed(&x, e));
    return settle(&x, c->company, e);
}

static int by_company(const void *p, const void *q)
{
    const struct said *a = p, *b = q;
    return (a->company > b->company) - (a->company < b->company);
}

/* The company's own word against the highest of its ranks, from place `i` on; *end: behind it. */
static bool differs(const struct settling *x, size_t i, size_t *end)
{
    int32_t own = -1, best = -1;
    for (*end = i; *end < x->said.n && x->said.p[*end].company == x->said.p[i].company; ++*end) {
        const struct said *one = &x->said.p[*end];
        if (one->own)
            own = one->tier;
        else
            best = MAX(best, one->tier);
    }
    return own != best;
}

enum rc tiers_settle(struct site *s, uint32_t *n, struct err *e)
{
    struct settling x = {.s = s};
    *n = 0;
    enum rc rc = kind_find(s->kinds, STR("rank")) ? site_read(s, list_said, &x, e) : RC_OK;
    if (rc == RC_OK && x.said.n)
        qsort(x.said.p, x.said.n, sizeof *x.said.p, by_company);
    for (size_t i = 0, end; rc == RC_OK && i < x.said.n; i = end) {
        struct err why;
        if (!differs(&x, i, &end))
            continue;
        x.company = x.said.p[i].company;
        /* one that cannot be settled must not hold up the others */
        if (site_write(s, settle_one, &x, &why) == RC_OK)
            ++*n;
        else
            log_line(LOG_ERROR, "tier", "%lld: %s %s", (long long)x.company, why.key, why.detail);
        arena_reset(&x.arena);
    }
    arena_free(&x.arena);
    vec_free(&x.said);
    return rc;
}
