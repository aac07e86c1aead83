/* Counts and sums by group, remembered until the next change: the figures of a page are asked for
 * by everybody who looks at it. */
#include "service/site_int.h"

#include <sodium.h>

#define SLOTS       256u /* a power of two */
#define KEY_MAX     16u
#define TEXT_MAX    (64u << 10)
#define GROUPS_MOST 4096u /* more are not kept */

struct slot {
    uint8_t key[KEY_MAX];
    int64_t seq; /* -1: free */
    struct arena arena;
    vec_grouped groups;
};
struct groups {
    pthread_mutex_t lock;
    uint8_t secret[crypto_generichash_KEYBYTES]; /* nobody can aim at another's entry */
    struct slot slot[SLOTS];
};

enum rc groups_open(struct groups **out, struct err *e)
{
    struct groups *g = mem_calloc(1, sizeof *g);
    if (!g)
        return err_nomem(e);
    pthread_mutex_init(&g->lock, NULL);
    randombytes_buf(g->secret, sizeof g->secret);
    for (uint32_t i = 0; i < SLOTS; i++)
        g->slot[i].seq = -1;
    *out = g;
    return RC_OK;
}

void groups_close(struct groups *g)
{
    if (!g)
        return;
    for (uint32_t i = 0; i < SLOTS; i++) {
        arena_free(&g->slot[i].arena);
        vec_free(&g->slot[i].groups);
    }
    pthread_mutex_destroy(&g->lock);
    mem_free(g);
}

static enum rc put_path(struct buf *b, const struct path *p, bool month, struct err *e)
{
    TRY(buf_str(b, month ? STR("|m|") : STR("|"), e));
    return p->n ? path_print(b, p, e) : RC_OK;
}

/* As for counts: kind, what the reader sees, the day, the filter in its canonical words; and by
 * what. */
static enum rc key_of(const struct groups *g, const struct query *q, const struct group_by *by,
                      int64_t day, uint8_t key[KEY_MAX], struct err *e)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    enum rc rc = buf_printf(&b, e, "%u %d %lld %d %lld ", q->kind->index, (int)q->scope.reach,
                            (long long)q->scope.org, q->scope.granted, (long long)day);
    for (int i = 0; rc == RC_OK && i < 2; i++)
        rc = put_path(&b, &by->by[i], by->month[i], e);
    if (rc == RC_OK)
        rc = put_path(&b, &by->sum, false, e);
    if (rc == RC_OK)
        rc = buf_str(&b, STR("| "), e);
    if (rc == RC_OK && q->filter)
        rc = filter_print(&b, q->filter, e);
    if (rc == RC_OK)
        crypto_generichash(key, KEY_MAX, (const uint8_t *)b.p, b.n, g->secret, sizeof g->secret);
    buf_free(&b);
    return rc;
}

static enum rc copy(const vec_grouped *from, struct arena *to, vec_grouped *out, struct err *e)
{
    for (size_t i = 0; i < from->n; i++) {
        struct grouped g = from->p[i];
        for (int j = 0; j < 2; j++) {
            g.value[j] = arena_str(to, g.value[j]);
            if (!g.value[j].p)
                return err_nomem(e);
        }
        TRY(vec_push(out, g, e));
    }
    return RC_OK;
}

/* Without memory nothing is kept. */
static void keep(struct groups *g, const uint8_t key[KEY_MAX], uint32_t place, int64_t seq,
                 const vec_grouped *all, size_t first)
{
    struct slot *s = &g->slot[place];
    vec_grouped fresh = {.p = all->p ? all->p + first : NULL, .n = all->n - first};
    if (fresh.n > GROUPS_MOST)
        return;
    pthread_mutex_lock(&g->lock);
    arena_reset(&s->arena);
    s->groups.n = 0;
    s->seq = copy(&fresh, &s->arena, &s->groups, NULL) == RC_OK ? seq : -1;
    memcpy(s->key, key, KEY_MAX);
    pthread_mutex_unlock(&g->lock);
}

enum rc groups_get(struct site *s, struct tx *tx, const struct query *q, const struct group_by *by,
                   int64_t seq, struct arena *to, vec_grouped *out, struct err *e)
{
    struct groups *g = s->groups;
    uint8_t key[KEY_MAX];
    uint32_t place;
    bool known = false;
    size_t first = out->n;
    enum rc rc = RC_OK;
    TRY(key_of(g, q, by, day_of_time(site_now(s)), key, e));
    memcpy(&place, key, sizeof place);
    place &= SLOTS - 1;
    pthread_mutex_lock(&g->lock);
    if (g->slot[place].seq == seq && memcmp(g->slot[place].key, key, KEY_MAX) == 0) {
        rc = copy(&g->slot[place].groups, to, out, e);
        known = true;
    }
    pthread_mutex_unlock(&g->lock);
    if (known || rc != RC_OK)
        return rc;
    TRY(store_group(tx, q, by, to, out, e));
    keep(g, key, place, seq, out, first);
    return RC_OK;
}
