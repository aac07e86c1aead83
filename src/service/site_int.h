/* Private to src/service: what a site holds, transactions, and the decisions behind actor_may. */
#ifndef QIAO_SITE_INT_H
#define QIAO_SITE_INT_H

#include "service/jobs.h"
#include "service/records.h"
#include "service/secret.h"

#include <pthread.h>
#include <stdatomic.h>

struct seen; /* sessions in memory (session_cache.c) */
struct counts;
struct groups;
struct overviews; /* figures in memory (overview.c) */
struct measures_kept;
struct runner;
struct engine;
struct papers;
struct tables;
struct notices;
struct approvals;
struct newsroom;

struct site {
    struct arena arena; /* declarations; the texts of the options */
    struct site_options o;
    struct kinds *kinds;
    struct model *model;
    struct store *store;
    struct secrets secrets; /* the key of what stands sealed in the store */
    _Atomic int64_t seq;
    struct seen *seen;
    struct counts *counts;
    struct groups *groups;
    struct overviews *overviews;
    struct measures_kept *measures; /* values of indicators */
    pthread_mutex_t hashing;        /* one password at a time: each takes 64 MiB */
    const struct job_def *job_defs;
    struct runner *runner; /* threads: follower, jobs, sweep; NULL: none */
    pthread_mutex_t jobs_lock;
    struct running *running; /* jobs of this process */
    struct papers *papers;
    struct tables *tables;
    struct notices *notices;
    struct approvals *approvals;
    struct newsroom *newsroom; /* reader, organisations (newsroom.c) */
    struct engine *engine;     /* opened last, closed first; NULL: none */
};

/* site_init, without making the key of secrets: a backup has one already. */
enum rc site_init_keyless(const struct site_options *o, struct err *e) MUST_CHECK;

/* declared.c: kinds and code tables of the program and of DIR/kinds, DIR/codes. A file of DIR with
 * the name of a compiled one takes its place, unless it extends. */
enum rc declared_open(struct kinds **out, const char *dir, struct arena *a,
                      struct err *e) MUST_CHECK;

/* papers.c: the declared papers. The kinds are there already. */
enum rc papers_open(struct papers **out, const struct site *s, struct err *e) MUST_CHECK;
void papers_close(struct papers *p); /* NULL is allowed */
/* tables.c: the declared ledgers and tables. */
enum rc tables_open(struct tables **out, const struct site *s, struct err *e) MUST_CHECK;
void tables_close(struct tables *t); /* NULL is allowed */

/* parties.c: who takes part in what, for all records, where the declarations have changed. */
enum rc parties_rebuild(struct site *s, struct err *e) MUST_CHECK;

/* ---- transactions ---- */

/* What is done in one; `ctx` is the caller's. */
typedef enum rc (*tx_fn)(struct site *s, struct tx *tx, void *ctx, struct err *e);
enum rc site_read(struct site *s, tx_fn fn, void *ctx, struct err *e) MUST_CHECK;
/* Commits where fn returns RC_OK; site_seq then knows of it. */
enum rc site_write(struct site *s, tx_fn fn, void *ctx, struct err *e) MUST_CHECK;
/* After a commit that site_write did not make. */
void site_touch(struct site *s);
void site_raise(struct site *s, int64_t seq); /* the follower: seq is committed */

/* ---- who (actor.c) ---- */

bool actor_is_system(const struct actor *a);
bool actor_writes_all(const struct actor *a); /* records of every organisation */
/* May read records of the kind at all. */
bool actor_reads_kind(const struct actor *a, const struct kind *k);
/* May take the step, may change fields now (locked states); `partner`: granted a record whose kind
 * lets both sides act (special.h). */
bool actor_may_write_as(const struct actor *a, const struct rec *r, bool partner);
bool actor_may_step_as(const struct actor *a, const struct rec *r, const struct step *step,
                       bool partner);
struct by actor_by(const struct site *s, const struct actor *a, struct str action,
                   struct str comment, struct str reason);

/* ---- one record, as the actor may see it (view.c) ---- */

/* *found false: there is none, or none for it. `full` (may be NULL): the whole record, for
 * deciding only. k NULL: of any kind. */
struct viewed {
    struct rec rec, full;
    enum face face;
    bool found;
    bool partner; /* was granted it, and its kind lets both sides act */
    bool party;   /* it is not its own, but its organisation is a party (kind.h): sees it whole */
};
enum rc view_get(struct tx *tx, const struct actor *a, const struct kind *k, int64_t id,
                 struct arena *to, struct viewed *out, struct err *e) MUST_CHECK;
enum rc view_missing(struct err *e) MUST_CHECK;
/* The day that people here call today. */
int64_t site_today(const struct site *s);
/* Somebody else has to take the action: the actor took the one that it names last (`other`). */
enum rc view_other(struct tx *tx, const struct actor *a, const struct action *action, int64_t id,
                   struct arena *to, bool *barred, struct err *e) MUST_CHECK;
/* A filter as typed, with and after it `more`. */
enum rc view_filter(struct site *s, const struct actor *a, const struct kind *k, struct str text,
                    const struct filter *more, struct arena *to, struct filter **out,
                    struct err *e) MUST_CHECK;
/* "owner.region" for sorting and grouping. */
enum rc view_path(struct site *s, const struct actor *a, const struct kind *k, struct str text,
                  struct arena *to, struct path *out, struct err *e) MUST_CHECK;

/* ---- filling and saving (record_fill.c, record_save.c) ---- */

/* record_fill inside a transaction. */
enum rc fill_in(struct site *s, struct tx *tx, const struct actor *a, struct rec *r,
                const struct typed *t, uint32_t n, struct arena *to, vec_fault *faults,
                struct err *e) MUST_CHECK;
/* record_save inside a transaction that the caller ends; on failure it must be rolled back. */
enum rc record_save_in(struct site *s, struct tx *tx, const struct actor *a, struct rec *r,
                       struct str comment, struct arena *to, vec_fault *faults,
                       struct err *e) MUST_CHECK;
/* record_save whose computed fields are kept as given: for service itself (the score of an
 * introduction). */
enum rc record_save_computed(struct site *s, const struct actor *a, struct rec *r,
                             struct str comment, struct arena *to, vec_fault *faults,
                             struct err *e) MUST_CHECK;
/* The same inside a transaction. */
enum rc record_save_computed_in(struct site *s, struct tx *tx, const struct actor *a, struct rec *r,
                                struct str comment, struct arena *to, vec_fault *faults,
                                struct err *e) MUST_CHECK;
/* A copy whose values can be replaced one by one; NULL without memory. */
struct rec *record_copy(const struct rec *r, struct arena *to);
/* Does the value of the field hold a reference to this record? */
bool val_holds_ref(const struct field_def *f, const struct val *v, int64_t id);

/* ---- faults ---- */

enum rc fault_add(vec_fault *faults, uint32_t field, uint32_t item, uint32_t sub, const char *key,
                  struct str detail, struct err *e) MUST_CHECK;

/* ---- sessions in memory (session_cache.c) ---- */

struct known_session {
    struct session session;
    struct account account; /* id 0: nobody */
    uint32_t unread;        /* its notices */
};
enum rc seen_open(struct seen **out, struct err *e) MUST_CHECK;
void seen_close(struct seen *c);
/* A copy in the arena; false where it is not known or was read longer than SEEN_SECONDS ago. */
#define SEEN_SECONDS 2
bool seen_get(struct seen *c, const uint8_t key[32], int64_t now, struct arena *to,
              struct known_session *out);
/* Read before `since` (seen_mark) is not kept: what was dropped meanwhile stays dropped. */
uint64_t seen_mark(struct seen *c);
void seen_put(struct seen *c, const struct known_session *k, int64_t now, uint64_t mark);
void seen_drop(struct seen *c); /* all */

/* ---- counts of lists in memory (counts.c) ---- */

enum rc counts_open(struct counts **out, struct err *e) MUST_CHECK;
void counts_close(struct counts *c);
/* As store_count, kept for this seq: the site's from before the transaction began. */
enum rc counts_total(struct site *s, struct tx *tx, const struct query *q, int64_t seq,
                     uint64_t *out, struct err *e) MUST_CHECK;

/* ---- groups in memory (groups.c) ---- */

enum rc groups_open(struct groups **out, struct err *e) MUST_CHECK;
void groups_close(struct groups *g);
/* As store_group, kept for this seq: the site's from before the transaction began. */
enum rc groups_get(struct site *s, struct tx *tx, const struct query *q, const struct group_by *by,
                   int64_t seq, struct arena *to, vec_grouped *out, struct err *e) MUST_CHECK;
/* ---- files (files.c) ---- */

/* Did the actor put a file of this key? The system may name any. */
enum rc file_held(struct tx *tx, const struct actor *a, struct str key, struct arena *to, bool *out,
                  struct err *e) MUST_CHECK;

/* What file_keep_brief kept is dropped now, unless it is gone; what is kept for good stays. */
enum rc file_drop_in(struct tx *tx, struct str key, struct arena *to, struct err *e) MUST_CHECK;
/* Those whose time is over; *n: how many. Cheap where there are none. */
enum rc files_sweep(struct site *s, uint32_t *n, struct err *e) MUST_CHECK;

/* ---- threads (runner.c) ---- */

enum rc runner_open(struct site *s, struct err *e) MUST_CHECK;
/* The site is open whole: what uses the engine may begin. */
void runner_ready(struct site *s);
void runner_stop(struct site *s); /* its threads have ended */
void runner_close(struct site *s);
bool runner_stopping(const struct site *s);
/* A job waits. */
void runner_wake(struct site *s);

/* ---- jobs (jobs.c) ---- */

/* Tell the store how far the running jobs of this process are, and that they live. */
enum rc jobs_beat(struct site *s, struct err *e) MUST_CHECK;

#endif
