#include "base/mem.h"

#include "base/fault.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void *mem_alloc(size_t n)
{
    return fault_hit(FAULT_ALLOC) ? NULL : malloc(n ? n : 1);
}

void *mem_calloc(size_t n, size_t size)
{
    return fault_hit(FAULT_ALLOC) ? NULL : calloc(n ? n : 1, size ? size : 1);
}

void *mem_realloc(void *p, size_t n)
{
    return fault_hit(FAULT_ALLOC) ? NULL : realloc(p, n ? n : 1);
}

void *mem_aligned(size_t n)
{
    if (fault_hit(FAULT_ALLOC) || n > SIZE_MAX - 64)
        return NULL;
    return aligned_alloc(64, (n + 63) / 64 * 64 + (n ? 0 : 64));
}

void mem_free(void *p)
{
    free(p);
}

void mem_heaps(int n)
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, n);
#endif
    (void)n;
}

void mem_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

enum rc vec_reserve_(void **p, size_t *cap, size_t need, size_t size, struct err *e)
{
    if (need <= *cap)
        return RC_OK;
    size_t want = *cap + *cap / 2 + 8;
    if (want < need)
        want = need;
    if (want > SIZE_MAX / size)
        return err_nomem(e);
    void *q = mem_realloc(*p, want * size);
    if (!q)
        return err_nomem(e);
    *p = q;
    *cap = want;
    return RC_OK;
}
