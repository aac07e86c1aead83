/* The thread: news sentence, event, commitment, agreement, project, milestone, payment, as one
 * timeline, from wherever one stands on it. Its links are the fields that kinds declare with
 * `thread: true`, followed in both directions. Lists of groups so declared (deliverables of an
 * agreement) stand on it row by row. */
#ifndef QIAO_THREAD_H
#define QIAO_THREAD_H

#include "service/records.h"

#define THREAD_MAX 500u /* records on a thread that are shown */

struct thread_item {
    struct rec rec;     /* as the actor may see it */
    int64_t day;        /* where it stands on the timeline: its own date, else when it was made */
    uint32_t day_field; /* the field that says so, NO_FIELD: created */
    int64_t from;       /* id of the record it hangs on, 0: nothing */
    struct str quote, source;     /* its news sentence, "" none */
    bool here;                    /* the record that was asked for */
    const struct field_def *part; /* NULL: the record itself; else a row of this field of it */
    struct str name;              /* of the row */
    const char *light;            /* of the row, a code of table `light` */
};
typedef VEC(struct thread_item) vec_thread;
/* Oldest first, ties by id, rows behind their record. A row's date is its `done`, else its `due`,
 * else its record's. Its own date is the first that is set of day, signed, done, due, start,
 * published. Records that the actor may not see are left out, and so is what hangs on the thread
 * only through them. *more: there are over THREAD_MAX. */
enum rc thread_of(struct site *s, const struct actor *a, int64_t id, struct arena *to,
                  vec_thread *out, bool *more, struct err *e) MUST_CHECK;

/* Does the field, or a sub-field of the group, say that a record hangs on what it refers to? */
bool field_threads(const struct field_def *f);

/* Several commitments out of one event, in one write: all or none. Each row as typed fields.
 * *bad_row: the first that cannot be written (its faults are appended), UINT32_MAX where all were.
 * `known`: how many commitments of the event the actor saw when it began; where there are others by
 * now nothing is written, RC_USER "thread.promised" (detail: how many there are). They are counted
 * where writers take turns, so that of two people settling the same minutes one is told. */
#define PROMISED_ANY UINT64_MAX
struct typed_row {
    const struct typed *typed;
    uint32_t n;
};
enum rc thread_promise(struct site *s, const struct actor *a, int64_t event, uint64_t known,
                       const struct typed_row *row, uint32_t n, struct arena *to, vec_fault *faults,
                       uint32_t *bad_row, struct err *e) MUST_CHECK;

#endif
