/* From the text of a template to a program for one page in one language: parts, the layout and the
 * sentences are put in their places, every name is resolved against the page's shape. */
#include "web/template_int.h"

#include <stdio.h>

#define PARTS_MAX   8 /* templates within templates */
#define BLOCKS_MAX  24
#define WORDS_MAX   5
#define PROGRAM_MAX (1u << 16)

enum block_type { BLOCK_IF, BLOCK_EACH, BLOCK_WITH };
struct block {
    enum block_type type;
    uint32_t test;  /* op to be sent to the next branch; UINT32_MAX: after else */
    uint32_t jumps; /* last jump to the end, each holding the one before; UINT32_MAX: none */
    uint32_t body;
    enum html_state html;
    bool in_element; /* names of the element can be used */
};

struct compiler {
    const struct template_source *from;
    struct arena *arena;
    const struct page *page;
    bool zh;
    VEC(struct op) ops;
    struct html html;
    struct {
        const struct shape *shape;
        bool texts;
    } scope[SCOPES_MAX];
    unsigned scopes;
    struct block block[BLOCKS_MAX];
    unsigned blocks;
    unsigned parts;
    const char *file; /* for errors */
    uint32_t line;
    bool content; /* the page itself was put into its layout */
};

static enum rc wrong(const struct compiler *c, const char *what, struct str word, struct err *e)
{
    return err_at(e, err_user(e, "web.template", "%s: %.*s", what, (int)word.n, word.p), c->file,
                  NULL, c->line, 0);
}

static enum rc emit(struct compiler *c, struct op op, struct err *e)
{
    if (c->ops.n >= PROGRAM_MAX)
        return err_too_big(e, "base.too_big", "%u", PROGRAM_MAX);
    return vec_push(&c->ops, op, e);
}

/* ---- text ---- */

/* Without the indentation of lines and empty lines: they are for who reads the template. */
static enum rc emit_text(struct compiler *c, struct str s, struct err *e)
{
    char *to = arena_alloc(c->arena, s.n + 1);
    size_t n = 0;
    if (!to)
        return err_nomem(e);
    for (size_t i = 0; i < s.n; i++) {
        bool fresh = n ? to[n - 1] == '\n' : c->ops.n == 0;
        if (s.p[i] == '\n')
            c->line++;
        if (fresh && (s.p[i] == ' ' || s.p[i] == '\n'))
            continue;
        to[n++] = s.p[i];
    }
    html_walk(&c->html, (struct str){to, n});
    return n ? emit(c, (struct op){.code = OP_TEXT, .text = {to, n}}, e) : RC_OK;
}

static enum rc emit_escaped(struct compiler *c, struct str s, struct err *e)
{
    struct buf b;
    buf_init(&b, 64u << 10);
    enum rc rc = html_escape(&b, s, e);
    struct str kept = rc == RC_OK ? arena_str(c->arena, buf_view(&b)) : (struct str){0};
    buf_free(&b);
    if (rc == RC_OK && !kept.p)
        rc = err_nomem(e);
    return rc == RC_OK && kept.n ? emit(c, (struct op){.code = OP_TEXT, .text = kept}, e) : rc;
}

/* ---- names ---- */

static enum rc split_name(struct compiler *c, struct str word, struct name_path *out, struct err *e)
{
    for (size_t from = 0;;) {
        size_t dot = str_find(word, STR("."), from);
        size_t end = MIN(dot, word.n);
        if (out->n == NAME_PARTS || end == from)
            return wrong(c, "name", word, e);
        out->part[out->n++] = str_sub(word, from, end);
        if (end == word.n)
            return RC_OK;
        from = end + 1;
    }
}

/* The innermost scope that declares the first part; then down. *shape is what was found. */
static enum rc resolve(struct compiler *c, struct str word, struct name_path *out,
                       const struct shape **shape, struct err *e)
{
    static const struct shape text = {.type = SHAPE_ONE};
    *out = (struct name_path){0};
    *shape = &text;
    if (str_eq(word, STR("."))) {
        out->depth = SCOPE_ELEMENT;
        return c->scope[c->scopes - 1].texts ? RC_OK : wrong(c, "no text element here", word, e);
    }
    TRY(split_name(c, word, out, e));
    for (unsigned d = c->scopes; d-- > 0;) {
        const struct shape *s = c->scope[d].shape;
        s = s ? shape_get(s, out->part[0]) : NULL;
        if (!s)
            continue;
        out->depth = (uint8_t)d;
        for (unsigned i = 1; i < out->n; i++) {
            s = s->type == SHAPE_MAP ? shape_get(s, out->part[i]) : NULL;
            if (!s)
                return wrong(c, "not declared by the page's shape", word, e);
        }
        *shape = s;
        return RC_OK;
    }
    return wrong(c, "not declared by the page's shape", word, e);
}

static enum rc emit_value(struct compiler *c, enum op_code code, struct str word, struct err *e)
{
    struct op op = {.code = code};
    const struct shape *s = NULL;
    enum html_state h = c->html.state;
    if (h != HTML_TEXT && h != HTML_DOUBLE && h != HTML_SINGLE)
        return wrong(c, "a value stands in text or in a quoted attribute", word, e);
    TRY(resolve(c, word, &op.name, &s, e));
    if (s->type != SHAPE_ONE)
        return wrong(c, "a list or map is no value", word, e);
    return emit(c, op, e);
}

static enum rc emit_sentence(struct compiler *c, const struct str *word, unsigned n, struct err *e)
{
    char key[64];
    if (n < 2 || n > 3 || word[1].n >= sizeof key)
        return wrong(c, "t KEY [NAME]", word[0], e);
    memcpy(key, word[1].p, word[1].n);
    key[word[1].n] = 0;
    const char *s = c->from->message(c->from->ctx, key, c->zh ? "zh" : "en");
    if (!s)
        return wrong(c, "no sentence", word[1], e);
    struct str text = str_of(s);
    size_t at = n == 3 ? str_find(text, STR("{detail}"), 0) : SIZE_MAX;
    if (at == SIZE_MAX)
        return n == 3 ? wrong(c, "no {detail} in the sentence", word[1], e)
                      : emit_escaped(c, text, e);
    TRY(emit_escaped(c, str_sub(text, 0, at), e));
    TRY(emit_value(c, OP_VALUE, word[2], e));
    return emit_escaped(c, str_sub(text, at + strlen("{detail}"), text.n), e);
}

static enum rc emit_asset(struct compiler *c, struct str name, struct err *e)
{
    char file[128];
    snprintf(file, sizeof file, "%.*s", (int)name.n, name.p);
    const char *at = c->from->asset(c->from->ctx, file);
    return at ? emit_escaped(c, str_of(at), e) : wrong(c, "no such file", name, e);
}

static enum rc emit_icon(struct compiler *c, struct str name, struct err *e)
{
    TRY(emit(c,
             (struct op){.code = OP_TEXT,
                         .text = STR("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"")},
             e));
    TRY(emit_asset(c, STR("icons.svg"), e));
    char id[64];
    int n = snprintf(id, sizeof id, "#%.*s\"/></svg>", (int)name.n, name.p);
    struct str s = arena_str(c->arena, (struct str){id, MIN((size_t)n, sizeof id - 1)});
    return s.p ? emit(c, (struct op){.code = OP_TEXT, .text = s}, e) : err_nomem(e);
}

/* ---- blocks ---- */

static enum rc push_scope(struct compiler *c, const struct shape *s, struct str word, struct err *e)
{
    if (c->scopes == SCOPES_MAX)
        return wrong(c, "too deep", word, e);
    c->scope[c->scopes].shape = s->type == SHAPE_TEXTS ? NULL : s;
    c->scope[c->scopes++].texts = s->type == SHAPE_TEXTS;
    return RC_OK;
}

static enum rc emit_test(struct compiler *c, const struct str *word, unsigned n, bool negated,
                         struct err *e)
{
    struct op op = {.code = OP_UNLESS, .negated = negated};
    const struct shape *s = NULL;
    if (n != 2 && !(n == 4 && str_eq(word[2], STR("="))))
        return wrong(c, "if NAME or if NAME = WORD", word[0], e);
    TRY(resolve(c, word[1], &op.name, &s, e));
    if (n == 4) {
        op.compared = true;
        op.text = word[3];
    }
    return emit(c, op, e);
}

static enum rc open_block(struct compiler *c, enum block_type type, const struct str *word,
                          unsigned n, struct err *e)
{
    if (c->blocks == BLOCKS_MAX)
        return wrong(c, "too deep", word[0], e);
    struct block *b = &c->block[c->blocks];
    *b = (struct block){
        .type = type, .test = (uint32_t)c->ops.n, .jumps = UINT32_MAX, .html = c->html.state};
    if (type == BLOCK_IF) {
        TRY(emit_test(c, word, n, str_eq(word[0], STR("unless")), e));
    } else {
        struct op op = {.code = type == BLOCK_EACH ? OP_EACH : OP_WITH};
        const struct shape *s = NULL;
        if (n != 2)
            return wrong(c, "each NAME", word[0], e);
        TRY(resolve(c, word[1], &op.name, &s, e));
        bool list = s->type == SHAPE_LIST || s->type == SHAPE_TEXTS;
        if (type == BLOCK_EACH ? !list : s->type != SHAPE_MAP)
            return wrong(c, "of another type", word[1], e);
        TRY(push_scope(c, s, word[1], e));
        TRY(emit(c, op, e));
        b->in_element = true;
    }
    b->body = (uint32_t)c->ops.n;
    c->blocks++;
    return RC_OK;
}

/* The branch ends: leave its scope. */
static enum rc end_branch(struct compiler *c, struct block *b, struct str word, struct err *e)
{
    if (b->html != c->html.state)
        return wrong(c, "a branch ends elsewhere in HTML than it began", word, e);
    if (!b->in_element)
        return RC_OK;
    b->in_element = false;
    c->scopes--;
    if (b->type == BLOCK_EACH)
        return emit(c, (struct op){.code = OP_NEXT, .to = b->body}, e);
    return emit(c, (struct op){.code = OP_LEAVE}, e);
}

static enum rc open_else(struct compiler *c, const struct str *word, unsigned n, bool elif,
                         struct err *e)
{
    struct block *b = c->blocks ? &c->block[c->blocks - 1] : NULL;
    if (!b || b->test == UINT32_MAX || (elif && b->type != BLOCK_IF))
        return wrong(c, "no block for it", word[0], e);
    TRY(end_branch(c, b, word[0], e));
    uint32_t jump = (uint32_t)c->ops.n;
    TRY(emit(c, (struct op){.code = OP_JUMP, .to = b->jumps}, e));
    b->jumps = jump;
    c->ops.p[b->test].to = (uint32_t)c->ops.n;
    b->test = UINT32_MAX;
    if (!elif)
        return RC_OK;
    b->test = (uint32_t)c->ops.n;
    return emit_test(c, word, n, false, e);
}

static enum rc close_block(struct compiler *c, struct str word, struct err *e)
{
    if (!c->blocks)
        return wrong(c, "no block to end", word, e);
    struct block *b = &c->block[c->blocks - 1];
    TRY(end_branch(c, b, word, e));
    uint32_t here = (uint32_t)c->ops.n;
    if (b->test != UINT32_MAX)
        c->ops.p[b->test].to = here;
    for (uint32_t at = b->jumps; at != UINT32_MAX;) {
        uint32_t before = c->ops.p[at].to;
        c->ops.p[at].to = here;
        at = before;
    }
    c->blocks--;
    return RC_OK;
}

/* ---- tags ---- */

static enum rc compile_file(struct compiler *c, struct str name, struct err *e);

static enum rc compile_block_tag(struct compiler *c, const struct str *word, unsigned n,
                                 struct err *e)
{
    struct str w = word[0];
    if (str_eq(w, STR("if")) || str_eq(w, STR("unless")))
        return open_block(c, BLOCK_IF, word, n, e);
    if (str_eq(w, STR("each")))
        return open_block(c, BLOCK_EACH, word, n, e);
    if (str_eq(w, STR("with")))
        return open_block(c, BLOCK_WITH, word, n, e);
    if (str_eq(w, STR("t")))
        return emit_sentence(c, word, n, e);
    if (n == 2 && str_eq(w, STR("url")))
        return emit_value(c, OP_URL, word[1], e);
    if (n == 2 && str_eq(w, STR("icon")))
        return emit_icon(c, word[1], e);
    if (n == 2 && str_eq(w, STR("asset")))
        return emit_asset(c, word[1], e);
    if (str_eq(w, STR("elif")))
        return open_else(c, word, n, true, e);
    if (n == 2 && str_eq(w, STR(">")))
        return compile_file(c, word[1], e);
    return wrong(c, "what is this?", w, e);
}

static enum rc compile_tag(struct compiler *c, struct str tag, struct err *e)
{
    struct str word[WORDS_MAX];
    unsigned n = 0;
    for (size_t i = 0; i < tag.n;) {
        while (i < tag.n && tag.p[i] == ' ')
            i++;
        size_t from = i;
        while (i < tag.n && tag.p[i] != ' ')
            i++;
        if (i > from && n < WORDS_MAX)
            word[n++] = str_sub(tag, from, i);
    }
    if (n && word[0].p[0] == '!')
        return RC_OK;
    if (n == 1 && str_eq(word[0], STR("else")))
        return open_else(c, word, n, false, e);
    if (n == 1 && str_eq(word[0], STR("end")))
        return close_block(c, word[0], e);
    if (n == 1 && str_eq(word[0], STR("content"))) {
        c->content = true;
        return compile_file(c, str_of(c->page->name), e);
    }
    if (n == 1)
        return emit_value(c, OP_VALUE, word[0], e);
    return n ? compile_block_tag(c, word, n, e) : wrong(c, "empty", tag, e);
}

static enum rc compile_text(struct compiler *c, struct str text, struct err *e)
{
    for (size_t at = 0; at < text.n;) {
        size_t open = str_find(text, STR("{{"), at);
        TRY(emit_text(c, str_sub(text, at, MIN(open, text.n)), e));
        if (open == SIZE_MAX)
            return RC_OK;
        size_t close = str_find(text, STR("}}"), open);
        if (close == SIZE_MAX)
            return wrong(c, "{{ without }}", str_sub(text, open, open + 20), e);
        TRY(compile_tag(c, str_sub(text, open + 2, close), e));
        at = close + 2;
    }
    return RC_OK;
}

static enum rc compile_file(struct compiler *c, struct str name, struct err *e)
{
    char path[96];
    snprintf(path, sizeof path, "templates/%.*s.html", (int)MIN(name.n, (size_t)64), name.p);
    const struct embedded *f = c->from->file;
    while (f->name && strcmp(f->name, path) != 0)
        f++;
    if (!f->name)
        return wrong(c, "no such template", name, e);
    if (c->parts == PARTS_MAX)
        return wrong(c, "too deep", name, e);
    const char *file = c->file;
    uint32_t line = c->line;
    unsigned blocks = c->blocks;
    c->file = f->name;
    c->line = 1;
    c->parts++;
    TRY(compile_text(c, (struct str){(const char *)f->bytes, f->n}, e));
    if (c->blocks != blocks)
        return wrong(c, "a block has no end", name, e);
    c->parts--;
    c->file = file;
    c->line = line;
    return RC_OK;
}

static enum rc shape_of(struct compiler *c, struct shape **out, struct err *e)
{
    struct buf b;
    buf_init(&b, 64u << 10);
    enum rc rc = buf_printf(&b, e, "%s %s", c->from->layout_shape, c->page->shape);
    struct str text = rc == RC_OK ? arena_str(c->arena, buf_view(&b)) : (struct str){0};
    buf_free(&b);
    if (rc == RC_OK && !text.p)
        rc = err_nomem(e);
    return rc == RC_OK ? shape_parse(out, text, c->arena, e) : rc;
}

static enum rc compile(struct compiler *c, struct program *out, struct err *e)
{
    TRY(err_at(e, shape_of(c, &out->shape, e), c->page->name, NULL, 0, 0));
    TRY(push_scope(c, out->shape, STR(""), e));
    TRY(compile_file(c, c->page->bare ? str_of(c->page->name) : STR("layout"), e));
    if (!c->page->bare && !c->content)
        return wrong(c, "no {{content}}", STR("layout"), e);
    if (c->html.state != HTML_TEXT)
        return wrong(c, "a tag has no end", str_of(c->page->name), e);
    TRY(emit(c, (struct op){.code = OP_END}, e));
    struct op *kept = arena_alloc(c->arena, c->ops.n * sizeof *kept);
    if (!kept)
        return err_nomem(e);
    memcpy(kept, c->ops.p, c->ops.n * sizeof *kept);
    out->op = kept;
    out->n = (uint32_t)c->ops.n;
    out->page = c->page;
    return RC_OK;
}

enum rc template_compile(struct program *out, const struct page *page, bool zh,
                         const struct template_source *from, struct arena *a, struct err *e)
{
    struct compiler c = {.from = from, .arena = a, .page = page, .zh = zh, .file = page->name};
    enum rc rc = compile(&c, out, e);
    vec_free(&c.ops);
    return rc;
}

enum rc templates_open(struct templates **out, const struct template_source *from, struct err *e)
{
    struct templates *t = mem_calloc(1, sizeof *t);
    if (!t)
        return err_nomem(e);
    while (from->page[t->n])
        t->n++;
    enum rc rc = RC_OK;
    for (int zh = 0; rc == RC_OK && zh < 2; zh++) {
        t->program[zh] = arena_calloc(&t->arena, t->n + 1, sizeof *t->program[zh]);
        if (!t->program[zh])
            rc = err_nomem(e);
        for (uint32_t i = 0; rc == RC_OK && i < t->n; i++)
            rc = template_compile(&t->program[zh][i], from->page[i], zh, from, &t->arena, e);
    }
    if (rc != RC_OK) {
        templates_close(t);
        return rc;
    }
    *out = t;
    return RC_OK;
}

void templates_close(struct templates *t)
{
    if (!t)
        return;
    arena_free(&t->arena);
    mem_free(t);
}
