/* A declared formula: its steps and cases, how it is rounded, and to which field it belongs. */
#include "record/formula_int.h"
#include "record/kind_int.h"

struct formula_reader {
    struct kinds *all;
    const struct source *s;
    struct formula *f;
    struct fx_step *step;
    struct filter_context c;
};

/* The file and line come from the node, the character from the expression. */
static enum rc refuse_text(const struct formula_reader *r, const struct node *n,
                           const struct err *why, struct err *e)
{
    struct err own = *why;
    return err_at(e, kind_refuse(r->s, n, own.key, str_of(own.detail), e), NULL, NULL, 0, own.col);
}

/* What nobody else may see must not be reckoned out of. */
static bool is_open(const struct path *p, enum secret most)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->step[i].attr != ATTR_FIELD)
            continue;
        const struct field_def *f = &p->step[i].kind->field[p->step[i].field];
        if (f->secret > most ||
            (p->step[i].sub != UINT32_MAX && f->sub[p->step[i].sub].secret > most))
            return false;
    }
    return true;
}

static bool fx_open(const struct fx *x, enum secret most)
{
    if (x->op == FX_PATH && !is_open(&x->path, most))
        return false;
    for (uint32_t i = 0; i < x->n; i++)
        if (!fx_open(x->arg[i], most))
            return false;
    return true;
}

static bool when_open(const struct filter *f, enum secret most)
{
    if (f->op == FILTER_ALL)
        return true;
    if (f->op == FILTER_AND || f->op == FILTER_OR)
        return when_open(f->left, most) && when_open(f->right, most);
    if (f->op == FILTER_NOT)
        return when_open(f->left, most);
    return is_open(&f->path, most) && is_open(&f->with, most);
}

static enum rc read_is(struct formula_reader *r, const struct node *n, struct fx_case *to,
                       struct err *e)
{
    const struct fx_context x = {&r->c, r->step, r->f->n, &r->all->arena};
    struct err why = {0};
    if (!n || n->type != NODE_TEXT)
        return kind_refuse(r->s, n ? n : r->s->node, "kind.missing", STR("is"), e);
    enum rc rc = fx_parse(&to->is, n->text, &x, &why);
    if (rc == RC_USER)
        return refuse_text(r, n, &why, e);
    if (rc != RC_OK) {
        if (e)
            *e = why;
        return rc;
    }
    enum secret most = r->f->kind->field[r->f->field].secret;
    return fx_open(to->is, most) ? RC_OK : kind_refuse(r->s, n, "kind.formula_secret", n->text, e);
}

static enum rc read_when(struct formula_reader *r, const struct node *n, struct fx_case *to,
                         struct err *e)
{
    struct filter_context c = r->c;
    struct filter *f;
    struct err why = {0};
    c.floating = true;
    if (n->type != NODE_TEXT)
        return kind_refuse(r->s, n, "kind.shape", n->key, e);
    enum rc rc = filter_parse(&f, n->text, &c, &r->all->arena, &why);
    if (rc == RC_USER)
        return kind_refuse(r->s, n, "kind.filter", str_of(why.detail), e);
    if (rc != RC_OK) {
        if (e)
            *e = why;
        return rc;
    }
    to->when = f;
    to->when_text = n->text;
    enum secret most = r->f->kind->field[r->f->field].secret;
    return when_open(f, most) ? RC_OK : kind_refuse(r->s, n, "kind.formula_secret", n->text, e);
}

static enum rc read_cases(struct formula_reader *r, const struct node *list, struct fx_step *to,
                          struct err *e)
{
    size_t count = node_count(list);
    if (list->type != NODE_LIST || !count)
        return kind_refuse(r->s, list, "kind.shape", list->key, e);
    if (count > FORMULA_CASES)
        return kind_refuse(r->s, list, "kind.too_many", list->key, e);
    struct fx_case *one = arena_calloc(&r->all->arena, count, sizeof *one);
    if (!one)
        return err_nomem(e);
    to->one = one;
    for (const struct node *c = kind_first(list); c; c = c->next) {
        struct fx_case *at = &one[to->n];
        TRY(kind_keys(r->s, c, "when label is", e));
        TRY(kind_label(r->s, c, "label", &at->label, e));
        if (node_get(c, "when"))
            TRY(read_when(r, node_get(c, "when"), at, e));
        TRY(read_is(r, node_get(c, "is") ? node_get(c, "is") : c, at, e));
        bool dates = at->is->type == FX_DATE;
        if (to->n && dates != (to->type == FX_DATE))
            return kind_refuse(r->s, c, "formula.type", node_text(c, "is", STR("")), e);
        if (!to->n || at->is->type == FX_MONEY)
            to->type = at->is->type;
        to->n++;
    }
    return RC_OK;
}

static enum rc read_value(struct formula_reader *r, const struct node *cases, const struct node *is,
                          const struct node *n, struct fx_step *to, struct err *e)
{
    if (!cases == !is)
        return kind_refuse(r->s, n, "kind.missing", STR("is, cases"), e);
    if (cases)
        return read_cases(r, cases, to, e);
    struct fx_case *one = arena_calloc(&r->all->arena, 1, sizeof *one);
    if (!one)
        return err_nomem(e);
    TRY(read_is(r, is, one, e));
    to->one = one;
    to->n = 1;
    to->type = one->is->type;
    return RC_OK;
}

static enum rc read_step(struct formula_reader *r, const struct node *n, struct err *e)
{
    struct fx_step *to = &r->step[r->f->n];
    TRY(kind_keys(r->s, n, "name label is cases", e));
    TRY(kind_text(r->s, n, "name", &to->name, e));
    TRY(kind_name(r->s, node_get(n, "name") ? node_get(n, "name") : n, to->name, e));
    TRY(kind_label_needed(r->s, n, to->name, &to->label, e));
    if (field_find(r->f->kind, to->name) != NO_FIELD || kind_reserved(to->name))
        return kind_refuse(r->s, n, "kind.twice", to->name, e);
    for (uint32_t i = 0; i < r->f->n; i++)
        if (str_eq(r->step[i].name, to->name))
            return kind_refuse(r->s, n, "kind.twice", to->name, e);
    TRY(read_value(r, node_get(n, "cases"), node_get(n, "is"), n, to, e));
    r->f->n++;
    return RC_OK;
}

static enum rc read_steps(struct formula_reader *r, struct err *e)
{
    const struct node *list = node_get(r->s->node, "steps");
    if (list && list->type != NODE_LIST)
        return kind_refuse(r->s, list, "kind.shape", list->key, e);
    if (node_count(list) >= FORMULA_STEPS)
        return kind_refuse(r->s, list, "kind.too_many", STR("steps"), e);
    r->step = arena_calloc(&r->all->arena, FORMULA_STEPS, sizeof *r->step);
    if (!r->step)
        return err_nomem(e);
    r->f->step = r->step;
    for (const struct node *c = kind_first(list); c; c = c->next)
        TRY(read_step(r, c, e));
    struct fx_step *last = &r->step[r->f->n];
    const struct field_def *field = &r->f->kind->field[r->f->field];
    last->label = field->label;
    TRY(read_value(r, node_get(r->s->node, "cases"), node_get(r->s->node, "value"), r->s->node,
                   last, e));
    bool dates = field->type == TYPE_DATE, money = field->type == TYPE_MONEY;
    if (dates != (last->type == FX_DATE) || (!money && last->type == FX_MONEY))
        return kind_refuse(r->s, r->s->node, "formula.type", field->name, e);
    r->f->n++;
    return RC_OK;
}

/* to: 0.01 … a million; a number as it is written. */
static enum rc read_round(struct formula_reader *r, struct err *e)
{
    static const char *const ways[] = {"half", "down", "up"};
    const struct node *n = node_get(r->s->node, "round");
    enum type type = r->f->kind->field[r->f->field].type;
    struct str way;
    double to;
    r->f->to = type == TYPE_MONEY     ? (struct ratio){1, 100}
               : type == TYPE_DECIMAL ? (struct ratio){1, 1000000}
                                      : ratio_of(1);
    if (!n)
        return RC_OK;
    TRY(kind_keys(r->s, n, "to way", e));
    TRY(kind_text(r->s, n, "way", &way, e));
    for (int i = 0; i < 3; i++)
        if (str_eq(way, str_of(ways[i])))
            r->f->way = (enum rounding)i;
    if (way.n && !str_eq(way, str_of(ways[r->f->way])))
        return kind_refuse(r->s, node_get(n, "way"), "kind.value", STR("way"), e);
    TRY(err_at(e, node_number(&to, n, "to", 0, e), r->s->name, NULL, 0, 0));
    int64_t units = (int64_t)(to * 1000000 + 0.5);
    if (!(to >= 0 && to <= 1e9) || (node_get(n, "to") && !units))
        return kind_refuse(r->s, n, "kind.value", STR("to"), e);
    struct ratio asked;
    if (units && ratio_make(&asked, units, 1000000)) {
        /* finer than the field can hold is no rounding of it */
        int64_t multiple;
        struct ratio q;
        if (!ratio_div(&q, asked, r->f->to) || !ratio_int(&multiple, q))
            return kind_refuse(r->s, n, "kind.value", STR("to"), e);
        r->f->to = asked;
    }
    return RC_OK;
}

/* appointment.subsidy */
static enum rc find_field(struct formula_reader *r, struct err *e)
{
    struct str t;
    TRY(kind_text(r->s, r->s->node, "formula", &t, e));
    const struct node *n = node_get(r->s->node, "formula");
    size_t dot = str_find(t, STR("."), 0);
    r->f->kind = kind_find(r->all, str_sub(t, 0, dot));
    if (!r->f->kind)
        return kind_refuse(r->s, n, "kind.of", str_sub(t, 0, dot), e);
    r->f->field = dot == SIZE_MAX ? NO_FIELD : field_find(r->f->kind, str_sub(t, dot + 1, t.n));
    if (r->f->field == NO_FIELD)
        return kind_refuse(r->s, n, "kind.field", t, e);
    const struct field_def *f = &r->f->kind->field[r->f->field];
    bool type = f->type == TYPE_INT || f->type == TYPE_DECIMAL || f->type == TYPE_MONEY ||
                f->type == TYPE_DATE;
    if (!type || f->list || !f->computed)
        return kind_refuse(r->s, n, "kind.formula_field", t, e);
    return f->formula ? kind_refuse(r->s, n, "kind.twice", t, e) : RC_OK;
}

enum rc formula_read(struct kinds *all, const struct source *s, struct err *e)
{
    struct formula *f = arena_calloc(&all->arena, 1, sizeof *f);
    if (!f)
        return err_nomem(e);
    struct formula_reader r = {.all = all, .s = s, .f = f};
    TRY(kind_keys(s, s->node, "formula label basis steps value cases round", e));
    TRY(find_field(&r, e));
    TRY(kind_label_needed(s, s->node, f->kind->name, &f->label, e));
    TRY(kind_label(s, s->node, "basis", &f->basis, e));
    r.c = (struct filter_context){.kinds = all, .kind = f->kind, .floating = true};
    TRY(read_round(&r, e));
    TRY(read_steps(&r, e));
    ((struct field_def *)f->kind->field)[f->field].formula = f; /* not shared yet */
    return RC_OK;
}
