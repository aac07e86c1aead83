#define _POSIX_C_SOURCE 200809L
#include "base/fault.h"

#ifdef QIAO_FAULT

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_long at[3], seen[3], kill_at;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static long env_number(const char *name)
{
    const char *s = getenv(name);
    return s ? strtol(s, NULL, 10) : 0;
}

static void load(void)
{
    at[FAULT_ALLOC] = env_number("QIAO_FAULT_ALLOC");
    at[FAULT_WRITE] = env_number("QIAO_FAULT_WRITE");
    at[FAULT_STEP] = env_number("QIAO_FAULT_STEP");
    kill_at = env_number("QIAO_FAULT_KILL");
}

bool fault_hit(enum fault_kind kind)
{
    pthread_once(&once, load);
    long n = atomic_fetch_add(&seen[kind], 1) + 1;
    if (kind == FAULT_WRITE && n == kill_at)
        kill(getpid(), SIGKILL);
    return n == at[kind];
}

long fault_count(enum fault_kind kind)
{
    return atomic_load(&seen[kind]);
}

void fault_arm(enum fault_kind kind, long n)
{
    pthread_once(&once, load);
    atomic_store(&seen[kind], 0);
    atomic_store(&at[kind], n);
}

#else
/* ISO C forbids an empty translation unit. */
extern int fault_unused;
#endif
