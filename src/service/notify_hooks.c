/* The chat robots of a person, and the site's own: shown masked, set, tried out, as mail is. */
#include "service/notify_int.h"

#include <stdio.h>

#define URL_MOST 1000u

/* ---- shown ---- */

/* Host and the last characters, enough to tell two robots apart. */
static enum rc mask(struct str url, struct arena *to, struct str *out, struct err *e)
{
    char text[160];
    size_t from = str_find(url, STR("://"), 0);
    from = from == SIZE_MAX ? 0 : from + 3;
    size_t slash = str_find(url, STR("/"), from);
    struct str host = str_sub(url, from, MIN(slash, url.n));
    int n = snprintf(text, sizeof text, "%.*s/…%.*s", (int)MIN(host.n, 100u), host.p,
                     (int)MIN(url.n, 4u), url.p + url.n - MIN(url.n, 4u));
    *out = arena_str(to, (struct str){text, (size_t)n});
    return out->p ? RC_OK : err_nomem(e);
}

/* One that does not open stands there all the same: it can be taken away or set anew. */
static enum rc hook_masked(const struct secrets *k, const struct hook *kept, struct arena *to,
                           struct str *out, struct err *e)
{
    struct hook h;
    struct err why = {0};
    enum rc rc = notify_hook(k, false, kept, to, &h, &why);
    if (rc == RC_OK)
        return mask(h.url, to, out, e);
    *out = STR("…");
    return rc == RC_NOMEM ? err_nomem(e) : RC_OK;
}

enum rc notify_hooks(struct site *s, struct tx *tx, int64_t account, struct arena *to,
                     struct str *hook, bool *signs, struct err *e)
{
    vec_hook all = {0};
    enum rc rc = hook_list(tx, account, to, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        enum channel c = channel_find(all.p[i].channel);
        if (c == CHANNEL__COUNT)
            continue;
        rc = hook_masked(&s->secrets, &all.p[i], to, &hook[c], e);
        if (signs)
            signs[c] = all.p[i].secret.n > 0;
    }
    vec_free(&all);
    return rc;
}

/* ---- set ---- */

/* https; on this machine http too where the table lets robots be here. */
static bool is_robot(const struct site *s, struct str url)
{
    if (url.n > URL_MOST)
        return false;
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || (unsigned char)url.p[i] > '~')
            return false;
    return (str_starts(url, STR("https://")) && url.n > 12) ||
           (s->notices->local_robots && str_starts(url, STR("http://127.0.0.1:")));
}

struct hook_call {
    const struct actor *a;
    struct arena *to;
    struct hook hook;
    int64_t account;
    struct notify_site site;
    struct reach reach;
    vec_hook hooks;
};

static enum rc hook_save(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    const struct hook_call *c = ctx;
    struct hook sealed;
    if (c->hook.url.n) {
        TRY(notify_hook(&s->secrets, true, &c->hook, c->to, &sealed, e));
        TRY(hook_put(tx, &sealed, e));
    } else {
        TRY(hook_drop(tx, c->hook.account, c->hook.channel, e));
    }
    return c->hook.account ? RC_OK : notify_note(s, tx, c->a, "notify robot", e);
}

enum rc notify_hook_set(struct site *s, const struct actor *a, bool site, struct str channel,
                        struct str url, struct str secret, struct err *e)
{
    enum channel ch = channel_find(channel);
    struct arena to = {0};
    struct hook_call c = {.a = a, .to = &to, .hook = {site ? 0 : a->account, channel, url, secret}};
    TRY(notify_signed_in(a, e));
    if (site && !notify_is_admin(a))
        return err_user(e, "service.denied", "%s", "");
    if (ch == CHANNEL_MAIL || ch == CHANNEL__COUNT)
        return err_user(e, "notify.channel", "%s", "");
    if ((url.n && !is_robot(s, url)) || secret.n > 200)
        return err_user(e, "notify.robot_url", "%s", "");
    enum rc rc = site_write(s, hook_save, &c, e);
    arena_free(&to);
    return rc;
}

/* ---- tried out ---- */

static enum rc test_read(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct hook_call *c = ctx;
    TRY(notify_site_in(s, tx, c->to, &c->site, e));
    TRY(reach_get(tx, c->account, c->to, &c->reach, e));
    return hook_list(tx, c->account, c->to, &c->hooks, e);
}

static enum rc test_send(struct site *s, struct hook_call *c, struct str channel, struct str to,
                         const struct letter *l, struct err *e)
{
    if (channel_find(channel) == CHANNEL_MAIL)
        return mail_send(s, &c->site.mail, to, 0, l, e);
    for (size_t i = 0; i < c->hooks.n; i++)
        if (str_eq(c->hooks.p[i].channel, channel))
            return robot_send(s, &c->hooks.p[i], l, e);
    return err_user(e, "notify.channel", "%s", "");
}

enum rc notify_test(struct site *s, const struct actor *a, bool site, struct str channel,
                    struct str to, struct err *e)
{
    struct arena arena = {0};
    struct hook_call c = {.a = a, .to = &arena, .account = site ? 0 : a->account};
    struct letter l = {0};
    struct str text = str_of(site_message(s, "notify.test_text", a->zh));
    TRY(notify_signed_in(a, e));
    if (site ? !notify_is_admin(a) : channel_find(channel) == CHANNEL_MAIL)
        return err_user(e, "service.denied", "%s", "");
    if (channel_find(channel) == CHANNEL_MAIL && !notify_is_mailbox(to))
        return err_user(e, "notify.mail_address", "%s", "");
    enum rc rc = site_read(s, test_read, &c, e);
    if (rc == RC_OK)
        rc = letter_plain(&l, s, a->zh, text, text, &arena, e);
    if (rc == RC_OK)
        rc = test_send(s, &c, channel, to, &l, e);
    letter_free(&l);
    vec_free(&c.hooks);
    arena_free(&arena);
    return rc;
}
