#include "news/lexicon.h"

enum rc lexicon_init(struct lexicon *x, struct err *e)
{
    *x = (struct lexicon){0};
    x->root = mem_calloc(LEXICON_ROOT, sizeof *x->root);
    x->filter = mem_calloc(LEXICON_FILTER / 64, sizeof *x->filter);
    if (!x->root || !x->filter)
        return err_nomem(e);
    TRY(vec_push(&x->ends, 0, e));
    return vec_push(&x->node, UINT32_MAX, e);
}

void lexicon_release(struct lexicon *x)
{
    mem_free(x->root);
    mem_free(x->filter);
    map_free(&x->edge);
    vec_free(&x->node);
    vec_free(&x->ends);
    vec_free(&x->sense);
}

static uint64_t edge_key(uint32_t node, uint32_t c)
{
    return (uint64_t)node << 21 | c;
}

uint32_t lexicon_edge(const struct lexicon *x, uint32_t node, uint32_t c)
{
    const uint32_t *to = map_get(&x->edge, edge_key(node, c));
    return to ? *to : 0;
}

/* The node after `c`, made when it is not there. */
static enum rc grow(struct lexicon *x, uint32_t *node, uint32_t c, struct err *e)
{
    uint32_t to = lexicon_step(x, *node, c);
    if (to == 0) {
        if (*node == 0 && c >= LEXICON_ROOT)
            return err_user(e, "news.word", "U+%04X", (unsigned)c);
        to = (uint32_t)x->node.n;
        if (to % 64 == 0)
            TRY(vec_push(&x->ends, 0, e));
        TRY(vec_push(&x->node, UINT32_MAX, e));
        x->filter[lexicon_bit(*node, c) / 64] |= (uint64_t)1 << (lexicon_bit(*node, c) & 63);
        if (*node == 0)
            x->root[c] = to;
        else if (!map_put(&x->edge, edge_key(*node, c), to))
            return err_nomem(e);
    }
    *node = to;
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
    x->ends.p[node / 64] |= (uint64_t)1 << (node & 63);
    return RC_OK;
}
