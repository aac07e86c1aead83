/* A formula in words and in numbers, for who wants to check it. */
#include "record/formula_int.h"

static const struct {
    enum fx_op op;
    struct label label;
} words[] = {
    {FX_MIN, {STR("取小"), STR("min")}},     {FX_MAX, {STR("取大"), STR("max")}},
    {FX_SUM, {STR("合计"), STR("sum")}},     {FX_COUNT, {STR("个数"), STR("count")}},
    {FX_FLOOR, {STR("舍去"), STR("floor")}}, {FX_ROUND, {STR("四舍五入"), STR("round")}},
    {FX_DAYS, {STR("天数"), STR("days")}},   {FX_MONTHS, {STR("整月数"), STR("months")}},
    {FX_YEAR, {STR("年份"), STR("year")}},   {FX_DEFAULT, {STR("缺省"), STR("default")}},
    {FX_IF, {STR("若"), STR("if")}},
};

struct telling {
    struct fx_work *w;
    struct buf *out;
    bool zh, numbers;
};

static enum rc tell(const struct telling *t, const struct fx *x, int around);

static enum rc tell_value(const struct telling *t, enum fx_type type, const struct fx_value *v)
{
    char day[12];
    int64_t days;
    if (!v->set)
        return buf_str(t->out, STR("—"), t->w->e);
    if (type == FX_DATE && ratio_int(&days, v->v) && days >= DAYS_MIN && days <= DAYS_MAX)
        return buf_str(t->out, date_put(day, days), t->w->e);
    return ratio_print(t->out, v->v, type == FX_MONEY ? 2 : 0, type == FX_MONEY ? 2 : 6, t->w->e);
}

static enum rc tell_path(const struct telling *t, const struct path *p)
{
    for (uint32_t i = 0; i < p->n; i++) {
        struct path part = {.n = 1};
        part.step[0] = p->step[i];
        struct label l = path_label(&part);
        if (i)
            TRY(buf_str(t->out, t->zh ? STR("的") : STR(", "), t->w->e));
        TRY(buf_str(t->out, label_text(&l, t->zh), t->w->e));
    }
    return RC_OK;
}

static enum rc tell_leaf(const struct telling *t, const struct fx *x)
{
    struct fx_value v;
    if (x->op == FX_NUMBER)
        return ratio_print(t->out, x->number, 0, 9, t->w->e);
    if (t->numbers) {
        TRY(fx_eval(t->w, x, &v));
        return tell_value(t, x->type, &v);
    }
    if (x->op == FX_STEP)
        return buf_str(t->out, label_text(&t->w->f->step[x->step].label, t->zh), t->w->e);
    if (x->op == FX_TODAY)
        return buf_str(t->out, t->zh ? STR("今天") : STR("today"), t->w->e);
    return tell_path(t, &x->path);
}

static enum rc tell_call(const struct telling *t, const struct fx *x)
{
    static const char *const signs[] = {
        [FILTER_EQ] = " = ", [FILTER_NE] = " ≠ ", [FILTER_LT] = " < ",
        [FILTER_LE] = " ≤ ", [FILTER_GT] = " > ", [FILTER_GE] = " ≥ "};
    if (t->numbers && (x->op == FX_SUM || x->op == FX_COUNT || x->op == FX_DEFAULT)) {
        struct fx_value v;
        TRY(fx_eval(t->w, x, &v));
        return tell_value(t, x->type, &v);
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (words[i].op == x->op)
            TRY(buf_str(t->out, label_text(&words[i].label, t->zh), t->w->e));
    const struct str comma = t->zh ? STR("，") : STR(", ");
    TRY(buf_str(t->out, t->zh ? STR("（") : STR("("), t->w->e));
    for (uint32_t i = 0; i < x->n; i++) {
        if (i)
            TRY(buf_str(t->out, x->op == FX_IF && i == 1 ? str_of(signs[x->compare]) : comma,
                        t->w->e));
        TRY(tell(t, x->arg[i], 0));
    }
    return buf_str(t->out, t->zh ? STR("）") : STR(")"), t->w->e);
}

/* `around`: how tightly the operator around it binds. */
static enum rc tell(const struct telling *t, const struct fx *x, int around)
{
    static const struct {
        const char *sign;
        int tight;
    } ops[] = {
        [FX_ADD] = {" + ", 1}, [FX_SUB] = {" − ", 1}, [FX_MUL] = {" × ", 2}, [FX_DIV] = {" ÷ ", 2}};
    if (x->op <= FX_TODAY)
        return tell_leaf(t, x);
    if (x->op == FX_PERCENT) {
        TRY(tell(t, x->arg[0], 3));
        return buf_str(t->out, STR("%"), t->w->e);
    }
    if (x->op == FX_MINUS) {
        TRY(buf_str(t->out, STR("−"), t->w->e));
        return tell(t, x->arg[0], 3);
    }
    if (x->op > FX_DIV)
        return tell_call(t, x);
    bool bracket = ops[x->op].tight < around;
    if (bracket)
        TRY(buf_char(t->out, '(', t->w->e));
    TRY(tell(t, x->arg[0], ops[x->op].tight));
    TRY(buf_str(t->out, str_of(ops[x->op].sign), t->w->e));
    TRY(tell(t, x->arg[1], ops[x->op].tight + (x->op == FX_SUB || x->op == FX_DIV)));
    return bracket ? buf_char(t->out, ')', t->w->e) : RC_OK;
}

static enum rc kept(struct buf *b, struct arena *a, struct str *out, struct err *e)
{
    *out = arena_str(a, buf_view(b));
    buf_clear(b);
    return out->p ? RC_OK : err_nomem(e);
}

/* "舍去不足 100 的部分" */
static enum rc tell_rounding(const struct formula *f, const struct telling *t)
{
    static const char *const zh[] = {"四舍五入到 ", "向下取到 ", "向上取到 "};
    static const char *const en[] = {"rounded to ", "rounded down to ", "rounded up to "};
    TRY(buf_str(t->out, str_of((t->zh ? zh : en)[f->way]), t->w->e));
    TRY(ratio_print(t->out, f->to, 0, 6, t->w->e));
    return f->kind->field[f->field].type == TYPE_MONEY && t->zh
               ? buf_str(t->out, STR(" 元"), t->w->e)
               : RC_OK;
}

static enum rc explain_step(struct telling *t, uint32_t at, uint32_t which,
                            const struct fx_value *v, struct arena *a, struct formula_line *line)
{
    const struct formula *f = t->w->f;
    const struct fx_step *s = &f->step[at];
    line->label = label_text(&s->label, t->zh);
    line->words = line->numbers = line->note = STR("");
    if (which < s->n) {
        t->numbers = false;
        TRY(tell(t, s->one[which].is, 0));
        TRY(kept(t->out, a, &line->words, t->w->e));
        t->numbers = true;
        TRY(tell(t, s->one[which].is, 0));
        TRY(kept(t->out, a, &line->numbers, t->w->e));
        struct str label = label_text(&s->one[which].label, t->zh);
        if (s->one[which].when)
            line->note = label.n ? label : s->one[which].when_text;
    }
    if (at + 1 == f->n) {
        if (line->note.n) {
            TRY(buf_str(t->out, line->note, t->w->e));
            TRY(buf_str(t->out, t->zh ? STR("；") : STR("; "), t->w->e));
        }
        TRY(tell_rounding(f, t));
        TRY(kept(t->out, a, &line->note, t->w->e));
    }
    TRY(tell_value(t, s->type, v));
    return kept(t->out, a, &line->result, t->w->e);
}

enum rc formula_explain(const struct formula *f, const struct rec *r, int64_t today, bool zh,
                        filter_follow_fn follow, void *ctx, struct arena *a, vec_line *out,
                        struct err *e)
{
    struct fx_value step[FORMULA_STEPS];
    uint32_t which[FORMULA_STEPS], at = 0;
    struct fx_work w = {f, step, r, today, follow, ctx, NULL, e};
    struct buf b;
    memset(step, 0, sizeof step);
    for (uint32_t i = 0; i < FORMULA_STEPS; i++)
        which[i] = UINT32_MAX;
    TRY(fx_eval_all(&w, step, which, &at));
    buf_init(&b, 1u << 16);
    struct telling t = {&w, &b, zh, false};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < f->n && i <= at; i++) {
        struct formula_line line;
        if (w.failed && i == at)
            step[i].set = false;
        rc = explain_step(&t, i, which[i], &step[i], a, &line);
        if (rc == RC_OK)
            rc = vec_push(out, line, e);
    }
    buf_free(&b);
    return rc;
}
