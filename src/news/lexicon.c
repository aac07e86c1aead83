#include "news/lexicon.h"

#include <stdlib.h>

enum rc lexicon_init(struct lexicon *x, struct err *e)
{
    *x = (struct lexicon){0};
    x->letter = mem_calloc(LEXICON_CHARS, sizeof *x->letter);
    if (!x->letter)
        return err_nomem(e);
    return vec_push(&x->node, UINT32_MAX, e);
}

void lexicon_release(struct lexicon *x)
{
    map_free(&x->edge);
    mem_free(x->letter);
    vec_free(&x->node);
    vec_free(&x->sense);
    vec_free(&x->slot);
    vec_free(&x->slot_sense);
}

static uint64_t edge_key(uint32_t node, uint32_t c)
{
    return (uint64_t)node << 16 | c;
}

/* The node after `c`, made when it is not there. */
static enum rc grow(struct lexicon *x, uint32_t *node, uint32_t c, struct err *e)
{
    if (c == 0 || c >= LEXICON_CHARS)
        return err_user(e, "news.word", "U+%04X", (unsigned)c);
    uint32_t *to = map_put(&x->edge, edge_key(*node, c), (uint32_t)x->node.n);
    if (!to)
        return err_nomem(e);
    if (*to == x->node.n)
        TRY(vec_push(&x->node, UINT32_MAX, e));
    *node = *to;
    return RC_OK;
}

enum rc lexicon_add(struct lexicon *x, struct str word, enum sense_class class, uint32_t value,
                    struct err *e)
{
    uint32_t node = 0;
    for (size_t i = 0; i < word.n;)
        TRY(grow(x, &node, news_fold(utf8_next(word, &i)), e));
    if (node == 0)
        return err_user(e, "news.word", "\"\"");
    for (uint32_t s = x->node.p[node]; s != UINT32_MAX; s = x->sense.p[s].next)
        if (x->sense.p[s].class == class && x->sense.p[s].value == value)
            return RC_OK;
    struct sense s = {.value = value, .next = x->node.p[node], .class = (uint8_t) class};
    TRY(vec_push(&x->sense, s, e));
    x->node.p[node] = (uint32_t)x->sense.n - 1;
    return RC_OK;
}

/* ---- freezing ---- */

struct edge {
    uint32_t node, to;
    uint32_t c; /* code point, then letter */
};

struct freezing {
    struct lexicon *x;
    VEC(struct edge) edge;  /* by node */
    VEC(uint32_t) place;    /* of a node: its slot */
    VEC(uint32_t) senses;   /* of a node: those on the way to it */
    uint32_t letters, free; /* no slot below `free` is free */
};

static int by_node(const void *p, const void *q)
{
    const struct edge *a = p, *b = q;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    return (a->c > b->c) - (a->c < b->c);
}

/* The edges in order, and a number for every code point that some word has: those that begin words
 * first, so that they stand together. */
static enum rc take_edges(struct freezing *f, struct err *e)
{
    struct lexicon *x = f->x;
    for (size_t i = 0; i < x->edge.cap; i++) {
        const struct map_entry *m = &x->edge.entry[i];
        struct edge edge = {(uint32_t)(m->key >> 16), m->val, (uint32_t)m->key & 0xFFFF};
        if (m->used)
            TRY(vec_push(&f->edge, edge, e));
    }
    if (f->edge.n)
        qsort(f->edge.p, f->edge.n, sizeof *f->edge.p, by_node);
    for (size_t i = 0; i < f->edge.n; i++) {
        struct edge *edge = &f->edge.p[i];
        if (!x->letter[edge->c])
            x->letter[edge->c] = (uint16_t)++f->letters;
        edge->c = x->letter[edge->c];
    }
    return RC_OK;
}

/* Slots up to `least` and a row of letters more, so that no step leads behind the end. */
static enum rc make_slots(struct freezing *f, size_t least, struct err *e)
{
    struct lexicon *x = f->x;
    size_t want = least + f->letters + 2;
    if (x->slot.n >= want)
        return RC_OK;
    if (want >= LEXICON_END)
        return err_nomem(e);
    want += want / 8;
    TRY(vec_reserve(&x->slot, want - x->slot.n, e));
    TRY(vec_reserve(&x->slot_sense, want - x->slot_sense.n, e));
    while (x->slot.n < want) {
        x->slot.p[x->slot.n++] = (struct lexicon_slot){0, LEXICON_FREE};
        x->slot_sense.p[x->slot_sense.n++] = UINT32_MAX;
    }
    return RC_OK;
}

/* The first base at which the slots of all these edges are free. */
static enum rc find_base(struct freezing *f, const struct edge *edge, size_t n, uint32_t *base,
                         struct err *e)
{
    const struct lexicon *x = f->x;
    while (x->slot.p[f->free].parent != LEXICON_FREE)
        TRY(make_slots(f, ++f->free, e));
    for (*base = f->free > edge[0].c ? f->free - edge[0].c : 1;; ++*base) {
        TRY(make_slots(f, *base, e));
        size_t k = 0;
        while (k < n && x->slot.p[*base + edge[k].c].parent == LEXICON_FREE)
            k++;
        if (k == n)
            return RC_OK;
    }
}

static enum rc place_children(struct freezing *f, const struct edge *edge, size_t n, struct err *e)
{
    struct lexicon *x = f->x;
    uint32_t from = f->place.p[edge->node], base;
    TRY(find_base(f, edge, n, &base, e));
    x->slot.p[from].base |= base;
    for (size_t k = 0; k < n; k++) {
        uint32_t to = base + edge[k].c, sense = x->node.p[edge[k].to];
        x->slot.p[to] = (struct lexicon_slot){sense != UINT32_MAX ? LEXICON_END : 0, from};
        x->slot_sense.p[to] = sense;
        f->place.p[edge[k].to] = to;
        uint32_t senses = f->senses.p[edge->node];
        for (; sense != UINT32_MAX; sense = x->sense.p[sense].next)
            senses++;
        f->senses.p[edge[k].to] = senses;
        x->most = MAX(x->most, senses);
    }
    return RC_OK;
}

/* Parents have lower numbers than their children, so that their place is known. */
static enum rc fill_slots(struct freezing *f, struct err *e)
{
    TRY(make_slots(f, 1, e));
    f->x->slot.p[0].parent = 0; /* the root's own: letter 0 leads nowhere */
    TRY(vec_reserve(&f->place, f->x->node.n, e));
    f->place.n = f->x->node.n;
    f->place.p[0] = 0;
    TRY(vec_reserve(&f->senses, f->x->node.n, e));
    f->senses.n = f->x->node.n;
    f->senses.p[0] = 0;
    for (size_t i = 0, n; i < f->edge.n; i += n) {
        for (n = 1; i + n < f->edge.n && f->edge.p[i + n].node == f->edge.p[i].node;)
            n++;
        TRY(place_children(f, &f->edge.p[i], n, e));
    }
    return RC_OK;
}

enum rc lexicon_freeze(struct lexicon *x, struct err *e)
{
    struct freezing f = {.x = x, .free = 2};
    enum rc rc = take_edges(&f, e);
    if (rc == RC_OK)
        rc = fill_slots(&f, e);
    vec_free(&f.edge);
    vec_free(&f.place);
    vec_free(&f.senses);
    map_free(&x->edge);
    vec_free(&x->node);
    return rc;
}
