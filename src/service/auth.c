/* Signing in: by password, second factor, or an identity proved elsewhere. What fails is put down
 * in the same way as what succeeds, so a refusal is made after the commit. */
#include "base/log.h"
#include "service/auth_int.h"
#include "service/totp.h"

#include <stdio.h>

enum outcome { SIGNED_IN, WRONG, LOCKED, GONE, CLOSED };

struct sign_call {
    struct arena *to;
    struct signed_in *out;
    struct str from;
    struct account account;
    bool found, right;
    enum outcome outcome;
    /* each way its own */
    char login[LOGIN_MAX];
    struct str name, outside, code;
    uint8_t key[32];
    bool make;
};

static enum rc wrong(struct err *e)
{
    return err_user(e, "auth.wrong", "%s", "");
}

enum rc auth_note(struct site *s, struct tx *tx, const struct account *account, const char *action,
                  struct str what, struct err *e)
{
    struct by by = {.account = account->id,
                    .login = account->login,
                    .action = str_of(action),
                    .at = site_now(s)};
    return store_note(tx, &by, what, e);
}

enum rc auth_locked(const struct account *account, int64_t now, struct err *e)
{
    return err_user(e, "auth.locked", "%lld", (long long)((account->locked_until - now + 59) / 60));
}

/* The account has shown who it is. */
static enum rc sign_in(struct site *s, struct tx *tx, struct sign_call *c, const char *action,
                       struct err *e)
{
    c->account.failed = 0;
    c->account.locked_until = 0;
    c->account.last_login = site_now(s);
    TRY(account_put(tx, &c->account, e));
    TRY(auth_note(s, tx, &c->account, action, c->from, e));
    c->outcome = SIGNED_IN;
    return session_begin(s, tx, &c->account, STR(""), c->to, c->out, e);
}

static enum rc fail(struct site *s, struct tx *tx, struct sign_call *c, struct err *e)
{
    bool locked = false;
    account_failed(&c->account, site_now(s), &locked);
    c->outcome = locked ? LOCKED : WRONG;
    TRY(account_put(tx, &c->account, e));
    return auth_note(s, tx, &c->account, locked ? "login_locked" : "login_failed", c->from, e);
}

/* A line that a watcher of log files can act upon; the name only where there is such an account. */
static enum rc refuse(struct site *s, const struct sign_call *c, struct err *e)
{
    if (c->outcome != SIGNED_IN)
        log_line(LOG_WARN, c->outcome == LOCKED ? "login_locked" : "login_failed", "%.*s from %.*s",
                 c->found ? (int)c->account.login.n : 1, c->found ? c->account.login.p : "?",
                 (int)c->from.n, c->from.n ? c->from.p : "");
    if (c->outcome == LOCKED)
        return auth_locked(&c->account, site_now(s), e);
    if (c->outcome == CLOSED)
        return err_user(e, "auth.closed", "%s", "");
    return c->outcome == WRONG ? wrong(e) : RC_OK;
}

static bool is_locked(struct site *s, const struct account *account)
{
    return account->locked_until > site_now(s);
}

/* ---- password ---- */

static enum rc find(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct sign_call *c = ctx;
    (void)s;
    return account_by_login(tx, str_of(c->login), c->to, &c->account, &c->found, e);
}

static enum rc unknown(struct site *s, struct tx *tx, struct sign_call *c, struct err *e)
{
    /* Not under the name that was typed: it may be a password typed into the wrong field. */
    struct account nobody = {.login = STR("")};
    c->outcome = WRONG;
    return auth_note(s, tx, c->found ? &c->account : &nobody, "login_failed", c->from, e);
}

static enum rc after_password(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct sign_call *c = ctx;
    struct str hash = c->account.hash;
    TRY(find(s, tx, c, e));
    if (!c->found || !c->account.active || !c->account.hash.n)
        return unknown(s, tx, c, e);
    c->outcome = LOCKED;
    if (is_locked(s, &c->account))
        return RC_OK; /* others tried at the same time */
    if (!c->right || !str_eq(hash, c->account.hash))
        return fail(s, tx, c, e);
    if (!c->account.totp.n)
        return sign_in(s, tx, c, "login", e);
    c->outcome = SIGNED_IN;
    return session_begin(s, tx, &c->account, session_second, c->to, c->out, e);
}

enum rc auth_password(struct site *s, struct str login, struct str password, struct str from,
                      struct arena *to, struct signed_in *out, struct err *e)
{
    struct sign_call c = {.to = to, .out = out, .from = from};
    *out = (struct signed_in){.actor = actor_visitor};
    login_of(login, c.login);
    TRY(site_read(s, find, &c, e));
    if (c.found && c.account.active && is_locked(s, &c.account))
        return auth_locked(&c.account, site_now(s), e);
    c.right = password_right(s, c.found ? c.account.hash : STR(""), password);
    TRY(site_write(s, after_password, &c, e));
    return refuse(s, &c, e);
}

/* ---- second factor ---- */

static enum rc right_code(struct site *s, struct sign_call *c, bool *right, struct err *e)
{
    struct second second;
    int64_t step = 0;
    TRY(second_open(&s->secrets, &c->account, c->to, &second, e));
    TRY(totp_check(second.secret, c->code, site_now(s), right, &step, e));
    *right = *right && step > second.last;
    second.last = step;
    return *right ? second_put(&c->account, &second, c->to, e) : RC_OK;
}

static enum rc after_code(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct sign_call *c = ctx;
    struct session session;
    bool right = false;
    c->outcome = GONE;
    TRY(session_get(tx, c->key, c->to, &session, &c->found, e));
    if (!c->found || !session_pending(&session) || session_ended(&session, site_now(s)))
        return RC_OK;
    TRY(account_get(tx, session.account, c->to, &c->account, &c->found, e));
    if (!c->found || !c->account.active || !c->account.totp.n)
        return session_drop(tx, c->key, e);
    c->outcome = LOCKED;
    if (is_locked(s, &c->account))
        return session_drop(tx, c->key, e);
    TRY(right_code(s, c, &right, e));
    if (!right)
        return fail(s, tx, c, e);
    /* A new value: who knew the old one knows nothing of the new. */
    TRY(session_drop(tx, c->key, e));
    return sign_in(s, tx, c, "login", e);
}

enum rc auth_second(struct site *s, struct str session, struct str code, struct arena *to,
                    struct signed_in *out, struct err *e)
{
    struct sign_call c = {.to = to, .out = out, .code = str_trim(code)};
    session_key(c.key, session);
    *out = (struct signed_in){.actor = actor_visitor};
    enum rc rc = site_write(s, after_code, &c, e);
    seen_drop(s->seen);
    TRY(rc);
    if (c.outcome == GONE)
        return err_user(e, "auth.second_gone", "%s", "");
    return c.outcome == WRONG ? err_user(e, "auth.code", "%s", "") : refuse(s, &c, e);
}

/* ---- proved elsewhere ---- */

/* A login from what the other site calls the person: letters and digits, the rest is "-". */
static void login_from(struct str outside, char to[LOGIN_MAX])
{
    size_t n = 0, start = 0;
    for (size_t i = 0; i < outside.n; i++)
        if (outside.p[i] == ':' || outside.p[i] == '|')
            start = i + 1;
    for (size_t i = start; i < outside.n && n < 40; i++) {
        char c = outside.p[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '@';
        to[n++] = plain ? c : '-';
    }
    while (n < 2)
        to[n++] = '-';
    to[n] = 0;
}

static enum rc make_outside(struct site *s, struct tx *tx, struct sign_call *c, struct err *e)
{
    char wish[LOGIN_MAX];
    struct account other;
    bool taken = true;
    login_from(c->outside, wish);
    for (int i = 1; taken && i < 1000; i++) {
        if (i == 1)
            snprintf(c->login, sizeof c->login, "%s", wish);
        else
            snprintf(c->login, sizeof c->login, "%.50s-%d", wish, i);
        TRY(account_by_login(tx, str_of(c->login), c->to, &other, &taken, e));
    }
    c->account = (struct account){.login = str_of(c->login),
                                  .name = c->name.n ? c->name : str_of(c->login),
                                  .role = ROLE_MEMBER,
                                  .lang = STR("zh"),
                                  .outside = c->outside,
                                  .active = true,
                                  .created = site_now(s)};
    TRY(account_put(tx, &c->account, e));
    c->account.login = arena_str(c->to, c->account.login);
    return c->account.login.p ? auth_note(s, tx, &c->account, "account_create", c->outside, e)
                              : err_nomem(e);
}

static enum rc after_outside(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct sign_call *c = ctx;
    TRY(account_by_outside(tx, c->outside, c->to, &c->account, &c->found, e));
    if (!c->found && !c->make)
        return err_user(e, "auth.unknown_outside", "%s", "");
    if (!c->found)
        TRY(make_outside(s, tx, c, e));
    if (!c->account.active) { /* who has proved who he is may be told */
        TRY(unknown(s, tx, c, e));
        c->outcome = CLOSED;
        return RC_OK;
    }
    if (!c->account.totp.n)
        return sign_in(s, tx, c, "login_outside", e);
    c->outcome = SIGNED_IN;
    return session_begin(s, tx, &c->account, session_second, c->to, c->out, e);
}

enum rc auth_outside(struct site *s, struct str outside, struct str name, bool make,
                     struct str from, struct arena *to, struct signed_in *out, struct err *e)
{
    struct sign_call c = {.to = to, .out = out, .from = from, .make = make};
    *out = (struct signed_in){.actor = actor_visitor};
    if (!outside.n)
        return wrong(e);
    c.outside = arena_str(to, outside);
    c.name = arena_str(to, name);
    if (!c.outside.p || !c.name.p)
        return err_nomem(e);
    TRY(site_write(s, after_outside, &c, e));
    return refuse(s, &c, e);
}
