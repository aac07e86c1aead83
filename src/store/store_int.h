/* Private to src/store: the driver table, statements, transactions, and SQL under construction. */
#ifndef QIAO_STORE_INT_H
#define QIAO_STORE_INT_H

#include "store/sql_int.h"
#include "store/store.h"

#include <pthread.h>

/* ---- drivers ---- */

enum dialect { SQLITE, POSTGRES };

/* One connection, used by one thread at a time. The driver's own struct begins with it. */
struct db {
    const struct db_ops *ops;
    struct stmt *fixed[SQL__COUNT]; /* prepared at first use */
    struct stmt *made[48];          /* SQL made at run time, least recently used goes */
    uint64_t clock;
    bool lost; /* the database has gone away: to be closed */
    struct db *next;
};

/* A prepared statement. Bound bytes are borrowed until stmt_done. */
struct stmt {
    struct db *db;
    char *sql;
    uint64_t hash, used;
    bool stream; /* set before the first step: rows are not collected first; nothing else may run
                    on the connection until stmt_done */
    void *own;   /* the driver's */
};

struct db_place {
    const char *dir, *url;
    bool create, read_only;
};

struct db_ops {
    const char *name;
    enum dialect dialect;
    enum rc (*open)(struct db **out, const struct db_place *at, struct err *e);
    void (*close)(struct db *db);
    /* Statements without parameters or rows. */
    enum rc (*exec)(struct db *db, const char *sql, struct err *e);
    enum rc (*begin)(struct db *db, enum tx_mode mode, struct err *e);
    enum rc (*commit)(struct db *db, bool notify, struct err *e);
    void (*rollback)(struct db *db);
    /* The schema's owner (may change it) or the everyday role. */
    enum rc (*owner)(struct db *db, bool on, struct err *e);
    /* st->sql is set, already in the dialect. */
    enum rc (*prepare)(struct stmt *st, struct err *e);
    void (*finish)(struct stmt *st);
    /* Bind parameter i (from 1); failures are reported by the step that follows. */
    void (*bind_int)(struct stmt *st, int i, int64_t v);
    void (*bind_real)(struct stmt *st, int i, double v);
    void (*bind_text)(struct stmt *st, int i, struct str v);
    void (*bind_blob)(struct stmt *st, int i, struct str v);
    void (*bind_null)(struct stmt *st, int i);
    enum rc (*step)(struct stmt *st, bool *row, struct err *e);
    void (*reset)(struct stmt *st); /* also forgets what was bound */
    int64_t (*changes)(struct stmt *st);
    /* Column i (from 0) of the row; borrowed until the next step. */
    bool (*is_null)(struct stmt *st, int i);
    int64_t (*get_int)(struct stmt *st, int i);
    double (*get_real)(struct stmt *st, int i);
    struct str (*get_bytes)(struct stmt *st, int i);
    /* Wait for a sign of another process's commit; NULL: there is none, look now and then. */
    enum rc (*listen)(struct db *db, unsigned ms, struct err *e);
};
extern const struct db_ops sqlite_ops, postgres_ops;
/* SQLite's backup API: all of `from` into a new file. */
enum rc sqlite_copy(struct db *from, const char *path, store_progress_fn progress, void *ctx,
                    struct err *e) MUST_CHECK;

/* db.c: what the drivers have in common. */

/* `$word` and, for PostgreSQL, `?1` of the catalogue's SQL in the dialect. Appends. */
enum rc sql_translate(struct buf *out, enum dialect d, struct str sql, struct err *e) MUST_CHECK;
enum rc db_exec(struct db *db, const char *sql, struct err *e) MUST_CHECK; /* translated */
/* A catalogue statement with its parameters: i int64_t, n int64_t (0 is NULL), t struct str,
 * o struct str (empty is NULL), s const char *, b struct str (bytes), d double. */
enum rc db_query(struct stmt **out, struct db *db, enum sql no, struct err *e, const char *types,
                 ...) MUST_CHECK;
/* The same, stepped to its end; *changed (may be NULL): rows it changed. */
enum rc db_run(struct db *db, enum sql no, int64_t *changed, struct err *e, const char *types,
               ...) MUST_CHECK;
/* SQL made at run time (not yet translated). */
enum rc db_made(struct stmt **out, struct db *db, struct str sql, struct err *e) MUST_CHECK;
enum rc stmt_step(struct stmt *st, bool *row, struct err *e) MUST_CHECK;
void stmt_done(struct stmt *st); /* NULL is allowed */
void db_close(struct db *db);

static inline int64_t col_int(struct stmt *st, int i)
{
    return st->db->ops->get_int(st, i);
}
static inline struct str col_bytes(struct stmt *st, int i)
{
    return st->db->ops->get_bytes(st, i);
}
/* A copy of the column in the arena. */
enum rc col_str(struct str *out, struct stmt *st, int i, struct arena *a, struct err *e) MUST_CHECK;

/* ---- store and transaction ---- */

struct store {
    const struct db_ops *ops;
    const struct kinds *kinds;
    char *dir, *url;
    unsigned most;
    pthread_mutex_t lock;
    pthread_cond_t turn;  /* a connection is free, or the writer has ended */
    pthread_cond_t grown; /* the feed may have grown: who follows it is not woken by readers */
    struct db *idle;      /* connections nobody uses */
    unsigned open;        /* connections in all */
    bool writing;         /* SQLite: a thread of this process writes */
    struct db *seq_db;    /* for store_seq alone */
    pthread_mutex_t seq_lock;
    struct db *listener;
    bool listening; /* a thread waits on the listener */
};

struct tx {
    struct store *s;
    struct db *db;
    enum tx_mode mode;
    bool broken; /* a write stopped halfway: only rollback is left */
    bool dirty;  /* head changed */
    bool grown;  /* the trail has grown */
    int64_t seq, last_id;
    uint8_t hash[32];
};

/* Write functions call it first: BUG in a read. RC_SYS "store.undone" once broken. */
enum rc tx_writes(struct tx *tx, struct err *e) MUST_CHECK;
int64_t tx_new_id(struct tx *tx);
/* Run a catalogue statement that writes; a failure breaks the transaction. */
#define TX_RUN(tx, no, e, ...) tx_ran(tx, db_run((tx)->db, no, NULL, e, __VA_ARGS__))
enum rc tx_ran(struct tx *tx, enum rc rc) MUST_CHECK;
enum rc store_connect(struct db **out, const struct store *s, bool create,
                      struct err *e) MUST_CHECK;

/* schema.c */
#define SCHEMA_VERSION 4
/* 0: no schema there. */
enum rc schema_version(struct db *db, int64_t *out, struct err *e) MUST_CHECK;
/* Bring what is there up to SCHEMA_VERSION, in one transaction. */
enum rc schema_up(struct db *db, struct err *e) MUST_CHECK;
/* Begin a transaction that changes the schema: one at a time over all processes. */
enum rc schema_lock(struct db *db, struct err *e) MUST_CHECK;
/* Tables in an order that foreign keys allow, with their columns: i int, t text, j JSON,
 * b bytes. */
struct table {
    const char *name, *columns, *types, *key;
};
extern const struct table schema_tables[];
extern const uint32_t schema_n_tables;

/* ---- records ---- */

/* What follows from a record and is stored beside it. */
struct link_row {
    struct str relation;
    int64_t to;
};
struct uniq_row {
    struct str field, value;
};
struct derived {
    struct buf body, pub;
    bool shown;
    int64_t pub_org;
    struct str title, pub_title;
    VEC(struct link_row) link; /* sorted, each once */
    VEC(struct uniq_row) uniq; /* the same */
};
#define BODY_MAX (16u << 20)
enum rc derive(struct derived *out, const struct rec *r, struct arena *a, struct err *e) MUST_CHECK;
void derived_free(struct derived *d);
/* The text a unique value is kept as: itself, or its hash where it is long. */
enum rc uniq_text(struct str *out, struct str text, struct arena *a, struct err *e) MUST_CHECK;
/* Make the link and uniq rows those of `d`; fresh: there are none yet. derived_check went before.
 */
enum rc derived_write(struct tx *tx, int64_t id, bool fresh, struct str kind,
                      const struct derived *d, struct arena *a, struct err *e) MUST_CHECK;
/* "store.ref", "store.unique". */
enum rc derived_check(struct tx *tx, const struct rec *r, const struct derived *d,
                      struct err *e) MUST_CHECK;

/* Columns of a row in the order of REC_COLUMNS, into a record. */
#define REC_COLUMNS "id, kind, org, state, secrecy, version, created, updated, since"
enum rc row_rec(struct rec *out, const struct store *s, struct stmt *st, bool face_public,
                struct arena *a, struct err *e) MUST_CHECK;
struct str state_name(const struct rec *r); /* "" none */

/* ---- audit ---- */

enum rc audit_add(struct tx *tx, const struct by *by, struct entry *entry,
                  struct err *e) MUST_CHECK;
/* The hash of an entry that follows `before`. */
void audit_hash(uint8_t out[32], const uint8_t before[32], const struct entry *entry);
#define AUDIT_COLUMNS                                                                              \
    "seq, at, account, login, action, comment, reason, id, kind, version, state, secrecy, org, "   \
    "body, hash"
enum rc row_entry(struct entry *out, struct stmt *st, struct arena *a, struct err *e) MUST_CHECK;

/* ---- SQL made at run time ---- */

struct param {
    char type; /* i, d, t */
    int64_t num;
    double real;
    struct str text;
};
/* Sticky: after a failure every call is a no-op; sql_stmt reports it. */
struct sqlb {
    struct buf text;
    VEC(struct param) param;
    enum dialect dialect;
    const struct kinds *kinds;
    struct scope scope;
    enum { OF_OTHERS, OF_ALL, OF_OWN } faces; /* SCOPE_ORG: whose public faces are meant */
    bool granted;   /* SCOPE_ORG, whole records: those that were granted, else its own */
    int64_t before; /* records as of then (past.c); 0: as they are */
    struct arena *a;
    enum rc rc;
    struct err err;
    uint32_t alias; /* next number for a followed record */
};
void sqlb_init(struct sqlb *b, const struct store *s, struct scope scope, struct arena *a);
void sqlb_free(struct sqlb *b);
void sql_put(struct sqlb *b, const char *text);
void sql_printf(struct sqlb *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void sql_str(struct sqlb *b, struct str sql);   /* SQL made here */
void sql_name(struct sqlb *b, struct str name); /* [a-z0-9_]: names of the model */
void sql_int(struct sqlb *b, int64_t v);        /* a parameter */
void sql_real(struct sqlb *b, double v);
void sql_text(struct sqlb *b, struct str v);
void sql_fail(struct sqlb *b, enum rc rc);
/* Prepare, bind. */
enum rc sql_stmt(struct stmt **out, struct sqlb *b, struct db *db, struct err *e) MUST_CHECK;

/* Which columns of a record are read. */
enum face {
    FACE_WHOLE,  /* body, org */
    FACE_PUBLIC, /* pub, pub_org */
    FACE_SCOPE,  /* a followed record: as the scope has it */
};

/* path.c: paths as SQL. An alias is "r.", "a1." or "" (in the definition of an index). */

/* How the values of a path's end stand in the database. */
enum shape { SHAPE_TEXT, SHAPE_INT, SHAPE_REAL, SHAPE_BOOL };
enum shape path_shape(const struct path *p);
/* Where the values of a path are found. */
struct path_end {
    char alias[12];
    enum face face;
    bool item; /* an element of a list */
    const struct path_step *step;
    enum shape shape;
    int64_t today; /* of a field with cases */
};
/* Does the path need rows besides the record's own: a ref followed, a list? */
bool path_many(const struct path *p);
/* Not so: its end on the record itself. */
struct path_end path_here(const char *alias, enum face face, const struct path *p);
/* "FROM …": rows with the path's values. */
struct path_end path_from(struct sqlb *b, const char *alias, enum face face, const struct path *p);
void path_value(struct sqlb *b, const struct path_end *end);
/* One value of any path: the least of several. */
void path_scalar(struct sqlb *b, const char *alias, enum face face, const struct path *p);
/* The path begins with a list of the record itself; and its value from one item of that list on
 * (end.item, end.alias). */
bool path_lists(const struct path *p);
void path_of_item(struct sqlb *b, const struct path_end *item, const struct path *p);
/* What a sort goes by: as path_scalar, but states in the order declared. */
void path_sort(struct sqlb *b, const char *alias, enum face face, const struct path *p);
enum shape path_sort_shape(const struct path *p);
bool path_nullable(const struct path *p);

/* Rows with the values of a path, behind the source of records "r.": " JOIN …" for each element of
 * a list of the record itself; else nothing. What they are stands at the end given back. */
struct path_end path_items(struct sqlb *b, const char *alias, enum face face, const struct path *p);

/* past.c: where records are read from. "rec r" or, of the past, "(SELECT …) r" with the same
 * columns but for the public face; `k` NULL: of every kind. */
void source_records(struct sqlb *b, const struct kind *k);
/* " JOIN … aN ON …": the record whose id the SQL in `id` gives. */
void source_join(struct sqlb *b, uint32_t n, const struct kind *k, struct str id);

/* where.c: a filter on the row that the alias names. Days that float are of `today`. */
void where_filter(struct sqlb *b, const char *alias, enum face face, int64_t today,
                  const struct filter *f);
/* The code of a field with cases; `places`: its place in the table instead. */
void where_case(struct sqlb *b, const struct path_end *end, bool places);
/* "r.kind = … AND r.shown = 1 AND …": kind, scope and filter. */
void where_query(struct sqlb *b, enum face face, const struct query *q);
/* " FROM rec r"; what was granted is reached from the grants (rec alone would be scanned). */
void where_from(struct sqlb *b, enum face face);

/* index_kinds.c: is there an index of its own for the one step that the path is? */
bool path_indexed(const struct path *p);

/* list.c */
/* The plan of a list query as the database tells it (tests). Appends. */
enum rc store_plan(struct tx *tx, const struct query *q, bool count, struct buf *out,
                   struct err *e) MUST_CHECK;

#endif
