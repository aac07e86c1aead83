/* YAML (libyaml) into nodes. */
#ifndef QIAO_YAML_H
#define QIAO_YAML_H

#include "base/buf.h"
#include "base/node.h"

/* Parse one document. `name` is used in errors only. Nodes and texts live in `a`. Anchors and
 * aliases are refused (a small file must not unfold into a large one); depth <= 32, a key twice
 * in one map is refused, and so is anything behind the document. RC_USER "model.yaml" with name,
 * line, column. O(n). */
enum rc yaml_parse(struct node **out, struct str bytes, const char *name, struct arena *a,
                   struct err *e) MUST_CHECK;

/* The node as YAML, of which yaml_parse makes the same tree; maps nested less than `levels` deep
 * have a line a key, all else stands in flow style. Appends. Same node, same bytes. O(n). */
enum rc yaml_print(struct buf *out, const struct node *n, unsigned levels,
                   struct err *e) MUST_CHECK;

#endif
