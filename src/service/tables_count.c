/* Parts that count: by the values of a path, and figures one by one. Each is a count or a sum of
 * the store over what the actor may see, with the filter that lists what was counted. */
#include "service/tables_int.h"

#include <math.h>
#include <stdlib.h>

/* ---- what they share ---- */

static enum cell_look look_of(const struct kind *k, const struct table_column *c, struct str path,
                              const struct making *m)
{
    struct path p;
    if (c->type == COLUMN_SHARE)
        return MADE_NUMBER;
    if (c->type == COLUMN_COUNT || !path.n || !k)
        return MADE_COUNT;
    if (view_path(m->s, m->a, k, path, m->to, &p, NULL) != RC_OK || path_type(&p) != TYPE_MONEY)
        return MADE_NUMBER;
    return c->wan ? MADE_WAN : MADE_MONEY;
}

/* Sums of money come in fen. */
static double scaled(double x, enum cell_look look)
{
    return look == MADE_MONEY ? x / 100 : look == MADE_WAN ? x / 1000000 : x;
}

static enum rc put_figure(const struct making *m, struct made_cell *cell, const struct kind *k,
                          enum cell_look look, const struct grouped *g, struct str filter,
                          struct err *e)
{
    bool count = look == MADE_COUNT;
    TRY(made_number(m, cell, look,
                    count ? (double)(g ? g->count : 0) : scaled(g ? g->sum : 0, look), e));
    return g && g->count ? made_href(m, k, filter, &cell->href, e) : RC_OK;
}

static enum rc head_columns(const struct making *m, const struct table_part *p, struct str first,
                            struct made_part *out, struct err *e)
{
    out->n = p->n + 1;
    out->column = arena_calloc(m->to, out->n, sizeof *out->column);
    if (!out->column)
        return err_nomem(e);
    out->column[0] = (struct made_column){first, STR(""), 28, MADE_TEXT};
    for (uint32_t i = 0; i < p->n; i++) {
        const struct table_column *c = &p->column[i];
        out->column[i + 1] =
            (struct made_column){label_text(&c->label, m->a->zh), label_text(&c->under, m->a->zh),
                                 c->width > 0 ? c->width : 14, look_of(p->kind, c, c->path, m)};
    }
    return RC_OK;
}

/* ---- by the values of a path ---- */

struct value_row {
    struct str key;
    struct str label;
    uint32_t order;       /* of codes: place in the table */
    double first, second; /* what it is ordered by */
    uint32_t place;
    struct grouped *cell;
    bool *has;
};
struct by_work {
    const struct making *m;
    const struct table_part *p;
    struct path path;
    VEC(struct value_row) row;
};

static enum rc row_for(struct by_work *w, struct str key, struct value_row **out, struct err *e)
{
    for (size_t i = 0; i < w->row.n; i++)
        if (str_eq(w->row.p[i].key, key)) {
            *out = &w->row.p[i];
            return RC_OK;
        }
    struct value_row row = {.key = key, .label = key, .order = UINT32_MAX};
    row.cell = arena_calloc(w->m->to, w->p->n, sizeof *row.cell);
    row.has = arena_calloc(w->m->to, w->p->n, sizeof *row.has);
    if (!row.cell || !row.has)
        return err_nomem(e);
    if (w->row.n == TABLE_ROWS)
        return err_too_big(e, "tables.rows", "%u", TABLE_ROWS);
    TRY(vec_push(&w->row, row, e));
    *out = &w->row.p[w->row.n - 1];
    return RC_OK;
}

static enum rc column_filter(const struct by_work *w, uint32_t col, struct str more,
                             struct str *out, struct err *e)
{
    const struct str all[] = {w->p->filter, w->p->column[col].filter, more};
    return made_filter(w->m, all, 3, w->p->date, w->p->column[col].period, w->p->org, out, e);
}

static bool is_many(const struct path *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (p->step[i].attr == ATTR_FIELD && p->step[i].kind->field[p->step[i].field].list)
            return true;
    return false;
}

static bool is_derived(const struct table_column *c)
{
    return c->type == COLUMN_SHARE || c->type == COLUMN_PLACE;
}

static enum rc group_column(struct by_work *w, uint32_t col, struct err *e)
{
    const struct table_column *c = &w->p->column[col];
    vec_grouped got = {0};
    struct str filter;
    if (is_derived(c))
        return RC_OK;
    TRY(column_filter(w, col, STR(""), &filter, e));
    enum rc rc = record_group(w->m->s, w->m->a, w->p->kind, filter, w->p->by, STR(""),
                              c->type == COLUMN_SUM ? c->path : STR(""), w->m->to, &got, e);
    for (size_t i = 0; rc == RC_OK && i < got.n; i++) {
        struct value_row *row = NULL;
        /* of several values some are unset: no filter asks for that */
        if (!got.p[i].value[0].n && is_many(&w->path))
            continue;
        rc = row_for(w, got.p[i].value[0], &row, e);
        if (rc == RC_OK) {
            row->cell[col] = got.p[i];
            row->has[col] = true;
        }
    }
    vec_free(&got);
    return rc;
}

static bool names_records(const struct path *p)
{
    const struct field_def *f = path_field(p);
    return f ? f->type == TYPE_REF : p->step[p->n - 1].attr == ATTR_OWNER;
}

static enum rc label_refs(struct by_work *w, struct err *e)
{
    size_t n = w->row.n;
    int64_t *id = arena_calloc(w->m->to, n + 1, sizeof *id);
    struct str *title = arena_calloc(w->m->to, n + 1, sizeof *title);
    const struct kind **kind = arena_calloc(w->m->to, n + 1, sizeof *kind);
    if (!id || !title || !kind)
        return err_nomem(e);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < w->row.p[i].key.n && j < 17; j++)
            id[i] = id[i] * 10 + (w->row.p[i].key.p[j] - '0');
    TRY(record_titles(w->m->s, w->m->a, id, (uint32_t)n, w->m->to, title, kind, e));
    for (size_t i = 0; i < n; i++)
        if (w->row.p[i].key.n)
            w->row.p[i].label = title[i].n ? title[i] : table_text(w->m, "#%lld", (long long)id[i]);
    return RC_OK;
}

static void label_codes(struct by_work *w)
{
    const struct field_def *f = path_field(&w->path);
    bool state = !f && w->path.step[w->path.n - 1].attr == ATTR_STATE;
    const struct kind *k = w->path.step[w->path.n - 1].kind;
    for (size_t i = 0; i < w->row.n; i++) {
        struct value_row *row = &w->row.p[i];
        const struct code *c = f && f->codes ? code_find(f->codes, row->key) : NULL;
        uint32_t at = state ? state_find(k, row->key) : UINT32_MAX;
        if (c) {
            row->label = label_text(&c->label, w->m->a->zh);
            row->order = (uint32_t)(c - f->codes->code);
        } else if (at != UINT32_MAX) {
            row->label = label_text(&k->state[at].label, w->m->a->zh);
            row->order = at;
        }
    }
}

/* Codes as their table has them, others by the first figure; what has no value comes last. */
static int by_order(const void *p, const void *q)
{
    const struct value_row *a = p, *b = q;
    if (!a->key.n != !b->key.n)
        return !a->key.n ? 1 : -1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->first != b->first)
        return a->first > b->first ? -1 : 1;
    if (a->second != b->second)
        return a->second > b->second ? -1 : 1;
    return str_cmp(a->key, b->key);
}

/* ---- shares and places ---- */

static double figure_of(const struct by_work *w, const struct grouped *cell, uint32_t col)
{
    return w->p->column[col].type == COLUMN_COUNT ? (double)cell[col].count : cell[col].sum;
}

/* False: it would be a share of nothing. */
static bool share_of(const struct by_work *w, const struct grouped *cell,
                     const struct table_column *c, double *percent)
{
    double all = 0;
    for (uint32_t i = 0; i < c->n_of; i++)
        all += figure_of(w, cell, c->of[i]);
    *percent = all > 0 ? 100 * figure_of(w, cell, c->share) / all : 0;
    return all > 0;
}

/* The column of shares that the rows stand by; NULL: none. */
static const struct table_column *ranked_by(const struct table_part *p)
{
    for (uint32_t c = 1; c < p->n; c++)
        if (p->column[c].type == COLUMN_PLACE)
            return &p->column[c - 1];
    return NULL;
}

static void order_rows(struct by_work *w, bool counts)
{
    const struct table_column *by = ranked_by(w->p);
    for (size_t i = 0; i < w->row.n; i++) {
        struct value_row *row = &w->row.p[i];
        row->first = counts ? (double)row->cell[0].count : row->cell[0].sum;
        if (!by)
            continue;
        row->order = share_of(w, row->cell, by, &row->first) ? 0 : 1;
        row->second = figure_of(w, row->cell, by->share);
    }
    if (w->row.n)
        qsort(w->row.p, w->row.n, sizeof *w->row.p, by_order);
    for (size_t i = 0; by && i < w->row.n; i++) {
        struct value_row *row = &w->row.p[i];
        bool same = i && row[-1].first == row->first && row[-1].second == row->second;
        row->place = row->order || !row->key.n ? 0 : same ? row[-1].place : (uint32_t)i + 1;
    }
}

static enum rc put_derived(struct by_work *w, const struct grouped *cell, uint32_t place,
                           uint32_t col, struct made_cell *to, struct err *e)
{
    const struct table_column *c = &w->p->column[col];
    double x;
    if (c->type == COLUMN_PLACE)
        return place ? made_number(w->m, to, MADE_COUNT, place, e) : RC_OK;
    return share_of(w, cell, c, &x) ? made_number(w->m, to, MADE_NUMBER, round(x * 100) / 100, e)
                                    : RC_OK;
}

static enum rc put_value_row(struct by_work *w, const struct value_row *row, struct made_part *out,
                             struct err *e)
{
    struct made_cell *cell;
    TRY(made_row(w->m, out, ROW_PLAIN, &cell, e));
    struct str own = row->key.n ? table_text(w->m, "%.*s = \"%.*s\"", (int)w->p->by.n, w->p->by.p,
                                             (int)row->key.n, row->key.p)
                                : table_text(w->m, "%.*s is empty", (int)w->p->by.n, w->p->by.p);
    if (!own.p || !row->label.p)
        return err_nomem(e);
    cell[0].text = row->key.n ? row->label : w->m->a->zh ? STR("（未填）") : STR("(not given)");
    for (uint32_t c = 0; c < w->p->n; c++) {
        struct str filter;
        if (is_derived(&w->p->column[c])) {
            TRY(put_derived(w, row->cell, row->place, c, &cell[c + 1], e));
            continue;
        }
        TRY(column_filter(w, c, own, &filter, e));
        TRY(put_figure(w->m, &cell[c + 1], w->p->kind, out->column[c + 1].look,
                       row->has[c] ? &row->cell[c] : NULL, filter, e));
    }
    return RC_OK;
}

/* Of all records at once: one that has several values counts once. */
static enum rc put_total(struct by_work *w, struct made_part *out, struct err *e)
{
    struct made_cell *cell;
    struct grouped all[TABLE_COLUMNS] = {0};
    TRY(made_row(w->m, out, ROW_TOTAL, &cell, e));
    cell[0].text = w->m->a->zh ? STR("合计") : STR("Total");
    for (uint32_t c = 0; c < w->p->n; c++) {
        const struct table_column *col = &w->p->column[c];
        vec_grouped got = {0};
        struct str filter;
        if (is_derived(col)) {
            TRY(put_derived(w, all, 0, c, &cell[c + 1], e));
            continue;
        }
        TRY(column_filter(w, c, STR(""), &filter, e));
        enum rc rc = record_group(w->m->s, w->m->a, w->p->kind, filter, STR(""), STR(""),
                                  col->type == COLUMN_SUM ? col->path : STR(""), w->m->to, &got, e);
        if (rc == RC_OK)
            rc = put_figure(w->m, &cell[c + 1], w->p->kind, out->column[c + 1].look,
                            got.n ? &got.p[0] : NULL, filter, e);
        if (got.n)
            all[c] = got.p[0];
        vec_free(&got);
        TRY(rc);
    }
    return RC_OK;
}

static enum rc run_by(struct by_work *w, struct made_part *out, struct err *e)
{
    const struct table_part *p = w->p;
    TRY(view_path(w->m->s, w->m->a, p->kind, p->by, w->m->to, &w->path, e));
    const struct field_def *f = path_field(&w->path);
    struct label attr = attr_label(w->path.step[w->path.n - 1].attr);
    TRY(head_columns(w->m, p, label_text(f ? &f->label : &attr, w->m->a->zh), out, e));
    for (uint32_t c = 0; c < p->n; c++)
        TRY(group_column(w, c, e));
    if (names_records(&w->path))
        TRY(label_refs(w, e));
    else
        label_codes(w);
    order_rows(w, out->column[1].look == MADE_COUNT);
    for (size_t i = 0; i < w->row.n && (!p->limit || i < p->limit); i++)
        TRY(put_value_row(w, &w->row.p[i], out, e));
    return p->total ? put_total(w, out, e) : RC_OK;
}

enum rc make_by(const struct making *m, const struct table_part *p, struct made_part *out,
                struct err *e)
{
    struct by_work w = {.m = m, .p = p};
    if (!actor_reads_kind(m->a, p->kind))
        return head_columns(m, p, STR(""), out, e);
    enum rc rc = run_by(&w, out, e);
    vec_free(&w.row);
    return rc;
}

/* ---- figures ---- */

static enum rc put_one(const struct making *m, const struct table_figure *f,
                       const struct table_column *c, struct made_cell *cell, struct err *e)
{
    const struct str all[] = {f->filter, c->filter};
    vec_grouped got = {0};
    struct str filter;
    if (!f->kind || !actor_reads_kind(m->a, f->kind) || (c->type == COLUMN_SUM && !f->sum.n))
        return RC_OK;
    TRY(made_filter(m, all, 2, f->date, c->period, f->org, &filter, e));
    enum rc rc = record_group(m->s, m->a, f->kind, filter, STR(""), STR(""),
                              c->type == COLUMN_SUM ? f->sum : STR(""), m->to, &got, e);
    if (rc == RC_OK)
        rc = put_figure(m, cell, f->kind, look_of(f->kind, c, f->sum, m), got.n ? &got.p[0] : NULL,
                        filter, e);
    vec_free(&got);
    return rc;
}

enum rc make_figures(const struct making *m, const struct table_part *p, struct made_part *out,
                     struct err *e)
{
    TRY(head_columns(m, p, m->a->zh ? STR("项目") : STR("Item"), out, e));
    for (uint32_t i = 0; i < p->n; i++)
        if (p->column[i].type == COLUMN_SUM)
            out->column[i + 1].look = p->column[i].wan ? MADE_WAN : MADE_MONEY;
    for (uint32_t r = 0; r < p->n_figures; r++) {
        struct made_cell *cell;
        bool heading = !p->figure[r].kind;
        TRY(made_row(m, out, heading ? ROW_GROUP : ROW_PLAIN, &cell, e));
        cell[0].text = label_text(&p->figure[r].label, m->a->zh);
        for (uint32_t c = 0; c < p->n && !heading; c++)
            TRY(put_one(m, &p->figure[r], &p->column[c], &cell[c + 1], e));
    }
    return RC_OK;
}
