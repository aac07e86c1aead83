/* The unit table and the words around numbers, from model/units.yaml (its head explains every key).
 */
#ifndef QIAO_UNITS_H
#define QIAO_UNITS_H

#include "base/node.h"

struct dimension {
    struct str name;
    bool specific; /* the unit alone tells the property */
    bool weak;     /* says nothing without a name */
    bool count;    /* counted things; weak as well */
};

struct unit {
    struct str symbol;
    const struct dimension *dimension;
    double factor, offset; /* base = factor * value + offset */
};

struct units;

/* Reads the table; copies what it keeps. RC_USER "text.units" with the line for a table of the
 * wrong shape, RC_NOMEM. O(table). The result is read-only and may be shared by threads. */
enum rc units_init(struct units **out, const struct node *table, struct err *e) MUST_CHECK;
void units_free(struct units *u); /* NULL is allowed */
/* The unit declared first for this symbol (case counts), or NULL. */
const struct unit *units_find(const struct units *u, struct str symbol);

#endif
