/* Where and when somebody wants to be told: the mail address, proved by a code; what by which
 * channel; quiet hours. */
#include "service/notify_int.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>

#define CODE_LIFE  1800
#define CODE_WAIT  60
#define CODE_TRIES 5

enum rc notify_signed_in(const struct actor *a, struct err *e)
{
    return a->account > 0 && !a->read_only ? RC_OK : err_user(e, "service.denied", "%s", "");
}

/* ---- all of it ---- */

struct own_call {
    const struct actor *a;
    struct arena *to;
    struct notify_own *out;
    struct str mail, code;
    int quiet_from, quiet_until;
    const unsigned *on;
    bool wrong;
    struct notify_site site;
    struct reach reach;
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
    TRY(notify_hooks(s, tx, c->a->account, c->to, o->hook, o->hook_signs, e));
    return own_events(s, c, e);
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
    TRY(notify_signed_in(a, e));
    if (mail.n && !notify_is_mailbox(mail))
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
    TRY(notify_signed_in(a, e));
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
    TRY(notify_signed_in(a, e));
    if (quiet_from < -1 || quiet_from >= 1440 || quiet_until < -1 || quiet_until >= 1440 ||
        (quiet_from < 0) != (quiet_until < 0))
        return err_user(e, "notify.time", "%s", "");
    enum rc rc = site_write(s, choose, &c, e);
    arena_free(&to);
    return rc;
}
