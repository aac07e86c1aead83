/* Numbers with their units as Chinese writes them. */
#include "news/news_int.h"

static bool is_letter(uint32_t c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}
uint32_t digits_end(const struct page *p, uint32_t i)
{
    while (is_digit(p->ch[i]) || ((p->ch[i] == '.' || p->ch[i] == ',') && is_digit(p->ch[i + 1])))
        i++;
    return i;
}

uint32_t numerals_end(const struct page *p, uint32_t i)
{
    while (is_zh_digit(p->ch[i]))
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

uint32_t range_end(const struct page *p, uint32_t i)
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
        if (i < n || !looking_at(p, i - n, words[k]))
            continue;
        const struct mark *verb = mark_to(p, i, SENSE_GROUP); /* not the 约 of 签约, */
        if (!verb || (verb->from == i - n && k != 3)) /* nor is what breaks through, 突破 */
            return i - n;
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
    static const char *const words[] = {
        "参加",   "出席",       "一行",       "带队",     "与会",     "到场",
        "参会",   "观摩",       "聆听",       "见证",     "参与活动", "带领",
        "列席",   "主旨报告",   "专题报告",   "主题演讲", "交流发言", "作报告",
        "面对面", "专家组认为", "专家组一致", "合影"};
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
