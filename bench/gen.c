/* Makes the test collection of bench/speed.
 *
 *   gen [--docs N] [--needs M] [--seed S] [--out DIR] [--raw] [--pairs] [--stats]
 *
 * results.tok, needs.tok: a document a line, tokens separated by one blank: every Han character,
 * every adjacent pair of them within a run, every Latin word and number. --pairs leaves the single
 * characters out. --raw adds results.jsonl and needs.jsonl (id, title, body) for end-to-end runs.
 * A result has 100-300 characters, a need 50-400 and 30-150 distinct pairs and words. The same
 * seed gives the same bytes. --stats prints what follows; without --out nothing is written.
 *
 * Seed 1, 1,000,000 results, 1,000 needs (P: pairs, Latin words and numbers; C: characters):
 *   characters a result 204; tokens 355, of them P 174; distinct 271, of them P 146
 *   distinct P: 250 k at 8 k results, 711 k at 66 k, 1.43 M at 262 k, 2.55 M at 1 M; 39% occur once
 *   df/N of rank      1     3     10    30    100   300   1000   10000    mean of a posting's term
 *     P              .554  .510  .280  .160  .067  .030  .0110  .0020          .028
 *     C              .781  .670  .602  .494  .281  .110  .0179                 .234
 *   a need: 175 distinct terms, of them P 92; postings of its terms 22.8 M, of them P 2.61 M
 * Real needs of Chinese companies (104 of them, 321 characters: df/N is higher in longer texts):
 *     P              .798  .539  .394  .289  .144  .067  .0288                 .053
 *     C              .962  .798  .721  .548  .365  .135  .0192                 .288
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "prose.h"

/* Terms by number: symbols as they are, then pairs. */
enum { TERMS = SYMBOLS + HAN * HAN };

static const struct symbol *symbols;

/* ---- terms ---- */

enum { LIST_MAX = 2 * DOC_MAX };

/* The document's terms in order; a title never joins with the body. Returns how many. */
static uint32_t list_terms(const struct doc *d, int singles, uint32_t term[LIST_MAX])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t s = d->sym[i];
        if (s >= S_COMMA)
            continue;
        if (s >= HAN || singles)
            term[n++] = s;
        if (s < HAN && i && i != d->title && d->sym[i - 1] < HAN)
            term[n++] = SYMBOLS + d->sym[i - 1] * HAN + s;
    }
    return n;
}

static int is_pair(uint32_t term) /* or a Latin word or a number: not a single character */
{
    return term >= HAN;
}

static int compare_terms(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static uint32_t drop_repeats(uint32_t *term, uint32_t n)
{
    uint32_t k = 0;
    qsort(term, n, sizeof *term, compare_terms);
    for (uint32_t i = 0; i < n; i++)
        if (!k || term[k - 1] != term[i])
            term[k++] = term[i];
    return k;
}

/* ---- output ---- */

struct sink {
    FILE *tok, *raw; /* raw may be NULL */
    const char *kind;
};

static FILE *create(const char *dir, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    if (!f)
        die("%s: %s", path, strerror(errno));
    setvbuf(f, NULL, _IOFBF, 1 << 20);
    return f;
}

static void finish(FILE *f)
{
    if (f && (ferror(f) | fclose(f)))
        die("writing: %s", strerror(errno));
}

static char *append(char *p, uint32_t sym)
{
    memcpy(p, symbols[sym].text, sizeof symbols[sym].text); /* whole: faster than by length */
    return p + symbols[sym].n;
}

static void write_tokens(const struct sink *s, const uint32_t *term, uint32_t n)
{
    static char line[LIST_MAX * 17 + 16];
    char *p = line;
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            *p++ = ' ';
        if (term[i] < SYMBOLS) {
            p = append(p, term[i]);
        } else {
            p = append(p, (term[i] - SYMBOLS) / HAN);
            p = append(p, (term[i] - SYMBOLS) % HAN);
        }
    }
    *p++ = '\n';
    fwrite(line, 1, (size_t)(p - line), s->tok);
}

static int is_ascii(uint32_t sym)
{
    return sym >= HAN && sym < S_COMMA;
}

static void write_text(FILE *f, const struct doc *d, uint32_t from, uint32_t to)
{
    static char line[DOC_MAX * 17 + 16];
    char *p = line;
    for (uint32_t i = from; i < to; i++) {
        if (i > from && is_ascii(d->sym[i]) && is_ascii(d->sym[i - 1]))
            *p++ = ' ';
        p = append(p, d->sym[i]);
    }
    fwrite(line, 1, (size_t)(p - line), f);
}

static void write_raw(const struct sink *s, const struct doc *d, uint64_t i)
{
    fprintf(s->raw, "{\"id\":\"%s%llu\",\"title\":\"", s->kind, (unsigned long long)i + 1);
    write_text(s->raw, d, 0, d->title);
    fputs("\",\"body\":\"", s->raw);
    write_text(s->raw, d, d->title, d->n);
    fputs("\"}\n", s->raw);
}

/* ---- statistics ---- */

static struct counts {
    uint32_t *df, *seen; /* of a term: documents, the last one that had it (from 1) */
    uint64_t docs, chars, tokens, postings, vocabulary;
    uint64_t pair_tokens, pair_postings, pairs;
} C;

static void count_doc(const struct doc *d, const uint32_t *term, uint32_t n)
{
    C.docs++;
    C.chars += d->chars;
    C.tokens += n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t t = term[i];
        unsigned pair = (unsigned)is_pair(t);
        C.pair_tokens += pair;
        if (C.seen[t] == C.docs)
            continue;
        C.seen[t] = (uint32_t)C.docs;
        C.postings++;
        C.pair_postings += pair;
        if (!C.df[t]++) {
            C.vocabulary++;
            C.pairs += pair;
        }
    }
    if ((C.docs & (C.docs - 1)) == 0 && C.docs >= 64)
        printf("after %llu results: %llu tokens, %llu distinct; pairs and words: %llu, %llu\n",
               (unsigned long long)C.docs, (unsigned long long)C.tokens,
               (unsigned long long)C.vocabulary, (unsigned long long)C.pair_tokens,
               (unsigned long long)C.pairs);
}

static int by_falling(const void *a, const void *b)
{
    return compare_terms(b, a);
}

/* df/N by rank, and the share of terms seen once, of terms [from, to). */
static void print_skew(const char *what, uint32_t from, uint32_t to)
{
    uint32_t n = 0, *df = grab(to - from, sizeof *df), once = 0;
    double expect = 0, sum = 0;
    for (uint32_t t = from; t < to; t++) {
        if (!C.df[t])
            continue;
        df[n++] = C.df[t];
        once += C.df[t] == 1;
        sum += C.df[t];
        expect += (double)C.df[t] * (C.df[t] - 1);
    }
    qsort(df, n, sizeof *df, by_falling);
    printf("%s: %u distinct, %.1f%% once, mean df/N of a posting's term %.4f; df/N of rank", what,
           n, n ? 100.0 * once / n : 0, C.docs > 1 ? expect / sum / (double)(C.docs - 1) : 0);
    for (uint32_t r = 1; r <= n; r *= 10)
        for (uint32_t k = 1; k <= 3 && r * k <= n; k += 2)
            printf(" %u: %.5f", r * k, df[r * k - 1] / (double)C.docs);
    putchar('\n');
    free(df);
}

static void print_collection(void)
{
    double n = C.docs ? (double)C.docs : 1;
    printf("results %llu, characters %.0f, tokens %.1f, postings %.1f; of pairs and words: tokens "
           "%.1f, postings %.1f\n",
           (unsigned long long)C.docs, (double)C.chars / n, (double)C.tokens / n,
           (double)C.postings / n, (double)C.pair_tokens / n, (double)C.pair_postings / n);
    print_skew("characters", 0, HAN);
    print_skew("pairs and words", HAN, TERMS);
}

static struct need_counts {
    uint64_t needs, terms, pairs, postings, pair_postings;
} Q;

static void count_need(const uint32_t *term, uint32_t n) /* distinct */
{
    Q.needs++;
    Q.terms += n;
    for (uint32_t i = 0; i < n; i++) {
        Q.postings += C.df[term[i]];
        Q.pairs += (unsigned)is_pair(term[i]);
        Q.pair_postings += is_pair(term[i]) ? C.df[term[i]] : 0;
    }
}

static void print_needs(void)
{
    double n = Q.needs ? (double)Q.needs : 1;
    printf("needs %llu, distinct terms %.1f, postings %.0f; of pairs and words: %.1f, %.0f\n",
           (unsigned long long)Q.needs, (double)Q.terms / n, (double)Q.postings / n,
           (double)Q.pairs / n, (double)Q.pair_postings / n);
}

/* ---- the command ---- */

struct options {
    uint64_t docs, needs, seed;
    const char *out; /* NULL: nothing is written */
    int raw, pairs_only, stats;
};

static struct sink open_sink(const struct options *o, const char *name, const char *kind)
{
    struct sink s = {.kind = kind};
    char file[64];
    if (!o->out)
        return s;
    snprintf(file, sizeof file, "%s.tok", name);
    s.tok = create(o->out, file);
    snprintf(file, sizeof file, "%s.jsonl", name);
    if (o->raw)
        s.raw = create(o->out, file);
    return s;
}

static void write_doc(const struct sink *s, const struct doc *d, uint64_t i, const uint32_t *term,
                      uint32_t n)
{
    if (s->tok)
        write_tokens(s, term, n);
    if (s->raw)
        write_raw(s, d, i);
}

static void make_results(const struct options *o)
{
    static struct doc d;
    static uint32_t term[LIST_MAX];
    struct sink s = open_sink(o, "results", "R");
    for (uint64_t i = 0; i < o->docs; i++) {
        prose_write(&d, PROSE_RESULT, i);
        uint32_t n = list_terms(&d, !o->pairs_only, term);
        write_doc(&s, &d, i, term, n);
        if (o->stats)
            count_doc(&d, term, n);
    }
    finish(s.tok);
    finish(s.raw);
    if (o->stats)
        print_collection();
}

static void make_needs(const struct options *o)
{
    static struct doc d;
    static uint32_t term[LIST_MAX], distinct[LIST_MAX];
    struct sink s = open_sink(o, "needs", "N");
    uint64_t kept = 0;
    for (uint64_t i = 0; kept < o->needs; i++) {
        prose_write(&d, PROSE_NEED, i);
        uint32_t n = list_terms(&d, !o->pairs_only, term), pairs = 0;
        memcpy(distinct, term, n * sizeof *term);
        uint32_t m = drop_repeats(distinct, n);
        for (uint32_t k = 0; k < m; k++)
            pairs += (uint32_t)is_pair(distinct[k]);
        if (pairs < 30 || pairs > 150)
            continue;
        write_doc(&s, &d, kept++, term, n);
        if (o->stats)
            count_need(distinct, m);
    }
    finish(s.tok);
    finish(s.raw);
    if (o->stats)
        print_needs();
}

static uint64_t number(const char *text, const char *what)
{
    char *end;
    errno = 0;
    unsigned long long v = text ? strtoull(text, &end, 10) : 0;
    if (!text || errno || end == text || *end || *text == '-' || v > UINT32_MAX)
        die("%s wants a number", what);
    return v;
}

static struct options read_options(char **arg)
{
    struct options o = {.docs = 100000, .needs = 1000, .seed = 1};
    struct {
        const char *name;
        uint64_t *number;
        int *flag;
    } known[] = {{"--docs", &o.docs, NULL},        {"--needs", &o.needs, NULL},
                 {"--seed", &o.seed, NULL},        {"--raw", NULL, &o.raw},
                 {"--pairs", NULL, &o.pairs_only}, {"--stats", NULL, &o.stats}};
    enum { KNOWN = sizeof known / sizeof *known };
    for (; *arg; arg++) {
        size_t k = 0;
        while (k < KNOWN && strcmp(*arg, known[k].name) != 0)
            k++;
        if (k < KNOWN && known[k].flag)
            *known[k].flag = 1;
        else if (k < KNOWN)
            *known[k].number = number(arg[1], arg[0]), arg++;
        else if (strcmp(*arg, "--out") == 0 && arg[1])
            o.out = *++arg;
        else
            die("what is %s? see the head of bench/gen.c", *arg);
    }
    return o;
}

int main(int argc, char **argv)
{
    (void)argc;
    struct options o = read_options(argv + 1);
    if (o.out && mkdir(o.out, 0777) != 0 && errno != EEXIST)
        die("%s: %s", o.out, strerror(errno));
    if (o.stats) {
        C.df = grab(TERMS, sizeof *C.df);
        C.seen = grab(TERMS, sizeof *C.seen);
    }
    symbols = prose_init(o.seed);
    make_results(&o);
    make_needs(&o);
    return 0;
}
