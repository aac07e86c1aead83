/* Long work by name. */
#include "service/jobs.h"
#include "service/sheets.h"

#define R(role) ((roles)(1u << (role)))

static enum rc verify_progress(void *ctx, uint64_t done, uint64_t all, struct err *e)
{
    return jobs_progress(ctx, "verify", all ? (double)done / (double)all : 0, e);
}

/* The trail and every record against it. */
static enum rc verify(struct job_run *run, struct err *e)
{
    return store_verify(site_store(run->site), verify_progress, run, e);
}

const struct job_def job_defs[] = {
    {"import", job_import, 0},
    {"export", job_export, 0},
    {"verify", verify, R(ROLE_AUDITOR) | R(ROLE_ADMIN)},
    {NULL, NULL, 0},
};
