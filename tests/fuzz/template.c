/* Any bytes as a template: refused, or printed without a value that is not escaped. */
#define _GNU_SOURCE
#include <stdlib.h>

#include "web/template_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char *message(void *ctx, const char *key, const char *lang)
{
    (void)ctx, (void)lang;
    return strcmp(key, "web.a") == 0 ? "a {detail}" : NULL;
}

static const char *asset(void *ctx, const char *name)
{
    (void)ctx, (void)name;
    return "/static/x";
}

static struct view *sample(struct arena *a)
{
    struct view *v = view_new(a), *list = view_list(v, "rows");
    view_text(v, "evil", "\1<\1\"\1'.");
    view_text(view_item(list), "evil", "\1<\1\"\1'.");
    view_int(view_item(list), "n", 1);
    view_item_str(view_list(v, "texts"), STR("\1<."));
    view_text(view_map(v, "map"), "evil", "\1\".");
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static const struct page page = {"page", "evil rows[evil n] texts[.] map{evil}", true};
    static const struct page *const all[] = {&page, NULL};
    const struct embedded files[] = {
        {"templates/page.html", p, n},
        {"templates/part.html", (const unsigned char *)"<p>{{evil}}", 11},
        {NULL, NULL, 0}};
    struct template_source from = {
        .page = all, .message = message, .asset = asset, .file = files, .layout_shape = ""};
    struct templates *t = NULL;
    struct arena a = {0};
    struct buf b;
    if (n > 20000 || (n && memchr(p, 1, n)) || templates_open(&t, &from, NULL) != RC_OK)
        return 0;
    buf_init(&b, 1u << 20);
    if (template_print(&b, t, &page, true, sample(&a), NULL) == RC_OK && b.n &&
        (memmem(b.p, b.n, "\1<", 2) || memmem(b.p, b.n, "\1\"", 2) || memmem(b.p, b.n, "\1'", 2)))
        abort();
    buf_free(&b);
    arena_free(&a);
    templates_close(t);
    return 0;
}
