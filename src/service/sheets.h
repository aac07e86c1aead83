/* Spreadsheets of a kind: template, import with a dry run, export. */
#ifndef QIAO_SHEETS_H
#define QIAO_SHEETS_H

#include "service/collection.h"
#include "service/records.h"

/* Columns of a kind's files: id, then fields (groups as one column, sub-values parted by |), masked
 * wording ("内容（脱敏）"), owner, state (read only), secrecy. Headers are labels; on the way in
 * labels in zh and en and names are understood, with hints in brackets or without.
 *
 * In xlsx and csv codes stand as people read them ("C32 有色金属…", "高校"), refs as "名称 #12",
 * dates and numbers as such; in jsonl names, codes and ids stand. A text is never a formula: in csv
 * what a spreadsheet program would calculate has an apostrophe in front (sheet/text_out.h). */

/* An empty workbook to fill in: headers, hints, an example row (passed over on the way in),
 * drop-downs for codes and booleans, a second sheet with the codes, a third that explains the
 * columns. RC_USER "service.denied" where the actor may write no record of the kind. */
enum rc sheet_template(struct site *s, const struct actor *a, const struct kind *k, bool zh,
                       const char *path, struct err *e) MUST_CHECK;

/* What is on the screen: xlsx, csv (UTF-8 with BOM) or jsonl; columns "" : all that the actor may
 * see, else names parted by commas ("title,masked.body,updated"). Rows are streamed, a thousand at
 * a time; who exports is noted in the trail. RC_USER "export.column", and errors of record_list. */
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
    bool owner, secrecy, moved; /* so do these; moved: its state */
};
/* A file read and compared with the store; nothing is written. Rows are recognised by id, by a
 * unique field, or by title within the owner. Merged title rows above the header, GB18030 csv,
 * dates as numbers and full-width digits are ordinary. Columns that the file has not stay as they
 * are. A blank cell unsets a field, except where the field is secret: whoever was not shown it
 * gives it back blank. "（空）" or "(empty)" unsets every field. Refs and owners are found by id,
 * unique value or title, also in other rows of the file.
 * Errors of sheet_read; RC_USER "service.denied", "import.no_header" (detail: the columns found),
 * "import.no_rows"; RC_TOO_BIG past IMPORT_ROWS rows. About 100 us a row. */
#define IMPORT_ROWS 100000u
struct import;
/* A header of the file and the column it is taken for. */
struct import_header {
    struct str text;
    struct str name;   /* of the column: "title", "masked.body"; "": of none */
    struct str guess;  /* where there is none: one that it may mean and that no other header has */
    struct str sample; /* the first value below it */
};
struct import_options {
    bool states;      /* set states from the column; actor_system only */
    struct str name;  /* what the file is called in the trail; "": by its path */
    struct str bytes; /* its contents, where there is no file; `path` names it in errors */
    /* Headers by hand, before any that are understood: text and name; borrowed. */
    const struct import_header *columns;
    uint32_t n_columns;
};
enum rc import_open_with(struct import **out, struct site *s, const struct actor *a,
                         const struct kind *k, const char *path, const struct import_options *o,
                         progress_fn progress, void *ctx, struct err *e) MUST_CHECK;
/* The same without options. */
enum rc import_open(struct import **out, struct site *s, const struct actor *a,
                    const struct kind *k, const char *path, progress_fn progress, void *ctx,
                    struct err *e) MUST_CHECK;
void import_close(struct import *i);
uint32_t import_rows(const struct import *i);
struct import_row import_row(const struct import *i, uint32_t row);
uint32_t import_count(const struct import *i, enum row_state state);
/* Two dry runs that would do the same have the same print: what was confirmed is what is applied.
 */
uint64_t import_print(const struct import *i);
/* Headers that were not understood, for a warning. */
uint32_t import_unknown(const struct import *i, const struct str **header);
/* All headers, in the order of the file; each text once. */
uint32_t import_headers(const struct import *i, const struct import_header **out);
/* The columns that a header may be given, in the order of the form. In the arena. */
struct import_choice {
    struct str name, label;
};
typedef VEC(struct import_choice) vec_import_choice;
enum rc import_choices(const struct kind *k, bool zh, struct arena *to, vec_import_choice *out,
                       struct err *e) MUST_CHECK;
/* One fault of a row as a sentence: "B 列 需求名称：此项必填". Appends. */
enum rc import_say(struct buf *to, const struct import *i, uint32_t row, uint32_t fault, bool zh,
                   struct err *e) MUST_CHECK;
/* The sheet that the row stands in; "" in text files. */
struct str import_sheet(const struct import *i, uint32_t row);
/* Write all rows in one transaction, or none: RC_USER "import.wrong" where a row is wrong,
 * "import.changed" where the store changed since the dry run. */
enum rc import_apply(struct import *i, progress_fn progress, void *ctx, struct err *e) MUST_CHECK;
/* What each row is and would change, a line of JSON a row: {"state": "new" | "changed" | "same" |
 * "wrong", "row", "id" (0: none yet), "sheet", "title", "changes": [{"label", "before", "after"}]};
 * owner, secrecy and state have a label alone. Appends; RC_TOO_BIG at the buffer's ceiling, after
 * whole lines. */
enum rc import_list(struct import *i, bool zh, struct buf *out, struct err *e) MUST_CHECK;
/* The file as it came, as a workbook, with a last column that says what is wrong in each row. */
enum rc import_returned(struct import *i, bool zh, const char *path, struct err *e) MUST_CHECK;

/* ---- jobs (service/jobs.h) ---- */

/* "import": args {"kind", "file": key of file_keep_brief, "apply": bool, "print": text of a dry run
 * that was confirmed, or absent, "columns": {header: name of its column, or ""}, or absent}; result
 * {"kind", "name", "rows", "new", "changed", "same", "wrong", "unknown": [headers], "headers":
 * [import_header], "print", "applied": bool, "returned": key of the returned sheet, where a row is
 * wrong, "list": key of the lines of import_list, "sheets": how many have rows, "problems":
 * [{"sheet", "sheet_name", "row", "cell": column's letters, "key", "title", "words"}, at most
 * 200]}.
 * "export": args {"kind", "filter", "sort", "columns", "format": "xlsx" | "csv" | "jsonl", "zh"};
 * result {"file": key, "name"}. */
struct job_run;
struct job;
struct tx;
enum rc job_import(struct job_run *run, struct err *e) MUST_CHECK;
/* The upload goes, but after a dry run, which can be confirmed or read with other columns. */
enum rc job_import_ended(struct tx *tx, const struct job *job, struct arena *to,
                         struct err *e) MUST_CHECK;
/* A dry run will not be confirmed: the upload goes. A job that has not ended is cancelled. RC_USER
 * "service.missing" for a job that is none of the actor's imports. */
enum rc import_forget(struct site *s, const struct actor *a, int64_t job, struct err *e) MUST_CHECK;
enum rc job_export(struct job_run *run, struct err *e) MUST_CHECK;

#endif
