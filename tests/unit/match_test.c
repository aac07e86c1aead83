/* The matcher against R3 by its formulas, and what must hold of profiles, products and ranks. */
#include "match_help.h"

static struct matcher *open_on(struct texts *results, struct texts *needs, unsigned threads)
{
    struct matcher *m = NULL;
    struct err e = {0};
    assert_int_equal(matcher_open(&m, source_of(results), source_of(needs), NULL, threads, &e),
                     RC_OK);
    return m;
}

/* The k best by cosine, through the index. */
static void top(const struct matcher *m, uint32_t n, uint32_t k, struct hit *hit, uint32_t *count,
                unsigned threads)
{
    vec_weight *v = calloc(n + 1, sizeof *v);
    struct index_query *q = calloc(n + 1, sizeof *q);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(matcher_profile(m, matcher_need(m, i), &v[i], NULL), RC_OK);
        q[i] = (struct index_query){v[i].p, (uint32_t)v[i].n};
    }
    assert_int_equal(index_search_batch(matcher_index(m), q, n, k, hit, count, threads, NULL),
                     RC_OK);
    for (uint32_t i = 0; i < n; i++)
        vec_free(&v[i]);
    free(v);
    free(q);
}

static void scores_equal(struct texts *results, struct texts *needs, bool english)
{
    struct plain p;
    struct matcher *m = open_on(results, needs, 2);
    vec_product v = {0};
    assert_int_equal(matcher_params(m)->english, english);
    plain_make(&p, results, needs, english);
    for (uint32_t i = 0; i < needs->n; i++)
        for (uint32_t j = i % 7; j < results->n; j += 7) {
            double got = 0, sum = 0, want = plain_score(&p, i, j);
            assert_int_equal(matcher_products(m, i, j, &v, &got, NULL), RC_OK);
            if (fabs(got - want) > 1e-9)
                fail_msg("need %u result %u: %.12f, by the formulas %.12f", i, j, got, want);
            for (size_t k = 0; k < v.n; k++) {
                assert_true(k == 0 || v.p[k - 1].key < v.p[k].key);
                assert_true(v.p[k].need_tf > 0 && v.p[k].result_tf > 0);
                sum += v.p[k].x * v.p[k].y;
            }
            assert_true(fabs(sum - got) < 1e-12);
        }
    vec_free(&v);
    matcher_close(m);
    plain_free(&p);
}

/* The whole ranking of every need, k = all and k = few, is that of the formulas. */
static void ranks_equal(struct texts *results, struct texts *needs, bool english, uint32_t k)
{
    struct plain p;
    struct matcher *m = open_on(results, needs, 2);
    struct hit *hit = calloc((size_t)needs->n * k, sizeof *hit);
    uint32_t *count = calloc(needs->n, sizeof *count);
    top(m, needs->n, k, hit, count, 2);
    plain_make(&p, results, needs, english);
    for (uint32_t i = 0; i < needs->n; i++) {
        const struct hit *h = hit + (size_t)i * k;
        bool *in = calloc(results->n, sizeof *in);
        uint32_t positive = 0;
        double least = count[i] ? h[count[i] - 1].score : 0;
        for (uint32_t j = 0; j < count[i]; j++) {
            assert_true(fabs(h[j].score - plain_score(&p, i, h[j].id)) < 1e-9);
            assert_true(j == 0 || hit_better(h[j - 1], h[j]));
            assert_false(in[h[j].id]);
            in[h[j].id] = true;
        }
        for (uint32_t j = 0; j < results->n; j++) {
            double s = plain_score(&p, i, j);
            positive += s > 0;
            if (!in[j])
                assert_true(count[i] == k ? s <= least + 1e-9 : s == 0);
        }
        assert_int_equal(count[i], MIN(k, positive));
        free(in);
    }
    matcher_close(m);
    plain_free(&p);
    free(hit);
    free(count);
}

static void chinese_scores_are_r3(void **unused)
{
    (void)unused;
    struct texts results = {.n = 0}, needs = {.n = 0};
    random_texts(&results, 300, 12, 7);
    texts_add(&results, "", "");
    texts_add(&results, "，。", "");
    random_texts(&needs, 120, 40, 8);
    scores_equal(&results, &needs, false);
    ranks_equal(&results, &needs, false, 400);
    ranks_equal(&results, &needs, false, 7);
    ranks_equal(&results, &needs, false, 1);
    texts_free(&needs); /* few needs: their statistics count for less */
    random_texts(&needs, 9, 40, 8);
    scores_equal(&results, &needs, false);
    ranks_equal(&results, &needs, false, 5);
    texts_free(&results);
    texts_free(&needs);
}

static void english_scores_are_word_pairs(void **unused)
{
    (void)unused;
    struct texts results = {.n = 0}, needs = {.n = 0};
    random_texts(&results, 200, 30, 0);
    random_texts(&needs, 110, 30, 0);
    scores_equal(&results, &needs, true);
    ranks_equal(&results, &needs, true, 10);
    texts_free(&results);
    texts_free(&needs);
}

static void small_collections_are_exact_too(void **unused)
{
    (void)unused;
    for (uint32_t n = 1; n < 30; n++) {
        struct texts results = {.n = 0}, needs = {.n = 0};
        texts_add(&results, "锂电池隔膜", "");
        random_texts(&results, n - 1, 5, 9);
        random_texts(&needs, n, 10, 9);
        scores_equal(&results, &needs, false);
        ranks_equal(&results, &needs, false, 3);
        texts_free(&results);
        texts_free(&needs);
    }
}

/* The ranking of needs [0, n) is that of the sums of parts, computed pair by pair. */
static void ranked_by_parts(struct texts *results, struct texts *needs, uint32_t k)
{
    struct matcher *m = open_on(results, needs, 2);
    const struct match_params *p = matcher_params(m);
    struct hit *hit = calloc((size_t)needs->n * k, sizeof *hit);
    struct hit *want = calloc(k, sizeof *want);
    uint32_t *count = calloc(needs->n, sizeof *count);
    vec_product v = {0};
    assert_int_equal(matcher_rank(m, 0, needs->n, k, hit, count, 2, NULL), RC_OK);
    for (uint32_t i = 0; i < needs->n; i++) {
        struct topk t = {want, k, 0};
        for (uint32_t j = 0; j < results->n; j++) {
            struct match_parts x = {9, 9, 9};
            double cosine;
            assert_int_equal(matcher_parts(m, i, j, &x, NULL), RC_OK);
            assert_int_equal(matcher_products(m, i, j, &v, &cosine, NULL), RC_OK);
            assert_true(fabs(x.cosine - cosine) < 1e-12);
            assert_true(fabs(x.latent) <= 1 + 1e-6 && x.knowledge == 0);
            double sum = p->mix.cosine * x.cosine + p->mix.latent * x.latent;
            topk_push(&t, (struct hit){sum, j});
        }
        topk_sort(&t);
        assert_int_equal(count[i], t.n);
        for (uint32_t j = 0; j < t.n; j++)
            assert_true(fabs(hit[(size_t)i * k + j].score - want[j].score) < 1e-12 &&
                        hit[(size_t)i * k + j].id == want[j].id);
    }
    vec_free(&v);
    matcher_close(m);
    free(hit);
    free(want);
    free(count);
}

static void ranks_are_sums_of_parts(void **unused)
{
    (void)unused;
    for (uint32_t han = 0; han <= 8; han += 8) {
        struct texts results = {.n = 0}, needs = {.n = 0};
        random_texts(&results, 150, 20, han);
        texts_add(&results, "", "");
        random_texts(&needs, 20, 30, han);
        texts_add(&needs, "", "");
        ranked_by_parts(&results, &needs, 10);
        ranked_by_parts(&results, &needs, 200);
        texts_free(&results);
        texts_free(&needs);
    }
}

/* So many results that the index finds the best by the whole score: the same as pair by pair. */
static void many_results_are_ranked_whole(void **unused)
{
    (void)unused;
    static struct texts results, needs;
    random_texts(&results, MATCH_ALL + 300, 12, 0);
    random_texts(&needs, 3, 30, 0);
    texts_add(&needs, "", "");
    ranked_by_parts(&results, &needs, 10);
    ranked_by_parts(&results, &needs, 700);
    texts_free(&results);
    texts_free(&needs);
}

static void profiles_have_length_one(void **unused)
{
    (void)unused;
    struct texts results = {.n = 0}, needs = {.n = 0};
    random_texts(&results, 50, 12, 7);
    random_texts(&needs, 50, 40, 7);
    texts_add(&needs, "", "");
    texts_add(&needs, "unheard-of", "词");
    struct matcher *m = open_on(&results, &needs, 1);
    vec_weight v = {0};
    for (uint32_t i = 0; i < needs.n; i++) {
        double sum = 0;
        assert_int_equal(matcher_profile(m, needs.t[i], &v, NULL), RC_OK);
        for (size_t k = 0; k < v.n; k++) {
            assert_true(v.p[k].x > 0 && (k == 0 || v.p[k - 1].key < v.p[k].key));
            sum += v.p[k].x * v.p[k].x;
        }
        if (i == 50)
            assert_int_equal(v.n, 0);
        else
            assert_true(fabs(sum - 1) < 1e-12);
    }
    vec_free(&v);
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

static void threads_change_nothing(void **unused)
{
    (void)unused;
    struct texts results = {.n = 0}, needs = {.n = 0};
    struct hit first[100 * 10], hit[100 * 10];
    uint32_t first_n[100], n[100];
    random_texts(&results, 390, 20, 6);
    random_texts(&needs, 100, 30, 6);
    for (unsigned threads = 1; threads <= 4; threads++) {
        struct matcher *m = open_on(&results, &needs, threads);
        memset(hit, 0, sizeof hit);
        assert_int_equal(matcher_rank(m, 0, 100, 10, hit, n, threads, NULL), RC_OK);
        if (threads == 1) {
            memcpy(first, hit, sizeof hit);
            memcpy(first_n, n, sizeof n);
        }
        assert_memory_equal(n, first_n, sizeof n);
        for (uint32_t i = 0; i < 100; i++)
            for (uint32_t j = 0; j < n[i]; j++) {
                assert_int_equal(hit[i * 10 + j].id, first[i * 10 + j].id);
                assert_true(hit[i * 10 + j].score == first[i * 10 + j].score); /* every bit */
            }
        /* one need alone gives what it gives among others */
        assert_int_equal(matcher_rank(m, 57, 1, 10, hit, n, threads, NULL), RC_OK);
        for (uint32_t j = 0; j < n[0]; j++)
            assert_true(hit[j].id == first[570 + j].id && hit[j].score == first[570 + j].score);
        matcher_close(m);
    }
    texts_free(&results);
    texts_free(&needs);
}

static void ties_go_to_the_smaller_number(void **unused)
{
    (void)unused;
    struct texts results = {.n = 0}, needs = {.n = 0};
    for (int i = 0; i < 200; i++)
        texts_add(&results, i % 3 == 0 ? "铝合金焊接" : i % 3 == 1 ? "水泵" : "", "");
    texts_add(&needs, "铝合金的焊接", "");
    struct matcher *m = open_on(&results, &needs, 1);
    struct hit hit[200];
    uint32_t n;
    assert_int_equal(matcher_rank(m, 0, 1, 10, hit, &n, 1, NULL), RC_OK);
    assert_int_equal(n, 10);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(hit[i].id, 3 * i);
        assert_true(hit[i].score == hit[0].score);
    }
    top(m, 1, 200, hit, &n, 1);
    assert_int_equal(n, 67); /* what shares nothing is no hit of the index … */
    assert_int_equal(matcher_rank(m, 0, 1, 200, hit, &n, 1, NULL), RC_OK);
    assert_int_equal(n, 200); /* … but stands in the whole ranking, by number */
    for (uint32_t i = 68; i < n; i++)
        assert_true(hit[i].score == 0 && hit[i - 1].id < hit[i].id);
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

static void the_same_text_scores_highest(void **unused)
{
    (void)unused;
    struct texts results = {.n = 0}, needs = {.n = 0};
    static const char *const texts[][2] = {
        {"高温合金叶片的激光修复", "修复层与基体结合良好"},
        {"沼气提纯装置", "膜分离，甲烷含量不低于97%"},
        {"全固态锂离子电池", "硫化物电解质"},
        {"锂离子电池回收", "镍钴锰的浸出"},
        {"peek 复合材料轴承", "自润滑"},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        texts_add(&results, texts[i][0], texts[i][1]);
        texts_add(&needs, texts[i][0], texts[i][1]);
    }
    struct matcher *m = open_on(&results, &needs, 1);
    struct hit hit[5 * 5];
    uint32_t n[5];
    assert_int_equal(matcher_rank(m, 0, 5, 5, hit, n, 1, NULL), RC_OK);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(hit[i * 5].id, i);
        assert_true(hit[i * 5].score < 1 + 1e-9 && hit[i * 5].score > 1.5 * hit[i * 5 + 1].score);
    }
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

static void nothing_matches_nothing(void **unused)
{
    (void)unused;
    struct texts none = {.n = 0}, results = {.n = 0}, needs = {.n = 0};
    struct hit hit[4];
    uint32_t n[2] = {9, 9};
    texts_add(&needs, "", "");
    texts_add(&needs, "铝", "");
    struct matcher *m = open_on(&none, &needs, 2);
    top(m, 2, 2, hit, n, 2);
    assert_int_equal(n[0] + n[1], 0);
    n[0] = n[1] = 9;
    assert_int_equal(matcher_rank(m, 0, 2, 2, hit, n, 2, NULL), RC_OK);
    assert_int_equal(n[0] + n[1], 0);
    matcher_close(m);
    texts_add(&results, "", "");
    texts_add(&results, "，", "…");
    m = open_on(&results, &needs, 2);
    top(m, 2, 2, hit, n, 2);
    assert_int_equal(n[0] + n[1], 0);
    assert_int_equal(matcher_rank(m, 0, 2, 2, hit, n, 2, NULL), RC_OK);
    assert_true(n[0] == 2 && hit[0].id == 0 && hit[0].score == 0 && hit[1].id == 1);
    vec_product v = {0};
    double sum = 1;
    assert_int_equal(matcher_products(m, 1, 0, &v, &sum, NULL), RC_OK);
    assert_true(sum == 0 && v.n == 0);
    matcher_close(m);
    m = open_on(&results, &none, 2); /* no needs at all: nothing is damped */
    assert_int_equal(matcher_rank(m, 0, 0, 2, hit, n, 2, NULL), RC_OK);
    matcher_close(m);
    vec_free(&v);
    texts_free(&results);
    texts_free(&needs);
}

/* Among Chinese texts English function words are rare; they must not count. */
static void function_words_count_nothing(void **unused)
{
    (void)unused;
    struct texts results = {0}, needs = {0};
    texts_add(&results, "for the and of", "to at with");
    for (int i = 0; i < 20; i++)
        texts_add(&results, "钢轨打磨车", "");
    texts_add(&needs, "the drying of rice for farms", "锂电池隔膜 with coating");
    struct matcher *m = open_on(&results, &needs, 1);
    vec_product v = {0};
    double sum = 1;
    assert_false(matcher_params(m)->english);
    assert_int_equal(matcher_products(m, 0, 0, &v, &sum, NULL), RC_OK);
    assert_true(sum == 0 && v.n == 0);
    vec_free(&v);
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chinese_scores_are_r3),
        cmocka_unit_test(english_scores_are_word_pairs),
        cmocka_unit_test(small_collections_are_exact_too),
        cmocka_unit_test(ranks_are_sums_of_parts),
        cmocka_unit_test(many_results_are_ranked_whole),
        cmocka_unit_test(profiles_have_length_one),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(ties_go_to_the_smaller_number),
        cmocka_unit_test(the_same_text_scores_highest),
        cmocka_unit_test(nothing_matches_nothing),
        cmocka_unit_test(function_words_count_nothing),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
