/* The board of introductions: a column a state, moves by buttons on the cards. */
#include "service/introduce.h"
#include "web/http_int.h"
#include "web/page_int.h"

#include <stdio.h>

#define CARDS 20u
#define CARD_SHAPE                                                                                 \
    "cards[id href need offer need_href offer_href score days broker next overdue version"         \
    " steps[name label path direct tone]]"
#define COLUMNS_SHAPE "columns[name label tone total more folded " CARD_SHAPE "] here any refused"

const struct page board_def = {"board",
                               "mine may_mine list needs brokers[value label on]"
                               " industries[value label on] filtered " COLUMNS_SHAPE,
                               false};
const struct page board_part_def = {"board_part", COLUMNS_SHAPE, true};

struct board {
    struct request *rq;
    const struct kind *kind;
    struct view *v;
    struct str filter;
    struct str here, list; /* the board's address with its filters; the kind's list */
    int64_t today;
};

/* States that are out of the way until they are asked for. */
static bool is_folded(const struct state *s)
{
    return str_eq(s->name, STR("refused")) || str_eq(s->name, STR("removed"));
}

static const struct val *value_of(const struct rec *r, const char *field)
{
    static const struct val unset;
    uint32_t f = field_find(r->kind, str_of(field));
    return f == NO_FIELD ? &unset : &r->val[f];
}

/* ---- filters ---- */

/* A word of the address inside a filter: with a quote in it, it is the name of nobody. */
static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '"' || s.p[i] == '\\' || (unsigned char)s.p[i] < ' ')
            return false;
    return s.n <= 200;
}

static void add_test(struct board *b, const char *test, struct str value)
{
    struct str one = is_plain(value) ? textf(b->rq, "%s \"%.*s\"", test, (int)value.n, value.p)
                                     : STR("id = #1 and id != #1");
    b->filter = textf(b->rq, "%.*s%s%.*s", (int)b->filter.n, b->filter.p,
                      b->filter.n ? " and " : "", (int)one.n, one.p);
}

static struct str own_name(const struct request *rq)
{
    return rq->actor->name.n ? rq->actor->name : rq->actor->login;
}

static void read_filters(struct board *b)
{
    struct request *rq = b->rq;
    struct str broker = str_trim(param_text(rq, "broker")), industry = param_text(rq, "industry");
    b->filter = STR("");
    if (param_has(rq, "mine") && rq->actor->role == ROLE_BROKER)
        broker = own_name(rq);
    if (broker.n)
        add_test(b, "broker =", broker);
    if (industry.n)
        add_test(b, "need.industry under", industry);
    /* after a move the board's address comes with the form */
    struct str back = param_text(rq, "back");
    b->here = str_starts(back, STR("/board")) ? back
              : rq->id                        ? STR("/board")
                                              : address_with(rq, NULL, NULL, 0);
}

static void option(struct view *list, struct str value, struct str label, struct str chosen)
{
    struct view *o = view_item(list);
    view_str(o, "value", value);
    view_str(o, "label", label);
    view_flag(o, "on", str_eq(value, chosen));
}

static enum rc view_brokers(struct board *b, struct err *e)
{
    struct request *rq = b->rq;
    struct view *list = view_list(b->v, "brokers");
    vec_grouped all = {0};
    enum rc rc = record_group(rq->site, rq->actor, b->kind, STR(""), STR("broker"), STR(""),
                              STR(""), rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        if (all.p[i].value[0].n)
            option(list, all.p[i].value[0], all.p[i].value[0], param_text(rq, "broker"));
    vec_free(&all);
    return rc;
}

static void view_industries(struct board *b)
{
    struct request *rq = b->rq;
    uint32_t n = field_find(b->kind, STR("need"));
    const struct kind *need = n == NO_FIELD ? NULL : b->kind->field[n].of_kind;
    uint32_t f = need ? field_find(need, STR("industry")) : NO_FIELD;
    const struct codes *c = f == NO_FIELD ? NULL : need->field[f].codes;
    struct view *list = view_list(b->v, "industries");
    if (need)
        view_str(b->v, "needs", textf(rq, "/%.*s", (int)need->name.n, need->name.p));
    for (uint32_t i = 0; c && i < c->n; i++) {
        int32_t under = c->code[i].under;
        /* sections, and what is made: the divisions of manufacturing */
        if (under < 0 || (c->code[under].under < 0 && str_eq(c->code[under].code, STR("C"))))
            option(list, c->code[i].code,
                   under < 0 ? label_text(&c->code[i].label, rq->zh)
                             : textf(rq, "　%.*s", (int)label_text(&c->code[i].label, rq->zh).n,
                                     label_text(&c->code[i].label, rq->zh).p),
                   param_text(rq, "industry"));
    }
}

/* ---- cards ---- */

static void view_card_side(struct board *b, struct view *card, const struct rec *r,
                           const char *field, const char *name, const char *href,
                           const struct titles *t)
{
    struct request *rq = b->rq;
    const struct val *v = value_of(r, field);
    const struct kind *k = NULL;
    struct str title = v->set ? titles_of(t, v->num, &k) : STR("");
    view_str(card, name, title.n ? title : msg(rq, k ? "web.masked_title" : "web.hidden"));
    if (k)
        view_str(card, href, textf(rq, "/%.*s/%lld", (int)k->name.n, k->name.p, (long long)v->num));
}

/* Where the pair is explained; the introduction itself where one side is not to be seen. */
static struct str pair_path(struct board *b, const struct rec *r, const struct titles *t)
{
    const struct val *need = value_of(r, "need"), *offer = value_of(r, "offer");
    const struct kind *k = NULL, *o = NULL;
    if (need->set && offer->set) {
        titles_of(t, need->num, &k);
        titles_of(t, offer->num, &o);
    }
    return k && o ? textf(b->rq, "/%.*s/%lld/matches/%lld", (int)k->name.n, k->name.p,
                          (long long)need->num, (long long)offer->num)
                  : record_path(b->rq, r);
}

/* Who may act on all is known from the table; a side's rights hang on its grant. */
static enum rc steps_of(struct board *b, const struct rec *r, struct shown *s, struct err *e)
{
    const struct state *state = &b->kind->state[r->state];
    if (b->rq->actor->role != ROLE_BROKER)
        return record_show(b->rq->site, b->rq->actor, b->kind, r->id, b->rq->arena, s, e);
    for (uint32_t i = 0; i < state->n_steps && s->n_steps < ARRAY_LEN(s->step); i++)
        if (actor_may_step(b->rq->actor, r, &state->step[i]))
            s->step[s->n_steps++] = &state->step[i];
    return RC_OK;
}

static enum rc view_card_steps(struct board *b, struct view *card, const struct rec *r,
                               struct err *e)
{
    struct request *rq = b->rq;
    struct view *list = view_list(card, "steps");
    struct shown s = {0};
    struct str path = record_path(rq, r);
    size_t query = MIN(str_find(b->here, STR("?"), 0), b->here.n);
    struct str kept = str_sub(b->here, query, b->here.n);
    TRY(steps_of(b, r, &s, e));
    for (uint32_t i = 0; i < s.n_steps; i++) {
        const struct action *a = s.step[i]->action;
        struct view *v = view_item(list);
        bool direct = !a->comment && !a->reason && !a->n_require;
        view_str(v, "name", a->name);
        view_str(v, "label", label_text(&a->label, rq->zh));
        view_str(v, "path",
                 direct
                     ? textf(rq, "/board/%lld/%.*s%.*s", (long long)r->id, (int)a->name.n,
                             a->name.p, (int)kept.n, kept.p)
                     : textf(rq, "%.*s/step/%.*s", (int)path.n, path.p, (int)a->name.n, a->name.p));
        view_flag(v, "direct", direct);
        view_str(v, "tone", b->kind->state[s.step[i]->to].tone);
    }
    return RC_OK;
}

static enum rc view_card(struct board *b, struct view *cards, const struct rec *r,
                         const struct titles *t, struct err *e)
{
    struct request *rq = b->rq;
    struct view *card = view_item(cards);
    const struct val *next = value_of(r, "next"), *broker = value_of(r, "broker");
    view_int(card, "id", r->id);
    view_int(card, "version", r->version);
    view_str(card, "href", pair_path(b, r, t));
    view_card_side(b, card, r, "need", "need", "need_href", t);
    view_card_side(b, card, r, "offer", "offer", "offer_href", t);
    const struct val *offer = value_of(r, "offer");
    const struct kind *k = NULL;
    double score;
    if (offer->set)
        titles_of(t, offer->num, &k);
    if (introduction_score(rq->site, r, k, rq->arena, &score))
        view_str(card, "score", textf(rq, "%.0f", score));
    int64_t days = b->today - day_of_time(r->since);
    if (days > 0)
        view_str(card, "days", textf(rq, "%lld", (long long)days));
    if (broker->set)
        view_str(card, "broker", broker->text);
    if (next->set) {
        view_str(card, "next", show_day(rq, next->num));
        view_flag(card, "overdue", next->num < b->today);
    }
    return view_card_steps(b, card, r, e);
}

static enum rc view_cards(struct board *b, struct view *column, const vec_rec *all, struct err *e)
{
    struct titles t = {0};
    struct view *cards = view_list(column, "cards");
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < all->n; i++)
        rc = titles_want_rec(&t, &all->p[i], e);
    if (rc == RC_OK)
        rc = titles_load(&t, b->rq, e);
    for (size_t i = 0; rc == RC_OK && i < all->n; i++)
        rc = view_card(b, cards, &all->p[i], &t, e);
    titles_free(&t);
    return rc;
}

static enum rc view_column(struct board *b, struct view *columns, uint32_t state, uint64_t *sum,
                           struct err *e)
{
    struct request *rq = b->rq;
    const struct state *s = &b->kind->state[state];
    struct str test = textf(rq, "%.*s%sstate = %.*s", (int)b->filter.n, b->filter.p,
                            b->filter.n ? " and " : "", (int)s->name.n, s->name.p);
    struct list_answer a = {0};
    struct list_request q = {
        .kind = b->kind, .filter = test, .sort = STR("-since"), .limit = CARDS, .count = true};
    TRY(record_list(rq->site, rq->actor, &q, rq->arena, &a, e));
    struct view *column = view_item(columns);
    *sum += a.total;
    view_str(column, "name", s->name);
    view_str(column, "label", label_text(&s->label, rq->zh));
    view_str(column, "tone", s->tone);
    view_str(column, "total", show_count(rq, a.total));
    view_flag(column, "folded", is_folded(s));
    if (a.total > CARDS)
        view_str(
            column, "more",
            textf(rq, "%.*s?f.state=%.*s", (int)b->list.n, b->list.p, (int)s->name.n, s->name.p));
    enum rc rc = view_cards(b, column, &a.rec, e);
    vec_free(&a.rec);
    return rc;
}

static enum rc view_columns(struct board *b, struct err *e)
{
    struct view *columns = view_list(b->v, "columns");
    uint64_t sum = 0;
    for (uint32_t i = 0; i < b->kind->n_states; i++)
        TRY(view_column(b, columns, i, &sum, e));
    view_str(b->v, "here", b->here);
    view_flag(b->v, "any", sum > 0);
    return RC_OK;
}

/* ---- pages ---- */

static enum rc begin(struct board *b, struct request *rq, struct err *e)
{
    *b = (struct board){.rq = rq,
                        .kind = introduction_kind(rq->site),
                        .v = view_new(rq->arena),
                        .today = day_of_time(site_now(rq->site))};
    if (!b->kind)
        return err_user(e, "service.missing", "%s", "");
    b->list = textf(rq, "/%.*s", (int)b->kind->name.n, b->kind->name.p);
    read_filters(b);
    return RC_OK;
}

enum rc board_page(struct request *rq, struct reply *re, struct err *e)
{
    struct board b;
    TRY(begin(&b, rq, e));
    view_flag(b.v, "may_mine", rq->actor->role == ROLE_BROKER);
    view_flag(b.v, "mine", param_has(rq, "mine"));
    view_flag(b.v, "filtered", b.filter.n > 0);
    view_str(b.v, "list", b.list);
    TRY(view_brokers(&b, e));
    view_industries(&b);
    TRY(view_columns(&b, e));
    return reply_page(rq, re, &board_def, msg(rq, "web.board"), b.v, e);
}

/* A step that asks for nothing, taken on the board; htmx gets the board back. */
enum rc board_move(struct request *rq, struct reply *re, struct err *e)
{
    struct board b;
    struct rec done;
    vec_fault faults = {0};
    TRY(begin(&b, rq, e));
    struct act act = {.id = rq->id, .version = param_int(rq, "version", 0), .action = rq->name};
    enum rc rc = record_act(rq->site, rq->actor, b.kind, &act, rq->arena, &done, &faults, e);
    bool asks = rc != RC_OK && faults.n;
    vec_free(&faults);
    if (asks) /* it needs words after all: its page asks for them */
        return reply_seef(rq, re, NULL, e, "%.*s/%lld/step/%.*s?back=/board", (int)b.list.n,
                          b.list.p, (long long)rq->id, (int)rq->name.n, rq->name.p);
    if (rc != RC_OK && (!rq->part || !is_refusal(rc, e)))
        return rc;
    if (!rq->part)
        return reply_seef(rq, re, "moved", e, "%.*s#card-%lld", (int)b.here.n, b.here.p,
                          (long long)rq->id);
    if (rc != RC_OK) { /* somebody was there first: the board as it stands now, and why */
        re->status = error_status(e);
        view_str(b.v, "refused",
                 str_eq(str_of(e->key), STR("store.stale")) ? msg(rq, "web.board_stale")
                                                            : msg_error(rq, e));
    }
    TRY(view_columns(&b, e));
    return reply_page(rq, re, &board_part_def, msg(rq, "web.board"), b.v, e);
}
