/* Arena: many small allocations that end together. Nothing in it is freed alone. */
#ifndef QIAO_ARENA_H
#define QIAO_ARENA_H

#include "base/mem.h"
#include "base/str.h"

struct arena_chunk;

/* `struct arena a = {0};` is a valid, empty arena without ceiling. Not thread-safe. */
struct arena {
    struct arena_chunk *chunk;
    size_t used;    /* bytes handed out since the last reset */
    size_t ceiling; /* most bytes it may hand out, 0 = no limit */
};

/* n bytes, 16-aligned, not zeroed; NULL when memory or the ceiling ends. O(1) amortised. */
void *arena_alloc(struct arena *a, size_t n) MUST_CHECK;
/* Zeroed array. */
void *arena_calloc(struct arena *a, size_t n, size_t size) MUST_CHECK;
/* A NUL-terminated copy; .p is NULL on failure. */
struct str arena_str(struct arena *a, struct str s) MUST_CHECK;
/* Forget everything but keep one chunk for the next round. */
void arena_reset(struct arena *a);
/* Give all memory back; the arena is empty and usable again. */
void arena_free(struct arena *a);

#endif
