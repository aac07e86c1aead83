/* A zip of pages, read by the command and by the job of the site in the same way; what it may hold
 * is bounded by sheet/archive.h. */
#ifndef QIAO_PACKED_H
#define QIAO_PACKED_H

#include "sheet/archive.h"

struct packed_page {
    uint32_t member;           /* of the archive */
    uint32_t address, charset; /* members PAGE.url and PAGE.charset, UINT32_MAX: none */
};
typedef VEC(struct packed_page) vec_packed;

/* Is it a zip, by its first bytes? */
bool packed_is(struct str bytes);
/* Opens the zip, whose bytes must stay, and lists the pages in it, in its order: without what a
 * saved page has beside it (source_is_no_page). RC_USER "read.packed_document" where it is a
 * document or a spreadsheet, "read.packed_empty" without a page, and the errors of archive_open.
 * vec_free(pages) in any case. */
enum rc packed_open(struct archive **out, vec_packed *pages, struct str bytes,
                    struct err *e) MUST_CHECK;
/* Appends the page, and what stands in the members beside it (nothing where they cannot be read).
 * From one thread at a time. Errors of archive_read. */
enum rc packed_read(struct archive *a, const struct packed_page *p, struct buf *page,
                    struct buf *address, struct buf *charset, struct err *e) MUST_CHECK;

#endif
