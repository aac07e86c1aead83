/* The engine in a site: what one process writes another finds; who sees what; learning. */
#define _GNU_SOURCE
#include "engine_help.h"

#include "match/learn.h"

#include <math.h>
#include <time.h>

static struct site *site;  /* with an engine */
static struct site *other; /* another handle on the same files, as another process has it */
static int64_t org_a, org_b;

static const struct kind *kind_named(const char *name)
{
    return help_kind(site_kinds(site), name);
}

static void list(const struct actor *a, const char *kind, int64_t id, const char *of,
                 vec_pairing *out)
{
    out->n = 0;
    OK(pairing_list(site, a, kind_named(kind), id, kind_named(of), 20, NULL, out, &help_err));
}

static double score_in(const vec_pairing *v, int64_t id)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->p[i].id == id)
            return v->p[i].score;
    return -1;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Written through one handle, there through the other; bounded by a generous wait, the measured
 * time is bench/pairing's. */
static void test_other_process(void **state)
{
    (void)state;
    struct actor broker = help_actor(ROLE_BROKER, 0);
    vec_pairing v = {0};
    vec_shown shown = {0};
    struct arena a = {0};
    double start = seconds();
    int64_t need = help_need(other, org_b, "龙虾养殖水体亚硝酸盐快速检测", "求便携检测办法");
    int64_t result =
        help_result(other, org_a, "水体亚硝酸盐便携快速检测仪", "龙虾养殖塘口现场检测");
    OK(engine_wait(site, help_seq(other), 5000, &help_err));
    print_message("# seen after %.3f s\n", seconds() - start);
    list(&broker, "need", need, "result", &v);
    assert_true(v.n > 0 && v.p[0].id == result && v.p[0].credible);
    list(&actor_visitor, "result", result, "need", &v);
    assert_true(v.n > 0 && v.p[0].id == need);
    OK(search_all(site, &actor_visitor, STR("亚硝酸盐"), NULL, 10, &a, &shown, &help_err));
    assert_int_equal(shown.n, 2);
    assert_true(shown.p[0].n_spans > 0);
    assert_true(str_eq(span_str(shown.p[0].text, shown.p[0].span[0]), STR("亚硝酸盐")));
    help_delete(other, "result", result);
    OK(engine_wait(site, help_seq(other), 5000, &help_err));
    list(&broker, "need", need, "result", &v);
    assert_false(help_lists(&v, result));
    help_delete(other, "need", need);
    OK(engine_wait(site, help_seq(other), 5000, &help_err));
    vec_free(&v);
    vec_free(&shown);
    arena_free(&a);
}

static void test_generation(void **state)
{
    (void)state;
    struct actor broker = help_actor(ROLE_BROKER, 0);
    vec_pairing v = {0}, w = {0};
    int64_t need = help_need(site, org_a, "生猪疫病快检试剂", "现场快检");
    help_wait(site);
    list(&broker, "need", need, "result", &v);
    list(&broker, "need", need, "result", &w);
    assert_int_equal(v.n, w.n);
    for (size_t i = 0; i < v.n; i++)
        assert_true(v.p[i].id == w.p[i].id && v.p[i].score == w.p[i].score);
    uint64_t before = engine_generation(site);
    int64_t r = help_result(site, org_b, "生猪疫病快检试剂盒", "现场快检生猪疫病");
    list(&broker, "need", need, "result", &w); /* its own write is there without waiting */
    assert_true(engine_generation(site) > before);
    assert_true(help_lists(&w, r));
    help_delete(site, "need", need);
    help_delete(site, "result", r);
    help_wait(site);
    vec_free(&v);
    vec_free(&w);
}

/* ---- who sees what ---- */

static void test_scope(void **state)
{
    (void)state;
    struct actor broker = help_actor(ROLE_BROKER, 0), own = help_actor(ROLE_EDITOR, org_a),
                 rival = help_actor(ROLE_EDITOR, org_b);
    struct making m;
    vec_pairing v = {0};
    int64_t need = help_need(site, org_b, "量子密钥分发终端小型化", "求小型化办法");
    help_new(&m, site_kinds(site), "result");
    m.r.org = org_a;
    m.r.secrecy = SECRECY_PRIVATE;
    help_set(&m, "title", "量子密钥分发终端小型化芯片");
    help_set(&m, "body", "小型化芯片");
    int64_t private = help_put(site, &m);
    help_new(&m, site_kinds(site), "result");
    m.r.org = org_a;
    help_state(&m, "withdrawn");
    help_set(&m, "title", "量子密钥分发终端小型化样机");
    help_set(&m, "body", "样机");
    int64_t withdrawn = help_put(site, &m);
    help_wait(site);
    list(&broker, "need", need, "result", &v);
    assert_true(help_lists(&v, private) && !help_lists(&v, withdrawn));
    list(&own, "need", need, "result", &v);
    assert_true(help_lists(&v, private) && help_lists(&v, withdrawn));
    list(&rival, "need", need, "result", &v);
    assert_false(help_lists(&v, private) || help_lists(&v, withdrawn));
    list(&actor_visitor, "need", need, "result", &v);
    assert_false(help_lists(&v, private) || help_lists(&v, withdrawn));
    assert_int_equal(pairing_list(site, &actor_visitor, kind_named("result"), private,
                                  kind_named("need"), 5, NULL, &v, &help_err),
                     RC_USER);
    assert_string_equal(help_err.key, "service.missing");
    struct why why;
    struct arena a = {0};
    assert_int_equal(pairing_why(site, &rival, need, private, &a, &why, &help_err), RC_USER);
    help_delete(site, "need", need);
    help_delete(site, "result", private);
    help_delete(site, "result", withdrawn);
    help_wait(site);
    vec_free(&v);
    arena_free(&a);
}

static bool has(struct str s, const char *what)
{
    return str_find(s, str_of(what), 0) != SIZE_MAX;
}

/* A masked need and a private budget: nothing of them on any way out to another organisation. */
static void test_secrets(void **state)
{
    (void)state;
    struct actor broker = help_actor(ROLE_BROKER, 0), own = help_actor(ROLE_EDITOR, org_a),
                 rival = help_actor(ROLE_EDITOR, org_b);
    struct making m;
    struct arena a = {0};
    struct why why;
    vec_pairing v = {0};
    help_new(&m, site_kinds(site), "need");
    m.r.org = org_a;
    m.r.secrecy = SECRECY_MASKED;
    help_state(&m, "open");
    help_set(&m, "title", "玄武舱体密封圈耐温330℃");
    help_mask(&m, "title", "橡胶密封件耐高温");
    help_set(&m, "body", "玄武舱体用密封圈，耐温不低于330℃");
    help_mask(&m, "body", "橡胶密封件，欢迎洽谈");
    help_set(&m, "budget", "88万元");
    help_set(&m, "trl", "6");
    int64_t need = help_put(site, &m);
    help_new(&m, site_kinds(site), "result");
    m.r.org = org_b;
    help_set(&m, "title", "玄武舱体用密封圈");
    help_set(&m, "body", "耐温350℃");
    help_set(&m, "price", "60万元");
    help_set(&m, "trl", "7");
    int64_t result = help_put(site, &m);
    help_wait(site);

    OK(pairing_why(site, &own, need, result, &a, &why, &help_err));
    assert_true(has(why.need_text, "玄武"));
    double whole = why.score;
    assert_true(why.reason.n > 0);
    bool price = false;
    for (uint32_t i = 0; i < why.n_fits; i++)
        price = price || (why.fit[i].code == REASON_PRICE && why.fit[i].verdict == VERDICT_MET);
    assert_true(price);
    vec_free(&why.reason);
    list(&own, "need", need, "result", &v);
    assert_true(fabs(score_in(&v, result) - whole) < .5);

    OK(pairing_why(site, &rival, need, result, &a, &why, &help_err));
    assert_false(has(why.need_text, "玄武"));
    assert_true(why.score < whole - 5);
    for (uint32_t i = 0; i < why.n_fits; i++)
        assert_false(has(why.fit[i].need, "88"));
    for (size_t i = 0; i < why.reason.n; i++) {
        const struct reason *r = &why.reason.p[i];
        assert_true(r->need.to <= why.need_text.n && r->result.to <= why.offer_text.n);
        assert_false(has(span_str(why.need_text, r->need), "玄武"));
        assert_false(has(span_str(why.offer_text, r->result), "玄武"));
        assert_true(r->code != REASON_INDICATOR);
    }
    assert_int_equal(why.need.org, 0);
    double seen = why.score;
    vec_free(&why.reason);
    list(&rival, "result", result, "need", &v);
    assert_true(fabs(score_in(&v, need) - seen) < .5);
    list(&broker, "result", result, "need", &v);
    assert_true(fabs(score_in(&v, need) - whole) < .5);
    help_delete(site, "need", need);
    help_delete(site, "result", result);
    help_wait(site);
    vec_free(&v);
    arena_free(&a);
}

/* ---- people and organisations ---- */

static void test_people(void **state)
{
    (void)state;
    struct making m;
    vec_pairing v = {0};
    struct arena a = {0};
    struct why why;
    char ref[40];
    help_new(&m, site_kinds(site), "person");
    m.r.org = org_a;
    help_set(&m, "name", "示例甲");
    snprintf(ref, sizeof ref, "%lld", (long long)org_a);
    help_set(&m, "units", ref);
    int64_t person = help_put(site, &m);
    snprintf(ref, sizeof ref, "%lld", (long long)person);
    help_new(&m, site_kinds(site), "result");
    m.r.org = org_a;
    help_set(&m, "title", "古籍脱酸加固纳米材料");
    help_set(&m, "body", "古籍纸张脱酸与加固一次完成");
    help_set(&m, "people", ref);
    int64_t result = help_put(site, &m);
    int64_t need = help_need(site, org_b, "古籍纸张脱酸加固", "求纳米材料");
    help_wait(site);
    list(&actor_visitor, "need", need, "person", &v);
    assert_true(v.n > 0 && v.p[0].id == person && v.p[0].credible);
    list(&actor_visitor, "need", need, "org", &v);
    assert_true(v.n > 0 && v.p[0].id == org_a);
    list(&actor_visitor, "person", person, "need", &v);
    assert_true(v.n > 0 && v.p[0].id == need);
    OK(pairing_why(site, &actor_visitor, need, person, &a, &why, &help_err));
    assert_int_equal(why.via, result);
    assert_true(has(why.offer_text, "古籍") && why.reason.n > 0);
    assert_true(str_eq(rec_title(&why.offer), STR("示例甲")));
    vec_free(&why.reason);
    help_delete(site, "result", result);
    help_wait(site);
    list(&actor_visitor, "need", need, "person", &v);
    assert_false(v.n > 0 && v.p[0].id == person && v.p[0].credible);
    help_delete(site, "need", need);
    help_delete(site, "person", person);
    help_wait(site);
    vec_free(&v);
    arena_free(&a);
}

/* ---- what is new, and what was decided ---- */

static int64_t introduce(int64_t need, int64_t offer, const char *state)
{
    struct making m;
    char ref[40];
    help_new(&m, site_kinds(site), "introduction");
    m.r.org = org_a;
    help_state(&m, state);
    snprintf(ref, sizeof ref, "%lld", (long long)need);
    help_set(&m, "need", ref);
    snprintf(ref, sizeof ref, "%lld", (long long)offer);
    help_set(&m, "offer", ref);
    return help_put(site, &m);
}

static bool is_fresh(const struct actor *a, int64_t need, int64_t offer)
{
    vec_fresh v = {0};
    bool found = false;
    OK(pairing_fresh(site, a, 100, NULL, &v, &help_err));
    for (size_t i = 0; i < v.n; i++)
        found = found || (v.p[i].need == need && v.p[i].offer == offer);
    vec_free(&v);
    return found;
}

static void test_fresh(void **state)
{
    (void)state;
    struct account account = {.login = STR("who"),
                              .name = STR("who"),
                              .role = ROLE_EDITOR,
                              .org = org_a,
                              .active = true,
                              .seen_matches = help_time};
    struct tx *tx = NULL;
    OK(tx_begin(&tx, site_store(site), TX_WRITE, &help_err));
    OK(account_put(tx, &account, &help_err));
    OK(tx_commit(tx, &help_err));
    struct actor own = help_actor(ROLE_EDITOR, org_a), rival = help_actor(ROLE_EDITOR, org_b),
                 broker = help_actor(ROLE_BROKER, 0);
    own.account = account.id;
    rival.account = broker.account = 0;
    int64_t need = help_need(site, org_a, "甘蔗断尾蔗叶分离机构", "求蔗叶分离办法");
    help_time += 100;
    int64_t r = help_result(site, org_b, "甘蔗断尾蔗叶分离机构", "蔗叶分离");
    help_wait(site);
    assert_true(is_fresh(&own, need, r));
    assert_true(is_fresh(&broker, need, r));
    assert_false(is_fresh(&rival, need, r)); /* not its need */
    OK(pairing_seen(site, &own, &help_err));
    assert_false(is_fresh(&own, need, r));
    assert_true(is_fresh(&broker, need, r));
    int64_t x = introduce(need, r, "shortlist");
    help_wait(site);
    assert_false(is_fresh(&broker, need, r)); /* decided on */
    vec_pairing v = {0};
    list(&own, "need", need, "result", &v);
    assert_int_equal(v.p[0].introduction, x);
    list(&actor_visitor, "need", need, "result", &v);
    assert_int_equal(v.p[0].introduction, 0);
    help_delete(site, "introduction", x);
    help_delete(site, "need", need);
    help_delete(site, "result", r);
    help_wait(site);
    vec_free(&v);
}

/* Brokers here take what is mature and refuse what is not, whatever the words say. */
static void test_learn(void **state)
{
    (void)state;
    struct actor broker = help_actor(ROLE_BROKER, 0);
    struct learn_report report;
    struct making m;
    vec_pairing v = {0};
    char title[200], body[600];
    int64_t need[12] = {0}, made[12][2];
    enum rc rc = pairing_learn(site, &report, &help_err);
    assert_int_equal(rc, RC_USER);
    assert_string_equal(help_err.key, "match.learn_few");
    for (uint32_t i = 0; i < 12; i++) {
        help_words(500 + i, title, body);
        help_new(&m, site_kinds(site), "need");
        m.r.org = org_a;
        help_state(&m, "open");
        help_set(&m, "title", title);
        help_set(&m, "body", body);
        help_set(&m, "trl", "6");
        need[i] = help_put(site, &m);
        for (int k = 0; k < 2; k++) { /* the nearer one is not ready */
            help_new(&m, site_kinds(site), "result");
            m.r.org = org_b;
            help_set(&m, "title", title);
            help_set(&m, "body", k ? "已批量应用" : body);
            help_set(&m, "trl", k ? "8" : "3");
            made[i][k] = help_put(site, &m);
            introduce(need[i], made[i][k], k ? "talking" : "refused");
        }
        if (i)
            introduce(need[i], made[i - 1][0], "refused");
    }
    help_wait(site);
    list(&broker, "need", need[5], "result", &v);
    assert_true(score_in(&v, made[5][0]) > score_in(&v, made[5][1]));
    uint64_t before = engine_generation(site);
    OK(pairing_learn(site, &report, &help_err));
    assert_true(report.gains && report.after > report.before);
    help_wait(site);
    assert_true(engine_generation(site) > before);
    list(&broker, "need", need[5], "result", &v);
    assert_true(score_in(&v, made[5][0]) < score_in(&v, made[5][1]));
    struct arena a = {0};
    struct why why;
    OK(pairing_why(site, &broker, need[5], made[5][1], &a, &why, &help_err));
    assert_true(fabs(why.score - score_in(&v, made[5][1])) < .5);
    vec_free(&why.reason);
    vec_free(&v);
    arena_free(&a);
    /* and after a restart */
    site_close(site);
    site = help_open(true);
    vec_pairing w = {0};
    list(&broker, "need", need[5], "result", &w);
    assert_true(score_in(&w, made[5][0]) < score_in(&w, made[5][1]));
    vec_free(&w);
}

static void test_no_engine(void **state)
{
    (void)state;
    vec_pairing v = {0};
    assert_int_equal(pairing_list(other, &actor_system, kind_named("need"), 1, kind_named("result"),
                                  5, NULL, &v, &help_err),
                     RC_SYS);
    assert_string_equal(help_err.key, "engine.none");
    assert_int_equal(engine_generation(other), 0);
}

static int open_all(void **state)
{
    (void)state;
    help_init();
    site = help_open(false);
    org_a = help_org(site, "示例大学");
    org_b = help_org(site, "示例企业");
    help_fill(site, org_a, 200, false);
    help_fill(site, org_b, 30, true);
    other = site;
    site = help_open(true);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    site_close(site);
    site_close(other);
    help_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_process), cmocka_unit_test(test_generation),
        cmocka_unit_test(test_scope),         cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_people),        cmocka_unit_test(test_fresh),
        cmocka_unit_test(test_learn),         cmocka_unit_test(test_no_engine),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
