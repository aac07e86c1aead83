/* Joint appointments: one person, two employers, and no more than the whole of a day. */
#include "service/site_int.h"
#include "service/special_int.h"

#include <math.h>

static enum rc set_title(struct saving *x, const struct buf *b, struct err *e)
{
    struct str kept = arena_str(x->to, buf_view(b));
    if (!kept.p)
        return err_nomem(e);
    saving_set(x->r, "title", (struct val){.set = kept.n > 0, .text = kept});
    return RC_OK;
}

static int64_t share_of(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? llround(v->real * 100) : 0;
}

/* ---- a change that waits for both sides ----
 * One in force that is renewed or adjusted is `changing` until both have confirmed. `agreed` says
 * what holds meanwhile; all of it comes back where the change is withdrawn or lapses. */

static const char *const agreed_parts[] = {"start", "end", "home_share", "host_share"};

static bool in_state(const struct rec *r, const char *name)
{
    return r->state != NO_STATE && str_eq(r->kind->state[r->state].name, str_of(name));
}

static const struct val *agreed_val(const struct rec *r, const char *part)
{
    uint32_t f = field_find(r->kind, STR("agreed"));
    const struct field_def *d = f == NO_FIELD ? NULL : &r->kind->field[f];
    const struct val *v = d && d->type == TYPE_GROUP && r->val[f].set ? &r->val[f] : NULL;
    return v ? val_sub(d, v, part) : NULL;
}

static enum rc keep_agreed(struct saving *x, struct err *e)
{
    uint32_t f = field_find(x->r->kind, STR("agreed"));
    const struct field_def *d = f == NO_FIELD ? NULL : &x->r->kind->field[f];
    if (!d || d->type != TYPE_GROUP)
        return RC_OK;
    struct val *item = arena_calloc(x->to, d->n_sub, sizeof *item);
    if (!item)
        return err_nomem(e);
    for (uint32_t i = 0; i < d->n_sub; i++)
        for (size_t p = 0; p < ARRAY_LEN(agreed_parts); p++)
            if (str_eq(d->sub[i].name, str_of(agreed_parts[p])) &&
                saving_val(x->before, agreed_parts[p]))
                item[i] = *saving_val(x->before, agreed_parts[p]);
    x->r->val[f] = (struct val){.set = true, .list = {item, d->n_sub}};
    return RC_OK;
}

/* Its terms and confirmations as they stood when it was last in force. */
static enum rc take_back(struct saving *x, struct err *e)
{
    vec_entry entries = {0};
    struct str body = {0};
    struct rec was;
    enum rc rc = store_history(x->tx, x->r->id, x->to, &entries, e);
    for (size_t i = 0; rc == RC_OK && i < entries.n; i++)
        if (entries.p[i].body.n && str_eq(entries.p[i].state, STR("active")))
            body = entries.p[i].body;
    vec_free(&entries);
    if (rc != RC_OK || !body.n)
        return rc;
    TRY(rec_new(&was, x->r->kind, x->to, e));
    TRY(rec_parse(&was, body, x->to, e));
    for (uint32_t i = 0; i < x->r->kind->n_fields; i++)
        if (!x->r->kind->field[i].computed)
            x->r->val[i] = was.val[i];
    return RC_OK;
}

/* Terms that somebody changes without a step are such a change too. */
static bool is_unsaid_change(const struct saving *x)
{
    return x->before && !x->step && in_state(x->r, "active") &&
           ((saving_val(x->before, "home_confirmed") && !saving_val(x->r, "home_confirmed")) ||
            (saving_val(x->before, "host_confirmed") && !saving_val(x->r, "host_confirmed")));
}

static enum rc settle_change(struct saving *x, struct err *e)
{
    uint32_t changing = state_find(x->r->kind, STR("changing"));
    if (changing == NO_STATE)
        return RC_OK;
    if (is_unsaid_change(x))
        x->r->state = changing;
    bool was = x->before && x->before->state == changing;
    if (was && x->step &&
        (str_eq(x->step->action->name, STR("withdraw")) ||
         str_eq(x->step->action->name, STR("expire"))))
        TRY(take_back(x, e));
    if (x->r->state != changing)
        saving_set(x->r, "agreed", (struct val){.set = false});
    else if (x->before && !was)
        TRY(keep_agreed(x, e));
    return RC_OK;
}

enum rc appointment_before(struct saving *x, struct err *e)
{
    struct str person, home, host;
    struct buf b;
    TRY(settle_change(x, e));
    TRY(saving_title(x, "person", &person, e));
    TRY(saving_title(x, "home", &home, e));
    TRY(saving_title(x, "host", &host, e));
    buf_init(&b, 1 << 12);
    enum rc rc = buf_printf(&b, e, "%.*s：%.*s × %.*s", (int)MIN(person.n, 150u), person.p,
                            (int)MIN(home.n, 180u), home.p, (int)MIN(host.n, 180u), host.p);
    if (rc == RC_OK)
        rc = set_title(x, &b, e);
    buf_free(&b);
    if (rc != RC_OK)
        return rc;
    if (share_of(x->r, "home_share") + share_of(x->r, "host_share") <= SHARE_WHOLE)
        return RC_OK;
    return fault_add(x->faults, field_find(x->r->kind, STR("host_share")), UINT32_MAX, UINT32_MAX,
                     "field.shares", STR(""), e);
}

/* The days it holds; false: none. */
static bool days_held(const struct rec *r, int64_t *start, int64_t *until)
{
    const struct val *from = saving_val(r, "start"), *to = saving_val(r, "end");
    if (!from || !to)
        return false;
    *start = from->num;
    *until = to->num;
    if (r->state != NO_STATE && str_eq(r->kind->state[r->state].name, STR("finished")))
        *until = MIN(*until, day_of_time(r->since));
    return *start <= *until;
}

static void add_share(struct share *share, uint32_t *n, const struct rec *r, const char *org,
                      int64_t percent, int64_t start, int64_t until)
{
    const struct val *v = saving_val(r, org);
    if (v && percent > 0 && start <= until)
        share[(*n)++] = (struct share){v->num, start, until, percent};
}

static int64_t agreed_share(const struct rec *r, const char *part)
{
    const struct val *v = agreed_val(r, part);
    return v ? llround(v->real * 100) : 0;
}

/* While a change waits, what holds and what is proposed are both held: the larger sum of the two on
 * the days of both, then the sum of the one that goes on. Only sums by day count, and there is one
 * row for each organisation: so the first stretch stands with the employer, the second with the
 * host. */
static uint32_t changing_shares(const struct rec *r, int64_t start, int64_t until,
                                struct share share[SHARES_MOST])
{
    const struct val *from = agreed_val(r, "start"), *to = agreed_val(r, "end");
    int64_t next = share_of(r, "home_share") + share_of(r, "host_share"),
            now = agreed_share(r, "home_share") + agreed_share(r, "host_share");
    int64_t both = MIN(until, to->num);
    uint32_t n = 0;
    add_share(share, &n, r, "home", MAX(next, now), MIN(start, from->num), both);
    add_share(share, &n, r, "host", until > to->num ? next : now,
              MAX(both + 1, MIN(start, from->num)), MAX(until, to->num));
    return n;
}

static enum rc say_clash(struct saving *x, const struct share_clash *clash, struct err *e)
{
    char from[12], until[12];
    struct viewed other = {0};
    if (clash->appointment)
        TRY(view_get(x->tx, x->a, NULL, clash->appointment, x->to, &other, e));
    struct str title = other.found ? rec_title(&other.rec) : STR("");
    struct str a = date_put(from, clash->from), b = date_put(until, clash->until);
    return err_user(e, "appointment.over", "%.*s\t%.*s – %.*s\t%lld.%02lld",
                    (int)MIN(title.n, 150u), title.p, (int)a.n, a.p, (int)b.n, b.p,
                    (long long)(clash->percent / 100), (long long)(clash->percent % 100));
}

uint32_t appointment_shares(const struct rec *r, int64_t *person, struct share share[SHARES_MOST])
{
    const struct val *who = saving_val(r, "person");
    int64_t start, until;
    uint32_t n = 0;
    *person = who ? who->num : 0;
    if (!who || !days_held(r, &start, &until))
        return 0;
    if (in_state(r, "changing") && agreed_val(r, "start") && agreed_val(r, "end")) {
        n = changing_shares(r, start, until, share);
    } else {
        add_share(share, &n, r, "home", share_of(r, "home_share"), start, until);
        add_share(share, &n, r, "host", share_of(r, "host_share"), start, until);
    }
    if (n == 2 && share[1].org < share[0].org) {
        struct share other = share[0];
        share[0] = share[1];
        share[1] = other;
    }
    return n;
}

enum rc appointment_after(struct saving *x, struct err *e)
{
    struct share share[SHARES_MOST];
    struct share_clash clash;
    struct err own = {0};
    int64_t person;
    uint32_t n = appointment_shares(x->r, &person, share);
    enum rc rc = store_shares(x->tx, x->r->id, person, share, n, &clash, &own);
    if (rc == RC_USER && strcmp(own.key, "store.share") == 0 && clash.percent)
        return say_clash(x, &clash, e);
    if (rc != RC_OK && e)
        *e = own;
    return rc;
}

/* ---- an application for a post ---- */

enum rc application_before(struct saving *x, struct err *e)
{
    struct str person, position;
    struct buf b;
    TRY(saving_title(x, "person", &person, e));
    TRY(saving_title(x, "position", &position, e));
    buf_init(&b, 1 << 12);
    enum rc rc = buf_printf(&b, e, "%.*s → %.*s", (int)MIN(person.n, 150u), person.p,
                            (int)MIN(position.n, 400u), position.p);
    if (rc == RC_OK)
        rc = set_title(x, &b, e);
    buf_free(&b);
    return rc;
}
