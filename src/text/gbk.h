/* The GBK code of single characters, both ways: what the repair of shifted bytes counts with. */
#ifndef QIAO_GBK_H
#define QIAO_GBK_H

#include "base/err.h"
#include "base/str.h"

struct gbk;

/* RC_SYS "text.converter" without ICU's tables. Read-only once made. */
enum rc gbk_open(struct gbk **out, struct err *e) MUST_CHECK;
void gbk_close(struct gbk *g); /* NULL is allowed */

/* Its two bytes, lead * 256 + trail; 0 for a character without. O(1). */
unsigned gbk_code(const struct gbk *g, uint32_t c);
/* The character of two bytes; 0 where none is assigned. O(1). */
uint32_t gbk_char(const struct gbk *g, unsigned lead, unsigned trail);
/* One of the 3 755 characters of GB 2312 level 1, that make up nearly all of a modern text. */
bool gbk_common(const struct gbk *g, uint32_t c);

#endif
