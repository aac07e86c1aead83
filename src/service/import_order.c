/* The rows of a file among each other: which stand there twice, and which is written first. */
#include "service/sheets_int.h"

#include <stdio.h>

/* ---- the same record twice in a file ---- */

static enum rc said_before(struct building *b, uint32_t row, struct err *e)
{
    const struct import *i = b->i;
    char number[16];
    int n = snprintf(number, sizeof number, "%u", i->grid.rows.p[i->rows.p[row].at].row);
    b->state = ROW_WRONG;
    return row_fault(b, UINT32_MAX, NO_FIELD, "import.twice", (struct str){number, (size_t)n}, e);
}

/* Where this key stood first; this row where it is new. */
static enum rc first_with(struct building *b, struct strmap *m, struct str key, uint32_t *row,
                          struct err *e)
{
    const uint32_t *at = strmap_get(m, key);
    if (at) {
        *row = *at;
        return RC_OK;
    }
    struct str kept = arena_str(&b->i->arena, key);
    *row = b->row;
    return kept.p && strmap_put(m, kept, b->row) ? RC_OK : err_nomem(e);
}

static enum rc check_uniques(struct building *b, struct err *e)
{
    const struct kind *k = b->i->k;
    for (uint32_t f = 0; f < k->n_fields; f++) {
        uint32_t first;
        if (!k->field[f].unique || k->field[f].list || !b->rec.val[f].set)
            continue;
        buf_clear(&b->text);
        TRY(buf_printf(&b->text, e, "%u\t", f));
        TRY(val_text(&b->text, &k->field[f], &b->rec.val[f], true, true, e));
        TRY(first_with(b, &b->i->uniques, buf_view(&b->text), &first, e));
        if (first != b->row)
            return said_before(b, first, e);
    }
    return RC_OK;
}

enum rc import_check_twice(struct building *b, struct err *e)
{
    struct import *i = b->i;
    uint32_t first = b->row;
    if (!b->rec.kind)
        return RC_OK;
    if (b->viewed.found) {
        const uint32_t *at = map_put(&i->ids, (uint64_t)b->rec.id, b->row);
        if (!at)
            return err_nomem(e);
        first = *at;
    } else if (!i->k->field[i->k->title].computed && rec_title(&b->rec).n) {
        struct str title = rec_title(&b->rec);
        buf_clear(&b->text);
        TRY(buf_printf(&b->text, e, "%lld\t", (long long)b->rec.org));
        TRY(buf_str(&b->text, title, e));
        TRY(first_with(b, &i->new_titles, buf_view(&b->text), &first, e));
    }
    return first == b->row ? check_uniques(b, e) : said_before(b, first, e);
}

/* ---- which row first ---- */

enum mark { MARK_NONE, MARK_OPEN, MARK_DONE };

/* Depth first over what rows refer to; a row in a ring cannot be written first. */
static enum rc order_from(struct import *i, uint32_t row, uint8_t *mark, uint32_t *stack,
                          uint32_t *next, uint32_t *done, uint32_t *ring)
{
    uint32_t depth = 0;
    stack[depth++] = row;
    mark[row] = MARK_OPEN;
    next[row] = 0;
    while (depth) {
        uint32_t at = stack[depth - 1];
        if (next[at] == i->rows.p[at].n_deps) {
            mark[at] = MARK_DONE;
            i->order[(*done)++] = at;
            depth--;
            continue;
        }
        uint32_t to = i->rows.p[at].dep[next[at]++];
        if (mark[to] == MARK_OPEN) {
            *ring = at;
            return RC_OK;
        }
        if (mark[to] == MARK_NONE) {
            mark[to] = MARK_OPEN;
            next[to] = 0;
            stack[depth++] = to;
        }
    }
    return RC_OK;
}

static enum rc spoil(struct import *i, uint32_t row, const char *key, struct err *e)
{
    struct irow *r = &i->rows.p[row];
    struct fault_at *f = arena_calloc(&i->arena, 1, sizeof *f);
    uint32_t *col = arena_calloc(&i->arena, 1, sizeof *col);
    if (!f || !col)
        return err_nomem(e);
    *f = (struct fault_at){.field = NO_FIELD, .item = UINT32_MAX, .sub = UINT32_MAX, .key = key};
    i->count[r->state]--;
    i->count[ROW_WRONG]++;
    r->state = ROW_WRONG;
    r->fault = f;
    r->fault_col = col;
    r->n_faults = 1;
    return RC_OK;
}

enum rc import_order(struct import *i, struct err *e)
{
    size_t n = i->rows.n;
    i->order = mem_calloc(n, sizeof *i->order);
    uint8_t *mark = mem_calloc(n, sizeof *mark);
    uint32_t *stack = mem_calloc(n, sizeof *stack), *next = mem_calloc(n, sizeof *next);
    uint32_t done = 0, ring = UINT32_MAX;
    enum rc rc = i->order && mark && stack && next ? RC_OK : err_nomem(e);
    for (uint32_t r = 0; rc == RC_OK && r < n && ring == UINT32_MAX; r++)
        if (mark[r] == MARK_NONE)
            rc = order_from(i, r, mark, stack, next, &done, &ring);
    if (rc == RC_OK && ring != UINT32_MAX)
        rc = spoil(i, ring, "import.ring", e);
    mem_free(mark);
    mem_free(stack);
    mem_free(next);
    return rc;
}
