/* bench/work: see there. */
#include "work.h"

#include "base/clock.h"
#include "work_hand.h"

#include <libpq-fe.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <time.h>

static struct err err;

struct took took_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (struct took){clock_seconds(), (double)t.tv_sec + 1e-9 * (double)t.tv_nsec};
}

struct took took_since(struct took start)
{
    struct took now = took_now();
    return (struct took){now.wall - start.wall, now.cpu - start.cpu};
}

static int64_t now(void *ctx)
{
    (void)ctx;
    return WORK_NOW;
}

/* `migrate` makes what indexes are missing. */
static struct site *open_site(const char *dir, const char *url, bool migrate)
{
    struct site_options o = {.dir = dir, .db = url, .now = now, .threads = 1, .migrate = migrate};
    struct site *s;
    or_die(site_open(&s, &o, &err), &err);
    return s;
}

/* ---- filling ---- */

static int drop_one(void *ctx, int n, char **value, char **name)
{
    struct buf *b = ctx;
    (void)n;
    (void)name;
    return buf_printf(b, &err, "DROP INDEX %s;", value[0]) == RC_OK ? 0 : 1;
}

#define KIND_INDEXES "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'kx%'"

/* The indexes of the kinds are made again, as the same program makes them, once all is there. */
static void drop_sqlite(const char *dir)
{
    char path[4096];
    sqlite3 *h;
    struct buf b;
    buf_init(&b, 1 << 20);
    snprintf(path, sizeof path, "%s/qiao.db", dir);
    if (sqlite3_open(path, &h) || sqlite3_exec(h, KIND_INDEXES, drop_one, &b, NULL) ||
        sqlite3_exec(h, b.p, NULL, NULL, NULL))
        die("%s: %s", path, sqlite3_errmsg(h));
    sqlite3_close(h);
    buf_free(&b);
}

static void drop_postgres(const char *url)
{
    PGconn *c = PQconnectdb(url);
    PGresult *r = PQexec(c, "DO 'DECLARE n text; BEGIN FOR n IN SELECT c.relname FROM pg_class c"
                            " WHERE c.relkind = ''i'' AND c.relname LIKE ''kx%'' LOOP"
                            " EXECUTE ''DROP INDEX '' || n; END LOOP; END'");
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        die("%s", PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
}

static void fill(const char *dir, const char *url, uint32_t n)
{
    struct site_options o = {.dir = dir, .db = url, .now = now};
    double start = clock_seconds();
    or_die(site_init(&o, &err), &err);
    struct site *s = open_site(dir, url, false);
    if (url)
        drop_postgres(url);
    else
        drop_sqlite(dir);
    work_fill(s, n);
    fprintf(stderr, "filled in %.0f s\n", clock_seconds() - start);
    site_close(s);
    start = clock_seconds();
    site_close(open_site(dir, url, true));
    fprintf(stderr, "indexes in %.0f s\n", clock_seconds() - start);
}

/* ---- measuring ---- */

#define PAST      (WORK_TODAY - 400)
#define FORECASTS 18u
#define ROUNDS    9u

static struct actor broker = {.role = ROLE_BROKER, .account = 1};

struct declared {
    struct arena arena;
    vec_rec rec;
    uint32_t place[WORK_MEASURES]; /* of its spec */
};

static void read_declared(struct site *s, struct declared *d)
{
    struct list_request q = {.kind = kind_find(site_kinds(s), STR("indicator")),
                             .sort = STR("id"),
                             .limit = WORK_MEASURES};
    struct list_answer a;
    or_die(record_list(s, &broker, &q, &d->arena, &a, &err), &err);
    if (a.rec.n != WORK_MEASURES)
        die("%zu indicators, not %u: made by another version of the bench?", a.rec.n,
            WORK_MEASURES);
    d->rec = a.rec;
    for (uint32_t i = 0; i < WORK_MEASURES; i++)
        d->place[i] = i * 37 % WORK_MEASURES;
}

struct trial {
    const char *dir, *url;
    struct hand *hand;
    struct work_spec spec[WORK_MEASURES];
    struct hand_plan now, past;
    double value[WORK_MEASURES], by_hand[WORK_MEASURES];
};

/* With nothing remembered: another site each time. Seconds. */
static struct took ours(struct trial *t, int64_t day, bool ahead, uint32_t n)
{
    static struct measured out[WORK_MEASURES];
    struct site *s = open_site(t->dir, t->url, false);
    struct declared d = {{0}, {0}, {0}};
    read_declared(s, &d);
    struct took start = took_now();
    or_die(measures_at(s, &broker, d.rec.p, n, day, ahead, &d.arena, out, &err), &err);
    struct took took = took_since(start);
    for (uint32_t i = 0; i < n; i++) {
        if (out[i].wrong.rc != RC_OK)
            die("%s: %s", t->spec[d.place[i]].filter, out[i].wrong.key);
        t->value[d.place[i]] = out[i].value;
        vec_free(&out[i].missing);
    }
    vec_free(&d.rec);
    arena_free(&d.arena);
    site_close(s);
    return took;
}

static struct took board(struct trial *t)
{
    struct site *s = open_site(t->dir, t->url, false);
    struct took took = qiao_board(s, &broker);
    site_close(s);
    return took;
}

static void compare(struct trial *t, const char *when)
{
    uint32_t set = 0;
    for (uint32_t i = 0; i < WORK_MEASURES; i++) {
        double a = t->value[i], b = t->by_hand[i];
        if (fabs(a - b) > 1e-6 * fmax(1, fabs(b)))
            die("%s, %s of %s where %s: %.6f by the program, %.6f by hand", when,
                t->spec[i].measure, t->spec[i].over, t->spec[i].filter, a, b);
        set += b != 0;
    }
    fprintf(stderr, "%s: %u indicators are equal, %u of them not 0\n", when, WORK_MEASURES, set);
}

static int rising(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(const double *x, uint32_t n)
{
    double copy[ROUNDS];
    memcpy(copy, x, n * sizeof *x);
    qsort(copy, n, sizeof *copy, rising);
    return n % 2 ? copy[n / 2] : (copy[n / 2 - 1] + copy[n / 2]) / 2;
}

enum { NOW, BOARD, PASSED, PARTS, WORK = PARTS, ALL };

static void one_round(struct trial *t, struct took q[PARTS], struct took h[PARTS], bool hand_first)
{
    for (int i = 0; i < 2; i++)
        if ((i == 0) == hand_first) {
            h[NOW] =
                hand_measures(t->hand, t->spec, WORK_MEASURES, WORK_TODAY, &t->now, t->by_hand);
            h[BOARD] = hand_board(t->hand);
        } else {
            q[NOW] = ours(t, 0, false, WORK_MEASURES);
            q[BOARD] = board(t);
        }
    compare(t, "today");
    for (int i = 0; i < 2; i++)
        if ((i == 0) == hand_first)
            h[PASSED] = hand_measures(t->hand, t->spec, WORK_MEASURES, PAST, &t->past, t->by_hand);
        else
            q[PASSED] = ours(t, PAST, false, WORK_MEASURES);
    compare(t, "400 days ago");
}

static void count_row(void *ctx, const char *const *col, uint32_t n)
{
    (void)n;
    *(double *)ctx = strtod(col[0], NULL);
}

/* Of each part and of today's figures together: ours and by hand, by the clock and the processor.
 */
struct figures {
    double wall[ALL][ROUNDS], cpu[ALL][ROUNDS];  /* ratios */
    double ours[ALL][ROUNDS], hand[ALL][ROUNDS]; /* seconds */
};

static void keep_round(struct figures *f, uint32_t r, const struct took q[PARTS],
                       const struct took h[PARTS])
{
    static const char *const names[ALL] = {"indicators", "pages", "past", "work"};
    for (int p = 0; p < ALL; p++) {
        struct took a = p < PARTS
                            ? q[p]
                            : (struct took){q[NOW].wall + q[BOARD].wall, q[NOW].cpu + q[BOARD].cpu};
        struct took b = p < PARTS
                            ? h[p]
                            : (struct took){h[NOW].wall + h[BOARD].wall, h[NOW].cpu + h[BOARD].cpu};
        f->wall[p][r] = a.wall / b.wall;
        f->cpu[p][r] = a.cpu / b.cpu;
        f->ours[p][r] = a.wall;
        f->hand[p][r] = b.wall;
        printf("round %u %-10s %7.3f s, by hand %7.3f s: %.3f; of the processor %7.3f s, %7.3f s: "
               "%.3f\n",
               r + 1, names[p], a.wall, b.wall, f->wall[p][r], a.cpu, b.cpu, f->cpu[p][r]);
    }
    fflush(stdout);
}

static void report(const struct figures *f, uint32_t rounds, const char *db)
{
    static const char *const names[ALL] = {"indicators", "dashboard", "past", "work"};
    for (int p = 0; p < ALL; p++)
        printf(" seconds_%s=%.3f hand_%s=%.3f", names[p], median(f->ours[p], rounds), names[p],
               median(f->hand[p], rounds));
    for (int p = 0; p < ALL && strcmp(db, "sqlite") == 0; p++)
        printf(" cpu_ratio_%s=%.3f", names[p], median(f->cpu[p], rounds));
    for (int p = 0; p < ALL; p++)
        printf(" ratio_%s=%.3f", names[p], median(f->wall[p], rounds));
    printf("\n");
}

static void measure_all(const char *dir, const char *url, uint32_t rounds)
{
    static struct trial t;
    static struct figures f;
    double records = 0, entries = 0;
    t.dir = dir;
    t.url = url;
    t.hand = hand_open(dir, url);
    work_specs(t.spec);
    hand_run(t.hand, "SELECT count(*) FROM rec", count_row, &records);
    hand_run(t.hand, "SELECT count(*) FROM audit", count_row, &entries);
    hand_decide(t.hand, t.spec, WORK_MEASURES, WORK_TODAY, &t.now);
    t.past.decided = true; /* of the past no index knows a figure: each kind is read once */
    struct site *s = open_site(dir, url, false);
    board_compare(s, &broker, t.hand);
    site_close(s);
    for (uint32_t r = 0; r < rounds; r++) {
        struct took a[PARTS], b[PARTS];
        one_round(&t, a, b, r % 2);
        keep_round(&f, r, a, b);
    }
    struct took course = ours(&t, 0, true, FORECASTS);
    hand_close(t.hand);
    printf("records=%.0f entries=%.0f indicators=%u rounds=%u db=%s seconds_forecasts=%.3f "
           "cpu_forecasts=%.3f",
           records, entries, WORK_MEASURES, rounds, url ? "postgres" : "sqlite", course.wall,
           course.cpu);
    report(&f, rounds, url ? "postgres" : "sqlite");
}

int main(int argc, char **argv)
{
    const char *url = argc > 4 ? argv[4] : NULL;
    uint32_t n = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
    if (argc >= 4 && strcmp(argv[1], "fill") == 0)
        fill(argv[2], url, n);
    else if (argc >= 4 && strcmp(argv[1], "measure") == 0 && n && n <= ROUNDS)
        measure_all(argv[2], url, n);
    else
        die("work fill DIR RECORDS [URL] | work measure DIR ROUNDS [URL]");
    return 0;
}
