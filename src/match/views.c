/* The two views of a matcher: by knowledge, and by the collection itself (latent). */
#include "match/matcher_int.h"
#include "match/space.h"

/* The latent space is fitted where that takes about a second at most, and where there are enough
 * texts to learn from. */
#define LATENT_POSTINGS   400000u
#define LATENT_ITERATIONS 12u
#define LATENT_LEAST      1000u /* results */
#define LATENT_DIMS       192u
#define ENGLISH_DIMS      50u
#define ENGLISH_POSTINGS  4000000u

/* A term as the collection refined it; one that the collection lacks, as the table has it. */
static const float *knowledge_of(const void *ctx, uint64_t key)
{
    const struct matcher *m = ctx;
    uint32_t number = index_term_number(m->ix, key);
    return number == UINT32_MAX ? knowledge_vector(m->know, key) : m->knowledge.term[number].vector;
}

/* How far the collection draws each known term: words that most needs share say nothing of a field.
 */
static enum rc find_pull(const struct matcher *m, double **out, struct err *e)
{
    uint32_t n = index_terms(m->ix);
    *out = NULL;
    if (m->damp <= 0)
        return RC_OK;
    *out = mem_calloc(n, sizeof **out);
    if (!*out)
        return err_nomem(e);
    double trust = m->damp / m->params.damp;
    for (uint32_t i = 0; i < n; i++) {
        if (!m->knowledge.term[i].vector)
            continue;
        double rare = term_rarity(m, index_term_key(m->ix, i));
        (*out)[i] = trust * rare * rare;
    }
    return RC_OK;
}

/* The table has far fewer terms than a large collection: its terms are looked up there. */
static enum rc find_vectors(struct view *v, const struct knowledge *know, struct err *e)
{
    vec_term_number at = {0};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < knowledge_terms(know); i++) {
        uint64_t key = knowledge_key(know, i);
        at.n = 0;
        rc = index_term_numbers(v->ix, key, &at, e);
        for (size_t k = 0; rc == RC_OK && k < at.n; k++)
            v->term[at.p[k]].vector = knowledge_vector(know, key);
    }
    vec_free(&at);
    return rc;
}

static enum rc open_knowledge(struct matcher *m, unsigned threads, struct err *e)
{
    struct view *v = &m->knowledge;
    v->ix = m->ix;
    v->dims = KNOWLEDGE_DIMS;
    v->root = true;
    v->term = mem_calloc(index_terms(m->ix), sizeof *v->term);
    if (!v->term)
        return err_nomem(e);
    TRY(find_vectors(v, m->know, e));
    double *pull;
    TRY(find_pull(m, &pull, e));
    enum rc rc = view_open(v, true, pull, index_docs(m->ix) <= MATCH_KEPT, threads, e);
    mem_free(pull);
    return rc;
}

/* ---- latent ---- */

struct rows {
    VEC(uint64_t) off;
    VEC(uint32_t) col;
    VEC(float) val;
};

static enum rc read_rows(const struct matcher *m, struct rows *r, struct err *e)
{
    vec_index_entry v = {0};
    enum rc rc = vec_push(&r->off, (uint64_t)0, e);
    for (uint32_t d = 0; rc == RC_OK && d < index_docs(m->ix); d++) {
        v.n = 0;
        rc = index_doc_vector(m->ix, d, &v, e);
        for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
            rc = vec_push(&r->col, v.p[i].number, e);
            if (rc == RC_OK)
                rc = vec_push(&r->val, (float)v.p[i].y, e);
        }
        if (rc == RC_OK)
            rc = vec_push(&r->off, (uint64_t)r->col.n, e);
    }
    vec_free(&v);
    return rc;
}

static uint32_t latent_dims(const struct matcher *m)
{
    uint32_t n = index_docs(m->ix);
    uint64_t postings = index_postings(m->ix);
    if (m->params.mix.latent <= 0)
        return 0;
    if (n < LATENT_LEAST)
        return 0;
    if (m->params.english)
        return postings <= ENGLISH_POSTINGS ? ENGLISH_DIMS : 0;
    return !m->light && postings <= LATENT_POSTINGS ? LATENT_DIMS : 0;
}

static const float *latent_of(const void *ctx, uint64_t key)
{
    const struct view *v = ctx;
    uint32_t number = index_term_number(v->ix, key);
    return number == UINT32_MAX ? NULL : v->term[number].vector;
}

static enum rc open_latent(struct matcher *m, uint32_t dims, unsigned threads, struct err *e)
{
    struct view *v = &m->latent;
    struct rows r = {0};
    uint32_t n = index_terms(m->ix);
    v->ix = m->ix;
    v->dims = dims;
    enum rc rc = read_rows(m, &r, e);
    if (rc == RC_OK) {
        struct sparse x = {index_docs(m->ix), n, r.off.p, r.col.p, r.val.p};
        rc = space_fit(&v->own, &x, dims, LATENT_ITERATIONS, e);
    }
    vec_free(&r.off);
    vec_free(&r.col);
    vec_free(&r.val);
    TRY(rc);
    v->term = mem_calloc(n, sizeof *v->term);
    if (!v->term)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        v->term[i].vector = v->own + (size_t)i * dims;
    return view_open(v, false, NULL, true, threads, e);
}

enum rc views_open(struct matcher *m, unsigned threads, struct err *e)
{
    uint32_t dims = latent_dims(m);
    if (!m->know || m->params.mix.knowledge <= 0)
        m->params.mix.knowledge = 0;
    else
        TRY(open_knowledge(m, threads, e));
    if (dims)
        return open_latent(m, dims, threads, e);
    if (m->params.english)
        m->params.mix.cosine = MATCH_ENGLISH_ALONE;
    m->params.mix.latent = 0;
    return RC_OK;
}

void views_need(const struct matcher *m, const vec_need_term *need, struct need_points *out)
{
    if (m->knowledge.dims)
        out->knowledge_inverse = view_need(&m->knowledge, need, knowledge_of, m, out->knowledge);
    if (m->latent.dims)
        out->latent_inverse = view_need(&m->latent, need, latent_of, &m->latent, out->latent);
}

bool views_kept(const struct matcher *m)
{
    bool knowledge = m->knowledge.dims > 0, latent = m->latent.dims > 0;
    return (knowledge || latent) && (!knowledge || m->knowledge.point) &&
           (!latent || m->latent.point);
}

void views_bound(const struct matcher *m, const struct need_points *need, uint32_t first,
                 uint32_t n, double span, double units, uint16_t *to)
{
    const struct match_parts *mix = &m->params.mix;
    float sum[VIEWS_TILE], scale = (float)units;
    for (uint32_t i = 0; i < n; i++)
        sum[i] = (float)span;
    if (m->knowledge.dims)
        view_add(&m->knowledge, need->knowledge, need->knowledge_inverse, (float)mix->knowledge,
                 first, n, sum);
    if (m->latent.dims)
        view_add(&m->latent, need->latent, need->latent_inverse, (float)mix->latent, first, n, sum);
    for (uint32_t i = 0; i < n; i++)
        to[i] = (uint16_t)((int32_t)(sum[i] * scale) + 2);
}

enum rc views_likeness(const struct matcher *m, const struct need_points *need, uint32_t doc,
                       struct match_parts *out, struct err *e)
{
    out->knowledge = out->latent = 0;
    if (m->knowledge.dims)
        TRY(view_likeness(&m->knowledge, need->knowledge, need->knowledge_inverse, doc,
                          &out->knowledge, e));
    if (m->latent.dims)
        TRY(view_likeness(&m->latent, need->latent, need->latent_inverse, doc, &out->latent, e));
    return RC_OK;
}

void views_result(const struct matcher *m, const vec_result_term *result, struct result_points *out)
{
    if (m->knowledge.dims)
        out->knowledge_inverse =
            view_result(&m->knowledge, result, knowledge_of, m, out->knowledge);
    if (m->latent.dims)
        out->latent_inverse = view_result(&m->latent, result, latent_of, &m->latent, out->latent);
}

void views_alike(const struct matcher *m, const struct need_points *need,
                 const struct result_points *result, struct match_parts *out)
{
    out->knowledge = out->latent = 0;
    if (m->knowledge.dims)
        out->knowledge = view_alike(&m->knowledge, need->knowledge, need->knowledge_inverse,
                                    result->knowledge, result->knowledge_inverse);
    if (m->latent.dims)
        out->latent = view_alike(&m->latent, need->latent, need->latent_inverse, result->latent,
                                 result->latent_inverse);
}
