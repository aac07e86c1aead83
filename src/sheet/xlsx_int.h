/* The xlsx reader's own files only.
 *
 * xlsx.c         the container: which parts there are, sheets in workbook order
 * xlsx_part.c    a part as a stream: inflated, its ceilings watched, given to expat
 * xlsx_strings.c shared strings and cell styles
 * xlsx_merge.c   merged regions
 * xlsx_sheet.c   the rows of a worksheet */
#ifndef QIAO_XLSX_INT_H
#define QIAO_XLSX_INT_H

#include "sheet/sheet_int.h"

#include <zip.h>

/* Shared strings, packed: each entry is its length (uint32_t) and its bytes. */
struct strings {
    struct arena pool;
    char *block; /* where the next one goes */
    size_t left;
    VEC(const char *) entry;
};

struct region {
    uint32_t row, last; /* 1-based, last > row */
    uint32_t col;       /* 0-based */
};

/* The value of a merged region while its rows pass. */
struct spread {
    uint32_t row, last, col;
    struct cell cell;
    char *owned; /* its text */
};

struct merges {
    VEC(struct region) region; /* by row */
    VEC(struct spread) active;
    size_t next; /* first region whose row has not come yet */
};

struct xlsx_sheet {
    struct sheet_info info;
    struct str relation;
    bool hidden;
    zip_int64_t part; /* -1: none */
};

/* A worksheet as it was inflated for its merges, so that its rows need not be inflated again. */
#define KEPT_MAX (256u << 20)
struct kept {
    char *p; /* NULL: none */
    size_t n;
    zip_int64_t part;
};

struct xlsx {
    const struct source *src;
    zip_t *zip;
    uint64_t expanded; /* bytes inflated so far */
    uint64_t total;    /* bytes that the parts to be read claim to have */
    struct strings strings;
    VEC(uint8_t) styles; /* enum number_format of each cell style */
    bool from_1904;
    VEC(struct xlsx_sheet) sheets;
    struct arena names;
    struct kept kept;
};

/* A part being read. */
struct part {
    struct xlsx *x;
    zip_file_t *file; /* NULL: it is what was kept */
    const char *name;
    uint64_t in, out; /* compressed size; bytes inflated so far */
    bool again;       /* read before: not counted again in x->expanded */
};

/* Index of the part with this name, -1 where there is none. */
zip_int64_t part_find(struct xlsx *x, const char *name);
enum rc part_open(struct part *p, struct xlsx *x, zip_int64_t index, bool again,
                  struct err *e) MUST_CHECK;
/* Up to n bytes; *got 0 at the end. */
enum rc part_read(struct part *p, char *to, size_t n, size_t *got, struct err *e) MUST_CHECK;
void part_close(struct part *p);

/* What is done with a part's XML. Names come without their namespace prefix. */
struct xml_handler {
    void *ctx;
    enum rc (*start)(void *ctx, const char *name, const char **attributes, struct err *e);
    enum rc (*end)(void *ctx, const char *name, struct err *e);
    enum rc (*text)(void *ctx, const char *bytes, size_t n, struct err *e);
    const uint64_t *out; /* set while parsing: bytes of the part inflated so far */
};
/* Parse a whole part. `again`: see struct part. */
enum rc part_parse(struct xlsx *x, zip_int64_t index, bool again, struct xml_handler *h,
                   struct err *e) MUST_CHECK;
/* The value of an attribute, NULL where it is missing. */
const char *xml_attribute(const char **attributes, const char *name);

enum rc strings_read(struct xlsx *x, zip_int64_t part, struct err *e) MUST_CHECK;
/* False: no such string. Text over the ceiling comes as CELL_TOO_BIG. */
bool strings_get(const struct strings *s, uint32_t i, struct cell *out);
void strings_free(struct strings *s);
/* Resolve _xHHHH_ in place; returns the new length. ECMA-376 22.9.2.19 (ST_Xstring). */
size_t xlsx_unescape(char *p, size_t n);
enum rc styles_read(struct xlsx *x, zip_int64_t part, struct err *e) MUST_CHECK;

/* "AB12": column 27 (0-based), row 12; a missing part gives UINT32_MAX or 0. */
void xlsx_reference(const char *ref, uint32_t *col, uint32_t *row);

/* The regions of a worksheet of more than one row. They stand behind the rows in the file, so all
 * of it is inflated for them, and kept where it is not over KEPT_MAX; parsed for them only where
 * the word occurs. */
enum rc merges_read(struct merges *m, struct xlsx *x, zip_int64_t part, struct err *e) MUST_CHECK;
void kept_free(struct kept *k);
/* Give the row the values that come from above, then keep those that begin in it. */
enum rc merges_apply(struct merges *m, struct row *r, uint32_t number, struct err *e) MUST_CHECK;
void merges_free(struct merges *m);

enum rc xlsx_sheet_read(struct xlsx *x, const struct xlsx_sheet *sheet, struct err *e) MUST_CHECK;

#endif
