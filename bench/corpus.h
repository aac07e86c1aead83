/* The generator's texts (bench/gen) as our engine takes them: DIR/results.tok and DIR/needs.tok, a
 * text a line, a token a word. */
#ifndef QIAO_BENCH_CORPUS_H
#define QIAO_BENCH_CORPUS_H

#include "base/file.h"
#include "index/dir.h"

#include "common.h"

struct lines {
    struct file_map map;
    size_t *at; /* [n + 1] */
    uint32_t n;
};

void or_die(enum rc rc, const struct err *e);
int rising(const void *x, const void *y); /* doubles, for qsort */

struct lines corpus_load(const char *dir, const char *name);
/* The keys of line i; `ctx` is the lines. */
enum rc corpus_line(void *ctx, uint32_t i, unsigned worker, vec_key *out, struct err *e);
/* R3's weights, one thread, waiting for the disk. */
struct index_dir_options corpus_options(void);
/* The need as a query: logarithmic tf, weighted, length 1. */
struct index_query corpus_query(const struct index *ix, struct lines *needs, uint32_t i);
struct index_query *corpus_queries(const struct index *ix, struct lines *needs);
/* Ids are numbers written out; there is no payload, as the peers store none. */
struct index_item *corpus_items(uint32_t first, uint32_t n);
void corpus_items_free(struct index_item *item);
/* Make the directory; seconds. */
double corpus_build(const char *path, const struct index_dir_options *o, struct lines *results);

#endif
