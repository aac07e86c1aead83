/* The work after the handshake as browsers meet it: threads, promises out of minutes, programmes on
 * past days, the leaders' page, circular, what is owed, calendars. Run by tests/http/run on both
 * databases. */
#define _GNU_SOURCE
#include "http_help.h"

#define SECRET "乙方未公开的合同"
#define DAY    86400

static struct browser visitor, broker, editor, member, admin, auditor;
static int64_t event, other_event, promise, agreement, project, programme, coverage;

static const char *ref(int64_t id)
{
    return pathf("#%lld", (long long)id);
}

/* Does `a` stand before `b` on the page? */
static bool before(const char *a, const char *b)
{
    const char *p = got.body.p ? strstr(got.body.p, a) : NULL;
    return p && strstr(p, b);
}

static void plant_thread(void)
{
    event = MAKE(&actor_system, "event", "title", "走访甲公司", "type", "visit", "day",
                 "2026-01-10", "minutes", "一、薄壁件难题\n二、派团队驻场", "source",
                 "https://news.example/1", "quote", "双方将共建联合实验室。", "owner", "甲公司");
    promise = MAKE(&actor_system, "commitment", "title", "共建联合实验室", "debtor", "乙大学",
                   "creditor", "甲公司", "owner_name", "editor", "due", "2026-03-01", "event",
                   ref(event), "owner", "甲公司");
    agreement =
        MAKE(&actor_system, "agreement", "title", "联合实验室协议", "type", "institute",
             "parties.0.org", "甲公司", "parties.0.role", "lead", "signed", "2026-02-01", "start",
             "2026-02-01", "amount", "100万元", "commitment", ref(promise), "owner", "甲公司");
    STEP(&actor_system, "agreement", agreement, "sign");
    project = MAKE(&actor_system, "project", "title", "薄壁件联合攻关", "type", "attack", "stage",
                   "s1", "start", "2026-02-15", "end", "2026-12-31", "agreement", ref(agreement),
                   "owner", "甲公司");
    MAKE(&actor_system, "milestone", "title", "完成样件", "project", ref(project), "due",
         "2026-06-30", "owner", "甲公司");
    MAKE(&actor_system, "payment", "title", "首期到款", "agreement", ref(agreement), "amount",
         "30万元", "day", "2026-03-05", "owner", "甲公司");
    MAKE(&actor_system, "agreement", "title", SECRET, "type", "framework", "parties.0.org",
         "乙大学", "parties.0.role", "lead", "commitment", ref(promise), "owner", "乙大学");
    other_event = MAKE(&actor_system, "event", "title", "乙方内部座谈", "type", "visit", "day",
                       "2026-01-11", "owner", "乙大学");
}

static void plant_programme(void)
{
    programme = MAKE(&actor_system, "programme", "title", "服务地方行动", "start", "2025-06-01",
                     "end", "2027-12-31", "actions.0.name", "平台共建", "actions.0.lead", "林某",
                     "owner", "乙大学");
    STEP(&actor_system, "programme", programme, "publish");
    MAKE(&actor_system, "indicator", "title", "新增平台", "programme", ref(programme), "action",
         "平台共建", "measure", "count", "over", "agreement", "filter", "type = institute", "unit",
         "个", "target", "4", "deadline", "2026-12-31", "owner", "乙大学");
    coverage = MAKE(&actor_system, "indicator", "title", "企业覆盖率", "programme", ref(programme),
                    "measure", "coverage", "over", "agreement", "filter", "state = active", "path",
                    "parties.org", "population", "org", "among", "type = company", "unit", "%",
                    "target", "100", "deadline", "2026-12-31", "owner", "乙大学");
    MAKE(&actor_system, "org", "name", "尚未合作的丙公司", "type", "company", "region", "330600");
}

static int plant(void **state)
{
    if (web_start(state) != 0)
        return -1;
    plant_thread();
    plant_programme();
    browser_stays(&visitor, NULL);
    browser_stays(&broker, "broker");
    browser_stays(&editor, "editor");
    browser_stays(&member, "member");
    browser_stays(&admin, "admin");
    browser_stays(&auditor, "auditor");
    return 0;
}

/* ---- the thread ---- */

/* Every party's name stands on the page, not only the owner's. */
static void test_parties(void **state)
{
    (void)state;
    int64_t id = MAKE(&actor_system, "agreement", "title", "两方协议", "type", "framework",
                      "parties.0.org", "甲公司", "parties.0.role", "lead", "parties.1.org",
                      "乙大学", "parties.1.role", "member", "owner", "甲公司");
    char path[80];
    snprintf(path, sizeof path, "/agreement/%lld", (long long)id);
    assert_int_equal(get(&broker, path), 200);
    assert_true(shows(">甲公司</a></td>") && shows(">乙大学</a></td>"));
}

static void test_thread(void **state)
{
    (void)state;
    const char *const pages[] = {pathf("/event/%lld", (long long)event),
                                 pathf("/project/%lld", (long long)project),
                                 pathf("/commitment/%lld/thread", (long long)promise)};
    for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
        assert_int_equal(get(&broker, pages[i]), 200);
        assert_true(shows("<ol class=\"thread\">") && shows(SECRET));
        assert_true(shows("双方将共建联合实验室。") && shows("href=\"https://news.example/1\""));
        assert_true(shows("完成样件") && shows("首期到款"));
        assert_int_equal(times("aria-current=\"true\""), 1);
    }
    assert_true(before("走访甲公司</a>", "联合实验室协议</a>"));
    assert_true(before("<time class=\"num\">2026-02-01", "<time class=\"num\">2026-02-15"));
    assert_true(shows("红灯") && shows("state tone-bad"));
    assert_true(shows("<strong>共建联合实验室</strong>"));
}

static void test_thread_is_what_one_may_see(void **state)
{
    (void)state;
    const char *path = pathf("/commitment/%lld/thread", (long long)promise);
    assert_int_equal(get(&editor, path), 200);
    assert_true(shows("联合实验室协议") && !shows(SECRET));
    assert_int_equal(get(&member, path), 200); /* payments are not for members */
    assert_true(shows("薄壁件联合攻关") && !shows("首期到款") && !shows(SECRET));
    assert_int_equal(get(&visitor, path), 404);
    assert_int_equal(get(&editor, pathf("/event/%lld/thread", (long long)other_event)), 404);
    /* a record that nothing hangs on has a thread of its own */
    assert_int_equal(get(&visitor, pathf("/org/%lld/thread", (long long)org_a)), 200);
}

/* ---- promises ---- */

#define ROW(n, title, debtor, who, due)                                                            \
    "&r" n ".title=" title "&r" n ".debtor=" debtor "&r" n ".creditor=&r" n ".owner_name=" who     \
    "&r" n ".due=" due

static void test_promises_rights(void **state)
{
    (void)state;
    const char *path = pathf("/event/%lld/promises", (long long)event);
    assert_int_equal(get(&visitor, path), 303);
    assert_int_equal(get(&member, path), 403);
    assert_int_equal(get(&auditor, path), 403);
    assert_int_equal(get(&editor, pathf("/event/%lld/promises", (long long)other_event)), 404);
    assert_int_equal(post(&editor, pathf("/event/%lld/promises", (long long)other_event),
                          "save=1" ROW("0", "x", "%231", "y", "2026-09-01")),
                     404);
    assert_int_equal(get(&editor, pathf("/commitment/%lld/promises", (long long)promise)), 404);
    assert_int_equal(get(&editor, pathf("/event/%lld", (long long)event)), 200);
    assert_true(shows("/promises\""));
    assert_int_equal(get(&member, pathf("/event/%lld", (long long)event)), 200);
    assert_false(shows("/promises\""));
}

static void test_promises(void **state)
{
    (void)state;
    const char *path = pathf("/event/%lld/promises", (long long)event);
    assert_int_equal(get(&editor, path), 200);
    assert_true(shows("薄壁件难题") && shows("name=\"r2.title\"") && !shows("name=\"r3.title\""));
    assert_true(shows("name=\"known\" value=\"1\"") && shows("共建联合实验室"));
    /* Enter sends the first button of the form */
    assert_true(before("type=\"submit\" name=\"add\"", "type=\"submit\" name=\"save\""));
    assert_int_equal(post(&editor, path, "add=1" ROW("0", "%3Cb%3E", "", "", "")), 200);
    assert_true(shows("value=\"&lt;b&gt;\"") && shows("name=\"r1.title\" value=\"\""));
    assert_true(shows("autofocus"));
    /* Enter goes to a row that is blank before it makes one */
    assert_int_equal(
        post(&editor, path, "add=next" ROW("0", "one", "", "", "") ROW("1", "", "", "", "")), 200);
    assert_true(shows("name=\"r1.title\" value=\"\" autocomplete=\"off\" autofocus") &&
                !shows("name=\"r2.title\""));
    assert_int_equal(
        post(&editor, path, "drop=0" ROW("0", "one", "", "", "") ROW("1", "two", "", "", "")), 200);
    assert_true(shows("name=\"r0.title\" value=\"two\"") && !shows("value=\"one\""));
    /* mistakes are said at their cells, all at once, and no row is written */
    const char *debtor = pathf("%%23%lld+x", (long long)org_a);
    assert_int_equal(post(&editor, path,
                          pathf("known=1&save=1" ROW("0", "good", "%s", "who", "2026-09-01") ROW(
                                    "1", "", "%%23999999", "who", "soon") ROW("2", "", "", "", ""),
                                debtor)),
                     422);
    assert_true(shows("aria-describedby=\"r1-title-e\"") && shows("id=\"r1-debtor-e\""));
    assert_true(shows("id=\"r1-due-e\"") && !shows("id=\"r0-title-e\"") && !shows("r2-title-e"));
    assert_true(shows("value=\"good\"") && times("/commitment/") == 1);
    assert_true(times("autofocus") == 1 && before("id=\"r1-title\"", "autofocus") &&
                before("autofocus", "id=\"r1-debtor\""));
    assert_int_equal(
        post(&editor, path,
             pathf("known=1&save=1" ROW("0", "good", "%s", "who", "2026-09-01")
                       ROW("1", "", "", "", "") ROW("2", "better", "%s", "who", "2026-10-01"),
                   debtor, debtor)),
        303);
    assert_string_equal(header("Location"), pathf("/event/%lld?done=promised", (long long)event));
    assert_int_equal(get(&editor, pathf("/event/%lld", (long long)event)), 200);
    assert_true(shows("good</a>") && shows("better</a>"));
}

/* Two people settle the same minutes: the later one is told what changed, and keeps his rows. */
static void test_promises_race(void **state)
{
    (void)state;
    int64_t id = MAKE(&actor_system, "event", "title", "签约仪式", "type", "signing", "day",
                      "2026-04-01", "owner", "甲公司");
    const char *path = pathf("/event/%lld/promises", (long long)id);
    const char *mine =
        pathf("known=0&save=1" ROW("0", "mine", "%%23%lld", "a", "2026-09-01"), (long long)org_a);
    const char *theirs =
        pathf("known=0&save=1" ROW("0", "theirs", "%%23%lld", "b", "2026-09-01"), (long long)org_a);
    assert_int_equal(get(&editor, path), 200);
    assert_int_equal(get(&broker, path), 200);
    assert_int_equal(post(&broker, path, theirs), 303);
    assert_int_equal(post(&editor, path, mine), 409);
    assert_true(shows("theirs</a>") && shows("value=\"mine\"") && !shows("mine</a>"));
    assert_true(shows("name=\"known\" value=\"1\""));
    assert_int_equal(post(&editor, path,
                          pathf("known=1&save=1" ROW("0", "mine", "%%23%lld", "a", "2026-09-01"),
                                (long long)org_a)),
                     303);
    assert_int_equal(get(&broker, path), 200);
    assert_true(shows("theirs</a>") && shows("mine</a>"));
}

/* ---- programmes ---- */

static void test_programme(void **state)
{
    (void)state;
    const char *path = pathf("/programme/%lld", (long long)programme);
    assert_int_equal(get(&visitor, path), 200);
    assert_true(shows("平台共建") && shows("林某") && shows("新增平台"));
    /* who reads no agreements sees their number, and no way to their list */
    assert_true(shows(">1</span> <span>个</span>") && shows("目标 4"));
    assert_false(shows("href=\"/agreement?filter="));
    assert_int_equal(get(&broker, path), 200);
    assert_true(shows(">1</a> <span>个</span>") && shows("href=\"/agreement?filter="));
    assert_int_equal(get(&visitor, path), 200);
    assert_true(shows("1 / 2") && shows("未覆盖 1 家") && shows("尚未合作的丙公司"));
    /* the missing ones are a list, and a file */
    char list[1000], file[1000];
    const char *at = strstr(got.body.p, "class=\"missing\"><a href=\"");
    assert_non_null(at);
    at += strlen("class=\"missing\"><a href=\"");
    snprintf(list, sizeof list, "%.*s", (int)strcspn(at, "\""), at);
    snprintf(file, sizeof file, "/org/export?format=csv&%s", strchr(list, '?') + 1);
    assert_int_equal(get(&visitor, list), 200);
    assert_true(shows("尚未合作的丙公司") && !shows("甲公司</a>"));
    assert_int_equal(get(&visitor, file), 200);
    assert_true(shows("尚未合作的丙公司") && !shows("甲公司"));
    /* before anything was written there was nothing to count */
    assert_int_equal(get(&visitor, pathf("%s?on=2026-01-02", path)), 200);
    assert_true(shows("value=\"2026-01-02\"") && shows(">0</span> <span>个</span>"));
    assert_true(shows("class=\"past-note\""));
    /* a day that is no day, and one to come, are today */
    assert_int_equal(get(&visitor, pathf("%s?on=2026-02-31", path)), 200);
    assert_true(shows(">1</span> <span>个</span>") && !shows("past-note"));
    assert_int_equal(get(&visitor, pathf("%s?on=2999-01-01", path)), 200);
    assert_false(shows("past-note"));
}

/* Its page says in words what is counted, and what it comes to; the form has it as it is typed. */
static void test_indicator_in_words(void **state)
{
    (void)state;
    const char *path = pathf("/indicator/%lld", (long long)coverage);
    assert_int_equal(get(&visitor, path), 200);
    assert_true(shows("统计对象</dt><dd>协议") && shows("状态为履行中") && shows("各方 · 单位"));
    assert_true(shows("单位类型为企业") && !shows("parties.org") && !shows("state = active"));
    assert_true(shows("现值与走势") && shows("indicator-value"));
    assert_int_equal(get(&visitor, pathf("%s?on=2026-01-02", path)), 200);
    assert_true(shows("class=\"past-note\""));
    assert_int_equal(get(&broker, pathf("%s/edit", path)), 200);
    assert_true(shows("state = active") && shows("type = company") && shows("parties.org"));
    assert_false(shows("状态为履行中"));
    /* conditions of every sort */
    static const struct {
        const char *filter, *words;
    } said[] = {
        {"not state in (draft, active) and amount >= 5万元", "状态不是起草或履行中，且"},
        {"not (type = institute or start < 2026-01-01)", "不满足（"},
        {"(type = institute or type = contract) and end is empty", "（协议类型为"},
        {"not end is empty", "已填写"},
        {"title contains \"研究院\"", "包含研究院"},
        {"end <= today + 90d", "不晚于当天起 90 天后"},
        {"end >= .start", "不早于"},
    };
    for (size_t i = 0; i < ARRAY_LEN(said); i++) {
        int64_t one =
            MAKE(&actor_system, "indicator", "title", "试", "programme", ref(programme), "measure",
                 "count", "over", "agreement", "filter", said[i].filter, "owner", "乙大学");
        assert_int_equal(get(&broker, pathf("/indicator/%lld", (long long)one)), 200);
        if (!shows(said[i].words))
            fail_msg("%s is not said as %s", said[i].filter, said[i].words);
        if (strstr(said[i].filter, "amount"))
            assert_true(shows("不小于 5 万元"));
    }
}

static void test_coverage_moves(void **state)
{
    (void)state;
    const char *path = pathf("/programme/%lld", (long long)programme);
    int64_t id = MAKE(&actor_system, "agreement", "title", "与丙公司的框架协议", "type",
                      "framework", "parties.0.org", "尚未合作的丙公司", "parties.0.role", "lead",
                      "signed", "2026-05-01", "owner", "乙大学");
    assert_int_equal(get(&visitor, path), 200);
    assert_true(shows("1 / 2"));
    STEP(&actor_system, "agreement", id, "sign");
    assert_int_equal(get(&visitor, path), 200);
    assert_true(shows("2 / 2") && shows("已达标") && !shows("未覆盖"));
    assert_int_equal(get(&visitor, pathf("/indicator/%lld", (long long)coverage)), 200);
}

/* ---- the leaders' page ---- */

static void test_leaders(void **state)
{
    (void)state;
    assert_int_equal(get(&visitor, "/leaders"), 303);
    assert_int_equal(get(&broker, "/leaders"), 200);
    assert_true(shows("新增平台") && shows("100 万元") && shows("30 万元"));
    assert_true(shows("href=\"/commitment?filter=debtor%20%3D%20"));
    /* each course is there in numbers, and the forecast's interval as text */
    assert_true(shows("data-course=\"") && shows("/static/work-") && shows("/static/echarts-"));
    assert_true(shows("到期预测（95% 区间）") && shows("class=\"range\""));
    assert_true(shows("class=\"provinces\"") && shows("/org?filter=region%20under%20330000"));
    assert_true(shows("href=\"/agreement?filter=type%20%3D%20institute%20and%20"));
    assert_false(shows("仅统计您有权查看的记录"));
    /* every address leads to a list */
    for (const char *p = got.body.p; p && (p = strstr(p, "href=\"/agreement?filter=")); p++) {
        struct buf page = got.body;
        char path[1000];
        snprintf(path, sizeof path, "%.*s", (int)strcspn(p + 6, "\""), p + 6);
        buf_init(&got.body, 64u << 20); /* the page is read on */
        assert_int_equal(get(&broker, path), 200);
        assert_false(shows("filter-wrong"));
        buf_free(&got.body);
        got.body = page;
    }
    assert_int_equal(get(&broker, "/leaders?wall=1"), 200);
    assert_true(shows("http-equiv=\"refresh\" content=\"60\"") && !shows("<script>") &&
                !shows("class=\"side\"") && shows("新增平台"));
}

static void test_leaders_secrecy(void **state)
{
    (void)state;
    assert_int_equal(get(&member, "/leaders"), 200); /* no payments for members */
    assert_true(shows("仅统计您有权查看的记录") && shows("100 万元") && !shows("30 万元"));
    assert_int_equal(get(&admin, "/leaders"), 200); /* neither agreements nor commitments */
    assert_true(!shows("100 万元") && !shows("/commitment?filter=") && shows("新增平台"));
    assert_int_equal(get(&auditor, "/leaders"), 200);
    assert_true(shows("30 万元"));
}

/* ---- circular, owed ---- */

static void test_circular(void **state)
{
    (void)state;
    int64_t id = MAKE(&actor_system, "commitment", "title", "按期完成的事", "debtor", "甲公司",
                      "owner_name", "editor", "due", "2025-06-01", "done", "2025-05-20", "evidence",
                      "验收单", "owner", "甲公司");
    MAKE(&actor_system, "commitment", "title", "没做的事", "debtor", "乙大学", "owner_name", "丁某",
         "due", "2025-07-01", "owner", "乙大学");
    STEP(&actor_system, "commitment", id, "fulfil");
    const char *path = "/circular?from=2025-01-01&until=2025-12-31";
    assert_int_equal(get(&broker, path), 200);
    assert_true(shows("/reports/circular?as=docx&amp;from=2025-01-01&amp;until=2025-12-31"));
    assert_int_equal(get(&broker, "/reports/circular?as=docx&from=2025-01-01&until=2025-12-31"),
                     200);
    assert_int_equal(get(&editor, path), 403);
    assert_int_equal(get(&auditor, path), 200);
    assert_int_equal(get(&broker, path), 200);
    assert_true(before("甲公司", "乙大学") && shows("100.0%") && shows("0.0%") && shows("50.0%"));
    const char *at = strstr(got.body.p, "/commitment/export?");
    assert_non_null(at);
    char url[600], clean[600];
    size_t n = 0;
    snprintf(url, sizeof url, "%.*s", (int)strcspn(at, "\""), at);
    for (const char *p = url; *p; p++) {
        clean[n++] = *p;
        if (strncmp(p, "&amp;", 5) == 0)
            p += 4;
    }
    clean[n] = 0;
    assert_int_equal(get(&broker, clean), 200);
    assert_memory_equal(got.body.p, "PK", 2);
    assert_int_equal(get(&broker, "/circular?from=2020-01-01&until=2020-12-31"), 200);
    assert_false(shows("<tbody>"));
    assert_int_equal(get(&broker, "/circular?from=x&until=2026-13-01"), 200);
}

static void test_owed(void **state)
{
    (void)state;
    assert_int_equal(get(&visitor, "/owed"), 303);
    assert_int_equal(get(&editor, "/owed"), 200);
    assert_true(shows("我的待办承诺") && shows("共建联合实验室") && !shows("丁某"));
    assert_false(shows("按期完成的事"));
    assert_int_equal(get(&broker, "/owed?name=%E4%B8%81%E6%9F%90"), 200);
    assert_true(shows("丁某的待办承诺") && shows("没做的事"));
    assert_int_equal(get(&editor, "/owed?name=%E4%B8%81%E6%9F%90"), 200);
    assert_false(shows("没做的事"));
    assert_int_equal(get(&editor, "/owed?name=%3Cb%3E"), 200);
    assert_true(shows("&lt;b&gt;") && !shows("<b>"));
}

/* ---- calendar ---- */

static void make_calendar(struct browser *b, char path[200])
{
    assert_int_equal(get(b, "/account"), 200);
    assert_int_equal(post(b, "/account/calendar", ""), 200);
    const char *at = strstr(got.body.p, "/calendar/qiao_");
    assert_non_null(at);
    snprintf(path, 200, "%.*s", (int)strcspn(at, "<"), at);
}

static long api_with(const char *secret)
{
    struct curl_slist *more = curl_slist_append(NULL, pathf("Authorization: Bearer %s", secret));
    long status = ask_with(&visitor, "GET", "/api/commitment", NULL, more);
    curl_slist_free_all(more);
    return status;
}

static void test_calendar(void **state)
{
    (void)state;
    char first[200], second[200], secret[100];
    make_calendar(&editor, first);
    assert_int_equal(get(&visitor, first), 200);
    assert_true(shows("BEGIN:VCALENDAR\r\n") && shows("完成样件") && !shows(SECRET));
    assert_non_null(strstr(header("Content-Type"), "text/calendar"));
    assert_int_equal(get(&visitor, "/calendar/qiao_unknown.ics"), 404);
    /* it is good for nothing but the calendar */
    snprintf(secret, sizeof secret, "%.*s", (int)strcspn(first + 10, "."), first + 10);
    assert_int_equal(api_with(secret), 401);
    assert_int_equal(get(&editor, "/account"), 200);
    assert_true(!shows(secret) && shows("作废订阅地址"));
    make_calendar(&editor, second);
    assert_int_equal(get(&visitor, first), 404);
    assert_int_equal(get(&visitor, second), 200);
    assert_int_equal(get(&editor, "/account"), 200);
    const char *at = strstr(got.body.p, "/account/tokens/");
    assert_non_null(at);
    assert_int_equal(post(&member, pathf("%.*s", (int)strcspn(at, "\""), at), ""), 303);
    assert_int_equal(get(&visitor, second), 200); /* another's is not ended */
    assert_int_equal(get(&editor, "/account"), 200);
    at = strstr(got.body.p, "/account/tokens/");
    assert_int_equal(post(&editor, pathf("%.*s", (int)strcspn(at, "\""), at), ""), 303);
    assert_int_equal(get(&visitor, second), 404);
    assert_int_equal(get(&editor, "/account"), 200);
    assert_false(shows("作废订阅地址"));
}

/* A step that is not to be taken now is called as its button would be. */
static void test_step_has_a_name(void **state)
{
    (void)state;
    assert_int_equal(get(&broker, pathf("/agreement/%lld/step/submit", (long long)agreement)), 422);
    assert_true(shows("现在不能办理这一步：提交审批"));
}

static void test_token_is_no_calendar(void **state)
{
    (void)state;
    char value[TOKEN_VALUE];
    struct actor who;
    struct signed_in in = {0};
    OK(auth_password(site, STR("editor"), STR(PASSWORD), STR(""), &mem, &in, &e));
    OK(auth_token_make(site, &in.actor, STR("读"), false, site_now(site) + DAY, value, &e));
    OK(auth_token(site, str_of(value), &mem, &who, &e));
    assert_int_equal(get(&visitor, pathf("/calendar/%s.ics", value)), 404);
}

/* ---- who do we know there ---- */

static void test_alumni(void **state)
{
    (void)state;
    MAKE(&actor_system, "alumnus", "title", "校友孙某", "school", "乙大学", "company", "甲公司",
         "year", "2008", "post", "总工程师", "owner", "甲公司");
    const char *path = pathf("/org/%lld", (long long)org_a);
    assert_int_equal(get(&broker, path), 200);
    assert_true(shows("在该单位的校友") && shows("校友孙某") && shows("2008 届"));
    assert_int_equal(get(&visitor, path), 200);
    assert_false(shows("校友孙某"));
    assert_int_equal(get(&broker, pathf("/org/%lld", (long long)org_b)), 200);
    assert_false(shows("在该单位的校友"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parties),
        cmocka_unit_test(test_thread),
        cmocka_unit_test(test_thread_is_what_one_may_see),
        cmocka_unit_test(test_promises_rights),
        cmocka_unit_test(test_promises),
        cmocka_unit_test(test_promises_race),
        cmocka_unit_test(test_programme),
        cmocka_unit_test(test_coverage_moves),
        cmocka_unit_test(test_leaders),
        cmocka_unit_test(test_leaders_secrecy),
        cmocka_unit_test(test_circular),
        cmocka_unit_test(test_owed),
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_step_has_a_name),
        cmocka_unit_test(test_token_is_no_calendar),
        cmocka_unit_test(test_alumni),
        cmocka_unit_test(test_indicator_in_words),
    };
    return cmocka_run_group_tests(tests, plant, web_stop);
}
