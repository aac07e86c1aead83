/* Notices and their deliveries: said once, sent in batches, taken by one. */
#include "store_help.h"

#include "store/notice.h"

static struct place at;
static struct store *s;
static struct arena mem;

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
    arena_free(&mem);
    place_free(&at);
    return 0;
}

static struct tx *begin(enum tx_mode mode)
{
    struct tx *tx;
    OK(tx_begin(&tx, s, mode, &err));
    return tx;
}

static int64_t tell(int64_t account, const char *once, int64_t now)
{
    struct notice_row n = {.account = account,
                           .key = STR("notice.other"),
                           .text = STR("高温合金"),
                           .about = 12,
                           .once = str_of(once),
                           .created = now};
    bool fresh;
    struct tx *tx = begin(TX_WRITE);
    OK(notice_add(tx, &n, &fresh, &err));
    if (fresh)
        OK(delivery_add(tx, n.id, account, STR("mail"), now, &err));
    OK(tx_commit(tx, &err));
    assert_int_equal(fresh, n.id != 0);
    return n.id;
}

static uint32_t unread(int64_t account)
{
    uint32_t n;
    struct tx *tx = begin(TX_READ);
    OK(notice_unread(tx, account, &n, &err));
    tx_rollback(tx);
    return n;
}

static void test_inbox(void **state)
{
    (void)state;
    vec_notice got = {0};
    int64_t one = tell(7, "12 due 2026-03-01", 1000);
    assert_int_equal(tell(7, "12 due 2026-03-01", 2000), 0);
    assert_true(tell(8, "12 due 2026-03-01", 2000) > one);
    int64_t two = tell(7, "", 2000), three = tell(7, "", 2000);
    assert_int_equal(unread(7), 3);
    struct tx *tx = begin(TX_WRITE);
    OK(notice_seen(tx, 8, one, 3000, &err)); /* somebody else's */
    OK(notice_seen(tx, 7, two, 3000, &err));
    OK(tx_commit(tx, &err));
    assert_int_equal(unread(7), 2);
    tx = begin(TX_READ);
    OK(notice_list(tx, 7, true, 0, 10, &mem, &got, &err));
    assert_int_equal(got.n, 2);
    assert_int_equal(got.p[0].id, three);
    assert_int_equal(got.p[1].id, one);
    assert_true(str_eq(got.p[1].text, STR("高温合金")));
    assert_int_equal(got.p[1].about, 12);
    vec_free(&got);
    OK(notice_list(tx, 7, false, three, 1, &mem, &got, &err));
    assert_int_equal(got.n, 1);
    assert_int_equal(got.p[0].seen, 3000);
    tx_rollback(tx);
    tx = begin(TX_WRITE);
    OK(notice_seen_all(tx, 7, two, 4000, &err));
    OK(tx_commit(tx, &err));
    assert_int_equal(unread(7), 1); /* what came after the page was made */
    tx = begin(TX_WRITE);
    OK(notice_drop_old(tx, 1500, &err));
    OK(tx_commit(tx, &err));
    bool found;
    struct notice_row n;
    tx = begin(TX_READ);
    OK(notice_get(tx, one, &mem, &n, &found, &err));
    assert_false(found);
    OK(notice_get(tx, two, &mem, &n, &found, &err));
    assert_true(found);
    tx_rollback(tx);
    vec_free(&got);
}

static bool claim(int64_t now, struct batch *b)
{
    bool found;
    struct tx *tx = begin(TX_WRITE);
    OK(delivery_claim(tx, now, now + 60, &mem, b, &found, &err));
    OK(tx_commit(tx, &err));
    return found;
}

static void end(const struct batch *b, enum delivery_state state, int64_t due, const char *why)
{
    struct tx *tx = begin(TX_WRITE);
    OK(delivery_end(tx, b, state, due, 9000, str_of(why), &err));
    OK(tx_commit(tx, &err));
}

static int64_t due(void)
{
    int64_t t;
    struct tx *tx = begin(TX_READ);
    OK(delivery_due(tx, &t, &err));
    tx_rollback(tx);
    return t;
}

static void test_batch(void **state)
{
    (void)state;
    struct batch a, b, c;
    assert_true(due() == INT64_MAX);
    tell(7, "", 1000);
    tell(8, "", 1001);
    int64_t second = tell(7, "", 1002);
    assert_false(claim(999, &a));
    assert_int_equal(due(), 1000);
    assert_true(claim(1010, &a));
    assert_int_equal(a.account, 7);
    assert_int_equal(a.notice.n, 2);
    assert_int_equal(a.notice.p[1].id, second);
    assert_int_equal(a.attempts, 1);
    assert_true(claim(1010, &b));
    assert_int_equal(b.account, 8);
    assert_false(claim(1010, &c)); /* each is one's */
    /* what comes now is not part of the batch that was begun, even when that is sent again */
    tell(7, "", 1011);
    int64_t id = a.id;
    vec_free(&a.notice);
    assert_true(claim(1070, &c)); /* the new one: it was due first */
    assert_int_equal(c.notice.n, 1);
    assert_true(claim(1070, &a));
    assert_int_equal(a.id, id);
    assert_int_equal(a.notice.n, 2);
    assert_int_equal(a.attempts, 2);
    /* who claimed it first ends late: nothing of his is written down */
    struct batch late = a;
    late.attempts = 1;
    end(&late, DELIVERY_SENT, 0, "");
    assert_int_equal(due(), 1070);
    end(&a, DELIVERY_SENT, 0, "");
    end(&b, DELIVERY_SENT, 0, ""); /* his claim is over, yet nobody else has it */
    assert_int_equal(due(), 1130);
    vec_free(&a.notice);
    vec_free(&b.notice);
    vec_free(&c.notice);
}

static void test_failure(void **state)
{
    (void)state;
    struct batch b;
    vec_failed f = {0};
    tell(7, "", 1000);
    assert_true(claim(1000, &b));
    end(&b, DELIVERY_WAITING, 1500, "no answer");
    vec_free(&b.notice);
    assert_int_equal(due(), 1500);
    struct tx *tx = begin(TX_WRITE);
    OK(delivery_put_off(tx, 7, STR("mail"), 1500, 2000, &err));
    OK(tx_commit(tx, &err));
    assert_int_equal(due(), 2000);
    assert_true(claim(2000, &b));
    assert_int_equal(b.attempts, 2);
    end(&b, DELIVERY_FAILED, 0, "550 no such person");
    assert_true(due() == INT64_MAX);
    tx = begin(TX_READ);
    OK(delivery_failed(tx, 10, &mem, &f, &err));
    tx_rollback(tx);
    assert_int_equal(f.n, 1);
    assert_int_equal(f.p[0].id, b.id);
    assert_int_equal(f.p[0].account, 7);
    assert_true(str_eq(f.p[0].channel, STR("mail")));
    assert_true(str_eq(f.p[0].reason, STR("550 no such person")));
    assert_int_equal(f.p[0].attempts, 2);
    assert_int_equal(f.p[0].ended, 9000);
    tx = begin(TX_WRITE);
    OK(delivery_again(tx, b.id, 3000, &err));
    OK(tx_commit(tx, &err));
    int64_t id = b.id;
    vec_free(&b.notice);
    assert_true(claim(3000, &b));
    assert_int_equal(b.id, id);
    assert_int_equal(b.attempts, 1);
    vec_free(&b.notice);
    vec_free(&f);
}

/* Settings, and that a copy has all of it. */
static void test_reach(void **state)
{
    (void)state;
    struct reach r;
    vec_hook h = {0};
    struct tx *tx = begin(TX_WRITE);
    OK(reach_get(tx, 7, &mem, &r, &err));
    assert_int_equal(r.quiet_from, -1);
    r.mail = STR("li@example.edu");
    r.quiet_from = 1260;
    OK(reach_put(tx, &r, &err));
    r.proved = 99;
    OK(reach_put(tx, &r, &err));
    struct hook k = {7, STR("feishu"), STR("https://a"), STR("s")};
    OK(hook_put(tx, &k, &err));
    k.url = STR("https://b");
    OK(hook_put(tx, &k, &err));
    k.channel = STR("wecom");
    OK(hook_put(tx, &k, &err));
    OK(hook_drop(tx, 7, STR("wecom"), &err));
    OK(tx_commit(tx, &err));
    tell(7, "x", 1000);
    struct place copy = place_new(), back = place_new();
    OK(store_backup(s, copy.dir, NULL, NULL, &err));
    struct store *again = place_open(&back);
    OK(store_restore(again, copy.dir, NULL, NULL, &err));
    OK(store_verify(again, NULL, NULL, &err));
    OK(tx_begin(&tx, again, TX_READ, &err));
    OK(reach_get(tx, 7, &mem, &r, &err));
    assert_true(str_eq(r.mail, STR("li@example.edu")));
    assert_int_equal(r.proved, 99);
    assert_int_equal(r.quiet_from, 1260);
    OK(hook_list(tx, 7, &mem, &h, &err));
    assert_int_equal(h.n, 1);
    assert_true(str_eq(h.p[0].url, STR("https://b")));
    uint32_t n;
    int64_t t;
    OK(notice_unread(tx, 7, &n, &err));
    assert_int_equal(n, 1);
    OK(delivery_due(tx, &t, &err));
    assert_int_equal(t, 1000);
    tx_rollback(tx);
    store_close(again);
    vec_free(&h);
    place_free(&copy);
    place_free(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_inbox, up, down),
        cmocka_unit_test_setup_teardown(test_batch, up, down),
        cmocka_unit_test_setup_teardown(test_failure, up, down),
        cmocka_unit_test_setup_teardown(test_reach, up, down),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    help_free();
    return failed != 0;
}
