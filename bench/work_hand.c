/* The same figures as somebody writes them who knows the tables and indexes: per kind one statement
 * with a condition for each figure, or a statement for each figure, whichever was faster in the
 * first round. SQL of the bench only; the program's own is made in src/store. */
#include "work.h"

#include "work_hand.h"

#include <libpq-fe.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

/* ---- a connection ---- */

struct hand {
    sqlite3 *lite;
    PGconn *pg;
};

struct hand *hand_open(const char *dir, const char *url)
{
    struct hand *h = grab(1, sizeof *h);
    char path[4096];
    snprintf(path, sizeof path, "%s/qiao.db", dir);
    if (url && (h->pg = PQconnectdb(url), PQstatus(h->pg) != CONNECTION_OK))
        die("%s", PQerrorMessage(h->pg));
    /* as the program's own connections are (src/store/sqlite.c) */
    if (!url && (sqlite3_open_v2(path, &h->lite, SQLITE_OPEN_READWRITE, NULL) ||
                 sqlite3_exec(h->lite, "PRAGMA cache_size = -8000", NULL, NULL, NULL)))
        die("%s: %s", path, sqlite3_errmsg(h->lite));
    return h;
}

void hand_close(struct hand *h)
{
    sqlite3_close(h->lite);
    PQfinish(h->pg);
    free(h);
}

bool hand_is_postgres(const struct hand *h)
{
    return h->pg != NULL;
}

static uint32_t run_lite(struct hand *h, const char *sql, hand_row_fn each, void *ctx)
{
    sqlite3_stmt *st;
    uint32_t rows = 0;
    int code;
    if (sqlite3_prepare_v2(h->lite, sql, -1, &st, NULL))
        die("%s\n%s", sqlite3_errmsg(h->lite), sql);
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        const char *col[HAND_COLUMNS] = {NULL};
        int n = sqlite3_column_count(st);
        for (int i = 0; i < n && i < HAND_COLUMNS; i++)
            col[i] = (const char *)sqlite3_column_text(st, i);
        each(ctx, col, (uint32_t)n);
        rows++;
    }
    if (code != SQLITE_DONE)
        die("%s\n%s", sqlite3_errmsg(h->lite), sql);
    sqlite3_finalize(st);
    return rows;
}

static uint32_t run_pg(struct hand *h, const char *sql, hand_row_fn each, void *ctx)
{
    PGresult *r = PQexec(h->pg, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        die("%s\n%s", PQerrorMessage(h->pg), sql);
    uint32_t n = (uint32_t)PQnfields(r), rows = (uint32_t)PQntuples(r);
    for (uint32_t i = 0; i < rows; i++) {
        const char *col[HAND_COLUMNS] = {NULL};
        for (uint32_t j = 0; j < n && j < HAND_COLUMNS; j++)
            col[j] = PQgetisnull(r, (int)i, (int)j) ? NULL : PQgetvalue(r, (int)i, (int)j);
        each(ctx, col, n);
    }
    PQclear(r);
    return rows;
}

uint32_t hand_run(struct hand *h, const char *sql, hand_row_fn each, void *ctx)
{
    return h->pg ? run_pg(h, sql, each, ctx) : run_lite(h, sql, each, ctx);
}

/* ---- templates ---- */

static const char *day_text(int64_t days)
{
    static char text[8][16];
    static unsigned at;
    char *to = text[at++ % 8], day[12];
    struct str s = date_put(day, days);
    snprintf(to, 16, "'%.*s'", (int)s.n, s.p);
    return to;
}

void hand_init(struct hand_sql *s, const struct hand *h, int64_t day)
{
    s->postgres = hand_is_postgres(h);
    s->day = day;
    s->end = day < WORK_TODAY ? (day + 1) * 86400 - CHINA_SECONDS : 0;
    s->ids = false;
    buf_init(&s->text, 1 << 20);
}

static void add(struct hand_sql *s, const char *text)
{
    struct err e;
    or_die(buf_str(&s->text, str_of(text), &e), &e);
}

#define ADD(s, ...)                                                                                \
    do {                                                                                           \
        struct err e_;                                                                             \
        or_die(buf_printf(&(s)->text, &e_, __VA_ARGS__), &e_);                                     \
    } while (0)

/* The table that records of a kind are read from, and what makes it them. */
static void add_source(struct hand_sql *s, const char *kind)
{
    if (!s->end) {
        add(s, "rec r");
        return;
    }
    ADD(s,
        "(SELECT a.id, a.org, a.state, a.body%s AS body FROM (SELECT max(seq) AS last FROM audit "
        "WHERE kind = '%s' AND id > 0 AND at < %lld GROUP BY id) l JOIN audit a ON a.seq = l.last "
        "WHERE a.body <> ''%s) r",
        s->postgres ? "::jsonb" : "", kind, (long long)s->end, s->postgres ? " OFFSET 0" : "");
}

static void add_kind(struct hand_sql *s, const char *kind)
{
    if (s->end)
        add(s, "1 = 1");
    else
        ADD(s, "r.kind = '%s'", kind);
}

static void add_json(struct hand_sql *s, const char *of, const char *name, size_t n, bool number)
{
    if (s->postgres)
        ADD(s, "(%s ->> '%.*s')%s", of, (int)n, name,
            !number  ? ""
            : s->ids ? "::bigint"
                     : "::numeric");
    else
        ADD(s, "json_extract(%s,'$.%.*s')", of, (int)n, name);
}

/* {need>industry}: a field of the record that a field leads to. */
static void add_followed(struct hand_sql *s, const char *ref, size_t n, const char *name, size_t m)
{
    const char *body = s->postgres && s->end ? "n.body::jsonb" : "n.body";
    add(s, "(SELECT ");
    add_json(s, body, name, m, false);
    if (s->end)
        ADD(s,
            " FROM audit n WHERE n.body <> '' AND n.seq = (SELECT max(m.seq) FROM audit m WHERE "
            "m.kind = '%.*s' AND m.at < %lld AND m.id = ",
            (int)n, ref, (long long)s->end);
    else
        add(s, " FROM rec n WHERE n.id = ");
    bool ids = s->ids;
    s->ids = true; /* as a numeric it would find no row by its id */
    add_json(s, "r.body", ref, n, true);
    s->ids = ids;
    add(s, s->end ? "))" : ")");
}

void hand_put(struct hand_sql *s, const char *t)
{
    while (*t) {
        size_t n = strcspn(t, "{");
        ADD(s, "%.*s", (int)n, t);
        t += n;
        if (!*t)
            return;
        t++;
        size_t len = strcspn(t, "}"), to = strcspn(t, ">");
        if (strncmp(t, "today}", 6) == 0)
            add(s, day_text(s->day));
        else if (strncmp(t, "d+", 2) == 0)
            add(s, day_text(s->day + atoi(t + 2)));
        else if (to < len)
            add_followed(s, t, to, t + to + 1, len - to - 1);
        else if (strncmp(t, "item.", 5) == 0)
            add_json(s, "j.value", t + 5, len - 5, true);
        else
            add_json(s, "r.body", t + (*t == '#'), len - (*t == '#'), *t == '#');
        t += len + 1;
    }
}

/* "SELECT value FROM kind[, items(list)] WHERE condition" */
static void add_select(struct hand_sql *s, const char *t, const char *before, const char *behind)
{
    char value[80], kind[40] = "", list[40] = "";
    const char *from = strstr(t, " FROM "), *where = strstr(t, " WHERE ");
    if (!from || !where)
        die("not a select: %s", t);
    snprintf(value, sizeof value, "%.*s", (int)(from - t - 7), t + 7);
    sscanf(from + 6, "%39[a-z]", kind);
    const char *items = strstr(from, "items(");
    if (items && items < where)
        sscanf(items + 6, "%39[a-z]", list);
    add(s, before);
    s->ids = true;
    hand_put(s, value);
    s->ids = false;
    add(s, behind);
    add(s, " FROM ");
    add_source(s, kind);
    if (list[0])
        ADD(s,
            s->postgres ? ", jsonb_array_elements(r.body -> '%s') j(value)"
                        : ", json_each(r.body,'$.%s') j",
            list);
    add(s, " WHERE ");
    add_kind(s, kind);
    add(s, " AND ");
    hand_put(s, where + 7);
}

/* ---- the figures ---- */

static bool is_list(const struct work_spec *w)
{
    return strcmp(w->sql_value, "items") == 0;
}

static bool is(const struct work_spec *w, const char *measure)
{
    return strcmp(w->measure, measure) == 0;
}

const char *hand_kind(const struct work_spec *w)
{
    return w->population[0] ? w->population : w->over;
}

static void put_filter(struct hand_sql *s, const struct work_spec *w, bool both, const char *cast)
{
    add(s, " FILTER (WHERE ");
    if (w->sql_all[0])
        hand_put(s, w->sql_all);
    if (w->sql_all[0] && both)
        add(s, " AND ");
    if (both && is(w, "coverage")) {
        add(s, "r.id IN (");
        add_select(s, w->sql_cond, "SELECT ", "");
        add(s, ")");
    } else if (both) {
        add(s, "(");
        hand_put(s, w->sql_cond);
        add(s, ")");
    }
    add(s, ")");
    add(s, cast);
}

/* One figure, or numerator and denominator, over rows that are all of the kind. */
static void put_columns(struct hand_sql *s, const struct work_spec *w)
{
    if (is(w, "sum")) {
        add(s, s->postgres ? "(sum(" : "total(");
        hand_put(s, w->sql_value);
        add(s, ")");
        put_filter(s, w, true, s->postgres ? ")::double precision" : "");
    } else if (is(w, "distinct")) {
        add(s, "count(DISTINCT ");
        hand_put(s, strcmp(w->sql_value, "org") == 0 ? "r.org" : w->sql_value);
        add(s, ")");
        put_filter(s, w, true, "");
    } else {
        add(s, "count(*)");
        put_filter(s, w, true, "");
        if (!w->sql_all[0])
            return;
        add(s, ", count(*)");
        put_filter(s, w, false, "");
    }
}

struct taking {
    double col[HAND_COLUMNS];
};

static void take_row(void *ctx, const char *const *col, uint32_t n)
{
    struct taking *t = ctx;
    for (uint32_t i = 0; i < n && i < HAND_COLUMNS; i++)
        t->col[i] = col[i] ? strtod(col[i], NULL) : 0;
}

static uint32_t take_value(const struct work_spec *w, const double *col, double *value)
{
    bool share = w->sql_all[0] != 0;
    *value = !share ? col[0] : col[1] > 0 ? 100 * col[0] / col[1] : 0;
    return share ? 2 : 1;
}

static void one_by_one(struct hand *h, const struct work_spec *w, int64_t day, double *value)
{
    struct hand_sql s;
    struct taking t = {{0}};
    hand_init(&s, h, day);
    if (is_list(w)) {
        add_select(&s, w->sql_cond, "SELECT count(DISTINCT ", ")");
    } else {
        add(&s, "SELECT ");
        /* the condition stands where an index may serve it */
        bool plain = is(w, "count") || is(w, "sum") || is(w, "distinct");
        struct work_spec bare = *w;
        if (plain)
            snprintf(bare.sql_cond, sizeof bare.sql_cond, "1 = 1");
        put_columns(&s, &bare);
        add(&s, " FROM ");
        add_source(&s, hand_kind(w));
        add(&s, " WHERE ");
        add_kind(&s, hand_kind(w));
        if (plain) {
            add(&s, " AND ");
            hand_put(&s, w->sql_cond);
        }
    }
    hand_run(h, s.text.p, take_row, &t);
    take_value(w, t.col, value);
    buf_free(&s.text);
}

static void together(struct hand *h, const struct work_spec *const *w, uint32_t n, int64_t day,
                     double *const *value)
{
    struct hand_sql s;
    struct taking t = {{0}};
    uint32_t at = 0;
    hand_init(&s, h, day);
    for (uint32_t i = 0; i < n; i++) {
        add(&s, i ? ", " : "SELECT ");
        put_columns(&s, w[i]);
    }
    add(&s, " FROM ");
    add_source(&s, hand_kind(w[0]));
    add(&s, " WHERE ");
    add_kind(&s, hand_kind(w[0]));
    hand_run(h, s.text.p, take_row, &t);
    for (uint32_t i = 0; i < n; i++)
        at += take_value(w[i], t.col + at, value[i]);
    buf_free(&s.text);
}

/* Coverage names the missing ones. */
static void missing(struct hand *h, const struct work_spec *w, int64_t day)
{
    struct hand_sql s;
    struct taking t;
    hand_init(&s, h, day);
    add(&s, "SELECT r.id FROM ");
    add_source(&s, w->population);
    add(&s, " WHERE ");
    add_kind(&s, w->population);
    add(&s, " AND ");
    hand_put(&s, w->sql_all);
    add(&s, " AND r.id NOT IN (");
    add_select(&s, w->sql_cond, "SELECT ", "");
    add(&s, ") ORDER BY r.id LIMIT 1000");
    hand_run(h, s.text.p, take_row, &t);
    buf_free(&s.text);
}

static bool is_known_alone(const struct work_spec *w, const struct hand_plan *p, uint32_t i)
{
    return is_list(w) || (p->decided && p->alone[i]);
}

struct took hand_measures(struct hand *h, const struct work_spec *w, uint32_t n, int64_t day,
                          struct hand_plan *plan, double *value)
{
    bool done[WORK_MEASURES] = {false};
    struct took start = took_now();
    for (uint32_t i = 0; i < n; i++) {
        const struct work_spec *some[WORK_MEASURES];
        double *to[WORK_MEASURES];
        uint32_t m = 0;
        if (done[i])
            continue;
        if (is_known_alone(&w[i], plan, i)) {
            one_by_one(h, &w[i], day, &value[i]);
            done[i] = true;
            continue;
        }
        for (uint32_t j = i; j < n; j++)
            if (!done[j] && !is_known_alone(&w[j], plan, j) &&
                strcmp(hand_kind(&w[j]), hand_kind(&w[i])) == 0) {
                some[m] = &w[j];
                to[m++] = &value[j];
                done[j] = true;
            }
        together(h, some, m, day, to);
    }
    for (uint32_t i = 0; i < n; i++)
        if (is(&w[i], "coverage"))
            missing(h, &w[i], day);
    return took_since(start);
}

/* What each figure costs alone, and what its kind costs together without it. */
void hand_decide(struct hand *h, const struct work_spec *w, uint32_t n, int64_t day,
                 struct hand_plan *plan)
{
    double alone[WORK_MEASURES], value[WORK_MEASURES];
    double *to[WORK_MEASURES];
    const struct work_spec *some[WORK_MEASURES];
    memset(plan, 0, sizeof *plan);
    for (uint32_t i = 0; i < n; i++) {
        struct took start = took_now();
        one_by_one(h, &w[i], day, &value[i]);
        alone[i] = h->pg ? took_since(start).wall : took_since(start).cpu;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t m = 0, of[WORK_MEASURES];
        bool first = true;
        for (uint32_t j = 0; j < i; j++)
            first &= strcmp(hand_kind(&w[j]), hand_kind(&w[i])) != 0;
        for (uint32_t j = i; first && j < n; j++)
            if (!is_list(&w[j]) && strcmp(hand_kind(&w[j]), hand_kind(&w[i])) == 0) {
                of[m] = j;
                some[m] = &w[j];
                to[m++] = &value[j];
            }
        if (m < 2) {
            for (uint32_t j = 0; j < m; j++)
                plan->alone[of[j]] = true;
            continue;
        }
        struct took start = took_now();
        double sum = 0;
        together(h, some, m, day, to);
        double all = h->pg ? took_since(start).wall : took_since(start).cpu;
        for (uint32_t j = 0; j < m; j++)
            sum += alone[of[j]];
        /* a column of many costs about its part of half of the whole reading */
        for (uint32_t j = 0; j < m; j++)
            plan->alone[of[j]] = sum < all || alone[of[j]] < all / 2 / m;
    }
    plan->decided = true;
}
