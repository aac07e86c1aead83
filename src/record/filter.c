/* The filter language: text into tests. */
#include "record/filter_int.h"

struct parser {
    struct scan s;
    const struct filter_context *c;
    struct arena *arena;
    unsigned depth, tests;
    struct err *e;
};

static enum rc expected(struct parser *p, const char *what)
{
    size_t n, from = p->s.at;
    while (p->s.at < p->s.text.n && !scan_ends_word(scan_peek(&p->s, &n)))
        p->s.at += n;
    if (p->s.at == from && from < p->s.text.n) {
        (void)scan_peek(&p->s, &n);
        p->s.at += n;
    }
    if (from == p->s.text.n)
        return filter_refuse(&p->s, from, "filter.more", str_of(what), STR(""), p->e);
    return filter_refuse(&p->s, from, "filter.expected", str_sub(p->s.text, from, p->s.at),
                         str_of(what), p->e);
}

/* The word that stands next, without taking it. */
static struct str next_word(struct parser *p)
{
    size_t n;
    scan_blanks(&p->s);
    struct scan s = p->s;
    while (!scan_ends_word(scan_peek(&s, &n)))
        s.at += n;
    return str_sub(s.text, p->s.at, s.at);
}

static bool is_word(struct str w, const char *lower, const char *han)
{
    size_t n = strlen(lower);
    bool same = w.n == n;
    for (size_t i = 0; same && i < n; i++)
        same = (w.p[i] >= 'A' && w.p[i] <= 'Z' ? w.p[i] + 32 : w.p[i]) == lower[i];
    return same || str_eq(w, str_of(han));
}

static bool eat_word(struct parser *p, const char *lower, const char *han)
{
    struct str w = next_word(p);
    if (!is_word(w, lower, han))
        return false;
    p->s.at += w.n;
    return true;
}

static bool eat_char(struct parser *p, uint32_t c)
{
    size_t n;
    scan_blanks(&p->s);
    if (scan_peek(&p->s, &n) != c)
        return false;
    p->s.at += n;
    return true;
}

static struct filter *node(struct parser *p, enum filter_op op, size_t at)
{
    struct filter *f = arena_calloc(p->arena, 1, sizeof *f);
    if (f) {
        f->op = op;
        f->at = (uint32_t)at;
        f->end = (uint32_t)p->s.at;
    }
    return f;
}

static enum rc two(struct parser *p, enum filter_op op, struct filter **left,
                   const struct filter *right)
{
    struct filter *f = node(p, op, (*left)->at);
    if (!f)
        return err_nomem(p->e);
    f->left = *left;
    f->right = right;
    *left = f;
    return RC_OK;
}

/* ---- values ---- */

struct typed {
    struct val val;
    bool day; /* of a time: it names a whole day */
};

static enum rc bad_value(struct parser *p, size_t at, struct str word, const struct path *path)
{
    struct label l = path_label(path);
    return filter_refuse(&p->s, at, "filter.value", word, label_text(&l, p->c->zh), p->e);
}

/* state, secrecy and kind by name or label. */
static bool attr_value(const struct parser *p, const struct path_step *s, struct str text,
                       struct val *out)
{
    const struct kind *k = s->kind;
    bool found = false;
    out->num = 0;
    if (s->attr == ATTR_STATE) {
        uint32_t at = state_find(k, text);
        for (uint32_t i = 0; i < k->n_states && at == UINT32_MAX; i++)
            if (label_is(&k->state[i].label, text))
                at = i;
        found = at != UINT32_MAX;
        out->num = at;
    } else if (s->attr == ATTR_SECRECY) {
        for (int i = 0; i < 3 && !found; i++) {
            found = str_eq(str_of(secrecy_names[i]), text) || label_is(&secrecy_labels[i], text);
            out->num = i;
        }
    } else {
        const struct kind *at = kind_find(p->c->kinds, text);
        for (uint32_t i = 0; i < kinds_count(p->c->kinds) && !at; i++)
            if (label_is(&kinds_at(p->c->kinds, i)->label, text))
                at = kinds_at(p->c->kinds, i);
        found = at != NULL;
        if (at)
            out->text = at->name;
    }
    return found;
}

static int64_t add_months(int64_t days, int64_t months)
{
    int y, m, d;
    days_to(days, &y, &m, &d);
    int64_t all = (int64_t)y * 12 + m - 1 + months;
    if (all < 12 || all > 9999 * 12 + 11)
        return all < 12 ? DAYS_MIN : DAYS_MAX;
    int to_y = (int)(all / 12), to_m = (int)(all % 12) + 1;
    int64_t first = days_of(to_y, to_m, 1);
    int64_t next = to_m == 12 ? days_of(to_y + 1, 1, 1) : days_of(to_y, to_m + 1, 1);
    return MIN(first + d, next) - 1; /* the 31st becomes the last of a shorter month */
}

/* What may stand behind today: +30d, - 6 m. false where it is no such thing. */
static bool shift_day(struct str rest, int64_t *days)
{
    rest = str_trim(rest);
    if (!rest.n)
        return true;
    bool minus = rest.p[0] == '-';
    if (!minus && rest.p[0] != '+')
        return false;
    rest = str_trim(str_sub(rest, 1, rest.n));
    int64_t n = 0;
    size_t i = 0;
    for (; i < rest.n && i < 7 && rest.p[i] >= '0' && rest.p[i] <= '9'; i++)
        n = n * 10 + (rest.p[i] - '0');
    struct str unit = str_trim(str_sub(rest, i, rest.n));
    if (!i)
        return false;
    n = minus ? -n : n;
    if (is_word(unit, "d", "天"))
        *days += n;
    else if (is_word(unit, "m", "月") || str_eq(unit, STR("个月")))
        *days = add_months(*days, n);
    else if (is_word(unit, "y", "年"))
        *days = add_months(*days, n * 12);
    else
        return false;
    return *days >= DAYS_MIN && *days <= DAYS_MAX;
}

static bool today_value(struct parser *p, struct str word, int64_t *days)
{
    static const char *const words[] = {"today", "今天"};
    *days = p->c->today;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_starts(word, str_of(words[i])))
            return shift_day(str_sub(word, strlen(words[i]), word.n), days);
    return false;
}

/* The value's text into the path's type. `word`: it stood without quotes. */
static enum rc read_typed(struct parser *p, const struct path *path, size_t at, struct str text,
                          bool word, struct typed *out)
{
    enum type type = path_type(path);
    const struct field_def *f = path_field(path);
    int64_t days;
    *out = (struct typed){.val = {.set = true}};
    if (!f && type == TYPE_CODE)
        return attr_value(p, &path->step[path->n - 1], str_trim(text), &out->val)
                   ? RC_OK
                   : bad_value(p, at, text, path);
    if (type == TYPE_REF && word && (str_eq(text, STR("@me")) || str_eq(text, STR("@org")))) {
        out->val.num = str_eq(text, STR("@me")) ? p->c->me : p->c->org;
        return RC_OK;
    }
    if (type == TYPE_REF &&
        str_eq(text, STR("0"))) /* nobody: as @me is printed where there is none */
        return RC_OK;
    if ((type == TYPE_DATE || type == TYPE_TIME) && word && today_value(p, text, &days)) {
        out->day = type == TYPE_TIME;
        out->val.num = type == TYPE_TIME ? days * 86400 - CHINA_SECONDS : days;
        return RC_OK;
    }
    if (type == TYPE_TIME)
        return time_read(text, &out->val.num, &out->day) ? RC_OK : bad_value(p, at, text, path);
    const struct field_def ref = {.name = STR("id"), .type = TYPE_REF};
    vec_fault faults = {0};
    struct fault_place place = {f ? f : &ref, 0, UINT32_MAX, UINT32_MAX, false, p->arena, &faults};
    enum rc rc = val_parse_one(&out->val, text, &place, p->e);
    if (rc == RC_OK && (faults.n || !out->val.set))
        rc = bad_value(p, at, text, path);
    vec_free(&faults);
    return rc;
}

/* A value's text where it stands: in quotes, or a word; today with what is added to it. */
static enum rc scan_value(struct parser *p, size_t *at, struct str *text, bool *word)
{
    size_t n;
    scan_blanks(&p->s);
    *at = p->s.at;
    uint32_t c = scan_peek(&p->s, &n);
    *word = c != '"' && c != 0x201C;
    if (!*word)
        return scan_quoted(&p->s, text, p->arena, p->e);
    struct str w = next_word(p);
    if (!w.n)
        return expected(p, "value");
    p->s.at += w.n;
    if (str_starts(w, STR("today")) || str_starts(w, STR("今天")))
        for (int i = 0; i < 3; i++) { /* today + 30 d */
            struct scan before = p->s;
            struct str more = next_word(p), last = str_sub(p->s.text, *at, before.at);
            bool open = strchr("+-", last.p[last.n - 1]) ||
                        (last.p[last.n - 1] >= '0' && last.p[last.n - 1] <= '9');
            bool unit = is_word(more, "d", "天") || is_word(more, "m", "月") ||
                        is_word(more, "y", "年") || str_eq(more, STR("个月"));
            bool sign = more.n && strchr("+-", more.p[0]) != NULL;
            bool number = more.n && more.p[0] >= '0' && more.p[0] <= '9';
            if (!sign && !(open && (unit || number))) {
                p->s = before;
                break;
            }
            p->s.at += more.n;
        }
    *text = str_sub(p->s.text, *at, p->s.at);
    return RC_OK;
}

/* ---- tests ---- */

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
    *out = node(p, op, at);
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

/* A whole day compared with a moment. */
static enum rc day_test(struct parser *p, enum filter_op op, const struct path *path, int64_t num,
                        size_t at, struct filter **out)
{
    const int64_t next = num + 86400;
    struct filter *end;
    switch (op) {
    case FILTER_LT:
    case FILTER_GE:
        return one_value(p, op, path, num, at, out);
    case FILTER_GT:
        return one_value(p, FILTER_GE, path, next, at, out);
    case FILTER_LE:
        return one_value(p, FILTER_LT, path, next, at, out);
    default:
        /* it is printed within brackets, within those it stands in */
        if (p->depth + 2 > FILTER_DEPTH)
            return err_user(p->e, "filter.too_deep", "%d", FILTER_DEPTH);
        TRY(one_value(p, FILTER_GE, path, num, at, out));
        TRY(one_value(p, FILTER_LT, path, next, at, &end));
        TRY(two(p, FILTER_AND, out, end));
        if (op != FILTER_NE)
            return RC_OK;
        end = *out;
        *out = node(p, FILTER_NOT, at);
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
    struct typed t;
    if (op == FILTER_CONTAINS) {
        const struct field_def any = {.name = STR(""), .type = TYPE_LONG};
        vec_fault faults = {0};
        struct fault_place place = {&any, 0, UINT32_MAX, UINT32_MAX, false, p->arena, &faults};
        enum rc rc = val_parse_one(&t.val, text, &place, p->e);
        if (rc == RC_OK && !t.val.set)
            rc = bad_value(p, value_at, text, path);
        vec_free(&faults);
        TRY(rc);
    } else {
        TRY(read_typed(p, path, value_at, text, word, &t));
        if (t.day)
            return day_test(p, op, path, t.val.num, at, out);
        if (op == FILTER_UNDER)
            return under_test(p, path, t.val.text, at, out);
    }
    struct val *v = arena_alloc(p->arena, sizeof *v);
    if (!v)
        return err_nomem(p->e);
    *v = t.val;
    return test_node(p, op, path, v, 1, at, out);
}

typedef VEC(struct val) vec_val;

/* in ( … ): plain values become one test; days of a moment are ranges, or'ed to it. */
static enum rc read_in(struct parser *p, const struct path *path, size_t at, vec_val *plain,
                       struct filter **out)
{
    struct filter *days = NULL;
    if (!eat_char(p, '('))
        return expected(p, "(");
    do {
        size_t value_at;
        struct str text;
        bool word;
        struct typed t;
        TRY(scan_value(p, &value_at, &text, &word));
        TRY(read_typed(p, path, value_at, text, word, &t));
        if (!t.day) {
            TRY(vec_push(plain, t.val, p->e));
            continue;
        }
        struct filter *day;
        TRY(day_test(p, FILTER_EQ, path, t.val.num, at, &day));
        if (days)
            TRY(two(p, FILTER_OR, &days, day));
        else
            days = day;
    } while (eat_char(p, ','));
    if (!eat_char(p, ')'))
        return expected(p, ")");
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
        return two(p, FILTER_OR, out, in);
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
        return expected(p, p->c->zh ? "空 / 非空" : "empty / set");
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
           : eat_word(p, "is", "为")         ? FILTER_SET
                                             : FILTER_ALL;
}

static enum rc read_test(struct parser *p, struct filter **out)
{
    struct path path;
    scan_blanks(&p->s);
    size_t at = p->s.at, value_at;
    TRY(path_scan(&path, &p->s, p->c, p->arena, p->e));
    scan_blanks(&p->s);
    size_t op_at = p->s.at;
    enum filter_op op = scan_op(p);
    if (op == FILTER_ALL)
        return expected(p, "= != < <= > >= in under contains is");
    if (!suits(op, &path)) {
        struct label l = path_label(&path);
        return filter_refuse(&p->s, op_at, "filter.op",
                             str_trim(str_sub(p->s.text, op_at, p->s.at)), label_text(&l, p->c->zh),
                             p->e);
    }
    if (op == FILTER_SET)
        return is_test(p, &path, at, out);
    if (op == FILTER_IN)
        return in_test(p, &path, at, out);
    struct str text;
    bool word;
    TRY(scan_value(p, &value_at, &text, &word));
    return value_test(p, op, &path, at, value_at, text, word, out);
}

/* ---- and, or, not ---- */

static enum rc read_or(struct parser *p, struct filter **out);

static enum rc read_not(struct parser *p, struct filter **out)
{
    scan_blanks(&p->s);
    size_t at = p->s.at;
    if (p->depth >= FILTER_DEPTH)
        return err_user(p->e, "filter.too_deep", "%d", FILTER_DEPTH);
    p->depth++;
    if (eat_char(p, '(')) {
        TRY(read_or(p, out));
        if (!eat_char(p, ')'))
            return expected(p, ")");
    } else if (eat_word(p, "not", "非")) {
        struct filter *f;
        TRY(read_not(p, &f));
        *out = node(p, FILTER_NOT, at);
        if (!*out)
            return err_nomem(p->e);
        (*out)->left = f;
    } else {
        TRY(read_test(p, out));
    }
    p->depth--;
    (*out)->at = (uint32_t)at;
    (*out)->end = (uint32_t)p->s.at;
    return RC_OK;
}

static enum rc read_and(struct parser *p, struct filter **out)
{
    struct filter *right;
    TRY(read_not(p, out));
    while (eat_word(p, "and", "且")) {
        TRY(read_not(p, &right));
        TRY(two(p, FILTER_AND, out, right));
    }
    return RC_OK;
}

static enum rc read_or(struct parser *p, struct filter **out)
{
    struct filter *right;
    TRY(read_and(p, out));
    while (eat_word(p, "or", "或")) {
        TRY(read_and(p, &right));
        TRY(two(p, FILTER_OR, out, right));
    }
    return RC_OK;
}

enum rc filter_parse(struct filter **out, struct str text, const struct filter_context *c,
                     struct arena *a, struct err *e)
{
    struct parser p = {.c = c, .arena = a, .e = e};
    if (text.n > FILTER_BYTES)
        return err_user(e, "filter.too_long", "%d", FILTER_BYTES);
    /* names and values point into it */
    p.s.text = arena_str(a, text);
    if (!p.s.text.p)
        return err_nomem(e);
    scan_blanks(&p.s);
    if (p.s.at == text.n) {
        *out = node(&p, FILTER_ALL, 0);
        return *out ? RC_OK : err_nomem(e);
    }
    TRY(read_or(&p, out));
    scan_blanks(&p.s);
    return p.s.at == text.n ? RC_OK : expected(&p, c->zh ? "且 / 或" : "and / or");
}

struct filter *filter_and(const struct filter *a, const struct filter *b, struct arena *to)
{
    bool no_a = !a || a->op == FILTER_ALL, no_b = !b || b->op == FILTER_ALL;
    struct filter *f = arena_calloc(to, 1, sizeof *f);
    if (!f)
        return NULL;
    if (no_a || no_b) {
        *f = no_a && no_b ? (struct filter){.op = FILTER_ALL} : *(no_a ? b : a);
        return f;
    }
    f->op = FILTER_AND;
    f->left = a;
    f->right = b;
    return f;
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
        rc = expected(p, ",");
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
