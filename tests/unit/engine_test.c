/* The engine without a site: docs, bases, the table. */
#define _GNU_SOURCE
#include "engine_help.h"

#include "service/pairing_int.h"
#include "service/site_int.h"

#include <math.h>

static struct arena declared;
static struct kinds *kinds;
static struct model *model;
static const struct kind **kind_at;

static struct rec *prepare(struct making *m, int64_t id, int64_t org)
{
    m->r.id = id;
    m->r.org = org;
    m->r.version = 1;
    m->r.since = help_time;
    return &m->r;
}

static struct doc *doc_of(struct making *m)
{
    struct arena scratch = {0};
    struct doc *d = NULL;
    OK(doc_make(&d, &m->r, &scratch, &help_err));
    arena_free(&scratch);
    arena_free(&m->a);
    return d;
}

static struct doc *make(const char *kind, int64_t id, const char *title, const char *body)
{
    struct making m;
    help_new(&m, kinds, kind);
    help_set(&m, "title", title);
    help_set(&m, "body", body);
    if (strcmp(kind, "need") == 0)
        help_state(&m, "open");
    prepare(&m, id, 1 + id % 7);
    return doc_of(&m);
}

static struct doc *numbered(const char *kind, int64_t id, uint32_t i)
{
    char title[200], body[600];
    help_words(i, title, body);
    return make(kind, id, title, body);
}

static void put(struct table *t, struct doc *d)
{
    OK(table_put(t, d, &help_err));
}

static void attach(struct table *t)
{
    struct doc **doc;
    uint32_t n;
    struct base *b = NULL;
    OK(table_docs(t, &doc, &n, &help_err));
    OK(base_make(&b, doc, n, kind_at, kinds_count(kinds), model_knowledge(model), 2, &help_err));
    for (uint32_t i = 0; i < n; i++)
        doc_drop(doc[i]);
    mem_free(doc);
    OK(table_attach(t, b, &help_err));
}

#define NEEDS   40
#define RESULTS 300

/* Results 1000…, needs 5000…; some of them only after the base was made. */
static void fill(struct table *t, uint32_t before)
{
    for (uint32_t i = 0; i < NEEDS; i++)
        put(t, numbered("need", 5000 + i, i * 5 + 1));
    for (uint32_t i = 0; i < before; i++)
        put(t, numbered("result", 1000 + i, i));
    attach(t);
    for (uint32_t i = before; i < RESULTS; i++)
        put(t, numbered("result", 1000 + i, i));
}

static const struct kind *result_kind(void)
{
    return help_kind(kinds, "result");
}

static void offers(const struct table *t, int64_t need, vec_ranked *out)
{
    OK(rank_offers(t, model_units(model), table_doc(t, need), 0, result_kind(), NULL, out,
                   &help_err));
}

static double place_score(const vec_ranked *v, int64_t id)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->p[i].id == id)
            return v->p[i].whole;
    return NAN;
}

static void test_docs(void **state)
{
    (void)state;
    struct making m;
    help_new(&m, kinds, "need");
    help_state(&m, "open");
    m.r.secrecy = SECRECY_MASKED;
    help_set(&m, "title", "某型导弹密封圈");
    help_mask(&m, "title", "橡胶密封件");
    help_set(&m, "body", "耐高温");
    help_set(&m, "trl", "5");
    help_set(&m, "budget", "50万元");
    prepare(&m, 9, 3);
    struct doc *d = doc_of(&m);
    assert_true(d->visible && d->standing && d->masked && d->search_masked);
    assert_true(str_find(d->match[0].text, STR("导弹"), 0) != SIZE_MAX);
    for (int f = 0; f < 2; f++) {
        assert_true(str_find(f ? d->match[1].text : d->search[1].text, STR("导弹"), 0) == SIZE_MAX);
        assert_true(str_find(f ? d->match[1].text : d->search[1].text, STR("密封件"), 0) !=
                    SIZE_MAX);
    }
    assert_int_equal(d->facts.trl, 5);
    assert_true(d->facts.money == INT64_MIN); /* private: never in a score */
    doc_drop(d);
}

/* Changed, new and deleted records, against a base made of the same records: the same order, the
 * same numbers nearly. */
static void test_delta_is_rebuild(void **state)
{
    (void)state;
    struct table t = {0};
    vec_ranked before = {0}, after = {0};
    double sum = 0, worst = 0;
    uint32_t n = 0, same = 0, of = 0;
    fill(&t, RESULTS - 15);
    for (uint32_t i = 0; i < 5; i++)
        put(&t, numbered("result", 1010 + i, 700 + i)); /* other words now */
    for (uint32_t i = 0; i < 5; i++)
        table_remove(&t, 1050 + i);
    put(&t, numbered("need", 5003, 33));
    vec_ranked kept[NEEDS] = {{0}};
    for (uint32_t i = 0; i < NEEDS; i++)
        offers(&t, 5000 + i, &kept[i]);
    assert_true(t.n_changed > 20);
    attach(&t);
    assert_int_equal(t.n_changed, 0);
    for (uint32_t i = 0; i < NEEDS; i++) {
        offers(&t, 5000 + i, &after);
        assert_int_equal(after.n, RESULTS - 5);
        assert_int_equal(kept[i].n, after.n);
        for (size_t k = 0; k < after.n; k++) {
            double d = fabs(place_score(&kept[i], after.p[k].id) - after.p[k].whole);
            assert_true(isfinite(d));
            sum += d;
            worst = fmax(worst, d);
            n++;
        }
        for (size_t k = 0; k < 10; k++, of++)
            for (size_t j = 0; j < 10; j++)
                same += kept[i].p[j].id == after.p[k].id;
        vec_free(&kept[i]);
    }
    print_message("# delta against rebuild: mean %.5f, worst %.5f, first ten alike %.3f\n", sum / n,
                  worst, (double)same / of);
    assert_true(sum / n < .01 && worst < .06 && same > of * 9 / 10);
    vec_free(&before);
    vec_free(&after);
    table_close(&t);
}

static void test_places(void **state)
{
    (void)state;
    struct table t = {0};
    vec_ranked v = {0};
    fill(&t, RESULTS);
    assert_int_equal(t.n_changed, 0);
    /* the same words again: nothing changes but the record */
    struct doc *d = numbered("result", 1007, 7);
    d->version = 2;
    put(&t, d);
    assert_int_equal(t.n_changed, 0);
    assert_int_equal(table_doc(&t, 1007)->version, 2);
    offers(&t, 5000, &v);
    assert_int_equal(v.n, RESULTS);
    table_remove(&t, 1007);
    table_remove(&t, 1007);
    table_remove(&t, 77);
    offers(&t, 5000, &v);
    assert_int_equal(v.n, RESULTS - 1);
    assert_true(isnan(place_score(&v, 1007)));
    put(&t, numbered("result", 1007, 7)); /* and it is back */
    offers(&t, 5000, &v);
    assert_true(isfinite(place_score(&v, 1007)));
    /* a matching text comes first at once */
    put(&t, make("result", 9999, "滴灌带抗堵塞流道提高效率技术1", "围绕滴灌带抗堵塞流道"));
    offers(&t, 5000, &v);
    put(&t, make("need", 6000, "滴灌带抗堵塞流道提高效率技术1", "围绕滴灌带抗堵塞流道"));
    offers(&t, 6000, &v);
    assert_int_equal(v.p[0].id, 9999);
    vec_free(&v);
    table_close(&t);
}

/* For whom an offer is: the same scores as from the other side. */
static void test_both_ways(void **state)
{
    (void)state;
    struct table t = {0};
    vec_ranked v = {0}, w = {0};
    fill(&t, RESULTS - 10);
    put(&t, numbered("need", 5500, 8));
    for (uint32_t i = 0; i < RESULTS; i += 29) {
        OK(rank_needs(&t, model_units(model), table_doc(&t, 1000 + i), 0, NULL, &v, &help_err));
        assert_int_equal(v.n, NEEDS + 1);
        for (size_t k = 0; k < v.n; k += 3) {
            offers(&t, v.p[k].id, &w);
            assert_true(fabs(place_score(&w, 1000 + i) - v.p[k].whole) < 5e-3);
        }
    }
    vec_free(&v);
    vec_free(&w);
    table_close(&t);
}

/* Of a masked record the public's score is that of its public wording. */
static void test_masked_scores(void **state)
{
    (void)state;
    struct table t = {0};
    struct making m;
    vec_ranked v = {0};
    fill(&t, 50);
    for (int round = 0; round < 2; round++) { /* in the delta, then in a base */
        help_new(&m, kinds, "result");
        m.r.secrecy = SECRECY_MASKED;
        help_set(&m, "title", "紫晶石墨烯雷达吸波涂层");
        help_mask(&m, "title", "一种涂层");
        help_set(&m, "body", "紫晶石墨烯");
        help_mask(&m, "body", "功能涂层，欢迎洽谈");
        prepare(&m, 8000, 2);
        put(&t, doc_of(&m));
        put(&t, make("need", 6000, "雷达吸波涂层", "紫晶石墨烯"));
        offers(&t, 6000, &v);
        assert_int_equal(v.p[0].id, 8000);
        assert_true(v.p[0].open < v.p[0].whole - .3);
        double pair;
        OK(rank_pair(&t, model_units(model), table_doc(&t, 6000), 0, table_doc(&t, 8000), 1, &pair,
                     &help_err));
        assert_true(fabs(pair - v.p[0].open) < 1e-5);
        attach(&t);
    }
    vec_free(&v);
    table_close(&t);
}

static void test_weights(void **state)
{
    (void)state;
    struct table t = {0};
    struct making m;
    vec_ranked v = {0};
    fill(&t, RESULTS);
    help_new(&m, kinds, "need");
    help_state(&m, "open");
    help_set(&m, "title", "锂电池隔膜涂布");
    help_set(&m, "body", "求合作");
    help_set(&m, "trl", "7");
    prepare(&m, 6000, 1);
    put(&t, doc_of(&m));
    int64_t last = 0;
    for (int64_t id = 8000; id < 8002; id++) {
        help_new(&m, kinds, "result");
        help_set(&m, "title", "锂电池隔膜涂布");
        help_set(&m, "body", "求合作");
        help_set(&m, "trl", id == 8000 ? "3" : "8");
        prepare(&m, id, 1);
        put(&t, doc_of(&m));
        last = id;
    }
    offers(&t, 6000, &v);
    assert_int_equal(v.p[0].id, 8000); /* alike: the smaller number */
    t.learnt = true;
    t.weights.w[FEATURE_COSINE] = 1;
    t.weights.w[FEATURE_TRL] = .2;
    offers(&t, 6000, &v);
    assert_int_equal(v.p[0].id, last);
    assert_true(fabs(v.p[0].whole - v.p[1].whole - .4) < 1e-3);
    assert_int_equal(v.n, rank_most(&t));
    vec_free(&v);
    table_close(&t);
}

static void test_decisions(void **state)
{
    (void)state;
    struct table t = {0};
    OK(table_decide(&t, (struct decision){7, 1, 2, 3}, &help_err));
    OK(table_decide(&t, (struct decision){9, 1, 2, 4}, &help_err));
    OK(table_decide(&t, (struct decision){8, 1, 2, 5}, &help_err));
    OK(table_decide(&t, (struct decision){6, 2, 1, 6}, &help_err));
    assert_int_equal(table_decision(&t, 1, 2)->id, 9);
    assert_int_equal(table_decision(&t, 2, 1)->state, 6);
    assert_null(table_decision(&t, 1, 3));
    table_undecide(&t, 9);
    assert_null(table_decision(&t, 1, 2));
    OK(table_decide(&t, (struct decision){10, 1, 2, 0}, &help_err));
    assert_int_equal(table_decision(&t, 1, 2)->id, 10);
    table_close(&t);
}

static void test_facts(void **state)
{
    (void)state;
    struct making m;
    struct facts need, offer;
    enum verdict v;
    help_new(&m, kinds, "need");
    help_set(&m, "industry", "C38");
    help_set(&m, "region", "320500");
    help_set(&m, "trl", "6");
    help_set(&m, "deadline", "2027-06-30");
    help_set(&m, "budget", "50万元");
    facts_read(&need, &m.r, true);
    arena_free(&m.a);
    help_new(&m, kinds, "result");
    help_set(&m, "industry", "C38");
    help_set(&m, "region", "320000");
    help_set(&m, "trl", "5");
    help_set(&m, "date", "2026-01-01");
    help_set(&m, "price", "60万元");
    facts_read(&offer, &m.r, true);
    assert_true(facts_judge(REASON_INDUSTRY, &need, &offer, &v) && v == VERDICT_MET);
    assert_true(facts_judge(REASON_REGION, &need, &offer, &v) && v == VERDICT_MET);
    assert_true(facts_judge(REASON_TRL, &need, &offer, &v) && v == VERDICT_MISSED);
    assert_true(facts_judge(REASON_DEADLINE, &need, &offer, &v) && v == VERDICT_MET);
    assert_true(facts_judge(REASON_PRICE, &need, &offer, &v) && v == VERDICT_MISSED);
    help_set(&m, "industry", "A01");
    help_set(&m, "region", "320100");
    help_set(&m, "price", "");
    facts_read(&offer, &m.r, true);
    assert_true(facts_judge(REASON_INDUSTRY, &need, &offer, &v) && v == VERDICT_MISSED);
    assert_true(facts_judge(REASON_REGION, &need, &offer, &v) && v == VERDICT_UNKNOWN);
    assert_false(facts_judge(REASON_PRICE, &need, &offer, &v));
    arena_free(&m.a);
}

/* ---- searching ---- */

static int whole_face(void *ctx, const struct doc *d)
{
    (void)ctx;
    (void)d;
    return 0;
}

static int open_face(void *ctx, const struct doc *d)
{
    (void)ctx;
    return d->visible ? 1 : -1;
}

static size_t search(const struct table *t, const char *text, face_fn face, vec_found *v)
{
    OK(table_search(t, str_of(text), NULL, 20, face, NULL, v, &help_err));
    return v->n;
}

static bool finds(const struct table *t, const char *text, face_fn face, int64_t id)
{
    vec_found v = {0};
    bool found = false;
    search(t, text, face, &v);
    for (size_t i = 0; i < v.n; i++)
        found = found || v.p[i].id == id;
    vec_free(&v);
    return found;
}

static void test_search(void **state)
{
    (void)state;
    struct table t = {0};
    vec_found v = {0};
    fill(&t, RESULTS - 20);
    put(&t, make("result", 8000, "PEEK齿轮注塑成型", "Polyether ether ketone 齿轮，鑫"));
    for (int round = 0; round < 2; round++) {
        assert_true(finds(&t, "注塑成型", whole_face, 8000));
        assert_true(finds(&t, "peek", open_face, 8000));
        assert_true(finds(&t, "ＰＥＥＫ", open_face, 8000)); /* full width */
        assert_true(finds(&t, "polyeth", open_face, 8000));  /* a word's beginning */
        assert_true(finds(&t, "鑫", open_face, 8000));       /* one character, in the body */
        assert_true(finds(&t, "齿轮", open_face, 8000));
        assert_false(finds(&t, "ether gear nothing", open_face, 1000));
        assert_int_equal(search(&t, "", open_face, &v), 0);
        assert_int_equal(search(&t, "  ", open_face, &v), 0);
        assert_int_equal(search(&t, "龘龘", open_face, &v), 0);
        assert_int_equal(search(&t, "滴灌", open_face, &v), 20);
        /* all words before some */
        search(&t, "光伏组件清洗技术6", open_face, &v);
        assert_int_equal(v.p[0].id, 1006);
        attach(&t);
    }
    vec_free(&v);
    table_close(&t);
}

static void test_search_secrets(void **state)
{
    (void)state;
    struct table t = {0};
    struct making m;
    fill(&t, 100);
    for (int round = 0; round < 2; round++) {
        help_new(&m, kinds, "need");
        m.r.secrecy = SECRECY_MASKED;
        help_state(&m, "open");
        help_set(&m, "title", "曙光七号密钥分发");
        help_mask(&m, "title", "通信安全");
        help_set(&m, "body", "绝密工艺 zx81q");
        help_mask(&m, "body", "寻求合作");
        prepare(&m, 8000, 2);
        put(&t, doc_of(&m));
        help_new(&m, kinds, "result");
        m.r.secrecy = SECRECY_PRIVATE;
        help_set(&m, "title", "琥珀计划");
        help_set(&m, "body", "内部资料 qq77");
        prepare(&m, 8001, 2);
        put(&t, doc_of(&m));
        static const char *const hidden[] = {
            "曙光七号密钥分发", "曙光", "曙",   "绝密工艺", "zx81q", "zx",
            "琥珀计划",         "珀",   "qq77", "内部资料"};
        for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
            int64_t id = i < 6 ? 8000 : 8001;
            assert_true(finds(&t, hidden[i], whole_face, id));
            assert_false(finds(&t, hidden[i], open_face, id));
        }
        assert_true(finds(&t, "通信安全", open_face, 8000));
        assert_true(finds(&t, "寻求合作", open_face, 8000));
        attach(&t);
    }
    table_close(&t);
}

static void test_spans(void **state)
{
    (void)state;
    struct span s[8];
    uint32_t n;
    struct str text = STR("滴灌带抗堵塞：PEEK 滴灌，堵塞");
    OK(search_spans(STR("滴灌 堵塞 peek"), text, s, 8, &n, &help_err));
    assert_int_equal(n, 5);
    assert_true(str_eq(span_str(text, s[0]), STR("滴灌")));
    assert_true(str_eq(span_str(text, s[1]), STR("堵塞")));
    assert_true(str_eq(span_str(text, s[2]), STR("PEEK")));
    OK(search_spans(STR("滴灌带抗"), text, s, 8, &n, &help_err));
    assert_true(str_eq(span_str(text, s[0]), STR("滴灌带抗")));
    OK(search_spans(STR("堵"), text, s, 1, &n, &help_err));
    assert_int_equal(n, 1);
    OK(search_spans(STR(""), text, s, 8, &n, &help_err));
    assert_int_equal(n, 0);
}

static int open_all(void **state)
{
    (void)state;
    struct err e;
    if (model_open(&model, NULL, &e) || declared_open(&kinds, NULL, &declared, &e)) {
        print_error("%s %s\n", e.key, e.detail);
        return 1;
    }
    kind_at = calloc(kinds_count(kinds), sizeof *kind_at);
    for (uint32_t i = 0; i < kinds_count(kinds); i++)
        kind_at[kinds_at(kinds, i)->index] = kinds_at(kinds, i);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    free(kind_at);
    kinds_close(kinds);
    model_close(model);
    arena_free(&declared);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_docs),          cmocka_unit_test(test_delta_is_rebuild),
        cmocka_unit_test(test_places),        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_masked_scores), cmocka_unit_test(test_weights),
        cmocka_unit_test(test_decisions),     cmocka_unit_test(test_facts),
        cmocka_unit_test(test_search),        cmocka_unit_test(test_search_secrets),
        cmocka_unit_test(test_spans),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
