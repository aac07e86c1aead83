/* Inside the xlsx writer only. */
#ifndef QIAO_SHEET_OUT_INT_H
#define QIAO_SHEET_OUT_INT_H

#include "base/arena.h"
#include "base/buf.h"
#include "sheet/sheet_out.h"

#include <xlsxwriter.h>

#define OUT_UNITS_MAX 32767u /* of a cell */

struct out_sheet {
    lxw_worksheet *ws;
    struct str name; /* with its quotes doubled, for links */
    enum out_style *style;
    uint32_t columns;
    uint32_t row;     /* of the row begun last, 0-based */
    bool bare, begun; /* no header row; a row was begun */
    uint32_t links;
    unsigned lined; /* 1: cells have lines, 2: and are bold */
};

struct sheet_out {
    struct file_out *file;
    lxw_workbook *book;
    lxw_format *header, *link, *alarm, *format[OUT_STYLES];
    lxw_format *span[OUT_SPANS], *lined[2][OUT_STYLES]; /* made where they are asked for */
    VEC(struct out_sheet) sheets;
    struct arena names;
    struct buf text, url;
};

enum rc out_failed(lxw_error code, struct err *e) MUST_CHECK;
/* The sheet of this number. */
struct out_sheet *out_get(struct sheet_out *o, uint32_t sheet);

/* The text as it may stand in a cell: valid UTF-8 of XML characters, at most `units` UTF-16
 * units, "_x0041_" kept from being read as an escape (ECMA-376 22.9.2.19). Replaces `to`. */
enum rc out_clean(struct buf *to, struct str text, uint32_t units, struct err *e) MUST_CHECK;

/* Is the xlsx at `path` whole? rows[i] is the number of bytes of the rows of sheet i. RC_SYS
 * "file.write" where it is not. */
enum rc out_check(const char *path, const uint64_t *rows, uint32_t sheets,
                  struct err *e) MUST_CHECK;

#endif
