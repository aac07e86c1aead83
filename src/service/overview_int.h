/* Inside overview*.c: figures while they are made. */
#ifndef QIAO_OVERVIEW_INT_H
#define QIAO_OVERVIEW_INT_H

#include "service/overview.h"

#include <stdatomic.h>

struct made_overview {
    struct overview o; /* first: an overview is this */
    struct arena arena;
    _Atomic unsigned holders;
};

typedef VEC(struct figure_row) vec_row;
struct making {
    struct site *s;
    const struct actor *a;
    struct made_overview *to;
    struct arena *arena;                     /* to->arena */
    const struct kind *need, *result, *talk; /* NULL: none, or not read by the actor */
    bool whole;                              /* the actor sees every record */
    uint64_t met[8];                         /* funnel: needs of each stage's introductions */
};

/* printf into the arena; .p NULL: no memory. */
struct str made_text(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Groups of a kind; RC_OK and none where kind or path is not there. */
enum rc groups_of(struct making *m, const struct kind *k, const char *filter, const char *by,
                  const char *by2, const char *sum, vec_grouped *out, struct err *e) MUST_CHECK;
bool has_field(const struct kind *k, const char *name);
/* Rows into the arena, as table `which`. Takes them. */
enum rc figures_put(struct making *m, int which, const char *name, vec_row *rows, uint32_t n_series,
                    const char *const series[FIGURES_MOST], struct err *e) MUST_CHECK;
/* "id in (3, 5)"; .p NULL: no memory. n > 0. */
struct str ids_filter(struct arena *a, const int64_t *id, size_t n);
#define IDS_FILTER 400u /* more than so many ids are too long for a filter */

/* overview_flow.c: funnel, talks, refusals, money. */
enum rc make_flow(struct making *m, struct err *e) MUST_CHECK;
/* overview_unmet.c */
enum rc make_unmet(struct making *m, struct err *e) MUST_CHECK;

/* overview.c: kept in the site. */
struct overviews;
enum rc overviews_open(struct overviews **out, struct err *e) MUST_CHECK;
void overviews_close(struct overviews *c);

#endif
