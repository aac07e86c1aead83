/* Files as values of records: uploaded by forms and the API, given to who may see the field and to
 * nobody else. Run by tests/http/run on both databases. */
#define _GNU_SOURCE
#include "http_help.h"

static struct browser visitor, broker, owner, rival;
static int64_t need;

#define PDF     "%PDF-1.7\nfirst report"
#define PDF_TWO "%PDF-1.7\nsecond report"

/* The address of the file of this name on the page. */
static const char *link_of(const char *name)
{
    static char at[200];
    char end[100];
    snprintf(end, sizeof end, "\">%s</a>", name);
    const char *to = got.body.p ? strstr(got.body.p, end) : NULL, *from = to;
    at[0] = 0;
    while (from && from > got.body.p && from[-1] != '"')
        from--;
    if (from)
        snprintf(at, sizeof at, "%.*s", (int)(to - from), from);
    return at;
}

static const char *kept_value(const char *name)
{
    static char value[500];
    const char *at = strstr(got.body.p, "name=\"files\" value=\"");
    value[0] = 0;
    for (; at && !value[0]; at = strstr(at + 1, "name=\"files\" value=\"")) {
        const char *v = at + strlen("name=\"files\" value=\"");
        size_t n = strcspn(v, "\"");
        if (n > 65 && n < sizeof value && strncmp(v + 65, name, strlen(name)) == 0)
            snprintf(value, sizeof value, "%.*s", (int)n, v);
    }
    return value;
}

static int64_t version_of(int64_t id)
{
    struct shown s;
    OK(record_show(site, &actor_system, kind_of("need"), id, &mem, &s, &e));
    return s.rec.version;
}

static bool got_bytes(const char *bytes)
{
    return got.body.n == strlen(bytes) && memcmp(got.body.p, bytes, got.body.n) == 0;
}

static char report[200]; /* where the first report is */

static void test_upload(void **state)
{
    (void)state;
    assert_int_equal(get(&owner, "/need/new"), 200);
    assert_true(shows("enctype=\"multipart/form-data\"") && shows("name=\"file.files\""));
    /* what is wrong elsewhere loses no file */
    assert_int_equal(FORM(&owner, "/need/new", "has.title=1", "title=", "has.files=1",
                          "@file.files=报告 一.pdf=" PDF),
                     422);
    char kept[520];
    snprintf(kept, sizeof kept, "files=%s", kept_value("报告 一.pdf"));
    assert_true(strlen(kept) > 70);
    assert_int_equal(FORM(&owner, "/need/new", "has.title=1", "title=带附件的需求", "has.body=1",
                          "body=内容", "has.industry=1", "industry=C32", "has.region=1",
                          "region=330600", "has.files=1", kept, "@file.files=../二;x.pdf=" PDF_TWO),
                     303);
    need = strtoll(strrchr(header("Location"), '/') + 1, NULL, 10);
    assert_int_equal(get(&owner, pathf("/need/%lld", (long long)need)), 200);
    snprintf(report, sizeof report, "%s", link_of("报告 一.pdf"));
    assert_true(strlen(report) > 64 && link_of("二_x.pdf")[0]);
    assert_int_equal(get(&owner, report), 200);
    assert_true(got_bytes(PDF));
    assert_string_equal(header("Content-Type"), "application/pdf"); /* not what the form said */
    assert_true(strncmp(header("Content-Disposition"), "attachment; filename*=UTF-8''", 29) == 0);
    assert_string_equal(header("X-Content-Type-Options"), "nosniff");
}

static void test_change(void **state)
{
    (void)state;
    const char *edit = pathf("/need/%lld/edit", (long long)need);
    char version[40], one[520], drop[520];
    assert_int_equal(get(&owner, edit), 200);
    snprintf(one, sizeof one, "files=%s", kept_value("报告 一.pdf"));
    snprintf(drop, sizeof drop, "drop.files=%s", kept_value("报告 一.pdf"));
    snprintf(version, sizeof version, "version=%lld", (long long)version_of(need));
    assert_int_equal(
        FORM(&owner, edit, version, "has.files=1", one, drop, "@file.files=三.txt=纯文本"), 303);
    assert_int_equal(get(&owner, pathf("/need/%lld", (long long)need)), 200);
    assert_true(link_of("三.txt")[0] && shows("附件"));
    assert_true(shows("<del>") && link_of("报告 一.pdf")[0]); /* in its history, with its link */
    assert_int_equal(get(&owner, report), 200);               /* which still leads to it */
    assert_int_equal(get(&rival, report), 404);
    snprintf(version, sizeof version, "version=%lld", (long long)version_of(need));
    assert_int_equal(FORM(&owner, edit, version, "has.files=1", one), 303); /* put back */
}

static void test_refused(void **state)
{
    static char big[300 << 10];
    (void)state;
    assert_int_equal(get(&owner, "/need/new"), 200);
    assert_int_equal(FORM(&owner, "/need/new", "has.files=1", "@file.files=x.pdf=#!/bin/sh\nrm"),
                     422);
    assert_true(shows("x.pdf”是程序或网页"));
    assert_int_equal(FORM(&owner, "/need/new", "has.files=1",
                          "@file.files=x.png= <!DOCTYPE HTML><script>alert(1)</script>"),
                     422);
    assert_int_equal(FORM(&owner, "/need/new", "has.files=1", "@file.files=leer.txt="), 422);
    assert_true(shows("leer.txt”是空的"));
    snprintf(big, sizeof big, "@file.files=big.txt=%0*d", 290 << 10, 7);
    assert_int_equal(FORM(&owner, "/need/new", "has.files=1", big), 413);
    assert_true(shows("256")); /* the limit */
    assert_int_equal(FORM(&visitor, "/need/new", "@file.files=x.txt=x"), 403);
}

/* A value that names somebody else's bytes puts nothing into a record. */
static void test_others_bytes(void **state)
{
    char value[520];
    (void)state;
    get(&owner, pathf("/need/%lld/edit", (long long)need));
    snprintf(value, sizeof value, "files=%s", kept_value("报告 一.pdf"));
    assert_int_equal(get(&rival, "/need/new"), 200);
    assert_int_equal(FORM(&rival, "/need/new", "has.title=1", "title=偷文件", "has.body=1",
                          "body=内容", "has.industry=1", "industry=C32", "has.region=1",
                          "region=330600", "has.files=1", value),
                     422);
    assert_true(shows("不是您上传的"));
    assert_int_equal(FORM(&rival, "/need/new", "has.title=1", "title=偷文件", "has.files=1",
                          "files=/etc/passwd"),
                     422);
}

/* Who sees the record's field has the file, in every state of it. */
static void test_secrecy(void **state)
{
    (void)state;
    assert_int_equal(get(&visitor, report), 404);
    assert_int_equal(get(&broker, report), 200);
    STEP(&actor_system, "need", need, "diagnose");
    STEP(&actor_system, "need", need, "publish");
    assert_int_equal(get(&visitor, report), 200);
    assert_int_equal(get(&visitor, pathf("/need/%lld", (long long)need)), 200);
    assert_true(link_of("报告 一.pdf")[0]);
    static const struct typed mask[] = {{STR("secrecy"), STR("masked")},
                                        {STR("masked.title"), STR("某需求")},
                                        {STR("masked.body"), STR("某内容")}};
    struct shown s;
    vec_fault faults = {0};
    OK(record_show(site, &actor_system, kind_of("need"), need, &mem, &s, &e));
    OK(record_fill(site, &actor_system, &s.rec, mask, ARRAY_LEN(mask), &mem, &faults, &e));
    OK(record_save(site, &actor_system, &s.rec, STR(""), &mem, &faults, &e));
    vec_free(&faults);
    assert_int_equal(get(&visitor, report), 404); /* nobody can mask what stands in a file */
    assert_int_equal(get(&rival, report), 404);
    assert_int_equal(get(&visitor, pathf("/need/%lld", (long long)need)), 200);
    assert_false(shows("报告 一") || shows("/files/"));
    assert_int_equal(get(&visitor, pathf("/api/need/%lld", (long long)need)), 200);
    assert_false(shows("报告 一"));
    assert_int_equal(get(&owner, report), 200);
    /* its key opens no other record, and no other way leads to it */
    const char *key = strrchr(report, '/') + 1;
    int64_t open = MAKE(&actor_system, "need", "title", "另一个", "body", "内容", "industry", "C32",
                        "region", "330600", "owner", "甲公司");
    STEP(&actor_system, "need", open, "diagnose");
    STEP(&actor_system, "need", open, "publish");
    assert_int_equal(get(&visitor, pathf("/need/%lld/files/%s", (long long)open, key)), 404);
    assert_int_equal(get(&rival, pathf("/files/%s", key)), 422);
    assert_int_equal(get(&visitor, pathf("/need/%lld/files/x", (long long)need)), 404);
}

/* The value of the member in the last answer. */
static const char *member(const char *name)
{
    static char value[600];
    char mark[40];
    snprintf(mark, sizeof mark, "\"%s\":\"", name);
    const char *at = strstr(got.body.p, mark);
    snprintf(value, sizeof value, "%.*s", at ? (int)strcspn(at + strlen(mark), "\"") : 0,
             at ? at + strlen(mark) : "");
    return value;
}

static void test_api(void **state)
{
    char form[800], token[120];
    (void)state;
    get(&owner, "/account");
    snprintf(token, sizeof token, "X-CSRF-Token: %s", owner.csrf);
    struct curl_slist *more = curl_slist_append(NULL, "Content-Type: application/pdf");
    more = curl_slist_append(more, token);
    assert_int_equal(
        ask_with(&owner, "POST", "/api/files?name=%E5%90%88%E5%90%8C.doc", PDF_TWO, more), 201);
    assert_string_equal(member("type"), "application/pdf");
    assert_string_equal(member("name"), "合同.doc");
    snprintf(form, sizeof form, "{\"fields\":{\"files\":[\"%s\"]}}", member("file"));
    char match[60];
    snprintf(match, sizeof match, "If-Match: \"%lld\"", (long long)version_of(need));
    struct curl_slist *json = curl_slist_append(NULL, "Content-Type: application/json");
    json = curl_slist_append(json, token);
    json = curl_slist_append(json, match);
    const char *at = pathf("/api/need/%lld", (long long)need);
    assert_int_equal(ask_with(&owner, "PATCH", at, form, json), 200);
    char key[80];
    snprintf(key, sizeof key, "%.64s", strstr(form, "[\"") + 2);
    assert_int_equal(get(&owner, pathf("/api/need/%lld/files/%s", (long long)need, key)), 200);
    assert_true(got_bytes(PDF_TWO));
    assert_int_equal(get(&visitor, pathf("/api/need/%lld/files/%s", (long long)need, key)), 404);
    assert_string_equal(member("key"), "service.missing");
    assert_int_equal(ask_with(&owner, "POST", "/api/files", "x", more), 400); /* without a name */
    assert_int_equal(ask_with(&owner, "POST", "/api/files?name=a.exe", "MZ...", more), 422);
    assert_int_equal(ask_with(&visitor, "POST", "/api/files?name=a.txt", "x", more), 403);
    assert_int_equal(get(&visitor, "/api"), 200);
    assert_true(shows("/api/files"));
    curl_slist_free_all(more);
    curl_slist_free_all(json);
}

static int start(void **state)
{
    if (web_start(state) != 0)
        return -1;
    add_account("rival", ROLE_EDITOR, org_b);
    browser_stays(&visitor, NULL);
    browser_stays(&broker, "broker");
    browser_stays(&owner, "editor");
    browser_stays(&rival, "rival");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upload),  cmocka_unit_test(test_change),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_others_bytes),
        cmocka_unit_test(test_secrecy), cmocka_unit_test(test_api),
    };
    return cmocka_run_group_tests(tests, start, web_stop);
}
