/* Traditional Chinese into Simplified (OpenCC, configuration t2s).
 *
 * OpenCC converts about 3 MB/s because it looks for phrases everywhere. Of its 4 100 characters
 * under twenty change with the phrase around them, so those alone go through its phrases; the rest
 * go through a table of single characters filled from OpenCC when it is opened. */
#ifndef QIAO_SIMPLIFY_H
#define QIAO_SIMPLIFY_H

#include "base/err.h"
#include "base/str.h"

struct simplifier;

/* RC_SYS "text.opencc" when OpenCC or its dictionaries are missing. Read-only once made, threads
 * may share it. About 30 ms. */
enum rc simplify_open(struct simplifier **out, struct err *e) MUST_CHECK;
void simplify_close(struct simplifier *s); /* NULL is allowed */

/* The simplified form, or c itself. O(1). */
uint32_t simplify_char(const struct simplifier *s, uint32_t c);

/* Is this a character whose simplified form hangs on its neighbours (乾, 瞭, 徵 …)? O(1). */
bool simplify_needs_phrase(const struct simplifier *s, uint32_t c);

enum { SIMPLIFY_PHRASE_MAX = 32 };

/* Convert n <= SIMPLIFY_PHRASE_MAX characters in place by phrases. Length never changes. */
void simplify_phrase(const struct simplifier *s, uint32_t *ch, size_t n);

#endif
