/* What the kinds of special.c do when they are written; one file each subject. */
#ifndef QIAO_SPECIAL_INT_H
#define QIAO_SPECIAL_INT_H

#include "service/special.h"

/* appointment.c: the title of a joint appointment; the shares of its person's time, which the
 * database refuses above the whole: RC_USER "appointment.over" (title of the other, tab, days, tab,
 * the sum in percent). Shares of a draft count as well, as they are held for it; of an ended one,
 * up to the day it ended. */
enum rc appointment_before(struct saving *x, struct err *e) MUST_CHECK;
enum rc appointment_after(struct saving *x, struct err *e) MUST_CHECK;
uint32_t appointment_shares(const struct rec *r, int64_t *person, struct share share[SHARES_MOST]);
/* The title of an application. */
enum rc application_before(struct saving *x, struct err *e) MUST_CHECK;

/* ladder.c: a company's tier is the highest of its dated ranks (rank) that hold today. A tier that
 * is brought and stands in no rank of the company makes one that begins today, its day `unsure`;
 * one that is taken away, or that has ended, is the fault "org.tier_dated" (detail: what holds). */
enum rc org_before(struct saving *x, struct err *e) MUST_CHECK;
enum rc org_after(struct saving *x, struct err *e) MUST_CHECK;
/* Its title; the tiers of the company that it is and was about follow. */
enum rc rank_before(struct saving *x, struct err *e) MUST_CHECK;
enum rc rank_after(struct saving *x, struct err *e) MUST_CHECK;

/* finding.c: who is in charge of a finding does not close it: fault "field.in_charge". */
enum rc finding_before(struct saving *x, struct err *e) MUST_CHECK;

/* agreement.c: the number "2026-001", given by the step `file`, of the year it was signed in. */
enum rc agreement_before(struct saving *x, struct err *e) MUST_CHECK;
/* assessment.c: the weighted score; a fault where it is not by the items of its score sheet. */
enum rc assessment_before(struct saving *x, struct err *e) MUST_CHECK;
/* scoresheet.c: the fault "assessment.sheet" (detail: the sheet). */
enum rc scoresheet_check(struct saving *x, struct err *e) MUST_CHECK;
/* project.c: a project that is moved or shortened keeps its milestones inside: faults
 * "project.milestone" (detail: the first of those left outside) at the date that was changed. */
enum rc project_before(struct saving *x, struct err *e) MUST_CHECK;

/* A field's value by its name; NULL where it is unset or there is no such field. */
const struct val *saving_val(const struct rec *r, const char *field);
/* Sets it (a computed one). */
void saving_set(struct rec *r, const char *field, struct val v);
/* The title of a record, whoever asks; "" where there is none. */
enum rc saving_title(struct saving *x, const char *field, struct str *out,
                     struct err *e) MUST_CHECK;

#endif
