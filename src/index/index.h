/* The index: documents as weighted vectors of terms, and the exact top-k of a query among them.
 *
 * A document d is a bag of 64-bit term keys. Its vector is
 *     y(t,d) = tf (k1+1) / (tf + k1 (1 - b + b L/avg)) * w(t) / |.|
 * (the BM25 saturation of Robertson and Zaragoza 2009, eq. 3.15, cosine-normalised), where the
 * weight w(t) is given by the caller from the collection's statistics. A query is a vector of
 * x(t); the score is the sum of x(t) y(t,d), in double precision, in the query's term order.
 *
 * Answers are exact: equal to scoring every document, best first, ties by document number. All
 * approximation inside (8-bit impacts, upper bounds) only decides which documents need not be
 * scored; see docs/index.md for the proof. Nothing here reads a clock, a locale or an
 * environment; the same input gives the same bytes on any number of threads. */
#ifndef QIAO_INDEX_H
#define QIAO_INDEX_H

#include "base/err.h"
#include "base/heap.h"
#include "base/mem.h"

typedef VEC(uint64_t) vec_key;

/* How documents are weighed. */
struct index_scheme {
    double k1, b;
    /* w(t) of a term in `df` of `ndocs` documents: 0, or between 1e-6 and 1e6. Pure; called from
     * several threads. */
    double (*weight)(void *ctx, uint64_t key, uint32_t df, uint32_t ndocs);
    void *ctx;
};

/* Gives the keys of document `doc`, one for each occurrence, any order: appended to `out`
 * (empty at the call). Called once for each document, from several threads at once; `worker`
 * numbers the thread. Keys must be uniformly distributed 64-bit values (text/terms.h). */
typedef enum rc (*index_doc_fn)(void *ctx, uint32_t doc, unsigned worker, vec_key *out,
                                struct err *e);

/* ---- one collection in memory ---- */

struct index;

#ifndef INDEX_DOCS_MAX
#define INDEX_DOCS_MAX (1u << 20) /* documents of one segment; a collection has several */
#endif

/* Build an index of `ndocs` documents on `threads` threads. O(total terms); peak memory about 8
 * bytes for each distinct (term, document) pair. *out is owned by the caller. */
enum rc index_build(struct index **out, uint32_t ndocs, index_doc_fn doc, void *ctx,
                    const struct index_scheme *scheme, unsigned threads, struct err *e) MUST_CHECK;
void index_close(struct index *ix);

/* The documents of a collection that is still being read: counted chunk by chunk, in order, while
 * later ones come, by one thread at a time. What was counted early, index_build_early need not ask
 * for; the index is the same, byte for byte. */
/* documents of a chunk; a slow build (Makefile) has smaller ones */
#ifndef INDEX_CHUNK
#define INDEX_CHUNK (1u << 12)
#endif
struct index_early;
enum rc index_early_open(struct index_early **out, struct err *e) MUST_CHECK;
/* The next chunk: `doc` is asked for its documents, by their numbers in the collection. After a
 * failure only index_early_close may follow. */
enum rc index_early_chunk(struct index_early *x, index_doc_fn doc, void *ctx,
                          struct err *e) MUST_CHECK;
void index_early_close(struct index_early *x); /* NULL is allowed */
/* index_build; what `early` holds is moved. */
enum rc index_build_early(struct index **out, struct index_early *early, uint32_t ndocs,
                          index_doc_fn doc, void *ctx, const struct index_scheme *scheme,
                          unsigned threads, struct err *e) MUST_CHECK;

uint32_t index_docs(const struct index *ix);
uint64_t index_postings(const struct index *ix);
/* Documents that hold the term, of index_stats_docs documents: the statistics that the weights
 * are made of. In memory, the whole collection; of a directory, its generation (dir.h).
 * O(segments). */
uint32_t index_df(const struct index *ix, uint64_t key);
uint32_t index_stats_docs(const struct index *ix);

/* ---- asking ---- */

struct index_weight {
    uint64_t key; /* each key once */
    double x;     /* > 0; the query vector should have length <= 1 */
};

struct index_query {
    const struct index_weight *term; /* borrowed */
    uint32_t n;
};

/* The k best documents (fewer where fewer have a score > 0), best first, into hit[0..*n).
 * `scratch` is one per thread (index_scratch_open). Cost: see docs/index.md; about 1 ms for a
 * query of 150 terms over a million documents. */
struct index_scratch;
enum rc index_scratch_open(struct index_scratch **out, const struct index *ix,
                           struct err *e) MUST_CHECK;
void index_scratch_close(struct index_scratch *s);
enum rc index_search(const struct index *ix, struct index_scratch *s, struct index_query q,
                     uint32_t k, struct hit *hit, uint32_t *n, struct err *e) MUST_CHECK;

/* Many queries: answers i at hit[i * k], n[i] of them, byte-identical to index_search one by one.
 * Walks the collection block by block with many queries a block. */
enum rc index_search_batch(const struct index *ix, const struct index_query *q, uint32_t nq,
                           uint32_t k, struct hit *hit, uint32_t *n, unsigned threads,
                           struct err *e) MUST_CHECK;

/* A score that is more than the cosine: weight * cosine + rest, the rest being of another making
 * (match/view.h). All documents are ranked by it, whatever their cosine. */
struct index_more {
    double weight; /* > 0 */
    double span;   /* no rest is below -span or above span */
    /* to[i * n + d]: an integer not below (rest + span) * units[i], and above it by no more than 3,
     * for query `query` + i < query + nq and document first + d < first + n. */
    void (*bound)(void *ctx, uint32_t query, uint32_t nq, uint32_t first, uint32_t n,
                  const double *units, uint16_t *to);
    /* The exact score; rises with the cosine. */
    double (*whole)(void *ctx, uint32_t query, uint32_t doc, double cosine);
    void *ctx; /* both are called from several threads */
};
/* index_search_batch by such a score: exactly the k best of all documents that were not deleted,
 * also those with a score of 0 or less. `more` NULL: by the cosine. */
enum rc index_search_more(const struct index *ix, const struct index_more *more,
                          const struct index_query *q, uint32_t nq, uint32_t k, struct hit *hit,
                          uint32_t *n, unsigned threads, struct err *e) MUST_CHECK;

/* The exact score of one document, as index_search gives it; 0 for one that was deleted.
 * O(terms of the document + query log query). */
double index_score(const struct index *ix, struct index_query q, uint32_t doc);
/* The exact scores of some documents: score[i] of doc[i]. `doc` rises. */
enum rc index_score_docs(const struct index *ix, struct index_scratch *s, struct index_query q,
                         const uint32_t *doc, uint32_t n, double *score, struct err *e) MUST_CHECK;

/* Terms have numbers 0..index_terms(ix): a term counts once for each segment that holds it. */
uint32_t index_terms(const struct index *ix);
uint64_t index_term_key(const struct index *ix, uint32_t number);
/* The number of a key, UINT32_MAX if none; of the first segment that holds it. */
uint32_t index_term_number(const struct index *ix, uint64_t key);
/* All its numbers, rising: appends. O(segments). */
typedef VEC(uint32_t) vec_term_number;
enum rc index_term_numbers(const struct index *ix, uint64_t key, vec_term_number *out,
                           struct err *e) MUST_CHECK;
double index_term_weight(const struct index *ix, uint32_t number); /* w(t) */
/* The saturated tf of a document of `len` tokens, in it or not. */
double index_saturated(const struct index *ix, uint32_t tf, uint32_t len);

/* One document's vector: its distinct terms, numbers rising. Appends; O(terms). */
struct index_entry {
    uint32_t number; /* of the term */
    uint32_t tf;
    double sat; /* the saturated tf */
    double y;   /* sat * w, normalised */
};
typedef VEC(struct index_entry) vec_index_entry;
enum rc index_doc_vector(const struct index *ix, uint32_t doc, vec_index_entry *out,
                         struct err *e) MUST_CHECK;
/* The same without y, which is 0: less than half the work. */
enum rc index_doc_counts(const struct index *ix, uint32_t doc, vec_index_entry *out,
                         struct err *e) MUST_CHECK;

#endif
