/* References as people write them: ids, names, unique values; also of rows of the same file. */
#include "service/sheets_int.h"
#include "sheet/header.h"

struct refs {
    struct strmap known; /* kind, tab, text -> place in `answer` */
    VEC(struct answer {
        int64_t id;
        const char *key;
    })
    answer;
    struct arena keys;
};

enum rc refs_open(struct refs **out, struct err *e)
{
    *out = mem_calloc(1, sizeof **out);
    return *out ? RC_OK : err_nomem(e);
}

void refs_forget(struct refs *r)
{
    strmap_free(&r->known);
    vec_free(&r->answer);
    arena_free(&r->keys);
}

void refs_close(struct refs *r)
{
    if (r)
        refs_forget(r);
    mem_free(r);
}

/* ---- in the store ---- */

struct finding {
    const struct ref_ask *ask;
    struct arena to;
    int64_t id;
    uint32_t n; /* found */
};

static bool read_id(struct str s, int64_t *id)
{
    *id = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || i > 15)
            return false;
        *id = *id * 10 + (s.p[i] - '0');
    }
    return s.n > 0 && *id > 0;
}

/* "名称 #12": its parts; false where there is no id. */
static bool split_id(struct str text, struct str *title, int64_t *id)
{
    size_t at = text.n;
    while (at && text.p[at - 1] != '#')
        at--;
    if (!at || (at > 1 && text.p[at - 2] != ' ') || !read_id(str_sub(text, at, text.n), id))
        return false;
    *title = text_trim(str_sub(text, 0, at - 1));
    return true;
}

static enum rc see(struct finding *f, const struct kind *k, int64_t id, struct viewed *v,
                   struct err *e)
{
    return view_get(f->ask->tx, &f->ask->i->a, k, id, &f->to, v, e);
}

static enum rc by_id(struct finding *f, int64_t id, struct str title, struct err *e)
{
    struct viewed v;
    TRY(see(f, f->ask->k, id, &v, e));
    if (v.found && (!title.n || str_eq(rec_title(&v.rec), title))) {
        f->id = id;
        f->n = 1;
    }
    return RC_OK;
}

static enum rc by_unique(struct finding *f, const struct kind *k, struct str text, struct err *e)
{
    struct viewed v;
    vec_fault faults = {0};
    struct buf raw;
    enum rc rc = RC_OK;
    buf_init(&raw, 1u << 16);
    for (uint32_t i = 0; i < k->n_fields && !f->n; i++) {
        struct val val = {0};
        int64_t id = 0;
        if (!k->field[i].unique || k->field[i].list)
            continue;
        GOTO_OUT(val_parse(&val, &k->field[i], i, text, &f->to, &faults, e));
        if (!val.set)
            continue;
        buf_clear(&raw);
        GOTO_OUT(val_text(&raw, &k->field[i], &val, true, true, e));
        GOTO_OUT(store_by_unique(f->ask->tx, k, i, buf_view(&raw), &id, e));
        if (!id)
            continue;
        GOTO_OUT(see(f, k, id, &v, e));
        f->id = id;
        f->n = v.found;
    }
out:
    vec_free(&faults);
    buf_free(&raw);
    return rc;
}

static enum rc by_title(struct finding *f, const struct kind *k, struct str title, struct err *e)
{
    struct viewed v;
    vec_id ids = {0};
    enum rc rc = store_by_title(f->ask->tx, k, title, &ids, e);
    for (size_t i = 0; rc == RC_OK && i < ids.n; i++) {
        rc = see(f, k, ids.p[i], &v, e);
        /* a title that is hidden from the actor is not known to it */
        if (rc != RC_OK || !v.found || !str_eq(rec_title(&v.rec), title))
            continue;
        f->id = ids.p[i];
        f->n++;
    }
    vec_free(&ids);
    return rc;
}

static enum rc by_name(struct finding *f, struct str text, struct err *e)
{
    const struct kinds *all = site_kinds(f->ask->i->s);
    for (uint32_t i = 0; i < kinds_count(all); i++) {
        const struct kind *k = kinds_at(all, i);
        if (f->ask->k && f->ask->k != k)
            continue;
        uint32_t before = f->n;
        f->n = 0;
        TRY(by_unique(f, k, text, e));
        if (!f->n)
            TRY(by_title(f, k, text, e));
        f->n += before;
    }
    return RC_OK;
}

static enum rc find(struct finding *f, struct str text, struct err *e)
{
    int64_t id;
    struct str title = STR("");
    if (split_id(text, &title, &id)) {
        TRY(by_id(f, id, title, e));
        /* an id of another site: the name decides */
        return f->n || !title.n ? RC_OK : by_name(f, title, e);
    }
    TRY(by_name(f, text, e));
    return f->n || !read_id(text, &id) ? RC_OK : by_id(f, id, STR(""), e);
}

static enum rc remember(struct refs *r, struct str key, struct answer a, struct err *e)
{
    struct str kept = arena_str(&r->keys, key);
    if (!kept.p)
        return err_nomem(e);
    TRY(vec_push(&r->answer, a, e));
    return strmap_put(&r->known, kept, (uint32_t)r->answer.n - 1) ? RC_OK : err_nomem(e);
}

static enum rc look_up(struct refs *r, const struct ref_ask *ask, struct str key, struct answer *a,
                       struct err *e)
{
    struct finding f = {.ask = ask};
    enum rc rc = find(&f, ask->text, e);
    arena_free(&f.to);
    TRY(rc);
    *a = f.n == 1 ? (struct answer){f.id, NULL}
                  : (struct answer){0, f.n ? "import.ref_many" : "import.ref_none"};
    return remember(r, key, *a, e);
}

enum rc refs_find(struct refs *r, const struct ref_ask *ask, int64_t *id, const char **key,
                  struct err *e)
{
    struct buf b;
    struct answer a = {0};
    enum rc rc;
    buf_init(&b, 1u << 21);
    GOTO_OUT(buf_printf(&b, e, "%.*s\t", ask->k ? (int)ask->k->name.n : 0,
                        ask->k ? ask->k->name.p : ""));
    GOTO_OUT(buf_str(&b, ask->text, e));
    const uint32_t *at = strmap_get(&r->known, buf_view(&b));
    if (at)
        a = r->answer.p[*at];
    else
        rc = look_up(r, ask, buf_view(&b), &a, e);
    *id = a.id;
    *key = a.key;
out:
    buf_free(&b);
    return rc;
}

/* ---- rows of the file ---- */

static bool refers_to_itself(const struct kind *k)
{
    for (uint32_t f = 0; f < k->n_fields; f++)
        if (k->field[f].type == TYPE_REF && k->field[f].of_kind == k)
            return true;
    return k->owned && !k->is_self && str_eq(k->name, STR("org"));
}

static enum rc add_names(struct import *i, uint32_t row, struct err *e)
{
    const struct irow *r = &i->rows.p[row];
    const struct imap *m = &i->maps.p[r->sheet];
    const struct grid_row *cells = &i->grid.rows.p[r->at];
    for (uint32_t c = 0; c < MIN(m->n, cells->n); c++) {
        const struct col *col = &m->col[c];
        bool names =
            col->what == COL_FIELD && (col->field == i->k->title || i->k->field[col->field].unique);
        struct str text = text_trim(cells->cell[c].text);
        if (names && text.n && !strmap_put(&i->in_file, text, row))
            return err_nomem(e);
    }
    return RC_OK;
}

enum rc refs_rows(struct import *i, struct err *e)
{
    if (!refers_to_itself(i->k))
        return RC_OK;
    for (uint32_t r = 0; r < i->rows.n; r++)
        TRY(add_names(i, r, e));
    return RC_OK;
}

uint32_t refs_row(const struct import *i, struct str text)
{
    const uint32_t *row = strmap_get(&i->in_file, text);
    return row ? *row : UINT32_MAX;
}
