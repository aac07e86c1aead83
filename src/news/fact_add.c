/* One fact: its object, value and evidence; what was told already is left out. */
#include "news/facts_int.h"

enum { EVIDENCE_MAX = 40, EVIDENCE_CLAUSE = 30, OBJECT_MAX = 30 };

struct str object_trim(const struct page *p, uint32_t from, uint32_t to)
{
    while (from < to &&
           (is_break(p->ch[from]) || looking_at(p, from, "了") || looking_at(p, from, "的") ||
            looking_at(p, from, "为") || looking_at(p, from, "一批")))
        from += looking_at(p, from, "一批") ? 2 : 1;
    while (to > from && is_break(p->ch[to - 1]) && p->ch[to - 1] != ')' && p->ch[to - 1] != 0x201D)
        to--;
    for (uint32_t i = from; i < to && p->ch[i] != 0x201C; i++) /* an opening quote cut off */
        if (p->ch[i] == 0x201D && from > 0 && p->ch[from - 1] == 0x201C) {
            from--;
            break;
        }
    return page_str(p, from, MIN(to, from + OBJECT_MAX));
}

/* The noun phrase around the noun: to the left until a boundary. */
uint32_t phrase_from(const struct page *p, uint32_t from, uint32_t floor)
{
    uint32_t i = from;
    while (i > floor && from - i < 20 && !mark_to(p, i, SENSE_STOP) &&
           (!is_break(p->ch[i - 1]) || p->ch[i - 1] == 0x201C || p->ch[i - 1] == 0x201D))
        i--;
    return i;
}

struct str object_of(const struct page *p, const struct hit *h)
{
    if (!h->rule->has_noun)
        return object_trim(p, h->verb_to, MIN(h->clause->to, h->verb_to + OBJECT_MAX));
    if (h->noun_from >= h->verb_to)
        return object_trim(
            p, MAX(h->verb_to, h->noun_to > OBJECT_MAX ? h->noun_to - OBJECT_MAX : 0), h->noun_to);
    return object_trim(p, phrase_from(p, h->noun_from, h->clause->from), h->noun_to);
}

static struct span evidence_of(const struct page *p, const struct hit *h, const struct amount *a)
{
    uint32_t from = h->clause->from, to = h->clause->to;
    if (a && (a->from < from || a->to > to))
        a = NULL; /* the sum that the next clause tells */
    while (to > from && p->ch[to - 1] == ' ')
        to--;
    if (to - from <= EVIDENCE_CLAUSE)
        return page_span(p, from, to);
    uint32_t lo = MIN(h->verb_from, h->noun_from), hi = MAX(h->verb_to, h->noun_to);
    if (a) {
        lo = MIN(lo, a->from);
        hi = MAX(hi, a->to);
    }
    if (hi - lo > EVIDENCE_MAX) {
        lo = a ? a->from : lo;
        hi = MIN(lo + EVIDENCE_MAX, to);
    } else if (hi - lo < 12) {
        hi = MIN(to, lo + 16);
        lo = hi - lo < 12 ? (lo > from + 6 ? lo - 6 : from) : lo;
    }
    return page_span(p, lo, hi);
}

static bool wants_deadline(enum fact_type t)
{
    return t == FACT_TARGET || t == FACT_COVERAGE || t == FACT_COMMITMENT || t == FACT_STATISTIC;
}

/* ---- one fact ---- */

static bool contains(struct str a, struct str b)
{
    return str_find(a, b, 0) != SIZE_MAX;
}

/* 某大学附属医院 of 某大学附属安庆医院: the same, told without its name. */
static bool same_hospital(struct str a, struct str b)
{
    bool general = str_ends(a, STR("附属医院")) || str_ends(b, STR("附属医院"));
    return general && contains(a, STR("附属")) && contains(b, STR("附属")) &&
           str_ends(a, STR("医院")) && str_ends(b, STR("医院"));
}

/* One name of a thing inside the other; what is built is also told again by its last word. */
static bool same_thing(enum fact_type type, struct str a, struct str b)
{
    if (a.n > b.n) {
        struct str swap = a;
        a = b;
        b = swap;
    }
    if ((type == FACT_JOINT_PLATFORM || type == FACT_DUAL_APPOINTMENT) && a.n >= 12 &&
        str_ends(b, a))
        return true;
    if (type == FACT_JOINT_PLATFORM && same_hospital(a, b))
        return true;
    return (a.n >= 18 && contains(b, a)) || (a.n >= 6 && str_eq(a, b));
}

static bool is_told(const struct page *p, const struct news_fact *f)
{
    for (size_t i = 0; i < p->out->fact.n; i++) {
        const struct news_fact *o = &p->out->fact.p[i];
        if (o->type != f->type || (!str_eq(o->value, f->value) && f->value.n))
            continue;
        if (str_eq(span_str(p->x->text, o->evidence), span_str(p->x->text, f->evidence)) &&
            str_eq(o->value, f->value) &&
            (f->type != FACT_AGREEMENT || str_eq(o->object, f->object)))
            return true;
        bool same = same_thing(f->type, f->object, o->object);
        bool parties = f->type == FACT_AGREEMENT || f->type == FACT_COMMITMENT;
        if (f->type == FACT_AGREEMENT && same && f->value.n == 0)
            return true;
        if (same && (!parties || (o->subject == f->subject && str_eq(o->predicate, f->predicate))))
            return true;
        if (o->evidence.from == f->evidence.from && o->evidence.to == f->evidence.to &&
            str_eq(o->object, f->object))
            return true;
    }
    return false;
}

/* An institute that has people of its own is not being founded. */
static bool stands_already(const struct page *p, const struct news_fact *f)
{
    if (f->type != FACT_JOINT_PLATFORM)
        return false;
    for (size_t i = 0; i < p->org.n; i++)
        if (p->org.p[i].staffed && p->org.p[i].name.n && str_ends(f->object, p->org.p[i].name))
            return true;
    return false;
}

/* A value that is no amount: 全覆盖, 倍增; the figure of a scheme, “6352”工程. */
static struct str value_word(const struct page *p, const struct hit *h)
{
    static const char *const words[] = {"全覆盖", "倍增", "翻番"};
    const struct clause *c = h->clause;
    bool sum = h->rule->type == FACT_COVERAGE || h->rule->type == FACT_TARGET;
    for (size_t k = 0; sum && k < ARRAY_LEN(words); k++) {
        uint32_t i = find_in(p, c->from, c->to, words[k]);
        if (i != NONE)
            return page_str(p, i, i + (uint32_t)utf8_len(str_of(words[k])));
    }
    for (uint32_t i = h->verb_to; h->rule->type == FACT_OTHER && i < h->noun_from; i++) {
        uint32_t to = i + 1;
        while (is_digit(p->ch[to]) || p->ch[to] == '+')
            to++;
        if (p->ch[i] == 0x201C && p->ch[to] == 0x201D && to > i + 2)
            return page_str(p, i + 1, to);
    }
    return STR("");
}

bool item_of(const struct page *p, const struct clause *c, const struct amount *a,
             struct clause *item)
{
    uint32_t from = a->from, to = a->to;
    while (from > c->from && p->ch[from - 1] != 0x3001)
        from--;
    while (to < c->to && p->ch[to] != 0x3001)
        to++;
    item->from = from;
    item->to = to;
    return from > c->from || to < c->to;
}

struct str counted_of(const struct page *p, const struct clause *c, const struct amount *a)
{
    struct str behind = object_trim(p, a->to, MIN(c->to, a->to + 12));
    uint32_t from = phrase_from(p, a->from, c->from);
    bool ends = a->to >= c->to || is_break(p->ch[a->to]);
    return ends && from < a->from ? object_trim(p, from, a->from) : behind;
}

enum rc add_fact(struct page *p, const struct hit *h, struct amount *a, struct str object,
                 bool *added)
{
    const struct clause *c = h->clause;
    struct news_fact f = {.type = h->rule->type, .subject = c->subject, .object = object};
    f.value = a ? page_str(p, a->from, a->to) : value_word(p, h);
    f.deadline = deadline_of(p, c, f.type, wants_deadline(f.type) || h->rule->deadline);
    f.evidence = evidence_of(p, h, a);
    uint32_t to = h->noun_to > h->verb_from ? h->noun_to : h->verb_to;
    f.predicate = object_trim(p, h->verb_from, h->rule->partner ? MAX(to, h->verb_to) : h->verb_to);
    if (h->rule->partner && c->partner != NONE && p->org.p[c->partner].name.n)
        f.object = p->org.p[c->partner].name;
    if (p->out->fact.n >= PAGE_FACTS || is_told(p, &f) || stands_already(p, &f))
        return RC_OK;
    *added = true;
    if (a)
        a->used = true;
    if (c->subject != NONE)
        p->org.p[c->subject].acts = true;
    if (f.type != FACT_OTHER && f.type != FACT_STATISTIC && !h->rule->weak)
        for (uint32_t k = mention_from(p, c->from);
             k < p->mention.n && p->mention.p[k].from < c->to; k++)
            if (p->mention.p[k].org != NONE)
                p->org.p[p->mention.p[k].org].acts = true;
    if (c->partner != NONE && h->rule->partner)
        p->org.p[c->partner].acts = true;
    return vec_push(&p->out->fact, f, p->e);
}
