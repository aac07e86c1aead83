#define _GNU_SOURCE
#include "service/model.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/map.h"
#include "record/yaml.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (16u << 20)

struct model {
    struct arena arena;
    const char *dir;
    struct columns *columns;
    struct units *units;
    struct concepts *concepts;
    struct strmap messages; /* key -> place in sentences */
    VEC(const struct node *) sentences;
};

/* Parse the file of this name: the user's where there is one, else the compiled one. */
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

static enum rc parse(struct model *m, const struct embedded *f, struct node **out,
                     const char **name, struct err *e)
{
    *name = f->name;
    if (m->dir) {
        char *path = NULL;
        /* model/units.yaml -> DIR/units.yaml */
        if (asprintf(&path, "%s/%s", m->dir, f->name + strlen("model/")) < 0)
            return err_nomem(e);
        FILE *there = fopen(path, "rb");
        enum rc rc = RC_OK;
        struct str kept = {0};
        if (there) {
            fclose(there);
            kept = arena_str(&m->arena, str_of(path));
            rc = kept.p ? parse_user(m, path, out, e) : err_nomem(e);
        }
        free(path);
        if (there) {
            *name = kept.p;
            return rc;
        }
    }
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
    if (strncmp(kind, "model/messages/", 15) == 0)
        return add_messages(m, file, e);
    if (strncmp(kind, "model/concepts/", 15) == 0)
        return concepts_add(m->concepts, file, name, e);
    if (strcmp(kind, "model/columns.yaml") == 0)
        return columns_init(&m->columns, file, name, e);
    if (strcmp(kind, "model/units.yaml") == 0)
        return err_at(e, units_init(&m->units, file, e), name, NULL, 0, 0);
    return RC_OK;
}

static bool is_compiled(const char *base)
{
    for (const struct embedded *f = model_files; f->name; f++)
        if (strncmp(f->name, "model/concepts/", 15) == 0 && strcmp(f->name + 15, base) == 0)
            return true;
    return false;
}

static int is_yaml(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 5 && strcmp(d->d_name + n - 5, ".yaml") == 0 && !is_compiled(d->d_name);
}

static enum rc add_own_concepts(struct model *m, char *folder, struct err *e)
{
    struct dirent **entry = NULL;
    int n = scandir(folder, &entry, is_yaml, alphasort);
    enum rc rc = RC_OK;
    for (int i = 0; i < n; i++) {
        char *path = NULL;
        struct node *file = NULL;
        if (rc == RC_OK && asprintf(&path, "%s/%s", folder, entry[i]->d_name) < 0) {
            path = NULL;
            rc = err_nomem(e);
        }
        if (rc == RC_OK)
            rc = parse_user(m, path, &file, e);
        if (rc == RC_OK)
            rc = concepts_add(m->concepts, file, path, e);
        free(path);
        free(entry[i]);
    }
    free(entry);
    return rc;
}

static enum rc load(struct model *m, struct err *e)
{
    TRY(concepts_open(&m->concepts, e));
    for (const struct embedded *f = model_files; f->name; f++) {
        struct node *file = NULL;
        const char *name = NULL;
        TRY(parse(m, f, &file, &name, e));
        TRY(take(m, file, name, f->name, e));
    }
    if (m->dir) {
        char *folder = NULL;
        if (asprintf(&folder, "%s/concepts", m->dir) < 0)
            return err_nomem(e);
        enum rc rc = add_own_concepts(m, folder, e);
        free(folder);
        TRY(rc);
    }
    return concepts_finish(m->concepts, e);
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

const struct concepts *model_concepts(const struct model *m)
{
    return m->concepts;
}

const char *model_message(const struct model *m, const char *key, const char *lang)
{
    const uint32_t *at = strmap_get(&m->messages, str_of(key));
    const struct node *text = at ? node_get(m->sentences.p[*at], lang) : NULL;
    return text && text->type == NODE_TEXT ? text->text.p : NULL;
}
