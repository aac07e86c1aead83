/* What is on the screen, as a file. */
#include "base/file.h"
#include "service/paths.h"
#include "service/sheets_int.h"
#include "sheet/sheet_out.h"
#include "sheet/text_out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 1000 };
#define EXACT_INTEGER 999999999999999 /* 15 digits: what Excel keeps */

struct exporting {
    struct site *s;
    const struct actor *a;
    const struct export_request *r;
    const struct kind *k;
    vec_col cols;
    struct file_out *file; /* csv, jsonl */
    struct sheet_out *book;
    uint32_t sheet;
    struct arena to;   /* of one batch */
    struct map titles; /* id -> place in title, of one batch */
    VEC(struct str) title;
    struct buf line, cell;
    struct str **path_text; /* [columns][rows of the batch] of COL_PATH */
    size_t row;             /* of the batch */
    uint64_t done, all;
};

/* ---- titles of refs ---- */

static enum rc want(struct exporting *x, vec_id *ids, int64_t id, struct err *e)
{
    size_t n = x->titles.n;
    const uint32_t *at = map_put(&x->titles, (uint64_t)id, (uint32_t)ids->n);
    if (!at)
        return err_nomem(e);
    return x->titles.n > n ? vec_push(ids, id, e) : RC_OK;
}

static enum rc want_of(struct exporting *x, vec_id *ids, const struct rec *r, struct err *e)
{
    for (size_t c = 0; c < x->cols.n; c++) {
        struct col col = x->cols.p[c];
        const struct field_def *f = col_def(x->k, col);
        if (col.what == COL_ATTR && col.attr == ATTR_OWNER && r->org)
            TRY(want(x, ids, r->org, e));
        if (!f || f->type != TYPE_REF || !col_val(r, col)->set)
            continue;
        const struct val *v = col_val(r, col);
        for (uint32_t i = 0; i < (f->list ? v->list.n : 1); i++)
            TRY(want(x, ids, f->list ? v->list.item[i].num : v->num, e));
    }
    return RC_OK;
}

/* The names that one batch needs, all at once. */
static enum rc read_titles(struct exporting *x, const vec_rec *rec, struct err *e)
{
    vec_id ids = {0};
    enum rc rc = RC_OK;
    const struct kind **kind = NULL;
    map_free(&x->titles);
    for (size_t i = 0; rc == RC_OK && i < rec->n; i++)
        rc = want_of(x, &ids, &rec->p[i], e);
    x->title.n = 0;
    if (rc == RC_OK)
        rc = vec_reserve(&x->title, ids.n + 1, e);
    if (rc == RC_OK) {
        kind = arena_calloc(&x->to, ids.n + 1, sizeof *kind);
        rc = kind ? RC_OK : err_nomem(e);
    }
    if (rc == RC_OK)
        rc = record_titles(x->s, x->a, ids.p, (uint32_t)ids.n, &x->to, x->title.p, kind, e);
    vec_free(&ids);
    return rc;
}

static enum rc title_of(void *ctx, int64_t id, struct str *title, struct err *e)
{
    const struct exporting *x = ctx;
    const uint32_t *at = map_get(&x->titles, (uint64_t)id);
    (void)e;
    if (at)
        *title = x->title.p[*at];
    return RC_OK;
}

static enum rc text_of(struct exporting *x, const struct rec *r, struct col c, struct err *e)
{
    struct writing w = {
        .zh = x->r->zh, .raw = x->r->format == EXPORT_JSONL, .title = title_of, .ctx = x};
    buf_clear(&x->cell);
    for (size_t i = 0; c.what == COL_PATH && i < x->cols.n; i++)
        if (x->cols.p[i].what == COL_PATH && str_eq(x->cols.p[i].path, c.path))
            return buf_str(&x->cell, x->path_text[i][x->row], e);
    return cell_text(&x->cell, r, c, &w, e);
}

static enum rc head_of(struct exporting *x, struct col c, struct err *e)
{
    buf_clear(&x->cell);
    if (c.what != COL_PATH)
        return col_label(&x->cell, x->k, c, x->r->zh, e);
    return buf_str(&x->cell, path_column_label(x->s, x->k, c.path, x->r->zh, &x->to), e);
}

/* What columns of paths say, for a whole batch. */
static enum rc read_paths(struct exporting *x, const vec_rec *rec, struct err *e)
{
    x->path_text = arena_calloc(&x->to, x->cols.n + 1, sizeof *x->path_text);
    if (!x->path_text)
        return err_nomem(e);
    for (size_t i = 0; i < x->cols.n; i++) {
        if (x->cols.p[i].what != COL_PATH)
            continue;
        x->path_text[i] = arena_calloc(&x->to, rec->n + 1, sizeof **x->path_text);
        if (!x->path_text[i])
            return err_nomem(e);
        TRY(record_paths(x->s, x->a, rec->p, rec->n, x->cols.p[i].path, x->r->zh,
                         x->r->format == EXPORT_JSONL, &x->to, x->path_text[i], e));
    }
    return RC_OK;
}

/* ---- numbers ---- */

/* The number of a cell, where a spreadsheet keeps every digit of it. */
static bool number_of(const struct exporting *x, const struct rec *r, struct col c, double *out)
{
    const struct field_def *f = col_def(x->k, c);
    const struct val *v = f ? col_val(r, c) : NULL;
    if (c.what == COL_ATTR && c.attr == ATTR_ID && r->id <= EXACT_INTEGER) {
        *out = (double)r->id;
        return true;
    }
    if (!f || !v->set || f->list)
        return false;
    if (f->type == TYPE_INT || f->type == TYPE_MONEY) {
        *out = f->type == TYPE_INT ? (double)v->num : (double)v->num / 100;
        return llabs(v->num) <= EXACT_INTEGER;
    }
    if (f->type != TYPE_DECIMAL || !isfinite(v->real))
        return false;
    char text[64];
    snprintf(text, sizeof text, "%.15g", v->real);
    *out = v->real;
    return strtod(text, NULL) == v->real;
}

/* ---- csv ---- */

static bool is_typed_text(const struct exporting *x, struct col c)
{
    const struct field_def *f = col_def(x->k, c);
    if (!f)
        return c.attr == ATTR_OWNER || c.what == COL_PATH;
    return f->list || (f->type != TYPE_INT && f->type != TYPE_DECIMAL && f->type != TYPE_MONEY &&
                       f->type != TYPE_DATE && f->type != TYPE_TIME && f->type != TYPE_BOOL);
}

static enum rc end_line(struct exporting *x, const char *end, struct err *e)
{
    TRY(buf_str(&x->line, str_of(end), e));
    enum rc rc = file_out_write(x->file, x->line.p, x->line.n, e);
    buf_clear(&x->line);
    return rc;
}

static enum rc csv_row(struct exporting *x, const struct rec *r, struct err *e)
{
    for (size_t c = 0; c < x->cols.n; c++) {
        if (c)
            TRY(buf_char(&x->line, ',', e));
        TRY(text_of(x, r, x->cols.p[c], e));
        TRY(csv_put(&x->line, buf_view(&x->cell), is_typed_text(x, x->cols.p[c]), e));
    }
    return end_line(x, "\r\n", e);
}

static enum rc csv_header(struct exporting *x, struct err *e)
{
    TRY(buf_str(&x->line, STR("\xEF\xBB\xBF"), e)); /* without it Excel takes it for GBK */
    for (size_t c = 0; c < x->cols.n; c++) {
        if (c)
            TRY(buf_char(&x->line, ',', e));
        TRY(head_of(x, x->cols.p[c], e));
        TRY(csv_put(&x->line, buf_view(&x->cell), true, e));
    }
    return end_line(x, "\r\n", e);
}

/* ---- jsonl ---- */

static enum rc json_value(struct exporting *x, const struct rec *r, struct col c, struct err *e)
{
    const struct field_def *f = col_def(x->k, c);
    double number;
    TRY(text_of(x, r, c, e));
    bool bare = f && !f->list && (f->type == TYPE_INT || f->type == TYPE_REF);
    bare |= c.what == COL_ATTR && (c.attr == ATTR_ID || c.attr == ATTR_OWNER);
    if (x->cell.n && (bare || number_of(x, r, c, &number)))
        return buf_str(&x->line, buf_view(&x->cell), e);
    if (f && !f->list && f->type == TYPE_BOOL && x->cell.n)
        return buf_str(&x->line, col_val(r, c)->num ? STR("true") : STR("false"), e);
    return x->cell.n ? buf_json(&x->line, buf_view(&x->cell), e)
                     : buf_str(&x->line, STR("null"), e);
}

static enum rc json_row(struct exporting *x, const struct rec *r, struct err *e)
{
    for (size_t c = 0; c < x->cols.n; c++) {
        TRY(buf_char(&x->line, c ? ',' : '{', e));
        buf_clear(&x->cell);
        TRY(col_name(&x->cell, x->k, x->cols.p[c], e));
        TRY(buf_json(&x->line, buf_view(&x->cell), e));
        TRY(buf_char(&x->line, ':', e));
        TRY(json_value(x, r, x->cols.p[c], e));
    }
    return end_line(x, "}\n", e);
}

/* ---- xlsx ---- */

static enum out_style style_of(const struct exporting *x, struct col c, double *width)
{
    const struct field_def *f = col_def(x->k, c);
    *width = 14;
    if (!f)
        return c.attr == ATTR_ID ? OUT_PLAIN : OUT_TEXT;
    *width = f->list || f->type == TYPE_LONG || f->type == TYPE_GROUP                ? 40
             : f->type == TYPE_TEXT || f->type == TYPE_REF || f->type == TYPE_CREDIT ? 24
                                                                                     : 14;
    if (f->list)
        return OUT_WRAP;
    switch (f->type) {
    case TYPE_INT:
    case TYPE_DECIMAL:
        return OUT_PLAIN;
    case TYPE_MONEY:
        return OUT_MONEY;
    case TYPE_DATE:
        return OUT_DATE;
    default:
        return OUT_WRAP;
    }
}

static enum rc xlsx_header(struct exporting *x, struct err *e)
{
    struct out_column *column = arena_calloc(&x->to, x->cols.n, sizeof *column);
    if (!column)
        return err_nomem(e);
    for (size_t c = 0; c < x->cols.n; c++) {
        TRY(head_of(x, x->cols.p[c], e));
        column[c].label = arena_str(&x->to, buf_view(&x->cell));
        if (!column[c].label.p)
            return err_nomem(e);
        column[c].style = style_of(x, x->cols.p[c], &column[c].width);
    }
    return sheet_out_sheet(x->book, label_text(&x->k->label, x->r->zh), column, (uint32_t)x->cols.n,
                           &x->sheet, e);
}

static enum rc xlsx_row(struct exporting *x, const struct rec *r, struct err *e)
{
    TRY(sheet_out_row(x->book, x->sheet, NULL, e));
    for (uint32_t c = 0; c < x->cols.n; c++) {
        struct col col = x->cols.p[c];
        const struct field_def *f = col_def(x->k, col);
        double number;
        if (number_of(x, r, col, &number)) {
            TRY(sheet_out_number(x->book, x->sheet, c, number, e));
        } else if (f && !f->list && f->type == TYPE_DATE && col_val(r, col)->set &&
                   sheet_out_has_date(col_val(r, col)->num)) {
            TRY(sheet_out_date(x->book, x->sheet, c, col_val(r, col)->num, e));
        } else {
            TRY(text_of(x, r, col, e));
            TRY(sheet_out_text(x->book, x->sheet, c, buf_view(&x->cell), e));
        }
    }
    return RC_OK;
}

/* ---- all rows ---- */

static enum rc put_row(struct exporting *x, const struct rec *r, struct err *e)
{
    return x->r->format == EXPORT_XLSX  ? xlsx_row(x, r, e)
           : x->r->format == EXPORT_CSV ? csv_row(x, r, e)
                                        : json_row(x, r, e);
}

static enum rc put_batch(struct exporting *x, const vec_rec *rec, struct err *e)
{
    if (x->r->format != EXPORT_JSONL)
        TRY(read_titles(x, rec, e));
    TRY(read_paths(x, rec, e));
    for (x->row = 0; x->row < rec->n; x->row++)
        TRY(put_row(x, &rec->p[x->row], e));
    x->done += rec->n;
    return x->r->progress
               ? x->r->progress(x->r->progress_ctx, "export",
                                x->all ? MIN((double)x->done / (double)x->all, 1.0) : 1, e)
               : RC_OK;
}

static enum rc put_all(struct exporting *x, struct err *e)
{
    struct list_request q = x->r->list;
    struct buf after;
    enum rc rc = RC_OK;
    buf_init(&after, 1u << 16);
    q.limit = BATCH;
    q.offset = 0;
    q.after = STR("");
    q.count = true;
    for (bool more = true; rc == RC_OK && more;) {
        struct list_answer answer = {0};
        GOTO_OUT(record_list(x->s, x->a, &q, &x->to, &answer, e));
        if (q.count)
            x->all = answer.total;
        rc = put_batch(x, &answer.rec, e);
        vec_free(&answer.rec);
        buf_clear(&after);
        if (rc == RC_OK)
            rc = buf_str(&after, answer.next, e);
        more = answer.next.n != 0;
        arena_reset(&x->to);
        q.after = buf_view(&after);
        q.count = false;
    }
out:
    buf_free(&after);
    return rc;
}

/* Fields that the actor never sees on records of others stand in no column of its own. */
static bool sees_column(const struct exporting *x, struct col c)
{
    const struct field_def *f = col_def(x->k, c);
    if (!f || actor_scope(x->a).reach != SCOPE_PUBLIC)
        return true;
    return c.what == COL_FIELD && f->secret != SECRET_PRIVATE;
}

static enum rc choose_columns(struct exporting *x, struct err *e)
{
    size_t n = 0;
    if (x->r->columns.n)
        TRY(cols_named(&x->cols, x->s, x->k, x->r->columns, e));
    if (!x->cols.n)
        TRY(cols_all(&x->cols, x->k, false, e));
    for (size_t c = 0; c < x->cols.n; c++)
        if (sees_column(x, x->cols.p[c]))
            x->cols.p[n++] = x->cols.p[c];
    x->cols.n = n;
    return RC_OK;
}

/* Who took what away stands in the trail; visitors see nothing that is not public anyway. */
static enum rc note_in(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct exporting *x = ctx;
    struct by by = actor_by(s, x->a, STR("export"), STR(""), STR(""));
    buf_clear(&x->cell);
    TRY(buf_printf(&x->cell, e, "%.*s %llu", (int)x->k->name.n, x->k->name.p,
                   (unsigned long long)x->done));
    if (x->r->list.filter.n)
        TRY(buf_printf(&x->cell, e, " %.*s", (int)MIN(x->r->list.filter.n, 500u),
                       x->r->list.filter.p));
    return store_note(tx, &by, buf_view(&x->cell), e);
}

static enum rc note(struct exporting *x, struct err *e)
{
    bool known = x->a->account != 0;
    return known ? site_write(x->s, note_in, x, e) : RC_OK;
}

static enum rc write_file(struct exporting *x, const char *path, struct err *e)
{
    if (x->r->format == EXPORT_XLSX) {
        TRY(sheet_out_open(&x->book, path, e));
        TRY(xlsx_header(x, e));
    } else {
        TRY(file_out_open(&x->file, path, e));
        if (x->r->format == EXPORT_CSV)
            TRY(csv_header(x, e));
    }
    TRY(put_all(x, e));
    return note(x, e);
}

static enum rc finish(struct exporting *x, enum rc rc, struct err *e)
{
    if (rc != RC_OK) {
        sheet_out_abandon(x->book);
        file_out_abandon(x->file);
        return rc;
    }
    return x->book ? sheet_out_close(x->book, e) : file_out_commit(x->file, e);
}

enum rc sheet_export(struct site *s, const struct actor *a, const struct export_request *r,
                     const char *path, struct err *e)
{
    struct exporting x = {.s = s, .a = a, .r = r, .k = r->list.kind};
    buf_init(&x.line, 64u << 20);
    buf_init(&x.cell, 16u << 20);
    enum rc rc = choose_columns(&x, e);
    if (rc == RC_OK)
        rc = finish(&x, write_file(&x, path, e), e);
    vec_free(&x.cols);
    arena_free(&x.to);
    map_free(&x.titles);
    vec_free(&x.title);
    buf_free(&x.line);
    buf_free(&x.cell);
    return rc;
}
