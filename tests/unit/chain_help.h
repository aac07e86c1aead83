/* The kinds that chains of tests are about: those of tests/unit/model and a deed. */
#ifndef CHAIN_HELP_H
#define CHAIN_HELP_H

#include "record_help.h"

#include "record/chain.h"

static inline struct kinds *chain_kinds(void)
{
    static const char *const names[] = {"codes",
                                        "action",
                                        "refusal",
                                        "compare",
                                        "org",
                                        "need",
                                        "person",
                                        "note",
                                        "more",
                                        "plan",
                                        "../approval_model/kinds/deed"};
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

#endif
