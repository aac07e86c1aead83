/* Records: one at a time. */
#include "store/store_int.h"

static const char *const secrecy_name[] = {"open", "masked", "private"};

struct str state_name(const struct rec *r)
{
    return r->state < r->kind->n_states ? r->kind->state[r->state].name : (struct str){NULL, 0};
}

enum rc row_rec(struct rec *out, const struct store *s, struct stmt *st, bool face_public,
                struct arena *a, struct err *e)
{
    const struct kind *k = kind_find(s->kinds, col_bytes(st, 1));
    if (!k)
        return err_corrupt(e, "store.kind", "%.*s", (int)MIN(col_bytes(st, 1).n, 40u),
                           col_bytes(st, 1).p);
    TRY(rec_new(out, k, a, e));
    out->id = col_int(st, 0);
    out->org = col_int(st, 2);
    struct str state = col_bytes(st, 3);
    out->state = state.n ? state_find(k, state) : NO_STATE;
    out->secrecy = (enum secrecy)MIN((uint64_t)col_int(st, 4), (uint64_t)SECRECY_PRIVATE);
    out->version = col_int(st, 5);
    out->created = col_int(st, 6);
    out->updated = col_int(st, 7);
    out->since = col_int(st, 8);
    out->face_public = face_public;
    return rec_parse(out, col_bytes(st, 9), a, e);
}

enum rc store_get(struct tx *tx, const struct kind *k, int64_t id, struct arena *a, struct rec *out,
                  bool *found, struct err *e)
{
    struct stmt *st;
    *found = false;
    TRY(db_query(&st, tx->db, SQL_REC_GET, e, "i", id));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row && (!k || str_eq(k->name, col_bytes(st, 1)))) {
        rc = row_rec(out, tx->s, st, false, a, e);
        *found = rc == RC_OK;
    }
    stmt_done(st);
    return rc;
}

/* ---- put ---- */

/* What was there before. */
struct before {
    int64_t version, created, since;
    bool same_state;
};

static enum rc read_before(struct tx *tx, const struct rec *r, struct before *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_REC_STATE, e, "i", r->id));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    if (rc == RC_OK && (!row || !str_eq(col_bytes(st, 0), r->kind->name)))
        rc = err_user(e, "store.gone", "%lld", (long long)r->id);
    if (rc == RC_OK) {
        *out = (struct before){.version = col_int(st, 1),
                               .same_state = str_eq(col_bytes(st, 2), state_name(r)),
                               .created = col_int(st, 3),
                               .since = col_int(st, 4)};
        if (out->version != r->version)
            rc = err_user(e, "store.stale", "%lld", (long long)r->id);
    }
    stmt_done(st);
    return rc;
}

static enum rc write_row(struct tx *tx, const struct rec *r, bool fresh, const struct derived *d,
                         struct err *e)
{
    int64_t changed = 1;
    struct str none = {NULL, 0};
    enum rc rc = db_run(tx->db, fresh ? SQL_REC_INSERT : SQL_REC_UPDATE, &changed, e,
                        "itnoiiiiitontoi", r->id, r->kind->name, r->org, state_name(r),
                        (int64_t)r->secrecy, r->version, r->created, r->updated, r->since,
                        buf_view(&d->body), d->shown ? buf_view(&d->pub) : none, d->pub_org,
                        d->title, d->shown ? d->pub_title : none, (int64_t)d->shown);
    if (rc == RC_OK && changed != 1)
        rc = err_user(e, "store.stale", "%lld", (long long)r->id);
    return tx_ran(tx, rc);
}

static enum rc trail(struct tx *tx, const struct rec *r, const struct by *by, struct str body,
                     struct err *e)
{
    struct entry n = {.id = r->id,
                      .kind = r->kind->name,
                      .version = r->version,
                      .state = state_name(r),
                      .secrecy = str_of(secrecy_name[r->secrecy]),
                      .org = r->org,
                      .body = body};
    return audit_add(tx, by, &n, e);
}

static enum rc put(struct tx *tx, struct rec *r, const struct by *by, struct arena *a,
                   struct err *e)
{
    struct derived d = {0};
    struct rec next = *r;
    bool fresh = r->id == 0;
    struct before was = {.created = r->created ? r->created : by->at,
                         .since = r->since ? r->since : by->at,
                         .same_state = true};
    enum rc rc = fresh ? RC_OK : read_before(tx, r, &was, e);
    next.id = fresh ? tx->last_id + 1 : r->id;
    next.version = was.version + 1;
    next.created = was.created;
    next.updated = by->at;
    /* a step may lead back into the state that it leaves (a renewal): entered anew */
    next.since = was.same_state && r->since != by->at ? was.since : by->at;
    if (r->kind->is_self)
        next.org = next.id;
    if (rc == RC_OK)
        rc = derive(&d, &next, a, e);
    if (rc == RC_OK)
        rc = derived_check(tx, &next, &d, e);
    if (rc == RC_OK && fresh)
        tx_new_id(tx);
    if (rc == RC_OK)
        rc = write_row(tx, &next, fresh, &d, e);
    if (rc == RC_OK)
        rc = derived_write(tx, next.id, fresh, r->kind->name, &d, a, e);
    if (rc == RC_OK)
        rc = trail(tx, &next, by, buf_view(&d.body), e);
    if (rc == RC_OK)
        *r = next;
    derived_free(&d);
    return rc;
}

enum rc store_put(struct tx *tx, struct rec *r, const struct by *by, struct err *e)
{
    TRY(tx_writes(tx, e));
    struct arena a = {0};
    enum rc rc = put(tx, r, by, &a, e);
    arena_free(&a);
    return rc;
}

/* ---- delete ---- */

static enum rc check_held(struct tx *tx, int64_t id, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_LINK_COUNT_TO, e, "i", id));
    bool row;
    enum rc rc = stmt_step(st, &row, e);
    int64_t n = rc == RC_OK && row ? col_int(st, 0) : 0;
    stmt_done(st);
    if (rc == RC_OK && n)
        return err_user(e, "store.held", "%lld", (long long)n);
    return rc;
}

enum rc store_delete(struct tx *tx, const struct rec *r, const struct by *by, struct err *e)
{
    struct before was;
    TRY(tx_writes(tx, e));
    TRY(read_before(tx, r, &was, e));
    TRY(check_held(tx, r->id, e));
    TRY(TX_RUN(tx, SQL_LINK_CLEAR, e, "i", r->id));
    TRY(TX_RUN(tx, SQL_UNIQ_CLEAR, e, "i", r->id));
    TRY(TX_RUN(tx, SQL_GRANT_CLEAR, e, "i", r->id));
    TRY(TX_RUN(tx, SQL_SHARE_CLEAR, e, "i", r->id));
    TRY(TX_RUN(tx, SQL_REC_DELETE, e, "ii", r->id, r->version));
    struct rec gone = *r;
    gone.version++;
    return trail(tx, &gone, by, (struct str){NULL, 0}, e);
}

/* ---- look-ups ---- */

enum rc store_refs(struct tx *tx, int64_t id, uint32_t limit, struct arena *a, vec_ref *out,
                   struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_LINK_TO, e, "ii", id, (int64_t)limit));
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct ref ref = {.kind = kind_find(tx->s->kinds, col_bytes(st, 0)), .id = col_int(st, 1)};
        rc = col_str(&ref.relation, st, 2, a, e);
        if (rc == RC_OK && ref.kind)
            rc = vec_push(out, ref, e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

enum rc store_by_unique(struct tx *tx, const struct kind *k, uint32_t field, struct str text,
                        int64_t *id, struct err *e)
{
    struct arena a = {0};
    struct stmt *st = NULL;
    struct str value;
    bool row;
    *id = 0;
    enum rc rc = uniq_text(&value, text, &a, e);
    if (rc == RC_OK)
        rc = db_query(&st, tx->db, SQL_UNIQ_GET, e, "ttt", k->name, k->field[field].name, value);
    if (rc == RC_OK)
        rc = stmt_step(st, &row, e);
    if (rc == RC_OK && row)
        *id = col_int(st, 0);
    stmt_done(st);
    arena_free(&a);
    return rc;
}

/* The ids of all rows; the statement is done with. */
static enum rc take_ids(struct stmt *st, vec_id *out, struct err *e)
{
    bool row;
    enum rc rc;
    while ((rc = stmt_step(st, &row, e)) == RC_OK && row) {
        rc = vec_push(out, col_int(st, 0), e);
        if (rc != RC_OK)
            break;
    }
    stmt_done(st);
    return rc;
}

enum rc store_by_title(struct tx *tx, const struct kind *k, struct str title, vec_id *out,
                       struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, SQL_REC_BY_TITLE, e, "tt", k->name, title));
    return take_ids(st, out, e);
}

enum rc store_grant(struct tx *tx, int64_t id, int64_t org, struct err *e)
{
    TRY(tx_writes(tx, e));
    return TX_RUN(tx, SQL_GRANT_ADD, e, "ii", id, org);
}

enum rc store_granted(struct tx *tx, int64_t id, int64_t org, bool *out, struct err *e)
{
    struct stmt *st;
    *out = false;
    TRY(db_query(&st, tx->db, SQL_GRANT_GET, e, "ii", id, org));
    enum rc rc = stmt_step(st, out, e);
    stmt_done(st);
    return rc;
}

static enum rc list_ids(struct tx *tx, enum sql no, int64_t of, vec_id *out, struct err *e)
{
    struct stmt *st;
    TRY(db_query(&st, tx->db, no, e, "i", of));
    return take_ids(st, out, e);
}

enum rc store_grants(struct tx *tx, int64_t id, vec_id *out, struct err *e)
{
    return list_ids(tx, SQL_GRANT_LIST, id, out, e);
}

enum rc store_grants_of(struct tx *tx, int64_t org, vec_id *out, struct err *e)
{
    return list_ids(tx, SQL_GRANT_OF_ORG, org, out, e);
}

enum rc store_grant_only(struct tx *tx, int64_t id, const int64_t *org, uint32_t n, bool *changed,
                         struct err *e)
{
    vec_id was = {0};
    TRY(tx_writes(tx, e));
    enum rc rc = store_grants(tx, id, &was, e);
    *changed = was.n != n || (n && memcmp(was.p, org, n * sizeof *org) != 0);
    if (rc == RC_OK && *changed && was.n)
        rc = TX_RUN(tx, SQL_GRANT_NONE, e, "i", id);
    for (uint32_t i = 0; rc == RC_OK && *changed && i < n; i++)
        rc = TX_RUN(tx, SQL_GRANT_ADD, e, "ii", id, org[i]);
    vec_free(&was);
    return rc;
}
