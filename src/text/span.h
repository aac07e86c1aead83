#ifndef QIAO_SPAN_H
#define QIAO_SPAN_H

#include <stdint.h>

/* Bytes [from, to) of a text. */
struct span {
    uint32_t from, to;
};

#endif
