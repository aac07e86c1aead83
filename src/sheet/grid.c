#include "sheet/grid.h"

#include <string.h>

struct filling {
    struct grid *g;
    const struct grid_request *q;
    uint32_t told; /* rows until the progress was told */
};

enum { TELL_EVERY = 512 };

static enum rc no_room(const struct filling *f, struct err *e)
{
    if (f->q->bytes && f->g->bytes.used > f->q->bytes / 2)
        return err_too_big(e, "sheet.grid_bytes", "%zu", f->q->bytes >> 20);
    return err_nomem(e);
}

static enum rc copy_row(struct filling *f, const struct sheet_row *r, struct grid_row *to,
                        struct err *e)
{
    struct arena *a = &f->g->bytes;
    uint32_t n = r->n;
    while (n && r->cell[n - 1].kind == CELL_EMPTY)
        n--;
    struct cell *cell = arena_calloc(a, n, sizeof *cell);
    if (!cell)
        return no_room(f, e);
    for (uint32_t i = 0; i < n; i++) {
        cell[i] = r->cell[i];
        cell[i].text = r->cell[i].text.n ? arena_str(a, r->cell[i].text) : STR("");
        if (!cell[i].text.p)
            return no_room(f, e);
    }
    *to = (struct grid_row){r->row, n, cell};
    return RC_OK;
}

static enum rc on_sheet(void *ctx, const struct sheet_info *info, struct err *e)
{
    struct filling *f = ctx;
    struct grid_sheet s = {.info = *info, .first = f->g->rows.n};
    s.info.name = arena_str(&f->g->bytes, info->name);
    if (!s.info.name.p)
        return no_room(f, e);
    if (info->name.n)
        f->g->format = GRID_XLSX;
    return vec_push(&f->g->sheets, s, e);
}

static enum rc on_row(void *ctx, const struct sheet_row *r, struct err *e)
{
    struct filling *f = ctx;
    struct grid *g = f->g;
    struct grid_sheet *s = &g->sheets.p[g->sheets.n - 1];
    if (r->keys) {
        g->format = GRID_JSONL;
        return copy_row(f, r, &s->keys, e);
    }
    if (g->rows.n >= f->q->rows)
        return err_too_big(e, "sheet.grid_rows", "%u", f->q->rows);
    struct grid_row row;
    TRY(copy_row(f, r, &row, e));
    TRY(vec_push(&g->rows, row, e));
    s->n++;
    if (f->q->progress && ++f->told >= TELL_EVERY) {
        f->told = 0;
        TRY(f->q->progress(f->q->ctx, r->done, e));
    }
    return RC_OK;
}

static void begin(struct grid *g, const struct grid_request *q)
{
    *g = (struct grid){.format = GRID_CSV};
    g->bytes.ceiling = q->bytes;
}

enum rc grid_read(struct grid *g, const char *path, const struct grid_request *q, struct err *e)
{
    begin(g, q);
    struct filling f = {g, q, 0};
    struct sheet_sink sink = {&f, on_sheet, on_row, NULL};
    return sheet_read(path, &sink, q->limits, e);
}

enum rc grid_read_bytes(struct grid *g, struct str bytes, const char *name,
                        const struct grid_request *q, struct err *e)
{
    begin(g, q);
    struct filling f = {g, q, 0};
    struct sheet_sink sink = {&f, on_sheet, on_row, NULL};
    return sheet_read_bytes(bytes, name, &sink, q->limits, e);
}

void grid_free(struct grid *g)
{
    vec_free(&g->sheets);
    vec_free(&g->rows);
    arena_free(&g->bytes);
    *g = (struct grid){0};
}
