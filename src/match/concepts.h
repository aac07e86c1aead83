/* The domain concept table (the files of model/concepts): terms of industry, what else they are
 * called, what they belong to and what is near. Terms are found in a text by a trie. */
#ifndef QIAO_CONCEPTS_H
#define QIAO_CONCEPTS_H

#include "base/node.h"
#include "text/span.h"

struct concepts;

/* Start an empty table, add files, then close it: no addition afterwards. */
enum rc concepts_open(struct concepts **out, struct err *e) MUST_CHECK;
enum rc concepts_add(struct concepts *c, const struct node *file, const char *name,
                     struct err *e) MUST_CHECK;
enum rc concepts_finish(struct concepts *c, struct err *e) MUST_CHECK;
void concepts_close(struct concepts *c);
uint32_t concepts_count(const struct concepts *c);

#endif
