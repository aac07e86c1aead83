/* Values of indicators, remembered: those of past days for good, today's until the site changes. */
#include "service/measures_int.h"

#define VALUES_MOST 20000u

struct kept {
    int64_t id, version, day, seq; /* seq 0: for good */
    bool whole;
    struct result result;
    int64_t *missing; /* ours */
};
struct measures_kept {
    pthread_mutex_t lock;
    struct map place; /* of a key's hash */
    VEC(struct kept) kept;
};

enum rc measures_kept_open(struct measures_kept **out, struct err *e)
{
    struct measures_kept *k = mem_calloc(1, sizeof *k);
    if (!k)
        return err_nomem(e);
    pthread_mutex_init(&k->lock, NULL);
    *out = k;
    return RC_OK;
}

static void forget(struct measures_kept *k)
{
    for (size_t i = 0; i < k->kept.n; i++)
        mem_free(k->kept.p[i].missing);
    k->kept.n = 0;
    map_free(&k->place);
    k->place = (struct map){0};
}

void measures_kept_close(struct measures_kept *k)
{
    if (!k)
        return;
    forget(k);
    vec_free(&k->kept);
    pthread_mutex_destroy(&k->lock);
    mem_free(k);
}

static uint64_t key_of(const struct rec *r, int64_t day)
{
    return mix64(mix64((uint64_t)r->id * 31 + (uint64_t)r->version) + (uint64_t)day);
}

bool measures_kept_get(struct measures_kept *k, const struct rec *r, int64_t day, int64_t seq,
                       bool whole, struct arena *to, struct result *out)
{
    bool found = false;
    pthread_mutex_lock(&k->lock);
    const uint32_t *at = map_get(&k->place, key_of(r, day));
    const struct kept *x = at ? &k->kept.p[*at] : NULL;
    if (x && x->id == r->id && x->version == r->version && x->day == day &&
        (!x->seq || x->seq == seq) && (x->whole || !whole)) {
        int64_t *missing = arena_calloc(to, x->result.n_missing + 1, sizeof *missing);
        found = missing != NULL;
        *out = x->result;
        out->missing = missing;
        for (uint32_t i = 0; found && i < x->result.n_missing; i++)
            missing[i] = x->missing[i];
    }
    pthread_mutex_unlock(&k->lock);
    return found;
}

/* Without memory less is remembered; what was asked has its answer all the same. */
static void put(struct measures_kept *k, const struct kept *fresh)
{
    uint32_t n = (uint32_t)k->kept.n, *at;
    uint64_t key = key_of(&(struct rec){.id = fresh->id, .version = fresh->version}, fresh->day);
    if (n >= VALUES_MOST) {
        forget(k);
        n = 0;
    }
    at = map_put(&k->place, key, n);
    if (at && *at < n) {
        mem_free(k->kept.p[*at].missing);
        k->kept.p[*at] = *fresh;
    } else if (!at || vec_push(&k->kept, *fresh, NULL) != RC_OK) {
        mem_free(fresh->missing);
        forget(k);
    }
}

void measures_kept_put(struct measures_kept *k, const struct rec *r, int64_t day, int64_t seq,
                       bool whole, const struct result *result)
{
    struct kept x = {r->id, r->version, day, seq, whole, *result, NULL};
    if (!r->id)
        return;
    x.missing = mem_calloc(result->n_missing + 1, sizeof *x.missing);
    if (!x.missing)
        return;
    for (uint32_t i = 0; i < result->n_missing; i++)
        x.missing[i] = result->missing[i];
    x.result.missing = x.missing;
    pthread_mutex_lock(&k->lock);
    put(k, &x);
    pthread_mutex_unlock(&k->lock);
}
