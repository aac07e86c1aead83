/* Inside the xlsx writer only. */
#ifndef QIAO_SHEET_OUT_INT_H
#define QIAO_SHEET_OUT_INT_H

#include "base/buf.h"
#include "sheet/sheet_out.h"

/* The text as it may stand in a cell: valid UTF-8 of XML characters, at most `units` UTF-16
 * units, "_x0041_" kept from being read as an escape (ECMA-376 22.9.2.19). Replaces `to`. */
enum rc out_clean(struct buf *to, struct str text, uint32_t units, struct err *e) MUST_CHECK;

/* Is the xlsx at `path` whole? rows[i] is the number of bytes of the rows of sheet i. RC_SYS
 * "file.write" where it is not. */
enum rc out_check(const char *path, const uint64_t *rows, uint32_t sheets,
                  struct err *e) MUST_CHECK;

#endif
