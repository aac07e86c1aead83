/* Spreadsheets of a kind: template, import with a dry run, export. */
#ifndef QIAO_SHEETS_H
#define QIAO_SHEETS_H

#include "service/collection.h"
#include "service/records.h"

/* Columns of a kind's files: id, then fields (groups as one column, sub-values parted by |), masked
 * wording ("内容（脱敏）"), owner, state (read only), secrecy. Headers are labels; on the way in
 * labels in zh and en and names are understood. */

/* An empty workbook to fill in: headers, hints, an example row, drop-downs for codes and
 * booleans, a second sheet with the codes. */
enum rc sheet_template(struct site *s, const struct actor *a, const struct kind *k, bool zh,
                       const char *path, struct err *e) MUST_CHECK;

/* What is on the screen: xlsx, csv (UTF-8 with BOM) or jsonl; columns "" : all that the actor may
 * see, else names parted by commas. Rows are streamed. */
enum export_format { EXPORT_XLSX, EXPORT_CSV, EXPORT_JSONL };
struct export_request {
    struct list_request list; /* limit and offset are not looked at: all rows */
    struct str columns;
    enum export_format format;
    bool zh;
    progress_fn progress;
    void *progress_ctx;
};
enum rc sheet_export(struct site *s, const struct actor *a, const struct export_request *r,
                     const char *path, struct err *e) MUST_CHECK;

enum row_state { ROW_NEW, ROW_CHANGED, ROW_SAME, ROW_WRONG, ROW__COUNT };
struct import_row {
    uint32_t sheet, row; /* as a spreadsheet program shows them */
    enum row_state state;
    int64_t id; /* of the record it changes */
    struct str title;
    const struct fault_at *fault; /* with the column in fault_col */
    const uint32_t *fault_col;    /* 1-based column of the sheet, 0: none */
    uint32_t n_faults;
    const struct change *change;
    uint32_t n_changes;
};
/* A file read and compared with the store; nothing is written. Rows are recognised by id, by a
 * unique field, or by title within the owner. Merged title rows above the header, GB18030 csv,
 * dates as numbers and full-width digits are ordinary. Ceiling 100,000 rows. */
struct import;
enum rc import_open(struct import **out, struct site *s, const struct actor *a,
                    const struct kind *k, const char *path, progress_fn progress, void *ctx,
                    struct err *e) MUST_CHECK;
void import_close(struct import *i);
uint32_t import_rows(const struct import *i);
struct import_row import_row(const struct import *i, uint32_t row);
uint32_t import_count(const struct import *i, enum row_state state);
/* Headers that were not understood, for a warning. */
uint32_t import_unknown(const struct import *i, const struct str **header);
/* Write all rows in one transaction, or none: RC_USER "import.wrong" where a row is wrong,
 * "import.changed" where the store changed since the dry run. */
enum rc import_apply(struct import *i, progress_fn progress, void *ctx, struct err *e) MUST_CHECK;
/* The file as it came, with a last column that says what is wrong in each row. */
enum rc import_returned(struct import *i, bool zh, const char *path, struct err *e) MUST_CHECK;

#endif
