/* Deadlines: 2025年底前, 三年内, “十四五”末. */
#include "news/news_int.h"

static uint32_t tail_end(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"年底前", "年底",   "底前", "末期", "期间",
                                        "或之前", "或以前", "之前", "以前", "底",
                                        "末",     "前",     "内"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k]))
            return i + (uint32_t)utf8_len(str_of(words[k]));
    return i;
}

/* 6月前, 12月底: behind the number of a month. */
static uint32_t month_end(const struct page *p, uint32_t i)
{
    uint32_t to = digits_end(p, i);
    if (to == i || to - i > 2 || p->ch[to] != 0x6708)
        return 0;
    uint32_t end = tail_end(p, to + 1);
    return end > to + 1 ? end : 0;
}

/* 2019年双方共建: not after the year of publication, nor wanted for it (力争2024年). */
static bool is_past_year(const struct page *p, uint32_t i)
{
    static const char *const wanted[] = {"力争", "计划", "预计", "争取"};
    struct str s = p->x->publish_date;
    for (uint32_t k = 0; k < 4 && s.n == 10; k++)
        if (p->ch[i + k] != (uint32_t)s.p[k])
            return p->ch[i + k] < (uint32_t)s.p[k];
    for (size_t k = 0; i >= 2 && k < ARRAY_LEN(wanted); k++)
        if (looking_at(p, i - 2, wanted[k]))
            return false;
    return s.n == 10;
}

/* A year after that of publication. */
static bool is_after_year(const struct page *p, uint32_t i)
{
    struct str s = p->x->publish_date;
    for (uint32_t k = 0; k < 4 && s.n == 10; k++)
        if (p->ch[i + k] != (uint32_t)s.p[k])
            return p->ch[i + k] > (uint32_t)s.p[k];
    return false;
}

/* 2025年(底), not followed by a month. */
static uint32_t year_end(const struct page *p, uint32_t i)
{
    uint32_t to = digits_end(p, i);
    if (to - i != 4 || p->ch[i] != '2' || p->ch[i + 1] != '0' || p->ch[to] != 0x5E74)
        return 0;
    if (i && is_one_of(p->ch[i - 1], "自从")) /* 自2015年入选以来 */
        return 0;
    if (is_digit(p->ch[to + 1]))
        return month_end(p, to + 1);
    bool since =
        looking_at(p, to + 1, "起") || looking_at(p, to + 1, "以来") || looking_at(p, to + 1, "度");
    uint32_t end = tail_end(p, to + 1);
    bool span = i > 1 && is_one_of(p->ch[i - 2], "年月日"); /* 2021年至2023年 */
    bool bare = end == to + 1 && (span || !(i && is_one_of(p->ch[i - 1], "到至")));
    if (bare && i && is_one_of(p->ch[i - 1], "于在")) /* 于2028年兑付, not 于2015年入选 */
        return is_after_year(p, i) ? end : 0;
    return since || (bare && is_past_year(p, i)) ? 0 : end;
}

/* 未来五年, 今后3年 */
static uint32_t coming_end(const struct page *p, uint32_t i)
{
    uint32_t k = looking_at(p, i, "未来") ? i + 2 : looking_at(p, i, "今后") ? i + 2 : 0;
    if (!k)
        return 0;
    uint32_t to = MAX(range_end(p, digits_end(p, k)), numerals_end(p, k));
    return to > k && p->ch[to] == 0x5E74 ? tail_end(p, to + 1) : 0;
}

/* “十四五”末 */
static uint32_t plan_end(const struct page *p, uint32_t i)
{
    uint32_t k = i + (p->ch[i] == 0x201C || p->ch[i] == '"');
    if (p->ch[k] != 0x5341) /* 十 */
        return 0;
    uint32_t to = numerals_end(p, k);
    if (to - k != 3 || p->ch[to - 1] != 0x4E94)
        return 0;
    to += p->ch[to] == 0x201D || p->ch[to] == '"';
    uint32_t end = tail_end(p, to);
    return end > to ? end : 0;
}

/* 5年内, 三年内, 建设期内, 年底前 */
static uint32_t within_end(const struct page *p, uint32_t i)
{
    static const char *const words[] = {
        "建设期内",   "合作期内",   "协议期内", "聘期内",   "年底前",   "年内",   "今年底",
        "本世纪中叶", "今年年底前", "今年年底", "明年底前", "明年年底", "明年底", "明年"};
    bool number = p->flags[i] & CHAR_NUMBER; /* with which none of them begins */
    for (size_t k = 0; !number && k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k]) &&
            !(i && (is_digit(p->ch[i - 1]) || is_zh_digit(p->ch[i - 1]))))
            return i + (uint32_t)utf8_len(str_of(words[k]));
    if (!number)
        return 0;
    uint32_t to = is_digit(p->ch[i]) ? range_end(p, digits_end(p, i)) : numerals_end(p, i);
    uint32_t k = looking_at(p, to, "年内") + looking_at(p, to, "年之内") +
                 looking_at(p, to, "个月内") + looking_at(p, to, "日内");
    if (i && p->ch[i - 1] == 0x7528) /* 用两年时间 */
        k += looking_at(p, to, "年时间");
    return k ? to + k : is_digit(p->ch[i]) ? month_end(p, i) : 0;
}

/* 截至今年9月底, 截至2024年12月 */
static uint32_t until_end(const struct page *p, uint32_t i)
{
    uint32_t k = looking_at(p, i, "截至"), to;
    if (!k && !(k = looking_at(p, i, "截止")))
        return 0;
    for (to = i + k; to < i + 16 && !is_break(p->ch[to]); to++)
        if (p->ch[to] == 0x5E95 || p->ch[to] == 0x672B || p->ch[to] == 0x65E5) /* 底末日 */
            return to + 1;
    return is_break(p->ch[to]) && to > i + k + 2 ? to : 0;
}

static uint32_t moment_end(const struct page *p, uint32_t i, bool *to_word)
{
    uint32_t end = until_end(p, i);
    *to_word = end != 0;
    end = end ? end : coming_end(p, i);
    end = end ? end : plan_end(p, i);
    end = end ? end : within_end(p, i);
    return end ? end : is_digit(p->ch[i]) && !(i && is_digit(p->ch[i - 1])) ? year_end(p, i) : 0;
}

enum rc moments_find(struct page *p)
{
    for (uint32_t i = 0; (i = next_with(p->flags, i, p->n, CHAR_MOMENT)) < p->n;) {
        bool until = false;
        uint32_t end = moment_end(p, i, &until);
        if (!end) {
            i++;
            continue;
        }
        struct moment m = {i, end, clause_of(p, i)};
        if (!until && i && (p->ch[i - 1] == 0x5230 || p->ch[i - 1] == 0x81F3)) /* 到, 至 */
            m.clause = clause_of(p, --m.from);
        TRY(vec_push(&p->moment, m, p->e));
        i = end;
    }
    return RC_OK;
}

/* 三年内，企业投入: a clause before this one that has nothing else. */
static bool is_told_before(const struct page *p, const struct moment *m, const struct clause *c,
                           uint32_t at)
{
    const struct clause *told = &p->clause.p[at];
    return told->from == m->from && told->to == m->to && at + 1 < p->clause.n &&
           c->from >= told[1].from && c->from < told[1].to;
}

/* A deadline in the clause; of what is wanted or counted, also one before it in the sentence. */
struct str deadline_of(const struct page *p, const struct clause *c, enum fact_type type,
                       bool wanted)
{
    struct str best = STR("");
    for (size_t k = 0; k < p->moment.n; k++) {
        const struct moment *m = &p->moment.p[k];
        if (m->from >= c->to)
            break;
        uint32_t at = m->clause;
        bool until = looking_at(p, m->from, "截");
        if (at == NONE || p->clause.p[at].sentence != c->sentence ||
            until != (type == FACT_STATISTIC))
            continue;
        if (m->from < c->from &&
            ((!wanted && !is_told_before(p, m, c, at)) || find_in(p, m->to, c->from, ";") != NONE))
            continue; /* 二期于6月底前到位；企业出资 */
        best = page_str(p, m->from, m->to);
    }
    return best;
}
