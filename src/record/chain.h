/* Approval chains: what model/approval/ (and a site's own folder) declare, and what follows from
 * the signatures given so far. Pure: accounts, records and clocks are of service.
 *
 * The format of a file, one chain each:
 *
 *   chain: agreement_large
 *   kind: agreement
 *   action: submit             # the step of the kind that begins it
 *   order: 10                  # of one action the first is taken whose `when` holds
 *   when: amount >= 1000000    # the filter language; left out: always
 *   label: {zh: 重大协议审批, en: Approval of a large agreement}
 *   approve: approve           # the kind's steps that end it; these names where left out
 *   reject: reject
 *   withdraw: withdraw
 *   steps:
 *     department: {label: {zh: 承办部门, en: …}, mode: one, signers: [{role: [editor, member]}]}
 *     parties:    {label: …, mode: joint, signers: [{role: editor, of: parties.org}, {role:
 * broker}]} leaders:    {label: …, mode: any, signers: [{login: wang}, {field: leader}], back:
 * [department]}
 *
 * A signer is somebody of a role, of an organisation (`of`: owner, or a path to organisations of
 * the record; members and editors without it are of the owner), the person of a field (a path), or
 * a login; `each: true` of a role: all that hold it. Each gives seats; one that nobody can sign
 * bars the submission, but not with `optional: true`, nor in a step of mode any where there is
 * another. one: there is one seat. joint (会签): every seat has to be signed. any (或签): the first
 * decides. `next` names the step that follows, or `end` (else the one below), `back` the steps to
 * which a signer may send it back (else every earlier one). `off: true` with `chain:` alone takes a
 * chain of that name away. */
#ifndef QIAO_CHAIN_H
#define QIAO_CHAIN_H

#include "record/filter.h"

enum chain_mode { CHAIN_ONE, CHAIN_JOINT, CHAIN_ANY };

struct chain_signer {
    roles by;        /* 0: by field or login */
    bool each;       /* everybody who holds the role */
    bool optional;   /* left out where nobody can sign */
    struct path of;  /* n 0: brokers, of no organisation */
    struct path who; /* n > 0: persons */
    struct str login;
};

#define CHAIN_END UINT32_MAX
struct chain_step {
    struct str name;
    struct label label;
    enum chain_mode mode;
    const struct chain_signer *signer;
    uint32_t n_signers;
    uint32_t next;  /* CHAIN_END: it is the last */
    uint32_t place; /* in the order in which they are taken, from 0 on */
    uint64_t back;  /* bit of each step that it may be sent back to */
};

struct chain {
    struct str name;
    struct label label;
    const struct kind *kind;
    struct str action, approve, reject, withdraw;
    const struct filter *when; /* NULL: always */
    double order;
    const struct chain_step *step;
    uint32_t n_steps;
    uint32_t first; /* the step that it begins with: 0 */
    /* The declaration without what only says when it begins (`when`, `order`): chain_read makes the
     * same chain of it. */
    struct str text;
};

/* All of them. Read only once made; threads may share it. */
struct chains;
enum rc chains_open(struct chains **out, struct err *e) MUST_CHECK;
void chains_close(struct chains *c); /* NULL is allowed */
/* One file; node trees and names must stay, as must the kinds. A name that is there already is
 * replaced. RC_USER "chain.…" or "kind.…" with file and line: an unknown key, kind, action, role,
 * field or step; steps that lead in a circle or cannot be reached; a step that nobody can sign (no
 * signer, a role that writes nothing or may not read the kind); an action after which the kind does
 * not have the steps that end the chain. */
enum rc chains_add(struct chains *c, const struct kinds *kinds, const struct node *file,
                   const char *name, struct err *e) MUST_CHECK;
/* One chain of its text, as it was declared once; all of it lives in `to`. Errors as of chains_add.
 */
enum rc chain_read(struct chain **out, const struct kinds *kinds, struct str text, struct arena *to,
                   struct err *e) MUST_CHECK;
uint32_t chains_count(const struct chains *c);
const struct chain *chains_at(const struct chains *c, uint32_t i);       /* by order, then name */
const struct chain *chain_find(const struct chains *c, struct str name); /* NULL: none */
bool chains_of_kind(const struct chains *c, const struct kind *k);       /* are there any */
uint32_t chain_step_find(const struct chain *c, struct str name);        /* CHAIN_END: none */
/* May a signer of step `from` send it back to step `to`: an earlier one that it names. */
bool chain_may_return(const struct chain *c, uint32_t from, uint32_t to);

/* ---- seats: who has to sign a step, and who did ---- */

enum decided {
    DECISION_NONE, /* still open */
    DECISION_AGREED,
    DECISION_RETURNED, /* sent back to an earlier step */
    DECISION_REJECTED,
    DECISION_MOOT, /* was not needed any more */
    DECISION__COUNT
};
/* A code of the table `decision`; DECISION__COUNT if none ("" is DECISION_NONE). */
enum decided decision_find(struct str code);
const char *decision_name(enum decided d);

struct seat {
    uint32_t round; /* steps are begun in rounds, 1 for the first */
    enum decided decision;
    bool added;      /* by another signer (加签) */
    int32_t after;   /* place of the seat that has to be signed before; -1: none */
    int64_t account; /* who signs or signed; 0: anybody of the role */
    roles by;        /* of a role; 0: only the account */
    int64_t org;     /* and of this organisation; 0: of none in particular */
};
struct signer {
    int64_t account, org;
    enum role role;
};

/* Open, and what it waits for is signed. */
bool seat_ready(const struct seat *s, uint32_t n, uint32_t i);
/* Is it his to sign: his own, or of his role and organisation. */
bool seat_is_of(const struct seat *s, const struct signer *who);
/* The seat that he would sign in this round: his own; who has none, one of his role. -1: none.
 * Nobody signs twice in a round, and who waits to sign his own signs no other. O(n). */
int32_t seat_for(const struct seat *s, uint32_t n, uint32_t round, const struct signer *who);
/* He has decided in this round. */
bool seat_signed_by(const struct seat *s, uint32_t n, uint32_t round, int64_t account);
/* Is the step done: joint: every seat agreed; one, any: one that was declared agreed, and so did
 * all that were added after it. */
bool round_done(const struct seat *s, uint32_t n, uint32_t round, enum chain_mode mode);

#endif
