/* People: a name beside an office. One office may be shared by a list of names, one name may hold
 * several offices; the organisation stands before the office or was named before. */
#include "news/news_int.h"

enum { TITLE_GAP = 12, TITLE_GROWTH = 10, TITLE_CHAIN = 8, NOTE = 18, ALUMNUS = 30 };

struct office {
    uint32_t from, to; /* the whole title, 党委副书记、校长 */
    uint32_t org;
    bool named; /* the organisation stands right before it */
};

static bool ends_name(const struct page *p, uint32_t i, uint32_t *score)
{
    *score = is_break(p->ch[i]) ? 3
             : mark_at(p, i, SENSE_STOP) || mark_at(p, i, SENSE_TITLE) ||
                     mark_at(p, i, SENSE_AFTER) || mark_at(p, i, SENSE_INSIDE)
                 ? 2
                 : 0;
    return *score > 0;
}

/* A word that only looks like a name: 高度, 项目. */
static bool is_word(const struct page *p, uint32_t i)
{
    const struct mark *stop = mark_at(p, i, SENSE_STOP), *title = mark_at(p, i, SENSE_TITLE);
    const struct mark *generic = mark_at(p, i, SENSE_GENERIC),
                      *suffix = mark_at(p, i, SENSE_SUFFIX);
    const struct mark *area = mark_at(p, i, SENSE_AREA);
    const struct mark *place = mark_at(p, i, SENSE_PLACE);
    bool full_place =
        place && str_eq(page_str(p, i, place->to), p->t->division.p[place->value].name);
    return (stop && stop->to - i >= 2) || title || (generic && generic->to - i >= 2) || suffix ||
           area || full_place;
}

/* 孙正|参会, 张利|等: after two characters a word goes on; a single one only before an office. */
static bool word_follows(const struct page *p, uint32_t i)
{
    bool says = looking_at(p, i, "说") || looking_at(p, i, "称") || looking_at(p, i, "讲");
    if (says && is_break(p->ch[i + 1])) /* 仇英|说，*/
        return true;
    const struct mark *after = mark_at(p, i, SENSE_AFTER), *stop = mark_at(p, i, SENSE_STOP);
    if ((after && after->to - i >= 2) || (stop && stop->to - i >= 2))
        return true;
    return stop && mark_at(p, i + 1, SENSE_TITLE);
}

/* 田 野: a name of two characters set as wide as those of three. */
static uint32_t spaced_end(const struct page *p, uint32_t i)
{
    uint32_t k = i + 1, score;
    if (!is_surname(p->t, p->ch[i]) || p->ch[k] != ' ')
        return 0;
    while (p->ch[k] == ' ' && k < i + 4)
        k++;
    return is_han(p->ch[k]) && ends_name(p, k + 1, &score) ? k + 1 : 0;
}

static bool has_double_surname(const struct page *p, uint32_t i)
{
    static const char *const doubles[] = {
        "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "司徒",
        "夏侯", "端木", "欧阳", "申屠", "澹台", "百里", "东郭", "南宫", "呼延", "公冶", "宗政",
        "濮阳", "淳于", "单于", "轩辕", "钟离", "鲜于", "闾丘", "司空", "长孙", "万俟", "闻人",
        "拓跋", "完颜", "赫连", "独孤", "梁丘", "相里", "西门", "仲孙"};
    for (size_t k = 0; k < ARRAY_LEN(doubles); k++)
        if (looking_at(p, i, doubles[k]))
            return true;
    return false;
}

/* 负责人|和|师生代表 */
static bool is_and(const struct page *p, uint32_t i)
{
    bool particle = looking_at(p, i, "和") || looking_at(p, i, "由") || looking_at(p, i, "从");
    return particle && mark_to(p, i, SENSE_TITLE) &&
           !(is_break(p->ch[i + 3]) && comes_again(p, i, i + 3)); /* 董事长|由春梅， */
}

/* 张凯|为联合实验室揭牌 */
static bool does_for(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"揭牌", "授牌", "颁发", "颁奖", "揭幕", "授旗", "颁证"};
    uint32_t c = looking_at(p, i, "为") ? clause_of(p, i) : NONE;
    for (size_t k = 0; c != NONE && k < ARRAY_LEN(words); k++)
        if (find_in(p, i, p->clause.p[c].to, words[k]) != NONE)
            return true;
    return false;
}

/* Where the name that begins at i ends, 0 when there is none. `free`: the surname is not asked
 * for, the name stands between two marks of punctuation. */
static uint32_t name_end(const struct page *p, uint32_t i, bool free)
{
    bool surname = is_surname(p->t, p->ch[i]) && !is_and(p, i);
    uint32_t best = 0, best_score = 0, score, spaced = spaced_end(p, i);
    if (spaced)
        return spaced;
    surname = surname || has_double_surname(p, i);
    if ((!surname && !free) || is_word(p, i))
        return 0;
    uint32_t n = 0;
    while (n < 4 && is_han(p->ch[i + n]))
        n++;
    bool compound = n == 4 && (has_double_surname(p, i) || (!surname && is_break(p->ch[i + 4])));
    if (compound && has_double_surname(p, i) && word_follows(p, i + 3)) { /* 司空明|共同 */
        compound = false;
        n = 3;
    } else if (!compound && n > 2 && (n = MIN(n, 3)) == 3 &&
               (word_follows(p, i + 2) || does_for(p, i + 2) || p->ch[i + 2] == 0x7B49)) /* 等 */
        n = 2;
    for (uint32_t k = compound ? 4 : n; k >= 2; k--)
        if (ends_name(p, i + k, &score) && score > best_score && (surname || score == 3)) {
            best = i + k;
            best_score = score;
        }
    return best;
}

/* ---- the title ---- */

/* 继续|教育学院院长, 纺织科学与|工程学院教授: a faculty's name goes on before the word that ended
 * the title. */
static uint32_t faculty_start(const struct page *p, uint32_t i, uint32_t from, uint32_t floor)
{
    bool faculty = from >= 2 && (looking_at(p, from - 2, "学院") || looking_at(p, from - 1, "系"));
    const struct mark *stop = i > floor && faculty ? mark_to(p, i, SENSE_STOP) : NULL;
    if (!stop || (!looking_at(p, stop->from, "与") && !looking_at(p, stop->from, "和") &&
                  !looking_at(p, stop->from, "继续")))
        return i;
    uint32_t k = stop->from;
    while (k > floor && from - k < TITLE_GROWTH + TITLE_GAP && !is_break(p->ch[k - 1]) &&
           !mark_to(p, k, SENSE_STOP))
        k--;
    bool whole = k == floor || is_break(p->ch[k - 1]);
    return whole ? k : i;
}

/* Start of the title whose first office noun begins at `from`; finds the organisation. */
static uint32_t title_start(const struct page *p, uint32_t from, struct office *o)
{
    uint32_t k = mention_from(p, from > TITLE_GAP ? from - TITLE_GAP : 0);
    uint32_t last = NONE;
    while (k < p->mention.n && p->mention.p[k].from <= from)
        last = k++;
    uint32_t i = from, floor = last == NONE ? 0 : p->mention.p[last].to;
    while (i > floor && from - i < TITLE_GROWTH && !is_break(p->ch[i - 1]) &&
           !mark_to(p, i, SENSE_STOP))
        i--;
    i = faculty_start(p, i, from, floor);
    if (last == NONE || i > floor)
        return i;
    o->org = p->mention.p[last].org;
    o->named = true;
    return MIN(from, floor);
}

/* The next office of a chain 、 校长 within a few characters, NONE. */
static const struct mark *chained(const struct page *p, uint32_t i)
{
    bool also = looking_at(p, i, "兼"); /* 秘书长兼教育基金会理事长 */
    if (p->ch[i] != 0x3001 && !also)
        return NULL;
    for (uint32_t k = i + 3; k <= i + 4; k++) /* 、肖华山副院长: another person */
        if (is_surname(p->t, p->ch[i + 1]) && mark_at(p, k, SENSE_TITLE) && !is_word(p, i + 1))
            return NULL;
    for (uint32_t k = i + 1; k < i + TITLE_GAP && !is_break(p->ch[k]); k++) {
        const struct mark *m = mark_at(p, k, SENSE_TITLE);
        if (m)
            return m;
    }
    return NULL;
}

static uint32_t title_end(const struct page *p, const struct mark *m)
{
    uint32_t end = m->to;
    for (uint32_t n = 0; n < TITLE_CHAIN; n++) {
        const struct mark *next = mark_at(p, end, SENSE_TITLE);
        if (!next)
            next = chained(p, end);
        if (!next)
            break;
        end = next->to;
    }
    for (uint32_t k = end + 1; p->ch[end] == 0x3001 && k < end + ALUMNUS && !is_break(p->ch[k]);
         k++)
        if (looking_at(p, k, "校友") && is_surname(p->t, p->ch[k + 2]) && !is_word(p, k + 2))
            return k + 2;  /* 董事长、机械专业1994届校友 */
    if (p->ch[end] == '(') /* 副院长(主持工作) */
        for (uint32_t k = end + 1; k < end + NOTE && p->ch[k] && p->ch[k] != '\n'; k++)
            if (p->ch[k] == ')')
                return is_surname(p->t, p->ch[k + 1]) ? k + 1 : end;
    return end;
}

/* ---- results ---- */

/* The name without the blank that it may be set with. */
static struct str person_name(struct page *p, uint32_t from, uint32_t to)
{
    struct str s = page_str(p, from, to);
    if (to - from < 3 || p->ch[from + 1] != ' ')
        return s;
    char *name = arena_alloc(p->a, 9);
    if (!name)
        return s;
    struct str a = page_str(p, from, from + 1), b = page_str(p, to - 1, to);
    memcpy(name, a.p, a.n);
    memcpy(name + a.n, b.p, b.n);
    return (struct str){name, a.n + b.n};
}

static enum rc add_person(struct page *p, uint32_t from, uint32_t to, const struct office *o)
{
    struct str name = person_name(p, from, to), title = page_str(p, o->from, o->to);
    for (size_t i = 0; i < p->out->person.n; i++)
        if (str_eq(p->out->person.p[i].name, name)) {
            if (p->out->person.p[i].org == NONE)
                p->out->person.p[i].org = o->org;
            return RC_OK;
        }
    if (p->out->person.n >= PAGE_PEOPLE)
        return RC_OK;
    struct news_person who = {name, title, o->org, page_span(p, from, to)};
    return vec_push(&p->out->person, who, p->e);
}

/* 总经理|庹世杰，: three characters between an office that is told with its organisation and a
 * mark of punctuation, none of them a word. */
static bool is_rare_name(const struct page *p, uint32_t i, uint32_t to, const struct office *o)
{
    static const char *const things[] = {"制", "会", "室", "部", "处", "组", "局", "办", "科"};
    bool again = comes_again(p, i, to); /* 州长|才让多杰，…。才让多杰说 */
    if ((to != i + 3 && to != i + 4) || !is_break(p->ch[to]) || o->org == NONE ||
        !(o->named || again) || p->ch[to] == ' ')
        return false;
    for (size_t k = 0; k < ARRAY_LEN(things); k++)
        if (looking_at(p, to - 1, things[k]))
            return false;
    for (uint32_t k = i; k < to && !again; k++)
        if (p->begins[k])
            return false;
    return true;
}

/* Names after the title at i, one or a list. Returns the end of the last, or i. */
static enum rc names_after(struct page *p, uint32_t i, const struct office *o, uint32_t *end)
{
    *end = i;
    uint32_t to = name_end(p, i, false);
    if (!to && is_han(p->ch[i]) && (to = name_end(p, i, true)) &&
        !(p->ch[to] == 0x3001 && name_end(p, to + 1, false)) && !is_rare_name(p, i, to, o))
        to = 0; /* a rare surname only at the head of a list of names */
    while (to) {
        TRY(add_person(p, i, to, o));
        *end = to;
        uint32_t c = p->ch[to];
        if (c != 0x3001 && c != 0x548C && c != 0x4E0E) /* 、和与 */
            break;
        i = to + 1;
        uint32_t k = mention_from(p, i);
        if (k < p->mention.n && p->mention.p[k].from == i)
            break; /* 杨黄浩与|宁德时代 */
        to = name_end(p, i, c == 0x3001);
        if (to && mark_at(p, to, SENSE_TITLE) && !mark_at(p, to, SENSE_STOP))
            break;
    }
    return RC_OK;
}

/* 张三校长: the name before the title. */
static enum rc name_before(struct page *p, const struct mark *m)
{
    struct office o = {m->from, m->to, NONE, false};
    for (uint32_t n = 3; n >= 2; n--) {
        uint32_t i = m->from - n;
        const struct mark *last = mark_to(p, m->from, SENSE_STOP);
        if (m->from < n || !is_surname(p->t, p->ch[i]) || is_word(p, i) || last)
            continue;
        bool han = true;
        for (uint32_t k = i; k < m->from; k++)
            han = han && is_han(p->ch[k]);
        uint32_t before = mention_from(p, i);
        bool left = i == 0 || is_break(p->ch[i - 1]) || mark_to(p, i, SENSE_STOP) ||
                    (before > 0 && p->mention.p[before - 1].to == i);
        if (!han || !left)
            continue;
        o.org = left && before > 0 && p->mention.p[before - 1].to == i
                    ? p->mention.p[before - 1].org
                    : p->host;
        return add_person(p, i, m->from, &o);
    }
    return RC_OK;
}

/* 张三、李四作为校友代表: a list before 作为. */
static enum rc list_before(struct page *p, uint32_t from, const struct office *o)
{
    uint32_t i = from;
    while (i > 0 && (is_han(p->ch[i - 1]) || p->ch[i - 1] == 0x3001) && from - i < 80)
        i--;
    while (i < from) {
        uint32_t to = i;
        while (to < from && p->ch[to] != 0x3001)
            to++;
        if (to - i >= 2 && to - i <= 3 && is_surname(p->t, p->ch[i]) && !is_word(p, i))
            TRY(add_person(p, i, to, o));
        i = to + 1;
    }
    return RC_OK;
}

/* 市长, 县委书记 without a place: the government of that level that the page names first. */
static uint32_t level_org(const struct page *p, uint32_t i)
{
    uint32_t level = p->ch[i], best = NONE;
    if (level == 0x526F) /* 副市长 */
        level = p->ch[i + 1];
    if (level != 0x7701 && level != 0x5E02 && level != 0x53BF && level != 0x533A) /* 省市县区 */
        return NONE;
    char s[4];
    size_t n = utf8_put(s, level);
    for (uint32_t k = 0; k < p->org.n; k++) {
        const struct org *o = &p->org.p[k];
        if (o->kind == KIND_GOVERNMENT && o->into == NONE &&
            str_ends(o->name, (struct str){s, n}) &&
            (best == NONE || o->first < p->org.p[best].first))
            best = k;
    }
    return best;
}

/* An office stands behind the name of mention k. */
static bool has_office(const struct page *p, uint32_t k)
{
    const struct mention *m = &p->mention.p[k];
    for (uint32_t i = m->to; m->org != NONE && i < m->to + TITLE_GROWTH && !is_break(p->ch[i]); i++)
        if (mark_at(p, i, SENSE_TITLE))
            return true;
    return false;
}

/* The organisation of an office that does not name it: the one before in the sentence. */
static uint32_t carried_org(const struct page *p, const struct office *o, uint32_t from,
                            const struct office *before)
{
    uint32_t c = clause_of(p, from);
    if ((o->named && o->org != NONE) || c == NONE)
        return o->org;
    if (p->ch[o->from] == 0x6821 && p->host != NONE) /* 校党委书记 */
        return p->host;
    uint32_t government = level_org(p, o->from);
    if (government != NONE || is_level(p->ch[o->from]))
        return government;
    uint32_t first = c;
    while (first > 0 && p->clause.p[first - 1].sentence == p->clause.p[c].sentence)
        first--;
    uint32_t between = mention_from(p, before->to);
    if (between < p->mention.n && p->mention.p[between].to < from && before->to &&
        p->mention.p[between].from >= p->clause.p[first].from && has_office(p, between))
        return p->mention.p[between].org; /* 某公司总监Peter Larsson、经理苗青 */
    if (before->to > p->clause.p[first].from && before->org != NONE)
        return before->org;
    uint32_t k = mention_from(p, p->clause.p[first].from);
    for (; k < p->mention.n && p->mention.p[k].to <= from; k++)
        if (p->mention.p[k].org != NONE)
            return p->mention.p[k].org;
    return p->host;
}

/* 总书记; the 理事 of 理事会 */
static bool is_other_word(const struct page *p, const struct mark *m)
{
    bool council = looking_at(p, m->to, "会") &&
                   (looking_at(p, m->to - 1, "事") || looking_at(p, m->to - 1, "员"));
    return council || is_river(p, m->to) || (m->from > 0 && p->ch[m->from - 1] == 0x603B);
}

/* 区委常委、区委办公室主任: what stands inside a title is no party of its own. */
static void forget_offices(struct page *p, const struct office *o)
{
    for (uint32_t k = mention_from(p, o->from); k < p->mention.n; k++) {
        struct mention *m = &p->mention.p[k];
        if (m->from >= o->to)
            break;
        if (m->from >= o->from && m->level)
            m->org = NONE;
    }
}

/* 肖华山副院长: the words before the title are a name, and none follows it. */
static bool is_name_title(const struct page *p, const struct office *o, const struct mark *m)
{
    uint32_t n = m->from - MIN(o->from, m->from);
    return n >= 2 && n <= 3 && is_surname(p->t, p->ch[o->from]) && !is_word(p, o->from) &&
           !name_end(p, m->to, false);
}

static enum rc names_at(struct page *p, uint32_t i)
{
    struct str rest = str_sub(p->x->text, p->at[i], p->x->text.n);
    for (uint32_t k = 0; k < p->out->person.n; k++) {
        struct str name = p->out->person.p[k].name;
        if (name.n == 0 || name.n > rest.n ||
            name.p[name.n - 1] != rest.p[name.n - 1] || /* mostly */
            memcmp(name.p, rest.p, name.n) != 0)
            continue;
        struct naming n = {i, i + (uint32_t)utf8_len(name), k};
        TRY(vec_push(&p->naming, n, p->e));
        for (uint32_t c = n.from; c < n.to; c++)
            p->flags[c] |= CHAR_PERSON;
    }
    return RC_OK;
}

/* Every place where one of the people is named. */
static enum rc namings_find(struct page *p)
{
    struct heads heads = {{0}};
    for (size_t k = 0; k < p->out->person.n; k++) {
        size_t i = 0;
        heads_put(&heads, news_fold(utf8_next(p->out->person.p[k].name, &i)));
    }
    for (uint32_t i = 0; p->out->person.n && i < p->n; i++)
        if (heads_has(&heads, p->ch[i]))
            TRY(names_at(p, i));
    return RC_OK;
}

enum rc people_find(struct page *p)
{
    struct office before = {0, 0, NONE, false};
    for (uint32_t i = 0; (i = next_with(p->begins, i, p->n, 1u << SENSE_TITLE)) < p->n;) {
        const struct mark *m = mark_at_some(p, i, SENSE_TITLE);
        if (!m || is_other_word(p, m)) {
            i++;
            continue;
        }
        struct office o = {m->from, title_end(p, m), NONE, false};
        uint32_t end;
        o.from = title_start(p, m->from, &o);
        if (is_name_title(p, &o, m)) {
            TRY(name_before(p, m));
            i = m->to;
            continue;
        }
        o.org = carried_org(p, &o, m->from, &before);
        TRY(names_after(p, o.to, &o, &end));
        if (end == o.to && o.from >= 2 && looking_at(p, o.from - 2, "作为"))
            TRY(list_before(p, o.from - 2, &o));
        else if (end == o.to)
            TRY(name_before(p, m));
        else {
            before = (struct office){o.from, end, o.org, true};
            forget_offices(p, &o);
        }
        i = MAX(m->to, end);
    }
    for (size_t i = 0; i < p->out->person.n; i++)
        if (p->out->person.p[i].org != NONE)
            p->org.p[p->out->person.p[i].org].staffed = true;
    return namings_find(p);
}
