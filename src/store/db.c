/* What both drivers share: the dialect's words, the statement cache, binding by a type string. */
#include "base/fault.h"
#include "base/map.h"
#include "store/store_int.h"

#include <ctype.h>
#include <stdarg.h>

/* The places where SQLite and PostgreSQL differ. */
static const struct word {
    const char *name, *text[2];
} words[] = {
    {"int", {"INTEGER", "BIGINT"}},
    {"str", {"", "::text"}},
    {"num", {"", "::bigint"}},
    {"blob", {"BLOB", "BYTEA"}},
    {"textc", {"TEXT", "TEXT COLLATE \"C\""}},
    {"jsonc", {"TEXT", "JSONB"}},
    {"json", {"", "::jsonb"}},
    {"bodya", {"a.body", "a.body::jsonb"}},
    {"lock", {"", "FOR UPDATE"}},
    {"skip", {"", "FOR UPDATE SKIP LOCKED"}},
    {"among", /* an array is taken for ten values: rows are found by an index */
     {"IN (SELECT value FROM json_each(?1))",
      "= ANY (ARRAY(SELECT jsonb_array_elements_text($1::text::jsonb)::bigint))"}},
    {"strict", {"STRICT", ""}},
    {"norowid", {"STRICT, WITHOUT ROWID", ""}},
};

static enum rc put_word(struct buf *out, enum dialect d, struct str name, struct err *e)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(name, str_of(words[i].name)))
            return buf_str(out, str_of(words[i].text[d]), e);
    BUG("no word $%.*s in the dialects", (int)name.n, name.p);
}

enum rc sql_translate(struct buf *out, enum dialect d, struct str sql, struct err *e)
{
    size_t i = 0;
    while (i < sql.n) {
        size_t from = i;
        while (i < sql.n && sql.p[i] != '$' && sql.p[i] != '?')
            i++;
        TRY(buf_put(out, sql.p + from, i - from, e));
        if (i == sql.n)
            break;
        char c = sql.p[i++];
        from = i;
        while (i < sql.n && (c == '$' ? islower((unsigned char)sql.p[i]) : false))
            i++;
        if (c == '?')
            TRY(buf_char(out, d == POSTGRES ? '$' : '?', e));
        else if (i > from)
            TRY(put_word(out, d, str_sub(sql, from, i), e));
        else
            TRY(buf_char(out, c, e)); /* '$.field' of a JSON path, $$ of a PostgreSQL body */
    }
    return RC_OK;
}

enum rc db_exec(struct db *db, const char *sql, struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    enum rc rc = sql_translate(&b, db->ops->dialect, str_of(sql), e);
    if (rc == RC_OK)
        rc = db->ops->exec(db, b.p ? b.p : "", e);
    buf_free(&b);
    return rc;
}

static void stmt_free(struct stmt *st)
{
    if (!st)
        return;
    if (st->own)
        st->db->ops->finish(st);
    mem_free(st->sql);
    mem_free(st);
}

static enum rc stmt_make(struct stmt **out, struct db *db, struct str sql, struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    struct stmt *st = mem_calloc(1, sizeof *st);
    enum rc rc = st ? sql_translate(&b, db->ops->dialect, sql, e) : err_nomem(e);
    if (rc == RC_OK) {
        st->db = db;
        st->sql = buf_take(&b);
        rc = db->ops->prepare(st, e);
    }
    if (rc != RC_OK) {
        stmt_free(st);
        st = NULL;
    }
    buf_free(&b);
    *out = st;
    return rc;
}

static enum rc stmt_fixed(struct stmt **out, struct db *db, enum sql no, struct err *e)
{
    if (!db->fixed[no])
        TRY(stmt_make(&db->fixed[no], db, str_of(sql_text_of[no]), e));
    *out = db->fixed[no];
    return RC_OK;
}

static void bind_all(struct stmt *st, const char *types, va_list ap)
{
    const struct db_ops *ops = st->db->ops;
    for (int i = 1; types[i - 1]; i++) {
        char t = types[i - 1];
        if (t == 'i' || t == 'n') {
            int64_t v = va_arg(ap, int64_t);
            if (t == 'n' && v == 0)
                ops->bind_null(st, i);
            else
                ops->bind_int(st, i, v);
        } else if (t == 'd') {
            ops->bind_real(st, i, va_arg(ap, double));
        } else if (t == 's') {
            ops->bind_text(st, i, str_of(va_arg(ap, const char *)));
        } else {
            struct str v = va_arg(ap, struct str);
            if (t == 'b')
                ops->bind_blob(st, i, v);
            else if (t == 'o' && v.n == 0)
                ops->bind_null(st, i);
            else if (t == 't' || t == 'o')
                ops->bind_text(st, i, v);
            else
                BUG("no parameter type %c", t);
        }
    }
}

enum rc db_query(struct stmt **out, struct db *db, enum sql no, struct err *e, const char *types,
                 ...)
{
    *out = NULL;
    TRY(stmt_fixed(out, db, no, e));
    va_list ap;
    va_start(ap, types);
    bind_all(*out, types, ap);
    va_end(ap);
    return RC_OK;
}

enum rc db_run(struct db *db, enum sql no, int64_t *changed, struct err *e, const char *types, ...)
{
    struct stmt *st;
    TRY(stmt_fixed(&st, db, no, e));
    va_list ap;
    va_start(ap, types);
    bind_all(st, types, ap);
    va_end(ap);
    bool row = true;
    enum rc rc = RC_OK;
    while (rc == RC_OK && row)
        rc = stmt_step(st, &row, e);
    if (rc == RC_OK && changed)
        *changed = db->ops->changes(st);
    stmt_done(st);
    return rc;
}

/* Linear: the texts are few, and a hash compare is nothing beside running the query. */
enum rc db_made(struct stmt **out, struct db *db, struct str sql, struct err *e)
{
    *out = NULL;
    uint64_t hash = hash_bytes(sql);
    size_t oldest = 0;
    for (size_t i = 0; i < ARRAY_LEN(db->made); i++) {
        struct stmt *st = db->made[i];
        if (st && st->hash == hash) {
            st->used = ++db->clock;
            *out = st;
            return RC_OK;
        }
        if (!st || (db->made[oldest] && st->used < db->made[oldest]->used))
            oldest = i;
    }
    struct stmt *st;
    TRY(stmt_make(&st, db, sql, e));
    stmt_free(db->made[oldest]);
    st->hash = hash;
    st->used = ++db->clock;
    db->made[oldest] = st;
    *out = st;
    return RC_OK;
}

enum rc stmt_step(struct stmt *st, bool *row, struct err *e)
{
    *row = false;
    if (fault_hit(FAULT_STEP))
        return err_sys(e, "store.sql", "fault");
    return st->db->ops->step(st, row, e);
}

void stmt_done(struct stmt *st)
{
    if (!st)
        return;
    st->db->ops->reset(st);
    st->stream = false;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < ARRAY_LEN(db->fixed); i++)
        stmt_free(db->fixed[i]);
    for (size_t i = 0; i < ARRAY_LEN(db->made); i++)
        stmt_free(db->made[i]);
    db->ops->close(db);
}

enum rc col_str(struct str *out, struct stmt *st, int i, struct arena *a, struct err *e)
{
    struct str s = col_bytes(st, i);
    *out = arena_str(a, s);
    return out->p ? RC_OK : err_nomem(e);
}
