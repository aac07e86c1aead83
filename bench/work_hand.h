/* Figures by hand-written SQL (work_hand.c). */
#ifndef BENCH_WORK_HAND_H
#define BENCH_WORK_HAND_H

#include "base/buf.h"
#include "work.h"

#define HAND_COLUMNS 256

struct hand;
struct hand *hand_open(const char *dir, const char *url);
void hand_close(struct hand *h);
bool hand_is_postgres(const struct hand *h);
typedef void (*hand_row_fn)(void *ctx, const char *const *col, uint32_t n);
uint32_t hand_run(struct hand *h, const char *sql, hand_row_fn each, void *ctx);

/* A statement from templates, for a day. */
struct hand_sql {
    struct buf text;
    bool postgres, ids; /* ids: numbers are those of records */
    int64_t day, end;   /* end 0: now */
};
void hand_init(struct hand_sql *s, const struct hand *h, int64_t day);
void hand_put(struct hand_sql *s, const char *template);

/* Which figures have a statement of their own. */
struct hand_plan {
    bool decided, alone[WORK_MEASURES];
};
const char *hand_kind(const struct work_spec *w);
void hand_decide(struct hand *h, const struct work_spec *w, uint32_t n, int64_t day,
                 struct hand_plan *plan);
struct took hand_measures(struct hand *h, const struct work_spec *w, uint32_t n, int64_t day,
                          struct hand_plan *plan, double *value);

/* work_board.c: the dashboard and the leaders' page. */
struct took hand_board(struct hand *h);
struct took qiao_board(struct site *s, const struct actor *a);
/* Do both say the same? Ends the program where they do not. */
void board_compare(struct site *s, const struct actor *a, struct hand *h);

#endif
