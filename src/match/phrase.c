#include "match/phrase.h"

#include "match/matcher_int.h"
#include "text/english.h"

#include <string.h>

static const char *const comparisons[] = {
    "不低于", "不高于", "不大于", "不小于", "不超过", "不少于", "不多于", "以上", "以下", "以内",
    "左右",   "低于",   "高于",   "大于",   "小于",   "超过",   "少于",   "多于", "达到", "约为",
};

/* A run that is no more than one of these says nothing. */
static const char *const empty_words[] = {
    "需要", "希望", "使用", "采用", "得到", "进行",   "实现", "通过",   "具有", "同时",
    "目前", "现有", "能够", "可以", "以及", "并且",   "其中", "方面",   "相关", "用于",
    "对于", "由于", "为了", "每年", "每天", "每月",   "每吨", "每小时", "我们", "我司",
    "公司", "已经", "其他", "问题", "要求", "提供",   "寻求", "寻找",   "减少", "增加",
    "提高", "提升", "降低", "左右", "百分", "百分之",
};

static const char leading[] = "的了与和及或但也其是";
static const char trailing[] = "的了与及或之把被而也但就是将";
static const char numerals[] = "〇零一二三四五六七八九十百千万亿两";
static const char compared[] = "大小高低多少等"; /* before 于 */
static const char measures[] = "次个年月天日周倍种类项台套件份座条名家吨度米元级";

static bool is_among(const char *set, uint32_t c)
{
    struct str s = str_of(set);
    for (size_t i = 0; i < s.n;)
        if (utf8_next(s, &i) == c)
            return true;
    return false;
}

static bool is_digit(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 0xff10 && c <= 0xff19); /* also of full width */
}

static bool is_numeral(uint32_t c)
{
    return c && (is_digit(c) || is_among(numerals, c));
}

/* The characters before and after a place, 0 where the text ends. */
static uint32_t before(struct str s, size_t at)
{
    return at ? utf8_prev(s, &at) : 0;
}

static uint32_t after(struct str s, size_t at)
{
    return at < s.n ? utf8_next(s, &at) : 0;
}

/* The run while it is narrowed. */
struct run {
    const struct concepts *c;
    const struct matcher *m;
    const struct phrase_side *side;
    uint32_t first, n;
};

static struct span span_of(const struct run *r, unsigned side)
{
    const struct term_at *t = r->side[side].token + r->first;
    return (struct span){t[0].at.from, t[r->n - 1].at.to};
}

static struct str text_of(const struct run *r, unsigned side)
{
    return span_str(r->side[side].text, span_of(r, side));
}

/* Cut to the bytes [from, to) of the first text: the tokens that lie in them whole. */
static void cut(struct run *r, struct span keep)
{
    const struct term_at *t = r->side[0].token;
    while (r->n && t[r->first].at.from < keep.from) {
        r->first++;
        r->n--;
    }
    while (r->n && t[r->first + r->n - 1].at.to > keep.to)
        r->n--;
}

/* The characters are part of a term of the table that stands in the run whole. */
static bool is_held(const struct run *r, struct span at)
{
    struct span run = span_of(r, 0);
    const vec_concept_hit *h = r->side[0].hit;
    for (size_t i = 0; h && i < h->n; i++) {
        struct span x = h->p[i].at;
        if (x.from <= at.from && at.to <= x.to && run.from <= x.from && x.to <= run.to)
            return true;
    }
    return false;
}

/* How many bytes of `s`, at its head or tail, are a comparison. */
static size_t comparison_of(struct str s, bool tail)
{
    for (size_t i = 0; i < ARRAY_LEN(comparisons); i++) {
        size_t n = strlen(comparisons[i]);
        if (n <= s.n && memcmp(tail ? s.p + s.n - n : s.p, comparisons[i], n) == 0)
            return n;
    }
    return 0;
}

/* Bytes at the head that do not belong: each is looked at with what stands before it. */
static size_t loose_head(const struct run *r)
{
    struct str s = text_of(r, 0);
    size_t n = comparison_of(s, false), end = 0;
    uint32_t c = utf8_next(s, &end);
    uint32_t a = before(r->side[0].text, span_of(r, 0).from);
    uint32_t b = before(r->side[1].text, span_of(r, 1).from);
    if (n)
        return n;
    bool cut_number = is_among(numerals, c) && (is_numeral(a) || is_numeral(b));
    bool measure = is_among(measures, c) && is_numeral(a) && is_numeral(b);
    bool than = str_starts(s, STR("于")) && is_among(compared, a) && is_among(compared, b);
    return is_among(leading, c) || cut_number || measure || than ? end : 0;
}

static size_t loose_tail(const struct run *r)
{
    struct str s = text_of(r, 0);
    size_t n = comparison_of(s, true);
    uint32_t c = before(s, s.n);
    uint32_t a = after(r->side[0].text, span_of(r, 0).to);
    uint32_t b = after(r->side[1].text, span_of(r, 1).to);
    if (n)
        return n;
    bool goes_on = is_numeral(a) || is_numeral(b) || is_among(measures, a) || is_among(measures, b);
    bool word = is_among("统单唯合之", before(s, s.n - MIN(s.n, 3))); /* 统一, 单一 */
    char one[4];
    return is_among(trailing, c) || (is_among(numerals, c) && goes_on && !word) ? utf8_put(one, c)
                                                                                : 0;
}

/* What stands before a place, blanks left out. */
static uint32_t before_blank(struct str s, size_t at)
{
    while (at && s.p[at - 1] == ' ')
        at--;
    return before(s, at);
}

/* A word right after a number or a stroke on both sides is a unit. */
static bool is_unit(const struct run *r)
{
    for (unsigned k = 0; k < 2; k++) {
        uint32_t c = before_blank(r->side[k].text, span_of(r, k).from);
        if (term_is_han(r->side[k].token[r->first].key) || (!is_digit(c) && c != '/'))
            return false;
    }
    return true;
}

static bool has_letters(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        if (!is_digit(c) && c != '.' && c != '-' && c != ' ')
            return true;
    }
    return false;
}

/* A number at the end that has its unit outside: 含水率80|%. */
static bool is_amount(const struct run *r)
{
    const struct term_at *t = r->side[0].token + r->first + r->n - 1;
    for (unsigned k = 0; k < 2; k++) {
        uint32_t c = after(r->side[k].text, span_of(r, k).to);
        bool unit = c == '%' || c == 0x2103 || (c | 32) - 'a' < 26 || is_among(measures, c);
        if (has_letters(span_str(r->side[0].text, t->at)) || !unit)
            return false;
    }
    return true;
}

static bool narrow_words(struct run *r)
{
    struct span s = span_of(r, 0);
    bool unit = is_unit(r);
    if (unit || is_amount(r)) {
        r->first += unit;
        r->n--;
        return true;
    }
    uint32_t head = (uint32_t)loose_head(r);
    if (head && !is_held(r, (struct span){s.from, s.from + head})) {
        cut(r, (struct span){s.from + head, s.to});
        return true;
    }
    uint32_t tail = (uint32_t)loose_tail(r);
    if (tail && !is_held(r, (struct span){s.to - tail, s.to})) {
        cut(r, (struct span){s.from, s.to - tail});
        return true;
    }
    return false;
}

/* ---- characters that go with what stands outside ---- */

/* Needs and results that hold two characters side by side. */
static uint32_t together(const struct run *r, uint32_t a, uint32_t b)
{
    if (!is_han(a) || !is_han(b))
        return 0;
    uint64_t key = term_han_pair(a, b);
    return index_df(r->m->ix, key) + (r->m->demand ? demand_df(r->m->demand, key) : 0);
}

/* The character at an end stands more often with the one outside than with the
 * one inside, in both texts: 掺杂方|面 and 掺杂方|法. */
static bool leans_out(const struct run *r, bool tail)
{
    struct str s = text_of(r, 0);
    size_t i = 0;
    uint32_t end, inner, inside;
    if (tail) {
        end = before(s, s.n);
        inner = before(s, s.n - MIN(s.n, 3));
        inside = together(r, inner, end);
    } else {
        end = utf8_next(s, &i);
        inner = i < s.n ? utf8_next(s, &i) : 0;
        inside = together(r, end, inner);
    }
    for (unsigned k = 0; k < 2; k++) {
        struct str text = r->side[k].text;
        struct span at = span_of(r, k);
        uint32_t out = tail ? after(text, at.to) : before(text, at.from);
        if (!inside || together(r, tail ? end : out, tail ? out : end) <= inside)
            return false;
    }
    return true;
}

static bool narrow_leaning(struct run *r)
{
    struct span s = span_of(r, 0);
    if (!r->m)
        return false;
    if (leans_out(r, false) && !is_held(r, (struct span){s.from, s.from + 3})) {
        cut(r, (struct span){s.from + 1, s.to});
        return true;
    }
    if (leans_out(r, true) && !is_held(r, (struct span){s.to - 3, s.to})) {
        cut(r, (struct span){s.from, s.to - 1});
        return true;
    }
    return false;
}

/* ---- words of the table that reach over an end ---- */

/* The term that has `at` inside, empty where there is none. */
static struct span over(const vec_concept_hit *h, uint32_t at)
{
    for (size_t i = 0; h && i < h->n; i++)
        if (h->p[i].at.from < at && at < h->p[i].at.to)
            return h->p[i].at;
    return (struct span){0, 0};
}

static bool is_term(const struct concepts *c, struct str s)
{
    return c && concepts_has(c, s);
}

static bool narrow_edges(struct run *r)
{
    struct span s = span_of(r, 0), other = span_of(r, 1);
    struct str text = r->side[0].text;
    struct span a = over(r->side[0].hit, s.from), b = over(r->side[1].hit, other.from);
    uint32_t to = MIN(a.to, s.to);
    if (a.to && b.to && !is_term(r->c, str_sub(text, s.from, to))) {
        cut(r, (struct span){to, s.to});
        return true;
    }
    a = over(r->side[0].hit, s.to);
    b = over(r->side[1].hit, other.to);
    uint32_t from = MAX(a.from, s.from);
    if (a.to && b.to && !is_term(r->c, str_sub(text, from, s.to))) {
        cut(r, (struct span){s.from, from});
        return true;
    }
    return false;
}

/* A character before a term of the table, where both texts go on to the left: it ends a word that
 * they do not share, (高|低)温涂层厚度. Behind a term it is left: 三元催化剂. */
static bool narrow_lone(struct run *r)
{
    struct span s = span_of(r, 0);
    const vec_concept_hit *h = r->side[0].hit;
    if (!is_han(after(r->side[0].text, s.from)))
        return false;
    for (unsigned k = 0; k < 2; k++)
        if (!is_han(before(r->side[k].text, span_of(r, k).from)))
            return false;
    for (size_t i = 0; h && i < h->n; i++)
        if (h->p[i].at.from == s.from + 3 && h->p[i].at.to <= s.to) {
            cut(r, (struct span){s.from + 3, s.to});
            return true;
        }
    return false;
}

/* ---- what says nothing ---- */

static bool says_nothing(struct str s)
{
    for (size_t i = 0; i < ARRAY_LEN(empty_words); i++)
        if (str_eq(s, str_of(empty_words[i])))
            return true;
    return is_function_word(s) || !has_letters(s);
}

void phrase_trim(const struct phrase_book *book, const struct phrase_side side[2], uint32_t *first,
                 uint32_t *n)
{
    struct run r = {book->concepts, book->m, side, *first, *n};
    while (!book->english && r.n &&
           (narrow_words(&r) || narrow_edges(&r) || narrow_lone(&r) || narrow_leaning(&r)))
        ;
    if (r.n && says_nothing(text_of(&r, 0)))
        r.n = 0;
    *first = r.first;
    *n = r.n;
}
