/* bench/work: see there. */
#include "work.h"

#include "base/clock.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>

static struct err err;

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

int main(int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "fill") == 0)
        fill(argv[2], argc > 4 ? argv[4] : NULL, (uint32_t)strtoul(argv[3], NULL, 10));
    else
        die("work fill DIR RECORDS [URL]");
    return 0;
}
