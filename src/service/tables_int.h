/* The tables' own files only.
 *
 * tables.c        which there are
 * tables_read.c   declarations
 * tables_make.c   periods, heads, the parts in turn
 * tables_list.c   parts that list records
 * tables_count.c  parts that count them
 * tables_out.c    xlsx, docx, PDF */
#ifndef QIAO_TABLES_INT_H
#define QIAO_TABLES_INT_H

#include "base/map.h"
#include "service/site_int.h"
#include "service/tables.h"

enum { TABLE_SHARED = 8, TABLE_PARTS = 30, TABLE_COLUMNS = 60, TABLE_FIGURES = 100 };

enum part_type { PART_LIST, PART_BY, PART_FIGURES };
enum column_type {
    COLUMN_ROW,
    COLUMN_PATH,
    COLUMN_COUNT,
    COLUMN_SUM,
    COLUMN_MONTHS,
    COLUMN_SHARE,
    COLUMN_PLACE
};
enum period { PERIOD_THIS, PERIOD_LAST, PERIOD_ALL };

struct table_column {
    enum column_type type;
    struct label label, under;
    struct str path;   /* COLUMN_PATH, COLUMN_SUM */
    struct str filter; /* of what is counted; "" all */
    enum period period;
    double width;
    bool sum, wan;
    /* COLUMN_MONTHS: records of this kind that refer here by `by`, in the months of their `path`;
     * with the label of `light` */
    const struct kind *kind;
    struct str by, light;
    /* COLUMN_SHARE: what part the figures of column `share` are of those of the columns `of`, in
     * percent; none where these are nothing. COLUMN_PLACE, behind one: who has the greatest share
     * stands first, then who has more of it; rows are in this order. */
    uint32_t share, of[TABLE_SHARED], n_of;
};
/* A row of figures. */
struct table_figure {
    struct label label;
    const struct kind *kind;
    struct str filter, date, sum;
    struct str org; /* the path that the asked organisation is compared with */
};
struct table_part {
    enum part_type type;
    struct label title;
    const struct kind *kind; /* NULL: figures */
    struct str filter, date, org, sort, group, by;
    uint32_t limit; /* 0: all */
    bool total;
    const struct table_column *column;
    uint32_t n;
    const struct table_figure *figure;
    uint32_t n_figures;
};
struct report {
    struct str name;
    struct label label, about;
    roles by;
    int order;
    bool spans;
    const struct table_part *part;
    uint32_t n;
};
struct tables {
    struct arena arena;
    VEC(struct report) all; /* by order, then name */
};

/* One file. A name that is there already is replaced. RC_USER "tables.declared" (detail: what) with
 * file and line. */
enum rc tables_add(struct tables *t, const struct kinds *kinds, const struct node *file,
                   const char *name, struct err *e) MUST_CHECK;

/* ---- while one is made ---- */

struct making {
    struct site *s;
    const struct actor *a;
    const struct report *r;
    struct report_ask ask;
    struct arena *to;
};
/* A text in the arena; .p NULL: out of memory. */
struct str table_text(const struct making *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The conditions that hold for a count or a list, as text of the filter language; "" none. */
enum rc made_filter(const struct making *m, const struct str *condition, uint32_t n,
                    struct str date, enum period period, struct str org, struct str *out,
                    struct err *e) MUST_CHECK;
/* "/kind?filter=…" */
enum rc made_href(const struct making *m, const struct kind *k, struct str filter, struct str *out,
                  struct err *e) MUST_CHECK;
enum rc make_list(const struct making *m, const struct table_part *p, struct made_part *out,
                  struct err *e) MUST_CHECK;
enum rc make_by(const struct making *m, const struct table_part *p, struct made_part *out,
                struct err *e) MUST_CHECK;
enum rc make_figures(const struct making *m, const struct table_part *p, struct made_part *out,
                     struct err *e) MUST_CHECK;
/* Room for a row of the part, all cells empty texts. */
enum rc made_row(const struct making *m, struct made_part *p, enum row_look look,
                 struct made_cell **cell, struct err *e) MUST_CHECK;
/* A number as its look shows it. */
enum rc made_number(const struct making *m, struct made_cell *c, enum cell_look look, double number,
                    struct err *e) MUST_CHECK;

#endif
