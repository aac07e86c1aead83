/* The day a page was published: <meta>, a labelled date, the only date among the short lines around
 * the article, the address. */
#include "base/calendar.h"
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
    struct day same = {0};
    if (x.y < 1990 || x.y > 2099 || x.m < 1 || x.m > 12 || x.d < 1)
        return false;
    days_to(days_of(x.y, x.m, x.d), &same.y, &same.m, &same.d); /* 02-30 becomes another day */
    return same.m == x.m && same.d == x.d;
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

/* 二〇二四, 十五: a number in Chinese from *i on, below 100 or a year by its digits; 0 for none. */
static int numeral(struct str s, size_t *i)
{
    static const struct str one[] = {{"〇", 3}, {"一", 3}, {"二", 3}, {"三", 3}, {"四", 3},
                                     {"五", 3}, {"六", 3}, {"七", 3}, {"八", 3}, {"九", 3},
                                     {"○", 3},  {"零", 3}, {"十", 3}};
    int n = 0, last = -1;
    for (size_t k = 0; k < 4; k++, *i += 3) {
        int d = -1;
        for (size_t c = 0; c < ARRAY_LEN(one) && d < 0; c++)
            d = str_starts(str_sub(s, *i, s.n), one[c]) ? (int)c : -1;
        if (d < 0)
            break;
        d = d == 10 || d == 11 ? 0 : d;
        n = d == 12 ? (last < 0 ? 10 : n * 10) : last == 12 ? n + d : n * 10 + d;
        last = d;
    }
    return n;
}

/* 二〇二四年三月十五日, as official papers end. */
static struct day written_at(struct str s, size_t i, size_t *end)
{
    struct day x, none = {0};
    x.y = numeral(s, &i);
    if (!str_starts(str_sub(s, i, s.n), STR("年")))
        return none;
    i += 3;
    x.m = numeral(s, &i);
    if (!str_starts(str_sub(s, i, s.n), STR("月")))
        return none;
    i += 3;
    x.d = numeral(s, &i);
    *end = i;
    return is_day(x) && str_starts(str_sub(s, i, s.n), STR("日")) ? x : none;
}

/* The date that begins at s.p + i; *end is behind it. */
static struct day day_at(struct str s, size_t i, size_t *end)
{
    struct day x = {0}, none = {0};
    size_t from = i;
    if (str_starts(str_sub(s, i, s.n), STR("二")))
        return written_at(s, i, end);
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

/* 会议|时间: a short label that is the end of a longer word. */
static bool is_word_end(struct str s, size_t i, size_t n)
{
    enum { SHORT = 6 };
    return n <= SHORT && i > 0 && is_han(utf8_prev(s, &i));
}

/* The date that follows a label at once: blanks, a colon, a bracket may stand between. */
static struct day labelled(const struct words *labels, struct str s)
{
    struct day none = {0};
    for (size_t i = 0; i < s.n;) {
        size_t from = i, end;
        uint32_t c = utf8_sure(s, &i);
        size_t n = bit_of(labels->first, c) ? words_at(labels, s, from, NULL) : 0;
        n = n && is_word_end(s, from, n) ? 0 : n;
        size_t at = from + n;
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

/* The line that is a date and nothing else: under a notice, below who signs it. Two such lines of
 * different days tell nothing. */
static struct day signed_on(const struct page *p, const struct choice *c)
{
    struct day none = {0}, found = none;
    size_t at = 0;
    for (size_t i = c->title + 1; i < p->block.n; i++) {
        struct str s = str_trim(p->block.p[i].text);
        size_t end;
        struct day x = s.n && is_digit_at(s, 0) ? day_at(s, 0, &end) : none;
        if (!x.y || c->kind.p[i] == LINE_BODY ||
            !(end == s.n || str_eq(str_sub(s, end, s.n), STR("日"))))
            continue;
        if (found.y && !same(x, found))
            return none;
        found = x;
        at = i;
    }
    return at > p->block.n / 2 ? found : none;
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
            bool two =
                b->text.p[k] == '\xE4' && str_starts(str_sub(b->text, k, b->text.n), STR("二"));
            bool begins = two || is_digit_at(b->text, k);
            struct day x = begins ? day_at(b->text, k, &end) : none;
            if (x.y && found.y && !same(x, found))
                return none;
            if (x.y)
                found = x;
        }
    }
    return found;
}

/* ---- in scripts */

/* Seconds since 1970 as a day in China. */
static struct day epoch_day(struct str s, size_t i)
{
    struct day x = {0};
    int64_t seconds = 0;
    size_t n = i;
    for (; is_digit_at(s, n) && n < i + 11; n++)
        seconds = seconds * 10 + s.p[n] - '0';
    if (n - i != 10)
        return x;
    days_to(day_of_time(seconds), &x.y, &x.m, &x.d);
    return x;
}

struct str script_date(struct str html)
{
    static const struct str keys[] = {
        {"\"datePublished\"", 15}, {"\"pubDate\"", 9}, {"var createTime", 14},
        {"var publish_time", 16},  {"var ct ", 7},     {"var ct=", 7},
    };
    enum { NEAR = 8, LONG = 24 };
    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        size_t at = str_find(html, keys[k], 0);
        size_t i = at == SIZE_MAX ? html.n : at + keys[k].n, end = i + NEAR;
        while (i < html.n && i < end && !is_digit_at(html, i))
            i++;
        if (is_digit_at(html, i))
            return str_sub(html, i, i + LONG);
    }
    return STR("");
}

static struct day in_script(struct str s)
{
    size_t end;
    struct day x = s.n ? day_at(s, 0, &end) : (struct day){0};
    if (!x.y && s.n)
        x = epoch_day(s, 0);
    return is_day(x) ? x : (struct day){0};
}

static struct day in_time_tag(struct str s)
{
    size_t end;
    return s.n && is_digit_at(s, 0) ? day_at(s, 0, &end) : (struct day){0};
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
    if (len != 8 && len != 12 && len != 14 && len != 17) /* with milliseconds */
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

/* /24/0315/09/ */
static struct day short_path(struct str s, size_t i, size_t *end)
{
    struct day x, none = {0};
    bool parted =
        i > 0 && s.p[i - 1] == '/' && i + 8 <= s.n && s.p[i + 2] == '/' && s.p[i + 7] == '/';
    if (!parted)
        return none;
    x.y = 2000 + digits(s, &i, 2);
    i++;
    size_t from = i;
    x.m = digits(s, &i, 2);
    x.d = digits(s, &i, 2);
    *end = i;
    return i - from == 4 && is_day(x) ? x : none;
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
        if (!x.y)
            x = short_path(url, i, &end);
        if (x.y && found.y && !same(x, found))
            return none;
        if (x.y) {
            found = x;
            i = end - 1;
        }
    }
    return found;
}

/* http… in s from `i` on: up to what cannot stand in an address. */
static struct str address_at(struct str s, size_t i)
{
    size_t end = i;
    while (end < s.n && (unsigned char)s.p[end] > ' ' && (unsigned char)s.p[end] < 0x7F &&
           !strchr("\"'<>()", s.p[end]))
        end++;
    return str_sub(s, i, end);
}

struct str own_address(struct str html)
{
    static const struct str keys[] = {
        {"rel=\"canonical\"", 15}, {"\"og:url\"", 8}, {"saved from url=", 15}};
    enum { HEAD = 1 << 16, TAG = 600 };
    struct str head = str_sub(html, 0, MIN(html.n, HEAD));
    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        size_t at = str_find(head, keys[k], 0), from = at;
        if (at == SIZE_MAX)
            continue;
        while (from > 0 && at - from < TAG && head.p[from] != '<')
            from--;
        struct str tag = str_sub(head, from, MIN(head.n, at + TAG));
        size_t end = str_find(tag, STR(">"), 0), http = str_find(tag, STR("http"), 0);
        if (http != SIZE_MAX && (end == SIZE_MAX || http < end))
            return address_at(tag, http);
    }
    return STR("");
}

/* 原文链接：https://…/2024/0604/…: addresses in the lines that are not the article; two days tell
 * nothing. */
static struct day in_lines(const struct page *p, const struct choice *c)
{
    struct day found = {0}, none = {0};
    for (size_t i = 0; i < p->block.n; i++) {
        struct str s = p->block.p[i].text;
        size_t at = c->kind.p[i] == LINE_BODY ? SIZE_MAX : str_find(s, STR("http"), 0);
        for (; at != SIZE_MAX; at = str_find(s, STR("http"), at + 1)) {
            struct day x = in_address(address_at(s, at));
            if (x.y && found.y && !same(x, found))
                return none;
            if (x.y)
                found = x;
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
        x = in_script(p->script_date);
    if (!x.y)
        x = in_time_tag(p->time_date);
    if (!x.y)
        x = only_one(p, c);
    if (!x.y && c->title != NO_BLOCK)
        x = signed_on(p, c);
    if (!x.y)
        x = in_address(url);
    if (!x.y)
        x = in_address(p->address);
    if (!x.y)
        x = in_lines(p, c);
    if (x.y)
        snprintf(to, DATE_SIZE, "%04u-%02u-%02u", (unsigned)x.y % 10000, (unsigned)x.m % 100,
                 (unsigned)x.d % 100);
    return x.y != 0;
}
