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

#endif
