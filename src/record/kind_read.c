/* A kind file as a whole, with those that extend it. */
#include "record/filter.h"
#include "record/kind_int.h"

static enum rc read_owner(struct kind_reader *r, struct err *e)
{
    struct str t;
    const struct source *s = r->src;
    TRY(kind_text(s, s->node, "owner", &t, e));
    r->k->is_self = str_eq(t, STR("self"));
    r->k->owned = !str_eq(t, STR("none"));
    if (t.n && r->k->owned && !r->k->is_self && !str_eq(t, STR("org")))
        return kind_refuse(s, node_get(s->node, "owner"), "kind.value", STR("owner"), e);
    TRY(kind_bool(s, s->node, "secrecy", &r->k->secrecy, e));
    TRY(kind_bool(s, s->node, "folded", &r->k->folded, e));
    return kind_text(s, s->node, "icon", &r->k->icon, e);
}

static enum rc read_access(struct kind_reader *r, struct err *e)
{
    const struct source *s = r->src;
    const struct node *n = node_get(s->node, "access");
    if (!n)
        return RC_OK;
    TRY(kind_keys(s, n, "read create write delete", e));
    TRY(kind_roles(s, n, "read", &r->k->read, e));
    TRY(kind_roles(s, n, "create", &r->k->create, e));
    TRY(kind_roles(s, n, "write", &r->k->write, e));
    return kind_roles(s, n, "delete", &r->k->remove, e);
}

static enum rc read_title(struct kind_reader *r, struct err *e)
{
    struct str t;
    const struct source *s = r->src;
    TRY(kind_text(s, s->node, "title", &t, e));
    uint32_t at = field_find(r->k, t.n ? t : STR("title"));
    if (at == NO_FIELD && !t.n)
        at = field_find(r->k, STR("name"));
    if (at == NO_FIELD || r->k->field[at].type != TYPE_TEXT || r->k->field[at].list)
        return kind_refuse(s, t.n ? node_get(s->node, "title") : s->node, "kind.no_title",
                           t.n ? t : r->k->name, e);
    r->k->title = at;
    return RC_OK;
}

static enum rc read_match(struct kind_reader *r, struct err *e)
{
    struct str t;
    const struct source *s = r->src;
    const struct node *n = node_get(s->node, "match");
    if (!n)
        return RC_OK;
    TRY(kind_keys(s, n, "side title text", e));
    TRY(kind_text(s, n, "side", &t, e));
    r->k->side = str_eq(t, STR("need"))    ? MATCH_NEED
                 : str_eq(t, STR("offer")) ? MATCH_OFFER
                                           : MATCH_NONE;
    if (r->k->side == MATCH_NONE)
        return kind_refuse(s, n, "kind.value", STR("side"), e);
    TRY(kind_text(s, n, "title", &t, e));
    if (t.n && field_find(r->k, t) != r->k->title)
        return kind_refuse(s, node_get(n, "title"), "kind.value", STR("title"), e);
    return kind_field_list(r, s, n, "text", &r->k->match_text, &r->k->n_match_text, e);
}

static enum rc read_unique(struct kind_reader *r, struct err *e)
{
    const struct source *s = r->src;
    struct kind *k = r->k;
    TRY(kind_field_list(r, s, s->node, "unique", &k->unique, &k->n_unique, e));
    if (k->n_unique == 1)
        return kind_refuse(s, node_get(s->node, "unique"), "kind.value", STR("unique"), e);
    for (uint32_t i = 0; i < k->n_unique; i++) {
        const struct field_def *f = &k->field[k->unique[i]];
        if (f->list || f->n_cases || f->type == TYPE_GROUP || f->type == TYPE_LONG)
            return kind_refuse(s, node_get(s->node, "unique"), "kind.unique", f->name, e);
    }
    return RC_OK;
}

/* Fields that no section names stand at the end of the last one. */
static enum rc close_sections(struct kind_reader *r, struct section *last, const bool *placed,
                              struct err *e)
{
    uint32_t *field = arena_calloc(&r->all->arena, r->k->n_fields, sizeof *field);
    if (!field)
        return err_nomem(e);
    if (last->n)
        memcpy(field, last->field, last->n * sizeof *field);
    last->field = field;
    for (uint32_t i = 0; i < r->k->n_fields; i++)
        if (!placed[i])
            field[last->n++] = i;
    return RC_OK;
}

static enum rc read_section(struct kind_reader *r, const struct source *s, const struct node *n,
                            struct section *to, bool *placed, struct err *e)
{
    TRY(kind_keys(s, n, "label fields", e));
    TRY(kind_label_needed(s, n, STR("sections"), &to->label, e));
    TRY(kind_field_list(r, s, n, "fields", &to->field, &to->n, e));
    for (uint32_t i = 0; i < to->n; i++) {
        if (placed[to->field[i]])
            return kind_refuse(s, n, "kind.twice", r->k->field[to->field[i]].name, e);
        placed[to->field[i]] = true;
    }
    return RC_OK;
}

static enum rc read_sections(struct kind_reader *r, struct err *e)
{
    bool placed[FIELDS_MAX] = {false};
    size_t n = 0;
    for (uint32_t i = 0; i < r->n_src; i++) {
        const struct node *list = node_get(r->src[i].node, "sections");
        if (list && list->type != NODE_LIST)
            return kind_refuse(&r->src[i], list, "kind.shape", list->key, e);
        n += node_count(list);
    }
    struct section *to = arena_calloc(&r->all->arena, n + 1, sizeof *to);
    if (!to)
        return err_nomem(e);
    r->k->section = to;
    for (uint32_t i = 0; i < r->n_src; i++)
        for (const struct node *c = kind_first(node_get(r->src[i].node, "sections")); c;
             c = c->next)
            TRY(read_section(r, &r->src[i], c, &to[r->k->n_sections++], placed, e));
    if (!r->k->n_sections)
        to[r->k->n_sections++].label = r->k->label;
    return close_sections(r, &to[r->k->n_sections - 1], placed, e);
}

enum rc kind_read(struct kind_reader *r, struct err *e)
{
    const struct source *s = r->src;
    TRY(kind_keys(
        s, s->node,
        "kind label order icon folded owner title secrecy match access list filters unique fields "
        "states actions sections rules parties",
        e));
    for (uint32_t i = 1; i < r->n_src; i++)
        TRY(kind_keys(&r->src[i], r->src[i].node,
                      "extend list filters fields states actions sections rules", e));
    TRY(kind_label_needed(s, s->node, r->k->name, &r->k->label, e));
    TRY(read_owner(r, e));
    TRY(read_access(r, e));
    TRY(kind_fields(r, e));
    TRY(read_title(r, e));
    TRY(read_match(r, e));
    TRY(read_unique(r, e));
    TRY(read_sections(r, e));
    return kind_flow(r, e);
}

static enum rc read_paths(struct kind_reader *r, const char *key, const struct str **out,
                          uint32_t *n, struct err *e)
{
    const struct filter_context c = {.kinds = r->all, .kind = r->k};
    size_t count = 0;
    for (uint32_t i = 0; i < r->n_src; i++)
        count += node_count(node_get(r->src[i].node, key));
    struct str *to = arena_calloc(&r->all->arena, count + 1, sizeof *to);
    if (!to)
        return err_nomem(e);
    *out = to;
    for (uint32_t i = 0; i < r->n_src; i++) {
        const struct source *s = &r->src[i];
        const struct node *list = node_get(s->node, key);
        if (list && list->type != NODE_LIST)
            return kind_refuse(s, list, "kind.shape", list->key, e);
        for (const struct node *p = kind_first(list); p; p = p->next) {
            struct path path;
            if (p->type != NODE_TEXT || path_find(&path, p->text, &c, NULL) != RC_OK)
                return kind_refuse(s, p, "kind.field", p->text, e);
            for (uint32_t j = 0; j < *n; j++)
                if (str_eq(to[j], p->text))
                    return kind_refuse(s, p, "kind.twice", p->text, e);
            to[(*n)++] = p->text;
        }
    }
    return RC_OK;
}

enum rc kind_paths(struct kind_reader *r, struct err *e)
{
    TRY(read_paths(r, "list", &r->k->list, &r->k->n_list, e));
    TRY(read_paths(r, "filters", &r->k->filters, &r->k->n_filters, e));
    TRY(kind_parties(r, e));
    return kind_rules(r, e);
}
