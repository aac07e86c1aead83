/* A parsed declaration (YAML by record/yaml.h): text, list or map, with the line it stands on.
 * The folders that are configured by tables read nodes and so need not know the file format. */
#ifndef QIAO_NODE_H
#define QIAO_NODE_H

#include "base/arena.h"

enum node_type { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
    enum node_type type;
    uint32_t line;      /* 1-based */
    struct str key;     /* name within the map it stands in, else empty */
    struct str text;    /* NODE_TEXT */
    struct node *child; /* first element of a list or map, in file order */
    struct node *next;  /* next sibling */
};

/* The child with this name, or NULL (also when `map` is NULL or no map). O(children). */
const struct node *node_get(const struct node *map, const char *key);
/* The text of that child, or `fallback`. */
struct str node_text(const struct node *map, const char *key, struct str fallback);
/* Its number. RC_USER "model.number" with the line when the text is no finite
 * number. */
enum rc node_number(double *out, const struct node *map, const char *key, double fallback,
                    struct err *e) MUST_CHECK;
/* Children of a list or map. */
size_t node_count(const struct node *n);

#endif
