#include "sheet/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>

#define TEXT_BYTES_MAX (2u << 20)
#define PAGES_MAX      500u
#define COLS_MAX       256u
#define SIZE_PLAIN     21u  /* half points: 五号 */
#define LEADING        1.25 /* height of a line by that of its font */
#define PAD            4.0  /* between a table's line and its text, points */
#define ROW_MIN        22.7
#define CELL_MIN       12.0

/* A line of text: x within its column, height, and the baseline below its top. */
struct line {
    PangoLayoutLine *line;
    double x, height, baseline;
};

/* A cell of the row that is being printed; a paragraph is a row of one cell. */
struct box {
    double x, width, content; /* content: height of what is not printed yet */
    VEC(struct line) lines;
    size_t next;
    bool shaded, continued;
};

struct press {
    cairo_t *cr;
    PangoContext *context;
    double left, top, right, bottom; /* of the text on a page, points */
    double y;
    uint32_t page, pages; /* pages 0: they are being counted, nothing is drawn */
    size_t text;          /* bytes so far */
    struct box *box;      /* [COLS_MAX] */
    uint32_t n_boxes;
    bool lined;                /* the boxes have lines round them */
    bool open;                 /* above stands a row of the table, without the line under it */
    const struct table *table; /* whose headings come again on the next page, NULL: none */
    double heads;              /* their height */
    double begin;              /* where the page begins below them */
    double keep;               /* height of what must stand on the same page behind this row */
};

struct table {
    const struct docx_block *t;
    double x[COLS_MAX + 1]; /* where the columns begin */
    uint32_t cols;
};

/* ---- lines ---- */

static enum rc add_text(const struct docx_para *p, struct buf *text, PangoAttrList *list,
                        struct err *e)
{
    for (uint32_t i = 0; i < p->n; i++) {
        const struct docx_run *r = &p->run[i];
        uint32_t size = r->size ? r->size : SIZE_PLAIN;
        PangoAttribute *a[2] = {pango_attr_size_new((int)(size * PANGO_SCALE / 2)),
                                r->bold ? pango_attr_weight_new(PANGO_WEIGHT_BOLD) : NULL};
        guint from = (guint)text->n, to = (guint)(text->n + r->text.n);
        for (size_t k = 0; k < ARRAY_LEN(a) && a[k]; k++) {
            a[k]->start_index = from;
            a[k]->end_index = to;
            pango_attr_list_insert(list, a[k]);
        }
        TRY(buf_str(text, r->text, e));
    }
    return RC_OK;
}

static enum rc take_lines(PangoLayout *layout, struct box *b, struct err *e)
{
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    enum rc rc = RC_OK;
    do {
        PangoRectangle r;
        pango_layout_iter_get_line_extents(at, NULL, &r);
        double height = (double)r.height / PANGO_SCALE, top = pango_units_to_double(r.y);
        struct line n = {.line = pango_layout_line_ref(pango_layout_iter_get_line_readonly(at)),
                         .x = pango_units_to_double(r.x),
                         .height = height * LEADING,
                         .baseline = pango_units_to_double(pango_layout_iter_get_baseline(at)) -
                                     top + height * (LEADING - 1) / 2};
        rc = vec_push(&b->lines, n, e);
        b->content += n.height;
    } while (rc == RC_OK && pango_layout_iter_next_line(at));
    pango_layout_iter_free(at);
    return rc;
}

/* Lines refer to their layout weakly: it is kept alive by the box's list of layouts. */
static enum rc set_para(struct press *p, struct box *b, const struct docx_para *para,
                        PangoLayout *layout, struct err *e)
{
    static const PangoAlignment align[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
    PangoAttrList *list = pango_attr_list_new();
    struct buf text;
    buf_init(&text, TEXT_BYTES_MAX);
    enum rc rc = add_text(para, &text, list, e);
    p->text += text.n;
    if (rc == RC_OK && p->text > TEXT_BYTES_MAX)
        rc = err_too_big(e, "docx.bytes", "%u", TEXT_BYTES_MAX);
    if (rc == RC_OK) {
        pango_layout_set_width(layout, (int)(MAX(b->width, CELL_MIN) * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_alignment(layout, align[para->align]);
        pango_layout_set_text(layout, text.n ? text.p : "", (int)text.n);
        pango_layout_set_attributes(layout, list);
        rc = take_lines(layout, b, e);
    }
    pango_attr_list_unref(list);
    buf_free(&text);
    return rc;
}

/* ---- pages ---- */

static void draw_line(struct press *p, double x1, double y1, double x2, double y2)
{
    if (!p->pages)
        return;
    cairo_set_line_width(p->cr, 0.5);
    cairo_move_to(p->cr, x1, y1);
    cairo_line_to(p->cr, x2, y2);
    cairo_stroke(p->cr);
}

static void draw_number(struct press *p, double page_h)
{
    char text[80];
    int w, h;
    if (p->pages < 2)
        return;
    snprintf(text, sizeof text, "第 %u 页　共 %u 页", p->page, p->pages);
    PangoLayout *layout = pango_layout_new(p->context);
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_size_new(9 * PANGO_SCALE));
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_attributes(layout, list);
    pango_layout_get_pixel_size(layout, &w, &h);
    cairo_move_to(p->cr, (p->left + p->right - w) / 2, (p->bottom + page_h - h) / 2);
    pango_cairo_show_layout(p->cr, layout);
    pango_attr_list_unref(list);
    g_object_unref(layout);
}

/* The line under a table, where it ends or the page does. */
static void close_row(struct press *p)
{
    for (uint32_t i = 0; i < p->n_boxes && p->lined; i++)
        draw_line(p, p->box[i].x - PAD, p->y, p->box[i].x + p->box[i].width + PAD, p->y);
    p->open = false;
}

static enum rc next_page(struct press *p, double page_h, struct err *e)
{
    if (p->page >= PAGES_MAX)
        return err_too_big(e, "docx.bytes", "%u", PAGES_MAX);
    if (p->pages) {
        draw_number(p, page_h);
        cairo_show_page(p->cr);
    }
    p->page++;
    p->y = p->begin = p->top;
    return RC_OK;
}

static enum rc do_cells(struct press *p, const struct table *of, uint32_t row, double page_h,
                        struct err *e);

/* The next page within a table: its headings, then the row that was at work goes on. */
static enum rc turn_page(struct press *p, double page_h, struct err *e)
{
    const struct table *of = p->table;
    struct box *row = p->box, heads[COLS_MAX];
    uint32_t n = p->n_boxes;
    TRY(next_page(p, page_h, e));
    if (!of)
        return RC_OK;
    p->table = NULL; /* what the headings themselves must not repeat */
    p->box = heads;
    enum rc rc = RC_OK;
    for (uint32_t r = 0; rc == RC_OK && r < docx_heads(of->t); r++)
        rc = do_cells(p, of, r, page_h, e);
    p->table = of;
    p->box = row;
    p->n_boxes = n;
    p->begin = p->y;
    return rc;
}

/* ---- rows ---- */

/* The lines of a box that fit into `room`: up to which, and their height. */
static size_t fits(const struct box *b, double room, bool one, double *height)
{
    size_t i = b->next;
    *height = 0;
    while (i < b->lines.n && (*height + b->lines.p[i].height <= room || (one && i == b->next)))
        *height += b->lines.p[i++].height;
    return i;
}

static void draw_box(struct press *p, struct box *b, size_t to, double top, double height,
                     double shift)
{
    if (p->pages && b->shaded) {
        cairo_set_source_rgb(p->cr, 0.95, 0.95, 0.95);
        cairo_rectangle(p->cr, b->x - PAD, top, b->width + 2 * PAD, height);
        cairo_fill(p->cr);
        cairo_set_source_rgb(p->cr, 0, 0, 0);
    }
    double y = top + shift;
    for (; b->next < to; b->next++) {
        const struct line *l = &b->lines.p[b->next];
        if (p->pages) {
            cairo_move_to(p->cr, b->x + l->x, y + l->baseline);
            pango_cairo_show_layout_line(p->cr, l->line);
        }
        y += l->height;
        b->content -= l->height;
    }
    if (!p->lined)
        return;
    double left = b->x - PAD, right = b->x + b->width + PAD;
    draw_line(p, left, top, left, top + height);
    draw_line(p, right, top, right, top + height);
    if (!b->continued)
        draw_line(p, left, top, right, top);
}

/* As much of the row as the page has room for; *done: all. */
static void print_part(struct press *p, double room, double pad, bool whole, bool *done)
{
    bool one = p->y <= p->begin; /* on a new page at least a line, so that it ends */
    double height = p->lined ? ROW_MIN : 0, part;
    size_t to[COLS_MAX];
    *done = true;
    for (uint32_t i = 0; i < p->n_boxes; i++) {
        to[i] = fits(&p->box[i], whole ? 1e9 : room - 2 * pad, one, &part);
        height = MAX(height, part + 2 * pad);
        *done = *done && to[i] == p->box[i].lines.n;
    }
    for (uint32_t i = 0; i < p->n_boxes; i++) {
        struct box *b = &p->box[i];
        double shift = whole && p->lined ? (height - b->content) / 2 : pad;
        draw_box(p, b, to[i], p->y, height, shift);
    }
    p->y += height;
    p->open = p->lined;
}

static enum rc print_row(struct press *p, double page_h, struct err *e)
{
    double pad = p->lined ? PAD * 0.75 : 0;
    for (bool done = false; !done;) {
        double need = p->lined ? ROW_MIN : 0, room = p->bottom - p->y;
        for (uint32_t i = 0; i < p->n_boxes; i++)
            need = MAX(need, p->box[i].content + 2 * pad);
        double page = p->bottom - p->top - (p->table ? p->heads : 0);
        bool whole = need + p->keep <= room, on_one = need + p->keep <= page;
        bool any = room > 3 * ROW_MIN;
        if (!whole && (on_one || !any) && p->y > p->begin) {
            if (p->open)
                close_row(p);
            TRY(turn_page(p, page_h, e));
            continue;
        }
        print_part(p, room, pad, whole, &done);
        if (!done) {
            close_row(p);
            TRY(turn_page(p, page_h, e));
        }
    }
    return RC_OK;
}

/* Lay out a row's cells, print it, forget it. */
static enum rc do_row(struct press *p, const struct docx_cell *cell, uint32_t n, double page_h,
                      struct err *e)
{
    VEC(PangoLayout *) layouts = {0};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < n; i++)
        for (uint32_t k = 0; rc == RC_OK && k < cell[i].n; k++) {
            rc = vec_reserve(&layouts, 1, e);
            if (rc != RC_OK)
                break;
            PangoLayout *layout = pango_layout_new(p->context);
            layouts.p[layouts.n++] = layout;
            rc = set_para(p, &p->box[i], &cell[i].para[k], layout, e);
        }
    if (rc == RC_OK)
        rc = print_row(p, page_h, e);
    for (uint32_t i = 0; i < n; i++) {
        for (size_t k = 0; k < p->box[i].lines.n; k++)
            pango_layout_line_unref(p->box[i].lines.p[k].line);
        vec_free(&p->box[i].lines);
    }
    for (size_t i = 0; i < layouts.n; i++)
        g_object_unref(layouts.p[i]);
    vec_free(&layouts);
    return rc;
}

static enum rc do_para(struct press *p, const struct docx_para *para, double page_h, struct err *e)
{
    struct docx_cell one = {.para = para, .n = 1, .span = 1};
    p->box[0] = (struct box){.x = p->left, .width = p->right - p->left};
    p->n_boxes = 1;
    p->lined = false;
    return do_row(p, &one, 1, page_h, e);
}

/* Where the columns begin; a table is as wide as the text at most. */
static uint32_t columns(const struct press *p, const struct docx_block *t, double x[COLS_MAX + 1])
{
    double width = p->right - p->left, all = 0;
    uint32_t n = MIN(t->n_cols, COLS_MAX), most = 1;
    for (uint32_t i = 0; i < n; i++)
        all += t->width[i] / 20.0;
    for (uint32_t r = 0; r < t->n_rows; r++) {
        uint32_t cols = 0;
        for (uint32_t i = 0; i < t->row[r].n; i++)
            cols += t->row[r].cell[i].span;
        most = MAX(most, MIN(cols, COLS_MAX));
    }
    bool even = !(all > 0) || most > n;
    if (even)
        n = most;
    x[0] = p->left;
    for (uint32_t i = 0; i < n; i++)
        x[i + 1] = x[i] + (even ? width / n : t->width[i] / 20.0 * (width / all));
    return n;
}

static enum rc do_cells(struct press *p, const struct table *of, uint32_t row, double page_h,
                        struct err *e)
{
    const struct docx_row *r = &of->t->row[row];
    uint32_t col = 0, n = 0;
    for (; n < r->n && col < of->cols; n++) {
        const struct docx_cell *c = &r->cell[n];
        uint32_t to = MIN(col + MAX(c->span, 1u), of->cols);
        p->box[n] = (struct box){.x = of->x[col] + PAD,
                                 .width = of->x[to] - of->x[col] - 2 * PAD,
                                 .shaded = c->shaded,
                                 .continued = c->continued};
        col = to;
    }
    p->n_boxes = n;
    p->lined = !of->t->plain;
    return do_row(p, r->cell, n, page_h, e);
}

static enum rc do_table(struct press *p, const struct docx_block *t, double page_h, struct err *e)
{
    struct table of = {.t = t};
    uint32_t heads = docx_heads(t), page = p->page;
    double top = p->y;
    enum rc rc = RC_OK;
    of.cols = columns(p, t, of.x);
    for (uint32_t r = 0; rc == RC_OK && r < t->n_rows; r++) {
        p->keep = r < heads ? ROW_MIN * (heads - r) : 0; /* with the first row under them */
        rc = do_cells(p, &of, r, page_h, e);
        p->keep = 0;
        if (r + 1 == heads && p->page == page && p->y - top < (p->bottom - p->top) / 3) {
            p->table = &of;
            p->heads = p->y - top;
        }
    }
    p->table = NULL;
    close_row(p);
    p->y += 6;
    return rc;
}

static enum rc do_all(struct press *p, const struct docx_body *body, struct err *e)
{
    double page_h = body->page_h / 20.0;
    p->page = 1;
    p->y = p->begin = p->top;
    p->text = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        const struct docx_block *b = &body->block[i];
        bool titles = !b->n_rows && i + 1 < body->n && b[1].n_rows;
        p->keep = titles ? 2 * ROW_MIN * (docx_heads(&b[1]) + 1) : 0; /* what it is the title of */
        TRY(b->n_rows ? do_table(p, b, page_h, e) : do_para(p, &b->para, page_h, e));
        p->keep = 0;
    }
    if (p->pages)
        draw_number(p, page_h);
    return RC_OK;
}

/* ---- the file ---- */

struct writing {
    struct buf *out;
    enum rc rc;
    struct err *e;
};

static cairo_status_t write_bytes(void *closure, const unsigned char *bytes, unsigned n)
{
    struct writing *w = closure;
    if (w->rc == RC_OK)
        w->rc = buf_put(w->out, bytes, n, w->e);
    return w->rc == RC_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static enum rc set_font(struct press *p, struct err *e)
{
    PangoFontDescription *d = pango_font_description_from_string("Noto Serif CJK SC,serif");
    pango_font_description_set_size(d, SIZE_PLAIN * PANGO_SCALE / 2);
    pango_context_set_font_description(p->context, d);
    pango_context_set_language(p->context, pango_language_from_string("zh-cn"));
    pango_cairo_context_set_resolution(p->context, 72);
    PangoFont *font = pango_context_load_font(p->context, d);
    pango_font_description_free(d);
    if (!font)
        return err_user(e, "papers.font", "%s", "");
    g_object_unref(font);
    return RC_OK;
}

static enum rc print(struct press *p, const struct docx_body *body, struct err *e)
{
    TRY(set_font(p, e));
    TRY(do_all(p, body, e)); /* how many pages */
    p->pages = p->page;
    return do_all(p, body, e);
}

/* A day that is always the same: the papers say their own. */
static void describe(cairo_surface_t *s, struct str title)
{
    char text[256];
    snprintf(text, sizeof text, "%.*s", (int)MIN(title.n, sizeof text - 1), title.p);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, text);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "Qiao");
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
}

enum rc pdf_print(struct buf *out, const struct docx_body *body, struct str title, struct err *e)
{
    struct writing w = {out, RC_OK, e};
    double width = body->page_w / 20.0, height = body->page_h / 20.0;
    struct press p = {.left = body->left / 20.0,
                      .top = body->top / 20.0,
                      .right = width - body->right / 20.0,
                      .bottom = height - body->bottom / 20.0};
    if (p.right - p.left < 72 || p.bottom - p.top < 72) { /* margins that leave no room */
        p.left = p.top = 18;
        p.right = width - 18;
        p.bottom = height - 18;
    }
    p.box = mem_calloc(COLS_MAX, sizeof *p.box);
    if (!p.box)
        return err_nomem(e);
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(write_bytes, &w, width, height);
    describe(s, title);
    p.cr = cairo_create(s);
    p.context = pango_cairo_create_context(p.cr);
    enum rc rc = print(&p, body, e);
    cairo_status_t drawn = cairo_status(p.cr);
    g_object_unref(p.context);
    cairo_destroy(p.cr);
    cairo_surface_finish(s);
    if (rc == RC_OK && w.rc != RC_OK)
        rc = w.rc;
    if (rc == RC_OK && (drawn != CAIRO_STATUS_SUCCESS || cairo_surface_status(s)))
        rc = err_sys(e, "papers.pdf", "%s", cairo_status_to_string(drawn));
    cairo_surface_destroy(s);
    mem_free(p.box);
    return rc;
}
