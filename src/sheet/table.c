/* Rows into records. */
#include "sheet/table.h"

#include "base/map.h"
#include "sheet/table_int.h"

#define HEADER_ROWS 20
#define FIELD_MAX   (8u << 20) /* bytes of a joined field */

struct place {
    uint32_t sheet, row;
};

struct table {
    const struct table_sink *sink;
    struct map_request request;
    struct mapping map;

    struct sheet_info info;
    bool mapped, given_up;      /* of this sheet */
    VEC(struct sheet_row) held; /* its first rows, until the header is found */
    struct arena held_bytes;

    struct strmap ids; /* id -> index in `id_place` */
    VEC(struct place) id_place;
    struct arena id_bytes;

    VEC(struct table_other) other;
    struct buf field[FIELD__COUNT];
    struct record record;

    VEC(struct problem) skipped; /* sheets without a header */
    struct arena skipped_bytes;
    uint64_t rows, records;
    uint32_t sheets;      /* with a header */
    struct problem first; /* first dropped row */
};

static enum rc tell(struct table *t, uint32_t row, uint32_t col, const char *key, struct str detail,
                    bool dropped, struct err *e)
{
    struct problem p = {t->info.sheet, row, col, t->info.name, key, detail, dropped};
    if (dropped && !t->first.row) {
        t->first = p;
        t->first.sheet_name = arena_str(&t->skipped_bytes, p.sheet_name);
        if (!t->first.sheet_name.p)
            return err_nomem(e);
    }
    return t->sink->problem ? t->sink->problem(t->sink->ctx, &p, e) : RC_OK;
}

/* ---- one row ---- */

/* Kinds of cell that cannot be used as they are. */
static const struct {
    const char *key;
    bool usable;
} cell_problems[] = {
    [CELL_ERROR] = {"sheet.cell_error", false},
    [CELL_NO_VALUE] = {"sheet.cell_no_value", false},
    [CELL_TOO_BIG] = {"sheet.cell_too_big", false},
    [CELL_OPEN_QUOTE] = {"sheet.cell_open_quote", true},
};

static bool is_problem(const struct cell *c)
{
    return c->kind < ARRAY_LEN(cell_problems) && cell_problems[c->kind].key;
}

static enum field field_at(const struct table *t, uint32_t col)
{
    return col < t->map.field.n ? t->map.field.p[col] : FIELD_OTHER;
}

/* A bare number under "预算（万元）" gets the unit of its header. */
static struct str header_unit(struct str header, struct str value)
{
    static const char *const units[] = {"亿元", "万元", "千元", "元"};
    for (size_t i = 0; i < value.n; i++)
        if (!strchr("0123456789.,-~", value.p[i]))
            return STR("");
    for (size_t i = 0; value.n && i < ARRAY_LEN(units); i++)
        if (str_find(header, str_of(units[i]), 0) != SIZE_MAX)
            return str_of(units[i]);
    return STR("");
}

static enum rc put_field(struct table *t, enum field f, uint32_t col, struct str text,
                         struct err *e)
{
    struct buf *b = &t->field[f];
    const char *join = columns_join(t->request.columns, f);
    if (b->n)
        TRY(buf_str(b, str_of(join ? join : "\n"), e));
    if (!columns_narrow(t->request.columns, f))
        return buf_str(b, text, e);
    size_t from = b->n;
    TRY(put_narrow(b, text, e));
    if (f != FIELD_BUDGET)
        return RC_OK;
    return buf_str(b, header_unit(t->map.text.p[col], str_sub(buf_view(b), from, b->n)), e);
}

static enum rc put_cell(struct table *t, uint32_t row, uint32_t col, const struct cell *c,
                        struct err *e)
{
    enum field f = field_at(t, col);
    struct str text = text_trim(c->text);
    if (is_problem(c) && f != FIELD_OTHER && !c->merged)
        TRY(tell(t, row, col + 1, cell_problems[c->kind].key, text, false, e));
    if ((is_problem(c) && !cell_problems[c->kind].usable) || text.n == 0)
        return RC_OK;
    if (f == FIELD_OTHER) {
        struct str name = col < t->map.text.n ? t->map.text.p[col] : STR("");
        return name.n ? vec_push(&t->other, ((struct table_other){name, text}), e) : RC_OK;
    }
    enum rc rc = put_field(t, f, col, text, e);
    if (rc == RC_TOO_BIG)
        return tell(t, row, col + 1, "sheet.cell_too_big", STR(""), false, e);
    return rc;
}

/* Nothing but a running number, or values that a merged region brings: a prepared, unused row. */
static bool is_idle(const struct table *t, const struct sheet_row *r)
{
    for (uint32_t col = 0; col < r->n; col++) {
        const struct cell *c = &r->cell[col];
        bool number = col < t->map.match.n && t->map.match.p[col].field == FIELD_ID;
        if (c->merged || c->kind == CELL_EMPTY || number || field_at(t, col) == FIELD_ID)
            continue;
        if (is_problem(c) || text_trim(c->text).n)
            return false;
    }
    return true;
}

/* The header once more, as printed pages have it. */
static bool is_header_again(const struct table *t, const struct sheet_row *r)
{
    bool title = false;
    for (uint32_t col = 0; col < r->n && t->map.row; col++) {
        enum field f = field_at(t, col);
        struct str text = text_trim(r->cell[col].text);
        if (f == FIELD_OTHER || text.n == 0)
            continue;
        if (!str_eq(text, t->map.text.p[col]))
            return false;
        title |= f == FIELD_TITLE;
    }
    return title;
}

/* Leave out an id that was there before. Told only within a sheet: running numbers start anew in
 * every sheet and mean nothing across them. */
static enum rc check_id(struct table *t, uint32_t row, struct err *e)
{
    struct str id = t->record.field[FIELD_ID];
    if (id.n == 0)
        return RC_OK;
    uint32_t *seen = strmap_get(&t->ids, id);
    if (seen) {
        t->record.field[FIELD_ID] = STR("");
        if (t->id_place.p[*seen].sheet == t->info.sheet)
            return tell(t, row, 0, "sheet.row_duplicate_id", id, false, e);
        return RC_OK;
    }
    struct str kept = arena_str(&t->id_bytes, id);
    if (!kept.p || !strmap_put(&t->ids, kept, (uint32_t)t->id_place.n))
        return err_nomem(e);
    return vec_push(&t->id_place, ((struct place){t->info.sheet, row}), e);
}

static enum rc give_record(struct table *t, const struct sheet_row *r, struct err *e)
{
    for (int f = 0; f < FIELD__COUNT; f++)
        t->record.field[f] = text_trim(buf_view(&t->field[f]));
    if (t->record.field[FIELD_TITLE].n == 0)
        return tell(t, r->row, 0, "sheet.row_no_title", STR(""), true, e);
    TRY(check_id(t, r->row, e));
    t->record.sheet = t->info.sheet;
    t->record.row = r->row;
    t->record.sheet_name = t->info.name;
    t->record.other = t->other.p;
    t->record.n_other = (uint32_t)t->other.n;
    t->record.done = r->done;
    t->records++;
    return t->sink->record(t->sink->ctx, &t->record, e);
}

static enum rc data_row(struct table *t, const struct sheet_row *r, struct err *e)
{
    if (r->n && r->cell[0].kind == CELL_BAD_JSON) {
        t->rows++;
        return tell(t, r->row, 0, "sheet.row_not_json", r->cell[0].text, true, e);
    }
    if (is_idle(t, r) || is_header_again(t, r))
        return RC_OK;
    t->rows++;
    t->other.n = 0;
    for (int f = 0; f < FIELD__COUNT; f++)
        buf_clear(&t->field[f]);
    for (uint32_t col = 0; col < r->n; col++)
        if (r->cell[col].kind != CELL_EMPTY)
            TRY(put_cell(t, r->row, col, &r->cell[col], e));
    return give_record(t, r, e);
}

/* ---- the header ---- */

static enum rc give_header(struct table *t, struct err *e)
{
    struct table_header h = {t->info.sheet,           t->map.row,    t->info.name,
                             (uint32_t)t->map.text.n, t->map.text.p, t->map.field.p};
    return t->sink->header ? t->sink->header(t->sink->ctx, &h, e) : RC_OK;
}

static enum rc hold(struct table *t, const struct sheet_row *r, struct err *e)
{
    struct cell *cell = arena_calloc(&t->held_bytes, r->n, sizeof *cell);
    if (!cell)
        return err_nomem(e);
    for (uint32_t i = 0; i < r->n; i++) {
        cell[i] = r->cell[i];
        cell[i].text = arena_str(&t->held_bytes, r->cell[i].text);
        if (!cell[i].text.p)
            return err_nomem(e);
    }
    struct sheet_row h = *r;
    h.cell = cell;
    return vec_push(&t->held, h, e);
}

static bool has_text(const struct sheet_row *r)
{
    for (uint32_t i = 0; i < r->n; i++)
        if (is_problem(&r->cell[i]) || text_trim(r->cell[i].text).n)
            return true;
    return false;
}

/* The best of the held rows; of equal ones that touch, the last. SIZE_MAX: none. */
static size_t find_header(const struct table *t)
{
    size_t best = SIZE_MAX;
    uint32_t best_score = 0;
    for (size_t i = 0; i < t->held.n; i++) {
        uint32_t score = mapping_score(&t->request, &t->held.p[i]);
        if (score > best_score || (score && score == best_score && i == best + 1)) {
            best = i;
            best_score = score;
        }
    }
    return best;
}

static size_t filled(const struct sheet_row *r)
{
    size_t n = 0;
    for (uint32_t i = 0; i < r->n; i++)
        n += text_trim(r->cell[i].text).n > 0;
    return n;
}

/* The texts of the fullest row, for the message: "A 编号, B 名字, …". */
static enum rc describe(const struct table *t, struct buf *to, struct err *e)
{
    const struct sheet_row *best = NULL;
    for (size_t i = 0; i < t->held.n; i++)
        if (!best || filled(&t->held.p[i]) > filled(best))
            best = &t->held.p[i];
    for (uint32_t i = 0; best && i < best->n && to->n < 200; i++) {
        struct str text = text_trim(best->cell[i].text);
        size_t end = 0;
        for (int chars = 0; end < text.n && chars < 16; chars++)
            utf8_next(text, &end);
        if (text.n)
            TRY(buf_printf(to, e, "%s%c %.*s", to->n ? ", " : "", i < 26 ? (char)('A' + i) : '?',
                           (int)end, text.p));
    }
    return RC_OK;
}

/* No header in this sheet: remember it, and what it has instead. */
static enum rc skip_sheet(struct table *t, struct err *e)
{
    struct buf b;
    t->given_up = true;
    if (t->held.n == 0)
        return RC_OK;
    buf_init(&b, 64u << 10);
    enum rc rc = describe(t, &b, e);
    struct problem p = {t->info.sheet, 0, 0, {0}, "sheet.skipped", {0}, true};
    if (rc == RC_OK) {
        p.sheet_name = arena_str(&t->skipped_bytes, t->info.name);
        p.detail = arena_str(&t->skipped_bytes, buf_view(&b));
        rc = p.sheet_name.p && p.detail.p ? vec_push(&t->skipped, p, e) : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

/* Enough rows were seen: find the header and do the rows after it. */
static enum rc decide(struct table *t, struct err *e)
{
    size_t header = find_header(t);
    if (header == SIZE_MAX && !(t->held.n && mapping_headless(&t->request)))
        return skip_sheet(t, e);
    TRY(mapping_make(&t->map, &t->request, header == SIZE_MAX ? NULL : &t->held.p[header], e));
    if (!t->map.title)
        return skip_sheet(t, e);
    t->mapped = true;
    t->sheets++;
    TRY(give_header(t, e));
    for (size_t i = header == SIZE_MAX ? 0 : header + 1; i < t->held.n; i++)
        TRY(data_row(t, &t->held.p[i], e));
    return RC_OK;
}

/* ---- the stream ---- */

static enum rc on_sheet(void *ctx, const struct sheet_info *info, struct err *e)
{
    struct table *t = ctx;
    (void)e;
    t->info = *info;
    t->mapped = t->given_up = false;
    t->held.n = 0;
    arena_reset(&t->held_bytes);
    return RC_OK;
}

/* jsonl: the keys are the header and may grow. */
static enum rc on_keys(struct table *t, const struct sheet_row *r, struct err *e)
{
    TRY(mapping_make(&t->map, &t->request, r, e));
    t->map.row = 0;
    t->held.n = 0;
    arena_reset(&t->held_bytes);
    TRY(hold(t, r, e)); /* for the message, should no key be the title */
    if (t->map.title && !t->sheets)
        t->sheets = 1;
    t->mapped = true;
    return give_header(t, e);
}

static enum rc on_row(void *ctx, const struct sheet_row *r, struct err *e)
{
    struct table *t = ctx;
    if (r->keys)
        return on_keys(t, r, e);
    if (t->mapped)
        return data_row(t, r, e);
    if (t->given_up || !has_text(r))
        return RC_OK;
    TRY(hold(t, r, e));
    return t->held.n < HEADER_ROWS ? RC_OK : decide(t, e);
}

static enum rc on_sheet_end(void *ctx, struct err *e)
{
    struct table *t = ctx;
    if (!t->mapped && !t->given_up)
        return decide(t, e);
    return t->mapped && !t->map.title ? skip_sheet(t, e) : RC_OK;
}

/* ---- the whole file ---- */

static enum rc no_column(const struct table *t, size_t i, struct err *e)
{
    const struct column_map *m = &t->request.options->map[i];
    struct buf b;
    buf_init(&b, 64u << 10);
    enum rc rc = describe(t, &b, e);
    struct str found = buf_view(&b);
    if (rc == RC_OK)
        rc = err_user(e, "sheet.no_column", "%s=%.*s (%.*s)", field_name(m->field),
                      (int)MIN(m->column.n, 60u), m->column.p, (int)found.n, found.p);
    buf_free(&b);
    return rc;
}

static enum rc finish(struct table *t, struct err *e)
{
    const struct problem *s = t->skipped.p;
    if (t->sheets == 0 && t->skipped.n)
        return err_at(e, err_user(e, "sheet.no_title", "%s", s->detail.p), NULL, s->sheet_name.p, 0,
                      0);
    for (size_t i = 0; t->sheets && i < t->request.options->n_map; i++)
        if (!t->request.met[i])
            return no_column(t, i, e);
    if (t->rows == 0)
        return err_user(e, "sheet.no_rows", "%s", "");
    if (t->records == 0)
        return err_at(e, err_user(e, "sheet.only_problems", "%llu", (unsigned long long)t->rows),
                      NULL, t->first.sheet_name.p, t->first.row, t->first.col);
    for (size_t i = 0; t->sink->problem && i < t->skipped.n; i++)
        TRY(t->sink->problem(t->sink->ctx, &t->skipped.p[i], e));
    return RC_OK;
}

static enum rc table_init(struct table *t, const struct columns *c, const struct table_options *o,
                          const struct table_sink *sink, struct err *e)
{
    *t = (struct table){.sink = sink, .request = {c, o, NULL}};
    for (int f = 0; f < FIELD__COUNT; f++)
        buf_init(&t->field[f], FIELD_MAX);
    t->request.met = mem_calloc(o->n_map, sizeof *t->request.met);
    return t->request.met ? RC_OK : err_nomem(e);
}

static void table_release(struct table *t)
{
    mem_free(t->request.met);
    mapping_free(&t->map);
    vec_free(&t->held);
    vec_free(&t->other);
    vec_free(&t->skipped);
    vec_free(&t->id_place);
    strmap_free(&t->ids);
    arena_free(&t->held_bytes);
    arena_free(&t->id_bytes);
    arena_free(&t->skipped_bytes);
    for (int f = 0; f < FIELD__COUNT; f++)
        buf_free(&t->field[f]);
}

/* `path` NULL: the bytes. */
static enum rc read_any(const char *path, struct str bytes, const char *name,
                        const struct columns *c, const struct table_options *o,
                        const struct table_sink *sink, struct err *e)
{
    struct table t;
    struct sheet_sink rows = {&t, on_sheet, on_row, on_sheet_end};
    enum rc rc = table_init(&t, c, o, sink, e);
    if (rc == RC_OK)
        rc = path ? sheet_read(path, &rows, o->limits, e)
                  : sheet_read_bytes(bytes, name, &rows, o->limits, e);
    if (rc == RC_OK)
        rc = err_at(e, finish(&t, e), name, NULL, 0, 0);
    table_release(&t);
    return rc;
}

enum rc table_read(const char *path, const struct columns *c, const struct table_options *o,
                   const struct table_sink *sink, struct err *e)
{
    return read_any(path, (struct str){0}, path, c, o, sink, e);
}

enum rc table_read_bytes(struct str bytes, const char *name, const struct columns *c,
                         const struct table_options *o, const struct table_sink *sink,
                         struct err *e)
{
    return read_any(NULL, bytes, name, c, o, sink, e);
}
