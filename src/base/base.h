/* The few words every folder uses. */
#ifndef QIAO_BASE_H
#define QIAO_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A result that must not be dropped. */
#define MUST_CHECK             __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define LIKELY(x)              __builtin_expect(!!(x), 1)
#define UNLIKELY(x)            __builtin_expect(!!(x), 0)
#define ARRAY_LEN(a)           (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)              ((a) < (b) ? (a) : (b))
#define MAX(a, b)              ((a) > (b) ? (a) : (b))

/* Our own mistake: says where and aborts. Never for bytes from outside. */
#define BUG(...) bug_(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void bug_(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Return early with the error that a step reported. */
#define TRY(step)                                                                                  \
    do {                                                                                           \
        enum rc try_rc_ = (step);                                                                  \
        if (UNLIKELY(try_rc_ != RC_OK))                                                            \
            return try_rc_;                                                                        \
    } while (0)

/* The same inside a function with one exit label `out` and a variable `rc`. */
#define GOTO_OUT(step)                                                                             \
    do {                                                                                           \
        rc = (step);                                                                               \
        if (UNLIKELY(rc != RC_OK))                                                                 \
            goto out;                                                                              \
    } while (0)

#endif
