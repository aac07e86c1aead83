/* The noun phrase that a value belongs to. */
#include "text/quantity_int.h"

enum { NAME_GLYPHS = 18, NAME_WORDS = 6, BRACKET_GLYPHS = 40, RIGHT_GAP = 4, LIST_GAP = 16 };

bool is_boundary(uint32_t c)
{
    static const uint32_t marks[] = {0,      '\n',   '\t',   ',',    ';',    ':',    '!',    '?',
                                     '|',    '(',    ')',    '[',    ']',    '{',    '}',    '"',
                                     0x3001, 0x3002, 0x300A, 0x300B, 0x3010, 0x3011, 0x2018, 0x2019,
                                     0x201C, 0x201D, 0x300C, 0x300D, '<',    '>',    '=',    0x2264,
                                     0x2265, 0xB1,   '~',    0x2192};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (marks[i] == c)
            return true;
    return c >= 0x2460 && c <= 0x24FF; /* ① */
}

static bool in_token(const struct glyphs *g, size_t i)
{
    uint32_t c = g->ch[i];
    if (is_letter(c) || is_digit(c))
        return true;
    bool joins = c == '-' || c == '.' || c == '/' || c == '\'' || c == '+';
    return joins && i > 0 && (is_letter(g->ch[i - 1]) || is_digit(g->ch[i - 1])) &&
           (is_letter(g->ch[i + 1]) || is_digit(g->ch[i + 1]));
}

static bool has_letter(const struct glyphs *g, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (is_letter(g->ch[i]))
            return true;
    return false;
}

/* The bracket that the one at end - 1 closes, or `end`. */
static size_t open_bracket(const struct glyphs *g, size_t from, size_t end)
{
    size_t least = end - from > BRACKET_GLYPHS ? end - BRACKET_GLYPHS : from;
    for (size_t i = end - 1; i > least; i--)
        if (g->ch[i - 1] == '(')
            return i - 1;
    return end;
}

static bool is_trim(uint32_t c)
{
    return c == ' ' || c == '\t' || c == ':' || c == '"' || c == 0x201D || c == 0x3011 ||
           c == ']' || c == '=' || c == '*';
}

/* Takes the words between name and number off the end; notes a change of value. */
static size_t strip_fillers(struct noun *noun, bool *to, const struct units *u,
                            const struct glyphs *g, size_t from, size_t p)
{
    bool bracket = false;
    for (;;) {
        size_t n = 0, keep = 0;
        while (p > from && is_trim(g->ch[p - 1]))
            p--;
        if (p > from && g->ch[p - 1] == '(' && !bracket) { /* 抗拉强度（≥500MPa） */
            bracket = true;
            p--;
            continue;
        }
        if (p > from && g->ch[p - 1] == ')') {
            size_t open = open_bracket(g, from, p);
            if (open == p)
                return p;
            p = open;
            continue;
        }
        const struct word *w = word_ending(
            u, g->low, from, p,
            ROLE_FILLER | ROLE_BEFORE | ROLE_CHANGE | ROLE_TO | ROLE_FROM | ROLE_LABEL, &n);
        if (!w || (word_ending(u, g->low, from, p, ROLE_KEEP | ROLE_SAME | ROLE_BETTER, &keep) &&
                   keep > n))
            return p;
        if ((w->roles & ROLE_CHANGE) && !*to && !noun->change) {
            noun->change = w->change;
            noun->from = p - n; /* the name where nothing else stands before it */
            noun->to = p;
        }
        if ((w->roles & ROLE_LABEL) && noun->from == noun->to) {
            noun->from = p - n;
            noun->to = p;
        }
        *to = *to || (w->roles & ROLE_TO);
        noun->start_value = noun->start_value || (w->roles & ROLE_FROM);
        p -= n;
    }
}

/* One step left from p: a word, a kept word or a character. Returns p where the phrase ends. */
static size_t step_left(struct noun *noun, bool to, const struct units *u, const struct glyphs *g,
                        size_t from, size_t p)
{
    size_t t = p, n = 0, keep = 0;
    while (t > from && in_token(g, t - 1))
        t--;
    const struct word *cut =
        word_ending(u, g->low, from, p, ROLE_CUT | ROLE_CHANGE | ROLE_FROM, &n);
    const struct word *kept =
        word_ending(u, g->low, from, p, ROLE_KEEP | ROLE_SAME | ROLE_BETTER, &keep);
    if (cut && (cut->roles & (ROLE_CUT | ROLE_CHANGE)) == ROLE_CHANGE && n < 2)
        cut = NULL; /* 降 within a word */
    size_t suffix;
    if (cut && (cut->roles & ROLE_CHANGE) &&
        word_starting(u, g->low, p, g->n, ROLE_SUFFIX, &suffix))
        cut = NULL; /* 降低率 */
    if (kept && keep > n)
        return p - keep;
    if (cut && (t == p || n >= p - t)) {
        if ((cut->roles & ROLE_CHANGE) && !to && !noun->change)
            noun->change = cut->change;
        noun->start_value = noun->start_value || (cut->roles & ROLE_FROM);
        return p;
    }
    if (t < p)
        return has_letter(g, t, p) ? t : p;
    return p - 1;
}

/* May the phrase go on over the blank at p - 1? Between words yes, between Han characters no. */
static bool over_blank(const struct glyphs *g, size_t from, size_t p, size_t end)
{
    if (p < from + 2 || p >= end)
        return false;
    return is_letter(g->ch[p - 2]) || (is_digit(g->ch[p - 2]) && is_letter(g->ch[p]));
}

/* 成本较湿法降低20%, 寿命比同类产品长25%: the name is what stands before the comparison. */
static void cut_comparison(struct noun *noun, const struct units *u, const struct glyphs *g)
{
    static const struct {
        uint32_t ch;
        int8_t change;
    } ends[] = {{0x9AD8, 1},  {0x957F, 1},  {0x591A, 1},  {0x5927, 1},
                {0x4F4E, -1}, {0x77ED, -1}, {0x5C11, -1}, {0x5C0F, -1}}; /* 高长多大低短少小 */
    int8_t change = noun->change;
    for (size_t k = 0; k < ARRAY_LEN(ends) && !change && noun->to > noun->from; k++)
        if (g->ch[noun->to - 1] == ends[k].ch)
            change = ends[k].change;
    for (size_t i = noun->from + 2; change && i + 2 < noun->to; i++) {
        size_t n;
        if ((g->ch[i] != HAN_THAN && g->ch[i] != HAN_AGAINST) ||
            word_starting(u, g->low, i, noun->to, ROLE_KEEP | ROLE_SAME, &n) ||
            word_ending(u, g->low, noun->from, i + 1, ROLE_KEEP | ROLE_SAME, &n))
            continue;
        noun->to = i;
        noun->change = change;
        return;
    }
}

/* 45℃下循环, 我司生产镍含量: words at the left end that belong to what stands before them. */
static size_t skip_leftovers(const struct units *u, const struct glyphs *g, size_t p, size_t end)
{
    size_t n = 0, keep = 0;
    while (p > 0 && !is_boundary(g->ch[p - 1]) && g->ch[p - 1] != HAN_OF &&
           word_starting(u, g->low, p, end, ROLE_LEFTOVER, &n) && end - p >= n + 2) {
        if (n == 1 && is_han(g->ch[p - 1])) /* 发表|中文论文 */
            break;
        if (word_starting(u, g->low, p, end, ROLE_KEEP | ROLE_SAME | ROLE_BETTER, &keep) &&
            keep > n)
            break;
        p += n;
    }
    return p;
}

struct noun noun_left(const struct units *u, const struct glyphs *g, size_t from, size_t end)
{
    struct noun noun = {0};
    bool to = false;
    size_t e = strip_fillers(&noun, &to, u, g, from, end), p = e;
    for (size_t words = 0; p > from && e - p < NAME_GLYPHS + 8 * words && words < NAME_WORDS;) {
        if (is_boundary(g->ch[p - 1]))
            break;
        if (g->ch[p - 1] == ' ') {
            if (!over_blank(g, from, p, e))
                break;
            p--;
            words++;
            continue;
        }
        size_t next = step_left(&noun, to, u, g, from, p);
        if (next == p)
            break;
        p = next;
    }
    while (p < e && !is_letter(g->ch[p]) && !is_han(g->ch[p]) && !is_digit(g->ch[p]))
        p++;
    p = skip_leftovers(u, g, p, e);
    if (e - p > 1 || (p < e && !is_han(g->ch[p]))) { /* one Han character is no name */
        noun.from = p;
        noun.to = e;
        cut_comparison(&noun, u, g);
    }
    return noun;
}

struct noun noun_right(const struct units *u, const struct glyphs *g, size_t at)
{
    size_t p = at + (g->ch[at] == ' ');
    struct noun noun = {.from = p, .to = p};
    for (size_t words = 0;
         p < g->n && p - noun.from < NAME_GLYPHS + 8 * words && words < NAME_WORDS;) {
        size_t n = 0, keep = 0;
        uint32_t c = g->ch[p];
        if (is_boundary(c) || c == '.' || (c == ' ' && !is_letter(g->ch[p + 1])))
            break;
        words += c == ' ';
        size_t w = p + (c == ' ');
        if (word_starting(u, g->low, w, g->n, ROLE_KEEP | ROLE_SAME | ROLE_BETTER, &keep)) {
            p = w + keep;
            continue;
        }
        if (word_starting(u, g->low, w, g->n, ROLE_CUT | ROLE_CHANGE | ROLE_FILLER, &n))
            break;
        for (p = w; in_token(g, p);)
            p++;
        p += p == w;
    }
    noun.to = MIN(p, g->n);
    return noun;
}

/* Only list marks, joining words and words of demand between the last value and this one. */
static bool continues_list(const struct reader *r, size_t end)
{
    const struct glyphs *g = &r->g;
    size_t i = r->left, n;
    if (!r->last_used || end - i > LIST_GAP)
        return false;
    while (i < end) {
        uint32_t c = g->ch[i];
        if (c == ',' || c == 0x3001 || c == ' ' || c == '/')
            i++;
        else if (word_starting(r->u, g->low, i, end,
                               ROLE_JOIN | ROLE_TO | ROLE_ARRIVE | ROLE_FILLER | ROLE_DEMAND |
                                   ROLE_REACH | ROLE_TURN | ROLE_PRESENT,
                               &n))
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

static void find_name(struct reading *q, const struct reader *r)
{
    size_t p = blank_left(r, q->from);
    q->noun = noun_left(r->u, &r->g, r->left, q->from);
    if (q->unit == r->percent && p > r->left && r->g.ch[p - 1] == HAN_OF && !q->noun.start_value)
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

void reading_find_name(struct reading *q, const struct reader *r)
{
    find_name(q, r);
    if (q->arrived)
        q->noun.change = 0;
}

bool reading_arrives(const struct reader *r, size_t at)
{
    size_t n;
    for (size_t i = at; i < at + RIGHT_GAP && i < r->g.n; i++)
        if (word_starting(r->u, r->g.low, i, r->g.n, ROLE_ARRIVE, &n))
            return true;
    return false;
}
