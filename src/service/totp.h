/* Time-based one-time passwords (RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits), by liboath. */
#ifndef QIAO_TOTP_H
#define QIAO_TOTP_H

#include "base/arena.h"

#define TOTP_SECRET 33 /* base32 of 20 random bytes, and NUL */
void totp_secret(char to[TOTP_SECRET]);
/* Is `code` the password of the time `now`, or of the step before or after it (clocks differ)?
 * *step: the number of its time step, for refusing it a second time. */
enum rc totp_check(struct str secret, struct str code, int64_t now, bool *right, int64_t *step,
                   struct err *e) MUST_CHECK;
/* The code itself, `digits` 6 to 8 (tests). */
enum rc totp_code(struct str secret, int64_t now, unsigned digits, char to[9],
                  struct err *e) MUST_CHECK;

#endif
