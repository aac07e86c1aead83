/* The engine in memory: equal to scoring every document, whatever the sizes. Built a second time
 * with small blocks and segments (VARIANT=small). */
#include "index_help.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TERMS 200u

static void same_hits(const struct hit *a, uint32_t na, const struct hit *b, uint32_t nb)
{
    assert_int_equal(na, nb);
    for (uint32_t i = 0; i < na; i++) {
        assert_int_equal(a[i].id, b[i].id);
        assert_memory_equal(&a[i].score, &b[i].score, sizeof a[i].score);
    }
}

static struct index *build(struct coll *c, unsigned threads)
{
    struct index *ix = NULL;
    struct err e;
    assert_int_equal(index_build(&ix, c->n, coll_keys, c, &help_scheme, threads, &e), RC_OK);
    return ix;
}

static void exact_for(uint32_t n, uint32_t vocabulary, uint32_t longest)
{
    struct coll c = coll_make(n, vocabulary, longest);
    struct naive v = naive_make(&c, n);
    struct index *ix = build(&c, 2);
    struct index_scratch *s = NULL;
    struct err e;
    assert_int_equal(index_scratch_open(&s, ix, &e), RC_OK);
    uint32_t room = n ? n : 1;
    struct hit *want = must(malloc(room * sizeof *want)), *got = must(malloc(room * sizeof *got));
    static const uint32_t terms[] = {1, 3, TERMS}, ks[] = {0, 1, 10, 1000, UINT32_MAX};
    for (size_t t = 0; t < ARRAY_LEN(terms); t++) {
        struct index_weight w[TERMS];
        struct index_query q = query_make(w, terms[t], vocabulary);
        uint32_t all = naive_search(&v, q, n, NULL, want), found;
        for (size_t i = 0; i < ARRAY_LEN(ks); i++) {
            uint32_t k = MIN(ks[i], n);
            assert_int_equal(index_search(ix, s, q, k, got, &found, &e), RC_OK);
            same_hits(got, found, want, MIN(k, all));
        }
        for (uint32_t i = 0; i < MIN(all, 50u); i++) {
            double one = index_score(ix, q, want[i].id);
            assert_memory_equal(&one, &want[i].score, sizeof one);
        }
    }
    free(want);
    free(got);
    index_scratch_close(s);
    index_close(ix);
    map_free(&v.df);
    coll_free(&c);
}

static void exact(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 2, 63, 64, 65, 255, 256, 257, 1000, 5000};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        help_state = i + 1;
        exact_for(sizes[i], 50 + sizes[i], 30);
        exact_for(sizes[i], 400, 12);
    }
}

/* More than one block of the usual size. */
static void exact_large(void **state)
{
    (void)state;
    help_state = 77;
    exact_for(INDEX_DOCS_MAX < 70000 ? 9000 : 70000, 30000, 24);
}

static void batch_is_one_by_one(void **state)
{
    (void)state;
    enum { QUERIES = 75, K = 20 };
    help_state = 5;
    struct coll c = coll_make(6000, 3000, 30);
    struct index *ix = build(&c, 1);
    struct index_scratch *s = NULL;
    struct err e;
    assert_int_equal(index_scratch_open(&s, ix, &e), RC_OK);
    static struct index_weight w[QUERIES][TERMS];
    static struct hit one[K], many[QUERIES * K];
    struct index_query q[QUERIES];
    uint32_t n[QUERIES];
    for (uint32_t i = 0; i < QUERIES; i++)
        q[i] = query_make(w[i], 1 + rnd_below(TERMS), 3000);
    for (unsigned threads = 1; threads <= 3; threads++) {
        assert_int_equal(index_search_batch(ix, q, QUERIES, K, many, n, threads, &e), RC_OK);
        for (uint32_t i = 0; i < QUERIES; i++) {
            uint32_t found;
            assert_int_equal(index_search(ix, s, q[i], K, one, &found, &e), RC_OK);
            same_hits(many + i * K, n[i], one, found);
        }
    }
    index_scratch_close(s);
    index_close(ix);
    coll_free(&c);
}

/* Chunks that were counted before the rest came change nothing. */
static void early_chunks_change_nothing(void **state)
{
    (void)state;
    help_state = 31;
    struct coll c = coll_make(2 * INDEX_CHUNK + 500, 3000, 10);
    struct index *plain = build(&c, 2);
    struct err e;
    for (uint32_t chunks = 0; chunks <= 2; chunks++) {
        struct index_early *x = NULL;
        struct index *ix = NULL;
        assert_int_equal(index_early_open(&x, &e), RC_OK);
        for (uint32_t i = 0; i < chunks; i++)
            assert_int_equal(index_early_chunk(x, coll_keys, &c, &e), RC_OK);
        assert_int_equal(index_build_early(&ix, x, c.n, coll_keys, &c, &help_scheme, 2, &e), RC_OK);
        index_early_close(x);
        assert_int_equal(index_terms(ix), index_terms(plain));
        vec_index_entry a = {0}, b = {0};
        for (uint32_t d = 0; d < c.n; d++) {
            a.n = b.n = 0;
            assert_int_equal(index_doc_vector(ix, d, &a, &e), RC_OK);
            assert_int_equal(index_doc_vector(plain, d, &b, &e), RC_OK);
            assert_int_equal(a.n, b.n);
            if (a.n)
                assert_memory_equal(a.p, b.p, a.n * sizeof *a.p);
        }
        vec_free(&a);
        vec_free(&b);
        index_close(ix);
    }
    index_close(plain);
    coll_free(&c);
}

/* ---- more than the cosine ---- */

/* What stands beside the cosine, by query and document: few different values, so that scores tie.
 */
struct beside {
    double weight, span;
};

static double rest_of(const struct beside *b, uint32_t query, uint32_t doc)
{
    int32_t step = (int32_t)(mix64((uint64_t)query << 32 | doc / 3) % 9) - 4; /* -4 .. 4 */
    return b->span * step / 4;
}

static void bound_beside(void *ctx, uint32_t query, uint32_t nq, uint32_t first, uint32_t n,
                         const double *units, uint16_t *to)
{
    const struct beside *b = ctx;
    for (uint32_t i = 0; i < nq; i++)
        for (uint32_t d = 0; d < n; d++) {
            double raised = (rest_of(b, query + i, first + d) + b->span) * units[i];
            to[(size_t)i * n + d] = (uint16_t)ceil(raised);
        }
}

static double whole_score(void *ctx, uint32_t query, uint32_t doc, double cosine)
{
    const struct beside *b = ctx;
    return b->weight * cosine + rest_of(b, query, doc);
}

static void exact_beside(uint32_t docs, struct beside b, uint32_t k)
{
    enum { QUERIES = 40 };
    struct coll c = coll_make(docs, docs, 20);
    struct index *ix = build(&c, 2);
    struct index_more more = {b.weight, b.span, bound_beside, whole_score, &b};
    static struct index_weight w[QUERIES][TERMS];
    struct index_query q[QUERIES];
    uint32_t n[QUERIES];
    struct hit *got = must(calloc((size_t)QUERIES * k, sizeof *got));
    struct hit *want = must(calloc(k, sizeof *want));
    for (uint32_t i = 0; i < QUERIES; i++)
        q[i] = query_make(w[i], i ? 1 + rnd_below(40) : 0, docs); /* the first has no term */
    for (unsigned threads = 1; threads <= 2; threads++) {
        assert_int_equal(index_search_more(ix, &more, q, QUERIES, k, got, n, threads, NULL), RC_OK);
        for (uint32_t i = 0; i < QUERIES; i++) {
            struct topk top = {want, k, 0};
            for (uint32_t d = 0; d < docs; d++)
                topk_push(&top, (struct hit){whole_score(&b, i, d, index_score(ix, q[i], d)), d});
            topk_sort(&top);
            same_hits(got + (size_t)i * k, n[i], want, top.n);
        }
    }
    free(got);
    free(want);
    index_close(ix);
    coll_free(&c);
}

static void exact_with_more(void **state)
{
    (void)state;
    help_state = 31;
    exact_beside(0, (struct beside){1, .5}, 3);
    exact_beside(50, (struct beside){1, .6}, 60); /* all, also those below 0 */
    exact_beside(3000, (struct beside){1, .6}, 10);
    exact_beside(3000, (struct beside){.5, .5}, 1);
    exact_beside(3000, (struct beside){.5, 2}, 300); /* more than the cosine can make good */
    exact_beside(3000, (struct beside){1, 1e-9}, 10);
}

/* As many terms as a query may have, and one more. */
static void long_queries(void **state)
{
    (void)state;
    enum { MOST = 49152, DOCS = 300, KEYS = 60000 };
    help_state = 9;
    struct coll c = coll_make(DOCS, 30000, 400);
    struct naive v = naive_make(&c, DOCS);
    struct index *ix = build(&c, 1);
    struct index_scratch *s = NULL;
    struct err e;
    assert_int_equal(index_scratch_open(&s, ix, &e), RC_OK);
    struct index_weight *w = must(malloc((MOST + 1) * sizeof *w));
    struct hit want[DOCS], got[DOCS];
    static const uint32_t sizes[] = {2047, 2049, 4096, 5000, MOST};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct index_query q = query_make(w, sizes[i], KEYS);
        uint32_t n = naive_search(&v, q, 30, NULL, want), found;
        assert_int_equal(index_search(ix, s, q, 30, got, &found, &e), RC_OK);
        same_hits(got, found, want, n);
    }
    uint32_t found = 1;
    struct index_query q = query_make(w, MOST + 1, KEYS);
    assert_int_equal(index_search(ix, s, q, 30, got, &found, &e), RC_TOO_BIG);
    assert_string_equal(e.key, "index.query_long");
    assert_int_equal(found, 0);
    free(w);
    index_scratch_close(s);
    index_close(ix);
    map_free(&v.df);
    coll_free(&c);
}

/* A query longer than 1 still cannot overflow the sums. */
static void heavy_query(void **state)
{
    (void)state;
    help_state = 21;
    struct coll c = coll_make(700, 60, 8);
    struct naive v = naive_make(&c, c.n);
    struct index *ix = build(&c, 1);
    struct index_scratch *s = NULL;
    struct err e;
    struct index_weight w[20];
    struct hit want[50], got[50];
    assert_int_equal(index_scratch_open(&s, ix, &e), RC_OK);
    for (int i = 0; i < 20; i++) {
        struct index_query q = query_make(w, 20, 60);
        for (uint32_t t = 0; t < q.n; t++)
            w[t].x *= 100;
        uint32_t n = naive_search(&v, q, 50, NULL, want), found;
        assert_int_equal(index_search(ix, s, q, 50, got, &found, &e), RC_OK);
        same_hits(got, found, want, n);
    }
    index_scratch_close(s);
    index_close(ix);
    map_free(&v.df);
    coll_free(&c);
}

static int by_key(const void *x, const void *y)
{
    uint64_t a = ((const struct map_entry *)x)->key, b = ((const struct map_entry *)y)->key;
    return (a > b) - (a < b);
}

static void vector_of_document(void **state)
{
    (void)state;
    help_state = 3;
    struct coll c = coll_make(3000, 2000, 30);
    struct index *ix = build(&c, 1);
    struct err e;
    for (uint32_t doc = 0; doc < c.n; doc += 97) {
        vec_index_entry got = {0};
        struct map tf = naive_tf(&c, doc);
        assert_int_equal(index_doc_vector(ix, doc, &got, &e), RC_OK);
        assert_int_equal(got.n, tf.n);
        struct map_entry *want = must(malloc((tf.n + 1) * sizeof *want));
        size_t n = 0;
        for (size_t i = 0; i < tf.cap; i++)
            if (tf.entry[i].used)
                want[n++] = tf.entry[i];
        qsort(want, n, sizeof *want, by_key);
        double length = 0;
        for (size_t i = 0; i < n; i++) {
            size_t j = 0; /* entries run by term number, not by key */
            while (j < got.n && index_term_key(ix, got.p[j].number) != want[i].key)
                j++;
            assert_true(j < got.n);
            assert_int_equal(got.p[j].tf, want[i].val);
            length += got.p[i].y * got.p[i].y;
        }
        assert_true(n == 0 || fabs(length - 1) < 1e-12);
        free(want);
        map_free(&tf);
        vec_free(&got);
    }
    index_close(ix);
    coll_free(&c);
}

static void frequencies(void **state)
{
    (void)state;
    help_state = 8;
    struct coll c = coll_make(3000, 900, 20);
    struct naive v = naive_make(&c, c.n);
    struct index *ix = build(&c, 3);
    uint64_t postings = 0;
    for (size_t i = 0; i < v.df.cap; i++)
        if (v.df.entry[i].used) {
            assert_int_equal(index_df(ix, v.df.entry[i].key), v.df.entry[i].val);
            postings += v.df.entry[i].val;
        }
    assert_int_equal(index_df(ix, 12345), 0);
    assert_int_equal(index_postings(ix), postings);
    assert_int_equal(index_docs(ix), 3000);
    assert_int_equal(index_stats_docs(ix), 3000);
    index_close(ix);
    map_free(&v.df);
    coll_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact),
        cmocka_unit_test(exact_large),
        cmocka_unit_test(batch_is_one_by_one),
        cmocka_unit_test(early_chunks_change_nothing),
        cmocka_unit_test(exact_with_more),
        cmocka_unit_test(long_queries),
        cmocka_unit_test(heavy_query),
        cmocka_unit_test(vector_of_document),
        cmocka_unit_test(frequencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
