/* A site: its data directory or database, its declared kinds, its engine and its running jobs. The
 * only writer. Thread-safe: any number of threads call the functions of src/service with one site.
 *
 * Every use case takes an actor and decides by the tables of the kind what it may see and do; a
 * handler of web or cli never decides. Times come from site_now, so that tests can set the clock.
 */
#ifndef QIAO_SITE_H
#define QIAO_SITE_H

#include "service/model.h"
#include "store/account.h"

struct site;

struct site_options {
    const char *dir;           /* data directory */
    const char *db;            /* NULL: SQLite in it; "postgres://…" */
    const char *model_dir;     /* --model, or NULL */
    unsigned threads;          /* for matching; 0: all processors */
    bool migrate;              /* qiao migrate */
    bool engine;               /* build the engine and follow the feed (serve, match, search) */
    bool jobs;                 /* run jobs, the sweep of expired records, deliver notices */
    const char *url;           /* where people reach it, for links in messages; NULL: no links */
    const char *const *allow;  /* private addresses that pages of news may be fetched from */
    size_t n_allow;            /* lives as long as the site */
    int64_t (*now)(void *ctx); /* NULL: the system's clock */
    void *now_ctx;
};

/* Make the data directory and the schema. RC_USER "site.exists". */
enum rc site_init(const struct site_options *o, struct err *e) MUST_CHECK;
/* Errors of store_open, kinds_finish, model_open. */
enum rc site_open(struct site **out, const struct site_options *o, struct err *e) MUST_CHECK;
void site_close(
    struct site *s); /* waits for its threads; a running job goes on at the next start */

const struct kinds *site_kinds(const struct site *s);
const struct model *site_model(const struct site *s);
struct store *site_store(const struct site *s);
const char *site_dir(const struct site *s);
const char *site_model_dir(const struct site *s); /* --model, or NULL */
int64_t site_now(const struct site *s);
/* The sentence of a message key; the key itself where there is none. */
const char *site_message(const struct site *s, const char *key, bool zh);
/* The number behind every committed change; pages made at one seq stay true until the next. */
int64_t site_seq(const struct site *s);

/* ---- who ---- */

struct actor {
    int64_t account, org, person;
    enum role role;
    struct str login, name;
    bool zh;
    bool read_only; /* a token with scope read */
};
extern const struct actor actor_visitor,
    actor_system; /* system may everything (jobs, command line) */

enum right { RIGHT_READ, RIGHT_CREATE, RIGHT_WRITE, RIGHT_DELETE };
/* May it, on this record (NULL: on some record of the kind)? Own organisation: r->org == a->org. */
bool actor_may(const struct actor *a, const struct kind *k, enum right right, const struct rec *r);
bool actor_may_step(const struct actor *a, const struct rec *r, const struct step *step);
/* What lists and searches show it. Kinds whose `read` does not hold its role: nothing. */
struct scope actor_scope(const struct actor *a);
/* The same for lists of one kind: of those where both sides act (introductions) it sees what it
 * takes part in. */
struct scope actor_scope_of(const struct actor *a, const struct kind *k);
/* It sees the whole record (own organisation, broker, auditor, system). */
bool actor_sees_all(const struct actor *a, const struct rec *r);

#endif
