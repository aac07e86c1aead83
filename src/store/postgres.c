/* The PostgreSQL driver: prepared statements, binary results, one role for every day. */
#include "base/fault.h"
#include "store/store_int.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

struct pg {
    struct db db;
    PGconn *c;
    unsigned prepared; /* statements so far, for their names */
    bool listening;
};

struct pg_stmt {
    char name[16];
    int n;
    const char **value;
    int *length, *format;
    struct arena a; /* numbers and texts bound, '\0' behind them */
    enum rc bad;    /* a parameter that could not be bound */
    PGresult *rows;
    int row;
    bool ran, streaming;
};

static PGconn *conn(const struct db *db)
{
    return ((const struct pg *)db)->c;
}

/* ---- errors ---- */

static bool state_is(const char *state, const char *const *list)
{
    for (; state && *list; list++)
        if (strncmp(state, *list, strlen(*list)) == 0)
            return true;
    return false;
}

static const char *first_line(char line[200], const char *s)
{
    size_t n = s ? strcspn(s, "\n") : 0;
    n = MIN(n, (size_t)199);
    if (n)
        memcpy(line, s, n);
    line[n] = '\0';
    return line;
}

static enum rc failed(struct db *db, const PGresult *res, struct err *e)
{
    static const char *const gone[] = {"57P", "08", NULL};
    static const char *const waited[] = {"55P03", "40001", "40P01", "57014", NULL};
    static const char *const full[] = {"53100", NULL};
    static const char *const text[] = {"22P05", "22021", NULL};
    char line[200];
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *why = first_line(line, PQerrorMessage(conn(db)));
    if (PQstatus(conn(db)) == CONNECTION_BAD || state_is(state, gone)) {
        db->lost = true;
        return err_sys(e, "store.lost", "%s", why);
    }
    if (state_is(state, waited))
        return err_sys(e, "store.busy", "%s", why);
    if (state_is(state, full))
        return err_sys(e, "store.full", "%s", why);
    if (state_is(state, text))
        return err_user(e, "store.text", "%s", why);
    if (strstr(why, "share.over")) /* the trigger share_keep */
        return err_user(e, "store.share", "%s", "");
    return err_sys(e, "store.sql", "%s", why);
}

static enum rc exec(struct db *db, const char *sql, struct err *e)
{
    if (fault_hit(FAULT_STEP))
        return err_sys(e, "store.sql", "fault");
    PGresult *res = PQexec(conn(db), sql);
    ExecStatusType status = PQresultStatus(res);
    enum rc rc = RC_OK;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        rc = failed(db, res, e);
    PQclear(res);
    return rc;
}

/* ---- connections ---- */

static void close_db(struct db *db)
{
    PQfinish(conn(db));
    mem_free(db);
}

/* The everyday role may do anything to the rows but change the trail. */
static const char make_role[] =
    "DO $$BEGIN"
    " IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'qiao_app') THEN"
    "  BEGIN"
    "   CREATE ROLE qiao_app NOLOGIN;"
    "  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;" /* somebody was faster */
    "  END;"
    " END IF;"
    " IF NOT pg_catalog.pg_has_role(current_user, 'qiao_app', 'MEMBER') THEN"
    "  GRANT qiao_app TO CURRENT_USER;"
    " END IF;"
    "END$$";

static enum rc owner(struct db *db, bool on, struct err *e)
{
    return exec(db, on ? "RESET ROLE" : "SET ROLE qiao_app", e);
}

static enum rc open_db(struct db **out, const struct db_place *at, struct err *e)
{
    static const char *const keys[] = {"client_encoding", "connect_timeout", "application_name",
                                       "options",         "dbname",          NULL};
    const char *const values[] = {
        "UTF8", "10", "qiao", "-c client_min_messages=warning -c jit=off", at->url, NULL};
    *out = NULL;
    struct pg *p = mem_calloc(1, sizeof *p);
    if (!p)
        return err_nomem(e);
    p->db.ops = &postgres_ops;
    p->c = PQconnectdbParams(keys, values, 1);
    enum rc rc = RC_OK;
    char line[200];
    if (PQstatus(p->c) != CONNECTION_OK)
        rc = err_sys(e, "store.open", "%s", first_line(line, PQerrorMessage(p->c)));
    if (rc == RC_OK && at->create)
        rc = exec(&p->db, make_role, e);
    if (rc == RC_OK && !at->read_only)
        rc = owner(&p->db, false, e);
    if (rc != RC_OK) {
        close_db(&p->db);
        return rc;
    }
    *out = &p->db;
    return RC_OK;
}

/* ---- transactions ---- */

/* A write reads what is committed when its turn has come: the head's lock makes the turns. */
static enum rc begin(struct db *db, enum tx_mode mode, struct err *e)
{
    return exec(db,
                mode == TX_WRITE ? "BEGIN; SET LOCAL lock_timeout = '10s'"
                                 : "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
                e);
}

static void rollback(struct db *db)
{
    if (PQtransactionStatus(conn(db)) == PQTRANS_IDLE)
        return;
    PQclear(PQexec(conn(db), "ROLLBACK"));
    if (PQtransactionStatus(conn(db)) != PQTRANS_IDLE)
        db->lost = true;
}

static enum rc commit(struct db *db, bool notify, struct err *e)
{
    if (fault_hit(FAULT_STEP))
        return err_sys(e, "store.sql", "fault");
    PGresult *res = PQexec(conn(db), notify ? "NOTIFY qiao; COMMIT" : "COMMIT");
    enum rc rc = RC_OK;
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        rc = failed(db, res, e);
    else if (strcmp(PQcmdStatus(res), "COMMIT") != 0) /* it had failed before and said so then */
        rc = err_sys(e, "store.undone", "%s", PQcmdStatus(res));
    PQclear(res);
    return rc;
}

/* ---- statements ---- */

static struct pg_stmt *own(const struct stmt *st)
{
    return st->own;
}

static int count_params(const char *sql)
{
    int most = 0;
    for (const char *p = sql; (p = strchr(p, '$')) != NULL;) {
        int n = (int)strtol(++p, NULL, 10);
        most = MAX(most, n);
    }
    return most;
}

static void free_stmt(struct pg_stmt *p)
{
    if (!p)
        return;
    PQclear(p->rows);
    arena_free(&p->a);
    mem_free(p->value);
    mem_free(p->length);
    mem_free(p->format);
    mem_free(p);
}

static enum rc prepare(struct stmt *st, struct err *e)
{
    struct pg *db = (struct pg *)st->db;
    struct pg_stmt *p = mem_calloc(1, sizeof *p);
    if (!p)
        return err_nomem(e);
    p->n = count_params(st->sql);
    p->value = mem_calloc((size_t)p->n + 1, sizeof *p->value);
    p->length = mem_calloc((size_t)p->n + 1, sizeof *p->length);
    p->format = mem_calloc((size_t)p->n + 1, sizeof *p->format);
    if (!p->value || !p->length || !p->format) {
        free_stmt(p);
        return err_nomem(e);
    }
    snprintf(p->name, sizeof p->name, "q%u", ++db->prepared);
    PGresult *res = PQprepare(db->c, p->name, st->sql, 0, NULL);
    enum rc rc = PQresultStatus(res) == PGRES_COMMAND_OK ? RC_OK : failed(st->db, res, e);
    PQclear(res);
    if (rc == RC_OK)
        st->own = p;
    else
        free_stmt(p);
    return rc;
}

static void finish(struct stmt *st)
{
    struct pg_stmt *p = own(st);
    char sql[40];
    snprintf(sql, sizeof sql, "DEALLOCATE %s", p->name);
    /* not in a transaction that has failed; the name is never used again, so it may stay */
    if (PQtransactionStatus(conn(st->db)) == PQTRANS_IDLE ||
        PQtransactionStatus(conn(st->db)) == PQTRANS_INTRANS)
        PQclear(PQexec(conn(st->db), sql));
    free_stmt(p);
    st->own = NULL;
}

static void bind(struct stmt *st, int i, const char *value, size_t n, bool binary)
{
    struct pg_stmt *p = own(st);
    if (i > p->n)
        BUG("parameter %d of %d", i, p->n);
    p->value[i - 1] = value;
    p->length[i - 1] = (int)n;
    p->format[i - 1] = binary;
}

static void bind_text(struct stmt *st, int i, struct str v)
{
    struct pg_stmt *p = own(st);
    struct str copy = arena_str(&p->a, v.p ? v : STR(""));
    if (!copy.p)
        p->bad = RC_NOMEM;
    else if (v.n && memchr(v.p, '\0', v.n))
        p->bad = RC_USER;
    bind(st, i, copy.p, copy.n, false);
}

static void bind_int(struct stmt *st, int i, int64_t v)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)v);
    bind_text(st, i, str_of(text));
}

static void bind_real(struct stmt *st, int i, double v)
{
    char text[40];
    snprintf(text, sizeof text, "%.17g", v);
    bind_text(st, i, str_of(text));
}

static void bind_blob(struct stmt *st, int i, struct str v)
{
    bind(st, i, v.p ? v.p : "", v.n, true);
}

static void bind_null(struct stmt *st, int i)
{
    bind(st, i, NULL, 0, false);
}

static enum rc start(struct stmt *st, struct err *e)
{
    struct pg_stmt *p = own(st);
    PGconn *c = conn(st->db);
    if (p->bad == RC_NOMEM)
        return err_nomem(e);
    if (p->bad)
        return err_user(e, "store.text", "%s", "");
    p->ran = true;
    p->row = -1;
    if (!st->stream) {
        p->rows = PQexecPrepared(c, p->name, p->n, p->value, p->length, p->format, 1);
        return RC_OK;
    }
    if (!PQsendQueryPrepared(c, p->name, p->n, p->value, p->length, p->format, 1))
        return failed(st->db, NULL, e);
    PQsetSingleRowMode(c);
    p->streaming = true;
    return RC_OK;
}

/* The next row comes by itself, or is the next of those that came together. */
static enum rc step(struct stmt *st, bool *row, struct err *e)
{
    struct pg_stmt *p = own(st);
    if (!p->ran)
        TRY(start(st, e));
    if (p->streaming) {
        PQclear(p->rows);
        p->rows = PQgetResult(conn(st->db));
        p->row = -1;
    }
    switch (PQresultStatus(p->rows)) {
    case PGRES_COMMAND_OK:
        return RC_OK;
    case PGRES_SINGLE_TUPLE:
    case PGRES_TUPLES_OK:
        *row = ++p->row < PQntuples(p->rows);
        return RC_OK;
    default:
        return failed(st->db, p->rows, e);
    }
}

static void reset(struct stmt *st)
{
    struct pg_stmt *p = own(st);
    PQclear(p->rows);
    p->rows = NULL;
    for (PGresult *r; p->streaming && (r = PQgetResult(conn(st->db))) != NULL;)
        PQclear(r);
    p->streaming = p->ran = false;
    p->bad = RC_OK;
    arena_reset(&p->a);
    for (int i = 0; i < p->n; i++)
        p->value[i] = NULL;
}

static int64_t changes(struct stmt *st)
{
    return strtoll(PQcmdTuples(own(st)->rows), NULL, 10);
}

/* ---- columns, in binary ---- */

#define FLOAT8 701
#define JSONB  3802

static bool is_null(struct stmt *st, int i)
{
    return PQgetisnull(own(st)->rows, own(st)->row, i);
}

static int64_t get_int(struct stmt *st, int i)
{
    const PGresult *r = own(st)->rows;
    int row = own(st)->row, n = PQgetlength(r, row, i);
    const uint8_t *p = (const uint8_t *)PQgetvalue(r, row, i);
    uint64_t v = n > 0 && p[0] & 0x80 ? UINT64_MAX : 0;
    if (n > 8)
        BUG("an integer of %d bytes", n);
    for (int k = 0; k < n; k++)
        v = v << 8 | p[k];
    return (int64_t)v;
}

static double get_real(struct stmt *st, int i)
{
    int64_t bits = get_int(st, i);
    double v;
    if (PQftype(own(st)->rows, i) != FLOAT8)
        return (double)bits;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static struct str get_bytes(struct stmt *st, int i)
{
    const PGresult *r = own(st)->rows;
    int row = own(st)->row;
    if (PQgetisnull(r, row, i))
        return (struct str){NULL, 0};
    struct str s = {PQgetvalue(r, row, i), (size_t)PQgetlength(r, row, i)};
    /* a version, 1, then the text: made of rows that are given only, not of those only sorted */
    return PQftype(r, i) == JSONB && s.n ? str_sub(s, 1, s.n) : s;
}

/* ---- signs of other processes ---- */

static bool take_notices(PGconn *c)
{
    bool any = false;
    for (PGnotify *n; (n = PQnotifies(c)) != NULL; any = true)
        PQfreemem(n);
    return any;
}

static enum rc listen_for(struct db *db, unsigned ms, struct err *e)
{
    struct pg *p = (struct pg *)db;
    if (!p->listening) {
        /* what was committed before this is seen by looking */
        TRY(exec(db, "LISTEN qiao", e));
        p->listening = true;
        return RC_OK;
    }
    if (take_notices(p->c))
        return RC_OK;
    struct pollfd fd = {.fd = PQsocket(p->c), .events = POLLIN};
    if (poll(&fd, 1, (int)MIN(ms, 60000u)) > 0 && !PQconsumeInput(p->c))
        return failed(db, NULL, e);
    take_notices(p->c);
    return RC_OK;
}

const struct db_ops postgres_ops = {
    .name = "postgres",
    .dialect = POSTGRES,
    .open = open_db,
    .close = close_db,
    .exec = exec,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .owner = owner,
    .prepare = prepare,
    .finish = finish,
    .bind_int = bind_int,
    .bind_real = bind_real,
    .bind_text = bind_text,
    .bind_blob = bind_blob,
    .bind_null = bind_null,
    .step = step,
    .reset = reset,
    .changes = changes,
    .is_null = is_null,
    .get_int = get_int,
    .get_real = get_real,
    .get_bytes = get_bytes,
    .listen = listen_for,
};
