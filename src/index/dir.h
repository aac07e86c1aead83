/* The index on disk: a directory of immutable segments that grows by small ones.
 *
 * Every change writes new files and then replaces MANIFEST, which names the files that count:
 * that is the commit. A crash at any moment leaves the state before or after it. One process
 * writes at a time (a lock), any number read, and go on reading the state that they opened.
 *
 * Documents are weighed by the statistics of the last *published generation*, so that scores do
 * not depend on how segments happen to be cut. Publishing takes the statistics of all live
 * documents anew. index_dir_add publishes by itself when nothing was published yet, or the live
 * documents are more than 5/4 of those of the last publication: adding the same batches in the
 * same order gives the same files. A term that came later than the statistics counts as held by
 * one document.
 *
 * A document has an external id, its terms, and a payload of bytes that the index only keeps.
 * Inside it is known by a number: its place in the order of segments. Numbers are good for one
 * snapshot. */
#ifndef QIAO_INDEX_DIR_H
#define QIAO_INDEX_DIR_H

#include "base/str.h"
#include "index/index.h"

#define INDEX_ID_MAX     1024u /* bytes of an external id */
#define INDEX_WEIGHT_MAX 256u  /* bytes of weight_name with its end */

struct index_dir;

struct index_dir_options {
    struct index_scheme scheme;
    const char *weight_name; /* which weight function with which parameters; recorded, and a
                                directory made with another name, k1 or b is refused */
    unsigned threads;
    bool sync; /* wait for the disk at each commit: a power failure then loses nothing. Without,
                  a killed process still leaves old or new */
    bool keep_segments; /* index_dir_add does not merge; the caller calls index_dir_merge */
};

enum index_dir_mode { INDEX_READ, INDEX_WRITE };

/* The weight_name that the directory was made with. Errors of a MANIFEST that does not open. */
enum rc index_dir_weight_name(const char *path, char to[INDEX_WEIGHT_MAX],
                              struct err *e) MUST_CHECK;

/* Make an empty one; the folder may exist. RC_USER "index.exists" where there is one already. */
enum rc index_dir_create(const char *path, const struct index_dir_options *o,
                         struct err *e) MUST_CHECK;
/* All checksums are verified: about 0.2 s for a million documents. RC_CORRUPT names file and
 * region; RC_USER "index.scheme", "index.locked" (a second writer). For writing, files that no
 * commit names are removed. `o` is copied; strings and ctx in it are borrowed until close. */
enum rc index_dir_open(struct index_dir **out, const char *path, const struct index_dir_options *o,
                       enum index_dir_mode mode, struct err *e) MUST_CHECK;
void index_dir_close(struct index_dir *d); /* snapshots taken from it stay valid */

/* ---- changing: INDEX_WRITE, else "index.read_only"; calls are taken one at a time. On failure
 * nothing has changed. ---- */

struct index_item {
    struct str id, payload; /* borrowed for the call */
};

/* Add n documents; `keys` is called as by index_build (document i of the batch). One whose id is
 * there already replaces the old one; of equal ids in the batch the last counts. Milliseconds for
 * a small batch, whatever the size of the collection. May merge small segments afterwards. */
enum rc index_dir_add(struct index_dir *d, const struct index_item *item, uint32_t n,
                      index_doc_fn keys, void *ctx, struct err *e) MUST_CHECK;
/* *removed (may be NULL): how many of the ids were there. */
enum rc index_dir_delete(struct index_dir *d, const struct str *id, uint32_t n, uint32_t *removed,
                         struct err *e) MUST_CHECK;
/* New statistics, all documents weighed anew. O(postings). */
enum rc index_dir_publish(struct index_dir *d, struct err *e) MUST_CHECK;
/* Merge 8 or more neighbours of a size class (a factor of 8) and below, none of them more than half
 * of the whole, and segments more than half dead; with `all`, everything into as few segments as
 * can be. Answers do not change but for the numbers. */
enum rc index_dir_merge(struct index_dir *d, bool all, struct err *e) MUST_CHECK;

/* Read every file anew and check it against the others: checksums, order, counts, and every
 * derived byte against the documents. RC_CORRUPT names file and region. O(postings). */
enum rc index_dir_verify(struct index_dir *d, struct err *e) MUST_CHECK;

/* ---- reading ---- */

/* The state of a moment; changes made later do not show in it. Any thread, any number. */
struct index_snapshot;
struct index_snapshot *index_dir_snapshot(struct index_dir *d);
void index_snapshot_release(struct index_snapshot *s); /* NULL is allowed */

/* For index_search. Deleted documents keep their numbers and are never found. */
const struct index *index_snapshot_index(const struct index_snapshot *s);
/* id and payload of document `number` < index_docs; valid as long as the snapshot. */
struct index_item index_snapshot_doc(const struct index_snapshot *s, uint32_t number);
/* The live document called `id`, UINT32_MAX if none. O(segments log documents). */
uint32_t index_snapshot_find(const struct index_snapshot *s, struct str id);
/* Whether `number` was deleted or replaced. */
bool index_snapshot_dead(const struct index_snapshot *s, uint32_t number);

struct index_dir_info {
    uint32_t docs, live, segments, generation;
    uint64_t postings;
    uint64_t inverted_bytes, forward_bytes; /* on disk; forward without ids and payloads */
    uint64_t stats_bytes, item_bytes;       /* statistics; ids and payloads */
};
void index_snapshot_info(const struct index_snapshot *s, struct index_dir_info *out);

/* The same of the handle's own state; valid until the next change through this handle. */
const struct index *index_dir_index(const struct index_dir *d);

#endif
