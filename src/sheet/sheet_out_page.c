/* Sheets that are printed: texts over several columns, lines around cells, the page. */
#include "sheet/sheet_out_int.h"

static lxw_format *look(struct sheet_out *o, enum out_span span)
{
    if (o->span[span])
        return o->span[span];
    lxw_format *f = workbook_add_format(o->book);
    if (!f)
        return NULL;
    format_set_text_wrap(f);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    format_set_align(f,
                     span == SPAN_LEFT || span == SPAN_GROUP ? LXW_ALIGN_LEFT : LXW_ALIGN_CENTER);
    if (span != SPAN_LEFT)
        format_set_bold(f);
    if (span == SPAN_TITLE)
        format_set_font_size(f, 16);
    if (span == SPAN_HEAD || span == SPAN_GROUP)
        format_set_border(f, LXW_BORDER_THIN);
    if (span == SPAN_HEAD)
        format_set_bg_color(f, 0xDCE6F1);
    o->span[span] = f;
    return f;
}

enum rc sheet_out_span(struct sheet_out *o, uint32_t sheet, uint32_t from, uint32_t to,
                       struct str text, enum out_span span, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    lxw_format *f = look(o, span);
    if (from > to || to >= s->columns || !s->begun)
        BUG("no cells %u to %u", from, to);
    if (!f)
        return err_nomem(e);
    TRY(out_clean(&o->text, text, OUT_UNITS_MAX, e));
    const char *p = o->text.n ? o->text.p : "";
    if (from == to)
        return out_failed(worksheet_write_string(s->ws, s->row, (lxw_col_t)from, p, f), e);
    return out_failed(
        worksheet_merge_range(s->ws, s->row, (lxw_col_t)from, s->row, (lxw_col_t)to, p, f), e);
}

enum rc sheet_out_column(struct sheet_out *o, uint32_t sheet, uint32_t col, double width,
                         enum out_style style, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    if (col >= s->columns)
        BUG("no column %u", col);
    s->style[col] = style;
    return out_failed(worksheet_set_column(s->ws, (lxw_col_t)col, (lxw_col_t)col, width, NULL), e);
}

static const char *number_of(enum out_style style)
{
    switch (style) {
    case OUT_INTEGER:
        return "#,##0";
    case OUT_MONEY:
        return "#,##0.00";
    case OUT_DATE:
        return "yyyy-mm-dd";
    default:
        return NULL;
    }
}

/* Lines around the cells of the row begun last and after, bold where they are sums. */
enum rc sheet_out_lined(struct sheet_out *o, uint32_t sheet, bool strong, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    for (int i = 0; i < OUT_STYLES; i++) {
        lxw_format **f = &o->lined[strong][i];
        if (*f)
            continue;
        *f = workbook_add_format(o->book);
        if (!*f)
            return err_nomem(e);
        format_set_border(*f, LXW_BORDER_THIN);
        format_set_align(*f, LXW_ALIGN_VERTICAL_TOP);
        if (i == OUT_TEXT || i == OUT_WRAP)
            format_set_text_wrap(*f);
        if (number_of((enum out_style)i))
            format_set_num_format(*f, number_of((enum out_style)i));
        if (strong)
            format_set_bold(*f);
    }
    s->lined = strong ? 2 : 1;
    return RC_OK;
}

enum rc sheet_out_blank(struct sheet_out *o, uint32_t sheet, uint32_t col, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    if (!s->lined)
        return RC_OK;
    return out_failed(
        worksheet_write_blank(s->ws, s->row, (lxw_col_t)col, o->lined[s->lined - 1][s->style[col]]),
        e);
}

enum rc sheet_out_printed(struct sheet_out *o, uint32_t sheet, uint32_t first, uint32_t last,
                          bool across, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    worksheet_set_paper(s->ws, 9); /* A4 */
    if (across)
        worksheet_set_landscape(s->ws);
    worksheet_fit_to_pages(s->ws, 1, 0);
    worksheet_set_margins(s->ws, 0.5, 0.5, 0.6, 0.6);
    TRY(out_failed(worksheet_set_footer(s->ws, "&C&P / &N"), e));
    worksheet_freeze_panes(s->ws, last, 0);
    return out_failed(worksheet_repeat_rows(s->ws, first - 1, last - 1), e);
}
