/* The news reader on files, one JSON line each in the shape of ../shared/data/pages/gold.jsonl:
 *     news_dump FILE...            prints
 *     news_dump --articles FILE    articles already cut out, a JSON object each: {id, text, title
 *                                  (true: the first line is one), publish_date, url, brand[]}
 *     news_dump --speed S FILE...  reads them over for S seconds, prints MB of page bytes per
 *                                  second of processor time, repair and extraction together
 *     news_dump --memory N FILE... reads them over, N pages in all, and prints what memory the
 *                                  process has at the first tenth of them, at each further one
 * The id is the file's name without folder and ending; a file FILE.url beside it has the address,
 * FILE.charset the charset that the HTTP header named.
 */
#define _GNU_SOURCE
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "service/reading.h"

static struct reader *reader;

static void fail(const struct err *e, const char *what)
{
    fprintf(stderr, "news_dump: %s: %s %s:%u %s\n", what, e->key, e->file, (unsigned)e->row,
            e->detail);
    exit(1);
}

static void load(void)
{
    struct err e = {0};
    if (reader_open(&reader, NULL, &e) != RC_OK)
        fail(&e, "model/news");
}

/* ---- output ---- */

static json_t *text(struct str s)
{
    return s.n ? json_stringn(s.p, s.n) : json_null();
}

static json_t *party_name(const struct news *n, uint32_t party)
{
    return party < n->party.n ? text(n->party.p[party].name) : json_null();
}

static json_t *parties(const struct news *n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n->party.n; i++) {
        json_t *alias = json_array();
        for (size_t k = 0; k < n->party.p[i].alias.n; k++)
            json_array_append_new(alias, text(n->party.p[i].alias.p[k]));
        json_array_append_new(all, json_pack("{so ss so}", "name", text(n->party.p[i].name), "kind",
                                             n->party.p[i].kind, "aliases", alias));
    }
    return all;
}

static json_t *people(const struct news *n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n->person.n; i++)
        json_array_append_new(all, json_pack("{so so so}", "name", text(n->person.p[i].name),
                                             "title", text(n->person.p[i].title), "org",
                                             party_name(n, n->person.p[i].org)));
    return all;
}

static json_t *facts(const struct news *n, struct str article)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n->fact.n; i++) {
        const struct news_fact *f = &n->fact.p[i];
        json_array_append_new(
            all, json_pack("{ss so so so so so so}", "type", fact_type_str(f->type), "subject",
                           party_name(n, f->subject), "object", text(f->object), "predicate",
                           text(f->predicate), "value", text(f->value), "deadline",
                           text(f->deadline), "evidence", text(span_str(article, f->evidence))));
    }
    return all;
}

static json_t *strings(const struct str *s, size_t n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(all, text(s[i]));
    return all;
}

static void print(struct str id, const struct article *x, const struct news *n)
{
    json_t *page =
        json_pack("{so so so so so ss so so so so sb so so so sI}", "id", text(id), "main_title",
                  text(str_sub(x->text, 0, x->title)), "publish_date", text(x->publish_date),
                  "event_date", text(n->event_date), "event_date_end", text(n->event_date_end),
                  "event_type", n->event_type, "parties", parties(n), "people", people(n), "facts",
                  facts(n, x->text), "areas", strings(n->area.p, n->area.n), "negative",
                  n->refused != NULL, "refused", n->refused ? json_string(n->refused) : json_null(),
                  "main_text", json_stringn(x->text.p ? x->text.p : "", x->text.n), "brands",
                  strings(x->brand.p, x->brand.n), "repairs", (json_int_t)x->repair.n);
    char *line = json_dumps(page, JSON_COMPACT | JSON_PRESERVE_ORDER);
    puts(line ? line : "{}");
    free(line);
    json_decref(page);
}

/* ---- input ---- */

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

/* What stands in the file `path` with `ending`, "" where there is none. */
static struct str beside(const char *path, const char *ending, struct arena *a)
{
    char name[4096];
    snprintf(name, sizeof name, "%s%s", path, ending);
    return access(name, R_OK) == 0 ? str_trim(slurp(name, a)) : STR("");
}

static struct str page_id(const char *path)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(base, '.');
    return (struct str){base, dot ? (size_t)(dot - base) : strlen(base)};
}

static void dump_file(const char *path, struct arena *a)
{
    struct article x;
    struct news n;
    struct err e = {0};
    struct article_source from = {beside(path, ".url", a), beside(path, ".charset", a)};
    if (article_read(&x, slurp(path, a), from, reader_article(reader), a, &e) != RC_OK)
        fprintf(stderr, "news_dump: %s: %s\n", path, e.key);
    if (news_read(&n, &x, reader_news(reader), a, &e) != RC_OK)
        fail(&e, path);
    print(page_id(path), &x, &n);
    news_release(&n);
    article_release(&x);
    arena_reset(a);
}

static struct str member(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return (struct str){json_string_value(v), json_string_length(v)};
}

static void dump_article(const json_t *o, struct arena *a)
{
    struct article x = {.text = member(o, "text"),
                        .url = member(o, "url"),
                        .publish_date = member(o, "publish_date")};
    struct news n;
    struct err e = {0};
    if (json_is_true(json_object_get(o, "title"))) {
        size_t end = str_find(x.text, STR("\n"), 0);
        x.title = (uint32_t)(end == SIZE_MAX ? x.text.n : end);
    }
    size_t i;
    json_t *b;
    json_array_foreach(json_object_get(o, "brand"), i, b)
    {
        struct str brand = {json_string_value(b), json_string_length(b)};
        if (vec_push(&x.brand, brand, &e) != RC_OK)
            fail(&e, "brand");
    }
    if (news_read(&n, &x, reader_news(reader), a, &e) != RC_OK)
        fail(&e, "article");
    print(member(o, "id"), &x, &n);
    news_release(&n);
    vec_free(&x.brand);
    arena_reset(a);
}

static void dump_articles(const char *path, struct arena *a)
{
    FILE *f = fopen(path, "r");
    json_t *o;
    if (!f) {
        perror(path);
        exit(1);
    }
    while ((o = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL))) {
        dump_article(o, a);
        json_decref(o);
    }
    fclose(f);
}

/* ---- speed ---- */

/* Processor time: other work on the machine does not count. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void read_once(struct str page, struct arena *a, double *in_news)
{
    struct article x;
    struct news n;
    struct err e = {0};
    if (article_read(&x, page, (struct article_source){0}, reader_article(reader), a, &e) != RC_OK)
        fail(&e, "page");
    double start = now();
    if (news_read(&n, &x, reader_news(reader), a, &e) != RC_OK)
        fail(&e, "page");
    *in_news += now() - start;
    news_release(&n);
    article_release(&x);
    arena_reset(a);
}

static void speed(double seconds, char **path, int n)
{
    struct arena pages = {0}, a = {0};
    struct str *page = arena_calloc(&pages, (size_t)n, sizeof *page);
    double bytes = 0, start, in_news = 0;
    size_t reads = 0;
    if (!page)
        exit(1);
    for (int i = 0; i < n; i++)
        page[i] = slurp(path[i], &pages);
    for (start = now(); now() - start < seconds;)
        for (int i = 0; i < n; i++, reads++) {
            read_once(page[i], &a, &in_news);
            bytes += (double)page[i].n;
        }
    start = now() - start;
    printf("%.1f MB/s, %zu pages, %.0f %% of the time in extraction\n", bytes / start / 1e6, reads,
           100 * in_news / start);
    arena_free(&a);
    arena_free(&pages);
}

/* ---- memory */

/* KiB of the process in memory now. */
static long resident(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void memory(size_t n, char **path, int files)
{
    struct arena pages = {0}, a = {0};
    struct str *page = arena_calloc(&pages, (size_t)files, sizeof *page);
    double bytes = 0, in_news = 0;
    long first = 0, now_kib = 0;
    if (!page)
        exit(1);
    for (int i = 0; i < files; i++)
        page[i] = slurp(path[i], &pages);
    for (size_t i = 0; i < n; i++) {
        read_once(page[i % (size_t)files], &a, &in_news);
        bytes += (double)page[i % (size_t)files].n;
        if ((i + 1) % MAX(n / 10, 1u) != 0)
            continue;
        now_kib = resident();
        first = first ? first : now_kib;
        printf("%zu pages, %.0f MB read: %ld KiB\n", i + 1, bytes / 1e6, now_kib);
    }
    printf("memory_growth_kib=%ld\n", now_kib - first);
    arena_free(&a);
    arena_free(&pages);
}

int main(int argc, char **argv)
{
    struct arena a = {0};
    if (argc < 2) {
        fputs("news_dump [--articles | --speed SECONDS | --memory PAGES] FILE...\n", stderr);
        return 2;
    }
    load();
    if (argc == 3 && strcmp(argv[1], "--articles") == 0)
        dump_articles(argv[2], &a);
    else if (argc > 3 && strcmp(argv[1], "--speed") == 0)
        speed(strtod(argv[2], NULL), argv + 3, argc - 3);
    else if (argc > 3 && strcmp(argv[1], "--memory") == 0)
        memory((size_t)strtoull(argv[2], NULL, 10), argv + 3, argc - 3);
    else
        for (int i = 1; i < argc; i++)
            dump_file(argv[i], &a);
    arena_free(&a);
    reader_close(reader);
    return 0;
}
