/* What comes in: spreadsheets by the import pages, news by the reading page. Run by tests/http/run
 * on both databases. */
#define _GNU_SOURCE
#include "http_help.h"

#include "service/jobs.h"

#include <pthread.h>
#include <stdatomic.h>

static struct browser broker, visitor;

/* A multipart form of one file and the token. */
static long upload(struct browser *b, const char *path, const char *name, const char *bytes)
{
    static char body[128 << 10];
    struct curl_slist *more =
        curl_slist_append(NULL, "Content-Type: multipart/form-data; boundary=XxX");
    snprintf(body, sizeof body,
             "--XxX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
             "--XxX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
             "Content-Type: text/csv\r\n\r\n%s\r\n--XxX--\r\n",
             b->csrf, name, bytes);
    long status = ask_with(b, "POST", path, body, more);
    curl_slist_free_all(more);
    return status;
}

static void run_jobs(void)
{
    bool ran = true;
    while (ran)
        OK(jobs_run_one(site, &ran, &e));
}

/* The page that the last answer leads to. */
static char place[400];
static const char *follow(void)
{
    snprintf(place, sizeof place, "%s", header("Location"));
    return place;
}

static uint64_t needs(void)
{
    struct arena a = {0};
    struct list_answer found = {0};
    struct list_request q = {.kind = kind_find(site_kinds(site), STR("need")), .count = true};
    OK(record_list(site, &actor_system, &q, &a, &found, &e));
    uint64_t n = found.total;
    vec_free(&found.rec);
    arena_free(&a);
    return n;
}

#define HEAD "需求名称,需求内容,所属行业,实施地区,所属单位\n"

static void test_import(void **state)
{
    (void)state;
    uint64_t before = needs();
    assert_int_equal(get(&broker, "/need/import"), 200);
    assert_true(shows("/need/template"));
    assert_int_equal(upload(&broker, "/need/import", "a.csv",
                            HEAD "导入一,内容,C32,330600,甲公司\n导入二,内容,C32,330600,甲公司\n"),
                     303);
    assert_int_equal(get(&broker, follow()), 200);
    assert_true(shows("hx-get")); /* it waits */
    run_jobs();
    assert_int_equal(get(&broker, place), 200);
    assert_true(shows("确认写入"));
    assert_int_equal(needs(), before); /* nothing yet */
    assert_int_equal(post(&broker, place, ""), 303);
    run_jobs();
    assert_int_equal(get(&broker, follow()), 200);
    assert_true(shows("已全部写入"));
    assert_int_equal(needs(), before + 2);
    assert_int_equal(post(&broker, place, ""), 422); /* not twice */
}

static void test_import_wrong(void **state)
{
    (void)state;
    uint64_t before = needs();
    char file[200];
    get(&broker, "/need/import");
    upload(&broker, "/need/import", "b.csv",
           HEAD "导入三,内容,没有这个行业,330600,甲公司\n,没有名称,C32,330600,甲公司\n");
    follow();
    run_jobs();
    get(&broker, place);
    assert_false(shows("确认写入"));
    assert_true(shows("没有这个行业"));
    const char *at = strstr(got.body.p, "/files/");
    assert_non_null(at);
    snprintf(file, sizeof file, "%.*s", (int)strcspn(at, "\""), at);
    assert_int_equal(post(&broker, place, ""), 303); /* asked all the same: it is refused again */
    run_jobs();
    assert_int_equal(needs(), before);
    assert_int_equal(get(&broker, file), 200);
    assert_memory_equal(got.body.p, "PK", 2);
    assert_non_null(strstr(header("Content-Disposition"), "attachment"));
}

static void test_import_belongs(void **state)
{
    (void)state;
    struct browser editor;
    browser_open(&editor);
    sign_in(&editor, "editor");
    get(&broker, "/need/import");
    upload(&broker, "/need/import", "c.csv", HEAD "导入四,内容,C32,330600,甲公司\n");
    follow();
    assert_int_equal(get(&editor, place), 404); /* another's job */
    assert_int_equal(get(&visitor, place), 303);
    run_jobs();
    char elsewhere[420];
    snprintf(elsewhere, sizeof elsewhere, "/result%s", place + strlen("/need"));
    assert_int_equal(get(&broker, elsewhere), 404); /* and not under another kind */
    get(&broker, "/need/import");
    assert_int_equal(upload(&broker, "/need/import", "empty.csv", ""), 422);
    upload(&broker, "/need/import", "d.xlsx", "PK\003\004 this is no workbook");
    follow();
    run_jobs();
    assert_int_equal(get(&broker, place), 200);
    assert_true(shows("alert-danger"));
    browser_close(&editor);
}

/* ---- news ---- */

static const char page_text[] =
    "<html><head><title>示例大学与示例钢铁集团签署战略合作协议</title></head><body>"
    "<h1>示例大学与示例钢铁集团签署战略合作协议</h1><p>2026年3月5日，示例大学校长王建国一行"
    "到示例钢铁集团有限公司调研，双方签署战略合作协议，共建高端钢材联合研究院。"
    "示例钢铁集团有限公司将在三年内投入5000万元支持联合研究院建设。</p>"
    "<p>示例钢铁集团有限公司董事长李明出席签约仪式。双方表示，将每年联合培养研究生50名。</p>"
    "<script>alert(1)</script></body></html>";

static void test_news(void **state)
{
    (void)state;
    char *form = curl_easy_escape(broker.curl, page_text, 0);
    static char body[32 << 10];
    snprintf(body, sizeof body, "text=%s", form);
    curl_free(form);
    get(&broker, "/news");
    assert_int_equal(post(&broker, "/news", body), 200);
    assert_true(shows("示例钢铁集团有限公司"));
    assert_true(shows("5000万元"));
    assert_true(shows("王建国"));
    assert_true(shows("<mark>"));
    assert_false(shows("alert(1)"));
}

static void test_news_refuses(void **state)
{
    (void)state;
    get(&broker, "/news");
    assert_int_equal(post(&broker, "/news", "text="), 422);
    /* The site's own machine is not to be asked. */
    char form[200];
    snprintf(form, sizeof form, "url=http%%3A%%2F%%2F127.0.0.1%%3A%u%%2Fmetrics", web_port(web));
    assert_int_equal(post(&broker, "/news", form), 422);
    assert_false(shows("qiao_"));
    assert_int_equal(post(&broker, "/news", "url=file%3A%2F%2F%2Fetc%2Fpasswd"), 422);
    assert_false(shows("root:"));
}

/* What a fact is kept as begins with its sentence. */
static void test_form_filled_ahead(void **state)
{
    (void)state;
    assert_int_equal(
        get(&broker, "/need/new?title=%3Cb%3E%E7%94%B2&trl=99x&raw=%E5%8E%9F%E6%96%87"), 200);
    assert_true(shows("&lt;b&gt;甲"));
    assert_true(shows("原文"));
    assert_false(shows("<b>甲"));
}

/* ---- many at once ---- */

#define SENDERS 6
#define UPLOADS 8

struct sender {
    pthread_t thread;
    struct browser b;
    int wrong; /* answers that were no 303 */
    char path[UPLOADS][200];
    int number;
};

static size_t forget(char *p, size_t size, size_t n, void *to)
{
    (void)p, (void)to;
    return size * n;
}

static size_t keep_place(char *p, size_t size, size_t n, void *to)
{
    if (size * n > 11 && strncasecmp(p, "Location: ", 10) == 0)
        snprintf(to, 200, "%.*s", (int)strcspn(p + 10, "\r\n"), p + 10);
    return size * n;
}

/* Each with its own session, token and connection; every third upload has the bytes of all. */
static void *send_many(void *ctx)
{
    struct sender *s = ctx;
    for (int i = 0; i < UPLOADS; i++) {
        char url[200], cookie[220], body[2000];
        long status = 0;
        struct curl_slist *more =
            curl_slist_append(NULL, "Content-Type: multipart/form-data; boundary=XxX");
        snprintf(url, sizeof url, "http://127.0.0.1:%u/need/import", (unsigned)web_port(web));
        snprintf(cookie, sizeof cookie, "%s", s->b.cookie);
        snprintf(body, sizeof body,
                 "--XxX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
                 "--XxX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n"
                 "\r\n" HEAD "并行%d,内容,C32,330600,甲公司\n\r\n--XxX--\r\n",
                 s->b.csrf, i % 3 ? s->number * 100 + i : 0);
        curl_easy_reset(s->b.curl);
        curl_easy_setopt(s->b.curl, CURLOPT_URL, url);
        curl_easy_setopt(s->b.curl, CURLOPT_TIMEOUT, 60L);
        curl_easy_setopt(s->b.curl, CURLOPT_COOKIE, cookie);
        curl_easy_setopt(s->b.curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(s->b.curl, CURLOPT_HTTPHEADER, more);
        curl_easy_setopt(s->b.curl, CURLOPT_WRITEFUNCTION, forget);
        curl_easy_setopt(s->b.curl, CURLOPT_HEADERFUNCTION, keep_place);
        curl_easy_setopt(s->b.curl, CURLOPT_HEADERDATA, s->path[i]);
        if (curl_easy_perform(s->b.curl) == CURLE_OK)
            curl_easy_getinfo(s->b.curl, CURLINFO_RESPONSE_CODE, &status);
        s->wrong += status != 303 || !s->path[i][0];
        curl_slist_free_all(more);
    }
    return NULL;
}

static _Atomic bool sent;
static void *work_off(void *unused)
{
    bool ran = true, last = false;
    (void)unused;
    while (ran || !last) {
        struct err why;
        last = sent;
        if (jobs_run_one(site, &ran, &why) != RC_OK)
            return "jobs";
        if (!ran)
            usleep(1000);
    }
    return NULL;
}

/* Uploads of several sessions while two threads work them off: none fails, none is lost. */
static void test_import_parallel(void **state)
{
    static struct sender sender[SENDERS];
    pthread_t worker[2];
    void *failed;
    (void)state;
    for (int i = 0; i < SENDERS; i++) {
        browser_open(&sender[i].b);
        sign_in(&sender[i].b, i % 2 ? "editor" : "broker");
        sender[i].number = i + 1;
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&worker[i], NULL, work_off, NULL), 0);
    for (int i = 0; i < SENDERS; i++)
        assert_int_equal(pthread_create(&sender[i].thread, NULL, send_many, &sender[i]), 0);
    for (int i = 0; i < SENDERS; i++)
        pthread_join(sender[i].thread, NULL);
    sent = true;
    for (int i = 0; i < 2; i++) {
        pthread_join(worker[i], &failed);
        assert_null(failed);
    }
    for (int i = 0; i < SENDERS; i++) {
        assert_int_equal(sender[i].wrong, 0);
        for (int u = 0; u < UPLOADS; u++) {
            assert_int_equal(get(&sender[i].b, sender[i].path[u]), 200);
            assert_true(shows("确认写入"));
        }
        browser_close(&sender[i].b);
    }
}

static int start(void **state)
{
    if (web_start(state) != 0)
        return -1;
    browser_open(&broker);
    browser_open(&visitor);
    sign_in(&broker, "broker");
    return 0;
}

static int stop(void **state)
{
    browser_close(&visitor);
    browser_close(&broker);
    return web_stop(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_import_wrong),
        cmocka_unit_test(test_import_belongs),
        cmocka_unit_test(test_import_parallel),
        cmocka_unit_test(test_news),
        cmocka_unit_test(test_news_refuses),
        cmocka_unit_test(test_form_filled_ahead),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
