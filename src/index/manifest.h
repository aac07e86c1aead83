/* Private to src/index. MANIFEST: which files make up the directory, and how they were weighed.
 *
 * MANIFEST (region.h)   count: commit, generation, next segment number, segments, k1, b
 *   scheme    the name of the weight function, bytes
 *   segment   struct manifest_segment each, in the order of document numbers */
#ifndef QIAO_INDEX_MANIFEST_H
#define QIAO_INDEX_MANIFEST_H

#include "index/dir.h"
#include "index/region.h"

#define INDEX_PATH_MAX 4096u

struct manifest_segment {
    uint32_t number;
    uint32_t dead; /* commit that wrote its .del file; 0: none */
    uint32_t ndocs, ndead;
};

struct manifest {
    uint32_t commit;     /* rises by one with each */
    uint32_t generation; /* of statistics; 0: nothing published yet */
    uint32_t next;       /* number of the next segment */
    double k1, b;
    char weight_name[INDEX_WEIGHT_MAX];
    VEC(struct manifest_segment) seg;
};

enum rc manifest_load(struct manifest *out, const char *dir, struct err *e) MUST_CHECK;
/* Write it beside; it counts once *out is committed. */
enum rc manifest_start(struct file_out **out, const struct manifest *m, const char *dir,
                       struct err *e) MUST_CHECK;
enum rc manifest_copy(struct manifest *out, const struct manifest *m, struct err *e) MUST_CHECK;
void manifest_release(struct manifest *m);
uint64_t manifest_live(const struct manifest *m);
uint64_t manifest_docs(const struct manifest *m);

/* A file of the directory, by kind and numbers (the second one of .inv and .del). */
struct file_name {
    enum region_kind kind;
    uint32_t a, b;
};

/* Write "DIR/name" into path[INDEX_PATH_MAX] (dirs that long are refused at open). */
void file_path(char *path, const char *dir, struct file_name f);
/* Understand a bare name; false if it is none of ours. MANIFEST and LOCK are not asked about. */
bool file_parse(const char *name, struct file_name *out);
/* The files that `m` names and `old` does not, appended. */
typedef VEC(struct file_name) vec_file_name;
enum rc manifest_new(const struct manifest *m, const struct manifest *old, vec_file_name *out,
                     struct err *e) MUST_CHECK;
bool manifest_names(const struct manifest *m, struct file_name f);
/* Remove the files that `m` names and `keep` (may be NULL) does not. Best effort: what stays is
 * removed when the directory is next opened for writing. */
void manifest_remove(const char *dir, const struct manifest *m, const struct manifest *keep);
/* The same for whatever lies in the directory, temporaries included. */
void manifest_sweep(const char *dir, const struct manifest *keep);

#endif
