/* Matching: needs against results, both given as texts. Pure: no file, clock or database. */
#ifndef QIAO_MATCH_H
#define QIAO_MATCH_H

#include "index/index.h"
#include "match/concepts.h"

/* What is compared: text.p[0..title) is the title, the rest the body. */
struct match_text {
    struct str text;
    uint32_t title;
};

/* Gives text i; called from several threads. */
typedef struct match_text (*match_text_fn)(void *ctx, uint32_t i);
struct match_source {
    uint32_t n;
    match_text_fn text;
    void *ctx;
};

#endif
