/* Filters as text. */
#include "record/filter_int.h"

static const char *const ops[] = {
    [FILTER_EQ] = "=",           [FILTER_NE] = "!=",       [FILTER_LT] = "<",
    [FILTER_LE] = "<=",          [FILTER_GT] = ">",        [FILTER_GE] = ">=",
    [FILTER_IN] = "in",          [FILTER_UNDER] = "under", [FILTER_CONTAINS] = "contains",
    [FILTER_EMPTY] = "is empty", [FILTER_SET] = "is set",
};

static enum rc put_quoted(struct buf *out, struct str s, struct err *e)
{
    TRY(buf_char(out, '"', e));
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            TRY(buf_char(out, '\\', e));
        TRY(buf_char(out, s.p[i], e));
    }
    return buf_char(out, '"', e);
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '_' || c == '-'))
            return false;
    }
    return s.n > 0;
}

static enum rc put_value(struct buf *out, const struct filter *f, const struct val *v,
                         struct err *e)
{
    const struct path_step *s = &f->path.step[f->path.n - 1];
    const struct field_def *def = path_field(&f->path);
    const struct field_def attr = {.type = path_type(&f->path)};
    switch (s->attr) {
    case ATTR_STATE:
        return buf_str(out, s->kind->state[v->num].name, e);
    case ATTR_SECRECY:
        return buf_str(out, str_of(secrecy_names[v->num]), e);
    case ATTR_KIND:
        return buf_str(out, v->text, e);
    default:
        break;
    }
    if (!def || !type_is_text(def->type))
        return val_text_one(out, def ? def : &attr, v, false, true, e);
    return def->type == TYPE_CODE && is_plain(v->text) ? buf_str(out, v->text, e)
                                                       : put_quoted(out, v->text, e);
}

static enum rc put_floating(struct buf *out, const struct day_from *d, struct err *e)
{
    int64_t n = d->months ? d->months : d->days + d->seconds / 86400;
    TRY(buf_str(out, STR("today"), e));
    return n ? buf_printf(out, e, " %c %lld%c", n < 0 ? '-' : '+', (long long)(n < 0 ? -n : n),
                          d->months ? 'm' : 'd')
             : RC_OK;
}

static enum rc put_test(struct buf *out, const struct filter *f, struct err *e)
{
    TRY(path_print(out, &f->path, e));
    TRY(buf_char(out, ' ', e));
    TRY(buf_str(out, str_of(ops[f->op]), e));
    if (f->op == FILTER_EMPTY || f->op == FILTER_SET)
        return RC_OK;
    TRY(buf_char(out, ' ', e));
    if (f->with.n) {
        TRY(buf_char(out, '.', e));
        return path_print(out, &f->with, e);
    }
    if (f->day.floats)
        return put_floating(out, &f->day, e);
    if (f->op != FILTER_IN)
        return put_value(out, f, &f->value[0], e);
    for (uint32_t i = 0; i < f->n_values; i++) {
        TRY(buf_str(out, i ? STR(", ") : STR("("), e));
        TRY(put_value(out, f, &f->value[i], e));
    }
    return buf_char(out, ')', e);
}

/* How tight it binds: or, and, not and tests. */
static int tightness(const struct filter *f)
{
    return f->op == FILTER_OR ? 1 : f->op == FILTER_AND ? 2 : 3;
}

static enum rc put_filter(struct buf *out, const struct filter *f, int least, struct err *e)
{
    bool brackets = tightness(f) < least;
    if (brackets)
        TRY(buf_char(out, '(', e));
    switch (f->op) {
    case FILTER_ALL:
        break;
    case FILTER_AND:
    case FILTER_OR:
        TRY(put_filter(out, f->left, tightness(f), e));
        TRY(buf_str(out, f->op == FILTER_AND ? STR(" and ") : STR(" or "), e));
        TRY(put_filter(out, f->right, tightness(f) + 1, e));
        break;
    case FILTER_NOT:
        TRY(buf_str(out, STR("not "), e));
        TRY(put_filter(out, f->left, 3, e));
        break;
    default:
        TRY(put_test(out, f, e));
    }
    return brackets ? buf_char(out, ')', e) : RC_OK;
}

enum rc filter_print(struct buf *out, const struct filter *f, struct err *e)
{
    return put_filter(out, f, 0, e);
}
