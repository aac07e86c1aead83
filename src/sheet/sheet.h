/* Spreadsheets in: xlsx, csv, tsv and jsonl, read as a stream of rows.
 *
 * The format is decided by the bytes, never by the file's name. Text files may be UTF-8, UTF-16,
 * GB18030 or Big5 (text/charset.h). Rows come in file order; a row without any value of its own
 * is passed over, its number is not given to another. Memory: the shared strings of an xlsx and
 * one row; UTF-8 text files are read where they lie, others are converted whole.
 *
 * Sources: ECMA-376 part 1 (SpreadsheetML), RFC 4180, jsonlines.org. */
#ifndef QIAO_SHEET_H
#define QIAO_SHEET_H

#include "base/err.h"
#include "base/str.h"

/* Ceilings against hostile or broken files. Passing one ends the reading with RC_TOO_BIG and the
 * key named here, except `cell` and `row`, which make the cell CELL_TOO_BIG and go on. */
struct sheet_limits {
    uint64_t expanded; /* uncompressed bytes of all parts read: "sheet.expanded" */
    uint32_t ratio;    /* uncompressed / compressed of one part over 4 MiB: "sheet.ratio" */
    uint32_t columns;  /* "sheet.columns" */
    uint32_t strings;  /* shared strings: "sheet.strings" */
    uint32_t sheets;   /* "sheet.sheets" */
    uint32_t depth;    /* nesting of XML elements: "sheet.depth" */
    uint32_t merges;   /* merged regions of a sheet: "sheet.merges" */
    size_t cell;       /* bytes of one cell */
    size_t row;        /* bytes of one row */
};
extern const struct sheet_limits sheet_limits_default;

enum cell_kind {
    CELL_EMPTY,
    CELL_TEXT,
    CELL_NUMBER,     /* text is the number as a person writes it; 0.95 shown as % is "95%" */
    CELL_DATE,       /* text is ISO 8601: 2026-03-01, 2026-03-01T14:30:00 or 14:30:00 */
    CELL_BOOL,       /* TRUE, FALSE */
    CELL_ERROR,      /* a formula's error; text is its name (#N/A) */
    CELL_NO_VALUE,   /* a formula that was saved without its value */
    CELL_TOO_BIG,    /* over limits.cell or limits.row; text is its beginning or empty */
    CELL_OPEN_QUOTE, /* csv: a quote that is never closed; text as it stands, quote included */
    CELL_BAD_JSON,   /* jsonl: the line is no JSON object; text is the parser's reason */
};

struct cell {
    struct str text; /* UTF-8, not trimmed */
    uint8_t kind;    /* enum cell_kind */
    bool merged;     /* the value stands in an upper row of a merged region */
};

struct sheet_row {
    uint32_t row;            /* 1-based, as a spreadsheet program shows it */
    bool keys;               /* jsonl: not a row but the keys (column names) known so far, given
                              * again whenever a line brings new ones; columns never move */
    const struct cell *cell; /* n cells; column i is cell[i], borrowed for the call */
    uint32_t n;
    float done; /* how much of the file has been read, 0..1 */
};

struct sheet_info {
    uint32_t sheet;  /* 1-based place in the workbook, hidden ones counted; 1 for text files */
    struct str name; /* "" for text files; borrowed until the sheet ends */
};

/* Who takes the rows. Any of them may be NULL; a return other than RC_OK ends the reading. */
struct sheet_sink {
    void *ctx;
    enum rc (*sheet)(void *ctx, const struct sheet_info *info, struct err *e);
    enum rc (*row)(void *ctx, const struct sheet_row *row, struct err *e);
    enum rc (*sheet_end)(void *ctx, struct err *e);
};

/* Read a file ("-" is standard input). `limits` NULL: the defaults. Merged regions: the value is
 * given in every row of the region, in its first column. Hidden sheets are passed over.
 * RC_USER: "sheet.empty" no byte; "sheet.not_sheet" (detail: what it is); "sheet.old_xls";
 * "sheet.encrypted"; "sheet.damaged" (detail: where); "sheet.entities" a DTD in it;
 * "sheet.charset". RC_TOO_BIG: see above. The error names file, sheet and row.
 * Cost: about 400 k csv rows and 80 k xlsx rows of ten cells a second. */
enum rc sheet_read(const char *path, const struct sheet_sink *sink,
                   const struct sheet_limits *limits, struct err *e) MUST_CHECK;
/* The same from memory; `name` is used in errors only. */
enum rc sheet_read_bytes(struct str bytes, const char *name, const struct sheet_sink *sink,
                         const struct sheet_limits *limits, struct err *e) MUST_CHECK;

#endif
