/* What of a shared run of text is quoted: what reads as a term. */
#include "match_help.h"

#include "match/reason.h"
#include "record/yaml.h"

static struct concepts *concepts;
static struct arena arena;

static const char table[] = "concepts:\n"
                            "  - {name: 二氧化硅}\n"
                            "  - {name: 涂层厚度}\n"
                            "  - {name: 三元催化}\n";

static int open_table(void **state)
{
    struct node *file = NULL;
    (void)state;
    return yaml_parse(&file, STR(table), "table.yaml", &arena, NULL) == RC_OK &&
                   concepts_open(&concepts, NULL) == RC_OK &&
                   concepts_add(concepts, file, "table.yaml", NULL) == RC_OK &&
                   concepts_finish(concepts, NULL) == RC_OK
               ? 0
               : -1;
}

static int close_table(void **state)
{
    (void)state;
    concepts_close(concepts);
    arena_free(&arena);
    return 0;
}

static void a_whole_term_is_one_of_the_table(void **unused)
{
    (void)unused;
    assert_true(concepts_has(concepts, STR("二氧化硅")));
    assert_true(concepts_has(concepts, STR("涂层厚度")));
    assert_false(concepts_has(concepts, STR("氧化硅")));
    assert_false(concepts_has(concepts, STR("涂层厚")));
    assert_false(concepts_has(concepts, STR("涂层厚度计")));
    assert_false(concepts_has(concepts, STR("")));
}

/* The phrases of need and result, parted by blanks, in the order they are given. */
static const char *phrases(const char *need, const char *result, char *to, size_t cap)
{
    struct texts needs = {.n = 0}, results = {.n = 0};
    struct matcher *m = NULL;
    vec_reason v = {0};
    size_t n = 0;
    texts_add(&needs, need, "");
    texts_add(&results, result, "");
    for (uint32_t i = 0; i < 20; i++)
        texts_add(&results, i % 2 ? "葡萄园霜冻预报" : "古琴漆面修复", "");
    assert_int_equal(matcher_open(&m, source_of(&results), source_of(&needs), NULL, 1, NULL),
                     RC_OK);
    assert_int_equal(reasons_phrases(m, concepts, NULL, 0, 0, &v, NULL), RC_OK);
    to[0] = 0;
    for (size_t i = 0; i < v.n; i++) {
        struct str s = span_str(needs.t[0].text, v.p[i].need);
        n += (size_t)snprintf(to + n, cap - n, "%s%.*s", i ? " " : "", (int)s.n, s.p);
    }
    vec_free(&v);
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
    return to;
}

static const struct {
    const char *need, *result, *quoted;
} cases[] = {
    {"电池循环一千次衰减小于百分之五", "电池循环一百次衰减大于百分之八", "电池循环 衰减"},
    {"高温涂层厚度检测", "低温涂层厚度在线测量", "涂层厚度"},
    {"研究三元催化剂的回收", "一种三元催化剂用载体", "三元催化剂"},
    {"制备二氧化硅气凝胶", "氧化硅气凝胶的制备", "氧化硅气凝胶 制备"},
    {"统一调度平台", "车辆统一调度系统", "统一调度"},
    {"工作频率60 GHz的天线", "60 GHz天线阵", "60 GHz 天线"},
    {"需要三元催化剂", "三元催化剂需要回收", "三元催化剂"},
    {"我们需要降低", "我们希望降低", ""},
};

static void runs_are_narrowed_to_terms(void **unused)
{
    (void)unused;
    char got[1000];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(phrases(cases[i].need, cases[i].result, got, sizeof got),
                            cases[i].quoted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_whole_term_is_one_of_the_table),
                                       cmocka_unit_test(runs_are_narrowed_to_terms)};
    return cmocka_run_group_tests_name("phrase", tests, open_table, close_table);
}
