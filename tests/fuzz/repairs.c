/* The repairs of a page as they are kept: a field that an import or an older program may have
 * written. */
#include "service/pages.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    vec_repair all = {0};
    struct err e;
    if (page_repairs((struct str){(const char *)data, size}, &a, &all, &e) == RC_OK)
        for (size_t i = 0; i < all.n; i++)
            if (all.p[i].original.n > size || all.p[i].code.n > size)
                abort();
    vec_free(&all);
    arena_free(&a);
    return 0;
}
