/* Shared by `qiao index` and `qiao search`. */
#ifndef QIAO_CATALOG_INT_H
#define QIAO_CATALOG_INT_H

#include "cli/cli.h"
#include "cli/page.h"
#include "cli/sentence.h"
#include "service/catalog.h"

/* A field of a --tsv line: control characters are blanks. */
enum rc put_plain(struct buf *to, struct str s, struct err *e) MUST_CHECK;
/* Id, title and unit as cells, after `used` columns of the line; ends the line. */
enum rc print_item(struct page *p, const struct item *it, size_t used, struct err *e) MUST_CHECK;

#endif
