/* What the parts of bench/work share. */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include "service/measures.h"
#include "service/site.h"

#include "common.h"

/* The moment of the bench: noon in China on the last day of its history, and how long that is. */
#define WORK_TODAY    20770 /* 2026-11-13 */
#define WORK_DAYS     1095
#define WORK_NOW      ((int64_t)WORK_TODAY * 86400 + 4 * 3600)
#define WORK_RECORDS  1000000u
#define WORK_MEASURES 100u

/* Seconds by the clock and, where the database runs in this process, of the processor: what others
 * do on the machine meanwhile shows in the first only. */
struct took {
    double wall, cpu;
};
struct took took_now(void);
struct took took_since(struct took start);

static inline void or_die(enum rc rc, const struct err *e)
{
    if (rc != RC_OK)
        die("%s: %s %s", e->key, e->file, e->detail);
}

/* work_fill.c: `n` records with their history into an empty site, in the order of time; the same
 * for the same n. */
void work_fill(struct site *s, uint32_t n);

/* work_spec.c: the indicators, as they are declared and as somebody writes them by hand.
 *
 * The texts in SQL are templates: {x} is a text of the body, {#x} a number of it, {today} the day,
 * {d-90} another one, `id`, `org`, `state`, `created` columns. */
struct work_spec {
    char measure[12], over[16], filter[200], path[40], population[16], among[100];
    char sql_cond[300]; /* what passes the filter; share: of those among */
    char sql_value[60]; /* sum, distinct: of what */
    char sql_all[120];  /* share, coverage: the condition of the denominator */
};
/* WORK_MEASURES of them. */
void work_specs(struct work_spec *out);

#endif
