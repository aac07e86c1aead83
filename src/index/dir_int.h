/* Private to src/index: a directory's states and the one way to the next (dir.c); dir_write.c
 * makes the changes, dir_verify.c checks. */
#ifndef QIAO_INDEX_DIR_INT_H
#define QIAO_INDEX_DIR_INT_H

#include "index/dir.h"
#include "index/manifest.h"
#include "index/segment.h"

#include <pthread.h>

struct index_snapshot {
    atomic_uint refs;
    struct manifest m;
    struct held_stats *stats;   /* NULL before the first publication */
    struct held_forward **fwd;  /* [m.seg.n] */
    struct held_inverted **inv; /* [m.seg.n] */
    struct held_dead **dead;    /* [m.seg.n] NULL where none is dead */
    struct index ix;            /* borrows from all of them */
};

struct index_dir {
    char path[INDEX_PATH_MAX];
    struct index_dir_options o;
    enum index_dir_mode mode;
    int lock;                 /* file descriptor, -1 for readers */
    pthread_mutex_t writing;  /* one change at a time */
    pthread_mutex_t swapping; /* guards `now` */
    struct index_snapshot *now;
};

/* Load the state that `m` names (moved in, also on failure), sharing with `prev` (may be NULL)
 * what both name, in two steps: the documents; then statistics and weights. */
enum rc snapshot_begin(struct index_snapshot **out, const struct index_dir *d, struct manifest *m,
                       const struct index_snapshot *prev, struct err *e) MUST_CHECK;
enum rc snapshot_finish(struct index_snapshot *s, const struct index_dir *d,
                        const struct index_snapshot *prev, struct err *e) MUST_CHECK;

/* Make `m` (moved in, also on failure) the state of the directory: its .fwd and .del files are
 * written already; statistics where m->generation is not d->now's, and every .inv that is
 * missing, are made here; then MANIFEST. On failure every file that only `m` names is removed. */
enum rc dir_commit(struct index_dir *d, struct manifest *m, struct err *e) MUST_CHECK;

/* Segment of a document number; *doc becomes its number there. */
uint32_t snapshot_segment(const struct index_snapshot *s, uint32_t *doc);

static inline const uint64_t *snapshot_bits(const struct index_snapshot *s, uint32_t i)
{
    return s->dead[i] ? s->dead[i]->bits : NULL;
}

#endif
