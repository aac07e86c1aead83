/* Who the names are: one organisation a name, short forms joined to the full one of the page. */
#include "news/news_int.h"

#include <stdlib.h>

uint32_t org_root(const struct page *p, uint32_t org)
{
    while (org != NONE && p->org.p[org].into != NONE)
        org = p->org.p[org].into;
    return org;
}

static uint32_t org_named(const struct page *p, struct str name)
{
    for (uint32_t i = 0; i < p->org.n; i++) {
        if (str_eq(p->org.p[i].name, name))
            return org_root(p, i);
        for (size_t k = 0; k < p->org.p[i].alias.n; k++)
            if (str_eq(p->org.p[i].alias.p[k], name))
                return org_root(p, i);
    }
    return NONE;
}

static enum rc add_alias(struct page *p, uint32_t org, struct str name)
{
    struct org *o = &p->org.p[org];
    if (str_eq(o->name, name))
        return RC_OK;
    for (size_t k = 0; k < o->alias.n; k++)
        if (str_eq(o->alias.p[k], name))
            return RC_OK;
    return vec_push(&o->alias, name, p->e);
}

/* The organisation of this name, made when new; NONE past the ceiling. */
static enum rc org_get(struct page *p, uint32_t *out, struct str name, enum org_kind kind,
                       uint32_t at)
{
    *out = org_named(p, name);
    if (*out != NONE || p->org.n >= PAGE_ORGS)
        return RC_OK;
    struct org o = {.name = name, .kind = kind, .first = at};
    o.division = o.into = o.party = NONE;
    *out = (uint32_t)p->org.n;
    return vec_push(&p->org, o, p->e);
}

/* ---- the place a page is about ---- */

static bool ends_with_level(struct str name, uint32_t level)
{
    char s[4];
    size_t n = utf8_put(s, level);
    return str_ends(name, (struct str){s, n});
}

/* The division of this level named last before i in its sentence, NONE. */
static uint32_t division_near(const struct page *p, uint32_t level, uint32_t i)
{
    uint32_t c = clause_of(p, i), found = NONE;
    while (c != NONE && c > 0 && p->clause.p[c - 1].sentence == p->clause.p[c].sentence)
        c--;
    for (uint32_t k = c == NONE ? i : p->clause.p[c].from; k < i; k++) {
        const struct mark *m = mark_at(p, k, SENSE_PLACE);
        if (m && ends_with_level(p->t->division.p[m->value].name, level))
            found = m->value;
    }
    return found;
}

/* Else the one named most often (first of equals); its cities count for a province, the names of
 * universities for nothing. */
static enum rc division_of_level(struct page *p, uint32_t level, uint32_t *out)
{
    const struct news_tables *t = p->t;
    uint32_t *count = arena_calloc(p->a, t->division.n + 1, sizeof *count);
    if (!count)
        return err_nomem(p->e);
    *out = NONE;
    for (size_t k = 0; k < p->mark.n; k++) {
        const struct mark *m = &p->mark.p[k];
        if (m->class != SENSE_PLACE || mark_at(p, m->from, SENSE_UNIVERSITY))
            continue;
        for (uint32_t d = m->value; d != NONE; d = t->division.p[d].parent)
            count[d] += ends_with_level(t->division.p[d].name, level) ? 2 - (d != m->value) : 0;
    }
    for (uint32_t d = 0; d < t->division.n; d++)
        if (count[d] && (*out == NONE || count[d] > count[*out]))
            *out = d;
    return RC_OK;
}

struct levels {
    uint32_t level[5], division[5], n;
};

static enum rc level_division(struct page *p, struct levels *l, uint32_t level, uint32_t *out)
{
    for (uint32_t i = 0; i < l->n; i++)
        if (l->level[i] == level) {
            *out = l->division[i];
            return RC_OK;
        }
    TRY(division_of_level(p, level, out));
    if (l->n < ARRAY_LEN(l->level)) {
        l->level[l->n] = level;
        l->division[l->n++] = *out;
    }
    return RC_OK;
}

/* ---- a mention's organisation ---- */

static enum rc glue(struct page *p, struct str *out, struct str a, struct str b)
{
    char *s = arena_alloc(p->a, a.n + b.n + 1);
    if (!s)
        return err_nomem(p->e);
    memcpy(s, a.p, a.n);
    memcpy(s + a.n, b.p, b.n);
    *out = (struct str){s, a.n + b.n};
    return RC_OK;
}

static enum rc resolve_level(struct page *p, struct mention *m, struct levels *l)
{
    uint32_t at = p->ch[m->from] == 0x6211 ? m->from + 1 : m->from, d = NONE;
    struct str text = page_str(p, m->from, m->to), name = text;
    d = division_near(p, p->ch[at], m->from);
    if (d == NONE)
        TRY(level_division(p, l, p->ch[at], &d));
    bool office = m->suffix_from > m->from && m->suffix_from < m->to;
    if (d != NONE && office)
        TRY(glue(p, &name, p->t->division.p[d].name, page_str(p, at + 1, m->to)));
    else if (d != NONE)
        name = p->t->division.p[d].name;
    else if (!office)
        return RC_OK;
    TRY(org_get(p, &m->org, name, KIND_GOVERNMENT, m->from));
    if (m->org == NONE)
        return RC_OK;
    if (!office)
        p->org.p[m->org].division = d;
    return add_alias(p, m->org, text);
}

/* A full name, though perhaps a former one. */
static bool is_school_name(struct str s)
{
    return s.n >= 12 && (str_ends(s, STR("大学")) || str_ends(s, STR("学院")));
}

static enum rc resolve_name(struct page *p, struct mention *m)
{
    struct str text = page_str(p, m->from, m->to), name = text;
    const struct mark *inner = mark_at(p, m->from, SENSE_UNIVERSITY);
    const struct mark *company = mark_at(p, m->from, SENSE_KNOWN);
    enum org_kind kind = m->kind;
    bool place = kind == KIND_GOVERNMENT && m->value != NONE && mark_at(p, m->from, SENSE_PLACE) &&
                 !mark_at(p, m->from, SENSE_KNOWN);
    if (m->value != NONE && kind_is_school(kind))
        name = is_school_name(text) ? text : p->t->university.p[m->value].name;
    else if (place)
        name = p->t->division.p[m->value].name;
    else if (kind == KIND_COLLEGE && inner && inner->to < m->to) {
        name = p->t->university.p[inner->value].name; /* its own department */
        kind = p->t->university.p[inner->value].kind;
        text = page_str(p, m->from, inner->to);
    } else if (kind == KIND_PARK && company && company->to < m->to) {
        name = p->t->known.p[company->value].name; /* a company's own site */
        kind = p->t->known.p[company->value].kind;
        text = page_str(p, m->from, company->to);
    }
    TRY(org_get(p, &m->org, name, kind, m->from));
    if (m->org == NONE)
        return RC_OK;
    if (place)
        p->org.p[m->org].division = m->value;
    return add_alias(p, m->org, text);
}

/* 交大 fits several universities: the one that the page names in full. */
static enum rc resolve_unsure(struct page *p, struct mention *m)
{
    uint32_t found = NONE;
    for (uint32_t k = p->first[m->from]; k < p->first[m->from + 1]; k++) {
        const struct mark *o = &p->mark.p[k];
        if (o->class != SENSE_UNIVERSITY || o->to != m->to)
            continue;
        uint32_t org = org_named(p, p->t->university.p[o->value].name);
        if (org != NONE && (found == NONE || p->org.p[org].first < p->org.p[found].first))
            found = org;
    }
    m->org = found;
    return found == NONE ? RC_OK : add_alias(p, found, page_str(p, m->from, m->to));
}

static enum rc resolve_brand(struct page *p, struct mention *m)
{
    for (uint32_t i = 0; i < p->org.n && m->org == NONE; i++)
        if (p->org.p[i].brand)
            m->org = i;
    if (m->org == NONE) {
        struct org o = {.first = m->from, .kind = m->kind, .brand = true, .name = STR("")};
        o.division = o.into = o.party = NONE;
        if (p->org.n >= PAGE_ORGS)
            return RC_OK;
        m->org = (uint32_t)p->org.n;
        TRY(vec_push(&p->org, o, p->e));
    }
    return add_alias(p, m->org, page_str(p, m->from, m->to));
}

/* A bare place acts where it is joined to somebody or has a predicate. */
static bool place_acts(const struct page *p, const struct mention *m)
{
    static const char *const joins[] = {"与", "和", "同"};
    static const char *const in[] = {"在", "于", "从", "由", "位于", "来自"};
    for (size_t k = 0; k < ARRAY_LEN(in); k++)
        if (m->from >= 2 &&
            (looking_at(p, m->from - 1, in[k]) || looking_at(p, m->from - 2, in[k])))
            return false;
    if (m->to <= p->title)
        return true;
    for (size_t k = 0; k < ARRAY_LEN(joins); k++)
        if ((m->from && looking_at(p, m->from - 1, joins[k])) || looking_at(p, m->to, joins[k]))
            return true;
    uint32_t c = clause_of(p, m->from);
    bool subject = c != NONE &&
                   (p->clause.p[c].from == m->from || p->clause.p[c].para <= (p->title ? 1u : 0u));
    return subject && mark_at(p, m->to, SENSE_STOP) && !looking_at(p, m->to, "的");
}

static enum rc resolve_all(struct page *p)
{
    struct levels levels = {.n = 0};
    for (size_t i = 0; i < p->mention.n; i++) {
        struct mention *m = &p->mention.p[i];
        if (m->unsure || m->level || (m->place && !place_acts(p, m)))
            continue;
        if (m->host)
            TRY(m->value != NONE ? resolve_brand(p, m) : RC_OK);
        else
            TRY(resolve_name(p, m));
    }
    for (size_t i = 0; i < p->mention.n; i++) {
        struct mention *m = &p->mention.p[i];
        if (m->unsure)
            TRY(resolve_unsure(p, m));
        else if (m->level)
            TRY(resolve_level(p, m, &levels));
        else if (m->place && m->org == NONE)
            m->org = org_named(p, p->t->division.p[m->value].name);
    }
    return RC_OK;
}

/* ---- short forms ---- */

bool is_subsequence(struct str a, struct str b)
{
    size_t j = 0;
    for (size_t i = 0; i < a.n;) {
        uint32_t c = utf8_next(a, &i), d = 0;
        do {
            if (j >= b.n)
                return false;
            d = utf8_next(b, &j);
        } while (c != d);
    }
    return true;
}

static uint32_t first_char(struct str s)
{
    size_t i = 0;
    return s.n ? utf8_next(s, &i) : 0;
}

/* Without the legal form: 神工半导体 of 锦州神工半导体股份有限公司 keeps its place. */
static struct str company_core(struct str s)
{
    static const char *const forms[] = {"有限公司", "有限责任公司", "股份", "集团", "(集团)",
                                        "(集团)",   "公司",         "总",   "控股"};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        if (str_ends(s, str_of(forms[i])) && s.n > strlen(forms[i]) + 3) {
            s.n -= strlen(forms[i]);
            i = SIZE_MAX;
        }
    return s;
}

/* Without the place that it begins with. */
static struct str without_place(const struct page *p, struct str s)
{
    uint32_t node = 0;
    size_t cut = 0;
    for (size_t i = 0; i < s.n;) {
        node = lexicon_step(&p->t->words, node, news_fold(utf8_next(s, &i)));
        if (node == 0)
            break;
        uint32_t k = p->t->words.node.p[node];
        for (; k != UINT32_MAX; k = p->t->words.sense.p[k].next)
            if (p->t->words.sense.p[k].class == SENSE_PLACE)
                cut = i;
    }
    return cut < s.n ? str_sub(s, cut, s.n) : s;
}

/* Is `a` a short form of `b`, both names of the same kind? */
static bool shortens(const struct page *p, const struct org *a, const struct org *b)
{
    if (a->kind != b->kind || a->name.n >= b->name.n || a->brand || b->brand)
        return false;
    if (a->kind != KIND_ENTERPRISE)
        return str_ends(b->name, a->name) && a->name.n >= 9;
    struct str s = company_core(a->name), l = company_core(b->name);
    struct str bare = without_place(p, l);
    bool head = first_char(s) == first_char(l) || first_char(s) == first_char(bare);
    return head && s.n >= 6 && is_subsequence(s, l);
}

static enum rc join(struct page *p, uint32_t from, uint32_t into)
{
    struct org *o = &p->org.p[from];
    o->into = into;
    p->org.p[into].first = MIN(p->org.p[into].first, o->first);
    TRY(add_alias(p, into, o->name));
    for (size_t k = 0; k < o->alias.n; k++)
        TRY(add_alias(p, into, o->alias.p[k]));
    return RC_OK;
}

/* A short form that fits two is left alone. */
static enum rc join_one(struct page *p, uint32_t i)
{
    uint32_t found = NONE;
    for (uint32_t j = 0; j < p->org.n; j++) {
        if (i == j || !shortens(p, &p->org.p[i], &p->org.p[j]))
            continue;
        if (found != NONE && org_root(p, j) != found)
            return RC_OK;
        found = org_root(p, j);
    }
    return found == NONE || found == i ? RC_OK : join(p, i, found);
}

/* Longer names first, so that their own full forms are known. */
static enum rc join_short(struct page *p)
{
    uint32_t *order = arena_alloc(p->a, (p->org.n + 1) * sizeof *order);
    if (!order)
        return err_nomem(p->e);
    for (uint32_t i = 0; i < p->org.n; i++) {
        uint32_t k = i;
        for (; k > 0 && p->org.p[order[k - 1]].name.n < p->org.p[i].name.n; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    for (uint32_t i = 0; i < p->org.n; i++)
        TRY(join_one(p, order[i]));
    return RC_OK;
}

/* ---- further mentions by short forms ---- */

typedef VEC(struct mention) vec_mention;

static int mention_order(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Stands `i..to` alone: no letters of another word on either side? */
static bool stands_alone(const struct page *p, uint32_t from, uint32_t to)
{
    bool left = from == 0 || is_break(p->ch[from - 1]) || mark_to(p, from, SENSE_STOP) ||
                mark_to(p, from, SENSE_INSIDE);
    bool right = is_break(p->ch[to]) || mark_at(p, to, SENSE_AFTER) ||
                 mark_at(p, to, SENSE_INSIDE) || mark_at(p, to, SENSE_STOP) ||
                 mark_at(p, to, SENSE_TITLE) || mark_at(p, to, SENSE_GENERIC);
    uint32_t k = mention_from(p, to);
    right = right || (k < p->mention.n && p->mention.p[k].from == to);
    return left && right;
}

static bool is_free(const struct page *p, uint32_t from, uint32_t to)
{
    uint32_t k = mention_from(p, from);
    return k >= p->mention.n || p->mention.p[k].from >= to ||
           (p->mention.p[k].org == NONE && p->mention.p[k].place);
}

static enum rc add_mention(struct page *p, vec_mention *more, uint32_t from, uint32_t to,
                           uint32_t org)
{
    struct mention m = {.from = from, .to = to, .org = org, .suffix_from = to, .value = NONE};
    m.kind = p->org.p[org].kind;
    if (p->mention.n + more->n >= PAGE_MENTIONS)
        return RC_OK;
    TRY(add_alias(p, org, page_str(p, from, to)));
    return vec_push(more, m, p->e);
}

static enum rc merge_mentions(struct page *p, vec_mention *more)
{
    size_t old = p->mention.n;
    for (size_t i = 0; i < more->n; i++) {
        uint32_t k = mention_from(p, more->p[i].from);
        if (k < old && p->mention.p[k].from < more->p[i].to) {
            p->mention.p[k] = more->p[i]; /* a bare place that begins the short form */
            more->p[i].to = 0;
        }
    }
    for (size_t i = 0; i < more->n; i++)
        if (more->p[i].to)
            TRY(vec_push(&p->mention, more->p[i], p->e));
    if (p->mention.n > old)
        qsort(p->mention.p, p->mention.n, sizeof *p->mention.p, mention_order);
    more->n = 0;
    return RC_OK;
}

/* (以下简称“X”) after a name. */
static enum rc declared_form(struct page *p, vec_mention *more, const struct mention *m)
{
    static const char *const words[] = {"以下简称", "简称", "下称", "以下称"};
    uint32_t i = m->to + (p->ch[m->to] == '('), k = 0;
    for (size_t w = 0; w < ARRAY_LEN(words) && !k; w++)
        k = looking_at(p, i, words[w]);
    if (!k || m->org == NONE || i == m->to)
        return RC_OK;
    for (i += k; p->ch[i] == 0x201C || p->ch[i] == '"' || p->ch[i] == ':'; i++)
        ;
    uint32_t to = i;
    while (!is_break(p->ch[to]) && to - i < 12)
        to++;
    if (to - i < 2)
        return RC_OK;
    struct str name = page_str(p, i, to);
    uint32_t n = to - i;
    for (uint32_t k2 = i; k2 + n <= p->n; k2++) /* every later place of it */
        if (p->ch[k2] == p->ch[i] && str_eq(page_str(p, k2, k2 + n), name) &&
            is_free(p, k2, k2 + n))
            TRY(add_mention(p, more, k2, k2 + n, m->org));
    return add_alias(p, m->org, name);
}

/* An unknown word i..to that shortens an organisation of the page: 贵师大, 苏研院, 中炬高新. */
static uint32_t short_for(const struct page *p, uint32_t from, uint32_t to)
{
    struct str s = page_str(p, from, to);
    uint32_t found = NONE;
    for (uint32_t i = 0; i < p->org.n; i++) {
        const struct org *o = &p->org.p[i];
        if (o->into != NONE || o->brand || o->division != NONE || o->name.n <= s.n)
            continue;
        struct str core = o->kind == KIND_ENTERPRISE ? company_core(o->name) : o->name;
        struct str bare = without_place(p, core);
        bool head = first_char(s) == first_char(core) || first_char(s) == first_char(bare);
        bool fits = o->kind == KIND_ENTERPRISE
                        ? str_starts(core, s) || str_starts(bare, s) ||
                              (to - from >= 3 && head && is_subsequence(s, o->name))
                        : head && is_subsequence(s, o->name);
        for (size_t k = 0; k < o->alias.n && !fits; k++)
            fits = o->kind == KIND_ENTERPRISE && str_eq(company_core(o->alias.p[k]), s);
        if (fits && found != NONE)
            return NONE;
        if (fits)
            found = i;
    }
    return found;
}

static bool is_school_tail(uint32_t c)
{
    return c == 0x5927 || c == 0x9662; /* 大, 院 */
}

static enum rc short_at(struct page *p, vec_mention *more, uint32_t from)
{
    for (uint32_t to = from + 5; to >= from + 2; to--) {
        const struct mark *place = mark_at(p, from, SENSE_PLACE);
        if (to > p->n || !is_free(p, from, to) || !stands_alone(p, from, to) ||
            (place && place->to == to))
            continue;
        uint32_t org = short_for(p, from, to);
        if (org == NONE ||
            (p->org.p[org].kind != KIND_ENTERPRISE && !is_school_tail(p->ch[to - 1])))
            continue;
        return add_mention(p, more, from, to, org);
    }
    return RC_OK;
}

static enum rc find_short(struct page *p, vec_mention *more)
{
    for (size_t i = 0; i < p->mention.n; i++)
        TRY(declared_form(p, more, &p->mention.p[i]));
    TRY(merge_mentions(p, more));
    bool heads[256] = {false}; /* first characters of names: most of the text is passed over */
    for (uint32_t i = 0; i < p->org.n; i++) {
        heads[first_char(p->org.p[i].name) & 255] = true;
        heads[first_char(without_place(p, p->org.p[i].name)) & 255] = true;
    }
    for (uint32_t i = 0; i + 2 <= p->n; i++)
        if (heads[p->ch[i] & 255] && is_han(p->ch[i]) &&
            (i == 0 || is_break(p->ch[i - 1]) || mark_to(p, i, SENSE_STOP)))
            TRY(short_at(p, more, i));
    return merge_mentions(p, more);
}

/* ---- roles ---- */

/* Masked ones first, then those of the lead, universities, the first named. */
static bool host_before(const struct page *p, const struct org *a, const struct org *b)
{
    bool la = a->first < p->lead, lb = b->first < p->lead;
    bool ua = a->kind == KIND_UNIVERSITY, ub = b->kind == KIND_UNIVERSITY;
    if (a->brand != b->brand)
        return a->brand;
    if (la != lb)
        return la;
    if (!la && ua != ub)
        return ua;
    return a->first < b->first;
}

/* The school that speaks: a masked one, else the first school of the page. */
static void find_host(struct page *p)
{
    for (uint32_t i = 0; i < p->org.n; i++) {
        const struct org *o = &p->org.p[i];
        if (o->into != NONE || !kind_is_school(o->kind))
            continue;
        if (p->host == NONE || host_before(p, o, &p->org.p[p->host]))
            p->host = i;
    }
    for (size_t i = 0; i < p->mention.n; i++)
        if (p->mention.p[i].host && p->mention.p[i].org == NONE)
            p->mention.p[i].org = p->host;
}

/* Is the mention something that is being built or unveiled, not somebody who acts? */
static bool is_built(const struct page *p, const struct mention *m, const uint32_t groups[2])
{
    if (m->kind != KIND_INSTITUTE && m->kind != KIND_HOSPITAL && m->kind != KIND_COLLEGE &&
        m->kind != KIND_OTHER)
        return false;
    for (int g = 0; g < 2 && groups[g] != NONE; g++) {
        for (uint32_t i = m->from > 8 ? m->from - 8 : 0; i < m->from; i++) {
            const struct mark *v = group_at(p, i, groups[g]);
            if (v && v->to <= m->from && v->to + 4 >= m->from)
                return true;
        }
        for (uint32_t i = m->to; i < m->to + 4 && !is_break(p->ch[i]); i++) {
            const struct mark *v = group_at(p, i, groups[g]);
            if (v)
                return is_break(p->ch[v->to]) || looking_at(p, v->to, "仪式") ||
                       looking_at(p, v->to, "并") || looking_at(p, v->to, "暨");
        }
    }
    return looking_at(p, m->to, "签约") != 0;
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

void orgs_roles(struct page *p)
{
    uint32_t groups[2] = {group_find(p->t, "build"), group_find(p->t, "unveil")};
    struct group_set active = {{0}}, visit = {{0}};
    static const char *const names[] = {"visit",    "host",   "talk", "sign",
                                        "ceremony", "unveil", "thank"};
    for (size_t k = 0; k < ARRAY_LEN(names); k++)
        if (group_find(p->t, names[k]) != NONE)
            set_put(k == 0 ? &visit : &active, group_find(p->t, names[k]));
    for (size_t i = 0; i < p->mention.n; i++) {
        struct mention *m = &p->mention.p[i];
        if (m->org == NONE)
            continue;
        struct org *o = &p->org.p[m->org];
        o->count++;
        o->built += !m->host && is_built(p, m, groups);
        o->named = o->named || !m->level || m->suffix_from + 1 < m->to;
        uint32_t c = clause_of(p, m->from);
        if (c == NONE)
            continue;
        o->lead = o->lead || (m->from < p->lead && !only_attends(p, m));
        o->acts = o->acts || set_meets(&p->clause.p[c].groups, &active) ||
                  sentence_meets(p, c, &visit) ||
                  (m->place && p->clause.p[c].from == m->from && mark_at(p, m->to, SENSE_STOP));
    }
}

enum rc orgs_resolve(struct page *p)
{
    vec_mention more = {0};
    enum rc rc = resolve_all(p);
    if (rc == RC_OK)
        rc = join_short(p);
    if (rc == RC_OK)
        rc = find_short(p, &more);
    vec_free(&more);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < p->mention.n; i++)
        p->mention.p[i].org = org_root(p, p->mention.p[i].org);
    find_host(p);
    return RC_OK;
}

bool org_is_object(const struct page *p, uint32_t org)
{
    const struct org *o = &p->org.p[org];
    return !o->brand && (!o->named || (o->built * 2 >= o->count && !o->staffed));
}

/* ---- parties ---- */

static bool takes_part(const struct org *o)
{
    if (o->into != NONE || o->count == 0 || (o->built * 2 >= o->count && !o->staffed && !o->brand))
        return false;
    return o->brand || (o->named && (o->lead || o->acts || o->staffed || o->count > 2));
}

static enum rc make_party(struct page *p, uint32_t i)
{
    struct org *o = &p->org.p[i];
    struct news_party party = {.name = o->name, .kind = org_kind_name[o->kind]};
    for (size_t k = 0; k < o->alias.n; k++)
        TRY(vec_push(&party.alias, o->alias.p[k], p->e));
    o->party = (uint32_t)p->out->party.n;
    if (vec_push(&p->out->party, party, p->e) != RC_OK) {
        vec_free(&party.alias);
        return RC_NOMEM;
    }
    return RC_OK;
}

enum rc parties_finish(struct page *p)
{
    for (uint32_t i = 0; i < p->org.n; i++)
        if (takes_part(&p->org.p[i]))
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
