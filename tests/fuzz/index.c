/* Changed bytes in the files of an index directory: opened, searched and verified, it says what is
 * wrong or is right; it never crashes.
 *
 * Input: a byte that chooses the file (MANIFEST, stats, .fwd, .inv, .del, in the order of their
 * names), a byte that says whether checksums are put right afterwards in MANIFEST and .del (so
 * that what lies behind them is reached), then records of three bytes: offset (u16, little-endian)
 * and the value put there. Offsets count modulo the file's size. */
#define _GNU_SOURCE
#include "../unit/index_help.h"
#include "base/crc32c.h"
#include "base/file.h"
#include "index/dir.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 16

static char dir[64];
static struct file {
    char path[320];
    struct buf bytes;
} files[FILES];
static int nfiles;
static struct coll coll;

static struct index_dir_options options(void)
{
    return (struct index_dir_options){.scheme = help_scheme, .weight_name = "help", .threads = 1};
}

static void remove_all(void)
{
    for (int i = 0; i < nfiles; i++) {
        unlink(files[i].path);
        buf_free(&files[i].bytes);
    }
    char lock[80];
    snprintf(lock, sizeof lock, "%s/LOCK", dir);
    unlink(lock);
    rmdir(dir);
    coll_free(&coll);
}

static int by_path(const void *x, const void *y)
{
    return strcmp(((const struct file *)x)->path, ((const struct file *)y)->path);
}

static void read_all(void)
{
    DIR *d = must(opendir(dir));
    for (struct dirent *f; (f = readdir(d)) != NULL && nfiles < FILES;) {
        if (f->d_name[0] == '.' || strcmp(f->d_name, "LOCK") == 0)
            continue;
        struct file *to = &files[nfiles++];
        snprintf(to->path, sizeof to->path, "%s/%s", dir, f->d_name);
        buf_init(&to->bytes, 1u << 24);
        if (file_read(&to->bytes, to->path, NULL) != RC_OK)
            abort();
    }
    closedir(d);
    qsort(files, (size_t)nfiles, sizeof *files, by_path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    static struct index_item item[60];
    static char id[60][8];
    snprintf(dir, sizeof dir, "/dev/shm/qiao-fuzz-XXXXXX");
    if (!mkdtemp(dir)) {
        snprintf(dir, sizeof dir, "/tmp/qiao-fuzz-XXXXXX");
        must(mkdtemp(dir));
    }
    help_state = 3;
    coll = coll_make(60, 60, 10);
    for (uint32_t i = 0; i < 60; i++) {
        snprintf(id[i], sizeof id[i], "n%u", i);
        item[i] = (struct index_item){str_of(id[i]), str_of(id[i])};
    }
    struct index_dir_options o = options();
    struct index_dir *d = NULL;
    if (index_dir_create(dir, &o, NULL) != RC_OK ||
        index_dir_open(&d, dir, &o, INDEX_WRITE, NULL) != RC_OK ||
        index_dir_add(d, item, 60, coll_keys, &coll, NULL) != RC_OK ||
        index_dir_delete(d, &item[4].id, 1, NULL, NULL) != RC_OK)
        abort();
    index_dir_close(d);
    read_all();
    atexit(remove_all);
    return 0;
}

static void write_file(const char *path, const uint8_t *p, size_t n)
{
    FILE *f = must(fopen(path, "wb"));
    if (fwrite(p, 1, n, f) != n || fclose(f) != 0)
        abort();
}

/* Put header and region checksums right where the table still makes sense. */
static void repair(uint8_t *p, size_t n)
{
    uint32_t regions, crc = 0;
    memcpy(&regions, p + 16, 4);
    if (regions > 8 || 128 + 24 * (size_t)regions > n)
        return;
    for (uint32_t i = 0; i < regions; i++) {
        uint64_t at, size;
        memcpy(&at, p + 128 + 24 * i, 8);
        memcpy(&size, p + 136 + 24 * i, 8);
        if (at <= n && size <= n - at) {
            crc = crc32c(0, p + at, size);
            memcpy(p + 144 + 24 * i, &crc, 4);
        }
    }
    memset(p + 20, 0, 4);
    crc = crc32c(0, p, 128 + 24 * (size_t)regions);
    memcpy(p + 20, &crc, 4);
}

static void use(void)
{
    struct index_dir_options o = options();
    struct index_dir *d = NULL;
    struct err e = {0};
    if (index_dir_open(&d, dir, &o, INDEX_READ, &e) != RC_OK) {
        if (!e.key[0])
            abort();
        return;
    }
    struct index_scratch *s = NULL;
    struct index_snapshot *now = index_dir_snapshot(d);
    const struct index *ix = index_snapshot_index(now);
    struct index_weight w[10];
    struct hit hit[20];
    uint32_t n = 0;
    help_state = 5;
    if (index_scratch_open(&s, ix, &e) != RC_OK ||
        index_search(ix, s, query_make(w, 10, 60), 20, hit, &n, &e) != RC_OK)
        abort();
    for (uint32_t i = 0; i < n; i++)
        if (!index_snapshot_doc(now, hit[i].id).id.n)
            abort();
    if (index_dir_verify(d, &e) != RC_OK && !e.key[0])
        abort();
    index_scratch_close(s);
    index_snapshot_release(now);
    index_dir_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    if (n < 2)
        return 0;
    const struct file *f = &files[p[0] % nfiles];
    uint8_t *bytes = must(malloc(f->bytes.n));
    memcpy(bytes, f->bytes.p, f->bytes.n);
    for (size_t i = 2; i + 3 <= n; i += 3)
        bytes[(p[i] | (size_t)p[i + 1] << 8) % f->bytes.n] = p[i + 2];
    bool trusted = strstr(f->path, ".fwd") || strstr(f->path, ".inv") || strstr(f->path, "stats");
    if (p[1] & 1 && !trusted)
        repair(bytes, f->bytes.n);
    write_file(f->path, bytes, f->bytes.n);
    use();
    write_file(f->path, (const uint8_t *)f->bytes.p, f->bytes.n);
    free(bytes);
    return 0;
}
