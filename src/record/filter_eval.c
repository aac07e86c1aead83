/* A filter on a record in memory. */
#include "record/filter_int.h"

struct eval {
    const struct filter *f;
    filter_follow_fn follow;
    void *ctx;
    struct err *e;
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

static int compare(enum type type, const struct val *a, const struct val *b)
{
    if (type == TYPE_DECIMAL)
        return (a->real > b->real) - (a->real < b->real);
    return (a->num > b->num) - (a->num < b->num);
}

static bool equal(const struct eval *v, enum type type, const struct val *a, const struct val *b)
{
    if (path_is_text(&v->f->path))
        return str_eq(a->text, b->text);
    return compare(type, a, b) == 0;
}

/* One value that is set. NE asks what EQ asks; the answer is turned round at the end. */
static bool passes(const struct eval *v, const struct val *a)
{
    const struct filter *f = v->f;
    enum type type = path_type(&f->path);
    switch (f->op) {
    case FILTER_LT:
        return compare(type, a, f->value) < 0;
    case FILTER_LE:
        return compare(type, a, f->value) <= 0;
    case FILTER_GT:
        return compare(type, a, f->value) > 0;
    case FILTER_GE:
        return compare(type, a, f->value) >= 0;
    case FILTER_CONTAINS:
        return contains(a->text, f->value->text);
    case FILTER_EMPTY:
    case FILTER_SET:
        return true;
    default:
        for (uint32_t i = 0; i < f->n_values; i++)
            if (equal(v, type, a, &f->value[i]))
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

static enum rc any(const struct eval *v, const struct rec *r, uint32_t at, bool *out);

/* A value the path comes to: looked at, or followed. */
static enum rc visit(const struct eval *v, const struct val *a, uint32_t at, bool *out)
{
    if (at + 1 == v->f->path.n) {
        *out = passes(v, a);
        return RC_OK;
    }
    const struct rec *next = NULL;
    if (v->follow)
        TRY(v->follow(v->ctx, a->num, &next, v->e));
    return next ? any(v, next, at + 1, out) : RC_OK;
}

/* Does any value at the path's end pass? */
static enum rc any(const struct eval *v, const struct rec *r, uint32_t at, bool *out)
{
    const struct path_step *s = &v->f->path.step[at];
    struct val attr;
    if (s->attr != ATTR_FIELD)
        return (s->attr == ATTR_STATE && r->kind != s->kind) || !attr_of(r, s->attr, &attr)
                   ? RC_OK
                   : visit(v, &attr, at, out);
    if (r->kind != s->kind || !r->val[s->field].set)
        return RC_OK;
    const struct val *val = &r->val[s->field];
    bool list = s->kind->field[s->field].list;
    for (uint32_t i = 0; i < (list ? val->list.n : 1) && !*out; i++) {
        const struct val *one = list ? &val->list.item[i] : val;
        if (one->set && s->sub != UINT32_MAX)
            one = &one->list.item[s->sub];
        if (one->set)
            TRY(visit(v, one, at, out));
    }
    return RC_OK;
}

enum rc filter_holds(const struct filter *f, const struct rec *r, filter_follow_fn follow,
                     void *ctx, bool *out, struct err *e)
{
    switch (f->op) {
    case FILTER_ALL:
        *out = true;
        return RC_OK;
    case FILTER_NOT:
        TRY(filter_holds(f->left, r, follow, ctx, out, e));
        *out = !*out;
        return RC_OK;
    case FILTER_AND:
    case FILTER_OR:
        TRY(filter_holds(f->left, r, follow, ctx, out, e));
        return *out == (f->op == FILTER_OR) ? RC_OK
                                            : filter_holds(f->right, r, follow, ctx, out, e);
    default: {
        const struct eval v = {f, follow, ctx, e};
        *out = false;
        TRY(any(&v, r, 0, out));
        if (f->op == FILTER_NE || f->op == FILTER_EMPTY)
            *out = !*out;
        return RC_OK;
    }
    }
}
