/* Which route a path finds; what surrounds it. */
#define _GNU_SOURCE
#include "site_help.h"

#include "web/http_int.h"

static const struct route *find(const char *path, enum method m, struct request *rq, bool *other)
{
    *rq = (struct request){0};
    return route_find(site, m, str_of(path), rq, other);
}

static const char *pattern(const char *path)
{
    struct request rq;
    bool other;
    const struct route *r = find(path, METHOD_GET, &rq, &other);
    return r ? r->pattern : "";
}

static void test_found(void **state)
{
    (void)state;
    struct request rq;
    bool other;
    assert_string_equal(pattern("/"), "/");
    assert_string_equal(pattern("/need"), "/{kind}");
    assert_string_equal(pattern("/need/12"), "/{kind}/{id}");
    assert_string_equal(pattern("/need/new"), "/{kind}/new");
    assert_string_equal(pattern("/jobs/12"), "/jobs/{id}"); /* a literal goes first */
    assert_string_equal(pattern("/nobody"), "");
    assert_string_equal(pattern("/need/1x"), "");
    assert_string_equal(pattern("/need/12/"), "/{kind}/{id}");
    assert_string_equal(pattern("//need"), "");
    assert_string_equal(pattern(""), "");
    assert_string_equal(pattern("need"), "");
    assert_string_equal(pattern("/need/99999999999999999999"), "");
    assert_string_equal(pattern("/a/b/c/d/e/f/g/h/i/j"), "");
    assert_non_null(find("/need/12/step/publish", METHOD_POST, &rq, &other));
    assert_int_equal(rq.id, 12);
    assert_true(str_eq(rq.name, STR("publish")) && str_eq(rq.kind->name, STR("need")));
    assert_null(find("/need", METHOD_DELETE, &rq, &other));
    assert_true(other);
}

static void test_every_row(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(routes_check(site, &e), RC_OK);
    for (const struct route *r = routes; r->pattern; r++) {
        assert_true(r->by != 0 && r->zh[0] && r->en[0]);
        for (const struct route *s = r + 1; s->pattern; s++)
            assert_false(r->method == s->method && strcmp(r->pattern, s->pattern) == 0);
        /* nothing that writes is open to visitors but signing in */
        if (r->method != METHOD_GET && (r->by & R(ROLE_VISITOR)))
            assert_int_equal(strncmp(r->pattern, "/sign-in", strlen("/sign-in")), 0);
        if (r->flags & ROUTE_CACHE)
            assert_int_equal(r->method, METHOD_GET);
    }
}

/* Every kind has a list, and no page of ours hides it. */
static void test_kinds(void **state)
{
    (void)state;
    char path[64];
    for (uint32_t i = 0; i < kinds_count(site_kinds(site)); i++) {
        struct str name = kinds_at(site_kinds(site), i)->name;
        snprintf(path, sizeof path, "/%.*s", (int)name.n, name.p);
        assert_string_equal(pattern(path), "/{kind}");
    }
}

static void test_status(void **state)
{
    (void)state;
    static const struct {
        enum rc rc;
        const char *key;
        unsigned status;
    } want[] = {
        {RC_USER, "service.denied", 403},
        {RC_USER, "service.missing", 404},
        {RC_USER, "store.stale", 409},
        {RC_USER, "store.held", 409},
        {RC_USER, "service.invalid", 422},
        {RC_USER, "web.form", 400},
        {RC_USER, "web.method", 405},
        {RC_USER, "auth.token", 401},
        {RC_TOO_BIG, "web.too_large", 413},
        {RC_SYS, "store.lost", 503},
        {RC_SYS, "store.busy", 503},
        {RC_SYS, "file.open", 503},
        {RC_NOMEM, "base.no_memory", 503},
        {RC_CORRUPT, "store.record", 503},
        {RC_CANCELLED, "base.cancelled", 503},
        {RC_CORRUPT, "store.file", 503},
        {RC_CORRUPT, "record.body", 503},
        {RC_SYS, "papers.pdf", 503},
        {RC_USER, "store.none", 503},
        {RC_USER, "web.template", 500},
        {RC_OK, "", 500},
    };
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        struct err e = {.rc = want[i].rc};
        snprintf(e.key, sizeof e.key, "%s", want[i].key);
        assert_int_equal(error_status(&e), want[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_status),
    };
    return cmocka_run_group_tests(tests, site_open_all, site_close_all);
}
