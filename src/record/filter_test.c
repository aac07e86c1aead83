/* One test of a filter. */
#include "record/filter_int.h"

struct filter *filter_node(struct parser *p, enum filter_op op, size_t at)
{
    struct filter *f = arena_calloc(p->arena, 1, sizeof *f);
    if (f) {
        f->op = op;
        f->at = (uint32_t)at;
        f->end = (uint32_t)p->s.at;
    }
    return f;
}

enum rc filter_two(struct parser *p, enum filter_op op, struct filter **left,
                   const struct filter *right)
{
    struct filter *f = filter_node(p, op, (*left)->at);
    if (!f)
        return err_nomem(p->e);
    f->left = *left;
    f->right = right;
    *left = f;
    return RC_OK;
}

static bool suits(enum filter_op op, const struct path *path)
{
    enum type t = path_type(path);
    const struct field_def *f = path_field(path);
    bool number = t == TYPE_INT || t == TYPE_DECIMAL || t == TYPE_MONEY || t == TYPE_DATE ||
                  t == TYPE_TIME || path->step[path->n - 1].attr == ATTR_ID;
    switch (op) {
    case FILTER_LT:
    case FILTER_LE:
    case FILTER_GT:
    case FILTER_GE:
        return number;
    case FILTER_UNDER:
        return f && t == TYPE_CODE;
    case FILTER_CONTAINS:
        return t == TYPE_TEXT || t == TYPE_LONG || (t >= TYPE_CREDIT && t <= TYPE_FILE);
    case FILTER_EQ:
    case FILTER_NE:
    case FILTER_IN:
        return t != TYPE_GROUP;
    default:
        return true;
    }
}

static enum rc test_node(struct parser *p, enum filter_op op, const struct path *path,
                         const struct val *value, uint32_t n, size_t at, struct filter **out)
{
    *out = filter_node(p, op, at);
    if (!*out)
        return err_nomem(p->e);
    if (++p->tests > FILTER_TESTS)
        return err_user(p->e, "filter.too_many", "%d", FILTER_TESTS);
    (*out)->path = *path;
    (*out)->value = value;
    (*out)->n_values = n;
    return RC_OK;
}

static enum rc one_value(struct parser *p, enum filter_op op, const struct path *path, int64_t num,
                         size_t at, struct filter **out)
{
    struct val *v = arena_alloc(p->arena, sizeof *v);
    if (!v)
        return err_nomem(p->e);
    *v = (struct val){.set = true, .num = num};
    return test_node(p, op, path, v, 1, at, out);
}

/* The test's day is counted from a day that is not known yet. */
static void let_float(struct filter *f, const struct day_from *from, int64_t seconds)
{
    f->day = *from;
    f->day.seconds = seconds;
}

static enum rc day_begins(struct parser *p, enum filter_op op, const struct path *path,
                          const struct typed *t, int64_t seconds, size_t at, struct filter **out)
{
    TRY(one_value(p, op, path, t->val.num + seconds, at, out));
    let_float(*out, &t->from, seconds);
    return RC_OK;
}

/* A whole day compared with a moment. */
static enum rc day_test(struct parser *p, enum filter_op op, const struct path *path,
                        const struct typed *t, size_t at, struct filter **out)
{
    const int64_t next = 86400;
    struct filter *end;
    switch (op) {
    case FILTER_LT:
    case FILTER_GE:
        return day_begins(p, op, path, t, 0, at, out);
    case FILTER_GT:
        return day_begins(p, FILTER_GE, path, t, next, at, out);
    case FILTER_LE:
        return day_begins(p, FILTER_LT, path, t, next, at, out);
    default:
        /* it is printed within brackets, within those it stands in */
        if (p->depth + 2 > FILTER_DEPTH)
            return err_user(p->e, "filter.too_deep", "%d", FILTER_DEPTH);
        TRY(day_begins(p, FILTER_GE, path, t, 0, at, out));
        TRY(day_begins(p, FILTER_LT, path, t, next, at, &end));
        TRY(filter_two(p, FILTER_AND, out, end));
        if (op != FILTER_NE)
            return RC_OK;
        end = *out;
        *out = filter_node(p, FILTER_NOT, at);
        if (!*out)
            return err_nomem(p->e);
        (*out)->left = end;
        return RC_OK;
    }
}

/* FILTER_UNDER: the code and all under it. */
static enum rc under_test(struct parser *p, const struct path *path, struct str code, size_t at,
                          struct filter **out)
{
    const struct codes *c = path_field(path)->codes;
    const struct code *top = code_find(c, code);
    uint32_t from = (uint32_t)(top - c->code), n = top->end - from;
    struct val *v = arena_alloc(p->arena, n * sizeof *v);
    if (!v)
        return err_nomem(p->e);
    for (uint32_t i = 0; i < n; i++)
        v[i] = (struct val){.set = true, .text = c->code[from + i].code};
    return test_node(p, FILTER_UNDER, path, v, n, at, out);
}

static enum rc value_test(struct parser *p, enum filter_op op, const struct path *path, size_t at,
                          size_t value_at, struct str text, bool word, struct filter **out)
{
    struct typed t = {0};
    if (op == FILTER_CONTAINS) {
        const struct field_def any = {.name = STR(""), .type = TYPE_LONG};
        vec_fault faults = {0};
        struct fault_place place = {&any, 0, UINT32_MAX, UINT32_MAX, false, p->arena, &faults};
        enum rc rc = val_parse_one(&t.val, text, &place, p->e);
        if (rc == RC_OK && !t.val.set)
            rc = filter_bad_value(p, value_at, text, path);
        vec_free(&faults);
        TRY(rc);
    } else {
        TRY(read_typed(p, path, value_at, text, word, &t));
        if (t.day)
            return day_test(p, op, path, &t, at, out);
        if (op == FILTER_UNDER)
            return under_test(p, path, t.val.text, at, out);
    }
    struct val *v = arena_alloc(p->arena, sizeof *v);
    if (!v)
        return err_nomem(p->e);
    *v = t.val;
    TRY(test_node(p, op, path, v, 1, at, out));
    let_float(*out, &t.from, 0);
    return RC_OK;
}

/* Values of one type may be compared; whole numbers and decimals are one. */
static bool may_compare(const struct path *a, const struct path *b)
{
    const struct field_def *f = path_field(a), *g = path_field(b);
    enum type t = path_type(a), u = path_type(b);
    if (t == TYPE_CODE)
        return u == TYPE_CODE && f && g && f->codes == g->codes;
    return t == u || (t == TYPE_INT && u == TYPE_DECIMAL) || (t == TYPE_DECIMAL && u == TYPE_INT);
}

/* ".start": a value of the record; a number may begin with a point too. */
static bool is_path_next(struct parser *p)
{
    size_t n;
    scan_blanks(&p->s);
    struct scan s = p->s;
    if (scan_peek(&s, &n) != '.')
        return false;
    s.at += n;
    uint32_t c = scan_peek(&s, &n);
    return !(c >= '0' && c <= '9') && !scan_ends_word(c);
}

static enum rc path_test(struct parser *p, enum filter_op op, const struct path *path, size_t at,
                         struct filter **out)
{
    struct path with;
    size_t from = p->s.at, n;
    (void)scan_peek(&p->s, &n);
    p->s.at += n;
    TRY(path_scan(&with, &p->s, p->c, p->arena, p->e));
    if (!may_compare(path, &with))
        return filter_bad_value(p, from, str_sub(p->s.text, from, p->s.at), path);
    TRY(test_node(p, op, path, NULL, 0, at, out));
    (*out)->with = with;
    return RC_OK;
}

typedef VEC(struct val) vec_val;

/* in ( … ): plain values become one test; days of a moment are ranges, or'ed to it. */
static enum rc read_in(struct parser *p, const struct path *path, size_t at, vec_val *plain,
                       struct filter **out)
{
    struct filter *days = NULL;
    if (!eat_char(p, '('))
        return filter_expected(p, "(");
    do {
        size_t value_at;
        struct str text;
        bool word;
        struct typed t;
        TRY(scan_value(p, &value_at, &text, &word));
        TRY(read_typed(p, path, value_at, text, word, &t));
        if (t.from.floats)
            return filter_bad_value(p, value_at, text, path);
        if (!t.day) {
            TRY(vec_push(plain, t.val, p->e));
            continue;
        }
        struct filter *day;
        TRY(day_test(p, FILTER_EQ, path, &t, at, &day));
        if (days)
            TRY(filter_two(p, FILTER_OR, &days, day));
        else
            days = day;
    } while (eat_char(p, ','));
    if (!eat_char(p, ')'))
        return filter_expected(p, ")");
    *out = days;
    if (!plain->n)
        return RC_OK;
    struct val *v = arena_alloc(p->arena, plain->n * sizeof *v);
    if (!v)
        return err_nomem(p->e);
    memcpy(v, plain->p, plain->n * sizeof *v);
    struct filter *in;
    TRY(test_node(p, FILTER_IN, path, v, (uint32_t)plain->n, at, &in));
    if (days)
        return filter_two(p, FILTER_OR, out, in);
    *out = in;
    return RC_OK;
}

static enum rc in_test(struct parser *p, const struct path *path, size_t at, struct filter **out)
{
    vec_val plain = {0};
    enum rc rc = read_in(p, path, at, &plain, out);
    vec_free(&plain);
    return rc;
}

static enum rc is_test(struct parser *p, const struct path *path, size_t at, struct filter **out)
{
    enum filter_op op = eat_word(p, "empty", "空")   ? FILTER_EMPTY
                        : eat_word(p, "set", "非空") ? FILTER_SET
                                                     : FILTER_ALL;
    if (op == FILTER_ALL)
        return filter_expected(p, p->c->zh ? "空 / 非空" : "empty / set");
    return test_node(p, op, path, NULL, 0, at, out);
}

/* The comparison that stands next; FILTER_ALL: none. */
static enum filter_op scan_op(struct parser *p)
{
    if (eat_char(p, 0x2264))
        return FILTER_LE;
    if (eat_char(p, 0x2265))
        return FILTER_GE;
    if (eat_char(p, 0x2260))
        return FILTER_NE;
    if (eat_char(p, '=')) {
        size_t n;
        if (scan_peek(&p->s, &n) == '=')
            p->s.at += n;
        return FILTER_EQ;
    }
    size_t n, before = p->s.at;
    bool less = eat_char(p, '<'), more = !less && eat_char(p, '>');
    bool no = !less && !more && eat_char(p, '!');
    bool equal = (less || more || no) && scan_peek(&p->s, &n) == '=';
    if (equal)
        p->s.at += n;
    if (no && !equal)
        p->s.at = before;
    else if (less || more)
        return less ? (equal ? FILTER_LE : FILTER_LT) : equal ? FILTER_GE : FILTER_GT;
    else if (no)
        return FILTER_NE;
    return eat_word(p, "in", "属于")         ? FILTER_IN
           : eat_word(p, "under", "隶属")    ? FILTER_UNDER
           : eat_word(p, "contains", "包含") ? FILTER_CONTAINS
           : eat_word(p, "isempty", "为空")  ? FILTER_EMPTY /* as Chinese is written */
           : eat_word(p, "is", "为")         ? FILTER_SET
                                             : FILTER_ALL;
}

enum rc read_test(struct parser *p, struct filter **out)
{
    struct path path;
    scan_blanks(&p->s);
    size_t at = p->s.at, value_at;
    TRY(path_scan(&path, &p->s, p->c, p->arena, p->e));
    scan_blanks(&p->s);
    size_t op_at = p->s.at;
    enum filter_op op = scan_op(p);
    if (op == FILTER_ALL)
        return filter_expected(p, p->c->zh ? "=、!=、<、<=、>、>=、属于、隶属、包含、为空"
                                           : "= != < <= > >= in under contains is");
    if (!suits(op, &path)) {
        struct label l = path_label(&path);
        return filter_refuse(&p->s, op_at, "filter.op",
                             str_trim(str_sub(p->s.text, op_at, p->s.at)), label_text(&l, p->c->zh),
                             p->e);
    }
    if (op == FILTER_EMPTY)
        return test_node(p, op, &path, NULL, 0, at, out);
    if (op == FILTER_SET)
        return is_test(p, &path, at, out);
    if (op == FILTER_IN)
        return in_test(p, &path, at, out);
    if (op != FILTER_UNDER && op != FILTER_CONTAINS && is_path_next(p))
        return path_test(p, op, &path, at, out);
    struct str text;
    bool word;
    TRY(scan_value(p, &value_at, &text, &word));
    return value_test(p, op, &path, at, value_at, text, word, out);
}

/* The values of an IN are parted by commas. */
static enum rc in_texts(struct parser *p, const struct path *path, struct str value,
                        struct filter **out)
{
    struct buf b;
    buf_init(&b, FILTER_BYTES);
    enum rc rc = RC_OK;
    GOTO_OUT(buf_char(&b, '(', p->e));
    GOTO_OUT(buf_str(&b, value, p->e));
    GOTO_OUT(buf_char(&b, ')', p->e));
    p->s = (struct scan){arena_str(p->arena, buf_view(&b)), 0};
    if (!p->s.text.p) {
        rc = err_nomem(p->e);
        goto out;
    }
    GOTO_OUT(in_test(p, path, 0, out));
    if (p->s.at != p->s.text.n)
        rc = filter_expected(p, ",");
out:
    buf_free(&b);
    return rc;
}

enum rc filter_test(struct filter **out, struct str path, enum filter_op op, struct str value,
                    const struct filter_context *c, struct arena *a, struct err *e)
{
    struct parser p = {.c = c, .arena = a, .e = e};
    struct path at;
    TRY(path_find(&at, path, c, e));
    if (op < FILTER_EQ || !suits(op, &at)) {
        struct label l = path_label(&at);
        return filter_refuse(&p.s, 0, "filter.op", STR(""), label_text(&l, c->zh), e);
    }
    if (value.n > FILTER_BYTES)
        return err_user(e, "filter.too_long", "%d", FILTER_BYTES);
    if (op == FILTER_EMPTY || op == FILTER_SET)
        return test_node(&p, op, &at, NULL, 0, 0, out);
    if (op == FILTER_IN)
        return in_texts(&p, &at, value, out);
    struct str text = arena_str(a, value);
    if (!text.p)
        return err_nomem(e);
    return value_test(&p, op, &at, 0, 0, str_trim(text), true, out);
}
