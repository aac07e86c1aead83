/* Weights learnt from what became of introductions. */
#include "service/learning.h"
#include "service/pairing_int.h"
#include "service/site_int.h"

/* What the states of an introduction say of the pair; others say nothing yet. */
static const struct {
    const char *state;
    bool accepted;
} verdicts[] = {{"contacted", true}, {"talking", true}, {"agreed", true}, {"refused", false}};

static bool verdict_of(const struct kind *k, uint32_t state, bool *accepted)
{
    for (size_t i = 0; state < k->n_states && i < ARRAY_LEN(verdicts); i++)
        if (str_eq(k->state[state].name, str_of(verdicts[i].state))) {
            *accepted = verdicts[i].accepted;
            return true;
        }
    return false;
}

/* A person or organisation is judged by its own text: what spoke for it then is not recorded. */
static enum rc take(const struct lister *l, const struct kind *k, const struct decision *d,
                    vec_example *out, struct err *e)
{
    struct example x = {.need = (uint32_t)d->need};
    const struct doc *need = table_doc(l->t, d->need), *offer = table_doc(l->t, d->offer);
    if (!d->id || !need || !offer || need->kind->side != MATCH_NEED ||
        offer->kind->side != MATCH_OFFER || !verdict_of(k, d->state, &x.accepted))
        return RC_OK;
    TRY(rank_features(l->t, l->units, need, 0, offer, 0, x.x, e));
    return vec_push(out, x, e);
}

/* Built in: the mix of the first kind of offers; it is the same for all Chinese collections. */
static struct weights weights_in_use(const struct table *t)
{
    struct weights w = {{0}, 0};
    if (t->learnt)
        return t->weights;
    const struct match_parts mix = match_chinese.mix;
    w.w[FEATURE_COSINE] = mix.cosine;
    w.w[FEATURE_KNOWLEDGE] = mix.knowledge;
    w.w[FEATURE_LATENT] = mix.latent;
    return w;
}

static enum rc put_weights(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    const struct weights *w = ctx;
    struct by by = {.login = STR("system"), .action = STR(ENGINE_LEARNT), .at = site_now(s)};
    struct buf b;
    buf_init(&b, 64u << 10);
    enum rc rc = weights_print(&b, w, e);
    if (rc == RC_OK)
        rc = meta_put(tx, STR(ENGINE_WEIGHTS), buf_view(&b), e);
    if (rc == RC_OK)
        rc = store_note(tx, &by, STR("weights"), e);
    buf_free(&b);
    return rc;
}

enum rc pairing_learn(struct site *s, struct learn_report *out, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(s), STR("introduction"));
    vec_example v = {0};
    struct lister l;
    enum rc rc = RC_OK;
    TRY(lister_open(&l, s, &actor_system, e));
    struct weights in_use = weights_in_use(l.t);
    for (size_t i = 0; k && rc == RC_OK && i < l.t->decision.n; i++)
        rc = take(&l, k, &l.t->decision.p[i], &v, e);
    lister_close(&l);
    if (rc == RC_OK)
        rc = learn_fit(out, &v, &in_use, e);
    vec_free(&v);
    if (rc == RC_OK && out->gains)
        rc = site_write(s, put_weights, &out->weights, e);
    return rc;
}
