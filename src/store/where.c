/* A filter as a condition in SQL. Two-valued: a comparison with what is unset is NULL in SQL, which
 * AND, OR and WHERE take for false; only NOT would not, so it asks for IS TRUE. */
#include "store/store_int.h"

#include <ctype.h>
#include <stdio.h>

static bool state_holds(enum filter_op op, int64_t place, const struct filter *f)
{
    for (uint32_t i = 0; i < f->n_values; i++) {
        int64_t v = f->value[i].num;
        bool holds = op == FILTER_LT   ? place < v
                     : op == FILTER_LE ? place <= v
                     : op == FILTER_GT ? place > v
                     : op == FILTER_GE ? place >= v
                                       : place == v;
        if (holds)
            return true;
    }
    return false;
}

/* States are compared by their place, and stored by name: the names that pass. */
static void put_states(struct sqlb *b, const struct path_end *end, enum filter_op op,
                       const struct filter *f)
{
    const struct kind *k = end->step->kind;
    uint32_t found = 0;
    for (uint32_t i = 0; k && i < k->n_states; i++) {
        if (!state_holds(op, i, f))
            continue;
        if (found++) {
            sql_put(b, ", ");
        } else {
            path_value(b, end);
            sql_put(b, " IN (");
        }
        sql_text(b, k->state[i].name);
    }
    sql_put(b, found ? ")" : "1 = 0");
}

static bool is_date(const struct path_end *end)
{
    const struct path_step *s = end->step;
    if (!s || s->attr != ATTR_FIELD)
        return false;
    const struct field_def *f = &s->kind->field[s->field];
    return (s->sub == UINT32_MAX ? f : &f->sub[s->sub])->type == TYPE_DATE;
}

static struct str date_text(struct sqlb *b, int64_t days)
{
    char day[12];
    struct str s = arena_str(b->a, date_put(day, days));
    if (!s.p)
        sql_fail(b, err_nomem(&b->err));
    return s;
}

static void put_value(struct sqlb *b, const struct path_end *end, const struct val *v)
{
    if (end->shape == SHAPE_REAL)
        sql_real(b, v->real);
    else if (end->shape != SHAPE_TEXT)
        sql_int(b, v->num);
    else if (is_date(end))
        sql_text(b, date_text(b, v->num));
    else
        sql_text(b, v->text);
}

/* Many values are one parameter, a JSON array, so that the statement's text does not hang on their
 * number. */
static enum rc json_text(struct buf *out, struct str s, struct err *e)
{
    TRY(buf_char(out, '"', e));
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            TRY(buf_printf(out, e, "\\%c", c));
        else if (c < ' ')
            TRY(buf_printf(out, e, "\\u%04x", c));
        else
            TRY(buf_char(out, (char)c, e));
    }
    return buf_char(out, '"', e);
}

static enum rc json_values(struct buf *out, struct sqlb *b, const struct path_end *end,
                           const struct filter *f, struct err *e)
{
    TRY(buf_char(out, '[', e));
    for (uint32_t i = 0; i < f->n_values; i++) {
        const struct val *v = &f->value[i];
        if (i)
            TRY(buf_char(out, ',', e));
        if (end->shape == SHAPE_REAL)
            TRY(buf_printf(out, e, "%.17g", v->real));
        else if (end->shape != SHAPE_TEXT)
            TRY(buf_printf(out, e, "%lld", (long long)v->num));
        else
            TRY(json_text(out, is_date(end) ? date_text(b, v->num) : v->text, e));
    }
    return buf_char(out, ']', e);
}

static void put_in(struct sqlb *b, const struct path_end *end, const struct filter *f)
{
    struct buf list;
    buf_init(&list, 4u << 20);
    enum rc rc = json_values(&list, b, end, f, &b->err);
    struct str text = {NULL, 0};
    if (rc == RC_OK) {
        text = arena_str(b->a, buf_view(&list));
        rc = text.p ? RC_OK : err_nomem(&b->err);
    }
    buf_free(&list);
    sql_fail(b, rc);
    path_value(b, end);
    if (b->dialect == SQLITE) {
        sql_put(b, " IN (SELECT value FROM json_each(");
        sql_text(b, text);
        sql_put(b, "))");
        return;
    }
    sql_put(b, " = ANY (ARRAY(SELECT jsonb_array_elements_text(");
    sql_text(b, text);
    sql_put(b, end->shape == SHAPE_TEXT   ? "$json)))"
               : end->shape == SHAPE_REAL ? "$json)::double precision))"
                                          : "$json)::bigint))");
}

static void put_contains(struct sqlb *b, const struct path_end *end, const struct filter *f)
{
    struct str s = arena_str(b->a, f->value[0].text);
    if (!s.p) {
        sql_fail(b, err_nomem(&b->err));
        return;
    }
    for (size_t i = 0; i < s.n; i++)
        ((char *)s.p)[i] = (char)((s.p[i] >= 'A' && s.p[i] <= 'Z') ? s.p[i] + 32 : s.p[i]);
    sql_put(b, b->dialect == SQLITE ? "instr(lower(" : "strpos(lower(");
    path_value(b, end);
    sql_put(b, "), ");
    sql_text(b, s);
    sql_put(b, ") > 0");
}

static bool is_state(const struct path_end *end)
{
    return end->step && end->step->attr == ATTR_STATE;
}

/* The test on one value; never FILTER_NE. */
static void put_test(struct sqlb *b, const struct path_end *end, enum filter_op op,
                     const struct filter *f)
{
    static const char *const compare[] = {
        [FILTER_EQ] = " = ", [FILTER_LT] = " < ",  [FILTER_LE] = " <= ",
        [FILTER_GT] = " > ", [FILTER_GE] = " >= ",
    };
    if (op == FILTER_EMPTY || op == FILTER_SET) {
        path_value(b, end);
        sql_put(b, op == FILTER_SET ? " IS NOT NULL" : " IS NULL");
    } else if (is_state(end)) {
        put_states(b, end, op, f);
    } else if (op == FILTER_CONTAINS) {
        put_contains(b, end, f);
    } else if (op == FILTER_IN || op == FILTER_UNDER) {
        put_in(b, end, f);
    } else {
        path_value(b, end);
        sql_put(b, compare[op]);
        put_value(b, end, &f->value[0]);
    }
}

/* A path with rows of its own: some of its values pass. */
static void put_exists(struct sqlb *b, enum face face, enum filter_op op, const struct filter *f)
{
    sql_put(b, "EXISTS (SELECT 1 ");
    struct path_end end = path_from(b, "r.", face, &f->path);
    sql_put(b, " WHERE ");
    put_test(b, &end, op, f);
    sql_put(b, ")");
}

static void put_one(struct sqlb *b, enum face face, const struct filter *f)
{
    /* != is the opposite of =, and empty of set, also where there are no values at all */
    bool not = f->op == FILTER_NE || f->op == FILTER_EMPTY;
    enum filter_op op = f->op == FILTER_NE ? FILTER_EQ : f->op == FILTER_EMPTY ? FILTER_SET : f->op;
    sql_put(b, not ? "NOT ((" : "(");
    if (path_many(&f->path)) {
        put_exists(b, face, op, f);
    } else {
        struct path_end end = path_here("r.", face, &f->path);
        put_test(b, &end, op, f);
    }
    sql_put(b, not ? ") IS TRUE)" : ")");
}

/* Depth: the filter's own, at most FILTER_DEPTH and, of AND and OR, the number of tests. */
static void put_filter(struct sqlb *b, enum face face, const struct filter *f)
{
    switch (f->op) {
    case FILTER_ALL:
        sql_put(b, "1 = 1");
        break;
    case FILTER_AND:
    case FILTER_OR:
        sql_put(b, "(");
        put_filter(b, face, f->left);
        sql_put(b, f->op == FILTER_AND ? " AND " : " OR ");
        put_filter(b, face, f->right);
        sql_put(b, ")");
        break;
    case FILTER_NOT:
        sql_put(b, "NOT ((");
        put_filter(b, face, f->left);
        sql_put(b, ") IS TRUE)");
        break;
    default:
        put_one(b, face, f);
    }
}

static void put_kinds(struct sqlb *b, const struct kind *k)
{
    if (k) {
        sql_put(b, "r.kind = '");
        sql_name(b, k->name);
        sql_put(b, "'");
        return;
    }
    sql_put(b, "r.kind IN (''");
    for (uint32_t i = 0; i < kinds_count(b->kinds); i++) {
        sql_put(b, ",'");
        sql_name(b, kinds_at(b->kinds, i)->name);
        sql_put(b, "'");
    }
    sql_put(b, ")");
}

static void put_granted(struct sqlb *b, const char *before)
{
    if (!b->scope.granted)
        return;
    sql_printf(b, "%sEXISTS (SELECT 1 FROM grant_to g WHERE g.id = r.id AND g.org = ", before);
    sql_int(b, b->scope.org);
    sql_put(b, ")");
}

void where_query(struct sqlb *b, enum face face, const struct query *q)
{
    put_kinds(b, q->kind);
    bool org = b->scope.reach == SCOPE_ORG;
    if (face == FACE_PUBLIC)
        sql_put(b, " AND r.shown = 1");
    if (org && face == FACE_PUBLIC) {
        sql_put(b, " AND (r.org IS NULL OR r.org <> ");
        sql_int(b, b->scope.org);
        sql_put(b, ")");
        put_granted(b, " AND NOT ");
    } else if (org) {
        sql_put(b, " AND (r.org = ");
        sql_int(b, b->scope.org);
        put_granted(b, " OR ");
        sql_put(b, ")");
    }
    if (q->filter && q->filter->op != FILTER_ALL) {
        sql_put(b, " AND ");
        put_filter(b, face, q->filter);
    }
}
