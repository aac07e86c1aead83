/* What comes in: spreadsheets by the import pages, news by the reading page. Run by tests/http/run
 * on both databases. */
#define _GNU_SOURCE
#include "http_help.h"

#include "service/jobs.h"

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
        cmocka_unit_test(test_import),         cmocka_unit_test(test_import_wrong),
        cmocka_unit_test(test_import_belongs), cmocka_unit_test(test_news),
        cmocka_unit_test(test_news_refuses),   cmocka_unit_test(test_form_filled_ahead),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
