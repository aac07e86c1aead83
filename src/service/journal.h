/* What a long run has done so far, beside its output, so that the same command goes on where it was
 * interrupted. Append only; a record that was not finished is cut off when it is opened again. */
#ifndef QIAO_JOURNAL_H
#define QIAO_JOURNAL_H

#include "base/buf.h"

struct journal;

/* Open or make `path`. What an earlier run left is kept where it was made under the same `version`,
 * else dropped. RC_USER "read.journal_busy" while another process has it; RC_SYS. */
enum rc journal_open(struct journal **out, const char *path, uint64_t version,
                     struct err *e) MUST_CHECK;
/* Records that an earlier run left. */
size_t journal_count(const struct journal *j);
/* Is there a record of this key from an earlier run? */
bool journal_has(const struct journal *j, uint64_t key);
/* Append it to `to`. RC_CORRUPT "read.journal". Thread-safe. */
enum rc journal_get(const struct journal *j, uint64_t key, struct buf *to,
                    struct err *e) MUST_CHECK;
/* Not thread-safe. RC_SYS "file.write". */
enum rc journal_add(struct journal *j, uint64_t key, struct str record, struct err *e) MUST_CHECK;
/* `done`: the file is removed. NULL is allowed. */
void journal_close(struct journal *j, bool done);

#endif
