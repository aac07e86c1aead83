/* Forms made from a kind: new, edit, and the page of a step. They work without JavaScript: adding
 * and removing rows are buttons that send the form and get it back; htmx only swaps it in place. */
#include "web/form_view_int.h"
#include "web/http_int.h"
#include "web/page_int.h"

#define TYPED_MAX FORM_FIELDS_MAX

const struct page form_page_def = {
    "form",
    "kind{name label path} action version new title cancel problems stale" REFUSED_SHAPE FORM_SHAPE
    " clash[label mine theirs]",
    false};
const struct page step_page_def = {
    "step",
    "kind{name label path} action version title cancel label problems" REFUSED_SHAPE FORM_SHAPE
    " is_masked comment comment_needed comment_error reasons[value label on] reason_error to{text "
    "tone} path "
    "back",
    false};

/* ---- from the form to typed fields ---- */

/* "C32 有色金属冶炼" is the code C32, "#12 某大学" the record 12: how our suggestions are spelt. */
static struct str unlabel(const struct field_def *f, struct str s)
{
    s = str_trim(s);
    size_t blank = str_find(s, STR(" "), 0);
    if (blank == SIZE_MAX)
        return s;
    struct str head = str_sub(s, 0, blank);
    if (f->type == TYPE_REF && head.p[0] == '#')
        return head;
    if (f->type == TYPE_CODE && f->codes && code_find(f->codes, head))
        return head;
    return s;
}

static enum rc push(struct typed *to, uint32_t *n, struct str name, struct str text, struct err *e)
{
    if (*n == TYPED_MAX)
        return err_user(e, "web.form", "%u", TYPED_MAX);
    to[(*n)++] = (struct typed){name, text};
    return RC_OK;
}

/* A field of several values comes as several parameters, or as one text of lines. */
static struct str joined(const struct request *rq, const struct field_def *f)
{
    struct str all = STR("");
    for (uint32_t i = 0; i < rq->n_params; i++) {
        if (!str_eq(rq->param[i].name, f->name) || !str_trim(rq->param[i].value).n)
            continue;
        struct str one = f->type == TYPE_TEXT ? rq->param[i].value : unlabel(f, rq->param[i].value);
        all = textf(rq, "%.*s%s%.*s", (int)all.n, all.p, all.n ? "\n" : "", (int)one.n, one.p);
    }
    return all;
}

static enum rc take_groups(struct request *rq, const struct field_def *f, struct typed *to,
                           uint32_t *n, struct err *e)
{
    uint32_t rows = form_rows(rq, f), kept = 0;
    for (uint32_t i = 0; i < rows; i++) {
        bool any = false;
        for (uint32_t j = 0; j < f->n_sub; j++)
            any |= str_trim(param_text(rq, form_name(rq, f, i, j).p)).n > 0;
        if (!any)
            continue; /* an empty row at the end is how one more is offered */
        for (uint32_t j = 0; j < f->n_sub; j++) {
            struct str text = param_text(rq, form_name(rq, f, i, j).p);
            TRY(push(to, n, form_name(rq, f, kept, j), unlabel(&f->sub[j], text), e));
        }
        kept++;
    }
    return kept ? RC_OK : push(to, n, f->name, STR(""), e);
}

static enum rc take_field(struct request *rq, const struct kind *k, const struct field_def *f,
                          struct typed *to, uint32_t *n, struct err *e)
{
    struct str masked = textf(rq, "masked.%.*s", (int)f->name.n, f->name.p);
    if (k->secrecy && f->secret == SECRET_MASKED && param_has(rq, masked.p))
        TRY(push(to, n, masked, param_text(rq, masked.p), e));
    struct str there = textf(rq, "has.%.*s", (int)f->name.n, f->name.p);
    if (f->computed || !param_has(rq, there.p))
        return RC_OK;
    if (f->type == TYPE_GROUP)
        return take_groups(rq, f, to, n, e);
    if (f->list)
        return push(to, n, f->name, joined(rq, f), e);
    return push(to, n, f->name,
                unlabel(f, param_text(rq, textf(rq, "%.*s", (int)f->name.n, f->name.p).p)), e);
}

/* What the form says about this kind's fields. */
static enum rc take_typed(struct request *rq, const struct kind *k, struct typed **out, uint32_t *n,
                          struct err *e)
{
    static const struct field_def owner = {.type = TYPE_REF};
    struct typed *to = arena_alloc(rq->arena, TYPED_MAX * sizeof *to);
    if (!to)
        return err_nomem(e);
    *n = 0;
    *out = to;
    for (uint32_t i = 0; i < k->n_fields; i++)
        TRY(take_field(rq, k, &k->field[i], to, n, e));
    if (param_has(rq, "secrecy"))
        TRY(push(to, n, STR("secrecy"), param_text(rq, "secrecy"), e));
    if (param_has(rq, "owner"))
        TRY(push(to, n, STR("owner"), unlabel(&owner, param_text(rq, "owner")), e));
    return RC_OK;
}

/* ---- the page of a record's form ---- */

/* Places, each counted once however much is wrong there. */
static int64_t fault_fields(const vec_fault *faults)
{
    int64_t n = 0;
    for (size_t i = 0; faults && i < faults->n; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again |= faults->p[i].field == faults->p[j].field &&
                     faults->p[i].item == faults->p[j].item && faults->p[i].sub == faults->p[j].sub;
        n += !again;
    }
    return n;
}

static bool wants_rows(const struct request *rq)
{
    return param_has(rq, "add") || param_has(rq, "drop") || param_has(rq, "draw");
}

static enum rc form_reply(struct request *rq, struct reply *re, struct form_view *f, struct err *e)
{
    struct view *v = f->v;
    bool fresh = f->rec->id == 0;
    const struct kind *k = rq->kind;
    struct str label = label_text(&k->label, rq->zh);
    struct str path =
        fresh ? textf(rq, "/%.*s", (int)k->name.n, k->name.p) : record_path(rq, f->rec);
    view_kind(rq, v, k);
    view_flag(v, "new", fresh);
    view_str(v, "cancel", path);
    view_str(v, "action", fresh ? textf(rq, "%s/new", path.p) : textf(rq, "%s/edit", path.p));
    view_int(v, "version", f->rec->version);
    view_str(v, "title", fresh ? msg_with(rq, "web.new_of", label) : title_of(rq, f->rec));
    view_int(v, "problems", fault_fields(f->faults));
    TRY(form_sections(f, e));
    if (f->faults && f->faults->n)
        re->status = 422;
    return reply_page(rq, re, &form_page_def,
                      msg_with(rq, fresh ? "web.new_of" : "web.edit_of", label), v, e);
}

/* Refused for a reason that no field of the form has: said above the form, which keeps what was
 * typed. Whatever else went wrong is an error page. */
bool is_refusal(enum rc rc, const struct err *why)
{
    return rc == RC_USER && (error_status(why) == 422 || error_status(why) == 409);
}

static enum rc form_load(struct request *rq, struct rec *out, struct err *e)
{
    struct shown shown = {0};
    if (!rq->id) {
        if (!actor_may(rq->actor, rq->kind, RIGHT_CREATE, NULL))
            return err_user(e, "service.denied", "%s", "");
        TRY(rec_new(out, rq->kind, rq->arena, e));
        out->org = rq->actor->org;
        return RC_OK;
    }
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &shown, e));
    if (shown.in_approval)
        return err_user(e, "approval.running", "%s", "");
    if (!shown.may_write)
        return err_user(e, "service.denied", "%s", "");
    *out = shown.rec;
    return RC_OK;
}

/* An address may fill a new record's form in advance ("/commitment/new?title=…"): what cannot be
 * read is left out. */
static enum rc fill_ahead(struct request *rq, struct rec *r, struct err *e)
{
    vec_fault faults = {0};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < rq->n_params; i++) {
        struct typed t = {rq->param[i].name, rq->param[i].value};
        uint32_t f = field_find(rq->kind, t.name);
        bool owner = str_eq(t.name, STR("owner"));
        if (owner || (f != NO_FIELD && !rq->kind->field[f].computed &&
                      rq->kind->field[f].type != TYPE_GROUP))
            rc = record_fill(rq->site, rq->actor, r, &t, 1, rq->arena, &faults, e);
    }
    vec_free(&faults);
    return rc;
}

enum rc form_page(struct request *rq, struct reply *re, struct err *e)
{
    struct rec r;
    TRY(form_load(rq, &r, e));
    if (!rq->id)
        TRY(follow_fill(rq, &r, e));
    if (!rq->id)
        TRY(fill_ahead(rq, &r, e));
    struct form_view f = {.rq = rq, .rec = &r, .v = view_new(rq->arena)};
    return form_reply(rq, re, &f, e);
}

/* Somebody saved the record meanwhile: both versions, and the form goes on from the newer one. */
static enum rc stale_reply(struct request *rq, struct reply *re, const struct rec *mine,
                           vec_fault *faults, struct err *e)
{
    struct rec theirs;
    vec_change change = {0};
    TRY(form_load(rq, &theirs, e));
    struct form_view f = {
        .rq = rq, .rec = &theirs, .faults = faults, .posted = true, .v = view_new(rq->arena)};
    struct view *list = view_list(f.v, "clash");
    enum rc rc = rec_diff(&theirs, mine, &change, e);
    for (size_t i = 0; rc == RC_OK && i < change.n; i++) {
        const struct field_def *d = &rq->kind->field[change.p[i].field];
        struct view *c = view_item(list);
        struct str label = label_text(&d->label, rq->zh);
        view_str(c, "label", change.p[i].masked ? msg_with(rq, "web.wording_of", label) : label);
        struct str text = STR("");
        rc = form_text(rq, &text, d, change.p[i].before, e);
        view_str(c, "theirs", text);
        rc = rc == RC_OK ? form_text(rq, &text, d, change.p[i].after, e) : rc;
        view_str(c, "mine", text);
    }
    vec_free(&change);
    if (rc != RC_OK)
        return rc;
    view_flag(f.v, "stale", true);
    re->status = 409;
    return form_reply(rq, re, &f, e);
}

/* How many sides have confirmed it. */
static uint32_t confirmations(const struct rec *r)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->kind->n_fields; i++)
        n += r->kind->field[i].confirms != NO_FIELD && r->val[i].set;
    return n;
}

static enum rc save(struct request *rq, struct reply *re, struct rec *r, vec_fault *faults,
                    struct err *e)
{
    struct typed *typed;
    uint32_t n = 0;
    struct err why = {0};
    uint32_t confirmed = confirmations(r);
    TRY(take_typed(rq, rq->kind, &typed, &n, e));
    r->version = param_int(rq, "version", r->version);
    enum rc rc = record_fill(rq->site, rq->actor, r, typed, n, rq->arena, faults, &why);
    if (rc == RC_OK && faults->n) /* and all that is wrong besides */
        rc = rec_check(r, rq->arena, faults, &why);
    if (rc == RC_OK && !faults->n)
        rc =
            record_save(rq->site, rq->actor, r, param_text(rq, "comment"), rq->arena, faults, &why);
    if (rc == RC_OK && !faults->n) {
        struct str path = record_path(rq, r);
        return reply_see(rq, re, path, confirmed > confirmations(r) ? "unconfirmed" : "saved", e);
    }
    if (rc == RC_USER && strcmp(why.key, "store.stale") == 0)
        return stale_reply(rq, re, r, faults, e);
    if (rc == RC_USER &&
        (strcmp(why.key, "store.unique") == 0 || strcmp(why.key, "store.ref") == 0)) {
        TRY(fault_of_store(rq, r->kind, &why, faults, e));
        rc = RC_OK;
    }
    struct form_view f = {
        .rq = rq, .rec = r, .faults = faults, .posted = true, .v = view_new(rq->arena)};
    if (rc != RC_OK && !(rc == RC_USER && faults->n)) {
        if (!is_refusal(rc, &why)) {
            *e = why;
            return rc;
        }
        re->status = error_status(&why);
        view_str(f.v, "refused", msg_error(rq, &why));
    }
    return form_reply(rq, re, &f, e);
}

enum rc form_save(struct request *rq, struct reply *re, struct err *e)
{
    struct rec r;
    vec_fault faults = {0};
    TRY(form_load(rq, &r, e));
    enum rc rc = form_files(rq, rq->kind, &faults, e);
    if (rc == RC_OK)
        rc = form_draw(rq, &r, e);
    if (rc == RC_OK && wants_rows(rq)) {
        struct form_view f = {
            .rq = rq, .rec = &r, .faults = &faults, .posted = true, .v = view_new(rq->arena)};
        r.version = param_int(rq, "version", r.version);
        rc = form_reply(rq, re, &f, e);
    } else if (rc == RC_OK) {
        rc = save(rq, re, &r, &faults, e);
    }
    vec_free(&faults);
    return rc;
}

/* ---- the page of a step ---- */

static const struct step *find_step(const struct shown *s, struct str name)
{
    for (uint32_t i = 0; i < s->n_steps; i++)
        if (str_eq(s->step[i]->action->name, name))
            return s->step[i];
    return NULL;
}

static void view_reasons(struct request *rq, struct view *v, const struct codes *c)
{
    struct view *list = view_list(v, "reasons");
    for (uint32_t i = 0; c && i < c->n; i++) {
        struct view *o = view_item(list);
        view_str(o, "value", c->code[i].code);
        view_str(o, "label", label_text(&c->code[i].label, rq->zh));
        view_flag(o, "on", str_eq(c->code[i].code, param_text(rq, "reason")));
    }
}

/* What the step needs, and what else it shows to who may write it. */
static enum rc step_fields(struct request *rq, const struct shown *s, const struct action *a,
                           struct form_view *f, struct err *e)
{
    uint32_t *all = arena_alloc(rq->arena, (a->n_require + a->n_ask + 1) * sizeof *all);
    if (!all)
        return err_nomem(e);
    for (uint32_t i = 0; i < a->n_require; i++)
        all[f->n_only++] = a->require[i];
    f->n_needed = f->n_only;
    for (uint32_t i = 0; s->may_write && i < a->n_ask; i++)
        all[f->n_only++] = a->ask[i];
    f->only = all;
    return RC_OK;
}

/* Where one came from, if that was a page of ours. */
static struct str back_of(const struct request *rq, struct str path)
{
    struct str back = param_text(rq, "back");
    return path_is_local(back) ? back : path;
}

/* The same once the step is taken: on the board, at its card. */
static struct str back_to(const struct request *rq, const struct rec *r)
{
    struct str back = back_of(rq, record_path(rq, r));
    return str_starts(back, STR("/board"))
               ? textf(rq, "%.*s#card-%lld", (int)back.n, back.p, (long long)r->id)
               : back;
}

static enum rc step_reply(struct request *rq, struct reply *re, const struct shown *s,
                          const struct step *step, const vec_fault *faults,
                          const struct err *refused, struct err *e)
{
    bool posted = faults != NULL;
    struct view *v = view_new(rq->arena);
    struct form_view f = {.rq = rq, .rec = &s->rec, .faults = faults, .posted = posted, .v = v};
    TRY(step_fields(rq, s, step->action, &f, e));
    struct str path = record_path(rq, &s->rec), comment = param_text(rq, "comment");
    const struct state *to = &s->rec.kind->state[step->to];
    view_kind(rq, v, rq->kind);
    view_str(v, "action",
             textf(rq, "%s/step/%.*s", path.p, (int)step->action->name.n, step->action->name.p));
    view_str(v, "label", label_text(&step->action->label, rq->zh));
    view_int(v, "version", s->rec.version);
    view_str(v, "title", title_of(rq, &s->rec));
    view_str(v, "cancel", back_of(rq, path));
    view_str(v, "back", back_of(rq, STR("")));
    view_int(v, "problems", fault_fields(faults));
    view_flag(v, "is_masked", s->rec.secrecy == SECRECY_MASKED);
    view_str(v, "comment", comment);
    view_flag(v, "comment_needed", step->action->comment);
    view_flag(v, "comment_error", posted && step->action->comment && !str_trim(comment).n);
    view_flag(v, "reason_error", posted && step->action->reason && !param_text(rq, "reason").n);
    view_reasons(rq, v, step->action->reason);
    struct view *state = view_map(v, "to");
    view_str(state, "text", label_text(&to->label, rq->zh));
    view_str(state, "tone", to->tone);
    if (f.n_only)
        TRY(form_sections(&f, e));
    if (posted)
        re->status = refused ? error_status(refused) : 422;
    if (refused)
        view_str(v, "refused", msg_error(rq, refused));
    return reply_page(rq, re, &step_page_def, label_text(&step->action->label, rq->zh), v, e);
}

/* What a step is called, also one that is not to be taken now; else as the address has it. */
static struct str step_label(const struct request *rq)
{
    const struct kind *k = rq->kind;
    for (uint32_t i = 0; i < k->n_actions; i++)
        if (str_eq(k->action[i].name, rq->name))
            return label_text(&k->action[i].label, rq->zh);
    return rq->name;
}

static enum rc step_load(struct request *rq, struct shown *s, const struct step **step,
                         struct err *e)
{
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, s, e));
    if (s->in_approval)
        return err_user(e, "approval.running", "%s", "");
    *step = find_step(s, rq->name);
    struct str label = step_label(rq);
    return *step ? RC_OK : err_user(e, "web.no_step", "%.*s", (int)MIN(label.n, 60u), label.p);
}

enum rc step_page(struct request *rq, struct reply *re, struct err *e)
{
    struct shown s = {0};
    const struct step *step;
    TRY(step_load(rq, &s, &step, e));
    return step_reply(rq, re, &s, step, NULL, NULL, e);
}

enum rc step_do(struct request *rq, struct reply *re, struct err *e)
{
    struct shown s = {0};
    const struct step *step;
    struct typed *typed = NULL;
    uint32_t n = 0;
    vec_fault faults = {0};
    struct rec done;
    struct err why = {0};
    TRY(step_load(rq, &s, &step, e));
    enum rc rc = form_files(rq, rq->kind, &faults, e);
    if (rc == RC_OK)
        rc = form_draw(rq, &s.rec, e);
    if (rc == RC_OK)
        rc = take_typed(rq, rq->kind, &typed, &n, e);
    if (rc != RC_OK) {
        vec_free(&faults);
        return rc;
    }
    struct act act = {.id = rq->id,
                      .version = param_int(rq, "version", 0),
                      .action = step->action->name,
                      .comment = str_trim(param_text(rq, "comment")),
                      .reason = param_text(rq, "reason"),
                      .typed = typed,
                      .n_typed = n};
    bool asks = wants_rows(rq) || faults.n || (step->action->comment && !act.comment.n) ||
                (step->action->reason && !act.reason.n);
    if (!asks)
        rc = record_act(rq->site, rq->actor, rq->kind, &act, rq->arena, &done, &faults, &why);
    if (asks || (rc != RC_NOMEM && faults.n)) {
        rc = step_reply(rq, re, &s, step, &faults, NULL, e);
    } else if (rc == RC_OK) {
        rc = reply_see(rq, re, back_to(rq, &s.rec), "moved", e);
    } else if (is_refusal(rc, &why) && n) {
        rc = step_reply(rq, re, &s, step, &faults, &why, e);
    } else {
        *e = why;
    }
    vec_free(&faults);
    return rc;
}
