/* Private to src/index. How a segment is laid out; the same arrays whether built in memory or
 * mapped from a file (segment.h). */
#ifndef QIAO_INDEX_INT_H
#define QIAO_INDEX_INT_H

#include "index/index.h"

/* The sizes in #ifndef are smaller in the tests, so that a small collection has many blocks. */
#ifndef BLOCK_BITS
#define BLOCK_BITS 16
#endif
#define BLOCK_DOCS (1u << BLOCK_BITS)
#define CHUNK_DOCS INDEX_CHUNK /* documents collected together while building */
/* A term in more than 1/ROW_SHARE of a segment's documents is a row: one impact byte for each
 * document. A term in at least COMMON_DF is a list: block by block, 16-bit local number and impact
 * byte. A rarer one is light: whole numbers, no directory. */
#define ROW_SHARE  12u
#ifndef COMMON_DF
#define COMMON_DF 256u
#endif
#define LIGHT_BITS  12
#define LIGHT_MAX   ((1u << LIGHT_BITS) - 1)
/* Scores are summed in integers of 1/SCORE_UNITS; a cosine is at most 1, so 16 bits suffice. */
#define SCORE_UNITS 60000u

/* Where a key may stand in a rising array of uniform keys: the first key of each bucket of the
 * top bits. */
struct key_directory {
    uint32_t *bucket; /* owned */
    unsigned shift;
};

enum rc key_directory_make(struct key_directory *d, const uint64_t *key, uint32_t n,
                           struct err *e) MUST_CHECK;
/* Place of `key`, UINT32_MAX if it is not there. O(1). */
uint32_t key_find(const struct key_directory *d, const uint64_t *key, uint64_t wanted);

/* The enduring half: what the documents hold. Term ids of a segment run by falling df (then
 * rising key), so that frequent terms have small ids: short gaps, and classes are ranges. */
struct forward {
    uint32_t ndocs, nterms;
    uint64_t npostings;
    uint64_t ntokens;         /* sum of len */
    uint32_t nonempty;        /* documents with len > 0 */
    uint64_t *key;            /* [nterms] rising */
    uint32_t *key_id;         /* [nterms] id of key[i] */
    struct key_directory dir; /* derived */
    uint32_t *place;          /* derived: [nterms] by id: place of its key in key[] */
    uint32_t *df;             /* [nterms] by id */
    uint32_t *len;            /* [ndocs] tokens */
    uint64_t *off;            /* [ndocs + 1] into bytes */
    uint8_t *bytes; /* a document: LEB128 of (gap << 1 | tf > 1), then tf if so; gap is from
                     * the id before, plus one (first: id + 1) */
};

/* The derived half, of one generation of weights. Impacts are rounded up, so that sums of them
 * bound scores from above. */
struct block {
    uint32_t first, n; /* documents first..first+n of the segment */
    const float *step; /* [ncommon] impact unit of the term in this block: y <= imp * step */
    const uint8_t
        *row; /* [nrows][ROW_STRIDE]: impact of each document, 0 where it lacks the term */
    const uint32_t *off; /* [ncommon - nrows + 1] lists: into doc and imp */
    const uint16_t *doc; /* local numbers, rising within a list */
    const uint8_t *imp;  /* ceil(y / step), 1..255 */
};

/* A segment's blocks are of equal size (64 documents more or less), so that threads which build
 * them have equal work. */
static inline uint32_t blocks_of(uint32_t ndocs)
{
    return (ndocs + BLOCK_DOCS - 1) / BLOCK_DOCS;
}

static inline void block_place(struct block *b, uint32_t i, uint32_t ndocs)
{
    uint32_t size = ((ndocs + blocks_of(ndocs) - 1) / blocks_of(ndocs) + 63) / 64 * 64;
    b->first = MIN(i * size, ndocs);
    b->n = MIN(size, ndocs - b->first);
}

/* Bytes from one row of a block to the next: whole cache lines. */
#define ROW_STRIDE(block_docs) (((size_t)(block_docs) + 63) / 64 * 64)

struct inverted {
    double avg;       /* mean length of the generation */
    double *weight;   /* [nterms] w(t) by id */
    double *norm;     /* [ndocs] length of the unnormalised vector; 0: empty document */
    uint32_t nrows;   /* ids below are rows */
    uint32_t ncommon; /* ids below, from nrows on, are lists; from here on light */
    uint32_t nblocks;
    struct block *block;
    uint32_t *light_off; /* [nterms - ncommon + 1] into light */
    uint32_t *light;     /* doc << LIGHT_BITS | ceil(y * LIGHT_MAX) */
};

struct segment {
    struct forward fwd;
    struct inverted inv;
    const uint64_t *dead; /* a bit for each document that is no more; NULL: all live */
    uint32_t base;        /* number of its first document */
    uint32_t term_base;   /* number of its first term */
};

static inline bool is_dead(const uint64_t *dead, uint32_t doc)
{
    return dead && dead[doc / 64] >> doc % 64 & 1;
}

/* The statistics of a generation: what weights are made of. */
struct stats {
    uint32_t ndocs; /* live documents when it was published */
    uint32_t nterms;
    double avg;          /* mean length of those with any term; 1 where there is none */
    const uint64_t *key; /* [nterms] rising */
    const uint32_t *df;  /* [nterms] >= 1 */
    struct key_directory dir;
};

/* Documents that hold the key; 0 where the statistics do not know it. O(1). */
uint32_t stats_df(const struct stats *s, uint64_t key);
/* Weights of a segment's terms by id, owned by the caller: a term that came after the statistics
 * counts as held by one document. O(terms). */
enum rc stats_weigh(const struct stats *s, const struct forward *f,
                    const struct index_scheme *scheme, double **out, struct err *e) MUST_CHECK;

struct index {
    struct segment *seg;
    uint32_t nseg;
    struct index_scheme scheme;
    uint32_t ndocs;
    const struct stats *stats; /* of a directory's generation; NULL: of the documents as they are */
};

/* Make what is derived from the keys: dir and place. O(terms). */
enum rc forward_derive(struct forward *f, struct err *e) MUST_CHECK;
/* id of a key in this segment, UINT32_MAX if none. O(1). */
uint32_t forward_find(const struct forward *f, uint64_t key);
/* The segment that holds document *doc, which becomes its number there. O(segments). */
static inline const struct segment *segment_of(const struct index *ix, uint32_t *doc)
{
    uint32_t i = 0;
    while (i + 1 < ix->nseg && ix->seg[i + 1].base <= *doc)
        i++;
    *doc -= ix->seg[i].base;
    return &ix->seg[i];
}

/* Walk one document's terms in rising id. */
struct fwd_iter {
    const uint8_t *p, *end;
    uint32_t id, tf;
};

static inline uint32_t leb_next(const uint8_t **p)
{
    uint32_t v = *(*p)++;
    if (LIKELY(v < 0x80))
        return v;
    v &= 0x7F;
    for (unsigned s = 7;; s += 7) {
        uint32_t b = *(*p)++;
        v |= (b & 0x7F) << s;
        if (b < 0x80)
            return v;
    }
}

static inline struct fwd_iter fwd_start(const struct forward *f, uint32_t doc)
{
    return (struct fwd_iter){f->bytes + f->off[doc], f->bytes + f->off[doc + 1], UINT32_MAX, 0};
}

static inline bool fwd_next(struct fwd_iter *it)
{
    if (it->p >= it->end)
        return false;
    uint32_t v = leb_next(&it->p);
    it->id += v >> 1;
    it->tf = v & 1 ? leb_next(&it->p) : 1;
    return true;
}

/* The document's side of a term, before its weight and normalisation: saturated tf. Most terms
 * occur once, so that value is kept. */
struct saturation {
    double k, k1; /* k = k1 (1 - b + b L/avg) */
    double one;   /* the value at tf = 1 */
};

static inline double saturate_tf(const struct saturation *s, uint32_t tf)
{
    double f = tf;
    return f * (s->k1 + 1) / (f + s->k);
}

static inline struct saturation saturation_of(const struct index_scheme *s, double avg,
                                              uint32_t len)
{
    struct saturation t = {s->k1 * (1 - s->b + s->b * len / avg), s->k1, 0};
    t.one = saturate_tf(&t, 1);
    return t;
}

static inline double saturated(const struct saturation *s, uint32_t tf)
{
    return tf == 1 ? s->one : saturate_tf(s, tf);
}

/* Build the enduring half of one segment: documents first..first+n of the collection. `early`
 * (NULL: none) loses the chunks that are used. */
enum rc forward_build(struct forward *out, uint32_t first, uint32_t n, struct index_early *early,
                      index_doc_fn doc, void *ctx, unsigned threads, struct err *e) MUST_CHECK;
void forward_release(struct forward *f);

/* Derive the other half: `weight` gets moved in ([nterms] by id). */
enum rc inverted_build(struct inverted *out, const struct forward *f, double *weight, double avg,
                       const struct index_scheme *scheme, unsigned threads,
                       struct err *e) MUST_CHECK;
void inverted_release(struct inverted *v);

#endif
