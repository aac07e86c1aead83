/* What kind of page it is: the event, or why it is refused. */
#include "news/news_int.h"

static struct group_set lead_groups(const struct page *p, uint32_t sentences)
{
    struct group_set s = {{0}};
    for (size_t k = 0; k < p->clause.n && p->clause.p[k].sentence < sentences; k++)
        for (size_t i = 0; i < ARRAY_LEN(s.bit); i++)
            s.bit[i] |= p->clause.p[k].groups.bit[i];
    return s;
}

static uint32_t clauses_with(const struct page *p, const char *group)
{
    uint32_t g = group_find(p->t, group), n = 0;
    for (size_t k = 0; g != NONE && k < p->clause.n; k++)
        n += set_has(&p->clause.p[k].groups, g);
    return n;
}

static void find_event(struct page *p)
{
    p->out->event_type = "other";
    for (uint32_t depth = p->title ? 2 : 1; depth <= 8; depth *= 2) { /* with the headline */
        struct group_set lead = lead_groups(p, depth);
        for (size_t k = 0; k < p->t->event.n; k++)
            if (set_meets(&lead, &p->t->event.p[k].any)) {
                p->out->event_type = p->t->event.p[k].type;
                return;
            }
    }
}

/* Organisations besides the host that take part. */
static uint32_t outsiders(const struct page *p)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->org.n; i++)
        n += p->org.p[i].party != NONE && i != p->host;
    return n;
}

static uint32_t concrete_facts(const struct page *p)
{
    uint32_t n = 0;
    for (size_t i = 0; i < p->out->fact.n; i++) {
        enum fact_type t = p->out->fact.p[i].type;
        n += t != FACT_COMMITMENT && t != FACT_OTHER && t != FACT_STATISTIC;
    }
    return n;
}

/* The lead tells of a signing or an unveiling, and the page of more: the partner's name is only one
 * that was not understood. */
static bool has_partner_unnamed(const struct page *p)
{
    enum { SENTENCES = 3, FACTS = 3 };
    static const char *const acts[] = {"ceremony", "sign", "unveil"};
    struct group_set lead = lead_groups(p, SENTENCES);
    bool signs = false;
    for (size_t k = 0; k < ARRAY_LEN(acts); k++) {
        uint32_t g = group_find(p->t, acts[k]);
        signs = signs || (g != NONE && set_has(&lead, g));
    }
    return signs && concrete_facts(p) >= FACTS && !clauses_with(p, "internal");
}

/* 关于举办专场招聘会的通知 */
static bool is_notice_title(const struct page *p)
{
    static const char *const ends[] = {"通知", "公告", "公示", "启事", "通告"};
    uint32_t to = p->title;
    while (to > 0 && is_break(p->ch[to - 1]))
        to--;
    for (size_t k = 0; to >= 4 && k < ARRAY_LEN(ends); k++)
        if (looking_at(p, to - 2, ends[k]))
            return true;
    return false;
}

static const char *refusal(const struct page *p)
{
    uint32_t out = outsiders(p), concrete = concrete_facts(p);
    bool dated = p->out->event_date.n > 0;
    bool people = p->out->person.n > 0;
    if (p->n < 40)
        return "empty";
    if (clauses_with(p, "fiction") >= 4 && concrete < 2)
        return "fiction";
    uint32_t notice = clauses_with(p, "notice");
    if ((notice >= 2 && !people) || (notice >= 1 && is_notice_title(p)))
        return "notice";
    if (clauses_with(p, "advertisement") >= 2 && out < 2)
        return "advertisement";
    if (out == 0 && !has_partner_unnamed(p))
        return clauses_with(p, "internal") ? "internal" : dated || people ? "no_partner" : "essay";
    bool round_up = out >= 3 && concrete >= 4; /* 一周合作动态: of nobody's day */
    if (!dated && !p->recent && !people && !round_up)
        return "essay";
    if (clauses_with(p, "paper") >= 1 && !dated)
        return "essay";
    if (p->out->fact.n == 0)
        return "no_fact";
    return NULL;
}

enum rc news_judge(struct page *p)
{
    p->out->refused = refusal(p);
    if (p->out->refused) {
        p->out->event_type = "none";
        p->out->fact.n = 0;
        return RC_OK;
    }
    find_event(p);
    return areas_find(p);
}
