/* Signing in: passwords (argon2id), second factor (TOTP, RFC 6238), sessions, tokens, accounts.
 *
 * Lockout: 5 wrong passwords in a row lock an account for 15 minutes. A session ends after 30
 * minutes without a request or 12 hours. All of it is noted in the audit trail. */
#ifndef QIAO_AUTH_H
#define QIAO_AUTH_H

#include "service/site.h"

#define SESSION_ID 44 /* base64url of 32 random bytes, and NUL */

struct signed_in {
    struct actor actor;
    char id[SESSION_ID]; /* the cookie's value */
    struct str csrf;
    bool second_factor; /* the password was right; auth_second must follow; actor is the visitor */
    struct str data;    /* auth_session_data of a visitor's session, else "" */
    uint32_t unread;    /* notices, as of some two seconds ago */
};
/* RC_USER "auth.wrong" (one answer for a wrong name, a wrong password and a closed account),
 * "auth.locked" (detail: minutes). `from`: the client's address, for the trail. About 100 ms. */
enum rc auth_password(struct site *s, struct str login, struct str password, struct str from,
                      struct arena *to, struct signed_in *out, struct err *e) MUST_CHECK;
/* RC_USER "auth.code", "auth.second_gone" (too late: sign in again), "auth.locked",
 * "auth.second_locked" (the key of the site's secrets is away), "auth.second_lost" (it was lost: an
 * administrator has to set a new password). A code is good once. The session gets a new value. */
enum rc auth_second(struct site *s, struct str session, struct str code, struct arena *to,
                    struct signed_in *out, struct err *e) MUST_CHECK;
/* Who the cookie is; the visitor where it is not known or has ended (*out->id is then ""). A
 * session that only carries a csrf token for visitors' forms is made by auth_visit. */
enum rc auth_session(struct site *s, struct str session, struct arena *to, struct signed_in *out,
                     struct err *e) MUST_CHECK;
/* The same from memory; false: the store would have to be asked, *out is the visitor. */
bool auth_session_seen(struct site *s, struct str session, struct arena *to, struct signed_in *out);
enum rc auth_visit(struct site *s, struct arena *to, struct signed_in *out,
                   struct err *e) MUST_CHECK;
enum rc auth_leave(struct site *s, struct str session, struct err *e) MUST_CHECK;
/* Small JSON kept with a visitor's session (single sign-on state); read as signed_in.data. RC_USER
 * "auth.session" for a session that is signed in or not there. */
enum rc auth_session_data(struct site *s, struct str session, struct str data,
                          struct err *e) MUST_CHECK;
/* An identity that a CAS or OIDC server has proved; makes an account with role member and no
 * organisation at the first time, or "auth.unknown_outside" where `make` is false. A second factor
 * of the account is asked for as after a password. RC_USER "auth.closed". */
enum rc auth_outside(struct site *s, struct str outside, struct str name, bool make,
                     struct str from, struct arena *to, struct signed_in *out,
                     struct err *e) MUST_CHECK;

/* API tokens: value is shown once. RC_USER "auth.token" for one unknown or expired. */
#define TOKEN_VALUE 52
enum rc auth_token(struct site *s, struct str value, struct arena *to, struct actor *out,
                   struct err *e) MUST_CHECK;
enum rc auth_token_make(struct site *s, const struct actor *a, struct str name, bool write,
                        int64_t expires, char value[TOKEN_VALUE], struct err *e) MUST_CHECK;
/* The secret of a person's private calendar address (scope "calendar"): good for the calendar only,
 * until it is dropped or made anew, which ends the one before. */
enum rc auth_calendar_make(struct site *s, const struct actor *a, char value[TOKEN_VALUE],
                           struct err *e) MUST_CHECK;
/* RC_USER "auth.token". The actor reads only. */
enum rc auth_calendar(struct site *s, struct str value, struct arena *to, struct actor *out,
                      struct err *e) MUST_CHECK;
enum rc auth_tokens(struct site *s, const struct actor *a, struct arena *to, vec_token *out,
                    struct err *e) MUST_CHECK;
enum rc auth_token_drop(struct site *s, const struct actor *a, int64_t id,
                        struct err *e) MUST_CHECK;

/* Accounts: administrators (and actor_system). Password rule: 10 characters or more, not the
 * login, not among the most common: RC_USER "auth.weak". Others: "auth.login", "auth.login_taken",
 * "auth.role", "auth.name", "auth.org", "auth.person", "auth.last_admin". What is "" in a request
 * for an existing account stays. A password that an administrator gives also unlocks the account
 * and takes its second factor off. Closing an account or changing its rights ends its sessions. */
struct account_request {
    int64_t id;                                   /* 0: a new one */
    struct str login, name, role, lang, password; /* password "": unchanged, or none */
    int64_t org, person;
    bool active;
};
enum rc auth_account_save(struct site *s, const struct actor *a, const struct account_request *r,
                          int64_t *id, struct err *e) MUST_CHECK;
enum rc auth_accounts(struct site *s, const struct actor *a, struct arena *to, vec_account *out,
                      struct err *e) MUST_CHECK;
/* Ends all sessions of the account, the caller's too: sign in again with the new password. RC_USER
 * "auth.old_password". */
enum rc auth_change_password(struct site *s, const struct actor *a, struct str old, struct str new,
                             struct err *e) MUST_CHECK;
enum rc auth_set_lang(struct site *s, const struct actor *a, bool zh, struct err *e) MUST_CHECK;
/* Second factor: begin gives the secret (base32) and the otpauth: address; confirm needs a code,
 * and the key of the site's secrets: RC_USER "auth.second_locked". */
enum rc auth_totp_begin(struct site *s, const struct actor *a, struct arena *to, struct str *secret,
                        struct str *uri, struct err *e) MUST_CHECK;
enum rc auth_totp_confirm(struct site *s, const struct actor *a, struct str secret, struct str code,
                          struct err *e) MUST_CHECK;
enum rc auth_totp_off(struct site *s, const struct actor *a, struct str password,
                      struct err *e) MUST_CHECK;
/* Has it a second factor? */
enum rc auth_has_second(struct site *s, const struct actor *a, bool *out, struct err *e) MUST_CHECK;

/* The audit trail: auditors (and actor_system). */
enum rc auth_trail(struct site *s, const struct actor *a, const struct trail_query *q,
                   struct arena *to, vec_entry *out, struct err *e) MUST_CHECK;
/* The same of who signs in so; nothing where nobody does. */
enum rc auth_trail_of(struct site *s, const struct actor *a, struct str login,
                      const struct trail_query *q, struct arena *to, vec_entry *out,
                      struct err *e) MUST_CHECK;

#endif
