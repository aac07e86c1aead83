/* API tokens: shown once, kept as a hash. */
#include "base/log.h"
#include "service/auth_int.h"

#define PREFIX         "qiao_"
#define CALENDAR       "calendar"
#define USED_STEP      60
#define NAME_MAX_CHARS 100

struct token_call {
    const struct actor *a;
    struct arena *to;
    struct token token;
    struct account account;
    bool found;
    int64_t id;
    vec_token *out;
};

static enum rc read_token(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct token_call *c = ctx;
    uint8_t key[32];
    (void)s;
    memcpy(key, c->token.key, 32);
    TRY(token_by_key(tx, key, c->to, &c->token, &c->found, e));
    return c->found ? account_get(tx, c->token.account, c->to, &c->account, &c->found, e) : RC_OK;
}

static enum rc write_used(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct token_call *c = ctx;
    TRY(read_token(s, tx, c, e));
    c->token.used = site_now(s);
    return c->found ? token_put(tx, &c->token, e) : RC_OK;
}

/* One that is good for the calendar is good for nothing else, and the other way round. */
static enum rc actor_with(struct site *s, struct str value, bool for_calendar, struct arena *to,
                          struct actor *out, struct err *e)
{
    struct token_call c = {.to = to};
    struct err why;
    int64_t now = site_now(s);
    *out = actor_visitor;
    session_key(c.token.key, value);
    TRY(site_read(s, read_token, &c, e));
    bool calendar = c.found && str_eq(c.token.scope, STR(CALENDAR));
    if (!c.found || !c.account.active || calendar != for_calendar ||
        (c.token.expires && c.token.expires <= now))
        return err_user(e, "auth.token", "%s", "");
    *out = actor_of(&c.account);
    out->read_only = !str_eq(c.token.scope, STR("write"));
    if (now - c.token.used >= USED_STEP && site_write(s, write_used, &c, &why) != RC_OK)
        log_line(LOG_WARN, "token", "%s %s", why.key, why.detail);
    return RC_OK;
}

enum rc auth_token(struct site *s, struct str value, struct arena *to, struct actor *out,
                   struct err *e)
{
    return actor_with(s, value, false, to, out, e);
}

enum rc auth_calendar(struct site *s, struct str value, struct arena *to, struct actor *out,
                      struct err *e)
{
    return actor_with(s, value, true, to, out, e);
}

static enum rc make(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct token_call *c = ctx;
    struct account self = {.id = c->a->account, .login = c->a->login};
    TRY(token_put(tx, &c->token, e));
    return auth_note(s, tx, &self, "token_make", c->token.name, e);
}

enum rc auth_token_make(struct site *s, const struct actor *a, struct str name, bool write,
                        int64_t expires, char value[TOKEN_VALUE], struct err *e)
{
    struct token_call c = {.a = a};
    name = str_trim(name);
    if (a->account <= 0 || a->read_only)
        return err_user(e, "service.denied", "%s", "");
    if (!name.n || utf8_len(name) > NAME_MAX_CHARS)
        return err_user(e, "auth.token_name", "%d", NAME_MAX_CHARS);
    if (expires && expires <= site_now(s))
        return err_user(e, "auth.token_expires", "%s", "");
    memcpy(value, PREFIX, strlen(PREFIX));
    random_text(value + strlen(PREFIX), TOKEN_VALUE - strlen(PREFIX), 32);
    c.token = (struct token){.account = a->account,
                             .name = name,
                             .scope = write ? STR("write") : STR("read"),
                             .created = site_now(s),
                             .expires = expires};
    session_key(c.token.key, str_of(value));
    return site_write(s, make, &c, e);
}

/* The address before is no longer good. */
static enum rc make_calendar(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct token_call *c = ctx;
    struct arena a = {0};
    vec_token all = {0};
    enum rc rc = token_list(tx, c->a->account, &a, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        if (str_eq(all.p[i].scope, STR(CALENDAR)))
            rc = token_drop(tx, all.p[i].id, c->a->account, e);
    vec_free(&all);
    arena_free(&a);
    return rc == RC_OK ? make(s, tx, ctx, e) : rc;
}

enum rc auth_calendar_make(struct site *s, const struct actor *a, char value[TOKEN_VALUE],
                           struct err *e)
{
    struct token_call c = {.a = a};
    if (a->account <= 0 || a->read_only)
        return err_user(e, "service.denied", "%s", "");
    memcpy(value, PREFIX, strlen(PREFIX));
    random_text(value + strlen(PREFIX), TOKEN_VALUE - strlen(PREFIX), 32);
    c.token = (struct token){.account = a->account,
                             .name = STR(CALENDAR),
                             .scope = STR(CALENDAR),
                             .created = site_now(s)};
    session_key(c.token.key, str_of(value));
    return site_write(s, make_calendar, &c, e);
}

static enum rc list(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct token_call *c = ctx;
    (void)s;
    return token_list(tx, c->a->account, c->to, c->out, e);
}

enum rc auth_tokens(struct site *s, const struct actor *a, struct arena *to, vec_token *out,
                    struct err *e)
{
    struct token_call c = {.a = a, .to = to, .out = out};
    if (a->account <= 0)
        return err_user(e, "service.denied", "%s", "");
    return site_read(s, list, &c, e);
}

static enum rc drop(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct token_call *c = ctx;
    struct account self = {.id = c->a->account, .login = c->a->login};
    TRY(token_drop(tx, c->id, c->a->account, e));
    return auth_note(s, tx, &self, "token_drop", STR(""), e);
}

enum rc auth_token_drop(struct site *s, const struct actor *a, int64_t id, struct err *e)
{
    struct token_call c = {.a = a, .id = id};
    if (a->account <= 0 || a->read_only)
        return err_user(e, "service.denied", "%s", "");
    return site_write(s, drop, &c, e);
}
