#include "sheet/sheet_int.h"

void row_init(struct row *r, const struct sheet_limits *limits)
{
    *r = (struct row){.columns = limits->columns};
    r->bytes.ceiling = limits->row;
}

void row_free(struct row *r)
{
    vec_free(&r->cells);
    arena_free(&r->bytes);
}

void row_clear(struct row *r)
{
    r->cells.n = 0;
    r->own = false;
    arena_reset(&r->bytes);
}

enum rc row_set(struct row *r, uint32_t col, struct cell c, struct err *e)
{
    if (col >= r->columns)
        return err_too_big(e, "sheet.columns", "%u", r->columns);
    while (r->cells.n <= col)
        TRY(vec_push(&r->cells, (struct cell){0}, e));
    if (c.kind != CELL_EMPTY && !c.merged)
        r->own = true;
    r->cells.p[col] = c;
    return RC_OK;
}

enum rc row_copy(struct row *r, uint32_t col, struct cell c, struct err *e)
{
    if (c.text.n > r->bytes.ceiling - MIN(r->bytes.used, r->bytes.ceiling)) {
        c.text = STR("");
        c.kind = CELL_TOO_BIG;
    } else if (c.text.n) {
        /* no arena_str: the NUL that it adds is not counted above */
        char *p = arena_alloc(&r->bytes, c.text.n);
        if (!p)
            return err_nomem(e);
        memcpy(p, c.text.p, c.text.n);
        c.text.p = p;
    }
    return row_set(r, col, c, e);
}
