/* Declared filters: the cases of computed fields, and rules. */
#include "record/filter.h"
#include "record/kind_int.h"
#include "record/val_int.h"

#include <math.h>

static enum rc read_filter(struct kind_reader *r, const struct source *s, const struct node *n,
                           struct str text, const struct filter **out, struct err *e)
{
    const struct filter_context c = {.kinds = r->all, .kind = r->k, .floating = true};
    struct err why = {0};
    struct filter *f;
    enum rc rc = filter_parse(&f, text, &c, &r->all->arena, &why);
    if (rc == RC_USER)
        return kind_refuse(s, n, "kind.filter", str_of(why.detail), e);
    if (rc != RC_OK && e)
        *e = why;
    *out = f;
    return rc;
}

static bool is_own(const struct path *p)
{
    return p->n == 0 || (p->n == 1 && !(p->step[0].attr == ATTR_FIELD &&
                                        p->step[0].kind->field[p->step[0].field].n_cases));
}

/* Its own record only, and no field with cases: else one could hang on itself. */
static bool asks_itself(const struct filter *f)
{
    if (f->op == FILTER_ALL)
        return true;
    if (f->op == FILTER_AND || f->op == FILTER_OR)
        return asks_itself(f->left) && asks_itself(f->right);
    if (f->op == FILTER_NOT)
        return asks_itself(f->left);
    return is_own(&f->path) && is_own(&f->with);
}

static enum rc read_cases(struct kind_reader *r, const struct source *s, const struct node *map,
                          const struct field_def *f, struct err *e)
{
    struct code_case *to = (struct code_case *)f->cases; /* made for this (kind_field.c) */
    for (const struct node *c = map->child; c; c = c->next, to++) {
        TRY(read_filter(r, s, c, c->text, &to->when, e));
        if (!asks_itself(to->when))
            return kind_refuse(s, c, "kind.case_far", c->key, e);
    }
    return RC_OK;
}

/* "parties.share" */
static enum rc read_sum(struct kind_reader *r, const struct source *s, const struct node *n,
                        struct str text, struct kind_rule *rule, struct err *e)
{
    size_t dot = str_find(text, STR("."), 0);
    rule->list = dot == SIZE_MAX ? NO_FIELD : field_find(r->k, str_sub(text, 0, dot));
    const struct field_def *f = rule->list == NO_FIELD ? NULL : &r->k->field[rule->list];
    for (uint32_t i = 0; f && f->type == TYPE_GROUP && f->list && i < f->n_sub; i++)
        if (str_eq(f->sub[i].name, str_sub(text, dot + 1, text.n)) &&
            (f->sub[i].type == TYPE_INT || f->sub[i].type == TYPE_MONEY ||
             f->sub[i].type == TYPE_DECIMAL)) {
            rule->sub = i;
            return RC_OK;
        }
    return kind_refuse(s, n, "kind.sum", text, e);
}

static enum rc read_of(struct kind_reader *r, const struct source *s, const struct node *n,
                       struct kind_rule *rule, struct err *e)
{
    const struct field_def *sub = &r->k->field[rule->list].sub[rule->sub];
    struct str text;
    TRY(kind_text(s, n, "of", &text, e));
    rule->of = NO_FIELD;
    if (text.n && text.p[0] == '.') {
        rule->of = field_find(r->k, str_sub(text, 1, text.n));
        const struct field_def *f = rule->of == NO_FIELD ? NULL : &r->k->field[rule->of];
        return f && f->type == sub->type && !f->list
                   ? RC_OK
                   : kind_refuse(s, node_get(n, "of"), "kind.sum", text, e);
    }
    TRY(err_at(e, node_number(&rule->total, n, "of", NAN, e), s->name, NULL, 0, 0));
    if (sub->type == TYPE_MONEY)
        rule->total *= 100;
    if (isnan(rule->total))
        return kind_refuse(s, n, "kind.missing", STR("of"), e);
    return fabs(rule->total) <= (double)NUMBER_LIMIT
               ? RC_OK
               : kind_refuse(s, n, "kind.value", STR("of"), e);
}

static enum rc read_rule(struct kind_reader *r, const struct source *s, const struct node *n,
                         struct kind_rule *rule, struct err *e)
{
    struct str holds, sum, field;
    TRY(kind_keys(s, n, "holds sum of field zh en", e));
    TRY(kind_text(s, n, "holds", &holds, e));
    TRY(kind_text(s, n, "sum", &sum, e));
    TRY(kind_text(s, n, "field", &field, e));
    TRY(kind_label_pair(s, n, &rule->label, e));
    if (!rule->label.zh.n && !rule->label.en.n)
        return kind_refuse(s, n, "kind.no_label", field, e);
    rule->field = field_find(r->k, field);
    if (rule->field == NO_FIELD)
        return kind_refuse(s, n, field.n ? "kind.field" : "kind.missing",
                           field.n ? field : STR("field"), e);
    if (!holds.n == !sum.n || (holds.n && node_get(n, "of")))
        return kind_refuse(s, n, "kind.missing", STR("holds, sum"), e);
    if (holds.n)
        return read_filter(r, s, node_get(n, "holds"), holds, &rule->holds, e);
    TRY(read_sum(r, s, node_get(n, "sum"), sum, rule, e));
    return read_of(r, s, n, rule, e);
}

enum rc kind_rules(struct kind_reader *r, struct err *e)
{
    size_t n = 0;
    for (uint32_t i = 0; i < r->n_src; i++) {
        const struct source *s = &r->src[i];
        const struct node *list = node_get(s->node, "rules");
        if (list && list->type != NODE_LIST)
            return kind_refuse(s, list, "kind.shape", list->key, e);
        n += node_count(list);
        if (n > RULES_MAX)
            return kind_refuse(s, list, "kind.too_many", STR("rules"), e);
        for (const struct node *c = kind_first(node_get(s->node, "fields")); c; c = c->next) {
            uint32_t at = field_find(r->k, c->key);
            if (at != NO_FIELD && node_get(c, "cases"))
                TRY(read_cases(r, s, node_get(c, "cases"), &r->k->field[at], e));
        }
    }
    struct kind_rule *rule = arena_calloc(&r->all->arena, n + 1, sizeof *rule);
    if (!rule)
        return err_nomem(e);
    r->k->rule = rule;
    for (uint32_t i = 0; i < r->n_src; i++)
        for (const struct node *c = kind_first(node_get(r->src[i].node, "rules")); c; c = c->next)
            TRY(read_rule(r, &r->src[i], c, &rule[r->k->n_rules++], e));
    return RC_OK;
}
