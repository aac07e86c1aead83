#define _POSIX_C_SOURCE 200809L
#include "base/embed.h"
#include "base/file.h"
#include "record/yaml.h"
#include "service/site_int.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MAX       (16u << 20)
#define PATH_MAX_BYTES 4096u

typedef VEC(const char *) vec_name;

struct loading {
    struct kinds *kinds;
    const char *dir;
    struct arena *a;
};

static enum rc path_of(const struct loading *l, const char *name, const char **out, struct err *e)
{
    struct buf b;
    buf_init(&b, PATH_MAX_BYTES);
    enum rc rc = buf_printf(&b, e, "%s/%s", l->dir, name);
    struct str kept = rc == RC_OK ? arena_str(l->a, buf_view(&b)) : (struct str){0};
    buf_free(&b);
    if (rc == RC_OK && !kept.p)
        rc = err_nomem(e);
    *out = kept.p;
    return rc;
}

static enum rc read_own(const struct loading *l, const char *path, struct node **out, struct err *e)
{
    struct buf b;
    buf_init(&b, FILE_MAX);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_OK)
        rc = yaml_parse(out, buf_view(&b), path, l->a, e);
    buf_free(&b);
    return rc;
}

static bool ends_yaml(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && strcmp(name + n - 5, ".yaml") == 0;
}

static bool is_declaration(const char *name)
{
    return str_starts(str_of(name), STR("model/kinds/")) ||
           str_starts(str_of(name), STR("model/codes/")) ||
           str_starts(str_of(name), STR("model/formulas/"));
}

/* A compiled file, unless the site's own takes its place (then it comes with its folder). */
static enum rc add_compiled(struct loading *l, const struct embedded *f, struct err *e)
{
    struct node *node = NULL;
    if (l->dir) {
        const char *path = NULL;
        TRY(path_of(l, f->name + strlen("model/"), &path, e));
        if (access(path, F_OK) == 0) {
            TRY(read_own(l, path, &node, e));
            if (!node_get(node, "extend"))
                return RC_OK;
        }
    }
    TRY(yaml_parse(&node, (struct str){(const char *)f->bytes, f->n}, f->name, l->a, e));
    return kinds_add(l->kinds, node, f->name, e);
}

static int by_name(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static enum rc list_folder(const struct loading *l, const char *path, vec_name *out, struct err *e)
{
    DIR *folder = opendir(path);
    enum rc rc = RC_OK;
    for (const struct dirent *d; folder && rc == RC_OK && (d = readdir(folder)) != NULL;) {
        if (!ends_yaml(d->d_name))
            continue;
        struct str name = arena_str(l->a, str_of(d->d_name));
        rc = name.p ? vec_push(out, name.p, e) : err_nomem(e);
    }
    if (folder)
        closedir(folder);
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, by_name);
    return rc;
}

/* DIR/kinds or DIR/codes; by name, so that the order of a folder decides nothing. */
static enum rc add_folder(struct loading *l, const char *folder, struct err *e)
{
    struct loading in = *l;
    vec_name names = {0};
    TRY(path_of(l, folder, &in.dir, e));
    enum rc rc = list_folder(&in, in.dir, &names, e);
    for (size_t i = 0; rc == RC_OK && i < names.n; i++) {
        const char *path = NULL;
        struct node *node = NULL;
        rc = path_of(&in, names.p[i], &path, e);
        if (rc == RC_OK)
            rc = read_own(&in, path, &node, e);
        if (rc == RC_OK)
            rc = kinds_add(l->kinds, node, path, e);
    }
    vec_free(&names);
    return rc;
}

static enum rc load(struct loading *l, struct err *e)
{
    TRY(kinds_open(&l->kinds, e));
    for (const struct embedded *f = model_files; f->name; f++)
        if (is_declaration(f->name))
            TRY(add_compiled(l, f, e));
    if (l->dir) {
        TRY(add_folder(l, "codes", e));
        TRY(add_folder(l, "kinds", e));
        TRY(add_folder(l, "formulas", e));
    }
    return kinds_finish(l->kinds, e);
}

enum rc declared_open(struct kinds **out, const char *dir, struct arena *a, struct err *e)
{
    struct loading l = {.dir = dir, .a = a};
    enum rc rc = load(&l, e);
    if (rc != RC_OK) {
        kinds_close(l.kinds);
        return rc;
    }
    *out = l.kinds;
    return RC_OK;
}
