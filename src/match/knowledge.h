/* Knowledge: a space of terms learnt once, when the program is built, from the concept table and
 * from nothing else, so it does not depend on the collection that is matched. Terms that stand
 * together in concepts lie close; a text is the weighted sum of its terms. docs/match.md has the
 * measurements. */
#ifndef QIAO_KNOWLEDGE_H
#define QIAO_KNOWLEDGE_H

#include "base/buf.h"
#include "match/concepts.h"

#define KNOWLEDGE_DIMS 192u

struct knowledge;

/* Learn from the table: every concept is a text of its terms (names twice), weighed by idf^2, and
 * the space is the 192 leading singular vectors (match/space.h). About two seconds. */
enum rc knowledge_fit(struct knowledge **out, const struct concepts *c, struct err *e) MUST_CHECK;
/* To bytes and back; a term's numbers are kept in 8 bits with a scale. RC_CORRUPT
 * "match.knowledge" for other bytes. */
enum rc knowledge_save(const struct knowledge *k, struct buf *out, struct err *e) MUST_CHECK;
enum rc knowledge_load(struct knowledge **out, struct str bytes, struct err *e) MUST_CHECK;
void knowledge_close(struct knowledge *k); /* NULL is allowed */

/* The vector of a term (KNOWLEDGE_DIMS numbers, borrowed), or NULL. O(1). */
const float *knowledge_vector(const struct knowledge *k, uint64_t key);
/* Its terms, in the table's order. O(1). */
uint32_t knowledge_terms(const struct knowledge *k);
uint64_t knowledge_key(const struct knowledge *k, uint32_t i);

#endif
