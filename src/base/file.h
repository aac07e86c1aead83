/* Files: whole reads, read-only maps, and writes that show all or nothing. */
#ifndef QIAO_FILE_H
#define QIAO_FILE_H

#include "base/buf.h"

/* A read-only view of a whole file. */
struct file_map {
    const uint8_t *p; /* NULL for an empty file */
    size_t n;
};

/* mmap `path`. RC_SYS "file.open" with the system's reason. A directory is refused. */
enum rc file_map(struct file_map *out, const char *path, struct err *e) MUST_CHECK;
void file_unmap(struct file_map *m);
/* Read `path` ("-" = standard input) whole into `out`, up to its ceiling. */
enum rc file_read(struct buf *out, const char *path, struct err *e) MUST_CHECK;

/* A file that comes into being at once: bytes go to a temporary name beside `path`; commit
 * flushes, syncs, renames and syncs the folder; abandon removes the temporary. After a crash at
 * any moment `path` is the old file or the new one. */
struct file_out;
enum rc file_out_open(struct file_out **out, const char *path, struct err *e) MUST_CHECK;
/* Nobody but its owner may read it (mode 0600). Before anything is written. */
enum rc file_out_private(struct file_out *f, struct err *e) MUST_CHECK;
enum rc file_out_write(struct file_out *f, const void *bytes, size_t n, struct err *e) MUST_CHECK;
/* Bytes written so far. */
uint64_t file_out_size(const struct file_out *f);
/* Overwrite n bytes at offset `at`, all of them already written (a header filled in at the end). */
enum rc file_out_patch(struct file_out *f, uint64_t at, const void *bytes, size_t n,
                       struct err *e) MUST_CHECK;
/* Frees f in every case. On failure the temporary is removed and `path` untouched. */
enum rc file_out_commit(struct file_out *f, struct err *e) MUST_CHECK;
/* The same without waiting for the disk: what a killed process leaves is still old or new, what a
 * power failure leaves may be neither. */
enum rc file_out_commit_unsynced(struct file_out *f, struct err *e) MUST_CHECK;
/* Bring what was written to the disk now; a commit that follows does not wait for it again. */
enum rc file_out_sync(struct file_out *f, struct err *e) MUST_CHECK;
void file_out_abandon(struct file_out *f); /* NULL is allowed */
/* The temporary's name, for a library that writes the file itself; then only commit follows. */
const char *file_out_temp(const struct file_out *f);
/* Remove every temporary still open; async-signal-safe, for Ctrl-C. */
void file_out_abandon_all(void);

#endif
