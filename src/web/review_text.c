/* The repaired article with its facts marked, and beside it what stood there. The text is cut where
 * a fact or a repair begins or ends; a piece is marked in the tone of the fact that begins last. */
#include "service/places.h"
#include "web/review_int.h"

#include <stdlib.h>

#define CUTS_MOST 20000u

/* A fact or a repair, in bytes of the text. */
struct stretch {
    uint32_t from, to;
    uint32_t fact; /* place in the review, UINT32_MAX: a repair */
    const struct page_repair *repair;
};

struct laying {
    struct review *x;
    struct str text;
    struct places places;
    VEC(struct stretch) all; /* by from */
    vec_repair repairs;
    VEC(uint32_t) cut;
    bool original;
};

static int by_from(const void *p, const void *q)
{
    const struct stretch *a = p, *b = q;
    return a->from != b->from ? (a->from < b->from ? -1 : 1) : (a->to > b->to) - (a->to < b->to);
}

static int by_number(const void *p, const void *q)
{
    uint32_t a = *(const uint32_t *)p, b = *(const uint32_t *)q;
    return (a > b) - (a < b);
}

static enum rc add(struct laying *l, uint32_t from, uint32_t to, uint32_t fact,
                   const struct page_repair *r, struct err *e)
{
    struct stretch s = {(uint32_t)places_byte(&l->places, from),
                        (uint32_t)places_byte(&l->places, to), fact, r};
    TRY(vec_push(&l->all, s, e));
    if (l->cut.n >= CUTS_MOST)
        return RC_OK;
    TRY(vec_push(&l->cut, s.from, e));
    return vec_push(&l->cut, s.to, e);
}

static enum rc gather(struct laying *l, struct err *e)
{
    const struct page_review *r = &l->x->r;
    TRY(page_repairs(fact_text(&r->page.rec, "repairs"), l->x->rq->arena, &l->repairs, e));
    for (uint32_t i = 0; i < r->n_facts; i++) {
        const struct rec *f = &r->fact[i].rec;
        TRY(add(l, (uint32_t)fact_num(f, "from", 0), (uint32_t)fact_num(f, "to", 0), i, NULL, e));
    }
    for (size_t i = 0; l->original && i < l->repairs.n; i++) {
        const struct page_repair *p = &l->repairs.p[i];
        if (!str_eq(p->code, STR("charset")))
            TRY(add(l, p->from, p->to, UINT32_MAX, p, e));
    }
    if (l->all.n)
        qsort(l->all.p, l->all.n, sizeof *l->all.p, by_from);
    if (l->cut.n)
        qsort(l->cut.p, l->cut.n, sizeof *l->cut.p, by_number);
    return RC_OK;
}

static struct str span_id(const struct laying *l, uint32_t i)
{
    const struct rec *f = &l->x->r.fact[i].rec;
    return textf(l->x->rq, "s-%lld-%lld", (long long)fact_num(f, "from", 0),
                 (long long)fact_num(f, "to", 0));
}

/* A piece [from, to) that no fact or repair begins or ends within. */
static void put_piece(struct laying *l, struct view *parts, uint32_t from, uint32_t to)
{
    struct review *x = l->x;
    struct view *v = view_item(parts), *ids = view_list(v, "ids");
    const struct stretch *top = NULL;
    uint32_t facts = 0, begins = 0;
    view_str(v, "text", str_sub(l->text, from, to));
    for (size_t i = 0; i < l->all.n && l->all.p[i].from <= from; i++) {
        const struct stretch *s = &l->all.p[i];
        if (s->to <= from)
            continue;
        if (s->fact == UINT32_MAX) {
            view_flag(v, "ins", true);
            continue;
        }
        bool rejected = fact_in(&x->r.fact[s->fact].rec, "rejected");
        facts++;
        if (!top || !rejected)
            top = s;
        if (s->from != from)
            continue;
        struct str id = span_id(l, s->fact);
        bool first = true; /* two facts of one sentence have one place */
        for (size_t j = 0; j < i; j++)
            first &= l->all.p[j].fact == UINT32_MAX || l->all.p[j].from != s->from ||
                     l->all.p[j].to != s->to;
        if (first && s->to == to && !begins++)
            view_str(v, "id", id);
        else if (first)
            view_item_str(ids, id);
    }
    if (!top)
        return;
    const struct rec *f = &x->r.fact[top->fact].rec;
    view_str(v, "tone", code_tone(f, "type"));
    view_flag(v, "dim", fact_in(f, "rejected"));
    view_str(v, "href", textf(x->rq, "#fact-%lld", (long long)f->id));
    if (top->from == from)
        view_int(v, "number", (int64_t)top->fact + 1);
    view_int(v, "more", facts > 1 ? facts - 1 : 0);
}

static void put_parts(struct laying *l, struct view *row, uint32_t from, uint32_t to, size_t *cut)
{
    struct view *parts = view_list(row, "parts");
    uint32_t at = from;
    while (*cut < l->cut.n && l->cut.p[*cut] <= at)
        ++*cut;
    for (size_t c = *cut; c < l->cut.n && l->cut.p[c] < to; c++) {
        if (l->cut.p[c] == at)
            continue;
        put_piece(l, parts, at, l->cut.p[c]);
        at = l->cut.p[c];
    }
    if (at < to)
        put_piece(l, parts, at, to);
}

/* What stood in this paragraph: the originals of its repairs in their places. */
static void put_before(struct laying *l, struct view *row, uint32_t from, uint32_t to)
{
    struct view *before = view_list(row, "before");
    uint32_t at = from;
    for (size_t i = 0; i < l->all.n; i++) {
        const struct stretch *s = &l->all.p[i];
        if (!s->repair || s->from < at || s->from > to || (s->from == to && s->to > to))
            continue;
        if (s->from > at)
            view_str(view_item(before), "text", str_sub(l->text, at, s->from));
        struct view *gone = view_item(before);
        view_str(gone, "text", s->repair->original);
        view_flag(gone, "del", true);
        at = MIN(s->to, to);
    }
    if (at < to)
        view_str(view_item(before), "text", str_sub(l->text, at, to));
}

static void put_rows(struct laying *l)
{
    struct view *rows = view_list(l->x->v, "rows");
    uint32_t head =
        (uint32_t)places_byte(&l->places, (uint32_t)fact_num(&l->x->r.page.rec, "head", 0));
    size_t cut = 0;
    for (uint32_t at = 0; at < l->text.n;) {
        uint32_t end = (uint32_t)MIN(str_find(l->text, STR("\n"), at), l->text.n);
        struct view *row = view_item(rows);
        view_flag(row, "head", at == 0 && head > 0 && end <= head + 1);
        put_parts(l, row, at, end, &cut);
        if (l->original)
            put_before(l, row, at, end);
        at = end + 1;
    }
}

static void put_repairs(struct laying *l)
{
    static const struct {
        const char *code, *key;
    } codes[] = {{"pinyin", "web.repair_pinyin"},       {"simplified", "web.repair_simplified"},
                 {"lost_byte", "web.repair_lost_byte"}, {"punctuation", "web.repair_punctuation"},
                 {"brand", "web.repair_brand"},         {"spam", "web.repair_spam"},
                 {"charset", "web.repair_charset"}};
    struct review *x = l->x;
    struct view *list = view_list(x->v, "repairs");
    for (size_t c = 0; c < ARRAY_LEN(codes); c++) {
        uint32_t n = 0;
        for (size_t i = 0; i < l->repairs.n; i++)
            n += str_eq(l->repairs.p[i].code, str_of(codes[c].code));
        if (!n)
            continue;
        struct view *row = view_item(list);
        view_str(row, "what", msg(x->rq, codes[c].key));
        view_int(row, "count", n);
    }
    view_int(x->v, "repaired", (int64_t)l->repairs.n);
}

static enum rc lay(struct laying *l, struct err *e)
{
    struct review *x = l->x;
    TRY(places_init(&l->places, l->text, e));
    TRY(gather(l, e));
    put_rows(l);
    put_repairs(l);
    view_flag(x->v, "original", l->original);
    struct str path = record_path(x->rq, &x->r.page.rec);
    view_str(x->v, "original_href", textf(x->rq, "%s?original=1", path.p));
    view_str(x->v, "plain_href", path);
    const struct val *brands = work_val(&x->r.page.rec, "brands", TYPE_TEXT);
    struct view *list = view_list(x->v, "brands");
    for (uint32_t i = 0; brands && i < brands->list.n; i++)
        view_item_str(list, brands->list.item[i].text);
    return RC_OK;
}

enum rc review_text(struct review *x, struct err *e)
{
    struct laying l = {.x = x,
                       .text = fact_text(&x->r.page.rec, "text"),
                       .original = param_has(x->rq, "original")};
    enum rc rc = lay(&l, e);
    places_free(&l.places);
    vec_free(&l.all);
    vec_free(&l.cut);
    vec_free(&l.repairs);
    return rc;
}
