/* Single sign-on: who a person is, said by the house's CAS or OIDC server. No session here: web
 * keeps `kept` with the visitor's session between the two halves.
 *
 * Sources: CAS Protocol 3.0 (serviceValidate, p3); OpenID Connect Core 1.0, section 3.1 (code
 * flow); RFC 7636 (PKCE, S256). */
#ifndef QIAO_SSO_H
#define QIAO_SSO_H

#include "base/arena.h"

struct sso_options {
    const char *cas;    /* "https://cas.example.edu/cas"; NULL: none */
    const char *issuer; /* of OIDC; NULL: none */
    const char *client, *secret;
    double timeout; /* seconds a request; 0: 10 */
};
struct sso;

/* Asks nobody yet. RC_USER "sso.address" for an address that is not http or https. */
enum rc sso_open(struct sso **out, const struct sso_options *o, struct err *e) MUST_CHECK;
void sso_close(struct sso *s); /* NULL is allowed */
bool sso_has_cas(const struct sso *s);
bool sso_has_oidc(const struct sso *s);

struct identity {
    struct str outside; /* "cas:LOGIN" or "oidc:ISSUER|SUBJECT" */
    struct str name;    /* for people; the login where nothing better is said */
};

/* Where to send the browser; `back` is the page of ours that it comes back to, the same in both
 * halves. */
enum rc sso_cas_login(struct sso *s, struct str back, struct arena *a, struct str *to,
                      struct err *e) MUST_CHECK;
/* Check the ticket it came back with, at the server. RC_USER "sso.refused" (detail: the server's
 * word), RC_SYS "sso.unreachable", RC_USER "sso.answer" for an answer that is none. */
enum rc sso_cas_check(struct sso *s, struct str back, struct str ticket, struct arena *a,
                      struct identity *out, struct err *e) MUST_CHECK;

/* *kept: JSON with state, nonce and the code verifier. Errors as sso_cas_check. */
enum rc sso_oidc_login(struct sso *s, struct str back, struct arena *a, struct str *to,
                       struct str *kept, struct err *e) MUST_CHECK;
/* `code` and `state` as the browser brought them. The ID token's signature (RS256, ES256 and the
 * like, by the issuer's published keys), issuer, audience, times and nonce are checked. RC_USER
 * "sso.state" where the two halves do not belong together. `now`: Unix seconds. */
enum rc sso_oidc_check(struct sso *s, struct str back, struct str code, struct str state,
                       struct str kept, int64_t now, struct arena *a, struct identity *out,
                       struct err *e) MUST_CHECK;

#endif
