/* A filter on a record in memory. */
#include "record/filter_int.h"

/* A walk along a path: each value at its end is visited until `done`. */
struct walk {
    const struct path *path;
    int64_t today;
    filter_follow_fn follow;
    void *ctx;
    path_value_fn each;
    void *each_ctx;
    const bool *done;
    struct err *e;
};

/* What the values at a test's path are asked. */
struct asking {
    const struct filter *f;
    int64_t today;
    const struct val *value;  /* of a comparison */
    const struct path *typed; /* the path whose type the values have */
    enum type with;           /* the type of what is compared with */
    const struct walk *at;    /* the walk that asks; for `with` */
    const struct rec *r;
    bool yes;
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Letters A to Z whatever their case, as both databases have it. */
static bool contains(struct str s, struct str what)
{
    for (size_t i = 0; what.n <= s.n && i <= s.n - what.n; i++) {
        size_t k = 0;
        while (k < what.n && lower(s.p[i + k]) == lower(what.p[k]))
            k++;
        if (k == what.n)
            return true;
    }
    return false;
}

static double real_of(enum type type, const struct val *v)
{
    return type == TYPE_DECIMAL ? v->real : (double)v->num;
}

static int compare(enum type type, const struct val *a, enum type other, const struct val *b)
{
    if (type == TYPE_DECIMAL || other == TYPE_DECIMAL) {
        double x = real_of(type, a), y = real_of(other, b);
        return (x > y) - (x < y);
    }
    return (a->num > b->num) - (a->num < b->num);
}

static bool equal(const struct asking *q, const struct val *a, const struct val *b)
{
    if (path_is_text(q->typed))
        return str_eq(a->text, b->text);
    return compare(path_type(q->typed), a, q->with, b) == 0;
}

/* One value that is set. NE asks what EQ asks; the answer is turned round at the end. */
static bool passes(const struct asking *q, const struct val *a)
{
    const struct filter *f = q->f;
    enum type type = path_type(q->typed);
    switch (f->op) {
    case FILTER_LT:
        return compare(type, a, q->with, q->value) < 0;
    case FILTER_LE:
        return compare(type, a, q->with, q->value) <= 0;
    case FILTER_GT:
        return compare(type, a, q->with, q->value) > 0;
    case FILTER_GE:
        return compare(type, a, q->with, q->value) >= 0;
    case FILTER_CONTAINS:
        return contains(a->text, q->value->text);
    case FILTER_EMPTY:
    case FILTER_SET:
        return true;
    case FILTER_EQ:
    case FILTER_NE:
        return equal(q, a, q->value);
    default:
        for (uint32_t i = 0; i < f->n_values; i++)
            if (equal(q, a, &f->value[i]))
                return true;
        return false;
    }
}

static bool attr_of(const struct rec *r, enum attr a, struct val *out)
{
    *out = (struct val){.set = true};
    switch (a) {
    case ATTR_ID:
        out->num = r->id;
        break;
    case ATTR_OWNER:
        out->num = r->org;
        out->set = r->org != 0;
        break;
    case ATTR_STATE:
        out->num = r->state;
        out->set = r->state != NO_STATE;
        break;
    case ATTR_SECRECY:
        out->num = r->secrecy;
        break;
    case ATTR_CREATED:
        out->num = r->created;
        break;
    case ATTR_UPDATED:
        out->num = r->updated;
        break;
    case ATTR_SINCE:
        out->num = r->since;
        break;
    default:
        out->text = r->kind->name;
    }
    return out->set;
}

static enum rc any(const struct walk *w, const struct rec *r, uint32_t at);

/* A value the path comes to: looked at, or followed. */
static enum rc visit(const struct walk *w, const struct val *a, uint32_t at)
{
    if (at + 1 == w->path->n)
        return w->each(w->each_ctx, a, w->e);
    const struct rec *next = NULL;
    if (w->follow)
        TRY(w->follow(w->ctx, a->num, &next, w->e));
    return next ? any(w, next, at + 1) : RC_OK;
}

static enum rc visit_case(const struct walk *w, const struct rec *r, const struct field_def *f,
                          uint32_t at)
{
    struct str code = rec_case(r, f, w->today);
    struct val v = {.set = true, .text = code};
    return code.n ? visit(w, &v, at) : RC_OK;
}

/* The values at the path's end, as long as they are wanted. */
static enum rc any(const struct walk *w, const struct rec *r, uint32_t at)
{
    const struct path_step *s = &w->path->step[at];
    struct val attr;
    if (s->attr != ATTR_FIELD)
        return (s->attr == ATTR_STATE && r->kind != s->kind) || !attr_of(r, s->attr, &attr)
                   ? RC_OK
                   : visit(w, &attr, at);
    if (r->kind != s->kind)
        return RC_OK;
    const struct field_def *f = &s->kind->field[s->field];
    if (f->n_cases)
        return visit_case(w, r, f, at);
    const struct val *val = &r->val[s->field];
    if (!val->set)
        return RC_OK;
    for (uint32_t i = 0; i < (f->list ? val->list.n : 1) && !(w->done && *w->done); i++) {
        const struct val *one = f->list ? &val->list.item[i] : val;
        if (one->set && s->sub != UINT32_MAX)
            one = &one->list.item[s->sub];
        if (one->set)
            TRY(visit(w, one, at));
    }
    return RC_OK;
}

enum rc path_each(const struct path *p, const struct rec *r, filter_follow_fn follow,
                  void *follow_ctx, path_value_fn each, void *ctx, struct err *e)
{
    struct walk w = {p, p->today, follow, follow_ctx, each, ctx, NULL, e};
    return p->n ? any(&w, r, 0) : RC_OK;
}

struct val filter_value(const struct filter *f, int64_t today)
{
    struct val v = f->value[0];
    if (!f->day.floats)
        return v;
    int64_t day = days_shift(today, f->day.months, f->day.days);
    v.num = path_type(&f->path) == TYPE_TIME ? day * 86400 - CHINA_SECONDS + f->day.seconds : day;
    return v;
}

static enum rc ask_value(void *ctx, const struct val *v, struct err *e)
{
    struct asking *q = ctx;
    (void)e;
    q->yes = q->yes || passes(q, v);
    return RC_OK;
}

/* `a` of the one path: does it pass with some value of the other? */
static enum rc ask_pair(void *ctx, const struct val *a, struct err *e)
{
    struct asking *q = ctx;
    struct asking one = {.f = q->f, .value = a, .typed = &q->f->with, .with = q->with};
    struct walk w = *q->at;
    one.with = path_type(&q->f->path);
    w.path = &q->f->with;
    w.today = w.path->today == DAY_FLOATS ? q->today : w.path->today;
    w.each = ask_value;
    w.each_ctx = &one;
    w.done = &one.yes;
    w.e = e;
    TRY(any(&w, q->r, 0));
    q->yes = q->yes || one.yes;
    return RC_OK;
}

/* a < b asked from b's side is b > a. */
static enum filter_op turned(enum filter_op op)
{
    return op == FILTER_LT   ? FILTER_GT
           : op == FILTER_LE ? FILTER_GE
           : op == FILTER_GT ? FILTER_LT
           : op == FILTER_GE ? FILTER_LE
                             : op;
}

static enum rc test_holds(const struct filter *f, int64_t today, const struct rec *r,
                          filter_follow_fn follow, void *ctx, bool *out, struct err *e)
{
    struct filter pair = *f;
    struct val value = f->n_values ? filter_value(f, today) : (struct val){.set = false};
    struct asking q = {.f = f, .today = today, .value = &value, .typed = &f->path, .r = r};
    struct walk w = {
        .path = &f->path,
        .today = f->path.today == DAY_FLOATS ? today : f->path.today,
        .follow = follow,
        .ctx = ctx,
        .each = ask_value,
        .each_ctx = &q,
        .done = &q.yes,
        .e = e,
    };
    q.with = path_type(&f->path);
    q.at = &w;
    if (f->with.n) {
        pair.op = turned(f->op);
        q.f = &pair;
        w.each = ask_pair;
    }
    TRY(any(&w, r, 0));
    *out = q.yes != (f->op == FILTER_NE || f->op == FILTER_EMPTY);
    return RC_OK;
}

enum rc filter_holds_on(const struct filter *f, int64_t today, const struct rec *r,
                        filter_follow_fn follow, void *ctx, bool *out, struct err *e)
{
    switch (f->op) {
    case FILTER_ALL:
        *out = true;
        return RC_OK;
    case FILTER_NOT:
        TRY(filter_holds_on(f->left, today, r, follow, ctx, out, e));
        *out = !*out;
        return RC_OK;
    case FILTER_AND:
    case FILTER_OR:
        TRY(filter_holds_on(f->left, today, r, follow, ctx, out, e));
        return *out == (f->op == FILTER_OR)
                   ? RC_OK
                   : filter_holds_on(f->right, today, r, follow, ctx, out, e);
    default:
        return test_holds(f, today, r, follow, ctx, out, e);
    }
}

enum rc filter_holds(const struct filter *f, const struct rec *r, filter_follow_fn follow,
                     void *ctx, bool *out, struct err *e)
{
    return filter_holds_on(f, 0, r, follow, ctx, out, e);
}
