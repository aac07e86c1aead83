/* Reading and changing records, as a person may. Errors common to all: RC_USER "service.denied"
 * (the actor may not), "service.missing" (no such record, or none that it may see: one answer),
 * "service.invalid" (faults were appended), "service.locked" (its state lets brokers only change
 * it), "service.no_step", "store.stale" (detail: the version there is), "store.unique" (field, tab,
 * the other's id where the actor may see it), "store.ref", "store.held" or, without the number of
 * records, "service.held". */
#ifndef QIAO_RECORDS_H
#define QIAO_RECORDS_H

#include "record/formula.h"
#include "service/site.h"

/* A record as the actor may see it. */
enum face { FACE_PUBLIC, FACE_PARTNER, FACE_FULL };
struct shown {
    struct rec rec; /* that face; what is hidden is not in it */
    enum face face;
    bool may_write, may_delete;
    bool in_approval;            /* an approval runs on it (service/approval.h): it is locked */
    const struct step *step[16]; /* what the actor may do now */
    uint32_t n_steps;
};
enum rc record_show(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                    struct arena *to, struct shown *out, struct err *e) MUST_CHECK;

/* A list as on the screen. Texts are as typed or as in the address; all may be "". */
struct list_request {
    const struct kind *kind;
    struct str filter;         /* the filter language */
    const struct filter *more; /* and also; NULL: none */
    struct str sort;           /* "updated", "-budget"; "": "-updated" */
    uint32_t limit;            /* 0: 50; at most 1000 */
    uint64_t offset;
    struct str after; /* cursor */
    bool count;       /* fill total */
};
struct list_answer {
    vec_rec rec; /* vec_free by the caller; the rest is in the arena */
    uint64_t total;
    struct str next;
    struct filter *filter; /* parsed, NULL: all */
};
enum rc record_list(struct site *s, const struct actor *a, const struct list_request *q,
                    struct arena *to, struct list_answer *out, struct err *e) MUST_CHECK;
/* Titles of records as the actor may see them ("" where it may not), and their kinds (NULL). */
enum rc record_titles(struct site *s, const struct actor *a, const int64_t *id, uint32_t n,
                      struct arena *to, struct str *title, const struct kind **kind,
                      struct err *e) MUST_CHECK;
/* Counts and sums over what the actor may see; kept until the site changes. */
enum rc record_group(struct site *s, const struct actor *a, const struct kind *k, struct str filter,
                     struct str by, struct str by2, struct str sum, struct arena *to,
                     vec_grouped *out,
                     struct err *e) MUST_CHECK; /* "created:month" cuts to months */

/* One field as typed. name: "title", "targets", "masked.body", "owner", "secrecy"; sub-fields of
 * a list of groups come as "targets.0.name": where one is given the list is made anew of those that
 * are given, without blank rows. A field given with text "" is unset; fields that are not given
 * stay. */
struct typed {
    struct str name, text;
};
/* Put typed fields over a record (a new one: id 0), without writing: for showing a form again.
 * Refs may be given as "#12", "12" or as a title that one record has. */
enum rc record_fill(struct site *s, const struct actor *a, struct rec *r, const struct typed *t,
                    uint32_t n, struct arena *to, vec_fault *faults, struct err *e) MUST_CHECK;
/* Check and write; with faults in the list already (of record_fill) nothing is written. r->id 0:
 * create (the actor's organisation owns it, or r->org where a broker gives it), else replace the
 * version r->version. On "store.stale" nothing is written; show both. Derived fields of special
 * kinds are computed here (service/special.c). */
enum rc record_save(struct site *s, const struct actor *a, struct rec *r, struct str comment,
                    struct arena *to, vec_fault *faults, struct err *e) MUST_CHECK;
/* Take a step ("publish"), with fields changed in the same write. */
struct act {
    int64_t id, version; /* version 0: whatever it is */
    struct str action, comment, reason;
    const struct typed *typed;
    uint32_t n_typed;
};
enum rc record_act(struct site *s, const struct actor *a, const struct kind *k,
                   const struct act *act, struct arena *to, struct rec *out, vec_fault *faults,
                   struct err *e) MUST_CHECK;
/* Today, for one's own side (kind.h, `confirms`); where that was the last one, the step that asked
 * for the confirmations is taken too. RC_USER "service.no_side" for who is of neither side. */
enum rc record_confirm(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                       int64_t version, struct arena *to, struct err *e) MUST_CHECK;
/* The confirmation that the actor may give now; NO_FIELD: none. */
uint32_t confirm_field(const struct actor *a, const struct rec *r);
enum rc record_delete(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                      int64_t version, struct str comment, struct err *e) MUST_CHECK;

/* What happened to it, newest first, with field-level differences; only for who sees all of it. */
struct event_shown {
    struct entry entry;
    struct str who; /* what the person is called, else the login; "": the system, or not told */
    struct rec before, after; /* before.kind NULL: it was made then */
    vec_change change;
};
typedef VEC(struct event_shown) vec_event;
enum rc record_history(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                       struct arena *to, vec_event *out, struct err *e) MUST_CHECK;
void events_free(vec_event *v);
/* How its fields with a declared formula come about (record/formula.h), from what the actor sees;
 * nothing where it does not see the whole record. */
struct reckoned {
    uint32_t field;
    const struct label *label, *basis;
    vec_line line;
    struct val now; /* what the rule gives today */
    bool differs; /* from what is stored: the rule, or what it asks, changed since the last save */
};
typedef VEC(struct reckoned) vec_reckoned;
enum rc record_reckoned(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                        struct arena *to, vec_reckoned *out, struct err *e) MUST_CHECK;
void reckoned_free(vec_reckoned *v);
/* What refers to it, as the actor may see. */
enum rc record_refs(struct site *s, const struct actor *a, int64_t id, uint32_t limit,
                    struct arena *to, vec_ref *out, struct err *e) MUST_CHECK;

/* Steps "expire" of all records whose time has come; *n how many. Run by the sweep every minute. */
enum rc records_expire(struct site *s, uint32_t *n, struct err *e) MUST_CHECK;
/* Companies whose tier is not the highest of their ranks that hold today: certificates begin and
 * end. A tier that stands in a company's record alone (it was typed there before) first gets a
 * rank, from the day the record was last written, its day `unsure`. *n: how many companies were
 * written. Run by the sweep once a day. Cost: a reading of the companies and of the ranks. */
enum rc tiers_settle(struct site *s, uint32_t *n, struct err *e) MUST_CHECK;

#endif
