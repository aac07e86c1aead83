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

/* The day that a path's computed field is of, where the evaluation is for `today`. */
static int64_t day_of(const struct path *p, int64_t today)
{
    return p->today == DAY_FLOATS ? today : p->today;
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
            TRY(buf_json(out, is_date(end) ? date_text(b, v->num) : v->text, e));
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
static void put_test(struct sqlb *b, const struct path_end *end, enum filter_op op, int64_t today,
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
        struct val v = filter_value(f, today);
        path_value(b, end);
        sql_put(b, compare[op]);
        put_value(b, end, &v);
    }
}

/* Some value of the one path compared with some of the other. */
static void put_pair(struct sqlb *b, const char *alias, enum face face, int64_t today,
                     enum filter_op op, const struct filter *f)
{
    static const char *const compare[] = {
        [FILTER_EQ] = " = ", [FILTER_LT] = " < ",  [FILTER_LE] = " <= ",
        [FILTER_GT] = " > ", [FILTER_GE] = " >= ",
    };
    bool many = path_many(&f->path), with_many = path_many(&f->with);
    struct path_end end, with;
    if (many)
        sql_put(b, "EXISTS (SELECT 1 ");
    end = many ? path_from(b, alias, face, &f->path) : path_here(alias, face, &f->path);
    if (many)
        sql_put(b, " WHERE ");
    if (with_many)
        sql_put(b, "EXISTS (SELECT 1 ");
    with = with_many ? path_from(b, alias, face, &f->with) : path_here(alias, face, &f->with);
    if (with_many)
        sql_put(b, " WHERE ");
    end.today = day_of(&f->path, today);
    with.today = day_of(&f->with, today);
    path_value(b, &end);
    sql_put(b, compare[op]);
    path_value(b, &with);
    sql_put(b, with_many ? ")" : "");
    sql_put(b, many ? ")" : "");
}

/* A path with rows of its own: some of its values pass. */
static void put_exists(struct sqlb *b, const char *alias, enum face face, int64_t today,
                       enum filter_op op, const struct filter *f)
{
    sql_put(b, "EXISTS (SELECT 1 ");
    struct path_end end = path_from(b, alias, face, &f->path);
    end.today = day_of(&f->path, today);
    sql_put(b, " WHERE ");
    put_test(b, &end, op, today, f);
    sql_put(b, ")");
}

/* ---- computed codes ---- */

static const struct field_def *case_field(const struct path *p)
{
    const struct path_step *s = &p->step[p->n - 1];
    const struct field_def *f = s->attr == ATTR_FIELD ? &s->kind->field[s->field] : NULL;
    return f && f->n_cases ? f : NULL;
}

static bool is_asked(const struct filter *f, enum filter_op op, struct str code)
{
    if (op == FILTER_SET)
        return true;
    for (uint32_t i = 0; i < f->n_values; i++)
        if (str_eq(f->value[i].text, code))
            return true;
    return false;
}

/* The first case that holds is one of those asked for: case by case, so that an index can serve
 * what a case asks. One after the other: (it holds OR …), or (NOT it holds AND …). */
static void put_cases(struct sqlb *b, const char *alias, enum face face, int64_t today,
                      enum filter_op op, const struct filter *f)
{
    const struct field_def *def = case_field(&f->path);
    uint32_t last = 0; /* behind it none is asked for */
    for (uint32_t i = 0; i < def->n_cases; i++)
        if (is_asked(f, op, def->cases[i].code))
            last = i + 1;
    if (!last)
        sql_put(b, "1 = 0");
    for (uint32_t i = 0; i < last; i++) {
        bool asked = is_asked(f, op, def->cases[i].code);
        sql_put(b, asked ? "(" : "(NOT ((");
        where_filter(b, alias, face, day_of(&f->path, today), def->cases[i].when);
        if (!asked)
            sql_put(b, ") IS TRUE)");
        if (i + 1 < last)
            sql_put(b, asked ? " OR " : " AND ");
    }
    for (uint32_t i = 0; i < last; i++)
        sql_put(b, ")");
}

void where_case(struct sqlb *b, const struct path_end *end, bool places)
{
    const struct field_def *f = &end->step->kind->field[end->step->field];
    sql_put(b, "(CASE");
    for (uint32_t i = 0; i < f->n_cases; i++) {
        const struct code *code = code_find(f->codes, f->cases[i].code);
        sql_put(b, " WHEN ");
        where_filter(b, end->alias, end->face, end->today, f->cases[i].when);
        if (places) {
            sql_printf(b, " THEN %d", (int)(code - f->codes->code));
            continue;
        }
        sql_put(b, " THEN '");
        sql_name(b, f->cases[i].code);
        sql_put(b, b->dialect == POSTGRES ? "' COLLATE \"C\"" : "'");
    }
    sql_put(b, " END)");
}

static void put_one(struct sqlb *b, const char *alias, enum face face, int64_t today,
                    const struct filter *f)
{
    /* != is the opposite of =, and empty of set, also where there are no values at all */
    bool not = f->op == FILTER_NE || f->op == FILTER_EMPTY;
    enum filter_op op = f->op == FILTER_NE ? FILTER_EQ : f->op == FILTER_EMPTY ? FILTER_SET : f->op;
    sql_put(b, not ? "NOT ((" : "(");
    if (f->with.n) {
        put_pair(b, alias, face, today, op, f);
    } else if (path_many(&f->path)) {
        put_exists(b, alias, face, today, op, f);
    } else if (case_field(&f->path)) {
        put_cases(b, alias, face, today, op, f);
    } else {
        struct path_end end = path_here(alias, face, &f->path);
        put_test(b, &end, op, today, f);
    }
    sql_put(b, not ? ") IS TRUE)" : ")");
}

/* "a OR b OR c" stands in one pair of brackets: SQLite's parser has room for a hundred. */
static void put_chain(struct sqlb *b, const char *alias, enum face face, int64_t today,
                      const struct filter *f, enum filter_op op)
{
    if (f->op != op) {
        where_filter(b, alias, face, today, f);
        return;
    }
    put_chain(b, alias, face, today, f->left, op);
    sql_put(b, op == FILTER_AND ? " AND " : " OR ");
    put_chain(b, alias, face, today, f->right, op);
}

/* Depth: the filter's own, at most FILTER_DEPTH and, of AND and OR, the number of tests. */
void where_filter(struct sqlb *b, const char *alias, enum face face, int64_t today,
                  const struct filter *f)
{
    switch (f->op) {
    case FILTER_ALL:
        sql_put(b, "1 = 1");
        break;
    case FILTER_AND:
    case FILTER_OR:
        sql_put(b, "(");
        put_chain(b, alias, face, today, f, f->op);
        sql_put(b, ")");
        break;
    case FILTER_NOT:
        sql_put(b, "NOT ((");
        where_filter(b, alias, face, today, f->left);
        sql_put(b, ") IS TRUE)");
        break;
    default:
        put_one(b, alias, face, today, f);
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

void where_from(struct sqlb *b, enum face face)
{
    bool grants = b->granted && face == FACE_WHOLE && b->scope.reach == SCOPE_ORG;
    sql_put(b, grants ? " FROM grant_to gr CROSS JOIN rec r" : " FROM rec r");
}

static void put_others(struct sqlb *b)
{
    sql_put(b, " AND (r.org IS NULL OR r.org <> ");
    sql_int(b, b->scope.org);
    sql_put(b, ")");
}

/* SCOPE_ORG: whose records. */
static void put_whose(struct sqlb *b, bool shown)
{
    if (shown && b->faces == OF_OTHERS) {
        put_others(b);
        if (!b->scope.granted)
            return;
        sql_put(b, " AND NOT EXISTS (SELECT 1 FROM grant_to g WHERE g.id = r.id AND g.org = ");
        sql_int(b, b->scope.org);
        sql_put(b, ")");
    } else if (!shown && b->granted) {
        put_others(b);
        sql_put(b, " AND r.id = gr.id AND gr.org = ");
        sql_int(b, b->scope.org);
    } else if (!(shown && b->faces == OF_ALL)) {
        sql_put(b, " AND r.org = ");
        sql_int(b, b->scope.org);
    }
}

void where_query(struct sqlb *b, enum face face, const struct query *q)
{
    if (b->before)
        sql_put(b, "r.id > 0"); /* the source is of the kind */
    else
        put_kinds(b, q->kind);
    bool shown = face == FACE_PUBLIC;
    if (shown) /* no index has the faces of kinds that have none */
        sql_put(b, q->kind && !kind_shows(q->kind) ? " AND 1 = 0" : " AND r.shown = 1");
    if (b->scope.reach == SCOPE_ORG)
        put_whose(b, shown);
    if (q->filter && q->filter->op != FILTER_ALL) {
        sql_put(b, " AND ");
        where_filter(b, "r.", face, 0, q->filter);
    }
}
