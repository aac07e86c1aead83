/* Places that divisions.yaml does not have, and words that only look like places it has. */
#include "news/news_int.h"

#include <wchar.h>

enum { NEAR = 1500 };

bool is_town(uint32_t c)
{
    return c == 0x5E02 || c == 0x53BF;
}

bool may_end_town(uint32_t c)
{
    static const uint32_t never[] = {
        0x57CE, 0x7EA7, 0x5404, 0x591A, 0x4E00, 0x4E8C, 0x4E24, 0x4E09,
        0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341}; /* 城级各多, numerals */
    for (size_t k = 0; k < ARRAY_LEN(never); k++)
        if (c == never[k])
            return false;
    return true;
}

static bool same_at(const struct page *p, uint32_t a, uint32_t b, uint32_t n)
{
    return p->ch[a] == p->ch[b] && memcmp(&p->ch[a], &p->ch[b], n * sizeof *p->ch) == 0;
}

/* The first place in [from, to) where character c stands, `to` when none. */
static uint32_t find_char(const struct page *p, uint32_t from, uint32_t to, uint32_t c)
{
    _Static_assert(sizeof(wchar_t) == sizeof *p->ch, "wmemchr looks for characters");
    const wchar_t *text = (const wchar_t *)p->ch, *at = NULL;
    if (from < to)
        at = wmemchr(text + from, (wchar_t)c, to - from);
    return at ? (uint32_t)(at - text) : to;
}

bool comes_again(const struct page *p, uint32_t from, uint32_t to)
{
    uint32_t n = to - from, end = MIN(p->n, to + NEAR) - n + 1, c = p->ch[from];
    for (uint32_t i = from > NEAR ? from - NEAR : 0; (i = find_char(p, i, end, c)) < end; i++)
        if (i != from && same_at(p, i, from, n) && starts_word(p, i))
            return true;
    return false;
}

/* 绥川 of 绥川县, twice more on the page without its level. */
bool stem_again(const struct page *p, uint32_t from, uint32_t to)
{
    uint32_t end = MIN(p->n, to + NEAR), n = to - from, seen = 0;
    for (uint32_t i = from > NEAR ? from - NEAR : 0; i + n < end && seen < 2; i++)
        if (i != from && same_at(p, i, from, n) && !is_level(p->ch[i + n]))
            seen++;
    return seen >= 2;
}

enum rc towns_find(struct page *p)
{
    for (uint32_t i = 0; (i = next_with(p->flags, i, p->n, CHAR_NAME)) < p->n; i++)
        if (is_town(p->ch[i]))
            TRY(vec_push(&p->town, (struct town){i}, p->e));
    return RC_OK;
}

/* The words [from, from + n) as the name of a town near here. */
static bool is_town_near(const struct page *p, uint32_t from, uint32_t n)
{
    uint32_t end = MIN(p->n, from + NEAR), first = (from > NEAR ? from - NEAR : 0) + n;
    for (uint32_t lo = FIRST_WITH(p->town, at, first); lo < p->town.n && p->town.p[lo].at < end;
         lo++)
        if (same_at(p, p->town.p[lo].at - n, from, n) && starts_word(p, p->town.p[lo].at - n))
            return true;
    return false;
}

bool begins_unlisted(const struct page *p, uint32_t from, uint32_t to)
{
    enum { LEAST = 2, MOST = 4 };
    for (uint32_t n = LEAST; n <= MOST && from + n <= to; n++) {
        if (!is_han(p->ch[from + n - 1]) || mark_at(p, from, SENSE_GENERIC))
            return false;
        bool own = from + n < to && is_town(p->ch[from + n]) && may_end_town(p->ch[from + n - 1]);
        if (own || is_town_near(p, from, n))
            return true;
    }
    return false;
}

/* Is the place always, and more than once, the end of the same longer word? */
static bool is_tail(const struct page *p, const struct mark *m)
{
    uint32_t before = m->from ? p->ch[m->from - 1] : 0, n = m->to - m->from, seen = 0;
    if (!is_han(before) || p->ends[m->from])
        return false;
    uint32_t end = MIN(p->n, m->to + NEAR) - n + 1, c = p->ch[m->from];
    for (uint32_t i = m->from > NEAR ? m->from - NEAR : 0; (i = find_char(p, i, end, c)) < end; i++)
        if (same_at(p, i, m->from, n)) {
            if (i == 0 || p->ch[i - 1] != before)
                return false;
            seen++;
        }
    return seen >= 2;
}

void drop_tails(struct page *p)
{
    for (size_t k = 0; k < p->mark.n; k++)
        if (p->mark.p[k].class == SENSE_PLACE && is_tail(p, &p->mark.p[k]))
            p->mark.p[k].class = SENSE__COUNT;
}
