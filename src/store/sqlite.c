/* The SQLite driver: write-ahead log, every commit flushed, an authorizer before the trail. */
#include "base/fault.h"
#include "base/file.h"
#include "store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 10000

struct sqlite {
    struct db db;
    sqlite3 *h;
    bool owner;
};

static sqlite3 *handle(const struct db *db)
{
    return ((const struct sqlite *)db)->h;
}

static enum rc failed(sqlite3 *h, int code, struct err *e)
{
    const char *why = h ? sqlite3_errmsg(h) : sqlite3_errstr(code);
    switch (code & 0xFF) {
    case SQLITE_NOMEM:
        return err_nomem(e);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_sys(e, "store.busy", "%s", why);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_corrupt(e, "store.file", "%s", why);
    case SQLITE_FULL:
        return err_sys(e, "store.full", "%s", why);
    case SQLITE_TOOBIG:
        return err_too_big(e, "store.too_big", "%s", why);
    default:
        if (strstr(why, "share.over"))
            return err_user(e, "store.share", "%s", "");
        return err_sys(e, "store.sql", "%s", why);
    }
}

/* The trail grows and nothing else, whatever SQL is run here. */
static int guard(void *ctx, int op, const char *table, const char *b, const char *c, const char *d)
{
    (void)b;
    (void)c;
    (void)d;
    const struct sqlite *s = ctx;
    if (s->owner || !table)
        return SQLITE_OK;
    bool trail = strcmp(table, "audit") == 0;
    if (trail && (op == SQLITE_UPDATE || op == SQLITE_DELETE || op == SQLITE_DROP_TABLE))
        return SQLITE_DENY;
    if (op == SQLITE_DROP_TRIGGER || op == SQLITE_DROP_TABLE || op == SQLITE_ALTER_TABLE)
        return SQLITE_DENY;
    return SQLITE_OK;
}

static enum rc exec(struct db *db, const char *sql, struct err *e)
{
    if (fault_hit(FAULT_STEP))
        return err_sys(e, "store.sql", "fault");
    int code = sqlite3_exec(handle(db), sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? RC_OK : failed(handle(db), code, e);
}

static void close_db(struct db *db)
{
    sqlite3_close(handle(db));
    mem_free(db);
}

static enum rc make_place(const struct db_place *at, const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) == 0)
        return RC_OK;
    if (!at->create)
        return err_user(e, "store.none", "%s", at->dir);
    if (mkdir(at->dir, 0700) != 0 && errno != EEXIST)
        return err_sys(e, "store.open", "%s: %s", at->dir, strerror(errno));
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd < 0)
        return err_sys(e, "store.open", "%s: %s", path, strerror(errno));
    close(fd);
    return RC_OK;
}

static enum rc configure(struct sqlite *s, const struct db_place *at, struct err *e)
{
    sqlite3_extended_result_codes(s->h, 1);
    sqlite3_busy_timeout(s->h, BUSY_MS);
    sqlite3_db_config(s->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (!at->read_only)
        TRY(exec(&s->db,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                 "PRAGMA cache_size = -3000;",
                 e));
    sqlite3_set_authorizer(s->h, guard, s);
    return RC_OK;
}

static enum rc open_db(struct db **out, const struct db_place *at, struct err *e)
{
    *out = NULL;
    char path[4096];
    if (snprintf(path, sizeof path, "%s/qiao.db", at->dir) >= (int)sizeof path)
        return err_user(e, "store.none", "%s", at->dir);
    TRY(make_place(at, path, e));
    struct sqlite *s = mem_calloc(1, sizeof *s);
    if (!s)
        return err_nomem(e);
    s->db.ops = &sqlite_ops;
    int flags =
        (at->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(path, &s->h, flags, NULL);
    enum rc rc = RC_OK;
    if (code != SQLITE_OK)
        rc = err_sys(e, "store.open", "%s: %s", path, sqlite3_errstr(code));
    if (rc == RC_OK)
        rc = configure(s, at, e);
    if (rc != RC_OK) {
        close_db(&s->db);
        return rc;
    }
    *out = &s->db;
    return RC_OK;
}

/* ---- transactions ---- */

static enum rc begin(struct db *db, enum tx_mode mode, struct err *e)
{
    return exec(db, mode == TX_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", e);
}

static void rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(handle(db)))
        sqlite3_exec(handle(db), "ROLLBACK", NULL, NULL, NULL);
}

static enum rc commit(struct db *db, bool notify, struct err *e)
{
    (void)notify;
    enum rc rc = exec(db, "COMMIT", e);
    if (rc != RC_OK)
        rollback(db);
    return rc;
}

static enum rc owner(struct db *db, bool on, struct err *e)
{
    (void)e;
    ((struct sqlite *)db)->owner = on;
    /* statements are authorized when they are prepared */
    return RC_OK;
}

/* ---- statements ---- */

static sqlite3_stmt *own(const struct stmt *st)
{
    return st->own;
}

static enum rc prepare(struct stmt *st, struct err *e)
{
    sqlite3_stmt *p = NULL;
    int code = sqlite3_prepare_v3(handle(st->db), st->sql, -1, SQLITE_PREPARE_PERSISTENT, &p, NULL);
    if (code != SQLITE_OK)
        return failed(handle(st->db), code, e);
    st->own = p;
    return RC_OK;
}

static void finish(struct stmt *st)
{
    sqlite3_finalize(own(st));
    st->own = NULL;
}

static void bind_int(struct stmt *st, int i, int64_t v)
{
    sqlite3_bind_int64(own(st), i, v);
}

static void bind_real(struct stmt *st, int i, double v)
{
    sqlite3_bind_double(own(st), i, v);
}

/* The bytes are borrowed, so nothing is allocated that could fail. */
static void bind_text(struct stmt *st, int i, struct str v)
{
    sqlite3_bind_text64(own(st), i, v.p ? v.p : "", v.n, SQLITE_STATIC, SQLITE_UTF8);
}

static void bind_blob(struct stmt *st, int i, struct str v)
{
    sqlite3_bind_blob64(own(st), i, v.p ? v.p : "", v.n, SQLITE_STATIC);
}

static void bind_null(struct stmt *st, int i)
{
    sqlite3_bind_null(own(st), i);
}

static enum rc step(struct stmt *st, bool *row, struct err *e)
{
    int code = sqlite3_step(own(st));
    *row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? RC_OK : failed(handle(st->db), code, e);
}

static void reset(struct stmt *st)
{
    sqlite3_reset(own(st));
    sqlite3_clear_bindings(own(st));
}

static int64_t changes(struct stmt *st)
{
    return sqlite3_changes64(handle(st->db));
}

static bool is_null(struct stmt *st, int i)
{
    return sqlite3_column_type(own(st), i) == SQLITE_NULL;
}

static int64_t get_int(struct stmt *st, int i)
{
    return sqlite3_column_int64(own(st), i);
}

static double get_real(struct stmt *st, int i)
{
    return sqlite3_column_double(own(st), i);
}

static struct str get_bytes(struct stmt *st, int i)
{
    const char *p = sqlite3_column_type(own(st), i) == SQLITE_BLOB
                        ? sqlite3_column_blob(own(st), i)
                        : (const char *)sqlite3_column_text(own(st), i);
    return (struct str){p, p ? (size_t)sqlite3_column_bytes(own(st), i) : 0};
}

const struct db_ops sqlite_ops = {
    .name = "sqlite",
    .dialect = SQLITE,
    .open = open_db,
    .close = close_db,
    .exec = exec,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .owner = owner,
    .prepare = prepare,
    .finish = finish,
    .bind_int = bind_int,
    .bind_real = bind_real,
    .bind_text = bind_text,
    .bind_blob = bind_blob,
    .bind_null = bind_null,
    .step = step,
    .reset = reset,
    .changes = changes,
    .is_null = is_null,
    .get_int = get_int,
    .get_real = get_real,
    .get_bytes = get_bytes,
};

/* ---- backup ---- */

#define PAGES 256

static enum rc copy_pages(sqlite3_backup *b, sqlite3 *to, store_progress_fn progress, void *ctx,
                          struct err *e)
{
    for (;;) {
        int code = sqlite3_backup_step(b, PAGES);
        if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_BUSY &&
            code != SQLITE_LOCKED)
            return failed(to, code, e);
        uint64_t all = (uint64_t)sqlite3_backup_pagecount(b);
        if (progress)
            TRY(progress(ctx, all - (uint64_t)sqlite3_backup_remaining(b), all, e));
        if (code == SQLITE_DONE)
            return RC_OK;
        if (code != SQLITE_OK)
            sqlite3_sleep(20);
    }
}

enum rc sqlite_copy(struct db *from, const char *path, store_progress_fn progress, void *ctx,
                    struct err *e)
{
    struct file_out *f;
    TRY(file_out_open(&f, path, e));
    sqlite3 *to = NULL;
    enum rc rc = file_out_private(f, e);
    if (rc != RC_OK) {
        file_out_abandon(f);
        return rc;
    }
    int code = sqlite3_open(file_out_temp(f), &to);
    sqlite3_backup *b =
        code == SQLITE_OK ? sqlite3_backup_init(to, "main", handle(from), "main") : NULL;
    if (b) {
        rc = copy_pages(b, to, progress, ctx, e);
        sqlite3_backup_finish(b);
    } else {
        rc = failed(to, code == SQLITE_OK ? sqlite3_errcode(to) : code, e);
    }
    sqlite3_close(to);
    if (rc == RC_OK)
        return file_out_commit(f, e);
    file_out_abandon(f);
    return rc;
}
