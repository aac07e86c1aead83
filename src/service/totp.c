#define _POSIX_C_SOURCE 200809L
#include "service/totp.h"

#include <liboath/oath.h>
#include <sodium.h>

#define STEP    30
#define KEY_MAX 64

void totp_secret(char to[TOTP_SECRET])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (int i = 0; i < TOTP_SECRET - 1; i++)
        to[i] = digits[randombytes_uniform(32)];
    to[TOTP_SECRET - 1] = 0;
}

/* RFC 4648, capitals, padding allowed; false for anything else. */
static bool base32(struct str text, uint8_t *to, size_t cap, size_t *n)
{
    uint32_t bits = 0, held = 0;
    *n = 0;
    for (size_t i = 0; i < text.n && text.p[i] != '='; i++) {
        char c = text.p[i];
        uint32_t v = c >= 'A' && c <= 'Z'   ? (uint32_t)(c - 'A')
                     : c >= '2' && c <= '7' ? (uint32_t)(c - '2') + 26
                                            : 32;
        if (v == 32 || *n == cap)
            return false;
        bits = bits << 5 | v;
        held += 5;
        if (held >= 8) {
            held -= 8;
            to[(*n)++] = (uint8_t)(bits >> held);
        }
    }
    return *n > 0;
}

enum rc totp_code(struct str secret, int64_t now, unsigned digits, char to[9], struct err *e)
{
    uint8_t key[KEY_MAX];
    size_t n = 0;
    bool ok = base32(secret, key, sizeof key, &n) &&
              oath_totp_generate((const char *)key, n, (time_t)now, STEP, 0, digits, to) == OATH_OK;
    sodium_memzero(key, sizeof key);
    return ok ? RC_OK : err_sys(e, "auth.totp_secret", "%s", "");
}

enum rc totp_check(struct str secret, struct str code, int64_t now, bool *right, int64_t *step,
                   struct err *e)
{
    *right = false;
    for (int64_t d = -1; d <= 1; d++) {
        char expected[9];
        TRY(totp_code(secret, now + d * STEP, 6, expected, e));
        /* In constant time, and all three of them. */
        if (code.n == 6 && sodium_memcmp(expected, code.p, 6) == 0) {
            *right = true;
            *step = now / STEP + d;
        }
    }
    return RC_OK;
}
