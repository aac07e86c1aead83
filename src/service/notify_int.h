/* Private to notices: the declared table, messages, channels. */
#ifndef QIAO_NOTIFY_INT_H
#define QIAO_NOTIFY_INT_H

#include "service/notify.h"
#include "service/site_int.h"

/* ---- the declared table (notify_table.c) ---- */

struct notice_event {
    struct str name, key, link, begins;
    struct label label;
    unsigned channels; /* bits of enum channel */
};
struct step_row {
    const struct kind *kind;
    uint32_t state, event;
    struct str key;
    const struct node *tell; /* list of words */
};
struct date_row {
    const struct kind *kind;
    uint32_t field; /* NO_FIELD: when its state expires */
    uint32_t sub;   /* in a list of groups, else NO_FIELD */
    uint32_t unless;
    uint32_t event, before, after;
    struct str date, key, when;
    const struct node *tell;
};
struct notices {
    struct arena arena;
    VEC(struct notice_event) event;
    VEC(struct step_row) step;
    VEC(struct date_row) date;
    uint32_t other;               /* the event of keys that no row has */
    int64_t gather, retry, claim; /* seconds */
    int64_t attempts, keep;       /* keep: days */
    int quiet_from, quiet_until;
    bool local_robots;
};
enum rc notices_open(struct notices **out, struct site *s, struct err *e) MUST_CHECK;
void notices_close(struct notices *n); /* NULL is allowed */
/* The event with this key, of its own or of a row, or that begins as it says; else "other". */
const struct notice_event *notices_event(const struct notices *n, struct str key);

/* ---- who (notify_who.c) ---- */

/* Everybody who can be told, read once; people_free by the caller, not after a failure. */
struct people {
    vec_account account;
};
enum rc people_load(struct people *p, struct tx *tx, struct arena *to, struct err *e) MUST_CHECK;
void people_free(struct people *p);
/* Accounts that the words mean for a record (whole), who may see it; `except` (an account) is left
 * out. 0 for the site's chat group. Appends each once. */
enum rc people_told(const struct people *p, struct tx *tx, const struct rec *r,
                    const struct node *tell, int64_t except, struct arena *to, vec_id *out,
                    struct err *e) MUST_CHECK;

/* ---- messages (notify_letter.c) ---- */

/* The one form of a message; each channel makes its own bytes of it. */
struct letter_item {
    struct str text, link; /* link: absolute, "" none */
};
struct letter {
    bool zh;
    struct str subject;
    VEC(struct letter_item) item;
    struct str footer, footer_link;
};
/* What is told, as the account may read it now. Titles of records that it may not see are left out.
 * account.id 0: the chat group, which sees what everybody does. letter_free by the caller. */
enum rc letter_of(struct letter *out, struct site *s, const struct account *account,
                  const vec_notice *notices, struct arena *to, struct err *e) MUST_CHECK;
enum rc letter_plain(struct letter *out, struct site *s, bool zh, struct str subject,
                     struct str text, struct arena *to, struct err *e) MUST_CHECK;
void letter_free(struct letter *l);
/* Items as lines, numbered where there are several, in at most `max` bytes; the rest is counted. */
enum rc letter_text(struct buf *out, struct site *s, const struct letter *l, size_t max,
                    struct err *e) MUST_CHECK;
/* Rows as somebody may read them. Appends. */
enum rc notices_show(struct site *s, const struct actor *a, const vec_notice *rows,
                     struct arena *to, vec_notice_shown *out, struct err *e) MUST_CHECK;
/* The arguments of a notice's sentence: the title of its record as it may be seen ("" not), or what
 * was given. */
enum rc notice_title(struct buf *out, struct site *s, const struct notice_row *n, struct str title,
                     bool zh, struct err *e) MUST_CHECK;
/* {detail} and {other} of a sentence, parted by a tab in `detail`. */
enum rc notice_sentence(struct buf *out, struct str sentence, struct str detail,
                        struct err *e) MUST_CHECK;

/* ---- mail (notify_mail.c) ---- */

/* Sends now. RC_USER "notify.mail_refused" where it makes no sense to try again, RC_SYS
 * "notify.mail_failed" where it does; no detail holds a password. RC_CANCELLED: the site closes.
 * m->password is sealed. */
enum rc mail_send(struct site *s, const struct notify_mail *m, struct str to, int64_t number,
                  const struct letter *l, struct err *e) MUST_CHECK;
/* A password goes without encryption to this machine only. */
bool mail_may_tell(const struct notify_mail *m);
/* "=?UTF-8?B?…?=" in pieces of at most 75 bytes (RFC 2047), or the text where it is plain ASCII. */
enum rc mail_word(struct buf *out, struct str text, struct err *e) MUST_CHECK;

/* ---- robots (notify_robot.c) ---- */

/* h is sealed, as it stands in the store. */
enum rc robot_send(struct site *s, const struct hook *h, const struct letter *l,
                   struct err *e) MUST_CHECK;
/* What is sent, without sending: the body, and the address with what is signed. */
enum rc robot_payload(struct site *s, const struct hook *h, const struct letter *l, int64_t now,
                      struct buf *body, struct buf *url, struct err *e) MUST_CHECK;
/* What an answer means: RC_OK, RC_SYS "notify.robot_busy" or "notify.robot_failed" (try again),
 * RC_USER "notify.robot_refused". */
enum rc robot_answer(struct str channel, long status, struct str answer, struct err *e) MUST_CHECK;

/* ---- what is sealed (notify_secret.c; service/secret.h) ---- */

/* The password as it stands in the settings, and the two of a robot: `in` and `out` may be the
 * same. */
enum rc notify_password(const struct secrets *k, bool seal, struct str in, struct arena *to,
                        struct str *out, struct err *e) MUST_CHECK;
enum rc notify_hook(const struct secrets *k, bool seal, const struct hook *in, struct arena *to,
                    struct hook *out, struct err *e) MUST_CHECK;
/* Is there anything of the kind? */
enum rc notify_secrets_any(struct tx *tx, bool *out, struct err *e) MUST_CHECK;
/* What stands there in plain is sealed; what is sealed is forgotten; is looked at (a tx_fn). */
enum rc notify_secrets_seal(struct tx *tx, const struct secrets *k, struct err *e) MUST_CHECK;
enum rc notify_secrets_forget(struct tx *tx, struct err *e) MUST_CHECK;
enum rc notify_secrets_check(struct site *s, struct tx *tx, void *ctx, struct err *e) MUST_CHECK;

/* ---- settings (notify_settings.c, notify_own.c, notify_hooks.c) ---- */

bool notify_is_admin(const struct actor *a);
/* Somebody who may change what is his. RC_USER "service.denied". */
enum rc notify_signed_in(const struct actor *a, struct err *e) MUST_CHECK;
/* Puts into the trail that a setting was changed. */
enum rc notify_note(struct site *s, struct tx *tx, const struct actor *a, const char *what,
                    struct err *e) MUST_CHECK;
/* hook[channel]: the robots of an account (0: the site's), masked; signs[channel] (may be NULL):
 * has a secret. */
enum rc notify_hooks(struct site *s, struct tx *tx, int64_t account, struct arena *to,
                     struct str *hook, bool *signs, struct err *e) MUST_CHECK;
/* notify_address.c */
bool notify_is_host(struct str s);
/* A plain mailbox (RFC 5321 without quoting): nothing in it can end a header or a command. */
bool notify_is_mailbox(struct str s);

/* Settings of the site as they are kept: JSON under this name. */
#define NOTIFY_SETTING STR("notify")
/* mail.password is sealed, as it stands there. */

enum rc notify_site_in(struct site *s, struct tx *tx, struct arena *to, struct notify_site *out,
                       struct err *e) MUST_CHECK;
/* Bits of enum channel by which the account is told of the event. */
enum rc notify_channels(struct tx *tx, const struct notice_event *event, int64_t account,
                        unsigned *out, struct err *e) MUST_CHECK;
/* The same of what somebody has chosen ({"due": ["mail"]}, "" nothing), set up or not. */
unsigned notify_chosen(struct str choice, const struct notice_event *event);

#endif
