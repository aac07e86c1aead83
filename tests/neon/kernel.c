/* The NEON kernel against the scalar one, for aarch64; prints TAP. */
#include "../unit/kernel_check.h"

#include <stdbool.h>
#include <stdio.h>

int main(void)
{
    const char *bad = check_kernel(&kernels_neon, 300);
    printf(bad ? "not ok 1 - neon kernel: %s differs\n" : "ok 1 - neon kernel equals scalar%s\n",
           bad ? bad : "");
    bool chosen = kernels_best() == &kernels_neon;
    printf("%sok 2 - neon is chosen on aarch64\n", chosen ? "" : "not ");
    return bad || !chosen;
}
