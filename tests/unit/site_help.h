/* A site of its own for a test program: real kinds and those of tests/unit/site_model, a clock that
 * the test sets, two organisations. With QIAO_TEST_PG=postgres://… it is kept there. */
#ifndef SITE_HELP_H
#define SITE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "service/site_int.h"

#include <stdio.h>
#include <unistd.h>

static struct site *site;
static char site_path[] = "/tmp/qiao-site-XXXXXX";
static int64_t clock_now = 1780000000;
static struct arena mem;
static int64_t org_a, org_b;

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

static inline struct site_options site_test_options(void)
{
    const char *pg = getenv("QIAO_TEST_PG");
    return (struct site_options){.dir = site_path,
                                 .db = pg && pg[0] ? pg : NULL,
                                 .model_dir = "tests/unit/site_model",
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
    char command[64];
    (void)unused;
    site_close(site);
    site = NULL;
    arena_free(&mem);
    static const char *const names[] = {"qiao.db", "qiao.db-wal", "qiao.db-shm", "files"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(command, sizeof command, "%s/%s", site_path, names[i]);
        if (unlink(command) != 0)
            rmdir(command);
    }
    rmdir(site_path);
    return 0;
}

static inline int site_open_all(void **unused)
{
    struct site_options o = site_test_options();
    struct err e = {0};
    (void)unused;
    if (!mkdtemp(site_path) || site_init(&o, &e) || site_open(&site, &o, &e)) {
        fprintf(stderr, "%s %s %s:%u\n", e.key, e.detail, e.file, e.row);
        return -1;
    }
    org_a = MAKE(&actor_system, "org", "name", "甲公司", "type", "company");
    org_b = MAKE(&actor_system, "org", "name", "乙大学", "type", "university");
    return 0;
}

#endif
