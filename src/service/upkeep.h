/* What an operator does with a whole site: copies, checks, rebuilding. */
#ifndef QIAO_UPKEEP_H
#define QIAO_UPKEEP_H

#include "service/collection.h"
#include "service/site.h"

/* A consistent copy while others write, into an empty or new folder. */
enum rc upkeep_backup(struct site *s, const char *to, progress_fn progress, void *ctx,
                      struct err *e) MUST_CHECK;
/* Make the site of `o` from a copy; it must not be there yet ("site.exists"). *keyless: the copy
 * holds sealed texts (service/secret.h), and their key is not in the folder of `o`. */
enum rc upkeep_restore(const struct site_options *o, const char *from, progress_fn progress,
                       void *ctx, bool *keyless, struct err *e) MUST_CHECK;
/* A new key for one that is lost; the password of the mail server and the robots are forgotten,
 * and accounts with a second factor wait for a new password from an administrator. RC_USER
 * "sealed.there" where the key is there and fits. */
enum rc upkeep_new_key(struct site *s, struct err *e) MUST_CHECK;
/* The trail, every record against it, and shares of time against the records: RC_CORRUPT of
 * store_verify and store_verify_shares. Where the key is there, also that every sealed text opens:
 * "sealed.damaged". */
enum rc upkeep_verify(struct site *s, progress_fn progress, void *ctx, struct err *e) MUST_CHECK;
/* Make anew what is derived: the indexes of the declared fields. */
enum rc upkeep_rebuild(struct site *s, struct err *e) MUST_CHECK;

#endif
