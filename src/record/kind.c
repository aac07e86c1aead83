/* Kinds: collecting declarations, and finding things in what they declare. */
#include "record/formula_int.h"
#include "record/kind_int.h"

#include <limits.h>
#include <stdlib.h>

static const char *const role_names[ROLE__COUNT] = {
    [ROLE_VISITOR] = "visitor", [ROLE_MEMBER] = "member",   [ROLE_EDITOR] = "editor",
    [ROLE_BROKER] = "broker",   [ROLE_AUDITOR] = "auditor", [ROLE_ADMIN] = "admin",
};

enum role role_find(struct str name)
{
    for (int r = 0; r < ROLE__COUNT; r++)
        if (str_eq(name, str_of(role_names[r])))
            return (enum role)r;
    return ROLE__COUNT;
}

const char *role_name(enum role r)
{
    return r >= 0 && r < ROLE__COUNT ? role_names[r] : "";
}

static const char *const type_names[TYPE__COUNT] = {
    [TYPE_TEXT] = "text",       [TYPE_LONG] = "long",     [TYPE_INT] = "int",
    [TYPE_DECIMAL] = "decimal", [TYPE_MONEY] = "money",   [TYPE_DATE] = "date",
    [TYPE_TIME] = "time",       [TYPE_BOOL] = "bool",     [TYPE_CODE] = "code",
    [TYPE_REF] = "ref",         [TYPE_CREDIT] = "credit", [TYPE_ORCID] = "orcid",
    [TYPE_EMAIL] = "email",     [TYPE_PHONE] = "phone",   [TYPE_URL] = "url",
    [TYPE_FILE] = "file",       [TYPE_GROUP] = "group",
};

const char *type_name(enum type t)
{
    return t >= 0 && t < TYPE__COUNT ? type_names[t] : "";
}

struct str label_text(const struct label *l, bool zh)
{
    struct str first = zh ? l->zh : l->en;
    return first.n ? first : zh ? l->en : l->zh;
}

enum rc kinds_open(struct kinds **out, struct err *e)
{
    *out = mem_calloc(1, sizeof **out);
    return *out ? RC_OK : err_nomem(e);
}

void kinds_close(struct kinds *k)
{
    if (!k)
        return;
    vec_free(&k->base);
    vec_free(&k->more);
    vec_free(&k->formula);
    vec_free(&k->codes);
    strmap_free(&k->by_name);
    strmap_free(&k->codes_by_name);
    arena_free(&k->arena);
    mem_free(k);
}

static enum rc add_codes(struct kinds *k, const struct source *s, struct err *e)
{
    struct codes *c = arena_calloc(&k->arena, 1, sizeof *c);
    if (!c)
        return err_nomem(e);
    TRY(codes_read(c, s, &k->arena, e));
    uint32_t *at = strmap_put(&k->codes_by_name, c->name, (uint32_t)k->codes.n);
    if (!at)
        return err_nomem(e);
    if (*at != k->codes.n)
        return kind_refuse(s, node_get(s->node, "table"), "kind.twice", c->name, e);
    return vec_push(&k->codes, c, e);
}

enum rc kinds_add(struct kinds *k, const struct node *file, const char *name, struct err *e)
{
    struct source s = {file, name};
    if (file->type == NODE_MAP && node_get(file, "table"))
        return add_codes(k, &s, e);
    if (file->type == NODE_MAP && node_get(file, "kind"))
        return vec_push(&k->base, s, e);
    if (file->type == NODE_MAP && node_get(file, "extend"))
        return vec_push(&k->more, s, e);
    if (file->type == NODE_MAP && node_get(file, "formula"))
        return vec_push(&k->formula, s, e);
    return kind_refuse(&s, file, "kind.file", STR("kind, extend, table, formula"), e);
}

struct head {
    struct str name;
    int order;
    struct source src;
};

static int by_order(const void *x, const void *y)
{
    const struct head *a = x, *b = y;
    return a->order != b->order ? (a->order > b->order) - (a->order < b->order)
                                : str_cmp(a->name, b->name);
}

static enum rc read_head(struct head *h, const struct source *s, struct err *e)
{
    double order;
    h->src = *s;
    TRY(kind_text(s, s->node, "kind", &h->name, e));
    TRY(kind_name(s, node_get(s->node, "kind"), h->name, e));
    TRY(err_at(e, node_number(&order, s->node, "order", INT_MAX, e), s->name, NULL, 0, 0));
    if (!(order >= 0 && order <= INT_MAX && order == (int)order))
        return kind_refuse(s, node_get(s->node, "order"), "kind.value", STR("order"), e);
    h->order = (int)order;
    return RC_OK;
}

static enum rc name_kinds(struct kinds *k, const struct head *head, struct err *e)
{
    k->kind = arena_calloc(&k->arena, k->n, sizeof *k->kind);
    if (!k->kind)
        return err_nomem(e);
    for (uint32_t i = 0; i < k->n; i++) {
        k->kind[i].name = head[i].name;
        k->kind[i].order = head[i].order;
        k->kind[i].index = i;
        uint32_t *at = strmap_put(&k->by_name, head[i].name, i);
        if (!at)
            return err_nomem(e);
        if (*at != i)
            return kind_refuse(&head[i].src, head[i].src.node, "kind.twice", head[i].name, e);
    }
    for (size_t i = 0; i < k->more.n; i++) {
        struct str of;
        TRY(kind_text(&k->more.p[i], k->more.p[i].node, "extend", &of, e));
        if (!strmap_get(&k->by_name, of))
            return kind_refuse(&k->more.p[i], node_get(k->more.p[i].node, "extend"), "kind.of", of,
                               e);
    }
    return RC_OK;
}

/* src: room for a kind's file and all that extend it. `paths`: the second round. */
static enum rc read_kinds(struct kinds *k, const struct head *head, struct source *src, bool paths,
                          struct err *e)
{
    for (uint32_t i = 0; i < k->n; i++) {
        struct kind_reader r = {.all = k, .k = &k->kind[i], .src = src};
        src[r.n_src++] = head[i].src;
        for (size_t j = 0; j < k->more.n; j++)
            if (str_eq(node_text(k->more.p[j].node, "extend", STR("")), head[i].name))
                src[r.n_src++] = k->more.p[j];
        TRY(paths ? kind_paths(&r, e) : kind_read(&r, e));
    }
    return RC_OK;
}

enum rc kinds_finish(struct kinds *k, struct err *e)
{
    if (k->base.n > KINDS_MAX)
        return kind_refuse(&k->base.p[0], k->base.p[0].node, "kind.too_many", STR("kind"), e);
    enum rc rc = RC_OK;
    struct head *head = mem_calloc(k->base.n + 1, sizeof *head);
    struct source *src = mem_calloc(k->more.n + 1, sizeof *src);
    if (!head || !src) {
        rc = err_nomem(e);
        goto out;
    }
    k->n = (uint32_t)k->base.n;
    for (uint32_t i = 0; i < k->n; i++)
        GOTO_OUT(read_head(&head[i], &k->base.p[i], e));
    if (k->n)
        qsort(head, k->n, sizeof *head, by_order);
    GOTO_OUT(name_kinds(k, head, e));
    GOTO_OUT(read_kinds(k, head, src, false, e));
    GOTO_OUT(read_kinds(k, head, src, true, e));
    if (k->formula.n > FORMULAS_MAX)
        rc =
            kind_refuse(&k->formula.p[0], k->formula.p[0].node, "kind.too_many", STR("formula"), e);
    for (size_t i = 0; rc == RC_OK && i < k->formula.n; i++)
        rc = formula_read(k, &k->formula.p[i], e);
out:
    mem_free(head);
    mem_free(src);
    return rc;
}

uint32_t kinds_count(const struct kinds *k)
{
    return k->n;
}

const struct kind *kinds_at(const struct kinds *k, uint32_t i)
{
    return &k->kind[i];
}

const struct kind *kind_find(const struct kinds *k, struct str name)
{
    const uint32_t *at = strmap_get(&k->by_name, name);
    return at ? &k->kind[*at] : NULL;
}

const struct codes *codes_find(const struct kinds *k, struct str name)
{
    const uint32_t *at = strmap_get(&k->codes_by_name, name);
    return at ? k->codes.p[*at] : NULL;
}

uint32_t codes_count(const struct kinds *k)
{
    return (uint32_t)k->codes.n;
}

const struct codes *codes_at(const struct kinds *k, uint32_t i)
{
    return k->codes.p[i];
}

bool ref_names(const struct field_def *f, const struct kind *k)
{
    for (uint32_t i = 0; i < f->n_among; i++)
        if (f->among[i] == k)
            return true;
    return k && f->of_kind == k;
}

uint32_t field_find(const struct kind *k, struct str name)
{
    if (!k->by_name.slot)
        return NO_FIELD;
    for (uint32_t i = (uint32_t)hash_bytes(name) & k->by_name.mask; k->by_name.slot[i];
         i = (i + 1) & k->by_name.mask)
        if (str_eq(k->field[k->by_name.slot[i] - 1].name, name))
            return k->by_name.slot[i] - 1;
    return NO_FIELD;
}

uint32_t sub_find(const struct field_def *group, struct str name)
{
    for (uint32_t i = 0; i < group->n_sub; i++)
        if (str_eq(group->sub[i].name, name))
            return i;
    return NO_FIELD;
}

uint32_t state_find(const struct kind *k, struct str name)
{
    for (uint32_t i = 0; i < k->n_states; i++)
        if (str_eq(k->state[i].name, name))
            return i;
    return UINT32_MAX;
}

const struct step *step_find(const struct kind *k, uint32_t state, struct str action)
{
    if (state >= k->n_states)
        return NULL;
    for (uint32_t i = 0; i < k->state[state].n_steps; i++)
        if (str_eq(k->state[state].step[i].action->name, action))
            return &k->state[state].step[i];
    return NULL;
}
