/* xlsx out: read back by our own reader. */
#define _GNU_SOURCE
#include "sheet_help.h"

#include "base/file.h"
#include "sheet/sheet_out.h"
#include "sheet/sheet_out_int.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/qiao-out-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails where a test left something behind */
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const struct out_column columns[] = {
    {{"名称", 6}, 30, OUT_TEXT}, {{"得分", 6}, 8, OUT_DECIMAL}, {{"理由", 6}, 60, OUT_WRAP}};

static enum rc write_book(const char *path, uint32_t rows, struct err *e)
{
    struct sheet_out *o;
    uint32_t a = 0, b = 0, row = 0;
    TRY(sheet_out_open(&o, path, e));
    enum rc rc = sheet_out_sheet(o, STR("匹配"), columns, 3, &a, e);
    if (rc == RC_OK)
        rc = sheet_out_sheet(o, STR("a/b'[c]"), columns, 2, &b, e);
    for (uint32_t i = 0; rc == RC_OK && i < rows; i++) {
        GOTO_OUT(sheet_out_row(o, a, &row, e));
        assert_int_equal(row, i + 2);
        GOTO_OUT(sheet_out_number(o, a, 1, 0.5 + i, e));
        GOTO_OUT(sheet_out_text(o, a, 0, STR("=1+1"), e));
        GOTO_OUT(sheet_out_link(o, a, 2, STR("see"), b, i + 2, e));
        GOTO_OUT(sheet_out_row(o, b, NULL, e));
        GOTO_OUT(sheet_out_text(o, b, 0, STR("-x <&> \x01 _x0041_ \xFF"), e));
    }
out:
    if (rc == RC_OK)
        return sheet_out_close(o, e);
    sheet_out_abandon(o);
    return rc;
}

static struct str slurp(const char *path)
{
    struct buf b;
    buf_init(&b, 1u << 28);
    assert_int_equal(file_read(&b, path, NULL), RC_OK);
    size_t n = b.n;
    return (struct str){buf_take(&b), n};
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(write_book(path_of("a.xlsx"), 2, &e), RC_OK);
    struct str z = slurp(path_of("a.xlsx"));
    assert_string_equal(shown(z), "[1 匹配]\n1|名称|得分|理由\n2|=1+1|#0.5|see\n3|=1+1|#1.5|see\n"
                                  "[2 a-b--c-]\n1|名称|得分\n2|-x <&>  _x0041_ \xEF\xBF\xBD\n"
                                  "3|-x <&>  _x0041_ \xEF\xBF\xBD\n");
    mem_free((char *)z.p);
    unlink(path_of("a.xlsx"));
}

/* The text of a part, freed by free(). */
static char *part(const char *path, const char *name)
{
    zip_t *z = zip_open(path, ZIP_RDONLY, NULL);
    zip_stat_t st;
    assert_non_null(z);
    assert_int_equal(zip_stat(z, name, 0, &st), 0);
    char *text = calloc(1, st.size + 1);
    zip_file_t *f = zip_fopen(z, name, 0);
    assert_int_equal(zip_fread(f, text, st.size), (zip_int64_t)st.size);
    zip_fclose(f);
    zip_discard(z);
    return text;
}

static void what_excel_sees(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(write_book(path_of("a.xlsx"), 2, &e), RC_OK);
    char *x = part(path_of("a.xlsx"), "xl/worksheets/sheet1.xml");
    assert_non_null(strstr(x, "state=\"frozen\""));
    assert_non_null(strstr(x, "<autoFilter ref=\"A1:C3\"/>"));
    assert_non_null(strstr(x, "location=\"&apos;a-b--c-&apos;!A2\"")
                        ?: strstr(x, "location=\"'a-b--c-'!A2\""));
    assert_null(strstr(x, "<f>")); /* no formula */
    assert_non_null(strstr(x, "<cols>"));
    free(x);
    unlink(path_of("a.xlsx"));
}

static void same_bytes_again(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(write_book(path_of("a.xlsx"), 50, &e), RC_OK);
    struct str a = slurp(path_of("a.xlsx"));
    sleep(2); /* a zip's times have a grain of two seconds */
    assert_int_equal(write_book(path_of("a.xlsx"), 50, &e), RC_OK);
    struct str b = slurp(path_of("a.xlsx"));
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.p, b.p, a.n);
    mem_free((char *)a.p);
    mem_free((char *)b.p);
    unlink(path_of("a.xlsx"));
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    struct buf b, in;
    buf_init(&b, 1u << 20);
    buf_init(&in, 1u << 20);
    for (int i = 0; i < 10; i++)
        assert_int_equal(buf_str(&in, STR("字"), NULL), RC_OK);
    assert_int_equal(out_clean(&b, buf_view(&in), 10, NULL), RC_OK);
    assert_true(str_eq(buf_view(&b), buf_view(&in)));
    assert_int_equal(out_clean(&b, buf_view(&in), 9, NULL), RC_OK);
    assert_true(str_eq(buf_view(&b), STR("字字字字字字字字…")));
    assert_int_equal(out_clean(&b, STR("a\xF0\x9F\x98\x80\xF0\x9F\x98\x80"), 4, NULL), RC_OK);
    assert_true(str_eq(buf_view(&b), STR("a\xF0\x9F\x98\x80…"))); /* two units each */
    assert_int_equal(out_clean(&b, STR("_x0041_"), 13, NULL), RC_OK);
    assert_true(str_eq(buf_view(&b), STR("_x005F_x0041_")));
    assert_int_equal(out_clean(&b, STR("\x00\x1F\x7F\xEF\xBF\xBF\r\t\n"), 9, NULL), RC_OK);
    assert_true(str_eq(buf_view(&b), STR("\t\n")));
    buf_free(&b);
    buf_free(&in);
}

static void longest_cell_passes_the_library(void **state)
{
    (void)state;
    struct err e;
    struct sheet_out *o;
    uint32_t s;
    char *big = malloc(50000);
    memset(big, '=', 50000);
    assert_int_equal(sheet_out_open(&o, path_of("b.xlsx"), &e), RC_OK);
    assert_int_equal(sheet_out_sheet(o, STR("s"), columns, 1, &s, &e), RC_OK);
    assert_int_equal(sheet_out_row(o, s, NULL, &e), RC_OK);
    assert_int_equal(sheet_out_text(o, s, 0, (struct str){big, 50000}, &e), RC_OK);
    assert_int_equal(sheet_out_close(o, &e), RC_OK);
    struct str z = slurp(path_of("b.xlsx"));
    const char *text = strstr(shown(z), "2|");
    assert_non_null(text);
    assert_int_equal(utf8_len(str_of(text)), 2 + 32767 + 1);
    mem_free((char *)z.p);
    free(big);
    unlink(path_of("b.xlsx"));
}

static void names_of_sheets(void **state)
{
    (void)state;
    struct err e;
    struct sheet_out *o;
    uint32_t s;
    assert_int_equal(sheet_out_open(&o, path_of("c.xlsx"), &e), RC_OK);
    assert_int_equal(sheet_out_sheet(o, STR("same"), columns, 1, &s, &e), RC_OK);
    assert_int_equal(sheet_out_sheet(o, STR("SAME"), columns, 1, &s, &e), RC_SYS);
    assert_string_equal(e.key, "sheet.write");
    assert_int_equal(
        sheet_out_sheet(o, STR("a name that is longer than what Excel allows"), columns, 1, &s, &e),
        RC_OK);
    sheet_out_abandon(o);
    assert_int_equal(access(path_of("c.xlsx"), F_OK), -1);
}

static void no_folder(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(write_book("/nowhere/at/all.xlsx", 1, &e), RC_SYS);
    assert_string_equal(e.key, "file.create");
}

/* A disk that is full after `limit` bytes of any file: an error, and nothing left behind. */
static int on_small_disk(rlim_t limit)
{
    pid_t child = fork();
    if (child == 0) {
        struct rlimit r = {limit, limit};
        struct err e = {0};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &r);
        enum rc rc = write_book(path_of("d.xlsx"), 3000, &e);
        _exit(rc == RC_OK ? 0 : rc == RC_SYS && strcmp(e.key, "file.write") == 0 ? 1 : 2);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void full_disk(void **state)
{
    (void)state;
    assert_int_equal(on_small_disk(RLIM_INFINITY), 0);
    struct stat st;
    assert_int_equal(stat(path_of("d.xlsx"), &st), 0);
    struct str before = slurp(path_of("d.xlsx"));
    char *rows = part(path_of("d.xlsx"), "xl/worksheets/sheet1.xml");
    rlim_t most = strlen(rows); /* the largest file on the way to the workbook */
    free(rows);
    for (rlim_t limit = 0; limit < most; limit += most / 7)
        assert_int_equal(on_small_disk(limit), 1);
    assert_int_equal(on_small_disk(most - 1), 1);
    assert_int_equal(on_small_disk(most), 0);
    struct str after = slurp(path_of("d.xlsx"));
    assert_int_equal(before.n, after.n);
    assert_memory_equal(before.p, after.p, before.n);
    mem_free((char *)before.p);
    mem_free((char *)after.p);
    unlink(path_of("d.xlsx"));
}

/* Bare sheets, rows passed over, dates, and what makes a sheet a form. */
static void forms_and_bare_sheets(void **state)
{
    (void)state;
    struct err e;
    struct sheet_out *o;
    uint32_t s, codes, row;
    const struct out_column form[] = {{STR("日期"), 12, OUT_DATE}, {STR("代码"), 12, OUT_TYPED}};
    const struct out_offer offer = {.from = 2, .to = 9, .range = "codes_a", .title = STR("代码")};
    assert_int_equal(sheet_out_open(&o, path_of("f.xlsx"), &e), RC_OK);
    assert_int_equal(sheet_out_sheet(o, STR("表"), form, 2, &s, &e), RC_OK);
    assert_int_equal(sheet_out_empty(o, s, 1, 12, &e), RC_OK);
    assert_int_equal(sheet_out_note(o, s, 1, 1, STR("说明"), &e), RC_OK);
    assert_int_equal(sheet_out_row(o, s, &row, &e), RC_OK);
    assert_int_equal(row, 2);
    assert_true(sheet_out_has_date(0) && !sheet_out_has_date(-30000));
    assert_int_equal(sheet_out_date(o, s, 0, 20454, &e), RC_OK);
    assert_int_equal(sheet_out_bare(o, STR("码"), 1, &codes, &e), RC_OK);
    assert_int_equal(sheet_out_skip(o, codes, 3, &e), RC_OK);
    assert_int_equal(sheet_out_bold(o, codes, 0, STR("A"), &e), RC_OK);
    assert_int_equal(sheet_out_row(o, codes, &row, &e), RC_OK);
    assert_int_equal(row, 4);
    assert_int_equal(sheet_out_alarm(o, codes, 0, STR("B"), &e), RC_OK);
    assert_int_equal(sheet_out_range(o, "codes_a", codes, 0, 3, 4, &e), RC_OK);
    assert_int_equal(sheet_out_offer(o, s, 1, &offer, &e), RC_OK);
    assert_int_equal(sheet_out_close(o, &e), RC_OK);
    struct str z = slurp(path_of("f.xlsx"));
    assert_string_equal(shown(z), "[1 表]\n1|日期|代码\n2|@2026-01-01\n[2 码]\n3|A\n4|B\n");
    mem_free((char *)z.p);
    char *x = part(path_of("f.xlsx"), "xl/worksheets/sheet1.xml");
    assert_non_null(strstr(x, "sqref=\"B2:B9\""));
    assert_non_null(strstr(x, "<formula1>codes_a</formula1>"));
    free(x);
    x = part(path_of("f.xlsx"), "xl/workbook.xml");
    assert_non_null(strstr(x, "$A$3:$A$4</definedName>"));
    free(x);
    unlink(path_of("f.xlsx"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_excel_sees),
        cmocka_unit_test(same_bytes_again),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(longest_cell_passes_the_library),
        cmocka_unit_test(names_of_sheets),
        cmocka_unit_test(no_folder),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(forms_and_bare_sheets),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
