/* Imports and exports as jobs: what was confirmed in a dry run is what is written. */
#define _GNU_SOURCE
#include "sheets_help.h"

#include "service/auth.h"
#include "service/jobs.h"
#include "service/site_int.h"

#include <jansson.h>

/* Jobs are of accounts that exist. */
static const struct actor *broker(void)
{
    static struct actor a;
    struct account_request r = {.login = STR("jobs"),
                                .name = STR("技术经理人"),
                                .role = STR("broker"),
                                .lang = STR("zh"),
                                .password = STR("a long enough one"),
                                .active = true};
    if (a.account)
        return &a;
    a = actor(ROLE_BROKER, 0);
    OK(auth_account_save(site, &actor_system, &r, &a.account, &e));
    return &a;
}

/* Run a job to its end; its result, or of a failed one the error. */
static json_t *ran(const char *name, json_t *args, enum job_state wanted)
{
    int64_t id = 0;
    bool ran_one = false;
    struct job job;
    char *text = json_dumps(args, 0);
    json_decref(args);
    OK(jobs_start(site, broker(), name, str_of(text), &id, &e));
    OK(jobs_run_one(site, &ran_one, &e));
    assert_true(ran_one);
    OK(jobs_show(site, broker(), id, &mem, &job, &e));
    json_t *result = json_loadb(job.result.p, job.result.n, 0, NULL);
    if (job.state != wanted)
        fail_msg("%s ended as %d: %.*s", name, (int)job.state, (int)job.result.n, job.result.p);
    free(text);
    assert_non_null(result);
    return result;
}

static const char *text_in(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? s : "";
}

static json_int_t number_in(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

static void keep(const char *name, const char *text, char key[65])
{
    OK(file_keep(site, broker(), str_of(name), str_of(text), key, &e));
}

static void dry_run_then_write(void **state)
{
    (void)state;
    char key[65], print[32];
    keep("需求.csv", "需求名称,期望成熟度\n任务甲,5\n任务乙,6\n", key);
    json_t *r = ran("import", json_pack("{s:s,s:s}", "kind", "need", "file", key), JOB_DONE);
    assert_int_equal(number_in(r, "new"), 2);
    assert_true(json_is_false(json_object_get(r, "applied")));
    assert_string_equal(text_in(r, "name"), "需求.csv");
    assert_int_equal(titled("need", "任务甲"), 0);
    snprintf(print, sizeof print, "%s", text_in(r, "print"));
    json_decref(r);
    r = ran("import",
            json_pack("{s:s,s:s,s:b,s:s}", "kind", "need", "file", key, "apply", 1, "print", print),
            JOB_DONE);
    assert_true(json_is_true(json_object_get(r, "applied")));
    json_decref(r);
    assert_true(titled("need", "任务甲") != 0);
    /* confirmed for a store that has changed since: nothing is done */
    r = ran("import",
            json_pack("{s:s,s:s,s:b,s:s}", "kind", "need", "file", key, "apply", 1, "print", print),
            JOB_FAILED);
    assert_string_equal(text_in(r, "key"), "import.changed");
    json_decref(r);
}

/* ---- what was uploaded goes again ---- */

static void keep_upload(const char *text, char key[65])
{
    OK(file_keep_brief(site, broker(), STR("表.csv"), str_of(text), FILE_UPLOAD_SECONDS, key, &e));
}

static bool there(const char *key)
{
    bool is = false;
    OK(file_there(site, str_of(key), &is, &e));
    return is;
}

static json_t *import_args(const char *key)
{
    return json_pack("{s:s,s:s}", "kind", "need", "file", key);
}

static void uploads_go_once_written(void **state)
{
    (void)state;
    char key[65], other[65], print[32];
    struct str name, bytes;
    keep_upload("需求名称,期望成熟度\n任务戊,5\n", key);
    keep_upload("需求名称,期望成熟度\n任务戊,5\n", other); /* equal bytes, another's file */
    assert_string_not_equal(key, other);
    json_t *r = ran("import", import_args(key), JOB_DONE);
    snprintf(print, sizeof print, "%s", text_in(r, "print"));
    json_decref(r);
    assert_true(there(key)); /* it may be confirmed */
    json_t *args = import_args(key);
    json_object_set_new(args, "apply", json_true());
    json_object_set_new(args, "print", json_string(print));
    r = ran("import", json_deep_copy(args), JOB_DONE);
    assert_true(json_is_true(json_object_get(r, "applied")));
    json_decref(r);
    assert_false(there(key));
    REFUSED(file_fetch(site, broker(), str_of(key), &mem, &name, &bytes, &e), "jobs.file");
    assert_true(there(other));
    r = ran("import", args, JOB_FAILED);
    assert_string_equal(text_in(r, "key"), "import.gone");
    json_decref(r);
    /* nothing to do so far: another column may be chosen for a header */
    r = ran("import", import_args(other), JOB_DONE);
    assert_int_equal(number_in(r, "same"), 1);
    json_decref(r);
    assert_true(there(other));
}

static void uploads_that_cannot_be_read_go(void **state)
{
    (void)state;
    char key[65];
    keep_upload("需求名称,期望成熟度\n任务己,甲级\n", key);
    json_t *r = ran("import", import_args(key), JOB_DONE);
    assert_true(there(text_in(r, "returned")));
    json_decref(r);
    assert_true(there(key)); /* it may have been the wrong column */
    keep_upload("PK\003\004 this is no workbook", key);
    json_decref(ran("import", import_args(key), JOB_FAILED));
    assert_false(there(key));
}

static void cancelled_uploads_go(void **state)
{
    (void)state;
    char key[65];
    int64_t id = 0;
    bool one = true;
    struct actor reader = *broker();
    keep_upload("需求名称,期望成熟度\n任务庚,5\n", key);
    json_t *args = import_args(key);
    char *text = json_dumps(args, 0);
    json_decref(args);
    OK(jobs_start(site, broker(), "import", str_of(text), &id, &e));
    OK(jobs_cancel(site, broker(), id, &e)); /* while it waits */
    assert_false(there(key));
    OK(jobs_run_one(site, &one, &e));
    assert_false(one);
    free(text);
    keep_upload("需求名称,期望成熟度\n任务庚,5\n", key);
    args = import_args(key);
    text = json_dumps(args, 0);
    json_decref(args);
    OK(jobs_start(site, broker(), "import", str_of(text), &id, &e));
    OK(jobs_run_one(site, &one, &e));
    assert_true(there(key));
    reader.read_only = true;
    REFUSED(import_forget(site, &reader, id, &e), "service.denied");
    struct actor stranger = actor(ROLE_EDITOR, org_a);
    stranger.account = 4711;
    REFUSED(import_forget(site, &stranger, id, &e), "service.missing");
    assert_true(there(key));
    OK(import_forget(site, broker(), id, &e)); /* after the check */
    assert_false(there(key));
    OK(import_forget(site, broker(), id, &e));
    free(text);
}

static void uploads_go_after_their_term(void **state)
{
    (void)state;
    char key[65], longer[65], kept[65];
    uint32_t n = 0;
    keep("留着.csv", "需求名称\n", kept);
    OK(files_sweep(site, &n, &e));
    keep_upload("需求名称,期望成熟度\n任务辛,5\n", key);
    OK(file_keep_brief(site, broker(), STR("b"), STR("b"), FILE_RESULT_SECONDS, longer, &e));
    json_decref(ran("import", import_args(key), JOB_DONE));
    int64_t was = clock_now;
    clock_now += FILE_UPLOAD_SECONDS - 1;
    OK(files_sweep(site, &n, &e));
    assert_true(n == 0 && there(key));
    clock_now += 2;
    OK(files_sweep(site, &n, &e));
    assert_true(n >= 1 && !there(key) && there(longer));
    OK(files_sweep(site, &n, &e));
    assert_int_equal(n, 0);
    for (int i = 0; i < 230; i++) /* more than go at once */
        keep_upload("x", key);
    clock_now += FILE_RESULT_SECONDS;
    OK(files_sweep(site, &n, &e));
    assert_true(n >= 231 && !there(key) && !there(longer) && there(kept));
    clock_now = was;
}

/* No record can hold what will go. */
static enum rc is_held(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    bool held = true;
    (void)s;
    TRY(file_held(tx, broker(), str_of(ctx), &mem, &held, err));
    assert_false(held);
    return RC_OK;
}

static void uploads_are_no_attachments(void **state)
{
    (void)state;
    char key[65];
    keep_upload("x", key);
    OK(site_read(site, is_held, key, &e));
}

static void wrong_rows_give_a_sheet_back(void **state)
{
    (void)state;
    char key[65];
    struct str name, bytes;
    keep("错.csv", "需求名称,期望成熟度\n任务丙,甲级\n任务丁,6\n", key);
    json_t *r = ran("import", json_pack("{s:s,s:s,s:b}", "kind", "need", "file", key, "apply", 1),
                    JOB_DONE);
    assert_int_equal(number_in(r, "wrong"), 1);
    assert_true(json_is_false(json_object_get(r, "applied")));
    const json_t *p = json_array_get(json_object_get(r, "problems"), 0);
    assert_int_equal(number_in(p, "row"), 2);
    assert_string_equal(text_in(p, "cell"), "B");
    assert_string_equal(text_in(p, "key"), "field.int_of");
    assert_non_null(strstr(text_in(p, "words"), "期望成熟度"));
    OK(file_fetch(site, broker(), str_of(text_in(r, "returned")), &mem, &name, &bytes, &e));
    assert_true(str_eq(name, STR("错-问题.xlsx")));
    write_file("a.xlsx", bytes);
    assert_non_null(strstr(rows_of(path_in("a.xlsx")), "|问题"));
    json_decref(r);
    assert_int_equal(titled("need", "任务丁"), 0);
}

static void exports_are_files(void **state)
{
    (void)state;
    static const char *const formats[] = {"xlsx", "csv", "jsonl"};
    struct str name, bytes;
    for (size_t f = 0; f < 3; f++) {
        json_t *r = ran("export",
                        json_pack("{s:s,s:s,s:s,s:b}", "kind", "org", "format", formats[f],
                                  "columns", "name,type", "zh", 1),
                        JOB_DONE);
        OK(file_fetch(site, broker(), str_of(text_in(r, "file")), &mem, &name, &bytes, &e));
        assert_true(str_starts(name, STR("单位.")));
        assert_true(bytes.n > 20);
        if (f == 1)
            assert_non_null(strstr(bytes.p, "甲公司,企业"));
        json_decref(r);
    }
}

static void bad_arguments(void **state)
{
    (void)state;
    json_t *r = ran("import", json_pack("{s:s}", "kind", "nothing"), JOB_FAILED);
    assert_string_equal(text_in(r, "key"), "job.args");
    json_decref(r);
    r = ran("export", json_pack("{s:s,s:s}", "kind", "org", "format", "pdf"), JOB_FAILED);
    assert_string_equal(text_in(r, "key"), "job.args");
    json_decref(r);
    r = ran("import", json_pack("{s:s,s:s}", "kind", "need", "file", "none"), JOB_FAILED);
    json_decref(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dry_run_then_write),
        cmocka_unit_test(uploads_go_once_written),
        cmocka_unit_test(uploads_that_cannot_be_read_go),
        cmocka_unit_test(cancelled_uploads_go),
        cmocka_unit_test(uploads_go_after_their_term),
        cmocka_unit_test(uploads_are_no_attachments),
        cmocka_unit_test(wrong_rows_give_a_sheet_back),
        cmocka_unit_test(exports_are_files),
        cmocka_unit_test(bad_arguments),
    };
    return cmocka_run_group_tests(tests, sheets_open_all, sheets_close_all);
}
