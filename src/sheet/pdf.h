/* Blocks of a document (sheet/docx.h) as PDF pages, by pango and cairo.
 *
 * Kept of Word's layout: page size and margins, alignment of paragraphs, bold, font size, line
 * breaks, tables with column widths, spans, vertical merges, lines and shading; a row goes to the
 * next page as a whole unless it is longer than a page. Not kept: fonts by name (Noto Serif CJK SC
 * is taken, else fontconfig's serif), italics, colours, indents, spacing, pictures, headers,
 * footers. Where there is more than one page they are numbered. */
#ifndef QIAO_PDF_H
#define QIAO_PDF_H

#include "sheet/docx.h"

/* Append a PDF. Same blocks, title and fonts: same bytes. RC_USER "papers.font" where the system
 * has no font; RC_TOO_BIG "docx.bytes" over 2 MiB of text or 500 pages; RC_SYS "papers.pdf". The
 * libraries end the program where memory is short, which is why the text has a ceiling. */
enum rc pdf_print(struct buf *out, const struct docx_body *body, struct str title,
                  struct err *e) MUST_CHECK;

#endif
