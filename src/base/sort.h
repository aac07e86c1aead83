/* Radix sort of (key, value) records: stable, least significant digit first (Knuth, TAOCP 3,
 * 5.2.5). O(n) a digit of 11 bits. */
#ifndef QIAO_SORT_H
#define QIAO_SORT_H

#include "base/base.h"

struct keyed {
    uint64_t key;
    uint32_t val;
};

/* Sort n records by key bits [from, to), rising; equal ones keep their order. `spare` is room
 * for n more; the result is in `a`. */
void sort_keyed(struct keyed *a, struct keyed *spare, size_t n, unsigned from, unsigned to);

/* How many low bits hold x: sort_keyed's `to` for keys up to x. */
static inline unsigned bits_of(uint64_t x)
{
    return x ? 64 - (unsigned)__builtin_clzll(x) : 0;
}

#endif
