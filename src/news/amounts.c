/* Numbers with their units as Chinese writes them, and deadlines. */
#include "news/news_int.h"

static bool is_one_of(uint32_t c, const char *set)
{
    char s[5];
    s[utf8_put(s, c)] = 0;
    return strstr(set, s) != NULL;
}

static bool is_numeral(uint32_t c)
{
    if (c < 0x4E00 || c > 0x767E) /* most */
        return false;
    switch (c) {
    case 0x4E00: /* 一二两三四五六七八九十百千万数几 */
    case 0x4E8C:
    case 0x4E24:
    case 0x4E09:
    case 0x56DB:
    case 0x4E94:
    case 0x516D:
    case 0x4E03:
    case 0x516B:
    case 0x4E5D:
    case 0x5341:
    case 0x767E:
    case 0x5343:
    case 0x4E07:
    case 0x6570:
    case 0x51E0:
        return true;
    default:
        return false;
    }
}

static bool is_letter(uint32_t c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* ---- amounts ---- */

static uint32_t digits_end(const struct page *p, uint32_t i)
{
    while (is_digit(p->ch[i]) || ((p->ch[i] == '.' || p->ch[i] == ',') && is_digit(p->ch[i + 1])))
        i++;
    return i;
}

static uint32_t numerals_end(const struct page *p, uint32_t i)
{
    while (is_numeral(p->ch[i]))
        i++;
    return i;
}

/* After the number: 余, 万, 多, then nothing. */
static uint32_t scale_end(const struct page *p, uint32_t i)
{
    while (p->ch[i] && is_one_of(p->ch[i], "余多几百千万亿"))
        i++;
    return i;
}

static uint32_t range_end(const struct page *p, uint32_t i)
{
    if (p->ch[i] && is_one_of(p->ch[i], "-~—–至到") && is_digit(p->ch[i + 1]))
        return scale_end(p, digits_end(p, i + 1));
    return i;
}

static uint32_t before_amount(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"不少于", "不低于", "超过", "突破", "至少",
                                        "将近",   "近",     "约",   "超",   "逾"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++) {
        uint32_t n = (uint32_t)utf8_len(str_of(words[k]));
        if (i >= n && looking_at(p, i - n, words[k]) && !mark_to(p, i, SENSE_GROUP))
            return i - n; /* not the 约 of 签约 */
    }
    return i;
}

static uint32_t after_amount(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"以上", "以下", "左右", "多", "余"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k]))
            return k == 3 && !is_one_of(p->ch[i - 1], "年月元天倍")
                       ? i
                       : i + (uint32_t)utf8_len(str_of(words[k]));
    return i;
}

/* 2024年, 7月, 25日, 9时: points of time. */
static bool is_point(const struct page *p, uint32_t from, uint32_t to)
{
    uint32_t c = p->ch[to];
    if (c == 0x5E74) /* 年 */
        return to - from == 4;
    return c && is_one_of(c, "月日号时点分届") ? c != 0x65F6 || p->ch[to + 1] != 0x957F : false;
}

/* A Chinese numeral is a count only when it is large, rough, or counts things: 三十余家, 两所. */
static bool numeral_counts(const struct page *p, uint32_t from, uint32_t to, uint32_t end)
{
    if (from && is_one_of(p->ch[from - 1], "第之统“党每某任唯同进逐"))
        return false;
    if (to - from == 1 && p->ch[from] == 0x51E0) /* 几项 says nothing */
        return false;
    bool rough = end > to || p->ch[from] == 0x6570; /* 数十 */
    if (to - from == 1)
        return rough || (is_one_of(p->ch[from], "两三四五六七八九十") &&
                         is_one_of(p->ch[end], "家所名位项份支亿个"));
    return p->ch[from] != 0x4E00 || rough;
}

/* 30万元|至50万元, 20%|至30% */
static uint32_t same_range_end(const struct page *p, uint32_t i)
{
    uint32_t k = i + 1, to = range_end(p, i);
    const struct mark *unit = to > k ? mark_at(p, to, SENSE_UNIT) : NULL;
    if (to > k && p->ch[to] == '%' && p->ch[i - 1] == '%')
        return to + 1;
    bool same = unit && p->ch[unit->to - 1] == p->ch[i - 1];
    return same ? unit->to : i;
}

/* 由每人3万元|提高到5万元: what it was before. */
static bool is_former(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"提高到", "提高至", "提升到", "提升至", "增加到", "增加至",
                                        "增长到", "增至",   "扩大到", "上调至", "调整为"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k]))
            return is_digit(p->ch[i + utf8_len(str_of(words[k]))]);
    return false;
}

/* 50万元以上仪器, 亿元以上项目: what kind of thing, not how many. */
static bool describes(const struct page *p, const struct amount *a)
{
    bool money = p->ch[a->unit_from] == 0x5143 || p->ch[a->unit_from + 1] == 0x5143; /* 元 */
    return money && p->ch[a->to - 1] == 0x4E0A && is_han(p->ch[a->to]) &&            /* 上 */
           !mark_at(p, a->to, SENSE_STOP) && !mark_at(p, a->to, SENSE_INSIDE);
}

static enum rc amount_at(struct page *p, uint32_t i, uint32_t *next)
{
    bool arabic = is_digit(p->ch[i]);
    uint32_t to = arabic ? digits_end(p, i) : numerals_end(p, i);
    uint32_t end = range_end(p, scale_end(p, to));
    *next = MAX(end, i + 1);
    if (i && (is_letter(p->ch[i - 1]) || p->ch[i - 1] == 0x7B2C)) /* 第 */
        return RC_OK;
    if (p->ch[end] == ' ' && mark_at(p, end + 1, SENSE_UNIT))
        end++; /* 3 个 */
    const struct mark *unit = mark_at(p, end, SENSE_UNIT);
    bool percent = p->ch[end] == '%';
    if ((!unit && !percent) || (arabic && is_point(p, i, end)))
        return RC_OK;
    if (!arabic && !numeral_counts(p, i, to, end))
        return RC_OK;
    struct amount a = {.unit_from = end, .soft = !arabic && to == i + 1 && p->ch[end] == 0x4E2A};
    a.from = before_amount(p, i);
    a.to = after_amount(p, percent ? end + 1 : unit->to);
    a.lasts = !percent && is_one_of(p->ch[unit->to - 1], "年月天时周");
    a.to = same_range_end(p, a.to);
    *next = a.to;
    return is_former(p, a.to) || describes(p, &a) ? RC_OK : vec_push(&p->amount, a, p->e);
}

/* 5家企业代表, 12家企业的负责人: those are counted who came. */
static bool sends_people(const struct page *p, uint32_t i)
{
    for (uint32_t k = i; k < i + 8 && !is_break(p->ch[k]); k++)
        if (looking_at(p, k, "代表") || looking_at(p, k, "负责人") || looking_at(p, k, "参会"))
            return !looking_at(p, k + 2, "签") && !looking_at(p, k + 2, "性");
    return false;
}

/* 18家企业共同组建, 22家企业赴西安: those are counted who act. */
static bool act_together(const struct page *p, uint32_t i)
{
    static const char *const acts[] = {"共同", "联合", "分别", "前往", "赴"};
    for (uint32_t k = i; k < i + 12 && !is_break(p->ch[k]) && p->ch[k] != 0x7684; k++) /* 的 */
        for (size_t w = 0; w < ARRAY_LEN(acts); w++)
            if (looking_at(p, k, acts[w]))
                return true;
    return false;
}

/* Present at the event: counted, but no figure of the cooperation. */
static bool is_attendance(const struct page *p, const struct amount *a)
{
    static const char *const words[] = {"参加", "出席", "一行", "带队", "与会",     "到场",
                                        "参会", "观摩", "聆听", "见证", "参与活动", "带领"};
    static const char *const visits[] = {"走访", "先后到", "考察", "参观", "调研", "走进"};
    static const char *const taught[] = {"参加培训", "参加实习", "参加实训", "参加研修"};
    uint32_t c = clause_of(p, a->from);
    if (c == NONE)
        return false;
    for (size_t k = 0; is_one_of(p->ch[a->unit_from], "家所") && k < ARRAY_LEN(visits); k++)
        if (find_in(p, p->clause.p[c].from, a->from, visits[k]) != NONE)
            return true; /* 先后走访了5家企业 */
    bool with = a->from && p->flags[a->from - 1] & CHAR_JOIN;
    if (!with && is_one_of(p->ch[a->unit_from], "家所") && act_together(p, a->to))
        return true;
    if (is_one_of(p->ch[a->unit_from], "家所个"))
        return sends_people(p, a->to);
    if (!is_one_of(p->ch[a->unit_from], "人名位"))
        return false;
    for (size_t k = 0; k < ARRAY_LEN(taught); k++)
        if (find_in(p, p->clause.p[c].from, p->clause.p[c].to, taught[k]) != NONE)
            return false;
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (find_in(p, p->clause.p[c].from, p->clause.p[c].to, words[k]) != NONE)
            return true;
    return false;
}

enum rc amounts_find(struct page *p)
{
    for (uint32_t i = 0; (i = next_with(p->flags, i, p->n, CHAR_NUMBER)) < p->n;)
        TRY(amount_at(p, i, &i));
    for (size_t k = 0; k < p->amount.n; k++)
        p->amount.p[k].attendance = is_attendance(p, &p->amount.p[k]);
    return RC_OK;
}

/* ---- deadlines ---- */

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
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k]) &&
            !(i && (is_digit(p->ch[i - 1]) || is_numeral(p->ch[i - 1]))))
            return i + (uint32_t)utf8_len(str_of(words[k]));
    uint32_t to = is_digit(p->ch[i]) ? range_end(p, digits_end(p, i)) : numerals_end(p, i);
    if (to == i)
        return 0;
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

/* Spares the patterns for most characters: digits, numerals, “ 截 未 今 明 建 合 协 聘 年 本 */
static bool may_begin_moment(uint32_t c)
{
    switch (c) {
    case '"':
    case 0x201C:
    case 0x622A:
    case 0x672A:
    case 0x4ECA:
    case 0x660E:
    case 0x5EFA:
    case 0x5408:
    case 0x534F:
    case 0x8058:
    case 0x5E74:
    case 0x672C:
        return true;
    default:
        return is_digit(c) || is_numeral(c);
    }
}

uint16_t char_flags(uint32_t c)
{
    if (c == 0)
        return CHAR_BREAK;
    return (uint16_t)((is_digit(c) || is_numeral(c) ? CHAR_NUMBER : 0) |
                      (may_begin_moment(c) ? CHAR_MOMENT : 0) |
                      (is_digit(c) || is_one_of(c, "\n近日不连昨今本上") ? CHAR_DAY : 0) |
                      (is_one_of(c, "我该本校学公集企省市县区州镇乡") ? CHAR_NAME : 0) |
                      (is_one_of(c, "。!?\n,;: 】") ? CHAR_CUT : 0) |
                      (is_digit(c) || is_one_of(c, "等") ? CHAR_LIST : 0) |
                      (is_one_of(c, "与和同") ? CHAR_JOIN : 0) |
                      (is_one_of(c, "在于到赴与和同为对向跟及、给从自托助持力务进往访察")
                           ? CHAR_TOWARDS
                           : 0) |
                      (is_break(c) ? CHAR_BREAK : 0));
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
        struct moment m = {i, end};
        if (!until && i && (p->ch[i - 1] == 0x5230 || p->ch[i - 1] == 0x81F3)) /* 到, 至 */
            m.from--;
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
        uint32_t at = clause_of(p, m->from);
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
