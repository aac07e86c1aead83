#include "web/template_int.h"

#include <inttypes.h>
#include <stdio.h>

/* What a character becomes; empty: itself. */
static const struct str escapes[256] = {
    ['&'] = {"&amp;", 5},  ['<'] = {"&lt;", 4},   ['>'] = {"&gt;", 4},
    ['"'] = {"&quot;", 6}, ['\''] = {"&#39;", 5},
};

enum rc html_escape(struct buf *out, struct str s, struct err *e)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        struct str to = escapes[(unsigned char)s.p[i]];
        if (LIKELY(!to.n))
            continue;
        TRY(buf_put(out, s.p + from, i - from, e));
        TRY(buf_str(out, to, e));
        from = i + 1;
    }
    return from < s.n ? buf_put(out, s.p + from, s.n - from, e) : RC_OK;
}

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

enum rc url_escape(struct buf *out, struct str s, struct err *e)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        const char coded[3] = {'%', hex[c >> 4], hex[c & 15]};
        TRY(is_plain(c) ? buf_put(out, &s.p[i], 1, e) : buf_put(out, coded, 3, e));
    }
    return RC_OK;
}

struct printer {
    const struct view *scope[SCOPES_MAX]; /* maps; a list's element that is a text: that */
    unsigned depth;                       /* scopes in use */
};

static const struct view *child(const struct view *map, struct str name)
{
    for (const struct view *v = map->child; v; v = v->next)
        if (v->name_n == name.n && v->name && v->name[0] == name.p[0] &&
            memcmp(v->name, name.p, name.n) == 0)
            return v;
    return NULL;
}

static const struct view *look(const struct printer *p, const struct name_path *name)
{
    if (name->depth == SCOPE_ELEMENT)
        return p->scope[p->depth - 1];
    const struct view *v = p->scope[name->depth];
    for (unsigned i = 0; v && i < name->n; i++)
        v = child(v, name->part[i]);
    return v;
}

static bool is_set(const struct view *v)
{
    if (!v)
        return false;
    switch (v->type) {
    case VIEW_TEXT:
        return v->text.n > 0;
    case VIEW_INT:
    case VIEW_FLAG:
        return v->num != 0;
    default:
        return v->child != NULL;
    }
}

static bool holds(const struct printer *p, const struct op *op)
{
    const struct view *v = look(p, &op->name);
    bool yes = op->compared ? v && v->type == VIEW_TEXT && str_eq(v->text, op->text) : is_set(v);
    return yes != op->negated;
}

static enum rc print_value(struct buf *out, const struct op *op, const struct view *v,
                           struct err *e)
{
    if (!v || v->type == VIEW_MAP || v->type == VIEW_LIST)
        return RC_OK;
    char number[24];
    struct str s = v->text;
    if (v->type != VIEW_TEXT) {
        int n = snprintf(number, sizeof number, "%" PRId64, v->num);
        s = (struct str){number, n < 0 ? 0 : (size_t)n};
    }
    return op->code == OP_URL ? url_escape(out, s, e) : html_escape(out, s, e);
}

/* Blocks are balanced and at most SCOPES_MAX deep: the compiler has seen to it. */
static uint32_t step(struct printer *p, const struct op *op, uint32_t at)
{
    const struct view *v;
    switch (op->code) {
    case OP_JUMP:
        return op->to;
    case OP_UNLESS:
        return holds(p, op) ? at + 1 : op->to;
    case OP_EACH:
    case OP_WITH:
        v = look(p, &op->name);
        if (!is_set(v) || (v->type != VIEW_LIST && v->type != VIEW_MAP))
            return op->to;
        p->scope[p->depth++] = op->code == OP_EACH ? v->child : v;
        return at + 1;
    case OP_NEXT:
        v = p->scope[p->depth - 1]->next;
        if (v) {
            p->scope[p->depth - 1] = v;
            return op->to;
        }
        p->depth--;
        return at + 1;
    case OP_LEAVE:
        p->depth--;
        return at + 1;
    default:
        BUG("template op %d", (int)op->code);
    }
}

static enum rc run(struct buf *out, const struct program *prog, const struct view *v, struct err *e)
{
    struct printer p = {.scope = {v}, .depth = 1};
    for (uint32_t at = 0;;) {
        const struct op *op = &prog->op[at];
        switch (op->code) {
        case OP_END:
            return RC_OK;
        case OP_TEXT:
            TRY(buf_str(out, op->text, e));
            at++;
            break;
        case OP_VALUE:
        case OP_URL:
            TRY(print_value(out, op, look(&p, &op->name), e));
            at++;
            break;
        default:
            at = step(&p, op, at);
        }
    }
}

static const struct program *program_of(const struct templates *t, const struct page *page, bool zh)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (t->program[zh][i].page == page)
            return &t->program[zh][i];
    BUG("page %s is not in the table of pages", page->name);
}

enum rc template_print(struct buf *out, const struct templates *t, const struct page *page, bool zh,
                       const struct view *v, struct err *e)
{
    if (!v || v->root->failed)
        return err_nomem(e);
    return run(out, program_of(t, page, zh), v, e);
}

enum rc template_strict(const struct templates *t, const struct page *page, const struct view *v,
                        struct err *e)
{
    struct str why = {0};
    if (!v || v->root->failed)
        return err_nomem(e);
    if (shape_fits(program_of(t, page, true)->shape, v, &why))
        return RC_OK;
    return err_user(e, "web.template", "%s: %.*s", page->name, (int)why.n, why.p);
}
