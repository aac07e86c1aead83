/* What a formula comes to. */
#include "record/formula_int.h"

#include <math.h>

#define REAL_MOST 9e9 /* of a decimal field; taken to six decimals */

/* ---- values of the record ---- */

struct taking {
    struct fx_work *w;
    enum type type;
    struct ratio sum;
    uint32_t n;
};

static bool number_of(const struct val *v, enum type type, struct ratio *out)
{
    if (type == TYPE_MONEY)
        return ratio_make(out, v->num, 100);
    if (type != TYPE_DECIMAL) {
        *out = ratio_of(v->num);
        return true;
    }
    return fabs(v->real) < REAL_MOST && ratio_make(out, llround(v->real * 1e6), 1000000);
}

static enum rc take(void *ctx, const struct val *v, struct err *e)
{
    struct taking *t = ctx;
    struct ratio one;
    (void)e;
    if (!v->set)
        return RC_OK;
    t->n++;
    bool number = t->type == TYPE_INT || t->type == TYPE_DECIMAL || t->type == TYPE_MONEY ||
                  t->type == TYPE_DATE;
    if (number && (!number_of(v, t->type, &one) || !ratio_add(&t->sum, t->sum, one)))
        t->w->failed = "formula.size";
    return RC_OK;
}

static enum rc take_path(struct fx_work *w, const struct path *p, struct taking *t)
{
    *t = (struct taking){.w = w, .type = path_type(p), .sum = ratio_of(0)};
    return path_each(p, w->r, w->follow, w->ctx, take, t, w->e);
}

/* ---- dates ---- */

static bool day_of(struct fx_work *w, struct ratio v, int64_t *out)
{
    bool is = ratio_int(out, v) && *out >= DAYS_MIN && *out < DAYS_MAX;
    if (!is)
        w->failed = "formula.size";
    return is;
}

static struct ratio count_days(int64_t from, int64_t until)
{
    return ratio_of(MAX(until - from + 1, 0));
}

/* Both days counted: from 1 January to 31 March are three. */
static struct ratio count_months(int64_t from, int64_t until)
{
    int y1, m1, d1, y2, m2, d2;
    if (until < from)
        return ratio_of(0);
    days_to(from, &y1, &m1, &d1);
    days_to(until + 1, &y2, &m2, &d2);
    return ratio_of((y2 - y1) * 12 + (m2 - m1) - (d2 < d1));
}

static struct ratio year_of(int64_t day)
{
    int y, m, d;
    days_to(day, &y, &m, &d);
    return ratio_of(y);
}

/* ---- expressions ---- */

static void keep(struct fx_work *w, bool fits, const char *key)
{
    if (!fits)
        w->failed = key;
}

static void two(struct fx_work *w, enum fx_op op, struct ratio a, struct ratio b, struct ratio *out)
{
    if (op == FX_ADD)
        keep(w, ratio_add(out, a, b), "formula.size");
    else if (op == FX_SUB)
        keep(w, ratio_sub(out, a, b), "formula.size");
    else if (op == FX_MUL)
        keep(w, ratio_mul(out, a, b), "formula.size");
    else
        keep(w, ratio_div(out, a, b), b.n ? "formula.size" : "formula.zero");
}

static bool stands(enum filter_op op, int order)
{
    switch (op) {
    case FILTER_EQ:
        return order == 0;
    case FILTER_NE:
        return order != 0;
    case FILTER_LT:
        return order < 0;
    case FILTER_LE:
        return order <= 0;
    case FILTER_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

static enum rc eval_if(struct fx_work *w, const struct fx *x, struct fx_value *out)
{
    struct fx_value a, b;
    int order = 0;
    TRY(fx_eval(w, x->arg[0], &a));
    TRY(fx_eval(w, x->arg[1], &b));
    if (!a.set || !b.set || w->failed)
        return RC_OK;
    keep(w, ratio_cmp(&order, a.v, b.v), "formula.size");
    return w->failed ? RC_OK : fx_eval(w, x->arg[stands(x->compare, order) ? 2 : 3], out);
}

static enum rc eval_default(struct fx_work *w, const struct fx *x, struct fx_value *out)
{
    TRY(fx_eval(w, x->arg[0], out));
    return out->set || w->failed ? RC_OK : fx_eval(w, x->arg[1], out);
}

static void call(struct fx_work *w, const struct fx *x, const struct fx_value *arg,
                 struct ratio *out)
{
    int64_t from, until;
    int order;
    *out = arg[0].v;
    switch (x->op) {
    case FX_MIN:
    case FX_MAX:
        for (uint32_t i = 1; i < x->n && !w->failed; i++) {
            keep(w, ratio_cmp(&order, arg[i].v, *out), "formula.size");
            if (!w->failed && (x->op == FX_MIN ? order < 0 : order > 0))
                *out = arg[i].v;
        }
        return;
    case FX_FLOOR:
    case FX_ROUND:
        keep(w,
             ratio_round(out, arg[0].v, x->n > 1 ? arg[1].v : ratio_of(1),
                         x->op == FX_FLOOR ? ROUND_DOWN : ROUND_HALF),
             x->n > 1 && arg[1].v.n <= 0 ? "formula.zero" : "formula.size");
        return;
    case FX_DAYS:
    case FX_MONTHS:
        if (day_of(w, arg[0].v, &from) && day_of(w, arg[1].v, &until))
            *out = x->op == FX_DAYS ? count_days(from, until) : count_months(from, until);
        return;
    case FX_YEAR:
        if (day_of(w, arg[0].v, &from))
            *out = year_of(from);
        return;
    case FX_MINUS:
        out->n = -out->n;
        return;
    case FX_PERCENT:
        keep(w, ratio_div(out, arg[0].v, ratio_of(100)), "formula.size");
        return;
    default:
        two(w, x->op, arg[0].v, arg[1].v, out);
    }
}

static enum rc eval_call(struct fx_work *w, const struct fx *x, struct fx_value *out)
{
    struct fx_value arg[16];
    bool set = true;
    for (uint32_t i = 0; i < x->n && i < ARRAY_LEN(arg); i++) {
        TRY(fx_eval(w, x->arg[i], &arg[i]));
        set &= arg[i].set;
        if (w->failed)
            return RC_OK;
    }
    if (set)
        call(w, x, arg, &out->v);
    out->set = set && !w->failed;
    return RC_OK;
}

static enum rc eval_path(struct fx_work *w, const struct fx *x, struct fx_value *out)
{
    struct taking t;
    const struct path *p = x->op == FX_PATH ? &x->path : &x->arg[0]->path;
    TRY(take_path(w, p, &t));
    out->v = x->op == FX_COUNT ? ratio_of(t.n) : t.sum;
    out->set = !w->failed && (t.n > 0 || x->op != FX_PATH);
    return RC_OK;
}

enum rc fx_eval(struct fx_work *w, const struct fx *x, struct fx_value *out)
{
    *out = (struct fx_value){.v = ratio_of(0)};
    switch (x->op) {
    case FX_NUMBER:
        *out = (struct fx_value){true, x->number};
        return RC_OK;
    case FX_TODAY:
        *out = (struct fx_value){true, ratio_of(w->today)};
        return RC_OK;
    case FX_STEP:
        *out = w->step[x->step];
        return RC_OK;
    case FX_PATH:
    case FX_SUM:
    case FX_COUNT:
        return eval_path(w, x, out);
    case FX_IF:
        return eval_if(w, x, out);
    case FX_DEFAULT:
        return eval_default(w, x, out);
    default:
        return eval_call(w, x, out);
    }
}

/* ---- steps ---- */

/* *which: the case that held; UINT32_MAX: none did. */
static enum rc eval_step(struct fx_work *w, const struct fx_step *s, struct fx_value *out,
                         uint32_t *which)
{
    *out = (struct fx_value){.v = ratio_of(0)};
    for (*which = 0; *which < s->n; ++*which) {
        bool holds = true;
        if (s->one[*which].when)
            TRY(filter_holds_on(s->one[*which].when, w->today, w->r, w->follow, w->ctx, &holds,
                                w->e));
        if (holds)
            return fx_eval(w, s->one[*which].is, out);
    }
    *which = UINT32_MAX;
    return RC_OK;
}

enum rc fx_eval_all(struct fx_work *w, struct fx_value *step, uint32_t *which, uint32_t *at)
{
    const struct formula *f = w->f;
    w->step = step;
    for (*at = 0; *at < f->n; ++*at) {
        TRY(eval_step(w, &f->step[*at], &step[*at], &which[*at]));
        if (w->failed)
            return RC_OK;
    }
    struct fx_value *last = &step[f->n - 1];
    if (last->set)
        keep(w, ratio_round(&last->v, last->v, f->to, f->way), "formula.size");
    if (w->failed)
        *at = f->n - 1;
    return RC_OK;
}

/* Into the type of the field. */
static bool store(const struct field_def *def, struct ratio v, struct val *out)
{
    if (def->type == TYPE_DECIMAL) {
        out->real = ratio_real(v);
        return fabs(out->real) < REAL_MOST;
    }
    if (def->type == TYPE_MONEY && !ratio_mul(&v, v, ratio_of(100)))
        return false;
    if (!ratio_int(&out->num, v))
        return false;
    return def->type != TYPE_DATE || (out->num >= DAYS_MIN && out->num <= DAYS_MAX);
}

enum rc formula_value(const struct formula *f, const struct rec *r, int64_t today,
                      filter_follow_fn follow, void *ctx, struct val *out, struct err *e)
{
    struct fx_value step[FORMULA_STEPS];
    uint32_t which[FORMULA_STEPS], at = 0;
    struct fx_work w = {f, step, r, today, follow, ctx, NULL, e};
    *out = (struct val){.set = false};
    TRY(fx_eval_all(&w, step, which, &at));
    if (!w.failed && step[f->n - 1].set) {
        out->set = store(&f->kind->field[f->field], step[f->n - 1].v, out);
        if (!out->set)
            w.failed = "formula.size";
    }
    if (!w.failed)
        return RC_OK;
    struct str label = f->step[MIN(at, f->n - 1)].label.zh;
    return err_user(e, w.failed, "%.*s", (int)MIN(label.n, 100u), label.p);
}

enum rc rec_formulas(struct rec *r, int64_t today, filter_follow_fn follow, void *ctx,
                     vec_fault *faults, struct arena *a, struct err *e)
{
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        struct err why = {0};
        struct val v;
        if (!r->kind->field[i].formula)
            continue;
        enum rc rc = formula_value(r->kind->field[i].formula, r, today, follow, ctx, &v, &why);
        r->val[i] = v;
        if (rc == RC_USER) {
            struct fault_at f = {i,     UINT32_MAX,      UINT32_MAX,
                                 false, "field.formula", arena_str(a, str_of(why.detail))};
            TRY(f.detail.p ? vec_push(faults, f, e) : err_nomem(e));
        } else if (rc != RC_OK) {
            if (e)
                *e = why;
            return rc;
        }
    }
    return RC_OK;
}

const struct label *formula_label(const struct formula *f)
{
    return &f->label;
}

const struct label *formula_basis(const struct formula *f)
{
    return &f->basis;
}

enum rc formula_try(struct buf *out, struct str text, const struct filter_context *c,
                    const struct rec *r, filter_follow_fn follow, void *ctx, struct arena *a,
                    struct err *e)
{
    const struct fx_context x = {c, NULL, 0, a};
    struct fx_work w = {NULL, NULL, r, c->today, follow, ctx, NULL, e};
    struct fx_value v;
    struct fx *f;
    TRY(fx_parse(&f, text, &x, e));
    TRY(fx_eval(&w, f, &v));
    if (w.failed)
        return err_user(e, w.failed, "%s", "");
    return v.set ? ratio_print(out, v.v, 0, 9, e) : RC_OK;
}
