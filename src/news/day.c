/* The day of the event, as the lead tells it: never guessed. */
#include "base/calendar.h"
#include "news/news_int.h"

#include <stdio.h>

struct day {
    int year, month, day, last_month, last_day; /* 0: not stated */
};

static uint32_t read_number(const struct page *p, uint32_t i, uint32_t most, int *out)
{
    uint32_t k = i;
    for (*out = 0; k - i < most && is_digit(p->ch[k]); k++)
        *out = *out * 10 + (int)(p->ch[k] - '0');
    return is_digit(p->ch[k]) ? i : k;
}

/* 2024 年 3 月 5 日 */
static uint32_t skip_blank(const struct page *p, uint32_t i)
{
    return i + (p->ch[i] == ' ');
}

/* (2024年)11月7日(至(11月)8日) at i: its end, 0 for none. */
static uint32_t day_at(const struct page *p, uint32_t i, struct day *d)
{
    *d = (struct day){0};
    uint32_t k = read_number(p, i, 4, &d->year), year = skip_blank(p, k);
    if (k - i == 4 && p->ch[year] == 0x5E74)
        i = skip_blank(p, year + 1);
    else
        d->year = 0;
    k = read_number(p, i, 2, &d->month);
    if (k == i || p->ch[skip_blank(p, k)] != 0x6708)
        return 0;
    i = skip_blank(p, skip_blank(p, k) + 1);
    k = read_number(p, i, 2, &d->day);
    k = k > i ? skip_blank(p, k) : k;
    bool range = k > i && is_one_of(p->ch[k], "至-—–~到、");
    if (k == i || (p->ch[k] != 0x65E5 && !range) || d->month > 12 || d->month < 1 || d->day > 31 ||
        d->day < 1)
        return 0;
    uint32_t end = k + !range, j = end;
    if (p->ch[j] && is_one_of(p->ch[j], "至-—–~到、")) {
        while (p->ch[j] && is_one_of(p->ch[j], "至-—–~到、"))
            j++;
        uint32_t m = read_number(p, j, 2, &d->last_day);
        d->last_month = d->month;
        if (m > j && p->ch[m] == 0x6708) {
            d->last_month = d->last_day;
            j = m + 1;
            m = read_number(p, j, 2, &d->last_day);
        }
        if (m > j && p->ch[m] == 0x65E5 && d->last_day >= 1 && d->last_day <= 31 &&
            d->last_month >= 1 && d->last_month <= 12)
            return m + 1;
        d->last_day = d->last_month = 0;
        return range ? 0 : end;
    }
    return end;
}

/* 6月14日电, 5月3日讯: when it was written. */
static bool is_dateline(const struct page *p, uint32_t end)
{
    return looking_at(p, end, "电") || looking_at(p, end, "讯") || looking_at(p, end, "消息") ||
           looking_at(p, end, "报道");
}

/* 自5月1日起, 截至9月3日, 定于8月1日: not the day it happened. */
static bool is_other_day(const struct page *p, uint32_t from, uint32_t end)
{
    static const char *const before[] = {"截至", "截止", "自从", "将于", "定于", "计划于"};
    for (size_t k = 0; k < ARRAY_LEN(before); k++)
        if (from >= 3 && find_in(p, from - 3, from, before[k]) != NONE)
            return true;
    if (looking_at(p, end, "从") && find_in(p, end, MIN(p->n, end + 30), "获悉") != NONE)
        return true; /* 记者9日从某院获悉 */
    static const char *const after[] = {"印发", "发布", "颁布", "施行", "出台"};
    for (size_t k = 0; k < ARRAY_LEN(after); k++)
        if (looking_at(p, end, after[k]))
            return true;
    return looking_at(p, end, "前") || looking_at(p, end, "以来") || looking_at(p, end, "起");
}

/* 到2026年底, not 2023年. */
static bool is_deadline(const struct page *p, uint32_t i)
{
    enum { BARE_YEAR = 5 };
    for (size_t k = 0; k < p->moment.n; k++)
        if (p->moment.p[k].from <= i && i < p->moment.p[k].to)
            return p->moment.p[k].to - p->moment.p[k].from > BARE_YEAR;
    return false;
}

/* The only year that the title and the lead name, 0. */
static int lead_year(const struct page *p)
{
    int year = 0, y;
    uint32_t paras = 0;
    for (uint32_t i = 0; i + 5 < p->n && paras < 2 + (p->title > 0); i++) {
        paras += p->ch[i] == '\n';
        if (p->ch[i] != '2' || p->ch[i + 1] != '0' || (i && is_digit(p->ch[i - 1])))
            continue;
        uint32_t k = read_number(p, i, 4, &y);
        if (k - i != 4 || p->ch[k] != 0x5E74 || is_deadline(p, i))
            continue;
        if (year && y != year)
            return 0;
        year = y;
    }
    return year;
}

static int article_year(const struct page *p, const struct day *d)
{
    struct str s = p->x->publish_date;
    int year = 0, month = 0;
    char copy[11] = "";
    if (s.n >= 7 && s.n <= 10) {
        memcpy(copy, s.p, s.n);
        if (sscanf(copy, "%4d-%2d", &year, &month) != 2)
            return 0;
    }
    return year && d->month > month + 1 ? year - 1 : year; /* December told in January */
}

static enum rc day_str(struct page *p, struct str *out, int year, int month, int day)
{
    char *s = arena_alloc(p->a, 16);
    if (!s)
        return err_nomem(p->e);
    int n = year ? snprintf(s, 16, "%04d-%02d-%02d", year % 10000, month % 100, day % 100)
                 : snprintf(s, 16, "--%02d-%02d", month % 100, day % 100);
    *out = (struct str){s, (size_t)n};
    return RC_OK;
}

static enum rc set_day(struct page *p, const struct day *d)
{
    int year = d->year ? d->year : article_year(p, d);
    if (!year) {
        year = lead_year(p);
        p->out->year_inferred = year != 0;
    }
    TRY(day_str(p, &p->out->event_date, year, d->month, d->day));
    if (!d->last_day)
        return RC_OK;
    year += year && d->last_month < d->month;
    return day_str(p, &p->out->event_date_end, year, d->last_month, d->last_day);
}

/* The day of publication, days since 1970; false where it is not known to the day. */
static bool published_on(const struct page *p, int64_t *days)
{
    return date_read(p->x->publish_date, days);
}

/* 昨日, 今天 of a page whose day of publication is known. */
static enum rc relative_day(struct page *p, int before)
{
    int year, month, day;
    int64_t days;
    if (!published_on(p, &days))
        return RC_OK;
    days_to(days - before, &year, &month, &day);
    return day_str(p, &p->out->event_date, year, month, day);
}

/* 本周三, 上周五: how many days before that of publication, -1 for none. A week begins on Monday.
 */
static int week_day(const struct page *p, uint32_t i)
{
    static const char *const names[] = {"一", "二", "三", "四", "五", "六", "日"};
    enum { MONDAY = 4 }; /* the first that is not before 1970-01-01, a Thursday */
    bool last = looking_at(p, i, "上周");
    int64_t days;
    if ((!last && !looking_at(p, i, "本周")) || !published_on(p, &days) || days < MONDAY)
        return -1;
    int today = (int)((days - MONDAY) % 7);
    for (int k = 0; k < 7; k++)
        if (looking_at(p, i + 2, names[k]) && today - k + 7 * last >= 0)
            return today - k + 7 * last;
    return -1;
}

/* 昨(12日), 今(3日): as newspapers of Hong Kong and Macao write. */
static bool is_bracketed(const struct page *p, uint32_t i)
{
    return (looking_at(p, i, "昨(") || looking_at(p, i, "今(")) && is_digit(p->ch[i + 2]);
}

/* 本月17日, 上月30日 of a page whose day of publication is known. */
static uint32_t month_day(const struct page *p, uint32_t i, struct day *d)
{
    bool last = looking_at(p, i, "上月");
    int64_t days;
    int unused;
    if ((!last && !looking_at(p, i, "本月")) || !published_on(p, &days))
        return 0;
    *d = (struct day){0};
    days_to(days, &d->year, &d->month, &unused);
    uint32_t k = read_number(p, i + 2, 2, &d->day);
    if (k == i + 2 || p->ch[k] != 0x65E5 || d->day < 1 || d->day > 31)
        return 0;
    if (last && --d->month == 0) {
        d->month = 12;
        d->year--;
    }
    return k + 1;
}

/* The day of publication, where a clause begins with 8日 and no dateline tells the month. */
static struct day published(const struct page *p, uint32_t i)
{
    struct day d = {0};
    int64_t days;
    if (i > 0 && is_break(p->ch[i - 1]) && published_on(p, &days))
        days_to(days, &d.year, &d.month, &d.day);
    return d;
}

/* 6月8日电 … 8日在某市落成: the day of the dateline's month, or of the month before. */
static uint32_t bare_day(const struct page *p, uint32_t i, const struct day *line, struct day *d)
{
    int day;
    uint32_t k = read_number(p, i, 2, &day);
    struct day page = {0};
    if (!line->month) {
        page = published(p, i);
        line = &page;
    }
    if (!line->month || k == i || p->ch[k] != 0x65E5 || day < 1 || day > 31 ||
        looking_at(p, k + 1, "内"))
        return 0;
    *d = (struct day){.year = line->year, .month = line->month, .day = day};
    if (day > line->day && --d->month == 0) {
        d->month = 12;
        d->year -= d->year > 0;
    }
    return k + 1;
}

/* 12月18日讯 … 今天上午: the day of the dateline, or the one before. */
static enum rc dateline_day(struct page *p, struct day line, int before)
{
    line.day -= before;
    return line.day > 0 ? set_day(p, &line) : RC_OK;
}

/* 近日不连昨今: one of event_day's words may begin so. */
static bool begins_vague(uint32_t c)
{
    return c == 0x8FD1 || c == 0x65E5 || c == 0x4E0D || c == 0x8FDE || c == 0x6628 || c == 0x4ECA;
}

/* First day of the lead; 近日 before it means that none is told. */
static enum rc event_day(struct page *p)
{
    static const char *const vague[] = {"近日",   "日前", "近期", "近来", "不久前",
                                        "连日来", "昨日", "今日", "昨天", "今天"};
    enum { VAGUE_REST = 6 }; /* from here on: told beside the day of publication */
    struct day line = {0};
    uint32_t paras = 0;
    for (uint32_t i = 0; (i = next_with(p->flags, i, p->n, CHAR_DAY)) < p->n && paras < 5; i++) {
        struct day d;
        int64_t on;
        paras += p->ch[i] == '\n';
        for (size_t k = begins_vague(p->ch[i]) ? 0 : ARRAY_LEN(vague); k < ARRAY_LEN(vague); k++)
            if (looking_at(p, i, vague[k])) {
                p->recent = true;
                if (k >= VAGUE_REST && line.month)
                    return dateline_day(p, line, p->ch[i] == 0x6628);
                return k < VAGUE_REST ? RC_OK : relative_day(p, p->ch[i] == 0x6628); /* 昨 */
            }
        if (month_day(p, i, &d))
            return set_day(p, &d);
        if (week_day(p, i) >= 0)
            return relative_day(p, week_day(p, i));
        if (is_bracketed(p, i) && published_on(p, &on))
            return relative_day(p, p->ch[i] == 0x6628);
        if (!is_digit(p->ch[i]) || (i && is_digit(p->ch[i - 1])))
            continue;
        uint32_t end = day_at(p, i, &d);
        if (!end)
            end = bare_day(p, i, &line, &d);
        if (!end)
            continue;
        if (is_dateline(p, end) || is_other_day(p, i, end)) {
            line = is_dateline(p, end) ? d : line;
            i = end - 1;
            continue;
        }
        return set_day(p, &d);
    }
    return RC_OK;
}

enum rc dates_find(struct page *p)
{
    TRY(moments_find(p));
    return event_day(p);
}
