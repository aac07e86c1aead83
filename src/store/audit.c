/* The trail: one hash chain over every entry. */
#include "store/store_int.h"

#include <sodium.h>

static void add_bytes(crypto_hash_sha256_state *h, struct str s)
{
    uint8_t n[8];
    for (int i = 0; i < 8; i++)
        n[i] = (uint8_t)((uint64_t)s.n >> 8 * i);
    crypto_hash_sha256_update(h, n, sizeof n);
    crypto_hash_sha256_update(h, (const uint8_t *)s.p, s.n);
}

static void add_int(crypto_hash_sha256_state *h, int64_t v)
{
    uint8_t n[8];
    for (int i = 0; i < 8; i++)
        n[i] = (uint8_t)((uint64_t)v >> 8 * i);
    add_bytes(h, (struct str){(const char *)n, sizeof n});
}

/* In the order of AUDIT_COLUMNS; integers as 8 bytes, least significant first. */
void audit_hash(uint8_t out[32], const uint8_t before[32], const struct entry *n)
{
    crypto_hash_sha256_state h;
    crypto_hash_sha256_init(&h);
    crypto_hash_sha256_update(&h, before, 32);
    add_int(&h, n->seq);
    add_int(&h, n->at);
    add_int(&h, n->account);
    add_bytes(&h, n->login);
    add_bytes(&h, n->action);
    add_bytes(&h, n->comment);
    add_bytes(&h, n->reason);
    add_int(&h, n->id);
    add_bytes(&h, n->kind);
    add_int(&h, n->version);
    add_bytes(&h, n->state);
    add_bytes(&h, n->secrecy);
    add_int(&h, n->org);
    add_bytes(&h, n->body);
    crypto_hash_sha256_final(&h, out);
}

/* `entry` has what the record became; who and why come from `by`. */
enum rc audit_add(struct tx *tx, const struct by *by, struct entry *n, struct err *e)
{
    n->seq = tx->seq + 1;
    n->at = by->at;
    n->account = by->account;
    n->login = by->login;
    n->action = by->action;
    n->reason = by->reason;
    if (!n->comment.n)
        n->comment = by->comment;
    audit_hash(n->hash, tx->hash, n);
    TRY(TX_RUN(tx, SQL_AUDIT_ADD, e, "iiittttititsitb", n->seq, n->at, n->account, n->login,
               n->action, n->comment, n->reason, n->id, n->kind, n->version, n->state,
               n->secrecy.n ? n->secrecy.p : "", n->org, n->body,
               (struct str){(const char *)n->hash, sizeof n->hash}));
    tx->seq = n->seq;
    memcpy(tx->hash, n->hash, sizeof tx->hash);
    tx->dirty = tx->grown = true;
    return RC_OK;
}

enum rc row_entry(struct entry *n, struct stmt *st, struct arena *a, struct err *e)
{
    *n = (struct entry){.seq = col_int(st, 0),
                        .at = col_int(st, 1),
                        .account = col_int(st, 2),
                        .id = col_int(st, 7),
                        .version = col_int(st, 9),
                        .org = col_int(st, 12)};
    TRY(col_str(&n->login, st, 3, a, e));
    TRY(col_str(&n->action, st, 4, a, e));
    TRY(col_str(&n->comment, st, 5, a, e));
    TRY(col_str(&n->reason, st, 6, a, e));
    TRY(col_str(&n->kind, st, 8, a, e));
    TRY(col_str(&n->state, st, 10, a, e));
    TRY(col_str(&n->secrecy, st, 11, a, e));
    TRY(col_str(&n->body, st, 13, a, e));
    struct str hash = col_bytes(st, 14);
    memcpy(n->hash, hash.p, MIN(hash.n, sizeof n->hash));
    return RC_OK;
}

/* Every row of st; st is done. */
static enum rc collect(struct stmt *st, struct arena *a, vec_entry *out, struct err *e)
{
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct entry n;
        rc = row_entry(&n, st, a, e);
        if (rc == RC_OK)
            rc = vec_push(out, n, e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

static enum rc note_text(struct buf *out, struct str what, struct str comment, struct err *e)
{
    TRY(buf_str(out, what, e));
    if (what.n && comment.n)
        TRY(buf_char(out, '\n', e));
    return buf_str(out, comment, e);
}

enum rc store_note(struct tx *tx, const struct by *by, struct str what, struct err *e)
{
    TRY(tx_writes(tx, e));
    struct buf text;
    buf_init(&text, 1 << 20);
    struct entry n = {0};
    enum rc rc = note_text(&text, what, by->comment, e);
    if (rc == RC_OK) {
        n.comment = buf_view(&text);
        rc = audit_add(tx, by, &n, e);
    }
    buf_free(&text);
    return rc;
}

enum rc store_history(struct tx *tx, int64_t id, struct arena *a, vec_entry *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_AUDIT_OF, e, "i", id));
    return collect(st, a, out, e);
}

enum rc store_feed(struct tx *tx, int64_t after, uint32_t limit, struct arena *a, vec_entry *out,
                   struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_AUDIT_AFTER, e, "ii", after, (int64_t)limit));
    return collect(st, a, out, e);
}

enum rc store_trail_of(struct tx *tx, const struct kind *k, int64_t before, int64_t id, int64_t seq,
                       uint32_t limit, struct arena *a, vec_entry *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_AUDIT_OF_KIND, e, "tiiii", k->name, before, id, seq,
                 (int64_t)limit));
    return collect(st, a, out, e);
}

static void and_int(struct sqlb *b, const char *test, int64_t v)
{
    if (!v)
        return;
    sql_put(b, test);
    sql_int(b, v);
}

static void and_text(struct sqlb *b, const char *test, struct str v)
{
    if (!v.n)
        return;
    sql_put(b, test);
    sql_text(b, v);
}

enum rc store_trail(struct tx *tx, const struct trail_query *q, struct arena *a, vec_entry *out,
                    struct err *e)
{
    struct sqlb b;
    struct stmt *st;
    sqlb_init(&b, tx->s, (struct scope){.reach = SCOPE_ALL}, a);
    sql_put(&b, "SELECT " AUDIT_COLUMNS " FROM audit WHERE seq > 0");
    and_int(&b, " AND seq < ", q->before);
    and_int(&b, " AND account = ", q->account);
    and_int(&b, " AND id = ", q->id);
    and_text(&b, " AND action = ", q->action);
    and_text(&b, " AND kind = ", q->kind);
    and_int(&b, " AND at >= ", q->from);
    and_int(&b, " AND at <= ", q->to);
    sql_put(&b, " ORDER BY seq DESC LIMIT ");
    sql_int(&b, q->limit ? q->limit : 50);
    enum rc rc = sql_stmt(&st, &b, tx->db, e);
    if (rc == RC_OK)
        rc = collect(st, a, out, e);
    sqlb_free(&b);
    return rc;
}
