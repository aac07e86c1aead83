/* The first page by role and the dashboard over HTTP: who is shown what, and where figures lead. */
#define _GNU_SOURCE
#include "http_help.h"

#include "service/records.h"

static struct browser visitor;
static int64_t open_need, masked_need, new_need, result;

static void act(const char *kind, int64_t id, const char *action, const char *reason)
{
    vec_fault faults = {0};
    struct rec out;
    struct act what = {
        .id = id, .action = str_of(action), .comment = STR("说明"), .reason = str_of(reason)};
    OK(record_act(site, &actor_system, kind_of(kind), &what, &mem, &out, &faults, &e));
    vec_free(&faults);
}

static int64_t need(const char *title, const char *secrecy, const char *masked)
{
    struct actor a = actor(ROLE_EDITOR, org_a);
    return MAKE(&a, "need", "title", title, "body", "正文", "industry", "C398", "region", "330600",
                "secrecy", secrecy, "masked.title", masked);
}

static int fill(void **state)
{
    char a[24], b[24];
    if (web_start(state) != 0)
        return -1;
    struct actor univ = actor(ROLE_EDITOR, org_b);
    open_need = need("公开的难题", "open", "");
    masked_need = need("绝密的难题", "masked", "某难题");
    new_need = need("刚收集的难题", "open", "");
    act("need", open_need, "diagnose", "");
    act("need", open_need, "publish", "");
    act("need", masked_need, "diagnose", "");
    act("need", masked_need, "publish", "");
    result = MAKE(&univ, "result", "title", "乙的成果", "body", "正文", "industry", "C39");
    snprintf(a, sizeof a, "#%lld", (long long)open_need);
    snprintf(b, sizeof b, "#%lld", (long long)result);
    int64_t talk = MAKE(&actor_system, "introduction", "need", a, "offer", b);
    act("introduction", talk, "refuse", "rights");
    browser_stays(&visitor, NULL);
    return 0;
}

static void as(struct browser *b, const char *login)
{
    browser_open(b);
    sign_in(b, login);
}

static void test_visitor_home(void **state)
{
    (void)state;
    assert_int_equal(get(&visitor, "/"), 200);
    assert_true(shows("公开的难题") && shows("某难题"));
    assert_false(shows("绝密的难题") || shows("刚收集的难题"));
    assert_false(shows("待诊断") || shows("/matches/seen"));
}

static void test_broker_home(void **state)
{
    struct browser b;
    (void)state;
    as(&b, "broker");
    assert_int_equal(get(&b, "/"), 200);
    assert_true(shows("待诊断的需求") && shows("刚收集的难题"));
    assert_true(shows("/need?filter=state%20%3D%20collected&amp;sort=since"));
    assert_int_equal(get(&b, "/need?filter=state%20%3D%20collected&sort=since"), 200);
    assert_true(shows("刚收集的难题"));
    assert_false(shows("公开的难题"));
    browser_close(&b);
}

static void test_company_home(void **state)
{
    struct browser b;
    (void)state;
    as(&b, "editor");
    assert_int_equal(get(&b, "/"), 200);
    assert_true(shows("本单位的需求") && shows("绝密的难题"));
    assert_true(shows("btn-primary\" href=\"/need/new\"")); /* it asks more than it offers */
    assert_false(shows("待诊断的需求") || shows("乙的成果"));
    /* an expiring need is renewed from here */
    clock_now += 160 * (int64_t)86400;
    char path[80], form[40];
    snprintf(path, sizeof path, "action=\"/need/%lld/step/renew\"", (long long)open_need);
    sign_in(&b, "editor"); /* the session has ended meanwhile */
    assert_int_equal(get(&b, "/"), 200);
    assert_true(shows("即将到期的需求") && shows(path));
    const char *at = strstr(got.body.p, path);
    int version =
        atoi(strstr(at, "name=\"version\" value=\"") + strlen("name=\"version\" value=\""));
    snprintf(path, sizeof path, "/need/%lld/step/renew", (long long)open_need);
    snprintf(form, sizeof form, "version=%d", version);
    assert_int_equal(post(&b, path, form), 303);
    get(&b, "/");
    assert_false(shows(path));
    browser_close(&b);
}

/* A university is led to its results, and a grade is told what it is a grade of. */
static void test_university_home(void **state)
{
    struct browser b;
    (void)state;
    struct actor univ = actor(ROLE_EDITOR, org_b);
    MAKE(&univ, "result", "title", "成熟的成果", "body", "正文", "industry", "C39", "trl", "7");
    add_account("univ_editor", ROLE_EDITOR, org_b);
    as(&b, "univ_editor");
    assert_int_equal(get(&b, "/"), 200);
    assert_true(shows("btn-primary\" href=\"/result/new\""));
    assert_true(shows("<span>技术成熟度 7</span>"));
    browser_close(&b);
}

static void test_office_homes(void **state)
{
    struct browser b;
    (void)state;
    as(&b, "auditor");
    assert_int_equal(get(&b, "/"), 200);
    assert_true(shows("最近的操作") && shows("href=\"/audit\""));
    browser_close(&b);
    as(&b, "admin");
    assert_int_equal(get(&b, "/"), 200);
    assert_true(shows("启用的账号") && shows("qiao backup"));
    assert_false(shows("最近的操作") || shows("绝密的难题") || shows("刚收集的难题"));
    browser_close(&b);
}

/* Every address in a cell of a figure: the list has as many rows as the figure says. */
static uint32_t follow_figures(struct browser *b)
{
    char *page = strdup(got.body.p), *at = page;
    uint32_t n = 0;
    while ((at = strstr(at, "data-n=\"")) != NULL) {
        char href[2000] = "";
        unsigned long figure = strtoul(at + strlen("data-n=\""), NULL, 10);
        char *end = strstr(at, "</td>"), *link = strstr(at, "href=\"");
        at = end;
        if (!link || link > end || figure > 40) /* money is no number of rows */
            continue;
        size_t to = 0;
        for (link += 6; *link != '"' && to + 1 < sizeof href; link++) {
            href[to++] = *link;
            if (strncmp(link, "&amp;", 5) == 0)
                link += 4;
        }
        href[to] = 0;
        assert_int_equal(get(b, href), 200);
        unsigned long rows = 0;
        for (const char *r = got.body.p; (r = strstr(r, "<td class=\"first\">")) != NULL; r++)
            rows++;
        if (rows != figure)
            fail_msg("%s: %lu rows, the figure is %lu", href, rows, figure);
        n++;
    }
    free(page);
    return n;
}

static void test_dashboard(void **state)
{
    struct browser b;
    (void)state;
    assert_int_equal(get(&visitor, "/dashboard"), 200);
    assert_true(shows("行业分布") && shows("计算机、通信和其他电子设备制造业"));
    assert_true(shows("data-chart=\"bars\"") && shows("/static/charts-"));
    assert_false(shows("从收集到达成") || shows("权属不清") || shows("尚无人满足"));
    assert_true(follow_figures(&visitor) >= 4);
    assert_int_equal(get(&visitor, "/dashboard?by=section"), 200);
    assert_true(shows("制造业</th>"));
    as(&b, "broker");
    assert_int_equal(get(&b, "/dashboard"), 200);
    assert_true(shows("从收集到达成") && shows("权属不清") && shows("尚无人满足的需求"));
    assert_true(follow_figures(&b) >= 10);
    assert_int_equal(get(&b, "/dashboard?by=nothing"), 200);
    browser_close(&b);
    as(&b, "member");
    assert_int_equal(get(&b, "/dashboard"), 200);
    assert_true(follow_figures(&b) >= 5);
    browser_close(&b);
}

static void test_english(void **state)
{
    struct browser b;
    (void)state;
    as(&b, "broker");
    get(&b, "/language/en?back=/");
    assert_int_equal(get(&b, "/"), 200);
    assert_true(shows("Needs to diagnose"));
    assert_int_equal(get(&b, "/dashboard"), 200);
    assert_true(shows("From collected to agreed"));
    browser_close(&b);
}

static void test_seen(void **state)
{
    struct browser b;
    (void)state;
    as(&b, "broker");
    assert_int_equal(post(&b, "/matches/seen", "x=1"), 303);
    assert_string_equal(header("Location"), "/?done=seen");
    assert_int_equal(ask_with(&b, "POST", "/matches/seen", "csrf=wrong", NULL), 403);
    browser_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visitor_home),    cmocka_unit_test(test_broker_home),
        cmocka_unit_test(test_office_homes),    cmocka_unit_test(test_dashboard),
        cmocka_unit_test(test_english),         cmocka_unit_test(test_seen),
        cmocka_unit_test(test_university_home), cmocka_unit_test(test_company_home),
    };
    return cmocka_run_group_tests(tests, fill, web_stop);
}
