/* Forms and queries as they come: percent-encoded pairs and multipart/form-data (RFC 7578). */
#ifndef QIAO_WEB_FORM_INT_H
#define QIAO_WEB_FORM_INT_H

#include "web/web_int.h"

#define FORM_FIELDS_MAX 2000u
typedef VEC(struct param) vec_param;

/* Decode "a=1&b=2". Names and values are in the arena, repaired to UTF-8, without NUL. RC_USER
 * "web.form" (too many fields). O(n). */
enum rc form_pairs(vec_param *out, struct str text, struct arena *a, struct err *e) MUST_CHECK;
/* Parts of a whole body; values are slices of it. RC_USER "web.form" where a boundary is missing, a
 * part has no name, or there are too many. O(n). */
enum rc form_multipart(vec_param *out, struct str body, struct str boundary, struct arena *a,
                       struct err *e) MUST_CHECK;
/* The boundary parameter of a Content-Type; "" where there is none that is allowed (RFC 2046: 1 to
 * 70 characters). */
struct str form_boundary(struct str content_type);
/* %XX and (where `plus`) + decoded, NUL and bytes that are no UTF-8 replaced by U+FFFD. */
enum rc url_decode(struct str *out, struct str s, bool plus, struct arena *a,
                   struct err *e) MUST_CHECK;

#endif
