/* Any bytes as a filter: what is read is printed, read again as the same text, and asked of a
 * record and of the public face of it. */
#include "../unit/record_help.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct rec sample(struct arena *a)
{
    struct rec r;
    if (rec_new(&r, kind_find(help_kinds(), STR("need")), a, NULL) != RC_OK ||
        rec_parse(&r,
                  STR("{\"title\":\"a\",\"industry\":\"C\",\"trl\":5,\"people\":[1],\"keywords\":"
                      "[\"b\"],\"targets\":[{\"value\":1}]}"),
                  a, NULL) != RC_OK)
        abort();
    r.id = 1;
    return r;
}

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    (void)e;
    *out = id == 1 ? ctx : NULL;
    return RC_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a = {.ceiling = 64u << 20};
    struct err e = {0};
    struct filter *f, *g;
    struct buf once, twice;
    const struct filter_context c = {
        help_kinds(), n % 5 ? kind_find(help_kinds(), STR("need")) : NULL, 20000, 1, 2, n % 2,
        false};
    buf_init(&once, 1u << 24);
    buf_init(&twice, 1u << 24);
    if (filter_parse(&f, (struct str){(const char *)bytes, n}, &c, &a, &e) != RC_OK) {
        if (!e.key[0] || e.rc == RC_SYS)
            abort();
        goto out;
    }
    if (filter_print(&once, f, &e) != RC_OK)
        abort();
    /* canonical values may be longer than what was typed; then the ceiling refuses them */
    if (once.n <= FILTER_BYTES) {
        if (filter_parse(&g, buf_view(&once), &c, &a, &e) != RC_OK ||
            filter_print(&twice, g, &e) != RC_OK || !str_eq(buf_view(&once), buf_view(&twice)))
            abort();
    }
    struct rec r = sample(&a), face;
    bool holds, visible;
    if (filter_holds(f, &r, follow, &r, &holds, &e) != RC_OK ||
        rec_public(&face, &visible, &r, &a, &e) != RC_OK)
        abort();
out:
    buf_free(&once);
    buf_free(&twice);
    arena_free(&a);
    return 0;
}
