/* Inside `qiao match` only. */
#ifndef QIAO_MATCH_INT_H
#define QIAO_MATCH_INT_H

#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/sentence.h"

struct match_args {
    struct common common;
    const char *needs, *results, *out;
    uint32_t k, threads;
    double min_score;
    bool experts, json, tsv;
    const char *explain[2];
    struct option_list map, map_needs, map_results;
};

/* The need for which a result scored best among the matches listed. */
struct best {
    uint32_t need; /* UINT32_MAX: none */
    double score;
    bool credible;
};

/* What the writers below need. */
struct report {
    struct matching *m;
    struct speaker speaker;
    bool experts;
    unsigned threads;  /* 0: all processors */
    struct best *best; /* [results] */
    uint32_t without;  /* needs that no listed match is credible for */
    uint32_t idle;     /* results that are in no credible match */
    uint32_t problems; /* rows of both files */
    struct progress *progress;
};
enum rc report_open(struct report *r, struct err *e) MUST_CHECK;
void report_close(struct report *r);

/* The best credible score of a need is not below the bar. */
bool need_has_match(const struct report *r, uint32_t need);

/* One pair and its reasons, which are replaced by the next pair. */
struct view {
    struct item need, result;
    vec_reason reasons;
    struct pair pair;
    struct reason_desk desk;
};
enum rc view_pair(struct view *v, const struct report *r, uint32_t need, uint32_t result,
                  struct err *e) MUST_CHECK;
void view_free(struct view *v);

enum rc report_tsv(struct report *r, struct err *e) MUST_CHECK;
enum rc report_json(struct report *r, struct err *e) MUST_CHECK;
enum rc report_table(struct report *r, struct err *e) MUST_CHECK;
/* How many of what; after the table or the workbook. `path` of the workbook or NULL. */
enum rc report_summary(struct report *r, const char *path, struct err *e) MUST_CHECK;
enum rc report_explain(struct report *r, const char *const pair[2], struct err *e) MUST_CHECK;

/* A workbook that was begun by sheet_out_open; takes `out` in every case. */
struct sheet_out;
enum rc report_sheet(struct report *r, struct sheet_out *out, struct err *e) MUST_CHECK;

#endif
