#include "match/concepts.h"

struct concepts {
    uint32_t n;
};

enum rc concepts_open(struct concepts **out, struct err *e)
{
    *out = mem_calloc(1, sizeof **out);
    return *out ? RC_OK : err_nomem(e);
}

enum rc concepts_add(struct concepts *c, const struct node *file, const char *name, struct err *e)
{
    (void)name;
    (void)e;
    c->n += (uint32_t)node_count(node_get(file, "concepts"));
    return RC_OK;
}

enum rc concepts_finish(struct concepts *c, struct err *e)
{
    (void)c;
    (void)e;
    return RC_OK;
}

void concepts_close(struct concepts *c)
{
    mem_free(c);
}

uint32_t concepts_count(const struct concepts *c)
{
    return c->n;
}
