/* The body as blocks. What a block holds is collected while its element is open. */
#include "sheet/docx_int.h"

#include <stdlib.h>

#define BLOCKS_MAX 100000u

struct reading {
    struct docx_body *out;
    struct arena *to;
    VEC(struct docx_block) blocks;
    VEC(struct docx_row) rows;
    VEC(struct docx_cell) cells;
    VEC(struct docx_para) paras; /* of the open cell */
    VEC(struct docx_run) runs;
    VEC(uint32_t) widths;
    struct buf text;
    struct docx_para para;
    struct docx_run run;
    struct docx_cell cell;
    uint32_t tables;  /* open, one in another */
    uint32_t drawing; /* open elements of pictures and shapes */
    bool in_text, in_run, plain;
};

/* A copy of a vector's items in the arena. */
static enum rc keep(struct reading *r, const void *items, size_t n, size_t size, const void **out,
                    struct err *e)
{
    void *to = arena_calloc(r->to, n ? n : 1, size);
    if (!to)
        return err_nomem(e);
    if (n)
        memcpy(to, items, n * size);
    *out = to;
    return RC_OK;
}

static uint32_t number(const char **attributes, const char *name, uint32_t otherwise)
{
    const char *s = xml_attribute(attributes, name);
    unsigned long n = s ? strtoul(s, NULL, 10) : otherwise;
    return n > 31680 ? otherwise : (uint32_t)n;
}

static bool is_off(const char **attributes)
{
    const char *s = xml_attribute(attributes, "val");
    return s && (strcmp(s, "0") == 0 || strcmp(s, "false") == 0 || strcmp(s, "none") == 0);
}

static bool is_drawing(const char *name)
{
    static const char *const names[] = {"drawing", "pict", "AlternateContent", "object", "del"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void start_para(struct reading *r, const char *name, const char **attributes)
{
    const char *val = xml_attribute(attributes, "val");
    if (strcmp(name, "p") == 0) {
        r->para = (struct docx_para){0};
        r->runs.n = 0;
    } else if (strcmp(name, "jc") == 0 && val && !r->in_run) {
        r->para.align = strcmp(val, "center") == 0                             ? DOCX_CENTER
                        : strcmp(val, "right") == 0 || strcmp(val, "end") == 0 ? DOCX_RIGHT
                                                                               : r->para.align;
    } else if (strcmp(name, "r") == 0) {
        r->in_run = true;
        r->run = (struct docx_run){0};
        buf_clear(&r->text);
    } else if (strcmp(name, "b") == 0 && r->in_run) {
        r->run.bold = !is_off(attributes);
    } else if (strcmp(name, "sz") == 0 && r->in_run) {
        r->run.size = number(attributes, "val", 0);
    } else if (strcmp(name, "t") == 0) {
        r->in_text = true;
    }
}

static enum rc start_table(struct reading *r, const char *name, const char **attributes,
                           struct err *e)
{
    const char *val = xml_attribute(attributes, "val");
    if (strcmp(name, "tbl") == 0 && r->tables++ == 0) {
        r->rows.n = r->widths.n = 0;
        r->plain = false;
    } else if (r->tables != 1) {
        return RC_OK;
    } else if (strcmp(name, "gridCol") == 0) {
        return r->widths.n < 256 ? vec_push(&r->widths, number(attributes, "w", 0), e) : RC_OK;
    } else if (strcmp(name, "insideH") == 0 && val) {
        r->plain = strcmp(val, "nil") == 0 || strcmp(val, "none") == 0;
    } else if (strcmp(name, "tr") == 0) {
        r->cells.n = 0;
    } else if (strcmp(name, "tc") == 0) {
        r->cell = (struct docx_cell){.span = 1};
        r->paras.n = 0;
    } else if (strcmp(name, "gridSpan") == 0) {
        r->cell.span = MAX(1u, MIN(256u, number(attributes, "val", 1)));
    } else if (strcmp(name, "vMerge") == 0) {
        r->cell.continued = !val || strcmp(val, "restart") != 0;
    } else if (strcmp(name, "shd") == 0 && !r->in_run) {
        const char *fill = xml_attribute(attributes, "fill");
        r->cell.shaded = fill && strcmp(fill, "auto") != 0 && strcmp(fill, "FFFFFF") != 0;
    }
    return RC_OK;
}

static enum rc on_start(void *ctx, const char *name, const char **attributes, struct err *e)
{
    struct reading *r = ctx;
    if (r->drawing || is_drawing(name)) {
        r->drawing++;
        return RC_OK;
    }
    if (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0)
        return r->in_run ? buf_char(&r->text, '\n', e) : RC_OK;
    if (strcmp(name, "tab") == 0)
        return r->in_run ? buf_str(&r->text, STR("    "), e) : RC_OK;
    if (strcmp(name, "pgSz") == 0) {
        r->out->page_w = MAX(2000u, number(attributes, "w", r->out->page_w));
        r->out->page_h = MAX(2000u, number(attributes, "h", r->out->page_h));
    } else if (strcmp(name, "pgMar") == 0) {
        r->out->left = number(attributes, "left", r->out->left);
        r->out->right = number(attributes, "right", r->out->right);
        r->out->top = number(attributes, "top", r->out->top);
        r->out->bottom = number(attributes, "bottom", r->out->bottom);
    }
    start_para(r, name, attributes);
    return start_table(r, name, attributes, e);
}

static enum rc on_text(void *ctx, const char *bytes, size_t n, struct err *e)
{
    struct reading *r = ctx;
    return r->in_text && r->in_run && !r->drawing ? buf_put(&r->text, bytes, n, e) : RC_OK;
}

static enum rc end_run(struct reading *r, struct err *e)
{
    r->in_run = false;
    if (!r->text.n)
        return RC_OK;
    r->run.text = arena_str(r->to, buf_view(&r->text));
    return r->run.text.p ? vec_push(&r->runs, r->run, e) : err_nomem(e);
}

static enum rc end_para(struct reading *r, struct err *e)
{
    const void *runs = NULL;
    TRY(keep(r, r->runs.p, r->runs.n, sizeof *r->runs.p, &runs, e));
    r->para.run = runs;
    r->para.n = (uint32_t)r->runs.n;
    r->runs.n = 0;
    if (r->blocks.n + r->paras.n > BLOCKS_MAX)
        return err_too_big(e, "docx.bytes", "%s", "");
    if (r->tables)
        return vec_push(&r->paras, r->para, e);
    return vec_push(&r->blocks, ((struct docx_block){.para = r->para}), e);
}

static enum rc end_cell(struct reading *r, struct err *e)
{
    const void *paras = NULL;
    TRY(keep(r, r->paras.p, r->paras.n, sizeof *r->paras.p, &paras, e));
    r->cell.para = paras;
    r->cell.n = (uint32_t)r->paras.n;
    return vec_push(&r->cells, r->cell, e);
}

static enum rc end_row(struct reading *r, struct err *e)
{
    const void *cells = NULL;
    TRY(keep(r, r->cells.p, r->cells.n, sizeof *r->cells.p, &cells, e));
    return vec_push(&r->rows, ((struct docx_row){cells, (uint32_t)r->cells.n}), e);
}

static enum rc end_table(struct reading *r, struct err *e)
{
    const void *rows = NULL, *widths = NULL;
    TRY(keep(r, r->rows.p, r->rows.n, sizeof *r->rows.p, &rows, e));
    TRY(keep(r, r->widths.p, r->widths.n, sizeof *r->widths.p, &widths, e));
    struct docx_block b = {.row = rows,
                           .n_rows = (uint32_t)r->rows.n,
                           .width = widths,
                           .n_cols = (uint32_t)r->widths.n,
                           .plain = r->plain};
    return r->rows.n ? vec_push(&r->blocks, b, e) : RC_OK;
}

static enum rc on_end(void *ctx, const char *name, struct err *e)
{
    struct reading *r = ctx;
    if (r->drawing) {
        r->drawing--;
        return RC_OK;
    }
    if (strcmp(name, "t") == 0)
        r->in_text = false;
    if (strcmp(name, "r") == 0)
        return end_run(r, e);
    if (strcmp(name, "p") == 0)
        return end_para(r, e);
    if (strcmp(name, "tc") == 0 && r->tables == 1)
        return end_cell(r, e);
    if (strcmp(name, "tr") == 0 && r->tables == 1)
        return end_row(r, e);
    if (strcmp(name, "tbl") == 0 && r->tables && --r->tables == 0)
        return end_table(r, e);
    return RC_OK;
}

enum rc docx_read(struct docx_body *out, struct str bytes, const char *name, struct arena *to,
                  struct err *e)
{
    struct package p;
    struct reading r = {.out = out, .to = to};
    struct xml_handler h = {&r, on_start, on_end, on_text, NULL};
    const void *blocks = NULL;
    *out = docx_a4;
    buf_init(&r.text, DOCX_MAX);
    enum rc rc = package_open(&p, bytes, name, e);
    if (rc == RC_OK)
        rc = part_parse(&p.x, part_find(&p.x, "word/document.xml"), false, &h, e);
    if (rc == RC_OK)
        rc = keep(&r, r.blocks.p, r.blocks.n, sizeof *r.blocks.p, &blocks, e);
    out->block = blocks;
    out->n = (uint32_t)r.blocks.n;
    package_close(&p);
    buf_free(&r.text);
    vec_free(&r.blocks);
    vec_free(&r.rows);
    vec_free(&r.cells);
    vec_free(&r.paras);
    vec_free(&r.runs);
    vec_free(&r.widths);
    return rc == RC_OK ? rc : err_at(e, rc, name, NULL, 0, 0);
}
