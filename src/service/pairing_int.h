/* Inside pairing*.c only. */
#ifndef QIAO_PAIRING_INT_H
#define QIAO_PAIRING_INT_H

#include "service/engine_int.h"
#include "service/matching_int.h" /* MATCH_CREDIBLE */

/* Lists for one actor, while the engine is read. */
struct lister {
    struct site *site;
    const struct actor *actor;
    const struct table *t;
    const struct units *units;
    struct list_cache *cache;
    uint64_t generation;
};
enum rc lister_open(struct lister *l, struct site *s, const struct actor *a,
                    struct err *e) MUST_CHECK;
void lister_close(struct lister *l);
const struct doc *lister_doc(const struct lister *l, int64_t id, unsigned *face);

/* One record of the other side; sums, not yet on the scale. */
struct item_score {
    int64_t id, via; /* via: what speaks for it with the strongest score, 0: its own text */
    double score, best;
};
typedef VEC(struct item_score) vec_item;
/* Best first, at most 200, as the actor may see them. Replaces `out`. */
enum rc list_items(struct lister *l, const struct doc *self, unsigned face,
                   const struct kind *other, vec_item *out, struct err *e) MUST_CHECK;
/* Is a record of the kind ranked by what speaks for it as well? Its score is then a sum over items,
 * of which ITEMS_SHOWN is put on the scale. */
#define ITEMS_SHOWN 0.5
bool is_spoken_for(const struct lister *l, const struct kind *k);

#endif
