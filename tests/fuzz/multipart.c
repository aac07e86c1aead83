/* A Content-Type, a line break, then a body: every part lies inside the body or is repaired text.
 */
#include <stdlib.h>

#include "web/form_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct arena a = {.ceiling = 256u << 20};
    struct err e = {0};
    vec_param got = {0};
    struct str all = {(const char *)p, n};
    size_t line = MIN(str_find(all, STR("\n"), 0), n);
    struct str body = str_sub(all, line + 1, n), boundary = form_boundary(str_sub(all, 0, line));
    if (boundary.n > 70)
        abort();
    enum rc rc = form_multipart(&got, body, boundary.n ? boundary : STR("B"), &a, &e);
    if (rc != RC_OK && (rc != RC_USER || strcmp(e.key, "web.form") != 0))
        abort();
    if (got.n > FORM_FIELDS_MAX)
        abort();
    for (size_t i = 0; i < got.n; i++) {
        struct str v = got.p[i].value;
        if (got.p[i].is_file && v.n && (v.p < body.p || v.p + v.n > body.p + body.n))
            abort();
        if (!got.p[i].is_file && v.n && memchr(v.p, 0, v.n))
            abort();
    }
    vec_free(&got);
    arena_free(&a);
    return 0;
}
