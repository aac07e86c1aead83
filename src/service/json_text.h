/* JSON written by hand, as a stream into a buffer. */
#ifndef QIAO_JSON_TEXT_H
#define QIAO_JSON_TEXT_H

#include "base/buf.h"

/* `"text"`; what is no UTF-8 becomes U+FFFD. */
enum rc json_put(struct buf *to, struct str s, struct err *e) MUST_CHECK;
/* `,"key":"text"`; null for an empty text. */
enum rc json_put_member(struct buf *to, const char *key, struct str s, struct err *e) MUST_CHECK;

#endif
