/* Inside sheet/ only. */
#ifndef QIAO_SHEET_INT_H
#define QIAO_SHEET_INT_H

#include "base/arena.h"
#include "base/buf.h"
#include "sheet/sheet.h"

/* A row being put together; `bytes` holds the texts that were copied. */
struct row {
    VEC(struct cell) cells; /* cells.n: one past the last column set */
    struct arena bytes;     /* its ceiling is limits.row */
    uint32_t columns;       /* ceiling */
    bool own;               /* it has a value that is not merged into it */
};

void row_init(struct row *r, const struct sheet_limits *limits);
void row_free(struct row *r);
void row_clear(struct row *r);
/* Put a cell at column `col` (0-based); its text must live until row_clear.
 * RC_TOO_BIG "sheet.columns". */
enum rc row_set(struct row *r, uint32_t col, struct cell c, struct err *e) MUST_CHECK;
/* The same with a copy of the text; where the row is full the cell becomes CELL_TOO_BIG. */
enum rc row_copy(struct row *r, uint32_t col, struct cell c, struct err *e) MUST_CHECK;

/* One reader a format. `bytes` is the whole file; text readers get UTF-8 without BOM. */
struct source {
    struct str bytes;
    const char *name;
    const struct sheet_sink *sink;
    const struct sheet_limits *limits;
};

enum rc csv_read(const struct source *s, struct err *e) MUST_CHECK;
enum rc jsonl_read(const struct source *s, struct err *e) MUST_CHECK;
enum rc xlsx_read(const struct source *s, struct err *e) MUST_CHECK;
/* Does the text begin with a line that is one JSON object? */
bool jsonl_looks(struct str text);

enum rc sink_sheet(const struct source *s, const struct sheet_info *info, struct err *e) MUST_CHECK;
enum rc sink_row(const struct source *s, struct row *r, uint32_t number, float done,
                 struct err *e) MUST_CHECK;
enum rc sink_end(const struct source *s, struct err *e) MUST_CHECK;

/* How a number is shown: from a number format of styles.xml. */
enum number_format { FORMAT_PLAIN, FORMAT_PERCENT, FORMAT_DATE, FORMAT_TIME, FORMAT_DATETIME };

/* ECMA-376 18.8.30, with the builtin ids of the Chinese locales. */
enum number_format format_builtin(uint32_t id);
enum number_format format_of_code(struct str code);
/* Write the number `raw` (as it stands in the XML) the way a person writes it: at most 15
 * significant digits, no exponent below 10^21. The text goes to `to` (room for NUMBER_TEXT)
 * or is `raw` itself. *kind is CELL_NUMBER or CELL_DATE, or CELL_TEXT for what is no number. */
#define NUMBER_TEXT 64
struct str number_text(char to[NUMBER_TEXT], struct str raw, enum number_format f, bool from_1904,
                       enum cell_kind *kind);
/* The plain form of x. */
struct str number_plain(char to[NUMBER_TEXT], double x);

#endif
