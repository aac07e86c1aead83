/* Word documents (docx): a template filled with values, a document's body read, a plain one made.
 *
 * A template is any docx. In its text (body, headers, footers):
 *   {{name}} {{name|form}}    a value; line breaks in it become line breaks
 *   {{#list}} … {{/list}}     in one table row: the row once for each item of the list; outside of
 *                             tables, in one paragraph: the paragraph
 *   {{?name}} … {{/name}}     kept where the value is not empty. A paragraph of which nothing is
 *                             left goes away. The two marks may also stand alone in paragraphs of
 *                             their own; then all between them is kept or goes
 * A mark that Word split over several runs is found all the same; what takes its place has the look
 * of its first character. Everything that is not text of a mark is copied byte for byte.
 *
 * Source: ECMA-376 part 1, 17 (WordprocessingML). */
#ifndef QIAO_DOCX_H
#define QIAO_DOCX_H

#include "base/arena.h"
#include "base/buf.h"

/* Where a value is asked for: an item of a list, or (list "") the record itself. */
struct docx_place {
    struct str list;
    uint32_t item;
};

/* Who knows the values. Inside a list names of the item and those of the record are both asked for
 * with the list's name. */
struct docx_values {
    void *ctx;
    /* Is there such a value (`repeats`: such a list), in that form? May fail for the form. */
    enum rc (*knows)(void *ctx, struct str list, struct str name, struct str form, bool repeats,
                     bool *known, struct err *e);
    /* The i-th name there is, for proposing a like one; .p NULL at the end. */
    struct str (*name)(void *ctx, struct str list, uint32_t i);
    enum rc (*count)(void *ctx, struct str list, uint32_t *n, struct err *e);
    /* Append the value; nothing where it is unset. */
    enum rc (*text)(void *ctx, const struct docx_place *at, struct str name, struct str form,
                    struct buf *out, struct err *e);
};

/* Append the filled document to `out`. `name` is used in errors only. All marks are checked, also
 * those that are not shown this time.
 * RC_USER: "docx.not_docx"; "docx.unknown" (detail: the mark, tab, the likest names); "docx.open" a
 * mark without its end; "docx.mark" no name in it; "docx.pair" a {{#}} or {{?}} without {{/}}, or
 * the other way; "docx.row" a list's marks are not in one row (paragraph); "docx.alone";
 * "docx.nested" a list in a list; "docx.charset"; "sheet.damaged", "sheet.encrypted",
 * "sheet.entities". RC_TOO_BIG: "docx.bytes", "docx.marks", "sheet.expanded", "sheet.ratio",
 * "sheet.depth". O(bytes of the document and of what is put in). */
enum rc docx_fill(struct buf *out, struct str bytes, const char *name,
                  const struct docx_values *values, struct err *e) MUST_CHECK;

/* ---- the body as blocks ---- */

enum docx_align { DOCX_LEFT, DOCX_CENTER, DOCX_RIGHT };
struct docx_run {
    struct str text; /* UTF-8; \n is a line break */
    bool bold;
    uint32_t size; /* half points; 0: as the document has it (21) */
};
struct docx_para {
    const struct docx_run *run;
    uint32_t n;
    enum docx_align align;
};
struct docx_cell {
    const struct docx_para *para;
    uint32_t n;
    uint32_t span;  /* columns */
    bool shaded;    /* a heading */
    bool continued; /* of the cell above (vertical merge) */
};
struct docx_row {
    const struct docx_cell *cell;
    uint32_t n;
};
/* A paragraph, or (n_rows > 0) a table. Lengths are twips: 1/20 point. */
struct docx_block {
    struct docx_para para;
    const struct docx_row *row;
    uint32_t n_rows;
    const uint32_t *width; /* of its columns */
    uint32_t n_cols;
    bool plain; /* a table without lines */
};
/* How many rows at the head of a table are headings, which come again on every page: all of their
 * cells are shaded. The last row is none. */
uint32_t docx_heads(const struct docx_block *t);
struct docx_body {
    const struct docx_block *block;
    uint32_t n;
    uint32_t page_w, page_h, left, right, top, bottom;
};
extern const struct docx_body docx_a4; /* without blocks */

/* Paragraphs (alignment, bold, size) and tables (widths, spans, vertical merges) of the body, in
 * order. Passed over: pictures, shapes, headers, footers, tables inside tables (their text comes as
 * paragraphs of the cell). Errors of docx_fill. */
enum rc docx_read(struct docx_body *out, struct str bytes, const char *name, struct arena *to,
                  struct err *e) MUST_CHECK;
/* Append a docx of these blocks. Same blocks, same bytes. */
enum rc docx_make(struct buf *out, const struct docx_body *body, struct err *e) MUST_CHECK;

#endif
