/* One row: which record it means, what it would change, what is wrong with it. */
#include "service/sheets_int.h"
#include "service/special.h"
#include "sheet/header.h"

#define TEXT_MOST (4u << 20)

void building_init(struct building *b, struct arena *to)
{
    *b = (struct building){.to = to};
    buf_init(&b->text, TEXT_MOST);
    buf_init(&b->other, TEXT_MOST);
}

void building_free(struct building *b)
{
    vec_free(&b->faults);
    vec_free(&b->fault_col);
    vec_free(&b->changes);
    vec_free(&b->deps);
    buf_free(&b->text);
    buf_free(&b->other);
}

static uint32_t col_of(const struct building *b, enum col_what what, uint32_t field)
{
    for (uint32_t c = 0; c < b->map->n; c++)
        if (b->map->col[c].what == what && b->map->col[c].field == field)
            return c;
    return UINT32_MAX;
}

/* ---- which record ---- */

/* Full-width digits too, and "#" in front. */
static bool read_id(struct str s, int64_t *id)
{
    *id = 0;
    size_t digits = 0;
    for (size_t i = 0; i < s.n;) {
        bool first = i == 0;
        uint32_t c = utf8_next(s, &i);
        c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
        if (first && c == '#')
            continue;
        if (c < '0' || c > '9' || ++digits > 15)
            return false;
        *id = *id * 10 + (int64_t)(c - '0');
    }
    return *id > 0;
}

static enum rc view(struct building *b, int64_t id, struct viewed *v, struct err *e)
{
    return view_get(b->tx, &b->i->a, b->i->k, id, b->to, v, e);
}

static enum rc by_id(struct building *b, bool *done, struct err *e)
{
    int64_t id;
    struct str text = b->map->id == UINT32_MAX ? STR("") : cell_at_col(b, b->map->id);
    if (!text.n)
        return RC_OK;
    *done = true;
    if (!read_id(text, &id))
        return row_fault(b, b->map->id, NO_FIELD, "import.id", text, e);
    TRY(view(b, id, &b->viewed, e));
    return b->viewed.found ? RC_OK : row_fault(b, b->map->id, NO_FIELD, "import.no_id", text, e);
}

/* A value for looking up; its faults are told when the cell is read for good. */
static enum rc peek(struct building *b, uint32_t col, struct val *v, struct err *e)
{
    size_t faults = b->faults.n, cols = b->fault_col.n;
    enum rc rc = building_value(b, col, v, e);
    b->faults.n = faults;
    b->fault_col.n = cols;
    return rc;
}

static enum rc by_unique(struct building *b, bool *done, struct err *e)
{
    const struct kind *k = b->i->k;
    for (uint32_t c = 0; c < b->map->n && !*done; c++) {
        uint32_t field = b->map->col[c].field;
        struct val v;
        int64_t id = 0;
        if (b->map->col[c].what != COL_FIELD || !k->field[field].unique || k->field[field].list)
            continue;
        TRY(peek(b, c, &v, e));
        if (!v.set)
            continue;
        buf_clear(&b->text);
        TRY(val_text(&b->text, &k->field[field], &v, true, true, e));
        TRY(store_by_unique(b->tx, k, field, buf_view(&b->text), &id, e));
        if (!id)
            continue;
        *done = true;
        TRY(view(b, id, &b->viewed, e));
        if (!b->viewed.found)
            TRY(row_fault(b, c, field, "import.taken", cell_at_col(b, c), e));
    }
    return RC_OK;
}

/* A record of the same title whose unique value is another is another. */
static enum rc contradicts(struct building *b, const struct rec *r, bool *out, struct err *e)
{
    *out = false;
    for (uint32_t c = 0; c < b->map->n && !*out; c++) {
        uint32_t field = b->map->col[c].field;
        struct val v;
        if (b->map->col[c].what != COL_FIELD || !r->kind->field[field].unique || !r->val[field].set)
            continue;
        TRY(peek(b, c, &v, e));
        *out = v.set && !val_eq(&r->kind->field[field], &v, &r->val[field]);
    }
    return RC_OK;
}

static enum rc default_owner(struct building *b, int64_t *org, struct err *e)
{
    bool asked = b->map->owner != UINT32_MAX && cell_at_col(b, b->map->owner).n;
    size_t faults = b->faults.n, cols = b->fault_col.n;
    *org = 0;
    if (asked)
        TRY(building_owner(b, org, e));
    b->faults.n = faults;
    b->fault_col.n = cols;
    if (!asked && !actor_writes_all(&b->i->a))
        *org = b->i->a.org;
    return RC_OK;
}

static enum rc among(struct building *b, const vec_id *ids, int64_t org, uint32_t *n, struct err *e)
{
    const struct kind *k = b->i->k;
    for (size_t i = 0; i < ids->n; i++) {
        struct viewed v;
        bool other = false;
        TRY(view(b, ids->p[i], &v, e));
        if (!v.found || (k->owned && !k->is_self && org && v.full.org != org))
            continue;
        TRY(contradicts(b, &v.full, &other, e));
        if (other)
            continue;
        b->viewed = v;
        ++*n;
    }
    return RC_OK;
}

static enum rc by_title(struct building *b, struct err *e)
{
    const struct kind *k = b->i->k;
    uint32_t col = col_of(b, COL_FIELD, k->title), n = 0;
    int64_t org;
    struct val v;
    vec_id ids = {0};
    if (col == UINT32_MAX || k->field[k->title].computed || k->field[k->title].list)
        return RC_OK;
    TRY(peek(b, col, &v, e));
    if (!v.set)
        return RC_OK;
    TRY(default_owner(b, &org, e));
    enum rc rc = store_by_title(b->tx, k, v.text, &ids, e);
    if (rc == RC_OK)
        rc = among(b, &ids, org, &n, e);
    vec_free(&ids);
    TRY(rc);
    if (n > 1) {
        b->viewed.found = false;
        return row_fault(b, col, k->title, "import.many", v.text, e);
    }
    return RC_OK;
}

/* ---- what becomes of it ---- */

static enum rc copy_rec(struct building *b, const struct rec *r, struct err *e)
{
    uint32_t n = r->kind->n_fields;
    struct val *val = arena_calloc(b->to, n, sizeof *val);
    struct val *masked = arena_calloc(b->to, n, sizeof *val);
    if (!val || !masked)
        return err_nomem(e);
    memcpy(val, r->val, n * sizeof *val);
    memcpy(masked, r->masked, n * sizeof *val);
    b->rec = *r;
    b->rec.val = val;
    b->rec.masked = masked;
    return RC_OK;
}

static enum rc start(struct building *b, struct err *e)
{
    const struct kind *k = b->i->k;
    if (b->viewed.found)
        return copy_rec(b, &b->viewed.rec, e);
    TRY(rec_new(&b->rec, k, b->to, e));
    if (k->owned && !k->is_self && !actor_writes_all(&b->i->a))
        b->rec.org = b->i->a.org;
    return RC_OK;
}

static bool is_locked(const struct rec *r)
{
    return r->state != NO_STATE && r->kind->state[r->state].locked;
}

static enum rc check_right(struct building *b, struct err *e)
{
    const struct import *i = b->i;
    const char *key = NULL;
    if (!b->viewed.found) {
        bool alone = !actor_writes_all(&i->a) && (i->k->is_self || (i->k->owned && !b->rec.org));
        if (alone || !actor_may(&i->a, i->k, RIGHT_CREATE, NULL))
            key = "import.denied_new";
    } else if (b->viewed.face != FACE_FULL ||
               !actor_may(&i->a, i->k, RIGHT_WRITE, &b->viewed.full)) {
        key = "import.denied";
    } else if (is_locked(&b->viewed.full) && !actor_writes_all(&i->a)) {
        key = "import.locked";
    }
    return key ? row_fault(b, UINT32_MAX, NO_FIELD, key, STR(""), e) : RC_OK;
}

/* What the checks found belongs to the columns of the fields; what has none to the row. */
static enum rc place_faults(struct building *b, struct err *e)
{
    for (size_t f = b->fault_col.n; f < b->faults.n; f++) {
        const struct fault_at *at = &b->faults.p[f];
        uint32_t col = UINT32_MAX;
        if (at->field != NO_FIELD)
            col = col_of(b, at->masked ? COL_MASKED : COL_FIELD, at->field);
        TRY(vec_push(&b->fault_col, col == UINT32_MAX ? 0 : col + 1, e));
    }
    return RC_OK;
}

static enum rc judge(struct building *b, struct err *e)
{
    const struct rec *was = b->viewed.found ? &b->viewed.rec : NULL;
    size_t faults = b->faults.n;
    if (was) {
        TRY(rec_diff(was, &b->rec, &b->changes, e));
        b->owner = was->org != b->rec.org;
        b->secrecy = was->secrecy != b->rec.secrecy;
        b->moved = was->state != b->rec.state;
        if (!b->changes.n && !b->owner && !b->secrecy && !b->moved) {
            b->state = faults ? ROW_WRONG : ROW_SAME;
            return RC_OK;
        }
    }
    TRY(check_right(b, e));
    if (b->faults.n == faults) {
        struct saving x = {b->i->s, b->tx, &b->i->a,   b->to, was ? &b->viewed.full : NULL,
                           &b->rec, NULL,  &b->faults, false};
        TRY(record_check_in(&x, e));
        TRY(place_faults(b, e));
    }
    b->state = b->faults.n ? ROW_WRONG : was ? ROW_CHANGED : ROW_NEW;
    return RC_OK;
}

static enum rc bad_json(struct building *b, struct err *e)
{
    b->state = ROW_WRONG;
    return row_fault(b, UINT32_MAX, NO_FIELD, "sheet.row_not_json", b->cells->cell[0].text, e);
}

static enum rc building_run(struct building *b, struct err *e)
{
    bool done = false;
    if (b->cells->n && b->cells->cell[0].kind == CELL_BAD_JSON)
        return bad_json(b, e);
    TRY(by_id(b, &done, e));
    if (!done)
        TRY(by_unique(b, &done, e));
    if (!done)
        TRY(by_title(b, e));
    TRY(start(b, e));
    TRY(building_cells(b, e));
    return judge(b, e);
}

enum rc building_row(struct building *b, struct import *i, struct tx *tx, uint32_t row,
                     struct err *e)
{
    const struct irow *r = &i->rows.p[row];
    b->i = i;
    b->tx = tx;
    b->row = row;
    b->map = &i->maps.p[r->sheet];
    b->cells = &i->grid.rows.p[r->at];
    b->rec = (struct rec){0};
    b->viewed = (struct viewed){0};
    b->owner = b->secrecy = b->moved = false;
    b->faults.n = b->fault_col.n = b->changes.n = b->deps.n = 0;
    b->state = ROW_WRONG;
    arena_reset(b->to);
    return building_run(b, e);
}
