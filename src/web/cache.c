/* Pages kept while nothing in the site has changed: a page depends on its address, the language,
 * who reads it (for visitors nobody) and the database only, and seq grows with every committed
 * change; ranked lists also on the engine's generation. The key names the address and the reader.
 */
#include "web/http_int.h"

#include <pthread.h>
#include <stdio.h>

#define WAYS      8u /* slots in which a page may be */
#define SLOTS     (512u * WAYS)
#define PAGE_KEPT (256u << 10)

struct slot {
    char *key; /* then the body, in one block; NULL: empty */
    size_t key_n, body_n;
    struct page_stamp stamp;
    bool zh;
    char etag[20];
};
struct page_cache {
    pthread_mutex_t lock;
    struct slot slot[SLOTS];
    unsigned turn; /* which of a full set goes */
    size_t bytes, most;
};

enum rc cache_open(struct page_cache **out, size_t most, struct err *e)
{
    struct page_cache *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    pthread_mutex_init(&c->lock, NULL);
    c->most = most;
    *out = c;
    return RC_OK;
}

static void drop(struct page_cache *c, struct slot *s)
{
    c->bytes -= s->key ? s->key_n + s->body_n : 0;
    mem_free(s->key);
    *s = (struct slot){0};
}

void cache_close(struct page_cache *c)
{
    if (!c)
        return;
    for (unsigned i = 0; i < SLOTS; i++)
        drop(c, &c->slot[i]);
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

static struct slot *set_of(struct page_cache *c, struct str key, bool zh)
{
    return &c->slot[mix64(hash_bytes(key) + zh) % (SLOTS / WAYS) * WAYS];
}

static bool is(const struct slot *s, struct str key, bool zh)
{
    return s->key && s->zh == zh && str_eq((struct str){s->key, s->key_n}, key);
}

static bool same_stamp(struct page_stamp a, struct page_stamp b)
{
    return a.seq == b.seq && a.generation == b.generation;
}

/* Where the page is, or NULL. */
static struct slot *find(struct page_cache *c, struct str key, bool zh)
{
    struct slot *set = set_of(c, key, zh);
    for (unsigned i = 0; i < WAYS; i++)
        if (is(&set[i], key, zh))
            return &set[i];
    return NULL;
}

/* Where it may be put: its own place, an empty one, an outdated one, or anyone's. */
static struct slot *room(struct page_cache *c, struct str key, bool zh, struct page_stamp now)
{
    struct slot *set = set_of(c, key, zh), *own = find(c, key, zh);
    for (unsigned i = 0; !own && i < WAYS; i++)
        if (!set[i].key || !same_stamp(set[i].stamp, now))
            own = &set[i];
    return own ? own : &set[c->turn++ % WAYS];
}

bool cache_get(struct page_cache *c, struct str key, bool zh, struct page_stamp now,
               struct reply *re, struct arena *a)
{
    bool found = false;
    pthread_mutex_lock(&c->lock);
    const struct slot *s = find(c, key, zh);
    if (s && same_stamp(s->stamp, now)) {
        struct str etag = arena_str(a, str_of(s->etag));
        found = etag.p && buf_put(&re->body, s->key + s->key_n, s->body_n, NULL) == RC_OK;
        if (found)
            reply_header(re, "ETag", etag);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

static void store(struct page_cache *c, struct slot *s, struct str key, struct str body)
{
    drop(c, s);
    if (c->bytes + key.n + body.n > c->most)
        for (unsigned i = 0; i < SLOTS; i++)
            drop(c, &c->slot[i]);
    char *p = mem_alloc(key.n + body.n);
    if (!p)
        return;
    memcpy(p, key.p, key.n);
    memcpy(p + key.n, body.p, body.n);
    *s = (struct slot){.key = p, .key_n = key.n, .body_n = body.n};
    snprintf(s->etag, sizeof s->etag, "\"%016llx\"", (unsigned long long)hash_bytes(body));
    c->bytes += key.n + body.n;
}

void cache_put(struct page_cache *c, struct str key, bool zh, struct page_stamp now,
               const struct reply *re)
{
    struct str body = buf_view(&re->body);
    if (body.n > PAGE_KEPT)
        return;
    pthread_mutex_lock(&c->lock);
    struct slot *s = room(c, key, zh, now);
    store(c, s, key, body);
    s->stamp = now;
    s->zh = zh;
    pthread_mutex_unlock(&c->lock);
}
