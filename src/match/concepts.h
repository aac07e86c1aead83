/* The domain concept table (the files of model/concepts): terms of industry, what else they are
 * called, what they belong to and what is near. Two uses: as a body of knowledge from which a
 * space of terms is learnt (match/knowledge.h), and to say why two texts that share no word meet.
 */
#ifndef QIAO_CONCEPTS_H
#define QIAO_CONCEPTS_H

#include "base/node.h"
#include "text/span.h"

struct concepts;

enum concept_relation {
    CONCEPT_NAME,  /* the name, or what else it is called: the thing itself */
    CONCEPT_UNDER, /* what it belongs to */
    CONCEPT_NEAR,  /* what a text on it would also speak of */
};

/* Start an empty table, add files, finish; then it is read-only and threads may share it.
 * An entry is {name, same, under, near, class}; entries of the same name are joined.
 * concepts_add: RC_USER "match.concepts" with file and line for another shape. */
enum rc concepts_open(struct concepts **out, struct err *e) MUST_CHECK;
enum rc concepts_add(struct concepts *c, const struct node *file, const char *name,
                     struct err *e) MUST_CHECK;
enum rc concepts_finish(struct concepts *c, struct err *e) MUST_CHECK;
void concepts_close(struct concepts *c);

/* Entries, in the order of the files. */
uint32_t concepts_count(const struct concepts *c);

struct concept_term {
    struct str text;
    uint32_t entry; /* the concept */
    enum concept_relation relation;
};
/* All terms of all entries, entry by entry. */
uint32_t concepts_terms(const struct concepts *c, const struct concept_term **out);

/* A term of the table that stands in a text. */
struct concept_hit {
    uint32_t word; /* the distinct term's number */
    struct span at;
};
typedef VEC(struct concept_hit) vec_concept_hit;
/* The longest terms, left to right, not overlapping; Latin ones as whole words. Appends. O(n). */
enum rc concepts_find(const struct concepts *c, struct str text, vec_concept_hit *out,
                      struct err *e) MUST_CHECK;

/* Is the whole text one term of the table? O(n). */
bool concepts_has(const struct concepts *c, struct str text);

/* How closely two different distinct terms are related by an entry that has both, 0..1: names of
 * one concept 1, a name and what is near or above it less; divided by how common the entry's
 * other term is in the table. 0 for the same term. */
double concepts_relation(const struct concepts *c, uint32_t a, uint32_t b);

#endif
