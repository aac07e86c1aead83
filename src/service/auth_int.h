/* Private to the sign-in files of src/service. */
#ifndef QIAO_AUTH_INT_H
#define QIAO_AUTH_INT_H

#include "service/auth.h"
#include "service/site_int.h"

#define PASSWORD_MAX 512 /* bytes */
#define LOGIN_MAX    64

/* ---- password.c ---- */

#define HASH_MAX 128 /* as crypto_pwhash_STRBYTES */
/* RC_USER "auth.weak". */
enum rc password_judge(struct str password, struct str login, struct err *e) MUST_CHECK;
enum rc password_hash(struct site *s, struct str password, char to[HASH_MAX],
                      struct err *e) MUST_CHECK;
/* About 100 ms in every case; hash "" is compared with nothing and is wrong. */
bool password_right(struct site *s, struct str hash, struct str password);

/* ---- session.c ---- */

void session_key(uint8_t key[32], struct str value);
/* A new session in the store; account id 0: a visitor's. */
enum rc session_begin(struct site *s, struct tx *tx, const struct account *account, struct str data,
                      struct arena *to, struct signed_in *out, struct err *e) MUST_CHECK;
bool session_pending(const struct session *session); /* the second factor must follow */
bool session_ended(const struct session *session, int64_t now);
extern const struct str session_second; /* data of a pending one */
struct actor actor_of(const struct account *account);
/* Random bytes as base64url, n bytes -> 4n/3 characters and NUL. */
void random_text(char *to, size_t cap, size_t bytes);

/* ---- account.c ---- */

/* A wrong password or code: counts, and locks at the fifth. *locked: it did. The caller writes
 * the account. */
void account_failed(struct account *account, int64_t now, bool *locked);
/* Put down in the trail what an account did. */
enum rc auth_note(struct site *s, struct tx *tx, const struct account *account, const char *action,
                  struct str what, struct err *e) MUST_CHECK;
/* [a-z0-9._@-]{2,64} in lower case; "" where it is none. */
struct str login_of(struct str typed, char to[LOGIN_MAX]);
enum rc auth_locked(const struct account *account, int64_t now, struct err *e) MUST_CHECK;

/* ---- second_secret.c ---- */

/* A second factor as it is kept: the secret (base32), sealed for its account (service/secret.h). */
struct second {
    struct str secret, kept; /* open, and as it stands in the store */
    int64_t last;            /* the time step whose code was taken last, 0: none */
};
/* RC_USER "auth.second_locked": the key is away. */
enum rc second_seal(const struct secrets *k, int64_t account, struct str secret, struct arena *to,
                    struct str *out, struct err *e) MUST_CHECK;
/* Of an account that has one. RC_USER "auth.second_locked"; "auth.second_lost": it can no longer be
 * checked, and only a new password from an administrator takes it off. Both leave a log line. */
enum rc second_open(const struct secrets *k, const struct account *a, struct arena *to,
                    struct second *out, struct err *e) MUST_CHECK;
/* a->totp: `kept` with `last`. */
enum rc second_put(struct account *a, const struct second *s, struct arena *to,
                   struct err *e) MUST_CHECK;

#endif
