/* The sentences in the news that a record was made from, each a way to the page at its place. */
#include "web/work_int.h"

bool is_sources(const struct field_def *f)
{
    return f->type == TYPE_GROUP && f->list && f->computed && str_eq(f->name, STR("sources"));
}

struct str source_path(const struct request *rq, const struct rec *r, uint32_t row)
{
    uint32_t i = field_find(r->kind, STR("sources"));
    if (i == NO_FIELD || !is_sources(&r->kind->field[i]) || !r->val[i].set ||
        row >= r->val[i].list.n)
        return STR("");
    const struct field_def *f = &r->kind->field[i];
    const struct val *group = &r->val[i].list.item[row], *page = val_sub(f, group, "page");
    const struct val *from = val_sub(f, group, "from"), *to = val_sub(f, group, "to");
    if (!page || !from || !to)
        return STR("");
    return textf(rq, "/page/%lld#s-%lld-%lld", (long long)page->num, (long long)from->num,
                 (long long)to->num);
}

enum rc view_sources(struct request *rq, struct view *v, const struct rec *r, struct err *e)
{
    uint32_t i = field_find(r->kind, STR("sources"));
    struct titles t = {0};
    if (i == NO_FIELD || !is_sources(&r->kind->field[i]) || !r->val[i].set)
        return RC_OK;
    const struct field_def *f = &r->kind->field[i];
    const struct val *list = &r->val[i];
    struct view *rows = view_list(v, "sources");
    enum rc rc = RC_OK;
    for (uint32_t j = 0; rc == RC_OK && j < list->list.n; j++) {
        const struct val *page = val_sub(f, &list->list.item[j], "page");
        rc = page ? titles_want(&t, page->num, e) : RC_OK;
    }
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (uint32_t j = 0; rc == RC_OK && j < list->list.n; j++) {
        const struct val *group = &list->list.item[j], *page = val_sub(f, group, "page");
        const struct val *quote = val_sub(f, group, "quote"), *hash = val_sub(f, group, "hash");
        const struct kind *k = NULL;
        struct str title = page ? titles_of(&t, page->num, &k) : STR("");
        struct view *row = view_item(rows);
        view_str(row, "quote", quote ? quote->text : STR(""));
        view_str(row, "hash", hash ? str_sub(hash->text, 0, 12) : STR(""));
        if (k && title.n) {
            view_str(row, "title", title);
            view_str(row, "href", source_path(rq, r, j));
        }
    }
    titles_free(&t);
    return rc;
}
