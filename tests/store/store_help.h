/* A store of its own for each test, SQLite or PostgreSQL as the environment's STORE says. */
#ifndef STORE_HELP_H
#define STORE_HELP_H

#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../unit/record_help.h"
#include "store/account.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#define OK(step)                                                                                   \
    do {                                                                                           \
        enum rc rc_ = (step);                                                                      \
        if (rc_ != RC_OK)                                                                          \
            print_fault(#step);                                                                    \
        assert_int_equal(rc_, RC_OK);                                                              \
    } while (0)
#define FAILS(step, want, name)                                                                    \
    do {                                                                                           \
        assert_int_equal(step, want);                                                              \
        assert_string_equal(err.key, name);                                                        \
    } while (0)

static struct err err;

static inline void print_fault(const char *what)
{
    fprintf(stderr, "%s: %s %s\n", what, err.key, err.detail);
}

static inline bool on_sqlite(void)
{
    const char *s = getenv("STORE");
    return !s || strcmp(s, "pg") != 0;
}

struct place {
    char dir[200], url[100], name[40];
};

static inline void pg_admin(const char *sql)
{
    PGconn *c = PQconnectdb("dbname=postgres");
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(c));
        abort();
    }
    PQclear(r);
    PQfinish(c);
}

static inline struct place place_new(void)
{
    static int n;
    struct place p = {.url = ""};
    char sql[80];
    const char *tmp = getenv("TMPDIR");
    snprintf(p.dir, sizeof p.dir, "%s/store.XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(p.dir))
        abort();
    if (!on_sqlite()) {
        snprintf(p.name, sizeof p.name, "t%d_%d", (int)getpid(), ++n);
        snprintf(p.url, sizeof p.url, "postgres:///%s", p.name);
        snprintf(sql, sizeof sql, "CREATE DATABASE %s", p.name);
        pg_admin(sql);
    }
    return p;
}

static inline void place_free(const struct place *p)
{
    char text[300];
    static const char *const files[] = {"qiao.db", "qiao.db-wal", "qiao.db-shm"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        snprintf(text, sizeof text, "%s/%s", p->dir, files[i]);
        unlink(text);
    }
    rmdir(p->dir);
    if (p->url[0]) {
        snprintf(text, sizeof text, "DROP DATABASE %s WITH (FORCE)", p->name);
        pg_admin(text);
    }
}

static inline struct store *place_open(const struct place *p)
{
    struct store *s;
    struct store_options o = {.dir = p->dir, .url = p->url[0] ? p->url : NULL, .create = true};
    if (store_open(&s, &o, help_kinds(), &err)) {
        fprintf(stderr, "%s %s\n", err.key, err.detail);
        abort();
    }
    return s;
}

/* SQL past the program: as the database's owner, with nothing in its way but triggers. */
static inline void raw(const struct place *p, const char *sql)
{
    if (on_sqlite()) {
        char path[300];
        sqlite3 *h;
        char *why = NULL;
        snprintf(path, sizeof path, "%s/qiao.db", p->dir);
        if (sqlite3_open(path, &h) || sqlite3_exec(h, sql, NULL, NULL, &why)) {
            fprintf(stderr, "%s: %s\n", sql, why);
            abort();
        }
        sqlite3_close(h);
        return;
    }
    PGconn *c = PQconnectdb(p->url);
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK) {
        fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(c));
        abort();
    }
    PQclear(r);
    PQfinish(c);
}

/* ---- records ---- */

static const struct by by_test = {
    .account = 7, .login = {"li", 2}, .action = {"update", 6}, .at = 1750000000};

static inline const struct kind *kind_of(const char *name)
{
    return kind_find(help_kinds(), str_of(name));
}

static inline struct rec make(const char *kind, const char *json, struct arena *a)
{
    struct rec r;
    struct err e = {0};
    vec_fault faults = {0};
    const struct kind *k = kind_of(kind);
    if (rec_new(&r, k, a, &e) || rec_parse_input(&r, str_of(json), a, &faults, &e) || faults.n) {
        fprintf(stderr, "%s: %s %s\n", json, e.key, faults.n ? faults.p[0].key : "");
        abort();
    }
    vec_free(&faults);
    return r;
}

static inline uint32_t field(const char *kind, const char *name)
{
    return field_find(kind_of(kind), str_of(name));
}

/* One record in a transaction of its own. */
static inline enum rc put_one(struct store *s, struct rec *r)
{
    struct tx *tx;
    TRY(tx_begin(&tx, s, TX_WRITE, &err));
    enum rc rc = store_put(tx, r, &by_test, &err);
    if (rc == RC_OK)
        return tx_commit(tx, &err);
    tx_rollback(tx);
    return rc;
}

#endif
