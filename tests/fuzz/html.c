/* A page of HTML: whatever comes is put behind a doctype, so that it is parsed as such. */
#include "fuzz_article.h"

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct buf b;
    buf_init(&b, 32u << 20);
    if (buf_str(&b, STR("<!doctype html>"), NULL) != RC_OK || buf_put(&b, p, n, NULL) != RC_OK)
        abort();
    fuzz_article(buf_view(&b));
    buf_free(&b);
    return 0;
}
