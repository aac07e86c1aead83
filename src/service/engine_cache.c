/* Ranked lists kept from before: a table of fixed size. A list may stand in WAYS places and takes
 * that of one of another generation, else of the one asked for longest ago. It is good for the
 * generation it was made in. */
#include "service/engine_int.h"

#include <pthread.h>

#define WAYS  8u
#define LOCKS 16u

struct kept {
    struct list_key key;
    uint64_t generation, asked; /* asked: ticks of its set */
    void *list;
    size_t n;
};

struct list_cache {
    struct kept *kept; /* sets of WAYS */
    uint64_t *ticks;
    uint32_t sets;
    pthread_mutex_t lock[LOCKS];
};

enum rc list_cache_open(struct list_cache **out, uint32_t places, struct err *e)
{
    struct list_cache *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    c->sets = places / WAYS;
    c->kept = mem_calloc((size_t)c->sets * WAYS, sizeof *c->kept);
    c->ticks = mem_calloc(c->sets, sizeof *c->ticks);
    if (!c->kept || !c->ticks) {
        mem_free(c->kept);
        mem_free(c->ticks);
        mem_free(c);
        return err_nomem(e);
    }
    for (unsigned i = 0; i < LOCKS; i++)
        pthread_mutex_init(&c->lock[i], NULL);
    *out = c;
    return RC_OK;
}

void list_cache_close(struct list_cache *c)
{
    if (!c)
        return;
    for (unsigned i = 0; i < c->sets * WAYS; i++)
        mem_free(c->kept[i].list);
    mem_free(c->kept);
    mem_free(c->ticks);
    for (unsigned i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&c->lock[i]);
    mem_free(c);
}

static uint32_t set_of(const struct list_cache *c, const struct list_key *k)
{
    uint64_t other = k->other ? k->other->index + 1 : 0;
    uint64_t who = mix64((uint64_t)k->org) + k->reader * 2 + k->face;
    return (uint32_t)(mix64(mix64((uint64_t)k->id) + mix64(other) + who) % c->sets);
}

static bool same_key(const struct list_key *a, const struct list_key *b)
{
    return a->id == b->id && a->version == b->version && a->other == b->other && a->org == b->org &&
           a->face == b->face && a->reader == b->reader;
}

static struct kept *find(struct list_cache *c, uint32_t set, const struct list_key *key,
                         uint64_t generation)
{
    for (uint32_t i = 0; i < WAYS; i++) {
        struct kept *k = &c->kept[set * WAYS + i];
        if (k->list && k->generation == generation && same_key(&k->key, key))
            return k;
    }
    return NULL;
}

enum rc list_cache_get(struct list_cache *c, const struct list_key *key, uint64_t generation,
                       size_t size, void **out, size_t *n, bool *found, struct err *e)
{
    uint32_t set = set_of(c, key);
    enum rc rc = RC_OK;
    pthread_mutex_lock(&c->lock[set % LOCKS]);
    struct kept *k = find(c, set, key, generation);
    *found = k != NULL;
    if (k) {
        k->asked = ++c->ticks[set];
        *out = mem_alloc(k->n * size);
        *n = k->n;
        rc = *out ? RC_OK : err_nomem(e);
        if (*out && k->n)
            memcpy(*out, k->list, k->n * size);
    }
    pthread_mutex_unlock(&c->lock[set % LOCKS]);
    return rc;
}

static struct kept *oldest(struct list_cache *c, uint32_t set, uint64_t generation)
{
    struct kept *worst = &c->kept[set * WAYS];
    for (uint32_t i = 0; i < WAYS; i++) {
        struct kept *k = &c->kept[set * WAYS + i];
        if (!k->list || k->generation != generation)
            return k;
        if (k->asked < worst->asked)
            worst = k;
    }
    return worst;
}

/* Without memory nothing is kept. */
void list_cache_put(struct list_cache *c, const struct list_key *key, uint64_t generation,
                    size_t size, const void *item, size_t n)
{
    uint32_t set = set_of(c, key);
    void *copy = mem_alloc(n * size);
    if (!copy)
        return;
    if (n)
        memcpy(copy, item, n * size);
    pthread_mutex_lock(&c->lock[set % LOCKS]);
    struct kept *k = find(c, set, key, generation);
    if (!k)
        k = oldest(c, set, generation);
    void *old = k->list;
    *k = (struct kept){*key, generation, ++c->ticks[set], copy, n};
    pthread_mutex_unlock(&c->lock[set % LOCKS]);
    mem_free(old);
}
