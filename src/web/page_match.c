/* Who can meet a need, for whom an offer is: ranked lists by kind, and the best of them on the
 * record's own page. */
#include "web/http_int.h"
#include "web/page_int.h"
#include "web/pair_int.h"

#define LIST_MOST 60u
#define ROWS      15u
#define PANEL     3u
#define PHRASES   3u

const struct page matches_def = {
    "matches",
    "kind{name label path} title path other need_side"
    " tabs[label href here count]"
    " rows[href title unit via place weak_from " SCORE_SHAPE
    " reasons[.] met missed fits[label tone values] state{text tone}] " PAGER_SHAPE,
    false};

struct match_view {
    struct request *rq;
    struct view *v;
    struct rec self;
    const struct kind *other;
    vec_pairing all;
    vec_rec introductions;
    struct titles titles;
    vec_pairing shown; /* those of this page */
    struct why why[ROWS];
    uint32_t n_whys;
};

/* ---- sentences ---- */

/* A bare number says nothing by itself. */
static bool has_words(struct str s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        n += is_han(c) ? 2 : (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }
    return n > 2;
}

static struct str say_phrases(struct request *rq, const struct why *w)
{
    struct str all = STR("");
    uint32_t n = 0;
    for (size_t i = 0; i < w->reason.n && n < PHRASES; i++) {
        const struct reason *r = &w->reason.p[i];
        if (r->code != REASON_TERMS)
            continue;
        struct str q = quoted(rq, w->need_text, r->need);
        if (!has_words(q))
            continue;
        all = textf(rq, rq->zh ? "%.*s“%.*s”" : "%.*s “%.*s”", (int)all.n, all.p, (int)q.n, q.p);
        n++;
    }
    return n ? msg_with(rq, "web.why_phrases", str_trim(all)) : STR("");
}

static struct str say_pair(struct request *rq, const char *key, struct str a, struct str b,
                           struct str c)
{
    return msg_with(rq, key,
                    textf(rq, "%.*s\t%.*s\t%.*s", (int)a.n, a.p, (int)b.n, b.p, (int)c.n, c.p));
}

static struct str say_indicator(struct request *rq, const struct why *w, enum verdict v)
{
    for (size_t i = 0; i < w->reason.n; i++) {
        const struct reason *r = &w->reason.p[i];
        if (r->code == REASON_INDICATOR && r->verdict == v)
            return say_pair(rq, v == VERDICT_MET ? "web.why_met" : "web.why_missed",
                            quoted(rq, w->need_text, r->need_name),
                            quoted(rq, w->need_text, r->need),
                            quoted(rq, w->offer_text, r->result));
    }
    return STR("");
}

static struct str say_concept(struct request *rq, const struct why *w)
{
    for (size_t i = 0; i < w->reason.n; i++)
        if (w->reason.p[i].code == REASON_CONCEPT)
            return say_pair(rq, "web.why_concept", quoted(rq, w->need_text, w->reason.p[i].need),
                            quoted(rq, w->offer_text, w->reason.p[i].result), STR(""));
    return STR("");
}

/* The two strongest: words in common, and a number, a concept, or a number that is missed. */
static void view_reasons(struct request *rq, struct view *row, const struct why *w)
{
    struct view *list = view_list(row, "reasons");
    struct str said[4] = {say_phrases(rq, w), say_indicator(rq, w, VERDICT_MET), say_concept(rq, w),
                          say_indicator(rq, w, VERDICT_MISSED)};
    uint32_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(said) && n < 2; i++)
        if (said[i].n) {
            view_item_str(list, said[i]);
            n++;
        }
    if (!n)
        view_item_str(list, msg(rq, "web.why_whole"));
}

static void view_counts(struct view *row, const struct why *w)
{
    int64_t met = 0, missed = 0;
    for (size_t i = 0; i < w->reason.n; i++)
        if (w->reason.p[i].code == REASON_INDICATOR) {
            met += w->reason.p[i].verdict == VERDICT_MET;
            missed += w->reason.p[i].verdict == VERDICT_MISSED;
        }
    view_int(row, "met", met);
    view_int(row, "missed", missed);
}

static void view_fits(struct request *rq, struct view *row, const struct why *w)
{
    struct view *list = view_list(row, "fits");
    for (uint32_t i = 0; i < w->n_fits; i++) {
        const struct fit *f = &w->fit[i];
        if (f->verdict == VERDICT_UNKNOWN)
            continue;
        struct view *v = view_item(list);
        view_str(v, "label", fit_label(rq, f->code));
        view_text(v, "tone", verdict_tone(f->verdict));
        view_str(v, "values", say_pair(rq, "web.fit_values", f->need, f->offer, STR("")));
    }
}

/* ---- rows ---- */

static const struct rec *introduction_with(const struct match_view *m, int64_t other)
{
    for (size_t i = 0; i < m->introductions.n; i++) {
        const struct rec *r = &m->introductions.p[i];
        uint32_t f =
            field_find(r->kind, m->self.kind->side == MATCH_NEED ? STR("offer") : STR("need"));
        if (f != NO_FIELD && r->val[f].set && r->val[f].num == other)
            return r;
    }
    return NULL;
}

static const struct rec *other_of(const struct match_view *m, const struct why *w)
{
    return m->self.kind->side == MATCH_NEED ? &w->offer : &w->need;
}

static void view_row(struct match_view *m, struct view *rows, uint32_t i, uint64_t place)
{
    struct request *rq = m->rq;
    const struct why *w = &m->why[i];
    const struct pairing *p = &m->shown.p[i];
    const struct rec *other = other_of(m, w), *x = introduction_with(m, p->id);
    const struct kind *k;
    struct view *row = view_item(rows);
    struct str path = record_path(rq, &m->self);
    view_str(row, "href", textf(rq, "%.*s/matches/%lld", (int)path.n, path.p, (long long)p->id));
    view_str(row, "title", title_of(rq, other));
    view_int(row, "place", (int64_t)place + 1);
    if (other->org && other->org != other->id)
        view_str(row, "unit", titles_of(&m->titles, other->org, &k));
    if (w->via) {
        struct str via = titles_of(&m->titles, w->via, &k);
        if (k)
            view_str(row, "via",
                     say_pair(rq, "web.by_result", via, label_text(&k->label, rq->zh), STR("")));
    }
    view_score(rq, row, p->score, p->credible);
    view_flag(row, "weak_from", !p->credible && (!i || m->shown.p[i - 1].credible));
    view_reasons(rq, row, w);
    view_counts(row, w);
    view_fits(rq, row, w);
    if (x)
        view_state(rq, view_map(row, "state"), x);
}

static enum rc explain_rows(struct match_view *m, struct err *e)
{
    int64_t other[ROWS];
    uint32_t n = (uint32_t)m->shown.n;
    for (uint32_t i = 0; i < n; i++)
        other[i] = m->shown.p[i].id;
    TRY(pairing_whys(m->rq->site, m->rq->actor, m->self.kind->side, m->self.id, other, n,
                     m->rq->arena, m->why, e));
    m->n_whys = n;
    for (uint32_t i = 0; i < n; i++) {
        TRY(titles_want(&m->titles, other_of(m, &m->why[i])->org, e));
        TRY(titles_want(&m->titles, m->why[i].via, e));
    }
    return titles_load(&m->titles, m->rq, e);
}

static enum rc view_rows(struct match_view *m, struct err *e)
{
    struct request *rq = m->rq;
    uint64_t from = (uint64_t)MAX(0, MIN(param_int(rq, "from", 0), (int64_t)m->all.n));
    struct view *rows = view_list(m->v, "rows");
    bool any = false;
    from = from / ROWS * ROWS;
    m->shown = m->all;
    if (m->all.n)
        m->shown.p += from;
    m->shown.n = MIN(m->all.n - from, (size_t)ROWS);
    for (size_t i = 0; i < m->shown.n; i++)
        any |= m->shown.p[i].introduction != 0;
    if (any) /* which of them are for the actor to see, the list says */
        TRY(introductions_of(rq->site, rq->actor,
                             m->self.kind->side == MATCH_NEED ? "need" : "offer", m->self.id,
                             rq->arena, &m->introductions, e));
    TRY(explain_rows(m, e));
    for (uint32_t i = 0; i < m->shown.n; i++)
        view_row(m, rows, i, from + i);
    view_pager(rq, m->v, from, ROWS, m->all.n);
    return RC_OK;
}

/* ---- tabs ---- */

static bool is_other(const struct kind *self, const struct kind *k)
{
    return k->side != MATCH_NONE && k->side != self->side;
}

/* The kind that is asked for, else the first of the other side. */
static enum rc choose_other(struct match_view *m, struct err *e)
{
    const struct kinds *kinds = site_kinds(m->rq->site);
    struct str asked = param_text(m->rq, "kind");
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (is_other(m->self.kind, k) && actor_may(m->rq->actor, k, RIGHT_READ, NULL) &&
            (asked.n ? str_eq(k->name, asked) : !m->other))
            m->other = k;
    }
    return m->other ? RC_OK : err_user(e, "service.missing", "%s", "");
}

static enum rc list_of(struct match_view *m, const struct kind *other, uint32_t k, vec_pairing *out,
                       struct err *e)
{
    out->n = 0;
    return pairing_list(m->rq->site, m->rq->actor, m->self.kind, m->self.id, other, k, m->rq->arena,
                        out, e);
}

static enum rc view_tabs(struct match_view *m, struct err *e)
{
    struct request *rq = m->rq;
    const struct kinds *kinds = site_kinds(rq->site);
    struct view *tabs = view_list(m->v, "tabs");
    struct str path = record_path(rq, &m->self);
    vec_pairing list = {0};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        int64_t credible = 0;
        if (!is_other(m->self.kind, k) || !actor_may(rq->actor, k, RIGHT_READ, NULL))
            continue;
        rc = list_of(m, k, LIST_MOST, &list, e);
        for (size_t j = 0; j < list.n; j++)
            credible += list.p[j].credible;
        struct view *tab = view_item(tabs);
        view_str(tab, "label", label_text(&k->label, rq->zh));
        view_str(
            tab, "href",
            textf(rq, "%.*s/matches?kind=%.*s", (int)path.n, path.p, (int)k->name.n, k->name.p));
        view_flag(tab, "here", k == m->other);
        view_str(tab, "count", textf(rq, "%lld", (long long)credible));
    }
    vec_free(&list);
    return rc;
}

/* ---- pages ---- */

static void release(struct match_view *m)
{
    for (uint32_t i = 0; i < m->n_whys; i++)
        vec_free(&m->why[i].reason);
    vec_free(&m->all);
    vec_free(&m->introductions);
    titles_free(&m->titles);
}

static enum rc make(struct match_view *m, struct err *e)
{
    struct request *rq = m->rq;
    view_kind(rq, m->v, m->self.kind);
    view_str(m->v, "title", title_of(rq, &m->self));
    view_str(m->v, "path", record_path(rq, &m->self));
    view_str(m->v, "other", label_text(&m->other->label, rq->zh));
    view_flag(m->v, "need_side", m->self.kind->side == MATCH_NEED);
    TRY(view_tabs(m, e));
    TRY(list_of(m, m->other, LIST_MOST, &m->all, e));
    return view_rows(m, e);
}

enum rc matches_page(struct request *rq, struct reply *re, struct err *e)
{
    struct shown shown = {0};
    TRY(record_show(rq->site, rq->actor, rq->kind, rq->id, rq->arena, &shown, e));
    struct match_view m = {.rq = rq, .v = view_new(rq->arena), .self = shown.rec};
    TRY(choose_other(&m, e));
    enum rc rc = make(&m, e);
    release(&m);
    if (rc == RC_OK)
        rc = reply_page(rq, re, &matches_def, msg(rq, "web.matches"), m.v, e);
    return rc;
}

static enum rc panel_rows(struct match_view *m, struct view *rows, struct err *e)
{
    struct request *rq = m->rq;
    struct str path = record_path(rq, &m->self);
    for (size_t i = 0; i < m->all.n; i++)
        TRY(titles_want(&m->titles, m->all.p[i].id, e));
    TRY(titles_load(&m->titles, rq, e));
    for (size_t i = 0; i < m->all.n; i++) {
        const struct pairing *p = &m->all.p[i];
        const struct kind *k;
        struct view *row = view_item(rows);
        struct str title = titles_of(&m->titles, p->id, &k);
        view_str(row, "title", title.n ? title : msg(rq, "web.masked_title"));
        view_str(row, "href",
                 textf(rq, "%.*s/matches/%lld", (int)path.n, path.p, (long long)p->id));
        view_score(rq, row, p->score, p->credible);
    }
    return RC_OK;
}

enum rc view_panel(struct request *rq, struct view *v, const struct rec *r, struct err *e)
{
    struct match_view m = {.rq = rq, .v = v, .self = *r};
    struct err why = {0};
    if (r->kind->side == MATCH_NONE || choose_other(&m, &why) != RC_OK)
        return RC_OK;
    struct str path = record_path(rq, r);
    enum rc rc = list_of(&m, m.other, PANEL, &m.all, &why);
    if (rc == RC_OK) {
        struct view *panel = view_map(v, "matches");
        view_str(panel, "path", textf(rq, "%.*s/matches", (int)path.n, path.p));
        view_str(panel, "label", label_text(&m.other->label, rq->zh));
        rc = panel_rows(&m, view_list(panel, "rows"), &why);
    }
    release(&m);
    /* without the engine a record is shown all the same */
    if (rc != RC_OK && rc != RC_NOMEM && strcmp(why.key, "engine.none") == 0)
        return RC_OK;
    if (rc != RC_OK)
        *e = why;
    return rc;
}
