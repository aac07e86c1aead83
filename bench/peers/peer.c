#include "peer.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TERMS_MAX = 1024, ADDED = 21, LEAST_NEEDS = 5, WARM_NEEDS = 50 };

struct need {
    const char *term[TERMS_MAX];
    int n;
};
struct needs {
    struct need *need;
    int n;
};

void peer_die(const char *what)
{
    fprintf(stderr, "peer: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

char *peer_line(FILE *f, size_t *n)
{
    static char *line;
    static size_t room;
    ssize_t got = getline(&line, &room, f);
    if (got < 0)
        return NULL;
    if (got && line[got - 1] == '\n')
        line[--got] = 0;
    *n = (size_t)got;
    return line;
}

static FILE *open_tokens(const char *dir, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "r");
    if (!f)
        peer_die(path);
    return f;
}

static void split_need(struct need *need, char *line)
{
    need->n = 0;
    for (char *t = strtok(line, " "); t && need->n < TERMS_MAX; t = strtok(NULL, " ")) {
        int i = 0;
        while (i < need->n && strcmp(need->term[i], t) != 0)
            i++;
        if (i == need->n)
            need->term[need->n++] = t;
    }
}

static struct needs read_needs(const char *dir)
{
    FILE *f = open_tokens(dir, "needs.tok");
    struct needs all = {0};
    size_t n;
    for (char *line; (line = peer_line(f, &n));) {
        all.need = realloc(all.need, (size_t)(all.n + 1) * sizeof *all.need);
        char *copy = strdup(line);
        if (!all.need || !copy)
            peer_die("out of memory");
        split_need(&all.need[all.n++], copy);
    }
    fclose(f);
    return all;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(double *sorted, int n, double q)
{
    return n ? sorted[(int)((n - 1) * q)] : 0;
}

static double peak_mb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

static int64_t disk_bytes;

static int add_size(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)path, (void)type, (void)at;
    disk_bytes += (int64_t)s->st_blocks * 512; /* what it takes: some engines leave holes */
    return 0;
}

static void build(const struct peer *p, const char *dir, const char *index)
{
    FILE *f = open_tokens(dir, "results.tok");
    double t = now();
    p->build(f, index);
    t = now() - t;
    fclose(f);
    nftw(index, add_size, 16, FTW_PHYS);
    printf("{\"engine\":\"%s\",\"version\":\"%s\",\"build_s\":%.3f,\"disk_bytes\":%lld,"
           "\"build_rss_mb\":%.0f}\n",
           p->name, p->version, t, (long long)disk_bytes, peak_mb());
}

static void write_answer(FILE *f, const uint32_t *doc, int n)
{
    for (int k = 0; k < n; k++)
        fprintf(f, k ? " %u" : "%u", doc[k]);
    fputc('\n', f);
}

/* One by one until the time is up; returns how many needs were asked. */
static int ask_each(const struct peer *p, void *h, const struct needs *needs, double seconds,
                    double *took, FILE *answers)
{
    uint32_t doc[PEER_TOP];
    double start = now();
    int i = 0;
    for (; i < needs->n && (i < LEAST_NEEDS || now() - start < seconds); i++) {
        double t = now();
        int n = p->ask(h, needs->need[i].term, needs->need[i].n, doc);
        took[i] = now() - t;
        write_answer(answers, doc, n);
    }
    return i;
}

/* The first `n` needs spread over two processes, each with a handle of its own. */
static double ask_on_two(const struct peer *p, const char *index, const struct needs *needs, int n)
{
    int fd[2];
    double longest = 0, t;
    if (pipe(fd) != 0)
        peer_die("pipe");
    for (int j = 0; j < 2; j++) {
        pid_t child = fork();
        if (child < 0)
            peer_die("fork");
        if (child > 0)
            continue;
        uint32_t doc[PEER_TOP];
        void *h = p->open(index);
        p->ask(h, needs->need[0].term, needs->need[0].n, doc);
        t = now();
        for (int i = j; i < n; i += 2)
            p->ask(h, needs->need[i].term, needs->need[i].n, doc);
        t = now() - t;
        _exit(write(fd[1], &t, sizeof t) != (ssize_t)sizeof t);
    }
    close(fd[1]);
    for (int j = 0; j < 2; j++) {
        if (read(fd[0], &t, sizeof t) != (ssize_t)sizeof t)
            peer_die("a process ended early");
        longest = t > longest ? t : longest;
    }
    close(fd[0]);
    while (wait(NULL) > 0)
        ;
    return n / longest;
}

static void ask(const struct peer *p, const char *dir, const char *index, double seconds)
{
    char path[4096];
    struct needs needs = read_needs(dir);
    double *took = calloc((size_t)needs.n + 1, sizeof *took), sum = 0, start = now();
    snprintf(path, sizeof path, "%s.answers", index);
    FILE *answers = fopen(path, "w");
    if (!took || !answers || !needs.n)
        peer_die("no needs, or nowhere to write the answers");
    void *h = p->open(index);
    uint32_t doc[PEER_TOP];
    for (int i = 0; i < WARM_NEEDS && i < needs.n && now() - start < seconds / 4; i++)
        p->ask(h, needs.need[i].term, needs.need[i].n, doc);
    int n = ask_each(p, h, &needs, seconds, took, answers);
    fclose(answers);
    double peak = peak_mb(), two = ask_on_two(p, index, &needs, n);
    for (int i = 0; i < n; i++)
        sum += took[i];
    qsort(took, (size_t)n, sizeof *took, by_size);
    printf("{\"engine\":\"%s\",\"needs\":%d,\"p50_ms\":%.4f,\"p99_ms\":%.4f,\"mean_ms\":%.4f,"
           "\"batch1_qps\":%.3f,\"batch2_qps\":%.3f,\"peak_rss_mb\":%.0f}\n",
           p->name, n, quantile(took, n, .5) * 1e3, quantile(took, n, .99) * 1e3, sum / n * 1e3,
           n / sum, two, peak);
}

static void add(const struct peer *p, const char *dir, const char *index)
{
    FILE *f = open_tokens(dir, "results.tok");
    double took[ADDED];
    int i = 0;
    size_t n;
    void *h = p->open_add(index);
    for (char *line; i < ADDED && (line = peer_line(f, &n)); i++) {
        double t = now();
        p->add(h, line, n);
        took[i] = now() - t;
    }
    p->close_add(h);
    fclose(f);
    qsort(took, (size_t)i, sizeof *took, by_size);
    printf("{\"engine\":\"%s\",\"visible_ms\":%.3f}\n", p->name, quantile(took, i, .5) * 1e3);
}

int peer_main(int argc, char **argv, const struct peer *p)
{
    const char *mode = argc > 3 ? argv[1] : "";
    if (strcmp(mode, "build") == 0)
        build(p, argv[2], argv[3]);
    else if (strcmp(mode, "ask") == 0 && argc > 4)
        ask(p, argv[2], argv[3], atof(argv[4]));
    else if (strcmp(mode, "add") == 0)
        add(p, argv[2], argv[3]);
    else
        peer_die("usage: build DIR INDEX | ask DIR INDEX SECONDS | add DIR INDEX");
    return 0;
}
