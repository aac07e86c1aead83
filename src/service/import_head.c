/* Which row of each sheet is its header, and which of its columns is which. */
#include "service/sheets_int.h"
#include "sheet/header.h"
#include "sheet/table.h"

enum { LOOKED_AT = 20, COLUMNS_MOST = 1024 };

/* Sheets of our own templates that hold no records. */
static bool is_ours(struct str name)
{
    static const struct str names[] = {
        {"代码", 6}, {"填写说明", 12}, {"Codes", 5}, {"Instructions", 12}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(name, names[i]))
            return true;
    return false;
}

/* Is a record known by this column? */
static bool names_it(const struct kind *k, struct col c)
{
    if (c.what == COL_ATTR)
        return c.attr == ATTR_ID;
    return c.what == COL_FIELD && (c.field == k->title || k->field[c.field].unique);
}

struct looking {
    struct import *i;
    const struct heads *heads;
};

/* Where the kind has such a field. What tells rows apart is not guessed: an id, a kind of record.
 */
struct col import_synonym(const struct import *i, struct str text, bool inexact)
{
    const struct kind *k = i->k;
    enum table_side side = k->side == MATCH_NEED ? SIDE_NEED : SIDE_RESULT;
    bool exact = false;
    enum field f = columns_match(model_columns(i->s->model), side, text, &exact);
    if ((!exact && !inexact) || f == FIELD_OTHER || f == FIELD_ID || f == FIELD_TYPE ||
        f == FIELD_DATE)
        return (struct col){0};
    if (f == FIELD_ORG && k->owned && !k->is_self)
        return COL_ATTR_OF(ATTR_OWNER);
    uint32_t at = f == FIELD_TITLE ? k->title : field_find(k, str_of(field_name(f)));
    if (at == NO_FIELD && inexact && f == FIELD_INDICATORS) /* prose, out of which they are drawn */
        at = field_find(k, str_of(field_name(FIELD_BODY)));
    if (at == NO_FIELD || k->field[at].computed)
        return (struct col){0};
    return (struct col){.what = COL_FIELD, .field = at};
}

/* What a header names: our own words first. */
static struct col named(const struct looking *l, struct str text, double *unit)
{
    struct col c = heads_find(l->heads, text, unit);
    return c.what != COL_NONE ? c : import_synonym(l->i, text, false);
}

/* Columns that a row would name, 0: it is no header. */
static uint32_t score(const struct looking *l, const struct grid_row *r)
{
    uint32_t n = 0;
    bool known = false, writable = false;
    double unit;
    for (uint32_t c = 0; c < MIN(r->n, COLUMNS_MOST); c++) {
        struct str text = text_trim(r->cell[c].text);
        if (!text.n || r->cell[c].kind != CELL_TEXT)
            continue;
        struct col col = named(l, text, &unit);
        if (col.what == COL_NONE)
            continue;
        n++;
        known |= names_it(l->i->k, col);
        writable |= !col_read_only(l->i->k, col);
    }
    /* a kind whose title is derived is known by its fields together */
    known |= l->i->k->field[l->i->k->title].computed && n >= 2;
    return known && writable ? n : 0;
}

static enum rc keep_unknown(struct import *i, struct str text, struct err *e)
{
    for (size_t u = 0; u < i->unknown.n; u++)
        if (str_eq(i->unknown.p[u], text))
            return RC_OK;
    return vec_push(&i->unknown, text, e);
}

static bool taken(const struct col *col, uint32_t n, struct col c)
{
    for (uint32_t k = 0; k < n; k++)
        if (col[k].what == c.what && col[k].field == c.field && col[k].attr == c.attr)
            return true;
    return false;
}

/* A column that was given by hand is no other header's. */
static bool hand_has(const struct import *i, const struct grid_row *r, uint32_t n, struct col c)
{
    for (uint32_t k = 0; k < n; k++) {
        const struct import_header *h = header_by_hand(i, text_trim(r->cell[k].text));
        struct col given = h ? header_column(i, h->name) : (struct col){0};
        if (given.what != COL_NONE && taken(&given, 1, c))
            return true;
    }
    return false;
}

/* The words of ours that stand in the row have their columns before any other name for them. */
static bool has_own(const struct looking *l, const struct grid_row *r, uint32_t n, struct col c)
{
    double unit;
    for (uint32_t k = 0; k < n; k++) {
        struct col own = heads_find(l->heads, text_trim(r->cell[k].text), &unit);
        if (own.what != COL_NONE && taken(&own, 1, c))
            return true;
    }
    return false;
}

static struct col column_of(const struct looking *l, const struct grid_row *r, uint32_t n,
                            struct str text, double *unit)
{
    const struct import_header *hand = header_by_hand(l->i, text);
    struct col c = heads_find(l->heads, text, unit);
    if (hand)
        return header_column(l->i, hand->name);
    if (c.what != COL_NONE)
        return hand_has(l->i, r, n, c) ? (struct col){0} : c;
    c = import_synonym(l->i, text, false);
    if (c.what != COL_NONE && hand_has(l->i, r, n, c))
        return (struct col){0};
    return c.what != COL_NONE && has_own(l, r, n, c) ? (struct col){0} : c;
}

static enum rc map_header(struct looking *l, const struct grid_row *r, struct imap *m,
                          struct err *e)
{
    uint32_t n = MIN(r->n, COLUMNS_MOST);
    struct col *col = arena_calloc(&l->i->arena, n, sizeof *col);
    double *unit = arena_calloc(&l->i->arena, n, sizeof *unit);
    if (!col || !unit)
        return err_nomem(e);
    for (uint32_t c = 0; c < n; c++) {
        struct str text = text_trim(r->cell[c].text);
        struct col found = text.n ? column_of(l, r, n, text, &unit[c]) : (struct col){0};
        if (found.what != COL_NONE && taken(col, c, found))
            found = (struct col){0}; /* twice: the first counts */
        if (found.what == COL_NONE && text.n && !words_is_problems(text))
            TRY(keep_unknown(l->i, text, e));
        col[c] = found;
        if (found.what == COL_ATTR && found.attr == ATTR_ID)
            m->id = c;
        if (found.what == COL_ATTR && found.attr == ATTR_OWNER)
            m->owner = c;
    }
    m->score = score(l, r);
    m->col = col;
    m->unit = unit;
    m->n = n;
    return RC_OK;
}

static enum rc look(struct looking *l, const struct grid_sheet *s, struct imap *m, struct err *e)
{
    const struct grid *g = &l->i->grid;
    uint32_t best = 0;
    *m = (struct imap){.at = UINT32_MAX, .id = UINT32_MAX, .owner = UINT32_MAX};
    if (is_ours(s->info.name))
        return RC_OK;
    if (g->format == GRID_JSONL)
        return score(l, &s->keys) ? map_header(l, &s->keys, m, e) : RC_OK;
    for (size_t r = s->first; r < s->first + MIN(s->n, (size_t)LOOKED_AT); r++) {
        uint32_t n = score(l, &g->rows.p[r]);
        if (n <= best)
            continue;
        best = n;
        m->at = (uint32_t)r;
    }
    return best ? map_header(l, &g->rows.p[m->at], m, e) : RC_OK;
}

/* What stands in the row that has the most texts: the user sees what was taken for a header. */
static enum rc no_header(const struct import *i, struct err *e)
{
    const struct grid_row *most = NULL;
    struct buf b;
    buf_init(&b, 4096);
    if (i->grid.sheets.n && i->grid.sheets.p[0].keys.n)
        most = &i->grid.sheets.p[0].keys;
    for (size_t r = 0; !most && r < i->grid.rows.n && r < LOOKED_AT; r++)
        if (i->grid.rows.p[r].n > 1)
            most = &i->grid.rows.p[r];
    enum rc rc = RC_OK;
    for (uint32_t c = 0; rc == RC_OK && most && c < most->n && b.n < 200; c++) {
        struct str text = str_sub(text_trim(most->cell[c].text), 0, 60);
        if (text.n)
            rc = buf_printf(&b, e, "%s%.*s", b.n ? "、" : "", (int)text.n, text.p);
    }
    if (rc == RC_OK)
        rc = err_user(e, "import.no_header", "%.*s", (int)b.n, b.n ? b.p : "");
    buf_free(&b);
    return rc;
}

enum rc import_heads(struct import *i, struct err *e)
{
    struct heads *heads = NULL;
    uint32_t best = 0;
    TRY(heads_make(&heads, i->k, e));
    struct looking l = {.i = i, .heads = heads};
    enum rc rc = RC_OK;
    for (size_t s = 0; rc == RC_OK && s < i->grid.sheets.n; s++) {
        struct imap m;
        rc = look(&l, &i->grid.sheets.p[s], &m, e);
        if (rc == RC_OK)
            rc = vec_push(&i->maps, m, e);
        best = rc == RC_OK ? MAX(best, m.score) : best;
    }
    heads_free(heads);
    for (size_t s = 0; s < i->maps.n; s++) /* a page of notes may have a word that is a column's */
        i->maps.p[s].known = i->maps.p[s].score > (best > 2 ? 1 : 0);
    if (rc == RC_OK && !best)
        return no_header(i, e);
    return rc == RC_OK ? import_keep_headers(i, e) : rc;
}
