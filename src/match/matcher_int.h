/* Inside match/ only: what a matcher is. */
#ifndef QIAO_MATCHER_INT_H
#define QIAO_MATCHER_INT_H

#include "base/map.h"
#include "match/knowledge.h"
#include "match/match.h"
#include "match/pair.h"
#include "match/view.h"

/* The needs' terms, keys rising, and the needs that hold each, rising. */
struct demand {
    uint32_t needs, n; /* needs, distinct terms */
    unsigned flags;    /* of terms_read */
    uint64_t *key;
    uint32_t *from; /* [n + 1] into need */
    uint32_t *need;
    uint32_t *bucket; /* first key of each bucket of the top bits */
    unsigned shift;
};
/* Place of a key, UINT32_MAX: none; in how many needs it stands. O(1). */
uint32_t demand_find(const struct demand *d, uint64_t key);
uint32_t demand_df(const struct demand *d, uint64_t key);

struct matcher {
    struct match_source results, needs;
    struct match_params params;
    const struct demand *demand; /* NULL where nothing is damped by it */
    struct demand *own;          /* the same, where it is the matcher's */
    bool light;
    struct map silent; /* terms that count nothing */
    double damp;       /* params.damp, less where there are few needs */
    struct index *ix;
    const struct knowledge *know;
    struct view knowledge, latent; /* dims 0: not in use */
};

/* The keys of a result's text, appended; `t` is scratch. */
enum rc result_keys(struct str text, unsigned flags, vec_term_at *t, vec_key *out,
                    struct err *e) MUST_CHECK;
/* What was counted early by the matcher's terms, or NULL. */
struct index_early *early_index(const struct match_early *x, const struct matcher *m);

/* A need's terms, keys rising, with the two factors of their weight; replaces `out`. */
enum rc need_terms(const struct matcher *m, struct match_text need, vec_need_term *out,
                   struct err *e) MUST_CHECK;
/* The same as a vector of length 1. */
enum rc need_vector(const vec_need_term *terms, vec_weight *out, struct err *e) MUST_CHECK;

/* Make the two views. */
enum rc views_open(struct matcher *m, unsigned threads, struct err *e) MUST_CHECK;

/* A need's points in the two views. */
struct need_points {
    int16_t knowledge[256], latent[256];
    float knowledge_inverse, latent_inverse;
};
void views_need(const struct matcher *m, const vec_need_term *need, struct need_points *out);
/* A result's, whether or not the index holds it. */
struct result_points {
    int8_t knowledge[256], latent[256];
    float knowledge_inverse, latent_inverse;
};
void views_result(const struct matcher *m, const vec_result_term *result,
                  struct result_points *out);
/* Their likeness in each view in use; the cosine is left alone. */
void views_alike(const struct matcher *m, const struct need_points *need,
                 const struct result_points *result, struct match_parts *out);
/* A view in use has the points of all documents. */
bool views_kept(const struct matcher *m);
/* to[i]: an integer not below (what the views add to the score of document first + i, + span) *
 * units, and above it by no more than 3. n <= VIEWS_TILE; points are kept. */
#define VIEWS_TILE 128u
void views_bound(const struct matcher *m, const struct need_points *need, uint32_t first,
                 uint32_t n, double span, double units, uint16_t *to);
/* Likeness to a document in each view in use. */
enum rc views_likeness(const struct matcher *m, const struct need_points *need, uint32_t doc,
                       struct match_parts *out, struct err *e) MUST_CHECK;

/* The two sides of a pair. */
struct asked {
    vec_weight x; /* keys rising */
    struct need_points points;
};
struct offered {
    vec_weight y; /* keys rising */
    struct result_points points;
};

/* Fill in a need's side; reuses its memory. */
enum rc asked_make(struct asked *a, vec_need_term *scratch, const struct matcher *m,
                   struct match_text need, struct err *e) MUST_CHECK;

/* How rare a term is among the needs, 1e-6..1; where m->damp > 0. */
double term_rarity(const struct matcher *m, uint64_t key);
/* The weight of a term; df as the index has it. */
double term_weight(const struct matcher *m, uint64_t key, uint32_t df);
unsigned matcher_flags(const struct matcher *m); /* of terms_read */

#endif
