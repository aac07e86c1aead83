/* A zip that somebody brings: names in any charset, members that unpack to more than they say. */
#include "sheet/archive.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct archive *a = NULL;
    struct err e;
    struct buf b;
    if (archive_open(&a, (struct str){(const char *)data, size}, &e) != RC_OK)
        return 0;
    buf_init(&b, ARCHIVE_MEMBER + 1);
    for (uint32_t i = 0; i < archive_count(a) && i < 8; i++) {
        if (!archive_name(a, i).n)
            abort();
        buf_clear(&b);
        if (archive_read(a, i, &b, &e) == RC_OK && b.n > ARCHIVE_MEMBER)
            abort();
    }
    buf_free(&b);
    archive_close(a);
    return 0;
}
