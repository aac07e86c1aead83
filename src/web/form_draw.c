/* "Take the indicators out of the description": what the prose of the form asks in numbers becomes
 * rows of the form, to be checked and saved like rows that were typed. */
#include "service/indicators.h"
#include "web/form_view_int.h"
#include "web/http_int.h"

#include <stdlib.h>

static bool is_blank_row(const struct request *rq, const struct field_def *f, uint32_t row)
{
    for (uint32_t j = 0; j < f->n_sub; j++)
        if (str_trim(param_text(rq, form_name(rq, f, row, j).p)).n)
            return false;
    return true;
}

static struct str cell(const struct request *rq, const struct field_def *f, uint32_t row,
                       const char *sub)
{
    uint32_t j = sub_find(f, str_of(sub));
    return j == NO_FIELD ? STR("") : str_trim(param_text(rq, form_name(rq, f, row, j).p));
}

static bool is_there(const struct request *rq, const struct field_def *f, uint32_t rows,
                     const struct drawn *d)
{
    for (uint32_t i = 0; i < rows; i++)
        if (str_eq(cell(rq, f, i, "name"), d->name) && str_eq(cell(rq, f, i, "op"), d->op))
            return true;
    return false;
}

static struct str drawn_value(const struct drawn *d, struct str sub)
{
    const struct {
        const char *name;
        struct str value;
    } all[] = {{"name", d->name},     {"op", d->op},     {"value", d->value},
               {"value2", d->value2}, {"unit", d->unit}, {"quote", d->quote}};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (str_eq(sub, str_of(all[i].name)))
            return all[i].value;
    return STR("");
}

/* The long texts that are matched: as the form has them, else as they are kept. */
static enum rc read_prose(struct request *rq, const struct rec *r, vec_drawn *out, struct err *e)
{
    const struct kind *k = r->kind;
    for (uint32_t i = 0; i < k->n_match_text; i++) {
        const struct field_def *f = &k->field[k->match_text[i]];
        const struct val *v = &r->val[k->match_text[i]];
        struct str name = textf(rq, "%.*s", (int)f->name.n, f->name.p);
        if (f->type != TYPE_LONG)
            continue;
        struct str text = param_has(rq, name.p) ? param_text(rq, name.p)
                          : v->set              ? v->text
                                                : STR("");
        TRY(indicators_draw(rq->site, text, rq->arena, out, e));
    }
    return RC_OK;
}

/* The form's parameters without blank rows at the end, then the new rows. */
static enum rc add_rows(struct request *rq, const struct field_def *f, const vec_drawn *all,
                        struct err *e)
{
    uint32_t rows = form_rows(rq, f), n = 0, added = 0;
    while (rows && is_blank_row(rq, f, rows - 1))
        rows--;
    struct param *to =
        arena_alloc(rq->arena, ((size_t)rq->n_params + all->n * f->n_sub + 2) * sizeof *to);
    if (!to)
        return err_nomem(e);
    struct str head = textf(rq, "%.*s.", (int)f->name.n, f->name.p);
    for (uint32_t i = 0; i < rq->n_params; i++) {
        struct str name = rq->param[i].name;
        bool blank = str_starts(name, head) && strtoul(name.p + head.n, NULL, 10) >= rows;
        if (!blank)
            to[n++] = rq->param[i];
    }
    for (size_t i = 0; i < all->n && rows + added < FORM_ROWS_MAX; i++) {
        if (is_there(rq, f, rows, &all->p[i]))
            continue;
        for (uint32_t j = 0; j < f->n_sub; j++)
            to[n++] = (struct param){.name = form_name(rq, f, rows + added, j),
                                     .value = drawn_value(&all->p[i], f->sub[j].name)};
        added++;
    }
    to[n++] = (struct param){.name = STR("drew"), .value = textf(rq, "%u", added)};
    rq->param = to;
    rq->n_params = n;
    return RC_OK;
}

enum rc form_draw(struct request *rq, const struct rec *r, struct err *e)
{
    uint32_t at = field_find(r->kind, param_text(rq, "draw"));
    vec_drawn all = {0};
    if (at == NO_FIELD || !indicators_can_be_drawn(r->kind, &r->kind->field[at]))
        return RC_OK;
    enum rc rc = read_prose(rq, r, &all, e);
    if (rc == RC_OK)
        rc = add_rows(rq, &r->kind->field[at], &all, e);
    vec_free(&all);
    return rc;
}

void form_view_draw(struct request *rq, struct view *v, const struct kind *k,
                    const struct field_def *f)
{
    if (!indicators_can_be_drawn(k, f))
        return;
    view_str(v, "draw", f->name);
    if (!str_eq(param_text(rq, "draw"), f->name))
        return;
    struct str drew = param_text(rq, "drew");
    view_str(v, "drew",
             param_int(rq, "drew", 0) > 0 ? msg_with(rq, "web.drawn", drew)
                                          : msg(rq, "web.drawn_none"));
}
