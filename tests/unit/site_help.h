/* A site of its own for a test program: real kinds and those of tests/unit/site_model, a clock that
 * the test sets, two organisations. With STORE=pg (tests/store/run) it is kept in a database of its
 * own in the PostgreSQL of the environment. */
#ifndef SITE_HELP_H
#define SITE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "service/site_int.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <unistd.h>

static struct site *site;
static char site_path[200];
static int64_t clock_now = 1780000000;
static struct arena mem;
static int64_t org_a, org_b;
static bool site_with_engine; /* matches are asked for */
static const char *site_model_folder = "tests/unit/site_model";

static inline int64_t test_clock(void *ctx)
{
    (void)ctx;
    return clock_now;
}

#define OK(step)                                                                                   \
    do {                                                                                           \
        struct err e = {0};                                                                        \
        if ((step) != RC_OK)                                                                       \
            fail_msg("%s: %s '%s' %s:%u", #step, e.key, e.detail, e.file, e.row);                  \
    } while (0)
#define REFUSED(step, wanted)                                                                      \
    do {                                                                                           \
        struct err e = {0};                                                                        \
        enum rc rc_ = (step);                                                                      \
        if (rc_ == RC_OK)                                                                          \
            fail_msg("%s: not refused", #step);                                                    \
        assert_string_equal(e.key, wanted);                                                        \
    } while (0)

static char pg_name[40], pg_url[60];

static inline int pg_run(const char *verb, const char *after)
{
    char sql[100];
    snprintf(sql, sizeof sql, "%s DATABASE %s%s", verb, pg_name, after);
    PGconn *c = PQconnectdb("dbname=postgres");
    PGresult *r = PQexec(c, sql);
    int bad = PQresultStatus(r) != PGRES_COMMAND_OK;
    if (bad)
        fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
    return bad;
}

static inline int pg_make(void)
{
    const char *store = getenv("STORE");
    if (!store || strcmp(store, "pg") != 0)
        return 0;
    snprintf(pg_name, sizeof pg_name, "site%d", (int)getpid());
    snprintf(pg_url, sizeof pg_url, "postgres:///%s", pg_name);
    return pg_run("CREATE", "");
}

/* Where tests may have a server of their own; the site's own machine stays forbidden. */
static const char *const site_allow[] = {"127.0.0.2"};

static inline struct site_options site_test_options(void)
{
    return (struct site_options){.dir = site_path,
                                 .db = pg_url[0] ? pg_url : NULL,
                                 .model_dir = site_model_folder,
                                 .engine = site_with_engine,
                                 .allow = site_allow,
                                 .n_allow = ARRAY_LEN(site_allow),
                                 .now = test_clock};
}

static inline const struct kind *kind_of(const char *name)
{
    const struct kind *k = kind_find(site_kinds(site), str_of(name));
    assert_non_null(k);
    return k;
}

static inline struct actor actor(enum role role, int64_t org)
{
    return (struct actor){.account = 100 + role,
                          .org = org,
                          .role = role,
                          .login = str_of(role_name(role)),
                          .zh = true};
}

struct hiring {
    struct account account;
};
static inline enum rc hire_in(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    (void)s;
    return account_put(tx, &((struct hiring *)ctx)->account, err);
}

/* Somebody with an account, without a password. */
static inline struct actor hire(const char *login, const char *name, enum role role, int64_t org,
                                int64_t person)
{
    struct hiring h = {{.login = str_of(login),
                        .name = str_of(name),
                        .role = role,
                        .org = org,
                        .person = person,
                        .hash = STR(""),
                        .totp = STR(""),
                        .lang = STR("zh"),
                        .outside = STR(""),
                        .active = true}};
    OK(site_write(site, hire_in, &h, &e));
    return (struct actor){.account = h.account.id,
                          .org = org,
                          .person = person,
                          .role = role,
                          .login = str_of(login),
                          .name = str_of(name),
                          .zh = true};
}

/* A record from pairs of name and text, ended by NULL; faults are the caller's. */
static inline enum rc make_as(const struct actor *a, const char *kind, int64_t *id,
                              vec_fault *faults, struct err *e, const char *const *pair)
{
    struct typed t[24];
    struct rec r;
    uint32_t n = 0;
    for (; pair[0]; pair += 2)
        t[n++] = (struct typed){str_of(pair[0]), str_of(pair[1])};
    TRY(rec_new(&r, kind_of(kind), &mem, e));
    TRY(record_fill(site, a, &r, t, n, &mem, faults, e));
    enum rc rc = record_save(site, a, &r, STR(""), &mem, faults, e);
    *id = r.id;
    return rc;
}

static inline int64_t make(const struct actor *a, const char *kind, const char *const *pair)
{
    vec_fault faults = {0};
    struct err e = {0};
    int64_t id = 0;
    if (make_as(a, kind, &id, &faults, &e, pair) != RC_OK)
        fail_msg("%s: %s %s (field %u: %s %.*s)", kind, e.key, e.detail,
                 faults.n ? faults.p[0].field : 0, faults.n ? faults.p[0].key : "",
                 faults.n ? (int)faults.p[0].detail.n : 0, faults.n ? faults.p[0].detail.p : "");
    vec_free(&faults);
    return id;
}
#define MAKE(a, kind, ...) make(a, kind, (const char *const[]){__VA_ARGS__, NULL})

static inline enum rc step_as(const struct actor *a, const char *kind, int64_t id,
                              const char *action, const char *comment, const char *reason,
                              struct err *e)
{
    vec_fault faults = {0};
    struct rec out;
    struct act act = {
        .id = id, .action = str_of(action), .comment = str_of(comment), .reason = str_of(reason)};
    enum rc rc = record_act(site, a, kind_of(kind), &act, &mem, &out, &faults, e);
    vec_free(&faults);
    return rc;
}
#define STEP(a, kind, id, action) OK(step_as(a, kind, id, action, "", "", &e))

static inline int site_close_all(void **unused)
{
    char path[300];
    (void)unused;
    site_close(site);
    site = NULL;
    arena_free(&mem);
    static const char *const names[] = {"qiao.db", "qiao.db-wal", "qiao.db-shm", "files",
                                        "secret.key"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof path, "%s/%s", site_path, names[i]);
        if (unlink(path) != 0)
            rmdir(path);
    }
    rmdir(site_path);
    return pg_url[0] ? pg_run("DROP", " WITH (FORCE)") : 0;
}

static inline int site_open_all(void **unused)
{
    struct site_options o;
    struct err e = {0};
    (void)unused;
    const char *tmp = getenv("TMPDIR");
    snprintf(site_path, sizeof site_path, "%s/qiao-site-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    if (!mkdtemp(site_path) || pg_make())
        return -1;
    o = site_test_options();
    if (site_init(&o, &e) || site_open(&site, &o, &e)) {
        fprintf(stderr, "%s %s %s:%u\n", e.key, e.detail, e.file, e.row);
        return -1;
    }
    org_a = MAKE(&actor_system, "org", "name", "甲公司", "type", "company");
    org_b = MAKE(&actor_system, "org", "name", "乙大学", "type", "university");
    return 0;
}

#endif
