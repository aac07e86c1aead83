/* A place in a text: the bytes [from, to). Texts over 4 GB have none. */
#ifndef QIAO_SPAN_H
#define QIAO_SPAN_H

#include "base/str.h"

struct span {
    uint32_t from, to; /* empty where from == to */
};

static inline struct str span_str(struct str text, struct span s)
{
    return str_sub(text, s.from, s.to);
}

#endif
