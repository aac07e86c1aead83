/* Notices: what somebody is told, in an inbox on the site and by the channels that he has chosen.
 *
 * model/notices.yaml declares who is told of what. A message is sent at least once: the process
 * that takes a batch of notices says so in the store before it sends; should it die before it has
 * written down that it sent, another sends the same batch again, with the same Message-ID. */
#ifndef QIAO_NOTIFY_H
#define QIAO_NOTIFY_H

#include "service/records.h"
#include "store/notice.h"

struct notice {
    int64_t account; /* 0: the site's chat group, where it has one; no inbox */
    struct str key;  /* message key of the sentence, zh and en; {detail} is the title */
    struct str text; /* the title: of a record, or whatever the sentence is about; after a tab what
                        takes the place of {other} */
    int64_t about;   /* id of the record, 0: none. Whoever may not see it is not shown the title */
    struct str once; /* an account is told of it at most once; "": every time */
};
/* Within the caller's transaction: what is committed will be delivered, what is undone was never
 * said. Nothing for an account that is not there or not active. The event of model/notices.yaml
 * with this key says by which channels it goes; "other" where there is none. A few indexed
 * statements. */
enum rc notice_put(struct site *s, struct tx *tx, const struct notice *n, struct err *e) MUST_CHECK;
/* A record was written: tells whom the table's steps say where it came into another state. `from`
 * is NULL for a new one. Within the transaction of the write. */
enum rc notice_step(struct site *s, struct tx *tx, const struct actor *a, const struct rec *from,
                    const struct rec *r, struct arena *to, struct err *e) MUST_CHECK;

/* ---- the inbox ---- */

struct notice_shown {
    int64_t id, about, at, seen;
    const struct kind *kind; /* of the record, NULL: none, or not to be seen */
    struct str sentence, event, link;
};
typedef VEC(struct notice_shown) vec_notice_shown;
/* The actor's, newest first, before an id (0: from the newest); sentences in its language. Appends.
 * One query more for the titles of all. */
enum rc inbox_list(struct site *s, const struct actor *a, bool unread, int64_t before,
                   uint32_t limit, struct arena *to, vec_notice_shown *out,
                   struct err *e) MUST_CHECK;
enum rc inbox_unread(struct site *s, const struct actor *a, uint32_t *out,
                     struct err *e) MUST_CHECK;
/* RC_USER "service.missing" for one that is not the actor's. *link: where it leads, may be NULL. */
enum rc inbox_read(struct site *s, const struct actor *a, int64_t id, struct arena *to,
                   struct str *link, struct err *e) MUST_CHECK;
/* All up to one (0: all). */
enum rc inbox_read_all(struct site *s, const struct actor *a, int64_t up_to,
                       struct err *e) MUST_CHECK;

/* ---- channels ---- */

enum channel { CHANNEL_MAIL, CHANNEL_WECOM, CHANNEL_DINGTALK, CHANNEL_FEISHU, CHANNEL__COUNT };
extern const char *const channel_names[CHANNEL__COUNT]; /* "mail", "wecom" … */
/* CHANNEL__COUNT where there is none of that name. */
enum channel channel_find(struct str name);

/* When somebody who is not to be disturbed from one minute of the day to another (past midnight
 * where the second is smaller; none where they are equal) may be told: `now`, or the next end of
 * those hours. China's time. */
int64_t quiet_end(int64_t now, int from, int until);
/* "21:00" as minutes of the day. */
bool minutes_read(struct str s, int *out);

/* What a person has set. Secrets stay inside: of a robot only a mask is given. */
struct notify_own {
    struct str mail;
    bool proved, code_sent;
    int quiet_from, quiet_until; /* minutes; -1: the site's, which are given beside them */
    int site_from, site_until;
    bool mail_there;                 /* the site can send mail */
    struct str hook[CHANNEL__COUNT]; /* masked address, "" none */
    bool hook_signs[CHANNEL__COUNT];
    struct {
        struct str name, label;
        bool on[CHANNEL__COUNT];
    } event[32];
    uint32_t n_events;
};
enum rc notify_own(struct site *s, const struct actor *a, struct arena *to, struct notify_own *out,
                   struct err *e) MUST_CHECK;
/* Mails a code to the address and keeps it, unproved. RC_USER "notify.mail_address",
 * "notify.mail_none", "notify.code_soon" (one a minute), and what mail_send says. An empty address
 * takes the present one away. */
enum rc notify_mail_ask(struct site *s, const struct actor *a, struct str mail,
                        struct err *e) MUST_CHECK;
/* RC_USER "notify.code_wrong": also after five wrong ones, and after half an hour. */
enum rc notify_mail_prove(struct site *s, const struct actor *a, struct str code,
                          struct err *e) MUST_CHECK;
/* Quiet hours (-1: the site's) and channels by event; `on` [n_events of notify_own]: bits. */
enum rc notify_choose(struct site *s, const struct actor *a, int quiet_from, int quiet_until,
                      const unsigned *on, struct err *e) MUST_CHECK;
/* A robot of the actor's, or with `site` of the site's chat group (administrators). An empty
 * address takes it away. RC_USER "notify.robot_url", "notify.channel", "service.denied",
 * "sealed.missing". */
enum rc notify_hook_set(struct site *s, const struct actor *a, bool site, struct str channel,
                        struct str url, struct str secret, struct err *e) MUST_CHECK;
/* Sends a test message by a channel that is set up, now. */
enum rc notify_test(struct site *s, const struct actor *a, bool site, struct str channel,
                    struct str to, struct err *e) MUST_CHECK;

/* ---- for administrators ---- */

enum mail_security { MAIL_OPEN, MAIL_STARTTLS, MAIL_TLS, MAIL__COUNT };
extern const char *const mail_security_names[MAIL__COUNT]; /* "none", "starttls", "tls" */
struct notify_mail {
    struct str host, user, password, from; /* host "": no mail */
    struct str key;                        /* of this site, in Message-IDs */
    uint16_t port;
    enum mail_security security;
};
struct notify_site {
    struct notify_mail mail;
    int quiet_from, quiet_until;
    bool locked; /* the key of what is sealed is lost (service/secret.h): nothing is sent */
};
/* password: "*" where there is one. */
enum rc notify_site_get(struct site *s, const struct actor *a, struct arena *to,
                        struct notify_site *out, struct str hook[CHANNEL__COUNT],
                        struct err *e) MUST_CHECK;
/* An empty password: as it was. RC_USER "notify.mail_host", "notify.mail_address",
 * "notify.mail_open" (a password without encryption, except on this machine), "sealed.missing". */
enum rc notify_site_set(struct site *s, const struct actor *a, const struct notify_site *n,
                        struct err *e) MUST_CHECK;
/* What was given up, newest first; login of whom. */
struct notify_failed {
    struct failed_batch batch;
    struct str login; /* "" the site's chat group */
};
typedef VEC(struct notify_failed) vec_notify_failed;
enum rc notify_failures(struct site *s, const struct actor *a, struct arena *to,
                        vec_notify_failed *out, struct err *e) MUST_CHECK;
enum rc notify_again(struct site *s, const struct actor *a, int64_t batch,
                     struct err *e) MUST_CHECK;

/* ---- run by the site's threads, and by tests ---- */

/* Send one batch that is due; *ran false: there was none. */
enum rc notify_deliver_one(struct site *s, bool *ran, struct err *e) MUST_CHECK;
/* Once a day: dates of the table, new matches, on Mondays the week's list, old notices away. May
 * be repeated. */
enum rc notify_daily(struct site *s, struct err *e) MUST_CHECK;
/* The same, unless it has been done today. */
enum rc notify_sweep(struct site *s, struct err *e) MUST_CHECK;

#endif
