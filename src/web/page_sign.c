/* Signing in and out, the second factor, the language. */
#include "service/sso.h"
#include "web/http_int.h"
#include "web/page_int.h"

const struct page sign_in_def = {"sign_in", "login error back cas oidc", false};
const struct page second_def = {"second", "error back", false};

static enum rc sign_in_reply(struct request *rq, struct reply *re, const struct err *why,
                             struct err *e)
{
    TRY(session_need(rq, re, e));
    struct view *v = view_new(rq->arena);
    view_str(v, "login", param_text(rq, "login"));
    view_str(v, "back", param_text(rq, "back"));
    view_flag(v, "cas", sso_has_cas(rq->web->sso));
    view_flag(v, "oidc", sso_has_oidc(rq->web->sso));
    if (why) {
        view_str(v, "error", msg_error(rq, why));
        re->status = 422;
    }
    return reply_page(rq, re, &sign_in_def, msg(rq, "web.sign_in"), v, e);
}

static enum rc second_reply(struct request *rq, struct reply *re, const struct err *why,
                            struct err *e)
{
    struct view *v = view_new(rq->arena);
    view_str(v, "back", param_text(rq, "back"));
    if (why) {
        view_str(v, "error", msg_error(rq, why));
        re->status = 422;
    }
    return reply_page(rq, re, &second_def, msg(rq, "web.second_factor"), v, e);
}

enum rc sign_in_page(struct request *rq, struct reply *re, struct err *e)
{
    if (rq->actor->account)
        return reply_see(rq, re, param_text(rq, "back"), NULL, e);
    return sign_in_reply(rq, re, NULL, e);
}

enum rc second_page(struct request *rq, struct reply *re, struct err *e)
{
    if (!rq->who.second_factor)
        return reply_see(rq, re, STR("/sign-in"), NULL, e);
    return second_reply(rq, re, NULL, e);
}

/* The session has a new value: whoever knew the one before has nothing. */
static enum rc enter(struct request *rq, struct reply *re, struct err *e)
{
    TRY(session_cookie(rq, re, e));
    if (!rq->who.second_factor)
        return reply_see(rq, re, param_text(rq, "back"), NULL, e);
    struct buf to;
    buf_init(&to, 16u << 10);
    enum rc rc = buf_str(&to, STR("/sign-in/second?back="), e);
    rc = rc == RC_OK ? url_escape(&to, param_text(rq, "back"), e) : rc;
    rc = rc == RC_OK ? reply_see(rq, re, buf_view(&to), NULL, e) : rc;
    buf_free(&to);
    return rc;
}

enum rc sign_in_do(struct request *rq, struct reply *re, struct err *e)
{
    struct err why = {0};
    struct signed_in now = {0};
    enum rc rc = auth_password(rq->site, str_trim(param_text(rq, "login")),
                               param_text(rq, "password"), rq->from, rq->arena, &now, &why);
    if (rc == RC_USER)
        return sign_in_reply(rq, re, &why, e);
    if (rc != RC_OK) {
        *e = why;
        return rc;
    }
    rq->who = now;
    return enter(rq, re, e);
}

enum rc second_do(struct request *rq, struct reply *re, struct err *e)
{
    struct err why = {0};
    struct signed_in now = {0};
    if (!rq->who.second_factor)
        return reply_see(rq, re, STR("/sign-in"), NULL, e);
    enum rc rc = auth_second(rq->site, str_of(rq->who.id), str_trim(param_text(rq, "code")),
                             rq->arena, &now, &why);
    if (rc == RC_USER)
        return second_reply(rq, re, &why, e);
    if (rc != RC_OK) {
        *e = why;
        return rc;
    }
    rq->who = now;
    return enter(rq, re, e);
}

enum rc sign_out_do(struct request *rq, struct reply *re, struct err *e)
{
    TRY(auth_leave(rq->site, str_of(rq->who.id), e));
    TRY(session_clear(rq, re, e));
    return reply_see(rq, re, STR("/"), "signed_out", e);
}

/* A link, because it changes nothing but what its own reader sees. */
enum rc language_do(struct request *rq, struct reply *re, struct err *e)
{
    bool zh = !str_eq(rq->name, STR("en"));
    if (rq->actor->account)
        TRY(auth_set_lang(rq->site, rq->actor, zh, e));
    struct str cookie = textf(rq, "lang=%s; Path=/; Max-Age=31536000; SameSite=Lax%s",
                              zh ? "zh" : "en", rq->web->secure ? "; Secure" : "");
    reply_header(re, "Set-Cookie", cookie);
    return reply_see(rq, re, param_text(rq, "back"), NULL, e);
}
