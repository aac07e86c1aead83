/* Memory: the only door to malloc, so that every allocation of ours can be made to fail by the
 * fault tests (base/fault.h). All sizes in bytes. Everything returned is freed by mem_free. */
#ifndef QIAO_MEM_H
#define QIAO_MEM_H

#include "base/err.h"

/* NULL on failure (or when n * size overflows); n == 0 gives a valid pointer. */
void *mem_alloc(size_t n) MUST_CHECK;
void *mem_calloc(size_t n, size_t size) MUST_CHECK;
void *mem_realloc(void *p, size_t n) MUST_CHECK; /* on failure p is untouched */
/* 64-byte aligned for SIMD rows; freed by mem_free as well. */
void *mem_aligned(size_t n) MUST_CHECK;
void mem_free(void *p);
/* At the start of a program with many threads: they share so many heaps, where the C library can.
 * Each heap keeps what its threads once needed at most. */
void mem_heaps(int n);
/* After much was freed: give it back to the system, where the C library can. Some milliseconds. */
void mem_trim(void);

/* A growable array: `VEC(struct token) v = {0};` then vec_push, and vec_free at the end.
 * Elements move when it grows; take no pointer across a push. */
#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *p;                                                                                      \
        size_t n, cap;                                                                             \
    }

/* Room for `more` further elements; RC_NOMEM leaves the vector as it was. Amortised O(1). */
#define vec_reserve(v, more, e)                                                                    \
    vec_reserve_((void **)&(v)->p, &(v)->cap, (v)->n + (more), sizeof *(v)->p, e)
/* Append a copy of `item`: RC_OK or RC_NOMEM. */
#define vec_push(v, item, e)                                                                       \
    ((v)->n < (v)->cap || vec_reserve(v, 1, e) == RC_OK ? ((v)->p[(v)->n++] = (item), RC_OK)       \
                                                        : RC_NOMEM)
#define vec_free(v)                                                                                \
    do {                                                                                           \
        mem_free((v)->p);                                                                          \
        (v)->p = NULL;                                                                             \
        (v)->n = (v)->cap = 0;                                                                     \
    } while (0)

enum rc vec_reserve_(void **p, size_t *cap, size_t need, size_t size, struct err *e) MUST_CHECK;

#endif
