/* Files that a job and its page share. The store keeps equal bytes once, so who may have them is
 * kept beside: a setting "file.KEY.ACCOUNT" for each that put them, with its name for them. What is
 * kept for a while only has a key that nobody else has, "brief.KEY.ACCOUNT", and
 * "until.SECONDS.KEY", by which it is found when it is over. */
#include "service/site_int.h"

#include <stdio.h>

#define KEY_CHARS  64
#define UNTIL      "until.%012lld."
#define DROP_MOST  100u /* at once */
#define NAME_CHARS 128

struct file_call {
    const struct actor *a;
    struct arena *to;
    struct str name, bytes, key;
    char hash[KEY_CHARS + 1];
    int64_t seconds; /* 0: for good */
    bool found;
};

static int64_t account_of(const struct actor *a)
{
    return actor_is_system(a) ? 0 : a->account;
}

static struct str name_of(const char *what, const char *key, int64_t account, char to[NAME_CHARS])
{
    int n = snprintf(to, NAME_CHARS, "%s.%.64s.%lld", what, key, (long long)account);
    return (struct str){to, (size_t)n};
}

static struct str holder(const struct actor *a, const char *key, char to[NAME_CHARS])
{
    return name_of("file", key, account_of(a), to);
}

enum rc file_held(struct tx *tx, const struct actor *a, struct str key, struct arena *to, bool *out,
                  struct err *e)
{
    char text[NAME_CHARS], hash[KEY_CHARS + 1] = "";
    struct str name;
    *out = actor_is_system(a);
    if (*out || key.n != KEY_CHARS || a->account <= 0)
        return RC_OK;
    memcpy(hash, key.p, KEY_CHARS);
    return meta_get(tx, holder(a, hash, text), to, &name, out, e);
}

static enum rc keep_brief(struct site *s, struct tx *tx, struct file_call *c, struct err *e)
{
    char text[NAME_CHARS];
    int64_t account = account_of(c->a), now = site_now(s);
    TRY(blob_put_alone(tx, c->name, c->bytes, account, now, c->hash, e));
    TRY(meta_put(tx, name_of("brief", c->hash, account, text), c->name, e));
    int n = snprintf(text, sizeof text, UNTIL "%s", (long long)(now + c->seconds), c->hash);
    return meta_put(tx, (struct str){text, (size_t)n}, STR(""), e);
}

static enum rc keep(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct file_call *c = ctx;
    char text[NAME_CHARS];
    if (c->seconds)
        return keep_brief(s, tx, c, e);
    TRY(blob_put(tx, c->name, c->bytes, account_of(c->a), site_now(s), c->hash, e));
    return meta_put(tx, holder(c->a, c->hash, text), c->name, e);
}

enum rc file_keep_brief(struct site *s, const struct actor *a, struct str name, struct str bytes,
                        int64_t seconds, char key[65], struct err *e)
{
    struct file_call c = {.a = a, .name = name, .bytes = bytes, .seconds = seconds};
    if (!actor_is_system(a) && a->account <= 0)
        return err_user(e, "service.denied", "%s", "");
    TRY(site_write(s, keep, &c, e));
    memcpy(key, c.hash, sizeof c.hash);
    return RC_OK;
}

enum rc file_keep(struct site *s, const struct actor *a, struct str name, struct str bytes,
                  char key[65], struct err *e)
{
    return file_keep_brief(s, a, name, bytes, 0, key, e);
}

static enum rc fetch(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct file_call *c = ctx;
    char text[NAME_CHARS];
    struct str own = {0};
    bool held = false;
    (void)s;
    memcpy(c->hash, c->key.p, KEY_CHARS);
    TRY(meta_get(tx, holder(c->a, c->hash, text), c->to, &own, &held, e));
    if (!held)
        TRY(meta_get(tx, name_of("brief", c->hash, account_of(c->a), text), c->to, &own, &held, e));
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

/* ---- away with it ---- */

enum rc file_drop_in(struct tx *tx, struct str key, struct arena *to, struct err *e)
{
    char text[NAME_CHARS], hash[KEY_CHARS + 1] = "";
    int64_t account = 0;
    bool found = false;
    struct str name;
    if (key.n != KEY_CHARS)
        return RC_OK;
    memcpy(hash, key.p, KEY_CHARS);
    TRY(blob_there(tx, key, &account, &found, e));
    struct str brief = name_of("brief", hash, account, text);
    if (found)
        TRY(meta_get(tx, brief, to, &name, &found, e));
    if (!found)
        return RC_OK; /* gone, or for good */
    TRY(meta_drop(tx, brief, e));
    return blob_drop(tx, key, e);
}

static enum rc there(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct file_call *c = ctx;
    int64_t account;
    (void)s;
    return blob_there(tx, c->key, &account, &c->found, e);
}

enum rc file_there(struct site *s, struct str key, bool *out, struct err *e)
{
    struct file_call c = {.key = key};
    TRY(site_read(s, there, &c, e));
    *out = c.found;
    return RC_OK;
}

struct dropping {
    struct arena to;
    vec_meta names;
};

static enum rc list_over(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct dropping *d = ctx;
    char now[NAME_CHARS];
    snprintf(now, sizeof now, UNTIL, (long long)site_now(s));
    return meta_names(tx, STR("until."), str_of(now), DROP_MOST, &d->to, &d->names, e);
}

static enum rc drop_over(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct dropping *d = ctx;
    (void)s;
    for (size_t i = 0; i < d->names.n; i++) {
        struct str name = d->names.p[i];
        TRY(file_drop_in(tx, str_sub(name, name.n - MIN(name.n, (size_t)KEY_CHARS), name.n), &d->to,
                         e));
        TRY(meta_drop(tx, name, e));
    }
    return RC_OK;
}

enum rc files_sweep(struct site *s, uint32_t *n, struct err *e)
{
    bool more = true;
    *n = 0;
    while (more) {
        struct dropping d = {0};
        enum rc rc = site_read(s, list_over, &d, e);
        if (rc == RC_OK && d.names.n)
            rc = site_write(s, drop_over, &d, e);
        *n += (uint32_t)d.names.n;
        more = d.names.n == DROP_MOST;
        vec_free(&d.names);
        arena_free(&d.to);
        TRY(rc);
    }
    return RC_OK;
}
