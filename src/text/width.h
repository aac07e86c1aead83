/* How wide a text stands on a terminal: Chinese characters take two columns. */
#ifndef QIAO_WIDTH_H
#define QIAO_WIDTH_H

#include "base/str.h"

/* Columns of a character: 2 for wide and full-width ones (Unicode East Asian Width W and F), 0 for
 * combining, format and control characters, else 1 (ambiguous ones too, as terminals do). */
int char_width(uint32_t c);
size_t str_width(struct str s);
/* Bytes of the longest head of s that is at most `columns` wide. */
size_t width_head(struct str s, size_t columns);
/* Bytes of the first line when s is broken to `columns`: at a blank, or beside a wide character,
 * never before closing punctuation or after an opening one; a word that is longer than the line is
 * cut. At least one character of a text that is not empty. O(columns). */
size_t width_line(struct str s, size_t columns);

#endif
