/* What is in a folder, in an order that does not depend on the disk. */
#ifndef QIAO_FOLDER_H
#define QIAO_FOLDER_H

#include "base/arena.h"

typedef VEC(const char *) vec_path;

/* "a/b" in the arena; NULL: out of memory. */
const char *path_join(struct arena *a, const char *folder, const char *name) MUST_CHECK;
/* Append the names in a folder, hidden ones left out, sorted by bytes. RC_SYS "file.open". */
enum rc folder_list(vec_path *out, const char *path, struct arena *a, struct err *e) MUST_CHECK;

#endif
