/* An article read from any bytes, with what its header promises checked. */
#ifndef FUZZ_ARTICLE_H
#define FUZZ_ARTICLE_H

#include <stdlib.h>

#include "../news/tables.h"

static volatile unsigned fuzz_sum;

static inline void fuzz_touch(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        fuzz_sum += (unsigned char)s.p[i];
}

static inline void fuzz_check(const struct article *x)
{
    size_t at = 0;
    for (size_t i = 0; i < x->repair.n; i++) {
        const struct repair *r = &x->repair.p[i];
        if (r->at.from < at || r->at.to < r->at.from || r->at.to > x->text.n)
            abort();
        at = r->at.to;
        fuzz_touch(r->original);
    }
    for (size_t i = 0; i < x->brand.n; i++)
        fuzz_touch(x->brand.p[i]);
    for (size_t i = 0; i < x->text.n;)
        if (utf8_next(x->text, &i) < ' ' && x->text.p[i - 1] != '\n')
            abort();
    bool date = x->publish_date.n == 0 || (x->publish_date.n == 10 && x->publish_date.p[4] == '-');
    if (!date || x->title > x->text.n ||
        (x->title < x->text.n && x->title && x->text.p[x->title] != '\n'))
        abort();
}

static inline void fuzz_article(struct str bytes)
{
    static struct article_tables *tables;
    struct arena a = {.ceiling = 512u << 20};
    struct article x;
    struct err e = {0};
    if (!tables && !(tables = news_tables_load()))
        abort();
    struct article_source from = {str_sub(bytes, 0, 40), str_sub(bytes, 40, 48)};
    enum rc rc = article_read(&x, bytes, from, tables, &a, &e);
    if (rc == RC_OK)
        fuzz_check(&x);
    else if (!e.key[0] || e.rc != rc)
        abort();
    article_release(&x);
    arena_free(&a);
}

#endif
