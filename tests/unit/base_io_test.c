/* Files that come into being at once, and loops over threads. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/pool.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/qiao-base-XXXXXX";
static char path[64];

static int make_dir(void **unused)
{
    (void)unused;
    if (!mkdtemp(dir))
        return -1;
    snprintf(path, sizeof path, "%s/out", dir);
    return 0;
}

static int remove_dir(void **unused)
{
    (void)unused;
    unlink(path);
    return rmdir(dir);
}

static unsigned files_in_dir(void)
{
    unsigned n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *f; (f = readdir(d)) != NULL;)
        n += f->d_name[0] != '.';
    closedir(d);
    return n;
}

static void holds(const char *text)
{
    struct buf b;
    struct file_map m;
    buf_init(&b, 1 << 24);
    assert_int_equal(file_read(&b, path, NULL), RC_OK);
    assert_int_equal(b.n, strlen(text));
    assert_int_equal(file_map(&m, path, NULL), RC_OK);
    assert_int_equal(m.n, strlen(text));
    if (m.n) {
        assert_memory_equal(b.p, text, b.n);
        assert_memory_equal(m.p, text, m.n);
    }
    file_unmap(&m);
    file_unmap(&m);
    buf_free(&b);
}

static struct file_out *begin(const char *text)
{
    struct file_out *f = NULL;
    assert_int_equal(file_out_open(&f, path, NULL), RC_OK);
    assert_int_equal(file_out_write(f, text, strlen(text), NULL), RC_OK);
    return f;
}

static void nothing_is_seen_before_commit(void **unused)
{
    (void)unused;
    assert_int_equal(file_out_commit(begin("old"), NULL), RC_OK);
    holds("old");
    struct file_out *f = begin("new, longer");
    holds("old");
    assert_int_equal(files_in_dir(), 2);
    file_out_abandon(f);
    holds("old");
    assert_int_equal(files_in_dir(), 1);
    f = begin("new");
    assert_int_equal(file_out_commit(f, NULL), RC_OK);
    holds("new");
    assert_int_equal(files_in_dir(), 1);
    file_out_abandon(NULL);
    assert_int_equal(file_out_commit(begin(""), NULL), RC_OK);
    holds("");
}

static void patch_overwrites_in_place(void **unused)
{
    (void)unused;
    struct file_out *f = begin("....56789");
    assert_int_equal(file_out_patch(f, 0, "0123", 4, NULL), RC_OK);
    assert_int_equal(file_out_write(f, "ab", 2, NULL), RC_OK);
    assert_int_equal(file_out_patch(f, 10, "B", 1, NULL), RC_OK);
    assert_int_equal(file_out_size(f), 11);
    assert_int_equal(file_out_commit(f, NULL), RC_OK);
    holds("012356789aB");
}

/* Writes below, at and above the size of the buffer, in any order. */
static void large_writes_keep_their_order(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {1, 262143, 262144, 262145, 7, 700000, 0, 131072, 131072, 3};
    char *all = malloc(3u << 20);
    size_t n = 0;
    struct file_out *f = NULL;
    assert_int_equal(file_out_open(&f, path, NULL), RC_OK);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        for (size_t k = 0; k < sizes[i]; k++)
            all[n + k] = (char)('a' + (n + k) * 31 % 26);
        assert_int_equal(file_out_write(f, all + n, sizes[i], NULL), RC_OK);
        n += sizes[i];
    }
    all[n] = 0;
    assert_int_equal(file_out_size(f), n);
    assert_int_equal(file_out_commit(f, NULL), RC_OK);
    holds(all);
    free(all);
}

static void a_failed_commit_leaves_the_old_file(void **unused)
{
    (void)unused;
    struct err e = {0};
    assert_int_equal(file_out_commit(begin("old"), NULL), RC_OK);
    struct file_out *f = begin("new");
    assert_int_equal(unlink(file_out_temp(f)), 0); /* so that the rename fails */
    assert_int_equal(file_out_commit(f, &e), RC_SYS);
    assert_string_equal(e.key, "file.write");
    assert_string_equal(e.file, path);
    holds("old");
    assert_int_equal(files_in_dir(), 1);
    /* and no temporary: here the rename fails because a folder is in the way */
    assert_int_equal(unlink(path), 0);
    f = begin("new");
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(file_out_commit(f, &e), RC_SYS);
    assert_int_equal(files_in_dir(), 1);
    assert_int_equal(rmdir(path), 0);
}

static void abandon_all_removes_what_is_open(void **unused)
{
    (void)unused;
    assert_int_equal(file_out_commit(begin("old"), NULL), RC_OK);
    struct file_out *f = begin("new");
    file_out_abandon_all();
    assert_int_equal(files_in_dir(), 1);
    file_out_abandon(f);
    f = begin("newer"); /* the place of the first is free again */
    assert_int_equal(file_out_commit(f, NULL), RC_OK);
    file_out_abandon_all(); /* what is committed stays */
    holds("newer");
}

static void what_cannot_be_opened_is_named(void **unused)
{
    (void)unused;
    struct err e = {0};
    struct file_map m;
    struct buf b;
    struct file_out *f = NULL;
    buf_init(&b, 4);
    assert_int_equal(file_map(&m, "/nowhere/at/all", &e), RC_SYS);
    assert_string_equal(e.key, "file.open");
    assert_string_equal(e.file, "/nowhere/at/all");
    assert_int_equal(file_map(&m, dir, &e), RC_SYS);
    assert_int_equal(file_read(&b, dir, &e), RC_SYS);
    assert_int_equal(file_out_open(&f, "/nowhere/at/all", &e), RC_SYS);
    assert_string_equal(e.key, "file.create");
    assert_int_equal(file_out_commit(begin("12345"), NULL), RC_OK);
    assert_int_equal(file_read(&b, path, &e), RC_TOO_BIG);
    assert_string_equal(e.file, path);
    buf_free(&b);
}

struct loop {
    atomic_uint done[1000];
    atomic_uint started;
    size_t fails_at, fails_too;
    unsigned threads;
};

static enum rc step(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct loop *l = ctx;
    atomic_fetch_add(&l->done[i], 1);
    atomic_fetch_add(&l->started, 1);
    if (worker >= l->threads)
        return err_user(e, "test.worker", "%u", worker);
    if (i == l->fails_at || i == l->fails_too)
        return i == 990 ? err_cancelled(e) : err_user(e, "test.step", "%zu", i);
    return RC_OK;
}

static void every_step_runs_once(void **unused)
{
    (void)unused;
    for (unsigned threads = 0; threads < 9; threads++)
        for (size_t n = 0; n <= 1000; n = n * 10 + 1) {
            struct loop l = {
                .fails_at = SIZE_MAX, .fails_too = SIZE_MAX, .threads = MAX(threads, 1)};
            assert_int_equal(pool_run(threads, MIN(n, 1000), step, &l, NULL), RC_OK);
            for (size_t i = 0; i < 1000; i++)
                assert_int_equal(l.done[i], i < n ? 1 : 0);
        }
    assert_true(pool_cpus() >= 1);
}

static void the_smallest_failing_step_is_reported(void **unused)
{
    (void)unused;
    for (unsigned round = 0; round < 200; round++) {
        unsigned threads = round % 4 + 1;
        struct err e = {0};
        struct loop l = {.fails_at = 500, .fails_too = 501 + round % 3, .threads = threads};
        assert_int_equal(pool_run(threads, 1000, step, &l, &e), RC_USER);
        assert_string_equal(e.detail, "500");
        for (size_t i = 0; i <= 500; i++)
            assert_int_equal(l.done[i], 1);
        if (threads == 1)
            assert_int_equal(l.started, 501); /* none starts after a failure */
    }
    struct loop l = {.fails_at = 990, .fails_too = SIZE_MAX, .threads = 2};
    struct err e = {0};
    assert_int_equal(pool_run(2, 1000, step, &l, &e), RC_CANCELLED);
    assert_int_equal(e.rc, RC_CANCELLED);
    assert_int_equal(pool_run(2, 1000, step, &l, NULL), RC_CANCELLED);
}

static void steps_beside_run_in_order(void **unused)
{
    (void)unused;
    for (unsigned round = 0; round < 100; round++) {
        struct loop l = {.fails_at = SIZE_MAX, .fails_too = SIZE_MAX, .threads = 1};
        struct beside *b = NULL;
        size_t done = 9999;
        assert_int_equal(beside_open(&b, step, &l, NULL), RC_OK);
        for (size_t n = 0; n <= 1000; n += 1 + round)
            beside_ready(b, n);
        while (round % 2 && atomic_load(&l.started) == 0)
            ;
        assert_int_equal(beside_close(b, &done, NULL), RC_OK);
        assert_true(done <= 1000 && (round % 2 == 0 || done >= 1));
        for (size_t i = 0; i < 1000; i++)
            assert_int_equal(l.done[i], i < done ? 1 : 0);
    }
    assert_int_equal(beside_close(NULL, NULL, NULL), RC_OK);
}

static void a_failing_step_beside_is_the_last(void **unused)
{
    (void)unused;
    struct loop l = {.fails_at = 5, .fails_too = SIZE_MAX, .threads = 1};
    struct beside *b = NULL;
    struct err e = {0};
    size_t done = 0;
    assert_int_equal(beside_open(&b, step, &l, NULL), RC_OK);
    beside_ready(b, 1000);
    while (atomic_load(&l.started) < 6)
        ;
    assert_int_equal(beside_close(b, &done, &e), RC_USER);
    assert_string_equal(e.detail, "5");
    assert_int_equal(done, 5);
    assert_int_equal(l.started, 6);
}

struct errand {
    struct piece piece;
    unsigned done;
};

static void run_errand(void *ctx, struct piece *p)
{
    struct errand *one = (struct errand *)p;
    one->done++; /* nobody else has it */
    atomic_fetch_add((atomic_uint *)ctx, 1);
}

static void what_a_crew_is_given_is_done_once(void **unused)
{
    (void)unused;
    static struct errand errand[1000];
    for (unsigned threads = 1; threads <= 4; threads++) {
        atomic_uint done = 0;
        struct crew *c = NULL;
        memset(errand, 0, sizeof errand);
        assert_int_equal(crew_open(&c, threads, run_errand, &done, NULL), RC_OK);
        for (size_t i = 0; i < ARRAY_LEN(errand); i++)
            crew_give(c, &errand[i].piece);
        if (threads % 2) /* what is left is done at the end as well */
            while (atomic_load(&done) < 10)
                ;
        crew_close(c);
        assert_int_equal(done, ARRAY_LEN(errand));
        for (size_t i = 0; i < ARRAY_LEN(errand); i++)
            assert_int_equal(errand[i].done, 1);
    }
    crew_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_seen_before_commit),
        cmocka_unit_test(patch_overwrites_in_place),
        cmocka_unit_test(large_writes_keep_their_order),
        cmocka_unit_test(a_failed_commit_leaves_the_old_file),
        cmocka_unit_test(abandon_all_removes_what_is_open),
        cmocka_unit_test(what_cannot_be_opened_is_named),
        cmocka_unit_test(every_step_runs_once),
        cmocka_unit_test(the_smallest_failing_step_is_reported),
        cmocka_unit_test(steps_beside_run_in_order),
        cmocka_unit_test(a_failing_step_beside_is_the_last),
        cmocka_unit_test(what_a_crew_is_given_is_done_once),
    };
    return cmocka_run_group_tests_name("base_io", tests, make_dir, remove_dir);
}
