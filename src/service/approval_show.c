/* One approval, as somebody may see it, and what he may do about it. */
#include "service/approval_int.h"

#include <stdlib.h>

struct showing {
    const struct actor *a;
    const struct kind *k;
    int64_t id;
    struct arena *to;
    struct approval_shown *out;
    struct viewed seen; /* the record */
    struct approval p;
    struct signing g;
};

bool approval_names(const struct actor *a, const struct rec *full, const struct account *who)
{
    return who->id != a->account && (actor_sees_all(a, full) || (a->org && a->org == who->org));
}

bool approval_may_remind(const struct actor *a, const struct approval *p, const struct viewed *v)
{
    if (a->read_only)
        return false;
    return a->account == p->submitter ||
           (approval_whole(v) && actor_may(a, v->full.kind, RIGHT_WRITE, &v->full));
}

bool approval_whole(const struct viewed *v)
{
    return v->face == FACE_FULL && !v->party;
}

/* ---- the chain ---- */

/* Somebody signed in its last round: one that was withdrawn before is not done. */
static bool was_signed(const struct approval *p, struct str step, int64_t round)
{
    for (size_t r = 0; r < p->row.n; r++) {
        enum decided d = p->seat.p[r].decision;
        if (str_eq(p->row.p[r].step, step) && (int64_t)p->seat.p[r].round == round &&
            d != DECISION_NONE && d != DECISION_MOOT)
            return true;
    }
    return false;
}

/* In the order in which they are taken; those before the running one are done. */
static enum rc show_steps(struct showing *x, const struct chain *c, struct err *e)
{
    struct approval_step *to = arena_calloc(x->to, c->n_steps, sizeof *to);
    if (!to)
        return err_nomem(e);
    x->out->chain = c->label;
    x->out->step = to;
    x->out->n_steps = c->n_steps;
    uint32_t now = x->p.step == CHAIN_END ? CHAIN_END : c->step[x->p.step].place;
    for (uint32_t i = 0; i < c->n_steps; i++) {
        struct approval_step *s = &to[c->step[i].place];
        *s = (struct approval_step){.step = &c->step[i], .stage = STAGE_AHEAD};
        for (size_t r = 0; r < x->p.row.n; r++)
            if (str_eq(x->p.row.p[r].step, c->step[i].name))
                s->round = MAX(s->round, (int64_t)x->p.seat.p[r].round);
        bool gone = x->p.running ? now != CHAIN_END && c->step[i].place < now
                                 : x->out->found && was_signed(&x->p, c->step[i].name, s->round);
        if (gone)
            s->stage = STAGE_DONE;
        if (now != CHAIN_END && c->step[i].place == now)
            s->stage = STAGE_NOW;
    }
    x->out->now = now;
    return RC_OK;
}

/* ---- rows ---- */

static void show_row(struct showing *x, uint32_t i, struct approval_row *to)
{
    const struct seat *s = &x->p.seat.p[i];
    const struct row *r = &x->p.row.p[i];
    uint32_t step = x->p.chain ? chain_step_find(x->p.chain, r->step) : CHAIN_END;
    *to =
        (struct approval_row){.label = r->label,
                              .step = step == CHAIN_END ? CHAIN_END : x->p.chain->step[step].place,
                              .round = s->round,
                              .by = s->account ? 0 : s->by,
                              .decision = s->decision,
                              .asked = r->asked,
                              .at = r->at,
                              .target = r->target};
    to->waits = s->decision == DECISION_NONE && !seat_ready(x->p.seat.p, (uint32_t)x->p.seat.n, i);
    to->hidden = !approval_whole(&x->seen) && s->account != x->a->account &&
                 !(s->org && s->org == x->a->org);
    if (to->hidden)
        return;
    to->org = s->org;
    to->who = r->name;
    to->comment = r->comment;
    to->deputed = r->deputed;
    to->added = r->added;
}

static enum rc show_rows(struct showing *x, struct err *e)
{
    uint32_t n = (uint32_t)x->p.row.n;
    struct approval_row *to = arena_calloc(x->to, n ? n : 1, sizeof *to);
    if (!to)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        show_row(x, i, &to[i]);
    x->out->row = to;
    x->out->n_rows = n;
    return RC_OK;
}

/* ---- what may be done ---- */

static int by_name(const void *x, const void *y)
{
    const struct approval_person *a = x, *b = y;
    return a->org != b->org ? (a->org > b->org) - (a->org < b->org) : str_cmp(a->login, b->login);
}

static enum rc show_persons(struct showing *x, struct err *e)
{
    struct approval_person *to = arena_calloc(x->to, x->g.accounts.n + 1, sizeof *to);
    uint32_t n = 0;
    if (!to)
        return err_nomem(e);
    for (size_t i = 0; i < x->g.accounts.n; i++) {
        const struct account *a = &x->g.accounts.p[i];
        bool able = false, there = false;
        for (size_t j = 0; j < x->p.seat.n; j++)
            there |= x->p.seat.p[j].round == x->p.round && x->p.seat.p[j].account == a->id &&
                     x->p.seat.p[j].decision != DECISION_MOOT;
        if (there || !approval_names(x->a, &x->seen.full, a))
            continue;
        TRY(signing_able(&x->g, a, false, &able, e));
        if (able)
            to[n++] =
                (struct approval_person){a->login, a->name.n ? a->name : a->login, a->role, a->org};
    }
    if (n)
        qsort(to, n, sizeof *to, by_name);
    x->out->person = to;
    x->out->n_persons = n;
    return RC_OK;
}

static enum rc show_back(struct showing *x, struct err *e)
{
    const struct chain *c = x->p.chain;
    uint32_t *back = arena_calloc(x->to, c->n_steps, sizeof *back);
    if (!back)
        return err_nomem(e);
    x->out->back = back;
    for (uint32_t place = 0; place < c->n_steps; place++)
        for (uint32_t i = 0; i < c->n_steps; i++)
            if (c->step[i].place == place && chain_may_return(c, x->p.step, i))
                back[x->out->n_back++] = place;
    return RC_OK;
}

/* A seat that nobody can sign: a broker may give it to somebody. */
static enum rc has_orphan(struct showing *x, bool *orphan, struct err *e)
{
    uint32_t n = (uint32_t)x->p.seat.n;
    *orphan = false;
    for (uint32_t i = 0; actor_writes_all(x->a) && !*orphan && i < n; i++) {
        bool fills;
        if (x->p.seat.p[i].round != x->p.round || !seat_ready(x->p.seat.p, n, i))
            continue;
        TRY(signing_fills(&x->g, &x->p.seat.p[i], &fills, e));
        *orphan = !fills;
    }
    return RC_OK;
}

static enum rc show_doing(struct showing *x, struct err *e)
{
    const struct signer who = {
        .account = x->a->read_only ? 0 : x->a->account, .org = x->a->org, .role = x->a->role};
    uint32_t n = (uint32_t)x->p.seat.n;
    int32_t mine = seat_for(x->p.seat.p, n, x->p.round, &who);
    struct approval_shown *out = x->out;
    bool orphan = false;
    TRY(signing_open(&x->g, x->g.s, x->g.tx, &x->seen.full, x->to, e));
    const struct account *by = signing_account(&x->g, x->p.submitter);
    out->vanished = x->p.step == CHAIN_END;
    out->may_sign = mine >= 0 && !out->vanished;
    if (mine >= 0)
        ((struct approval_row *)out->row)[mine].mine = true;
    out->may_withdraw = (who.account && who.account == x->p.submitter) ||
                        ((!by || !by->active || out->vanished) && actor_writes_all(x->a));
    out->may_remind = !out->vanished && approval_may_remind(x->a, &x->p, &x->seen);
    if (!out->vanished)
        TRY(has_orphan(x, &orphan, e));
    out->may_delegate = out->may_sign || orphan;
    if (out->may_sign)
        TRY(show_back(x, e));
    return out->may_delegate ? show_persons(x, e) : RC_OK;
}

/* ---- the whole ---- */

static int64_t time_of(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? v->num : 0;
}

static enum rc show_found(struct showing *x, const struct site *s, const struct rec *r,
                          struct err *e)
{
    const struct val *label = saving_val(r, "chain_label"), *by = saving_val(r, "submitter");
    struct approval_shown *out = x->out;
    TRY(approval_read(&x->p, s, r, x->to, e));
    out->found = true;
    out->id = r->id;
    out->version = r->version;
    out->rec = *r;
    out->round = x->p.round;
    out->running = x->p.running;
    out->differs = x->p.running && x->p.chain && x->p.differs;
    out->submitted = time_of(r, "submitted");
    out->ended = time_of(r, "ended");
    out->reminded = time_of(r, "reminded");
    if (label)
        out->chain = (struct label){label->text, label->text};
    if (by && (approval_whole(&x->seen) || x->p.submitter == x->a->account))
        out->submitter = by->text;
    if (x->p.chain)
        TRY(show_steps(x, x->p.chain, e));
    TRY(show_rows(x, e));
    return x->p.running ? show_doing(x, e) : RC_OK;
}

/* Nothing has begun: what would follow, were it submitted now. */
static enum rc show_ahead(struct showing *x, struct site *s, struct tx *tx, struct err *e)
{
    const struct rec *r = &x->seen.full;
    const struct chain *c = NULL;
    for (uint32_t i = 0; !c && r->state != NO_STATE && i < r->kind->state[r->state].n_steps; i++)
        TRY(approval_chain(s, tx, r, r->kind->state[r->state].step[i].action->name, x->to, &c, e));
    return c ? show_steps(x, c, e) : RC_OK;
}

static enum rc show(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct showing *x = ctx;
    struct rec last;
    bool found;
    TRY(view_get(tx, x->a, x->k, x->id, x->to, &x->seen, e));
    if (!x->seen.found)
        return view_missing(e);
    if (x->seen.face == FACE_PUBLIC)
        return RC_OK;
    x->g.s = s;
    x->g.tx = tx;
    TRY(approval_last(s, tx, x->id, false, x->to, &last, &found, e));
    if (found)
        TRY(show_found(x, s, &last, e));
    /* a record that was sent back may begin again */
    if (!found && approval_whole(&x->seen))
        TRY(show_ahead(x, s, tx, e));
    return RC_OK;
}

enum rc approval_of(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                    struct arena *to, struct approval_shown *out, struct err *e)
{
    struct showing x = {.a = a, .k = k, .id = id, .to = to, .out = out};
    *out = (struct approval_shown){.now = CHAIN_END};
    x.p.step = CHAIN_END;
    if (!approval_kind(s))
        return RC_OK;
    enum rc rc = site_read(s, show, &x, e);
    vec_free(&x.g.accounts);
    approval_release(&x.p);
    return rc;
}
