/* The site over HTTP: pages, API, sign-in. */
#ifndef QIAO_WEB_H
#define QIAO_WEB_H

#include "service/site.h"

struct web_options {
    const char *address;    /* "127.0.0.1" unless given */
    uint16_t port;          /* 0: any free one */
    unsigned threads;       /* 0: twice the processors */
    const char *public_url; /* "https://qiao.example.edu"; NULL: http://address:port. Cookies are
                               Secure for https */
    bool behind_proxy;      /* trust X-Forwarded-For of the nearest */
    size_t upload_max;      /* bytes; 0: 32 MiB */
    const char *cas_url;    /* "https://cas.example.edu/cas"; NULL: off */
    const char *oidc_issuer, *oidc_client, *oidc_secret; /* NULL: off */
    const char *chat_url, *chat_model, *chat_key;        /* service/page_chat.h; NULL: off */
};
struct web;
/* Checks that every template names only what its page declares and that every route has a right;
 * RC_SYS "web.listen", RC_USER "web.template" (file and line). */
enum rc web_open(struct web **out, struct site *s, const struct web_options *o,
                 struct err *e) MUST_CHECK;
uint16_t web_port(const struct web *w);
/* Stops taking requests, answers those that run, closes. */
void web_close(struct web *w);

/* The route table, a line a route: method, pattern, roles and flags by commas, what it is for in zh
 * and en; parted by tabs. Appends. */
enum rc web_routes(struct buf *out, struct err *e) MUST_CHECK;

#endif
