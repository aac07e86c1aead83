/* What is owed: the weekly digest of a person, the circular of organisations, reminders. */
#ifndef QIAO_DIGEST_H
#define QIAO_DIGEST_H

#include "service/records.h"

/* Lights of an organisation's commitments that were due in a span of days; those that were dropped
 * do not count. open: not due yet. */
struct standing {
    int64_t org;
    uint32_t green, made_up, red, open;
    double rate; /* green / (green + made_up + red); NAN where none was due */
};
typedef VEC(struct standing) vec_standing;
/* Best rate first, ties by more green, then by id. */
enum rc digest_circular(struct site *s, const struct actor *a, int64_t from, int64_t until,
                        struct arena *to, vec_standing *out, struct err *e) MUST_CHECK;

/* What one person in charge has before him: missed, due soon, open; each a record. */
struct owed {
    struct rec rec;
    struct str light; /* code of table light */
    int64_t due;
};
typedef VEC(struct owed) vec_owed;
enum rc digest_of(struct site *s, const struct actor *a, struct str owner_name, struct arena *to,
                  vec_owed *out, struct err *e) MUST_CHECK;

/* Dates that concern an actor's organisation (due, end, day, deadline, expiry), for a calendar. ICS
 * as RFC 5545. The address carries a secret that can be revoked: token_put with scope "calendar".
 */
enum rc calendar_print(struct site *s, const struct actor *a, const char *site_url, struct buf *out,
                       struct err *e) MUST_CHECK;

#endif
