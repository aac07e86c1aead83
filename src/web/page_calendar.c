/* A person's calendar at a private address, for calendar programs: without a session. */
#include "service/digest.h"
#include "web/http_int.h"
#include "web/work_int.h"

/* Where the site is reached. */
static struct str site_address(const struct request *rq)
{
    const struct web_options *o = &rq->web->o;
    if (o->public_url)
        return str_of(o->public_url);
    return textf(rq, "http://%s:%u", o->address && *o->address ? o->address : "127.0.0.1",
                 (unsigned)rq->web->port);
}

enum rc calendar_do(struct request *rq, struct reply *re, struct err *e)
{
    static const char end[] = ".ics";
    struct actor who;
    struct err why = {0};
    struct str name = rq->name;
    if (name.n > strlen(end) && memcmp(name.p + name.n - strlen(end), end, strlen(end)) == 0)
        name = str_sub(name, 0, name.n - strlen(end));
    enum rc rc = auth_calendar(rq->site, name, rq->arena, &who, &why);
    if (rc == RC_USER)
        return err_user(e, "web.no_page", "%s", "");
    if (rc != RC_OK) {
        *e = why;
        return rc;
    }
    re->type = "text/calendar; charset=utf-8";
    reply_header(re, "Cache-Control", STR("private, max-age=900"));
    return calendar_print(rq->site, &who, site_address(rq).p, &re->body, e);
}

enum rc calendar_make(struct request *rq, struct reply *re, struct err *e)
{
    char value[TOKEN_VALUE];
    TRY(auth_calendar_make(rq->site, rq->actor, value, e));
    struct str site = site_address(rq);
    return account_with_calendar(rq, re,
                                 textf(rq, "%.*s/calendar/%s.ics", (int)site.n, site.p, value), e);
}
