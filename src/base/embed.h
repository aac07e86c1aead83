/* Files compiled into the program by tools/embed.c. */
#ifndef QIAO_EMBED_H
#define QIAO_EMBED_H

#include <stddef.h>

struct embedded {
    const char *name; /* path in the source tree, "model/units.yaml"; NULL ends the table */
    const unsigned char *bytes; /* followed by a NUL */
    size_t n;
};

/* Everything under model/, sorted by name. */
extern const struct embedded model_files[];

#endif
