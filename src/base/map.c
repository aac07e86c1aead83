#include "base/map.h"

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
    uint64_t tail = 0;
    for (size_t k = 0; i + k < s.n; k++)
        tail |= (uint64_t)(unsigned char)s.p[i + k] << 8 * k;
    return mix64(h ^ tail);
}

void map_free(struct map *m)
{
    mem_free(m->key);
    mem_free(m->val);
    mem_free(m->used);
    *m = (struct map){0};
}

static size_t map_slot(const struct map *m, uint64_t key)
{
    size_t i = mix64(key) & (m->cap - 1);
    while (m->used[i] && m->key[i] != key)
        i = (i + 1) & (m->cap - 1);
    return i;
}

uint32_t *map_get(const struct map *m, uint64_t key)
{
    if (!m->cap)
        return NULL;
    size_t i = map_slot(m, key);
    return m->used[i] ? &m->val[i] : NULL;
}

static bool map_grow(struct map *m)
{
    size_t cap = m->cap ? m->cap * 2 : 64;
    struct map big = {.cap = cap, .n = m->n};
    big.key = mem_calloc(cap, sizeof *big.key);
    big.val = mem_calloc(cap, sizeof *big.val);
    big.used = mem_calloc(cap, 1);
    if (!big.key || !big.val || !big.used) {
        map_free(&big);
        return false;
    }
    for (size_t i = 0; i < m->cap; i++) {
        if (!m->used[i])
            continue;
        size_t j = map_slot(&big, m->key[i]);
        big.used[j] = 1;
        big.key[j] = m->key[i];
        big.val[j] = m->val[i];
    }
    map_free(m);
    *m = big;
    return true;
}

uint32_t *map_put(struct map *m, uint64_t key, uint32_t init)
{
    if (m->n * 2 >= m->cap && !map_grow(m))
        return NULL;
    size_t i = map_slot(m, key);
    if (!m->used[i]) {
        m->used[i] = 1;
        m->key[i] = key;
        m->val[i] = init;
        m->n++;
    }
    return &m->val[i];
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
