#define _GNU_SOURCE
#include "base/file.h"

#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUT_BUFFER (256u << 10)
#define OUT_MAX    64 /* outputs open at once */

static enum rc fail_on(struct err *e, const char *key, const char *path)
{
    return err_at(e, err_sys(e, key, "%s", strerror(errno)), path, NULL, 0, 0);
}

enum rc file_map(struct file_map *out, const char *path, struct err *e)
{
    *out = (struct file_map){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_on(e, "file.open", path);
    enum rc rc = RC_OK;
    struct stat st;
    void *p = NULL;
    if (fstat(fd, &st) != 0)
        rc = fail_on(e, "file.open", path);
    else if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        rc = fail_on(e, "file.open", path);
    } else if (st.st_size > 0) {
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (p == MAP_FAILED)
            rc = fail_on(e, "file.open", path);
        else
            *out = (struct file_map){p, (size_t)st.st_size};
    }
    close(fd);
    return rc;
}

void file_unmap(struct file_map *m)
{
    if (m->p)
        munmap((void *)(uintptr_t)m->p, m->n);
    *m = (struct file_map){0};
}

enum rc file_read(struct buf *out, const char *path, struct err *e)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_on(e, "file.open", path);
    enum rc rc = RC_OK;
    char *chunk = mem_alloc(OUT_BUFFER);
    if (!chunk)
        rc = err_nomem(e);
    while (rc == RC_OK) {
        ssize_t n = read(fd, chunk, OUT_BUFFER);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = fail_on(e, "file.read", path);
        else if (n == 0)
            break;
        else
            rc = err_at(e, buf_put(out, chunk, (size_t)n, e), path, NULL, 0, 0);
    }
    mem_free(chunk);
    if (!standard)
        close(fd);
    return rc;
}

struct file_out {
    int fd, slot;
    char *path, *temp, *buffer;
    size_t held; /* bytes in buffer */
    bool synced; /* on the disk as it is */
    uint64_t size;
};

/* Names of open temporaries, so that a signal handler can remove them without locks: a name is
 * stored before the file is made and cleared after it is gone. */
static char *volatile temps[OUT_MAX];
static pthread_mutex_t temps_lock = PTHREAD_MUTEX_INITIALIZER;

static int temps_add(char *name)
{
    int slot = -1;
    pthread_mutex_lock(&temps_lock);
    for (int i = 0; i < OUT_MAX && slot < 0; i++) {
        if (!temps[i]) {
            temps[i] = name;
            slot = i;
        }
    }
    pthread_mutex_unlock(&temps_lock);
    return slot;
}

void file_out_abandon_all(void)
{
    for (int i = 0; i < OUT_MAX; i++) {
        char *name = temps[i];
        if (name)
            unlink(name);
    }
}

static void out_free(struct file_out *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->slot >= 0)
        temps[f->slot] = NULL;
    free(f->path);
    free(f->temp);
    mem_free(f->buffer);
    mem_free(f);
}

enum rc file_out_open(struct file_out **out, const char *path, struct err *e)
{
    struct file_out *f = mem_calloc(1, sizeof *f);
    if (!f)
        return err_nomem(e);
    f->fd = f->slot = -1;
    f->path = strdup(path);
    f->buffer = mem_alloc(OUT_BUFFER);
    if (!f->path || !f->buffer || asprintf(&f->temp, "%s.tmp%ld", path, (long)getpid()) < 0) {
        f->temp = NULL;
        out_free(f);
        return err_nomem(e);
    }
    enum rc rc = RC_OK;
    f->slot = temps_add(f->temp);
    if (f->slot < 0)
        rc = err_sys(e, "file.too_many", "%d", OUT_MAX);
    else if (fault_hit(FAULT_WRITE)) {
        errno = ENOSPC;
        rc = fail_on(e, "file.create", path);
    } else if ((f->fd = open(f->temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) < 0)
        rc = fail_on(e, "file.create", path);
    if (rc != RC_OK) {
        out_free(f);
        return rc;
    }
    *out = f;
    return RC_OK;
}

enum rc file_out_private(struct file_out *f, struct err *e)
{
    return fchmod(f->fd, 0600) == 0 ? RC_OK : fail_on(e, "file.create", f->path);
}

static enum rc write_at(struct file_out *f, const char *p, size_t n, uint64_t at, struct err *e)
{
    f->synced = f->synced && !n;
    while (n) {
        ssize_t w = -1;
        if (fault_hit(FAULT_WRITE))
            errno = ENOSPC;
        else
            w = pwrite(f->fd, p, n, (off_t)at);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return fail_on(e, "file.write", f->path);
        p += w;
        at += (uint64_t)w;
        n -= (size_t)w;
    }
    return RC_OK;
}

static enum rc flush(struct file_out *f, struct err *e)
{
    TRY(write_at(f, f->buffer, f->held, f->size - f->held, e));
    f->held = 0;
    return RC_OK;
}

enum rc file_out_write(struct file_out *f, const void *bytes, size_t n, struct err *e)
{
    if (n > OUT_BUFFER - f->held)
        TRY(flush(f, e));
    if (n > OUT_BUFFER) {
        TRY(write_at(f, bytes, n, f->size, e));
    } else {
        if (n)
            memcpy(f->buffer + f->held, bytes, n);
        f->held += n;
    }
    f->size += n;
    return RC_OK;
}

uint64_t file_out_size(const struct file_out *f)
{
    return f->size;
}

enum rc file_out_patch(struct file_out *f, uint64_t at, const void *bytes, size_t n, struct err *e)
{
    if (at > f->size || n > f->size - at)
        BUG("patch of %zu bytes at %llu past the end", n, (unsigned long long)at);
    TRY(flush(f, e));
    return write_at(f, bytes, n, at, e);
}

/* A rename is durable only once its folder is. */
static void sync_folder(const char *path)
{
    char *copy = strdup(path);
    int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(copy);
}

enum rc file_out_sync(struct file_out *f, struct err *e)
{
    TRY(flush(f, e));
    errno = ENOSPC;
    if (fault_hit(FAULT_WRITE) || fsync(f->fd) != 0)
        return fail_on(e, "file.write", f->path);
    f->synced = true;
    return RC_OK;
}

static enum rc commit(struct file_out *f, bool sync, struct err *e)
{
    enum rc rc = sync && !f->synced ? file_out_sync(f, e) : flush(f, e);
    if (rc == RC_OK) {
        errno = ENOSPC;
        if (fault_hit(FAULT_WRITE) || rename(f->temp, f->path) != 0)
            rc = fail_on(e, "file.write", f->path);
    }
    if (rc != RC_OK)
        unlink(f->temp);
    else if (sync)
        sync_folder(f->path);
    out_free(f);
    return rc;
}

enum rc file_out_commit(struct file_out *f, struct err *e)
{
    return commit(f, true, e);
}

enum rc file_out_commit_unsynced(struct file_out *f, struct err *e)
{
    return commit(f, false, e);
}

void file_out_abandon(struct file_out *f)
{
    if (!f)
        return;
    unlink(f->temp);
    out_free(f);
}

const char *file_out_temp(const struct file_out *f)
{
    return f->temp;
}
