#define _GNU_SOURCE
#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "service/engine_int.h"
#include "service/learning.h"
#include "service/site_int.h"

#include <errno.h>
#include <time.h>

#define LISTS_KEPT    4096u
#define REASONS_KEPT  8192u
#define FEED_BATCH    200u
#define WAIT_MS       500u /* of the follower, between two looks at whether to stop */
#define OWN_WRITE_MS  1000u
#define PAUSE_MS      250u
/* A new base is made when so much has changed … */
#define CHANGED_LEAST 64u
#define CHANGED_SHARE 50u /* … and a fiftieth of all */
#define QUIET_SECONDS 2.0 /* or when nothing has for so long */
#define STALE_SECONDS 60.0
#define REST          4.0 /* times as long as the last took, at least, between two */

struct engine {
    struct site *site;
    const struct kind **kind;
    uint32_t n_kinds;
    const struct kind *introduction; /* NULL: the site has no such kind */
    pthread_rwlock_t lock;           /* of the table */
    struct table table;
    struct list_cache *cache, *reasons;
    atomic_uint_fast64_t generation;
    _Atomic int64_t seq;
    atomic_bool failing;   /* the follower cannot read the store */
    pthread_mutex_t mutex; /* of what stands below */
    pthread_cond_t moved;
    bool stop;
    double changed_first, changed_last; /* clock; 0: nothing */
    bool following, building;           /* the threads run */
    pthread_t follower, builder;
};

static void report(const char *event, const struct err *e)
{
    log_line(LOG_ERROR, event, "key=%s detail=%s", e->key, e->detail);
}

/* ---- reading records ---- */

static bool wants(const struct engine *en, const struct kind *k)
{
    return k && (doc_wanted(k) || k == en->introduction);
}

static int64_t ref_named(const struct rec *r, struct str name)
{
    uint32_t f = field_find(r->kind, name);
    return f != NO_FIELD && r->val[f].set && r->kind->field[f].type == TYPE_REF ? r->val[f].num : 0;
}

static struct decision decision_of(const struct rec *r)
{
    return (struct decision){r->id, ref_named(r, STR("need")), ref_named(r, STR("offer")),
                             r->state};
}

/* What is put in at once: made without the lock, then applied under it. */
struct change_set {
    struct arena scratch;
    VEC(struct doc *) doc;
    VEC(struct decision) decision;
    vec_id gone;
};

static void change_set_free(struct change_set *c)
{
    for (size_t i = 0; i < c->doc.n; i++)
        doc_drop(c->doc.p[i]);
    vec_free(&c->doc);
    vec_free(&c->decision);
    vec_free(&c->gone);
    arena_free(&c->scratch);
}

static enum rc change_set_add(struct change_set *c, const struct engine *en, const struct rec *r,
                              struct err *e)
{
    if (r->kind == en->introduction)
        TRY(vec_push(&c->decision, decision_of(r), e));
    if (!doc_wanted(r->kind))
        return RC_OK;
    struct doc *d;
    TRY(doc_make(&d, r, &c->scratch, e));
    enum rc rc = vec_push(&c->doc, d, e);
    if (rc != RC_OK)
        doc_drop(d);
    return rc;
}

static enum rc apply(struct engine *en, struct change_set *c, struct err *e)
{
    struct table *t = &en->table;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < c->gone.n; i++) {
        table_remove(t, c->gone.p[i]);
        table_undecide(t, c->gone.p[i]);
    }
    for (size_t i = 0; rc == RC_OK && i < c->doc.n; i++) {
        struct doc *d = c->doc.p[i];
        c->doc.p[i] = NULL;
        rc = table_put(t, d, e);
    }
    for (size_t i = 0; rc == RC_OK && i < c->decision.n; i++)
        rc = table_decide(t, c->decision.p[i], e);
    return rc;
}

/* ---- the first load ---- */

struct loading {
    struct engine *en;
    struct change_set set;
};

static enum rc load_rec(void *ctx, const struct rec *r, struct err *e)
{
    struct loading *l = ctx;
    return change_set_add(&l->set, l->en, r, e);
}

static enum rc load_kinds(struct loading *l, struct tx *tx, struct err *e)
{
    for (uint32_t i = 0; i < l->en->n_kinds; i++) {
        if (!wants(l->en, l->en->kind[i]))
            continue;
        struct query q = {.kind = l->en->kind[i], .scope = {.reach = SCOPE_ALL}};
        TRY(store_each(tx, &q, load_rec, l, e));
    }
    return RC_OK;
}

static enum rc load_weights(struct engine *en, struct tx *tx, struct err *e)
{
    struct arena a = {0};
    struct str text = {0};
    bool found = false;
    struct weights w;
    enum rc rc = meta_get(tx, STR(ENGINE_WEIGHTS), &a, &text, &found, e);
    if (rc == RC_OK && found)
        rc = weights_parse(&w, text, e);
    if (rc == RC_OK && found) {
        en->table.weights = w;
        en->table.learnt = true;
    }
    arena_free(&a);
    return rc;
}

static enum rc load_all(struct engine *en, struct err *e)
{
    struct store *store = site_store(en->site);
    struct loading l = {.en = en};
    struct tx *tx = NULL;
    int64_t seq = 0;
    enum rc rc;
    GOTO_OUT(store_seq(store, &seq, e)); /* before the snapshot: what is read twice does no harm */
    GOTO_OUT(tx_begin(&tx, store, TX_READ, e));
    GOTO_OUT(load_kinds(&l, tx, e));
    GOTO_OUT(load_weights(en, tx, e));
    GOTO_OUT(apply(en, &l.set, e));
    atomic_store(&en->seq, seq);
out:
    tx_rollback(tx);
    change_set_free(&l.set);
    return rc;
}

/* ---- bases ---- */

static enum rc rebuild(struct engine *en, struct err *e)
{
    struct doc **doc = NULL;
    struct base *b = NULL;
    uint32_t n = 0;
    pthread_rwlock_rdlock(&en->lock);
    enum rc rc = table_docs(&en->table, &doc, &n, e);
    pthread_rwlock_unlock(&en->lock);
    if (rc == RC_OK)
        rc = base_make(&b, doc, n, en->kind, en->n_kinds, model_knowledge(site_model(en->site)),
                       pool_cpus(), e);
    for (uint32_t i = 0; doc && i < n; i++)
        doc_drop(doc[i]);
    mem_free(doc);
    TRY(rc);
    pthread_rwlock_wrlock(&en->lock);
    rc = table_attach(&en->table, b, e);
    atomic_fetch_add(&en->generation, 1);
    pthread_rwlock_unlock(&en->lock);
    mem_trim(); /* making a base takes about its own size once more */
    return rc;
}

/* Is it time? Under the mutex. */
static bool is_due(struct engine *en, double now)
{
    if (!en->changed_first)
        return false;
    pthread_rwlock_rdlock(&en->lock);
    uint32_t changed = en->table.n_changed, all = (uint32_t)en->table.slot.n;
    pthread_rwlock_unlock(&en->lock);
    if (!changed) {
        en->changed_first = 0;
        return false;
    }
    return changed >= MAX(CHANGED_LEAST, all / CHANGED_SHARE) ||
           now - en->changed_last >= QUIET_SECONDS || now - en->changed_first >= STALE_SECONDS;
}

static void pause_for(struct engine *en, unsigned ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&en->moved, &en->mutex, &t);
}

static void *build_loop(void *ctx)
{
    struct engine *en = ctx;
    double rest_until = 0;
    pthread_mutex_lock(&en->mutex);
    while (!en->stop) {
        double now = clock_seconds();
        if (now >= rest_until && is_due(en, now)) {
            struct err e = {0};
            en->changed_first = 0;
            pthread_mutex_unlock(&en->mutex);
            bool made = rebuild(en, &e) == RC_OK;
            double took = clock_seconds() - now;
            rest_until = clock_seconds() + REST * took;
            if (made)
                log_line(LOG_INFO, "engine_rebuilt", "seconds=%.3f", took);
            else
                report("engine_rebuild", &e);
            pthread_mutex_lock(&en->mutex);
            if (!made && !en->changed_first) /* once more, though nothing else may change */
                en->changed_first = en->changed_last = clock_seconds();
        }
        if (!en->stop)
            pause_for(en, PAUSE_MS);
    }
    pthread_mutex_unlock(&en->mutex);
    return NULL;
}

/* ---- following ---- */

static bool is_first(const vec_entry *v, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (v->p[k].id == v->p[i].id)
            return false;
    return true;
}

static enum rc read_entry(struct engine *en, struct tx *tx, const struct entry *x, struct arena *a,
                          struct change_set *set, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(en->site), x->kind);
    struct rec r;
    bool found = false;
    if (!x->id || !wants(en, k))
        return RC_OK;
    TRY(store_get(tx, k, x->id, a, &r, &found, e));
    return found ? change_set_add(set, en, &r, e) : vec_push(&set->gone, x->id, e);
}

static bool moves_matches(const struct change_set *c)
{
    for (size_t i = 0; i < c->doc.n; i++)
        if (c->doc.p[i]->kind->side != MATCH_NONE)
            return true;
    return c->gone.n > 0;
}

/* Put in what the feed says after the engine's seq; *more: there is more. */
static enum rc take_feed(struct engine *en, bool *more, struct err *e)
{
    struct arena a = {0};
    struct change_set set = {0};
    struct tx *tx = NULL;
    vec_entry v = {0};
    bool learnt = false, matches = false;
    enum rc rc;
    GOTO_OUT(tx_begin(&tx, site_store(en->site), TX_READ, e));
    GOTO_OUT(store_feed(tx, atomic_load(&en->seq), FEED_BATCH, &a, &v, e));
    *more = v.n == FEED_BATCH;
    for (size_t i = 0; i < v.n; i++) {
        learnt = learnt || str_eq(v.p[i].action, STR(ENGINE_LEARNT));
        if (is_first(&v, i))
            GOTO_OUT(read_entry(en, tx, &v.p[i], &a, &set, e));
    }
    matches = learnt || moves_matches(&set);
    pthread_rwlock_wrlock(&en->lock);
    rc = learnt ? load_weights(en, tx, e) : RC_OK;
    if (rc == RC_OK)
        rc = apply(en, &set, e);
    if (matches)
        atomic_fetch_add(&en->generation, 1);
    pthread_rwlock_unlock(&en->lock);
    if (rc == RC_OK && v.n)
        atomic_store(&en->seq, v.p[v.n - 1].seq);
out:
    tx_rollback(tx);
    change_set_free(&set);
    vec_free(&v);
    arena_free(&a);
    return rc;
}

static void note_moved(struct engine *en)
{
    pthread_mutex_lock(&en->mutex);
    en->changed_last = clock_seconds();
    if (!en->changed_first)
        en->changed_first = en->changed_last;
    pthread_cond_broadcast(&en->moved);
    pthread_mutex_unlock(&en->mutex);
}

static bool is_stopping(struct engine *en)
{
    pthread_mutex_lock(&en->mutex);
    bool stop = en->stop;
    pthread_mutex_unlock(&en->mutex);
    return stop;
}

static enum rc follow_once(struct engine *en, struct err *e)
{
    int64_t now = 0;
    bool more = true;
    TRY(store_wait(site_store(en->site), atomic_load(&en->seq), WAIT_MS, &now, e));
    if (now <= atomic_load(&en->seq))
        return RC_OK;
    while (more && !is_stopping(en)) {
        more = false;
        TRY(take_feed(en, &more, e));
        note_moved(en);
    }
    return RC_OK;
}

static void *follow_loop(void *ctx)
{
    struct engine *en = ctx;
    while (!is_stopping(en)) {
        struct err e = {0};
        enum rc rc = follow_once(en, &e);
        if (rc != RC_OK && !atomic_load(&en->failing))
            report("engine_follow", &e);
        atomic_store(&en->failing, rc != RC_OK);
        if (rc == RC_OK)
            continue;
        pthread_mutex_lock(&en->mutex);
        pause_for(en, WAIT_MS);
        pthread_mutex_unlock(&en->mutex);
    }
    return NULL;
}

/* ---- opening ---- */

static enum rc list_kinds(struct engine *en, struct err *e)
{
    const struct kinds *kinds = site_kinds(en->site);
    en->n_kinds = kinds_count(kinds);
    en->kind = mem_calloc(en->n_kinds, sizeof *en->kind);
    if (!en->kind)
        return err_nomem(e);
    for (uint32_t i = 0; i < en->n_kinds; i++)
        en->kind[kinds_at(kinds, i)->index] = kinds_at(kinds, i);
    en->introduction = kind_find(kinds, STR("introduction"));
    return RC_OK;
}

static void locks_init(struct engine *en)
{
    pthread_rwlockattr_t a;
    pthread_condattr_t c;
    pthread_rwlockattr_init(&a);
    /* a change must not wait for ever while readers overlap */
    pthread_rwlockattr_setkind_np(&a, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&en->lock, &a);
    pthread_rwlockattr_destroy(&a);
    pthread_condattr_init(&c);
    pthread_condattr_setclock(&c, CLOCK_MONOTONIC);
    pthread_cond_init(&en->moved, &c);
    pthread_condattr_destroy(&c);
    pthread_mutex_init(&en->mutex, NULL);
}

static enum rc start_threads(struct engine *en, struct err *e)
{
    en->following = pthread_create(&en->follower, NULL, follow_loop, en) == 0;
    en->building = en->following && pthread_create(&en->builder, NULL, build_loop, en) == 0;
    return en->building ? RC_OK : err_sys(e, "engine.thread", "%s", "");
}

enum rc engine_open(struct engine **out, struct site *s, struct err *e)
{
    struct engine *en = mem_calloc(1, sizeof *en);
    if (!en)
        return err_nomem(e);
    en->site = s;
    locks_init(en);
    enum rc rc;
    GOTO_OUT(list_cache_open(&en->cache, LISTS_KEPT, e));
    GOTO_OUT(list_cache_open(&en->reasons, REASONS_KEPT, e));
    GOTO_OUT(list_kinds(en, e));
    GOTO_OUT(load_all(en, e));
    GOTO_OUT(rebuild(en, e));
    rc = start_threads(en, e);
out:
    if (rc == RC_OK)
        *out = en;
    else
        engine_close(en);
    return rc;
}

void engine_close(struct engine *en)
{
    if (!en)
        return;
    pthread_mutex_lock(&en->mutex);
    en->stop = true;
    pthread_cond_broadcast(&en->moved);
    pthread_mutex_unlock(&en->mutex);
    if (en->following)
        pthread_join(en->follower, NULL);
    if (en->building)
        pthread_join(en->builder, NULL);
    table_close(&en->table);
    list_cache_close(en->cache);
    list_cache_close(en->reasons);
    mem_free(en->kind);
    pthread_rwlock_destroy(&en->lock);
    pthread_cond_destroy(&en->moved);
    pthread_mutex_destroy(&en->mutex);
    mem_free(en);
}

/* ---- using ---- */

struct engine *engine_of(const struct site *s)
{
    return s->engine;
}

struct list_cache *engine_reasons(struct engine *en)
{
    return en->reasons;
}

struct list_cache *engine_cache(struct engine *en)
{
    return en->cache;
}

static void wait_for(struct engine *en, int64_t seq, double seconds)
{
    double end = clock_seconds() + seconds;
    pthread_mutex_lock(&en->mutex);
    while (atomic_load(&en->seq) < seq && clock_seconds() < end && !en->stop &&
           !atomic_load(&en->failing))
        pause_for(en, 20);
    pthread_mutex_unlock(&en->mutex);
}

enum rc engine_read(struct site *s, const struct table **t, struct err *e)
{
    struct engine *en = engine_of(s);
    if (!en)
        return err_sys(e, "engine.none", "%s", "");
    int64_t seq = site_seq(s);
    if (atomic_load(&en->seq) < seq)
        wait_for(en, seq, OWN_WRITE_MS / 1e3);
    pthread_rwlock_rdlock(&en->lock);
    *t = &en->table;
    return RC_OK;
}

void engine_done(struct site *s)
{
    pthread_rwlock_unlock(&engine_of(s)->lock);
}

enum rc engine_wait(struct site *s, int64_t seq, unsigned ms, struct err *e)
{
    struct engine *en = engine_of(s);
    if (!en)
        return err_sys(e, "engine.none", "%s", "");
    wait_for(en, seq, ms / 1e3);
    if (atomic_load(&en->seq) >= seq)
        return RC_OK;
    return err_sys(e, "engine.behind", "%lld", (long long)seq);
}

uint64_t engine_generation(const struct site *s)
{
    const struct engine *en = engine_of(s);
    return en ? atomic_load(&en->generation) : 0;
}
