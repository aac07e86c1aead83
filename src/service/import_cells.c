/* From the cells of a row to the values of a record. A cell that says what the record says already
 * is passed over without being read: what was exported comes back as it went out, whatever reading
 * it would make of it. */
#include "service/sheets_int.h"
#include "service/special.h"
#include "sheet/header.h"
#include "sheet/text_out.h"

#include <stdio.h>

enum { CUT_CHARACTERS = 16000 }; /* Excel cuts at 32,767 UTF-16 units, two a character at most */

static const struct cell *cell_of(const struct building *b, uint32_t col)
{
    static const struct cell none = {.kind = CELL_EMPTY};
    return col < b->cells->n ? &b->cells->cell[col] : &none;
}

struct str cell_at_col(const struct building *b, uint32_t col)
{
    struct str s = text_trim(cell_of(b, col)->text);
    return b->i->grid.format == GRID_CSV ? csv_unguard(s) : s;
}

enum rc row_fault(struct building *b, uint32_t col, uint32_t field, const char *key,
                  struct str detail, struct err *e)
{
    struct str kept = arena_str(b->to, str_sub(detail, 0, 200));
    if (!kept.p)
        return err_nomem(e);
    TRY(fault_add(&b->faults, field, UINT32_MAX, UINT32_MAX, key, kept, e));
    return vec_push(&b->fault_col, col == UINT32_MAX ? 0 : col + 1, e);
}

static enum rc col_fault(struct building *b, uint32_t col, const char *key, struct str detail,
                         struct err *e)
{
    return row_fault(b, col, b->map->col[col].field, key, detail, e);
}

/* What the reader says about a cell; NULL where it has a value. */
static const char *cell_problem(const struct cell *c)
{
    switch (c->kind) {
    case CELL_ERROR:
        return "sheet.cell_error";
    case CELL_NO_VALUE:
        return "sheet.cell_no_value";
    case CELL_TOO_BIG:
        return "sheet.cell_too_big";
    case CELL_OPEN_QUOTE:
        return "sheet.cell_open_quote";
    default:
        return NULL;
    }
}

/* ---- the same as before? ---- */

/* Blank at the ends and kinds of line breaks do not count. */
static bool same_text(struct str a, struct str b)
{
    size_t i = 0, j = 0;
    a = text_trim(a);
    b = text_trim(b);
    while (i < a.n && j < b.n) {
        i += a.p[i] == '\r' && i + 1 < a.n && a.p[i + 1] == '\n';
        j += b.p[j] == '\r' && j + 1 < b.n && b.p[j + 1] == '\n';
        if (a.p[i++] != b.p[j++])
            return false;
    }
    return i == a.n && j == b.n;
}

/* A text that was too long for Excel and came back cut. */
static bool is_cut(struct str text, struct str whole)
{
    struct str mark = STR("…");
    if (text.n < CUT_CHARACTERS || text.n <= mark.n || whole.n <= text.n ||
        memcmp(text.p + text.n - mark.n, mark.p, mark.n) != 0)
        return false;
    return str_starts(whole, str_sub(text, 0, text.n - mark.n));
}

/* The name in front of an id is not looked at: the id alone tells the record. */
static struct str only_id(struct str s)
{
    size_t at = s.n;
    while (at && s.p[at - 1] >= '0' && s.p[at - 1] <= '9')
        at--;
    return at && at < s.n && s.p[at - 1] == '#' ? str_sub(s, at - 1, s.n) : s;
}

static bool same_ids(struct str text, struct str want)
{
    struct str a, b;
    bool lines = has_lines(text);
    bool more_a = next_item(&text, &a, lines, false), more_b = next_item(&want, &b, false, false);
    while (more_a && more_b) {
        if (!str_eq(only_id(a), b))
            return false;
        more_a = next_item(&text, &a, lines, false);
        more_b = next_item(&want, &b, false, false);
    }
    return !more_a && !more_b;
}

static bool is_ref(const struct building *b, struct col c)
{
    const struct field_def *f = col_def(b->i->k, c);
    return f ? f->type == TYPE_REF : c.attr == ATTR_OWNER;
}

/* Does the cell say what the record says? */
static enum rc says(struct building *b, const struct rec *r, struct col c, struct str text,
                    bool *out, struct err *e)
{
    *out = false;
    for (int zh = 1; zh >= 0 && !*out; zh--) {
        struct writing w = {.zh = zh, .raw = b->i->grid.format == GRID_JSONL};
        buf_clear(&b->other);
        TRY(cell_text(&b->other, r, c, &w, e));
        struct str have = buf_view(&b->other);
        *out =
            same_text(text, have) || is_cut(text, have) || (is_ref(b, c) && same_ids(text, have));
    }
    return RC_OK;
}

static bool is_secret(const struct building *b, struct col c)
{
    if (c.what == COL_ATTR)
        return c.attr == ATTR_OWNER || c.attr == ATTR_STATE || c.attr == ATTR_SECRECY;
    return c.what == COL_MASKED || b->i->k->field[c.field].secret != SECRET_NONE;
}

/* Groups that are shown without some of their parts. */
static bool has_secret_parts(const struct building *b, struct col c)
{
    const struct field_def *f = col_def(b->i->k, c);
    for (uint32_t i = 0; f && i < f->n_sub; i++)
        if (f->sub[i].secret != SECRET_NONE)
            return true;
    return false;
}

/* Is there nothing to do for this cell? */
static enum rc unchanged(struct building *b, struct col c, struct str text, bool *out,
                         struct err *e)
{
    bool visible;
    struct rec face;
    *out = false;
    if (!b->viewed.found)
        return RC_OK;
    TRY(says(b, &b->viewed.rec, c, text, out, e));
    bool secret = is_secret(b, c);
    if (*out || (!secret && !has_secret_parts(b, c)))
        return RC_OK;
    if (secret && !text.n) { /* whoever was not shown it gives it back blank */
        *out = true;
        return RC_OK;
    }
    /* the masked wording in the place of the text: exported by who sees only that */
    TRY(rec_public(&face, &visible, &b->viewed.full, b->to, e));
    return visible ? says(b, &face, c, text, out, e) : RC_OK;
}

static bool is_clear_word(struct str s)
{
    static const struct str words[] = {
        {"（空）", 9}, {"(空)", 5}, {"(empty)", 7}, {"（empty）", 11}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(s, words[i]))
            return true;
    return false;
}

/* ---- values ---- */

static enum rc find_ref(struct building *b, uint32_t col, const struct kind *k, struct str text,
                        int64_t *id, struct err *e)
{
    struct ref_ask ask = {b->tx, b->i, k, text};
    const char *key = NULL;
    TRY(refs_find(b->i->refs, &ask, id, &key, e));
    if (*id)
        return RC_OK;
    uint32_t row = !k || k == b->i->k ? refs_row(b->i, text) : UINT32_MAX;
    if (row == UINT32_MAX)
        return col_fault(b, col, key, text, e);
    TRY(vec_push(&b->deps, row, e));
    *id = b->i->rows.p[row].id;
    if (!*id) /* it is written first; until then a number that no record has */
        *id = REF_PENDING + row;
    return RC_OK;
}

/* Names may hold commas: where the whole is no name, its parts are tried. */
static enum rc ref_items(struct building *b, uint32_t col, const struct kind *k, struct str item,
                         struct val *to, struct err *e)
{
    struct ref_ask ask = {b->tx, b->i, k, item};
    const char *key = NULL;
    struct str part, rest = item;
    bool whole = !next_item(&rest, &part, false, true) || part.n == item.n;
    if (!whole) {
        int64_t id = 0;
        TRY(refs_find(b->i->refs, &ask, &id, &key, e));
        whole = id != 0 || refs_row(b->i, item) != UINT32_MAX;
    }
    rest = item;
    while (whole || next_item(&rest, &part, false, true)) {
        struct val *v = &to->list.item[to->list.n];
        if (to->list.n >= LIST_MAX)
            return col_fault(b, col, "field.too_many", STR("1000"), e);
        TRY(find_ref(b, col, k, whole ? item : part, &v->num, e));
        v->set = true;
        to->list.n++;
        if (whole)
            break;
    }
    return RC_OK;
}

static enum rc ref_value(struct building *b, uint32_t col, const struct field_def *f,
                         struct str text, struct val *out, struct err *e)
{
    struct str item;
    if (!f->list) {
        TRY(find_ref(b, col, f->of_kind, text, &out->num, e));
        out->set = out->num != 0;
        return RC_OK;
    }
    bool lines = has_lines(text);
    size_t most = MIN((size_t)LIST_MAX, text.n); /* an item has a byte at least */
    out->list.item = arena_calloc(b->to, most, sizeof *out->list.item);
    if (!out->list.item)
        return err_nomem(e);
    while (next_item(&text, &item, lines, false))
        TRY(ref_items(b, col, f->of_kind, item, out, e));
    out->set = out->list.n > 0;
    return RC_OK;
}

static bool is_bare_number(struct str s)
{
    bool digit = false;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
        if (!(c >= '0' && c <= '9') && c != '.' && c != ',' && c != ' ' && c != '-' && c != '+')
            return false;
        digit |= c >= '0' && c <= '9';
    }
    return digit;
}

static const char *unit_word(double yuan)
{
    return yuan == 1e8   ? "亿元"
           : yuan == 1e7 ? "千万元"
           : yuan == 1e6 ? "百万元"
           : yuan == 1e4 ? "万元"
                         : "千元";
}

/* The text as val_parse understands it, in b->text. */
static enum rc typed_text(struct building *b, uint32_t col, const struct field_def *f,
                          struct str text, struct err *e)
{
    const struct cell *cell = cell_of(b, col);
    buf_clear(&b->text);
    if (f->type == TYPE_MONEY && b->map->unit[col] > 0 && is_bare_number(text))
        return buf_printf(&b->text, e, "%.*s%s", (int)text.n, text.p, unit_word(b->map->unit[col]));
    if (f->type == TYPE_BOOL && cell->kind == CELL_BOOL)
        return buf_str(&b->text, text.p[0] == 'T' ? STR("是") : STR("否"), e);
    struct str midnight = STR("T00:00:00");
    if (f->type == TYPE_DATE && text.n > midnight.n &&
        memcmp(text.p + text.n - midnight.n, midnight.p, midnight.n) == 0)
        text.n -= midnight.n;
    return buf_str(&b->text, text, e);
}

/* What people write where they have no value: a price, a day, a telephone to be agreed on. */
static bool says_nothing(const struct field_def *f, struct str text)
{
    static const char *const words[] = {"面议", "另议", "待定", "待议", "暂无", "无",
                                        "不详", "未定", "/",    "-",    "--",   "—",
                                        "——",   "\\",   "n/a",  "N/A"};
    switch (f->type) {
    case TYPE_INT:
    case TYPE_DECIMAL:
    case TYPE_MONEY:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_EMAIL:
    case TYPE_PHONE:
    case TYPE_CREDIT:
    case TYPE_ORCID:
    case TYPE_REF:
        break;
    default:
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(text, str_of(words[i])))
            return true;
    return false;
}

enum rc building_value(struct building *b, uint32_t col, struct val *out, struct err *e)
{
    struct col c = b->map->col[col];
    const struct field_def *f = col_def(b->i->k, c);
    struct str text = cell_at_col(b, col);
    const char *problem = cell_problem(cell_of(b, col));
    *out = (struct val){0};
    if (problem)
        return col_fault(b, col, problem, text, e);
    if (!text.n || is_clear_word(text) || says_nothing(f, text))
        return RC_OK;
    if (f->type == TYPE_REF)
        return ref_value(b, col, f, text, out, e);
    TRY(typed_text(b, col, f, text, e));
    /* a line break at the end says that the list is one of lines: val_text puts it there */
    struct str whole = cell_of(b, col)->text;
    if (f->list && whole.n && whole.p[whole.n - 1] == '\n')
        TRY(buf_char(&b->text, '\n', e));
    size_t from = b->faults.n;
    TRY(val_parse(out, f, c.field, buf_view(&b->text), b->to, &b->faults, e));
    for (; from < b->faults.n; from++) {
        b->faults.p[from].masked = c.what == COL_MASKED;
        TRY(vec_push(&b->fault_col, col + 1, e));
    }
    return RC_OK;
}

enum rc building_owner(struct building *b, int64_t *org, struct err *e)
{
    struct str text = cell_at_col(b, b->map->owner);
    const struct kind *k = kind_find(site_kinds(b->i->s), STR("org"));
    if (!text.n || is_clear_word(text))
        return RC_OK;
    *org = 0;
    return find_ref(b, b->map->owner, k, text, org, e);
}

/* ---- attributes ---- */

static enum rc put_state(struct building *b, uint32_t col, struct str text, struct err *e)
{
    uint32_t state = state_read(b->i->k, text);
    if (state == NO_STATE)
        return col_fault(b, col, "import.state_unknown", text, e);
    if (state == b->rec.state)
        return RC_OK;
    if (!b->i->o.states || !actor_is_system(&b->i->a))
        return col_fault(b, col, "import.state_step", text, e);
    b->rec.state = state;
    return RC_OK;
}

static enum rc put_owner(struct building *b, uint32_t col, struct err *e)
{
    int64_t org = b->rec.org;
    TRY(building_owner(b, &org, e));
    if (org == b->rec.org || org == 0)
        return RC_OK;
    if (!actor_writes_all(&b->i->a))
        return col_fault(b, col, "import.owner_other", cell_at_col(b, col), e);
    b->rec.org = org;
    return RC_OK;
}

static enum rc put_attr(struct building *b, uint32_t col, struct err *e)
{
    struct str text = cell_at_col(b, col);
    const char *problem = cell_problem(cell_of(b, col));
    if (problem)
        return col_fault(b, col, problem, text, e);
    if (!text.n)
        return RC_OK;
    switch (b->map->col[col].attr) {
    case ATTR_OWNER:
        return put_owner(b, col, e);
    case ATTR_STATE:
        return put_state(b, col, text, e);
    case ATTR_SECRECY:
        return secrecy_read(text, &b->rec.secrecy)
                   ? RC_OK
                   : col_fault(b, col, "import.secrecy_unknown", text, e);
    default:
        return RC_OK; /* the id was looked at, times are not set */
    }
}

static enum rc put_cell(struct building *b, uint32_t col, struct err *e)
{
    struct col c = b->map->col[col];
    bool same = false;
    struct val v;
    if (c.what == COL_NONE || col_read_only(b->i->k, c) ||
        (c.what == COL_ATTR && c.attr == ATTR_ID))
        return RC_OK;
    TRY(unchanged(b, c, cell_at_col(b, col), &same, e));
    if (same)
        return RC_OK;
    if (c.what == COL_ATTR)
        return put_attr(b, col, e);
    size_t faults = b->faults.n;
    TRY(building_value(b, col, &v, e));
    if (b->faults.n > faults)
        return RC_OK;
    struct val *to = c.what == COL_MASKED ? &b->rec.masked[c.field] : &b->rec.val[c.field];
    *to = v;
    return RC_OK;
}

enum rc building_cells(struct building *b, struct err *e)
{
    /* columns that the row has not are blank cells */
    for (uint32_t col = 0; col < b->map->n; col++)
        TRY(put_cell(b, col, e));
    return RC_OK;
}
