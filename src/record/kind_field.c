/* The fields of a kind. */
#include "record/kind_int.h"
#include "record/rec.h"

#include <math.h>
#include <stdlib.h>

static enum type type_find(struct str name)
{
    for (int t = 0; t < TYPE__COUNT; t++)
        if (str_eq(name, str_of(type_name((enum type)t))))
            return (enum type)t;
    return TYPE__COUNT;
}

/* A limit as it is declared: characters, a number, yuan, a date. */
static enum rc read_limit(const struct source *s, const struct node *n, const char *key,
                          const struct field_def *f, double *out, struct err *e)
{
    struct str t;
    *out = NAN;
    TRY(kind_text(s, n, key, &t, e));
    if (!t.n)
        return RC_OK;
    bool counted = f->type == TYPE_TEXT || f->type == TYPE_LONG || f->type == TYPE_INT ||
                   f->type == TYPE_DECIMAL || f->type == TYPE_MONEY ||
                   (f->type == TYPE_GROUP && f->list);
    if (f->type == TYPE_DATE) {
        int64_t days;
        if (!date_read(t, &days))
            return kind_refuse(s, node_get(n, key), "kind.value", str_of(key), e);
        *out = (double)days;
        return RC_OK;
    }
    if (!counted)
        return kind_refuse(s, node_get(n, key), "kind.key", str_of(key), e);
    TRY(err_at(e, node_number(out, n, key, NAN, e), s->name, NULL, 0, 0));
    if (f->type == TYPE_MONEY)
        *out *= 100;
    if (f->type != TYPE_DECIMAL && !(fabs(*out) <= (double)NUMBER_LIMIT))
        return kind_refuse(s, node_get(n, key), "kind.value", str_of(key), e);
    return RC_OK;
}

static enum rc read_limits(const struct source *s, const struct node *n, struct field_def *f,
                           struct err *e)
{
    TRY(read_limit(s, n, "min", f, &f->min, e));
    TRY(read_limit(s, n, "max", f, &f->max, e));
    if (isnan(f->max) && (f->type == TYPE_TEXT || f->type == TYPE_LONG))
        f->max = f->type == TYPE_TEXT ? TEXT_CHARS : LONG_CHARS;
    if (f->min > f->max)
        return kind_refuse(s, n, "kind.value", STR("min"), e);
    return RC_OK;
}

/* A sub-field has no masked wording: it is left out, whatever its type. */
static enum rc read_secret(const struct source *s, const struct node *n, struct field_def *f,
                           bool sub, struct err *e)
{
    struct str t;
    TRY(kind_text(s, n, "secret", &t, e));
    if (str_eq(t, STR("masked")))
        f->secret = SECRET_MASKED;
    else if (str_eq(t, STR("private")))
        f->secret = SECRET_PRIVATE;
    else if (t.n && !str_eq(t, STR("none")))
        return kind_refuse(s, node_get(n, "secret"), "kind.value", STR("secret"), e);
    if (f->secret == SECRET_MASKED && !sub && f->type != TYPE_TEXT && f->type != TYPE_LONG)
        return kind_refuse(s, node_get(n, "secret"), "kind.mask", f->name, e);
    return RC_OK;
}

static enum rc read_search(const struct source *s, const struct node *n, struct field_def *f,
                           struct err *e)
{
    struct str t;
    TRY(kind_text(s, n, "search", &t, e));
    f->search_title = str_eq(t, STR("title"));
    f->search_body = str_eq(t, STR("body"));
    return !t.n || f->search_title || f->search_body
               ? RC_OK
               : kind_refuse(s, node_get(n, "search"), "kind.value", STR("search"), e);
}

/* One kind, or a list of them. */
static enum rc read_of(struct kind_reader *r, const struct source *s, const struct node *of,
                       struct field_def *f, struct err *e)
{
    if (!of)
        return RC_OK;
    if (f->type != TYPE_REF)
        return kind_refuse(s, of, "kind.key", STR("of"), e);
    if (of->type == NODE_TEXT) {
        f->of = of->text;
        f->of_kind = kind_find(r->all, f->of);
        return f->of_kind ? RC_OK : kind_refuse(s, of, "kind.of", f->of, e);
    }
    if (of->type != NODE_LIST || node_count(of) < 2)
        return kind_refuse(s, of, "kind.shape", of->key, e);
    const struct kind **among = arena_calloc(&r->all->arena, node_count(of), sizeof *among);
    if (!among)
        return err_nomem(e);
    f->among = among;
    for (const struct node *c = of->child; c; c = c->next) {
        const struct kind *k = c->type == NODE_TEXT ? kind_find(r->all, c->text) : NULL;
        if (!k || ref_names(f, k))
            return kind_refuse(s, c, k ? "kind.twice" : "kind.of", c->text, e);
        among[f->n_among++] = k;
    }
    return RC_OK;
}

/* What the type needs: a table, a kind. */
static enum rc read_target(struct kind_reader *r, const struct source *s, const struct node *n,
                           struct field_def *f, struct err *e)
{
    struct str t;
    TRY(kind_text(s, n, "table", &t, e));
    if (t.n && f->type != TYPE_CODE)
        return kind_refuse(s, node_get(n, "table"), "kind.key", STR("table"), e);
    if (f->type == TYPE_CODE && !(f->codes = codes_find(r->all, t)))
        return t.n ? kind_refuse(s, node_get(n, "table"), "kind.table", t, e)
                   : kind_refuse(s, n, "kind.missing", STR("table"), e);
    return read_of(r, s, node_get(n, "of"), f, e);
}

static enum rc read_plain(struct kind_reader *r, const struct source *s, const struct node *n,
                          struct field_def *f, struct err *e)
{
    f->name = n->key;
    f->confirms = NO_FIELD;
    TRY(kind_name(s, n, f->name, e));
    if (kind_reserved(f->name))
        return kind_refuse(s, n, "kind.reserved", f->name, e);
    struct str type;
    TRY(kind_text(s, n, "type", &type, e));
    f->type = type_find(type);
    if (f->type == TYPE__COUNT)
        return type.n ? kind_refuse(s, node_get(n, "type"), "kind.type", type, e)
                      : kind_refuse(s, n, "kind.missing", STR("type"), e);
    TRY(kind_label_needed(s, n, f->name, &f->label, e));
    TRY(kind_label(s, n, "hint", &f->hint, e));
    TRY(kind_bool(s, n, "required", &f->required, e));
    TRY(kind_bool(s, n, "list", &f->list, e));
    TRY(kind_bool(s, n, "inner", &f->inner, e));
    TRY(read_limits(s, n, f, e));
    return read_target(r, s, n, f, e);
}

static bool twice(const struct field_def *f, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(f[i].name, f[n].name))
            return true;
    return false;
}

static enum rc read_thread(const struct source *s, const struct node *n, struct field_def *f,
                           struct err *e)
{
    TRY(kind_bool(s, n, "thread", &f->thread, e));
    if (f->thread && f->type != TYPE_REF && !(f->type == TYPE_GROUP && f->list))
        return kind_refuse(s, node_get(n, "thread"), "kind.key", STR("thread"), e);
    return RC_OK;
}

/* Sub-fields hold one value each: a group is one line of a cell. */
static enum rc read_subs(struct kind_reader *r, const struct source *s, const struct node *n,
                         struct field_def *f, struct err *e)
{
    const struct node *list = node_get(n, "fields");
    size_t count = node_count(list);
    if (f->type != TYPE_GROUP)
        return list ? kind_refuse(s, list, "kind.key", STR("fields"), e) : RC_OK;
    if (!list || list->type != NODE_MAP || !count)
        return kind_refuse(s, n, "kind.missing", STR("fields"), e);
    if (count > SUBS_MAX)
        return kind_refuse(s, list, "kind.too_many", STR("fields"), e);
    struct field_def *sub = arena_calloc(&r->all->arena, count, sizeof *sub);
    if (!sub)
        return err_nomem(e);
    f->sub = sub;
    for (const struct node *c = list->child; c; c = c->next) {
        struct field_def *to = &sub[f->n_sub];
        TRY(kind_keys(s, c, "type label hint required secret max min table of thread inner", e));
        TRY(read_plain(r, s, c, to, e));
        TRY(read_secret(s, c, to, true, e));
        TRY(read_thread(s, c, to, e));
        if (to->type == TYPE_GROUP || to->type == TYPE_LONG || to->type == TYPE_FILE)
            return kind_refuse(s, c, "kind.sub", to->name, e);
        if (twice(sub, f->n_sub))
            return kind_refuse(s, c, "kind.twice", to->name, e);
        f->n_sub++;
    }
    return RC_OK;
}

/* The codes; their filters are read when every field of every kind is there (kind_rule.c). */
static enum rc read_cases(struct kind_reader *r, const struct source *s, const struct node *n,
                          struct field_def *f, struct err *e)
{
    const struct node *map = node_get(n, "cases");
    if (!map)
        return RC_OK;
    if (f->type != TYPE_CODE || f->list || f->required || f->unique || f->secret)
        return kind_refuse(s, map, "kind.key", STR("cases"), e);
    if (map->type != NODE_MAP || !node_count(map))
        return kind_refuse(s, map, "kind.shape", map->key, e);
    if (node_count(map) > CASES_MAX)
        return kind_refuse(s, map, "kind.too_many", STR("cases"), e);
    struct code_case *to = arena_calloc(&r->all->arena, node_count(map), sizeof *to);
    if (!to)
        return err_nomem(e);
    f->cases = to;
    f->computed = true;
    for (const struct node *c = map->child; c; c = c->next) {
        TRY(kind_name(s, c, c->key, e));
        if (c->type != NODE_TEXT)
            return kind_refuse(s, c, "kind.shape", c->key, e);
        if (!code_find(f->codes, c->key))
            return kind_refuse(s, c, "kind.case", c->key, e);
        to[f->n_cases++].code = c->key;
    }
    return RC_OK;
}

static enum rc read_field(struct kind_reader *r, const struct source *s, const struct node *n,
                          struct field_def *f, struct err *e)
{
    bool form;
    TRY(kind_keys(s, n,
                  "type label hint list required unique computed search secret max min table of "
                  "fields cases thread confirms form inner",
                  e));
    TRY(read_plain(r, s, n, f, e));
    TRY(kind_bool(s, n, "unique", &f->unique, e));
    TRY(kind_bool(s, n, "computed", &f->computed, e));
    TRY(kind_bool(s, n, "form", &form, e));
    f->off_form = node_get(n, "form") && !form;
    TRY(read_search(s, n, f, e));
    TRY(read_secret(s, n, f, false, e));
    TRY(read_cases(r, s, n, f, e));
    TRY(read_thread(s, n, f, e));
    if (f->unique && (f->list || f->type == TYPE_GROUP || f->type == TYPE_LONG))
        return kind_refuse(s, n, "kind.unique", f->name, e);
    if (f->list && f->type == TYPE_LONG)
        return kind_refuse(s, n, "kind.list", f->name, e);
    return read_subs(r, s, n, f, e);
}

static enum rc index_fields(struct kind_reader *r, struct err *e)
{
    uint32_t *room;
    if (!slots_make(&r->k->by_name, &room, r->k->n_fields, &r->all->arena))
        return err_nomem(e);
    for (uint32_t i = 0; i < r->k->n_fields; i++)
        slots_put(&r->k->by_name, room, hash_bytes(r->k->field[i].name), i);
    return RC_OK;
}

enum rc kind_fields(struct kind_reader *r, struct err *e)
{
    size_t n = 0;
    for (uint32_t i = 0; i < r->n_src; i++) {
        const struct node *list = node_get(r->src[i].node, "fields");
        if (list && list->type != NODE_MAP)
            return kind_refuse(&r->src[i], list, "kind.shape", list->key, e);
        n += node_count(list);
        if (n > FIELDS_MAX)
            return kind_refuse(&r->src[i], list, "kind.too_many", STR("fields"), e);
    }
    if (!n)
        return kind_refuse(&r->src[0], r->src[0].node, "kind.missing", STR("fields"), e);
    struct field_def *f = arena_calloc(&r->all->arena, n, sizeof *f);
    if (!f)
        return err_nomem(e);
    r->k->field = f;
    for (uint32_t i = 0; i < r->n_src; i++)
        for (const struct node *c = kind_first(node_get(r->src[i].node, "fields")); c;
             c = c->next) {
            TRY(read_field(r, &r->src[i], c, &f[r->k->n_fields], e));
            if (twice(f, r->k->n_fields))
                return kind_refuse(&r->src[i], c, "kind.twice", c->key, e);
            r->k->n_fields++;
        }
    return index_fields(r, e);
}
