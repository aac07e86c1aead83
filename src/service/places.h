/* Places in a text, in characters (code points) and in bytes. */
#ifndef QIAO_PLACES_H
#define QIAO_PLACES_H

#include "base/mem.h"
#include "base/str.h"

/* `struct places p = {0};` is empty. Borrows the text. */
struct places {
    struct str text;
    uint32_t *count; /* characters before byte i * PLACES_STEP */
};
enum { PLACES_STEP = 128 };

/* O(n), n/32 bytes of memory. places_free in any case. RC_NOMEM. */
enum rc places_init(struct places *p, struct str text, struct err *e) MUST_CHECK;
void places_free(struct places *p);
/* Characters before the byte; past the end: all. O(1). */
uint32_t places_char(const struct places *p, size_t byte);
/* Where the character begins; past the end: the length. O(log n). */
size_t places_byte(const struct places *p, uint32_t character);

#endif
