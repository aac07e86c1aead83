/* Records, their trail, and what stands beside them. */
#include "store_help.h"

#include "store/store_int.h"

struct ctx {
    struct place at;
    struct store *s;
    struct arena a;
};

static int up(void **state)
{
    struct ctx *c = calloc(1, sizeof *c);
    c->at = place_new();
    c->s = place_open(&c->at);
    *state = c;
    return 0;
}

static int down(void **state)
{
    struct ctx *c = *state;
    store_close(c->s);
    place_free(&c->at);
    arena_free(&c->a);
    free(c);
    return 0;
}

static void verified(struct store *s)
{
    if (store_verify(s, NULL, NULL, &err) != RC_OK) {
        print_fault("verify");
        fail();
    }
}

static struct rec get(struct ctx *c, int64_t id)
{
    struct tx *tx;
    struct rec r;
    bool found;
    OK(tx_begin(&tx, c->s, TX_READ, &err));
    OK(store_get(tx, NULL, id, &c->a, &r, &found, &err));
    assert_true(found);
    tx_rollback(tx);
    return r;
}

static void test_put_get(void **state)
{
    struct ctx *c = *state;
    struct rec org = make("org", "{\"name\":\"东方材料\",\"region\":\"C\",\"staff\":30}", &c->a);
    OK(put_one(c->s, &org));
    assert_int_equal(org.id, 1);
    assert_int_equal(org.org, 1); /* it is its own owner */
    assert_int_equal(org.version, 1);
    struct rec need = make("need",
                           "{\"title\":\"高温合金\",\"industry\":\"C32\",\"budget\":50000000,"
                           "\"ratio\":0.25,\"deadline\":\"2026-03-01\",\"urgent\":true,"
                           "\"days\":[\"2026-01-02\",\"2026-01-03\"],"
                           "\"targets\":[{\"name\":\"密度\",\"op\":\"ge\",\"value\":1.8}]}",
                           &c->a);
    need.org = org.id;
    OK(put_one(c->s, &need));
    struct rec back = get(c, need.id);
    vec_change changes = {0};
    OK(rec_diff(&need, &back, &changes, &err));
    assert_int_equal(changes.n, 0);
    assert_int_equal(back.org, 1);
    assert_int_equal(back.state, 0);
    assert_int_equal(back.created, by_test.at);
    assert_int_equal(back.since, by_test.at);
    verified(c->s);
}

static void test_versions(void **state)
{
    struct ctx *c = *state;
    struct rec r = make("note", "{\"title\":\"一\"}", &c->a);
    OK(put_one(c->s, &r));
    struct rec old = r;
    r.val[0].text = STR("二");
    OK(put_one(c->s, &r));
    assert_int_equal(r.version, 2);
    old.val = arena_calloc(&c->a, 2, sizeof *old.val);
    FAILS(put_one(c->s, &old), RC_USER, "store.stale");
    assert_true(str_eq(get(c, r.id).val[0].text, STR("二")));
    struct rec none = r;
    none.id = 99;
    FAILS(put_one(c->s, &none), RC_USER, "store.gone");
    verified(c->s);
}

static void test_since(void **state)
{
    struct ctx *c = *state;
    struct rec r = make("need", "{\"title\":\"需求\"}", &c->a);
    struct by later = by_test;
    struct tx *tx;
    OK(put_one(c->s, &r));
    later.at += 100;
    OK(tx_begin(&tx, c->s, TX_WRITE, &err));
    OK(store_put(tx, &r, &later, &err));
    assert_int_equal(r.since, by_test.at);
    assert_int_equal(r.updated, later.at);
    r.state = 1;
    OK(store_put(tx, &r, &later, &err));
    assert_int_equal(r.since, later.at);
    assert_int_equal(r.created, by_test.at);
    OK(tx_commit(tx, &err));
    verified(c->s);
}

static void test_unique(void **state)
{
    struct ctx *c = *state;
    struct rec a = make("org", "{\"name\":\"甲\"}", &c->a);
    struct rec b = make("org", "{\"name\":\"甲\"}", &c->a);
    struct tx *tx;
    int64_t id;
    OK(put_one(c->s, &a));
    FAILS(put_one(c->s, &b), RC_USER, "store.unique");
    assert_string_equal(err.detail, "name\t1");
    b.val[0].text = STR("乙");
    OK(put_one(c->s, &b));
    a.val[0].text = STR("丙"); /* its old name is free now */
    OK(put_one(c->s, &a));
    b.val[0].text = STR("甲");
    OK(put_one(c->s, &b));
    OK(tx_begin(&tx, c->s, TX_READ, &err));
    OK(store_by_unique(tx, kind_of("org"), 0, STR("甲"), &id, &err));
    assert_int_equal(id, b.id);
    OK(store_by_unique(tx, kind_of("org"), 0, STR("乙"), &id, &err));
    assert_int_equal(id, 0);
    vec_id ids = {0};
    OK(store_by_title(tx, kind_of("org"), STR("丙"), &ids, &err));
    assert_int_equal(ids.n, 1);
    assert_int_equal(ids.p[0], a.id);
    vec_free(&ids);
    tx_rollback(tx);
    verified(c->s);
}

static void test_refs(void **state)
{
    struct ctx *c = *state;
    struct rec org = make("org", "{\"name\":\"甲\"}", &c->a);
    OK(put_one(c->s, &org));
    struct rec man = make("person", "{\"name\":\"王\"}", &c->a);
    man.org = org.id;
    OK(put_one(c->s, &man));
    struct rec need = make("need", "{\"title\":\"需求\",\"people\":[77]}", &c->a);
    FAILS(put_one(c->s, &need), RC_USER, "store.ref");
    assert_string_equal(err.detail, "people\t77");
    need = make("need", "{\"title\":\"需求\",\"people\":[1]}", &c->a); /* no person */
    FAILS(put_one(c->s, &need), RC_USER, "store.ref");
    need = make("need", "{\"title\":\"需求\",\"people\":[2,2],\"about\":1}", &c->a);
    OK(put_one(c->s, &need));

    struct tx *tx;
    vec_ref refs = {0};
    OK(tx_begin(&tx, c->s, TX_WRITE, &err));
    FAILS(store_delete(tx, &man, &by_test, &err), RC_USER, "store.held");
    assert_string_equal(err.detail, "1");
    OK(store_refs(tx, org.id, 10, &c->a, &refs, &err));
    assert_int_equal(refs.n, 3); /* itself, the person, the need */
    assert_true(str_eq(refs.p[2].relation, STR("about")));
    assert_ptr_equal(refs.p[2].kind, kind_of("need"));
    vec_free(&refs);
    vec_linked linked = {0};
    OK(store_linked(tx, (int64_t[]){man.id, org.id, 99}, 3, STR("about"), 10, &linked, &err));
    assert_int_equal(linked.n, 1);
    assert_int_equal(linked.p[0].to, org.id);
    assert_int_equal(linked.p[0].from, need.id);
    OK(store_linked(tx, NULL, 0, STR("about"), 10, &linked, &err));
    assert_int_equal(linked.n, 1);
    vec_free(&linked);
    OK(store_delete(tx, &need, &by_test, &err));
    OK(store_delete(tx, &man, &by_test, &err));
    OK(store_delete(tx, &org, &by_test, &err));
    FAILS(store_delete(tx, &org, &by_test, &err), RC_USER, "store.gone");
    OK(tx_commit(tx, &err));
    verified(c->s);
}

static void test_rollback(void **state)
{
    struct ctx *c = *state;
    struct rec r = make("note", "{\"title\":\"一\"}", &c->a), r2 = r;
    struct tx *tx;
    int64_t seq;
    OK(tx_begin(&tx, c->s, TX_WRITE, &err));
    OK(store_put(tx, &r, &by_test, &err));
    tx_rollback(tx);
    OK(store_seq(c->s, &seq, &err));
    assert_int_equal(seq, 0);
    OK(put_one(c->s, &r2));
    assert_int_equal(r2.id, 1);
    OK(store_seq(c->s, &seq, &err));
    assert_int_equal(seq, 1);
    verified(c->s);
}

static void test_trail(void **state)
{
    struct ctx *c = *state;
    struct rec r = make("note", "{\"title\":\"一\"}", &c->a);
    struct by login = {.account = 9, .login = STR("wu"), .action = STR("login"), .at = 1750000900};
    struct tx *tx;
    vec_entry got = {0};
    OK(put_one(c->s, &r));
    r.val[0].text = STR("二");
    OK(put_one(c->s, &r));
    OK(tx_begin(&tx, c->s, TX_WRITE, &err));
    OK(store_note(tx, &login, STR("wu@example.org"), &err));
    OK(store_delete(tx, &r, &by_test, &err));
    OK(tx_commit(tx, &err));
    OK(tx_begin(&tx, c->s, TX_READ, &err));
    OK(store_history(tx, r.id, &c->a, &got, &err));
    assert_int_equal(got.n, 3);
    assert_true(str_eq(got.p[0].body, STR("{\"title\":\"一\"}")));
    assert_int_equal(got.p[2].body.n, 0);
    assert_int_equal(got.p[2].version, 3);
    got.n = 0;
    OK(store_trail(tx, &(struct trail_query){.account = 9}, &c->a, &got, &err));
    assert_int_equal(got.n, 1);
    assert_true(str_eq(got.p[0].comment, STR("wu@example.org")));
    got.n = 0;
    OK(store_trail(tx,
                   &(struct trail_query){.before = 4, .kind = STR("note"), .from = 1, .limit = 1},
                   &c->a, &got, &err));
    assert_int_equal(got.n, 1);
    assert_int_equal(got.p[0].seq, 2);
    got.n = 0;
    OK(store_feed(tx, 2, 10, &c->a, &got, &err));
    assert_int_equal(got.n, 2);
    assert_int_equal(got.p[0].seq, 3);
    tx_rollback(tx);
    vec_free(&got);
    verified(c->s);
}

/* What is masked or private does not reach the stored face. */
static void test_faces(void **state)
{
    struct ctx *c = *state;
    struct rec org = make("org", "{\"name\":\"甲\"}", &c->a);
    OK(put_one(c->s, &org));
    struct rec r = make("need",
                        "{\"title\":\"秘密\",\"budget\":100,\"trl\":5,"
                        "\"masked\":{\"title\":\"某需求\"}}",
                        &c->a);
    r.org = org.id;
    r.secrecy = SECRECY_MASKED;
    r.state = state_find(r.kind, STR("open"));
    OK(put_one(c->s, &r));
    struct tx *tx;
    OK(tx_begin(&tx, c->s, TX_READ, &err));
    vec_rec got = {0};
    struct query q = {.kind = r.kind, .scope = {.reach = SCOPE_PUBLIC}};
    OK(store_list(tx, &q, &c->a, &got, NULL, &err));
    assert_int_equal(got.n, 1);
    assert_true(got.p[0].face_public);
    assert_int_equal(got.p[0].org, 0);
    assert_true(str_eq(rec_title(&got.p[0]), STR("某需求")));
    assert_false(got.p[0].val[field("need", "budget")].set);
    got.n = 0;
    q.scope = (struct scope){.reach = SCOPE_ORG, .org = org.id};
    OK(store_list(tx, &q, &c->a, &got, NULL, &err));
    assert_int_equal(got.n, 1);
    assert_false(got.p[0].face_public);
    assert_int_equal(got.p[0].org, org.id);
    got.n = 0;
    q.scope.org = 99;
    OK(store_list(tx, &q, &c->a, &got, NULL, &err));
    assert_int_equal(got.n, 1);
    assert_true(got.p[0].face_public);
    bool granted;
    OK(store_granted(tx, r.id, 99, &granted, &err));
    assert_false(granted);
    tx_rollback(tx);
    OK(tx_begin(&tx, c->s, TX_WRITE, &err));
    OK(store_grant(tx, r.id, 99, &err));
    OK(store_grant(tx, r.id, 99, &err));
    OK(store_granted(tx, r.id, 99, &granted, &err));
    assert_true(granted);
    OK(tx_commit(tx, &err));
    vec_free(&got);
    verified(c->s);
}

/* ---- tampering ---- */

static void fill(struct ctx *c, int n)
{
    for (int i = 0; i < n; i++) {
        char json[80];
        snprintf(json, sizeof json, "{\"name\":\"单位%d\",\"staff\":%d}", i, i);
        struct rec r = make("org", json, &c->a);
        OK(put_one(c->s, &r));
    }
}

static void broken(struct ctx *c, const char *sql, const char *key, const char *detail)
{
    raw(&c->at, sql);
    FAILS(store_verify(c->s, NULL, NULL, &err), RC_CORRUPT, key);
    assert_string_equal(err.detail, detail);
}

static const char *no_guard(void)
{
    return on_sqlite() ? "DROP TRIGGER audit_keep_update; DROP TRIGGER audit_keep_delete;"
                       : "ALTER TABLE audit DISABLE TRIGGER ALL";
}

static void test_chain(void **state)
{
    struct ctx *c = *state;
    fill(c, 10);
    verified(c->s);
    raw(&c->at, no_guard());
    broken(c, "UPDATE audit SET login = 'zhao' WHERE seq = 4", "store.chain", "4");
    raw(&c->at, "UPDATE audit SET login = 'li' WHERE seq = 4");
    verified(c->s);
    broken(c, "UPDATE audit SET seq = 12 WHERE seq = 7", "store.chain", "7");
    raw(&c->at, "UPDATE audit SET seq = 7 WHERE seq = 12");
    verified(c->s);
    broken(c, "DELETE FROM audit WHERE seq = 10", "store.chain", "10");
}

static void test_records_against_trail(void **state)
{
    struct ctx *c = *state;
    fill(c, 4);
    broken(c, "UPDATE rec SET secrecy = 1 WHERE id = 3", "store.record", "3");
    raw(&c->at, "UPDATE rec SET secrecy = 0 WHERE id = 3");
    verified(c->s);
    broken(c, "UPDATE rec SET body = '{\"name\":\"假\"}' WHERE id = 2", "store.record", "2");
    raw(&c->at, "UPDATE rec SET body = '{\"name\":\"单位1\",\"staff\":1}' WHERE id = 2");
    verified(c->s);
    broken(c, "UPDATE rec SET pub = '{\"name\":\"假\"}' WHERE id = 4", "store.record", "4");
    raw(&c->at, "UPDATE rec SET pub = '{\"name\":\"单位3\",\"staff\":3}' WHERE id = 4");
    verified(c->s);
    broken(c, "DELETE FROM link WHERE from_id = 1", "store.record", "1");
    raw(&c->at, "INSERT INTO link VALUES (1, 'owner', 1)");
    verified(c->s);
    broken(c, "UPDATE uniq SET value = 'x' WHERE id = 2", "store.record", "2");
    raw(&c->at, "UPDATE uniq SET value = '单位1' WHERE id = 2");
    verified(c->s);
    broken(c,
           "DELETE FROM link WHERE from_id = 4; DELETE FROM uniq WHERE id = 4;"
           "DELETE FROM rec WHERE id = 4",
           "store.record", "4");
}

/* Whatever SQL the program were made to run, the trail does not change. */
static void test_append_only(void **state)
{
    struct ctx *c = *state;
    static const char *const tries[] = {"UPDATE audit SET login = 'x'", "DELETE FROM audit",
                                        "DROP TABLE audit", NULL};
    fill(c, 1);
    for (size_t i = 0; tries[i]; i++) {
        struct tx *tx;
        OK(tx_begin(&tx, c->s, TX_WRITE, &err));
        FAILS(tx->db->ops->exec(tx->db, tries[i], &err), RC_SYS, "store.sql");
        tx_rollback(tx);
    }
    verified(c->s);
}

static void test_index_kinds(void **state)
{
    struct ctx *c = *state;
    fill(c, 3);
    OK(store_index_kinds(c->s, &err));
    OK(store_index_kinds(c->s, &err)); /* nothing left to do */
    verified(c->s);
    fill(c, 0);
    /* a print that differs has everything made anew, without a new version */
    raw(&c->at, "UPDATE meta SET value = 'x' WHERE name = 'kind:org'");
    raw(&c->at, "UPDATE rec SET pub = NULL, shown = 0; DELETE FROM uniq");
    FAILS(store_verify(c->s, NULL, NULL, &err), RC_CORRUPT, "store.record");
    OK(store_index_kinds(c->s, &err));
    verified(c->s);
    assert_int_equal(get(c, 1).version, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_put_get, up, down),
        cmocka_unit_test_setup_teardown(test_versions, up, down),
        cmocka_unit_test_setup_teardown(test_since, up, down),
        cmocka_unit_test_setup_teardown(test_unique, up, down),
        cmocka_unit_test_setup_teardown(test_refs, up, down),
        cmocka_unit_test_setup_teardown(test_rollback, up, down),
        cmocka_unit_test_setup_teardown(test_trail, up, down),
        cmocka_unit_test_setup_teardown(test_faces, up, down),
        cmocka_unit_test_setup_teardown(test_chain, up, down),
        cmocka_unit_test_setup_teardown(test_records_against_trail, up, down),
        cmocka_unit_test_setup_teardown(test_append_only, up, down),
        cmocka_unit_test_setup_teardown(test_index_kinds, up, down),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    help_free();
    return failed != 0;
}
