#include "service/saved.h"

#include "service/site_int.h"

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

/* Both leave a note in the trail: pages that show the queries are made anew, in every process. */
struct saving_query {
    const struct actor *a;
    struct saved kept;
    int64_t id;
};

static enum rc keep(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct saving_query *x = ctx;
    struct by by = actor_by(s, x->a, STR("query_save"), STR(""), STR(""));
    TRY(saved_put(tx, &x->kept, e));
    return store_note(tx, &by, x->kept.name, e);
}

static enum rc forget(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct saving_query *x = ctx;
    struct by by = actor_by(s, x->a, STR("query_drop"), STR(""), STR(""));
    TRY(saved_drop(tx, x->id, x->a->account, e));
    return store_note(tx, &by, STR(""), e);
}

enum rc saved_keep(struct site *s, const struct actor *a, const struct kind *k, struct str name,
                   struct str query, bool shared, int64_t *id, struct err *e)
{
    struct saving_query x = {.a = a,
                             .kept = {.account = a->account,
                                      .shared = shared && a->role == ROLE_BROKER,
                                      .kind = k->name,
                                      .name = str_trim(name),
                                      .filter = query}};
    if (!a->account)
        return err_user(e, "service.denied", "%s", "");
    if (!x.kept.name.n || utf8_len(x.kept.name) > NAME_MAX_CHARS || query.n > QUERY_MAX_BYTES)
        return err_user(e, "saved.name", "%d", NAME_MAX_CHARS);
    TRY(site_write(s, keep, &x, e));
    *id = x.kept.id;
    return RC_OK;
}

enum rc saved_forget(struct site *s, const struct actor *a, int64_t id, struct err *e)
{
    struct saving_query x = {.a = a, .id = id};
    if (!a->account)
        return err_user(e, "service.denied", "%s", "");
    return site_write(s, forget, &x, e);
}
