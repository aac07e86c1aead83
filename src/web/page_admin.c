/* Accounts (administrators) and the audit trail (auditors). */
#include "web/http_int.h"
#include "web/page_int.h"

#define TRAIL_ROWS 100u

const struct page accounts_def = {
    "accounts", "rows[id login name role org active locked last_login second]", false};
const struct page account_form_def = {
    "account_form",
    "id login name error org person active roles[value label on] langs[value label on] second",
    false};
const struct page audit_def = {"audit",
                               "account kind id from to kinds[value label on] next"
                               " actions[value label on]"
                               " rows[seq at who action kind id href state comment reason version]",
                               false};

struct str role_label(const struct request *rq, enum role r)
{
    static const char *const keys[ROLE__COUNT] = {"web.role_visitor", "web.role_member",
                                                  "web.role_editor",  "web.role_broker",
                                                  "web.role_auditor", "web.role_admin"};
    return msg(rq, keys[r]);
}

/* ---- accounts ---- */

static void account_row(struct request *rq, struct view *list, const struct account *a,
                        const struct titles *t)
{
    const struct kind *k;
    struct view *v = view_item(list);
    view_int(v, "id", a->id);
    view_str(v, "login", a->login);
    view_str(v, "name", a->name);
    view_str(v, "role", role_label(rq, a->role));
    view_str(v, "org", titles_of(t, a->org, &k));
    view_flag(v, "active", a->active);
    view_flag(v, "locked", a->locked_until > site_now(rq->site));
    view_flag(v, "second", a->totp.n > 0);
    view_str(v, "last_login", show_time(rq, a->last_login));
}

enum rc accounts_page(struct request *rq, struct reply *re, struct err *e)
{
    vec_account all = {0};
    struct titles t = {0};
    struct view *v = view_new(rq->arena), *list = view_list(v, "rows");
    enum rc rc = auth_accounts(rq->site, rq->actor, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        rc = titles_want(&t, all.p[i].org, e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        account_row(rq, list, &all.p[i], &t);
    titles_free(&t);
    vec_free(&all);
    return rc == RC_OK ? reply_page(rq, re, &accounts_def, msg(rq, "web.accounts"), v, e) : rc;
}

static enum rc account_load(struct request *rq, struct account *out, struct err *e)
{
    vec_account all = {0};
    *out = (struct account){.role = ROLE_MEMBER, .lang = STR("zh"), .active = true};
    if (!rq->id)
        return RC_OK;
    enum rc rc = auth_accounts(rq->site, rq->actor, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        if (all.p[i].id == rq->id)
            *out = all.p[i];
    vec_free(&all);
    return rc == RC_OK && out->id != rq->id ? err_user(e, "service.missing", "%s", "") : rc;
}

static void view_roles(struct request *rq, struct view *v, enum role now)
{
    struct view *list = view_list(v, "roles");
    for (int r = ROLE_MEMBER; r < ROLE__COUNT; r++) {
        struct view *o = view_item(list);
        view_text(o, "value", role_name((enum role)r));
        view_str(o, "label", role_label(rq, (enum role)r));
        view_flag(o, "on", r == (int)now);
    }
}

static void view_langs(struct view *v, struct str now)
{
    struct view *list = view_list(v, "langs");
    for (int zh = 1; zh >= 0; zh--) {
        struct view *o = view_item(list);
        view_text(o, "value", zh ? "zh" : "en");
        view_text(o, "label", zh ? "中文" : "English");
        view_flag(o, "on", str_eq(now, zh ? STR("zh") : STR("en")));
    }
}

static struct str ref_text(struct request *rq, const struct titles *t, int64_t id)
{
    const struct kind *k;
    struct str title = titles_of(t, id, &k);
    return id ? textf(rq, "#%lld %.*s", (long long)id, (int)title.n, title.n ? title.p : "")
              : STR("");
}

static enum rc account_form_reply(struct request *rq, struct reply *re, const struct account *a,
                                  struct str error, struct err *e)
{
    struct titles t = {0};
    struct view *v = view_new(rq->arena);
    enum rc rc = titles_want(&t, a->org, e);
    rc = rc == RC_OK ? titles_want(&t, a->person, e) : rc;
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    if (rc == RC_OK) {
        view_str(v, "org", ref_text(rq, &t, a->org));
        view_str(v, "person", ref_text(rq, &t, a->person));
    }
    titles_free(&t);
    view_int(v, "id", rq->id);
    view_str(v, "login", a->login);
    view_str(v, "name", a->name);
    view_flag(v, "active", a->active);
    view_flag(v, "second", a->totp.n > 0);
    view_str(v, "error", error);
    view_roles(rq, v, a->role);
    view_langs(v, a->lang);
    if (error.n)
        re->status = 422;
    return rc == RC_OK ? reply_page(rq, re, &account_form_def,
                                    msg(rq, rq->id ? "web.account_edit" : "web.account_new"), v, e)
                       : rc;
}

enum rc account_form_page(struct request *rq, struct reply *re, struct err *e)
{
    struct account a;
    TRY(account_load(rq, &a, e));
    return account_form_reply(rq, re, &a, STR(""), e);
}

/* "#12 某大学" or "12". */
static int64_t ref_param(const struct request *rq, const char *name)
{
    struct str s = str_trim(param_text(rq, name));
    int64_t id = 0;
    for (size_t i = s.n && s.p[0] == '#'; i < s.n && i < 18 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        id = id * 10 + (s.p[i] - '0');
    return id;
}

enum rc account_form_save(struct request *rq, struct reply *re, struct err *e)
{
    struct account a;
    struct err why = {0};
    int64_t id = rq->id;
    TRY(account_load(rq, &a, e));
    struct account_request r = {.id = rq->id,
                                .login = str_trim(param_text(rq, "login")),
                                .name = str_trim(param_text(rq, "name")),
                                .role = param_text(rq, "role"),
                                .lang = param_text(rq, "lang"),
                                .password = param_text(rq, "password"),
                                .org = ref_param(rq, "org"),
                                .person = ref_param(rq, "person"),
                                .active = param_has(rq, "active")};
    enum rc rc = auth_account_save(rq->site, rq->actor, &r, &id, &why);
    if (rc == RC_OK)
        return reply_see(rq, re, STR("/admin/accounts"), "saved", e);
    if (rc != RC_USER) {
        *e = why;
        return rc;
    }
    a.login = r.login;
    a.name = r.name;
    a.lang = r.lang;
    a.org = r.org;
    a.person = r.person;
    a.active = r.active;
    enum role role = role_find(r.role);
    a.role = role == ROLE__COUNT ? ROLE_MEMBER : role;
    return account_form_reply(rq, re, &a, msg_error(rq, &why), e);
}

/* ---- audit ---- */

/* A day "2026-03-01" as seconds, at its beginning in the site's own time zone (UTC+8 in China: the
 * trail's times are shown by the server's clock). */
static int64_t day_param(const struct request *rq, const char *name)
{
    struct str s = str_trim(param_text(rq, name));
    int part[3] = {0}, n = 0;
    if (s.n != 10)
        return 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '-')
            n++;
        else if (s.p[i] < '0' || s.p[i] > '9' || n > 2)
            return 0;
        else
            part[n] = part[n] * 10 + (s.p[i] - '0');
    }
    return n == 2 ? local_midnight(part[0], part[1], part[2]) : 0;
}

static void trail_row(struct request *rq, struct view *list, const struct entry *n)
{
    struct view *v = view_item(list);
    const struct kind *k = kind_find(site_kinds(rq->site), n->kind);
    uint32_t state = k ? state_find(k, n->state) : UINT32_MAX;
    view_int(v, "seq", n->seq);
    view_str(v, "at", show_time(rq, n->at));
    view_str(v, "who", n->login.n ? n->login : msg(rq, "web.the_system"));
    view_str(v, "action", action_label(rq, k, n->action));
    if (k) {
        view_str(v, "kind", label_text(&k->label, rq->zh));
        view_int(v, "id", n->id);
        view_str(v, "href", textf(rq, "/%.*s/%lld", (int)k->name.n, k->name.p, (long long)n->id));
        view_int(v, "version", n->version);
    }
    if (state != UINT32_MAX)
        view_str(v, "state", label_text(&k->state[state].label, rq->zh));
    view_str(v, "comment", n->comment.n ? n->comment : k ? STR("") : n->body);
    view_str(v, "reason", n->reason);
}

static void view_kinds(struct request *rq, struct view *v)
{
    const struct kinds *kinds = site_kinds(rq->site);
    struct view *list = view_list(v, "kinds");
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        struct view *o = view_item(list);
        view_str(o, "value", k->name);
        view_str(o, "label", label_text(&k->label, rq->zh));
        view_flag(o, "on", str_eq(param_text(rq, "kind"), k->name));
    }
}

static void view_action(struct request *rq, struct view *list, const struct kind *k,
                        struct str name)
{
    struct view *o = view_item(list);
    view_str(o, "value", name);
    view_str(o, "label", action_label(rq, k, name));
    view_flag(o, "on", str_eq(param_text(rq, "action"), name));
}

/* An action of a kind before this one is called so too: once is enough. */
static bool action_before(const struct kinds *kinds, uint32_t n, struct str name)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < kinds_at(kinds, i)->n_actions; j++)
            if (str_eq(kinds_at(kinds, i)->action[j].name, name))
                return true;
    return false;
}

/* What the site itself does, and the steps of the chosen kind, else of all. */
static void view_actions(struct request *rq, struct view *v)
{
    const struct kinds *kinds = site_kinds(rq->site);
    const struct kind *chosen = kind_find(kinds, param_text(rq, "kind"));
    struct view *list = view_list(v, "actions");
    struct str name;
    for (size_t i = 0; (name = action_own(i)).n; i++)
        view_action(rq, list, NULL, name);
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        for (uint32_t j = 0; (!chosen || k == chosen) && j < k->n_actions; j++)
            if (chosen || !action_before(kinds, i, k->action[j].name))
                view_action(rq, list, k, k->action[j].name);
    }
}

enum rc audit_page(struct request *rq, struct reply *re, struct err *e)
{
    static const char *const names[] = {"before"};
    int64_t to = day_param(rq, "to");
    struct str who = str_trim(param_text(rq, "account"));
    int64_t account = param_int(rq, "account", 0); /* by number, or by how he signs in */
    struct trail_query q = {.before = param_int(rq, "before", 0),
                            .account = account,
                            .id = param_int(rq, "id", 0),
                            .action = str_trim(param_text(rq, "action")),
                            .kind = param_text(rq, "kind"),
                            .from = day_param(rq, "from"),
                            .to = to ? to + 86400 : 0,
                            .limit = TRAIL_ROWS};
    vec_entry all = {0};
    struct view *v = view_new(rq->arena), *list = view_list(v, "rows");
    enum rc rc =
        auth_trail_of(rq->site, rq->actor, account ? STR("") : who, &q, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        trail_row(rq, list, &all.p[i]);
    if (rc == RC_OK && all.n == TRAIL_ROWS) {
        struct str before = textf(rq, "%lld", (long long)all.p[all.n - 1].seq);
        view_str(v, "next", address_with(rq, names, &before, 1));
    }
    vec_free(&all);
    view_kinds(rq, v);
    view_str(v, "account", param_text(rq, "account"));
    view_actions(rq, v);
    view_str(v, "id", param_text(rq, "id"));
    view_str(v, "from", param_text(rq, "from"));
    view_str(v, "to", param_text(rq, "to"));
    return rc == RC_OK ? reply_page(rq, re, &audit_def, msg(rq, "web.audit"), v, e) : rc;
}
