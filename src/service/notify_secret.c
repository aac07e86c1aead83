/* Which texts of the notices' settings stand sealed in the store: the password of the mail server,
 * addresses and signing secrets of robots. */
#include "service/notify_int.h"

#include <jansson.h>
#include <stdio.h>

typedef enum rc (*change_fn)(const struct secrets *k, struct str place, struct str text,
                             struct arena *to, struct str *out, struct err *e);

static change_fn change_of(bool seal)
{
    return seal ? secret_seal : secret_unseal;
}

enum rc notify_password(const struct secrets *k, bool seal, struct str in, struct arena *to,
                        struct str *out, struct err *e)
{
    return change_of(seal)(k, STR("mail password"), in, to, out, e);
}

enum rc notify_hook(const struct secrets *k, bool seal, const struct hook *in, struct arena *to,
                    struct hook *out, struct err *e)
{
    static const char *const what[] = {"url", "secret"};
    struct hook h = *in;
    struct str *const text[] = {&h.url, &h.secret};
    for (size_t i = 0; i < ARRAY_LEN(what); i++) {
        char place[80];
        int n = snprintf(place, sizeof place, "robot %s %lld %.*s", what[i], (long long)h.account,
                         (int)MIN(h.channel.n, 32u), h.channel.p);
        TRY(change_of(seal)(k, (struct str){place, (size_t)n}, *text[i], to, text[i], e));
    }
    *out = h;
    return RC_OK;
}

/* ---- the settings' JSON ---- */

static enum rc read_settings(struct tx *tx, struct arena *a, json_t **out, struct err *e)
{
    struct str text = STR("");
    bool found;
    TRY(meta_get(tx, NOTIFY_SETTING, a, &text, &found, e));
    *out = found ? json_loadb(text.p, text.n, 0, NULL) : json_object();
    if (!*out)
        return found ? err_corrupt(e, "store.file", "notify") : err_nomem(e);
    return RC_OK;
}

static struct str password_in(const json_t *all)
{
    const json_t *v = json_object_get(all, "password");
    return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR("");
}

static enum rc put_password(struct tx *tx, json_t *all, struct str password, struct err *e)
{
    char *text = NULL;
    if (json_object_set_new(all, "password", json_stringn(password.p, password.n)) == 0)
        text = json_dumps(all, JSON_COMPACT);
    enum rc rc = text ? meta_put(tx, NOTIFY_SETTING, str_of(text), e) : err_nomem(e);
    mem_free(text);
    return rc;
}

/* ---- all of them ---- */

struct all {
    struct arena a;
    json_t *settings;
    struct str password;
    vec_hook hooks;
};

static enum rc load(struct all *x, struct tx *tx, struct err *e)
{
    *x = (struct all){0};
    TRY(read_settings(tx, &x->a, &x->settings, e));
    x->password = password_in(x->settings);
    return hook_list_all(tx, &x->a, &x->hooks, e);
}

static void unload(struct all *x)
{
    json_decref(x->settings);
    vec_free(&x->hooks);
    arena_free(&x->a);
}

enum rc notify_secrets_any(struct tx *tx, bool *out, struct err *e)
{
    struct all x;
    enum rc rc = load(&x, tx, e);
    *out = rc == RC_OK && (x.password.n || x.hooks.n);
    unload(&x);
    return rc;
}

enum rc notify_secrets_seal(struct tx *tx, const struct secrets *k, struct err *e)
{
    struct all x;
    struct str password = STR("");
    enum rc rc = load(&x, tx, e);
    if (rc == RC_OK)
        rc = notify_password(k, true, x.password, &x.a, &password, e);
    if (rc == RC_OK && password.n)
        rc = put_password(tx, x.settings, password, e);
    for (size_t i = 0; rc == RC_OK && i < x.hooks.n; i++) {
        struct hook h;
        rc = notify_hook(k, true, &x.hooks.p[i], &x.a, &h, e);
        if (rc == RC_OK)
            rc = hook_put(tx, &h, e);
    }
    unload(&x);
    return rc;
}

enum rc notify_secrets_forget(struct tx *tx, struct err *e)
{
    struct all x;
    enum rc rc = load(&x, tx, e);
    if (rc == RC_OK && x.password.n)
        rc = put_password(tx, x.settings, STR(""), e);
    for (size_t i = 0; rc == RC_OK && i < x.hooks.n; i++)
        rc = hook_drop(tx, x.hooks.p[i].account, x.hooks.p[i].channel, e);
    unload(&x);
    return rc;
}

enum rc notify_secrets_check(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct all x;
    struct str password;
    struct hook h;
    enum rc rc = load(&x, tx, e);
    (void)ctx;
    if (rc == RC_OK)
        rc = notify_password(&s->secrets, false, x.password, &x.a, &password, e);
    for (size_t i = 0; rc == RC_OK && i < x.hooks.n; i++)
        rc = notify_hook(&s->secrets, false, &x.hooks.p[i], &x.a, &h, e);
    unload(&x);
    return rc;
}
