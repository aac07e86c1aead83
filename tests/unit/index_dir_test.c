/* The directory: what comes back is what went in, whatever happened between, and a damaged byte is
 * named. Built a second time with small blocks and segments (VARIANT=small). */
#define _GNU_SOURCE
#include "base/file.h"
#include "index/dir.h"
#include "index_help.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MAX_DOCS 8000u

static char root[200];

static struct index_dir_options options(unsigned threads)
{
    return (struct index_dir_options){
        .scheme = help_scheme, .weight_name = "help", .threads = threads};
}

static const char *fresh(const char *name)
{
    static char path[8][300];
    static unsigned at;
    char *p = path[at++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", root, name);
    return p;
}

static struct index_dir *open_dir(const char *path, unsigned threads, enum index_dir_mode mode)
{
    struct index_dir *d = NULL;
    struct index_dir_options o = options(threads);
    struct err e = {0};
    if (index_dir_open(&d, path, &o, mode, &e) != RC_OK)
        fail_msg("%s %s %s", e.key, e.file, e.detail);
    return d;
}

static struct index_dir *create_dir(const char *path, unsigned threads)
{
    struct index_dir_options o = options(threads);
    assert_int_equal(index_dir_create(path, &o, NULL), RC_OK);
    return open_dir(path, threads, INDEX_WRITE);
}

/* ---- a collection with ids, and what of it should be alive ---- */

struct part {
    struct coll *c;
    uint32_t first;
};

static enum rc part_keys(void *ctx, uint32_t doc, unsigned worker, vec_key *out, struct err *e)
{
    struct part *p = ctx;
    return coll_keys(p->c, p->first + doc, worker, out, e);
}

static char id_text[MAX_DOCS][16];

/* Documents [from, to) of the collection, document i called after name[i]. */
static enum rc add_named(struct index_dir *d, struct coll *c, uint32_t from, uint32_t to,
                         const uint32_t *name, struct err *e)
{
    static struct index_item item[MAX_DOCS];
    for (uint32_t i = from; i < to; i++) {
        snprintf(id_text[i], sizeof id_text[i], "n%u", name ? name[i] : i);
        item[i - from] = (struct index_item){str_of(id_text[i]),
                                             {(const char *)&c->start[i], sizeof c->start[i]}};
    }
    struct part p = {c, from};
    return index_dir_add(d, item, to - from, part_keys, &p, e);
}

static void add(struct index_dir *d, struct coll *c, uint32_t from, uint32_t to)
{
    struct err e = {0};
    if (add_named(d, c, from, to, NULL, &e) != RC_OK)
        fail_msg("%s %s %s", e.key, e.file, e.detail);
}

static struct str nth_id(uint32_t i)
{
    snprintf(id_text[i], sizeof id_text[i], "n%u", i);
    return str_of(id_text[i]);
}

/* Answers of the directory, by id, equal those by definition; `of` are the statistics. */
static void check_answers(struct index_dir *d, struct coll *c, const struct naive *v,
                          const bool *dead, const uint32_t *name)
{
    struct index_snapshot *s = index_dir_snapshot(d);
    const struct index *ix = index_snapshot_index(s);
    struct index_scratch *scratch = NULL;
    static struct hit want[MAX_DOCS], got[MAX_DOCS];
    assert_int_equal(index_scratch_open(&scratch, ix, NULL), RC_OK);
    static const uint32_t ks[] = {1, 10, MAX_DOCS};
    for (unsigned i = 0; i < 9; i++) {
        struct index_weight w[60];
        struct index_query q = query_make(w, i % 3 ? 20 * (i % 3) : 1, 700);
        uint32_t k = ks[i / 3], n = naive_search(v, q, k, dead, want), found;
        assert_int_equal(index_search(ix, scratch, q, k, got, &found, NULL), RC_OK);
        assert_int_equal(found, n);
        for (uint32_t h = 0; h < n; h++) {
            struct index_item item = index_snapshot_doc(s, got[h].id);
            char id[16];
            snprintf(id, sizeof id, "n%u", name ? name[want[h].id] : want[h].id);
            assert_true(str_eq(item.id, str_of(id)));
            assert_int_equal(item.payload.n, sizeof *c->start);
            assert_memory_equal(item.payload.p, &c->start[want[h].id], sizeof *c->start);
            assert_memory_equal(&got[h].score, &want[h].score, sizeof want[h].score);
        }
    }
    index_scratch_close(scratch);
    index_snapshot_release(s);
}

static void verify(struct index_dir *d)
{
    struct err e = {0};
    if (index_dir_verify(d, &e) != RC_OK)
        fail_msg("%s %s %s", e.key, e.file, e.detail);
}

static struct index_dir_info info(struct index_dir *d)
{
    struct index_dir_info i;
    struct index_snapshot *s = index_dir_snapshot(d);
    index_snapshot_info(s, &i);
    index_snapshot_release(s);
    return i;
}

/* ---- tests ---- */

static void comes_back(void **state)
{
    (void)state;
    help_state = 31;
    struct coll c = coll_make(3000, 800, 20);
    struct naive v = naive_make(&c, c.n);
    const char *path = fresh("back");
    struct index_dir *d = create_dir(path, 2);
    add(d, &c, 0, c.n);
    check_answers(d, &c, &v, NULL, NULL);
    verify(d);
    index_dir_close(d);
    d = open_dir(path, 1, INDEX_READ);
    check_answers(d, &c, &v, NULL, NULL);
    assert_int_equal(info(d).live, 3000);
    index_dir_close(d);
    map_free(&v.df);
    coll_free(&c);
}

/* Many small batches, one large: at one generation the same answers to the last bit. */
static void cuts_do_not_matter(void **state)
{
    (void)state;
    help_state = 32;
    struct coll c = coll_make(2500, 700, 20);
    struct naive v = naive_make(&c, c.n);
    struct index_dir *many = create_dir(fresh("many"), 1);
    for (uint32_t at = 0; at < c.n;) {
        uint32_t to = MIN(c.n, at + 1 + rnd_below(200));
        add(many, &c, at, to);
        at = to;
    }
    assert_int_equal(index_dir_publish(many, NULL), RC_OK);
    assert_true(info(many).segments > 1);
    check_answers(many, &c, &v, NULL, NULL);
    assert_int_equal(index_dir_merge(many, true, NULL), RC_OK);
    assert_int_equal(info(many).segments, (c.n - 1) / INDEX_DOCS_MAX + 1);
    check_answers(many, &c, &v, NULL, NULL);
    verify(many);
    index_dir_close(many);
    map_free(&v.df);
    coll_free(&c);
}

/* What comes later is weighed by what was published: the statistics of the first 1000. */
static void old_statistics(void **state)
{
    (void)state;
    help_state = 33;
    struct coll c = coll_make(1240, 700, 20);
    struct naive v = naive_make(&c, 1000);
    struct index_dir *d = create_dir(fresh("old"), 1);
    add(d, &c, 0, 1000);
    for (uint32_t i = 1000; i < c.n; i += 8)
        add(d, &c, i, i + 8);
    assert_int_equal(info(d).generation, 1);
    assert_true(info(d).segments < 20);
    check_answers(d, &c, &v, NULL, NULL);
    assert_int_equal(index_df(index_dir_index(d), c.tok[0]), *map_get(&v.df, c.tok[0]));
    assert_int_equal(index_stats_docs(index_dir_index(d)), 1000);
    verify(d);
    index_dir_close(d);
    map_free(&v.df);
    coll_free(&c);
}

static void grows_and_publishes(void **state)
{
    (void)state;
    help_state = 34;
    struct coll c = coll_make(1251, 700, 20);
    struct index_dir *d = create_dir(fresh("grows"), 1);
    add(d, &c, 0, 1000);
    add(d, &c, 1000, 1250);
    assert_int_equal(info(d).generation, 1);
    add(d, &c, 1250, 1251);
    assert_int_equal(info(d).generation, 2);
    struct naive v = naive_make(&c, c.n);
    check_answers(d, &c, &v, NULL, NULL);
    index_dir_close(d);
    map_free(&v.df);
    coll_free(&c);
}

static void replaced_and_deleted(void **state)
{
    (void)state;
    help_state = 35;
    enum { FIRST = 900, N = 1100 };
    struct coll c = coll_make(N, 500, 15);
    static uint32_t name[N];
    static bool dead[N];
    memset(dead, 0, sizeof dead);
    for (uint32_t i = 0; i < N; i++)
        name[i] = i < FIRST ? i : rnd_below(FIRST); /* some twice in one batch */
    for (uint32_t i = FIRST; i < N; i++)
        for (uint32_t j = 0; j < i; j++)
            dead[j] |= name[j] == name[i];
    struct naive v = naive_make(&c, FIRST);
    struct index_dir *d = create_dir(fresh("replaced"), 1);
    struct err e = {0};
    add(d, &c, 0, FIRST);
    struct index_snapshot *before = index_dir_snapshot(d);
    assert_int_equal(add_named(d, &c, FIRST, N, name, &e), RC_OK);
    struct str gone[3] = {nth_id(1), nth_id(500), STR("never there")};
    uint32_t removed = 0;
    assert_int_equal(index_dir_delete(d, gone, 3, &removed, &e), RC_OK);
    assert_int_equal(removed, 2);
    for (uint32_t i = 0; i < N; i++)
        dead[i] |= name[i] == 1 || name[i] == 500;
    check_answers(d, &c, &v, dead, name);
    struct index_snapshot *after = index_dir_snapshot(d);
    assert_int_equal(index_snapshot_find(after, nth_id(1)), UINT32_MAX);
    index_snapshot_release(after);
    verify(d);
    /* the old snapshot still shows the old documents */
    assert_int_equal(index_snapshot_find(before, nth_id(1)), 1);
    assert_false(index_snapshot_dead(before, 500));
    index_snapshot_release(before);
    assert_int_equal(index_dir_merge(d, true, &e), RC_OK);
    check_answers(d, &c, &v, dead, name);
    assert_int_equal(info(d).live, info(d).docs);
    assert_int_equal(index_dir_delete(d, gone, 3, &removed, &e), RC_OK);
    assert_int_equal(removed, 0);
    verify(d);
    index_dir_close(d);
    map_free(&v.df);
    coll_free(&c);
}

static void everything_deleted(void **state)
{
    (void)state;
    help_state = 36;
    struct coll c = coll_make(50, 100, 10);
    struct index_dir *d = create_dir(fresh("empty"), 1);
    static struct str all[50];
    uint32_t removed;
    verify(d);
    assert_int_equal(index_dir_publish(d, NULL), RC_OK);
    add(d, &c, 0, 50);
    for (uint32_t i = 0; i < 50; i++)
        all[i] = nth_id(i);
    assert_int_equal(index_dir_delete(d, all, 50, &removed, NULL), RC_OK);
    assert_int_equal(removed, 50);
    assert_int_equal(index_dir_publish(d, NULL), RC_OK);
    verify(d);
    assert_int_equal(index_dir_merge(d, false, NULL), RC_OK);
    assert_int_equal(info(d).segments, 0);
    add(d, &c, 0, 50);
    struct naive v = naive_make(&c, 50);
    check_answers(d, &c, &v, NULL, NULL);
    verify(d);
    index_dir_close(d);
    map_free(&v.df);
    coll_free(&c);
}

static bool same_file(const char *a, const char *b)
{
    struct file_map x, y;
    assert_int_equal(file_map(&x, a, NULL), RC_OK);
    assert_int_equal(file_map(&y, b, NULL), RC_OK);
    bool same = x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
    file_unmap(&x);
    file_unmap(&y);
    return same;
}

typedef void (*each_fn)(const char *path, const char *name, void *ctx);

static unsigned each_file(const char *dir, each_fn fn, void *ctx)
{
    unsigned n = 0;
    DIR *d = must(opendir(dir));
    for (struct dirent *f; (f = readdir(d)) != NULL;) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", dir, f->d_name);
        if (f->d_name[0] == '.' || strcmp(f->d_name, "LOCK") == 0)
            continue;
        fn(path, f->d_name, ctx);
        n++;
    }
    closedir(d);
    return n;
}

static void compare(const char *path, const char *name, void *ctx)
{
    char other[512];
    snprintf(other, sizeof other, "%s/%s", (const char *)ctx, name);
    if (!same_file(path, other))
        fail_msg("%s differs from %s", path, other);
}

static void same_bytes_on_threads(void **state)
{
    (void)state;
    help_state = 37;
    struct coll c = coll_make(5000, 2000, 25);
    const char *path[3] = {fresh("t1"), fresh("t2"), fresh("t3")};
    for (unsigned t = 0; t < 3; t++) {
        struct index_dir *d = create_dir(path[t], t + 1);
        for (uint32_t at = 0; at < c.n; at += 500)
            add(d, &c, at, at + 500);
        index_dir_close(d);
    }
    assert_true(each_file(path[0], compare, (void *)(uintptr_t)path[1]) >= 4);
    each_file(path[1], compare, (void *)(uintptr_t)path[2]);
    coll_free(&c);
}

/* Change one bit at a time: opening must refuse and name the file. */
static void flip(const char *path, const char *name, void *ctx)
{
    struct stat st;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    for (off_t at = 0; at < st.st_size; at += 1 + (off_t)rnd_below(97)) {
        unsigned char old, bad;
        assert_int_equal(pread(fd, &old, 1, at), 1);
        bad = (unsigned char)(old ^ 1u << rnd_below(8));
        assert_int_equal(pwrite(fd, &bad, 1, at), 1);
        struct index_dir *d = NULL;
        struct index_dir_options o = options(1);
        struct err e = {0};
        enum rc rc = index_dir_open(&d, ctx, &o, INDEX_READ, &e);
        if (rc == RC_OK || !strstr(e.file, name) || !e.key[0])
            fail_msg("byte %ld of %s: rc %d, error about %s", (long)at, path, (int)rc, e.file);
        assert_true(rc == RC_CORRUPT);
        assert_int_equal(pwrite(fd, &old, 1, at), 1);
    }
    close(fd);
}

static void cut_short(const char *path, const char *name, void *ctx)
{
    struct stat st;
    char kept[600];
    assert_int_equal(stat(path, &st), 0);
    snprintf(kept, sizeof kept, "%s/../kept", (const char *)ctx);
    static const int parts[] = {0, 1, 2, 3};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        struct file_map m;
        assert_int_equal(file_map(&m, path, NULL), RC_OK);
        FILE *f = must(fopen(kept, "wb"));
        assert_int_equal(fwrite(m.p, 1, (size_t)st.st_size * (size_t)parts[i] / 4, f),
                         st.st_size * parts[i] / 4);
        fclose(f);
        file_unmap(&m);
        char aside[600];
        snprintf(aside, sizeof aside, "%s/../aside", (const char *)ctx);
        assert_int_equal(rename(path, aside), 0);
        assert_int_equal(rename(kept, path), 0);
        struct index_dir *d = NULL;
        struct index_dir_options o = options(1);
        struct err e = {0};
        assert_int_equal(index_dir_open(&d, ctx, &o, INDEX_READ, &e), RC_CORRUPT);
        assert_non_null(strstr(e.file, name));
        assert_int_equal(rename(aside, path), 0);
    }
}

static void damage_is_named(void **state)
{
    (void)state;
    help_state = 38;
    struct coll c = coll_make(400, 300, 10);
    const char *path = fresh("damage");
    struct index_dir *d = create_dir(path, 1);
    add(d, &c, 0, 390);
    add(d, &c, 390, 400);
    struct str gone = nth_id(7);
    assert_int_equal(index_dir_delete(d, &gone, 1, NULL, NULL), RC_OK);
    index_dir_close(d);
    assert_int_equal(each_file(path, flip, (void *)(uintptr_t)path), 7);
    each_file(path, cut_short, (void *)(uintptr_t)path);
    d = open_dir(path, 1, INDEX_READ);
    verify(d);
    index_dir_close(d);
    coll_free(&c);
}

static void refusals(void **state)
{
    (void)state;
    struct err e;
    struct index_dir_options o = options(1);
    struct index_dir *d = NULL, *second = NULL;
    help_state = 39;
    struct coll c = coll_make(20, 30, 10);
    const char *path = fresh("refuse");
    assert_int_equal(index_dir_open(&d, path, &o, INDEX_READ, &e), RC_SYS);
    d = create_dir(path, 1);
    assert_int_equal(index_dir_create(path, &o, &e), RC_USER);
    assert_string_equal(e.key, "index.exists");
    assert_int_equal(index_dir_open(&second, path, &o, INDEX_WRITE, &e), RC_USER);
    assert_string_equal(e.key, "index.locked");
    second = open_dir(path, 1, INDEX_READ);
    assert_int_equal(add_named(second, &c, 0, 5, NULL, &e), RC_USER);
    assert_string_equal(e.key, "index.read_only");
    assert_int_equal(index_dir_publish(second, &e), RC_USER);
    assert_int_equal(index_dir_merge(second, true, &e), RC_USER);
    add(d, &c, 0, 20);
    assert_int_equal(info(second).docs, 0);
    index_dir_close(second);
    second = open_dir(path, 1, INDEX_READ); /* the newest commit */
    assert_int_equal(info(second).docs, 20);
    index_dir_close(second);
    struct index_item nameless = {{"", 0}, {"", 0}};
    struct part p = {&c, 0};
    assert_int_equal(index_dir_add(d, &nameless, 1, part_keys, &p, &e), RC_USER);
    assert_string_equal(e.key, "index.id");
    index_dir_close(d);
    o.weight_name = "other";
    assert_int_equal(index_dir_open(&d, path, &o, INDEX_READ, &e), RC_USER);
    assert_string_equal(e.key, "index.scheme");
    o = options(1);
    o.scheme.b = 0.7;
    assert_int_equal(index_dir_open(&d, path, &o, INDEX_READ, &e), RC_USER);
    coll_free(&c);
}

/* A document with a term more often than is kept survives merging with its length. */
static void clipped_term(void **state)
{
    (void)state;
    enum { LONG = 70000 };
    struct coll c = {3, must(calloc(4, sizeof(uint32_t))), must(calloc(LONG + 6, 8))};
    for (uint32_t i = 0; i < LONG + 6; i++)
        c.tok[i] = term_key(i < LONG ? 1 : i % 2);
    c.start[1] = LONG + 2;
    c.start[2] = LONG + 4;
    c.start[3] = LONG + 6;
    struct naive v = naive_make(&c, 3);
    struct index_dir *d = create_dir(fresh("clip"), 1);
    add(d, &c, 0, 2);
    add(d, &c, 2, 3);
    assert_int_equal(index_dir_publish(d, NULL), RC_OK);
    check_answers(d, &c, &v, NULL, NULL);
    assert_int_equal(index_dir_merge(d, true, NULL), RC_OK);
    assert_int_equal(index_dir_publish(d, NULL), RC_OK);
    check_answers(d, &c, &v, NULL, NULL);
    verify(d);
    index_dir_close(d);
    map_free(&v.df);
    coll_free(&c);
}

/* Files that no commit names go away; foreign ones stay. */
static void sweeps(void **state)
{
    (void)state;
    static const char *const names[] = {
        "seg-000009.fwd", "seg-000009-000001.inv", "seg-000001-000007.del",
        "stats-000042",   "MANIFEST.tmp123",       "seg-9.fwd",
        "notes.txt"};
    help_state = 40;
    struct coll c = coll_make(20, 30, 10);
    const char *path = fresh("sweep");
    struct index_dir *d = create_dir(path, 1);
    add(d, &c, 0, 20);
    index_dir_close(d);
    char file[256];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(file, sizeof file, "%s/%s", path, names[i]);
        fclose(must(fopen(file, "w")));
    }
    d = open_dir(path, 1, INDEX_WRITE);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(file, sizeof file, "%s/%s", path, names[i]);
        assert_int_equal(access(file, F_OK) == 0, i >= 5);
    }
    verify(d);
    index_dir_close(d);
    coll_free(&c);
}

/* Readers of every kind while a writer adds, merges and publishes. */
struct reading {
    const char *path;
    struct index_dir *d; /* NULL: open by itself, as another process would */
    atomic_bool *stop;
    unsigned rounds, failed;
};

static bool read_once(struct reading *r, struct index_dir *d)
{
    struct index_snapshot *s = index_dir_snapshot(d);
    const struct index *ix = index_snapshot_index(s);
    struct index_scratch *scratch = NULL;
    struct index_dir_info i;
    struct hit hit[2000];
    struct index_weight w = {term_key(0), 1};
    uint32_t n = 0;
    index_snapshot_info(s, &i);
    bool ok = index_scratch_open(&scratch, ix, NULL) == RC_OK &&
              index_search(ix, scratch, (struct index_query){&w, 1}, 2000, hit, &n, NULL) == RC_OK;
    /* every document holds term 0, and batches are of five */
    ok = ok && n == i.live && n % 5 == 0;
    for (uint32_t h = 0; ok && h < n; h++)
        ok = index_snapshot_find(s, index_snapshot_doc(s, hit[h].id).id) == hit[h].id;
    index_scratch_close(scratch);
    index_snapshot_release(s);
    r->rounds++;
    return ok;
}

static void *read_on(void *arg)
{
    struct reading *r = arg;
    struct index_dir_options o = options(1);
    do {
        struct index_dir *d = r->d;
        if (!d && index_dir_open(&d, r->path, &o, INDEX_READ, NULL) != RC_OK) {
            r->failed++;
            continue;
        }
        r->failed += !read_once(r, d);
        if (!r->d)
            index_dir_close(d);
    } while (!atomic_load(r->stop));
    return NULL;
}

static void reading_goes_on(void **state)
{
    (void)state;
    enum { N = 400 };
    struct coll c = {N, must(calloc(N + 1, sizeof(uint32_t))), must(calloc(2 * N, 8))};
    for (uint32_t i = 0; i < N; i++) {
        c.start[i + 1] = 2 * i + 2;
        c.tok[2 * i] = term_key(0);
        c.tok[2 * i + 1] = term_key(1 + i % 7);
    }
    atomic_bool stop;
    atomic_init(&stop, false);
    const char *path = fresh("live");
    struct index_dir *d = create_dir(path, 1);
    struct reading r[2] = {{path, d, &stop, 0, 0}, {path, NULL, &stop, 0, 0}};
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, read_on, &r[i]), 0);
    for (uint32_t at = 0; at < N; at += 5)
        add(d, &c, at, at + 5);
    assert_int_equal(index_dir_publish(d, NULL), RC_OK);
    assert_int_equal(index_dir_merge(d, true, NULL), RC_OK);
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(r[i].failed, 0);
        assert_true(r[i].rounds > 0);
    }
    index_dir_close(d);
    coll_free(&c);
}

static int make_root(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/qiao-index-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", root, (char *)NULL);
        _exit(127);
    }
    return pid < 0 ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),
        cmocka_unit_test(cuts_do_not_matter),
        cmocka_unit_test(old_statistics),
        cmocka_unit_test(grows_and_publishes),
        cmocka_unit_test(replaced_and_deleted),
        cmocka_unit_test(everything_deleted),
        cmocka_unit_test(same_bytes_on_threads),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(refusals),
        cmocka_unit_test(clipped_term),
        cmocka_unit_test(sweeps),
        cmocka_unit_test(reading_goes_on),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
