/* Faults on purpose. In a build with -DQIAO_FAULT the environment makes the n-th allocation or
 * the n-th write step fail, or kills the process there; elsewhere this costs nothing.
 *     QIAO_FAULT_ALLOC=n  n-th allocation returns NULL
 *     QIAO_FAULT_WRITE=n  n-th write, flush or rename reports "disk full"
 *     QIAO_FAULT_KILL=n   SIGKILL just before the n-th write step */
#ifndef QIAO_FAULT_H
#define QIAO_FAULT_H

#include "base/base.h"

enum fault_kind { FAULT_ALLOC, FAULT_WRITE };

#ifdef QIAO_FAULT
bool fault_hit(enum fault_kind kind);
/* How many there were so far: the n to try. */
long fault_count(enum fault_kind kind);
#else
static inline bool fault_hit(enum fault_kind kind)
{
    (void)kind;
    return false;
}
#endif

#endif
