/* Whether a value is asked for, or only told: how things are, how others do, under what condition.
 *
 * Read from the left, words of the table move a state. A mark (目前, 国外) holds for its clause
 * and, as an echo, for what follows it up to the end of the sentence; a word of demand ends either.
 * An echo is weak: 达到 or ≥ ends it as well, but not the mark itself (目前已达到…). */
#include "text/quantity_int.h"

enum state { OPEN, WANTED, WANTED_ECHO, NOW, NOW_ECHO, THEIRS, THEIRS_ECHO, STATES };

static const struct {
    uint32_t role;
    uint8_t next[STATES];
} moves[] = {
    /* from:       OPEN    WANTED  (echo)       NOW     (echo)    THEIRS  (echo) */
    {ROLE_DEMAND, {WANTED, WANTED, WANTED, WANTED, WANTED, WANTED, WANTED}},
    {ROLE_OTHERS, {THEIRS, WANTED, THEIRS, THEIRS, THEIRS, THEIRS, THEIRS}},
    {ROLE_PRESENT, {NOW, WANTED, NOW, NOW, NOW, THEIRS, NOW}},
    {ROLE_USUAL, {NOW, WANTED, WANTED_ECHO, NOW, NOW, THEIRS, THEIRS_ECHO}},
    {ROLE_REACH, {WANTED, WANTED, WANTED, NOW, WANTED, THEIRS, WANTED}},
    {ROLE_TURN, {OPEN, OPEN, OPEN, OPEN, OPEN, OPEN, OPEN}},
    {ROLE_PROBLEM, {OPEN, OPEN, OPEN, NOW, NOW, THEIRS, THEIRS}},
};

/* What a comma or a value leaves. */
static const uint8_t echo[STATES] = {OPEN,     WANTED_ECHO, WANTED_ECHO, NOW_ECHO,
                                     NOW_ECHO, THEIRS_ECHO, THEIRS_ECHO};

static const enum stated meaning[STATES] = {ASKED, ASKED, ASKED, PRESENT, PRESENT, OTHERS, OTHERS};

enum {
    ROLES_STATED = ROLE_DEMAND | ROLE_OTHERS | ROLE_PRESENT | ROLE_USUAL | ROLE_REACH | ROLE_TURN |
                   ROLE_PROBLEM
};

static bool ends_sentence(const struct glyphs *g, size_t i)
{
    uint32_t c = g->ch[i];
    return c == 0x3002 || c == ';' || c == '\n' || c == '\t' || c == '!' || c == '?' ||
           (c == '.' && (i + 1 >= g->n || g->ch[i + 1] == ' '));
}

/* The word at i, where no longer one that hides it (需氧量, 反应) begins there or holds it. */
static const struct word *word_at(const struct reader *r, size_t i, size_t *n)
{
    const uint32_t *low = r->g.low;
    size_t keep = 0;
    if (!is_han(low[i]) && (!is_letter(low[i]) || (i > 0 && is_letter(low[i - 1]))))
        return NULL;
    const struct word *w = word_starting(r->u, low, i, r->g.n, ROLES_STATED, n);
    if (!w)
        return NULL;
    if (word_starting(r->u, low, i, r->g.n, ROLE_KEEP, &keep) && keep > *n)
        return NULL;
    bool inside =
        is_han(low[i]) && word_ending(r->u, low, 0, i + *n, ROLE_KEEP, &keep) && keep > *n;
    return inside ? NULL : w;
}

static uint8_t move(uint8_t state, uint32_t roles)
{
    for (size_t k = 0; k < ARRAY_LEN(moves); k++)
        if (roles & moves[k].role)
            return moves[k].next[state];
    return state;
}

/* Moves the state over the text up to `end`, from the last sentence that begins before it. */
static void read_on(struct reader *r, size_t end)
{
    for (size_t i = end; i > r->told_to; i--)
        if (ends_sentence(&r->g, i - 1)) {
            r->told = OPEN;
            r->told_to = i;
            r->sentence = r->out->n;
        }
    while (r->told_to < end) {
        size_t n = 0;
        const struct word *w = word_at(r, r->told_to, &n);
        if (w)
            r->told = move(r->told, w->roles);
        else if (r->g.ch[r->told_to] == ',')
            r->told = echo[r->told];
        r->told_to += w ? n : 1;
    }
}

/* Does a word of `role` follow the value, perhaps after 的? */
static bool follows(const struct reading *q, const struct reader *r, unsigned role)
{
    size_t n, to = blank(r, q->to);
    return word_starting(r->u, r->g.low, q->value_to, r->g.n, role, &n) ||
           word_starting(r->u, r->g.low, to, r->g.n, role, &n) ||
           (r->g.ch[to] == HAN_OF && word_starting(r->u, r->g.low, to + 1, r->g.n, role, &n));
}

static bool is_bound(enum compare c)
{
    return c == COMPARE_GE || c == COMPARE_LE || c == COMPARE_PLUSMINUS;
}

enum stated reading_stated(const struct reading *q, struct reader *r, enum compare compare)
{
    size_t n;
    read_on(r, q->value_from);
    uint8_t state = r->told;
    r->told = echo[state];
    r->told_to = MAX(r->told_to, q->value_to);
    if (follows(q, r, ROLE_PROBLEM))
        return meaning[state] == OTHERS ? OTHERS : PRESENT;
    bool named = q->noun.to > q->noun.from;
    if (follows(q, r, ROLE_CONDITION) ||
        (state != WANTED && named &&
         word_ending(r->u, r->g.low, q->noun.from, q->noun.to, ROLE_CONDITION_NAME, &n)))
        return CONDITION;
    bool weak = state == NOW_ECHO || state == THEIRS_ECHO;
    if (weak && is_bound(compare) && q->before != COMPARE_EQ)
        r->told = state = OPEN;
    return meaning[state];
}

static bool apart(const struct quantity *a, const struct quantity *b)
{
    return a->high < b->low || b->high < a->low ||
           (a->compare == COMPARE_GT && a->low >= b->high) ||
           (a->compare == COMPARE_LT && a->high <= b->low);
}

void quantities_review(struct reader *r, const struct quantity *now, struct str text)
{
    struct str name = span_str(text, now->name);
    size_t at = r->out->n;
    if (at - r->first >= QUANTITIES_MAX)
        return;
    r->is_open[at - r->first] = r->told == OPEN;
    if (r->told != WANTED_ECHO || now->stated != ASKED || name.n == 0)
        return;
    for (size_t i = r->first; i < r->sentence; i++) {
        struct quantity *q = &r->out->p[i];
        if (r->is_open[i - r->first] && q->stated == ASKED && q->unit && now->unit &&
            q->unit->dimension == now->unit->dimension && q->per == now->per &&
            q->change == now->change && str_eq(span_str(text, q->name), name) && apart(q, now))
            q->stated = PRESENT;
    }
}
