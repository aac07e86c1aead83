/* Needs against offers. */
#include <math.h>

#include "text/quantity_int.h"

enum { NAME_MAX_GLYPHS = 48 };

static bool same_kind(const struct quantity *a, const struct quantity *b)
{
    if (!a->unit != !b->unit || !a->per != !b->per || a->change != b->change)
        return false;
    return (!a->unit || a->unit->dimension == b->unit->dimension) &&
           (!a->per || a->per->dimension == b->per->dimension);
}

/* Conversions round: equal within a billionth. */
static double slack(double x)
{
    return isfinite(x) ? 1e-9 * fabs(x) : 0;
}

static bool at_least(double x, double y)
{
    return x >= y - slack(y);
}

static bool beyond(double x, double y)
{
    return x > y + slack(y);
}

static enum verdict verdict(bool met, bool missed)
{
    return met ? VERDICT_MET : missed ? VERDICT_MISSED : VERDICT_UNKNOWN;
}

static enum verdict judge_floor(double floor, bool strict, const struct quantity *offer)
{
    bool above = offer->compare == COMPARE_GT;
    bool met = strict && !above ? beyond(offer->low, floor) : at_least(offer->low, floor);
    bool under = offer->compare == COMPARE_LT || strict;
    return verdict(met, under ? at_least(floor, offer->high) : beyond(floor, offer->high));
}

static enum verdict judge_ceiling(double ceiling, bool strict, const struct quantity *offer)
{
    bool below = offer->compare == COMPARE_LT;
    bool met = strict && !below ? beyond(ceiling, offer->high) : at_least(ceiling, offer->high);
    bool over = offer->compare == COMPARE_GT || strict;
    return verdict(met, over ? at_least(offer->low, ceiling) : beyond(offer->low, ceiling));
}

static enum verdict judge_inside(double low, double high, const struct quantity *offer)
{
    double from = offer->low;
    if (low == -high && isinf(from)) /* ±0.05 asked, 误差≤0.02 offered */
        from = -offer->high;
    bool inside = at_least(from, low) && at_least(high, offer->high);
    return verdict(inside, beyond(offer->low, high) || beyond(low, offer->high));
}

/* A plain value: a floor or a ceiling where the name tells, else only equality counts. */
static enum verdict judge_plain(const struct quantity *need, const struct quantity *offer)
{
    int better = need->better ? need->better : offer->better;
    if (need->change) /* the more it changes the better, unless it changes for the worse */
        better = better && better != need->change ? -1 : 1;
    if (better > 0)
        return judge_floor(need->low, false, offer);
    if (better < 0)
        return judge_ceiling(need->low, false, offer);
    double near = 0.01 * fabs(need->low);
    bool equal = offer->low >= need->low - near && offer->high <= need->low + near;
    return equal ? VERDICT_MET : VERDICT_UNKNOWN;
}

enum verdict quantity_judge(const struct quantity *need, const struct quantity *offer)
{
    if (!same_kind(need, offer))
        return VERDICT_UNKNOWN;
    switch (need->compare) {
    case COMPARE_GE:
    case COMPARE_GT:
        return judge_floor(need->low, need->compare == COMPARE_GT, offer);
    case COMPARE_LE:
    case COMPARE_LT:
        return judge_ceiling(need->high, need->compare == COMPARE_LT, offer);
    case COMPARE_EQ:
        return judge_plain(need, offer);
    case COMPARE_ABOUT:
    case COMPARE_RANGE:
    case COMPARE_PLUSMINUS:
        break;
    }
    return judge_inside(need->low, need->high, offer);
}

/* ---- names ---- */

struct name {
    uint32_t ch[NAME_MAX_GLYPHS];
    size_t n;
};

static void name_read(struct name *out, struct str text, struct span span)
{
    uint32_t low[NAME_MAX_GLYPHS];
    size_t n = glyphs_low(low, NAME_MAX_GLYPHS, span_str(text, span));
    out->n = 0;
    for (size_t i = 0; i < n; i++)
        if (is_letter(low[i]) || is_digit(low[i]) || is_han(low[i]))
            out->ch[out->n++] = low[i];
}

static bool holds(const struct name *a, const uint32_t *p, size_t n)
{
    for (size_t i = 0; i + n <= a->n; i++)
        if (memcmp(a->ch + i, p, n * sizeof *p) == 0)
            return true;
    return false;
}

/* Does one name say 正 where the other says 负? */
static bool are_opposed(const struct name *a, const struct name *b, const struct units *u)
{
    size_t n;
    const struct opposite *o = units_opposites(u, &n);
    for (size_t i = 0; i < n; i++) {
        bool a0 = holds(a, o[i].side[0], o[i].n[0]), a1 = holds(a, o[i].side[1], o[i].n[1]);
        bool b0 = holds(b, o[i].side[0], o[i].n[0]), b1 = holds(b, o[i].side[1], o[i].n[1]);
        if ((a0 && !a1 && b1 && !b0) || (a1 && !a0 && b0 && !b1))
            return true;
    }
    return false;
}

/* Dice's coefficient of the character bigrams. */
static double bigrams_shared(const struct name *a, const struct name *b)
{
    bool used[NAME_MAX_GLYPHS] = {false};
    size_t shared = 0;
    if (a->n < 2 || b->n < 2)
        return 0;
    for (size_t i = 0; i + 1 < a->n; i++)
        for (size_t j = 0; j + 1 < b->n; j++)
            if (!used[j] && a->ch[i] == b->ch[j] && a->ch[i + 1] == b->ch[j + 1]) {
                used[j] = true;
                shared++;
                break;
            }
    return 2.0 * (double)shared / (double)(a->n + b->n - 2);
}

int quantity_names_agree(const struct quantity *a, struct str a_text, const struct quantity *b,
                         struct str b_text, const struct units *u)
{
    struct name x, y;
    bool specific = a->unit && a->unit->dimension->specific;
    name_read(&x, a_text, a->name);
    name_read(&y, b_text, b->name);
    if (x.n == 0 || y.n == 0)
        return (x.n == 0 && y.n == 0) || specific;
    if (are_opposed(&x, &y, u))
        return 0;
    if (x.n == y.n && holds(&x, y.ch, y.n))
        return 3;
    if (a->same && b->same)
        return a->same == b->same ? 3 : 0;
    const struct name *small = x.n < y.n ? &x : &y, *big = x.n < y.n ? &y : &x;
    size_t least = is_letter(small->ch[0]) ? 3 : 2;
    if ((small->n >= least && holds(big, small->ch, small->n)) || bigrams_shared(&x, &y) >= 0.5)
        return 2;
    return specific ? 1 : 0;
}

/* The best quantity of the offer for one of the need. */
static struct indicator judge_one(const struct quantity *need, struct str need_text,
                                  const struct vec_quantity *offers, struct str offer_text,
                                  const struct units *u)
{
    struct indicator best = {.offer = INDICATOR_NONE, .verdict = VERDICT_UNKNOWN};
    int best_rank = 0;
    for (size_t j = 0; j < offers->n; j++) {
        enum stated stated = offers->p[j].stated;
        if (!same_kind(need, &offers->p[j]) || stated == OTHERS || stated == CONDITION)
            continue;
        int agree = quantity_names_agree(need, need_text, &offers->p[j], offer_text, u);
        if (agree == 0)
            continue;
        enum verdict v = quantity_judge(need, &offers->p[j]);
        int rank = 4 * agree + 2 * (stated == ASKED) + (v != VERDICT_UNKNOWN);
        if (rank > best_rank) {
            best_rank = rank;
            best = (struct indicator){.offer = (uint32_t)j, .verdict = v};
        }
    }
    return best;
}

enum rc indicators_judge(struct vec_indicator *out, const struct vec_quantity *needs,
                         struct str need_text, const struct vec_quantity *offers,
                         struct str offer_text, const struct units *u, struct err *e)
{
    TRY(vec_reserve(out, needs->n, e));
    for (size_t i = 0; i < needs->n; i++) {
        if (needs->p[i].stated != ASKED)
            continue;
        struct indicator found = judge_one(&needs->p[i], need_text, offers, offer_text, u);
        found.need = (uint32_t)i;
        out->p[out->n++] = found;
    }
    return RC_OK;
}
