/* What comes in: spreadsheets by the import pages, news by the reading page. Run by tests/http/run
 * on both databases. */
#define _GNU_SOURCE
#include "http_help.h"

#include "service/jobs.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <zip.h>

static struct browser broker, visitor;

/* A form of one file. */
static long upload(struct browser *b, const char *path, const char *name, const char *bytes)
{
    static char file[128 << 10];
    snprintf(file, sizeof file, "@file=%s=%s", name, bytes);
    return FORM(b, path, file);
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

/* What was checked and is not wanted after all; and what was written cannot be confirmed again. */
static void test_import_cancel(void **state)
{
    (void)state;
    uint64_t before = needs();
    char cancel[440], checked[400];
    get(&broker, "/need/import");
    upload(&broker, "/need/import", "no.csv", HEAD "不要的一条,内容,C32,330600,甲公司\n");
    follow();
    run_jobs();
    snprintf(cancel, sizeof cancel, "%s/cancel", place);
    assert_int_equal(get(&broker, place), 200);
    assert_true(shows(cancel) && shows("7 天内可以确认"));
    assert_int_equal(post(&broker, cancel, ""), 303);
    assert_int_equal(get(&broker, header("Location")), 200);
    assert_true(shows("已取消导入"));
    assert_int_equal(get(&broker, place), 200);
    assert_true(shows("不能确认") && !shows("确认写入"));
    assert_int_equal(post(&broker, place, ""), 422);
    assert_true(shows("已不再保留"));
    assert_int_equal(needs(), before);
    upload(&broker, "/need/import", "yes.csv", HEAD "要的一条,内容,C32,330600,甲公司\n");
    snprintf(checked, sizeof checked, "%s", follow());
    run_jobs();
    get(&broker, place);
    assert_int_equal(post(&broker, place, ""), 303);
    run_jobs();
    assert_int_equal(needs(), before + 1);
    assert_int_equal(get(&broker, checked), 200);
    assert_true(shows("不能确认") && !shows("确认写入"));
    assert_int_equal(post(&broker, checked, ""), 422);
    assert_int_equal(needs(), before + 1);
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

/* Every row is listed by what it does: new, changed (with what it was), unchanged. */
static void test_import_rows(void **state)
{
    (void)state;
    char url[440];
    get(&broker, "/need/import");
    upload(&broker, "/need/import", "rows.csv",
           HEAD "导入一,改过的内容,C32,330600,甲公司\n导入二,内容,C32,330600,甲公司\n"
                "全新的一条,内容,C32,330600,甲公司\n");
    follow();
    run_jobs();
    assert_int_equal(get(&broker, place), 200);
    assert_true(shows("show=new") && shows("show=changed") && shows("show=same"));
    assert_false(shows("show=wrong"));
    assert_true(shows("全新的一条")); /* the first state that there is */
    assert_false(shows("<ins>改过的内容"));
    snprintf(url, sizeof url, "%s?show=changed", place);
    assert_int_equal(get(&broker, url), 200);
    assert_true(shows("<del>内容</del>") && shows("<ins>改过的内容</ins>"));
    assert_true(shows(">导入一</a>"));
    assert_false(shows("全新的一条") || shows("导入二"));
    snprintf(url, sizeof url, "%s?show=same&from=99999999", place);
    assert_int_equal(get(&broker, url), 200);
    snprintf(url, sizeof url, "%s?show=same", place);
    assert_int_equal(get(&broker, url), 200);
    assert_true(shows(">导入二</a>"));
}

/* A header of the office's own is given its field by hand; so it is written, too. */
static void test_import_columns(void **state)
{
    (void)state;
    char form[200];
    uint64_t before = needs();
    get(&broker, "/need/import");
    upload(&broker, "/need/import", "own.csv",
           "难题名称,问题描述及技术要求,报送者,序号\n对应甲,噪声不高于四十分贝,甲公司,1\n");
    follow();
    run_jobs();
    assert_int_equal(get(&broker, place), 200);
    assert_true(shows("<label for=\"column1\">问题描述及技术要求</label>"));
    assert_true(shows("噪声不高于四十分贝"));      /* what stands below it */
    assert_true(shows("value=\"body\" selected")); /* proposed */
    assert_false(shows("value=\"owner\" selected"));
    snprintf(form, sizeof form, "columns=1&column0=title&column1=body&column2=owner&column3=");
    assert_int_equal(post(&broker, place, form), 303);
    run_jobs();
    assert_int_equal(get(&broker, follow()), 200);
    assert_true(shows("确认写入"));
    assert_true(shows("value=\"owner\" selected"));
    assert_int_equal(needs(), before); /* it was a dry run again */
    assert_int_equal(post(&broker, place, ""), 303);
    run_jobs();
    assert_int_equal(get(&broker, follow()), 200);
    assert_true(shows("已全部写入"));
    assert_false(shows("name=\"columns\""));
    assert_int_equal(needs(), before + 1);
    assert_int_equal(get(&broker, "/need?text=%E5%AF%B9%E5%BA%94%E7%94%B2"), 200);
    assert_true(shows("对应甲") && shows("甲公司"));
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

/* Give the site the text of a page; its address is in `place`. */
static void read_text_page(struct browser *b, const char *text)
{
    char *form = curl_easy_escape(b->curl, text, 0);
    static char body[32 << 10];
    snprintf(body, sizeof body, "text=%s", form);
    curl_free(form);
    get(b, "/news/new");
    assert_int_equal(post(b, "/news", body), 303);
    assert_int_equal(get(b, follow()), 200);
}

/* The fact of a type on the page that is shown: its id and version. */
static bool find_fact(const char *type, long long *id, long long *version)
{
    for (const char *at = got.body.p; (at = strstr(at, "<li id=\"fact-")) != NULL;) {
        const char *end = strstr(at, "</li>");
        *id = strtoll(at + strlen("<li id=\"fact-"), NULL, 10);
        const char *label = strstr(at, type), *v = strstr(at, "name=\"version\" value=\"");
        at = end ? end : at + 1;
        if (!label || (end && label > end))
            continue;
        *version = v && v < end ? strtoll(v + strlen("name=\"version\" value=\""), NULL, 10) : 0;
        return true;
    }
    return false;
}

static long act_on(struct browser *b, const char *page, long long fact, long long version,
                   const char *form)
{
    char path[500], all[4000];
    snprintf(path, sizeof path, "%s/fact/%lld", page, fact);
    snprintf(all, sizeof all, "version=%lld&%s", version, form);
    return post(b, path, all);
}

static char read_page[400];

static void test_news(void **state)
{
    (void)state;
    read_text_page(&broker, page_text);
    snprintf(read_page, sizeof read_page, "%s", place);
    assert_int_equal(strncmp(place, "/page/", 6), 0);
    assert_true(shows("示例钢铁集团有限公司"));
    assert_true(shows("5000万元"));
    assert_true(shows("王建国"));
    assert_true(shows("<mark class=\"told"));
    assert_true(shows("id=\"s-0-")); /* where a record leads back to */
    assert_false(shows("alert(1)"));
    assert_int_equal(get(&broker, "/news"), 200);
    assert_true(shows(read_page));
    get(&broker, "/");
    assert_true(shows("待审的新闻页"));
    read_text_page(&broker, page_text); /* the same again is the same page */
    assert_int_equal(strncmp(place, read_page, strlen(read_page)), 0);
}

/* One click writes; the record leads back to the sentence; a second click is told what changed. */
static void test_accept(void **state)
{
    (void)state;
    long long id, version;
    char href[200];
    get(&broker, read_page);
    assert_true(find_fact(">协议<", &id, &version));
    assert_int_equal(act_on(&broker, read_page, id, version, "do=accept"), 303);
    assert_int_equal(get(&broker, follow()), 200);
    assert_true(shows("已写成"));
    const char *at = strstr(got.body.p, "href=\"/agreement/");
    assert_non_null(at);
    snprintf(href, sizeof href, "%.*s", (int)strcspn(at + 6, "\""), at + 6);
    assert_int_equal(act_on(&broker, read_page, id, version, "do=accept"), 409);
    assert_int_equal(get(&broker, href), 200);
    char back[500];
    snprintf(back, sizeof back, "href=\"%s#s-", read_page);
    assert_true(shows(back));
    get(&broker, read_page);
    assert_true(find_fact(">协议<", &id, &version));
    assert_int_equal(act_on(&broker, read_page, id, version, "do=withdraw"), 303);
    assert_int_equal(get(&broker, href), 404);
}

static void test_reject_and_correct(void **state)
{
    (void)state;
    long long id, version;
    get(&broker, read_page);
    assert_true(find_fact(">人才培养<", &id, &version));
    assert_int_equal(act_on(&broker, read_page, id, version, "do=reject"), 422);
    assert_int_equal(act_on(&broker, read_page, id, version, "do=reject&reason=nonsense"), 422);
    assert_int_equal(act_on(&broker, read_page, id, version, "do=reject&reason=vague"), 303);
    get(&broker, read_page);
    assert_true(find_fact(">人才培养<", &id, &version));
    assert_int_equal(act_on(&broker, read_page, id, version, "do=reopen"), 303);
    get(&broker, read_page);
    assert_true(find_fact(">人才培养<", &id, &version));
    /* words that are not there */
    assert_int_equal(
        act_on(&broker, read_page, id, version, "do=save&quote=%E4%B8%80%E4%BA%BF%E5%85%83"), 422);
    assert_true(shows("一字不差"));
    assert_true(shows("一亿元")); /* what was typed is there to be corrected */
    assert_int_equal(act_on(&broker, read_page, id, version, "do=save&value=%3Cb%3E60"), 303);
    get(&broker, read_page);
    assert_true(shows("已改正"));
    assert_true(shows("&lt;b&gt;60"));
    assert_false(shows("<b>60"));
    assert_int_equal(act_on(&broker, read_page, id, version, "do=nothing"), 422);
    assert_int_equal(act_on(&broker, read_page, 99999999, 1, "do=accept"), 404);
    assert_int_equal(act_on(&broker, "/need/1", id, version, "do=accept"), 404);
    char path[500];
    snprintf(path, sizeof path, "%s?original=1&edit=new", read_page);
    assert_int_equal(get(&broker, path), 200);
    assert_true(shows("id=\"new\""));
}

/* ---- many pages ---- */

static struct buf archive;

static zip_int64_t add_member(zip_t *z, const char *name, const char *bytes)
{
    zip_source_t *s = zip_source_buffer(z, bytes, strlen(bytes), 0);
    return zip_file_add(z, name, s, ZIP_FL_ENC_UTF_8);
}

static void make_archive(void)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_source_keep(to);
    zip_t *z = zip_open_from_source(to, ZIP_TRUNCATE, &why);
    assert_non_null(z);
    add_member(z, "新闻/一.html", page_text);
    add_member(z, "新闻/二.txt",
               "望江大学与远川重工股份有限公司签署战略合作协议\n2026年4月8日，望江大学校长方志远、"
               "远川重工股份有限公司董事长石海生出席签约仪式，双方签署战略合作协议。\n");
    add_member(z, "新闻/二.txt.url", "https://news.example.edu.cn/2026/0409/c2.html\n");
    add_member(z, "新闻/空.txt", "");
    add_member(z, "新闻/图.png", "PNG");
    add_member(z, "__MACOSX/._一.html", "x");
    add_member(z, "小说.txt", "他推开门，雨还在下。她说，我们走吧。他没有说话，只是笑了笑。\n");
    assert_int_equal(zip_close(z), 0);
    assert_int_equal(zip_source_open(to), 0);
    zip_source_seek(to, 0, SEEK_END);
    zip_int64_t n = zip_source_tell(to);
    zip_source_seek(to, 0, SEEK_SET);
    char *bytes = malloc((size_t)n);
    assert_int_equal(zip_source_read(to, bytes, (zip_uint64_t)n), n);
    buf_init(&archive, 1 << 20);
    OK(buf_put(&archive, bytes, (size_t)n, &e));
    free(bytes);
    zip_source_close(to);
    zip_source_free(to);
}

static long upload_bytes(struct browser *b, const char *path, const char *name, struct str bytes)
{
    struct curl_slist *more =
        curl_slist_append(NULL, "Content-Type: multipart/form-data; boundary=XxX");
    struct buf body;
    buf_init(&body, 1 << 20);
    OK(buf_printf(&body, &e,
                  "--XxX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
                  "--XxX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                  "Content-Type: application/octet-stream\r\n\r\n",
                  b->csrf, name));
    OK(buf_str(&body, bytes, &e));
    OK(buf_str(&body, STR("\r\n--XxX--\r\n"), &e));
    curl_easy_reset(b->curl);
    char url[300];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)web_port(web), path);
    buf_free(&got.body);
    buf_free(&got.head);
    buf_init(&got.body, 64u << 20);
    buf_init(&got.head, 1u << 20);
    curl_easy_setopt(b->curl, CURLOPT_URL, url);
    curl_easy_setopt(b->curl, CURLOPT_POSTFIELDSIZE, (long)body.n);
    curl_easy_setopt(b->curl, CURLOPT_POSTFIELDS, body.p);
    curl_easy_setopt(b->curl, CURLOPT_COOKIE, b->cookie);
    curl_easy_setopt(b->curl, CURLOPT_HTTPHEADER, more);
    curl_easy_setopt(b->curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(b->curl, CURLOPT_WRITEDATA, &got.body);
    curl_easy_setopt(b->curl, CURLOPT_HEADERFUNCTION, take_bytes);
    curl_easy_setopt(b->curl, CURLOPT_HEADERDATA, &got.head);
    assert_int_equal(curl_easy_perform(b->curl), CURLE_OK);
    curl_easy_getinfo(b->curl, CURLINFO_RESPONSE_CODE, &got.status);
    curl_slist_free_all(more);
    buf_free(&body);
    return got.status;
}

static uint64_t pages_kept(void)
{
    struct arena a = {0};
    struct list_answer found = {0};
    struct list_request q = {.kind = kind_find(site_kinds(site), STR("page")), .count = true};
    OK(record_list(site, &actor_system, &q, &a, &found, &e));
    uint64_t n = found.total;
    vec_free(&found.rec);
    arena_free(&a);
    return n;
}

static size_t lines_in(const struct buf *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        n += b->p[i] == '\n';
    return n;
}

/* An archive with a page that is known, a new one, a bad one, one of no concern. */
static void test_many(void **state)
{
    (void)state;
    uint64_t before = pages_kept();
    char file[2][120];
    make_archive();
    get(&broker, "/news/new");
    assert_int_equal(upload_bytes(&broker, "/news", "pages.zip", buf_view(&archive)), 303);
    assert_int_equal(get(&broker, follow()), 200);
    assert_true(shows("hx-get"));
    run_jobs();
    assert_int_equal(get(&broker, place), 200);
    assert_true(shows("共 4 页"));
    assert_true(shows("读不出 1"));
    assert_true(shows("其中 1 页早已读过"));
    assert_true(shows("页面里没有文字"));
    assert_true(
        shows(">望江大学与远川重工股份有限公司签署战略合作协议</a>")); /* its own headline */
    assert_true(shows("<span>新闻/二.txt</span>"));
    assert_true(shows("<span>没有正文</span>")); /* why it is none */
    assert_int_equal(pages_kept(), before + 2);
    const char *at = got.body.p;
    for (int i = 0; i < 2; i++) {
        at = strstr(at, "/files/");
        assert_non_null(at);
        snprintf(file[i], sizeof file[i], "%.*s", (int)strcspn(at, "\""), at);
        at++;
    }
    assert_int_equal(get(&broker, file[0]), 200);
    assert_memory_equal(got.body.p, "PK", 2);
    assert_int_equal(get(&broker, file[1]), 200);
    assert_int_equal(lines_in(&got.body), 4);
    assert_true(shows("\"status\":\"failed\""));
    struct browser editor;
    browser_open(&editor);
    sign_in(&editor, "editor");
    assert_int_equal(get(&editor, place), 404); /* another's run */
    assert_int_equal(get(&editor, file[1]), 422);
    browser_close(&editor);
    /* after a restart a job begins anew: nothing is read twice */
    get(&broker, "/news/new");
    assert_int_equal(upload_bytes(&broker, "/news", "pages.zip", buf_view(&archive)), 303);
    follow();
    run_jobs();
    get(&broker, place);
    assert_true(shows("其中 3 页早已读过"));
    assert_int_equal(pages_kept(), before + 2);
    buf_free(&archive);
    /* addresses within the site's own network fail one by one */
    assert_int_equal(post(&broker, "/news",
                          "url=http%3A%2F%2F127.0.0.1%2Fa%0A%23+x%0Ahttp%3A%2F%2F10.0.0.1%2Fb"),
                     303);
    follow();
    run_jobs();
    get(&broker, place);
    assert_true(shows("读不出 2"));
    assert_int_equal(upload_bytes(&broker, "/news", "bad.zip", STR("PK\003\004 no archive")), 303);
    follow();
    run_jobs();
    get(&broker, place);
    assert_true(shows("读不出 1"));
}

/* A server on 127.0.0.2 in a process of its own: text that GBK and Big5 read alike, which the
 * header says to be Big5. Each answer differs by a number. Ends after a minute by itself. */
static pid_t serve_big5(unsigned *port)
{
    static const char text[] = "\xB0\xA1\xB1\xA1\xB2\xA1\xB3\xA1\xB4\xA1\xB5\xA1\xB6\xA1\xB7\xA1"
                               "\xB8\xA1\xB9\xA1\xBA\xA1\xBB\xA1\xBC\xA1\xBD\xA1,"
                               "\xB0\xA1\xB1\xA1\xB2\xA1\xB3\xA1\xB4\xA1\xB5\xA1\xB6\xA1\xB7\xA1"
                               "\xB8\xA1\xB9\xA1\xBA\xA1\xBB\xA1\xBC\xA1\xBD\xA1!";
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, "127.0.0.2", &a.sin_addr);
    assert_int_equal(bind(s, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(s, 8), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&a, &n), 0);
    *port = ntohs(a.sin_port);
    pid_t child = fork();
    if (child != 0) {
        close(s);
        return child;
    }
    alarm(60);
    for (int number = 1, fd; (fd = accept(s, NULL, NULL)) >= 0; number++) {
        char request[4096];
        if (read(fd, request, sizeof request) > 0)
            dprintf(fd,
                    "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                    "Content-Type: text/plain; charset=Big5\r\n\r\n%d,%s\n",
                    number, text);
        close(fd);
    }
    _exit(0);
}

static void test_charset(void **state)
{
    (void)state;
    unsigned port;
    char form[200];
    pid_t server = serve_big5(&port);
    get(&broker, "/news/new");
    snprintf(form, sizeof form, "url=http%%3A%%2F%%2F127.0.0.2%%3A%u%%2Fone", port);
    assert_int_equal(post(&broker, "/news", form), 303);
    assert_int_equal(get(&broker, follow()), 200);
    assert_true(shows("部插窗间楚腹饱满说"));
    /* the job, and what it writes by reading the kept bytes again */
    snprintf(
        form, sizeof form,
        "url=http%%3A%%2F%%2F127.0.0.2%%3A%u%%2Ftwo%%0Ahttp%%3A%%2F%%2F127.0.0.2%%3A%u%%2Fthree",
        port, port);
    get(&broker, "/news/new");
    assert_int_equal(post(&broker, "/news", form), 303);
    follow();
    run_jobs();
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    assert_int_equal(get(&broker, place), 200);
    assert_true(shows("共 2 页"));
    const char *at = strstr(got.body.p, "/files/");
    at = at ? strstr(at + 1, "/files/") : NULL; /* the second: JSON Lines */
    assert_non_null(at);
    snprintf(form, sizeof form, "%.*s", (int)strcspn(at, "\""), at);
    assert_int_equal(get(&broker, form), 200);
    const char *first = strstr(got.body.p, "部插窗间楚腹饱满说");
    assert_non_null(first);
    assert_non_null(strstr(strchr(first, '\n'), "部插窗间楚腹饱满说"));
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
    browser_stays(&broker, "broker");
    browser_stays(&visitor, NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_import_cancel),
        cmocka_unit_test(test_import_wrong),
        cmocka_unit_test(test_import_rows),
        cmocka_unit_test(test_import_columns),
        cmocka_unit_test(test_import_belongs),
        cmocka_unit_test(test_import_parallel),
        cmocka_unit_test(test_news),
        cmocka_unit_test(test_news_refuses),
        cmocka_unit_test(test_form_filled_ahead),
        cmocka_unit_test(test_accept),
        cmocka_unit_test(test_reject_and_correct),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_charset),
    };
    return cmocka_run_group_tests(tests, start, web_stop);
}
