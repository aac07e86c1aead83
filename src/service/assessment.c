#include "service/assessment.h"

#include "service/site_int.h"
#include "service/special_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SHEETS_MOST 1000u

/* Sum of weight times score over the sum of the weights, to two decimals; a sheet that lacks a
 * number has none. */
enum rc assessment_before(struct saving *x, struct err *e)
{
    const struct val *items = saving_val(x->r, "items");
    uint32_t at = field_find(x->r->kind, STR("items"));
    double sum = 0, weights = 0;
    TRY(scoresheet_check(x, e));
    saving_set(x->r, "score", (struct val){.set = false});
    for (uint32_t i = 0; items && i < items->list.n; i++) {
        const struct field_def *f = &x->r->kind->field[at];
        const struct val *weight = val_sub(f, &items->list.item[i], "weight");
        const struct val *score = val_sub(f, &items->list.item[i], "score");
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

static enum rc sheets(struct site *s, const struct actor *a, int64_t subject, struct str period,
                      struct arena *to, struct list_answer *answer, struct err *e)
{
    struct list_request q = {
        .kind = kind_find(s->kinds, STR("assessment")), .sort = STR("-id"), .limit = SHEETS_MOST};
    struct filter *f;
    *answer = (struct list_answer){0};
    if (!q.kind || !actor_reads_kind(a, q.kind))
        return RC_OK;
    TRY(filter_of(s, subject, period, to, &f, e));
    q.more = f;
    return record_list(s, a, &q, to, answer, e);
}

static double median_of(double *score, uint32_t n)
{
    if (!n)
        return NAN;
    qsort(score, n, sizeof *score, rising);
    return n % 2 ? score[n / 2] : (score[n / 2 - 1] + score[n / 2]) / 2;
}

static double median_of_sheets(const struct rec *sheet, size_t count, uint32_t *n)
{
    double score[SHEETS_MOST];
    *n = 0;
    for (size_t i = 0; i < count && *n < SHEETS_MOST; i++) {
        const struct val *v = saving_val(&sheet[i], "score");
        if (v)
            score[(*n)++] = v->real;
    }
    return median_of(score, *n);
}

enum rc assessment_median(struct site *s, const struct actor *a, int64_t subject, struct str period,
                          double *median, uint32_t *n, struct err *e)
{
    struct arena to = {0};
    struct list_answer answer;
    *median = NAN;
    *n = 0;
    enum rc rc = sheets(s, a, subject, period, &to, &answer, e);
    if (rc == RC_OK)
        *median = median_of_sheets(answer.rec.p, answer.rec.n, n);
    vec_free(&answer.rec);
    arena_free(&to);
    return rc;
}

/* ---- by period ---- */

static struct str text_of(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? v->text : STR("");
}

static enum rc file_sheet(vec_assessed *out, const struct rec *r, struct err *e)
{
    struct str period = text_of(r, "period");
    for (size_t i = 0; i < out->n; i++)
        if (str_eq(out->p[i].period, period))
            return vec_push(&out->p[i].sheet, *r, e);
    struct assessed one = {.period = period};
    enum rc rc = vec_push(&one.sheet, *r, e);
    if (rc == RC_OK)
        rc = vec_push(out, one, e);
    if (rc != RC_OK)
        vec_free(&one.sheet);
    return rc;
}

static uint32_t votes(const vec_rec *sheet, struct str proposal)
{
    uint32_t n = 0;
    for (size_t i = 0; i < sheet->n; i++)
        n += str_eq(text_of(&sheet->p[i], "proposal"), proposal);
    return n;
}

static struct str most_proposed(const vec_rec *sheet)
{
    struct str best = STR("");
    uint32_t most = 0;
    bool tied = false;
    for (size_t i = 0; i < sheet->n; i++) {
        struct str p = text_of(&sheet->p[i], "proposal");
        uint32_t n = p.n ? votes(sheet, p) : 0;
        if (n > most || (n == most && n && !str_eq(p, best))) {
            tied = n == most;
            best = n > most ? p : best;
            most = n;
        }
    }
    return tied ? STR("") : best;
}

static int newest_period(const void *p, const void *q)
{
    return str_cmp(((const struct assessed *)q)->period, ((const struct assessed *)p)->period);
}

enum rc assessment_periods(struct site *s, const struct actor *a, int64_t subject, struct arena *to,
                           vec_assessed *out, struct err *e)
{
    struct list_answer answer;
    enum rc rc = sheets(s, a, subject, STR(""), to, &answer, e);
    for (size_t i = answer.rec.n; rc == RC_OK && i > 0; i--)
        rc = file_sheet(out, &answer.rec.p[i - 1], e);
    vec_free(&answer.rec);
    for (size_t i = 0; rc == RC_OK && i < out->n; i++) {
        struct assessed *one = &out->p[i];
        one->median = median_of_sheets(one->sheet.p, one->sheet.n, &one->n);
        one->proposal = most_proposed(&one->sheet);
    }
    if (rc != RC_OK)
        assessed_free(out);
    else if (out->n)
        qsort(out->p, out->n, sizeof *out->p, newest_period);
    return rc;
}

void assessed_free(vec_assessed *v)
{
    for (size_t i = 0; i < v->n; i++)
        vec_free(&v->p[i].sheet);
    vec_free(v);
}

struct str proposal_action(struct str proposal)
{
    static const char *const other[][2] = {{"end", "finish"}, {"pass", "accept"}, {"fail", "stop"}};
    for (size_t i = 0; i < ARRAY_LEN(other); i++)
        if (str_eq(proposal, str_of(other[i][0])))
            return str_of(other[i][1]);
    return proposal;
}
