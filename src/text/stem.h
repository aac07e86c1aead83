/* Stems of English words: network and networks, compute and computing are one term. The suffix
 * stripper of Porter 1980 ("An algorithm for suffix stripping", Program 14(3)), with his two later
 * changes (-bli, -logi). */
#ifndef QIAO_STEM_H
#define QIAO_STEM_H

#include <stddef.h>

/* Shorten the word w[0..n), lower-case ASCII, in place and return its new length, at least 1 where
 * n is; a word of up to two letters, or with anything but letters in it, stays. Never longer. O(n).
 */
size_t stem_english(char *w, size_t n);

#endif
