/* Text for a terminal: columns, wrapped lines, a little colour. What comes from a spreadsheet loses
 * its control characters, so that it cannot command the terminal. */
#ifndef QIAO_PAGE_H
#define QIAO_PAGE_H

#include "base/buf.h"

struct page {
    struct buf text, clean;
    size_t width; /* of the terminal, else $COLUMNS, else 100; 60 to 160 */
    bool color;   /* standard output is a terminal and NO_COLOR is not set */
};

enum page_style { PAGE_PLAIN, PAGE_BOLD, PAGE_DIM };
enum page_align { PAGE_LEFT, PAGE_RIGHT };

void page_init(struct page *p);
void page_free(struct page *p);
enum rc page_put(struct page *p, struct str s, struct err *e) MUST_CHECK;
/* `columns` wide: padded, or cut with "…". */
enum rc page_cell(struct page *p, struct str s, size_t columns, enum page_align align,
                  enum page_style style, struct err *e) MUST_CHECK;
enum rc page_blank(struct page *p, size_t columns, struct err *e) MUST_CHECK;
/* A paragraph from column `indent` to the right edge; at most `lines` lines, then "…". */
enum rc page_wrap(struct page *p, struct str s, size_t indent, size_t lines, enum page_style style,
                  struct err *e) MUST_CHECK;
enum rc page_line(struct page *p, struct err *e) MUST_CHECK; /* end the line */
/* Print what there is and start anew. */
enum rc page_print(struct page *p, struct err *e) MUST_CHECK;

#endif
