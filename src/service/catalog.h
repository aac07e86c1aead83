/* The use cases of `qiao index` and `qiao search`: results kept in a directory (index/dir.h) and
 * found by a text.
 *
 * A result is called by its id column; one without is called by 16 hex digits, a hash of its title
 * and unit, so that adding the same file again replaces it. */
#ifndef QIAO_CATALOG_H
#define QIAO_CATALOG_H

#include "index/dir.h"
#include "match/reason.h"
#include "service/collection.h"

struct catalog;

/* An empty one where there is none; folders above it are not made. Its terms and weights are those
 * of the language of `first`, as match_params_of says, for good: MANIFEST names them. */
enum rc catalog_make(const char *path, const struct collection *first, struct err *e) MUST_CHECK;
/* RC_USER "service.no_index" where there is none. Errors of index_dir_open. *out is owned by the
 * caller. */
enum rc catalog_open(struct catalog **out, const char *path, enum index_dir_mode mode,
                     struct err *e) MUST_CHECK;
void catalog_close(struct catalog *c); /* NULL is allowed */

struct catalog_added {
    uint32_t fresh, replaced;
    uint32_t repeated; /* records that a later one of the same file replaced */
};
/* Add all records, or none where it fails. */
enum rc catalog_add(struct catalog *c, const struct collection *records, struct catalog_added *out,
                    struct err *e) MUST_CHECK;
/* *removed: how many of the ids were there. */
enum rc catalog_delete(struct catalog *c, const struct str *id, uint32_t n, uint32_t *removed,
                       struct err *e) MUST_CHECK;
/* New statistics, and as few segments as can be. O(postings). */
enum rc catalog_publish(struct catalog *c, struct err *e) MUST_CHECK;
/* Errors of index_dir_verify. */
enum rc catalog_verify(struct catalog *c, struct err *e) MUST_CHECK;

/* Results that are in it. */
uint32_t catalog_count(const struct catalog *c);
/* The numbers of all of them, by rising id. Appends. O(n log n). */
typedef VEC(uint32_t) vec_number;
enum rc catalog_list(const struct catalog *c, vec_number *out, struct err *e) MUST_CHECK;
/* One by its number; slices point into the catalog until the next change. RC_CORRUPT
 * "service.record" for bytes that are no record. */
enum rc catalog_item(const struct catalog *c, uint32_t number, struct item *out,
                     struct err *e) MUST_CHECK;

struct found {
    uint32_t number;
    double score; /* 0..100: match_scale of the cosine, as it counts where it stands alone */
};
typedef VEC(struct found) vec_found;
/* The k best for a text, which is taken as the title of a need (match/match.h, without damping);
 * by cosine alone. Replaces `out`; empty where nothing has a term of it. */
enum rc catalog_search(const struct catalog *c, struct str text, uint32_t k, vec_found *out,
                       struct err *e) MUST_CHECK;
/* The phrases of `text` that the result holds (in English: but for endings), longest first, at most
 * REASON_PHRASES: REASON_TERMS with the place in `text` only; share is of the text's length.
 * Appends. */
enum rc catalog_phrases(const struct catalog *c, struct str text, const struct item *result,
                        vec_reason *out, struct err *e) MUST_CHECK;

#endif
