/* The news reader on files, one JSON line each in the shape of the labelled pages:
 *     news_dump FILE...          prints
 *     news_dump --speed S FILE...  reads them over for S seconds, prints MB of page bytes per
 *     second of processor time
 * The id is the file's name without folder and ending; a file FILE.url beside it has the address.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/embed.h"
#include "base/file.h"
#include "news/article.h"
#include "record/yaml.h"

static struct arena model;

static void fail(const struct err *e, const char *what)
{
    fprintf(stderr, "news_dump: %s: %s %s\n", what, e->key, e->detail);
    exit(1);
}

static struct node *table(const char *name)
{
    struct err e = {0};
    struct node *n = NULL;
    for (const struct embedded *f = model_files; f->name; f++)
        if (strcmp(f->name, name) == 0 &&
            yaml_parse(&n, (struct str){(const char *)f->bytes, f->n}, name, &model, &e) != RC_OK)
            fail(&e, name);
    return n;
}

static void put_json(const char *key, struct str s, bool null)
{
    printf(",\"%s\":", key);
    if (null) {
        fputs("null", stdout);
        return;
    }
    putchar('"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < ' ')
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void dump(const char *path, const struct article *x)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(base, '.');
    printf("{\"id\":\"%.*s\"", (int)(dot ? (size_t)(dot - base) : strlen(base)), base);
    put_json("main_text", x->text, false);
    put_json("main_title", str_sub(x->text, 0, x->title), x->title == 0);
    put_json("publish_date", x->publish_date, x->publish_date.n == 0);
    fputs(",\"brands\":[", stdout);
    for (size_t i = 0; i < x->brand.n; i++)
        printf("%s\"%.*s\"", i ? "," : "", (int)x->brand.p[i].n, x->brand.p[i].p);
    printf("],\"repairs\":%zu}\n", x->repair.n);
}

static struct str slurp(const char *path, struct arena *a)
{
    struct buf b;
    struct err e = {0};
    buf_init(&b, 64u << 20);
    if (file_read(&b, path, &e) != RC_OK)
        fail(&e, path);
    struct str kept = arena_str(a, buf_view(&b));
    buf_free(&b);
    if (!kept.p)
        exit(1);
    return kept;
}

/* Processor time: other work on the machine does not count. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void speed(double seconds, char **path, int n, const struct article_tables *t)
{
    struct arena pages = {0}, a = {0};
    struct str *page = arena_calloc(&pages, (size_t)n, sizeof *page);
    double bytes = 0, start;
    size_t reads = 0;
    if (!page)
        exit(1);
    for (int i = 0; i < n; i++)
        page[i] = slurp(path[i], &pages);
    for (start = now(); now() - start < seconds;)
        for (int i = 0; i < n; i++, reads++) {
            struct article x;
            struct err e = {0};
            if (article_read(&x, page[i], STR(""), t, &a, &e) != RC_OK)
                fail(&e, path[i]);
            article_release(&x);
            arena_reset(&a);
            bytes += (double)page[i].n;
        }
    start = now() - start;
    printf("%.1f MB/s, %zu pages\n", bytes / start / 1e6, reads);
    arena_free(&a);
    arena_free(&pages);
}

int main(int argc, char **argv)
{
    struct article_tables *t;
    struct arena a = {0};
    struct err e = {0};
    if (article_tables_open(&t, table("model/news/chrome.yaml"), table("model/news/brands.yaml"),
                            table("model/news/repair.yaml"), &e) != RC_OK)
        fail(&e, "model/news");
    if (argc > 3 && strcmp(argv[1], "--speed") == 0)
        speed(strtod(argv[2], NULL), argv + 3, argc - 3, t);
    for (int i = 1; i < argc && strcmp(argv[1], "--speed") != 0; i++) {
        struct article x;
        if (article_read(&x, slurp(argv[i], &a), STR(""), t, &a, &e) != RC_OK)
            fprintf(stderr, "news_dump: %s: %s\n", argv[i], e.key);
        dump(argv[i], &x);
        article_release(&x);
        arena_reset(&a);
    }
    article_tables_close(t);
    arena_free(&a);
    arena_free(&model);
}
