/* By which channels somebody is told of what, and when not. */
#include "web/notice_int.h"
#include "web/page_int.h"

#include <stdio.h>

const struct page notices_def = {
    "notices",
    "error mail proved code_sent mail_there quiet_own quiet_from quiet_until site_from site_until "
    "any"
    " channels[label there] events[label boxes[name label on there]] " ROBOTS_SHAPE,
    false};

struct str channel_label(const struct request *rq, enum channel c)
{
    static const char *const keys[CHANNEL__COUNT] = {"web.channel_mail", "web.channel_wecom",
                                                     "web.channel_dingtalk", "web.channel_feishu"};
    return msg(rq, keys[c]);
}

struct str minutes_text(const struct request *rq, int minutes)
{
    return minutes < 0 ? STR("") : textf(rq, "%02d:%02d", minutes / 60, minutes % 60);
}

bool minutes_param(const struct request *rq, const char *name, int *out)
{
    struct str s = str_trim(param_text(rq, name));
    *out = -1;
    return !s.n || minutes_read(s, out);
}

void view_robots(struct request *rq, struct view *v, const char *path, const struct str *mask,
                 const bool *signs)
{
    struct view *list = view_list(v, "robots");
    for (int c = CHANNEL_WECOM; c < CHANNEL__COUNT; c++) {
        struct view *o = view_item(list);
        view_text(o, "name", channel_names[c]);
        view_str(o, "path", textf(rq, "%s/%s", path, channel_names[c]));
        view_str(o, "label", channel_label(rq, (enum channel)c));
        view_str(o, "mask", mask[c]);
        view_flag(o, "signs", signs && signs[c]);
        view_flag(o, "takes_secret", c != CHANNEL_WECOM);
    }
}

/* ---- the page ---- */

static bool is_there(const struct notify_own *o, int c)
{
    return c == CHANNEL_MAIL ? o->mail.n && o->proved : o->hook[c].n > 0;
}

static void view_events(struct request *rq, struct view *v, const struct notify_own *o)
{
    struct view *channels = view_list(v, "channels"), *events = view_list(v, "events");
    for (int c = 0; c < CHANNEL__COUNT; c++) {
        struct view *one = view_item(channels);
        view_str(one, "label", channel_label(rq, (enum channel)c));
        view_flag(one, "there", is_there(o, c));
        if (is_there(o, c))
            view_flag(v, "any", true);
    }
    for (uint32_t i = 0; i < o->n_events; i++) {
        struct view *one = view_item(events), *boxes = view_list(one, "boxes");
        view_str(one, "label", o->event[i].label);
        for (int c = 0; c < CHANNEL__COUNT; c++) {
            struct view *b = view_item(boxes);
            view_str(b, "name",
                     textf(rq, "on.%.*s.%s", (int)o->event[i].name.n, o->event[i].name.p,
                           channel_names[c]));
            struct str channel = channel_label(rq, (enum channel)c);
            view_str(b, "label",
                     textf(rq, "%.*s %.*s", (int)o->event[i].label.n, o->event[i].label.p,
                           (int)channel.n, channel.p));
            view_flag(b, "on", o->event[i].on[c]);
            view_flag(b, "there", is_there(o, c));
        }
    }
}

static enum rc reply(struct request *rq, struct reply *re, struct str error, struct err *e)
{
    struct view *v = view_new(rq->arena);
    struct notify_own o;
    TRY(notify_own(rq->site, rq->actor, rq->arena, &o, e));
    view_str(v, "error", error);
    view_str(v, "mail", o.mail);
    view_flag(v, "proved", o.proved);
    view_flag(v, "code_sent", o.code_sent);
    view_flag(v, "mail_there", o.mail_there);
    view_flag(v, "quiet_own", o.quiet_from >= 0);
    view_str(v, "quiet_from", minutes_text(rq, o.quiet_from));
    view_str(v, "quiet_until", minutes_text(rq, o.quiet_until));
    view_str(v, "site_from", minutes_text(rq, o.site_from));
    view_str(v, "site_until", minutes_text(rq, o.site_until));
    view_robots(rq, v, "/account/notices/robot", o.hook, o.hook_signs);
    view_events(rq, v, &o);
    if (error.n)
        re->status = 422;
    return reply_page(rq, re, &notices_def, msg(rq, "web.notices"), v, e);
}

enum rc notices_page(struct request *rq, struct reply *re, struct err *e)
{
    return reply(rq, re, STR(""), e);
}

/* What went wrong stands on the page; `done` is what the next page says. */
static enum rc answer(struct request *rq, struct reply *re, enum rc rc, const struct err *why,
                      const char *done, struct err *e)
{
    if (rc == RC_OK)
        return reply_see(rq, re, STR("/account/notices"), done, e);
    bool mistake = rc == RC_USER || str_starts(str_of(why->key), STR("notify."));
    if (!mistake) {
        *e = *why;
        return rc;
    }
    return reply(rq, re, msg_error(rq, why), e);
}

enum rc notices_choose_do(struct request *rq, struct reply *re, struct err *e)
{
    struct notify_own o;
    struct err why = {0};
    unsigned on[ARRAY_LEN(o.event)] = {0};
    int from, until;
    TRY(notify_own(rq->site, rq->actor, rq->arena, &o, e));
    for (uint32_t i = 0; i < o.n_events; i++)
        for (int c = 0; c < CHANNEL__COUNT; c++) {
            char name[80];
            snprintf(name, sizeof name, "on.%.*s.%s", (int)o.event[i].name.n, o.event[i].name.p,
                     channel_names[c]);
            /* a box that could not be ticked says nothing */
            bool told = is_there(&o, c) ? param_has(rq, name) : o.event[i].on[c];
            on[i] |= told ? 1u << c : 0;
        }
    if (!minutes_param(rq, "quiet_from", &from) || !minutes_param(rq, "quiet_until", &until) ||
        (from < 0) != (until < 0))
        return reply(rq, re, msg(rq, "notify.time"), e);
    enum rc rc = notify_choose(rq->site, rq->actor, from, until, on, &why);
    return answer(rq, re, rc, &why, "saved", e);
}

enum rc notices_mail_do(struct request *rq, struct reply *re, struct err *e)
{
    struct err why = {0};
    struct str mail = str_trim(param_text(rq, "mail"));
    enum rc rc = notify_mail_ask(rq->site, rq->actor, mail, &why);
    return answer(rq, re, rc, &why, mail.n ? "code" : "saved", e);
}

enum rc notices_code_do(struct request *rq, struct reply *re, struct err *e)
{
    struct err why = {0};
    enum rc rc = notify_mail_prove(rq->site, rq->actor, str_trim(param_text(rq, "code")), &why);
    return answer(rq, re, rc, &why, "saved", e);
}

/* Its buttons: save, test, drop. */
enum rc notices_robot_do(struct request *rq, struct reply *re, struct err *e)
{
    struct err why = {0};
    struct str url = str_trim(param_text(rq, "url")), secret = str_trim(param_text(rq, "secret"));
    enum rc rc;
    if (param_has(rq, "test"))
        rc = notify_test(rq->site, rq->actor, false, rq->name, STR(""), &why);
    else if (param_has(rq, "drop"))
        rc = notify_hook_set(rq->site, rq->actor, false, rq->name, STR(""), STR(""), &why);
    else if (!url.n)
        rc = err_user(&why, "notify.robot_url", "%s", "");
    else
        rc = notify_hook_set(rq->site, rq->actor, false, rq->name, url, secret, &why);
    return answer(rq, re, rc, &why, param_has(rq, "test") ? "tested" : "saved", e);
}
