#include "service/auth.h"

enum rc auth_has_second(struct site *s, const struct actor *a, bool *out, struct err *e)
{
    struct arena arena = {0};
    struct account account = {0};
    struct tx *tx = NULL;
    bool found = false;
    TRY(tx_begin(&tx, site_store(s), TX_READ, e));
    enum rc rc = account_get(tx, a->account, &arena, &account, &found, e);
    tx_rollback(tx);
    *out = found && account.totp.n > 0;
    arena_free(&arena);
    return rc;
}
