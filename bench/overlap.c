/* A sanity figure for the peers: how many of the ten results an engine found are among the ten
 * best by BM25 (k1 1.2, b 0.75), computed exhaustively.
 *
 *   overlap DIR NEEDS ANSWERS...
 *
 * Reads DIR/results.tok twice, scores the first NEEDS needs of DIR/needs.tok, and prints a line a
 * file of answers: its name and the mean share. Engines that store a document's length in one byte
 * or break ties otherwise stay a little below 1; an engine with another formula further. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

enum { TOP = 10, SLOTS = 1 << 16, NEEDS_MAX = 64 };

struct slice {
    const char *p;
    uint32_t n;
};
struct term {
    struct slice text;
    uint32_t df, tf; /* results with it; times in the result at hand */
    uint64_t needs;  /* bit i: need i asks for it */
    double idf;
};
struct best {
    uint32_t doc[TOP];
    double score[TOP];
    int n;
};

static struct term terms[SLOTS]; /* open addressing; text.p NULL is free */
static uint32_t term_count;
static struct best best[NEEDS_MAX];

static const char *map_file(const char *dir, const char *name, size_t *bytes)
{
    char path[4096];
    struct stat s;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &s) != 0 || s.st_size == 0)
        die("%s: %s", path, strerror(errno));
    void *p = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        die("%s: %s", path, strerror(errno));
    close(fd);
    *bytes = (size_t)s.st_size;
    return p;
}

static struct term *find_term(struct slice t)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (uint32_t i = 0; i < t.n; i++)
        h = (h ^ (unsigned char)t.p[i]) * 0x100000001b3u;
    struct term *at = &terms[(h ^ h >> 32) % SLOTS];
    while (at->text.p && (at->text.n != t.n || memcmp(at->text.p, t.p, t.n) != 0))
        at = at == &terms[SLOTS - 1] ? terms : at + 1;
    return at;
}

/* The next token of the line; false at its end, with *p behind the newline. */
static int next_token(const char **p, const char *end, struct slice *t)
{
    while (*p < end && **p == ' ')
        ++*p;
    t->p = *p;
    while (*p < end && **p != ' ' && **p != '\n')
        ++*p;
    t->n = (uint32_t)(*p - t->p);
    if (t->n)
        return 1;
    *p += *p < end;
    return 0;
}

static int read_needs(const char *dir, int limit)
{
    size_t bytes;
    const char *p = map_file(dir, "needs.tok", &bytes), *end = p + bytes;
    int n = 0;
    for (; p < end && n < limit; n++)
        for (struct slice t; next_token(&p, end, &t);) {
            struct term *term = find_term(t);
            if (!term->text.p && ++term_count > SLOTS / 2)
                die("too many terms");
            term->text = t;
            term->needs |= UINT64_C(1) << n;
        }
    return n;
}

/* The asked-for terms of one result, each once, with tf set; *length counts all its tokens. */
static uint32_t read_result(const char **p, const char *end, struct term **found, uint32_t *length)
{
    uint32_t n = 0;
    *length = 0;
    for (struct slice t; next_token(p, end, &t); ++*length) {
        struct term *term = find_term(t);
        if (term->text.p && !term->tf++)
            found[n++] = term;
    }
    return n;
}

static void keep_best(struct best *b, uint32_t doc, double score)
{
    if (b->n == TOP && score <= b->score[TOP - 1])
        return;
    int at = b->n < TOP ? b->n++ : TOP - 1;
    for (; at && b->score[at - 1] < score; at--) {
        b->score[at] = b->score[at - 1];
        b->doc[at] = b->doc[at - 1];
    }
    b->score[at] = score;
    b->doc[at] = doc;
}

static void score_result(uint32_t doc, struct term **found, uint32_t n, double norm)
{
    double score[NEEDS_MAX] = {0};
    uint64_t any = 0;
    for (uint32_t i = 0; i < n; i++) {
        double add = found[i]->idf * found[i]->tf * 2.2 / (found[i]->tf + norm);
        any |= found[i]->needs;
        for (uint64_t m = found[i]->needs; m; m &= m - 1)
            score[__builtin_ctzll(m)] += add;
    }
    for (; any; any &= any - 1)
        keep_best(&best[__builtin_ctzll(any)], doc, score[__builtin_ctzll(any)]);
}

static void score_all(const char *dir)
{
    size_t bytes;
    const char *start = map_file(dir, "results.tok", &bytes), *end = start + bytes;
    struct term **found = grab(SLOTS, sizeof *found);
    uint32_t docs = 0, length;
    uint64_t tokens = 0;
    for (const char *p = start; p < end; docs++) {
        uint32_t n = read_result(&p, end, found, &length);
        for (uint32_t i = 0; i < n; i++) {
            found[i]->df++;
            found[i]->tf = 0;
        }
        tokens += length;
    }
    for (uint32_t i = 0; i < SLOTS; i++)
        terms[i].idf = log(1 + (docs - terms[i].df + .5) / (terms[i].df + .5));
    double mean = docs ? (double)tokens / docs : 1;
    docs = 0;
    for (const char *p = start; p < end; docs++) {
        uint32_t n = read_result(&p, end, found, &length);
        score_result(docs, found, n, 1.2 * (.25 + .75 * length / mean));
        for (uint32_t i = 0; i < n; i++)
            found[i]->tf = 0;
    }
    free(found);
}

static int is_best(const struct best *b, uint32_t doc)
{
    for (int k = 0; k < b->n; k++)
        if (b->doc[k] == doc)
            return 1;
    return 0;
}

static void compare(const char *path, int needs)
{
    FILE *f = fopen(path, "r");
    if (!f)
        die("%s: %s", path, strerror(errno));
    char *line = NULL, *at;
    size_t room = 0;
    int n = 0;
    double sum = 0;
    for (; n < needs && getline(&line, &room, f) > 0; n++) {
        int hits = 0;
        for (char *p = line;; p = at) {
            uint32_t doc = (uint32_t)strtoul(p, &at, 10);
            if (at == p)
                break;
            hits += is_best(&best[n], doc);
        }
        sum += best[n].n ? (double)hits / best[n].n : 1;
    }
    free(line);
    fclose(f);
    printf("%s %.3f\n", path, n ? sum / n : 0);
}

int main(int argc, char **argv)
{
    int limit = argc > 3 ? atoi(argv[2]) : 0;
    if (limit < 1 || limit > NEEDS_MAX)
        die("usage: overlap DIR NEEDS(1-%d) ANSWERS...", NEEDS_MAX);
    int needs = read_needs(argv[1], limit);
    score_all(argv[1]);
    for (int i = 3; i < argc; i++)
        compare(argv[i], needs);
    return 0;
}
