/* Names of organisations: gazetteer words, names grown to the left from their endings, levels of
 * government, and the words a page uses for its own school. */
#include "news/news_int.h"

/* Nothing but adjectives of organisations (现代产业学院, 龙头企业集团)? */
static bool is_generic(const struct page *p, uint32_t from, uint32_t to)
{
    while (from < to) {
        const struct mark *m = mark_at(p, from, SENSE_GENERIC);
        if (!m || m->to > to)
            return false;
        from = m->to;
    }
    return true;
}

/* 10家, 多家, 名 before the name belong to a count. */
static uint32_t skip_count(const struct page *p, uint32_t from, uint32_t to)
{
    uint32_t i = from;
    while (i < to && (is_digit(p->ch[i]) || p->ch[i] == '.'))
        i++;
    if (i > from && i < to && mark_at(p, i, SENSE_UNIT))
        i = mark_at(p, i, SENSE_UNIT)->to;
    return i;
}

static enum rc put(struct page *p, struct mention m)
{
    m.org = NONE;
    if (p->mention.n >= PAGE_MENTIONS)
        return RC_OK;
    /* the longer of two overlapping names; they come in order of their ends */
    while (p->mention.n && p->mention.p[p->mention.n - 1].to > m.from) {
        const struct mention *last = &p->mention.p[p->mention.n - 1];
        if (last->to - last->from > m.to - m.from ||
            (last->to - last->from == m.to - m.from && last->value != NONE))
            return RC_OK;
        p->mention.n--;
    }
    return vec_push(&p->mention, m, p->e);
}

/* 大学|校长, 中国科学院|院士: the ending belongs to an office. */
static bool in_title(const struct page *p, const struct mention *m)
{
    for (uint32_t i = m->from; i < m->to; i++) {
        const struct mark *t = mark_at(p, i, SENSE_TITLE);
        bool last = m->kind == KIND_GOVERNMENT && i + 1 == m->to; /* 科技局长 */
        if (t && t->to > m->to && !last && (i + 1 >= m->suffix_from || i == m->from))
            return true;
    }
    return false;
}

bool is_level(uint32_t c)
{
    return c == 0x7701 || c == 0x5E02 || c == 0x53BF || c == 0x533A || c == 0x5DDE; /* 省市县区州 */
}

static bool word_ends(const struct page *p, uint32_t i)
{
    return is_break(p->ch[i]) || mark_at(p, i, SENSE_STOP) || mark_at(p, i, SENSE_AFTER) ||
           mark_at(p, i, SENSE_TITLE) || mark_at(p, i, SENSE_INSIDE);
}

/* 江苏高水平大学, 知名企业集团: described, not named. */
static bool is_vague(const struct page *p, const struct mention *m)
{
    for (uint32_t k = p->first[m->from]; k < p->first[m->suffix_from]; k++) {
        const struct mark *g = &p->mark.p[k];
        if (g->class == SENSE_GENERIC && g->value == 1 && g->to <= m->suffix_from)
            return true;
    }
    return false;
}

/* The 局 of 布局, the second one of 科技局局长. */
static bool in_word(const struct page *p, const struct mark *s)
{
    if (s->to - s->from == 1 && mark_at(p, s->from, SENSE_TITLE) &&
        mark_to(p, s->from, SENSE_SUFFIX))
        return true;
    const struct mark *stop = mark_to(p, s->to, SENSE_STOP), *g = mark_to(p, s->to, SENSE_GENERIC);
    return (stop && stop->from < s->from) || (g && g->from < s->from);
}

/* 国家重点实验室, not 国家博物馆. */
static bool begins_generic(const struct page *p, const struct mention *m)
{
    const struct mark *prefix = mark_at(p, m->from, SENSE_PREFIX);
    return prefix && prefix->to < m->suffix_from && mark_at(p, m->from, SENSE_GENERIC);
}

static const struct mention *mention_to(const struct page *p, uint32_t i)
{
    size_t k = p->mention.n;
    while (k > 0 && p->mention.p[k - 1].to > i)
        k--;
    return k > 0 && p->mention.p[k - 1].to == i ? &p->mention.p[k - 1] : NULL;
}

static bool ends_group(const struct page *p, uint32_t i)
{
    return i >= 2 && looking_at(p, i - 2, "集团");
}

/* 某银行股份有限公司|芜湖分行 */
static bool is_branch(const struct page *p, const struct mark *s)
{
    return looking_at(p, s->from, "分行") || looking_at(p, s->from, "支行") ||
           looking_at(p, s->from, "分公司");
}

/* 开发|区管委会: no district's office. */
static bool ends_park(const struct page *p, uint32_t i)
{
    const struct mark *s = mark_to(p, i + 1, SENSE_SUFFIX);
    return s && p->ch[i] == 0x533A && p->t->suffix.p[s->value].kind == KIND_PARK;
}

/* 东华科技大学|国家大学科技园: a part of the one named before. */
static bool is_part(const struct page *p, uint32_t from)
{
    const struct mention *last = mark_at(p, from, SENSE_PREFIX) ? mention_to(p, from) : NULL;
    return last && !last->host;
}

/* A further 学院 of a school that was read already. */
static bool is_faculty(const struct page *p, const struct mark *s, uint32_t from)
{
    const struct mention *last = &p->mention.p[p->mention.n - 1];
    return s->to - s->from == 2 && kind_is_school(last->kind) && !last->host &&
           last->value == NONE && last->from == from && last->to < s->from;
}

/* 福建省|高校重点|实验室: described, not named. */
static bool is_some_lab(const struct page *p, const struct mention *m)
{
    const struct mark *place = mark_at(p, m->from, SENSE_PLACE);
    return m->kind == KIND_INSTITUTE && place && place->to < m->suffix_from &&
           looking_at(p, m->suffix_from, "实验室") && is_generic(p, place->to, m->suffix_from);
}

/* 县|职业教育中心, 市|人民医院: of the page's county. */
static bool is_local(const struct page *p, const struct mention *m)
{
    return (m->kind == KIND_COLLEGE || m->kind == KIND_HOSPITAL) && m->suffix_from == m->from + 1 &&
           is_level(p->ch[m->from]) && starts_word(p, m->from);
}

/* 校|教育发展|基金会: where such a body of the page's school begins, NONE. */
static uint32_t own_body(const struct page *p, const struct mark *s)
{
    enum { REACH = 8 };
    if (!looking_at(p, s->from, "基金会") && !looking_at(p, s->from, "校友会"))
        return NONE;
    for (uint32_t k = s->from; k > 0 && s->from - k < REACH && is_han(p->ch[k - 1]); k--) {
        uint32_t from = k >= 2 && looking_at(p, k - 2, "学校") ? k - 2 : k - 1;
        if (p->ch[k - 1] == 0x6821 && starts_word(p, from)) /* 校 */
            return from;
    }
    return NONE;
}

/* 双溪高新区|管委会, 化纤工业协会: no list has what begins it, but it is a name for all that. */
static bool begins_itself(const struct page *p, const struct mention *m)
{
    static const char *const offices[] = {"管委会", "党工委", "管理委员会"};
    static const char *const bodies[] = {"协会", "学会", "商会", "联合会", "促进会", "研究会"};
    uint32_t core = m->suffix_from - m->from;
    if (!starts_word(p, m->from) || mark_at(p, m->from, SENSE_GENERIC) || core < 2 || core > 12)
        return false;
    for (size_t k = 0; m->kind == KIND_PARK && core <= 3 && k < ARRAY_LEN(offices); k++)
        if (looking_at(p, m->to, offices[k]))
            return true;
    for (size_t k = 0; m->kind == KIND_OTHER && core >= 4 && k < ARRAY_LEN(bodies); k++)
        if (looking_at(p, m->suffix_from, bodies[k]))
            return word_ends(p, m->to);
    return m->kind == KIND_PARK && core <= 3 && comes_again(p, m->from, m->to);
}

/* 某高新区|大学|创新谷, 浦江区|大学: no university is called after a district. */
static bool is_district(const struct page *p, uint32_t i)
{
    return p->ch[i - 1] == 0x533A || p->ch[i - 1] == 0x53BF; /* 区县 */
}

static enum rc put_suffix(struct page *p, const struct mark *s)
{
    const struct suffix *x = &p->t->suffix.p[s->value];
    struct mention m = {.to = s->to, .suffix_from = s->from, .value = NONE, .kind = x->kind};
    const struct mark *whole = mark_to(p, s->to, SENSE_UNIVERSITY);
    if (whole && s->to - whole->from >= 4)
        return RC_OK; /* put_known has it */
    if ((m.from = own_body(p, s)) != NONE) {
        m.own = true;
        return put(p, m);
    }
    m.from = skip_count(p, name_start(p, s->from, x->kind, &m.anchored), s->from);
    const struct mention *last = mention_to(p, m.from), *before = mention_to(p, s->from);
    if (last && x->kind == KIND_ENTERPRISE && last->kind == KIND_ENTERPRISE &&
        (ends_group(p, m.from) || is_branch(p, s)))
        m.from = last->from; /* 中国煤炭科工集团|太原研究院有限公司 */
    if (x->alone && before && kind_is_school(before->kind))
        return RC_OK; /* 某大学|化工与材料学院 */
    if (x->kind == KIND_COLLEGE && p->mention.n && is_faculty(p, s, m.from))
        return RC_OK; /* 浔阳江学院|电子信息工程学院 */
    if (x->kind == KIND_INSTITUTE && before && before->kind == KIND_ENTERPRISE &&
        mark_at(p, s->to, SENSE_TITLE))
        return RC_OK; /* 某公司|技术中心副主任 */
    if ((x->kind == KIND_PARK || x->kind == KIND_INSTITUTE || x->kind == KIND_UNIVERSITY) &&
        is_part(p, m.from))
        return RC_OK;
    uint32_t core = s->from - m.from;
    bool level = (x->office && core >= 1 && core < 10 && is_level(p->ch[m.from]) && !m.anchored) ||
                 is_local(p, &m);
    if (p->ch[s->from] < 0x80 &&
        (core == 0 || !is_latin_word(p, s->from, s->to) ||
         (m.from && p->ch[m.from - 1] == '(' && mention_to(p, m.from - 1))))
        return RC_OK; /* AGV; 某大学(Some University) */
    if (level && ends_park(p, m.from))
        return RC_OK;
    if (level) {
        m.level = true;
        m.suffix_from = m.from + 1;
    } else if (x->office && !m.anchored &&
               (core < 3 || core > 5 || !is_level(p->ch[s->from - 1]))) {
        return RC_OK; /* else the office of a county that is not listed */
    }
    if (x->kind == KIND_ENTERPRISE && s->from > 0 && is_digit(p->ch[s->from - 1]))
        return RC_OK; /* 必发88|集团: betting sites are named so */
    if (in_word(p, s) || (s->to - s->from == 1 && core > 8))
        return RC_OK;
    if ((x->alone && !word_ends(p, s->to) && !is_branch(p, s)) ||
        (x->kind != KIND_INSTITUTE && is_vague(p, &m)))
        return RC_OK;
    bool bare_park = x->kind == KIND_PARK && core == 0 && s->to - s->from == 3 &&
                     (looking_at(p, s->to - 2, "新区") || looking_at(p, s->to - 2, "开区") ||
                      looking_at(p, s->to - 2, "发区")) &&
                     starts_word(p, s->from) && word_ends(p, s->to) &&
                     !(s->from && looking_at(p, s->from - 1, "在"));
    if (bare_park)
        return put(p, m); /* 经开区: the page's own */
    const struct mark *verb = mark_at(p, m.from, SENSE_STOP);
    if (verb && verb->to == s->from) /* 成立公司 */
        return RC_OK;
    if (x->anchored && !m.anchored && x->kind != KIND_ENTERPRISE && !before)
        m.anchored = begins_unlisted(p, m.from, s->from) || begins_itself(p, &m);
    if (x->kind == KIND_UNIVERSITY && core && is_district(p, s->from))
        return RC_OK;
    if ((x->anchored && !m.anchored) || core == 0 || (core == 1 && !level))
        return RC_OK;
    if ((is_generic(p, m.from, s->from) && (!m.anchored || begins_generic(p, &m))) ||
        is_some_lab(p, &m))
        return RC_OK;
    bool pupil = kind_is_school(x->kind) && p->ch[s->to] == 0x751F; /* 大学|生, not 公司|生产 */
    if (pupil || (s->to - s->from == 2 && p->ch[s->to] == 0x6CD5)) /* 公司|法 */
        return RC_OK;
    return in_title(p, &m) ? RC_OK : put(p, m);
}

/* ---- government by its place ---- */

static bool is_full_place(const struct page *p, const struct mark *m)
{
    const struct division *d = &p->t->division.p[m->value];
    return str_eq(page_str(p, m->from, m->to), d->name) &&
           (d->name.n > d->brief.n || is_level(p->ch[m->to - 1]));
}

/* 委, 委市政府, 委、市政府, 政府, 人民政府 after a place or a level: where it ends. */
static uint32_t government_end(const struct page *p, uint32_t i)
{
    uint32_t k = looking_at(p, i, "委");
    if (k) {
        uint32_t j = i + k + looking_at(p, i + k, "、");
        if (is_level(p->ch[j]) && looking_at(p, j + 1, "政府"))
            return j + 3;
        bool ends = is_break(p->ch[i + k]) || mark_at(p, i + k, SENSE_STOP);
        return ends ? i + k : i;
    }
    k = looking_at(p, i, "人民政府");
    k = k ? k : looking_at(p, i, "政府");
    if (!k && looking_at(p, i, "财政") && !mark_at(p, i + 2, SENSE_GENERIC)) {
        static const char *const others[] = {"局", "厅", "收", "支", "部", "资", "专", "科", "金"};
        for (size_t w = 0; w < ARRAY_LEN(others); w++)
            if (looking_at(p, i + 2, others[w]))
                return i;
        k = 2; /* 市财政|每年安排 */
    }
    return i + k;
}

static bool followed_by_office(const struct page *p, uint32_t i)
{
    static const char *const heads[] = {"委", "人大", "政协", "领导", "纪委", "党政"};
    for (size_t k = 0; k < ARRAY_LEN(heads); k++)
        if (looking_at(p, i, heads[k]))
            return true;
    return mark_at(p, i, SENSE_TITLE) != NULL;
}

/* ，岳阳|将; 说 would follow a person. */
static bool place_verb(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"将", "已", "正", "拟", "共", "累计", "现有", "先后", "与"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k]))
            return true;
    return false;
}

static enum rc put_place(struct page *p, const struct mark *s)
{
    uint32_t end = government_end(p, s->to);
    struct mention m = {.from = grow_places(p, s->from),
                        .to = end,
                        .suffix_from = s->to,
                        .value = s->value,
                        .kind = KIND_GOVERNMENT,
                        .anchored = true};
    m.place = end == s->to && !followed_by_office(p, end);
    bool full = is_full_place(p, s), left = starts_word(p, m.from);
    bool acts = m.place && m.from && is_break(p->ch[m.from - 1]) && place_verb(p, end);
    if ((m.place || !left) && !full && !acts)
        return RC_OK;
    if (!full && !acts && end == s->to && !is_level(p->ch[end]))
        return RC_OK;
    return put(p, m);
}

/* What only a place has behind its level: an office, a government. */
static bool office_follows(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"委书记", "委副书记", "委常委",   "人民政府", "政府",
                                        "委、",   "委市",     "党委书记", "财政"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i + 1, words[k]))
            return true;
    return mark_at(p, i, SENSE_TITLE) || mark_at(p, i + 1, SENSE_TITLE);
}

/* 双|河市, 海东|县: the name goes on over a particle, over a place of another level. */
static uint32_t unlisted_from(const struct page *p, uint32_t from, uint32_t i)
{
    const struct mark *place = from == i && is_town(p->ch[i]) ? place_to(p, i) : NULL;
    if (place && !is_full_place(p, place) && starts_word(p, place->from))
        return place->from;
    bool particle = i - from == 1 && from > 0 && begins_names(p->ch[from - 1]);
    return particle && starts_word(p, from - 1) ? from - 1 : from;
}

/* A county or town that divisions.yaml does not have: 金乡县委书记; or its bare name where it
 * stands more than once. */
static enum rc put_unlisted(struct page *p, uint32_t i)
{
    uint32_t from = i;
    if (p->ch[i - 1] == p->ch[i]) /* 新湖镇|镇长 */
        return RC_OK;
    const struct mark *park = mark_to(p, i + 1, SENSE_SUFFIX);     /* 高新区 */
    bool level = is_level(p->ch[i - 1]) && p->ch[i - 1] != 0x5DDE; /* not 袁州|区 */
    if (mark_to(p, i + 1, SENSE_PLACE) || level ||
        (park && p->t->suffix.p[park->value].kind == KIND_PARK))
        return RC_OK;
    while (from > 0 && i - from < 3 && is_han(p->ch[from - 1]) && !mark_to(p, from, SENSE_STOP) &&
           !mark_to(p, from, SENSE_INSIDE) && !place_to(p, from))
        from--;
    from = unlisted_from(p, from, i);
    if (i >= 4 && looking_at(p, i - 2, "自治")) /* 清溪苗族|自治县 */
        for (from = i - 2; from > 0 && i - from < 12 && !starts_word(p, from);)
            from--;
    for (uint32_t k = from; k < i; k++) {
        const struct mark *t = mark_at(p, k, SENSE_TITLE); /* 副县长 */
        if (t && t->to > i)
            return RC_OK;
    }
    bool left = from == 0 || is_break(p->ch[from - 1]) || mark_to(p, from, SENSE_STOP) ||
                mark_to(p, from, SENSE_INSIDE) || place_to(p, from);
    if (!left || i <= from + (p->ch[i] == 0x533A)) /* 园区 */
        return RC_OK;
    struct mention m = {.from = grow_places(p, from), .value = NONE, .kind = KIND_GOVERNMENT};
    m.suffix_from = i + 1;
    m.to = government_end(p, i + 1);
    if (office_follows(p, i))
        return put(p, m);
    bool town = is_town(p->ch[i]) && may_end_town(p->ch[i - 1]);
    m.place = true;
    return town && (i == from + 2 || i == from + 3) && m.to == i + 1 && !is_generic(p, from, i) &&
                   (comes_again(p, from, i + 1) || stem_again(p, from, i))
               ? put(p, m)
               : RC_OK;
}

/* 市委市政府, 省政府, 我市: a level without its place. */
static enum rc put_level(struct page *p, uint32_t i)
{
    struct mention m = {.from = i, .value = NONE, .kind = KIND_GOVERNMENT, .level = true};
    if (i && !is_break(p->ch[i - 1]) && !mark_to(p, i, SENSE_STOP) && !mark_to(p, i, SENSE_TITLE))
        return put_unlisted(p, i);
    bool our = looking_at(p, i, "我") && is_level(p->ch[i + 1]);
    m.suffix_from = m.to = our ? i + 2 : government_end(p, i + 1);
    if (m.to == i + 1 && followed_by_office(p, m.to) && !is_break(p->ch[m.to]))
        m.suffix_from = m.to = i + 1;
    else if (m.to <= i + 1)
        return RC_OK;
    m.place = our;
    return put(p, m);
}

/* ---- the page's own school ---- */

static enum rc put_host(struct page *p, uint32_t i)
{
    static const char *const words[] = {"我校", "我院", "该校", "本校", "校方", "学校", "学院"};
    bool starts = i == 0 || is_break(p->ch[i - 1]) || mark_to(p, i, SENSE_STOP);
    for (size_t k = 0; starts && k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k])) {
            struct mention m = {.from = i, .to = i + 2, .suffix_from = i, .value = NONE};
            m.kind = k == 1 || k == 6 ? KIND_COLLEGE : KIND_UNIVERSITY;
            m.host = true;
            return put(p, m);
        }
    return RC_OK;
}

/* ，企业|每年接收: it acts, and is not of many. */
static bool plain_firm(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"每",   "将",   "还",   "先后", "承诺", "投入",
                                        "出资", "选派", "接收", "提供", "为",   "派"};
    if (!looking_at(p, i, "企业") || (i && !is_break(p->ch[i - 1])) ||
        (i && p->ch[i - 1] == 0x3001))
        return false;
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i + 2, words[k]))
            return true;
    return false;
}

/* 公司, 该集团: who it is, orgs.c finds. */
static enum rc put_firm(struct page *p, uint32_t i)
{
    static const char *const words[] = {"集团公司", "公司", "该公司", "集团", "该集团", "企业"};
    if (!starts_word(p, i) && !(i && p->ch[i - 1] == 0x8BE5)) /* 该 */
        return RC_OK;
    for (size_t k = 0; k < ARRAY_LEN(words); k++) {
        uint32_t n = looking_at(p, i, words[k]);
        if (!n || mark_at(p, i + n, SENSE_GENERIC) || mark_at(p, i + n, SENSE_SUFFIX) ||
            (k == 5 && !plain_firm(p, i)))
            continue;
        struct mention m = {.from = i, .to = i + n, .suffix_from = i, .value = NONE};
        m.kind = KIND_ENTERPRISE;
        m.firm = true;
        return put(p, m);
    }
    return RC_OK;
}

/* ---- gazetteer ---- */

/* 教育部|1+X证书制度, 教育部|首批: whose scheme it is; 教育部高等教育司 is the ministry. */
static bool is_attribute(const struct page *p, const struct mark *s, enum org_kind kind)
{
    enum { REACH = 12 };
    static const char *const parts[] = {"司", "中心", "办公室", "委员会", "党组"};
    if (kind != KIND_GOVERNMENT || s->class != SENSE_KNOWN || word_ends(p, s->to))
        return false;
    for (uint32_t i = s->to; i < s->to + REACH && !is_break(p->ch[i]); i++)
        for (size_t k = 0; k < ARRAY_LEN(parts); k++)
            if (looking_at(p, i, parts[k]))
                return false;
    return true;
}

static enum rc put_known(struct page *p, const struct mark *s)
{
    bool university = s->class == SENSE_UNIVERSITY;
    const struct known_org *k =
        university ? &p->t->university.p[s->value] : &p->t->known.p[s->value];
    struct mention m = {.from = s->from,
                        .to = s->to,
                        .suffix_from = s->to,
                        .value = s->value,
                        .kind = k->kind,
                        .anchored = true};
    for (uint32_t i = p->first[s->from]; i < p->first[s->from + 1]; i++) {
        const struct mark *o = &p->mark.p[i];
        if (o->class == s->class && o->to == s->to && o->value != s->value)
            m.unsure = true;
    }
    bool plural = p->ch[s->to] == 0x95E8 && p->ch[s->to - 1] == 0x90E8; /* 工信部|门 */
    if (p->ch[s->to] == 0x751F || plural || in_title(p, &m) || is_attribute(p, s, k->kind))
        return RC_OK;                         /* 大学生 */
    if (university && s->to - s->from <= 3) { /* 北大 of 湖北大桥: only where it stands alone */
        m.unsure = m.unsure || s->to - s->from == 2;
        if (s->from && !is_break(p->ch[s->from - 1]) && !mark_to(p, s->from, SENSE_STOP) &&
            !mark_to(p, s->from, SENSE_INSIDE))
            return RC_OK;
    }
    return put(p, m);
}

/* A betting brand in the place of a name. */
static enum rc put_brands(struct page *p, uint32_t i)
{
    for (size_t b = 0; b < p->x->brand.n; b++) {
        struct str brand = p->x->brand.p[b];
        struct str here = str_sub(p->x->text, p->at[i], p->at[i] + brand.n);
        if (brand.n == 0 || here.p[0] != brand.p[0] || !str_eq(here, brand))
            continue;
        uint32_t to = i;
        while (to < p->n && p->at[to] < p->at[i] + brand.n)
            to++;
        struct mention m = {.from = i, .to = to, .suffix_from = to, .value = (uint32_t)b};
        m.kind = KIND_UNIVERSITY;
        m.host = true;
        return put(p, m);
    }
    return RC_OK;
}

/* The names that end behind character i, or that it begins. */
static enum rc put_names(struct page *p, uint32_t i)
{
    const struct mark *m;
    if ((m = mark_to(p, i + 1, SENSE_UNIVERSITY)))
        TRY(put_known(p, m));
    if ((m = mark_to(p, i + 1, SENSE_KNOWN)))
        TRY(put_known(p, m));
    if ((m = mark_to(p, i + 1, SENSE_SUFFIX)))
        TRY(put_suffix(p, m));
    if ((m = mark_to(p, i + 1, SENSE_PLACE)))
        TRY(put_place(p, m));
    if (!(p->flags[i] & CHAR_NAME))
        return RC_OK;
    if (is_level(p->ch[i]) || p->ch[i] == 0x9547 || p->ch[i] == 0x4E61) /* 镇, 乡 */
        TRY(put_level(p, i));
    if (p->ch[i] == 0x6211 && is_level(p->ch[i + 1])) /* 我市 */
        TRY(put_level(p, i));
    TRY(put_host(p, i));
    if (p->ch[i] == 0x516C || p->ch[i] == 0x96C6 || p->ch[i] == 0x8BE5 ||
        p->ch[i] == 0x4F01) /* 公集该企 */
        TRY(put_firm(p, i));
    return RC_OK;
}

enum rc mentions_find(struct page *p)
{
    enum {
        NAMES = 1 << SENSE_UNIVERSITY | 1 << SENSE_KNOWN | 1 << SENSE_SUFFIX | 1 << SENSE_PLACE
    };
    struct heads heads = {{0}}; /* of brands */
    for (size_t b = 0; b < p->x->brand.n; b++) {
        size_t i = 0;
        if (p->x->brand.p[b].n)
            heads_put(&heads, news_fold(utf8_next(p->x->brand.p[b], &i)));
    }
    drop_tails(p);
    TRY(towns_find(p));
    /* by their ends, so that of two names that overlap the later can replace the earlier */
    for (uint32_t i = 0; p->x->brand.n && i < p->n; i++) {
        if (p->ends[i + 1] & NAMES || p->flags[i] & CHAR_NAME)
            TRY(put_names(p, i));
        if (heads_has(&heads, p->ch[i]))
            TRY(put_brands(p, i));
    }
    if (p->x->brand.n)
        return RC_OK;
    for (uint32_t i = 0; (i = next_either(p->ends + 1, NAMES, p->flags, CHAR_NAME, i, p->n)) < p->n;
         i++)
        TRY(put_names(p, i));
    return RC_OK;
}
