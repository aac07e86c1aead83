/* The facts that a rule makes where it fits: of a list one for each thing, of several numbers one
 * for each, of several signatories one for each. */
#include "news/facts_int.h"

/* 和, 暨 between two things that are built, not the one of 碳中和. */
static bool joins_at(const struct page *p, uint32_t i, const struct group_set *noun)
{
    if (!looking_at(p, i, "和") && !looking_at(p, i, "暨"))
        return false;
    uint32_t end = i > 0 && p->ch[i - 1] == 0x201D ? i - 1 : i;
    for (uint32_t k = p->ending[end]; k != NONE; k = p->mark.p[k].same_end)
        if (p->mark.p[k].class == SENSE_GROUP && set_has(noun, p->mark.p[k].value))
            return true;
    return false;
}

static struct amount *free_amount(struct page *p, const struct clause *c,
                                  const struct amount *after, bool lasting)
{
    for (size_t k = 0; k < p->amount.n; k++) {
        struct amount *a = &p->amount.p[k];
        if (a->from >= c->from && a->to <= c->to && !a->attendance && !a->used &&
            (lasting || !a->lasts) && (!after || a > after))
            return a;
    }
    return NULL;
}

/* A list of nouns, each with its own head: 教育培训基地、碳中和研究院. */
static enum rc add_list(struct page *p, struct hit *h, struct amount *a, bool *added)
{
    uint32_t from =
        h->noun_from >= h->verb_to ? h->verb_to : phrase_from(p, h->noun_from, h->clause->from);
    uint32_t end = h->noun_from >= h->verb_to ? h->clause->to : h->verb_from;
    while (from < end) {
        uint32_t to = from;
        while (to < end && p->ch[to] != 0x3001 && !joins_at(p, to, &h->rule->noun) &&
               !(to > from && p->ch[to] == 0x201C && p->ch[to - 1] == 0x201D)) /* “甲”“乙” */
            to++;
        const struct mark *n = noun_of(p, from, to, &h->rule->noun, from);
        if (n) {
            n = noun_run(p, n, to, &h->rule->noun);
            h->noun_from = n->from;
            h->noun_to = n->to;
            struct clause item = *h->clause; /* 研究院10家、基地15家: each its own number */
            item.from = from;
            item.to = to;
            struct amount *own = a ? free_amount(p, &item, NULL, false) : NULL;
            TRY(add_fact(p, h, own ? own : a, object_trim(p, from, n->to), added));
        }
        from = to + (p->ch[to] != 0x201C);
    }
    return RC_OK;
}

/* 三方签署: the parties whom no sentence near names, as the lead does. */
static enum rc add_of_lead(struct page *p, struct hit *h, struct clause *c, uint32_t want,
                           bool *added)
{
    uint32_t sentence = NONE, last = NONE;
    for (uint32_t k = mention_from(p, p->title); k < p->mention.n && want > 0; k++) {
        const struct mention *m = &p->mention.p[k];
        uint32_t at = clause_of(p, m->from);
        if (m->from >= p->lead || at == NONE)
            break;
        if (m->org == NONE || m->org == c->subject || m->org == last || org_is_object(p, m->org))
            continue;
        if (sentence != NONE && p->clause.p[at].sentence != sentence)
            break;
        sentence = p->clause.p[at].sentence;
        c->partner = last = m->org;
        want--;
        TRY(add_fact(p, h, NULL, object_of(p, h), added));
    }
    return RC_OK;
}

/* 与甲、乙以及丙签署: a fact for each named signatory before the verb. */
static enum rc add_signatories(struct page *p, struct hit *h, struct amount *sum, bool *added)
{
    struct clause c = *h->clause;
    uint32_t seen = 0, first = clause_of(p, c.from);
    bool several =
        find_in(p, c.from, c.to, "三方") != NONE || find_in(p, c.from, c.to, "四方") != NONE;
    h->clause = &c;
    while (several && first > 0 && first != NONE && p->clause.p[first - 1].sentence == c.sentence)
        first--; /* 与甲、乙达成共识，并签署三方协议 */
    for (uint32_t k = mention_from(p, c.from); k < p->mention.n && p->host != NONE; k++)
        if (p->mention.p[k].from < c.to && p->mention.p[k].org == p->host)
            c.subject = p->host; /* the page's school signs with the others */
    for (uint32_t k = mention_from(p, several ? p->clause.p[first].from : c.from); k < p->mention.n;
         k++) {
        const struct mention *m = &p->mention.p[k];
        if (m->from >= h->verb_from)
            break;
        if (m->org == NONE || m->org == c.subject || org_is_object(p, m->org))
            continue;
        c.partner = m->org;
        seen++;
        TRY(add_fact(p, h, sum, object_of(p, h), added));
        sum = NULL; /* told once */
    }
    uint32_t others = find_in(p, c.from, c.to, "四方") != NONE ? 3 : 2;
    if (several && seen == 0)
        TRY(add_of_lead(p, h, &c, others, added));
    return seen || *added ? RC_OK : add_fact(p, h, sum, object_of(p, h), added);
}

static bool is_people_unit(uint32_t c)
{
    return c == 0x540D || c == 0x4EBA || c == 0x4F4D; /* 名人位 */
}

/* Does a clause tell the sum of what the one before it says? */
static bool tells_sum(const struct page *p, const struct clause *c)
{
    static const char *const words[] = {
        "合同金额",   "协议金额", "签约金额", "成交金额",   "总金额",   "金额",
        "合同额",     "合同总额", "总投资",   "转让费",     "合同经费", "协议总额",
        "投资总额",   "经费",     "到账经费", "许可费",     "转让金额", "交易金额",
        "授权费",     "合作经费", "项目经费", "合同价款",   "总经费",   "许可费用",
        "技术交易额", "成交价",   "标的额",   "项目总经费", "投资额"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, c->from, words[k]))
            return true;
    return false;
}

/* 签订技术开发合同，合同金额260万元; 设立奖学金，每年20万元: the sum that the next clause tells. */
static struct amount *sum_behind(struct page *p, const struct clause *c, enum fact_type t)
{
    if (c + 1 >= p->clause.p + p->clause.n || c[1].sentence != c->sentence)
        return NULL;
    bool yearly = t == FACT_SCHOLARSHIP && looking_at(p, c[1].from, "每年");
    return yearly || tells_sum(p, c + 1) ? free_amount(p, c + 1, NULL, false) : NULL;
}

static bool has_sum(enum fact_type t)
{
    return t == FACT_AGREEMENT || t == FACT_PROJECT || t == FACT_RESULTS_TRANSFER ||
           t == FACT_SCHOLARSHIP;
}

/* 力争到2025年底: a clause that has nothing but the deadline. */
static bool is_bare_deadline(const struct page *p, const struct hit *h)
{
    if (h->rule->type != FACT_TARGET || h->rule->has_noun)
        return false;
    for (size_t k = 0; k < p->moment.n; k++)
        if (p->moment.p[k].from <= h->verb_to && p->moment.p[k].from >= h->verb_from &&
            p->moment.p[k].to + 1 >= h->clause->to)
            return true;
    return false;
}

/* 签订协议5份，合同经费1280万元: a sum is of the kind of what it is the sum of. */
enum fact_type sum_type(const struct page *p, const struct clause *c)
{
    if (c == p->clause.p || !tells_sum(p, c) || c[-1].sentence != c->sentence)
        return FACT_STATISTIC;
    for (size_t i = p->out->fact.n; i-- > 0;) {
        const struct news_fact *f = &p->out->fact.p[i];
        if (has_sum(f->type) && f->evidence.from >= p->at[c[-1].from] &&
            f->evidence.from < p->at[c[-1].to])
            return f->type;
    }
    return FACT_STATISTIC;
}

/* 聘期两年, not 每年出资20万元; 32名博士, not 10余所高校. */
static bool counts_people(const struct page *p, const struct fact_rule *r, const struct amount *a,
                          bool term)
{
    if (r->type == FACT_RESULTS_TRANSFER && p->ch[a->to - 1] == '%')
        return false; /* 按成交额的10%给予奖补 */
    if (r->type != FACT_DUAL_APPOINTMENT || r->has_noun)
        return true;
    return term ? a->lasts : a->lasts || is_people_unit(p->ch[a->unit_from]);
}

/* 与三家企业组建订单班: no number of classes. */
static bool counts_orgs(const struct page *p, const struct amount *a)
{
    static const char *const words[] = {"企业", "高校", "院校", "单位", "公司",
                                        "银行", "院所", "机构", "医院", "协会"};
    for (size_t k = 0; !is_people_unit(p->ch[a->unit_from]) && k < ARRAY_LEN(words); k++)
        if (looking_at(p, a->to, words[k]))
            return true;
    return false;
}

/* 6家企业签订项目11个: the companies are not what is signed. */
static bool counts_others(const struct page *p, const struct fact_rule *r, const struct amount *a)
{
    bool things = r->type == FACT_PROJECT || r->type == FACT_TALENT_TRAINING ||
                  r->type == FACT_JOINT_PLATFORM || r->type == FACT_INTERNSHIP;
    return ((things && r->has_noun) || r->type == FACT_COMMITMENT) && counts_orgs(p, a);
}

/* A fact for every number of the clause. */
static enum rc add_counted(struct page *p, struct hit *h, struct amount *a, bool term, bool *added)
{
    const struct clause *whole = h->clause;
    bool lasting = h->rule->type == FACT_DUAL_APPOINTMENT;
    bool several = a && free_amount(p, whole, a, lasting);
    for (; a; a = free_amount(p, whole, a, lasting)) {
        struct clause item = *whole;
        bool list = several && item_of(p, whole, a, &item);
        if (!counts_people(p, h->rule, a, term) || (several && counts_others(p, h->rule, a)))
            continue;
        struct str object = list ? counted_of(p, &item, a) : object_of(p, h);
        h->clause = list && item.from > h->verb_from ? &item : whole;
        TRY(add_fact(p, h, a, object, added));
        h->clause = whole;
    }
    return RC_OK;
}

enum rc rule_apply(struct page *p, struct hit *h, bool *added)
{
    if (is_bare_deadline(p, h))
        return RC_OK;
    const struct fact_rule *r = h->rule;
    uint32_t last = p->t->group_last;
    bool lasting = r->type == FACT_DUAL_APPOINTMENT, term = last != NONE && set_has(&r->verb, last);
    if (r->type == FACT_RESULTS_TRANSFER && sum_type(p, h->clause) != FACT_STATISTIC)
        return RC_OK; /* 签约项目108个，签约金额12.6亿元: rest_figures has it */
    struct amount *a = r->amount == AMOUNT_NO ? NULL : free_amount(p, h->clause, NULL, lasting);
    for (struct amount *b = a; lasting && b; b = free_amount(p, h->clause, b, lasting))
        if (is_people_unit(p->ch[b->unit_from])) {
            a = b; /* 8所高校的36名专家: the people count */
            break;
        }
    while (r->amount == AMOUNT_MAY && a && r->type != FACT_AGREEMENT && counts_orgs(p, a))
        a = free_amount(p, h->clause, a, lasting);
    if (r->amount == AMOUNT_MUST) {
        return add_counted(p, h, a, term, added);
    }
    if (!a && r->type == FACT_INTERNSHIP && r->amount != AMOUNT_NO)
        a = free_amount(p, h->clause, NULL, true); /* 为期6个月 */
    if (!a && has_sum(r->type) && r->amount != AMOUNT_NO)
        a = sum_behind(p, h->clause, r->type);
    if (r->split)
        return add_list(p, h, a, added);
    if (r->type == FACT_AGREEMENT && (!a || a->from >= h->clause->to))
        return add_signatories(p, h, a, added);
    return add_fact(p, h, a, object_of(p, h), added);
}
