/* The filter language: tests joined by and, or, not. */
#include "record/filter_int.h"

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
            return filter_expected(p, ")");
    } else if (eat_word(p, "not", "非")) {
        struct filter *f;
        TRY(read_not(p, &f));
        *out = filter_node(p, FILTER_NOT, at);
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
        TRY(filter_two(p, FILTER_AND, out, right));
    }
    return RC_OK;
}

static enum rc read_or(struct parser *p, struct filter **out)
{
    struct filter *right;
    TRY(read_and(p, out));
    while (eat_word(p, "or", "或")) {
        TRY(read_and(p, &right));
        TRY(filter_two(p, FILTER_OR, out, right));
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
        *out = filter_node(&p, FILTER_ALL, 0);
        return *out ? RC_OK : err_nomem(e);
    }
    TRY(read_or(&p, out));
    scan_blanks(&p.s);
    return p.s.at == text.n ? RC_OK : filter_expected(&p, c->zh ? "且 / 或" : "and / or");
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
