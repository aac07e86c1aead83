/* Where a rule of facts.yaml fits a clause. */
#include "news/facts_int.h"

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
    if (k >= p->mention.n || p->mention.p[k].from >= n->from)
        return false;
    const struct mention *m = &p->mention.p[k];
    if (m->to < n->to)
        return m->to > n->from; /* the 学校 of 大学|校长 */
    bool built = m->kind == KIND_INSTITUTE || m->kind == KIND_OTHER || m->kind == KIND_PARK;
    return m->org != NONE && !built && !org_is_object(p, m->org);
}

/* The first noun that is not part of such a name. */
const struct mark *noun_of(const struct page *p, uint32_t from, uint32_t to,
                           const struct group_set *set, uint32_t after)
{
    const struct mark *n = mark_of(p, from, to, set, after);
    while (n && in_actor(p, n))
        n = mark_of(p, from, to, set, n->to);
    return n;
}

/* The last noun of an unbroken run: 产教融合示范基地 of 产教融合 … 基地. */
const struct mark *noun_run(const struct page *p, const struct mark *m, uint32_t to,
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
    static const char *const words[] = {"清单",     "库",       "组",       "办公室",
                                        "负责人",   "对接活动", "工作座谈", "情况",
                                        "成员单位", "第三家",   "第二家",   "理事会"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k]))
            return true;
    return looking_at(p, i, "会") && (is_break(p->ch[i + 1]) || mark_at(p, i + 1, SENSE_STOP));
}

/* The first noun before the verb that is near enough, or begins a list that goes on to one:
 * 甲研究院、乙研究院、丙研究院同日开园. */
static const struct mark *noun_before(const struct page *p, const struct fact_rule *r,
                                      uint32_t from, uint32_t verb)
{
    const struct mark *n = noun_of(p, from, verb, &r->noun, from), *head = n;
    while (r->split && n && n->to + r->gap < verb) {
        const struct mark *next = noun_of(p, from, verb, &r->noun, n->to);
        if (p->ch[n->to] != 0x3001)
            head = next;
        n = next;
    }
    if (n && n->to + r->gap < verb)
        return NULL;
    return n ? head : NULL;
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
    if (!n && r->order != ORDER_AFTER && p->ch[verb->to] != 0x3001)
        n = noun_before(p, r, from, verb->from);
    if (!n)
        return false;
    if (goes_on(p, n->to))
        return false;
    const struct mark *last = noun_run(p, n, n->from >= verb->to ? to : verb->from, &r->noun);
    h->noun_from = n->from;
    h->noun_to = last->to;
    return !goes_on(p, last->to);
}

struct group_set sentence_groups(const struct page *p, size_t clause)
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

bool rule_fits(const struct page *p, struct hit *h, const struct group_set *sentence)
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
