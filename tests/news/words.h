/* The tables of the extractor as compiled into the program. */
#ifndef NEWS_WORDS_H
#define NEWS_WORDS_H

#include "base/embed.h"
#include "news/news.h"
#include "record/yaml.h"

/* NULL on failure. The nodes live in `a`. */
static inline struct news_tables *news_words_load(struct arena *a, struct err *e)
{
    struct news_tables *t = NULL;
    struct node *file;
    if (news_tables_open(&t, e) != RC_OK)
        return NULL;
    for (const struct embedded *f = model_files; f->name; f++)
        if (news_tables_wants(f->name) &&
            (yaml_parse(&file, (struct str){(const char *)f->bytes, f->n}, f->name, a, e) ||
             news_tables_add(t, file, f->name, e))) {
            news_tables_close(t);
            return NULL;
        }
    if (news_tables_finish(t, e) != RC_OK) {
        news_tables_close(t);
        return NULL;
    }
    return t;
}

#endif
