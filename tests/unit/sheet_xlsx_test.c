/* xlsx as rows: files by libxlsxwriter and hand-made ones for what other programs write. */
#define _GNU_SOURCE
#include "sheet_help.h"

#include "base/file.h"

#include <unistd.h>
#include <xlsxwriter.h>

#define RELS                                                                                       \
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"         \
    "<Relationship Id='rId1' Type='http://x/relationships/worksheet' "                             \
    "Target='worksheets/sheet1.xml'/>"                                                             \
    "<Relationship Id='rId2' Type='http://x/relationships/worksheet' "                             \
    "Target='/xl/worksheets/sheet2.xml'/>"                                                         \
    "<Relationship Id='rId3' Type='http://x/relationships/styles' Target='styles.xml'/>"           \
    "<Relationship Id='rId4' Type='http://x/relationships/sharedStrings' Target='../xl/sst.xml'/>" \
    "</Relationships>"
#define ROOT                                                                                       \
    "<Relationships><Relationship Id='r' Type='http://x/officeDocument' "                          \
    "Target='xl/workbook.xml'/>"                                                                   \
    "</Relationships>"
#define BOOK                                                                                       \
    "<workbook xmlns:r='x'><sheets><sheet name='One' sheetId='1' "                                 \
    "r:id='rId1'/></sheets></workbook>"
#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

/* A workbook of one sheet with these parts; NULL: left out. */
static const char *book(const char *workbook, const char *sheet, const char *sst,
                        const char *styles)
{
    struct entry entries[8] = {{"_rels/.rels", ROOT},
                               {"xl/_rels/workbook.xml.rels", RELS},
                               {"xl/workbook.xml", workbook ? workbook : BOOK}};
    size_t n = 3;
    if (sheet)
        entries[n++] = (struct entry){"xl/worksheets/sheet1.xml", sheet};
    if (sst)
        entries[n++] = (struct entry){"xl/sst.xml", sst};
    if (styles)
        entries[n++] = (struct entry){"xl/styles.xml", styles};
    struct str z = make_zip(entries);
    char *text = shown(z);
    free((char *)z.p);
    return text;
}

static void kinds_of_cells(void **state)
{
    (void)state;
    assert_string_equal(
        book(NULL,
             SHEET("<row r='3'><c r='A3' t='s'><v>0</v></c><c r='B3' t='s'><v>1</v></c>"
                   "<c r='C3' t='inlineStr'><is><r><t>in</t></r><r><t>line</t></r>"
                   "<rPh sb='0' eb='1'><t>kana</t></rPh></is></c>"
                   "<c r='D3'><v>0.10000000000000001</v></c><c r='E3' t='b'><v>1</v></c>"
                   "<c r='F3' t='e'><f>1/0</f><v>#DIV/0!</v></c>"
                   "<c r='G3' t='str'><f>A1</f><v>cached</v></c><c r='H3'><f>A1</f></c>"
                   "<c r='I3' t='d'><v>2026-03-01</v></c><c r='J3' s='9'/>"
                   "<c r='L3' t='s'><v>99</v></c></row>"),
             "<sst><si><t>plain &amp; simple</t></si><si><r><t>ri</t></r><r><rPr/><t "
             "xml:space='preserve'>ch </t></r><rPh sb='0' eb='1'><t>kana</t></rPh></si></sst>",
             NULL),
        "[1 One]\n3|plain & simple|rich |inline|#0.1|?TRUE|!#DIV/0!|cached|-|@2026-03-01|||-\n");
}

static void escapes(void **state)
{
    (void)state;
    assert_string_equal(book(NULL, SHEET("<row><c t='s'><v>0</v></c></row>"),
                             "<sst><si><t>a_x000A_b_x005F_x0041_ _xzz_ _x41</t></si></sst>", NULL),
                        "[1 One]\n1|a\nb_x0041_ _xzz_ _x41\n");
}

static void missing_references(void **state)
{
    (void)state;
    assert_string_equal(book(NULL,
                             SHEET("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/>"
                                   "<row><c r='C3'><v>4</v></c><c><v>5</v></c></row>"
                                   "<row><c r='B9'><v>6</v></c></row><row><c><v>7</v></c></row>"),
                             NULL, NULL),
                        "[1 One]\n1|#1||#3\n3|||#4|#5\n9||#6\n10|#7\n");
}

static void prefixes(void **state)
{
    (void)state;
    assert_string_equal(
        book("<x:workbook xmlns:x='m' xmlns:rr='r'><x:workbookPr date1904='1'/><x:sheets><x:sheet "
             "name='P' rr:id='rId1'/></x:sheets></x:workbook>",
             "<x:worksheet xmlns:x='m'><x:sheetData><x:row r='1'><x:c r='A1' t='s'><x:v>0</x:v>"
             "</x:c><x:c r='B1' s='1'><x:v>44620</x:v></x:c></x:row></x:sheetData></x:worksheet>",
             "<x:sst xmlns:x='m'><x:si><x:t>名称</x:t></x:si></x:sst>",
             "<x:styleSheet xmlns:x='m'><x:cellXfs><x:xf numFmtId='0'/><x:xf numFmtId='14'/>"
             "</x:cellXfs></x:styleSheet>"),
        "[1 P]\n1|名称|@2026-03-01\n");
}

static void styles(void **state)
{
    (void)state;
    assert_string_equal(
        book(NULL,
             SHEET("<row><c s='0'><v>46082</v></c><c s='1'><v>46082</v></c><c s='2'>"
                   "<v>46082.5</v></c><c s='3'><v>0.95</v></c><c s='77'><v>1</v></c></row>"),
             NULL,
             "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy&quot;年&quot;m"
             "&quot;月&quot;'/><numFmt numFmtId='165' formatCode='yyyy/m/d h:mm'/></numFmts>"
             "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/>"
             "<xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='9'/></cellXfs></styleSheet>"),
        "[1 One]\n1|#46082|@2026-03-01|@2026-03-01T12:00:00|#95%|#1\n");
}

static void merged_regions(void **state)
{
    (void)state;
    assert_string_equal(
        book(NULL,
             "<worksheet><sheetData>"
             "<row r='1'><c r='A1' t='str'><v>banner</v></c></row>"
             "<row r='2'><c r='A2' t='str'><v>u</v></c><c r='B2'><v>1</v></c></row>"
             "<row r='3'><c r='B3'><v>2</v></c></row>"
             "<row r='4'><c r='A4'/></row>"
             "<row r='5'><c r='B5'><v>3</v></c><c r='C5'><v>9</v></c></row>"
             "<row r='6'><c r='B6'><v>4</v></c></row>"
             "</sheetData><mergeCells count='3'><mergeCell ref='A2:A5'/><mergeCell ref='A1:D1'/>"
             "<mergeCell ref='C5:D6'/></mergeCells></worksheet>",
             NULL, NULL),
        "[1 One]\n1|banner\n2|u|#1\n3|^u|#2\n5|^u|#3|#9\n6||#4|^#9\n");
}

static void hidden_and_several(void **state)
{
    (void)state;
    struct str z = make_zip((struct entry[]){
        {"_rels/.rels", ROOT},
        {"xl/_rels/workbook.xml.rels", RELS},
        {"xl/workbook.xml",
         "<workbook><sheets><sheet name='Gone' state='hidden' id='rId1'/><sheet name='Deep' "
         "state='veryHidden' id='rId1'/><sheet name='Two' id='rId2'/><sheet name='First' "
         "state='visible' id='rId1'/><sheet name='Chart' id='rId9'/></sheets></workbook>"},
        {"xl/worksheets/sheet1.xml", SHEET("<row><c><v>1</v></c></row>")},
        {"xl/worksheets/sheet2.xml", SHEET("<row><c><v>2</v></c></row>")},
        {NULL, NULL}});
    assert_string_equal(shown(z), "[3 Two]\n1|#2\n[4 First]\n1|#1\n");
    free((char *)z.p);
}

static void broken_ones(void **state)
{
    (void)state;
    assert_non_null(strstr(book(NULL, "<worksheet><sheetData><row><c><v>1</v></row>", NULL, NULL),
                           "error sheet.damaged One 0 0 xl/worksheets/sheet1.xml:1: "));
    assert_non_null(strstr(book(NULL, NULL, NULL, NULL), "error sheet.damaged One"));
    assert_non_null(
        strstr(book("<!DOCTYPE w [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><workbook>&b;"
                    "</workbook>",
                    "<worksheet/>", NULL, NULL),
               "error sheet.entities"));
    static const struct {
        struct entry entries[2];
        const char *key;
    } others[] = {{{{"word/document.xml", "<d/>"}, {0}}, "sheet.not_sheet"},
                  {{{"content.xml", "<d/>"}, {0}}, "sheet.not_sheet"},
                  {{{"a.txt", "hello"}, {0}}, "sheet.not_sheet"}};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct str z = make_zip(others[i].entries);
        assert_string_equal(error_key(z, NULL), others[i].key);
        free((char *)z.p);
    }
}

/* A real file, cut at many places: never a crash, always an error. */
static struct str real_file(void)
{
    char path[] = "/tmp/qiao-xlsx-XXXXXX";
    close(mkstemp(path));
    lxw_workbook *w = workbook_new(path);
    lxw_worksheet *s = workbook_add_worksheet(w, "数据");
    lxw_format *date = workbook_add_format(w);
    format_set_num_format(date, "yyyy-mm-dd");
    worksheet_write_string(s, 0, 0, "需求名称", NULL);
    worksheet_write_string(s, 0, 1, "截止日期", NULL);
    worksheet_write_string(s, 1, 0, "a\nb", NULL);
    worksheet_write_number(s, 1, 1, 46082, date);
    worksheet_write_number(s, 2, 0, 123456789012, NULL);
    worksheet_write_formula_num(s, 2, 1, "=1+1", NULL, 2);
    worksheet_merge_range(s, 3, 0, 4, 0, "both", NULL);
    worksheet_write_number(s, 3, 1, 1.5, NULL);
    worksheet_write_number(s, 4, 1, 2.5, NULL);
    assert_int_equal(workbook_close(w), LXW_NO_ERROR);
    struct buf b;
    buf_init(&b, 1u << 20);
    assert_int_equal(file_read(&b, path, NULL), RC_OK);
    unlink(path);
    size_t n = b.n;
    return (struct str){buf_take(&b), n};
}

static void by_libxlsxwriter(void **state)
{
    (void)state;
    struct str z = real_file();
    assert_string_equal(shown(z), "[1 数据]\n1|需求名称|截止日期\n2|a\nb|@2026-03-01\n"
                                  "3|#123456789012|#2\n4|both|#1.5\n5|^both|#2.5\n");
    for (size_t n = 4; n < z.n; n += 97) {
        char *cut = malloc(n); /* its own block, so that ASan sees a read past it */
        memcpy(cut, z.p, n);
        assert_string_equal(error_key((struct str){cut, n}, NULL), "sheet.damaged");
        free(cut);
    }
    mem_free((char *)z.p);
}

static void flipped_bytes_are_no_crash(void **state)
{
    (void)state;
    struct str z = real_file();
    char *copy = malloc(z.n);
    for (size_t i = 0; i < z.n; i += 3) {
        memcpy(copy, z.p, z.n);
        copy[i] ^= 0x41;
        (void)error_key((struct str){copy, z.n}, NULL);
    }
    free(copy);
    mem_free((char *)z.p);
}

static struct str one_sheet(const char *sheet, const char *sst)
{
    return make_zip((struct entry[]){{"_rels/.rels", ROOT},
                                     {"xl/_rels/workbook.xml.rels", RELS},
                                     {"xl/workbook.xml", BOOK},
                                     {"xl/worksheets/sheet1.xml", sheet},
                                     {"xl/sst.xml", sst},
                                     {NULL, NULL}});
}

#define FIVE(x) x x x x x

static void ceilings(void **state)
{
    static const struct {
        const char *key;
        struct sheet_limits limits; /* what is 0 stays as it is */
    } cases[] = {
        {"sheet.columns", {.columns = 4}},
        {"sheet.strings", {.strings = 4}},
        {"sheet.sheets", {.sheets = 0}},
        {"sheet.depth", {.depth = 3}},
        {"sheet.merges", {.merges = 1}},
        {"sheet.expanded", {.expanded = 900}},
        {"", {.columns = 5}},
        {"", {.strings = 5}},
    };
    (void)state;
    struct str z =
        one_sheet("<worksheet><sheetData><row>" FIVE(
                      "<c><v>1</v></c>") "</row>"
                                         "</sheetData><mergeCells><mergeCell ref='A1:A2'/>"
                                         "<mergeCell ref='B1:B2'/></mergeCells></worksheet>",
                  "<sst>" FIVE("<si><t>x</t></si>") "</sst>");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct sheet_limits l = sheet_limits_default;
        const struct sheet_limits *c = &cases[i].limits;
        l.columns = c->columns ? c->columns : l.columns;
        l.strings = c->strings ? c->strings : l.strings;
        l.depth = c->depth ? c->depth : l.depth;
        l.merges = c->merges ? c->merges : l.merges;
        l.expanded = c->expanded ? c->expanded : l.expanded;
        if (strcmp(cases[i].key, "sheet.sheets") == 0)
            l.sheets = 0;
        assert_string_equal(error_key(z, &l), cases[i].key);
    }
    free((char *)z.p);
}

static void long_cells_are_problems(void **state)
{
    (void)state;
    struct sheet_limits l = sheet_limits_default;
    l.cell = 4;
    struct str z = one_sheet(SHEET("<row><c t='s'><v>0</v></c><c t='str'><v>12345</v></c>"
                                   "<c t='str'><v>1234</v></c></row>"),
                             "<sst><si><t>12345</t></si></sst>");
    assert_string_equal(shown_with(z, &l), "[1 One]\n1|>|>|1234\n");
    free((char *)z.p);
}

/* 64 MiB of blanks in some 64 KiB, and one tag of 8 MiB. */
static void bombs(void **state)
{
    (void)state;
    size_t n = 64u << 20;
    char *big = malloc(n + 64);
    assert_non_null(big);
    memcpy(big, "<worksheet><sheetData>", 22);
    memset(big + 22, ' ', n - 22);
    memcpy(big + n, "</sheetData></worksheet>", 25);
    struct str z = one_sheet(big, "<sst/>");
    assert_string_equal(error_key(z, NULL), "sheet.ratio");
    struct sheet_limits l = sheet_limits_default;
    l.ratio = 5000;
    l.expanded = 32u << 20;
    assert_string_equal(error_key(z, &l), "sheet.expanded");
    free((char *)z.p);
    memcpy(big, "<worksheet a='", 14);
    memcpy(big + (8u << 20), "'/>", 4);
    z = one_sheet(big, "<sst/>");
    l.expanded = 1u << 30;
    assert_string_equal(error_key(z, &l), "sheet.tag");
    free((char *)z.p);
    free(big);
}

static void far_columns(void **state)
{
    (void)state;
    assert_string_equal(book(NULL, SHEET("<row r='7'><c r='XFE7'><v>1</v></c></row>"), NULL, NULL),
                        "[1 One]\nerror sheet.columns One 7 16385 16384");
    assert_non_null(strstr(book(NULL, SHEET("<row><c r='ZZZZZZZ1' t='str'/></row>"), NULL, NULL),
                           "error sheet.columns"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_cells),
        cmocka_unit_test(escapes),
        cmocka_unit_test(missing_references),
        cmocka_unit_test(prefixes),
        cmocka_unit_test(styles),
        cmocka_unit_test(merged_regions),
        cmocka_unit_test(hidden_and_several),
        cmocka_unit_test(broken_ones),
        cmocka_unit_test(by_libxlsxwriter),
        cmocka_unit_test(flipped_bytes_are_no_crash),
        cmocka_unit_test(ceilings),
        cmocka_unit_test(long_cells_are_problems),
        cmocka_unit_test(bombs),
        cmocka_unit_test(far_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
