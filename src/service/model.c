#define _POSIX_C_SOURCE 200809L
#include "service/model.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/map.h"
#include "record/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX       (16u << 20)
#define PATH_MAX_BYTES 4096u
#define CONCEPTS       "model/concepts/"
#define MESSAGES       "model/messages/"

typedef VEC(const char *) vec_name;

/* knowledge_bytes.c */
extern const char knowledge_bytes[], knowledge_bytes_end[];

struct model {
    struct arena arena;
    const char *dir;
    struct columns *columns;
    struct units *units;
    const struct node *decisions, *notices;
    struct concepts *concepts;
    bool own_concepts; /* some are the user's */
    struct knowledge *knowledge;
    struct strmap messages; /* key -> place in sentences */
    VEC(const struct node *) sentences;
};

/* dir/name in the arena. */
static enum rc path_of(struct model *m, const char *name, const char **out, struct err *e)
{
    struct buf b;
    buf_init(&b, PATH_MAX_BYTES);
    enum rc rc = buf_printf(&b, e, "%s/%s", m->dir, name);
    struct str kept = rc == RC_OK ? arena_str(&m->arena, buf_view(&b)) : (struct str){0};
    buf_free(&b);
    if (rc == RC_OK && !kept.p)
        rc = err_nomem(e);
    *out = kept.p;
    return rc;
}

static enum rc parse_user(struct model *m, const char *path, struct node **out, struct err *e)
{
    struct buf b;
    buf_init(&b, FILE_MAX);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_OK)
        rc = yaml_parse(out, buf_view(&b), path, &m->arena, e);
    buf_free(&b);
    return rc;
}

/* Parse a declared file: the user's (DIR/units.yaml for model/units.yaml) where there is one,
 * else the compiled one. */
static enum rc parse(struct model *m, const struct embedded *f, struct node **out,
                     const char **name, struct err *e)
{
    if (m->dir) {
        TRY(path_of(m, f->name + strlen("model/"), name, e));
        if (access(*name, F_OK) == 0) {
            m->own_concepts |= strncmp(f->name, CONCEPTS, strlen(CONCEPTS)) == 0;
            return parse_user(m, *name, out, e);
        }
    }
    *name = f->name;
    return yaml_parse(out, (struct str){(const char *)f->bytes, f->n}, f->name, &m->arena, e);
}

static enum rc add_messages(struct model *m, const struct node *file, struct err *e)
{
    for (const struct node *c = file->child; c; c = c->next) {
        uint32_t *at = strmap_put(&m->messages, c->key, (uint32_t)m->sentences.n);
        if (!at)
            return err_nomem(e);
        if (*at < m->sentences.n)
            m->sentences.p[*at] = c;
        else
            TRY(vec_push(&m->sentences, c, e));
    }
    return RC_OK;
}

/* Which reader a file belongs to, by its name. */
static enum rc take(struct model *m, const struct node *file, const char *name, const char *kind,
                    struct err *e)
{
    if (strncmp(kind, MESSAGES, strlen(MESSAGES)) == 0)
        return add_messages(m, file, e);
    if (strncmp(kind, CONCEPTS, strlen(CONCEPTS)) == 0)
        return concepts_add(m->concepts, file, name, e);
    if (strcmp(kind, "model/columns.yaml") == 0)
        return columns_init(&m->columns, file, name, e);
    if (strcmp(kind, "model/units.yaml") == 0)
        return err_at(e, units_init(&m->units, file, e), name, NULL, 0, 0);
    if (strcmp(kind, "model/decisions.yaml") == 0)
        m->decisions = file;
    if (strcmp(kind, "model/notices.yaml") == 0)
        m->notices = file;
    return RC_OK;
}

static bool is_compiled(const char *base)
{
    for (const struct embedded *f = model_files; f->name; f++)
        if (strncmp(f->name, CONCEPTS, strlen(CONCEPTS)) == 0 &&
            strcmp(f->name + strlen(CONCEPTS), base) == 0)
            return true;
    return false;
}

static int by_name(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The user's own concept files, by name. */
static enum rc list_own(struct model *m, DIR *folder, vec_name *out, struct err *e)
{
    for (const struct dirent *d; (d = readdir(folder)) != NULL;) {
        size_t n = strlen(d->d_name);
        if (n <= 5 || strcmp(d->d_name + n - 5, ".yaml") != 0 || is_compiled(d->d_name))
            continue;
        struct str name = arena_str(&m->arena, (struct str){d->d_name, n});
        if (!name.p)
            return err_nomem(e);
        TRY(vec_push(out, name.p, e));
    }
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, by_name);
    return RC_OK;
}

static enum rc add_own_concepts(struct model *m, const char *path, const vec_name *names,
                                struct err *e)
{
    const char *dir = m->dir;
    enum rc rc = RC_OK;
    m->dir = path;
    for (size_t i = 0; rc == RC_OK && i < names->n; i++) {
        const char *file = NULL;
        struct node *node = NULL;
        rc = path_of(m, names->p[i], &file, e);
        if (rc == RC_OK)
            rc = parse_user(m, file, &node, e);
        if (rc == RC_OK)
            rc = concepts_add(m->concepts, node, file, e);
    }
    m->dir = dir;
    return rc;
}

static enum rc load_own_concepts(struct model *m, struct err *e)
{
    const char *path = NULL;
    TRY(path_of(m, "concepts", &path, e));
    DIR *folder = opendir(path);
    if (!folder)
        return RC_OK;
    vec_name names = {0};
    enum rc rc = list_own(m, folder, &names, e);
    closedir(folder);
    m->own_concepts |= names.n > 0;
    if (rc == RC_OK)
        rc = add_own_concepts(m, path, &names, e);
    vec_free(&names);
    return rc;
}

/* A folder that is mistyped must not pass for one without tables. */
static enum rc check_dir(const char *path, struct err *e)
{
    DIR *there = opendir(path);
    if (!there)
        return err_at(e, err_sys(e, "file.open", "%s", strerror(errno)), path, NULL, 0, 0);
    closedir(there);
    return RC_OK;
}

/* Read where it is used: by the news reader, and as the declared kinds. */
static bool is_elsewhere(const char *name)
{
    static const char *const heads[] = {"model/news/", "model/kinds/", "model/codes/"};
    for (size_t i = 0; i < ARRAY_LEN(heads); i++)
        if (strncmp(name, heads[i], strlen(heads[i])) == 0)
            return true;
    return false;
}

static enum rc load(struct model *m, struct err *e)
{
    if (m->dir)
        TRY(check_dir(m->dir, e));
    TRY(concepts_open(&m->concepts, e));
    for (const struct embedded *f = model_files; f->name; f++) {
        struct node *file = NULL;
        const char *name = NULL;
        if (is_elsewhere(f->name))
            continue;
        TRY(parse(m, f, &file, &name, e));
        TRY(take(m, file, name, f->name, e));
    }
    if (m->dir)
        TRY(load_own_concepts(m, e));
    TRY(concepts_finish(m->concepts, e));
    if (m->own_concepts)
        return knowledge_fit(&m->knowledge, m->concepts, e);
    size_t n = (size_t)(knowledge_bytes_end - knowledge_bytes);
    return knowledge_load(&m->knowledge, (struct str){knowledge_bytes, n}, e);
}

enum rc model_open(struct model **out, const char *dir, struct err *e)
{
    struct model *m = mem_calloc(1, sizeof *m);
    if (!m)
        return err_nomem(e);
    m->dir = dir;
    enum rc rc = load(m, e);
    if (rc != RC_OK) {
        model_close(m);
        return rc;
    }
    *out = m;
    return RC_OK;
}

void model_close(struct model *m)
{
    if (!m)
        return;
    columns_free(m->columns);
    units_free(m->units);
    concepts_close(m->concepts);
    knowledge_close(m->knowledge);
    strmap_free(&m->messages);
    vec_free(&m->sentences);
    arena_free(&m->arena);
    mem_free(m);
}

const struct columns *model_columns(const struct model *m)
{
    return m->columns;
}

const struct units *model_units(const struct model *m)
{
    return m->units;
}

const struct node *model_decisions(const struct model *m)
{
    return m->decisions;
}

const struct node *model_notices(const struct model *m)
{
    return m->notices;
}

const struct concepts *model_concepts(const struct model *m)
{
    return m->concepts;
}

const struct knowledge *model_knowledge(const struct model *m)
{
    return m->knowledge;
}

const char *model_message(const struct model *m, const char *key, const char *lang)
{
    const uint32_t *at = strmap_get(&m->messages, str_of(key));
    const struct node *text = at ? node_get(m->sentences.p[*at], lang) : NULL;
    return text && text->type == NODE_TEXT ? text->text.p : NULL;
}
