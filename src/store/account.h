/* Accounts, sessions, tokens, saved queries, jobs, files and settings. All texts that are read are
 * in the arena given. Secrets (session ids, token values) are stored as SHA-256 only, by service.
 */
#ifndef QIAO_ACCOUNT_H
#define QIAO_ACCOUNT_H

#include "store/store.h"

struct account {
    int64_t id;       /* 0: not stored yet */
    struct str login; /* unique, lower case */
    struct str name;
    enum role role;
    int64_t org;        /* member, editor: its organisation; else 0 */
    int64_t person;     /* its person record, 0: none */
    struct str hash;    /* argon2id string; "": no password (single sign-on only) */
    struct str totp;    /* its second factor, as service/second_secret.c keeps it; "": none */
    struct str lang;    /* "zh", "en" */
    struct str outside; /* "cas:…" or "oidc:issuer|subject"; unique where not "" */
    bool active;
    uint32_t failed;      /* wrong passwords in a row */
    int64_t locked_until; /* unix seconds */
    int64_t created, last_login,
        seen_matches; /* seen_matches: when it last looked at new matches */
};
enum rc account_put(struct tx *tx, struct account *a,
                    struct err *e) MUST_CHECK; /* "store.unique" */
enum rc account_get(struct tx *tx, int64_t id, struct arena *a, struct account *out, bool *found,
                    struct err *e) MUST_CHECK;
enum rc account_by_login(struct tx *tx, struct str login, struct arena *a, struct account *out,
                         bool *found, struct err *e) MUST_CHECK;
enum rc account_by_outside(struct tx *tx, struct str outside, struct arena *a, struct account *out,
                           bool *found, struct err *e) MUST_CHECK;
typedef VEC(struct account) vec_account;
enum rc account_list(struct tx *tx, struct arena *a, vec_account *out, struct err *e) MUST_CHECK;
/* Those that have a second factor. */
enum rc account_list_second(struct tx *tx, struct arena *a, vec_account *out,
                            struct err *e) MUST_CHECK;

struct session {
    uint8_t key[32]; /* SHA-256 of the cookie */
    int64_t account; /* 0: not signed in (state of a single sign-on) */
    int64_t created, seen;
    struct str csrf; /* token of its forms */
    struct str data; /* JSON: sso state, second factor pending */
};
enum rc session_put(struct tx *tx, const struct session *s, struct err *e) MUST_CHECK;
enum rc session_get(struct tx *tx, const uint8_t key[32], struct arena *a, struct session *out,
                    bool *found, struct err *e) MUST_CHECK;
enum rc session_drop(struct tx *tx, const uint8_t key[32], struct err *e) MUST_CHECK;
enum rc session_drop_account(struct tx *tx, int64_t account, struct err *e) MUST_CHECK;
enum rc session_drop_old(struct tx *tx, int64_t seen_before, struct err *e) MUST_CHECK;

struct token {
    int64_t id;
    uint8_t key[32]; /* SHA-256 of its value */
    int64_t account;
    struct str name, scope; /* scope: "read", "write", "calendar" */
    int64_t created, expires, used;
};
enum rc token_put(struct tx *tx, struct token *t, struct err *e) MUST_CHECK;
enum rc token_by_key(struct tx *tx, const uint8_t key[32], struct arena *a, struct token *out,
                     bool *found, struct err *e) MUST_CHECK;
typedef VEC(struct token) vec_token;
enum rc token_list(struct tx *tx, int64_t account, struct arena *a, vec_token *out,
                   struct err *e) MUST_CHECK;
enum rc token_drop(struct tx *tx, int64_t id, int64_t account, struct err *e) MUST_CHECK;

struct saved {
    int64_t id, account;
    bool shared; /* all brokers see it */
    struct str kind, name, filter, columns, sort;
};
enum rc saved_put(struct tx *tx, struct saved *s, struct err *e) MUST_CHECK;
typedef VEC(struct saved) vec_saved;
enum rc saved_list(struct tx *tx, int64_t account, struct str kind, struct arena *a, vec_saved *out,
                   struct err *e) MUST_CHECK;
enum rc saved_drop(struct tx *tx, int64_t id, int64_t account, struct err *e) MUST_CHECK;

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };
struct job {
    int64_t id, account;
    struct str name, args; /* args: JSON */
    enum job_state state;
    uint64_t done, all;
    struct str stage, result; /* result: JSON; of a failed one the error */
    int64_t created, started, ended, beat;
    int64_t attempts; /* how often it was begun */
};
enum rc job_put(struct tx *tx, struct job *j, struct err *e) MUST_CHECK; /* insert or replace */
enum rc job_get(struct tx *tx, int64_t id, struct arena *a, struct job *out, bool *found,
                struct err *e) MUST_CHECK;
typedef VEC(struct job) vec_job;
enum rc job_list(struct tx *tx, int64_t account, uint32_t limit, struct arena *a, vec_job *out,
                 struct err *e) MUST_CHECK; /* newest first; account 0: all */
/* Take the oldest waiting job, or one whose runner has not given a sign (beat) since
 * `beat_before`; it is then running with beat = now. PostgreSQL: FOR UPDATE SKIP LOCKED. */
enum rc job_claim(struct tx *tx, int64_t now, int64_t beat_before, struct arena *a, struct job *out,
                  bool *found, struct err *e) MUST_CHECK;
/* Those whose runner gave no sign since `beat_before` and that were begun `most` times have failed,
 * with this result: what ends its process is not begun for ever. */
enum rc job_give_up(struct tx *tx, int64_t now, int64_t beat_before, int64_t most,
                    struct str result, struct err *e) MUST_CHECK;
/* Progress and sign of life; *cancelled: somebody asked to stop. */
enum rc job_beat(struct tx *tx, int64_t id, uint64_t done, uint64_t all, struct str stage,
                 int64_t now, bool *cancelled, struct err *e) MUST_CHECK;

/* Bytes kept under their SHA-256 (uploads, job results), in the database, 64 MiB at most. */
enum rc blob_put(struct tx *tx, struct str name, struct str bytes, int64_t account, int64_t now,
                 char key[65], struct err *e) MUST_CHECK;
/* The same, under a key that nothing else has, equal bytes or not: it can be dropped again. */
enum rc blob_put_alone(struct tx *tx, struct str name, struct str bytes, int64_t account,
                       int64_t now, char key[65], struct err *e) MUST_CHECK;
/* *account: who put it. */
enum rc blob_there(struct tx *tx, struct str key, int64_t *account, bool *found,
                   struct err *e) MUST_CHECK;
enum rc blob_drop(struct tx *tx, struct str key, struct err *e) MUST_CHECK;
enum rc blob_get(struct tx *tx, struct str key, struct arena *a, struct str *name,
                 struct str *bytes, bool *found, struct err *e) MUST_CHECK;

/* Settings of the site, name -> text. */
enum rc meta_get(struct tx *tx, struct str name, struct arena *a, struct str *out, bool *found,
                 struct err *e) MUST_CHECK;
enum rc meta_put(struct tx *tx, struct str name, struct str value, struct err *e) MUST_CHECK;

/* At most `limit` names from `from` to before `to`, in the order of their bytes. */
typedef VEC(struct str) vec_meta;
enum rc meta_names(struct tx *tx, struct str from, struct str to, uint32_t limit, struct arena *a,
                   vec_meta *out, struct err *e) MUST_CHECK;
enum rc meta_drop(struct tx *tx, struct str name, struct err *e) MUST_CHECK;

#endif
