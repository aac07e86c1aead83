/* Who acts in a clause and with whom: its own words, else the clause before, else the speaker,
 * else the parties the page is about. */
#include "news/news_int.h"

static bool follows_preposition(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"在",   "于",   "到",   "赴",   "与",   "和",   "同",
                                        "为",   "对",   "向",   "跟",   "及",   "、",   "给",
                                        "从",   "来自", "由于", "依托", "帮助", "支持", "助力",
                                        "服务", "走进", "前往", "走访", "拜访", "考察"};
    if (i == 0 || !(p->flags[i - 1] & CHAR_TOWARDS))
        return false;
    for (size_t k = 0; k < ARRAY_LEN(words); k++) {
        uint32_t n = words[k][3] ? 2 : 1;
        if (i >= n && looking_at(p, i - n, words[k]))
            return true;
    }
    return false;
}

/* Says: 表示, 指出, 说 within a few characters after a name. */
static bool says(const struct page *p, uint32_t i, uint32_t to, uint32_t say)
{
    for (; i < to; i++)
        if (group_at(p, i, say))
            return true;
    return false;
}

/* The organisation of a person who speaks in this clause, NONE. */
static uint32_t clause_speaker(const struct page *p, const struct clause *c, uint32_t say)
{
    enum { FAR = 40, WORDS = 20 };
    uint32_t before = NONE;
    for (size_t j = naming_from(p, c->from); j < p->naming.n; j++) {
        const struct naming *n = &p->naming.p[j];
        if (n->from >= MIN(c->to, c->from + FAR))
            break;
        if (n->from == before || !is_surname(p->t, p->ch[n->from]))
            continue;
        before = n->from;
        if (says(p, n->to, MIN(c->to, n->to + WORDS), say))
            return p->out->person.p[n->person].org;
    }
    return NONE;
}

static void speakers_find(struct page *p)
{
    uint32_t say = group_find(p->t, "say"), speaker = NONE, para = NONE;
    for (size_t k = 0; k < p->clause.n && say != NONE; k++) {
        struct clause *c = &p->clause.p[k];
        if (c->para != para)
            speaker = NONE;
        para = c->para;
        uint32_t s = set_has(&c->groups, say) ? clause_speaker(p, c, say) : NONE;
        speaker = s != NONE ? s : speaker;
        c->speaker = speaker;
    }
}

static void take_actor(const struct page *p, struct clause *c, uint32_t org, uint32_t at)
{
    if (org == NONE || org_is_object(p, org))
        return;
    if (c->subject == NONE && !follows_preposition(p, at))
        c->subject = org;
    else if (c->partner == NONE && org != c->subject)
        c->partner = org;
}

/* Organisations in the order of the text; a person acts for his own. */
static void clause_actors(struct page *p, struct clause *c)
{
    uint32_t k = mention_from(p, c->from), before = NONE;
    size_t j = naming_from(p, c->from);
    for (uint32_t i = c->from;;) {
        while (k < p->mention.n && p->mention.p[k].from < i)
            k++;
        while (j < p->naming.n && (p->naming.p[j].from < i || p->naming.p[j].from == before ||
                                   !is_surname(p->t, p->ch[p->naming.p[j].from])))
            j++;
        uint32_t mention = k < p->mention.n ? p->mention.p[k].from : NONE;
        uint32_t naming = j < p->naming.n ? p->naming.p[j].from : NONE;
        if (MIN(mention, naming) >= c->to)
            break;
        if (mention <= naming) {
            take_actor(p, c, p->mention.p[k].org, mention);
            i = p->mention.p[k].to;
        } else {
            take_actor(p, c, p->out->person.p[p->naming.p[j].person].org, naming);
            before = naming;
        }
    }
}

/* The two organisations that the page is about: first named, not built here. */
static void main_orgs(const struct page *p, uint32_t out[2])
{
    out[0] = out[1] = NONE;
    for (uint32_t i = 0; i < p->org.n; i++) {
        const struct org *o = &p->org.p[i];
        if (o->into != NONE || !o->count || org_is_object(p, i))
            continue;
        for (int k = 0; k < 2; k++)
            if (out[k] == NONE || o->first < p->org.p[out[k]].first) {
                if (k == 0)
                    out[1] = out[0];
                out[k] = i;
                break;
            }
    }
}

/* Who acts where nobody is named: the page's school when the page speaks for it (我校, 学校), else
 * the organisation named first. */
static uint32_t page_actor(const struct page *p, uint32_t first)
{
    if (p->host == NONE || first == NONE || p->org.p[p->host].brand)
        return p->host != NONE ? p->host : first;
    for (size_t k = 0; k < p->mention.n; k++)
        if (p->mention.p[k].host)
            return p->host;
    return first;
}

/* 全市累计 …, 我市 …: the government of this level that the page names first, NONE. */
static uint32_t whole_place(const struct page *p, const struct clause *c)
{
    uint32_t best = NONE;
    for (uint32_t i = c->from; i + 1 < c->to && i < c->from + 8; i++) {
        if ((!looking_at(p, i, "全") && !looking_at(p, i, "我")) || !is_level(p->ch[i + 1]) ||
            (i > 0 && follows_preposition(p, i)))
            continue;
        char s[4];
        struct str level = {s, utf8_put(s, p->ch[i + 1])};
        for (uint32_t k = 0; k < p->org.n; k++) {
            const struct org *o = &p->org.p[k];
            if (o->kind == KIND_GOVERNMENT && o->into == NONE && str_ends(o->name, level) &&
                (best == NONE || o->first < p->org.p[best].first))
                best = k;
        }
        return best;
    }
    return NONE;
}

static uint32_t other_than(const uint32_t main[2], uint32_t org)
{
    return main[0] != org ? main[0] : main[1];
}

void actors_find(struct page *p)
{
    uint32_t main[2], sentence = NONE, subject = NONE, near = NONE, para = NONE, topic = NONE;
    main_orgs(p, main);
    speakers_find(p);
    for (size_t k = 0; k < p->clause.n; k++) {
        struct clause *c = &p->clause.p[k];
        c->subject = c->partner = NONE;
        clause_actors(p, c);
        if (c->para != para)
            near = topic = NONE;
        topic = c->subject != NONE ? c->subject : topic;
        if (c->subject == NONE)
            c->subject = whole_place(p, c);
        if (c->sentence != sentence)
            subject = NONE;
        para = c->para;
        sentence = c->sentence;
        if (c->subject == NONE)
            c->subject = subject != NONE      ? subject
                         : c->speaker != NONE ? c->speaker
                         : topic != NONE      ? topic
                                              : page_actor(p, main[0]);
        if (c->partner == c->subject)
            c->partner = NONE;
        if (c->partner != NONE && c->partner != c->subject)
            near = c->partner;
        else if (near != NONE && near != c->subject)
            c->partner = near;
        else
            c->partner = other_than(main, c->subject);
        subject = c->subject;
    }
}
