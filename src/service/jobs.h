/* Long work: kept in the store, run by whichever process is free, with progress; survives a
 * restart (a job whose runner died is taken again from its beginning, so jobs write all or
 * nothing). Jobs: "import" (dry run, then apply), "export", "rebuild", "learn", "read". */
#ifndef QIAO_JOBS_H
#define QIAO_JOBS_H

#include "service/site.h"

/* What a job's function is given. It calls jobs_progress now and then; a return other than RC_OK
 * means stop. *result: JSON in the arena, shown by its page. */
struct job_run {
    struct site *site;
    const struct job *job;
    struct actor actor; /* who started it */
    struct arena *arena;
    struct str *result;
};
typedef enum rc (*job_fn)(struct job_run *run, struct err *e);
struct job_def {
    const char *name;
    job_fn run;
    roles by; /* who may start it; 0: whoever is signed in */
    /* In the transaction in which a job of this name is done, has failed or is cancelled: what was
     * kept for it goes. NULL: nothing is. */
    enum rc (*ended)(struct tx *tx, const struct job *job, struct arena *to, struct err *e);
};
extern const struct job_def job_defs[]; /* service/job_table.c; ends with name NULL */

/* For progress_fn: ctx is the struct job_run. `done` from 0 to 1. RC_CANCELLED: somebody asked to
 * stop, or the site closes (then the job begins anew at the next start). Cheap; writes nothing, so
 * it may be called inside a transaction. */
enum rc jobs_progress(void *ctx, const char *stage, double done, struct err *e) MUST_CHECK;

/* RC_USER "jobs.unknown", "service.denied". */
enum rc jobs_start(struct site *s, const struct actor *a, const char *name, struct str args,
                   int64_t *id, struct err *e) MUST_CHECK;
/* Own jobs; a broker and an administrator see all. A failed job's result is
 * {"key", "detail", "file", "row", "col"} of its error. */
enum rc jobs_show(struct site *s, const struct actor *a, int64_t id, struct arena *to,
                  struct job *out, struct err *e) MUST_CHECK;
enum rc jobs_list(struct site *s, const struct actor *a, uint32_t limit, struct arena *to,
                  vec_job *out, struct err *e) MUST_CHECK;
enum rc jobs_cancel(struct site *s, const struct actor *a, int64_t id, struct err *e) MUST_CHECK;
/* Run one waiting job in this thread (tests, command line); *ran false: there was none. */
enum rc jobs_run_one(struct site *s, bool *ran, struct err *e) MUST_CHECK;

/* Uploaded or made files that a job and its page share; `key` as blob_put. Only who put it, brokers
 * and the system get it. */
enum rc file_keep(struct site *s, const struct actor *a, struct str name, struct str bytes,
                  char key[65], struct err *e) MUST_CHECK;
/* The same for so many seconds, after which it is dropped (job_def.ended may do so before): what
 * was uploaded for a job, what a job made to be fetched. No record can hold it. */
#define FILE_UPLOAD_SECONDS ((int64_t)7 * 86400)
#define FILE_RESULT_SECONDS ((int64_t)30 * 86400)
enum rc file_keep_brief(struct site *s, const struct actor *a, struct str name, struct str bytes,
                        int64_t seconds, char key[65], struct err *e) MUST_CHECK;
/* Is there such a file? Asked of the key that a job names. */
enum rc file_there(struct site *s, struct str key, bool *out, struct err *e) MUST_CHECK;
enum rc file_fetch(struct site *s, const struct actor *a, struct str key, struct arena *to,
                   struct str *name, struct str *bytes, struct err *e) MUST_CHECK;

#endif
