/* Private to the spreadsheets of kinds (sheet_*.c): columns, cells, rows of an import. */
#ifndef QIAO_SHEETS_INT_H
#define QIAO_SHEETS_INT_H

#include "base/map.h"
#include "service/sheets.h"
#include "service/site_int.h"
#include "sheet/grid.h"

/* ---- columns (sheet_columns.c) ---- */

enum col_what { COL_NONE, COL_FIELD, COL_MASKED, COL_ATTR, COL_PATH };
struct col {
    enum col_what what;
    uint32_t field;  /* COL_FIELD, COL_MASKED */
    enum attr attr;  /* COL_ATTR: id, owner, state, secrecy; read only: created, updated, since */
    struct str path; /* COL_PATH: of exports only; service/paths.h */
};
typedef VEC(struct col) vec_col;
#define COL_ATTR_OF(a) ((struct col){COL_ATTR, NO_FIELD, (a), {NULL, 0}})

/* All columns of a kind's files in their order; `form`: only those that a person fills in. */
enum rc cols_all(vec_col *out, const struct kind *k, bool form, struct err *e) MUST_CHECK;
/* Those named, parted by commas. RC_USER "export.column" with the name. */
enum rc cols_named(vec_col *out, const struct site *s, const struct kind *k, struct str names,
                   struct err *e) MUST_CHECK;
/* What stands in the header: the label, or the name ("masked.body"). Appends. */
enum rc col_label(struct buf *to, const struct kind *k, struct col c, bool zh,
                  struct err *e) MUST_CHECK;
enum rc col_name(struct buf *to, const struct kind *k, struct col c, struct err *e) MUST_CHECK;
/* The field behind a column; NULL for attributes. */
const struct field_def *col_def(const struct kind *k, struct col c);
const struct val *col_val(const struct rec *r, struct col c);
/* A column by its name: "title", "masked.body", "updated"; COL_NONE: there is none. */
struct col col_named(const struct kind *k, struct str name);
/* Filled in by nobody: computed fields, times. */
bool col_read_only(const struct kind *k, struct col c);

/* The words that headers may have, comparable. */
struct heads;
enum rc heads_make(struct heads **out, const struct kind *k, struct err *e) MUST_CHECK;
void heads_free(struct heads *h);
/* COL_NONE where it is not understood. *unit: yuan that a bare number stands for ("预算（万元）"),
 * else 0. */
struct col heads_find(const struct heads *h, struct str text, double *unit);

/* ---- cells (sheet_cell.c) ---- */

/* A cell's text as a person reads it (xlsx, csv) or raw (jsonl). Appends. `title` of a record that
 * a ref names; NULL: ids only. */
typedef enum rc (*title_fn)(void *ctx, int64_t id, struct str *title, struct err *e);
struct writing {
    bool zh, raw;
    title_fn title;
    void *ctx;
};
enum rc cell_text(struct buf *to, const struct rec *r, struct col c, const struct writing *w,
                  struct err *e) MUST_CHECK;
/* "制造业", or "C32 有色金属冶炼" where the code is one that people use or two have the label. */
enum rc cell_code(struct buf *to, const struct codes *table, const struct code *code, bool zh,
                  struct err *e) MUST_CHECK;
const char *secrecy_name(enum secrecy s);
struct label secrecy_label(enum secrecy s);
bool secrecy_read(struct str text, enum secrecy *out);
/* A state by name or label; NO_STATE if none. */
uint32_t state_read(const struct kind *k, struct str text);
/* The next of several parts of a text: parted by line breaks, or where there are none by ；; and,
 * with `comma`, by 、,，. False at the end; blank parts are passed over. */
bool next_item(struct str *rest, struct str *item, bool lines, bool comma);
bool has_lines(struct str text);

/* ---- words (sheet_words.c) ---- */

struct import;
/* The sentence of a key, {detail}, {other} and {third} replaced by the parts of `detail` (parted by
 * tabs). Appends. */
enum rc words_say(struct buf *to, const struct site *s, const char *key, struct str detail, bool zh,
                  struct err *e) MUST_CHECK;
/* 1 -> A, 27 -> AA. */
struct str words_column(char to[8], uint32_t col);
/* The header of the last column of a returned sheet. */
bool words_is_problems(struct str header);

/* ---- an import ---- */

struct irow {
    uint32_t sheet; /* place in grid.sheets */
    uint32_t at;    /* place in grid.rows */
    enum row_state state;
    int64_t id, version; /* id 0: a new one, until it is written */
    struct str title;
    const struct fault_at *fault;
    const uint32_t *fault_col;
    uint32_t n_faults;
    const struct change *change;
    uint32_t n_changes;
    bool owner, secrecy, moved; /* these change too */
    const uint32_t *dep;        /* rows of the file that it refers to and that are new */
    uint32_t n_deps;
};

/* The header of a sheet. */
struct imap {
    uint32_t at;           /* row of the header in grid.rows; UINT32_MAX: jsonl's keys, or none */
    uint32_t score;        /* columns that are understood */
    bool known;            /* there is a header */
    const struct col *col; /* [n] by column of the sheet */
    const double *unit;
    uint32_t n;
    uint32_t id, owner; /* columns, UINT32_MAX: none */
};

struct import {
    struct site *s;
    struct actor a;
    const struct kind *k;
    struct import_options o;
    struct str name; /* of the file, without its folder */
    struct grid grid;
    struct arena arena; /* what is shown of the rows */
    VEC(struct imap) maps;
    VEC(struct irow) rows;
    VEC(struct str) unknown;
    VEC(struct import_header) headers;
    uint32_t count[ROW__COUNT];
    uint32_t *order;       /* rows in an order in which referred ones come first */
    struct strmap in_file; /* titles and unique values of the rows, for refs: place in rows */
    struct strmap new_titles, uniques; /* of new rows; of all rows: found twice */
    struct map ids;                    /* records met: place in rows */
    struct refs *refs;
};

struct import_telling {
    progress_fn fn;
    void *ctx;
};
enum { TELL_EVERY = 64 }; /* rows */
enum rc import_tell(const struct import_telling *t, const char *stage, double done,
                    struct err *e) MUST_CHECK;

/* ---- header and rows (import_head.c, import_rows.c) ---- */

enum rc import_heads(struct import *i, struct err *e) MUST_CHECK;
/* i->rows: those that count. RC_USER "import.no_rows". */
enum rc import_list_rows(struct import *i, struct err *e) MUST_CHECK;
/* Which column of ours offices call so (model/columns.yaml); inexact: one whose name is in it. */
struct col import_synonym(const struct import *i, struct str text, bool inexact);

/* ---- headers by hand (import_columns.c) ---- */

/* NULL: it was not given. */
const struct import_header *header_by_hand(const struct import *i, struct str text);
/* What a name stands for; COL_NONE for what nobody fills in. */
struct col header_column(const struct import *i, struct str name);
/* i->headers, of the sheets that have a header. */
enum rc import_keep_headers(struct import *i, struct err *e) MUST_CHECK;

/* ---- references by name (import_refs.c) ---- */

struct refs;
enum rc refs_open(struct refs **out, struct err *e) MUST_CHECK;
void refs_close(struct refs *r);
void refs_forget(struct refs *r); /* what was looked up: the store may have changed */
/* An id, "#12", "名称 #12", a unique value or a title; `k` NULL: any kind. *id 0 and *key a message
 * key where it is none or several. */
struct ref_ask {
    struct tx *tx;
    const struct import *i;
    const struct kind *k;
    struct str text;
};
enum rc refs_find(struct refs *r, const struct ref_ask *ask, int64_t *id, const char **key,
                  struct err *e) MUST_CHECK;
/* All rows' titles and unique values, where the kind refers to itself. */
enum rc refs_rows(struct import *i, struct err *e) MUST_CHECK;
/* The row of the file that a text means; UINT32_MAX if none. */
uint32_t refs_row(const struct import *i, struct str text);

/* ---- one row (import_row.c, import_cells.c) ---- */

typedef VEC(uint32_t) vec_number32;
struct building {
    struct import *i;
    struct tx *tx;
    struct arena *to; /* of this row alone */
    uint32_t row;     /* place in i->rows */
    const struct imap *map;
    const struct grid_row *cells;
    bool writing; /* refs to rows of the file are their ids now */
    /* what comes of it */
    struct rec rec;       /* what it would be */
    struct viewed viewed; /* what is there; .found false: nothing */
    bool owner, secrecy, moved;
    vec_fault faults;
    vec_number32 fault_col;
    vec_change changes;
    vec_number32 deps;
    enum row_state state;
    struct buf text, other;
};
void building_init(struct building *b, struct arena *to);
/* The row anew: what comes of it. */
enum rc building_row(struct building *b, struct import *i, struct tx *tx, uint32_t row,
                     struct err *e) MUST_CHECK;
void building_free(struct building *b);
/* The cell's text, trimmed; "" where there is none. */
struct str cell_at_col(const struct building *b, uint32_t col);
enum rc row_fault(struct building *b, uint32_t col, uint32_t field, const char *key,
                  struct str detail, struct err *e) MUST_CHECK;
/* Put the cells over b->rec. */
enum rc building_cells(struct building *b, struct err *e) MUST_CHECK;
/* One cell as a value of its field; faults are told at the column. */
enum rc building_value(struct building *b, uint32_t col, struct val *out, struct err *e) MUST_CHECK;
enum rc building_owner(struct building *b, int64_t *org, struct err *e) MUST_CHECK;

/* ---- what came of it (import_keep.c), rows among each other (import_order.c) ---- */

/* Into its place in i->rows. */
enum rc import_keep(const struct building *b, struct err *e) MUST_CHECK;
/* A row that says again what an earlier one said is wrong. */
enum rc import_check_twice(struct building *b, struct err *e) MUST_CHECK;
/* i->order; of rows that refer to each other in a ring one is wrong. */
enum rc import_order(struct import *i, struct err *e) MUST_CHECK;

#endif
