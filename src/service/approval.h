/* Approval chains at work (record/chain.h has what is declared): a step of a kind that begins a
 * chain makes a record of kind `approval`, which says who has to sign and who did. While it runs,
 * the record that is approved is locked, and only what stands here moves either of them: the last
 * signature takes the kind's step `approve` in the same transaction, a rejection `reject`.
 *
 * A running approval goes on by the chain that it began with, whatever is declared since.
 *
 * What the system does (jobs, the command line) begins no chain. An approval shows nobody a record
 * that he may not read; organisations that the chain lets sign are granted the record when their
 * step begins. Of the signatures, who does not see the record whole sees those of his own
 * organisation.
 *
 * Errors besides those of records.h, all RC_USER: "approval.none" (no approval runs),
 * "approval.running" (the record is locked), "approval.nobody" (a step that
 * nobody can sign; detail: the step), "approval.changed" (it is in another round than the one that
 * was looked at; detail: who did what last, parted by a tab), "approval.taken" (detail: who signed
 * in his place), "approval.signed" (he has signed already), "approval.not_yours", "approval.back"
 * (not a step to which it may be sent back), "approval.who" (nobody of that login may sign it),
 * "approval.twice" (that person signs already), "approval.early" (a reminder within the hour),
 * "approval.vanished" (what its chain names is no longer declared: it can be withdrawn only),
 * "approval.action". */
#ifndef QIAO_APPROVAL_H
#define QIAO_APPROVAL_H

#include "record/chain.h"
#include "service/records.h"

const struct chains *site_chains(const struct site *s);

/* ---- doing ---- */

struct approval_act {
    int64_t id;         /* of the record that is approved */
    int64_t round;      /* as it was looked at; 0: whichever it is in */
    struct str action;  /* agree, return, reject, withdraw, add, delegate, remind */
    struct str comment; /* return, reject: needed */
    struct str step;    /* return: its name */
    struct str login;   /* add, delegate: whom */
    bool before;        /* add: signs before me, else after me */
};
/* With faults (a comment is missing; the kind's own step refuses) RC_USER "service.invalid". */
enum rc approval_do(struct site *s, const struct actor *a, const struct kind *k,
                    const struct approval_act *act, struct arena *to, vec_fault *faults,
                    struct err *e) MUST_CHECK;
#define APPROVAL_REMIND_SECONDS 3600

/* ---- one ---- */

/* The record of an approval keeps the names of its chain and steps in Chinese. In English, for
 * being shown, it has those of its declaration; what that no longer names stays. Texts in `to`.
 * Nothing is done to a record of another kind. */
enum rc approval_words(const struct site *s, struct rec *r, bool zh, struct arena *to,
                       struct err *e) MUST_CHECK;

struct approval_row {
    struct str label;   /* of its step, then */
    uint32_t step;      /* in approval_shown.step; CHAIN_END: is no longer declared */
    int64_t round, org; /* org 0: of none */
    roles by;           /* not signed yet, and anybody of these may */
    struct str who;     /* whose it is, or who signed; "" anybody of the role, or hidden */
    enum decided decision;
    struct str comment, deputed, added, target;
    int64_t asked, at;
    bool mine;   /* it is the actor's to sign now */
    bool waits;  /* for another one */
    bool hidden; /* of another organisation: who and what was said is not told */
};
enum approval_stage { STAGE_DONE, STAGE_NOW, STAGE_AHEAD };
struct approval_step {
    const struct chain_step *step;
    enum approval_stage stage;
    int64_t round; /* its last; 0: it has not begun */
};
struct approval_person {
    struct str login, name;
    enum role role;
    int64_t org;
};
struct approval_shown {
    bool found; /* else `step` is what would follow, where a chain would begin */
    int64_t id, version, round, submitted, ended, reminded;
    struct rec rec; /* the record of kind approval, for its state */
    bool running, vanished;
    bool differs; /* it runs by the chain it began with, which is declared otherwise today */
    struct label chain;
    struct str submitter;
    const struct approval_step *step; /* in the order in which they are taken */
    uint32_t n_steps, now;            /* now: the one that runs; CHAIN_END: none */
    const struct approval_row *row;   /* oldest first */
    uint32_t n_rows;
    /* what the actor may do */
    bool may_sign, may_withdraw, may_remind, may_delegate;
    const uint32_t *back; /* steps to which it may send it back, in `step` */
    uint32_t n_back;
    const struct approval_person *person; /* whom it may add or delegate to */
    uint32_t n_persons;
};
/* The last approval of a record; not found where there was none or none that the actor may see. */
enum rc approval_of(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                    struct arena *to, struct approval_shown *out, struct err *e) MUST_CHECK;

/* ---- many ---- */

enum approval_which { APPROVALS_WAITING, APPROVALS_MINE, APPROVALS_DONE };
struct approval_line {
    int64_t id, record;
    struct str step, submitter; /* step "": it has ended */
    struct str title;           /* of the record, as the actor sees it; "" it does not */
    const struct kind *kind;    /* of the record; NULL */
    int64_t since;              /* asked, submitted or signed */
    struct rec rec;             /* the approval itself */
};
typedef VEC(struct approval_line) vec_approval;
#define APPROVALS_MOST 200
/* Waiting for the actor's signature (longest first), submitted by it, signed by it (newest first);
 * at most APPROVALS_MOST. Appends. */
enum rc approval_list(struct site *s, const struct actor *a, enum approval_which which,
                      struct arena *to, vec_approval *out, struct err *e) MUST_CHECK;
/* How many wait for the actor. Kept in memory until the next change of anything. */
enum rc approval_waiting(struct site *s, const struct actor *a, uint32_t *n,
                         struct err *e) MUST_CHECK;

#endif
