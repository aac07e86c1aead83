/* Results counted while later ones are still being read. */
#include "match/matcher_int.h"

struct match_early {
    struct index_early *index;
    const struct match_params *params; /* NULL: no chunk yet */
    const struct match_text *text;     /* of the chunk being counted, and its first result */
    uint32_t first;
    vec_term_at tokens;
};

enum rc match_early_open(struct match_early **out, struct err *e)
{
    struct match_early *x = mem_calloc(1, sizeof *x);
    enum rc rc = x ? index_early_open(&x->index, e) : err_nomem(e);
    if (rc == RC_OK)
        *out = x;
    else
        mem_free(x);
    return rc;
}

void match_early_close(struct match_early *x)
{
    if (!x)
        return;
    index_early_close(x->index);
    vec_free(&x->tokens);
    mem_free(x);
}

static struct match_text text_of(void *ctx, uint32_t i)
{
    return ((const struct match_text *)ctx)[i];
}

static enum rc keys_of(void *ctx, uint32_t doc, unsigned worker, vec_key *out, struct err *e)
{
    (void)worker;
    struct match_early *x = ctx;
    return result_keys(x->text[doc - x->first].text, match_flags(x->params), &x->tokens, out, e);
}

enum rc match_early_chunk(struct match_early *x, const struct match_text *text, struct err *e)
{
    struct match_source texts = {INDEX_CHUNK, text_of, (void *)(uintptr_t)text};
    if (!x->params)
        TRY(match_params_of(&x->params, texts, e));
    x->text = text;
    TRY(index_early_chunk(x->index, keys_of, x, e));
    x->first += INDEX_CHUNK;
    return RC_OK;
}

struct index_early *early_index(const struct match_early *x, const struct matcher *m)
{
    return x && x->params && match_flags(x->params) == matcher_flags(m) ? x->index : NULL;
}
