/* One record: its sections, steps, what refers to it, its history; deleting it. */
#include "web/approval_int.h"
#include "web/http_int.h"
#include "web/pair_int.h"
#include "web/work_int.h"

#define REFS_SHOWN    30u
#define HISTORY_SHOWN 50u

const struct page show_page_def = {
    "show",
    "kind{name label path} path title state{text tone} secrecy{text tone} owner{" VALUE_SHAPE "}"
    " id version updated created since partner masked_face"
    " edit_path delete_path new_path"
    " steps[name label path direct primary version]"
    " sections[label fields[label wide wording value{" VALUE_SHAPE "}]]"
    " papers[label docx pdf] follow[label href] " APPROVAL_SHAPE
    " refs[kind relation title href] refs_more " PANEL_SHAPE
    " events[at who action comment reason made changes[label before{" VALUE_SHAPE
    "} after{" VALUE_SHAPE "} rest]] " MORE_SHAPE,
    false};

const struct page delete_page_def = {
    "delete",
    "kind{name label path} title path version refs[kind relation title href] refs_more"
    " held_unseen",
    false};

struct show_view {
    struct request *rq;
    const struct shown *shown;
    struct view *v;
    struct titles titles;
};

struct str record_path(const struct request *rq, const struct rec *r)
{
    return textf(rq, "/%.*s/%lld", (int)r->kind->name.n, r->kind->name.p, (long long)r->id);
}

struct str title_of(const struct request *rq, const struct rec *r)
{
    struct str s = rec_title(r);
    return s.n ? s : msg(rq, "web.masked_title");
}

void view_kind(const struct request *rq, struct view *v, const struct kind *k)
{
    struct view *kind = view_map(v, "kind");
    view_str(kind, "name", k->name);
    view_str(kind, "label", label_text(&k->label, rq->zh));
    view_str(kind, "path", textf(rq, "/%.*s", (int)k->name.n, k->name.p));
}

/* ---- head and steps ---- */

static void view_head(struct show_view *s)
{
    struct request *rq = s->rq;
    const struct rec *r = &s->shown->rec;
    view_kind(rq, s->v, r->kind);
    view_str(s->v, "title", title_of(rq, r));
    view_int(s->v, "id", r->id);
    view_int(s->v, "version", r->version);
    view_str(s->v, "updated", show_time(rq, r->updated));
    view_str(s->v, "created", show_time(rq, r->created));
    view_str(s->v, "since", show_time(rq, r->since));
    view_flag(s->v, "partner", s->shown->face == FACE_PARTNER && r->secrecy == SECRECY_MASKED);
    view_flag(s->v, "masked_face", s->shown->face == FACE_PUBLIC && r->secrecy == SECRECY_MASKED);
    view_state(rq, view_map(s->v, "state"), r);
    if (r->secrecy != SECRECY_OPEN && s->shown->face == FACE_FULL) {
        struct view *v = view_map(s->v, "secrecy");
        bool masked = r->secrecy == SECRECY_MASKED;
        view_str(v, "text", msg(rq, masked ? "web.secrecy_masked" : "web.secrecy_private"));
        view_text(v, "tone", masked ? "warn" : "bad");
    }
    struct str path = record_path(rq, r);
    view_str(s->v, "path", path);
    if (s->shown->may_write)
        view_str(s->v, "edit_path", textf(rq, "%s/edit", path.p));
    if (s->shown->may_delete)
        view_str(s->v, "delete_path", textf(rq, "%s/delete", path.p));
}

/* A step that asks for nothing is taken by one press. */
static bool asks_nothing(const struct action *a)
{
    return !a->comment && !a->reason && !a->n_require;
}

/* The step that is offered first: one that ends well, else one that leads on; never one that stays.
 */
static const struct step *next_step(const struct shown *shown)
{
    const struct kind *k = shown->rec.kind;
    for (uint32_t i = 0; i < shown->n_steps; i++)
        if (shown->step[i]->to != shown->rec.state &&
            str_eq(k->state[shown->step[i]->to].tone, STR("good")))
            return shown->step[i];
    const struct step *first = shown->n_steps > 1 ? shown->step[0] : NULL;
    return first && first->to > shown->rec.state && !str_eq(k->state[first->to].tone, STR("bad"))
               ? first
               : NULL;
}

static void view_steps(struct show_view *s)
{
    struct request *rq = s->rq;
    const struct rec *r = &s->shown->rec;
    const struct step *next = next_step(s->shown);
    struct view *list = view_list(s->v, "steps");
    struct str path = record_path(rq, r);
    for (uint32_t i = 0; i < s->shown->n_steps; i++) {
        const struct step *step = s->shown->step[i];
        struct view *v = view_item(list);
        view_str(v, "name", step->action->name);
        view_str(v, "label", label_text(&step->action->label, rq->zh));
        view_flag(v, "primary", step == next);
        view_str(
            v, "path",
            textf(rq, "%s/step/%.*s", path.p, (int)step->action->name.n, step->action->name.p));
        view_flag(v, "direct", asks_nothing(step->action));
        view_int(v, "version", r->version);
    }
}

/* ---- fields ---- */

static enum rc view_section_field(struct show_view *s, struct view *fields, uint32_t i,
                                  struct err *e)
{
    const struct rec *r = &s->shown->rec;
    const struct field_def *f = &r->kind->field[i];
    bool wording = r->masked && r->masked[i].set && s->shown->face == FACE_FULL &&
                   r->secrecy == SECRECY_MASKED;
    if (!r->val[i].set || f->inner || (i == r->kind->title && !wording) || is_sources(f))
        return RC_OK;
    struct view *v = view_item(fields);
    view_str(v, "label", label_text(&f->label, s->rq->zh));
    view_flag(v, "wide", f->type == TYPE_LONG || f->type == TYPE_GROUP);
    if (wording)
        view_str(v, "wording", r->masked[i].text);
    return view_field(s->rq, view_map(v, "value"), r, f, &r->val[i], &s->titles, e);
}

static enum rc view_sections(struct show_view *s, struct err *e)
{
    const struct kind *k = s->shown->rec.kind;
    struct view *sections = view_list(s->v, "sections");
    for (uint32_t i = 0; i < k->n_sections; i++) {
        bool any = false;
        for (uint32_t j = 0; j < k->section[i].n; j++)
            any |=
                s->shown->rec.val[k->section[i].field[j]].set && k->section[i].field[j] != k->title;
        if (!any)
            continue;
        struct view *v = view_item(sections), *fields;
        view_str(v, "label", label_text(&k->section[i].label, s->rq->zh));
        fields = view_list(v, "fields");
        for (uint32_t j = 0; j < k->section[i].n; j++)
            TRY(view_section_field(s, fields, k->section[i].field[j], e));
    }
    return RC_OK;
}

/* ---- what refers to it ---- */

/* One record, by all of its relations: how many refs that were. A record's own are no reason. */
static size_t view_ref_line(struct request *rq, struct view *list, const struct ref *r, size_t n,
                            int64_t self, const struct titles *t, uint32_t *shown)
{
    const struct kind *k;
    struct str relation = column_label(rq, r->kind, r->relation);
    size_t same = 1;
    for (; same < n && r[same].id == r->id; same++) {
        struct str more = column_label(rq, r->kind, r[same].relation);
        relation = textf(rq, "%.*s %.*s", (int)relation.n, relation.p, (int)more.n, more.p);
    }
    if (r->id == self)
        return same;
    ++*shown;
    struct str title = titles_of(t, r->id, &k);
    struct view *one = view_item(list);
    view_str(one, "kind", label_text(&r->kind->label, rq->zh));
    view_str(one, "relation", relation);
    view_str(one, "title", title.n ? title : msg(rq, "web.masked_title"));
    view_str(one, "href",
             textf(rq, "/%.*s/%lld", (int)r->kind->name.n, r->kind->name.p, (long long)r->id));
    return same;
}

enum rc view_refs(struct request *rq, struct view *v, int64_t id, uint32_t *n, struct err *e)
{
    vec_ref refs = {0};
    struct titles t = {0};
    struct view *list = view_list(v, "refs");
    enum rc rc = record_refs(rq->site, rq->actor, id, REFS_SHOWN + 1, rq->arena, &refs, e);
    for (size_t i = 0; rc == RC_OK && i < refs.n; i++)
        rc = titles_want(&t, refs.p[i].id, e);
    if (rc == RC_OK)
        rc = titles_load(&t, rq, e);
    *n = 0;
    for (size_t i = 0; rc == RC_OK && i < MIN(refs.n, (size_t)REFS_SHOWN);)
        i += view_ref_line(rq, list, &refs.p[i], refs.n - i, id, &t, n);
    view_flag(v, "refs_more", refs.n > REFS_SHOWN);
    titles_free(&t);
    vec_free(&refs);
    return rc;
}

/* ---- history ---- */

/* What is done by the site itself, whatever the kind. */
static const char *const own[][2] = {{"create", "web.act_create"},
                                     {"update", "web.act_update"},
                                     {"delete", "web.act_delete"},
                                     {"import", "web.act_import"},
                                     {"export", "web.act_export"},
                                     {"settings", "web.act_settings"},
                                     {"join", "web.act_join"},
                                     {"login", "web.act_login"},
                                     {"login_failed", "web.act_login_failed"},
                                     {"login_locked", "web.act_login_locked"},
                                     {"logout", "web.act_logout"},
                                     {"login_outside", "web.act_login_outside"},
                                     {"password", "web.change_password"},
                                     {"totp_on", "web.second_on"},
                                     {"totp_off", "web.second_off"},
                                     {"account_create", "web.act_account_create"},
                                     {"account_update", "web.act_account_update"},
                                     {"token_make", "web.act_token_make"},
                                     {"token_drop", "web.act_token_drop"},
                                     {"query_save", "web.act_query_save"},
                                     {"query_drop", "web.act_query_drop"}};

struct str action_own(size_t i)
{
    return i < ARRAY_LEN(own) ? str_of(own[i][0]) : STR("");
}

struct str action_label(const struct request *rq, const struct kind *k, struct str name)
{
    for (uint32_t i = 0; k && i < k->n_actions; i++)
        if (str_eq(k->action[i].name, name))
            return label_text(&k->action[i].label, rq->zh);
    for (size_t i = 0; i < ARRAY_LEN(own); i++)
        if (str_eq(name, str_of(own[i][0])))
            return msg(rq, own[i][1]);
    return name;
}

static struct str reason_label(const struct request *rq, const struct kind *k,
                               const struct entry *n)
{
    for (uint32_t i = 0; i < k->n_actions; i++)
        if (k->action[i].reason && str_eq(k->action[i].name, n->action)) {
            const struct code *c = code_find(k->action[i].reason, n->reason);
            return c ? label_text(&c->label, rq->zh) : n->reason;
        }
    return n->reason;
}

/* Who sees it and whose it is are no fields, and change all the same. */
static enum rc view_attrs_changed(struct show_view *s, struct view *changes,
                                  const struct event_shown *ev, struct err *e)
{
    static const struct {
        const char *column, *key;
    } attrs[] = {{"secrecy", "web.who_sees"}, {"owner", "web.owner"}};
    bool changed[] = {ev->before.secrecy != ev->after.secrecy, ev->before.org != ev->after.org};
    for (size_t i = 0; i < ARRAY_LEN(attrs); i++) {
        if (!changed[i])
            continue;
        struct view *one = view_item(changes);
        view_str(one, "label", msg(s->rq, attrs[i].key));
        TRY(view_value(s->rq, view_map(one, "before"), &ev->before, str_of(attrs[i].column),
                       &s->titles, e));
        TRY(view_value(s->rq, view_map(one, "after"), &ev->after, str_of(attrs[i].column),
                       &s->titles, e));
    }
    return RC_OK;
}

static bool holds_row(const struct field_def *one, const struct val *list, const struct val *row)
{
    for (uint32_t i = 0; list->set && i < list->list.n; i++)
        if (val_eq(one, &list->list.item[i], row))
            return true;
    return false;
}

/* The rows of `all` that are not in `other`, each as one line; *same: how many are in both. */
static enum rc view_rows_of(struct show_view *s, struct view *v, const struct field_def *f,
                            const struct val *all, const struct val *other, uint32_t *same,
                            struct err *e)
{
    struct field_def one = *f;
    struct view *items = view_list(v, "items");
    one.list = false;
    *same = 0;
    for (uint32_t i = 0; all->set && i < all->list.n; i++) {
        struct str line;
        if (holds_row(&one, other, &all->list.item[i])) {
            ++*same;
            continue;
        }
        TRY(row_line(s->rq, &line, f, &all->list.item[i], &s->titles, e));
        view_str(view_item(items), "text", line);
    }
    return RC_OK;
}

/* Of a list of groups: which rows went, which came. */
static enum rc view_rows_changed(struct show_view *s, struct view *one, const struct field_def *f,
                                 const struct change *c, struct err *e)
{
    struct view *before = view_map(one, "before"), *after = view_map(one, "after");
    uint32_t same;
    TRY(view_rows_of(s, before, f, c->before, c->after, &same, e));
    TRY(view_rows_of(s, after, f, c->after, c->before, &same, e));
    bool moved =
        c->before->set && c->after->set && c->before->list.n == same && c->after->list.n == same;
    view_str(one, "rest",
             moved  ? msg(s->rq, "web.rows_moved")
             : same ? msg_with(s->rq, "web.rows_same", textf(s->rq, "%u", same))
                    : STR(""));
    return RC_OK;
}

static enum rc view_event(struct show_view *s, struct view *list, const struct event_shown *ev,
                          struct err *e)
{
    struct request *rq = s->rq;
    const struct kind *k = s->shown->rec.kind;
    struct view *v = view_item(list), *changes;
    view_str(v, "at", show_time(rq, ev->entry.at));
    view_str(v, "who", ev->who.n ? ev->who : msg(rq, "web.the_system"));
    view_str(v, "action", action_label(rq, k, ev->entry.action));
    view_str(v, "comment", ev->entry.comment);
    view_str(v, "reason", reason_label(rq, k, &ev->entry));
    view_flag(v, "made", !ev->before.kind);
    changes = view_list(v, "changes");
    if (ev->before.kind && ev->after.kind)
        TRY(view_attrs_changed(s, changes, ev, e));
    for (size_t i = 0; ev->before.kind && i < ev->change.n; i++) {
        const struct change *c = &ev->change.p[i];
        const struct field_def *f = &k->field[c->field];
        if (f->inner)
            continue;
        struct view *one = view_item(changes);
        struct str label = label_text(&f->label, rq->zh);
        view_str(one, "label", c->masked ? msg_with(rq, "web.wording_of", label) : label);
        if (f->type == TYPE_GROUP && f->list) {
            TRY(view_rows_changed(s, one, f, c, e));
            continue;
        }
        TRY(view_field(rq, view_map(one, "before"), &s->shown->rec, f, c->before, &s->titles, e));
        TRY(view_field(rq, view_map(one, "after"), &s->shown->rec, f, c->after, &s->titles, e));
    }
    return RC_OK;
}

static enum rc want_event_titles(struct show_view *s, const vec_event *all, struct err *e)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->p[i].before.kind)
            TRY(titles_want_rec(&s->titles, &all->p[i].before, e));
        if (all->p[i].after.kind)
            TRY(titles_want_rec(&s->titles, &all->p[i].after, e));
    }
    return RC_OK;
}

/* Everything is shown with titles that were fetched at once. */
static enum rc view_all(struct show_view *s, const vec_event *events, struct err *e)
{
    TRY(titles_want_rec(&s->titles, &s->shown->rec, e));
    TRY(want_event_titles(s, events, e));
    TRY(titles_load(&s->titles, s->rq, e));
    struct view *owner = view_map(s->v, "owner"), *list = view_list(s->v, "events");
    if (s->shown->rec.org && s->shown->rec.org != s->shown->rec.id)
        TRY(view_value(s->rq, owner, &s->shown->rec, STR("owner"), &s->titles, e));
    TRY(view_sections(s, e));
    for (size_t i = 0; i < MIN(events->n, (size_t)HISTORY_SHOWN); i++)
        TRY(view_event(s, list, &events->p[i], e));
    return RC_OK;
}

enum rc show_page_saying(struct request *rq, struct reply *re, const struct approval_said *said,
                         struct err *e)
{
    struct shown shown = {0};
    vec_event events = {0};
    uint32_t n = 0;
    if (is_reviewed(rq))
        return review_page(rq, re, e);
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &shown, e));
    TRY(approval_words(rq->site, &shown.rec, rq->zh, rq->arena, e));
    struct show_view s = {.rq = rq, .shown = &shown, .v = view_new(rq->arena)};
    enum rc rc = RC_OK;
    view_head(&s);
    view_steps(&s);
    view_follow(rq, s.v, &shown.rec);
    if (shown.face == FACE_FULL)
        rc = record_history(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &events, e);
    if (rc == RC_OK)
        rc = view_all(&s, &events, e);
    events_free(&events);
    titles_free(&s.titles);
    if (rc == RC_OK)
        rc = view_refs(rq, s.v, rq->id, &n, e);
    if (rc == RC_OK)
        rc = view_papers(rq, s.v, rq->kind, rq->id, e);
    if (rc == RC_OK)
        rc = view_approval(rq, s.v, &shown.rec, said, e);
    if (rc == RC_OK)
        rc = view_panel(rq, s.v, &shown.rec, e);
    if (rc == RC_OK)
        rc = view_more(rq, s.v, &shown, e);
    return rc == RC_OK ? reply_page(rq, re, &show_page_def, title_of(rq, &shown.rec), s.v, e) : rc;
}

enum rc show_page(struct request *rq, struct reply *re, struct err *e)
{
    const struct approval_said nothing = {STR(""), STR("")};
    return show_page_saying(rq, re, &nothing, e);
}

/* ---- deleting ---- */

/* `held`: it was refused just now. */
static enum rc delete_reply(struct request *rq, struct reply *re, bool held, struct err *e)
{
    struct shown shown = {0};
    uint32_t n = 0;
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &shown, e));
    if (shown.in_approval)
        return err_user(e, "approval.running", "%s", "");
    if (!shown.may_delete)
        return err_user(e, "service.denied", "%s", "");
    struct view *v = view_new(rq->arena);
    view_kind(rq, v, rq->kind);
    view_str(v, "title", title_of(rq, &shown.rec));
    view_str(v, "path", record_path(rq, &shown.rec));
    view_int(v, "version", shown.rec.version);
    TRY(view_refs(rq, v, rq->id, &n, e));
    view_flag(v, "held_unseen", held && !n);
    if (held)
        re->status = 409;
    return reply_page(rq, re, &delete_page_def, msg(rq, "web.delete"), v, e);
}

enum rc delete_page(struct request *rq, struct reply *re, struct err *e)
{
    return delete_reply(rq, re, false, e);
}

bool is_held(enum rc rc, const struct err *why)
{
    return rc == RC_USER &&
           (strcmp(why->key, "store.held") == 0 || strcmp(why->key, "service.held") == 0);
}

enum rc delete_do(struct request *rq, struct reply *re, struct err *e)
{
    struct err why = {0};
    enum rc rc = record_delete(rq->site, rq->actor, rq->kind, rq->id, param_int(rq, "version", 0),
                               param_text(rq, "comment"), &why);
    if (is_held(rc, &why))
        return delete_reply(rq, re, true, e);
    if (rc != RC_OK) {
        if (e)
            *e = why;
        return rc;
    }
    return reply_seef(rq, re, "deleted", e, "/%.*s", (int)rq->kind->name.n, rq->kind->name.p);
}
