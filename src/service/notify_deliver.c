/* What waits is sent: claimed, put into words, sent, and how it went put down. */
#include "base/log.h"
#include "service/notify_int.h"

#include <stdio.h>

#define CHINA_TIME (8 * 3600)
#define LONGEST    (6 * 3600)

int64_t quiet_end(int64_t now, int from, int until)
{
    int64_t local = now + CHINA_TIME, second = ((local % 86400) + 86400) % 86400;
    int64_t minute = second / 60;
    bool quiet = from < until ? minute >= from && minute < until
                              : from > until && (minute >= from || minute < until);
    if (!quiet)
        return now;
    int64_t midnight = now - second;
    return midnight + until * 60 + (minute < until ? 0 : 86400);
}

struct delivery {
    struct arena to;
    bool found, quiet;
    struct batch batch;
    struct account account; /* id 0: the chat group, or nobody any more */
    struct reach reach;
    struct notify_site site;
    vec_hook hooks;
    bool gone; /* the account, or its address, is no more */
};

static enum rc quiet_of(struct tx *tx, struct site *s, struct delivery *d, int64_t account,
                        int64_t now, int64_t *until, struct err *e)
{
    TRY(notify_site_in(s, tx, &d->to, &d->site, e));
    TRY(reach_get(tx, account, &d->to, &d->reach, e));
    bool own = d->reach.quiet_from >= 0 && d->reach.quiet_until >= 0;
    *until = quiet_end(now, own ? (int)d->reach.quiet_from : d->site.quiet_from,
                       own ? (int)d->reach.quiet_until : d->site.quiet_until);
    return RC_OK;
}

/* Takes what is due first, or puts it off to the end of the quiet hours. */
static enum rc claim(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct delivery *d = ctx;
    int64_t now = site_now(s), account, until;
    struct str channel;
    bool there = true;
    TRY(delivery_next(tx, now, &d->to, &account, &channel, &d->found, e));
    if (!d->found)
        return RC_OK;
    TRY(quiet_of(tx, s, d, account, now, &until, e));
    d->quiet = until > now;
    if (d->quiet)
        return delivery_put_off(tx, account, channel, now, until, e);
    TRY(delivery_claim(tx, now, now + s->notices->claim, &d->to, &d->batch, &d->found, e));
    TRY(hook_list(tx, account, &d->to, &d->hooks, e));
    if (account)
        TRY(account_get(tx, account, &d->to, &d->account, &there, e));
    d->gone = account && (!there || !d->account.active);
    return RC_OK;
}

static enum rc send(struct site *s, struct delivery *d, struct err *e)
{
    struct letter l;
    enum channel c = channel_find(d->batch.channel);
    const struct hook *hook = NULL;
    for (size_t i = 0; i < d->hooks.n; i++)
        if (str_eq(d->hooks.p[i].channel, d->batch.channel))
            hook = &d->hooks.p[i];
    bool mail = c == CHANNEL_MAIL && d->reach.mail.n && d->reach.proved;
    if (d->gone || (!mail && !hook))
        return err_user(e, "notify.gone", "%s", "");
    if (d->batch.attempts > s->notices->attempts) /* whoever sent it died of it */
        return err_user(e, "notify.given_up", "%s", "");
    TRY(letter_of(&l, s, &d->account, &d->batch.notice, &d->to, e));
    enum rc rc = mail ? mail_send(s, &d->site.mail, d->reach.mail, d->batch.id, &l, e)
                      : robot_send(s, hook, &l, e);
    letter_free(&l);
    return rc;
}

/* ---- how it went ---- */

struct outcome {
    const struct batch *batch;
    enum delivery_state state;
    int64_t due;
    struct str reason; /* key, tab, detail */
};

static enum rc put_outcome(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    const struct outcome *o = ctx;
    return delivery_end(tx, o->batch, o->state, o->due, site_now(s), o->reason, e);
}

static int64_t pause_of(const struct notices *n, int64_t attempts)
{
    int64_t pause = n->retry;
    for (int64_t i = 1; i < attempts && pause < LONGEST; i++)
        pause *= 2;
    return MIN(pause, (int64_t)LONGEST);
}

static enum rc finish(struct site *s, struct delivery *d, enum rc sent, const struct err *why,
                      struct err *e)
{
    char reason[600] = "";
    struct outcome o = {.batch = &d->batch, .state = DELIVERY_SENT};
    if (sent != RC_OK) {
        bool last = sent == RC_USER || d->batch.attempts >= s->notices->attempts;
        o.state = last && sent != RC_CANCELLED ? DELIVERY_FAILED : DELIVERY_WAITING;
        o.due = site_now(s) + (sent == RC_CANCELLED ? 0 : pause_of(s->notices, d->batch.attempts));
        snprintf(reason, sizeof reason, "%s\t%s", why->key, why->detail);
        log_line(o.state == DELIVERY_FAILED ? LOG_WARN : LOG_INFO, "notify", "%.*s batch %lld: %s",
                 (int)d->batch.channel.n, d->batch.channel.p, (long long)d->batch.id, why->key);
    }
    o.reason = str_of(reason);
    return site_write(s, put_outcome, &o, e);
}

static enum rc look(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    (void)s;
    return delivery_due(tx, ctx, e);
}

enum rc notify_deliver_one(struct site *s, bool *ran, struct err *e)
{
    struct delivery d = {0};
    struct err why = {0};
    int64_t due;
    *ran = false;
    if (secret_check(&s->secrets, &why) != RC_OK)
        return RC_OK; /* said at the start and to administrators; it waits for the key */
    TRY(site_read(s, look, &due, e));
    if (due > site_now(s))
        return RC_OK;
    enum rc rc = site_write(s, claim, &d, e);
    if (rc == RC_OK && d.found && !d.quiet) {
        enum rc sent = send(s, &d, &why);
        rc = finish(s, &d, sent, &why, e);
    }
    *ran = rc == RC_OK && d.found;
    vec_free(&d.batch.notice);
    vec_free(&d.hooks);
    arena_free(&d.to);
    return rc;
}
