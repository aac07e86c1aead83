/* Reasons of a pair in words, and their places in both texts. */
#include "base/mem.h"
#include "web/pair_int.h"

#include <stdlib.h>

#define QUOTED_MAX 40u /* characters */
#define HUES       6u

struct str verdict_text(const struct request *rq, enum verdict v)
{
    return msg(rq, v == VERDICT_MET      ? "web.met"
                   : v == VERDICT_MISSED ? "web.missed"
                                         : "web.unknown");
}

struct str fit_verdict(const struct request *rq, enum verdict v)
{
    return msg(rq, v == VERDICT_MET      ? "web.fits"
                   : v == VERDICT_MISSED ? "web.fits_not"
                                         : "web.fits_unsure");
}

const char *verdict_tone(enum verdict v)
{
    return v == VERDICT_MET ? "good" : v == VERDICT_MISSED ? "bad" : "neutral";
}

struct str fit_label(const struct request *rq, enum reason_code code)
{
    switch (code) {
    case REASON_INDUSTRY:
        return msg(rq, "web.fit_industry");
    case REASON_REGION:
        return msg(rq, "web.fit_region");
    case REASON_TRL:
        return msg(rq, "web.fit_trl");
    case REASON_DEADLINE:
        return msg(rq, "web.fit_deadline");
    case REASON_PRICE:
        return msg(rq, "web.fit_price");
    case REASON_TERMS:
    case REASON_CONCEPT:
    case REASON_INDICATOR:
        break;
    }
    return STR("");
}

struct str quoted(const struct request *rq, struct str text, struct span s)
{
    struct str q = str_trim(span_str(text, s));
    size_t at = 0;
    for (uint32_t n = 0; at < q.n && n < QUOTED_MAX; n++)
        utf8_next(q, &at);
    return at < q.n ? textf(rq, "%.*s…", (int)at, q.p) : q;
}

void view_score(struct request *rq, struct view *v, double score, bool credible)
{
    view_str(v, "score", textf(rq, "%.0f", score));
    view_flag(v, "credible", credible);
}

/* ---- marks ---- */

struct place {
    struct span at;
    uint32_t number;
};
typedef VEC(struct place) vec_place;
struct marks {
    struct request *rq;
    const struct why *why;
    struct place *place[2];
    uint32_t n[2];
    uint32_t *number; /* [why->reason.n] */
};

static bool is_free(const struct place *p, uint32_t n, struct span s)
{
    for (uint32_t i = 0; i < n; i++)
        if (s.from < p[i].at.to && p[i].at.from < s.to)
            return false;
    return true;
}

static int by_place(const void *x, const void *y)
{
    const struct place *a = x, *b = y;
    return (a->at.from > b->at.from) - (a->at.from < b->at.from);
}

/* Places that overlap one of a stronger reason are left out; a reason that is left in neither text
 * has no number. */
enum rc marks_make(struct request *rq, const struct why *w, struct marks **out, struct err *e)
{
    struct marks *m = arena_calloc(rq->arena, 1, sizeof *m);
    uint32_t n = (uint32_t)w->reason.n, number = 0;
    if (!m)
        return err_nomem(e);
    *m = (struct marks){.rq = rq, .why = w};
    m->number = arena_calloc(rq->arena, n + 1, sizeof *m->number);
    for (int side = 0; side < 2; side++)
        m->place[side] = arena_calloc(rq->arena, n + 1, sizeof *m->place[side]);
    if (!m->number || !m->place[0] || !m->place[1])
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        const struct reason *r = &w->reason.p[i];
        const struct span at[2] = {r->need, r->result};
        for (int side = 0; side < 2; side++) {
            size_t end = side ? w->offer_text.n : w->need_text.n;
            if (at[side].from >= at[side].to || at[side].to > end ||
                !is_free(m->place[side], m->n[side], at[side]))
                continue;
            if (!m->number[i])
                m->number[i] = ++number;
            m->place[side][m->n[side]++] = (struct place){at[side], m->number[i]};
        }
    }
    for (int side = 0; side < 2; side++)
        qsort(m->place[side], m->n[side], sizeof **m->place, by_place);
    *out = m;
    return RC_OK;
}

uint32_t marks_number(const struct marks *m, size_t reason)
{
    return m->number[reason];
}

static bool has_number(const struct marks *m, int side, uint32_t number)
{
    for (uint32_t i = 0; i < m->n[side]; i++)
        if (m->place[side][i].number == number)
            return true;
    return false;
}

static void part(struct view *list, struct str text)
{
    if (text.n)
        view_str(view_item(list), "text", text);
}

enum rc marks_view(const struct marks *m, struct view *list, int side, uint32_t from, uint32_t to,
                   struct err *e)
{
    struct str text = side ? m->why->offer_text : m->why->need_text;
    (void)e;
    for (uint32_t i = 0; i < m->n[side]; i++) {
        const struct place *p = &m->place[side][i];
        if (p->at.from < from || p->at.to > to)
            continue;
        part(list, str_sub(text, from, p->at.from));
        struct view *v = view_item(list);
        view_str(v, "text", str_sub(text, p->at.from, p->at.to));
        view_int(v, "n", p->number);
        view_int(v, "hue", (p->number - 1) % HUES + 1);
        view_str(v, "id", textf(m->rq, "%c%u", side ? 'o' : 'n', p->number));
        if (has_number(m, !side, p->number))
            view_str(v, "href", textf(m->rq, "#%c%u", side ? 'n' : 'o', p->number));
        from = p->at.to;
    }
    part(list, str_sub(text, from, to));
    return RC_OK;
}
