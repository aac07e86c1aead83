/* Tables: which row of a sheet is its header, which column is which field, and a record a row.
 *
 * The header is sought in the first 20 rows that are not empty: the row whose cells match the
 * declared synonyms (model/columns.yaml) best; of rows that match equally and follow each other
 * the last (a header over two lines, merged). Header texts are compared in lower case without
 * blanks, punctuation and bracketed hints ("项目名称（必填）*"), full-width letters as half-width;
 * an exact match is better than the longest synonym contained in the text (of two equally long
 * ones the one that ends later: the head word stands last). Latin synonyms match whole words. The
 * words of the other side (need, result) are tried last and never count as exact. */
#ifndef QIAO_TABLE_H
#define QIAO_TABLE_H

#include "base/node.h"
#include "sheet/sheet.h"

enum field {
    FIELD_ID,
    FIELD_TITLE,
    FIELD_BODY,
    FIELD_ORG,
    FIELD_PERSON,
    FIELD_CONTACT,
    FIELD_INDUSTRY,
    FIELD_REGION,
    FIELD_TRL,
    FIELD_INDICATORS,
    FIELD_BUDGET,
    FIELD_DEADLINE,
    FIELD_KEYWORDS,
    FIELD_TYPE,
    FIELD_DATE, /* when it was published or finished */
    FIELD__COUNT,
    FIELD_OTHER = FIELD__COUNT, /* a column that is no field */
};

/* "title"; the name in model/columns.yaml and in --map. */
const char *field_name(enum field f);

enum table_side { SIDE_NEED, SIDE_RESULT };

/* The synonyms. Opaque; read only once made, so threads may share it. */
struct columns;
/* From the declared table. `name` of the file for errors. RC_USER "sheet.columns_table" with the
 * line: an unknown field or key. Copies what it needs. */
enum rc columns_init(struct columns **out, const struct node *table, const char *name,
                     struct err *e) MUST_CHECK;
void columns_free(struct columns *c); /* NULL is allowed */
/* The field that a header text means on this side, FIELD_OTHER for none. *exact (may be NULL):
 * it is a synonym as it stands. */
enum field columns_match(const struct columns *c, enum table_side side, struct str header,
                         bool *exact);

/* The user's word for a column: its header text, or its letter ("C") where no column has that
 * text. It replaces what the synonyms say for the field; given twice, the columns are joined. */
struct column_map {
    enum field field;
    struct str column; /* borrowed */
};
/* Parse "title=项目名称". RC_USER "sheet.map" with the text. */
enum rc column_map_parse(struct column_map *out, struct str spec, struct err *e) MUST_CHECK;

struct table_other {
    struct str name, text; /* header text and cell text, trimmed */
};

/* One row. Everything is borrowed for the call. */
struct record {
    uint32_t sheet, row; /* 1-based, as a spreadsheet program shows them */
    struct str sheet_name;
    /* Trimmed; "" where there is none. Several columns of a field are joined (body by line
     * breaks). id, trl, budget, dates: half-width. A bare number as budget has the unit of its
     * header appended ("预算（万元）", 50 -> "50万元"). An id is unique within the file: a
     * repeated one is left out. */
    struct str field[FIELD__COUNT];
    const struct table_other *other; /* columns with a text that are no field */
    uint32_t n_other;
    float done; /* how much of the file has been read, 0..1 */
};

/* Something that a person should look at. `row` 0: the whole sheet. Keys:
 * "sheet.skipped" a sheet without a recognisable header; "sheet.row_no_title",
 * "sheet.row_not_json" (the row is dropped); "sheet.row_duplicate_id" (the id is left out);
 * "sheet.cell_error", "sheet.cell_no_value", "sheet.cell_too_big" (the cell is left out);
 * "sheet.cell_open_quote". */
struct problem {
    uint32_t sheet, row, col; /* 1-based; 0: none */
    struct str sheet_name;
    const char *key;
    struct str detail;
    bool dropped; /* no record comes of this row */
};

/* What was understood of a sheet. */
struct table_header {
    uint32_t sheet, row; /* row 0: no header row, columns were given by letter */
    struct str sheet_name;
    uint32_t n;
    const struct str *text;  /* header texts */
    const enum field *field; /* FIELD_OTHER: none */
};

struct table_sink {
    void *ctx;
    enum rc (*header)(void *ctx, const struct table_header *h, struct err *e); /* may be NULL */
    enum rc (*record)(void *ctx, const struct record *r, struct err *e);
    enum rc (*problem)(void *ctx, const struct problem *p, struct err *e); /* may be NULL */
};

struct table_options {
    enum table_side side;
    const struct column_map *map;
    size_t n_map;
    const struct sheet_limits *limits; /* NULL: the defaults */
};

/* Read a file as records, every sheet that has a header, in order. Empty rows, rows that hold
 * nothing but a running number and repeated headers are passed over. Errors of sheet_read, and
 * RC_USER: "sheet.no_rows"; "sheet.no_title" (detail: the columns found) when no sheet has a
 * title column; "sheet.no_column" a column of `map` that no sheet has (detail: it and the columns
 * found); "sheet.only_problems" when no row could be used (detail: how many). An error may come
 * after records were given. */
enum rc table_read(const char *path, const struct columns *c, const struct table_options *o,
                   const struct table_sink *sink, struct err *e) MUST_CHECK;
enum rc table_read_bytes(struct str bytes, const char *name, const struct columns *c,
                         const struct table_options *o, const struct table_sink *sink,
                         struct err *e) MUST_CHECK;

#endif
