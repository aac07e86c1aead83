/* Files that a job and its page share. The store keeps equal bytes once, so who may have them is
 * kept beside: a setting "file.KEY.ACCOUNT" for each that put them, with its name for them. */
#include "service/site_int.h"

#include <stdio.h>

#define KEY_CHARS 64

struct file_call {
    const struct actor *a;
    struct arena *to;
    struct str name, bytes, key;
    char hash[KEY_CHARS + 1];
    bool found;
};

static struct str holder(const struct actor *a, const char *key, char to[128])
{
    int n =
        snprintf(to, 128, "file.%.64s.%lld", key, (long long)(actor_is_system(a) ? 0 : a->account));
    return (struct str){to, (size_t)n};
}

enum rc file_held(struct tx *tx, const struct actor *a, struct str key, struct arena *to, bool *out,
                  struct err *e)
{
    char text[128], hash[KEY_CHARS + 1] = "";
    struct str name;
    *out = actor_is_system(a);
    if (*out || key.n != KEY_CHARS || a->account <= 0)
        return RC_OK;
    memcpy(hash, key.p, KEY_CHARS);
    return meta_get(tx, holder(a, hash, text), to, &name, out, e);
}

static enum rc keep(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct file_call *c = ctx;
    char text[128];
    int64_t account = actor_is_system(c->a) ? 0 : c->a->account;
    TRY(blob_put(tx, c->name, c->bytes, account, site_now(s), c->hash, e));
    return meta_put(tx, holder(c->a, c->hash, text), c->name, e);
}

enum rc file_keep(struct site *s, const struct actor *a, struct str name, struct str bytes,
                  char key[65], struct err *e)
{
    struct file_call c = {.a = a, .name = name, .bytes = bytes};
    if (!actor_is_system(a) && a->account <= 0)
        return err_user(e, "service.denied", "%s", "");
    TRY(site_write(s, keep, &c, e));
    memcpy(key, c.hash, sizeof c.hash);
    return RC_OK;
}

static enum rc fetch(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct file_call *c = ctx;
    char text[128];
    struct str own = {0};
    bool held = false;
    (void)s;
    memcpy(c->hash, c->key.p, KEY_CHARS);
    TRY(meta_get(tx, holder(c->a, c->hash, text), c->to, &own, &held, e));
    if (!held && !actor_is_system(c->a) && c->a->role != ROLE_BROKER)
        return RC_OK;
    TRY(blob_get(tx, c->key, c->to, &c->name, &c->bytes, &c->found, e));
    if (held)
        c->name = own;
    return RC_OK;
}

enum rc file_fetch(struct site *s, const struct actor *a, struct str key, struct arena *to,
                   struct str *name, struct str *bytes, struct err *e)
{
    struct file_call c = {.a = a, .to = to, .key = key};
    if (key.n == KEY_CHARS && (actor_is_system(a) || a->account > 0))
        TRY(site_read(s, fetch, &c, e));
    if (!c.found)
        return err_user(e, "jobs.file", "%s", "");
    *name = c.name;
    *bytes = c.bytes;
    return RC_OK;
}
