/* Why a need and an offer fit, and what is to be done about it. */
#include "web/http_int.h"
#include "web/page_int.h"
#include "web/pair_int.h"

#define QUESTIONS 8u

const struct page why_def = {
    "why",
    "kind{name label path} path here title matches " SCORE_SHAPE
    " sides[kind title href masked owner via{title href kind} head" PARTS_SHAPE " body" PARTS_SHAPE
    "] indicators[name asked given verdict tone n hue]"
    " fits[label need offer keep verdict tone] phrases concepts"
    " state{text tone} introduction since steps[label path direct tone version quiet]"
    " may shortlist propose refuse propose_open refuse_open"
    " questions[name label hint value error max] reasons[value label on]"
    " reason_error comment problems broker",
    false};

struct why_view {
    struct request *rq;
    struct view *v;
    int64_t need, offer;
    struct why w;
    struct shown there; /* the introduction */
    bool found;
    struct titles titles;
    const vec_fault *faults; /* of a form that was sent; NULL: none */
    struct str path;
};

/* ---- the two sides ---- */

static enum rc view_side(struct why_view *y, struct view *sides, const struct marks *m, int side,
                         struct err *e)
{
    struct request *rq = y->rq;
    const struct rec *r = side ? &y->w.offer : &y->w.need;
    const struct kind *k;
    struct view *v = view_item(sides);
    struct str text = side ? y->w.offer_text : y->w.need_text;
    uint32_t title = side ? y->w.offer_title : y->w.need_title;
    view_str(v, "kind", label_text(&r->kind->label, rq->zh));
    view_str(v, "title", title_of(rq, r));
    view_str(v, "href", record_path(rq, r));
    view_flag(v, "masked", r->face_public && r->secrecy == SECRECY_MASKED);
    if (r->org && r->org != r->id)
        view_str(v, "owner", titles_of(&y->titles, r->org, &k));
    if (side && y->w.via) {
        struct view *via = view_map(v, "via");
        struct str name = titles_of(&y->titles, y->w.via, &k);
        view_str(via, "title", name.n ? name : msg(rq, "web.masked_title"));
        if (k) {
            view_str(via, "kind", label_text(&k->label, rq->zh));
            view_str(via, "href",
                     textf(rq, "/%.*s/%lld", (int)k->name.n, k->name.p, (long long)y->w.via));
        }
    }
    uint32_t end = (uint32_t)text.n, body = title;
    while (body < end && (text.p[body] == '\n' || text.p[body] == ' '))
        body++;
    TRY(marks_view(m, view_list(v, "head"), side, 0, title, e));
    return marks_view(m, view_list(v, "body"), side, body, end, e);
}

static void view_indicator(struct why_view *y, struct view *list, const struct marks *m, size_t i)
{
    struct request *rq = y->rq;
    const struct reason *r = &y->w.reason.p[i];
    struct view *v = view_item(list);
    struct str name = quoted(rq, y->w.need_text, r->need_name);
    view_str(v, "name", name.n ? name : msg(rq, "web.indicator"));
    view_str(v, "asked", quoted(rq, y->w.need_text, r->need));
    view_str(v, "given", quoted(rq, y->w.offer_text, r->result));
    view_str(v, "verdict", verdict_text(rq, r->verdict));
    view_text(v, "tone", verdict_tone(r->verdict));
    uint32_t n = marks_number(m, i);
    if (n) {
        view_int(v, "n", n);
        view_int(v, "hue", (n - 1) % 6 + 1);
    }
}

static enum rc view_why(struct why_view *y, struct err *e)
{
    struct request *rq = y->rq;
    struct marks *m;
    int64_t phrases = 0, concepts = 0;
    TRY(marks_make(rq, &y->w, &m, e));
    struct view *sides = view_list(y->v, "sides");
    TRY(view_side(y, sides, m, 0, e));
    TRY(view_side(y, sides, m, 1, e));
    struct view *list = view_list(y->v, "indicators"), *fits = view_list(y->v, "fits");
    for (size_t i = 0; i < y->w.reason.n; i++) {
        phrases += y->w.reason.p[i].code == REASON_TERMS;
        concepts += y->w.reason.p[i].code == REASON_CONCEPT;
        if (y->w.reason.p[i].code == REASON_INDICATOR)
            view_indicator(y, list, m, i);
    }
    view_int(y->v, "phrases", phrases);
    view_int(y->v, "concepts", concepts);
    for (uint32_t i = 0; i < y->w.n_fits; i++) {
        const struct fit *f = &y->w.fit[i];
        struct view *v = view_item(fits);
        view_str(v, "label", fit_label(rq, f->code));
        view_str(v, "need", f->need);
        view_str(v, "offer", f->offer);
        view_flag(v, "keep", f->code == REASON_DEADLINE || f->code == REASON_TRL);
        view_str(v, "verdict", fit_verdict(rq, f->verdict));
        view_text(v, "tone", verdict_tone(f->verdict));
    }
    view_score(rq, y->v, y->w.score, y->w.credible);
    return RC_OK;
}

/* ---- what can be done ---- */

static const struct action *action_of(const struct kind *k, const char *name)
{
    for (uint32_t i = 0; k && i < k->n_actions; i++)
        if (str_eq(k->action[i].name, str_of(name)))
            return &k->action[i];
    return NULL;
}

static struct str question_error(const struct why_view *y, uint32_t field)
{
    for (size_t i = 0; y->faults && i < y->faults->n; i++)
        if (y->faults->p[i].field == field)
            return msg_fault(y->rq, &y->faults->p[i]);
    return STR("");
}

static void view_questions(struct why_view *y, const struct action *propose)
{
    struct request *rq = y->rq;
    const struct kind *k = introduction_kind(rq->site);
    struct view *list = view_list(y->v, "questions");
    for (uint32_t i = 0; propose && i < propose->n_require && i < QUESTIONS; i++) {
        uint32_t f = propose->require[i];
        const struct field_def *d = &k->field[f];
        struct view *v = view_item(list);
        struct str given = param_text(rq, textf(rq, "%.*s", (int)d->name.n, d->name.p).p);
        if (!given.n && y->found && y->there.rec.val[f].set)
            given = y->there.rec.val[f].text;
        view_str(v, "name", d->name);
        view_str(v, "label", label_text(&d->label, rq->zh));
        view_str(v, "hint", label_text(&d->hint, rq->zh));
        view_str(v, "value", given);
        view_str(v, "error", question_error(y, f));
        view_int(v, "max", (int64_t)d->max);
    }
}

static void view_reasons(struct why_view *y, const struct action *refuse)
{
    struct request *rq = y->rq;
    struct view *list = view_list(y->v, "reasons");
    const struct codes *c = refuse ? refuse->reason : NULL;
    for (uint32_t i = 0; c && i < c->n; i++) {
        struct view *o = view_item(list);
        view_str(o, "value", c->code[i].code);
        view_str(o, "label", label_text(&c->code[i].label, rq->zh));
        view_flag(o, "on", str_eq(c->code[i].code, param_text(rq, "reason")));
    }
    view_str(y->v, "comment", param_text(rq, "comment"));
}

static bool may_step(const struct why_view *y, const char *action)
{
    for (uint32_t i = 0; i < y->there.n_steps; i++)
        if (str_eq(y->there.step[i]->action->name, str_of(action)))
            return true;
    return false;
}

/* The steps that have no form here; those that lead back are quiet. */
static void view_steps(struct why_view *y)
{
    struct request *rq = y->rq;
    const struct rec *r = &y->there.rec;
    struct view *list = view_list(y->v, "steps");
    struct str path = record_path(rq, r);
    for (uint32_t i = 0; i < y->there.n_steps; i++) {
        const struct step *step = y->there.step[i];
        const struct action *a = step->action;
        if (str_eq(a->name, STR("propose")) || str_eq(a->name, STR("refuse")))
            continue;
        struct view *v = view_item(list);
        bool direct = !a->comment && !a->reason && !a->n_require;
        view_str(v, "label", label_text(&a->label, rq->zh));
        view_str(v, "path",
                 textf(rq, "%.*s/step/%.*s", (int)path.n, path.p, (int)a->name.n, a->name.p));
        view_flag(v, "direct", direct);
        view_str(v, "tone", r->kind->state[step->to].tone);
        view_int(v, "version", r->version);
        view_flag(v, "quiet", step->to < r->state || str_eq(a->name, STR("remove")));
    }
}

static void view_state_of(struct why_view *y)
{
    struct request *rq = y->rq;
    const struct rec *r = &y->there.rec;
    view_state(rq, view_map(y->v, "state"), r);
    view_str(y->v, "introduction", record_path(rq, r));
    view_str(y->v, "since", show_time(rq, r->since));
    uint32_t f = field_find(r->kind, STR("broker"));
    if (f != NO_FIELD && r->val[f].set)
        view_str(y->v, "broker", r->val[f].text);
    view_steps(y);
}

static void view_actions(struct why_view *y)
{
    struct request *rq = y->rq;
    const struct kind *k = introduction_kind(rq->site);
    bool may = may_introduce(rq->site, rq->actor, &y->w.need, &y->w.offer) && !y->found;
    bool propose = may || may_step(y, "propose"), refuse = may || may_step(y, "refuse");
    if (y->found)
        view_state_of(y);
    view_flag(y->v, "may", y->found || may);
    view_flag(y->v, "shortlist", may);
    view_flag(y->v, "propose", propose);
    view_flag(y->v, "refuse", refuse);
    if (propose)
        view_questions(y, action_of(k, "propose"));
    if (refuse)
        view_reasons(y, action_of(k, "refuse"));
}

/* ---- the page ---- */

static bool is_at(const struct request *rq, struct str end)
{
    return rq->path.n > end.n && str_eq(str_sub(rq->path, rq->path.n - end.n, rq->path.n), end);
}

static bool read_id(struct str s, int64_t *id)
{
    *id = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || i > 17)
            return false;
        *id = *id * 10 + (s.p[i] - '0');
    }
    return s.n > 0;
}

static enum rc load(struct why_view *y, struct err *e)
{
    struct request *rq = y->rq;
    int64_t other;
    if (!read_id(rq->name, &other) || rq->kind->side == MATCH_NONE)
        return err_user(e, "service.missing", "%s", "");
    bool need = rq->kind->side == MATCH_NEED;
    y->need = need ? rq->id : other;
    y->offer = need ? other : rq->id;
    y->path = textf(rq, "/%.*s/%lld/matches/%lld", (int)rq->kind->name.n, rq->kind->name.p,
                    (long long)rq->id, (long long)other);
    TRY(pairing_why(rq->site, rq->actor, y->need, y->offer, rq->arena, &y->w, e));
    if ((need ? &y->w.need : &y->w.offer)->kind != rq->kind)
        return err_user(e, "service.missing", "%s", "");
    TRY(introduction_between(rq->site, rq->actor, y->need, y->offer, rq->arena, &y->there,
                             &y->found, e));
    TRY(titles_want(&y->titles, y->w.need.org, e));
    TRY(titles_want(&y->titles, y->w.offer.org, e));
    TRY(titles_want(&y->titles, y->w.via, e));
    return titles_load(&y->titles, rq, e);
}

static void release(struct why_view *y)
{
    vec_free(&y->w.reason);
    titles_free(&y->titles);
}

static enum rc reply(struct why_view *y, struct reply *re, struct err *e)
{
    struct request *rq = y->rq;
    const struct rec *self = rq->kind->side == MATCH_NEED ? &y->w.need : &y->w.offer;
    const struct rec *other = rq->kind->side == MATCH_NEED ? &y->w.offer : &y->w.need;
    y->v = view_new(rq->arena);
    view_kind(rq, y->v, rq->kind);
    view_str(y->v, "path", y->path);
    view_str(y->v, "here", y->path);
    view_str(y->v, "title", title_of(rq, self));
    struct str path = record_path(rq, self);
    view_str(y->v, "matches",
             textf(rq, "%.*s/matches?kind=%.*s", (int)path.n, path.p, (int)other->kind->name.n,
                   other->kind->name.p));
    TRY(view_why(y, e));
    view_actions(y);
    bool sent = y->faults != NULL;
    view_flag(y->v, "propose_open", sent && is_at(rq, STR("/propose")));
    view_flag(y->v, "refuse_open", sent && is_at(rq, STR("/refuse")));
    view_flag(y->v, "reason_error", sent && is_at(rq, STR("/refuse")));
    view_int(y->v, "problems", sent ? (int64_t)y->faults->n : 0);
    if (sent)
        re->status = 422;
    return reply_page(rq, re, &why_def, msg(rq, "web.why"), y->v, e);
}

enum rc why_page(struct request *rq, struct reply *re, struct err *e)
{
    struct why_view y = {.rq = rq};
    enum rc rc = load(&y, e);
    if (rc == RC_OK)
        rc = reply(&y, re, e);
    release(&y);
    return rc;
}

/* ---- forms ---- */

/* The fields that `action` asks for, as they were typed. */
static uint32_t take_questions(struct request *rq, const struct action *action, struct typed *to)
{
    const struct kind *k = introduction_kind(rq->site);
    uint32_t n = 0;
    for (uint32_t i = 0; action && i < action->n_require && n < QUESTIONS; i++) {
        const struct field_def *f = &k->field[action->require[i]];
        struct str name = textf(rq, "%.*s", (int)f->name.n, f->name.p);
        to[n++] = (struct typed){f->name, param_text(rq, name.p)};
    }
    return n;
}

static enum rc bring(struct request *rq, struct reply *re, const char *action, const char *done,
                     struct err *e)
{
    struct why_view y = {.rq = rq};
    struct typed typed[QUESTIONS];
    vec_fault faults = {0};
    struct rec out = {0};
    struct err why = {0};
    enum rc rc = load(&y, e);
    if (rc == RC_OK && !may_introduce(rq->site, rq->actor, &y.w.need, &y.w.offer) && !y.found)
        rc = err_user(e, "service.denied", "%s", "");
    if (rc != RC_OK) {
        release(&y);
        return rc;
    }
    struct introducing x = {.need = y.need,
                            .offer = y.offer,
                            .action = str_of(action),
                            .reason = param_text(rq, "reason"),
                            .comment = str_trim(param_text(rq, "comment")),
                            .typed = typed};
    if (introduction_kind(rq->site) && *action)
        x.n_typed = take_questions(rq, action_of(introduction_kind(rq->site), action), typed);
    rc = introduce(rq->site, rq->actor, &x, rq->arena, &out, &faults, &why);
    if (rc == RC_OK) {
        rc = reply_see(rq, re, y.path, done, e);
    } else if (rc == RC_USER && faults.n) {
        y.faults = &faults;
        rc = reply(&y, re, e);
    } else {
        *e = why;
    }
    vec_free(&faults);
    release(&y);
    return rc;
}

enum rc why_shortlist(struct request *rq, struct reply *re, struct err *e)
{
    return bring(rq, re, "", "shortlisted", e);
}

enum rc why_propose(struct request *rq, struct reply *re, struct err *e)
{
    return bring(rq, re, "propose", "proposed", e);
}

enum rc why_refuse(struct request *rq, struct reply *re, struct err *e)
{
    return bring(rq, re, "refuse", "refused", e);
}
