#define _GNU_SOURCE
#include "sheet/sheet_out.h"

#include "base/arena.h"
#include "base/file.h"
#include "sheet/sheet_out_int.h"

#include <errno.h>
#include <stdio.h>

#define NAME_UNITS_MAX 31u
#define ROWS_MAX       1048576u
#define LINKS_MAX      65530u
#define CREATED        1262304000 /* 2010-01-01: any fixed time, so that the bytes repeat */

enum rc out_failed(lxw_error code, struct err *e)
{
    if (code == LXW_NO_ERROR)
        return RC_OK;
    if (code == LXW_ERROR_MEMORY_MALLOC_FAILED)
        return err_nomem(e);
    return err_sys(e, "sheet.write", "%s", lxw_strerror(code));
}

static void out_free(struct sheet_out *o)
{
    if (o->book)
        lxw_workbook_free(o->book);
    vec_free(&o->sheets);
    arena_free(&o->names);
    buf_free(&o->text);
    buf_free(&o->url);
    mem_free(o);
}

static lxw_format *new_format(struct sheet_out *o, const char *number, bool wrap, bool *ok)
{
    lxw_format *f = workbook_add_format(o->book);
    *ok &= f != NULL;
    if (!f)
        return NULL;
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (number)
        format_set_num_format(f, number);
    if (wrap)
        format_set_text_wrap(f);
    return f;
}

static enum rc make_formats(struct sheet_out *o, struct err *e)
{
    bool ok = true;
    o->format[OUT_TEXT] = new_format(o, NULL, false, &ok);
    o->format[OUT_WRAP] = new_format(o, NULL, true, &ok);
    o->format[OUT_INTEGER] = new_format(o, "#,##0", false, &ok);
    o->format[OUT_DECIMAL] = new_format(o, "0.0", false, &ok);
    o->format[OUT_PERCENT] = new_format(o, "0%", false, &ok);
    o->format[OUT_PLAIN] = new_format(o, NULL, false, &ok);
    o->format[OUT_MONEY] = new_format(o, "#,##0.00", false, &ok);
    o->format[OUT_DATE] = new_format(o, "yyyy-mm-dd", false, &ok);
    o->format[OUT_TYPED] = new_format(o, "@", true, &ok);
    o->header = new_format(o, NULL, true, &ok);
    o->alarm = new_format(o, NULL, true, &ok);
    o->link = new_format(o, NULL, true, &ok);
    if (!ok)
        return err_nomem(e);
    format_set_bold(o->header);
    format_set_bg_color(o->header, 0xDCE6F1);
    format_set_bottom(o->header, LXW_BORDER_THIN);
    format_set_align(o->header, LXW_ALIGN_VERTICAL_CENTER);
    format_set_font_color(o->alarm, 0xC00000);
    format_set_font_color(o->link, 0x0563C1);
    format_set_underline(o->link, LXW_UNDERLINE_SINGLE);
    return RC_OK;
}

enum rc sheet_out_open(struct sheet_out **out, const char *path, struct err *e)
{
    struct sheet_out *o = mem_calloc(1, sizeof *o);
    if (!o)
        return err_nomem(e);
    buf_init(&o->text, 4 * (size_t)OUT_UNITS_MAX + 16);
    buf_init(&o->url, 1024);
    enum rc rc = file_out_open(&o->file, path, e);
    if (rc == RC_OK) {
        lxw_workbook_options options = {.constant_memory = LXW_TRUE, .use_zip64 = LXW_FALSE};
        lxw_doc_properties properties = {.created = CREATED};
        o->book = workbook_new_opt(file_out_temp(o->file), &options);
        rc = o->book ? out_failed(workbook_set_properties(o->book, &properties), e) : err_nomem(e);
    }
    if (rc == RC_OK)
        rc = make_formats(o, e);
    if (rc != RC_OK) {
        file_out_abandon(o->file);
        out_free(o);
        return rc;
    }
    *out = o;
    return RC_OK;
}

/* A legal name for a sheet in o->text. */
static enum rc clean_name(struct sheet_out *o, struct str name, struct err *e)
{
    TRY(out_clean(&o->text, name, NAME_UNITS_MAX, e));
    if (o->text.n == 0)
        TRY(buf_str(&o->text, STR("-"), e));
    for (size_t i = 0; i < o->text.n; i++)
        if (strchr("[]:*?/\\'\t\n", o->text.p[i]))
            o->text.p[i] = '-';
    return RC_OK;
}

static enum rc write_header(struct sheet_out *o, struct out_sheet *s,
                            const struct out_column *columns, struct err *e)
{
    for (uint32_t c = 0; c < s->columns; c++) {
        lxw_col_t col = (lxw_col_t)c;
        s->style[c] = columns[c].style;
        TRY(out_failed(worksheet_set_column(s->ws, col, col, columns[c].width, NULL), e));
        TRY(out_clean(&o->text, columns[c].label, OUT_UNITS_MAX, e));
        if (o->text.n)
            TRY(out_failed(worksheet_write_string(s->ws, 0, col, o->text.p, o->header), e));
    }
    worksheet_freeze_panes(s->ws, 1, 0);
    return RC_OK;
}

static enum rc add_sheet(struct sheet_out *o, struct str name, struct out_sheet *s, uint32_t n,
                         struct err *e)
{
    s->columns = n;
    TRY(clean_name(o, name, e));
    TRY(out_failed(workbook_validate_sheet_name(o->book, o->text.p), e));
    s->name = arena_str(&o->names, buf_view(&o->text));
    s->style = arena_calloc(&o->names, n, sizeof *s->style);
    if (!s->name.p || !s->style)
        return err_nomem(e);
    s->ws = workbook_add_worksheet(o->book, s->name.p);
    if (!s->ws) /* its temporary file could not be made */
        return err_sys(e, "sheet.write", "%s", strerror(errno));
    return RC_OK;
}

enum rc sheet_out_sheet(struct sheet_out *o, struct str name, const struct out_column *columns,
                        uint32_t n, uint32_t *sheet, struct err *e)
{
    struct out_sheet s = {0};
    TRY(add_sheet(o, name, &s, n, e));
    TRY(write_header(o, &s, columns, e));
    TRY(vec_push(&o->sheets, s, e));
    *sheet = (uint32_t)o->sheets.n - 1;
    return RC_OK;
}

enum rc sheet_out_bare(struct sheet_out *o, struct str name, uint32_t n, uint32_t *sheet,
                       struct err *e)
{
    struct out_sheet s = {.bare = true};
    TRY(add_sheet(o, name, &s, n, e));
    TRY(vec_push(&o->sheets, s, e));
    *sheet = (uint32_t)o->sheets.n - 1;
    return RC_OK;
}

struct out_sheet *out_get(struct sheet_out *o, uint32_t sheet)
{
    if (sheet >= o->sheets.n)
        BUG("no sheet %u", sheet);
    return &o->sheets.p[sheet];
}

enum rc sheet_out_row(struct sheet_out *o, uint32_t sheet, uint32_t *row, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    TRY(sheet_out_skip(o, sheet, s->bare && !s->begun ? 1 : s->row + 2, e));
    if (row)
        *row = s->row + 1;
    return RC_OK;
}

enum rc sheet_out_skip(struct sheet_out *o, uint32_t sheet, uint32_t row, struct err *e)
{
    struct out_sheet *s = out_get(o, sheet);
    if (row > ROWS_MAX)
        return err_too_big(e, "sheet.rows", "%u", ROWS_MAX);
    if (row < (s->bare && !s->begun ? 1 : s->row + 2))
        BUG("row %u was passed", row);
    s->row = row - 1;
    s->begun = true;
    return RC_OK;
}

static struct out_sheet *cell_at(struct sheet_out *o, uint32_t sheet, uint32_t col)
{
    struct out_sheet *s = out_get(o, sheet);
    if (col >= s->columns || !s->begun)
        BUG("no cell in column %u", col);
    return s;
}

static enum rc put_text(struct sheet_out *o, uint32_t sheet, uint32_t col, struct str text,
                        lxw_format *format, struct err *e)
{
    struct out_sheet *s = cell_at(o, sheet, col);
    TRY(out_clean(&o->text, text, OUT_UNITS_MAX, e));
    if (o->text.n == 0)
        return RC_OK;
    if (!format)
        format = s->lined ? o->lined[s->lined - 1][s->style[col]] : o->format[s->style[col]];
    return out_failed(worksheet_write_string(s->ws, s->row, (lxw_col_t)col, o->text.p, format), e);
}

enum rc sheet_out_text(struct sheet_out *o, uint32_t sheet, uint32_t col, struct str text,
                       struct err *e)
{
    return put_text(o, sheet, col, text, NULL, e);
}

enum rc sheet_out_bold(struct sheet_out *o, uint32_t sheet, uint32_t col, struct str text,
                       struct err *e)
{
    return put_text(o, sheet, col, text, o->header, e);
}

enum rc sheet_out_alarm(struct sheet_out *o, uint32_t sheet, uint32_t col, struct str text,
                        struct err *e)
{
    return put_text(o, sheet, col, text, o->alarm, e);
}

enum rc sheet_out_number(struct sheet_out *o, uint32_t sheet, uint32_t col, double x, struct err *e)
{
    struct out_sheet *s = cell_at(o, sheet, col);
    lxw_format *format =
        s->lined ? o->lined[s->lined - 1][s->style[col]] : o->format[s->style[col]];
    return out_failed(worksheet_write_number(s->ws, s->row, (lxw_col_t)col, x, format), e);
}

/* Excel counts from 1899-12-30, and has a 1900-02-29 that never was. */
bool sheet_out_has_date(int64_t days)
{
    return days >= -25508 && days <= 2932896;
}

enum rc sheet_out_date(struct sheet_out *o, uint32_t sheet, uint32_t col, int64_t days,
                       struct err *e)
{
    if (!sheet_out_has_date(days))
        BUG("a day that Excel has not");
    return sheet_out_number(o, sheet, col, (double)(days + 25569), e);
}

enum rc sheet_out_link(struct sheet_out *o, uint32_t sheet, uint32_t col, struct str text,
                       uint32_t to_sheet, uint32_t to_row, struct err *e)
{
    struct out_sheet *s = cell_at(o, sheet, col);
    if (s->links >= LINKS_MAX)
        return sheet_out_text(o, sheet, col, text, e);
    TRY(out_clean(&o->text, text, OUT_UNITS_MAX, e));
    if (o->text.n == 0)
        return RC_OK;
    s->links++;
    buf_clear(&o->url);
    TRY(buf_printf(&o->url, e, "internal:'%s'!A%u", out_get(o, to_sheet)->name.p, to_row));
    return out_failed(
        worksheet_write_url_opt(s->ws, s->row, (lxw_col_t)col, o->url.p, o->link, o->text.p, NULL),
        e);
}

/* The rows so far are in the sheet's temporary file; rows[i] is its size. */
static enum rc settle(struct sheet_out *o, uint64_t *rows, struct err *e)
{
    for (uint32_t i = 0; i < o->sheets.n; i++) {
        struct out_sheet *s = &o->sheets.p[i];
        if (s->row && s->columns && !s->bare)
            TRY(out_failed(worksheet_autofilter(s->ws, 0, 0, s->row, (lxw_col_t)(s->columns - 1)),
                           e));
        lxw_worksheet_write_single_row(s->ws); /* the row that is still held back */
        errno = ENOSPC;
        if (fflush(s->ws->optimize_tmpfile) != 0 || ferror(s->ws->optimize_tmpfile))
            return err_sys(e, "file.write", "%s", strerror(errno));
        rows[i] = (uint64_t)ftello(s->ws->optimize_tmpfile);
    }
    return RC_OK;
}

static enum rc finish(struct sheet_out *o, struct err *e)
{
    uint64_t *rows = mem_calloc(o->sheets.n, sizeof *rows);
    if (!rows)
        return err_nomem(e);
    enum rc rc = settle(o, rows, e);
    if (rc == RC_OK) {
        errno = ENOSPC;
        lxw_error code = workbook_close(o->book); /* frees it in every case */
        o->book = NULL;
        if (code == LXW_ERROR_MEMORY_MALLOC_FAILED)
            rc = err_nomem(e);
        else if (code != LXW_NO_ERROR)
            rc = err_sys(e, "file.write", "%s", strerror(errno ? errno : ENOSPC));
        else
            rc = out_check(file_out_temp(o->file), rows, (uint32_t)o->sheets.n, e);
    }
    mem_free(rows);
    return rc;
}

enum rc sheet_out_close(struct sheet_out *o, struct err *e)
{
    enum rc rc = finish(o, e);
    if (rc == RC_OK)
        rc = file_out_commit(o->file, e);
    else
        file_out_abandon(o->file);
    out_free(o);
    return rc;
}

void sheet_out_abandon(struct sheet_out *o)
{
    if (!o)
        return;
    file_out_abandon(o->file);
    out_free(o);
}
