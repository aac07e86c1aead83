/* How the site sends: its mail server, quiet hours; what was not delivered. */
#include "service/auth_int.h"
#include "service/notify_int.h"

#include <jansson.h>

#define LOGIN_MOST 400u

const char *const mail_security_names[MAIL__COUNT] = {"none", "starttls", "tls"};

bool notify_is_admin(const struct actor *a)
{
    return a->role == ROLE_ADMIN || actor_is_system(a);
}

enum rc notify_note(struct site *s, struct tx *tx, const struct actor *a, const char *what,
                    struct err *e)
{
    struct by by = actor_by(s, a, STR("settings"), STR(""), STR(""));
    return store_note(tx, &by, str_of(what), e);
}

/* ---- the mail server ---- */

static struct str text_in(const json_t *all, const char *name, struct arena *to)
{
    const json_t *v = json_object_get(all, name);
    bool is = json_is_string(v);
    return arena_str(to,
                     (struct str){is ? json_string_value(v) : "", is ? json_string_length(v) : 0});
}

static int minutes_in(const json_t *all, const char *name, int otherwise)
{
    const json_t *v = json_object_get(all, name);
    int64_t n = json_is_integer(v) ? json_integer_value(v) : -1;
    return n >= 0 && n < 1440 ? (int)n : otherwise;
}

enum rc notify_site_in(struct site *s, struct tx *tx, struct arena *to, struct notify_site *out,
                       struct err *e)
{
    struct str text = STR("");
    bool found;
    TRY(meta_get(tx, NOTIFY_SETTING, to, &text, &found, e));
    json_t *all = found ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    if (found && !all)
        return err_corrupt(e, "store.file", "notify");
    struct str security = text_in(all, "security", to);
    *out = (struct notify_site){
        .mail = {.host = text_in(all, "host", to),
                 .user = text_in(all, "user", to),
                 .password = text_in(all, "password", to),
                 .from = text_in(all, "from", to),
                 .key = text_in(all, "key", to),
                 .port = (uint16_t)json_integer_value(json_object_get(all, "port"))},
        .quiet_from = minutes_in(all, "quiet_from", s->notices->quiet_from),
        .quiet_until = minutes_in(all, "quiet_until", s->notices->quiet_until)};
    for (int i = 0; i < MAIL__COUNT; i++)
        if (str_eq(security, str_of(mail_security_names[i])))
            out->mail.security = (enum mail_security)i;
    json_decref(all);
    const struct notify_mail *m = &out->mail;
    return m->host.p && m->user.p && m->password.p && m->from.p && m->key.p && security.p
               ? RC_OK
               : err_nomem(e);
}

struct site_call {
    const struct actor *a;
    struct arena *to;
    struct notify_site *out;
    const struct notify_site *in;
    struct str *hook;
};

static enum rc site_get(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct site_call *c = ctx;
    TRY(notify_site_in(s, tx, c->to, c->out, e));
    if (c->out->mail.password.n)
        c->out->mail.password = STR("*");
    c->out->locked = secret_check(&s->secrets, NULL) != RC_OK;
    return notify_hooks(s, tx, 0, c->to, c->hook, NULL, e);
}

enum rc notify_site_get(struct site *s, const struct actor *a, struct arena *to,
                        struct notify_site *out, struct str hook[CHANNEL__COUNT], struct err *e)
{
    struct site_call c = {.to = to, .out = out, .hook = hook};
    for (int i = 0; i < CHANNEL__COUNT; i++)
        hook[i] = STR("");
    return notify_is_admin(a) ? site_read(s, site_get, &c, e)
                              : err_user(e, "service.denied", "%s", "");
}

static enum rc put_site(struct tx *tx, const struct notify_site *n, struct err *e)
{
    const struct notify_mail *m = &n->mail;
    json_t *all =
        json_pack("{s:s%, s:s%, s:s%, s:s%, s:s%, s:i, s:s, s:i, s:i}", "host",
                  m->host.n ? m->host.p : "", m->host.n, "user", m->user.n ? m->user.p : "",
                  m->user.n, "password", m->password.n ? m->password.p : "", m->password.n, "from",
                  m->from.n ? m->from.p : "", m->from.n, "key", m->key.p, m->key.n, "port",
                  (int)m->port, "security", mail_security_names[m->security], "quiet_from",
                  n->quiet_from, "quiet_until", n->quiet_until);
    char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;
    enum rc rc = text ? meta_put(tx, NOTIFY_SETTING, str_of(text), e) : err_nomem(e);
    mem_free(text);
    json_decref(all);
    return rc;
}

static enum rc site_set(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct site_call *c = ctx;
    struct notify_site was, now = *c->in;
    char key[24];
    TRY(notify_site_in(s, tx, c->to, &was, e));
    if (now.mail.password.n)
        TRY(notify_password(&s->secrets, true, now.mail.password, c->to, &now.mail.password, e));
    else if (str_eq(now.mail.user, was.mail.user))
        now.mail.password = was.mail.password;
    now.mail.key = was.mail.key;
    if (!was.mail.key.n) {
        random_text(key, sizeof key, 12);
        now.mail.key = str_of(key);
    }
    TRY(put_site(tx, &now, e));
    return notify_note(s, tx, c->a, "notify mail", e);
}

enum rc notify_site_set(struct site *s, const struct actor *a, const struct notify_site *n,
                        struct err *e)
{
    struct arena to = {0};
    struct site_call c = {.a = a, .to = &to, .in = n};
    const struct notify_mail *m = &n->mail;
    if (!notify_is_admin(a))
        return err_user(e, "service.denied", "%s", "");
    if (m->host.n && (!notify_is_host(m->host) || !m->port))
        return err_user(e, "notify.mail_host", "%s", "");
    if (m->host.n && !notify_is_mailbox(m->from))
        return err_user(e, "notify.mail_address", "%s", "");
    if (m->user.n > LOGIN_MOST || m->password.n > LOGIN_MOST)
        return err_user(e, "notify.mail_long", "%u", LOGIN_MOST);
    if (!mail_may_tell(m))
        return err_user(e, "notify.mail_open", "%s", "");
    if (n->quiet_from < 0 || n->quiet_from >= 1440 || n->quiet_until < 0 || n->quiet_until >= 1440)
        return err_user(e, "notify.time", "%s", "");
    enum rc rc = site_write(s, site_set, &c, e);
    arena_free(&to);
    return rc;
}

/* ---- what failed ---- */

struct failed_call {
    struct arena *to;
    vec_notify_failed *out;
    int64_t batch;
};

static enum rc read_failed(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct failed_call *c = ctx;
    vec_failed all = {0};
    (void)s;
    enum rc rc = delivery_failed(tx, 100, c->to, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        struct notify_failed f = {.batch = all.p[i], .login = STR("")};
        struct account account;
        bool found = false;
        if (f.batch.account)
            rc = account_get(tx, f.batch.account, c->to, &account, &found, e);
        if (rc == RC_OK && found)
            f.login = account.login;
        if (rc == RC_OK)
            rc = vec_push(c->out, f, e);
    }
    vec_free(&all);
    return rc;
}

enum rc notify_failures(struct site *s, const struct actor *a, struct arena *to,
                        vec_notify_failed *out, struct err *e)
{
    struct failed_call c = {.to = to, .out = out};
    return notify_is_admin(a) ? site_read(s, read_failed, &c, e)
                              : err_user(e, "service.denied", "%s", "");
}

static enum rc try_again(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    const struct failed_call *c = ctx;
    return delivery_again(tx, c->batch, site_now(s), e);
}

enum rc notify_again(struct site *s, const struct actor *a, int64_t batch, struct err *e)
{
    struct failed_call c = {.batch = batch};
    return notify_is_admin(a) ? site_write(s, try_again, &c, e)
                              : err_user(e, "service.denied", "%s", "");
}
