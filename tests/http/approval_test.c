/* Approvals as browsers and programs meet them: the panel, the list, the menu, the first page, all
 * operations, what outsiders are shown, seal and file. Run by tests/http/run on both databases. */
#define _GNU_SOURCE
#include "http_help.h"

#include "service/attach.h"

#define SECRET "暗语条款"

static struct browser visitor, broker, broker2, editor, member, editor_b, editor_c, auditor, admin;

static int64_t org_c;

static int plant(void **state)
{
    if (web_start(state) != 0)
        return -1;
    org_c = MAKE(&actor_system, "org", "name", "丙公司", "type", "company");
    add_account("broker2", ROLE_BROKER, 0);
    add_account("editor_b", ROLE_EDITOR, org_b);
    add_account("editor_c", ROLE_EDITOR, org_c);
    browser_stays(&visitor, NULL);
    browser_stays(&broker, "broker");
    browser_stays(&broker2, "broker2");
    browser_stays(&editor, "editor");
    browser_stays(&member, "member");
    browser_stays(&editor_b, "editor_b");
    browser_stays(&editor_c, "editor_c");
    browser_stays(&auditor, "auditor");
    browser_stays(&admin, "admin");
    return 0;
}

static int64_t draft(const char *title, const char *amount)
{
    return MAKE(&actor_system, "agreement", "title", title, "type", "framework", "parties.0.org",
                "甲公司", "parties.0.role", "a", "parties.1.org", "乙大学", "parties.1.role", "b",
                "start", "2026-03-01", "amount", amount, "body", SECRET, "owner", "甲公司");
}

static long submit(struct browser *b, int64_t id)
{
    return post(b, pathf("/agreement/%lld/step/submit", (long long)id), "x=1");
}

static long act(struct browser *b, int64_t id, const char *name, const char *form)
{
    return post(b, pathf("/agreement/%lld/approval/%s", (long long)id, name), form);
}

static long look(struct browser *b, int64_t id)
{
    return get(b, pathf("/agreement/%lld", (long long)id));
}

/* JSON by the browser's session. */
static long api(struct browser *b, const char *method, const char *path, const char *body)
{
    struct curl_slist *more = curl_slist_append(NULL, pathf("X-CSRF-Token: %s", b->csrf));
    more = curl_slist_append(more, "Content-Type: application/json");
    long status = ask_with(b, method, path, body, more);
    curl_slist_free_all(more);
    return status;
}

/* ---- on pages ---- */

static void test_pages(void **state)
{
    (void)state;
    int64_t id = draft("一般协议", "10万元");
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("id=\"approval\"") && shows("提交后按“一般协议审批”办理"));
    assert_true(shows("stage-ahead") && !shows("stage-now") && !shows("/approval/agree"));
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("stage-now") && shows("承办单位审核") && shows("或签"));
    assert_true(shows(pathf("/agreement/%lld/approval/agree", (long long)id)));
    assert_true(shows("approval/withdraw") && shows("approval/remind"));
    assert_false(shows(pathf("/agreement/%lld/edit\"", (long long)id))); /* locked */
    assert_false(shows("/step/withdraw"));
    assert_true(shows("nav-count num\">1<"));
    assert_int_equal(look(&auditor, id), 200); /* sees, and does nothing */
    assert_true(shows("stage-now") && !shows("approval/agree") && !shows("approval/remind"));
    assert_int_equal(get(&member, "/approvals"), 200);
    assert_true(shows("一般协议") && shows("aria-current=\"page\">待我审批"));
    assert_int_equal(get(&member, "/"), 200);
    assert_true(shows("待我审批") && shows("href=\"/approvals\""));
    assert_int_equal(act(&member, id, "agree", "round=1&comment=%E5%90%8C%E6%84%8F"), 303);
    assert_int_equal(look(&broker, id), 200);
    assert_true(shows("stage-done") && shows("同意") && shows("member"));
    assert_int_equal(get(&member, "/approvals"), 200);
    assert_false(shows("一般协议"));
    assert_int_equal(get(&member, "/approvals?list=done"), 200);
    assert_true(shows("一般协议"));
    assert_int_equal(get(&editor, "/approvals?list=mine"), 200);
    assert_true(shows("一般协议"));
    assert_int_equal(act(&broker, id, "agree", "round=2"), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("已批准") && shows("已通过") && !shows("stage-now"));
    assert_true(shows(pathf("/agreement/%lld/step/seal", (long long)id)));
    assert_int_equal(get(&editor, pathf("/agreement/%lld/paper/approval_form", (long long)id)),
                     200);
}

/* What cannot be done is said in the panel, with what was written. */
static void test_refusals(void **state)
{
    (void)state;
    int64_t id = draft("退回的协议", "10万元");
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(act(&member, id, "reject", "round=1"), 422);
    assert_true(shows("role=\"alert\"") && shows("id=\"approval\""));
    assert_int_equal(act(&editor, id, "agree", "round=1"), 303);
    /* he looked at the step before: what changed is said */
    assert_int_equal(act(&member, id, "agree", "round=1&comment=%E6%88%91%E7%9A%84"), 409);
    assert_true(shows("最近一签：editor（承办单位审核）") && shows("退回的协议"));
    assert_int_equal(act(&member, id, "agree", "round=2"), 422);
    assert_int_equal(act(&broker, id, "return", "round=2&comment=x&step=broker"), 422);
    assert_int_equal(act(&broker, id, "return", "round=2&comment=%E8%A1%A5&step=department"), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("以前的签署") && shows("退回到：承办单位审核"));
    assert_int_equal(act(&member, id, "reject", "round=3&comment=%E4%B8%8D%E7%AD%BE"), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("未通过") && shows("起草") && shows("/edit\"")); /* free again */
    assert_int_equal(act(&member, id, "agree", ""), 409);
    assert_int_equal(act(&editor, id, "nothing", ""), 409);
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(act(&editor, id, "nothing", ""), 422);
    assert_int_equal(act(&member, id, "withdraw", ""), 403);
    assert_int_equal(act(&editor, id, "withdraw", ""), 303);
    assert_non_null(strstr(header("Location"), "done=approval_withdraw"));
    assert_int_equal(look(&editor, id), 200); /* nobody had signed: no step is done */
    assert_false(shows("stage-done"));
}

static void test_locked(void **state)
{
    (void)state;
    int64_t id = draft("锁定的协议", "10万元");
    const char *step = pathf("/agreement/%lld/step", (long long)id);
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(post(&broker, pathf("%s/approve", step), ""), 409);
    assert_true(shows("须先撤回才能改动"));
    assert_int_equal(post(&editor, pathf("%s/withdraw", step), ""), 409);
    assert_int_equal(get(&editor, pathf("/agreement/%lld/edit", (long long)id)), 409);
    assert_int_equal(get(&broker, pathf("/agreement/%lld/delete", (long long)id)), 409);
    struct curl_slist *more = curl_slist_append(NULL, pathf("X-CSRF-Token: %s", broker.csrf));
    more = curl_slist_append(more, "If-Match: \"2\"");
    const char *path = pathf("/api/agreement/%lld", (long long)id);
    assert_int_equal(ask_with(&broker, "PATCH", path, "{\"fields\":{\"title\":\"改名\"}}", more),
                     409);
    assert_int_equal(ask_with(&broker, "DELETE", path, NULL, more), 409);
    assert_int_equal(ask_with(&broker, "POST", pathf("%s/steps/approve", path), "{}", more), 409);
    curl_slist_free_all(more);
    assert_int_equal(look(&broker, id), 200);
    assert_true(shows("锁定的协议") && shows("审批中"));
    assert_int_equal(act(&editor, id, "withdraw", ""), 303);
}

static void test_add_delegate_remind(void **state)
{
    (void)state;
    int64_t id = draft("加签的协议", "10万元");
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("<option value=\"member\">") && shows("<option value=\"broker2\">"));
    assert_false(shows("<option value=\"editor_c\">") || shows("<option value=\"auditor\">"));
    assert_int_equal(act(&editor, id, "add", "round=1&login=editor_c"), 422);
    assert_int_equal(act(&editor, id, "add", "round=1&login=member&place=before"), 303);
    assert_int_equal(act(&editor, id, "agree", "round=1"), 422);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("等前一签") && shows("由 editor 加签"));
    assert_int_equal(act(&member, id, "delegate", "round=1&login=broker2"), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("由 member 转办"));
    assert_int_equal(act(&broker2, id, "agree", "round=1"), 303);
    assert_int_equal(act(&editor, id, "remind", ""), 303);
    assert_int_equal(act(&editor, id, "remind", ""), 422);
    assert_true(shows("请 60 分钟后再催"));
    assert_int_equal(act(&editor, id, "agree", "round=1"), 303);
    assert_int_equal(act(&broker, id, "agree", "round=2"), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("已批准"));
}

/* ---- several organisations ---- */

static void test_parties_sign(void **state)
{
    (void)state;
    int64_t id = draft("重大协议", "200万元");
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(act(&editor, id, "agree", "round=1&comment=%E5%86%85%E9%83%A8"), 303);
    assert_int_equal(act(&broker, id, "agree", "round=2"), 303);
    assert_int_equal(get(&editor_b, "/approvals"), 200);
    assert_true(shows("重大协议"));
    assert_int_equal(look(&editor_b, id), 200);
    assert_true(shows("其他单位的签署人") && shows("等您签署") && !shows("内部<"));
    assert_int_equal(times("内部"), 0);
    /* joint: three who looked at the same page all count */
    assert_int_equal(act(&editor_b, id, "agree", "round=3"), 303);
    assert_int_equal(act(&broker2, id, "agree", "round=3"), 303);
    assert_int_equal(act(&broker, id, "agree", "round=3"), 409);
    assert_true(shows("这一签已由 broker2 签署"));
    assert_int_equal(act(&member, id, "agree", "round=3"), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("已批准"));
}

static void test_outsiders(void **state)
{
    (void)state;
    int64_t id = draft("内部协议", "10万元");
    assert_int_equal(submit(&editor, id), 303);
    struct browser *out[] = {&editor_c, &admin};
    for (size_t i = 0; i < ARRAY_LEN(out); i++) {
        const char *paths[] = {pathf("/agreement/%lld", (long long)id),
                               pathf("/api/agreement/%lld/approval", (long long)id),
                               "/approvals",
                               "/approvals?list=mine",
                               "/approvals?list=done",
                               "/api/approvals",
                               "/api/approvals?list=done",
                               "/approval",
                               "/api/approval",
                               "/"};
        for (size_t j = 0; j < ARRAY_LEN(paths); j++) {
            long status = get(out[i], paths[j]);
            if (status >= 500 || shows("内部协议") || shows(SECRET))
                fail_msg("%s: %ld", paths[j], status);
        }
        assert_true(act(out[i], id, "agree", "") == (out[i] == &admin ? 403 : 404));
        assert_true(act(out[i], id, "remind", "") == (out[i] == &admin ? 403 : 404));
    }
    get(&visitor, "/sign-in");
    assert_int_equal(act(&visitor, id, "agree", ""), 403);
    assert_int_equal(get(&visitor, "/approvals"), 303);
    assert_int_equal(get(&visitor, "/api/approvals"), 403);
    assert_int_equal(act(&auditor, id, "agree", ""), 403);
    assert_int_equal(ask_with(&editor, "POST",
                              pathf("/agreement/%lld/approval/agree", (long long)id), "round=1",
                              NULL),
                     403); /* without the form's token */
    assert_int_equal(act(&editor, id, "withdraw", ""), 303);
}

/* ---- by programs ---- */

static void test_api(void **state)
{
    (void)state;
    int64_t id = draft("接口协议", "10万元");
    const char *path = pathf("/api/agreement/%lld/approval", (long long)id);
    assert_int_equal(api(&editor, "GET", path, NULL), 200);
    assert_true(shows("{\"state\":null,\"chain\":\"一般协议审批\"") &&
                shows("\"stage\":\"ahead\""));
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(api(&member, "GET", path, NULL), 200);
    assert_true(shows("\"state\":\"running\"") && shows("\"round\":1") && shows("\"mine\":true"));
    assert_true(shows("\"may\":{\"sign\":true,\"withdraw\":false"));
    assert_true(shows("\"roles\":[\"member\",\"editor\"]"));
    assert_int_equal(api(&member, "GET", "/api/approvals?list=waiting", NULL), 200);
    assert_true(shows("接口协议") && shows("\"kind\":\"agreement\""));
    assert_int_equal(api(&member, "GET", "/api/approvals?list=all", NULL), 400);
    assert_int_equal(api(&member, "POST", pathf("%s/agree", path), "{\"round\":1,\"x\":1}"), 422);
    assert_int_equal(api(&member, "POST", pathf("%s/agree", path), "no"), 400);
    assert_int_equal(api(&member, "POST", pathf("%s/reject", path), "{\"round\":1}"), 422);
    assert_true(shows("field.comment"));
    assert_int_equal(
        api(&member, "POST", pathf("%s/agree", path), "{\"round\":1,\"comment\":\"可以\"}"), 200);
    assert_true(shows("\"round\":2") && shows("\"comment\":\"可以\"") &&
                shows("\"decision\":\"agreed\""));
    assert_int_equal(api(&broker, "POST", pathf("%s/agree", path), "{\"round\":1}"), 409);
    assert_true(shows("approval.changed"));
    assert_int_equal(
        api(&broker, "POST", pathf("%s/add", path), "{\"login\":\"broker2\",\"before\":true}"),
        200);
    assert_int_equal(api(&broker2, "POST", pathf("%s/agree", path), "{}"), 200);
    assert_int_equal(api(&broker, "POST", pathf("%s/return", path),
                         "{\"step\":\"department\",\"comment\":\"补充\"}"),
                     200);
    assert_true(shows("\"sent_back_to\":\"承办单位审核\""));
    assert_int_equal(api(&editor, "POST", pathf("%s/withdraw", path), "{}"), 200);
    assert_true(shows("\"state\":\"withdrawn\""));
    assert_int_equal(get(&visitor, "/api"), 200);
    assert_true(shows("/api/agreement/{id}/approval/{name}") && shows("/api/approvals"));
}

/* The pages of kind approval itself, in English: what was kept in Chinese has its declared label.
 * And money in the rows of a group has its unit. */
static void test_in_words(void **state)
{
    (void)state;
    int64_t id =
        MAKE(&actor_system, "agreement", "title", "English reader", "type", "framework",
             "parties.0.org", "甲公司", "parties.0.role", "a", "parties.1.org", "乙大学",
             "parties.1.role", "b", "start", "2026-03-01", "amount", "10万元", "instalments.0.due",
             "2026-06-01", "instalments.0.amount", "10万元", "owner", "甲公司");
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(act(&editor, id, "agree", ""), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("<td class=\"num\">10 万元</td>"));
    assert_int_equal(get(&editor, "/approval"), 200);
    assert_true(shows("一般协议审批") && shows("技术经理人审核"));
    assert_int_equal(get(&editor, "/language/en?back=/approval"), 303);
    assert_int_equal(get(&editor, "/approval"), 200);
    assert_true(shows("Approval of an ordinary agreement") && shows("Technology broker"));
    assert_false(shows("技术经理人审核") || shows("一般协议审批"));
    const char *at = got.body.p;
    do {
        at = strstr(at + 1, "href=\"/approval/");
        assert_non_null(at);
    } while (!isdigit((unsigned char)at[strlen("href=\"/approval/")]));
    const char *page = pathf("%.*s", (int)strcspn(at + 6, "\""), at + 6);
    assert_int_equal(get(&editor, page), 200);
    assert_true(shows("<td>Organisation in charge</td>") && shows("Technology broker"));
    assert_false(shows("<td>承办单位审核</td>"));
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("<td class=\"num\">¥100,000</td>"));
    assert_int_equal(get(&editor, "/language/zh?back=/approval"), 303);
    assert_int_equal(act(&editor, id, "withdraw", ""), 303);
}

/* ---- seal and file ---- */

/* A form's value of a file that the editor has uploaded. */
static const char *uploaded(void)
{
    vec_account all = {0};
    struct str value = STR("");
    OK(auth_accounts(site, &actor_system, &mem, &all, &e));
    for (size_t i = 0; i < all.n; i++) {
        struct actor a = actor(ROLE_EDITOR, org_a);
        a.account = all.p[i].id;
        if (str_eq(all.p[i].login, STR("editor")))
            OK(attach_put(site, &a, STR("scan.pdf"), STR("%PDF-1.4 scan"), &mem, &value, &e));
    }
    vec_free(&all);
    return pathf("%.*s", (int)value.n, value.p);
}

/* Its own record says who signed when, not what the program goes by. */
static void test_record(void **state)
{
    (void)state;
    int64_t id = draft("看审批记录的协议", "10万元");
    struct list_answer all = {0};
    struct list_request q = {.kind = kind_of("approval")};
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(act(&editor, id, "agree", "comment=同意报批"), 303);
    q.filter = str_of(pathf("record = %lld", (long long)id));
    OK(record_list(site, &actor_system, &q, &mem, &all, &e));
    assert_int_equal(get(&broker, pathf("/approval/%lld", (long long)all.rec.p[0].id)), 200);
    assert_true(shows("看审批记录的协议") && shows("<td>同意报批</td>") &&
                shows("<th>签署人</th>"));
    assert_true(shows(pathf("<td><a href=\"/org/%lld\">", (long long)org_a)));
    assert_false(shows("审批流程代号") || shows("环节代号") || shows("账号编号") ||
                 shows("提交时的审批流程") || shows("<th>转办自</th>"));
    vec_free(&all.rec);
}

static void test_seal_and_file(void **state)
{
    (void)state;
    int64_t id = draft("用印的协议", "10万元");
    const char *step = pathf("/agreement/%lld/step", (long long)id);
    assert_int_equal(submit(&editor, id), 303);
    assert_int_equal(act(&editor, id, "agree", ""), 303);
    assert_int_equal(act(&broker, id, "agree", ""), 303);
    assert_int_equal(post(&editor, pathf("%s/seal", step), "sealed=2026-03-02"), 422);
    assert_int_equal(
        post(&editor, pathf("%s/seal", step),
             "has.sealed=1&has.sealed_by=1&has.copies=1&sealed=2026-03-02&sealed_by=x&copies=4"),
        303);
    assert_int_equal(get(&editor, "/agreement?filter=paperwork%20%3D%20sealed"), 200);
    assert_true(shows("用印的协议"));
    assert_int_equal(get(&editor, "/"), 200);
    assert_true(shows("已用印待归档的协议"));
    assert_int_equal(post(&editor, pathf("%s/sign", step), "has.signed=1&signed=2026-03-02"), 303);
    assert_int_equal(look(&editor, id), 200);
    assert_false(shows("2026-001"));
    assert_int_equal(post(&editor, pathf("%s/file", step), "has.scanned=1&scanned=2026-03-01"),
                     422); /* too early */
    assert_int_equal(post(&editor, pathf("%s/file", step), "has.scanned=1&scanned=2026-03-09"),
                     422); /* without the scan */
    assert_int_equal(post(&editor, pathf("%s/file", step),
                          pathf("has.scanned=1&scanned=2026-03-09&has.scan=1&scan=%s", uploaded())),
                     303);
    assert_int_equal(look(&editor, id), 200);
    assert_true(shows("2026-001") && shows("已归档"));
    assert_int_equal(get(&editor, "/agreement?filter=paperwork%20%3D%20sealed"), 200);
    assert_false(shows("用印的协议"));
}

/* Only a broker puts an agreement into force that went through no approval. */
static void test_no_way_round(void **state)
{
    (void)state;
    int64_t id = draft("绕过审批", "10万元");
    const char *path = pathf("/agreement/%lld/step/sign", (long long)id);
    assert_int_equal(post(&editor, path, "has.signed=1&signed=2026-03-02"), 422);
    assert_int_equal(post(&broker, path, "has.signed=1&signed=2026-03-02"), 303);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_locked),       cmocka_unit_test(test_add_delegate_remind),
        cmocka_unit_test(test_parties_sign), cmocka_unit_test(test_outsiders),
        cmocka_unit_test(test_api),          cmocka_unit_test(test_in_words),
        cmocka_unit_test(test_record),       cmocka_unit_test(test_seal_and_file),
        cmocka_unit_test(test_no_way_round),
    };
    return cmocka_run_group_tests(tests, plant, web_stop);
}
