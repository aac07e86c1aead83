/* Which rows of a file count: not blank ones, the template's example, sums, headers printed again.
 */
#include "service/sheets_int.h"
#include "sheet/header.h"

#include <strings.h>

/* The example of a template. */
static bool is_example(const struct import *i, const struct imap *m, const struct grid_row *r)
{
    if (m->id == UINT32_MAX || m->id >= r->n)
        return false;
    struct str text = text_trim(r->cell[m->id].text);
    (void)i;
    return str_starts(text, STR("示例")) || (text.n >= 7 && strncasecmp(text.p, "example", 7) == 0);
}

static bool is_blank(const struct imap *m, const struct grid_row *r)
{
    if (r->n && r->cell[0].kind == CELL_BAD_JSON)
        return false;
    for (uint32_t c = 0; c < MIN(m->n, r->n); c++)
        if (m->col[c].what != COL_NONE && !r->cell[c].merged &&
            (text_trim(r->cell[c].text).n || r->cell[c].kind > CELL_BOOL))
            return false;
    return true;
}

/* A header that is printed again on every page. */
static bool is_header_again(const struct import *i, const struct imap *m, const struct grid_row *r)
{
    if (m->at == UINT32_MAX)
        return false;
    const struct grid_row *h = &i->grid.rows.p[m->at];
    for (uint32_t c = 0; c < m->n; c++)
        if (m->col[c].what != COL_NONE &&
            (c >= r->n || !str_eq(text_trim(r->cell[c].text), text_trim(h->cell[c].text))))
            return false;
    return true;
}

static bool is_sum_word(struct str text)
{
    static const char *const words[] = {"合计", "总计", "小计", "共计", "total", "subtotal"};
    char word[16];
    size_t n = MIN(text.n, sizeof word);
    for (size_t k = 0; k < n; k++)
        word[k] = (char)(text.p[k] >= 'A' && text.p[k] <= 'Z' ? text.p[k] + 32 : text.p[k]);
    for (size_t w = 0; w < ARRAY_LEN(words); w++)
        if (str_eq((struct str){word, n}, str_of(words[w])))
            return true;
    return false;
}

/* "合计" below a table: a word for the sum, and no title. */
static bool is_total(const struct import *i, const struct imap *m, const struct grid_row *r)
{
    bool said = false;
    for (uint32_t c = 0; c < MIN(m->n, r->n); c++) {
        struct str text = text_trim(r->cell[c].text);
        bool sum = is_sum_word(text);
        bool title = m->col[c].what == COL_FIELD && m->col[c].field == i->k->title;
        if (title && text.n && !sum && !r->cell[c].merged)
            return false;
        said |= sum;
    }
    return said;
}

enum rc import_list_rows(struct import *i, struct err *e)
{
    for (uint32_t s = 0; s < i->grid.sheets.n; s++) {
        const struct grid_sheet *sheet = &i->grid.sheets.p[s];
        const struct imap *m = &i->maps.p[s];
        size_t from = m->at == UINT32_MAX ? sheet->first : m->at + 1;
        for (size_t r = from; m->known && r < sheet->first + sheet->n; r++) {
            const struct grid_row *row = &i->grid.rows.p[r];
            if (is_blank(m, row) || is_example(i, m, row) || is_total(i, m, row) ||
                is_header_again(i, m, row))
                continue;
            TRY(vec_push(&i->rows, ((struct irow){.sheet = s, .at = (uint32_t)r}), e));
        }
    }
    return i->rows.n ? RC_OK : err_user(e, "import.no_rows", "%s", "");
}
