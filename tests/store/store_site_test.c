/* Accounts, sessions, tokens, saved queries, jobs, files, settings, the feed, backups. */
#include "store_help.h"

#include "base/clock.h"
#include "store/store_int.h"

#include <pthread.h>

static struct place at;
static struct store *s;
static struct arena arena;
static struct tx *tx;
static bool found;

static int up(void **state)
{
    (void)state;
    at = place_new();
    s = place_open(&at);
    return 0;
}

static int down(void **state)
{
    (void)state;
    store_close(s);
    place_free(&at);
    arena_free(&arena);
    return 0;
}

static void begin(void)
{
    OK(tx_begin(&tx, s, TX_WRITE, &err));
}

static void commit(void)
{
    OK(tx_commit(tx, &err));
}

static void test_accounts(void **state)
{
    (void)state;
    struct account a = {.login = STR("li"),
                        .name = STR("李"),
                        .role = ROLE_EDITOR,
                        .org = 3,
                        .hash = STR("$argon2id$x"),
                        .lang = STR("zh"),
                        .outside = STR("cas:li"),
                        .active = true,
                        .created = 5};
    struct account b = {.login = STR("wu"), .role = ROLE_ADMIN, .lang = STR("en")}, got;
    struct account c = {.login = STR("li"), .role = ROLE_MEMBER};
    begin();
    OK(account_put(tx, &a, &err));
    OK(account_put(tx, &b, &err));
    FAILS(account_put(tx, &c, &err), RC_USER, "store.unique");
    c.login = STR("zhao");
    c.outside = STR("cas:li");
    FAILS(account_put(tx, &c, &err), RC_USER, "store.unique");
    a.failed = 3;
    a.locked_until = 99;
    OK(account_put(tx, &a, &err));
    commit();
    begin();
    OK(account_by_login(tx, STR("li"), &arena, &got, &found, &err));
    assert_true(found);
    assert_int_equal(got.id, a.id);
    assert_int_equal(got.role, ROLE_EDITOR);
    assert_int_equal(got.failed, 3);
    assert_int_equal(got.locked_until, 99);
    assert_true(got.active && str_eq(got.name, a.name) && str_eq(got.hash, a.hash));
    OK(account_by_outside(tx, STR("cas:li"), &arena, &got, &found, &err));
    assert_true(found && got.id == a.id);
    OK(account_by_outside(tx, STR(""), &arena, &got, &found, &err));
    assert_false(found);
    OK(account_get(tx, b.id, &arena, &got, &found, &err));
    assert_true(found && !got.active && str_eq(got.login, b.login));
    OK(account_get(tx, 99, &arena, &got, &found, &err));
    assert_false(found);
    vec_account all = {0};
    OK(account_list(tx, &arena, &all, &err));
    assert_int_equal(all.n, 2);
    vec_free(&all);
    commit();
}

static void test_sessions(void **state)
{
    (void)state;
    struct session a = {.key = {0, 1, 2, 255}, .account = 4, .created = 10, .seen = 10}, got;
    a.csrf = STR("tok");
    a.data = STR("{}");
    begin();
    OK(session_put(tx, &a, &err));
    a.seen = 20;
    OK(session_put(tx, &a, &err));
    OK(session_get(tx, a.key, &arena, &got, &found, &err));
    assert_true(found && got.seen == 20 && got.account == 4 && str_eq(got.csrf, STR("tok")));
    assert_memory_equal(got.key, a.key, 32);
    OK(session_drop_old(tx, 20, &err));
    OK(session_get(tx, a.key, &arena, &got, &found, &err));
    assert_true(found);
    OK(session_drop_old(tx, 21, &err));
    OK(session_get(tx, a.key, &arena, &got, &found, &err));
    assert_false(found);
    OK(session_put(tx, &a, &err));
    OK(session_drop_account(tx, 4, &err));
    OK(session_get(tx, a.key, &arena, &got, &found, &err));
    assert_false(found);
    OK(session_put(tx, &a, &err));
    OK(session_drop(tx, a.key, &err));
    OK(session_get(tx, a.key, &arena, &got, &found, &err));
    assert_false(found);
    commit();
}

static void test_tokens(void **state)
{
    (void)state;
    struct token t = {.key = {7}, .account = 4, .name = STR("脚本"), .expires = 9}, got;
    t.scope = STR("read");
    vec_token all = {0};
    begin();
    OK(token_put(tx, &t, &err));
    t.used = 8;
    OK(token_put(tx, &t, &err));
    OK(token_by_key(tx, t.key, &arena, &got, &found, &err));
    assert_true(found && got.id == t.id && got.used == 8 && str_eq(got.scope, STR("read")));
    OK(token_list(tx, 4, &arena, &all, &err));
    assert_int_equal(all.n, 1);
    OK(token_drop(tx, t.id, 5, &err)); /* somebody else's */
    OK(token_by_key(tx, t.key, &arena, &got, &found, &err));
    assert_true(found);
    OK(token_drop(tx, t.id, 4, &err));
    OK(token_by_key(tx, t.key, &arena, &got, &found, &err));
    assert_false(found);
    commit();
    vec_free(&all);
}

static void test_saved(void **state)
{
    (void)state;
    struct saved a = {.account = 1, .kind = STR("need"), .name = STR("b")};
    struct saved b = {.account = 2, .kind = STR("org"), .name = STR("a"), .shared = true};
    struct saved c = {.account = 2, .kind = STR("need"), .name = STR("c")};
    a.filter = STR("trl = 5");
    vec_saved all = {0};
    begin();
    OK(saved_put(tx, &a, &err));
    OK(saved_put(tx, &b, &err));
    OK(saved_put(tx, &c, &err));
    OK(saved_list(tx, 1, STR(""), &arena, &all, &err));
    assert_int_equal(all.n, 2);
    assert_true(str_eq(all.p[0].filter, STR("trl = 5")) && all.p[1].shared);
    all.n = 0;
    OK(saved_list(tx, 1, STR("org"), &arena, &all, &err));
    assert_int_equal(all.n, 1);
    OK(saved_drop(tx, a.id, 2, &err));
    OK(saved_drop(tx, a.id, 1, &err));
    all.n = 0;
    OK(saved_list(tx, 1, STR("need"), &arena, &all, &err));
    assert_int_equal(all.n, 0);
    commit();
    vec_free(&all);
}

static void test_jobs(void **state)
{
    (void)state;
    struct job a = {.account = 1, .name = STR("import"), .args = STR("{}"), .created = 1};
    struct job b = {.account = 2, .name = STR("export"), .args = STR("{}"), .created = 2}, got;
    vec_job all = {0};
    bool cancelled;
    begin();
    OK(job_put(tx, &a, &err));
    OK(job_put(tx, &b, &err));
    OK(job_claim(tx, 100, 50, &arena, &got, &found, &err));
    assert_true(found && got.id == a.id && got.state == JOB_RUNNING && got.beat == 100);
    OK(job_claim(tx, 101, 50, &arena, &got, &found, &err));
    assert_true(found && got.id == b.id);
    OK(job_claim(tx, 102, 50, &arena, &got, &found, &err));
    assert_false(found);
    OK(job_beat(tx, a.id, 5, 10, STR("写入"), 200, &cancelled, &err));
    assert_false(cancelled);
    /* the other runner gave no sign since 101 */
    OK(job_claim(tx, 300, 150, &arena, &got, &found, &err));
    assert_true(found && got.id == b.id);
    OK(job_get(tx, a.id, &arena, &got, &found, &err));
    assert_true(found && got.done == 5 && got.all == 10 && str_eq(got.stage, STR("写入")));
    got.state = JOB_CANCELLED;
    OK(job_put(tx, &got, &err));
    OK(job_beat(tx, a.id, 6, 10, STR("写入"), 201, &cancelled, &err));
    assert_true(cancelled);
    OK(job_list(tx, 0, 10, &arena, &all, &err));
    assert_int_equal(all.n, 2);
    assert_int_equal(all.p[0].id, b.id);
    all.n = 0;
    OK(job_list(tx, 1, 10, &arena, &all, &err));
    assert_int_equal(all.n, 1);
    commit();
    vec_free(&all);
}

static void test_files_and_settings(void **state)
{
    (void)state;
    static const char bytes[] = "a\0b\377";
    char key[65], same[65];
    struct str name, got;
    begin();
    OK(blob_put(tx, STR("x.bin"), (struct str){bytes, 4}, 1, 2, key, &err));
    OK(blob_put(tx, STR("y.bin"), (struct str){bytes, 4}, 1, 2, same, &err));
    assert_string_equal(key, same);
    OK(blob_get(tx, str_of(key), &arena, &name, &got, &found, &err));
    assert_true(found && got.n == 4 && memcmp(got.p, bytes, 4) == 0 && str_eq(name, STR("x.bin")));
    OK(blob_get(tx, STR("0123"), &arena, &name, &got, &found, &err));
    assert_false(found);
    OK(meta_get(tx, STR("site"), &arena, &got, &found, &err));
    assert_false(found);
    OK(meta_put(tx, STR("site"), STR("一"), &err));
    OK(meta_put(tx, STR("site"), STR("二"), &err));
    OK(meta_get(tx, STR("site"), &arena, &got, &found, &err));
    assert_true(found && str_eq(got, STR("二")));
    commit();
}

/* A NUL is refused alike; nothing of it stays. */
static void test_nul(void **state)
{
    (void)state;
    struct rec r = make("note", "{\"title\":\"x\"}", &arena);
    r.val[0].text = (struct str){"a\0b", 3};
    begin();
    FAILS(store_put(tx, &r, &by_test, &err), RC_USER, "store.text");
    tx_rollback(tx);
    assert_int_equal(r.id, 0);
}

/* ---- the feed ---- */

static void *write_soon(void *ctx)
{
    struct store *to = ctx;
    struct arena a = {0};
    struct rec r = make("note", "{\"title\":\"x\"}", &a);
    usleep(100000);
    enum rc rc = put_one(to, &r);
    arena_free(&a);
    return rc == RC_OK ? ctx : NULL;
}

/* Another thread's write wakes it, and another store's (another process, as far as it can tell). */
static void test_wait(void **state)
{
    (void)state;
    struct store *other = place_open(&at);
    int64_t now;
    OK(store_wait(s, 0, 50, &now, &err));
    assert_int_equal(now, 0);
    for (int i = 0; i < 2; i++) {
        pthread_t t;
        void *done;
        assert_int_equal(pthread_create(&t, NULL, write_soon, i ? other : s), 0);
        OK(store_wait(s, i, 20000, &now, &err));
        assert_int_equal(now, i + 1);
        pthread_join(t, &done);
        assert_non_null(done);
    }
    store_close(other);
}

/* ---- backups ---- */

static void fill(struct store *to)
{
    struct arena a = {0};
    for (int i = 0; i < 20; i++) {
        char json[80];
        snprintf(json, sizeof json, "{\"name\":\"单位%d\",\"parent\":%d}", i, i + (i == 0));
        if (i == 0)
            snprintf(json, sizeof json, "{\"name\":\"单位0\"}");
        struct rec r = make("org", json, &a);
        OK(put_one(to, &r));
    }
    char key[65];
    OK(tx_begin(&tx, to, TX_WRITE, &err));
    OK(blob_put(tx, STR("x"), (struct str){"\0\1", 2}, 1, 2, key, &err));
    OK(meta_put(tx, STR("site"), STR("桥"), &err));
    OK(tx_commit(tx, &err));
    arena_free(&a);
}

/* Every entry of the trail, and so every record that verify holds against it, is the same. */
static void same_trail(struct store *a, struct store *b)
{
    struct arena mem = {0};
    vec_entry x = {0}, y = {0};
    OK(tx_begin(&tx, a, TX_READ, &err));
    OK(store_feed(tx, 0, 1000, &mem, &x, &err));
    tx_rollback(tx);
    OK(tx_begin(&tx, b, TX_READ, &err));
    OK(store_feed(tx, 0, 1000, &mem, &y, &err));
    tx_rollback(tx);
    assert_int_equal(x.n, y.n);
    for (size_t i = 0; i < x.n; i++)
        assert_memory_equal(x.p[i].hash, y.p[i].hash, 32);
    vec_free(&x);
    vec_free(&y);
    arena_free(&mem);
}

static void test_backup(void **state)
{
    (void)state;
    struct place copy = at, into = place_new(), local = at;
    struct store *b;
    fill(s);
    snprintf(copy.dir, sizeof copy.dir, "%.180s.copy", at.dir);
    copy.url[0] = '\0';
    OK(store_backup(s, copy.dir, NULL, NULL, &err));
    FAILS(store_backup(s, copy.dir, NULL, NULL, &err), RC_USER, "store.not_empty");
    /* the backup is itself a store */
    b = place_open(&copy);
    assert_string_equal(store_name(b), "sqlite");
    OK(store_verify(b, NULL, NULL, &err));
    same_trail(s, b);
    store_close(b);
    /* into an empty store of this kind */
    b = place_open(&into);
    OK(store_restore(b, copy.dir, NULL, NULL, &err));
    OK(store_verify(b, NULL, NULL, &err));
    same_trail(s, b);
    FAILS(store_restore(b, copy.dir, NULL, NULL, &err), RC_USER, "store.not_empty");
    struct rec r = make("org", "{\"name\":\"新\"}", &arena);
    OK(put_one(b, &r)); /* and life goes on */
    assert_int_equal(r.id, 21);
    OK(store_verify(b, NULL, NULL, &err));
    store_close(b);
    place_free(&into);
    /* and into SQLite */
    snprintf(local.dir, sizeof local.dir, "%.180s.local", at.dir);
    local.url[0] = '\0';
    b = place_open(&local);
    OK(store_restore(b, copy.dir, NULL, NULL, &err));
    OK(store_verify(b, NULL, NULL, &err));
    same_trail(s, b);
    store_close(b);
    place_free(&local);
    place_free(&copy);
    FAILS(store_restore(s, copy.dir, NULL, NULL, &err), RC_USER, "store.none");
}

static void test_open(void **state)
{
    (void)state;
    struct store *t;
    struct place p = place_new();
    struct store_options o = {.dir = p.dir, .url = p.url[0] ? p.url : NULL};
    FAILS(store_open(&t, &o, help_kinds(), &err), RC_USER, "store.none");
    o.url = "postgres:///x?host=/nowhere";
    FAILS(store_open(&t, &o, help_kinds(), &err), RC_SYS, "store.open");
    place_free(&p);
    raw(&at, "UPDATE meta SET value = '99' WHERE name = 'schema'");
    o = (struct store_options){
        .dir = at.dir, .url = at.url[0] ? at.url : NULL, .create = true, .migrate = true};
    FAILS(store_open(&t, &o, help_kinds(), &err), RC_USER, "store.newer");
    assert_string_equal(err.detail, "99");
    raw(&at, "UPDATE meta SET value = '1' WHERE name = 'schema'");
    o.migrate = false;
    FAILS(store_open(&t, &o, help_kinds(), &err), RC_USER, "store.older");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_accounts, up, down),
        cmocka_unit_test_setup_teardown(test_sessions, up, down),
        cmocka_unit_test_setup_teardown(test_tokens, up, down),
        cmocka_unit_test_setup_teardown(test_saved, up, down),
        cmocka_unit_test_setup_teardown(test_jobs, up, down),
        cmocka_unit_test_setup_teardown(test_files_and_settings, up, down),
        cmocka_unit_test_setup_teardown(test_nul, up, down),
        cmocka_unit_test_setup_teardown(test_wait, up, down),
        cmocka_unit_test_setup_teardown(test_backup, up, down),
        cmocka_unit_test_setup_teardown(test_open, up, down),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    help_free();
    return failed != 0;
}
