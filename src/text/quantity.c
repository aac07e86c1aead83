#include "text/quantity.h"

#include <math.h>

#include "text/quantity_int.h"

enum { RIGHT_GAP = 4 };
enum { HAN_OF = 0x7684, HAN_WITHIN = 0x5185, HAN_YEAR = 0x5E74, HAN_MONTH = 0x6708 };

struct reader {
    const struct units *u;
    const struct unit *percent;
    struct glyphs g;
    struct vec_quantity *out;
    size_t left;      /* names and comparisons reach back to here: the end of the last value */
    struct noun last; /* name of the last value, for the next one in a list */
    const struct unit *last_unit;
    bool last_used; /* there is one in this clause */
    struct err *e;
};

/* One number with its unit. */
struct operand {
    struct number x;
    struct unit_hit unit;
    size_t from, to; /* glyphs, sign included */
    bool minus;
};

/* What stands at a number, as it is put together. */
struct reading {
    struct operand a, b;
    enum compare shape; /* EQ, RANGE or PLUSMINUS */
    unsigned before;    /* comparison read on the left, COMPARE_REACH and _BETTER included */
    bool explicit_eq;   /* 为, =, : */
    size_t from, to;    /* whole */
    size_t value_from, value_to;
    struct noun noun;
    const struct unit *unit, *per;
    size_t lead_from, lead_to; /* a leading unit; lead_to 0: none */
};

static size_t blank(const struct reader *r, size_t i)
{
    return i + (r->g.ch[i] == ' ');
}

static size_t blank_left(const struct reader *r, size_t i)
{
    return i - (i > r->left && r->g.ch[i - 1] == ' ');
}

static bool read_operand(struct operand *o, const struct reader *r, size_t at, bool sign)
{
    const struct glyphs *g = &r->g;
    *o = (struct operand){.from = at};
    if (sign && (g->ch[at] == '-' || g->ch[at] == '+')) {
        o->minus = g->ch[at] == '-';
        at++;
    }
    if (!is_digit(g->ch[at]) && !is_numeral(g->ch[at])) {
        o->to = at + 1;
        return false;
    }
    bool ok = number_read(&o->x, r->u, g, at);
    o->to = o->x.to;
    if (!ok)
        return false;
    if (o->x.percent_of > 0) {
        o->unit.unit = r->percent;
        o->x.value *= 100 / o->x.percent_of;
        return r->percent != NULL;
    }
    o->unit = unit_at(r->u, g, o->to, r->left, o->from);
    if (o->unit.unit)
        o->to = o->unit.end;
    return true;
}

/* 20×30, 1/3, 1:2, 8:30, 2023-05-01, 6061-T6: numbers that are parts of something else. Returns
 * where it ends, or 0. */
static size_t part_of_code(const struct reader *r, size_t end)
{
    const struct glyphs *g = &r->g;
    size_t i = blank(r, end), from = end;
    for (;;) {
        uint32_t c = g->ch[i];
        bool times = c == 0xD7 || c == '*' || (g->low[i] == 'x' && !is_letter(g->ch[i + 1]));
        bool tight = i == end && (c == '/' || c == ':');
        size_t j = times ? blank(r, i + 1) : i + 1;
        if ((!times && !tight) || !is_digit(g->ch[j]))
            return end == from ? 0 : end;
        struct operand o;
        read_operand(&o, r, j, false);
        end = MAX(o.to, j + 1);
        i = blank(r, end);
    }
}

/* Is the number at `at` the tail of a word or code: Q235, PM2.5, IL-6, GB/T 4754? */
static bool behind_word(const struct reader *r, size_t at)
{
    const struct glyphs *g = &r->g;
    size_t n, from;
    if (at == 0)
        return false;
    uint32_t c = g->ch[at - 1];
    if (c == '.' || (c == '/' && at > 1 && !is_boundary(g->ch[at - 2])))
        return true;
    bool hyphen = c == '-' && at > 1 && (is_letter(g->ch[at - 2]) || is_digit(g->ch[at - 2]));
    if (is_letter(c) || hyphen)
        return !unit_leading(r->u, g, at - hyphen, &from);
    return word_ending(r->u, g->low, r->left, at - (c == ' '), ROLE_NOT_BEHIND, &n) != NULL;
}

/* A sign belongs to the number where it cannot be a dash. */
static size_t with_sign(const struct reader *r, size_t at)
{
    const struct glyphs *g = &r->g;
    if (at == 0 || at == r->left || (g->ch[at - 1] != '-' && g->ch[at - 1] != '+'))
        return at;
    if (at == 1)
        return 0;
    uint32_t c = g->ch[at - 2];
    return c == '-' || c == '+' || is_letter(c) || is_digit(c) || c == '%' ? at : at - 1;
}

/* The second number of a range or tolerance; sets the shape. */
static void read_second(struct reading *q, const struct reader *r)
{
    const struct glyphs *g = &r->g;
    size_t n = 0, j = blank(r, q->a.to), left = blank_left(r, q->from);
    unsigned between = word_ending(r->u, g->low, r->left, left, ROLE_BETWEEN, &n) ? ROLE_JOIN : 0;
    bool sign = false;
    if (g->ch[j] == 0xB1 || (g->ch[j] == '+' && (g->ch[j + 1] == '-' || g->ch[j + 1] == '/'))) {
        q->shape = COMPARE_PLUSMINUS;
        j += g->ch[j] == 0xB1 ? 1 : 2 + (g->ch[j + 1] == '/');
    } else if (word_starting(r->u, g->low, j, g->n, ROLE_RANGE | between, &n)) {
        q->shape = COMPARE_RANGE;
        sign = g->ch[j] != '-' || j > q->a.to;
        j += n;
    } else {
        return;
    }
    if (!read_operand(&q->b, r, blank(r, j), sign) || q->b.unit.foreign) {
        q->shape = COMPARE_EQ;
        return;
    }
    q->to = q->value_to = q->b.to;
}

/* (20±2)℃: the unit behind the bracket. */
static void read_bracket_unit(struct reading *q, const struct reader *r)
{
    const struct glyphs *g = &r->g;
    if (q->shape == COMPARE_EQ || q->b.unit.unit || g->ch[q->to] != ')' || q->from == 0 ||
        g->ch[q->from - 1] != '(')
        return;
    struct unit_hit hit = unit_at(r->u, g, q->to + 1, r->left, q->from);
    if (!hit.unit || hit.foreign)
        return;
    q->b.unit = hit;
    q->from--;
    q->value_from--;
    q->to = q->value_to = hit.end;
}

/* Words that end at p and say how the value compares; returns where they begin. */
static size_t read_compare(struct reading *q, const struct reader *r, size_t p)
{
    const struct glyphs *g = &r->g;
    for (int k = 0; k < 3; k++) {
        size_t s = p, n = 0, keep = 0;
        while (s > r->left && (g->ch[s - 1] == ' ' || g->ch[s - 1] == '\t'))
            s--;
        const struct word *w = word_ending(r->u, g->low, r->left, s, ROLE_BEFORE, &n);
        if (!w || (word_ending(r->u, g->low, r->left, s, ROLE_KEEP, &keep) && keep > n))
            break;
        p = s - n;
        if (w->before == COMPARE_EQ) {
            q->explicit_eq = true;
        } else if (q->before == COMPARE_EQ || q->before == COMPARE_ABOUT) {
            q->before = w->before;
            q->from = p;
            if (w->before == COMPARE_PLUSMINUS)
                q->value_from = p;
        }
    }
    return p;
}

/* What stands left of the value: how it compares, and a unit that leads. */
static void read_before(struct reading *q, const struct reader *r)
{
    size_t from, p = blank_left(r, read_compare(q, r, q->from));
    const struct unit *lead = q->unit ? NULL : unit_leading(r->u, &r->g, p, &from);
    if (!lead || from < r->left)
        return;
    q->unit = lead;
    q->from = from;
    q->explicit_eq = true;
    q->lead_to = p;
    q->lead_from = from;
    read_compare(q, r, from);
}

static void read_after(struct reading *q, const struct reader *r)
{
    size_t n = 0, keep = 0, at = blank(r, q->to);
    const struct word *w = word_starting(r->u, r->g.low, at, r->g.n, ROLE_AFTER, &n);
    if (!w || (word_starting(r->u, r->g.low, at, r->g.n, ROLE_KEEP, &keep) && keep > n))
        return;
    q->to = at + n;
    if (q->before == COMPARE_EQ || q->before == COMPARE_ABOUT || q->before == COMPARE_REACH)
        q->before = w->after;
}

/* One unit for both numbers; false where they do not go together. */
static bool settle_units(struct reading *q)
{
    struct operand *a = &q->a, *b = &q->b;
    if (q->shape != COMPARE_EQ) {
        bool relative = q->shape == COMPARE_PLUSMINUS && a->unit.unit && b->unit.unit &&
                        a->unit.unit->dimension != b->unit.unit->dimension;
        if (relative && str_eq(b->unit.unit->symbol, STR("%"))) {
            b->x.value = fabs(a->x.value) * b->x.value / 100;
            b->unit = a->unit;
        }
        if (!b->unit.unit)
            b->unit = a->unit;
        if (!a->unit.unit) {
            a->unit = b->unit;
            if (a->x.scale == 1 && b->x.scale > 1 && a->x.value < b->x.value / b->x.scale)
                a->x.value *= b->x.scale; /* 1-2万元 */
        }
        if (a->unit.unit && (a->unit.unit->dimension != b->unit.unit->dimension ||
                             (a->unit.per != NULL) != (b->unit.per != NULL)))
            return false;
    }
    q->unit = a->unit.unit;
    q->per = a->unit.per;
    return true;
}

static double to_base(const struct operand *o, double value, const struct unit *lead,
                      bool difference)
{
    const struct unit *unit = o->unit.unit ? o->unit.unit : lead;
    if (!unit)
        return value;
    if (o->unit.per)
        return value * unit->factor / o->unit.per->factor;
    return value * unit->factor + (difference ? 0 : unit->offset);
}

/* The direction and the same-name group of a name. */
static void classify(struct quantity *out, const struct reader *r, struct noun noun)
{
    const uint32_t *low = r->g.low;
    size_t n;
    for (size_t i = noun.from; i < noun.to; i++) {
        if (i > noun.from && is_letter(low[i]) && is_letter(low[i - 1]))
            continue;
        const struct word *w = word_starting(r->u, low, i, noun.to, ROLE_BETTER, &n);
        if (w)
            out->better = w->better;
    }
    if (out->better == BETTER_AS_SHARE)
        out->better = !out->unit ? 0 : str_eq(out->unit->dimension->name, STR("ratio")) ? 1 : -1;
    const struct word *same =
        noun.to > noun.from ? word_ending(r->u, low, noun.from, noun.to, ROLE_SAME, &n) : NULL;
    out->same = same ? same->same : 0;
}

/* The interval of the value, in the base unit. */
static void fill_interval(struct quantity *out, const struct reading *q, enum compare compare)
{
    const struct operand *a = &q->a, *b = &q->b;
    double x = a->minus ? -a->x.value : a->x.value, y = b->minus ? -b->x.value : b->x.value;
    bool difference = out->change != 0;
    if (compare == COMPARE_RANGE) {
        double low = to_base(a, x, q->unit, difference), high = to_base(b, y, q->unit, difference);
        out->low = MIN(low, high);
        out->high = MAX(low, high);
        return;
    }
    double spread = compare == COMPARE_ABOUT ? fabs(x) / 10 : 0;
    if (compare == COMPARE_PLUSMINUS && q->shape == COMPARE_PLUSMINUS) {
        double middle = to_base(a, x, q->unit, difference), half = to_base(b, y, q->unit, true);
        out->low = middle - half;
        out->high = middle + half;
        return;
    }
    if (compare == COMPARE_PLUSMINUS) { /* ±0.05 alone */
        out->high = to_base(a, x, q->unit, true);
        out->low = -out->high;
        return;
    }
    bool up = compare == COMPARE_GE || compare == COMPARE_GT;
    bool down = compare == COMPARE_LE || compare == COMPARE_LT;
    out->low = down ? -INFINITY : to_base(a, x - spread, q->unit, difference);
    out->high = up ? INFINITY : to_base(a, x + spread, q->unit, difference);
}

static struct span span_of(const struct reader *r, size_t from, size_t to)
{
    while (to > from && r->g.ch[to - 1] == ' ')
        to--;
    return (struct span){r->g.at[from], r->g.at[to]};
}

/* The comparison that is meant, once the direction of the name is known. */
static enum compare settle_compare(const struct reading *q, int better, int change)
{
    if (q->shape != COMPARE_EQ)
        return q->shape;
    bool down = better < 0 && change == 0;
    if (q->before == COMPARE_REACH)
        return down ? COMPARE_LE : COMPARE_GE;
    if (q->before == COMPARE_BETTER)
        return down ? COMPARE_LT : COMPARE_GT;
    if (q->before == COMPARE_EQ && q->a.x.more)
        return COMPARE_GE;
    return (enum compare)q->before;
}

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
                (precise && (next == ' ' || next == '\t' || next == ')' || next == 0x3001 ||
                             (next == '.' && after == ' ')));
    return ends && (q->explicit_eq || precise) && q->noun.to > q->noun.from && !q->a.x.chinese &&
           (q->a.x.digits < 7 || q->a.x.fraction);
}

/* Is it a quantity worth having? The rules are on the side of leaving out. */
static bool is_worth(const struct reading *q, const struct reader *r, enum compare compare)
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

/* Only list marks or joining words between the last value and this one. */
static bool continues_list(const struct reader *r, size_t end)
{
    const struct glyphs *g = &r->g;
    size_t i = r->left, n;
    if (!r->last_used || end - i > RIGHT_GAP)
        return false;
    while (i < end) {
        uint32_t c = g->ch[i];
        if (c == ',' || c == 0x3001 || c == ' ' || c == '/')
            i++;
        else if (word_starting(r->u, g->low, i, end,
                               ROLE_JOIN | ROLE_TO | ROLE_ARRIVE | ROLE_FILLER, &n))
            i += n;
        else
            return false;
    }
    return true;
}

/* 95%的准确率 names its value, 75%的油耗 does not. */
static bool is_property(const struct reading *q, const struct reader *r, struct noun noun,
                        bool word)
{
    static const uint32_t ends[] = {0x7387, 0x5EA6, 0x6BD4, 0x6027}; /* 率度比性 */
    if (!q->unit || !str_eq(q->unit->dimension->name, STR("ratio")))
        return !q->unit || !q->unit->dimension->weak;
    if (word)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (r->g.ch[noun.to - 1] == ends[i])
            return true;
    return false;
}

/* The noun phrase on the right, where the value stands before it: 150Pa的压强, 300 Wh/kg energy
 * density. */
static bool name_right(struct reading *q, const struct reader *r)
{
    const struct glyphs *g = &r->g;
    bool of = g->ch[q->to] == HAN_OF, word = g->ch[q->to] == ' ' && is_letter(g->ch[q->to + 1]);
    if (!of && !word)
        return false;
    struct noun right = noun_right(r->u, g, q->to + of);
    if (right.to <= right.from + 1 || !is_property(q, r, right, word))
        return false;
    q->noun.from = right.from;
    q->noun.to = right.to;
    return true;
}

static void find_name(struct reading *q, struct reader *r)
{
    size_t p = blank_left(r, q->from);
    q->noun = noun_left(r->u, &r->g, r->left, q->from);
    if (q->unit == r->percent && p > r->left && r->g.ch[p - 1] == HAN_OF)
        q->noun.from = q->noun.to = 0; /* a share: 石油化工产品的50% */
    if (q->unit == r->percent && r->g.ch[q->to] == HAN_OF && name_right(q, r))
        return; /* 保持20%左右的增长率 */
    if (q->noun.to > q->noun.from)
        return;
    if (q->lead_to) { /* pH≥7: its own name */
        q->noun.from = q->lead_from;
        q->noun.to = q->lead_to;
        return;
    }
    if (q->unit == r->last_unit && continues_list(r, q->from)) {
        int8_t change = q->noun.change;
        q->noun = r->last;
        q->noun.change = change ? change : r->last.change;
        return;
    }
    name_right(q, r);
}

static bool arrives(const struct reader *r, size_t at)
{
    size_t n;
    for (size_t i = at; i < at + RIGHT_GAP && i < r->g.n; i++)
        if (word_starting(r->u, r->g.low, i, r->g.n, ROLE_ARRIVE, &n))
            return true;
    return false;
}

static enum rc add(struct reader *r, struct reading *q)
{
    struct quantity out = {.unit = q->unit, .per = q->per, .change = q->noun.change};
    classify(&out, r, q->noun);
    enum compare compare = settle_compare(q, out.better, out.change);
    if (!is_worth(q, r, compare))
        return RC_OK;
    r->last = q->noun;
    r->last_unit = q->unit;
    r->last_used = q->noun.to > q->noun.from;
    if (q->noun.start_value && arrives(r, q->to)) /* the value of old */
        return RC_OK;
    out.compare = compare;
    fill_interval(&out, q, compare);
    if (isnan(out.low) || isnan(out.high))
        return RC_OK;
    out.name = span_of(r, q->noun.from, q->noun.to);
    out.whole = span_of(r, q->from, q->to);
    out.value = span_of(r, q->value_from, q->value_to);
    return vec_push(r->out, out, r->e);
}

/* A plain value alone in brackets within a phrase: 抗拉强度（20℃）不低于… is at 20 ℃. */
static bool is_aside(const struct reading *q, const struct reader *r)
{
    const struct glyphs *g = &r->g;
    if (q->from == 0 || g->ch[q->from - 1] != '(' || g->ch[q->to] != ')' || q->before != COMPARE_EQ)
        return false;
    uint32_t next = g->ch[blank(r, q->to + 1)];
    return q->shape != COMPARE_PLUSMINUS && next != '\n' &&
           (!is_boundary(next) || next == ':' || next == 0x2264 || next == 0x2265 || next == '<' ||
            next == '>' || next == '=' || next == 0xB1);
}

/* Reads what stands at the digit or numeral `at`; *next is where to go on. */
static enum rc read_at(struct reader *r, size_t at, size_t *next)
{
    const struct glyphs *g = &r->g;
    struct reading q = {.shape = COMPARE_EQ};
    size_t n, from = with_sign(r, at);
    bool ok = read_operand(&q.a, r, from, true);
    *next = MAX(q.a.to, at + 1);
    bool chinese = is_han(g->ch[at]);
    if (!ok || (!chinese && behind_word(r, at)) ||
        (chinese && word_ending(r->u, g->low, r->left, at, ROLE_VAGUE, &n)))
        return RC_OK;
    size_t code = part_of_code(r, q.a.to);
    if (code) {
        *next = r->left = code;
        return RC_OK;
    }
    q.from = q.value_from = q.a.from;
    q.to = q.value_to = q.a.to;
    if (word_ending(r->u, g->low, r->left, blank_left(r, q.from), ROLE_MINUS, &n)) {
        q.a.minus = true;
        q.from = q.value_from = blank_left(r, q.from) - n;
    }
    read_second(&q, r);
    *next = q.to;
    if (q.a.unit.foreign && !(q.shape != COMPARE_EQ && !q.a.unit.unit && q.b.unit.unit))
        return RC_OK;
    read_bracket_unit(&q, r);
    *next = q.to;
    if (!settle_units(&q) || (chinese && !q.unit)) /* 一般 */
        return RC_OK;
    read_before(&q, r);
    read_after(&q, r);
    *next = q.to;
    if (is_aside(&q, r)) {
        *next = q.to + 1;
        return RC_OK;
    }
    find_name(&q, r);
    r->left = q.to;
    return add(r, &q);
}

enum rc quantities_read(struct vec_quantity *out, struct str text, const struct units *u,
                        struct err *e)
{
    struct reader r = {.u = u, .out = out, .percent = units_find(u, STR("%")), .e = e};
    size_t first = out->n;
    text = str_sub(text, 0, UINT32_MAX - 1);
    TRY(glyphs_init(&r.g, text, e));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < r.g.n && out->n - first < QUANTITIES_MAX;) {
        uint32_t c = r.g.ch[i];
        if (c == '\n' || c == ';' || c == 0x3002)
            r.last_used = false;
        if (!is_digit(c) && (c < 0x4E00 || !(is_numeral(c)))) {
            i++;
            continue;
        }
        size_t next = i + 1;
        rc = read_at(&r, i, &next);
        i = next;
    }
    glyphs_free(&r.g);
    return rc;
}
