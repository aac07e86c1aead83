/* Ledgers, summaries and the yearly report's tables: as golden files, read back from xlsx and docx;
 * behind every figure as many records as it says; who sees what. GOLDEN=write makes the files of
 * tests/unit/tables anew. */
#define _POSIX_C_SOURCE 200809L
#include "typed_help.h"

#include "base/file.h"
#include "service/tables.h"
#include "sheet/sheet.h"

#include <zip.h>

/* LeakSanitizer: fontconfig keeps what it read until the program ends, and cairo 1.16 loses 768
 * bytes a PDF where it makes a font's subset. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

static struct actor broker, of_a, of_c;
static int64_t org_c;

static int64_t agreement(const char *title, const char *type, const char *contract,
                         const char *other, const char *day, const char *amount)
{
    int64_t id = MAKE(&broker, "agreement", "title", title, "type", type, "contract", contract,
                      "parties.0.org", "甲公司", "parties.0.role", "lead", "parties.1.org", other,
                      "parties.1.role", "member", "signed", day, "start", day, "amount", amount,
                      "place", "330600", "owner", "甲公司");
    STEP(&actor_system, "agreement", id, "sign");
    return id;
}

static void plant_projects(int64_t contract)
{
    MAKE(&broker, "person", "name", "张三", "units", "乙大学", "jobtitle", "professor", "owner",
         "乙大学");
    int64_t project = MAKE(&broker, "project", "title", "薄壁件攻关", "type", "attack", "stage",
                           "s1", "leader", "张三", "start", "2026-01-01", "end", "2026-12-31",
                           "agreement", ref(contract), "owner", "乙大学");
    STEP(&broker, "project", project, "admit");
    MAKE(&broker, "milestone", "title", "薄壁件攻关：样件", "project", ref(project), "due",
         "2026-03-31", "owner", "乙大学");
    MAKE(&broker, "milestone", "title", "中试", "project", ref(project), "due", "2026-09-30",
         "owner", "乙大学");
    MAKE(&broker, "appointment", "person", "张三", "home", "乙大学", "host", "甲公司", "start",
         "2026-01-01", "end", "2027-12-31", "home_share", "60", "host_share", "40", "host_pay",
         "20万", "owner", "乙大学");
    MAKE(&broker, "commitment", "title", "开放中试线", "debtor", "甲公司", "creditor", "乙大学",
         "owner_name", "李四", "due", "2026-02-01", "owner", "甲公司");
    MAKE(&broker, "payment", "title", "首期", "agreement", ref(contract), "payer", "甲公司",
         "amount", "30万", "day", "2026-03-05", "owner", "乙大学");
}

/* What passed on to companies, and what the people who made it got: in cash and in shares. */
static void plant_transfers(void)
{
    int64_t licence =
        MAKE(&broker, "agreement", "title", "涂层专利许可", "type", "contract", "contract",
             "licence", "transfer", "license", "parties.0.org", "甲公司", "parties.0.role", "a",
             "parties.1.org", "乙大学", "parties.1.role", "b", "signed", "2026-05-08", "start",
             "2026-05-08", "amount", "40万", "place", "330600", "owner", "乙大学");
    int64_t equity =
        MAKE(&broker, "agreement", "title", "涂层专利作价入股", "type", "contract", "contract",
             "transfer", "transfer", "equity", "valuation", "90万", "holding", "15", "invested",
             "甲公司", "parties.0.org", "甲公司", "parties.0.role", "a", "parties.1.org", "乙大学",
             "parties.1.role", "b", "signed", "2026-06-01", "start", "2026-06-01", "amount", "90万",
             "place", "330600", "owner", "乙大学");
    STEP(&actor_system, "agreement", licence, "sign");
    STEP(&actor_system, "agreement", equity, "sign");
    MAKE(&broker, "payment", "title", "许可费", "agreement", ref(licence), "payer", "甲公司",
         "amount", "40万", "day", "2026-05-20", "owner", "乙大学");
    int64_t cash = MAKE(&broker, "reward", "title", "许可奖励", "agreement", ref(licence), "person",
                        "张三", "form", "cash", "amount", "16万", "day", "2026-06-10", "main",
                        "true", "owner", "乙大学");
    int64_t shares = MAKE(&broker, "reward", "title", "股权奖励", "agreement", ref(equity), "name",
                          "王五", "form", "equity", "amount", "30万", "day", "2026-07-01", "main",
                          "false", "owner", "乙大学");
    MAKE(&broker, "reward", "title", "尚未发放", "agreement", ref(licence), "person", "张三",
         "form", "cash", "amount", "1万", "day", "2026-08-10", "owner", "乙大学");
    STEP(&broker, "reward", cash, "pay");
    STEP(&broker, "reward", shares, "pay");
}

static void promise(const char *title, const char *who, const char *due, const char *done)
{
    int64_t id = MAKE(&broker, "commitment", "title", title, "debtor", who, "owner_name", "赵六",
                      "due", due, "done", done, "evidence", "单据", "owner", who);
    if (done[0])
        STEP(&broker, "commitment", id, "fulfil");
}

/* Two of three that were due, one of one, one of two; and one that nobody can say yet. */
static void plant_promises(void)
{
    promise("送样一", "乙大学", "2026-03-01", "2026-02-20");
    promise("送样二", "乙大学", "2026-03-02", "2026-02-20");
    promise("送样三", "乙大学", "2026-03-03", "2026-03-20");
    promise("付首款", "丙公司", "2026-04-01", "2026-04-01");
    promise("开放产线", "甲公司", "2026-03-01", "2026-02-28");
    promise("接收学生", "甲公司", "2026-04-01", "");
    promise("年底小结", "丁研究院", "2026-12-01", "");
}

static int up(void **state)
{
    if (site_open_all(state))
        return -1;
    broker = actor(ROLE_BROKER, 0);
    of_a = actor(ROLE_EDITOR, org_a);
    org_c = MAKE(&broker, "org", "name", "丙公司", "type", "company", "industry", "C39", "region",
                 "330600");
    of_c = actor(ROLE_EDITOR, org_c);
    int64_t contract =
        agreement("薄壁件开发合同", "contract", "development", "乙大学", "2026-02-10", "120万");
    agreement("检测服务合同", "contract", "service", "丙公司", "2026-04-01", "5.5万");
    agreement("工艺许可合同", "contract", "licence", "乙大学", "2025-06-30", "80万");
    agreement("联合实验室协议", "institute", "", "乙大学", "2026-01-15", "300万");
    plant_projects(contract);
    plant_transfers();
    MAKE(&broker, "org", "name", "丁研究院", "type", "institute");
    plant_promises();
    return 0;
}

/* ---- what a file holds, as text ---- */

static enum rc put_sheet(void *ctx, const struct sheet_info *info, struct err *e)
{
    return buf_printf(ctx, e, "== %.*s\n", (int)info->name.n, info->name.p);
}

static enum rc put_row(void *ctx, const struct sheet_row *r, struct err *e)
{
    for (uint32_t i = 0; i < r->n; i++)
        TRY(buf_printf(ctx, e, "%s%.*s", i ? " | " : "", (int)r->cell[i].text.n,
                       r->cell[i].text.n ? r->cell[i].text.p : ""));
    return buf_char(ctx, '\n', e);
}

static void put_docx(struct buf *out, struct str bytes)
{
    struct docx_body body;
    OK(docx_read(&body, bytes, "docx", &mem, &e));
    for (uint32_t i = 0; i < body.n; i++) {
        const struct docx_block *b = &body.block[i];
        for (uint32_t r = 0; r < b->para.n; r++)
            OK(buf_printf(out, &e, "%.*s\n", (int)b->para.run[r].text.n, b->para.run[r].text.p));
        for (uint32_t r = 0; r < b->n_rows; r++) {
            for (uint32_t c = 0; c < b->row[r].n; c++) {
                const struct docx_cell *cell = &b->row[r].cell[c];
                OK(buf_printf(out, &e, "%s[%u] ", c ? " " : "", cell->span ? cell->span : 1));
                for (uint32_t p = 0; p < cell->n; p++)
                    for (uint32_t k = 0; k < cell->para[p].n; k++)
                        OK(buf_str(out, cell->para[p].run[k].text, &e));
            }
            OK(buf_char(out, '\n', &e));
        }
    }
}

static void matches_golden(const char *name, struct str got)
{
    char path[120];
    struct buf want;
    struct file_out *f;
    struct err e = {0};
    snprintf(path, sizeof path, "tests/unit/tables/%s.txt", name);
    if (getenv("GOLDEN")) {
        OK(file_out_open(&f, path, &e));
        OK(file_out_write(f, got.p, got.n, &e));
        OK(file_out_commit_unsynced(f, &e));
        return;
    }
    buf_init(&want, 1u << 20);
    if (file_read(&want, path, &e) != RC_OK || !str_eq(buf_view(&want), got))
        fail_msg("%s is not as in %s (GOLDEN=write makes it anew):\n%.*s", name, path, (int)got.n,
                 got.p);
    buf_free(&want);
}

static void made(const struct actor *a, const char *name, const struct report_ask *ask,
                 struct made_report *m)
{
    const struct report *r;
    OK(report_find(site, a, str_of(name), &r, &e));
    OK(report_make(site, a, r, ask, &mem, m, &e));
}

static void every_table_is_as_its_golden_file(void **unused)
{
    (void)unused;
    vec_report all = {0};
    const struct report_ask ask = {0};
    const struct sheet_sink sink = {.sheet = put_sheet, .row = put_row};
    char path[] = "/tmp/qiao-tables-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    OK(report_list(site, &broker, &all, &e));
    assert_int_equal(all.n, 12);
    for (size_t i = 0; i < all.n; i++) {
        struct made_report m;
        struct buf text, docx, pdf;
        struct sheet_sink to = sink;
        char name[60];
        snprintf(name, sizeof name, "%.*s", (int)report_name(all.p[i]).n, report_name(all.p[i]).p);
        buf_init(&text, 1u << 20);
        buf_init(&docx, 1u << 24);
        buf_init(&pdf, 1u << 24);
        made(&broker, name, &ask, &m);
        OK(report_xlsx(site, &m, &broker, path, &e));
        to.ctx = &text;
        OK(sheet_read(path, &to, NULL, &e));
        OK(report_docx(site, &m, &broker, false, &docx, &e));
        OK(buf_str(&text, STR("\n-- docx\n"), &e));
        put_docx(&text, buf_view(&docx));
        matches_golden(name, buf_view(&text));
        OK(report_docx(site, &m, &broker, true, &pdf, &e));
        assert_memory_equal(pdf.p, "%PDF-1.", 7);
        buf_free(&text);
        buf_free(&docx);
        buf_free(&pdf);
        made_free(&m);
    }
    unlink(path);
    vec_free(&all);
}

static char *part_of(const char *path, const char *name)
{
    zip_t *z = zip_open(path, ZIP_RDONLY, NULL);
    zip_stat_t st;
    assert_non_null(z);
    assert_int_equal(zip_stat(z, name, 0, &st), 0);
    char *text = calloc(1, st.size + 1);
    zip_file_t *f = zip_fopen(z, name, 0);
    assert_int_equal(zip_fread(f, text, st.size), st.size);
    zip_fclose(f);
    zip_discard(z);
    return text;
}

/* Merged heads, repeated on every page, one page wide, lying across. */
static void a_sheet_can_be_printed(void **unused)
{
    (void)unused;
    const struct report_ask ask = {0};
    struct made_report m;
    char path[] = "/tmp/qiao-tables-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    made(&broker, "agreement_ledger", &ask, &m);
    OK(report_xlsx(site, &m, &broker, path, &e));
    char *sheet = part_of(path, "xl/worksheets/sheet1.xml"),
         *book = part_of(path, "xl/workbook.xml");
    assert_non_null(strstr(sheet, "<mergeCell ref=\"A1:I1\"/>"));
    assert_non_null(strstr(sheet, "<mergeCell ref=\"F4:G4\"/>"));
    assert_non_null(strstr(sheet, "orientation=\"landscape\""));
    assert_non_null(strstr(sheet, "fitToHeight=\"0\""));
    assert_non_null(strstr(book, "_xlnm.Print_Titles"));
    assert_non_null(strstr(book, "$4:$5"));
    free(sheet);
    free(book);
    unlink(path);
    made_free(&m);
}

/* ---- figures and the lists behind them ---- */

static int hex(char c)
{
    return c >= 'A' ? c - 'A' + 10 : c - '0';
}

static struct str filter_of(struct str href, char *to)
{
    size_t at = str_find(href, STR("?filter="), 0), n = 0;
    if (at == SIZE_MAX)
        return STR("");
    for (size_t i = at + 8; i < href.n; i++) {
        if (href.p[i] == '%') {
            to[n++] = (char)(hex(href.p[i + 1]) * 16 + hex(href.p[i + 2]));
            i += 2;
        } else {
            to[n++] = href.p[i];
        }
    }
    return (struct str){to, n};
}

static unsigned checked;

static void leads_to_as_many(const struct actor *a, const struct made_cell *c)
{
    char text[4000];
    size_t end = str_find(c->href, STR("?"), 1);
    struct str name = str_sub(c->href, 1, MIN(end, c->href.n));
    struct list_request q = {.kind = kind_find(site_kinds(site), name), .count = true};
    struct list_answer answer;
    assert_non_null(q.kind);
    q.filter = filter_of(c->href, text);
    OK(record_list(site, a, &q, &mem, &answer, &e));
    if (c->look == MADE_COUNT && answer.total != (uint64_t)c->number)
        fail_msg("%g, but %llu at %.*s", c->number, (unsigned long long)answer.total,
                 (int)q.filter.n, q.filter.p);
    assert_true(answer.total > 0);
    vec_free(&answer.rec);
    checked++;
}

static void behind_every_figure_are_its_records(void **unused)
{
    (void)unused;
    static const char *const names[] = {"summary", "transfer_report"};
    const struct actor *who[] = {&broker, &of_a, &of_c};
    const struct report_ask ask[] = {{0}, {.org = org_c}};
    for (size_t i = 0; i < ARRAY_LEN(names) * ARRAY_LEN(who) * ARRAY_LEN(ask); i++) {
        struct made_report m;
        const struct actor *a = who[i % ARRAY_LEN(who)];
        made(a, names[i / ARRAY_LEN(who) % 2], &ask[i / ARRAY_LEN(who) / 2], &m);
        for (size_t p = 0; p < m.part.n; p++)
            for (size_t r = 0; r < m.part.p[p].row.n; r++)
                for (uint32_t c = 0; c < m.part.p[p].n; c++) {
                    const struct made_cell *cell = &m.part.p[p].row.p[r].cell[c];
                    if (cell->href.n && cell->set)
                        leads_to_as_many(a, cell);
                }
        made_free(&m);
    }
    assert_true(checked > 60);
}

/* Every party has its own agreements in its ledger, and nobody else's. */
static void a_ledger_holds_what_its_reader_sees(void **unused)
{
    (void)unused;
    const struct report_ask ask = {0}, wrong = {.from = 20000, .until = 19000};
    const struct report *r;
    struct made_report m;
    made(&of_c, "contract_ledger", &ask, &m);
    assert_int_equal(m.part.p[0].row.n, 4); /* group, row, subtotal, total */
    assert_true(str_eq(m.part.p[0].row.p[1].cell[2].text, STR("检测服务合同")));
    assert_true(m.part.p[0].row.p[3].cell[6].number == 55000);
    assert_true(str_eq(m.org, STR("丙公司")));
    made_free(&m);
    OK(report_find(site, &broker, STR("summary"), &r, &e));
    REFUSED(report_make(site, &broker, r, &wrong, &mem, &m, &e), "tables.span");
    REFUSED(report_find(site, &broker, STR("nothing"), &r, &e), "tables.none");
    const struct actor member = actor(ROLE_MEMBER, org_a);
    REFUSED(report_find(site, &member, STR("payment_ledger"), &r, &e), "service.denied");
    REFUSED(report_find(site, &actor_visitor, STR("summary"), &r, &e), "service.denied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_as_its_golden_file),
        cmocka_unit_test(a_sheet_can_be_printed),
        cmocka_unit_test(behind_every_figure_are_its_records),
        cmocka_unit_test(a_ledger_holds_what_its_reader_sees),
    };
    return cmocka_run_group_tests(tests, up, site_close_all);
}
