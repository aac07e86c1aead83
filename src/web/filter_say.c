/* A condition that a field holds, said in words, and the kinds and fields that are named beside it.
 */
#include "web/page_int.h"

#define SAID_BYTES (64u << 10)

struct saying {
    struct request *rq;
    struct titles titles; /* of the records that it names */
    struct buf out;
};

static enum rc want_titles(struct saying *s, const struct filter *f, struct err *e)
{
    if (f->left)
        TRY(want_titles(s, f->left, e));
    if (f->right)
        TRY(want_titles(s, f->right, e));
    if (f->op <= FILTER_NOT || path_type(&f->path) != TYPE_REF)
        return RC_OK;
    for (uint32_t i = 0; i < f->n_values; i++)
        TRY(titles_want(&s->titles, f->value[i].num, e));
    return RC_OK;
}

static enum rc put(struct saying *s, const char *key, struct err *e)
{
    return buf_str(&s->out, msg(s->rq, key), e);
}

static enum rc put_path(struct saying *s, const struct path *p, struct err *e)
{
    struct buf b;
    buf_init(&b, 4096);
    enum rc rc = path_print(&b, p, e);
    if (rc == RC_OK)
        rc = buf_str(&s->out, column_label(s->rq, p->step[0].kind, buf_view(&b)), e);
    buf_free(&b);
    return rc;
}

static enum rc put_bare(struct saying *s, const struct path *p, const struct val *v, struct err *e)
{
    static const char *const secrecy[] = {"web.secrecy_open", "web.secrecy_masked",
                                          "web.secrecy_private"};
    const struct path_step *last = &p->step[p->n - 1];
    const struct field_def *f = path_field(p);
    struct field_def one = f ? *f : (struct field_def){.type = path_type(p)};
    struct request *rq = s->rq;
    one.list = false;
    if (last->attr == ATTR_STATE)
        return buf_str(&s->out, label_text(&last->kind->state[v->num].label, rq->zh), e);
    if (last->attr == ATTR_SECRECY)
        return put(s, secrecy[v->num], e);
    if (last->attr == ATTR_KIND) {
        const struct kind *k = kind_find(site_kinds(rq->site), v->text);
        return buf_str(&s->out, k ? label_text(&k->label, rq->zh) : v->text, e);
    }
    if (one.type == TYPE_REF) {
        const struct kind *k;
        struct str title = titles_of(&s->titles, v->num, &k);
        return title.n ? buf_str(&s->out, title, e)
                       : buf_printf(&s->out, e, "#%lld", (long long)v->num);
    }
    if (one.type == TYPE_MONEY)
        return buf_str(&s->out, show_money(rq, v->num), e);
    return val_text(&s->out, &one, v, rq->zh, false, e);
}

/* A number after Chinese words stands off by a blank. */
static enum rc put_value(struct saying *s, const struct path *p, const struct val *v, struct err *e)
{
    size_t at = s->out.n;
    TRY(put_bare(s, p, v, e));
    if (!s->rq->zh || !at || at == s->out.n || (unsigned char)s->out.p[at - 1] < 0x80 ||
        (unsigned char)s->out.p[at] >= 0x80)
        return RC_OK;
    TRY(buf_char(&s->out, ' ', e));
    memmove(s->out.p + at + 1, s->out.p + at, s->out.n - at - 1);
    s->out.p[at] = ' ';
    return RC_OK;
}

/* today, three months ago */
static enum rc put_day(struct saying *s, const struct day_from *d, struct err *e)
{
    int64_t n = d->months ? d->months : d->days + d->seconds / 86400;
    struct str count = textf(s->rq, "%lld", (long long)(n < 0 ? -n : n));
    const char *key = d->months ? (n < 0 ? "web.say_months_ago" : "web.say_months_on")
                                : (n < 0 ? "web.say_days_ago" : "web.say_days_on");
    return n ? buf_str(&s->out, msg_with(s->rq, key, count), e) : put(s, "web.say_today", e);
}

static enum rc put_values(struct saying *s, const struct filter *f, struct err *e)
{
    for (uint32_t i = 0; i < f->n_values; i++) {
        if (i)
            TRY(put(s, i + 1 < f->n_values ? "web.say_comma" : "web.say_or_last", e));
        TRY(put_value(s, &f->path, &f->value[i], e));
    }
    return RC_OK;
}

/* A test's words, of days where they differ, and of its contrary where it has its own. */
static const struct op_words {
    const char *is, *day, *isnt;
} op_words[] = {
    [FILTER_EQ] = {"web.say_is", NULL, "web.say_is_not"},
    [FILTER_IN] = {"web.say_is", NULL, "web.say_is_not"},
    [FILTER_NE] = {"web.say_is_not", NULL, "web.say_is"},
    [FILTER_LT] = {"web.say_below", "web.say_before", NULL},
    [FILTER_LE] = {"web.say_at_most", "web.say_until", NULL},
    [FILTER_GT] = {"web.say_above", "web.say_after", NULL},
    [FILTER_GE] = {"web.say_at_least", "web.say_from", NULL},
    [FILTER_UNDER] = {"web.say_within", NULL, "web.say_not_within"},
    [FILTER_CONTAINS] = {"web.say_contains", NULL, "web.say_lacks"},
    [FILTER_EMPTY] = {"web.say_empty", NULL, "web.say_set"},
    [FILTER_SET] = {"web.say_set", NULL, "web.say_empty"},
};

static const char *words_of(const struct filter *f, bool isnt)
{
    const struct op_words *w = &op_words[f->op];
    enum type t = path_type(&f->path);
    bool day = w->day && (t == TYPE_DATE || t == TYPE_TIME);
    return isnt ? w->isnt : day ? w->day : w->is;
}

static enum rc put_test(struct saying *s, const struct filter *f, bool isnt, struct err *e)
{
    TRY(put_path(s, &f->path, e));
    TRY(put(s, words_of(f, isnt), e));
    if (f->op == FILTER_EMPTY || f->op == FILTER_SET)
        return RC_OK;
    if (f->with.n)
        return put_path(s, &f->with, e);
    if (f->day.floats)
        return put_day(s, &f->day, e);
    if (f->op == FILTER_IN)
        return put_values(s, f, e);
    return put_value(s, &f->path, &f->value[0], e);
}

/* `within`: the joining word around it; other joins stand in brackets there. */
static enum rc put_filter(struct saying *s, const struct filter *f, enum filter_op within,
                          struct err *e)
{
    bool join = f->op == FILTER_AND || f->op == FILTER_OR;
    bool brackets = join && within != FILTER_ALL && within != f->op;
    if (f->op == FILTER_ALL)
        return RC_OK;
    if (f->op == FILTER_NOT && op_words[f->left->op].isnt)
        return put_test(s, f->left, true, e);
    if (f->op == FILTER_NOT) {
        TRY(put(s, "web.say_not", e));
        TRY(put(s, "web.say_open", e));
        TRY(put_filter(s, f->left, FILTER_ALL, e));
        return put(s, "web.say_close", e);
    }
    if (!join)
        return put_test(s, f, false, e);
    if (brackets)
        TRY(put(s, "web.say_open", e));
    TRY(put_filter(s, f->left, f->op, e));
    TRY(put(s, f->op == FILTER_AND ? "web.say_and" : "web.say_or", e));
    TRY(put_filter(s, f->right, f->op, e));
    return brackets ? put(s, "web.say_close", e) : RC_OK;
}

struct str say_filter(struct request *rq, const struct kind *k, struct str text)
{
    struct saying s = {.rq = rq};
    struct filter_context c = {.kinds = site_kinds(rq->site), .kind = k, .floating = true};
    struct filter *f;
    struct err e = {0};
    buf_init(&s.out, SAID_BYTES);
    enum rc rc = filter_parse(&f, text, &c, rq->arena, &e);
    rc = rc == RC_OK ? want_titles(&s, f, &e) : rc;
    rc = rc == RC_OK ? titles_load(&s.titles, rq, &e) : rc;
    rc = rc == RC_OK ? put_filter(&s, f, FILTER_ALL, &e) : rc;
    struct str out = rc == RC_OK ? arena_str(rq->arena, buf_view(&s.out)) : STR("");
    buf_free(&s.out);
    titles_free(&s.titles);
    return out.n ? out : text;
}

/* ---- fields that hold such words ---- */

enum { SAY_KIND, SAY_PATH, SAY_FILTER };
struct said {
    const char *kind, *field;
    int as;
    const char *of, *or_of; /* the fields that name the kind it speaks of; the first that is set */
};
static const struct said said[] = {
    {"indicator", "over", SAY_KIND, "over", NULL},
    {"indicator", "population", SAY_KIND, "population", NULL},
    {"indicator", "filter", SAY_FILTER, "over", NULL},
    {"indicator", "path", SAY_PATH, "over", NULL},
    {"indicator", "among", SAY_FILTER, "population", "over"},
};

static const struct kind *kind_named(const struct request *rq, const struct rec *r,
                                     const char *field)
{
    uint32_t f = field ? field_find(r->kind, str_of(field)) : NO_FIELD;
    return f == NO_FIELD || r->kind->field[f].type != TYPE_TEXT || !r->val[f].set
               ? NULL
               : kind_find(site_kinds(rq->site), str_trim(r->val[f].text));
}

struct str say_declared(struct request *rq, const struct rec *r, const struct field_def *f,
                        struct str text)
{
    for (size_t i = 0; i < ARRAY_LEN(said); i++) {
        const struct said *x = &said[i];
        if (!str_eq(f->name, str_of(x->field)) || !str_eq(r->kind->name, str_of(x->kind)))
            continue;
        if (x->as == SAY_KIND) {
            const struct kind *named = kind_find(site_kinds(rq->site), str_trim(text));
            return named ? label_text(&named->label, rq->zh) : text;
        }
        const struct kind *k = kind_named(rq, r, x->of);
        k = k ? k : kind_named(rq, r, x->or_of);
        return !k                  ? text
               : x->as == SAY_PATH ? column_label(rq, k, str_trim(text))
                                   : say_filter(rq, k, text);
    }
    return text;
}
