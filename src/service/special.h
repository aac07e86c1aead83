/* Kinds that behave in a way of their own: one row each in special.c. Everything else follows from
 * the declaration. */
#ifndef QIAO_SPECIAL_H
#define QIAO_SPECIAL_H

#include "service/site.h"

/* A record while it is written, inside the transaction. */
struct saving {
    struct site *s;
    struct tx *tx;
    const struct actor *a;
    struct arena *to;
    const struct rec *before; /* NULL: a new one */
    struct rec *r;
    const struct step *step; /* that is taken; NULL: none */
    vec_fault *faults;
    bool by_chain; /* the approval that runs on it does it: its lock does not hold */
};

struct special {
    const char *kind;
    /* An organisation that was granted the record takes part as if it were its own: it lists,
     * writes and takes steps as its roles may. Such records belong to nobody. */
    bool partners_act;
    /* Before the checks: derived fields, the owner. May append faults. */
    enum rc (*before_save)(struct saving *x, struct err *e);
    /* After the write: r->id is known. After it was deleted: r is NULL, `before` what it was. */
    enum rc (*after_save)(struct saving *x, struct err *e);
    bool after_delete; /* after_save is called then as well */
    /* The shares of somebody's time that follow from a record, for checking; NULL: none. */
    store_shares_fn shares;
};
/* NULL for an ordinary kind. */
const struct special *special_of(const struct kind *k);

/* The two halves of a save, for an import that checks many records before it writes them in one
 * transaction (record_check.c). What the actor may do was decided by the caller. */
enum rc record_check_in(struct saving *x, struct err *e) MUST_CHECK;
enum rc record_put_in(struct saving *x, const struct by *by, struct err *e) MUST_CHECK;
/* parties.c: who takes part in a record that was written (kind.h, `parties`), and in those that
 * take their parties from it. O(1) queries a reference, plus those records. */
enum rc parties_after(struct saving *x, struct err *e) MUST_CHECK;
/* attach.c: a file that comes to stand in the record is one that the actor put: else a fault
 * "field.file_unknown". */
enum rc attach_check(struct saving *x, struct err *e) MUST_CHECK;
/* confirm.c: each side confirms itself (kind.h, `confirms`): faults "field.other_side"; a change of
 * anything else takes the confirmations back that stood before, and a state that only confirmed
 * records enter is left for the first one. */
enum rc confirms_before(struct saving *x, struct err *e) MUST_CHECK;
/* References from this id on stand for rows of an import that are not written yet. */
#define REF_PENDING (NUMBER_LIMIT - (1 << 20))

#endif
