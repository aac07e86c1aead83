#include "base/map.h"

static uint64_t four_bytes(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The last bytes, fewer than eight, the first of them lowest. */
static uint64_t hash_tail(const unsigned char *p, size_t n)
{
    if (n == 0)
        return 0;
    if (n >= 4) /* two fours, which may overlap */
        return four_bytes(p) | four_bytes(p + n - 4) << 8 * (n - 4);
    return p[0] | (uint64_t)p[n / 2] << 8 * (n / 2) | (uint64_t)p[n - 1] << 8 * (n - 1);
}

uint64_t hash_bytes(struct str s)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ s.n;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t w;
        memcpy(&w, s.p + i, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        w = __builtin_bswap64(w);
#endif
        h = mix64(h ^ w) + 0x9e3779b97f4a7c15u;
    }
    return mix64(h ^ hash_tail((const unsigned char *)s.p + i, s.n - i));
}

void map_free(struct map *m)
{
    mem_free(m->entry);
    *m = (struct map){0};
}

static struct map_entry *map_slot(const struct map *m, uint64_t key)
{
    size_t i = mix64(key) & (m->cap - 1);
    while (m->entry[i].used && m->entry[i].key != key)
        i = (i + 1) & (m->cap - 1);
    return &m->entry[i];
}

uint32_t *map_get(const struct map *m, uint64_t key)
{
    struct map_entry *at = m->cap ? map_slot(m, key) : NULL;
    return at && at->used ? &at->val : NULL;
}

static bool map_grow(struct map *m)
{
    struct map big = {.cap = m->cap ? m->cap * 2 : 64, .n = m->n};
    big.entry = mem_calloc(big.cap, sizeof *big.entry);
    if (!big.entry)
        return false;
    for (size_t i = 0; i < m->cap; i++)
        if (m->entry[i].used)
            *map_slot(&big, m->entry[i].key) = m->entry[i];
    map_free(m);
    *m = big;
    return true;
}

uint32_t *map_put(struct map *m, uint64_t key, uint32_t init)
{
    if (m->n * 2 >= m->cap && !map_grow(m))
        return NULL;
    struct map_entry *at = map_slot(m, key);
    if (!at->used) {
        *at = (struct map_entry){key, init, 1};
        m->n++;
    }
    return &at->val;
}

void strmap_free(struct strmap *m)
{
    mem_free(m->key);
    mem_free(m->val);
    *m = (struct strmap){0};
}

/* An empty place is a NULL key pointer, so a stored key is never NULL. */
static size_t strmap_slot(const struct strmap *m, struct str key)
{
    size_t i = hash_bytes(key) & (m->cap - 1);
    while (m->key[i].p && !str_eq(m->key[i], key))
        i = (i + 1) & (m->cap - 1);
    return i;
}

uint32_t *strmap_get(const struct strmap *m, struct str key)
{
    if (!m->cap)
        return NULL;
    size_t i = strmap_slot(m, key);
    return m->key[i].p ? &m->val[i] : NULL;
}

static bool strmap_grow(struct strmap *m)
{
    size_t cap = m->cap ? m->cap * 2 : 64;
    struct strmap big = {.cap = cap, .n = m->n};
    big.key = mem_calloc(cap, sizeof *big.key);
    big.val = mem_calloc(cap, sizeof *big.val);
    if (!big.key || !big.val) {
        strmap_free(&big);
        return false;
    }
    for (size_t i = 0; i < m->cap; i++) {
        if (!m->key[i].p)
            continue;
        size_t j = strmap_slot(&big, m->key[i]);
        big.key[j] = m->key[i];
        big.val[j] = m->val[i];
    }
    strmap_free(m);
    *m = big;
    return true;
}

uint32_t *strmap_put(struct strmap *m, struct str key, uint32_t init)
{
    if (m->n * 2 >= m->cap && !strmap_grow(m))
        return NULL;
    if (!key.p)
        key.p = "";
    size_t i = strmap_slot(m, key);
    if (!m->key[i].p) {
        m->key[i] = key;
        m->val[i] = init;
        m->n++;
    }
    return &m->val[i];
}
