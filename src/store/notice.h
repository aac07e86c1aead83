/* Notices, by which channels they go, and where somebody wants to be told. Texts that are read are
 * in the arena given. None of it enters the trail: it tells of what stands there. */
#ifndef QIAO_NOTICE_H
#define QIAO_NOTICE_H

#include "store/store.h"

struct notice_row {
    int64_t id, account;  /* account 0: the site's chat group */
    struct str key, text; /* message key of the sentence; the title in it */
    int64_t about;        /* record, 0: none */
    struct str once;      /* "": may be said again */
    int64_t created, seen;
};
typedef VEC(struct notice_row) vec_notice;
/* *fresh false: the account was told of this `once` before; nothing is written. */
enum rc notice_add(struct tx *tx, struct notice_row *n, bool *fresh, struct err *e) MUST_CHECK;
enum rc notice_get(struct tx *tx, int64_t id, struct arena *a, struct notice_row *out, bool *found,
                   struct err *e) MUST_CHECK;
/* Newest first, those before an id (0: from the newest). Appends. */
enum rc notice_list(struct tx *tx, int64_t account, bool unread, int64_t before, uint32_t limit,
                    struct arena *a, vec_notice *out, struct err *e) MUST_CHECK;
enum rc notice_unread(struct tx *tx, int64_t account, uint32_t *out, struct err *e) MUST_CHECK;
/* One of the account's notices, or all up to one (0: all). Marks what is unread. */
enum rc notice_seen(struct tx *tx, int64_t account, int64_t id, int64_t now,
                    struct err *e) MUST_CHECK;
enum rc notice_seen_all(struct tx *tx, int64_t account, int64_t up_to, int64_t now,
                        struct err *e) MUST_CHECK;
/* What was made before then goes, with its deliveries. */
enum rc notice_drop_old(struct tx *tx, int64_t before, struct err *e) MUST_CHECK;

/* ---- deliveries ---- */

enum delivery_state { DELIVERY_WAITING, DELIVERY_SENDING, DELIVERY_SENT, DELIVERY_FAILED };
enum rc delivery_add(struct tx *tx, int64_t notice, int64_t account, struct str channel,
                     int64_t due, struct err *e) MUST_CHECK;
/* When the next is due; INT64_MAX: none waits. One indexed look. */
enum rc delivery_due(struct tx *tx, int64_t *out, struct err *e) MUST_CHECK;

/* Notices of one account that go by one channel in one message. Whoever sends the batch again sends
 * the same notices under the same number. */
struct batch {
    int64_t id, account;
    struct str channel;
    int64_t attempts; /* this one included */
    vec_notice notice;
};
#define BATCH_MOST 50
/* The account and channel of what is due first. */
enum rc delivery_next(struct tx *tx, int64_t now, struct arena *a, int64_t *account,
                      struct str *channel, bool *found, struct err *e) MUST_CHECK;
/* Take what delivery_next gave: the batch that was begun, or all of that account and channel that
 * is due, as a new one. Until `until` nobody else takes it, then whoever asks. out->notice:
 * vec_free by the caller. */
enum rc delivery_claim(struct tx *tx, int64_t now, int64_t until, struct arena *a,
                       struct batch *out, bool *found, struct err *e) MUST_CHECK;
/* What is due of that account and channel is not so before then. */
enum rc delivery_put_off(struct tx *tx, int64_t account, struct str channel, int64_t now,
                         int64_t until, struct err *e) MUST_CHECK;
/* What of that account waits for a first attempt is due now. */
enum rc delivery_hurry(struct tx *tx, int64_t account, int64_t now, struct err *e) MUST_CHECK;
/* How it ended: DELIVERY_SENT, DELIVERY_FAILED, or DELIVERY_WAITING until `due`. Nothing where
 * another process has claimed it since. */
enum rc delivery_end(struct tx *tx, const struct batch *b, enum delivery_state state, int64_t due,
                     int64_t now, struct str reason, struct err *e) MUST_CHECK;
struct failed_batch {
    int64_t id, account;
    struct str channel, reason;
    uint32_t notices, attempts;
    int64_t ended;
};
typedef VEC(struct failed_batch) vec_failed;
enum rc delivery_failed(struct tx *tx, uint32_t limit, struct arena *a, vec_failed *out,
                        struct err *e) MUST_CHECK;
enum rc delivery_again(struct tx *tx, int64_t batch, int64_t now, struct err *e) MUST_CHECK;

/* ---- where and when ---- */

struct reach {
    int64_t account;
    struct str mail;
    int64_t proved;  /* when it was, 0: not yet */
    struct str code; /* hash of the code that was mailed, "": none */
    int64_t code_until, code_tries;
    int64_t quiet_from, quiet_until; /* minutes of the day; -1: the site's */
    struct str choice;               /* JSON: channels by event */
};
/* Where nothing is set: quiet hours -1, the rest 0 or "". */
enum rc reach_get(struct tx *tx, int64_t account, struct arena *a, struct reach *out,
                  struct err *e) MUST_CHECK;
enum rc reach_put(struct tx *tx, const struct reach *r, struct err *e) MUST_CHECK;

/* url and secret are kept as they are given: the site seals them before (service/secret.h). */
struct hook {
    int64_t account; /* 0: the site's chat group */
    struct str channel, url, secret;
};
typedef VEC(struct hook) vec_hook;
enum rc hook_list(struct tx *tx, int64_t account, struct arena *a, vec_hook *out,
                  struct err *e) MUST_CHECK;
enum rc hook_list_all(struct tx *tx, struct arena *a, vec_hook *out, struct err *e) MUST_CHECK;
enum rc hook_put(struct tx *tx, const struct hook *h, struct err *e) MUST_CHECK;
enum rc hook_drop(struct tx *tx, int64_t account, struct str channel, struct err *e) MUST_CHECK;

#endif
