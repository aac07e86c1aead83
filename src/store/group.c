/* Counts and sums by the values of one or two paths. */
#include "store/store_int.h"

#include <stdio.h>

/* FROM: the record, and beside it the values of its own lists; a record without any stays. */
static void put_from(struct sqlb *b, enum face face, const struct group_by *g,
                     struct path_end end[2])
{
    where_from(b, face);
    for (int i = 0; i < 2; i++) {
        if (!path_lists(&g->by[i]))
            continue;
        const struct path_step *s = &g->by[i].step[0];
        struct str field = s->kind->field[s->field].name;
        const char *col = face == FACE_WHOLE ? "body" : "pub";
        end[i] = path_here("", face, &g->by[i]);
        end[i].item = true;
        snprintf(end[i].alias, sizeof end[i].alias, "g%d.", i);
        if (b->dialect == SQLITE) {
            sql_printf(b, " LEFT JOIN json_each(r.%s,'$.", col);
            sql_name(b, field);
            sql_printf(b, "') g%d ON 1 = 1", i);
        } else {
            sql_printf(b, " LEFT JOIN jsonb_array_elements(r.%s -> '", col);
            sql_name(b, field);
            sql_printf(b, "') g%d(value) ON true", i);
        }
    }
}

/* Months are those of China's clocks, as all dates of times are. */
static void put_month(struct sqlb *b, const struct path *p, const char *value, size_t n)
{
    struct str text = {value, n};
    enum type type = path_type(p);
    bool time = type == TYPE_TIME;
    if (time && b->dialect == SQLITE)
        sql_put(b, "strftime('%Y-%m', (");
    else if (time)
        sql_put(b, "to_char(to_timestamp((");
    else
        sql_put(b, "substr(");
    if (b->rc == RC_OK)
        b->rc = buf_str(&b->text, text, &b->err);
    if (time && b->dialect == SQLITE)
        sql_printf(b, ") + %d, 'unixepoch')", CHINA_SECONDS);
    else if (time)
        sql_printf(b, ") + %d) AT TIME ZONE 'UTC', 'YYYY-MM')", CHINA_SECONDS);
    else
        sql_put(b, ", 1, 7)");
}

static void put_by(struct sqlb *b, enum face face, const struct group_by *g, int i,
                   const struct path_end *end)
{
    const struct path *p = &g->by[i];
    size_t from = b->text.n;
    if (!p->n)
        sql_put(b, "NULL");
    else if (path_lists(p))
        path_of_item(b, end, p);
    else
        path_scalar(b, "r.", face, p);
    enum type type = p->n ? path_type(p) : TYPE_TEXT;
    if (b->rc != RC_OK || !g->month[i] || (type != TYPE_DATE && type != TYPE_TIME))
        return;
    struct str value = arena_str(b->a, str_sub(buf_view(&b->text), from, b->text.n));
    if (!value.p) {
        sql_fail(b, err_nomem(&b->err));
        return;
    }
    b->text.n = from;
    put_month(b, p, value.p, value.n);
}

static void put_half(struct sqlb *b, enum face face, const struct query *q,
                     const struct group_by *g)
{
    struct path_end end[2];
    struct buf before = b->text;
    buf_init(&b->text, before.ceiling);
    put_from(b, face, g, end);
    struct buf from = b->text;
    b->text = before;
    /* a record that has a value twice counts once */
    bool lists = path_lists(&g->by[0]) || path_lists(&g->by[1]);
    sql_put(b, lists ? "SELECT DISTINCT r.id AS id, " : "SELECT ");
    put_by(b, face, g, 0, &end[0]);
    sql_put(b, " AS v0, ");
    put_by(b, face, g, 1, &end[1]);
    sql_put(b, " AS v1, ");
    if (g->sum.n)
        path_scalar(b, "r.", face, &g->sum);
    else
        sql_put(b, "0");
    sql_put(b, " AS s");
    if (b->rc == RC_OK)
        b->rc = buf_str(&b->text, buf_view(&from), &b->err);
    buf_free(&from);
    bool every = !q->kind && !q->filter && q->scope.reach == SCOPE_ALL;
    sql_put(b, every ? "" : " WHERE ");
    if (!every)
        where_query(b, face, q);
}

/* The columns that were asked for: "x.v0, x.v1". */
static void put_keys(struct sqlb *b, const struct group_by *g, char table, const char *behind)
{
    for (int i = 0, n = 0; i < 2; i++)
        if (g->by[i].n)
            sql_printf(b, "%s%c.v%d%s", n++ ? ", " : "", table, i, behind);
}

static void put_values(struct sqlb *b, const struct group_by *g, char table)
{
    for (int i = 0; i < 2; i++)
        if (!g->by[i].n)
            sql_put(b, "NULL, ");
        else
            sql_printf(b, "%c.v%d%s, ", table, i, b->dialect == POSTGRES ? "::text" : "");
}

static void put_rows(struct sqlb *b, const struct query *q, const struct group_by *g)
{
    sql_put(b, " FROM (");
    if (q->scope.reach != SCOPE_PUBLIC)
        put_half(b, FACE_WHOLE, q, g);
    b->granted = q->scope.granted;
    if (b->granted) {
        sql_put(b, " UNION ALL ");
        put_half(b, FACE_WHOLE, q, g);
    }
    if (q->scope.reach == SCOPE_ORG)
        sql_put(b, " UNION ALL ");
    if (q->scope.reach != SCOPE_ALL)
        put_half(b, FACE_PUBLIC, q, g);
    sql_put(b, ") x");
}

/* Grouped by what was asked for only: then an index may give the groups in their order. */
static void put_sqlite(struct sqlb *b, const struct query *q, const struct group_by *g)
{
    sql_put(b, "SELECT ");
    put_values(b, g, 'x');
    sql_put(b, g->sum.n ? "count(*), total(x.s)" : "count(*), 0");
    put_rows(b, q, g);
    if (!g->by[0].n && !g->by[1].n) { /* one group of all, and none of nothing */
        sql_put(b, " GROUP BY x.v0");
        return;
    }
    sql_put(b, " GROUP BY ");
    put_keys(b, g, 'x', "");
    sql_put(b, " ORDER BY ");
    put_keys(b, g, 'x', "");
}

/* Groups are ordered apart: the planner, which knows no number of values of an expression, would
 * rather sort all rows by it than put few groups in order. */
static void put_postgres(struct sqlb *b, const struct query *q, const struct group_by *g)
{
    bool by = g->by[0].n || g->by[1].n;
    sql_put(b, "WITH y AS MATERIALIZED (SELECT ");
    put_keys(b, g, 'x', "");
    sql_put(b, by ? ", count(*) AS n, " : "count(*) AS n, ");
    sql_put(b,
            g->sum.n ? "coalesce(sum(x.s), 0)::double precision AS s" : "0::double precision AS s");
    put_rows(b, q, g);
    sql_put(b, by ? " GROUP BY " : " HAVING count(*) > 0");
    put_keys(b, g, 'x', "");
    sql_put(b, ") SELECT ");
    put_values(b, g, 'y');
    sql_put(b, by ? "y.n, y.s FROM y ORDER BY " : "y.n, y.s FROM y");
    put_keys(b, g, 'y', " NULLS FIRST");
}

/* A value of the database as the header promises it: secrecy by name, the rest as it is. */
static enum rc put_value(struct str *out, struct stmt *st, int i, const struct path *p,
                         struct arena *a, struct err *e)
{
    static const char *const secrecy[] = {"open", "masked", "private"};
    struct str s = col_bytes(st, i);
    if (p->n && p->step[p->n - 1].attr == ATTR_SECRECY && s.n == 1 && s.p[0] <= '2')
        s = str_of(secrecy[s.p[0] - '0']);
    if (!s.p)
        s = STR("");
    *out = arena_str(a, s);
    return out->p ? RC_OK : err_nomem(e);
}

enum rc store_group(struct tx *tx, const struct query *q, const struct group_by *g, struct arena *a,
                    vec_grouped *out, struct err *e)
{
    struct sqlb b;
    struct stmt *st = NULL;
    bool row;
    sqlb_init(&b, tx->s, q->scope, a);
    if (b.dialect == SQLITE)
        put_sqlite(&b, q, g);
    else
        put_postgres(&b, q, g);
    enum rc rc = sql_stmt(&st, &b, tx->db, e);
    while (rc == RC_OK && (rc = stmt_step(st, &row, e)) == RC_OK && row) {
        struct grouped n = {.count = (uint64_t)col_int(st, 2), .sum = st->db->ops->get_real(st, 3)};
        rc = put_value(&n.value[0], st, 0, &g->by[0], a, e);
        if (rc == RC_OK)
            rc = put_value(&n.value[1], st, 1, &g->by[1], a, e);
        if (rc == RC_OK)
            rc = vec_push(out, n, e);
    }
    stmt_done(st);
    sqlb_free(&b);
    return rc;
}
