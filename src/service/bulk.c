/* Workers read pages; whoever has the next page in order hands out all that are ready. A worker too
 * far ahead waits, so that memory is bounded; pages are handed out in order (base/pool.h), so the
 * worker of the next page never waits. */
#define _POSIX_C_SOURCE 200809L
#include "service/bulk.h"

#include "base/file.h"
#include "base/pool.h"
#include "service/journal.h"
#include "service/likeness.h"
#include "service/reading_json.h"

#include <jansson.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AHEAD = 4, FETCHERS = 16, LINE_BYTES = 1 << 30, URL_MAX = 64 << 10, CHARSET_MAX = 256 };

/* A page that was read and waits for its turn. */
struct slot {
    struct buf body; /* JSON behind "page" and "duplicate_of" */
    struct sketch sketch;
    uint64_t key;
    bool ready, resumed, again;
};

struct worker {
    struct arena arena;
    struct buf page, address, charset;
};

struct bulk {
    const struct bulk_options *o;
    struct fetcher *fetcher;
    struct journal *journal;
    struct likeness likeness;
    struct worker *worker;
    struct slot *slot; /* ring of `window` */
    size_t window;
    unsigned workers;
    struct buf line;
    uint32_t again;

    pthread_mutex_t unpack; /* guards the archives of the sources */
    pthread_mutex_t lock;   /* guards what follows, and `ready` of slots */
    pthread_cond_t moved;
    size_t next; /* the page to be given next */
    bool giving; /* a worker is */
    enum rc rc;  /* of the first failure that ends the run */
    struct err err;
};

/* ---- one page ---- */

/* Path, size and time: a file that was changed is read again, a zip with all that is in it. */
static uint64_t key_of(const struct sources *all, const struct source *s)
{
    uint64_t key = mix64(hash_bytes(str_of(s->name)) + s->url);
    const char *path = s->zip == UINT32_MAX ? s->name : all->zip.p[s->zip].path;
    struct stat st;
    if (s->url || stat(path, &st) != 0)
        return key;
    key = mix64(key ^ (uint64_t)st.st_size);
    return mix64(key ^ ((uint64_t)st.st_mtim.tv_sec << 30) ^ (uint64_t)st.st_mtim.tv_nsec);
}

/* What is known of a saved page stands in a file beside it. */
static enum rc read_beside(struct buf *to, const char *path, const char *ending, struct err *e)
{
    struct buf name;
    buf_init(&name, URL_MAX);
    enum rc rc = buf_printf(&name, e, "%s%s", path, ending);
    if (rc == RC_OK && strcmp(path, "-") != 0 && access(name.p, F_OK) == 0 &&
        file_read(to, name.p, NULL) != RC_OK)
        buf_clear(to); /* a page without it, then */
    buf_free(&name);
    return rc;
}

/* The archive is one for all threads. */
static enum rc get_packed(struct bulk *b, const struct source *s, struct worker *w, struct err *e)
{
    struct archive *a = b->o->sources->zip.p[s->zip].archive;
    pthread_mutex_lock(&b->unpack);
    enum rc rc = packed_read(a, &s->page, &w->page, &w->address, &w->charset, e);
    pthread_mutex_unlock(&b->unpack);
    return rc;
}

static enum rc get_page(struct bulk *b, const struct source *s, unsigned worker, struct err *e)
{
    struct worker *w = &b->worker[worker];
    buf_clear(&w->page);
    buf_clear(&w->address);
    buf_clear(&w->charset);
    if (s->why) {
        *e = *s->why;
        return s->why->rc;
    }
    if (s->zip != UINT32_MAX)
        return get_packed(b, s, w, e);
    if (s->url)
        return fetch_page(b->fetcher, worker, s->name, &w->page, &w->address, e);
    TRY(read_beside(&w->address, s->name, ".url", e));
    TRY(read_beside(&w->charset, s->name, ".charset", e));
    enum rc rc = file_read(&w->page, s->name, e);
    return rc == RC_TOO_BIG ? err_too_big(e, "read.too_big", "%d", FETCH_MAX >> 20) : rc;
}

/* The run ends only where memory does; all else is the page's own failure. */
static enum rc read_page(struct bulk *b, const struct source *s, unsigned worker, struct slot *to,
                         struct err *e)
{
    struct worker *w = &b->worker[worker];
    struct reading x = {0};
    struct err why = {0};
    struct reading_source from = {.name = str_of(s->name)};
    enum rc rc = get_page(b, s, worker, &why);
    to->again = rc != RC_OK;
    if (rc == RC_OK) {
        from.address = str_trim(buf_view(&w->address));
        from.bytes = buf_view(&w->page);
        if (!from.bytes.p)
            from.bytes = STR("");
        struct article_source known = {from.address, str_trim(buf_view(&w->charset))};
        if (s->url)
            known.charset = fetch_charset(b->fetcher, worker);
        rc = reading_make_from(&x, from.bytes, known, b->o->reader, &w->arena, &why);
    }
    if (rc == RC_NOMEM)
        rc = err_nomem(e);
    else if (rc != RC_OK)
        rc = reading_put_failure(&to->body, &from, &why, e);
    else {
        sketch_make(&to->sketch, x.article.text);
        rc = reading_put_json(&to->body, &from, &x, b->o->known, e);
    }
    reading_release(&x);
    arena_reset(&w->arena);
    return rc;
}

/* The text of a page from the journal, for its sketch. */
static enum rc sketch_body(struct slot *s, struct err *e)
{
    struct str body = buf_view(&s->body);
    struct buf whole;
    buf_init(&whole, LINE_BYTES);
    enum rc rc = buf_char(&whole, '{', e);
    if (rc == RC_OK)
        rc = buf_str(&whole, body, e);
    if (rc == RC_OK)
        rc = buf_char(&whole, '}', e);
    json_t *page = rc == RC_OK ? json_loadb(whole.p, whole.n, JSON_ALLOW_NUL, NULL) : NULL;
    const json_t *text = json_object_get(page, "text");
    if (rc == RC_OK && !page)
        rc = err_corrupt(e, "read.journal", "%s", "");
    if (text)
        sketch_make(&s->sketch, (struct str){json_string_value(text), json_string_length(text)});
    json_decref(page);
    buf_free(&whole);
    return rc;
}

static enum rc fill_slot(struct bulk *b, size_t i, unsigned worker, struct slot *to, struct err *e)
{
    const struct source *s = &b->o->sources->all.p[i];
    buf_clear(&to->body);
    to->sketch = (struct sketch){.whole = 0};
    to->again = false;
    to->key = b->journal ? key_of(b->o->sources, s) : 0;
    to->resumed = b->journal && journal_has(b->journal, to->key);
    if (!to->resumed)
        return read_page(b, s, worker, to, e);
    TRY(journal_get(b->journal, to->key, &to->body, e));
    return sketch_body(to, e);
}

/* ---- in order ---- */

static enum rc give(struct bulk *b, size_t i, struct slot *s, struct err *e)
{
    struct bulk_page p = {.number = (uint32_t)i + 1, .resumed = s->resumed};
    uint32_t first;
    TRY(likeness_find(&b->likeness, &s->sketch, p.number, &first, e));
    p.duplicate_of = first == p.number ? 0 : first;
    if (b->journal && !s->resumed && !s->again)
        TRY(journal_add(b->journal, s->key, buf_view(&s->body), e));
    b->again += s->again;
    buf_clear(&b->line);
    if (p.duplicate_of)
        TRY(buf_printf(&b->line, e, "{\"page\":%u,\"duplicate_of\":%u,", p.number, p.duplicate_of));
    else
        TRY(buf_printf(&b->line, e, "{\"page\":%u,\"duplicate_of\":null,", p.number));
    TRY(buf_str(&b->line, buf_view(&s->body), e));
    TRY(buf_char(&b->line, '}', e));
    p.line = buf_view(&b->line);
    TRY(b->o->take(b->o->ctx, &p, e));
    if (!b->o->progress)
        return RC_OK;
    return b->o->progress(b->o->progress_ctx, "read",
                          (double)p.number / (double)b->o->sources->all.n, e);
}

static enum rc fail(struct bulk *b, enum rc rc, const struct err *e)
{
    if (b->rc == RC_OK) {
        b->rc = rc;
        b->err = *e;
    }
    pthread_cond_broadcast(&b->moved);
    return rc;
}

/* With the lock held: give what is ready. */
static enum rc give_ready(struct bulk *b, struct err *e)
{
    enum rc rc = RC_OK;
    if (b->giving)
        return RC_OK;
    b->giving = true;
    while (rc == RC_OK && b->rc == RC_OK && b->slot[b->next % b->window].ready) {
        struct slot *s = &b->slot[b->next % b->window];
        size_t i = b->next;
        pthread_mutex_unlock(&b->lock);
        rc = give(b, i, s, e);
        pthread_mutex_lock(&b->lock);
        s->ready = false;
        b->next++;
        pthread_cond_broadcast(&b->moved);
    }
    b->giving = false;
    return rc == RC_OK ? RC_OK : fail(b, rc, e);
}

static enum rc step(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct bulk *b = ctx;
    struct slot *s = &b->slot[i % b->window];
    pthread_mutex_lock(&b->lock);
    while (i >= b->next + b->window && b->rc == RC_OK)
        pthread_cond_wait(&b->moved, &b->lock);
    enum rc rc = b->rc;
    pthread_mutex_unlock(&b->lock);
    if (rc == RC_OK)
        rc = fill_slot(b, i, worker, s, e);
    else
        *e = b->err;
    pthread_mutex_lock(&b->lock);
    if (rc != RC_OK)
        fail(b, rc, e);
    else {
        s->ready = true;
        rc = give_ready(b, e);
    }
    pthread_mutex_unlock(&b->lock);
    return rc;
}

/* ---- the run ---- */

static enum rc prepare(struct bulk *b, struct err *e)
{
    const struct bulk_options *o = b->o;
    b->workers = o->threads         ? o->threads
                 : o->sources->urls ? MAX(pool_cpus(), (unsigned)FETCHERS)
                                    : pool_cpus();
    b->window = (size_t)b->workers * AHEAD;
    b->worker = mem_calloc(b->workers, sizeof *b->worker);
    b->slot = mem_calloc(b->window, sizeof *b->slot);
    if (!b->worker || !b->slot)
        return err_nomem(e);
    for (unsigned i = 0; i < b->workers; i++) {
        buf_init(&b->worker[i].page, FETCH_MAX);
        buf_init(&b->worker[i].address, URL_MAX);
        buf_init(&b->worker[i].charset, CHARSET_MAX);
    }
    for (size_t i = 0; i < b->window; i++)
        buf_init(&b->slot[i].body, LINE_BYTES);
    if (o->sources->urls)
        TRY(fetcher_open(&b->fetcher, &o->fetch, b->workers, e));
    uint64_t version = hash_bytes(STR(QIAO_VERSION)) ^ reader_version(o->reader);
    if (o->known)
        version ^= mix64(known_version(o->known));
    return o->journal ? journal_open(&b->journal, o->journal, version, e) : RC_OK;
}

static void release(struct bulk *b)
{
    for (unsigned i = 0; b->worker && i < b->workers; i++) {
        arena_free(&b->worker[i].arena);
        buf_free(&b->worker[i].page);
        buf_free(&b->worker[i].address);
        buf_free(&b->worker[i].charset);
    }
    for (size_t i = 0; b->slot && i < b->window; i++)
        buf_free(&b->slot[i].body);
    mem_free(b->worker);
    mem_free(b->slot);
    buf_free(&b->line);
    likeness_free(&b->likeness);
    fetcher_close(b->fetcher);
    journal_close(b->journal, false);
}

enum rc bulk_read(const struct bulk_options *o, uint32_t *again, struct err *e)
{
    struct bulk b = {.o = o};
    buf_init(&b.line, LINE_BYTES);
    pthread_mutex_init(&b.lock, NULL);
    pthread_mutex_init(&b.unpack, NULL);
    pthread_cond_init(&b.moved, NULL);
    enum rc rc = prepare(&b, e);
    if (rc == RC_OK)
        rc = pool_run(b.workers, o->sources->all.n, step, &b, e);
    if (again)
        *again = b.again;
    release(&b);
    pthread_cond_destroy(&b.moved);
    pthread_mutex_destroy(&b.lock);
    pthread_mutex_destroy(&b.unpack);
    return rc;
}

void bulk_forget(const char *journal)
{
    unlink(journal);
}
