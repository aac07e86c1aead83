/* Declared papers: node trees into blocks. */
#include "service/papers_int.h"

#include <stdio.h>
#include <stdlib.h>

#define TITLE_SIZE 36u /* half points: 小二 */
#define COLS_MAX   16u
#define ROWS_MAX   500u

struct source_file {
    struct papers *p;
    const char *name;
    VEC(struct docx_block) blocks;
};

static enum rc refuse(const struct source_file *f, const struct node *n, const char *what,
                      struct err *e)
{
    return err_at(e, err_user(e, "papers.declared", "%.100s", what), f->name, NULL, n ? n->line : 1,
                  0);
}

static void *room(struct source_file *f, size_t n, size_t size)
{
    return arena_calloc(&f->p->arena, n ? n : 1, size);
}

/* ---- blocks ---- */

static enum rc put_para(struct source_file *f, struct docx_para *to, struct docx_run run,
                        enum docx_align align, struct err *e)
{
    struct docx_run *r = room(f, 1, sizeof *r);
    if (!r)
        return err_nomem(e);
    *r = run;
    *to = (struct docx_para){r, 1, align};
    return RC_OK;
}

static enum rc read_para(struct source_file *f, const struct node *n, struct err *e)
{
    struct str title = node_text(n, "title", STR("")), align = node_text(n, "align", STR(""));
    bool is_title = title.n > 0;
    struct docx_run run = {is_title ? title : node_text(n, "text", STR("")),
                           is_title || str_eq(node_text(n, "bold", STR("")), STR("true")),
                           is_title ? TITLE_SIZE : 0};
    struct docx_block b = {0};
    TRY(put_para(f, &b.para, run,
                 is_title || str_eq(align, STR("center")) ? DOCX_CENTER
                 : str_eq(align, STR("right"))            ? DOCX_RIGHT
                                                          : DOCX_LEFT,
                 e));
    return vec_push(&f->blocks, b, e);
}

/* What names a column is shaded and centred; what is filled in is not. The last cell takes the rest
 * of the row. */
static enum rc read_row(struct source_file *f, const struct node *n, uint32_t cols,
                        struct docx_row *row, struct err *e)
{
    size_t count = node_count(n);
    if (n->type != NODE_LIST || count == 0 || count > cols)
        return refuse(f, n, "rows", e);
    struct docx_cell *cell = room(f, count, sizeof *cell);
    if (!cell)
        return err_nomem(e);
    uint32_t i = 0;
    for (const struct node *c = n->child; c; c = c->next, i++) {
        struct docx_para *para = room(f, 1, sizeof *para);
        bool filled = str_find(c->text, STR("{{"), 0) != SIZE_MAX || !c->text.n;
        if (!para)
            return err_nomem(e);
        TRY(put_para(f, para, (struct docx_run){c->text, false, 0},
                     filled ? DOCX_LEFT : DOCX_CENTER, e));
        cell[i] = (struct docx_cell){
            .para = para, .n = 1, .span = c->next ? 1 : cols - i, .shaded = !filled};
    }
    *row = (struct docx_row){cell, (uint32_t)count};
    return RC_OK;
}

/* widths: parts of the text's width, made twips. */
static enum rc read_widths(struct source_file *f, const struct node *n, struct docx_block *b,
                           struct err *e)
{
    uint32_t text = docx_a4.page_w - docx_a4.left - docx_a4.right, i = 0;
    double all = 0, part[COLS_MAX];
    size_t count = node_count(n);
    if (n->type != NODE_LIST || count == 0 || count > COLS_MAX)
        return refuse(f, n, "widths", e);
    for (const struct node *c = n->child; c; c = c->next, i++) {
        char digits[16];
        snprintf(digits, sizeof digits, "%.*s", (int)MIN(c->text.n, 15u), c->text.p);
        part[i] = strtod(digits, NULL);
        if (!(part[i] >= 1 && part[i] <= 1000))
            return refuse(f, c, "widths", e);
        all += part[i];
    }
    uint32_t *width = room(f, count, sizeof *width);
    if (!width)
        return err_nomem(e);
    for (i = 0; i < count; i++)
        width[i] = (uint32_t)(text * part[i] / all);
    b->width = width;
    b->n_cols = (uint32_t)count;
    return RC_OK;
}

static enum rc read_table(struct source_file *f, const struct node *n, struct err *e)
{
    struct docx_block b = {.plain = str_eq(node_text(n, "lines", STR("")), STR("none"))};
    const struct node *rows = node_get(n, "rows");
    size_t count = node_count(rows);
    uint32_t i = 0;
    TRY(read_widths(f, node_get(n, "widths"), &b, e));
    if (!rows || rows->type != NODE_LIST || count == 0 || count > ROWS_MAX)
        return refuse(f, n, "rows", e);
    struct docx_row *row = room(f, count, sizeof *row);
    if (!row)
        return err_nomem(e);
    for (const struct node *c = rows->child; c; c = c->next)
        TRY(read_row(f, c, b.n_cols, &row[i++], e));
    b.row = row;
    b.n_rows = (uint32_t)count;
    return vec_push(&f->blocks, b, e);
}

static enum rc read_body(struct source_file *f, const struct node *body, struct docx_body *out,
                         struct err *e)
{
    *out = docx_a4;
    if (body && body->type != NODE_LIST)
        return refuse(f, body, "body", e);
    for (const struct node *n = body ? body->child : NULL; n; n = n->next) {
        if (n->type != NODE_MAP)
            return refuse(f, n, "body", e);
        TRY(node_get(n, "widths") ? read_table(f, n, e) : read_para(f, n, e));
    }
    struct docx_block *kept = room(f, f->blocks.n, sizeof *kept);
    if (!kept)
        return err_nomem(e);
    if (f->blocks.n)
        memcpy(kept, f->blocks.p, f->blocks.n * sizeof *kept);
    out->block = kept;
    out->n = (uint32_t)f->blocks.n;
    return RC_OK;
}

/* ---- the rest ---- */

static enum rc read_roles(const struct source_file *f, const struct node *n, roles *out,
                          struct err *e)
{
    *out = n ? 0 : (roles)(((1u << ROLE__COUNT) - 1) & ~(1u << ROLE_VISITOR));
    for (const struct node *c = n ? n->child : NULL; c; c = c->next) {
        enum role r = role_find(c->text);
        if (r == ROLE__COUNT)
            return refuse(f, c, "roles", e);
        *out |= (roles)(1u << r);
    }
    return n && !*out ? refuse(f, n, "roles", e) : RC_OK;
}

/* The name becomes a part of addresses and of a file's name. */
static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '_' && !(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
            return false;
    return s.n && s.n <= 40;
}

static enum rc check_keys(const struct source_file *f, const struct node *file, struct err *e)
{
    static const char *const known[] = {"paper", "kind", "label", "roles", "body"};
    for (const struct node *n = file->child; n; n = n->next) {
        bool is_known = false;
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
            is_known |= str_eq(n->key, str_of(known[i]));
        if (!is_known)
            return refuse(f, n, n->key.p, e);
    }
    return RC_OK;
}

static enum rc put(struct papers *p, const struct paper *paper, struct err *e)
{
    size_t at = 0;
    while (at < p->all.n && str_cmp(p->all.p[at].name, paper->name) < 0)
        at++;
    if (at < p->all.n && str_eq(p->all.p[at].name, paper->name)) {
        p->all.p[at] = *paper;
        return RC_OK;
    }
    TRY(vec_push(&p->all, *paper, e));
    memmove(&p->all.p[at + 1], &p->all.p[at], (p->all.n - 1 - at) * sizeof *paper);
    p->all.p[at] = *paper;
    return RC_OK;
}

enum rc papers_add(struct papers *p, const struct kinds *kinds, const struct node *file,
                   const char *name, struct err *e)
{
    struct source_file f = {.p = p, .name = name};
    const struct node *label = node_get(file, "label");
    struct paper paper = {
        .name = node_text(file, "paper", STR("")),
        .kind = node_text(file, "kind", STR("")),
        .label = {node_text(label, "zh", STR("")), node_text(label, "en", STR(""))}};
    TRY(check_keys(&f, file, e));
    if (!is_name(paper.name))
        return refuse(&f, file, "paper", e);
    if (!kind_find(kinds, paper.kind))
        return refuse(&f, node_get(file, "kind"), "kind", e);
    if (!paper.label.zh.n && !paper.label.en.n)
        return refuse(&f, label, "label", e);
    TRY(read_roles(&f, node_get(file, "roles"), &paper.by, e));
    enum rc rc = read_body(&f, node_get(file, "body"), &paper.body, e);
    vec_free(&f.blocks);
    return rc == RC_OK ? put(p, &paper, e) : rc;
}
