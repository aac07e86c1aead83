/* Pages of visitors, kept while nothing in the site has changed: a visitor's page depends on its
 * address, the language and the database only, and seq grows with every committed change. */
#include "web/http_int.h"

#include <pthread.h>
#include <stdio.h>

#define WAYS      8u /* slots in which a page may be */
#define SLOTS     (512u * WAYS)
#define PAGE_KEPT (256u << 10)
#define ALL_KEPT  (64u << 20)

struct slot {
    char *target; /* then the body, in one block; NULL: empty */
    size_t target_n, body_n;
    int64_t seq;
    bool zh;
    char etag[20];
};
struct page_cache {
    pthread_mutex_t lock;
    struct slot slot[SLOTS];
    unsigned turn; /* which of a full set goes */
    size_t bytes;
};

enum rc cache_open(struct page_cache **out, struct err *e)
{
    struct page_cache *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    pthread_mutex_init(&c->lock, NULL);
    *out = c;
    return RC_OK;
}

static void drop(struct page_cache *c, struct slot *s)
{
    c->bytes -= s->target ? s->target_n + s->body_n : 0;
    mem_free(s->target);
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

static struct slot *set_of(struct page_cache *c, struct str target, bool zh)
{
    return &c->slot[mix64(hash_bytes(target) + zh) % (SLOTS / WAYS) * WAYS];
}

static bool is(const struct slot *s, struct str target, bool zh)
{
    return s->target && s->zh == zh && str_eq((struct str){s->target, s->target_n}, target);
}

/* Where the page is, or NULL. */
static struct slot *find(struct page_cache *c, struct str target, bool zh)
{
    struct slot *set = set_of(c, target, zh);
    for (unsigned i = 0; i < WAYS; i++)
        if (is(&set[i], target, zh))
            return &set[i];
    return NULL;
}

/* Where it may be put: its own place, an empty one, an outdated one, or anyone's. */
static struct slot *room(struct page_cache *c, struct str target, bool zh, int64_t seq)
{
    struct slot *set = set_of(c, target, zh), *own = find(c, target, zh);
    for (unsigned i = 0; !own && i < WAYS; i++)
        if (!set[i].target || set[i].seq < seq)
            own = &set[i];
    return own ? own : &set[c->turn++ % WAYS];
}

bool cache_get(struct page_cache *c, struct str target, bool zh, int64_t seq, struct reply *re,
               struct arena *a)
{
    bool found = false;
    pthread_mutex_lock(&c->lock);
    const struct slot *s = find(c, target, zh);
    if (s && s->seq == seq) {
        struct str etag = arena_str(a, str_of(s->etag));
        found = etag.p && buf_put(&re->body, s->target + s->target_n, s->body_n, NULL) == RC_OK;
        if (found)
            reply_header(re, "ETag", etag);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

static void store(struct page_cache *c, struct slot *s, struct str target, struct str body)
{
    drop(c, s);
    if (c->bytes + target.n + body.n > ALL_KEPT)
        for (unsigned i = 0; i < SLOTS; i++)
            drop(c, &c->slot[i]);
    char *p = mem_alloc(target.n + body.n);
    if (!p)
        return;
    memcpy(p, target.p, target.n);
    memcpy(p + target.n, body.p, body.n);
    *s = (struct slot){.target = p, .target_n = target.n, .body_n = body.n};
    snprintf(s->etag, sizeof s->etag, "\"%016llx\"", (unsigned long long)hash_bytes(body));
    c->bytes += target.n + body.n;
}

void cache_put(struct page_cache *c, struct str target, bool zh, int64_t seq,
               const struct reply *re)
{
    struct str body = buf_view(&re->body);
    if (body.n > PAGE_KEPT)
        return;
    pthread_mutex_lock(&c->lock);
    struct slot *s = room(c, target, zh, seq);
    store(c, s, target, body);
    s->seq = seq;
    s->zh = zh;
    pthread_mutex_unlock(&c->lock);
}
