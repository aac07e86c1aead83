/* Private to src/index. The halves of a segment as files, and as what is held in memory of them:
 * mapped, shared by snapshots, released with the last of these. */
#ifndef QIAO_INDEX_SEGMENT_H
#define QIAO_INDEX_SEGMENT_H

#include "index/index_int.h"
#include "index/region.h"

#include <stdatomic.h>

/* Arrays of a map stand where owned ones do in memory; nobody writes to them. */
static inline void *region_mapped(const void *p)
{
    return (void *)(uintptr_t)p;
}

/* Give up one reference: was it the last? */
static inline bool held_last(atomic_uint *refs)
{
    return atomic_fetch_sub(refs, 1) == 1;
}

/* The enduring half: what documents hold, are called and carry. */
struct held_forward {
    atomic_uint refs;
    struct region_file file;
    struct forward f;                   /* df, off and dir are owned, the rest is mapped */
    const uint64_t *id_at, *payload_at; /* [ndocs + 1] into id, payload */
    const char *id, *payload;
    const uint64_t *id_hash; /* [ndocs] rising hash_bytes of the ids … */
    const uint32_t *id_doc;  /* … and whose they are */
};

/* The derived half, of one generation. */
struct held_inverted {
    atomic_uint refs;
    struct region_file file;
    struct inverted v; /* weight, light_off and block are owned */
};

/* Which documents of a segment are no more. */
struct held_dead {
    atomic_uint refs;
    struct region_file file;
    const uint64_t *bits;
    uint32_t ndead;
};

struct held_stats {
    atomic_uint refs;
    struct region_file file;
    struct stats s; /* dir is owned */
};

/* Write the enduring half; id[i] and payload[i] belong to document i. */
enum rc forward_save(const char *path, const struct forward *f, const struct str *id,
                     const struct str *payload, struct err *e) MUST_CHECK;
enum rc inverted_save(const char *path, const struct inverted *v, const struct forward *f,
                      uint32_t generation, struct err *e) MUST_CHECK;
enum rc dead_save(const char *path, const uint64_t *bits, uint32_t ndocs, struct err *e) MUST_CHECK;
enum rc stats_save(const char *path, const struct stats *s, uint32_t generation,
                   struct err *e) MUST_CHECK;

/* Map and check; refs is 1 then. */
enum rc forward_load(struct held_forward **out, const char *path, struct err *e) MUST_CHECK;
enum rc inverted_load(struct held_inverted **out, const char *path, const struct forward *f,
                      uint32_t generation, struct err *e) MUST_CHECK;
enum rc dead_load(struct held_dead **out, const char *path, uint32_t ndocs,
                  struct err *e) MUST_CHECK;
enum rc stats_load(struct held_stats **out, const char *path, uint32_t generation,
                   struct err *e) MUST_CHECK;

/* Give up one reference; NULL is allowed. */
void forward_drop(struct held_forward *h);
void inverted_drop(struct held_inverted *h);
void dead_drop(struct held_dead *h);
void stats_drop(struct held_stats *h);

static inline struct str held_id(const struct held_forward *h, uint32_t doc)
{
    return (struct str){h->id + h->id_at[doc], h->id_at[doc + 1] - h->id_at[doc]};
}

static inline struct str held_payload(const struct held_forward *h, uint32_t doc)
{
    return (struct str){h->payload + h->payload_at[doc],
                        h->payload_at[doc + 1] - h->payload_at[doc]};
}

/* The document called `id`, UINT32_MAX if none. O(log documents). */
uint32_t held_find(const struct held_forward *h, struct str id);

/* Bytes of the file that hold ids and payloads and how to find them. */
uint64_t forward_item_bytes(const struct held_forward *h);

/* Statistics of the live documents of several segments; arrays are owned by *out (mem_free of key
 * and df through stats_release). O(terms). */
struct stats_source {
    const struct forward *f;
    const uint64_t *dead;
};
enum rc stats_make(struct stats *out, const struct stats_source *from, uint32_t n,
                   struct err *e) MUST_CHECK;
void stats_release(struct stats *s);

uint32_t bits_set(const uint64_t *bits, uint32_t n);

#endif
