/* Our engine as bench/speed runs it:   engine DIR
 * Builds a directory index of DIR/results.tok beside it, on one thread as the peers do, asks
 * DIR/needs.tok one by one, in batch on one and on two threads, adds results one at a time until
 * each can be found, and compares answers with exhaustive scoring of every document in double
 * precision. Prints one line of JSON (docs/bench.md); the index is removed. */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/map.h"
#include "index/kernel.h"

#include "corpus.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { K = 10, CHECKED = 20, WARM = 50, ADDED = 11 };

struct answers {
    struct hit *hit; /* [needs * K] */
    uint32_t *n;
};

static struct answers answers_for(uint32_t n)
{
    return (struct answers){grab((size_t)n * K, sizeof(struct hit)), grab(n, sizeof(uint32_t))};
}

static bool same(const struct answers *a, const struct answers *b, uint32_t needs)
{
    return memcmp(a->n, b->n, needs * sizeof *a->n) == 0 &&
           memcmp(a->hit, b->hit, (size_t)needs * K * sizeof *a->hit) == 0;
}

/* ---- exhaustive scoring ---- */

struct truth {
    struct map place; /* key -> row of x */
    double (*x)[CHECKED];
    struct hit hit[CHECKED][K];
    struct topk top[CHECKED];
};

static void truth_init(struct truth *t, const struct index_query *q, uint32_t n)
{
    size_t all = 0;
    for (uint32_t i = 0; i < n; i++) {
        t->top[i] = (struct topk){t->hit[i], K, 0};
        all += q[i].n;
    }
    t->x = grab(all, sizeof *t->x);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < q[i].n; k++) {
            uint32_t *at = map_put(&t->place, q[i].term[k].key, (uint32_t)t->place.n);
            if (!at)
                die("out of memory");
            t->x[*at][i] = q[i].term[k].x;
        }
}

/* Are the answers those of scoring every document? Sums may differ by their order, so a score
 * within 1e-12 is the same, and documents of the same score may stand in either order. */
static bool exhaustive(const struct index *ix, const struct index_query *q, uint32_t n,
                       const struct answers *a)
{
    struct truth *t = grab(1, sizeof *t);
    struct err e;
    vec_index_entry v = {0};
    truth_init(t, q, n);
    for (uint32_t d = 0; d < index_docs(ix); d++) {
        double sum[CHECKED] = {0};
        v.n = 0;
        or_die(index_doc_vector(ix, d, &v, &e), &e);
        for (size_t k = 0; k < v.n; k++) {
            const uint32_t *at = map_get(&t->place, index_term_key(ix, v.p[k].number));
            for (uint32_t i = 0; at && i < n; i++)
                sum[i] += t->x[*at][i] * v.p[k].y;
        }
        for (uint32_t i = 0; i < n; i++)
            if (sum[i] > 0)
                topk_push(&t->top[i], (struct hit){sum[i], d});
    }
    bool ok = true;
    for (uint32_t i = 0; i < n; i++) {
        topk_sort(&t->top[i]);
        ok = ok && a->n[i] == t->top[i].n;
        for (uint32_t k = 0; ok && k < a->n[i]; k++) {
            struct hit x = a->hit[(size_t)i * K + k], y = t->hit[i][k];
            ok = fabs(x.score - y.score) < 1e-12 &&
                 (x.id == y.id || (k + 1 < K && fabs(y.score - t->hit[i][k + 1].score) < 1e-12) ||
                  (k && fabs(y.score - t->hit[i][k - 1].score) < 1e-12));
        }
    }
    map_free(&t->place);
    free(t->x);
    free(t);
    vec_free(&v);
    return ok;
}

/* ---- figures ---- */

struct figures {
    double p50, p99, mean, batch1, batch2, build, visible;
    bool exact;
};

static void ask(const struct index *ix, const struct index_query *q, uint32_t n, struct figures *f)
{
    struct err e;
    struct index_scratch *s;
    struct answers one = answers_for(n), many = answers_for(n);
    double *took = grab(n, sizeof *took), all = clock_seconds();
    or_die(index_scratch_open(&s, ix, &e), &e);
    for (uint32_t i = 0; i < MIN((uint32_t)WARM, n); i++)
        or_die(index_search(ix, s, q[i], K, one.hit, one.n, &e), &e);
    all = clock_seconds();
    for (uint32_t i = 0; i < n; i++) {
        double t = clock_seconds();
        or_die(index_search(ix, s, q[i], K, one.hit + (size_t)i * K, &one.n[i], &e), &e);
        took[i] = clock_seconds() - t;
    }
    f->mean = (clock_seconds() - all) / n;
    qsort(took, n, sizeof *took, rising);
    f->p50 = took[n / 2];
    f->p99 = took[n * 99 / 100];
    f->exact = true;
    for (unsigned threads = 1; threads <= 2; threads++) {
        double t = clock_seconds();
        or_die(index_search_batch(ix, q, n, K, many.hit, many.n, threads, &e), &e);
        *(threads == 1 ? &f->batch1 : &f->batch2) = n / (clock_seconds() - t);
        f->exact = f->exact && same(&one, &many, n);
    }
    f->exact = f->exact && exhaustive(ix, q, MIN((uint32_t)CHECKED, n), &one);
    index_scratch_close(s);
    free(took);
}

/* ---- the directory ---- */

static enum rc read_again(void *ctx, uint32_t i, unsigned worker, vec_key *out, struct err *e)
{
    const struct lines *l = ctx;
    return corpus_line(ctx, i % l->n, worker, out, e);
}

/* Median time from adding one result to a snapshot that finds it. */
static double add_visible(const char *path, const struct index_dir_options *o,
                          struct lines *results)
{
    struct err e;
    struct index_dir *d;
    double took[ADDED];
    or_die(index_dir_open(&d, path, o, INDEX_WRITE, &e), &e);
    for (uint32_t i = 0; i < ADDED; i++) {
        struct index_item *item = corpus_items(results->n + i, 1);
        double t = clock_seconds();
        or_die(index_dir_add(d, item, 1, read_again, results, &e), &e);
        struct index_snapshot *s = index_dir_snapshot(d);
        took[i] = clock_seconds() - t;
        if (index_snapshot_find(s, item->id) == UINT32_MAX)
            die("an added result is not there");
        index_snapshot_release(s);
        corpus_items_free(item);
    }
    index_dir_close(d);
    qsort(took, ADDED, sizeof *took, rising);
    return took[ADDED / 2];
}

static void remove_folder(const char *path)
{
    char command[5000];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    if (system(command) != 0)
        die("cannot remove %s", path);
}

static void print(const struct figures *f, const struct index_dir_info *i, uint32_t needs)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf(
        "{\"engine\":\"qiao\",\"version\":\"" QIAO_VERSION "-%s\",\"needs\":%u,\"p50_ms\":%.4f,"
        "\"p99_ms\":%.4f,\"mean_ms\":%.4f,\"batch1_qps\":%.1f,\"batch2_qps\":%.1f,"
        "\"build_s\":%.3f,\"postings\":%llu,\"bytes_inverted\":%llu,\"bytes_forward\":%llu,"
        "\"disk_bytes\":%llu,\"visible_ms\":%.3f,\"peak_rss_mb\":%.0f,\"exact\":%d}\n",
        kernels_best()->name, needs, f->p50 * 1e3, f->p99 * 1e3, f->mean * 1e3, f->batch1,
        f->batch2, f->build, (unsigned long long)i->postings, (unsigned long long)i->inverted_bytes,
        (unsigned long long)i->forward_bytes,
        (unsigned long long)(i->inverted_bytes + i->forward_bytes + i->stats_bytes + i->item_bytes),
        f->visible * 1e3, use.ru_maxrss / 1024.0, f->exact);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        die("usage: engine DIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/index.%ld", argv[1], (long)getpid());
    struct lines results = corpus_load(argv[1], "results.tok"),
                 needs = corpus_load(argv[1], "needs.tok");
    struct index_dir_options o = corpus_options();
    struct err e;
    struct index_dir *d;
    struct index_dir_info info;
    struct figures f = {.build = corpus_build(path, &o, &results)};
    or_die(index_dir_open(&d, path, &o, INDEX_READ, &e), &e);
    const struct index *ix = index_dir_index(d);
    struct index_snapshot *s = index_dir_snapshot(d);
    index_snapshot_info(s, &info);
    index_snapshot_release(s);
    struct index_query *q = corpus_queries(ix, &needs);
    ask(ix, q, needs.n, &f);
    index_dir_close(d);
    f.visible = add_visible(path, &o, &results);
    print(&f, &info, needs.n);
    remove_folder(path);
    return 0;
}
