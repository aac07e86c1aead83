/* The reasons of a block of needs in words, made on all threads before a sheet is written row by
 * row. */
#ifndef QIAO_RENDER_H
#define QIAO_RENDER_H

#include "cli/match_int.h"

enum { REASON_BLOCK = 256 };

struct reason_block {
    uint32_t first; /* need */
    struct {
        struct buf text;
        VEC(uint32_t) end; /* of the i-th match's words in `text` */
    } need[REASON_BLOCK];
};

/* Needs [first, first + n), n <= REASON_BLOCK; what the block held is forgotten. */
enum rc render(struct reason_block *b, const struct report *r, uint32_t first, uint32_t n,
               struct err *e) MUST_CHECK;
/* The words for the i-th match of a need of the block: the phrases, a line for every indicator, a
 * line of what the columns say. Valid until the next call of render. */
struct str rendered(const struct reason_block *b, uint32_t need, uint32_t i);
void render_free(struct reason_block *b);

#endif
