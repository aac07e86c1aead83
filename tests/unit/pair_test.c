/* Pairs outside the matcher against the matcher itself: the same numbers for texts that it holds,
 * nearly those of a new matcher for texts that it does not. */
#include "match_help.h"

#include "match/pair.h"
#include "service/model.h"

#include <string.h>

static struct model *model;

static struct matcher *open_on(struct texts *results, struct texts *needs)
{
    struct matcher *m = NULL;
    assert_int_equal(
        matcher_open(&m, source_of(results), source_of(needs), model_knowledge(model), 2, NULL),
        RC_OK);
    return m;
}

static void near_parts(struct match_parts a, struct match_parts b, double cosine, double view)
{
    if (fabs(a.cosine - b.cosine) > cosine || fabs(a.knowledge - b.knowledge) > view ||
        fabs(a.latent - b.latent) > view)
        fail_msg("%.9f %.6f %.6f, not %.9f %.6f %.6f", a.cosine, a.knowledge, a.latent, b.cosine,
                 b.knowledge, b.latent);
}

/* Chinese, with knowledge; and English, with the latent view. */
static void held_texts(uint32_t han)
{
    struct texts results = {0}, needs = {0};
    random_texts(&results, 200, 60, han);
    random_texts(&needs, 30, 40, han);
    struct matcher *m = open_on(&results, &needs);
    for (uint32_t i = 0; i < needs.n; i++) {
        struct asked *a = NULL;
        assert_int_equal(asked_open(&a, m, needs.t[i], NULL), RC_OK);
        for (uint32_t j = i % 5; j < results.n; j += 5) {
            struct match_parts want;
            struct offered *held = NULL, *read = NULL;
            assert_int_equal(matcher_parts(m, i, j, &want, NULL), RC_OK);
            assert_int_equal(offered_held(&held, m, j, NULL), RC_OK);
            assert_int_equal(offered_open(&read, m, results.t[j], NULL), RC_OK);
            near_parts(pair_parts(m, a, held), want, 1e-9, 5e-3);
            near_parts(pair_parts(m, a, read), want, 1e-9, 5e-3);
            offered_close(held);
            offered_close(read);
        }
        asked_close(a);
    }
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

static void test_held(void **state)
{
    (void)state;
    held_texts(10);
    held_texts(0);
    held_texts(6);
}

static void test_rank(void **state)
{
    (void)state;
    struct texts results = {0}, needs = {0};
    random_texts(&results, 300, 50, 9);
    random_texts(&needs, 20, 30, 9);
    struct matcher *m = open_on(&results, &needs);
    struct hit want[20 * 10], got[10];
    uint32_t count[20], n;
    assert_int_equal(matcher_rank(m, 0, 20, 10, want, count, 2, NULL), RC_OK);
    for (uint32_t i = 0; i < 20; i++) {
        struct asked *a = NULL;
        struct match_parts part[10];
        assert_int_equal(asked_open(&a, m, needs.t[i], NULL), RC_OK);
        assert_int_equal(asked_rank(m, a, 10, got, &n, part, NULL), RC_OK);
        assert_int_equal(n, count[i]);
        for (uint32_t k = 0; k < n; k++) {
            assert_int_equal(got[k].id, want[i * 10 + k].id);
            assert_true(got[k].score == want[i * 10 + k].score);
            assert_true(fabs(match_sum(matcher_params(m), part[k]) - got[k].score) < 1e-9);
        }
        asked_close(a);
    }
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

/* A result asks for whom it is: the numbers that each need gives it. */
static void test_askers(void **state)
{
    (void)state;
    struct texts results = {0}, needs = {0};
    random_texts(&results, 120, 50, 9);
    random_texts(&needs, 60, 30, 9);
    struct matcher *m = open_on(&results, &needs);
    struct askers *all = NULL;
    struct match_parts part[60], want;
    assert_int_equal(askers_open(&all, m, 2, NULL), RC_OK);
    for (uint32_t j = 0; j < results.n; j += 3) {
        struct offered *o = NULL;
        assert_int_equal(offered_held(&o, m, j, NULL), RC_OK);
        askers_parts(all, o, part);
        for (uint32_t i = 0; i < needs.n; i++) {
            assert_int_equal(matcher_parts(m, i, j, &want, NULL), RC_OK);
            near_parts(part[i], want, 1e-5, 5e-3);
        }
        offered_close(o);
    }
    askers_close(all);
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

static void test_none(void **state)
{
    (void)state;
    struct texts results = {0}, needs = {0}, some = {0};
    struct matcher *m = open_on(&results, &needs);
    struct askers *all = NULL;
    struct asked *a = NULL;
    struct offered *o = NULL;
    struct match_parts none;
    uint32_t n = 9;
    texts_add(&some, "钠离子电池", "层状氧化物正极");
    texts_add(&some, "", "");
    assert_int_equal(askers_open(&all, m, 2, NULL), RC_OK);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(asked_open(&a, m, some.t[i], NULL), RC_OK);
        assert_int_equal(offered_open(&o, m, some.t[i], NULL), RC_OK);
        struct match_parts p = pair_parts(m, a, o);
        assert_true(isfinite(p.cosine) && isfinite(p.knowledge) && isfinite(p.latent));
        assert_true(i ? p.cosine == 0 : p.cosine > .8);
        askers_parts(all, o, &none);
        assert_int_equal(asked_rank(m, a, 0, NULL, &n, NULL, NULL), RC_OK);
        assert_int_equal(n, 0);
        asked_close(a);
        offered_close(o);
    }
    askers_close(all);
    matcher_close(m);
    texts_free(&some);
}

/* A matcher over nine tenths judges the rest as one over all does, nearly: by how much is in
 * docs/match.md. */
static void test_new_texts(void **state)
{
    (void)state;
    struct texts all = {0}, most = {0}, needs = {0};
    double worst = 0, sum = 0;
    uint32_t pairs = 0;
    random_texts(&all, 400, 80, 9);
    random_texts(&needs, 100, 40, 9);
    most = all;
    most.n = 360;
    struct matcher *whole = open_on(&all, &needs), *part = open_on(&most, &needs);
    for (uint32_t j = most.n; j < all.n; j++) {
        struct offered *o = NULL;
        assert_int_equal(offered_open(&o, part, all.t[j], NULL), RC_OK);
        for (uint32_t i = 0; i < needs.n; i += 3) {
            struct asked *a = NULL;
            struct match_parts want;
            assert_int_equal(asked_open(&a, part, needs.t[i], NULL), RC_OK);
            assert_int_equal(matcher_parts(whole, i, j, &want, NULL), RC_OK);
            double d = fabs(match_sum(matcher_params(part), pair_parts(part, a, o)) -
                            match_sum(matcher_params(whole), want));
            worst = fmax(worst, d);
            sum += d;
            pairs++;
            asked_close(a);
        }
        offered_close(o);
    }
    print_message("# new texts: mean difference %.5f, worst %.5f\n", sum / pairs, worst);
    assert_true(sum / pairs < .01 && worst < .05);
    matcher_close(whole);
    matcher_close(part);
    texts_free(&all);
    texts_free(&needs);
}

static void test_phrases(void **state)
{
    (void)state;
    struct texts results = {0}, needs = {0};
    random_texts(&results, 60, 40, 9);
    texts_add(&results, "滴灌带抗堵塞技术", "迷宫流道，抗堵塞性能好");
    texts_add(&needs, "滴灌带抗堵塞", "求滴灌带抗堵塞办法");
    struct matcher *m = open_on(&results, &needs);
    vec_reason a = {0}, b = {0};
    assert_int_equal(reasons_phrases(m, NULL, NULL, 0, 60, &a, NULL), RC_OK);
    assert_int_equal(reasons_phrases_between(m, NULL, needs.t[0], results.t[60], &b, NULL), RC_OK);
    assert_true(a.n > 0);
    assert_int_equal(a.n, b.n);
    for (size_t i = 0; i < a.n; i++) {
        assert_memory_equal(&a.p[i].need, &b.p[i].need, sizeof a.p[i].need);
        assert_memory_equal(&a.p[i].result, &b.p[i].result, sizeof a.p[i].result);
        assert_true(fabs(a.p[i].share - b.p[i].share) < 1e-9);
    }
    vec_free(&a);
    vec_free(&b);
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

static int open_model(void **state)
{
    (void)state;
    return model_open(&model, NULL, NULL);
}

static int close_model(void **state)
{
    (void)state;
    model_close(model);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held),      cmocka_unit_test(test_rank),
        cmocka_unit_test(test_askers),    cmocka_unit_test(test_none),
        cmocka_unit_test(test_new_texts), cmocka_unit_test(test_phrases),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
