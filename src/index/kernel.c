#include "index/kernel.h"

const struct kernels *const *kernels_all(void)
{
#if defined(__x86_64__)
    static const struct kernels *const with_avx512[] = {&kernels_scalar, &kernels_avx2,
                                                        &kernels_avx512, NULL};
    static const struct kernels *const with_avx2[] = {&kernels_scalar, &kernels_avx2, NULL};
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2"))
        return with_avx512;
    if (__builtin_cpu_supports("avx2"))
        return with_avx2;
#elif defined(__aarch64__)
    static const struct kernels *const with_neon[] = {&kernels_scalar, &kernels_neon, NULL};
    return with_neon;
#endif
    static const struct kernels *const plain[] = {&kernels_scalar, NULL};
    return plain;
}

const struct kernels *kernels_best(void)
{
    const struct kernels *const *all = kernels_all();
    while (all[1])
        all++;
    return *all;
}
