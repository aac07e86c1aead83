/* The approvals' own files only.
 *
 * approval.c        what people do with one
 * approval_begin.c  beginning a chain and its steps: who has to sign; finding what runs
 * approval_rows.c   one as a record of kind `approval`, and taken apart
 * approval_show.c   one, as somebody may see it
 * approval_list.c   many; what waits for whom
 * approvals_open.c  declarations */
#ifndef QIAO_APPROVAL_INT_H
#define QIAO_APPROVAL_INT_H

#include "service/approval.h"
#include "service/site_int.h"
#include "service/special_int.h"

struct waiting; /* what runs, in memory (approval_list.c) */
struct approvals {
    struct arena arena;
    struct chains *chains;
    struct waiting *waiting;
};
enum rc approvals_open(struct approvals **out, const struct site *s, struct err *e) MUST_CHECK;
void approvals_close(struct approvals *p); /* NULL is allowed */
enum rc waiting_open(struct waiting **out, struct err *e) MUST_CHECK;
void waiting_close(struct waiting *w); /* NULL is allowed */

/* ---- one, taken apart (approval_rows.c) ---- */

/* What a row says besides its seat. */
struct row {
    struct str step, label, login, name, comment, deputed, added, target;
    int64_t asked, at;
};
#define ROWS_MAX LIST_MAX
struct approval {
    struct rec rec;
    /* As it was declared when the approval began; NULL: what it names is no longer there. */
    const struct chain *chain;
    bool differs;  /* it is declared otherwise today, or no more */
    uint32_t step; /* of the chain; CHAIN_END: it has none, or ended */
    int64_t record, submitter;
    uint32_t round;
    bool running;
    VEC(struct seat) seat; /* one and one: seat and row */
    VEC(struct row) row;
};
const struct kind *approval_kind(const struct site *s);
/* Texts stay in the record's arena, the chain in `to` or with the declarations. approval_release in
 * every case. */
enum rc approval_read(struct approval *p, const struct site *s, const struct rec *r,
                      struct arena *to, struct err *e) MUST_CHECK;
/* Seats, step, round into the record's fields, which are made in `to`. */
enum rc approval_fill(struct approval *p, struct arena *to, struct err *e) MUST_CHECK;
void approval_release(struct approval *p);
void approval_set_time(struct approval *p, const char *field, int64_t at);
void approval_set_text(struct approval *p, const char *field, struct str text);

/* ---- finding (approval_begin.c) ---- */

/* The last approval of a record; *found false: none. */
enum rc approval_last(struct site *s, struct tx *tx, int64_t id, bool running, struct arena *to,
                      struct rec *out, bool *found, struct err *e) MUST_CHECK;
/* Does one run on the record? No query where its kind has no chain. */
enum rc approval_locked(struct site *s, struct tx *tx, const struct rec *r, struct arena *to,
                        bool *locked, struct err *e) MUST_CHECK;
/* "approval.running" where one does. */
enum rc approval_unlocked(struct site *s, struct tx *tx, const struct rec *r, struct arena *to,
                          struct err *e) MUST_CHECK;
/* The chain that the action would begin on the record as it is. NULL: none. */
enum rc approval_chain(struct site *s, struct tx *tx, const struct rec *r, struct str action,
                       struct arena *to, const struct chain **out, struct err *e) MUST_CHECK;

/* ---- beginning ---- */

/* After the step x->step was written: the chain that it begins, if any. */
enum rc approval_begin(struct saving *x, struct err *e) MUST_CHECK;
/* Where accounts stand against a record. */
struct signing {
    struct site *s;
    struct tx *tx;
    const struct rec *rec; /* the record that is approved, whole */
    struct arena *to;
    vec_account accounts; /* vec_free by the caller */
};
enum rc signing_open(struct signing *g, struct site *s, struct tx *tx, const struct rec *rec,
                     struct arena *to, struct err *e) MUST_CHECK;
/* May somebody with this account sign things about the record: active, of a role that writes and
 * reads the kind, and seeing the record, or about to be granted it (`granted`). */
enum rc signing_able(struct signing *g, const struct account *a, bool granted, bool *able,
                     struct err *e) MUST_CHECK;
/* Is there an account that can sign the seat? */
enum rc signing_fills(struct signing *g, const struct seat *seat, bool *fills,
                      struct err *e) MUST_CHECK;
const struct account *signing_account(const struct signing *g, int64_t id); /* NULL: none */
/* Begins a step: its seats are added to p. RC_USER "approval.nobody" where `strict` and a seat that
 * is needed has nobody; else such a seat stays, for a broker to delegate. */
enum rc approval_begin_step(struct approval *p, struct signing *g, uint32_t step, bool strict,
                            struct err *e) MUST_CHECK;

/* Sees the record whole as its own, not as a party: of all that is signed he sees everything. */
bool approval_whole(const struct viewed *v);
/* May the actor be told of this account, so that it may sign for him: colleagues, and, for who sees
 * the record whole, everybody who can sign. */
bool approval_names(const struct actor *a, const struct rec *full, const struct account *who);
/* Who submitted it, and who may write the record. */
bool approval_may_remind(const struct actor *a, const struct approval *p, const struct viewed *v);

/* ---- telling (approval_begin.c) ---- */

/* Those who can sign now: it waits for them ("approval.asked", "approval.reminded"); who submitted
 * it: it has ended ("approval.ended"). */
enum rc approval_tell(const struct approval *p, struct signing *g, const char *key,
                      struct err *e) MUST_CHECK;

/* ---- the record that is approved (record_step.c) ---- */

/* Takes a step for who was decided to take it by the chain, not by the roles of the action. */
enum rc record_step_in(struct site *s, struct tx *tx, const struct actor *a, const struct rec *full,
                       struct str action, struct str comment, struct arena *to, vec_fault *faults,
                       struct err *e) MUST_CHECK;

#endif
