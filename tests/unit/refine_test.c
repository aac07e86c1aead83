/* Terms refined by a collection, against plain loops over the documents' vectors. */
#include "match_help.h"

#include "match/refine.h"

#define DIMS 48u
#define DOCS 90u

static float plain[VOCAB * 4 * DIMS];

/* Every third term is unknown. */
static void give_vectors(struct view *v, struct view_term *term)
{
    match_state = 5;
    for (uint32_t t = 0; t < index_terms(v->ix); t++) {
        for (uint32_t d = 0; d < DIMS; d++)
            plain[t * DIMS + d] = (float)any(2001) / 1000 - 1;
        term[t].vector = t % 3 ? plain + (size_t)t * DIMS : NULL;
    }
    v->term = term;
    v->dims = v->stride = DIMS;
}

static void expected(const struct view *v, const struct refine_sample *s, const double *pull,
                     uint32_t term, float *to)
{
    double sum[DIMS] = {0}, length = 0, own = 0;
    vec_index_entry entry = {0};
    for (uint32_t k = 0; k < s->count; k++) {
        entry.n = 0;
        assert_int_equal(index_doc_vector(v->ix, k * s->every, &entry, NULL), RC_OK);
        for (size_t j = 0; j < entry.n; j++)
            for (uint32_t d = 0; entry.p[j].number == term && d < DIMS; d++)
                sum[d] += entry.p[j].y * (s->point[k * DIMS + d] - s->mean[d]);
    }
    vec_free(&entry);
    for (uint32_t d = 0; d < DIMS; d++) {
        length += sum[d] * sum[d];
        own += (double)plain[term * DIMS + d] * plain[term * DIMS + d];
    }
    for (uint32_t d = 0; d < DIMS; d++)
        to[d] = (float)(plain[term * DIMS + d] +
                        (length > 0 ? pull[term] * sqrt(own / length) * sum[d] : 0));
}

static void vectors_go_towards_their_documents(void **unused)
{
    (void)unused;
    struct texts results = {.n = 0}, needs = {.n = 0};
    random_texts(&results, DOCS, 20, 6);
    random_texts(&needs, 3, 20, 6);
    struct matcher *m;
    assert_int_equal(matcher_open(&m, source_of(&results), source_of(&needs), NULL, 1, NULL),
                     RC_OK);
    const struct index *ix = matcher_index(m);
    uint32_t n = index_terms(ix);
    assert_true(n > 60 && n < VOCAB * 4);
    static float point[DOCS * DIMS], mean[DIMS], first[VOCAB * 4 * DIMS];
    for (uint32_t i = 0; i < DOCS * DIMS; i++)
        point[i] = (float)any(2001) / 1000 - 1;
    for (uint32_t d = 0; d < DIMS; d++)
        mean[d] = (float)any(2001) / 4000;
    double *pull = malloc(n * sizeof *pull);
    assert_non_null(pull);
    for (uint32_t t = 0; t < n; t++)
        pull[t] = t % 5 / 4.0;
    struct refine_sample s = {point, mean, 2, DOCS / 2};
    for (unsigned threads = 1; threads <= 5; threads += 2) {
        struct view v = {.ix = ix};
        struct view_term *term = mem_calloc(n, sizeof *term);
        assert_non_null(term);
        give_vectors(&v, term);
        assert_int_equal(view_refine(&v, &s, pull, threads, NULL), RC_OK);
        for (uint32_t t = 0; t < n; t++) {
            float to[DIMS];
            assert_true(!v.term[t].vector == !(t % 3));
            if (!v.term[t].vector)
                continue;
            expected(&v, &s, pull, t, to);
            for (uint32_t d = 0; d < DIMS; d++)
                assert_true(fabs(v.term[t].vector[d] - to[d]) < 1e-4);
            if (threads == 1)
                memcpy(first + (size_t)t * DIMS, v.term[t].vector, sizeof to);
            assert_memory_equal(first + (size_t)t * DIMS, v.term[t].vector,
                                sizeof to); /* every bit */
        }
        view_release(&v);
    }
    free(pull);
    matcher_close(m);
    texts_free(&results);
    texts_free(&needs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_go_towards_their_documents),
    };
    return cmocka_run_group_tests_name("refine", tests, NULL, NULL);
}
