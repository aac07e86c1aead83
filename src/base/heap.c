#include "base/heap.h"

static void sift_down(struct hit *h, uint32_t n, uint32_t i)
{
    struct hit x = h[i];
    for (uint32_t c; (c = 2 * i + 1) < n; i = c) {
        if (c + 1 < n && hit_better(h[c], h[c + 1]))
            c++;
        if (!hit_better(x, h[c]))
            break;
        h[i] = h[c];
    }
    h[i] = x;
}

static void sift_up(struct hit *h, uint32_t i)
{
    struct hit x = h[i];
    while (i) {
        uint32_t up = (i - 1) / 2;
        if (!hit_better(h[up], x))
            break;
        h[i] = h[up];
        i = up;
    }
    h[i] = x;
}

void topk_push(struct topk *t, struct hit h)
{
    if (!topk_wants(t, h))
        return;
    if (t->n < t->k) {
        t->hit[t->n] = h;
        sift_up(t->hit, t->n++);
        return;
    }
    t->hit[0] = h;
    sift_down(t->hit, t->n, 0);
}

void topk_sort(struct topk *t)
{
    for (uint32_t n = t->n; n > 1;) {
        n--;
        struct hit worst = t->hit[0];
        t->hit[0] = t->hit[n];
        t->hit[n] = worst;
        sift_down(t->hit, n, 0);
    }
}
