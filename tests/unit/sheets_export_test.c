/* Files out: what was exported comes back unchanged, for every kind, format and reader; no text is
 * a formula; nobody is given what it may not see; templates are read as what they are. */
#define _GNU_SOURCE
#include "sheets_help.h"

#include "sheet/text_out.h"

#include <zip.h>

static int64_t refs[64]; /* by kind: a record of it */

static int64_t ref_of(const struct field_def *f)
{
    return f->of_kind ? refs[f->of_kind->index] : org_a;
}

static int64_t ref_in_group(const struct field_def *f)
{
    return f->type == TYPE_GROUP ? 0 : ref_of(f);
}

static const char *const formats[] = {"a.xlsx", "a.csv", "a.jsonl"};

static enum rc export_as(const struct actor *a, const char *kind, enum export_format format,
                         bool zh, struct err *e)
{
    struct export_request r = {
        .list = {.kind = kind_of(kind), .sort = STR("id")}, .format = format, .zh = zh};
    return sheet_export(site, a, &r, path_in(formats[format]), e);
}

/* ---- round trips ---- */

static int64_t second_org(const struct field_def *f)
{
    return f->type == TYPE_REF && (!f->of_kind || f->of_kind->is_self) ? org_b : ref_in_group(f);
}

/* Three records a kind: open, masked, private; refs lead to records made before. */
static void make_region(void)
{
    static const char *const order[] = {"org",  "person", "result", "resource",
                                        "need", "probe",  "desk",   "introduction"};
    refs[kind_of("org")->index] = org_a;
    for (size_t k = 0; k < ARRAY_LEN(order); k++) {
        const struct kind *kind = kind_find(site_kinds(site), str_of(order[k]));
        if (!kind)
            continue;
        /* the same two meet once */
        for (unsigned n = 0; n < (strcmp(order[k], "introduction") == 0 ? 2 : 3); n++) {
            int64_t id = make_full(kind, 40 * (unsigned)k + 13 * n, n ? org_b : org_a,
                                   kind->secrecy ? (enum secrecy)n : SECRECY_OPEN,
                                   n ? second_org : ref_in_group);
            if (n == 0)
                refs[kind->index] = id;
        }
    }
}

/* What one reader exported, read back by another, changes nothing. */
static void comes_back(const char *kind, const struct actor *out, const struct actor *in,
                       enum export_format format, bool zh)
{
    struct import *i = NULL;
    struct err e = {0};
    enum rc rc = export_as(out, kind, format, zh, &e);
    if (rc != RC_OK && strcmp(e.key, "service.denied") == 0)
        return; /* the kind is not for its eyes */
    if (rc != RC_OK)
        fail_msg("%s %s: %s %s", kind, formats[format], e.key, e.detail);
    rc = import_open(&i, site, in, kind_of(kind), path_in(formats[format]), NULL, NULL, &e);
    if (rc != RC_OK) {
        /* nothing to see, or no right to import at all */
        if (strcmp(e.key, "import.no_rows") != 0 && strcmp(e.key, "service.denied") != 0 &&
            strcmp(e.key, "sheet.empty") != 0 && strcmp(e.key, "import.no_header") != 0)
            fail_msg("%s %s: %s %s", kind, formats[format], e.key, e.detail);
        return;
    }
    if (import_count(i, ROW_SAME) != import_rows(i))
        print_message("%s as %s back as %s, %s, %s\n", kind, role_name(out->role),
                      role_name(in->role), formats[format], zh ? "zh" : "en");
    assert_counts(i, 0, 0, import_rows(i), 0);
    import_close(i);
}

static void exports_change_nothing(void **state)
{
    (void)state;
    struct actor editor = actor(ROLE_EDITOR, org_a), member = actor(ROLE_MEMBER, org_b),
                 broker = actor(ROLE_BROKER, 0);
    const struct actor *out[] = {&actor_system, &broker, &editor, &member, &actor_visitor};
    const struct actor *in[] = {&actor_system, &broker, &editor};
    make_region();
    for (uint32_t k = 0; k < kinds_count(site_kinds(site)); k++)
        for (size_t o = 0; o < ARRAY_LEN(out); o++)
            for (size_t n = 0; n < ARRAY_LEN(in); n++)
                for (int f = 0; f < 6 && (n < 2 || o == 2 || o == 4); f++) /* sees as much */
                    comes_back(kinds_at(site_kinds(site), k)->name.p, out[o], in[n],
                               (enum export_format)(f / 2), f % 2);
}

static void system_sees_all_rows(void **state)
{
    (void)state;
    for (int f = 0; f < 3; f++) {
        OK(export_as(&actor_system, "need", (enum export_format)f, true, &e));
        struct import *i = opened(&actor_system, "need", path_in(formats[f]));
        assert_counts(i, 0, 0, (uint32_t)count_of("need"), 0);
        assert_true(import_rows(i) >= 3);
        import_close(i);
    }
}

/* ---- what is in them ---- */

static void cells_are_as_people_read_them(void **state)
{
    (void)state;
    struct export_request r = {.list = {.kind = kind_of("need"), .sort = STR("id")},
                               .columns = STR("title, industry,budget,targets,owner,secrecy,state"),
                               .format = EXPORT_CSV,
                               .zh = true};
    int64_t id = MAKE(&actor_system, "need", "title", "降噪", "industry", "C38", "budget", "50万元",
                      "targets.0.name", "噪声", "targets.0.op", "le", "targets.0.value", "65",
                      "owner", "甲公司");
    char filter[32], want[400];
    snprintf(filter, sizeof filter, "id = %lld", (long long)id);
    r.list.filter = str_of(filter);
    OK(sheet_export(site, &actor_system, &r, path_in("a.csv"), &e));
    snprintf(want, sizeof want,
             "\xEF\xBB\xBF需求名称,所属行业,预算,技术指标,所属单位,公开程度,状态\r\n"
             "降噪,C38 电气机械和器材制造业,500000.00,噪声|≤|65,甲公司 #%lld,公开,已收集\r\n",
             (long long)org_a);
    struct str file = slurped(path_in("a.csv"));
    assert_true(str_starts(file, str_of("\xEF\xBB\xBF需求名称,所属行业,预算")));
    assert_string_equal(file.p, want);
    r.format = EXPORT_JSONL;
    OK(sheet_export(site, &actor_system, &r, path_in("a.jsonl"), &e));
    snprintf(
        want, sizeof want,
        "{\"title\":\"降噪\",\"industry\":\"C38\",\"budget\":500000.00,\"targets\":\"噪声|le|65\","
        "\"owner\":%lld,\"secrecy\":\"open\",\"state\":\"collected\"}\n",
        (long long)org_a);
    assert_string_equal(slurped(path_in("a.jsonl")).p, want);
}

static void unknown_columns_are_named(void **state)
{
    (void)state;
    struct export_request r = {.list = {.kind = kind_of("org")}, .columns = STR("name,nobody")};
    struct err e = {0};
    assert_int_equal(sheet_export(site, &actor_system, &r, path_in("a.xlsx"), &e), RC_USER);
    assert_string_equal(e.key, "export.column");
    assert_string_equal(e.detail, "nobody");
    r.columns = STR("");
    r.list.filter = STR("nobody = 1");
    assert_int_equal(sheet_export(site, &actor_system, &r, path_in("a.xlsx"), &e), RC_USER);
    assert_int_equal(access(path_in("a.xlsx"), F_OK), -1 + (access(path_in("a.xlsx"), F_OK) == 0));
}

/* The text of a part of an xlsx, in the arena. */
static const char *part(const char *path, const char *name)
{
    zip_t *z = zip_open(path, ZIP_RDONLY, NULL);
    zip_stat_t st;
    assert_non_null(z);
    assert_int_equal(zip_stat(z, name, 0, &st), 0);
    char *text = arena_calloc(&mem, st.size + 1, 1);
    zip_file_t *f = zip_fopen(z, name, 0);
    assert_int_equal(zip_fread(f, text, st.size), (zip_int64_t)st.size);
    zip_fclose(f);
    zip_discard(z);
    return text;
}

static void no_text_is_a_formula(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 25; n++) {
        struct str t = hard_text(n);
        struct buf b;
        buf_init(&b, 1000);
        OK(csv_put(&b, t, true, &e));
        assert_true(b.n == 0 || !strchr("=+-@\t\r", b.p[0]));
        assert_true(b.n < 2 || b.p[0] != '"' || !strchr("=+-@\t\r", b.p[1]));
        buf_free(&b);
    }
    OK(export_as(&actor_system, "need", EXPORT_XLSX, true, &e));
    const char *sheet = part(path_in("a.xlsx"), "xl/worksheets/sheet1.xml");
    assert_null(strstr(sheet, "<f>"));
    assert_non_null(strstr(sheet, "<t>=1+1"));
}

static void apostrophes_go_both_ways(void **state)
{
    (void)state;
    static const char *const texts[] = {"=1", "'=1", "''=1", "'",  "''",
                                        "'a", "－1", "a=1",  "\t", ""};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct buf b;
        buf_init(&b, 1000);
        OK(csv_put(&b, str_of(texts[i]), true, &e));
        struct str s = buf_view(&b);
        if (s.n > 1 && s.p[0] == '"')
            s = str_sub(s, 1, s.n - 1);
        s = csv_unguard(s);
        assert_int_equal(s.n, strlen(texts[i]));
        assert_memory_equal(s.p ? s.p : "", texts[i], s.n);
        buf_free(&b);
    }
}

/* ---- secrets ---- */

static void secrets_stay(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        enum role role;
    } readers[] = {{"need", ROLE_VISITOR}, {"need", ROLE_MEMBER}, {"probe", ROLE_VISITOR}};
    struct import *i = NULL;
    struct import_options o = {.states = true};
    const char *file =
        written("b.csv", "需求名称,需求名称（脱敏）,需求内容,需求内容（脱敏）,原始描述,预算,"
                         "所属单位,公开程度,状态\n"
                         "秘密名称,某名称,秘密内容,某内容,秘密原话,7777777,甲公司,脱敏,open\n");
    OK(import_open_with(&i, site, &actor_system, kind_of("need"), file, &o, NULL, NULL, &e));
    assert_counts(i, 1, 0, 0, 0);
    OK(import_apply(i, NULL, NULL, &e));
    import_close(i);
    int64_t id = MAKE(&actor_system, "probe", "title", "秘密试样", "body", "秘密内容", "budget",
                      "7777777", "size", "3", "owner", "甲公司", "secrecy", "masked");
    STEP(&actor_system, "probe", id, "open");
    for (size_t r = 0; r < ARRAY_LEN(readers); r++)
        for (int f = 0; f < 3; f++) {
            struct actor a = actor(readers[r].role, org_b);
            if (readers[r].role == ROLE_VISITOR)
                a = actor_visitor;
            OK(export_as(&a, readers[r].kind, (enum export_format)f, true, &e));
            const char *rows = rows_of(path_in(formats[f]));
            assert_true(strstr(rows, "某名称") || strcmp(readers[r].kind, "need") != 0);
            assert_null(strstr(rows, "秘密"));
            assert_null(strstr(rows, "7777777"));
        }
    OK(export_as(&actor_system, "need", EXPORT_CSV, true, &e));
    assert_non_null(strstr(rows_of(path_in("a.csv")), "秘密原话"));
}

/* ---- templates ---- */

static void templates_are_understood(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < kinds_count(site_kinds(site)); k++)
        for (int zh = 0; zh < 2; zh++) {
            const struct kind *kind = kinds_at(site_kinds(site), k);
            struct import *i = NULL;
            OK(sheet_template(site, &actor_system, kind, zh, path_in("t.xlsx"), &e));
            /* the header is one, the example is none */
            REFUSED(import_open(&i, site, &actor_system, kind, path_in("t.xlsx"), NULL, NULL, &e),
                    "import.no_rows");
        }
}

static void templates_offer_codes(void **state)
{
    (void)state;
    OK(sheet_template(site, &actor_system, kind_of("need"), true, path_in("t.xlsx"), &e));
    const char *sheet = part(path_in("t.xlsx"), "xl/worksheets/sheet1.xml");
    const char *book = part(path_in("t.xlsx"), "xl/workbook.xml");
    const char *notes = part(path_in("t.xlsx"), "xl/comments1.xml");
    assert_non_null(strstr(sheet, "<formula1>codes_gbt4754</formula1>"));
    assert_non_null(strstr(sheet, "type=\"list\""));
    assert_non_null(strstr(sheet, "需求名称*"));
    assert_non_null(strstr(book, "<definedName name=\"codes_gbt4754\">"));
    assert_non_null(strstr(notes, "50万元"));
    const char *rows = rows_of(path_in("t.xlsx"));
    assert_non_null(strstr(rows, "C38 电气机械和器材制造业"));
    assert_non_null(strstr(rows, "必填"));
}

static void templates_need_a_right(void **state)
{
    (void)state;
    REFUSED(sheet_template(site, &actor_visitor, kind_of("need"), true, path_in("t.xlsx"), &e),
            "service.denied");
}

static enum rc stop(void *ctx, const char *stage, double done, struct err *e)
{
    (void)stage;
    *(double *)ctx = done;
    return err_cancelled(e);
}

static void progress_may_stop(void **state)
{
    (void)state;
    double done = -1;
    struct err e;
    struct export_request r = {.list = {.kind = kind_of("org")},
                               .format = EXPORT_CSV,
                               .progress = stop,
                               .progress_ctx = &done};
    unlink(path_in("b.csv"));
    assert_int_equal(sheet_export(site, &actor_system, &r, path_in("b.csv"), &e), RC_CANCELLED);
    assert_true(done > 0 && done <= 1);
    assert_int_equal(access(path_in("b.csv"), F_OK), -1);
}

static void exports_stand_in_the_trail(void **state)
{
    (void)state;
    struct trail_query q = {.action = STR("export"), .limit = 1};
    vec_entry found = {0};
    struct tx *tx;
    struct actor broker = actor(ROLE_BROKER, 0);
    OK(export_as(&broker, "org", EXPORT_CSV, true, &e));
    OK(tx_begin(&tx, site_store(site), TX_READ, &e));
    OK(store_trail(tx, &q, &mem, &found, &e));
    tx_rollback(tx);
    assert_int_equal(found.n, 1);
    assert_true(str_eq(found.p[0].login, STR("broker")));
    vec_free(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exports_change_nothing),
        cmocka_unit_test(system_sees_all_rows),
        cmocka_unit_test(cells_are_as_people_read_them),
        cmocka_unit_test(unknown_columns_are_named),
        cmocka_unit_test(no_text_is_a_formula),
        cmocka_unit_test(apostrophes_go_both_ways),
        cmocka_unit_test(secrets_stay),
        cmocka_unit_test(templates_are_understood),
        cmocka_unit_test(templates_offer_codes),
        cmocka_unit_test(templates_need_a_right),
        cmocka_unit_test(progress_may_stop),
        cmocka_unit_test(exports_stand_in_the_trail),
    };
    return cmocka_run_group_tests(tests, sheets_open_all, sheets_close_all);
}
