/* Ledgers and tables over HTTP, both sides of a joint appointment, a problem fed back; and what
 * parties share with each other is in no answer to anybody else. Run on both databases. */
#define _GNU_SOURCE
#include "http_help.h"

#define SECRET "暗藏底价协议"

static struct browser broker, editor, member, visitor;
static int64_t secret, shared, project, post_id;

static int64_t agreement(const char *title, const char *other)
{
    return MAKE(&actor_system, "agreement", "title", title, "type", "contract", "contract",
                "service", "parties.0.org", "乙大学", "parties.0.role", "lead", "parties.1.org",
                other, "parties.1.role", "member", "signed", "2026-02-01", "start", "2026-02-01",
                "amount", "12万", "owner", "乙大学");
}

static int open_all(void **state)
{
    if (web_start(state) != 0)
        return -1;
    MAKE(&actor_system, "org", "name", "丙公司", "type", "company", "region", "330600");
    MAKE(&actor_system, "person", "name", "张三", "units", "乙大学", "owner", "乙大学");
    secret = agreement(SECRET, "丙公司");
    shared = agreement("与甲共享的协议", "甲公司");
    STEP(&actor_system, "agreement", shared, "sign");
    project = MAKE(&actor_system, "project", "title", "薄壁件产业化", "type", "transfer", "stage",
                   "sn", "start", "2026-01-01", "end", "2026-12-31", "agreement",
                   pathf("#%lld", (long long)shared), "owner", "甲公司");
    MAKE(&actor_system, "project", "title", SECRET "项目", "type", "attack", "stage", "s1", "start",
         "2026-01-01", "end", "2026-12-31", "agreement", pathf("#%lld", (long long)secret), "owner",
         "乙大学");
    post_id = MAKE(&actor_system, "appointment", "person", "张三", "home", "乙大学", "host",
                   "甲公司", "start", "2026-01-01", "end", "2027-12-31", "home_share", "60",
                   "host_share", "40", "owner", "乙大学");
    browser_stays(&broker, "broker");
    browser_stays(&editor, "editor");
    browser_stays(&member, "member");
    browser_stays(&visitor, NULL);
    return 0;
}

/* ---- tables ---- */

static void test_pages(void **state)
{
    (void)state;
    assert_int_equal(get(&broker, "/reports"), 200);
    assert_true(shows("href=\"/reports/transfer_report\"") && shows("协议台账"));
    assert_int_equal(get(&broker, "/reports/contract_ledger?year=2026"), 200);
    assert_true(shows("与甲共享的协议") &&
                shows("<th colspan=\"2\" class=\"under\">金额（元）</th>"));
    assert_true(shows("120,000.00") && shows("合计"));
    assert_int_equal(get(&broker, "/reports/contract_ledger?year=2025"), 200);
    assert_false(shows("与甲共享的协议"));
    assert_int_equal(get(&broker, "/reports/transfer_report?year=2026"), 200);
    assert_true(shows("href=\"/agreement?filter=") && shows(">12</a>"));
    assert_int_equal(get(&broker, "/reports/nothing"), 404);
    assert_int_equal(get(&broker, "/reports/summary?from=2026-05-01&until=2026-01-01"), 422);
    assert_int_equal(get(&visitor, "/reports/summary"), 303);
    assert_int_equal(get(&member, "/reports/payment_ledger"), 403);
}

static void test_files(void **state)
{
    (void)state;
    assert_int_equal(get(&broker, "/reports/summary?as=xlsx"), 200);
    assert_memory_equal(got.body.p, "PK", 2);
    assert_non_null(strstr(header("Content-Disposition"), ".xlsx"));
    assert_int_equal(get(&broker, "/reports/transfer_report?as=docx"), 200);
    assert_non_null(strstr(header("Content-Type"), "wordprocessingml"));
    assert_int_equal(get(&broker, "/reports/push_list?as=pdf"), 200);
    assert_memory_equal(got.body.p, "%PDF-1.", 7);
    assert_int_equal(get(&broker, "/reports/summary?as=doc"), 422);
}

/* The same figures for programs, with the same rights. */
static void test_for_programs(void **state)
{
    (void)state;
    assert_int_equal(get(&broker, "/api/reports"), 200);
    assert_true(shows("{\"name\":\"transfer_report\"") && shows("\"period\":true"));
    assert_int_equal(get(&broker, "/api/reports/contract_ledger?year=2026"), 200);
    assert_true(shows("与甲共享的协议") && shows("\"number\":120000") &&
                shows("\"is\":\"total\"") && shows("\"from\":\"2026-01-01\""));
    assert_int_equal(get(&broker, "/api/reports/contract_ledger?year=2025"), 200);
    assert_false(shows("与甲共享的协议"));
    assert_int_equal(get(&broker, "/api/reports/summary?as=xlsx"), 200);
    assert_memory_equal(got.body.p, "PK", 2);
    assert_int_equal(get(&broker, "/api/reports/nothing"), 404);
    assert_int_equal(get(&broker, "/api/reports/summary?from=yesterday"), 400);
    assert_int_equal(get(&broker, "/api/reports/summary?year=3026"), 400);
    assert_int_equal(get(&visitor, "/api/reports"), 403);
    assert_int_equal(get(&member, "/api/reports/payment_ledger"), 403);
    assert_int_equal(get(&member, "/api/reports/reward_ledger"), 403);
}

/* ---- a company's tiers on a day ---- */

static void test_tiers(void **state)
{
    (void)state;
    static const char *const given[][3] = {{"hightech", "2023-05-01", "2026-04-30"},
                                           {"srdi", "2024-06-01", "2027-05-31"},
                                           {"listed", "2027-01-01", ""}};
    for (size_t i = 0; i < ARRAY_LEN(given); i++)
        MAKE(&actor_system, "rank", "company", "甲公司", "tier", given[i][0], "start", given[i][1],
             "end", given[i][2], "certificate", "GR2023", "owner", "甲公司");
    const char *at = pathf("/org/%lld", (long long)org_a);
    /* not typed beside them: the form does not ask */
    assert_int_equal(get(&broker, pathf("%s/edit", at)), 200);
    assert_true(shows("name=\"staff\"") && !shows("name=\"tier\""));
    assert_int_equal(get(&broker, at), 200);
    assert_true(shows(pathf("href=\"/rank/new?company=%lld&amp;owner=%%23%lld\"", (long long)org_a,
                            (long long)org_a)));
    assert_int_equal(get(&visitor, at), 200);
    assert_false(shows("/rank/new"));
    assert_int_equal(get(&visitor, pathf("%s?on=2025-01-01", at)), 200);
    assert_true(shows("<span class=\"state tone-good\">高新技术企业</span>") &&
                shows("<span class=\"state tone-good\">专精特新中小企业</span>"));
    assert_false(shows("<span class=\"state tone-good\">上市公司</span>"));
    assert_int_equal(get(&visitor, pathf("%s?on=2022-01-01", at)), 200);
    assert_true(shows("2022-01-01 不在任何梯队"));
    const char *api = pathf("/api/org/%lld/tiers", (long long)org_a);
    assert_int_equal(get(&visitor, pathf("%s?on=2026-04-30", api)), 200);
    assert_true(shows("\"tier\":\"hightech\",\"label\":\"高新技术企业\",\"start\":\"2023-05-01\","
                      "\"end\":\"2026-04-30\",\"certificate\":\"GR2023\",\"held\":true"));
    assert_int_equal(get(&visitor, pathf("%s?on=2026-05-01", api)), 200);
    assert_true(shows("\"end\":\"2026-04-30\",\"certificate\":\"GR2023\",\"held\":false"));
    assert_int_equal(get(&visitor, pathf("%s?on=2026-13-01", api)), 400);
    assert_int_equal(get(&visitor, "/api/org/99999999/tiers"), 404);
    assert_int_equal(get(&broker, pathf("/api/appointment/%lld/tiers", (long long)post_id)), 404);
}

/* ---- who sees what ---- */

static void hidden_from(struct browser *b, const char *path)
{
    long status = get(b, path);
    if (status >= 500)
        fail_msg("%s: %ld", path, status);
    if (shows("底价") || (got.head.p && strstr(got.head.p, "底价")))
        fail_msg("%s shows what others share", path);
}

/* A draft of two others, and the project under it: on every way to it. */
static void test_not_for_others(void **state)
{
    (void)state;
    static const char *const ways[] = {"/agreement",
                                       "/agreement?filter=state+%%3D+draft",
                                       "/agreement/%lld",
                                       "/agreement/%lld/edit",
                                       "/agreement/%lld/thread",
                                       "/agreement/%lld/delete",
                                       "/agreement/%lld/step/submit",
                                       "/agreement/%lld/paper/approval_form",
                                       "/agreement/export?format=csv",
                                       "/api/agreement",
                                       "/api/agreement/%lld",
                                       "/api/agreement/%lld/history",
                                       "/api/search?q=%%E6%%9A%%97%%E8%%97%%8F",
                                       "/search?q=%%E6%%9A%%97%%E8%%97%%8F",
                                       "/suggest/records/agreement?q=%%E6%%9A%%97",
                                       "/project",
                                       "/dashboard",
                                       "/leaders",
                                       "/owed",
                                       "/reports/agreement_ledger",
                                       "/reports/contract_ledger",
                                       "/reports/push_list",
                                       "/reports/summary",
                                       "/reports/transfer_report",
                                       "/reports/agreement_ledger?as=docx",
                                       "/"};
    struct browser *who[] = {&visitor, &member, &editor};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++)
        for (size_t b = 0; b < ARRAY_LEN(who); b++)
            hidden_from(who[b], pathf(ways[i], (long long)secret));
    assert_int_equal(get(&editor, pathf("/agreement/%lld", (long long)secret)), 404);
    assert_int_equal(get(&broker, "/agreement"), 200);
    assert_true(shows(SECRET)); /* it is there to be seen */
}

static void test_for_parties(void **state)
{
    (void)state;
    assert_int_equal(get(&member, pathf("/agreement/%lld", (long long)shared)), 200);
    assert_true(shows("与甲共享的协议") && shows("12 万元"));
    assert_false(shows(pathf("/agreement/%lld/edit", (long long)shared)));
    assert_int_equal(get(&member, "/agreement"), 200);
    assert_true(shows("与甲共享的协议"));
    assert_int_equal(get(&member, "/api/agreement"), 200);
    assert_true(shows("与甲共享的协议"));
    assert_int_equal(get(&member, "/agreement/export?format=csv"), 200);
    assert_true(shows("与甲共享的协议"));
    assert_int_equal(get(&member, "/reports/contract_ledger?year=2026"), 200);
    assert_true(shows("与甲共享的协议"));
    assert_int_equal(get(&member, pathf("/project/%lld", (long long)project)), 200);
    assert_true(shows("与甲共享的协议")); /* the thread */
}

/* ---- both sides, feedback ---- */

static void test_confirm(void **state)
{
    (void)state;
    const char *path = pathf("/appointment/%lld", (long long)post_id);
    assert_int_equal(get(&editor, path), 200);
    assert_true(shows("本单位确认") && shows(pathf("%s/confirm", path)));
    assert_int_equal(get(&broker, path), 200);
    assert_false(shows("本单位确认"));
    assert_int_equal(post(&editor, pathf("%s/confirm", path), "version=1"), 303);
    assert_int_equal(get(&editor, pathf("%s?done=confirmed", path)), 200);
    assert_true(shows("已代表本单位确认") && !shows(pathf("%s/confirm\"", path)));
    assert_int_equal(post(&editor, pathf("%s/confirm", path), "version=1"), 422); /* it is */
    /* its editor changes a term: told that the confirmation is taken back */
    assert_int_equal(get(&editor, pathf("%s/edit", path)), 200);
    assert_int_equal(
        post(&editor, pathf("%s/edit", path), "version=2&has.secrecy_term=1&secrecy_term=3"), 303);
    assert_non_null(strstr(header("Location"), "done=unconfirmed"));
    assert_int_equal(get(&editor, path), 200);
    assert_true(shows("待确认") && shows(pathf("%s/confirm", path)));
    /* and not for the other side */
    assert_int_equal(post(&editor, pathf("%s/edit", path),
                          "version=3&has.home_confirmed=1&home_confirmed=2026-03-01"),
                     422);
    assert_true(shows("一方自己确认"));
}

static void test_feedback(void **state)
{
    (void)state;
    assert_int_equal(get(&editor, pathf("/project/%lld", (long long)project)), 200);
    assert_true(shows("反馈为课题") && shows("反馈为需求") && !shows("back=%23"));
    /* one stage back, in words of its own, with the link and nothing else of the project */
    assert_int_equal(get(&editor, pathf("/project/new?from=%lld", (long long)project)), 200);
    assert_true(shows("薄壁件产业化：待解决的问题") && shows("希望达到："));
    assert_true(shows(pathf("value=\"#%lld 薄壁件产业化\"", (long long)project)));
    assert_true(shows("<option value=\"s1\" selected>") && !shows("2026-12-31"));
    assert_int_equal(get(&editor, pathf("/need/new?from=%lld", (long long)project)), 200);
    assert_true(shows("薄壁件产业化：待解决的问题"));
    int64_t need = MAKE(&actor_system, "need", "title", "开裂问题", "body", "内容", "origin",
                        pathf("#%lld", (long long)project), "owner", "甲公司");
    assert_int_equal(get(&editor, pathf("/project/%lld/thread", (long long)project)), 200);
    assert_true(shows(pathf("href=\"/need/%lld\"", (long long)need)));
    assert_int_equal(get(&editor, pathf("/need/%lld", (long long)need)), 200);
    assert_true(shows(pathf("href=\"/project/%lld\"", (long long)project)));
}

/* Stage and readiness over time: nothing before they have moved. */
static void test_course(void **state)
{
    (void)state;
    const char *path = pathf("/project/%lld", (long long)project);
    assert_int_equal(get(&editor, path), 200);
    assert_false(shows("id=\"course\""));
    assert_int_equal(get(&editor, pathf("%s/edit", path)), 200);
    assert_int_equal(post(&editor, pathf("%s/edit", path),
                          "version=1&has.trl=1&trl=7&comment=%E4%B8%AD%E8%AF%95%E9%80%9A%E8%BF%87"),
                     303);
    assert_int_equal(get(&editor, path), 200);
    assert_true(shows("id=\"course\"") && shows("TRL 7"));
    /* what changes neither is no stop */
    assert_int_equal(post(&editor, pathf("%s/edit", path), "version=2&has.risks=1&risks=x"), 303);
    assert_int_equal(get(&editor, path), 200);
    const char *course = strstr(got.body.p, "id=\"course\""), *end = strstr(course, "</ol>");
    unsigned stops = 0;
    for (const char *p = course; (p = strstr(p, "<li>")) && p < end; p++)
        stops++;
    assert_int_equal(stops, 2);
}

/* ---- assessments, leaders ---- */

/* Offered on what can be assessed, filled in from the score sheet in use. */
static void test_assessment(void **state)
{
    (void)state;
    MAKE(&actor_system, "scoresheet", "title", "项目评分表", "subjects", "project", "items",
         "指标完成|70|\n资料归档|30|");
    assert_int_equal(get(&editor, pathf("/project/%lld", (long long)project)), 200);
    const char *path = pathf("/assessment/new?from=%lld", (long long)project);
    assert_true(shows(path));
    assert_int_equal(get(&editor, path), 200);
    assert_true(shows("薄壁件产业化考核") && shows("项目评分表\"") && shows("value=\"指标完成\""));
    assert_true(shows("value=\"70\"") && shows("name=\"items.1.score\" value=\"\""));
    assert_true(shows("/suggest/records/appointment.project.person"));
    assert_int_equal(get(&editor, "/suggest/records/appointment.project.person?subject=薄壁"), 200);
    assert_true(shows("薄壁件产业化") && shows(">项目<"));
    assert_int_equal(get(&editor, "/suggest/records/appointment.gone"), 404);
    assert_int_equal(get(&editor, pathf("/agreement/%lld", (long long)shared)), 200);
    assert_false(shows("/assessment/new"));
}

/* What a leader has taken on, from the person and from the project; never more than the reader
 * sees. */
static void test_led(void **state)
{
    (void)state;
    int64_t leader =
        MAKE(&actor_system, "person", "name", "李领衔", "units", "甲公司", "owner", "甲公司");
    const char *as = pathf("#%lld", (long long)leader);
    int64_t led = MAKE(&actor_system, "project", "title", "领办的项目", "type", "attack", "stage",
                       "s1", "start", "2020-01-01", "end", "2030-12-31", "leader", as,
                       "budget_total", "60万元", "owner", "甲公司");
    MAKE(&actor_system, "project", "title", SECRET "领办", "type", "attack", "stage", "s1", "start",
         "2020-01-01", "end", "2030-12-31", "leader", as, "owner", "乙大学");
    MAKE(&actor_system, "milestone", "title", "头一个节点", "project",
         pathf("#%lld", (long long)led), "due", "2020-06-30", "owner", "甲公司");
    MAKE(&actor_system, "payment", "title", "首期款", "project", pathf("#%lld", (long long)led),
         "amount", "20万元", "day", "2026-02-01", "owner", "甲公司");
    const char *path = pathf("/person/%lld/led", (long long)leader);
    assert_int_equal(get(&editor, pathf("/person/%lld", (long long)leader)), 200);
    assert_true(shows(path) && shows("领办项目 1"));
    assert_int_equal(get(&editor, pathf("/project/%lld", (long long)led)), 200);
    assert_true(shows(path));
    assert_int_equal(get(&editor, path), 200);
    assert_true(shows("李领衔领办的项目") && shows("领办的项目</a>") && shows("头一个节点"));
    assert_true(shows("红灯：逾期") && shows("0/1") && shows("60 万元") && shows("20 万元"));
    assert_false(shows(SECRET));
    assert_int_equal(get(&member, path), 200); /* who reads no payments sees no money received */
    assert_true(shows("头一个节点") && !shows("20 万元") && !shows("已到款"));
    assert_int_equal(get(&visitor, path), 303);
    assert_int_equal(get(&visitor, pathf("/person/%lld", (long long)leader)), 200);
    assert_false(shows(path));
    assert_int_equal(get(&editor, pathf("/project/%lld/led", (long long)led)), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_for_programs),
        cmocka_unit_test(test_tiers),
        cmocka_unit_test(test_not_for_others),
        cmocka_unit_test(test_for_parties),
        cmocka_unit_test(test_confirm),
        cmocka_unit_test(test_feedback),
        cmocka_unit_test(test_course),
        cmocka_unit_test(test_assessment),
        cmocka_unit_test(test_led),
    };
    return cmocka_run_group_tests(tests, open_all, web_stop);
}
