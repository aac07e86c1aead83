/* British and American spelling as one: optimisation and optimization, behaviour and behavior,
 * tumour and tumor are one term of an index. What comes out need not be how anybody spells; it is
 * only the same for both. */
#ifndef QIAO_SPELLING_H
#define QIAO_SPELLING_H

#include <stddef.h>

/* Bring w[0..n), lower-case ASCII letters, to the one spelling, in place; returns its new length,
 * never longer. A word with anything but letters in it stays. O(n). */
size_t spell_alike(char *w, size_t n);

#endif
