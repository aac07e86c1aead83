/* What an import says of every row, for the page that lists them: a line of JSON a row. */
#include "service/sheets_int.h"
#include "service/special.h"

enum { VALUE_MOST = 4 << 20, TEXT_SHOWN = 120 };

static const char *const state_names[] = {
    [ROW_NEW] = "new", [ROW_CHANGED] = "changed", [ROW_SAME] = "same", [ROW_WRONG] = "wrong"};

struct listing {
    struct import *i;
    bool zh;
    struct arena to; /* titles */
    struct map ids;  /* id -> place in title */
    VEC(struct str) title;
    struct rec rec; /* of one value, for cell_text */
    struct buf text;
    struct buf *out;
};

static enum rc title_of(void *ctx, int64_t id, struct str *title, struct err *e)
{
    struct listing *l = ctx;
    const struct kind *kind = NULL;
    size_t n = l->ids.n;
    if (id >= REF_PENDING) {
        *title = import_row(l->i, (uint32_t)(id - REF_PENDING)).title;
        return RC_OK;
    }
    const uint32_t *at = map_put(&l->ids, (uint64_t)id, (uint32_t)l->title.n);
    if (!at)
        return err_nomem(e);
    if (l->ids.n > n) {
        struct str found = STR("");
        TRY(record_titles(l->i->s, &l->i->a, &id, 1, &l->to, &found, &kind, e));
        TRY(vec_push(&l->title, found, e));
    }
    *title = l->title.p[*at];
    return RC_OK;
}

/* What was made in l->text, cut to what a line of a table shows, as a string of JSON. */
static enum rc put_text(struct listing *l, struct err *e)
{
    struct str all = buf_view(&l->text);
    size_t end = 0;
    for (int n = 0; n < TEXT_SHOWN && end < all.n; n++)
        utf8_next(all, &end);
    if (end < all.n) {
        l->text.n = end;
        TRY(buf_str(&l->text, STR("…"), e));
    }
    return buf_json(l->out, buf_view(&l->text), e);
}

static enum rc put_value(struct listing *l, const struct change *c, const struct val *v,
                         struct err *e)
{
    struct writing w = {.zh = l->zh, .title = title_of, .ctx = l};
    struct col col = {.what = c->masked ? COL_MASKED : COL_FIELD, .field = c->field};
    struct val *at = (c->masked ? l->rec.masked : l->rec.val) + c->field;
    *at = *v;
    buf_clear(&l->text);
    enum rc rc = cell_text(&l->text, &l->rec, col, &w, e);
    *at = (struct val){0};
    return rc == RC_OK ? put_text(l, e) : rc;
}

static enum rc put_change(struct listing *l, const struct change *c, struct err *e)
{
    struct col col = {.what = c->masked ? COL_MASKED : COL_FIELD, .field = c->field};
    buf_clear(&l->text);
    TRY(col_label(&l->text, l->i->k, col, l->zh, e));
    TRY(buf_str(l->out, STR("{\"label\":"), e));
    TRY(put_text(l, e));
    TRY(buf_str(l->out, STR(",\"before\":"), e));
    TRY(put_value(l, c, c->before, e));
    TRY(buf_str(l->out, STR(",\"after\":"), e));
    TRY(put_value(l, c, c->after, e));
    return buf_char(l->out, '}', e);
}

/* Owner, secrecy and state change too: told by their names alone. */
static enum rc put_attr(struct listing *l, enum attr a, bool *first, struct err *e)
{
    buf_clear(&l->text);
    TRY(col_label(&l->text, l->i->k, COL_ATTR_OF(a), l->zh, e));
    TRY(buf_str(l->out, *first ? STR("{\"label\":") : STR(",{\"label\":"), e));
    *first = false;
    TRY(put_text(l, e));
    return buf_char(l->out, '}', e);
}

static enum rc put_changes(struct listing *l, const struct import_row *r, struct err *e)
{
    bool first = r->n_changes == 0;
    TRY(buf_str(l->out, STR(",\"changes\":["), e));
    for (uint32_t c = 0; c < r->n_changes; c++) {
        if (c)
            TRY(buf_char(l->out, ',', e));
        TRY(put_change(l, &r->change[c], e));
    }
    if (r->owner)
        TRY(put_attr(l, ATTR_OWNER, &first, e));
    if (r->secrecy)
        TRY(put_attr(l, ATTR_SECRECY, &first, e));
    if (r->moved)
        TRY(put_attr(l, ATTR_STATE, &first, e));
    return buf_char(l->out, ']', e);
}

static enum rc put_row(struct listing *l, uint32_t row, struct err *e)
{
    struct import_row r = import_row(l->i, row);
    TRY(buf_printf(l->out, e, "{\"state\":\"%s\",\"row\":%u,\"id\":%lld,\"sheet\":",
                   state_names[r.state], r.row, (long long)r.id));
    TRY(buf_json(l->out, import_sheet(l->i, row), e));
    TRY(buf_str(l->out, STR(",\"title\":"), e));
    buf_clear(&l->text);
    TRY(buf_str(&l->text, r.title, e));
    TRY(put_text(l, e));
    if (r.state == ROW_CHANGED)
        TRY(put_changes(l, &r, e));
    return buf_str(l->out, STR("}\n"), e);
}

enum rc import_list(struct import *i, bool zh, struct buf *out, struct err *e)
{
    struct listing l = {.i = i, .zh = zh, .out = out};
    uint32_t n = i->k->n_fields;
    struct val *val = arena_calloc(&l.to, n, sizeof *val);
    struct val *masked = arena_calloc(&l.to, n, sizeof *val);
    enum rc rc = val && masked ? RC_OK : err_nomem(e);
    l.rec = (struct rec){.kind = i->k, .val = val, .masked = masked, .state = NO_STATE};
    buf_init(&l.text, VALUE_MOST);
    for (uint32_t r = 0; rc == RC_OK && r < import_rows(i); r++) {
        size_t whole = out->n;
        rc = put_row(&l, r, e);
        if (rc != RC_OK)
            out->n = whole;
    }
    buf_free(&l.text);
    map_free(&l.ids);
    vec_free(&l.title);
    arena_free(&l.to);
    return rc;
}
