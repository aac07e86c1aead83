/* Accounts: made and changed by administrators; what everybody may change of their own; the trail.
 */
#include "service/auth_int.h"
#include "service/totp.h"

#include <stdio.h>

#define TRIES     5
#define LOCK_TIME (15 * 60)
#define NAME_MOST 100 /* characters */

static enum rc denied(struct err *e)
{
    return err_user(e, "service.denied", "%s", "");
}

static bool is_admin(const struct actor *a)
{
    return actor_is_system(a) || a->role == ROLE_ADMIN;
}

static bool is_person(const struct actor *a)
{
    return a->account > 0;
}

void account_failed(struct account *account, int64_t now, bool *locked)
{
    account->failed++;
    *locked = account->failed >= TRIES;
    if (!*locked)
        return;
    account->failed = 0;
    account->locked_until = now + LOCK_TIME;
}

struct str login_of(struct str typed, char to[LOGIN_MAX])
{
    size_t n = 0;
    typed = str_trim(typed);
    to[0] = 0;
    if (typed.n < 2 || typed.n >= LOGIN_MAX)
        return STR("");
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                     c == '@' || c == '-';
        if (!plain) {
            to[0] = 0;
            return STR("");
        }
        to[n++] = c;
    }
    to[n] = 0;
    return (struct str){to, n};
}

/* ---- administrators ---- */

struct account_call {
    const struct actor *a;
    const struct account_request *r;
    struct arena *to;
    struct account account;
    char login[LOGIN_MAX], hash[HASH_MAX];
    int64_t id;
    vec_account *out;
};

static enum rc check_records(struct tx *tx, struct account_call *c, struct err *e)
{
    struct viewed v;
    const struct account *a = &c->account;
    bool belongs = a->role == ROLE_MEMBER || a->role == ROLE_EDITOR;
    if (a->org) {
        TRY(view_get(tx, &actor_system, NULL, a->org, c->to, &v, e));
        if (!belongs || !v.found || !v.full.kind->is_self)
            return err_user(e, "auth.org", "%lld", (long long)a->org);
    }
    if (!a->person)
        return RC_OK;
    TRY(view_get(tx, &actor_system, NULL, a->person, c->to, &v, e));
    return v.found ? RC_OK : err_user(e, "auth.person", "%lld", (long long)a->person);
}

/* Without an administrator nobody could make one. */
static enum rc check_last(struct tx *tx, struct account_call *c, const struct account *was,
                          struct err *e)
{
    vec_account all = {0};
    bool other = false;
    if (actor_is_system(c->a) || was->role != ROLE_ADMIN || !was->active ||
        (c->account.role == ROLE_ADMIN && c->account.active))
        return RC_OK;
    enum rc rc = account_list(tx, c->to, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        other |= all.p[i].id != was->id && all.p[i].role == ROLE_ADMIN && all.p[i].active;
    vec_free(&all);
    if (rc != RC_OK)
        return rc;
    return other ? RC_OK : err_user(e, "auth.last_admin", "%s", "");
}

/* Put the request over the account; what is "" stays. */
static enum rc apply(struct account_call *c, struct err *e)
{
    const struct account_request *r = c->r;
    struct account *a = &c->account;
    if (r->login.n)
        a->login = login_of(r->login, c->login);
    if (r->name.n)
        a->name = str_trim(r->name);
    if (r->lang.n)
        a->lang = str_eq(r->lang, STR("en")) ? STR("en") : STR("zh");
    if (r->role.n)
        a->role = role_find(r->role);
    if (!a->login.n)
        return err_user(e, "auth.login", "%d", LOGIN_MAX - 1);
    if (a->role == ROLE__COUNT || a->role == ROLE_VISITOR)
        return err_user(e, "auth.role", "%.60s", r->role.n ? r->role.p : "");
    if (utf8_len(a->name) > NAME_MOST)
        return err_user(e, "auth.name", "%d", NAME_MOST);
    a->org = r->org;
    a->person = r->person;
    a->active = r->active;
    if (r->password.n) {
        TRY(password_judge(r->password, a->login, e));
        a->hash = str_of(c->hash);
        a->totp = STR(""); /* whoever has lost the second factor comes to the administrator */
        a->failed = 0;
        a->locked_until = 0;
    }
    return RC_OK;
}

static enum rc note_account(struct site *s, struct tx *tx, const struct account_call *c, bool made,
                            struct err *e)
{
    char what[200];
    const struct account *a = &c->account;
    struct account self = {.id = is_person(c->a) ? c->a->account : 0, .login = c->a->login};
    snprintf(what, sizeof what, "%.*s %s org=%lld active=%d%s", (int)a->login.n, a->login.p,
             role_name(a->role), (long long)a->org, a->active, c->r->password.n ? " password" : "");
    return auth_note(s, tx, &self, made ? "account_create" : "account_update", str_of(what), e);
}

static enum rc save(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct account_call *c = ctx;
    struct account was = {.role = ROLE_VISITOR};
    bool found = true, made = c->r->id == 0;
    c->account = (struct account){.lang = STR("zh"), .role = ROLE__COUNT, .created = site_now(s)};
    if (!made) {
        TRY(account_get(tx, c->r->id, c->to, &c->account, &found, e));
        was = c->account;
    }
    if (!found)
        return view_missing(e);
    TRY(apply(c, e));
    if (!c->account.name.n)
        c->account.name = c->account.login;
    TRY(check_records(tx, c, e));
    TRY(check_last(tx, c, &was, e));
    if (made || !str_eq(was.login, c->account.login)) {
        struct account other;
        TRY(account_by_login(tx, c->account.login, c->to, &other, &found, e));
        if (found)
            return err_user(e, "auth.login_taken", "%.*s", (int)c->account.login.n,
                            c->account.login.p);
    }
    TRY(account_put(tx, &c->account, e));
    c->id = c->account.id;
    if (!made && (c->r->password.n || !c->account.active || was.role != c->account.role ||
                  was.org != c->account.org))
        TRY(session_drop_account(tx, c->id, e));
    return note_account(s, tx, c, made, e);
}

enum rc auth_account_save(struct site *s, const struct actor *a, const struct account_request *r,
                          int64_t *id, struct err *e)
{
    struct arena to = {0};
    struct account_call c = {.a = a, .r = r, .to = &to};
    if (!is_admin(a) || a->read_only)
        return denied(e);
    if (r->password.n > PASSWORD_MAX)
        return err_user(e, "auth.weak", "%d", PASSWORD_MAX);
    enum rc rc = r->password.n ? password_hash(s, r->password, c.hash, e) : RC_OK;
    if (rc == RC_OK)
        rc = site_write(s, save, &c, e);
    seen_drop(s->seen);
    if (rc == RC_OK)
        *id = c.id;
    arena_free(&to);
    return rc;
}

static enum rc list(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct account_call *c = ctx;
    (void)s;
    return account_list(tx, c->to, c->out, e);
}

enum rc auth_accounts(struct site *s, const struct actor *a, struct arena *to, vec_account *out,
                      struct err *e)
{
    struct account_call c = {.a = a, .to = to, .out = out};
    if (!is_admin(a))
        return denied(e);
    TRY(site_read(s, list, &c, e));
    for (size_t i = 0; i < out->n; i++) /* nobody needs to see these */
        out->p[i].hash = out->p[i].totp = STR("");
    return RC_OK;
}

/* ---- one's own ---- */

struct own_call {
    const struct actor *a;
    struct arena to;
    struct account account;
    struct str password, totp, lang;
    const char *action;
    bool end_sessions;
};

static enum rc load_own(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct own_call *c = ctx;
    bool found = false;
    (void)s;
    TRY(account_get(tx, c->a->account, &c->to, &c->account, &found, e));
    return found && c->account.active ? RC_OK : denied(e);
}

static enum rc change_own(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct own_call *c = ctx;
    struct str hash = c->account.hash;
    TRY(load_own(s, tx, c, e));
    /* What was proved by the old password no longer holds if it has changed meanwhile. */
    if (hash.n && !str_eq(hash, c->account.hash))
        return denied(e);
    if (c->password.n)
        c->account.hash = c->password;
    if (c->totp.p)
        c->account.totp = c->totp;
    if (c->lang.n)
        c->account.lang = c->lang;
    TRY(account_put(tx, &c->account, e));
    if (c->end_sessions)
        TRY(session_drop_account(tx, c->account.id, e));
    return c->action ? auth_note(s, tx, &c->account, c->action, STR(""), e) : RC_OK;
}

static enum rc run_own(struct site *s, struct own_call *c, struct err *e)
{
    enum rc rc = site_write(s, change_own, c, e);
    seen_drop(s->seen);
    return rc;
}

/* Load the account and compare its password. A wrong one counts as one in signing in. */
static enum rc count_wrong(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct own_call *c = ctx;
    bool locked;
    TRY(load_own(s, tx, c, e));
    account_failed(&c->account, site_now(s), &locked);
    TRY(account_put(tx, &c->account, e));
    return auth_note(s, tx, &c->account, locked ? "login_locked" : "login_failed", STR(""), e);
}

static enum rc prove(struct site *s, struct own_call *c, struct str password, struct err *e)
{
    if (!is_person(c->a) || c->a->read_only)
        return denied(e);
    TRY(site_read(s, load_own, c, e));
    if (c->account.locked_until > site_now(s))
        return auth_locked(&c->account, site_now(s), e);
    if (password_right(s, c->account.hash, password))
        return RC_OK;
    TRY(site_write(s, count_wrong, c, e));
    return err_user(e, "auth.old_password", "%s", "");
}

enum rc auth_change_password(struct site *s, const struct actor *a, struct str old, struct str new,
                             struct err *e)
{
    struct own_call c = {.a = a, .action = "password", .end_sessions = true};
    char hash[HASH_MAX];
    enum rc rc;
    GOTO_OUT(prove(s, &c, old, e));
    GOTO_OUT(password_judge(new, a->login, e));
    GOTO_OUT(password_hash(s, new, hash, e));
    c.password = str_of(hash);
    rc = run_own(s, &c, e);
out:
    arena_free(&c.to);
    return rc;
}

enum rc auth_set_lang(struct site *s, const struct actor *a, bool zh, struct err *e)
{
    struct own_call c = {.a = a, .lang = zh ? STR("zh") : STR("en")};
    if (!is_person(a))
        return denied(e);
    enum rc rc = run_own(s, &c, e);
    arena_free(&c.to);
    return rc;
}

enum rc auth_totp_begin(struct site *s, const struct actor *a, struct arena *to, struct str *secret,
                        struct str *uri, struct err *e)
{
    char key[TOTP_SECRET];
    struct buf b;
    (void)s;
    if (!is_person(a) || a->read_only)
        return denied(e);
    totp_secret(key);
    buf_init(&b, 1024);
    /* logins need no escaping but "@" */
    enum rc rc = buf_str(&b, STR("otpauth://totp/Qiao:"), e);
    for (size_t i = 0; rc == RC_OK && i < a->login.n; i++)
        rc = a->login.p[i] == '@' ? buf_str(&b, STR("%40"), e) : buf_char(&b, a->login.p[i], e);
    if (rc == RC_OK)
        rc = buf_printf(&b, e, "?secret=%s&issuer=Qiao", key);
    *secret = arena_str(to, str_of(key));
    *uri = arena_str(to, buf_view(&b));
    buf_free(&b);
    if (rc == RC_OK && (!secret->p || !uri->p))
        rc = err_nomem(e);
    return rc;
}

enum rc auth_totp_confirm(struct site *s, const struct actor *a, struct str secret, struct str code,
                          struct err *e)
{
    struct own_call c = {.a = a, .action = "totp_on"};
    bool right = false;
    int64_t step;
    if (!is_person(a) || a->read_only)
        return denied(e);
    if (secret.n != TOTP_SECRET - 1)
        return err_user(e, "auth.code", "%s", "");
    TRY(totp_check(secret, str_trim(code), site_now(s), &right, &step, e));
    if (!right)
        return err_user(e, "auth.code", "%s", "");
    enum rc rc = second_seal(&s->secrets, a->account, secret, &c.to, &c.totp, e);
    if (rc == RC_OK)
        rc = run_own(s, &c, e);
    arena_free(&c.to);
    return rc;
}

enum rc auth_totp_off(struct site *s, const struct actor *a, struct str password, struct err *e)
{
    struct own_call c = {.a = a, .action = "totp_off", .totp = STR("")};
    enum rc rc = prove(s, &c, password, e);
    if (rc == RC_OK)
        rc = run_own(s, &c, e);
    arena_free(&c.to);
    return rc;
}

/* ---- the trail ---- */

struct trail_call {
    struct trail_query q;
    struct str login; /* "": anybody */
    struct arena *to;
    vec_entry *out;
};

static enum rc trail(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct trail_call *c = ctx;
    struct account who;
    bool found = true;
    (void)s;
    if (c->login.n) {
        TRY(account_by_login(tx, c->login, c->to, &who, &found, e));
        c->q.account = found ? who.id : 0;
    }
    return found ? store_trail(tx, &c->q, c->to, c->out, e) : RC_OK;
}

enum rc auth_trail(struct site *s, const struct actor *a, const struct trail_query *q,
                   struct arena *to, vec_entry *out, struct err *e)
{
    return auth_trail_of(s, a, STR(""), q, to, out, e);
}

enum rc auth_trail_of(struct site *s, const struct actor *a, struct str login,
                      const struct trail_query *q, struct arena *to, vec_entry *out, struct err *e)
{
    struct trail_call c = {*q, login, to, out};
    if (!actor_is_system(a) && a->role != ROLE_AUDITOR)
        return denied(e);
    return site_read(s, trail, &c, e);
}
