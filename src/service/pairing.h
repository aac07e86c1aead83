/* Who can meet a need, and for whom an offer is: the engine over the site's records.
 *
 * A process keeps the engine in memory (a matcher for each kind with match side offer, over the
 * whole texts of all states) and follows the store's feed, so that what any process wrote is
 * matched here within a second; what this process wrote itself, at the next call. Scores and
 * reasons are of the face of each text that the actor may see: a hidden word moves no number that
 * is shown to somebody from whom it is hidden, and a private field moves none at all. A person or
 * organisation is a sum over its own text and the records that name it (docs/match.md, Experts); a
 * masked record speaks for nobody before those who may not see it whole. docs/service.md says how
 * it works.
 *
 * Errors: RC_SYS "engine.none" where the site was opened without; RC_USER "service.missing". */
#ifndef QIAO_PAIRING_H
#define QIAO_PAIRING_H

#include "match/reason.h"
#include "service/records.h"

struct pairing {
    int64_t id; /* of the record on the other side */
    const struct kind *kind;
    double score; /* 0..100 */
    bool credible;
    int64_t introduction; /* the decision there is on this pair, 0: none */
    uint32_t state;       /* its state */
};
typedef VEC(struct pairing) vec_pairing;

/* For a need: offers of `other` (result, person, resource, org …); for an offer: needs (`other` is
 * a kind with side need). Best first; only records that the actor may see, and in states that are
 * public (or its own). k <= 200. A person is ranked by the best of its results as well as its own
 * text; the same for org. */
enum rc pairing_list(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                     const struct kind *other, uint32_t k_best, struct arena *to, vec_pairing *out,
                     struct err *e) MUST_CHECK;

/* Both texts as the actor may see them, with reasons whose spans point into them. */
struct fit { /* structured fit, in words of both sides */
    enum reason_code code;
    enum verdict verdict;
    struct str need, offer; /* values as shown, "" unknown */
};
struct why {
    struct rec need, offer; /* faces */
    struct str need_text,
        offer_text; /* offer_text, its reasons and fit: of `via` where there is one */
    uint32_t need_title, offer_title;
    double score;
    bool credible;
    vec_reason reason; /* vec_free by the caller */
    struct fit fit[8];
    uint32_t n_fits;
    int64_t via; /* offer is a person or org: the result that speaks for it, 0: none */
};
enum rc pairing_why(struct site *s, const struct actor *a, int64_t need, int64_t offer,
                    struct arena *to, struct why *out, struct err *e) MUST_CHECK;

/* The same for the rows of one list: `self` on its side against each of `other`. out[n]; what every
 * pair shares is read once, all of it in one transaction. On failure nothing is to be freed. */
enum rc pairing_whys(struct site *s, const struct actor *a, enum match_side side, int64_t self,
                     const int64_t *other, uint32_t n, struct arena *to, struct why *out,
                     struct err *e) MUST_CHECK;

/* One box over all kinds. `only` NULL: all. Visitors search public faces only. */
struct hit_shown {
    struct rec rec; /* face */
    double score;
    struct span span[8]; /* of the text below: what was found */
    uint32_t n_spans;
    struct str text; /* search text of the face */
};
typedef VEC(struct hit_shown) vec_shown;
enum rc search_all(struct site *s, const struct actor *a, struct str text, const struct kind *only,
                   uint32_t limit, struct arena *to, vec_shown *out, struct err *e) MUST_CHECK;

/* Matches of the actor's needs (broker: all open needs) that are new since it last looked. */
struct fresh {
    int64_t need, offer;
    const struct kind *offer_kind;
    double score;
};
typedef VEC(struct fresh) vec_fresh;
/* For qsort: the higher score first, ties by need, then by offer. */
int fresh_better_first(const void *x, const void *y);
enum rc pairing_fresh(struct site *s, const struct actor *a, uint32_t limit, struct arena *to,
                      vec_fresh *out, struct err *e) MUST_CHECK;
/* It has looked: what is there now is not new any more. */
enum rc pairing_seen(struct site *s, const struct actor *a, struct err *e) MUST_CHECK;

/* Learn weights from the decisions on introductions (match/learn.h); used by the engine from then
 * on. As a job "learn". */
struct learn_report;
enum rc pairing_learn(struct site *s, struct learn_report *out, struct err *e) MUST_CHECK;

/* Wait until the engine has taken in everything up to seq (tests, command line). */
enum rc engine_wait(struct site *s, int64_t seq, unsigned ms, struct err *e) MUST_CHECK;
uint64_t engine_generation(const struct site *s);

#endif
