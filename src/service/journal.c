/* The file: a line "qiao read 1 VERSION", then for each record a line "CRC KEY LENGTH", its bytes
 * and a line break. The checksum is of key and bytes. */
#define _GNU_SOURCE
#include "service/journal.h"

#include "base/crc32c.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/map.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { HEAD_BYTES = 64 };

struct place {
    uint64_t key, at;
    uint32_t n;
};

struct journal {
    int fd;
    char *path;
    struct map by_key; /* to places */
    VEC(struct place) place;
};

static enum rc failed(const struct journal *j, const char *key, struct err *e)
{
    return err_at(e, err_sys(e, key, "%s", strerror(errno)), j->path, NULL, 0, 0);
}

static enum rc write_all(struct journal *j, const void *bytes, size_t n, struct err *e)
{
    const char *p = bytes;
    while (n) {
        errno = ENOSPC;
        ssize_t done = fault_hit(FAULT_WRITE) ? -1 : write(j->fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return failed(j, "file.write", e);
        p += done;
        n -= (size_t)done;
    }
    return RC_OK;
}

static uint32_t checksum(uint64_t key, struct str record)
{
    return crc32c(crc32c(0, &key, sizeof key), record.p, record.n);
}

/* The record at `at`, 0 when there is no whole one; else where the next begins. */
static size_t record_at(const struct file_map *m, size_t at, struct place *out)
{
    unsigned crc;
    uint64_t key;
    uint32_t n;
    int used = 0;
    char head[HEAD_BYTES] = {0};
    size_t left = m->n - at;
    memcpy(head, m->p + at, MIN(left, sizeof head - 1));
    if (sscanf(head, "%8x %16" SCNx64 " %" SCNu32 "%n", &crc, &key, &n, &used) != 3 || !used ||
        head[used] != '\n' || left < (size_t)used + 1 + n + 1)
        return 0;
    *out = (struct place){key, at + (size_t)used + 1, n};
    struct str record = {(const char *)m->p + out->at, n};
    return checksum(key, record) == crc && m->p[out->at + n] == '\n' ? out->at + n + 1 : 0;
}

/* *end: how much of the file is good. */
static enum rc load(struct journal *j, const struct file_map *m, size_t *end, struct err *e)
{
    struct place x;
    for (size_t next; *end < m->n && (next = record_at(m, *end, &x)); *end = next) {
        uint32_t *at = map_put(&j->by_key, x.key, (uint32_t)j->place.n);
        if (!at)
            return err_nomem(e);
        *at = (uint32_t)j->place.n; /* a later record of one key stands */
        TRY(vec_push(&j->place, x, e));
    }
    return RC_OK;
}

static enum rc begin(struct journal *j, uint64_t version, struct err *e)
{
    char head[HEAD_BYTES];
    struct file_map m;
    int n = snprintf(head, sizeof head, "qiao read 1 %016" PRIx64 "\n", version);
    if (flock(j->fd, LOCK_EX | LOCK_NB) != 0)
        return err_at(e, err_user(e, "read.journal_busy", "%s", ""), j->path, NULL, 0, 0);
    TRY(file_map(&m, j->path, e));
    size_t good = 0;
    bool same = m.n >= (size_t)n && memcmp(m.p, head, (size_t)n) == 0;
    enum rc rc = RC_OK;
    if (same) {
        good = (size_t)n;
        rc = load(j, &m, &good, e);
    }
    file_unmap(&m);
    TRY(rc);
    if (ftruncate(j->fd, (off_t)good) != 0 || lseek(j->fd, (off_t)good, SEEK_SET) < 0)
        return failed(j, "file.write", e);
    return same ? RC_OK : write_all(j, head, (size_t)n, e);
}

enum rc journal_open(struct journal **out, const char *path, uint64_t version, struct err *e)
{
    struct journal *j = mem_calloc(1, sizeof *j);
    size_t n = strlen(path) + 1;
    if (!j || !(j->path = mem_alloc(n))) {
        mem_free(j);
        return err_nomem(e);
    }
    memcpy(j->path, path, n);
    j->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    enum rc rc = j->fd < 0 ? failed(j, "file.create", e) : begin(j, version, e);
    if (rc == RC_OK)
        *out = j;
    else
        journal_close(j, false);
    return rc;
}

size_t journal_count(const struct journal *j)
{
    return j->by_key.n;
}

bool journal_has(const struct journal *j, uint64_t key)
{
    return map_get(&j->by_key, key) != NULL;
}

enum rc journal_get(const struct journal *j, uint64_t key, struct buf *to, struct err *e)
{
    const uint32_t *at = map_get(&j->by_key, key);
    if (!at)
        BUG("no record of this key");
    struct place x = j->place.p[*at];
    char *bytes = mem_alloc(x.n + 1);
    if (!bytes)
        return err_nomem(e);
    enum rc rc = RC_OK;
    for (size_t n = 0; rc == RC_OK && n < x.n;) {
        ssize_t got = pread(j->fd, bytes + n, x.n - n, (off_t)(x.at + n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            rc = err_at(e, err_corrupt(e, "read.journal", "%s", ""), j->path, NULL, 0, 0);
        else
            n += (size_t)got;
    }
    if (rc == RC_OK)
        rc = buf_put(to, bytes, x.n, e);
    mem_free(bytes);
    return rc;
}

enum rc journal_add(struct journal *j, uint64_t key, struct str record, struct err *e)
{
    char head[HEAD_BYTES];
    int n = snprintf(head, sizeof head, "%08x %016" PRIx64 " %zu\n", checksum(key, record), key,
                     record.n);
    TRY(write_all(j, head, (size_t)n, e));
    TRY(write_all(j, record.p, record.n, e));
    return write_all(j, "\n", 1, e);
}

void journal_close(struct journal *j, bool done)
{
    if (!j)
        return;
    if (done)
        unlink(j->path);
    if (j->fd >= 0)
        close(j->fd);
    map_free(&j->by_key);
    vec_free(&j->place);
    mem_free(j->path);
    mem_free(j);
}
