/* How the site sends: the mail server, the chat group's robots, what could not be delivered. */
#include "web/notice_int.h"
#include "web/page_int.h"

#include <stdio.h>

const struct page site_notices_def = {
    "site_notices",
    "error locked host port user password from securities[value label "
    "on] quiet_from quiet_until test_to " ROBOTS_SHAPE
    " failed[id who channel notices attempts at reason]",
    false};

static void view_security(struct request *rq, struct view *v, enum mail_security now)
{
    static const char *const keys[MAIL__COUNT] = {"web.mail_open", "web.mail_starttls",
                                                  "web.mail_tls"};
    struct view *list = view_list(v, "securities");
    for (int i = MAIL__COUNT - 1; i >= 0; i--) {
        struct view *o = view_item(list);
        view_text(o, "value", mail_security_names[i]);
        view_str(o, "label", msg(rq, keys[i]));
        view_flag(o, "on", i == (int)now);
    }
}

/* A reason is kept as an error's key and detail. */
static struct str reason_text(const struct request *rq, struct str reason)
{
    char key[64];
    size_t tab = MIN(str_find(reason, STR("\t"), 0), reason.n);
    snprintf(key, sizeof key, "%.*s", (int)tab, reason.p);
    return msg_with(rq, key, str_sub(reason, tab + 1, reason.n));
}

static enum rc view_failed(struct request *rq, struct view *v, struct err *e)
{
    vec_notify_failed all = {0};
    struct view *list = view_list(v, "failed");
    enum rc rc = notify_failures(rq->site, rq->actor, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        const struct failed_batch *b = &all.p[i].batch;
        struct view *o = view_item(list);
        enum channel c = channel_find(b->channel);
        view_int(o, "id", b->id);
        view_str(o, "who", b->account ? all.p[i].login : msg(rq, "web.chat_group"));
        view_str(o, "channel", c < CHANNEL__COUNT ? channel_label(rq, c) : b->channel);
        view_int(o, "notices", b->notices);
        view_int(o, "attempts", b->attempts);
        view_str(o, "at", show_time(rq, b->ended));
        view_str(o, "reason", reason_text(rq, b->reason));
    }
    vec_free(&all);
    return rc;
}

static enum rc reply(struct request *rq, struct reply *re, struct str error, struct err *e)
{
    struct view *v = view_new(rq->arena);
    struct notify_site s;
    struct str hook[CHANNEL__COUNT];
    TRY(notify_site_get(rq->site, rq->actor, rq->arena, &s, hook, e));
    bool form = error.n && param_has(rq, "host");
    view_str(v, "error", error);
    view_flag(v, "locked", s.locked);
    view_str(v, "host", form ? param_text(rq, "host") : s.mail.host);
    view_str(v, "port",
             form          ? param_text(rq, "port")
             : s.mail.port ? textf(rq, "%u", s.mail.port)
                           : STR("465"));
    view_str(v, "user", form ? param_text(rq, "user") : s.mail.user);
    view_str(v, "from", form ? param_text(rq, "from") : s.mail.from);
    view_flag(v, "password", s.mail.password.n > 0);
    view_str(v, "quiet_from", minutes_text(rq, s.quiet_from));
    view_str(v, "quiet_until", minutes_text(rq, s.quiet_until));
    view_str(v, "test_to", param_text(rq, "to"));
    view_security(rq, v, s.mail.host.n ? s.mail.security : MAIL_TLS);
    view_robots(rq, v, "/admin/notices/robot", hook, NULL);
    TRY(view_failed(rq, v, e));
    if (error.n)
        re->status = 422;
    return reply_page(rq, re, &site_notices_def, msg(rq, "web.site_notices"), v, e);
}

enum rc site_notices_page(struct request *rq, struct reply *re, struct err *e)
{
    return reply(rq, re, STR(""), e);
}

static enum rc answer(struct request *rq, struct reply *re, enum rc rc, const struct err *why,
                      const char *done, struct err *e)
{
    if (rc == RC_OK)
        return reply_see(rq, re, STR("/admin/notices"), done, e);
    bool mistake = rc == RC_USER || str_starts(str_of(why->key), STR("notify."));
    if (!mistake) {
        *e = *why;
        return rc;
    }
    return reply(rq, re, msg_error(rq, why), e);
}

enum rc site_notices_do(struct request *rq, struct reply *re, struct err *e)
{
    struct err why = {0};
    int64_t port = param_int(rq, "port", 0);
    struct str security = param_text(rq, "security");
    struct notify_site s = {.mail = {.host = str_trim(param_text(rq, "host")),
                                     .user = str_trim(param_text(rq, "user")),
                                     .password = param_text(rq, "password"),
                                     .from = str_trim(param_text(rq, "from")),
                                     .port = port > 0 && port < 65536 ? (uint16_t)port : 0,
                                     .security = MAIL_TLS}};
    for (int i = 0; i < MAIL__COUNT; i++)
        if (str_eq(security, str_of(mail_security_names[i])))
            s.mail.security = (enum mail_security)i;
    if (!minutes_param(rq, "quiet_from", &s.quiet_from) ||
        !minutes_param(rq, "quiet_until", &s.quiet_until))
        return reply(rq, re, msg(rq, "notify.time"), e);
    enum rc rc = notify_site_set(rq->site, rq->actor, &s, &why);
    return answer(rq, re, rc, &why, "saved", e);
}

enum rc site_test_do(struct request *rq, struct reply *re, struct err *e)
{
    struct err why = {0};
    enum rc rc =
        notify_test(rq->site, rq->actor, true, STR("mail"), str_trim(param_text(rq, "to")), &why);
    return answer(rq, re, rc, &why, "tested", e);
}

enum rc site_robot_do(struct request *rq, struct reply *re, struct err *e)
{
    struct err why = {0};
    struct str url = str_trim(param_text(rq, "url")), secret = str_trim(param_text(rq, "secret"));
    enum rc rc;
    if (param_has(rq, "test"))
        rc = notify_test(rq->site, rq->actor, true, rq->name, STR(""), &why);
    else if (param_has(rq, "drop"))
        rc = notify_hook_set(rq->site, rq->actor, true, rq->name, STR(""), STR(""), &why);
    else if (!url.n)
        rc = err_user(&why, "notify.robot_url", "%s", "");
    else
        rc = notify_hook_set(rq->site, rq->actor, true, rq->name, url, secret, &why);
    return answer(rq, re, rc, &why, param_has(rq, "test") ? "tested" : "saved", e);
}

enum rc site_again_do(struct request *rq, struct reply *re, struct err *e)
{
    TRY(notify_again(rq->site, rq->actor, rq->id, e));
    return reply_see(rq, re, STR("/admin/notices"), "again", e);
}
