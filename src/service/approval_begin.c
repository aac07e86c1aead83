/* Beginning a chain and its steps: which chain, who has to sign, who could; what runs on a record.
 */
#include "service/approval_int.h"
#include "service/notify.h"

#include <stdio.h>

/* ---- finding ---- */

enum rc approval_last(struct site *s, struct tx *tx, int64_t id, bool running, struct arena *to,
                      struct rec *out, bool *found, struct err *e)
{
    const struct kind *k = approval_kind(s);
    struct val of = {.set = true, .num = id}, state = {.set = true, .num = 0};
    struct filter f[3] = {{.op = FILTER_AND, .left = &f[1], .right = &f[2]},
                          {.op = FILTER_EQ, .value = &of, .n_values = 1},
                          {.op = FILTER_EQ, .value = &state, .n_values = 1}};
    vec_rec list = {0};
    uint32_t field = k ? field_find(k, STR("record")) : NO_FIELD;
    *found = false;
    if (field == NO_FIELD)
        return RC_OK;
    state.num = state_find(k, STR("running"));
    f[1].path = (struct path){.step[0] = {k, ATTR_FIELD, field, UINT32_MAX}, .n = 1};
    f[2].path = (struct path){.step[0] = {k, ATTR_STATE, NO_FIELD, UINT32_MAX}, .n = 1};
    struct query q = {
        .kind = k,
        .filter = running ? f : &f[1],
        .scope = {.reach = SCOPE_ALL},
        .sort = {.path = {.step[0] = {k, ATTR_ID, NO_FIELD, UINT32_MAX}, .n = 1}, .down = true},
        .limit = 1};
    enum rc rc = store_list(tx, &q, to, &list, NULL, e);
    if (rc == RC_OK && list.n) {
        *out = list.p[0];
        *found = true;
    }
    vec_free(&list);
    return rc;
}

enum rc approval_locked(struct site *s, struct tx *tx, const struct rec *r, struct arena *to,
                        bool *locked, struct err *e)
{
    struct rec runs;
    *locked = false;
    if (!r->id || !chains_of_kind(s->approvals->chains, r->kind))
        return RC_OK;
    return approval_last(s, tx, r->id, true, to, &runs, locked, e);
}

enum rc approval_unlocked(struct site *s, struct tx *tx, const struct rec *r, struct arena *to,
                          struct err *e)
{
    bool locked = false;
    TRY(approval_locked(s, tx, r, to, &locked, e));
    return locked ? err_user(e, "approval.running", "%s", "") : RC_OK;
}

/* Conditions and paths ask about whole records. */
struct following {
    struct tx *tx;
    struct arena *to;
};
static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    struct following *f = ctx;
    struct rec *r = arena_alloc(f->to, sizeof *r);
    bool found;
    *out = NULL;
    if (!r)
        return err_nomem(e);
    TRY(store_get(f->tx, NULL, id, f->to, r, &found, e));
    *out = found ? r : NULL;
    return RC_OK;
}

enum rc approval_chain(struct site *s, struct tx *tx, const struct rec *r, struct str action,
                       struct arena *to, const struct chain **out, struct err *e)
{
    const struct chains *all = s->approvals->chains;
    struct following f = {tx, to};
    *out = NULL;
    for (uint32_t i = 0; !*out && i < chains_count(all); i++) {
        const struct chain *c = chains_at(all, i);
        bool holds = true;
        if (c->kind != r->kind || !str_eq(c->action, action))
            continue;
        if (c->when)
            TRY(filter_holds_on(c->when, site_today(s), r, follow, &f, &holds, e));
        if (holds)
            *out = c;
    }
    return RC_OK;
}

/* ---- who could sign ---- */

enum rc signing_open(struct signing *g, struct site *s, struct tx *tx, const struct rec *rec,
                     struct arena *to, struct err *e)
{
    *g = (struct signing){.s = s, .tx = tx, .rec = rec, .to = to};
    return account_list(tx, to, &g->accounts, e);
}

enum rc signing_able(struct signing *g, const struct account *a, bool granted, bool *able,
                     struct err *e)
{
    const struct actor as = {.account = a->id, .org = a->org, .person = a->person, .role = a->role};
    const bool writes = a->role == ROLE_MEMBER || a->role == ROLE_EDITOR || a->role == ROLE_BROKER;
    *able = a->active && writes && actor_reads_kind(&as, g->rec->kind);
    if (!*able || actor_sees_all(&as, g->rec))
        return RC_OK;
    *able = false;
    if (!a->org || g->rec->secrecy == SECRECY_PRIVATE)
        return RC_OK;
    *able = granted;
    return granted ? RC_OK : store_granted(g->tx, g->rec->id, a->org, able, e);
}

const struct account *signing_account(const struct signing *g, int64_t id)
{
    for (size_t i = 0; id && i < g->accounts.n; i++)
        if (g->accounts.p[i].id == id)
            return &g->accounts.p[i];
    return NULL;
}

/* A seat of an organisation is granted the record when its step begins. */
enum rc signing_fills(struct signing *g, const struct seat *seat, bool *fills, struct err *e)
{
    *fills = false;
    for (size_t i = 0; !*fills && i < g->accounts.n; i++) {
        const struct account *a = &g->accounts.p[i];
        const struct signer who = {.account = a->id, .org = a->org, .role = a->role};
        if (seat_is_of(seat, &who))
            TRY(signing_able(g, a, seat->org != 0 && seat->org == a->org, fills, e));
    }
    return RC_OK;
}

/* ---- seats ---- */

struct seating {
    struct approval *p;
    struct signing *g;
    const struct chain_step *step;
    const struct chain_signer *signer;
    uint32_t round;
    size_t first; /* of this round */
    bool strict;
};

/* One seat, unless the same one is there. Where nobody can sign it is left out, or refused. */
static enum rc add_seat(struct seating *x, struct seat seat, const struct account *a, struct err *e)
{
    bool fills = false;
    seat.round = x->round;
    seat.after = -1;
    for (size_t i = x->first; i < x->p->seat.n; i++) {
        const struct seat *s = &x->p->seat.p[i];
        if (seat.account ? s->account == seat.account
                         : x->signer->of.n && s->by == seat.by && s->org == seat.org)
            return RC_OK;
    }
    TRY(signing_fills(x->g, &seat, &fills, e));
    if (!fills && (x->signer->optional || x->step->mode == CHAIN_ANY))
        return RC_OK;
    if (!fills && x->strict)
        return err_user(e, "approval.nobody", "%.*s", (int)x->step->label.zh.n,
                        x->step->label.zh.p);
    struct str label = label_text(&x->step->label, true);
    struct row row = {.step = x->step->name, .label = label, .asked = site_now(x->g->s)};
    if (a) {
        row.login = a->login;
        row.name = a->name.n ? a->name : a->login;
    }
    TRY(vec_push(&x->p->seat, seat, e));
    return vec_push(&x->p->row, row, e);
}

static enum rc seat_each(struct seating *x, int64_t org, struct err *e)
{
    for (size_t i = 0; i < x->g->accounts.n; i++) {
        const struct account *a = &x->g->accounts.p[i];
        bool able = false;
        if (!(x->signer->by & 1u << a->role) || (org && a->org != org))
            continue;
        TRY(signing_able(x->g, a, org != 0, &able, e));
        if (able)
            TRY(add_seat(x, (struct seat){.account = a->id, .org = org}, a, e));
    }
    return RC_OK;
}

static enum rc seat_role(struct seating *x, int64_t org, struct err *e)
{
    return x->signer->each ? seat_each(x, org, e)
                           : add_seat(x, (struct seat){.by = x->signer->by, .org = org}, NULL, e);
}

static enum rc seat_org(void *ctx, const struct val *v, struct err *e)
{
    return seat_role(ctx, v->num, e);
}

/* The account of a person; without one the seat is there and nobody can sign it. */
static enum rc seat_person(void *ctx, const struct val *v, struct err *e)
{
    struct seating *x = ctx;
    const struct account *a = NULL;
    for (size_t i = 0; i < x->g->accounts.n && !a; i++)
        if (v->num && x->g->accounts.p[i].person == v->num && x->g->accounts.p[i].active)
            a = &x->g->accounts.p[i];
    return add_seat(x, (struct seat){.account = a ? a->id : 0, .org = a ? a->org : 0}, a, e);
}

static enum rc seat_login(struct seating *x, struct err *e)
{
    const struct account *a = NULL;
    for (size_t i = 0; i < x->g->accounts.n && !a; i++)
        if (str_eq(x->g->accounts.p[i].login, x->signer->login))
            a = &x->g->accounts.p[i];
    return add_seat(x, (struct seat){.account = a ? a->id : 0, .org = a ? a->org : 0}, a, e);
}

static enum rc seat_signer(struct seating *x, struct err *e)
{
    struct following f = {x->g->tx, x->g->to};
    if (x->signer->login.n)
        return seat_login(x, e);
    if (x->signer->who.n)
        return path_each(&x->signer->who, x->g->rec, follow, &f, seat_person, x, e);
    if (x->signer->of.n)
        return path_each(&x->signer->of, x->g->rec, follow, &f, seat_org, x, e);
    return seat_role(x, 0, e);
}

/* Organisations that sign see the record from now on, without its private fields. */
static enum rc grant(struct seating *x, struct err *e)
{
    for (size_t i = x->first; i < x->p->seat.n; i++) {
        int64_t org = x->p->seat.p[i].org;
        if (org && org != x->g->rec->org && org != x->g->rec->id)
            TRY(store_grant(x->g->tx, x->g->rec->id, org, e));
    }
    return RC_OK;
}

static enum rc seat_step(struct seating *x, struct err *e)
{
    x->first = x->p->seat.n;
    for (uint32_t i = 0; i < x->step->n_signers; i++) {
        x->signer = &x->step->signer[i];
        TRY(seat_signer(x, e));
    }
    if (x->p->seat.n > x->first)
        return RC_OK;
    if (x->strict)
        return err_user(e, "approval.nobody", "%.*s", (int)x->step->label.zh.n,
                        x->step->label.zh.p);
    /* whoever could sign has left since it was submitted: a broker will find somebody */
    struct row row = {.step = x->step->name,
                      .label = label_text(&x->step->label, true),
                      .asked = site_now(x->g->s)};
    struct seat seat = {.round = x->round, .after = -1};
    TRY(vec_push(&x->p->seat, seat, e));
    return vec_push(&x->p->row, row, e);
}

enum rc approval_begin_step(struct approval *p, struct signing *g, uint32_t step, bool strict,
                            struct err *e)
{
    struct seating x = {
        .p = p, .g = g, .step = &p->chain->step[step], .round = ++p->round, .strict = strict};
    p->step = step;
    TRY(seat_step(&x, e));
    return grant(&x, e);
}

/* ---- the chain ---- */

/* Every step must have somebody, before anybody is asked. */
static enum rc check_steps(struct approval *p, struct signing *g, struct err *e)
{
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < p->chain->n_steps; i++) {
        struct approval trial = {.chain = p->chain};
        struct seating x = {
            .p = &trial, .g = g, .step = &p->chain->step[i], .round = 1, .strict = true};
        rc = seat_step(&x, e);
        approval_release(&trial);
    }
    return rc;
}

static enum rc put_new(struct approval *p, struct saving *x, struct err *e)
{
    const struct actor *a = x->a;
    int64_t now = site_now(x->s);
    struct saving own = {x->s, x->tx, a, x->to, NULL, &p->rec, NULL, x->faults, true};
    struct by by = actor_by(x->s, a, STR("create"), STR(""), STR(""));
    p->rec.org = x->r->kind->is_self ? x->r->id : x->r->org;
    approval_set_text(p, "title", rec_title(x->r));
    approval_set_text(p, "chain", p->chain->name);
    approval_set_text(p, "declared", p->chain->text);
    approval_set_text(p, "chain_label", label_text(&p->chain->label, true));
    approval_set_text(p, "submitter", a->name.n ? a->name : a->login);
    approval_set_time(p, "submitted", now);
    saving_set(&p->rec, "submitter_account", (struct val){.set = true, .num = a->account});
    saving_set(&p->rec, "record", (struct val){.set = true, .num = x->r->id});
    saving_set(&p->rec, "of_version", (struct val){.set = true, .num = x->r->version});
    TRY(approval_fill(p, x->to, e));
    return record_put_in(&own, &by, e);
}

enum rc approval_begin(struct saving *x, struct err *e)
{
    struct approval p = {.step = CHAIN_END, .running = true};
    struct signing g = {0};
    enum rc rc;
    if (!x->step || actor_is_system(x->a))
        return RC_OK;
    TRY(approval_chain(x->s, x->tx, x->r, x->step->action->name, x->to, &p.chain, e));
    if (!p.chain)
        return RC_OK;
    p.record = x->r->id;
    p.submitter = x->a->account;
    GOTO_OUT(rec_new(&p.rec, approval_kind(x->s), x->to, e));
    GOTO_OUT(signing_open(&g, x->s, x->tx, x->r, x->to, e));
    GOTO_OUT(check_steps(&p, &g, e));
    GOTO_OUT(approval_begin_step(&p, &g, p.chain->first, true, e));
    GOTO_OUT(put_new(&p, x, e));
    rc = approval_tell(&p, &g, "approval.asked", e);
out:
    vec_free(&g.accounts);
    approval_release(&p);
    return rc;
}

/* ---- telling ---- */

static enum rc tell(struct signing *g, const struct approval *p, int64_t account, const char *key,
                    struct str once, struct err *e)
{
    const struct notice n = {.account = account,
                             .key = str_of(key),
                             .text = rec_title(g->rec),
                             .about = p->record,
                             .once = once};
    return notice_put(g->s, g->tx, &n, e);
}

/* Everybody who could sign the seat. */
static enum rc tell_seat(struct signing *g, const struct approval *p, uint32_t i, const char *key,
                         bool again, struct err *e)
{
    char once[80] = "";
    const struct seat *seat = &p->seat.p[i];
    if (!again)
        snprintf(once, sizeof once, "approval:%lld:%u", (long long)p->rec.id, i);
    for (size_t j = 0; j < g->accounts.n; j++) {
        const struct account *a = &g->accounts.p[j];
        const struct signer who = {.account = a->id, .org = a->org, .role = a->role};
        bool able = false;
        if (!seat_is_of(seat, &who) ||
            seat_signed_by(p->seat.p, (uint32_t)p->seat.n, p->round, a->id))
            continue;
        TRY(signing_able(g, a, false, &able, e));
        if (able)
            TRY(tell(g, p, a->id, key, str_of(once), e));
    }
    return RC_OK;
}

enum rc approval_tell(const struct approval *p, struct signing *g, const char *key, struct err *e)
{
    char once[80];
    bool again = strcmp(key, "approval.asked") != 0;
    if (!p->running) {
        snprintf(once, sizeof once, "approval:%lld:ended", (long long)p->rec.id);
        return p->submitter > 0 ? tell(g, p, p->submitter, key, str_of(once), e) : RC_OK;
    }
    for (uint32_t i = 0; i < p->seat.n; i++)
        if (p->seat.p[i].round == p->round && seat_ready(p->seat.p, (uint32_t)p->seat.n, i))
            TRY(tell_seat(g, p, i, key, again, e));
    return RC_OK;
}
