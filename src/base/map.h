/* Hash maps with open addressing (linear probing, load <= 1/2). */
#ifndef QIAO_MAP_H
#define QIAO_MAP_H

#include "base/arena.h"

/* A 64-bit mixer (the finaliser of SplitMix64: Steele, Lea, Flood, OOPSLA 2014). Bijective. */
static inline uint64_t mix64(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* 64-bit hash of bytes, the same on every machine. Not for untrusted tables that must resist
 * chosen collisions beyond what a ceiling on their size allows. */
uint64_t hash_bytes(struct str s);

/* uint64_t -> uint32_t. `struct map m = {0};` is an empty map. */
struct map_entry {
    uint64_t key;
    uint32_t val;
    uint32_t used;
};

struct map {
    struct map_entry *entry; /* one cache line holds four, so a look-up is one miss */
    size_t n, cap;           /* cap is 0 or a power of two */
};

void map_free(struct map *m);
/* Value of `key`, or NULL; valid until the next map_put. O(1). */
uint32_t *map_get(const struct map *m, uint64_t key);
/* Ask for the place of a key that is looked up soon: where the map is larger than the cache, the
 * misses of several keys then overlap. */
static inline void map_prefetch(const struct map *m, uint64_t key)
{
    if (m->cap)
        __builtin_prefetch(&m->entry[mix64(key) & (m->cap - 1)]);
}
/* The value's place, made with value `init` where the key is new. NULL: out of memory. */
uint32_t *map_put(struct map *m, uint64_t key, uint32_t init) MUST_CHECK;

/* Bytes -> uint32_t; keys are borrowed, the caller keeps them alive. */
struct strmap {
    struct str *key;
    uint32_t *val;
    size_t n, cap;
};

void strmap_free(struct strmap *m);
uint32_t *strmap_get(const struct strmap *m, struct str key);
uint32_t *strmap_put(struct strmap *m, struct str key, uint32_t init) MUST_CHECK;

#endif
