/* Facts: the rules of model/news/facts.yaml over clauses. */
#include "news/facts_int.h"

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
    TRY(rule_apply(p, &h, &added));
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
        TRY(add_fact(p, &h, a, counted_of(p, h.clause, a), &added));
    }
    return RC_OK;
}

/* 签署合作协议: what the paragraph says behind it is agreed. */
static bool signs(const struct page *p, const struct clause *c, uint32_t sign, uint32_t paper)
{
    return sign != NONE && paper != NONE && c->from >= p->title && set_has(&c->groups, sign) &&
           set_has(&c->groups, paper);
}

/* 根据协议: what the rest of the paragraph says is agreed as well. */
static void carry_pact(struct page *p)
{
    uint32_t pact = group_find(p->t, "pact"), now = group_find(p->t, "now"), para = NONE;
    uint32_t sign = group_find(p->t, "sign"), paper = group_find(p->t, "agreement");
    for (size_t c = 0; c < p->clause.n && pact != NONE; c++) {
        struct clause *k = &p->clause.p[c];
        bool told = set_has(&k->groups, pact);
        if (!told && k->para == para && !(now != NONE && set_has(&k->groups, now)))
            set_put(&k->groups, pact);
        if (told || signs(p, k, sign, paper))
            para = k->para;
    }
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
