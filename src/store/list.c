/* Pages of records. A reader of an organisation has two faces of the records, so its list is two
 * queries in one (three where records are granted), each cut to the page by its own index before
 * they are merged. */
#include "store/store_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Which of the keys a page may have: an unset key sorts before all others, and a comparison cannot
 * cross from the one to the other by an index; so they are two stretches, read one after the
 * other. */
enum stretch { KEYS_ALL, KEYS_UNSET, KEYS_SET };

/* The place behind which a page begins. */
struct place {
    bool given;
    bool unset;
    enum shape shape;
    int64_t num;
    double real;
    struct str text;
    int64_t id;
};

/* ---- cursors: "ID", "ID-n" (key unset), "ID-i12", "ID-d0x1p+3", "ID-t" and hex ---- */

static enum rc cursor_put(struct str *out, const struct query *q, struct stmt *st, struct arena *a,
                          struct err *e)
{
    static const char hex[] = "0123456789abcdef";
    struct buf b;
    buf_init(&b, 1 << 16);
    const int key = 10;
    enum shape shape = path_sort_shape(&q->sort.path);
    enum rc rc = buf_printf(&b, e, "%lld", (long long)col_int(st, 0));
    if (rc != RC_OK || q->sort.path.n == 0) {
    } else if (st->db->ops->is_null(st, key)) {
        rc = buf_str(&b, STR("-n"), e);
    } else if (shape == SHAPE_REAL) {
        rc = buf_printf(&b, e, "-d%a", st->db->ops->get_real(st, key));
    } else if (shape != SHAPE_TEXT) {
        rc = buf_printf(&b, e, "-i%lld", (long long)col_int(st, key));
    } else {
        struct str s = col_bytes(st, key);
        rc = buf_str(&b, STR("-t"), e);
        for (size_t i = 0; i < s.n && rc == RC_OK; i++) {
            unsigned char c = (unsigned char)s.p[i];
            char two[2] = {hex[c >> 4], hex[c & 15]};
            rc = buf_put(&b, two, 2, e);
        }
    }
    if (rc == RC_OK) {
        *out = arena_str(a, buf_view(&b));
        rc = out->p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

static bool read_int(struct str s, int64_t *out)
{
    char text[24];
    if (s.n == 0 || s.n >= sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    char *end;
    *out = strtoll(text, &end, 10);
    return *end == '\0' && end != text && text[0] != '+' && text[0] != ' ';
}

static bool read_real(struct str s, double *out)
{
    char text[40];
    if (s.n < 3 || s.n >= sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    char *end;
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct str s, struct str *out, struct arena *a)
{
    char *p = arena_alloc(a, s.n / 2 + 1);
    if (!p || s.n % 2)
        return false;
    for (size_t i = 0; i < s.n; i += 2) {
        if (digit(s.p[i]) < 0 || digit(s.p[i + 1]) < 0)
            return false;
        p[i / 2] = (char)(digit(s.p[i]) << 4 | digit(s.p[i + 1]));
        if (!p[i / 2])
            return false;
    }
    *out = (struct str){p, s.n / 2};
    return true;
}

static bool cursor_key(struct place *at, const struct path *sort, struct str key, struct arena *a)
{
    if (sort->n == 0)
        return key.n == 0;
    if (key.n < 2 || key.p[0] != '-')
        return false;
    struct str rest = str_sub(key, 2, key.n);
    at->unset = key.p[1] == 'n';
    if (at->unset)
        return rest.n == 0 && path_nullable(sort);
    if (at->shape == SHAPE_REAL)
        return key.p[1] == 'd' && read_real(rest, &at->real);
    if (at->shape != SHAPE_TEXT)
        return key.p[1] == 'i' && read_int(rest, &at->num);
    return key.p[1] == 't' && read_hex(rest, &at->text, a);
}

static enum rc cursor_read(struct place *at, const struct query *q, struct arena *a, struct err *e)
{
    *at = (struct place){.given = q->after.n > 0, .shape = path_sort_shape(&q->sort.path)};
    if (!at->given)
        return RC_OK;
    size_t cut = str_find(q->after, STR("-"), 0);
    cut = MIN(cut, q->after.n);
    if (read_int(str_sub(q->after, 0, cut), &at->id) &&
        cursor_key(at, &q->sort.path, str_sub(q->after, cut, q->after.n), a))
        return RC_OK;
    return err_user(e, "store.cursor", "%.*s", (int)MIN(q->after.n, 80u), q->after.p);
}

/* ---- the query ---- */

static void put_key(struct sqlb *b, const struct place *at)
{
    if (at->shape == SHAPE_REAL)
        sql_real(b, at->real);
    else if (at->shape == SHAPE_TEXT)
        sql_text(b, at->text);
    else
        sql_int(b, at->num);
}

static void put_stretch(struct sqlb *b, enum face face, const struct query *q, enum stretch stretch)
{
    if (stretch == KEYS_ALL)
        return;
    sql_put(b, " AND ");
    path_sort(b, "r.", face, &q->sort.path);
    sql_put(b, stretch == KEYS_UNSET ? " IS NULL" : " IS NOT NULL");
}

static void put_after(struct sqlb *b, enum face face, const struct query *q, enum stretch stretch,
                      const struct place *at)
{
    const char *past = q->sort.down ? " < " : " > ";
    bool keyed = q->sort.path.n > 0;
    if (!at->given || (keyed && at->unset != (stretch == KEYS_UNSET)))
        return;
    if (!keyed || at->unset) {
        sql_printf(b, " AND r.id%s", past);
        sql_int(b, at->id);
        return;
    }
    sql_put(b, " AND (");
    path_sort(b, "r.", face, &q->sort.path);
    sql_printf(b, ", r.id)%s(", past);
    put_key(b, at);
    sql_put(b, ", ");
    sql_int(b, at->id);
    sql_put(b, ")");
}

/* Unset keys first when rising, last when falling, on both stores. */
static void put_order(struct sqlb *b, const struct query *q, bool outer, enum face face)
{
    sql_put(b, " ORDER BY ");
    if (q->sort.path.n && outer)
        sql_put(b, b->dialect == POSTGRES && path_sort_shape(&q->sort.path) == SHAPE_TEXT
                       ? "key COLLATE \"C\""
                       : "key");
    else if (q->sort.path.n)
        path_sort(b, "r.", face, &q->sort.path);
    if (q->sort.path.n) {
        sql_put(b, q->sort.down ? " DESC" : "");
        if (b->dialect == POSTGRES && path_nullable(&q->sort.path))
            sql_put(b, q->sort.down ? " NULLS LAST" : " NULLS FIRST");
        sql_put(b, ", ");
    }
    sql_printf(b, "%sid%s", outer ? "" : "r.", q->sort.down ? " DESC" : "");
}

/* `open` tells whether the row is a public face. */
static void put_half(struct sqlb *b, enum face face, const struct query *q, enum stretch stretch,
                     const struct place *at)
{
    bool whole = face == FACE_WHOLE;
    sql_printf(b,
               "SELECT r.id AS id, r.kind, r.%s, r.state, r.secrecy, r.version, r.created, "
               "r.updated, r.since, r.%s, ",
               whole ? "org" : "pub_org", whole ? "body" : "pub");
    if (q->sort.path.n)
        path_sort(b, "r.", face, &q->sort.path);
    else
        sql_put(b, "0");
    sql_printf(b, " AS key, %d AS open", !whole);
    where_from(b, face);
    sql_put(b, " WHERE ");
    where_query(b, face, q);
    put_stretch(b, face, q, stretch);
    put_after(b, face, q, stretch, at);
    put_order(b, q, false, face);
}

static void put_limit(struct sqlb *b, uint64_t limit, uint64_t offset)
{
    sql_put(b, " LIMIT ");
    sql_int(b, (int64_t)MIN(limit, (uint64_t)INT64_MAX));
    if (offset) {
        sql_put(b, " OFFSET ");
        sql_int(b, (int64_t)MIN(offset, (uint64_t)INT64_MAX));
    }
}

static void put_list(struct sqlb *b, const struct query *q, enum stretch stretch,
                     const struct place *at, uint64_t limit)
{
    uint64_t offset = MIN(q->offset, (uint64_t)INT64_MAX / 2);
    if (q->scope.reach != SCOPE_ORG) {
        put_half(b, q->scope.reach == SCOPE_ALL ? FACE_WHOLE : FACE_PUBLIC, q, stretch, at);
        put_limit(b, limit, offset);
        return;
    }
    sql_put(b, "SELECT * FROM (SELECT * FROM (");
    put_half(b, FACE_WHOLE, q, stretch, at);
    put_limit(b, limit + offset, 0);
    b->granted = q->scope.granted;
    if (b->granted) {
        sql_put(b, ") own UNION ALL SELECT * FROM (");
        put_half(b, FACE_WHOLE, q, stretch, at);
        put_limit(b, limit + offset, 0);
    }
    sql_put(b, ") whole UNION ALL SELECT * FROM (");
    put_half(b, FACE_PUBLIC, q, stretch, at);
    put_limit(b, limit + offset, 0);
    sql_put(b, ") others) both_faces");
    put_order(b, q, true, FACE_PUBLIC);
    put_limit(b, limit, offset);
}

/* ---- running it ---- */

struct page {
    struct tx *tx;
    const struct query *q;
    struct arena *a;
    vec_rec *out;
    size_t first; /* place in out */
    uint64_t limit;
    struct str *next;
    bool more;
};

static enum rc take_row(struct page *p, struct stmt *st, struct err *e)
{
    struct rec r;
    TRY(row_rec(&r, p->tx->s, st, col_int(st, 11) == 1, p->a, e));
    TRY(vec_push(p->out, r, e));
    bool last = p->out->n - p->first == p->limit;
    return p->next && last ? cursor_put(p->next, p->q, st, p->a, e) : RC_OK;
}

/* Rows of one stretch until the page is full; one more is asked for, to know whether there is
 * another page. */
static enum rc run_stretch(struct page *p, enum stretch stretch, const struct place *at,
                           struct err *e)
{
    struct sqlb b;
    struct stmt *st = NULL;
    sqlb_init(&b, p->tx->s, p->q->scope, p->a);
    put_list(&b, p->q, stretch, at, p->limit - (p->out->n - p->first) + 1);
    enum rc rc = sql_stmt(&st, &b, p->tx->db, e);
    bool row;
    while (rc == RC_OK && (rc = stmt_step(st, &row, e)) == RC_OK && row) {
        if (p->out->n - p->first == p->limit) {
            p->more = true;
            break;
        }
        rc = take_row(p, st, e);
    }
    stmt_done(st);
    sqlb_free(&b);
    return rc;
}

enum rc store_list(struct tx *tx, const struct query *q, struct arena *a, vec_rec *out,
                   struct str *next, struct err *e)
{
    struct place at;
    TRY(cursor_read(&at, q, a, e));
    struct page p = {tx, q, a, out, out->n, q->limit ? q->limit : 50, next, false};
    enum rc rc = RC_OK;
    if (!at.given || !path_nullable(&q->sort.path)) {
        rc = run_stretch(&p, KEYS_ALL, &at, e);
    } else {
        enum stretch order[2] = {KEYS_UNSET, KEYS_SET};
        if (q->sort.down)
            order[0] = KEYS_SET, order[1] = KEYS_UNSET;
        bool begun = false;
        for (int i = 0; i < 2 && rc == RC_OK && !p.more; i++) {
            begun = begun || at.unset == (order[i] == KEYS_UNSET);
            if (begun)
                rc = run_stretch(&p, order[i], &at, e);
        }
    }
    if (rc == RC_OK && next && !p.more)
        *next = STR("");
    return rc;
}

static void put_count(struct sqlb *b, enum face face, const struct query *q)
{
    sql_put(b, "(SELECT count(*)");
    where_from(b, face);
    sql_put(b, " WHERE ");
    where_query(b, face, q);
    sql_put(b, ")");
}

/* Others' faces are all faces but one's own: both of these an index alone can count. */
static void put_counts(struct sqlb *b, const struct query *q)
{
    sql_put(b, "SELECT ");
    if (q->scope.reach != SCOPE_PUBLIC)
        put_count(b, FACE_WHOLE, q);
    b->granted = q->scope.granted;
    if (b->granted) {
        sql_put(b, " + ");
        put_count(b, FACE_WHOLE, q);
    }
    if (q->scope.reach == SCOPE_ORG)
        sql_put(b, " + ");
    bool apart = q->scope.reach == SCOPE_ORG && !q->scope.granted;
    b->faces = apart ? OF_ALL : OF_OTHERS;
    if (q->scope.reach != SCOPE_ALL)
        put_count(b, FACE_PUBLIC, q);
    if (!apart)
        return;
    sql_put(b, " - ");
    b->faces = OF_OWN;
    put_count(b, FACE_PUBLIC, q);
}

enum rc store_count(struct tx *tx, const struct query *q, uint64_t *out, struct err *e)
{
    struct arena a = {0};
    struct sqlb b;
    struct stmt *st = NULL;
    bool row;
    sqlb_init(&b, tx->s, q->scope, &a);
    put_counts(&b, q);
    enum rc rc = sql_stmt(&st, &b, tx->db, e);
    if (rc == RC_OK)
        rc = stmt_step(st, &row, e);
    if (rc == RC_OK)
        *out = (uint64_t)col_int(st, 0);
    stmt_done(st);
    sqlb_free(&b);
    arena_free(&a);
    return rc;
}

#define BATCH 500

enum rc store_each(struct tx *tx, const struct query *q, store_each_fn each, void *ctx,
                   struct err *e)
{
    struct query batch = *q;
    batch.sort = (struct sort){.down = false};
    batch.limit = BATCH;
    batch.offset = 0;
    batch.after = (struct str){NULL, 0};
    struct arena a = {0};
    vec_rec recs = {0};
    enum rc rc = RC_OK;
    char cursor[24];
    do {
        struct str next;
        recs.n = 0;
        arena_reset(&a);
        rc = store_list(tx, &batch, &a, &recs, &next, e);
        for (size_t i = 0; i < recs.n && rc == RC_OK; i++)
            rc = each(ctx, &recs.p[i], e);
        if (rc == RC_OK && next.n >= sizeof cursor)
            BUG("a cursor by id of %zu bytes", next.n);
        if (rc == RC_OK) {
            batch.after = (struct str){cursor, next.n};
            if (next.n)
                memcpy(cursor, next.p, next.n);
        }
    } while (rc == RC_OK && batch.after.n);
    vec_free(&recs);
    arena_free(&a);
    return rc;
}

enum rc store_plan(struct tx *tx, const struct query *q, bool count, struct buf *out, struct err *e)
{
    struct arena a = {0};
    struct sqlb b;
    struct stmt *st = NULL;
    struct place at;
    bool row, sqlite = tx->s->ops->dialect == SQLITE;
    sqlb_init(&b, tx->s, q->scope, &a);
    sql_put(&b, sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN (COSTS OFF) ");
    enum rc rc = cursor_read(&at, q, &a, e);
    if (count)
        put_counts(&b, q);
    else
        put_list(&b, q, at.given && path_nullable(&q->sort.path) ? KEYS_SET : KEYS_ALL, &at, 50);
    if (rc == RC_OK)
        rc = sql_stmt(&st, &b, tx->db, e);
    while (rc == RC_OK && (rc = stmt_step(st, &row, e)) == RC_OK && row) {
        rc = buf_str(out, col_bytes(st, sqlite ? 3 : 0), e);
        if (rc == RC_OK)
            rc = buf_char(out, '\n', e);
    }
    stmt_done(st);
    sqlb_free(&b);
    arena_free(&a);
    return rc;
}
