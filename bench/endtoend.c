/* Where the time of `qiao match` goes, spreadsheets to spreadsheet:
 *     endtoend DIR QIAO
 * DIR/needs.jsonl and DIR/results.jsonl (bench/gen --raw) become xlsx files there (once); the
 * stages of the use case are timed in this process, then finding the reasons of every match, as the
 * command does it on all threads, then the whole command as one: what it takes more is putting them
 * into words and writing. Last line: figures as key=value. */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/pool.h"
#include "service/matching.h"
#include "sheet/sheet_out.h"

#include "common.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void or_die(enum rc rc, const struct err *e)
{
    if (rc != RC_OK)
        die("%s: %s %s", e->key, e->file, e->detail);
}

static const struct out_column columns[] = {{{"编号", 6}, 12, OUT_TEXT},
                                            {{"名称", 6}, 30, OUT_TEXT},
                                            {{"简介", 6}, 60, OUT_WRAP},
                                            {{"单位", 6}, 20, OUT_TEXT}};

/* One jsonl file as a spreadsheet. */
static void make_sheet(const struct model *m, const char *from, const char *to,
                       enum table_side side)
{
    struct err e;
    struct collection *c;
    struct sheet_out *o;
    uint32_t sheet;
    struct table_options t = {.side = side};
    or_die(collection_open(&c, from, model_columns(m), &t, NULL, NULL, &e), &e);
    or_die(sheet_out_open(&o, to, &e), &e);
    or_die(sheet_out_sheet(o, STR("Sheet1"), columns, ARRAY_LEN(columns), &sheet, &e), &e);
    for (uint32_t i = 0; i < collection_count(c); i++) {
        struct item x = collection_item(c, i);
        char unit[40];
        int n = snprintf(unit, sizeof unit, "示例单位%u", i % 500);
        or_die(sheet_out_row(o, sheet, NULL, &e), &e);
        or_die(sheet_out_text(o, sheet, 0, x.field[FIELD_ID], &e), &e);
        or_die(sheet_out_text(o, sheet, 1, x.field[FIELD_TITLE], &e), &e);
        or_die(sheet_out_text(o, sheet, 2, x.field[FIELD_BODY], &e), &e);
        or_die(sheet_out_text(o, sheet, 3, (struct str){unit, (size_t)n}, &e), &e);
    }
    or_die(sheet_out_close(o, &e), &e);
    collection_close(c);
}

/* Seconds by the clock and of the processors. */
struct moment {
    double at, cpu;
};

static double cpu_of(const struct rusage *u)
{
    return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
           (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

static struct moment now(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (struct moment){clock_seconds(), cpu_of(&use)};
}

static struct moment since(struct moment start)
{
    struct moment end = now();
    return (struct moment){end.at - start.at, end.cpu - start.cpu};
}

/* Print what a stage took, and add it to what is known. */
static void tell(const char *name, struct moment took, struct moment *known)
{
    printf("%-34s %8.2f s %8.2f s of the processors\n", name, took.at, took.cpu);
    known->at += took.at;
    known->cpu += took.cpu;
}

/* When each stage was first heard of. */
struct stages {
    const char *name[8];
    struct moment at[9];
    unsigned n;
};

static enum rc note(void *ctx, const char *stage, double done, struct err *e)
{
    struct stages *s = ctx;
    (void)done;
    (void)e;
    if (!s->n || strcmp(s->name[s->n - 1], stage) != 0) {
        s->name[s->n] = stage;
        s->at[s->n++] = now();
    }
    return RC_OK;
}

struct finding {
    const struct matching *m;
    vec_reason *reasons; /* one a worker */
    struct reason_desk *desk;
};

static enum rc find_reasons(void *ctx, size_t need, unsigned worker, struct err *e)
{
    struct finding *f = ctx;
    const struct match *match;
    uint32_t n = matching_of(f->m, (uint32_t)need, &match);
    for (uint32_t i = 0; i < n; i++) {
        f->reasons[worker].n = 0;
        TRY(matching_reasons(f->m, &f->desk[worker], (uint32_t)need, match[i].result,
                             &f->reasons[worker], e));
    }
    return RC_OK;
}

/* What the reasons of all matches take. */
static struct moment time_reasons(struct matching *m)
{
    unsigned threads = pool_cpus();
    struct finding f = {m, grab(threads, sizeof *f.reasons), grab(threads, sizeof *f.desk)};
    struct err e;
    struct moment start = now();
    or_die(pool_run(threads, collection_count(matching_needs(m)), find_reasons, &f, &e), &e);
    struct moment took = since(start);
    for (unsigned i = 0; i < threads; i++) {
        vec_free(&f.reasons[i]);
        reason_desk_free(&f.desk[i]);
    }
    free(f.reasons);
    free(f.desk);
    return took;
}

static struct moment run(const char *qiao, const char *needs, const char *results, const char *out,
                         double *peak_mb)
{
    double t = clock_seconds();
    pid_t child = fork();
    if (child == 0) {
        execl(qiao, qiao, "match", needs, results, "-o", out, "--quiet", (char *)NULL);
        _exit(127);
    }
    int status;
    struct rusage use;
    if (child < 0 || wait4(child, &status, 0, &use) < 0 || status != 0)
        die("%s match failed", qiao);
    *peak_mb = use.ru_maxrss / 1024.0;
    return (struct moment){clock_seconds() - t, cpu_of(&use)};
}

int main(int argc, char **argv)
{
    if (argc != 3)
        die("usage: endtoend DIR QIAO");
    char path[5][4096];
    static const char *const names[] = {"needs.jsonl", "results.jsonl", "needs.xlsx",
                                        "results.xlsx", "matches.xlsx"};
    for (int i = 0; i < 5; i++)
        snprintf(path[i], sizeof path[i], "%s/%s", argv[1], names[i]);
    struct model *m;
    struct err e;
    struct moment start = now(), known = {0}, rest;
    or_die(model_open(&m, NULL, &e), &e);
    tell("tables of the model", since(start), &known);
    if (access(path[3], F_OK) != 0) {
        make_sheet(m, path[0], path[2], SIDE_NEED);
        make_sheet(m, path[1], path[3], SIDE_RESULT);
    }
    struct stages s = {.n = 0};
    struct matching_options o = {.needs = path[2],
                                 .results = path[3],
                                 .k = 10,
                                 .min_score = -1,
                                 .progress = note,
                                 .progress_ctx = &s};
    struct matching *x;
    or_die(matching_open(&x, &o, m, &e), &e);
    s.at[s.n] = now();
    for (unsigned i = 0; i < s.n; i++)
        tell(s.name[i], (struct moment){s.at[i + 1].at - s.at[i].at, s.at[i + 1].cpu - s.at[i].cpu},
             &known);
    tell("reasons", time_reasons(x), &known);
    uint32_t needs = collection_count(matching_needs(x));
    uint32_t results = collection_count(matching_results(x));
    matching_close(x);
    model_close(m);
    double peak;
    struct moment whole = run(argv[2], path[2], path[3], path[4], &peak);
    rest = (struct moment){whole.at - known.at, whole.cpu - known.cpu};
    tell("words and writing (the rest)", rest, &known);
    printf("needs=%u results=%u seconds=%.2f cpu=%.2f peak_mb=%.0f\n", needs, results, whole.at,
           whole.cpu, peak);
    return 0;
}
