/* What somebody is told. */
#include "service/notify.h"

#include "service/site_int.h"

/* Somebody who can be told; 0: the site's chat group. */
static enum rc listens(struct tx *tx, int64_t account, bool *out, struct err *e)
{
    struct arena a = {0};
    struct account n;
    *out = account == 0;
    enum rc rc = *out ? RC_OK : account_get(tx, account, &a, &n, out, e);
    *out = rc == RC_OK && *out && (account == 0 || n.active);
    arena_free(&a);
    return rc;
}

enum rc notice_put(struct site *s, struct tx *tx, const struct notice *n, struct err *e)
{
    bool there, fresh;
    struct notice_row row = {.account = n->account,
                             .key = n->key,
                             .text = n->text,
                             .about = n->about,
                             .once = n->once,
                             .created = site_now(s)};
    TRY(listens(tx, n->account, &there, e));
    return there ? notice_add(tx, &row, &fresh, e) : RC_OK;
}
