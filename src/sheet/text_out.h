/* Texts of csv and jsonl files. */
#ifndef QIAO_TEXT_OUT_H
#define QIAO_TEXT_OUT_H

#include "base/buf.h"

/* Append a csv cell (RFC 4180), quoted where it must be. guard: a text that a spreadsheet program
 * would take for a formula (it begins with = + - @, a tab or a carriage return, full-width ones
 * too) gets an apostrophe in front, and one that already has apostrophes there gets one more, so
 * that csv_unguard gives every text back. */
enum rc csv_put(struct buf *to, struct str text, bool guard, struct err *e) MUST_CHECK;
struct str csv_unguard(struct str text);

#endif
