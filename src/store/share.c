/* Parts of people's time, and sequences of numbers. */
#include "store/store_int.h"

/* One of somebody's shares. */
struct part {
    int64_t appointment, start, until, percent;
};
typedef VEC(struct part) vec_part;

static enum rc parts_of(struct tx *tx, int64_t person, int64_t from, int64_t until, int64_t except,
                        vec_part *out, struct err *e)
{
    struct stmt *st;
    bool row;
    enum rc rc;
    TRY(db_query(&st, tx->db, SQL_SHARE_OF_PERSON, e, "iiii", person, from, until, except));
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct part p = {col_int(st, 0), col_int(st, 1), col_int(st, 2), col_int(st, 3)};
        rc = vec_push(out, p, e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

static int64_t sum_on(const vec_part *parts, int64_t day)
{
    int64_t sum = 0;
    for (size_t i = 0; i < parts->n; i++)
        sum += parts->p[i].start <= day && day <= parts->p[i].until ? parts->p[i].percent : 0;
    return sum;
}

/* The day after `day` on which the sum changes next; INT64_MAX: never. */
static int64_t next_change(const vec_part *parts, int64_t day)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < parts->n; i++) {
        if (parts->p[i].start > day)
            next = MIN(next, parts->p[i].start);
        if (parts->p[i].until >= day)
            next = MIN(next, parts->p[i].until + 1);
    }
    return next;
}

/* The first stretch of days on which the parts exceed the whole; percent 0: there is none. */
static struct share_clash find_clash(const vec_part *parts, int64_t own)
{
    struct share_clash clash = {0};
    int64_t day = INT64_MAX, most = 0;
    for (size_t i = 0; i < parts->n; i++)
        day = MIN(day, parts->p[i].start);
    while (day != INT64_MAX && sum_on(parts, day) <= SHARE_WHOLE)
        day = next_change(parts, day);
    if (day == INT64_MAX)
        return clash;
    clash.from = day;
    for (size_t i = 0; i < parts->n; i++) {
        const struct part *p = &parts->p[i];
        if (p->appointment != own && p->start <= day && day <= p->until && p->percent > most) {
            most = p->percent;
            clash.appointment = p->appointment;
        }
    }
    for (int64_t sum; (sum = sum_on(parts, day)) > SHARE_WHOLE; day = next_change(parts, day))
        clash.percent = MAX(clash.percent, sum);
    clash.until = day - 1;
    return clash;
}

static enum rc add_own(vec_part *parts, int64_t appointment, const struct share *share, uint32_t n,
                       struct err *e)
{
    for (uint32_t i = 0; i < n; i++) {
        struct part p = {appointment, share[i].start, share[i].until, share[i].percent};
        TRY(vec_push(parts, p, e));
    }
    return RC_OK;
}

static enum rc check(struct tx *tx, int64_t appointment, int64_t person, const struct share *share,
                     uint32_t n, struct share_clash *clash, struct err *e)
{
    vec_part parts = {0};
    int64_t from = INT64_MAX, until = INT64_MIN;
    for (uint32_t i = 0; i < n; i++) {
        from = MIN(from, share[i].start);
        until = MAX(until, share[i].until);
    }
    enum rc rc = parts_of(tx, person, from, until, appointment, &parts, e);
    if (rc == RC_OK)
        rc = add_own(&parts, appointment, share, n, e);
    if (rc == RC_OK)
        *clash = find_clash(&parts, appointment);
    vec_free(&parts);
    return rc;
}

enum rc store_shares(struct tx *tx, int64_t appointment, int64_t person, const struct share *share,
                     uint32_t n, struct share_clash *clash, struct err *e)
{
    *clash = (struct share_clash){0};
    TRY(tx_writes(tx, e));
    TRY(TX_RUN(tx, SQL_SHARE_CLEAR, e, "i", appointment));
    if (n)
        TRY(check(tx, appointment, person, share, n, clash, e));
    if (clash->percent)
        return err_user(e, "store.share", "%lld", (long long)clash->appointment);
    for (uint32_t i = 0; i < n; i++)
        TRY(TX_RUN(tx, SQL_SHARE_ADD, e, "iiiiii", appointment, share[i].org, person,
                   share[i].start, share[i].until, share[i].percent));
    return RC_OK;
}

/* ---- do they follow from the records? ---- */

struct sharing {
    struct tx *tx;
    store_shares_fn shares;
};

static enum rc verify_one(void *ctx, const struct rec *r, struct err *e)
{
    struct sharing *x = ctx;
    struct share want[SHARES_MOST];
    int64_t person = 0;
    uint32_t n = x->shares(r, &person, want), i = 0;
    struct stmt *st;
    bool row, same = true;
    TRY(db_query(&st, x->tx->db, SQL_SHARE_OF, e, "i", r->id));
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        same = same && i < n && want[i].org == col_int(st, 0) && person == col_int(st, 1) &&
               want[i].start == col_int(st, 2) && want[i].until == col_int(st, 3) &&
               want[i].percent == col_int(st, 4);
        i++;
    }
    stmt_done(st);
    if (rc == RC_OK && (!same || i != n))
        rc = err_corrupt(e, "store.record", "%lld", (long long)r->id);
    return rc;
}

static enum rc verify_strays(struct tx *tx, const struct kind *k, struct err *e)
{
    struct stmt *st;
    bool row;
    TRY(db_query(&st, tx->db, SQL_SHARE_STRAY, e, "t", k->name));
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row && !tx->db->ops->is_null(st, 0))
        rc = err_corrupt(e, "store.record", "%lld", (long long)col_int(st, 0));
    stmt_done(st);
    return rc;
}

enum rc store_verify_shares(struct store *s, const struct kind *k, store_shares_fn shares,
                            struct err *e)
{
    struct sharing x = {.shares = shares};
    struct query q = {.kind = k, .scope = {.reach = SCOPE_ALL}};
    TRY(tx_begin(&x.tx, s, TX_READ, e));
    enum rc rc = store_each(x.tx, &q, verify_one, &x, e);
    if (rc == RC_OK)
        rc = verify_strays(x.tx, k, e);
    tx_rollback(x.tx);
    return rc;
}

enum rc store_share_most(struct tx *tx, int64_t person, int64_t from, int64_t until,
                         int64_t *percent, struct err *e)
{
    vec_part parts = {0};
    *percent = 0;
    enum rc rc = parts_of(tx, person, from, until, 0, &parts, e);
    for (int64_t day = from; rc == RC_OK && day <= until; day = next_change(&parts, day))
        *percent = MAX(*percent, sum_on(&parts, day));
    vec_free(&parts);
    return rc;
}

enum rc store_next(struct tx *tx, struct str sequence, int64_t *out, struct err *e)
{
    struct stmt *st;
    bool row;
    TRY(tx_writes(tx, e));
    TRY(db_query(&st, tx->db, SQL_COUNTER_NEXT, e, "t", sequence));
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK)
        *out = col_int(st, 0);
    while (rc == RC_OK && row) /* to its end: else SQLite has not written */
        rc = stmt_step(st, &row, e);
    stmt_done(st);
    return tx_ran(tx, rc);
}
