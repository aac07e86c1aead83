/* Does everything follow from the trail? */
#include "store/store_int.h"

#define BATCH 500

struct verify {
    struct tx *tx;
    struct db *db;
    store_progress_fn progress;
    void *ctx;
    uint64_t done, all;
};

static enum rc count(struct verify *v, enum sql no, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, v->db, no, e, ""));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row)
        v->all += (uint64_t)col_int(st, 0);
    stmt_done(st);
    return rc;
}

static enum rc tick(struct verify *v, uint64_t n, struct err *e)
{
    v->done += n;
    return v->progress ? v->progress(v->ctx, v->done, v->all, e) : RC_OK;
}

/* ---- the chain ---- */

static enum rc check_chain(struct verify *v, struct err *e)
{
    struct arena a = {0};
    vec_entry entries = {0};
    uint8_t last[32] = {0}, hash[32];
    int64_t seq = 0;
    enum rc rc = RC_OK;
    do {
        entries.n = 0;
        arena_reset(&a);
        rc = store_feed(v->tx, seq, BATCH, &a, &entries, e);
        for (size_t i = 0; i < entries.n && rc == RC_OK; i++) {
            const struct entry *n = &entries.p[i];
            audit_hash(hash, last, n);
            if (n->seq != seq + 1 || memcmp(hash, n->hash, sizeof hash) != 0)
                rc = err_corrupt(e, "store.chain", "%lld", (long long)seq + 1);
            seq = n->seq;
            memcpy(last, hash, sizeof last);
        }
        if (rc == RC_OK)
            rc = tick(v, entries.n, e);
    } while (rc == RC_OK && entries.n);
    if (rc == RC_OK && (seq != v->tx->seq || memcmp(last, v->tx->hash, sizeof last) != 0))
        rc = err_corrupt(e, "store.chain", "%lld", (long long)seq + 1);
    vec_free(&entries);
    arena_free(&a);
    return rc;
}

static enum rc read_head(struct verify *v, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, v->db, SQL_HEAD, e, ""));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && (!row || col_bytes(st, 2).n != 32))
        rc = err_corrupt(e, "store.file", "head");
    if (rc == RC_OK) {
        v->tx->seq = col_int(st, 0);
        memcpy(v->tx->hash, col_bytes(st, 2).p, 32);
    }
    stmt_done(st);
    return rc;
}

/* ---- records ---- */

/* A row of rec with what stands beside it. */
struct row {
    struct rec rec;
    struct str pub, title, pub_title;
    int64_t pub_org;
    bool shown, as_trail;
};
typedef VEC(struct row) vec_row;

struct batch {
    vec_row row;
    VEC(int64_t) link_id, uniq_id;
    VEC(struct link_row) link;
    VEC(struct uniq_row) uniq;
    size_t link_at, uniq_at;
};

static void batch_free(struct batch *b)
{
    vec_free(&b->row);
    vec_free(&b->link_id);
    vec_free(&b->uniq_id);
    vec_free(&b->link);
    vec_free(&b->uniq);
}

static enum rc read_row(struct batch *b, struct verify *v, struct stmt *st, struct arena *a,
                        struct err *e)
{
    struct row r = {.pub_org = col_int(st, 11),
                    .shown = col_int(st, 14) == 1,
                    .as_trail = col_int(st, 15) == 1};
    int64_t id = col_int(st, 0);
    enum rc rc = row_rec(&r.rec, v->tx->s, st, false, a, e);
    if (rc == RC_CORRUPT)
        return err_corrupt(e, "store.record", "%lld", (long long)id);
    TRY(rc);
    TRY(col_str(&r.pub, st, 10, a, e));
    TRY(col_str(&r.title, st, 12, a, e));
    TRY(col_str(&r.pub_title, st, 13, a, e));
    return vec_push(&b->row, r, e);
}

static enum rc read_links(struct batch *b, struct verify *v, struct arena *a, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, v->db, SQL_VERIFY_LINK, e, "ii", b->row.p[0].rec.id,
                 b->row.p[b->row.n - 1].rec.id));
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct link_row l = {.to = col_int(st, 2)};
        rc = col_str(&l.relation, st, 1, a, e);
        if (rc == RC_OK)
            rc = vec_push(&b->link, l, e);
        if (rc == RC_OK)
            rc = vec_push(&b->link_id, col_int(st, 0), e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

static enum rc read_uniques(struct batch *b, struct verify *v, struct arena *a, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, v->db, SQL_VERIFY_UNIQ, e, "ii", b->row.p[0].rec.id,
                 b->row.p[b->row.n - 1].rec.id));
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct uniq_row u;
        rc = col_str(&u.field, st, 2, a, e);
        if (rc == RC_OK)
            rc = col_str(&u.value, st, 3, a, e);
        if (rc == RC_OK)
            rc = vec_push(&b->uniq, u, e);
        if (rc == RC_OK)
            rc = vec_push(&b->uniq_id, col_int(st, 0), e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

static bool same_links(struct batch *b, int64_t id, const struct derived *d)
{
    bool same = true;
    size_t n = 0;
    for (; b->link_at < b->link.n && b->link_id.p[b->link_at] <= id; b->link_at++, n++) {
        const struct link_row *l = &b->link.p[b->link_at];
        same = same && b->link_id.p[b->link_at] == id && n < d->link.n &&
               str_eq(l->relation, d->link.p[n].relation) && l->to == d->link.p[n].to;
    }
    return same && n == d->link.n;
}

static bool same_uniques(struct batch *b, int64_t id, const struct derived *d)
{
    bool same = true;
    size_t n = 0;
    for (; b->uniq_at < b->uniq.n && b->uniq_id.p[b->uniq_at] <= id; b->uniq_at++, n++) {
        const struct uniq_row *u = &b->uniq.p[b->uniq_at];
        same = same && b->uniq_id.p[b->uniq_at] == id && n < d->uniq.n &&
               str_eq(u->field, d->uniq.p[n].field) && str_eq(u->value, d->uniq.p[n].value);
    }
    return same && n == d->uniq.n;
}

/* The stored face as bytes that can be compared: PostgreSQL has its own order of keys. */
static enum rc face_bytes(struct buf *out, const struct row *r, struct arena *a, struct err *e)
{
    struct rec face;
    TRY(rec_new(&face, r->rec.kind, a, e));
    TRY(rec_parse(&face, r->pub, a, e));
    return rec_print(out, &face, e);
}

static enum rc check_face(bool *good, const struct row *r, const struct derived *d, struct arena *a,
                          struct err *e)
{
    *good = r->shown == d->shown && r->pub_org == d->pub_org && str_eq(r->title, d->title) &&
            str_eq(r->pub_title, d->pub_title) && (r->pub.n > 0) == d->shown;
    if (!*good || !d->shown)
        return RC_OK;
    struct buf stored;
    buf_init(&stored, BODY_MAX);
    enum rc rc = face_bytes(&stored, r, a, e);
    *good = rc == RC_OK && str_eq(buf_view(&stored), buf_view(&d->pub));
    buf_free(&stored);
    return rc == RC_CORRUPT ? RC_OK : rc;
}

static enum rc check_row(struct batch *b, const struct row *r, struct err *e)
{
    struct arena a = {0};
    struct derived d;
    bool good = false;
    enum rc rc = derive(&d, &r->rec, &a, e);
    if (rc == RC_OK)
        rc = check_face(&good, r, &d, &a, e);
    bool links = rc == RC_OK && same_links(b, r->rec.id, &d);
    bool uniques = rc == RC_OK && same_uniques(b, r->rec.id, &d);
    if ((rc == RC_OK && !(good && links && uniques && r->as_trail)) || rc == RC_USER)
        rc = err_corrupt(e, "store.record", "%lld", (long long)r->rec.id);
    derived_free(&d);
    arena_free(&a);
    return rc;
}

static enum rc read_batch(struct batch *b, struct verify *v, int64_t after, struct arena *a,
                          struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, v->db, SQL_VERIFY_REC, e, "i", after));
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        rc = read_row(b, v, st, a, e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    if (rc != RC_OK || !b->row.n)
        return rc;
    TRY(read_links(b, v, a, e));
    return read_uniques(b, v, a, e);
}

static enum rc check_records(struct verify *v, struct err *e)
{
    struct arena a = {0};
    int64_t after = 0;
    size_t n;
    enum rc rc;
    do {
        struct batch b = {0};
        arena_reset(&a);
        rc = read_batch(&b, v, after, &a, e);
        for (size_t i = 0; i < b.row.n && rc == RC_OK; i++)
            rc = check_row(&b, &b.row.p[i], e);
        n = b.row.n;
        if (n)
            after = b.row.p[n - 1].rec.id;
        if (rc == RC_OK)
            rc = tick(v, n, e);
        batch_free(&b);
    } while (rc == RC_OK && n);
    arena_free(&a);
    return rc;
}

/* The least id that a query finds is one too many. */
static enum rc check_none(struct verify *v, enum sql no, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, v->db, no, e, ""));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row && !v->db->ops->is_null(st, 0))
        rc = err_corrupt(e, "store.record", "%lld", (long long)col_int(st, 0));
    stmt_done(st);
    return rc;
}

static enum rc verify(struct verify *v, struct err *e)
{
    TRY(count(v, SQL_AUDIT_COUNT, e));
    TRY(count(v, SQL_REC_COUNT, e));
    TRY(read_head(v, e));
    TRY(check_chain(v, e));
    TRY(check_records(v, e));
    TRY(check_none(v, SQL_VERIFY_GONE, e));
    TRY(check_none(v, SQL_VERIFY_LINK_ALONE, e));
    return check_none(v, SQL_VERIFY_UNIQ_ALONE, e);
}

enum rc store_verify(struct store *s, store_progress_fn progress, void *ctx, struct err *e)
{
    struct tx *tx;
    TRY(tx_begin(&tx, s, TX_READ, e));
    struct verify v = {.tx = tx, .db = tx->db, .progress = progress, .ctx = ctx};
    enum rc rc = verify(&v, e);
    tx_rollback(tx);
    return rc;
}
