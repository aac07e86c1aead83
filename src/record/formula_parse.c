/* Reading one expression. */
#include "record/formula_int.h"

#define ARGS_MOST 16

struct reader {
    const struct fx_context *x;
    struct scan s;
    unsigned depth, nodes;
    struct err *e;
};

static const struct {
    const char *name;
    enum fx_op op;
    unsigned least, most;
} functions[] = {
    {"min", FX_MIN, 1, ARGS_MOST}, {"max", FX_MAX, 1, ARGS_MOST}, {"if", FX_IF, 4, 4},
    {"sum", FX_SUM, 1, 1},         {"count", FX_COUNT, 1, 1},     {"default", FX_DEFAULT, 2, 2},
    {"floor", FX_FLOOR, 1, 2},     {"round", FX_ROUND, 1, 2},     {"days", FX_DAYS, 2, 2},
    {"months", FX_MONTHS, 2, 2},   {"year", FX_YEAR, 1, 1},
};

const char *fx_function(enum fx_op op)
{
    for (size_t i = 0; i < ARRAY_LEN(functions); i++)
        if (functions[i].op == op)
            return functions[i].name;
    return NULL;
}

static enum rc read_sum(struct reader *r, struct fx **out);

/* ---- characters ---- */

static uint32_t peek(struct reader *r, size_t *n)
{
    scan_blanks(&r->s);
    uint32_t c = scan_peek(&r->s, n);
    return c == 0x2212 ? '-' : c == 0xD7 ? '*' : c == 0xF7 ? '/' : c;
}

static bool eat(struct reader *r, uint32_t c)
{
    size_t n;
    if (peek(r, &n) != c || !n)
        return false;
    r->s.at += n;
    return true;
}

static enum rc refuse(struct reader *r, size_t at, const char *key, struct str word,
                      const char *other)
{
    return filter_refuse(&r->s, at, key, word, str_of(other), r->e);
}

static bool ends_name(uint32_t c)
{
    return scan_ends_word(c) || (c < 0x80 && strchr("+-*/%", (int)c)) || c == 0x2212 || c == 0xD7 ||
           c == 0xF7;
}

static enum rc expected(struct reader *r, const char *what)
{
    size_t n, from;
    scan_blanks(&r->s);
    from = r->s.at;
    while (r->s.at < r->s.text.n && !ends_name(scan_peek(&r->s, &n)))
        r->s.at += n;
    if (r->s.at == from && from < r->s.text.n) {
        (void)scan_peek(&r->s, &n);
        r->s.at += n;
    }
    if (from == r->s.text.n)
        return refuse(r, from, "formula.more", str_of(what), "");
    return refuse(r, from, "formula.expected", str_sub(r->s.text, from, r->s.at), what);
}

static enum rc node(struct reader *r, enum fx_op op, size_t at, unsigned room, struct fx **out)
{
    if (++r->nodes > FORMULA_NODES)
        return refuse(r, at, "formula.too_many", STR("200"), "");
    *out = arena_calloc(r->x->a, 1, sizeof **out);
    if (!*out)
        return err_nomem(r->e);
    (*out)->op = op;
    (*out)->at = (uint32_t)at;
    (*out)->arg = arena_calloc(r->x->a, room + 1, sizeof *(*out)->arg);
    return (*out)->arg ? RC_OK : err_nomem(r->e);
}

static enum rc bad_type(struct reader *r, const struct fx *f)
{
    return refuse(r, f->at, "formula.type", str_sub(r->s.text, f->at, f->end), "");
}

/* ---- numbers, names ---- */

static bool add_digit(struct ratio *v, unsigned digit, unsigned *decimals, bool behind_point)
{
    if (v->n > INT64_MAX / 10 - 9 || *decimals >= 9)
        return false;
    v->n = v->n * 10 + digit;
    if (behind_point)
        *decimals += 1;
    return true;
}

/* 100000, 1,000 is not one; 0.5, 10万 */
static enum rc read_number(struct reader *r, struct fx **out)
{
    size_t at = r->s.at, n;
    struct ratio v = {0, 1};
    unsigned decimals = 0;
    bool point = false, fits = true;
    TRY(node(r, FX_NUMBER, at, 0, out));
    for (uint32_t c; (c = scan_peek(&r->s, &n)) != 0; r->s.at += n) {
        if (c >= '0' && c <= '9')
            fits &= add_digit(&v, c - '0', &decimals, point);
        else if (c == '.' && !point)
            point = true;
        else
            break;
    }
    for (unsigned i = 0; i < decimals; i++)
        v.d *= 10;
    uint32_t c = scan_peek(&r->s, &n);
    if (c == 0x4E07 || c == 0x4EBF) { /* 万, 亿 */
        v.n *= c == 0x4E07 ? 10000 : 100000000;
        r->s.at += n;
    }
    (*out)->end = (uint32_t)r->s.at;
    fits = fits && ratio_make(&(*out)->number, v.n, v.d);
    return fits ? RC_OK : refuse(r, at, "formula.number", str_sub(r->s.text, at, r->s.at), "");
}

/* A field's name, its label, or names parted by points; in quotes where there are blanks. */
static struct str scan_name(struct reader *r)
{
    size_t from = r->s.at, n;
    bool quoted = false;
    for (uint32_t c; (c = scan_peek(&r->s, &n)) != 0 && n; r->s.at += n) {
        if (c == '"' || c == 0x201C || c == 0x201D)
            quoted = !quoted;
        else if (!quoted && ends_name(c))
            break;
    }
    return str_sub(r->s.text, from, r->s.at);
}

static bool is_many(const struct path *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (p->step[i].attr == ATTR_FIELD && p->step[i].kind->field[p->step[i].field].list)
            return true;
    return false;
}

static bool type_of_path(const struct path *p, enum fx_type *out)
{
    switch (path_type(p)) {
    case TYPE_INT:
    case TYPE_DECIMAL:
        *out = FX_PLAIN;
        return true;
    case TYPE_MONEY:
        *out = FX_MONEY;
        return true;
    case TYPE_DATE:
        *out = FX_DATE;
        return true;
    default:
        return false;
    }
}

/* `many`: a list is wanted. */
static enum rc read_path(struct reader *r, struct str name, size_t at, bool many, bool any,
                         struct fx **out)
{
    struct err why = {0};
    TRY(node(r, FX_PATH, at, 0, out));
    (*out)->end = (uint32_t)r->s.at;
    enum rc rc = path_find(&(*out)->path, name, r->x->c, &why);
    if (rc == RC_USER)
        return refuse(r, at, "formula.name", name, "");
    if (rc != RC_OK) {
        if (r->e)
            *r->e = why;
        return rc;
    }
    if (!many && is_many(&(*out)->path))
        return refuse(r, at, "formula.many", name, "");
    if (!type_of_path(&(*out)->path, &(*out)->type) && !any)
        return bad_type(r, *out);
    return RC_OK;
}

static bool find_step(const struct fx_context *x, struct str name, uint32_t *at)
{
    for (uint32_t i = 0; i < x->n; i++)
        if (str_eq(x->step[i].name, name)) {
            *at = i;
            return true;
        }
    return false;
}

/* ---- functions ---- */

static bool is_number(const struct fx *f)
{
    return f->type != FX_DATE;
}

/* What two amounts have in common; false: a date and none. */
static bool join(enum fx_type *out, enum fx_type a, enum fx_type b)
{
    *out = a == FX_MONEY || b == FX_MONEY ? FX_MONEY : a;
    return (a == FX_DATE) == (b == FX_DATE);
}

static enum rc read_compare(struct reader *r, enum filter_op *out)
{
    if (eat(r, 0x2260))
        *out = FILTER_NE;
    else if (eat(r, 0x2264))
        *out = FILTER_LE;
    else if (eat(r, 0x2265))
        *out = FILTER_GE;
    else if (eat(r, '!'))
        *out = FILTER_NE;
    else if (eat(r, '<'))
        *out = eat(r, '=') ? FILTER_LE : FILTER_LT;
    else if (eat(r, '>'))
        *out = eat(r, '=') ? FILTER_GE : FILTER_GT;
    else if (eat(r, '='))
        *out = FILTER_EQ;
    else
        return expected(r, "= != < <= > >=");
    if (*out == FILTER_NE && r->s.at && r->s.text.p[r->s.at - 1] == '!' && !eat(r, '='))
        return expected(r, "=");
    return RC_OK;
}

/* sum(path), count(path), default(path, …): the first is a path. */
static enum rc read_path_arg(struct reader *r, struct fx *f)
{
    scan_blanks(&r->s);
    size_t at = r->s.at;
    struct str name = scan_name(r);
    if (!name.n)
        return expected(r, r->x->c->zh ? "字段" : "a field");
    bool list = f->op != FX_DEFAULT;
    return read_path(r, name, at, list, f->op == FX_COUNT, &f->arg[f->n++]);
}

static enum rc read_args(struct reader *r, struct fx *f, unsigned least, unsigned most)
{
    if (f->op == FX_SUM || f->op == FX_COUNT || f->op == FX_DEFAULT)
        TRY(read_path_arg(r, f));
    else
        TRY(read_sum(r, &f->arg[f->n++]));
    while (f->n < most) {
        if (f->op == FX_IF && f->n == 1)
            TRY(read_compare(r, &f->compare));
        else if (!eat(r, ','))
            break;
        TRY(read_sum(r, &f->arg[f->n++]));
    }
    if (f->n < least)
        return expected(r, ",");
    return eat(r, ')') ? RC_OK : expected(r, ")");
}

static enum rc check_all(struct reader *r, struct fx *f, bool dates)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (dates ? f->arg[i]->type != FX_DATE : !is_number(f->arg[i]))
            return bad_type(r, f->arg[i]);
    return RC_OK;
}

static enum rc type_call(struct reader *r, struct fx *f)
{
    enum fx_type t;
    f->type = f->arg[0]->type;
    switch (f->op) {
    case FX_SUM:
        return is_number(f->arg[0]) ? RC_OK : bad_type(r, f->arg[0]);
    case FX_COUNT:
        f->type = FX_PLAIN;
        return RC_OK;
    case FX_DAYS:
    case FX_MONTHS:
    case FX_YEAR:
        f->type = FX_PLAIN;
        return check_all(r, f, true);
    case FX_FLOOR:
    case FX_ROUND:
        return check_all(r, f, false);
    case FX_IF:
        if (!join(&t, f->arg[0]->type, f->arg[1]->type))
            return bad_type(r, f->arg[1]);
        return join(&f->type, f->arg[2]->type, f->arg[3]->type) ? RC_OK : bad_type(r, f->arg[3]);
    default:
        for (uint32_t i = 1; i < f->n; i++)
            if (!join(&f->type, f->type, f->arg[i]->type))
                return bad_type(r, f->arg[i]);
        return RC_OK;
    }
}

static enum rc read_call(struct reader *r, size_t at, size_t which, struct fx **out)
{
    TRY(node(r, functions[which].op, at, ARGS_MOST, out));
    TRY(read_args(r, *out, functions[which].least, functions[which].most));
    (*out)->end = (uint32_t)r->s.at;
    return type_call(r, *out);
}

static enum rc read_named(struct reader *r, struct fx **out)
{
    size_t at = r->s.at;
    struct str name = scan_name(r);
    if (!name.n)
        return expected(r, r->x->c->zh ? "数、字段、(" : "a number, a field, (");
    size_t behind = r->s.at;
    for (size_t i = 0; i < ARRAY_LEN(functions); i++)
        if (str_eq(name, str_of(functions[i].name)) && eat(r, '('))
            return read_call(r, at, i, out);
    r->s.at = behind;
    uint32_t step;
    if (find_step(r->x, name, &step)) {
        TRY(node(r, FX_STEP, at, 0, out));
        (*out)->step = step;
        (*out)->type = r->x->step[step].type;
    } else if (str_eq(name, STR("today")) || str_eq(name, STR("今天"))) {
        TRY(node(r, FX_TODAY, at, 0, out));
        (*out)->type = FX_DATE;
    } else {
        return read_path(r, name, at, false, false, out);
    }
    (*out)->end = (uint32_t)r->s.at;
    return RC_OK;
}

/* ---- operators ---- */

static enum rc read_atom(struct reader *r, struct fx **out)
{
    size_t n;
    uint32_t c = peek(r, &n);
    if (c >= '0' && c <= '9')
        return read_number(r, out);
    if (!eat(r, '('))
        return read_named(r, out);
    TRY(read_sum(r, out));
    return eat(r, ')') ? RC_OK : expected(r, ")");
}

static enum rc read_signed(struct reader *r, struct fx **out)
{
    size_t n;
    (void)peek(r, &n);
    size_t at = r->s.at;
    if (r->depth >= FORMULA_DEPTH)
        return refuse(r, at, "formula.too_deep", STR("32"), "");
    r->depth++;
    if (eat(r, '-')) {
        TRY(node(r, FX_MINUS, at, 1, out));
        struct fx *minus = *out;
        minus->n = 1;
        TRY(read_signed(r, &minus->arg[0]));
        minus->type = minus->arg[0]->type;
        minus->end = (uint32_t)r->s.at;
        r->depth--;
        return is_number(minus) ? RC_OK : bad_type(r, minus);
    }
    TRY(read_atom(r, out));
    while (eat(r, '%')) {
        struct fx *of = *out;
        if (of->type != FX_PLAIN)
            return bad_type(r, of);
        TRY(node(r, FX_PERCENT, at, 1, out));
        (*out)->arg[(*out)->n++] = of;
        (*out)->end = (uint32_t)r->s.at;
    }
    r->depth--;
    return RC_OK;
}

static enum rc two(struct reader *r, enum fx_op op, size_t at, struct fx **left, struct fx *right)
{
    struct fx *f;
    TRY(node(r, op, at, 2, &f));
    f->arg[0] = *left;
    f->arg[1] = right;
    f->n = 2;
    f->end = (uint32_t)r->s.at;
    *left = f;
    return RC_OK;
}

static enum rc type_product(struct reader *r, struct fx *f)
{
    enum fx_type a = f->arg[0]->type, b = f->arg[1]->type;
    bool money = a == FX_MONEY && b == FX_MONEY;
    if (a == FX_DATE || b == FX_DATE || (f->op == FX_MUL && money) ||
        (f->op == FX_DIV && b == FX_MONEY && a != FX_MONEY))
        return bad_type(r, f);
    f->type = f->op == FX_DIV && money ? FX_PLAIN : a == FX_MONEY ? a : b;
    return RC_OK;
}

static enum rc type_sum(struct reader *r, struct fx *f)
{
    enum fx_type a = f->arg[0]->type, b = f->arg[1]->type;
    if (a == FX_DATE && b == FX_PLAIN)
        f->type = FX_DATE;
    else if (a == FX_DATE && b == FX_DATE && f->op == FX_SUB)
        f->type = FX_PLAIN;
    else if (a == FX_DATE || b == FX_DATE)
        return bad_type(r, f);
    else
        f->type = a == FX_MONEY ? a : b;
    return RC_OK;
}

static enum rc read_product(struct reader *r, struct fx **out)
{
    struct fx *right;
    TRY(read_signed(r, out));
    size_t at = (*out)->at;
    for (;;) {
        bool times = eat(r, '*');
        if (!times && !eat(r, '/'))
            return RC_OK;
        TRY(read_signed(r, &right));
        TRY(two(r, times ? FX_MUL : FX_DIV, at, out, right));
        TRY(type_product(r, *out));
    }
}

static enum rc read_sum(struct reader *r, struct fx **out)
{
    struct fx *right;
    TRY(read_product(r, out));
    size_t at = (*out)->at;
    for (;;) {
        bool plus = eat(r, '+');
        if (!plus && !eat(r, '-'))
            return RC_OK;
        TRY(read_product(r, &right));
        TRY(two(r, plus ? FX_ADD : FX_SUB, at, out, right));
        TRY(type_sum(r, *out));
    }
}

enum rc fx_parse(struct fx **out, struct str text, const struct fx_context *x, struct err *e)
{
    struct reader r = {.x = x, .e = e};
    if (text.n > FORMULA_BYTES)
        return err_user(e, "formula.too_long", "%d", FORMULA_BYTES);
    r.s.text = arena_str(x->a, text);
    if (!r.s.text.p)
        return err_nomem(e);
    TRY(read_sum(&r, out));
    scan_blanks(&r.s);
    return r.s.at == text.n ? RC_OK : expected(&r, "+ − × ÷");
}
