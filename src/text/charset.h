/* Bytes of unknown charset into UTF-8. */
#ifndef QIAO_CHARSET_H
#define QIAO_CHARSET_H

#include "base/buf.h"

/* Finds the charset of `in` and appends the text to `out` as UTF-8, without byte order mark and
 * without NULs; malformed sequences become U+FFFD. `*name` (may be NULL) is a static string:
 * "UTF-8", "UTF-16LE", "UTF-16BE", "GB18030", "Big5" or "windows-1252".
 *
 * Order of the evidence: byte order mark; valid UTF-8 without NUL; UTF-16 by what its units are;
 * UTF-8 with a few damaged bytes; GB18030 or Big5 by the share of characters from their level of
 * common ones (GB 2312 level 1, Big5 level 1), GB18030 where both are equal; windows-1252 for the
 * rest. The shares decide instead of a general detector because a header line of ten bytes must be
 * judged too.
 *
 * RC_TOO_BIG at the ceiling of `out`, RC_NOMEM, RC_SYS "text.converter" (ICU without its data);
 * `out` is then partly written. O(n). */
enum rc charset_to_utf8(struct buf *out, struct str in, const char **name,
                        struct err *e) MUST_CHECK;
/* The same with what somebody says the charset is ("gbk", "Big5"; "" for nobody): it decides
 * between GB18030, Big5 and windows-1252 where the bytes fit both nearly as well, never against
 * what they are. */
enum rc charset_to_utf8_as(struct buf *out, struct str in, struct str said, const char **name,
                           struct err *e) MUST_CHECK;

#endif
