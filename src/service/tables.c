/* Which ledgers and tables there are: the program's, then those of the site's own folders. */
#define _POSIX_C_SOURCE 200809L
#include "service/tables.h"

#include "base/embed.h"
#include "base/log.h"
#include "record/yaml.h"
#include "service/folder.h"
#include "service/tables_int.h"

#include <stdlib.h>
#include <unistd.h>

#define TABLES "model/tables/"

struct adding {
    struct tables *t;
    const struct kinds *kinds;
};

static enum rc add_own(void *ctx, const struct node *node, const char *path, struct err *e)
{
    struct adding *x = ctx;
    return tables_add(x->t, x->kinds, node, path, e);
}

/* Where a site's own model calls kinds or fields otherwise, the program's tables of them are none.
 */
static enum rc add_compiled(struct tables *t, const struct site *s, const struct embedded *f,
                            struct err *e)
{
    struct node *node = NULL;
    struct err why = {0};
    TRY(yaml_parse(&node, (struct str){(const char *)f->bytes, f->n}, f->name, &t->arena, e));
    enum rc rc = tables_add(t, s->kinds, node, f->name, &why);
    if (rc == RC_USER && s->o.model_dir) {
        log_line(LOG_INFO, "tables", "%s:%u: %s", f->name, why.row, why.detail);
        return RC_OK;
    }
    if (rc != RC_OK && e)
        *e = why;
    return rc;
}

static enum rc add_all(struct tables *t, const struct site *s, struct err *e)
{
    for (const struct embedded *f = model_files; f->name; f++)
        if (str_starts(str_of(f->name), STR(TABLES)))
            TRY(add_compiled(t, s, f, e));
    struct adding x = {t, s->kinds};
    if (s->o.model_dir)
        TRY(folder_yaml(s->o.model_dir, "tables", &t->arena, add_own, &x, e));
    return folder_yaml(s->o.dir, "tables", &t->arena, add_own, &x, e);
}

static int by_order(const void *p, const void *q)
{
    const struct report *a = p, *b = q;
    return a->order != b->order ? (a->order > b->order) - (a->order < b->order)
                                : str_cmp(a->name, b->name);
}

enum rc tables_open(struct tables **out, const struct site *s, struct err *e)
{
    struct tables *t = mem_calloc(1, sizeof *t);
    if (!t)
        return err_nomem(e);
    enum rc rc = add_all(t, s, e);
    if (rc == RC_OK && t->all.n)
        qsort(t->all.p, t->all.n, sizeof *t->all.p, by_order);
    if (rc == RC_OK)
        *out = t;
    else
        tables_close(t);
    return rc;
}

void tables_close(struct tables *t)
{
    if (!t)
        return;
    vec_free(&t->all);
    arena_free(&t->arena);
    mem_free(t);
}

static bool may(const struct actor *a, const struct report *r)
{
    return actor_is_system(a) || (r->by & (roles)(1u << a->role)) != 0;
}

enum rc report_list(const struct site *s, const struct actor *a, vec_report *out, struct err *e)
{
    for (size_t i = 0; i < s->tables->all.n; i++)
        if (may(a, &s->tables->all.p[i]))
            TRY(vec_push(out, &s->tables->all.p[i], e));
    return RC_OK;
}

/* The names that there are help who mistyped one. */
static enum rc none(const struct site *s, const struct actor *a, struct str name, struct err *e)
{
    struct buf b;
    buf_init(&b, 1u << 12);
    for (size_t i = 0; i < s->tables->all.n; i++) {
        const struct report *r = &s->tables->all.p[i];
        if (may(a, r) &&
            buf_printf(&b, NULL, "%s%.*s", b.n ? ", " : "", (int)r->name.n, r->name.p) != RC_OK)
            break;
    }
    enum rc rc = err_user(e, "tables.none", "%.*s\t%.*s", (int)MIN(name.n, 60u), name.p,
                          (int)MIN(b.n, 180u), b.n ? b.p : "");
    buf_free(&b);
    return rc;
}

enum rc report_find(const struct site *s, const struct actor *a, struct str name,
                    const struct report **out, struct err *e)
{
    for (size_t i = 0; i < s->tables->all.n; i++)
        if (str_eq(s->tables->all.p[i].name, name)) {
            *out = &s->tables->all.p[i];
            return may(a, *out) ? RC_OK : err_user(e, "service.denied", "%s", "");
        }
    return none(s, a, name, e);
}

struct str report_name(const struct report *r)
{
    return r->name;
}

const struct label *report_label(const struct report *r)
{
    return &r->label;
}

const struct label *report_about(const struct report *r)
{
    return &r->about;
}

bool report_spans(const struct report *r)
{
    return r->spans;
}

bool report_asks_org(const struct report *r)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (r->part[i].org.n)
            return true;
        for (uint32_t j = 0; j < r->part[i].n_figures; j++)
            if (r->part[i].figure[j].org.n)
                return true;
    }
    return false;
}
