#include "service/digest.h"

#include "base/map.h"
#include "service/site_int.h"
#include "service/special_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the circular ---- */

struct counting {
    struct map by_org; /* -> place in out */
    vec_standing *out;
};

static int64_t id_of(struct str s)
{
    int64_t id = 0;
    for (size_t i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        id = id * 10 + (s.p[i] - '0');
    return id;
}

static enum rc count_group(struct counting *x, const struct grouped *g, struct err *e)
{
    struct standing fresh = {.org = id_of(g->value[0]), .rate = NAN};
    uint32_t *at = map_put(&x->by_org, (uint64_t)fresh.org, (uint32_t)x->out->n);
    if (!at)
        return err_nomem(e);
    if (*at == x->out->n)
        TRY(vec_push(x->out, fresh, e));
    struct standing *s = &x->out->p[*at];
    uint32_t n = (uint32_t)g->count;
    if (str_eq(g->value[1], STR("green")))
        s->green += n;
    else if (str_eq(g->value[1], STR("made_up")))
        s->made_up += n;
    else if (str_eq(g->value[1], STR("red")))
        s->red += n;
    else
        s->open += n;
    return RC_OK;
}

static int by_rate(const void *p, const void *q)
{
    const struct standing *a = p, *b = q;
    bool no_a = isnan(a->rate), no_b = isnan(b->rate);
    if (no_a != no_b)
        return no_a - no_b;
    if (!no_a && a->rate != b->rate)
        return a->rate > b->rate ? -1 : 1;
    if (a->green != b->green)
        return a->green > b->green ? -1 : 1;
    return (a->org > b->org) - (a->org < b->org);
}

enum rc digest_circular(struct site *s, const struct actor *a, int64_t from, int64_t until,
                        struct arena *to, vec_standing *out, struct err *e)
{
    const struct kind *k = kind_find(s->kinds, STR("commitment"));
    struct counting x = {.out = out};
    vec_grouped groups = {0};
    char filter[120], first[12], last[12];
    if (!k)
        return view_missing(e);
    struct str f = date_put(first, from), l = date_put(last, until);
    snprintf(filter, sizeof filter, "due >= %.*s and due <= %.*s and not state = dropped", (int)f.n,
             f.p, (int)l.n, l.p);
    enum rc rc =
        record_group(s, a, k, str_of(filter), STR("debtor"), STR("light"), STR(""), to, &groups, e);
    for (size_t i = 0; rc == RC_OK && i < groups.n; i++)
        rc = count_group(&x, &groups.p[i], e);
    for (size_t i = 0; rc == RC_OK && i < out->n; i++) {
        struct standing *t = &out->p[i];
        uint32_t due = t->green + t->made_up + t->red;
        t->rate = due ? (double)t->green / due : NAN;
    }
    if (rc == RC_OK && out->n)
        qsort(out->p, out->n, sizeof *out->p, by_rate);
    vec_free(&groups);
    map_free(&x.by_org);
    if (rc != RC_OK)
        vec_free(out);
    return rc;
}

/* ---- one person in charge ---- */

static bool has_field(const struct kind *k, const char *name, enum type type)
{
    uint32_t f = field_find(k, str_of(name));
    return f != NO_FIELD && k->field[f].type == type && !k->field[f].list;
}

static enum rc owed_of(struct site *s, const struct actor *a, const struct kind *k,
                       struct str owner_name, struct arena *to, vec_owed *out, struct err *e)
{
    struct filter_context c = {.kinds = s->kinds, .kind = k, .today = site_today(s)};
    struct list_request q = {.kind = k, .filter = STR("light in (red, due, open)"), .limit = 1000};
    struct list_answer answer;
    struct filter *f;
    TRY(filter_test(&f, STR("owner_name"), FILTER_EQ, owner_name, &c, to, e));
    q.more = f;
    q.sort = STR("due");
    TRY(record_list(s, a, &q, to, &answer, e));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < answer.rec.n; i++) {
        const struct rec *r = &answer.rec.p[i];
        const struct val *light = saving_val(r, "light"), *due = saving_val(r, "due");
        struct owed o = {.rec = *r, .due = due ? due->num : 0};
        o.light = light ? light->text : STR("");
        rc = vec_push(out, o, e);
    }
    vec_free(&answer.rec);
    return rc;
}

static int urgency(struct str light)
{
    return str_eq(light, STR("red")) ? 0 : str_eq(light, STR("due")) ? 1 : 2;
}

static int by_urgency(const void *p, const void *q)
{
    const struct owed *a = p, *b = q;
    if (urgency(a->light) != urgency(b->light))
        return urgency(a->light) - urgency(b->light);
    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    return (a->rec.id > b->rec.id) - (a->rec.id < b->rec.id);
}

enum rc digest_of(struct site *s, const struct actor *a, struct str owner_name, struct arena *to,
                  vec_owed *out, struct err *e)
{
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < kinds_count(s->kinds); i++) {
        const struct kind *k = kinds_at(s->kinds, i);
        if (actor_reads_kind(a, k) && has_field(k, "owner_name", TYPE_TEXT) &&
            has_field(k, "light", TYPE_CODE) && has_field(k, "due", TYPE_DATE))
            rc = owed_of(s, a, k, owner_name, to, out, e);
    }
    if (rc == RC_OK && out->n)
        qsort(out->p, out->n, sizeof *out->p, by_urgency);
    if (rc != RC_OK)
        vec_free(out);
    return rc;
}
