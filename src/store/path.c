/* Paths of filters, sorts and groups as SQL. */
#include "store/store_int.h"

#include <stdio.h>

static const struct field_def *end_field(const struct path_step *s)
{
    if (s->attr != ATTR_FIELD)
        return NULL;
    const struct field_def *f = &s->kind->field[s->field];
    return s->sub == UINT32_MAX ? f : &f->sub[s->sub];
}

static bool has_cases(const struct path_step *s)
{
    return s->attr == ATTR_FIELD && s->kind->field[s->field].n_cases;
}

static bool is_list(const struct path_step *s)
{
    return s->attr == ATTR_FIELD && s->kind->field[s->field].list;
}

static enum shape step_shape(const struct path_step *s)
{
    const struct field_def *f = end_field(s);
    if (!f)
        return s->attr == ATTR_STATE || s->attr == ATTR_KIND ? SHAPE_TEXT : SHAPE_INT;
    switch (f->type) {
    case TYPE_INT:
    case TYPE_MONEY:
    case TYPE_TIME:
    case TYPE_REF:
        return SHAPE_INT;
    case TYPE_BOOL:
        return SHAPE_BOOL;
    case TYPE_DECIMAL:
        return SHAPE_REAL;
    default:
        return SHAPE_TEXT; /* a date too: 2026-03-01 */
    }
}

enum shape path_shape(const struct path *p)
{
    return p->n ? step_shape(&p->step[p->n - 1]) : SHAPE_INT;
}

bool path_many(const struct path *p)
{
    return p->n > 1 || (p->n == 1 && is_list(&p->step[0]));
}

bool path_nullable(const struct path *p)
{
    if (p->n != 1)
        return p->n > 1;
    enum attr a = p->step[0].attr;
    return a == ATTR_FIELD || a == ATTR_OWNER || a == ATTR_STATE;
}

/* A column of the face: the whole record's or the public one's. */
static void face_column(struct sqlb *b, const char *alias, enum face face, const char *whole,
                        const char *shown)
{
    if (face == FACE_SCOPE && b->scope.reach == SCOPE_ORG) {
        sql_printf(b, "CASE WHEN %sorg = ", alias);
        sql_int(b, b->scope.org);
        sql_printf(b, " THEN %s%s ELSE %s%s END", alias, whole, alias, shown);
        return;
    }
    bool open = face == FACE_PUBLIC || (face == FACE_SCOPE && b->scope.reach == SCOPE_PUBLIC);
    sql_printf(b, "%s%s", alias, open ? shown : whole);
}

/* A JSON scalar as SQL text (PostgreSQL) or value (SQLite). */
static void json_scalar(struct sqlb *b, const struct path_end *end)
{
    const struct path_step *s = end->step;
    struct str field = s->kind->field[s->field].name;
    const struct field_def *sub = s->sub == UINT32_MAX ? NULL : end_field(s);
    if (b->dialect == SQLITE && end->item && !sub) {
        sql_printf(b, "%svalue", end->alias);
    } else if (b->dialect == SQLITE) {
        sql_put(b, "json_extract(");
        if (end->item)
            sql_printf(b, "%svalue", end->alias);
        else
            face_column(b, end->alias, end->face, "body", "pub");
        sql_put(b, ",'$");
        if (!end->item) {
            sql_put(b, ".");
            sql_name(b, field);
        }
        if (sub) {
            sql_put(b, ".");
            sql_name(b, sub->name);
        }
        sql_put(b, "')");
    } else {
        sql_put(b, "((");
        if (end->item)
            sql_printf(b, "%svalue", end->alias);
        else
            face_column(b, end->alias, end->face, "body", "pub");
        sql_put(b, ")");
        if (end->item && !sub)
            sql_put(b, " #>> '{}'");
        if (!end->item) {
            sql_put(b, sub ? " -> '" : " ->> '");
            sql_name(b, field);
            sql_put(b, "'");
        }
        if (sub) {
            sql_put(b, " ->> '");
            sql_name(b, sub->name);
            sql_put(b, "'");
        }
        sql_put(b, ")");
    }
}

/* PostgreSQL: the value as JSON. */
static void json_node(struct sqlb *b, const struct path_end *end)
{
    const struct path_step *s = end->step;
    if (end->item) {
        sql_printf(b, "(%svalue", end->alias);
    } else {
        sql_put(b, "((");
        face_column(b, end->alias, end->face, "body", "pub");
        sql_put(b, ") -> '");
        sql_name(b, s->kind->field[s->field].name);
        sql_put(b, "'");
    }
    if (s->sub != UINT32_MAX) {
        sql_put(b, " -> '");
        sql_name(b, end_field(s)->name);
        sql_put(b, "'");
    }
    sql_put(b, ")");
}

/* PostgreSQL's values as the type compared with; what is no number is as if unset. */
static void json_typed(struct sqlb *b, const struct path_end *end)
{
    switch (end->shape) {
    case SHAPE_INT:
    case SHAPE_REAL:
        sql_put(b, "(CASE WHEN jsonb_typeof(");
        json_node(b, end);
        sql_put(b, ") = 'number' THEN ");
        json_node(b, end);
        sql_put(b, end->shape == SHAPE_INT ? "::bigint END)" : "::double precision END)");
        break;
    case SHAPE_BOOL:
        sql_put(b, "(CASE ");
        json_scalar(b, end);
        sql_put(b, " WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)");
        break;
    case SHAPE_TEXT:
        sql_put(b, "(");
        json_scalar(b, end);
        sql_put(b, " COLLATE \"C\")");
    }
}

void path_value(struct sqlb *b, const struct path_end *end)
{
    static const char *const column[] = {
        [ATTR_ID] = "id",           [ATTR_STATE] = "state",     [ATTR_SECRECY] = "secrecy",
        [ATTR_CREATED] = "created", [ATTR_UPDATED] = "updated", [ATTR_SINCE] = "since",
        [ATTR_KIND] = "kind",
    };
    if (!end->step)
        sql_printf(b, "%sid", end->alias);
    else if (end->step->attr == ATTR_OWNER)
        face_column(b, end->alias, end->face, "org", "pub_org");
    else if (has_cases(end->step))
        where_case(b, end, false);
    else if (end->step->attr != ATTR_FIELD)
        sql_printf(b, "%s%s", end->alias, column[end->step->attr]);
    else if (b->dialect == SQLITE)
        json_scalar(b, end);
    else
        json_typed(b, end);
}

struct path_end path_here(const char *alias, enum face face, const struct path *p)
{
    struct path_end end = {.face = face, .shape = path_shape(p), .today = p->today};
    end.step = p->n ? &p->step[0] : NULL;
    snprintf(end.alias, sizeof end.alias, "%s", alias);
    return end;
}

/* One row for each element of the list. */
static void join_items(struct sqlb *b, struct path_end *end)
{
    const struct path_step *s = end->step;
    uint32_t n = ++b->alias;
    struct str field = s->kind->field[s->field].name;
    if (b->dialect == SQLITE) {
        sql_put(b, " JOIN json_each(");
        face_column(b, end->alias, end->face, "body", "pub");
        sql_put(b, ",'$.");
        sql_name(b, field);
        sql_printf(b, "') j%u ON 1 = 1", n);
    } else {
        sql_put(b, " JOIN jsonb_array_elements(CASE WHEN jsonb_typeof((");
        face_column(b, end->alias, end->face, "body", "pub");
        sql_put(b, ") -> '");
        sql_name(b, field);
        sql_put(b, "') = 'array' THEN (");
        face_column(b, end->alias, end->face, "body", "pub");
        sql_put(b, ") -> '");
        sql_name(b, field);
        sql_printf(b, "' END) j%u(value) ON true", n);
    }
    snprintf(end->alias, sizeof end->alias, "j%u.", n);
    end->item = true;
}

/* The record that the value refers to, as far as the scope has it. */
static void join_record(struct sqlb *b, struct path_end *end, const struct path_step *next)
{
    uint32_t n = ++b->alias;
    bool typed = next->kind && (next->attr == ATTR_FIELD || next->attr == ATTR_STATE);
    /* the id is made apart: of the past it stands inside */
    struct buf before = b->text;
    buf_init(&b->text, before.ceiling);
    path_value(b, end);
    struct buf id = b->text;
    b->text = before;
    source_join(b, n, typed ? next->kind : NULL, buf_view(&id));
    buf_free(&id);
    if (b->scope.reach == SCOPE_PUBLIC)
        sql_printf(b, " AND a%u.shown = 1", n);
    if (b->scope.reach == SCOPE_ORG) {
        sql_printf(b, " AND (a%u.shown = 1 OR a%u.org = ", n, n);
        sql_int(b, b->scope.org);
        sql_put(b, ")");
    }
    snprintf(end->alias, sizeof end->alias, "a%u.", n);
    end->face = FACE_SCOPE;
    end->item = false;
}

/* `item`: the first step's list stands beside the record already. */
static struct path_end walk_from(struct sqlb *b, struct path_end end, bool item,
                                 const struct path *p)
{
    sql_printf(b, "FROM (SELECT 1 AS one) z%u", ++b->alias);
    for (uint32_t i = 0; i < p->n; i++) {
        end.step = &p->step[i];
        end.shape = step_shape(end.step);
        if (is_list(end.step) && (i || !item))
            join_items(b, &end);
        if (i + 1 < p->n)
            join_record(b, &end, &p->step[i + 1]);
    }
    return end;
}

struct path_end path_from(struct sqlb *b, const char *alias, enum face face, const struct path *p)
{
    struct path_end end = {.face = face, .today = p->today};
    snprintf(end.alias, sizeof end.alias, "%s", alias);
    return walk_from(b, end, false, p);
}

/* The least value there: it stands before the FROM that names it, so it is made apart, then put
 * together. */
static void put_least(struct sqlb *b, struct path_end start, bool item, const struct path *p)
{
    struct buf before = b->text;
    buf_init(&b->text, before.ceiling);
    struct path_end end = walk_from(b, start, item, p);
    struct buf from = b->text;
    b->text = before;
    sql_put(b, "(SELECT min(");
    path_value(b, &end);
    sql_put(b, ") ");
    if (b->rc == RC_OK)
        b->rc = buf_str(&b->text, buf_view(&from), &b->err);
    sql_put(b, ")");
    buf_free(&from);
}

void path_of_item(struct sqlb *b, const struct path_end *item, const struct path *p)
{
    if (p->n == 1)
        path_value(b, item);
    else
        put_least(b, *item, true, p);
}

bool path_lists(const struct path *p)
{
    return p->n && is_list(&p->step[0]);
}

struct path_end path_items(struct sqlb *b, const char *alias, enum face face, const struct path *p)
{
    struct path_end end = path_here(alias, face, p);
    if (p->n == 1 && is_list(end.step))
        join_items(b, &end);
    return end;
}

void path_scalar(struct sqlb *b, const char *alias, enum face face, const struct path *p)
{
    struct path_end end = {.face = face, .today = p->today};
    if (!path_many(p)) {
        end = path_here(alias, face, p);
        path_value(b, &end);
        return;
    }
    snprintf(end.alias, sizeof end.alias, "%s", alias);
    put_least(b, end, false, p);
}

static bool sorts_state(const struct path *p)
{
    return p->n == 1 && p->step[0].attr == ATTR_STATE && p->step[0].kind;
}

/* Codes of a computed field: in the order of their table, as states in theirs. */
static bool sorts_case(const struct path *p)
{
    return p->n == 1 && has_cases(&p->step[0]);
}

enum shape path_sort_shape(const struct path *p)
{
    return sorts_state(p) || sorts_case(p) ? SHAPE_INT : path_shape(p);
}

void path_sort(struct sqlb *b, const char *alias, enum face face, const struct path *p)
{
    if (sorts_case(p)) {
        struct path_end end = path_here(alias, face, p);
        where_case(b, &end, true);
        return;
    }
    if (!sorts_state(p)) {
        path_scalar(b, alias, face, p);
        return;
    }
    const struct kind *k = p->step[0].kind;
    sql_printf(b, "(CASE %sstate", alias);
    for (uint32_t i = 0; i < k->n_states; i++) {
        sql_put(b, " WHEN '");
        sql_name(b, k->state[i].name);
        sql_printf(b, "' THEN %u", i);
    }
    sql_put(b, k->n_states ? " END)" : " WHEN '' THEN 0 END)");
}
