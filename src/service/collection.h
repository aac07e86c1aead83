/* The records of one spreadsheet, in memory, compactly: the bytes of the fields and eight more a
 * record. */
#ifndef QIAO_COLLECTION_H
#define QIAO_COLLECTION_H

#include "base/arena.h"
#include "sheet/table.h"

/* One record. Slices point into the collection. */
struct item {
    struct str field[FIELD__COUNT];
    struct str id; /* the id column; "" where there is none: see collection_id */
    bool has_id;
    uint32_t sheet, row;
    struct str sheet_name;
    /* What is compared: title, a line break, then body, keywords and indicators, a line break
     * between them. text.p[0..title) is the title. */
    struct str text;
    uint32_t title;
};

struct row_problem {
    uint32_t sheet, row, col; /* 1-based; 0: none */
    struct str sheet_name;
    const char *key; /* as struct problem of sheet/table.h */
    struct str detail;
    bool dropped;
};

struct collection;

/* Called now and then with the share done, 0..1; a return other than RC_OK stops. May be NULL. */
typedef enum rc (*progress_fn)(void *ctx, const char *stage, double done, struct err *e);

/* Read a file (sheet/table.h says what is understood and refused). */
enum rc collection_open(struct collection **out, const char *path, const struct columns *columns,
                        const struct table_options *options, progress_fn progress, void *ctx,
                        struct err *e) MUST_CHECK;
/* The same; `watch` (NULL: none) is called, in the reading thread, whenever another `every` records
 * are there, first..first + every. Their texts stay where they are until the collection is closed;
 * the collection itself belongs to the reader until it is open. A return other than RC_OK stops. */
struct collection_watch {
    uint32_t every;
    enum rc (*fn)(void *ctx, const struct collection *c, uint32_t first, struct err *e);
    void *ctx;
};
enum rc collection_open_watched(struct collection **out, const char *path,
                                const struct columns *columns, const struct table_options *options,
                                progress_fn progress, void *ctx,
                                const struct collection_watch *watch, struct err *e) MUST_CHECK;
void collection_close(struct collection *c);

const char *collection_path(const struct collection *c);
uint32_t collection_count(const struct collection *c);
/* Record i. O(length of the record). */
struct item collection_item(const struct collection *c, uint32_t i);
/* Only what is compared; faster. */
struct str collection_text(const struct collection *c, uint32_t i, uint32_t *title);
#define COLLECTION_ID 128
/* What the record is called: its id, or its row number ("#7" where other records have ids), or
 * "sheet!row" in a file of several sheets; the latter are written to `to`. */
struct str collection_id(const struct collection *c, uint32_t i, char to[COLLECTION_ID]);
/* The record called so; UINT32_MAX if none. The first call
 * builds a table: O(records); then O(1). */
enum rc collection_find(struct collection *c, struct str id, uint32_t *out,
                        struct err *e) MUST_CHECK;
/* Problems in file order. */
uint32_t collection_problems(const struct collection *c, const struct row_problem **out);

#endif
