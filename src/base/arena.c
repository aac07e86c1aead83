#include "base/arena.h"

#include <stdalign.h>

/* With ASan the unused rest of a chunk is poisoned, so that an overrun still shows. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define RED_ZONE       16
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define RED_ZONE       0
#endif

#define CHUNK_BYTES (64u << 10)

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, cap;
    alignas(16) char bytes[];
};

static struct arena_chunk *chunk_new(struct arena_chunk *next, size_t need)
{
    size_t cap = MAX(need, (size_t)CHUNK_BYTES);
    if (next && cap < MIN(next->cap * 2, (size_t)CHUNK_BYTES * 64))
        cap = MIN(next->cap * 2, (size_t)CHUNK_BYTES * 64);
    struct arena_chunk *c = mem_alloc(sizeof *c + cap);
    if (!c)
        return NULL;
    *c = (struct arena_chunk){.next = next, .cap = cap};
    POISON(c->bytes, cap);
    return c;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 2 || (a->ceiling && n > a->ceiling - MIN(a->used, a->ceiling)))
        return NULL;
    size_t want = (n + RED_ZONE + 15) / 16 * 16;
    if (want == 0)
        want = 16;
    if (!a->chunk || a->chunk->cap - a->chunk->used < want) {
        struct arena_chunk *c = chunk_new(a->chunk, want);
        if (!c)
            return NULL;
        a->chunk = c;
    }
    char *p = a->chunk->bytes + a->chunk->used;
    a->chunk->used += want;
    a->used += n;
    UNPOISON(p, n);
    return p;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        return NULL;
    void *p = arena_alloc(a, n * size);
    if (p)
        memset(p, 0, n * size);
    return p;
}

struct str arena_str(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (!p)
        return (struct str){NULL, 0};
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return (struct str){p, s.n};
}

static void free_chain(struct arena_chunk *c)
{
    while (c) {
        struct arena_chunk *next = c->next;
        UNPOISON(c->bytes, c->cap);
        mem_free(c);
        c = next;
    }
}

void arena_reset(struct arena *a)
{
    if (a->chunk) {
        free_chain(a->chunk->next);
        a->chunk->next = NULL;
        a->chunk->used = 0;
        POISON(a->chunk->bytes, a->chunk->cap);
    }
    a->used = 0;
}

void arena_free(struct arena *a)
{
    free_chain(a->chunk);
    a->chunk = NULL;
    a->used = 0;
}
