/* Marks: {{…}} in the text of a paragraph, whatever runs it is made of. */
#include "sheet/docx_int.h"

#define NAME_MAX_BYTES 64u
#define LIKE_MAX       3u

/* ---- finding ---- */

/* A paragraph while it is read: its text, and where each of its texts begins in that. */
struct line {
    struct doc *d;
    uint32_t p;
    struct str text;
    VEC(struct {
        uint32_t t;
        size_t at;
    })
    part;
};

static enum rc put_seg(struct doc *d, struct seg s, struct err *e)
{
    return vec_push(&d->seg, s, e);
}

/* The text from..to that is no mark, in the pieces that it lies in. */
static enum rc put_literal(struct line *l, size_t from, size_t to, struct err *e)
{
    for (size_t i = 0; i < l->part.n; i++) {
        size_t end = i + 1 < l->part.n ? l->part.p[i + 1].at : l->text.n;
        size_t a = MAX(from, l->part.p[i].at), b = MIN(to, end);
        if (a < b)
            TRY(put_seg(l->d, (struct seg){l->part.p[i].t, NONE, str_sub(l->text, a, b)}, e));
    }
    return RC_OK;
}

static uint32_t part_at(const struct line *l, size_t at)
{
    uint32_t t = l->part.p[0].t;
    for (size_t i = 0; i < l->part.n && l->part.p[i].at <= at; i++)
        t = l->part.p[i].t;
    return t;
}

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool ok = c >= 0x80 || c == '_' || c == '.' || (c >= '0' && c <= '9') ||
                  ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (!ok)
            return false;
    }
    return s.n && s.n <= NAME_MAX_BYTES;
}

static enum rc put_mark(struct line *l, size_t from, size_t to, struct err *e)
{
    struct doc *d = l->d;
    struct mark m = {.whole = str_sub(l->text, from, to), .p = l->p, .other = NONE};
    struct str in = str_trim(str_sub(l->text, from + 2, to - 2));
    static const char types[] = "#?/";
    const char *type = in.n ? memchr(types, in.p[0], 3) : NULL;
    if (type) {
        m.type = (enum mark_type)(MARK_EACH + (type - types));
        in = str_trim(str_sub(in, 1, in.n));
    }
    size_t bar = str_find(in, STR("|"), 0);
    m.name = str_trim(str_sub(in, 0, bar));
    m.form = bar == SIZE_MAX ? STR("") : str_trim(str_sub(in, bar + 1, in.n));
    bool empty_end = m.type == MARK_END && !m.name.n;
    if ((!is_name(m.name) && !empty_end) || (m.form.n && !is_name(m.form)) ||
        (type && bar != SIZE_MAX))
        return err_user(e, "docx.mark", "%.*s", (int)MIN(m.whole.n, 80u), m.whole.p);
    if (d->mark.n >= MARKS_MAX)
        return err_too_big(e, "docx.marks", "%u", MARKS_MAX);
    struct seg s = {part_at(l, from), (uint32_t)d->mark.n, {NULL, 0}};
    TRY(vec_push(&d->mark, m, e));
    return put_seg(d, s, e);
}

static enum rc scan(struct line *l, struct err *e)
{
    size_t at = 0;
    for (;;) {
        size_t from = str_find(l->text, STR("{{"), at);
        if (from == SIZE_MAX)
            return put_literal(l, at, l->text.n, e);
        size_t to = str_find(l->text, STR("}}"), from + 2);
        if (to == SIZE_MAX)
            return err_user(e, "docx.open", "%.*s", (int)MIN(l->text.n - from, 80u),
                            l->text.p + from);
        TRY(put_literal(l, at, from, e));
        TRY(put_mark(l, from, to + 2, e));
        at = to + 2;
    }
}

static enum rc read_line(struct line *l, struct err *e)
{
    struct doc *d = l->d;
    struct el *p = &d->el.p[l->p];
    struct buf joined;
    buf_init(&joined, DOCX_MAX);
    enum rc rc = RC_OK;
    l->part.n = 0;
    for (uint32_t i = l->p + 1; rc == RC_OK && i < p->next; i++) {
        const struct el *t = &d->el.p[i];
        if (t->type != EL_T || t->up != l->p)
            continue;
        rc = vec_reserve(&l->part, 1, e);
        if (rc == RC_OK) {
            l->part.p[l->part.n].t = i;
            l->part.p[l->part.n++].at = joined.n;
            rc = buf_str(&joined, (struct str){d->text.p + t->text_at, t->text_n}, e);
        }
    }
    p->seg = (uint32_t)d->seg.n;
    if (rc == RC_OK && str_find(buf_view(&joined), STR("{{"), 0) != SIZE_MAX) {
        l->text = arena_str(&d->names, buf_view(&joined));
        rc = l->text.p ? scan(l, e) : err_nomem(e);
    }
    p->n_segs = (uint32_t)d->seg.n - p->seg;
    buf_free(&joined);
    return rc;
}

/* ---- pairing ---- */

static uint32_t row_of(const struct doc *d, uint32_t el)
{
    for (; el != NONE; el = d->el.p[el].up)
        if (d->el.p[el].type == EL_ROW)
            return el;
    return NONE;
}

static enum rc refuse(const struct doc *d, const char *key, uint32_t m, struct err *e)
{
    struct str s = d->mark.p[m].whole;
    return err_user(e, key, "%.*s", (int)MIN(s.n, 80u), s.p);
}

static enum rc pair_each(struct doc *d, uint32_t m, struct err *e)
{
    const struct mark *a = &d->mark.p[m], *b = &d->mark.p[a->other];
    uint32_t row = row_of(d, a->p), el = row != NONE ? row : a->p;
    if (row != NONE ? row_of(d, b->p) != row : a->p != b->p)
        return refuse(d, "docx.row", m, e);
    if (d->el.p[el].each != NONE)
        return refuse(d, "docx.nested", m, e);
    for (uint32_t up = d->el.p[el].up; up != NONE; up = d->el.p[up].up)
        if (d->el.p[up].each != NONE)
            return refuse(d, "docx.nested", m, e);
    d->el.p[el].each = m;
    return RC_OK;
}

static bool is_alone(const struct doc *d, uint32_t p)
{
    uint32_t marks = 0;
    for (uint32_t i = 0; i < d->el.p[p].n_segs; i++) {
        const struct seg *s = &d->seg.p[d->el.p[p].seg + i];
        marks += s->mark != NONE;
        if (s->mark == NONE && str_trim(s->text).n)
            return false;
    }
    return marks == 1;
}

static enum rc pair_if(struct doc *d, uint32_t m, struct err *e)
{
    const struct mark *a = &d->mark.p[m], *b = &d->mark.p[a->other];
    if (a->p == b->p)
        return RC_OK;
    if (d->el.p[a->p].parent != d->el.p[b->p].parent || !is_alone(d, a->p) || !is_alone(d, b->p))
        return refuse(d, "docx.alone", m, e);
    return RC_OK;
}

static enum rc pair(struct doc *d, struct err *e)
{
    VEC(uint32_t) open = {0};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < d->mark.n; i++) {
        struct mark *m = &d->mark.p[i];
        if (m->type == MARK_EACH || m->type == MARK_IF)
            rc = vec_push(&open, i, e);
        if (m->type != MARK_END)
            continue;
        struct mark *top = open.n ? &d->mark.p[open.p[open.n - 1]] : NULL;
        if (!top || (m->name.n && !str_eq(top->name, m->name))) {
            rc = refuse(d, "docx.pair", i, e);
            break;
        }
        m->other = open.p[--open.n];
        top->other = i;
        rc = top->type == MARK_EACH ? pair_each(d, m->other, e) : pair_if(d, m->other, e);
    }
    if (rc == RC_OK && open.n)
        rc = refuse(d, "docx.pair", open.p[open.n - 1], e);
    vec_free(&open);
    return rc;
}

enum rc doc_marks(struct doc *d, struct err *e)
{
    struct line l = {.d = d};
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < d->el.n; i++)
        if (d->el.p[i].type == EL_P) {
            l.p = i;
            rc = read_line(&l, e);
        }
    vec_free(&l.part);
    return rc == RC_OK ? pair(d, e) : rc;
}

/* ---- checking ---- */

struct str doc_scope(const struct doc *d, uint32_t el)
{
    for (; el != NONE; el = d->el.p[el].up)
        if (d->el.p[el].each != NONE)
            return d->mark.p[d->el.p[el].each].name;
    return STR("");
}

/* Levenshtein's distance of bytes, cut at NAME_MAX_BYTES. */
static uint32_t distance(struct str a, struct str b)
{
    uint32_t row[NAME_MAX_BYTES + 1];
    a = str_sub(a, 0, NAME_MAX_BYTES);
    b = str_sub(b, 0, NAME_MAX_BYTES);
    for (uint32_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (uint32_t i = 1; i <= a.n; i++) {
        uint32_t corner = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= b.n; j++) {
            uint32_t change = corner + (a.p[i - 1] != b.p[j - 1]);
            corner = row[j];
            row[j] = MIN(MIN(row[j], row[j - 1]) + 1, change);
        }
    }
    return row[b.n];
}

static enum rc unknown(const struct mark *m, struct str list, const struct docx_values *v,
                       struct err *e)
{
    struct {
        struct str name;
        uint32_t far;
    } like[LIKE_MAX + 1];
    uint32_t n = 0;
    char text[200] = "";
    for (uint32_t i = 0;; i++) {
        struct str name = v->name(v->ctx, list, i);
        if (!name.p)
            break;
        uint32_t far = distance(name, m->name), at = n;
        for (; at > 0 && like[at - 1].far > far; at--)
            like[at] = like[at - 1];
        like[at].name = name;
        like[at].far = far;
        n = MIN(n + 1, LIKE_MAX);
    }
    for (uint32_t i = 0, at = 0; i < n && like[i].name.n < sizeof text - 8 - at; i++) {
        if (i)
            text[at++] = ' ';
        memcpy(text + at, like[i].name.p, like[i].name.n);
        at += (uint32_t)like[i].name.n;
        text[at] = 0;
    }
    return err_user(e, "docx.unknown", "%.*s\t%s", (int)MIN(m->whole.n, 80u), m->whole.p, text);
}

enum rc doc_check(struct doc *d, const struct docx_values *v, struct err *e)
{
    for (uint32_t i = 0; i < d->mark.n; i++) {
        const struct mark *m = &d->mark.p[i];
        bool known = true, repeats = m->type == MARK_EACH;
        struct str list = repeats ? STR("") : doc_scope(d, m->p);
        if (m->type == MARK_END)
            continue;
        TRY(v->knows(v->ctx, list, m->name, m->form, repeats, &known, e));
        if (!known)
            return unknown(m, list, v, e);
    }
    return RC_OK;
}
