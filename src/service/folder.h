/* What is in a folder, in an order that does not depend on the disk. */
#ifndef QIAO_FOLDER_H
#define QIAO_FOLDER_H

#include "base/arena.h"
#include "record/yaml.h"

typedef VEC(const char *) vec_path;

/* "a/b" in the arena; NULL: out of memory. */
const char *path_join(struct arena *a, const char *folder, const char *name) MUST_CHECK;
/* Append the names in a folder, hidden ones left out, sorted by bytes. RC_SYS "file.open". */
enum rc folder_list(vec_path *out, const char *path, struct arena *a, struct err *e) MUST_CHECK;

/* The files DIR/SUB/NAME.yaml, in order of their names, each parsed into the arena and given to
 * `each`; nothing where there is no such folder. Errors of file_read (4 MiB at most a file),
 * yaml_parse and `each`. */
typedef enum rc (*folder_yaml_fn)(void *ctx, const struct node *node, const char *path,
                                  struct err *e);
enum rc folder_yaml(const char *dir, const char *sub, struct arena *to, folder_yaml_fn each,
                    void *ctx, struct err *e) MUST_CHECK;

#endif
