/* Private to src/index: the first two passes of building (forward.c). Chunk by chunk keys become
 * chunk-local numbers (a table that fits the cache), one (number, tf) for each distinct term of a
 * document. */
#ifndef QIAO_COLLECT_H
#define QIAO_COLLECT_H

#include "base/map.h"
#include "index/index_int.h"

#define AHEAD 12u /* keys that are fetched before they are looked up: most are cache misses */

struct chunk {
    uint32_t first, n;  /* its documents within the segment */
    vec_key key;        /* by local number */
    VEC(uint32_t) df;   /* by local number */
    VEC(uint32_t) term; /* the postings, document by document: local number … */
    VEC(uint16_t) tf;   /* … and occurrences, at most 65535 */
    uint32_t *len;      /* [n] tokens of a document */
    uint32_t *start;    /* [n + 1] first posting of a document */
    uint32_t *id;       /* by local number: place in the vocabulary, then the segment's id */
    uint8_t *bytes;     /* the encoded documents */
    size_t nbytes;
};

void chunk_release(struct chunk *c);

/* A chunk's vocabulary while it is read: open addressing by the key's low bits (keys are uniform).
 * The entry remembers where the term last occurred, so a token costs one cache miss. */
struct slot {
    uint64_t key;
    uint32_t number; /* local number + 1; 0: free */
    uint32_t at;     /* its last posting + 1 */
};

struct table {
    struct slot *slot;
    size_t n, cap; /* cap a power of two, at least twice n */
};

/* Where documents come from, and what one thread needs. */
struct source {
    index_doc_fn doc;
    void *ctx;
    uint32_t first; /* number of the chunk's first document in the collection */
    unsigned worker;
    vec_key *tokens;
    struct table *table;
};

/* Count c->n documents; c->first, c->n are set. Whatever is returned, chunk_release frees it. */
enum rc chunk_collect(struct chunk *c, const struct source *from, struct err *e) MUST_CHECK;

/* The union of the vocabularies of a segment's chunks, in order of appearance. */
struct vocab {
    struct map place;
    vec_key key;      /* by place */
    VEC(uint32_t) df; /* by place */
    uint32_t chunks;  /* that were added */
};

void vocab_free(struct vocab *v);
/* Makes c->id: the place of each term. O(its terms). */
enum rc vocab_add(struct vocab *v, struct chunk *c, struct err *e) MUST_CHECK;
/* Give ids by falling df, then rising key: fills in what f holds of its terms, and (*id_of)[place],
 * owned by the caller. Gives the map back. */
enum rc vocab_number(struct vocab *v, struct forward *f, uint32_t **id_of,
                     struct err *e) MUST_CHECK;

/* Chunks and vocabularies that were taken are empty. */
struct index_early {
    VEC(struct chunk) chunk; /* CHUNK_DOCS each */
    VEC(struct vocab) vocab; /* one a segment */
    vec_key tokens;
    struct table table;
};

#endif
