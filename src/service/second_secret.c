/* The secrets of second factors, sealed. account.totp is "", or a secret and, after ":", the time
 * step whose code was taken last; or what stays where the key of the seal was lost: a factor that
 * nothing proves any more, and that is not simply gone, for then a password alone would do. */
#include "base/log.h"
#include "service/auth_int.h"

#include <stdio.h>

#define GONE STR("lost")

static struct str place_of(int64_t account, char to[64])
{
    int n = snprintf(to, 64, "second factor %lld", (long long)account);
    return (struct str){to, (size_t)n};
}

static enum rc lost(const struct account *a, const char *why, struct err *e)
{
    log_line(LOG_WARN, "second_factor", "%.*s: %s", (int)a->login.n, a->login.p, why);
    return err_user(e, "auth.second_lost", "%s", "");
}

enum rc second_seal(const struct secrets *k, int64_t account, struct str secret, struct arena *to,
                    struct str *out, struct err *e)
{
    char place[64];
    if (secret_check(k, NULL) != RC_OK)
        return err_user(e, "auth.second_locked", "%s", SECRET_FILE);
    return secret_seal(k, place_of(account, place), secret, to, out, e);
}

enum rc second_open(const struct secrets *k, const struct account *a, struct arena *to,
                    struct second *out, struct err *e)
{
    char place[64];
    size_t colon = str_find(a->totp, STR(":"), 0);
    struct err why;
    *out = (struct second){.kept = str_sub(a->totp, 0, colon)};
    for (size_t i = colon; i != SIZE_MAX && ++i < a->totp.n;)
        out->last = out->last * 10 + (a->totp.p[i] - '0');
    out->secret = out->kept;
    if (str_eq(out->kept, GONE))
        return lost(a, "its key was lost", e);
    if (!secret_sealed(out->kept))
        return RC_OK; /* from before it was sealed */
    if (secret_check(k, NULL) != RC_OK) {
        log_line(LOG_WARN, "second_factor", "%.*s: %s is away", (int)a->login.n, a->login.p,
                 SECRET_FILE);
        return err_user(e, "auth.second_locked", "%s", SECRET_FILE);
    }
    enum rc rc = secret_unseal(k, place_of(a->id, place), out->kept, to, &out->secret, &why);
    if (rc == RC_CORRUPT)
        return lost(a, "its seal is broken", e);
    if (rc != RC_OK && e)
        *e = why;
    return rc;
}

enum rc second_put(struct account *a, const struct second *s, struct arena *to, struct err *e)
{
    char *text = arena_alloc(to, s->kept.n + 24);
    if (!text)
        return err_nomem(e);
    int n =
        snprintf(text, s->kept.n + 24, "%.*s:%lld", (int)s->kept.n, s->kept.p, (long long)s->last);
    a->totp = (struct str){text, (size_t)n};
    return RC_OK;
}

/* ---- all of them ---- */

typedef enum rc (*each_fn)(struct tx *tx, const struct secrets *k, struct account *a,
                           struct arena *to, void *ctx, struct err *e);

static enum rc each(struct tx *tx, const struct secrets *k, each_fn fn, void *ctx, struct err *e)
{
    struct arena a = {0};
    vec_account all = {0};
    enum rc rc = account_list_second(tx, &a, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        rc = fn(tx, k, &all.p[i], &a, ctx, e);
    vec_free(&all);
    arena_free(&a);
    return rc;
}

static enum rc look(struct tx *tx, const struct secrets *k, struct account *a, struct arena *to,
                    void *ctx, struct err *e)
{
    struct second_found *found = ctx;
    (void)tx, (void)k, (void)to, (void)e;
    if (secret_sealed(a->totp))
        found->sealed = true;
    else if (!str_eq(a->totp, GONE))
        found->plain = true;
    return RC_OK;
}

enum rc second_secrets_look(struct tx *tx, struct second_found *out, struct err *e)
{
    *out = (struct second_found){0};
    return each(tx, NULL, look, out, e);
}

static enum rc seal(struct tx *tx, const struct secrets *k, struct account *a, struct arena *to,
                    void *ctx, struct err *e)
{
    struct second s;
    (void)ctx;
    if (secret_sealed(a->totp) || str_eq(a->totp, GONE))
        return RC_OK;
    TRY(second_open(k, a, to, &s, e));
    TRY(second_seal(k, a->id, s.secret, to, &s.kept, e));
    TRY(second_put(a, &s, to, e));
    return account_put(tx, a, e);
}

enum rc second_secrets_seal(struct tx *tx, const struct secrets *k, struct err *e)
{
    return each(tx, k, seal, NULL, e);
}

static enum rc forget(struct tx *tx, const struct secrets *k, struct account *a, struct arena *to,
                      void *ctx, struct err *e)
{
    (void)k, (void)to, (void)ctx;
    if (!secret_sealed(a->totp))
        return RC_OK;
    a->totp = GONE;
    return account_put(tx, a, e);
}

enum rc second_secrets_forget(struct tx *tx, struct err *e)
{
    return each(tx, NULL, forget, NULL, e);
}

static enum rc check(struct tx *tx, const struct secrets *k, struct account *a, struct arena *to,
                     void *ctx, struct err *e)
{
    char place[64];
    struct str open;
    (void)tx, (void)ctx;
    if (!secret_sealed(a->totp))
        return RC_OK;
    size_t colon = str_find(a->totp, STR(":"), 0);
    return secret_unseal(k, place_of(a->id, place), str_sub(a->totp, 0, colon), to, &open, e);
}

enum rc second_secrets_check(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    (void)ctx;
    return each(tx, &s->secrets, check, NULL, e);
}
