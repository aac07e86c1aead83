#include "service/upkeep.h"

#include "service/notify_int.h"
#include "service/special.h"

/* The store counts, people see shares. */
struct teller {
    progress_fn progress;
    void *ctx;
    const char *stage;
};

static enum rc tell(void *ctx, uint64_t done, uint64_t all, struct err *e)
{
    const struct teller *t = ctx;
    return t->progress ? t->progress(t->ctx, t->stage, all ? (double)done / (double)all : 0, e)
                       : RC_OK;
}

enum rc upkeep_backup(struct site *s, const char *to, progress_fn progress, void *ctx,
                      struct err *e)
{
    struct teller t = {progress, ctx, "backup"};
    return store_backup(s->store, to, tell, &t, e);
}

enum rc upkeep_restore(const struct site_options *o, const char *from, progress_fn progress,
                       void *ctx, bool *keyless, struct err *e)
{
    struct teller t = {progress, ctx, "restore"};
    struct site *s = NULL;
    *keyless = false;
    TRY(site_init_keyless(o, e));
    TRY(site_open(&s, o, e));
    enum rc rc = store_restore(s->store, from, tell, &t, e);
    if (rc == RC_OK)
        rc = secrets_open(&s->secrets, s->store, o->dir, true, e);
    *keyless = rc == RC_OK && s->secrets.state != SECRET_READY;
    site_close(s);
    return rc;
}

static enum rc note_key(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct by by = actor_by(s, &actor_system, STR("settings"), STR(""), STR(""));
    (void)ctx;
    return store_note(tx, &by, STR("secret key"), e);
}

enum rc upkeep_new_key(struct site *s, struct err *e)
{
    TRY(secrets_renew(&s->secrets, s->store, s->o.dir, e));
    return site_write(s, note_key, NULL, e);
}

enum rc upkeep_verify(struct site *s, progress_fn progress, void *ctx, struct err *e)
{
    struct teller t = {progress, ctx, "verify"};
    TRY(store_verify(s->store, tell, &t, e));
    for (uint32_t i = 0; i < kinds_count(s->kinds); i++) {
        const struct special *special = special_of(kinds_at(s->kinds, i));
        if (special && special->shares)
            TRY(store_verify_shares(s->store, kinds_at(s->kinds, i), special->shares, e));
    }
    if (s->secrets.state != SECRET_READY)
        return RC_OK;
    TRY(site_read(s, notify_secrets_check, NULL, e));
    return site_read(s, second_secrets_check, NULL, e);
}

enum rc upkeep_rebuild(struct site *s, struct err *e)
{
    return store_index_kinds(s->store, e);
}
