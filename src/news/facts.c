/* Facts: the rules of model/news/facts.yaml over clauses. */
#include "news/news_int.h"

enum { EVIDENCE_MAX = 40, EVIDENCE_CLAUSE = 30, OBJECT_MAX = 30 };

/* One place where a rule fits. */
struct hit {
    const struct fact_rule *rule;
    const struct clause *clause;
    uint32_t verb_from, verb_to, noun_from, noun_to; /* equal where the rule has no noun */
};

/* ---- where a rule fits ---- */

static const struct mark *mark_of(const struct page *p, uint32_t from, uint32_t to,
                                  const struct group_set *set, uint32_t after)
{
    for (uint32_t k = p->first[MAX(from, after)]; k < p->first[to]; k++) {
        const struct mark *m = &p->mark.p[k];
        if (m->class == SENSE_GROUP && m->to <= to && set_has(set, m->value))
            return m;
    }
    return NULL;
}

/* The 学院 of 东湖职业技术学院, who unveils something: a name of somebody who acts. */
static bool in_actor(const struct page *p, const struct mark *n)
{
    uint32_t k = mention_from(p, n->from);
    if (k >= p->mention.n || p->mention.p[k].from >= n->from || p->mention.p[k].to < n->to)
        return false;
    const struct mention *m = &p->mention.p[k];
    bool built = m->kind == KIND_INSTITUTE || m->kind == KIND_OTHER || m->kind == KIND_PARK;
    return m->org != NONE && !built && !org_is_object(p, m->org);
}

/* The first noun that is not part of such a name. */
static const struct mark *noun_of(const struct page *p, uint32_t from, uint32_t to,
                                  const struct group_set *set, uint32_t after)
{
    const struct mark *n = mark_of(p, from, to, set, after);
    while (n && in_actor(p, n))
        n = mark_of(p, from, to, set, n->to);
    return n;
}

/* The last noun of an unbroken run: 产教融合示范基地 of 产教融合 … 基地. */
static const struct mark *noun_run(const struct page *p, const struct mark *m, uint32_t to,
                                   const struct group_set *set)
{
    const struct mark *best = m;
    for (uint32_t i = m->from; i < to && !is_break(p->ch[i]); i++)
        for (uint32_t k = p->first[i]; k < p->first[i + 1]; k++) {
            const struct mark *o = &p->mark.p[k];
            if (o->class == SENSE_GROUP && o->to <= to && set_has(set, o->value) &&
                o->to > best->to && o->from <= best->to + 6)
                best = o;
        }
    return best;
}

/* 合作项目|清单, 课题|组: the noun is only the beginning of another. */
static bool goes_on(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"清单",   "库",       "组",       "办公室",
                                        "负责人", "对接活动", "工作座谈", "情况"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k]))
            return true;
    return looking_at(p, i, "会") && (is_break(p->ch[i + 1]) || mark_at(p, i + 1, SENSE_STOP));
}

static bool noun_fits(const struct page *p, struct hit *h, const struct mark *verb)
{
    const struct fact_rule *r = h->rule;
    uint32_t from = h->clause->from, to = h->clause->to;
    const struct mark *n = NULL;
    if (r->order != ORDER_BEFORE && !looking_at(p, verb->to, "在")) /* 揭牌仪式在某中心举行 */
        n = noun_of(p, from, to, &r->noun, verb->to);
    if (n && n->from > verb->to + r->gap)
        n = NULL;
    if (!n && r->order != ORDER_AFTER) {
        n = noun_of(p, from, verb->from, &r->noun, from);
        if (n && (n->to + r->gap < verb->from || p->ch[verb->to] == 0x3001))
            n = NULL;
    }
    if (!n)
        return false;
    if (goes_on(p, n->to))
        return false;
    const struct mark *last = noun_run(p, n, n->from >= verb->to ? to : verb->from, &r->noun);
    h->noun_from = n->from;
    h->noun_to = last->to;
    return !goes_on(p, last->to);
}

static struct group_set sentence_groups(const struct page *p, size_t clause)
{
    struct group_set s = {{0}};
    size_t k = clause;
    while (k > 0 && p->clause.p[k - 1].sentence == p->clause.p[clause].sentence)
        k--;
    for (; k < p->clause.n && p->clause.p[k].sentence == p->clause.p[clause].sentence; k++)
        for (size_t i = 0; i < ARRAY_LEN(s.bit); i++)
            s.bit[i] |= p->clause.p[k].groups.bit[i];
    return s;
}

/* The 培养 of 人才培养 is no verb. */
static bool inside_noun(const struct page *p, const struct mark *v, const struct group_set *noun)
{
    for (uint32_t k = p->ending[v->to]; k != NONE; k = p->mark.p[k].same_end) {
        const struct mark *m = &p->mark.p[k];
        if (m->class == SENSE_GROUP && m->from < v->from && set_has(noun, m->value))
            return true;
    }
    return false;
}

/* The 建成 of 游建成, who does something. */
static bool inside_person(const struct page *p, const struct mark *v)
{
    if (!(p->flags[v->from] & CHAR_PERSON))
        return false; /* most */
    for (size_t k = 0; k < p->naming.n && p->naming.p[k].from <= v->from; k++)
        if (p->naming.p[k].to >= v->to)
            return true;
    return false;
}

/* The verb is part of a name: 成果转化促进会. */
static bool inside_name(const struct page *p, const struct mark *v)
{
    uint32_t k = mention_from(p, v->from);
    if (k >= p->mention.n || p->mention.p[k].from > v->from)
        return false;
    const struct mention *m = &p->mention.p[k];
    return m->org != NONE && m->to >= v->to && m->to - m->from > v->to - v->from;
}

static bool rule_fits(const struct page *p, struct hit *h, const struct group_set *sentence)
{
    const struct fact_rule *r = h->rule;
    const struct group_set *g = &h->clause->groups;
    if (!set_meets(g, &r->verb) || (r->has_noun && !set_meets(g, &r->noun)) ||
        (r->has_with && !set_meets(g, &r->with)) || set_meets(g, &r->without) ||
        set_meets(sentence, &r->unless) || (r->has_lead && !set_meets(sentence, &r->lead)) ||
        (r->has_amid && !set_meets(sentence, &r->amid)))
        return false;
    uint32_t after = h->clause->from;
    for (;;) {
        const struct mark *v = mark_of(p, h->clause->from, h->clause->to, &r->verb, after);
        if (!v)
            return false;
        if (inside_name(p, v) || inside_person(p, v) ||
            (r->has_noun && inside_noun(p, v, &r->noun))) {
            after = v->to;
            continue;
        }
        h->verb_from = h->noun_from = v->from;
        h->verb_to = h->noun_to = v->to;
        for (uint32_t k = p->first[v->from]; k < p->first[v->from + 1]; k++)
            if (p->mark.p[k].class == SENSE_GROUP && p->mark.p[k].to > h->verb_to &&
                set_has(&r->verb, p->mark.p[k].value))
                h->verb_to = h->noun_to = p->mark.p[k].to;
        struct mark verb = {.from = v->from, .to = h->verb_to};
        if (!r->has_noun || noun_fits(p, h, &verb))
            return true;
        after = v->to;
    }
}

/* ---- the parts of a fact ---- */

static struct str trim(const struct page *p, uint32_t from, uint32_t to)
{
    while (from < to &&
           (is_break(p->ch[from]) || looking_at(p, from, "了") || looking_at(p, from, "的") ||
            looking_at(p, from, "为") || looking_at(p, from, "一批")))
        from += looking_at(p, from, "一批") ? 2 : 1;
    while (to > from && is_break(p->ch[to - 1]) && p->ch[to - 1] != ')' && p->ch[to - 1] != 0x201D)
        to--;
    for (uint32_t i = from; i < to && p->ch[i] != 0x201C; i++) /* an opening quote cut off */
        if (p->ch[i] == 0x201D && from > 0 && p->ch[from - 1] == 0x201C) {
            from--;
            break;
        }
    return page_str(p, from, MIN(to, from + OBJECT_MAX));
}

/* The noun phrase around the noun: to the left until a boundary. */
static uint32_t phrase_from(const struct page *p, uint32_t from, uint32_t floor)
{
    uint32_t i = from;
    while (i > floor && from - i < 20 && !mark_to(p, i, SENSE_STOP) &&
           (!is_break(p->ch[i - 1]) || p->ch[i - 1] == 0x201C || p->ch[i - 1] == 0x201D))
        i--;
    return i;
}

static struct str object_of(const struct page *p, const struct hit *h)
{
    if (!h->rule->has_noun)
        return trim(p, h->verb_to, MIN(h->clause->to, h->verb_to + OBJECT_MAX));
    if (h->noun_from >= h->verb_to)
        return trim(p, MAX(h->verb_to, h->noun_to > OBJECT_MAX ? h->noun_to - OBJECT_MAX : 0),
                    h->noun_to);
    return trim(p, phrase_from(p, h->noun_from, h->clause->from), h->noun_to);
}

static struct span evidence_of(const struct page *p, const struct hit *h, const struct amount *a)
{
    uint32_t from = h->clause->from, to = h->clause->to;
    if (a && (a->from < from || a->to > to))
        a = NULL; /* the sum that the next clause tells */
    while (to > from && p->ch[to - 1] == ' ')
        to--;
    if (to - from <= EVIDENCE_CLAUSE)
        return page_span(p, from, to);
    uint32_t lo = MIN(h->verb_from, h->noun_from), hi = MAX(h->verb_to, h->noun_to);
    if (a) {
        lo = MIN(lo, a->from);
        hi = MAX(hi, a->to);
    }
    if (hi - lo > EVIDENCE_MAX) {
        lo = a ? a->from : lo;
        hi = MIN(lo + EVIDENCE_MAX, to);
    } else if (hi - lo < 12) {
        hi = MIN(to, lo + 16);
        lo = hi - lo < 12 ? (lo > from + 6 ? lo - 6 : from) : lo;
    }
    return page_span(p, lo, hi);
}

static bool wants_deadline(enum fact_type t)
{
    return t == FACT_TARGET || t == FACT_COVERAGE || t == FACT_COMMITMENT || t == FACT_STATISTIC;
}

/* ---- one fact ---- */

static bool contains(struct str a, struct str b)
{
    return str_find(a, b, 0) != SIZE_MAX;
}

/* 某大学附属医院 of 某大学附属安庆医院: the same, told without its name. */
static bool same_hospital(struct str a, struct str b)
{
    bool general = str_ends(a, STR("附属医院")) || str_ends(b, STR("附属医院"));
    return general && contains(a, STR("附属")) && contains(b, STR("附属")) &&
           str_ends(a, STR("医院")) && str_ends(b, STR("医院"));
}

/* One name of a thing inside the other; what is built is also told again by its last word. */
static bool same_thing(enum fact_type type, struct str a, struct str b)
{
    if (a.n > b.n) {
        struct str swap = a;
        a = b;
        b = swap;
    }
    if ((type == FACT_JOINT_PLATFORM || type == FACT_DUAL_APPOINTMENT) && a.n >= 12 &&
        str_ends(b, a))
        return true;
    if (type == FACT_JOINT_PLATFORM && same_hospital(a, b))
        return true;
    return (a.n >= 18 && contains(b, a)) || (a.n >= 6 && str_eq(a, b));
}

static bool is_told(const struct page *p, const struct news_fact *f)
{
    for (size_t i = 0; i < p->out->fact.n; i++) {
        const struct news_fact *o = &p->out->fact.p[i];
        if (o->type != f->type || (!str_eq(o->value, f->value) && f->value.n))
            continue;
        if (str_eq(span_str(p->x->text, o->evidence), span_str(p->x->text, f->evidence)) &&
            str_eq(o->value, f->value) &&
            (f->type != FACT_AGREEMENT || str_eq(o->object, f->object)))
            return true;
        bool same = same_thing(f->type, f->object, o->object);
        bool parties = f->type == FACT_AGREEMENT || f->type == FACT_COMMITMENT;
        if (f->type == FACT_AGREEMENT && same && f->value.n == 0)
            return true;
        if (same && (!parties || (o->subject == f->subject && str_eq(o->predicate, f->predicate))))
            return true;
        if (o->evidence.from == f->evidence.from && o->evidence.to == f->evidence.to &&
            str_eq(o->object, f->object))
            return true;
    }
    return false;
}

/* An institute that has people of its own is not being founded. */
static bool stands_already(const struct page *p, const struct news_fact *f)
{
    if (f->type != FACT_JOINT_PLATFORM)
        return false;
    for (size_t i = 0; i < p->org.n; i++)
        if (p->org.p[i].staffed && p->org.p[i].name.n && str_ends(f->object, p->org.p[i].name))
            return true;
    return false;
}

/* A value that is no amount: 全覆盖, 倍增; the figure of a scheme, “6352”工程. */
static struct str value_word(const struct page *p, const struct hit *h)
{
    static const char *const words[] = {"全覆盖", "倍增", "翻番"};
    const struct clause *c = h->clause;
    bool sum = h->rule->type == FACT_COVERAGE || h->rule->type == FACT_TARGET;
    for (size_t k = 0; sum && k < ARRAY_LEN(words); k++) {
        uint32_t i = find_in(p, c->from, c->to, words[k]);
        if (i != NONE)
            return page_str(p, i, i + (uint32_t)utf8_len(str_of(words[k])));
    }
    for (uint32_t i = h->verb_to; h->rule->type == FACT_OTHER && i < h->noun_from; i++) {
        uint32_t to = i + 1;
        while (is_digit(p->ch[to]) || p->ch[to] == '+')
            to++;
        if (p->ch[i] == 0x201C && p->ch[to] == 0x201D && to > i + 2)
            return page_str(p, i + 1, to);
    }
    return STR("");
}

/* 开发课程20门、项目50个: the part of a list that a number counts; false where there is no list. */
static bool item_of(const struct page *p, const struct clause *c, const struct amount *a,
                    struct clause *item)
{
    uint32_t from = a->from, to = a->to;
    while (from > c->from && p->ch[from - 1] != 0x3001)
        from--;
    while (to < c->to && p->ch[to] != 0x3001)
        to++;
    item->from = from;
    item->to = to;
    return from > c->from || to < c->to;
}

/* What a number counts: the words behind it, else those before it. */
static struct str counted(const struct page *p, const struct clause *c, const struct amount *a)
{
    struct str behind = trim(p, a->to, MIN(c->to, a->to + 12));
    uint32_t from = phrase_from(p, a->from, c->from);
    bool ends = a->to >= c->to || is_break(p->ch[a->to]);
    return ends && from < a->from ? trim(p, from, a->from) : behind;
}

static enum rc add_fact(struct page *p, const struct hit *h, struct amount *a, struct str object,
                        bool *added)
{
    const struct clause *c = h->clause;
    struct news_fact f = {.type = h->rule->type, .subject = c->subject, .object = object};
    f.value = a ? page_str(p, a->from, a->to) : value_word(p, h);
    f.deadline = deadline_of(p, c, f.type, wants_deadline(f.type) || h->rule->deadline);
    f.evidence = evidence_of(p, h, a);
    uint32_t to = h->noun_to > h->verb_from ? h->noun_to : h->verb_to;
    f.predicate = trim(p, h->verb_from, h->rule->partner ? MAX(to, h->verb_to) : h->verb_to);
    if (h->rule->partner && c->partner != NONE && p->org.p[c->partner].name.n)
        f.object = p->org.p[c->partner].name;
    if (p->out->fact.n >= PAGE_FACTS || is_told(p, &f) || stands_already(p, &f))
        return RC_OK;
    *added = true;
    if (a)
        a->used = true;
    if (c->subject != NONE)
        p->org.p[c->subject].acts = true;
    if (f.type != FACT_OTHER && f.type != FACT_STATISTIC && !h->rule->weak)
        for (uint32_t k = mention_from(p, c->from);
             k < p->mention.n && p->mention.p[k].from < c->to; k++)
            if (p->mention.p[k].org != NONE)
                p->org.p[p->mention.p[k].org].acts = true;
    if (c->partner != NONE && h->rule->partner)
        p->org.p[c->partner].acts = true;
    return vec_push(&p->out->fact, f, p->e);
}

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
            TRY(add_fact(p, h, own ? own : a, trim(p, from, n->to), added));
        }
        from = to + (p->ch[to] != 0x201C);
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
    return seen ? RC_OK : add_fact(p, h, sum, object_of(p, h), added);
}

static bool is_people_unit(uint32_t c)
{
    return c == 0x540D || c == 0x4EBA || c == 0x4F4D; /* 名人位 */
}

/* Does a clause tell the sum of what the one before it says? */
static bool tells_sum(const struct page *p, const struct clause *c)
{
    static const char *const words[] = {"合同金额", "协议金额", "签约金额", "成交金额", "总金额",
                                        "金额",     "合同额",   "合同总额", "总投资",   "转让费",
                                        "合同经费", "协议总额", "投资总额", "经费",     "到账经费",
                                        "许可费",   "转让金额", "交易金额", "授权费"};
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
static enum fact_type sum_type(const struct page *p, const struct clause *c)
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
    static const char *const words[] = {"企业", "高校", "院校", "单位", "公司"};
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
    return things && r->has_noun && counts_orgs(p, a);
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
        struct str object = list ? counted(p, &item, a) : object_of(p, h);
        h->clause = list && item.from > h->verb_from ? &item : whole;
        TRY(add_fact(p, h, a, object, added));
        h->clause = whole;
    }
    return RC_OK;
}

static enum rc apply(struct page *p, struct hit *h, bool *added)
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

static bool has_type(const struct page *p, enum fact_type t)
{
    for (size_t i = 0; i < p->out->fact.n; i++)
        if (p->out->fact.p[i].type == t)
            return true;
    return false;
}

static bool has_org(const struct page *p, const struct clause *c)
{
    for (uint32_t k = mention_from(p, c->from); k < p->mention.n && p->mention.p[k].from < c->to;
         k++)
        if (p->mention.p[k].org != NONE && !p->mention.p[k].host)
            return true;
    return false;
}

/* What has been said so far. */
struct told {
    uint32_t *uses;         /* by rule */
    uint32_t clause_types;  /* bit set of types in this clause */
    uint32_t weak_sentence; /* sentence that has its weak fact */
    bool counted;           /* the clause gave figures: no more */
    uint32_t sentence;      /* whose groups these are */
    struct group_set groups;
    uint64_t fallback[RULES_MAX / 64]; /* bit set of rules */
};

/* Does a fact stand on this clause already? What is unveiled is signed for as well. */
static bool told_in(const struct page *p, const struct clause *c)
{
    for (size_t i = 0; i < p->out->fact.n; i++)
        if (p->out->fact.p[i].type != FACT_JOINT_PLATFORM &&
            p->out->fact.p[i].type != FACT_TALENT_TRAINING &&
            p->out->fact.p[i].evidence.from >= p->at[c->from] &&
            p->out->fact.p[i].evidence.from < p->at[c->to])
            return true;
    return false;
}

static bool may_apply(const struct page *p, const struct hit *h, const struct told *t, size_t rule,
                      bool late)
{
    const struct fact_rule *r = h->rule;
    bool title = h->clause->from < p->title;
    if (r->plan && !p->plan)
        return false;
    if ((r->fallback || title) != late || t->uses[rule] >= r->limit)
        return false;
    if (late && (has_type(p, r->type) || (r->fallback && !title && told_in(p, h->clause))))
        return false;
    if (t->clause_types >> r->type & 1)
        return false;
    if (t->counted && r->amount != AMOUNT_MUST)
        return false;
    if ((r->type == FACT_JOINT_PLATFORM && t->clause_types >> FACT_TARGET & 1) ||
        (r->type == FACT_TARGET && t->clause_types >> FACT_COVERAGE & 1))
        return false;
    return !r->weak || (t->clause_types == 0 && t->weak_sentence != h->clause->sentence);
}

/* The rules whose verb the clause has. */
static void rules_of(const struct page *p, const struct group_set *groups,
                     uint64_t fits[RULES_MAX / 64])
{
    memset(fits, 0, RULES_MAX / 8);
    for (size_t i = 0; i < ARRAY_LEN(groups->bit); i++)
        for (uint64_t left = groups->bit[i]; left; left &= left - 1) {
            size_t g = 64 * i + (size_t)__builtin_ctzll(left);
            for (size_t k = 0; k < RULES_MAX / 64; k++)
                fits[k] |= p->t->by_verb[g][k];
        }
}

static enum rc rule_facts(struct page *p, size_t c, size_t r, struct told *told, bool late)
{
    struct hit h = {.rule = &p->t->rule.p[r], .clause = &p->clause.p[c]};
    bool added = false;
    if (!may_apply(p, &h, told, r, late))
        return RC_OK;
    if (told->sentence != h.clause->sentence)
        told->groups = sentence_groups(p, c);
    told->sentence = h.clause->sentence;
    if (!rule_fits(p, &h, &told->groups) ||
        (h.rule->deadline && deadline_of(p, h.clause, h.rule->type, true).n == 0) ||
        (h.rule->outside && !has_org(p, h.clause)))
        return RC_OK;
    TRY(apply(p, &h, &added));
    if (!added)
        return RC_OK;
    told->clause_types |= 1u << h.rule->type;
    told->uses[r]++;
    told->counted = told->counted || h.rule->type == FACT_STATISTIC;
    if (h.rule->weak)
        told->weak_sentence = h.clause->sentence;
    return RC_OK;
}

/* The title is read late; of the text only the rules that wait for the others. */
static enum rc clause_facts(struct page *p, size_t c, struct told *told, bool late)
{
    bool title = p->clause.p[c].from < p->title;
    if ((title && !late) ||
        !set_meets(&p->clause.p[c].groups, late && !title ? &p->t->late_verbs : &p->t->verbs))
        return RC_OK;
    told->clause_types = 0;
    told->counted = false;
    uint64_t fits[RULES_MAX / 64];
    rules_of(p, &p->clause.p[c].groups, fits);
    for (size_t i = 0; i < ARRAY_LEN(fits); i++) {
        if (!title)
            fits[i] &= late ? told->fallback[i] : ~told->fallback[i];
        for (uint64_t left = fits[i]; left; left &= left - 1)
            TRY(rule_facts(p, c, 64 * i + (size_t)__builtin_ctzll(left), told, late));
    }
    return RC_OK;
}

/* 5年内选育新品种3个, 拟引进人才40名: wanted, not counted. */
static bool is_promised(const struct page *p, const struct clause *c, const struct amount *a)
{
    static const char *const words[] = {"拟", "力争", "计划", "预计", "争取"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (find_in(p, c->from, a->from, words[k]) != NONE)
            return true;
    return deadline_of(p, c, FACT_TARGET, true).n > 0;
}

/* Figures that no rule took. */
static enum rc rest_figures(struct page *p)
{
    static const struct fact_rule figure = {.type = FACT_STATISTIC},
                                  term = {.type = FACT_DUAL_APPOINTMENT};
    uint32_t last = p->t->group_last;
    bool dual = has_type(p, FACT_DUAL_APPOINTMENT) && last != NONE;
    for (size_t k = 0; k < p->amount.n; k++) {
        struct amount *a = &p->amount.p[k];
        uint32_t c = clause_of(p, a->from);
        if (a->used || a->soft || a->attendance || c == NONE || a->from < p->title)
            continue;
        bool served = dual && a->lasts && set_has(&p->clause.p[c].groups, last);
        if (a->lasts && !served)
            continue;
        struct fact_rule sum = {.type = sum_type(p, &p->clause.p[c])};
        if (sum.type == FACT_STATISTIC && is_promised(p, &p->clause.p[c], a))
            sum.type = FACT_TARGET;
        struct hit h = {served ? &term : &figure, &p->clause.p[c], a->from, a->to, a->from, a->to};
        if (sum.type != FACT_STATISTIC)
            h.rule = &sum;
        bool added = false;
        TRY(add_fact(p, &h, a, counted(p, h.clause, a), &added));
    }
    return RC_OK;
}

/* 根据协议: what the rest of the paragraph says is agreed as well. */
static void carry_pact(struct page *p)
{
    uint32_t pact = group_find(p->t, "pact"), para = NONE;
    for (size_t c = 0; c < p->clause.n && pact != NONE; c++)
        if (set_has(&p->clause.p[c].groups, pact))
            para = p->clause.p[c].para;
        else if (p->clause.p[c].para == para)
            set_put(&p->clause.p[c].groups, pact);
}

/* The title repeats the text: it is read last, for what the text did not say. */
enum rc facts_find(struct page *p)
{
    struct told told = {.weak_sentence = NONE, .sentence = NONE};
    uint32_t plan = group_find(p->t, "plan");
    for (size_t c = 0; c < p->clause.n && plan != NONE; c++)
        p->plan =
            p->plan || (p->clause.p[c].from < p->lead && set_has(&p->clause.p[c].groups, plan));
    carry_pact(p);
    told.uses = arena_calloc(p->a, p->t->rule.n + 1, sizeof *told.uses);
    if (!told.uses)
        return err_nomem(p->e);
    for (size_t r = 0; r < p->t->rule.n; r++)
        told.fallback[r / 64] |= (uint64_t)p->t->rule.p[r].fallback << (r & 63);
    for (int late = 0; late < 2; late++)
        for (size_t c = 0; c < p->clause.n; c++)
            TRY(clause_facts(p, c, &told, late));
    return rest_figures(p);
}
