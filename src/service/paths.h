/* Columns that are no field of the record itself: values at the end of a path ("owner.region",
 * "parties.org"), of many records at once, as the actor sees every record on the way. */
#ifndef QIAO_PATHS_H
#define QIAO_PATHS_H

#include "service/records.h"

/* A path of the kind, and none that names a field or an attribute of it alone. */
bool path_is_column(const struct site *s, const struct kind *k, struct str text);
/* "所属单位 · 地区": the labels on the way; the text itself where it is no path. In the arena. */
struct str path_column_label(const struct site *s, const struct kind *k, struct str text, bool zh,
                             struct arena *to);
/* out[n], "" where there is nothing or nothing for the actor: values as people read them, several
 * parted by ；; raw: codes, names and ids. One transaction; each record on the way is read once. */
enum rc record_paths(struct site *s, const struct actor *a, const struct rec *r, size_t n,
                     struct str text, bool zh, bool raw, struct arena *to, struct str *out,
                     struct err *e) MUST_CHECK;

#endif
