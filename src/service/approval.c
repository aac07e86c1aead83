/* What people do with a running approval. Writers take turns (store.h), so what is read here is
 * what everybody before has left: a signature that the other's did not take away simply counts. */
#include "service/approval_int.h"
#include "store/notice.h"

#define NOTICES_READ  200
#define COMMENT_BYTES 3000u /* 1,000 Chinese characters */

struct doing {
    const struct actor *a;
    const struct kind *k;
    const struct approval_act *act;
    struct arena *to;
    vec_fault *faults;
    struct viewed seen; /* the record */
    struct approval p;
    struct signing g;
    int32_t mine; /* the actor's seat; -1: none */
};

static struct signer signer_of(const struct actor *a)
{
    return (struct signer){
        .account = a->read_only ? 0 : a->account, .org = a->org, .role = a->role};
}

static struct str name_of(struct str name, struct str login)
{
    return name.n ? name : login;
}

static struct seat *seat(struct doing *d)
{
    return &d->p.seat.p[d->mine];
}

static struct row *row(struct doing *d)
{
    return &d->p.row.p[d->mine];
}

/* ---- refusals ---- */

/* The last that somebody decided: who, a tab, his step. */
static enum rc changed(const struct doing *d, struct err *e)
{
    const struct row *last = NULL;
    for (size_t i = 0; i < d->p.row.n; i++)
        if (d->p.row.p[i].at && (!last || d->p.row.p[i].at >= last->at))
            last = &d->p.row.p[i];
    if (!last)
        return err_user(e, "approval.changed", "\t");
    return err_user(e, "approval.changed", "%.*s\t%.*s", (int)MIN(last->name.n, 100u), last->name.p,
                    (int)MIN(last->label.n, 100u), last->label.p);
}

/* Why the actor has no seat: somebody signed in his place, he did, or he never had one. */
static enum rc no_seat(const struct doing *d, struct err *e)
{
    const struct signer who = signer_of(d->a);
    uint32_t n = (uint32_t)d->p.seat.n;
    if (seat_signed_by(d->p.seat.p, n, d->p.round, d->a->account))
        return err_user(e, "approval.signed", "%s", "");
    for (uint32_t i = 0; i < n; i++) {
        struct seat s = d->p.seat.p[i];
        if (s.round != d->p.round || s.decision == DECISION_NONE || !s.by)
            continue;
        s.account = 0;
        if (seat_is_of(&s, &who))
            return err_user(e, "approval.taken", "%.*s", (int)MIN(d->p.row.p[i].name.n, 100u),
                            d->p.row.p[i].name.p);
    }
    return err_user(e, "approval.not_yours", "%s", "");
}

static enum rc need_seat(const struct doing *d, struct err *e)
{
    if (!d->p.chain || d->p.step == CHAIN_END)
        return err_user(e, "approval.vanished", "%s", "");
    return d->mine >= 0 ? RC_OK : no_seat(d, e);
}

static enum rc need_comment(struct doing *d, struct err *e)
{
    if (str_trim(d->act->comment).n)
        return RC_OK;
    TRY(fault_add(d->faults, NO_FIELD, UINT32_MAX, UINT32_MAX, "field.comment", STR(""), e));
    return err_user(e, "service.invalid", "%zu", d->faults->n);
}

/* ---- writing ---- */

static enum rc put(struct doing *d, const char *action, const char *state, struct err *e)
{
    struct approval *p = &d->p;
    struct rec before = p->rec;
    const struct actor *a = d->a;
    struct saving x = {d->g.s, d->g.tx, a, d->to, &before, &p->rec, NULL, d->faults, true};
    struct by by = actor_by(d->g.s, a, str_of(action), str_trim(d->act->comment), STR(""));
    p->rec.state = state_find(p->rec.kind, str_of(state));
    if (strcmp(state, "running") != 0) {
        p->step = CHAIN_END;
        p->running = false;
        approval_set_time(p, "ended", site_now(d->g.s));
    }
    TRY(approval_fill(p, d->to, e));
    return record_put_in(&x, &by, e);
}

/* What he was told of it is settled. */
static enum rc settle_notices(struct doing *d, struct err *e)
{
    vec_notice v = {0};
    enum rc rc = notice_list(d->g.tx, d->a->account, true, 0, NOTICES_READ, d->to, &v, e);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++)
        if (v.p[i].about == d->p.record && str_starts(v.p[i].key, STR("approval.")))
            rc = notice_seen(d->g.tx, d->a->account, v.p[i].id, site_now(d->g.s), e);
    vec_free(&v);
    return rc;
}

/* The actor's name stands at his seat from now on. */
static enum rc decide(struct doing *d, enum decided decision, struct err *e)
{
    struct row *r = row(d);
    struct seat *s = seat(d);
    s->account = d->a->account;
    s->decision = decision;
    r->login = d->a->login;
    r->name = name_of(d->a->name, d->a->login);
    r->at = site_now(d->g.s);
    r->comment = arena_str(d->to, str_trim(d->act->comment));
    return r->comment.p ? settle_notices(d, e) : err_nomem(e);
}

/* Nobody has to sign this round any more. */
static void close_round(struct doing *d)
{
    for (size_t i = 0; i < d->p.seat.n; i++)
        if (d->p.seat.p[i].round == d->p.round && d->p.seat.p[i].decision == DECISION_NONE)
            d->p.seat.p[i].decision = DECISION_MOOT;
}

/* The chain is over: the record takes its step, and the approval its last state. */
static enum rc end(struct doing *d, const char *action, const char *state, struct str step,
                   struct err *e)
{
    struct str comment = str_trim(d->act->comment);
    close_round(d);
    TRY(record_step_in(d->g.s, d->g.tx, d->a, &d->seen.full, step, comment, d->to, d->faults, e));
    TRY(put(d, action, state, e));
    return approval_tell(&d->p, &d->g, "approval.ended", e);
}

static enum rc begin_step(struct doing *d, const char *action, uint32_t step, struct err *e)
{
    close_round(d);
    TRY(approval_begin_step(&d->p, &d->g, step, false, e));
    TRY(put(d, action, "running", e));
    return approval_tell(&d->p, &d->g, "approval.asked", e);
}

/* ---- signing ---- */

static enum rc agree(struct doing *d, struct err *e)
{
    TRY(need_seat(d, e));
    const struct chain_step *step = &d->p.chain->step[d->p.step];
    TRY(decide(d, DECISION_AGREED, e));
    if (!round_done(d->p.seat.p, (uint32_t)d->p.seat.n, d->p.round, step->mode)) {
        TRY(put(d, "agree", "running", e));
        return approval_tell(&d->p, &d->g, "approval.asked", e);
    }
    return step->next == CHAIN_END ? end(d, "pass", "passed", d->p.chain->approve, e)
                                   : begin_step(d, "agree", step->next, e);
}

static enum rc send_back(struct doing *d, struct err *e)
{
    TRY(need_seat(d, e));
    uint32_t to = chain_step_find(d->p.chain, d->act->step);
    if (!chain_may_return(d->p.chain, d->p.step, to))
        return err_user(e, "approval.back", "%.*s", (int)MIN(d->act->step.n, 60u), d->act->step.p);
    TRY(need_comment(d, e));
    TRY(decide(d, DECISION_RETURNED, e));
    row(d)->target = label_text(&d->p.chain->step[to].label, true);
    return begin_step(d, "return", to, e);
}

static enum rc reject(struct doing *d, struct err *e)
{
    TRY(need_seat(d, e));
    TRY(need_comment(d, e));
    TRY(decide(d, DECISION_REJECTED, e));
    return end(d, "reject", "rejected", d->p.chain->reject, e);
}

/* Who submitted it; where he has gone or the chain has, who looks after all records. */
static enum rc withdraw(struct doing *d, struct err *e)
{
    const struct account *by = signing_account(&d->g, d->p.submitter);
    bool lost = !by || !by->active || !d->p.chain || d->p.step == CHAIN_END;
    bool his = !d->a->read_only && d->a->account == d->p.submitter;
    if (!his && !(lost && actor_writes_all(d->a)))
        return err_user(e, "service.denied", "%s", "");
    return end(d, "withdraw", "withdrawn", d->p.chain ? d->p.chain->withdraw : STR("withdraw"), e);
}

/* ---- others ---- */

/* Whom it names: an account that may sign, and does not yet. */
static enum rc find_person(struct doing *d, const struct account **out, struct err *e)
{
    bool able = false;
    *out = NULL;
    for (size_t i = 0; i < d->g.accounts.n; i++)
        if (str_eq(d->g.accounts.p[i].login, str_trim(d->act->login)))
            *out = &d->g.accounts.p[i];
    if (*out && approval_names(d->a, &d->seen.full, *out))
        TRY(signing_able(&d->g, *out, false, &able, e));
    if (!able)
        return err_user(e, "approval.who", "%.*s", (int)MIN(d->act->login.n, 60u),
                        d->act->login.n ? d->act->login.p : "");
    for (size_t i = 0; i < d->p.seat.n; i++)
        if (d->p.seat.p[i].round == d->p.round && d->p.seat.p[i].account == (*out)->id &&
            d->p.seat.p[i].decision != DECISION_MOOT)
            return err_user(e, "approval.twice", "%.*s", (int)MIN((*out)->login.n, 60u),
                            (*out)->login.p);
    return RC_OK;
}

static enum rc add(struct doing *d, struct err *e)
{
    const struct account *a;
    TRY(need_seat(d, e));
    TRY(find_person(d, &a, e));
    int32_t place = (int32_t)d->p.seat.n;
    struct seat s = {.round = d->p.round, .added = true, .account = a->id, .org = a->org};
    struct row r = {.step = row(d)->step,
                    .label = row(d)->label,
                    .login = a->login,
                    .name = name_of(a->name, a->login),
                    .added = name_of(d->a->name, d->a->login),
                    .asked = site_now(d->g.s)};
    /* the seat that it stands beside is his from now on, and no colleague's */
    *seat(d) = (struct seat){.round = d->p.round,
                             .added = seat(d)->added,
                             .after = seat(d)->after,
                             .account = d->a->account,
                             .org = seat(d)->org};
    row(d)->login = d->a->login;
    row(d)->name = name_of(d->a->name, d->a->login);
    s.after = d->act->before ? -1 : d->mine;
    if (d->act->before)
        seat(d)->after = place;
    TRY(vec_push(&d->p.seat, s, e));
    TRY(vec_push(&d->p.row, r, e));
    TRY(put(d, "add", "running", e));
    return approval_tell(&d->p, &d->g, "approval.asked", e);
}

/* A seat that nobody can sign any more may be given away by a broker. */
static enum rc find_orphan(struct doing *d, struct err *e)
{
    bool fills = true;
    for (uint32_t i = 0; d->mine < 0 && actor_writes_all(d->a) && i < d->p.seat.n; i++) {
        if (d->p.seat.p[i].round != d->p.round ||
            !seat_ready(d->p.seat.p, (uint32_t)d->p.seat.n, i))
            continue;
        TRY(signing_fills(&d->g, &d->p.seat.p[i], &fills, e));
        if (!fills)
            d->mine = (int32_t)i;
    }
    return RC_OK;
}

static enum rc delegate(struct doing *d, struct err *e)
{
    const struct account *a;
    TRY(find_orphan(d, e));
    TRY(need_seat(d, e));
    TRY(find_person(d, &a, e));
    struct row *r = row(d);
    *seat(d) = (struct seat){.round = d->p.round,
                             .added = seat(d)->added,
                             .after = seat(d)->after,
                             .account = a->id,
                             .org = a->org};
    r->login = a->login;
    r->name = name_of(a->name, a->login);
    r->deputed = name_of(d->a->name, d->a->login);
    r->asked = site_now(d->g.s);
    TRY(put(d, "delegate", "running", e));
    return approval_tell(&d->p, &d->g, "approval.asked", e);
}

static enum rc remind(struct doing *d, struct err *e)
{
    const struct val *last = saving_val(&d->p.rec, "reminded");
    int64_t now = site_now(d->g.s);
    if (!approval_may_remind(d->a, &d->p, &d->seen))
        return err_user(e, "service.denied", "%s", "");
    if (last && now - last->num < APPROVAL_REMIND_SECONDS)
        return err_user(e, "approval.early", "%lld",
                        (long long)((APPROVAL_REMIND_SECONDS - (now - last->num) + 59) / 60));
    approval_set_time(&d->p, "reminded", now);
    TRY(put(d, "remind", "running", e));
    return approval_tell(&d->p, &d->g, "approval.reminded", e);
}

/* ---- one operation ---- */

static const struct {
    const char *name;
    enum rc (*run)(struct doing *d, struct err *e);
} operations[] = {{"agree", agree},       {"return", send_back}, {"reject", reject},
                  {"withdraw", withdraw}, {"add", add},          {"delegate", delegate},
                  {"remind", remind}};

static enum rc load(struct doing *d, struct site *s, struct tx *tx, struct err *e)
{
    const struct signer who = signer_of(d->a);
    struct rec runs;
    bool found;
    TRY(view_get(tx, d->a, d->k, d->act->id, d->to, &d->seen, e));
    if (!d->seen.found)
        return view_missing(e);
    if (d->seen.face == FACE_PUBLIC)
        return err_user(e, "service.denied", "%s", "");
    TRY(approval_last(s, tx, d->act->id, true, d->to, &runs, &found, e));
    if (!found)
        return err_user(e, "approval.none", "%s", "");
    TRY(approval_read(&d->p, s, &runs, d->to, e));
    TRY(signing_open(&d->g, s, tx, &d->seen.full, d->to, e));
    d->mine = seat_for(d->p.seat.p, (uint32_t)d->p.seat.n, d->p.round, &who);
    if (d->act->round && d->act->round != d->p.round)
        return changed(d, e);
    return RC_OK;
}

static enum rc run(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct doing *d = ctx;
    if (d->act->comment.n > COMMENT_BYTES) {
        TRY(fault_add(d->faults, NO_FIELD, UINT32_MAX, UINT32_MAX, "field.too_long", STR("1000"),
                      e));
        return err_user(e, "service.invalid", "%zu", d->faults->n);
    }
    enum rc rc = load(d, s, tx, e);
    for (size_t i = 0; rc == RC_OK; i++) {
        if (i == ARRAY_LEN(operations)) {
            rc = err_user(e, "approval.action", "%.*s", (int)MIN(d->act->action.n, 60u),
                          d->act->action.n ? d->act->action.p : "");
        } else if (str_eq(d->act->action, str_of(operations[i].name))) {
            rc = operations[i].run(d, e);
            break;
        }
    }
    vec_free(&d->g.accounts);
    approval_release(&d->p);
    return rc;
}

enum rc approval_do(struct site *s, const struct actor *a, const struct kind *k,
                    const struct approval_act *act, struct arena *to, vec_fault *faults,
                    struct err *e)
{
    struct doing d = {.a = a, .k = k, .act = act, .to = to, .faults = faults, .mine = -1};
    return site_write(s, run, &d, e);
}
