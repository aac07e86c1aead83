/* Opening, connections, transactions. */
#define _POSIX_C_SOURCE 200809L
#include "store/store_int.h"

#include <errno.h>
#include <sodium.h>
#include <time.h>

#define TURN_SECONDS 10

static char *copy_text(const char *s, struct err *e, enum rc *rc)
{
    if (!s || *rc != RC_OK)
        return NULL;
    size_t n = strlen(s) + 1;
    char *p = mem_alloc(n);
    if (!p)
        *rc = err_nomem(e);
    else
        memcpy(p, s, n);
    return p;
}

enum rc store_connect(struct db **out, const struct store *s, bool create, struct err *e)
{
    struct db_place at = {.dir = s->dir, .url = s->url, .create = create};
    return s->ops->open(out, &at, e);
}

/* Look at the version without changing a byte; SQLite would otherwise bring its log up to date. */
static enum rc look(struct store *s, int64_t *version, struct err *e)
{
    struct db *db;
    struct db_place at = {.dir = s->dir, .url = s->url, .read_only = true};
    TRY(s->ops->open(&db, &at, e));
    enum rc rc = schema_version(db, version, e);
    db_close(db);
    return rc;
}

static enum rc prepare_schema(struct store *s, const struct store_options *o, struct err *e)
{
    int64_t version = 0;
    struct err why;
    enum rc rc = look(s, &version, &why);
    if (rc == RC_USER && strcmp(why.key, "store.none") == 0 && o->create)
        rc = RC_OK;
    if (rc != RC_OK) {
        if (e)
            *e = why;
        return rc;
    }
    if (version > SCHEMA_VERSION)
        return err_user(e, "store.newer", "%lld", (long long)version);
    if (version == 0 && !o->create)
        return err_user(e, "store.none", "%s", s->url ? "" : s->dir);
    if (version > 0 && version < SCHEMA_VERSION && !o->migrate)
        return err_user(e, "store.older", "%lld", (long long)version);
    if (version == SCHEMA_VERSION)
        return RC_OK;
    struct db *db;
    TRY(store_connect(&db, s, o->create, e));
    rc = schema_up(db, e);
    db_close(db);
    return rc;
}

enum rc store_open(struct store **out, const struct store_options *o, const struct kinds *kinds,
                   struct err *e)
{
    *out = NULL;
    if (sodium_init() < 0)
        return err_sys(e, "store.open", "libsodium");
    struct store *s = mem_calloc(1, sizeof *s);
    if (!s)
        return err_nomem(e);
    s->ops = o->url ? &postgres_ops : &sqlite_ops;
    s->kinds = kinds;
    s->most = o->connections ? o->connections : 8;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->turn, &attr);
    pthread_cond_init(&s->grown, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->seq_lock, NULL);
    enum rc rc = RC_OK;
    s->dir = copy_text(o->dir ? o->dir : ".", e, &rc);
    s->url = copy_text(o->url, e, &rc);
    if (rc == RC_OK)
        rc = prepare_schema(s, o, e);
    if (rc == RC_OK)
        rc = store_connect(&s->seq_db, s, false, e);
    if (rc != RC_OK) {
        store_close(s);
        return rc;
    }
    *out = s;
    return RC_OK;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    while (s->idle) {
        struct db *db = s->idle;
        s->idle = db->next;
        db_close(db);
    }
    db_close(s->seq_db);
    db_close(s->listener);
    pthread_cond_destroy(&s->turn);
    pthread_cond_destroy(&s->grown);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->seq_lock);
    mem_free(s->dir);
    mem_free(s->url);
    mem_free(s);
}

const char *store_name(const struct store *s)
{
    return s->ops->name;
}

/* ---- connections ---- */

static struct timespec turn_end(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += TURN_SECONDS;
    return t;
}

/* Take the right to a connection and, in SQLite, the one writer's place; *out is an idle
 * connection or NULL where one is to be opened. */
static enum rc take_turn(struct db **out, struct store *s, bool write, struct err *e)
{
    struct timespec end = turn_end();
    bool alone = write && s->ops->dialect == SQLITE;
    int late = 0;
    pthread_mutex_lock(&s->lock);
    while (((alone && s->writing) || (!s->idle && s->open >= s->most)) && late != ETIMEDOUT)
        late = pthread_cond_timedwait(&s->turn, &s->lock, &end);
    bool mine = !(alone && s->writing) && (s->idle || s->open < s->most);
    if (mine) {
        s->writing = s->writing || alone;
        *out = s->idle;
        if (s->idle)
            s->idle = s->idle->next;
        else
            s->open++;
    }
    pthread_mutex_unlock(&s->lock);
    return mine ? RC_OK : err_sys(e, "store.busy", "%d s", TURN_SECONDS);
}

static void give_back(struct store *s, struct db *db, bool write)
{
    if (db && db->lost) {
        db_close(db);
        db = NULL;
    }
    pthread_mutex_lock(&s->lock);
    if (db) {
        db->next = s->idle;
        s->idle = db;
    } else {
        s->open--;
    }
    if (write && s->ops->dialect == SQLITE)
        s->writing = false;
    pthread_cond_broadcast(&s->turn);
    if (write)
        pthread_cond_broadcast(&s->grown);
    pthread_mutex_unlock(&s->lock);
}

/* ---- transactions ---- */

static enum rc read_head(struct tx *tx, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_HEAD_LOCK, e, ""));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && (!row || col_bytes(st, 2).n != sizeof tx->hash))
        rc = err_corrupt(e, "store.file", "head");
    if (rc == RC_OK) {
        tx->seq = col_int(st, 0);
        tx->last_id = col_int(st, 1);
        memcpy(tx->hash, col_bytes(st, 2).p, sizeof tx->hash);
        rc = stmt_step(st, &row, e);
    }
    stmt_done(st);
    return rc;
}

/* An idle connection may have died meanwhile: then once more with a new one. */
static enum rc start(struct tx *tx, struct err *e)
{
    struct store *s = tx->s;
    for (bool fresh = !tx->db;; fresh = true) {
        enum rc rc = RC_OK;
        if (!tx->db)
            rc = store_connect(&tx->db, s, false, e);
        if (rc == RC_OK)
            rc = s->ops->begin(tx->db, tx->mode, e);
        if (rc == RC_OK && tx->mode == TX_WRITE)
            rc = read_head(tx, e);
        if (rc == RC_OK)
            return RC_OK;
        if (!tx->db)
            return rc;
        s->ops->rollback(tx->db);
        if (!tx->db->lost || fresh)
            return rc;
        db_close(tx->db);
        tx->db = NULL;
    }
}

enum rc tx_begin(struct tx **out, struct store *s, enum tx_mode mode, struct err *e)
{
    *out = NULL;
    struct tx *tx = mem_calloc(1, sizeof *tx);
    if (!tx)
        return err_nomem(e);
    tx->s = s;
    tx->mode = mode;
    enum rc rc = take_turn(&tx->db, s, mode == TX_WRITE, e);
    if (rc == RC_OK) {
        rc = start(tx, e);
        if (rc != RC_OK)
            give_back(s, tx->db, mode == TX_WRITE);
    }
    if (rc != RC_OK) {
        mem_free(tx);
        return rc;
    }
    *out = tx;
    return RC_OK;
}

void tx_rollback(struct tx *tx)
{
    if (!tx)
        return;
    tx->s->ops->rollback(tx->db);
    give_back(tx->s, tx->db, tx->mode == TX_WRITE);
    mem_free(tx);
}

enum rc tx_commit(struct tx *tx, struct err *e)
{
    enum rc rc = tx->broken ? err_sys(e, "store.undone", "%s", "") : RC_OK;
    if (rc == RC_OK && tx->dirty)
        rc = db_run(tx->db, SQL_HEAD_PUT, NULL, e, "iib", tx->seq, tx->last_id,
                    (struct str){(const char *)tx->hash, sizeof tx->hash});
    if (rc == RC_OK)
        rc = tx->s->ops->commit(tx->db, tx->grown, e);
    if (rc != RC_OK) {
        tx_rollback(tx);
        return rc;
    }
    give_back(tx->s, tx->db, tx->mode == TX_WRITE);
    mem_free(tx);
    return RC_OK;
}

enum rc tx_writes(struct tx *tx, struct err *e)
{
    if (tx->mode != TX_WRITE)
        BUG("a write in a transaction that reads");
    return tx->broken ? err_sys(e, "store.undone", "%s", "") : RC_OK;
}

enum rc tx_ran(struct tx *tx, enum rc rc)
{
    if (rc != RC_OK)
        tx->broken = true;
    return rc;
}

int64_t tx_new_id(struct tx *tx)
{
    tx->dirty = true;
    return ++tx->last_id;
}
