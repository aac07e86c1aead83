/* How computed fields came about: the arithmetic of their formulas, in words and in numbers. */
#include "web/work_int.h"

static void view_one(struct request *rq, struct view *list, const struct rec *r,
                     const struct reckoned *one)
{
    const struct field_def *f = &r->kind->field[one->field];
    struct view *v = view_item(list);
    view_str(v, "label", label_text(&f->label, rq->zh));
    view_str(v, "rule", label_text(one->label, rq->zh));
    view_str(v, "basis", label_text(one->basis, rq->zh));
    view_flag(v, "differs", one->differs);
    struct view *lines = view_list(v, "lines");
    for (size_t i = 0; i < one->line.n; i++) {
        const struct formula_line *line = &one->line.p[i];
        struct view *to = view_item(lines);
        view_str(to, "label", line->label);
        view_str(to, "words", line->words);
        /* a number by itself is its own result */
        view_str(to, "numbers", str_eq(line->numbers, line->result) ? STR("") : line->numbers);
        view_str(to, "result", line->result);
        view_str(to, "note", line->note);
    }
}

enum rc view_reckoned(struct request *rq, struct view *v, const struct rec *r, struct err *e)
{
    vec_reckoned all = {0};
    enum rc rc = record_reckoned(rq->site, rq->actor, r->kind, r->id, rq->arena, &all, e);
    struct view *list = view_list(v, "reckoned");
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        view_one(rq, list, r, &all.p[i]);
    reckoned_free(&all);
    return rc;
}
