/* The first page: what the site holds, and what is new in it. */
#include "web/http_int.h"
#include "web/page_int.h"

#include <limits.h>

#define NEWEST 6u

const struct page home_page_def = {
    "home",
    "boxes[path label total may_create new_path rows[href title facts[" VALUE_SHAPE
    "] state{text tone}]]",
    false};

/* The first columns of the list besides the title, the state and what is the same for most. */
static enum rc view_facts(struct request *rq, struct view *row, const struct rec *r,
                          const struct titles *t, struct err *e)
{
    struct view *facts = view_list(row, "facts");
    const struct kind *k = r->kind;
    uint32_t n = 0;
    for (uint32_t i = 0; i < k->n_list && n < 3; i++) {
        struct str c = k->list[i];
        if (str_eq(c, k->field[k->title].name) || str_eq(c, STR("state")))
            continue;
        TRY(view_value(rq, view_item(facts), r, c, t, e));
        n++;
    }
    return RC_OK;
}

static enum rc view_newest(struct request *rq, struct view *box, const vec_rec *all, struct err *e)
{
    struct titles t = {0};
    struct view *rows = view_list(box, "rows");
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < all->n; i++)
        rc = titles_want_rec(&t, &all->p[i], e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (size_t i = 0; rc == RC_OK && i < all->n; i++) {
        struct view *row = view_item(rows);
        view_str(row, "href", record_path(rq, &all->p[i]));
        view_str(row, "title", title_of(rq, &all->p[i]));
        view_state(rq, view_map(row, "state"), &all->p[i]);
        rc = view_facts(rq, row, &all->p[i], &t, e);
    }
    titles_free(&t);
    return rc;
}

static enum rc view_box(struct request *rq, struct view *boxes, const struct kind *k, struct err *e)
{
    struct list_answer a = {0};
    struct list_request q = {.kind = k, .limit = NEWEST, .count = true};
    struct view *box = view_item(boxes);
    view_str(box, "path", textf(rq, "/%.*s", (int)k->name.n, k->name.p));
    view_str(box, "label", label_text(&k->label, rq->zh));
    view_flag(box, "may_create", actor_may(rq->actor, k, RIGHT_CREATE, NULL));
    view_str(box, "new_path", textf(rq, "/%.*s/new", (int)k->name.n, k->name.p));
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    if (rc == RC_OK)
        rc = view_newest(rq, box, &a.rec, e);
    view_str(box, "total", show_count(rq, a.total));
    vec_free(&a.rec);
    return rc;
}

enum rc home_page(struct request *rq, struct reply *re, struct err *e)
{
    const struct kinds *kinds = site_kinds(rq->site);
    struct view *v = view_new(rq->arena), *boxes = view_list(v, "boxes");
    for (uint32_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (k->order != INT_MAX && actor_may(rq->actor, k, RIGHT_READ, NULL))
            TRY(view_box(rq, boxes, k, e));
    }
    return reply_page(rq, re, &home_page_def, msg(rq, "web.home"), v, e);
}
