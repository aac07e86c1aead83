/* Faults on purpose. In a build with -DQIAO_FAULT the environment makes the n-th allocation or
 * the n-th write step fail, or kills the process there; elsewhere this costs nothing.
 *     QIAO_FAULT_ALLOC=n  n-th allocation returns NULL
 *     QIAO_FAULT_WRITE=n  n-th write, flush or rename reports "disk full"
 *     QIAO_FAULT_KILL=n   SIGKILL just before the n-th write step
 *     QIAO_FAULT_STEP=n   n-th step of a database statement fails
 *     QIAO_FAULT_EACH=DIR every allocation fails, each in a child of its own
 *     QIAO_FAULT_STRIDE=k of those every k-th only
 * Such a child is forked where it fails, and goes on in DIR/n with links to the files of the folder
 * it was in. A line of DIR/report says what became of it: n, its status, "left" if it left a file
 * or "-", what it said on standard error. For a run of one thread that writes into its own folder.
 */
#ifndef QIAO_FAULT_H
#define QIAO_FAULT_H

#include "base/base.h"

enum fault_kind { FAULT_ALLOC, FAULT_WRITE, FAULT_STEP };

#ifdef QIAO_FAULT
bool fault_hit(enum fault_kind kind);
/* How many there were so far: the n to try. */
long fault_count(enum fault_kind kind);
/* Count from 0 again and let the n-th fail (0: none): for tests that try them all in one process.
 */
void fault_arm(enum fault_kind kind, long n);
/* In a forked child: as in a process that begins, with the environment as it is now. */
void fault_begin_anew(void);
#else
static inline bool fault_hit(enum fault_kind kind)
{
    (void)kind;
    return false;
}
#endif

#endif
