/* Private to what writes records: record_check.c, record_save.c, record_step.c, record_expire.c. */
#ifndef QIAO_RECORD_INT_H
#define QIAO_RECORD_INT_H

#include "service/site_int.h"
#include "service/special.h"

enum rc record_denied(struct err *e) MUST_CHECK;
/* Is it in a state that closes its fields? */
bool record_locked(const struct rec *r);
/* Derived fields: those of the kind's own code first, then what formulas make of them. */
enum rc saving_prepare(struct saving *x, struct err *e) MUST_CHECK;
/* Fields, references, rules; appends faults. */
enum rc saving_check(struct saving *x, struct err *e) MUST_CHECK;
/* Write it and what follows from it; RC_USER "service.invalid" where there are faults. */
enum rc saving_put(struct saving *x, const struct by *by, struct err *e) MUST_CHECK;

#endif
