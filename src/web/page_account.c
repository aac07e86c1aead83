/* A person's own account: password, second factor, tokens. */
#include "web/http_int.h"
#include "web/page_int.h"

#include <stdio.h>

#define DAY        86400
#define TOKEN_DAYS 365

const struct page account_def = {
    "account",
    "login org has_second password_error second_error token_error token_value token_name"
    " secret uri calendar_url has_calendar calendar_id tokens[id name scope created expires used]",
    false};

struct account_view {
    struct str password_error, second_error, token_error, token_value, secret, uri, calendar_url;
};

static enum rc view_tokens(struct request *rq, struct view *v, struct err *e)
{
    vec_token all = {0};
    struct view *list = view_list(v, "tokens");
    enum rc rc = auth_tokens(rq->site, rq->actor, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        struct view *t = view_item(list);
        view_int(t, "id", all.p[i].id);
        if (!str_eq(all.p[i].scope, STR("calendar")))
            view_str(t, "name", all.p[i].name);
        bool calendar = str_eq(all.p[i].scope, STR("calendar"));
        if (calendar) {
            view_flag(v, "has_calendar", true);
            view_int(v, "calendar_id", all.p[i].id);
            view_str(t, "name", msg(rq, "web.calendar"));
        }
        view_str(t, "scope",
                 msg(rq, calendar                               ? "web.scope_calendar"
                         : str_eq(all.p[i].scope, STR("write")) ? "web.scope_write"
                                                                : "web.scope_read"));
        view_str(t, "created", str_sub(show_time(rq, all.p[i].created), 0, 10));
        view_str(t, "expires", str_sub(show_time(rq, all.p[i].expires), 0, 10));
        view_str(t, "used", show_time(rq, all.p[i].used));
    }
    vec_free(&all);
    return rc;
}

static enum rc account_reply(struct request *rq, struct reply *re, const struct account_view *a,
                             struct err *e)
{
    struct view *v = view_new(rq->arena);
    struct titles t = {0};
    const struct kind *k;
    bool second = false;
    TRY(auth_has_second(rq->site, rq->actor, &second, e));
    enum rc rc = titles_want(&t, rq->actor->org, e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    if (rc == RC_OK)
        view_str(v, "org", titles_of(&t, rq->actor->org, &k));
    titles_free(&t);
    view_str(v, "login", rq->actor->login);
    view_flag(v, "has_second", second);
    view_str(v, "password_error", a->password_error);
    view_str(v, "second_error", a->second_error);
    view_str(v, "token_error", a->token_error);
    view_str(v, "token_value", a->token_value);
    view_str(v, "token_name", a->token_error.n ? param_text(rq, "name") : STR(""));
    view_str(v, "secret", a->secret);
    view_str(v, "uri", a->uri);
    view_str(v, "calendar_url", a->calendar_url);
    if (a->password_error.n || a->second_error.n || a->token_error.n)
        re->status = 422;
    rc = rc == RC_OK ? view_tokens(rq, v, e) : rc;
    return rc == RC_OK ? reply_page(rq, re, &account_def, msg(rq, "web.account"), v, e) : rc;
}

enum rc account_page(struct request *rq, struct reply *re, struct err *e)
{
    struct account_view a = {0};
    return account_reply(rq, re, &a, e);
}

enum rc account_with_calendar(struct request *rq, struct reply *re, struct str url, struct err *e)
{
    struct account_view a = {.calendar_url = url};
    return account_reply(rq, re, &a, e);
}

/* A mistake of the user's becomes a sentence of the page, everything else an error. */
static enum rc mistake(struct request *rq, enum rc rc, const struct err *why, struct str *to,
                       struct err *e)
{
    if (rc == RC_USER) {
        *to = msg_error(rq, why);
        return RC_OK;
    }
    *e = *why;
    return rc;
}

enum rc password_do(struct request *rq, struct reply *re, struct err *e)
{
    struct account_view a = {0};
    struct err why = {0};
    if (!str_eq(param_text(rq, "new"), param_text(rq, "again"))) {
        a.password_error = msg(rq, "web.not_again");
        return account_reply(rq, re, &a, e);
    }
    enum rc rc = auth_change_password(rq->site, rq->actor, param_text(rq, "old"),
                                      param_text(rq, "new"), &why);
    if (rc == RC_OK) { /* all its sessions have ended */
        TRY(session_clear(rq, re, e));
        return reply_see(rq, re, STR("/sign-in"), "password", e);
    }
    TRY(mistake(rq, rc, &why, &a.password_error, e));
    return account_reply(rq, re, &a, e);
}

enum rc second_begin(struct request *rq, struct reply *re, struct err *e)
{
    struct account_view a = {0};
    TRY(auth_totp_begin(rq->site, rq->actor, rq->arena, &a.secret, &a.uri, e));
    return account_reply(rq, re, &a, e);
}

enum rc second_confirm(struct request *rq, struct reply *re, struct err *e)
{
    struct account_view a = {.secret = param_text(rq, "secret"), .uri = param_text(rq, "uri")};
    struct err why = {0};
    enum rc rc =
        auth_totp_confirm(rq->site, rq->actor, a.secret, str_trim(param_text(rq, "code")), &why);
    if (rc == RC_OK)
        return reply_see(rq, re, STR("/account"), "second", e);
    TRY(mistake(rq, rc, &why, &a.second_error, e));
    return account_reply(rq, re, &a, e);
}

enum rc second_off(struct request *rq, struct reply *re, struct err *e)
{
    struct account_view a = {0};
    struct err why = {0};
    enum rc rc = auth_totp_off(rq->site, rq->actor, param_text(rq, "password"), &why);
    if (rc == RC_OK)
        return reply_see(rq, re, STR("/account"), "second_off", e);
    TRY(mistake(rq, rc, &why, &a.second_error, e));
    return account_reply(rq, re, &a, e);
}

enum rc token_make(struct request *rq, struct reply *re, struct err *e)
{
    struct account_view a = {0};
    struct err why = {0};
    char value[TOKEN_VALUE];
    int64_t days = param_int(rq, "days", 90);
    days = days < 1 ? 1 : MIN(days, TOKEN_DAYS);
    enum rc rc = auth_token_make(rq->site, rq->actor, str_trim(param_text(rq, "name")),
                                 str_eq(param_text(rq, "scope"), STR("write")),
                                 site_now(rq->site) + days * DAY, value, &why);
    if (rc == RC_OK)
        a.token_value = textf(rq, "%s", value);
    else
        TRY(mistake(rq, rc, &why, &a.token_error, e));
    return account_reply(rq, re, &a, e);
}

enum rc token_end(struct request *rq, struct reply *re, struct err *e)
{
    TRY(auth_token_drop(rq->site, rq->actor, rq->id, e));
    return reply_see(rq, re, STR("/account"), "token", e);
}
