#define _POSIX_C_SOURCE 200809L
#include "base/embed.h"
#include "base/file.h"
#include "record/yaml.h"
#include "service/approval_int.h"
#include "service/folder.h"

#include <unistd.h>

#define CHAINS   "model/approval/"
#define FILE_MAX (1u << 20)

const struct chains *site_chains(const struct site *s)
{
    return s->approvals->chains;
}

const struct kind *approval_kind(const struct site *s)
{
    return kind_find(s->kinds, STR("approval"));
}

/* An approval names its record: whoever reads approvals must be allowed to read that kind. */
static enum rc check_readers(const struct site *s, const struct chains *c, struct err *e)
{
    const struct kind *k = approval_kind(s);
    for (uint32_t i = 0; i < chains_count(c); i++) {
        const struct chain *one = chains_at(c, i);
        if (!k || one->kind == k || (k->read & ~one->kind->read))
            return err_user(e, "chain.readers", "%.*s", (int)one->name.n, one->name.p);
    }
    return RC_OK;
}

static enum rc add_bytes(struct approvals *p, const struct site *s, struct str bytes,
                         const char *name, struct err *e)
{
    struct node *node = NULL;
    TRY(yaml_parse(&node, bytes, name, &p->arena, e));
    TRY(chains_add(p->chains, s->kinds, node, name, e));
    return err_at(e, check_readers(s, p->chains, e), name, NULL, 1, 0);
}

static enum rc add_file(struct approvals *p, const struct site *s, const char *path, struct err *e)
{
    struct buf b;
    buf_init(&b, FILE_MAX);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_OK)
        rc = add_bytes(p, s, buf_view(&b), path, e);
    buf_free(&b);
    return rc;
}

static enum rc add_folder(struct approvals *p, const struct site *s, struct err *e)
{
    vec_path names = {0};
    const char *folder = path_join(&p->arena, s->o.model_dir, "approval");
    if (!folder)
        return err_nomem(e);
    if (access(folder, F_OK) != 0)
        return RC_OK;
    enum rc rc = folder_list(&names, folder, &p->arena, e);
    for (size_t i = 0; rc == RC_OK && i < names.n; i++) {
        const char *path = path_join(&p->arena, folder, names.p[i]);
        size_t n = path ? strlen(path) : 0;
        if (!path)
            rc = err_nomem(e);
        else if (n > 5 && strcmp(path + n - 5, ".yaml") == 0)
            rc = add_file(p, s, path, e);
    }
    vec_free(&names);
    return rc;
}

/* A compiled chain is about compiled kinds: where the site's folder has replaced the file, that of
 * the program is not read at all. */
static bool is_replaced(const struct site *s, struct approvals *p, const char *name)
{
    const char *path =
        s->o.model_dir ? path_join(&p->arena, s->o.model_dir, name + strlen("model/")) : NULL;
    return path && access(path, F_OK) == 0;
}

static enum rc add_all(struct approvals *p, const struct site *s, struct err *e)
{
    TRY(chains_open(&p->chains, e));
    TRY(waiting_open(&p->waiting, e));
    for (const struct embedded *f = model_files; f->name; f++)
        if (str_starts(str_of(f->name), STR(CHAINS)) && !is_replaced(s, p, f->name))
            TRY(add_bytes(p, s, (struct str){(const char *)f->bytes, f->n}, f->name, e));
    return s->o.model_dir ? add_folder(p, s, e) : RC_OK;
}

enum rc approvals_open(struct approvals **out, const struct site *s, struct err *e)
{
    struct approvals *p = mem_calloc(1, sizeof *p);
    if (!p)
        return err_nomem(e);
    enum rc rc = add_all(p, s, e);
    if (rc == RC_OK)
        *out = p;
    else
        approvals_close(p);
    return rc;
}

void approvals_close(struct approvals *p)
{
    if (!p)
        return;
    waiting_close(p->waiting);
    chains_close(p->chains);
    arena_free(&p->arena);
    mem_free(p);
}
