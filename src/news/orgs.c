/* Who the names are: one organisation a name, the page's school and city. */
#include "news/news_int.h"

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

enum rc org_alias(struct page *p, uint32_t org, struct str name)
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
enum rc org_get(struct page *p, uint32_t *out, struct str name, enum org_kind kind, uint32_t at)
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

/* 戚|怀远一行: the place is somebody's name. */
static bool is_given_name(const struct page *p, uint32_t i)
{
    if (i < 2 || !is_surname(p->t, p->ch[i - 1]) || mark_to(p, i, SENSE_STOP) ||
        mark_to(p, i, SENSE_INSIDE))
        return false;
    return is_break(p->ch[i - 2]) || mark_to(p, i - 1, SENSE_STOP) ||
           mark_to(p, i - 1, SENSE_TITLE);
}

/* 桃源 is not 桃源县 where 桃源镇 stands, nor 长葛 the place in 部长葛某. */
static bool names_division(const struct page *p, const struct mark *m)
{
    uint32_t next = p->ch[m->to];
    bool brief = m->to - m->from < utf8_len(p->t->division.p[m->value].name);
    if (brief && (next == 0x9547 || next == 0x4E61 || next == 0x6751)) /* 镇乡村 */
        return false;
    if (brief && is_given_name(p, m->from))
        return false;
    uint32_t k = mention_from(p, m->from);
    bool town = k < p->mention.n && p->mention.p[k].place && p->mention.p[k].value == NONE;
    if (brief && town && p->mention.p[k].from <= m->from)
        return false; /* the 阳新 of 阳新湖镇 */
    if (brief && k < p->mention.n && p->mention.p[k].from <= m->from &&
        p->mention.p[k].kind == KIND_UNIVERSITY)
        return false; /* the 青川 of 青川大学 */
    return !is_crossed(p, m->from);
}

/* The division of this level named last before i in its sentence, NONE. */
static uint32_t division_near(const struct page *p, uint32_t level, uint32_t i)
{
    uint32_t c = clause_of(p, i), found = NONE;
    while (c != NONE && c > 0 && p->clause.p[c - 1].sentence == p->clause.p[c].sentence)
        c--;
    for (uint32_t k = c == NONE ? i : p->clause.p[c].from; k < i; k++) {
        const struct mark *m = mark_at(p, k, SENSE_PLACE);
        if (m && ends_with_level(p->t->division.p[m->value].name, level) && names_division(p, m))
            found = m->value;
    }
    return found;
}

/* 赴南京, 走进西安: not where the page is from. */
static bool is_gone_to(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"赴", "走进", "前往", "来自"};
    const struct mark *before =
        i > 1 && p->ch[i - 1] == 0x3001 ? mark_to(p, i - 1, SENSE_PLACE) : NULL;
    if (before)
        i = before->from; /* 赴南京、西安 */
    for (size_t k = 0; k < ARRAY_LEN(words); k++) {
        uint32_t n = (uint32_t)utf8_len(str_of(words[k]));
        if (i >= n && looking_at(p, i - n, words[k]))
            return true;
    }
    return false;
}

/* How often the divisions of a level are named; its cities count for a province, the names of
 * universities for nothing. */
static enum rc take_census(struct page *p, uint32_t level, struct map *count)
{
    const struct news_tables *t = p->t;
    for (uint32_t i = 0; (i = next_with(p->begins, i, p->n, 1u << SENSE_PLACE)) < p->n; i++) {
        if (mark_at(p, i, SENSE_UNIVERSITY) || is_gone_to(p, i))
            continue;
        for (uint32_t k = p->first[i]; k < p->first[i + 1]; k++) {
            const struct mark *m = &p->mark.p[k];
            if (m->class != SENSE_PLACE || !names_division(p, m))
                continue;
            for (uint32_t d = m->value; d != NONE; d = t->division.p[d].parent) {
                uint32_t *n = ends_with_level(t->division.p[d].name, level) ? map_put(count, d, 0)
                                                                            : &(uint32_t){0};
                if (!n)
                    return err_nomem(p->e);
                *n += d == m->value ? 2 : 1;
            }
        }
    }
    return RC_OK;
}

/* Else the one named most often, of equals the first of the list. */
static enum rc division_of_level(struct page *p, uint32_t level, uint32_t *out)
{
    struct map count = {0};
    enum rc rc = take_census(p, level, &count);
    uint32_t most = 0;
    *out = NONE;
    for (size_t k = 0; k < count.cap; k++) {
        const struct map_entry *m = &count.entry[k];
        if (m->used && (m->val > most || (m->val == most && m->key < *out))) {
            *out = (uint32_t)m->key;
            most = m->val;
        }
    }
    map_free(&count);
    return rc;
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

/* 仙女湖市 of 仙女湖市金穗蛋品有限公司, of 仙女湖市科技局, where no list has it. */
static struct str town_of_firm(const struct page *p, uint32_t level)
{
    enum { LEAST = 2, MOST = 3 };
    for (size_t k = 0; is_town(level) && k < p->mention.n; k++) {
        const struct mention *m = &p->mention.p[k];
        if ((m->kind != KIND_ENTERPRISE && m->kind != KIND_GOVERNMENT) || m->org == NONE ||
            m->level || mark_at(p, m->from, SENSE_PLACE))
            continue;
        for (uint32_t i = m->from + LEAST; i <= m->from + MOST && i < m->suffix_from; i++)
            if (p->ch[i] == level && may_end_town(p->ch[i - 1]))
                return page_str(p, m->from, i + 1);
    }
    return (struct str){0};
}

/* 丰陵县融媒体中心, 岐周市人社局: who speaks of a town in the page's own lines. */
static bool speaks_for_town(struct str rest)
{
    static const char *const words[] = {"融媒体", "政府", "委",   "局", "新闻", "发布",
                                        "日报",   "电视", "中心", "网", "要闻", "市场"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (str_find(rest, str_of(words[k]), 0) != SIZE_MAX)
            return true;
    return false;
}

/* The town of this level that the page's own lines begin with and its text names by the stem. */
static struct str town_of_site(const struct page *p, uint32_t level)
{
    enum { CHAR = 3, LEAST = 2 * CHAR, MOST = 3 * CHAR, REST = 24 };
    struct str s = p->x->site, none = {0};
    for (size_t i = 0, from = 0; i < s.n && is_town(level);) {
        size_t at = i;
        uint32_t c = utf8_next(s, &i);
        if (!is_han(c)) {
            from = i;
            continue;
        }
        struct str stem = str_sub(s, from, at), rest = str_sub(s, i, MIN(s.n, i + REST));
        if (c == level && stem.n >= LEAST && stem.n <= MOST && speaks_for_town(rest) &&
            str_find(p->x->text, stem, 0) != SIZE_MAX)
            return str_sub(s, from, i);
    }
    return none;
}

/* A place of this level that divisions.yaml does not have, first named. */
static struct str unlisted_of_level(const struct page *p, uint32_t level)
{
    for (uint32_t i = 0; i < p->org.n; i++) {
        const struct org *o = &p->org.p[i];
        if (o->kind == KIND_GOVERNMENT && o->division == NONE && o->into == NONE &&
            ends_with_level(o->name, level))
            return o->name;
    }
    struct str own = town_of_site(p, level);
    return own.n ? own : town_of_firm(p, level);
}

/* 市科技局 is the only one of the page that is named in full, NONE. */
static uint32_t office_in_full(const struct page *p, struct str text, enum org_kind kind)
{
    uint32_t found = NONE;
    for (uint32_t i = 0; i < p->org.n; i++) {
        const struct org *o = &p->org.p[i];
        if (o->kind != kind || o->name.n <= text.n || !str_ends(o->name, text))
            continue;
        if (found != NONE)
            return NONE;
        found = i;
    }
    return found;
}

static enum rc resolve_level(struct page *p, struct mention *m, struct levels *l)
{
    uint32_t at = p->ch[m->from] == 0x6211 ? m->from + 1 : m->from, d = NONE;
    struct str text = page_str(p, m->from, m->to), name = text;
    d = division_near(p, p->ch[at], m->from);
    if (d == NONE)
        TRY(level_division(p, l, p->ch[at], &d));
    bool office = m->suffix_from > m->from && m->suffix_from < m->to;
    uint32_t full = office && at == m->from ? office_in_full(p, text, m->kind) : NONE;
    if (full != NONE) {
        m->org = full;
        return org_alias(p, full, text);
    }
    struct str near = unlisted_of_level(p, p->ch[at]);
    struct str place = d != NONE ? p->t->division.p[d].name : near;
    if (near.n && (d == NONE || division_near(p, p->ch[at], m->from) == NONE)) {
        place = near; /* the page's own town, not one that is named beside it */
        d = NONE;
    }
    if (place.n && office)
        TRY(glue(p, &name, place, page_str(p, at + 1, m->to)));
    else if (place.n)
        name = place;
    else if (!office)
        return RC_OK;
    TRY(org_get(p, &m->org, name, office ? m->kind : KIND_GOVERNMENT, m->from));
    if (m->org == NONE)
        return RC_OK;
    if (!office)
        p->org.p[m->org].division = d;
    p->org.p[m->org].named = p->org.p[m->org].named || (near.n && str_eq(place, near));
    return org_alias(p, m->org, text);
}

/* A full name, though perhaps a former one. */
static bool is_school_name(struct str s)
{
    return s.n >= 12 && (str_ends(s, STR("大学")) || str_ends(s, STR("学院")));
}

/* 高新区|管委会: where the name of the park ends, 0: it is no such office. */
static uint32_t park_of_office(const struct page *p, const struct mention *m)
{
    if (m->kind != KIND_GOVERNMENT || m->to < m->from + 5 || !looking_at(p, m->to - 3, "管委会"))
        return 0;
    const struct mark *s = mark_to(p, m->to - 3, SENSE_SUFFIX);
    return s && p->t->suffix.p[s->value].kind == KIND_PARK ? s->to : 0;
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
    struct str rest = page_str(p, m->suffix_from, m->to);
    uint32_t park = park_of_office(p, m);
    if (park > m->from) {
        name = page_str(p, m->from, park);
        kind = KIND_PARK;
    } else if (kind == KIND_GOVERNMENT && m->value == NONE && m->suffix_from > m->from &&
               is_level(p->ch[m->suffix_from - 1]) &&
               (str_ends(rest, STR("政府")) || str_ends(rest, STR("财政")) || rest.n <= 3))
        name = page_str(p, m->from, m->suffix_from); /* 金乡县|人民政府 */
    TRY(org_get(p, &m->org, name, kind, m->from));
    if (m->org == NONE)
        return RC_OK;
    if (place)
        p->org.p[m->org].division = m->value;
    return org_alias(p, m->org, text);
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
    return found == NONE ? RC_OK : org_alias(p, found, page_str(p, m->from, m->to));
}

/* 某博体育-某职业学院签约: the mirror's own word before a headline that names the school, and
 * nowhere else. */
static bool is_mirrors_own(const struct page *p, const struct mention *m)
{
    bool school = false;
    for (size_t k = 0; k < p->mention.n; k++) {
        const struct mention *o = &p->mention.p[k];
        if (o->host && o->value != NONE && o->from >= p->title)
            return false;
        school = school || (!o->host && kind_is_school(o->kind) && o->from < p->title);
    }
    return school && m->from == 0 && looking_at(p, m->to, "-");
}

static enum rc resolve_brand(struct page *p, struct mention *m)
{
    if (is_mirrors_own(p, m))
        return RC_OK;
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
    return org_alias(p, m->org, page_str(p, m->from, m->to));
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
        if (m->unsure || m->level || m->firm || m->own || (m->place && !place_acts(p, m)))
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
            m->org = org_named(p, m->value == NONE ? page_str(p, m->from, m->to)
                                                   : p->t->division.p[m->value].name);
    }
    return RC_OK;
}

/* ---- the page's school ---- */

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

/* The name with this ending that the page's own title has behind the headline: … - 某某大学新闻网.
 */
static struct str site_name(const struct page *p, struct str ending)
{
    enum { BYTES_MIN = 12, BYTES_MAX = 60 };
    struct str s = p->x->site;
    size_t from = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        if (!is_han(c))
            from = i;
        struct str name = str_sub(s, from, i);
        if (str_ends(name, ending) && name.n >= BYTES_MIN && name.n <= BYTES_MAX &&
            str_find(p->x->text, name, 0) == SIZE_MAX)
            return name;
    }
    return (struct str){0};
}

/* 学校 and 我校 on a page that names no school are the site's, unless the site is a mirror. */
static enum rc host_of_site(struct page *p)
{
    size_t first = 0;
    while (first < p->mention.n && !p->mention.p[first].host)
        first++;
    if (p->host != NONE || first == p->mention.n || p->x->brand.n)
        return RC_OK;
    static const struct {
        struct str ending;
        enum org_kind kind;
    } schools[] = {{{"大学", 6}, KIND_UNIVERSITY},
                   {{"职业技术学院", 18}, KIND_COLLEGE},
                   {{"职业学院", 12}, KIND_COLLEGE},
                   {{"专科学校", 12}, KIND_COLLEGE}};
    struct str name = {0};
    size_t k = 0;
    while (k < ARRAY_LEN(schools) && !(name = site_name(p, schools[k].ending)).n)
        k++;
    return name.n ? org_get(p, &p->host, name, schools[k].kind, p->mention.p[first].from) : RC_OK;
}

/* 我校 is the page's school; 学校, 该校 the one named last in the paragraph, where the page's own
 * is not named. */
static void schools_resolve(struct page *p)
{
    uint32_t last = NONE, para = NONE;
    bool host = false;
    for (size_t i = 0; i < p->mention.n; i++) {
        struct mention *m = &p->mention.p[i];
        uint32_t c = clause_of(p, m->from), here = c == NONE ? NONE : p->clause.p[c].para;
        if (here != para) {
            last = NONE;
            host = false;
        }
        para = here;
        bool our = looking_at(p, m->from, "我") || looking_at(p, m->from, "本");
        if (m->host && m->org == NONE)
            m->org = our || host || last == NONE ? p->host : last;
        else if (m->org != NONE && kind_is_school(p->org.p[m->org].kind)) {
            host = host || m->org == p->host;
            last = m->org;
        }
    }
}

/* 校教育发展基金会: the host's own, a body by itself. */
static enum rc bodies_of_host(struct page *p)
{
    for (size_t i = 0; i < p->mention.n; i++) {
        struct mention *m = &p->mention.p[i];
        struct str name;
        if (!m->own || p->host == NONE || !p->org.p[p->host].name.n)
            continue;
        uint32_t school = looking_at(p, m->from, "学校") ? 2 : 1;
        TRY(glue(p, &name, p->org.p[p->host].name, page_str(p, m->from + school, m->to)));
        TRY(org_get(p, &m->org, name, m->kind, m->from));
        if (m->org != NONE)
            TRY(org_alias(p, m->org, page_str(p, m->from, m->to)));
    }
    return RC_OK;
}

/* The school that speaks: a masked one, else the first school of the page. */
static enum rc find_host(struct page *p)
{
    for (uint32_t i = 0; i < p->org.n; i++) {
        const struct org *o = &p->org.p[i];
        if (o->into != NONE || !kind_is_school(o->kind))
            continue;
        if (p->host == NONE || host_before(p, o, &p->org.p[p->host]))
            p->host = i;
    }
    TRY(host_of_site(p));
    schools_resolve(p);
    return bodies_of_host(p);
}

/* 公司与某大学签约 in the headline of a company's own news: the company that the site is of, else
 * the first of the text. */
static enum rc own_firm(struct page *p, uint32_t *out)
{
    *out = NONE;
    size_t i = 0;
    while (i < p->mention.n && !p->mention.p[i].firm &&
           !(p->mention.p[i].org != NONE && p->mention.p[i].kind == KIND_ENTERPRISE))
        i++;
    if (i == p->mention.n || !p->mention.p[i].firm || p->mention.p[i].from >= p->title)
        return RC_OK;
    uint32_t first = NONE;
    for (uint32_t k = 0; k < p->org.n; k++) {
        const struct org *o = &p->org.p[k];
        if (o->kind != KIND_ENTERPRISE || o->into != NONE)
            continue;
        if (str_find(p->x->site, o->name, 0) != SIZE_MAX) {
            *out = k;
            return RC_OK;
        }
        if (first == NONE || o->first < p->org.p[first].first)
            first = k;
    }
    struct str name = site_name(p, STR("有限公司"));
    *out = first;
    return name.n ? org_get(p, out, name, KIND_ENTERPRISE, p->mention.p[i].from) : RC_OK;
}

/* 公司 is the page's only enterprise or its own, else the one named last before it in the
 * paragraph. */
static enum rc firms_resolve(struct page *p)
{
    uint32_t own, last = NONE, para = NONE;
    TRY(own_firm(p, &own));
    uint32_t only = own, firms = own != NONE;
    for (uint32_t i = 0; own == NONE && i < p->org.n; i++)
        if (p->org.p[i].kind == KIND_ENTERPRISE && p->org.p[i].into == NONE) {
            only = i;
            firms++;
        }
    for (size_t i = 0; i < p->mention.n; i++) {
        struct mention *m = &p->mention.p[i];
        uint32_t c = clause_of(p, m->from);
        uint32_t here = c == NONE ? NONE : p->clause.p[c].para;
        if (here != para)
            last = NONE;
        para = here;
        if (m->firm)
            m->org = firms == 1 ? only : looking_at(p, m->from, "企业") ? NONE : last;
        else if (m->org != NONE && p->org.p[m->org].kind == KIND_ENTERPRISE)
            last = m->org;
    }
    return RC_OK;
}

enum rc orgs_resolve(struct page *p)
{
    TRY(resolve_all(p));
    TRY(short_forms_join(p));
    for (size_t i = 0; i < p->mention.n; i++)
        p->mention.p[i].org = org_root(p, p->mention.p[i].org);
    TRY(firms_resolve(p));
    return find_host(p);
}
