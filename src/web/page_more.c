/* What the page of a record shows where people work differently with its kind. */
#include "web/work_int.h"

#define THREAD_SHOWN 12u
#define ALUMNI_SHOWN 20u

/* Who do we know there: the alumni who work at an organisation. */
static enum rc view_alumni(struct request *rq, struct view *v, const struct rec *org, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("alumnus"));
    struct list_answer a = {0};
    struct titles t = {0};
    if (!k || !actor_may(rq->actor, k, RIGHT_READ, NULL))
        return RC_OK;
    struct str filter = textf(rq, "company = %lld", (long long)org->id);
    struct list_request q = {
        .kind = k, .filter = filter, .sort = STR("-year"), .limit = ALUMNI_SHOWN + 1};
    struct view *list = view_list(v, "alumni");
    enum rc rc = record_list(rq->site, rq->actor, &q, rq->arena, &a, e);
    for (size_t i = 0; rc == RC_OK && i < a.rec.n; i++)
        rc = titles_want_rec(&t, &a.rec.p[i], e);
    rc = rc == RC_OK ? titles_load(&t, rq, e) : rc;
    for (size_t i = 0; rc == RC_OK && i < MIN(a.rec.n, (size_t)ALUMNI_SHOWN); i++) {
        const struct rec *r = &a.rec.p[i];
        const struct val *school = work_val(r, "school", TYPE_REF);
        const struct val *post = work_val(r, "post", TYPE_TEXT);
        const struct val *year = work_val(r, "year", TYPE_INT);
        const struct kind *of;
        struct view *one = view_item(list);
        view_str(one, "title", title_of(rq, r));
        view_str(one, "href", record_path(rq, r));
        view_str(one, "school", school ? titles_of(&t, school->num, &of) : STR(""));
        view_str(one, "post", post ? post->text : STR(""));
        view_int(one, "year", year ? year->num : 0);
    }
    view_str(v, "alumni_list", work_list(rq, "alumnus", filter));
    view_flag(v, "alumni_more", a.rec.n > ALUMNI_SHOWN);
    titles_free(&t);
    vec_free(&a.rec);
    return rc;
}

static enum rc view_org(struct request *rq, struct view *v, const struct rec *r, struct err *e)
{
    TRY(view_tiers_of(rq, v, r, e));
    return view_alumni(rq, v, r, e);
}

/* Minutes become commitments: for who may make them. */
static enum rc view_event(struct request *rq, struct view *v, const struct rec *r, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("commitment"));
    (void)e;
    if (k && actor_may(rq->actor, k, RIGHT_CREATE, NULL))
        view_str(v, "promises_path", textf(rq, "%s/promises", record_path(rq, r).p));
    return RC_OK;
}

enum rc view_more(struct request *rq, struct view *v, const struct shown *shown, struct err *e)
{
    static const struct {
        const char *kind;
        enum rc (*view)(struct request *rq, struct view *v, const struct rec *r, struct err *e);
    } own[] = {{"event", view_event},         {"person", view_led},        {"project", view_led},
               {"programme", view_programme}, {"indicator", view_measure}, {"org", view_org}};
    const struct rec *r = &shown->rec;
    size_t n = 0;
    TRY(view_reckoned(rq, v, r, e));
    TRY(view_sides(rq, v, shown, e));
    TRY(view_assessed(rq, v, shown, e));
    for (size_t i = 0; i < ARRAY_LEN(own); i++)
        if (str_eq(r->kind->name, str_of(own[i].kind)))
            TRY(own[i].view(rq, v, r, e));
    TRY(view_stops(rq, v, shown, e));
    TRY(view_sources(rq, v, r, e));
    if (!kind_has_thread(rq, r->kind))
        return RC_OK;
    return view_thread(rq, v, r->kind, r->id, THREAD_SHOWN, &n, e);
}
