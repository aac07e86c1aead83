#include "base/sort.h"

#include <string.h>

#define DIGIT   11u
#define BUCKETS (1u << DIGIT)

static void pass(const struct keyed *from, struct keyed *to, size_t n, unsigned shift,
                 unsigned bits)
{
    size_t at[BUCKETS] = {0};
    uint64_t mask = (1ull << bits) - 1;
    for (size_t i = 0; i < n; i++)
        at[from[i].key >> shift & mask]++;
    size_t sum = 0;
    for (unsigned b = 0; b < BUCKETS; b++) {
        size_t count = at[b];
        at[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[from[i].key >> shift & mask]++] = from[i];
}

void sort_keyed(struct keyed *a, struct keyed *spare, size_t n, unsigned from, unsigned to)
{
    struct keyed *x = a, *y = spare;
    for (unsigned shift = from; shift < to; shift += DIGIT) {
        pass(x, y, n, shift, MIN(DIGIT, to - shift));
        struct keyed *t = x;
        x = y;
        y = t;
    }
    if (x != a && n)
        memcpy(a, x, n * sizeof *a);
}
