/* Fields of industry: the words of areas.yaml where cooperation is spoken of, and what stands in
 * a list before 等领域, whatever it is. */
#include "news/news_int.h"

enum { ITEM_MIN = 2, ITEM_MAX = 10, BEHIND = 6 };

static enum rc add_area(struct page *p, uint32_t from, uint32_t to)
{
    struct str s = page_str(p, from, to);
    for (size_t j = 0; j < p->out->area.n; j++)
        if (str_eq(p->out->area.p[j], s))
            return RC_OK;
    return vec_push(&p->out->area, s, p->e);
}

/* ---- 在甲、乙、丙等领域 ---- */

/* Does one word of areas.yaml fill [from, to)? */
static bool is_area(const struct page *p, uint32_t from, uint32_t to)
{
    const struct mark *m = mark_at(p, from, SENSE_AREA);
    return m && m->to == to;
}

static bool has_area(const struct page *p, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        const struct mark *m = mark_at(p, i, SENSE_AREA);
        if (m && m->to <= to)
            return true;
    }
    return false;
}

/* 精密轴承, not 人才培养 (group `vain`), nor what has a verb or a name in it. */
static bool is_item(const struct page *p, uint32_t from, uint32_t to, uint32_t vain)
{
    if (to < from + ITEM_MIN || to > from + ITEM_MAX)
        return false;
    if (is_area(p, from, to))
        return true;
    uint32_t k = mention_from(p, from);
    if (k < p->mention.n && p->mention.p[k].from < to)
        return false;
    for (uint32_t i = from; i < to; i++) {
        const struct mark *stop = mark_at(p, i, SENSE_STOP), *title = mark_at(p, i, SENSE_TITLE);
        bool with =
            stop && i > from && (looking_at(p, i, "与") || (stop->to == to && i > from + 1));
        if ((stop && stop->to <= to && !with) || title || is_break(p->ch[i]) ||
            group_at(p, i, vain))
            return false;
    }
    return true;
}

/* 、碳捕集利用|与|封存: the "and" is inside an item. */
static bool and_inside(const struct page *p, uint32_t i, uint32_t floor)
{
    if (!looking_at(p, i - 1, "与"))
        return false;
    for (uint32_t k = i - 1; k > floor && i - k < ITEM_MAX; k--) {
        if (p->ch[k - 1] == 0x3001)
            return true;
        if (is_break(p->ch[k - 1]) || mark_to(p, k, SENSE_STOP))
            return false;
    }
    return false;
}

/* Where the item that ends at `to` begins: behind 、, 和 or a word that is no part of it. */
static uint32_t item_start(const struct page *p, uint32_t to, uint32_t floor, uint32_t onto)
{
    uint32_t i = to;
    while (i > floor && to - i <= ITEM_MAX && !is_break(p->ch[i - 1])) {
        const struct mark *area = mark_to(p, i, SENSE_AREA), *stop = mark_to(p, i, SENSE_STOP);
        bool last = i == to && stop && stop->to - stop->from >= 2; /* 地热|开发 */
        bool inside = (area && stop && area->from < stop->from) || last || and_inside(p, i, floor);
        if (!inside && (stop || mark_to(p, i, SENSE_TITLE)))
            break;
        for (uint32_t k = p->ending[i]; k != NONE; k = p->mark.p[k].same_end)
            if (p->mark.p[k].class == SENSE_GROUP && p->mark.p[k].value == onto)
                return i;                                 /* 涵盖|集成电路 */
        if (p->ch[i - 1] == 0x548C && to - i >= ITEM_MIN) /* 和 */
            break;
        i--;
    }
    return i;
}

struct items {
    struct span at[64]; /* characters of the items that were taken */
    size_t n;
};

/* The list that ends at `to`, right to left; of one item only where `single`. */
static enum rc take_list(struct page *p, uint32_t to, uint32_t floor, bool known, bool single,
                         struct items *items)
{
    struct span item[16];
    size_t n = 0;
    bool any = false;
    uint32_t vain = group_find(p->t, "vain"), onto = group_find(p->t, "onto");
    while (n < ARRAY_LEN(item) && to > floor) {
        uint32_t from = item_start(p, to, floor, onto);
        if (to > floor + 2 && (looking_at(p, to - 2, "产业") || looking_at(p, to - 2, "领域")))
            to -= 2; /* 农林产业、文创产业 */
        if (!is_item(p, from, to, vain))
            break;
        any = any || has_area(p, from, to);
        item[n++] = (struct span){from, to};
        if (from <= floor + 1 || (p->ch[from - 1] != 0x3001 && p->ch[from - 1] != 0x548C))
            break;
        to = from - 1;
    }
    if (n == 0 || (n == 1 && !single) || (known && !any))
        return RC_OK;
    while (n-- > 0) {
        if (known && !has_area(p, item[n].from, item[n].to))
            continue;
        TRY(add_area(p, item[n].from, item[n].to));
        if (items->n < ARRAY_LEN(items->at))
            items->at[items->n++] = item[n];
    }
    return RC_OK;
}

/* 产业|园, 行业|协会: the word goes on. */
static bool domain_goes_on(const struct page *p, uint32_t i)
{
    static const char more[] = "园学化工基技研教导协联集创";
    char s[5];
    s[utf8_put(s, p->ch[i])] = 0;
    return is_han(p->ch[i]) && strstr(more, s) != NULL;
}

/* 电池回收|两大方向 */
static uint32_t before_count(const struct page *p, uint32_t i, uint32_t floor)
{
    static const char *const counts[] = {"两大", "三大", "四大", "五大", "两个",
                                         "三个", "四个", "五个", "两类", "三类"};
    for (size_t k = 0; i >= floor + 2 && k < ARRAY_LEN(counts); k++)
        if (looking_at(p, i - 2, counts[k]))
            return i - 2;
    return i;
}

/* 领域 at i: behind 等, 等两大, 三个; the list before it. 方面 only with a word that is known. */
static enum rc list_at(struct page *p, uint32_t i, struct items *items)
{
    uint32_t c = clause_of(p, i), k = i;
    const struct mark *m = mark_at(p, i, SENSE_GROUP);
    if (c == NONE || !m || domain_goes_on(p, m->to))
        return RC_OK;
    uint32_t floor = p->clause.p[c].from;
    while (k > floor && i - k < BEHIND && !looking_at(p, k - 1, "等"))
        k--;
    bool many = k > floor && i - k < BEHIND;
    bool aspect = looking_at(p, i, "方面");
    bool ends = is_break(p->ch[m->to]) || mark_at(p, m->to, SENSE_STOP);
    if ((!many && !ends) || looking_at(p, i - MIN(i, 2), "合作"))
        return RC_OK; /* 共促产业升级, 等合作方向 */
    return take_list(p, many ? k - 1 : before_count(p, i, floor), floor, aspect, many && !aspect,
                     items);
}

/* ---- words of the table ---- */

/* Fields are meant where cooperation is spoken of: in a clause that gave a fact, or one that says
 * 领域, 产业, 技术. */
static bool names_field(const struct page *p, uint32_t i, uint32_t field)
{
    uint32_t c = clause_of(p, i);
    if (c == NONE)
        return false;
    if (field != NONE && set_has(&p->clause.p[c].groups, field))
        return true;
    for (size_t k = 0; k < p->out->fact.n; k++)
        if (p->at[i] >= p->out->fact.p[k].evidence.from && p->at[i] < p->out->fact.p[k].evidence.to)
            return true;
    return false;
}

/* 人工智能、大数据: words of the table that are listed beside each other. */
static bool is_listed(const struct page *p, const struct mark *m)
{
    uint32_t to = m->to;
    return (p->ch[to] == 0x3001 && mark_at(p, to + 1, SENSE_AREA)) ||
           (m->from > 1 && p->ch[m->from - 1] == 0x3001 && mark_to(p, m->from - 1, SENSE_AREA));
}

static bool in_items(const struct items *items, const struct mark *m)
{
    for (size_t k = 0; k < items->n; k++)
        if (m->from >= items->at[k].from && m->to <= items->at[k].to)
            return true;
    return false;
}

enum rc areas_find(struct page *p)
{
    uint32_t field = group_find(p->t, "field"), domain = group_find(p->t, "domain");
    struct items items = {.n = 0};
    for (size_t c = 0; c < p->clause.n && domain != NONE; c++)
        for (uint32_t i = p->clause.p[c].from;
             i < p->clause.p[c].to && set_has(&p->clause.p[c].groups, domain); i++)
            if (group_at(p, i, domain))
                TRY(list_at(p, i, &items));
    for (uint32_t i = 0; (i = next_with(p->begins, i, p->n, 1u << SENSE_AREA)) < p->n; i++) {
        const struct mark *m = mark_at(p, i, SENSE_AREA);
        uint32_t k = m ? mention_from(p, i) : 0;
        if (!m || (k < p->mention.n && p->mention.p[k].from <= i) || in_items(&items, m) ||
            looking_at(p, m->to, "面积") || !(names_field(p, i, field) || is_listed(p, m)))
            continue;
        TRY(add_area(p, m->from, m->to));
        i = m->to - 1;
    }
    return RC_OK;
}
