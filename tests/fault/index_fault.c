/* The index directory under faults. Without arguments: every change, with every allocation and
 * every write step made to fail, and killed before every write step, in a child each; afterwards
 * the directory must hold the old or the new state, and take the change again. Prints TAP. */
#define _GNU_SOURCE
#include "../unit/index_help.h"
#include "base/fault.h"
#include "base/file.h"
#include "index/dir.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DOCS 40u

static struct coll coll;

static struct index_dir_options options(bool keep)
{
    return (struct index_dir_options){.scheme = help_scheme,
                                      .weight_name = "help",
                                      .threads = 1,
                                      .sync = true,
                                      .keep_segments = keep};
}

/* ---- changes ---- */

struct part {
    uint32_t first;
};

static enum rc keys(void *ctx, uint32_t doc, unsigned worker, vec_key *out, struct err *e)
{
    return coll_keys(&coll, ((struct part *)ctx)->first + doc, worker, out, e);
}

/* Documents first..first+n under the names called..called+n. */
static enum rc add(struct index_dir *d, uint32_t first, uint32_t n, uint32_t called, struct err *e)
{
    struct index_item item[DOCS];
    char id[DOCS][16];
    for (uint32_t i = 0; i < n; i++) {
        snprintf(id[i], sizeof id[i], "n%u", called + i);
        item[i] = (struct index_item){str_of(id[i]), str_of(id[i])};
    }
    struct part p = {first};
    return index_dir_add(d, item, n, keys, &p, e);
}

static enum rc change_add(struct index_dir *d, struct err *e)
{
    return add(d, 30, 3, 2, e);
}

static enum rc change_grow(struct index_dir *d, struct err *e)
{
    return add(d, 25, 15, 100, e);
}

static enum rc change_delete(struct index_dir *d, struct err *e)
{
    struct str id[] = {STR("n3"), STR("n21"), STR("nobody")};
    return index_dir_delete(d, id, ARRAY_LEN(id), NULL, e);
}

static enum rc change_merge(struct index_dir *d, struct err *e)
{
    return index_dir_merge(d, true, e);
}

static const struct change {
    const char *name;
    enum rc (*run)(struct index_dir *d, struct err *e);
    bool keep;
} changes[] = {
    {"add", change_add, true},
    {"add_and_merge", change_add, false},
    {"add_and_publish", change_grow, true},
    {"delete", change_delete, true},
    {"publish", index_dir_publish, true},
    {"merge", change_merge, true},
};

static long allocs, writes; /* of this process so far */

/* 0 done, 1 refused with an error, 2 neither. */
static int make_change(const char *path, const char *name)
{
    struct err e = {0};
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        if (strcmp(changes[i].name, name) != 0)
            continue;
        struct index_dir *d = NULL;
        struct index_dir_options o = options(changes[i].keep);
        enum rc rc = index_dir_open(&d, path, &o, INDEX_WRITE, &e);
        if (rc == RC_OK)
            rc = changes[i].run(d, &e);
        index_dir_close(d);
        allocs = fault_count(FAULT_ALLOC);
        writes = fault_count(FAULT_WRITE);
        return rc == RC_OK ? 0 : e.key[0] ? 1 : 2;
    }
    return 2;
}

/* Twenty documents, then seven of one, some replaced, one deleted. */
static void prepare(const char *path)
{
    struct index_dir_options o = options(true);
    struct index_dir *d = NULL;
    struct err e;
    struct str gone = STR("n5");
    bool ok = index_dir_create(path, &o, &e) == RC_OK &&
              index_dir_open(&d, path, &o, INDEX_WRITE, &e) == RC_OK &&
              add(d, 0, 20, 0, &e) == RC_OK && index_dir_delete(d, &gone, 1, NULL, &e) == RC_OK;
    for (uint32_t i = 20; ok && i < 27; i++)
        ok = add(d, i, 1, i == 24 ? 7 : i, &e) == RC_OK;
    index_dir_close(d);
    if (!ok)
        BUG("%s %s", e.key, e.detail);
}

/* ---- what a directory holds ---- */

static int state_of(const char *path, uint64_t *out)
{
    struct index_dir *d = NULL;
    struct index_dir_options o = options(true);
    struct err e = {0};
    if (index_dir_open(&d, path, &o, INDEX_READ, &e) != RC_OK || index_dir_verify(d, &e) != RC_OK) {
        fprintf(stderr, "%s %s %s\n", e.key, e.file, e.detail);
        index_dir_close(d);
        return 1;
    }
    struct index_snapshot *now = index_dir_snapshot(d);
    const struct index *ix = index_snapshot_index(now);
    struct index_scratch *s = NULL;
    uint64_t sum = index_stats_docs(ix);
    if (index_scratch_open(&s, ix, &e) != RC_OK)
        return 1;
    help_state = 99;
    for (int i = 0; i < 5; i++) {
        struct index_weight w[20];
        struct hit hit[2 * DOCS];
        uint32_t n = 0;
        if (index_search(ix, s, query_make(w, 20, 60), 2 * DOCS, hit, &n, &e) != RC_OK)
            return 1;
        for (uint32_t h = 0; h < n; h++) {
            struct index_item item = index_snapshot_doc(now, hit[h].id);
            uint64_t score;
            memcpy(&score, &hit[h].score, sizeof score);
            sum = mix64(sum ^ score) + hash_bytes(item.id) + 3 * hash_bytes(item.payload);
        }
    }
    *out = sum;
    index_scratch_close(s);
    index_snapshot_release(now);
    index_dir_close(d);
    return 0;
}

/* ---- the driver ---- */

/* The change with one fault, in a child; exit status (of LeakSanitizer where it leaks), or minus
 * the signal. */
static int child(const char *path, const char *change, const char *fault, long n)
{
    int status;
    char number[24];
    snprintf(number, sizeof number, "%ld", n);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        setenv(fault, number, 1);
        fault_begin_anew();
        exit(make_change(path, change));
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        BUG("fork");
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void copy_file(const char *from, const char *to)
{
    struct buf b;
    struct err e;
    struct file_out *f;
    buf_init(&b, 1u << 24);
    if (file_read(&b, from, &e) != RC_OK || file_out_open(&f, to, &e) != RC_OK ||
        file_out_write(f, b.p, b.n, &e) != RC_OK || file_out_commit_unsynced(f, &e) != RC_OK)
        BUG("copy of %s", from);
    buf_free(&b);
}

/* Empty `to`, then copy the files of `from` (NULL: none). */
static void copy_dir(const char *from, const char *to)
{
    char a[512], b[512];
    mkdir(to, 0777);
    for (int pass = 0; pass < 2; pass++) {
        DIR *d = pass && !from ? NULL : opendir(pass ? from : to);
        for (struct dirent *f; d && (f = readdir(d)) != NULL;) {
            snprintf(a, sizeof a, "%s/%s", pass ? from : to, f->d_name);
            snprintf(b, sizeof b, "%s/%s", to, f->d_name);
            if (f->d_name[0] != '.' && !pass)
                unlink(a);
            else if (f->d_name[0] != '.' && strcmp(f->d_name, "LOCK") != 0)
                copy_file(a, b);
        }
        if (d)
            closedir(d);
    }
}

static char base[64], work[64];
static uint64_t old_state;

/* After a fault: old or new, as the child said; and the change can be made again. */
static const char *check_after(const char *change, int status, bool killed, uint64_t new_state)
{
    uint64_t state;
    if (killed ? status != -SIGKILL && status != 0 : status != 0 && status != 1)
        return "the child ended badly";
    if (state_of(work, &state) != 0)
        return "the directory is damaged";
    if (state != old_state && state != new_state)
        return "neither old nor new";
    if ((status == 0 && state != new_state) || (status == 1 && state != old_state))
        return "not what was said";
    if (make_change(work, change) != 0)
        return "it cannot be done again";
    return state_of(work, &state) != 0 ? "damaged by doing it again" : NULL;
}

static bool every_fault(const char *change, const char *fault, long last, uint64_t new_state)
{
    for (long n = 1; n <= last; n++) {
        copy_dir(base, work);
        int status = child(work, change, fault, n);
        const char *bad =
            check_after(change, status, strcmp(fault, "QIAO_FAULT_KILL") == 0, new_state);
        if (bad) {
            printf("not ok - %s, %s=%ld: %s (status %d)\n", change, fault, n, bad, status);
            return false;
        }
    }
    printf("ok - %s under %ld of %s\n", change, last, fault);
    fflush(stdout);
    return last > 0;
}

static bool drive(const char *change)
{
    uint64_t new_state;
    copy_dir(base, work);
    long a = fault_count(FAULT_ALLOC), w = fault_count(FAULT_WRITE);
    if (make_change(work, change) != 0) {
        printf("not ok - %s without a fault\n", change);
        return false;
    }
    a = allocs - a;
    w = writes - w;
    if (state_of(work, &new_state) != 0) {
        printf("not ok - %s without a fault: damaged\n", change);
        return false;
    }
    bool ok = every_fault(change, "QIAO_FAULT_KILL", w, new_state);
    ok &= every_fault(change, "QIAO_FAULT_WRITE", w, new_state);
    return every_fault(change, "QIAO_FAULT_ALLOC", a, new_state) && ok;
}

int main(void)
{
    help_state = 7;
    coll = coll_make(DOCS, 60, 12);
    int status = 0;
    char shm[] = "/dev/shm/qiao-fault-XXXXXX", tmp[] = "/tmp/qiao-fault-XXXXXX";
    char *root = mkdtemp(shm); /* thousands of flushes: not on a disk where that can be avoided */
    if (!root)
        root = mkdtemp(tmp);
    if (!root)
        return 2;
    snprintf(base, sizeof base, "%s/base", root);
    snprintf(work, sizeof work, "%s/work", root);
    prepare(base);
    if (state_of(base, &old_state) != 0)
        return 2;
    for (size_t i = 0; i < ARRAY_LEN(changes); i++)
        status |= !drive(changes[i].name);
    copy_dir(NULL, base);
    copy_dir(NULL, work);
    rmdir(base);
    rmdir(work);
    rmdir(root);
    coll_free(&coll);
    return status;
}
