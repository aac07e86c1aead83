/* Parts that list records: a row each, groups with their sums, the whole sum. */
#include "service/tables_int.h"

#include <math.h>
#include <stdlib.h>

#define BATCH  1000u
#define MONTHS 12u

/* A record of the month plan. */
struct planned {
    int64_t of;
    uint32_t month;
    struct str text;
};
/* A column as it is shown: of a declared one, or a month of it. */
struct shown_column {
    const struct table_column *c;
    struct path path; /* COLUMN_PATH */
    enum cell_look look;
    uint32_t month;
};
struct listed_row {
    int64_t id;
    struct str group;
    size_t at; /* as listed */
    struct made_cell *cell;
    double *sum; /* [columns] what it adds, NAN: nothing */
};
struct listing_work {
    const struct making *m;
    const struct table_part *p;
    struct tx *tx; /* of one batch */
    struct map known;
    VEC(struct rec *) rec;
    VEC(struct planned) plan;
    VEC(struct shown_column) col;
    VEC(struct listed_row) row;
    struct path group;
    struct made_part *out;
    const vec_rec *batch;
};

/* ---- the records on the way, as the actor sees them ---- */

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    struct listing_work *w = ctx;
    uint32_t next = (uint32_t)w->rec.n, *at = map_put(&w->known, (uint64_t)id, next);
    struct viewed v;
    *out = NULL;
    if (!at)
        return err_nomem(e);
    if (*at == next) {
        struct rec *r = NULL;
        TRY(view_get(w->tx, w->m->a, NULL, id, w->m->to, &v, e));
        if (v.found && !(r = arena_alloc(w->m->to, sizeof *r)))
            return err_nomem(e);
        if (r) {
            *r = v.rec;
            rec_compute(r, site_today(w->m->s));
        }
        TRY(vec_push(&w->rec, r, e));
    }
    *out = w->rec.p[*at];
    return RC_OK;
}

/* ---- one cell ---- */

struct filling_cell {
    struct listing_work *w;
    const struct rec *r;
    const struct path *path;
    struct buf text;
    double sum;
    uint32_t n;
    const struct val *last;
};

static enum rc put_attr(struct filling_cell *f, const struct val *v, struct err *e)
{
    const struct path_step *s = &f->path->step[f->path->n - 1];
    const struct rec *other;
    bool zh = f->w->m->a->zh;
    char day[12];
    switch (s->attr) {
    case ATTR_OWNER:
        TRY(follow(f->w, v->num, &other, e));
        return other ? buf_str(&f->text, rec_title(other), e) : RC_OK;
    case ATTR_STATE:
        return v->num < s->kind->n_states
                   ? buf_str(&f->text, label_text(&s->kind->state[v->num].label, zh), e)
                   : RC_OK;
    case ATTR_CREATED:
    case ATTR_UPDATED:
    case ATTR_SINCE:
        return buf_str(&f->text, date_put(day, day_of_time(v->num)), e);
    case ATTR_ID:
        return buf_printf(&f->text, e, "%lld", (long long)v->num);
    default:
        return RC_OK;
    }
}

static enum rc put_value(void *ctx, const struct val *v, struct err *e)
{
    struct filling_cell *f = ctx;
    const struct field_def *d = path_field(f->path);
    const struct rec *other;
    if (!v->set)
        return RC_OK;
    if (f->n++)
        TRY(buf_str(&f->text, f->w->m->a->zh ? STR("；") : STR("; "), e));
    f->last = v;
    if (!d)
        return put_attr(f, v, e);
    if (d->type == TYPE_INT || d->type == TYPE_MONEY)
        f->sum += (double)v->num;
    if (d->type == TYPE_DECIMAL)
        f->sum += v->real;
    if (d->type == TYPE_REF) {
        TRY(follow(f->w, v->num, &other, e));
        return other ? buf_str(&f->text, rec_title(other), e)
                     : buf_printf(&f->text, e, "#%lld", (long long)v->num);
    }
    struct field_def one = *d;
    one.list = false;
    return val_text(&f->text, &one, v, f->w->m->a->zh, false, e);
}

static enum cell_look look_of(const struct path *p, bool wan)
{
    const struct field_def *d = path_field(p);
    if (!d)
        return MADE_TEXT;
    switch (d->type) {
    case TYPE_MONEY:
        return wan ? MADE_WAN : MADE_MONEY;
    case TYPE_INT:
    case TYPE_DECIMAL:
        return MADE_NUMBER;
    case TYPE_DATE:
        return MADE_DATE;
    default:
        return MADE_TEXT;
    }
}

static enum rc fill_cell(struct listing_work *w, const struct rec *r,
                         const struct shown_column *col, struct made_cell *cell, double *sum,
                         struct err *e)
{
    struct filling_cell f = {.w = w, .r = r, .path = &col->path};
    buf_init(&f.text, 1u << 20);
    enum rc rc = path_each(&col->path, r, follow, w, put_value, &f, e);
    bool number = col->look == MADE_MONEY || col->look == MADE_WAN || col->look == MADE_NUMBER;
    double scale = col->look == MADE_MONEY ? 100 : col->look == MADE_WAN ? 1000000 : 1;
    *sum = f.n ? f.sum / scale : NAN;
    if (rc == RC_OK && f.n == 1 && number) {
        rc = made_number(w->m, cell, col->look, f.sum / scale, e);
    } else if (rc == RC_OK) {
        cell->text = arena_str(w->m->to, buf_view(&f.text));
        rc = cell->text.p ? RC_OK : err_nomem(e);
        if (f.n == 1 && col->look == MADE_DATE) {
            cell->look = MADE_DATE;
            cell->set = true;
            cell->number = (double)f.last->num;
        }
    }
    buf_free(&f.text);
    return rc;
}

/* ---- the month plan ---- */

/* "电池回收：样机试制" in the row of 电池回收 is 样机试制. */
static struct str without_title(struct str text, struct str title)
{
    static const char *const marks[] = {"：", ":", " - ", "·"};
    if (!title.n || !str_starts(text, title))
        return text;
    struct str rest = str_sub(text, title.n, text.n);
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_starts(rest, str_of(marks[i])) && rest.n > strlen(marks[i]))
            return str_trim(str_sub(rest, strlen(marks[i]), rest.n));
    return text;
}

static enum rc fill_months(struct listing_work *w, const struct rec *r,
                           const struct shown_column *col, struct made_cell *cell, struct err *e)
{
    struct buf b;
    enum rc rc = RC_OK;
    buf_init(&b, 1u << 16);
    for (size_t i = 0; rc == RC_OK && i < w->plan.n; i++) {
        const struct planned *p = &w->plan.p[i];
        if (p->of != r->id || p->month != col->month)
            continue;
        if (b.n)
            rc = buf_char(&b, '\n', e);
        if (rc == RC_OK)
            rc = buf_str(&b, without_title(p->text, rec_title(r)), e);
    }
    if (rc == RC_OK) {
        cell->text = arena_str(w->m->to, buf_view(&b));
        rc = cell->text.p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

static enum rc add_planned(struct listing_work *w, const struct table_column *c,
                           const struct rec *r, struct err *e)
{
    uint32_t by = field_find(c->kind, c->by), day = field_find(c->kind, c->path);
    uint32_t light = c->light.n ? field_find(c->kind, c->light) : NO_FIELD;
    int y, month, d;
    if (!r->val[by].set || !r->val[day].set)
        return RC_OK;
    days_to(r->val[day].num, &y, &month, &d);
    struct str title = rec_title(r), said = STR("");
    const struct field_def *f = light == NO_FIELD ? NULL : &c->kind->field[light];
    const struct code *code =
        f && f->codes && r->val[light].set ? code_find(f->codes, r->val[light].text) : NULL;
    if (code)
        said = label_text(&code->label, w->m->a->zh);
    struct planned p = {.of = r->val[by].num, .month = (uint32_t)month - 1};
    p.text = table_text(w->m, "%.*s%s%.*s", (int)title.n, title.p, said.n ? "\n" : "", (int)said.n,
                        said.p);
    return p.text.p ? vec_push(&w->plan, p, e) : err_nomem(e);
}

static enum rc read_plan(struct listing_work *w, const struct table_column *c, struct err *e)
{
    struct list_request q = {.kind = c->kind, .sort = c->path, .limit = BATCH};
    if (!actor_reads_kind(w->m->a, c->kind))
        return RC_OK;
    TRY(made_filter(w->m, NULL, 0, c->path, PERIOD_THIS, STR(""), &q.filter, e));
    for (uint32_t n = 0; n < TABLE_ROWS; n += BATCH) {
        struct list_answer a;
        TRY(record_list(w->m->s, w->m->a, &q, w->m->to, &a, e));
        enum rc rc = RC_OK;
        for (size_t i = 0; rc == RC_OK && i < a.rec.n; i++)
            rc = add_planned(w, c, &a.rec.p[i], e);
        vec_free(&a.rec);
        TRY(rc);
        if (!a.next.n)
            return RC_OK;
        q.after = a.next;
    }
    return RC_OK;
}

/* ---- columns ---- */

static enum rc add_column(struct listing_work *w, const struct table_column *c, struct err *e)
{
    struct shown_column s = {.c = c};
    if (c->type == COLUMN_PATH) {
        TRY(view_path(w->m->s, w->m->a, w->p->kind, c->path, w->m->to, &s.path, e));
        s.look = look_of(&s.path, c->wan);
    }
    if (c->type == COLUMN_ROW)
        s.look = MADE_COUNT;
    uint32_t n = c->type == COLUMN_MONTHS ? MONTHS : 1;
    for (s.month = 0; s.month < n; s.month++)
        TRY(vec_push(&w->col, s, e));
    return c->type == COLUMN_MONTHS ? read_plan(w, c, e) : RC_OK;
}

static double usual_width(enum cell_look look)
{
    return look == MADE_TEXT ? 22 : look == MADE_COUNT ? 6 : 13;
}

static enum rc head_columns(struct listing_work *w, struct err *e)
{
    for (uint32_t i = 0; i < w->p->n; i++)
        TRY(add_column(w, &w->p->column[i], e));
    w->out->n = (uint32_t)w->col.n;
    w->out->column = arena_calloc(w->m->to, w->col.n, sizeof *w->out->column);
    if (!w->out->column)
        return err_nomem(e);
    for (size_t i = 0; i < w->col.n; i++) {
        const struct shown_column *s = &w->col.p[i];
        bool month = s->c->type == COLUMN_MONTHS;
        struct str label = label_text(&s->c->label, w->m->a->zh);
        w->out->column[i] = (struct made_column){
            month ? table_text(w->m, w->m->a->zh ? "%u 月" : "%u", s->month + 1) : label,
            month ? label : label_text(&s->c->under, w->m->a->zh),
            s->c->width > 0 ? s->c->width : usual_width(s->look), s->look};
        if (!w->out->column[i].label.p)
            return err_nomem(e);
    }
    return RC_OK;
}

/* ---- rows ---- */

static enum rc group_text(struct listing_work *w, const struct rec *r, struct str *out,
                          struct err *e)
{
    struct shown_column col = {.path = w->group, .look = MADE_TEXT};
    struct made_cell cell = {.text = STR("")};
    double sum;
    *out = STR("");
    if (!w->group.n)
        return RC_OK;
    TRY(fill_cell(w, r, &col, &cell, &sum, e));
    *out = cell.text.n ? cell.text : w->m->a->zh ? STR("（未填）") : STR("(not given)");
    return RC_OK;
}

static enum rc fill_row(struct listing_work *w, const struct rec *r, struct err *e)
{
    struct listed_row row = {.id = r->id, .at = w->row.n};
    bool linked = false;
    row.cell = arena_calloc(w->m->to, w->col.n, sizeof *row.cell);
    row.sum = arena_calloc(w->m->to, w->col.n, sizeof *row.sum);
    if (!row.cell || !row.sum)
        return err_nomem(e);
    for (size_t i = 0; i < w->col.n; i++) {
        const struct shown_column *s = &w->col.p[i];
        struct made_cell *cell = &row.cell[i];
        cell->text = cell->href = STR("");
        row.sum[i] = NAN;
        if (s->c->type == COLUMN_PATH)
            TRY(fill_cell(w, r, s, cell, &row.sum[i], e));
        if (s->c->type == COLUMN_MONTHS)
            TRY(fill_months(w, r, s, cell, e));
        if (linked || s->c->type != COLUMN_PATH || s->look != MADE_TEXT || !cell->text.n)
            continue;
        linked = true; /* the first text leads to the record */
        cell->href =
            table_text(w->m, "/%.*s/%lld", (int)r->kind->name.n, r->kind->name.p, (long long)r->id);
        if (!cell->href.p)
            return err_nomem(e);
    }
    TRY(group_text(w, r, &row.group, e));
    return vec_push(&w->row, row, e);
}

static enum rc fill_batch(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct listing_work *w = ctx;
    (void)s;
    w->tx = tx;
    for (size_t i = 0; i < w->batch->n; i++)
        TRY(fill_row(w, &w->batch->p[i], e));
    return RC_OK;
}

static enum rc read_rows(struct listing_work *w, struct err *e)
{
    uint32_t most = w->p->limit ? w->p->limit : TABLE_ROWS;
    struct list_request q = {.kind = w->p->kind, .sort = w->p->sort};
    TRY(made_filter(w->m, &w->p->filter, 1, w->p->date, PERIOD_THIS, w->p->org, &q.filter, e));
    while (w->row.n < most) {
        struct list_answer a;
        q.limit = MIN(BATCH, most - (uint32_t)w->row.n);
        TRY(record_list(w->m->s, w->m->a, &q, w->m->to, &a, e));
        w->batch = &a.rec;
        enum rc rc = site_read(w->m->s, fill_batch, w, e);
        vec_free(&a.rec);
        TRY(rc);
        q.after = a.next;
        if (!a.next.n)
            return RC_OK;
    }
    w->out->more = !w->p->limit;
    return RC_OK;
}

static int by_group(const void *p, const void *q)
{
    const struct listed_row *a = p, *b = q;
    int c = str_cmp(a->group, b->group);
    return c ? c : (a->at > b->at) - (a->at < b->at);
}

/* ---- sums ---- */

static enum rc put_sum(struct listing_work *w, enum row_look look, struct str label, size_t from,
                       size_t until, struct err *e)
{
    struct made_cell *cell;
    bool named = false;
    TRY(made_row(w->m, w->out, look, &cell, e));
    for (size_t i = 0; i < w->col.n; i++) {
        double sum = 0;
        if (!w->col.p[i].c->sum) {
            if (!named && w->col.p[i].look == MADE_TEXT) {
                cell[i].text = label;
                named = true;
            }
            continue;
        }
        for (size_t r = from; r < until; r++)
            sum += isnan(w->row.p[r].sum[i]) ? 0 : w->row.p[r].sum[i];
        TRY(made_number(w->m, &cell[i], w->col.p[i].look, sum, e));
    }
    return RC_OK;
}

static enum rc put_rows(struct listing_work *w, size_t from, size_t until, struct err *e)
{
    for (size_t r = from; r < until; r++) {
        struct made_cell *cell;
        TRY(made_row(w->m, w->out, ROW_PLAIN, &cell, e));
        memcpy(cell, w->row.p[r].cell, w->col.n * sizeof *cell);
        for (size_t i = 0; i < w->col.n; i++)
            if (w->col.p[i].c->type == COLUMN_ROW)
                TRY(made_number(w->m, &cell[i], MADE_COUNT, (double)r + 1, e));
    }
    return RC_OK;
}

static enum rc put_all(struct listing_work *w, struct err *e)
{
    size_t n = w->row.n;
    bool zh = w->m->a->zh;
    if (w->group.n && n)
        qsort(w->row.p, n, sizeof *w->row.p, by_group);
    for (size_t from = 0, until; from < n; from = until) {
        until = n;
        if (w->group.n) {
            struct made_cell *cell;
            struct str group = w->row.p[from].group;
            for (until = from + 1; until < n && str_eq(w->row.p[until].group, group);)
                until++;
            TRY(made_row(w->m, w->out, ROW_GROUP, &cell, e));
            cell[0].text = table_text(w->m, zh ? "%.*s（%zu）" : "%.*s (%zu)", (int)group.n,
                                      group.p, until - from);
            if (!cell[0].text.p)
                return err_nomem(e);
        }
        TRY(put_rows(w, from, until, e));
        if (w->group.n && w->p->total)
            TRY(put_sum(w, ROW_SUBTOTAL, zh ? STR("小计") : STR("Subtotal"), from, until, e));
    }
    return w->p->total && n ? put_sum(w, ROW_TOTAL, zh ? STR("合计") : STR("Total"), 0, n, e)
                            : RC_OK;
}

enum rc make_list(const struct making *m, const struct table_part *p, struct made_part *out,
                  struct err *e)
{
    struct listing_work w = {.m = m, .p = p, .out = out};
    enum rc rc = head_columns(&w, e);
    if (rc == RC_OK && p->group.n)
        rc = view_path(m->s, m->a, p->kind, p->group, m->to, &w.group, e);
    if (rc == RC_OK && actor_reads_kind(m->a, p->kind))
        rc = read_rows(&w, e);
    if (rc == RC_OK)
        rc = put_all(&w, e);
    map_free(&w.known);
    vec_free(&w.rec);
    vec_free(&w.plan);
    vec_free(&w.col);
    vec_free(&w.row);
    return rc;
}
