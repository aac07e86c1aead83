/* What came of a row is kept, for being shown: its changes, its faults, what it depends on. */
#include "service/sheets_int.h"

enum { FAULTS_KEPT = 50 };

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

enum rc import_keep(const struct building *b, struct err *e)
{
    struct import *i = b->i;
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
