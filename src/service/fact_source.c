/* Sentences of pages in the `sources` of records. */
#include "service/pages_int.h"

static void set_sub(const struct field_def *d, struct val *group, const char *name, struct val v)
{
    struct val *at = val_sub_at(d, group, name);
    if (at)
        *at = v;
}

static bool is_source(const struct rec *r, uint32_t row, const struct rec *page,
                      const struct rec *fact)
{
    return row_num(r, "sources", row, "page", 0) == page->id &&
           row_num(r, "sources", row, "from", -1) == rec_num(fact, "from", -2) &&
           row_num(r, "sources", row, "to", -1) == rec_num(fact, "to", -2);
}

enum rc source_add(struct rec *r, const struct rec *page, const struct rec *fact, struct arena *to,
                   bool *added, struct err *e)
{
    uint32_t f = field_find(r->kind, STR("sources")), n = rows_of(r, "sources");
    if (added)
        *added = false;
    if (f == NO_FIELD || r->kind->field[f].type != TYPE_GROUP || n >= LIST_MAX)
        return RC_OK;
    for (uint32_t i = 0; i < n; i++)
        if (is_source(r, i, page, fact))
            return RC_OK;
    const struct field_def *d = &r->kind->field[f];
    struct val *item = arena_calloc(to, n + 1, sizeof *item);
    struct val *sub = arena_calloc(to, d->n_sub, sizeof *sub);
    if (!item || !sub)
        return err_nomem(e);
    if (n)
        memcpy(item, r->val[f].list.item, n * sizeof *item);
    item[n].set = true;
    item[n].list.item = sub;
    item[n].list.n = d->n_sub;
    set_sub(d, &item[n], "page", (struct val){.set = true, .num = page->id});
    set_sub(d, &item[n], "from", (struct val){.set = true, .num = rec_num(fact, "from", 0)});
    set_sub(d, &item[n], "to", (struct val){.set = true, .num = rec_num(fact, "to", 0)});
    set_sub(d, &item[n], "hash", (struct val){.set = true, .text = rec_text(page, "hash")});
    set_sub(d, &item[n], "quote",
            (struct val){.set = true, .text = text_cut(rec_text(fact, "quote"), 2000)});
    r->val[f].set = true;
    r->val[f].list.item = item;
    r->val[f].list.n = n + 1;
    if (added)
        *added = true;
    return RC_OK;
}

enum rc source_drop(struct rec *r, const struct rec *page, const struct rec *fact, struct arena *to,
                    struct err *e)
{
    uint32_t f = field_find(r->kind, STR("sources")), n = rows_of(r, "sources"), kept = 0;
    struct val *item = arena_calloc(to, n + 1, sizeof *item);
    if (!item)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        if (!is_source(r, i, page, fact))
            item[kept++] = r->val[f].list.item[i];
    if (n) {
        r->val[f].set = kept > 0;
        r->val[f].list.item = item;
        r->val[f].list.n = kept;
    }
    return RC_OK;
}
