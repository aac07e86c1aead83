/* Which readings are quantities. */
#include "text/quantity_int.h"

/* Does the noun phrase name something that is no indicator? */
static bool is_not_name(const struct reader *r, struct noun noun)
{
    size_t n = 0;
    if (noun.to == noun.from || !word_ending(r->u, r->g.low, noun.from, noun.to, ROLE_NOT_NAME, &n))
        return false;
    return n == noun.to - noun.from || (n > 1 && is_han(r->g.ch[noun.to - 1]));
}

/* 2023年, 2023, 6月: a point in time, not a length of it. */
static bool is_date(const struct reading *q, const struct reader *r)
{
    const struct number *x = &q->a.x;
    uint32_t next = r->g.ch[x->to];
    bool year =
        x->digits == 4 && !x->fraction && x->scale == 1 && x->value >= 1900 && x->value <= 2100;
    return next == HAN_MONTH || (year && (next == HAN_YEAR || !q->unit));
}

/* Time, grades and the like: 级, 次, 倍. */
static bool is_period(const struct unit *unit)
{
    static const char *const dims[] = {"time", "grade", "cycles", "times"};
    for (size_t i = 0; i < ARRAY_LEN(dims); i++)
        if (str_eq(unit->dimension->name, str_of(dims[i])))
            return true;
    return false;
}

/* Nothing but the numeral itself says that it is a value: 三元, 一级, 二次. */
static bool is_loose(const struct reading *q)
{
    return q->to == q->value_to &&
           (q->before == COMPARE_EQ || q->before == COMPARE_REACH || q->before == COMPARE_ABOUT);
}

/* Weak units stand before nouns and conditions all the time: 14天无人看守, 4个研究方向,
 * 1h内抗压强度. */
static bool is_attribute(const struct reading *q, const struct reader *r, bool plain)
{
    size_t n;
    if (!is_han(r->g.ch[q->to]))
        return false;
    if (plain && word_starting(r->u, r->g.low, q->to, r->g.n, ROLE_CONDITION, &n))
        return true;
    if (q->unit == r->percent && word_starting(r->u, r->g.low, q->to, r->g.n, ROLE_SHARE, &n))
        return true;
    if (q->to > q->value_to) /* 3年内 */
        return r->g.ch[q->to - 1] == HAN_WITHIN && str_eq(q->unit->dimension->name, STR("time"));
    return plain && !q->explicit_eq && (q->unit->dimension->count || is_period(q->unit)) &&
           !word_starting(r->u, r->g.low, q->to, r->g.n, ROLE_CUT | ROLE_AFTER, &n);
}

/* A bare number is one only where the text says so and nothing follows that may be its unit. */
static bool is_bare_number(const struct reading *q, const struct reader *r, enum compare compare)
{
    uint32_t next = r->g.ch[q->to], after = next ? r->g.ch[q->to + 1] : 0;
    bool precise = q->a.x.fraction || (compare != COMPARE_EQ && compare != COMPARE_RANGE);
    size_t n;
    if (next == ' ' && is_letter(after) &&
        !word_starting(r->u, r->g.low, q->to + 1, r->g.n, ROLE_CUT | ROLE_JOIN, &n))
        return false;
    bool ends = next == 0 || next == '\n' || next == ',' || next == ';' || next == 0x3002 ||
                q->to > q->value_to || (next == '.' && (after == 0 || after == '\n')) ||
                (precise && (next == ' ' || next == '(' || next == '\t' || next == ')' ||
                             next == 0x3001 || (next == '.' && after == ' ')));
    return ends && (q->explicit_eq || precise) && q->noun.to > q->noun.from && !q->a.x.chinese &&
           (q->a.x.digits < 7 || q->a.x.fraction);
}

bool reading_is_worth(const struct reading *q, const struct reader *r, enum compare compare)
{
    bool named = q->noun.to > q->noun.from;
    bool plain = compare == COMPARE_EQ || compare == COMPARE_ABOUT || compare == COMPARE_RANGE ||
                 (q->a.x.more && q->before == COMPARE_EQ);
    if (is_not_name(r, q->noun) || (is_date(q, r) && plain))
        return false;
    if (!q->unit)
        return is_bare_number(q, r, compare);
    if (q->a.x.chinese && q->a.x.percent_of == 0 && q->shape == COMPARE_EQ &&
        (q->unit->dimension->count ? plain || q->a.x.weak : q->a.x.weak && is_loose(q)))
        return false;
    if (is_attribute(q, r, plain))
        return false;
    bool unnamed_plain = compare == COMPARE_EQ || compare == COMPARE_ABOUT;
    return named || q->unit->dimension->specific || !(q->unit->dimension->weak || unnamed_plain);
}

bool reading_is_aside(const struct reading *q, const struct reader *r)
{
    const struct glyphs *g = &r->g;
    if (q->from == 0 || g->ch[q->from - 1] != '(' || g->ch[q->to] != ')' || q->before != COMPARE_EQ)
        return false;
    uint32_t next = g->ch[blank(r, q->to + 1)];
    return q->shape != COMPARE_PLUSMINUS && next != '\n' &&
           (!is_boundary(next) || next == ':' || next == 0x2264 || next == 0x2265 || next == '<' ||
            next == '>' || next == '=' || next == 0xB1);
}
