/* The tables of the page reader as compiled into the program. */
#ifndef NEWS_TABLES_H
#define NEWS_TABLES_H

#include <string.h>

#include "base/embed.h"
#include "news/article.h"
#include "record/yaml.h"

static inline struct article_tables *news_tables_load(void)
{
    static const char *const names[] = {"model/news/chrome.yaml", "model/news/brands.yaml",
                                        "model/news/repair.yaml"};
    struct node *node[3] = {0};
    struct arena a = {0};
    struct article_tables *t = NULL;
    for (const struct embedded *f = model_files; f->name; f++)
        for (int i = 0; i < 3; i++)
            if (strcmp(f->name, names[i]) == 0 &&
                yaml_parse(&node[i], (struct str){(const char *)f->bytes, f->n}, f->name, &a, NULL))
                node[i] = NULL;
    if (node[0] && node[1] && node[2] &&
        article_tables_open(&t, node[0], node[1], node[2], NULL) != RC_OK)
        t = NULL;
    arena_free(&a);
    return t;
}

#endif
