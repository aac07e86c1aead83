#define _POSIX_C_SOURCE 200809L
#include "base/embed.h"
#include "record/yaml.h"
#include "service/approval_int.h"
#include "service/folder.h"

#include <unistd.h>

#define CHAINS "model/approval/"

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

struct adding {
    struct approvals *p;
    const struct site *s;
};

static enum rc add_one(void *ctx, const struct node *node, const char *path, struct err *e)
{
    struct adding *x = ctx;
    TRY(chains_add(x->p->chains, x->s->kinds, node, path, e));
    return err_at(e, check_readers(x->s, x->p->chains, e), path, NULL, 1, 0);
}

static enum rc add_compiled(struct adding *x, const struct embedded *f, struct err *e)
{
    struct node *node = NULL;
    TRY(yaml_parse(&node, (struct str){(const char *)f->bytes, f->n}, f->name, &x->p->arena, e));
    return add_one(x, node, f->name, e);
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
    struct adding x = {p, s};
    for (const struct embedded *f = model_files; f->name; f++)
        if (str_starts(str_of(f->name), STR(CHAINS)) && !is_replaced(s, p, f->name))
            TRY(add_compiled(&x, f, e));
    return s->o.model_dir ? folder_yaml(s->o.model_dir, "approval", &p->arena, add_one, &x, e)
                          : RC_OK;
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
