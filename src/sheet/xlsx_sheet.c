/* The rows of one worksheet part. ECMA-376 part 1, 18.3.1. */
#include "sheet/xlsx_int.h"

#include <stdlib.h>

enum cell_type {
    TYPE_NUMBER,
    TYPE_SHARED,
    TYPE_INLINE,
    TYPE_STRING,
    TYPE_BOOL,
    TYPE_ERROR,
    TYPE_DATE
};

struct sheet_reader {
    struct xlsx *x;
    struct row row;
    struct merges merges;
    struct xml_handler *xml;
    uint32_t number; /* of the row, 1-based */
    uint32_t col;    /* of the cell, 0-based */
    uint32_t style;
    uint8_t type;
    bool in_data, in_row, in_cell, in_inline, collecting;
    bool numbered; /* the row element has its number */
    bool formula, too_big;
    uint32_t phonetic;
    struct buf text;
};

void xlsx_reference(const char *ref, uint32_t *col, uint32_t *row)
{
    uint32_t c = 0, r = 0;
    for (; *ref == '$' || (*ref >= 'A' && *ref <= 'Z') || (*ref >= 'a' && *ref <= 'z'); ref++)
        if (*ref != '$' && c < 1u << 24)
            c = c * 26 + (uint32_t)((*ref & 0x1F));
    for (; *ref == '$' || (*ref >= '0' && *ref <= '9'); ref++)
        if (*ref != '$' && r < 1u << 27)
            r = r * 10 + (uint32_t)(*ref - '0');
    *col = c ? c - 1 : UINT32_MAX;
    *row = r;
}

static enum cell_type type_of(const char *t)
{
    static const struct {
        const char *name;
        enum cell_type type;
    } types[] = {
        {"s", TYPE_SHARED}, {"n", TYPE_NUMBER}, {"inlineStr", TYPE_INLINE}, {"str", TYPE_STRING},
        {"b", TYPE_BOOL},   {"e", TYPE_ERROR},  {"d", TYPE_DATE},
    };
    for (size_t i = 0; t && i < ARRAY_LEN(types); i++)
        if (strcmp(t, types[i].name) == 0)
            return types[i].type;
    return TYPE_NUMBER;
}

static void start_row(struct sheet_reader *r, const char **attributes)
{
    const char *number = xml_attribute(attributes, "r");
    uint32_t n = 0, none;
    if (number)
        xlsx_reference(number, &none, &n);
    r->numbered = n > 0;
    r->number = n ? n : r->number + 1;
    r->col = UINT32_MAX;
    r->in_row = true;
    row_clear(&r->row);
}

static void start_cell(struct sheet_reader *r, const char **attributes)
{
    const char *ref = NULL, *type = NULL, *style = NULL;
    for (; *attributes; attributes += 2) {
        const char *name = attributes[0];
        if (name[0] && !name[1]) {
            ref = name[0] == 'r' ? attributes[1] : ref;
            type = name[0] == 't' ? attributes[1] : type;
            style = name[0] == 's' ? attributes[1] : style;
        }
    }
    uint32_t col = UINT32_MAX, row = 0;
    if (ref)
        xlsx_reference(ref, &col, &row);
    r->col = col != UINT32_MAX ? col : r->col + 1;
    if (!r->numbered && row) {
        r->number = row;
        r->numbered = true;
    }
    r->type = (uint8_t)type_of(type);
    r->style = style ? (uint32_t)strtoul(style, NULL, 10) : 0;
    r->in_cell = true;
    r->formula = r->too_big = r->in_inline = false;
    r->phonetic = 0;
    buf_clear(&r->text);
}

static void start_in_cell(struct sheet_reader *r, const char *name)
{
    if (strcmp(name, "v") == 0)
        r->collecting = true;
    else if (strcmp(name, "f") == 0)
        r->formula = true;
    else if (strcmp(name, "is") == 0)
        r->in_inline = true;
    else if (strcmp(name, "rPh") == 0)
        r->phonetic++;
    else if (strcmp(name, "t") == 0)
        r->collecting = r->in_inline && !r->phonetic;
}

static enum rc on_start(void *ctx, const char *name, const char **attributes, struct err *e)
{
    struct sheet_reader *r = ctx;
    (void)e;
    if (r->in_cell)
        start_in_cell(r, name);
    else if (r->in_row && strcmp(name, "c") == 0)
        start_cell(r, attributes);
    else if (r->in_data && strcmp(name, "row") == 0)
        start_row(r, attributes);
    else if (strcmp(name, "sheetData") == 0)
        r->in_data = true;
    return RC_OK;
}

static enum rc on_text(void *ctx, const char *bytes, size_t n, struct err *e)
{
    struct sheet_reader *r = ctx;
    if (!r->collecting)
        return RC_OK;
    if (n > r->text.ceiling - r->text.n) {
        r->too_big = true;
        return RC_OK;
    }
    return buf_put(&r->text, bytes, n, e);
}

/* A number, a date or a truth value: short texts that are made here. */
static struct cell short_cell(struct sheet_reader *r, char to[NUMBER_TEXT])
{
    struct str raw = buf_view(&r->text);
    enum cell_kind kind = CELL_TEXT;
    if (r->type == TYPE_BOOL) {
        raw = raw.n && raw.p[0] == '1' ? STR("TRUE") : STR("FALSE");
        kind = CELL_BOOL;
    } else if (r->type == TYPE_NUMBER) {
        enum number_format f =
            r->style < r->x->styles.n ? (enum number_format)r->x->styles.p[r->style] : FORMAT_PLAIN;
        raw = number_text(to, raw, f, r->x->from_1904, &kind);
    } else if (r->type == TYPE_ERROR) {
        kind = CELL_ERROR;
    } else if (r->type == TYPE_DATE) {
        kind = CELL_DATE;
    } else {
        r->text.n = xlsx_unescape(r->text.p, r->text.n);
        raw = buf_view(&r->text);
    }
    return (struct cell){raw, (uint8_t)kind, false};
}

static enum rc shared_cell(struct sheet_reader *r, struct err *e)
{
    struct cell c;
    struct str raw = str_trim(buf_view(&r->text));
    uint64_t i = raw.n && raw.n < 10 ? 0 : UINT32_MAX;
    for (size_t k = 0; k < raw.n && i < UINT32_MAX; k++)
        i = raw.p[k] >= '0' && raw.p[k] <= '9' ? i * 10 + (uint64_t)(raw.p[k] - '0') : UINT32_MAX;
    if (!strings_get(&r->x->strings, (uint32_t)i, &c))
        c = (struct cell){STR(""), CELL_NO_VALUE, false};
    return row_set(&r->row, r->col, c, e);
}

static enum rc end_cell(struct sheet_reader *r, struct err *e)
{
    char number[NUMBER_TEXT];
    r->in_cell = false;
    if (r->too_big)
        return row_set(&r->row, r->col, (struct cell){STR(""), CELL_TOO_BIG, false}, e);
    if (r->formula && r->text.n == 0 && r->type != TYPE_STRING)
        return row_set(&r->row, r->col, (struct cell){STR(""), CELL_NO_VALUE, false}, e);
    if (r->text.n == 0) /* formatted but empty; still a column that must be within the ceiling */
        return r->col < r->row.columns ? RC_OK : row_set(&r->row, r->col, (struct cell){0}, e);
    if (r->type == TYPE_SHARED)
        return shared_cell(r, e);
    return row_copy(&r->row, r->col, short_cell(r, number), e);
}

static enum rc end_row(struct sheet_reader *r, struct err *e)
{
    r->in_row = false;
    if (!r->row.own)
        return RC_OK;
    TRY(merges_apply(&r->merges, &r->row, r->number, e));
    uint64_t at = r->x->expanded + *r->xml->out;
    float done = at < r->x->total ? (float)at / (float)r->x->total : 1;
    return sink_row(r->x->src, &r->row, r->number, done, e);
}

static enum rc on_end(void *ctx, const char *name, struct err *e)
{
    struct sheet_reader *r = ctx;
    r->collecting = false;
    if (r->in_cell) {
        if (strcmp(name, "c") == 0)
            return err_at(e, end_cell(r, e), NULL, NULL, r->number, r->col + 1);
        if (strcmp(name, "rPh") == 0 && r->phonetic)
            r->phonetic--;
    } else if (r->in_row && strcmp(name, "row") == 0) {
        return end_row(r, e);
    } else if (r->in_data && strcmp(name, "sheetData") == 0) {
        r->in_data = false;
    }
    return RC_OK;
}

enum rc xlsx_sheet_read(struct xlsx *x, const struct xlsx_sheet *sheet, struct err *e)
{
    struct sheet_reader r = {.x = x};
    struct xml_handler h = {&r, on_start, on_end, on_text, NULL};
    r.xml = &h;
    row_init(&r.row, x->src->limits);
    buf_init(&r.text, x->src->limits->cell);
    kept_free(&x->kept);
    enum rc rc = merges_read(&r.merges, x, sheet->part, e);
    if (rc == RC_OK)
        rc = sink_sheet(x->src, &sheet->info, e);
    if (rc == RC_OK)
        rc = part_parse(x, sheet->part, false, &h, e);
    if (rc == RC_OK)
        rc = sink_end(x->src, e);
    kept_free(&x->kept);
    merges_free(&r.merges);
    row_free(&r.row);
    buf_free(&r.text);
    return err_at(e, rc, NULL, sheet->info.name.p, 0, 0);
}
