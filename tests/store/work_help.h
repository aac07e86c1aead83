/* A site on the store that the environment's STORE names, for what is done after the handshake. */
#ifndef WORK_HELP_H
#define WORK_HELP_H

#define _GNU_SOURCE
#include "../unit/typed_help.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>

static inline bool on_sqlite(void)
{
    const char *s = getenv("STORE");
    return !s || strcmp(s, "pg") != 0;
}

/* SQL past the program, as the database's owner; "" or what the database said. */
static inline const char *raw_sql(const char *sql)
{
    static char why[300];
    why[0] = 0;
    if (on_sqlite()) {
        char path[300], *said = NULL;
        sqlite3 *h;
        snprintf(path, sizeof path, "%s/qiao.db", site_path);
        if (sqlite3_open(path, &h) || sqlite3_exec(h, sql, NULL, NULL, &said))
            snprintf(why, sizeof why, "%s", said ? said : "?");
        sqlite3_free(said);
        sqlite3_close(h);
        return why;
    }
    PGconn *c = PQconnectdb(pg_url);
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        snprintf(why, sizeof why, "%s", PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
    return why;
}

static inline int64_t today(void)
{
    return day_of_time(clock_now);
}

/* A step with fields given in pairs. */
static inline enum rc step_with(const struct actor *a, const char *kind, int64_t id,
                                const char *action, const char *const *pair, struct err *e)
{
    vec_fault faults = {0};
    struct typed t[12];
    struct rec out;
    struct act act = {.id = id, .action = str_of(action), .comment = STR("说明"), .typed = t};
    for (; pair[0]; pair += 2)
        t[act.n_typed++] = (struct typed){str_of(pair[0]), str_of(pair[1])};
    enum rc rc = record_act(site, a, kind_of(kind), &act, &mem, &out, &faults, e);
    vec_free(&faults);
    return rc;
}
#define STEP_WITH(a, kind, id, action, ...)                                                        \
    OK(step_with(a, kind, id, action, (const char *const[]){__VA_ARGS__, NULL}, &e))

static inline struct rec get_rec(const char *kind, int64_t id)
{
    struct shown shown;
    OK(record_show(site, &actor_system, kind_of(kind), id, &mem, &shown, &e));
    return shown.rec;
}

/* A field of a record that is there, typed anew. */
static inline enum rc change(const struct actor *a, const char *kind, int64_t id, const char *field,
                             const char *text, vec_fault *faults, struct err *err)
{
    struct rec r = get_rec(kind, id);
    struct typed t = {str_of(field), str_of(text)};
    faults->n = 0;
    TRY(record_fill(site, a, &r, &t, 1, &mem, faults, err));
    return record_save(site, a, &r, STR(""), &mem, faults, err);
}

static inline const struct val *value(const struct rec *r, const char *field)
{
    uint32_t f = field_find(r->kind, str_of(field));
    assert_true(f != NO_FIELD);
    return &r->val[f];
}

static inline const char *text_value(const struct rec *r, const char *field)
{
    static char out[400];
    const struct val *v = value(r, field);
    snprintf(out, sizeof out, "%.*s", v->set ? (int)v->text.n : 0, v->set ? v->text.p : "");
    return out;
}

#endif
