/* Accounts, sessions, tokens. */
#include "store/account.h"

#include "store/store_int.h"

/* The first row of st by `read`; st is done. */
typedef enum rc (*read_fn)(void *out, struct stmt *st, struct arena *a, struct err *e);

static enum rc read_one(struct stmt *st, read_fn read, void *out, struct arena *a, bool *found,
                        struct err *e)
{
    *found = false;
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row) {
        rc = read(out, st, a, e);
        *found = rc == RC_OK;
    }
    stmt_done(st);
    return rc;
}

/* Every row of st onto the vector; st is done. */
#define READ_ALL(T, st, read, out, a, e)                                                           \
    do {                                                                                           \
        bool row_;                                                                                 \
        enum rc rc_;                                                                               \
        while ((rc_ = stmt_step(st, &row_, e)) == RC_OK && row_) {                                 \
            T one_;                                                                                \
            rc_ = read(&one_, st, a, e);                                                           \
            if (rc_ == RC_OK)                                                                      \
                rc_ = vec_push(out, one_, e);                                                      \
            if (rc_ != RC_OK)                                                                      \
                break;                                                                             \
        }                                                                                          \
        stmt_done(st);                                                                             \
        return rc_;                                                                                \
    } while (0)

static struct str bytes_of(const uint8_t key[32])
{
    return (struct str){(const char *)key, 32};
}

static enum rc read_key(uint8_t key[32], struct stmt *st, int i, struct err *e)
{
    struct str s = col_bytes(st, i);
    if (s.n != 32)
        return err_corrupt(e, "store.file", "key");
    memcpy(key, s.p, 32);
    return RC_OK;
}

/* ---- accounts ---- */

static enum rc read_account(void *to, struct stmt *st, struct arena *a, struct err *e)
{
    struct account *n = to;
    *n = (struct account){.id = col_int(st, 0),
                          .role = role_find(col_bytes(st, 3)),
                          .org = col_int(st, 4),
                          .person = col_int(st, 5),
                          .active = col_int(st, 10) != 0,
                          .failed = (uint32_t)col_int(st, 11),
                          .locked_until = col_int(st, 12),
                          .created = col_int(st, 13),
                          .last_login = col_int(st, 14),
                          .seen_matches = col_int(st, 15)};
    if (n->role == ROLE__COUNT)
        return err_corrupt(e, "store.file", "role");
    TRY(col_str(&n->login, st, 1, a, e));
    TRY(col_str(&n->name, st, 2, a, e));
    TRY(col_str(&n->hash, st, 6, a, e));
    TRY(col_str(&n->totp, st, 7, a, e));
    TRY(col_str(&n->lang, st, 8, a, e));
    return col_str(&n->outside, st, 9, a, e);
}

/* The account that has this login or this outside name; 0: none. */
static enum rc holder(struct tx *tx, enum sql no, struct str name, int64_t *id, struct err *e)
{
    struct stmt *st;
    *id = 0;
    TRY(db_query(&st, tx->db, no, e, "t", name));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row)
        *id = col_int(st, 0);
    stmt_done(st);
    return rc;
}

static enum rc check_free(struct tx *tx, enum sql no, struct str name, const char *field,
                          int64_t id, struct err *e)
{
    int64_t other;
    TRY(holder(tx, no, name, &other, e));
    if (!other || other == id)
        return RC_OK;
    return err_user(e, "store.unique", "%s\t%lld", field, (long long)other);
}

enum rc account_put(struct tx *tx, struct account *n, struct err *e)
{
    TRY(tx_writes(tx, e));
    TRY(check_free(tx, SQL_ACCOUNT_BY_LOGIN, n->login, "login", n->id, e));
    if (n->outside.n)
        TRY(check_free(tx, SQL_ACCOUNT_BY_OUTSIDE, n->outside, "outside", n->id, e));
    int64_t id = n->id ? n->id : tx_new_id(tx);
    TRY(TX_RUN(tx, n->id ? SQL_ACCOUNT_UPDATE : SQL_ACCOUNT_INSERT, e, "ittsiittttiiiiii", id,
               n->login, n->name, role_name(n->role), n->org, n->person, n->hash, n->totp, n->lang,
               n->outside, (int64_t)n->active, (int64_t)n->failed, n->locked_until, n->created,
               n->last_login, n->seen_matches));
    n->id = id;
    return RC_OK;
}

enum rc account_get(struct tx *tx, int64_t id, struct arena *a, struct account *out, bool *found,
                    struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_ACCOUNT_GET, e, "i", id));
    return read_one(st, read_account, out, a, found, e);
}

enum rc account_by_login(struct tx *tx, struct str login, struct arena *a, struct account *out,
                         bool *found, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_ACCOUNT_BY_LOGIN, e, "t", login));
    return read_one(st, read_account, out, a, found, e);
}

enum rc account_by_outside(struct tx *tx, struct str outside, struct arena *a, struct account *out,
                           bool *found, struct err *e)
{
    struct stmt *st;
    *found = false;
    if (!outside.n)
        return RC_OK;
    TRY(db_query(&st, tx->db, SQL_ACCOUNT_BY_OUTSIDE, e, "t", outside));
    return read_one(st, read_account, out, a, found, e);
}

enum rc account_list(struct tx *tx, struct arena *a, vec_account *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_ACCOUNT_LIST, e, ""));
    READ_ALL(struct account, st, read_account, out, a, e);
}

enum rc account_list_second(struct tx *tx, struct arena *a, vec_account *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_ACCOUNT_LIST_SECOND, e, ""));
    READ_ALL(struct account, st, read_account, out, a, e);
}

/* ---- sessions ---- */

static enum rc read_session(void *to, struct stmt *st, struct arena *a, struct err *e)
{
    struct session *n = to;
    *n = (struct session){
        .account = col_int(st, 1), .created = col_int(st, 2), .seen = col_int(st, 3)};
    TRY(read_key(n->key, st, 0, e));
    TRY(col_str(&n->csrf, st, 4, a, e));
    return col_str(&n->data, st, 5, a, e);
}

enum rc session_put(struct tx *tx, const struct session *s, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_SESSION_PUT, e, "biiitt", bytes_of(s->key), s->account, s->created,
                  s->seen, s->csrf, s->data);
}

enum rc session_get(struct tx *tx, const uint8_t key[32], struct arena *a, struct session *out,
                    bool *found, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_SESSION_GET, e, "b", bytes_of(key)));
    return read_one(st, read_session, out, a, found, e);
}

enum rc session_drop(struct tx *tx, const uint8_t key[32], struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_SESSION_DROP, e, "b", bytes_of(key));
}

enum rc session_drop_account(struct tx *tx, int64_t account, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_SESSION_DROP_ACCOUNT, e, "i", account);
}

enum rc session_drop_old(struct tx *tx, int64_t seen_before, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_SESSION_DROP_OLD, e, "i", seen_before);
}

/* ---- tokens ---- */

static enum rc read_token(void *to, struct stmt *st, struct arena *a, struct err *e)
{
    struct token *n = to;
    *n = (struct token){.id = col_int(st, 0),
                        .account = col_int(st, 2),
                        .created = col_int(st, 5),
                        .expires = col_int(st, 6),
                        .used = col_int(st, 7)};
    TRY(read_key(n->key, st, 1, e));
    TRY(col_str(&n->name, st, 3, a, e));
    return col_str(&n->scope, st, 4, a, e);
}

enum rc token_put(struct tx *tx, struct token *t, struct err *e)
{
    TRY(tx_writes(tx, e));
    int64_t id = t->id ? t->id : tx_new_id(tx);
    TRY(TX_RUN(tx, SQL_TOKEN_PUT, e, "ibittiii", id, bytes_of(t->key), t->account, t->name,
               t->scope, t->created, t->expires, t->used));
    t->id = id;
    return RC_OK;
}

enum rc token_by_key(struct tx *tx, const uint8_t key[32], struct arena *a, struct token *out,
                     bool *found, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_TOKEN_BY_KEY, e, "b", bytes_of(key)));
    return read_one(st, read_token, out, a, found, e);
}

enum rc token_list(struct tx *tx, int64_t account, struct arena *a, vec_token *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_TOKEN_LIST, e, "i", account));
    READ_ALL(struct token, st, read_token, out, a, e);
}

enum rc token_drop(struct tx *tx, int64_t id, int64_t account, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_TOKEN_DROP, e, "ii", id, account);
}

/* ---- saved queries ---- */

static enum rc read_saved(void *to, struct stmt *st, struct arena *a, struct err *e)
{
    struct saved *n = to;
    *n = (struct saved){
        .id = col_int(st, 0), .account = col_int(st, 1), .shared = col_int(st, 2) != 0};
    TRY(col_str(&n->kind, st, 3, a, e));
    TRY(col_str(&n->name, st, 4, a, e));
    TRY(col_str(&n->filter, st, 5, a, e));
    TRY(col_str(&n->columns, st, 6, a, e));
    return col_str(&n->sort, st, 7, a, e);
}

enum rc saved_put(struct tx *tx, struct saved *s, struct err *e)
{
    TRY(tx_writes(tx, e));
    int64_t id = s->id ? s->id : tx_new_id(tx);
    TRY(TX_RUN(tx, SQL_SAVED_PUT, e, "iiittttt", id, s->account, (int64_t)s->shared, s->kind,
               s->name, s->filter, s->columns, s->sort));
    s->id = id;
    return RC_OK;
}

enum rc saved_list(struct tx *tx, int64_t account, struct str kind, struct arena *a, vec_saved *out,
                   struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_SAVED_LIST, e, "it", account, kind));
    READ_ALL(struct saved, st, read_saved, out, a, e);
}

enum rc saved_drop(struct tx *tx, int64_t id, int64_t account, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_SAVED_DROP, e, "ii", id, account);
}

/* ---- jobs ---- */

static enum rc read_job(void *to, struct stmt *st, struct arena *a, struct err *e)
{
    struct job *n = to;
    *n = (struct job){.id = col_int(st, 0),
                      .account = col_int(st, 1),
                      .state = (enum job_state)col_int(st, 4),
                      .done = (uint64_t)col_int(st, 5),
                      .all = (uint64_t)col_int(st, 6),
                      .created = col_int(st, 9),
                      .started = col_int(st, 10),
                      .ended = col_int(st, 11),
                      .beat = col_int(st, 12),
                      .attempts = col_int(st, 13)};
    TRY(col_str(&n->name, st, 2, a, e));
    TRY(col_str(&n->args, st, 3, a, e));
    TRY(col_str(&n->stage, st, 7, a, e));
    return col_str(&n->result, st, 8, a, e);
}

enum rc job_put(struct tx *tx, struct job *j, struct err *e)
{
    TRY(tx_writes(tx, e));
    int64_t id = j->id ? j->id : tx_new_id(tx);
    TRY(TX_RUN(tx, SQL_JOB_PUT, e, "iittiiittiiiii", id, j->account, j->name, j->args,
               (int64_t)j->state, (int64_t)j->done, (int64_t)j->all, j->stage, j->result,
               j->created, j->started, j->ended, j->beat, j->attempts));
    j->id = id;
    return RC_OK;
}

enum rc job_get(struct tx *tx, int64_t id, struct arena *a, struct job *out, bool *found,
                struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_JOB_GET, e, "i", id));
    return read_one(st, read_job, out, a, found, e);
}

enum rc job_list(struct tx *tx, int64_t account, uint32_t limit, struct arena *a, vec_job *out,
                 struct err *e)
{
    struct stmt *st;
    if (account)
        TRY(db_query(&st, tx->db, SQL_JOB_LIST_OF, e, "ii", (int64_t)limit, account));
    else
        TRY(db_query(&st, tx->db, SQL_JOB_LIST, e, "i", (int64_t)limit));
    READ_ALL(struct job, st, read_job, out, a, e);
}

enum rc job_claim(struct tx *tx, int64_t now, int64_t beat_before, struct arena *a, struct job *out,
                  bool *found, struct err *e)
{
    *found = false;
    TRY(tx_writes(tx, e));
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_JOB_NEXT, e, "i", beat_before));
    TRY(read_one(st, read_job, out, a, found, e));
    if (!*found)
        return RC_OK;
    TRY(TX_RUN(tx, SQL_JOB_TAKE, e, "ii", out->id, now));
    out->state = JOB_RUNNING;
    out->attempts++;
    out->started = out->beat = now;
    return RC_OK;
}

enum rc job_give_up(struct tx *tx, int64_t now, int64_t beat_before, int64_t most,
                    struct str result, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_JOB_GIVE_UP, e, "iiit", beat_before, now, most, result);
}

enum rc job_beat(struct tx *tx, int64_t id, uint64_t done, uint64_t all, struct str stage,
                 int64_t now, bool *cancelled, struct err *e)
{
    TRY(tx_writes(tx, e));
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_JOB_BEAT, e, "iiiti", id, (int64_t)done, (int64_t)all, stage,
                 now));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    *cancelled = rc == RC_OK && (!row || col_int(st, 0) == JOB_CANCELLED);
    if (rc == RC_OK && row)
        rc = stmt_step(st, &row, e);
    stmt_done(st);
    return tx_ran(tx, rc);
}
