/* Any bytes as a table: charset, separator, quotes, header, records. */
#include "fuzz_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 4 || memcmp(bytes, "PK", 2) != 0) /* zips are the target xlsx */
        fuzz_table((struct str){(const char *)bytes, n});
    return 0;
}
