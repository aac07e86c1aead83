/* jsonl: the input's lines after one that is an object, so that they are read as such. */
#include "base/buf.h"
#include "fuzz_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct buf b;
    buf_init(&b, 1u << 24);
    if (buf_str(&b, STR("{\"title\":\"a\"}\n"), NULL) == RC_OK &&
        buf_put(&b, bytes, n, NULL) == RC_OK)
        fuzz_table(buf_view(&b));
    buf_free(&b);
    return 0;
}
