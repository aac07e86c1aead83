/* English words: which of them only join others, and stems, by which network and networks, compute
 * and computing are one term. The suffix
 * stripper of Porter 1980 ("An algorithm for suffix stripping", Program 14(3)), with his two later
 * changes (-bli, -logi). */
#ifndef QIAO_ENGLISH_H
#define QIAO_ENGLISH_H

#include "base/str.h"

/* Shorten the word w[0..n), lower-case ASCII, in place and return its new length, at least 1 where
 * n is; a word of up to two letters, or with anything but letters in it, stays. Never longer. O(n).
 */
size_t stem_english(char *w, size_t n);

/* Articles, prepositions, pronouns, auxiliaries: a closed class, so no table of the model's.
 * Rising; lower case. */
extern const char *const function_words[];
extern const size_t function_words_n;
bool is_function_word(struct str word); /* lower case; O(log) */

/* Names of Greek letters: what a formula's \alpha says, while \mathcal and \emph say nothing. */
bool is_greek_letter(struct str word); /* lower case; O(log) */

#endif
