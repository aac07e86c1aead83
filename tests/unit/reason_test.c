/* Reasons: shared phrases as quotations of both texts, with their share of the score. */
#include "match_help.h"

#include "match/reason.h"
#include "text/norm.h"

/* The quotation in its normal form. */
static struct str normal(char *to, size_t cap, struct str s)
{
    struct norm n;
    struct span at;
    struct str out = {to, 0};
    norm_start(&n, s);
    for (int32_t c; (c = norm_next(&n, &at)) >= 0 && out.n + 4 < cap;)
        out.n += utf8_put(to + out.n, (uint32_t)c);
    return out;
}

static void phrases_hold(const struct matcher *m, uint32_t need, uint32_t result, size_t *seen)
{
    vec_reason v = {0};
    struct str a = matcher_need(m, need).text, b = matcher_result(m, result).text;
    double sum = 0;
    assert_int_equal(reasons_phrases(m, NULL, NULL, need, result, &v, NULL), RC_OK);
    assert_true(v.n <= REASON_PHRASES);
    for (size_t i = 0; i < v.n; i++) {
        char x[1000], y[1000];
        struct str p = normal(x, sizeof x, span_str(a, v.p[i].need));
        struct str q = normal(y, sizeof y, span_str(b, v.p[i].result));
        if (!str_eq(p, q))
            fail_msg("'%.*s' is not '%.*s'", (int)p.n, p.p, (int)q.n, q.p);
        assert_int_equal(v.p[i].code, REASON_TERMS);
        assert_true(utf8_len(p) >= 2);
        assert_true(v.p[i].share >= .02);
        assert_true(i == 0 || v.p[i - 1].share >= v.p[i].share);
        sum += v.p[i].share;
    }
    assert_true(sum <= 1 + 1e-9);
    *seen += v.n;
    vec_free(&v);
}

static void phrases_read_the_same_on_both_sides(void **unused)
{
    (void)unused;
    size_t seen = 0;
    for (uint32_t han = 0; han <= 10; han += 2) {
        struct texts results = {.n = 0}, needs = {.n = 0};
        random_texts(&results, 60, 20, han);
        random_texts(&needs, 60, 40, han);
        struct matcher *m = NULL;
        assert_int_equal(matcher_open(&m, source_of(&results), source_of(&needs), NULL, 1, NULL),
                         RC_OK);
        for (uint32_t i = 0; i < 60; i++)
            for (uint32_t j = 0; j < 60; j++)
                phrases_hold(m, i, j, &seen);
        matcher_close(m);
        texts_free(&results);
        texts_free(&needs);
    }
    assert_true(seen > 10000);
}

/* The phrases of one pair among some other texts, "quote share%|..." */
static void quotes(const char *need, const char *result, const char *expected)
{
    struct texts results = {.n = 0}, needs = {.n = 0};
    struct matcher *m = NULL;
    vec_reason v = {0};
    char shown[1000] = "";
    size_t n = 0;
    texts_add(&needs, need, "");
    texts_add(&results, result, "");
    for (int i = 0; i < 20; i++)
        texts_add(&results, "其他成果的名称", "与此无关");
    assert_int_equal(matcher_open(&m, source_of(&results), source_of(&needs), NULL, 1, NULL),
                     RC_OK);
    assert_int_equal(reasons_phrases(m, NULL, NULL, 0, 0, &v, NULL), RC_OK);
    for (size_t i = 0; i < v.n; i++) {
        struct str q = span_str(results.t[0].text, v.p[i].result);
        n += (size_t)snprintf(shown + n, sizeof shown - n, "%s%.*s %.0f%%", i ? "|" : "", (int)q.n,
                              q.p, v.p[i].share * 100);
    }
    assert_string_equal(shown, expected);
    vec_free(&v);
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

static void the_longest_phrase_is_named(void **unused)
{
    (void)unused;
    quotes("铝合金焊接", "铝合金焊接", "铝合金焊接 100%");
    /* a word weighs with both its classes: nothing of the score is left unnamed */
    quotes("PEEK", "peek轴承", "peek 100%");
    quotes("ＰＥＥＫ轴承", "peek轴承", "peek轴承 100%");
    quotes("x-ray lidar", "x-ray lidar", "x-ray lidar 100%");
    /* punctuation ends a phrase, on either side */
    quotes("铝合金,焊接", "铝合金 焊接", "铝合金 61%|焊接 39%");
    quotes("铝合金 焊接", "铝合金 焊接", "铝合金 焊接 100%");
    quotes("铝合金焊接", "铝合金 焊接", "铝合金 61%|焊接 39%");
    /* a lone character is no phrase */
    quotes("铝", "铝", "");
    quotes("水泵", "轴承", "");
    quotes("", "", "");
    quotes("，", "。", "");
}

/* What is shown is a term: nothing cut from a number, no particle, no half of a word. */
static void a_phrase_is_a_term(void **unused)
{
    (void)unused;
    quotes("循环一百次衰减", "循环一千次衰减", "循环 31%|衰减 31%");
    quotes("循环两百次衰减小于2%", "循环6000次衰减小于5%", "循环 27%|衰减 27%");
    quotes("合金的强度", "铝材的强度", "强度 84%");
    quotes("采用轴承", "采用水泵", "");
    quotes("60 GHz雷达", "77 GHz雷达", "雷达 63%");
    quotes("污泥含水率80%", "污泥含水率80%", "污泥含水率 82%");
    quotes("厚80以上", "宽80以上", "");
    quotes("统一标准", "统一个数", "统一 100%");
    /* a phrase reaches back to where it begins, over what another one holds */
    quotes("耐热涂层，涂层厚度", "耐热涂层厚度", "耐热涂层 71%|涂层厚度 29%");
}

/* The only phrase of the first need and the first result. */
static void one_quote(struct texts *needs, struct texts *results, const char *expected)
{
    struct matcher *m = NULL;
    vec_reason v = {0};
    assert_int_equal(matcher_open(&m, source_of(results), source_of(needs), NULL, 1, NULL), RC_OK);
    assert_int_equal(reasons_phrases(m, NULL, NULL, 0, 0, &v, NULL), RC_OK);
    assert_int_equal(v.n, 1);
    assert_true(str_eq(span_str(needs->t[0].text, v.p[0].need), str_of(expected)));
    assert_true(str_eq(span_str(results->t[0].text, v.p[0].result), str_of(expected)));
    vec_free(&v);
    matcher_close(m);
    texts_free(results);
    texts_free(needs);
}

/* A character that stands with 面 and 法 more often than with what is before it goes with these. */
static void a_character_goes_with_its_word(void **unused)
{
    (void)unused;
    for (int others = 0; others < 2; others++) {
        struct texts results = {.n = 0}, needs = {.n = 0};
        texts_add(&needs, "寻求掺杂方面的办法", "");
        texts_add(&results, "元素掺杂方法", "");
        for (int i = 0; i < 3 * others; i++) {
            texts_add(&needs, "涂层方面", "");
            texts_add(&results, "测量方法", "");
        }
        one_quote(&needs, &results, others ? "掺杂" : "掺杂方");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phrases_read_the_same_on_both_sides),
        cmocka_unit_test(the_longest_phrase_is_named),
        cmocka_unit_test(a_phrase_is_a_term),
        cmocka_unit_test(a_character_goes_with_its_word),
    };
    return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
