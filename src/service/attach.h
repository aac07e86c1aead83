/* Files as values of records. A field of type file holds "KEY:name": the SHA-256 of the bytes,
 * which the store keeps, and what people call them. */
#ifndef QIAO_ATTACH_H
#define QIAO_ATTACH_H

#include "service/records.h"

#define ATTACH_KEY 64 /* characters */

/* What the bytes are, whatever the file is called: a media type for downloading;
 * "application/octet-stream" where they are not known. NULL: a program or a page with scripts,
 * which is not taken. Looks at the first kilobytes. */
const char *attach_type(struct str bytes);

/* Keep what was uploaded; *value (in the arena) is what a field holds. Only who put it may put the
 * value into a record. RC_USER "attach.program", "attach.empty" (detail: the name),
 * "service.denied"; RC_TOO_BIG "store.too_big". */
enum rc attach_put(struct site *s, const struct actor *a, struct str name, struct str bytes,
                   struct arena *to, struct str *value, struct err *e) MUST_CHECK;

/* A file that a record holds, in the face that the actor sees, or, where it sees all of it, held
 * once. RC_USER "service.missing" in every other case. */
struct attachment {
    struct str name, bytes;
    const char *type;
};
enum rc attach_get(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                   struct str key, struct arena *to, struct attachment *out,
                   struct err *e) MUST_CHECK;

/* The parts of a value. */
struct str attach_key(struct str value);
struct str attach_name(struct str value);

#endif
