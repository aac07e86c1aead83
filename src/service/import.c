/* Import: the dry run, which keeps what each row would do; import_apply.c writes it. */
#include "service/sheets_int.h"

#define GRID_BYTES ((size_t)1 << 30)
#define READ_SHARE 0.3 /* of the dry run's bar */

/* ---- progress ---- */

enum rc import_tell(const struct import_telling *t, const char *stage, double done, struct err *e)
{
    return t->fn ? t->fn(t->ctx, stage, done, e) : RC_OK;
}

static enum rc tell_read(void *ctx, double done, struct err *e)
{
    return import_tell(ctx, "import", READ_SHARE * done, e);
}

/* ---- the dry run ---- */

struct dry {
    struct import *i;
    struct import_telling told;
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
        GOTO_OUT(building_row(&b, i, tx, r, e));
        GOTO_OUT(import_check_twice(&b, e));
        GOTO_OUT(import_keep(&b, e));
        i->count[i->rows.p[r].state]++;
        if (r % TELL_EVERY == 0)
            rc = import_tell(&d->told, "import",
                             READ_SHARE + (1 - READ_SHARE) * r / (double)i->rows.n, e);
    }
out:
    building_free(&b);
    arena_free(&scratch);
    return rc;
}

/* ---- opening ---- */

static struct str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_of(slash ? slash + 1 : path);
}

static enum rc open_file(struct import *i, const char *path, const struct import_telling *told,
                         struct err *e)
{
    struct import_telling t = *told;
    struct grid_request q = {
        .rows = IMPORT_ROWS + 64, .bytes = GRID_BYTES, .progress = tell_read, .ctx = &t};
    i->name = arena_str(&i->arena, i->o.name.n ? i->o.name : base_name(path));
    if (!i->name.p)
        return err_nomem(e);
    TRY(refs_open(&i->refs, e));
    TRY(i->o.bytes.n ? grid_read_bytes(&i->grid, i->o.bytes, path, &q, e)
                     : grid_read(&i->grid, path, &q, e));
    TRY(err_at(e, import_heads(i, e), path, NULL, 0, 0));
    TRY(err_at(e, import_list_rows(i, e), path, NULL, 0, 0));
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
        rc = import_order(i, e);
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
