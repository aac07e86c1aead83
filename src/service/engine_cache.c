/* Ranked lists kept from before: a table of fixed size in which a list takes the place of whatever
 * stood there. A list is good for the generation it was made in. */
#include "service/engine_int.h"

#include <pthread.h>

#define PLACES 2048u
#define LOCKS  16u

struct kept {
    struct list_key key;
    uint64_t generation;
    struct ranked *list;
    uint32_t n;
};

struct list_cache {
    struct kept kept[PLACES];
    pthread_mutex_t lock[LOCKS];
};

enum rc list_cache_open(struct list_cache **out, struct err *e)
{
    struct list_cache *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    for (unsigned i = 0; i < LOCKS; i++)
        pthread_mutex_init(&c->lock[i], NULL);
    *out = c;
    return RC_OK;
}

void list_cache_close(struct list_cache *c)
{
    if (!c)
        return;
    for (unsigned i = 0; i < PLACES; i++)
        mem_free(c->kept[i].list);
    for (unsigned i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&c->lock[i]);
    mem_free(c);
}

static uint32_t place_of(const struct list_key *k)
{
    uint64_t other = k->other ? k->other->index + 1 : 0;
    return (uint32_t)(mix64(mix64((uint64_t)k->id) + other * 2 + k->face) % PLACES);
}

static bool same_key(const struct list_key *a, const struct list_key *b)
{
    return a->id == b->id && a->version == b->version && a->other == b->other && a->face == b->face;
}

enum rc list_cache_get(struct list_cache *c, const struct list_key *key, uint64_t generation,
                       vec_ranked *out, bool *found, struct err *e)
{
    uint32_t at = place_of(key);
    const struct kept *k = &c->kept[at];
    enum rc rc = RC_OK;
    out->n = 0;
    pthread_mutex_lock(&c->lock[at % LOCKS]);
    *found = k->list && k->generation == generation && same_key(&k->key, key);
    if (*found)
        rc = vec_reserve(out, k->n, e);
    if (*found && rc == RC_OK && k->n) {
        memcpy(out->p, k->list, k->n * sizeof *k->list);
        out->n = k->n;
    }
    pthread_mutex_unlock(&c->lock[at % LOCKS]);
    return rc;
}

/* Without memory nothing is kept. */
void list_cache_put(struct list_cache *c, const struct list_key *key, uint64_t generation,
                    const vec_ranked *list)
{
    uint32_t at = place_of(key);
    struct ranked *copy = mem_alloc(list->n * sizeof *copy);
    if (!copy)
        return;
    if (list->n)
        memcpy(copy, list->p, list->n * sizeof *copy);
    pthread_mutex_lock(&c->lock[at % LOCKS]);
    struct kept *k = &c->kept[at];
    mem_free(k->list);
    *k = (struct kept){*key, generation, copy, (uint32_t)list->n};
    pthread_mutex_unlock(&c->lock[at % LOCKS]);
}
