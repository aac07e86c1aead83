/* Bringing a need and an offer together: the record of kind "introduction" between them. */
#ifndef QIAO_INTRODUCE_H
#define QIAO_INTRODUCE_H

#include "service/records.h"

/* NULL: the site has none. */
const struct kind *introduction_kind(const struct site *s);

/* The introductions of a need or an offer ("need", "offer": field names) that the actor takes part
 * in or may see, newest first, at most 1000; none for kinds or actors without. vec_free by the
 * caller, the rest is in the arena. */
enum rc introductions_of(struct site *s, const struct actor *a, const char *side, int64_t id,
                         struct arena *to, vec_rec *out, struct err *e) MUST_CHECK;
/* The one between two; *found false: none that the actor may see. */
enum rc introduction_between(struct site *s, const struct actor *a, int64_t need, int64_t offer,
                             struct arena *to, struct shown *out, bool *found,
                             struct err *e) MUST_CHECK;
/* Its score, kept when it was made here; of an imported one that of today, by both public faces.
 * false: none that both sides may know. */
bool introduction_score(struct site *s, const struct rec *r, const struct kind *offer_kind,
                        struct arena *to, double *out);
/* May the actor bring these two together? Brokers any, an editor those of its own organisation.
 * The records are faces as the actor sees them. */
bool may_introduce(const struct site *s, const struct actor *a, const struct rec *need,
                   const struct rec *offer);

/* Put the pair on the shortlist, then take `action` ("": only that; "propose", "refuse"). What is
 * wrong is found before anything is written. A pair that was refused or removed comes back first.
 * A pair has one introduction, ever: where the other side began it, this one joins it (an entry
 * "join" in its history), and an action that was taken already is not taken again.
 * The score kept with a new one is that of both public faces: both sides can read it. Errors of
 * record_save and record_act. */
struct introducing {
    int64_t need, offer;
    struct str action, reason, comment;
    const struct typed *typed; /* further fields: the three questions */
    uint32_t n_typed;
};
enum rc introduce(struct site *s, const struct actor *a, const struct introducing *x,
                  struct arena *to, struct rec *out, vec_fault *faults, struct err *e) MUST_CHECK;

#endif
