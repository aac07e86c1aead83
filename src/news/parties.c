/* What the organisations do on the page, and who of them is a party. */
#include "news/news_int.h"

/* Is the mention something that is being built or unveiled, not somebody who acts? */
static bool is_built(const struct page *p, const struct mention *m, const uint32_t groups[2])
{
    if (m->kind != KIND_INSTITUTE && m->kind != KIND_HOSPITAL && m->kind != KIND_COLLEGE &&
        m->kind != KIND_OTHER)
        return false;
    static const char *const towards[] = {"在", "向", "到", "赴", "从"};
    for (size_t k = 0; k < ARRAY_LEN(towards); k++)
        if (m->from && looking_at(p, m->from - 1, towards[k]))
            return false; /* 揭牌仪式在某医院举行 */
    if (m->from >= 2 && looking_at(p, m->from - 2, "成为") && m->kind == KIND_HOSPITAL)
        return true; /* 挂牌成为某大学附属医院 */
    uint32_t behind = m->to + (p->ch[m->to] == 0x201D);
    for (int g = 0; g < 2 && groups[g] != NONE; g++) {
        for (uint32_t i = m->from > 8 ? m->from - 8 : 0; i < m->from; i++) {
            const struct mark *v = group_at(p, i, groups[g]);
            if (v && v->to <= m->from && v->to + 4 >= m->from)
                return true;
        }
        for (uint32_t i = behind; i < behind + 4 && !is_break(p->ch[i]); i++) {
            const struct mark *v = group_at(p, i, groups[g]);
            if (v)
                return is_break(p->ch[v->to]) || looking_at(p, v->to, "仪式") ||
                       (v->to >= 2 && looking_at(p, v->to - 2, "仪式")) ||
                       looking_at(p, v->to, "活动") || looking_at(p, v->to, "并") ||
                       looking_at(p, v->to, "暨");
        }
    }
    bool joined = m->from && (looking_at(p, m->from - 1, "与") ||
                              looking_at(p, m->from - 1, "和") || looking_at(p, m->from - 1, "同"));
    return !joined && looking_at(p, m->to, "签约"); /* somebody signs with a hospital */
}

/* 区农业服务中心负责人参加: somebody without a name was there. */
static bool only_attends(const struct page *p, const struct mention *m)
{
    for (uint32_t i = m->to; i < m->to + 8 && !is_break(p->ch[i]); i++)
        if (looking_at(p, i, "负责人") || looking_at(p, i, "相关"))
            return true;
    return false;
}

static bool sentence_meets(const struct page *p, uint32_t c, const struct group_set *s)
{
    uint32_t sentence = p->clause.p[c].sentence;
    while (c > 0 && p->clause.p[c - 1].sentence == sentence)
        c--;
    for (; c < p->clause.n && p->clause.p[c].sentence == sentence; c++)
        if (set_meets(&p->clause.p[c].groups, s))
            return true;
    return false;
}

/* 某局—某大学：共建基地: the mention stands beside another one, a dash between. */
static bool joined_by_dash(const struct page *p, size_t i)
{
    enum { DASHES = 2 };
    const struct mention *m = &p->mention.p[i];
    if (i + 1 < p->mention.n && p->ch[m->to] == 0x2014 && m[1].from - m->to <= DASHES)
        return true;
    return i > 0 && p->ch[m->from - 1] == 0x2014 && m->from - p->mention.p[i - 1].to <= DASHES;
}

void orgs_roles(struct page *p)
{
    uint32_t groups[2] = {group_find(p->t, "build"), group_find(p->t, "unveil")};
    struct group_set active = {{0}}, visit = {{0}};
    static const char *const names[] = {"visit",    "host",   "award", "talk", "sign",
                                        "ceremony", "unveil", "thank", "go"};
    for (size_t k = 0; k < ARRAY_LEN(names); k++) {
        uint32_t g = group_find(p->t, names[k]);
        if (g != NONE)
            set_put(k == 0 ? &visit : &active, g);
    }
    uint32_t built_to = NONE; /* behind the one built last: 共建甲研究院、乙研究院 */
    for (size_t i = 0; i < p->mention.n; i++) {
        struct mention *m = &p->mention.p[i];
        if (m->org == NONE)
            continue;
        struct org *o = &p->org.p[m->org];
        bool listed = built_to != NONE && built_to + 1 == m->from && p->ch[built_to] == 0x3001 &&
                      m->kind == KIND_INSTITUTE;
        bool built = !m->host && (listed || is_built(p, m, groups));
        built_to = built ? m->to : built_to;
        o->count++;
        o->built += built;
        o->named = o->named || !m->level || m->suffix_from + 1 < m->to;
        uint32_t c = clause_of(p, m->from);
        if (c == NONE)
            continue;
        bool alone = (m->from == 0 || p->ch[m->from - 1] == '\n') && p->ch[m->to] == '\n';
        bool paired = p->ch[m->to] == 0x2014 || (m->from && p->ch[m->from - 1] == 0x2014);
        o->acts = o->acts || (alone && o->kind == KIND_ENTERPRISE) || /* a list of signatories */
                  (paired && joined_by_dash(p, i));
        o->lead = o->lead || (m->from < p->lead && !only_attends(p, m));
        o->acts = o->acts || set_meets(&p->clause.p[c].groups, &active) ||
                  sentence_meets(p, c, &visit) ||
                  (m->place && p->clause.p[c].from == m->from && mark_at(p, m->to, SENSE_STOP));
    }
}

bool org_is_object(const struct page *p, uint32_t org)
{
    const struct org *o = &p->org.p[org];
    return !o->brand && (!o->named || (o->built * 2 >= o->count && !o->staffed));
}

/* ---- parties ---- */

/* 校教育基金会: only where it does something itself. */
static bool is_idle_body(const struct page *p, const struct org *o)
{
    return o->kind == KIND_OTHER && !o->acts && p->host != NONE && p->org.p[p->host].name.n &&
           str_starts(o->name, p->org.p[p->host].name);
}

static bool takes_part(const struct page *p, const struct org *o)
{
    if (is_idle_body(p, o))
        return false;
    if (o->into != NONE || o->count == 0 || (o->built * 2 >= o->count && !o->staffed && !o->brand))
        return false;
    uint32_t often = o->kind == KIND_ENTERPRISE && str_ends(o->name, STR("公司")) ? 2 : 3;
    return o->brand || (o->named && (o->lead || o->acts || o->staffed || o->count >= often));
}

static enum rc make_party(struct page *p, uint32_t i)
{
    struct org *o = &p->org.p[i];
    struct news_party party = {.name = o->name, .kind = org_kind_name[o->kind]};
    o->party = (uint32_t)p->out->party.n;
    TRY(vec_push(&p->out->party, party, p->e));
    for (size_t k = 0; k < o->alias.n; k++)
        TRY(vec_push(&p->out->party.p[o->party].alias, o->alias.p[k], p->e));
    return RC_OK;
}

enum rc parties_finish(struct page *p)
{
    for (uint32_t i = 0; i < p->org.n; i++)
        if (takes_part(p, &p->org.p[i]))
            TRY(make_party(p, i));
    for (size_t i = 0; i < p->mention.n; i++) {
        const struct mention *m = &p->mention.p[i];
        uint32_t party = m->org == NONE ? NONE : p->org.p[m->org].party;
        if (party != NONE)
            TRY(vec_push(&p->out->party.p[party].at, page_span(p, m->from, m->to), p->e));
    }
    for (size_t i = 0; i < p->out->person.n; i++) {
        struct news_person *who = &p->out->person.p[i];
        who->org = who->org == NONE ? NONE : p->org.p[who->org].party;
    }
    for (size_t i = 0; i < p->out->fact.n; i++) {
        struct news_fact *f = &p->out->fact.p[i];
        f->subject = f->subject == NONE ? NONE : p->org.p[f->subject].party;
    }
    return RC_OK;
}
