/* Collections, the model folder, and the whole match of two small spreadsheets. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "match/scale.h"
#include "service/matching_int.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DECAY 0.7
#define SHOWN 0.5 /* of an expert's sum, so that it stands on the scale of single results */

static char dir[] = "/tmp/qiao-service-XXXXXX";
static char needs_path[64], results_path[64];
static struct model *model;

static int set_up(void **unused)
{
    (void)unused;
    struct err e = {0};
    if (!mkdtemp(dir) || model_open(&model, NULL, &e) != RC_OK) {
        fprintf(stderr, "%s %s:%u %s\n", e.key, e.file, e.row, e.detail);
        return -1;
    }
    snprintf(needs_path, sizeof needs_path, "%s/needs.tsv", dir);
    snprintf(results_path, sizeof results_path, "%s/results.tsv", dir);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    model_close(model);
    unlink(needs_path);
    unlink(results_path);
    return rmdir(dir);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* ---- collections ---- */

static struct collection *read_file(const char *path, enum table_side side)
{
    struct collection *c = NULL;
    struct err e = {0};
    struct table_options o = {.side = side};
    if (collection_open(&c, path, model_columns(model), &o, NULL, NULL, &e) != RC_OK)
        fail_msg("%s %u %s", e.key, e.row, e.detail);
    return c;
}

static struct str id_of(const struct collection *c, uint32_t i)
{
    static char to[COLLECTION_ID];
    return collection_id(c, i, to);
}

static void is(struct str got, const char *want)
{
    if (!str_eq(got, str_of(want)))
        fail_msg("'%.*s' is not '%s'", (int)got.n, got.p, want);
}

static void records_keep_their_fields(void **unused)
{
    (void)unused;
    put(needs_path, "编号\t需求名称\t需求内容\t关键词\t技术指标\t单位名称\t联系人\t所属行业\n"
                    "N1\t水泵\t扬程不足\t泵\t扬程≥30m\t示例厂\t张三\t机械\n"
                    "N2\t阀门\t\t\t泄漏\t\t\t\n"
                    "N3\t焊机\t\t\t\t\t\t\n");
    struct collection *c = read_file(needs_path, SIDE_NEED);
    uint32_t title;
    assert_int_equal(collection_count(c), 3);
    struct item it = collection_item(c, 0);
    is(it.text, "水泵\n扬程不足\n泵\n扬程≥30m");
    is(str_sub(it.text, 0, it.title), "水泵");
    is(it.field[FIELD_BODY], "扬程不足");
    is(it.field[FIELD_KEYWORDS], "泵");
    is(it.field[FIELD_INDICATORS], "扬程≥30m");
    is(it.field[FIELD_ORG], "示例厂");
    is(it.field[FIELD_CONTACT], "张三");
    is(it.field[FIELD_INDUSTRY], "机械");
    is(it.field[FIELD_REGION], "");
    is(it.id, "N1");
    assert_true(it.has_id && it.row == 2 && it.sheet == 1);
    is(collection_text(c, 1, &title), "阀门\n泄漏");
    is(collection_item(c, 1).field[FIELD_INDICATORS], "泄漏");
    is(collection_item(c, 1).field[FIELD_BODY], "");
    is(collection_item(c, 2).text, "焊机");
    assert_int_equal(collection_item(c, 2).title, strlen("焊机"));
    collection_close(c);
}

static void rows_without_id_are_called_by_number(void **unused)
{
    (void)unused;
    uint32_t at;
    put(needs_path, "名称\t简介\n水泵\t甲\n\n阀门\t乙\n");
    struct collection *c = read_file(needs_path, SIDE_NEED);
    is(id_of(c, 0), "2");
    is(id_of(c, 1), "4"); /* as a spreadsheet program shows it */
    assert_false(collection_item(c, 0).has_id);
    assert_int_equal(collection_find(c, STR("4"), &at, NULL), RC_OK);
    assert_int_equal(at, 1);
    assert_int_equal(collection_find(c, STR("3"), &at, NULL), RC_OK);
    assert_true(at == UINT32_MAX);
    collection_close(c);
}

/* No two records answer to one name, even where ids are numbers and one is left out. */
static void names_are_unique(void **unused)
{
    (void)unused;
    put(needs_path, "编号\t名称\n1\t水泵\n2\t阀门\n2\t轴承\n4\t焊机\n5\t电机\n\t涂层\n7\t叶片\n");
    struct collection *c = read_file(needs_path, SIDE_NEED);
    const struct row_problem *p;
    assert_int_equal(collection_count(c), 7);
    for (uint32_t i = 0; i < 7; i++) {
        uint32_t at = 99;
        char to[COLLECTION_ID];
        assert_int_equal(collection_find(c, collection_id(c, i, to), &at, NULL), RC_OK);
        assert_int_equal(at, i);
    }
    assert_int_equal(collection_problems(c, &p), 1);
    assert_string_equal(p->key, "sheet.row_duplicate_id");
    assert_int_equal(p->row, 4);
    assert_false(p->dropped);
    collection_close(c);
}

static void several_sheets_are_one_collection(void **unused)
{
    (void)unused;
    struct collection *book = read_file("samples/needs.xlsx", SIDE_NEED);
    struct collection *plain = read_file("samples/needs.tsv", SIDE_NEED);
    assert_int_equal(collection_count(book), collection_count(plain));
    bool second = false;
    for (uint32_t i = 0; i < collection_count(book); i++) {
        struct item a = collection_item(book, i);
        uint32_t at;
        second = second || a.sheet == 2;
        assert_true(a.sheet_name.n > 0);
        assert_int_equal(collection_find(plain, a.id, &at, NULL), RC_OK);
        assert_true(at < collection_count(plain));
        assert_true(str_eq(collection_item(plain, at).field[FIELD_TITLE], a.field[FIELD_TITLE]));
    }
    assert_true(second);
    collection_close(book);
    collection_close(plain);
}

static void problems_are_kept(void **unused)
{
    (void)unused;
    put(needs_path, "编号\t名称\t简介\nA\t\t没有名称\nB\t水泵\t好\n");
    struct collection *c = read_file(needs_path, SIDE_NEED);
    const struct row_problem *p;
    assert_int_equal(collection_count(c), 1);
    assert_int_equal(collection_problems(c, &p), 1);
    assert_string_equal(p->key, "sheet.row_no_title");
    assert_true(p->row == 2 && p->dropped);
    collection_close(c);
}

/* What is compared ends at 64 KB, between two characters; what is kept does not. */
static void long_texts_are_cut_for_comparison(void **unused)
{
    (void)unused;
    FILE *f = fopen(needs_path, "w");
    fputs("名称\t简介\nx水泵\t", f);
    for (int i = 0; i < 40000; i++)
        fputs("泵", f);
    fputs("\n", f);
    fclose(f);
    struct collection *c = read_file(needs_path, SIDE_NEED);
    struct item it = collection_item(c, 0);
    assert_int_equal(it.field[FIELD_BODY].n, 120000);
    assert_true(it.text.n <= 65536 && it.text.n > 65530);
    for (size_t i = 0; i < it.text.n;)
        assert_true(utf8_next(it.text, &i) != 0xFFFD);
    collection_close(c);
}

static enum rc cancel(void *ctx, const char *stage, double done, struct err *e)
{
    (void)done;
    return strcmp(stage, ctx) == 0 ? err_cancelled(e) : RC_OK;
}

/* ---- matching ---- */

static struct matching_options options(const char *needs, const char *results)
{
    return (struct matching_options){
        .needs = needs, .results = results, .k = 10, .threads = 2, .min_score = -1};
}

static struct matching *match(struct matching_options o)
{
    struct matching *m = NULL;
    struct err e = {0};
    if (matching_open(&m, &o, model, &e) != RC_OK)
        fail_msg("%s %s %u %s", e.key, e.file, e.row, e.detail);
    return m;
}

static void the_samples_match(void **unused)
{
    (void)unused;
    struct matching_options o = options("samples/needs.tsv", "samples/results.tsv");
    struct matching *m = match(o);
    o.k = UINT32_MAX;
    struct matching *all = match(o);
    o.k = 3;
    o.min_score = 30;
    o.threads = 1;
    struct matching *few = match(o);
    uint32_t needs = collection_count(matching_needs(m)),
             results = collection_count(matching_results(m));
    bool left_out = false;
    for (uint32_t i = 0; i < needs; i++) {
        const struct match *a, *b, *c;
        uint32_t n = matching_of(m, i, &a), every = matching_of(all, i, &b),
                 some = matching_of(few, i, &c);
        assert_int_equal(n, 10);
        assert_int_equal(every, results);
        for (uint32_t j = 0; j < every; j++) {
            assert_true(b[j].score >= 0 && b[j].score <= 100);
            assert_true(j == 0 || b[j - 1].score > b[j].score ||
                        (b[j - 1].score == b[j].score && b[j - 1].result < b[j].result));
            assert_true(j == 0 || b[j - 1].credible || !b[j].credible);
            if (j < n)
                assert_true(a[j].result == b[j].result && a[j].score == b[j].score);
            if (j < some)
                assert_true(c[j].result == b[j].result && c[j].score >= 30);
        }
        assert_true(some <= 3 && (some == 3 || b[some].score < 30));
        left_out = left_out || some < 3;
    }
    (void)left_out;
    matching_close(m);
    matching_close(all);
    matching_close(few);
}

static void explanations_add_up(void **unused)
{
    (void)unused;
    struct matching *m = match(options("samples/needs.tsv", "samples/results.tsv"));
    for (uint32_t i = 0; i < collection_count(matching_needs(m)); i += 3) {
        const struct match *a;
        uint32_t n = matching_of(m, i, &a);
        double last = 0, last_score = 0;
        for (uint32_t j = 0; j < n; j++) {
            struct explanation x;
            double terms = 0, sum = 0;
            assert_int_equal(matching_explain(m, i, a[j].result, &x, NULL), RC_OK);
            assert_true(fabs(x.score - a[j].score) < 1e-9);
            for (size_t k = 0; k < x.term.n; k++) {
                double p = x.term.p[k].x * x.term.p[k].y;
                assert_true(k == 0 || x.term.p[k - 1].x * x.term.p[k - 1].y >= p);
                assert_true(x.term.p[k].need_tf > 0 && x.term.p[k].result_tf > 0);
                assert_true(x.term.p[k].need.from < x.term.p[k].need.to);
                assert_true(x.term.p[k].result.from < x.term.p[k].result.to);
                terms += p;
            }
            for (size_t k = 0; k < x.feature.n; k++) {
                sum += x.feature.p[k].value * x.feature.p[k].weight;
                if (strcmp(x.feature.p[k].name, "cosine") == 0)
                    assert_true(fabs(x.feature.p[k].value - terms) < 1e-9);
            }
            assert_true(fabs(x.score - match_scale(sum + x.bias)) < 1e-9);
            /* the score rises with the weighted sum of the features, and with nothing else */
            assert_true(j == 0 || (last >= sum - 1e-9 && last_score >= x.score - 1e-9));
            last = sum;
            last_score = x.score;
            explanation_free(&x);
        }
    }
    matching_close(m);
}

/* "code verdict" of every reason that comes from a column. */
static void columns_say(const char *need, const char *result, const char *expected)
{
    char text[1000], shown[400] = "";
    static const char *const names[] = {[REASON_INDUSTRY] = "industry",
                                        [REASON_REGION] = "region",
                                        [REASON_TRL] = "trl",
                                        [REASON_PRICE] = "price",
                                        [REASON_DEADLINE] = "deadline"};
    static const char *const verdicts[] = {
        [VERDICT_MET] = "met", [VERDICT_MISSED] = "missed", [VERDICT_UNKNOWN] = "unknown"};
    size_t n = 0;
    snprintf(text, sizeof text,
             "名称\t所属行业\t所在地区\t成熟度\t预算（万元）\t截止日期\n水泵\t%s\n", need);
    put(needs_path, text);
    snprintf(text, sizeof text,
             "名称\t所属行业\t所在地区\t成熟度\t价格（万元）\t完成日期\n水泵\t%s\n", result);
    put(results_path, text);
    struct matching *m = match(options(needs_path, results_path));
    vec_reason v = {0};
    assert_int_equal(matching_reasons(m, NULL, 0, 0, &v, NULL), RC_OK);
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i].code >= REASON_INDUSTRY)
            n += (size_t)snprintf(shown + n, sizeof shown - n, "%s %s;", names[v.p[i].code],
                                  verdicts[v.p[i].verdict]);
    assert_string_equal(shown, expected);
    vec_free(&v);
    matching_close(m);
}

static void columns_are_compared(void **unused)
{
    (void)unused;
    columns_say("机械\t江苏\t6\t50\t2027-06", "机械\t江苏省苏州市\t8\t50\t2027-06-30",
                "industry met;region met;trl met;price met;deadline met;");
    columns_say("机械\t江苏\t7\t50\t2027-06", "化工\t浙江\t6\t51\t2027-07-01",
                "industry missed;region missed;trl missed;price missed;deadline missed;");
    columns_say("\t\t\t\t", "化工\t浙江\t6\t51\t2027-07-01", "");
    columns_say("机械\t江苏\t7\t50\t2027-06", "\t\t\t\t", "");
    columns_say("\t\t6\t\t", "\t\t6\t\t", "trl met;");
    columns_say("\t\t\t50\t", "\t\t\t40-60\t", "price unknown;");
    columns_say("\t\t\t40-60\t", "\t\t\t60\t", "price met;");
}

/* The sum of parts that the score of a pair stands for. */
static double raw(const struct matching *m, uint32_t need, uint32_t result)
{
    struct explanation x;
    double sum = 0;
    assert_int_equal(matching_explain(m, need, result, &x, NULL), RC_OK);
    for (size_t k = 0; k < x.feature.n; k++)
        sum += x.feature.p[k].value * x.feature.p[k].weight;
    sum += x.bias;
    explanation_free(&x);
    return sum;
}

static void experts_are_their_items(void **unused)
{
    (void)unused;
    put(needs_path, "名称\t简介\n锂电池隔膜\t耐热的隔膜涂层\n水泵\t叶轮\n");
    put(results_path, "成果名称\t负责人\t完成单位\n"
                      "锂电池隔膜的陶瓷涂层\t张三、李四\t示例大学\n"
                      "耐热隔膜\t张三\t示例大学\n"
                      "隔膜涂布机\t张三；张三\t示例大学\n"
                      "锂电池回收\t张三\t另一大学\n"
                      "离心水泵叶轮\t王五/李四\t示例大学\n"
                      "钢轨打磨\t\t示例大学\n");
    struct matching_options o = options(needs_path, results_path);
    o.experts = true;
    o.k = UINT32_MAX;
    struct matching *m = match(o);
    assert_int_equal(matching_experts(m), 4);
    static const struct {
        const char *name, *unit;
        uint32_t n, item[3];
    } want[] = {{"张三", "示例大学", 3, {0, 1, 2}},
                {"李四", "示例大学", 2, {0, 4}},
                {"张三", "另一大学", 1, {3}},
                {"王五", "示例大学", 1, {4}}};
    for (uint32_t p = 0; p < 4; p++) {
        struct expert x = matching_expert(m, p);
        is(x.name, want[p].name);
        is(x.unit, want[p].unit);
        assert_int_equal(x.n, want[p].n);
        assert_memory_equal(x.item, want[p].item, x.n * sizeof *x.item);
    }
    for (uint32_t i = 0; i < 2; i++) {
        const struct match *a;
        const struct expert_match *b;
        uint32_t n = matching_of(m, i, &a), experts = matching_experts_of(m, i, &b);
        double last = INFINITY;
        assert_int_equal(n, 6);
        assert_true(experts >= 1);
        for (uint32_t j = 0; j < experts; j++) {
            struct expert x = matching_expert(m, b[j].expert);
            double sum = 0, weight = 1;
            uint32_t seen = 0;
            for (uint32_t r = 0; r < n; r++)
                for (uint32_t t = 0; t < x.n; t++)
                    if (x.item[t] == a[r].result) {
                        assert_int_equal(b[j].item[seen].result, a[r].result);
                        assert_true(fabs(b[j].item[seen].score - a[r].score) < 1e-9);
                        sum += fmax(raw(m, i, a[r].result), 0) * weight;
                        weight *= DECAY;
                        seen++;
                    }
            assert_int_equal(seen, x.n);
            assert_int_equal(b[j].n, x.n);
            assert_true(fabs(b[j].score - match_scale(sum * 0.5)) < 1e-6);
            assert_true(b[j].score <= last);
            last = b[j].score;
        }
        assert_int_equal(b[0].expert, i); /* 李四 has the items of 王五 and more */
    }
    matching_close(m);
}

/* An expert below the least score leaves his place to the next. */
static void experts_fill_k(void **unused)
{
    (void)unused;
    put(needs_path, "名称\n锂电池隔膜\n");
    FILE *f = fopen(results_path, "w");
    fputs("成果名称\t负责人\t完成单位\n锂电池隔膜\t李四\t示例大学\n", f);
    for (int i = 0; i < 100; i++)
        fprintf(f, i < 6 ? "锂电池隔膜材料%d\t张三\t示例大学\n" : "钢轨打磨%d\t\t示例大学\n", i);
    fclose(f);
    struct matching_options o = options(needs_path, results_path);
    const struct match *a;
    const struct expert_match *b;
    o.experts = true;
    o.k = 1;
    struct matching *m = match(o);
    assert_int_equal(matching_of(m, 0, &a), 1);
    assert_int_equal(matching_experts_of(m, 0, &b), 1);
    is(matching_expert(m, b[0].expert).name, "张三"); /* six items outweigh a better one */
    o.min_score = a[0].score - 1e-6;                  /* only that one reaches it */
    matching_close(m);
    m = match(o);
    assert_int_equal(matching_experts_of(m, 0, &b), 1);
    is(matching_expert(m, b[0].expert).name, "李四");
    matching_close(m);
}

static void a_match_can_be_stopped_anywhere(void **unused)
{
    (void)unused;
    static const char *const stages[] = {"needs", "results", "index", "match"};
    for (size_t i = 0; i < ARRAY_LEN(stages); i++) {
        struct matching *m = NULL;
        struct err e = {0};
        struct matching_options o = options("samples/needs.tsv", "samples/results.tsv");
        o.experts = true;
        o.progress = cancel;
        o.progress_ctx = (void *)(uintptr_t)stages[i];
        assert_int_equal(matching_open(&m, &o, model, &e), RC_CANCELLED);
        assert_null(m);
    }
}

/* A need with more distinct terms than any office writes, in results as well. */
static void endless_needs_are_matched(void **unused)
{
    (void)unused;
    for (uint32_t chars = 3000; chars <= 22000; chars += 19000) {
        FILE *need = fopen(needs_path, "w"), *result = fopen(results_path, "w");
        fputs("名称\t简介\n水泵\t", need);
        fputs("名称\t简介\n水泵\t叶轮\n阀门\t", result);
        for (uint32_t i = 0; i < chars; i++) {
            char c[4];
            size_t n = utf8_put(c, 0x4E00 + i % 20000);
            fwrite(c, 1, n, need);
            fwrite(c, 1, n, result);
        }
        fputs("\n", need);
        fputs("\n轴承\t滚珠\n", result);
        fclose(need);
        fclose(result);
        struct matching *m = match(options(needs_path, results_path));
        const struct match *a;
        assert_int_equal(matching_of(m, 0, &a), 3);
        assert_int_equal(a[0].result, 1);
        matching_close(m);
    }
}

/* Results that are counted while later ones are read (from INDEX_CHUNK on) match as without; so do
 * those whose first chunk is of another language than the whole. */
static void many_results_match_the_same_on_any_number_of_threads(void **unused)
{
    (void)unused;
    enum { RESULTS = INDEX_CHUNK + INDEX_CHUNK / 2, K = 20 };
    static const char *const english[] = {"pump", "valve", "bearing", "seal", "rotor"};
    static const char *const chinese[] = {"水泵", "阀门", "轴承", "密封", "转子", "叶轮", "机座"};
    put(needs_path, "名称\n水泵轴承 pump seal\n阀门密封\n");
    for (uint32_t first_english = 0; first_english <= INDEX_CHUNK; first_english += INDEX_CHUNK) {
        FILE *f = fopen(results_path, "w");
        fputs("名称\n", f);
        for (uint32_t i = 0; i < RESULTS; i++) {
            if (i < first_english)
                fprintf(f, "%s %s %u\n", english[i % 5], english[i / 5 % 5], i % 977);
            else
                fprintf(f, "%s%s%s编号%u\n", chinese[i % 7], chinese[i / 7 % 7],
                        chinese[i / 49 % 7], i % 977);
        }
        fclose(f);
        struct matching *m[2];
        for (unsigned threads = 1; threads <= 2; threads++) {
            struct matching_options o = options(needs_path, results_path);
            o.threads = threads;
            o.k = K;
            m[threads - 1] = match(o);
        }
        for (uint32_t need = 0; need < 2; need++) {
            const struct match *a, *b;
            assert_int_equal(matching_of(m[0], need, &a), K);
            assert_int_equal(matching_of(m[1], need, &b), K);
            for (uint32_t i = 0; i < K; i++) {
                assert_int_equal(a[i].result, b[i].result);
                assert_memory_equal(&a[i].score, &b[i].score, sizeof a[i].score);
            }
        }
        matching_close(m[0]);
        matching_close(m[1]);
    }
}

/* ---- the model folder ---- */

static void broken(const char *name, const char *text, const char *key, uint32_t line)
{
    char path[300];
    struct model *m = NULL;
    struct err e = {0};
    snprintf(path, sizeof path, "%s/%s", dir, name);
    put(path, text);
    enum rc rc = model_open(&m, dir, &e);
    unlink(path);
    assert_int_equal(rc, RC_USER);
    assert_null(m);
    assert_string_equal(e.key, key);
    assert_string_equal(e.file, path);
    assert_int_equal(e.row, line);
}

static void a_broken_table_is_named_with_its_line(void **unused)
{
    (void)unused;
    broken("units.yaml", "dimensions:\n  length: [\n", "model.yaml", 3);
    broken("columns.yaml", "title: {zh: [名称]}\nnonsense: {zh: [x]}\n", "sheet.columns_table", 2);
    char folder[64];
    snprintf(folder, sizeof folder, "%s/concepts", dir);
    assert_int_equal(mkdir(folder, 0777), 0);
    broken("concepts/own.yaml", "a: 1\na: 2\n", "model.yaml", 2);
    assert_int_equal(rmdir(folder), 0);
}

static void a_table_of_the_user_replaces_ours(void **unused)
{
    (void)unused;
    char path[64];
    struct model *m = NULL;
    snprintf(path, sizeof path, "%s/columns.yaml", dir);
    put(path, "title: {zh: [玩意]}\n");
    assert_int_equal(model_open(&m, dir, NULL), RC_OK);
    unlink(path);
    assert_int_equal(columns_match(model_columns(m), SIDE_NEED, STR("玩意"), NULL), FIELD_TITLE);
    assert_int_equal(columns_match(model_columns(m), SIDE_NEED, STR("名称"), NULL), FIELD_OTHER);
    assert_int_equal(columns_match(model_columns(model), SIDE_NEED, STR("名称"), NULL),
                     FIELD_TITLE);
    assert_non_null(model_message(m, "base.no_memory", "zh"));
    assert_non_null(model_message(m, "base.no_memory", "en"));
    assert_null(model_message(m, "base.no_memory", "fr"));
    assert_null(model_message(m, "base.nothing", "en"));
    model_close(m);
}

static void a_folder_that_is_not_there_is_refused(void **unused)
{
    (void)unused;
    struct model *m = NULL;
    struct err e = {0};
    assert_int_equal(model_open(&m, "/nowhere/at/all", &e), RC_SYS);
    assert_string_equal(e.key, "file.open");
    assert_string_equal(e.file, "/nowhere/at/all");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_keep_their_fields),
        cmocka_unit_test(rows_without_id_are_called_by_number),
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(several_sheets_are_one_collection),
        cmocka_unit_test(problems_are_kept),
        cmocka_unit_test(long_texts_are_cut_for_comparison),
        cmocka_unit_test(the_samples_match),
        cmocka_unit_test(explanations_add_up),
        cmocka_unit_test(columns_are_compared),
        cmocka_unit_test(experts_are_their_items),
        cmocka_unit_test(experts_fill_k),
        cmocka_unit_test(a_match_can_be_stopped_anywhere),
        cmocka_unit_test(endless_needs_are_matched),
        cmocka_unit_test(many_results_match_the_same_on_any_number_of_threads),
        cmocka_unit_test(a_broken_table_is_named_with_its_line),
        cmocka_unit_test(a_table_of_the_user_replaces_ours),
        cmocka_unit_test(a_folder_that_is_not_there_is_refused),
    };
    return cmocka_run_group_tests_name("service", tests, set_up, tear_down);
}
