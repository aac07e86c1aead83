/* Values: private to record. */
#ifndef QIAO_VAL_INT_H
#define QIAO_VAL_INT_H

#include "record/rec.h"

/* Where faults go while a value is read or checked. */
struct fault_place {
    const struct field_def *f; /* field, or sub-field */
    uint32_t field, item, sub;
    bool masked;
    struct arena *arena;
    vec_fault *faults;
};
enum rc fault_put(struct fault_place *p, struct err *e, const char *key, const char *fmt, ...)
    PRINTF_LIKE(4, 5) MUST_CHECK;

/* In place: trimmed, without control characters, line ends as \n or (not `lines`) blanks. SIZE_MAX
 * where the bytes are no UTF-8, else the new length. Idempotent. */
size_t text_clean(char *p, size_t n, bool lines);
/* Length of the well-formed UTF-8 character at p (RFC 3629), 0 where there is none. */
static inline unsigned utf8_whole(const char *s, const char *end)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t n = (size_t)(end - s);
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || n < 2 || (p[1] & 0xC0) != 0x80)
        return 0;
    if (p[0] < 0xE0)
        return 2;
    if (n < 3 || (p[2] & 0xC0) != 0x80)
        return 0;
    if (p[0] < 0xF0)
        return (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ? 0 : 3;
    if (p[0] > 0xF4 || n < 4 || (p[3] & 0xC0) != 0x80)
        return 0;
    return (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F) ? 0 : 4;
}
/* As text_clean leaves it. */
bool text_is_clean(struct str s, bool lines);

/* One value of the field's type (its `list` aside). `text` is trimmed here; blank: unset. */
enum rc val_parse_one(struct val *out, struct str text, struct fault_place *p,
                      struct err *e) MUST_CHECK;
enum rc val_text_one(struct buf *out, const struct field_def *f, const struct val *v, bool zh,
                     bool raw, struct err *e) MUST_CHECK;
bool val_eq_one(const struct field_def *f, const struct val *a, const struct val *b);

static inline bool type_is_text(enum type t)
{
    return t == TYPE_TEXT || t == TYPE_LONG || t == TYPE_CODE ||
           (t >= TYPE_CREDIT && t <= TYPE_FILE);
}

/* The formats (val_format.c). The normal form goes to `to` where it differs. */
bool credit_read(char to[18], struct str s);
bool orcid_read(char to[19], struct str s);
bool email_ok(struct str s);
bool phone_ok(struct str s);
/* Full-width letters, digits and signs become half-width, but brackets (a number may be kept with
 * them); in place, the new length. */
size_t text_narrow(char *p, size_t n);
bool url_ok(struct str s);
bool file_ok(struct str s);

/* Seconds of "2026-03-01", "2026年3月1日 14:30", "2026-03-01T14:30:00+08:00" (UTC+8 where no zone
 * is given); *day: no time of day is given. */
bool time_read(struct str s, int64_t *seconds, bool *day);

#endif
