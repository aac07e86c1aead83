/* Where records are read from: the table of records, or the trail as it stood before a moment. */
#include "store/store_int.h"

#include <stdio.h>

/* The columns of rec, from an entry "a". A record was created by its first entry, and entered its
 * state by the last one that changed it or was a step: what only changes fields has an action that
 * no kind declares. */
static void put_columns(struct sqlb *b)
{
    sql_put(b, "SELECT a.seq AS seq, a.id AS id, a.kind AS kind, nullif(a.org, 0) AS org, "
               "nullif(a.state, '') AS state, CASE a.secrecy WHEN 'masked' THEN 1 WHEN 'private' "
               "THEN 2 ELSE 0 END AS secrecy, a.version AS version, (SELECT c.at FROM audit c "
               "WHERE c.id = a.id ORDER BY c.seq LIMIT 1) AS created, a.at AS updated, "
               "(SELECT c.at FROM audit c WHERE c.id = a.id AND c.seq <= a.seq AND (c.action NOT "
               "IN ('create', 'update', 'import') OR c.state <> coalesce((SELECT d.state FROM "
               "audit d WHERE d.id = c.id AND d.seq < c.seq ORDER BY d.seq DESC LIMIT 1), '-')) "
               "ORDER BY c.seq DESC LIMIT 1) AS since, ");
    sql_put(b, b->dialect == POSTGRES ? "a.body::jsonb AS body" : "a.body AS body");
}

static void put_kind(struct sqlb *b, const char *column, const struct kind *k)
{
    if (!k)
        return;
    sql_printf(b, "%s = '", column);
    sql_name(b, k->name);
    sql_put(b, "' AND ");
}

void source_records(struct sqlb *b, const struct kind *k)
{
    if (!b->before) {
        sql_put(b, "rec r");
        return;
    }
    sql_put(b, "(");
    put_columns(b);
    sql_put(b, " FROM (SELECT max(m.seq) AS last FROM audit m WHERE ");
    put_kind(b, "m.kind", k);
    sql_put(b, "m.id > 0 AND m.at < ");
    sql_int(b, b->before);
    sql_put(b, " GROUP BY m.id) l JOIN audit a ON a.seq = l.last WHERE a.body <> ''");
    /* PostgreSQL: the body is parsed once, not at every place that looks into it */
    sql_put(b, b->dialect == POSTGRES ? " OFFSET 0) r" : ") r");
}

void source_join(struct sqlb *b, uint32_t n, const struct kind *k, struct str id)
{
    char column[16];
    snprintf(column, sizeof column, "a%u.kind", n);
    if (!b->before) {
        sql_printf(b, " JOIN rec a%u ON ", n);
        put_kind(b, column, k);
        sql_printf(b, "a%u.id = ", n);
        sql_str(b, id);
        return;
    }
    sql_put(b, " JOIN (");
    put_columns(b);
    sql_printf(b, " FROM audit a WHERE a.body <> '') a%u ON ", n);
    put_kind(b, column, k);
    sql_printf(b, "a%u.seq = (SELECT max(m.seq) FROM audit m WHERE ", n);
    put_kind(b, "m.kind", k);
    sql_put(b, "m.at < ");
    sql_int(b, b->before);
    sql_put(b, " AND m.id = ");
    sql_str(b, id);
    sql_put(b, ")");
}
