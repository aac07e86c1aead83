#define _POSIX_C_SOURCE 200809L
#include "service/papers_int.h"

#include "base/embed.h"
#include "base/file.h"
#include "record/yaml.h"
#include "service/folder.h"
#include "sheet/pdf.h"

#include <stdio.h>
#include <unistd.h>

#define PAPERS   "model/papers/"
#define FILE_MAX (32u << 20)

/* ---- which there are ---- */

struct adding {
    struct papers *p;
    const struct kinds *kinds;
};

static enum rc add_own(void *ctx, const struct node *node, const char *path, struct err *e)
{
    struct adding *x = ctx;
    return papers_add(x->p, x->kinds, node, path, e);
}

static enum rc add_all(struct papers *p, const struct site *s, struct err *e)
{
    for (const struct embedded *f = model_files; f->name; f++) {
        struct node *node = NULL;
        if (!str_starts(str_of(f->name), STR(PAPERS)))
            continue;
        TRY(yaml_parse(&node, (struct str){(const char *)f->bytes, f->n}, f->name, &p->arena, e));
        TRY(papers_add(p, s->kinds, node, f->name, e));
    }
    struct adding x = {p, s->kinds};
    if (s->o.model_dir)
        TRY(folder_yaml(s->o.model_dir, "papers", &p->arena, add_own, &x, e));
    return folder_yaml(s->o.dir, "papers", &p->arena, add_own, &x, e);
}

enum rc papers_open(struct papers **out, const struct site *s, struct err *e)
{
    struct papers *p = mem_calloc(1, sizeof *p);
    if (!p)
        return err_nomem(e);
    enum rc rc = add_all(p, s, e);
    if (rc == RC_OK)
        *out = p;
    else
        papers_close(p);
    return rc;
}

void papers_close(struct papers *p)
{
    if (!p)
        return;
    vec_free(&p->all);
    arena_free(&p->arena);
    mem_free(p);
}

static bool may(const struct actor *a, const struct paper *p, const struct kind *k)
{
    return str_eq(p->kind, k->name) &&
           (actor_is_system(a) || (p->by & (roles)(1u << a->role)) != 0);
}

enum rc paper_list(const struct site *s, const struct actor *a, const struct kind *k,
                   vec_paper *out, struct err *e)
{
    for (size_t i = 0; i < s->papers->all.n; i++)
        if (may(a, &s->papers->all.p[i], k))
            TRY(vec_push(out, &s->papers->all.p[i], e));
    return RC_OK;
}

enum rc paper_find(const struct site *s, const struct actor *a, const struct kind *k,
                   struct str name, const struct paper **out, struct err *e)
{
    char text[160] = "";
    size_t at = 0;
    for (size_t i = 0; i < s->papers->all.n; i++) {
        const struct paper *p = &s->papers->all.p[i];
        if (!str_eq(p->kind, k->name))
            continue;
        if (str_eq(p->name, name)) {
            *out = p;
            return may(a, p, k) ? RC_OK : err_user(e, "service.denied", "%s", "");
        }
        if (p->name.n + 2 < sizeof text - at) {
            text[at] = ' ';
            memcpy(text + at + 1, p->name.p, p->name.n);
            at += p->name.n + 1;
            text[at] = 0;
        }
    }
    return err_user(e, "papers.none", "%.*s\t%s", (int)MIN(name.n, 60u), name.p,
                    at ? text + 1 : "—");
}

/* ---- one of them ---- */

/* DIR/papers/NAME.docx, in the arena; NULL where there is none. */
static enum rc own_path(const struct site *s, const struct paper *p, struct arena *a,
                        const char **out, struct err *e)
{
    struct buf name;
    buf_init(&name, 256);
    enum rc rc = buf_printf(&name, e, "papers/%.*s.docx", (int)p->name.n, p->name.p);
    *out = rc == RC_OK ? path_join(a, s->o.dir, name.p) : NULL;
    buf_free(&name);
    if (rc == RC_OK && !*out)
        return err_nomem(e);
    if (rc == RC_OK && p->body.n && access(*out, F_OK) != 0)
        *out = NULL;
    return rc;
}

enum rc paper_template(const struct site *s, const struct paper *p, struct buf *out, struct err *e)
{
    struct arena a = {0};
    const char *path = NULL;
    enum rc rc = own_path(s, p, &a, &path, e);
    if (rc == RC_OK)
        rc = path ? file_read(out, path, e) : docx_make(out, &p->body, e);
    arena_free(&a);
    return rc;
}

static enum rc fill(struct site *s, const struct actor *a, const struct paper *p, int64_t id,
                    struct arena *to, struct buf *out, struct err *e)
{
    struct answering *w = NULL;
    struct buf bytes;
    char name[80];
    const struct kind *k = kind_find(s->kinds, p->kind);
    if (!k)
        return err_user(e, "service.missing", "%s", "");
    buf_init(&bytes, FILE_MAX);
    snprintf(name, sizeof name, "%.*s.docx", (int)p->name.n, p->name.p);
    enum rc rc = answering_open(&w, s, a, k, id, to, e);
    if (rc == RC_OK)
        rc = paper_template(s, p, &bytes, e);
    if (rc == RC_OK) {
        struct docx_values v = answering_values(w);
        rc = docx_fill(out, buf_view(&bytes), name, &v, e);
    }
    answering_close(w);
    buf_free(&bytes);
    return rc;
}

enum rc paper_fill(struct site *s, const struct actor *a, const struct paper *p, int64_t id,
                   struct buf *out, struct err *e)
{
    struct arena to = {0};
    enum rc rc = fill(s, a, p, id, &to, out, e);
    arena_free(&to);
    return rc;
}

enum rc paper_pdf(struct site *s, const struct actor *a, const struct paper *p, int64_t id,
                  struct buf *out, struct err *e)
{
    struct arena to = {0};
    struct docx_body body;
    struct buf docx;
    buf_init(&docx, FILE_MAX);
    enum rc rc = fill(s, a, p, id, &to, &docx, e);
    if (rc == RC_OK)
        rc = docx_read(&body, buf_view(&docx), "paper", &to, e);
    if (rc == RC_OK)
        rc = pdf_print(out, &body, label_text(&p->label, a->zh), e);
    buf_free(&docx);
    arena_free(&to);
    return rc;
}
