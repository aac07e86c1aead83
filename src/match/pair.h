/* Pairs of texts, scored by the statistics of a matcher whether or not it holds them: what a
 * record that was written just now is matched by until the matcher is made anew, and what a pair of
 * masked texts is judged by.
 *
 * A text that the matcher holds gets the same numbers here up to rounding (the points of a view are
 * kept in 8 bits: 1e-3 of a part). A new result's terms weigh as if one result held those that are
 * new; nothing else of the statistics moves. docs/match.md has the difference to a new matcher. */
#ifndef QIAO_PAIR_H
#define QIAO_PAIR_H

#include "match/match.h"
#include "match/reason.h"

/* The two sides, ready to be compared with many. Opaque; about 2 KB and 16 bytes a term. */
struct asked;
struct offered;

/* Borrow nothing but the matcher. O(n log n), 20 to 60 us for a text of 300 characters. */
enum rc asked_open(struct asked **out, const struct matcher *m, struct match_text need,
                   struct err *e) MUST_CHECK;
enum rc offered_open(struct offered **out, const struct matcher *m, struct match_text result,
                     struct err *e) MUST_CHECK;
/* A result that the matcher holds. */
enum rc offered_held(struct offered **out, const struct matcher *m, uint32_t result,
                     struct err *e) MUST_CHECK;
void asked_close(struct asked *a); /* NULL is allowed */
void offered_close(struct offered *o);

/* The parts of a pair's score. O(terms). */
struct match_parts pair_parts(const struct matcher *m, const struct asked *a,
                              const struct offered *o);
/* Their sum, weighed by the mix in use: what matcher_rank orders by. */
double match_sum(const struct match_params *p, struct match_parts x);

/* matcher_rank for a need that need not be among the matcher's: hit[0..*n), with the parts of each
 * hit's score in part[0..*n) (may be NULL). In this thread. */
enum rc asked_rank(const struct matcher *m, const struct asked *a, uint32_t k, struct hit *hit,
                   uint32_t *n, struct match_parts *part, struct err *e) MUST_CHECK;

/* The terms that both texts hold, keys rising, their counts left 0; *sum is the cosine. Replaces
 * `out`. */
enum rc pair_products(const struct matcher *m, struct match_text need, struct match_text result,
                      vec_product *out, double *sum, struct err *e) MUST_CHECK;

/* reasons_phrases for any two texts. */
enum rc reasons_phrases_between(const struct matcher *m, const struct concepts *c,
                                struct match_text need, struct match_text result, vec_reason *out,
                                struct err *e) MUST_CHECK;

/* ---- the other way round: for whom is a result ---- */

/* The needs of a matcher so prepared that one result is compared with all of them at once: the
 * scores that each need gives it (weights in single precision). 4 bytes a term of a need beyond the
 * demand, and 400 (with the latent view 800) a need. */
struct askers;
enum rc askers_open(struct askers **out, const struct matcher *m, unsigned threads,
                    struct err *e) MUST_CHECK;
void askers_close(struct askers *a);
/* part[i] of need i, all of them. O(postings of the result's terms + needs); about 1 ms for 10,000
 * needs. */
void askers_parts(const struct askers *a, const struct offered *o, struct match_parts *part);

#endif
