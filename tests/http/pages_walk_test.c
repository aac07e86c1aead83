/* A page of news is its readers' own business until records are published. Run by tests/http/run on
 * both databases. */
#define _GNU_SOURCE
#include "walk.h"

#include "service/pages.h"

/* A broker's page of news: neither it nor its facts are in anybody else's answer, before and after
 * records were made of them. */
static void test_pages_on_every_route(void **state)
{
    (void)state;
    static const enum role outside[] = {ROLE_VISITOR, ROLE_MEMBER, ROLE_EDITOR, ROLE_ADMIN};
    static const char *const kinds[] = {"page", "fact", "org"};
    struct actor broker = actor(ROLE_BROKER, 0);
    struct page_kept kept;
    struct page_given from = {
        .name = STR("暗语来源"),
        .address = STR("http://example.cn/anyu"),
        .bytes =
            STR("暗语大学与暗语重工有限公司签署战略合作协议\n2026年4月8日，暗语大学校长方暗语、"
                "暗语重工有限公司董事长石暗语出席签约仪式，双方签署战略合作协议。\n")};
    OK(page_keep(site, &broker, &from, &mem, &kept, &e));
    for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
        struct browser b;
        const char *role = role_name(outside[i]);
        browser_as(&b, outside[i]);
        assert_int_equal(get(&b, pathf("/page/%lld", (long long)kept.id)), 404);
        assert_int_equal(get(&b, pathf("/page/%lld?record=1", (long long)kept.id)), 404);
        planted = "暗语";
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
            walk_kind = kinds[k];
            assert_true(walk(&b, role, kept.id) > 30);
            assert_true(walk(&b, role, kept.id + 1) > 30); /* its first fact */
        }
        static const char *const more[] = {"/search?q=%E6%9A%97%E8%AF%AD",
                                           "/news?tab=all",
                                           "/api/page",
                                           "/api/fact",
                                           "/page/export?format=csv",
                                           "/suggest/records/page?q=%E6%9A%97"};
        for (size_t k = 0; k < ARRAY_LEN(more); k++) {
            get(&b, more[k]);
            if (k > 0 && shows(planted)) /* the search says again what was asked for */
                fail_msg("%s shows %s a secret", more[k], role);
            assert_false(shows("暗语重工"));
        }
        planted = NULL;
        walk_kind = "need";
        browser_close(&b);
        clock_now += 3600; /* the walks have failed to sign in many times */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_on_every_route),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
