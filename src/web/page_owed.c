/* What is owed: the circular (通报) of organisations, and what each person in charge has before
 * him. */
#include "service/digest.h"
#include "web/work_int.h"

#include <math.h>
#include <stdlib.h>

const struct page circular_def = {
    "circular",
    "from until day export docx pdf rows[rank name href green made_up red open rate part"
    " green_list made_up_list red_list open_list] total{green made_up red open rate}",
    false};
const struct page owed_def = {"owed",
                              "name own day"
                              " rows[title href kind due light{text tone} state{text tone}]"
                              " people[name href red due open here]",
                              false};

/* ---- the circular ---- */

static struct str span_list(const struct request *rq, int64_t org, const char *light,
                            struct str from, struct str until)
{
    return work_list(rq, "commitment",
                     textf(rq, "debtor = %lld and %s and due >= %s and due <= %s", (long long)org,
                           light, from.p, until.p));
}

static void view_standing(struct request *rq, struct view *v, const struct standing *s,
                          const struct titles *t, struct str from, struct str until)
{
    const struct kind *k;
    struct str title = titles_of(t, s->org, &k);
    view_str(v, "name", title.n ? title : msg(rq, "web.hidden"));
    view_str(v, "href", k ? textf(rq, "/org/%lld", (long long)s->org) : STR(""));
    view_printf(v, "green", "%u", s->green);
    view_printf(v, "made_up", "%u", s->made_up);
    view_printf(v, "red", "%u", s->red);
    view_printf(v, "open", "%u", s->open);
    if (!isnan(s->rate)) {
        view_printf(v, "rate", "%.1f%%", s->rate * 100);
        view_printf(v, "part", "%.1f", s->rate * 100);
    }
    if (s->green)
        view_str(v, "green_list", span_list(rq, s->org, "light = green", from, until));
    if (s->made_up)
        view_str(v, "made_up_list", span_list(rq, s->org, "light = made_up", from, until));
    if (s->red)
        view_str(v, "red_list", span_list(rq, s->org, "light = red", from, until));
    if (s->open)
        view_str(v, "open_list", span_list(rq, s->org, "light in (open, due)", from, until));
}

static void view_sum(struct view *v, const vec_standing *all)
{
    struct standing sum = {0};
    for (size_t i = 0; i < all->n; i++) {
        sum.green += all->p[i].green;
        sum.made_up += all->p[i].made_up;
        sum.red += all->p[i].red;
        sum.open += all->p[i].open;
    }
    uint32_t due = sum.green + sum.made_up + sum.red;
    view_printf(v, "green", "%u", sum.green);
    view_printf(v, "made_up", "%u", sum.made_up);
    view_printf(v, "red", "%u", sum.red);
    view_printf(v, "open", "%u", sum.open);
    if (due)
        view_printf(v, "rate", "%.1f%%", (double)sum.green / due * 100);
}

/* Equal rates and greens share a rank. */
static void view_ranks(struct request *rq, struct view *v, const vec_standing *all,
                       const struct titles *t, struct str from, struct str until)
{
    struct view *rows = view_list(v, "rows");
    size_t rank = 0;
    for (size_t i = 0; i < all->n; i++) {
        const struct standing *s = &all->p[i], *above = i ? &all->p[i - 1] : NULL;
        bool same = above && above->rate == s->rate && above->green == s->green;
        struct view *row = view_item(rows);
        rank = same ? rank : i + 1;
        if (!isnan(s->rate))
            view_printf(row, "rank", "%zu", rank);
        view_standing(rq, row, s, t, from, until);
    }
}

enum rc circular_page(struct request *rq, struct reply *re, struct err *e)
{
    struct view *v = view_new(rq->arena);
    vec_standing all = {0};
    struct titles t = {0};
    int year, month, day;
    days_to(work_today(rq), &year, &month, &day);
    int64_t first = param_day(rq, "from", days_of(year, 1, 1));
    int64_t last = param_day(rq, "until", days_of(year, 12, 31));
    struct str from = show_day(rq, first), until = show_day(rq, last);
    if (!v || !from.n || !until.n)
        return err_nomem(e);
    TRY(digest_circular(rq->site, rq->actor, first, last, rq->arena, &all, e));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        rc = titles_want(&t, all.p[i].org, e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    view_str(v, "from", from);
    view_str(v, "until", until);
    view_str(v, "day", show_day(rq, work_today(rq)));
    struct str list =
        work_list(rq, "commitment",
                  textf(rq, "due >= %s and due <= %s and not state = dropped", from.p, until.p));
    size_t mark = MIN(str_find(list, STR("?"), 0), list.n);
    view_str(v, "export",
             textf(rq, "/commitment/export?format=xlsx&%.*s", (int)(list.n - mark - 1),
                   list.p + mark + 1));
    /* the same table as a paper */
    view_str(v, "docx", textf(rq, "/reports/circular?as=docx&from=%s&until=%s", from.p, until.p));
    view_str(v, "pdf", textf(rq, "/reports/circular?as=pdf&from=%s&until=%s", from.p, until.p));
    if (rc == RC_OK) {
        view_ranks(rq, v, &all, &t, from, until);
        view_sum(view_map(v, "total"), &all);
    }
    titles_free(&t);
    vec_free(&all);
    return rc == RC_OK ? reply_page(rq, re, &circular_def, msg(rq, "web.circular"), v, e) : rc;
}

/* ---- persons in charge ---- */

struct person {
    struct str name;
    uint64_t red, due, open;
};
typedef VEC(struct person) vec_person;

static int by_name(const void *p, const void *q)
{
    return str_cmp(((const struct person *)p)->name, ((const struct person *)q)->name);
}

static int by_red(const void *p, const void *q)
{
    const struct person *a = p, *b = q;
    if (a->red != b->red)
        return a->red > b->red ? -1 : 1;
    if (a->due != b->due)
        return a->due > b->due ? -1 : 1;
    return by_name(p, q);
}

/* One a name: the kinds' groups are put together. */
static void merge(vec_person *all)
{
    size_t n = 0;
    if (!all->n)
        return;
    qsort(all->p, all->n, sizeof *all->p, by_name);
    for (size_t i = 1; i < all->n; i++) {
        if (str_eq(all->p[n].name, all->p[i].name)) {
            all->p[n].red += all->p[i].red;
            all->p[n].due += all->p[i].due;
            all->p[n].open += all->p[i].open;
        } else {
            all->p[++n] = all->p[i];
        }
    }
    all->n = n + 1;
    qsort(all->p, all->n, sizeof *all->p, by_red);
}

static enum rc count_people(struct request *rq, vec_person *all, struct err *e)
{
    static const char *const kinds[] = {"commitment", "finding"};
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < ARRAY_LEN(kinds); i++) {
        vec_grouped g = {0};
        rc =
            work_tally(rq, kinds[i], "light in (red, due, open)", "owner_name", "light", "", &g, e);
        for (size_t j = 0; rc == RC_OK && j < g.n; j++) {
            struct person p = {.name = g.p[j].value[0]};
            struct str light = g.p[j].value[1];
            *(str_eq(light, STR("red"))   ? &p.red
              : str_eq(light, STR("due")) ? &p.due
                                          : &p.open) = g.p[j].count;
            rc = p.name.n ? vec_push(all, p, e) : RC_OK;
        }
        vec_free(&g);
    }
    merge(all);
    return rc;
}

static enum rc view_people(struct request *rq, struct view *v, struct str name, struct err *e)
{
    vec_person all = {0};
    struct view *list = view_list(v, "people");
    enum rc rc = count_people(rq, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        struct view *one = view_item(list);
        static const char *const names[] = {"name"};
        view_str(one, "name", all.p[i].name);
        view_str(one, "href", address_with(rq, names, &all.p[i].name, 1));
        view_printf(one, "red", "%llu", (unsigned long long)all.p[i].red);
        view_printf(one, "due", "%llu", (unsigned long long)all.p[i].due);
        view_printf(one, "open", "%llu", (unsigned long long)all.p[i].open);
        view_flag(one, "here", str_eq(all.p[i].name, name));
    }
    vec_free(&all);
    return rc;
}

static enum rc view_owed(struct request *rq, struct view *v, struct str name, struct err *e)
{
    vec_owed all = {0};
    struct view *list = view_list(v, "rows");
    TRY(digest_of(rq->site, rq->actor, name, rq->arena, &all, e));
    for (size_t i = 0; i < all.n; i++) {
        struct view *one = view_item(list);
        view_str(one, "title", title_of(rq, &all.p[i].rec));
        view_str(one, "href", record_path(rq, &all.p[i].rec));
        view_str(one, "kind", label_text(&all.p[i].rec.kind->label, rq->zh));
        view_str(one, "due", show_day(rq, all.p[i].due));
        view_light(rq, view_map(one, "light"), all.p[i].light);
        view_state(rq, view_map(one, "state"), &all.p[i].rec);
    }
    vec_free(&all);
    return RC_OK;
}

enum rc owed_page(struct request *rq, struct reply *re, struct err *e)
{
    struct view *v = view_new(rq->arena);
    struct str asked = str_trim(param_text(rq, "name"));
    struct str own = rq->actor->name.n ? rq->actor->name : rq->actor->login;
    struct str name = asked.n ? asked : own;
    view_str(v, "name", name);
    view_flag(v, "own", str_eq(name, own));
    view_str(v, "day", show_day(rq, work_today(rq)));
    TRY(view_owed(rq, v, name, e));
    TRY(view_people(rq, v, name, e));
    return reply_page(rq, re, &owed_def, msg(rq, "web.owed"), v, e);
}
