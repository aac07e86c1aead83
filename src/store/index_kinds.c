/* Indexes for what the kinds' lists sort by and their quick filters ask for, on the whole record
 * and on its public face; and what follows from a declaration that has changed. */
#include "base/map.h"
#include "store/account.h"
#include "store/store_int.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX_INDEXED 600 /* characters; an index entry of PostgreSQL holds 2,700 bytes */

struct index_def {
    char name[24]; /* kx_ and the hash of its text */
    struct str sql;
    bool sorts; /* two columns, else three */
    bool of_trail;
};
typedef VEC(struct index_def) vec_index;

static bool indexable(const struct path *p)
{
    if (p->n != 1 || path_many(p))
        return false;
    const struct path_step *s = &p->step[0];
    if (s->attr != ATTR_FIELD)
        return s->attr != ATTR_ID && s->attr != ATTR_KIND && s->attr != ATTR_UPDATED;
    const struct field_def *f = path_field(p);
    if (f->n_cases) /* hangs on the day */
        return false;
    switch (f->type) {
    case TYPE_LONG:
    case TYPE_URL:
    case TYPE_FILE:
    case TYPE_GROUP:
        return false;
    case TYPE_TEXT:
        return f->max <= TEXT_MAX_INDEXED;
    default:
        return true;
    }
}

bool path_indexed(const struct path *p)
{
    const struct kind *k = p->n ? p->step[0].kind : NULL;
    const struct field_def *f = p->n == 1 ? path_field(p) : NULL;
    if (!k || !f || p->step[0].sub != UINT32_MAX || !indexable(p))
        return false;
    for (uint32_t i = 0; i < k->n_list; i++)
        if (str_eq(k->list[i], f->name))
            return true;
    for (uint32_t i = 0; i < k->n_filters; i++)
        if (str_eq(k->filters[i], f->name))
            return true;
    return false;
}

/* "CREATE INDEX name ON rec (key, …) WHERE kind = '…'" without the name, which is its hash. */
static enum rc add_index(vec_index *out, const struct store *s, const struct kind *k,
                         const struct path *p, enum face face, bool sorts, struct arena *a,
                         struct err *e)
{
    struct sqlb b;
    sqlb_init(&b, s, (struct scope){.reach = SCOPE_ALL}, a);
    bool pg = b.dialect == POSTGRES;
    sql_put(&b, " ON rec ((");
    if (sorts) {
        path_sort(&b, "", face, p);
    } else {
        struct path_end end = path_here("", face, p);
        path_value(&b, &end);
    }
    sql_put(&b, pg && path_nullable(p) ? ") NULLS FIRST, " : "), ");
    sql_put(&b, sorts ? "id) WHERE kind = '" : "updated, id) WHERE kind = '");
    sql_name(&b, k->name);
    sql_put(&b, face == FACE_PUBLIC ? "' AND shown = 1" : "'");
    struct index_def def = {.sorts = sorts};
    enum rc rc = b.rc;
    if (rc == RC_OK) {
        def.sql = arena_str(a, buf_view(&b.text));
        rc = def.sql.p ? RC_OK : err_nomem(&b.err);
    }
    if (rc == RC_OK) {
        snprintf(def.name, sizeof def.name, "kx_%016llx", (unsigned long long)hash_bytes(def.sql));
        rc = vec_push(out, def, &b.err);
    }
    if (rc != RC_OK && e)
        *e = b.err;
    sqlb_free(&b);
    return rc;
}

static enum rc add_both(vec_index *out, const struct store *s, const struct kind *k,
                        struct str name, bool sorts, struct arena *a, struct err *e)
{
    struct filter_context c = {.kinds = s->kinds, .kind = k};
    struct path p;
    TRY(path_find(&p, name, &c, e));
    /* the schema itself serves states with the newest first */
    if (!indexable(&p) || (!sorts && p.step[0].attr == ATTR_STATE))
        return RC_OK;
    TRY(add_index(out, s, k, &p, FACE_WHOLE, sorts, a, e));
    /* PostgreSQL looks at every index of a table for each plan, SQLite opens all for each write */
    return kind_shows(k) ? add_index(out, s, k, &p, FACE_PUBLIC, sorts, a, e) : RC_OK;
}

/* Of the trail, what the past is read by: the last entry of each record of a kind by some moment is
 * found in the index alone. */
static enum rc add_past(vec_index *out, struct err *e)
{
    struct index_def def = {.sql = STR(" ON audit (kind, id, seq, at)"), .of_trail = true};
    snprintf(def.name, sizeof def.name, "kx_%016llx", (unsigned long long)hash_bytes(def.sql));
    return vec_push(out, def, e);
}

static enum rc wanted(vec_index *out, const struct store *s, struct arena *a, struct err *e)
{
    for (uint32_t i = 0; i < kinds_count(s->kinds); i++) {
        const struct kind *k = kinds_at(s->kinds, i);
        for (uint32_t j = 0; j < k->n_list; j++)
            TRY(add_both(out, s, k, k->list[j], true, a, e));
        for (uint32_t j = 0; j < k->n_filters; j++)
            TRY(add_both(out, s, k, k->filters[j], false, a, e));
    }
    return add_past(out, e);
}

static enum rc there(vec_index *out, struct db *db, struct err *e)
{
    static const char *const sql[] = {
        [SQLITE] = "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'kx%'",
        [POSTGRES] = "SELECT c.relname::text FROM pg_catalog.pg_class c WHERE c.relkind = 'i' "
                     "AND c.relname LIKE 'kx%' AND pg_table_is_visible(c.oid)",
    };
    struct stmt *st;
    TRY(db_made(&st, db, str_of(sql[db->ops->dialect]), e));
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct index_def def = {.sql = {NULL, 0}};
        struct str name = col_bytes(st, 0);
        memcpy(def.name, name.p, MIN(name.n, sizeof def.name - 1));
        rc = vec_push(out, def, e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

static bool holds(const vec_index *v, const char *name)
{
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->p[i].name, name) == 0)
            return true;
    return false;
}

static enum rc exec_index(struct db *db, const struct index_def *def, bool drop, struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    enum rc rc;
    if (drop)
        rc = buf_printf(&b, e, "DROP INDEX %s;", def->name);
    else
        rc = buf_printf(&b, e, "CREATE INDEX %s%.*s;", def->name, (int)def->sql.n, def->sql.p);
    /* SQLite plans by what an index of this shape usually looks like (schema.c) */
    if (rc == RC_OK && db->ops->dialect == SQLITE)
        rc = buf_printf(&b, e, "DELETE FROM sqlite_stat1 WHERE idx = '%s';", def->name);
    if (rc == RC_OK && db->ops->dialect == SQLITE && !drop)
        rc = buf_printf(&b, e, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('%s','%s','%s');",
                        def->of_trail ? "audit" : "rec", def->name,
                        def->of_trail ? "400000 20000 4 1 1"
                        : def->sorts  ? "20000 200 1"
                                      : "20000 200 2 1");
    if (rc == RC_OK)
        rc = db_exec(db, b.p, e);
    buf_free(&b);
    return rc;
}

static enum rc apply(struct db *db, const vec_index *want, vec_index *have, struct err *e)
{
    have->n = 0;
    TRY(there(have, db, e)); /* another process may have been faster */
    for (size_t i = 0; i < have->n; i++)
        if (!holds(want, have->p[i].name))
            TRY(exec_index(db, &have->p[i], true, e));
    for (size_t i = 0; i < want->n; i++)
        if (!holds(have, want->p[i].name))
            TRY(exec_index(db, &want->p[i], false, e));
    return db_exec(db, "COMMIT", e);
}

static enum rc change_indexes(struct db *db, const vec_index *want, vec_index *have, struct err *e)
{
    TRY(db->ops->owner(db, true, e));
    enum rc rc = schema_lock(db, e);
    if (rc == RC_OK)
        rc = apply(db, want, have, e);
    if (rc != RC_OK)
        db->ops->rollback(db);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct index_def *)a)->name, ((const struct index_def *)b)->name);
}

static enum rc index_all(struct store *s, struct db *db, struct arena *a, struct err *e)
{
    vec_index want = {0}, have = {0};
    enum rc rc = wanted(&want, s, a, e);
    if (rc == RC_OK)
        rc = there(&have, db, e);
    size_t n = 0;
    if (want.n)
        qsort(want.p, want.n, sizeof *want.p, by_name);
    for (size_t i = 0; i < want.n; i++)
        if (!n || by_name(&want.p[n - 1], &want.p[i]) != 0)
            want.p[n++] = want.p[i];
    want.n = n;
    bool same = want.n == have.n;
    for (size_t i = 0; i < want.n && same; i++)
        same = holds(&have, want.p[i].name);
    if (rc == RC_OK && !same)
        rc = change_indexes(db, &want, &have, e);
    vec_free(&want);
    vec_free(&have);
    return rc;
}

/* ---- declarations that have changed ---- */

static void hash_text(crypto_hash_sha256_state *h, struct str s)
{
    crypto_hash_sha256_update(h, (const uint8_t *)s.p, s.n);
    crypto_hash_sha256_update(h, (const uint8_t *)"\n", 1);
}

/* All of a kind that its public faces, links and unique values follow from. */
static void print_of(char hex[65], const struct kind *k)
{
    crypto_hash_sha256_state h;
    char line[96];
    crypto_hash_sha256_init(&h);
    snprintf(line, sizeof line, "2 %d %d %u", k->owned, k->read, k->title);
    hash_text(&h, str_of(line));
    for (uint32_t i = 0; i < k->n_fields; i++) {
        const struct field_def *f = &k->field[i];
        snprintf(line, sizeof line, "%d %d %d %d", f->type, f->list, f->unique, f->secret);
        hash_text(&h, f->name);
        hash_text(&h, str_of(line));
        for (uint32_t j = 0; j < f->n_sub; j++) {
            snprintf(line, sizeof line, "%d %d %d", f->sub[j].type, f->sub[j].list,
                     f->sub[j].secret);
            hash_text(&h, f->sub[j].name);
            hash_text(&h, str_of(line));
        }
    }
    for (uint32_t i = 0; i < k->n_unique; i++) {
        hash_text(&h, STR("together"));
        hash_text(&h, k->field[k->unique[i]].name);
    }
    for (uint32_t i = 0; i < k->n_states; i++) {
        hash_text(&h, k->state[i].name);
        hash_text(&h, k->state[i].is_public ? STR("public") : STR(""));
    }
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&h, hash);
    sodium_bin2hex(hex, 65, hash, sizeof hash);
}

/* What has become unique may stand twice already: which two records, so that somebody can decide
 * with the program that made them. */
static enum rc check_refreshed(struct tx *tx, const struct rec *r, const struct derived *d,
                               struct err *e)
{
    struct err why = {0};
    enum rc rc = derived_check(tx, r, d, &why);
    const char *tab = strchr(why.detail, '\t');
    if (rc == RC_USER && strcmp(why.key, "store.unique") == 0 && tab)
        return err_user(e, "store.doubles", "%.*s\t#%s\t#%lld", (int)r->kind->name.n,
                        r->kind->name.p, tab + 1, (long long)r->id);
    if (rc != RC_OK && e)
        *e = why;
    return rc;
}

static enum rc refresh(struct tx *tx, const struct rec *r, struct err *e)
{
    struct arena a = {0};
    struct derived d = {0};
    struct str none = {NULL, 0};
    enum rc rc = derive(&d, r, &a, e);
    if (rc == RC_OK)
        rc = check_refreshed(tx, r, &d, e);
    if (rc == RC_OK)
        rc = derived_write(tx, r->id, false, r->kind->name, &d, &a, e);
    if (rc == RC_OK)
        rc = TX_RUN(tx, SQL_REC_FACE, e, "iontoi", r->id, d.shown ? buf_view(&d.pub) : none,
                    d.pub_org, d.title, d.shown ? d.pub_title : none, (int64_t)d.shown);
    derived_free(&d);
    arena_free(&a);
    return rc;
}

static enum rc read_batch(struct tx *tx, const struct kind *k, int64_t after, struct arena *a,
                          vec_rec *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_REC_OF_KIND, e, "ti", k->name, after));
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct rec r;
        rc = row_rec(&r, tx->s, st, false, a, e);
        if (rc == RC_OK)
            rc = vec_push(out, r, e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

static enum rc refresh_kind(struct tx *tx, const struct kind *k, struct err *e)
{
    struct arena a = {0};
    vec_rec recs = {0};
    int64_t after = 0;
    enum rc rc;
    do {
        recs.n = 0;
        arena_reset(&a);
        rc = read_batch(tx, k, after, &a, &recs, e);
        for (size_t i = 0; i < recs.n && rc == RC_OK; i++) {
            rc = refresh(tx, &recs.p[i], e);
            after = recs.p[i].id;
        }
    } while (rc == RC_OK && recs.n);
    vec_free(&recs);
    arena_free(&a);
    return rc;
}

/* meta has the print of each kind as its records were stored; a kind whose print differs has its
 * records' faces, links and unique values made anew. */
static enum rc refresh_all(struct tx *tx, struct arena *a, struct err *e)
{
    for (uint32_t i = 0; i < kinds_count(tx->s->kinds); i++) {
        const struct kind *k = kinds_at(tx->s->kinds, i);
        char now[65], name[64];
        struct str was;
        bool found;
        print_of(now, k);
        snprintf(name, sizeof name, "kind:%.*s", (int)k->name.n, k->name.p);
        TRY(meta_get(tx, str_of(name), a, &was, &found, e));
        if (found && str_eq(was, str_of(now)))
            continue;
        TRY(refresh_kind(tx, k, e));
        TRY(TX_RUN(tx, SQL_META_PUT, e, "ss", name, now));
    }
    return RC_OK;
}

enum rc store_index_kinds(struct store *s, struct err *e)
{
    struct arena a = {0};
    struct db *db = NULL;
    struct tx *tx = NULL;
    /* a connection of its own: it changes the schema, and the plans of the others with it */
    enum rc rc = store_connect(&db, s, false, e);
    if (rc == RC_OK)
        rc = index_all(s, db, &a, e);
    db_close(db);
    if (rc == RC_OK)
        rc = tx_begin(&tx, s, TX_WRITE, e);
    if (rc == RC_OK) {
        rc = refresh_all(tx, &a, e);
        if (rc == RC_OK)
            rc = tx_commit(tx, e);
        else
            tx_rollback(tx);
    }
    arena_free(&a);
    return rc;
}
