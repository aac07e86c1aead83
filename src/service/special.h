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
};

struct special {
    const char *kind;
    /* An organisation that was granted the record takes part: it may take steps. */
    bool partners_act;
    /* Before the checks: derived fields, the owner. May append faults. */
    enum rc (*before_save)(struct saving *x, struct err *e);
    /* After the write: r->id is known. */
    enum rc (*after_save)(struct saving *x, struct err *e);
    /* What a partner is not shown yet. */
    void (*partner_face)(struct rec *face);
};
/* NULL for an ordinary kind. */
const struct special *special_of(const struct kind *k);

#endif
