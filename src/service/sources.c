#define _POSIX_C_SOURCE 200809L
#include "service/sources.h"

#include "service/folder.h"

#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>

enum { SOURCES_MAX = 10000000, DEPTH_MAX = 64, LIST_MAX = 1 << 30 };

void sources_free(struct sources *s)
{
    for (size_t i = 0; i < s->zip.n; i++) {
        archive_close(s->zip.p[i].archive);
        file_unmap(&s->zip.p[i].map);
    }
    vec_free(&s->zip);
    vec_free(&s->all);
    arena_free(&s->arena);
}

static enum rc push(struct sources *s, struct source x, struct err *e)
{
    if (s->all.n >= SOURCES_MAX)
        return err_too_big(e, "read.too_many", "%d", SOURCES_MAX);
    s->urls += x.url;
    return vec_push(&s->all, x, e);
}

static enum rc add(struct sources *s, const char *name, bool url, struct err *e)
{
    return push(s, (struct source){.name = name, .url = url, .zip = UINT32_MAX}, e);
}

/* ---- zips */

static bool begins_as_zip(const char *path)
{
    char head[4];
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(head, 1, sizeof head, f) : 0;
    if (f)
        fclose(f);
    return packed_is((struct str){head, n});
}

static enum rc add_pages(struct sources *s, uint32_t zip, const vec_packed *pages, struct err *e)
{
    const struct source_zip *z = &s->zip.p[zip];
    for (size_t i = 0; i < pages->n; i++) {
        struct str name = archive_name(z->archive, pages->p[i].member);
        struct source x = {.zip = zip, .page = pages->p[i]};
        x.name = path_join(&s->arena, z->path, name.p);
        if (!x.name)
            return err_nomem(e);
        TRY(push(s, x, e));
    }
    return RC_OK;
}

/* One that cannot be opened is a page that cannot be read. */
static enum rc add_zip(struct sources *s, const char *path, struct err *e)
{
    struct source_zip z = {.path = path};
    struct err why = {0};
    vec_packed pages = {0};
    enum rc rc = file_map(&z.map, path, &why);
    if (rc == RC_OK)
        rc = packed_open(&z.archive, &pages, (struct str){(const char *)z.map.p, z.map.n}, &why);
    if (rc == RC_OK && (rc = vec_push(&s->zip, z, e)) == RC_OK) {
        rc = add_pages(s, (uint32_t)s->zip.n - 1, &pages, e);
        vec_free(&pages);
        return rc;
    }
    vec_free(&pages);
    archive_close(z.archive);
    file_unmap(&z.map);
    if (rc == RC_NOMEM)
        return err_nomem(e);
    struct err *kept = arena_alloc(&s->arena, sizeof *kept);
    if (!kept)
        return err_nomem(e);
    *kept = why;
    return push(s, (struct source){.name = path, .zip = UINT32_MAX, .why = kept}, e);
}

static bool ends_as_zip(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcasecmp(dot, ".zip") == 0;
}

/* ---- folders */

/* Part of a saved page, the address of one, or what an earlier run wrote. */
bool source_is_no_page(const char *path)
{
    static const char *const ends[] = {
        ".css", ".js",  ".mjs", ".json", ".map",  ".png",   ".jpg",     ".jpeg",
        ".gif", ".svg", ".ico", ".bmp",  ".webp", ".woff",  ".ttf",     ".woff2",
        ".eot", ".mp4", ".mp3", ".url",  ".xlsx", ".jsonl", ".journal", ".charset",
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < ARRAY_LEN(ends); i++)
        if (strcasecmp(dot, ends[i]) == 0)
            return true;
    return false;
}

struct folder {
    const char *path;
    int depth;
};
typedef VEC(struct folder) vec_folder;

/* What is in one folder; those below it are put on the stack, last first. */
static enum rc walk(struct sources *s, struct folder here, vec_folder *stack, struct err *e)
{
    vec_path names = {0};
    size_t first = stack->n;
    enum rc rc = folder_list(&names, here.path, &s->arena, e);
    for (size_t i = 0; i < names.n && rc == RC_OK; i++) {
        struct stat st, own;
        const char *path = path_join(&s->arena, here.path, names.p[i]);
        if (!path)
            rc = err_nomem(e);
        else if (stat(path, &st) != 0 || lstat(path, &own) != 0)
            rc = add(s, path, false, e); /* its failure is told with the others */
        else if (S_ISREG(st.st_mode) && !source_is_no_page(path))
            rc = ends_as_zip(path) ? add_zip(s, path, e) : add(s, path, false, e);
        else if (S_ISDIR(own.st_mode) && here.depth >= DEPTH_MAX)
            rc = err_at(e, err_too_big(e, "read.too_deep", "%d", DEPTH_MAX), path, NULL, 0, 0);
        else if (S_ISDIR(own.st_mode)) {
            struct folder below = {path, here.depth + 1};
            rc = vec_push(stack, below, e);
        }
    }
    vec_free(&names);
    for (size_t a = first, b = stack->n; a + 1 < b; a++) {
        struct folder swap = stack->p[a];
        stack->p[a] = stack->p[--b];
        stack->p[b] = swap;
    }
    return rc;
}

static enum rc add_folder(struct sources *s, const char *path, struct err *e)
{
    vec_folder stack = {0};
    struct folder top = {path, 0};
    size_t before = s->all.n;
    enum rc rc = vec_push(&stack, top, e);
    while (rc == RC_OK && stack.n) {
        struct folder here = stack.p[--stack.n];
        rc = walk(s, here, &stack, e);
    }
    vec_free(&stack);
    if (rc == RC_OK && s->all.n == before)
        rc = err_at(e, err_user(e, "read.empty_folder", "%s", ""), path, NULL, 0, 0);
    return rc;
}

static bool is_web(const char *path)
{
    return strncasecmp(path, "http://", 7) == 0 || strncasecmp(path, "https://", 8) == 0;
}

enum rc sources_add(struct sources *s, const char *path, struct err *e)
{
    struct stat st;
    bool web = is_web(path);
    if (!web && strcmp(path, "-") != 0 && stat(path, &st) != 0)
        return err_at(e, err_user(e, "cli.no_file", "%s", ""), path, NULL, 0, 0);
    struct str kept = arena_str(&s->arena, str_of(path));
    if (!kept.p)
        return err_nomem(e);
    if (web)
        return add(s, kept.p, true, e);
    if (strcmp(path, "-") != 0 && S_ISDIR(st.st_mode))
        return add_folder(s, kept.p, e);
    if (strcmp(path, "-") != 0 && S_ISREG(st.st_mode) && begins_as_zip(path))
        return add_zip(s, kept.p, e);
    return add(s, kept.p, false, e);
}

static enum rc add_lines(struct sources *s, struct str list, struct err *e)
{
    while (list.n) {
        size_t end = str_find(list, STR("\n"), 0);
        struct str line = str_sub(list, 0, end);
        size_t cr = line.n && line.p[line.n - 1] == '\r';
        line = str_trim(str_sub(line, 0, line.n - cr));
        list = str_sub(list, end == SIZE_MAX ? list.n : end + 1, list.n);
        if (!line.n || line.p[0] == '#')
            continue;
        line = arena_str(&s->arena, line);
        if (!line.p)
            return err_nomem(e);
        TRY(add(s, line.p, true, e));
    }
    return RC_OK;
}

enum rc sources_add_urls(struct sources *s, const char *path, struct err *e)
{
    struct buf list;
    uint32_t before = s->urls;
    buf_init(&list, LIST_MAX);
    enum rc rc = file_read(&list, path, e);
    struct str text = buf_view(&list);
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.n);
    if (rc == RC_OK)
        rc = add_lines(s, text, e);
    buf_free(&list);
    if (rc == RC_OK && s->urls == before)
        rc = err_at(e, err_user(e, "read.no_urls", "%s", ""), path, NULL, 0, 0);
    return rc;
}
