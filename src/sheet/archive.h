/* The files in a zip archive that somebody brings. Nothing is written anywhere: members are read
 * into memory, one at a time. */
#ifndef QIAO_ARCHIVE_H
#define QIAO_ARCHIVE_H

#include "base/arena.h"
#include "base/buf.h"

struct archive;
enum { ARCHIVE_MEMBERS = 20000, ARCHIVE_MEMBER = 16 << 20 };

/* `bytes` must stay. RC_USER "sheet.damaged"; RC_TOO_BIG "read.too_many" over ARCHIVE_MEMBERS. */
enum rc archive_open(struct archive **out, struct str bytes, struct err *e) MUST_CHECK;
void archive_close(struct archive *a); /* NULL is allowed */
/* Regular files: no folders, none that begin with a dot or lie in __MACOSX. */
uint32_t archive_count(const struct archive *a);
/* In UTF-8, whatever charset the archive names its members in; lives as long as the archive. */
struct str archive_name(const struct archive *a, uint32_t i);
/* Appends the member. RC_USER "sheet.damaged", "sheet.encrypted"; RC_TOO_BIG "read.too_big" over
 * ARCHIVE_MEMBER, whatever the archive says it has, "sheet.ratio" where it unpacks a thousandfold.
 */
enum rc archive_read(struct archive *a, uint32_t i, struct buf *to, struct err *e) MUST_CHECK;

#endif
