/* A bar on standard error while something long is done:
 *     读取成果 ████████████░░░░░░░░  63%  41 MB/s  还需 3 秒
 * Only on a terminal, never with --quiet, and gone when the work is done. */
#ifndef QIAO_PROGRESS_H
#define QIAO_PROGRESS_H

#include "cli/sentence.h"

struct progress {
    struct speaker speaker;
    bool on;
    const char *needs, *results; /* paths; their sizes give the rates of reading */
    const char *stage;
    double bytes;        /* of the file that is read, 0 if unknown */
    double start, shown; /* seconds: of the stage, of the last drawing */
};

void progress_init(struct progress *p, struct speaker s, bool quiet);
/* A progress_fn (service/collection.h); ctx is the struct progress. From one thread at a time. */
enum rc progress_step(void *ctx, const char *stage, double done, struct err *e) MUST_CHECK;
/* Wipe the bar. */
void progress_end(struct progress *p);

#endif
