/* The table reader's own files only: columns.c (synonyms), mapping.c (header -> fields), table.c.
 */
#ifndef QIAO_TABLE_INT_H
#define QIAO_TABLE_INT_H

#include "base/buf.h"
#include "sheet/header.h"
#include "sheet/table.h"

struct match {
    enum field field;
    bool exact;
    uint32_t rank; /* place in the list; smaller is preferred */
};

struct match columns_find(const struct columns *c, enum table_side side, struct str normal);
/* Text between the columns of a field, NULL where only one is taken. */
const char *columns_join(const struct columns *c, enum field f);
/* What becomes of columns of a field that takes only one. */
enum field columns_surplus(const struct columns *c, enum field f);
bool columns_narrow(const struct columns *c, enum field f);
/* Full-width ASCII and U+3000 as half-width, appended. */
enum rc put_narrow(struct buf *to, struct str s, struct err *e) MUST_CHECK;

/* What the columns of a sheet are. */
struct mapping {
    VEC(struct str) text; /* header texts, trimmed; borrowed from `names` */
    VEC(enum field) field;
    VEC(struct match) match;
    struct arena names;
    uint32_t row; /* of the header, 0: none */
    bool title;
};

struct map_request {
    const struct columns *columns;
    const struct table_options *options;
    bool *met; /* per options->map: a column was found for it */
};

/* How much a row looks like a header; 0: not at all. */
uint32_t mapping_score(const struct map_request *q, const struct sheet_row *row);
/* Map the columns of this header row; `row` NULL: by letters only. */
enum rc mapping_make(struct mapping *m, const struct map_request *q, const struct sheet_row *row,
                     struct err *e) MUST_CHECK;
/* Are the columns given by letters alone enough to do without a header? */
bool mapping_headless(const struct map_request *q);
void mapping_free(struct mapping *m);

#endif
