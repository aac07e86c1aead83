/* A whole spreadsheet in memory: for an import that looks at its rows more than once. */
#ifndef QIAO_GRID_H
#define QIAO_GRID_H

#include "base/arena.h"
#include "sheet/sheet.h"

struct grid_row {
    uint32_t row; /* 1-based, as a spreadsheet program shows it */
    uint32_t n;   /* without empty cells at the end */
    const struct cell *cell;
};
struct grid_sheet {
    struct sheet_info info;
    struct grid_row keys; /* jsonl: the column names; else n == 0 */
    size_t first, n;      /* its rows are grid.rows.p[first .. first + n) */
};
enum grid_format { GRID_XLSX, GRID_CSV, GRID_JSONL };
struct grid {
    enum grid_format format;
    VEC(struct grid_sheet) sheets;
    VEC(struct grid_row) rows; /* in file order */
    struct arena bytes;
};

struct grid_request {
    uint32_t rows; /* most of them: RC_TOO_BIG "sheet.grid_rows" */
    size_t bytes;  /* most memory: RC_TOO_BIG "sheet.grid_bytes" */
    const struct sheet_limits *limits;
    enum rc (*progress)(void *ctx, double done, struct err *e); /* may be NULL */
    void *ctx;
};
/* Errors of sheet_read. grid_free after a failure too. O(bytes). */
enum rc grid_read(struct grid *g, const char *path, const struct grid_request *q,
                  struct err *e) MUST_CHECK;
enum rc grid_read_bytes(struct grid *g, struct str bytes, const char *name,
                        const struct grid_request *q, struct err *e) MUST_CHECK;
void grid_free(struct grid *g);

#endif
