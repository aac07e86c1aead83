/* A growable byte buffer with a ceiling that its user names. */
#ifndef QIAO_BUF_H
#define QIAO_BUF_H

#include "base/mem.h"
#include "base/str.h"

struct buf {
    char *p; /* owned; NUL-terminated once anything was put */
    size_t n, cap, ceiling;
};

void buf_init(struct buf *b, size_t ceiling);
void buf_free(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
/* RC_TOO_BIG past the ceiling ("base.too_big"), RC_NOMEM; the contents are then unchanged. */
enum rc buf_put(struct buf *b, const void *bytes, size_t n, struct err *e) MUST_CHECK;
enum rc buf_str(struct buf *b, struct str s, struct err *e) MUST_CHECK;
enum rc buf_char(struct buf *b, char c, struct err *e) MUST_CHECK;
enum rc buf_printf(struct buf *b, struct err *e, const char *fmt, ...) PRINTF_LIKE(3, 4) MUST_CHECK;
/* A string of JSON with its quotes (RFC 8259, section 7); bytes that are no UTF-8 become U+FFFD. */
enum rc buf_json(struct buf *b, struct str text, struct err *e) MUST_CHECK;
/* The contents, valid until the next put. */
struct str buf_view(const struct buf *b);
/* Moves the NUL-terminated bytes out to the caller (mem_free); the buffer is empty again. */
char *buf_take(struct buf *b);

#endif
