/* An empty workbook to fill in. */
#include "service/sheets_int.h"
#include "sheet/sheet_out.h"

#include <math.h>
#include <stdio.h>

enum { ROWS = 5000, EXAMPLE_ROW = 2 }; /* rows with drop-downs */

struct template
{
    struct site *s;
    const struct kind *k;
    bool zh;
    vec_col cols;
    VEC(const struct codes *) tables; /* in the order of their columns on the second sheet */
    struct sheet_out *out;
    struct arena names;
    struct buf text;
    uint32_t sheet;
};

static struct str word(const struct template *t, struct label l)
{
    return label_text(&l, t->zh);
}

static bool is_required(const struct template *t, struct col c)
{
    const struct field_def *f = col_def(t->k, c);
    return f && c.what == COL_FIELD && f->required;
}

/* ---- code tables ---- */

static enum rc add_table(struct template *t, const struct codes *table, struct err *e)
{
    for (size_t i = 0; i < t->tables.n; i++)
        if (t->tables.p[i] == table)
            return RC_OK;
    return vec_push(&t->tables, table, e);
}

static enum rc find_tables(struct template *t, struct err *e)
{
    for (size_t c = 0; c < t->cols.n; c++) {
        const struct field_def *f = col_def(t->k, t->cols.p[c]);
        if (!f)
            continue;
        if (f->type == TYPE_CODE)
            TRY(add_table(t, f->codes, e));
        for (uint32_t s = 0; f->type == TYPE_GROUP && s < f->n_sub; s++)
            if (f->sub[s].type == TYPE_CODE)
                TRY(add_table(t, f->sub[s].codes, e));
    }
    return RC_OK;
}

static enum rc range_name(struct template *t, const struct codes *table, const char **name,
                          struct err *e)
{
    buf_clear(&t->text);
    TRY(buf_printf(&t->text, e, "codes_%.*s", (int)table->name.n, table->name.p));
    struct str kept = arena_str(&t->names, buf_view(&t->text));
    *name = kept.p;
    return kept.p ? RC_OK : err_nomem(e);
}

static enum rc put_codes(struct template *t, uint32_t sheet, struct err *e)
{
    uint32_t most = 0;
    for (size_t i = 0; i < t->tables.n; i++)
        most = MAX(most, t->tables.p[i]->n);
    for (uint32_t r = 0; r < most; r++) {
        TRY(sheet_out_row(t->out, sheet, NULL, e));
        for (uint32_t c = 0; c < t->tables.n; c++) {
            const struct codes *table = t->tables.p[c];
            if (r >= table->n)
                continue;
            buf_clear(&t->text);
            TRY(cell_code(&t->text, table, &table->code[r], t->zh, e));
            TRY(sheet_out_text(t->out, sheet, c, buf_view(&t->text), e));
        }
    }
    return RC_OK;
}

static enum rc put_tables(struct template *t, struct err *e)
{
    uint32_t sheet;
    struct out_column *column = arena_calloc(&t->names, t->tables.n, sizeof *column);
    if (!column)
        return err_nomem(e);
    if (!t->tables.n)
        return RC_OK;
    for (size_t i = 0; i < t->tables.n; i++)
        column[i] = (struct out_column){word(t, t->tables.p[i]->label), 32, OUT_TYPED};
    TRY(sheet_out_sheet(t->out, t->zh ? STR("代码") : STR("Codes"), column, (uint32_t)t->tables.n,
                        &sheet, e));
    TRY(put_codes(t, sheet, e));
    for (uint32_t i = 0; i < t->tables.n; i++) {
        const char *name;
        TRY(range_name(t, t->tables.p[i], &name, e));
        TRY(sheet_out_range(t->out, name, sheet, i, 2, MAX(t->tables.p[i]->n, 1u) + 1, e));
    }
    return RC_OK;
}

/* ---- words about a column ---- */

static enum rc say_type(struct template *t, const struct field_def *f, struct err *e)
{
    char key[48];
    snprintf(key, sizeof key, "coltype.%s", type_name(f->type));
    TRY(buf_str(&t->text, str_of(site_message(t->s, key, t->zh)), e));
    if (f->list)
        TRY(buf_str(&t->text, str_of(site_message(t->s, "template.list", t->zh)), e));
    return RC_OK;
}

static enum rc say_subs(struct template *t, const struct field_def *f, struct err *e)
{
    TRY(buf_str(&t->text, STR("\n"), e));
    for (uint32_t s = 0; s < f->n_sub; s++)
        TRY(buf_printf(&t->text, e, "%s%.*s", s ? "|" : "",
                       (int)label_text(&f->sub[s].label, t->zh).n,
                       label_text(&f->sub[s].label, t->zh).p));
    return RC_OK;
}

/* What is told about a column, in t->text. */
static enum rc say_hint(struct template *t, struct col c, struct err *e)
{
    const struct field_def *f = col_def(t->k, c);
    buf_clear(&t->text);
    if (!f) {
        const char *key = c.attr == ATTR_ID      ? "template.id"
                          : c.attr == ATTR_OWNER ? "template.owner"
                                                 : "template.secrecy";
        return buf_str(&t->text, str_of(site_message(t->s, key, t->zh)), e);
    }
    if (c.what == COL_MASKED)
        return buf_str(&t->text, str_of(site_message(t->s, "template.masked", t->zh)), e);
    TRY(buf_str(&t->text, label_text(&f->hint, t->zh), e));
    TRY(buf_str(&t->text, t->text.n ? t->zh ? STR("。") : STR(". ") : STR(""), e));
    TRY(say_type(t, f, e));
    return f->type == TYPE_GROUP ? say_subs(t, f, e) : RC_OK;
}

/* ---- the example ---- */

static enum rc example_number(struct template *t, const struct field_def *f, struct err *e)
{
    double x = isnan(f->min) ? 1 : f->min;
    return buf_printf(&t->text, e, "%.15g", x);
}

static enum rc example_one(struct template *t, const struct field_def *f, struct err *e)
{
    static const char *const fixed[TYPE__COUNT] = {
        [TYPE_MONEY] = "50万元",
        [TYPE_DATE] = "2026-12-31",
        [TYPE_TIME] = "2026-12-31 14:30",
        [TYPE_ORCID] = "0000-0002-1825-0097",
        [TYPE_EMAIL] = "name@example.com",
        [TYPE_PHONE] = "010-00000000",
        [TYPE_URL] = "https://example.com",
        [TYPE_CREDIT] = "18 × 0-9 A-Z",
    };
    struct str label = label_text(&f->label, t->zh);
    if (fixed[f->type])
        return buf_str(&t->text, str_of(fixed[f->type]), e);
    switch (f->type) {
    case TYPE_INT:
    case TYPE_DECIMAL:
        return example_number(t, f, e);
    case TYPE_BOOL:
        return buf_str(&t->text, t->zh ? STR("是") : STR("yes"), e);
    case TYPE_CODE:
        return f->codes->n ? cell_code(&t->text, f->codes, &f->codes->code[0], t->zh, e) : RC_OK;
    case TYPE_GROUP:
        for (uint32_t s = 0; s < f->n_sub; s++) {
            TRY(buf_str(&t->text, s ? STR("|") : STR(""), e));
            TRY(example_one(t, &f->sub[s], e));
        }
        return RC_OK;
    default:
        return buf_printf(&t->text, e, t->zh ? "示例%.*s" : "Example %.*s", (int)label.n, label.p);
    }
}

static enum rc example(struct template *t, struct col c, struct err *e)
{
    const struct field_def *f = col_def(t->k, c);
    struct label l = secrecy_label(SECRECY_OPEN);
    buf_clear(&t->text);
    if (f)
        return example_one(t, f, e);
    if (c.attr == ATTR_ID)
        return buf_str(&t->text, str_of(site_message(t->s, "template.example", t->zh)), e);
    if (c.attr == ATTR_SECRECY)
        return buf_str(&t->text, label_text(&l, t->zh), e);
    return buf_str(&t->text, t->zh ? STR("示例单位") : STR("Example unit"), e);
}

/* ---- the sheet to fill in ---- */

static double width_of(const struct field_def *f)
{
    if (!f)
        return 16;
    return f->type == TYPE_LONG || f->type == TYPE_GROUP || f->list ? 40
           : f->type == TYPE_TEXT || f->type == TYPE_REF            ? 28
                                                                    : 18;
}

static enum rc put_header(struct template *t, struct err *e)
{
    struct out_column *column = arena_calloc(&t->names, t->cols.n, sizeof *column);
    if (!column)
        return err_nomem(e);
    for (size_t c = 0; c < t->cols.n; c++) {
        const struct field_def *f = col_def(t->k, t->cols.p[c]);
        buf_clear(&t->text);
        TRY(col_label(&t->text, t->k, t->cols.p[c], t->zh, e));
        TRY(buf_str(&t->text, is_required(t, t->cols.p[c]) ? STR("*") : STR(""), e));
        struct str label = arena_str(&t->names, buf_view(&t->text));
        if (!label.p)
            return err_nomem(e);
        /* dates and numbers are typed as Excel takes them, all else as it is typed */
        bool free = f && !f->list &&
                    (f->type == TYPE_INT || f->type == TYPE_DECIMAL || f->type == TYPE_DATE);
        enum out_style style = !free ? OUT_TYPED : f->type == TYPE_DATE ? OUT_DATE : OUT_PLAIN;
        column[c] = (struct out_column){label, width_of(f), style};
    }
    TRY(sheet_out_sheet(t->out, word(t, t->k->label), column, (uint32_t)t->cols.n, &t->sheet, e));
    for (uint32_t c = 0; c < t->cols.n; c++)
        TRY(sheet_out_empty(t->out, t->sheet, c, column[c].width, e));
    return RC_OK;
}

/* Before the next row: the library has let go of the header then. */
static enum rc put_notes(struct template *t, struct err *e)
{
    for (uint32_t c = 0; c < t->cols.n; c++) {
        TRY(say_hint(t, t->cols.p[c], e));
        TRY(sheet_out_note(t->out, t->sheet, 1, c, buf_view(&t->text), e));
    }
    return RC_OK;
}

static enum rc put_example(struct template *t, struct err *e)
{
    TRY(sheet_out_row(t->out, t->sheet, NULL, e));
    for (uint32_t c = 0; c < t->cols.n; c++) {
        TRY(example(t, t->cols.p[c], e));
        TRY(sheet_out_text(t->out, t->sheet, c, buf_view(&t->text), e));
    }
    return RC_OK;
}

static enum rc put_offer(struct template *t, uint32_t c, struct err *e)
{
    const struct field_def *f = col_def(t->k, t->cols.p[c]);
    struct out_offer o = {.from = EXAMPLE_ROW + 1, .to = EXAMPLE_ROW + ROWS};
    if (f && f->type == TYPE_CODE)
        TRY(range_name(t, f->codes, &o.range, e));
    if (f && f->type == TYPE_BOOL && !f->list) {
        o.words[0] = t->zh ? "是" : "yes";
        o.words[1] = t->zh ? "否" : "no";
    }
    TRY(say_hint(t, t->cols.p[c], e));
    o.hint = buf_view(&t->text);
    o.title = f ? word(t, f->label) : word(t, attr_label(t->cols.p[c].attr));
    struct str kept = arena_str(&t->names, o.hint);
    if (!kept.p)
        return err_nomem(e);
    o.hint = kept;
    return sheet_out_offer(t->out, t->sheet, c, &o, e);
}

/* ---- the third sheet ---- */

static enum rc put_about(struct template *t, struct err *e)
{
    const struct out_column columns[] = {
        {t->zh ? STR("列") : STR("Column"), 24, OUT_TEXT},
        {t->zh ? STR("要求") : STR("Needed"), 10, OUT_TEXT},
        {t->zh ? STR("怎样填") : STR("How to fill it in"), 80, OUT_WRAP}};
    uint32_t sheet;
    TRY(sheet_out_sheet(t->out, t->zh ? STR("填写说明") : STR("Instructions"), columns, 3, &sheet,
                        e));
    for (size_t c = 0; c < t->cols.n; c++) {
        TRY(sheet_out_row(t->out, sheet, NULL, e));
        buf_clear(&t->text);
        TRY(col_label(&t->text, t->k, t->cols.p[c], t->zh, e));
        TRY(sheet_out_text(t->out, sheet, 0, buf_view(&t->text), e));
        if (is_required(t, t->cols.p[c]))
            TRY(sheet_out_text(t->out, sheet, 1, t->zh ? STR("必填") : STR("required"), e));
        TRY(say_hint(t, t->cols.p[c], e));
        TRY(sheet_out_text(t->out, sheet, 2, buf_view(&t->text), e));
    }
    TRY(sheet_out_row(t->out, sheet, NULL, e));
    TRY(sheet_out_row(t->out, sheet, NULL, e));
    return sheet_out_text(t->out, sheet, 2, str_of(site_message(t->s, "template.general", t->zh)),
                          e);
}

static enum rc write_all(struct template *t, struct err *e)
{
    TRY(cols_all(&t->cols, t->k, true, e));
    TRY(find_tables(t, e));
    TRY(put_header(t, e));
    TRY(put_notes(t, e));
    TRY(put_example(t, e));
    TRY(put_tables(t, e));
    for (uint32_t c = 0; c < t->cols.n; c++)
        TRY(put_offer(t, c, e));
    return put_about(t, e);
}

enum rc sheet_template(struct site *s, const struct actor *a, const struct kind *k, bool zh,
                       const char *path, struct err *e)
{
    struct template t = {.s = s, .k = k, .zh = zh};
    if (!actor_may(a, k, RIGHT_CREATE, NULL) && !actor_may(a, k, RIGHT_WRITE, NULL))
        return err_user(e, "service.denied", "%s", "");
    TRY(sheet_out_open(&t.out, path, e));
    buf_init(&t.text, 1u << 20);
    enum rc rc = write_all(&t, e);
    vec_free(&t.cols);
    vec_free(&t.tables);
    arena_free(&t.names);
    buf_free(&t.text);
    if (rc == RC_OK)
        return sheet_out_close(t.out, e);
    sheet_out_abandon(t.out);
    return rc;
}
