#include "corpus.h"

#include "base/clock.h"
#include "base/map.h"

#include <math.h>
#include <string.h>

void or_die(enum rc rc, const struct err *e)
{
    if (rc != RC_OK)
        die("%s: %s %s", e->key, e->file, e->detail);
}

struct lines corpus_load(const char *dir, const char *name)
{
    char path[4096];
    struct err e;
    struct lines l = {0};
    snprintf(path, sizeof path, "%s/%s", dir, name);
    or_die(file_map(&l.map, path, &e), &e);
    const char *p = (const char *)l.map.p, *end = p + l.map.n;
    size_t cap = 0;
    for (const char *s = p; s && s < end; l.n++) {
        if (l.n + 2 > cap && !(l.at = realloc(l.at, (cap = cap * 2 + 1024) * sizeof *l.at)))
            die("out of memory");
        l.at[l.n] = (size_t)(s - p);
        s = memchr(s, '\n', (size_t)(end - s));
        s = s ? s + 1 : end;
    }
    l.at[l.n] = l.map.n;
    return l;
}

/* A token's key; the lowest bit says that it is a single Han character. */
static uint64_t key_of(struct str s)
{
    bool single = s.n == 3 && (s.p[0] & 0xF0) == 0xE0;
    return (hash_bytes(s) & ~1ull) | single;
}

enum rc corpus_line(void *ctx, uint32_t i, unsigned worker, vec_key *out, struct err *e)
{
    (void)worker;
    const struct lines *l = ctx;
    const char *s = (const char *)l->map.p + l->at[i], *end = (const char *)l->map.p + l->at[i + 1];
    while (s < end) {
        const char *from = s;
        while (s < end && *s != ' ' && *s != '\n')
            s++;
        if (s > from)
            TRY(vec_push(out, key_of((struct str){from, (size_t)(s - from)}), e));
        s++;
    }
    return RC_OK;
}

static double weight(void *ctx, uint64_t key, uint32_t df, uint32_t ndocs)
{
    (void)ctx;
    return sqrt(log(1 + (ndocs - df + .5) / (df + .5))) * (key & 1 ? 1.5 : 1);
}

struct index_dir_options corpus_options(void)
{
    return (struct index_dir_options){
        .scheme = {2, .75, weight, NULL}, .weight_name = "bench", .threads = 1, .sync = true};
}

int rising(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* The need as a query: logarithmic tf, weighted, length 1. */
struct index_query corpus_query(const struct index *ix, struct lines *needs, uint32_t i)
{
    vec_key keys = {0};
    struct map seen = {0};
    struct err e;
    or_die(corpus_line(needs, i, 0, &keys, &e), &e);
    struct index_weight *w = grab(keys.n, sizeof *w);
    uint32_t n = 0;
    for (size_t k = 0; k < keys.n; k++) {
        uint32_t *at = map_put(&seen, keys.p[k], n);
        if (!at)
            die("out of memory");
        if (*at == n)
            w[n++].key = keys.p[k];
        w[*at].x += 1;
    }
    double sum = 0;
    for (uint32_t k = 0; k < n; k++) {
        w[k].x = (1 + log(w[k].x)) * weight(NULL, w[k].key, index_df(ix, w[k].key), index_docs(ix));
        sum += w[k].x * w[k].x;
    }
    for (uint32_t k = 0; k < n; k++)
        w[k].x /= sqrt(sum);
    map_free(&seen);
    vec_free(&keys);
    return (struct index_query){w, n};
}

struct index_query *corpus_queries(const struct index *ix, struct lines *needs)
{
    struct index_query *q = grab(needs->n, sizeof *q);
    for (uint32_t i = 0; i < needs->n; i++)
        q[i] = corpus_query(ix, needs, i);
    return q;
}

struct index_item *corpus_items(uint32_t first, uint32_t n)
{
    struct index_item *item = grab(n, sizeof *item);
    char *text = grab(n, 12);
    for (uint32_t i = 0; i < n; i++) {
        int k = snprintf(text + (size_t)i * 12, 12, "%u", first + i);
        item[i].id = (struct str){text + (size_t)i * 12, (size_t)k};
    }
    return item;
}

void corpus_items_free(struct index_item *item)
{
    free((void *)(uintptr_t)item[0].id.p);
    free(item);
}

double corpus_build(const char *path, const struct index_dir_options *o, struct lines *results)
{
    struct err e;
    struct index_dir *d;
    struct index_item *item = corpus_items(0, results->n);
    double t = clock_seconds();
    or_die(index_dir_create(path, o, &e), &e);
    or_die(index_dir_open(&d, path, o, INDEX_WRITE, &e), &e);
    or_die(index_dir_add(d, item, results->n, corpus_line, results, &e), &e);
    t = clock_seconds() - t;
    index_dir_close(d);
    corpus_items_free(item);
    return t;
}
