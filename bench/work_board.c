/* The dashboard and the leaders' page: what the program reads for them, and the same by hand. */
#include "work.h"

#include "service/overview.h"
#include "work_hand.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static struct err err;

/* ---- by hand ---- */

#define GOES_ON "('shortlist','proposed','contacted','talking','agreed')"

/* 0 and 1: in SQLite, in PostgreSQL. */
static const struct {
    const char *name, *sql[2];
} statements[] = {
    {"total", {"SELECT kind, count(*) FROM rec r GROUP BY kind", NULL}},
    {"need industry",
     {"SELECT {industry}, count(*) FROM rec r WHERE kind = 'need' GROUP BY 1", NULL}},
    {"result industry",
     {"SELECT {industry}, count(*) FROM rec r WHERE kind = 'result' GROUP BY 1", NULL}},
    {"need region", {"SELECT {region}, count(*) FROM rec r WHERE kind = 'need' GROUP BY 1", NULL}},
    {"result region",
     {"SELECT {region}, count(*) FROM rec r WHERE kind = 'result' GROUP BY 1", NULL}},
    {"need month",
     {"SELECT strftime('%Y-%m', created + 28800, 'unixepoch'), count(*) FROM rec r WHERE kind = "
      "'need' GROUP BY 1",
      "SELECT to_char(to_timestamp(created + 28800) AT TIME ZONE 'UTC', 'YYYY-MM'), count(*) FROM "
      "rec r WHERE kind = 'need' GROUP BY 1"}},
    {"result month",
     {"SELECT strftime('%Y-%m', created + 28800, 'unixepoch'), count(*) FROM rec r WHERE kind = "
      "'result' GROUP BY 1",
      "SELECT to_char(to_timestamp(created + 28800) AT TIME ZONE 'UTC', 'YYYY-MM'), count(*) FROM "
      "rec r WHERE kind = 'result' GROUP BY 1"}},
    {"need owner", {"SELECT org, count(*) FROM rec r WHERE kind = 'need' GROUP BY 1", NULL}},
    {"result owner", {"SELECT org, count(*) FROM rec r WHERE kind = 'result' GROUP BY 1", NULL}},
    {"need state", {"SELECT state, count(*) FROM rec r WHERE kind = 'need' GROUP BY 1", NULL}},
    {"talk state",
     {"SELECT state, count(*) FROM rec r WHERE kind = 'introduction' GROUP BY 1", NULL}},
    {"talk need",
     {"SELECT 'introduced', count(DISTINCT {#need}), count(DISTINCT {#need}) FILTER (WHERE state "
      "IN "
      "('talking','agreed','failed')), count(DISTINCT {#need}) FILTER (WHERE state = 'agreed') "
      "FROM rec r "
      "WHERE kind = 'introduction' AND state IN "
      "('proposed','contacted','talking','agreed','failed')",
      NULL}},
    {"money",
     {"SELECT substr({signed}, 1, 7), count(*), sum({#amount}) FROM rec r WHERE kind = "
      "'introduction' AND state = 'agreed' GROUP BY 1",
      NULL}},
    {"unmet",
     {"SELECT 'unmet', count(*) FROM (SELECT id FROM rec r WHERE kind = 'need' AND state = 'open' "
      "ORDER BY since DESC, id DESC LIMIT 300) n "
      "WHERE NOT EXISTS (SELECT 1 FROM link l JOIN rec t ON t.id = l.from_id WHERE l.to_id = n.id "
      "AND l.relation = 'need' AND t.state IN " GOES_ON ")",
      NULL}},
    {"light",
     {"SELECT {#debtor}, count(*), CASE WHEN {done} > {due} THEN 'made_up' WHEN {done} <= {due} "
      "THEN 'green' WHEN {due} < {today} THEN 'red' "
      "WHEN {due} <= {d+14} THEN 'due' ELSE 'open' END FROM rec r WHERE kind = 'commitment' AND "
      "state <> 'dropped' GROUP BY 1, 3",
      NULL}},
    {"agreed sums",
     {"SELECT 'agreed', sum({#amount}), sum({#amount}) FILTER (WHERE {signed} >= '2026-01-01') "
      "FROM rec r WHERE kind = 'agreement' AND "
      "state IN ('active','finished')",
      NULL}},
    {"paid sums",
     {"SELECT 'paid', sum({#amount}), sum({#amount}) FILTER (WHERE {day} >= '2026-01-01') FROM rec "
      "r WHERE kind = 'payment'",
      NULL}},
    {"type",
     {"SELECT {type}, count(*) FROM rec r WHERE kind = 'agreement' AND state IN "
      "('active','finished') AND {signed} >= '2026-01-01' GROUP BY 1",
      NULL}},
    {"tier",
     {"SELECT {tier}, count(*) FROM rec r WHERE kind = 'rank' AND {start} <= {today} AND ({end} IS "
      "NULL OR {end} >= "
      "{today}) GROUP BY 1",
      NULL}},
    {"org region", {"SELECT {region}, count(*) FROM rec r WHERE kind = 'org' GROUP BY 1", NULL}},
};

static void run_each(struct hand *h, const char *only, hand_row_fn each, void *ctx, bool say)
{
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        struct hand_sql s;
        const char *own = statements[i].sql[hand_is_postgres(h)];
        struct took start = took_now();
        if (only && strcmp(only, statements[i].name) != 0)
            continue;
        hand_init(&s, h, WORK_TODAY);
        hand_put(&s, own ? own : statements[i].sql[0]);
        hand_run(h, s.text.p, each, ctx);
        buf_free(&s.text);
        if (say)
            fprintf(stderr, "  %-16s %.3f s\n", statements[i].name, took_since(start).cpu);
    }
}

static void drop_row(void *ctx, const char *const *col, uint32_t n)
{
    (void)ctx;
    (void)col;
    (void)n;
}

struct took hand_board(struct hand *h)
{
    struct took start = took_now();
    run_each(h, NULL, drop_row, NULL, getenv("WORK_SAY") != NULL);
    return took_since(start);
}

/* ---- by the program ---- */

/* What src/web/page_leaders.c and map_tiles.c ask for. */
static const struct {
    const char *name, *kind, *filter, *by, *by2, *sum;
} groups[] = {
    {"light", "commitment", "not state = dropped", "debtor", "light", ""},
    {"agreed sums", "agreement", "state in (active, finished)", "type", "signed:month", "amount"},
    {"paid sums", "payment", "", "", "day:month", "amount"},
    {"tier", "rank", "start <= today and (end is empty or end >= today)", "tier", "", ""},
    {"org region", "org", "", "region", "", ""},
};

static vec_grouped group(struct site *s, const struct actor *a, size_t i, struct arena *to)
{
    vec_grouped out = {0};
    or_die(record_group(s, a, kind_find(site_kinds(s), str_of(groups[i].kind)),
                        str_of(groups[i].filter), str_of(groups[i].by), str_of(groups[i].by2),
                        str_of(groups[i].sum), to, &out, &err),
           &err);
    return out;
}

struct took qiao_board(struct site *s, const struct actor *a)
{
    const struct overview *o;
    struct arena to = {0};
    bool say = getenv("WORK_SAY") != NULL;
    struct took start = took_now();
    or_die(overview_get(s, a, &o, &err), &err);
    if (say)
        fprintf(stderr, "  overview %.3f s\n", took_since(start).cpu);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        struct took from = took_now();
        vec_grouped out = group(s, a, i, &to);
        vec_free(&out);
        if (say)
            fprintf(stderr, "  %-16s %.3f s\n", groups[i].name, took_since(from).cpu);
    }
    struct took took = took_since(start);
    overview_done(o);
    arena_free(&to);
    return took;
}

/* ---- the same? ---- */

/* One number of a statement: the sum of a column over the rows whose first begins with `value` and
 * whose last is `last`. */
struct asked {
    const char *value, *last;
    uint32_t column, rows;
    double sum;
};

static void add_row(void *ctx, const char *const *col, uint32_t n)
{
    struct asked *x = ctx;
    const char *first = col[0] ? col[0] : "";
    if (strncmp(first, x->value, strlen(x->value)) != 0 ||
        (x->last && strcmp(col[n - 1], x->last) != 0))
        return;
    x->sum += col[x->column] ? strtod(col[x->column], NULL) : 0;
    x->rows++;
}

static double number(struct hand *h, const char *statement, const char *value, uint32_t column,
                     const char *last)
{
    struct asked x = {value, last, column, 0, 0};
    run_each(h, statement, add_row, &x, false);
    return x.sum;
}

static uint32_t compared;

static void same(const char *what, const char *value, double ours, double hand)
{
    if (fabs(ours - hand) > 1e-6 * fmax(1, fabs(hand)))
        die("%s %s: %.6f by the program, %.6f by hand", what, value, ours, hand);
    compared++;
}

static const char *text(struct str s)
{
    static char out[4][80];
    static unsigned at;
    char *to = out[at++ % 4];
    snprintf(to, 80, "%.*s", (int)s.n, s.n ? s.p : "");
    return to;
}

static void compare_rows(struct hand *h, const struct figure_table *t, uint32_t series,
                         const char *statement, uint32_t column)
{
    for (uint32_t i = 0; i < t->n && i < 12; i++)
        same(statement, text(t->row[i].value), (double)t->row[i].figure[series].n,
             number(h, statement, text(t->row[i].value), column, NULL));
}

static void compare_overview(const struct overview *o, struct hand *h)
{
    for (uint32_t i = 0; i < o->n_totals; i++)
        if (o->total[i].figure[0].n)
            same("total", text(o->total[i].value), (double)o->total[i].figure[0].n,
                 number(h, "total", text(o->total[i].value), 1, NULL));
    compare_rows(h, &o->table[TABLE_SECTION], 0, "need industry", 1);
    compare_rows(h, &o->table[TABLE_DIVISION], 1, "result industry", 1);
    compare_rows(h, &o->table[TABLE_REGION], 0, "need region", 1);
    compare_rows(h, &o->table[TABLE_REGION], 1, "result region", 1);
    compare_rows(h, &o->table[TABLE_MONTH], 0, "need month", 1);
    compare_rows(h, &o->table[TABLE_MONTH], 1, "result month", 1);
    compare_rows(h, &o->table[TABLE_MONTH], 2, "money", 1);
    compare_rows(h, &o->table[TABLE_MONEY], 1, "money", 2);
    compare_rows(h, &o->table[TABLE_TALKS], 0, "talk state", 1);
    const struct figure_table *f = &o->table[TABLE_FUNNEL];
    for (uint32_t i = 3; i < f->n; i++)
        same("talk need", text(f->row[i].value), (double)f->row[i].figure[0].n,
             number(h, "talk need", "introduced", i - 2, NULL));
    same("need state", "open", (double)f->row[2].figure[0].n,
         number(h, "need state", "open", 1, NULL) + number(h, "need state", "matched", 1, NULL) +
             number(h, "need state", "closed", 1, NULL));
    same("unmet", "", (double)o->unmet.n, number(h, "unmet", "unmet", 1, NULL));
    const struct figure_table *t = &o->table[TABLE_ORG];
    for (uint32_t i = 0; i < t->n; i++) {
        struct asked x = {text(t->row[i].value), NULL, 1, 0, 0};
        run_each(h, "need owner", add_row, &x, false);
        if (x.rows == 1) /* no longer number begins with it */
            same("need owner", x.value, (double)t->row[i].figure[0].n, x.sum);
    }
}

/* Of the groups whose second value is `second`, or not before `from`; NULL: all. */
static double sum_of(const vec_grouped *g, bool sums, const char *second, const char *from)
{
    double n = 0;
    for (size_t i = 0; i < g->n; i++)
        if ((!second || str_eq(g->p[i].value[1], str_of(second))) &&
            (!from || str_cmp(g->p[i].value[1], str_of(from)) >= 0))
            n += sums ? g->p[i].sum : (double)g->p[i].count;
    return n;
}

void board_compare(struct site *s, const struct actor *a, struct hand *h)
{
    const struct overview *o;
    struct arena to = {0};
    or_die(overview_get(s, a, &o, &err), &err);
    compare_overview(o, h);
    overview_done(o);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        vec_grouped g = group(s, a, i, &to);
        const char *name = groups[i].name;
        if (strcmp(name, "light") == 0) {
            same("light", "red", sum_of(&g, false, "red", NULL), number(h, "light", "", 1, "red"));
        } else if (groups[i].sum[0]) {
            same(name, "", sum_of(&g, true, NULL, NULL), number(h, name, "", 1, NULL));
            same(name, "2026", sum_of(&g, true, NULL, "2026"), number(h, name, "", 2, NULL));
        } else {
            same(name, "", sum_of(&g, false, NULL, NULL), number(h, name, "", 1, NULL));
        }
        if (strcmp(name, "agreed sums") == 0)
            same("type", "", sum_of(&g, false, NULL, "2026"), number(h, "type", "", 1, NULL));
        vec_free(&g);
    }
    arena_free(&to);
    fprintf(stderr, "board: %u figures are equal\n", compared);
}
