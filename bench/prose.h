/* Technical Chinese out of thin air: the documents of gen.c.
 *
 * No text is read. The model: 60,000 words of 1-4 characters of GB 2312 level 1, joined by a
 * Markov preference so that pairs repeat across words; word frequencies after Zipf and Mandelbrot;
 * topics with their own words and phrases, sub-topics of uneven popularity with words of their
 * own; boilerplate clauses that all topics share; rare names with a heavy tail; numbers and Latin
 * words. The constants in prose.c are set so that the statistics at the head of gen.c come near
 * those of real needs. */
#ifndef BENCH_PROSE_H
#define BENCH_PROSE_H

#include "common.h"

/* A text is a row of symbols: Han characters, then Latin words, then numbers, then two marks. */
enum {
    HAN = 3755,
    LATIN = 4000,
    NUMBER = 10000,
    S_LATIN = HAN,
    S_NUMBER = S_LATIN + LATIN,
    S_COMMA = S_NUMBER + NUMBER,
    S_STOP,
    SYMBOLS
};

enum { DOC_MAX = 2048 /* symbols of a document */ };

struct sub; /* a sub-topic */

struct doc {
    uint32_t n, title, chars; /* symbols; of them the title; characters */
    uint16_t sym[DOC_MAX];
    /* while it is being written */
    uint64_t chance;
    const struct sub *sub;
    uint32_t sub_id;
};

/* UTF-8 of a symbol, and its bytes. */
struct symbol {
    char text[16];
    uint8_t n;
};

enum prose { PROSE_RESULT, PROSE_NEED }; /* 100-300 characters; 50-400 */

/* Once, before the rest. Returns the table of symbols, which lives as long as the program. */
const struct symbol *prose_init(uint64_t seed);
/* Document `i`: it depends on the seed, the kind and `i`, not on what was written before. */
void prose_write(struct doc *d, enum prose kind, uint64_t i);

#endif
