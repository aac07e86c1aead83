/* Queries that a person keeps: a list's address (filter, sort, columns) under a name. */
#ifndef QIAO_SAVED_H
#define QIAO_SAVED_H

#include "service/site.h"

/* Own ones, and those that brokers share (seen by brokers). */
enum rc saved_queries(struct site *s, const struct actor *a, const struct kind *k, struct arena *to,
                      vec_saved *out, struct err *e) MUST_CHECK;
/* Keep one; the actor owns it. `query` is the address's part after "?". RC_USER "saved.name" where
 * the name is empty or longer than 60 characters. Only brokers may share. */
enum rc saved_keep(struct site *s, const struct actor *a, const struct kind *k, struct str name,
                   struct str query, bool shared, int64_t *id, struct err *e) MUST_CHECK;
/* Own ones only; one that is not there is no error. */
enum rc saved_forget(struct site *s, const struct actor *a, int64_t id, struct err *e) MUST_CHECK;

#endif
