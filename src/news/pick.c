/* Which lines are the article and which is its headline.
 *
 * HTML: paragraphs credit the container they stand in and less those around it (the measure of
 * Arc90's Readability); only blocks inside the best container count. Then, as for plain text: the
 * article reaches from the first paragraph to the last before a line that ends it; chrome inside is
 * left out, short lines inside are subheads. A headline is a short line above whose pairs of
 * characters come again in the article. */
#include "news/article_int.h"

#include <string.h>

#define BRANDED 0.5 /* what a brand in it takes from a headline's score */

enum { HEADLINE_MAX = 90, HEADLINE_MIN = 5, LIST_DATES = 5, SURE_HAN = 10 };

/* ---- how much of a line comes again in the article */

/* The pairs of characters of the lines that may be the headline, few, and which of them the article
 * has: open addressing, a place holds the pair's number + 1. */
struct pairs {
    uint32_t *slot, mask;
    uint64_t first[64]; /* bit set of the low 12 bits of their first characters */
};

enum { PAIR_SEEN = 1 << 30, PAIR_BITS = 18 };

static uint32_t pair_key(uint32_t a, uint32_t b)
{
    return ((a * 0x9E3779B1u ^ b * 0x85EBCA6Bu) >> (32 - PAIR_BITS)) + 1;
}

/* Its place, or the free one where it would be. */
static uint32_t *pair_slot(const struct pairs *w, uint32_t key)
{
    uint32_t i = key & w->mask;
    while (w->slot[i] && (w->slot[i] & ~(uint32_t)PAIR_SEEN) != key)
        i = (i + 1) & w->mask;
    return &w->slot[i];
}

static bool may_begin(const struct pairs *w, uint32_t c)
{
    return w->first[c >> 6 & 63] >> (c & 63) & 1;
}

static void want_pairs(struct pairs *w, struct str s)
{
    uint32_t prev = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_sure(s, &i), *slot;
        if (is_han(prev) && is_han(c) && !*(slot = pair_slot(w, pair_key(prev, c))))
            *slot = pair_key(prev, c), w->first[prev >> 6 & 63] |= 1ull << (prev & 63);
        prev = c;
    }
}

static void see_pair(const struct pairs *w, uint32_t a, uint32_t b)
{
    uint32_t *slot = pair_slot(w, pair_key(a, b));
    if (is_han(a) && is_han(b) && *slot)
        *slot |= PAIR_SEEN;
}

static void see_pairs(const struct pairs *w, struct str s)
{
    for (size_t i = 0, prev = 0; i < s.n;) {
        if (utf8_two_wide(s, i)) {
            uint32_t a = utf8_wide(s, i), b = utf8_wide(s, i + 3);
            if (may_begin(w, (uint32_t)prev))
                see_pair(w, (uint32_t)prev, a);
            if (may_begin(w, a))
                see_pair(w, a, b);
            prev = b;
            i += 6;
            continue;
        }
        uint32_t c = utf8_sure(s, &i);
        if (may_begin(w, (uint32_t)prev))
            see_pair(w, (uint32_t)prev, c);
        prev = c;
    }
}

static double share(const struct pairs *w, struct str s)
{
    size_t all = 0, again = 0;
    uint32_t prev = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_sure(s, &i);
        if (is_han(prev) && is_han(c)) {
            all++;
            again += *pair_slot(w, pair_key(prev, c)) >= PAIR_SEEN;
        }
        prev = c;
    }
    return all ? (double)again / (double)all : 0;
}

/* ---- the range */

struct range {
    uint32_t from, to; /* blocks [from, to) */
};

static bool counts(const struct choice *c, uint32_t i)
{
    return c->kind.p[i] == LINE_BODY;
}

static double worth(const struct choice *c, const struct page *p, uint32_t i)
{
    const struct block *b = &p->block.p[i];
    double linked = b->raw.n ? (double)b->links / (double)b->raw.n : 0;
    return counts(c, i) ? (20 + (double)MIN(b->han, 400u)) * (1 - linked) : 0;
}

/* A container around a single paragraph is passed over: editors wrap each in several. */
static void credit(struct page *p, uint32_t box, double worth_of)
{
    enum { LEVELS = 4, UP = 60 };
    static const double part[LEVELS] = {1, 0.95, 0.57, 0.34};
    double seen = 0;
    for (int level = 0, up = 0; box != NO_BOX && level < LEVELS && up < UP; up++) {
        struct box *b = &p->box.p[box];
        if (b->total > seen) {
            b->score += worth_of * part[level++];
            seen = b->total;
        }
        box = b->parent;
    }
}

static struct range best_box(const struct choice *c, struct page *p)
{
    struct range all = {0, (uint32_t)p->block.n};
    uint32_t best = NO_BOX;
    for (uint32_t i = 0; i < p->block.n; i++)
        if (p->block.p[i].box != NO_BOX)
            p->box.p[p->block.p[i].box].total += worth(c, p, i);
    for (size_t i = p->box.n; i-- > 0;) /* inner ones come behind their parents */
        if (p->box.p[i].parent != NO_BOX)
            p->box.p[p->box.p[i].parent].total += p->box.p[i].total;
    for (uint32_t i = 0; i < p->block.n; i++)
        if (counts(c, i))
            credit(p, p->block.p[i].box, worth(c, p, i));
    for (uint32_t i = 0; i < p->box.n; i++)
        if (p->box.p[i].score > 0 && (best == NO_BOX || p->box.p[i].score > p->box.p[best].score))
            best = i;
    return best == NO_BOX ? all : (struct range){p->box.p[best].first, p->box.p[best].end};
}

static size_t body_han(const struct choice *c, const struct page *p, uint32_t from, uint32_t to)
{
    size_t n = 0;
    for (uint32_t i = from; i < to; i++)
        n += counts(c, i) ? p->block.p[i].han : 0;
    return n;
}

/* 1. … ， （一）… ， ● … */
static bool is_item(struct str s)
{
    static const char marks[] = "0123456789一二三四五六七八九十①②③④⑤⑥⑦⑧⑨●■◆•·";
    size_t i = 0;
    if (str_starts(s, STR("（")) || str_starts(s, STR("(")))
        i = s.p[0] == '(' ? 1 : 3;
    size_t from = i;
    if (i < s.n)
        next_char(s, &i);
    return i > from && str_find(str_of(marks), str_sub(s, from, i), 0) != SIZE_MAX;
}

/* A list that the last paragraph announces with a colon. */
static struct range with_list(const struct choice *c, const struct page *p, struct range r,
                              uint32_t limit)
{
    struct str last = r.to > r.from ? p->block.p[r.to - 1].text : STR("");
    bool colon =
        last.n >= 3 && (last.p[last.n - 1] == ':' || memcmp(last.p + last.n - 3, "：", 3) == 0);
    while (colon && r.to < limit && c->kind.p[r.to] == LINE_SHORT && is_item(p->block.p[r.to].text))
        r.to++;
    return r;
}

/* A page that was cut off ends in a piece of a paragraph: the only short line, with a comma. */
static struct range with_torn_end(const struct choice *c, const struct page *p, struct range r,
                                  uint32_t limit)
{
    if (r.to >= limit || r.to == r.from || c->kind.p[r.to] != LINE_SHORT)
        return r;
    const struct block *b = &p->block.p[r.to];
    bool only = r.to + 1 >= limit || c->kind.p[r.to + 1] != LINE_SHORT;
    bool comma =
        str_find(b->text, STR("，"), 0) != SIZE_MAX || str_find(b->text, STR(","), 0) != SIZE_MAX;
    r.to += only && comma && b->han >= 12;
    return r;
}

/* First paragraph to last before a line that ends the article, when more came before than after. */
static struct range trim(const struct choice *c, const struct page *p, struct range r)
{
    while (r.from < r.to && !counts(c, r.from))
        r.from++;
    for (uint32_t i = r.from; i < r.to; i++)
        if (c->kind.p[i] == LINE_STOP && body_han(c, p, r.from, i) >= body_han(c, p, i, r.to)) {
            r.to = i;
            break;
        }
    uint32_t limit = r.to;
    while (r.to > r.from && !counts(c, r.to - 1))
        r.to--;
    return with_torn_end(c, p, with_list(c, p, r, limit), limit);
}

/* A list of other pages' headlines with their dates, no article. */
static bool is_list_page(const struct choice *c, const struct page *p)
{
    size_t dated = 0, body = 0;
    for (uint32_t i = 0; i < p->block.n; i++) {
        body += counts(c, i);
        dated += c->kind.p[i] != LINE_BODY && date_at(p->block.p[i].text, 0) > 0;
    }
    return dated >= LIST_DATES && body * 2 < dated;
}

/* ---- the headline */

struct headline {
    double score;
    uint32_t block;
    struct str text;
};

/* The name of a site or a section behind a headline. */
static bool is_site(const struct article_tables *t, const struct pairs *w, struct str tail)
{
    enum { NAME_MAX_HAN = 14 };
    size_t han = count_han(tail);
    return share(w, tail) < 0.5 || (han <= NAME_MAX_HAN && words_end(&t->not_headlines, tail));
}

/* A headline without the site's name: cut at the first sign that leaves a part as good. */
static struct str without_site(const struct article_tables *t, const struct pairs *w, struct str s)
{
    double whole = -1;
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = next_char(s, &i);
        size_t n = bit_of(t->title_cuts.first, c) ? words_at(&t->title_cuts, s, from, NULL) : 0;
        if (!n)
            continue;
        whole = whole < 0 ? share(w, s) : whole;
        struct str head = str_trim(str_sub(s, 0, from)), tail = str_trim(str_sub(s, from + n, s.n));
        bool longer = count_han(tail) > count_han(head) + 6;
        if (!longer && count_han(head) >= HEADLINE_MIN && is_site(t, w, tail) &&
            (share(w, head) >= whole || whole >= 0.5))
            return head;
    }
    return s;
}

static struct str behind_label(struct str s)
{
    static const struct str labels[] = {STR_INIT("原标题："), STR_INIT("原标题:"),
                                        STR_INIT("标题："),   STR_INIT("标题:"),
                                        STR_INIT("题目："),   STR_INIT("题目:")};
    for (size_t i = 0; i < ARRAY_LEN(labels); i++)
        if (str_starts(s, labels[i]))
            return str_trim(str_sub(s, labels[i].n, s.n));
    return s;
}

/* A headline on one line with the date or the source: 某某签约 2024-03-05 来源：某报. */
static struct str without_tail(const struct article_tables *t, struct str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = next_char(s, &i);
        struct str rest = str_trim(str_sub(s, i, s.n));
        if ((c == ' ' || c == 0x3000) && from > 0 && (date_at(rest, 0) || has_label(t, rest)))
            return str_trim(str_sub(s, 0, from));
    }
    return s;
}

/* 各有关单位：, and a sentence that was cut. */
static bool ends_open(struct str s)
{
    static const char *const ends[] = {"：", ":", "；", ";", "，", ",", "”", "！"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        size_t n = strlen(ends[i]);
        if (s.n >= n && memcmp(s.p + s.n - n, ends[i], n) == 0)
            return true;
    }
    return false;
}

/* The bullet of a list that a headline was put into. */
static struct str without_bullet(struct str s)
{
    static const char *const bullets[] = {"•", "·", "●", "■", "◆", "►", "▶", "★", "-", "*", ">"};
    for (size_t i = 0; i < ARRAY_LEN(bullets); i++)
        if (str_starts(s, str_of(bullets[i])))
            return str_trim(str_sub(s, strlen(bullets[i]), s.n));
    return s;
}

static bool ends_like_sentence(struct str s)
{
    return s.n >= 3 && (memcmp(s.p + s.n - 3, "。", 3) == 0 || memcmp(s.p + s.n - 3, "；", 3) == 0);
}

/* `alone`: the only line above the article of a plain text; `dated`: and what tells when follows.
 * The page's own title, repaired with the blocks, is its last one (article.c). */
static double headline_score(const struct page *p, const struct pairs *w, const struct block *b,
                             struct str s, bool alone, bool dated)
{
    size_t han = count_han(s);
    double again = share(w, s);
    bool named = p->title.n && str_find(p->title, s, 0) != SIZE_MAX;
    bool sure = named && (b->kind == BLOCK_HEADING || han >= SURE_HAN) && str_starts(p->title, s) &&
                again > 0;
    if (han < HEADLINE_MIN || han > HEADLINE_MAX || ends_like_sentence(s) ||
        (again < (dated   ? 0.05
                  : alone ? 0.2
                          : 0.34) &&
         !sure))
        return 0;
    double score = again + (double)MIN(han, 30u) / 40 + (b->kind == BLOCK_HEADING ? 0.3 : 0);
    return score + (named ? 0.4 : 0);
}

/* 原创 某处 2023-11-03 18:06: who wrote it and when. */
static bool has_clock(struct str s)
{
    const char *two;
    for (size_t i = 0; i + 5 < s.n && (two = memchr(s.p + i, '2', s.n - 5 - i)); i++) {
        i = (size_t)(two - s.p);
        size_t n = !i || s.p[i - 1] < '0' || s.p[i - 1] > '9' ? date_at(s, i) : 0;
        struct str rest = n ? str_trim(str_sub(s, i + n, s.n)) : STR("");
        if (rest.n >= 5 && (rest.p[2] == ':' || rest.p[1] == ':'))
            return true;
    }
    return false;
}

/* 发布时间：2024-06-12, 某某大学 2024-06-28 17:45 */
static bool tells_when(const struct article_tables *t, struct str s)
{
    return has_clock(s) || date_at(s, 0) || has_label(t, s);
}

static bool may_be_headline(const struct choice *c, const struct page *p,
                            const struct article_tables *t, uint32_t i, struct str s)
{
    const struct block *b = &p->block.p[i];
    bool labelled = s.p != b->text.p;
    enum { NAME_MAX_HAN = 10 };
    if (date_at(s, 0) || has_label(t, s) || has_clock(s) ||
        (count_han(s) <= NAME_MAX_HAN && words_end(&t->not_headlines, s)))
        return false;
    return labelled || c->kind.p[i] == LINE_SHORT ||
           (b->kind == BLOCK_HEADING && c->kind.p[i] == LINE_BODY) ||
           (c->kind.p[i] == LINE_SPAM && !is_spam(t, s));
}

static bool has_brand(const struct page *p, struct str s)
{
    for (size_t i = 0; i < p->brand.n; i++)
        if (p->brand.p[i].n && str_find(s, p->brand.p[i], 0) != SIZE_MAX)
            return true;
    return false;
}

static struct headline find_headline(const struct choice *c, const struct page *p,
                                     const struct article_tables *t, const struct pairs *w,
                                     uint32_t before)
{
    struct headline best = {0, NO_BLOCK, STR("")};
    uint32_t lines = 0;
    for (uint32_t i = 0; i < before; i++)
        lines += may_be_headline(c, p, t, i, behind_label(p->block.p[i].text));
    for (uint32_t i = 0; i < before; i++) {
        const struct block *b = &p->block.p[i];
        struct str label = behind_label(b->text);
        if (!may_be_headline(c, p, t, i, label))
            continue;
        struct str s = without_site(t, w, without_tail(t, label));
        bool comma = str_find(s, STR(","), 0) != SIZE_MAX || str_find(s, STR("，"), 0) != SIZE_MAX;
        bool alone = lines == 1 && b->box == NO_BOX && (!comma || before > 1);
        bool dated = alone && i + 1 < p->block.n && tells_when(t, p->block.p[i + 1].text);
        double score = headline_score(p, w, b, s, alone, dated);
        score -= has_brand(p, s) ? MIN(score, BRANDED) : 0;
        /* Of two alike the later: the first was the page's title or a link. */
        if (score > 0 && score >= best.score)
            best = (struct headline){score, i, without_bullet(s)};
    }
    uint32_t above = best.block;
    if (above == NO_BLOCK || above == 0 || !str_starts(p->block.p[above].text, STR("——")))
        return best;
    struct str over = behind_label(p->block.p[--above].text); /* ——… is the second line of it */
    if (may_be_headline(c, p, t, above, over) && count_han(over) >= HEADLINE_MIN)
        best = (struct headline){best.score, above, over};
    return best;
}

/* The page's <title>, where no line is the headline. */
static struct str named_headline(const struct page *p, const struct article_tables *t,
                                 const struct pairs *w)
{
    struct str s = without_site(t, w, p->title);
    return count_han(s) >= HEADLINE_MIN && count_han(s) <= HEADLINE_MAX && share(w, s) >= 0.5 &&
                   !words_end(&t->not_headlines, s)
               ? s
               : STR("");
}

/* ---- put together */

/* Short lines above the first paragraph that belong to it: an agency's dateline, "各单位：". */
static bool leads_in(const struct article_tables *t, const struct block *b)
{
    struct str s = str_trim(b->text);
    size_t blank = 0;
    while (blank < s.n && s.p[blank] != ' ')
        blank++;
    return words_end(&t->datelines, str_sub(s, 0, blank)) && b->han <= 40 && blank < s.n;
}

static bool kept(const struct choice *c, uint32_t i)
{
    return c->kind.p[i] == LINE_BODY || c->kind.p[i] == LINE_SHORT;
}

static enum rc collect(struct choice *c, const struct page *p, const struct article_tables *t,
                       struct range r, struct err *e)
{
    uint32_t above = r.from;
    while (above > 0 && c->kind.p[above - 1] == LINE_CHROME)
        above--;
    if (above > 0 && above - 1 != c->title && leads_in(t, &p->block.p[above - 1]))
        TRY(vec_push(&c->block, above - 1, e));
    for (uint32_t i = r.from; i < r.to; i++)
        if (i != c->title && kept(c, i))
            TRY(vec_push(&c->block, i, e));
    return RC_OK;
}

/* A long headline has a comma, as a paragraph has, but no full stop. */
static struct range below_headline(struct choice *c, const struct page *p, struct range r)
{
    enum { HAN_MOST = 60 };
    if (r.to - r.from < 2 || p->block.p[r.from].han > HAN_MOST ||
        str_find(p->block.p[r.from].text, STR("。"), 0) != SIZE_MAX ||
        is_item(p->block.p[r.from].text) || ends_open(p->block.p[r.from].text))
        return r;
    uint32_t next = r.from + 1;
    while (next < r.to && !counts(c, next))
        next++;
    if (next == r.to)
        return r;
    c->kind.p[r.from] = LINE_SHORT;
    return (struct range){next, r.to};
}

/* 6月11日: a month and a day. */
static bool tells_day(struct str s)
{
    size_t month = str_find(s, STR("月"), 0);
    return month != SIZE_MAX && month > 0 && s.p[month - 1] >= '0' && s.p[month - 1] <= '9' &&
           month + 3 < s.n && s.p[month + 3] >= '0' && s.p[month + 3] <= '9';
}

/* Articles that are set as verse, a phrase a line, down to the first speech: from the line that
 * tells the day on. */
static struct range with_verse(const struct choice *c, const struct page *p, struct range r)
{
    enum { LINES_MIN = 3, LINES_MAX = 40 };
    uint32_t first = NO_BLOCK;
    for (uint32_t i = r.from; i > 0 && r.from - i < LINES_MAX && c->kind.p[i - 1] == LINE_SHORT;
         i--)
        if (tells_day(p->block.p[i - 1].text) && !has_clock(p->block.p[i - 1].text))
            first = i - 1;
    if (first != NO_BLOCK && r.from - first >= LINES_MIN)
        r.from = first;
    return r;
}

/* The last line above the article that tells who wrote and when. */
static struct str byline_of(const struct page *p, const struct article_tables *t, uint32_t before)
{
    enum { LINE = 300 };
    struct str found = STR("");
    bool clock = false;
    for (uint32_t i = 0; i < before; i++) {
        struct str s = p->block.p[i].text;
        bool here = has_clock(s);
        if (here || (!clock && s.n <= LINE && tells_when(t, s)))
            found = s;
        clock = clock || here;
    }
    return found;
}

/* 版权所有：某某大学, 主办：某某学院: what stands behind the label, "" where there is none. */
static struct str owner_of(struct str line)
{
    static const char *const labels[] = {"版权所有", "主办单位", "主办"};
    for (size_t k = 0; k < ARRAY_LEN(labels); k++) {
        size_t i = str_find(line, str_of(labels[k]), 0);
        if (i != SIZE_MAX)
            return str_sub(line, i + strlen(labels[k]), line.n);
    }
    return STR("");
}

static enum rc line_put(struct buf *b, struct str s, struct err *e)
{
    TRY(buf_str(b, str_sub(s, 0, MIN(s.n, 1024)), e));
    return buf_char(b, '\n', e);
}

/* What the page calls itself: its title, else the line with the clock; the first line of one
 * without markup, who holds its rights. */
static enum rc site_of(struct choice *out, const struct page *p, const struct article_tables *t,
                       struct range r, struct err *e)
{
    enum { SITE_MAX = 4096, LINE = 90 };
    struct buf b;
    buf_init(&b, SITE_MAX);
    enum rc rc = line_put(&b, p->title.n ? p->title : byline_of(p, t, r.from), e);
    if (rc == RC_OK && !p->title.n && r.from > 0 && out->title != 0 && p->block.p[0].text.n <= LINE)
        rc = line_put(&b, p->block.p[0].text, e);
    for (uint32_t i = r.to; rc == RC_OK && i < p->block.n && buf_view(&b).n < SITE_MAX / 2; i++)
        if (p->block.p[i].text.n <= LINE && owner_of(p->block.p[i].text).n)
            rc = line_put(&b, owner_of(p->block.p[i].text), e);
    out->site = rc == RC_OK ? arena_str(p->arena, buf_view(&b)) : STR("");
    buf_free(&b);
    return rc == RC_OK && !out->site.p ? err_nomem(e) : rc;
}

/* Of the lines above the article and the page's own title, seen in the article. */
static enum rc pairs_of(struct pairs *w, const struct choice *c, const struct page *p,
                        struct range r, struct err *e)
{
    size_t bytes = p->title.n, room = 64;
    for (uint32_t i = 0; i < r.from; i++)
        bytes += p->block.p[i].text.n;
    while (room < bytes) /* a pair of Han has six bytes: a third of it is used */
        room *= 2;
    *w = (struct pairs){arena_calloc(p->arena, room, sizeof *w->slot), (uint32_t)room - 1, {0}};
    if (!w->slot)
        return err_nomem(e);
    want_pairs(w, p->title);
    for (uint32_t i = 0; i < r.from; i++)
        want_pairs(w, p->block.p[i].text);
    for (uint32_t i = r.from; i < r.to; i++)
        if (kept(c, i))
            see_pairs(w, p->block.p[i].text);
    return RC_OK;
}

enum rc article_choose(struct choice *out, struct page *p, const struct article_tables *t,
                       struct err *e)
{
    *out = (struct choice){.title = NO_BLOCK, .title_text = STR(""), .site = STR("")};
    TRY(vec_reserve(&out->kind, p->block.n, e));
    for (size_t i = 0; i < p->block.n; i++) {
        struct block *b = &p->block.p[i];
        b->spam = b->of & OF_SPAM && is_spam(t, b->text);
        out->kind.p[out->kind.n++] = (uint8_t)line_judge(t, b);
    }
    struct range r = trim(out, p, best_box(out, p));
    if (r.from >= r.to || is_list_page(out, p))
        return RC_OK;
    r = with_verse(out, p, r);
    uint32_t top = r.from;
    r = below_headline(out, p, r);
    struct pairs w;
    TRY(pairs_of(&w, out, p, r, e));
    struct headline h = find_headline(out, p, t, &w, r.from);
    if (top < r.from && h.block != top && out->kind.p[top] == LINE_SHORT)
        r.from = top; /* it was a paragraph after all */
    if (h.block == NO_BLOCK)
        h.text = named_headline(p, t, &w);
    out->title = h.block;
    out->title_text = h.text;
    TRY(site_of(out, p, t, r, e));
    return collect(out, p, t, r, e);
}

void choice_free(struct choice *c)
{
    vec_free(&c->block);
    vec_free(&c->kind);
}
