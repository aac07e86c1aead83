/* What makes a sheet a form: notes, named ranges, drop-downs. */
#include "sheet/sheet_out_int.h"

/* Excel's limits, in UTF-16 units. */
enum { NOTE_UNITS = 2000, TITLE_UNITS = 32, HINT_UNITS = 255 };

/* A copy that lives as long as the workbook; libxlsxwriter copies too, but takes char *. */
static enum rc keep(struct sheet_out *o, struct str text, uint32_t units, char **to, struct err *e)
{
    TRY(out_clean(&o->text, text, units, e));
    struct str kept = arena_str(&o->names, buf_view(&o->text));
    if (!kept.p)
        return err_nomem(e);
    *to = (char *)kept.p;
    return RC_OK;
}

enum rc sheet_out_empty(struct sheet_out *o, uint32_t sheet, uint32_t col, double width,
                        struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    lxw_col_t c = (lxw_col_t)col;
    return out_failed(worksheet_set_column(s->ws, c, c, width, o->format[s->style[col]]), e);
}

enum rc sheet_out_note(struct sheet_out *o, uint32_t sheet, uint32_t row, uint32_t col,
                       struct str text, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    lxw_comment_options options = {.author = "qiao", .width = 280, .height = 110};
    char *note;
    TRY(keep(o, text, NOTE_UNITS, &note, e));
    if (!*note)
        return RC_OK;
    return out_failed(worksheet_write_comment_opt(s->ws, row - 1, (lxw_col_t)col, note, &options),
                      e);
}

static enum rc put_column(struct buf *to, uint32_t col, struct err *e)
{
    char letters[8];
    size_t n = sizeof letters;
    for (col++; col; col = (col - 1) / 26)
        letters[--n] = (char)('A' + (col - 1) % 26);
    TRY(buf_char(to, '$', e));
    return buf_put(to, letters + n, sizeof letters - n, e);
}

enum rc sheet_out_range(struct sheet_out *o, const char *name, uint32_t sheet, uint32_t col,
                        uint32_t from, uint32_t to, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    buf_clear(&o->url);
    TRY(buf_printf(&o->url, e, "='%s'!", s->name.p));
    TRY(put_column(&o->url, col, e));
    TRY(buf_printf(&o->url, e, "$%u:", from));
    TRY(put_column(&o->url, col, e));
    TRY(buf_printf(&o->url, e, "$%u", to));
    return out_failed(workbook_define_name(o->book, name, o->url.p), e);
}

/* The drop-down added last takes its words from a named range. libxlsxwriter 1.1.4 copies the
 * formula of LXW_VALIDATION_TYPE_LIST_FORMULA twice and loses one copy: it is put in behind its
 * back. */
static enum rc list_from(struct out_sheet *s, const char *range, struct err *e)
{
    struct lxw_data_val_obj *last = STAILQ_FIRST(s->ws->data_validations);
    while (STAILQ_NEXT(last, list_pointers))
        last = STAILQ_NEXT(last, list_pointers);
    size_t n = strlen(range) + 1;
    char *formula = mem_alloc(n); /* the library frees it */
    if (!formula)
        return err_nomem(e);
    memcpy(formula, range, n);
    mem_free(last->value_formula);
    last->value_formula = formula;
    last->validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
    return RC_OK;
}

enum rc sheet_out_offer(struct sheet_out *o, uint32_t sheet, uint32_t col,
                        const struct out_offer *offer, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    char *words[3] = {(char *)offer->words[0], (char *)offer->words[1], NULL};
    lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_ANY,
                             .ignore_blank = LXW_VALIDATION_ON,
                             .show_input = LXW_VALIDATION_ON,
                             .show_error = LXW_VALIDATION_ON,
                             .dropdown = LXW_VALIDATION_ON,
                             .error_type = LXW_VALIDATION_ERROR_TYPE_WARNING};
    if (offer->range)
        words[0] = (char *)offer->range; /* until list_from */
    if (words[0]) {
        v.validate = LXW_VALIDATION_TYPE_LIST;
        v.value_list = words;
    }
    if (offer->title.n)
        TRY(keep(o, offer->title, TITLE_UNITS, &v.input_title, e));
    if (offer->hint.n)
        TRY(keep(o, offer->hint, HINT_UNITS, &v.input_message, e));
    if (v.validate == LXW_VALIDATION_TYPE_ANY && !v.input_message)
        return RC_OK;
    TRY(out_failed(worksheet_data_validation_range(s->ws, offer->from - 1, (lxw_col_t)col,
                                                   offer->to - 1, (lxw_col_t)col, &v),
                   e));
    return offer->range ? list_from(s, offer->range, e) : RC_OK;
}
