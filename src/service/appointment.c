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

enum rc appointment_before(struct saving *x, struct err *e)
{
    struct str person, home, host;
    struct buf b;
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
                      const char *part, int64_t start, int64_t until)
{
    const struct val *v = saving_val(r, org);
    int64_t percent = share_of(r, part);
    if (v && percent > 0)
        share[(*n)++] = (struct share){v->num, start, until, percent};
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
    add_share(share, &n, r, "home", "home_share", start, until);
    add_share(share, &n, r, "host", "host_share", start, until);
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

/* ---- a company's place on the ladder ---- */

enum rc rank_before(struct saving *x, struct err *e)
{
    const struct val *tier = saving_val(x->r, "tier"), *start = saving_val(x->r, "start");
    uint32_t f = field_find(x->r->kind, STR("tier"));
    const struct code *code =
        tier && f != NO_FIELD ? code_find(x->r->kind->field[f].codes, tier->text) : NULL;
    struct str company;
    struct buf b;
    char day[12];
    TRY(saving_title(x, "company", &company, e));
    buf_init(&b, 1 << 12);
    enum rc rc = buf_printf(&b, e, "%.*s · ", (int)MIN(company.n, 400u), company.p);
    if (rc == RC_OK && code)
        rc = buf_str(&b, label_text(&code->label, true), e);
    if (rc == RC_OK && start)
        rc = buf_printf(&b, e, "（%.4s）", date_put(day, start->num).p);
    if (rc == RC_OK)
        rc = set_title(x, &b, e);
    buf_free(&b);
    return rc;
}
