/* Indicators by questions to the database: now, or as it was at the end of a day. */
#include "service/measures_int.h"

void result_share(struct result *r)
{
    r->value = r->denominator > 0 ? 100 * r->numerator / r->denominator : 0;
}

int64_t day_end(int64_t day)
{
    return (day + 1) * 86400 - CHINA_SECONDS;
}

/* One or two questions each; the second is the denominator's. */
static enum rc questions_of(const struct spec *x, struct arena *to, struct tally q[2], uint32_t *n,
                            struct err *e)
{
    struct reached *w;
    q[0] = q[1] = (struct tally){.kind = x->over, .filter = x->filter};
    *n = 1;
    switch (x->measure) {
    case MEASURE_COUNT:
        return RC_OK;
    case MEASURE_SUM:
    case MEASURE_DISTINCT:
        q[0].of = x->measure == MEASURE_SUM ? TALLY_SUM : TALLY_DISTINCT;
        q[0].path = x->path;
        return RC_OK;
    case MEASURE_SHARE:
        *n = 2;
        q[0].filter = filter_and(x->filter, x->among, to);
        q[1].filter = x->among;
        return q[0].filter ? RC_OK : err_nomem(e);
    case MEASURE_COVERAGE:
        *n = 2;
        w = arena_alloc(to, sizeof *w);
        if (!w)
            return err_nomem(e);
        *w = (struct reached){x->over, x->filter, x->path};
        q[0] = q[1] = (struct tally){.kind = x->population, .filter = x->among};
        q[0].within = w;
    }
    return RC_OK;
}

static enum rc name_missing(struct tx *tx, const struct tally *q, int64_t before, struct arena *to,
                            struct result *out, struct err *e)
{
    vec_id missing = {0};
    int64_t *id = NULL;
    enum rc rc = store_missing(tx, before, q, 0, MISSING_KEPT, &missing, e);
    if (rc == RC_OK) {
        id = arena_calloc(to, missing.n + 1, sizeof *id);
        rc = id ? RC_OK : err_nomem(e);
    }
    for (size_t i = 0; rc == RC_OK && i < missing.n; i++)
        id[i] = missing.p[i];
    out->missing = id;
    out->n_missing = (uint32_t)missing.n;
    vec_free(&missing);
    return rc;
}

static enum rc take(struct tx *tx, const struct spec *x, const struct tally *q, int64_t before,
                    struct arena *to, struct result *out, struct err *e)
{
    *out = (struct result){.value = q[0].out};
    if (x->measure == MEASURE_SUM && path_type(&x->path) == TYPE_MONEY)
        out->value /= 100;
    if (x->measure != MEASURE_SHARE && x->measure != MEASURE_COVERAGE)
        return RC_OK;
    out->numerator = q[0].out;
    out->denominator = q[1].out;
    result_share(out);
    return x->measure == MEASURE_COVERAGE && out->numerator < out->denominator
               ? name_missing(tx, q, before, to, out, e)
               : RC_OK;
}

enum rc measures_tally(struct tx *tx, const struct spec *spec, uint32_t n, int64_t before,
                       struct arena *to, struct result *out, struct err *e)
{
    struct tally *q = arena_calloc(to, 2 * n + 1, sizeof *q);
    uint32_t *at = arena_calloc(to, n + 1, sizeof *at), m = 0, more = 0;
    if (!q || !at)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++, m += more) {
        at[i] = m;
        TRY(questions_of(&spec[i], to, &q[m], &more, e));
    }
    TRY(store_tally(tx, before, q, m, e));
    for (uint32_t i = 0; i < n; i++)
        TRY(take(tx, &spec[i], &q[at[i]], before, to, &out[i], e));
    return RC_OK;
}
