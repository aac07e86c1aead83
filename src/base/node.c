#include "base/node.h"

#include <math.h>
#include <stdlib.h>

const struct node *node_get(const struct node *map, const char *key)
{
    if (!map || map->type != NODE_MAP)
        return NULL;
    for (const struct node *c = map->child; c; c = c->next)
        if (str_eq(c->key, str_of(key)))
            return c;
    return NULL;
}

struct str node_text(const struct node *map, const char *key, struct str fallback)
{
    const struct node *c = node_get(map, key);
    return c && c->type == NODE_TEXT ? c->text : fallback;
}

enum rc node_number(double *out, const struct node *map, const char *key, double fallback,
                    struct err *e)
{
    *out = fallback;
    const struct node *c = node_get(map, key);
    if (!c)
        return RC_OK;
    char copy[64], *end = NULL;
    if (c->type == NODE_TEXT && c->text.n && c->text.n < sizeof copy) {
        memcpy(copy, c->text.p, c->text.n);
        copy[c->text.n] = 0;
        double x = strtod(copy, &end);
        if (end == copy + c->text.n && isfinite(x)) {
            *out = x;
            return RC_OK;
        }
    }
    return err_at(e, err_user(e, "model.number", "%s", key), NULL, NULL, c->line, 0);
}

size_t node_count(const struct node *n)
{
    size_t k = 0;
    for (const struct node *c = n ? n->child : NULL; c; c = c->next)
        k++;
    return k;
}
