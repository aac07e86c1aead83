/* Sentences that stand in files: what is wrong with a cell. */
#include "service/sheets_int.h"

static const struct label problems_word = {{"问题", 6}, {"Problems", 8}};

bool words_is_problems(struct str header)
{
    return str_eq(header, problems_word.zh) || str_eq(header, problems_word.en);
}

/* Part n of a text parted by tabs. */
static struct str part(struct str s, int n)
{
    size_t from = 0;
    for (; n > 0; n--) {
        size_t tab = str_find(s, STR("\t"), from);
        if (tab == SIZE_MAX)
            return STR("");
        from = tab + 1;
    }
    return str_sub(s, from, str_find(s, STR("\t"), from));
}

enum rc words_say(struct buf *to, const struct site *s, const char *key, struct str detail, bool zh,
                  struct err *e)
{
    static const struct str names[] = {{"{detail}", 8}, {"{other}", 7}, {"{third}", 7}};
    struct str text = str_of(site_message(s, key, zh));
    size_t run = 0;
    for (size_t at = 0; at < text.n; at++)
        for (int n = 0; n < 3; n++) {
            if (!str_starts(str_sub(text, at, text.n), names[n]))
                continue;
            TRY(buf_str(to, str_sub(text, run, at), e));
            TRY(buf_str(to, part(detail, n), e));
            run = at + names[n].n;
        }
    return buf_str(to, str_sub(text, run, text.n), e);
}

struct str words_column(char to[8], uint32_t col)
{
    size_t n = 8;
    for (; col; col = (col - 1) / 26)
        to[--n] = (char)('A' + (col - 1) % 26);
    return (struct str){to + n, 8 - n};
}

static enum rc say_field(struct buf *to, const struct import *i, const struct fault_at *f, bool zh,
                         struct err *e)
{
    struct col c = {.what = f->masked ? COL_MASKED : COL_FIELD, .field = f->field};
    const struct field_def *def = &i->k->field[f->field];
    TRY(col_label(to, i->k, c, zh, e));
    if (f->item != UINT32_MAX)
        TRY(buf_printf(to, e, zh ? "（第 %u 项）" : " (item %u)", f->item + 1));
    if (f->sub == UINT32_MAX || f->sub >= def->n_sub)
        return RC_OK;
    TRY(buf_str(to, STR(" "), e));
    return buf_str(to, label_text(&def->sub[f->sub].label, zh), e);
}

enum rc import_say(struct buf *to, const struct import *i, uint32_t row, uint32_t fault, bool zh,
                   struct err *e)
{
    const struct irow *r = &i->rows.p[row];
    const struct fault_at *f = &r->fault[fault];
    bool field = f->field != NO_FIELD;
    char letters[8];
    struct str col = words_column(letters, i->grid.format == GRID_JSONL ? 0 : r->fault_col[fault]);
    if (col.n)
        TRY(buf_printf(to, e, zh ? "%.*s 列" : "column %.*s", (int)col.n, col.p));
    TRY(buf_str(to, col.n && field ? STR(" ") : STR(""), e));
    if (field)
        TRY(say_field(to, i, f, zh, e));
    else if (col.n && r->fault_col[fault] <= i->maps.p[r->sheet].n) {
        struct col c = i->maps.p[r->sheet].col[r->fault_col[fault] - 1];
        if (c.what == COL_ATTR) {
            TRY(buf_char(to, ' ', e));
            TRY(col_label(to, i->k, c, zh, e));
        }
    }
    if (col.n || field)
        TRY(buf_str(to, zh ? STR("：") : STR(": "), e));
    return words_say(to, i->s, f->key, f->detail, zh, e);
}
