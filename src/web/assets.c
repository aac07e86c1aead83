/* Styles, scripts and pictures that travel inside the program. Their address holds a hash of their
 * bytes, so a browser may keep them for ever. */
#include "web/http_int.h"

#include "base/embed.h"

#include <stdio.h>

extern const struct embedded static_files[]; /* tools/assets, sorted by name; x.gz follows x */

static const char *type_of(const char *name)
{
    static const struct {
        const char *end, *type;
    } types[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
    };
    size_t n = strlen(name);
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        size_t end = strlen(types[i].end);
        if (n > end && strcmp(name + n - end, types[i].end) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static enum rc add(struct assets *a, const struct embedded *f, struct err *e)
{
    struct asset *to = &a->asset[a->n];
    const char *name = base_name(f->name), *dot = strrchr(name, '.');
    struct str bytes = {(const char *)f->bytes, f->n};
    unsigned long long hash = hash_bytes(bytes);
    char at[160], etag[24];
    if (!dot)
        return err_sys(e, "web.asset", "%s", name);
    snprintf(at, sizeof at, "/static/%.*s-%016llx%s", (int)(dot - name), name, hash, dot);
    snprintf(etag, sizeof etag, "\"%016llx\"", hash);
    *to = (struct asset){.name = name, .type = type_of(name), .bytes = bytes};
    to->at = arena_str(&a->arena, str_of(at)).p;
    to->etag = arena_str(&a->arena, str_of(etag));
    if (!to->at || !to->etag.p)
        return err_nomem(e);
    a->n++;
    return RC_OK;
}

/* "app.css.gz" after "app.css". */
static bool is_packed(const char *before, const char *name)
{
    size_t n = strlen(before);
    return strncmp(before, name, n) == 0 && strcmp(name + n, ".gz") == 0;
}

enum rc assets_open(struct assets *out, struct err *e)
{
    size_t n = 0;
    *out = (struct assets){0};
    while (static_files[n].name)
        n++;
    out->asset = arena_calloc(&out->arena, n + 1, sizeof *out->asset);
    if (!out->asset)
        return err_nomem(e);
    for (size_t i = 0; i < n; i++) {
        const struct embedded *f = &static_files[i];
        if (i && out->n && is_packed(out->asset[out->n - 1].name, base_name(f->name)))
            out->asset[out->n - 1].packed = (struct str){(const char *)f->bytes, f->n};
        else
            TRY(add(out, f, e));
    }
    return RC_OK;
}

void assets_close(struct assets *a)
{
    arena_free(&a->arena);
    *a = (struct assets){0};
}

const struct asset *asset_find(const struct assets *a, const char *name)
{
    for (uint32_t i = 0; i < a->n; i++)
        if (strcmp(a->asset[i].name, name) == 0)
            return &a->asset[i];
    return NULL;
}

const struct asset *asset_at(const struct assets *a, struct str file)
{
    for (uint32_t i = 0; i < a->n; i++)
        if (str_eq(str_of(base_name(a->asset[i].at)), file))
            return &a->asset[i];
    return NULL;
}
