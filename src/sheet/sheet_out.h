/* Spreadsheets out: an xlsx written row by row, seen whole or not at all.
 *
 * Texts are never formulas, whatever they begin with. Characters that XML cannot hold are left
 * out; a text longer than Excel's 32,767 UTF-16 units is cut and ends with "…". Same calls, same
 * bytes. Memory: one row a sheet, and the links. About 40 k rows of ten cells a second. */
#ifndef QIAO_SHEET_OUT_H
#define QIAO_SHEET_OUT_H

#include "base/err.h"
#include "base/str.h"

enum out_style {
    OUT_TEXT,
    OUT_WRAP,    /* text over several lines */
    OUT_INTEGER, /* 1,234 */
    OUT_DECIMAL, /* 12.3 */
    OUT_PERCENT, /* 12% of 0.12 */
    OUT_PLAIN,   /* a number with the digits that it has */
    OUT_MONEY,   /* 1,234.50 */
    OUT_DATE,    /* 2026-03-01 */
    OUT_TYPED,   /* what is typed stays as it is typed: no id of digits becomes 9.1E+17 */
    OUT_STYLES,
};

struct out_column {
    struct str label; /* in the header row */
    double width;     /* in characters of the standard font */
    enum out_style style;
};

struct sheet_out;

/* Begin a workbook that will be `path`. Errors of file_out_open. */
enum rc sheet_out_open(struct sheet_out **out, const char *path, struct err *e) MUST_CHECK;
/* Add a sheet with its header row, frozen and with filters. Sheets stand in this order and may be
 * filled in turns. Characters that a sheet's name cannot have become "-"; it is cut to 31
 * characters. *sheet is its number for the calls below. RC_SYS "sheet.write". */
enum rc sheet_out_sheet(struct sheet_out *o, struct str name, const struct out_column *columns,
                        uint32_t n, uint32_t *sheet, struct err *e) MUST_CHECK;
/* Begin the next row; *row (may be NULL) is its number as Excel shows it, the first is 2.
 * RC_TOO_BIG "sheet.rows" past row 1,048,576. */
enum rc sheet_out_row(struct sheet_out *o, uint32_t sheet, uint32_t *row, struct err *e) MUST_CHECK;
/* A cell of the row begun last; column 0-based, in any order, in the style of its column. */
enum rc sheet_out_text(struct sheet_out *o, uint32_t sheet, uint32_t col, struct str text,
                       struct err *e) MUST_CHECK;
enum rc sheet_out_number(struct sheet_out *o, uint32_t sheet, uint32_t col, double x,
                         struct err *e) MUST_CHECK;
/* A day, counted from 1970-01-01, as a date of Excel in a column of OUT_DATE. Excel cannot count
 * all days: those before March 1900 must be written as text. */
bool sheet_out_has_date(int64_t days);
enum rc sheet_out_date(struct sheet_out *o, uint32_t sheet, uint32_t col, int64_t days,
                       struct err *e) MUST_CHECK;
/* A text that leads to a row of another sheet, which may not be written yet. Excel allows 65,530
 * links a sheet; later ones are plain text. */
enum rc sheet_out_link(struct sheet_out *o, uint32_t sheet, uint32_t col, struct str text,
                       uint32_t to_sheet, uint32_t to_row, struct err *e) MUST_CHECK;
/* ---- sheets that are laid out by the caller ---- */

/* A sheet of n columns without a header row: its first row is 1, all texts are OUT_TEXT. */
enum rc sheet_out_bare(struct sheet_out *o, struct str name, uint32_t n, uint32_t *sheet,
                       struct err *e) MUST_CHECK;
/* Go on to row `row` (1-based, behind the row begun last). RC_TOO_BIG as sheet_out_row. */
enum rc sheet_out_skip(struct sheet_out *o, uint32_t sheet, uint32_t row, struct err *e) MUST_CHECK;
/* A text in the style of a header, or red: something to put right. */
enum rc sheet_out_bold(struct sheet_out *o, uint32_t sheet, uint32_t col, struct str text,
                       struct err *e) MUST_CHECK;
enum rc sheet_out_alarm(struct sheet_out *o, uint32_t sheet, uint32_t col, struct str text,
                        struct err *e) MUST_CHECK;

/* ---- bare sheets that are printed (sheet_out_page.c) ---- */

/* A text over the columns [from, to] of the row begun last. */
enum out_span { SPAN_TITLE, SPAN_LEFT, SPAN_HEAD, SPAN_GROUP, OUT_SPANS };
enum rc sheet_out_span(struct sheet_out *o, uint32_t sheet, uint32_t from, uint32_t to,
                       struct str text, enum out_span span, struct err *e) MUST_CHECK;
/* Width and style of a column; before its cells are written. */
enum rc sheet_out_column(struct sheet_out *o, uint32_t sheet, uint32_t col, double width,
                         enum out_style style, struct err *e) MUST_CHECK;
/* Cells that are written from now on have lines around them; strong: and are bold. */
enum rc sheet_out_lined(struct sheet_out *o, uint32_t sheet, bool strong, struct err *e) MUST_CHECK;
/* An empty cell with its lines. */
enum rc sheet_out_blank(struct sheet_out *o, uint32_t sheet, uint32_t col,
                        struct err *e) MUST_CHECK;
/* A4, one page wide; rows first to last (1-based) are repeated on every page and stay in sight. */
enum rc sheet_out_printed(struct sheet_out *o, uint32_t sheet, uint32_t first, uint32_t last,
                          bool across, struct err *e) MUST_CHECK;

/* ---- forms to fill in; rows 1-based, columns 0-based, of any row written or not ---- */

/* Cells of the column that are not written have its style too. */
enum rc sheet_out_empty(struct sheet_out *o, uint32_t sheet, uint32_t col, double width,
                        struct err *e) MUST_CHECK;
/* A note on a cell of the row begun last (or of the header, before the first). Texts over Excel's
 * limit are cut. */
enum rc sheet_out_note(struct sheet_out *o, uint32_t sheet, uint32_t row, uint32_t col,
                       struct str text, struct err *e) MUST_CHECK;
/* Give the cells [from, to] of a column a name ("codes_region"), for offers. */
enum rc sheet_out_range(struct sheet_out *o, const char *name, uint32_t sheet, uint32_t col,
                        uint32_t from, uint32_t to, struct err *e) MUST_CHECK;
/* What the cells [from, to] of a column are: a drop-down of a named range or of a few words (both
 * may be absent), and what is told when one of them is entered. Other input is warned of, not
 * refused: lists of several are typed. */
struct out_offer {
    uint32_t from, to;
    const char *range;
    const char *words[2]; /* NULL: none */
    struct str title, hint;
};
enum rc sheet_out_offer(struct sheet_out *o, uint32_t sheet, uint32_t col,
                        const struct out_offer *offer, struct err *e) MUST_CHECK;

/* Write the file, read it back to be sure of it (libxlsxwriter does not notice a full disk
 * everywhere) and rename it. Frees `o` in every case; on failure nothing is left.
 * RC_SYS "sheet.write", "file.write". */
enum rc sheet_out_close(struct sheet_out *o, struct err *e) MUST_CHECK;
void sheet_out_abandon(struct sheet_out *o); /* NULL is allowed */

#endif
