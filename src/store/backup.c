/* Copies of a whole store, between either kind. */
#define _POSIX_C_SOURCE 200809L
#include "store/store_int.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

struct copy {
    const struct kinds *kinds;
    struct db *from, *to;
    struct arena row;
    store_progress_fn progress;
    void *ctx;
    uint64_t done, all;
};

static enum rc put_columns(struct buf *b, const struct table *t, enum dialect d, bool select,
                           struct err *e)
{
    size_t col = 0, n = strlen(t->columns);
    const char *json = select && d == POSTGRES    ? "::text"
                       : !select && d == POSTGRES ? "::jsonb"
                                                  : "";
    for (size_t i = 0; i < n; col++) {
        size_t from = i;
        while (i < n && t->columns[i] != ',')
            i++;
        if (col)
            TRY(buf_str(b, STR(", "), e));
        if (select)
            TRY(buf_put(b, t->columns + from, i - from, e));
        else
            TRY(buf_printf(b, e, "?%zu", col + 1));
        if (t->types[col] == 'j')
            TRY(buf_str(b, str_of(json), e));
        i += i < n ? 2 : 0;
    }
    if (t->types[col])
        BUG("table %s has %zu columns and %zu types", t->name, col, strlen(t->types));
    return RC_OK;
}

/* PostgreSQL has its own order of keys; a record is kept as rec_print has it. */
static enum rc canonical(struct str *json, struct copy *c, struct str kind, struct err *e)
{
    const struct kind *k = kind_find(c->kinds, kind);
    struct rec r;
    struct buf b;
    if (!k)
        return RC_OK;
    TRY(rec_new(&r, k, &c->row, e));
    TRY(rec_parse(&r, *json, &c->row, e));
    buf_init(&b, BODY_MAX);
    enum rc rc = rec_print(&b, &r, e);
    if (rc == RC_OK) {
        *json = arena_str(&c->row, buf_view(&b));
        rc = json->p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

static enum rc bind_column(struct copy *c, struct stmt *in, struct stmt *out, int i, char type,
                           struct err *e)
{
    const struct db_ops *ops = out->db->ops;
    if (in->db->ops->is_null(in, i)) {
        ops->bind_null(out, i + 1);
    } else if (type == 'i') {
        ops->bind_int(out, i + 1, col_int(in, i));
    } else if (type == 'b') {
        ops->bind_blob(out, i + 1, col_bytes(in, i));
    } else {
        struct str s = col_bytes(in, i);
        if (type == 'j' && in->db->ops->dialect == POSTGRES)
            TRY(canonical(&s, c, col_bytes(in, 1), e)); /* rec.kind */
        ops->bind_text(out, i + 1, s);
    }
    return RC_OK;
}

static enum rc copy_row(struct copy *c, struct stmt *in, struct stmt *out, const struct table *t,
                        struct err *e)
{
    bool row;
    enum rc rc = RC_OK;
    arena_reset(&c->row);
    for (int i = 0; t->types[i] && rc == RC_OK; i++)
        rc = bind_column(c, in, out, i, t->types[i], e);
    if (rc == RC_OK)
        rc = stmt_step(out, &row, e);
    stmt_done(out);
    return rc;
}

static enum rc open_table(struct stmt **in, struct stmt **out, struct copy *c,
                          const struct table *t, struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    enum rc rc = buf_str(&b, STR("SELECT "), e);
    if (rc == RC_OK)
        rc = put_columns(&b, t, c->from->ops->dialect, true, e);
    if (rc == RC_OK)
        rc = buf_printf(&b, e, " FROM %s ORDER BY %s", t->name, t->key);
    if (rc == RC_OK)
        rc = db_made(in, c->from, buf_view(&b), e);
    buf_clear(&b);
    if (rc == RC_OK)
        rc = buf_printf(&b, e, "INSERT INTO %s (%s) VALUES (", t->name, t->columns);
    if (rc == RC_OK)
        rc = put_columns(&b, t, c->to->ops->dialect, false, e);
    if (rc == RC_OK)
        rc = buf_str(&b, STR(")"), e);
    if (rc == RC_OK)
        rc = db_made(out, c->to, buf_view(&b), e);
    buf_free(&b);
    return rc;
}

static enum rc copy_table(struct copy *c, const struct table *t, struct err *e)
{
    struct stmt *in = NULL, *out = NULL;
    enum rc rc = open_table(&in, &out, c, t, e);
    bool row;
    if (rc == RC_OK)
        in->stream = true;
    while (rc == RC_OK && (rc = stmt_step(in, &row, e)) == RC_OK && row) {
        rc = copy_row(c, in, out, t, e);
        if (rc == RC_OK && c->progress && ++c->done % 256 == 0)
            rc = c->progress(c->ctx, MIN(c->done, c->all), c->all, e);
    }
    stmt_done(in);
    return rc;
}

static enum rc count_rows(struct copy *c, struct err *e)
{
    for (uint32_t i = 0; i < schema_n_tables; i++) {
        char sql[64];
        struct stmt *st;
        bool row;
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", schema_tables[i].name);
        TRY(db_made(&st, c->from, str_of(sql), e));
        enum rc rc = stmt_step(st, &row, e);
        c->all += rc == RC_OK && row ? (uint64_t)col_int(st, 0) : 0;
        stmt_done(st);
        TRY(rc);
    }
    return RC_OK;
}

/* `to` has an empty schema; both are in a transaction. */
static enum rc copy_all(struct copy *c, struct err *e)
{
    TRY(count_rows(c, e));
    TRY(c->to->ops->exec(c->to, "DELETE FROM meta; DELETE FROM head;", e));
    for (uint32_t i = 0; i < schema_n_tables; i++)
        TRY(copy_table(c, &schema_tables[i], e));
    return c->progress ? c->progress(c->ctx, c->all, c->all, e) : RC_OK;
}

static enum rc empty_dir(const char *dir, struct err *e)
{
    if (mkdir(dir, 0700) == 0)
        return RC_OK;
    DIR *d = errno == EEXIST ? opendir(dir) : NULL;
    if (!d)
        return err_sys(e, "store.open", "%s: %s", dir, strerror(errno));
    struct dirent *f;
    bool empty = true;
    while ((f = readdir(d)) != NULL)
        empty = empty && (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0);
    closedir(d);
    return empty ? RC_OK : err_user(e, "store.not_empty", "%s", dir);
}

/* From another kind of database: rows into a new SQLite file. */
static enum rc copy_into(struct copy *c, const char *dir, struct err *e)
{
    struct db_place at = {.dir = dir, .create = true};
    TRY(sqlite_ops.open(&c->to, &at, e));
    enum rc rc = schema_up(c->to, e);
    if (rc == RC_OK)
        rc = sqlite_ops.begin(c->to, TX_WRITE, e);
    if (rc == RC_OK)
        rc = copy_all(c, e);
    if (rc == RC_OK)
        rc = sqlite_ops.commit(c->to, false, e);
    else
        sqlite_ops.rollback(c->to);
    db_close(c->to);
    return rc;
}

enum rc store_backup(struct store *s, const char *dir, store_progress_fn progress, void *ctx,
                     struct err *e)
{
    TRY(empty_dir(dir, e));
    struct tx *tx;
    TRY(tx_begin(&tx, s, TX_READ, e));
    struct copy c = {.kinds = s->kinds, .from = tx->db, .progress = progress, .ctx = ctx};
    char path[4096];
    /* the first look fixes the snapshot */
    enum rc rc = count_rows(&c, e);
    c.all = 0;
    if (rc != RC_OK) {
    } else if (snprintf(path, sizeof path, "%s/qiao.db", dir) >= (int)sizeof path)
        rc = err_user(e, "store.none", "%s", dir);
    else if (s->ops->dialect == SQLITE)
        rc = sqlite_copy(tx->db, path, progress, ctx, e);
    else
        rc = copy_into(&c, dir, e);
    tx_rollback(tx);
    arena_free(&c.row);
    return rc;
}

/* Into a store nothing has been written to. */
static enum rc fill(struct copy *c, struct store *to, struct err *e)
{
    struct tx *tx;
    TRY(tx_begin(&tx, to, TX_WRITE, e));
    c->to = tx->db;
    enum rc rc =
        tx->seq == 0 && tx->last_id == 0 ? RC_OK : err_user(e, "store.not_empty", "%s", "");
    if (rc == RC_OK)
        rc = copy_all(c, e);
    if (rc == RC_OK) {
        tx->grown = true;
        return tx_commit(tx, e);
    }
    tx_rollback(tx);
    return rc;
}

enum rc store_restore(struct store *to, const char *dir, store_progress_fn progress, void *ctx,
                      struct err *e)
{
    struct copy c = {.kinds = to->kinds, .progress = progress, .ctx = ctx};
    struct db_place at = {.dir = dir, .read_only = true};
    int64_t version;
    TRY(sqlite_ops.open(&c.from, &at, e));
    enum rc rc = schema_version(c.from, &version, e);
    if (rc == RC_OK && version == 0)
        rc = err_user(e, "store.none", "%s", dir);
    if (rc == RC_OK && version != SCHEMA_VERSION)
        rc = err_user(e, version > SCHEMA_VERSION ? "store.newer" : "store.older", "%lld",
                      (long long)version);
    if (rc == RC_OK)
        rc = sqlite_ops.begin(c.from, TX_READ, e);
    if (rc == RC_OK)
        rc = fill(&c, to, e);
    db_close(c.from);
    arena_free(&c.row);
    return rc;
}
