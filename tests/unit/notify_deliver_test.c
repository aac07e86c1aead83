/* Deliveries with a clock that the test sets: quiet hours, new attempts, what is given up; to a
 * robot that is a thread of this test. Declared tables that do not fit. */
#define _GNU_SOURCE
#include "typed_help.h"

#include "base/file.h"
#include "service/auth.h"
#include "service/notify_int.h"
#include "service/pairing.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* 2026-03-02, a Monday, 12:00 in China */
#define NOON 1772424000
#define HOUR 3600

/* ---- a robot ---- */

static struct {
    int fd;
    unsigned port, asked;
    pthread_t thread;
    const char *answer; /* of the next requests; NULL: taken */
    char body[8192];
} robot;

static void serve_one(int c)
{
    char text[16384];
    size_t n = 0, need = SIZE_MAX;
    ssize_t got;
    while (n < need && (got = read(c, text + n, sizeof text - 1 - n)) > 0) {
        n += (size_t)got;
        text[n] = 0;
        char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
        if (end && length)
            need = (size_t)(end + 4 - text) + (size_t)atoi(length + 15);
    }
    char *body = strstr(text, "\r\n\r\n");
    snprintf(robot.body, sizeof robot.body, "%s", body ? body + 4 : "");
    robot.asked++;
    const char *says = robot.answer ? robot.answer : "{\"errcode\":0,\"errmsg\":\"ok\"}";
    dprintf(c,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
            "Connection: close\r\n\r\n%s",
            strlen(says), says);
    close(c);
}

static void *robot_run(void *ctx)
{
    (void)ctx;
    for (int c; (c = accept(robot.fd, NULL, NULL)) >= 0;)
        serve_one(c);
    return NULL;
}

static int robot_start(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    robot.asked = 0;
    robot.answer = NULL;
    robot.fd = socket(AF_INET, SOCK_STREAM, 0);
    if (robot.fd < 0 || bind(robot.fd, (struct sockaddr *)(void *)&a, sizeof a) ||
        listen(robot.fd, 8) || getsockname(robot.fd, (struct sockaddr *)(void *)&a, &n))
        return -1;
    robot.port = ntohs(a.sin_port);
    return pthread_create(&robot.thread, NULL, robot_run, NULL);
}

static void robot_stop(void)
{
    shutdown(robot.fd, SHUT_RDWR);
    pthread_join(robot.thread, NULL);
    close(robot.fd);
}

/* ---- a site ---- */

static struct actor admin, editor;

static int64_t account(const char *login, const char *role, int64_t org)
{
    struct account_request r = {.login = str_of(login),
                                .name = str_of(login),
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
    if (site_open_all(state) || robot_start())
        return -1;
    site->notices->local_robots = true;
    site->notices->gather = 30;
    admin = actor(ROLE_ADMIN, 0);
    editor = actor(ROLE_EDITOR, org_a);
    admin.account = account("boss", "admin", 0);
    editor.account = account("li", "editor", org_a);
    editor.login = editor.name = STR("li");
    return 0;
}

static int down(void **state)
{
    robot_stop();
    return site_close_all(state);
}

static void hook(const struct actor *a, bool group)
{
    char url[80];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/send", robot.port);
    OK(notify_hook_set(site, a, group, STR("wecom"), str_of(url), STR(""), &e));
}

static enum rc put(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    return notice_put(s, tx, ctx, e);
}

static void tell(int64_t to, const char *text)
{
    struct notice n = {.account = to, .key = STR("notice.other"), .text = str_of(text)};
    OK(site_write(site, put, &n, &e));
}

/* Everything that is due; how many messages went out. */
static unsigned deliver(void)
{
    unsigned before = robot.asked;
    bool ran = true;
    for (int i = 0; ran && i < 50; i++)
        OK(notify_deliver_one(site, &ran, &e));
    assert_false(ran);
    return robot.asked - before;
}

static const char *content(void)
{
    static char text[4096];
    json_t *all = json_loads(robot.body, 0, NULL);
    const char *s = json_string_value(json_object_get(json_object_get(all, "text"), "content"));
    snprintf(text, sizeof text, "%s", s ? s : "");
    json_decref(all);
    return text;
}

/* ---- when ---- */

static void test_quiet(void **state)
{
    (void)state;
    hook(&editor, false);
    tell(editor.account, "一");
    assert_int_equal(deliver(), 0); /* others may join it */
    clock_now += 30;
    assert_int_equal(deliver(), 1);
    assert_string_equal(content(), "一");
    clock_now = NOON + 9 * HOUR - 10; /* 20:59:50 */
    tell(editor.account, "二");
    clock_now += 30;
    assert_int_equal(deliver(), 0);
    clock_now = NOON + 12 * HOUR; /* midnight */
    tell(editor.account, "三");
    clock_now += HOUR;
    assert_int_equal(deliver(), 0);
    clock_now = NOON + 19 * HOUR + 1799; /* 07:29:59 */
    assert_int_equal(deliver(), 0);
    clock_now++;
    assert_int_equal(deliver(), 1); /* both at once */
    assert_string_equal(content(), "【桥】2 条新消息\n1. 二\n2. 三");
    assert_int_equal(deliver(), 0);
}

/* Hours of his own in the place of the site's; a change lets go what waits. */
static void test_own_hours(void **state)
{
    (void)state;
    unsigned on[32];
    for (int i = 0; i < 32; i++)
        on[i] = 1u << CHANNEL_WECOM;
    hook(&editor, false);
    OK(notify_choose(site, &editor, 12 * 60, 14 * 60, on, &e));
    tell(editor.account, "一");
    clock_now += 60;
    assert_int_equal(deliver(), 0);
    OK(notify_choose(site, &editor, -1, -1, on, &e));
    assert_int_equal(deliver(), 1);
    OK(notify_choose(site, &editor, 0, 0, on, &e)); /* none */
    clock_now = NOON + 10 * HOUR;
    tell(editor.account, "二");
    clock_now += 60;
    assert_int_equal(deliver(), 1);
    REFUSED(notify_choose(site, &editor, -1, 0, on, &e), "notify.time");
    memset(on, 0, sizeof on);
    OK(notify_choose(site, &editor, 0, 0, on, &e));
    tell(editor.account, "三");
    clock_now += 60;
    assert_int_equal(deliver(), 0);
}

/* ---- how often ---- */

static void test_again(void **state)
{
    (void)state;
    vec_notify_failed failed = {0};
    hook(&editor, false);
    clock_now -= 3 * HOUR; /* the whole ladder before the evening */
    site->notices->attempts = 5;
    robot.answer = "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}";
    tell(editor.account, "一");
    clock_now += 30;
    assert_int_equal(deliver(), 1);
    for (int64_t pause = 60; pause <= 480; pause *= 2) {
        clock_now += pause - 1;
        assert_int_equal(deliver(), 0);
        clock_now++;
        assert_int_equal(deliver(), 1);
    }
    clock_now += HOUR;
    assert_int_equal(deliver(), 0); /* given up */
    REFUSED(notify_failures(site, &editor, &mem, &failed, &e), "service.denied");
    OK(notify_failures(site, &admin, &mem, &failed, &e));
    assert_int_equal(failed.n, 1);
    assert_int_equal(failed.p[0].batch.attempts, 5);
    assert_true(str_eq(failed.p[0].login, STR("li")));
    assert_true(str_starts(failed.p[0].batch.reason, STR("notify.robot_busy\t45009")));
    robot.answer = NULL;
    REFUSED(notify_again(site, &editor, failed.p[0].batch.id, &e), "service.denied");
    OK(notify_again(site, &admin, failed.p[0].batch.id, &e));
    assert_int_equal(deliver(), 1);
    assert_string_equal(content(), "一");
    vec_free(&failed);
    OK(notify_failures(site, &admin, &mem, &failed, &e));
    assert_int_equal(failed.n, 0);
    /* refused: at once */
    robot.answer = "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}";
    tell(editor.account, "二");
    clock_now += 30;
    assert_int_equal(deliver(), 1);
    OK(notify_failures(site, &admin, &mem, &failed, &e));
    assert_int_equal(failed.n, 1);
    /* taken away meanwhile */
    robot.answer = NULL;
    tell(editor.account, "三");
    OK(notify_hook_set(site, &editor, false, STR("wecom"), STR(""), STR(""), &e));
    clock_now += 30;
    assert_int_equal(deliver(), 0);
    vec_free(&failed);
    OK(notify_failures(site, &admin, &mem, &failed, &e));
    assert_int_equal(failed.n, 2);
    assert_true(str_starts(failed.p[0].batch.reason, STR("notify.gone")));
    vec_free(&failed);
}

/* Who claims it and dies, again and again, does not go on for ever. */
static enum rc claim_and_die(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct batch b;
    bool *found = ctx;
    (void)s;
    TRY(delivery_claim(tx, clock_now, clock_now + 180, &mem, &b, found, e));
    vec_free(&b.notice);
    return RC_OK;
}

static void test_dying(void **state)
{
    (void)state;
    vec_notify_failed failed = {0};
    hook(&editor, false);
    clock_now -= 3 * HOUR;
    tell(editor.account, "一");
    clock_now += 30;
    for (int i = 0; i < 10; i++) {
        bool found = false;
        OK(site_write(site, claim_and_die, &found, &e));
        assert_true(found);
        assert_int_equal(deliver(), 0); /* somebody has it */
        clock_now += 180;
    }
    assert_int_equal(deliver(), 0);
    OK(notify_failures(site, &admin, &mem, &failed, &e));
    assert_int_equal(failed.n, 1);
    assert_true(str_starts(failed.p[0].batch.reason, STR("notify.given_up")));
    vec_free(&failed);
}

/* ---- what it says ---- */

/* The chat group is told that something is missed, by name only what everybody may see. */
static void test_group(void **state)
{
    (void)state;
    const int64_t today = site_today(site);
    hook(&admin, true);
    REFUSED(notify_hook_set(site, &editor, true, STR("feishu"), STR("https://open.feishu.cn/x"),
                            STR(""), &e),
            "service.denied");
    MAKE(&actor_system, "commitment", "title", "绝密的承诺", "debtor", ref(org_a), "owner_name",
         "li", "due", day_text(today - 3), "owner", ref(org_a));
    OK(notify_daily(site, &e));
    clock_now += 30;
    assert_int_equal(deliver(), 1);
    assert_null(strstr(content(), "绝密"));
    assert_non_null(strstr(content(), "已逾期（期限 2026-02-27）"));
    OK(notify_daily(site, &e));
    clock_now += 30;
    assert_int_equal(deliver(), 0);
}

/* On Mondays the list itself is in the message. */
static void test_week(void **state)
{
    (void)state;
    const int64_t today = site_today(site);
    hook(&editor, false);
    MAKE(&actor_system, "commitment", "title", "建成中试线", "debtor", ref(org_a), "owner_name",
         "li", "due", day_text(today + 100), "owner", ref(org_a));
    site->o.url = "https://q.example/";
    OK(notify_daily(site, &e));
    clock_now += 30;
    assert_int_equal(deliver(), 1);
    assert_non_null(strstr(content(), "1. 本周待办：1 项\nhttps://q.example/owed\n"));
    assert_non_null(
        strstr(content(), "2. 建成中试线（期限 2026-06-10）\nhttps://q.example/commitment/"));
    site->o.url = NULL;
    clock_now += 86400; /* Tuesday */
    OK(notify_daily(site, &e));
    clock_now += 30;
    assert_int_equal(deliver(), 0);
}

static size_t told(const struct actor *a, vec_notice_shown *v)
{
    vec_free(v);
    OK(inbox_list(site, a, false, 0, 100, &mem, v, &e));
    return v->n;
}

/* New matches of his own needs, each once, and not those of others. */
static int up_engine(void **state)
{
    site_with_engine = true;
    int rc = up(state);
    site_with_engine = false;
    return rc;
}

static void test_matches(void **state)
{
    (void)state;
    struct actor broker = actor(ROLE_BROKER, 0), other = actor(ROLE_EDITOR, org_b);
    vec_notice_shown v = {0};
    other.account = account("zhao", "editor", org_b);
    int64_t need = MAKE(&editor, "need", "title", "龙虾养殖水体亚硝酸盐快速检测", "body",
                        "求便携的检测办法", "industry", "C398", "region", "330600");
    STEP(&broker, "need", need, "diagnose");
    STEP(&broker, "need", need, "publish");
    int64_t result = MAKE(&other, "result", "title", "水体亚硝酸盐便携快速检测仪", "body",
                          "龙虾养殖塘口现场检测");
    OK(engine_wait(site, site_seq(site), 5000, &e));
    OK(notify_daily(site, &e));
    size_t n = told(&editor, &v), found = 0;
    for (size_t i = 0; i < n; i++)
        found += v.p[i].about == result &&
                 str_eq(v.p[i].sentence, STR("“水体亚硝酸盐便携快速检测仪”可能满足您的需求"
                                             "“龙虾养殖水体亚硝酸盐快速检测”"));
    assert_int_equal(found, 1);
    assert_int_equal(told(&other, &v), 0);
    OK(notify_daily(site, &e));
    assert_int_equal(told(&editor, &v), n);
    vec_free(&v);
}

/* A state that ends, and dates in lists of groups. */
static void test_terms(void **state)
{
    (void)state;
    struct actor broker = actor(ROLE_BROKER, 0);
    vec_notice_shown v = {0};
    int64_t need = MAKE(&editor, "need", "title", "高温合金", "body", "耐热", "industry", "C398",
                        "region", "330600");
    STEP(&broker, "need", need, "diagnose");
    STEP(&broker, "need", need, "publish");
    clock_now += 160 * 86400LL;
    OK(notify_daily(site, &e));
    assert_int_equal(told(&editor, &v), 0);
    clock_now += 7 * 86400LL; /* 13 days before its end */
    OK(notify_daily(site, &e));
    assert_int_equal(told(&editor, &v), 1);
    assert_int_equal(v.p[0].about, need);
    assert_true(str_eq(v.p[0].event, STR("ending")));
    OK(notify_daily(site, &e));
    assert_int_equal(told(&editor, &v), 1);
    const int64_t today = site_today(site);
    char lines[200];
    snprintf(lines, sizeof lines, "样机|%s|\n报告|%s|%s\n资料|%s|", day_text(today + 5),
             day_text(today + 5), day_text(today - 1), day_text(today + 50));
    int64_t agreement = MAKE(&actor_system, "agreement", "title", "共建", "type", "institute",
                             "parties", arena_str(&mem, str_of("#1|lead|60\n#2|member|40")).p,
                             "deliverables", lines, "owner", ref(org_a));
    OK(notify_daily(site, &e));
    assert_int_equal(told(&editor, &v), 2);
    assert_int_equal(v.p[0].about, agreement);
    assert_true(str_starts(v.p[0].sentence, STR("协议“共建”有交付物应于")));
    vec_free(&v);
}

/* ---- the table ---- */

static enum rc open_with(const char *yaml, struct err *e)
{
    char dir[] = "/tmp/qiao-notices-XXXXXX", path[80];
    struct site copy = {.kinds = site->kinds, .store = site->store};
    struct notices *n = NULL;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/notices.yaml", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(yaml, f);
    fclose(f);
    copy.o.model_dir = dir;
    enum rc rc = model_open(&copy.model, dir, e);
    if (rc == RC_OK)
        rc = notices_open(&n, &copy, e);
    notices_close(n);
    model_close(copy.model);
    unlink(path);
    rmdir(dir);
    return rc;
}

#define OTHER "events:\n- {event: other, label: {zh: 甲, en: A}, key: notice.other}\n"
static void test_table(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"events: []\n", "other"},
        {"delivery: {gather: -1}\n" OTHER, "gather"},
        {"delivery: {quiet_from: \"25:00\"}\n" OTHER, "quiet_from"},
        {"events:\n- {event: other, label: {zh: 甲, en: A}, key: k, channels: [fax]}\n", "fax"},
        {OTHER "steps:\n- {kind: nothing, state: x, event: other, tell: [site]}\n", "nothing"},
        {OTHER "steps:\n- {kind: need, state: gone, event: other, tell: [site]}\n", "gone"},
        {OTHER "steps:\n- {kind: need, state: open, event: nope, tell: [site]}\n", "nope"},
        {OTHER "steps:\n- {kind: need, state: open, event: other, tell: [who]}\n", "who"},
        {OTHER "steps:\n- {kind: need, state: open, event: other}\n", "tell"},
        {OTHER "dates:\n- {kind: need, date: title, before: 3, event: other, tell: [site]}\n",
         "title"},
        {OTHER "dates:\n- {kind: need, date: deadline, event: other, tell: [site]}\n", "before"},
        {OTHER "dates:\n- {kind: need, date: deadline, before: 3, when: \"no such =\", event: "
               "other, tell: [site]}\n",
         "no such ="},
        {OTHER "dates: 3\n", "dates"},
    };
    struct err e = {0};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(open_with(bad[i][0], &e), RC_USER);
        assert_string_equal(e.key, "notify.declared");
        assert_string_equal(e.detail, bad[i][1]);
    }
    assert_int_equal(open_with(OTHER "dates:\n- {kind: need, date: deadline, before: 3, event: "
                                     "other, tell: [owner]}\n",
                               &e),
                     RC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_quiet, up, down),
        cmocka_unit_test_setup_teardown(test_own_hours, up, down),
        cmocka_unit_test_setup_teardown(test_again, up, down),
        cmocka_unit_test_setup_teardown(test_dying, up, down),
        cmocka_unit_test_setup_teardown(test_group, up, down),
        cmocka_unit_test_setup_teardown(test_week, up, down),
        cmocka_unit_test_setup_teardown(test_matches, up_engine, down),
        cmocka_unit_test_setup_teardown(test_terms, up, down),
        cmocka_unit_test_setup_teardown(test_table, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
