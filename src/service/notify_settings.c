/* Where and when people want to be told; how the site sends. */
#include "service/auth_int.h"
#include "service/notify_int.h"

#include <curl/curl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define SETTING    NOTIFY_SETTING
#define CODE_LIFE  1800
#define CODE_WAIT  60
#define CODE_TRIES 5
#define URL_MOST   1000u
#define LOGIN_MOST 400u

const char *const mail_security_names[MAIL__COUNT] = {"none", "starttls", "tls"};

/* ---- what is an address ---- */

static bool is_atom(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool is_host(struct str s)
{
    bool any = s.n > 0 && s.n <= 253;
    for (size_t i = 0; i < s.n; i++)
        any = any && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
                      (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] && strchr(".-:", s.p[i])));
    return any;
}

/* A plain mailbox (RFC 5321 without quoting): nothing in it can end a header or a command. */
static bool is_mailbox(struct str s)
{
    size_t at = str_find(s, STR("@"), 0);
    if (at == 0 || at == SIZE_MAX || at > 64 || s.n > 254)
        return false;
    for (size_t i = 0; i < at; i++)
        if (!is_atom(s.p[i]))
            return false;
    struct str host = str_sub(s, at + 1, s.n);
    return is_host(host) && str_find(host, STR(":"), 0) == SIZE_MAX && host.p[0] != '.' &&
           host.p[0] != '-' && host.p[host.n - 1] != '.';
}

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

/* ---- the site's ---- */

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
    TRY(meta_get(tx, SETTING, to, &text, &found, e));
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

static enum rc hooks_masked(struct site *s, struct tx *tx, int64_t account, struct arena *to,
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

static enum rc site_get(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct site_call *c = ctx;
    TRY(notify_site_in(s, tx, c->to, c->out, e));
    if (c->out->mail.password.n)
        c->out->mail.password = STR("*");
    c->out->locked = secret_check(&s->secrets, NULL) != RC_OK;
    return hooks_masked(s, tx, 0, c->to, c->hook, NULL, e);
}

static bool is_admin(const struct actor *a)
{
    return a->role == ROLE_ADMIN || actor_is_system(a);
}

enum rc notify_site_get(struct site *s, const struct actor *a, struct arena *to,
                        struct notify_site *out, struct str hook[CHANNEL__COUNT], struct err *e)
{
    struct site_call c = {.to = to, .out = out, .hook = hook};
    for (int i = 0; i < CHANNEL__COUNT; i++)
        hook[i] = STR("");
    return is_admin(a) ? site_read(s, site_get, &c, e) : err_user(e, "service.denied", "%s", "");
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
    enum rc rc = text ? meta_put(tx, SETTING, str_of(text), e) : err_nomem(e);
    mem_free(text);
    json_decref(all);
    return rc;
}

static enum rc note(struct site *s, struct tx *tx, const struct actor *a, const char *what,
                    struct err *e)
{
    struct by by = actor_by(s, a, STR("settings"), STR(""), STR(""));
    return store_note(tx, &by, str_of(what), e);
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
    return note(s, tx, c->a, "notify mail", e);
}

enum rc notify_site_set(struct site *s, const struct actor *a, const struct notify_site *n,
                        struct err *e)
{
    struct arena to = {0};
    struct site_call c = {.a = a, .to = &to, .in = n};
    const struct notify_mail *m = &n->mail;
    if (!is_admin(a))
        return err_user(e, "service.denied", "%s", "");
    if (m->host.n && (!is_host(m->host) || !m->port))
        return err_user(e, "notify.mail_host", "%s", "");
    if (m->host.n && !is_mailbox(m->from))
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

/* ---- a person's own ---- */

struct own_call {
    const struct actor *a;
    struct arena *to;
    struct notify_own *out;
    struct str mail, code;
    int64_t account;
    int quiet_from, quiet_until;
    const unsigned *on;
    struct hook hook;
    bool wrong;
    struct notify_site site;
    struct reach reach;
    vec_hook hooks;
};

static enum rc own_events(struct site *s, struct own_call *c, struct err *e)
{
    struct notify_own *o = c->out;
    for (size_t i = 0; i < s->notices->event.n; i++) {
        const struct notice_event *event = &s->notices->event.p[i];
        unsigned on = notify_chosen(c->reach.choice, event);
        o->event[i].name = event->name;
        o->event[i].label = label_text(&event->label, c->a->zh);
        for (int ch = 0; ch < CHANNEL__COUNT; ch++)
            o->event[i].on[ch] = (on & 1u << ch) != 0;
    }
    o->n_events = (uint32_t)s->notices->event.n;
    (void)e;
    return RC_OK;
}

static enum rc own_get(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct own_call *c = ctx;
    struct notify_own *o = c->out;
    TRY(notify_site_in(s, tx, c->to, &c->site, e));
    TRY(reach_get(tx, c->a->account, c->to, &c->reach, e));
    *o = (struct notify_own){.mail = c->reach.mail,
                             .proved = c->reach.proved != 0,
                             .code_sent = c->reach.code.n && c->reach.code_until > site_now(s),
                             .quiet_from = (int)c->reach.quiet_from,
                             .quiet_until = (int)c->reach.quiet_until,
                             .site_from = c->site.quiet_from,
                             .site_until = c->site.quiet_until,
                             .mail_there = c->site.mail.host.n > 0};
    for (int i = 0; i < CHANNEL__COUNT; i++)
        o->hook[i] = STR("");
    TRY(hooks_masked(s, tx, c->a->account, c->to, o->hook, o->hook_signs, e));
    return own_events(s, c, e);
}

static enum rc signed_in(const struct actor *a, struct err *e)
{
    return a->account > 0 && !a->read_only ? RC_OK : err_user(e, "service.denied", "%s", "");
}

enum rc notify_own(struct site *s, const struct actor *a, struct arena *to, struct notify_own *out,
                   struct err *e)
{
    struct own_call c = {.a = a, .to = to, .out = out};
    if (a->account <= 0)
        return err_user(e, "service.denied", "%s", "");
    return site_read(s, own_get, &c, e);
}

/* ---- the mail address ---- */

static void code_hash(char to[65], const struct own_call *c, struct str code)
{
    char text[400];
    uint8_t hash[crypto_hash_sha256_BYTES];
    int n = snprintf(text, sizeof text, "%lld %.*s %.*s", (long long)c->a->account,
                     (int)MIN(c->mail.n, 254u), c->mail.n ? c->mail.p : "", (int)MIN(code.n, 40u),
                     code.n ? code.p : "");
    crypto_hash_sha256(hash, (const uint8_t *)text, (size_t)n);
    sodium_bin2hex(to, 65, hash, sizeof hash);
}

static enum rc mail_put(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct own_call *c = ctx;
    char hash[65];
    int64_t now = site_now(s);
    TRY(notify_site_in(s, tx, c->to, &c->site, e));
    TRY(reach_get(tx, c->a->account, c->to, &c->reach, e));
    if (c->mail.n && !c->site.mail.host.n)
        return err_user(e, "notify.mail_none", "%s", "");
    if (c->mail.n && c->reach.code_until - CODE_LIFE > now - CODE_WAIT)
        return err_user(e, "notify.code_soon", "%s", "");
    c->reach.mail = c->mail;
    c->reach.proved = 0;
    c->reach.code = STR("");
    c->reach.code_tries = 0;
    if (c->mail.n) {
        code_hash(hash, c, c->code);
        c->reach.code = str_of(hash);
        c->reach.code_until = now + CODE_LIFE;
    }
    return reach_put(tx, &c->reach, e);
}

static enum rc mail_code(struct site *s, struct own_call *c, struct err *e)
{
    struct letter l;
    struct buf subject, text;
    buf_init(&subject, 1024);
    buf_init(&text, 4096);
    enum rc rc = notice_sentence(&subject, str_of(site_message(s, "notify.code_subject", c->a->zh)),
                                 c->code, e);
    if (rc == RC_OK)
        rc = notice_sentence(&text, str_of(site_message(s, "notify.code_text", c->a->zh)), c->code,
                             e);
    if (rc == RC_OK)
        rc = letter_plain(&l, s, c->a->zh, buf_view(&subject), buf_view(&text), c->to, e);
    if (rc == RC_OK) {
        rc = mail_send(s, &c->site.mail, c->mail, 0, &l, e);
        letter_free(&l);
    }
    buf_free(&subject);
    buf_free(&text);
    return rc;
}

enum rc notify_mail_ask(struct site *s, const struct actor *a, struct str mail, struct err *e)
{
    struct arena to = {0};
    char code[8];
    struct own_call c = {.a = a, .to = &to, .mail = mail, .code = {code, 6}};
    TRY(signed_in(a, e));
    if (mail.n && !is_mailbox(mail))
        return err_user(e, "notify.mail_address", "%s", "");
    snprintf(code, sizeof code, "%06u", randombytes_uniform(1000000));
    enum rc rc = site_write(s, mail_put, &c, e);
    if (rc == RC_OK && mail.n)
        rc = mail_code(s, &c, e);
    arena_free(&to);
    return rc;
}

static enum rc mail_prove(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct own_call *c = ctx;
    char hash[65];
    TRY(reach_get(tx, c->a->account, c->to, &c->reach, e));
    struct reach *r = &c->reach;
    c->mail = r->mail;
    code_hash(hash, c, c->code);
    c->wrong = !r->code.n || r->code_until < site_now(s) || r->code_tries >= CODE_TRIES ||
               r->code.n != 64 || sodium_memcmp(r->code.p, hash, 64) != 0;
    if (c->wrong)
        r->code_tries++;
    else {
        r->proved = site_now(s);
        r->code = STR("");
    }
    return reach_put(tx, r, e);
}

enum rc notify_mail_prove(struct site *s, const struct actor *a, struct str code, struct err *e)
{
    struct arena to = {0};
    struct own_call c = {.a = a, .to = &to, .code = code};
    TRY(signed_in(a, e));
    enum rc rc = site_write(s, mail_prove, &c, e);
    arena_free(&to);
    return rc == RC_OK && c.wrong ? err_user(e, "notify.code_wrong", "%s", "") : rc;
}

/* ---- what, by which channel, when ---- */

static json_t *choice_json(const struct notices *n, const unsigned *on)
{
    json_t *all = json_object();
    for (size_t i = 0; i < n->event.n; i++) {
        char name[48];
        json_t *list = json_array();
        for (int c = 0; c < CHANNEL__COUNT; c++)
            if (on[i] & 1u << c)
                json_array_append_new(list, json_string(channel_names[c]));
        snprintf(name, sizeof name, "%.*s", (int)n->event.p[i].name.n, n->event.p[i].name.p);
        json_object_set_new(all, name, list);
    }
    return all;
}

/* What waits for the end of other hours is looked at again. */
static enum rc choose(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct own_call *c = ctx;
    TRY(reach_get(tx, c->a->account, c->to, &c->reach, e));
    json_t *all = choice_json(s->notices, c->on);
    char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;
    c->reach.quiet_from = c->quiet_from;
    c->reach.quiet_until = c->quiet_until;
    c->reach.choice = str_of(text ? text : "");
    enum rc rc = text ? reach_put(tx, &c->reach, e) : err_nomem(e);
    if (rc == RC_OK)
        rc = delivery_hurry(tx, c->a->account, site_now(s), e);
    mem_free(text);
    json_decref(all);
    return rc;
}

enum rc notify_choose(struct site *s, const struct actor *a, int quiet_from, int quiet_until,
                      const unsigned *on, struct err *e)
{
    struct arena to = {0};
    struct own_call c = {
        .a = a, .to = &to, .quiet_from = quiet_from, .quiet_until = quiet_until, .on = on};
    TRY(signed_in(a, e));
    if (quiet_from < -1 || quiet_from >= 1440 || quiet_until < -1 || quiet_until >= 1440 ||
        (quiet_from < 0) != (quiet_until < 0))
        return err_user(e, "notify.time", "%s", "");
    enum rc rc = site_write(s, choose, &c, e);
    arena_free(&to);
    return rc;
}

/* ---- robots ---- */

static enum rc hook_save(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    const struct own_call *c = ctx;
    struct hook sealed;
    if (c->hook.url.n) {
        TRY(notify_hook(&s->secrets, true, &c->hook, c->to, &sealed, e));
        TRY(hook_put(tx, &sealed, e));
    } else {
        TRY(hook_drop(tx, c->hook.account, c->hook.channel, e));
    }
    return c->hook.account ? RC_OK : note(s, tx, c->a, "notify robot", e);
}

enum rc notify_hook_set(struct site *s, const struct actor *a, bool site, struct str channel,
                        struct str url, struct str secret, struct err *e)
{
    enum channel ch = channel_find(channel);
    struct arena to = {0};
    struct own_call c = {.a = a, .to = &to, .hook = {site ? 0 : a->account, channel, url, secret}};
    TRY(signed_in(a, e));
    if (site && !is_admin(a))
        return err_user(e, "service.denied", "%s", "");
    if (ch == CHANNEL_MAIL || ch == CHANNEL__COUNT)
        return err_user(e, "notify.channel", "%s", "");
    if ((url.n && !is_robot(s, url)) || secret.n > 200)
        return err_user(e, "notify.robot_url", "%s", "");
    enum rc rc = site_write(s, hook_save, &c, e);
    arena_free(&to);
    return rc;
}

static enum rc test_read(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct own_call *c = ctx;
    TRY(notify_site_in(s, tx, c->to, &c->site, e));
    TRY(reach_get(tx, c->account, c->to, &c->reach, e));
    return hook_list(tx, c->account, c->to, &c->hooks, e);
}

static enum rc test_send(struct site *s, struct own_call *c, struct str channel, struct str to,
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
    struct own_call c = {.a = a, .to = &arena, .account = site ? 0 : a->account};
    struct letter l = {0};
    struct str text = str_of(site_message(s, "notify.test_text", a->zh));
    TRY(signed_in(a, e));
    if (site ? !is_admin(a) : channel_find(channel) == CHANNEL_MAIL)
        return err_user(e, "service.denied", "%s", "");
    if (channel_find(channel) == CHANNEL_MAIL && !is_mailbox(to))
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
    return is_admin(a) ? site_read(s, read_failed, &c, e) : err_user(e, "service.denied", "%s", "");
}

static enum rc try_again(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    const struct failed_call *c = ctx;
    return delivery_again(tx, c->batch, site_now(s), e);
}

enum rc notify_again(struct site *s, const struct actor *a, int64_t batch, struct err *e)
{
    struct failed_call c = {.batch = batch};
    return is_admin(a) ? site_write(s, try_again, &c, e) : err_user(e, "service.denied", "%s", "");
}
