/* csv, tsv and jsonl as rows; files that are none. */
#define _GNU_SOURCE
#include "sheet_help.h"

#include <unicode/ucnv.h>
#include <unistd.h>

#define SHOWS(text, want) assert_string_equal(shown(STR(text)), want)

static void csv_quotes(void **state)
{
    (void)state;
    SHOWS("a,b,c\n1,,3\n", "1|a|b|c\n2|1||3\n");
    SHOWS("a,\"b,\"\"x\"\"\nline\",c\r\nd\r\n", "1|a|b,\"x\"\nline|c\n2|d\n");
    SHOWS("a,b\n\n\n,\nc,d", "1|a|b\n5|c|d\n");
    SHOWS("a,\"b\" tail,c\n", "1|a|b tail|c\n");
    SHOWS("=\"0012\",\"=\"\"0034\"\"\",=1\n", "1|0012|0034|=1\n");
    SHOWS("a\"b,c\n", "1|a\"b|c\n");
    SHOWS("\"\",x\n", "1||x\n");
    SHOWS("a,b\rc,d\r", "1|a|b\n2|c|d\n");
}

static void csv_open_quote(void **state)
{
    (void)state;
    SHOWS("a,b\nc,\"open\nd,e\n", "1|a|b\n2|c|\"\"open\n3|d|e\n");
}

static void separators(void **state)
{
    (void)state;
    SHOWS("a\tb,c\n1\t2,5\n3\t4\n", "1|a|b,c\n2|1|2,5\n3|3|4\n");
    SHOWS("a;b\n1,5;2\n", "1|a|b\n2|1,5|2\n");
    SHOWS("sep=;\r\na;b,c\n", "1|a|b,c\n");
    SHOWS("only\nlines\n", "1|only\n2|lines\n");
    SHOWS("\"x;y;z\",a\n\"p;q;r\",b\n", "1|x;y;z|a\n2|p;q;r|b\n");
}

/* `text` (UTF-8) in another charset. */
static struct str in_charset(const char *name, const char *text, const char *mark)
{
    static char out[4096];
    UErrorCode code = U_ZERO_ERROR;
    size_t n = strlen(mark);
    memcpy(out, mark, n);
    int32_t k = ucnv_convert(name, "UTF-8", out + n, (int32_t)(sizeof out - n), text,
                             (int32_t)strlen(text), &code);
    assert_true(U_SUCCESS(code));
    return (struct str){out, n + (size_t)k};
}

static void charsets(void **state)
{
    (void)state;
    static const char text[] = "需求名称,需求内容\n高强度铝合金铸造,提高铸件的强度，降低成本\n";
    static const char want[] = "1|需求名称|需求内容\n2|高强度铝合金铸造|提高铸件的强度，降低成本\n";
    static const char big[] = "專案名稱,內容說明\n高強度材料的開發,請提供詳細的技術資料與說明\n";
    static const char big_want[] =
        "1|專案名稱|內容說明\n2|高強度材料的開發|請提供詳細的技術資料與說明\n";
    SHOWS("\xEF\xBB\xBF"
          "a,b\n",
          "1|a|b\n");
    assert_string_equal(shown(in_charset("GB18030", text, "")), want);
    assert_string_equal(shown(in_charset("UTF-16LE", text, "\xFF\xFE")), want);
    assert_string_equal(shown(in_charset("UTF-16BE", text, "\xFE\xFF")), want);
    assert_string_equal(shown(in_charset("UTF-16LE", text, "")), want);
    assert_string_equal(shown(in_charset("Big5", big, "")), big_want);
}

static void jsonl(void **state)
{
    (void)state;
    SHOWS("{\"title\":\"a\",\"n\":12}\n\n{\"kw\":[\"x\",\"y\"],\"title\":\"b\"}\n",
          "1k|title|n\n1|a|#12\n3k|title|n|kw\n3|b||x; y\n");
    SHOWS("{\"a\":0.1,\"b\":true,\"c\":null,\"d\":{\"e\":[1,\"z\"]}}\n",
          "1k|a|b|c|d\n1|#0.1|?TRUE||{\"e\":[1,\"z\"]}\n");
    assert_non_null(strstr(shown(STR("{\"a\":1}\nnope\n[1]\n{\"a\":2}\n")), "4|#2\n"));
    assert_non_null(strstr(shown(STR("{\"a\":1}\nnope\n")), "2|~"));
    assert_non_null(strstr(shown(STR("{\"a\":1}\n[1]\n")), "2|~not an object"));
}

static void refused(void **state)
{
    static const struct {
        struct str bytes;
        const char *key;
    } cases[] = {
        {{"", 0}, "sheet.empty"},
        {{"\x89PNG\r\n\x1a\n0000", 12}, "sheet.not_sheet"},
        {{"%PDF-1.7\nxx", 11}, "sheet.not_sheet"},
        {{"<html><table><tr><td>a</td></tr></table></html>", 47}, "sheet.not_sheet"},
        {{"\x01\x02\x03\x04\x05\x06\x07\x01\x02\x03\x04\x05\x06\x07", 14}, "sheet.not_sheet"},
        {{"[{\"title\":\"a\"}]", 15}, "sheet.json"},
        {{"{\n\"title\": \"a\"\n}", 16}, "sheet.json"},
        {{"PK\x03\x04 cut off", 12}, "sheet.damaged"},
        {{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 W\0o\0r\0k\0b\0o\0o\0k\0", 25}, "sheet.old_xls"},
        {{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
          "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0",
          40},
         "sheet.encrypted"},
        {{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
          "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0",
          32},
         "sheet.not_sheet"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(error_key(cases[i].bytes, NULL), cases[i].key);
}

static void ceilings(void **state)
{
    (void)state;
    struct sheet_limits limits = sheet_limits_default;
    limits.columns = 3;
    assert_string_equal(shown_with(STR("a,b,c\n1,2,3,4\n"), &limits),
                        "1|a|b|c\nerror sheet.columns  2 0 3");
    assert_string_equal(error_key(STR("{\"a\":1,\"b\":2,\"c\":3,\"d\":4}\n"), &limits),
                        "sheet.columns");
    limits.cell = 4;
    assert_string_equal(shown_with(STR("a,12345,c\n\"1\"\"345\",\"123\"\"45\",x\n"), &limits),
                        "1|a|>|c\n2|>|>|x\n");
    assert_string_equal(shown_with(STR("{\"a\":\"12345\",\"b\":1}\n"), &limits),
                        "1k|a|b\n1|>|#1\n");
    limits.cell = 100;
    limits.row = 8;
    assert_string_equal(shown_with(STR("\"a\"\"bcd\",\"e\"\"fghij\",x\n"), &limits),
                        "1|a\"bcd|>|x\n");
}

static enum rc stop(void *ctx, const struct sheet_row *row, struct err *e)
{
    ++*(int *)ctx;
    return row->row == 2 ? err_cancelled(e) : RC_OK;
}

static void sink_can_stop(void **state)
{
    (void)state;
    int rows = 0;
    struct err e;
    struct sheet_sink sink = {&rows, NULL, stop, NULL};
    assert_int_equal(sheet_read_bytes(STR("a\nb\nc\n"), "f", &sink, NULL, &e), RC_CANCELLED);
    assert_int_equal(rows, 2);
}

static void from_files(void **state)
{
    (void)state;
    struct err e;
    int rows = 0;
    struct sheet_sink sink = {&rows, NULL, stop, NULL};
    char path[] = "/tmp/qiao-sheet-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "a,b\n", 4), 4);
    close(fd);
    assert_int_equal(sheet_read(path, &sink, NULL, &e), RC_OK);
    assert_int_equal(rows, 1);
    unlink(path);
    assert_int_equal(sheet_read(path, &sink, NULL, &e), RC_SYS);
    assert_string_equal(e.key, "file.open");
    assert_int_equal(sheet_read("/", &sink, NULL, &e), RC_SYS);
    assert_int_equal(sheet_read("/dev/null", &sink, NULL, &e), RC_USER);
    assert_string_equal(e.key, "sheet.empty");
    assert_string_equal(e.file, "/dev/null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_quotes), cmocka_unit_test(csv_open_quote),
        cmocka_unit_test(separators), cmocka_unit_test(charsets),
        cmocka_unit_test(jsonl),      cmocka_unit_test(refused),
        cmocka_unit_test(ceilings),   cmocka_unit_test(sink_can_stop),
        cmocka_unit_test(from_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
