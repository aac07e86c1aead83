/* Reading the news: the tables of model/news, and one page with them. */
#ifndef QIAO_READING_H
#define QIAO_READING_H

#include "news/news.h"

/* Everything that reading needs to know. Read-only once made, threads may share it. */
struct reader;

/* From the tables that were compiled in. `dir` may be NULL: a file DIR/news/NAME.yaml stands for
 * model/news/NAME.yaml; those of DIR/news with other names are added. RC_SYS "file.open", RC_USER
 * "model.yaml", "news.table" and the like, with file and line. About 100 ms. */
enum rc reader_open(struct reader **out, const char *dir, struct err *e) MUST_CHECK;
void reader_close(struct reader *r); /* NULL is allowed */

const struct article_tables *reader_article(const struct reader *r);
const struct news_tables *reader_news(const struct reader *r);
/* A number that changes when a table does. */
uint64_t reader_version(const struct reader *r);

/* What became of a page. Everything lives in the arena it was read with. */
struct reading {
    struct article article;
    struct news news;
};

/* Article and facts of a page; `url` may be empty. Errors of article_read. Call reading_release in
 * any case. O(n). */
enum rc reading_make(struct reading *out, struct str bytes, struct str url, const struct reader *r,
                     struct arena *a, struct err *e) MUST_CHECK;
/* The same with the charset that the HTTP header named. */
enum rc reading_make_from(struct reading *out, struct str bytes, struct article_source from,
                          const struct reader *r, struct arena *a, struct err *e) MUST_CHECK;
void reading_release(struct reading *x);

#endif
