/* Headers, fields and records, with the table of the program (model/columns.yaml). */
#include "sheet_help.h"

#include "base/embed.h"
#include "record/yaml.h"
#include "sheet/table.h"
#include "sheet/table_int.h"

static struct columns *columns;

static int load_columns(void **state)
{
    (void)state;
    struct arena a = {0};
    struct node *n;
    struct err e;
    for (const struct embedded *f = model_files; f->name; f++) {
        if (strcmp(f->name, "model/columns.yaml") != 0)
            continue;
        struct str bytes = {(const char *)f->bytes, f->n};
        if (yaml_parse(&n, bytes, f->name, &a, &e) != RC_OK ||
            columns_init(&columns, n, f->name, &e) != RC_OK)
            fail_msg("%s %u %s", e.key, e.row, e.detail);
    }
    arena_free(&a);
    return columns ? 0 : -1;
}

static int drop_columns(void **state)
{
    (void)state;
    columns_free(columns);
    return 0;
}

static enum rc show_record(void *ctx, const struct record *r, struct err *e)
{
    TRY(buf_printf(ctx, e, "%u:%u", r->sheet, r->row));
    for (int f = 0; f < FIELD__COUNT; f++)
        if (r->field[f].n)
            TRY(buf_printf(ctx, e, " %s=%.*s", field_name((enum field)f), (int)r->field[f].n,
                           r->field[f].p));
    for (uint32_t i = 0; i < r->n_other; i++)
        TRY(buf_printf(ctx, e, " [%.*s=%.*s]", (int)r->other[i].name.n, r->other[i].name.p,
                       (int)r->other[i].text.n, r->other[i].text.p));
    return buf_char(ctx, '\n', e);
}

static enum rc show_problem(void *ctx, const struct problem *p, struct err *e)
{
    return buf_printf(ctx, e, "%s%u:%u:%u %s %.*s\n", p->dropped ? "!" : "?", p->sheet, p->row,
                      p->col, p->key, (int)p->detail.n, p->detail.p);
}

static const char *read_with(struct str bytes, const struct table_options *o)
{
    static struct buf b;
    struct err e = {0};
    struct table_sink sink = {&b, NULL, show_record, show_problem};
    buf_free(&b);
    buf_init(&b, 1u << 24);
    if (table_read_bytes(bytes, "f.csv", columns, o, &sink, &e) != RC_OK)
        assert_int_equal(
            buf_printf(&b, NULL, "error %s %s %u:%u %s", e.key, e.file, e.row, e.col, e.detail),
            RC_OK);
    assert_int_equal(buf_str(&b, STR(""), NULL), RC_OK);
    return b.p;
}

static const char *needs(const char *text)
{
    struct table_options o = {.side = SIDE_NEED};
    return read_with(str_of(text), &o);
}

static const char *results(const char *text)
{
    struct table_options o = {.side = SIDE_RESULT};
    return read_with(str_of(text), &o);
}

static const char *mapped(const char *text, const char *first, const char *second)
{
    struct column_map map[2];
    struct table_options o = {.side = SIDE_NEED, .map = map};
    struct err e;
    assert_int_equal(column_map_parse(&map[o.n_map++], str_of(first), &e), RC_OK);
    if (second)
        assert_int_equal(column_map_parse(&map[o.n_map++], str_of(second), &e), RC_OK);
    return read_with(str_of(text), &o);
}

static void header_words(void **state)
{
    static const struct {
        const char *text;
        enum table_side side;
        enum field field;
        bool exact;
    } cases[] = {
        {"项目名称（必填）*", SIDE_NEED, FIELD_TITLE, true},
        {"【名称】", SIDE_NEED, FIELD_TITLE, true},
        {" 需 求 名 称 ", SIDE_NEED, FIELD_TITLE, true},
        {"ＴＲＬ", SIDE_NEED, FIELD_TRL, true},
        {"Project_Title", SIDE_RESULT, FIELD_TITLE, true},
        {"projectTitle", SIDE_RESULT, FIELD_TITLE, true},
        {"Abstract:", SIDE_RESULT, FIELD_BODY, true},
        {"技术难题", SIDE_NEED, FIELD_TITLE, true},
        {"企业名称", SIDE_NEED, FIELD_ORG, true},
        {"申报企业名称", SIDE_NEED, FIELD_ORG, false},
        {"技术需求内容及要求", SIDE_NEED, FIELD_BODY, false},
        {"企业简介", SIDE_NEED, FIELD_OTHER, true},
        {"合作企业简介", SIDE_NEED, FIELD_OTHER, false},
        {"成果完成单位", SIDE_RESULT, FIELD_ORG, true},
        {"第一发明人", SIDE_RESULT, FIELD_PERSON, false},
        {"联系人及联系电话", SIDE_NEED, FIELD_CONTACT, false},
        {"预算（万元）", SIDE_NEED, FIELD_BUDGET, true},
        {"意向价格（万元）", SIDE_RESULT, FIELD_BUDGET, true},
        {"完成人", SIDE_NEED, FIELD_PERSON, false}, /* a word of results */
        {"技术难题", SIDE_RESULT, FIELD_TITLE, false},
        {"width", SIDE_NEED, FIELD_OTHER, false},
        {"organic", SIDE_NEED, FIELD_OTHER, false},
        {"paper id", SIDE_RESULT, FIELD_ID, true},
        {"", SIDE_NEED, FIELD_OTHER, false},
        {"（）", SIDE_NEED, FIELD_OTHER, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool exact;
        enum field f = columns_match(columns, cases[i].side, str_of(cases[i].text), &exact);
        if (f != cases[i].field || exact != cases[i].exact)
            fail_msg("%s: %s %d", cases[i].text, field_name(f), exact);
    }
}

/* No word may mean two fields on one side. */
static void synonyms_are_unique(void **state)
{
    (void)state;
    struct arena a = {0};
    struct node *n = NULL;
    const struct embedded *m = model_files;
    while (strcmp(m->name, "model/columns.yaml") != 0)
        m++;
    assert_int_equal(yaml_parse(&n, (struct str){(const char *)m->bytes, m->n}, m->name, &a, NULL),
                     RC_OK);
    size_t words = 0;
    for (const struct node *f = n->child; f; f = f->next)
        for (const struct node *list = f->child; list; list = list->next)
            for (const struct node *w = list->child; w; w = w->next) {
                enum table_side from = str_eq(list->key, STR("result")) ? SIDE_RESULT : SIDE_NEED;
                enum table_side to = str_eq(list->key, STR("need")) ? SIDE_NEED : SIDE_RESULT;
                for (enum table_side s = from; s <= to; s++) {
                    bool exact;
                    enum field got = columns_match(columns, s, w->text, &exact);
                    if (!exact || !str_eq(str_of(field_name(got)), f->key))
                        fail_msg("%.*s: %.*s, but %s", (int)f->key.n, f->key.p, (int)w->text.n,
                                 w->text.p, field_name(got));
                }
                words++;
            }
    assert_true(words > 400);
    arena_free(&a);
}

static void below_titles(void **state)
{
    (void)state;
    assert_string_equal(
        needs("2026年示例市企业技术需求汇总表,,,\n填报单位：示例,,2026年3月,\n,,,\n"
              "序号,需求名称（必填）,需求内容,企业名称\n1, 甲材料 ,提高强度,示例一厂\n"
              "2,,,\n,,,\n３,乙工艺,,示例二厂\n序号,需求名称（必填）,需求内容,企业名称\n4,丙,,\n"),
        "1:5 id=1 title=甲材料 body=提高强度 org=示例一厂\n"
        "1:8 id=3 title=乙工艺 org=示例二厂\n1:10 id=4 title=丙\n");
}

static void several_columns_of_a_field(void **state)
{
    (void)state;
    assert_string_equal(needs("项目名称,需求名称,背景,需求内容,技术要点,电话,邮箱,备注\n"
                              "p,t,b1,b2,b3,123,a@b,n\n,t2,,b2,,,,\n"),
                        "1:2 title=t body=p\nb1\nb2\nb3 contact=123; a@b [备注=n]\n"
                        "1:3 title=t2 body=b2\n");
    assert_string_equal(results("成果名称,作者,完成人,摘要\nt,a,b,x\n"),
                        "1:2 title=t body=x person=a; b\n");
}

static void running_numbers_beside_ids(void **state)
{
    (void)state;
    assert_string_equal(needs("序号,编号,名称\n1,A,t\n2,,\n"), "1:2 id=A title=t [序号=1]\n");
}

static void normal_values(void **state)
{
    (void)state;
    assert_string_equal(
        needs("编号,名称,预算（万元）,截止日期,成熟度,内容\n"
              "Ａ－０１,ｔ,５０,２０２６年３月,ＴＲＬ ６,全角１２\n2,u,50万元,,,\n3,v,面议,,,\n"
              "4,w,20-50,,,\n"),
        "1:2 id=A-01 title=ｔ body=全角１２ trl=TRL 6 budget=50万元 deadline=2026年3月\n"
        "1:3 id=2 title=u budget=50万元\n1:4 id=3 title=v budget=面议\n"
        "1:5 id=4 title=w budget=20-50万元\n");
}

static void problems_of_rows(void **state)
{
    (void)state;
    assert_string_equal(needs("编号,名称,内容\n1,a,\n1,b,\n2,,only a body\n3,c,\"open\n"),
                        "1:2 id=1 title=a\n?1:3:0 sheet.row_duplicate_id 1\n1:3 title=b\n"
                        "!1:4:0 sheet.row_no_title \n?1:5:3 sheet.cell_open_quote \"open\n"
                        "1:5 id=3 title=c body=\"open\n");
    assert_string_equal(needs("{\"title\":\"a\"}\nnot json\n{\"title\":\"b\",\"body\":\"x\"}\n"),
                        "1:1 title=a\n!1:2:0 sheet.row_not_json '[' or '{' expected near 'not'\n"
                        "1:3 title=b body=x\n");
}

static void errors_of_files(void **state)
{
    (void)state;
    assert_string_equal(needs("甲,乙\n1,2\n"), "error sheet.no_title f.csv 0:0 A 甲, B 乙");
    assert_string_equal(needs("编号,内容\n1,x\n"), "error sheet.no_title f.csv 0:0 A 编号, B 内容");
    assert_string_equal(needs("{\"foo\":1}\n"), "!1:1:0 sheet.row_no_title \n"
                                                "error sheet.no_title f.csv 0:0 A foo");
    assert_string_equal(needs("名称,内容\n"), "error sheet.no_rows f.csv 0:0 ");
    assert_string_equal(needs("名称,内容\n,\n , \n"), "error sheet.no_rows f.csv 0:0 ");
    assert_string_equal(needs("\n\n"), "error sheet.no_rows f.csv 0:0 ");
    assert_string_equal(needs("名称,内容\n,x\n,y\n"),
                        "!1:2:0 sheet.row_no_title \n!1:3:0 sheet.row_no_title \n"
                        "error sheet.only_problems f.csv 2:0 2");
}

static void header_must_be_near_the_top(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    for (int i = 0; i < 20; i++)
        assert_int_equal(buf_str(&b, STR("x,y\n"), NULL), RC_OK);
    assert_int_equal(buf_str(&b, STR("名称,内容\na,b\n"), NULL), RC_OK);
    assert_non_null(strstr(needs(b.p), "error sheet.no_title"));
    assert_string_equal(needs(b.p + 4), "1:21 title=a body=b\n");
    buf_free(&b);
}

static void the_users_word(void **state)
{
    (void)state;
    const char *odd = "甲,乙,名称\n1,2,3\n";
    assert_string_equal(mapped(odd, "title=乙", NULL), "1:2 title=2 [甲=1] [名称=3]\n");
    assert_string_equal(mapped(odd, "title= 乙（必填） ", "body=甲"),
                        "1:2 title=2 body=1 [名称=3]\n");
    assert_string_equal(mapped(odd, "title=B", "body=a"), "1:2 title=2 body=1 [名称=3]\n");
    assert_string_equal(mapped(odd, "body=甲", "body=B"), "1:2 title=3 body=1\n2\n");
    assert_string_equal(mapped("1,2\n3,4\n", "title=B", NULL), "1:1 title=2\n1:2 title=4\n");
    assert_string_equal(mapped(odd, "body=丙", NULL),
                        "1:2 title=3 [甲=1] [乙=2]\n"
                        "error sheet.no_column f.csv 0:0 body=丙 (A 甲, B 乙, C 名称)");
    struct column_map m;
    struct err e;
    assert_int_equal(column_map_parse(&m, STR("title"), &e), RC_USER);
    assert_int_equal(column_map_parse(&m, STR("title="), &e), RC_USER);
    assert_int_equal(column_map_parse(&m, STR("colour=x"), &e), RC_USER);
    assert_string_equal(e.key, "sheet.map");
    assert_string_equal(e.detail, "colour=x");
}

#define STR_CELL(r, t) "<c r='" r "' t='str'><v>" t "</v></c>"

static const char *workbook(const char *one, const char *two)
{
    struct str z = make_zip((struct entry[]){
        {"xl/_rels/workbook.xml.rels",
         "<r><Relationship Id='a' Type='/worksheet' Target='1.xml'/>"
         "<Relationship Id='b' Type='/worksheet' Target='2.xml'/></r>"},
        {"xl/workbook.xml", "<workbook><sheet name='One' id='a'/><sheet name='Two' id='b'/>"
                            "</workbook>"},
        {"xl/1.xml", one},
        {"xl/2.xml", two},
        {NULL, NULL}});
    struct table_options o = {.side = SIDE_NEED};
    const char *text = read_with(z, &o);
    free((char *)z.p);
    return text;
}

static void several_sheets(void **state)
{
    (void)state;
    assert_string_equal(
        workbook("<w><sheetData><row r='1'>" STR_CELL("A1", "read me") "</row></sheetData></w>",
                 "<w><sheetData><row r='2'>" STR_CELL("A2", "名称") "</row><row r='3'>" STR_CELL(
                     "A3", "t") "</row></sheetData></w>"),
        "2:3 title=t\n!1:0:0 sheet.skipped A read me\n");
    /* running numbers start anew: left out in silence */
    assert_string_equal(workbook("<w><sheetData><row>" STR_CELL("A1", "序号")
                                     STR_CELL("B1", "名称") "</row><row>" STR_CELL("A2", "1")
                                         STR_CELL("B2", "t") "</row></sheetData></w>",
                                 "<w><sheetData><row>" STR_CELL("A1", "序号")
                                     STR_CELL("B1", "名称") "</row><row>" STR_CELL("A2", "1")
                                         STR_CELL("B2", "u") "</row></sheetData></w>"),
                        "1:2 id=1 title=t\n2:2 title=u\n");
}

/* A header over two lines, names merged downwards; a unit merged over rows; a formula's error. */
static void merged_sheet(void **state)
{
    (void)state;
    assert_string_equal(
        workbook(
            "<w><sheetData><row r='1'>" STR_CELL("A1", "技术需求表") "</row><row r='2'>" STR_CELL(
                "A2", "名称") STR_CELL("B2", "单位")
                STR_CELL("C2", "联系方式") "</row><row r='3'>" STR_CELL("C3", "联系人") STR_CELL(
                    "D3", "电话") "</row><row r='4'>" STR_CELL("A4", "t1") STR_CELL("B4", "unit")
                    STR_CELL("C4", "z") "</row><row r='5'>" STR_CELL(
                        "A5",
                        "t2") "<c r='D5' t='e'><v>#N/A</v></c>"
                              "</row><row r='6'><c r='A6'/></row></sheetData><mergeCells>"
                              "<mergeCell ref='A1:D1'/><mergeCell ref='A2:A3'/><mergeCell "
                              "ref='B2:B3'/>"
                              "<mergeCell ref='C2:D2'/><mergeCell ref='B4:B6'/></mergeCells></w>",
            "<w/>"),
        "1:4 title=t1 org=unit contact=z\n?1:5:4 sheet.cell_error #N/A\n1:5 title=t2 org=unit\n");
}

static void bad_tables(void **state)
{
    static const char *const bad[] = {"colour: {zh: [a]}",
                                      "title: {zh: a}",
                                      "title: {zh: ['（）']}",
                                      "title: [a]",
                                      "- a",
                                      "other: {join: x}",
                                      "title: {surplus: x}",
                                      "title: {foo: x}",
                                      "title: {zh: [[a]]}"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct arena a = {0};
        struct node *n;
        struct err e;
        struct columns *c = NULL;
        assert_int_equal(yaml_parse(&n, str_of(bad[i]), "t", &a, &e), RC_OK);
        assert_int_equal(columns_init(&c, n, "t.yaml", &e), RC_USER);
        assert_string_equal(e.key, "sheet.columns_table");
        assert_int_equal(e.row, 1);
        arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_words),
        cmocka_unit_test(synonyms_are_unique),
        cmocka_unit_test(below_titles),
        cmocka_unit_test(several_columns_of_a_field),
        cmocka_unit_test(running_numbers_beside_ids),
        cmocka_unit_test(normal_values),
        cmocka_unit_test(problems_of_rows),
        cmocka_unit_test(errors_of_files),
        cmocka_unit_test(header_must_be_near_the_top),
        cmocka_unit_test(the_users_word),
        cmocka_unit_test(several_sheets),
        cmocka_unit_test(merged_sheet),
        cmocka_unit_test(bad_tables),
    };
    return cmocka_run_group_tests(tests, load_columns, drop_columns);
}
