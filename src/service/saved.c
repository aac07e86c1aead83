#include "service/saved.h"

#define NAME_MAX_CHARS  60
#define QUERY_MAX_BYTES 4096

enum rc saved_queries(struct site *s, const struct actor *a, const struct kind *k, struct arena *to,
                      vec_saved *out, struct err *e)
{
    struct tx *tx = NULL;
    vec_saved all = {0};
    TRY(tx_begin(&tx, site_store(s), TX_READ, e));
    enum rc rc = saved_list(tx, a->account, k->name, to, &all, e);
    tx_rollback(tx);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        if (all.p[i].account == a->account || a->role == ROLE_BROKER)
            rc = vec_push(out, all.p[i], e);
    vec_free(&all);
    return rc;
}

enum rc saved_keep(struct site *s, const struct actor *a, const struct kind *k, struct str name,
                   struct str query, bool shared, int64_t *id, struct err *e)
{
    struct saved kept = {.account = a->account,
                         .shared = shared && a->role == ROLE_BROKER,
                         .kind = k->name,
                         .name = str_trim(name),
                         .filter = query};
    struct tx *tx = NULL;
    if (!a->account)
        return err_user(e, "service.denied", "%s", "");
    if (!kept.name.n || utf8_len(kept.name) > NAME_MAX_CHARS || query.n > QUERY_MAX_BYTES)
        return err_user(e, "saved.name", "%d", NAME_MAX_CHARS);
    TRY(tx_begin(&tx, site_store(s), TX_WRITE, e));
    enum rc rc = saved_put(tx, &kept, e);
    if (rc != RC_OK) {
        tx_rollback(tx);
        return rc;
    }
    *id = kept.id;
    return tx_commit(tx, e);
}

enum rc saved_forget(struct site *s, const struct actor *a, int64_t id, struct err *e)
{
    struct tx *tx = NULL;
    if (!a->account)
        return err_user(e, "service.denied", "%s", "");
    TRY(tx_begin(&tx, site_store(s), TX_WRITE, e));
    enum rc rc = saved_drop(tx, id, a->account, e);
    if (rc != RC_OK) {
        tx_rollback(tx);
        return rc;
    }
    return tx_commit(tx, e);
}
