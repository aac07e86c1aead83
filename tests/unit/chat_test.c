/* A chat endpoint that may propose facts, by a server of our own that speaks its protocol: well,
 * lying, in broken JSON, without an end, late. */
#define _GNU_SOURCE
#include "site_help.h"

#include "service/page_chat.h"
#include "service/pages_int.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <pthread.h>
#include <sys/socket.h>

static struct err e;
static struct actor broker;
static int64_t page;

/* ---- the server ---- */

static int listener = -1;
static char base[100];
static const char *answer; /* the message's content; NULL: what `raw` says */
static const char *raw;    /* the whole body; NULL: no end, or none at all */
static int status = 200;
static bool endless, late;
static char asked[64 << 10]; /* the last request */

static bool is_whole(const char *text)
{
    const char *body = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
    return body && (!length || strlen(body + 4) >= (size_t)atol(length + 15));
}

static void say(int to, const char *text)
{
    for (size_t n = strlen(text); n > 0;) {
        ssize_t k = send(to, text, n, MSG_NOSIGNAL);
        if (k <= 0)
            return;
        text += k;
        n -= (size_t)k;
    }
}

static void reply(int to)
{
    char head[300];
    static char body[64 << 10];
    if (late) { /* until the other side has had enough */
        char c;
        while (recv(to, &c, 1, 0) > 0)
            ;
        return;
    }
    snprintf(head, sizeof head, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%s", status,
             status == 302 ? "Location: http://127.0.0.1:1/\r\n" : "");
    say(to, head);
    if (endless) {
        say(to, "Connection: close\r\n\r\n{\"choices\":[\"");
        memset(body, 'x', sizeof body - 1);
        for (int i = 0; i < 1000; i++)
            if (send(to, body, sizeof body - 1, MSG_NOSIGNAL) <= 0)
                return;
        return;
    }
    if (answer) {
        json_t *o = json_pack("{s:[{s:{s:s,s:s}}]}", "choices", "message", "role", "assistant",
                              "content", answer);
        char *text = json_dumps(o, JSON_COMPACT);
        snprintf(body, sizeof body, "%s", text);
        free(text);
        json_decref(o);
    } else {
        snprintf(body, sizeof body, "%s", raw);
    }
    snprintf(head, sizeof head, "Content-Length: %zu\r\nConnection: close\r\n\r\n", strlen(body));
    say(to, head);
    say(to, body);
}

static void *serve(void *unused)
{
    for (;;) {
        int to = accept(listener, NULL, NULL);
        size_t n = 0;
        if (to < 0)
            return unused;
        while (n < sizeof asked - 1) {
            ssize_t k = recv(to, asked + n, sizeof asked - 1 - n, 0);
            if (k <= 0)
                break;
            asked[n += (size_t)k] = 0;
            if (is_whole(asked))
                break;
        }
        reply(to);
        close(to);
    }
}

static pthread_t thread;

static int fill(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    struct page_kept kept;
    struct page_given from = {
        .name = STR("page"),
        .bytes =
            STR("望江大学与远川重工有限公司签署战略合作协议\n2026年4月8日，望江大学校长方志远、"
                "远川重工有限公司董事长石海生出席签约仪式，双方签署战略合作协议。会后，双方约定"
                "每季度互派十人驻点，方志远为此点赞。\n")};
    if (site_open_all(state))
        return -1;
    broker = actor(ROLE_BROKER, 0);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, n) || listen(listener, 4) ||
        getsockname(listener, (struct sockaddr *)&at, &n))
        return -1;
    snprintf(base, sizeof base, "http://127.0.0.1:%u/v1", ntohs(at.sin_port));
    if (pthread_create(&thread, NULL, serve, NULL) ||
        page_keep(site, &broker, &from, &mem, &kept, &e) != RC_OK)
        return -1;
    page = kept.id;
    return 0;
}

static int drain(void **state)
{
    shutdown(listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(listener);
    return site_close_all(state);
}

static enum rc chat(struct chat_report *out)
{
    struct chat_options o = {.url = base, .model = "tiny", .key = "k-1", .timeout = 2};
    return page_chat(site, &broker, page, &o, &mem, out, &e);
}

static uint32_t facts(void)
{
    struct page_review r;
    OK(page_review(site, &broker, page, &mem, &r, &e));
    vec_free(&r.same);
    return r.n_facts;
}

static void test_adds(void **state)
{
    (void)state;
    struct chat_report out;
    uint32_t before = facts();
    answer = "好的：```json\n{\"facts\":[{\"type\":\"talent_training\",\"subject\":\"望江大学\","
             "\"predicate\":\"互派\",\"object\":\"远川重工有限公司\",\"value\":\"十人\","
             "\"deadline\":null,\"evidence\":\"每季度互派十人驻点\"},"
             "{\"type\":\"agreement\",\"evidence\":\"双方签署战略合作协议\"}]}\n```";
    OK(chat(&out));
    assert_int_equal(out.added, 1);
    assert_int_equal(out.known, 1); /* the reader had found it */
    assert_int_equal(facts(), before + 1);
    assert_non_null(strstr(asked, "POST /v1/chat/completions"));
    assert_non_null(strstr(asked, "Authorization: Bearer k-1"));
    assert_non_null(strstr(asked, "\"model\":\"tiny\""));
    struct page_review r;
    OK(page_review(site, &broker, page, &mem, &r, &e));
    const struct rec *f = NULL;
    for (uint32_t i = 0; i < r.n_facts; i++)
        if (str_eq(rec_text(&r.fact[i].rec, "origin"), STR("chat")))
            f = &r.fact[i].rec;
    assert_non_null(f);
    assert_true(rec_is(f, "proposed"));
    assert_true(str_eq(rec_text(f, "value"), STR("十人")));
    assert_true(rec_num(f, "to", 0) - rec_num(f, "from", 0) == 9);
    vec_free(&r.same);
    OK(chat(&out)); /* asked again, it has nothing new */
    assert_int_equal(out.added, 0);
    assert_int_equal(out.known, 2);
}

static void test_lies(void **state)
{
    (void)state;
    struct chat_report out;
    uint32_t before = facts();
    answer = "{\"facts\":[{\"type\":\"project\",\"evidence\":\"双方将投资一亿元\"},"
             "{\"type\":\"event\",\"evidence\":\"方志远为此点赞\"},"
             "{\"type\":\"nonsense\",\"evidence\":\"方志远为此点赞\"},"
             "{\"type\":\"project\",\"evidence\":\"\"},{\"type\":\"project\",\"evidence\":7},"
             "{\"type\":\"project\",\"evidence\":\"双方\"},17,null,\"x\"]}";
    OK(chat(&out));
    assert_int_equal(out.added, 0);
    assert_int_equal(out.refused, 9);
    assert_int_equal(facts(), before);
    /* a true sentence with an invented number: the sentence stays, the number goes */
    answer = "{\"facts\":[{\"type\":\"other\",\"subject\":\"没有的大学\",\"value\":\"一亿元\","
             "\"evidence\":\"方志远为此点赞\"}]}";
    OK(chat(&out));
    assert_int_equal(out.added, 1);
    struct page_review r;
    OK(page_review(site, &broker, page, &mem, &r, &e));
    for (uint32_t i = 0; i < r.n_facts; i++)
        if (str_eq(rec_text(&r.fact[i].rec, "quote"), STR("方志远为此点赞"))) {
            assert_int_equal(rec_text(&r.fact[i].rec, "value").n, 0);
            assert_int_equal(rec_text(&r.fact[i].rec, "subject").n, 0);
        }
    vec_free(&r.same);
}

static void fails(const char *key)
{
    struct chat_report out;
    uint32_t before = facts();
    assert_int_equal(chat(&out), RC_USER);
    assert_string_equal(e.key, key);
    assert_int_equal(facts(), before);
}

static void test_broken(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "", "抱歉，我不能回答。", "{\"facts\":", "{\"facts\":{}}", "{}", "}{"};
    static const char *const bodies[] = {"", "no JSON", "[]", "{\"choices\":[]}",
                                         "{\"choices\":[{\"message\":{\"content\":null}}]}"};
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        answer = answers[i];
        fails("chat.answer");
    }
    answer = NULL;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        raw = bodies[i];
        fails("chat.answer");
    }
    raw = "{}";
    status = 500;
    fails("chat.unreachable");
    status = 302; /* it is not followed */
    fails("chat.unreachable");
    status = 200;
    endless = true;
    fails("chat.answer");
    endless = false;
    late = true;
    fails("chat.unreachable");
    late = false;
}

static void test_off(void **state)
{
    (void)state;
    struct chat_options none = {0}, file = {.url = "file:///etc/passwd"}, good = {.url = base};
    struct actor stranger = actor(ROLE_EDITOR, org_b), auditor = actor(ROLE_AUDITOR, 0);
    struct chat_report out;
    REFUSED(page_chat(site, &broker, page, &none, &mem, &out, &e), "chat.off");
    REFUSED(page_chat(site, &broker, page, &file, &mem, &out, &e), "chat.address");
    asked[0] = 0;
    REFUSED(page_chat(site, &stranger, page, &good, &mem, &out, &e), "service.missing");
    REFUSED(page_chat(site, &auditor, page, &good, &mem, &out, &e), "service.denied");
    assert_int_equal(asked[0], 0); /* the text has not left the house */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adds),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_off),
    };
    return cmocka_run_group_tests(tests, fill, drain);
}
