#define _POSIX_C_SOURCE 200809L
/* --explain NEED RESULT: the whole arithmetic of one score as a table. */
#include "cli/match_int.h"
#include "cli/page.h"
#include "match/scale.h"
#include "text/width.h"

#include <stdio.h>
#include <strings.h>

enum { NUMBER_COLUMNS = 10, TIMES_COLUMNS = 8 };

static enum rc find(uint32_t *out, struct collection *c, const char *id, const char *key,
                    struct err *e)
{
    TRY(collection_find(c, str_of(id), out, e));
    if (*out == UINT32_MAX)
        return err_at(e, err_user(e, key, "%.80s", id), collection_path(c), NULL, 0, 0);
    return RC_OK;
}

static enum rc real_cell(struct page *p, double x, int digits, struct err *e)
{
    char number[64];
    snprintf(number, sizeof number, "%.*f", digits, x);
    return page_cell(p, str_of(number), NUMBER_COLUMNS, PAGE_RIGHT, PAGE_PLAIN, e);
}

static enum rc count_cell(struct page *p, uint32_t n, struct err *e)
{
    char number[16];
    snprintf(number, sizeof number, "%u", n);
    return page_cell(p, str_of(number), TIMES_COLUMNS, PAGE_RIGHT, PAGE_PLAIN, e);
}

static enum rc head(struct page *p, const struct speaker *s, size_t first, const char *const *keys,
                    const size_t *columns, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        TRY(page_cell(p, sentence(s, keys[i]), i ? columns[i] : first, i ? PAGE_RIGHT : PAGE_LEFT,
                      PAGE_DIM, e));
    return page_line(p, e);
}

static size_t first_column(const struct page *p)
{
    return MIN(p->width - 2 * TIMES_COLUMNS - 4 * NUMBER_COLUMNS, 40u);
}

/* The term as it stands in the need; where the result writes it otherwise, both. */
static enum rc term_cell(struct page *p, const struct pair *pair, const struct explain_term *t,
                         struct buf *b, struct err *e)
{
    struct str need = span_str(pair->need->text, t->need);
    struct str result = span_str(pair->result->text, t->result);
    buf_clear(b);
    TRY(buf_str(b, need, e));
    bool same = need.n == result.n && strncasecmp(need.p, result.p, need.n) == 0;
    if (!same) {
        TRY(buf_str(b, STR(" = "), e));
        TRY(buf_str(b, result, e));
    }
    return page_cell(p, buf_view(b), first_column(p), PAGE_LEFT, PAGE_PLAIN, e);
}

static enum rc print_terms(struct page *p, const struct speaker *s, const struct pair *pair,
                           const struct explanation *x, struct buf *b, struct err *e)
{
    static const char *const keys[] = {
        "explain.term",          "explain.need_tf", "explain.result_tf", "explain.need_weight",
        "explain.result_weight", "explain.product", "explain.sum"};
    static const size_t columns[] = {0,
                                     TIMES_COLUMNS,
                                     TIMES_COLUMNS,
                                     NUMBER_COLUMNS,
                                     NUMBER_COLUMNS,
                                     NUMBER_COLUMNS,
                                     NUMBER_COLUMNS};
    double sum = 0;
    TRY(head(p, s, first_column(p), keys, columns, ARRAY_LEN(keys), e));
    for (size_t i = 0; i < x->term.n; i++) {
        const struct explain_term *t = &x->term.p[i];
        sum += t->x * t->y;
        TRY(term_cell(p, pair, t, b, e));
        TRY(count_cell(p, t->need_tf, e));
        TRY(count_cell(p, t->result_tf, e));
        TRY(real_cell(p, t->x, 4, e));
        TRY(real_cell(p, t->y, 4, e));
        TRY(real_cell(p, t->x * t->y, 6, e));
        TRY(real_cell(p, sum, 6, e));
        TRY(page_line(p, e));
    }
    return page_line(p, e);
}

static enum rc print_features(struct page *p, const struct speaker *s, const struct explanation *x,
                              struct err *e)
{
    static const char *const keys[] = {"explain.feature", "explain.value", "explain.weight",
                                       "explain.product", "explain.sum"};
    static const size_t columns[] = {0, NUMBER_COLUMNS, NUMBER_COLUMNS, NUMBER_COLUMNS,
                                     NUMBER_COLUMNS};
    double sum = 0;
    size_t first = first_column(p) + 2 * TIMES_COLUMNS;
    TRY(head(p, s, first, keys, columns, ARRAY_LEN(keys), e));
    for (size_t i = 0; i < x->feature.n; i++) {
        const struct explain_feature *f = &x->feature.p[i];
        char key[64];
        snprintf(key, sizeof key, "feature.%s", f->name);
        const char *known = model_message(s->model, key, lang_name(s->lang));
        sum += f->value * f->weight;
        TRY(page_cell(p, str_of(known ? known : f->name), first, PAGE_LEFT, PAGE_PLAIN, e));
        TRY(real_cell(p, f->value, 6, e));
        TRY(real_cell(p, f->weight, 4, e));
        TRY(real_cell(p, f->value * f->weight + 0.0, 6, e)); /* no -0 */
        TRY(real_cell(p, sum, 6, e));
        TRY(page_line(p, e));
    }
    if (x->bias != 0) {
        TRY(page_cell(p, sentence(s, "feature.bias"), first + 3 * NUMBER_COLUMNS, PAGE_LEFT,
                      PAGE_PLAIN, e));
        TRY(real_cell(p, sum + x->bias, 6, e));
        TRY(page_line(p, e));
    }
    return page_line(p, e);
}

static enum rc print_facts(struct page *p, const struct speaker *s, const struct pair *pair,
                           struct buf *b, struct err *e)
{
    for (size_t i = 0; i < pair->reasons->n; i++) {
        buf_clear(b);
        TRY(say_fact(b, s, pair, &pair->reasons->p[i], e));
        if (b->n)
            TRY(page_wrap(p, buf_view(b), 0, 3, PAGE_PLAIN, e));
    }
    return RC_OK;
}

static enum rc print_side(struct page *p, const struct speaker *s, const char *key,
                          struct collection *c, uint32_t i, struct buf *b, struct err *e)
{
    char space[COLLECTION_ID];
    struct item item = collection_item(c, i);
    buf_clear(b);
    TRY(SAY(b, s, key, e, {"id", collection_id(c, i, space)}, {"title", item.field[FIELD_TITLE]},
            {"unit", item.field[FIELD_ORG]}));
    return page_wrap(p, buf_view(b), 0, 3, PAGE_BOLD, e);
}

static enum rc print_all(struct page *p, const struct report *r, struct view *v, uint32_t need,
                         uint32_t result, const struct explanation *x, struct buf *b, struct err *e)
{
    char score[32], sum[32], slope[32], middle[32];
    const struct speaker *s = &r->speaker;
    TRY(print_side(p, s, "explain.need", matching_needs(r->m), need, b, e));
    TRY(print_side(p, s, "explain.result", matching_results(r->m), result, b, e));
    TRY(page_line(p, e));
    TRY(print_terms(p, s, &v->pair, x, b, e));
    double total = x->bias;
    for (size_t i = 0; i < x->feature.n; i++)
        total += x->feature.p[i].value * x->feature.p[i].weight;
    TRY(print_features(p, s, x, e));
    snprintf(score, sizeof score, "%.6f", x->score);
    snprintf(sum, sizeof sum, "%.6f", total);
    snprintf(slope, sizeof slope, "%g", SCALE_SLOPE);
    snprintf(middle, sizeof middle, "%g", SCALE_MIDDLE);
    buf_clear(b);
    TRY(SAY(b, s, "explain.score", e, {"score", str_of(score)}, {"sum", str_of(sum)},
            {"slope", str_of(slope)}, {"middle", str_of(middle)}));
    TRY(page_wrap(p, buf_view(b), 0, 2, PAGE_BOLD, e));
    TRY(print_facts(p, s, &v->pair, b, e));
    return page_print(p, e);
}

enum rc report_explain(struct report *r, const char *const pair[2], struct err *e)
{
    uint32_t need, result;
    struct explanation x = {0};
    struct view v = {0};
    struct page p;
    struct buf b;
    TRY(find(&need, matching_needs(r->m), pair[0], "cli.no_such_need", e));
    TRY(find(&result, matching_results(r->m), pair[1], "cli.no_such_result", e));
    page_init(&p);
    buf_init(&b, 1 << 20);
    enum rc rc = view_pair(&v, r, need, result, e);
    if (rc == RC_OK)
        rc = matching_explain(r->m, need, result, &x, e);
    if (rc == RC_OK)
        rc = print_all(&p, r, &v, need, result, &x, &b, e);
    explanation_free(&x);
    view_free(&v);
    page_free(&p);
    buf_free(&b);
    return rc;
}
