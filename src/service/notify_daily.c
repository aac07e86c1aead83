/* Once a day: dates that come near or are past, new matches, the week's list. Each is said once,
 * whatever is started anew. */
#include "base/log.h"
#include "service/auth_int.h"
#include "service/digest.h"
#include "service/notify_int.h"
#include "service/pairing.h"

#include <stdio.h>

#define PAGE       500u
#define MATCHES    10u /* a day and account */
#define CHINA_TIME (8 * 3600)
#define DAY        86400

/* ---- dates ---- */

struct sweep {
    struct site *s;
    const struct date_row *row;
    size_t place; /* of the row in the table */
    int64_t today;
    const vec_rec *rec;
    struct arena to;
    struct people people;
};

static bool in_time(const struct sweep *x, int64_t day)
{
    if (x->row->after)
        return day < x->today && day >= x->today - x->row->after;
    return day >= x->today && day <= x->today + x->row->before;
}

static enum rc tell(struct sweep *x, struct tx *tx, const struct rec *r, int64_t day,
                    const vec_id *told, struct err *e)
{
    char once[160], text[16], date[12];
    struct str d = date_put(date, day);
    const struct date_row *row = x->row;
    snprintf(once, sizeof once, "%.*s %.*s %lld %.*s", (int)row->key.n, row->key.p,
             (int)MIN(row->date.n, 60u), row->date.p, (long long)r->id, (int)d.n, d.p);
    snprintf(text, sizeof text, "\t%.*s", (int)d.n, d.p); /* its title is looked up when read */
    for (size_t i = 0; i < told->n; i++) {
        struct notice n = {.account = told->p[i],
                           .key = row->key,
                           .text = str_of(text),
                           .about = r->id,
                           .once = str_of(once)};
        TRY(notice_put(x->s, tx, &n, e));
    }
    return RC_OK;
}

/* The dates of a record that are in time. */
static enum rc dates_in(const struct sweep *x, const struct rec *r, vec_id *out, struct err *e)
{
    const struct date_row *row = x->row;
    if (row->field == NO_FIELD) {
        uint32_t term = r->state == NO_STATE ? 0 : r->kind->state[r->state].expires;
        int64_t day = day_of_time(r->since) + term;
        return term && in_time(x, day) ? vec_push(out, day, e) : RC_OK;
    }
    const struct val *v = &r->val[row->field];
    if (!v->set)
        return RC_OK;
    if (row->sub == NO_FIELD)
        return in_time(x, v->num) ? vec_push(out, v->num, e) : RC_OK;
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct val *group = v->list.item[i].list.item;
        bool settled = row->unless != NO_FIELD && group[row->unless].set;
        if (!settled && group[row->sub].set && in_time(x, group[row->sub].num))
            TRY(vec_push(out, group[row->sub].num, e));
    }
    return RC_OK;
}

static enum rc tell_record(struct sweep *x, struct tx *tx, int64_t id, struct err *e)
{
    struct rec r;
    bool found;
    vec_id days = {0}, told = {0};
    TRY(store_get(tx, x->row->kind, id, &x->to, &r, &found, e));
    enum rc rc = found ? dates_in(x, &r, &days, e) : RC_OK;
    if (rc == RC_OK && days.n)
        rc = people_told(&x->people, tx, &r, x->row->tell, 0, &x->to, &told, e);
    for (size_t i = 0; rc == RC_OK && i < days.n; i++)
        rc = tell(x, tx, &r, days.p[i], &told, e);
    vec_free(&days);
    vec_free(&told);
    return rc;
}

static enum rc tell_page(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct sweep *x = ctx;
    (void)s;
    TRY(people_load(&x->people, tx, &x->to, e));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < x->rec->n; i++)
        rc = tell_record(x, tx, x->rec->p[i].id, e);
    people_free(&x->people);
    return rc;
}

/* The records that may have a date in time: a condition that an index serves, and the row's own. */
static enum rc condition(const struct sweep *x, uint32_t state, struct buf *b, struct err *e)
{
    const struct date_row *row = x->row;
    if (row->field != NO_FIELD) {
        int64_t from = -(int64_t)row->after, to = row->after ? -1 : (int64_t)row->before;
        TRY(buf_printf(b, e, "%.*s >= today %c %lldd and %.*s <= today %c %lldd", (int)row->date.n,
                       row->date.p, from < 0 ? '-' : '+', (long long)(from < 0 ? -from : from),
                       (int)row->date.n, row->date.p, to < 0 ? '-' : '+',
                       (long long)(to < 0 ? -to : to)));
    } else {
        const struct state *st = &row->kind->state[state];
        int64_t least = row->after ? st->expires + 1 : (int64_t)st->expires - row->before;
        TRY(buf_printf(b, e, "state = %.*s and since <= today - %lldd", (int)st->name.n, st->name.p,
                       (long long)MAX(least - 1, 0)));
    }
    if (row->when.n)
        TRY(buf_printf(b, e, " and (%.*s)", (int)row->when.n, row->when.p));
    return RC_OK;
}

static enum rc sweep_list(struct sweep *x, struct str filter, struct err *e)
{
    struct list_request q = {
        .kind = x->row->kind, .filter = filter, .sort = STR("id"), .limit = PAGE};
    enum rc rc = RC_OK;
    struct arena cursor = {0};
    do {
        struct arena a = {0};
        struct list_answer answer = {0};
        rc = record_list(x->s, &actor_system, &q, &a, &answer, e);
        x->rec = &answer.rec;
        if (rc == RC_OK && answer.rec.n)
            rc = site_write(x->s, tell_page, x, e);
        q.after = rc == RC_OK && answer.next.n ? arena_str(&cursor, answer.next) : STR("");
        vec_free(&answer.rec);
        arena_free(&a);
        arena_reset(&x->to);
    } while (rc == RC_OK && q.after.n && !runner_stopping(x->s));
    arena_free(&cursor);
    return rc;
}

static enum rc sweep_row(struct sweep *x, struct err *e)
{
    const struct kind *k = x->row->kind;
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < MAX(k->n_states, 1u); i++) {
        struct buf b;
        bool expires = x->row->field == NO_FIELD;
        if (expires && !k->state[i].expires)
            continue;
        buf_init(&b, 8192);
        rc = condition(x, i, &b, e);
        if (rc == RC_OK)
            rc = sweep_list(x, buf_view(&b), e);
        buf_free(&b);
        if (!expires)
            break;
    }
    return rc;
}

static enum rc dates(struct site *s, struct err *e)
{
    struct sweep x = {.s = s, .today = site_today(s)};
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < s->notices->date.n; i++) {
        x.row = &s->notices->date.p[i];
        rc = sweep_row(&x, e);
    }
    arena_free(&x.to);
    return rc;
}

/* ---- by account ---- */

struct to_all {
    struct arena to;
    struct people people;
};

static enum rc read_people(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct to_all *x = ctx;
    (void)s;
    return people_load(&x->people, tx, &x->to, e);
}

typedef VEC(struct notice) vec_told;

static enum rc put_all(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    const vec_told *v = ctx;
    for (size_t i = 0; i < v->n; i++)
        TRY(notice_put(s, tx, &v->p[i], e));
    return RC_OK;
}

/* About the offer; the need, which is the account's own, stands beside it. */
static enum rc add_match(const struct actor *a, const struct fresh *f, struct str need,
                         struct arena *to, vec_told *out, struct err *e)
{
    char once[64], *text = arena_alloc(to, need.n + 1);
    if (!text)
        return err_nomem(e);
    text[0] = '\t';
    if (need.n)
        memcpy(text + 1, need.p, need.n);
    snprintf(once, sizeof once, "match %lld %lld", (long long)f->need, (long long)f->offer);
    struct notice told = {.account = a->account,
                          .key = STR("notice.match"),
                          .text = {text, need.n + 1},
                          .about = f->offer,
                          .once = arena_str(to, str_of(once))};
    return told.once.p ? vec_push(out, told, e) : err_nomem(e);
}

static enum rc matches(struct site *s, const struct actor *a, struct arena *to, vec_told *out,
                       struct err *e)
{
    vec_fresh fresh = {0};
    int64_t id[MATCHES];
    struct str title[MATCHES];
    const struct kind *kind[MATCHES];
    enum rc rc = pairing_fresh(s, a, MATCHES, to, &fresh, e);
    for (size_t i = 0; rc == RC_OK && i < fresh.n; i++)
        id[i] = fresh.p[i].need;
    if (rc == RC_OK)
        rc = record_titles(s, a, id, (uint32_t)fresh.n, to, title, kind, e);
    for (size_t i = 0; rc == RC_OK && i < fresh.n; i++)
        rc = add_match(a, &fresh.p[i], title[i], to, out, e);
    vec_free(&fresh);
    return rc;
}

static enum rc week(struct site *s, const struct actor *a, struct arena *to, vec_told *out,
                    struct err *e)
{
    vec_owed owed = {0};
    TRY(digest_of(s, a, a->name.n ? a->name : a->login, to, &owed, e));
    size_t n = owed.n;
    vec_free(&owed);
    if (!n)
        return RC_OK;
    char count[24], once[40], day[12];
    struct str d = date_put(day, site_today(s));
    snprintf(count, sizeof count, "%zu", n);
    snprintf(once, sizeof once, "weekly %.*s", (int)d.n, d.p);
    struct notice told = {.account = a->account,
                          .key = STR("notice.weekly"),
                          .text = arena_str(to, str_of(count)),
                          .once = arena_str(to, str_of(once))};
    return told.text.p && told.once.p ? vec_push(out, told, e) : err_nomem(e);
}

/* Day 0 was a Thursday. */
static bool is_monday(int64_t day)
{
    return ((day % 7) + 7) % 7 == 4;
}

static enum rc for_account(struct site *s, const struct account *account, struct err *e)
{
    struct arena to = {0};
    struct actor a = actor_of(account);
    vec_told told = {0};
    enum rc rc = RC_OK;
    if (s->engine && a.role == ROLE_EDITOR)
        rc = matches(s, &a, &to, &told, e);
    if (rc == RC_OK && is_monday(site_today(s)))
        rc = week(s, &a, &to, &told, e);
    if (rc == RC_OK && told.n)
        rc = site_write(s, put_all, &told, e);
    vec_free(&told);
    arena_free(&to);
    return rc;
}

static enum rc accounts(struct site *s, struct err *e)
{
    struct to_all x = {0};
    enum rc rc = site_read(s, read_people, &x, e);
    for (size_t i = 0; rc == RC_OK && i < x.people.account.n && !runner_stopping(s); i++)
        if (x.people.account.p[i].active)
            rc = for_account(s, &x.people.account.p[i], e);
    people_free(&x.people);
    arena_free(&x.to);
    return rc;
}

/* ---- the day ---- */

static enum rc drop_old(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    (void)ctx;
    return notice_drop_old(tx, site_now(s) - s->notices->keep * DAY, e);
}

enum rc notify_daily(struct site *s, struct err *e)
{
    TRY(dates(s, e));
    TRY(accounts(s, e));
    return site_write(s, drop_old, NULL, e);
}

struct day {
    bool due;
    char text[12];
};

static enum rc day_done(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct day *d = ctx;
    (void)s;
    return meta_put(tx, STR("notify_day"), str_of(d->text), e);
}

static enum rc day_look(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct day *d = ctx;
    struct arena a = {0};
    struct str was;
    bool found;
    (void)s;
    enum rc rc = meta_get(tx, STR("notify_day"), &a, &was, &found, e);
    d->due = rc == RC_OK && !(found && str_eq(was, str_of(d->text)));
    arena_free(&a);
    return rc;
}

enum rc notify_sweep(struct site *s, struct err *e)
{
    struct day d = {0};
    struct str text = date_put(d.text, site_today(s));
    d.text[text.n] = 0;
    TRY(site_read(s, day_look, &d, e));
    if (!d.due)
        return RC_OK;
    TRY(notify_daily(s, e));
    return runner_stopping(s) ? RC_OK : site_write(s, day_done, &d, e);
}
