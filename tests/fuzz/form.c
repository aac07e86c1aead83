/* Any bytes as a query or a form: names and values are valid UTF-8 without NUL. */
#include <stdlib.h>

#include "web/form_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check(struct str s)
{
    char again[4];
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        if (!c || utf8_put(again, c) != i - from || memcmp(again, s.p + from, i - from) != 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct arena a = {.ceiling = 256u << 20};
    struct err e = {0};
    vec_param got = {0};
    enum rc rc = form_pairs(&got, (struct str){(const char *)p, n}, &a, &e);
    if (rc != RC_OK && (rc != RC_USER || strcmp(e.key, "web.form") != 0))
        abort();
    if (got.n > FORM_FIELDS_MAX)
        abort();
    for (size_t i = 0; i < got.n; i++) {
        check(got.p[i].name);
        check(got.p[i].value);
    }
    vec_free(&got);
    arena_free(&a);
    return 0;
}
