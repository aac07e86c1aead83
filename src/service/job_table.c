/* Long work by name. */
#include "match/learn.h"
#include "service/jobs.h"
#include "service/pages.h"
#include "service/pairing.h"
#include "service/sheets.h"
#include "service/upkeep.h"

#include <stdio.h>

#define R(role) ((roles)(1u << (role)))

/* The trail and every record against it. */
static enum rc verify(struct job_run *run, struct err *e)
{
    return upkeep_verify(run->site, jobs_progress, run, e);
}

static enum rc rebuild(struct job_run *run, struct err *e)
{
    return upkeep_rebuild(run->site, e);
}

/* Fit weights to what was decided; the engine uses them from then on where they gain. */
static enum rc learn(struct job_run *run, struct err *e)
{
    struct learn_report r;
    char text[256];
    TRY(jobs_progress(run, "learn", 0, e));
    TRY(pairing_learn(run->site, &r, e));
    int n = snprintf(text, sizeof text,
                     "{\"examples\":%u,\"accepted\":%u,\"pairs\":%u,\"before\":%.4f,\"after\":%.4f,"
                     "\"error\":%.4f,\"gains\":%s}",
                     r.examples, r.accepted, r.pairs, r.before, r.after, r.error,
                     r.gains ? "true" : "false");
    *run->result = arena_str(run->arena, (struct str){text, (size_t)n});
    return run->result->p ? RC_OK : err_nomem(e);
}

const struct job_def job_defs[] = {
    {"import", job_import, 0, job_import_ended},
    {"export", job_export, 0, NULL},
    {"rebuild", rebuild, R(ROLE_ADMIN), NULL},
    {"learn", learn, R(ROLE_BROKER) | R(ROLE_ADMIN), NULL},
    {"read", job_read, R(ROLE_EDITOR) | R(ROLE_BROKER), NULL},
    {"verify", verify, R(ROLE_AUDITOR) | R(ROLE_ADMIN), NULL},
    {NULL, NULL, 0, NULL},
};
