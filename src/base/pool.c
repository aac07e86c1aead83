#define _GNU_SOURCE
#include "base/pool.h"

#include "base/mem.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct pool {
    pool_fn fn;
    void *ctx;
    size_t n;
    atomic_size_t next;
    atomic_bool stop;
    pthread_mutex_t lock; /* guards failed_at, rc, err */
    size_t failed_at;
    enum rc rc;
    struct err err;
};

struct worker {
    struct pool *pool;
    unsigned id;
    pthread_t thread;
};

static void report(struct pool *p, size_t i, enum rc rc, const struct err *e)
{
    pthread_mutex_lock(&p->lock);
    if (p->rc == RC_OK || i < p->failed_at) {
        p->rc = rc;
        p->err = *e;
        p->failed_at = i;
    }
    pthread_mutex_unlock(&p->lock);
    atomic_store(&p->stop, true);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct pool *p = w->pool;
    while (!atomic_load(&p->stop)) {
        size_t i = atomic_fetch_add(&p->next, 1);
        if (i >= p->n)
            break;
        struct err e = {0};
        enum rc rc = p->fn(p->ctx, i, w->id, &e);
        if (rc != RC_OK)
            report(p, i, rc, &e);
    }
    return NULL;
}

enum rc pool_run(unsigned threads, size_t n, pool_fn fn, void *ctx, struct err *e)
{
    struct pool p = {.fn = fn, .ctx = ctx, .n = n};
    if (threads > n)
        threads = n ? (unsigned)n : 1;
    struct worker *w = mem_calloc(threads ? threads : 1, sizeof *w);
    if (!w)
        return err_nomem(e);
    pthread_mutex_init(&p.lock, NULL);
    unsigned made = 1;
    w[0] = (struct worker){.pool = &p};
    for (; made < threads; made++) {
        w[made] = (struct worker){.pool = &p, .id = made};
        if (pthread_create(&w[made].thread, NULL, work, &w[made]) != 0)
            break;
    }
    work(&w[0]);
    for (unsigned i = 1; i < made; i++)
        pthread_join(w[i].thread, NULL);
    pthread_mutex_destroy(&p.lock);
    mem_free(w);
    if (p.rc != RC_OK && e)
        *e = p.err;
    return p.rc;
}

unsigned pool_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n > 0 ? (unsigned)n : 1;
}
