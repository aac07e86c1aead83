/* What nobody may get who may not: every route as every role, secrets in any answer, filters and
 * orders as questions about what is hidden, forms without their token. Run by tests/http/run on
 * both databases. */
#define _GNU_SOURCE
#include "walk.h"

static void test_rights(void **state)
{
    (void)state;
    for (int r = 0; r < ROLE__COUNT; r++) {
        struct browser b;
        int64_t id = make_need("用于走遍路由的需求", "open");
        browser_open(&b);
        if (r == ROLE_VISITOR)
            get(&b, "/sign-in");
        else
            sign_in(&b, role_name((enum role)r));
        assert_true(walk(&b, role_name((enum role)r), id) > 30);
        browser_close(&b);
    }
}

/* A masked need of another organisation: its secrets are in no answer of any route. */
static void test_secrets_on_every_route(void **state)
{
    (void)state;
    static const enum role outside[] = {ROLE_VISITOR, ROLE_MEMBER, ROLE_EDITOR};
    int64_t id =
        MAKE(&actor_system, "need", "title", "暗语名称", "body", "暗语正文，寿命不低于2000次",
             "raw", "暗语原话", "diagnosis", "暗语诊断", "contact", "暗语联系人", "industry", "C32",
             "region", "330600", "keywords", "暗语关键词", "targets.0.name", "暗语指标",
             "targets.0.op", "le", "targets.0.value", "7391.77", "owner", "乙大学", "secrecy",
             "masked", "masked.title", "遮盖后的名称", "masked.body", "遮盖后的正文");
    OK(step_as(&actor_system, "need", id, "diagnose", "暗语意见", "", &e));
    OK(step_as(&actor_system, "need", id, "publish", "暗语意见", "", &e));
    for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
        struct browser b;
        const char *role = role_name(outside[i]);
        browser_as(&b, outside[i]);
        assert_int_equal(get(&b, pathf("/need/%lld", (long long)id)), 200);
        assert_true(shows("遮盖后的名称"));
        planted = "暗语";
        assert_true(walk(&b, role, id) > 30);
        planted = NULL;
        browser_close(&b);
    }
    struct browser broker; /* they are there to be seen */
    browser_open(&broker);
    sign_in(&broker, "broker");
    get(&broker, pathf("/need/%lld", (long long)id));
    assert_true(shows("暗语名称") && shows("暗语诊断"));
    browser_close(&broker);
}

/* Which of two needs comes first in a list. */
static bool comes_first(struct browser *b, const char *query, int64_t a, int64_t other)
{
    char one[40], two[40];
    snprintf(one, sizeof one, "\"id\":%lld,", (long long)a);
    snprintf(two, sizeof two, "\"id\":%lld,", (long long)other);
    assert_int_equal(get(b, pathf("/api/need?limit=1000&%s", query)), 200);
    const char *p = strstr(got.body.p, one), *q = strstr(got.body.p, two);
    assert_true(p && q);
    return p < q;
}

/* A filter or an order is no way to ask for what is hidden: of two masked needs that differ in
 * their secrets alone nobody else learns which is which. */
static void test_filters_ask_nothing(void **state)
{
    (void)state;
    static const enum role outside[] = {ROLE_VISITOR, ROLE_MEMBER, ROLE_EDITOR, ROLE_ADMIN};
    static const char *const asked[] = {"budget%20%3E%2050000",
                                        "budget%20%3C%2050000",
                                        "budget%20%3D%2090000",
                                        "title%20contains%20Zebra",
                                        "body%20contains%20Zebra",
                                        "raw%20contains%20Zebra",
                                        "keywords%20contains%20Zebra",
                                        "diagnosis%20contains%20Zebra",
                                        "contact%20contains%20Zebra",
                                        "not%20contact%20is%20empty",
                                        "targets.name%20contains%20Zebra",
                                        "targets.value%20%3E%207000",
                                        "owner.name%20contains%20%E4%B9%99",
                                        "not%20owner%20is%20empty"};
    static const char *const fields[] = {"budget", "title", "raw", "contact", "owner.name"};
    int64_t id[2];
    for (int i = 0; i < 2; i++) {
        id[i] = MAKE(&actor_system, "need", "title", i ? "Aardvark" : "Zebra", "body",
                     i ? "Aardvark" : "Zebra", "raw", i ? "Aardvark" : "Zebra", "keywords",
                     i ? "Aardvark" : "Zebra", "contact", i ? "Aardvark" : "Zebra", "budget",
                     i ? "10000" : "90000", "targets.0.name", i ? "Aardvark" : "Zebra",
                     "targets.0.value", i ? "1" : "7391.77", "industry", "C32", "region", "330600",
                     "owner", "乙大学", "secrecy", "masked", "masked.title", "两条相同的遮盖",
                     "masked.body", "遮盖");
        OK(step_as(&actor_system, "need", id[i], "diagnose", "", "", &e));
        OK(step_as(&actor_system, "need", id[i], "publish", "", "", &e));
    }
    for (size_t r = 0; r < ARRAY_LEN(outside); r++) {
        struct browser b;
        browser_open(&b);
        if (outside[r] != ROLE_VISITOR)
            sign_in(&b, role_name(outside[r]));
        for (size_t i = 0; i < ARRAY_LEN(fields); i++)
            for (int down = 0; down < 2; down++)
                if (comes_first(&b, pathf("sort=%s%s", down ? "-" : "", fields[i]), id[0], id[1]) !=
                    comes_first(&b, pathf("sort=%sphone", down ? "-" : ""), id[0], id[1]))
                    fail_msg("sorting by %s tells a %s", fields[i], role_name(outside[r]));
        for (size_t i = 0; i < ARRAY_LEN(asked); i++)
            for (int n = 0; n < 2; n++) {
                get(&b, pathf("/api/need?filter=%s%%20and%%20id%%20%%3D%%20%lld", asked[i],
                              (long long)id[n]));
                if (got.status != 200 || shows("\"id\":"))
                    fail_msg("%s tells a %s: %ld", asked[i], role_name(outside[r]), got.status);
            }
        browser_close(&b);
    }
    struct browser broker; /* who may see them may ask */
    browser_open(&broker);
    sign_in(&broker, "broker");
    assert_true(comes_first(&broker, "sort=budget", id[1], id[0]));
    assert_int_equal(get(&broker, "/api/need?filter=targets.name%20contains%20Zebra"), 200);
    assert_true(shows("\"id\":"));
    browser_close(&broker);
}

/* No unsafe route but takes the token of the form. */
static void test_csrf_on_every_route(void **state)
{
    (void)state;
    struct browser b;
    struct buf table;
    unsigned n = 0;
    int64_t id = make_need("用于令牌的需求", "open");
    browser_open(&b);
    sign_in(&b, "broker");
    buf_init(&table, 1u << 20);
    OK(web_routes(&table, &e));
    for (char *line = table.p, *next; line && *line; line = next) {
        char *col[6] = {line}, path[300];
        next = strchr(line, '\n');
        *next++ = 0;
        for (int i = 1; i < 6; i++) {
            col[i] = strchr(col[i - 1], '\t');
            assert_non_null(col[i]);
            *col[i]++ = 0;
        }
        if (strcmp(col[0], "GET") == 0 || !has_word(col[2], "broker"))
            continue;
        fill_pattern(path, sizeof path, col[1], id);
        if (ask_with(&b, col[0], path, "x=1", NULL) != 403 && !has_word(col[3], "open"))
            fail_msg("%s %s without a token: %ld", col[0], path, got.status);
        if (ask_with(&b, col[0], path, "csrf=AAAA&x=1", NULL) != 403 && !has_word(col[3], "open"))
            fail_msg("%s %s with a wrong token: %ld", col[0], path, got.status);
        n++;
    }
    assert_true(n > 10);
    assert_int_equal(get(&b, "/account"), 200); /* still signed in */
    buf_free(&table);
    browser_close(&b);
}

/* What the kind's own table says holds behind the routes: another organisation's record. */
static void test_own_organisation_only(void **state)
{
    (void)state;
    struct browser b;
    int64_t id =
        MAKE(&actor_system, "need", "title", "乙方的需求", "body", "乙方内容", "owner", "乙大学");
    browser_open(&b);
    sign_in(&b, "editor");
    assert_int_equal(get(&b, pathf("/need/%lld", (long long)id)), 404); /* collected: not public */
    assert_int_equal(get(&b, pathf("/need/%lld/edit", (long long)id)), 404);
    assert_int_equal(post(&b, pathf("/need/%lld/edit", (long long)id), "has.title=1&title=x"), 404);
    browser_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_organisation_only),
        cmocka_unit_test(test_csrf_on_every_route),
        cmocka_unit_test(test_secrets_on_every_route),
        cmocka_unit_test(test_filters_ask_nothing),
        cmocka_unit_test(test_rights),
    };
    site_with_engine = true;
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
