/* Single sign-on: to the house's server and back. What must come back is kept with the visitor's
 * session: nobody can be signed in by an address that was made for somebody else. */
#include "service/sso.h"
#include "web/http_int.h"
#include "web/page_int.h"

#include <jansson.h>

static bool known(const struct request *rq)
{
    const struct sso *s = rq->web->sso;
    return (str_eq(rq->name, STR("cas")) && sso_has_cas(s)) ||
           (str_eq(rq->name, STR("oidc")) && sso_has_oidc(s));
}

/* 303 to another server: only addresses that this file made. */
static void leave_to(struct reply *re, struct str to)
{
    re->status = 303;
    reply_header(re, "Location", to);
}

static enum rc new_state(struct request *rq, struct str *out, struct err *e)
{
    struct signed_in visit;
    /* A session's id is random and not guessable; the first half's is as good as any. */
    if (!rq->who.id[0]) {
        TRY(auth_visit(rq->site, rq->arena, &visit, e));
        rq->who = visit;
    }
    *out = rq->who.csrf;
    return RC_OK;
}

static struct str back_address(const struct request *rq, struct str state)
{
    bool cas = str_eq(rq->name, STR("cas"));
    const char *site = rq->web->o.public_url;
    return cas ? textf(rq, "%s/sso/cas/back?state=%.*s", site, (int)state.n, state.p)
               : textf(rq, "%s/sso/oidc/back", site);
}

/* {"next": "/need/3", "oidc": {…}} */
static enum rc keep(struct request *rq, struct str oidc, struct err *e)
{
    struct str next = param_text(rq, "back");
    json_t *all = json_pack("{s:o}", "next", json_stringn(next.p ? next.p : "", next.n));
    if (all && oidc.n)
        json_object_set_new(all, "oidc", json_loadb(oidc.p, oidc.n, 0, NULL));
    char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;
    json_decref(all);
    if (!text)
        return err_nomem(e);
    enum rc rc = auth_session_data(rq->site, str_of(rq->who.id), str_of(text), e);
    mem_free(text);
    return rc;
}

enum rc page_sso(struct request *rq, struct reply *re, struct err *e)
{
    struct str state, to, oidc = {0};
    if (!known(rq))
        return err_user(e, "web.no_page", "%s", "");
    if (rq->actor->account)
        return reply_see(rq, re, STR("/"), NULL, e);
    TRY(new_state(rq, &state, e));
    struct str back = back_address(rq, state);
    if (str_eq(rq->name, STR("cas")))
        TRY(sso_cas_login(rq->web->sso, back, rq->arena, &to, e));
    else
        TRY(sso_oidc_login(rq->web->sso, back, rq->arena, &to, &oidc, e));
    TRY(keep(rq, oidc, e));
    TRY(session_cookie(rq, re, e));
    leave_to(re, to);
    return RC_OK;
}

static enum rc check_cas(struct request *rq, struct identity *who, struct err *e)
{
    struct str state = param_text(rq, "state");
    if (!rq->who.csrf.n || !str_eq(state, rq->who.csrf))
        return err_user(e, "sso.state", "%s", "");
    return sso_cas_check(rq->web->sso, back_address(rq, state), param_text(rq, "ticket"), rq->arena,
                         who, e);
}

static enum rc check_oidc(struct request *rq, const json_t *kept, struct identity *who,
                          struct err *e)
{
    if (param_has(rq, "error"))
        return err_user(e, "sso.refused", "%.*s", (int)MIN(param_text(rq, "error").n, 60),
                        param_text(rq, "error").p);
    char *text = json_dumps(json_object_get(kept, "oidc"), JSON_COMPACT);
    struct str state = text ? arena_str(rq->arena, str_of(text)) : STR("");
    mem_free(text);
    return sso_oidc_check(rq->web->sso, back_address(rq, (struct str){0}), param_text(rq, "code"),
                          param_text(rq, "state"), state, site_now(rq->site), rq->arena, who, e);
}

enum rc page_sso_back(struct request *rq, struct reply *re, struct err *e)
{
    if (!known(rq))
        return err_user(e, "web.no_page", "%s", "");
    struct str data = rq->who.data;
    struct identity who = {0};
    json_t *kept = json_loadb(data.p ? data.p : "", data.n, 0, NULL);
    if (!kept)
        return err_user(e, "sso.state", "%s", "");
    struct str next =
        arena_str(rq->arena, str_of(json_string_value(json_object_get(kept, "next"))));
    enum rc rc =
        str_eq(rq->name, STR("cas")) ? check_cas(rq, &who, e) : check_oidc(rq, kept, &who, e);
    json_decref(kept);
    if (rc != RC_OK)
        return rc;
    TRY(auth_leave(rq->site, str_of(rq->who.id), e)); /* a new session: none can be fixed */
    TRY(auth_outside(rq->site, who.outside, who.name, true, rq->from, rq->arena, &rq->who, e));
    TRY(session_cookie(rq, re, e));
    if (rq->who.second_factor)
        return reply_see(rq, re, STR("/sign-in/second"), NULL, e);
    return reply_see(rq, re, next.n ? next : STR("/"), NULL, e);
}
