/* Notices: who is told of what, once; payloads of the three robots and of mail; quiet hours. */
#define _GNU_SOURCE
#include "typed_help.h"

#include "service/auth.h"
#include "service/notify_int.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define HOUR          3600
#define DINGTALK_SIGN "ZOTpz55OGsOZqDzPUYXoo77LBqUn4mFrziOhNZaUD9s%3D"
#define FEISHU_SIGN   "0hLYmfoUxI4qR6gxrHZUwT+7HcMcncQkWF5gKyZReuU="
/* 2026-03-02, a Monday, 12:00 in China */
#define NOON          1772424000

static struct actor broker, editor_a, editor_b;

static int64_t account(const char *login, const char *name, const char *role, int64_t org)
{
    struct account_request r = {.login = str_of(login),
                                .name = str_of(name),
                                .role = str_of(role),
                                .lang = STR("zh"),
                                .password = STR("quite-long-2026"),
                                .org = org,
                                .active = true};
    int64_t id = 0;
    OK(auth_account_save(site, &actor_system, &r, &id, &e));
    return id;
}

static int up(void **state)
{
    clock_now = NOON;
    if (site_open_all(state))
        return -1;
    broker = actor(ROLE_BROKER, 0);
    editor_a = actor(ROLE_EDITOR, org_a);
    editor_b = actor(ROLE_EDITOR, org_b);
    broker.account = account("wang", "王经理", "broker", 0);
    broker.name = STR("王经理");
    editor_a.account = account("li", "李四", "editor", org_a);
    editor_b.account = account("zhao", "赵五", "editor", org_b);
    return 0;
}

/* ---- pure ---- */

static void test_quiet(void **state)
{
    (void)state;
    const int64_t midnight = NOON - 12 * HOUR;
    static const struct {
        int from, until; /* minutes */
        int64_t at, end; /* seconds of the day */
    } cases[] = {
        {21 * 60, 7 * 60 + 30, 12 * HOUR, 12 * HOUR},
        {21 * 60, 7 * 60 + 30, 21 * HOUR - 1, 21 * HOUR - 1},
        {21 * 60, 7 * 60 + 30, 21 * HOUR, 31 * HOUR + 1800},
        {21 * 60, 7 * 60 + 30, 24 * HOUR - 1, 31 * HOUR + 1800},
        {21 * 60, 7 * 60 + 30, 0, 7 * HOUR + 1800},
        {21 * 60, 7 * 60 + 30, 7 * HOUR + 1799, 7 * HOUR + 1800},
        {21 * 60, 7 * 60 + 30, 7 * HOUR + 1800, 7 * HOUR + 1800},
        {12 * 60, 14 * 60, 13 * HOUR, 14 * HOUR},
        {12 * 60, 14 * 60, 14 * HOUR, 14 * HOUR},
        {12 * 60, 14 * 60, 11 * HOUR, 11 * HOUR},
        {12 * 60, 12 * 60, 12 * HOUR, 12 * HOUR},
        {0, 24 * 60 - 1, 0, 24 * HOUR - 60},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(quiet_end(midnight + cases[i].at, cases[i].from, cases[i].until),
                         midnight + cases[i].end);
    int m;
    assert_true(minutes_read(STR("07:30"), &m) && m == 450);
    assert_true(minutes_read(STR("0:05"), &m) && m == 5);
    static const char *const bad[] = {"", "24:00", "7", "07:60", "07:3", "7:30 ", "a:30", "007:30"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(minutes_read(str_of(bad[i]), &m));
}

static void word_is(const char *text, const char *expected)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    OK(mail_word(&b, str_of(text), &e));
    assert_string_equal(b.p, expected);
    buf_free(&b);
}

static void test_header(void **state)
{
    (void)state;
    word_is("plain [Qiao] due", "plain [Qiao] due");
    word_is("桥", "=?UTF-8?B?5qGl?=");
    word_is("x =? y", "=?UTF-8?B?eCA9PyB5?=");
    word_is("a\r\nBcc: b@c", "=?UTF-8?B?YQ0KQmNjOiBiQGM=?=");
    /* fifteen characters a piece; none is cut */
    word_is("一二三四五六七八九十一二三四五六",
            "=?UTF-8?B?5LiA5LqM5LiJ5Zub5LqU5YWt5LiD5YWr5Lmd5Y2B5LiA5LqM5LiJ5Zub5LqU?=\r\n"
            " =?UTF-8?B?5YWt?=");
}

static void letter(struct letter *l, uint32_t n, size_t length)
{
    char *text = arena_calloc(&mem, length + 1, 1);
    assert_non_null(text);
    memset(text, 'x', length);
    *l = (struct letter){.zh = true, .subject = STR("【桥】2 条新消息")};
    for (uint32_t i = 0; i < n; i++) {
        struct letter_item item = {i ? (struct str){text, length}
                                     : STR("“高温合金”将于 2026-03-09 到期"),
                                   i ? STR("") : STR("https://q.example/commitment/7")};
        OK(vec_push(&l->item, item, &e));
    }
}

static json_t *payload(const char *channel, const char *secret, const struct letter *l,
                       char url[300])
{
    struct hook h = {1, str_of(channel), STR("https://r.example/send?key=k"), str_of(secret)};
    struct buf body, to;
    buf_init(&body, 1 << 20);
    buf_init(&to, 4096);
    OK(robot_payload(site, &h, l, 1599360473, &body, &to, &e));
    snprintf(url, 300, "%s", to.p);
    json_t *all = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(all);
    buf_free(&body);
    buf_free(&to);
    return all;
}

static void same_json(json_t *got, const char *expected)
{
    json_t *want = json_loads(expected, 0, NULL);
    assert_non_null(want);
    if (!json_equal(got, want)) {
        char *text = json_dumps(got, 0);
        fail_msg("%s", text);
    }
    json_decref(want);
    json_decref(got);
}

/* Signatures: made with openssl dgst -sha256 -hmac from the vendors' descriptions. */
static void test_payloads(void **state)
{
    (void)state;
    struct letter l;
    char url[300];
    letter(&l, 2, 1);
#define LINES                                                                                      \
    "【桥】2 条新消息\\n1. “高温合金”将于 2026-03-09 到期\\nhttps://q.example/commitment/7\\n2. x"
    same_json(payload("wecom", "", &l, url),
              "{\"msgtype\":\"text\",\"text\":{\"content\":\"" LINES "\"}}");
    assert_string_equal(url, "https://r.example/send?key=k");
    same_json(payload("dingtalk", "SEC1", &l, url),
              "{\"msgtype\":\"text\",\"text\":{\"content\":\"" LINES
              "\"},\"at\":{\"isAtAll\":false}}");
    assert_string_equal(url,
                        "https://r.example/send?key=k&timestamp=1599360473000&sign=" DINGTALK_SIGN);
    same_json(
        payload("feishu", "SEC1", &l, url),
        "{\"timestamp\":\"1599360473\",\"sign\":\"" FEISHU_SIGN "\",\"msg_type\":\"post\","
        "\"content\":{\"post\":{\"zh_cn\":{\"title\":\"【桥】2 条新消息\",\"content\":"
        "[[{\"tag\":\"text\",\"text\":\"“高温合金”将于 2026-03-09 到期\"},{\"tag\":\"a\",\"text\":"
        "\"查看\",\"href\":\"https://q.example/commitment/"
        "7\"}],[{\"tag\":\"text\",\"text\":\"x\"}]]}}}}");
    json_t *open = payload("feishu", "", &l, url);
    assert_null(json_object_get(open, "sign"));
    json_decref(open);
    letter_free(&l);
    /* what does not fit is counted */
    letter(&l, 40, 200);
    json_t *all = payload("wecom", "", &l, url);
    const char *text = json_string_value(json_object_get(json_object_get(all, "text"), "content"));
    assert_true(strlen(text) < 2048);
    assert_non_null(strstr(text, "条，见站内收件箱"));
    json_decref(all);
    letter_free(&l);
}

static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *channel, *answer;
        long status;
        enum rc rc;
        const char *key;
    } cases[] = {
        {"wecom", "{\"errcode\":0,\"errmsg\":\"ok\"}", 200, RC_OK, ""},
        {"wecom", "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}", 200, RC_SYS,
         "notify.robot_busy"},
        {"wecom", "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}", 200, RC_USER,
         "notify.robot_refused"},
        {"dingtalk", "{\"errcode\":130101,\"errmsg\":\"send too fast\"}", 200, RC_SYS,
         "notify.robot_busy"},
        {"dingtalk", "{\"errcode\":310000,\"errmsg\":\"sign not match\"}", 200, RC_USER,
         "notify.robot_refused"},
        {"feishu", "{\"code\":0,\"msg\":\"success\",\"data\":{}}", 200, RC_OK, ""},
        {"feishu", "{\"code\":11232,\"msg\":\"frequency limited\"}", 400, RC_SYS,
         "notify.robot_busy"},
        {"feishu", "{\"code\":19021,\"msg\":\"sign match fail\"}", 200, RC_USER,
         "notify.robot_refused"},
        {"feishu", "{\"errcode\":0}", 200, RC_USER, "notify.robot_refused"},
        {"wecom", "<html>", 200, RC_USER, "notify.robot_refused"},
        {"wecom", "", 502, RC_SYS, "notify.robot_failed"},
        {"feishu", "", 429, RC_SYS, "notify.robot_busy"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = {0};
        assert_int_equal(
            robot_answer(str_of(cases[i].channel), cases[i].status, str_of(cases[i].answer), &e),
            cases[i].rc);
        assert_string_equal(e.key, cases[i].key);
    }
}

/* ---- telling ---- */

static size_t inbox(const struct actor *a, vec_notice_shown *v)
{
    vec_free(v);
    OK(inbox_list(site, a, false, 0, 100, &mem, v, &e));
    return v->n;
}

static bool says(const vec_notice_shown *v, size_t i, const char *text)
{
    if (str_eq(v->p[i].sentence, str_of(text)))
        return true;
    print_message("%.*s\n", (int)v->p[i].sentence.n, v->p[i].sentence.p);
    return false;
}

static void test_dates(void **state)
{
    (void)state;
    const int64_t today = site_today(site);
    vec_notice_shown v = {0};
    int64_t c = MAKE(&broker, "commitment", "title", "提供中试线", "debtor", ref(org_a),
                     "owner_name", "李四", "due", day_text(today + 5), "owner", ref(org_a));
    MAKE(&broker, "commitment", "title", "还早", "debtor", ref(org_a), "owner_name", "李四", "due",
         day_text(today + 30), "owner", ref(org_a));
    OK(notify_daily(site, &e));
    /* a Monday: also the week's list */
    assert_int_equal(inbox(&editor_a, &v), 2);
    assert_true(says(&v, 1, "“提供中试线”将于 2026-03-07 到期"));
    assert_int_equal(v.p[1].about, c);
    assert_true(says(&v, 0, "本周待办：2 项"));
    assert_true(str_eq(v.p[0].link, STR("/owed")));
    assert_int_equal(inbox(&editor_b, &v), 0);
    OK(notify_daily(site, &e)); /* nothing twice */
    assert_int_equal(inbox(&editor_a, &v), 2);
    clock_now += 6 * 86400;
    OK(notify_daily(site, &e));
    assert_int_equal(inbox(&editor_a, &v), 3);
    assert_true(says(&v, 0, "“提供中试线”已逾期（期限 2026-03-07）"));
    clock_now += 86400;
    OK(notify_daily(site, &e)); /* the next Monday */
    assert_int_equal(inbox(&editor_a, &v), 4);
    /* who may not see the record any more is not shown its title */
    struct actor gone = editor_a;
    gone.org = org_b;
    assert_int_equal(inbox(&gone, &v), 4);
    assert_true(says(&v, 3, "“（您无权查看其名称）”将于 2026-03-07 到期"));
    assert_null(v.p[3].kind);
    assert_int_equal(v.p[3].link.n, 0);
    vec_free(&v);
}

static void test_steps(void **state)
{
    (void)state;
    vec_notice_shown v = {0};
    int64_t need =
        MAKE(&editor_a, "need", "title", "高温合金涂层", "body", "耐 1200 度的涂层，求合作");
    int64_t result = MAKE(&editor_b, "result", "title", "陶瓷涂层", "body", "等离子喷涂的陶瓷涂层");
    int64_t i = MAKE(&editor_a, "introduction", "need", ref(need), "offer", ref(result), "interest",
                     "a", "contribution", "b", "expectation", "c");
    assert_int_equal(inbox(&broker, &v), 0);
    STEP(&editor_a, "introduction", i, "propose");
    assert_int_equal(inbox(&broker, &v), 1);
    assert_int_equal(inbox(&editor_b, &v), 0); /* not before the broker contacts it */
    STEP(&broker, "introduction", i, "contact");
    assert_int_equal(inbox(&editor_b, &v), 1);
    assert_int_equal(v.p[0].about, i);
    assert_int_equal(inbox(&editor_a, &v), 1);
    STEP(&editor_b, "introduction", i, "talk");
    assert_int_equal(inbox(&editor_b, &v), 1); /* his own step */
    assert_int_equal(inbox(&editor_a, &v), 2);
    assert_int_equal(inbox(&broker, &v), 2); /* who follows it up */
    uint32_t n;
    struct str link;
    OK(inbox_unread(site, &broker, &n, &e));
    assert_int_equal(n, 2);
    REFUSED(inbox_read(site, &editor_a, v.p[0].id, &mem, &link, &e), "service.missing");
    OK(inbox_read(site, &broker, v.p[0].id, &mem, &link, &e));
    char path[40];
    snprintf(path, sizeof path, "/introduction/%lld", (long long)i);
    assert_true(str_eq(link, str_of(path)));
    OK(inbox_unread(site, &broker, &n, &e));
    assert_int_equal(n, 1);
    OK(inbox_read_all(site, &broker, 0, &e));
    OK(inbox_unread(site, &broker, &n, &e));
    assert_int_equal(n, 0);
    struct actor reader = broker;
    reader.read_only = true;
    REFUSED(inbox_read_all(site, &reader, 0, &e), "service.denied");
    vec_free(&v);
}

/* An expert without an account: his organisation answers for him. */
static void test_expert(void **state)
{
    (void)state;
    vec_notice_shown v = {0};
    int64_t need = MAKE(&editor_a, "need", "title", "轴承降噪", "body", "轴承噪声不高于 40 dB");
    int64_t expert = MAKE(&editor_b, "person", "name", "岑既白", "units", ref(editor_b.org));
    int64_t i = MAKE(&editor_a, "introduction", "need", ref(need), "offer", ref(expert), "interest",
                     "a", "contribution", "b", "expectation", "c");
    STEP(&editor_a, "introduction", i, "propose");
    OK(inbox_read_all(site, &editor_b, 0, &e));
    STEP(&broker, "introduction", i, "contact");
    uint32_t n;
    OK(inbox_unread(site, &editor_b, &n, &e));
    assert_int_equal(n, 1);
    inbox(&editor_b, &v);
    assert_int_equal(v.p[0].about, i);
    vec_free(&v);
}

/* A write that is undone has told nobody. */
static enum rc put_and_fail(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct notice n = {.account = editor_a.account, .key = STR("notice.other"), .text = STR("x")};
    (void)ctx;
    TRY(notice_put(s, tx, &n, e));
    return err_user(e, "service.denied", "%s", "");
}

static enum rc put_nobody(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct notice n = {.account = 9999, .key = STR("notice.other"), .text = STR("x")};
    (void)ctx;
    return notice_put(s, tx, &n, e);
}

static void test_undone(void **state)
{
    (void)state;
    vec_notice_shown v = {0};
    REFUSED(site_write(site, put_and_fail, NULL, &e), "service.denied");
    assert_int_equal(inbox(&editor_a, &v), 0);
    OK(site_write(site, put_nobody, NULL, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_quiet, up, site_close_all),
        cmocka_unit_test_setup_teardown(test_header, up, site_close_all),
        cmocka_unit_test_setup_teardown(test_payloads, up, site_close_all),
        cmocka_unit_test_setup_teardown(test_answers, up, site_close_all),
        cmocka_unit_test_setup_teardown(test_dates, up, site_close_all),
        cmocka_unit_test_setup_teardown(test_steps, up, site_close_all),
        cmocka_unit_test_setup_teardown(test_expert, up, site_close_all),
        cmocka_unit_test_setup_teardown(test_undone, up, site_close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
