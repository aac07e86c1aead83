/* Notices, deliveries, and where somebody wants to be told. */
#include "store/notice.h"

#include "store/store_int.h"

/* Every row of st to `each`; st is done. */
typedef enum rc (*row_fn)(void *out, struct stmt *st, struct arena *a, struct err *e);

static enum rc read_rows(struct stmt *st, row_fn each, void *out, struct arena *a, struct err *e)
{
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row)
        if ((rc = each(out, st, a, e)) != RC_OK)
            break;
    stmt_done(st);
    return rc;
}

static enum rc number_of(void *out, struct stmt *st, struct arena *a, struct err *e)
{
    (void)a, (void)e;
    *(int64_t *)out = col_int(st, 0);
    return RC_OK;
}

/* ---- notices ---- */

static enum rc read_notice(struct notice_row *n, struct stmt *st, struct arena *a, struct err *e)
{
    *n = (struct notice_row){.id = col_int(st, 0),
                             .account = col_int(st, 1),
                             .about = col_int(st, 4),
                             .created = col_int(st, 6),
                             .seen = col_int(st, 7)};
    TRY(col_str(&n->key, st, 2, a, e));
    TRY(col_str(&n->text, st, 3, a, e));
    return col_str(&n->once, st, 5, a, e);
}

static enum rc push_notice(void *out, struct stmt *st, struct arena *a, struct err *e)
{
    vec_notice *v = out;
    struct notice_row n;
    TRY(read_notice(&n, st, a, e));
    return vec_push(v, n, e);
}

/* Numbers of their own: those of records are written on papers. */
enum rc notice_add(struct tx *tx, struct notice_row *n, bool *fresh, struct err *e)
{
    int64_t there = 0, id;
    struct stmt *st;
    n->id = 0;
    *fresh = false;
    TRY(tx_writes(tx, e));
    TRY(db_query(&st, tx->db, SQL_NOTICE_ONCE, e, "it", n->account, n->once));
    TRY(read_rows(st, number_of, &there, NULL, e));
    if (there)
        return RC_OK;
    TRY(store_next(tx, STR("notice"), &id, e));
    TRY(TX_RUN(tx, SQL_NOTICE_ADD, e, "iittiti", id, n->account, n->key, n->text, n->about, n->once,
               n->created));
    n->id = id;
    *fresh = true;
    return RC_OK;
}

enum rc notice_get(struct tx *tx, int64_t id, struct arena *a, struct notice_row *out, bool *found,
                   struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_NOTICE_GET, e, "i", id));
    enum rc rc = stmt_step(st, found, e);
    if (rc == RC_OK && *found)
        rc = read_notice(out, st, a, e);
    stmt_done(st);
    return rc;
}

enum rc notice_list(struct tx *tx, int64_t account, bool unread, int64_t before, uint32_t limit,
                    struct arena *a, vec_notice *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_NOTICE_LIST, e, "iiii", account, (int64_t)unread,
                 before ? before : INT64_MAX, (int64_t)limit));
    return read_rows(st, push_notice, out, a, e);
}

enum rc notice_unread(struct tx *tx, int64_t account, uint32_t *out, struct err *e)
{
    struct stmt *st;
    int64_t n = 0;
    TRY(db_query(&st, tx->db, SQL_NOTICE_UNREAD, e, "i", account));
    TRY(read_rows(st, number_of, &n, NULL, e));
    *out = (uint32_t)n;
    return RC_OK;
}

enum rc notice_seen(struct tx *tx, int64_t account, int64_t id, int64_t now, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_NOTICE_SEEN, e, "iii", account, id, now);
}

enum rc notice_seen_all(struct tx *tx, int64_t account, int64_t up_to, int64_t now, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_NOTICE_SEEN_ALL, e, "iii", account, up_to ? up_to : INT64_MAX, now);
}

enum rc notice_drop_old(struct tx *tx, int64_t before, struct err *e)
{
    TRY(tx_writes(tx, e));
    TRY(TX_RUN(tx, SQL_NOTICE_DROP_SENT, e, "i", before));
    return TX_RUN(tx, SQL_NOTICE_DROP_OLD, e, "i", before);
}

/* ---- deliveries ---- */

enum rc delivery_add(struct tx *tx, int64_t notice, int64_t account, struct str channel,
                     int64_t due, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_DELIVERY_ADD, e, "itii", notice, channel, account, due);
}

static enum rc least_of(void *out, struct stmt *st, struct arena *a, struct err *e)
{
    (void)a, (void)e;
    if (!st->db->ops->is_null(st, 0))
        *(int64_t *)out = col_int(st, 0);
    return RC_OK;
}

enum rc delivery_due(struct tx *tx, int64_t *out, struct err *e)
{
    struct stmt *st;
    *out = INT64_MAX;
    TRY(db_query(&st, tx->db, SQL_DELIVERY_DUE, e, ""));
    return read_rows(st, least_of, out, NULL, e);
}

static enum rc next_row(struct tx *tx, int64_t now, struct arena *a, struct batch *out, bool *found,
                        struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_DELIVERY_NEXT, e, "i", now));
    enum rc rc = stmt_step(st, found, e);
    if (rc == RC_OK && *found) {
        *out = (struct batch){.account = col_int(st, 2), .id = col_int(st, 5)};
        rc = col_str(&out->channel, st, 1, a, e);
    }
    stmt_done(st);
    return rc;
}

enum rc delivery_next(struct tx *tx, int64_t now, struct arena *a, int64_t *account,
                      struct str *channel, bool *found, struct err *e)
{
    struct batch b = {0};
    TRY(next_row(tx, now, a, &b, found, e));
    *account = b.account;
    *channel = b.channel;
    return RC_OK;
}

static enum rc push_id(void *out, struct stmt *st, struct arena *a, struct err *e)
{
    (void)a;
    vec_id *v = out;
    return vec_push(v, col_int(st, 0), e);
}

/* What is due by that channel becomes one batch. */
static enum rc put_together(struct tx *tx, int64_t now, struct batch *b, struct err *e)
{
    struct stmt *st;
    vec_id ids = {0};
    TRY(db_query(&st, tx->db, SQL_DELIVERY_READY, e, "itii", b->account, b->channel, now,
                 (int64_t)BATCH_MOST));
    enum rc rc = read_rows(st, push_id, &ids, NULL, e);
    if (rc == RC_OK)
        rc = store_next(tx, STR("batch"), &b->id, e);
    for (size_t i = 0; rc == RC_OK && i < ids.n; i++)
        rc = TX_RUN(tx, SQL_DELIVERY_BATCH, e, "iti", ids.p[i], b->channel, b->id);
    vec_free(&ids);
    return rc;
}

static enum rc push_of_batch(void *out, struct stmt *st, struct arena *a, struct err *e)
{
    struct batch *b = out;
    b->attempts = col_int(st, 8);
    return push_notice(&b->notice, st, a, e);
}

enum rc delivery_claim(struct tx *tx, int64_t now, int64_t until, struct arena *a,
                       struct batch *out, bool *found, struct err *e)
{
    struct stmt *st;
    TRY(tx_writes(tx, e));
    TRY(next_row(tx, now, a, out, found, e));
    if (!*found)
        return RC_OK;
    if (!out->id)
        TRY(put_together(tx, now, out, e));
    TRY(TX_RUN(tx, SQL_DELIVERY_TAKE, e, "ii", out->id, until));
    TRY(db_query(&st, tx->db, SQL_DELIVERY_OF_BATCH, e, "i", out->id));
    enum rc rc = read_rows(st, push_of_batch, out, a, e);
    if (rc != RC_OK)
        vec_free(&out->notice);
    return rc;
}

enum rc delivery_put_off(struct tx *tx, int64_t account, struct str channel, int64_t now,
                         int64_t until, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_DELIVERY_PUT_OFF, e, "itii", account, channel, until, now);
}

enum rc delivery_hurry(struct tx *tx, int64_t account, int64_t now, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_DELIVERY_HURRY, e, "ii", account, now);
}

enum rc delivery_end(struct tx *tx, const struct batch *b, enum delivery_state state, int64_t due,
                     int64_t now, struct str reason, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_DELIVERY_END, e, "iiiiit", b->id, b->attempts, (int64_t)state, due, now,
                  reason);
}

static enum rc push_failed(void *out, struct stmt *st, struct arena *a, struct err *e)
{
    vec_failed *v = out;
    struct failed_batch f = {.id = col_int(st, 0),
                             .account = col_int(st, 1),
                             .notices = (uint32_t)col_int(st, 3),
                             .attempts = (uint32_t)col_int(st, 4),
                             .ended = col_int(st, 5)};
    TRY(col_str(&f.channel, st, 2, a, e));
    TRY(col_str(&f.reason, st, 6, a, e));
    return vec_push(v, f, e);
}

enum rc delivery_failed(struct tx *tx, uint32_t limit, struct arena *a, vec_failed *out,
                        struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_DELIVERY_FAILED, e, "i", (int64_t)limit));
    return read_rows(st, push_failed, out, a, e);
}

enum rc delivery_again(struct tx *tx, int64_t batch, int64_t now, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_DELIVERY_AGAIN, e, "ii", batch, now);
}

/* ---- where and when ---- */

static enum rc read_reach(void *out, struct stmt *st, struct arena *a, struct err *e)
{
    struct reach *r = out;
    r->proved = col_int(st, 2);
    r->code_until = col_int(st, 4);
    r->code_tries = col_int(st, 5);
    r->quiet_from = col_int(st, 6);
    r->quiet_until = col_int(st, 7);
    TRY(col_str(&r->mail, st, 1, a, e));
    TRY(col_str(&r->code, st, 3, a, e));
    return col_str(&r->choice, st, 8, a, e);
}

enum rc reach_get(struct tx *tx, int64_t account, struct arena *a, struct reach *out, struct err *e)
{
    struct stmt *st;
    *out = (struct reach){.account = account, .quiet_from = -1, .quiet_until = -1};
    out->mail = out->code = out->choice = STR("");
    TRY(db_query(&st, tx->db, SQL_REACH_GET, e, "i", account));
    return read_rows(st, read_reach, out, a, e);
}

enum rc reach_put(struct tx *tx, const struct reach *r, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_REACH_PUT, e, "ititiiiit", r->account, r->mail, r->proved, r->code,
                  r->code_until, r->code_tries, r->quiet_from, r->quiet_until, r->choice);
}

static enum rc push_hook(void *out, struct stmt *st, struct arena *a, struct err *e)
{
    vec_hook *v = out;
    struct hook h = {.account = col_int(st, 0)};
    TRY(col_str(&h.channel, st, 1, a, e));
    TRY(col_str(&h.url, st, 2, a, e));
    TRY(col_str(&h.secret, st, 3, a, e));
    return vec_push(v, h, e);
}

enum rc hook_list(struct tx *tx, int64_t account, struct arena *a, vec_hook *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_HOOK_GET, e, "i", account));
    return read_rows(st, push_hook, out, a, e);
}

enum rc hook_list_all(struct tx *tx, struct arena *a, vec_hook *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_HOOK_ALL, e, ""));
    return read_rows(st, push_hook, out, a, e);
}

enum rc hook_put(struct tx *tx, const struct hook *h, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_HOOK_PUT, e, "ittt", h->account, h->channel, h->url, h->secret);
}

enum rc hook_drop(struct tx *tx, int64_t account, struct str channel, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_HOOK_DROP, e, "it", account, channel);
}
