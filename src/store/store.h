/* Where records live: one interface, two databases (SQLite, PostgreSQL), one behaviour.
 *
 * A store is shared by threads; a transaction (struct tx) is one thread's. All reading and writing
 * happens in one. Enduring tables: rec, link, uniq, grant_to, audit, account, session, token,
 * saved, job, file, share, counter, notice, delivery, reach, hook, meta (store/schema.c has every
 * column explained). SQL stands in one numbered catalogue (store/sql.c) and has bound parameters
 * only; a filter becomes SQL in store/where.c.
 *
 * Every write of a record appends to `audit` in the same transaction: one hash chain over all,
 * entry.hash = SHA-256(prev hash, then the entry's columns, each with its length). Writers take
 * turns (SQLite: BEGIN IMMEDIATE; PostgreSQL: a lock on the chain's head), so that seq is the order
 * of commits and serves as the change feed. Below the program the trail is append-only: SQLite by
 * an authorizer and triggers, PostgreSQL by a role without UPDATE and DELETE. */
#ifndef QIAO_STORE_H
#define QIAO_STORE_H

#include "record/filter.h"

struct store;
struct tx;

struct store_options {
    const char *dir;      /* data directory: DIR/qiao.db (SQLite) and DIR/files/ */
    const char *url;      /* NULL or "postgres://…" */
    bool create;          /* make the schema where there is none */
    bool migrate;         /* bring an older schema up to date */
    unsigned connections; /* most at once; 0: 8 */
};
/* RC_USER "store.none" (no data directory; qiao init makes it), "store.older" (needs qiao
 * migrate), "store.newer" (made by a newer program; untouched), RC_SYS "store.open",
 * "store.lost". */
enum rc store_open(struct store **out, const struct store_options *o, const struct kinds *kinds,
                   struct err *e) MUST_CHECK;
void store_close(struct store *s);
const char *store_name(const struct store *s); /* "sqlite", "postgres" */
/* Expression indexes for the kinds' list and filter fields; makes what is missing, drops what is no
 * longer declared. Where a kind's declaration has changed so that other things follow from its
 * records (what is secret, public, unique, a ref), their public faces, links and unique values are
 * made anew: RC_USER "store.unique", "store.ref" where they cannot be, and then nothing is changed.
 * Call it after store_open whenever the program starts to serve. */
enum rc store_index_kinds(struct store *s, struct err *e) MUST_CHECK;

/* ---- transactions ---- */

enum tx_mode { TX_READ, TX_WRITE };
/* A read sees one snapshot. Waits at most 10 s for its turn, then RC_SYS "store.busy". RC_SYS
 * "store.lost" when the database has gone away; the next tx_begin connects anew. */
enum rc tx_begin(struct tx **out, struct store *s, enum tx_mode mode, struct err *e) MUST_CHECK;
/* Any write may give RC_SYS "store.full" (no room on the disk); all of tx is then undone.
 * Ends tx in every case; after RC_OK the writes are durable. RC_SYS "store.undone" where a write in
 * it had stopped halfway: all of it is undone. */
enum rc tx_commit(struct tx *tx, struct err *e) MUST_CHECK;
void tx_rollback(struct tx *tx); /* ends tx; NULL is allowed */

/* ---- records ---- */

/* Who did it, for the audit. */
struct by {
    int64_t account;    /* 0: the system */
    struct str login;   /* as it was called then */
    struct str action;  /* "create", "update", "delete", "import" or the kind's action */
    struct str comment; /* "" none */
    struct str reason;  /* code, "" none */
    int64_t at;         /* unix seconds */
};

/* Which records, and which face of them, a reader has: compiled into every query. */
struct scope {
    enum { SCOPE_PUBLIC, SCOPE_ORG, SCOPE_ALL } reach;
    int64_t org;  /* SCOPE_ORG: whole records of this organisation, the public face of others */
    bool granted; /* SCOPE_ORG: and whole those that were granted to it (kinds without secrets) */
};

/* Insert (r->id == 0: the id is given and stored to r->id; version 1) or replace where the stored
 * version is r->version, which then grows by one. Also keeps link (a row for each ref, relation =
 * field name, and "owner"), uniq, the public face and the audit entry. r->val must have been
 * checked. updated becomes by->at; created stays (when new: as given, else by->at); since becomes
 * by->at where the state changed or r->since says so (a step into the same state). A kind whose
 * owner is itself gets its own id as org. On failure r is as it was. RC_USER "store.text" (U+0000),
 * "store.stale" (somebody else changed it: nothing written), "store.gone", "store.unique"
 * (e->detail: field name, tab, id of the other), "store.ref" (field name, tab, id that is not
 * there). */
enum rc store_put(struct tx *tx, struct rec *r, const struct by *by, struct err *e) MUST_CHECK;
/* Delete. RC_USER "store.stale", "store.gone", "store.held" (detail: how many records refer to
 * it; store_refs lists them). */
enum rc store_delete(struct tx *tx, const struct rec *r, const struct by *by,
                     struct err *e) MUST_CHECK;

/* The whole record; *found = false where there is none (of this kind; NULL: of any). The caller
 * decides which face to show. */
enum rc store_get(struct tx *tx, const struct kind *k, int64_t id, struct arena *a, struct rec *out,
                  bool *found, struct err *e) MUST_CHECK;

struct sort {
    struct path path; /* n 0: by id */
    bool down;
};
struct query {
    const struct kind *kind;     /* NULL: all kinds (filter may use attributes only) */
    const struct filter *filter; /* NULL: all */
    struct scope scope;
    struct sort sort; /* ties by id, in the same direction */
    uint32_t limit;   /* most records; 0: 50 */
    uint64_t offset;
    struct str after; /* cursor given by an earlier answer; then offset is 0 */
};
/* Records as the scope shows them (face_public tells). Appends. *next (may be NULL): a cursor, ""
 * at the end. RC_USER "store.cursor". O(log n + limit) where an index serves the sort. */
typedef VEC(struct rec) vec_rec;
enum rc store_list(struct tx *tx, const struct query *q, struct arena *a, vec_rec *out,
                   struct str *next, struct err *e) MUST_CHECK;
enum rc store_count(struct tx *tx, const struct query *q, uint64_t *out, struct err *e) MUST_CHECK;
/* How many by the value of one or two paths (by.n 0: not used); sums of `sum` (a number field)
 * where sum.n > 0. Value texts: codes and states by name, refs and owner as id, dates as given;
 * month = true cuts dates to "2026-03". Ordered by the values. */
struct grouped {
    struct str value[2];
    uint64_t count;
    double sum;
};
typedef VEC(struct grouped) vec_grouped;
struct group_by {
    struct path by[2];
    bool month[2];
    struct path sum;
};
enum rc store_group(struct tx *tx, const struct query *q, const struct group_by *g, struct arena *a,
                    vec_grouped *out, struct err *e) MUST_CHECK;
typedef VEC(int64_t) vec_id;

/* ---- figures over whole records, now or at the end of some day ---- */

/* Only records that one of `kind` which passes `filter` leads to by `path` (refs, or the id). */
struct reached {
    const struct kind *kind;
    const struct filter *filter; /* NULL: all */
    struct path path;
};
struct tally {
    enum { TALLY_COUNT, TALLY_SUM, TALLY_DISTINCT } of;
    const struct kind *kind;
    const struct filter *filter;  /* NULL: all */
    const struct reached *within; /* NULL: all */
    struct path path;             /* sum: of numbers; distinct: of any value but groups */
    double out;
};
/* The figures of n questions. `before` 0: of the records as they are; else as they stood before
 * that moment, which is what the last entry of each by then says: created when its first entry was
 * made, in its state since the last entry that changed it or was a step. A path may pass through a
 * list only at the record itself. Questions about records of one kind share a reading of them, but
 * for numbers of records by state, which an index knows, and for values of lists. Cost: a reading
 * of the kind's records; of the past also of the index of its entries. */
enum rc store_tally(struct tx *tx, int64_t before, struct tally *t, uint32_t n,
                    struct err *e) MUST_CHECK;
/* The records of the kind that pass and are not within, rising, those behind `after`; appends at
 * most `limit` ids. */
enum rc store_missing(struct tx *tx, int64_t before, const struct tally *t, int64_t after,
                      uint32_t limit, vec_id *out, struct err *e) MUST_CHECK;

/* Give every record of the scope once, in id order, in batches: for building an index, exports
 * and verification. `each` may not use tx. */
typedef enum rc (*store_each_fn)(void *ctx, const struct rec *r, struct err *e);
enum rc store_each(struct tx *tx, const struct query *q, store_each_fn each, void *ctx,
                   struct err *e) MUST_CHECK;

/* What refers to a record. Appends (kind, id, relation). */
struct ref {
    const struct kind *kind;
    int64_t id;
    struct str relation;
};
typedef VEC(struct ref) vec_ref;
enum rc store_refs(struct tx *tx, int64_t id, uint32_t limit, struct arena *a, vec_ref *out,
                   struct err *e) MUST_CHECK;
/* What refers to any of `n` records by one relation, by `to` and `from`. Appends at most `limit`.
 */
struct linked {
    int64_t to, from;
};
typedef VEC(struct linked) vec_linked;
enum rc store_linked(struct tx *tx, const int64_t *id, uint32_t n, struct str relation,
                     uint32_t limit, vec_linked *out, struct err *e) MUST_CHECK;
/* The id that holds a unique value; 0 if none. `text` as val_text(raw). */
enum rc store_by_unique(struct tx *tx, const struct kind *k, uint32_t field, struct str text,
                        int64_t *id, struct err *e) MUST_CHECK;
/* Records of a kind with exactly this title (for names in spreadsheets). Appends ids. */
enum rc store_by_title(struct tx *tx, const struct kind *k, struct str title, vec_id *out,
                       struct err *e) MUST_CHECK;

/* Heads of many records, in one query: what names them and what decides who sees them. `id` has
 * each once; kind NULL: there is no such record. granted: to `org`. */
struct rec_head {
    const struct kind *kind;
    int64_t id, org;
    uint32_t state;
    enum secrecy secrecy;
    bool shown, granted; /* shown: it has a public face */
    struct str title, pub_title;
};
enum rc store_heads(struct tx *tx, const int64_t *id, uint32_t n, int64_t org, struct arena *a,
                    struct rec_head *out, struct err *e) MUST_CHECK;

/* An organisation may see a record unmasked (an introduction was agreed). */
enum rc store_grant(struct tx *tx, int64_t id, int64_t org, struct err *e) MUST_CHECK;
enum rc store_granted(struct tx *tx, int64_t id, int64_t org, bool *out, struct err *e) MUST_CHECK;
/* To whom a record is granted, and what is granted to an organisation; rising. Appends. */
enum rc store_grants(struct tx *tx, int64_t id, vec_id *out, struct err *e) MUST_CHECK;
enum rc store_grants_of(struct tx *tx, int64_t org, vec_id *out, struct err *e) MUST_CHECK;
/* These organisations (rising, none twice) and no others. *changed: they were others before. */
enum rc store_grant_only(struct tx *tx, int64_t id, const int64_t *org, uint32_t n, bool *changed,
                         struct err *e) MUST_CHECK;

/* ---- time shares ---- */

/* Of one appointment at one organisation, both days included; in hundredths of a percent. */
struct share {
    int64_t org, start, until, percent;
};
#define SHARE_WHOLE 10000
/* What stands in the way: days on which the person's shares would exceed the whole, the most they
 * would come to, and the other appointment with the largest part in it (0: the new shares do it
 * alone). */
struct share_clash {
    int64_t appointment, from, until, percent;
};
/* These shares become those of the appointment (n 0: it has none any more). RC_USER "store.share"
 * with *clash where the person would be shared out beyond the whole on some day. Below the program
 * a trigger of the database refuses the same, whoever writes. */
enum rc store_shares(struct tx *tx, int64_t appointment, int64_t person, const struct share *share,
                     uint32_t n, struct share_clash *clash, struct err *e) MUST_CHECK;
/* What shares follow from a record: the person, and in the order of `org` at most SHARES_MOST. */
#define SHARES_MOST 8
typedef uint32_t (*store_shares_fn)(const struct rec *r, int64_t *person,
                                    struct share share[SHARES_MOST]);
/* Recompute the shares of every record of the kind: they are these and no others, and nothing else
 * has any. RC_CORRUPT "store.record" (detail: the id of the appointment). */
enum rc store_verify_shares(struct store *s, const struct kind *k, store_shares_fn shares,
                            struct err *e) MUST_CHECK;
/* The person's greatest sum on one of the days. */
enum rc store_share_most(struct tx *tx, int64_t person, int64_t from, int64_t until,
                         int64_t *percent, struct err *e) MUST_CHECK;
/* The next number of a sequence, from 1 on: every number once, and none is left out, as it is given
 * back where the transaction is. */
enum rc store_next(struct tx *tx, struct str sequence, int64_t *out, struct err *e) MUST_CHECK;

/* ---- audit and feed ---- */

struct entry {
    int64_t seq, at, account, id, version;
    struct str login, action, comment, reason, kind, state, secrecy;
    int64_t org;
    struct str
        body; /* rec_print of what it became; "" for delete and for entries about no record */
    uint8_t hash[32];
};
typedef VEC(struct entry) vec_entry;
/* An entry about no record: a login, a failed login, a settings change, an export. Its comment is
 * `what` and, on a further line, by->comment. */
enum rc store_note(struct tx *tx, const struct by *by, struct str what, struct err *e) MUST_CHECK;
/* Of one record, oldest first. Appends. */
enum rc store_history(struct tx *tx, int64_t id, struct arena *a, vec_entry *out,
                      struct err *e) MUST_CHECK;
/* Entries about records of a kind made before a moment, record by record and oldest first, from
 * behind (id, seq) on; appends at most `limit`, without login, comment, reason and hash. */
enum rc store_trail_of(struct tx *tx, const struct kind *k, int64_t before, int64_t id, int64_t seq,
                       uint32_t limit, struct arena *a, vec_entry *out, struct err *e) MUST_CHECK;
/* The trail, newest first, before seq (0: the newest); filters are "" or 0 for any. */
struct trail_query {
    int64_t before, account, id;
    struct str action, kind;
    int64_t from, to; /* unix seconds, 0: open */
    uint32_t limit;
};
enum rc store_trail(struct tx *tx, const struct trail_query *q, struct arena *a, vec_entry *out,
                    struct err *e) MUST_CHECK;
/* What changed after seq, oldest first, at most `limit`. */
enum rc store_feed(struct tx *tx, int64_t after, uint32_t limit, struct arena *a, vec_entry *out,
                   struct err *e) MUST_CHECK;
/* The last seq that is committed. One indexed row; the store's page-cache key. */
enum rc store_seq(struct store *s, int64_t *seq, struct err *e) MUST_CHECK;
/* Wait until the feed has gone beyond seq, at most `ms`. PostgreSQL: LISTEN; SQLite: a condition
 * of this process and a look every 200 ms for others. */
enum rc store_wait(struct store *s, int64_t seq, unsigned ms, int64_t *now,
                   struct err *e) MUST_CHECK;
/* Recompute the chain, and every record, link, uniq and public face against it. RC_CORRUPT
 * "store.chain" (detail: the first broken seq) or "store.record" (detail: id). `progress` as
 * service; may be NULL. */
typedef enum rc (*store_progress_fn)(void *ctx, uint64_t done, uint64_t all, struct err *e);
enum rc store_verify(struct store *s, store_progress_fn progress, void *ctx,
                     struct err *e) MUST_CHECK;
/* A consistent copy while others write, into an empty directory (SQLite: the backup API;
 * PostgreSQL: a snapshot read into a SQLite file of the same schema). store_restore fills an empty
 * store of either kind from it. */
enum rc store_backup(struct store *s, const char *dir, store_progress_fn progress, void *ctx,
                     struct err *e) MUST_CHECK;
enum rc store_restore(struct store *to, const char *dir, store_progress_fn progress, void *ctx,
                      struct err *e) MUST_CHECK;

#endif
