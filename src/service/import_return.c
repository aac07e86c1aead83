/* The returned sheet: the file as it came, and in its last column what is wrong. */
#include "service/sheets_int.h"
#include "sheet/header.h"
#include "sheet/sheet_out.h"

#include <stdlib.h>

enum { NUMBER_MOST = 40, DIGITS_MOST = 15 };

struct returning {
    struct import *i;
    struct sheet_out *out;
    bool zh;
    struct buf text;
    uint32_t next;   /* place in i->rows of the next row that counts */
    uint32_t sheet;  /* number in `out` */
    uint32_t column; /* of the problems */
};

static bool as_number(struct str s, double *x)
{
    char copy[NUMBER_MOST];
    char *end;
    uint32_t digits = 0;
    if (!s.n || s.n >= sizeof copy)
        return false;
    for (size_t i = 0; i < s.n; i++)
        digits += s.p[i] >= '0' && s.p[i] <= '9';
    memcpy(copy, s.p, s.n);
    copy[s.n] = 0;
    *x = strtod(copy, &end);
    return !*end && digits <= DIGITS_MOST;
}

static enum rc put_cell(struct returning *t, uint32_t col, const struct cell *c, bool bold,
                        struct err *e)
{
    double x;
    if (c->kind == CELL_EMPTY || (c->merged && !bold))
        return RC_OK;
    if (c->kind == CELL_NUMBER && as_number(c->text, &x))
        return sheet_out_number(t->out, t->sheet, col, x, e);
    return bold ? sheet_out_bold(t->out, t->sheet, col, c->text, e)
                : sheet_out_text(t->out, t->sheet, col, c->text, e);
}

static enum rc put_cells(struct returning *t, const struct grid_row *r, bool bold, struct err *e)
{
    for (uint32_t c = 0; c < MIN(r->n, t->column); c++)
        TRY(put_cell(t, c, &r->cell[c], bold, e));
    return RC_OK;
}

static enum rc put_faults(struct returning *t, uint32_t row, struct err *e)
{
    const struct irow *r = &t->i->rows.p[row];
    if (!r->n_faults)
        return RC_OK;
    buf_clear(&t->text);
    for (uint32_t f = 0; f < r->n_faults; f++) {
        if (f)
            TRY(buf_char(&t->text, '\n', e));
        TRY(import_say(&t->text, t->i, row, f, t->zh, e));
    }
    return sheet_out_alarm(t->out, t->sheet, t->column, buf_view(&t->text), e);
}

static enum rc put_header(struct returning *t, const struct grid_row *r, struct err *e)
{
    TRY(put_cells(t, r, true, e));
    return sheet_out_bold(t->out, t->sheet, t->column, t->zh ? STR("问题") : STR("Problems"), e);
}

/* Where the problems stand: behind all columns, or where they stood in a sheet returned before. */
static uint32_t problems_column(const struct import *i, const struct grid_sheet *s,
                                const struct grid_row *header)
{
    uint32_t n = s->keys.n;
    for (size_t r = s->first; r < s->first + s->n; r++)
        n = MAX(n, i->grid.rows.p[r].n);
    for (uint32_t c = 0; header && c < header->n; c++)
        if (words_is_problems(text_trim(header->cell[c].text)) && c + 1 == n)
            return c;
    return n;
}

static enum rc put_row(struct returning *t, uint32_t s, size_t at, struct err *e)
{
    const struct import *i = t->i;
    const struct grid_row *r = &i->grid.rows.p[at];
    bool jsonl = i->grid.format == GRID_JSONL; /* its keys take a row */
    TRY(sheet_out_skip(t->out, t->sheet, r->row + jsonl, e));
    if (at == i->maps.p[s].at)
        return put_header(t, r, e);
    TRY(put_cells(t, r, false, e));
    if (t->next >= i->rows.n || i->rows.p[t->next].at != at)
        return RC_OK;
    return put_faults(t, t->next++, e);
}

static enum rc put_sheet(struct returning *t, uint32_t s, struct err *e)
{
    const struct import *i = t->i;
    const struct grid_sheet *sheet = &i->grid.sheets.p[s];
    uint32_t header = i->maps.p[s].at;
    struct str name = sheet->info.name.n ? sheet->info.name : STR("Sheet1");
    t->column =
        problems_column(i, sheet, header != UINT32_MAX ? &i->grid.rows.p[header] : &sheet->keys);
    TRY(sheet_out_bare(t->out, name, t->column + 1, &t->sheet, e));
    if (sheet->keys.n) {
        TRY(sheet_out_skip(t->out, t->sheet, 1, e));
        TRY(put_header(t, &sheet->keys, e));
    }
    for (size_t r = sheet->first; r < sheet->first + sheet->n; r++)
        TRY(put_row(t, s, r, e));
    return RC_OK;
}

enum rc import_returned(struct import *i, bool zh, const char *path, struct err *e)
{
    struct returning t = {.i = i, .zh = zh};
    TRY(sheet_out_open(&t.out, path, e));
    buf_init(&t.text, 1u << 20);
    enum rc rc = RC_OK;
    for (uint32_t s = 0; rc == RC_OK && s < i->grid.sheets.n; s++)
        rc = put_sheet(&t, s, e);
    buf_free(&t.text);
    if (rc == RC_OK)
        return sheet_out_close(t.out, e);
    sheet_out_abandon(t.out);
    return rc;
}
