/* A page that was read (or not) as JSON, the form in which it is stored and printed. */
#ifndef QIAO_READING_JSON_H
#define QIAO_READING_JSON_H

#include "base/buf.h"
#include "service/known.h"
#include "service/reading.h"

/* Where the page came from. */
struct reading_source {
    struct str name;    /* path or address as given */
    struct str address; /* of the page, "" if not known */
    struct str bytes;   /* of the page; their SHA-256 is kept */
};

/* Append the members of the object behind its opening brace, "source" first; docs/cli.md has
 * their names. Places count characters (code points) of "text", the repaired article. `known` may
 * be NULL. */
enum rc reading_put_json(struct buf *to, const struct reading_source *from, const struct reading *x,
                         const struct known *known, struct err *e) MUST_CHECK;
/* The same of a page that could not be read. */
enum rc reading_put_failure(struct buf *to, const struct reading_source *from,
                            const struct err *why, struct err *e) MUST_CHECK;

#endif
