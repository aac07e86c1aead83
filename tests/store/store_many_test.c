/* Many writers: threads, processes, and processes that are killed. */
#include "store_help.h"

#include "store/store_int.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define THREADS 4
#define EACH    25

static struct place at;
static struct store *s;

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
    return 0;
}

/* Its own error: the threads' must not meet. */
static enum rc put(struct store *to, struct rec *r, struct err *e)
{
    struct tx *tx;
    TRY(tx_begin(&tx, to, TX_WRITE, e));
    enum rc rc = store_put(tx, r, &by_test, e);
    if (rc == RC_OK)
        return tx_commit(tx, e);
    tx_rollback(tx);
    return rc;
}

static enum rc bump(struct store *to, int64_t id, struct err *e)
{
    struct arena a = {0};
    struct tx *tx;
    struct rec r;
    bool found;
    enum rc rc = tx_begin(&tx, to, TX_READ, e);
    if (rc == RC_OK) {
        rc = store_get(tx, NULL, id, &a, &r, &found, e);
        tx_rollback(tx);
    }
    if (rc == RC_OK) {
        r.val[field("org", "staff")].num++;
        rc = put(to, &r, e);
    }
    arena_free(&a);
    return rc;
}

/* Reads, adds one, writes; again where somebody was faster. */
static void *adder(void *ctx)
{
    struct err e;
    for (int i = 0; i < EACH;) {
        enum rc rc = bump(s, 1, &e);
        if (rc == RC_OK)
            i++;
        else if (rc != RC_USER || strcmp(e.key, "store.stale") != 0)
            return ctx;
    }
    return NULL;
}

static int64_t staff(struct store *from, int64_t id)
{
    struct arena a = {0};
    struct tx *tx;
    struct rec r;
    bool found;
    OK(tx_begin(&tx, from, TX_READ, &err));
    OK(store_get(tx, NULL, id, &a, &r, &found, &err));
    assert_true(found);
    int64_t n = r.val[field("org", "staff")].num;
    tx_rollback(tx);
    arena_free(&a);
    return n;
}

static void first_org(void)
{
    struct arena a = {0};
    struct rec r = make("org", "{\"name\":\"甲\",\"staff\":0}", &a);
    OK(put_one(s, &r));
    arena_free(&a);
}

/* No addition is lost, none is made twice. */
static void test_threads(void **state)
{
    (void)state;
    pthread_t t[THREADS];
    first_org();
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, adder, s), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(t[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(staff(s, 1), THREADS * EACH);
    OK(store_verify(s, NULL, NULL, &err));
}

/* A reader sees one moment, whatever is written meanwhile. */
static void test_snapshot(void **state)
{
    (void)state;
    struct arena a = {0};
    struct tx *tx;
    struct rec r;
    bool found;
    first_org();
    OK(tx_begin(&tx, s, TX_READ, &err));
    OK(store_get(tx, NULL, 1, &a, &r, &found, &err));
    OK(bump(s, 1, &err));
    OK(store_get(tx, NULL, 1, &a, &r, &found, &err));
    assert_int_equal(r.val[field("org", "staff")].num, 0);
    tx_rollback(tx);
    assert_int_equal(staff(s, 1), 1);
    arena_free(&a);
}

/* More readers at once than connections: each has its turn. */
static void *reader(void *ctx)
{
    struct err e;
    struct tx *tx;
    int64_t seq;
    for (int i = 0; i < 50; i++) {
        if (tx_begin(&tx, s, TX_READ, &e) != RC_OK)
            return ctx;
        tx_rollback(tx);
        if (store_seq(s, &seq, &e) != RC_OK)
            return ctx;
    }
    return NULL;
}

static void test_pool(void **state)
{
    (void)state;
    pthread_t t[20];
    for (size_t i = 0; i < ARRAY_LEN(t); i++)
        assert_int_equal(pthread_create(&t[i], NULL, reader, s), 0);
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        void *failed;
        pthread_join(t[i], &failed);
        assert_null(failed);
    }
    assert_true(s->open <= 8);
}

/* ---- processes ---- */

static void child_adds(void)
{
    struct store *mine = place_open(&at);
    struct err e;
    for (int i = 0; i < EACH;) {
        enum rc rc = bump(mine, 1, &e);
        if (rc == RC_OK)
            i++;
        else if (rc != RC_USER)
            _exit(1);
    }
    store_close(mine);
    _exit(0);
}

static void test_processes(void **state)
{
    (void)state;
    pid_t pid[3];
    first_org();
    for (size_t i = 0; i < ARRAY_LEN(pid); i++) {
        pid[i] = fork();
        if (pid[i] == 0)
            child_adds();
    }
    for (size_t i = 0; i < ARRAY_LEN(pid); i++) {
        int status;
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_int_equal(staff(s, 1), ARRAY_LEN(pid) * EACH);
    OK(store_verify(s, NULL, NULL, &err));
}

/* Several processes find nothing there and all make it. */
static void test_create_together(void **state)
{
    (void)state;
    struct place fresh = place_new();
    pid_t pid[3];
    for (size_t i = 0; i < ARRAY_LEN(pid); i++) {
        pid[i] = fork();
        if (pid[i] == 0) {
            struct store *mine = place_open(&fresh);
            _exit(store_index_kinds(mine, &err) != RC_OK);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(pid); i++) {
        int status;
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    struct store *t = place_open(&fresh);
    OK(store_index_kinds(t, &err));
    OK(store_verify(t, NULL, NULL, &err));
    store_close(t);
    place_free(&fresh);
}

/* Writes until it is killed, telling of every commit after it. */
static void child_writes(_Atomic int64_t *told)
{
    struct store *mine = place_open(&at);
    struct arena a = {0};
    struct err e;
    for (;;) {
        struct rec r = make("note", "{\"title\":\"x\"}", &a);
        if (put(mine, &r, &e) != RC_OK)
            _exit(1);
        *told = r.id;
    }
}

static void test_kill(void **state)
{
    (void)state;
    _Atomic int64_t *told =
        mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(told, MAP_FAILED);
    for (int round = 0; round < 5; round++) {
        int64_t before = *told;
        pid_t pid = fork();
        int status;
        if (pid == 0)
            child_writes(told);
        while (*told < before + 20 && waitpid(pid, &status, WNOHANG) == 0)
            usleep(500);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        assert_true(*told >= before + 20);
        int64_t seq;
        OK(store_seq(s, &seq, &err));
        assert_true(seq >= *told); /* each note is one entry: nothing acknowledged is lost */
        OK(store_verify(s, NULL, NULL, &err));
    }
    munmap((void *)told, sizeof *told);
}

/* The database goes away under an idle connection: the next transaction has a new one. */
static void test_reconnect(void **state)
{
    (void)state;
    first_org();
    int64_t seq;
    if (!on_sqlite())
        pg_admin("DO $$BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity "
                 "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'; END$$");
    usleep(50000);
    OK(bump(s, 1, &err));
    OK(store_seq(s, &seq, &err));
    assert_int_equal(seq, 2);
    OK(store_verify(s, NULL, NULL, &err));
}

/* In the middle of a transaction it is told, and nothing was written. */
static void test_lost(void **state)
{
    (void)state;
    struct arena a = {0};
    struct tx *tx;
    if (on_sqlite()) {
        arena_free(&a);
        return; /* a file does not go away */
    }
    first_org();
    OK(tx_begin(&tx, s, TX_WRITE, &err));
    struct rec r = make("note", "{\"title\":\"x\"}", &a);
    OK(store_put(tx, &r, &by_test, &err));
    pg_admin("DO $$BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity "
             "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'; END$$");
    usleep(50000);
    FAILS(tx_commit(tx, &err), RC_SYS, "store.lost");
    int64_t seq;
    OK(store_seq(s, &seq, &err));
    assert_int_equal(seq, 1);
    OK(bump(s, 1, &err));
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_threads, up, down),
        cmocka_unit_test_setup_teardown(test_snapshot, up, down),
        cmocka_unit_test_setup_teardown(test_pool, up, down),
        cmocka_unit_test_setup_teardown(test_processes, up, down),
        cmocka_unit_test_setup_teardown(test_create_together, up, down),
        cmocka_unit_test_setup_teardown(test_kill, up, down),
        cmocka_unit_test_setup_teardown(test_reconnect, up, down),
        cmocka_unit_test_setup_teardown(test_lost, up, down),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    help_free();
    return failed != 0;
}
