#define _POSIX_C_SOURCE 200809L
#include "service/folder.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define YAML_MAX (4u << 20)

const char *path_join(struct arena *a, const char *folder, const char *name)
{
    size_t n = strlen(folder), m = strlen(name);
    char *path = arena_alloc(a, n + m + 2);
    if (!path)
        return NULL;
    memcpy(path, folder, n);
    if (n && folder[n - 1] != '/')
        path[n++] = '/';
    memcpy(path + n, name, m + 1);
    return path;
}

static int by_bytes(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static enum rc cannot_open(const char *path, struct err *e)
{
    return err_at(e, err_sys(e, "file.open", "%s", strerror(errno)), path, NULL, 0, 0);
}

enum rc folder_list(vec_path *out, const char *path, struct arena *a, struct err *e)
{
    size_t first = out->n;
    DIR *folder = opendir(path);
    if (!folder)
        return cannot_open(path, e);
    enum rc rc = RC_OK;
    errno = 0;
    for (const struct dirent *d; rc == RC_OK && (d = readdir(folder)) != NULL; errno = 0) {
        if (d->d_name[0] == '.')
            continue;
        struct str name = arena_str(a, str_of(d->d_name));
        rc = name.p ? vec_push(out, name.p, e) : err_nomem(e);
    }
    if (rc == RC_OK && errno)
        rc = cannot_open(path, e);
    closedir(folder);
    if (rc == RC_OK && out->n > first)
        qsort(out->p + first, out->n - first, sizeof *out->p, by_bytes);
    return rc;
}

static bool is_yaml(const char *name)
{
    size_t n = strlen(name), m = strlen(".yaml");
    return n > m && strcmp(name + n - m, ".yaml") == 0;
}

static enum rc read_yaml(const char *path, struct arena *to, folder_yaml_fn each, void *ctx,
                         struct err *e)
{
    struct node *node = NULL;
    struct buf b;
    buf_init(&b, YAML_MAX);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_OK)
        rc = yaml_parse(&node, buf_view(&b), path, to, e);
    if (rc == RC_OK)
        rc = each(ctx, node, path, e);
    buf_free(&b);
    return rc;
}

enum rc folder_yaml(const char *dir, const char *sub, struct arena *to, folder_yaml_fn each,
                    void *ctx, struct err *e)
{
    vec_path names = {0};
    const char *folder = path_join(to, dir, sub);
    if (!folder)
        return err_nomem(e);
    if (access(folder, F_OK) != 0)
        return RC_OK;
    enum rc rc = folder_list(&names, folder, to, e);
    for (size_t i = 0; rc == RC_OK && i < names.n; i++) {
        const char *path = path_join(to, folder, names.p[i]);
        if (!path)
            rc = err_nomem(e);
        else if (is_yaml(path))
            rc = read_yaml(path, to, each, ctx, e);
    }
    vec_free(&names);
    return rc;
}
