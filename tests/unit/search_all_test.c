/* One box over all kinds, as everybody may use it. */
#define _GNU_SOURCE
#include "engine_help.h"

static struct site *site;
static int64_t org_a, org_b, need, masked, private, person;

static void find(const struct actor *a, const char *text, const char *only, struct arena *to,
                 vec_shown *out)
{
    const struct kind *k = only ? help_kind(site_kinds(site), only) : NULL;
    out->n = 0;
    OK(search_all(site, a, str_of(text), k, 20, to, out, &help_err));
}

static bool finds(const struct actor *a, const char *text, int64_t id)
{
    struct arena to = {0};
    vec_shown v = {0};
    bool found = false;
    find(a, text, NULL, &to, &v);
    for (size_t i = 0; i < v.n; i++)
        found = found || v.p[i].rec.id == id;
    vec_free(&v);
    arena_free(&to);
    return found;
}

/* Every hit's marks lie in its text, and its text is of the face that was given. */
static void test_shown(void **state)
{
    (void)state;
    struct actor broker = help_actor(ROLE_BROKER, 0);
    struct arena to = {0};
    vec_shown v = {0};
    find(&broker, "滴灌带 抗堵塞", NULL, &to, &v);
    assert_true(v.n >= 10);
    for (size_t i = 0; i < v.n; i++) {
        assert_true(i == 0 || v.p[i - 1].score >= v.p[i].score);
        assert_true(v.p[i].n_spans > 0);
        for (uint32_t k = 0; k < v.p[i].n_spans; k++)
            assert_true(v.p[i].span[k].from < v.p[i].span[k].to &&
                        v.p[i].span[k].to <= v.p[i].text.n);
        assert_true(str_starts(v.p[i].text, rec_title(&v.p[i].rec)));
    }
    find(&actor_visitor, "海棠", NULL, &to, &v);
    assert_int_equal(v.n, 1);
    assert_int_equal(v.p[0].rec.id, masked);
    assert_true(v.p[0].rec.face_public && v.p[0].rec.org == 0);
    assert_true(str_find(v.p[0].text, STR("金雕"), 0) == SIZE_MAX);
    vec_free(&v);
    arena_free(&to);
}

static void test_kinds(void **state)
{
    (void)state;
    struct arena to = {0};
    vec_shown v = {0};
    find(&actor_visitor, "滴灌", "need", &to, &v);
    assert_true(v.n > 0);
    for (size_t i = 0; i < v.n; i++)
        assert_string_equal(v.p[i].rec.kind->name.p, "need");
    /* an organisation that is called exactly so stands first of all that speak of it */
    find(&actor_visitor, "示例大学", NULL, &to, &v);
    assert_true(v.n > 1);
    assert_int_equal(v.p[0].rec.id, org_a);
    assert_true(finds(&actor_visitor, "欧阳示例", person));
    assert_true(finds(&actor_visitor, "欧", person));
    assert_true(finds(&actor_visitor, "欧阳", person));
    vec_free(&v);
    arena_free(&to);
}

static void test_secrets(void **state)
{
    (void)state;
    struct actor broker = help_actor(ROLE_BROKER, 0), auditor = help_actor(ROLE_AUDITOR, 0),
                 own = help_actor(ROLE_MEMBER, org_a), rival = help_actor(ROLE_EDITOR, org_b),
                 admin = help_actor(ROLE_ADMIN, 0);
    static const char *const words[] = {"金雕二号导引头", "金雕", "雕",
                                        "xk-2931",        "xk",   "导引头小型化"};
    static const char *const hidden[] = {"紫藤专案", "紫藤", "藤", "内控编号 7719"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        assert_true(finds(&broker, words[i], masked));
        assert_true(finds(&auditor, words[i], masked));
        assert_true(finds(&own, words[i], masked));
        assert_true(finds(&actor_system, words[i], masked));
        assert_false(finds(&rival, words[i], masked));
        assert_false(finds(&admin, words[i], masked));
        assert_false(finds(&actor_visitor, words[i], masked));
    }
    for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
        assert_true(finds(&broker, hidden[i], private));
        assert_true(finds(&own, hidden[i], private));
        assert_false(finds(&rival, hidden[i], private));
        assert_false(finds(&actor_visitor, hidden[i], private));
    }
    assert_true(finds(&rival, "海棠", masked));   /* its public wording */
    assert_false(finds(&broker, "海棠", masked)); /* who sees the whole searches the whole */
}

/* What was hidden a moment ago, or is hidden now, follows at once. */
static void test_changes(void **state)
{
    (void)state;
    struct actor own = help_actor(ROLE_EDITOR, org_a);
    struct making m;
    help_new(&m, site_kinds(site), "result");
    m.r.org = org_a;
    help_set(&m, "title", "墨兰花青素提取");
    help_set(&m, "body", "超声辅助");
    int64_t id = help_write(site, &m.r);
    assert_true(finds(&actor_visitor, "花青素", id));
    m.r.secrecy = SECRECY_PRIVATE;
    help_write(site, &m.r);
    help_wait(site);
    assert_false(finds(&actor_visitor, "花青素", id));
    assert_true(finds(&own, "花青素", id));
    m.r.secrecy = SECRECY_OPEN;
    help_set(&m, "title", "墨兰精油提取");
    help_write(site, &m.r);
    help_wait(site);
    assert_false(finds(&actor_visitor, "花青素", id));
    assert_true(finds(&actor_visitor, "精油", id));
    arena_free(&m.a);
    help_delete(site, "result", id);
    help_wait(site);
    assert_false(finds(&own, "精油", id));
}

static void test_odd(void **state)
{
    (void)state;
    static const char *const odd[] = {"", " ", "\xff\xfe", "、，。", "%", "_", "' or 1=1", "🙂"};
    struct arena to = {0};
    vec_shown v = {0};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++)
        find(&actor_visitor, odd[i], NULL, &to, &v);
    char *lots = malloc(100001);
    memset(lots, 'a', 100000);
    lots[100000] = 0;
    find(&actor_visitor, lots, NULL, &to, &v);
    assert_int_equal(v.n, 0);
    free(lots);
    vec_free(&v);
    arena_free(&to);
}

static int open_all(void **state)
{
    (void)state;
    struct making m;
    char ref[40];
    help_init();
    site = help_open(true);
    org_a = help_org(site, "示例大学");
    org_b = help_org(site, "示例企业");
    help_fill(site, org_a, 120, false);
    help_fill(site, org_b, 30, true);
    help_result(site, org_a, "示例大学中试基地", "由示例大学建设");
    need = help_need(site, org_b, "滴灌带回收", "滴灌带回收造粒");
    help_new(&m, site_kinds(site), "need");
    m.r.org = org_a;
    m.r.secrecy = SECRECY_MASKED;
    help_state(&m, "open");
    help_set(&m, "title", "金雕二号导引头小型化");
    help_mask(&m, "title", "海棠项目");
    help_set(&m, "body", "型号xk-2931的导引头小型化");
    help_mask(&m, "body", "精密制造");
    masked = help_put(site, &m);
    help_new(&m, site_kinds(site), "result");
    m.r.org = org_a;
    m.r.secrecy = SECRECY_PRIVATE;
    help_set(&m, "title", "紫藤专案");
    help_set(&m, "body", "内控编号 7719");
    private = help_put(site, &m);
    help_new(&m, site_kinds(site), "person");
    m.r.org = org_a;
    help_set(&m, "name", "欧阳示例");
    snprintf(ref, sizeof ref, "%lld", (long long)org_a);
    help_set(&m, "units", ref);
    person = help_put(site, &m);
    help_wait(site);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    site_close(site);
    help_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown),   cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_secrets), cmocka_unit_test(test_changes),
        cmocka_unit_test(test_odd),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
