/* Short forms: names that shorten a longer one of the page, those declared in brackets, and words
 * that shorten a name though they have no ending of their own (贵师大, 中炬高新). */
#include "news/news_int.h"

#include <stdlib.h>

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
    static const char *const forms[] = {"分公司", "子公司", "有限公司", "有限责任公司",
                                        "股份",   "集团",   "(集团)",   "(集团)",
                                        "公司",   "总",     "控股"};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        if (str_ends(s, str_of(forms[i])) && s.n > strlen(forms[i]) + 3) {
            s.n -= strlen(forms[i]);
            i = SIZE_MAX;
        }
    return s;
}

/* 澧川县 of 澧川县丰禾食品有限公司: where a town ends that no list has, 0. */
static size_t unlisted_town(struct str s)
{
    uint32_t last = 0, n = 0;
    for (size_t i = 0; i < s.n && n < 4; n++) {
        uint32_t c = utf8_next(s, &i);
        if (n >= 2 && is_town(c) && may_end_town(last))
            return i;
        last = c;
    }
    return 0;
}

/* 汾川 of 汾川碳谷新材料有限公司, where the page names 汾川市: where the town ends, 0. */
static size_t town_stem(const struct org *o, struct str s)
{
    enum { CHAR = 3, LEAST = 3 * CHAR };
    if (o->kind != KIND_GOVERNMENT || o->division != NONE || o->name.n < LEAST ||
        o->name.n > LEAST + CHAR ||
        (!str_ends(o->name, STR("市")) && !str_ends(o->name, STR("县"))))
        return 0;
    struct str stem = str_sub(o->name, 0, o->name.n - CHAR);
    return str_starts(s, stem) ? stem.n : 0;
}

/* Without the place that it begins with. */
static struct str without_place(const struct page *p, struct str s)
{
    const struct lexicon *x = &p->t->words;
    uint32_t slot = 0;
    size_t cut = str_starts(s, STR("中国")) ? strlen("中国") : 0;
    for (size_t i = 0; i < s.n;) {
        slot = lexicon_step(x, slot, lexicon_letter(x, news_fold(utf8_next(s, &i))));
        if (slot == 0)
            break;
        for (uint32_t k = x->slot_sense.p[slot]; k != UINT32_MAX; k = x->sense.p[k].next)
            if (x->sense.p[k].class == SENSE_PLACE)
                cut = i;
    }
    if (cut == 0)
        cut = unlisted_town(s);
    for (uint32_t i = 0; i < p->org.n && cut == 0; i++)
        cut = town_stem(&p->org.p[i], s);
    return cut < s.n ? str_sub(s, cut, s.n) : s;
}

/* Names as short forms are compared with them, made once for the page. */
struct long_form {
    struct str core, bare; /* without the legal form; without the place, too */
    uint32_t head, bare_head;
    uint64_t has; /* bit set of the lower 6 bits of the characters of the whole name */
};

static enum rc long_forms(const struct page *p, struct long_form **out)
{
    struct long_form *f = arena_calloc(p->a, p->org.n + 1, sizeof *f);
    if (!f)
        return err_nomem(p->e);
    for (uint32_t i = 0; i < p->org.n; i++) {
        const struct org *o = &p->org.p[i];
        f[i].core = o->kind == KIND_ENTERPRISE ? company_core(o->name) : o->name;
        f[i].bare = without_place(p, f[i].core);
        f[i].head = first_char(f[i].core);
        f[i].bare_head = first_char(f[i].bare);
        for (size_t b = 0; b < o->name.n;)
            f[i].has |= (uint64_t)1 << (utf8_next(o->name, &b) & 63);
    }
    *out = f;
    return RC_OK;
}

/* 某市工信局, 某市工业和信息化局: of the same place, begun and ended by the same characters. */
static bool same_office(const struct org *a, const struct org *b)
{
    enum { OFFICE_MIN = 9, OFFICE_MAX = 15 };
    size_t place = 0;
    for (size_t i = 0; i < a->name.n && a->kind == KIND_GOVERNMENT;) {
        uint32_t c = utf8_next(a->name, &i);
        if (!str_starts(b->name, str_sub(a->name, 0, i)))
            break;
        place = is_level(c) ? i : place;
    }
    if (!place)
        return false;
    struct str s = str_sub(a->name, place, a->name.n), l = str_sub(b->name, place, b->name.n);
    struct str tail = str_sub(s, s.n - MIN(s.n, 3), s.n);
    return s.n >= OFFICE_MIN && s.n <= OFFICE_MAX && l.n >= s.n + 6 &&
           first_char(s) == first_char(l) && str_ends(l, tail) && is_subsequence(s, l);
}

/* 商会, 协会, 基金会 of both. */
static bool same_end(struct str a, struct str b)
{
    enum { TAIL = 6, LEAST = 12 };
    return a.n >= LEAST && str_ends(b, str_sub(a, a.n - TAIL, a.n));
}

/* Is org i a short form of org j, both names of the same kind? */
static bool shortens(const struct page *p, const struct long_form *f, uint32_t i, uint32_t j)
{
    const struct org *a = &p->org.p[i], *b = &p->org.p[j];
    if (a->kind != b->kind || a->name.n >= b->name.n || a->brand || b->brand)
        return false;
    enum { BARE_PARK = 9 }; /* 高新区 */
    if (a->kind == KIND_PARK && (f[i].head == f[j].head || a->name.n <= BARE_PARK) &&
        is_subsequence(a->name, b->name))
        return true; /* 滁州经开区 of 滁州经济技术开发区 */
    if (a->kind == KIND_OTHER && f[i].head == f[j].head && same_end(a->name, b->name))
        return is_subsequence(a->name, b->name); /* 鹭岛食品商会 of 鹭岛市食品行业商会 */
    if (a->kind != KIND_ENTERPRISE)
        return (str_ends(b->name, a->name) && a->name.n >= 9) || same_office(a, b);
    struct str s = f[i].core, l = f[j].core;
    bool head = f[i].head == f[j].head || f[i].head == f[j].bare_head;
    if (a->name.n >= 18 && str_ends(b->name, a->name))
        return true; /* without a place that is not listed */
    if (s.n >= 12 && str_find(l, s, 0) != SIZE_MAX)
        return true; /* 镇海炼化公司 of 中国石化镇海炼化分公司 */
    return head && s.n >= 6 && is_subsequence(s, l);
}

static enum rc join(struct page *p, uint32_t from, uint32_t into)
{
    struct org *o = &p->org.p[from];
    o->into = into;
    p->org.p[into].first = MIN(p->org.p[into].first, o->first);
    TRY(org_alias(p, into, o->name));
    for (size_t k = 0; k < o->alias.n; k++)
        TRY(org_alias(p, into, o->alias.p[k]));
    return RC_OK;
}

/* A short form that fits two is left alone. */
static enum rc join_one(struct page *p, const struct long_form *f, uint32_t i)
{
    uint32_t found = NONE;
    if (p->org.p[i].into != NONE)
        return RC_OK;
    for (uint32_t j = 0; j < p->org.n; j++) {
        if (i == j || !shortens(p, f, i, j))
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
    struct long_form *forms = NULL;
    if (!order)
        return err_nomem(p->e);
    TRY(long_forms(p, &forms));
    for (uint32_t i = 0; i < p->org.n; i++) {
        uint32_t k = i;
        for (; k > 0 && p->org.p[order[k - 1]].name.n < p->org.p[i].name.n; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    for (uint32_t i = 0; i < p->org.n; i++)
        TRY(join_one(p, forms, order[i]));
    return RC_OK;
}

/* ---- further mentions by short forms ---- */

typedef VEC(struct mention) vec_mention;

static int mention_order(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Does no letter of another word follow at i? */
static bool ends_alone(const struct page *p, uint32_t k, uint32_t i)
{
    enum {
        ENDS = 1 << SENSE_AFTER | 1 << SENSE_INSIDE | 1 << SENSE_STOP | 1 << SENSE_TITLE |
               1 << SENSE_GENERIC
    };
    if (is_break(p->ch[i]) || p->begins[i] & ENDS)
        return true;
    while (k < p->mention.n && p->mention.p[k].to <= i)
        k++;
    return k < p->mention.n && p->mention.p[k].from == i;
}

/* `k`: mention_from of `from`. */
static bool is_free_of(const struct page *p, uint32_t k, uint32_t to)
{
    return k >= p->mention.n || p->mention.p[k].from >= to ||
           (p->mention.p[k].org == NONE && p->mention.p[k].place);
}

static bool is_free(const struct page *p, uint32_t from, uint32_t to)
{
    return is_free_of(p, mention_from(p, from), to);
}

static enum rc add_mention(struct page *p, vec_mention *more, uint32_t from, uint32_t to,
                           uint32_t org)
{
    struct mention m = {.from = from, .to = to, .org = org, .suffix_from = to, .value = NONE};
    m.kind = p->org.p[org].kind;
    if (p->mention.n + more->n >= PAGE_MENTIONS)
        return RC_OK;
    TRY(org_alias(p, org, page_str(p, from, to)));
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
    return org_alias(p, m->org, name);
}

/* Organisations that a word may shorten: its first character begins the name, its second is in it,
 * or both begin an alias. */
struct maybe {
    uint32_t org[PAGE_ORGS], n;
    bool head[PAGE_ORGS]; /* the name; else only an alias */
};

static void maybe_short(struct maybe *m, const struct page *p, const struct long_form *forms,
                        uint32_t from)
{
    struct str s = page_str(p, from, from + 2);
    size_t at = 0;
    uint32_t c = utf8_next(s, &at), next = utf8_next(s, &at);
    m->n = 0;
    for (uint32_t i = 0; i < p->org.n; i++) {
        const struct org *o = &p->org.p[i];
        bool head = c == forms[i].head || c == forms[i].bare_head, alias = false;
        if (o->into != NONE || o->division != NONE)
            continue;
        head = head && forms[i].has >> (next & 63) & 1;
        for (size_t k = 0; k < o->alias.n && !head && !alias; k++)
            alias = o->kind == KIND_ENTERPRISE && str_starts(o->alias.p[k], s);
        if (head || alias) {
            m->head[m->n] = head;
            m->org[m->n++] = i;
        }
    }
}

/* An unknown word that shortens an organisation of the page: 贵师大, 苏研院, 中炬高新. */
static uint32_t short_for(const struct page *p, const struct long_form *forms,
                          const struct maybe *m, uint32_t from, uint32_t to)
{
    struct str s = page_str(p, from, to);
    uint32_t found = NONE;
    for (uint32_t j = 0; j < m->n; j++) {
        uint32_t i = m->org[j];
        const struct org *o = &p->org.p[i];
        bool head = m->head[j], firm = o->kind == KIND_ENTERPRISE;
        if (head && str_eq(o->name, s))
            return i;
        if (o->brand || o->name.n <= s.n)
            continue;
        bool fits = head && (!firm || to - from >= 3) && is_subsequence(s, o->name);
        fits = fits ||
               (head && firm && (str_starts(forms[i].core, s) || str_starts(forms[i].bare, s)));
        for (size_t k = 0; k < o->alias.n && !fits; k++)
            fits = firm && str_starts(o->alias.p[k], s) && company_core(o->alias.p[k]).n == s.n;
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

static enum rc short_at(struct page *p, vec_mention *more, const struct long_form *forms,
                        uint32_t from)
{
    struct maybe maybe;
    maybe_short(&maybe, p, forms, from);
    if (!maybe.n)
        return RC_OK;
    const struct mark *place = mark_at(p, from, SENSE_PLACE);
    uint32_t k = mention_from(p, from);
    for (uint32_t to = MIN(from + 8, p->n); to >= from + 2; to--) {
        if (!ends_alone(p, k, to) || !is_free_of(p, k, to) || (place && place->to == to) ||
            is_level(p->ch[to - 1]))
            continue;
        uint32_t org = short_for(p, forms, &maybe, from, to);
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
    struct long_form *forms = NULL;
    TRY(long_forms(p, &forms));
    struct heads heads = {{0}}; /* of names: most of the text is passed over */
    for (uint32_t i = 0; i < p->org.n; i++) {
        heads_put(&heads, first_char(p->org.p[i].name));
        heads_put(&heads, first_char(without_place(p, p->org.p[i].name)));
    }
    /* where a word begins: at the head, behind a break or a word that ends names */
    for (uint32_t i = 0; i + 2 <= p->n; i++) {
        if (heads_has(&heads, p->ch[i]) && is_han(p->ch[i]))
            TRY(short_at(p, more, forms, i));
        i = next_either(p->flags, CHAR_BREAK, p->ends + 1, 1u << SENSE_STOP, i, p->n);
    }
    return merge_mentions(p, more);
}

/* ---- names that only their place in the sentence gives away ---- */

static bool is_join(const struct page *p, uint32_t i)
{
    return looking_at(p, i, "与") || looking_at(p, i, "和") || looking_at(p, i, "同");
}

/* 与千岛湖·大下姜签约: no ending, no known word, no person. */
static bool may_be_name(const struct page *p, uint32_t from, uint32_t to)
{
    enum { WHOLE_MIN = 6 };
    uint32_t n = to - from;
    if (n < 2 || n > 16 || (n < 4 && is_surname(p->t, p->ch[from])) || !is_free(p, from, to))
        return false;
    const struct mark *end = mark_to(p, to, SENSE_SUFFIX); /* 中科光谷激光技术|研究院 */
    bool whole = end && p->t->suffix.p[end->value].kind != KIND_COLLEGE && n >= WHOLE_MIN &&
                 !mark_at(p, from, SENSE_GENERIC);
    for (uint32_t i = from; i < to; i++)
        if (mark_at(p, i, SENSE_STOP) || mark_at(p, i, SENSE_TITLE) || is_digit(p->ch[i]) ||
            (!whole && (mark_at(p, i, SENSE_INSIDE) || mark_at(p, i, SENSE_AFTER))) ||
            (!whole && (mark_at(p, i, SENSE_GENERIC) || mark_at(p, i, SENSE_AREA))))
            return false;
    return true;
}

static enum rc take_name(struct page *p, vec_mention *more, uint32_t from, uint32_t to)
{
    uint32_t org;
    const struct mark *place = mark_to(p, to, SENSE_PLACE);
    if (!may_be_name(p, from, to) || (place && place->to - place->from == 2) ||
        (mark_at(p, from, SENSE_PLACE) && mark_to(p, to, SENSE_PREFIX)))
        return RC_OK;
    const struct mark *s = mark_to(p, to, SENSE_SUFFIX);
    enum org_kind kind = s                         ? p->t->suffix.p[s->value].kind
                         : is_level(p->ch[to - 1]) ? KIND_GOVERNMENT
                                                   : KIND_ENTERPRISE;
    TRY(org_get(p, &org, page_str(p, from, to), kind, from));
    return org == NONE ? RC_OK : add_mention(p, more, from, to, org);
}

/* 某某研究院|科教融合协议: where a name that has an ending of its own ends. */
static uint32_t name_ends(const struct page *p, uint32_t from, uint32_t to)
{
    enum { NAME_MIN = 5 };
    for (uint32_t i = from + NAME_MIN; i < to; i++) {
        const struct mark *s = mark_to(p, i, SENSE_SUFFIX);
        bool faculty = s && p->t->suffix.p[s->value].kind == KIND_COLLEGE; /* 化学与|材料学院 */
        if (s && s->to - s->from >= 2 && !faculty && !p->t->suffix.p[s->value].alone &&
            !mark_at(p, s->from + 1, SENSE_SUFFIX))
            return i;
    }
    return to;
}

/* The other side of 与 where one side is known. */
static enum rc signatory_at(struct page *p, vec_mention *more, uint32_t i, const struct clause *c)
{
    uint32_t k = mention_from(p, i), from = i, to = i + 1;
    bool right = k < p->mention.n && p->mention.p[k].from == i + 1 && p->mention.p[k].org != NONE;
    bool left = k > 0 && p->mention.p[k - 1].to == i && p->mention.p[k - 1].org != NONE;
    if (right == left)
        return RC_OK;
    while (right && from > c->from && i - from < 17 && !is_break(p->ch[from - 1]) &&
           !mark_to(p, from, SENSE_STOP))
        from--;
    while (left && to < c->to && to - i < 18 && !is_break(p->ch[to]) && !mark_at(p, to, SENSE_STOP))
        to++;
    return right ? take_name(p, more, from, i) : take_name(p, more, i + 1, name_ends(p, i + 1, to));
}

static enum rc signatories_find(struct page *p, vec_mention *more)
{
    static const char *const names[] = {"sign", "ceremony", "unveil", "build"};
    struct group_set signs = {{0}};
    for (size_t k = 0; k < ARRAY_LEN(names); k++) {
        uint32_t g = group_find(p->t, names[k]);
        if (g != NONE)
            set_put(&signs, g);
    }
    for (size_t k = 0; k < p->clause.n; k++) {
        const struct clause *c = &p->clause.p[k];
        if (c->from > p->lead && !set_meets(&c->groups, &signs))
            continue;
        for (uint32_t i = c->from; (i = next_with(p->flags, i, c->to, CHAR_JOIN)) < c->to; i++)
            TRY(signatory_at(p, more, i, c));
    }
    return merge_mentions(p, more);
}

/* ---- 甲、乙、丙等三家企业 ---- */

/* 8名企业|导师, 12位企业|家: people are listed. */
static bool counts_staff(const struct page *p, uint32_t i)
{
    static const char *const words[] = {"导师", "教师", "家",   "高管",  "专家",
                                        "员工", "师傅", "职工", "工程师"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (looking_at(p, i, words[k]))
            return true;
    return false;
}

/* 研究生院、科研处等单位: parts of somebody. */
static bool is_department(const struct page *p, uint32_t from, uint32_t to)
{
    static const char *const words[] = {"处", "办公室", "研究生院", "教务部", "学院"};
    uint32_t k = mention_from(p, from);
    bool named = k < p->mention.n && p->mention.p[k].from == from && p->mention.p[k].anchored;
    for (size_t w = 0; !named && w < ARRAY_LEN(words); w++) {
        uint32_t n = (uint32_t)utf8_len(str_of(words[w]));
        if (to >= from + n && looking_at(p, to - n, words[w]))
            return true;
    }
    return false;
}

static uint32_t list_end_word(const struct page *p, uint32_t i, enum org_kind *kind)
{
    static const struct {
        const char *word;
        enum org_kind kind;
    } heads[] = {{"单位", KIND_ENTERPRISE}, {"企业", KIND_ENTERPRISE}, {"公司", KIND_ENTERPRISE},
                 {"高校", KIND_UNIVERSITY}, {"院校", KIND_COLLEGE},    {"院所", KIND_INSTITUTE}};
    for (uint32_t k = i; k < i + 10 && k < p->n && !is_break(p->ch[k]); k++) {
        if (mark_at(p, k, SENSE_STOP) || is_join(p, k)) /* 甲、乙等方向与企业攻关 */
            return NONE;
        for (size_t h = 0; h < ARRAY_LEN(heads); h++)
            if (looking_at(p, k, heads[h].word)) {
                *kind = heads[h].kind;
                return counts_staff(p, k + 2) ? NONE : k;
            }
    }
    return NONE;
}

static enum rc take_item(struct page *p, vec_mention *more, uint32_t from, uint32_t to,
                         enum org_kind kind)
{
    uint32_t org, k = mention_from(p, from);
    if (k < p->mention.n && p->mention.p[k].from < to &&
        (p->mention.p[k].from != from || p->mention.p[k].to >= to)) {
        if (p->mention.p[k].to == to && p->mention.p[k].org != NONE)
            p->org.p[p->mention.p[k].org].acts = true; /* counted, so it takes part */
        return RC_OK;                                  /* known already */
    }
    const struct mark *plain = mark_to(p, to, SENSE_GENERIC); /* 专家、学者等 */
    if (to - from < 2 || to - from > 14 || (plain && plain->from <= from) ||
        is_department(p, from, to) || (to - from < 4 && is_surname(p->t, p->ch[from])))
        return RC_OK;
    uint32_t rest = k < p->mention.n && p->mention.p[k].from == from ? p->mention.p[k].to : from;
    for (uint32_t i = rest; i < to; i++)
        if (mark_at(p, i, SENSE_STOP) || mark_at(p, i, SENSE_TITLE) || is_digit(p->ch[i]))
            return RC_OK;
    const struct mark *s = mark_to(p, to, SENSE_SUFFIX);
    kind = s ? p->t->suffix.p[s->value].kind : kind;
    TRY(org_get(p, &org, page_str(p, from, to), kind, from));
    if (org == NONE)
        return RC_OK;
    p->org.p[org].acts = true; /* counted, so it takes part */
    return add_mention(p, more, from, to, org);
}

/* The items before `end`, right to left. One item is no list. */
static enum rc list_before(struct page *p, vec_mention *more, uint32_t end, enum org_kind kind)
{
    uint32_t to = end, items = 0;
    for (uint32_t i = end; i > 0 && end - i < 200; i--) {
        bool item = p->ch[i - 1] == 0x3001;
        bool stop = is_break(p->ch[i - 1]) || mark_to(p, i, SENSE_STOP);
        uint32_t k = mention_from(p, i - 1); /* the 的 of 美的 */
        if (!stop || (!item && k < p->mention.n && p->mention.p[k].from < i - 1))
            continue;
        if (item || items)
            TRY(take_item(p, more, i, to, kind));
        if (!item)
            break;
        items++;
        to = i - 1;
    }
    return RC_OK;
}

static enum rc lists_find(struct page *p, vec_mention *more)
{
    for (uint32_t i = 1; (i = next_with(p->flags, i, p->n, CHAR_LIST)) + 2 < p->n; i++) {
        enum org_kind kind = KIND_ENTERPRISE;
        bool count = is_digit(p->ch[i]) && !is_digit(p->ch[i - 1]) &&
                     (looking_at(p, i + 1, "家") || looking_at(p, i + 2, "家"));
        if ((count || looking_at(p, i, "等")) && list_end_word(p, i + 1, &kind) != NONE)
            TRY(list_before(p, more, i, kind));
    }
    return merge_mentions(p, more);
}

enum rc short_forms_join(struct page *p)
{
    vec_mention more = {0};
    enum rc rc = join_short(p);
    if (rc == RC_OK)
        rc = lists_find(p, &more);
    size_t known = p->org.n;
    if (rc == RC_OK)
        rc = signatories_find(p, &more);
    if (rc == RC_OK && p->org.n > known)
        rc = join_short(p);
    if (rc == RC_OK)
        rc = find_short(p, &more);
    vec_free(&more);
    return rc;
}
