/* Who may do what: every role and right from a table that stands here once more. */
#define _GNU_SOURCE
#include "site_help.h"

/* Right by right: c(reate), w(rite), d(elete), f(ull view), p(ublic view); on a record of the own
 * organisation and of another one. */
static const struct {
    enum role role;
    const char *own, *other;
} wanted[] = {
    {ROLE_VISITOR, "p", "p"},        {ROLE_MEMBER, "fp", "p"},   {ROLE_EDITOR, "cwfp", "p"},
    {ROLE_BROKER, "cwdfp", "cwdfp"}, {ROLE_AUDITOR, "fp", "fp"}, {ROLE_ADMIN, "p", "p"},
};

static void rights_text(char *to, const struct actor *a, const struct rec *r)
{
    const struct kind *k = r->kind;
    if (actor_may(a, k, RIGHT_CREATE, r))
        *to++ = 'c';
    if (actor_may(a, k, RIGHT_WRITE, r))
        *to++ = 'w';
    if (actor_may(a, k, RIGHT_DELETE, r))
        *to++ = 'd';
    if (actor_sees_all(a, r))
        *to++ = 'f';
    if (actor_may(a, k, RIGHT_READ, r))
        *to++ = 'p';
    *to = 0;
}

/* probe's tables name auditor and admin as writers: the three roles stay apart all the same. */
static void test_rights(void **unused)
{
    struct rec own, other;
    char text[8];
    (void)unused;
    OK(rec_new(&own, kind_of("probe"), &mem, &e));
    OK(rec_new(&other, kind_of("probe"), &mem, &e));
    own.org = org_a;
    other.org = org_b;
    own.state = other.state = state_find(own.kind, STR("open"));
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        bool belongs = wanted[i].role == ROLE_MEMBER || wanted[i].role == ROLE_EDITOR;
        struct actor a = actor(wanted[i].role, belongs ? org_a : 0);
        rights_text(text, &a, &own);
        assert_string_equal(text, wanted[i].own);
        rights_text(text, &a, &other);
        assert_string_equal(text, wanted[i].other);
        a.read_only = true;
        assert_false(actor_may(&a, own.kind, RIGHT_CREATE, &own));
        assert_false(actor_may(&a, own.kind, RIGHT_WRITE, &own));
        assert_false(actor_may(&a, own.kind, RIGHT_DELETE, &own));
    }
    rights_text(text, &actor_system, &other);
    assert_string_equal(text, "cwdfp");
}

static void test_hidden_state(void **unused)
{
    struct rec r;
    char text[8];
    (void)unused;
    OK(rec_new(&r, kind_of("probe"), &mem, &e)); /* a draft */
    r.org = org_b;
    struct actor a = actor(ROLE_EDITOR, org_a);
    rights_text(text, &a, &r);
    assert_string_equal(text, "");
    rights_text(text, &actor_visitor, &r);
    assert_string_equal(text, "");
    a.org = 0; /* an editor without organisation is nobody's */
    r.org = 0;
    rights_text(text, &a, &r);
    assert_string_equal(text, "");
}

/* Steps: by the action's roles, else by whoever may write. */
static void test_steps(void **unused)
{
    static const struct {
        enum role role;
        bool own, other;
    } rows[] = {{ROLE_VISITOR, false, false}, {ROLE_MEMBER, false, false},
                {ROLE_EDITOR, true, false},   {ROLE_BROKER, true, true},
                {ROLE_AUDITOR, false, false}, {ROLE_ADMIN, false, false}};
    struct rec r;
    (void)unused;
    OK(rec_new(&r, kind_of("probe"), &mem, &e));
    r.state = state_find(r.kind, STR("open"));
    const struct step *close = step_find(r.kind, r.state, STR("close"));
    const struct step *open = step_find(r.kind, 0, STR("open"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct actor a = actor(rows[i].role, org_a);
        r.org = org_a;
        assert_int_equal(actor_may_step(&a, &r, close), rows[i].own);
        assert_int_equal(actor_may_step(&a, &r, open), rows[i].role == ROLE_BROKER);
        r.org = org_b;
        assert_int_equal(actor_may_step(&a, &r, close), rows[i].other);
        a.read_only = true;
        assert_false(actor_may_step(&a, &r, close));
    }
}

static void test_scopes(void **unused)
{
    struct actor a = actor(ROLE_MEMBER, org_a);
    (void)unused;
    assert_int_equal(actor_scope(&actor_visitor).reach, SCOPE_PUBLIC);
    assert_int_equal(actor_scope(&a).reach, SCOPE_ORG);
    assert_int_equal(actor_scope(&a).org, org_a);
    a.org = 0;
    assert_int_equal(actor_scope(&a).reach, SCOPE_PUBLIC);
    a = actor(ROLE_AUDITOR, 0);
    assert_int_equal(actor_scope(&a).reach, SCOPE_ALL);
    a = actor(ROLE_ADMIN, 0);
    assert_int_equal(actor_scope(&a).reach, SCOPE_PUBLIC);
    assert_false(actor_may(&a, kind_of("desk"), RIGHT_READ, NULL));
}

/* An organisation's record is its own: its editor keeps it. */
static void test_self(void **unused)
{
    struct shown s;
    struct actor own = actor(ROLE_EDITOR, org_a), other = actor(ROLE_EDITOR, org_b);
    (void)unused;
    OK(record_show(site, &own, kind_of("org"), org_a, &mem, &s, &e));
    assert_int_equal(s.rec.org, org_a);
    assert_int_equal(s.face, FACE_FULL);
    assert_true(s.may_write);
    assert_false(s.may_delete);
    OK(record_show(site, &other, kind_of("org"), org_a, &mem, &s, &e));
    assert_int_equal(s.face, FACE_PUBLIC);
    assert_false(s.may_write);
}

static void test_again(void **unused)
{
    struct site_options o = site_test_options();
    struct site *second = NULL;
    (void)unused;
    REFUSED(site_init(&o, &e), "site.exists");
    o.model_dir = "tests/unit/no_such_folder";
    REFUSED(site_open(&second, &o, &e), "file.open");
    o = site_test_options();
    if (!o.db) {
        o.dir = "/tmp/qiao-site-nowhere";
        REFUSED(site_open(&second, &o, &e), "store.none");
    }
}

/* The number behind every commit. */
static void test_seq(void **unused)
{
    int64_t before = site_seq(site);
    (void)unused;
    MAKE(&actor_system, "desk", "title", "一张");
    assert_true(site_seq(site) > before);
    struct site_options o = site_test_options();
    struct site *second = NULL;
    o.jobs = true;
    OK(site_open(&second, &o, &e));
    before = site_seq(second);
    assert_int_equal(before, site_seq(site));
    MAKE(&actor_system, "desk", "title", "又一张"); /* as another process would */
    for (int i = 0; i < 300 && site_seq(second) == before; i++)
        usleep(10000);
    assert_int_equal(site_seq(second), site_seq(site));
    site_close(second);
}

static void test_messages(void **unused)
{
    (void)unused;
    assert_string_equal(site_message(site, "no.such_key", true), "no.such_key");
    assert_string_not_equal(site_message(site, "auth.wrong", true),
                            site_message(site, "auth.wrong", false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rights), cmocka_unit_test(test_hidden_state),
        cmocka_unit_test(test_steps),  cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_self),   cmocka_unit_test(test_again),
        cmocka_unit_test(test_seq),    cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests(tests, site_open_all, site_close_all);
}
