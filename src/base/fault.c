#define _POSIX_C_SOURCE 200809L
#include "base/fault.h"

#ifdef QIAO_FAULT

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static long alloc_at, write_at, kill_at;
static atomic_long allocs, writes;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static long env_number(const char *name)
{
    const char *s = getenv(name);
    return s ? strtol(s, NULL, 10) : 0;
}

static void load(void)
{
    alloc_at = env_number("QIAO_FAULT_ALLOC");
    write_at = env_number("QIAO_FAULT_WRITE");
    kill_at = env_number("QIAO_FAULT_KILL");
}

bool fault_hit(enum fault_kind kind)
{
    pthread_once(&once, load);
    if (kind == FAULT_ALLOC)
        return atomic_fetch_add(&allocs, 1) + 1 == alloc_at;
    long n = atomic_fetch_add(&writes, 1) + 1;
    if (n == kill_at)
        kill(getpid(), SIGKILL);
    return n == write_at;
}

long fault_count(enum fault_kind kind)
{
    return atomic_load(kind == FAULT_ALLOC ? &allocs : &writes);
}

#else
/* ISO C forbids an empty translation unit. */
extern int fault_unused;
#endif
