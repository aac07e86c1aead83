#include "text/quantity.h"

#include <math.h>

#include "text/quantity_int.h"

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
    if (is_letter(c) && word_ending(r->u, g->low, r->left, at, ROLE_LABEL, &n))
        return false;
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
    size_t n = 0, m, j = blank(r, q->a.to), left = blank_left(r, q->from);
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
    if (q->shape == COMPARE_RANGE && word_ending(r->u, g->low, r->left, left, ROLE_FROM, &n) &&
        word_ending(r->u, g->low, r->left, blank_left(r, left - n), ROLE_CHANGE, &m)) {
        q->shape = COMPARE_EQ;
        q->arrived = true;
        q->value_from = q->b.from;
        q->from = left - n;
        if (!q->b.unit.unit)
            q->b.unit = q->a.unit;
        q->a = q->b;
    }
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
        double middle = to_base(a, x, q->unit, difference),
               half = fabs(to_base(b, y, q->unit, true));
        out->low = middle - half;
        out->high = middle + half;
        return;
    }
    if (compare == COMPARE_PLUSMINUS) { /* ±0.05 alone */
        out->high = fabs(to_base(a, x, q->unit, true));
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

static enum rc add(struct reader *r, struct reading *q)
{
    struct quantity out = {.unit = q->unit, .per = q->per, .change = q->noun.change};
    classify(&out, r, q->noun);
    enum compare compare = settle_compare(q, out.better, out.change);
    if (!reading_is_worth(q, r, compare))
        return RC_OK;
    out.stated = reading_stated(q, r, compare);
    r->last = q->noun;
    r->last_unit = q->unit;
    r->last_used = q->noun.to > q->noun.from;
    if (q->noun.start_value && reading_arrives(r, q->to)) /* the value of old */
        return RC_OK;
    out.compare = compare;
    fill_interval(&out, q, compare);
    if (isnan(out.low) || isnan(out.high))
        return RC_OK;
    out.name = span_of(r, q->noun.from, q->noun.to);
    out.whole = span_of(r, q->from, q->to);
    out.value = span_of(r, q->value_from, q->value_to);
    quantities_review(r, &out, r->text);
    return vec_push(r->out, out, r->e);
}

/* The numbers and their unit: fills q, and sets *next to where to go on. False: no value here. */
static bool read_value(struct reading *q, struct reader *r, size_t at, size_t *next)
{
    const struct glyphs *g = &r->g;
    size_t n;
    bool chinese = is_han(g->ch[at]), ok = read_operand(&q->a, r, with_sign(r, at), true);
    *next = MAX(q->a.to, at + 1);
    if (!ok || (chinese ? word_ending(r->u, g->low, r->left, at, ROLE_VAGUE, &n) != NULL
                        : behind_word(r, at)))
        return false;
    size_t code = part_of_code(r, q->a.to);
    if (code) {
        *next = r->left = code;
        return false;
    }
    q->from = q->value_from = q->a.from;
    q->to = q->value_to = q->a.to;
    if (word_ending(r->u, g->low, r->left, blank_left(r, q->from), ROLE_MINUS, &n)) {
        q->a.minus = true;
        q->from = q->value_from = blank_left(r, q->from) - n;
    }
    read_second(q, r);
    *next = q->to;
    if (q->a.unit.foreign && (q->shape == COMPARE_EQ || q->a.unit.unit || !q->b.unit.unit))
        return false;
    read_bracket_unit(q, r);
    *next = q->to;
    return settle_units(q) && (q->unit || !chinese); /* 一般 */
}

/* Reads what stands at the digit or numeral `at`; *next is where to go on. */
static enum rc read_at(struct reader *r, size_t at, size_t *next)
{
    struct reading q = {.shape = COMPARE_EQ};
    if (!read_value(&q, r, at, next))
        return RC_OK;
    read_before(&q, r);
    read_after(&q, r);
    *next = q.to;
    if (reading_is_aside(&q, r)) { /* the name before the bracket is for what follows it */
        *next = q.to + 1;
        return RC_OK;
    }
    reading_find_name(&q, r);
    r->left = q.to;
    return add(r, &q);
}

enum rc quantities_read(struct vec_quantity *out, struct str text, const struct units *u,
                        struct err *e)
{
    struct reader r = {.u = u, .out = out, .percent = units_find(u, STR("%")), .e = e};
    text = str_sub(text, 0, UINT32_MAX - 1);
    r.text = text;
    r.first = r.sentence = out->n;
    TRY(glyphs_init(&r.g, text, e));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < r.g.n && out->n - r.first < QUANTITIES_MAX;) {
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
