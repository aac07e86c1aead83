/* The review of a page of news: /page/ID. Accepting a fact is one click; everything works without
 * JavaScript (app.js adds j, k, a, c, r). */
#include "service/page_chat.h"
#include "web/http_int.h"
#include "web/review_int.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS_MOST 24u

const struct page review_def = {
    "review",
    "title id path version state{text tone} website date url source read_at event day refused "
    "reason"
    " error steps[label path direct tone version] same[title href state{text tone}] record_href"
    " chat_path thread_href hash " REVIEW_TEXT_SHAPE " " REVIEW_FACTS_SHAPE " " REVIEW_NAMES_SHAPE,
    false};

/* ---- showing ---- */

/* The first characters of a headline, by which it is known again. */
static struct str text_head(struct str s)
{
    size_t i = 0;
    for (int n = 0; n < 8 && i < s.n; n++)
        utf8_next(s, &i);
    return str_sub(s, 0, i);
}

static void view_head(struct review *x)
{
    struct request *rq = x->rq;
    const struct rec *r = &x->r.page.rec;
    struct str path = record_path(rq, r), day = fact_text(r, "event_day");
    int64_t published = fact_num(r, "published", INT64_MIN);
    view_str(x->v, "title", title_of(rq, r));
    view_int(x->v, "id", r->id);
    view_str(x->v, "path", path);
    view_int(x->v, "version", r->version);
    view_state(rq, view_map(x->v, "state"), r);
    struct str website = fact_text(r, "site"); /* often the headline again */
    if (str_find(website, text_head(rec_title(r)), 0) == SIZE_MAX)
        view_str(x->v, "website", website);
    view_str(x->v, "url", fact_text(r, "address"));
    view_str(x->v, "source", fact_text(r, "source"));
    view_str(x->v, "hash", str_sub(fact_text(r, "hash"), 0, 12));
    view_str(x->v, "date", published == INT64_MIN ? STR("") : show_day(rq, published));
    view_str(x->v, "read_at", show_time(rq, r->created));
    view_str(x->v, "event", code_label(rq, r, "event_type"));
    view_str(x->v, "day",
             str_starts(day, STR("--")) ? msg_with(rq, "web.news_no_year", str_sub(day, 2, day.n))
                                        : day);
    if (str_eq(fact_text(r, "verdict"), STR("refused")))
        view_str(x->v, "refused", code_label(rq, r, "reason"));
    view_str(x->v, "record_href", textf(rq, "%s?record=1", path.p));
    view_str(x->v, "thread_href", textf(rq, "%s/thread", path.p));
    if (rq->web->o.chat_url && x->r.page.may_write)
        view_str(x->v, "chat_path", textf(rq, "%s/chat", path.p));
    if (!x->edit)
        view_str(x->v, "error", x->error);
}

static void view_steps(struct review *x)
{
    const struct rec *r = &x->r.page.rec;
    struct view *list = view_list(x->v, "steps");
    for (uint32_t i = 0; i < x->r.page.n_steps; i++) {
        const struct step *step = x->r.page.step[i];
        const struct action *a = step->action;
        struct view *v = view_item(list);
        view_str(v, "label", label_text(&a->label, x->rq->zh));
        view_str(v, "tone", r->kind->state[step->to].tone);
        view_str(v, "path",
                 textf(x->rq, "%s/step/%.*s", record_path(x->rq, r).p, (int)a->name.n, a->name.p));
        view_flag(v, "direct", !a->comment && !a->reason && !a->n_require);
        view_int(v, "version", r->version);
    }
}

static void view_same(struct review *x)
{
    struct view *list = view_list(x->v, "same");
    for (size_t i = 0; i < x->r.same.n; i++) {
        const struct rec *r = &x->r.same.p[i];
        struct view *v = view_item(list);
        view_str(v, "title", title_of(x->rq, r));
        view_str(v, "href", record_path(x->rq, r));
        view_state(x->rq, view_map(v, "state"), r);
    }
}

static void choose_focus(struct review *x)
{
    x->focus = param_int(x->rq, "at", 0);
    if (x->edit > 0)
        x->focus = x->edit;
    for (uint32_t i = 0; !x->focus && i < x->r.n_facts; i++)
        if (fact_in(&x->r.fact[i].rec, "proposed"))
            x->focus = x->r.fact[i].rec.id;
}

static enum rc fill(struct review *x, struct err *e)
{
    choose_focus(x);
    view_head(x);
    view_steps(x);
    view_same(x);
    TRY(review_text(x, e));
    TRY(review_facts(x, e));
    return review_names(x, e);
}

enum rc review_reply(struct review *x, struct reply *re, struct err *e)
{
    TRY(page_review(x->rq->site, x->rq->actor, x->rq->id, x->rq->arena, &x->r, e));
    x->v = view_new(x->rq->arena);
    enum rc rc = fill(x, e);
    if (rc == RC_OK)
        rc = reply_page(x->rq, re, &review_def, title_of(x->rq, &x->r.page.rec), x->v, e);
    titles_free(&x->titles);
    vec_free(&x->r.same);
    return rc;
}

bool is_reviewed(const struct request *rq)
{
    return str_eq(rq->kind->name, STR("page")) && !param_has(rq, "record");
}

enum rc review_page(struct request *rq, struct reply *re, struct err *e)
{
    struct review x = {.rq = rq};
    x.edit = str_eq(param_text(rq, "edit"), STR("new")) ? -1 : param_int(rq, "edit", 0);
    return review_reply(&x, re, e);
}

/* ---- what is done with a fact ---- */

struct doing {
    struct request *rq;
    const struct kind *kind; /* fact */
    int64_t fact;            /* 0: a new one */
    struct typed typed[FIELDS_MOST];
    uint32_t n;
    vec_fault faults;
    struct rec out;
};

/* Fields of the form by their own names. */
static void take_typed(struct doing *d)
{
    for (uint32_t i = 0; i < d->rq->n_params && d->n < FIELDS_MOST; i++) {
        const struct param *p = &d->rq->param[i];
        uint32_t f = field_find(d->kind, p->name);
        if (f != NO_FIELD && !d->kind->field[f].computed && !str_eq(p->name, STR("page")))
            d->typed[d->n++] = (struct typed){p->name, p->value};
    }
    /* a box that is not ticked does not come with the form */
    if (d->n && !param_has(d->rq, "separate") && d->n < FIELDS_MOST)
        d->typed[d->n++] = (struct typed){STR("separate"), STR("")};
}

static enum rc act(struct doing *d, const char *action, struct err *e)
{
    struct act a = {.id = d->fact,
                    .version = param_int(d->rq, "version", 0),
                    .action = str_of(action),
                    .reason = param_text(d->rq, "reason"),
                    .typed = d->typed,
                    .n_typed = d->n};
    return record_act(d->rq->site, d->rq->actor, d->kind, &a, d->rq->arena, &d->out, &d->faults, e);
}

/* A new fact, or one whose fields were corrected. */
static enum rc save(struct doing *d, struct err *e)
{
    struct request *rq = d->rq;
    struct rec r;
    struct shown s = {0};
    struct typed page = {STR("page"), textf(rq, "#%lld", (long long)rq->id)};
    if (d->fact)
        TRY(record_show(rq->site, rq->actor, d->kind, d->fact, rq->arena, &s, e));
    else
        TRY(rec_new(&r, d->kind, rq->arena, e));
    if (d->fact)
        r = s.rec;
    if (d->fact && param_has(rq, "version"))
        r.version = param_int(rq, "version", 0);
    if (!d->fact)
        TRY(record_fill(rq->site, rq->actor, &r, &page, 1, rq->arena, &d->faults, e));
    TRY(record_fill(rq->site, rq->actor, &r, d->typed, d->n, rq->arena, &d->faults, e));
    TRY(record_save(rq->site, rq->actor, &r, STR(""), rq->arena, &d->faults, e));
    d->out = r;
    d->fact = r.id;
    return RC_OK;
}

static enum rc run(struct doing *d, struct str what, struct err *e)
{
    static const char *const steps[] = {"reject", "withdraw", "reopen"};
    if (str_eq(what, STR("save"))) {
        take_typed(d);
        return save(d, e);
    }
    if (str_eq(what, STR("accept"))) {
        take_typed(d);
        if (d->fact)
            return act(d, "accept", e);
        TRY(save(d, e));
        struct doing accepting = {.rq = d->rq, .kind = d->kind, .fact = d->fact};
        accepting.faults = d->faults;
        enum rc rc = act(&accepting, "accept", e);
        d->faults = accepting.faults;
        return rc;
    }
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (str_eq(what, str_of(steps[i])))
            return act(d, steps[i], e);
    return err_user(e, "web.no_step", "%.*s", (int)MIN(what.n, 60u), what.p);
}

/* "agreement\tend\tfield.rule" as words: what of which record stands in the way. */
static struct str not_written(const struct request *rq, const struct err *why)
{
    struct str all = arena_str(rq->arena, str_of(why->detail)), part[3] = {{"", 0}};
    size_t at = 0;
    for (int i = 0; i < 3 && all.p && at <= all.n; i++) {
        size_t end = MIN(str_find(all, STR("\t"), at), all.n);
        part[i] = str_sub(all, at, end);
        at = end + 1;
    }
    const struct kind *k = kind_find(site_kinds(rq->site), part[0]);
    uint32_t f = k ? field_find(k, part[1]) : NO_FIELD;
    struct fault_at fault = {.field = f, .key = arena_str(rq->arena, part[2]).p, .detail = STR("")};
    if (!k || !fault.key || strncmp(fault.key, "field.", 6) != 0)
        return msg_error(rq, why);
    struct str kind = label_text(&k->label, rq->zh), said = msg_fault(rq, &fault);
    struct str field = f == NO_FIELD ? STR("") : label_text(&k->field[f].label, rq->zh);
    return msg_with(rq, "web.news_not_written",
                    textf(rq, "%.*s · %.*s：%.*s", (int)kind.n, kind.p, (int)field.n, field.p,
                          (int)said.n, said.p));
}

static struct str sentence_of(const struct request *rq, const struct kind *fact,
                              const struct err *why)
{
    if (strcmp(why->key, "news.not_written") == 0)
        return not_written(rq, why);
    if (strcmp(why->key, "news.missing") != 0)
        return msg_error(rq, why);
    struct str all = str_of(why->detail), names = STR("");
    for (size_t at = 0; at < all.n;) {
        size_t end = MIN(str_find(all, STR(","), at), all.n);
        uint32_t f = field_find(fact, str_sub(all, at, end));
        struct str label = f == NO_FIELD ? STR("") : label_text(&fact->field[f].label, rq->zh);
        names = textf(rq, "%.*s%s%.*s", (int)names.n, names.p,
                      names.n ? (rq->zh ? "、" : ", ") : "", (int)label.n, label.p);
        at = end + 1;
    }
    return msg_with(rq, "web.news_missing", names);
}

/* The next that waits for a decision, behind the one that was decided. */
static int64_t next_fact(const struct review *x, int64_t fact)
{
    bool behind = false;
    int64_t first = 0;
    for (uint32_t i = 0; i < x->r.n_facts; i++) {
        const struct rec *r = &x->r.fact[i].rec;
        if (fact_in(r, "proposed") && r->id != fact) {
            if (behind)
                return r->id;
            first = first ? first : r->id;
        }
        behind |= r->id == fact;
    }
    return first;
}

static enum rc done(struct doing *d, struct reply *re, struct str what, struct err *e)
{
    struct review x = {.rq = d->rq};
    bool decided = str_eq(what, STR("accept")) || str_eq(what, STR("reject"));
    int64_t to = d->fact;
    if (decided) {
        TRY(page_review(d->rq->site, d->rq->actor, d->rq->id, d->rq->arena, &x.r, e));
        to = next_fact(&x, d->fact);
        vec_free(&x.r.same);
    }
    if (!to)
        return reply_seef(d->rq, re, "reviewed", e, "/page/%lld", (long long)d->rq->id);
    return reply_seef(d->rq, re, NULL, e, "/page/%lld?at=%lld#fact-%lld", (long long)d->rq->id,
                      (long long)to, (long long)to);
}

/* Shown again with what is wrong, its form open. */
static enum rc again(struct doing *d, struct reply *re, const struct err *why, struct str what,
                     struct err *e)
{
    struct review x = {.rq = d->rq, .typed = d->typed, .n_typed = d->n, .faults = &d->faults};
    bool form = str_eq(what, STR("save")) || str_eq(what, STR("accept"));
    x.edit = d->fact ? d->fact : -1;
    x.error = d->faults.n ? msg(d->rq, "web.news_look") : sentence_of(d->rq, d->kind, why);
    if (!form)
        x.edit = 0;
    re->status = error_status(why);
    return review_reply(&x, re, e);
}

static bool is_for_page(enum rc rc, const struct err *why)
{
    return rc == RC_USER && strcmp(why->key, "service.missing") != 0 &&
           strcmp(why->key, "service.denied") != 0;
}

enum rc review_fact_do(struct request *rq, struct reply *re, struct err *e)
{
    struct doing d = {.rq = rq, .kind = kind_find(site_kinds(rq->site), STR("fact"))};
    struct str what = param_text(rq, "do");
    struct err why = {0};
    for (size_t i = 0; i < rq->name.n && i < 18; i++) {
        if (rq->name.p[i] < '0' || rq->name.p[i] > '9') {
            d.fact = 0;
            break;
        }
        d.fact = d.fact * 10 + (rq->name.p[i] - '0');
    }
    bool page = str_eq(rq->kind->name, STR("page"));
    if (!d.kind || !page || (!d.fact && !str_eq(rq->name, STR("new"))))
        return err_user(e, "web.no_page", "%s", "");
    enum rc rc = run(&d, what, &why);
    if (rc == RC_OK)
        rc = done(&d, re, what, e);
    else if (is_for_page(rc, &why))
        rc = again(&d, re, &why, what, e);
    else
        *e = why;
    vec_free(&d.faults);
    return rc;
}

/* ---- who is who ---- */

static void take_choice(struct request *rq, struct page_choice *c, const struct param *p)
{
    c->person = p->name.p[0] == 'q';
    for (size_t i = 1; i < p->name.n && i < 8; i++)
        c->i = c->i * 10 + (uint32_t)(p->name.p[i] - '0') % 10;
    c->page = rq->id;
    c->version = param_int(rq, "version", 0);
    bool number = p->value.n && p->value.p[0] >= '0' && p->value.p[0] <= '9';
    for (size_t i = 0; number && i < p->value.n && i < 18; i++)
        c->id = c->id * 10 + (p->value.p[i] - '0') % 10;
    static const struct str words[] = {{"new", 3}, {"none", 4}, {"wrong", 5}};
    c->choice = number ? STR("linked") : STR("");
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(p->value, words[i]))
            c->choice = words[i];
}

enum rc review_who_do(struct request *rq, struct reply *re, struct err *e)
{
    struct page_choice *c = arena_calloc(rq->arena, rq->n_params + 1, sizeof *c);
    uint32_t n = 0;
    if (!c)
        return err_nomem(e);
    if (!str_eq(rq->kind->name, STR("page")))
        return err_user(e, "web.no_page", "%s", "");
    for (uint32_t i = 0; i < rq->n_params; i++) {
        const struct param *p = &rq->param[i];
        bool is = p->name.n > 1 && (p->name.p[0] == 'p' || p->name.p[0] == 'q') &&
                  p->name.p[1] >= '0' && p->name.p[1] <= '9';
        if (is)
            take_choice(rq, &c[n++], p);
    }
    TRY(page_choose(rq->site, rq->actor, c, n, rq->arena, e));
    return reply_seef(rq, re, "saved", e, "/page/%lld#who", (long long)rq->id);
}

/* ---- a further reader ---- */

enum rc review_chat_do(struct request *rq, struct reply *re, struct err *e)
{
    const struct web_options *w = &rq->web->o;
    struct chat_options o = {.url = w->chat_url, .model = w->chat_model, .key = w->chat_key};
    struct review x = {.rq = rq};
    struct chat_report done;
    struct err why = {0};
    if (!str_eq(rq->kind->name, STR("page")))
        return err_user(e, "web.no_page", "%s", "");
    enum rc rc = page_chat(rq->site, rq->actor, rq->id, &o, rq->arena, &done, &why);
    if (rc == RC_OK)
        return reply_seef(rq, re, done.added ? "chat_added" : "chat_nothing", e, "/page/%lld",
                          (long long)rq->id);
    if (strncmp(why.key, "chat.", strlen("chat.")) == 0) {
        x.error = msg_error(rq, &why);
        re->status = 422;
        return review_reply(&x, re, e);
    }
    *e = why;
    return rc;
}
