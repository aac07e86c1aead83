#include "news/article_int.h"

#include <gumbo.h>
#include <setjmp.h>
#include <string.h>

/* Gumbo frees its tree by recursion: its memory is an arena that is freed whole, and the walk below
 * goes by parent pointers. tags.c makes what it is given small. */
enum { TREE_PER_BYTE = 64, TREE_LEAST = 4 << 20 };

/* ---- the walk */

struct walk {
    struct page *page;
    const struct article_tables *t;
    struct tags tags;
    struct buf line; /* the block being put together */
    struct buf text; /* a piece of text with its runs */
    uint32_t links, box;
    enum block_kind kind;
    uint32_t link_depth, pre;
    struct arena arena; /* the tree */
    jmp_buf full;
    bool no_memory; /* why */
};

static void *tree_alloc(void *ctx, size_t n)
{
    struct walk *w = ctx;
    void *p = arena_alloc(&w->arena, n);
    if (!p) {
        w->no_memory = w->arena.used + n <= w->arena.ceiling;
        longjmp(w->full, 1);
    }
    return p;
}

static void tree_free(void *ctx, void *p)
{
    (void)ctx, (void)p;
}

static enum rc flush(struct walk *w, struct err *e)
{
    struct str s = str_trim(buf_view(&w->line));
    if (s.n) {
        struct str kept = arena_str(w->page->arena, s);
        if (!kept.p)
            return err_nomem(e);
        struct block b = {.raw = kept, .links = w->links, .box = w->box, .kind = w->kind};
        TRY(vec_push(&w->page->block, b, e));
    }
    buf_clear(&w->line);
    w->links = 0;
    return RC_OK;
}

/* Blanks of HTML source are one blank; line ends inside text join what they part. */
static enum rc put_plain(struct walk *w, struct str s, struct err *e)
{
    size_t before = w->line.n;
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        while (i < s.n && (unsigned char)s.p[i] > ' ')
            i++;
        TRY(buf_put(&w->line, s.p + from, i - from, e));
        from = i;
        while (i < s.n && (unsigned char)s.p[i] <= ' ')
            i++;
        bool wide = w->line.n && (unsigned char)w->line.p[w->line.n - 1] >= 0x80 && i < s.n &&
                    (unsigned char)s.p[i] >= 0x80;
        bool newline = i > from && memchr(s.p + from, '\n', i - from);
        if (i > from && w->line.n && !(wide && newline))
            TRY(buf_char(&w->line, ' ', e));
    }
    if (w->link_depth)
        w->links += (uint32_t)(w->line.n - before);
    return RC_OK;
}

/* With the runs of text that tags.c took out. */
static enum rc put_text(struct walk *w, struct str s, struct err *e)
{
    buf_clear(&w->text);
    for (size_t i = 0; i < s.n;) {
        const char *c = w->tags.run.n ? memchr(s.p + i, '\xF3', s.n - i) : NULL;
        size_t at = c ? (size_t)(c - s.p) : s.n;
        uint32_t k = c ? tags_run(&w->tags, str_sub(s, at, at + 4)) : UINT32_MAX;
        if (!c && i == 0)
            return put_plain(w, s, e);
        TRY(buf_str(&w->text, str_sub(s, i, at), e));
        if (k != UINT32_MAX)
            TRY(buf_str(&w->text, w->tags.run.p[k], e));
        i = at + 4;
    }
    return put_plain(w, buf_view(&w->text), e);
}

static bool is_hidden(GumboTag tag)
{
    switch (tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_NAV:
        return true; /* not <form>: whole pages of some systems stand in one */
    default:
        return false;
    }
}

static bool is_inline(GumboTag tag)
{
    switch (tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_ABBR:
    case GUMBO_TAG_B:
    case GUMBO_TAG_BIG:
    case GUMBO_TAG_CITE:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_FONT:
    case GUMBO_TAG_I:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_INS:
    case GUMBO_TAG_LABEL:
    case GUMBO_TAG_MARK:
    case GUMBO_TAG_Q:
    case GUMBO_TAG_S:
    case GUMBO_TAG_SMALL:
    case GUMBO_TAG_SPAN:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_STRIKE:
    case GUMBO_TAG_SUB:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_TIME:
    case GUMBO_TAG_TT:
    case GUMBO_TAG_U:
    case GUMBO_TAG_VAR:
    case GUMBO_TAG_WBR:
    case GUMBO_TAG_UNKNOWN:
        return true;
    default:
        return false;
    }
}

static enum block_kind kind_of(GumboTag tag, enum block_kind now)
{
    if (tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H3)
        return BLOCK_HEADING;
    return tag == GUMBO_TAG_FIGCAPTION || tag == GUMBO_TAG_CAPTION ? BLOCK_CAPTION : now;
}

static struct str attribute(const GumboElement *el, const char *name)
{
    const GumboAttribute *a = gumbo_get_attribute(&el->attributes, name);
    return a ? str_of(a->value) : STR("");
}

static enum rc keep(struct page *p, struct str *to, struct str s, struct err *e)
{
    struct str kept = arena_str(p->arena, str_trim(s));
    if (!kept.p)
        return err_nomem(e);
    *to = kept;
    return RC_OK;
}

static enum rc enter(struct walk *w, const GumboNode *n, struct err *e)
{
    const GumboElement *el = &n->v.element;
    if (el->tag == GUMBO_TAG_A)
        w->link_depth++;
    if (el->tag == GUMBO_TAG_TIME && !w->page->time_date.n)
        TRY(keep(w->page, &w->page->time_date, attribute(el, "datetime"), e));
    if (is_inline(el->tag))
        return RC_OK;
    TRY(flush(w, e));
    w->kind = kind_of(el->tag, w->kind);
    struct box b = {.parent = w->box, .first = (uint32_t)w->page->block.n};
    w->box = (uint32_t)w->page->box.n;
    return vec_push(&w->page->box, b, e);
}

static enum rc leave(struct walk *w, const GumboNode *n, struct err *e)
{
    GumboTag tag = n->v.element.tag;
    if (tag == GUMBO_TAG_A && w->link_depth)
        w->link_depth--;
    if (is_inline(tag))
        return RC_OK;
    TRY(flush(w, e));
    if (kind_of(tag, BLOCK_TEXT) != BLOCK_TEXT)
        w->kind = BLOCK_TEXT;
    struct box *b = &w->page->box.p[w->box];
    b->end = (uint32_t)w->page->block.n;
    w->box = b->parent;
    return RC_OK;
}

static bool is_element(const GumboNode *n)
{
    return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE;
}

static enum rc visit(struct walk *w, const GumboNode *n, bool *down, struct err *e)
{
    *down = false;
    if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE ||
        n->type == GUMBO_NODE_CDATA)
        return put_text(w, str_of(n->v.text.text), e);
    if (!is_element(n) || is_hidden(n->v.element.tag))
        return RC_OK;
    *down = true;
    return enter(w, n, e);
}

static enum rc walk_tree(struct walk *w, const GumboNode *root, struct err *e)
{
    const GumboNode *n = root;
    for (bool down; n;) {
        TRY(visit(w, n, &down, e));
        if (down && n->v.element.children.length) {
            n = n->v.element.children.data[0];
            continue;
        }
        if (down)
            TRY(leave(w, n, e));
        while (n != root && n->index_within_parent + 1 >= n->parent->v.element.children.length) {
            n = n->parent;
            TRY(leave(w, n, e));
        }
        if (n == root)
            break;
        n = n->parent->v.element.children.data[n->index_within_parent + 1];
    }
    return flush(w, e);
}

/* ---- the head */

static enum rc read_meta(struct page *p, const struct article_tables *t, const GumboElement *el,
                         struct err *e)
{
    static const struct str titles[] = {{"og:title", 8}, {"articletitle", 12}, {"pagetitle", 9}};
    struct str name = attribute(el, "name"), content = attribute(el, "content");
    char low[64];
    if (!name.n)
        name = attribute(el, "property");
    if (!name.n)
        name = attribute(el, "itemprop");
    name.n = MIN(name.n, sizeof low);
    for (size_t i = 0; i < name.n; i++)
        low[i] = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] | 32) : name.p[i];
    name.p = low;
    if (!p->meta_date.n && words_has(&t->meta_dates, name))
        TRY(keep(p, &p->meta_date, content, e));
    for (size_t i = 0; i < ARRAY_LEN(titles); i++)
        if (str_eq(name, titles[i]))
            TRY(keep(p, &p->meta_title, content, e));
    return RC_OK;
}

static enum rc read_head(struct page *p, const struct article_tables *t, const GumboNode *head,
                         struct err *e)
{
    const GumboVector *in = &head->v.element.children;
    for (unsigned k = 0; k < in->length; k++) {
        const GumboNode *n = in->data[k];
        if (!is_element(n))
            continue;
        if (n->v.element.tag == GUMBO_TAG_META)
            TRY(read_meta(p, t, &n->v.element, e));
        const GumboVector *inside = &n->v.element.children;
        const GumboNode *text = inside->length ? inside->data[0] : NULL;
        if (n->v.element.tag == GUMBO_TAG_TITLE && text && text->type == GUMBO_NODE_TEXT)
            TRY(keep(p, &p->title, str_of(text->v.text.text), e));
    }
    return RC_OK;
}

static enum rc read_heads(struct page *p, const struct article_tables *t, const GumboNode *root,
                          struct err *e)
{
    const GumboVector *kids = &root->v.element.children;
    for (unsigned i = 0; i < kids->length; i++) {
        const GumboNode *n = kids->data[i];
        if (is_element(n) && n->v.element.tag == GUMBO_TAG_HEAD)
            TRY(read_head(p, t, n, e));
    }
    return RC_OK;
}

static enum rc parse(struct walk *w, struct str html, struct err *e)
{
    GumboOptions o = kGumboDefaultOptions;
    o.allocator = tree_alloc;
    o.deallocator = tree_free;
    o.userdata = w;
    o.max_errors = 0;
    if (setjmp(w->full))
        return w->no_memory ? err_nomem(e) : err_too_big(e, "news.too_big", "%d", PAGE_MAX >> 20);
    const GumboOutput *out = gumbo_parse_with_options(&o, html.p, html.n);
    TRY(read_heads(w->page, w->t, out->root, e));
    return walk_tree(w, out->root, e);
}

enum rc html_blocks(struct page *p, const struct article_tables *t, struct str html, struct err *e)
{
    struct walk w = {.page = p, .t = t, .box = NO_BOX};
    buf_init(&w.line, PAGE_MAX * 2);
    buf_init(&w.text, PAGE_MAX * 5);
    w.arena.ceiling = TREE_LEAST + html.n * TREE_PER_BYTE;
    enum rc rc = keep(p, &p->script_date, script_date(html), e);
    if (rc == RC_OK)
        rc = keep(p, &p->address, own_address(html), e);
    if (rc == RC_OK)
        rc = tags_slim(&w.tags, html, e);
    if (rc == RC_OK)
        rc = parse(&w, buf_view(&w.tags.html), e);
    arena_free(&w.arena);
    buf_free(&w.line);
    buf_free(&w.text);
    tags_free(&w.tags);
    return rc;
}
