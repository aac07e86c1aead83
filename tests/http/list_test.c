/* Lists, their files, and the history of a record, as readers of every kind meet them. Run by
 * tests/http/run on both databases. */
#define _GNU_SOURCE
#include "http_help.h"

static struct browser visitor;

/* Columns that follow a path: on the page, in files, as the reader may see what is on the way. */
static void test_path_columns(void **state)
{
    (void)state;
    int64_t place =
        MAKE(&actor_system, "org", "name", "绍兴某厂", "type", "company", "region", "330600");
    int64_t open = MAKE(&actor_system, "need", "title", "看地区的需求", "body", "内容", "industry",
                        "C32", "region", "110000", "owner", "绍兴某厂");
    int64_t hidden = MAKE(&actor_system, "need", "title", "藏地区的需求", "body", "内容",
                          "industry", "C32", "region", "110000", "owner", "绍兴某厂", "secrecy",
                          "masked", "masked.title", "看地区的某需求", "masked.body", "某内容");
    int64_t both[] = {open, hidden};
    for (int i = 0; i < 2; i++) {
        OK(step_as(&actor_system, "need", both[i], "diagnose", "", "", &e));
        OK(step_as(&actor_system, "need", both[i], "publish", "", "", &e));
    }
    (void)place;
    assert_int_equal(
        get(&visitor, "/need?text=%E7%9C%8B%E5%9C%B0%E5%8C%BA&columns=title,owner.region"), 200);
    assert_true(shows("看地区的需求") && shows("看地区的某需求") && shows("所属单位 · "));
    const char *first = strstr(got.body.p, "绍兴市");
    assert_non_null(first);
    assert_null(strstr(first + 1, "绍兴市")); /* not of the masked one */
    assert_int_equal(
        get(&visitor,
            "/need/export?format=csv&text=%E7%9C%8B%E5%9C%B0%E5%8C%BA&columns=title,owner.region"),
        200);
    first = strstr(got.body.p, "绍兴市");
    assert_non_null(first);
    assert_null(strstr(first + 1, "绍兴市"));
    assert_int_equal(get(&visitor, "/need?columns=title,owner.region&sort=owner.region"), 200);
    assert_int_equal(get(&visitor, "/need?columns=title,owner.nothing"), 200);
    assert_int_equal(get(&visitor, "/need/export?format=csv&columns=owner.nothing"), 422);
}

/* A person by the name, who may see it, and of a list of groups the rows that went and came. */
static void test_history(void **state)
{
    (void)state;
    struct browser b;
    int64_t account = 0;
    struct account_request r = {.login = STR("wangjl"),
                                .name = STR("王经理"),
                                .role = STR("broker"),
                                .lang = STR("zh"),
                                .password = STR(PASSWORD),
                                .active = true};
    OK(auth_account_save(site, &actor_system, &r, &account, &e));
    int64_t id = MAKE(&actor_system, "need", "title", "有历史的需求", "body", "内容", "industry",
                      "C32", "region", "330600", "owner", "甲公司", "targets.0.name", "强度甲",
                      "targets.0.value", "500", "targets.1.name", "寿命乙", "targets.1.value", "9");
    browser_open(&b);
    sign_in(&b, "wangjl");
    char path[80];
    snprintf(path, sizeof path, "/need/%lld/edit", (long long)id);
    get(&b, path);
    assert_int_equal(
        post(&b, path,
             "version=1&secrecy=private&has.targets=1&targets.0.name=%E5%BC%BA%E5%BA%A6%E7%94%B2"
             "&targets.0.value=500&targets.1.name=%E5%AF%BF%E5%91%BD%E4%B9%99&targets.1.value=8"),
        303);
    assert_int_equal(get(&b, header("Location")), 200);
    const char *history = strstr(got.body.p, "class=\"history\"");
    assert_non_null(history);
    assert_non_null(strstr(history, "王经理"));
    assert_null(strstr(history, "wangjl"));
    assert_non_null(strstr(history, "公开范围"));
    assert_non_null(strstr(history, "不公开"));
    assert_non_null(strstr(history, "寿命乙 · 9"));
    assert_non_null(strstr(history, "寿命乙 · 8"));
    assert_null(strstr(history, "强度甲")); /* unchanged */
    assert_non_null(strstr(history, "其余 1 项未变"));
    snprintf(path, sizeof path, "/api/need/%lld/history", (long long)id);
    assert_int_equal(get(&b, path), 200);
    assert_true(shows("\"name\":\"王经理\"") && shows("\"secrecy\":\"private\""));
    browser_close(&b);
}

static int start(void **state)
{
    if (web_start(state) != 0)
        return -1;
    browser_stays(&visitor, NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_columns),
        cmocka_unit_test(test_history),
    };
    return cmocka_run_group_tests(tests, start, web_stop);
}
