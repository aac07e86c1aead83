#define _POSIX_C_SOURCE 200809L
#include "service/approval_int.h"
#include "service/engine_int.h"
#include "service/measures_int.h"
#include "service/notify_int.h"
#include "service/overview_int.h"
#include "service/pages_int.h"
#include "service/site_int.h"

#include "base/log.h"

#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>
#include <time.h>

static enum rc keep(struct arena *a, const char **text, struct err *e)
{
    if (!*text)
        return RC_OK;
    struct str s = arena_str(a, str_of(*text));
    *text = s.p;
    return s.p ? RC_OK : err_nomem(e);
}

static struct store_options store_of(const struct site_options *o)
{
    return (struct store_options){.dir = o->dir, .url = o->db, .migrate = o->migrate};
}

static enum rc make_folder(const char *path, struct err *e)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return RC_OK;
    return err_at(e, err_sys(e, "site.folder", "%s", strerror(errno)), path, NULL, 0, 0);
}

static enum rc make(const struct site_options *o, bool key, struct err *e)
{
    struct arena a = {0};
    struct kinds *kinds = NULL;
    struct store *store = NULL;
    struct secrets secrets = {0};
    struct store_options so = store_of(o);
    enum rc rc;
    GOTO_OUT(sodium_init() < 0 ? err_sys(e, "site.random", "%s", "") : RC_OK);
    GOTO_OUT(declared_open(&kinds, o->model_dir, &a, e));
    struct err why;
    rc = store_open(&store, &so, kinds, &why);
    if (rc == RC_OK) {
        rc = err_at(e, err_user(e, "site.exists", "%s", ""), o->dir, NULL, 0, 0);
        goto out;
    }
    if (strcmp(why.key, "store.none") != 0) {
        if (e)
            *e = why;
        goto out;
    }
    GOTO_OUT(make_folder(o->dir, e));
    so.create = true;
    GOTO_OUT(store_open(&store, &so, kinds, e));
    GOTO_OUT(store_index_kinds(store, e));
    if (key)
        rc = secrets_open(&secrets, store, o->dir, true, e);
out:
    secrets_close(&secrets);
    store_close(store);
    kinds_close(kinds);
    arena_free(&a);
    return rc;
}

enum rc site_init(const struct site_options *o, struct err *e)
{
    return make(o, true, e);
}

enum rc site_init_keyless(const struct site_options *o, struct err *e)
{
    return make(o, false, e);
}

static void warn_of_key(const struct secrets *k)
{
    if (k->state == SECRET_MISSING || k->state == SECRET_OTHER)
        log_line(
            LOG_WARN, "secret",
            "%s %s: mail, chat robots and second factors wait until it is back (docs/operate.md)",
            SECRET_FILE, k->state == SECRET_MISSING ? "is missing" : "is not of this site");
}

static enum rc open_parts(struct site *s, struct err *e)
{
    struct store_options so = store_of(&s->o);
    int64_t seq = 0;
    TRY(declared_open(&s->kinds, s->o.model_dir, &s->arena, e));
    TRY(model_open(&s->model, s->o.model_dir, e));
    TRY(papers_open(&s->papers, s, e));
    TRY(tables_open(&s->tables, s, e));
    TRY(notices_open(&s->notices, s, e));
    TRY(approvals_open(&s->approvals, s, e));
    TRY(newsroom_open(&s->newsroom, e));
    TRY(store_open(&s->store, &so, s->kinds, e));
    TRY(secrets_open(&s->secrets, s->store, s->o.dir, s->o.migrate || s->o.jobs, e));
    if (s->o.jobs)
        warn_of_key(&s->secrets);
    /* What the site's own folder declares may have changed since the last start. */
    if (s->o.migrate || s->o.jobs)
        TRY(store_index_kinds(s->store, e));
    if (s->o.migrate || s->o.jobs)
        TRY(parties_rebuild(s, e));
    TRY(store_seq(s->store, &seq, e));
    atomic_store(&s->seq, seq);
    TRY(seen_open(&s->seen, e));
    TRY(counts_open(&s->counts, e));
    TRY(groups_open(&s->groups, e));
    TRY(overviews_open(&s->overviews, e));
    TRY(measures_kept_open(&s->measures, e));
    if (s->o.jobs || s->o.engine)
        TRY(runner_open(s, e));
    if (s->o.engine)
        TRY(engine_open(&s->engine, s, e));
    runner_ready(s);
    return RC_OK;
}

enum rc site_open(struct site **out, const struct site_options *o, struct err *e)
{
    if (sodium_init() < 0)
        return err_sys(e, "site.random", "%s", "");
    struct site *s = mem_calloc(1, sizeof *s);
    if (!s)
        return err_nomem(e);
    s->o = *o;
    s->job_defs = job_defs;
    pthread_mutex_init(&s->hashing, NULL);
    pthread_mutex_init(&s->jobs_lock, NULL);
    enum rc rc;
    GOTO_OUT(keep(&s->arena, &s->o.dir, e));
    GOTO_OUT(keep(&s->arena, &s->o.db, e));
    GOTO_OUT(keep(&s->arena, &s->o.model_dir, e));
    GOTO_OUT(keep(&s->arena, &s->o.url, e));
    rc = open_parts(s, e);
out:
    if (rc == RC_OK)
        *out = s;
    else
        site_close(s);
    return rc;
}

void site_close(struct site *s)
{
    if (!s)
        return;
    runner_stop(s); /* jobs and the day's notices use the engine */
    engine_close(s->engine);
    runner_close(s);
    seen_close(s->seen);
    counts_close(s->counts);
    groups_close(s->groups);
    overviews_close(s->overviews);
    measures_kept_close(s->measures);
    secrets_close(&s->secrets);
    store_close(s->store);
    approvals_close(s->approvals);
    papers_close(s->papers);
    tables_close(s->tables);
    notices_close(s->notices);
    newsroom_close(s->newsroom);
    model_close(s->model);
    kinds_close(s->kinds);
    pthread_mutex_destroy(&s->hashing);
    pthread_mutex_destroy(&s->jobs_lock);
    arena_free(&s->arena);
    mem_free(s);
}

const struct kinds *site_kinds(const struct site *s)
{
    return s->kinds;
}

const struct model *site_model(const struct site *s)
{
    return s->model;
}

struct store *site_store(const struct site *s)
{
    return s->store;
}

const char *site_model_dir(const struct site *s)
{
    return s->o.model_dir;
}

const char *site_dir(const struct site *s)
{
    return s->o.dir;
}

int64_t site_now(const struct site *s)
{
    return s->o.now ? s->o.now(s->o.now_ctx) : (int64_t)time(NULL);
}

const char *site_message(const struct site *s, const char *key, bool zh)
{
    const char *text = model_message(s->model, key, zh ? "zh" : "en");
    return text ? text : key;
}

/* ---- transactions ---- */

enum rc site_read(struct site *s, tx_fn fn, void *ctx, struct err *e)
{
    struct tx *tx = NULL;
    TRY(tx_begin(&tx, s->store, TX_READ, e));
    enum rc rc = fn(s, tx, ctx, e);
    tx_rollback(tx);
    return rc;
}

enum rc site_write(struct site *s, tx_fn fn, void *ctx, struct err *e)
{
    struct tx *tx = NULL;
    TRY(tx_begin(&tx, s->store, TX_WRITE, e));
    enum rc rc = fn(s, tx, ctx, e);
    if (rc != RC_OK) {
        tx_rollback(tx);
        return rc;
    }
    TRY(tx_commit(tx, e));
    site_touch(s);
    return RC_OK;
}

/* Never backwards: a slow reader of an older number must not hide a newer one. */
void site_raise(struct site *s, int64_t seq)
{
    int64_t was = atomic_load(&s->seq);
    while (was < seq && !atomic_compare_exchange_weak(&s->seq, &was, seq))
        continue;
}

void site_touch(struct site *s)
{
    int64_t seq;
    struct err e;
    if (store_seq(s->store, &seq, &e) == RC_OK)
        site_raise(s, seq);
    else
        log_line(LOG_WARN, "seq", "%s %s", e.key, e.detail);
}

int64_t site_seq(const struct site *s)
{
    /* Without a follower nobody tells of other processes' commits. */
    if (!s->runner)
        site_touch((struct site *)s);
    return atomic_load(&s->seq);
}
