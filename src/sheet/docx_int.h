/* The docx files' own only.
 *
 * docx.c       the package: parts in and out
 * docx_parse.c the text of a part: where its paragraphs, rows and texts lie
 * docx_marks.c the marks in it: found over runs, paired, checked
 * docx_print.c the part again, with values in place of marks
 * docx_body.c  the body as blocks
 * docx_make.c  a package of blocks */
#ifndef QIAO_DOCX_INT_H
#define QIAO_DOCX_INT_H

#include "sheet/docx.h"
#include "sheet/xlsx_int.h"

#define DOCX_MAX  (32u << 20) /* of a package, and of a part, in and out */
#define MARKS_MAX 10000u
#define NONE      UINT32_MAX

enum el_type { EL_P, EL_ROW, EL_T };
/* An element of a part that matters, in document order. */
struct el {
    enum el_type type;
    size_t start, end;      /* bytes of the part */
    uint32_t next;          /* the first behind it and all in it */
    uint32_t up;            /* nearest of these around it, NONE */
    uint32_t parent;        /* number of the XML element right around it */
    bool in_cell;           /* EL_P: right in a table's cell */
    bool section;           /* EL_P: ends a section; never taken away */
    size_t text_at, text_n; /* EL_T: in doc.text */
    uint32_t seg, n_segs;   /* EL_P: in doc.seg */
    uint32_t each;          /* EL_P, EL_ROW: the mark that repeats it, NONE */
};

enum mark_type { MARK_VALUE, MARK_EACH, MARK_IF, MARK_END };
struct mark {
    enum mark_type type;
    struct str name, form, whole; /* in doc.names */
    uint32_t p;                   /* its paragraph */
    uint32_t other;               /* the mark that it is paired with, NONE */
};
/* A piece of a paragraph's text: literal, or a mark. */
struct seg {
    uint32_t t; /* the element whose text it is (begins in) */
    uint32_t mark;
    struct str text; /* literal; in doc.names */
};

struct doc {
    struct str xml;
    const char *name; /* of the file */
    VEC(struct el) el;
    VEC(struct mark) mark;
    VEC(struct seg) seg;
    struct buf text; /* of all EL_T, decoded */
    struct arena names;
};

/* Opens a package over `bytes`; closed by package_close. */
struct package {
    struct source src;
    struct xlsx x;
    zip_source_t *source;
};
enum rc package_open(struct package *p, struct str bytes, const char *name,
                     struct err *e) MUST_CHECK;
void package_close(struct package *p);

/* doc.xml and doc.name are set. */
enum rc doc_parse(struct doc *d, struct err *e) MUST_CHECK;
enum rc doc_marks(struct doc *d, struct err *e) MUST_CHECK;
enum rc doc_check(struct doc *d, const struct docx_values *v, struct err *e) MUST_CHECK;
enum rc doc_print(struct buf *out, const struct doc *d, const struct docx_values *v,
                  struct err *e) MUST_CHECK;
void doc_free(struct doc *d);
/* The list that an element repeats for, "" none. */
struct str doc_scope(const struct doc *d, uint32_t el);
/* The name of the start tag at `start` as it stands there: "w:p". */
struct str doc_tag(const struct doc *d, uint32_t el);

/* Text as XML: references for what needs them, U+FFFD for what XML cannot hold. Appends. */
enum rc xml_text(struct buf *out, struct str s, struct err *e) MUST_CHECK;

#endif
