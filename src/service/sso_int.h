/* Inside single sign-on only. */
#ifndef QIAO_SSO_INT_H
#define QIAO_SSO_INT_H

#include "base/buf.h"
#include "service/sso.h"

#include <jansson.h>
#include <pthread.h>

#define SSO_ANSWER_MAX (1u << 20)

struct sso {
    struct sso_options options;
    pthread_mutex_t lock; /* of what follows: the issuer's description and keys, asked for once */
    json_t *about, *keys;
    int64_t keys_at;
};

/* GET, or POST of `form` (NULL: GET) with basic authorization where the client has a secret and
 * `authorize`. RC_SYS "sso.unreachable" (no connection, time-out, a status other than 200 and 4xx);
 * a 4xx comes back with its body. */
struct sso_request {
    struct str url;
    const char *form;
    bool authorize;
};
enum rc sso_ask(struct sso *s, const struct sso_request *q, struct buf *answer, long *status,
                struct err *e) MUST_CHECK;
/* Percent-escaped, appended. */
enum rc sso_escape(struct buf *out, struct str text, struct err *e) MUST_CHECK;
struct str sso_keep(struct arena *a, const struct buf *b); /* .p NULL: no memory */

#endif
