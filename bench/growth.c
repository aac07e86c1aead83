/* How the time of a need grows with the collection, as bench/speed --growth runs it:
 *     growth DIR...
 * DIR/index is built from DIR/results.tok where it is not there yet (and left there). Then all
 * of them are open at once, and in every round each in turn is asked a tenth of its needs, one by
 * one on one core, after some that are not counted; so the machine's good and bad minutes meet all
 * sizes alike. Last line: figures as key=value; growth_N is the median time of a need at N results
 * over that at the size before, over the same of the sizes: 1 is as fast as the collection, less is
 * slower; the median over the rounds. */
#include "base/clock.h"
#include "index/kernel.h"

#include "corpus.h"

#include <string.h>
#include <sys/stat.h>

enum { K = 10, WARM = 30, ROUNDS = 10, SIZES = 8 };

struct size {
    struct index_dir *dir;
    const struct index *ix;
    struct index_scratch *scratch;
    struct index_query *q;
    uint32_t docs, needs;
    double *took;       /* [needs] */
    double p50[ROUNDS]; /* of a round's needs */
};

static void open_size(struct size *s, const char *dir)
{
    char path[4096], manifest[4200];
    struct index_dir_options o = corpus_options();
    struct err e;
    struct stat st;
    snprintf(path, sizeof path, "%s/index", dir);
    snprintf(manifest, sizeof manifest, "%s/MANIFEST", path);
    if (stat(manifest, &st) != 0) {
        struct lines results = corpus_load(dir, "results.tok");
        fprintf(stderr, "growth: building %u results\n", results.n);
        double took = corpus_build(path, &o, &results);
        fprintf(stderr, "growth: %.1f s\n", took);
        file_unmap(&results.map);
        free(results.at);
    }
    struct lines needs = corpus_load(dir, "needs.tok");
    or_die(index_dir_open(&s->dir, path, &o, INDEX_READ, &e), &e);
    s->ix = index_dir_index(s->dir);
    s->docs = index_docs(s->ix);
    s->needs = needs.n;
    s->q = corpus_queries(s->ix, &needs);
    s->took = grab(needs.n, sizeof *s->took);
    or_die(index_scratch_open(&s->scratch, s->ix, &e), &e);
}

static double ask(struct size *s, uint32_t need)
{
    struct hit hit[K];
    uint32_t n;
    struct err e;
    double t = clock_seconds();
    or_die(index_search(s->ix, s->scratch, s->q[need], K, hit, &n, &e), &e);
    return clock_seconds() - t;
}

/* Sorts them. */
static double middle(double *x, uint32_t n)
{
    qsort(x, n, sizeof *x, rising);
    return x[n / 2];
}

static void ask_round(struct size *s, unsigned round)
{
    uint32_t first = (uint32_t)((uint64_t)s->needs * round / ROUNDS);
    uint32_t end = (uint32_t)((uint64_t)s->needs * (round + 1) / ROUNDS);
    for (uint32_t i = 0; i < WARM; i++)
        ask(s, (end + i) % s->needs);
    for (uint32_t i = first; i < end; i++)
        s->took[i] = ask(s, i);
    s->p50[round] = middle(s->took + first, end - first);
}

static double growth(const struct size *from, const struct size *to)
{
    double ratio[ROUNDS];
    for (unsigned r = 0; r < ROUNDS; r++)
        ratio[r] = to->p50[r] / from->p50[r] / ((double)to->docs / from->docs);
    return middle(ratio, ROUNDS);
}

static void print(struct size *s, int n)
{
    printf("qiao " QIAO_VERSION "-%s\n%10s %8s %10s %10s %10s\n", kernels_best()->name, "results",
           "needs", "p50 ms", "p99 ms", "mean ms");
    double p50[SIZES];
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (uint32_t k = 0; k < s[i].needs; k++)
            sum += s[i].took[k];
        p50[i] = middle(s[i].took, s[i].needs) * 1e3;
        printf("%10u %8u %10.3f %10.3f %10.3f\n", s[i].docs, s[i].needs, p50[i],
               s[i].took[s[i].needs * 99 / 100] * 1e3, sum / s[i].needs * 1e3);
    }
    for (int i = 0; i < n; i++)
        printf("p50_ms_%u=%.4f ", s[i].docs, p50[i]);
    for (int i = 1; i < n; i++)
        printf("growth_%u=%.3f ", s[i].docs, growth(&s[i - 1], &s[i]));
    printf("growth=%.3f rounds=%d\n", growth(&s[0], &s[n - 1]), ROUNDS);
}

int main(int argc, char **argv)
{
    int n = argc - 1;
    if (n < 2 || n > SIZES)
        die("usage: growth DIR DIR...");
    struct size *s = grab((size_t)n, sizeof *s);
    for (int i = 0; i < n; i++) {
        open_size(&s[i], argv[1 + i]);
        if (s[i].needs < ROUNDS)
            die("%s has %u needs, %d are needed", argv[1 + i], s[i].needs, ROUNDS);
    }
    for (unsigned r = 0; r < ROUNDS; r++) {
        fprintf(stderr, "growth: round %u of %u\n", r + 1, ROUNDS);
        for (int i = 0; i < n; i++)
            ask_round(&s[i], r);
    }
    print(s, n);
    for (int i = 0; i < n; i++) {
        index_scratch_close(s[i].scratch);
        index_dir_close(s[i].dir);
    }
    return 0;
}
