/* Any bytes as a query (the first line) and a text: marks lie in the text, in order, apart. */
#include "service/engine_int.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str all = {(const char *)bytes, n};
    size_t cut = MIN(str_find(all, STR("\n"), 0), n);
    struct str text = str_sub(all, cut + 1, n);
    struct span s[8];
    uint32_t found = 0;
    if (search_spans(str_sub(all, 0, cut), text, s, 8, &found, NULL) != RC_OK)
        return 0;
    for (uint32_t i = 0; i < found; i++)
        if (s[i].from >= s[i].to || s[i].to > text.n || (i && s[i].from <= s[i - 1].to))
            abort();
    return 0;
}
