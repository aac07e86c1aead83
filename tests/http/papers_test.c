/* Papers over HTTP: on the record's page, as Word, as PDF; who gets them. Run by tests/http/run on
 * both databases. */
#define _GNU_SOURCE
#include "http_help.h"

static struct browser broker, visitor;
static int64_t need;

static int open_all(void **state)
{
    if (web_start(state) != 0)
        return -1;
    char org[24];
    struct actor a = actor(ROLE_BROKER, 0);
    snprintf(org, sizeof org, "%lld", (long long)org_a);
    need = MAKE(&a, "need", "owner", org, "title", "低温电池", "body", "内容", "industry", "C38");
    browser_stays(&broker, "broker");
    browser_stays(&visitor, NULL);
    return 0;
}

static const char *path(const char *fmt)
{
    static char to[200];
    snprintf(to, sizeof to, fmt, (long long)need);
    return to;
}

static void test_listed(void **state)
{
    (void)state;
    assert_int_equal(get(&broker, path("/need/%lld")), 200);
    assert_true(shows("技术需求登记表"));
    assert_true(shows(path("href=\"/need/%lld/paper/need_form\"")));
    assert_true(shows(path("href=\"/need/%lld/paper/need_form?pdf=1\"")));
    assert_false(shows("approval_form")); /* of another kind */
}

static void test_files(void **state)
{
    (void)state;
    assert_int_equal(get(&broker, path("/need/%lld/paper/need_form")), 200);
    assert_memory_equal(got.body.p, "PK", 2);
    assert_non_null(strstr(header("Content-Type"), "wordprocessingml"));
    assert_non_null(strstr(header("Content-Disposition"), ".docx"));
    assert_int_equal(get(&broker, path("/need/%lld/paper/need_form?pdf=1")), 200);
    assert_memory_equal(got.body.p, "%PDF-1.", 7);
    assert_string_equal(header("Content-Type"), "application/pdf");
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(get(&broker, path("/need/%lld/paper/nothing")), 404);
    assert_int_equal(get(&broker, path("/need/%lld9999/paper/need_form")), 404);
    assert_int_equal(get(&broker, path("/result/%lld/paper/need_form")), 404);
    assert_int_equal(get(&visitor, path("/need/%lld/paper/need_form")), 303); /* to sign in */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listed),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, open_all, web_stop);
}
