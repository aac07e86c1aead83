/* The day a page was published: <meta>, a labelled date, the only date among the short lines around
 * the article, the address. */
#include "news/article_int.h"

#include <stdio.h>
#include <string.h>

struct day {
    int y, m, d; /* y 0: none */
};

static bool is_digit_at(struct str s, size_t i)
{
    return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static int digits(struct str s, size_t *i, size_t most)
{
    int n = 0;
    for (size_t k = 0; k < most && is_digit_at(s, *i); k++)
        n = n * 10 + s.p[(*i)++] - '0';
    return n;
}

static bool is_day(struct day x)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return x.y >= 1990 && x.y <= 2099 && x.m >= 1 && x.m <= 12 && x.d >= 1 && x.d <= days[x.m - 1];
}

/* - / . 年 月 with blanks; false when none stands here. */
static bool separator(struct str s, size_t *i)
{
    static const char *const marks[] = {"-", "/", ".", "年", "月", "－"};
    while (*i < s.n && s.p[*i] == ' ')
        ++*i;
    for (size_t k = 0; k < ARRAY_LEN(marks); k++)
        if (str_starts(str_sub(s, *i, s.n), str_of(marks[k]))) {
            *i += strlen(marks[k]);
            while (*i < s.n && s.p[*i] == ' ')
                ++*i;
            return true;
        }
    return false;
}

/* The date that begins at s.p + i; *end is behind it. */
static struct day day_at(struct str s, size_t i, size_t *end)
{
    struct day x = {0}, none = {0};
    size_t from = i;
    if (i > 0 && is_digit_at(s, i - 1))
        return none;
    x.y = digits(s, &i, 4);
    if (i - from != 4 || !separator(s, &i))
        return none;
    x.m = digits(s, &i, 2);
    if (!separator(s, &i))
        return none;
    x.d = digits(s, &i, 2);
    *end = i;
    return is_day(x) && !is_digit_at(s, i) ? x : none;
}

size_t date_at(struct str s, size_t i)
{
    size_t end;
    return i < s.n && is_digit_at(s, i) && day_at(s, i, &end).y ? end - i : 0;
}

static bool same(struct day a, struct day b)
{
    return a.y == b.y && a.m == b.m && a.d == b.d;
}

/* ---- in the text */

/* The date that follows a label at once: blanks, a colon, a bracket may stand between. */
static struct day labelled(const struct words *labels, struct str s)
{
    struct day none = {0};
    for (size_t i = 0; i < s.n;) {
        size_t from = i, end;
        uint32_t c = next_char(s, &i);
        size_t n = bit_of(labels->first, c) ? words_at(labels, s, from, NULL) : 0, at = from + n;
        for (int k = 0; n && k < 6 && at < s.n && !is_digit_at(s, at); k++)
            next_char(s, &at);
        struct day x = n && at < s.n ? day_at(s, at, &end) : none;
        if (x.y)
            return x;
    }
    return none;
}

static struct day in_labels(const struct page *p, const struct choice *c,
                            const struct article_tables *t)
{
    struct day x = {0};
    for (size_t group = 0; group < ARRAY_LEN(t->dates); group++)
        for (size_t i = 0; i < p->block.n; i++) {
            const struct block *b = &p->block.p[i];
            if (c->kind.p[i] != LINE_BODY || (group == 0 && b->han < 60))
                x = labelled(&t->dates[group], b->text);
            if (x.y)
                return x;
        }
    return x;
}

/* Full dates of the lines that are not the article; several different ones tell nothing. */
static struct day only_one(const struct page *p, const struct choice *c)
{
    struct day found = {0}, none = {0};
    for (size_t i = 0; i < p->block.n; i++) {
        const struct block *b = &p->block.p[i];
        bool around = c->kind.p[i] != LINE_BODY && b->han <= 40;
        for (size_t k = 0; around && k < b->text.n; k++) {
            size_t end;
            struct day x = is_digit_at(b->text, k) ? day_at(b->text, k, &end) : none;
            if (x.y && found.y && !same(x, found))
                return none;
            if (x.y)
                found = x;
        }
    }
    return found;
}

/* ---- in the address */

/* A run of digits that is 20240726, 202407261530 or 20240726153000. */
static struct day packed(struct str s, size_t i, size_t *end)
{
    struct day none = {0}, x;
    size_t n = i, at = i;
    while (is_digit_at(s, n))
        n++;
    *end = n;
    size_t len = n - i;
    if (len != 8 && len != 12 && len != 14)
        return none;
    x.y = digits(s, &at, 4);
    x.m = digits(s, &at, 2);
    x.d = digits(s, &at, 2);
    int hour = len > 8 ? digits(s, &at, 2) : 0, minute = len > 8 ? digits(s, &at, 2) : 0;
    return is_day(x) && hour < 24 && minute < 60 ? x : none;
}

/* 2024/07/26, 2024-07-26, 2024/0726, 202407/26 and …/t20240726_1. */
static struct day split_path(struct str s, size_t i, size_t *end)
{
    struct day x = {0}, none = {0};
    size_t from = i;
    x.y = digits(s, &i, 4);
    if (i - from != 4)
        return none;
    bool parted = i < s.n && strchr("/-_", s.p[i]);
    i += parted;
    from = i;
    x.m = digits(s, &i, 2);
    if (i - from == 0 || i >= s.n)
        return none;
    if (strchr("/-_", s.p[i]))
        i++;
    else if (!parted)
        return none;
    from = i;
    x.d = digits(s, &i, 2);
    *end = i;
    bool ends = i > from && (i == s.n || strchr("/-_.?", s.p[i]));
    return ends && is_day(x) ? x : none;
}

/* Two different dates in an address tell nothing. */
static struct day in_address(struct str url)
{
    struct day found = {0}, none = {0};
    size_t end = 0;
    for (size_t i = 0; i < url.n; i++) {
        if (!is_digit_at(url, i) || (i > 0 && is_digit_at(url, i - 1)))
            continue;
        struct day x = split_path(url, i, &end);
        if (!x.y)
            x = packed(url, i, &end);
        if (x.y && found.y && !same(x, found))
            return none;
        if (x.y) {
            found = x;
            i = end - 1;
        }
    }
    return found;
}

bool publish_date(char to[DATE_SIZE], const struct page *p, const struct choice *c,
                  const struct article_tables *t, struct str url)
{
    struct day x = {0};
    size_t end;
    for (size_t i = 0; !x.y && i < p->meta_date.n; i++)
        x = day_at(p->meta_date, i, &end);
    if (!x.y)
        x = in_labels(p, c, t);
    if (!x.y)
        x = only_one(p, c);
    if (!x.y)
        x = in_address(url);
    if (x.y)
        snprintf(to, DATE_SIZE, "%04u-%02u-%02u", (unsigned)x.y % 10000, (unsigned)x.m % 100,
                 (unsigned)x.d % 100);
    return x.y != 0;
}
