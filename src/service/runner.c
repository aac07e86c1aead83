/* The threads of a site that serves: one follows the feed, some run jobs, one delivers notices, one
 * makes those of the day, one keeps time (signs of life of jobs, expired records, old sessions,
 * files of jobs). */
#define _POSIX_C_SOURCE 200809L
#include "base/log.h"
#include "service/notify.h"
#include "service/site_int.h"

#include <time.h>

#define JOB_THREADS 2
#define POLL        2   /* seconds between looks for jobs of other processes */
#define LOOK        1   /* the same for what is to be delivered */
#define SWEEP       60  /* seconds */
#define WAIT_MS     300 /* longest wait of the follower, so that closing is prompt */
#define IDLE        (30 * 60)

struct runner {
    struct site *s;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    _Atomic bool stopping, ready;
    pthread_t thread[JOB_THREADS + 4];
    unsigned n;
};

bool runner_stopping(const struct site *s)
{
    return s->runner && atomic_load(&s->runner->stopping);
}

void runner_wake(struct site *s)
{
    if (!s->runner)
        return;
    pthread_mutex_lock(&s->runner->lock);
    pthread_cond_broadcast(&s->runner->wake);
    pthread_mutex_unlock(&s->runner->lock);
}

/* Until somebody wakes, or so many seconds. */
static void rest(struct runner *r, int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&r->lock);
    if (!atomic_load(&r->stopping))
        pthread_cond_timedwait(&r->wake, &r->lock, &until);
    pthread_mutex_unlock(&r->lock);
}

static void report(const char *what, const struct err *e)
{
    log_line(LOG_ERROR, what, "%s %s", e->key, e->detail);
}

/* ---- the feed ---- */

static void *follow(void *ctx)
{
    struct runner *r = ctx;
    struct site *s = r->s;
    while (!atomic_load(&r->stopping)) {
        struct err e;
        int64_t was = atomic_load(&s->seq), now = was;
        if (store_wait(s->store, was, WAIT_MS, &now, &e) != RC_OK) {
            report("follow", &e);
            rest(r, 1);
        } else {
            site_raise(s, now);
        }
    }
    return NULL;
}

/* ---- jobs ---- */

static void *work(void *ctx)
{
    struct runner *r = ctx;
    while (!atomic_load(&r->stopping)) {
        struct err e;
        bool ran = false;
        enum rc rc = jobs_run_one(r->s, &ran, &e);
        if (rc != RC_OK)
            report("jobs", &e);
        if (rc != RC_OK || !ran)
            rest(r, POLL);
    }
    return NULL;
}

/* ---- notices ---- */

static void *deliver(void *ctx)
{
    struct runner *r = ctx;
    while (!atomic_load(&r->stopping)) {
        struct err e;
        bool ran = false;
        enum rc rc = notify_deliver_one(r->s, &ran, &e);
        if (rc != RC_OK)
            report("notify", &e);
        if (rc != RC_OK || !ran)
            rest(r, LOOK);
    }
    return NULL;
}

/* The day's notices take a while in a large site; signs of life are given meanwhile. */
static void *daily(void *ctx)
{
    struct runner *r = ctx;
    while (!atomic_load(&r->stopping)) {
        struct err e;
        bool ready = atomic_load(&r->ready);
        if (ready && notify_sweep(r->s, &e) != RC_OK)
            report("notices", &e);
        rest(r, ready ? SWEEP : 1);
    }
    return NULL;
}

/* ---- time ---- */

static enum rc drop_sessions(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    (void)ctx;
    return session_drop_old(tx, site_now(s) - IDLE, e);
}

static void sweep(struct site *s, int64_t *settled)
{
    struct err e;
    uint32_t n = 0;
    int64_t today = site_today(s);
    if (*settled != today) {
        if (tiers_settle(s, &n, &e) != RC_OK)
            report("tiers", &e);
        else
            *settled = today;
        if (n)
            log_line(LOG_INFO, "tiers", "%u companies", n);
    }
    n = 0;
    if (records_expire(s, &n, &e) != RC_OK)
        report("expire", &e);
    else if (n)
        log_line(LOG_INFO, "expire", "%u records", n);
    if (site_write(s, drop_sessions, NULL, &e) != RC_OK)
        report("sessions", &e);
    if (files_sweep(s, &n, &e) != RC_OK)
        report("files", &e);
    else if (n)
        log_line(LOG_INFO, "files", "%u of jobs dropped", n);
}

static void *keep_time(void *ctx)
{
    struct runner *r = ctx;
    struct timespec now;
    time_t next = 0;
    int64_t settled = 0; /* the day of the last tiers_settle */
    while (!atomic_load(&r->stopping)) {
        struct err e;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec >= next) {
            sweep(r->s, &settled);
            next = now.tv_sec + SWEEP;
        }
        if (jobs_beat(r->s, &e) != RC_OK)
            report("beat", &e);
        rest(r, 1);
    }
    return NULL;
}

/* ---- all of them ---- */

static enum rc start(struct runner *r, void *(*fn)(void *), struct err *e)
{
    if (pthread_create(&r->thread[r->n], NULL, fn, r) != 0)
        return err_sys(e, "site.thread", "%s", "");
    r->n++;
    return RC_OK;
}

enum rc runner_open(struct site *s, struct err *e)
{
    pthread_condattr_t attr;
    struct runner *r = mem_calloc(1, sizeof *r);
    if (!r)
        return err_nomem(e);
    r->s = s;
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&r->wake, &attr);
    pthread_condattr_destroy(&attr);
    s->runner = r;
    TRY(start(r, follow, e));
    for (int i = 0; s->o.jobs && i < JOB_THREADS; i++)
        TRY(start(r, work, e));
    if (!s->o.jobs)
        return RC_OK;
    TRY(start(r, deliver, e));
    TRY(start(r, daily, e));
    return start(r, keep_time, e);
}

void runner_ready(struct site *s)
{
    if (s->runner)
        atomic_store(&s->runner->ready, true);
}

void runner_stop(struct site *s)
{
    struct runner *r = s->runner;
    if (!r)
        return;
    atomic_store(&r->stopping, true);
    runner_wake(s);
    for (unsigned i = 0; i < r->n; i++)
        pthread_join(r->thread[i], NULL);
    r->n = 0;
}

void runner_close(struct site *s)
{
    struct runner *r = s->runner;
    if (!r)
        return;
    runner_stop(s);
    s->runner = NULL;
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    mem_free(r);
}
