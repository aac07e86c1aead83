#define _GNU_SOURCE
#include "base/pool.h"

#include "base/mem.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

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

struct beside {
    pool_fn fn;
    void *ctx;
    pthread_t thread;
    bool tried, running;  /* the thread is made when the first step is ready */
    pthread_mutex_t lock; /* guards ready, stop */
    pthread_cond_t wake;
    size_t ready;
    bool stop;
    size_t done; /* the thread's own until it is joined, as rc and err */
    enum rc rc;
    struct err err;
};

/* Is step `done` to be run? Waits until it is ready or none is wanted any more. */
static bool beside_next(struct beside *b)
{
    pthread_mutex_lock(&b->lock);
    while (!b->stop && b->ready <= b->done)
        pthread_cond_wait(&b->wake, &b->lock);
    bool go = !b->stop;
    pthread_mutex_unlock(&b->lock);
    return go;
}

static void *work_beside(void *arg)
{
    struct beside *b = arg;
    while (b->rc == RC_OK && beside_next(b)) {
        b->rc = b->fn(b->ctx, b->done, 0, &b->err);
        b->done += b->rc == RC_OK;
    }
    return NULL;
}

enum rc beside_open(struct beside **out, pool_fn fn, void *ctx, struct err *e)
{
    struct beside *b = mem_calloc(1, sizeof *b);
    if (!b)
        return err_nomem(e);
    b->fn = fn;
    b->ctx = ctx;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->wake, NULL);
    *out = b;
    return RC_OK;
}

void beside_ready(struct beside *b, size_t n)
{
    pthread_mutex_lock(&b->lock);
    b->ready = n;
    pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->lock);
    if (n && !b->tried)
        b->running = pthread_create(&b->thread, NULL, work_beside, b) == 0;
    b->tried |= n > 0;
}

enum rc beside_close(struct beside *b, size_t *done, struct err *e)
{
    if (!b)
        return RC_OK;
    pthread_mutex_lock(&b->lock);
    b->stop = true;
    pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->lock);
    if (b->running)
        pthread_join(b->thread, NULL);
    pthread_cond_destroy(&b->wake);
    pthread_mutex_destroy(&b->lock);
    enum rc rc = b->rc;
    if (rc != RC_OK && e)
        *e = b->err;
    if (done)
        *done = b->done;
    mem_free(b);
    return rc;
}

struct crew {
    crew_fn fn;
    void *ctx;
    pthread_mutex_t lock; /* guards first, last, closing */
    pthread_cond_t wake;
    struct piece *first, *last;
    bool closing;
    unsigned n;
    pthread_t thread[];
};

/* The next piece; NULL when there will be none. */
static struct piece *crew_next(struct crew *c)
{
    pthread_mutex_lock(&c->lock);
    while (!c->first && !c->closing)
        pthread_cond_wait(&c->wake, &c->lock);
    struct piece *p = c->first;
    if (p)
        c->first = p->next;
    pthread_mutex_unlock(&c->lock);
    return p;
}

static void *work_in_crew(void *arg)
{
    struct crew *c = arg;
    for (struct piece *p; (p = crew_next(c));)
        c->fn(c->ctx, p);
    return NULL;
}

enum rc crew_open(struct crew **out, unsigned threads, crew_fn fn, void *ctx, struct err *e)
{
    struct crew *c = mem_calloc(1, sizeof *c + threads * sizeof c->thread[0]);
    int why = 0;
    if (!c)
        return err_nomem(e);
    c->fn = fn;
    c->ctx = ctx;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wake, NULL);
    while (c->n < threads && (why = pthread_create(&c->thread[c->n], NULL, work_in_crew, c)) == 0)
        c->n++;
    if (!c->n) {
        crew_close(c);
        return err_sys(e, "base.thread", "%s", strerror(why));
    }
    *out = c;
    return RC_OK;
}

void crew_give(struct crew *c, struct piece *p)
{
    p->next = NULL;
    pthread_mutex_lock(&c->lock);
    if (c->first)
        c->last->next = p;
    else
        c->first = p;
    c->last = p;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
}

void crew_close(struct crew *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->closing = true;
    pthread_cond_broadcast(&c->wake);
    pthread_mutex_unlock(&c->lock);
    for (unsigned i = 0; i < c->n; i++)
        pthread_join(c->thread[i], NULL);
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

unsigned pool_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n > 0 ? (unsigned)n : 1;
}
