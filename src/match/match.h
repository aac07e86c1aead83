/* Matching: needs against results, both given as texts. Pure: no file, clock or database.
 *
 * The score is a sum of three likenesses (docs/match.md measures each):
 *   cosine     R3: characters, bigrams and Latin words in one vector for each text; a need is 3 x
 *              title + body with logarithmic tf, a result has saturated tf; each side is weighed
 *              by sqrt(idf), and by how common a term is among the needs;
 *   knowledge  cosine in the space learnt from the concept table (match/knowledge.h), centred;
 *   latent     cosine in the space learnt from the results themselves, for smaller collections. */
#ifndef QIAO_MATCH_H
#define QIAO_MATCH_H

#include "index/index.h"
#include "match/knowledge.h"
#include "text/terms.h"

/* What is compared: text.p[0..title) is the title, the rest the body. */
struct match_text {
    struct str text;
    uint32_t title;
};

/* Gives text i; called from several threads. */
typedef struct match_text (*match_text_fn)(void *ctx, uint32_t i);
struct match_source {
    uint32_t n;
    match_text_fn text;
    void *ctx;
};

/* The parts of a score. */
struct match_parts {
    double cosine, knowledge, latent;
};

/* The constants of a language. */
struct match_params {
    double single;          /* weight of single characters (TERM_SINGLE) against pairs */
    double title;           /* how much a need's title counts against its body */
    double k1, b;           /* saturation of the result's tf */
    double idf_power;       /* idf to this power on each side */
    double damp;            /* need-side damping to this power */
    bool english;           /* terms_read with TERMS_ENGLISH */
    struct match_parts mix; /* weights of the parts; those out of use count 0 */
};

/* The settings for Chinese and for English, where views are to be had. */
extern const struct match_params match_chinese, match_english;
/* What an English cosine counts where it stands alone: one of .16 is as telling as a whole score at
 * the middle of the scale (tests/golden/english: 27 of 30 pairs that fit have .04 or more, 22 have
 * .12; of 270 that do not, none has). */
#define MATCH_ENGLISH_ALONE 3.0
/* The flags of terms_read by these settings. */
unsigned match_flags(const struct match_params *p);

/* A term's weight before the need-side damping: idf^idf_power, times `single` for TERM_SINGLE; idf
 * as in BM25, ln(1 + (n - df + .5) / (df + .5)). > 0 where df <= ndocs. */
double match_term_weight(const struct match_params *p, uint64_t key, double df, double ndocs);

/* Which of the two a collection is compared by: English when, over at most 1,000 evenly spaced
 * texts, fewer than a fifth of the term occurrences are Chinese; Chinese where there is none. */
enum rc match_params_of(const struct match_params **out, struct match_source texts,
                        struct err *e) MUST_CHECK;

/* Two collections that are compared. Opaque. */
struct matcher;

/* Index the results; the needs serve for the statistics of the damping. Sources and `know` (NULL:
 * without) must outlive the matcher. O(all text); see index_build for memory. */
enum rc matcher_open(struct matcher **out, struct match_source results, struct match_source needs,
                     const struct knowledge *know, unsigned threads, struct err *e) MUST_CHECK;
/* The needs' own statistics, made once for matchers of several kinds of results. They do not change
 * when a source does. O(all text). */
struct demand;
enum rc demand_open(struct demand **out, struct match_source needs, bool english, unsigned threads,
                    struct err *e) MUST_CHECK;
void demand_close(struct demand *d);
/* Results that are counted while later ones are still being read, on one thread at a time; the
 * matcher is the same, byte for byte. The language is judged by the first chunk: where the whole
 * collection's is another, what was counted is dropped. */
struct match_early;
enum rc match_early_open(struct match_early **out, struct err *e) MUST_CHECK;
/* The next INDEX_CHUNK (index/index.h) results. After a failure only match_early_close may follow.
 */
enum rc match_early_chunk(struct match_early *x, const struct match_text *text,
                          struct err *e) MUST_CHECK;
void match_early_close(struct match_early *x); /* NULL is allowed */

struct matcher_setup {
    struct match_source needs;
    const struct demand *demand; /* of these needs, must outlive the matcher; NULL: it makes its own
                                  * (also where its results have terms of another kind) */
    const struct knowledge *know; /* NULL: without */
    unsigned threads;
    struct match_early *early; /* the first of the results, which it takes from there; or NULL */
    bool light; /* Chinese results go without the latent view, which takes a second and 800 bytes a
                 * term: for collections that change (docs/match.md has what it is worth) */
};
enum rc matcher_open_with(struct matcher **out, struct match_source results,
                          const struct matcher_setup *o, struct err *e) MUST_CHECK;
void matcher_close(struct matcher *m);
/* With the mix in use for this collection. */
const struct match_params *matcher_params(const struct matcher *m);
const struct index *matcher_index(const struct matcher *m);

/* A need as a vector of length 1, keys rising. Replaces `out`. O(n log n). */
typedef VEC(struct index_weight) vec_weight;
enum rc matcher_profile(const struct matcher *m, struct match_text need, vec_weight *out,
                        struct err *e) MUST_CHECK;

struct match_text matcher_need(const struct matcher *m, uint32_t need);
struct match_text matcher_result(const struct matcher *m, uint32_t result);

/* The terms that both sides hold: x of the need, y of the result; keys rising. *sum is the cosine.
 * Replaces `out`. */
struct product {
    uint64_t key;
    uint32_t need_tf, result_tf;
    double x, y;
};
typedef VEC(struct product) vec_product;
enum rc matcher_products(const struct matcher *m, uint32_t need, uint32_t result, vec_product *out,
                         double *sum, struct err *e) MUST_CHECK;

/* The need's side of that, made once where a need is compared with many results in turn. `struct
 * ready r = {0};` is empty; of one thread. */
struct ready_term {
    uint32_t number; /* in the index */
    uint32_t place;  /* in x and tf */
};
struct ready {
    vec_weight x;                /* its vector, keys rising */
    VEC(uint32_t) tf;            /* how often each stands in the whole text, at least 1 */
    VEC(struct ready_term) term; /* numbers rising */
};
enum rc ready_make(struct ready *r, const struct matcher *m, uint32_t need,
                   struct err *e) MUST_CHECK; /* replaces what it was */
void ready_free(struct ready *r);
/* matcher_products; O(terms of both). */
enum rc ready_products(const struct ready *r, const struct matcher *m, uint32_t result,
                       vec_product *out, double *sum, struct err *e) MUST_CHECK;

/* The parts of one pair's score; the score is their sum weighted by params.mix. */
enum rc matcher_parts(const struct matcher *m, uint32_t need, uint32_t result,
                      struct match_parts *out, struct err *e) MUST_CHECK;

/* The k best results of needs [first, first + n): need i's are hit[i * k ...), count[i] of them,
 * best first, ties by result number. Identical on any number of threads.
 *
 * Every result is ranked by its whole score, exactly; but above MATCH_KEPT results, whose points
 * are not kept, only the MATCH_POOL best by cosine are. */
#define MATCH_ALL  5000u /* results up to which each is scored by itself */
#define MATCH_POOL 500u
#define MATCH_KEPT 200000u
enum rc matcher_rank(const struct matcher *m, uint32_t first, uint32_t n, uint32_t k,
                     struct hit *hit, uint32_t *count, unsigned threads, struct err *e) MUST_CHECK;

#endif
