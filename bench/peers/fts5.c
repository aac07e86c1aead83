/* SQLite FTS5, set up for speed: contentless, one token class for blank-separated text, built in
 * one transaction without journal, optimized at the end; the file mapped. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

static void check(sqlite3 *db, int bad)
{
    if (bad)
        peer_die(sqlite3_errmsg(db));
}

static sqlite3 *open_db(const char *index, int flags, const char *pragmas)
{
    char path[4096];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/db", index);
    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK)
        peer_die(path);
    check(db, sqlite3_exec(db, pragmas, NULL, NULL, NULL));
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    check(db, sqlite3_prepare_v2(db, sql, -1, &s, NULL));
    return s;
}

static void insert(sqlite3 *db, sqlite3_stmt *s, const char *line, size_t n)
{
    sqlite3_bind_text(s, 1, line, (int)n, SQLITE_STATIC);
    check(db, sqlite3_step(s) != SQLITE_DONE);
    sqlite3_reset(s);
}

static const char insert_sql[] = "INSERT INTO f(b) VALUES(?)";

static void build(FILE *results, const char *index)
{
    sqlite3 *db =
        open_db(index, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                "PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA page_size=8192;"
                "PRAGMA cache_size=-1000000; PRAGMA locking_mode=exclusive;"
                "CREATE VIRTUAL TABLE f USING fts5(b, content='', tokenize='ascii', detail=full);"
                "INSERT INTO f(f, rank) VALUES('hashsize', 268435456); BEGIN");
    sqlite3_stmt *s = prepare(db, insert_sql);
    size_t n;
    for (char *line; (line = peer_line(results, &n));)
        insert(db, s, line, n);
    sqlite3_finalize(s);
    check(db, sqlite3_exec(db, "COMMIT; INSERT INTO f(f) VALUES('optimize')", NULL, NULL, NULL));
    sqlite3_close(db);
}

struct handle {
    sqlite3 *db;
    sqlite3_stmt *s;
};

static void *open_handle(sqlite3 *db, const char *sql)
{
    struct handle *h = malloc(sizeof *h);
    if (!h)
        peer_die("out of memory");
    *h = (struct handle){db, prepare(db, sql)};
    return h;
}

static void *open_reader(const char *index)
{
    return open_handle(open_db(index, SQLITE_OPEN_READONLY,
                               "PRAGMA mmap_size=17179869184; PRAGMA cache_size=-2000000"),
                       "SELECT rowid FROM f WHERE f MATCH ? ORDER BY rank LIMIT 10");
}

static int ask(void *handle, const char *const *term, int n, uint32_t doc[PEER_TOP])
{
    struct handle *h = handle;
    static char match[1 << 16];
    size_t at = 0;
    for (int i = 0; i < n; i++)
        at += (size_t)snprintf(match + at, sizeof match - at, i ? " OR \"%s\"" : "\"%s\"", term[i]);
    sqlite3_reset(h->s);
    sqlite3_bind_text(h->s, 1, match, (int)at, SQLITE_STATIC);
    int k = 0, rc;
    while ((rc = sqlite3_step(h->s)) == SQLITE_ROW && k < PEER_TOP)
        doc[k++] = (uint32_t)sqlite3_column_int(h->s, 0) - 1; /* its numbers start at 1 */
    check(h->db, rc != SQLITE_ROW && rc != SQLITE_DONE);
    return k;
}

static void *open_writer(const char *index)
{
    return open_handle(
        open_db(index, SQLITE_OPEN_READWRITE, "PRAGMA journal_mode=wal; PRAGMA synchronous=normal"),
        insert_sql);
}

static void add(void *handle, char *line, size_t n)
{
    struct handle *h = handle;
    insert(h->db, h->s, line, n); /* commits: any connection sees it now */
}

static void close_writer(void *handle)
{
    struct handle *h = handle;
    sqlite3_finalize(h->s);
    sqlite3_close(h->db);
    free(h);
}

int main(int argc, char **argv)
{
    const struct peer p = {"fts5", sqlite3_libversion(), build, open_reader,
                           ask,    open_writer,          add,   close_writer};
    return peer_main(argc, argv, &p);
}
