/* Headers that a person tells the meaning of, and what he is shown to do so. */
#include "service/sheets_int.h"
#include "sheet/header.h"

enum { HEADERS_MOST = 200, SAMPLE_ROWS = 20, SAMPLE_MOST = 40 };

const struct import_header *header_by_hand(const struct import *i, struct str text)
{
    for (uint32_t h = 0; text.n && h < i->o.n_columns; h++)
        if (str_eq(i->o.columns[h].text, text))
            return &i->o.columns[h];
    return NULL;
}

struct col header_column(const struct import *i, struct str name)
{
    struct col c = col_named(i->k, name);
    return c.what == COL_NONE || col_read_only(i->k, c) ? (struct col){0} : c;
}

static bool is_kept(const struct import *i, struct str text)
{
    for (size_t h = 0; h < i->headers.n; h++)
        if (str_eq(i->headers.p[h].text, text))
            return true;
    return false;
}

static enum rc name_into(struct import *i, struct col c, struct str *out, struct err *e)
{
    struct buf b;
    *out = STR("");
    if (c.what == COL_NONE)
        return RC_OK;
    buf_init(&b, 4096);
    enum rc rc = col_name(&b, i->k, c, e);
    if (rc == RC_OK) {
        *out = arena_str(&i->arena, buf_view(&b));
        rc = out->p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

/* One that it may mean, and that no header of the row has. */
static struct col guess(const struct import *i, const struct imap *m, struct str text)
{
    struct col c = header_by_hand(i, text) ? (struct col){0} : import_synonym(i, text, true);
    for (uint32_t k = 0; c.what != COL_NONE && k < m->n; k++)
        if (m->col[k].what == c.what && m->col[k].field == c.field && m->col[k].attr == c.attr)
            return (struct col){0};
    return c;
}

static struct str sample(const struct import *i, const struct grid_sheet *s, size_t from,
                         uint32_t col)
{
    for (size_t r = from; r < MIN(s->first + s->n, from + SAMPLE_ROWS); r++) {
        const struct grid_row *row = &i->grid.rows.p[r];
        struct str text = col < row->n ? text_trim(row->cell[col].text) : STR("");
        size_t end = 0;
        for (int n = 0; n < SAMPLE_MOST && end < text.n; n++)
            utf8_next(text, &end);
        if (end)
            return str_sub(text, 0, end);
    }
    return STR("");
}

static enum rc keep_row(struct import *i, const struct grid_sheet *s, const struct imap *m,
                        const struct grid_row *r, struct err *e)
{
    size_t below = m->at == UINT32_MAX ? s->first : (size_t)m->at + 1;
    for (uint32_t c = 0; c < MIN(m->n, r->n) && i->headers.n < HEADERS_MOST; c++) {
        struct import_header h = {.text = text_trim(r->cell[c].text), .guess = STR("")};
        if (!h.text.n || is_kept(i, h.text) || words_is_problems(h.text))
            continue;
        h.sample = sample(i, s, below, c);
        TRY(name_into(i, m->col[c], &h.name, e));
        if (m->col[c].what == COL_NONE)
            TRY(name_into(i, guess(i, m, h.text), &h.guess, e));
        TRY(vec_push(&i->headers, h, e));
    }
    return RC_OK;
}

enum rc import_keep_headers(struct import *i, struct err *e)
{
    for (size_t s = 0; s < i->maps.n; s++) {
        const struct grid_sheet *sheet = &i->grid.sheets.p[s];
        const struct imap *m = &i->maps.p[s];
        if (m->known)
            TRY(keep_row(i, sheet, m, m->at == UINT32_MAX ? &sheet->keys : &i->grid.rows.p[m->at],
                         e));
    }
    return RC_OK;
}

uint32_t import_headers(const struct import *i, const struct import_header **out)
{
    *out = i->headers.p;
    return (uint32_t)i->headers.n;
}

static enum rc add_choice(const struct kind *k, struct col c, bool zh, struct arena *to,
                          vec_import_choice *out, struct err *e)
{
    struct import_choice one = {STR(""), STR("")};
    struct buf name, label;
    buf_init(&name, 4096);
    buf_init(&label, 4096);
    enum rc rc = col_name(&name, k, c, e);
    if (rc == RC_OK)
        rc = col_label(&label, k, c, zh, e);
    if (rc == RC_OK) {
        one =
            (struct import_choice){arena_str(to, buf_view(&name)), arena_str(to, buf_view(&label))};
        rc = one.name.p && one.label.p ? vec_push(out, one, e) : err_nomem(e);
    }
    buf_free(&name);
    buf_free(&label);
    return rc;
}

enum rc import_choices(const struct kind *k, bool zh, struct arena *to, vec_import_choice *out,
                       struct err *e)
{
    vec_col all = {0};
    enum rc rc = cols_all(&all, k, true, e);
    for (size_t c = 0; rc == RC_OK && c < all.n; c++)
        rc = add_choice(k, all.p[c], zh, to, out, e);
    vec_free(&all);
    return rc;
}
