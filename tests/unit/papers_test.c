/* The papers that come with the program, filled from records on a real site; a site's own template;
 * what an actor may not see; money and dates in words; PDF. */
#define _GNU_SOURCE
#define entry zip_part /* the store has another */
#include "docx_help.h"
#undef entry
#include "site_help.h"

#include "service/approval.h"
#include "service/papers_int.h"
#include "sheet/pdf.h"

#include <sys/stat.h>

/* LeakSanitizer: fontconfig keeps what it read until the program ends, and cairo 1.16 loses 768
 * bytes a PDF where it makes a font's subset. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

static struct buf made;

/* The text of a docx: a line a paragraph, cells of a row parted by |. */
static const char *text_of(struct str bytes)
{
    static struct buf out;
    struct arena a = {0};
    struct docx_body body;
    buf_free(&out);
    buf_init(&out, 1u << 20);
    OK(docx_read(&body, bytes, "f", &a, &e));
    for (uint32_t i = 0; i < body.n; i++) {
        const struct docx_block *b = &body.block[i];
        for (uint32_t k = 0; k < b->para.n; k++)
            OK(buf_str(&out, b->para.run[k].text, &e));
        for (uint32_t r = 0; r < b->n_rows; r++) {
            for (uint32_t c = 0; c < b->row[r].n; c++) {
                OK(buf_str(&out, c ? STR("|") : STR(""), &e));
                for (uint32_t k = 0; k < b->row[r].cell[c].n; k++)
                    for (uint32_t m = 0; m < b->row[r].cell[c].para[k].n; m++)
                        OK(buf_str(&out, b->row[r].cell[c].para[k].run[m].text, &e));
            }
            OK(buf_str(&out, r + 1 < b->n_rows ? STR("\n") : STR(""), &e));
        }
        OK(buf_char(&out, '\n', &e));
    }
    arena_free(&a);
    return out.p;
}

static enum rc fill_as(const struct actor *a, const char *kind, const char *name, int64_t id,
                       struct err *e)
{
    const struct paper *p = NULL;
    buf_free(&made);
    buf_init(&made, 8u << 20);
    TRY(paper_find(site, a, kind_of(kind), str_of(name), &p, e));
    return paper_fill(site, a, p, id, &made, e);
}

static const char *paper_as(const struct actor *a, const char *kind, const char *name, int64_t id)
{
    OK(fill_as(a, kind, name, id, &e));
    return text_of(buf_view(&made));
}

static void has(const char *text, const char *line)
{
    if (!strstr(text, line))
        fail_msg("no '%s' in:\n%s", line, text);
}

static struct actor zh_system(void)
{
    struct actor a = actor_system;
    a.zh = true;
    return a;
}

static int64_t need, agreement, event;

static int open_all(void **state)
{
    if (site_open_all(state) != 0)
        return -1;
    struct actor a = actor(ROLE_BROKER, 0);
    char first[24], second[24];
    snprintf(first, sizeof first, "%lld", (long long)org_a);
    snprintf(second, sizeof second, "%lld", (long long)org_b);
    need = MAKE(&a, "need", "owner", first, "title", "低温<电池>", "body", "第一行\n第二行",
                "industry", "C38", "budget", "180万元", "deadline", "2026-12-31", "phone",
                "13800000000", "keywords", "电池\n低温", "targets.0.name", "循环寿命",
                "targets.0.op", "ge", "targets.0.value", "1000", "targets.0.unit", "次",
                "targets.1.name", "温度", "targets.1.value", "-30", "targets.1.unit", "℃");
    agreement = MAKE(&a, "agreement", "owner", first, "title", "联合研发协议", "type", "contract",
                     "contract", "development", "parties.0.org", first, "parties.0.role", "lead",
                     "parties.1.org", second, "parties.1.role", "member", "amount", "107000.53",
                     "start", "2026-03-01");
    event = MAKE(&a, "event", "owner", first, "title", "校企对接会", "type", "meeting", "day",
                 "2026-03-01", "orgs", "甲公司\n乙大学", "minutes", "议题一\n议题二");
    char at[24];
    snprintf(at, sizeof at, "%lld", (long long)event);
    MAKE(&a, "commitment", "owner", first, "title", "提供样品", "debtor", first, "owner_name",
         "张三", "due", "2026-04-01", "event", at);
    MAKE(&a, "commitment", "owner", first, "title", "完成检测", "debtor", second, "owner_name",
         "李四", "due", "2026-05-01", "event", at);
    return 0;
}

static int close_all(void **state)
{
    char path[300];
    buf_free(&made);
    snprintf(path, sizeof path, "%s/papers/need_form.docx", site_path);
    unlink(path);
    snprintf(path, sizeof path, "%s/papers", site_path);
    rmdir(path);
    return site_close_all(state);
}

static void test_need(void **state)
{
    (void)state;
    struct actor a = zh_system();
    const char *text = paper_as(&a, "need", "need_form", need);
    has(text, "技术需求登记表\n");
    has(text, "填表日期：2026年5月29日\n");
    has(text, "需求名称|低温<电池>\n需求单位|甲公司|统一社会信用代码|\n");
    has(text, "联系电话|13800000000\n");
    has(text, "期望解决日期|2026年12月31日\n");
    has(text, "资金预算|人民币壹佰捌拾万元整（¥1,800,000.00）\n");
    has(text, "需求内容|第一行\n第二行\n");
    has(text, "指标名称|比较|数值|单位\n循环寿命|");
    has(text, "|1000|次\n温度||-30|℃\n");
    assert_null(strstr(text, "{{"));
}

/* What the actor may not see is empty; whole papers can be kept from roles. */
static void test_rights(void **state)
{
    (void)state;
    struct actor broker = actor(ROLE_BROKER, 0), other = actor(ROLE_EDITOR, org_b),
                 visitor = actor_visitor;
    STEP(&broker, "need", need, "diagnose");
    vec_fault faults = {0};
    struct typed region = {STR("region"), STR("330600")};
    struct act act = {.id = need, .action = STR("publish"), .typed = &region, .n_typed = 1};
    struct rec out;
    OK(record_act(site, &broker, kind_of("need"), &act, &mem, &out, &faults, &e));
    vec_free(&faults);
    const char *text = paper_as(&other, "need", "need_form", need);
    has(text, "资金预算|\n");
    has(text, "联系电话|\n");
    has(text, "需求名称|低温<电池>\n");
    REFUSED(fill_as(&other, "need", "need_form", need + 1000, &e), "service.missing");
    REFUSED(fill_as(&visitor, "need", "need_form", need, &e), "service.denied");
    REFUSED(fill_as(&broker, "need", "nothing", need, &e), "papers.none");
    REFUSED(fill_as(&broker, "need", "minutes", need, &e), "papers.none");
    vec_paper list = {0};
    OK(paper_list(site, &broker, kind_of("need"), &list, &e));
    assert_int_equal(list.n, 1);
    list.n = 0;
    OK(paper_list(site, &visitor, kind_of("need"), &list, &e));
    assert_int_equal(list.n, 0);
    vec_free(&list);
}

static void test_agreement(void **state)
{
    (void)state;
    struct actor a = zh_system();
    const char *text = paper_as(&a, "agreement", "approval_form", agreement);
    has(text, "协议金额|人民币壹拾万零柒仟元伍角叁分（¥107,000.53）\n");
    has(text, "起始日期|2026年3月1日|截止日期|\n");
    has(text, "序号|单位|角色|份额（%）\n1|甲公司|");
    has(text, "\n2|乙大学|");
    has(text, "时间|办理人|事项|意见\n2026-05-29 04:26|broker|新建|\n");
    text = paper_as(&a, "agreement", "contract_registration", agreement);
    has(text, "技术交易额|\n");
    has(text, "|甲公司||企业\n");
}

/* The form shows who signed, and has lines for who is still to sign. */
static void test_approval(void **state)
{
    (void)state;
    struct actor zh = zh_system();
    char of_org[24];
    snprintf(of_org, sizeof of_org, "%lld", (long long)org_a);
    struct actor wang = hire("wang", "王编辑", ROLE_EDITOR, org_a, 0);
    struct actor chen = hire("chen", "陈经理", ROLE_BROKER, 0, 0);
    int64_t id = MAKE(&zh, "agreement", "title", "检测合同", "type", "framework", "owner", of_org,
                      "parties.0.org", "甲公司", "parties.0.role", "a", "start", "2026-03-01");
    const char *text = paper_as(&zh, "agreement", "approval_form", id);
    has(text, "环节|签署人|结论|意见|时间\n承办单位审核| |||\n技术经理人审核| |||\n");
    STEP(&wang, "agreement", id, "submit");
    vec_fault faults = {0};
    struct approval_act act = {.id = id, .action = STR("agree"), .comment = STR("条款无误")};
    OK(approval_do(site, &wang, kind_of("agreement"), &act, &mem, &faults, &e));
    text = paper_as(&zh, "agreement", "approval_form", id);
    has(text, "\n承办单位审核|王编辑 甲公司|同意|条款无误|2026-05-29 04:26\n技术经理人审核| |||\n");
    act.comment = STR("可以签订");
    OK(approval_do(site, &chen, kind_of("agreement"), &act, &mem, &faults, &e));
    text = paper_as(&zh, "agreement", "approval_form", id);
    has(text, "\n技术经理人审核|陈经理 |同意|可以签订|2026-05-29 04:26\n");
    vec_free(&faults);
}

static void test_minutes(void **state)
{
    (void)state;
    struct actor a = zh_system();
    const char *text = paper_as(&a, "event", "minutes", event);
    has(text, "日期|2026年3月1日\n");
    has(text, "参加单位|甲公司、乙大学\n");
    has(text, "议题一\n议题二\n");
    has(text, "序号|事项|责任单位|责任人|完成期限\n1|提供样品|甲公司|张三|2026年4月1日\n"
              "2|完成检测|乙大学|李四|2026年5月1日\n");
}

/* Every declared paper's marks are known: they are all checked even where nothing is shown. */
static void test_all_declared(void **state)
{
    (void)state;
    struct actor a = zh_system();
    char of_need[24], of_org[24], of_person[24], of_host[24];
    snprintf(of_org, sizeof of_org, "%lld", (long long)org_a);
    snprintf(of_host, sizeof of_host, "%lld", (long long)org_b);
    int64_t result = MAKE(&a, "result", "owner", of_host, "title", "耐低温电解液", "body", "x",
                          "price", "50万元");
    int64_t person = MAKE(&a, "person", "owner", of_host, "name", "王五", "units", "乙大学");
    snprintf(of_need, sizeof of_need, "%lld", (long long)need);
    snprintf(of_person, sizeof of_person, "%lld", (long long)person);
    const char *text = paper_as(&a, "result", "result_form", result);
    has(text, "意向价格|人民币伍拾万元整（¥500,000.00）\n");
    char of_result[24];
    snprintf(of_result, sizeof of_result, "%lld", (long long)result);
    int64_t intro = MAKE(&a, "introduction", "need", of_need, "offer", of_result);
    text = paper_as(&a, "introduction", "introduction_record", intro);
    has(text, "需求方|甲公司|供给方|乙大学\n技术需求|低温<电池>|供给|耐低温电解液\n");
    int64_t joint = MAKE(&a, "appointment", "owner", of_org, "person", of_person, "home", of_host,
                         "host", of_org, "start", "2026-01-01", "end", "2026-12-31", "home_share",
                         "60", "host_share", "40", "host_pay", "30万元");
    text = paper_as(&a, "appointment", "appointment_sheet", joint);
    has(text, "姓名|王五|职称|\n聘用单位|乙大学|用人单位|甲公司\n");
    has(text, "聘用单位时间|60%|用人单位时间|40%\n");
    has(text, "聘用单位年薪||用人单位年薪|¥300,000.00\n");
}

/* A site's own template takes the place of the declared one, at once. */
static void put_template(const char *mark)
{
    char path[300], xml[600];
    snprintf(xml, sizeof xml, WORD P("%s") WORD_END, mark);
    const struct zip_part parts[] = {{"word/document.xml", xml}, {NULL, NULL}};
    struct str bytes = make_zip(parts);
    snprintf(path, sizeof path, "%s/papers", site_path);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/papers/need_form.docx", site_path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
    free((char *)bytes.p);
}

static void test_own_template(void **state)
{
    (void)state;
    struct actor a = zh_system();
    put_template("{{owner.name}} {{budget|wan}}万元");
    assert_string_equal(paper_as(&a, "need", "need_form", need), "甲公司 180万元\n");
    put_template("{{bugdet}}");
    struct err e = {0};
    assert_int_equal(fill_as(&a, "need", "need_form", need, &e), RC_USER);
    assert_string_equal(e.key, "docx.unknown");
    assert_int_equal(strncmp(e.detail, "{{bugdet}}\tbudget ", 18), 0);
    assert_string_equal(e.file, "need_form.docx");
    put_template("{{title|upper}}");
    REFUSED(fill_as(&a, "need", "need_form", need, &e), "papers.form_type");
    put_template("{{budget|caps}}");
    REFUSED(fill_as(&a, "need", "need_form", need, &e), "papers.form");
    put_template("{{#nothing}}{{/nothing}}");
    REFUSED(fill_as(&a, "need", "need_form", need, &e), "docx.unknown");
}

static const char *words(int64_t fen)
{
    static struct buf b;
    buf_free(&b);
    buf_init(&b, 1000);
    OK(money_words(&b, fen, &e));
    return b.p;
}

static void test_money(void **state)
{
    (void)state;
    static const struct {
        int64_t fen;
        const char *words;
    } rows[] = {{0, "零元整"},
                {1, "壹分"},
                {10, "壹角"},
                {105, "壹元零伍分"},
                {150, "壹元伍角"},
                {1000, "壹拾元整"},
                {10050, "壹佰元伍角"},
                {100100, "壹仟零壹元整"},
                {140950, "壹仟肆佰零玖元伍角"},
                {600714, "陆仟零柒元壹角肆分"},
                {168032, "壹仟陆佰捌拾元叁角贰分"},
                {10000000, "壹拾万元整"},
                {10005000, "壹拾万零伍拾元整"},
                {10000000000, "壹亿元整"},
                {10000000100, "壹亿零壹元整"},
                {1000000000000, "壹佰亿元整"},
                {100000000000000, "壹万亿元整"},
                {-12345, "负壹佰贰拾叁元肆角伍分"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(words(rows[i].fen), rows[i].words);
}

static void test_pdf(void **state)
{
    (void)state;
    struct actor a = zh_system();
    const struct paper *p = NULL;
    struct buf one, two;
    buf_init(&one, 8u << 20);
    buf_init(&two, 8u << 20);
    OK(paper_find(site, &a, kind_of("agreement"), STR("approval_form"), &p, &e));
    OK(paper_pdf(site, &a, p, agreement, &one, &e));
    OK(paper_pdf(site, &a, p, agreement, &two, &e));
    assert_memory_equal(one.p, "%PDF-1.", 7);
    assert_int_equal(one.n, two.n);
    assert_memory_equal(one.p, two.p, one.n);
    const char *to = getenv("PAPER_OUT");
    FILE *f = to ? fopen(to, "wb") : NULL;
    if (f) {
        fwrite(one.p, 1, one.n, f);
        fclose(f);
    }
    buf_free(&one);
    buf_free(&two);
}

/* Rows longer than a page go on; it ends. */
static void test_pdf_pages(void **state)
{
    (void)state;
    char *text = malloc(90001);
    assert_non_null(text);
    for (size_t i = 0; i < 30000; i++)
        memcpy(text + 3 * i, "桥", 3);
    struct docx_run run = {{text, 90000}, false, 0}, small = {STR("甲"), true, 0};
    struct docx_para para = {&run, 1, DOCX_LEFT}, other = {&small, 1, DOCX_CENTER};
    struct docx_cell cells[] = {{&other, 1, 1, true, false}, {&para, 1, 1, false, false}};
    struct docx_row row = {cells, 2};
    uint32_t widths[] = {1000, 0};
    struct docx_block blocks[] = {{.para = para},
                                  {.row = &row, .n_rows = 1, .width = widths, .n_cols = 2}};
    struct docx_body body = docx_a4;
    struct buf out;
    body.block = blocks;
    body.n = 1;
    buf_init(&out, 32u << 20);
    OK(pdf_print(&out, &body, STR("t"), &e));
    assert_true(out.n > 10000);
    body.n = 2;
    widths[1] = 8000;
    OK(pdf_print(&out, &body, STR("t"), &e));
    body.page_w = 2000; /* margins leave no room */
    body.n = 1;
    blocks[0].para = other;
    OK(pdf_print(&out, &body, STR("t"), &e));
    buf_free(&out);
    free(text);
}

/* How many pages of the file have the text; *pages: how many there are. Read by another program. */
static unsigned pages_with(const struct buf *pdf, const char *text, unsigned *pages)
{
    char path[] = "/tmp/qiao-pdf.XXXXXX", command[80], line[500];
    unsigned n = 0;
    bool here = false;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, pdf->p, pdf->n), (ssize_t)pdf->n);
    close(fd);
    snprintf(command, sizeof command, "pdftotext -enc UTF-8 %s -", path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    *pages = 0;
    while (fgets(line, sizeof line, f)) {
        const char *turn = strchr(line, '\f');
        if (turn) {
            n += here;
            here = false;
            ++*pages;
        }
        here = here || strstr(turn ? turn : line, text);
    }
    assert_int_equal(pclose(f), 0);
    unlink(path);
    return n;
}

/* The headings of a table come again on every page, those that fill a third of one do not. */
static void test_pdf_heads(void **state)
{
    (void)state;
    struct docx_run title = {STR("合同编号"), true, 0}, text = {STR("甲"), false, 0};
    struct docx_para head = {&title, 1, DOCX_CENTER}, para = {&text, 1, DOCX_LEFT}, high[40];
    struct docx_cell shaded = {&head, 1, 1, true, false}, plain = {&para, 1, 1, false, false};
    struct docx_row rows[100];
    uint32_t width = 9000;
    struct docx_block block = {.row = rows, .n_rows = 100, .width = &width, .n_cols = 1};
    struct docx_body body = docx_a4;
    struct buf out;
    unsigned pages;
    for (uint32_t i = 0; i < 100; i++)
        rows[i] = (struct docx_row){i ? &plain : &shaded, 1};
    body.block = &block;
    body.n = 1;
    buf_init(&out, 8u << 20);
    OK(pdf_print(&out, &body, STR("t"), &e));
    unsigned n = pages_with(&out, "合同编号", &pages);
    assert_true(pages > 2);
    assert_int_equal(n, pages);
    for (uint32_t i = 0; i < ARRAY_LEN(high); i++)
        high[i] = head;
    shaded.para = high;
    shaded.n = 25;
    out.n = 0;
    OK(pdf_print(&out, &body, STR("t"), &e));
    assert_int_equal(pages_with(&out, "合同编号", &pages), 1);
    /* a row as high as a page without headings goes on over two with them */
    shaded.para = &head;
    shaded.n = 1;
    for (uint32_t i = 0; i < ARRAY_LEN(high); i++)
        high[i] = para;
    plain.para = high;
    plain.n = ARRAY_LEN(high);
    block.n_rows = 4;
    out.n = 0;
    OK(pdf_print(&out, &body, STR("t"), &e));
    n = pages_with(&out, "合同编号", &pages);
    assert_int_equal(n, pages);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_need),         cmocka_unit_test(test_rights),
        cmocka_unit_test(test_agreement),    cmocka_unit_test(test_approval),
        cmocka_unit_test(test_minutes),      cmocka_unit_test(test_all_declared),
        cmocka_unit_test(test_own_template), cmocka_unit_test(test_money),
        cmocka_unit_test(test_pdf),          cmocka_unit_test(test_pdf_pages),
        cmocka_unit_test(test_pdf_heads),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
