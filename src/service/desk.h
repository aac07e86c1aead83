/* What waits for somebody: the boxes of his first page. Each is a list (kind, filter, sort) whose
 * first records it shows; the same list read by the same actor is behind its number. */
#ifndef QIAO_DESK_H
#define QIAO_DESK_H

#include "service/pairing.h"

struct desk_box {
    const char *name; /* "collected", "expiring" …: the rows of desk.c */
    const struct kind *kind;
    struct str filter, sort;
    const char *step; /* an action that is offered with each ("renew"), or NULL */
    bool main;        /* shown empty as well */
    bool has_due;     /* `due` of each: the day until which something has to happen */
    uint64_t total;
    const struct rec *rec;
    const int64_t *due;   /* days since 1970-01-01; 0: none */
    const bool *may_step; /* with `step` */
    uint32_t n;
};
/* The boxes of the actor's role, in order, without those that are empty and not main. Lists of
 * kinds or states that the site's model does not have are left out. One list each. */
struct desk {
    struct desk_box *box;
    uint32_t n;
};
enum rc desk_read(struct site *s, const struct actor *a, uint32_t rows, struct arena *to,
                  struct desk *out, struct err *e) MUST_CHECK;

/* Matches that are new since the actor last looked (pairing_seen), best first: for needs of its own
 * (broker: all published) and, for an organisation, published needs that its results meet. No
 * organisations, which are known by what they have; of brokers the best of each need. *seen:
 * when it last looked, 0 never. None where the site runs without its engine. vec_free by the
 * caller. */
enum rc desk_fresh(struct site *s, const struct actor *a, uint32_t most, struct arena *to,
                   vec_fresh *out, int64_t *seen, struct err *e) MUST_CHECK;

#endif
