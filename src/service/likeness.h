/* Pages that tell the same text: mirrors, reprints, the same page under two addresses.
 *
 * A text is the set of its windows of five characters; of every 32nd part of the
 * hash space the smallest hash is kept (one-permutation MinHash: Li, Owen, Zhang, NIPS 2012). The
 * share of equal ones estimates the share of windows that two texts have in common; candidates are
 * those that agree in four neighbouring ones (banding: Leskovec, Rajaraman, Ullman, ch. 3). */
#ifndef QIAO_LIKENESS_H
#define QIAO_LIKENESS_H

#include "base/map.h"

enum { SKETCH_BINS = 32, SKETCH_ROWS = 4, SKETCH_BANDS = SKETCH_BINS / SKETCH_ROWS };

struct sketch {
    uint32_t bin[SKETCH_BINS]; /* UINT32_MAX: empty */
    uint64_t whole;            /* hash of the whole text; 0: the text is too short to compare */
    uint32_t windows;
};

/* Only Han, letters and digits count. O(n). */
void sketch_make(struct sketch *out, struct str text);

/* `struct likeness l = {0};` is empty. About 400 bytes a text. */
struct likeness {
    VEC(struct kept_sketch {
        struct sketch sketch;
        uint32_t id;
    })
    kept;
    struct map by_whole, by_band[SKETCH_BANDS];
};

/* The id of an earlier text that this one repeats (at least three quarters of the windows agree),
 * the earliest found; `id` itself when there is none, and it is then kept. O(1). */
enum rc likeness_find(struct likeness *l, const struct sketch *s, uint32_t id, uint32_t *found,
                      struct err *e) MUST_CHECK;
void likeness_free(struct likeness *l);

#endif
