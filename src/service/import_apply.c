/* What a dry run found is written: all of it is done again inside one transaction, which stops
 * where anything comes out differently. */
#include "service/sheets_int.h"
#include "service/special.h"

#include <stdio.h>

struct applying {
    struct import *i;
    struct import_telling told;
};

static enum rc changed(const struct import *i, uint32_t row, struct err *e)
{
    const struct irow *r = &i->rows.p[row];
    return err_at(e, err_user(e, "import.changed", "%s", ""), NULL,
                  i->grid.sheets.p[r->sheet].info.name.p, i->grid.rows.p[r->at].row, 0);
}

static enum rc write_row(struct building *b, uint32_t row, struct err *e)
{
    struct import *i = b->i;
    struct irow *r = &i->rows.p[row];
    struct buf comment;
    struct err own = {0};
    buf_init(&comment, 1024);
    enum rc rc = buf_printf(&comment, e, "%.*s#%u", (int)MIN(i->name.n, 200u), i->name.p,
                            i->grid.rows.p[r->at].row);
    if (rc == RC_OK) {
        struct by by = actor_by(i->s, &i->a, STR("import"), buf_view(&comment), STR(""));
        struct saving x = {
            i->s,    b->tx, &i->a,      b->to, b->viewed.found ? &b->viewed.full : NULL,
            &b->rec, NULL,  &b->faults, false};
        rc = record_put_in(&x, &by, &own);
        if (rc == RC_USER)
            rc = changed(i, row, e);
        else if (rc != RC_OK && e)
            *e = own;
    }
    buf_free(&comment);
    if (rc == RC_OK)
        r->id = b->rec.id;
    return rc;
}

static enum rc apply_row(struct building *b, struct import *i, struct tx *tx, uint32_t row,
                         struct err *e)
{
    const struct irow *r = &i->rows.p[row];
    b->writing = true;
    TRY(building_row(b, i, tx, row, e));
    int64_t id = b->viewed.found ? b->viewed.rec.id : 0;
    int64_t version = b->viewed.found ? b->viewed.rec.version : 0;
    if (b->state != r->state || id != r->id || version != r->version)
        return changed(i, row, e);
    return write_row(b, row, e);
}

static enum rc apply_rows(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct applying *x = ctx;
    struct import *i = x->i;
    struct arena scratch = {0};
    struct building b;
    enum rc rc = RC_OK;
    (void)s;
    building_init(&b, &scratch);
    refs_forget(i->refs);
    for (uint32_t n = 0; rc == RC_OK && n < i->rows.n; n++) {
        enum row_state state = i->rows.p[i->order[n]].state;
        if (state == ROW_NEW || state == ROW_CHANGED)
            rc = apply_row(&b, i, tx, i->order[n], e);
        if (rc == RC_OK && n % TELL_EVERY == 0)
            rc = import_tell(&x->told, "import_write", n / (double)i->rows.n, e);
    }
    building_free(&b);
    arena_free(&scratch);
    return rc;
}

enum rc import_apply(struct import *i, progress_fn progress, void *ctx, struct err *e)
{
    struct applying x = {i, {progress, ctx}};
    if (i->count[ROW_WRONG])
        return err_user(e, "import.wrong", "%u", i->count[ROW_WRONG]);
    if (i->count[ROW_NEW] + i->count[ROW_CHANGED] == 0)
        return RC_OK;
    enum rc rc = site_write(i->s, apply_rows, &x, e);
    for (size_t r = 0; rc != RC_OK && r < i->rows.n; r++)
        if (i->rows.p[r].state == ROW_NEW)
            i->rows.p[r].id = 0; /* it was not written after all */
    return rc;
}
