/* What of a run of text that two texts share reads as a term. */
#ifndef QIAO_PHRASE_H
#define QIAO_PHRASE_H

#include "match/concepts.h"
#include "match/match.h"
#include "text/terms.h"

/* One of the two texts, with its tokens (pairs and words, in text order), where the run begins
 * among them, and the terms of the concept table that stand in it (may be none). */
struct phrase_side {
    struct str text;
    const struct term_at *token;
    const vec_concept_hit *hit;
};

/* What is known of words. */
struct phrase_book {
    const struct concepts *concepts; /* NULL: none */
    const struct matcher *m;         /* for its counts of pairs of characters; NULL: none */
    bool english;                    /* the collection: only what says nothing is left out */
};

/* Narrow the run of *n tokens that begins at side[0].token[*first] and side[1].token[*first] to
 * what a person reads as a term; *n is 0 where nothing is left. Taken off, at both ends: particles
 * (的, 与), comparisons (以上, 小于), numerals that are cut from a longer number, the measure word
 * or unit after one and the number before one (循环|一百, 百|次衰减, 60 |GHz, 含水率80|%); what
 * begins or ends inside a longer term of the table in both texts and is none itself (碳|化硅, where
 * the other has 氧化硅); a character before such a term where both texts go on to the left
 * ((高|低)温|涂层厚度); a character that in both collections together stands more often with what
 * is outside, in both texts (掺杂方|面). Nothing is left of bare numbers and of words that say
 * nothing about a technology (需要, 采用). O(run * hits). */
void phrase_trim(const struct phrase_book *book, const struct phrase_side side[2], uint32_t *first,
                 uint32_t *n);

#endif
