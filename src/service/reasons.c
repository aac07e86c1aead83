/* The reasons of one pair: from the texts (match/reason.h), then from the columns. */
#include "record/value.h"
#include "service/matching_int.h"

#include <stdlib.h>

/* docs/match.md: a pair at the middle is as likely a fit as not worth a look. */

/* Both say something, and it is or is not the same: by containment, since 江苏 meets 江苏省苏州市.
 */
static bool compare_words(struct str a, struct str b, enum verdict *v)
{
    if (!a.n || !b.n)
        return false;
    *v = str_find(a, b, 0) != SIZE_MAX || str_find(b, a, 0) != SIZE_MAX ? VERDICT_MET
                                                                        : VERDICT_MISSED;
    return true;
}

static bool compare_trl(struct str need, struct str result, enum verdict *v)
{
    int want, have;
    if (!value_trl(need, &want) || !value_trl(result, &have))
        return false;
    *v = have >= want ? VERDICT_MET : VERDICT_MISSED;
    return true;
}

static bool compare_price(struct str need, struct str result, enum verdict *v)
{
    struct money budget, price;
    if (!value_money(need, &budget) || !value_money(result, &price))
        return false;
    *v = price.high <= budget.high ? VERDICT_MET
         : price.low > budget.high ? VERDICT_MISSED
                                   : VERDICT_UNKNOWN;
    return true;
}

/* A day that is not before any day the date could mean. */
static long last_day(struct date d)
{
    return (d.year * 100L + (d.month ? d.month : 12)) * 100 + (d.day ? d.day : 31);
}

static bool compare_dates(struct str need, struct str result, enum verdict *v)
{
    struct date due, done;
    if (!value_date(need, &due) || !value_date(result, &done))
        return false;
    *v = last_day(done) <= last_day(due) ? VERDICT_MET : VERDICT_MISSED;
    return true;
}

static const struct {
    enum reason_code code;
    enum feature feature;
    enum field need, result;
    bool (*compare)(struct str need, struct str result, enum verdict *v);
} column_rules[] = {
    {REASON_INDUSTRY, FEATURE_INDUSTRY, FIELD_INDUSTRY, FIELD_INDUSTRY, compare_words},
    {REASON_REGION, FEATURE_REGION, FIELD_REGION, FIELD_REGION, compare_words},
    {REASON_TRL, FEATURE_TRL, FIELD_TRL, FIELD_TRL, compare_trl},
    {REASON_PRICE, FEATURE_PRICE, FIELD_BUDGET, FIELD_BUDGET, compare_price},
    {REASON_DEADLINE, FEATURE_DEADLINE, FIELD_DEADLINE, FIELD_DATE, compare_dates},
};

static enum rc column_reasons(struct item need, struct item result, vec_reason *out, struct err *e)
{
    for (size_t i = 0; i < ARRAY_LEN(column_rules); i++) {
        struct reason r = {.code = column_rules[i].code};
        if (column_rules[i].compare(need.field[column_rules[i].need],
                                    result.field[column_rules[i].result], &r.verdict))
            TRY(vec_push(out, r, e));
    }
    return RC_OK;
}

static double sign_of(enum verdict v)
{
    return v == VERDICT_MET ? 1 : v == VERDICT_MISSED ? -1 : 0;
}

/* Shares of the indicators asked for. */
static void count_indicators(const vec_reason *v, double x[FEATURE__COUNT])
{
    double asked = 0, met = 0, missed = 0;
    for (size_t i = 0; i < v->n; i++) {
        if (v->p[i].code != REASON_INDICATOR)
            continue;
        asked++;
        met += v->p[i].verdict == VERDICT_MET;
        missed += v->p[i].verdict == VERDICT_MISSED;
    }
    x[FEATURE_MET] = asked > 0 ? met / asked : 0;
    x[FEATURE_MISSED] = asked > 0 ? missed / asked : 0;
}

enum rc matching_features(const struct matching *m, uint32_t need, uint32_t result,
                          double x[FEATURE__COUNT], struct err *e)
{
    struct item a = collection_item(m->needs, need), b = collection_item(m->results, result);
    struct match_parts p;
    vec_reason v = {0};
    memset(x, 0, FEATURE__COUNT * sizeof *x);
    TRY(matcher_parts(m->matcher, need, result, &p, e));
    x[FEATURE_COSINE] = p.cosine;
    x[FEATURE_KNOWLEDGE] = p.knowledge;
    x[FEATURE_LATENT] = p.latent;
    for (size_t i = 0; i < ARRAY_LEN(column_rules); i++) {
        enum verdict verdict;
        if (column_rules[i].compare(a.field[column_rules[i].need], b.field[column_rules[i].result],
                                    &verdict))
            x[column_rules[i].feature] = sign_of(verdict);
    }
    enum rc rc = reasons_indicators(model_units(m->model), a.text, b.text, &v, e);
    count_indicators(&v, x);
    vec_free(&v);
    return rc;
}

enum rc matching_reasons(const struct matching *m, struct reason_desk *desk, uint32_t need,
                         uint32_t result, vec_reason *out, struct err *e)
{
    struct item a = collection_item(m->needs, need), b = collection_item(m->results, result);
    TRY(reasons_phrases(m->matcher, model_concepts(m->model), desk, need, result, out, e));
    TRY(reasons_concepts(model_concepts(m->model), a.text, b.text, out, e));
    TRY(reasons_indicators(model_units(m->model), a.text, b.text, out, e));
    return column_reasons(a, b, out, e);
}

/* ---- the whole arithmetic ---- */

/* The first place of a term in a text. */
static struct span place_of(const vec_term_at *t, uint64_t key)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->p[i].key == key)
            return t->p[i].at;
    return (struct span){0, 0};
}

static int by_product(const void *x, const void *y)
{
    const struct explain_term *a = x, *b = y;
    double p = a->x * a->y, q = b->x * b->y;
    if (p != q)
        return p < q ? 1 : -1;
    return (a->need.from > b->need.from) - (a->need.from < b->need.from);
}

static enum rc explain_terms(const struct matching *m, uint32_t need, uint32_t result,
                             struct explanation *out, double *cosine, struct err *e)
{
    vec_product v = {0};
    vec_term_at a = {0}, b = {0};
    unsigned flags = match_flags(matcher_params(m->matcher));
    enum rc rc;
    GOTO_OUT(matcher_products(m->matcher, need, result, &v, cosine, e));
    GOTO_OUT(terms_read(&a, matcher_need(m->matcher, need).text, flags, e));
    GOTO_OUT(terms_read(&b, matcher_result(m->matcher, result).text, flags, e));
    for (size_t i = 0; i < v.n; i++) {
        struct explain_term t = {
            .need_tf = v.p[i].need_tf, .result_tf = v.p[i].result_tf, .x = v.p[i].x, .y = v.p[i].y};
        t.need = place_of(&a, v.p[i].key);
        t.result = place_of(&b, v.p[i].key);
        GOTO_OUT(vec_push(&out->term, t, e));
    }
    if (out->term.n)
        qsort(out->term.p, out->term.n, sizeof *out->term.p, by_product);
out:
    vec_free(&v);
    vec_free(&a);
    vec_free(&b);
    return rc;
}

enum rc matching_explain(const struct matching *m, uint32_t need, uint32_t result,
                         struct explanation *out, struct err *e)
{
    double cosine = 0, x[FEATURE__COUNT];
    *out = (struct explanation){0};
    enum rc rc = explain_terms(m, need, result, out, &cosine, e);
    if (rc == RC_OK)
        rc = matching_features(m, need, result, x, e);
    for (int f = 0; rc == RC_OK && f < FEATURE__COUNT; f++) {
        struct explain_feature y = {feature_name((enum feature)f), x[f], m->weights.w[f]};
        rc = vec_push(&out->feature, y, e);
    }
    out->bias = m->weights.bias;
    out->score = rc == RC_OK ? match_scale(weights_sum(&m->weights, x)) : 0;
    if (rc != RC_OK)
        explanation_free(out);
    return rc;
}

void explanation_free(struct explanation *x)
{
    vec_free(&x->term);
    vec_free(&x->feature);
}
