/* OIDC: authorization code with PKCE; the ID token checked by the issuer's keys. */
#include "service/sso_int.h"

#include <cjose/cjose.h>
#include <sodium.h>
#include <stdlib.h>

#define RANDOM_BYTES 32
#define RANDOM_TEXT  44 /* base64url of 32 bytes, and NUL */
#define KEYS_AGAIN   60 /* seconds between two looks at the issuer's keys */
#define CLOCK_SLACK  120

static void random_text(char to[RANDOM_TEXT])
{
    uint8_t bytes[RANDOM_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(to, RANDOM_TEXT, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static enum rc ask_json(struct sso *s, const struct sso_request *q, json_t **out, long *status,
                        struct err *e)
{
    struct buf answer;
    buf_init(&answer, SSO_ANSWER_MAX);
    enum rc rc = sso_ask(s, q, &answer, status, e);
    if (rc == RC_OK) {
        *out = json_loadb(answer.p ? answer.p : "", answer.n, 0, NULL);
        if (!json_is_object(*out)) {
            json_decref(*out);
            *out = NULL;
            rc = err_user(e, "sso.answer", "%s", "OIDC");
        }
    }
    buf_free(&answer);
    return rc;
}

static const char *about_text(const struct sso *s, const char *name)
{
    const char *text = json_string_value(json_object_get(s->about, name));
    return text ? text : "";
}

/* The issuer's description, once. Holds the lock. */
static enum rc discover(struct sso *s, struct err *e)
{
    if (s->about)
        return RC_OK;
    struct buf url;
    json_t *about = NULL;
    long status = 0;
    buf_init(&url, 4096);
    size_t n = strlen(s->options.issuer);
    while (n && s->options.issuer[n - 1] == '/')
        n--;
    enum rc rc =
        buf_printf(&url, e, "%.*s/.well-known/openid-configuration", (int)n, s->options.issuer);
    if (rc == RC_OK)
        rc = ask_json(s, &(struct sso_request){.url = buf_view(&url)}, &about, &status, e);
    buf_free(&url);
    if (rc != RC_OK)
        return rc;
    /* Discovery 1.0, 4.3: the issuer must be the one that was asked for. */
    const char *issuer = json_string_value(json_object_get(about, "issuer"));
    if (!issuer || strcmp(issuer, s->options.issuer) != 0) {
        rc = err_user(e, "sso.issuer", "%.120s", issuer ? issuer : "");
        json_decref(about);
        return rc;
    }
    s->about = about;
    return RC_OK;
}

static enum rc discovered(struct sso *s, struct err *e)
{
    pthread_mutex_lock(&s->lock);
    enum rc rc = discover(s, e);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

/* ---- the first half ---- */

static void challenge_of(const char *verifier, char to[RANDOM_TEXT])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)verifier, strlen(verifier));
    sodium_bin2base64(to, RANDOM_TEXT, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static enum rc put_pair(struct buf *b, const char *name, struct str text, struct err *e)
{
    TRY(buf_printf(b, e, "&%s=", name));
    return sso_escape(b, text, e);
}

enum rc sso_oidc_login(struct sso *s, struct str back, struct arena *a, struct str *to,
                       struct str *kept, struct err *e)
{
    char state[RANDOM_TEXT], nonce[RANDOM_TEXT], verifier[RANDOM_TEXT], challenge[RANDOM_TEXT];
    struct buf b;
    enum rc rc;
    TRY(discovered(s, e));
    random_text(state);
    random_text(nonce);
    random_text(verifier);
    challenge_of(verifier, challenge);
    buf_init(&b, 8192);
    const char *at = about_text(s, "authorization_endpoint");
    GOTO_OUT(buf_printf(&b, e, "%s%cresponse_type=code&code_challenge_method=S256", at,
                        strchr(at, '?') ? '&' : '?'));
    GOTO_OUT(put_pair(&b, "scope", STR("openid profile"), e));
    GOTO_OUT(put_pair(&b, "client_id", str_of(s->options.client), e));
    GOTO_OUT(put_pair(&b, "redirect_uri", back, e));
    GOTO_OUT(put_pair(&b, "state", str_of(state), e));
    GOTO_OUT(put_pair(&b, "nonce", str_of(nonce), e));
    GOTO_OUT(put_pair(&b, "code_challenge", str_of(challenge), e));
    *to = sso_keep(a, &b);
    buf_clear(&b);
    GOTO_OUT(buf_printf(&b, e, "{\"state\":\"%s\",\"nonce\":\"%s\",\"verifier\":\"%s\"}", state,
                        nonce, verifier));
    *kept = sso_keep(a, &b);
    rc = to->p && kept->p ? RC_OK : err_nomem(e);
out:
    buf_free(&b);
    return rc;
}

/* ---- keys ---- */

static json_t *key_called(json_t *keys, const char *kid)
{
    json_t *list = json_object_get(keys, "keys"), *key;
    size_t i;
    json_array_foreach(list, i, key)
    {
        const char *name = json_string_value(json_object_get(key, "kid"));
        const char *use = json_string_value(json_object_get(key, "use"));
        if (use && strcmp(use, "sig") != 0)
            continue;
        if (!kid || (name && strcmp(name, kid) == 0))
            return key;
    }
    return NULL;
}

/* The issuer's key of that name, asking again where it is not known: issuers change keys. Holds the
 * lock. */
static enum rc find_key(struct sso *s, const char *kid, int64_t now, json_t **out, struct err *e)
{
    *out = key_called(s->keys, kid);
    if (!*out && (!s->keys || now - s->keys_at >= KEYS_AGAIN)) {
        json_t *keys = NULL;
        long status = 0;
        struct str url = str_of(about_text(s, "jwks_uri"));
        TRY(ask_json(s, &(struct sso_request){.url = url}, &keys, &status, e));
        json_decref(s->keys);
        s->keys = keys;
        s->keys_at = now;
        *out = key_called(s->keys, kid);
    }
    return *out ? RC_OK : err_user(e, "sso.key", "%.60s", kid ? kid : "");
}

static enum rc with_key(struct sso *s, cjose_jws_t *jws, int64_t now, struct err *e)
{
    cjose_err why;
    cjose_header_t *header = cjose_jws_get_protected(jws);
    const char *alg = cjose_header_get(header, CJOSE_HDR_ALG, &why);
    const char *kid = cjose_header_get(header, CJOSE_HDR_KID, &why);
    /* Only signatures by the issuer's private key: no "none", no shared secrets. */
    if (!alg ||
        (strncmp(alg, "RS", 2) != 0 && strncmp(alg, "PS", 2) != 0 && strncmp(alg, "ES", 2) != 0))
        return err_user(e, "sso.signature", "%.20s", alg ? alg : "");
    json_t *key;
    pthread_mutex_lock(&s->lock);
    enum rc rc = find_key(s, kid, now, &key, e);
    char *text = rc == RC_OK ? json_dumps(key, JSON_COMPACT) : NULL;
    pthread_mutex_unlock(&s->lock);
    if (rc != RC_OK)
        return rc;
    if (!text)
        return err_nomem(e);
    cjose_jwk_t *jwk = cjose_jwk_import(text, strlen(text), &why);
    mem_free(text);
    bool good = jwk && cjose_jws_verify(jws, jwk, &why);
    cjose_jwk_release(jwk);
    return good ? RC_OK : err_user(e, "sso.signature", "%.20s", alg);
}

/* ---- claims ---- */

static bool has_audience(const json_t *claims, const char *client)
{
    const json_t *aud = json_object_get(claims, "aud");
    if (json_is_string(aud))
        return strcmp(json_string_value(aud), client) == 0;
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)aud, i,
                       one) if (json_is_string(one) && strcmp(json_string_value(one), client) == 0)
    {
        const char *azp = json_string_value(json_object_get(claims, "azp"));
        return json_array_size(aud) == 1 || (azp && strcmp(azp, client) == 0);
    }
    return false;
}

static const char *claim(const json_t *claims, const char *name)
{
    const char *text = json_string_value(json_object_get(claims, name));
    return text ? text : "";
}

static enum rc check_claims(const struct sso *s, const json_t *claims, const char *nonce,
                            int64_t now, struct err *e)
{
    if (strcmp(claim(claims, "iss"), s->options.issuer) != 0)
        return err_user(e, "sso.claim", "iss");
    if (!has_audience(claims, s->options.client))
        return err_user(e, "sso.claim", "aud");
    if (json_integer_value(json_object_get(claims, "exp")) + CLOCK_SLACK <= now)
        return err_user(e, "sso.claim", "exp");
    if (json_integer_value(json_object_get(claims, "iat")) > now + CLOCK_SLACK)
        return err_user(e, "sso.claim", "iat");
    if (strcmp(claim(claims, "nonce"), nonce) != 0)
        return err_user(e, "sso.claim", "nonce");
    return claim(claims, "sub")[0] ? RC_OK : err_user(e, "sso.claim", "sub");
}

static enum rc identify(const struct sso *s, const json_t *claims, struct arena *a,
                        struct identity *out, struct err *e)
{
    static const char *const names[] = {"name", "preferred_username", "sub"};
    struct buf b;
    buf_init(&b, 1024);
    enum rc rc = buf_printf(&b, e, "oidc:%s|%s", s->options.issuer, claim(claims, "sub"));
    for (size_t i = 0; rc == RC_OK && i < ARRAY_LEN(names); i++)
        if (claim(claims, names[i])[0]) {
            out->name = arena_str(a, str_of(claim(claims, names[i])));
            break;
        }
    if (rc == RC_OK) {
        out->outside = sso_keep(a, &b);
        rc = out->outside.p && out->name.p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

static enum rc read_token(struct sso *s, const char *token, const char *nonce, int64_t now,
                          struct arena *a, struct identity *out, struct err *e)
{
    cjose_err why;
    uint8_t *bytes = NULL;
    size_t n = 0;
    json_t *claims = NULL;
    cjose_jws_t *jws = cjose_jws_import(token, strlen(token), &why);
    if (!jws)
        return err_user(e, "sso.answer", "%s", "id_token");
    enum rc rc = with_key(s, jws, now, e);
    if (rc == RC_OK) {
        if (cjose_jws_get_plaintext(jws, &bytes, &n, &why))
            claims = json_loadb((const char *)bytes, n, 0, NULL);
        rc = claims ? check_claims(s, claims, nonce, now, e)
                    : err_user(e, "sso.answer", "%s", "id_token");
    }
    if (rc == RC_OK)
        rc = identify(s, claims, a, out, e);
    json_decref(claims);
    cjose_jws_release(jws);
    return rc;
}

/* ---- the second half ---- */

/* Without a secret the client says who it is in the form (RFC 6749, 4.1.3). */
static enum rc token_form(struct buf *b, const struct sso *s, struct str back, struct str code,
                          const char *verifier, struct err *e)
{
    TRY(buf_str(b, STR("grant_type=authorization_code"), e));
    TRY(put_pair(b, "code", code, e));
    TRY(put_pair(b, "redirect_uri", back, e));
    TRY(put_pair(b, "code_verifier", str_of(verifier), e));
    return s->options.secret ? RC_OK : put_pair(b, "client_id", str_of(s->options.client), e);
}

static enum rc exchange(struct sso *s, struct str back, struct str code, const char *verifier,
                        json_t **out, struct err *e)
{
    struct buf form;
    long status = 0;
    buf_init(&form, 16384);
    enum rc rc = token_form(&form, s, back, code, verifier, e);
    struct sso_request q = {
        .url = str_of(about_text(s, "token_endpoint")), .form = form.p, .authorize = true};
    if (rc == RC_OK)
        rc = ask_json(s, &q, out, &status, e);
    if (rc == RC_OK && status != 200) {
        rc = err_user(e, "sso.refused", "%.120s", claim(*out, "error"));
        json_decref(*out);
        *out = NULL;
    }
    buf_free(&form);
    return rc;
}

enum rc sso_oidc_check(struct sso *s, struct str back, struct str code, struct str state,
                       struct str kept, int64_t now, struct arena *a, struct identity *out,
                       struct err *e)
{
    TRY(discovered(s, e));
    json_t *k = json_loadb(kept.p ? kept.p : "", kept.n, 0, NULL), *answer = NULL;
    enum rc rc = RC_OK;
    const char *expected = claim(k, "state");
    if (!expected[0] || !str_eq(state, str_of(expected)))
        rc = err_user(e, "sso.state", "%s", "");
    if (rc == RC_OK)
        rc = exchange(s, back, code, claim(k, "verifier"), &answer, e);
    if (rc == RC_OK)
        rc = read_token(s, claim(answer, "id_token"), claim(k, "nonce"), now, a, out, e);
    json_decref(answer);
    json_decref(k);
    return rc;
}
