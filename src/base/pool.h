/* Threads: a loop spread over threads. Results must not depend on who ran which step. */
#ifndef QIAO_POOL_H
#define QIAO_POOL_H

#include "base/err.h"

/* One step: `i` in [0, n), `worker` in [0, threads) for per-thread scratch. */
typedef enum rc (*pool_fn)(void *ctx, size_t i, unsigned worker, struct err *e);

/* Run fn for every i, steps handed out in order, on `threads` threads (the caller is one of
 * them; 1 runs in place). After the first failure no further step starts; the failure of the
 * smallest failing i is returned. Where a thread cannot be made, fewer work. */
enum rc pool_run(unsigned threads, size_t n, pool_fn fn, void *ctx, struct err *e) MUST_CHECK;

/* Steps that become ready one after the other, run in that order on one thread beside the caller,
 * as worker 0. Where a thread cannot be made, none is run. */
struct beside;
enum rc beside_open(struct beside **out, pool_fn fn, void *ctx, struct err *e) MUST_CHECK;
/* Steps [0, n) are ready; n never falls. */
void beside_ready(struct beside *b, size_t n);
/* Begin no further step, wait for the one under way; *done (may be NULL): how many were run. The
 * failure of the first that failed, after which none was begun. NULL is allowed. */
enum rc beside_close(struct beside *b, size_t *done, struct err *e) MUST_CHECK;

/* Work that comes piece by piece, done by threads beside those that hand it over, first come first
 * served. A piece begins with a struct piece and stays the caller's: handing over needs no memory.
 */
struct piece {
    struct piece *next;
};
struct crew;
typedef void (*crew_fn)(void *ctx, struct piece *p);
/* RC_SYS "base.thread" where not one thread can be made; fewer than asked for are no failure. */
enum rc crew_open(struct crew **out, unsigned threads, crew_fn fn, void *ctx,
                  struct err *e) MUST_CHECK;
void crew_give(struct crew *c, struct piece *p);
/* What was given is done, then the threads end. Nothing may be given any more. NULL is allowed. */
void crew_close(struct crew *c);

/* Processors this process may use, at least 1. */
unsigned pool_cpus(void);

#endif
