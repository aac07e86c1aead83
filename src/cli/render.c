#include "cli/render.h"

#include "base/pool.h"

enum { TEXT_CEILING = 1 << 28 };

struct rendering {
    struct reason_block *block;
    const struct report *r;
    struct view *view; /* [threads] */
};

/* A line break unless nothing came before. */
static enum rc new_line(struct buf *to, size_t start, struct err *e)
{
    return to->n > start && to->p[to->n - 1] != '\n' ? buf_char(to, '\n', e) : RC_OK;
}

static enum rc render_pair(struct buf *to, const struct speaker *s, const struct pair *pair,
                           struct err *e)
{
    size_t start = to->n;
    TRY(say_words(to, s, pair, REASON_PHRASES, e));
    TRY(new_line(to, start, e));
    TRY(say_indicators(to, s, pair, STR("\n"), e));
    TRY(new_line(to, start, e));
    return say_columns(to, s, pair, sentence(s, "reason.between"), e);
}

static enum rc render_need(void *ctx, size_t i, unsigned worker, struct err *e)
{
    struct rendering *g = ctx;
    struct view *v = &g->view[worker];
    struct buf *text = &g->block->need[i].text;
    uint32_t need = g->block->first + (uint32_t)i;
    const struct match *match;
    uint32_t n = matching_of(g->r->m, need, &match);
    for (uint32_t k = 0; k < n; k++) {
        TRY(view_pair(v, g->r, need, match[k].result, e));
        TRY(render_pair(text, &g->r->speaker, &v->pair, e));
        TRY(vec_push(&g->block->need[i].end, (uint32_t)text->n, e));
    }
    return RC_OK;
}

enum rc render(struct reason_block *b, const struct report *r, uint32_t first, uint32_t n,
               struct err *e)
{
    unsigned threads = r->threads ? r->threads : pool_cpus();
    struct rendering g = {b, r, mem_calloc(threads, sizeof *g.view)};
    if (!g.view)
        return err_nomem(e);
    b->first = first;
    for (uint32_t i = 0; i < n; i++) {
        if (!b->need[i].text.ceiling)
            buf_init(&b->need[i].text, TEXT_CEILING);
        buf_clear(&b->need[i].text);
        b->need[i].end.n = 0;
    }
    enum rc rc = pool_run(threads, n, render_need, &g, e);
    for (unsigned i = 0; i < threads; i++)
        view_free(&g.view[i]);
    mem_free(g.view);
    return rc;
}

struct str rendered(const struct reason_block *b, uint32_t need, uint32_t i)
{
    const struct buf *text = &b->need[need - b->first].text;
    const uint32_t *end = b->need[need - b->first].end.p;
    return str_trim(str_sub(buf_view(text), i ? end[i - 1] : 0, end[i]));
}

void render_free(struct reason_block *b)
{
    for (size_t i = 0; i < REASON_BLOCK; i++) {
        buf_free(&b->need[i].text);
        vec_free(&b->need[i].end);
    }
}
