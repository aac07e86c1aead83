#define _POSIX_C_SOURCE 200809L
#include "service/reading.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/map.h"
#include "record/yaml.h"
#include "service/folder.h"

#include <unistd.h>

#define NEWS     "model/news/"
#define FILE_MAX (16u << 20)

struct reader {
    struct article_tables *article;
    struct news_tables *news;
    uint64_t version;
};

/* While the tables are read. */
struct loading {
    struct reader *r;
    const char *dir;
    struct arena arena; /* of the nodes */
    const struct node *chrome, *brands, *repair;
};

static enum rc parse(struct loading *l, struct str bytes, const char *name, struct node **out,
                     struct err *e)
{
    l->r->version = mix64(l->r->version ^ hash_bytes(bytes));
    return yaml_parse(out, bytes, name, &l->arena, e);
}

static enum rc parse_file(struct loading *l, const char *path, struct node **out, struct err *e)
{
    struct buf b;
    buf_init(&b, FILE_MAX);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_OK)
        rc = parse(l, buf_view(&b), path, out, e);
    buf_free(&b);
    return rc;
}

/* Which reader the table is for: the page's, by name, else that of the facts. */
static enum rc take(struct loading *l, const struct node *file, const char *base, const char *name,
                    struct err *e)
{
    const struct node **page = strcmp(base, "chrome.yaml") == 0   ? &l->chrome
                               : strcmp(base, "brands.yaml") == 0 ? &l->brands
                               : strcmp(base, "repair.yaml") == 0 ? &l->repair
                                                                  : NULL;
    if (!page)
        return err_at(e, news_tables_add(l->r->news, file, name, e), name, NULL, 0, 0);
    *page = file;
    return RC_OK;
}

static enum rc load_compiled(struct loading *l, struct err *e)
{
    for (const struct embedded *f = model_files; f->name; f++) {
        const char *base = f->name + strlen(NEWS), *name = f->name;
        struct node *file = NULL;
        bool own = false;
        if (strncmp(f->name, NEWS, strlen(NEWS)) != 0)
            continue;
        if (l->dir) {
            const char *folder = path_join(&l->arena, l->dir, "news");
            if (!folder || !(name = path_join(&l->arena, folder, base)))
                return err_nomem(e);
            own = access(name, F_OK) == 0;
        }
        if (own)
            TRY(parse_file(l, name, &file, e));
        else
            TRY(parse(l, (struct str){(const char *)f->bytes, f->n}, name = f->name, &file, e));
        TRY(take(l, file, base, name, e));
    }
    return RC_OK;
}

static bool is_compiled(const char *base)
{
    for (const struct embedded *f = model_files; f->name; f++)
        if (strncmp(f->name, NEWS, strlen(NEWS)) == 0 && strcmp(f->name + strlen(NEWS), base) == 0)
            return true;
    return false;
}

static bool is_own_table(const char *base)
{
    size_t n = strlen(base);
    return n > 5 && strcmp(base + n - 5, ".yaml") == 0 && !is_compiled(base);
}

static enum rc load_one(struct loading *l, const char *folder, const char *base, struct err *e)
{
    struct node *file = NULL;
    const char *name = path_join(&l->arena, folder, base);
    if (!name)
        return err_nomem(e);
    TRY(parse_file(l, name, &file, e));
    return take(l, file, base, name, e);
}

/* Tables of the user's own, by name. */
static enum rc load_own(struct loading *l, struct err *e)
{
    vec_path found = {0};
    const char *folder = path_join(&l->arena, l->dir, "news");
    if (!folder)
        return err_nomem(e);
    if (access(folder, F_OK) != 0)
        return RC_OK;
    enum rc rc = folder_list(&found, folder, &l->arena, e);
    for (size_t i = 0; i < found.n && rc == RC_OK; i++)
        if (is_own_table(found.p[i]))
            rc = load_one(l, folder, found.p[i], e);
    vec_free(&found);
    return rc;
}

static enum rc load(struct loading *l, struct err *e)
{
    TRY(news_tables_open(&l->r->news, e));
    TRY(load_compiled(l, e));
    if (l->dir)
        TRY(load_own(l, e));
    TRY(news_tables_finish(l->r->news, e));
    return article_tables_open(&l->r->article, l->chrome, l->brands, l->repair, e);
}

enum rc reader_open(struct reader **out, const char *dir, struct err *e)
{
    struct reader *r = mem_calloc(1, sizeof *r);
    if (!r)
        return err_nomem(e);
    struct loading l = {.r = r, .dir = dir};
    enum rc rc = load(&l, e);
    arena_free(&l.arena);
    if (rc != RC_OK)
        reader_close(r);
    else
        *out = r;
    return rc;
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    article_tables_close(r->article);
    news_tables_close(r->news);
    mem_free(r);
}

const struct article_tables *reader_article(const struct reader *r)
{
    return r->article;
}

const struct news_tables *reader_news(const struct reader *r)
{
    return r->news;
}

uint64_t reader_version(const struct reader *r)
{
    return r->version;
}

enum rc reading_make(struct reading *out, struct str bytes, struct str url, const struct reader *r,
                     struct arena *a, struct err *e)
{
    return reading_make_from(out, bytes, (struct article_source){.url = url}, r, a, e);
}

enum rc reading_make_from(struct reading *out, struct str bytes, struct article_source from,
                          const struct reader *r, struct arena *a, struct err *e)
{
    *out = (struct reading){.news = {.event_type = "none"}};
    TRY(article_read(&out->article, bytes, from, r->article, a, e));
    return news_read(&out->news, &out->article, r->news, a, e);
}

void reading_release(struct reading *x)
{
    news_release(&x->news);
    article_release(&x->article);
}
