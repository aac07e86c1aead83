/* Where a name begins that is known by its ending: to the left of it, until punctuation, a verb, or
 * a place or known name that begins it. */
#include "news/news_int.h"

enum { GROWTH_MAX = 36, BRACKET_MAX = 10 };

/* Start of a bracket inside a name, 宿迁投资(集团)有限公司; NONE when it is none. */
static uint32_t bracket_open(const struct page *p, uint32_t close)
{
    for (uint32_t i = close; i > 0 && close - i < BRACKET_MAX; i--) {
        if (p->ch[i - 1] == '(')
            return i < close ? i - 1 : NONE;
        if (is_break(p->ch[i - 1]))
            return NONE;
    }
    return NONE;
}

bool starts_word(const struct page *p, uint32_t i)
{
    return i == 0 || is_break(p->ch[i - 1]) || mark_to(p, i, SENSE_STOP) ||
           mark_to(p, i, SENSE_INSIDE);
}

/* Does a word that is no part of a name begin before i and end behind it: 联合|江城, 部长|葛某? */
bool is_crossed(const struct page *p, uint32_t i)
{
    static const enum sense_class words[] = {SENSE_STOP, SENSE_TITLE, SENSE_INSIDE};
    for (size_t k = 0; i < p->n && k < ARRAY_LEN(words); k++) {
        const struct mark *m = mark_to(p, i + 1, words[k]);
        if (m && m->from < i)
            return true;
    }
    return false;
}

/* A name known whole that ends at i: there the growing name begins. The short name of a university
 * counts only where a word begins: the 江理工 of 东江理工大学 is none. */
static const struct mark *whole_to(const struct page *p, uint32_t i)
{
    const struct mark *m = mark_to(p, i, SENSE_UNIVERSITY);
    if (!m || i - m->from < 3 || (i - m->from < 5 && !starts_word(p, m->from)))
        m = mark_to(p, i, SENSE_KNOWN);
    return m ? m : mark_to(p, i, SENSE_PREFIX);
}

/* A place that ends at i, NULL when its first character belongs to the word before it. */
const struct mark *place_to(const struct page *p, uint32_t i)
{
    const struct mark *m = mark_to(p, i, SENSE_PLACE);
    return m && is_crossed(p, m->from) ? NULL : m;
}

/* 南昌大学附属 before a place. */
static uint32_t grow_parent(const struct page *p, uint32_t i)
{
    if (i < 2 || !looking_at(p, i - 2, "附属"))
        return i;
    uint32_t k = i - 2;
    if (k >= 2 && looking_at(p, k - 2, "直属"))
        k -= 2;
    const struct mark *m = whole_to(p, k);
    return m ? m->from : i;
}

/* From behind a place name: further places or a whole name may stand before it. */
uint32_t grow_places(const struct page *p, uint32_t i)
{
    for (;;) {
        const struct mark *m = whole_to(p, i),
                          *prefix = m ? mark_to(p, m->from, SENSE_PREFIX) : NULL;
        if (m)
            return prefix ? prefix->from : m->from; /* 中国|建设银行 */
        m = place_to(p, i);
        if (!m)
            return grow_parent(p, i);
        i = m->from;
    }
}

/* Up to four characters before a place still belong to the name of a company (新奥泰州燃气). */
static uint32_t grow_brand(const struct page *p, uint32_t i)
{
    if (mark_to(p, i, SENSE_SUFFIX) || mark_to(p, i, SENSE_GENERIC))
        return i; /* 有限公司|芜湖分行, 校友企业|湖南某某公司 */
    for (uint32_t k = i; k + 4 >= i; k--) {
        if (k == 0 || is_break(p->ch[k - 1]) || mark_to(p, k, SENSE_STOP) ||
            mark_to(p, k, SENSE_INSIDE))
            return k;
        if (is_digit(p->ch[k - 1]))
            return i;
    }
    return i;
}

/* 中宇, 正大, 同方: particles elsewhere, but names begin with them. */
bool begins_names(uint32_t c)
{
    return c == 0x4E2D || c == 0x6B63 || c == 0x540C || c == 0x53CC || c == 0x5916;
}

/* 中国科学院上海微系统|与|信息技术研究所: the academy before an "and". */
static const struct mark *academy_before(const struct page *p, uint32_t i)
{
    if (!looking_at(p, i - 1, "与"))
        return NULL;
    for (uint32_t k = i - 1; k > 0 && i - k < 16 && !is_break(p->ch[k - 1]); k--) {
        const struct mark *m = mark_to(p, k, SENSE_KNOWN);
        if (m && p->t->known.p[m->value].kind == KIND_INSTITUTE)
            return m;
        if (mark_to(p, k, SENSE_SUFFIX) || mark_to(p, k, SENSE_STOP))
            return NULL;
    }
    return NULL;
}

/* The 中 of 中医药, the 经 of 财经. */
static bool in_longer_word(const struct page *p, const struct mark *in)
{
    static const enum sense_class words[] = {SENSE_AREA, SENSE_GENERIC};
    for (size_t k = 0; k < ARRAY_LEN(words); k++) {
        const struct mark *to = mark_to(p, in->to, words[k]), *at = mark_at(p, in->from, words[k]);
        if ((to && to->from < in->from) || (at && at->to > in->to))
            return true;
    }
    return false;
}

/* 国家茶树改良中心和|学校: the ending is a word by itself. */
static bool is_joined(const struct page *p, uint32_t i)
{
    return i > 0 && (looking_at(p, i - 1, "和") || looking_at(p, i - 1, "同"));
}

/* 、法|因|图尔精密: a foreign name in a list, in characters that are words elsewhere. */
static uint32_t brand_before(const struct page *p, uint32_t i)
{
    if (!looking_at(p, i - 1, "因") && !looking_at(p, i - 1, "如") && !looking_at(p, i - 1, "若"))
        return NONE;
    for (uint32_t k = i - 1; k > 0 && i - k < 4; k--) {
        if (p->ch[k - 1] == 0x3001)
            return k + 1 < i ? k : NONE;
        if (!is_han(p->ch[k - 1]) || mark_to(p, k, SENSE_STOP))
            return NONE;
    }
    return NONE;
}

/* 长安马|自|达: one of 自 中 正 经 有 外 内 双 */
static bool inside_names(uint32_t c)
{
    return begins_names(c) || c == 0x81EA || c == 0x7ECF || c == 0x6709 || c == 0x5185;
}

/* 滇|中|农业大学: the particle is of a region's name. */
static bool begins_region(const struct page *p, uint32_t i, uint32_t to, uint32_t suffix)
{
    return to == i + 2 && begins_names(p->ch[i + 1]) && starts_word(p, i) &&
           comes_again(p, i, suffix);
}

/* 淮阴|滨海大学: what stands before the place belongs to the name when it comes again so. */
static uint32_t grow_again(const struct page *p, uint32_t i, uint32_t suffix)
{
    uint32_t k = grow_brand(p, i);
    return k < i && i - k <= 3 && comes_again(p, k, suffix) ? k : i;
}

static bool is_latin(uint32_t c)
{
    return (c | 32) - 'a' < 26;
}

/* Krauthaus Spritzguss|GmbH: back over words in Latin letters to the first capital; `suffix` where
 * that is no name. */
static uint32_t latin_start(const struct page *p, uint32_t suffix)
{
    static const char inside[] = " .,&-'";
    uint32_t i = suffix, first = suffix;
    if (suffix == 0 || (p->ch[suffix - 1] != ' ' && p->ch[suffix - 1] != ','))
        return suffix;
    while (i > 0 && suffix - i < GROWTH_MAX &&
           (is_latin(p->ch[i - 1]) || is_digit(p->ch[i - 1]) ||
            (p->ch[i - 1] < 0x80 && p->ch[i - 1] && strchr(inside, (int)p->ch[i - 1])))) {
        i--;
        bool capital = p->ch[i] - 'A' < 26 && !(i && is_latin(p->ch[i - 1]));
        first = capital ? i : first;
    }
    return first;
}

bool is_latin_word(const struct page *p, uint32_t from, uint32_t to)
{
    return is_latin(p->ch[from]) && !is_latin(p->ch[to]) && !is_digit(p->ch[to]);
}

uint32_t name_start(const struct page *p, uint32_t from, enum org_kind kind, bool *anchored)
{
    uint32_t i = from, before_inside = NONE;
    bool joins = false;    /* a word that parts names stands in it */
    bool particle = false; /* and that is one character */
    bool bracket = false;  /* 某某投资（北京）有限公司: nothing else has one */
    *anchored = false;
    if (is_latin(p->ch[from])) {
        *anchored = true;
        return latin_start(p, from);
    }
    while (i > 0 && from - i < GROWTH_MAX && !(i == from && is_joined(p, i))) {
        uint32_t open = p->ch[i - 1] == ')' ? bracket_open(p, i - 1) : NONE;
        if (open != NONE) {
            bracket = true;
            i = open;
            continue;
        }
        if (is_break(p->ch[i - 1]))
            break;
        const struct mark *m = whole_to(p, i), *place = place_to(p, i);
        if (mark_to(p, i, SENSE_TITLE) && !is_river(p, i))
            break;
        if (m && !place && joins && kind == KIND_ENTERPRISE && m->class != SENSE_PREFIX)
            return before_inside;
        if (m || place) {
            *anchored = true;
            bool firm = m && kind == KIND_ENTERPRISE && mark_at(p, m->from, SENSE_KNOWN);
            i = firm && place_to(p, m->from) ? grow_places(p, m->from) /* 青岛|海信 */
                : m                          ? m->from
                                             : grow_places(p, place->from);
            const struct mark *group = m ? mark_to(p, i, SENSE_PREFIX) : NULL;
            if (group)
                return group->from; /* 中车|岭南电机 */
            bool known = mark_at(p, i, SENSE_PREFIX) || mark_at(p, i, SENSE_KNOWN);
            if (kind_is_school(kind) && (!m || m->class == SENSE_PREFIX))
                return grow_again(p, i, from);
            if (kind == KIND_ENTERPRISE && m && m->class == SENSE_PREFIX)
                return grow_again(p, i, from); /* 重汽|川东车桥 */
            return kind == KIND_ENTERPRISE && !m && !known ? grow_brand(p, i) : i;
        }
        const struct mark *stop = mark_to(p, i, SENSE_STOP), *in = mark_to(p, i, SENSE_INSIDE);
        if (stop && stop->value == 1 && kind == KIND_ENTERPRISE) /* 精|密切|削 */
            in = stop;
        if (in && in_longer_word(p, in) && (in->to < from || mark_to(p, i, SENSE_GENERIC)))
            in = NULL;
        if (stop && (!in || stop->from < in->from)) {
            const struct mark *academy = kind == KIND_INSTITUTE ? academy_before(p, i) : NULL;
            uint32_t brand = kind == KIND_ENTERPRISE ? brand_before(p, i) : NONE;
            if (brand != NONE)
                return brand;
            if (!academy)
                break;
            *anchored = true;
            return academy->from;
        }
        if (in && (mark_to(p, in->from, SENSE_SUFFIX) ||
                   (kind_is_school(kind) && looking_at(p, in->from, "向"))))
            break; /* 某某集团|向学校, 磐石岩土|向某大学 */
        bool business = in && kind == KIND_ENTERPRISE && in->to - in->from == 2 &&
                        (in->to == from || mark_at(p, in->to, SENSE_SUFFIX)); /* 开发|集团|公司 */
        if (in && before_inside == NONE && !business) /* the 投资 of 投资有限公司 is the name's */
            before_inside = i;
        joins = joins || (in && !business && !inside_names(p->ch[in->from]));
        particle = particle || (in && in->to == in->from + 1 && !inside_names(p->ch[in->from]));
        i = in ? in->from : i - 1;
    }
    if (before_inside == NONE || (before_inside == i + 1 && begins_names(p->ch[i])) ||
        (bracket && !particle) ||
        (kind_is_school(kind) && begins_region(p, i, before_inside, from)))
        return i;
    return before_inside; /* 建设 inside only where a place begins it */
}
