/* Names in filters: attributes, fields, and the way from one record to another. */
#include "record/filter_int.h"
#include "record/kind_int.h"

#include <stdlib.h>

static const struct {
    const char *name;
    struct label label;
    enum type type;
} attrs[] = {
    [ATTR_ID] = {"id", {STR("编号"), STR("Id")}, TYPE_REF},
    [ATTR_OWNER] = {"owner", {STR("所属单位"), STR("Organisation")}, TYPE_REF},
    [ATTR_STATE] = {"state", {STR("状态"), STR("State")}, TYPE_CODE},
    [ATTR_SECRECY] = {"secrecy", {STR("公开程度"), STR("Secrecy")}, TYPE_CODE},
    [ATTR_CREATED] = {"created", {STR("创建时间"), STR("Created")}, TYPE_TIME},
    [ATTR_UPDATED] = {"updated", {STR("更新时间"), STR("Updated")}, TYPE_TIME},
    [ATTR_SINCE] = {"since", {STR("进入状态时间"), STR("In this state since")}, TYPE_TIME},
    [ATTR_KIND] = {"kind", {STR("类别"), STR("Kind")}, TYPE_CODE},
};

const char *const secrecy_names[3] = {"open", "masked", "private"};
const struct label secrecy_labels[3] = {
    {STR("公开"), STR("Open")}, {STR("脱敏公开"), STR("Masked")}, {STR("不公开"), STR("Private")}};

enum attr attr_find(struct str name)
{
    for (int a = ATTR_ID; a <= ATTR_KIND; a++)
        if (str_eq(name, str_of(attrs[a].name)))
            return (enum attr)a;
    return ATTR_FIELD;
}

const char *attr_name(enum attr a)
{
    return a > ATTR_FIELD && a <= ATTR_KIND ? attrs[a].name : "";
}

struct label attr_label(enum attr a)
{
    return a > ATTR_FIELD && a <= ATTR_KIND ? attrs[a].label : (struct label){STR(""), STR("")};
}

const struct field_def *path_field(const struct path *p)
{
    const struct path_step *s = &p->step[p->n - 1];
    if (s->attr != ATTR_FIELD)
        return NULL;
    const struct field_def *f = &s->kind->field[s->field];
    return s->sub == UINT32_MAX ? f : &f->sub[s->sub];
}

enum type path_type(const struct path *p)
{
    const struct field_def *f = path_field(p);
    return f ? f->type : attrs[p->step[p->n - 1].attr].type;
}

bool path_is_text(const struct path *p)
{
    const struct field_def *f = path_field(p);
    return f ? type_is_text(f->type) : p->step[p->n - 1].attr == ATTR_KIND;
}

struct label path_label(const struct path *p)
{
    const struct field_def *f = path_field(p);
    return f ? f->label : attrs[p->step[p->n - 1].attr].label;
}

static uint32_t characters(struct str s, size_t to)
{
    return (uint32_t)utf8_len(str_sub(s, 0, to));
}

enum rc filter_refuse(const struct scan *s, size_t at, const char *key, struct str word,
                      struct str other, struct err *e)
{
    enum rc rc = err_user(e, key, "%.*s%s%.*s", (int)MIN(word.n, 100u), word.p ? word.p : "",
                          other.n ? "\t" : "", (int)MIN(other.n, 100u), other.p ? other.p : "");
    return err_at(e, rc, NULL, NULL, 0, characters(s->text, at) + 1);
}

/* ---- characters ---- */

uint32_t scan_peek(const struct scan *s, size_t *bytes)
{
    size_t i = s->at;
    *bytes = 0;
    if (i >= s->text.n)
        return 0;
    uint32_t c = utf8_next(s->text, &i);
    *bytes = i - s->at;
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFEE0;
    switch (c) {
    case 0:
        return 1; /* no end */
    case 0x3000:
    case 0xA0:
        return ' ';
    case 0x3001:
        return ',';
    default:
        return c;
    }
}

void scan_blanks(struct scan *s)
{
    size_t n;
    for (uint32_t c; (c = scan_peek(s, &n)) == ' ' || (c >= '\t' && c <= '\r'); s->at += n)
        ;
}

bool scan_ends_word(uint32_t c)
{
    return c <= ' ' || (c < 0x80 && strchr("()=,!<>\"", (int)c)) || c == 0x201C || c == 0x201D ||
           c == 0x2264 || c == 0x2265 || c == 0x2260;
}

enum rc scan_quoted(struct scan *s, struct str *out, struct arena *a, struct err *e)
{
    size_t n, from = s->at, k = 0;
    uint32_t open = scan_peek(s, &n), close = open == 0x201C ? 0x201D : open;
    char *to = arena_alloc(a, s->text.n - from + 1);
    if (!to)
        return err_nomem(e);
    s->at += n;
    for (;;) {
        size_t i = s->at;
        if (i >= s->text.n)
            return filter_refuse(s, from, "filter.expected", str_sub(s->text, from, s->text.n),
                                 STR("\""), e);
        uint32_t c = utf8_next(s->text, &i);
        /* a full-width quote opens, so that one closes */
        if (c == close || (open == '"' && close == '"' && n == 3 && c == 0xFF02)) {
            s->at = i;
            *out = (struct str){to, k};
            return RC_OK;
        }
        if (c == '\\' && i < s->text.n && (s->text.p[i] == '"' || s->text.p[i] == '\\')) {
            s->at = i;
            i++;
        }
        memcpy(to + k, s->text.p + s->at, i - s->at);
        k += i - s->at;
        s->at = i;
    }
}

/* ---- names ---- */

static bool is_label(const struct label *l, struct str folded)
{
    char to[FOLD_MAX];
    return folded.n && (str_eq(fold(to, sizeof to, l->zh), folded) ||
                        str_eq(fold(to, sizeof to, l->en), folded));
}

bool label_is(const struct label *l, struct str text)
{
    char to[FOLD_MAX];
    return is_label(l, fold(to, sizeof to, text));
}

static uint32_t find_field(const struct field_def *f, uint32_t n, struct str name)
{
    char to[FOLD_MAX];
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(f[i].name, name))
            return i;
    struct str folded = fold(to, sizeof to, name);
    for (uint32_t i = 0; i < n; i++)
        if (is_label(&f[i].label, folded))
            return i;
    return UINT32_MAX;
}

static bool has_attr(const struct kind *k, enum attr a)
{
    if (a == ATTR_STATE)
        return k && k->n_states;
    return a != ATTR_OWNER || !k || k->owned;
}

static bool find_step(const struct kind *k, struct str name, struct path_step *s)
{
    char to[FOLD_MAX];
    *s = (struct path_step){.kind = k, .attr = attr_find(name), .sub = UINT32_MAX};
    if (s->attr != ATTR_FIELD)
        return has_attr(k, s->attr);
    s->field = k ? field_find(k, name) : NO_FIELD;
    if (s->field == NO_FIELD && k)
        s->field = find_field(k->field, k->n_fields, name);
    if (s->field != NO_FIELD)
        return true;
    struct str folded = fold(to, sizeof to, name);
    for (int a = ATTR_ID; a <= ATTR_KIND; a++)
        if (is_label(&attrs[a].label, folded)) {
            s->attr = (enum attr)a;
            return has_attr(k, s->attr);
        }
    return false;
}

/* ---- what was meant ---- */

enum { NEAR_MAX = 24 };

static size_t code_points(uint32_t *to, struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < NEAR_MAX;)
        to[n++] = utf8_next(s, &i);
    return n;
}

/* Edits that make one of the other (Levenshtein 1966). */
static unsigned distance(struct str x, struct str y)
{
    uint32_t a[NEAR_MAX], b[NEAR_MAX];
    unsigned row[NEAR_MAX + 1];
    size_t n = code_points(a, x), m = code_points(b, y);
    for (size_t j = 0; j <= m; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned up = row[j], keep = corner + (a[i - 1] != b[j - 1]);
            row[j] = MIN(keep, MIN(up, row[j - 1]) + 1);
            corner = up;
        }
    }
    return row[m];
}

struct near {
    struct str word, best;
    unsigned edits;
};

static void consider(struct near *n, struct str name)
{
    if (!name.n)
        return;
    unsigned d = distance(n->word, name);
    if (d < n->edits) {
        n->edits = d;
        n->best = name;
    }
}

static struct str nearest(const struct kind *k, struct str word)
{
    struct near n = {word, STR(""), utf8_len(word) < 4 ? 2 : 3};
    for (uint32_t i = 0; k && i < k->n_fields; i++) {
        consider(&n, k->field[i].name);
        consider(&n, k->field[i].label.zh);
        consider(&n, k->field[i].label.en);
    }
    for (int a = ATTR_ID; a <= ATTR_KIND; a++) {
        if (!has_attr(k, (enum attr)a))
            continue;
        consider(&n, str_of(attrs[a].name));
        consider(&n, attrs[a].label.zh);
        consider(&n, attrs[a].label.en);
    }
    return n.best;
}

/* ---- paths ---- */

/* One name; *at is where it begins. */
static enum rc scan_name(struct scan *s, struct str *name, size_t *at, bool zh, struct arena *a,
                         struct err *e)
{
    size_t n;
    *at = s->at;
    uint32_t c = scan_peek(s, &n);
    if (c == '"' || c == 0x201C)
        return scan_quoted(s, name, a, e);
    while ((c = scan_peek(s, &n)) != '.' && !scan_ends_word(c))
        s->at += n;
    *name = str_sub(s->text, *at, s->at);
    if (name->n)
        return RC_OK;
    struct str what = zh ? STR("字段名") : STR("a name");
    return n ? filter_refuse(s, *at, "filter.expected", str_sub(s->text, *at, *at + n), what, e)
             : filter_refuse(s, *at, "filter.more", what, STR(""), e);
}

/* The kind of the records that the path's last step leads to; false where it is no ref. */
static bool leads_to(const struct path *p, const struct filter_context *c, const struct kind **k)
{
    const struct path_step *s = &p->step[p->n - 1];
    if (s->attr == ATTR_OWNER) {
        *k = kind_find(c->kinds, STR("org"));
        return *k != NULL;
    }
    const struct field_def *f = path_field(p);
    if (!f || f->type != TYPE_REF)
        return false;
    *k = f->of_kind;
    return true;
}

static enum rc add_step(struct path *p, const struct filter_context *c, const struct scan *s,
                        struct str name, size_t at, struct err *e)
{
    const struct kind *k = c->kind;
    if (p->n) {
        struct path_step *last = &p->step[p->n - 1];
        const struct field_def *f = path_field(p);
        if (f && f->type == TYPE_GROUP) {
            last->sub = find_field(f->sub, f->n_sub, name);
            return last->sub != UINT32_MAX ? RC_OK
                                           : filter_refuse(s, at, "filter.name", name, STR(""), e);
        }
        if (!leads_to(p, c, &k) || p->n == FILTER_STEPS) {
            struct label l = path_label(p);
            return filter_refuse(s, at, "filter.no_ref", label_text(&l, c->zh), STR(""), e);
        }
    }
    if (!find_step(k, name, &p->step[p->n])) {
        struct str near = nearest(k, name);
        return filter_refuse(s, at, near.n ? "filter.name_near" : "filter.name", name, near, e);
    }
    p->n++;
    return RC_OK;
}

enum rc path_scan(struct path *out, struct scan *s, const struct filter_context *c, struct arena *a,
                  struct err *e)
{
    size_t n;
    *out = (struct path){.today = c->floating ? DAY_FLOATS : c->today};
    for (;;) {
        struct str name;
        size_t at;
        TRY(scan_name(s, &name, &at, c->zh, a, e));
        TRY(add_step(out, c, s, name, at, e));
        if (scan_peek(s, &n) != '.')
            return RC_OK;
        s->at += n;
    }
}

enum rc path_find(struct path *out, struct str text, const struct filter_context *c, struct err *e)
{
    struct scan s = {str_trim(text), 0};
    struct arena a = {.ceiling = FILTER_BYTES * 2};
    if (text.n > FILTER_BYTES)
        return err_user(e, "filter.too_long", "%d", FILTER_BYTES);
    enum rc rc = path_scan(out, &s, c, &a, e);
    if (rc == RC_OK && s.at != s.text.n)
        rc = filter_refuse(&s, s.at, "filter.name", str_sub(s.text, s.at, s.text.n), STR(""), e);
    arena_free(&a);
    return rc;
}

enum rc path_print(struct buf *out, const struct path *p, struct err *e)
{
    for (uint32_t i = 0; i < p->n; i++) {
        const struct path_step *s = &p->step[i];
        if (i)
            TRY(buf_char(out, '.', e));
        if (s->attr != ATTR_FIELD) {
            TRY(buf_str(out, str_of(attrs[s->attr].name), e));
            continue;
        }
        const struct field_def *f = &s->kind->field[s->field];
        TRY(buf_str(out, f->name, e));
        if (s->sub != UINT32_MAX) {
            TRY(buf_char(out, '.', e));
            TRY(buf_str(out, f->sub[s->sub].name, e));
        }
    }
    return RC_OK;
}
