/* The site as browsers meet it. Run by tests/http/run on both databases. */
#define _GNU_SOURCE
#include "walk.h"

static struct browser visitor;

/* ---- signing in ---- */

static void test_sign_in(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    assert_int_equal(get(&b, "/sign-in"), 200);
    assert_true(b.cookie[0] && b.csrf[0]);
    assert_non_null(strstr(header("Set-Cookie"), "HttpOnly"));
    assert_non_null(strstr(header("Set-Cookie"), "SameSite=Lax"));
    assert_int_equal(post(&b, "/sign-in", "login=broker&password=wrong"), 422);
    assert_true(shows("name=\"login\" value=\"broker\""));
    char before[200];
    snprintf(before, sizeof before, "%s", b.cookie);
    sign_in(&b, "broker");
    assert_string_not_equal(before, b.cookie); /* a session fixed beforehand is worth nothing */
    assert_true(shows("技术经理人"));
    assert_int_equal(post(&b, "/sign-out", ""), 303);
    assert_int_equal(get(&b, "/account"), 303);
    assert_string_equal(header("Location"), "/sign-in?back=%2Faccount");
    browser_close(&b);
}

static void test_back_is_local(void **state)
{
    (void)state;
    static const char *const bad[] = {"https://evil.example/", "//evil.example", "/%5Cevil.example",
                                      "javascript:alert(1)", "/a%0d%0aSet-Cookie:x=1"};
    struct browser b;
    browser_open(&b);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        get(&b, "/sign-in");
        assert_int_equal(
            post(&b, "/sign-in", pathf("login=member&password=" PASSWORD "&back=%s", bad[i])), 303);
        assert_string_equal(header("Location"), "/");
        assert_int_equal(get(&b, pathf("/language/zh?back=%s", bad[i])), 303);
        assert_string_equal(header("Location"), "/");
        get(&b, "/account");
        post(&b, "/sign-out", "");
    }
    browser_close(&b);
}

static void test_csrf(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    sign_in(&b, "broker");
    assert_int_equal(ask_with(&b, "POST", "/need/new", "title=x&has.title=1", NULL), 403);
    assert_int_equal(ask_with(&b, "POST", "/need/new", "csrf=&title=x", NULL), 403);
    assert_int_equal(ask_with(&b, "POST", "/need/new", "csrf=AAAA&title=x", NULL), 403);
    struct browser other;
    browser_open(&other);
    sign_in(&other, "editor");
    char form[300];
    snprintf(form, sizeof form, "csrf=%s&title=x", other.csrf);
    assert_int_equal(ask_with(&b, "POST", "/need/new", form, NULL), 403); /* another's token */
    browser_close(&other);
    browser_close(&b);
}

/* ---- forms ---- */

/* The prose becomes rows of the form, beside what was typed; nothing is saved by it. */
static void test_draw(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    sign_in(&b, "editor");
    get(&b, "/need/new");
    assert_true(shows("name=\"draw\" value=\"targets\""));
    const char *form =
        "has.title=1&title=%E6%8F%90%E5%8F%96&has.body=1&body="
        "%E5%BE%AA%E7%8E%AF%E5%AF%BF%E5%91%BD%E4%B8%8D%E4%BD%8E%E4%BA%8E2000%E6%AC%A1"
        "%EF%BC%8C%E6%AE%8B%E4%BD%99%E7%A2%B1%E2%89%A40.3%25%E3%80%82"
        "&has.targets=1&targets.0.name=%E5%BC%BA%E5%BA%A6&targets.0.value=5"
        "&targets.1.name=&draw=targets";
    assert_int_equal(post(&b, "/need/new", form), 200);
    assert_true(shows("提取了 2 项"));
    assert_true(shows("name=\"targets.0.name\" value=\"强度\""));
    assert_true(shows("name=\"targets.1.name\" value=\"循环寿命\"") &&
                shows("name=\"targets.1.value\" value=\"2000\"") &&
                shows("name=\"targets.1.unit\" value=\"次\""));
    assert_true(shows("name=\"targets.2.name\" value=\"残余碱\"") && !shows("targets.3.name"));
    assert_true(shows("value=\"提取\""));
    /* what is there is not taken again */
    assert_int_equal(
        post(&b, "/need/new",
             "has.body=1&body=%E5%BE%AA%E7%8E%AF%E5%AF%BF%E5%91%BD%E4%B8%8D%E4%BD%8E%E4%BA%8E2000"
             "%E6%AC%A1%E3%80%82&has.targets=1&targets.0.name=%E5%BE%AA%E7%8E%AF%E5%AF%BF%E5%91%BD"
             "&targets.0.op=ge&targets.0.value=1&draw=targets"),
        200);
    assert_true(shows("没有读出新的指标") && !shows("targets.1.name"));
    assert_int_equal(post(&b, "/need/new", "draw=title"), 200); /* no such list: nothing happens */
    assert_false(shows("class=\"drew\""));
    /* on the page of the step that diagnoses */
    int64_t id = make_need("待诊断提取", "collected");
    struct browser broker;
    browser_open(&broker);
    sign_in(&broker, "broker");
    const char *step = pathf("/need/%lld/step/diagnose", (long long)id);
    assert_int_equal(get(&broker, step), 200);
    assert_true(shows("name=\"draw\""));
    assert_int_equal(post(&broker, step,
                          "version=1&has.body=1&body=%E5%AF%BF%E5%91%BD%E4%B8%8D%E4%BD%8E%E4%BA%8E"
                          "900%E6%AC%A1&has.targets=1&draw=targets"),
                     422);
    assert_true(shows("name=\"targets.0.name\" value=\"寿命\""));
    browser_close(&broker);
    browser_close(&b);
}

static int64_t id_of_location(void)
{
    const char *at = strrchr(header("Location"), '/');
    return at ? atoll(at + 1) : 0;
}

static void test_make_and_edit(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    sign_in(&b, "editor");
    assert_int_equal(get(&b, "/need/new"), 200);
    assert_int_equal(post(&b, "/need/new",
                          "has.title=1&title=<b>%22%E9%93%9D</b>&has.body=1&body=a%0Ab"
                          "&has.budget=1&budget=50%E4%B8%87%E5%85%83&has.industry=1"
                          "&industry=C32+%E6%9C%89%E8%89%B2&has.targets=1"
                          "&targets.0.name=%E5%AF%BF%E5%91%BD&targets.0.value=1000"
                          "&targets.1.name=&targets.1.value=&secrecy=open"),
                     303);
    int64_t id = id_of_location();
    assert_int_equal(get(&b, pathf("/need/%lld", (long long)id)), 200);
    assert_true(shows("&lt;b&gt;&quot;铝&lt;/b&gt;"));
    assert_false(shows("<b>\"铝"));
    assert_true(shows("50 万元") && shows("寿命"));
    assert_int_equal(get(&b, pathf("/need/%lld/edit", (long long)id)), 200);
    assert_true(shows("name=\"targets.0.name\" value=\"寿命\"") && !shows("targets.1.name"));
    assert_int_equal(post(&b, pathf("/need/%lld/edit", (long long)id),
                          "version=1&has.title=1&title=%E6%96%B0%E5%90%8D&add=targets&has.targets=1"
                          "&targets.0.name=%E5%AF%BF%E5%91%BD"),
                     200); /* one more row, nothing saved */
    assert_true(shows("name=\"targets.1.name\"") && shows("value=\"新名\""));
    assert_int_equal(post(&b, pathf("/need/%lld/edit", (long long)id),
                          "version=1&has.targets=1&drop=targets.0&targets.0.name=A"
                          "&targets.1.name=B"),
                     200);
    assert_true(shows("name=\"targets.0.name\" value=\"B\"") && !shows("value=\"A\""));
    assert_int_equal(get(&b, pathf("/need/%lld", (long long)id)), 200);
    assert_false(shows("新名"));
    browser_close(&b);
}

static void test_faults_at_their_fields(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    sign_in(&b, "editor");
    assert_int_equal(
        post(&b, "/need/new",
             "has.title=1&title=&has.trl=1&trl=12&has.deadline=1&deadline=tomorrowish"),
        422);
    assert_true(shows("id=\"f-title-e\"") && shows("id=\"f-trl-e\"") &&
                shows("id=\"f-deadline-e\""));
    assert_true(shows("value=\"tomorrowish\"")); /* as it was typed */
    struct browser all; /* who writes for every organisation: it is a field of the form */
    browser_open(&all);
    sign_in(&all, "broker");
    assert_int_equal(post(&all, "/need/new", "has.title=1&title=x&owner=nobody-Ltd"), 422);
    assert_true(shows("id=\"f-owner-e\"") && shows("value=\"nobody-Ltd\""));
    browser_close(&all);
    browser_close(&b);
}

static void test_stale(void **state)
{
    (void)state;
    struct browser b;
    int64_t id = make_need("并发修改", "draft");
    const char *path = pathf("/need/%lld/edit", (long long)id);
    browser_open(&b);
    sign_in(&b, "broker");
    assert_int_equal(post(&b, path, "version=1&has.title=1&title=first"), 303);
    assert_int_equal(post(&b, path, "version=1&has.title=1&title=second"), 409);
    assert_true(shows("first") && shows("value=\"second\"") &&
                shows("name=\"version\" value=\"2\""));
    assert_int_equal(post(&b, path, "version=2&has.title=1&title=second"), 303);
    get(&b, pathf("/need/%lld", (long long)id));
    assert_true(shows("<h1>second</h1>"));
    browser_close(&b);
}

static void test_step(void **state)
{
    (void)state;
    struct browser b;
    int64_t id = make_need("走流程", "draft");
    browser_open(&b);
    sign_in(&b, "broker");
    assert_int_equal(get(&b, pathf("/need/%lld/step/close", (long long)id)), 200);
    assert_int_equal(post(&b, pathf("/need/%lld/step/close", (long long)id), "comment=+"), 422);
    assert_int_equal(post(&b, pathf("/need/%lld/step/diagnose", (long long)id), "version=1"), 303);
    assert_int_equal(post(&b, pathf("/need/%lld/step/diagnose", (long long)id), "version=2"), 422);
    assert_int_equal(post(&b, pathf("/need/%lld/step/publish", (long long)id), "version=2"), 303);
    assert_int_equal(get(&visitor, pathf("/need/%lld", (long long)id)), 200);
    assert_true(shows("已发布"));
    browser_close(&b);
}

static void test_delete(void **state)
{
    (void)state;
    struct browser b;
    int64_t id = make_need("将被删除", "draft");
    browser_open(&b);
    sign_in(&b, "broker");
    assert_int_equal(get(&b, pathf("/org/%lld/delete", (long long)org_a)), 200);
    assert_true(shows("将被删除")); /* what hangs on it */
    assert_int_equal(post(&b, pathf("/org/%lld/delete", (long long)org_a), "version=1"), 409);
    assert_true(shows("将被删除") && shows(pathf("href=\"/need/%lld\"", (long long)id)));
    struct curl_slist *more = curl_slist_append(NULL, "If-Match: \"1\"");
    more = curl_slist_append(more, pathf("X-CSRF-Token: %s", b.csrf));
    assert_int_equal(ask_with(&b, "DELETE", pathf("/api/org/%lld", (long long)org_a), "", more),
                     409);
    curl_slist_free_all(more);
    assert_true(shows("\"held_by\":[{\"id\":") && shows("\"title\":\"将被删除\""));
    assert_true(shows("\"relation\":\"owner\""));
    assert_int_equal(post(&b, pathf("/need/%lld/delete", (long long)id), "version=1"), 303);
    assert_int_equal(get(&b, pathf("/need/%lld", (long long)id)), 404);
    browser_close(&b);
}

/* ---- lists ---- */

static void test_list(void **state)
{
    (void)state;
    make_need("列表中的甲", "open");
    make_need("列表中的乙", "open");
    assert_int_equal(get(&visitor, "/need?text=%E5%88%97%E8%A1%A8%E4%B8%AD&sort=title"), 200);
    assert_true(shows("列表中的甲") && shows("列表中的乙") && shows("aria-sort=\"ascending\""));
    assert_int_equal(
        get(&visitor, "/need?f.state=open&f.industry=C&filter=title+contains+%E4%B9%99"), 200);
    assert_true(shows("列表中的乙") && !shows("列表中的甲"));
    assert_int_equal(get(&visitor, "/need?filter=titel+%3D+1"), 200);
    assert_true(shows("<mark>titel</mark>"));
    assert_int_equal(get(&visitor, "/need?col=title&col=trl"), 200);
    assert_true(shows("期望成熟度"));
    assert_int_equal(get(&visitor, "/need?sort=nonsense"), 400);
    assert_int_equal(get(&visitor, "/need?from=99999999999999999999&from=-5"), 200);
}

static void test_saved_query(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    sign_in(&b, "broker");
    assert_int_equal(post(&b, "/need/queries", "name=%E5%BE%85%E5%8A%9E&query=f.state%3Dopen"),
                     303);
    assert_string_equal(header("Location"), "/need?f.state=open&done=query");
    get(&b, "/need");
    assert_true(shows(">待办</a>") && shows("href=\"/need?f.state=open\""));
    struct browser other;
    browser_open(&other);
    sign_in(&other, "member");
    get(&other, "/need");
    assert_false(shows(">待办</a>"));
    browser_close(&other);
    browser_close(&b);
}

static void test_export(void **state)
{
    (void)state;
    make_need("导出的需求", "open");
    assert_int_equal(get(&visitor, "/need/export?format=csv&text=%E5%AF%BC%E5%87%BA%E7%9A%84"),
                     200);
    assert_true(shows("导出的需求") && !shows("列表中的甲"));
    assert_non_null(strstr(header("Content-Disposition"), "attachment; filename*=UTF-8''"));
    assert_true(shows("行业") && !shows("需求内容")); /* the columns of the list */
    assert_int_equal(get(&visitor, "/need/export?format=csv&all=1"), 200);
    assert_true(shows("需求内容"));
    assert_int_equal(get(&visitor, "/need/export?format=exe"), 422);
}

/* ---- secrets ---- */

static void test_masked(void **state)
{
    (void)state;
    static const char *const ways[] = {"/need",
                                       "/",
                                       "/need/export?format=csv",
                                       "/need/export?format=jsonl",
                                       "/need/export?format=csv&all=1",
                                       "/need/export?format=jsonl&all=1",
                                       "/suggest/records/need?x="};
    int64_t id =
        MAKE(&actor_system, "need", "title", "秘密名称甲乙丙", "body", "秘密正文", "industry",
             "C32", "region", "330600", "budget", "123456789", "owner", "甲公司", "secrecy",
             "masked", "masked.title", "公开名称", "masked.body", "公开正文");
    OK(step_as(&actor_system, "need", id, "diagnose", "", "", &e));
    OK(step_as(&actor_system, "need", id, "publish", "", "", &e));
    struct browser b;
    browser_open(&b);
    for (size_t i = 0; i < ARRAY_LEN(ways) + 1; i++) {
        const char *path = i < ARRAY_LEN(ways) ? ways[i] : pathf("/need/%lld", (long long)id);
        assert_int_equal(get(&visitor, path), 200);
        assert_true(shows("公开名称"));
        assert_false(shows("秘密") || shows("123456789") || shows("12,345.6789"));
    }
    sign_in(&b, "broker");
    get(&b, pathf("/need/%lld", (long long)id));
    assert_true(shows("秘密名称甲乙丙") && shows("公开名称"));
    browser_close(&b);
}

/* ---- HTTP ---- */

static void test_headers(void **state)
{
    (void)state;
    static const char *const paths[] = {"/", "/need", "/sign-in", "/nothing-here", "/healthz"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        get(&visitor, paths[i]);
        assert_non_null(strstr(header("Content-Security-Policy"), "default-src 'self'"));
        assert_null(strstr(header("Content-Security-Policy"), "unsafe"));
        assert_non_null(strstr(header("Content-Security-Policy"), "frame-ancestors 'none'"));
        assert_string_equal(header("X-Content-Type-Options"), "nosniff");
        assert_string_equal(header("Referrer-Policy"), "same-origin");
        assert_false(shows(" style=\"") || shows("<script>") || shows(" onclick="));
    }
}

static void test_cache(void **state)
{
    (void)state;
    get(&visitor, "/need");
    get(&visitor, "/need");
    char etag[100], line[140];
    snprintf(etag, sizeof etag, "%s", header("ETag"));
    assert_true(etag[0]);
    snprintf(line, sizeof line, "If-None-Match: %s", etag);
    struct curl_slist *more = curl_slist_append(NULL, line);
    assert_int_equal(ask_with(&visitor, "GET", "/need", NULL, more), 304);
    assert_int_equal(got.body.n, 0);
    make_need("新发布的使页面改变", "open");
    assert_int_equal(ask_with(&visitor, "GET", "/need", NULL, more), 200);
    assert_true(shows("新发布的使页面改变"));
    curl_slist_free_all(more);
    struct browser b;
    browser_open(&b);
    sign_in(&b, "broker");
    get(&b, "/need"); /* not the visitor's page */
    assert_true(shows("/sign-out"));
    get(&visitor, "/need");
    assert_false(shows("/sign-out") || shows("name=\"csrf\""));
    browser_close(&b);
}

static void test_static(void **state)
{
    (void)state;
    char path[200];
    get(&visitor, "/");
    const char *at = strstr(got.body.p, "/static/app-");
    assert_non_null(at);
    snprintf(path, sizeof path, "%.*s", (int)strcspn(at, "\""), at);
    assert_int_equal(get(&visitor, path), 200);
    assert_non_null(strstr(header("Cache-Control"), "immutable"));
    size_t plain = got.body.n;
    struct curl_slist *more = curl_slist_append(NULL, "Accept-Encoding: gzip");
    assert_int_equal(ask_with(&visitor, "GET", path, NULL, more), 200);
    assert_string_equal(header("Content-Encoding"), "gzip");
    assert_true(got.body.n < plain);
    curl_slist_free_all(more);
    assert_int_equal(get(&visitor, "/static/..%2f..%2fetc%2fpasswd"), 404);
    assert_int_equal(get(&visitor, "/static/../../../etc/passwd"), 404);
}

static void test_refusals(void **state)
{
    (void)state;
    static char big[400 << 10];
    struct browser b;
    assert_int_equal(get(&visitor, "/nothing"), 404);
    assert_int_equal(get(&visitor, "/need/99999999"), 404);
    assert_int_equal(get(&visitor, "/need/1x"), 404);
    assert_int_equal(get(&visitor, "/%00"), 404);
    assert_int_equal(get(&visitor, "//"), 404);
    assert_int_equal(ask_with(&visitor, "DELETE", "/need", NULL, NULL), 405);
    assert_int_equal(ask_with(&visitor, "BREW", "/need", NULL, NULL), 405);
    browser_open(&b);
    sign_in(&b, "broker");
    memset(big, 'a', sizeof big - 1);
    struct buf huge;
    buf_init(&huge, 8u << 20);
    OK(buf_printf(&huge, &e, "csrf=%s&title=", b.csrf));
    for (int i = 0; i < 4; i++)
        OK(buf_put(&huge, big, sizeof big - 1, &e));
    assert_int_equal(ask_with(&b, "POST", "/need/new", huge.p, NULL), 413);
    assert_true(shows("1024 KB"));
    buf_free(&huge);
    struct curl_slist *more =
        curl_slist_append(NULL, "Content-Type: multipart/form-data; boundary=x");
    assert_int_equal(ask_with(&b, "POST", "/need/new", "--y\r\n", more), 400);
    curl_slist_free_all(more);
    assert_int_equal(get(&b, "/account"), 200); /* still there */
    browser_close(&b);
}

static void test_multipart(void **state)
{
    (void)state;
    struct browser b;
    char body[600];
    browser_open(&b);
    sign_in(&b, "editor");
    snprintf(body, sizeof body,
             "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
             "--B\r\nContent-Disposition: form-data; name=\"has.title\"\r\n\r\n1\r\n"
             "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n多段表单\r\n--B--\r\n",
             b.csrf);
    struct curl_slist *more =
        curl_slist_append(NULL, "Content-Type: multipart/form-data; boundary=B");
    assert_int_equal(ask_with(&b, "POST", "/need/new", body, more), 303);
    curl_slist_free_all(more);
    get(&b, pathf("/need/%lld", (long long)id_of_location()));
    assert_true(shows("<h1>多段表单</h1>"));
    browser_close(&b);
}

static void test_language(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    assert_int_equal(get(&b, "/need"), 200);
    assert_true(shows("lang=\"zh-CN\"") && shows("技术需求"));
    assert_int_equal(get(&b, "/language/en?back=/need%3Fx=1"), 303);
    assert_string_equal(header("Location"), "/need?x=1");
    snprintf(b.cookie, sizeof b.cookie, "lang=en");
    assert_int_equal(get(&b, "/need"), 200);
    assert_true(shows("lang=\"en\"") && shows("Need") && shows("Sign in") && !shows("筛选"));
    browser_close(&b);
}

/* ---- accounts ---- */

static void test_tokens(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    sign_in(&b, "editor");
    assert_int_equal(post(&b, "/account/tokens", "name=%E6%8A%A5%E8%A1%A8&scope=read&days=30"),
                     200);
    assert_true(shows("<code>") && shows("报表"));
    const char *at = strstr(got.body.p, "<code>") + strlen("<code>");
    struct curl_slist *more =
        curl_slist_append(NULL, pathf("Authorization: Bearer %.*s", (int)strcspn(at, "<"), at));
    get(&b, "/account");
    assert_false(shows("<code>")); /* shown once */
    assert_true(shows("报表"));
    browser_close(&b);
    assert_int_equal(ask_with(&visitor, "GET", "/api/need?limit=1", NULL, more), 200);
    clock_now += 31 * 86400;
    assert_int_equal(ask_with(&visitor, "GET", "/api/need?limit=1", NULL, more), 401);
    clock_now -= 31 * 86400;
    curl_slist_free_all(more);
}

static void test_password(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    add_account("changer", ROLE_BROKER, 0);
    sign_in(&b, "changer");
    assert_int_equal(
        post(&b, "/account/password", "old=no&new=another-Word-8&again=another-Word-8"), 422);
    assert_int_equal(
        post(&b, "/account/password", "old=" PASSWORD "&new=another-Word-8&again=different-9"),
        422);
    assert_int_equal(post(&b, "/account/password", "old=" PASSWORD "&new=short&again=short"), 422);
    assert_int_equal(
        post(&b, "/account/password", "old=" PASSWORD "&new=another-Word-8&again=another-Word-8"),
        303);
    assert_int_equal(get(&b, "/account"), 303);
    browser_close(&b);
}

static void test_admin(void **state)
{
    (void)state;
    struct browser b;
    browser_open(&b);
    sign_in(&b, "admin");
    assert_int_equal(get(&b, "/admin/accounts"), 200);
    assert_true(shows("broker"));
    assert_int_equal(post(&b, "/admin/accounts/new",
                          "login=fresh&name=F&role=broker&lang=zh&active=1&password=" PASSWORD),
                     303);
    assert_int_equal(
        post(&b, "/admin/accounts/new", "login=fresh&name=F&role=broker&password=" PASSWORD), 422);
    assert_true(shows("value=\"fresh\""));
    browser_close(&b);
    browser_open(&b);
    sign_in(&b, "fresh");
    browser_close(&b);
    browser_open(&b);
    sign_in(&b, "auditor");
    assert_int_equal(get(&b, "/audit"), 200);
    assert_true(shows("fresh"));
    assert_true(shows("<option value=\"login\">登录</option>"));
    assert_int_equal(get(&b, "/audit?account=fresh&action=login"), 200);
    assert_true(shows("<td>fresh</td><td>登录</td>"));
    assert_false(shows("<td>auditor</td>") || shows("<td>登录失败</td>"));
    assert_int_equal(get(&b, "/audit?account=nobody-here"), 200);
    assert_false(shows("<td>登录</td>"));
    browser_close(&b);
}

static void test_ops(void **state)
{
    (void)state;
    assert_int_equal(get(&visitor, "/healthz"), 200);
    assert_memory_equal(got.body.p, "ok ", 3);
    assert_int_equal(get(&visitor, "/metrics"), 200);
    assert_true(shows("qiao_requests_total{status=\"2xx\"}"));
    assert_true(shows("qiao_request_seconds_bucket{le=\"+Inf\"}"));
    assert_true(shows("# HELP qiao_seq ") && shows("# TYPE qiao_seq gauge"));
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
        cmocka_unit_test(test_sign_in),       cmocka_unit_test(test_back_is_local),
        cmocka_unit_test(test_csrf),          cmocka_unit_test(test_draw),
        cmocka_unit_test(test_make_and_edit), cmocka_unit_test(test_faults_at_their_fields),
        cmocka_unit_test(test_stale),         cmocka_unit_test(test_step),
        cmocka_unit_test(test_delete),        cmocka_unit_test(test_list),
        cmocka_unit_test(test_saved_query),   cmocka_unit_test(test_export),
        cmocka_unit_test(test_masked),        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_cache),         cmocka_unit_test(test_static),
        cmocka_unit_test(test_refusals),      cmocka_unit_test(test_multipart),
        cmocka_unit_test(test_language),      cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_password),      cmocka_unit_test(test_admin),
        cmocka_unit_test(test_ops),
    };
    site_with_engine = true;
    return cmocka_run_group_tests(tests, start, web_stop);
}
