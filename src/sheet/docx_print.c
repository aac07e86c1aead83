/* The part again: what lies between paragraphs and texts is copied, texts with marks are made. */
#include "sheet/docx_int.h"

struct printing {
    const struct doc *d;
    const struct docx_values *v;
    struct buf *out, value;
    struct docx_place at;
};

/* A paragraph while it is printed. */
struct para {
    uint32_t seg, end;
    uint32_t skip;        /* conditions that do not hold, one in another */
    bool marked;          /* it has marks */
    bool shown, withheld; /* some text was printed, some was not */
};

enum rc xml_text(struct buf *out, struct str s, struct err *e)
{
    size_t i = 0;
    while (i < s.n) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        bool bad = (c < ' ' && c != '\n') || c == 0xFFFD || c == 0xFFFE || c == 0xFFFF;
        if (c == '\t')
            TRY(buf_char(out, ' ', e));
        else if (bad)
            TRY(buf_str(out, STR("\xEF\xBF\xBD"), e));
        else if (c == '<' || c == '>' || c == '&')
            TRY(buf_str(out, c == '<' ? STR("&lt;") : c == '>' ? STR("&gt;") : STR("&amp;"), e));
        else
            TRY(buf_put(out, s.p + from, i - from, e));
    }
    return RC_OK;
}

/* ---- a text ---- */

static enum rc open_text(struct printing *p, struct str tag, struct err *e)
{
    return buf_printf(p->out, e, "<%.*s xml:space=\"preserve\">", (int)tag.n, tag.p);
}

/* "w:t" gives "w:": what is in front of the names. */
static int prefix(struct str tag)
{
    size_t colon = str_find(tag, STR(":"), 0);
    return colon == SIZE_MAX ? 0 : (int)colon + 1;
}

static enum rc put_value(struct printing *p, struct str tag, struct str s, struct err *e)
{
    size_t end = s.n;
    while (end && (s.p[end - 1] == '\n' || s.p[end - 1] == '\r'))
        end--;
    s = str_sub(s, 0, end);
    for (;;) {
        size_t n = str_find(s, STR("\n"), 0);
        TRY(xml_text(p->out, str_sub(s, 0, n), e));
        if (n == SIZE_MAX)
            return RC_OK;
        TRY(buf_printf(p->out, e, "</%.*s><%.*sbr/>", (int)tag.n, tag.p, prefix(tag), tag.p));
        TRY(open_text(p, tag, e));
        s = str_sub(s, n + 1, s.n);
    }
}

static enum rc ask(struct printing *p, const struct mark *m, struct err *e)
{
    buf_clear(&p->value);
    return p->v->text(p->v->ctx, &p->at, m->name, m->form, &p->value, e);
}

static enum rc put_mark(struct printing *p, struct para *at, struct str tag, const struct mark *m,
                        struct err *e)
{
    bool ends_if = m->type == MARK_END && p->d->mark.p[m->other].type == MARK_IF;
    if (m->type == MARK_IF && at->skip == 0) {
        TRY(ask(p, m, e));
        at->skip = p->value.n == 0;
        at->withheld |= at->skip > 0;
    } else if (m->type == MARK_IF) {
        at->skip++;
    } else if (ends_if && at->skip) {
        at->skip--;
    } else if (m->type == MARK_VALUE && !at->skip) {
        TRY(ask(p, m, e));
        at->shown |= p->value.n > 0;
        return put_value(p, tag, buf_view(&p->value), e);
    }
    return RC_OK;
}

/* Does it have a mark, or is it withheld? */
static bool is_touched(const struct doc *d, const struct para *at, uint32_t t)
{
    bool touched = at->skip > 0;
    size_t n = 0;
    if (!at->marked)
        return false;
    for (uint32_t i = at->seg; i < at->end && d->seg.p[i].t == t; i++) {
        touched |= d->seg.p[i].mark != NONE;
        n += d->seg.p[i].text.n;
    }
    return touched || n != d->el.p[t].text_n; /* the rest of a mark that began before it */
}

static enum rc print_text(struct printing *p, struct para *at, uint32_t t, struct err *e)
{
    const struct doc *d = p->d;
    const struct el *el = &d->el.p[t];
    struct str tag = doc_tag(d, t);
    bool touched = is_touched(d, at, t);
    if (touched)
        TRY(open_text(p, tag, e));
    for (; at->seg < at->end && d->seg.p[at->seg].t == t; at->seg++) {
        const struct seg *s = &d->seg.p[at->seg];
        if (s->mark != NONE)
            TRY(put_mark(p, at, tag, &d->mark.p[s->mark], e));
        else if (!at->skip)
            at->shown |= str_trim(s->text).n > 0;
        if (touched && s->mark == NONE && !at->skip)
            TRY(xml_text(p->out, s->text, e));
    }
    if (!touched)
        return buf_str(p->out, str_sub(d->xml, el->start, el->end), e);
    return buf_printf(p->out, e, "</%.*s>", (int)tag.n, tag.p);
}

/* ---- what holds texts ---- */

static enum rc emit(struct printing *p, struct para *at, uint32_t from, uint32_t to, size_t begin,
                    size_t end, struct err *e);

static void cut(struct buf *b, size_t n)
{
    b->n = n;
    if (b->p)
        b->p[n] = 0;
}

static enum rc print_para(struct printing *p, uint32_t i, struct err *e)
{
    const struct el *el = &p->d->el.p[i];
    struct para at = {.seg = el->seg, .end = el->seg + el->n_segs, .marked = el->n_segs > 0};
    size_t before = p->out->n;
    TRY(emit(p, &at, i + 1, el->next, el->start, el->end, e));
    if (!at.withheld || at.shown || el->section)
        return RC_OK;
    cut(p->out, before);
    if (!el->in_cell)
        return RC_OK;
    struct str tag = doc_tag(p->d, i); /* a cell ends with a paragraph */
    return buf_printf(p->out, e, "<%.*s/>", (int)tag.n, tag.p);
}

static enum rc print_row(struct printing *p, uint32_t i, struct err *e)
{
    const struct el *el = &p->d->el.p[i];
    return emit(p, NULL, i + 1, el->next, el->start, el->end, e);
}

static enum rc print_block(struct printing *p, uint32_t i, struct err *e)
{
    const struct el *el = &p->d->el.p[i];
    enum rc (*one)(struct printing *, uint32_t, struct err *) =
        el->type == EL_ROW ? print_row : print_para;
    uint32_t n = 0;
    if (el->each == NONE)
        return one(p, i, e);
    struct docx_place outer = p->at;
    struct str list = p->d->mark.p[el->each].name;
    TRY(p->v->count(p->v->ctx, list, &n, e));
    for (uint32_t k = 0; k < n; k++) {
        p->at = (struct docx_place){list, k};
        TRY(one(p, i, e));
    }
    p->at = outer;
    if (n == 0 && el->type == EL_P && el->in_cell) {
        struct str tag = doc_tag(p->d, i);
        return buf_printf(p->out, e, "<%.*s/>", (int)tag.n, tag.p);
    }
    return RC_OK;
}

/* A condition over paragraphs that begins or ends in this one: its mark, else NONE. */
static uint32_t bracket(const struct doc *d, const struct el *el)
{
    for (uint32_t s = 0; el->type == EL_P && s < el->n_segs; s++) {
        uint32_t m = d->seg.p[el->seg + s].mark;
        if (m != NONE && d->mark.p[m].other != NONE &&
            d->mark.p[d->mark.p[m].other].p != d->mark.p[m].p &&
            (d->mark.p[m].type == MARK_IF || d->mark.p[d->mark.p[m].other].type == MARK_IF))
            return m;
    }
    return NONE;
}

/* The element to go on with behind such a paragraph, which itself is never printed. */
static enum rc pass(struct printing *p, uint32_t i, uint32_t m, uint32_t *last, struct err *e)
{
    const struct mark *mark = &p->d->mark.p[m];
    *last = i;
    if (mark->type != MARK_IF)
        return RC_OK;
    TRY(ask(p, mark, e));
    if (p->value.n == 0)
        *last = p->d->mark.p[mark->other].p;
    return RC_OK;
}

/* Bytes begin..end, in which elements from..to lie. */
static enum rc emit(struct printing *p, struct para *at, uint32_t from, uint32_t to, size_t begin,
                    size_t end, struct err *e)
{
    for (uint32_t i = from; i < to;) {
        const struct el *el = &p->d->el.p[i];
        uint32_t last = i, m = bracket(p->d, el);
        TRY(buf_str(p->out, str_sub(p->d->xml, begin, el->start), e));
        if (m != NONE)
            TRY(pass(p, i, m, &last, e));
        else if (el->type != EL_T)
            TRY(print_block(p, i, e));
        else if (at)
            TRY(print_text(p, at, i, e));
        else
            TRY(buf_str(p->out, str_sub(p->d->xml, el->start, el->end), e));
        if (m != NONE && el->in_cell) {
            struct str tag = doc_tag(p->d, i);
            TRY(buf_printf(p->out, e, "<%.*s/>", (int)tag.n, tag.p));
        }
        begin = p->d->el.p[last].end;
        i = p->d->el.p[last].next;
    }
    return buf_str(p->out, str_sub(p->d->xml, begin, end), e);
}

enum rc doc_print(struct buf *out, const struct doc *d, const struct docx_values *v, struct err *e)
{
    struct printing p = {.d = d, .v = v, .out = out};
    buf_init(&p.value, DOCX_MAX);
    enum rc rc = emit(&p, NULL, 0, (uint32_t)d->el.n, 0, d->xml.n, e);
    buf_free(&p.value);
    return rc;
}
