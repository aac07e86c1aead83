/* Made tables as files: xlsx by sheets, docx and PDF by blocks. */
#include "service/tables_int.h"
#include "sheet/pdf.h"
#include "sheet/sheet_out.h"

#define DOCX_ROWS  2000u
#define TITLE_SIZE 36u /* half points */
#define PART_SIZE  26u
#define CELL_SIZE  18u
#define WIDE       8u /* columns from which on a page lies across */

/* 制表单位：… 制表日期：… 统计期间：… */
static struct str head_line(const struct making *m, const struct made_report *r)
{
    bool zh = m->a->zh;
    return table_text(m,
                      zh ? "制表单位：%.*s    制表日期：%.*s%s%.*s" : "By: %.*s    On: %.*s%s%.*s",
                      (int)r->org.n, r->org.n ? r->org.p : "", (int)r->day.n, r->day.p,
                      !r->span.n ? ""
                      : zh       ? "    统计期间："
                                 : "    Period: ",
                      (int)r->span.n, r->span.n ? r->span.p : "");
}

/* For the pen, under the last table. */
static struct str sign_line(const struct making *m)
{
    return m->a->zh ? STR("单位负责人：　　　　　　　审核人：　　　　　　　制表人：")
                    : STR("Head of the unit:                         Checked by:"
                          "                         Made by:");
}

static bool has_under(const struct made_part *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (p->column[i].under.n)
            return true;
    return false;
}

/* How many columns from i on stand under one text. */
static uint32_t under_span(const struct made_part *p, uint32_t i)
{
    uint32_t n = 1;
    while (p->column[i].under.n && i + n < p->n &&
           str_eq(p->column[i + n].under, p->column[i].under))
        n++;
    return n;
}

/* ---- xlsx ---- */

static enum out_style style_of(enum cell_look look)
{
    switch (look) {
    case MADE_COUNT:
        return OUT_INTEGER;
    case MADE_NUMBER:
    case MADE_WAN:
        return OUT_PLAIN;
    case MADE_MONEY:
        return OUT_MONEY;
    case MADE_DATE:
        return OUT_DATE;
    default:
        return OUT_WRAP;
    }
}

static enum rc sheet_heads(struct sheet_out *o, uint32_t sheet, const struct made_part *p,
                           uint32_t *first, uint32_t *last, struct err *e)
{
    bool under = has_under(p);
    *first = 0;
    if (under) {
        TRY(sheet_out_row(o, sheet, first, e));
        for (uint32_t i = 0, n; i < p->n; i += n) {
            n = under_span(p, i);
            TRY(sheet_out_span(o, sheet, i, i + n - 1, p->column[i].under, SPAN_HEAD, e));
        }
    }
    TRY(sheet_out_row(o, sheet, last, e));
    *first = under ? *first : *last;
    for (uint32_t i = 0; i < p->n; i++)
        TRY(sheet_out_span(o, sheet, i, i, p->column[i].label, SPAN_HEAD, e));
    return RC_OK;
}

static enum rc sheet_cell(struct sheet_out *o, uint32_t sheet, uint32_t col,
                          const struct made_column *column, const struct made_cell *c,
                          struct err *e)
{
    if (c->set && c->look == MADE_DATE && sheet_out_has_date((int64_t)c->number) &&
        column->look == MADE_DATE)
        return sheet_out_date(o, sheet, col, (int64_t)c->number, e);
    if (c->set && c->look != MADE_DATE)
        return sheet_out_number(o, sheet, col, c->number, e);
    return c->text.n ? sheet_out_text(o, sheet, col, c->text, e)
                     : sheet_out_blank(o, sheet, col, e);
}

static enum rc sheet_part(struct sheet_out *o, const struct making *m, const struct made_report *r,
                          const struct made_part *p, struct err *e)
{
    uint32_t sheet, first = 0, last = 0;
    struct str name = p->title.n ? p->title : r->title, line = head_line(m, r);
    if (!line.p)
        return err_nomem(e);
    TRY(sheet_out_bare(o, name, p->n, &sheet, e));
    for (uint32_t i = 0; i < p->n; i++)
        TRY(sheet_out_column(o, sheet, i, p->column[i].width, style_of(p->column[i].look), e));
    TRY(sheet_out_row(o, sheet, NULL, e));
    TRY(sheet_out_span(o, sheet, 0, p->n - 1, r->title, SPAN_TITLE, e));
    if (p->title.n) {
        TRY(sheet_out_row(o, sheet, NULL, e));
        TRY(sheet_out_span(o, sheet, 0, p->n - 1, p->title, SPAN_LEFT, e));
    }
    TRY(sheet_out_row(o, sheet, NULL, e));
    TRY(sheet_out_span(o, sheet, 0, p->n - 1, line, SPAN_LEFT, e));
    TRY(sheet_heads(o, sheet, p, &first, &last, e));
    for (size_t i = 0; i < p->row.n; i++) {
        const struct made_row *row = &p->row.p[i];
        TRY(sheet_out_row(o, sheet, NULL, e));
        if (row->look == ROW_GROUP) {
            TRY(sheet_out_span(o, sheet, 0, p->n - 1, row->cell[0].text, SPAN_GROUP, e));
            continue;
        }
        TRY(sheet_out_lined(o, sheet, row->look != ROW_PLAIN, e));
        for (uint32_t c = 0; c < p->n; c++)
            TRY(sheet_cell(o, sheet, c, &p->column[c], &row->cell[c], e));
    }
    return sheet_out_printed(o, sheet, first, last, p->n >= WIDE, e);
}

enum rc report_xlsx(struct site *s, const struct made_report *r, const struct actor *a,
                    const char *path, struct err *e)
{
    struct arena to = {0};
    struct making m = {.s = s, .a = a, .r = r->report, .to = &to};
    struct sheet_out *o = NULL;
    TRY(sheet_out_open(&o, path, e));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < r->part.n; i++)
        rc = sheet_part(o, &m, r, &r->part.p[i], e);
    if (rc == RC_OK)
        rc = sheet_out_close(o, e);
    else
        sheet_out_abandon(o);
    arena_free(&to);
    return rc;
}

/* ---- docx, PDF ---- */

struct writing_doc {
    const struct making *m;
    struct docx_body body;
    VEC(struct docx_block) block;
};

static enum rc para_of(struct writing_doc *w, struct docx_para *to, struct str text, bool bold,
                       uint32_t size, enum docx_align align, struct err *e)
{
    struct docx_run *run = arena_calloc(w->m->to, 1, sizeof *run);
    if (!run)
        return err_nomem(e);
    *run = (struct docx_run){text, bold, size};
    *to = (struct docx_para){run, 1, align};
    return RC_OK;
}

static enum rc add_para(struct writing_doc *w, struct str text, bool bold, uint32_t size,
                        enum docx_align align, struct err *e)
{
    struct docx_block b = {0};
    TRY(para_of(w, &b.para, text, bold, size, align, e));
    return vec_push(&w->block, b, e);
}

static enum rc cell_of(struct writing_doc *w, struct docx_cell *to, struct str text, uint32_t span,
                       bool shaded, bool bold, enum docx_align align, struct err *e)
{
    struct docx_para *para = arena_calloc(w->m->to, 1, sizeof *para);
    if (!para)
        return err_nomem(e);
    *to = (struct docx_cell){.para = para, .n = 1, .span = span, .shaded = shaded};
    return para_of(w, para, text, bold, CELL_SIZE, align, e);
}

static enum rc head_rows(struct writing_doc *w, const struct made_part *p, struct docx_row *row,
                         uint32_t *n, struct err *e)
{
    if (has_under(p)) {
        struct docx_cell *cell = arena_calloc(w->m->to, p->n, sizeof *cell);
        struct docx_row *r = &row[(*n)++];
        if (!cell)
            return err_nomem(e);
        r->cell = cell;
        for (uint32_t i = 0, many; i < p->n; i += many) {
            many = under_span(p, i);
            struct str text = p->column[i].under.n ? p->column[i].under : p->column[i].label;
            TRY(cell_of(w, &cell[r->n++], text, many, true, true, DOCX_CENTER, e));
        }
    }
    struct docx_cell *cell = arena_calloc(w->m->to, p->n, sizeof *cell);
    if (!cell)
        return err_nomem(e);
    row[*n] = (struct docx_row){cell, p->n};
    ++*n;
    for (uint32_t i = 0; i < p->n; i++) {
        bool above = *n > 1 && !p->column[i].under.n;
        TRY(cell_of(w, &cell[i], above ? STR("") : p->column[i].label, 1, true, true, DOCX_CENTER,
                    e));
        cell[i].continued = above;
    }
    return RC_OK;
}

static enum rc body_row(struct writing_doc *w, const struct made_part *p, const struct made_row *r,
                        struct docx_row *row, struct err *e)
{
    bool group = r->look == ROW_GROUP;
    uint32_t n = group ? 1 : p->n;
    struct docx_cell *cell = arena_calloc(w->m->to, n, sizeof *cell);
    if (!cell)
        return err_nomem(e);
    *row = (struct docx_row){cell, n};
    for (uint32_t i = 0; i < n; i++) {
        bool number = r->cell[i].set && r->cell[i].look != MADE_DATE;
        TRY(cell_of(w, &cell[i], r->cell[i].text, group ? p->n : 1, false, r->look != ROW_PLAIN,
                    number ? DOCX_RIGHT : DOCX_LEFT, e));
    }
    return RC_OK;
}

static enum rc table_block(struct writing_doc *w, const struct made_part *p, struct err *e)
{
    uint32_t text = w->body.page_w - w->body.left - w->body.right;
    struct docx_row *row = arena_calloc(w->m->to, p->row.n + 2, sizeof *row);
    uint32_t *width = arena_calloc(w->m->to, p->n, sizeof *width), n = 0;
    double all = 0;
    if (!row || !width)
        return err_nomem(e);
    for (uint32_t i = 0; i < p->n; i++)
        all += p->column[i].width;
    for (uint32_t i = 0; i < p->n; i++)
        width[i] = (uint32_t)(text * p->column[i].width / all);
    TRY(head_rows(w, p, row, &n, e));
    for (size_t i = 0; i < p->row.n; i++)
        TRY(body_row(w, p, &p->row.p[i], &row[n++], e));
    struct docx_block b = {.row = row, .n_rows = n, .width = width, .n_cols = p->n};
    return vec_push(&w->block, b, e);
}

static enum rc write_parts(struct writing_doc *w, const struct made_report *r, struct err *e)
{
    struct str line = head_line(w->m, r), signs = sign_line(w->m);
    if (!line.p)
        return err_nomem(e);
    TRY(add_para(w, r->title, true, TITLE_SIZE, DOCX_CENTER, e));
    TRY(add_para(w, line, false, CELL_SIZE + 2, DOCX_LEFT, e));
    for (size_t i = 0; i < r->part.n; i++) {
        const struct made_part *p = &r->part.p[i];
        if (p->row.n > DOCX_ROWS)
            return err_too_big(e, "tables.long", "%u", DOCX_ROWS);
        TRY(add_para(w, p->title, true, PART_SIZE, DOCX_LEFT, e));
        if (p->row.n)
            TRY(table_block(w, p, e));
        else
            TRY(add_para(w, w->m->a->zh ? STR("（无）") : STR("(none)"), false, 0, DOCX_LEFT, e));
    }
    TRY(add_para(w, signs, false, CELL_SIZE + 2, DOCX_LEFT, e));
    w->body.block = w->block.p;
    w->body.n = (uint32_t)w->block.n;
    return RC_OK;
}

enum rc report_docx(struct site *s, const struct made_report *r, const struct actor *a, bool pdf,
                    struct buf *out, struct err *e)
{
    struct arena to = {0};
    struct making m = {.s = s, .a = a, .r = r->report, .to = &to};
    struct writing_doc w = {.m = &m, .body = docx_a4};
    for (size_t i = 0; i < r->part.n; i++)
        if (r->part.p[i].n >= WIDE && w.body.page_w < w.body.page_h) {
            uint32_t t = w.body.page_w;
            w.body.page_w = w.body.page_h;
            w.body.page_h = t;
        }
    enum rc rc = write_parts(&w, r, e);
    if (rc == RC_OK)
        rc = pdf ? pdf_print(out, &w.body, r->title, e) : docx_make(out, &w.body, e);
    vec_free(&w.block);
    arena_free(&to);
    return rc;
}
