/* Ledgers (台账), summaries (汇总表) and statutory tables: declared in model/tables/NAME.yaml and
 * in tables/ of the site's own folders (docs/tables.md), made of what the actor may see, as rows
 * for the page, as xlsx, docx or PDF. The same figures everywhere, and behind each the list of its
 * records. */
#ifndef QIAO_TABLES_H
#define QIAO_TABLES_H

#include "service/records.h"
#include "sheet/docx.h"

struct report;

/* Those that the actor may have made, in their order. Appends. */
typedef VEC(const struct report *) vec_report;
enum rc report_list(const struct site *s, const struct actor *a, vec_report *out,
                    struct err *e) MUST_CHECK;
/* RC_USER "tables.none" (detail: name, tab, those there are), "service.denied". */
enum rc report_find(const struct site *s, const struct actor *a, struct str name,
                    const struct report **out, struct err *e) MUST_CHECK;
struct str report_name(const struct report *r);
const struct label *report_label(const struct report *r);
const struct label *report_about(const struct report *r); /* "" none */
/* What it asks for. */
bool report_spans(const struct report *r); /* a period */
bool report_asks_org(const struct report *r);

struct report_ask {
    int64_t from, until; /* days; 0, 0: this year */
    int64_t org;         /* 0: all */
};

enum cell_look { MADE_TEXT, MADE_COUNT, MADE_NUMBER, MADE_MONEY, MADE_WAN, MADE_DATE };
struct made_cell {
    enum cell_look look;
    bool set;        /* of a number or a date */
    struct str text; /* as it is shown */
    double number;   /* money in yuan, or in 万元 (MADE_WAN); a date: days */
    struct str href; /* the record, or the list of those that were counted; "" none */
};
enum row_look { ROW_PLAIN, ROW_GROUP, ROW_SUBTOTAL, ROW_TOTAL };
struct made_row {
    enum row_look look;
    struct made_cell *cell; /* [n] of the part; ROW_GROUP: the first only */
};
struct made_column {
    struct str label, under; /* under: what stands above several columns */
    double width;
    enum cell_look look;
};
struct made_part {
    struct str title;
    struct made_column *column;
    uint32_t n;
    VEC(struct made_row) row;
    bool more; /* it has more rows than it may show (TABLE_ROWS) */
};
struct made_report {
    const struct report *report;
    struct report_ask ask;            /* with the period filled in */
    struct str title, org, day, span; /* 制表单位, 制表日期, 统计期间 ("" none) */
    VEC(struct made_part) part;
};
#define TABLE_ROWS 10000u
/* Everything is in the arena but the vectors: made_free. Errors of record_list and record_group;
 * RC_USER "tables.span" (it ends before it begins). O(records of its lists, groups of its counts).
 */
enum rc report_make(struct site *s, const struct actor *a, const struct report *r,
                    const struct report_ask *ask, struct arena *to, struct made_report *out,
                    struct err *e) MUST_CHECK;
void made_free(struct made_report *m);

/* As files. xlsx: a sheet a part, merged heads, print titles, A4 across. */
enum rc report_xlsx(struct site *s, const struct made_report *m, const struct actor *a,
                    const char *path, struct err *e) MUST_CHECK;
/* docx (append to out), or the same as PDF. Of a part at most 2,000 rows; RC_TOO_BIG "tables.long".
 */
enum rc report_docx(struct site *s, const struct made_report *m, const struct actor *a, bool pdf,
                    struct buf *out, struct err *e) MUST_CHECK;

#endif
