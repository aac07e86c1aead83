/* An older schema is brought up to date with what it holds; a newer one is left as it is. */
#include "store_help.h"

#include "store/store_int.h"

static struct place at;

static int up(void **state)
{
    (void)state;
    at = place_new();
    return 0;
}

static int down(void **state)
{
    (void)state;
    place_free(&at);
    return 0;
}

static struct store_options options(bool migrate)
{
    return (struct store_options){
        .dir = at.dir, .url = at.url[0] ? at.url : NULL, .migrate = migrate};
}

/* tests/migrate/store_v1.sql: version 1 as SQLite has it; PostgreSQL: what came later taken back.
 */
static void make_version_1(void)
{
    struct arena a = {0};
    if (on_sqlite()) {
        struct buf sql;
        buf_init(&sql, 1 << 20);
        OK(file_read(&sql, "tests/migrate/store_v1.sql", &err));
        raw(&at, sql.p);
        buf_free(&sql);
        return;
    }
    struct store *s = place_open(&at);
    struct rec org = make("org", "{\"name\":\"东方材料\",\"region\":\"C\"}", &a);
    OK(put_one(s, &org));
    for (int i = 0; i < 2; i++) {
        struct rec r =
            make("need", "{\"title\":\"高温合金\",\"masked\":{\"title\":\"某材料\"}}", &a);
        r.org = org.id;
        r.secrecy = SECRECY_MASKED;
        r.state = i ? 0 : state_find(r.kind, STR("open"));
        OK(put_one(s, &r));
    }
    store_close(s);
    raw(&at, "DROP INDEX rec_shown; DROP INDEX rec_shown_state;"
             "ALTER TABLE rec DROP COLUMN shown;"
             "ALTER TABLE job DROP COLUMN attempts;"
             "DROP TABLE share; DROP TABLE counter; DROP FUNCTION share_keep;"
             "DROP INDEX audit_kind; DROP INDEX grant_org;"
             "DROP TABLE delivery; DROP TABLE notice; DROP TABLE reach; DROP TABLE hook;"
             "UPDATE meta SET value = '1' WHERE name = 'schema'");
    arena_free(&a);
}

static void test_older(void **state)
{
    (void)state;
    struct store *s;
    struct tx *tx;
    struct arena a = {0};
    vec_rec got = {0};
    struct store_options o = options(false);
    make_version_1();
    FAILS(store_open(&s, &o, help_kinds(), &err), RC_USER, "store.older");
    assert_string_equal(err.detail, "1");
    o = options(true);
    OK(store_open(&s, &o, help_kinds(), &err));
    OK(store_verify(s, NULL, NULL, &err));
    /* the new column tells who is seen: the open need, not the draft */
    struct query q = {.kind = kind_of("need"), .scope = {.reach = SCOPE_PUBLIC}};
    OK(tx_begin(&tx, s, TX_READ, &err));
    OK(store_list(tx, &q, &a, &got, NULL, &err));
    assert_int_equal(got.n, 1);
    assert_true(str_eq(rec_title(&got.p[0]), STR("某材料")));
    tx_rollback(tx);
    /* it is written to like any other, and its trail goes on */
    struct rec r = make("note", "{\"title\":\"x\"}", &a);
    OK(put_one(s, &r));
    assert_int_equal(r.id, 4);
    OK(store_verify(s, NULL, NULL, &err));
    store_close(s);
    o = options(false);
    OK(store_open(&s, &o, help_kinds(), &err));
    store_close(s);
    vec_free(&got);
    arena_free(&a);
}

/* The same schema, however a store came to it. */
static void test_same_schema(void **state)
{
    (void)state;
    static const char list[] =
        "SELECT group_concat(replace(sql, char(10), ' '), ';') FROM (SELECT sql FROM sqlite_master "
        "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name)";
    char *text[2] = {NULL, NULL};
    if (!on_sqlite())
        return; /* its version 1 was made of the present one */
    make_version_1();
    for (int i = 0; i < 2; i++) {
        struct store *s;
        struct place fresh = i ? place_new() : at;
        struct store_options o = options(true);
        o.dir = fresh.dir;
        o.create = true;
        OK(store_open(&s, &o, help_kinds(), &err));
        store_close(s);
        char path[300];
        sqlite3 *h;
        sqlite3_stmt *st;
        snprintf(path, sizeof path, "%s/qiao.db", fresh.dir);
        assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(h, list, -1, &st, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(st), SQLITE_ROW);
        text[i] = sqlite3_mprintf("%s", sqlite3_column_text(st, 0));
        sqlite3_finalize(st);
        sqlite3_close(h);
        if (i)
            place_free(&fresh);
    }
    assert_string_equal(text[0], text[1]);
    sqlite3_free(text[0]);
    sqlite3_free(text[1]);
}

static void read_bytes(struct buf *out)
{
    char path[300];
    snprintf(path, sizeof path, "%s/qiao.db", at.dir);
    buf_init(out, 64 << 20);
    OK(file_read(out, path, &err));
}

static void test_newer(void **state)
{
    (void)state;
    struct store *s;
    struct buf before, after;
    struct store_options o = options(true);
    o.create = true;
    s = place_open(&at);
    store_close(s);
    raw(&at, "UPDATE meta SET value = '99' WHERE name = 'schema'");
    if (on_sqlite())
        read_bytes(&before);
    FAILS(store_open(&s, &o, help_kinds(), &err), RC_USER, "store.newer");
    assert_string_equal(err.detail, "99");
    if (!on_sqlite())
        return;
    read_bytes(&after);
    assert_true(str_eq(buf_view(&before), buf_view(&after)));
    buf_free(&before);
    buf_free(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_older, up, down),
        cmocka_unit_test_setup_teardown(test_same_schema, up, down),
        cmocka_unit_test_setup_teardown(test_newer, up, down),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    help_free();
    return failed != 0;
}
