#include "sheet/xlsx_int.h"

#include <stdlib.h>

#define CHUNK (64u << 10)

void kept_free(struct kept *k)
{
    mem_free(k->p);
    *k = (struct kept){0};
}

/* Room for what the part claims to have. */
static enum rc keep_start(struct kept *k, struct xlsx *x, zip_int64_t index, size_t *room,
                          struct err *e)
{
    struct zip_stat st;
    *room = 0;
    if (zip_stat_index(x->zip, (zip_uint64_t)index, 0, &st) != 0 || st.size > KEPT_MAX)
        return RC_OK;
    *k = (struct kept){mem_alloc(st.size), 0, index};
    *room = st.size;
    return k->p ? RC_OK : err_nomem(e);
}

static void keep_more(struct kept *k, size_t room, const char *p, size_t n)
{
    if (n > room - k->n)
        kept_free(k); /* more than it claimed */
    else if (n)
        memcpy(k->p + k->n, p, n);
    k->n += k->p ? n : 0;
}

/* Does the word occur in the part? `overlap` bytes are carried from chunk to chunk. UTF-16 parts
 * count as having it. What is inflated is kept in `k`. */
static enum rc scan(struct part *p, struct str word, bool *has, struct kept *k, size_t room,
                    struct err *e)
{
    char *chunk = mem_alloc(CHUNK);
    size_t held = 0, got = 1;
    enum rc rc = chunk ? RC_OK : err_nomem(e);
    while (rc == RC_OK && got && (k->p || !*has)) {
        rc = part_read(p, chunk + held, CHUNK - held, &got, e);
        if (rc != RC_OK)
            break;
        if (k->p)
            keep_more(k, room, chunk + held, got);
        struct str view = {chunk, held + got};
        *has = *has || str_find(view, word, 0) != SIZE_MAX ||
               (p->out == got && got > 1 &&
                (!chunk[0] || !chunk[1] || chunk[0] == '\xFF' || chunk[0] == '\xFE'));
        held = MIN(view.n, word.n - 1);
        memmove(chunk, chunk + view.n - held, held);
    }
    mem_free(chunk);
    return rc;
}

static enum rc part_has(struct xlsx *x, zip_int64_t index, struct str word, bool *has,
                        struct err *e)
{
    struct part p;
    struct kept k = {0};
    size_t room = 0;
    *has = false;
    enum rc rc = part_open(&p, x, index, true, e);
    if (rc == RC_OK)
        rc = keep_start(&k, x, index, &room, e);
    if (rc == RC_OK)
        rc = scan(&p, word, has, &k, room, e);
    part_close(&p);
    if (rc == RC_OK)
        x->kept = k;
    else
        kept_free(&k);
    return rc;
}

struct merges_reader {
    struct merges *m;
    const struct sheet_limits *limits;
};

static enum rc merges_start(void *ctx, const char *name, const char **attributes, struct err *e)
{
    struct merges_reader *r = ctx;
    if (strcmp(name, "mergeCell") != 0)
        return RC_OK;
    const char *ref = xml_attribute(attributes, "ref");
    const char *to = ref ? strchr(ref, ':') : NULL;
    struct region g;
    uint32_t last_col;
    if (!to)
        return RC_OK;
    xlsx_reference(ref, &g.col, &g.row);
    xlsx_reference(to + 1, &last_col, &g.last);
    if (g.row == 0 || g.last <= g.row || g.col >= r->limits->columns)
        return RC_OK;
    if (r->m->region.n >= r->limits->merges)
        return err_too_big(e, "sheet.merges", "%u", r->limits->merges);
    return vec_push(&r->m->region, g, e);
}

static int by_row(const void *a, const void *b)
{
    const struct region *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->col != y->col)
        return x->col < y->col ? -1 : 1;
    return (x->last > y->last) - (x->last < y->last);
}

enum rc merges_read(struct merges *m, struct xlsx *x, zip_int64_t part, struct err *e)
{
    bool has;
    TRY(part_has(x, part, STR("mergeCell"), &has, e));
    if (!has)
        return RC_OK;
    struct merges_reader r = {m, x->src->limits};
    struct xml_handler h = {&r, merges_start, NULL, NULL, NULL};
    TRY(part_parse(x, part, true, &h, e));
    if (m->region.n)
        qsort(m->region.p, m->region.n, sizeof *m->region.p, by_row);
    return RC_OK;
}

/* Keep the regions that still reach the row. */
static void drop_passed(struct merges *m, uint32_t number)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->active.n; i++) {
        if (m->active.p[i].last >= number)
            m->active.p[kept++] = m->active.p[i];
        else
            mem_free(m->active.p[i].owned);
    }
    m->active.n = kept;
}

static enum rc keep(struct merges *m, const struct region *g, struct cell c, struct err *e)
{
    struct spread s = {g->row, g->last, g->col, c, NULL};
    s.owned = mem_alloc(c.text.n);
    if (!s.owned)
        return err_nomem(e);
    if (c.text.n)
        memcpy(s.owned, c.text.p, c.text.n);
    s.cell.text.p = s.owned;
    s.cell.merged = true;
    for (size_t i = 0; i < m->active.n; i++) { /* regions of a column do not overlap */
        if (m->active.p[i].col == g->col) {
            mem_free(m->active.p[i].owned);
            m->active.p[i] = s;
            return RC_OK;
        }
    }
    if (vec_push(&m->active, s, e) == RC_OK)
        return RC_OK;
    mem_free(s.owned);
    return RC_NOMEM;
}

enum rc merges_apply(struct merges *m, struct row *r, uint32_t number, struct err *e)
{
    if (m->region.n == 0)
        return RC_OK;
    drop_passed(m, number);
    for (size_t i = 0; i < m->active.n; i++) {
        const struct spread *s = &m->active.p[i];
        bool empty = s->col >= r->cells.n || r->cells.p[s->col].kind == CELL_EMPTY;
        if (s->row < number && empty)
            TRY(row_set(r, s->col, s->cell, e));
    }
    for (; m->next < m->region.n && m->region.p[m->next].row <= number; m->next++) {
        const struct region *g = &m->region.p[m->next];
        if (g->row == number && g->col < r->cells.n && r->cells.p[g->col].kind != CELL_EMPTY)
            TRY(keep(m, g, r->cells.p[g->col], e));
    }
    return RC_OK;
}

void merges_free(struct merges *m)
{
    for (size_t i = 0; i < m->active.n; i++)
        mem_free(m->active.p[i].owned);
    vec_free(&m->active);
    vec_free(&m->region);
}
