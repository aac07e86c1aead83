/* Papers: the official forms that are filled from a record. Which there are is declared in
 * model/papers/NAME.yaml and in the site's own DIR/papers; how one looks is declared there too, or
 * is the Word template DIR/papers/NAME.docx, which then takes its place (docs/papers.md).
 *
 * A paper shows what its actor may see of the record, and nothing else. */
#ifndef QIAO_PAPERS_H
#define QIAO_PAPERS_H

#include "service/records.h"
#include "sheet/docx.h"

struct paper {
    struct str name, kind;
    struct label label;
    roles by;              /* who may have it made (not told: who is signed in); system always */
    struct docx_body body; /* how it looks; n 0: only as the site's template */
};

/* Those of a kind that the actor may have made, by name. Appends. */
typedef VEC(const struct paper *) vec_paper;
enum rc paper_list(const struct site *s, const struct actor *a, const struct kind *k,
                   vec_paper *out, struct err *e) MUST_CHECK;
/* RC_USER "papers.none" (detail: name, tab, those there are), "service.denied". */
enum rc paper_find(const struct site *s, const struct actor *a, const struct kind *k,
                   struct str name, const struct paper **out, struct err *e) MUST_CHECK;

/* The template as it is now: the site's own, else the declared one. Appends a docx. */
enum rc paper_template(const struct site *s, const struct paper *p, struct buf *out,
                       struct err *e) MUST_CHECK;
/* Filled from a record. Appends a docx. Errors of record_show and docx_fill; "papers.form". */
enum rc paper_fill(struct site *s, const struct actor *a, const struct paper *p, int64_t id,
                   struct buf *out, struct err *e) MUST_CHECK;
/* The same as a PDF (sheet/pdf.h). */
enum rc paper_pdf(struct site *s, const struct actor *a, const struct paper *p, int64_t id,
                  struct buf *out, struct err *e) MUST_CHECK;

#endif
