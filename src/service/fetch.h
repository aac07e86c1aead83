/* Pages from the web, by http and https, politely and never from where they must not come: an
 * address is checked after it was resolved, whenever a connection is made, so for redirects too. */
#ifndef QIAO_FETCH_H
#define QIAO_FETCH_H

#include "base/buf.h"

struct sockaddr;

struct fetch_options {
    double timeout;           /* seconds a page */
    double delay;             /* seconds between two requests to one host */
    const char *const *allow; /* addresses that may be asked although they are private */
    size_t n_allow;
};

enum { FETCH_MAX = 16 << 20, FETCH_REDIRECTS = 5 };

struct fetcher;

/* For `workers` threads, each with its own number. RC_USER "read.address" for an address in `allow`
 * that is none. */
enum rc fetcher_open(struct fetcher **out, const struct fetch_options *o, unsigned workers,
                     struct err *e) MUST_CHECK;
void fetcher_close(struct fetcher *f); /* NULL is allowed */

/* The page at `url` into `page`, where it came from in the end into `address`. Waits until its host
 * may be asked again. RC_USER: "read.bad_url", "read.scheme", "read.no_host", "read.private",
 * "read.timeout", "read.redirects", "read.status", "read.type" (no text), "read.failed"; RC_TOO_BIG
 * "read.too_big" past 16 MiB as unpacked. */
enum rc fetch_page(struct fetcher *f, unsigned worker, const char *url, struct buf *page,
                   struct buf *address, struct err *e) MUST_CHECK;

/* The charset that the header of this worker's last page named, "" for none; until its next page.
 */
struct str fetch_charset(const struct fetcher *f, unsigned worker);

/* Is this an address of the public internet? IPv4 and IPv6; those that carry an IPv4 address
 * (mapped, 6to4, NAT64) are judged by it. Registers: IANA special-purpose addresses (RFC 6890). */
bool address_is_public(const struct sockaddr *a);

#endif
