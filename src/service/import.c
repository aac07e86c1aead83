/* Import: a dry run that keeps what each row would do, and the write, which does it all again
 * inside one transaction and stops where anything comes out differently. */
#include "service/sheets_int.h"
#include "service/special.h"
#include "sheet/header.h"

#include <stdio.h>
#include <strings.h>

enum { FAULTS_KEPT = 50, TELL_EVERY = 64 };
#define GRID_BYTES ((size_t)1 << 30)
#define TEXT_MOST  (4u << 20)
#define READ_SHARE 0.3 /* of the dry run's bar */

/* ---- progress ---- */

struct telling {
    progress_fn fn;
    void *ctx;
};

static enum rc tell(const struct telling *t, const char *stage, double done, struct err *e)
{
    return t->fn ? t->fn(t->ctx, stage, done, e) : RC_OK;
}

static enum rc tell_read(void *ctx, double done, struct err *e)
{
    return tell(ctx, "import", READ_SHARE * done, e);
}

/* ---- the rows that count ---- */

/* The example of a template. */
static bool is_example(const struct import *i, const struct imap *m, const struct grid_row *r)
{
    if (m->id == UINT32_MAX || m->id >= r->n)
        return false;
    struct str text = text_trim(r->cell[m->id].text);
    (void)i;
    return str_starts(text, STR("示例")) || (text.n >= 7 && strncasecmp(text.p, "example", 7) == 0);
}

static bool is_blank(const struct imap *m, const struct grid_row *r)
{
    if (r->n && r->cell[0].kind == CELL_BAD_JSON)
        return false;
    for (uint32_t c = 0; c < MIN(m->n, r->n); c++)
        if (m->col[c].what != COL_NONE && !r->cell[c].merged &&
            (text_trim(r->cell[c].text).n || r->cell[c].kind > CELL_BOOL))
            return false;
    return true;
}

/* A header that is printed again on every page. */
static bool is_header_again(const struct import *i, const struct imap *m, const struct grid_row *r)
{
    if (m->at == UINT32_MAX)
        return false;
    const struct grid_row *h = &i->grid.rows.p[m->at];
    for (uint32_t c = 0; c < m->n; c++)
        if (m->col[c].what != COL_NONE &&
            (c >= r->n || !str_eq(text_trim(r->cell[c].text), text_trim(h->cell[c].text))))
            return false;
    return true;
}

static bool is_sum_word(struct str text)
{
    static const char *const words[] = {"合计", "总计", "小计", "共计", "total", "subtotal"};
    char word[16];
    size_t n = MIN(text.n, sizeof word);
    for (size_t k = 0; k < n; k++)
        word[k] = (char)(text.p[k] >= 'A' && text.p[k] <= 'Z' ? text.p[k] + 32 : text.p[k]);
    for (size_t w = 0; w < ARRAY_LEN(words); w++)
        if (str_eq((struct str){word, n}, str_of(words[w])))
            return true;
    return false;
}

/* "合计" below a table: a word for the sum, and no title. */
static bool is_total(const struct import *i, const struct imap *m, const struct grid_row *r)
{
    bool said = false;
    for (uint32_t c = 0; c < MIN(m->n, r->n); c++) {
        struct str text = text_trim(r->cell[c].text);
        bool sum = is_sum_word(text);
        bool title = m->col[c].what == COL_FIELD && m->col[c].field == i->k->title;
        if (title && text.n && !sum && !r->cell[c].merged)
            return false;
        said |= sum;
    }
    return said;
}

static enum rc list_rows(struct import *i, struct err *e)
{
    for (uint32_t s = 0; s < i->grid.sheets.n; s++) {
        const struct grid_sheet *sheet = &i->grid.sheets.p[s];
        const struct imap *m = &i->maps.p[s];
        size_t from = m->at == UINT32_MAX ? sheet->first : m->at + 1;
        for (size_t r = from; m->known && r < sheet->first + sheet->n; r++) {
            const struct grid_row *row = &i->grid.rows.p[r];
            if (is_blank(m, row) || is_example(i, m, row) || is_total(i, m, row) ||
                is_header_again(i, m, row))
                continue;
            TRY(vec_push(&i->rows, ((struct irow){.sheet = s, .at = (uint32_t)r}), e));
        }
    }
    return i->rows.n ? RC_OK : err_user(e, "import.no_rows", "%s", "");
}

/* ---- keeping what came of a row ---- */

static bool is_text(const struct field_def *f)
{
    return f->type == TYPE_TEXT || f->type == TYPE_LONG || f->type == TYPE_CODE ||
           (f->type >= TYPE_CREDIT && f->type <= TYPE_FILE);
}

static enum rc keep_val(struct val *to, const struct field_def *f, const struct val *v,
                        struct arena *a, struct err *e)
{
    *to = *v;
    if (!v->set)
        return RC_OK;
    bool group = f->type == TYPE_GROUP && !f->list;
    if (!f->list && !group) {
        if (is_text(f))
            to->text = arena_str(a, v->text);
        return is_text(f) && !to->text.p ? err_nomem(e) : RC_OK;
    }
    struct field_def one = *f;
    one.list = false;
    to->list.item = arena_calloc(a, v->list.n, sizeof *to->list.item);
    if (!to->list.item)
        return err_nomem(e);
    for (uint32_t i = 0; i < v->list.n; i++)
        TRY(keep_val(&to->list.item[i], group ? &f->sub[i] : &one, &v->list.item[i], a, e));
    return RC_OK;
}

static enum rc keep_changes(struct import *i, struct irow *r, const struct building *b,
                            struct err *e)
{
    struct change *c = arena_calloc(&i->arena, b->changes.n, sizeof *c);
    struct val *v = arena_calloc(&i->arena, 2 * b->changes.n, sizeof *v);
    if (!c || !v)
        return err_nomem(e);
    for (size_t k = 0; k < b->changes.n; k++) {
        const struct field_def *f = &i->k->field[b->changes.p[k].field];
        c[k] = b->changes.p[k];
        TRY(keep_val(&v[2 * k], f, c[k].before, &i->arena, e));
        TRY(keep_val(&v[2 * k + 1], f, c[k].after, &i->arena, e));
        c[k].before = &v[2 * k];
        c[k].after = &v[2 * k + 1];
    }
    r->change = c;
    r->n_changes = (uint32_t)b->changes.n;
    return RC_OK;
}

static enum rc keep_faults(struct import *i, struct irow *r, const struct building *b,
                           struct err *e)
{
    uint32_t n = (uint32_t)MIN(b->faults.n, (size_t)FAULTS_KEPT);
    struct fault_at *f = arena_calloc(&i->arena, n, sizeof *f);
    uint32_t *col = arena_calloc(&i->arena, n, sizeof *col);
    if (!f || !col)
        return err_nomem(e);
    for (uint32_t k = 0; k < n; k++) {
        f[k] = b->faults.p[k];
        f[k].detail = arena_str(&i->arena, f[k].detail);
        col[k] = b->fault_col.p[k];
        if (!f[k].detail.p)
            return err_nomem(e);
    }
    r->fault = f;
    r->fault_col = col;
    r->n_faults = n;
    return RC_OK;
}

static enum rc keep_deps(struct import *i, struct irow *r, const struct building *b, struct err *e)
{
    uint32_t *dep = arena_calloc(&i->arena, b->deps.n, sizeof *dep);
    if (!dep)
        return err_nomem(e);
    for (size_t k = 0; k < b->deps.n; k++)
        dep[k] = b->deps.p[k];
    r->dep = dep;
    r->n_deps = (uint32_t)b->deps.n;
    return RC_OK;
}

static enum rc keep(struct import *i, struct building *b, struct err *e)
{
    struct irow *r = &i->rows.p[b->row];
    r->state = b->state;
    r->id = b->viewed.found ? b->viewed.rec.id : 0;
    r->version = b->viewed.found ? b->viewed.rec.version : 0;
    r->owner = b->owner;
    r->secrecy = b->secrecy;
    r->moved = b->moved;
    r->title = arena_str(&i->arena, b->rec.kind ? rec_title(&b->rec) : STR(""));
    if (!r->title.p)
        return err_nomem(e);
    if (b->state == ROW_CHANGED)
        TRY(keep_changes(i, r, b, e));
    if (b->deps.n)
        TRY(keep_deps(i, r, b, e));
    return b->faults.n ? keep_faults(i, r, b, e) : RC_OK;
}

/* ---- the same record twice in a file ---- */

static enum rc said_before(struct building *b, uint32_t row, struct err *e)
{
    const struct import *i = b->i;
    char number[16];
    int n = snprintf(number, sizeof number, "%u", i->grid.rows.p[i->rows.p[row].at].row);
    b->state = ROW_WRONG;
    return row_fault(b, UINT32_MAX, NO_FIELD, "import.twice", (struct str){number, (size_t)n}, e);
}

/* Where this key stood first; this row where it is new. */
static enum rc first_with(struct building *b, struct strmap *m, struct str key, uint32_t *row,
                          struct err *e)
{
    const uint32_t *at = strmap_get(m, key);
    if (at) {
        *row = *at;
        return RC_OK;
    }
    struct str kept = arena_str(&b->i->arena, key);
    *row = b->row;
    return kept.p && strmap_put(m, kept, b->row) ? RC_OK : err_nomem(e);
}

static enum rc check_uniques(struct building *b, struct err *e)
{
    const struct kind *k = b->i->k;
    for (uint32_t f = 0; f < k->n_fields; f++) {
        uint32_t first;
        if (!k->field[f].unique || k->field[f].list || !b->rec.val[f].set)
            continue;
        buf_clear(&b->text);
        TRY(buf_printf(&b->text, e, "%u\t", f));
        TRY(val_text(&b->text, &k->field[f], &b->rec.val[f], true, true, e));
        TRY(first_with(b, &b->i->uniques, buf_view(&b->text), &first, e));
        if (first != b->row)
            return said_before(b, first, e);
    }
    return RC_OK;
}

static enum rc check_twice(struct building *b, struct err *e)
{
    struct import *i = b->i;
    uint32_t first = b->row;
    if (!b->rec.kind)
        return RC_OK;
    if (b->viewed.found) {
        const uint32_t *at = map_put(&i->ids, (uint64_t)b->rec.id, b->row);
        if (!at)
            return err_nomem(e);
        first = *at;
    } else if (!i->k->field[i->k->title].computed && rec_title(&b->rec).n) {
        struct str title = rec_title(&b->rec);
        buf_clear(&b->text);
        TRY(buf_printf(&b->text, e, "%lld\t", (long long)b->rec.org));
        TRY(buf_str(&b->text, title, e));
        TRY(first_with(b, &i->new_titles, buf_view(&b->text), &first, e));
    }
    return first == b->row ? check_uniques(b, e) : said_before(b, first, e);
}

/* ---- the dry run ---- */

static enum rc build(struct building *b, struct import *i, struct tx *tx, uint32_t row,
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

static void building_init(struct building *b, struct arena *to)
{
    *b = (struct building){.to = to};
    buf_init(&b->text, TEXT_MOST);
    buf_init(&b->other, TEXT_MOST);
}

struct dry {
    struct import *i;
    struct telling told;
};

static enum rc dry_rows(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct dry *d = ctx;
    struct import *i = d->i;
    struct arena scratch = {0};
    struct building b;
    enum rc rc = RC_OK;
    (void)s;
    building_init(&b, &scratch);
    for (uint32_t r = 0; rc == RC_OK && r < i->rows.n; r++) {
        GOTO_OUT(build(&b, i, tx, r, e));
        GOTO_OUT(check_twice(&b, e));
        GOTO_OUT(keep(i, &b, e));
        i->count[i->rows.p[r].state]++;
        if (r % TELL_EVERY == 0)
            rc = tell(&d->told, "import", READ_SHARE + (1 - READ_SHARE) * r / (double)i->rows.n, e);
    }
out:
    building_free(&b);
    arena_free(&scratch);
    return rc;
}

/* ---- which row first ---- */

enum mark { MARK_NONE, MARK_OPEN, MARK_DONE };

/* Depth first over what rows refer to; a row in a ring cannot be written first. */
static enum rc order_from(struct import *i, uint32_t row, uint8_t *mark, uint32_t *stack,
                          uint32_t *next, uint32_t *done, uint32_t *ring)
{
    uint32_t depth = 0;
    stack[depth++] = row;
    mark[row] = MARK_OPEN;
    next[row] = 0;
    while (depth) {
        uint32_t at = stack[depth - 1];
        if (next[at] == i->rows.p[at].n_deps) {
            mark[at] = MARK_DONE;
            i->order[(*done)++] = at;
            depth--;
            continue;
        }
        uint32_t to = i->rows.p[at].dep[next[at]++];
        if (mark[to] == MARK_OPEN) {
            *ring = at;
            return RC_OK;
        }
        if (mark[to] == MARK_NONE) {
            mark[to] = MARK_OPEN;
            next[to] = 0;
            stack[depth++] = to;
        }
    }
    return RC_OK;
}

static enum rc spoil(struct import *i, uint32_t row, const char *key, struct err *e)
{
    struct irow *r = &i->rows.p[row];
    struct fault_at *f = arena_calloc(&i->arena, 1, sizeof *f);
    uint32_t *col = arena_calloc(&i->arena, 1, sizeof *col);
    if (!f || !col)
        return err_nomem(e);
    *f = (struct fault_at){.field = NO_FIELD, .item = UINT32_MAX, .sub = UINT32_MAX, .key = key};
    i->count[r->state]--;
    i->count[ROW_WRONG]++;
    r->state = ROW_WRONG;
    r->fault = f;
    r->fault_col = col;
    r->n_faults = 1;
    return RC_OK;
}

static enum rc order_rows(struct import *i, struct err *e)
{
    size_t n = i->rows.n;
    i->order = mem_calloc(n, sizeof *i->order);
    uint8_t *mark = mem_calloc(n, sizeof *mark);
    uint32_t *stack = mem_calloc(n, sizeof *stack), *next = mem_calloc(n, sizeof *next);
    uint32_t done = 0, ring = UINT32_MAX;
    enum rc rc = i->order && mark && stack && next ? RC_OK : err_nomem(e);
    for (uint32_t r = 0; rc == RC_OK && r < n && ring == UINT32_MAX; r++)
        if (mark[r] == MARK_NONE)
            rc = order_from(i, r, mark, stack, next, &done, &ring);
    if (rc == RC_OK && ring != UINT32_MAX)
        rc = spoil(i, ring, "import.ring", e);
    mem_free(mark);
    mem_free(stack);
    mem_free(next);
    return rc;
}

/* ---- opening ---- */

static struct str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_of(slash ? slash + 1 : path);
}

static enum rc open_file(struct import *i, const char *path, const struct telling *told,
                         struct err *e)
{
    struct telling t = *told;
    struct grid_request q = {
        .rows = IMPORT_ROWS + 64, .bytes = GRID_BYTES, .progress = tell_read, .ctx = &t};
    i->name = arena_str(&i->arena, i->o.name.n ? i->o.name : base_name(path));
    if (!i->name.p)
        return err_nomem(e);
    TRY(refs_open(&i->refs, e));
    TRY(i->o.bytes.n ? grid_read_bytes(&i->grid, i->o.bytes, path, &q, e)
                     : grid_read(&i->grid, path, &q, e));
    TRY(err_at(e, import_heads(i, e), path, NULL, 0, 0));
    TRY(err_at(e, list_rows(i, e), path, NULL, 0, 0));
    if (i->rows.n > IMPORT_ROWS)
        return err_too_big(e, "sheet.grid_rows", "%u", IMPORT_ROWS);
    return refs_rows(i, e);
}

enum rc import_open_with(struct import **out, struct site *s, const struct actor *a,
                         const struct kind *k, const char *path, const struct import_options *o,
                         progress_fn progress, void *ctx, struct err *e)
{
    if (!actor_may(a, k, RIGHT_CREATE, NULL) && !actor_may(a, k, RIGHT_WRITE, NULL))
        return err_user(e, "service.denied", "%s", "");
    struct import *i = mem_calloc(1, sizeof *i);
    if (!i)
        return err_nomem(e);
    i->s = s;
    i->a = *a;
    i->k = k;
    if (o)
        i->o = *o;
    struct dry d = {i, {progress, ctx}};
    enum rc rc = open_file(i, path, &d.told, e);
    if (rc == RC_OK)
        rc = site_read(s, dry_rows, &d, e);
    if (rc == RC_OK)
        rc = order_rows(i, e);
    if (rc != RC_OK) {
        import_close(i);
        return rc;
    }
    *out = i;
    return RC_OK;
}

enum rc import_open(struct import **out, struct site *s, const struct actor *a,
                    const struct kind *k, const char *path, progress_fn progress, void *ctx,
                    struct err *e)
{
    return import_open_with(out, s, a, k, path, NULL, progress, ctx, e);
}

void import_close(struct import *i)
{
    if (!i)
        return;
    grid_free(&i->grid);
    arena_free(&i->arena);
    vec_free(&i->maps);
    vec_free(&i->rows);
    vec_free(&i->unknown);
    vec_free(&i->headers);
    mem_free(i->order);
    strmap_free(&i->in_file);
    strmap_free(&i->new_titles);
    strmap_free(&i->uniques);
    map_free(&i->ids);
    refs_close(i->refs);
    mem_free(i);
}

/* ---- looking at it ---- */

uint32_t import_rows(const struct import *i)
{
    return (uint32_t)i->rows.n;
}

struct import_row import_row(const struct import *i, uint32_t row)
{
    const struct irow *r = &i->rows.p[row];
    return (struct import_row){.sheet = i->grid.sheets.p[r->sheet].info.sheet,
                               .row = i->grid.rows.p[r->at].row,
                               .state = r->state,
                               .id = r->id,
                               .title = r->title,
                               .fault = r->fault,
                               .fault_col = r->fault_col,
                               .n_faults = r->n_faults,
                               .change = r->change,
                               .n_changes = r->n_changes,
                               .owner = r->owner,
                               .secrecy = r->secrecy,
                               .moved = r->moved};
}

struct str import_sheet(const struct import *i, uint32_t row)
{
    return i->grid.sheets.p[i->rows.p[row].sheet].info.name;
}

uint32_t import_count(const struct import *i, enum row_state state)
{
    return i->count[state];
}

uint32_t import_unknown(const struct import *i, const struct str **header)
{
    *header = i->unknown.p;
    return (uint32_t)i->unknown.n;
}

uint64_t import_print(const struct import *i)
{
    uint64_t h = hash_bytes(i->k->name);
    for (size_t r = 0; r < i->rows.n; r++) {
        const struct irow *row = &i->rows.p[r];
        h = mix64(h ^ row->state);
        h = mix64(h ^ (uint64_t)row->id);
        h = mix64(h ^ (uint64_t)row->version);
        h = mix64(h ^ i->grid.rows.p[row->at].row);
    }
    return h;
}

/* ---- writing ---- */

struct applying {
    struct import *i;
    struct telling told;
};

static enum rc changed(const struct import *i, uint32_t row, struct err *e)
{
    const struct irow *r = &i->rows.p[row];
    return err_at(e, err_user(e, "import.changed", "%s", ""), NULL,
                  i->grid.sheets.p[r->sheet].info.name.p, i->grid.rows.p[r->at].row, 0);
}

static enum rc write_row(struct building *b, uint32_t row, struct err *e)
{
    struct import *i = b->i;
    struct irow *r = &i->rows.p[row];
    struct buf comment;
    struct err own = {0};
    buf_init(&comment, 1024);
    enum rc rc = buf_printf(&comment, e, "%.*s#%u", (int)MIN(i->name.n, 200u), i->name.p,
                            i->grid.rows.p[r->at].row);
    if (rc == RC_OK) {
        struct by by = actor_by(i->s, &i->a, STR("import"), buf_view(&comment), STR(""));
        struct saving x = {
            i->s,    b->tx, &i->a,      b->to, b->viewed.found ? &b->viewed.full : NULL,
            &b->rec, NULL,  &b->faults, false};
        rc = record_put_in(&x, &by, &own);
        if (rc == RC_USER)
            rc = changed(i, row, e);
        else if (rc != RC_OK && e)
            *e = own;
    }
    buf_free(&comment);
    if (rc == RC_OK)
        r->id = b->rec.id;
    return rc;
}

static enum rc apply_row(struct building *b, struct import *i, struct tx *tx, uint32_t row,
                         struct err *e)
{
    const struct irow *r = &i->rows.p[row];
    b->writing = true;
    TRY(build(b, i, tx, row, e));
    int64_t id = b->viewed.found ? b->viewed.rec.id : 0;
    int64_t version = b->viewed.found ? b->viewed.rec.version : 0;
    if (b->state != r->state || id != r->id || version != r->version)
        return changed(i, row, e);
    return write_row(b, row, e);
}

static enum rc apply_rows(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct applying *x = ctx;
    struct import *i = x->i;
    struct arena scratch = {0};
    struct building b;
    enum rc rc = RC_OK;
    (void)s;
    building_init(&b, &scratch);
    refs_forget(i->refs);
    for (uint32_t n = 0; rc == RC_OK && n < i->rows.n; n++) {
        enum row_state state = i->rows.p[i->order[n]].state;
        if (state == ROW_NEW || state == ROW_CHANGED)
            rc = apply_row(&b, i, tx, i->order[n], e);
        if (rc == RC_OK && n % TELL_EVERY == 0)
            rc = tell(&x->told, "import_write", n / (double)i->rows.n, e);
    }
    building_free(&b);
    arena_free(&scratch);
    return rc;
}

enum rc import_apply(struct import *i, progress_fn progress, void *ctx, struct err *e)
{
    struct applying x = {i, {progress, ctx}};
    if (i->count[ROW_WRONG])
        return err_user(e, "import.wrong", "%u", i->count[ROW_WRONG]);
    if (i->count[ROW_NEW] + i->count[ROW_CHANGED] == 0)
        return RC_OK;
    enum rc rc = site_write(i->s, apply_rows, &x, e);
    for (size_t r = 0; rc != RC_OK && r < i->rows.n; r++)
        if (i->rows.p[r].state == ROW_NEW)
            i->rows.p[r].id = 0; /* it was not written after all */
    return rc;
}
