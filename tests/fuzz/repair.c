/* Plain text of any bytes: '<' is replaced, so that every line reaches the repair as it is. */
#include "fuzz_article.h"

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct buf b;
    buf_init(&b, 32u << 20);
    if (buf_put(&b, p, n, NULL) != RC_OK)
        abort();
    for (size_t i = 0; i < b.n; i++)
        b.p[i] = b.p[i] == '<' ? '(' : b.p[i];
    fuzz_article(buf_view(&b));
    buf_free(&b);
    return 0;
}
