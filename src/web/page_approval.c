/* The approval of a record: the panel of its page, and what is done there. */
#include "web/approval_int.h"

struct panel {
    struct request *rq;
    const struct rec *r;
    const struct approval_shown *a;
    struct titles titles;
};

/* ---- who signs ---- */

/* "成员、编辑" */
static struct str roles_of(const struct request *rq, roles by)
{
    struct str s = STR("");
    for (int i = 0; i < ROLE__COUNT; i++) {
        struct str one = by & 1u << i ? role_label(rq, (enum role)i) : STR("");
        if (one.n)
            s = textf(rq, "%.*s%s%.*s", (int)s.n, s.n ? s.p : "", s.n ? (rq->zh ? "、" : ", ") : "",
                      (int)one.n, one.p);
    }
    return s;
}

/* The label of a path's first name: "各方". */
static struct str path_label(const struct request *rq, const struct path *p)
{
    const struct path_step *s = &p->step[0];
    struct label label =
        s->attr == ATTR_FIELD ? s->kind->field[s->field].label : attr_label(s->attr);
    return label_text(&label, rq->zh);
}

/* Whom a step that has not begun will ask. */
static struct str signers_of(const struct request *rq, const struct chain_step *step)
{
    struct str s = STR("");
    for (uint32_t i = 0; i < step->n_signers; i++) {
        const struct chain_signer *one = &step->signer[i];
        struct str text = one->login;
        if (one->who.n)
            text = path_label(rq, &one->who);
        else if (one->by)
            text = roles_of(rq, one->by);
        if (one->by && one->of.n) {
            struct str of = path_label(rq, &one->of);
            text = textf(rq, rq->zh ? "%.*s（%.*s）" : "%.*s (%.*s)", (int)text.n, text.p,
                         (int)of.n, of.p);
        }
        s = textf(rq, "%.*s%s%.*s", (int)s.n, s.n ? s.p : "", s.n ? (rq->zh ? "；" : "; ") : "",
                  (int)text.n, text.p);
    }
    return s;
}

static struct str mode_of(const struct request *rq, enum chain_mode mode)
{
    return mode == CHAIN_JOINT ? msg(rq, "web.approval_joint")
           : mode == CHAIN_ANY ? msg(rq, "web.approval_any")
                               : STR("");
}

/* ---- rows ---- */

static void view_decision(const struct request *rq, struct view *v, enum decided d)
{
    const struct codes *table = codes_find(site_kinds(rq->site), STR("decision"));
    const struct code *c = table ? code_find(table, str_of(decision_name(d))) : NULL;
    if (!c)
        return;
    view_str(v, "text", label_text(&c->label, rq->zh));
    view_str(v, "tone", c->tone);
}

static void view_row(struct panel *x, struct view *v, const struct approval_row *row)
{
    struct request *rq = x->rq;
    const struct kind *k;
    view_str(v, "who", row->who);
    view_str(v, "role", roles_of(rq, row->by));
    view_str(v, "org", row->org ? titles_of(&x->titles, row->org, &k) : STR(""));
    if (row->decision != DECISION_NONE)
        view_decision(rq, view_map(v, "decision"), row->decision);
    view_str(v, "comment", row->comment);
    view_str(v, "at", row->at ? show_time(rq, row->at) : STR(""));
    view_str(v, "asked", row->asked ? show_time(rq, row->asked) : STR(""));
    view_str(v, "deputed", row->deputed);
    view_str(v, "added", row->added);
    view_str(v, "target", row->target);
    view_flag(v, "mine", row->mine);
    view_flag(v, "waits", row->waits);
    view_flag(v, "hidden", row->hidden);
}

static void view_steps(struct panel *x, struct view *v)
{
    static const char *const stages[] = {"done", "now", "ahead"};
    struct view *steps = view_list(v, "steps"), *earlier = view_list(v, "earlier");
    for (uint32_t i = 0; i < x->a->n_steps; i++) {
        const struct approval_step *s = &x->a->step[i];
        struct view *one = view_item(steps), *rows = view_list(one, "rows");
        view_str(one, "label", label_text(&s->step->label, x->rq->zh));
        view_text(one, "stage", stages[s->stage]);
        view_str(one, "mode", mode_of(x->rq, s->step->mode));
        if (s->stage == STAGE_AHEAD)
            view_str(one, "signers", signers_of(x->rq, s->step));
        for (uint32_t r = 0; s->stage != STAGE_AHEAD && r < x->a->n_rows; r++)
            if (x->a->row[r].step == i && x->a->row[r].round == s->round &&
                x->a->row[r].decision != DECISION_MOOT)
                view_row(x, view_item(rows), &x->a->row[r]);
    }
    /* what was signed before it was sent back, or in a step that is no longer declared */
    for (uint32_t r = 0; r < x->a->n_rows; r++) {
        const struct approval_row *row = &x->a->row[r];
        const struct approval_step *s = row->step < x->a->n_steps ? &x->a->step[row->step] : NULL;
        if ((!s || s->stage == STAGE_AHEAD || row->round != s->round) &&
            row->decision != DECISION_MOOT) {
            struct view *one = view_item(earlier);
            view_str(one, "step", s ? label_text(&s->step->label, x->rq->zh) : row->label);
            view_row(x, one, row);
        }
    }
}

/* ---- what may be done ---- */

static void view_doing(struct panel *x, struct view *v)
{
    const struct approval_shown *a = x->a;
    struct request *rq = x->rq;
    struct view *back = view_list(v, "back"), *persons = view_list(v, "persons");
    view_flag(v, "sign", a->may_sign);
    view_flag(v, "withdraw", a->may_withdraw);
    view_flag(v, "remind", a->may_remind);
    view_flag(v, "delegate", a->may_delegate);
    for (uint32_t i = 0; i < a->n_back; i++) {
        const struct chain_step *step = a->step[a->back[i]].step;
        struct view *one = view_item(back);
        view_str(one, "value", step->name);
        view_str(one, "label", label_text(&step->label, rq->zh));
    }
    for (uint32_t i = 0; i < a->n_persons; i++) {
        const struct approval_person *p = &a->person[i];
        const struct kind *k;
        struct str org = p->org ? titles_of(&x->titles, p->org, &k) : STR("");
        struct str of = org.n ? org : role_label(rq, p->role);
        struct view *one = view_item(persons);
        view_str(one, "value", p->login);
        view_str(one, "label",
                 textf(rq, rq->zh ? "%.*s（%.*s）" : "%.*s (%.*s)", (int)p->name.n, p->name.p,
                       (int)of.n, of.p));
    }
}

static enum rc load_titles(struct panel *x, struct err *e)
{
    for (uint32_t i = 0; i < x->a->n_rows; i++)
        if (x->a->row[i].org)
            TRY(titles_want(&x->titles, x->a->row[i].org, e));
    for (uint32_t i = 0; i < x->a->n_persons; i++)
        if (x->a->person[i].org)
            TRY(titles_want(&x->titles, x->a->person[i].org, e));
    return titles_load(&x->titles, x->rq, e);
}

static void view_head(struct panel *x, struct view *v, const struct approval_said *said)
{
    const struct approval_shown *a = x->a;
    struct request *rq = x->rq;
    view_flag(v, "ahead", !a->found);
    view_flag(v, "running", a->running);
    view_flag(v, "vanished", a->vanished);
    view_flag(v, "differs", a->differs);
    view_str(v, "chain", label_text(&a->chain, rq->zh));
    view_str(v, "path", textf(rq, "%s/approval", record_path(rq, x->r).p));
    view_int(v, "round", a->round);
    view_str(v, "problem", said->problem);
    view_str(v, "comment", said->comment);
    if (!a->found)
        return;
    view_state(rq, view_map(v, "state"), &a->rec);
    view_str(v, "submitter", a->submitter);
    view_str(v, "submitted", show_time(rq, a->submitted));
    view_str(v, "ended", a->ended ? show_time(rq, a->ended) : STR(""));
    view_str(v, "reminded", a->reminded ? show_time(rq, a->reminded) : STR(""));
    if (actor_sees_all(rq->actor, &a->rec))
        view_str(v, "href", record_path(rq, &a->rec));
}

enum rc view_approval(struct request *rq, struct view *v, const struct rec *r,
                      const struct approval_said *said, struct err *e)
{
    struct approval_shown a;
    struct panel x = {.rq = rq, .r = r, .a = &a};
    TRY(approval_of(rq->site, rq->actor, r->kind, r->id, rq->arena, &a, e));
    if (!a.found && !a.n_steps)
        return RC_OK;
    enum rc rc = load_titles(&x, e);
    struct view *panel = view_map(v, "approval");
    view_head(&x, panel, said);
    view_steps(&x, panel);
    view_doing(&x, panel);
    titles_free(&x.titles);
    return rc;
}

/* ---- doing ---- */

static struct approval_act act_of(const struct request *rq)
{
    return (struct approval_act){.id = rq->id,
                                 .round = param_int(rq, "round", 0),
                                 .action = rq->name,
                                 .comment = param_text(rq, "comment"),
                                 .step = param_text(rq, "step"),
                                 .login = param_text(rq, "login"),
                                 .before = str_eq(param_text(rq, "place"), STR("before"))};
}

/* Which of the faults it is: the comment, or the record's own. */
static struct str faults_said(const struct request *rq, const vec_fault *faults)
{
    struct str s = STR("");
    for (size_t i = 0; i < faults->n; i++) {
        const struct fault_at *f = &faults->p[i];
        struct str one = msg_fault(rq, f);
        if (f->field != NO_FIELD) {
            struct str name = label_text(&rq->kind->field[f->field].label, rq->zh);
            one = textf(rq, "%.*s: %.*s", (int)name.n, name.p, (int)one.n, one.p);
        }
        s = textf(rq, "%.*s%s%.*s", (int)s.n, s.n ? s.p : "", s.n ? " " : "", (int)one.n, one.p);
    }
    return s;
}

enum rc approval_act_do(struct request *rq, struct reply *re, struct err *e)
{
    const struct approval_act act = act_of(rq);
    struct err why = {0};
    vec_fault faults = {0};
    enum rc rc = approval_do(rq->site, rq->actor, rq->kind, &act, rq->arena, &faults, &why);
    struct approval_said said = {.comment = act.comment};
    unsigned status = rc == RC_OK ? 0 : error_status(&why);
    if (rc == RC_USER)
        said.problem = faults.n ? faults_said(rq, &faults) : msg_error(rq, &why);
    vec_free(&faults);
    if (rc == RC_OK)
        return reply_seef(rq, re, textf(rq, "approval_%.*s", (int)act.action.n, act.action.p).p, e,
                          "/%.*s/%lld", (int)rq->kind->name.n, rq->kind->name.p, (long long)rq->id);
    if (rc != RC_USER || status == 403 || status == 404) {
        if (e)
            *e = why;
        return rc;
    }
    re->status = status;
    return show_page_saying(rq, re, &said, e);
}
