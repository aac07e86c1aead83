/* Figures over whole records: many questions, few readings. Questions about one kind are columns of
 * one statement, each with its own condition: a row is read, and its JSON parsed, once for all. */
#include "store/store_int.h"

#include <math.h>

#define AT_ONCE 40u /* columns of one statement */

static bool is_list_value(const struct tally *t)
{
    return t->of == TALLY_DISTINCT && t->path.n == 1 && path_many(&t->path);
}

static bool is_of_state(const struct filter *f)
{
    if (!f || f->op == FILTER_ALL)
        return true;
    if (f->op == FILTER_AND || f->op == FILTER_OR)
        return is_of_state(f->left) && is_of_state(f->right);
    if (f->op == FILTER_NOT)
        return is_of_state(f->left);
    return f->path.n == 1 && f->path.step[0].attr == ATTR_STATE && !f->with.n;
}

/* One test that an index knows the answer of. */
static bool is_indexed(const struct filter *f)
{
    return f->op >= FILTER_EQ && f->op != FILTER_NE && f->op <= FILTER_UNDER && !f->with.n &&
           path_indexed(&f->path);
}

/* An index has the answer, or other rows are counted than those of the records. */
static bool is_alone(const struct tally *t, int64_t before)
{
    bool number = t->of == TALLY_COUNT && !t->within && !before;
    return is_list_value(t) || (number && (is_of_state(t->filter) || is_indexed(t->filter)));
}

/* ---- text ---- */

/* Made apart what names rows of a FROM that comes behind it. */
static struct buf apart(struct sqlb *b)
{
    struct buf before = b->text;
    buf_init(&b->text, before.ceiling);
    return before;
}

static struct buf apart_end(struct sqlb *b, struct buf before)
{
    struct buf made = b->text;
    b->text = before;
    return made;
}

static struct query query_of(const struct kind *k, const struct filter *f)
{
    return (struct query){.kind = k, .filter = f, .scope = {.reach = SCOPE_ALL}};
}

/* "value FROM records [JOIN items] WHERE …": all values of the path. */
static void put_values(struct sqlb *b, const struct kind *k, const struct filter *f,
                       const struct path *p, const char *before, const char *behind)
{
    struct query q = query_of(k, f);
    struct buf was = apart(b);
    source_records(b, k);
    struct path_end end = path_items(b, "r.", FACE_WHOLE, p);
    struct buf from = apart_end(b, was);
    sql_put(b, before);
    if (p->n == 1)
        path_value(b, &end);
    else
        path_scalar(b, "r.", FACE_WHOLE, p);
    sql_put(b, behind);
    sql_put(b, " FROM ");
    sql_str(b, buf_view(&from));
    buf_free(&from);
    sql_put(b, " WHERE ");
    where_query(b, FACE_WHOLE, &q);
}

static void put_within(struct sqlb *b, const struct reached *w)
{
    sql_put(b, "r.id IN (");
    put_values(b, w->kind, w->filter, &w->path, "SELECT ", "");
    sql_put(b, ")");
}

/* What a question asks of a record, beyond its kind. */
static void put_condition(struct sqlb *b, const struct tally *t)
{
    bool all = !t->filter || t->filter->op == FILTER_ALL;
    if (!all)
        where_filter(b, "r.", FACE_WHOLE, 0, t->filter);
    if (!all && t->within)
        sql_put(b, " AND ");
    if (t->within)
        put_within(b, t->within);
    if (all && !t->within)
        sql_put(b, "1 = 1");
}

/* The sum of a list's values, or the value. */
static void put_number(struct sqlb *b, const struct tally *t)
{
    if (t->path.n != 1 || !path_many(&t->path)) {
        path_scalar(b, "r.", FACE_WHOLE, &t->path);
        return;
    }
    struct buf was = apart(b);
    struct path_end end = path_from(b, "r.", FACE_WHOLE, &t->path);
    struct buf from = apart_end(b, was);
    sql_put(b, "(SELECT sum(");
    path_value(b, &end);
    sql_put(b, ") ");
    sql_str(b, buf_view(&from));
    buf_free(&from);
    sql_put(b, ")");
}

static void put_column(struct sqlb *b, const struct tally *t, bool filtered)
{
    sql_put(b, "(");
    if (t->of == TALLY_COUNT) {
        sql_put(b, "count(*)");
    } else if (t->of == TALLY_SUM) {
        sql_put(b, b->dialect == SQLITE ? "total(" : "sum(");
        put_number(b, t);
        sql_put(b, ")");
    } else {
        sql_put(b, "count(DISTINCT ");
        path_scalar(b, "r.", FACE_WHOLE, &t->path);
        sql_put(b, ")");
    }
    if (filtered) {
        sql_put(b, " FILTER (WHERE ");
        put_condition(b, t);
        sql_put(b, ")");
    }
    sql_put(b, b->dialect == SQLITE ? ")" : ")::double precision");
}

/* One question: its condition may be served by an index. */
static void put_one(struct sqlb *b, const struct tally *t)
{
    if (is_list_value(t)) {
        bool sqlite = b->dialect == SQLITE;
        put_values(b, t->kind, t->filter, &t->path, "SELECT (count(DISTINCT ",
                   sqlite ? "))" : "))::double precision");
        if (!t->within)
            return;
        sql_put(b, " AND ");
        put_within(b, t->within);
        return;
    }
    struct query q = query_of(t->kind, t->filter);
    sql_put(b, "SELECT ");
    put_column(b, t, false);
    sql_put(b, " FROM ");
    source_records(b, t->kind);
    sql_put(b, " WHERE ");
    where_query(b, FACE_WHOLE, &q);
    if (t->within) {
        sql_put(b, " AND ");
        put_within(b, t->within);
    }
}

static void put_many(struct sqlb *b, struct tally *const *t, uint32_t n)
{
    struct query q = query_of(t[0]->kind, NULL);
    for (uint32_t i = 0; i < n; i++) {
        sql_put(b, i ? ", " : "SELECT ");
        put_column(b, t[i], true);
    }
    sql_put(b, " FROM ");
    source_records(b, t[0]->kind);
    sql_put(b, " WHERE ");
    where_query(b, FACE_WHOLE, &q);
}

/* ---- running it ---- */

static struct sqlb begin(const struct tx *tx, int64_t before, struct arena *a)
{
    struct sqlb b;
    sqlb_init(&b, tx->s, (struct scope){.reach = SCOPE_ALL}, a);
    b.before = before;
    return b;
}

/* Questions of one kind, in one statement. */
static enum rc ask(struct tx *tx, int64_t before, struct tally *const *t, uint32_t n, struct err *e)
{
    struct arena a = {0};
    struct sqlb b = begin(tx, before, &a);
    struct stmt *st = NULL;
    bool row = false;
    if (n == 1)
        put_one(&b, t[0]);
    else
        put_many(&b, t, n);
    enum rc rc = sql_stmt(&st, &b, tx->db, e);
    if (rc == RC_OK)
        rc = stmt_step(st, &row, e);
    for (uint32_t i = 0; rc == RC_OK && row && i < n; i++)
        t[i]->out = st->db->ops->is_null(st, (int)i) ? 0 : st->db->ops->get_real(st, (int)i);
    stmt_done(st);
    sqlb_free(&b);
    arena_free(&a);
    return rc;
}

/* Conditions too long for one statement are asked in two. */
static enum rc ask_all(struct tx *tx, int64_t before, struct tally *const *t, uint32_t n,
                       struct err *e)
{
    enum rc rc = ask(tx, before, t, n, e);
    if (rc != RC_TOO_BIG || n < 2)
        return rc;
    TRY(ask_all(tx, before, t, n / 2, e));
    return ask_all(tx, before, t + n / 2, n - n / 2, e);
}

enum rc store_tally(struct tx *tx, int64_t before, struct tally *t, uint32_t n, struct err *e)
{
    struct tally *together[AT_ONCE];
    for (uint32_t i = 0; i < n; i++)
        t[i].out = NAN; /* to be asked; no answer is */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t m = 0;
        if (!isnan(t[i].out))
            continue;
        together[m++] = &t[i];
        for (uint32_t j = i + 1; j < n && m < AT_ONCE && !is_alone(&t[i], before); j++)
            if (isnan(t[j].out) && t[j].kind == t[i].kind && !is_alone(&t[j], before))
                together[m++] = &t[j];
        TRY(ask_all(tx, before, together, m, e));
    }
    return RC_OK;
}

enum rc store_missing(struct tx *tx, int64_t before, const struct tally *t, int64_t after,
                      uint32_t limit, vec_id *out, struct err *e)
{
    struct arena a = {0};
    struct sqlb b = begin(tx, before, &a);
    struct stmt *st = NULL;
    struct query q = query_of(t->kind, t->filter);
    bool row;
    sql_put(&b, "SELECT r.id FROM ");
    source_records(&b, t->kind);
    sql_put(&b, " WHERE ");
    where_query(&b, FACE_WHOLE, &q);
    if (t->within) {
        sql_put(&b, " AND NOT ((");
        put_within(&b, t->within);
        sql_put(&b, ") IS TRUE)");
    }
    sql_put(&b, " AND r.id > ");
    sql_int(&b, after);
    sql_put(&b, " ORDER BY r.id LIMIT ");
    sql_int(&b, limit);
    enum rc rc = sql_stmt(&st, &b, tx->db, e);
    while (rc == RC_OK && (rc = stmt_step(st, &row, e)) == RC_OK && row)
        rc = vec_push(out, col_int(st, 0), e);
    stmt_done(st);
    sqlb_free(&b);
    arena_free(&a);
    return rc;
}
