/* Word templates: marks over runs, rows, conditions; what is refused; bodies read and made. */
#include "docx_help.h"

#define T(text) "<w:t xml:space=\"preserve\">" text "</w:t>"

static void test_values(void **state)
{
    (void)state;
    assert_string_equal(
        filled(P("名称：{{title}}。")),
        "<w:p><w:r>" T("名称：a&lt;b&gt; &amp; \"c\"\xEF\xBF\xBD。") "</w:r></w:p>");
    assert_string_equal(filled(P("{{ amount | upper }}/{{amount}}")),
                        "<w:p><w:r>" T("壹元整/1") "</w:r></w:p>");
    assert_string_equal(filled(P("{{lines}}")),
                        "<w:p><w:r>" T("一") "<w:br/>" T("二") "</w:r></w:p>");
    assert_string_equal(filled(P("a &amp; b {x}")), P("a &amp; b {x}"));
}

static void test_split_runs(void **state)
{
    (void)state;
    assert_string_equal(
        filled("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>x{</w:t></w:r><w:proofErr/><w:r><w:t>{amo"
               "</w:t></w:r><w:r><w:t>unt}</w:t></w:r><w:r><w:t>}y</w:t></w:r></w:p>"),
        "<w:p><w:r><w:rPr><w:b/></w:rPr>" T("x1") "</w:r><w:proofErr/><w:r>" T("") "</w:r><w:r>" T(
            "") "</w:r><w:r>" T("y") "</w:r></w:p>");
}

#define ROW(a, b) "<w:tr><w:tc>" a "</w:tc><w:tc>" b "</w:tc></w:tr>"
static void test_rows(void **state)
{
    (void)state;
    assert_string_equal(
        filled("<w:tbl>" ROW(P("单位"), P("份额"))
                   ROW(P("{{#parties}}{{org}}"), P("{{share}}{{/parties}}")) "</w:tbl>"),
        "<w:tbl>" ROW(P("单位"), P("份额"))
            ROW("<w:p><w:r>" T("甲公司") "</w:r></w:p>", "<w:p><w:r>" T("60") "</w:r></w:p>")
                ROW("<w:p><w:r>" T("乙大学") "</w:r></w:p>",
                    "<w:p><w:r>" T("40") "</w:r></w:p>") "</w:tbl>");
    assert_string_equal(filled("<w:tbl>" ROW(P("{{#none}}{{org}}"), P("{{/none}}")) "</w:tbl>"),
                        "<w:tbl></w:tbl>");
    assert_string_equal(
        filled(P("{{#parties}}{{org}};{{/parties}}")),
        "<w:p><w:r>" T("甲公司;") "</w:r></w:p><w:p><w:r>" T("乙大学;") "</w:r></w:p>");
}

static void test_conditions(void **state)
{
    (void)state;
    assert_string_equal(filled(P("{{?empty}}没有{{/empty}}") P("b")), P("b"));
    assert_string_equal(filled(P("{{?title}}有{{/title}}")), "<w:p><w:r>" T("有") "</w:r></w:p>");
    assert_string_equal(filled(P("a{{?empty}}没有{{?title}}x{{/title}}{{/}}b")),
                        "<w:p><w:r>" T("ab") "</w:r></w:p>");
    assert_string_equal(filled(P("{{?empty}}") P("x") "<w:tbl/>" P("{{/empty}}") P("b")), P("b"));
    assert_string_equal(filled(P("{{?title}}") P("x") "<w:tbl/>" P(" {{/title}} ") P("b")),
                        P("x") "<w:tbl/>" P("b"));
    /* a cell keeps a paragraph */
    assert_string_equal(filled("<w:tbl>" ROW(P("{{?empty}}x{{/empty}}"), P("y")) "</w:tbl>"),
                        "<w:tbl>" ROW("<w:p/>", P("y")) "</w:tbl>");
}

static void test_refused(void **state)
{
    (void)state;
    assert_string_equal(filled(P("{{titel}}")), "error docx.unknown {{titel}}\ttitle lines empty");
    /* also where it would not be shown this time */
    assert_string_equal(filled(P("{{?empty}}{{amuont}}{{/empty}}")),
                        "error docx.unknown {{amuont}}\tamount empty title");
    assert_string_equal(filled(P("{{org}}")), "error docx.unknown {{org}}\ttitle empty lines");
    assert_string_equal(filled(P("{{title|lower}}")), "error test.form ");
    assert_string_equal(filled(P("{{title")), "error docx.open {{title");
    assert_string_equal(filled(P("{{}}")), "error docx.mark {{}}");
    assert_string_equal(filled(P("{{a b}}")), "error docx.mark {{a b}}");
    assert_string_equal(filled(P("{{?title}}")), "error docx.pair {{?title}}");
    assert_string_equal(filled(P("{{/title}}")), "error docx.pair {{/title}}");
    assert_string_equal(filled(P("{{?title}}{{/empty}}")), "error docx.pair {{/empty}}");
    assert_string_equal(filled(P("{{#parties}}") P("{{/parties}}")), "error docx.row {{#parties}}");
    assert_string_equal(filled(P("a {{?title}}") P("{{/title}}")), "error docx.alone {{?title}}");
    assert_string_equal(
        filled("<w:tbl>" ROW(P("{{#parties}}{{#none}}{{/none}}{{/parties}}"), P("")) "</w:tbl>"),
        "error docx.nested {{#parties}}");
    assert_int_equal(strncmp(filled("<w:p>"), "error sheet.damaged", 19), 0);
}

static const char *fill_key(struct str bytes)
{
    static struct err e;
    struct buf out;
    buf_init(&out, 1u << 20);
    enum rc rc = docx_fill(&out, bytes, "f", &help_values, &e);
    buf_free(&out);
    return rc == RC_OK ? "" : e.key;
}

static void test_packages(void **state)
{
    (void)state;
    static const char doctype[] =
        "<!DOCTYPE x [<!ENTITY a \"b\">]><w:document xmlns:w=\"wordprocessingml\"/>";
    static const struct entry other[] = {{"xl/workbook.xml", "<x/>"}, {NULL, NULL}},
                              dtd[] = {{"word/document.xml", doctype}, {NULL, NULL}};
    struct str a = make_zip(other), b = make_zip(dtd);
    assert_string_equal(fill_key(a), "docx.not_docx");
    assert_string_equal(fill_key(b), "sheet.entities");
    assert_string_equal(fill_key(STR("hello")), "docx.not_docx");
    assert_string_equal(fill_key(STR("PK\3\4 no zip")), "sheet.damaged");
    free((char *)a.p);
    free((char *)b.p);
}

/* Other parts keep their compressed bytes; headers are filled; twice gives the same. */
static void test_rest_is_kept(void **state)
{
    (void)state;
    static const char head[] = "<w:hdr xmlns:w=\"http://schemas.openxmlformats.org/"
                               "wordprocessingml/2006/main\">" P("{{amount}}") "</w:hdr>";
    static const struct entry parts[] = {{"word/media/a.png", "\x89PNG {{title}}"},
                                         {"word/document.xml", WORD P("x") WORD_END},
                                         {"word/header1.xml", head},
                                         {NULL, NULL}};
    struct str bytes = make_zip(parts);
    struct buf one, two;
    buf_init(&one, 1u << 20);
    buf_init(&two, 1u << 20);
    assert_int_equal(docx_fill(&one, bytes, "f", &help_values, NULL), RC_OK);
    assert_int_equal(docx_fill(&two, bytes, "f", &help_values, NULL), RC_OK);
    assert_int_equal(one.n, two.n);
    assert_memory_equal(one.p, two.p, one.n);
    char *media = part_of(buf_view(&one), "word/media/a.png"),
         *body = part_of(buf_view(&one), "word/document.xml"),
         *header = part_of(buf_view(&one), "word/header1.xml");
    assert_string_equal(media, parts[0].text);
    assert_string_equal(body, parts[1].text);
    assert_non_null(strstr(header, "preserve\">1</w:t>"));
    free(media);
    free(body);
    free(header);
    buf_free(&one);
    buf_free(&two);
    free((char *)bytes.p);
}

/* What is made is read again as it was. */
static void test_make_and_read(void **state)
{
    (void)state;
    static const struct docx_run title[] = {{STR("协议审批表"), true, 36}},
                                 cell[] = {{STR("甲\n乙"), false, 0}};
    static const struct docx_para text = {cell, 1, DOCX_LEFT};
    static const struct docx_cell cells[] = {{&text, 1, 1, true, false},
                                             {&text, 1, 2, false, false}};
    static const struct docx_row rows[] = {{cells, 2}};
    static const uint32_t widths[] = {1000, 2000, 3000};
    static const struct docx_block blocks[] = {
        {.para = {title, 1, DOCX_CENTER}},
        {.row = rows, .n_rows = 1, .width = widths, .n_cols = 3}};
    struct docx_body body = docx_a4, again;
    struct arena a = {0};
    struct buf out;
    body.block = blocks;
    body.n = 2;
    buf_init(&out, 1u << 20);
    assert_int_equal(docx_make(&out, &body, NULL), RC_OK);
    assert_int_equal(docx_read(&again, buf_view(&out), "f", &a, NULL), RC_OK);
    assert_int_equal(again.n, 3); /* a paragraph stands behind the table */
    assert_int_equal(again.page_w, 11906);
    assert_int_equal(again.block[0].para.align, DOCX_CENTER);
    assert_true(again.block[0].para.run[0].bold);
    assert_int_equal(again.block[0].para.run[0].size, 36);
    assert_int_equal(again.block[1].n_rows, 1);
    assert_int_equal(again.block[1].width[2], 3000);
    assert_true(again.block[1].row[0].cell[0].shaded);
    assert_int_equal(again.block[1].row[0].cell[1].span, 2);
    assert_true(str_eq(again.block[1].row[0].cell[1].para[0].run[0].text, STR("甲\n乙")));
    arena_free(&a);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),       cmocka_unit_test(test_split_runs),
        cmocka_unit_test(test_rows),         cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_packages),
        cmocka_unit_test(test_rest_is_kept), cmocka_unit_test(test_make_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
