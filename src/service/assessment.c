#include "service/assessment.h"

#include "service/site_int.h"
#include "service/special_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct val *sub_val(const struct field_def *f, const struct val *group,
                                 const char *name)
{
    for (uint32_t i = 0; i < f->n_sub && i < group->list.n; i++)
        if (str_eq(f->sub[i].name, str_of(name)) && group->list.item[i].set)
            return &group->list.item[i];
    return NULL;
}

/* Sum of weight times score over the sum of the weights, to two decimals; a sheet that lacks a
 * number has none. */
enum rc assessment_before(struct saving *x, struct err *e)
{
    const struct val *items = saving_val(x->r, "items");
    uint32_t at = field_find(x->r->kind, STR("items"));
    double sum = 0, weights = 0;
    (void)e;
    saving_set(x->r, "score", (struct val){.set = false});
    for (uint32_t i = 0; items && i < items->list.n; i++) {
        const struct field_def *f = &x->r->kind->field[at];
        const struct val *weight = sub_val(f, &items->list.item[i], "weight");
        const struct val *score = sub_val(f, &items->list.item[i], "score");
        if (!weight || !score)
            return RC_OK;
        sum += weight->real * score->real;
        weights += weight->real;
    }
    if (weights > 0 && isfinite(sum / weights))
        saving_set(x->r, "score",
                   (struct val){.set = true, .real = round(sum / weights * 100) / 100});
    return RC_OK;
}

static int rising(const void *p, const void *q)
{
    double a = *(const double *)p, b = *(const double *)q;
    return (a > b) - (a < b);
}

static enum rc filter_of(struct site *s, int64_t subject, struct str period, struct arena *to,
                         struct filter **out, struct err *e)
{
    const struct kind *k = kind_find(s->kinds, STR("assessment"));
    struct filter_context c = {.kinds = s->kinds, .kind = k};
    struct filter *f, *more;
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)subject);
    TRY(filter_test(&f, STR("subject"), FILTER_EQ, str_of(id), &c, to, e));
    TRY(filter_test(&more, STR("state"), FILTER_IN, STR("submitted, appealed, confirmed"), &c, to,
                    e));
    *out = filter_and(f, more, to);
    if (*out && period.n) {
        TRY(filter_test(&more, STR("period"), FILTER_EQ, period, &c, to, e));
        *out = filter_and(*out, more, to);
    }
    return *out ? RC_OK : err_nomem(e);
}

static enum rc scores(struct site *s, const struct actor *a, int64_t subject, struct str period,
                      struct arena *to, double *score, uint32_t *n, struct err *e)
{
    struct list_request q = {.kind = kind_find(s->kinds, STR("assessment")), .limit = 1000};
    struct list_answer answer;
    struct filter *f;
    TRY(filter_of(s, subject, period, to, &f, e));
    q.more = f;
    TRY(record_list(s, a, &q, to, &answer, e));
    for (size_t i = 0; i < answer.rec.n && *n < 1000; i++) {
        const struct val *v = saving_val(&answer.rec.p[i], "score");
        if (v)
            score[(*n)++] = v->real;
    }
    vec_free(&answer.rec);
    return RC_OK;
}

enum rc assessment_median(struct site *s, const struct actor *a, int64_t subject, struct str period,
                          double *median, uint32_t *n, struct err *e)
{
    struct arena to = {0};
    double score[1000];
    *median = NAN;
    *n = 0;
    enum rc rc = scores(s, a, subject, period, &to, score, n, e);
    arena_free(&to);
    if (rc != RC_OK || !*n)
        return rc;
    qsort(score, *n, sizeof *score, rising);
    *median = *n % 2 ? score[*n / 2] : (score[*n / 2 - 1] + score[*n / 2]) / 2;
    return RC_OK;
}
