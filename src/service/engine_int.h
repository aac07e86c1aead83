/* Private to src/service: the engine (service/pairing.h), in memory.
 *
 * Every record of a kind that is matched or searched is a `doc`: its texts, whole and as the public
 * may see them, and what decides who sees it. Docs stand in the table, one place (slot) a record,
 * for good; a change puts another doc there. A `base` is what is dear to make (matchers, indexes)
 * from the docs of one moment. Between two bases the changed docs are few: they are scored one by
 * one by the base's statistics (match/pair.h), and places of the base that no longer hold are
 * passed over. A base is made in the background and put in by `table_attach`.
 *
 * Everything but engine.c is without clock, store or lock: the same docs in the same order give the
 * same answers. Readers hold the lock for reading while they use docs; the follower holds it for
 * writing to put in a change or a base. */
#ifndef QIAO_ENGINE_INT_H
#define QIAO_ENGINE_INT_H

#include "base/map.h"
#include "match/feature.h"
#include "match/pair.h"
#include "service/pairing.h"

#include <stdatomic.h>

struct engine;

/* ---- one record (engine_doc.c) ---- */

/* What is compared beside the texts. Never from a private field: a score must not tell of it. */
#define FACT_CODES 4
struct facts {
    const struct codes *industries, *regions;
    const struct code *industry[FACT_CODES], *region[FACT_CODES];
    uint32_t n_industry, n_region;
    int64_t trl, due, money; /* wanted or given; INT64_MIN: not known */
};

struct doc {
    atomic_uint refs;
    int64_t id, org, version, since;
    const struct kind *kind;
    uint32_t state;
    enum secrecy secrecy;
    bool visible;                          /* its public face may be seen */
    bool standing;                         /* in a state that is public, or the kind has none */
    bool masked;                           /* match[1] differs from match[0] */
    bool search_masked;                    /* search[1] differs from search[0] */
    struct match_text match[2], search[2]; /* whole, public; the public ones "" where hidden */
    const int64_t *ref;                    /* records of kinds with side offer that it names */
    uint32_t n_ref;
    struct facts facts;
};
/* Make one from a whole record; `scratch` is reset. One allocation, doc_drop at the end. */
enum rc doc_make(struct doc **out, const struct rec *r, struct arena *scratch,
                 struct err *e) MUST_CHECK;
struct doc *doc_keep(struct doc *d);
void doc_drop(struct doc *d); /* NULL is allowed */
/* Is a record of the kind held at all? */
bool doc_wanted(const struct kind *k);
void facts_read(struct facts *out, const struct rec *r, bool private);

/* ---- structured fit (pairing_fit.c) ---- */

/* false: one side does not say. */
bool facts_judge(enum reason_code code, const struct facts *need, const struct facts *offer,
                 enum verdict *v);
/* The features of FEATURE_INDUSTRY … FEATURE_DEADLINE. */
void facts_features(const struct facts *need, const struct facts *offer, double x[FEATURE__COUNT]);
/* Fill in out->fit from two faces. */
enum rc fits_of(struct why *out, const struct rec *need, const struct rec *offer, bool zh,
                struct arena *to, struct err *e) MUST_CHECK;

/* ---- bases (engine_base.c) ---- */

/* The offers of one kind in a base. */
struct offers {
    const struct kind *kind;
    uint32_t n;
    struct doc **doc; /* [n] as indexed */
    struct matcher *matcher;
    struct askers *askers; /* the base's needs, asked by an offer of this kind */
};
/* One face of what is searched. */
struct lookup {
    uint32_t n;
    struct doc **doc; /* [n] */
    uint8_t face;     /* which search text */
    struct index *ix;
    const struct index *stats; /* weights are by these: the public one for both */
};
struct base {
    uint32_t n_kinds;      /* of kinds */
    struct offers *offers; /* [n_kinds]; without a matcher where the kind is no offer */
    uint32_t n_needs;
    struct doc **need;       /* all kinds */
    struct demand *demand;   /* their statistics, for all matchers */
    struct lookup lookup[2]; /* 0: whole texts that differ from the public ones; 1: public ones */
    const struct knowledge *know;
};
/* kind[i] has index i. Docs are kept by the base; their order is by id. */
enum rc base_make(struct base **out, struct doc **doc, uint32_t n, const struct kind *const *kind,
                  uint32_t n_kinds, const struct knowledge *know, unsigned threads,
                  struct err *e) MUST_CHECK;
void base_close(struct base *b);
/* A search text's vector of length 1, keys rising, by the weights of the base. Replaces `out`. */
enum rc base_search_vector(const struct base *b, struct match_text t, vec_weight *out,
                           struct err *e) MUST_CHECK;

/* ---- the table (engine_table.c) ---- */

#define NO_PLACE UINT32_MAX
struct slot {
    struct doc *doc; /* NULL: deleted */
    uint32_t offer, need,
        look[2];    /* its place in the base, where its text there is still its own */
    uint32_t delta; /* its place among the changed ones */
};
struct changed {
    uint32_t slot;           /* NO_PLACE: empty again */
    struct offered *offered; /* of an offer, by its kind's matcher */
    vec_weight look[2];      /* its search vectors, as in the two lookups */
};
/* A record that is, or once was, called so; the one before it of the same hash. */
struct titled {
    uint32_t slot, before;
};
/* What was decided on a pair (records of kind "introduction"). */
struct decision {
    int64_t id, need, offer;
    uint32_t state;
};
struct table {
    struct map at; /* id -> slot */
    VEC(struct slot) slot;
    VEC(struct changed) delta;
    uint32_t n_changed; /* in delta, and places of the base that no longer hold */
    struct base *base;
    /* slots of the base's places; NO_PLACE where they no longer hold */
    uint32_t **offer_slot; /* [n_kinds][offers[k].n] */
    uint32_t *need_slot, *look_slot[2];
    struct map title; /* hash of a title -> newest place in titled */
    VEC(struct titled) titled;
    struct map spoken;   /* id of a person or organisation -> place in speaker */
    VEC(vec_id) speaker; /* records that name it, or belong to it */
    struct map pair;     /* hash of (need, offer) -> place in decision; probed by pair_of */
    VEC(struct decision) decision;
    struct weights weights;
    bool learnt;
};
/* An empty table is {0} with a base attached. */
void table_close(struct table *t);
struct doc *table_doc(const struct table *t, int64_t id); /* NULL: none */
/* Records that speak for a person or organisation, or once did (doc_names tells); NULL: none. */
const vec_id *table_speakers(const struct table *t, int64_t id);
bool doc_names(const struct doc *d, int64_t id);
/* Put in a record as it is now; takes `d`. */
enum rc table_put(struct table *t, struct doc *d, struct err *e) MUST_CHECK;
void table_remove(struct table *t, int64_t id);
/* All docs, by id, kept; for base_make. mem_free the array, doc_drop each. */
enum rc table_docs(const struct table *t, struct doc ***out, uint32_t *n, struct err *e) MUST_CHECK;
/* Use another base: takes it; what it does not hold as it is now becomes the delta. */
enum rc table_attach(struct table *t, struct base *b, struct err *e) MUST_CHECK;
enum rc table_decide(struct table *t, struct decision d, struct err *e) MUST_CHECK;
void table_undecide(struct table *t, int64_t id);
const struct decision *table_decision(const struct table *t, int64_t need, int64_t offer);

/* ---- ranking (engine_rank.c) ---- */

#define RANK_KEPT 500u
/* A record of the other side: its score when both are seen whole and when it is seen by its public
 * face only (NAN: it is not visible). Sums, not yet on the scale. */
struct ranked {
    int64_t id;
    float whole, open;
};
typedef VEC(struct ranked) vec_ranked;
/* Leaves out what it does not want; all records are then looked at, not the nearest only. */
struct keep {
    bool (*wants)(void *ctx, const struct doc *d);
    void *ctx;
};
/* Offers of kind k for a need's text, or needs for an offer's text, best first by `whole`, at most
 * rank_most (when learnt weights order them, fewer). `self` is the doc whose text it is. Replace
 * `out`. `keep` may be NULL. */
uint32_t rank_most(const struct table *t);
enum rc rank_offers(const struct table *t, const struct units *u, const struct doc *self,
                    unsigned face, const struct kind *k, const struct keep *keep, vec_ranked *out,
                    struct err *e) MUST_CHECK;
enum rc rank_needs(const struct table *t, const struct units *u, const struct doc *self,
                   unsigned face, const struct keep *keep, vec_ranked *out,
                   struct err *e) MUST_CHECK;
/* The sum of one pair of faces. */
enum rc rank_pair(const struct table *t, const struct units *u, const struct doc *need,
                  unsigned need_face, const struct doc *offer, unsigned offer_face, double *out,
                  struct err *e) MUST_CHECK;
/* Its features; those of the texts cost 100 us. */
enum rc rank_features(const struct table *t, const struct units *u, const struct doc *need,
                      unsigned need_face, const struct doc *offer, unsigned offer_face,
                      double x[FEATURE__COUNT], struct err *e) MUST_CHECK;

/* ---- searching (engine_search.c) ---- */

struct found {
    int64_t id;
    double score;
};
typedef VEC(struct found) vec_found;
/* A title or query in normal form (text/norm.h), blanks at the ends cut. Appends. */
enum rc search_norm(struct buf *out, struct str text, struct err *e) MUST_CHECK;
/* Note what a doc is called, on both faces. */
enum rc titles_add(struct table *t, uint32_t slot, struct err *e) MUST_CHECK;
/* Which face of it may be searched: 0 whole, 1 public, -1 none. */
typedef int (*face_fn)(void *ctx, const struct doc *d);
/* Best first, at most `limit`; texts are looked at through face_of only. */
enum rc table_search(const struct table *t, struct str text, const struct kind *only,
                     uint32_t limit, face_fn face_of, void *ctx, vec_found *out,
                     struct err *e) MUST_CHECK;
/* Places of the query's words in a text, for showing; at most `room`. */
enum rc search_spans(struct str query, struct str text, struct span *to, uint32_t room, uint32_t *n,
                     struct err *e) MUST_CHECK;

/* ---- the engine (engine.c) ---- */

/* Read everything, make the first base, start following. *out closes before the store does. */
enum rc engine_open(struct engine **out, struct site *s, struct err *e) MUST_CHECK;
void engine_close(struct engine *en);           /* NULL is allowed */
struct engine *engine_of(const struct site *s); /* NULL: the site was opened without */

/* The table, for reading; RC_USER "engine.none" where the site has no engine. Waits, at most a
 * second, until this process's own writes are in it. */
enum rc engine_read(struct site *s, const struct table **t, struct err *e) MUST_CHECK;
void engine_done(struct site *s);
/* Lists kept from before (engine_cache.c), each for one generation; items of any one size. */
struct list_key {
    int64_t id, version;
    const struct kind *other; /* NULL: needs */
    int64_t org;              /* of a list as an actor may see it, else 0 */
    unsigned face, reader;    /* reader: 0 ranked for nobody, else a role and one */
};
struct list_cache;
/* places: a multiple of eight. */
enum rc list_cache_open(struct list_cache **out, uint32_t places, struct err *e) MUST_CHECK;
void list_cache_close(struct list_cache *c);
/* A copy, mem_free by the caller; *n items of `size` bytes. *found false where there is none. */
enum rc list_cache_get(struct list_cache *c, const struct list_key *key, uint64_t generation,
                       size_t size, void **out, size_t *n, bool *found, struct err *e) MUST_CHECK;
void list_cache_put(struct list_cache *c, const struct list_key *key, uint64_t generation,
                    size_t size, const void *item, size_t n);
struct list_cache *engine_cache(struct engine *en);
/* The same for reasons of a pair: struct reason, at a key that pairing_why.c makes. */
struct list_cache *engine_reasons(struct engine *en);

/* ---- what an actor may see of it (pairing.c) ---- */

/* 0 whole, 1 its public face, -1 nothing. */
int doc_face(const struct actor *a, const struct doc *d);
/* May it stand in a list of matches: seen, and in a public state or the actor's own? */
bool doc_listed(const struct actor *a, const struct doc *d);

/* ---- learnt weights (pairing_learn.c) ---- */

#define ENGINE_WEIGHTS "engine_weights" /* setting that holds them */
#define ENGINE_LEARNT  "learn"          /* action of the entry that tells of new ones */

#endif
