/* The kinds of tests/unit/model/, read once. */
#ifndef RECORD_HELP_H
#define RECORD_HELP_H

#include "base/file.h"
#include "record/filter.h"
#include "record/yaml.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena help_arena;

static inline void help_file(struct kinds *k, const char *name)
{
    char path[200];
    struct buf b;
    struct node *n;
    struct err e = {0};
    snprintf(path, sizeof path, "tests/unit/model/%s.yaml", name);
    buf_init(&b, 1 << 20);
    if (file_read(&b, path, &e) || yaml_parse(&n, buf_view(&b), name, &help_arena, &e) ||
        kinds_add(k, n, name, &e)) {
        fprintf(stderr, "%s:%u: %s %s\n", path, e.row, e.key, e.detail);
        abort();
    }
    buf_free(&b);
}

static inline struct kinds *help_kinds(void)
{
    static const char *const names[] = {"codes", "action", "refusal", "compare", "org",
                                        "need",  "person", "note",    "more",    "plan"};
    static struct kinds *k;
    struct err e = {0};
    if (k)
        return k;
    if (kinds_open(&k, &e))
        abort();
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        help_file(k, names[i]);
    if (kinds_finish(k, &e)) {
        fprintf(stderr, "%s:%u: %s %s\n", e.file, e.row, e.key, e.detail);
        abort();
    }
    return k;
}

static inline void help_free(void)
{
    kinds_close(help_kinds());
    arena_free(&help_arena);
}

#endif
